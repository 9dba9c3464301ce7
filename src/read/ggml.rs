//! GGML's files from before GGUF: `ggml`, `ggmf`, `ggjt` and the adapters of `ggla`.
//!
//! Nothing in such a file says which program wrote it, and each wrote other numbers in front. The
//! layouts that are known are tried in turn; the one under which the tensors end where the file ends
//! is the right one.

mod layouts;

use self::layouts::{LAYOUTS, Layout, Vocabulary};
use super::{
    Format, Input, Listing, ReadError, Reader, cursor::Cursor, gathering::Gathering,
    gguf::types::Kind,
};
use crate::{
    facts::{Dtype, Tensor, What},
    source::Bytes,
    words::FileKind,
};

pub(super) const FORMAT: Format = Format {
    name: "ggml",
    kind: FileKind::Weights,
    recognizes: |probe| Magic::of(probe.head).is_some(),
    read: Reader::Tensors(read),
};

/// Longer names and tokens are taken as a sign of another layout.
const LONGEST_NAME: u32 = 256;
const LONGEST_TOKEN: u32 = 4096;
const MOST_TOKENS: u32 = 1 << 20;
/// Where the data of the later formats is aligned to, from the start of the file.
const ALIGNMENT: u64 = 32;

/// The four magics, each a little-endian number and so spelled backwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Magic {
    Ggml,
    Ggmf,
    Ggjt,
    Ggla,
}

impl Magic {
    fn of(head: &[u8]) -> Option<Self> {
        Some(match head.first_chunk()? {
            b"lmgg" => Self::Ggml,
            b"fmgg" => Self::Ggmf,
            b"tjgg" => Self::Ggjt,
            b"algg" => Self::Ggla,
            _ => return None,
        })
    }

    fn is_versioned(self) -> bool {
        self != Self::Ggml
    }

    fn is_aligned(self) -> bool {
        matches!(self, Self::Ggjt | Self::Ggla)
    }
}

/// How large quantized blocks are: their scales were first 32 bits wide, then 16.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Blocks {
    Now,
    Then,
}

/// A file read by one layout.
struct Reading {
    layout: &'static Layout,
    metadata: Vec<(String, String)>,
    tensors: Vec<Tensor>,
    /// Why it ends before the file does, and where.
    stopped: Option<(u64, String)>,
}

fn read(input: &Input) -> Result<Listing, ReadError> {
    let magic = Magic::of(&input.bytes.read(0..input.bytes.len().min(4))?);
    let malformed = |reason: &str| ReadError::Malformed {
        format: FORMAT.name,
        reason: reason.to_owned(),
    };
    let magic = magic.ok_or_else(|| malformed("no magic of this format"))?;
    let mut best: Option<Reading> = None;
    for layout in LAYOUTS.iter().filter(|layout| layout.magics.contains(&magic)) {
        for blocks in [Blocks::Now, Blocks::Then] {
            let reading = match attempt(input.bytes, magic, layout, blocks) {
                Ok(reading) => reading,
                Err(ReadError::Io(error)) => return Err(error.into()),
                Err(_) => continue, // not even as far as the first tensor
            };
            let whole = reading.stopped.is_none();
            if whole || best.as_ref().is_none_or(|best| reading.tensors.len() > best.tensors.len())
            {
                best = Some(reading);
            }
            if whole {
                return Ok(best.map(|best| list(best, input)).unwrap_or_default());
            }
        }
    }
    let best = best.filter(|best| !best.tensors.is_empty());
    let best = best.ok_or_else(|| malformed("of no layout that is known"))?;
    Ok(list(best, input))
}

fn list(reading: Reading, input: &Input) -> Listing {
    let mut gathering = Gathering::new(input, FORMAT.name);
    gathering.note("layout", reading.layout.name);
    for (key, value) in reading.metadata {
        gathering.note(key, value);
    }
    for tensor in reading.tensors {
        gathering.tensor(tensor.name, tensor.dtype, tensor.shape, tensor.bytes);
    }
    if let Some((byte, why)) = reading.stopped {
        gathering.odd(What::ShardTruncated, gathering.at().byte(byte), why);
    }
    gathering.listing()
}

