//! What to act on, worst first; many of one kind are told by a few.

use std::collections::BTreeMap;

use super::{Block, Finding, Line, Section, Style, numbers, place, plain, quiet, strong};
use crate::{report::Report, words::Severity};

/// How many findings of one id the short form tells.
const OF_A_KIND: usize = 3;
/// How many findings the short form tells in all.
const IN_ALL: usize = 20;

/// Counts, then the findings.
pub(super) fn section(report: &Report, style: &Style) -> Section {
    let mut blocks = vec![Block::Lines(vec![vec![strong(counts(report))]])];
    let mut told: BTreeMap<&str, usize> = BTreeMap::new();
    let mut rows = Vec::new();
    for finding in &report.findings {
        let of_kind = told.entry(&finding.id).or_default();
        *of_kind += 1;
        if !style.verbose && (*of_kind > OF_A_KIND || rows.len() >= IN_ALL) {
            continue;
        }
        rows.push(row(finding, style));
    }
    let left = report.findings.len() - rows.len();
    if !rows.is_empty() {
        blocks.push(Block::Findings(rows));
    }
    if left > 0 {
        let more = format!("{} more like these; -v lists all", numbers::exact(left as u64));
        blocks.push(Block::Lines(vec![vec![quiet(more)]]));
    }
    Section { title: "Findings", blocks }
}

/// `1 medium, 2 low`, or `none`.
pub(in crate::render) fn counts(report: &Report) -> String {
    let of = |severity: &Severity| {
        let those = report.findings.iter().filter(|finding| finding.severity == *severity);
        (those.count() as u64, *severity)
    };
    let counts = Severity::ALL.iter().rev().map(of).filter(|(n, _)| *n > 0);
    let counts: Vec<String> =
        counts.map(|(n, severity)| format!("{} {severity}", numbers::exact(n))).collect();
    if counts.is_empty() {
        "none".to_owned()
    } else {
        counts.join(", ")
    }
}

fn row(finding: &crate::report::Finding, style: &Style) -> Finding {
    let mut says = Line::new();
    if let Some(at) = &finding.at {
        says.extend([place(at), plain("  ")]);
    }
    says.push(plain(&finding.message));
    let more = |text: &String| (!text.is_empty()).then(|| vec![quiet(text)]);
    let more = [&finding.impact, &finding.hint].into_iter().filter_map(more);
    Finding {
        severity: finding.severity,
        id: finding.id.clone(),
        says,
        more: if style.verbose {
            more.collect()
        } else {
            Vec::new()
        },
    }
}
