//! The models that a release says it was made from, and what is known of their licenses.

use crate::{
    facts::{Artifact, Config, Contents, Facts, Node},
    licenses::{self, Known},
    words::Place,
};

/// A model that this one was made from, as its files say.
#[derive(Clone, Debug)]
pub struct Base {
    /// As written: a repo id, a bare name, a path.
    pub id: String,
    /// `finetune`, `adapter`, `quantized`, `merge`, where a file says which.
    pub relation: Option<String>,
    /// Where it is named.
    pub at: Place,
    /// The license that a well-known model of this name was published under. Its text is not here.
    pub known: Option<Known>,
}

/// Every base that a release names: by its card, its adapters' configs, its GGUF files, and the name
/// under which its config was saved.
pub(super) fn gather(facts: &Facts) -> Vec<Base> {
    let mut found: Vec<Base> = of_card(facts);
    for (artifact, config) in facts.configs() {
        let row = match artifact.name() {
            "adapter_config.json" => Some(("base_model_name_or_path", Some("adapter"))),
            "config.json" if artifact.depth() == 0 => Some(("_name_or_path", None)),
            _ => None,
        };
        found.extend(row.and_then(|(key, relation)| of_config(artifact, config, key, relation)));
    }
    for artifact in &facts.artifacts {
        if let Contents::Weights(file) = &artifact.contents {
            let named = file.metadata.iter().filter(|(key, _)| {
                key.starts_with("general.base_model.") && key.ends_with(".repo_url")
            });
            found.extend(named.map(|(key, value)| {
                let id = value.trim_end_matches('/').rsplit("huggingface.co/").next();
                base(id.unwrap_or(value), None, Place::file(&artifact.path).key(key))
            }));
        }
    }
    // a release's own id is no base of it
    let own = facts.release.repo_id.as_deref().unwrap_or(&facts.release.name);
    found.retain(|base| base.id != own && base.id.rsplit('/').next() != Some(own));
    found
}

fn base(id: &str, relation: Option<&str>, at: Place) -> Base {
    Base {
        id: id.to_owned(),
        relation: relation.map(str::to_owned),
        at,
        known: licenses::of_model(id),
    }
}

fn of_card(facts: &Facts) -> Vec<Base> {
    let Some((artifact, card)) = facts.main_card() else {
        return Vec::new();
    };
    let relation = card.key("base_model_relation").and_then(|it| it.text());
    let named = card.key("base_model").into_iter().flat_map(Node::texts);
    named
        .map(|(line, id)| {
            base(id, relation, Place::file(&artifact.path).line(line).key("base_model"))
        })
        .collect()
}

/// A config's own word: for `_name_or_path` only where it is a repo id or a name, since most hold the
/// path of a folder on the machine where the model was saved.
fn of_config(
    artifact: &Artifact,
    config: &Config,
    key: &str,
    relation: Option<&str>,
) -> Option<Base> {
    let node = config.at(key)?;
    let id = node.text().filter(|it| !it.is_empty())?;
    let path = id.starts_with(['/', '.', '~']) || id.matches('/').count() > 1 || id.contains('\\');
    (relation.is_some() || !path)
        .then(|| base(id, relation, Place::file(&artifact.path).line(node.line).key(key)))
}
