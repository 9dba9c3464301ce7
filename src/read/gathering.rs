//! A listing in the making: what every reader holds each tensor against before it is listed.

use std::{collections::BTreeMap, ops::Range};

use super::{Format, Input, Listing, ReadError, Reader, notes::Notes, pages::Pages};
use crate::{
    facts::{Dtype, Oddity, Tensor, WeightFile, What},
    source::Bytes,
    words::Place,
};

/// Bytes of a name that are kept.
pub(super) const NAME: u64 = 4 << 10;
/// Bytes of a producer's note that are kept.
pub(super) const NOTE: u64 = 64 << 10;
/// Extents of a shape; more than any format or library has.
pub(super) const RANK: usize = 64;
/// Tensors listed of one file.
const TENSORS: usize = 4 << 20;
/// Bytes of names and extents that a listing may take for each byte of the file. A header that
/// shares or repeats its strings could otherwise fill any memory.
const ROOM: u64 = 32;
/// The same, whatever the length of the file.
const LEAST_ROOM: u64 = 1 << 20;
/// Overlaps looked for in one file; a header that is nothing else has no more to say.
const OVERLAPS: usize = 1000;

/// Tensors and oddities, as a reader finds them.
pub(super) struct Gathering {
    member: Option<String>,
    len: u64,
    file: WeightFile,
    elsewhere: BTreeMap<String, Vec<Tensor>>,
    notes: Notes,
    room: u64,
    listed: usize,
    views: bool,
}

impl Gathering {
    /// Nothing yet, of a file in this format.
    pub(super) fn new(input: &Input, format: &'static str) -> Self {
        Self {
            member: None,
            len: input.bytes.len(),
            file: WeightFile { format, ..WeightFile::default() },
            elsewhere: BTreeMap::new(),
            notes: Notes::new(input.path),
            room: input.bytes.len().saturating_mul(ROOM).saturating_add(LEAST_ROOM),
            listed: 0,
            views: false,
        }
    }

    /// The same, of a format whose tensors may be views of each other.
    pub(super) fn with_views(self) -> Self {
        Self { views: true, ..self }
    }

    /// Whether an oddity of this kind was noted.
    pub(super) fn has(&self, what: What) -> bool {
        self.notes.count(what) > 0
    }

    /// The file, as a place; the member that is being read, where one is.
    pub(super) fn at(&self) -> Place {
        Place {
            member: self.member.clone(),
            ..self.notes.file()
        }
    }

    /// From here on, places lie in this member of the file.
    pub(super) fn enter(&mut self, member: Option<String>) {
        self.member = member;
    }

    /// Notes an oddity.
    pub(super) fn odd(&mut self, what: What, at: Place, saying: impl Into<String>) {
        self.notes.note(what, at, saying);
    }

    /// Keeps a note of the producer's; an empty one is none.
    pub(super) fn note(&mut self, key: impl Into<String>, value: impl Into<String>) {
        let value = value.into();
        if !value.is_empty() {
            self.file.metadata.insert(key.into(), value);
        }
    }

    /// Counts a node that calls an operator.
    pub(super) fn operator(&mut self, name: &str) {
        self.operators(name, 1);
    }

    /// Counts nodes that call an operator.
    pub(super) fn operators(&mut self, name: &str, calls: u64) {
        match self.file.operators.get_mut(name) {
            Some(count) => *count += calls,
            None => drop(self.file.operators.insert(name.to_owned(), calls)),
        }
    }

    /// Whether nothing more can be listed.
    pub(super) fn is_full(&self) -> bool {
        self.room == 0 || self.listed >= TENSORS
    }

    /// Lists a tensor that this file stores. `stored` are its bytes where they are its elements and
    /// nothing else; a range that leaves the file, or that is not what type and shape take, is odd
    /// and not kept.
    pub(super) fn tensor(
        &mut self,
        name: String,
        dtype: Dtype,
        shape: Vec<u64>,
        stored: Option<Range<u64>>,
    ) {
        let tensor = Tensor { name, dtype, shape, bytes: stored };
        let len = self.len;
        if let Some(tensor) = self.checked(tensor, Some(len), "the file") {
            self.file.tensors.push(tensor);
        }
    }

    /// Lists a tensor that another file stores, at `path` from this file's folder; `len` is that
    /// file's, where it is here. A path that leads out is odd, and is not followed.
    pub(super) fn tensor_elsewhere(&mut self, path: &str, len: Option<u64>, tensor: Tensor) {
        if let Some(why) = escape(path) {
            let at = self.at().tensor(&tensor.name);
            self.odd(What::PathEscapes, at, format!("its data is said to lie at `{path}`, {why}"));
            return self.tensor(tensor.name, tensor.dtype, tensor.shape, None);
        }
        if let Some(tensor) = self.checked(tensor, len, path) {
            self.elsewhere.entry(straight(path)).or_default().push(tensor);
        }
    }

