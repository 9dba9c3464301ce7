//! SARIF 2.1.0, for code scanning: a rule a finding id, a result a finding.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use serde_json::{Map, Value, json};

use super::{
    Output, Style,
    document::place_words,
    escape::{self, visible},
    json::write_value,
    uri,
};
use crate::{
    report::{Artifact, Finding, Report},
    words::{Category, FileKind, Place, Severity},
};

pub(super) const OUTPUT: Output = Output {
    name: "sarif",
    about: "SARIF 2.1.0, for code scanning",
    write,
};

/// What GitHub takes of one run. Findings come worst first, so the worst are kept.
const RESULTS: usize = 25_000;
/// What paths are relative to.
const ROOT: &str = "ROOT";

fn write(report: &Report, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut rules: BTreeMap<&str, &Finding> = BTreeMap::new();
    for finding in &report.findings {
        rules.entry(&finding.id).or_insert(finding);
    }
    let index: BTreeMap<&str, usize> = rules.keys().enumerate().map(|(at, id)| (*id, at)).collect();
    let kept = report.findings.iter().take(RESULTS);
    let results: Vec<Value> = kept.map(|finding| result(finding, &index)).collect();
    let files = report.artifacts.iter().filter(|file| file.kind != FileKind::Bookkeeping);
    let mut invocation = json!({ "executionSuccessful": true });
    if report.findings.len() > RESULTS {
        let said = format!("{} findings were left out", report.findings.len() - RESULTS);
        let note = json!({ "level": "warning", "message": { "text": said } });
        invocation["toolExecutionNotifications"] = json!([note]);
    }
    let run_id = format!("weighbill/{}/", visible(super::sbom::name(report)));
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": report.tool.name,
                "version": report.tool.version,
                "rules": rules.values().map(|finding| rule(finding)).collect::<Vec<_>>(),
            } },
            "automationDetails": { "id": run_id },
            "invocations": [invocation],
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": { ROOT: { "description": { "text": "the root of the release" } } },
            "artifacts": files.map(artifact).collect::<Vec<_>>(),
            "results": results,
        }],
    });
    write_value(&log, out)
}

fn rule(finding: &Finding) -> Value {
    let help = format!("{} {}", finding.impact, finding.hint);
    let mut markdown = escape::markdown(&help);
    for reference in &finding.references {
        markdown.extend(["\n\n", &escape::markdown(reference)]);
    }
    let mut tags = vec![finding.category.word()];
    let mut rule = json!({
        "id": finding.id,
        "shortDescription": { "text": message(&finding.title) },
        "help": { "text": message(&help), "markdown": markdown },
        "defaultConfiguration": { "level": level(finding.severity) },
    });
    if matches!(finding.category, Category::Safety | Category::Integrity) {
        tags.push("security");
        rule["properties"] = json!({ "security-severity": security_severity(finding.severity) });
    }
    rule["properties"]["tags"] = json!(tags);
    if let Some(page) = finding.references.iter().find_map(|it| uri::web(it)) {
        rule["helpUri"] = json!(page);
    }
    rule
}

fn result(finding: &Finding, index: &BTreeMap<&str, usize>) -> Value {
    json!({
        "ruleId": finding.id,
        "ruleIndex": index.get(finding.id.as_str()),
        "kind": "fail",
        "level": level(finding.severity),
        "message": { "text": message(&told(finding)) },
        "partialFingerprints": { "weighbill/v1": fingerprint(finding) },
        "properties": {
            "severity": finding.severity.word(),
            "confidence": finding.confidence.word(),
        },
        "locations": [finding.at.as_ref().map_or_else(whole, location)],
    })
}

/// The release as a whole; without any place GitHub takes no result.
fn whole() -> Value {
    json!({ "physicalLocation": { "artifactLocation": { "uri": ".", "uriBaseId": ROOT } } })
}

/// The message with its subject: `tokenizer.json: is a web page …`.
fn told(finding: &Finding) -> String {
    let place = finding.at.as_ref().map(|at| format!("{}: ", place_words(at)));
    format!("{}{}", place.unwrap_or_default(), finding.message)
}

/// The same for the same finding of a later inspection: not its numbers, only where it is.
fn fingerprint(finding: &Finding) -> String {
    let mut parts = vec![finding.id.as_str()];
    if let Some(at) = &finding.at {
        let inner = [&at.member, &at.key, &at.tensor];
        parts.push(&at.path);
        parts.extend(inner.into_iter().flatten().map(String::as_str));
    }
    visible(&escape::shortened(&parts.join(":"), 300)).into_owned()
}

