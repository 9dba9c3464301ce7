//! Is the data that it was measured on here?

use super::{Evidence, Rule, data_rows};
use crate::{facts::Facts, sets::Sets, words::Component};

pub(super) const RULE: Rule = Rule {
    component: Component::EvaluationData,
    question: "Is the data that the model was evaluated on in the release?",
    ask: "Please publish the evaluation data, or name each benchmark with an identifier, its version and split.",
    gather,
};

fn gather(rule: &Rule, facts: &Facts, _: &Sets) -> Vec<Evidence> {
    let mut seen = rule.said(facts);
    seen.extend(data_rows::shown(rule, facts, ""));
    seen
}
