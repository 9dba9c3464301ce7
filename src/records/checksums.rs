//! Lists of digests in the release: `SHA256SUMS`, `checklist.chk`, `model.safetensors.sha256`,
//! `huggingface-metadata.txt` and their kin.

use super::{By, Record, Records, Says, Store, list, reading};
use crate::{
    facts::{Artifact, Facts},
    words::{FileKind, Place},
};

pub(super) const STORE: Store = Store { gather };

fn gather(facts: &Facts, records: &mut Records) {
    let lists = facts.artifacts.iter().filter(|it| it.kind == FileKind::Record && it.open);
    for artifact in lists.filter(|it| it.len > 0 && it.format != Some("json")) {
        match reading::text(&artifact.place, reading::MOST) {
            Ok(text) => entries(artifact, &text, facts, records),
            Err(why) => records.unusable(Some(Place::file(&artifact.path)), why),
        }
    }
}

fn entries(artifact: &Artifact, text: &str, facts: &Facts, records: &mut Records) {
    let list = list::parse(text, artifact.name());
    for (line, why) in list.refused {
        records.unusable(Some(Place::file(&artifact.path).line(line)), why);
    }
    for entry in list.entries {
        let place = Place::file(&artifact.path).line(entry.line);
        let path = match &entry.name {
            Some(name) => list::path_of(name),
            // A digest alone is of the file that the list is named after.
            None => artifact
                .name()
                .rsplit_once('.')
                .map(|(file, _)| file.to_owned())
                .ok_or_else(|| "names no file".to_owned()),
        };
        let path = match path {
            Ok(path) => from_list(artifact, path, facts),
            Err(why) => {
                records.unusable(Some(place), why);
                continue;
            }
        };
        if path != artifact.path {
            let source = format!("{}:{}", artifact.path, entry.line);
            let says = Says::Digest(entry.algorithm, entry.digest);
            records.records.push(Record::new(path, By::ChecksumList, source, says));
        }
    }
}

/// Names are relative to the folder of the list, or, where nothing is there, to the release.
fn from_list(artifact: &Artifact, path: String, facts: &Facts) -> String {
    let beside = artifact.beside(&path);
    if facts.position(&beside).is_none() && facts.position(&path).is_some() {
        path
    } else {
        beside
    }
}