    /// Takes in what a format lists of `bytes`, which lie at `start` of this file, or nowhere in it as
    /// they are. Tensors are named with `scope` in front; places lie in the member entered.
    pub(super) fn adopt(
        &mut self,
        format: &Format,
        bytes: &dyn Bytes,
        start: Option<u64>,
        scope: &str,
    ) -> Result<(), ReadError> {
        let Reader::Tensors(read) = format.read else {
            return Ok(());
        };
        let path = self.at().path;
        let inner = Input { path: &path, bytes, sibling: &|_| None };
        let Listing { file, oddities, .. } = read(&inner)?;
        for Oddity { what, at, saying } in oddities {
            let member = match (&self.member, at.member) {
                (Some(outer), Some(inner)) => Some(format!("{outer}/{inner}")),
                (outer, inner) => inner.or_else(|| outer.clone()),
            };
            self.odd(what, Place { member, ..at }, saying);
        }
        for (key, value) in file.metadata {
            self.note(format!("{scope}{key}"), value);
        }
        for (operator, calls) in file.operators {
            self.operators(&operator, calls);
        }
        for Tensor { name, dtype, shape, bytes } in file.tensors {
            let moved = |bytes: Range<u64>| {
                let start = start?;
                Some(start.checked_add(bytes.start)?..start.checked_add(bytes.end)?)
            };
            self.tensor(format!("{scope}{name}"), dtype, shape, bytes.and_then(moved));
        }
        Ok(())
    }

    fn checked(&mut self, mut tensor: Tensor, len: Option<u64>, owner: &str) -> Option<Tensor> {
        if self.listed >= TENSORS {
            let at = self.at();
            self.odd(What::ReadInPart, at, format!("more than {TENSORS} tensors"));
            return None;
        }
        let taken = (tensor.name.len() + 8 * tensor.shape.len()) as u64;
        let Some(room) = self.room.checked_sub(taken) else {
            self.room = 0;
            let saying = format!("names and extents of more than {ROOM} times the file's bytes");
            let at = self.at();
            self.odd(What::HeaderInvalid, at, saying);
            return None;
        };
        self.room = room;
        self.listed += 1;
        let at = || self.at().tensor(&tensor.name);
        let Some(bytes) = tensor.bytes.clone() else {
            return Some(tensor);
        };
        let held = bytes.end.saturating_sub(bytes.start);
        let needed = tensor.elements().and_then(|elements| tensor.dtype.padded_len_of(elements));
        let odd = if bytes.start > bytes.end || len.is_some_and(|len| bytes.end > len) {
            let len = len.unwrap_or(bytes.end);
            let saying = format!("bytes {} to {}, {owner} has {len}", bytes.start, bytes.end);
            Some((What::TensorOutOfRange, at(), saying))
        } else if needed == Some(held) {
            None
        } else if let Some(needed) = needed {
            let saying = format!(
                "{} {:?} takes {needed} bytes, {held} are stored",
                tensor.dtype, tensor.shape
            );
            Some((What::DtypeUnknown, at(), saying))
        } else if tensor.elements().is_none() {
            let saying = format!("the extents {:?} multiply beyond 2^64", tensor.shape);
            Some((What::HeaderInvalid, at(), saying))
        } else {
            return Some(tensor); // a type of unknown size: as much as is said
        };
        if let Some((what, at, saying)) = odd {
            self.odd(what, at, saying);
            tensor.bytes = None;
        }
        Some(tensor)
    }

    /// The listing: in order, with names that stand twice and bytes that two tensors share in part
    /// told, and what the pages stumbled on.
    pub(super) fn finish(mut self, pages: Pages) -> Result<Listing, ReadError> {
        for fault in pages.close()? {
            let at = self.at().byte(fault.at);
            self.odd(fault.what, at, fault.saying);
        }
        Ok(self.listing())
    }

    /// The same, for a reader without pages.
    pub(super) fn listing(mut self) -> Listing {
        let mut tensors = std::mem::take(&mut self.file.tensors);
        self.order(&mut tensors);
        self.file.tensors = tensors;
        for (path, mut tensors) in std::mem::take(&mut self.elsewhere) {
            self.order(&mut tensors);
            self.file.elsewhere.push((path, tensors));
        }
        Listing {
            file: self.file,
            oddities: self.notes.oddities(),
            carried: Vec::new(),
        }
    }

