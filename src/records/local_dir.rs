//! A folder that the hub's client filled: beside the files lies a note of each, with the commit and
//! the etag. The client deletes notes that it cannot parse; here they are only read.

use std::{collections::BTreeMap, fs, time::UNIX_EPOCH};

use super::{By, Kind, Record, Records, Status, Store, etag, reading, tree};
use crate::{
    facts::{Artifact, Facts},
    words::Place,
};

pub(super) const STORE: Store = Store { gather };

const NOTES: &str = ".cache/huggingface/download/";

/// A note is three short lines.
const MOST: u64 = 4096;

fn gather(facts: &Facts, records: &mut Records) {
    let first = facts.artifacts.partition_point(|it| it.path.as_str() < NOTES);
    let notes = facts.artifacts[first..].iter().take_while(|it| it.path.starts_with(NOTES));
    let mut of_commits: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut found: Vec<Record> = Vec::new();
    for artifact in notes {
        let Some(path) = note_of(artifact) else {
            continue;
        };
        match note(artifact) {
            Ok((commit, name, time)) => {
                of_commits.entry(commit).or_default().push(path.to_owned());
                let mut record = Record::new(path, By::HubMetadata, &artifact.path, etag(&name));
                record.remark = facts.artifact(path).and_then(|it| later(it, time));
                found.push(record);
            }
            Err(why) => records.unusable(Some(Place::file(&artifact.path)), why),
        }
    }
    let Some((commit, _)) = of_commits.iter().max_by_key(|(_, files)| files.len()) else {
        return;
    };
    let source = format!(".cache/huggingface/trees/{commit}.json");
    let listed = tree::read(&facts.release.root.join(&source), &source, "", records);
    let places: BTreeMap<&str, usize> =
        found.iter().enumerate().map(|(at, it)| (it.path.as_str(), at)).collect();
    let mut further = Vec::new();
    let mut lens = Vec::new();
    for record in listed.into_iter().flatten() {
        match places.get(record.path.as_str()) {
            // Of the same commit it says the same; of another one it says nothing of this file.
            Some(at) if found[*at].says == record.says => lens.push((*at, record.len)),
            Some(_) if of_commits.len() > 1 => {}
            Some(_) => further.push(Record { absent: Status::Missing, ..record }),
            None => further.push(record),
        }
    }
    for (at, len) in lens {
        found[at].len = len;
    }
    records.records.extend(found);
    records.records.extend(further);
    records.closed.insert(Kind::HubRecord, "the client's notes".to_owned());
    records.commits.extend(of_commits);
}

/// The path that a note is of.
fn note_of(artifact: &Artifact) -> Option<&str> {
    artifact.path.strip_prefix(NOTES)?.strip_suffix(".metadata").filter(|it| !it.is_empty())
}

/// The commit, the etag and the time in seconds since 1970 of a note.
fn note(artifact: &Artifact) -> Result<(String, String, f64), String> {
    if !artifact.open {
        return Err("is not opened".to_owned());
    }
    let text = reading::text(&artifact.place, MOST)?;
    let mut lines = text.lines();
    let (Some(commit), Some(etag), Some(time)) = (lines.next(), lines.next(), lines.next()) else {
        return Err("is no note of a download: it has fewer than three lines".to_owned());
    };
    let commit = commit.trim();
    if !(commit.len() == 40 && commit.bytes().all(|it| it.is_ascii_hexdigit())) {
        return Err("is no note of a download: its first line is no commit".to_owned());
    }
    let etag = etag.trim().trim_start_matches("W/").trim_matches('"');
    let time = time.trim().parse().map_err(|_| "notes no time".to_owned())?;
    Ok((commit.to_owned(), etag.to_owned(), time))
}

/// A file that was written to after its note; worth a remark only where its bytes differ.
fn later(artifact: &Artifact, noted: f64) -> Option<String> {
    let time = fs::metadata(&artifact.place).ok()?.modified().ok()?;
    let time = time.duration_since(UNIX_EPOCH).ok()?.as_secs_f64();
    let words = if time - 1.0 > noted {
        "its time says that it was changed after the download"
    } else {
        "its time says that it was not changed since the download"
    };
    Some(words.to_owned())
}
