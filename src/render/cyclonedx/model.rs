//! The model as a component, with its card.

use serde_json::{Map, Value, json};

use super::{file_ref, hashes, property};
use crate::{
    render::{
        sbom::{declared_expression, license_name, listed, name, said},
        uri,
    },
    report::{Artifact, BaseModel, License, Report, StatedResult},
    words::FileKind,
};

/// The model: what is known of it, and where that stands.
pub(super) fn component(report: &Report, model_ref: &str) -> Value {
    let release = &report.release;
    let mut model = json!({
        "type": "machine-learning-model",
        "bom-ref": model_ref,
        "name": name(report).rsplit('/').next().unwrap_or_default(),
        "modelCard": card(report),
    });
    let owner = release.repo_id.as_ref().and_then(|id| id.split_once('/'));
    if let Some((owner, _)) = owner {
        model["group"] = json!(owner);
    }
    if let Some(commit) = release.commit.as_ref().or(release.revision.as_ref()) {
        model["version"] = json!(commit);
    }
    if let Some(purl) = uri::purl(release) {
        model["purl"] = json!(purl);
    }
    let mut put = |member: &str, list: Vec<Value>| {
        if !list.is_empty() {
            model[member] = Value::Array(list);
        }
    };
    put("licenses", licenses(report));
    put("externalReferences", references(report));
    let evidence = evidence(report);
    if !evidence.is_empty() {
        model["evidence"] = Value::Object(evidence);
    }
    let ancestors: Vec<Value> = report.model.base_model.iter().map(ancestor).collect();
    if !ancestors.is_empty() {
        model["pedigree"] = json!({ "ancestors": ancestors });
    }
    model
}

/// The data sets that the card names, each a component. Their bytes are elsewhere.
pub(super) fn datasets(report: &Report) -> Vec<Value> {
    let mut named: Vec<&str> = Vec::new();
    for dataset in &report.model.datasets {
        if !named.contains(&dataset.id.as_str()) {
            named.push(&dataset.id);
        }
    }
    let component = |id: &str| {
        json!({
            "type": "data",
            "bom-ref": dataset_ref(id),
            "name": id,
            "data": [{ "type": "dataset", "name": id }],
        })
    };
    named.into_iter().map(component).collect()
}

fn dataset_ref(id: &str) -> String {
    format!("dataset:{}", uri::path(id))
}

/// What the release states of the model, in the places that the form has for it.
fn card(report: &Report) -> Value {
    let model = &report.model;
    let mut parameters = Map::new();
    let mut state = |key: &str, value: Value| parameters.insert(key.to_owned(), value);
    if let Some(task) = &model.task {
        state("task", json!(task));
    }
    if let Some(family) = &model.model_type {
        state("architectureFamily", json!(family));
    }
    if !model.architectures.is_empty() {
        state("modelArchitecture", json!(model.architectures.join(", ")));
    }
    let refs: Vec<Value> =
        datasets(report).iter().map(|it| json!({ "ref": it["bom-ref"] })).collect();
    if !refs.is_empty() {
        state("datasets", Value::Array(refs));
    }
    let mut properties = Vec::new();
    if let Some(count) = model.parameters {
        properties.push(property("parameters", &count.to_string()));
    }
    for (dtype, count) in &model.dtypes {
        properties.push(property(&format!("dtype:{dtype}"), &count.to_string()));
    }
    if let Some(packed) = &model.quantization {
        properties.push(property("quantization", &packed.method));
    }
    let mut card = Map::new();
    let mut part = |key: &str, value: Value| card.insert(key.to_owned(), value);
    if !parameters.is_empty() {
        part("modelParameters", Value::Object(parameters));
    }
    if !model.results.is_empty() {
        let metrics: Vec<Value> = model.results.iter().map(metric).collect();
        part("quantitativeAnalysis", json!({ "performanceMetrics": metrics }));
    }
    let mut considerations = Map::new();
    for (key, topic) in [
        ("useCases", "intended_use"),
        ("technicalLimitations", "limits"),
    ] {
        let words = said(report, topic);
        if !words.is_empty() {
            considerations.insert(key.to_owned(), json!(words));
        }
    }
    if !considerations.is_empty() {
        part("considerations", Value::Object(considerations));
    }
    if !properties.is_empty() {
        part("properties", Value::Array(properties));
    }
    Value::Object(card)
}

