//! Stores that name their blobs after the content: Ollama and OCI image layouts.

use super::{By, Record, Records, Says, Store};
use crate::{
    digest::{Algorithm, Digest},
    facts::{Artifact, Facts},
};

pub(super) const STORE: Store = Store { gather };

fn gather(facts: &Facts, records: &mut Records) {
    for artifact in &facts.artifacts {
        if let Some((by, algorithm, digest)) = named(artifact) {
            let says = Says::Digest(algorithm, digest);
            records.records.push(Record::new(&artifact.path, by, &artifact.path, says));
        }
    }
}

/// `blobs/sha256-<hex>`, in old stores `blobs/sha256:<hex>`; `blobs/<algorithm>/<hex>`.
fn named(artifact: &Artifact) -> Option<(By, Algorithm, Digest)> {
    let name = artifact.name();
    let folder = artifact.folder();
    let last = |path: &str| path.rsplit('/').next().map(str::to_owned);
    if last(folder).as_deref() == Some("blobs") {
        let hex = name.strip_prefix("sha256-").or_else(|| name.strip_prefix("sha256:"))?;
        let digest = Digest::from_hex(hex, Algorithm::Sha256)?;
        return Some((By::Ollama, Algorithm::Sha256, digest));
    }
    let (around, algorithm) = folder.rsplit_once('/')?;
    (last(around).as_deref() == Some("blobs")).then_some(())?;
    let algorithm = match algorithm {
        "sha256" => Algorithm::Sha256,
        "sha384" => Algorithm::Sha384,
        "sha512" => Algorithm::Sha512,
        _ => return None,
    };
    Some((By::Oci, algorithm, Digest::from_hex(name, algorithm)?))
}
