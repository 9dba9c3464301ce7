//! The cache of llama.cpp: beside a file lies its etag, `<file>.etag`, of older versions `<file>.json`.

use std::fs;

use serde::Deserialize;

use super::{By, Record, Records, Store, Trouble, Wrong, etag, reading};
use crate::{
    facts::{Artifact, Facts},
    words::{FileKind, Place},
};

pub(super) const STORE: Store = Store { gather };

/// An etag is a line.
const MOST: u64 = 64 << 10;

#[derive(Deserialize)]
struct Noted {
    etag: String,
}

fn gather(facts: &Facts, records: &mut Records) {
    for artifact in facts.artifacts.iter().filter(|it| it.kind == FileKind::Weights) {
        left_over(artifact, records);
        for ending in ["etag", "json"] {
            let beside = facts.artifact(&format!("{}.{ending}", artifact.path));
            let Some((note, written)) = beside.and_then(|it| Some((it, written(it, ending)?)))
            else {
                continue;
            };
            let name = written.trim().trim_start_matches("W/").trim_matches('"');
            let says = etag(name);
            records.records.push(Record::new(&artifact.path, By::LlamaCpp, &note.path, says));
        }
    }
}

/// A newer version of the file whose download stopped.
fn left_over(artifact: &Artifact, records: &mut Records) {
    let name = format!("{}.downloadInProgress", artifact.name());
    let begun = fs::metadata(artifact.place.with_file_name(&name)).ok();
    if let Some(begun) = begun.filter(fs::Metadata::is_file) {
        records.troubles.push(Trouble {
            what: Wrong::LeftOver,
            at: Some(Place::file(&artifact.path)),
            saying: format!("{} bytes lie in {name}: a download that stopped", begun.len()),
        });
    }
}

fn written(note: &Artifact, ending: &str) -> Option<String> {
    let text = reading::text(&note.place, MOST).ok().filter(|_| note.open)?;
    match ending {
        "etag" => Some(text),
        _ => serde_json::from_str::<Noted>(&text).ok().map(|it| it.etag),
    }
}
