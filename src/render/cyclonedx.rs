//! `CycloneDX` 1.6 or 1.7: the release as an application, the model with its card first among its
//! components, then the data sets that it names and every file. What the release does not state is
//! absent, never filler.

mod model;

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use serde_json::{Value, json};

use super::{
    Output, Style,
    escape::visible,
    json::write_value,
    numbers,
    sbom::{Extent, name},
    uri,
};
use crate::{
    report::{Artifact, Report, Weights},
    words::{FileKind, Presence},
};

pub(super) const OUTPUT: Output = Output {
    name: "cyclonedx",
    about: "CycloneDX 1.6 or 1.7, an SBOM with a model card",
    write,
};

/// The versions this writes; the first unless another is asked for.
const VERSIONS: [&str; 2] = ["1.6", "1.7"];

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
    let told = report.weights.iter().filter(|_| style.all);
    let weights: BTreeMap<&str, &Weights> = told.map(|it| (it.path.as_str(), it)).collect();
    let counted = report.artifacts.iter().filter(|file| file.kind != FileKind::Bookkeeping);
    let files: Vec<Value> = counted
        .map(|file| file_component(file, weights.get(file.path.as_str()).copied()))
        .collect();
    let datasets = model::datasets(report);
    let of_model = datasets.iter().chain(&files).map(|it| it["bom-ref"].clone());
    let of_model: Vec<Value> = of_model.collect();
    let model_ref = uri::purl(&report.release).unwrap_or_else(|| "model".to_owned());
    let mut components = vec![model::component(report, &model_ref)];
    components.extend(datasets);
    components.extend(files);
    let mut document = json!({
        "$schema": format!("http://cyclonedx.org/schema/bom-{version}.schema.json"),
        "bomFormat": "CycloneDX",
        "specVersion": version,
        "version": 1,
        "metadata": metadata(report, style),
        "components": components,
        "dependencies": [
            { "ref": "release", "dependsOn": [model_ref] },
            { "ref": model_ref, "dependsOn": of_model },
        ],
        "compositions": [{ "aggregate": aggregate(report), "assemblies": ["release"] }],
    });
    if let Some(serial) = report.release.digest.as_deref().and_then(serial_number) {
        document["serialNumber"] = json!(serial);
    }
    document
}

fn metadata(report: &Report, style: &Style) -> Value {
    let mut metadata = json!({
        "lifecycles": [{ "phase": "post-build" }],
        "tools": { "components": [{
            "type": "application",
            "name": report.tool.name,
            "version": report.tool.version,
        }] },
        "component": { "type": "application", "bom-ref": "release", "name": name(report) },
        "properties": properties(report),
    });
    // The form does not ask for a time, so none is taken from the clock.
    if let Some(seconds) = style.time.filter(|_| style.time_is_given) {
        metadata["timestamp"] = json!(uri::time(seconds));
    }
    metadata
}

/// What is here of each component and what was found, as words that other tools keep.
fn properties(report: &Report) -> Vec<Value> {
    let mut properties = vec![property("verdict", &report.verdict.summary)];
    for verdict in report.components.iter().filter(|it| it.presence != Presence::Absent) {
        let name = format!("component:{}", verdict.id);
        properties.push(property(&name, verdict.presence.word()));
    }
    properties
}

fn property(name: &str, value: &str) -> Value {
    json!({ "name": format!("weighbill:{name}"), "value": value })
}

/// A UUID (version 8) of the release's own digest, so that two runs agree.
fn serial_number(digest: &str) -> Option<String> {
    let hex = digest.get(..32).filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()))?;
    let part = |range: std::ops::Range<usize>| &hex[range];
    let (low, middle, high) = (part(0..8), part(8..12), part(13..16));
    let (clock, node) = (part(17..20), part(20..32));
    Some(format!("urn:uuid:{low}-{middle}-8{high}-a{clock}-{node}"))
}

fn aggregate(report: &Report) -> &'static str {
    match Extent::of(report) {
        Extent::Complete => "complete",
        Extent::Incomplete => "incomplete",
        Extent::Unknown => "unknown",
    }
}

fn file_ref(path: &str) -> String {
    format!("file:{}", uri::path(path))
}

fn hashes(sha256: &str) -> Value {
    json!([{ "alg": "SHA-256", "content": sha256 }])
}

/// A file; its tensors with it where they are given.
fn file_component(file: &Artifact, weights: Option<&Weights>) -> Value {
    let mut properties = vec![
        property("size", &file.bytes.to_string()),
        property("kind", file.kind.word()),
    ];
    properties.extend(file.format.as_ref().map(|format| property("format", format)));
    for tensor in weights.iter().flat_map(|weights| &weights.tensors) {
        let facts = format!("{} {}", tensor.dtype, numbers::shape(&tensor.shape));
        let digest = tensor.sha256.as_ref().map(|sha256| format!(" sha256:{sha256}"));
        let value = format!("{facts}{}", digest.unwrap_or_default());
        properties.push(property(&format!("tensor:{}", tensor.name), &value));
    }
    let mut component = json!({
        "type": "file",
        "bom-ref": file_ref(&file.path),
        "name": file.path,
        "properties": properties,
    });
    if let Some(sha256) = &file.sha256 {
        component["hashes"] = hashes(sha256);
    }
    component
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample;

    #[test]
    fn a_time_stands_only_where_it_is_given() {
        let mut style = Style { time: Some(0), ..Style::default() };
        assert!(metadata(&sample::tiny(), &style)["timestamp"].is_null());
        style.time_is_given = true;
        assert_eq!(metadata(&sample::tiny(), &style)["timestamp"], "1970-01-01T00:00:00Z");
    }

    #[test]
    fn tensors_are_told_on_request() {
        let with = |all| {
            let style = Style { all, ..Style::default() };
            document(&sample::tiny(), &style, "1.6")["components"][1]["properties"].clone()
        };
        assert!(!with(false).to_string().contains("weighbill:tensor:w"));
        assert!(with(true).to_string().contains(r#""weighbill:tensor:w","value":"F32 [2, 3]""#));
    }

    #[test]
    fn what_is_not_stated_is_absent() {
        let document = document(&sample::tiny(), &Style::default(), "1.6");
        let model = &document["components"][0];
        for member in [
            "licenses",
            "version",
            "purl",
            "pedigree",
            "group",
            "externalReferences",
        ] {
            assert!(model[member].is_null(), "{member}: {}", model[member]);
        }
        assert!(model["modelCard"]["considerations"].is_null());
        assert!(!document.to_string().contains("NOASSERTION"));
    }
}
