//! From bytes to text whose lines count as in an editor.

use std::io;

use crate::{
    facts::{Oddity, Text, What},
    read::yaml::head,
    source::Bytes,
    words::Place,
};

/// Bytes of a card that are read.
pub const MOST_TEXT: u64 = 4 << 20;

/// The text of a file: UTF-8, or UTF-16 where a byte order mark or its zeros tell so; line ends
/// made `\n`; at most [`MOST_TEXT`] bytes of the file.
pub fn text(path: &str, bytes: &dyn Bytes) -> io::Result<(Text, Vec<Oddity>)> {
    let len = bytes.len();
    let raw = bytes.read(0..len.min(MOST_TEXT))?;
    let cut = len > MOST_TEXT;
    let mut oddities = Vec::new();
    if cut {
        let saying = format!("{len} bytes of text, the first {MOST_TEXT} are read");
        oddities.push(Oddity::new(What::ReadInPart, Place::file(path), saying));
    }
    let text = one_line_end(decode(&raw, cut));
    Ok((Text { text, cut }, oddities))
}

fn decode(raw: &[u8], cut: bool) -> String {
    match raw {
        [0xff, 0xfe, wide @ ..] => utf16(wide, u16::from_le_bytes),
        [0xfe, 0xff, wide @ ..] => utf16(wide, u16::from_be_bytes),
        [a, 0, b, 0, ..] if *a != 0 && *b != 0 => utf16(raw, u16::from_le_bytes),
        [0, a, 0, b, ..] if *a != 0 && *b != 0 => utf16(raw, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, plain @ ..] | plain => utf8(plain, cut),
    }
}

fn utf16(wide: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = wide.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let chars = char::decode_utf16(units).map(|it| it.unwrap_or(char::REPLACEMENT_CHARACTER));
    let text: String = chars.collect();
    text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)
}

fn utf8(plain: &[u8], cut: bool) -> String {
    let mut text = String::from_utf8_lossy(plain).into_owned();
    if cut && text.ends_with(char::REPLACEMENT_CHARACTER) {
        text.truncate(head(&text, text.len() - 1).len()); // half a character at the cut
    }
    text
}

fn one_line_end(text: String) -> String {
    if text.contains('\r') {
        text.replace("\r\n", "\n").replace('\r', "\n")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_in_any_usual_encoding() {
        check(b"a\r\nb\rc", "a\nb\nc");
        check(b"\xef\xbb\xbf# a", "# a");
        check(b"\xff\xfe#\0 \0\xe9\0", "# é");
        check(b"\xfe\xff\0#\0 \0\xe9", "# é");
        check(b"#\0 \0a\0", "# a");
        check(b"a\xffb", "a\u{fffd}b");
        check(b"\xff\xfea\0\0\xd8", "a\u{fffd}");
        check(b"", "");
    }

    #[track_caller]
    fn check(bytes: &[u8], expected: &str) {
        let (text, oddities) = text("README.md", &bytes).unwrap();
        assert_eq!((text.text.as_str(), text.cut, oddities), (expected, false, vec![]));
    }

    #[test]
    fn what_is_too_long_is_cut_between_characters() {
        let long = format!("a{}", "é".repeat(3 << 20));
        let (text, oddities) = text("README.md", &long.as_bytes()).unwrap();
        assert!(text.cut && text.text.ends_with('é'));
        assert_eq!(oddities[0].saying, "6291457 bytes of text, the first 4194304 are read");
    }
}
