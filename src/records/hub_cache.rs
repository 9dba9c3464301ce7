//! A snapshot of a hub cache: its files are links into `blobs/`, whose names are digests.
//!
//! The name is taken from the *first* link: where repos share a store, that blob is a link again,
//! and what it leads to is named by another hash, as long as a SHA-256 and no SHA-256.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use super::{By, Kind, Record, Records, Status, Store, Trouble, Wrong, etag, tree};
use crate::{
    facts::{Artifact, Facts},
    inventory::report_path,
    locate::references,
    words::Place,
};

pub(super) const STORE: Store = Store { gather };

fn gather(facts: &Facts, records: &mut Records) {
    let Some((repo, commit, below)) = snapshot(facts) else {
        return;
    };
    let named = facts.artifacts.iter().filter_map(|it| Some((it, blob(it)?)));
    let named: Vec<(&Artifact, String)> = named.collect();
    let source = format!("trees/{commit}.json");
    let listed =
        tree::read(&repo.join("trees").join(format!("{commit}.json")), &source, &below, records);
    let mut listed: BTreeMap<String, Record> =
        listed.into_iter().flatten().map(|it| (it.path.clone(), it)).collect();
    let has_tree = !listed.is_empty();
    for (artifact, name) in &named {
        let says = etag(name);
        let source = format!("blobs/{name}");
        let mut record = Record::new(&artifact.path, By::HubBlob, source, says);
        if let Some(said) = listed.get_mut(&artifact.path) {
            said.absent = Status::Missing; // its link is here: it was downloaded once
            record.len = said.len;
            if said.says == record.says {
                listed.remove(&artifact.path); // one record is enough where both say the same
            }
        }
        records.records.push(record);
    }
    left_over(&repo, &listed, has_tree, records);
    for (name, to) in references(&repo) {
        if !repo.join("snapshots").join(&to).is_dir() {
            let short = to.get(..12).unwrap_or(&to);
            let saying = format!("refs/{name} points to commit {short}, of which nothing is here");
            records.unusable(None, saying);
        }
    }
    records.records.extend(listed.into_values());
    // Without a listing, a file that is no link among links was put there by someone else.
    if has_tree {
        records.closed.insert(Kind::HubRecord, source);
    } else if !named.is_empty() {
        records.closed.insert(Kind::HubRecord, "the links of the snapshot".to_owned());
    }
}

/// The repo's folder in the cache, the commit, and the folder of the repo that the release is.
fn snapshot(facts: &Facts) -> Option<(PathBuf, &str, String)> {
    let commit = facts.release.commit.as_deref()?;
    let repo = facts.release.bounds.first()?.canonicalize().ok()?;
    let snapshot = repo.join("snapshots").join(commit);
    let root = facts.release.root.canonicalize().ok()?;
    let below = report_path(root.strip_prefix(snapshot).ok()?);
    Some((repo, commit, below))
}

/// The name of the blob that a file's first link leads to.
fn blob(artifact: &Artifact) -> Option<String> {
    let link = artifact.link.as_deref()?;
    let folder = link.parent()?.file_name()?;
    (folder == "blobs").then(|| link.file_name()?.to_str().map(str::to_owned))?
}

/// Downloads that stopped: `<etag>.<8 hex>.incomplete`, of older clients `<etag>.incomplete`.
fn left_over(
    repo: &Path,
    listed: &BTreeMap<String, Record>,
    has_tree: bool,
    records: &mut Records,
) {
    let entries = fs::read_dir(repo.join("blobs")).into_iter().flatten().filter_map(Result::ok);
    let mut found: Vec<(String, u64)> = entries
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            name.ends_with(".incomplete").then_some(())?;
            Some((name, entry.metadata().ok()?.len()))
        })
        .collect();
    found.sort();
    for (name, len) in found {
        let begun = name.split('.').next().map(etag);
        let of = listed.values().find(|it| Some(&it.says) == begun.as_ref());
        // With a listing, what is not on it is of another commit.
        if of.is_none() && has_tree {
            continue;
        }
        let what = of.map_or("a file of this repo", |it| it.path.as_str());
        records.troubles.push(Trouble {
            what: Wrong::LeftOver,
            at: of.map(|it| Place::file(&it.path)),
            saying: format!("{len} bytes of {what} lie in blobs/{name}: a download that stopped"),
        });
    }
}
