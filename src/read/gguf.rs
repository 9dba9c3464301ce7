//! GGUF, versions 1 to 3, of either byte order: counts, key-value pairs, tensor infos, then the data.
//!
//! The bodies of arrays are passed over; a vocabulary of a quarter million tokens costs little. Every
//! number is held against the bytes there are, and a header that breaks off gives what came before.

mod checks;
mod fields;
mod pairs;
#[cfg(test)]
mod tests;
pub(super) mod types;

use std::ops::Range;

use self::{
    fields::Fields,
    pairs::{Pairs, Scalar},
};
use super::{Format, Input, Listing, ReadError, Reader, gathering::Gathering};
use crate::{
    facts::{Dtype, Tensor, What},
    words::FileKind,
};

pub(super) const FORMAT: Format = Format {
    name: "gguf",
    kind: FileKind::Weights,
    recognizes: |probe| probe.head.starts_with(b"GGUF"),
    read: Reader::Tensors(read),
};

/// Where tensors are aligned to, unless `general.alignment` says otherwise.
const ALIGNMENT: u64 = 32;
/// The runtime's limits, on a name with its final zero and on the number of extents.
const LONGEST_NAME: usize = 63;
const MOST_EXTENTS: u32 = 4;

fn read(input: &Input) -> Result<Listing, ReadError> {
    let mut gathering = Gathering::new(input, FORMAT.name);
    let mut fields = Fields::open(input.bytes)?;
    if fields.version() == 1 || fields.big() {
        let order = if fields.big() { ", big-endian" } else { "" };
        let saying = format!("version {}{order}: few loaders take it", fields.version());
        let at = gathering.at().byte(4);
        gathering.odd(What::HeaderUnusual, at, saying);
    }
    let mut pairs = Pairs::default();
    let mut infos = Vec::new();
    let end = header(&mut fields, &mut pairs, &mut infos, &mut gathering);
    let cut_short = match end {
        Ok(()) => false,
        Err(ReadError::Io(error)) => return Err(error.into()),
        Err(error) => {
            let cut = matches!(error, ReadError::HeaderCutShort { .. });
            let what = if cut {
                What::ShardTruncated
            } else {
                What::HeaderInvalid
            };
            let at = gathering.at().byte(fields.at());
            gathering.odd(what, at, format!("the header breaks off: {error}"));
            true
        }
    };
    checks::tokenizer(&pairs, &mut gathering);
    checks::architecture(&pairs, &infos, &mut gathering);
    let parts = pairs.number("split.count").unwrap_or(0);
    if parts > 1 && !infos.is_empty() && !input.path.contains("-of-") {
        let saying = format!("is one of {parts} parts, and its name does not say which");
        gathering.odd(What::HeaderUnusual, gathering.at(), saying);
    }
    for (key, value) in pairs.scalars {
        gathering.note(key, value.told());
    }
    let data = if cut_short { None } else { Some(fields.at()) };
    place(infos, data, pairs.alignment.unwrap_or(ALIGNMENT), &fields, input, &mut gathering);
    let mut listing = gathering.listing();
    listing.file.templates = pairs.templates;
    Ok(listing)
}

/// All that stands in front of the data.
fn header(
    fields: &mut Fields,
    pairs: &mut Pairs,
    infos: &mut Vec<Info>,
    gathering: &mut Gathering,
) -> Result<(), ReadError> {
    let at = fields.at();
    let (tensors, keys) = (fields.count()?, fields.count()?);
    let counts = [
        (keys, "pairs", fields.least_pair()),
        (tensors, "tensors", fields.least_info()),
    ];
    for (count, of, least) in counts {
        if count.checked_mul(least).is_none_or(|needed| needed > fields.left()) {
            let saying = format!("{count} {of}, which {} bytes cannot hold", fields.left());
            gathering.odd(What::HeaderInvalid, gathering.at().byte(at), saying);
        }
    }
    for _ in 0..keys {
        pairs.read(fields, gathering)?;
    }
    for _ in 0..tensors {
        infos.push(info(fields, gathering)?);
    }
    Ok(())
}

/// A tensor as the header tells it.
struct Info {
    name: String,
    /// Outermost first.
    shape: Vec<u64>,
    kind: types::Kind,
    /// From the start of the data.
    offset: u64,
    /// Where it is told, from the start of the file.
    byte: u64,
}

