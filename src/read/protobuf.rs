//! Protocol buffers without a schema: walks the fields of a message and skips what is not asked for.

use std::ops::Range;

use super::pages::Pages;
use crate::facts::What;

/// A message, a text or plain bytes: what a length-delimited field holds, and the file itself.
#[derive(Clone)]
pub(super) struct Span<'a> {
    pages: &'a Pages<'a>,
    /// In bytes of the file, end exclusive.
    pub(super) range: Range<u64>,
    /// Whether the file ends before the field does; `range` is what there is.
    pub(super) cut: bool,
}

/// One field of a message.
pub(super) struct Field<'a> {
    /// Its number in the schema, from 1.
    pub(super) number: u64,
    /// What it holds.
    pub(super) value: Value<'a>,
}

/// What a field holds, by its wire type.
pub(super) enum Value<'a> {
    /// A number of its own length; a negative one takes all 64 bits.
    Number(u64),
    /// Four or eight bytes: a float, a double, a fixed number.
    Fixed,
    /// As many bytes as its length says.
    Span(Span<'a>),
}

/// The fields of a message, in the order of the file; ends at the first that cannot be followed.
pub(super) struct Fields<'a> {
    span: Span<'a>,
    at: u64,
}

impl<'a> Span<'a> {
    /// The whole file as one message.
    pub(super) fn file(pages: &'a Pages<'a>) -> Self {
        Self::of(pages, 0..pages.len())
    }

    /// A part of the file, which must lie inside it.
    pub(super) fn of(pages: &'a Pages<'a>, range: Range<u64>) -> Self {
        Self { pages, range, cut: false }
    }

    /// In bytes.
    pub(super) fn len(&self) -> u64 {
        self.range.end - self.range.start
    }

    /// Its fields, where it is a message.
    pub(super) fn fields(&self) -> Fields<'a> {
        Fields { span: self.clone(), at: self.range.start }
    }

    /// Its text, where it is one, of which at most `cap` bytes.
    pub(super) fn text(&self, cap: u64) -> String {
        self.pages.text(self.range.clone(), cap)
    }

    /// The last field of this number that holds a span, as parsers take it.
    pub(super) fn span(&self, number: u64) -> Option<Span<'a>> {
        self.spans(number).last()
    }

    /// All fields of this number that hold a span.
    pub(super) fn spans(&self, number: u64) -> impl Iterator<Item = Span<'a>> + use<'a> {
        self.fields().filter_map(move |field| match field.value {
            Value::Span(span) if field.number == number => Some(span),
            _ => None,
        })
    }

    /// The text of a field; empty where there is none.
    pub(super) fn text_of(&self, number: u64, cap: u64) -> String {
        self.span(number).map(|span| span.text(cap)).unwrap_or_default()
    }

    /// The last number of this field.
    pub(super) fn number(&self, number: u64) -> Option<u64> {
        let numbers = self.fields().filter_map(|field| match field.value {
            Value::Number(value) if field.number == number => Some(value),
            _ => None,
        });
        numbers.last()
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    fn next(&mut self) -> Option<Field<'a>> {
        let (start, end) = (self.at, self.span.range.end);
        if start >= end {
            return None;
        }
        self.at = end; // unless the field shows where it ends
        let pages = self.span.pages;
        let Some((key, at)) = varint(pages, start, end) else {
            self.invalid(start, "a field that has no whole key");
            return None;
        };
        let number = key >> 3;
        let fixed = |len: u64| Some((Value::Fixed, at.checked_add(len).filter(|it| *it <= end)?));
        let read = match key & 7 {
            _ if number == 0 => None,
            0 => varint(pages, at, end).map(|(value, at)| (Value::Number(value), at)),
            1 => fixed(8),
            5 => fixed(4),
            2 => return self.delimited(number, at),
            _ => None,
        };
        let Some((value, at)) = read else {
            self.invalid(start, &format!("field {number} of wire type {}", key & 7));
            return None;
        };
        self.at = at;
        Some(Field { number, value })
    }
}

