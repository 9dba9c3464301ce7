//! Flax: nested maps in msgpack, arrays as extension values. Bodies are skipped, not copied.

use std::ops::Range;

use super::{
    Format, Input, Listing, Probe, ReadError, Reader,
    gathering::{Gathering, NAME, RANK},
    pages::Pages,
};
use crate::{
    facts::{Dtype, What},
    words::FileKind,
};

pub(super) const FORMAT: Format = Format {
    name: "flax",
    kind: FileKind::Weights,
    recognizes,
    read: Reader::Tensors(read),
};

/// Maps in maps; networks have ten levels or so.
const DEPTH: usize = 64;
/// Marks the map of an array above 1 GiB, which is stored in pieces.
const CHUNKED: &str = "__msgpack_chunked_array__";
/// Extension values that are arrays, and numbers of numpy's: `(shape, dtype, bytes)`.
const ARRAY: i8 = 1;
const SCALAR: i8 = 3;

/// Element types by numpy's names.
const DTYPES: &[(&str, &str)] = &[
    ("bool", "BOOL"),
    ("int8", "I8"),
    ("uint8", "U8"),
    ("int16", "I16"),
    ("uint16", "U16"),
    ("int32", "I32"),
    ("uint32", "U32"),
    ("int64", "I64"),
    ("uint64", "U64"),
    ("float16", "F16"),
    ("bfloat16", "BF16"),
    ("float32", "F32"),
    ("float64", "F64"),
    ("complex64", "C64"),
    ("complex128", "C128"),
    ("float8_e4m3fn", "F8_E4M3"),
    ("float8_e5m2", "F8_E5M2"),
    ("float8_e4m3fnuz", "F8_E4M3FNUZ"),
    ("float8_e5m2fnuz", "F8_E5M2FNUZ"),
    ("float8_e8m0fnu", "F8_E8M0"),
];

/// The element type that numpy calls so.
pub(super) fn dtype(name: &str) -> Option<&'static str> {
    DTYPES.iter().find(|(it, _)| *it == name).map(|(_, dtype)| *dtype)
}

/// A msgpack value, as far as its own first bytes tell.
#[derive(Debug, PartialEq)]
enum Value {
    /// A number, a truth value, or nothing.
    Plain(Option<u64>),
    Text(Range<u64>),
    Bin(Range<u64>),
    Ext(i8, Range<u64>),
    /// Entries that follow.
    List(u64),
    /// Keys and values that follow.
    Map(u64),
}

/// A map that is not empty, whose first key is a name, and whose first value is a map or an array.
fn recognizes(probe: &Probe) -> bool {
    if !matches!(probe.head.first(), Some(0x81..=0x8F | 0xDE | 0xDF)) {
        return false;
    }
    let pages = Pages::new(probe.bytes);
    let first = || {
        let (map, at) = value(&pages, 0)?;
        let (key, at) = value(&pages, at)?;
        let Value::Text(key) = key else { return None };
        let name = pages.text(key, 256);
        let (held, _) = value(&pages, at)?;
        let spelt = !name.is_empty() && name.chars().all(|it| !it.is_control() && it != '\u{FFFD}');
        Some(
            matches!(map, Value::Map(1..))
                && spelt
                && matches!(held, Value::Map(_) | Value::Ext(ARRAY, _)),
        )
    };
    first().unwrap_or(false)
}

fn read(input: &Input) -> Result<Listing, ReadError> {
    let pages = Pages::new(input.bytes);
    let mut walk = Walk {
        pages: &pages,
        found: Gathering::new(input, FORMAT.name),
        scope: String::new(),
    };
    if let Some(end) = walk.node(0, DEPTH)
        && end < pages.len()
    {
        let saying = format!("{} bytes after the map", pages.len() - end);
        pages.fault(What::TrailingBytes, end, saying);
    }
    let found = walk.found;
    found.finish(pages)
}

struct Walk<'a> {
    pages: &'a Pages<'a>,
    found: Gathering,
    /// Keys on the way here, with `/` between them.
    scope: String,
}

