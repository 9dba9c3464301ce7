//! `safetensors`: eight bytes of length, a JSON header, then the tensors end to end.
//!
//! Two readings of one header. The lenient one lists every tensor that can be made out and names
//! what is odd. The strict one is that of the `safetensors` crate itself, and is asked wherever the
//! lenient one found anything odd; a test holds the two equal on whole and broken headers alike, so
//! a header in which nothing is odd need not be read twice.

mod entries;
#[cfg(test)]
mod tests;

use std::{collections::HashSet, fmt, ops::Range};

use ::safetensors::tensor::Metadata;
use foldhash::fast::RandomState;

use self::entries::{Entries, Entry, Fast, Patient, parse};
use super::{Format, Input, Listing, Probe, ReadError, Reader, notes::Notes};
use crate::{
    facts::{Dtype, Tensor, WeightFile, What},
    words::FileKind,
};

pub(super) const FORMAT: Format = Format {
    name: "safetensors",
    kind: FileKind::Weights,
    recognizes,
    read: Reader::Tensors(read),
};

/// Bytes in front of the header: its length, a little-endian `u64`.
const LENGTH_FIELD: u64 = 8;

/// Longer headers are refused, by the `safetensors` crate as here.
const LONGEST_HEADER: u64 = 100_000_000;
/// Headers up to this length are looked through for keys that stand twice in one object.
const TWICE: usize = 4 << 20;

/// What is odd and yet accepted by the crate.
const ACCEPTED: &[What] = &[What::HeaderUnusual, What::DuplicateName];

/// Loaders keep shapes in arrays of this many extents.
const MOST_EXTENTS: usize = 64;

