use super::FORMAT;
use crate::read::trial;

/// A file under construction.
#[derive(Clone, Default)]
struct Made {
    pairs: Vec<Vec<u8>>,
    infos: Vec<Vec<u8>>,
    data: Vec<u8>,
    big: bool,
    version: u32,
}

impl Made {
    fn new() -> Self {
        Self { version: 3, ..Self::default() }.text("general.architecture", "llama")
    }

    fn u32(&self, n: u32) -> Vec<u8> {
        if self.big {
            n.to_be_bytes().into()
        } else {
            n.to_le_bytes().into()
        }
    }

    fn u64(&self, n: u64) -> Vec<u8> {
        match (self.version, self.big) {
            (1, _) => self.u32(u32::try_from(n).unwrap_or(u32::MAX)),
            (_, true) => n.to_be_bytes().into(),
            (_, false) => n.to_le_bytes().into(),
        }
    }

    fn string(&self, text: &str) -> Vec<u8> {
        [self.u64(text.len() as u64), text.as_bytes().into()].concat()
    }

    fn pair(mut self, key: &str, kind: u32, value: &[u8]) -> Self {
        self.pairs.push([self.string(key), self.u32(kind), value.into()].concat());
        self
    }

    fn text(self, key: &str, text: &str) -> Self {
        let text = self.string(text);
        self.pair(key, 8, &text)
    }

    fn number(self, key: &str, number: u32) -> Self {
        let number = self.u32(number);
        self.pair(key, 4, &number)
    }

    fn array(self, key: &str, kind: u32, items: &[Vec<u8>]) -> Self {
        let head = [self.u32(kind), self.u64(items.len() as u64)].concat();
        self.pair(key, 9, &[head, items.concat()].concat())
    }

    /// A tensor of so many bytes, its extents innermost first.
    fn tensor(self, name: &str, kind: u32, extents: &[u64], len: usize) -> Self {
        let offset = self.data.len() as u64;
        self.tensor_at(name, kind, extents, len, offset)
    }

    fn tensor_at(
        mut self,
        name: &str,
        kind: u32,
        extents: &[u64],
        len: usize,
        offset: u64,
    ) -> Self {
        let mut info = [
            self.string(name),
            self.u32(u32::try_from(extents.len()).unwrap()),
        ]
        .concat();
        info.extend(extents.iter().flat_map(|extent| self.u64(*extent)));
        info.extend(self.u32(kind));
        let offset = if self.big {
            offset.to_be_bytes()
        } else {
            offset.to_le_bytes()
        };
        info.extend(offset);
        self.infos.push(info);
        self.data.extend(vec![7; len]);
        self.data.resize(self.data.len().next_multiple_of(32), 0);
        self
    }

    fn done(self) -> Vec<u8> {
        let counts = [
            self.u64(self.infos.len() as u64),
            self.u64(self.pairs.len() as u64),
        ];
        let mut all = [b"GGUF".to_vec(), self.u32(self.version), counts.concat()].concat();
        all.extend(self.pairs.concat());
        all.extend(self.infos.concat());
        all.resize(all.len().next_multiple_of(32), 0);
        all.extend(self.data);
        all
    }
}

#[test]
fn tensors_are_listed_outermost_extent_first() {
    let two = |made: Made| made.tensor("a", 0, &[2, 3], 24).tensor("b", 12, &[256, 2], 288);
    trial::check(
        &FORMAT,
        &two(Made::new()).done(),
        &["a F32 [3, 2] 160..184", "b Q4_K [2, 256] 192..480"],
    );
    let empty = Made::new().number("split.count", 3).done();
    trial::check(&FORMAT, &empty, &[]);
}

#[test]
fn old_and_swapped_files_are_read_and_told() {
    let old = Made { version: 1, ..Made::default() }.text("general.architecture", "llama");
    check(old.tensor("a", 0, &[2], 8), &["a F32 [2] 96..104"], &["version 1: few loaders take it"]);
    let big = Made { version: 3, big: true, ..Made::default() };
    let big = big.text("general.architecture", "llama").tensor("a", 0, &[2], 8);
    check(
        big.tensor("b", 24, &[8], 8),
        &["b I8 [8] 192..200", "a F32 [2]"],
        &["version 3, big-endian: few loaders take it"],
    );
}

#[test]
fn metadata_is_kept_and_arrays_are_counted() {
    let made = Made::new()
        .number("llama.block_count", 1)
        .pair("general.f", 6, &1.5f32.to_le_bytes())
        .pair("general.i", 11, &(-5i64).to_le_bytes())
        .pair("general.yes", 7, &[1])
        .text("tokenizer.chat_template", &"{{ x }}".repeat(1000))
        .array("tokenizer.ggml.tokens", 8, &vec![Made::new().string("<0x0A>"); 3]);
    let listing = trial::list(&FORMAT, &made.done()).unwrap();
    let told: Vec<_> =
        listing.file.metadata.iter().map(|(key, value)| format!("{key}={value:.9}")).collect();
    assert_eq!(
        told,
        [
            "general.architecture=llama",
            "general.f=1.5",
            "general.i=-5",
            "general.yes=true",
            "llama.block_count=1",
            "tokenizer.chat_template={{ x }}{{",
            "tokenizer.ggml.tokens=[3 of str",
        ]
    );
    assert_eq!(listing.file.templates[0].1.len(), 7000);
    assert_eq!(trial::odd(&listing), [""; 0]);
}

