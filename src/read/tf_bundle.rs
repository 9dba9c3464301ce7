//! `TensorFlow` checkpoints: a `.index` file, a sorted table in blocks from name to place, beside data
//! files that hold nothing but the bytes.

use std::ops::Range;

use super::{
    Format, Input, Listing, Probe, ReadError, Reader,
    gathering::{Gathering, NAME},
    pages::Pages,
    protobuf::{Span, Value, varint},
    tf_types,
};
use crate::{
    facts::{Dtype, Tensor, What},
    words::FileKind,
};

pub(super) const FORMAT: Format = Format {
    name: "tf-checkpoint",
    kind: FileKind::Weights,
    recognizes: |probe| footer(&Pages::new(probe.bytes)).is_some() && headed(probe),
    read: Reader::Tensors(read),
};

/// In the last eight bytes of a table.
const MAGIC: u64 = 0xDB47_7524_8B80_FB57;
/// Two handles of twenty bytes at most, and the magic number.
const FOOTER: u64 = 48;
/// Compression type and checksum behind every block.
const TRAILER: u64 = 5;
/// Data files that a checkpoint may be split into.
const SHARDS: u64 = 100_000;

/// The block of the index over all blocks.
fn footer(pages: &Pages) -> Option<Range<u64>> {
    let start = pages.len().checked_sub(FOOTER)?;
    if pages.u64(pages.len() - 8) != Some(MAGIC) {
        return None;
    }
    let (_, end) = handle(pages, start, pages.len())?; // of the meta index, which is empty
    Some(handle(pages, end, pages.len())?.0)
}

/// A block, as two numbers name it, and where they end.
fn handle(pages: &Pages, at: u64, end: u64) -> Option<(Range<u64>, u64)> {
    let (start, at) = varint(pages, at, end)?;
    let (len, at) = varint(pages, at, end)?;
    let block = start..start.checked_add(len)?;
    (block.end.checked_add(TRAILER)? <= pages.len()).then_some((block, at))
}

/// Whether the first entry is the header, whose name is empty: other things are such tables too.
fn headed(probe: &Probe) -> bool {
    matches!(probe.head, [0, 0, _, 0x08, ..])
}

fn read(input: &Input) -> Result<Listing, ReadError> {
    let pages = Pages::new(input.bytes);
    let Some(index) = footer(&pages) else {
        let reason = "no table footer at its end".to_owned();
        return Err(ReadError::Malformed { format: FORMAT.name, reason });
    };
    let mut table = Table {
        pages: &pages,
        input,
        found: Gathering::new(input, FORMAT.name),
        shards: 1,
        big: false,
        slices: 0,
    };
    table.index(index);
    let Table { mut found, slices, .. } = table;
    if slices > 0 {
        found.note("slices", slices.to_string());
    }
    found.finish(pages)
}

struct Table<'a> {
    pages: &'a Pages<'a>,
    input: &'a Input<'a>,
    found: Gathering,
    shards: u64,
    big: bool,
    slices: u64,
}

impl<'a> Table<'a> {
    /// Every block that the index names, in order. Blocks do not overlap, or one of them could be
    /// read as often as it is named.
    fn index(&mut self, index: Range<u64>) {
        let mut end = 0;
        let mut blocks = Vec::new();
        self.block(index, |_, _, value| blocks.push(value));
        for value in blocks {
            match handle(self.pages, value.start, value.end) {
                Some((block, _)) if block.start >= end => {
                    end = block.end;
                    self.block(block, Self::entry);
                }
                _ => {
                    let saying = "a block that is not behind the one before, or not in the file";
                    self.pages.fault(What::HeaderInvalid, value.start, saying);
                }
            }
        }
    }

