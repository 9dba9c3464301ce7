//! From facts to a plan of what to hash, and from its results back to files and tensors.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    ops::Range,
};

use crate::{
    digest::{
        self, Algorithm, Cache, Decoder, FileDigests, FileJob, RangeDigest, RangeJob, Trouble,
        run_remembering,
    },
    facts::{Artifact, Contents, Facts, Tensor},
    words::FileKind,
};

/// What to hash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Extent {
    /// Nothing.
    None,
    /// Whole files.
    Files,
    /// Whole files and every tensor.
    #[default]
    Tensors,
}

/// What to learn from the bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// What to hash.
    pub extent: Extent,
    /// Whether to take statistics of every tensor.
    pub statistics: bool,
}

/// What else bears on a run.
#[derive(Debug, Default)]
pub struct Besides<'a> {
    /// Digests of whole files that records ask for, by the index of the artifact.
    pub asked: BTreeMap<usize, BTreeSet<Algorithm>>,
    /// Parts of artifacts, in bytes from their start, whose SHA-256 records ask for, by the index of the
    /// artifact.
    pub parts: BTreeMap<usize, Vec<Range<u64>>>,
    /// The only artifacts to read, by index; all of them where it is `None`.
    pub only: Option<BTreeSet<usize>>,
    /// Digests of earlier runs, where they may be used again.
    pub cache: Option<&'a mut Cache>,
}

impl Besides<'_> {
    fn leaves_out(&self, artifact: usize) -> bool {
        self.only.as_ref().is_some_and(|only| !only.contains(&artifact))
    }
}

/// What was learned, by artifact.
#[derive(Debug, Default)]
pub struct Digests {
    files: Vec<Option<Learned>>,
}

/// What was learned of one file.
#[derive(Debug)]
struct Learned {
    digests: FileDigests,
    /// For each tensor, the range that is its own.
    ranges: Vec<Option<usize>>,
    /// Of a file that changed meanwhile: its length in bytes now, where it is still there.
    len_after: Option<u64>,
}

impl Learned {
    /// The same, of a file that is not what was listed: nothing is said of its content. Shorter or
    /// longer than when its header was read, it may have changed before the first byte was hashed.
    fn of_a_changed_file(self, len_after: Option<u64>) -> Self {
        let trouble = Some(Trouble::Changed);
        let ranges = self.digests.ranges.iter().map(|_| RangeDigest {
            trouble: trouble.clone(),
            ..RangeDigest::default()
        });
        let digests = FileDigests {
            ranges: ranges.collect(),
            trouble: trouble.clone(),
            changed: true,
            ..FileDigests::default()
        };
        Self { digests, len_after, ..self }
    }
}

