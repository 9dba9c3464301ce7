//! Who hashes what, and how many streams side by side.
//!
//! A file's digest is one long chain that no design makes shorter; all else can be spread. So the
//! longest chains start first, and one that would outlast all the rest gets a thread to itself,
//! its parts going to the other threads. For what remains there is a choice: streams packed into
//! one thread cost less CPU, streams spread over threads end sooner. A thread is filled up to
//! where it makes good use of its processor before the next one is started, within reason: not
//! where the run would take more than [`PATIENCE`] times as long, nor where it saves little.
//! From there on the threads share evenly.

use std::{cmp::Reverse, ops::Range};

use super::{
    FileJob, RangeDigest, Trouble,
    kernel::{Kernels, MAX_LANES},
};

/// How many times as long as on all threads a run may take, for the CPU time that it saves.
const PATIENCE: f64 = 1.75;

/// By how much more CPU time than the least has to cost for the least to be taken.
const WORTH_IT: f64 = 1.2;

/// How many ranges may lie over each other at one place. Tied weights make 2.
const MAX_DEPTH: usize = 16;

/// Parts that are walked apart from their file come in groups of about this many bytes.
const GROUP: u64 = 8 << 20;

/// The parts of one file, sorted out.
#[derive(Default)]
pub(super) struct Parts {
    /// Indices of ranges to walk: each layer in the order of its bytes, none over another.
    layers: Vec<Vec<usize>>,
    /// Ranges that need no walk, with what is to be said of them.
    pub(super) settled: Vec<(usize, RangeDigest)>,
    /// Ranges asked for twice, each with the one that it is the same as.
    pub(super) repeated: Vec<(usize, usize)>,
}

impl Parts {
    /// Those of `job` in a file of `len` bytes.
    pub(super) fn of(job: &FileJob, len: u64) -> Self {
        let mut parts = Self::default();
        let mut order: Vec<usize> = (0..job.ranges.len()).collect();
        let key = |&index: &usize| (job.ranges[index].bytes.start, job.ranges[index].bytes.end);
        order.sort_by_key(|index| (key(index), *index));
        let mut ends: Vec<u64> = Vec::new();
        let mut last: Option<usize> = None;
        for index in order {
            let range = &job.ranges[index];
            let Range { start, end } = range.bytes;
            if start > end || end > len {
                let trouble = if start > end {
                    Trouble::Backwards { start, end }
                } else {
                    Trouble::PastEnd { end, len }
                };
                parts.settled.push((index, trouble.into()));
            } else if start == end {
                parts.settled.push((index, RangeDigest::of_nothing(range)));
            } else if let Some(same) = last.filter(|&last| job.ranges[last] == *range) {
                parts.repeated.push((index, same));
            } else if let Some(layer) = ends.iter().position(|&end| end <= start) {
                ends[layer] = end;
                parts.layers[layer].push(index);
                last = Some(index);
            } else if ends.len() < MAX_DEPTH {
                ends.push(end);
                parts.layers.push(vec![index]);
                last = Some(index);
            } else {
                parts.settled.push((index, Trouble::Overlapping.into()));
            }
        }
        parts
    }
}

/// One walk to make.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Errand<'a> {
    /// The file's place in the plan.
    pub(super) file: usize,
    /// Whether for the digests of the whole file.
    pub(super) whole: bool,
    /// And for these of its ranges.
    pub(super) parts: &'a [usize],
    /// Where the first of those starts, if the file itself is another errand, which these are not
    /// to run too far ahead of: what both want should be read from the disk once.
    pub(super) ahead: Option<u64>,
    /// How many streams it has: 1 or 2.
    pub(super) lanes: usize,
    /// The length of its longest stream, in bytes.
    longest: u64,
    /// The length of all its streams together.
    work: u64,
}

/// All errands, and how to run them.
#[derive(Debug)]
pub(super) struct Schedule<'a> {
    /// Each the first errand of a thread, which hashes nothing beside it.
    pub(super) alone: Vec<Errand<'a>>,
    /// All others, for whoever is free.
    pub(super) shared: Vec<Errand<'a>>,
    /// How many threads to start, at least 1.
    pub(super) threads: usize,
    /// How many streams a thread takes side by side, at least 1.
    pub(super) lanes: usize,
}

/// A file to schedule.
#[derive(Clone, Copy)]
pub(super) struct Sheet<'a> {
    /// Its place in the plan.
    pub(super) file: usize,
    pub(super) job: &'a FileJob,
    /// Its length in bytes.
    pub(super) len: u64,
    pub(super) parts: &'a Parts,
}

impl<'a> Sheet<'a> {
    /// The file and its first layer side by side; the other layers each by itself.
    fn together(self) -> impl Iterator<Item = Errand<'a>> {
        let layers = &self.parts.layers;
        let first = layers.first().map_or(&[][..], Vec::as_slice);
        let others = layers.iter().skip(1).map(move |layer| self.errand(false, layer));
        std::iter::once(self.errand(true, first)).chain(others)
    }

    /// All layers, in groups that several lanes can share, in the order of their bytes.
    fn groups(self) -> impl Iterator<Item = Errand<'a>> {
        let group = move |&index: &usize| self.job.ranges[index].bytes.start / GROUP;
        let layers = self.parts.layers.iter();
        let groups = layers.flat_map(move |layer| layer.chunk_by(move |a, b| group(a) == group(b)));
        groups.map(move |parts| self.errand(false, parts))
    }

    /// Where in the file the first part of a group starts.
    fn start(self, group: Errand<'_>) -> Option<u64> {
        group.parts.first().map(|&index| self.job.ranges[index].bytes.start)
    }

    fn errand(self, whole: bool, parts: &'a [usize]) -> Errand<'a> {
        let ranges = parts.iter().map(|&index| &self.job.ranges[index]);
        let hashed = ranges.filter(|range| range.digest);
        let parts_len = hashed.map(|range| range.bytes.end - range.bytes.start).sum();
        let len = if whole { self.len } else { 0 };
        Errand {
            file: self.file,
            whole,
            parts,
            ahead: None,
            lanes: 1 + usize::from(whole && parts_len > 0),
            longest: len.max(parts_len),
            work: len + parts_len,
        }
    }
}