fn info(fields: &mut Fields, gathering: &mut Gathering) -> Result<Info, ReadError> {
    let byte = fields.at();
    let raw = fields.string(1 << 16)?;
    let name = String::from_utf8_lossy(&raw).into_owned();
    let mut odd = |saying: String| {
        let at = gathering.at().tensor(&name).byte(byte);
        gathering.odd(What::HeaderInvalid, at, saying);
    };
    if raw.len() > LONGEST_NAME {
        odd(format!("its name has {} bytes, the runtime takes {LONGEST_NAME}", raw.len()));
    }
    if raw.contains(&0) || str::from_utf8(&raw).is_err() {
        odd("its name holds a zero byte, or is not UTF-8".to_owned());
    }
    let extents = fields.u32()?;
    if extents > MOST_EXTENTS {
        odd(format!("has {extents} extents, the runtime takes {MOST_EXTENTS}"));
    }
    let mut shape = Vec::new();
    for _ in 0..extents {
        shape.push(fields.count()?); // there are bytes for each, or this ends here
    }
    shape.reverse();
    if shape.contains(&0) {
        odd(format!("has an extent of 0 in {shape:?}"));
    }
    let kind = types::Kind::of(fields.u32()?);
    let offset = fields.u64()?;
    Ok(Info { name, shape, kind, offset, byte })
}

/// Finds where each tensor lies, in the order of the header.
fn place(
    infos: Vec<Info>,
    header_end: Option<u64>,
    alignment: u64,
    fields: &Fields,
    input: &Input,
    gathering: &mut Gathering,
) {
    let len = input.bytes.len();
    let start = header_end.and_then(|end| end.checked_next_multiple_of(alignment));
    let (count, mut cut) = (infos.len(), 0u64);
    let (mut expected, mut end) = (Some(0u64), start.unwrap_or(0));
    for Info { name, shape, kind, offset, byte } in infos {
        let at = gathering.at().tensor(&name).byte(byte);
        let mut odd = |what, saying: String| gathering.odd(what, at.clone(), saying);
        let dtype = Dtype::named(kind.name());
        if let Some(why) = kind.unusable() {
            odd(What::DtypeUnknown, why);
        }
        let size = match size(&dtype, &shape) {
            Ok(size) => size,
            Err(why) => {
                odd(What::HeaderInvalid, why);
                None
            }
        };
        if !offset.is_multiple_of(alignment) {
            let saying = format!("its offset {offset} is no multiple of {alignment}");
            odd(What::HeaderInvalid, saying);
        } else if let Some(expected) = expected.filter(|expected| *expected != offset) {
            odd(
                What::HeaderInvalid,
                format!("its offset is {offset}, the one before ends at {expected}"),
            );
        }
        let reach = size.and_then(|size| offset.checked_add(size));
        expected = reach.and_then(|reach| reach.checked_next_multiple_of(alignment));
        let bytes = start
            .zip(reach)
            .and_then(|(start, reach)| Some(start.checked_add(offset)?..start.checked_add(reach)?));
        let outside = bytes.as_ref().is_some_and(|bytes| bytes.end > len);
        if let Some(Range { end: reached, .. }) = bytes {
            end = end.max(reached);
        }
        cut += u64::from(outside);
        let plain = !fields.big() || dtype.element_len() == Some(1);
        let bytes = bytes.filter(|_| !outside && plain);
        let Tensor { name, dtype, shape, bytes } = Tensor { name, dtype, shape, bytes };
        gathering.tensor(name, dtype, shape, bytes);
    }
    if start.is_none() {
        return;
    }
    if cut > 0 {
        let saying = format!(
            "tensors end at byte {end}, the file at byte {len}: {cut} of {count} tensors are not whole"
        );
        gathering.odd(What::ShardTruncated, gathering.at(), saying);
    }
    let padded = end.checked_next_multiple_of(alignment).unwrap_or(u64::MAX);
    if expected.is_some() && padded < len {
        let saying = format!("{} bytes after the last tensor", len - padded);
        gathering.odd(What::TrailingBytes, gathering.at().byte(padded), saying);
    }
}

/// Bytes of a tensor; `None` for a type of unknown size. Blocks lie along the innermost extent.
fn size(dtype: &Dtype, shape: &[u64]) -> Result<Option<u64>, String> {
    if !dtype.is_known() {
        return Ok(None);
    }
    let row = shape.last().copied().unwrap_or(1);
    let elements = shape.iter().try_fold(1u64, |n, extent| n.checked_mul(*extent));
    let size = elements.and_then(|elements| dtype.len_of(elements));
    match (dtype.len_of(row), size) {
        (Some(_), Some(size)) if i64::try_from(size).is_ok() => Ok(Some(size)),
        (None, _) if row <= 1 << 48 => {
            Err(format!("rows of {row} elements do not fill the blocks of {dtype}"))
        }
        _ => Err(format!("{dtype} {shape:?} takes more than 2^63 bytes")),
    }
}

impl Scalar {
    /// As metadata tells it.
    fn told(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Float(number) => number.clone(),
            Self::Flag(flag) => flag.to_string(),
            Self::Text(text) => text.clone(),
            Self::Array { kind, count } => format!("[{count} of {kind}]"),
        }
    }
}
