//! What the model is, as its configs, card and weights say.

use crate::{
    facts::Facts,
    report::{BaseModel, Framework, Model, Quantization, SizeClaim},
    sets::{
        Sets,
        claimed::{Claimed, claimed},
        recognize::active_parameters,
    },
    terms::{Base, Terms},
    words::Place,
};

pub(super) fn of(facts: &Facts, sets: &Sets, terms: &Terms) -> Model {
    let config = facts.config("config.json");
    let texts = |key: &str| {
        let node = config.and_then(|(_, config)| config.at(key));
        node.into_iter()
            .flat_map(|it| it.texts().map(|(_, text)| text.to_owned()))
            .collect::<Vec<_>>()
    };
    let primary = sets.primary();
    Model {
        architectures: texts("architectures"),
        model_type: texts("model_type").into_iter().next(),
        parameters: primary.and_then(|set| set.parameters),
        active_parameters: primary
            .and_then(|set| active_parameters(facts, set))
            .map(|it| it.parameters),
        parameters_claimed: sizes(facts, sets),
        dtypes: primary.map(|set| set.dtypes.clone()).unwrap_or_default(),
        quantization: primary.and_then(|set| set.quantization.as_ref()).map(quantization),
        config_check: sets.config.word().to_owned(),
        base_model: terms.bases.iter().map(base_model).collect(),
        frameworks: frameworks(facts),
    }
}

/// Sizes that the release's own name and card state, held against the count.
fn sizes(facts: &Facts, sets: &Sets) -> Vec<SizeClaim> {
    let size = |it: Claimed| SizeClaim {
        value: it.claim.value,
        at: it.at,
        agrees: it.agrees,
    };
    claimed(facts, sets).into_iter().map(size).collect()
}

fn quantization(it: &crate::sets::Quantization) -> Quantization {
    Quantization { method: it.method.clone(), bits: it.bits }
}

fn base_model(base: &Base) -> BaseModel {
    BaseModel {
        id: base.id.clone(),
        relation: base.relation.clone(),
        at: Some(base.at.clone()),
    }
}

/// Libraries that configs and the card name, with the versions they name.
fn frameworks(facts: &Facts) -> Vec<Framework> {
    const KEYS: &[(&str, &str, &str)] = &[
        ("config.json", "transformers_version", "transformers"),
        ("generation_config.json", "transformers_version", "transformers"),
        ("model_index.json", "_diffusers_version", "diffusers"),
        (
            "config_sentence_transformers.json",
            "__version__.sentence_transformers",
            "sentence-transformers",
        ),
        ("config_sentence_transformers.json", "__version__.transformers", "transformers"),
        ("config_sentence_transformers.json", "__version__.pytorch", "pytorch"),
    ];
    let mut found: Vec<Framework> = Vec::new();
    for &(file, key, name) in KEYS {
        let node =
            facts.config(file).and_then(|(artifact, config)| Some((artifact, config.at(key)?)));
        if let Some((artifact, node)) = node {
            let version = node.text().map(str::to_owned);
            let known = |it: &Framework| it.name == name && it.version == version;
            if !found.iter().any(known) {
                let at = Some(Place::file(&artifact.path).line(node.line).key(key));
                found.push(Framework { name: name.to_owned(), version, at });
            }
        }
    }
    if let Some((artifact, card)) = facts.main_card()
        && let Some(node) = card.key("library_name")
        && let Some(name) = node.text()
        && !found.iter().any(|it| it.name == name)
    {
        let at = Some(Place::file(&artifact.path).line(node.line).key("library_name"));
        found.push(Framework { name: name.to_owned(), version: None, at });
    }
    found
}
