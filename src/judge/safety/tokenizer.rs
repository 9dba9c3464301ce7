//! Tokenizers that contradict their own configuration.

use super::{Case, Check, Found, few};
use crate::{
    facts::{Contents, Node},
    words::{Category, Place, Severity},
};

pub(super) const CHECKS: &[Check] = &[Check {
    id: "tokenizer-differs",
    category: Category::Safety,
    severity: Severity::Medium,
    title: "A token that the tokenizer and its configuration spell differently",
    impact: "Loaders differ in which of the two they take, so that one reads a mark where another reads words.",
    hint: "Compare both with the tokenizer of the base model, and ask the publisher which is meant.",
    references: &[],
    find: differs,
}];

fn differs(case: &Case) -> Vec<Found> {
    let mut all = Vec::new();
    for artifact in &case.facts.artifacts {
        let Contents::Tokenizer(tokenizer) = &artifact.contents else {
            continue;
        };
        let beside = match artifact.folder() {
            "" => "tokenizer_config.json".to_owned(),
            folder => format!("{folder}/tokenizer_config.json"),
        };
        let Some((_, config)) = case.facts.config(&beside) else {
            continue;
        };
        let told = config.at("added_tokens_decoder").map_or(&[][..], Node::entries);
        let marks: std::collections::BTreeMap<u64, &str> =
            tokenizer.marks.iter().map(|(id, content)| (*id, content.as_str())).collect();
        let found = told.iter().filter_map(|(id, node)| {
            let here = marks.get(&id.parse().ok()?)?;
            let there = node.get("content").and_then(Node::text)?;
            (*here != there).then(|| {
                let message =
                    format!("token {id} is {there:?} here, and {here:?} in {}", artifact.name());
                Found::at(Place::file(&beside).line(node.line), message)
            })
        });
        all.extend(few(found.collect()));
    }
    all
}
