//! in-toto statements on what was checked of a release: every result, or only what passed. Who writes
//! them may seal them with a key.
//! The subjects are the files, so a statement binds to their bytes and not to a name.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{Output, Style, json::write_value, uri};
use crate::{
    report::{Report, VerificationKind},
    words::{Category, Component, FileKind, LicenseScope, Presence, Severity},
};

pub(super) const OUTPUT: Output = Output {
    name: "in-toto",
    about: "an in-toto statement on what was checked, signed where --key is given",
    write,
};

/// What came of one test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Came {
    Passed,
    Warned,
    Failed,
}

fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let tests = tests(report);
    let of = |came| -> Vec<&str> {
        tests.iter().filter(|(_, it)| *it == came).map(|(name, _)| name.as_str()).collect()
    };
    let (passed, warned, failed) = (of(Came::Passed), of(Came::Warned), of(Came::Failed));
    let (kind, predicate) = if style.passed_only {
        let verifier = format!("urn:weighbill:{}", uri::part(&report.tool.version));
        let predicate = json!({
            "verifier": { "id": verifier, "policies": policies(report) },
            "timeCreated": uri::time(style.time.unwrap_or_default()),
            "properties": passed.iter().map(|name| property(name)).collect::<Vec<_>>(),
        });
        ("https://in-toto.io/attestation/svr/v0.2", predicate)
    } else {
        let result = match (failed.is_empty(), warned.is_empty()) {
            (false, _) => "FAILED",
            (true, false) => "WARNED",
            (true, true) => "PASSED",
        };
        let predicate = json!({
            "result": result,
            "configuration": policies(report),
            "passedTests": passed,
            "warnedTests": warned,
            "failedTests": failed,
        });
        ("https://in-toto.io/attestation/test-result/v0.1", predicate)
    };
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": subjects(report)?,
        "predicateType": kind,
        "predicate": predicate,
    });
    write_value(&statement, out)
}

/// Every file with its digest. A file without one is no subject, and without all of them the
/// statement would speak of a release that it does not pin down.
fn subjects(report: &Report) -> io::Result<Vec<Value>> {
    let counted = report.artifacts.iter().filter(|file| file.kind != FileKind::Bookkeeping);
    let subject = |file: &crate::report::Artifact| {
        let sha256 = file.sha256.as_ref()?;
        Some(json!({ "name": file.path, "digest": { "sha256": sha256 } }))
    };
    let subjects: Option<Vec<Value>> = counted.map(subject).collect();
    subjects.filter(|subjects| !subjects.is_empty()).ok_or_else(|| {
        let why = "a statement needs the digest of every file: inspect with --digests files, and \
                   mend what cannot be read";
        io::Error::new(io::ErrorKind::InvalidInput, why)
    })
}

/// The user's policy, where one was held against the release.
fn policies(report: &Report) -> Vec<Value> {
    report.policy.iter().map(|policy| json!({ "name": policy.file })).collect()
}

/// The name of a test as properties are spelled: `WEIGHBILL_NO_HIGH_FINDINGS`.
fn property(name: &str) -> String {
    let spelled = |c: char| match c {
        c if c.is_ascii_alphanumeric() => c.to_ascii_uppercase(),
        _ => '_',
    };
    format!("WEIGHBILL_{}", name.chars().map(spelled).collect::<String>())
}

