//! Are examples of what it puts out here?

use std::collections::BTreeMap;

use super::{
    Evidence, Rule, data_rows,
    names::{count, extension},
};
use crate::{
    facts::{Artifact, Facts},
    sets::Sets,
    words::{Component, FileKind, Presence},
};

pub(super) const RULE: Rule = Rule {
    component: Component::SampleOutputs,
    question: "Are examples of the model's outputs in the release?",
    ask: "Please publish sample outputs with the prompts and settings that gave them.",
    gather,
};

/// Folders that hold outputs by convention.
const FOLDERS: &[&str] = &[
    "samples",
    "sample_outputs",
    "sample",
    "generations",
    "gallery",
    "showcase",
    "generated",
    "outputs",
];
/// What models put out: pictures, sound, film, text.
const MEDIA: &[&str] = &[
    "png", "jpg", "jpeg", "webp", "gif", "svg", "wav", "mp3", "flac", "ogg", "mp4", "webm", "glb",
    "obj", "txt", "md", "mid",
];

fn gather(rule: &Rule, facts: &Facts, _: &Sets) -> Vec<Evidence> {
    let mut seen = rule.said(facts);
    seen.extend(data_rows::shown(rule, facts, ""));
    let mut folders: BTreeMap<&str, (&Artifact, u64)> = BTreeMap::new();
    for artifact in facts.artifacts.iter().filter(|artifact| is_sample(artifact)) {
        folders.entry(artifact.folder()).or_insert((artifact, 0)).1 += 1;
    }
    seen.extend(folders.into_iter().map(|(folder, (first, files))| {
        let saying = format!("{} in a folder of samples, `{folder}`", count(files, "file"));
        rule.saw(Presence::Present, first, saying)
    }));
    seen
}

fn is_sample(artifact: &Artifact) -> bool {
    let folder = artifact.folder().rsplit('/').next().unwrap_or("").to_ascii_lowercase();
    let media = MEDIA.contains(&extension(&artifact.path).as_str());
    let readme = artifact.name().to_ascii_lowercase().starts_with("readme");
    artifact.len > 0
        && media
        && !readme
        && FOLDERS.contains(&folder.as_str())
        && !matches!(artifact.kind, FileKind::Pointer | FileKind::License | FileKind::Bookkeeping)
}