    /// The entries of a block: each key is given by what it adds to the one before.
    fn block(&mut self, block: Range<u64>, mut entry: impl FnMut(&mut Self, &[u8], Range<u64>)) {
        let pages = self.pages;
        match pages.byte(block.end) {
            Some(0) => {}
            Some(kind) => {
                let how = if kind == 1 {
                    "with Snappy".to_owned()
                } else {
                    format!("by method {kind}")
                };
                let saying =
                    format!("a block of {} bytes is packed {how}", block.end - block.start);
                return pages.fault(What::ReadInPart, block.start, saying);
            }
            None => return,
        }
        let restarts = block.end.checked_sub(4).filter(|at| *at >= block.start);
        let restarts = restarts.and_then(|at| Some((at, u64::from(pages.u32(at)?))));
        let entries_end = restarts.and_then(|(at, count)| at.checked_sub(count.checked_mul(4)?));
        let Some(entries_end) = entries_end.filter(|end| *end >= block.start) else {
            return pages.fault(What::HeaderInvalid, block.start, "a block without its restarts");
        };
        let mut key = Vec::new();
        let mut at = block.start;
        while at < entries_end {
            let Some((value, kept)) = self.key(&mut key, at, entries_end) else {
                return pages.fault(
                    What::HeaderInvalid,
                    at,
                    "an entry that does not fit its block",
                );
            };
            if kept {
                entry(self, &key, value.clone());
            }
            at = value.end;
        }
    }

    /// Makes `key` that of the entry at `at`; its value, and whether the key is one that is kept.
    fn key(&self, key: &mut Vec<u8>, at: u64, end: u64) -> Option<(Range<u64>, bool)> {
        let (shared, at) = varint(self.pages, at, end)?;
        let (added, at) = varint(self.pages, at, end)?;
        let (len, at) = varint(self.pages, at, end)?;
        let shared = usize::try_from(shared).ok().filter(|shared| *shared <= key.len())?;
        let value = at.checked_add(added)?;
        let value_end = value.checked_add(len).filter(|value_end| *value_end <= end)?;
        key.truncate(shared);
        if shared as u64 + added > NAME || self.found.is_full() {
            self.pages.fault(
                What::ReadInPart,
                at,
                format!("a name of {} bytes", shared as u64 + added),
            );
            return Some((value..value_end, false));
        }
        key.extend(self.pages.copy(at..value, NAME)?);
        Some((value..value_end, true))
    }

    fn entry(&mut self, key: &[u8], value: Range<u64>) {
        let span = Span::of(self.pages, value);
        match key {
            [] => self.header(&span),
            [0, ..] => self.slices += 1, // a piece of a tensor that has an entry of its own
            _ => self.tensor(String::from_utf8_lossy(key).into_owned(), &span),
        }
    }

    fn header(&mut self, header: &Span<'a>) {
        self.shards = header.number(1).unwrap_or(1);
        self.big = header.number(2) == Some(1);
        self.found.note("shards", self.shards.to_string());
        if self.big {
            self.found.note("endianness", "big");
        }
        if !(1..=SHARDS).contains(&self.shards) {
            let saying = format!("{} data files", self.shards);
            self.pages.fault(What::HeaderInvalid, header.range.start, saying);
        }
    }

