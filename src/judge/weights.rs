//! Whether shards, their index and the copies of the weights fit together.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
};

use super::{Case, Check, Found};
use crate::{
    facts::{Artifact, Contents, ShardIndex},
    layers::{Pattern, collapse},
    sets::{
        Indexed, Nature, Shard, WeightSet,
        claims::{ClaimOf, agrees, claims},
        is_end, logical, numbering, tensors,
    },
    words::{Category, Confidence, FileKind, Place, Severity},
};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "shard-missing",
        category: Category::Integrity,
        severity: Severity::High,
        title: "Part of the weights is not here",
        impact: "The model cannot be loaded, or is loaded with some of its parameters random.",
        hint: "Download the missing files, or take the index from the same upload as the shards.",
        references: &[],
        find: shard_missing,
    },
    Check {
        id: "index-tensor-missing",
        category: Category::Integrity,
        severity: Severity::High,
        title: "The index names tensors that no shard has",
        impact: "The model cannot be loaded, or is loaded with some of its parameters random.",
        hint: "Ask the publisher for an index that was written with these shards.",
        references: &[],
        find: index_tensor_missing,
    },
    Check {
        id: "index-tensor-misplaced",
        category: Category::Consistency,
        severity: Severity::Medium,
        title: "The index names tensors in another shard than holds them",
        impact: "Loaders that trust the index fail, or skip the tensors.",
        hint: "Write the index anew from the shards.",
        references: &[],
        find: index_tensor_misplaced,
    },
    Check {
        id: "tensor-not-indexed",
        category: Category::Consistency,
        severity: Severity::Medium,
        title: "Shards hold tensors that the index does not name",
        impact: "Loaders that go by the index skip them without a word.",
        hint: "Write the index anew from the shards.",
        references: &[],
        find: tensor_not_indexed,
    },
    Check {
        id: "index-total-size",
        category: Category::Consistency,
        severity: Severity::Low,
        title: "The index states another total size than its tensors have",
        impact: "Loaders that plan memory by it plan wrongly.",
        hint: "Write the index anew from the shards.",
        references: &[],
        find: index_total_size,
    },
    Check {
        id: "index-total-parameters",
        category: Category::Consistency,
        severity: Severity::Low,
        title: "The index states another number of parameters than its tensors have",
        impact: "Pages and tools that show the stated number show a wrong one.",
        hint: "Write the index anew from the shards.",
        references: &[],
        find: index_total_parameters,
    },
    Check {
        id: "weights-twice",
        category: Category::Consistency,
        severity: Severity::Low,
        title: "One file and its shards lie side by side",
        impact: "Loaders choose one of them, not all the same one.",
        hint: "Keep the one that the index or the card speaks of.",
        references: &[],
        find: weights_twice,
    },
    Check {
        id: "weight-sets-differ",
        category: Category::Consistency,
        severity: Severity::Medium,
        title: "Copies of the weights hold different tensors",
        impact: "What is loaded depends on the format that the loader prefers.",
        hint: "Ask the publisher which copy is meant, and use that one alone.",
        references: &[],
        find: weight_sets_differ,
    },
    Check {
        id: "size-claim-disagrees",
        category: Category::Consistency,
        severity: Severity::Low,
        title: "The name claims another size than the weights have",
        impact: "It may be another model than it is called.",
        hint: "Compare with the publisher's own listing.",
        references: &[],
        find: size_claim_disagrees,
    },
];

/// Names that a message shows before it says how many more there are.
const SHOWN: usize = 4;

/// Names in words: the first few, and how many more.
pub(super) fn listed<T: std::fmt::Display>(names: &[T]) -> String {
    let shown: Vec<String> = names.iter().take(SHOWN).map(|it| cut(it.to_string())).collect();
    match names.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// A text that a reader will still read, cut in its middle where it is longer.
fn cut(text: String) -> String {
    const KEPT: usize = 120;
    let length = text.chars().count();
    if length <= 2 * KEPT + 1 {
        return text;
    }
    let begin = text.chars().take(KEPT);
    begin.chain(['…']).chain(text.chars().skip(length - KEPT)).collect()
}

/// `1 tensor`, `2 tensors`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Names in words, collapsed by layer.
fn collapsed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    listed::<Pattern>(&collapse(names.map(|name| (name, ()))))
}