impl<'a> Fields<'a> {
    /// A field that says how long it is.
    fn delimited(&mut self, number: u64, at: u64) -> Option<Field<'a>> {
        let Span { pages, range, cut } = self.span.clone();
        let Some((len, start)) = varint(pages, at, range.end) else {
            self.invalid(at, &format!("field {number} without a length"));
            return None;
        };
        let left = range.end - start;
        let whole = len <= left;
        if !whole && range.end < pages.len() {
            self.invalid(at, &format!("field {number} of {len} bytes where {left} are left"));
            return None;
        }
        if !whole && !cut {
            let saying =
                format!("field {number} has {len} bytes, the file ends after {left} of them");
            pages.fault(What::ShardTruncated, at, saying);
        }
        let end = if whole { start + len } else { range.end };
        self.at = end;
        let span = Span {
            pages,
            range: start..end,
            cut: (cut && end == range.end) || !whole,
        };
        Some(Field { number, value: Value::Span(span) })
    }

    fn invalid(&self, at: u64, saying: &str) {
        if !self.span.cut {
            self.span.pages.fault(What::HeaderInvalid, at, saying);
        }
    }
}

/// The number at `at` and where it ends; at most ten bytes, all before `end`.
pub(super) fn varint(pages: &Pages, at: u64, end: u64) -> Option<(u64, u64)> {
    let mut number = 0u64;
    for place in 0..10 {
        let here = at + place;
        let byte = pages.byte(here).filter(|_| here < end)?;
        number |= u64::from(byte & 0x7F).checked_shl(u32::try_from(7 * place).ok()?)?;
        if byte < 0x80 {
            return Some((number, here + 1));
        }
    }
    None
}

/// Messages made by code, for the tests of the readers.
#[cfg(test)]
pub(super) mod make {
    /// A number on the wire.
    pub(in crate::read) fn varint(mut number: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        while number >= 0x80 {
            bytes.push(number.to_le_bytes()[0] | 0x80);
            number >>= 7;
        }
        bytes.push(number.to_le_bytes()[0]);
        bytes
    }

    /// A field that holds a number.
    pub(in crate::read) fn number(field: u64, value: u64) -> Vec<u8> {
        [varint(field << 3), varint(value)].concat()
    }

    /// A field that holds bytes.
    pub(in crate::read) fn span(field: u64, bytes: impl AsRef<[u8]>) -> Vec<u8> {
        let bytes = bytes.as_ref();
        [
            varint(field << 3 | 2),
            varint(bytes.len() as u64),
            bytes.to_vec(),
        ]
        .concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_walk_ends_where_it_cannot_be_followed() {
        check(&[make::number(1, 300), make::span(2, "ab")].concat(), "1=300 2=5..7", None);
        check(&[0x0D, 1, 2, 3, 4, 0x11, 1, 2, 3], "1", Some("field 2 of wire type 1"));
        check(&[0x0B], "", Some("field 1 of wire type 3"));
        check(&[0x02, 0], "", Some("field 0 of wire type 2"));
        check(&[0x80], "", Some("a field that has no whole key"));
        check(&[0xFF; 12], "", Some("a field that has no whole key"));
        check(
            &[0x12, 9, b'a'],
            "2=2..3",
            Some("field 2 has 9 bytes, the file ends after 1 of them"),
        );
    }

    #[track_caller]
    fn check(bytes: &[u8], fields: &str, fault: Option<&str>) {
        let bytes = bytes.to_vec();
        let pages = Pages::new(&bytes);
        let seen = Span::file(&pages).fields().map(|field| match field.value {
            Value::Number(value) => format!("{}={value}", field.number),
            Value::Fixed => field.number.to_string(),
            Value::Span(span) => format!("{}={:?}", field.number, span.range),
        });
        let seen = seen.collect::<Vec<_>>().join(" ");
        let faults = pages.close().unwrap();
        assert_eq!(faults.first().map(|it| it.saying.as_str()), fault);
        assert_eq!(seen, fields);
    }
}