    fn tensor(&mut self, name: String, entry: &Span<'a>) {
        let at = self.found.at().tensor(&name).byte(entry.range.start);
        let [kind, shard, offset, len] = [1, 3, 4, 5].map(|field| entry.number(field).unwrap_or(0));
        let shape = match entry.span(2).map_or(Ok(vec![]), |shape| tf_types::shape(&shape)) {
            Ok(shape) => shape,
            Err(reason) => return self.found.odd(What::HeaderInvalid, at, reason),
        };
        let dtype = tf_types::dtype(kind);
        if dtype.is_none() {
            self.found.odd(What::DtypeUnknown, at.clone(), format!("element type {kind}"));
        }
        let dtype = dtype.unwrap_or_else(|| Dtype::named(&format!("tf:{kind}")));
        let sliced = entry.fields().any(|it| it.number == 7 && matches!(it.value, Value::Span(_)));
        if sliced {
            return self.found.tensor(name, dtype, shape, None);
        }
        if shard >= self.shards {
            let saying = format!("data file {shard} of {}", self.shards);
            return self.found.odd(What::HeaderInvalid, at, saying);
        }
        let file = self.input.path.rsplit('/').next().unwrap_or_default();
        let prefix = file.strip_suffix(".index").unwrap_or(file);
        let path = format!("{prefix}.data-{shard:05}-of-{:05}", self.shards);
        let Some(end) = offset.checked_add(len) else {
            let saying = format!("{len} bytes from byte {offset} on");
            return self.found.odd(What::TensorOutOfRange, at, saying);
        };
        let plain = !self.big || dtype.element_len() == Some(1);
        let held = (self.input.sibling)(&path).map(|it| it.len());
        let mut tensor = Tensor {
            name,
            dtype,
            shape,
            bytes: Some(offset..end),
        };
        if !plain {
            tensor.bytes = None;
        }
        self.found.tensor_elsewhere(&path, held, tensor);
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            protobuf::make::{number, span, varint},
            trial,
        },
        *,
    };

    /// A table of one block, in which every key is given in full.
    fn table(entries: &[(&str, Vec<u8>)], packed: u8) -> Vec<u8> {
        let mut data = Vec::new();
        for (key, value) in entries {
            data.extend(
                [
                    varint(0),
                    varint(key.len() as u64),
                    varint(value.len() as u64),
                ]
                .concat(),
            );
            data.extend([key.as_bytes(), value].concat());
        }
        let mut file = block(data, packed);
        let data_len = file.len() as u64 - TRAILER;
        let meta = file.len() as u64;
        file.extend(block(vec![], 0));
        let index = file.len() as u64;
        let handle = [varint(0), varint(data_len)].concat();
        let entry = [
            varint(0),
            varint(1),
            varint(handle.len() as u64),
            b"~".to_vec(),
            handle,
        ]
        .concat();
        let index_block = block(entry, 0);
        let index_len = index_block.len() as u64 - TRAILER;
        file.extend(index_block);
        let mut footer = [varint(meta), varint(8), varint(index), varint(index_len)].concat();
        footer.resize(40, 0);
        [file, footer, MAGIC.to_le_bytes().to_vec()].concat()
    }

    fn block(entries: Vec<u8>, packed: u8) -> Vec<u8> {
        let restarts = [0u32.to_le_bytes(), 1u32.to_le_bytes()].concat();
        [entries, restarts, vec![packed], vec![0; 4]].concat()
    }

    fn header(shards: u64) -> (&'static str, Vec<u8>) {
        ("", [number(1, shards), span(3, number(1, 1))].concat())
    }

    fn entry(fields: &[(u64, u64)], shape: &[u64]) -> Vec<u8> {
        let dims: Vec<u8> = shape.iter().flat_map(|extent| span(2, number(1, *extent))).collect();
        let fields = fields.iter().flat_map(|(field, value)| number(*field, *value));
        fields.chain(span(2, dims)).collect()
    }

    #[test]
    fn names_lead_to_places_in_data_files() {
        let entries = [
            header(2),
            ("\0sliced piece", entry(&[(1, 1)], &[])),
            ("dense/kernel", entry(&[(1, 1), (3, 1), (4, 8), (5, 24)], &[2, 3])),
            ("sliced", [entry(&[(1, 1)], &[4]), span(7, "")].concat()),
            ("step", entry(&[(1, 9), (5, 8)], &[])),
        ];
        trial::check(
            &FORMAT,
            &table(&entries, 0),
            &[
                "sliced F32 [4]",
                "file.data-00000-of-00002: step I64 [] 0..8",
                "file.data-00001-of-00002: dense/kernel F32 [2, 3] 8..32",
            ],
        );
    }

    #[test]
    fn what_lies_is_told() {
        check(&[(1, 1), (3, 1), (5, 4)], &[], 0, "data file 1 of 1");
        check(&[(1, 77), (5, 4)], &[], 0, "element type 77");
        check(&[(1, 1), (5, 4)], &[2], 0, "F32 [2] takes 8 bytes, 4 are stored");
        check(&[(1, 1), (5, 4)], &[u64::MAX], 0, "an extent of -1");
        let far = "8 bytes from byte 18446744073709551615 on";
        check(&[(1, 1), (4, u64::MAX), (5, 8)], &[2], 0, far);
        check(&[(1, 1)], &[0], 1, "a block of 29 bytes is packed with Snappy");
    }

    #[track_caller]
    fn check(fields: &[(u64, u64)], shape: &[u64], packed: u8, saying: &str) {
        let bytes = table(&[header(1), ("w", entry(fields, shape))], packed);
        let listing = trial::list(&FORMAT, &bytes).unwrap();
        assert_eq!(trial::odd(&listing), [saying]);
    }

    #[test]
    fn no_bytes_are_too_strange() {
        let kernel = ("kernel", entry(&[(1, 1), (4, 8), (5, 24)], &[2, 3]));
        trial::abuse(&FORMAT, &table(&[header(1), kernel], 0));
    }
}
