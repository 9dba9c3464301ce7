//! Weight files in the bundles that they were made as: shards together, adapters and checkpoints apart.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    metadata::note,
    names::{checkpoint_folder, count, shard, stem, step},
};
use crate::{
    facts::{Artifact, Contents, Facts, ShardIndex, WeightFile, What, path_in},
    sets::{Indexed, Sets},
    words::{FileKind, Role},
};

/// Files that hold one copy of some weights.
pub(super) struct Bundle<'a> {
    /// The first of its files, for the place.
    pub(super) first: &'a Artifact,
    /// The format of its files, or what their kind is called.
    pub(super) format: &'a str,
    /// Files that are here and whole.
    pub(super) whole: u64,
    /// Files that are here and damaged, or not opened: why, in a clause.
    pub(super) damaged: Vec<(&'a Artifact, String)>,
    /// How many there should be, by their numbers or by an index.
    pub(super) of: Option<u64>,
    /// Tensors listed in them.
    pub(super) tensors: u64,
    /// Tensors that an index maps to a file which does not hold them.
    pub(super) misplaced: u64,
    /// What it is.
    pub(super) nature: Nature,
    /// The checkpoint it is, where its folder or name gives a step.
    pub(super) step: Option<u64>,
}

/// What a bundle holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Nature {
    /// A model, or a part of one that has its own folder.
    Parameters,
    /// Changes to another model.
    Adapter,
    /// A projector or the like, of use only with another model.
    Part,
    /// Not parameters: optimizer state, calibration data.
    Other,
}

impl Bundle<'_> {
    /// Whether all of it is here and whole.
    pub(super) fn complete(&self) -> bool {
        self.damaged.is_empty() && self.misplaced == 0 && self.whole >= self.of.unwrap_or(1)
    }

    /// `291 tensors in 2 safetensors shards`, and what is amiss.
    pub(super) fn saying(&self) -> String {
        let files = if self.of.is_some() { "shard" } else { "file" };
        let all = self.whole + self.damaged.len() as u64;
        let held = match (all, self.of) {
            (0, Some(of)) => format!("{} named, none is here", count(of, files)),
            (n, Some(of)) if n < of => format!("{n} of {} are here", count(of, files)),
            (n, _) => count(n, &format!("{} {files}", self.format)),
        };
        let mut saying = match self.tensors {
            0 => held,
            n => format!("{} in {held}", count(n, "tensor")),
        };
        if let Some((artifact, why)) = self.damaged.first() {
            saying = format!("{saying}; {} {why}", artifact.name());
        }
        if self.misplaced > 0 {
            let misplaced = count(self.misplaced, "tensor");
            saying = format!("{saying}; {misplaced} not where the index says");
        }
        saying
    }
}

/// Every bundle of a release, by folder and name; files that an index names belong to its bundle.
pub(super) fn bundles<'a>(facts: &'a Facts, sets: &Sets) -> Vec<Bundle<'a>> {
    let files = weight_files(facts);
    let mut indexed: BTreeSet<&str> = BTreeSet::new();
    let mut bundles: Vec<Bundle> = Vec::new();
    for checked in &sets.indexes {
        let Some((artifact, index)) = facts.index(checked.artifact) else {
            continue;
        };
        let (bundle, named) = by_index(artifact, index, checked, &files);
        indexed.extend(named);
        bundles.push(bundle);
    }
    let mut grouped: BTreeMap<(&str, String), Vec<(usize, &Artifact)>> = BTreeMap::new();
    for (&path, &(at, artifact)) in files.iter().filter(|(path, _)| !indexed.contains(*path)) {
        let name = path.rsplit('/').next().unwrap_or(path);
        grouped.entry((artifact.folder(), group(name))).or_default().push((at, artifact));
    }
    bundles.extend(grouped.into_values().filter_map(|group| by_numbers(&group, sets)));
    bundles
}

/// What a file belongs to among the files of its folder: its stem where it is a numbered part.
fn group(name: &str) -> String {
    if let Some((stem, _, of)) = shard(name) {
        return format!("{stem} of {of}");
    }
    let mut parts: Vec<&str> = name.split('.').collect();
    let digits = |part: &&str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
    if parts.len() == 3 && parts.get(1).is_some_and(digits) {
        parts[1] = "*"; // consolidated.00.pth, consolidated.01.pth
    }
    parts.join(".")
}