/// The indexes that were held against their shards, each with its own file.
fn indexes<'a>(
    case: &'a Case,
) -> impl Iterator<Item = (&'a Indexed, &'a Artifact, &'a ShardIndex)> {
    case.sets.indexes.iter().filter_map(|indexed| {
        let (artifact, index) = case.facts.index(indexed.artifact)?;
        Some((indexed, artifact, index))
    })
}

fn shard_missing(case: &Case) -> Vec<Found> {
    let mut found = Vec::new();
    for (indexed, artifact, index) in indexes(case) {
        let absent = |shard: usize| indexed.shards.get(shard) == Some(&Shard::Absent);
        let shards = index.weight_map.shards().iter().enumerate();
        let names: Vec<&String> =
            shards.filter(|(shard, _)| absent(*shard)).map(|(_, name)| name).collect();
        if names.is_empty() {
            continue;
        }
        let lost = index.weight_map.rows().filter(|(_, shard)| absent(*shard)).count();
        let message = format!(
            "{} of {} that the index names are not here, with {}: {}",
            names.len(),
            counted(indexed.shards.len(), "shard"),
            counted(lost, "tensor"),
            listed(&names)
        );
        found.push(Found::at(Place::file(&artifact.path), message));
    }
    found.extend(gaps(case));
    found
}

/// Numbers left out where names say `-of-00003` and no index speaks of them.
fn gaps(case: &Case) -> Vec<Found> {
    let facts = case.facts;
    let known: HashSet<String> = indexes(case)
        .flat_map(|(_, artifact, index)| {
            index.weight_map.shards().iter().map(|shard| artifact.beside(shard))
        })
        .collect();
    let mut families: BTreeMap<(&str, String, u64), BTreeSet<u64>> = BTreeMap::new();
    let mut firsts: BTreeMap<(&str, String, u64), &Artifact> = BTreeMap::new();
    let weights = facts.weights().filter(|(_, artifact, _)| !known.contains(&artifact.path));
    for (_, artifact, _) in weights {
        let Some((stem, number, total)) = numbering(artifact.name()) else {
            continue;
        };
        let family = (artifact.folder(), stem, total);
        firsts.entry(family.clone()).or_insert(artifact);
        families.entry(family).or_default().insert(number);
    }
    let gap = |((_, _, total), numbers): (&(&str, String, u64), &BTreeSet<u64>)| {
        let start = u64::from(!numbers.contains(&0));
        let have = u64::try_from(numbers.len()).unwrap_or(u64::MAX);
        let lack = total.checked_sub(have).filter(|lack| *lack > 0)?;
        let first = (start..=*total).find(|number| !numbers.contains(number))?;
        Some(format!(
            "{lack} of the {total} parts that the names count are not here, part {first} first"
        ))
    };
    let found = |(family, numbers)| {
        let message = gap((family, numbers))?;
        Some(Found::at(Place::file(&firsts.get(family)?.path), message))
    };
    families.iter().filter_map(found).collect()
}

/// Whether every file of weights that should be here is here and was read in full.
pub(super) fn all_here(case: &Case) -> bool {
    let weights = case.facts.artifacts.iter().filter(|it| it.kind == FileKind::Weights);
    let read =
        |it: &Artifact| it.unreadable.is_none() && !matches!(it.contents, Contents::Pointer(_));
    shard_missing(case).is_empty() && weights.into_iter().all(read)
}

fn index_tensor_missing(case: &Case) -> Vec<Found> {
    let lossy = indexes(case).filter(|(indexed, ..)| !indexed.missing.is_empty());
    let found = lossy.map(|(indexed, artifact, _)| {
        let count = counted(indexed.missing.len(), "tensor");
        let names = collapsed(indexed.missing.iter().map(String::as_str));
        let message = format!("{count} in the index and in no shard: {names}");
        Found::at(Place::file(&artifact.path), message)
    });
    found.collect()
}

