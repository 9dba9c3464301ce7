//! Is the code of the network here?

use std::collections::BTreeSet;

use super::{Evidence, Rule, code};
use crate::{
    facts::{Artifact, Config, Facts},
    sets::Sets,
    words::{Component, Place, Presence},
};

pub(super) const RULE: Rule = Rule {
    component: Component::ModelArchitecture,
    question: "Is the code of the network itself in the release?",
    ask: "Please publish the code that defines the network, or name the exact package and version that does.",
    gather,
};

fn gather(rule: &Rule, facts: &Facts, _: &Sets) -> Vec<Evidence> {
    let mut seen = rule.said(facts);
    seen.extend(code::shown(rule, facts, ": code that defines a network"));
    let names: BTreeSet<&str> = facts.artifacts.iter().map(Artifact::name).collect();
    let configs = facts.configs();
    seen.extend(configs.flat_map(|(artifact, config)| named(rule, &names, artifact, config)));
    seen.extend(graphs(rule, facts));
    seen
}

/// What a model's configuration says of its class: a name in a library, or code elsewhere.
fn named(
    rule: &Rule,
    names: &BTreeSet<&str>,
    artifact: &Artifact,
    config: &Config,
) -> Vec<Evidence> {
    let mut seen = Vec::new();
    let at = |line| Place::file(&artifact.path).line(line);
    if let Some(node) = config.at("architectures") {
        for (line, class) in node.texts().take(8) {
            let saying = format!("`architectures` names {class}; a name, not the code");
            seen.push(rule.saw_at(Presence::Referenced, at(line).key("architectures"), saying));
        }
    } else if artifact.name() == "config.json"
        && let Some(node) = config.at("model_type")
        && let Some(kind) = node.text()
    {
        let saying = format!("`model_type` names {kind}; a name, not the code");
        seen.push(rule.saw_at(Presence::Referenced, at(node.line).key("model_type"), saying));
    }
    let class = config.at("_class_name").filter(|_| config.at("_diffusers_version").is_some());
    if let Some((line, class)) = class.and_then(|node| Some((node.line, node.text()?))) {
        let saying = format!("`_class_name` names {class}; a name, not the code");
        seen.push(rule.saw_at(Presence::Referenced, at(line).key("_class_name"), saying));
    }
    let mapped = config.at("auto_map").map_or(&[][..], |map| map.entries());
    for (key, node) in mapped.iter().filter(|(key, _)| key.starts_with("AutoModel")).take(8) {
        for (line, target) in node.texts() {
            let at = at(line).key(format!("auto_map.{key}"));
            if let Some((repo, class)) = target.split_once("--") {
                let saying = format!("`auto_map` takes {class} from the repository {repo}");
                seen.push(rule.saw_at(Presence::Referenced, at, saying));
            } else if let Some((module, _)) = target.split_once('.') {
                let file = format!("{module}.py");
                if !names.contains(file.as_str()) {
                    let saying = format!("`auto_map` names {file}, which is not here");
                    seen.push(rule.saw_at(Presence::Absent, at, saying));
                }
            }
        }
    }
    seen
}

/// Formats whose files hold the operations themselves. A graph is no source code, so it makes
/// nothing present; a reader who looks for the architecture should know of it.
const GRAPHS: &[&str] = &[
    "onnx",
    "tflite",
    "torchscript",
    "tensorflow-savedmodel",
    "openvino",
    "coreml",
];

fn graphs(rule: &Rule, facts: &Facts) -> Option<Evidence> {
    let graph =
        |artifact: &&Artifact| artifact.format.is_some_and(|format| GRAPHS.contains(&format));
    let first = facts.artifacts.iter().find(graph)?;
    let saying = "holds the graph of operations; that is not source code";
    Some(rule.saw(Presence::Absent, first, saying))
}
