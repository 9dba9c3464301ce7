//! Whether the bytes are what they should be, as far as anything says, and what was not opened.

use std::collections::BTreeMap;

use super::{Block, Line, Section, Style, Table, name, numbers, plain, quiet, strong};
use crate::{report::Report, words::FileKind};

/// How many unopened files the short form names.
const SHORT: usize = 3;

/// What was held against which record, and what was not opened.
pub(super) fn section(report: &Report, style: &Style) -> Section {
    let mut lines = integrity_lines(report, style.verbose);
    if !style.reused.is_empty() {
        let files = numbers::plural(style.reused.len() as u64, "file");
        let words = format!("the digests of {files} come from an earlier run: ");
        lines.push(vec![quiet(words), name(style.reused.join(", "))]);
    }
    let mut blocks = vec![Block::Lines(lines)];
    if style.verbose && !report.coverage.is_empty() {
        let row = |it: &crate::report::Coverage| {
            vec![
                vec![name(&it.path)],
                vec![plain(&it.opened)],
                vec![plain(&it.why)],
            ]
        };
        let rows = report.coverage.iter().map(row).collect();
        let head = &["file", "opened", "why"];
        blocks.push(Block::Table(Table { head, numeric: &[], rows }));
    }
    Section { title: "Integrity", blocks }
}

/// A line on records, one on what was not opened. `listed` says that a list of the latter follows.
pub(in crate::render) fn integrity_lines(report: &Report, listed: bool) -> Vec<Line> {
    let mut lines = vec![records_line(report)];
    lines.push(coverage_line(report, listed));
    lines
}

/// `14 of 14 files hashed; 12 match a record, 2 have none`.
fn records_line(report: &Report) -> Line {
    let mut hashed = 0;
    let mut results: BTreeMap<&str, u64> = BTreeMap::new();
    let counted = report.artifacts.iter().filter(|file| file.kind != FileKind::Bookkeeping);
    for file in counted {
        hashed += u64::from(file.sha256.is_some());
        let results_of = || file.recorded.iter().map(|record| record.result.as_str());
        let worst = ["mismatch", "match", "unchecked"].into_iter();
        let result = worst.into_iter().find(|word| results_of().any(|result| result == *word));
        *results.entry(result.unwrap_or("none")).or_default() += 1;
    }
    let of = |word: &str| results.get(word).copied().unwrap_or_default();
    let files = numbers::plural(report.totals.files, "file");
    let mut line = match hashed {
        0 => vec![plain(format!("none of {files} hashed"))],
        n if n == report.totals.files => vec![plain(format!("{files} hashed"))],
        n => vec![plain(format!("{} of {files} hashed", numbers::exact(n)))],
    };
    let mut said = Vec::new();
    if of("match") > 0 {
        said.push(format!("{} match a record", numbers::exact(of("match"))));
    }
    if of("unchecked") > 0 {
        said.push(format!(
            "{} have a record that was not checked",
            numbers::exact(of("unchecked"))
        ));
    }
    match (of("none"), said.is_empty() && of("mismatch") == 0) {
        (_, true) => said.push("no record here says what they should be".to_owned()),
        (0, false) => {}
        (n, false) => said.push(format!("{} without a record", numbers::exact(n))),
    }
    line.push(plain("; "));
    if of("mismatch") > 0 {
        line.push(strong(format!("{} differ from a record", numbers::exact(of("mismatch")))));
        line.push(plain(if said.is_empty() { "" } else { ", " }));
    }
    line.push(plain(said.join(", ")));
    line
}

/// `every file was opened in full`, or which were not.
fn coverage_line(report: &Report, listed: bool) -> Line {
    if report.coverage.is_empty() {
        return vec![quiet("every file was opened in full")];
    }
    let count = numbers::plural(report.coverage.len() as u64, "file");
    let mut line = vec![plain(format!("{count} not opened in full"))];
    if listed {
        return line;
    }
    for (at, unopened) in report.coverage.iter().take(SHORT).enumerate() {
        line.push(plain(if at == 0 { ": " } else { ", " }));
        line.push(name(&unopened.path));
        line.push(quiet(format!(" ({})", unopened.why)));
    }
    if report.coverage.len() > SHORT {
        line.push(quiet(format!(", {} more", report.coverage.len() - SHORT)));
    }
    line
}
