//! Faults of safetensors.

#![expect(clippy::too_many_lines, reason = "a list of faults, a line each")]

use super::{
    super::made::{calling, torch},
    ONE, hold,
};
use crate::build::with_header;

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
    add("a length that is a zip's mark", raw(magic, &[b' '; 64], &[]));

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
