//! From what a code file does to what it is in a release.

use super::{
    Evidence, Rule,
    names::{says, speaks_of, stem, words},
};
use crate::{
    facts::{Act, Artifact, Code, Contents, Deed, Facts, Language},
    words::{Component, Place, Presence},
};

/// Every code file and notebook that is not a test of itself.
pub(super) fn files(facts: &Facts) -> impl Iterator<Item = (&Artifact, &Code)> {
    facts.artifacts.iter().filter_map(|artifact| match &artifact.contents {
        Contents::Code(code) if !is_test(&artifact.path) => Some((artifact, code)),
        _ => None,
    })
}

/// Tests try code; they are none of the parts that a model needs.
fn is_test(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let folders = path.split('/').rev().skip(1);
    name.starts_with("test_")
        || name.ends_with("_test.py")
        || name == "conftest.py"
        || folders.into_iter().any(|folder| folder == "tests" || folder == "test")
}

/// The components that one file is part of, each with the act that shows it. A file that trains
/// is training code also where it measures as it goes; one that measures is not inference code.
pub(super) fn components(path: &str, code: &Code) -> Vec<(Component, Act)> {
    let mut components = Vec::new();
    let does = |act| code.does(act);
    if does(Act::DefinesModel) {
        components.push((Component::ModelArchitecture, Act::DefinesModel));
    }
    let measures =
        does(Act::Evaluates) && (!does(Act::Trains) || speaks_of(&stem(path), &["eval", "bench"]));
    if does(Act::Trains) {
        components.push((Component::TrainingCode, Act::Trains));
    }
    if measures {
        components.push((Component::EvaluationCode, Act::Evaluates));
    }
    if does(Act::Prepares) && !does(Act::Trains) && !measures {
        components.push((Component::DataPreprocessingCode, Act::Prepares));
    }
    let library = does(Act::DefinesModel) && !does_at_top(code);
    if does(Act::Runs) && !does(Act::Trains) && !measures && !library {
        components.push((Component::InferenceCode, Act::Runs));
    }
    components
}

/// A model's own class calls `generate` or `decode` of its parts as well; a file that defines a
/// network counts as inference code only where what it runs is loaded or asked for in it.
fn does_at_top(code: &Code) -> bool {
    let loads = [
        "from_pretrained(",
        "load_model(",
        "load_state_dict(",
        "pipeline(",
        "load(",
        "generate(",
    ];
    code.deeds_of(Act::Runs).any(|deed| loads.iter().any(|call| deed.words.ends_with(call)))
}

/// Evidence of a rule's component in every code file: the first deed of each file that shows it,
/// and stubs that hand on a module in its place.
pub(super) fn shown(rule: &Rule, facts: &Facts, adds: &str) -> Vec<Evidence> {
    let mut seen = Vec::new();
    for (artifact, code) in files(facts) {
        if let Some(module) = code.stub_of.as_deref() {
            if stands_for(&artifact.path) == Some(rule.component) {
                let saying =
                    format!("a stub that hands on `{module}`; the code is in that package");
                seen.push(rule.saw(Presence::Pointer, artifact, saying));
            }
            continue;
        }
        let of = components(&artifact.path, code);
        let Some((_, act)) = of.iter().find(|(component, _)| *component == rule.component) else {
            continue;
        };
        let mut deeds = code.deeds_of(*act);
        if let Some(first) = deeds.next() {
            let more = deeds.take(2).map(|deed| format!(", `{}`", deed.words));
            let words: String = std::iter::once(format!("`{}`", first.words)).chain(more).collect();
            let (presence, says) = match code.language {
                Language::Shell => (Presence::Partial, ": a launcher, not the code that it runs"),
                _ => (Presence::Present, adds),
            };
            seen.push(rule.saw_at(presence, place(artifact, first), format!("{words}{says}")));
        }
    }
    seen
}

/// Where a deed stands.
pub(super) fn place(artifact: &Artifact, deed: &Deed) -> Place {
    let at = Place::file(&artifact.path).line(deed.line);
    match deed.cell {
        Some(cell) => at.key(format!("cells.{cell}")),
        None => at,
    }
}

/// What a stub would be, were its code here: by its name, as it has nothing else.
fn stands_for(path: &str) -> Option<Component> {
    let stem = stem(path);
    if stem == "__init__" {
        return None;
    }
    let first = words(&stem).into_iter().next().unwrap_or_default();
    match first.as_str() {
        "modeling" | "modelling" | "model" | "network" => Some(Component::ModelArchitecture),
        "train" | "training" | "finetune" | "pretrain" | "sft" => Some(Component::TrainingCode),
        "generate" | "inference" | "infer" | "handler" | "predict" => {
            Some(Component::InferenceCode)
        }
        "eval" | "evaluate" | "evaluation" => Some(Component::EvaluationCode),
        "prepare" | "preprocess" | "dedup" => Some(Component::DataPreprocessingCode),
        _ => says(&stem, &["modeling"]).then_some(Component::ModelArchitecture),
    }
}