impl Walk<'_> {
    /// Walks the value at `at`; where it ends, or `None` where that cannot be told.
    fn node(&mut self, at: u64, depth: usize) -> Option<u64> {
        let Some((held, next)) = value(self.pages, at) else {
            self.fault(at);
            return None;
        };
        match held {
            Value::Map(entries) => self.map(entries, next, depth),
            Value::List(entries) => self.list(entries, next, depth),
            Value::Ext(ARRAY | SCALAR, body) => {
                self.array(body);
                Some(next)
            }
            _ => Some(next),
        }
    }

    fn fault(&self, at: u64) {
        let len = self.pages.len();
        if self.pages.byte(at) == Some(0xC1) {
            self.pages.fault(What::HeaderInvalid, at, "a byte that begins no value");
        } else {
            let saying = format!("the value at byte {at} goes on after the end at byte {len}");
            self.pages.fault(What::ShardTruncated, at, saying);
        }
    }

    fn map(&mut self, entries: u64, mut at: u64, depth: usize) -> Option<u64> {
        if depth == 0 {
            self.pages.fault(What::HeaderInvalid, at, format!("maps nested deeper than {DEPTH}"));
            return None;
        }
        if self.is_chunked(at) {
            return self.chunked(entries, at, depth);
        }
        for _ in 0..entries {
            let (key, value_at) = match value(self.pages, at) {
                Some((Value::Text(key), next)) => (self.pages.text(key, NAME), next),
                Some((Value::Plain(Some(number)), next)) => (number.to_string(), next),
                Some(_) => {
                    self.pages.fault(What::HeaderInvalid, at, "a key that is no text");
                    return None;
                }
                None => {
                    self.fault(at);
                    return None;
                }
            };
            at = self.within(&key, |walk| walk.node(value_at, depth - 1))?;
        }
        Some(at)
    }

    fn list(&mut self, entries: u64, mut at: u64, depth: usize) -> Option<u64> {
        if depth == 0 {
            self.pages.fault(What::HeaderInvalid, at, format!("lists nested deeper than {DEPTH}"));
            return None;
        }
        for n in 0..entries {
            at = self.within(&n.to_string(), |walk| walk.node(at, depth - 1))?;
        }
        Some(at)
    }

    fn within<T>(&mut self, key: &str, walk: impl FnOnce(&mut Self) -> T) -> T {
        let outer = self.scope.len();
        if outer > 0 {
            self.scope.push('/');
        }
        self.scope.push_str(key);
        let walked = walk(self);
        self.scope.truncate(outer);
        walked
    }

    /// An array: its own little message of shape, type name and bytes.
    fn array(&mut self, body: Range<u64>) {
        if self.found.is_full() {
            return;
        }
        let read = || {
            let (Value::List(3), at) = value(self.pages, body.start)? else {
                return None;
            };
            let (shape, at) = self.shape(at)?;
            let (Value::Text(dtype) | Value::Bin(dtype), at) = value(self.pages, at)? else {
                return None;
            };
            let (Value::Bin(bytes), at) = value(self.pages, at)? else {
                return None;
            };
            (at <= body.end).then_some((shape, dtype, bytes))
        };
        let name = self.scope.clone();
        let Some((shape, dtype, bytes)) = read() else {
            let at = self.found.at().tensor(name).byte(body.start);
            return self.found.odd(
                What::HeaderInvalid,
                at,
                "no shape, type and bytes in this array",
            );
        };
        let dtype = self.pages.text(dtype, 64);
        let known = self::dtype(&dtype);
        if known.is_none() {
            let at = self.found.at().tensor(&name).byte(body.start);
            self.found.odd(What::DtypeUnknown, at, format!("element type `{dtype}`"));
        }
        let dtype = Dtype::named(known.unwrap_or(&dtype));
        self.found.tensor(name, dtype, shape, Some(bytes));
    }

    fn shape(&self, at: u64) -> Option<(Vec<u64>, u64)> {
        let (Value::List(rank), mut at) = value(self.pages, at)? else {
            return None;
        };
        let mut shape = Vec::new();
        for _ in 0..rank {
            let (Value::Plain(Some(extent)), next) = value(self.pages, at)? else {
                return None;
            };
            if shape.len() == RANK {
                return None;
            }
            shape.push(extent);
            at = next;
        }
        Some((shape, at))
    }

    fn is_chunked(&self, at: u64) -> bool {
        let Some((Value::Text(key), _)) = value(self.pages, at) else {
            return false;
        };
        key.end - key.start == CHUNKED.len() as u64 && self.pages.text(key, 64) == CHUNKED
    }

    /// An array in pieces: one tensor, whose bytes are not in one place.
    fn chunked(&mut self, entries: u64, mut at: u64, depth: usize) -> Option<u64> {
        let name = self.scope.clone();
        let mut shape = Vec::new();
        let mut pieces = Vec::new();
        for _ in 0..entries {
            let Some((Value::Text(key), value_at)) = value(self.pages, at) else {
                self.fault(at);
                return None;
            };
            let key = self.pages.text(key, NAME);
            if key == "shape" || key == "chunks" {
                let Some((Value::Map(items), mut item)) = value(self.pages, value_at) else {
                    self.pages.fault(
                        What::HeaderInvalid,
                        value_at,
                        "a chunked array without a map",
                    );
                    return None;
                };
                for _ in 0..items {
                    let (_, held_at) = value(self.pages, item)?;
                    let Some((held, next)) = value(self.pages, held_at) else {
                        self.fault(held_at);
                        return None;
                    };
                    match held {
                        Value::Plain(Some(extent)) if shape.len() < RANK => shape.push(extent),
                        Value::Ext(ARRAY, body) if pieces.len() < 1 << 20 => pieces.push(body),
                        _ => {}
                    }
                    item = next;
                }
                at = item;
            } else {
                at = self.within(&key, |walk| walk.node(value_at, depth - 1))?;
            }
        }
        self.whole(name, shape, &pieces);
        Some(at)
    }

    /// The tensor that these pieces make: flat arrays of one type, one after the other.
    fn whole(&mut self, name: String, shape: Vec<u64>, pieces: &[Range<u64>]) {
        let mut elements = 0u64;
        let mut dtype = None;
        for piece in pieces {
            let read = || {
                let (Value::List(3), at) = value(self.pages, piece.start)? else {
                    return None;
                };
                let (shape, at) = self.shape(at)?;
                let (Value::Text(dtype) | Value::Bin(dtype), _) = value(self.pages, at)? else {
                    return None;
                };
                Some((shape, self.pages.text(dtype, 64)))
            };
            let Some((shape, kind)) = read() else {
                continue;
            };
            elements =
                elements.saturating_add(shape.iter().fold(1, |n: u64, it| n.saturating_mul(*it)));
            dtype = dtype.or(Some(kind));
        }
        let dtype = dtype.unwrap_or_default();
        let known = self::dtype(&dtype);
        let whole = shape.iter().fold(1, |n: u64, it| n.saturating_mul(*it));
        if elements != whole {
            let at = self.found.at().tensor(&name);
            let saying =
                format!("{} pieces hold {elements} elements, {shape:?} has {whole}", pieces.len());
            self.found.odd(What::HeaderInvalid, at, saying);
        }
        self.found.tensor(name, Dtype::named(known.unwrap_or(&dtype)), shape, None);
    }
}