#[test]
fn headers_that_break_the_rules_are_told() {
    let made = Made::new;
    odd(made().tensor("a", 99, &[2], 8), &["element type 99 is not known"]);
    odd(made().tensor("a", 4, &[32], 20), &["the element type Q4_2 was withdrawn"]);
    odd(made().tensor("a", 2, &[33], 18), &["rows of 33 elements do not fill the blocks of Q4_0"]);
    odd(
        made().tensor("a", 0, &[1 << 62, 8], 8),
        &["F32 [8, 4611686018427387904] takes more than 2^63 bytes"],
    );
    odd(made().tensor("a", 0, &[1, 1, 1, 1, 1], 4), &["has 5 extents, the runtime takes 4"]);
    odd(made().tensor("a", 0, &[0], 0), &["has an extent of 0 in [0]"]);
    odd(made().tensor("a\0b", 0, &[1], 4), &["its name holds a zero byte, or is not UTF-8"]);
    odd(
        made().tensor(&"n".repeat(64), 0, &[1], 4),
        &["its name has 64 bytes, the runtime takes 63"],
    );
    odd(made().tensor_at("a", 0, &[1], 4, 8), &["its offset 8 is no multiple of 32"]);
    odd(
        made().tensor("a", 0, &[1], 4).tensor_at("b", 0, &[1], 4, 64),
        &[
            "its offset is 64, the one before ends at 32",
            "tensors end at byte 228, the file at byte 224: 1 of 2 tensors are not whole",
        ],
    );
    odd(
        made().tensor("a", 0, &[9], 4),
        &["tensors end at byte 164, the file at byte 160: 1 of 1 tensors are not whole"],
    );
    odd(made().tensor("a", 0, &[1], 70), &["64 bytes after the last tensor"]);
    odd(
        made().text("general.architecture", "x"),
        &["the key \"general.architecture\" stands twice, and readers differ in which they take"],
    );
    odd(made().text("General..x", "x"), &["the key \"General..x\" is empty, or a part of it is"]);
    odd(
        made().text("General", "x"),
        &["the key \"General\" is not of lower-case letters, digits, `_` and `.`"],
    );
    odd(made().pair("a", 7, &[2]), &["the truth value of \"a\" is 2"]);
    odd(made().number("general.alignment", 33), &["general.alignment is 33, and 32 is taken"]);
    odd(
        made().pair("a", 99, &[2]),
        &["the header breaks off: not valid gguf: no value is of type 99"],
    );
    let nested = Made::new().u32(4);
    let nested = [nested, Made::new().u64(0)].concat();
    odd(
        made().array("a", 9, &[nested]),
        &["\"a\" is an array of arrays, which the runtime refuses"],
    );
    odd(Made { version: 3, ..Made::default() }, &["general.architecture is not told"]);
}

#[test]
fn tokenizer_and_architecture_are_held_against_the_tensors() {
    let token = |text: &str| Made::new().string(text);
    let made = || Made::new().array("tokenizer.ggml.tokens", 8, &[token("a"), token("<0x0A>")]);
    let types = |types: [i32; 2]| types.map(|it| it.to_le_bytes().to_vec());
    odd(
        made().number("tokenizer.ggml.bos_token_id", 2),
        &["tokenizer.ggml.bos_token_id is 2, there are 2 tokens"],
    );
    odd(
        made().array("tokenizer.ggml.scores", 6, &[vec![0; 4]]),
        &["tokenizer.ggml.scores is 1 of f32, 2 of f32 are needed"],
    );
    let llama = || made().text("tokenizer.ggml.model", "llama");
    odd(llama().array("tokenizer.ggml.token_type", 5, &types([1, 6])), &[]);
    odd(
        llama().array("tokenizer.ggml.token_type", 5, &types([6, 1])),
        &["1 tokens are typed as bytes and not spelled `<0xNN>`"],
    );
    odd(
        Made::new().number("llama.block_count", 3).tensor("blk.3.attn_q.weight", 0, &[1], 4),
        &["llama.block_count is 3, the last tensor's block is 3"],
    );
    odd(
        Made::new()
            .number("llama.embedding_length", 8)
            .tensor("token_embd.weight", 0, &[4, 2], 32),
        &["llama.embedding_length is 8, token_embd.weight is [2, 4]"],
    );
    odd(
        Made::new().number("llama.attention.head_count", 0).tensor("blk.0.attn_q", 0, &[1], 4),
        &["llama.attention.head_count is 0"],
    );
}

#[test]
fn counts_that_lie_cost_nothing() {
    let mut bytes = Made::new().done();
    bytes[8..16].copy_from_slice(&u64::MAX.to_le_bytes());
    let listing = trial::list(&FORMAT, &bytes).unwrap();
    assert_eq!(trial::odd(&listing)[0], "18446744073709551615 tensors, which 72 bytes cannot hold");
}

#[track_caller]
fn odd(made: Made, sayings: &[&str]) {
    let listing = trial::list(&FORMAT, &made.done()).unwrap();
    assert_eq!(trial::odd(&listing), sayings);
}

#[track_caller]
fn check(made: Made, tensors: &[&str], sayings: &[&str]) {
    let listing = trial::list(&FORMAT, &made.done()).unwrap();
    assert_eq!(trial::lines(&listing), tensors);
    assert_eq!(trial::odd(&listing), sayings);
}

#[test]
fn any_bytes_are_survived() {
    let made = Made::new()
        .array("tokenizer.ggml.tokens", 8, &vec![Made::new().string("<0x0A>"); 3])
        .array("tokenizer.ggml.token_type", 5, &vec![vec![6, 0, 0, 0]; 3])
        .number("general.alignment", 32)
        .text("tokenizer.chat_template", "x");
    trial::abuse(&FORMAT, &made.tensor("a", 0, &[2, 3], 24).tensor("b", 2, &[32], 18).done());
}
