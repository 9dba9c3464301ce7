//! Every hash in the program: one plan of files, ranges, algorithms and statistics.

mod apart;
mod cache;
mod engine;
mod file;
mod hasher;
mod kernel;
mod lane;
mod schedule;
mod statistics;
mod value;
mod vectors;
mod walk;

use std::{ops::Range, path::PathBuf};

use self::statistics::Tally;
pub use self::{
    apart::{Apart, Elements, apart},
    cache::{Cache, run_remembering},
    engine::{run, speeds},
    hasher::{Hasher, git_blob_sha1, of, of_part, sha256},
    statistics::{Decoder, Statistics},
    value::{Algorithm, Digest, hex},
};
use crate::source::Stamp;

/// What to learn of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileJob {
    /// Where the file is; links are followed.
    pub path: PathBuf,
    /// Which digests of the whole file, each at most once.
    pub whole: Vec<Algorithm>,
    /// Which parts, in any order. They may be empty, overlap, repeat, and pass the end.
    pub ranges: Vec<RangeJob>,
}

/// What to learn of one part of a file, most often a tensor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RangeJob {
    /// In bytes from the start of the file, end exclusive.
    pub bytes: Range<u64>,
    /// Whether to take its SHA-256.
    pub digest: bool,
    /// How to read its elements, where their statistics are wanted.
    pub statistics: Option<Decoder>,
}

/// What was learned of one file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FileDigests {
    /// In the order asked for; empty where the file could not be read to its end or changed.
    pub whole: Vec<(Algorithm, Digest)>,
    /// One for each range of the job, in the job's order.
    pub ranges: Vec<RangeDigest>,
    /// Why something is missing from `whole`.
    pub trouble: Option<Trouble>,
    /// Whether length or modification time moved while the file was read.
    /// Nothing is said of the content of such a file: `whole` and `ranges` hold no digests.
    pub changed: bool,
    /// Which file this is of, as it was when it was hashed; `None` where there was no such file.
    pub stamp: Option<Stamp>,
    /// Whether all this comes from an earlier run, and no byte was read in this one.
    pub remembered: bool,
}

/// What was learned of one part of a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RangeDigest {
    /// Where asked for and readable. No bytes have a digest, too.
    pub sha256: Option<[u8; 32]>,
    /// Where asked for and readable.
    pub statistics: Option<Statistics>,
    /// Why what was asked for is not there.
    pub trouble: Option<Trouble>,
}

/// Why a digest is absent. The path is not in here: whoever made the plan has it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Trouble {
    /// No such file, no permission, not a regular file.
    #[error("cannot be opened: {reason}")]
    Unopened { reason: String },

    /// Somewhere at or after byte `at` the disk, or the network behind it, gave up.
    #[error("cannot be read at byte {at}: {reason}")]
    Unread { at: u64, reason: String },

    /// Length or modification time moved: no digest would be of any one content.
    #[error("the file changed while it was read")]
    Changed,

    /// A header promised more than there is, as that of a download that stopped does.
    #[error("ends at byte {end}, the file at byte {len}")]
    PastEnd { end: u64, len: u64 },

    /// A range that ends before it starts.
    #[error("starts at byte {start} and ends at byte {end}")]
    Backwards { start: u64, end: u64 },

    /// So many ranges lie over each other that hashing them all would take for ever.
    #[error("lies over ranges that were hashed already, too many times over")]
    Overlapping,
}

impl RangeDigest {
    /// The digest and the statistics of no bytes.
    fn of_nothing(job: &RangeJob) -> Self {
        Self {
            sha256: job.digest.then(|| sha256(&[])),
            statistics: job.statistics.map(|decoder| Tally::new(decoder).finish()),
            trouble: None,
        }
    }
}

impl From<Trouble> for RangeDigest {
    fn from(trouble: Trouble) -> Self {
        Self {
            trouble: Some(trouble),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests;
