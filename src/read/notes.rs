//! What a reader stumbles on, kept to a readable number.

use std::collections::BTreeMap;

use crate::{
    facts::{Oddity, What},
    words::Place,
};

/// Oddities of one kind that are told one by one; the rest are counted.
const TOLD: u64 = 24;

/// The oddities of one file: a file may be wrong in a million places, and its report is read by
/// people.
pub(super) struct Notes {
    file: Place,
    told: Vec<Oddity>,
    counts: BTreeMap<What, u64>,
}

impl Notes {
    /// None yet, of the file that reports spell `path`.
    pub(super) fn new(path: &str) -> Self {
        Self {
            file: Place::file(path),
            told: Vec::new(),
            counts: BTreeMap::new(),
        }
    }

    /// The file as a whole, to be made more precise: `notes.file().byte(8)`.
    pub(super) fn file(&self) -> Place {
        self.file.clone()
    }

    /// One more, of the file as a whole.
    pub(super) fn of_file(&mut self, what: What, saying: impl Into<String>) {
        self.note(what, self.file(), saying);
    }

    /// One more, of a tensor.
    pub(super) fn of_tensor(&mut self, what: What, tensor: &str, saying: impl Into<String>) {
        self.note(what, self.file().tensor(tensor), saying);
    }

    /// Whether there is any of a kind that is not among `kinds`.
    pub(super) fn any_but(&self, kinds: &[What]) -> bool {
        self.counts.keys().any(|what| !kinds.contains(what))
    }

    /// One more.
    pub(super) fn note(&mut self, what: What, at: Place, saying: impl Into<String>) {
        let count = self.counts.entry(what).or_default();
        *count += 1;
        if *count <= TOLD {
            self.told.push(Oddity::new(what, at, saying));
        }
    }

    /// How many of a kind there are.
    pub(super) fn count(&self, what: What) -> u64 {
        self.counts.get(&what).copied().unwrap_or(0)
    }

    /// All of them, with a last one for each kind that was too many.
    pub(super) fn oddities(mut self) -> Vec<Oddity> {
        for (&what, &count) in self.counts.iter().filter(|(_, count)| **count > TOLD) {
            let more = format!("{} more of this kind, {count} in all", count - TOLD);
            self.told.push(Oddity::new(what, self.file.clone(), more));
        }
        self.told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_of_a_kind_are_counted() {
        let mut notes = Notes::new("a.zip");
        for byte in 0..1000 {
            notes.note(What::DuplicateName, notes.file().byte(byte), "`w` stands twice");
        }
        notes.note(What::TrailingBytes, notes.file(), "1 byte");
        assert_eq!(notes.count(What::DuplicateName), 1000);
        let oddities = notes.oddities();
        assert_eq!(oddities.len(), 26);
        assert_eq!(oddities[25].saying, "976 more of this kind, 1000 in all");
    }
}
