//! Key-value pairs: scalars are kept, the bodies of arrays passed over.

use std::collections::BTreeMap;

use super::fields::Fields;
use crate::{
    facts::What,
    read::{ReadError, gathering::Gathering},
};

/// Bytes of a key that loaders take.
const LONGEST_KEY: u64 = 65_535;
/// Bytes of a text that are kept, and of a template.
const TEXT: u64 = 4 << 10;
const TEMPLATE: u64 = 1 << 20;
/// Arrays of arrays deeper than this are refused.
const NESTED: u32 = 4;
/// Pairs that are kept.
const MOST: usize = 1 << 16;
/// The most that an alignment may be.
const WIDEST: u32 = 1 << 20;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Scalar {
    /// Any whole number.
    Number(i128),
    /// In decimal.
    Float(String),
    Flag(bool),
    Text(String),
    Array {
        kind: &'static str,
        count: u64,
    },
}

/// What the pairs say.
#[derive(Default)]
pub(super) struct Pairs {
    pub(super) scalars: BTreeMap<String, Scalar>,
    /// Whole, by key.
    pub(super) templates: Vec<(String, String)>,
    /// As it is told, where it can be one.
    pub(super) alignment: Option<u64>,
    pub(super) bytes: ByteTokens,
}

/// Tokens that stand for one byte each: by their type, and by their spelling `<0xNN>`.
#[derive(Default)]
pub(super) struct ByteTokens {
    pub(super) typed: Vec<u64>,
    pub(super) spelled: Vec<u64>,
}

/// The type of token that stands for a byte.
const BYTE_TOKEN: i32 = 6;

/// The types of values, by number: name and bytes.
#[rustfmt::skip]
const KINDS: &[(&str, u64)] = &[
    ("u8", 1), ("i8", 1), ("u16", 2), ("i16", 2), ("u32", 4), ("i32", 4), ("f32", 4), ("bool", 1),
    ("string", 0), ("array", 0), ("u64", 8), ("i64", 8), ("f64", 8),
];
/// Longer tokens overflow what some runtimes keep them in.
const LONGEST_TOKEN: u64 = 1 << 14;
/// Truth values of one array that are looked at.
const MOST_FLAGS: u64 = 1 << 20;
const U32: u32 = 4;
const STRING: u32 = 8;
const ARRAY: u32 = 9;

fn kind(number: u32) -> Result<(&'static str, u64), ReadError> {
    let row = usize::try_from(number).ok().and_then(|number| KINDS.get(number));
    row.copied().ok_or_else(|| ReadError::Malformed {
        format: super::FORMAT.name,
        reason: format!("no value is of type {number}"),
    })
}

impl Pairs {
    /// One pair.
    pub(super) fn read(
        &mut self,
        fields: &mut Fields,
        gathering: &mut Gathering,
    ) -> Result<(), ReadError> {
        let byte = fields.at();
        let (raw, len) = fields.long_string(LONGEST_KEY)?;
        let key = String::from_utf8_lossy(&raw).into_owned();
        let at = gathering.at().byte(byte);
        if let Some(why) = unusual_key(&raw, len) {
            gathering.odd(What::HeaderUnusual, at.clone(), format!("the key {key:?} {why}"));
        }
        let number = fields.u32()?;
        let (_, width) = kind(number)?;
        let value = match number {
            STRING => self.text(&key, fields, gathering)?,
            ARRAY => self.array(&key, fields, gathering, NESTED)?,
            _ => {
                let mut bytes = vec![0; usize::try_from(width).unwrap_or(0)];
                for slot in &mut bytes {
                    [*slot] = fields.array()?;
                }
                if fields.big() {
                    bytes.reverse();
                }
                if number == 7 && bytes[0] > 1 {
                    let saying = format!("the truth value of {key:?} is {}", bytes[0]);
                    gathering.odd(What::HeaderInvalid, at.clone(), saying);
                }
                scalar(number, &bytes)
            }
        };
        if key == "general.alignment" {
            self.align(number, &value, gathering);
        }
        if self.scalars.contains_key(&key) {
            let saying =
                format!("the key {key:?} stands twice, and readers differ in which they take");
            gathering.odd(What::DuplicateName, at, saying);
        } else if self.scalars.len() < MOST {
            self.scalars.insert(key, value);
        }
        Ok(())
    }

    fn align(&mut self, number: u32, value: &Scalar, gathering: &mut Gathering) {
        match *value {
            Scalar::Number(told)
                if number == U32
                    && u32::try_from(told)
                        .is_ok_and(|told| told.is_power_of_two() && told <= WIDEST) =>
            {
                self.alignment = u64::try_from(told).ok();
            }
            _ => {
                let saying = format!("general.alignment is {}, and 32 is taken", value.told());
                gathering.odd(What::HeaderInvalid, gathering.at(), saying);
            }
        }
    }

