//! One pass over a file, or over parts of it: window by window, and all that is wanted of each.

use std::{io, ops::Range, sync::Arc};

use super::{
    Algorithm, Digest, FileJob, RangeDigest, Trouble,
    hasher::Hasher,
    kernel::{Block, State},
    lane::{Lane, Next},
    statistics::Tally,
};
use crate::source::{Source, Window};

/// A file on its way through the lanes of a thread.
///
/// One lane takes the file, its neighbor the parts in the order of their bytes. Both look at the
/// same window, so the second finds in the cache what the first brought there; statistics and the
/// other algorithms take theirs just before.
pub(super) struct Walk<'a> {
    source: Arc<Source>,
    job: &'a FileJob,
    /// Indices into the job's ranges: in the order of their bytes, none empty, none over another.
    parts: &'a [usize],
    /// How long windows are, in bytes.
    stride: u64,
    window: Window,
    /// What of the file the window shows; nothing before the first.
    shown: Range<u64>,
    /// SHA-256 of the whole file, where wanted.
    whole: Option<Lane>,
    /// The other digests of the whole file.
    others: Vec<(Algorithm, Hasher)>,
    /// SHA-256 of the parts that want it.
    pieces: Option<Lane>,
    /// The first of `parts` whose bytes have not all gone by.
    passing: usize,
    /// The statistics of `parts[passing]`, where wanted and where its bytes were seen so far.
    tally: Option<Tally>,
    findings: Findings,
}

/// What became of a walk.
#[derive(Default)]
pub(super) struct Findings {
    /// Of the whole file, in any order.
    pub(super) whole: Vec<(Algorithm, Digest)>,
    /// One for each part of the walk, in its order.
    pub(super) parts: Vec<RangeDigest>,
    /// The first thing that went wrong.
    pub(super) trouble: Option<Trouble>,
}

impl<'a> Walk<'a> {
    /// A walk over `source` for `parts` of it and, where `whole`, for all of it.
    pub(super) fn new(
        source: Arc<Source>,
        job: &'a FileJob,
        whole: bool,
        parts: &'a [usize],
        stride: u64,
    ) -> Self {
        let len = source.len();
        let (mut lane, mut others) = (None, Vec::new());
        for &algorithm in job.whole.iter().filter(|_| whole) {
            match algorithm {
                Algorithm::Sha256 => lane = Some(Lane::new([(0, 0..len)].into_iter())),
                _ => others.push((algorithm, Hasher::new(algorithm, len))),
            }
        }
        let ranges = || parts.iter().map(|&part| &job.ranges[part]).enumerate();
        let hashed = || ranges().filter(|(_, range)| range.digest);
        let pieces = hashed()
            .next()
            .is_some()
            .then(|| Lane::new(hashed().map(|(place, range)| (place, range.bytes.clone()))));
        let parts_found = vec![RangeDigest::default(); parts.len()];
        Self {
            source,
            job,
            parts,
            stride,
            window: Window::default(),
            shown: 0..0,
            whole: lane,
            others,
            pieces,
            passing: 0,
            tally: None,
            findings: Findings {
                parts: parts_found,
                ..Findings::default()
            },
        }
    }

    /// Brings at least one lane to where it has blocks to hash, going on to the next window where
    /// none has. `false` where all is done. `shown` is told the length of every window.
    pub(super) fn turn(&mut self, mut shown: impl FnMut(u64)) -> bool {
        loop {
            let (start, bytes) = (self.shown.start, self.window.bytes());
            let Findings { whole, parts, .. } = &mut self.findings;
            let file = next(&mut self.whole, start, bytes, |_, sha256| {
                whole.push((Algorithm::Sha256, Digest::from(sha256)));
            });
            let pieces = next(&mut self.pieces, start, bytes, |place, sha256| {
                parts[place].sha256 = Some(sha256);
            });
            if file || pieces {
                return true;
            }
            self.look_back();
            let Some(range) = self.coming() else {
                let others = self.others.drain(..);
                let finished = others.map(|(algorithm, hasher)| (algorithm, hasher.finish()));
                self.findings.whole.extend(finished);
                return false;
            };
            shown(range.end - range.start);
            self.show(range);
        }
    }

    /// What the next window has to show: all of the file where a digest of it is wanted,
    /// else on from where the next part starts.
    fn coming(&self) -> Option<Range<u64>> {
        let part = |place: usize| self.parts.get(place).map(|&part| &self.job.ranges[part].bytes);
        let (start, end) = if self.whole.is_some() || !self.others.is_empty() {
            (self.shown.end, self.source.len())
        } else {
            let last = part(self.parts.len().wrapping_sub(1))?;
            (part(self.passing)?.start.max(self.shown.end), last.end)
        };
        let boundary = (start / self.stride + 1) * self.stride;
        (start < end).then(|| start..end.min(boundary))
    }

