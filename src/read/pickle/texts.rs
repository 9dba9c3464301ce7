//! How the text protocols spell numbers and strings.

use super::values::Value;

/// `INT` and `LONG`: digits, an `L` behind them perhaps; `00` and `01` are truth values.
pub(super) fn whole(line: &[u8]) -> Option<Value> {
    match line {
        b"00" => return Some(Value::Bool(false)),
        b"01" => return Some(Value::Bool(true)),
        _ => {}
    }
    let text = str::from_utf8(line).unwrap_or_default().trim();
    let digits = text.strip_suffix('L').unwrap_or(text);
    let bare = digits.trim_start_matches(['-', '+']);
    if bare.is_empty() || !bare.bytes().all(|digit| digit.is_ascii_digit() || digit == b'_') {
        return None;
    }
    Some(digits.parse().map_or(Value::Unknown, Value::Int))
}

/// A little-endian number of two's complement.
pub(super) fn long(bytes: &[u8], len: u64) -> Value {
    if len > 8 {
        return Value::Unknown;
    }
    let fill = if bytes.last().is_some_and(|byte| byte & 0x80 != 0) {
        0xFF
    } else {
        0
    };
    let mut eight = [fill; 8];
    eight.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    Value::Int(i64::from_le_bytes(eight))
}

/// The low four bytes of a number.
pub(super) fn low(number: u64) -> [u8; 4] {
    let [a, b, c, d, ..] = number.to_le_bytes();
    [a, b, c, d]
}

/// The text of a `STRING`, without its quotes and escapes.
pub(super) fn quoted(line: &[u8]) -> Option<Vec<u8>> {
    let line = line.trim_ascii();
    let (&quote, rest) = line.split_first()?;
    let (&end, inner) = rest.split_last()?;
    (quote == end && matches!(quote, b'\'' | b'"')).then(|| unescaped(inner, true))
}

/// Escapes resolved: `\x41` and its kin in a `STRING`, `\u0041` and `\U00000041` in a `UNICODE`.
pub(super) fn unescaped(text: &[u8], string: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        let escape = if byte == b'\\' {
            escape(after, string)
        } else {
            None
        };
        let (number, len) = escape.unwrap_or((byte.into(), 0));
        put(&mut out, number, string);
        rest = &after[len..];
    }
    out
}

/// What an escape stands for, and how many bytes it takes after its backslash.
fn escape(after: &[u8], string: bool) -> Option<(u32, usize)> {
    let (&letter, rest) = after.split_first()?;
    let digits = match letter {
        b'x' if string => 2,
        b'u' if !string => 4,
        b'U' if !string => 8,
        _ if !string => return None,
        b'0'..=b'7' => {
            let octal = after.iter().take(3).take_while(|digit| (b'0'..=b'7').contains(digit));
            let octal: Vec<u32> = octal.map(|digit| u32::from(digit - b'0')).collect();
            return Some((octal.iter().fold(0, |n, digit| n * 8 + digit) & 0xFF, octal.len()));
        }
        _ => {
            let plain = LETTERS.iter().find(|(name, _)| *name == letter);
            return Some((plain.map_or(letter, |(_, byte)| *byte).into(), 1));
        }
    };
    let hex = str::from_utf8(rest.get(..digits)?).ok()?;
    Some((u32::from_str_radix(hex, 16).ok()?, 1 + digits))
}

/// What single letters stand for behind a backslash; any other stands for itself.
const LETTERS: &[(u8, u8)] = &[
    (b'n', 10),
    (b't', 9),
    (b'r', 13),
    (b'a', 7),
    (b'b', 8),
    (b'f', 12),
    (b'v', 11),
];

/// A byte of a `STRING`, or a character of a `UNICODE`.
fn put(out: &mut Vec<u8>, number: u32, string: bool) {
    match u8::try_from(number) {
        Ok(byte) if string => out.push(byte),
        _ => {
            let char = char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER);
            out.extend(char.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_resolved() {
        check(br"os\x2esys\164em\n\'\q", true, b"os.system\n'q");
        check(br"os\u002esystem\U0000002e\x41", false, br"os.system.\x41");
        check(b"\\", true, b"\\");
        check(br"\x4", true, br"\x4");
        check(br"\u12", false, br"\u12");
        check(b"caf\xe9", false, "café".as_bytes());
    }

    #[track_caller]
    fn check(text: &[u8], string: bool, bytes: &[u8]) {
        assert_eq!(unescaped(text, string), bytes);
    }

    #[test]
    fn numbers_are_read() {
        assert_eq!(whole(b"-12L"), Some(Value::Int(-12)));
        assert_eq!(whole(b"99999999999999999999"), Some(Value::Unknown));
        assert_eq!(whole(b"01"), Some(Value::Bool(true)));
        assert_eq!(whole(b"1.5"), None);
        assert_eq!(long(&[0xFF, 0xFE], 2), Value::Int(-257));
        assert_eq!(long(&[], 0), Value::Int(0));
        assert_eq!(long(&[0; 9], 9), Value::Unknown);
    }
}
