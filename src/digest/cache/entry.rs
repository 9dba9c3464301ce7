//! What is kept of one file, as it is written and read back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    digest::{
        Algorithm, Digest, FileDigests, FileJob, RangeDigest, RangeJob, Statistics, hex,
        schedule::Parts, sha256,
    },
    source::Stamp,
};

/// Changed whenever an entry, or what stands in one, changes its meaning.
const VERSION: u32 = 1;

/// What is known of one state of one file.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Entry {
    version: u32,
    stamp: Stamp,
    /// Hex by the names of the algorithms.
    whole: BTreeMap<String, String>,
    /// By first byte and end.
    ranges: Vec<((u64, u64), Part)>,
}

/// What is known of one range.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Part {
    sha256: Option<String>,
    /// The name of the decoder, and what it saw.
    statistics: Option<(String, Bits)>,
}

/// [`Statistics`] to the last bit: `min`, `max`, `mean`, `std`; then the counts.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Bits([u64; 4], [u64; 3]);

impl Entry {
    /// Of a file of which nothing is known.
    pub(super) fn new(stamp: Stamp) -> Self {
        Self {
            version: VERSION,
            stamp,
            whole: BTreeMap::new(),
            ranges: Vec::new(),
        }
    }

    /// The state of the file.
    pub(super) fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// Whether it says something of this state of a file, in a way that is still understood.
    pub(super) fn is_of(&self, stamp: Stamp) -> bool {
        (self.version, self.stamp) == (VERSION, stamp)
    }

    /// A line of JSON, then its SHA-256 in hex.
    pub(super) fn to_text(&self) -> serde_json::Result<Vec<u8>> {
        let mut text = serde_json::to_vec(self)?;
        text.push(b'\n');
        let seal = hex(&sha256(&text));
        text.extend_from_slice(seal.as_bytes());
        Ok(text)
    }

    /// The entry that became this text; `None` where any byte of it is another.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let end = text.iter().rposition(|&byte| byte == b'\n')? + 1;
        let (body, seal) = text.split_at(end);
        let whole = seal == hex(&sha256(body)).as_bytes();
        whole.then(|| serde_json::from_slice(body).ok()).flatten()
    }

    /// Keeps what was found out besides.
    pub(super) fn take(&mut self, job: &FileJob, digests: &FileDigests) {
        for (algorithm, digest) in &digests.whole {
            self.whole.insert(algorithm.name().to_owned(), digest.to_string());
        }
        let mut known: BTreeMap<_, _> = self.ranges.drain(..).collect();
        for (range, found) in job.ranges.iter().zip(&digests.ranges) {
            if found.trouble.is_some() {
                continue;
            }
            let part: &mut Part = known.entry((range.bytes.start, range.bytes.end)).or_default();
            if let Some(sha256) = &found.sha256 {
                part.sha256 = Some(hex(sha256));
            }
            if let (Some(decoder), Some(seen)) = (range.statistics, found.statistics) {
                part.statistics = Some((decoder.name(), seen.into()));
            }
        }
        self.ranges = known.into_iter().collect();
    }

    /// What `job` asks for, if all of it is known.
    pub(super) fn answer(&self, job: &FileJob) -> Option<FileDigests> {
        let known: BTreeMap<_, _> =
            self.ranges.iter().map(|(range, part)| (*range, part)).collect();
        let mut parts = Parts::of(job, self.stamp.len);
        let settled: BTreeMap<_, _> = parts.settled.drain(..).collect();
        let ranges = job.ranges.iter().enumerate().map(|(index, range)| {
            let bytes = (range.bytes.start, range.bytes.end);
            settled.get(&index).cloned().or_else(|| known.get(&bytes)?.answer(range))
        });
        let whole = job.whole.iter().map(|algorithm| {
            let digest = Digest::from_hex(self.whole.get(algorithm.name())?, *algorithm)?;
            Some((*algorithm, digest))
        });
        Some(FileDigests {
            whole: whole.collect::<Option<_>>()?,
            ranges: ranges.collect::<Option<_>>()?,
            stamp: Some(self.stamp),
            remembered: true,
            ..FileDigests::default()
        })
    }
}

impl Part {
    fn answer(&self, range: &RangeJob) -> Option<RangeDigest> {
        let mut answer = RangeDigest::default();
        if range.digest {
            let digest = Digest::from_hex(self.sha256.as_ref()?, Algorithm::Sha256)?;
            answer.sha256 = Some(digest.as_bytes().try_into().ok()?);
        }
        if let Some(decoder) = range.statistics {
            let (name, seen) = self.statistics.as_ref()?;
            answer.statistics = Some((*seen).into()).filter(|_| *name == decoder.name());
            answer.statistics?;
        }
        Some(answer)
    }
}

impl From<Statistics> for Bits {
    fn from(s: Statistics) -> Self {
        Self([s.min, s.max, s.mean, s.std].map(f64::to_bits), [s.zeros, s.nan, s.inf])
    }
}

impl From<Bits> for Statistics {
    fn from(Bits(bits, [zeros, nan, inf]): Bits) -> Self {
        let [min, max, mean, std] = bits.map(f64::from_bits);
        Self { min, max, mean, std, zeros, nan, inf }
    }
}
