//! Bytes to text: UTF-8, UTF-16 by its mark, else Windows-1252, up to a cap.

use std::io;

use crate::{facts::Text, source::Bytes};

/// The most that is read of a file of text.
pub(crate) const CAP: u64 = 4 << 20;

/// The text of a file, its line ends made `\n`.
pub(crate) fn read(bytes: &dyn Bytes) -> io::Result<Text> {
    let len = bytes.len().min(CAP);
    let head = bytes.read(0..len)?;
    Ok(Text {
        text: decode(&head),
        cut: len < bytes.len(),
    })
}

/// The text that bytes stand for.
pub(crate) fn decode(bytes: &[u8]) -> String {
    let wide = |unit: fn([u8; 2]) -> u16, bytes: &[u8]| {
        let units: Vec<u16> = bytes.as_chunks::<2>().0.iter().map(|&pair| unit(pair)).collect();
        String::from_utf16_lossy(&units)
    };
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => wide(u16::from_le_bytes, rest),
        [0xfe, 0xff, rest @ ..] => wide(u16::from_be_bytes, rest),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(error) if error.error_len().is_none() => {
                String::from_utf8_lossy(bytes).into_owned()
            }
            Err(_) => bytes.iter().map(|&byte| windows_1252(byte)).collect(),
        },
    };
    if memchr::memchr(b'\r', text.as_bytes()).is_some() {
        text.replace("\r\n", "\n").replace('\r', "\n")
    } else {
        text
    }
}

/// Differs from Latin-1 in the 32 places from 0x80.
fn windows_1252(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž',
        '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}',
        'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => HIGH[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_by_their_marks() {
        check("a\r\nb\rc".as_bytes(), "a\nb\nc");
        check(b"\xff\xfea\0\xe9\0", "aé");
        check(b"\xfe\xff\0a", "a");
        check(b"caf\xe9 \x93x\x94", "café “x”");
        check(b"\xef\xbb\xbfa", "\u{feff}a");
    }

    #[track_caller]
    fn check(bytes: &[u8], text: &str) {
        assert_eq!(decode(bytes), text);
    }
}
