//! Is code that measures the model here?

use super::{
    Evidence, Rule, code,
    recipes::{self, Role},
};
use crate::{
    facts::Facts,
    sets::Sets,
    words::{Component, Place, Presence},
};

pub(super) const RULE: Rule = Rule {
    component: Component::EvaluationCode,
    question: "Is code that measures the model in the release?",
    ask: "Please publish the code that produced the evaluation results, or the harness, its commit and its tasks.",
    gather,
};

fn gather(rule: &Rule, facts: &Facts, _: &Sets) -> Vec<Evidence> {
    let mut seen = rule.said(facts);
    seen.extend(code::shown(rule, facts, ": code that measures a model"));
    let tasks = facts.configs().filter_map(|(artifact, config)| {
        let told = recipes::recognize(&config.root)?;
        (told.recipe.role == Role::Evaluation).then(|| {
            let at = Place::file(&artifact.path).line(told.line);
            rule.saw_at(Presence::Partial, at, "the definition of an evaluation task for a harness")
        })
    });
    seen.extend(tasks);
    seen
}
