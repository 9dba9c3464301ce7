//! What the model is, as its configs, card and weights say.

use crate::{
    facts::{Facts, Node, path_in},
    report::{
        Adapter, BaseModel, Framework, Memory, Model, NamedDataset, Quantization, Recognized,
        SizeClaim, StatedResult,
    },
    sets::{
        Sets, WeightSet, adapters,
        claimed::{Claimed, claimed},
        memory,
        recognize::{active_parameters, recognize},
    },
    terms::{Base, Terms},
    words::Place,
};

/// Values of a card that the report repeats, of each kind; the rest is for who reads the card.
const MOST_STATED: usize = 1000;

pub(super) fn of(facts: &Facts, sets: &Sets, terms: &Terms, context: Option<u64>) -> Model {
    let primary = sets.primary();
    let config = facts.config(&in_folder(primary, "config.json"));
    let texts = |key: &str| {
        let node = config.and_then(|(_, config)| config.at(key));
        node.into_iter()
            .flat_map(|it| it.texts().map(|(_, text)| text.to_owned()))
            .collect::<Vec<_>>()
    };
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
        recognized: primary.and_then(|set| recognized(facts, sets, set)),
        adapter: primary.and_then(|set| adapters::adapter(facts, set)).map(adapter),
        memory: primary.filter(|set| set.bytes > 0).map(|set| memory(facts, set, context)),
        task: facts
            .main_card()
            .and_then(|(_, card)| card.key("pipeline_tag")?.text().map(str::to_owned)),
        datasets: datasets(facts),
        results: results(facts),
    }
}

/// What the card's front matter names as trained on.
fn datasets(facts: &Facts) -> Vec<NamedDataset> {
    let Some((artifact, card)) = facts.main_card() else {
        return Vec::new();
    };
    let named = card.key("datasets").into_iter().flat_map(Node::texts);
    let named = named.filter(|(_, id)| !id.trim().is_empty());
    let dataset = |(line, id): (u32, &str)| NamedDataset {
        id: id.trim().to_owned(),
        at: Some(Place::file(&artifact.path).line(line).key("datasets")),
    };
    named.map(dataset).take(MOST_STATED).collect()
}

/// The numbers of the card's `model-index`.
fn results(facts: &Facts) -> Vec<StatedResult> {
    let Some((artifact, card)) = facts.main_card() else {
        return Vec::new();
    };
    let text = |node: &Node, key: &str| node.get(key).and_then(Node::text).map(str::to_owned);
    let models = card.key("model-index").map(Node::items).unwrap_or_default();
    let results = models.iter().filter_map(|it| it.get("results")).flat_map(Node::items);
    let stated = results.flat_map(|result| {
        let dataset = result.get("dataset");
        let dataset = dataset.and_then(|it| text(it, "name").or_else(|| text(it, "type")));
        let metrics = result.get("metrics").map(Node::items).unwrap_or_default();
        metrics.iter().filter_map(move |metric| {
            Some(StatedResult {
                metric: text(metric, "name").or_else(|| text(metric, "type"))?,
                value: text(metric, "value")?,
                dataset: dataset.clone(),
                at: Some(Place::file(&artifact.path).line(metric.line).key("model-index")),
            })
        })
    });
    stated.take(MOST_STATED).collect()
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

/// A file's path beside the primary weights; at the root where there are none.
fn in_folder(primary: Option<&WeightSet>, name: &str) -> String {
    path_in(primary.map_or("", |set| set.folder.as_str()), name)
}

/// Told only where no config has told it.
fn recognized(facts: &Facts, sets: &Sets, set: &WeightSet) -> Option<Recognized> {
    if sets.config.word() != "no_config" {
        return None;
    }
    recognize(facts, sets, set).map(|it| Recognized {
        model_types: it.model_types.into_iter().map(str::to_owned).collect(),
        reason: it.reason,
    })
}

fn adapter(it: adapters::Adapter) -> Adapter {
    Adapter {
        kind: it.kind.map(str::to_owned),
        ranks: it.ranks.into_iter().collect(),
        targets: it.targets.into_iter().collect(),
    }
}

fn memory(facts: &Facts, set: &WeightSet, context: Option<u64>) -> Memory {
    let it = memory::memory(facts, set, context);
    Memory {
        weights_bytes: it.stored,
        weights_bytes_at_16_bits: it.at_two_bytes,
        context: it.cache.map(|cache| cache.context),
        cache_bytes: it.cache.map(|cache| cache.bytes),
        assumptions: it.assumptions,
    }
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
