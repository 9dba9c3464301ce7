//! Is code that runs the model here?

use super::{Evidence, Rule, code};
use crate::{facts::Facts, sets::Sets, words::Component};

pub(super) const RULE: Rule = Rule {
    component: Component::InferenceCode,
    question: "Is code that runs the model in the release?",
    ask: "Please publish the code that runs the model, or name the exact package and version that does.",
    gather,
};

fn gather(rule: &Rule, facts: &Facts, _: &Sets) -> Vec<Evidence> {
    let mut seen = rule.said(facts);
    seen.extend(code::shown(rule, facts, ": code that runs a model"));
    seen
}
