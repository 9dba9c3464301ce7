//! Is code that trains here?

use super::{Evidence, Rule, code};
use crate::{
    facts::{Act, Facts, Language},
    sets::Sets,
    words::{Component, Presence},
};

pub(super) const RULE: Rule = Rule {
    component: Component::TrainingCode,
    question: "Is code that trains the model in the release?",
    ask: "Please publish the training code that produced these weights, with the commit that was run.",
    gather,
};

fn gather(rule: &Rule, facts: &Facts, _: &Sets) -> Vec<Evidence> {
    let mut seen = rule.said(facts);
    seen.extend(code::shown(
        rule,
        facts,
        ": code that trains; nothing shows that it trained this model",
    ));
    for evidence in &mut seen {
        let launcher = code::files(facts).find(|(artifact, code)| {
            let here = evidence.at.as_ref().is_some_and(|at| at.path == artifact.path);
            here && code.language == Language::Shell && code.does(Act::Trains)
        });
        if launcher.is_some() && evidence.presence == Presence::Present {
            evidence.presence = Presence::Partial;
            let words = evidence.saying.split(": code").next().unwrap_or("").to_owned();
            evidence.saying = format!("{words}: a launcher of training, not the code that it runs");
        }
    }
    seen
}
