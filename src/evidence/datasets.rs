//! Is the data that it learned from here?

use super::{Evidence, Rule, data_rows};
use crate::{
    facts::Facts,
    sets::Sets,
    words::{Component, Place, Presence},
};

pub(super) const RULE: Rule = Rule {
    component: Component::Datasets,
    question: "Is the data that the model was trained on in the release?",
    ask: "Please publish the training data, or list every data set with an identifier, a version and its share.",
    gather,
};

fn gather(rule: &Rule, facts: &Facts, _: &Sets) -> Vec<Evidence> {
    let mut seen = rule.said(facts);
    seen.extend(data_rows::shown(
        rule,
        facts,
        "; nothing shows that the model was trained on them",
    ));
    seen.extend(facts.configs().flat_map(|(artifact, config)| {
        let saw = |line, key: &str, saying| {
            rule.saw_at(
                Presence::Referenced,
                Place::file(&artifact.path).line(line).key(key),
                saying,
            )
        };
        let info =
            artifact.name() == "dataset_info.json" || artifact.name() == "dataset_infos.json";
        let downloads = config.at("download_checksums").filter(|_| info);
        let first = downloads.and_then(|node| node.entries().first());
        let linked = first.map(|(url, node)| {
            saw(node.line, "download_checksums", format!("rows are elsewhere: {url}"))
        });
        linked.into_iter().chain(mixed(rule, artifact, config)).collect::<Vec<_>>()
    }));
    seen
}

/// Data sets that a training configuration names by repository.
fn mixed(
    rule: &Rule,
    artifact: &crate::facts::Artifact,
    config: &crate::facts::Config,
) -> Vec<Evidence> {
    let told = super::recipes::recognize(&config.root);
    if !told.is_some_and(|told| told.recipe.role == super::recipes::Role::Training) {
        return Vec::new();
    }
    let saw = |line, key: &str, id: &str| {
        let at = Place::file(&artifact.path).line(line).key(key);
        rule.saw_at(Presence::Referenced, at, format!("a training configuration names {id}"))
    };
    let mixer = config.at("dataset_mixer").map_or(&[][..], |node| node.entries());
    let mixer = mixer.iter().filter(|(id, _)| is_repo(id));
    let mixer = mixer.map(|(id, node)| saw(node.line, "dataset_mixer", id));
    let listed = config.at("datasets").map_or(&[][..], |node| node.items());
    let listed = listed.iter().filter_map(|item| {
        let id = item.get("path").unwrap_or(item).text().filter(|id| is_repo(id))?;
        Some(saw(item.line, "datasets", id))
    });
    let lone = ["dataset_name", "dataset"].into_iter().filter_map(|key| {
        let node = config.at(key)?;
        let id = node.text().filter(|id| is_repo(id))?;
        Some(saw(node.line, key, id))
    });
    mixer.chain(listed).chain(lone).take(64).collect()
}

/// Whether a text is `owner/name` and no path.
fn is_repo(id: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty()
            && part.len() < 97
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
            && !part.starts_with('.')
    };
    let parts: Vec<&str> = id.split('/').collect();
    let file = [".json", ".jsonl", ".parquet", ".csv", ".txt"].iter().any(|end| id.ends_with(end));
    parts.len() == 2 && parts.iter().all(|part| plain(part)) && !file && parts[0] != "data"
}
