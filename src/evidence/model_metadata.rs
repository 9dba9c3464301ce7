//! Are the training configuration and what a run left behind here?

use super::{
    Evidence, Rule, code,
    names::{count, extension, stem},
    recipes::{self, Role},
};
use crate::{
    facts::{Act, Artifact, Contents, Facts},
    sets::Sets,
    words::{self, Component, FileKind, Place, Presence},
};

pub(super) const RULE: Rule = Rule {
    component: Component::ModelMetadata,
    question: "Are the training configuration or the state of a training run in the release?",
    ask: "Please publish the configuration of the training run: arguments, schedule, batch size, seeds, logs.",
    gather,
};

fn gather(rule: &Rule, facts: &Facts, _: &Sets) -> Vec<Evidence> {
    let mut seen = rule.said(facts);
    for (artifact, config) in facts.configs() {
        let Some(told) = recipes::recognize(&config.root) else {
            continue;
        };
        let name = told.recipe.name;
        let keys = told.keys.join("`, `");
        let (presence, adds) = match told.recipe.role {
            Role::Training | Role::State | Role::Merge => {
                (Presence::Present, format!("keys `{keys}`"))
            }
            Role::Inference => (Presence::Partial, "says nothing of the training".to_owned()),
            Role::Evaluation => continue,
        };
        let at = Place::file(&artifact.path).line(told.line);
        seen.push(rule.saw_at(presence, at, format!("{name}: {adds}")));
    }
    seen.extend(facts.artifacts.iter().filter_map(|artifact| left_behind(rule, artifact)));
    seen.extend(facts.artifacts.iter().filter_map(|artifact| beside_weights(rule, artifact)));
    for (artifact, code) in code::files(facts) {
        let set: Vec<_> = code.deeds_of(Act::SetsTraining).collect();
        if let Some(first) = set.first().filter(|_| set.len() > 1) {
            let words: Vec<&str> = set.iter().take(4).map(|deed| deed.words.as_str()).collect();
            let saying =
                format!("a launcher sets {} training arguments: {}", set.len(), words.join(", "));
            seen.push(rule.saw_at(Presence::Present, code::place(artifact, first), saying));
        }
    }
    seen
}

/// The state of an optimizer in the file of the weights, under a key of its own.
fn beside_weights(rule: &Rule, artifact: &Artifact) -> Option<Evidence> {
    let Contents::Weights(file) = &artifact.contents else {
        return None;
    };
    let mut states = file.apart.iter().filter(|it| it.role == words::Role::Optimizer).peekable();
    let key = states.peek()?.key.clone();
    let tensors: usize = states.map(|it| it.tensors.len()).sum();
    let saying =
        format!("the state of an optimizer, {}, under `{key}`", count(tensors as u64, "tensor"));
    (tensors > 0).then(|| rule.saw(Presence::Present, artifact, saying))
}

/// Files of a training run that are told by name and bytes: pickled arguments, optimizer state,
/// event logs.
fn left_behind(rule: &Rule, artifact: &Artifact) -> Option<Evidence> {
    let stem = stem(&artifact.path);
    let opened = artifact.format.is_some() || matches!(artifact.contents, Contents::Weights(_));
    let whole = artifact.len > 0 && artifact.unreadable.is_none();
    let saying = match stem.as_str() {
        "training_args" if opened => "pickled training arguments",
        "optimizer" | "optim" if opened => "the state of an optimizer",
        "scheduler" | "rng_state" | "scaler" if opened => return None,
        "events" if artifact.name().starts_with("events.out.tfevents.") && whole => {
            "a log of training events"
        }
        _ if artifact.kind == FileKind::TrainingState
            && opened
            && extension(&artifact.path) != "json" =>
        {
            "what a training run left behind"
        }
        _ => return None,
    };
    Some(rule.saw(Presence::Present, artifact, format!("{saying}, {} bytes", artifact.len)))
}
