//! `CycloneDX` 1.6 or 1.7: the release as an application, the model with its card first among its
//! components, then every file. What the release does not state is absent, never filler.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::{Output, Style, escape::visible, json::write_value, numbers, uri};
use crate::{
    report::{Artifact, BaseModel, License, Report},
    words::{FileKind, Presence},
};

pub(super) const OUTPUT: Output = Output {
    name: "cyclonedx",
    about: "CycloneDX 1.6 or 1.7, an SBOM with a model card",
    write,
};

/// The versions this writes; the first unless another is asked for.
const VERSIONS: [&str; 2] = ["1.6", "1.7"];
/// Findings that say that something of the release is not here.
const INCOMPLETE: &[&str] = &[
    "file-missing",
    "shard-missing",
    "shard-truncated",
    "lfs-pointer",
    "index-tensor-missing",
];

fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let asked = style.spec_version.as_deref().unwrap_or(VERSIONS[0]);
    let Some(version) = VERSIONS.iter().find(|version| **version == asked) else {
        let known = VERSIONS.join(" or ");
        let why = format!("no CycloneDX `{}` here: {known}", visible(asked));
        return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
    };
    write_value(&document(report, style, version), out)
}

fn document(report: &Report, style: &Style, version: &str) -> Value {
    let counted = report.artifacts.iter().filter(|file| file.kind != FileKind::Bookkeeping);
    let files: Vec<Value> = counted.map(|file| file_component(report, file, style)).collect();
    let refs: Vec<Value> = files.iter().map(|file| file["bom-ref"].clone()).collect();
    let model_ref = uri::purl(&report.release).unwrap_or_else(|| "model".to_owned());
    let mut components = vec![model(report, &model_ref)];
    components.extend(files);
    let mut metadata = json!({
        "tools": { "components": [{
            "type": "application",
            "name": report.tool.name,
            "version": report.tool.version,
        }] },
        "component": { "type": "application", "bom-ref": "release", "name": name(report) },
        "properties": metadata_properties(report),
    });
    if let Some(seconds) = style.time {
        metadata["timestamp"] = json!(uri::time(seconds));
    }
    let mut document = json!({
        "$schema": format!("http://cyclonedx.org/schema/bom-{version}.schema.json"),
        "bomFormat": "CycloneDX",
        "specVersion": version,
        "version": 1,
        "metadata": metadata,
        "components": components,
        "dependencies": [
            { "ref": "release", "dependsOn": [model_ref] },
            { "ref": model_ref, "dependsOn": refs },
        ],
        "compositions": [{ "aggregate": aggregate(report), "assemblies": ["release"] }],
    });
    if let Some(serial) = report.release.digest.as_deref().and_then(serial_number) {
        document["serialNumber"] = json!(serial);
    }
    document
}

fn name(report: &Report) -> &str {
    report.release.repo_id.as_ref().unwrap_or(&report.release.root)
}

/// A UUID (version 8) of the release's own digest, so that two runs agree.
fn serial_number(digest: &str) -> Option<String> {
    let hex = digest.get(..32).filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()))?;
    let (a, b, c, d, e) = (&hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..]);
    Some(format!("urn:uuid:{a}-{b}-8{c}-a{d}-{e}"))
}

/// Whether all of the release is here, as far as records say.
pub(super) fn aggregate(report: &Report) -> &'static str {
    let missing = |id: &str| INCOMPLETE.contains(&id);
    let counted = report.artifacts.iter().filter(|file| file.kind != FileKind::Bookkeeping);
    let matches = |file: &Artifact| file.recorded.iter().any(|record| record.result == "match");
    if report.findings.iter().any(|finding| missing(&finding.id)) {
        "incomplete"
    } else if report.totals.files > 0 && counted.map(matches).all(|matches| matches) {
        "complete"
    } else {
        "unknown"
    }
}

