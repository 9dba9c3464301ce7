//! `JUnit` XML, for CI: a test case a finding, a recorded digest, a rule of a policy.

use std::io::{self, Write};

use super::{
    Output, Style,
    document::place_words,
    escape::{shortened, xml},
};
use crate::{
    report::{Artifact, Finding, Report, VerifiedFile},
    words::{FileKind, Severity},
};

pub(super) const OUTPUT: Output = Output {
    name: "junit",
    about: "JUnit XML, for the test reports of CI",
    write,
};

/// Characters that stay of a text.
const TEXT: usize = 2000;

/// What became of a test case.
enum Came {
    Passed,
    /// Passed, with something to know.
    Noted(String),
    Failed(String, String),
    Skipped(String),
}

/// A test case: its class, its name and what came of it.
struct Case {
    class: &'static str,
    name: String,
    came: Came,
}

fn write(report: &Report, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    let suites = [
        ("findings", findings(report)),
        ("records", records(report)),
        ("verification", verification(report)),
        ("policy", policy(report)),
    ];
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    let name = attribute(report.release.repo_id.as_ref().unwrap_or(&report.release.root));
    writeln!(out, "<testsuites name=\"{name}\">")?;
    for (suite, cases) in suites {
        if cases.is_empty() {
            continue;
        }
        let failures = cases.iter().filter(|case| matches!(case.came, Came::Failed(..))).count();
        let skipped = cases.iter().filter(|case| matches!(case.came, Came::Skipped(_))).count();
        let tests = cases.len();
        writeln!(
            out,
            "  <testsuite name=\"{suite}\" tests=\"{tests}\" failures=\"{failures}\" \
             errors=\"0\" skipped=\"{skipped}\">"
        )?;
        for case in &cases {
            write_case(case, out)?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

fn write_case(case: &Case, out: &mut dyn Write) -> io::Result<()> {
    let (class, name) = (case.class, attribute(&case.name));
    write!(out, "    <testcase classname=\"weighbill.{class}\" name=\"{name}\"")?;
    match &case.came {
        Came::Passed => writeln!(out, "/>"),
        Came::Noted(what) => {
            writeln!(out, "><system-out>{}</system-out></testcase>", attribute(what))
        }
        Came::Failed(kind, why) => {
            let (kind, why) = (attribute(kind), attribute(why));
            writeln!(out, "><failure type=\"{kind}\" message=\"{why}\"/></testcase>")
        }
        Came::Skipped(why) => {
            writeln!(out, "><skipped message=\"{}\"/></testcase>", attribute(why))
        }
    }
}

fn attribute(text: &str) -> String {
    xml(&shortened(text, TEXT))
}

/// A whole, honest, harmless release may have findings of low severity: those fail nothing.
fn findings(report: &Report) -> Vec<Case> {
    let case = |finding: &Finding| {
        let place = finding.at.as_ref().map(|at| format!(" {}", place_words(at)));
        let why = format!("{}: {}", finding.severity, finding.message);
        Case {
            class: finding.category.word(),
            name: format!("{}{}", finding.id, place.unwrap_or_default()),
            came: match finding.severity {
                Severity::Info | Severity::Low => Came::Noted(why),
                _ => Came::Failed(finding.id.clone(), why),
            },
        }
    };
    let mut cases: Vec<Case> = report.findings.iter().map(case).collect();
    if cases.is_empty() {
        cases.push(Case {
            class: "findings",
            name: "none".to_owned(),
            came: Came::Passed,
        });
    }
    cases
}

/// Each file against what is recorded of it.
fn records(report: &Report) -> Vec<Case> {
    if let Some(verification) = &report.verification {
        return verification.files.iter().map(verified).collect();
    }
    let counted = report.artifacts.iter().filter(|file| file.kind != FileKind::Bookkeeping);
    let case = |file: &Artifact| {
        let of = |result: &str| file.recorded.iter().find(|record| record.result == result);
        let came = if let Some(record) = of("mismatch") {
            let why = format!("{} {} is not {}", record.by, record.algorithm, record.digest);
            Came::Failed("mismatch".to_owned(), why)
        } else if of("match").is_some() {
            Came::Passed
        } else if file.recorded.is_empty() {
            Came::Skipped("no record to compare with".to_owned())
        } else {
            Came::Skipped("its record was not checked".to_owned())
        };
        Case {
            class: "record",
            name: file.path.clone(),
            came,
        }
    };
    counted.map(case).collect()
}

/// One file against one record, as `verify` found it.
fn verified(file: &VerifiedFile) -> Case {
    let by = file.by.as_deref().unwrap_or("no record");
    let place = file.record.as_ref().map(|it| format!(" ({it})")).unwrap_or_default();
    let digests = match (&file.expected, &file.actual) {
        (Some(expected), Some(actual)) => format!(": {actual} where {expected} is recorded"),
        _ => String::new(),
    };
    let why = file.why.as_ref().map(|why| format!("; {why}")).unwrap_or_default();
    let status = file.status.replace('_', " ");
    Case {
        class: "record",
        name: format!("{} against {by}{place}", file.path),
        came: match file.status.as_str() {
            "match" => Came::Passed,
            "unverifiable" => Came::Skipped(format!("{status}{why}")),
            _ => Came::Failed(file.status.clone(), format!("{status}{digests}{why}")),
        },
    }
}

/// Each kind of record, where `verify` held the release against them.
fn verification(report: &Report) -> Vec<Case> {
    let kinds = report.verification.iter().flat_map(|it| &it.kinds);
    let case = |kind: &crate::report::VerificationKind| {
        let files = super::numbers::plural(kind.files, "file");
        Case {
            class: "verification",
            name: kind.kind.clone(),
            came: match kind.result.as_str() {
                "passed" => Came::Passed,
                "partial" => Came::Noted(format!("partial: {files} held against it")),
                "unavailable" => Came::Skipped("nothing of this kind is here".to_owned()),
                _ => Came::Failed("verification".to_owned(), format!("of {files}, not all match")),
            },
        }
    };
    kinds.map(case).collect()
}

fn policy(report: &Report) -> Vec<Case> {
    let rules = report.policy.iter().flat_map(|policy| &policy.rules);
    let case = |rule: &crate::report::PolicyRule| {
        let finding = rule.finding.and_then(|at| report.findings.get(usize::try_from(at).ok()?));
        let why = finding.map(|finding| finding.message.clone()).unwrap_or_default();
        let came = match rule.result.as_str() {
            "passed" => Came::Passed,
            "excepted" => Came::Skipped("an exception of the policy".to_owned()),
            _ => Came::Failed("policy".to_owned(), why),
        };
        Case {
            class: "policy",
            name: rule.rule.clone(),
            came,
        }
    };
    rules.map(case).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{render::sample, report::Verification};

    fn junit(report: &Report) -> String {
        let mut out = Vec::new();
        write(report, &Style::default(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_case_a_finding_and_a_file() {
        insta::assert_snapshot!(junit(&sample::llama()), @r###"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="example-labs/example-llm-7b">
          <testsuite name="findings" tests="3" failures="1" errors="0" skipped="0">
            <testcase classname="weighbill.license" name="called-open-source README.md:12"><failure type="called-open-source" message="medium: the card says &quot;open source&quot;; the license is not OSI approved"/></testcase>
            <testcase classname="weighbill.consistency" name="config-dtype config.json:torch_dtype"><system-out>low: `torch_dtype` says float32, 291 tensors are F16</system-out></testcase>
            <testcase classname="weighbill.format" name="trailing-bytes model-00002-of-00002.safetensors byte 3500296424"><system-out>low: tensors end at byte 3500296424, the file at byte 3500296428</system-out></testcase>
          </testsuite>
          <testsuite name="records" tests="9" failures="0" errors="0" skipped="6">
            <testcase classname="weighbill.record" name="LICENSE.txt"><skipped message="no record to compare with"/></testcase>
            <testcase classname="weighbill.record" name="README.md"><skipped message="no record to compare with"/></testcase>
            <testcase classname="weighbill.record" name="USE_POLICY.md"><skipped message="no record to compare with"/></testcase>
            <testcase classname="weighbill.record" name="config.json"><skipped message="no record to compare with"/></testcase>
            <testcase classname="weighbill.record" name="generation_config.json"><skipped message="no record to compare with"/></testcase>
            <testcase classname="weighbill.record" name="model-00001-of-00002.safetensors"/>
            <testcase classname="weighbill.record" name="model-00002-of-00002.safetensors"/>
            <testcase classname="weighbill.record" name="model.safetensors.index.json"><skipped message="no record to compare with"/></testcase>
            <testcase classname="weighbill.record" name="tokenizer.json"/>
          </testsuite>
        </testsuites>
        "###);
        insta::assert_snapshot!(junit(&sample::tiny()), @r###"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="model.safetensors">
          <testsuite name="findings" tests="1" failures="0" errors="0" skipped="0">
            <testcase classname="weighbill.findings" name="none"/>
          </testsuite>
          <testsuite name="records" tests="1" failures="0" errors="0" skipped="1">
            <testcase classname="weighbill.record" name="model.safetensors"><skipped message="no record to compare with"/></testcase>
          </testsuite>
        </testsuites>
        "###);
    }

    #[test]
    fn a_verification_is_told_file_by_file() {
        let mut report = sample::tiny();
        let file = |path: &str, status: &str| VerifiedFile {
            path: path.to_owned(),
            status: status.to_owned(),
            by: Some("checksum_list".to_owned()),
            record: Some("SHA256SUMS:1".to_owned()),
            algorithm: Some("sha256".to_owned()),
            expected: Some("aa".to_owned()),
            actual: Some("bb".to_owned()),
            why: None,
        };
        report.verification = Some(Verification {
            strength: "recorded".to_owned(),
            shown: Vec::new(),
            kinds: Vec::new(),
            files: vec![
                file("a", "match"),
                file("b", "mismatch"),
                file("c", "unverifiable"),
            ],
        });
        let junit = junit(&report);
        for told in [
            r#"name="a against checksum_list (SHA256SUMS:1)"/>"#,
            r#"<failure type="mismatch" message="mismatch: bb where aa is recorded"/>"#,
            r#"<skipped message="unverifiable"/>"#,
            r#"tests="3" failures="1" errors="0" skipped="1""#,
        ] {
            assert!(junit.contains(told), "{junit}");
        }
    }

    #[test]
    fn nothing_of_the_release_is_markup() {
        for line in junit(&sample::hostile()).lines() {
            assert!(!line.chars().any(crate::render::escape::is_unseen), "{line}");
            assert_eq!(line.matches('"').count() % 2, 0, "{line}");
            let tags = [
                "<?xml",
                "<testsuites",
                "</testsuites",
                "<testsuite ",
                "</testsuite>",
                "<testcase ",
            ];
            assert!(tags.iter().any(|tag| line.trim_start().starts_with(tag)), "{line}");
        }
    }
}
