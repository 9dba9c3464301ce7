//! Are the libraries that it needs named here?

use super::{Evidence, Rule, names::count};
use crate::{
    facts::{Contents, Facts},
    sets::Sets,
    words::{Component, Presence},
};

pub(super) const RULE: Rule = Rule {
    component: Component::SupportingLibraries,
    question: "Are the libraries and tools that were used named in the release?",
    ask: "Please publish a list of the libraries used in training and inference, with their versions.",
    gather,
};

fn gather(rule: &Rule, facts: &Facts, _: &Sets) -> Vec<Evidence> {
    let mut seen = rule.said(facts);
    seen.extend(facts.artifacts.iter().filter_map(|artifact| {
        let Contents::Libraries(libraries) = &artifact.contents else {
            return None;
        };
        let names = &libraries.named;
        let pinned = names.iter().filter(|(_, _, version)| version.is_some()).count();
        let first: Vec<&str> = names.iter().take(4).map(|(_, name, _)| name.as_str()).collect();
        (!names.is_empty()).then(|| {
            let total = count(names.len() as u64, "library").replace("librarys", "libraries");
            let saying = format!("names {total}, {pinned} with a version: {}", first.join(", "));
            rule.saw(Presence::Present, artifact, saying)
        })
    }));
    seen.extend(facts.configs().filter_map(|(artifact, config)| {
        let node =
            config.at("transformers_version").filter(|_| artifact.name() == "config.json")?;
        let at =
            crate::words::Place::file(&artifact.path).line(node.line).key("transformers_version");
        let version = node.text()?;
        let saying = format!("written by transformers {version}; that is no list of libraries");
        Some(rule.saw_at(Presence::Absent, at, saying))
    }));
    seen
}
