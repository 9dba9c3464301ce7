//! Placeholders: files that stand for others which are elsewhere.

use std::collections::BTreeMap;

use super::{
    Evidence, Rule, data_rows,
    names::{checkpoint_folder, count, extension, says, speaks_of, stem},
    parameters,
};
use crate::{
    facts::{Artifact, Contents, Facts},
    words::{Component, Presence},
};

/// Extensions that only weights have.
pub(super) const WEIGHTS: &[&str] = &[
    "safetensors",
    "gguf",
    "ggml",
    "pt",
    "pth",
    "ckpt",
    "msgpack",
    "ot",
    "h5",
    "onnx",
    "tflite",
    "pdparams",
    "nemo",
    "mlmodel",
    "engine",
    "params",
    "t7",
    "caffemodel",
    "llamafile",
];

/// Extensions that files of rows have.
const ROWS: &[&str] = &[
    "parquet", "jsonl", "arrow", "csv", "tsv", "tar", "zst", "tfrecord", "feather",
];

/// Git-lfs pointers where this rule's component should be: one piece of evidence a folder.
pub(super) fn standing_in(rule: &Rule, facts: &Facts) -> Vec<Evidence> {
    let mut folders: BTreeMap<&str, (&Artifact, u64, u64)> = BTreeMap::new();
    for artifact in &facts.artifacts {
        let Contents::Pointer(pointer) = &artifact.contents else {
            continue;
        };
        if of(&artifact.path) != Some(rule.component) {
            continue;
        }
        let entry = folders.entry(artifact.folder()).or_insert((artifact, 0, 0));
        entry.1 += 1;
        entry.2 = entry.2.saturating_add(pointer.len);
    }
    let saw = folders.into_values().map(|(first, files, bytes)| {
        let files = count(files, "git-lfs pointer");
        let saying = format!("{files} where the bytes should be; {bytes} bytes are promised");
        rule.saw(Presence::Pointer, first, saying)
    });
    saw.collect()
}

/// Which component the file at `path` would be, were its bytes here. A name decides, as nothing
/// else is here to ask.
pub(super) fn of(path: &str) -> Option<Component> {
    let extension = extension(path);
    let named = stem(path);
    let extension = extension.as_str();
    if parameters::STATES.contains(&named.as_str()) {
        return Some(Component::ModelMetadata);
    }
    if WEIGHTS.contains(&extension) || (extension == "bin" && !says(path, &["tokenizer", "vocab"]))
    {
        let inside = checkpoint_folder(path).is_some();
        return Some(if inside {
            Component::IntermediateParameters
        } else {
            Component::FinalParameters
        });
    }
    if extension == "pdf" {
        return match () {
            () if says(path, &["report"]) => Some(Component::TechnicalReport),
            () if says(path, &["paper", "arxiv"]) => Some(Component::ResearchPaper),
            () => None,
        };
    }
    if ROWS.contains(&extension) && !data_rows::not_data(path) {
        return Some(data_rows::component(path));
    }
    (extension == "py" && speaks_of(&named, &["modeling", "modelling"]))
        .then_some(Component::ModelArchitecture)
}