/// Reads the bytes of a release once and takes what is wanted of them, on `threads` threads.
/// `progress` is told how many bytes are done, of how many.
pub fn take(
    facts: &Facts,
    wanted: Wanted,
    besides: Besides,
    threads: usize,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Digests {
    let nothing = wanted.extent == Extent::None && !wanted.statistics && besides.asked.is_empty();
    if nothing {
        return Digests {
            files: facts.artifacts.iter().map(|_| None).collect(),
        };
    }
    let jobs: Vec<Option<(FileJob, Vec<Option<usize>>)>> =
        facts.artifacts.iter().enumerate().map(|(i, it)| job(i, it, wanted, &besides)).collect();
    let costs = facts
        .artifacts
        .iter()
        .zip(&jobs)
        .filter_map(|(artifact, job)| job.as_ref().map(|(job, _)| cost(job, artifact.len)));
    let total = costs.fold(0, u64::saturating_add);
    let plan: Vec<FileJob> = jobs.iter().flatten().map(|(job, _)| job.clone()).collect();
    progress(0, total);
    let report = |done| progress(done, total);
    let results = match besides.cache {
        Some(cache) => run_remembering(cache, &plan, threads, &report),
        None => digest::run(&plan, threads, &report),
    };
    let mut results = results.into_iter();
    let files = facts.artifacts.iter().zip(jobs).map(|(artifact, job)| {
        let (job, ranges) = job?;
        let learned = Learned {
            digests: results.next()?,
            ranges,
            len_after: None,
        };
        let now = fs::metadata(&job.path).ok().map(|now| now.len());
        Some(if learned.digests.changed || now.is_some_and(|now| now != artifact.len) {
            learned.of_a_changed_file(now)
        } else {
            learned
        })
    });
    Digests { files: files.collect() }
}

/// Bytes that a job counts as done, of a file of `len` bytes.
fn cost(job: &FileJob, len: u64) -> u64 {
    let parts = job.ranges.iter().map(|it| it.bytes.end.saturating_sub(it.bytes.start));
    if job.whole.is_empty() {
        parts.fold(0, u64::saturating_add)
    } else {
        len
    }
}

fn job(
    at: usize,
    artifact: &Artifact,
    wanted: Wanted,
    besides: &Besides,
) -> Option<(FileJob, Vec<Option<usize>>)> {
    let asked = besides.asked.get(&at);
    let counts = artifact.kind != FileKind::Bookkeeping;
    if !artifact.open || besides.leaves_out(at) || (!counts && asked.is_none()) {
        return None;
    }
    let tensors: &[Tensor] = match &artifact.contents {
        Contents::Weights(file) => &file.tensors,
        _ => &[],
    };
    let mut ranges = Vec::new();
    let of_tensors = tensors.iter().map(|tensor| {
        let bytes = tensor.bytes.clone()?;
        let statistics =
            wanted.statistics.then(|| Decoder::for_dtype(tensor.dtype.name())).flatten();
        let digest = wanted.extent == Extent::Tensors;
        if !digest && statistics.is_none() {
            return None;
        }
        ranges.push(RangeJob { bytes, digest, statistics });
        Some(ranges.len() - 1)
    });
    let of_tensors: Vec<Option<usize>> = of_tensors.collect();
    let parts = besides.parts.get(&at).into_iter().flatten();
    ranges.extend(parts.map(|bytes| RangeJob {
        bytes: bytes.clone(),
        digest: true,
        statistics: None,
    }));
    let always = (wanted.extent >= Extent::Files && counts).then_some(Algorithm::Sha256);
    let whole: BTreeSet<Algorithm> = asked.into_iter().flatten().copied().chain(always).collect();
    let whole: Vec<Algorithm> = whole.into_iter().collect();
    Some((
        FileJob {
            path: artifact.place.clone(),
            whole,
            ranges,
        },
        of_tensors,
    ))
}

impl Digests {
    /// What was learned of an artifact as a whole; `None` where it was not read.
    pub fn of_file(&self, artifact: usize) -> Option<&FileDigests> {
        Some(&self.files.get(artifact)?.as_ref()?.digests)
    }

    /// The length in bytes, after the run, of an artifact that changed in it.
    pub fn len_after(&self, artifact: usize) -> Option<u64> {
        self.files.get(artifact)?.as_ref()?.len_after
    }

    /// The artifacts, by index, whose digests come from an earlier run.
    pub fn remembered(&self) -> impl Iterator<Item = usize> {
        let learned = self.files.iter().enumerate();
        learned.filter_map(|(i, it)| it.as_ref()?.digests.remembered.then_some(i))
    }

    /// The SHA-256 of an artifact.
    pub fn sha256(&self, artifact: usize) -> Option<&[u8]> {
        let whole = &self.of_file(artifact)?.whole;
        whole.iter().find(|(it, _)| *it == Algorithm::Sha256).map(|(_, digest)| digest.as_bytes())
    }

    /// What was learned of the part of this number that was asked for.
    pub fn of_part(&self, artifact: usize, part: usize) -> Option<&RangeDigest> {
        let learned = self.files.get(artifact)?.as_ref()?;
        let of_tensors = learned.ranges.iter().flatten().count();
        learned.digests.ranges.get(of_tensors.checked_add(part)?)
    }

    /// What was learned of an artifact's tensor, both by index.
    pub fn of_tensor(&self, artifact: usize, tensor: usize) -> Option<&RangeDigest> {
        let learned = self.files.get(artifact)?.as_ref()?;
        learned.digests.ranges.get((*learned.ranges.get(tensor)?)?)
    }
}
