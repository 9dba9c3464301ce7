//! Headers of safetensors and GGUF in every class of fault that is known, and how many of them are told.

#![expect(clippy::too_many_lines, reason = "a list of faults, a line each")]

use weighbill::words::{Category, Severity};

use super::made::{calling, torch};
use crate::build::{Release, inspect_headers, with_header};

/// What is told of one file: its worst severity in what concerns its make or safety.
fn told(path: &str, bytes: &[u8]) -> Option<Severity> {
    let release = Release::named("r").file(path, bytes);
    let report = inspect_headers(&release.path());
    let of_it = report.findings.iter().filter(|it| {
        matches!(it.category, Category::Format | Category::Integrity | Category::Safety)
    });
    of_it.map(|it| it.severity).max()
}

/// Holds the faults against what is told: all but `silent` of them, and none of the `sound`.
fn hold(path: &str, faults: &[(String, Vec<u8>)], sound: &[(String, Vec<u8>)], silent: &[&str]) {
    let missed: Vec<_> = faults
        .iter()
        .filter(|(_, bytes)| told(path, bytes).is_none())
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(missed, silent, "of {} faults", faults.len());
    let flagged: Vec<_> = sound
        .iter()
        .filter(|(_, bytes)| told(path, bytes) > Some(Severity::Low))
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(flagged, [""; 0], "of {} sound files", sound.len());
}

const ONE: &str = r#"{"w":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#;

fn entry(dtype: &str, shape: &str, offsets: &str) -> String {
    format!("{{\"w\":{{\"dtype\":{dtype},\"shape\":{shape},\"data_offsets\":{offsets}}}}}")
}

fn raw(len: u64, header: &[u8], data: &[u8]) -> Vec<u8> {
    [&len.to_le_bytes()[..], header, data].concat()
}

fn whole(header: &[u8], data: &[u8]) -> Vec<u8> {
    raw(header.len() as u64, header, data)
}