/// Reads the file by a layout; an error where it does not lead to a first tensor.
fn attempt(
    bytes: &dyn Bytes,
    magic: Magic,
    layout: &'static Layout,
    blocks: Blocks,
) -> Result<Reading, ReadError> {
    let mut cursor = Cursor::new(bytes, 4);
    let mut metadata = Vec::new();
    if magic.is_versioned() {
        metadata.push(("version".to_owned(), u32(&mut cursor)?.to_string()));
    }
    let mut tokens = 0;
    for field in layout.fields {
        let number = u32(&mut cursor)?;
        if *field == "n_vocab" {
            tokens = number;
        }
        metadata.push(((*field).to_owned(), number.to_string()));
    }
    vocabulary(&mut cursor, layout.vocabulary, tokens)?;
    let mut reading = Reading {
        layout,
        metadata,
        tensors: Vec::new(),
        stopped: None,
    };
    while cursor.left() > 0 {
        let at = cursor.at();
        match record(&mut cursor, magic.is_aligned(), blocks) {
            Ok(Ok(tensor)) => reading.tensors.push(tensor),
            Ok(Err(why)) => {
                reading.stopped = Some((at, format!("no tensor here: {why}")));
                break;
            }
            Err(ReadError::Io(error)) => return Err(error.into()),
            Err(error) => {
                reading.stopped = Some((at, format!("the last tensor is not whole: {error}")));
                break;
            }
        }
    }
    Ok(reading)
}

fn vocabulary(cursor: &mut Cursor, kind: Vocabulary, tokens: u32) -> Result<(), ReadError> {
    let other = || ReadError::Malformed {
        format: FORMAT.name,
        reason: String::new(),
    };
    let (mut count, mut after) = (tokens, 0);
    match kind {
        Vocabulary::None => return Ok(()),
        Vocabulary::Plain => {}
        Vocabulary::Scored => after = 4,
        Vocabulary::Counted => count = u32(cursor)?,
        Vocabulary::Filters => {
            let (rows, columns) = (u32(cursor)?, u32(cursor)?);
            let filters = u64::from(rows).checked_mul(columns.into());
            cursor.skip(filters.and_then(|n| n.checked_mul(4)).ok_or_else(other)?)?;
            count = u32(cursor)?;
        }
    }
    if count > MOST_TOKENS || count > tokens {
        return Err(other()); // whisper adds tokens beyond those that are spelled
    }
    for _ in 0..count {
        let len = u32(cursor)?;
        if len > LONGEST_TOKEN {
            return Err(other());
        }
        cursor.skip(u64::from(len) + after)?;
    }
    Ok(())
}

/// One tensor: counts, extents innermost first, name, data. What cannot be one says why.
fn record(
    cursor: &mut Cursor,
    aligned: bool,
    blocks: Blocks,
) -> Result<Result<Tensor, String>, ReadError> {
    let (extents, name, kind) = (u32(cursor)?, u32(cursor)?, u32(cursor)?);
    if extents > 4 || name == 0 || name > LONGEST_NAME {
        return Ok(Err(format!("{extents} extents and a name of {name} bytes")));
    }
    let mut shape = Vec::new();
    for _ in 0..extents {
        shape.push(u64::from(u32(cursor)?));
    }
    let row = shape.first().copied().unwrap_or(1);
    shape.reverse();
    let name = cursor.copy(name.into())?;
    let Ok(name) = String::from_utf8(name) else {
        return Ok(Err("a name that is not UTF-8".to_owned()));
    };
    if aligned {
        let padded = cursor.at().next_multiple_of(ALIGNMENT);
        cursor.skip(padded - cursor.at())?;
    }
    let elements = shape.iter().try_fold(1u64, |n, extent| n.checked_mul(*extent));
    let (dtype, len) = sized(kind, blocks, row, elements);
    let Some(len) = len else {
        return Ok(Err(format!("{dtype} {shape:?}")));
    };
    let start = cursor.at();
    cursor.skip(len)?;
    Ok(Ok(Tensor {
        name,
        dtype,
        shape,
        bytes: Some(start..start + len),
    }))
}

/// The blocks of before, by type: elements and bytes.
#[rustfmt::skip]
const THEN: &[(u32, u64, u64)] =
    &[(2, 32, 20), (3, 32, 24), (4, 16, 10), (5, 16, 12), (6, 32, 22), (7, 32, 24), (8, 32, 36)];