/// A number as the card states it, which nobody held against anything.
fn metric(result: &StatedResult) -> Value {
    let mut metric = json!({ "type": result.metric, "value": result.value });
    if let Some(dataset) = &result.dataset {
        metric["slice"] = json!(dataset);
    }
    metric
}

/// One expression where a file declares one of several ids; else each license by itself.
fn licenses(report: &Report) -> Vec<Value> {
    let expression = declared_expression(report).filter(|it| it.contains(" OR "));
    match expression {
        Some(expression) => {
            vec![json!({ "expression": expression, "acknowledgement": "declared" })]
        }
        None => report.licenses.iter().map(license).collect(),
    }
}

/// A license by its SPDX id where there is one, else by its name.
fn license(license: &License) -> Value {
    let mut of_it = match listed(license) {
        Some(id) => json!({ "id": id.name }),
        None => json!({ "name": license_name(license) }),
    };
    let is_declared = !license.declared.is_empty();
    of_it["acknowledgement"] = json!(if is_declared { "declared" } else { "concluded" });
    of_it["properties"] = json!([property("scope", license.scope.word())]);
    json!({ "license": of_it })
}

/// What shows the identity and the licenses: the digest of the whole, texts, places.
fn evidence(report: &Report) -> Map<String, Value> {
    let mut evidence = Map::new();
    if let Some(digest) = &report.release.digest {
        let method = json!({ "technique": "hash-comparison", "confidence": 1, "value": digest });
        let identity = json!({
            "field": "hash", "confidence": 1, "concludedValue": digest, "methods": [method],
        });
        evidence.insert("identity".to_owned(), json!([identity]));
    }
    let by_text = report.licenses.iter().filter(|it| it.texts.iter().any(|it| it.how == "whole"));
    let by_text: Vec<Value> = by_text
        .map(|it| {
            let mut seen = license(it);
            seen["license"]["acknowledgement"] = json!("concluded");
            seen
        })
        .collect();
    if !by_text.is_empty() {
        evidence.insert("licenses".to_owned(), Value::Array(by_text));
    }
    let places = report.licenses.iter().flat_map(|license| {
        let texts = license.texts.iter().filter_map(|text| text.at.as_ref());
        license.declared.iter().filter_map(|it| it.at.as_ref()).chain(texts)
    });
    let occurrences: Vec<Value> = places
        .map(|at| {
            let mut place = json!({ "location": at.path });
            if let Some(line) = at.line {
                place["line"] = json!(line);
            }
            place
        })
        .collect();
    if !occurrences.is_empty() {
        evidence.insert("occurrences".to_owned(), Value::Array(occurrences));
    }
    evidence
}

/// Where it came from, and the cards, license texts, papers and signatures of the release.
fn references(report: &Report) -> Vec<Value> {
    let mut references = Vec::new();
    if let Some(page) = uri::hub_page(&report.release) {
        references.push(json!({
            "type": "distribution",
            "url": page,
            "comment": "by the repo id that the local cache records; not fetched",
        }));
    }
    let reference = |file: &Artifact| {
        let kind = match file.kind {
            FileKind::ModelCard => "model-card",
            FileKind::License => "license",
            FileKind::DataCard | FileKind::Paper => "documentation",
            FileKind::Evaluation => "quality-metrics",
            FileKind::Signature => "digital-signature",
            _ => return None,
        };
        let mut reference = json!({ "type": kind, "url": file_ref(&file.path) });
        if let Some(sha256) = &file.sha256 {
            reference["hashes"] = hashes(sha256);
        }
        Some(reference)
    };
    references.extend(report.artifacts.iter().filter_map(reference));
    references
}

fn ancestor(base: &BaseModel) -> Value {
    let mut ancestor = json!({
        "type": "machine-learning-model",
        "name": base.id.rsplit('/').next().unwrap_or_default(),
    });
    if let Some((owner, _)) = base.id.split_once('/').filter(|(owner, _)| !owner.is_empty()) {
        ancestor["group"] = json!(owner);
    }
    if let Some(relation) = &base.relation {
        ancestor["properties"] = json!([property("relation", relation)]);
    }
    ancestor
}