fn model(report: &Report, model_ref: &str) -> Value {
    let release = &report.release;
    let mut model = json!({
        "type": "machine-learning-model",
        "bom-ref": model_ref,
        "name": name(report).rsplit('/').next().unwrap_or_default(),
        "modelCard": model_card(report),
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
    if let Some(digest) = &release.digest {
        let method = json!({ "technique": "hash-comparison", "confidence": 1, "value": digest });
        model["evidence"] = json!({ "identity": [
            { "field": "hash", "confidence": 1, "concludedValue": digest, "methods": [method] },
        ] });
    }
    let licenses: Vec<Value> = report.licenses.iter().map(license).collect();
    if !licenses.is_empty() {
        model["licenses"] = Value::Array(licenses);
    }
    let references = references(report);
    if !references.is_empty() {
        model["externalReferences"] = Value::Array(references);
    }
    let ancestors: Vec<Value> = report.model.base_model.iter().map(ancestor).collect();
    if !ancestors.is_empty() {
        model["pedigree"] = json!({ "ancestors": ancestors });
    }
    model
}

fn model_card(report: &Report) -> Value {
    let mut parameters = Map::new();
    if let Some(family) = &report.model.model_type {
        parameters.insert("architectureFamily".to_owned(), json!(family));
    }
    if !report.model.architectures.is_empty() {
        let architectures = report.model.architectures.join(", ");
        parameters.insert("modelArchitecture".to_owned(), json!(architectures));
    }
    let mut properties = Vec::new();
    if let Some(count) = report.model.parameters {
        properties.push(property("parameters", &count.to_string()));
    }
    for (dtype, count) in &report.model.dtypes {
        properties.push(property(&format!("dtype:{dtype}"), &count.to_string()));
    }
    if let Some(packed) = &report.model.quantization {
        properties.push(property("quantization", &packed.method));
    }
    let mut card = Map::new();
    if !parameters.is_empty() {
        card.insert("modelParameters".to_owned(), Value::Object(parameters));
    }
    if !properties.is_empty() {
        card.insert("properties".to_owned(), Value::Array(properties));
    }
    Value::Object(card)
}

/// A license by its SPDX id where there is one, else by its name.
fn license(license: &License) -> Value {
    let mut of_it = match spdx::license_id(&license.spdx) {
        Some(id) => json!({ "id": id.name }),
        None if license.name.is_empty() => json!({ "name": license.id }),
        None => json!({ "name": license.name }),
    };
    let is_declared = !license.declared.is_empty();
    of_it["acknowledgement"] = json!(if is_declared { "declared" } else { "concluded" });
    json!({ "license": of_it })
}

/// Cards, license texts, papers and signatures of the release, with their digests.
fn references(report: &Report) -> Vec<Value> {
    let reference = |file: &Artifact| {
        let kind = match file.kind {
            FileKind::ModelCard => "model-card",
            FileKind::License => "license",
            FileKind::DataCard | FileKind::Paper => "documentation",
            FileKind::Evaluation => "quality-metrics",
            FileKind::Signature => "digital-signature",
            _ => return None,
        };
        let mut reference = json!({ "type": kind, "url": file_ref(file) });
        if let Some(sha256) = &file.sha256 {
            reference["hashes"] = json!([{ "alg": "SHA-256", "content": sha256 }]);
        }
        Some(reference)
    };
    report.artifacts.iter().filter_map(reference).collect()
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

fn file_ref(file: &Artifact) -> String {
    format!("file:{}", uri::path(&file.path))
}

fn file_component(report: &Report, file: &Artifact, style: &Style) -> Value {
    let mut properties = vec![
        property("size", &file.bytes.to_string()),
        property("kind", file.kind.word()),
    ];
    properties.extend(file.format.as_ref().map(|format| property("format", format)));
    let weights = report.weights.iter().find(|weights| style.all && weights.path == file.path);
    for tensor in weights.iter().flat_map(|weights| &weights.tensors) {
        let facts = format!("{} {}", tensor.dtype, numbers::shape(&tensor.shape));
        let digest = tensor.sha256.as_ref().map(|sha256| format!(" sha256:{sha256}"));
        let value = format!("{facts}{}", digest.unwrap_or_default());
        properties.push(property(&format!("tensor:{}", tensor.name), &value));
    }
    let mut component = json!({
        "type": "file",
        "bom-ref": file_ref(file),
        "name": file.path,
        "properties": properties,
    });
    if let Some(sha256) = &file.sha256 {
        component["hashes"] = json!([{ "alg": "SHA-256", "content": sha256 }]);
    }
    component
}

fn property(name: &str, value: &str) -> Value {
    json!({ "name": format!("weighbill:{name}"), "value": value })
}

/// What is here of each component and what was found, as words that other tools keep.
fn metadata_properties(report: &Report) -> Vec<Value> {
    let mut properties = vec![property("verdict", &report.verdict.summary)];
    for verdict in report.components.iter().filter(|it| it.presence != Presence::Absent) {
        let name = format!("component:{}", verdict.id);
        properties.push(property(&name, verdict.presence.word()));
    }
    properties
}
