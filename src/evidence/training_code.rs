//! Is code that trains here?

use super::{Evidence, Rule, code};
use crate::{facts::Facts, sets::Sets, words::Component};

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
    seen
}
