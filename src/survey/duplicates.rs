//! Weights that stand in more than one release, by the digests of files and of tensors, and the
//! bytes that they take again.

use std::collections::{BTreeMap, HashMap};

use super::LineWeights;
use crate::report::Tensor;

/// Tensors that are kept in mind, by eight bytes of their digests; later ones are not told.
const TENSORS: usize = 8_000_000;
/// Bytes of a tensor that are worth telling.
const LEAST: u64 = 4096;

/// What a survey has seen so far.
#[derive(Debug, Default)]
pub struct Duplicates {
    files: BTreeMap<String, File>,
    tensors: HashMap<u64, u32>,
    /// Bytes of tensors that another release held before.
    again: u64,
    releases: u32,
    cut: bool,
}

#[derive(Debug, Default)]
struct File {
    bytes: u64,
    /// The releases that hold it, in the order seen.
    releases: Vec<String>,
    /// The copies on disk, by device and inode; the others are links.
    copies: Vec<(u64, u64)>,
}

/// A file of weights that stands in more than one release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    /// Lower-case hex.
    pub sha256: String,
    /// Of one copy.
    pub bytes: u64,
    /// Bytes that the copies after the first take on disk; 0 where they are links to it.
    pub costs: u64,
    /// The releases.
    pub releases: Vec<String>,
}

impl Duplicates {
    /// Takes note of a release: its files of weights, and tensors where they are known. `copy`
    /// gives device and inode of a file of it, where it is here.
    pub fn add<'r>(
        &mut self,
        name: &str,
        files: &[LineWeights],
        tensors: impl Iterator<Item = &'r Tensor>,
        copy: impl Fn(&str) -> Option<(u64, u64)>,
    ) {
        let release = self.releases;
        self.releases += 1;
        for file in files {
            let known = self.files.entry(file.sha256.clone()).or_default();
            known.bytes = file.bytes;
            if known.releases.last().is_none_or(|last| last != name) {
                known.releases.push(name.to_owned());
            }
            let unknown = || (u64::from(release), known.releases.len() as u64);
            let copy = copy(&file.path).unwrap_or_else(unknown);
            if !known.copies.contains(&copy) {
                known.copies.push(copy);
            }
        }
        for tensor in tensors {
            let bytes = tensor.bytes.map_or(0, |(start, end)| end.saturating_sub(start));
            let key = tensor.sha256.as_ref().filter(|_| bytes >= LEAST);
            let key = key.and_then(|sha256| u64::from_str_radix(sha256.get(..16)?, 16).ok());
            let Some(key) = key else { continue };
            match self.tensors.get(&key) {
                Some(first) if *first != release => self.again = self.again.saturating_add(bytes),
                Some(_) => {}
                None if self.tensors.len() < TENSORS => {
                    self.tensors.insert(key, release);
                }
                None => self.cut = true,
            }
        }
    }

    /// The files that stand in more than one release, the costliest first.
    pub fn files(&self) -> Vec<Shared> {
        let several = self.files.iter().filter(|(_, file)| file.releases.len() > 1);
        let mut shared: Vec<Shared> = several
            .map(|(sha256, file)| Shared {
                sha256: sha256.clone(),
                bytes: file.bytes,
                costs: file.bytes.saturating_mul((file.copies.len() as u64).saturating_sub(1)),
                releases: file.releases.clone(),
            })
            .collect();
        shared.sort_by_key(|it| (std::cmp::Reverse(it.costs), std::cmp::Reverse(it.bytes)));
        shared
    }

    /// Bytes of tensors, in whatever files, that a release before held too; and whether there were
    /// too many tensors to tell of all.
    pub fn tensor_bytes(&self) -> (u64, bool) {
        (self.again, self.cut)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{render::sample, survey::Line};

    #[test]
    fn copies_cost_and_links_do_not() {
        let report = sample::llama();
        let files = Line::of("dir", "path", &report).weights;
        let add = |seen: &mut Duplicates, name: &str, device: u64| {
            let tensors = report.weights.iter().flat_map(|file| &file.tensors);
            seen.add(name, &files, tensors, |path| Some((device, path.len() as u64)));
        };
        let mut seen = Duplicates::default();
        add(&mut seen, "a", 1);
        assert!(seen.files().is_empty());
        add(&mut seen, "b", 1); // the same device and inodes: links
        assert!(seen.files().iter().all(|it| it.costs == 0 && it.releases == ["a", "b"]));
        add(&mut seen, "c", 2);
        let files = seen.files();
        assert_eq!(
            (files.len(), files[0].bytes, files[0].costs),
            (2, 9_976_576_152, 9_976_576_152)
        );
        assert!(seen.tensor_bytes().0 > 13_000_000_000 && !seen.tensor_bytes().1);
    }
}