    /// Moves on to the window of `range`, and takes from it what is not left to the lanes.
    fn show(&mut self, range: Range<u64>) {
        self.shown = range.clone();
        if let Err(error) = self.source.show(&mut self.window, range.clone()) {
            self.window = Window::default();
            let at = range.start;
            return match error.kind() {
                io::ErrorKind::UnexpectedEof => self.lose(at..u64::MAX, &Trouble::Changed),
                _ => self.lose(range, &Trouble::Unread { at, reason: error.to_string() }),
            };
        }
        self.source.prefetch(&(range.end..range.end + self.stride));
        for (_, hasher) in &mut self.others {
            hasher.update(self.window.bytes());
        }
        self.take_statistics();
    }

    fn take_statistics(&mut self) {
        let Range { start, end } = self.shown;
        while let Some(part) = self.parts.get(self.passing).map(|&part| &self.job.ranges[part]) {
            let Range { start: first, end: last } = part.bytes;
            if first >= end {
                return;
            }
            if let (Some(decoder), true) = (part.statistics, first >= start) {
                self.tally = Some(Tally::new(decoder));
            }
            let inside = |at: u64| usize::try_from(at.saturating_sub(start)).unwrap_or_default();
            if let Some(tally) = &mut self.tally {
                tally.update(&self.window.bytes()[inside(first)..inside(last.min(end))]);
            }
            if last > end {
                return;
            }
            let statistics = self.tally.take().map(Tally::finish);
            self.findings.parts[self.passing].statistics = statistics;
            self.passing += 1;
        }
    }

    /// Whether the window that was just used showed the file to its end.
    fn look_back(&mut self) {
        let Some(at) = self.window.fault() else {
            return;
        };
        if self.source.changed() {
            self.lose(at..u64::MAX, &Trouble::Changed);
        } else {
            let reason = "the disk gave an error".to_owned();
            self.lose(at..self.shown.end, &Trouble::Unread { at, reason });
        }
    }

    /// Gives up everything that has bytes in `bad`, whether found already or still to come.
    fn lose(&mut self, bad: Range<u64>, trouble: &Trouble) {
        self.whole = None;
        self.others.clear();
        self.findings.whole.clear();
        self.findings.trouble.get_or_insert_with(|| trouble.clone());
        let bytes = |part: &usize| &self.job.ranges[*part].bytes;
        let first = self.parts.partition_point(|part| bytes(part).end <= bad.start);
        let after = self.parts.partition_point(|part| bytes(part).start < bad.end);
        for part in &mut self.findings.parts[first..after] {
            *part = RangeDigest {
                trouble: Some(trouble.clone()),
                ..RangeDigest::default()
            };
        }
        if let Some(pieces) = &mut self.pieces {
            pieces.skip(bad.end);
        }
        self.passing = self.passing.max(after);
        self.tally = None;
    }

    /// The lanes that have blocks to hash: where each stands, and its next blocks.
    pub(super) fn pieces(&self) -> impl Iterator<Item = (&State, &[Block])> {
        let lanes = [&self.whole, &self.pieces].into_iter().flatten();
        lanes.map(|lane| lane.piece(self.window.bytes())).filter(|(_, blocks)| !blocks.is_empty())
    }

    /// Moves the lanes of [`pieces`](Self::pieces) past `hashed` blocks, to the next of `states`.
    pub(super) fn advance(&mut self, hashed: usize, states: &mut impl Iterator<Item = State>) {
        let lanes = [&mut self.whole, &mut self.pieces].into_iter().flatten();
        for lane in lanes.filter(|lane| lane.has_blocks()) {
            lane.advance(hashed, states.next().expect("one for each of `pieces`"));
        }
    }

    /// What it all came to, once [`turn`](Self::turn) has said so.
    pub(super) fn findings(self) -> Findings {
        self.findings
    }
}

/// Whether the lane has blocks to hash; it is taken away where it is done.
fn next(
    lane: &mut Option<Lane>,
    start: u64,
    window: &[u8],
    done: impl FnMut(usize, [u8; 32]),
) -> bool {
    let next = lane.as_mut().map(|lane| lane.next(start, window, done));
    if next == Some(Next::Done) {
        *lane = None;
    }
    next == Some(Next::Blocks)
}
