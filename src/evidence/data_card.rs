//! Is the data described here?

use super::{Evidence, Rule, cards, names::says};
use crate::{
    facts::{Contents, Facts, Form},
    sets::Sets,
    words::{Component, FileKind, Presence},
};

pub(super) const RULE: Rule = Rule {
    component: Component::DataCard,
    question: "Is the training data described in the release?",
    ask: "Please publish a data card: sources, size, languages, how it was collected, filtered and labeled.",
    gather,
};

/// Below this, in bytes of prose, a data card says too little to count as one.
const SOME_PROSE: usize = 300;

fn gather(rule: &Rule, facts: &Facts, _: &Sets) -> Vec<Evidence> {
    let mut seen = rule.said(facts);
    let of_data = facts.cards().filter(|(artifact, _)| artifact.kind == FileKind::DataCard);
    seen.extend(of_data.map(|(artifact, card)| {
        let body = cards::prose(card.body().map(|(_, line)| line));
        let (len, unfilled) = (body.len, body.unfilled);
        let presence = match len {
            0 => Presence::Absent,
            n if n < SOME_PROSE || unfilled * 40 > n => Presence::Partial,
            _ => Presence::Present,
        };
        let saying = match (len, unfilled) {
            (0, n) => format!("a template without content, {n} placeholders"),
            (n, 0) => format!("a card of its own for the data, {n} bytes of prose"),
            (n, of) => {
                format!("a card for the data, {n} bytes of prose, {of} placeholders unfilled")
            }
        };
        rule.saw(presence, artifact, saying)
    }));
    seen.extend(facts.artifacts.iter().filter_map(|artifact| match &artifact.contents {
        Contents::Document(document) if document.form == Form::Pdf => {
            let title = document.title.as_deref().unwrap_or("");
            let of = |words: &[&str]| says(artifact.name(), words) || says(title, words);
            let about = of(&["data", "datasheet", "training", "dataset"]);
            let card = about && of(&["card", "summary", "datasheet", "statement"]);
            card.then(|| {
                rule.saw(Presence::Present, artifact, "a PDF named as a description of the data")
            })
        }
        Contents::Config(_) if artifact.name() == "dataset_info.json" => {
            let saying = "the columns and sizes of a data set, no account of its making";
            Some(rule.saw(Presence::Partial, artifact, saying))
        }
        _ => None,
    }));
    seen
}