fn index_tensor_misplaced(case: &Case) -> Vec<Found> {
    let found = indexes(case).filter_map(|(indexed, artifact, _)| {
        let first = indexed.misplaced.first()?;
        let message = format!(
            "{} in another shard than the index says: {} is in {}, not in {}",
            counted(indexed.misplaced.len(), "tensor"),
            first.tensor,
            first.real,
            first.stated
        );
        Some(Found::at(Place::file(&artifact.path).tensor(&first.tensor), message))
    });
    found.collect()
}

fn tensor_not_indexed(case: &Case) -> Vec<Found> {
    let mut found = Vec::new();
    for (indexed, artifact, _) in indexes(case) {
        for (shard, unnamed) in &indexed.unnamed {
            let count = counted(unnamed.len(), "tensor");
            let names = collapsed(unnamed.iter().map(String::as_str));
            let message = format!("{count} that {} does not name: {names}", artifact.path);
            found.push(Found::at(Place::file(&case.facts.artifacts[*shard].path), message));
        }
    }
    found
}

fn index_total_size(case: &Case) -> Vec<Found> {
    let found = |(indexed, artifact, index): (&Indexed, &Artifact, &ShardIndex)| {
        let stated = index.total_size.filter(|_| indexed.is_whole())?;
        let (mut stored, mut by_name, mut files) = (0_u64, 0_u64, 0_u64);
        for shard in indexed.listed() {
            files = files.saturating_add(case.facts.artifacts[shard].len);
            let mut before = None;
            for tensor in case.facts.weight_file(shard).into_iter().flat_map(tensors) {
                by_name = by_name.saturating_add(tensor.len());
                // Two names for the same bytes take them once.
                if before.is_none_or(|it| it != &tensor.bytes) {
                    stored = stored.saturating_add(tensor.len());
                }
                before = Some(&tensor.bytes);
            }
        }
        if stated == stored || stated == by_name {
            return None;
        }
        let files = if stated == files {
            ", and total_size is that of the files"
        } else {
            ""
        };
        let message = format!("total_size is {stated} bytes, the tensors take {stored}{files}");
        Some(Found::at(Place::file(&artifact.path).key("metadata.total_size"), message))
    };
    indexes(case).filter_map(found).collect()
}

fn index_total_parameters(case: &Case) -> Vec<Found> {
    let found = |(indexed, artifact, index): (&Indexed, &Artifact, &ShardIndex)| {
        let stated = index.total_parameters.filter(|_| indexed.is_whole())?;
        let shard = indexed.listed().next()?;
        let set = case.sets.sets.iter().find(|set| set.files.contains(&shard))?;
        let counts = [set.parameters, set.elements, set.main_parameters()];
        if counts.contains(&Some(stated)) {
            return None;
        }
        let (logical, stored) = (set.parameters?, set.elements?);
        let message = format!(
            "total_parameters is {stated}, the tensors hold {logical} parameters in {stored} elements"
        );
        Some(Found::at(Place::file(&artifact.path).key("metadata.total_parameters"), message))
    };
    indexes(case).filter_map(found).collect()
}

fn weights_twice(case: &Case) -> Vec<Found> {
    let models = || case.sets.sets.iter().filter(|set| set.nature == Nature::Model);
    let mut found = Vec::new();
    for single in models() {
        let [file] = single.files[..] else {
            continue;
        };
        let artifact = &case.facts.artifacts[file];
        let like = |set: &&WeightSet| {
            set.files.len() > 1
                && (set.folder.as_str(), set.format, set.label.as_str())
                    == (single.folder.as_str(), single.format, single.label.as_str())
        };
        if numbering(artifact.name()).is_none()
            && let Some(shards) = models().find(like)
        {
            let count = counted(shards.files.len(), "shard");
            found.push(Found::at(
                Place::file(&artifact.path),
                format!("{count} of the same name lie beside it"),
            ));
        }
    }
    found
}

/// Names of parameters with the shapes they stand for.
type Shapes = HashMap<String, Option<Vec<u64>>>;

