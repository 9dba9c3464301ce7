//! From named tensors to a listing: each is put where its storage lies in the file.

use std::ops::Range;

use super::{
    tensors::{Held, Rebuilt, Storage},
    tree::Tree,
};
use crate::{
    facts::{Apart, Tensor, What},
    read::gathering::Gathering,
    words::Role,
};

/// A storage that is there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stored {
    /// From the start of the file.
    pub(super) start: u64,
    /// In bytes, as the archive tells it; may pass the file's end.
    pub(super) len: u64,
    /// Whether the bytes lie there as they are: neither packed nor big-endian.
    pub(super) plain: bool,
}

/// Where things lie.
pub(super) struct Ground<'a> {
    /// The storage of this key.
    pub(super) storage: &'a dyn Fn(&str) -> Option<Stored>,
    /// Where the pickle's own bytes start in the file; `None` where it is packed.
    pub(super) pickle: Option<u64>,
    /// Bytes in the file.
    pub(super) len: u64,
    /// What a storage that is not there means.
    pub(super) cut_short: bool,
}

/// Lists the tensors of a checkpoint, under `prefix`.
pub(super) fn list(tree: Tree, ground: &Ground, gathering: &mut Gathering) -> Vec<Apart> {
    let part = |(key, role): (String, Role)| Apart { key, role, tensors: Vec::new() };
    let mut apart: Vec<Apart> = tree.apart.into_iter().map(part).collect();
    let (all, mut cut, mut reach) = (tree.found.len(), 0u64, 0);
    for found in tree.found {
        let Rebuilt { dtype, shape, bytes } = found.tensor;
        let mut tensor = Tensor {
            name: found.name,
            dtype,
            shape,
            bytes: None,
        };
        match ground.place(&bytes) {
            Ok(Some(bytes)) if bytes.end > ground.len => {
                cut += 1;
                reach = reach.max(bytes.end);
            }
            Ok(bytes) => tensor.bytes = bytes,
            Err(Fault::Cut) => cut += 1,
            Err(Fault::Odd(what, saying)) => {
                let at = gathering.at().tensor(&tensor.name);
                gathering.odd(what, at, saying);
            }
        }
        match found.section {
            Some(section) => apart[section].tensors.push(tensor),
            None => gathering.tensor(tensor.name, tensor.dtype, tensor.shape, tensor.bytes),
        }
    }
    if cut > 0 {
        let len = ground.len;
        let end = if reach > 0 {
            format!("byte {reach}")
        } else {
            "a later byte".to_owned()
        };
        let saying = format!(
            "tensors end at {end}, the file at byte {len}: {cut} of {all} tensors are not whole"
        );
        let at = gathering.at();
        gathering.odd(What::ShardTruncated, at, saying);
    }
    apart.retain(|part| !part.tensors.is_empty());
    for part in &mut apart {
        let start = |tensor: &Tensor| tensor.bytes.as_ref().map_or(u64::MAX, |bytes| bytes.start);
        part.tensors.sort_by(|a, b| (start(a), &a.name).cmp(&(start(b), &b.name)));
    }
    apart
}

/// Why a tensor's bytes cannot be had.
enum Fault {
    /// The file ends before them.
    Cut,
    Odd(What, String),
}

impl Ground<'_> {
    /// The bytes of a tensor, where they are its elements and nothing else.
    fn place(&self, held: &Held) -> Result<Option<Range<u64>>, Fault> {
        let view = match held {
            Held::Storage(view) => view,
            Held::Here(bytes) => {
                let shift =
                    |start: u64| start.saturating_add(bytes.start)..start.saturating_add(bytes.end);
                return Ok(self.pickle.map(shift));
            }
            Held::No => return Ok(None),
        };
        let Storage { key, len: told, .. } = &view.storage;
        let Some(stored) = (self.storage)(key) else {
            if self.cut_short {
                return Err(Fault::Cut);
            }
            let saying = format!("its storage `{key}` is not in the file");
            return Err(Fault::Odd(What::TensorOutOfRange, saying));
        };
        let end = view.len.and_then(|len| view.start.checked_add(len));
        if end.is_none_or(|end| end > stored.len) {
            let end = end.map_or("beyond 2^64".to_owned(), |end| format!("{end}"));
            let told = told.map_or("more than 2^64".to_owned(), |told| told.to_string());
            let saying = format!(
                "bytes {} to {end} of storage `{key}`, which has {} and is said to have {told}",
                view.start, stored.len
            );
            return Err(Fault::Odd(What::TensorOutOfRange, saying));
        }
        let bytes = view.len.filter(|_| view.contiguous && (stored.plain || view.element == 1));
        Ok(bytes.map(|len| {
            let start = stored.start.saturating_add(view.start);
            start..start.saturating_add(len)
        }))
    }
}