/// The value at `at`, and where the next one begins: behind it, or at the first entry of a map or
/// list. `None` where it is not wholly in the file, or no value at all.
fn value(pages: &Pages, at: u64) -> Option<(Value, u64)> {
    let marker = pages.byte(at)?;
    let next = at + 1;
    let span = |start: u64, len: u64| {
        let end = start.checked_add(len).filter(|end| *end <= pages.len())?;
        Some(start..end)
    };
    let number = |len: u64| -> Option<(u64, u64)> {
        let number = match len {
            1 => pages.byte(next)?.into(),
            2 => u16::from_be_bytes(pages.array(next)?).into(),
            4 => u32::from_be_bytes(pages.array(next)?).into(),
            _ => u64::from_be_bytes(pages.array(next)?),
        };
        Some((number, next + len))
    };
    let text = |len: u64, start: u64| span(start, len).map(|it| (Value::Text(it.clone()), it.end));
    let ext = |len: u64, start: u64| {
        let kind = i8::from_le_bytes(pages.array(start)?);
        let body = span(start + 1, len)?;
        Some((Value::Ext(kind, body.clone()), body.end))
    };
    let skip = |len: u64| span(next, len).map(|it| (Value::Plain(None), it.end));
    let width = |from: u8| 1u64 << (marker - from);
    Some(match marker {
        0x00..=0x7F => (Value::Plain(Some(marker.into())), next),
        0x80..=0x8F => (Value::Map((marker & 0x0F).into()), next),
        0x90..=0x9F => (Value::List((marker & 0x0F).into()), next),
        0xA0..=0xBF => text((marker & 0x1F).into(), next)?,
        0xC0 | 0xC2 | 0xC3 | 0xE0..=0xFF => (Value::Plain(None), next),
        0xC1 => return None,
        0xC4..=0xC6 => {
            let (len, start) = number(width(0xC4))?;
            let bytes = span(start, len)?;
            (Value::Bin(bytes.clone()), bytes.end)
        }
        0xC7..=0xC9 => {
            let (len, start) = number(width(0xC7))?;
            ext(len, start)?
        }
        0xCA => skip(4)?,
        0xCB => skip(8)?,
        0xCC..=0xCF => {
            let (number, end) = number(width(0xCC))?;
            (Value::Plain(Some(number)), end)
        }
        0xD0..=0xD3 => skip(width(0xD0))?,
        0xD4..=0xD8 => ext(width(0xD4), next)?,
        0xD9..=0xDB => {
            let (len, start) = number(width(0xD9))?;
            text(len, start)?
        }
        0xDC | 0xDD => {
            let (len, start) = number(2 * width(0xDC))?;
            (Value::List(len), start)
        }
        0xDE | 0xDF => {
            let (len, start) = number(2 * width(0xDE))?;
            (Value::Map(len), start)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{super::trial, *};

    fn text(text: &str) -> Vec<u8> {
        [&[0xD9, u8::try_from(text.len()).unwrap()], text.as_bytes()].concat()
    }

    fn map(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
        let entries_of = entries.iter().flat_map(|(key, held)| [text(key), held.clone()].concat());
        [0x80 | u8::try_from(entries.len()).unwrap()].into_iter().chain(entries_of).collect()
    }

    fn array(shape: &[u8], dtype: &str, len: u8) -> Vec<u8> {
        let rank = 0x90 | u8::try_from(shape.len()).unwrap();
        let data = [vec![0xC4, len], vec![0; len.into()]].concat();
        let body = [vec![0x93, rank], shape.to_vec(), text(dtype), data].concat();
        [vec![0xC7, u8::try_from(body.len()).unwrap(), 1], body].concat()
    }

    fn model() -> Vec<u8> {
        let dense = map(&[
            ("kernel", array(&[2, 3], "float32", 24)),
            ("bias", array(&[3], "bfloat16", 6)),
        ]);
        let step = vec![0xCE, 0, 0, 1, 0];
        map(&[
            ("params", map(&[("Dense_0", dense)])),
            ("step", step),
            ("none", vec![0xC0]),
        ])
    }

    #[test]
    fn arrays_are_named_by_their_keys() {
        trial::check(
            &FORMAT,
            &model(),
            &[
                "params/Dense_0/kernel F32 [2, 3] 46..70",
                "params/Dense_0/bias BF16 [3] 94..100",
            ],
        );
    }

    #[test]
    fn an_array_in_pieces_is_one_tensor() {
        let pieces = map(&[
            ("0", array(&[4], "float32", 16)),
            ("1", array(&[2], "float32", 8)),
        ]);
        let shape = |rows| map(&[("0", vec![rows]), ("1", vec![3])]);
        let whole = |rows| {
            let entries = [
                (CHUNKED, vec![0xC3]),
                ("shape", shape(rows)),
                ("chunks", pieces.clone()),
            ];
            map(&[("w", map(&entries)), ("b", array(&[1], "int8", 1))])
        };
        trial::check(&FORMAT, &whole(2), &["b I8 [1] 139..140", "w F32 [2, 3]"]);
        check(&whole(3), "2 pieces hold 6 elements, [3, 3] has 9");
    }

    #[test]
    fn what_lies_is_told() {
        check(&map(&[("w", array(&[3], "float32", 8))]), "F32 [3] takes 12 bytes, 8 are stored");
        check(&map(&[("w", array(&[3], "object", 8))]), "element type `object`");
        check(&map(&[("w", vec![0xC7, 1, 1, 0x93])]), "no shape, type and bytes in this array");
        check(
            &map(&[("w", vec![0xC6, 0xFF, 0xFF, 0xFF, 0xFF])]),
            "the value at byte 4 goes on after the end at byte 9",
        );
        check(&map(&[("w", vec![0xC1])]), "a byte that begins no value");
        check(&[map(&[("w", map(&[]))]), vec![0; 3]].concat(), "3 bytes after the map");
        check(&[0x81, 0xA1, b'w'].repeat(100), "maps nested deeper than 64");
        check(
            &[0xDF, 0xFF, 0xFF, 0xFF, 0xFF],
            "the value at byte 5 goes on after the end at byte 5",
        );
    }

    #[track_caller]
    fn check(bytes: &[u8], saying: &str) {
        let listing = trial::list(&FORMAT, bytes).unwrap();
        assert_eq!(trial::odd(&listing), [saying]);
    }

    #[test]
    fn no_bytes_are_too_strange() {
        trial::abuse(&FORMAT, &model());
    }
}