    fn order(&mut self, tensors: &mut [Tensor]) {
        tensors.sort_by(|a, b| a.name.cmp(&b.name));
        for pair in tensors.windows(2).filter(|pair| pair[0].name == pair[1].name) {
            let at = self.at().tensor(&pair[0].name);
            self.odd(What::DuplicateName, at, "another tensor has the same name");
        }
        let start = |tensor: &Tensor| tensor.bytes.as_ref().map_or(u64::MAX, |bytes| bytes.start);
        tensors.sort_by(|a, b| (start(a), &a.name).cmp(&(start(b), &b.name)));
        if self.views {
            return;
        }
        let stored = tensors.iter().filter(|tensor| !tensor.is_empty());
        let mut last: Option<(&Tensor, Range<u64>)> = None;
        let mut overlaps = Vec::new();
        for tensor in stored {
            let Some(bytes) = tensor.bytes.clone() else {
                continue;
            };
            if let Some((other, before)) = last.as_ref()
                && bytes.start < before.end
                && bytes != *before
            {
                overlaps.push((
                    tensor.name.clone(),
                    bytes.clone(),
                    other.name.clone(),
                    before.clone(),
                ));
            }
            if last.as_ref().is_none_or(|(_, before)| bytes.end > before.end) {
                last = Some((tensor, bytes));
            }
            if overlaps.len() >= OVERLAPS {
                break;
            }
        }
        for (name, bytes, other, before) in overlaps {
            let saying = format!(
                "bytes {} to {} are in part those of `{other}`, {} to {}",
                bytes.start, bytes.end, before.start, before.end
            );
            let at = self.at().tensor(name);
            self.odd(What::TensorOverlap, at, saying);
        }
    }
}

/// Why a path that a file names may not be followed: where it leads, in a clause.
pub(super) fn escape(path: &str) -> Option<&'static str> {
    let drive = path.as_bytes().get(1) == Some(&b':');
    match path {
        "" => Some("an empty path"),
        _ if path.contains("://") => Some("an address in a network"),
        _ if path.starts_with(['/', '\\']) || drive => Some("an absolute path"),
        _ if path.split(['/', '\\']).any(|part| part == "..") => Some("outside the folder"),
        _ if path.contains('\0') => Some("a name with a zero byte"),
        _ => None,
    }
}

/// A path without the parts that lead nowhere: `./data//w.bin` is `data/w.bin`.
pub(super) fn straight(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_type_and_shape_do_not_take_is_not_kept() {
        check("F32", &[2, 3], 0..24, None);
        check("F32", &[2, 3], 80..104, Some(What::TensorOutOfRange));
        check("F32", &[2, 3], 0..23, Some(What::DtypeUnknown));
        check("I4", &[3], 0..2, None);
        check("F32", &[1 << 63, 4], 0..8, Some(What::HeaderInvalid));
        check("STRING", &[3], 0..7, None);
        #[expect(clippy::reversed_empty_ranges, reason = "what a lying header may say")]
        check("U8", &[3], 7..4, Some(What::TensorOutOfRange));
    }

    #[track_caller]
    fn check(dtype: &str, shape: &[u64], bytes: Range<u64>, odd: Option<What>) {
        let mut gathering = gathering();
        gathering.tensor("w".into(), Dtype::named(dtype), shape.into(), Some(bytes.clone()));
        let listing = gathering.listing();
        assert_eq!(listing.oddities.first().map(|it| it.what), odd);
        let kept = &listing.file.tensors[0].bytes;
        assert_eq!(*kept, odd.is_none().then_some(bytes));
    }

    #[test]
    fn shared_bytes_are_told_unless_they_are_wholly_the_same() {
        let mut gathering = gathering();
        for (name, start) in [("a", 0), ("b", 0), ("c", 4), ("d", 8), ("a", 16)] {
            gathering.tensor(name.into(), Dtype::named("I64"), vec![], Some(start..start + 8));
        }
        let listing = gathering.listing();
        let told: Vec<_> =
            listing.oddities.iter().map(|it| (it.what, it.at.tensor.as_deref())).collect();
        assert_eq!(
            told,
            [
                (What::DuplicateName, Some("a")),
                (What::TensorOverlap, Some("c")),
                (What::TensorOverlap, Some("d")),
            ]
        );
    }

    #[test]
    fn paths_that_lead_out_are_not_followed() {
        for path in [
            "/etc/passwd",
            "../w.bin",
            "a/../../w",
            "https://x/w",
            "C:\\w",
            "",
            "a\0b",
        ] {
            assert!(escape(path).is_some(), "{path}");
        }
        for path in ["w.bin", "./w.bin", "data/w..bin", "*/w"] {
            assert!(escape(path).is_none(), "{path}");
        }
    }

    #[test]
    fn parts_that_lead_nowhere_are_left_out() {
        for (path, straightened) in [
            ("w.bin", "w.bin"),
            ("./w.bin", "w.bin"),
            ("././data/.//w.bin", "data/w.bin"),
            ("./...", "..."),
        ] {
            assert_eq!(straight(path), straightened);
        }
    }

    static FILE: &[u8] = &[0; 100];

    fn gathering() -> Gathering {
        let input = Input {
            path: "m.onnx",
            bytes: &FILE,
            sibling: &|_| None,
        };
        Gathering::new(&input, "test")
    }
}
