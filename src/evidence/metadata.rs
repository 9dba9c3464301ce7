//! Notes inside weight files, read as a card would be: `__metadata__` and GGUF key-value pairs.

use std::collections::BTreeMap;

use super::{Evidence, Rule};
use crate::{
    facts::{Facts, WeightFile},
    words::{
        Component::{
            self, DataCard, Datasets, ModelArchitecture, ModelCard, ModelMetadata, ResearchPaper,
        },
        Place,
        Presence::{self, Claimed, Partial, Present, Referenced},
    },
};

/// A key, as a pattern, and what a value under it shows.
struct Note {
    /// `*` stands for one part between dots.
    key: &'static str,
    component: Component,
    presence: Presence,
    /// What is put before the value.
    saying: &'static str,
}

#[rustfmt::skip]
const NOTES: &[Note] = &[
    Note { key: "general.architecture", component: ModelArchitecture, presence: Referenced, saying: "the architecture is named" },
    Note { key: "modelspec.architecture", component: ModelArchitecture, presence: Referenced, saying: "the architecture is named" },
    Note { key: "general.dataset.*.repo_url", component: Datasets, presence: Referenced, saying: "a data set is linked" },
    Note { key: "general.dataset.*.url", component: Datasets, presence: Referenced, saying: "a data set is linked" },
    Note { key: "general.dataset.*.doi", component: Datasets, presence: Referenced, saying: "a data set is identified" },
    Note { key: "general.dataset.*.name", component: Datasets, presence: Claimed, saying: "a data set is named" },
    Note { key: "ss_dataset_dirs", component: Datasets, presence: Claimed, saying: "folders of the training images are named" },
    Note { key: "ss_datasets", component: Datasets, presence: Claimed, saying: "the training images are counted" },
    Note { key: "ss_tag_frequency", component: DataCard, presence: Partial, saying: "tags of the training images are counted" },
    Note { key: "ss_learning_rate", component: ModelMetadata, presence: Present, saying: "training settings are recorded: learning rate" },
    Note { key: "general.doi", component: ResearchPaper, presence: Referenced, saying: "a DOI is given" },
    Note { key: "general.source.doi", component: ResearchPaper, presence: Referenced, saying: "a DOI is given" },
    Note { key: "general.description", component: ModelCard, presence: Partial, saying: "a description stands in the weight file" },
    Note { key: "modelspec.description", component: ModelCard, presence: Partial, saying: "a description stands in the weight file" },
];

/// What weight files' own notes say of a rule's component: each row and value once, at the first
/// file that has it, since every shard may repeat them.
pub(super) fn notes(rule: &Rule, facts: &Facts) -> Vec<Evidence> {
    let rows: Vec<&Note> = NOTES.iter().filter(|row| row.component == rule.component).collect();
    let mut seen: BTreeMap<(&str, &str), Evidence> = BTreeMap::new();
    for (_, artifact, file) in facts.weights().filter(|_| !rows.is_empty()) {
        for (key, value) in &file.metadata {
            let filled = !value.trim().is_empty() && value.len() >= least(rule.component);
            let row = rows.iter().find(|row| filled && fits(key, row.key));
            if let Some(row) = row {
                let at = Place::file(&artifact.path).key(key);
                let saying = format!("{}: {}", row.saying, quoted(value));
                let saw = rule.saw_at(row.presence, at, saying);
                seen.entry((row.key, value)).or_insert(saw);
            }
        }
    }
    seen.into_values().collect()
}

/// Shorter than this, in bytes, a value says nothing.
fn least(component: Component) -> usize {
    if component == ModelCard { 40 } else { 1 }
}

/// Whether a key fits a pattern in which `*` stands for one part between dots.
fn fits(key: &str, pattern: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else {
        return key == pattern;
    };
    let rest = key.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
    rest.is_some_and(|part| !part.is_empty() && !part.contains('.'))
}

/// A value in quotes, cut to a readable length.
pub(super) fn quoted(value: &str) -> String {
    const READABLE: usize = 80;
    let line: String = value.chars().take(READABLE).collect();
    let more = if line.len() < value.len() { "…" } else { "" };
    format!("\"{}{more}\"", line.trim())
}

/// A value of a weight file's notes, where it is not empty.
pub(super) fn note<'a>(file: &'a WeightFile, key: &str) -> Option<&'a str> {
    let value = file.metadata.get(key)?.trim();
    (!value.is_empty() && value != "None").then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_one_part_of_a_key() {
        assert!(fits("general.dataset.0.url", "general.dataset.*.url"));
        assert!(!fits("general.dataset.0.x.url", "general.dataset.*.url"));
        assert!(!fits("general.dataset.url", "general.dataset.*.url"));
        assert!(fits("general.doi", "general.doi") && !fits("general.doi2", "general.doi"));
    }
}
