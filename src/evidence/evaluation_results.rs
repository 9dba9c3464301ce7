//! Are results of evaluations here?

use super::{
    Evidence, Rule,
    names::{count, extension, speaks_of},
    results,
};
use crate::{
    facts::{Artifact, Facts},
    sets::Sets,
    words::{Component, FileKind, Place, Presence},
};

pub(super) const RULE: Rule = Rule {
    component: Component::EvaluationResults,
    question: "Are results of evaluating the model in the release?",
    ask: "Please publish the evaluation results as numbers, with benchmark versions, splits and settings.",
    gather,
};

fn gather(rule: &Rule, facts: &Facts, _: &Sets) -> Vec<Evidence> {
    let mut seen = rule.said(facts);
    seen.extend(facts.configs().filter_map(|(artifact, config)| {
        if matches!(artifact.kind, FileKind::Tokenizer | FileKind::Index | FileKind::Record) {
            return None;
        }
        let results = results::recognize(&artifact.path, &config.root)?;
        let (name, value) = &results.first;
        let numbers = count(results.numbers, "number");
        let at = Place::file(&artifact.path).line(results.line);
        let saying = format!("{numbers} under names of metrics, the first `{name}`: {value}");
        Some(rule.saw_at(Presence::Present, at, saying))
    }));
    seen.extend(facts.artifacts.iter().filter(|artifact| is_chart(artifact)).map(|artifact| {
        rule.saw(
            Presence::Partial,
            artifact,
            "an image named after results; its numbers cannot be read",
        )
    }));
    seen
}

/// A picture whose name speaks of results.
fn is_chart(artifact: &Artifact) -> bool {
    const IMAGES: &[&str] = &["png", "jpg", "jpeg", "svg", "webp", "gif"];
    const WORDS: &[&str] = &[
        "benchmark",
        "result",
        "eval",
        "performance",
        "leaderboard",
        "score",
        "comparison",
    ];
    let image = IMAGES.contains(&extension(&artifact.path).as_str());
    image
        && artifact.len > 0
        && artifact.kind != FileKind::Pointer
        && speaks_of(artifact.name(), WORDS)
}
