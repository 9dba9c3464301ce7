//! Files of rows: which are data to learn from, which to measure with, and which are neither.

use std::collections::BTreeMap;

use super::{
    Evidence, Rule,
    names::{checkpoint_folder, count, says, speaks_of, words},
    results::BENCHMARKS,
};
use crate::{
    facts::{Artifact, Contents, Data, Facts},
    words::{Component, Presence},
};

/// Words of a name whose rows are not data in the sense of a release's parts.
const NOT_DATA: &[&str] = &[
    "tokenizer",
    "tokenization",
    "vocab",
    "vocabulary",
    "merges",
    "merge",
    "index",
    "config",
    "token",
    "tokens",
    "spiece",
    "bpe",
    "labels",
    "label",
    "tags",
    "tag",
    "classes",
    "id2label",
    "leaderboard",
    "emissions",
    "log",
    "logs",
    "loss",
    "history",
    "metrics",
    "scores",
    "wandb",
    "manifest",
    "checksums",
    "revisions",
    "results",
    "result",
    "hyperparameters",
    "dictionary",
    "dict",
    "lexicon",
    "names",
    "requirements",
];

/// Names of columns that only logs, result tables and label lists have.
const NOT_COLUMNS: &[&str] = &[
    "loss",
    "train_loss",
    "eval_loss",
    "val_loss",
    "epoch",
    "step",
    "learning_rate",
    "lr",
    "accuracy",
    "acc",
    "f1",
    "tag_id",
    "emissions",
    "duration",
    "map50",
    "metrics/map50(b)",
    "benchmark",
    "metric",
    "bleu",
    "wer",
    "mmlu",
    "average",
    "energy_consumed",
    "global_step",
    "class_id",
    "label_id",
    "rank",
];

/// Whether a file named so holds no data of a release's parts, whatever its rows.
pub(super) fn not_data(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    says(name, NOT_DATA) || checkpoint_folder(path).is_some()
}

/// Whether the columns are those of a log, a table of results or a list of labels.
fn of_numbers(data: &Data) -> bool {
    let known =
        |column: &&String| NOT_COLUMNS.contains(&column.trim().to_ascii_lowercase().as_str());
    data.columns.iter().filter(known).count() > data.columns.len() / 4
}

/// Columns that hold what a model put out.
const OUTPUTS: &[&str] = &[
    "generation",
    "generations",
    "generated_text",
    "model_output",
    "output_text",
    "resps",
    "filtered_resps",
    "prediction",
    "predictions",
    "model_answer",
];

/// What rows of data at such a path are: to learn from, or to measure with.
pub(super) fn component(path: &str) -> Component {
    let measured = speaks_of(path, &["eval", "benchmark"])
        || words(path).iter().any(|word| BENCHMARKS.contains(&word.as_str()))
        || says(path, &["bench"]);
    if measured {
        Component::EvaluationData
    } else {
        Component::Datasets
    }
}

/// Data files by what they are.
pub(super) fn files(facts: &Facts) -> impl Iterator<Item = (&Artifact, &Data, Component)> {
    facts.artifacts.iter().filter_map(|artifact| {
        let Contents::Data(data) = &artifact.contents else {
            return None;
        };
        if of_outputs(&artifact.path, data) {
            return Some((artifact, data, Component::SampleOutputs));
        }
        let skip = not_data(&artifact.path) || of_numbers(data) || artifact.len == 0;
        (!skip).then(|| (artifact, data, component(&artifact.path)))
    })
}

fn of_outputs(path: &str, data: &Data) -> bool {
    let outputs =
        data.columns.iter().any(|column| OUTPUTS.contains(&column.to_ascii_lowercase().as_str()));
    outputs
        && speaks_of(
            path,
            &[
                "sample",
                "output",
                "generation",
                "prediction",
                "result",
                "eval",
                "response",
            ],
        )
}

/// Files of one folder and format, those that are named as samples apart.
type Folders<'a> = BTreeMap<(&'a str, &'static str, bool), Vec<(&'a Artifact, &'a Data)>>;

/// Words that name a part of the data put out for show.
const SAMPLES: &[&str] = &[
    "sample", "samples", "example", "examples", "demo", "subset", "tiny",
];

/// Evidence of a rule's component among the data files: one piece a folder and format.
pub(super) fn shown(rule: &Rule, facts: &Facts, adds: &str) -> Vec<Evidence> {
    let mut folders = Folders::new();
    for (artifact, data, of) in files(facts) {
        if of == rule.component {
            let key = (artifact.folder(), data.format, says(artifact.name(), SAMPLES));
            folders.entry(key).or_default().push((artifact, data));
        }
    }
    let weigh = |((_, format, some), files): (_, Vec<(&Artifact, &Data)>)| {
        let &(first, _) = files.first()?;
        let part = some && rule.component == Component::Datasets;
        let presence = if part {
            Presence::Partial
        } else {
            Presence::Present
        };
        let named = if part { "; named as a sample" } else { "" };
        Some(rule.saw(presence, first, format!("{}{named}{adds}", saying(format, &files))))
    };
    folders.into_iter().filter_map(weigh).collect()
}

/// `2 jsonl files of 60 bytes, 4 rows, columns text`.
fn saying(format: &str, files: &[(&Artifact, &Data)]) -> String {
    let bytes: u64 = files.iter().fold(0, |sum, (file, _)| sum.saturating_add(file.len));
    let rows: Option<u64> =
        files.iter().try_fold(0_u64, |sum, (_, data)| sum.checked_add(data.rows?));
    let all = count(files.len() as u64, &format!("{format} file"));
    let mut parts = vec![format!("{all} of {bytes} bytes")];
    parts.extend(rows.map(|rows| count(rows, "row")));
    let columns = files.first().map_or(&[][..], |(_, data)| &data.columns);
    if !columns.is_empty() {
        parts.push(format!(
            "columns {}",
            columns.iter().take(5).cloned().collect::<Vec<_>>().join(", ")
        ));
    }
    let compressed = matches!(format.rsplit_once('.'), Some((_, "gz" | "zst")));
    let unseen = if compressed {
        "; compressed, the rows were not looked at"
    } else {
        ""
    };
    parts.join(", ") + unseen
}