#[test]
fn every_fault_of_safetensors_is_told() {
    let mut faults: Vec<(String, Vec<u8>)> = Vec::new();
    let mut add = |name: &str, bytes: Vec<u8>| faults.push((name.to_owned(), bytes));
    let evil = calling("os", "system", "true", 0);
    // lengths
    add("no bytes", Vec::new());
    for len in [1, 7] {
        add(&format!("{len} bytes"), vec![0; len]);
    }
    let n = ONE.len() as u64;
    for (name, len) in [
        ("a length of 0", 0),
        ("a length past the end", n + 5),
        ("a length one short", n - 1),
        ("a length one long", n + 1),
        ("a length over the cap", 100_000_001),
        ("a length of 2^63", 1 << 63),
        ("a length of 2^64-1", u64::MAX),
        ("a length of 2^32", 1 << 32),
    ] {
        add(name, raw(len, ONE.as_bytes(), &[0; 4]));
    }
    add("no data", with_header(ONE, 0));
    add("data short", with_header(ONE, 3));
    add("1 byte over", with_header(ONE, 5));
    add("a zip appended", [with_header(ONE, 4), torch(b"\x80\x02}q\0.")].concat());
    add("a pickle appended", [with_header(ONE, 4), evil.clone()].concat());
    // text
    let texts: &[(&str, &[u8])] = &[
        ("not UTF-8", b"{\"w\xff\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}"),
        ("a comment", br#"{/*x*/"w":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#),
        ("a trailing comma", br#"{"w":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},}"#),
        ("text behind the object", br#"{"w":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}x"#),
        ("two objects", br#"{"w":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}{}"#),
        ("NaN", br#"{"w":{"dtype":"U8","shape":[NaN],"data_offsets":[0,4]}}"#),
        (
            "a control character in a key",
            b"{\"w\x01\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}",
        ),
        ("a lone surrogate", br#"{"w\ud800":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#),
        ("single quotes", b"{'w':{'dtype':'U8','shape':[4],'data_offsets':[0,4]}}"),
        ("an array", b"[]"),
        ("null", b"null"),
        ("a number", b"7"),
        ("a text", b"\"w\""),
        ("nothing but spaces", b"        "),
        ("an open object", br#"{"w":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}"#),
    ];
    for (name, text) in texts {
        add(name, whole(text, &[0; 4]));
    }
    add("a byte order mark", whole(&[b"\xef\xbb\xbf", ONE.as_bytes()].concat(), &[0; 4]));
    let wide: Vec<u8> = ONE.encode_utf16().flat_map(u16::to_le_bytes).collect();
    add("UTF-16", whole(&wide, &[0; 4]));
    for (name, pad) in [
        ("zeros", "\0\0\0"),
        ("tabs", "\t\t"),
        ("line feeds", "\n\n"),
        ("carriage returns", "\r\r"),
    ] {
        add(&format!("padded with {name}"), whole(format!("{ONE}{pad}").as_bytes(), &[0; 4]));
    }
    add(
        "nested too deep",
        whole(
            format!("{{\"w\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000)).as_bytes(),
            &[0; 4],
        ),
    );
    add("spaces in front", whole(format!("   {ONE}").as_bytes(), &[0; 4]));
    add("line feeds in front", whole(format!("\n\n{ONE}").as_bytes(), &[0; 4]));
    // entries
    let u8s = |name: &str, from: u64, to: u64| {
        format!(
            "\"{name}\":{{\"dtype\":\"U8\",\"shape\":[{}],\"data_offsets\":[{from},{to}]}}",
            to.saturating_sub(from)
        )
    };
    let two = |a: String, b: String| format!("{{{a},{b}}}");
    for (name, header, len) in [
        ("the same tensor twice", two(u8s("w", 0, 4), u8s("w", 0, 4)), 4),
        ("the same through an escape", two(u8s("a", 0, 4), u8s("\\u0061", 0, 4)), 4),
        ("the same in a row", two(u8s("w", 0, 4), u8s("w", 4, 8)), 8),
        ("overlap", two(u8s("a", 0, 4), u8s("b", 2, 6)), 6),
        ("the same bytes", two(u8s("a", 0, 4), u8s("b", 0, 4)), 4),
        ("a hole at the start", format!("{{{}}}", u8s("a", 2, 6)), 6),
        ("a hole between", two(u8s("a", 0, 2), u8s("b", 4, 6)), 6),
        (
            "reversed",
            "{\"w\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[4,0]}}".to_owned(),
            4,
        ),
        ("past the end", format!("{{{}}}", u8s("a", 0, 400)), 4),
        ("one inside another", two(u8s("a", 0, 8), u8s("b", 2, 4)), 8),
    ] {
        add(name, with_header(&header, len));
    }
    for (name, metadata) in [
        ("a key twice in the metadata", r#"{"license":"mit","license":"gpl"}"#),
        ("a number in the metadata", r#"{"a":1}"#),
        ("null in the metadata", r#"{"a":null}"#),
        ("a list in the metadata", r#"{"a":[]}"#),
        ("an object in the metadata", r#"{"a":{}}"#),
        ("metadata that is null", "null"),
        ("metadata that is a list", "[]"),
        ("metadata that is a text", "\"x\""),
        ("metadata as a tensor", r#"{"dtype":"U8","shape":[4],"data_offsets":[0,4]}"#),
        ("a token in the metadata", r#"{"key":"hf_AbCdEfGhIjKlMnOpQrStUvWxYzAbCdEfGh"}"#),
    ] {
        add(name, with_header(&format!("{{\"__metadata__\":{metadata},{}}}", u8s("w", 0, 4)), 4));
    }
    add(
        "metadata twice",
        with_header(
            &format!("{{\"__metadata__\":{{}},\"__metadata__\":{{}},{}}}", u8s("w", 0, 4)),
            4,
        ),
    );
    for (name, header) in [
        (
            "the dtype twice",
            r#"{"w":{"dtype":"U8","dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#,
        ),
        ("strides", r#"{"w":{"dtype":"U8","shape":[4],"data_offsets":[0,4],"strides":[1]}}"#),
        (
            "a field of no meaning",
            r#"{"w":{"x":{},"dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#,
        ),
        ("an entry as a list", r#"{"w":["U8",[4],[0,4]]}"#),
        ("an entry as a number", r#"{"w":1}"#),
        ("an entry as a text", r#"{"w":"U8"}"#),
        ("an entry as null", r#"{"w":null}"#),
        ("an empty entry", r#"{"w":{}}"#),
        ("no dtype", r#"{"w":{"shape":[4],"data_offsets":[0,4]}}"#),
        ("no shape", r#"{"w":{"dtype":"U8","data_offsets":[0,4]}}"#),
        ("no offsets", r#"{"w":{"dtype":"U8","shape":[4]}}"#),
    ] {
        add(name, with_header(header, 4));
    }
    for offsets in [
        "[0]",
        "[0,2,4]",
        "[-1,3]",
        "[0,4.0]",
        "[0,4e0]",
        "[\"0\",\"4\"]",
        "[0,18446744073709551616]",
        "null",
        "[]",
        "4",
    ] {
        add(&format!("offsets {offsets}"), with_header(&entry("\"U8\"", "[4]", offsets), 4));
    }
    for shape in [
        "[-4]",
        "[4.0]",
        "[\"4\"]",
        "4",
        "null",
        "[[4]]",
        "[5]",
        "[3]",
        "[2,3]",
        "[18446744073709551616]",
    ] {
        add(&format!("shape {shape}"), with_header(&entry("\"U8\"", shape, "[0,4]"), 4));
    }
    for dtype in [
        "\"F99\"",
        "\"u8\"",
        "\"\"",
        "7",
        "null",
        "\"I4\"",
        "\"float32\"",
        "\"U8 \"",
        "[\"U8\"]",
    ] {
        add(&format!("dtype {dtype}"), with_header(&entry(dtype, "[4]", "[0,4]"), 4));
    }
    for (dtype, shape, len) in [
        ("F4", "[3]", 1),
        ("F4", "[3]", 2),
        ("F6_E2M3", "[3]", 2),
        ("F6_E3M2", "[1]", 1),
    ] {
        add(
            &format!("{dtype} that does not fill bytes, {len}"),
            with_header(&entry(&format!("\"{dtype}\""), shape, &format!("[0,{len}]")), len),
        );
    }
    for (name, dtype, shape) in [
        ("a product that overflows", "U8", "[4294967296,4294967296,4]"),
        ("bits that overflow", "F64", "[2305843009213693952]"),
        ("an overflow before a zero", "U8", "[4611686018427387904,4611686018427387904,0]"),
        ("a long extent beside a zero", "U8", "[0,9223372036854775807]"),
        ("2^63 beside a zero", "U8", "[0,9223372036854775808]"),
    ] {
        add(name, with_header(&entry(&format!("\"{dtype}\""), shape, "[0,0]"), 0));
    }
    let many = |rank: usize| format!("[{}]", vec!["1"; rank].join(","));
    add("rank 1000", with_header(&entry("\"U8\"", &many(1000), "[0,1]"), 1));
    add("rank 65", with_header(&entry("\"U8\"", &many(65), "[0,1]"), 1));
    let odd = "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[1,5]}}";
    add("F32 at an odd offset", with_header(odd, 5));
    // names
    for name in [
        "",
        "/etc/passwd",
        "../../x",
        "..\\\\x",
        "a\\u0000b",
        "a\\nb",
        "a\\u001b[31m",
        "a\\u202eb",
        "a\\u200bb",
    ] {
        add(&format!("the name {name:?}"), with_header(&format!("{{{}}}", u8s(name, 0, 4)), 4));
    }
    add("a name of 100 kB", with_header(&format!("{{{}}}", u8s(&"n".repeat(100_000), 0, 4)), 4));
    add(
        "names that are one",
        with_header(&two(u8s("caf\u{e9}", 0, 2), u8s("cafe\u{301}", 2, 4)), 4),
    );
    // contents
    for (name, data) in [
        ("a zip as a tensor", torch(b"\x80\x02}q\0.")),
        ("a pickle as a tensor", evil.clone()),
        ("a program as a tensor", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0>\0".to_vec()),
        ("a script as a tensor", b"#!/bin/sh\ntrue\n".to_vec()),
    ] {
        let len = data.len();
        let header = entry("\"U8\"", &format!("[{len}]"), &format!("[0,{len}]"));
        add(name, [with_header(&header, 0), data].concat());
    }
    // other things of that name
    let pointer = format!(
        "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 9\n",
        "a".repeat(64)
    );
    add("a pointer of LFS", pointer.into_bytes());
    add("a web page", b"<!DOCTYPE html><html><body>Not found</body></html>".to_vec());
    add("a pickle", evil);
    add("a zip", torch(b"\x80\x02}q\0."));
    add("a GGUF file", [b"GGUF\x03\0\0\0".to_vec(), vec![0; 16]].concat());
    let magic = u64::from_le_bytes(*b"PK\x03\x04\0\0\0\0");
    add("a length that is a zip's mark", raw(magic, &vec![b' '; 64], &[]));

    let mut sound: Vec<(String, Vec<u8>)> = Vec::new();
    let mut good = |name: &str, bytes: Vec<u8>| sound.push((name.to_owned(), bytes));
    good("one tensor", with_header(ONE, 4));
    good("padded with spaces", with_header(&format!("{ONE}   "), 4));
    good(
        "metadata",
        with_header(&format!("{{\"__metadata__\":{{\"format\":\"pt\"}},{}}}", u8s("w", 0, 4)), 4),
    );
    good("no tensor", with_header("{}", 0));
    good("an empty tensor", with_header(&entry("\"F32\"", "[0]", "[0,0]"), 0));
    good("a scalar", with_header(&entry("\"F32\"", "[]", "[0,4]"), 4));
    for (dtype, shape, len) in [
        ("F4", "[4]", 2),
        ("F6_E2M3", "[4]", 3),
        ("F8_E8M0", "[2]", 2),
        ("C64", "[1]", 8),
        ("BOOL", "[2]", 2),
    ] {
        good(
            dtype,
            with_header(&entry(&format!("\"{dtype}\""), shape, &format!("[0,{len}]")), len),
        );
    }
    assert!(faults.len() >= 117, "{}", faults.len());
    hold("model.safetensors", &faults, &sound, &[]);
}

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
