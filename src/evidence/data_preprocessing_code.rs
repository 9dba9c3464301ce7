//! Is code that prepares the data here?

use super::{Evidence, Rule, code};
use crate::{facts::Facts, sets::Sets, words::Component};

pub(super) const RULE: Rule = Rule {
    component: Component::DataPreprocessingCode,
    question: "Is code that collects, filters and prepares the training data in the release?",
    ask: "Please publish the code that collected, filtered, deduplicated and tokenized the training data.",
    gather,
};

fn gather(rule: &Rule, facts: &Facts, _: &Sets) -> Vec<Evidence> {
    let mut seen = rule.said(facts);
    seen.extend(code::shown(rule, facts, ": code that prepares data; nothing shows whose"));
    seen
}
