//! SPDX 3.0.1 as JSON-LD: the model as an AI package that contains its files, with its licenses.
//!
//! Claims no conformance to the AI profile: that demands a release time, which no folder states.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{
    Output, Style,
    escape::visible,
    json::write_value,
    sbom::{self, Extent, said},
    uri,
};
use crate::{
    report::{Report, StatedResult},
    words::FileKind,
};

pub(super) const OUTPUT: Output = Output {
    name: "spdx",
    about: "SPDX 3.0.1, an SBOM with the AI profile's terms",
    write,
};

/// The version this writes.
const VERSION: &str = "3.0.1";
const NO_ASSERTION: &str = "expandedlicensing_NoAssertionLicense";

/// The elements so far, and what their names begin with.
struct Graph {
    base: String,
    elements: Vec<Value>,
    relations: usize,
}

impl Graph {
    fn id(&self, name: &str) -> String {
        format!("{}#{name}", self.base)
    }

    /// Adds an element; gives its id.
    fn add(&mut self, name: &str, kind: &str, mut with: Value) -> String {
        let id = self.id(name);
        with["spdxId"] = json!(id);
        with["type"] = json!(kind);
        with["creationInfo"] = json!("_:creation");
        self.elements.push(with);
        id
    }

    fn relate(&mut self, from: &str, how: &str, to: &[String], completeness: Option<&str>) {
        self.relations += 1;
        let mut relation = json!({ "from": from, "relationshipType": how, "to": to });
        if let Some(completeness) = completeness {
            relation["completeness"] = json!(completeness);
        }
        self.add(&format!("relation-{}", self.relations), "Relationship", relation);
    }
}

fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let asked = style.spec_version.as_deref().unwrap_or(VERSION);
    if asked != VERSION && asked != "3.0" {
        let why = format!("no SPDX `{}` here: {VERSION}", visible(asked));
        return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
    }
    let of = report.release.digest.as_deref().unwrap_or(&report.release.root);
    let base = format!("urn:weighbill:{}", uri::part(of));
    let mut graph = Graph { base, elements: Vec::new(), relations: 0 };
    let tool = format!("{} {}", report.tool.name, report.tool.version);
    let (agent_id, tool_id) = (graph.id("agent"), graph.id("tool"));
    graph.elements.push(json!({
        "@id": "_:creation",
        "type": "CreationInfo",
        "specVersion": VERSION,
        "created": uri::time(style.time.unwrap_or_default()),
        "createdBy": [agent_id],
        "createdUsing": [tool_id],
    }));
    graph.add("agent", "SoftwareAgent", json!({ "name": report.tool.name }));
    graph.add("tool", "Tool", json!({ "name": tool }));
    let model = add_model(&mut graph, report);
    add_licenses(&mut graph, report, &model);
    add_files(&mut graph, report, &model);
    add_datasets(&mut graph, report, &model);
    for (at, base) in report.model.base_model.iter().enumerate() {
        let name = format!("base-{}", at + 1);
        let id = graph.add(&name, "ai_AIPackage", json!({ "name": base.id }));
        graph.relate(&id, "ancestorOf", std::slice::from_ref(&model), None);
    }
    add_document(&mut graph, &model);
    let document = json!({
        "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
        "@graph": graph.elements,
    });
    write_value(&document, out)
}

fn add_model(graph: &mut Graph, report: &Report) -> String {
    let release = &report.release;
    let mut model = json!({ "name": sbom::name(report), "software_primaryPurpose": "model" });
    if let Some(commit) = release.commit.as_ref().or(release.revision.as_ref()) {
        model["software_packageVersion"] = json!(commit);
    }
    if let (Some(purl), Some(page)) = (uri::purl(release), uri::hub_page(release)) {
        model["software_packageUrl"] = json!(purl);
        model["software_downloadLocation"] = json!(page);
    }
    if let Some((owner, _)) = release.repo_id.as_ref().and_then(|id| id.split_once('/')) {
        // Who distributes it: the owner of the repo, a person or not.
        model["suppliedBy"] = json!(graph.add("supplier", "Agent", json!({ "name": owner })));
    }
    if let Some(digest) = &release.digest {
        model["verifiedUsing"] = json!([hash(digest)]);
    }
    if let Some(kind) = &report.model.model_type {
        model["ai_typeOfModel"] = json!([kind]);
    }
    if let Some(task) = &report.model.task {
        model["ai_domain"] = json!([task]);
    }
    for (key, topic) in [
        ("ai_informationAboutApplication", "intended_use"),
        ("ai_limitation", "limits"),
    ] {
        let words = said(report, topic);
        if !words.is_empty() {
            model[key] = json!(words.join(" "));
        }
    }
    let metric = |it: &StatedResult| {
        let on = it.dataset.as_ref().map(|dataset| format!(" on {dataset}"));
        let key = format!("{}{}", it.metric, on.unwrap_or_default());
        json!({ "type": "DictionaryEntry", "key": key, "value": it.value })
    };
    let metrics: Vec<Value> = report.model.results.iter().map(metric).collect();
    if !metrics.is_empty() {
        model["ai_metric"] = Value::Array(metrics);
    }
    graph.add("model", "ai_AIPackage", model)
}