/// Stems of files that a training run leaves behind beside its parameters.
pub(super) const STATES: &[&str] = &[
    "training_args",
    "optimizer",
    "optim",
    "scheduler",
    "rng_state",
    "scaler",
    "sampler",
];

/// Files of tensors, and files that are weights by kind and were not opened; by path.
fn weight_files(facts: &Facts) -> BTreeMap<&str, (usize, &Artifact)> {
    let files =
        facts.artifacts.iter().enumerate().filter(|(_, artifact)| match artifact.contents {
            Contents::Weights(_) => {
                let other = [FileKind::TrainingState, FileKind::Dataset, FileKind::Other];
                !other.contains(&artifact.kind) && !STATES.contains(&stem(&artifact.path).as_str())
            }
            Contents::Opaque => artifact.kind == FileKind::Weights,
            _ => false,
        });
    files.map(|(at, artifact)| (artifact.path.as_str(), (at, artifact))).collect()
}

fn tensors_of(artifact: &Artifact) -> Option<&WeightFile> {
    match &artifact.contents {
        Contents::Weights(file) => Some(file),
        _ => None,
    }
}

/// Why a file does not count as whole, in a clause; `None` where it does.
fn damage(artifact: &Artifact) -> Option<String> {
    use What::{
        DownloadIncomplete, FileChanged, HeaderInvalid, HtmlPage, ShardTruncated, TensorOutOfRange,
    };
    let bad = |what: What| {
        matches!(
            what,
            ShardTruncated
                | HeaderInvalid
                | TensorOutOfRange
                | DownloadIncomplete
                | HtmlPage
                | FileChanged
        )
    };
    if let Some(oddity) = artifact.oddities.iter().find(|oddity| bad(oddity.what)) {
        return Some(format!("is damaged: {}", oddity.saying));
    }
    match (&artifact.contents, &artifact.unreadable, artifact.format) {
        (Contents::Weights(file), None, _)
            if file.tensors.is_empty() && file.elsewhere.is_empty() =>
        {
            Some(EMPTY.to_owned())
        }
        (Contents::Weights(_), None, _) => None,
        (_, Some(why), _) => Some(format!("was not opened in full: {why}")),
        (_, None, Some(format)) => {
            Some(format!("is {format} by its first bytes and was not opened"))
        }
        (_, None, None) => Some("is named like weights and was not recognized".to_owned()),
    }
}

fn by_index<'a>(
    artifact: &'a Artifact,
    index: &'a ShardIndex,
    checked: &Indexed,
    files: &BTreeMap<&'a str, (usize, &'a Artifact)>,
) -> (Bundle<'a>, Vec<&'a str>) {
    let folder = artifact.folder();
    let joined = |name: &str| path_in(folder, name);
    let shards = index.weight_map.shards();
    let of = shards.len() as u64;
    let mut bundle = Bundle {
        first: artifact,
        format: "",
        whole: 0,
        damaged: Vec::new(),
        of: Some(of),
        tensors: 0,
        misplaced: (checked.missing.len() + checked.misplaced.len()) as u64,
        nature: Nature::Parameters,
        step: checkpoint_folder(&artifact.path).map(|(_, step)| step),
    };
    let mut named = Vec::new();
    for shard in shards {
        let Some((&path, &(_, file))) = files.get_key_value(joined(shard).as_str()) else {
            continue;
        };
        named.push(path);
        if bundle.whole == 0 && bundle.damaged.is_empty() {
            bundle.first = file;
            bundle.format = file.format.unwrap_or("weight");
        }
        bundle.tensors += tensors_of(file).map_or(0, |file| file.tensors.len() as u64);
        match damage(file) {
            Some(why) => bundle.damaged.push((file, why)),
            None => bundle.whole += 1,
        }
    }
    (bundle, named)
}

fn by_numbers<'a>(group: &[(usize, &'a Artifact)], sets: &Sets) -> Option<Bundle<'a>> {
    let &(_, first) = group.first()?;
    let mut bundle = Bundle {
        first,
        format: first.format.unwrap_or("weight"),
        whole: 0,
        damaged: Vec::new(),
        of: shard(first.name()).map(|(_, _, of)| of),
        tensors: 0,
        misplaced: 0,
        nature: Nature::Other,
        step: checkpoint_folder(&first.path).map(|(_, step)| step),
    };
    for &(at, artifact) in group {
        if let Some(file) = tensors_of(artifact) {
            bundle.tensors += file.tensors.len() as u64;
            bundle.tensors += file.elsewhere.iter().map(|(_, rows)| rows.len() as u64).sum::<u64>();
            bundle.nature = bundle.nature.min(nature(file, sets.roles.get(&at)));
        } else {
            bundle.nature = Nature::Parameters;
        }
        match damage(artifact) {
            Some(why) => bundle.damaged.push((artifact, why)),
            None => bundle.whole += 1,
        }
    }
    if bundle.of.is_some() && bundle.tensors > 0 {
        // The first of several parts may hold nothing but notes.
        let empty = bundle.damaged.iter().filter(|(_, why)| why == EMPTY).count();
        bundle.whole += empty as u64;
        bundle.damaged.retain(|(_, why)| why != EMPTY);
    }
    Some(bundle)
}