impl<'a> Schedule<'a> {
    /// For these files, on at most `threads` threads.
    pub(super) fn new(mut sheets: Vec<Sheet<'a>>, threads: usize, kernels: &Kernels) -> Self {
        sheets.sort_by_key(|sheet| (Reverse(sheet.len), sheet.file));
        let (wholes, pieces): (Vec<_>, Vec<_>) =
            sheets.into_iter().partition(|sheet| !sheet.job.whole.is_empty());
        let mut work: u64 =
            pieces.iter().flat_map(|sheet| sheet.groups()).map(|group| group.work).sum();
        work += wholes.iter().flat_map(|sheet| sheet.together()).map(|both| both.work).sum::<u64>();

        let full = kernels.full();
        let outlasts = |len: u64, rest: u64, threads: usize| {
            #[expect(clippy::cast_precision_loss, reason = "an estimate")]
            let [len, rest, threads] = [len as f64, rest as f64, threads as f64];
            len / kernels.speed(1) > rest / (kernels.speed(full) * threads)
        };
        let (mut alone, mut shared) = (Vec::new(), Vec::new());
        let mut wholes = wholes.into_iter().peekable();
        while let Some(sheet) = wholes.peek().copied() {
            let others = threads.saturating_sub(alone.len() + 1);
            if others == 0
                || sheet.len < 2 * GROUP
                || !outlasts(sheet.len, work - sheet.len, others)
            {
                break;
            }
            work -= sheet.len;
            alone.push(sheet.errand(true, &[]));
            shared
                .extend(sheet.groups().map(|group| Errand { ahead: sheet.start(group), ..group }));
            wholes.next();
        }
        shared.extend(wholes.flat_map(Sheet::together));
        shared.extend(pieces.iter().copied().flat_map(Sheet::groups));
        let longest = shared.iter().map(|errand| errand.longest).max().unwrap_or_default();
        let streams = shared.iter().map(|errand| errand.lanes).sum::<usize>();
        let even = usize::try_from(work.div_ceil(longest.max(1))).unwrap_or(streams);
        let (rest, lanes) =
            spread(streams.min(even), threads.max(1 + alone.len()) - alone.len(), kernels);
        let rest = if shared.is_empty() { 0 } else { rest };
        Self {
            threads: (alone.len() + rest).max(1),
            alone,
            shared,
            lanes,
        }
    }
}

/// How many threads to use for so many streams of like length, and how many lanes in each.
fn spread(streams: usize, threads: usize, kernels: &Kernels) -> (usize, usize) {
    let lanes = |threads: usize| streams.div_ceil(threads).clamp(1, MAX_LANES);
    let cpu = |threads: usize| 1.0 / kernels.speed(lanes(threads));
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    let wall = |threads: usize| {
        let rounds = streams.div_ceil(threads * lanes(threads));
        (rounds * lanes(threads)) as f64 * cpu(threads)
    };
    let fewest = streams.div_ceil(MAX_LANES).clamp(1, threads);
    let bearable = (fewest..=threads).filter(|&few| wall(few) <= PATIENCE * wall(threads));
    let least = bearable.clone().map(cpu).fold(f64::INFINITY, f64::min);
    let most = bearable.rev().find(|&few| cpu(few) <= WORTH_IT * least).unwrap_or(threads);
    (most, lanes(most))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An Intel processor of 2023, where few streams side by side gain little and many a lot.
    const STEEP: [f64; MAX_LANES] = [
        44., 67., 100., 134., 167., 201., 216., 216., 260., 283., 320., 320., 320., 320., 320.,
        320.,
    ];

    /// An AMD processor of 2024, where four streams are nearly as good as it gets.
    const FLAT: [f64; MAX_LANES] = [
        29., 38., 53., 65., 82., 98., 114., 130., 147., 163., 180., 193., 193., 193., 193., 193.,
    ];

    #[test]
    fn threads_are_filled_before_others_are_started_within_reason() {
        check(&STEEP, 1, 2, (2, 1));
        check(&STEEP, 4, 2, (2, 2));
        check(&STEEP, 8, 1, (1, 8));
        check(&STEEP, 8, 2, (1, 8)); // saves a fifth
        check(&STEEP, 8, 4, (4, 2)); // would take three times as long
        check(&STEEP, 16, 2, (1, 16)); // saves a quarter
        check(&STEEP, 16, 4, (2, 8));
        check(&STEEP, 1000, 2, (2, 16));
        check(&FLAT, 4, 2, (2, 2));
        check(&FLAT, 8, 2, (2, 4));
        check(&FLAT, 16, 2, (1, 16));
    }

    #[track_caller]
    fn check(costs: &[f64; MAX_LANES], streams: usize, threads: usize, taken: (usize, usize)) {
        assert_eq!(spread(streams, threads, &Kernels::costing(*costs)), taken);
    }
}
