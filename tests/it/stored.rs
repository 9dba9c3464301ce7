//! Reports that are made later from a stored one, and what packagers need.

use std::fs;

use assert_cmd::Command;
use weighbill::render::STORED_OUTPUTS;

use crate::build::Release;

/// The command with nothing of the machine but a fixed time.
fn weighbill() -> Command {
    let mut command = Command::cargo_bin("weighbill").unwrap();
    command.env_clear().env("HOME", "/nowhere").env("SOURCE_DATE_EPOCH", "1700000000");
    command
}

fn said(command: &mut Command) -> String {
    let output = command.assert().success().get_output().stdout.clone();
    String::from_utf8(output).unwrap()
}

fn refused(command: &mut Command) -> String {
    let output = command.assert().code(2).stdout("").get_output().stderr.clone();
    String::from_utf8(output).unwrap()
}

fn release() -> Release {
    Release::named("tiny")
        .safetensors("model.safetensors", &[("a", "F32", &[2, 3]), ("b", "I64", &[1])])
        .file(
            "README.md",
            "---\nlicense: mit\npipeline_tag: text-generation\ndatasets: [o/d]\nmodel-index:\n\
             - name: tiny\n  results:\n  - dataset: {name: MMLU}\n    metrics:\n    \
             - {type: acc, value: 45.3}\n---\n# Tiny\n",
        )
}

#[test]
fn a_stored_report_gives_the_same_bytes_in_every_format() {
    let release = release();
    let stored = release.around().join("report.json");
    let inspect = |format: &str| {
        said(weighbill().args(["inspect", "--all", "--stats", "-f", format]).arg(release.path()))
    };
    fs::write(&stored, inspect("json")).unwrap();
    for output in STORED_OUTPUTS.iter().filter(|output| output.name != "csv") {
        let render = || said(weighbill().args(["render", "--all", "-f", output.name]).arg(&stored));
        let rendered = render();
        assert!(rendered == inspect(output.name), "{} differs:\n{rendered}", output.name);
        assert!(rendered == render(), "{} is not the same twice", output.name);
        let here = release.around().display().to_string();
        assert!(!rendered.contains(&here), "{} names the folder", output.name);
    }
    let csv = said(weighbill().args(["render", "-f", "csv"]).arg(&stored));
    assert_eq!(csv.lines().count(), 3);
    let piped = said(weighbill().args(["render", "-", "-f", "mof"]).write_stdin(inspect("json")));
    assert!(piped.contains("  type: language\n"), "{piped}");
}

#[test]
fn what_is_no_report_is_refused_in_plain_words() {
    let release = release();
    let write = |text: &str| {
        let path = release.around().join("r.json");
        fs::write(&path, text).unwrap();
        path
    };
    let check = |text: &str, words: &str| {
        let said = refused(weighbill().arg("render").arg(write(text)));
        assert!(said.contains(words), "{said}");
    };
    check("weights", "not a JSON object");
    check("{}", "it names no schema");
    check(r#"{"schema": "weighbill-diff/1"}"#, "its schema is `weighbill-diff/1`");
    check(r#"{"schema": "\u001b[31mred"}"#, "\\u{1b}");
    check(r#"{"schema": "weighbill-report/1"}"#, "not a whole report");
    let none = refused(weighbill().args(["render", "/no/such.json"]));
    assert!(none.contains("cannot read `/no/such.json`"), "{none}");
}

#[test]
fn versions_and_times_are_as_asked() {
    let release = release();
    let inspect = |args: &[&str]| {
        let mut command = weighbill();
        command.arg("inspect").arg(release.path()).args(args);
        command
    };
    let bom = said(&mut inspect(&["-f", "cyclonedx", "--spec-version", "1.7"]));
    assert!(bom.contains(r#""specVersion": "1.7""#));
    assert!(bom.contains(r#""timestamp": "2023-11-14T22:13:20Z""#));
    assert!(bom.contains(r#""slice": "MMLU", "type": "acc", "value": "45.3""#), "{bom}");
    let later = said(inspect(&["-f", "cyclonedx"]).env_remove("SOURCE_DATE_EPOCH"));
    assert!(!later.contains("timestamp"));
    let spdx = said(&mut inspect(&["-f", "spdx"]));
    assert!(spdx.contains(r#""created": "2023-11-14T22:13:20Z""#));
    let wrong = refused(&mut inspect(&["-f", "spdx", "--spec-version", "2.3"]));
    assert!(wrong.contains("no SPDX `2.3` here: 3.0.1"), "{wrong}");
    let wrong = refused(inspect(&["-f", "spdx"]).env("SOURCE_DATE_EPOCH", "noon"));
    assert!(wrong.contains("SOURCE_DATE_EPOCH is `noon`"), "{wrong}");
    let svr = said(&mut inspect(&["-f", "in-toto", "--predicate", "svr"]));
    assert!(svr.contains("attestation/svr/v0.2"), "{svr}");
    let bare = refused(&mut inspect(&["-f", "in-toto", "--digests", "none"]));
    assert!(bare.contains("--digests files"), "{bare}");
}

#[test]
fn a_step_of_github_gets_its_summary() {
    let release = release();
    let summary = release.around().join("summary.md");
    fs::write(&summary, "# Before\n").unwrap();
    let mut command = weighbill();
    command.arg(release.path()).arg("--step-summary");
    let text = said(command.env("GITHUB_STEP_SUMMARY", &summary));
    assert!(text.starts_with("tiny "), "{text}");
    let written = fs::read_to_string(&summary).unwrap();
    assert!(written.starts_with("# Before\n## `tiny`"), "{written}");
    fs::write(&summary, "x".repeat(1024 * 1024 - 100)).unwrap();
    said(
        weighbill().arg(release.path()).arg("--step-summary").env("GITHUB_STEP_SUMMARY", &summary),
    );
    let full = fs::read_to_string(&summary).unwrap();
    assert!(full.len() <= 1024 * 1024 && full.ends_with("see its other outputs\n"));
    let mut command = weighbill();
    command.arg(release.path()).arg("--step-summary").assert().code(2);
}

#[test]
fn a_disk_that_fills_up_leaves_no_half_report() {
    let release = release();
    for output in weighbill::render::OUTPUTS {
        let mut command = weighbill();
        command.arg(release.path()).args(["-f", output.name, "-o", "/dev/full"]);
        let said = refused(&mut command);
        assert!(said.contains("No space left on device"), "{}: {said}", output.name);
    }
}

#[test]
fn packagers_get_what_they_need() {
    let schema = said(weighbill().arg("schema"));
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    assert!(schema["$defs"]["report"]["properties"]["findings"].is_object());
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = said(weighbill().args(["completions", shell]));
        assert!(script.contains("weighbill") && script.contains("render"), "{shell}");
    }
    let man = said(weighbill().arg("man"));
    assert!(man.contains(".TH weighbill 1") && man.contains("WEIGHBILL RENDER"), "{man}");
}