fn weight_sets_differ(case: &Case) -> Vec<Found> {
    let mut found = Vec::new();
    let comparable = |set: &&WeightSet| {
        let format = set.format.to_ascii_lowercase();
        set.nature == Nature::Model
            && ["safetensors", "torch", "pickle"].iter().any(|it| format.contains(it))
    };
    let mut firsts: BTreeMap<&str, (&WeightSet, Shapes)> = BTreeMap::new();
    let mut folders: BTreeMap<&str, usize> = BTreeMap::new();
    for set in case.sets.sets.iter().filter(comparable) {
        *folders.entry(set.folder.as_str()).or_default() += 1;
    }
    let several = |set: &&WeightSet| folders.get(set.folder.as_str()).is_some_and(|n| *n > 1);
    for set in case.sets.sets.iter().filter(comparable).filter(several) {
        let parameters = logical(case.facts, set);
        let shapes: Shapes = parameters
            .iter()
            .map(|it| (it.name.to_string(), it.shape.clone().map(Cow::into_owned)))
            .collect();
        let Some((first, known)) = firsts.get(set.folder.as_str()) else {
            firsts.insert(&set.folder, (set, shapes));
            continue;
        };
        let shared = shapes.keys().filter(|name| known.contains_key(*name)).count();
        if shared * 2 < known.len().max(shapes.len()) {
            continue;
        }
        // A tied head, or a second name of the embedding, may be left out of either.
        let only = |some: &Shapes, other: &Shapes| {
            let lone = some.keys().filter(|name| !other.contains_key(*name) && !is_end(name));
            let mut lone: Vec<String> = lone.cloned().collect();
            lone.sort_unstable();
            lone
        };
        let other = |(name, shape): &(&String, &Option<Vec<u64>>)| {
            known.get(*name).is_some_and(|it| it.is_some() && shape.is_some() && it != *shape)
        };
        let mut reshaped: Vec<&str> =
            shapes.iter().filter(other).map(|(name, _)| name.as_str()).collect();
        reshaped.sort_unstable();
        let (here, there) = (only(&shapes, known), only(known, &shapes));
        let mut parts = Vec::new();
        for (names, words) in [(here, "only in it"), (there, "not in it")] {
            if !names.is_empty() {
                let list = collapsed(names.iter().map(String::as_str));
                parts.push(format!("{} {words}: {list}", counted(names.len(), "tensor")));
            }
        }
        if !reshaped.is_empty() {
            let count = counted(reshaped.len(), "tensor");
            parts.push(format!("{count} of another shape: {}", collapsed(reshaped.into_iter())));
        }
        if let (false, Some(file)) = (parts.is_empty(), set.files.first()) {
            let message = format!("{} against {}: {}", set.id, first.id, parts.join("; "));
            found.push(Found::at(Place::file(&case.facts.artifacts[*file].path), message));
        }
    }
    found
}

fn size_claim_disagrees(case: &Case) -> Vec<Found> {
    let Some(primary) = case.sets.primary().filter(|set| set.nature == Nature::Model) else {
        return Vec::new();
    };
    let name = &case.facts.release.name;
    let name = name.rsplit('/').next().unwrap_or(name);
    let counts = case.sets.sets.iter().filter(|set| set.nature == Nature::Model);
    let counts: BTreeSet<u64> =
        counts.flat_map(|set| [set.parameters, set.main_parameters()]).flatten().collect();
    let Some(count) = primary.main_parameters().filter(|count| *count > 0) else {
        return Vec::new();
    };
    let wrong = |claim: &crate::sets::claims::Claim| {
        claim.of != ClaimOf::Active && !counts.iter().any(|count| agrees(claim, *count))
    };
    let found = |claim: crate::sets::claims::Claim| {
        let message = format!("the name says {}, the weights hold {count} parameters", claim.value);
        Found::of_all(message).confidence(Confidence::Likely)
    };
    // Weights that are not all here are counted short.
    let whole = all_here(case);
    claims(name).into_iter().filter(|claim| whole && wrong(claim)).map(found).collect()
}

#[cfg(test)]
#[path = "weights_tests.rs"]
mod tests;
