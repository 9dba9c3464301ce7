//! What the records, and the agreement of the parts, show of a release; one verdict a kind.

use std::collections::BTreeSet;

use crate::{
    facts::Facts,
    records::{Glob, Held, Kind, Outcome, Records, Row, Signed, Status},
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

/// Findings on what people say of a release, which is no part of it that others must fit: a folder may
/// be called anything.
const OF_WORDS: &[&str] = &["size-claim-disagrees"];

/// What is shown of the files that `only` fits.
pub fn of(
    facts: &Facts,
    records: &Records,
    held: &Held,
    findings: &[Finding],
    only: &[Glob],
) -> Verification {
    let mut kinds: Vec<VerificationKind> =
        Kind::ALL.iter().filter_map(|kind| of_kind(*kind, facts, records, held)).collect();
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
        finding.category == Category::Consistency
            && finding.severity >= Severity::Low
            && !OF_WORDS.contains(&finding.id.as_str())
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
            note: None,
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
fn of_kind(kind: Kind, facts: &Facts, records: &Records, held: &Held) -> Option<VerificationKind> {
    let signature = records.signature.as_ref().filter(|_| kind == Kind::Signature);
    let rows = || held.rows.iter().filter(move |it| it.by.is_some_and(|by| by.kind() == kind));
    if kind != Kind::Signature && rows().next().is_none() {
        return None;
    }
    let compared = |it: &&Row| matches!(it.status, Status::Match | Status::Mismatch);
    let paths: BTreeSet<&str> = rows().filter(compared).map(|it| it.path.as_str()).collect();
    let lens = paths.iter().filter_map(|path| facts.artifact(path)).map(|it| it.len);
    let bad = |it: &Row| it.status.is_bad() && it.status != Status::NotDownloaded;
    let refused = signature.is_some_and(|it| matches!(it.outcome, Outcome::Refused(_)));
    let doubtful = signature.is_some_and(|it| !it.is_authentic());
    let left_out = |it: &Row| kind == Kind::Signature && records.left_out.contains_key(&it.path);
    let result = if refused || rows().any(bad) {
        "failed"
    } else if paths.is_empty() {
        "unavailable"
    } else if !doubtful && rows().all(|it| it.status == Status::Match || left_out(it)) {
        "passed"
    } else {
        "partial"
    };
    Some(VerificationKind {
        kind: kind.word().to_owned(),
        result: result.to_owned(),
        files: paths.len() as u64,
        bytes: lens.fold(0, u64::saturating_add),
        note: signature.map(|it| note(it, records)),
    })
}

/// Who signed, or why nothing is known of that.
fn note(signed: &Signed, records: &Records) -> String {
    let mut note = match &signed.outcome {
        Outcome::By(who) => match &who.ended {
            Some(ended) => format!("by {}; {ended}", who.named),
            None => format!("by {}", who.named),
        },
        Outcome::Unchecked(why) | Outcome::Refused(why) => why.clone(),
    };
    let count = |count: usize| format!("{count} file{}", if count == 1 { "" } else { "s" });
    let left_out = records.left_out.values().filter(|it| !it.always).count();
    if left_out > 0 {
        note = format!("{note}; {} left out on purpose", count(left_out));
    }
    if signed.bookkeeping > 0 {
        note = format!(
            "{note}; {} besides, all of clients' own bookkeeping",
            count(signed.bookkeeping)
        );
    }
    note
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
