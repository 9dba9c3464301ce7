//! Whether the bytes are those that were recorded, and all of them.

use std::collections::BTreeSet;

use super::{
    Case, Check, Found,
    weights::{counted, listed},
};
use crate::{
    records::{By, Row, Status, Wrong},
    words::{Category, FileKind, Place, Severity},
};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "digest-mismatch",
        category: Category::Integrity,
        severity: Severity::High,
        title: "A file is not the one that was recorded",
        impact: "Its bytes were damaged or changed after the download.",
        hint: "Download the file again, and find out who changed it before you use it.",
        references: &[],
        find: digest_mismatch,
    },
    Check {
        id: "checksum-list-mismatch",
        category: Category::Integrity,
        severity: Severity::Medium,
        title: "A file is not the one that a list in the release has",
        impact: "The file was damaged or changed, or the list was made for another version of it.",
        hint: "Download the file again; if it stays so, ask the publisher for a list of this version.",
        references: &[],
        find: checksum_list_mismatch,
    },
    Check {
        id: "file-missing",
        category: Category::Integrity,
        severity: Severity::High,
        title: "A file that was recorded is not here",
        impact: "The release is not whole.",
        hint: "Download it again; `--only` tells `verify` which files you meant to have.",
        references: &[],
        find: file_missing,
    },
    Check {
        id: "file-unexpected",
        category: Category::Integrity,
        severity: Severity::Medium,
        title: "A file was added to the release",
        impact: "It is not the publisher's: loaders, and people, may run or read it as if it were.",
        hint: "Find out who put it here; move it out of the release where it is your own.",
        references: &[],
        find: file_unexpected,
    },
    Check {
        id: "revision-mixed",
        category: Category::Integrity,
        severity: Severity::Medium,
        title: "Files of different revisions lie in one folder",
        impact: "Such a release was never published: its parts may not fit together.",
        hint: "Download one revision into an empty folder.",
        references: &[],
        find: revision_mixed,
    },
    Check {
        id: "record-invalid",
        category: Category::Integrity,
        severity: Severity::Medium,
        title: "A record that cannot be used",
        impact: "What it was to prove is not proven.",
        hint: "Look at the named file; downloading again writes records of clients anew.",
        references: &[],
        find: record_invalid,
    },
    Check {
        id: "download-left-over",
        category: Category::Integrity,
        severity: Severity::Low,
        title: "Part of a download that stopped lies in the cache",
        impact: "The file that it was to become is not here, and the part takes up space.",
        hint: "Download the release again: the client goes on where it stopped.",
        references: &[],
        find: download_left_over,
    },
];

/// Rows of a status, the first of each file.
fn rows<'c>(case: &'c Case, status: Status, fits: impl Fn(&Row) -> bool + 'c) -> Vec<&'c Row> {
    let mut seen = BTreeSet::new();
    let found = case.held.rows.iter().filter(|it| it.status == status && fits(it));
    found.filter(|it| seen.insert(it.path.as_str())).collect()
}

fn in_list(row: &Row) -> bool {
    row.by == Some(By::ChecksumList)
}

/// `blobs/6214… records sha256 …, it is …`.
fn difference(row: &Row) -> String {
    let source = row.source.as_deref().unwrap_or("the record");
    let algorithm = row.algorithm.unwrap_or("digest");
    let mut words = match (&row.expected, &row.actual) {
        (Some(expected), Some(actual)) => {
            format!("{source} records {algorithm} {expected}, it has {actual}")
        }
        (Some(expected), None) => format!("{source} records {algorithm} {expected}"),
        _ => format!("{source} records another file"),
    };
    if let Some(why) = &row.why {
        words.push_str("; ");
        words.push_str(why);
    }
    words
}

fn digest_mismatch(case: &Case) -> Vec<Found> {
    let rows = rows(case, Status::Mismatch, |it| !in_list(it));
    rows.into_iter().map(|it| Found::at(Place::file(&it.path), difference(it))).collect()
}

fn checksum_list_mismatch(case: &Case) -> Vec<Found> {
    let found = rows(case, Status::Mismatch, in_list).into_iter().map(|it| {
        let found = Found::at(Place::file(&it.path), difference(it));
        let kind = case.facts.artifact(&it.path).map(|it| it.kind);
        match kind {
            Some(FileKind::Weights) => found.severity(Severity::High),
            _ => found,
        }
    });
    found.collect()
}

fn file_missing(case: &Case) -> Vec<Found> {
    let lost = rows(case, Status::Missing, |_| true).into_iter().map(|it| {
        let source = it.source.as_deref().unwrap_or("a record");
        let why = it.why.as_ref().map_or(String::new(), |why| format!("; {why}"));
        let found = Found::at(Place::file(&it.path), format!("{source} has it{why}"));
        let alone_in_list = case.held.of(&it.path).all(in_list);
        if alone_in_list {
            found.severity(Severity::Medium)
        } else {
            found
        }
    });
    let mut found: Vec<Found> = lost.collect();
    let never = rows(case, Status::NotDownloaded, |_| true);
    if let Some(first) = never.first() {
        let source = first.source.as_deref().unwrap_or("the listing");
        let paths: Vec<&str> = never.iter().map(|it| it.path.as_str()).collect();
        let message = format!(
            "{} that {source} names {} not downloaded: {}",
            counted(paths.len(), "file"),
            if paths.len() == 1 { "was" } else { "were" },
            listed(&paths)
        );
        found.push(Found::of_all(message).severity(Severity::Low));
    }
    found
}

fn file_unexpected(case: &Case) -> Vec<Found> {
    let found = rows(case, Status::Unexpected, |_| true).into_iter().map(|it| {
        let source = it.source.as_deref().unwrap_or("the list");
        Found::at(Place::file(&it.path), format!("{source} does not name it"))
    });
    found.collect()
}

fn revision_mixed(case: &Case) -> Vec<Found> {
    let commits = &case.records.commits;
    if commits.len() < 2 {
        return Vec::new();
    }
    let mut by_size: Vec<(&String, &Vec<String>)> = commits.iter().collect();
    by_size.sort_by_key(|(commit, files)| (std::cmp::Reverse(files.len()), *commit));
    let words = by_size.iter().map(|(commit, files)| {
        let short = commit.get(..12).unwrap_or(commit);
        let names: Vec<&str> = files.iter().map(String::as_str).collect();
        format!("{} of {short} ({})", counted(files.len(), "file"), listed(&names))
    });
    vec![Found::of_all(words.collect::<Vec<_>>().join(", "))]
}

fn troubles(case: &Case, what: Wrong) -> Vec<Found> {
    let found = case.records.troubles.iter().filter(|it| it.what == what);
    let found = found.map(|it| match &it.at {
        Some(at) => Found::at(at.clone(), it.saying.clone()),
        None => Found::of_all(it.saying.clone()),
    });
    found.collect()
}

fn record_invalid(case: &Case) -> Vec<Found> {
    troubles(case, Wrong::Unusable)
}

fn download_left_over(case: &Case) -> Vec<Found> {
    troubles(case, Wrong::LeftOver)
}
