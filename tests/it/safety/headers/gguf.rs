//! Faults of GGUF.

#![expect(clippy::too_many_lines, reason = "a list of faults, a line each")]

use super::{
    super::made::{calling, torch},
    ONE, hold,
};
use crate::build::with_header;

/// A GGUF file in the making, little-endian.
#[derive(Clone, Default)]
struct Gguf {
    pairs: Vec<Vec<u8>>,
    infos: Vec<Vec<u8>>,
    data: Vec<u8>,
}

fn n32(n: u32) -> Vec<u8> {
    n.to_le_bytes().to_vec()
}

fn n64(n: u64) -> Vec<u8> {
    n.to_le_bytes().to_vec()
}

fn string(text: impl AsRef<[u8]>) -> Vec<u8> {
    let text = text.as_ref();
    [n64(text.len() as u64), text.to_vec()].concat()
}

impl Gguf {
    /// With an architecture, as every model has one.
    fn model() -> Self {
        Self::default().text("general.architecture", "llama")
    }

    fn pair(mut self, key: impl AsRef<[u8]>, kind: u32, value: &[u8]) -> Self {
        self.pairs.push([string(key), n32(kind), value.to_vec()].concat());
        self
    }

    fn text(self, key: &str, text: impl AsRef<[u8]>) -> Self {
        self.pair(key, 8, &string(text))
    }

    fn number(self, key: &str, number: u32) -> Self {
        self.pair(key, 4, &n32(number))
    }

    fn array(self, key: &str, kind: u32, items: &[Vec<u8>]) -> Self {
        let value = [n32(kind), n64(items.len() as u64), items.concat()].concat();
        self.pair(key, 9, &value)
    }

    fn tokens(self, count: usize) -> Self {
        self.array("tokenizer.ggml.tokens", 8, &vec![string("a"); count])
    }

    /// A tensor of these extents, innermost first, whose bytes come next.
    fn tensor(self, name: impl AsRef<[u8]>, kind: u32, extents: &[u64], len: usize) -> Self {
        let offset = self.data.len() as u64;
        self.at(name, kind, extents, len, offset)
    }

    fn at(
        mut self,
        name: impl AsRef<[u8]>,
        kind: u32,
        extents: &[u64],
        len: usize,
        offset: u64,
    ) -> Self {
        let extents: Vec<_> = [n32(u32::try_from(extents.len()).unwrap())]
            .into_iter()
            .chain(extents.iter().map(|it| n64(*it)))
            .collect();
        self.infos.push([string(name), extents.concat(), n32(kind), n64(offset)].concat());
        self.data.extend(vec![7; len]);
        self.data.resize(self.data.len().next_multiple_of(32), 0);
        self
    }

    fn done(self) -> Vec<u8> {
        let counts = [self.infos.len() as u64, self.pairs.len() as u64];
        self.counted(3, counts)
    }

    fn counted(self, version: u32, [tensors, pairs]: [u64; 2]) -> Vec<u8> {
        let mut file = [b"GGUF".to_vec(), n32(version), n64(tensors), n64(pairs)].concat();
        file.extend(self.pairs.concat());
        file.extend(self.infos.concat());
        file.resize(file.len().next_multiple_of(32), 0);
        file.extend(self.data);
        file
    }
}