    fn text(
        &mut self,
        key: &str,
        fields: &mut Fields,
        gathering: &mut Gathering,
    ) -> Result<Scalar, ReadError> {
        let template = key.contains("chat_template");
        let at = gathering.at().byte(fields.at());
        let (raw, len) = fields.long_string(if template { TEMPLATE } else { TEXT })?;
        let cut = (raw.len() as u64) < len;
        let mut text = String::from_utf8_lossy(&raw).into_owned();
        if !cut && str::from_utf8(&raw).is_err() {
            gathering.odd(
                What::HeaderUnusual,
                at.clone(),
                format!("the text of {key:?} is not UTF-8"),
            );
        }
        if template && self.templates.len() < MOST {
            if cut {
                let saying = format!("{key:?} of {len} bytes, of which {TEMPLATE} are read");
                gathering.odd(What::ReadInPart, at, saying);
            }
            self.templates.push((key.to_owned(), text.clone()));
        }
        if text.len() as u64 > TEXT || cut {
            let kept = text.char_indices().map(|(at, _)| at).take_while(|at| *at as u64 <= TEXT);
            text.truncate(kept.last().unwrap_or(0));
            text = format!("{text}… ({len} bytes)");
        }
        Ok(Scalar::Text(text))
    }

    /// An array, passed over. What the vocabulary's arrays say of byte tokens is kept.
    fn array(
        &mut self,
        key: &str,
        fields: &mut Fields,
        gathering: &mut Gathering,
        depth: u32,
    ) -> Result<Scalar, ReadError> {
        let at = gathering.at().byte(fields.at());
        let number = fields.u32()?;
        let (kind, width) = kind(number)?;
        let count = fields.count()?;
        match number {
            STRING if key == "tokenizer.ggml.tokens" => {
                for token in 0..count {
                    let len = fields.count()?;
                    if len == 6 {
                        if is_byte(fields.array()?) {
                            self.bytes.spelled.push(token);
                        }
                    } else {
                        if len > LONGEST_TOKEN {
                            let saying = format!("token {token} has {len} bytes");
                            gathering.odd(What::HeaderUnusual, at.clone(), saying);
                        }
                        fields.skip(len)?;
                    }
                }
            }
            7 if count <= MOST_FLAGS => {
                let mut wrong = 0u64;
                for _ in 0..count {
                    wrong += u64::from(fields.array::<1>()?[0] > 1);
                }
                if wrong > 0 {
                    let saying = format!("{wrong} truth values of {key:?} are neither 0 nor 1");
                    gathering.odd(What::HeaderInvalid, at, saying);
                }
            }
            STRING => {
                for _ in 0..count {
                    let len = fields.count()?;
                    fields.skip(len)?;
                }
            }
            ARRAY => {
                if depth == NESTED {
                    let saying =
                        format!("{key:?} is an array of arrays, which the runtime refuses");
                    gathering.odd(What::HeaderInvalid, at, saying);
                }
                if depth == 0 {
                    return Err(ReadError::Malformed {
                        format: super::FORMAT.name,
                        reason: format!("arrays nested more than {NESTED} deep"),
                    });
                }
                for _ in 0..count {
                    self.array(key, fields, gathering, depth - 1)?;
                }
            }
            5 if key == "tokenizer.ggml.token_type" => {
                for token in 0..count {
                    if i32::from_le_bytes(fields.number()?) == BYTE_TOKEN {
                        self.bytes.typed.push(token);
                    }
                }
            }
            _ => fields.skip(count.saturating_mul(width))?,
        }
        Ok(Scalar::Array { kind, count })
    }

    /// The whole number under a key.
    pub(super) fn number(&self, key: &str) -> Option<i128> {
        match self.scalars.get(key) {
            Some(Scalar::Number(number)) => Some(*number),
            _ => None,
        }
    }

    /// The text under a key.
    pub(super) fn string(&self, key: &str) -> Option<&str> {
        match self.scalars.get(key) {
            Some(Scalar::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Type and length of the array under a key.
    pub(super) fn list(&self, key: &str) -> Option<(&'static str, u64)> {
        match self.scalars.get(key) {
            Some(Scalar::Array { kind, count }) => Some((kind, *count)),
            _ => None,
        }
    }
}

/// Whether a token is spelled `<0xNN>`.
fn is_byte(token: [u8; 6]) -> bool {
    let [a, b, c, high, low, end] = token;
    [a, b, c, end] == *b"<0x>" && high.is_ascii_hexdigit() && low.is_ascii_hexdigit()
}

/// Why a key is not one as the format's rules want them.
fn unusual_key(key: &[u8], len: u64) -> Option<String> {
    let plain = |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'.');
    if len > LONGEST_KEY {
        Some(format!("has {len} bytes, {LONGEST_KEY} at most are allowed"))
    } else if key.is_empty() || key.split(|byte| *byte == b'.').any(<[u8]>::is_empty) {
        Some("is empty, or a part of it is".to_owned())
    } else if !key.iter().all(plain) {
        Some("is not of lower-case letters, digits, `_` and `.`".to_owned())
    } else {
        None
    }
}

/// A value of fixed width, from little-endian bytes.
fn scalar(number: u32, bytes: &[u8]) -> Scalar {
    let mut eight = [0; 8];
    eight[..bytes.len()].copy_from_slice(bytes);
    let wide = u64::from_le_bytes(eight);
    let [a, b, c, d, ..] = eight;
    let four = [a, b, c, d];
    match number {
        1 => Scalar::Number(i8::from_le_bytes([a]).into()),
        3 => Scalar::Number(i16::from_le_bytes([a, b]).into()),
        5 => Scalar::Number(i32::from_le_bytes(four).into()),
        6 => Scalar::Float(f32::from_le_bytes(four).to_string()),
        7 => Scalar::Flag(wide != 0),
        11 => Scalar::Number(i64::from_le_bytes(eight).into()),
        12 => Scalar::Float(f64::from_le_bytes(eight).to_string()),
        _ => Scalar::Number(wide.into()),
    }
}