/// The element type, and the bytes that so many elements take.
fn sized(kind: u32, blocks: Blocks, row: u64, elements: Option<u64>) -> (Dtype, Option<u64>) {
    let name = Kind::of(kind);
    let then = THEN.iter().find(|(id, ..)| *id == kind).filter(|_| blocks == Blocks::Then);
    if let Some((_, block, bytes)) = then {
        let whole = elements.filter(|_| row.is_multiple_of(*block));
        let len = whole.and_then(|elements| (elements / block).checked_mul(*bytes));
        return (Dtype::named(&format!("{} of {bytes} bytes", name.name())), len);
    }
    let dtype = Dtype::named(name.name());
    let len = dtype.len_of(row).and(elements).and_then(|elements| dtype.len_of(elements));
    (dtype, len)
}

fn u32(cursor: &mut Cursor) -> Result<u32, ReadError> {
    cursor.array().map(u32::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::trial;

    fn numbers(numbers: &[u32]) -> Vec<u8> {
        numbers.iter().flat_map(|n| n.to_le_bytes()).collect()
    }

    fn tensor(name: &str, kind: u32, extents: &[u32]) -> Vec<u8> {
        let (count, len) =
            (u32::try_from(extents.len()).unwrap(), u32::try_from(name.len()).unwrap());
        [numbers(&[count, len, kind]), numbers(extents), name.into()].concat()
    }

    /// `llama`, of two tokens and two tensors.
    fn llama(magic: &[u8], q4: usize, aligned: bool) -> Vec<u8> {
        let mut all = magic.to_vec();
        all.extend(numbers(&[2, 32, 256, 1, 1, 4, 2]));
        for token in [b"ab", b"cd"] {
            all.extend(numbers(&[2]));
            all.extend(token);
            if magic.len() > 4 {
                all.extend([0; 4]);
            }
        }
        for (head, len) in [
            (tensor("norm.weight", 0, &[4]), 16),
            (tensor("w", 2, &[32, 3]), 3 * q4),
        ] {
            all.extend(head);
            if aligned {
                all.resize(all.len().next_multiple_of(32), 0);
            }
            all.extend(vec![7; len]);
        }
        all
    }

    #[test]
    fn layouts_are_told_by_where_they_end() {
        check(
            &llama(b"lmgg", 20, false),
            "llama",
            &[
                "norm.weight F32 [4] 71..87",
                "w Q4_0 of 20 bytes [3, 32] 108..168",
            ],
        );
        check(
            &llama(b"fmgg\x01\0\0\0", 20, false),
            "llama",
            &[
                "norm.weight F32 [4] 83..99",
                "w Q4_0 of 20 bytes [3, 32] 120..180",
            ],
        );
        check(
            &llama(b"tjgg\x03\0\0\0", 18, true),
            "llama",
            &["norm.weight F32 [4] 96..112", "w Q4_0 [3, 32] 160..214"],
        );
        let adapter = [
            b"algg".to_vec(),
            numbers(&[1, 8, 16]),
            tensor("a.loraA", 0, &[2, 8]),
        ]
        .concat();
        let mut adapter = [adapter, vec![0; 21]].concat();
        adapter.extend([7; 64]);
        check(&adapter, "adapter", &["a.loraA F32 [8, 2] 64..128"]);
        let whisper = [
            b"lmgg".to_vec(),
            numbers(&[3, 1500, 384, 6, 4, 448, 384, 6, 4, 2, 1]),
            numbers(&[2, 3]),
            vec![0; 24],
            numbers(&[2, 1]),
            b"a".to_vec(),
            numbers(&[1]),
            b"b".to_vec(),
            tensor("encoder.ln_post.weight", 0, &[2]),
            vec![7; 8],
        ];
        check(&whisper.concat(), "whisper", &["encoder.ln_post.weight F32 [2] 132..140"]);
    }

    #[track_caller]
    fn check(bytes: &[u8], layout: &str, tensors: &[&str]) {
        trial::check(&FORMAT, bytes, tensors);
        assert_eq!(trial::list(&FORMAT, bytes).unwrap().file.metadata["layout"], layout);
    }

    #[test]
    fn a_file_cut_short_keeps_what_is_whole() {
        let whole = llama(b"tjgg\x03\0\0\0", 18, true);
        let listing = trial::list(&FORMAT, &whole[..200]).unwrap();
        assert_eq!(trial::lines(&listing), ["norm.weight F32 [4] 96..112"]);
        assert_eq!(
            trial::odd(&listing),
            ["the last tensor is not whole: the header needs 214 bytes, the file has 200"]
        );
    }

    #[test]
    fn any_bytes_are_survived() {
        trial::abuse(&FORMAT, &llama(b"lmgg", 20, false));
    }
}
