//! Caches that mark what they downloaded and keep no digest of it: kagglehub and `ModelScope`.

use super::{By, Record, Records, Says, Store, counts};
use crate::{facts::Facts, words::Origin};

pub(super) const STORE: Store = Store { gather };

fn gather(facts: &Facts, records: &mut Records) {
    let (by, source, why) = match facts.release.origin {
        Origin::Kagglehub => (By::Kagglehub, "the mark of a finished download", NO_DIGEST),
        Origin::Modelscope => (By::Modelscope, ".msc", NO_DIGEST),
        _ => return,
    };
    for artifact in facts.artifacts.iter().filter(|it| counts(it)) {
        let says = Says::Nothing(why.to_owned());
        records.records.push(Record::new(&artifact.path, by, source, says));
    }
}

const NO_DIGEST: &str = "this cache keeps no digest of what it downloaded";