#[test]
fn every_fault_of_gguf_is_told() {
    let mut faults: Vec<(String, Vec<u8>)> = Vec::new();
    let mut add = |name: &str, bytes: Vec<u8>| faults.push((name.to_owned(), bytes));
    let one = || Gguf::model().tensor("a", 0, &[2], 8);
    let whole = one().done();
    // the front
    for len in [4, 5, 8, 15, 16, 23, 24, 30] {
        add(&format!("{len} bytes"), whole[..len].to_vec());
    }
    for version in [0, 1, 4, 0x0300_0000, u32::MAX] {
        add(&format!("version {version}"), one().counted(version, [1, 1]));
    }
    for (name, counts) in [
        ("2^64-1 pairs", [1, u64::MAX]),
        ("2^64-1 tensors", [u64::MAX, 1]),
        ("2^63 tensors", [1 << 63, 1]),
        ("pairs whose size overflows", [1, u64::MAX / 24]),
        ("tensors whose size overflows", [u64::MAX / 56, 1]),
        ("one pair too many", [1, 2]),
        ("one tensor too many", [2, 1]),
        ("a million tensors", [1 << 20, 1]),
    ] {
        add(name, one().counted(3, counts));
    }
    // keys
    for (name, key) in [
        ("empty", ""),
        ("upper case", "General.x"),
        ("a space", "a b"),
        ("an empty part", "a..b"),
        ("not ASCII", "caf\u{e9}"),
        ("a line feed", "a\nb"),
        ("an escape", "a\u{1b}[2J"),
        ("a dot at the end", "a."),
    ] {
        add(&format!("a key: {name}"), one().text(key, "x").done());
    }
    add("a key that is not UTF-8", one().pair(b"a\xff", 4, &n32(1)).done());
    add("a key of 70,000 bytes", one().text(&"k".repeat(70_000), "x").done());
    add("a key twice", one().text("a", "x").text("a", "y").done());
    add("the architecture twice", one().text("general.architecture", "gpt2").done());
    add("a key longer than the file", {
        let mut made = one();
        made.pairs.push([n64(1 << 40), b"abc".to_vec()].concat());
        made.done()
    });
    add("a key of 2^64-1 bytes", {
        let mut made = one();
        made.pairs.push([n64(u64::MAX), b"abc".to_vec()].concat());
        made.done()
    });
    // values
    for kind in [13, 99, u32::MAX] {
        add(&format!("a value of type {kind}"), one().pair("a", kind, &[0; 8]).done());
    }
    add("a truth value of 2", one().pair("a", 7, &[2]).done());
    add("a truth value in an array", one().array("a", 7, &[vec![7]]).done());
    add("a text longer than the file", one().pair("a", 8, &n64(1 << 50)).done());
    add("a text of 2^64-1 bytes", one().pair("a", 8, &n64(u64::MAX)).done());
    add("a text that is not UTF-8", one().text("a", b"a\xff\xfe").done());
    add("an array of 2^60", one().pair("a", 9, &[n32(4), n64(1 << 60)].concat()).done());
    add(
        "an array whose size overflows",
        one().pair("a", 9, &[n32(12), n64(1 << 61)].concat()).done(),
    );
    add("an array of texts of 2^40", one().pair("a", 9, &[n32(8), n64(1 << 40)].concat()).done());
    add("an array of an unknown type", one().pair("a", 9, &[n32(77), n64(1)].concat()).done());
    add("an array of arrays", one().array("a", 9, &[[n32(4), n64(0)].concat()]).done());
    let deep = (0..1000).fold(Vec::new(), |deep, _| [n32(9), n64(1), deep].concat());
    add("arrays 1000 deep", one().pair("a", 9, &deep).done());
    // alignment
    for alignment in [0, 1, 3, 7, 33, 1 << 31] {
        let made = one().number("general.alignment", alignment);
        add(&format!("an alignment of {alignment}"), made.done());
    }
    add("an alignment of 64 bits", one().pair("general.alignment", 10, &n64(32)).done());
    add("an alignment in words", one().text("general.alignment", "32").done());
    add(
        "an alignment twice",
        one().number("general.alignment", 32).number("general.alignment", 64).done(),
    );
    // tensors
    let made = Gguf::model;
    for (name, tensor) in [
        ("64 bytes", "n".repeat(64)),
        ("a zero byte", "a\0b".to_owned()),
        ("empty", String::new()),
        ("a path", "../../x".to_owned()),
        ("an escape", "a\u{1b}[2J".to_owned()),
        ("a line feed", "a\nb".to_owned()),
        ("hidden", "a\u{202e}b".to_owned()),
        ("no width", "a\u{200b}b".to_owned()),
    ] {
        add(&format!("a tensor's name: {name}"), made().tensor(tensor, 0, &[2], 8).done());
    }
    add("a tensor's name that is not UTF-8", made().tensor(b"a\xff", 0, &[2], 8).done());
    add("a tensor twice", made().tensor("a", 0, &[2], 8).tensor("a", 0, &[2], 8).done());
    for (name, kind, extents) in [
        ("5 extents", 0, vec![1, 1, 1, 1, 1]),
        ("an extent of 0", 0, vec![0]),
        ("an extent of 0 behind", 0, vec![4, 0]),
        ("a negative extent", 0, vec![1 << 63]),
        ("a product that overflows", 0, vec![1 << 32, 1 << 32]),
        ("bytes that overflow", 0, vec![1 << 62]),
        ("a block in part", 2, vec![33]),
        ("a super-block in part", 12, vec![100]),
        ("2^31 extents", 0, vec![1 << 31, 1 << 31]),
    ] {
        add(&format!("a tensor of {name}"), made().tensor("a", kind, &extents, 32).done());
    }
    for kind in [4, 5, 31, 32, 33, 36, 38, 43, 99, u32::MAX] {
        add(&format!("a tensor of type {kind}"), made().tensor("a", kind, &[32], 64).done());
    }
    for (name, offset) in [
        ("not aligned", 8),
        ("past the end", 1 << 20),
        ("of 2^64-32", u64::MAX - 31),
        ("of 2^63", 1 << 63),
    ] {
        add(&format!("an offset {name}"), made().at("a", 0, &[2], 8, offset).done());
    }
    add("a hole", made().tensor("a", 0, &[2], 8).at("b", 0, &[2], 64, 64).done());
    add("an overlap", made().tensor("a", 0, &[16], 64).at("b", 0, &[2], 0, 32).done());
    add("reversed", made().at("a", 0, &[2], 64, 32).at("b", 0, &[2], 0, 0).done());
    add("data cut short", {
        let file = made().tensor("a", 0, &[100], 400).done();
        file[..file.len() - 64].to_vec()
    });
    add("no data", {
        let file = made().tensor("a", 0, &[100], 400).done();
        file[..file.len() - 416].to_vec()
    });
    add("a shape that is larger than the file", made().tensor("a", 0, &[1 << 20], 8).done());
    // behind the end
    for (name, behind) in [
        ("bytes", vec![7; 64]),
        ("a zip", torch(b"\x80\x02}q\0.")),
        ("a pickle", [vec![], calling("os", "system", "true", 0)].concat()),
        ("a program", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0>\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0".to_vec()),
    ] {
        add(&format!("{name} behind the end"), [whole.clone(), behind].concat());
    }
    // tokenizers
    let words = || one().tokens(3);
    add("tokens that are numbers", one().array("tokenizer.ggml.tokens", 4, &[n32(1)]).done());
    add("too few scores", words().array("tokenizer.ggml.scores", 6, &[n32(0)]).done());
    add(
        "scores that are whole",
        words().array("tokenizer.ggml.scores", 4, &vec![n32(0); 3]).done(),
    );
    add("too few types", words().array("tokenizer.ggml.token_type", 5, &[n32(1)]).done());
    add(
        "types that are floats",
        words().array("tokenizer.ggml.token_type", 6, &vec![n32(1); 3]).done(),
    );
    for key in ["bos", "eos", "unknown", "padding"] {
        add(
            &format!("{key} out of range"),
            words().number(&format!("tokenizer.ggml.{key}_token_id"), 3).done(),
        );
    }
    let bytes = words().text("tokenizer.ggml.model", "llama").array(
        "tokenizer.ggml.token_type",
        5,
        &vec![n32(6); 3],
    );
    add("byte tokens that are no bytes", bytes.done());
    let long = one().array(
        "tokenizer.ggml.tokens",
        8,
        &[string("x".repeat(100_000)), string("b"), string("c")],
    );
    add("a token of 100 kB", long.done());
    // architecture
    let none = Gguf::default().tensor("a", 0, &[2], 8);
    add("no architecture", none.clone().done());
    for architecture in ["", "../x", "a/b", "a\u{1b}[2J"] {
        add(
            &format!("the architecture {architecture:?}"),
            none.clone().text("general.architecture", architecture).done(),
        );
    }
    add("an architecture that is a number", none.number("general.architecture", 3).done());
    let attention = || made().tensor("blk.0.attn_q.weight", 0, &[2], 8);
    add("no heads", attention().number("llama.attention.head_count", 0).done());
    add("no width", attention().number("llama.embedding_length", 0).done());
    add("more blocks than told", attention().number("llama.block_count", 9).done());
    add(
        "another width",
        made()
            .number("llama.embedding_length", 8)
            .tensor("token_embd.weight", 0, &[4, 2], 32)
            .done(),
    );
    add("one of two parts", one().number("split.count", 2).pair("split.no", 2, &[0, 0]).done());
    // templates and words
    let template = |text: &str| one().text("tokenizer.chat_template", text).done();
    add("a template that leads out", template("{{ ''.__class__ }}"));
    add("a template that leads out by a filter", template("{{ ''|attr('x') }}"));
    add(
        "a named template that leads out",
        one().text("tokenizer.chat_template.tool_use", "{{ x.__init__ }}").done(),
    );
    add("a template with a hidden mark", template("{{ x }}\u{202e}"));
    add("a template that is cut", template("{{ x "));
    add(
        "a token in the words",
        one().text("general.description", "hf_AbCdEfGhIjKlMnOpQrStUvWxYzAbCdEfGh").done(),
    );
    // other things of that name
    let pointer = format!(
        "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 9\n",
        "a".repeat(64)
    );
    add("a pointer of LFS", pointer.into_bytes());
    add("a web page", b"<!DOCTYPE html><html></html>".to_vec());
    add("its forerunner", [b"tjgg".to_vec(), n32(3), vec![0; 60]].concat());
    add("safetensors", with_header(ONE, 4));
    add("a zip", torch(b"\x80\x02}q\0."));
    add("a pickle", calling("os", "system", "true", 0));

    let mut sound: Vec<(String, Vec<u8>)> = Vec::new();
    let mut good = |name: &str, bytes: Vec<u8>| sound.push((name.to_owned(), bytes));
    good("one tensor", whole);
    good("no tensors", Gguf::model().done());
    good(
        "an alignment of 32",
        Gguf::model().number("general.alignment", 32).tensor("a", 0, &[16], 64).done(),
    );
    good(
        "quantized",
        Gguf::model().tensor("a", 2, &[32, 2], 36).tensor("b", 12, &[256], 144).done(),
    );
    good(
        "tokens",
        one()
            .tokens(3)
            .array("tokenizer.ggml.scores", 6, &vec![n32(0); 3])
            .number("tokenizer.ggml.eos_token_id", 2)
            .done(),
    );
    good(
        "words",
        one()
            .text("general.name", "Tiny \u{6a21}\u{578b}")
            .text("general.url", "https://example.org/x")
            .done(),
    );
    good(
        "a template",
        one()
            .text("tokenizer.chat_template", "{% for m in messages %}{{ m.content }}{% endfor %}")
            .done(),
    );
    assert!(faults.len() >= 102, "{}", faults.len());
    hold("model.gguf", &faults, &sound, &[]);
}
