//! `trees/<commit>.json`: the hub's listing of a whole commit, as its client keeps it.

use std::{collections::BTreeMap, path::Path};

use serde::Deserialize;

use super::{By, Record, Records, Says, Status, reading};
use crate::{
    digest::{Algorithm, Digest, of},
    inventory::report_path,
};

#[derive(Deserialize)]
struct Listing {
    format_version: u64,
    #[serde(default)]
    files: BTreeMap<String, Listed>,
}

#[derive(Deserialize)]
struct Listed {
    size: Option<u64>,
    blob_id: Option<String>,
    lfs_sha256: Option<String>,
    lfs_size: Option<u64>,
}

/// The records of a listing, for files below the folder `below` of the repo (`""` is all of it);
/// `None` where there is no such listing. What is wrong with one is told to `records`.
pub(super) fn read(
    path: &Path,
    source: &str,
    below: &str,
    records: &mut Records,
) -> Option<Vec<Record>> {
    path.symlink_metadata().ok()?;
    let listing = reading::bytes(path, reading::MOST).and_then(|bytes| {
        serde_json::from_slice::<Listing>(&bytes).map_err(|error| format!("is not valid: {error}"))
    });
    let listing = match listing {
        Ok(listing) if listing.format_version == 1 => listing,
        Ok(listing) => {
            let version = listing.format_version;
            records.unusable(None, format!("{source} is of version {version}, which is not known"));
            return None;
        }
        Err(why) => {
            records.unusable(None, format!("{source} {why}"));
            return None;
        }
    };
    let mut found = Vec::new();
    for (name, listed) in listing.files {
        let name = report_path(Path::new(&name));
        let within = match below {
            "" => Some(name.as_str()),
            below => name.strip_prefix(below).and_then(|it| it.strip_prefix('/')),
        };
        let Some(path) = within.filter(|it| !it.split('/').any(|part| part == "..")) else {
            continue;
        };
        if let Some(why) = listed.contradiction() {
            records.unusable(None, format!("{source} contradicts itself on {name}: {why}"));
        }
        let mut record = Record::new(path, By::HubTree, source, listed.says());
        record.len = listed.lfs_size.or(listed.size);
        record.absent = Status::NotDownloaded;
        found.push(record);
    }
    Some(found)
}

impl Listed {
    fn says(&self) -> Says {
        let digest = |hex: &Option<String>, algorithm| {
            Some(Says::Digest(algorithm, Digest::from_hex(hex.as_deref()?, algorithm)?))
        };
        let known = match &self.lfs_sha256 {
            Some(_) => digest(&self.lfs_sha256, Algorithm::Sha256),
            None => digest(&self.blob_id, Algorithm::GitBlobSha1),
        };
        known.unwrap_or_else(|| Says::Nothing("the listing gives no digest of it".to_owned()))
    }

    /// A file kept by git-lfs has two names there, and one follows from the other.
    fn contradiction(&self) -> Option<&'static str> {
        let (sha256, len) = (self.lfs_sha256.as_deref()?, self.lfs_size?);
        let id = Digest::from_hex(self.blob_id.as_deref()?, Algorithm::GitBlobSha1)?;
        (id != pointer_id(Algorithm::GitBlobSha1, sha256, len))
            .then_some("its blob is not the git-lfs pointer to its digest")
    }
}

/// What git calls the git-lfs pointer to a file of this SHA-256, in lower-case hex, and length.
pub(super) fn pointer_id(named_by: Algorithm, sha256: &str, len: u64) -> Digest {
    let pointer =
        format!("version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {len}\n");
    of(named_by, pointer.as_bytes())
}
