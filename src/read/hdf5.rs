//! HDF5, as Keras and the older `tf_model.h5` use it: groups of datasets, each with a header that says
//! its type, shape and place. Data are not touched.

mod dataset;
mod group;
mod heap;
mod object;

use std::{cell::Cell, collections::BTreeSet};

use self::{
    dataset::Attribute,
    group::{Target, foreign},
    object::{File, kind},
};
use super::{
    Format, Input, Listing, ReadError, Reader,
    gathering::{Gathering, NOTE},
    keras,
    pages::Pages,
};
use crate::{facts::What, words::FileKind};

pub(super) const FORMAT: Format = Format {
    name: "hdf5",
    kind: FileKind::Weights,
    recognizes: |probe| {
        probe.head.starts_with(MAGIC) || {
            let behind = probe.head.get(512..).is_some_and(|tail| tail.starts_with(MAGIC));
            behind || probe.head.get(1024..).is_some_and(|tail| tail.starts_with(MAGIC))
        }
    },
    read: Reader::Tensors(read),
};

const MAGIC: &[u8] = b"\x89HDF\r\n\x1a\n";
/// Groups in groups; networks have ten levels or so.
const DEPTH: usize = 64;

fn read(input: &Input) -> Result<Listing, ReadError> {
    let pages = Pages::new(input.bytes);
    let Some((file, root, end)) = open(&pages) else {
        let reason = "no superblock of version 0 to 3 at its start".to_owned();
        return Err(ReadError::Malformed { format: FORMAT.name, reason });
    };
    let mut found = Gathering::new(input, FORMAT.name);
    if end > pages.len() {
        let saying =
            format!("ends at byte {end} by its own word, the file at byte {}", pages.len());
        found.odd(What::ShardTruncated, found.at(), saying);
    }
    let mut walk = Walk {
        file: &file,
        found: &mut found,
        seen: BTreeSet::new(),
        path: String::new(),
    };
    walk.object(root, DEPTH);
    if file.steps.get() == 0 {
        found.odd(What::HeaderInvalid, found.at(), "more objects than the file could hold");
    }
    found.finish(pages)
}

/// The file, the header of its root group, and where it says that it ends.
fn open<'a>(pages: &'a Pages<'a>) -> Option<(File<'a>, u64, u64)> {
    let starts = std::iter::once(0).chain((9..40).map(|power| 1u64 << power));
    let mut starts = starts.take_while(|start| *start < pages.len());
    let base = starts.find(|start| pages.array(*start).is_some_and(|it: [u8; 8]| it == *MAGIC))?;
    let version = pages.byte(base + 8)?;
    let (widths_at, addresses_at) = match version {
        0 => (base + 13, base + 24),
        1 => (base + 13, base + 28),
        2 | 3 => (base + 9, base + 12),
        _ => return None,
    };
    let width = |at| pages.byte(at).map(u64::from).filter(|width| [2, 4, 8].contains(width));
    let file = File {
        pages,
        base,
        address_len: width(widths_at)?,
        length_len: width(widths_at + 1)?,
        steps: Cell::new(pages.len() / 4),
    };
    let address = |n| addresses_at + n * file.address_len;
    let end = file.number(address(2), file.address_len)?; // from the start, user block and all
    let root = file.place(address(if version < 2 { 5 } else { 3 }))?;
    Some((file, root, end))
}

struct Walk<'a, 'b> {
    file: &'a File<'a>,
    found: &'b mut Gathering,
    /// Groups that were walked: a group may be its own member.
    seen: BTreeSet<u64>,
    /// Names on the way here, with `/` between them.
    path: String,
}

impl Walk<'_, '_> {
    fn object(&mut self, header: u64, depth: usize) {
        let messages = self.file.messages(header);
        let Some(links) = self.file.links(&messages) else {
            if let Some(dataset) = self.file.dataset(&messages)
                && !self.found.is_full()
            {
                dataset.list(self.path.clone(), header, self.found);
            }
            return;
        };
        if !self.seen.insert(header) {
            return;
        }
        if depth == 0 {
            let at = self.found.at().byte(header);
            return self.found.odd(
                What::HeaderInvalid,
                at,
                format!("groups nested deeper than {DEPTH}"),
            );
        }
        let attributes =
            messages.iter().filter(|message| message.kind == kind::ATTRIBUTE && !message.shared);
        for attribute in attributes {
            if let Some(attribute) = self.file.attribute(attribute.body.clone()) {
                self.note(&attribute);
            }
        }
        for link in links {
            let outer = self.path.len();
            if outer > 0 {
                self.path.push('/');
            }
            self.path.push_str(&link.name);
            match link.target {
                Target::Object(place) if self.file.step() => self.object(place, depth - 1),
                Target::Object(_) | Target::Soft => {}
                Target::File(path) => {
                    let (what, saying) = foreign(&path);
                    let at = self.found.at().tensor(&self.path);
                    self.found.odd(what, at, saying);
                }
            }
            self.path.truncate(outer);
        }
    }

    /// Keeps a text that stands by a group: those of the file as a whole, and Keras' own wherever it
    /// puts them.
    fn note(&mut self, attribute: &Attribute) {
        match attribute.name.as_str() {
            "model_config" => {
                let config = self.file.text(attribute, keras::LONGEST);
                keras::layers(config.as_bytes(), self.found);
            }
            "keras_version" | "backend" => {
                let text = self.file.text(attribute, NOTE);
                self.found.note(attribute.name.clone(), text);
            }
            _ if self.path.is_empty() => {
                let text = self.file.text(attribute, NOTE);
                self.found.note(attribute.name.clone(), text);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