/// A length field that could be one, then `{`: by content. By name, so that a broken header is
/// told as a broken safetensors file and not as a file of no known kind: the ending.
fn recognizes(probe: &Probe) -> bool {
    let length = probe.head.first_chunk().map(|field| u64::from_le_bytes(*field));
    let plausible = length.is_some_and(|n| (2..=LONGEST_HEADER).contains(&n));
    let opens = probe.head.get(8..).is_some_and(|header| {
        header.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{')
    });
    (plausible && opens) || probe.name.to_ascii_lowercase().ends_with(".safetensors")
}

fn read(input: &Input) -> Result<Listing, ReadError> {
    let (header, data) = header(input)?;
    let mut odd = Notes::new(input.path);
    let text = std::str::from_utf8(&header).map_err(|error| malformed(&error))?;
    if !text.starts_with('{') {
        odd.of_file(What::HeaderUnusual, "the header begins with spaces, not with `{`");
    }
    if text.trim_end_matches(' ').ends_with(['\t', '\n', '\r']) {
        odd.of_file(What::HeaderUnusual, "the header is filled up with other marks than spaces");
    }
    let mut entries = Entries::default();
    let clean = parse(text, &mut Fast::of(&mut entries)).is_ok();
    if !clean {
        entries = Entries::default();
        let fault = parse(text, &mut Patient { entries: &mut entries, odd: &mut odd }).err();
        if let Some(fault) = fault {
            if entries.tensors.is_empty() && entries.metadata.is_empty() {
                return Err(malformed(&fault));
            }
            odd.of_file(What::HeaderInvalid, format!("the header breaks off: {fault}"));
        }
    }
    let tensors = in_order(entries.tensors, &mut odd);
    check(&tensors, &data, &mut odd);
    aligned(&tensors, &mut odd);
    if !clean || odd.any_but(&[]) {
        match strict(text, data.end) {
            Ok(()) if !odd.any_but(&[]) => {
                let twice = if text.len() <= TWICE {
                    super::json::read(text).twice
                } else {
                    Vec::new()
                };
                for (_, key) in twice {
                    let saying =
                        format!("has the key `{key}` twice; readers differ on which they take");
                    odd.of_file(What::DuplicateName, saying);
                }
                odd.of_file(
                    What::HeaderUnusual,
                    "the header is one that loaders accept and few write",
                );
            }
            Err(refusal) if !odd.any_but(ACCEPTED) => {
                odd.of_file(
                    What::HeaderInvalid,
                    format!("the safetensors library says: {refusal}"),
                );
            }
            _ => {}
        }
    }
    let place = |(name, entry): (String, Entry)| Tensor {
        name,
        bytes: Some(shifted(&entry.data_offsets, data.start)),
        dtype: entry.dtype.0,
        shape: entry.shape,
    };
    let file = WeightFile {
        format: FORMAT.name,
        metadata: entries.metadata,
        tensors: tensors.into_iter().map(place).collect(),
        ..WeightFile::default()
    };
    Ok(Listing {
        file,
        oddities: odd.oddities(),
        ..Listing::default()
    })
}

/// The header's bytes, and where the data section starts and the file ends.
fn header(input: &Input) -> Result<(Vec<u8>, Range<u64>), ReadError> {
    let len = input.bytes.len();
    if len < LENGTH_FIELD {
        return Err(ReadError::HeaderCutShort { needed: LENGTH_FIELD, len });
    }
    let mut field = [0; 8];
    input.bytes.read_at(0, &mut field)?;
    let claimed = u64::from_le_bytes(field);
    let needed = LENGTH_FIELD.saturating_add(claimed);
    if needed > len {
        return Err(ReadError::HeaderCutShort { needed, len });
    }
    if claimed > LONGEST_HEADER {
        return Err(ReadError::TooLarge {
            what: "a header",
            len: claimed,
            cap: LONGEST_HEADER,
        });
    }
    Ok((input.bytes.read(LENGTH_FIELD..needed)?, needed..len))
}

/// What the crate says of the same header, in a file of `len` bytes.
fn strict(header: &str, len: u64) -> Result<(), String> {
    let metadata: Metadata = serde_json::from_str(header).map_err(|error| error.to_string())?;
    let end = (metadata.data_len() as u64).saturating_add(LENGTH_FIELD + header.len() as u64);
    if end == len {
        Ok(())
    } else {
        Err(format!("tensors end at byte {end}, the file at byte {len}"))
    }
}

fn malformed(error: &dyn fmt::Display) -> ReadError {
    ReadError::Malformed {
        format: FORMAT.name,
        reason: error.to_string(),
    }
}

/// Offsets count from the data section; everything else here counts from the start of the file.
fn shifted(offsets: &(u64, u64), start: u64) -> Range<u64> {
    offsets.0.saturating_add(start)..offsets.1.saturating_add(start)
}

/// By start, then name; of a name that stands twice, the last, as loaders take it.
fn in_order(mut tensors: Vec<(String, Entry)>, odd: &mut Notes) -> Vec<(String, Entry)> {
    let mut names = HashSet::with_capacity_and_hasher(tensors.len(), RandomState::default());
    let twice: HashSet<String> = tensors
        .iter()
        .filter(|(name, _)| !names.insert(name.as_str()))
        .map(|(name, _)| name.clone())
        .collect();
    if !twice.is_empty() {
        let mut kept = HashSet::new();
        tensors.reverse();
        tensors.retain(|(name, entry)| {
            let last = kept.insert(name.clone());
            if !last {
                let saying = format!(
                    "stands twice: loaders take the last, and never read bytes {} to {} of the data",
                    entry.data_offsets.0, entry.data_offsets.1
                );
                odd.of_tensor(What::DuplicateName, name, saying);
            }
            last
        });
    }
    tensors.sort_by(|(a_name, a), (b_name, b)| {
        (a.data_offsets, a_name).cmp(&(b.data_offsets, b_name))
    });
    tensors
}

/// Holds the entries against the rules: they fill the data section without a gap or an overlap,
/// and each has as many bytes as its shape needs.
fn check(tensors: &[(String, Entry)], data: &Range<u64>, odd: &mut Notes) {
    let there = data.end - data.start;
    let (mut filled, mut outside) = (0, 0_u64);
    let mut before: &str = "the start of the data";
    for (name, entry) in tensors {
        let (start, end) = entry.data_offsets;
        size(name, entry, odd);
        if start > filled {
            let saying = format!(
                "{} bytes that no tensor names lie between it and {before}",
                start - filled
            );
            odd.of_tensor(What::TrailingBytes, name, saying);
        } else if start < filled {
            let saying = format!(
                "starts at byte {start} of the data, inside {before}, which ends at {filled}"
            );
            odd.of_tensor(What::TensorOverlap, name, saying);
        }
        outside += u64::from(end > there);
        (filled, before) = (filled.max(end), name);
    }
    let (end, len) = (filled.saturating_add(data.start), data.end);
    if outside > 0 {
        let count = tensors.len();
        let saying = format!(
            "tensors end at byte {end}, the file at byte {len}: {outside} of {count} tensors are not whole"
        );
        odd.of_file(What::ShardTruncated, saying);
    } else if end < len {
        let saying = format!(
            "tensors end at byte {end}, the file at byte {len}: {} bytes are left over",
            len - end
        );
        odd.note(What::TrailingBytes, odd.file().byte(end), saying);
    }
}

/// Tells of tensors that do not start at a multiple of their elements' width.
fn aligned(tensors: &[(String, Entry)], odd: &mut Notes) {
    let width = |entry: &Entry| entry.dtype.0.element_len().filter(|it| *it > 1);
    let off = |(_, entry): &&(String, Entry)| {
        let start = entry.data_offsets.0;
        width(entry).is_some_and(|width| !start.is_multiple_of(width))
            && entry.data_offsets.1 > start
    };
    let mut all = tensors.iter().filter(off);
    if let Some((name, entry)) = all.next() {
        let saying = format!(
            "{} starts at byte {} of the data, in the midst of an element of {}; loaders that map it copy it, or fault ({} tensors more)",
            name,
            entry.data_offsets.0,
            entry.dtype.0,
            all.count()
        );
        odd.of_file(What::HeaderUnusual, saying);
    }
}

/// Holds one entry's range against its shape and element type.
fn size(name: &str, entry: &Entry, odd: &mut Notes) {
    let ((start, end), dtype) = (entry.data_offsets, &entry.dtype.0);
    if end < start {
        let saying = format!("ends at byte {end} of the data, before it starts at {start}");
        return odd.of_tensor(What::TensorOutOfRange, name, saying);
    }
    if !DTYPES.contains(&dtype.name()) {
        let saying = format!("has the element type `{dtype}`, which safetensors does not define");
        return odd.of_tensor(What::DtypeUnknown, name, saying);
    }
    // as the crate multiplies: a zero does not save a product that overflows before it
    let elements = entry.shape.iter().try_fold(1_u64, |n, &extent| n.checked_mul(extent));
    let bits = elements.and_then(|n| n.checked_mul(bits(dtype)));
    match bits {
        None => {
            let saying = format!(
                "has the shape {:?}, whose elements cannot be counted in 64 bits",
                entry.shape
            );
            odd.of_tensor(What::HeaderInvalid, name, saying);
        }
        Some(bits) if bits % 8 != 0 || bits / 8 != end - start => {
            let (wanted, there) = (bits.div_ceil(8), end - start);
            let saying =
                format!("{dtype} {:?} needs {wanted} bytes, its range has {there}", entry.shape);
            odd.of_tensor(What::HeaderInvalid, name, saying);
        }
        _ => unusual(name, entry, odd),
    }
}

/// What loaders accept and some trip over.
fn unusual(name: &str, entry: &Entry, odd: &mut Notes) {
    if entry.shape.len() > MOST_EXTENTS {
        let saying =
            format!("has {} extents; numpy and torch stop at {MOST_EXTENTS}", entry.shape.len());
        odd.of_tensor(What::HeaderUnusual, name, saying);
    } else if let Some(extent) = entry.shape.iter().find(|&&extent| extent > i64::MAX as u64 / 2) {
        let saying =
            format!("has an extent of {extent}, which overflows readers with signed numbers");
        odd.of_tensor(What::HeaderUnusual, name, saying);
    }
}

/// The element types of the format.
#[rustfmt::skip]
const DTYPES: &[&str] = &[
    "BF16", "F16", "F32", "F64", "F8_E4M3", "F8_E5M2", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ",
    "I8", "U8", "I16", "U16", "I32", "U32", "I64", "U64", "BOOL", "C64", "F4", "F6_E2M3", "F6_E3M2",
];

/// Bits of one element.
fn bits(dtype: &Dtype) -> u64 {
    dtype.len_of(4).map_or(0, |four| four * 2)
}
