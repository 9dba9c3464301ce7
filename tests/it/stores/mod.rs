//! Releases in the stores of other tools, each made here as its tool makes it: whole, and with one
//! thing broken at a time.

mod blobs;
mod caches;

use std::{fs, path::Path};

use serde_json::Value;
use weighbill::{
    Request,
    digest::{hex, sha256},
    report::Report,
};

use crate::build::{findings, gguf, safetensors, verified};

fn put(place: &Path, bytes: impl AsRef<[u8]>) {
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    fs::write(place, bytes).unwrap();
}

fn sha(bytes: &[u8]) -> String {
    hex(&sha256(bytes))
}

fn weights() -> Vec<u8> {
    safetensors(&[("w", "F32", &[2, 3])])
}

/// `path status by` of each row.
fn rows(report: &Report) -> Vec<String> {
    let files = &report.verification.as_ref().unwrap().files;
    let row = |it: &weighbill::report::VerifiedFile| {
        format!("{} {} {}", it.path, it.status, it.by.as_deref().unwrap_or("-"))
    };
    files.iter().map(row).collect()
}

/// The findings that come of records, as `severity id path`.
fn of_records(report: &Report) -> Vec<String> {
    const IDS: &[&str] = &[
        "digest-mismatch",
        "file-missing",
        "file-unexpected",
        "record-invalid",
        "download-left-over",
        "path-escapes",
        "link-broken",
        "config-invalid",
        "pickle-runs-code",
    ];
    let of = |line: &String| IDS.iter().any(|id| line.contains(id));
    findings(report).into_iter().filter(of).collect()
}

#[track_caller]
fn check(path: &Path, strange: &[&str], found: &[&str]) {
    let report = verified(path);
    let good = |row: &&String| !row.contains(" match ");
    assert_eq!(rows(&report).iter().filter(good).collect::<Vec<_>>(), strange);
    assert_eq!(of_records(&report), found);
}

#[track_caller]
fn refused(path: &Path, revision: Option<&str>, words: &str) {
    let request = Request {
        revision: revision.map(str::to_owned),
        ..Request::of(path)
    };
    let error = weighbill::inspect(&request, 1, &|_, _| {}).unwrap_err().to_string();
    assert!(error.contains(words), "{error}");
}

/// The names of the releases that `scan` finds, sorted by path.
fn scanned(dir: &Path) -> Vec<String> {
    let mut command = assert_cmd::Command::cargo_bin("weighbill").unwrap();
    let output = command.env_clear().args(["scan", "-q"]).arg(dir).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let name = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        assert_eq!(line["error"], Value::Null);
        let release = &line["release"];
        format!("{} {}", release["origin"].as_str().unwrap(), release["root"].as_str().unwrap())
    };
    text.lines().map(name).collect()
}
