//! Every hash in the program: one plan of files, ranges, algorithms and statistics.

mod hasher;
mod statistics;
mod value;

use std::{io, ops::Range, path::PathBuf, sync::atomic::AtomicU64, sync::atomic::Ordering, thread};

use self::{hasher::Hasher, statistics::Tally};
pub use self::{
    hasher::{git_blob_sha1, of, sha256},
    statistics::{Decoder, Statistics},
    value::{Algorithm, Digest, hex},
};
use crate::source::{Bytes as _, Source};

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

/// Carries out `plan` on `threads` threads (0 counts as 1).
///
/// The results stand in the plan's order and depend on nothing but the files: neither on the
/// number of threads nor on the speed of the machine. `progress` is called from all threads, now
/// and then, with the number of bytes that are done so far: whole files count their length, files
/// of which only parts are asked for count those.
pub fn run(plan: &[FileJob], threads: usize, progress: &(dyn Fn(u64) + Sync)) -> Vec<FileDigests> {
    let (next, done) = (AtomicU64::new(0), AtomicU64::new(0));
    let advance = |bytes| progress(done.fetch_add(bytes, Ordering::Relaxed) + bytes);
    let mut results: Vec<(u64, FileDigests)> = thread::scope(|scope| {
        let work = || {
            let mut mine = Vec::new();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(job) = usize::try_from(index).ok().and_then(|at| plan.get(at)) else {
                    return mine;
                };
                mine.push((index, file(job, &advance)));
            }
        };
        let threads: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect()
    });
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, digests)| digests).collect()
}

/// How many bytes are read at a time.
const WINDOW: u64 = 1 << 20;

fn file(job: &FileJob, advance: &dyn Fn(u64)) -> FileDigests {
    let source = match Source::open(&job.path) {
        Ok(source) => source,
        Err(error) => {
            let trouble = Trouble::Unopened { reason: error.to_string() };
            let ranges = job.ranges.iter().map(|_| RangeDigest {
                trouble: Some(trouble.clone()),
                ..RangeDigest::default()
            });
            return FileDigests {
                ranges: ranges.collect(),
                trouble: Some(trouble),
                ..FileDigests::default()
            };
        }
    };
    let mut digests = FileDigests::default();
    if !job.whole.is_empty() {
        let mut hashers: Vec<_> = job.whole.iter().map(|&a| Hasher::new(a, source.len())).collect();
        let fed = each_window(&source, 0..source.len(), &mut |bytes| {
            for hasher in &mut hashers {
                hasher.update(bytes);
            }
            advance(bytes.len() as u64);
        });
        match fed {
            Ok(()) => {
                let finished = hashers.into_iter().map(Hasher::finish);
                digests.whole = job.whole.iter().copied().zip(finished).collect();
            }
            Err(trouble) => digests.trouble = Some(trouble),
        }
    }
    digests.ranges = job.ranges.iter().map(|range| part(&source, range)).collect();
    if source.changed() {
        digests.changed = true;
        digests.trouble = Some(Trouble::Changed);
        digests.whole.clear();
        for range in &mut digests.ranges {
            *range = RangeDigest {
                trouble: Some(Trouble::Changed),
                ..RangeDigest::default()
            };
        }
    }
    digests
}

fn part(source: &Source, job: &RangeJob) -> RangeDigest {
    let Range { start, end } = job.bytes;
    let len = source.len();
    let mut tally = job.statistics.map(|decoder| Tally::new(decoder, end.saturating_sub(start)));
    let mut hasher = job.digest.then(|| Hasher::new(Algorithm::Sha256, 0));
    let fed = if end > len {
        Err(Trouble::PastEnd { end, len })
    } else if start > end {
        Err(Trouble::Backwards { start, end })
    } else {
        each_window(source, start..end, &mut |bytes| {
            if let Some(hasher) = &mut hasher {
                hasher.update(bytes);
            }
            if let Some(tally) = &mut tally {
                tally.update(bytes);
            }
        })
    };
    match fed {
        Ok(()) => RangeDigest {
            sha256: hasher.and_then(|hasher| hasher.finish().as_bytes().try_into().ok()),
            statistics: tally.map(|mut tally| tally.finish()),
            trouble: None,
        },
        Err(trouble) => RangeDigest {
            trouble: Some(trouble),
            ..RangeDigest::default()
        },
    }
}

fn each_window(
    source: &Source,
    range: Range<u64>,
    feed: &mut dyn FnMut(&[u8]),
) -> Result<(), Trouble> {
    let mut buffer = Vec::new();
    let mut at = range.start;
    while at < range.end {
        let len = WINDOW.min(range.end - at);
        buffer.resize(usize::try_from(len).unwrap_or_default(), 0);
        source.read_at(at, &mut buffer).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => Trouble::Changed,
            _ => Trouble::Unread { at, reason: error.to_string() },
        })?;
        feed(&buffer);
        at += len;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_ranges_get_their_digests() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("abc");
        std::fs::write(&path, "abc").unwrap();
        let range = |bytes| RangeJob { bytes, digest: true, statistics: None };
        let job = FileJob {
            path,
            whole: vec![Algorithm::GitBlobSha1, Algorithm::Sha256],
            ranges: vec![range(0..3), range(1..4), range(2..2)],
        };
        let digests = run(&[job], 2, &|_| {}).remove(0);
        assert_eq!(digests.whole[0].1, git_blob_sha1(b"abc"));
        assert_eq!(digests.whole[1].1.as_bytes(), sha256(b"abc"));
        assert_eq!(digests.ranges[0].sha256, Some(sha256(b"abc")));
        assert_eq!(digests.ranges[1].trouble, Some(Trouble::PastEnd { end: 4, len: 3 }));
        assert_eq!(digests.ranges[2].sha256, Some(sha256(b"")));
    }
}
