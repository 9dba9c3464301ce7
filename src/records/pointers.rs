//! git-lfs pointers: what should stand in their place.

use super::{By, Record, Records, Says, Store};
use crate::{
    digest::{Algorithm, Digest},
    facts::{Contents, Facts},
};

pub(super) const STORE: Store = Store { gather };

fn gather(facts: &Facts, records: &mut Records) {
    for artifact in &facts.artifacts {
        let Contents::Pointer(pointer) = &artifact.contents else {
            continue;
        };
        let Some(digest) = Digest::from_hex(&pointer.sha256, Algorithm::Sha256) else {
            continue;
        };
        let says = Says::Digest(Algorithm::Sha256, digest);
        let mut record = Record::new(&artifact.path, By::LfsPointer, &artifact.path, says);
        record.len = Some(pointer.len);
        record.remark = stored(facts, &pointer.sha256);
        records.records.push(record);
    }
}

/// Whether the clone has the real file all the same.
fn stored(facts: &Facts, sha256: &str) -> Option<String> {
    let (first, second) = (sha256.get(..2)?, sha256.get(2..4)?);
    let object = format!(".git/lfs/objects/{first}/{second}/{sha256}");
    facts.artifact(&object).map(|_| {
        "the file itself lies in .git/lfs: `git lfs checkout` puts it in its place".to_owned()
    })
}
