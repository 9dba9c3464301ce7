//! Is a technical report here?

use super::{Evidence, Rule, papers};
use crate::{facts::Facts, sets::Sets, words::Component};

pub(super) const RULE: Rule = Rule {
    component: Component::TechnicalReport,
    question: "Is a technical report in the release?",
    ask: "Please publish a technical report on how the model was built and what it can do.",
    gather,
};

fn gather(rule: &Rule, facts: &Facts, _: &Sets) -> Vec<Evidence> {
    let mut seen = rule.said(facts);
    seen.extend(papers::shown(rule, facts));
    seen
}