fn hash(sha256: &str) -> Value {
    json!({ "type": "Hash", "algorithm": "sha256", "hashValue": sha256 })
}

/// What is declared, and what the texts that are here turn out to be.
fn add_licenses(graph: &mut Graph, report: &Report, model: &str) {
    for (how, name, expression) in [
        ("hasDeclaredLicense", "declared-license", sbom::declared_expression(report)),
        ("hasConcludedLicense", "concluded-license", sbom::concluded_expression(report)),
    ] {
        let add = |expression: String| {
            let kind = "simplelicensing_LicenseExpression";
            graph.add(name, kind, json!({ "simplelicensing_licenseExpression": expression }))
        };
        let target = expression.map_or_else(|| NO_ASSERTION.to_owned(), add);
        graph.relate(model, how, &[target], None);
    }
}

/// The data sets that the card names. Their bytes are elsewhere.
fn add_datasets(graph: &mut Graph, report: &Report, model: &str) {
    let mut named: Vec<&str> = Vec::new();
    let mut ids = Vec::new();
    for dataset in &report.model.datasets {
        if !named.contains(&dataset.id.as_str()) {
            named.push(&dataset.id);
            let package = json!({
                "name": dataset.id,
                "dataset_datasetType": ["noAssertion"],
                "software_primaryPurpose": "data",
            });
            let name = format!("dataset-{}", named.len());
            ids.push(graph.add(&name, "dataset_DatasetPackage", package));
        }
    }
    if !ids.is_empty() {
        graph.relate(model, "trainedOn", &ids, Some("noAssertion"));
    }
}

fn add_files(graph: &mut Graph, report: &Report, model: &str) {
    let counted = report.artifacts.iter().filter(|file| file.kind != FileKind::Bookkeeping);
    let mut ids = Vec::new();
    for (at, file) in counted.enumerate() {
        let mut element = json!({
            "name": format!("./{}", file.path),
            "software_fileKind": "file",
            "software_primaryPurpose": purpose(file.kind),
        });
        if let Some(sha256) = &file.sha256 {
            element["verifiedUsing"] = json!([hash(sha256)]);
        }
        ids.push(graph.add(&format!("file-{}", at + 1), "software_File", element));
    }
    if !ids.is_empty() {
        let completeness = match Extent::of(report) {
            Extent::Complete => "complete",
            Extent::Incomplete => "incomplete",
            Extent::Unknown => "noAssertion",
        };
        graph.relate(model, "contains", &ids, Some(completeness));
    }
}

fn purpose(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Weights => "model",
        FileKind::Dataset | FileKind::Evaluation | FileKind::TrainingState => "data",
        FileKind::Index | FileKind::Config | FileKind::Tokenizer | FileKind::Recipe => {
            "configuration"
        }
        FileKind::ModelCard
        | FileKind::DataCard
        | FileKind::License
        | FileKind::Policy
        | FileKind::Notice
        | FileKind::Paper => "documentation",
        FileKind::Code | FileKind::Notebook => "source",
        FileKind::Archive => "archive",
        FileKind::Signature | FileKind::Record => "evidence",
        FileKind::Pointer | FileKind::Bookkeeping | FileKind::Other => "other",
    }
}

fn add_document(graph: &mut Graph, model: &str) {
    let inside: Vec<String> = graph
        .elements
        .iter()
        .filter_map(|element| element["spdxId"].as_str().map(str::to_owned))
        .collect();
    let sbom = json!({
        "software_sbomType": ["analyzed"],
        "rootElement": [model],
        "element": inside,
        "profileConformance": ["core", "software", "simpleLicensing"],
    });
    let sbom = graph.add("sbom", "software_Sbom", sbom);
    graph.add(
        "document",
        "SpdxDocument",
        json!({
            "rootElement": [sbom],
            "profileConformance": ["core", "software", "simpleLicensing"],
            "comment": "The terms of the AI profile are used where the release states them; \
                        conformance is not claimed, since the release states no release time.",
        }),
    );
}
