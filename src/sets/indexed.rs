//! Indexes held against the shards that they name, once for all who ask.

use std::collections::BTreeMap;

use super::counting::tensors;
use crate::facts::{Facts, ShardIndex, WeightFile, path_in};

/// What became of an index when it was held against its shards.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Indexed {
    /// The artifact that is the index.
    pub artifact: usize,
    /// What lies at each shard's place, in the order of the index's shards.
    pub shards: Vec<Shard>,
    /// Tensors that the index places in a listed shard and that no listed shard holds; by name.
    pub missing: Vec<String>,
    /// Tensors that another listed shard holds than the index says; by name.
    pub misplaced: Vec<Misplaced>,
    /// Tensors of listed shards that the index does not name: the shard's artifact, and the names in
    /// the order of the file.
    pub unnamed: BTreeMap<usize, Vec<String>>,
}

/// What lies where an index says that a shard is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shard {
    /// Nothing.
    Absent,
    /// A file whose tensors were not listed.
    Unread,
    /// A file, by its artifact.
    Listed(usize),
}

/// A tensor that is not where its index says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misplaced {
    /// The tensor.
    pub tensor: String,
    /// The shard that the index names.
    pub stated: String,
    /// The first shard that holds it.
    pub real: String,
}

impl Indexed {
    /// Whether every shard is here and its tensors were listed.
    pub fn is_whole(&self) -> bool {
        self.shards.iter().all(|shard| matches!(shard, Shard::Listed(_)))
    }

    /// The artifacts of the shards that were listed.
    pub fn listed(&self) -> impl Iterator<Item = usize> {
        self.shards.iter().filter_map(|shard| match shard {
            Shard::Listed(artifact) => Some(*artifact),
            _ => None,
        })
    }
}

/// Every index of a release, in the order of the files.
pub(super) fn all(facts: &Facts) -> Vec<Indexed> {
    let indexes = facts.indexes().filter_map(|(artifact, index)| {
        let at = facts.position(&artifact.path)?;
        Some(held(facts, at, artifact.folder(), index))
    });
    indexes.collect()
}

fn held(facts: &Facts, artifact: usize, folder: &str, index: &ShardIndex) -> Indexed {
    let map = &index.weight_map;
    let shards: Vec<Shard> = map.shards().iter().map(|name| shard(facts, folder, name)).collect();
    // what the index places in each shard; by name, since its rows are
    let mut stated: Vec<Vec<&str>> = vec![Vec::new(); shards.len()];
    for (tensor, shard) in map.rows() {
        stated[shard].push(tensor);
    }
    let mut lacking: Vec<(&str, usize)> = Vec::new();
    let mut beyond: BTreeMap<&str, usize> = BTreeMap::new(); // the first shard that holds it
    for (at, shard) in shards.iter().enumerate() {
        if let Some(file) = listed(facts, *shard) {
            let (lacks, more) = differ(&stated[at], &names(file));
            lacking.extend(lacks.into_iter().map(|tensor| (tensor, at)));
            for tensor in more {
                beyond.entry(tensor).or_insert(at);
            }
        }
    }
    lacking.sort_unstable();
    let mut found = Indexed { artifact, shards, ..Indexed::default() };
    for (tensor, at) in lacking {
        match beyond.get(tensor) {
            Some(real) => found.misplaced.push(Misplaced {
                tensor: tensor.to_owned(),
                stated: map.shards()[at].clone(),
                real: map.shards()[*real].clone(),
            }),
            None => found.missing.push(tensor.to_owned()),
        }
    }
    if beyond.keys().any(|tensor| map.get(tensor).is_none()) {
        for artifact in found.listed().collect::<Vec<_>>() {
            let file = facts.weight_file(artifact).into_iter();
            let names = file.flat_map(tensors).map(|tensor| tensor.name.as_str());
            let unnamed: Vec<String> =
                names.filter(|name| map.get(name).is_none()).map(str::to_owned).collect();
            if !unnamed.is_empty() {
                found.unnamed.insert(artifact, unnamed);
            }
        }
    }
    found
}

fn shard(facts: &Facts, folder: &str, name: &str) -> Shard {
    let Some(at) = facts.position(&path_in(folder, name)) else {
        return Shard::Absent;
    };
    match facts.weight_file(at).filter(|_| facts.artifacts[at].unreadable.is_none()) {
        Some(_) => Shard::Listed(at),
        None => Shard::Unread,
    }
}

fn listed(facts: &Facts, shard: Shard) -> Option<&WeightFile> {
    match shard {
        Shard::Listed(artifact) => facts.weight_file(artifact),
        _ => None,
    }
}

/// The names of a file's tensors, in order. Most files are written in it.
fn names(file: &WeightFile) -> Vec<&str> {
    let mut names: Vec<&str> = tensors(file).map(|tensor| tensor.name.as_str()).collect();
    if !names.is_sorted() {
        names.sort_unstable();
    }
    names
}

/// What is in the first list alone, and in the second alone; both are in order.
fn differ<'n>(stated: &[&'n str], held: &[&'n str]) -> (Vec<&'n str>, Vec<&'n str>) {
    if stated == held {
        return (Vec::new(), Vec::new());
    }
    let (mut lacking, mut beyond) = (Vec::new(), Vec::new());
    let (mut stated, mut held) = (stated.iter().peekable(), held.iter().peekable());
    loop {
        match (stated.peek(), held.peek()) {
            (None, None) => return (lacking, beyond),
            (Some(_), None) => lacking.extend(stated.by_ref()),
            (None, Some(_)) => beyond.extend(held.by_ref()),
            (Some(a), Some(b)) => match a.cmp(b) {
                std::cmp::Ordering::Less => lacking.extend(stated.next()),
                std::cmp::Ordering::Greater => beyond.extend(held.next()),
                std::cmp::Ordering::Equal => {
                    let name = stated.next();
                    // a name that stands twice in a file is told by its reader
                    while held.next_if(|it| Some(*it) == name).is_some() {}
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_in_order_are_compared_in_one_walk() {
        check("", "", "", "");
        check("a b c", "a b c", "", "");
        check("a b c", "b d", "a c", "d");
        check("a", "b b", "a", "b b");
        check("a b", "a a b", "", "");
        check("", "x", "", "x");
    }

    #[track_caller]
    fn check(stated: &str, held: &str, lacking: &str, beyond: &str) {
        fn words(text: &str) -> Vec<&str> {
            text.split_whitespace().collect()
        }
        let (lacks, more) = differ(&words(stated), &words(held));
        assert_eq!((lacks.join(" ").as_str(), more.join(" ").as_str()), (lacking, beyond));
    }
}