/// What was looked at and what came of it. What was not looked at is not in here.
fn tests(report: &Report) -> Vec<(String, Came)> {
    let pass = |passes: bool, otherwise| if passes { Came::Passed } else { otherwise };
    let mut tests = vec![
        ("files-hashed".to_owned(), Came::Passed),
        ("files-opened-in-full".to_owned(), pass(report.coverage.is_empty(), Came::Warned)),
    ];
    if let Some(weights) = report.components.iter().find(|it| it.id == Component::FinalParameters) {
        let came = match weights.presence {
            Presence::Present => Came::Passed,
            Presence::Partial => Came::Warned,
            _ => Came::Failed,
        };
        tests.push(("weights-present".to_owned(), came));
    }
    for (severity, otherwise) in [
        (Severity::Critical, Came::Failed),
        (Severity::High, Came::Failed),
        (Severity::Medium, Came::Warned),
    ] {
        let any = report.findings.iter().any(|finding| finding.severity == severity);
        tests.push((format!("no-{severity}-findings"), pass(!any, otherwise)));
    }
    for category in [Category::Integrity, Category::Safety] {
        let of = report.findings.iter().filter(|finding| finding.category == category);
        let came = match of.map(|finding| finding.severity).max() {
            Some(Severity::Critical | Severity::High) => Came::Failed,
            Some(Severity::Medium) => Came::Warned,
            _ => Came::Passed,
        };
        tests.push((format!("{category}-findings-at-most-low"), came));
    }
    let of_weights = report
        .licenses
        .iter()
        .filter(|it| matches!(it.scope, LicenseScope::All | LicenseScope::Weights));
    let approved: Vec<Option<bool>> = of_weights.map(|it| it.osi_approved).collect();
    if !approved.is_empty() {
        let all = approved.iter().all(|it| *it == Some(true));
        tests.push(("weights-license-osi-approved".to_owned(), pass(all, Came::Warned)));
    }
    let results = || report.artifacts.iter().flat_map(|file| &file.recorded).map(|it| &it.result);
    if results().any(|it| it == "mismatch") {
        tests.push(("recorded-digests-match".to_owned(), Came::Failed));
    } else if results().any(|it| it == "match") {
        tests.push(("recorded-digests-match".to_owned(), Came::Passed));
    }
    let verified = report.verification.iter().flat_map(|it| &it.kinds).filter_map(verified);
    tests.extend(verified);
    for rule in report.policy.iter().flat_map(|policy| &policy.rules) {
        let came = match rule.result.as_str() {
            "passed" => Came::Passed,
            "excepted" => Came::Warned,
            _ => Came::Failed,
        };
        tests.push((format!("policy-{}", rule.rule), came));
    }
    tests
}

fn verified(kind: &VerificationKind) -> Option<(String, Came)> {
    let came = match kind.result.as_str() {
        "passed" => Came::Passed,
        "partial" => Came::Warned,
        "failed" => Came::Failed,
        _ => return None,
    };
    Some((format!("verify-{}", kind.kind), came))
}

#[cfg(test)]
mod tests_of_statements {
    use super::*;
    use crate::render::sample;

    fn statement(report: &Report, passed_only: bool) -> io::Result<Value> {
        let mut out = Vec::new();
        let style = Style {
            passed_only,
            time: Some(0),
            ..Style::default()
        };
        write(report, &style, &mut out)?;
        Ok(serde_json::from_slice(&out)?)
    }

    #[test]
    fn every_result_or_what_passed() {
        let all = statement(&sample::llama(), false).unwrap();
        assert_eq!(all["predicateType"], "https://in-toto.io/attestation/test-result/v0.1");
        assert_eq!(all["predicate"]["result"], "WARNED");
        assert_eq!(
            all["predicate"]["warnedTests"],
            json!(["no-medium-findings", "weights-license-osi-approved"])
        );
        assert_eq!(all["predicate"]["failedTests"], json!([]));
        assert_eq!(all["subject"].as_array().unwrap().len(), 9);
        let passed = statement(&sample::llama(), true).unwrap();
        assert_eq!(passed["predicateType"], "https://in-toto.io/attestation/svr/v0.2");
        assert_eq!(passed["predicate"]["timeCreated"], "1970-01-01T00:00:00Z");
        let properties = passed["predicate"]["properties"].to_string();
        assert!(properties.contains("WEIGHBILL_NO_HIGH_FINDINGS"), "{properties}");
        assert!(!properties.contains("MEDIUM"), "{properties}");
        let hostile = statement(&sample::hostile(), true).unwrap();
        assert!(!hostile["predicate"]["properties"].to_string().contains("NO_HIGH"));
    }

    #[test]
    fn without_digests_there_is_no_statement() {
        let mut report = sample::llama();
        report.artifacts[3].sha256 = None;
        let error = statement(&report, false).unwrap_err();
        assert!(error.to_string().contains("--digests files"), "{error}");
    }
}
