//! From the bytes of a license file to text, or to what the file is instead.

use std::borrow::Cow;

use serde::Serialize;

/// How the text was encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// With or without a mark.
    Utf8,
    /// Little-endian, by its mark or by its zeros.
    Utf16Le,
    /// Big-endian, by its mark or by its zeros.
    Utf16Be,
    /// Any bytes that are nothing else.
    Windows1252,
}

/// Bytes 0x80 to 0x9F of Windows-1252; the rest is Latin-1. Unassigned ones stay control characters.
#[rustfmt::skip]
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// How much of the front is looked at to tell text from other things.
const FRONT: usize = 4096;

/// The text in these bytes: UTF-16 by its mark or zeros, UTF-8, else Windows-1252. No bytes fail.
pub(super) fn text(bytes: &[u8]) -> (Cow<'_, str>, Encoding) {
    match bytes {
        [0xFF, 0xFE, rest @ ..] => (utf16(rest, u16::from_le_bytes), Encoding::Utf16Le),
        [0xFE, 0xFF, rest @ ..] => (utf16(rest, u16::from_be_bytes), Encoding::Utf16Be),
        [0xEF, 0xBB, 0xBF, rest @ ..] => unmarked(rest),
        _ => unmarked(bytes),
    }
}

/// As [`text`], for bytes without a mark.
fn unmarked(bytes: &[u8]) -> (Cow<'_, str>, Encoding) {
    match zeros(bytes) {
        (even, odd) if odd > 4 * even.max(1) => {
            return (utf16(bytes, u16::from_le_bytes), Encoding::Utf16Le);
        }
        (even, odd) if even > 4 * odd.max(1) => {
            return (utf16(bytes, u16::from_be_bytes), Encoding::Utf16Be);
        }
        _ => {}
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), Encoding::Utf8),
        // A character cut in two at the end is what the cap on the length leaves behind.
        Err(error) if error.error_len().is_none() => {
            (String::from_utf8_lossy(&bytes[..error.valid_up_to()]), Encoding::Utf8)
        }
        Err(_) => (bytes.iter().map(|byte| windows_1252(*byte)).collect(), Encoding::Windows1252),
    }
}

fn windows_1252(byte: u8) -> char {
    match byte {
        0x80..=0x9F => WINDOWS_1252[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Cow<'static, str> {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    char::decode_utf16(units)
        .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

/// Zero bytes at even and at odd places of the front.
fn zeros(bytes: &[u8]) -> (usize, usize) {
    let front = &bytes[..bytes.len().min(FRONT)];
    let at = |parity| front.iter().skip(parity).step_by(2).filter(|byte| **byte == 0).count();
    (at(0), at(1))
}

/// Whether a decoded text is no text: more than one in fifty of its first characters is a control
/// character or could not be decoded.
pub(super) fn is_binary(text: &str) -> bool {
    let (mut all, mut odd) = (0_usize, 0_usize);
    for char in text.chars().take(FRONT) {
        all += 1;
        let control = char.is_control() && !char.is_whitespace();
        odd += usize::from(control || char == char::REPLACEMENT_CHARACTER);
    }
    odd * 50 > all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_is_told() {
        check(b"MIT License", "MIT License", Encoding::Utf8);
        check(b"\xEF\xBB\xBFMIT", "MIT", Encoding::Utf8);
        check(b"\xFF\xFEM\0I\0T\0", "MIT", Encoding::Utf16Le);
        check(b"\xFE\xFF\0M\0I\0T", "MIT", Encoding::Utf16Be);
        check(b"M\0I\0T\0 \0L\0i\0", "MIT Li", Encoding::Utf16Le);
        check(b"\0M\0I\0T\0 \0L\0i", "MIT Li", Encoding::Utf16Be);
        check(b"\x93MIT\x94 \xA9 2024", "“MIT” © 2024", Encoding::Windows1252);
        check("许可".as_bytes(), "许可", Encoding::Utf8);
        check(&"许可".as_bytes()[..5], "许", Encoding::Utf8);
        check(b"", "", Encoding::Utf8);
    }

    #[track_caller]
    fn check(bytes: &[u8], expected: &str, encoding: Encoding) {
        assert_eq!(text(bytes), (Cow::Borrowed(expected), encoding));
    }
}