fn location(at: &Place) -> Value {
    let mut physical = json!({
        "artifactLocation": { "uri": uri::path(&at.path), "uriBaseId": ROOT },
    });
    let mut region = Map::new();
    if let Some(line) = at.line {
        region.insert("startLine".to_owned(), json!(line.max(1)));
    }
    // A byte of a member is no byte of the file.
    let byte = at.byte.filter(|_| at.member.is_none());
    if let Some(byte) = byte.and_then(|byte| i64::try_from(byte).ok()) {
        region.insert("byteOffset".to_owned(), json!(byte));
    }
    if !region.is_empty() {
        physical["region"] = Value::Object(region);
    }
    let mut location = json!({ "physicalLocation": physical });
    let inner = [
        (&at.member, "member"),
        (&at.key, "member"),
        (&at.tensor, "variable"),
    ];
    let logical: Vec<Value> = inner
        .into_iter()
        .filter_map(|(name, kind)| {
            let name = visible(name.as_ref()?).into_owned();
            Some(json!({ "fullyQualifiedName": name, "kind": kind }))
        })
        .collect();
    if !logical.is_empty() {
        location["logicalLocations"] = Value::Array(logical);
    }
    location
}

fn artifact(file: &Artifact) -> Value {
    let mut artifact = json!({
        "location": { "uri": uri::path(&file.path), "uriBaseId": ROOT },
    });
    if let Ok(len) = i64::try_from(file.bytes) {
        artifact["length"] = json!(len);
    }
    if let Some(sha256) = &file.sha256 {
        artifact["hashes"] = json!({ "sha-256": sha256 });
    }
    artifact
}

/// Plain text in which brackets would be a link.
fn message(text: &str) -> String {
    let text = visible(text);
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '[' | ']') {
            safe.push('\\');
        }
        safe.push(c);
    }
    safe
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// The scale that GitHub reads: 9 and more is critical, 7 high, 4 medium.
fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "3.0",
        Severity::Info => "0.0",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample;

    fn run(report: &Report) -> Value {
        let mut out = Vec::new();
        write(report, &Style::default(), &mut out).unwrap();
        let log: Value = serde_json::from_slice(&out).unwrap();
        log["runs"][0].clone()
    }

    #[test]
    fn a_rule_an_id_and_a_result_a_finding() {
        let run = run(&sample::llama());
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        let results = run["results"].as_array().unwrap();
        assert_eq!((rules.len(), results.len()), (3, 3));
        let result = &results[0];
        assert_eq!(rules[0]["id"], result["ruleId"]);
        assert_eq!(
            (&result["level"], &result["properties"]["severity"]),
            (&json!("warning"), &json!("medium"))
        );
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "README.md");
        assert_eq!(place["region"]["startLine"], 12);
        assert_eq!(
            results[2]["locations"][0]["physicalLocation"]["region"]["byteOffset"],
            3_500_296_424_u64
        );
        assert_eq!(run["automationDetails"]["id"], "weighbill/example-labs/example-llm-7b/");
        assert_eq!(run["artifacts"].as_array().unwrap().len(), 9);
    }

    #[test]
    fn a_finding_of_the_whole_release_has_a_place() {
        let mut report = sample::llama();
        report.findings[0].at = None;
        let run = run(&report);
        let place = &run["results"][0]["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"], json!({ "uri": ".", "uriBaseId": "ROOT" }));
    }

    #[test]
    fn more_than_code_scanning_takes_is_cut_and_said() {
        let mut report = sample::llama();
        report.findings = vec![report.findings[0].clone(); RESULTS + 2];
        let run = run(&report);
        assert_eq!(run["results"].as_array().unwrap().len(), RESULTS);
        let said = &run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
        assert_eq!(said, "2 findings were left out");
    }

    #[test]
    fn messages_hold_no_links_and_paths_no_schemes() {
        for result in run(&sample::hostile())["results"].as_array().unwrap() {
            let text = result["message"]["text"].as_str().unwrap();
            assert!(!text.contains("](") || text.contains("\\]("), "{text}");
            let uri = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
            assert!(!uri.as_str().unwrap().contains(':'), "{uri}");
        }
    }
}
