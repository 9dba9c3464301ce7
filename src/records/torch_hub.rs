//! Checkpoints of the torch hub: a name ends in the first digits of the SHA-256, `resnet18-f37072fd.pth`.

use super::{By, Record, Records, Says, Store};
use crate::{
    facts::{Artifact, Facts},
    words::Origin,
};

pub(super) const STORE: Store = Store { gather };

fn gather(facts: &Facts, records: &mut Records) {
    for artifact in &facts.artifacts {
        if let Some(digits) = digits(artifact).filter(|_| in_a_hub(facts, artifact)) {
            let says = Says::Sha256Start(digits.to_owned());
            let mut record = Record::new(&artifact.path, By::TorchHub, &artifact.path, says);
            record.remark = Some(format!("the name tells {} of 64 digits", digits.len()));
            records.records.push(record);
        }
    }
}

/// The digits at the end of the name, eight or more.
fn digits(artifact: &Artifact) -> Option<&str> {
    let (stem, ending) = artifact.name().rsplit_once('.')?;
    let (name, digits) = stem.rsplit_once('-')?;
    let plain = |it: u8| matches!(it, b'0'..=b'9' | b'a'..=b'f');
    let fits =
        matches!(ending, "pth" | "pt") && !name.is_empty() && (8..=64).contains(&digits.len());
    (fits && digits.bytes().all(plain)).then_some(digits)
}

/// Elsewhere such a name may mean anything: a date, a step of a training, a commit.
fn in_a_hub(facts: &Facts, artifact: &Artifact) -> bool {
    let place = artifact.place.canonicalize().ok();
    let mut around =
        place.iter().flat_map(|it| it.iter().rev().skip(1)).filter_map(|it| it.to_str());
    let (folder, outer) = (around.next(), around.next());
    facts.release.origin == Origin::TorchHub
        || (folder == Some("checkpoints") && outer == Some("hub"))
}