/// Of a weight file that was opened and has none.
const EMPTY: &str = "lists no tensors";

/// Parts of tensor names that only adapters have.
const ADAPTER_PARTS: &[&str] = &[
    "lora",
    "lokr",
    "hada",
    "oft_",
    "ia3",
    "prompt_embeddings",
    "adapter_",
    "dora",
    "boft",
    "vera_",
];

fn nature(file: &WeightFile, roles: Option<&Vec<Role>>) -> Nature {
    match note(file, "general.type") {
        Some("adapter") => return Nature::Adapter,
        Some("mmproj") => return Nature::Part,
        Some("imatrix") => return Nature::Other,
        _ => {}
    }
    let learned = |role: &Role| matches!(role, Role::Parameter | Role::Quantization);
    if roles.is_some_and(|roles| !roles.is_empty() && !roles.iter().any(learned)) {
        return Nature::Other;
    }
    let of_adapter = |name: &str| ADAPTER_PARTS.iter().any(|part| name.contains(part));
    let named = !file.tensors.is_empty()
        && file.tensors.iter().all(|tensor| of_adapter(&tensor.name.to_ascii_lowercase()));
    if named || note(file, "ss_network_module").is_some() {
        Nature::Adapter
    } else {
        Nature::Parameters
    }
}

/// The base that an adapter is for, as a configuration beside it or its own notes name it.
pub(super) fn base_of(facts: &Facts, adapter: &Artifact) -> Option<String> {
    let path = match adapter.folder() {
        "" => "adapter_config.json".to_owned(),
        folder => format!("{folder}/adapter_config.json"),
    };
    let config = facts.artifact(&path).and_then(|beside| match &beside.contents {
        Contents::Config(config) => Some(config),
        _ => None,
    });
    let named = config.and_then(|config| config.text("base_model_name_or_path"));
    let noted = || {
        let file = tensors_of(adapter)?;
        let keys = [
            "general.base_model.0.repo_url",
            "general.base_model.0.name",
            "ss_sd_model_name",
        ];
        keys.iter().find_map(|key| note(file, key))
    };
    let base = named.filter(|name| !name.trim().is_empty()).or_else(noted);
    let carded = || facts.cards().find_map(|(_, card)| card.key("base_model")?.texts().next());
    base.or_else(|| carded().map(|(_, name)| name)).map(str::to_owned)
}

/// Bundles that are a step along the way by their folder, or by a number in their names where
/// others of the same name carry other numbers or none. The highest such number in a release that
/// has no other weights is taken for its last state, and is not among these.
pub(super) fn along_the_way(bundles: &[Bundle]) -> Vec<bool> {
    let mut families: BTreeMap<(&str, String), BTreeSet<Option<u64>>> = BTreeMap::new();
    for bundle in bundles {
        families.entry(family(bundle)).or_default().insert(step(&stem(bundle.first.name())));
    }
    let finals = bundles.iter().any(|bundle| {
        bundle.step.is_none()
            && step(&stem(bundle.first.name())).is_none()
            && bundle.nature == Nature::Parameters
            && bundle.whole > 0
    });
    let by_name = |bundle: &Bundle| {
        let own = step(&stem(bundle.first.name()))?;
        let all = families.get(&family(bundle))?;
        let highest = all.iter().max().copied().flatten() == Some(own);
        Some(all.len() > 1 && (finals || !highest))
    };
    bundles
        .iter()
        .map(|bundle| bundle.step.is_some() || by_name(bundle).unwrap_or(false))
        .collect()
}

/// The folder and what is left of the name without digits.
fn family<'a>(bundle: &Bundle<'a>) -> (&'a str, String) {
    let name = stem(bundle.first.name());
    (bundle.first.folder(), name.chars().filter(|c| !c.is_ascii_digit()).collect())
}
