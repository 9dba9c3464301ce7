//! Weights that lie in the release more than once, told by their digests.

use std::collections::BTreeMap;

use super::{Case, Check, Found, weights::counted};
use crate::{
    facts::{Contents, Tensor},
    sets::tensors,
    words::{Category, FileKind, Place, Severity},
};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "files-same-content",
        category: Category::Consistency,
        severity: Severity::Info,
        title: "Files of weights that are the same, byte for byte",
        impact: "The copy takes its room again; a change to one of them would leave the other behind.",
        hint: "Keep one of them, or make one a link to the other.",
        references: &[],
        find: files,
    },
    Check {
        id: "tensors-same-content",
        category: Category::Consistency,
        severity: Severity::Info,
        title: "Tensors that hold the same bytes",
        impact: "Tied tensors that were stored twice take their room twice; the same tensors in two files are copies of the same weights.",
        hint: "Nothing has to be done; what is the same in two files need be reviewed in one of them alone.",
        references: &[],
        find: tensors_alike,
    },
];

/// Smaller tensors are alike by chance: norms full of ones, biases full of zeros.
const SMALLEST: u64 = 16 << 10;

/// Findings that name pairs, before the rest is only counted.
const MOST: usize = 20;

fn files(case: &Case) -> Vec<Found> {
    same_files(case)
        .into_values()
        .filter(|group| group.len() > 1)
        .map(|group| {
            let artifacts = &case.facts.artifacts;
            let (first, copies) = (&artifacts[group[0]], &group[1..]);
            let copies: Vec<&str> = copies.iter().map(|at| artifacts[*at].path.as_str()).collect();
            let message = format!("the same {} bytes lie in {}", first.len, copies.join(", "));
            Found::at(Place::file(&first.path), message)
        })
        .collect()
}

/// Files of weights by their digest.
fn same_files<'a>(case: &'a Case) -> BTreeMap<&'a [u8], Vec<usize>> {
    let mut groups: BTreeMap<&[u8], Vec<usize>> = BTreeMap::new();
    for (at, artifact) in case.facts.artifacts.iter().enumerate() {
        let weights = artifact.kind == FileKind::Weights && artifact.len > 0;
        if let Some(digest) = case.digests.sha256(at).filter(|_| weights) {
            groups.entry(digest).or_default().push(at);
        }
    }
    groups
}

/// One tensor, by where it stands.
struct Stored<'a> {
    digest: [u8; 32],
    file: usize,
    tensor: &'a Tensor,
}

fn tensors_alike(case: &Case) -> Vec<Found> {
    // a file that is a copy of another is told as one, not tensor by tensor
    let copies: Vec<usize> =
        same_files(case).into_values().flat_map(|group| group.into_iter().skip(1)).collect();
    let mut stored: Vec<Stored> = Vec::new();
    for (file, artifact) in case.facts.artifacts.iter().enumerate() {
        let Contents::Weights(weights) = &artifact.contents else {
            continue;
        };
        if copies.contains(&file) {
            continue;
        }
        let large = tensors(weights).enumerate();
        let large = large.filter(|(_, it)| it.len() >= SMALLEST && it.shape.len() > 1);
        stored.extend(large.filter_map(|(at, tensor)| {
            let digest = case.digests.of_tensor(file, at)?.sha256?;
            Some(Stored { digest, file, tensor })
        }));
    }
    stored.sort_by(|a, b| {
        (a.digest, a.file, &a.tensor.name).cmp(&(b.digest, b.file, &b.tensor.name))
    });
    // by the files that hold the two, the first of each kind of pair and how many there are
    let mut pairs: BTreeMap<(usize, usize), Vec<(&Tensor, &Tensor)>> = BTreeMap::new();
    for group in stored.chunk_by(|a, b| a.digest == b.digest) {
        let first = &group[0];
        for other in &group[1..] {
            let view = other.file == first.file && other.tensor.bytes == first.tensor.bytes;
            if !view {
                let pair = (first.tensor, other.tensor);
                pairs.entry((first.file, other.file)).or_default().push(pair);
            }
        }
    }
    let more = pairs.len().saturating_sub(MOST);
    let path = |file: usize| case.facts.artifacts[file].path.as_str();
    let mut found: Vec<Found> = Vec::new();
    for ((one, other), mut alike) in pairs.into_iter().take(MOST) {
        alike.sort_by_key(|(a, _)| &a.name);
        let (a, b) = alike[0];
        let bytes: u64 = alike.iter().map(|(a, _)| a.len()).fold(0, u64::saturating_add);
        let rest = match alike.len() - 1 {
            0 => String::new(),
            more => format!(", and {more} more like that, {bytes} bytes in all"),
        };
        let message = if one == other {
            format!("{} holds the same {} bytes{rest}", b.name, a.len())
        } else if a.name == b.name {
            let count = counted(alike.len(), "tensor");
            format!("the same {bytes} bytes of {count} lie in {}", path(other))
        } else {
            format!("{} in {} holds the same {} bytes{rest}", b.name, path(other), a.len())
        };
        found.push(Found::at(Place::file(path(one)).tensor(&a.name), message));
    }
    if more > 0 {
        let message = format!("{} of files share tensors beside these", counted(more, "more pair"));
        found.push(Found::of_all(message));
    }
    found
}
