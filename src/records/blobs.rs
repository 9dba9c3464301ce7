//! Stores that name their blobs after the content: Ollama, OCI image layouts, the hub's cache.

use std::{fs, path::Path};

use super::{By, Record, Records, Says, Store, Trouble, Wrong, etag};
use crate::{
    digest::{Algorithm, Digest},
    facts::{Artifact, Blob, Facts, Scope},
    inventory::report_path,
    words::{FileKind, Origin, Place},
};

pub(super) const STORE: Store = Store { gather };

fn gather(facts: &Facts, records: &mut Records) {
    if let Scope::Named(files) = &facts.release.scope {
        return by_manifest(files, facts, records);
    }
    for artifact in &facts.artifacts {
        if let Some((by, says)) = named(artifact) {
            records.records.push(Record::new(&artifact.path, by, &artifact.path, says));
        }
    }
}

/// What the manifest says of its blobs. That a blob is called by its digest says the same once more.
fn by_manifest(files: &[Blob], facts: &Facts, records: &mut Records) {
    let by = match facts.release.origin {
        Origin::OciLayout => By::Oci,
        _ => By::Ollama,
    };
    for file in files {
        let path = report_path(&file.path);
        let Some((algorithm, digest)) = stated(&file.digest) else {
            let at = Some(Place::file(path));
            records.unusable(at, "is no manifest of a model, or cannot be read");
            continue;
        };
        let says = Says::Digest(algorithm, digest);
        let mut record = Record::new(&path, by, "the manifest", says);
        record.len = file.len;
        record.remark = Some(format!("its place is {}", report_path(&file.place)));
        records.records.push(record);
    }
    if by == By::Ollama {
        left_over(files, &facts.release.root, records);
    }
    if let [Blob { kind: Some(FileKind::Record), path, .. }] = files {
        let at = Some(Place::file(report_path(path)));
        records
            .unusable(at, "names no file: the layout holds the manifest, and nothing of the model");
    }
}

fn stated(digest: &str) -> Option<(Algorithm, Digest)> {
    let (algorithm, hex) = digest.split_once(':')?;
    let algorithm = Algorithm::named(algorithm)?;
    Some((algorithm, Digest::from_hex(hex, algorithm)?))
}

/// Downloads that stopped: `blobs/sha256-<hex>-partial`, and one such for each part of it.
fn left_over(files: &[Blob], root: &Path, records: &mut Records) {
    let entries = fs::read_dir(root.join("blobs")).into_iter().flatten().flatten();
    let names = entries.filter_map(|it| it.file_name().into_string().ok());
    let mut partial: Vec<(String, String)> = names
        .filter_map(|name| {
            let (blob, _) = name.split_once("-partial")?;
            Some((blob.to_owned(), name))
        })
        .collect();
    partial.sort();
    for file in files {
        let blob = file.place.file_name().unwrap_or_default().to_string_lossy();
        let from = partial.partition_point(|(it, _)| **it < *blob);
        let of_file = partial[from..].iter().take_while(|(it, _)| **it == *blob);
        let parts: Vec<&str> = of_file.map(|(_, name)| name.as_str()).collect();
        if let [first, ..] = parts[..] {
            let path = report_path(&file.path);
            let count = match parts.len() {
                1 => "a part".to_owned(),
                count => format!("{count} parts"),
            };
            records.troubles.push(Trouble {
                what: Wrong::LeftOver,
                saying: format!("{count} of {path} in blobs/{first}: a download that stopped"),
                at: Some(Place::file(path)),
            });
        }
    }
}

/// `blobs/sha256-<hex>`, in old stores `blobs/sha256:<hex>`; `blobs/<algorithm>/<hex>`; in a repo of
/// the hub's cache `blobs/<etag>`.
fn named(artifact: &Artifact) -> Option<(By, Says)> {
    let name = artifact.name();
    let long = |it: &&str| it.len() >= 40 && it.bytes().all(|it| it.is_ascii_hexdigit());
    let digits = name.strip_prefix("sha256-").or_else(|| name.strip_prefix("sha256:"));
    digits.or(Some(name)).filter(long)?;
    // A file that was named itself does not show its folder in its path.
    let place = artifact.place.parent()?.canonicalize().ok()?;
    let mut around = place.iter().rev().map(|it| it.to_string_lossy().into_owned());
    let (folder, outer) = (around.next()?, around.next().unwrap_or_default());
    let is_link = artifact.link.is_some();
    match (folder.as_str(), outer.as_str(), digits) {
        ("blobs", _, Some(hex)) => {
            let digest = Digest::from_hex(hex, Algorithm::Sha256)?;
            Some((By::Ollama, Says::Digest(Algorithm::Sha256, digest)))
        }
        ("blobs", repo, None) if !is_link && repo.starts_with("models--") => {
            Some((By::HubBlob, etag(name)))
        }
        (algorithm, "blobs", None) => {
            let algorithm = Algorithm::named(algorithm).filter(|it| {
                matches!(it, Algorithm::Sha256 | Algorithm::Sha384 | Algorithm::Sha512)
            })?;
            Some((By::Oci, Says::Digest(algorithm, Digest::from_hex(name, algorithm)?)))
        }
        _ => None,
    }
}
