//! Is a research paper here, or named?

use super::{Evidence, Rule, papers};
use crate::{
    facts::{Contents, Facts, Form},
    sets::Sets,
    words::{Component, Place, Presence},
};

pub(super) const RULE: Rule = Rule {
    component: Component::ResearchPaper,
    question: "Is a research paper in the release, or named by it?",
    ask: "Please publish the paper, or its identifier, that covers data, training and evaluation.",
    gather,
};

fn gather(rule: &Rule, facts: &Facts, _: &Sets) -> Vec<Evidence> {
    let mut seen = rule.said(facts);
    seen.extend(papers::shown(rule, facts));
    for artifact in &facts.artifacts {
        let Contents::Document(document) = &artifact.contents else {
            continue;
        };
        if document.form == Form::Citation {
            seen.extend(document.identifiers.iter().take(8).map(|(line, id)| {
                let at = Place::file(&artifact.path).line(*line);
                rule.saw_at(Presence::Referenced, at, format!("the citation gives {id}"))
            }));
        }
    }
    seen
}
