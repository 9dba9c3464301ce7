//! Collects what a reader stumbles on, a few of each kind: a broken header of 100,000 tensors is
//! one thing to say, not 100,000.

use std::collections::BTreeMap;

use crate::{
    facts::{Oddity, What},
    words::Place,
};

/// So many of a kind are told one by one; of the rest, how many there are.
const TOLD: usize = 8;

/// What a reader stumbled on in one file.
#[derive(Debug)]
pub(crate) struct Oddities<'a> {
    path: &'a str,
    list: Vec<Oddity>,
    counts: BTreeMap<What, usize>,
}

impl<'a> Oddities<'a> {
    /// None yet, in the file at `path`.
    pub(crate) fn new(path: &'a str) -> Self {
        Self {
            path,
            list: Vec::new(),
            counts: BTreeMap::new(),
        }
    }

    /// The file's path.
    pub(crate) fn path(&self) -> &'a str {
        self.path
    }

    /// Something odd about the file as a whole.
    pub(crate) fn note(&mut self, what: What, saying: impl Into<String>) {
        self.note_at(what, Place::file(self.path), saying);
    }

    /// Something odd about one tensor.
    pub(crate) fn at_tensor(&mut self, what: What, tensor: &str, saying: impl Into<String>) {
        self.note_at(what, Place::file(self.path).tensor(tensor), saying);
    }

    /// Something odd at a place.
    pub(crate) fn note_at(&mut self, what: What, at: Place, saying: impl Into<String>) {
        let count = self.counts.entry(what).or_default();
        *count += 1;
        if *count <= TOLD {
            self.list.push(Oddity::new(what, at, saying));
        }
    }

    /// Whether there is any.
    pub(crate) fn found(&self) -> bool {
        !self.list.is_empty()
    }

    /// Whether any of them makes loaders refuse the file.
    pub(crate) fn refuses(&self) -> bool {
        let accepted = [What::HeaderUnusual, What::DuplicateName];
        self.counts.keys().any(|what| !accepted.contains(what))
    }

    /// All that are told, with a line for the rest of each kind.
    pub(crate) fn into_list(mut self) -> Vec<Oddity> {
        for (what, count) in self.counts {
            if count > TOLD {
                let saying = format!("and {} more like these", count - TOLD);
                self.list.push(Oddity::new(what, Place::file(self.path), saying));
            }
        }
        self.list
    }
}
