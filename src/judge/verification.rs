//! What the records, and the agreement of the parts, show of a release; one verdict a kind.

use std::collections::BTreeSet;

use crate::{
    facts::Facts,
    records::{Glob, Held, Kind, Row, Status},
    report::{Finding, Shown, Verification, VerificationKind, VerifiedFile},
    words::{Category, Severity},
};

/// Findings that come from records, and are told by the kinds of records.
const OF_RECORDS: &[&str] = &[
    "digest-mismatch",
    "checksum-list-mismatch",
    "file-missing",
    "file-unexpected",
    "revision-mixed",
    "record-invalid",
    "download-left-over",
    "signature-invalid",
    "signature-certificate-expired",
];

/// What is shown of the files that `only` fits.
pub fn of(facts: &Facts, held: &Held, findings: &[Finding], only: &[Glob]) -> Verification {
    let mut kinds: Vec<VerificationKind> =
        Kind::ALL.iter().filter_map(|kind| of_kind(*kind, facts, held)).collect();
    let about = |finding: &&Finding| {
        let path = finding.at.as_ref().map(|at| at.path.as_str());
        only.is_empty() || path.is_some_and(|path| only.iter().any(|it| it.fits(path)))
    };
    let of_parts = |finding: &&Finding| {
        matches!(finding.category, Category::Integrity | Category::Format)
            && finding.severity >= Severity::Medium
            && !OF_RECORDS.contains(&finding.id.as_str())
    };
    let of_agreement = |finding: &&Finding| {
        finding.category == Category::Consistency && finding.severity >= Severity::Low
    };
    let broken = findings.iter().filter(about).any(|it| of_parts(&it));
    let odd = findings.iter().filter(about).any(|it| of_agreement(&it));
    let read: Vec<u64> = facts
        .artifacts
        .iter()
        .filter(|it| it.open && it.unreadable.is_none() && held.files.contains_key(&it.path))
        .map(|it| it.len)
        .collect();
    for (kind, failed) in [("structure", broken), ("consistency", odd)] {
        let result = if failed { "failed" } else { "passed" };
        kinds.push(VerificationKind {
            kind: kind.to_owned(),
            result: result.to_owned(),
            files: read.len() as u64,
            bytes: read.iter().fold(0, |sum: u64, len| sum.saturating_add(*len)),
        });
    }
    Verification {
        strength: held.strength().word().to_owned(),
        shown: held
            .shown()
            .map(|(standing, files, bytes)| Shown {
                strength: standing.word().to_owned(),
                files,
                bytes,
            })
            .to_vec(),
        kinds,
        files: held.rows.iter().map(file).collect(),
    }
}

/// The verdict on a kind; `None` where nothing of it is here and nobody would look for it.
fn of_kind(kind: Kind, facts: &Facts, held: &Held) -> Option<VerificationKind> {
    let rows = || held.rows.iter().filter(move |it| it.by.is_some_and(|by| by.kind() == kind));
    if kind != Kind::Signature && rows().next().is_none() {
        return None;
    }
    let compared = |it: &&Row| matches!(it.status, Status::Match | Status::Mismatch);
    let paths: BTreeSet<&str> = rows().filter(compared).map(|it| it.path.as_str()).collect();
    let lens = paths.iter().filter_map(|path| facts.artifact(path)).map(|it| it.len);
    let bad = |it: &Row| it.status.is_bad() && it.status != Status::NotDownloaded;
    let result = if rows().any(bad) {
        "failed"
    } else if paths.is_empty() {
        "unavailable"
    } else if rows().all(|it| it.status == Status::Match) {
        "passed"
    } else {
        "partial"
    };
    Some(VerificationKind {
        kind: kind.word().to_owned(),
        result: result.to_owned(),
        files: paths.len() as u64,
        bytes: lens.fold(0, u64::saturating_add),
    })
}

fn file(row: &Row) -> VerifiedFile {
    VerifiedFile {
        path: row.path.clone(),
        status: match row.status {
            Status::Unchecked => Status::Unverifiable,
            status => status,
        }
        .word()
        .to_owned(),
        by: row.by.map(|by| by.word().to_owned()),
        record: row.source.clone(),
        algorithm: row.algorithm.map(str::to_owned),
        expected: row.expected.clone(),
        actual: row.actual.clone(),
        why: row.why.clone(),
    }
}
