//! The engine: threads that keep their lanes full, and the results in the plan's order.

use std::{
    collections::VecDeque,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use super::{
    FileDigests, FileJob,
    file::File,
    kernel::{Kernels, MAX_LANES, START},
    schedule::{Errand, Schedule},
    walk::Walk,
};

/// The windows of all threads are together about this long, in bytes: memory stays small.
const IN_SIGHT: usize = 32 << 20;

/// How long a window is, in bytes. The most is what a processor maps with one entry where it can.
const MIN_STRIDE: usize = 256 << 10;
const MAX_STRIDE: usize = 2 << 20;

/// How far the parts of a file may run ahead of the file itself, in bytes. A thread that has come
/// so far, and has nothing else, waits until it is no more than half as far ahead: then there is
/// work for all its lanes again, and not just for one at the pace of the file.
const AHEAD: u64 = 256 << 20;

/// Carries out `plan` on at most `threads` threads (0 counts as 1).
///
/// The results stand in the plan's order and depend on nothing but the files: neither on the
/// number of threads nor on the speed of the machine. `progress` is called from all threads, now
/// and then, with the number of bytes that are done so far: whole files count their length, files
/// of which only parts are asked for count those.
pub fn run(plan: &[FileJob], threads: usize, progress: &(dyn Fn(u64) + Sync)) -> Vec<FileDigests> {
    let files: Vec<File> = plan.iter().map(File::new).collect();
    let sheets = files.iter().enumerate().filter_map(|(place, file)| file.sheet(place));
    let schedule = Schedule::new(sheets.collect(), threads, Kernels::here());
    for errand in schedule.alone.iter().chain(&schedule.shared) {
        files[errand.file].expect_one_more();
    }
    let stride = IN_SIGHT / (schedule.threads * schedule.lanes);
    let engine = Engine {
        files: &files,
        shared: Mutex::new(schedule.shared.into()),
        lanes: schedule.lanes,
        stride: (1 << stride.max(1).ilog2()).clamp(MIN_STRIDE, MAX_STRIDE) as u64,
        done: AtomicU64::new(0),
        progress,
    };
    let mut alone = schedule.alone.into_iter();
    thread::scope(|scope| {
        for _ in 1..schedule.threads {
            let first = alone.next();
            let engine = &engine;
            scope.spawn(move || engine.work(first));
        }
        engine.work(alone.next());
    });
    files.into_iter().map(File::digests).collect()
}

/// How fast this machine hashes one stream and several side by side, a line each, for people.
pub fn speeds() -> String {
    Kernels::here().to_string()
}

/// What all threads share.
struct Engine<'a> {
    files: &'a [File<'a>],
    /// The errands that no thread has taken.
    shared: Mutex<VecDeque<Errand<'a>>>,
    /// How many streams a thread takes side by side.
    lanes: usize,
    /// How long a window is, in bytes.
    stride: u64,
    /// How many bytes are done.
    done: AtomicU64,
    progress: &'a (dyn Fn(u64) + Sync),
}

/// What there is to take.
enum Take<'a> {
    Errand(Errand<'a>),
    /// Something, but not now.
    Later,
    /// Nothing, now or ever.
    Nothing,
}

impl<'a> Engine<'a> {
    /// What a thread does: `first` alone, then whatever there is, side by side.
    fn work(&self, first: Option<Errand<'a>>) {
        let mut walks = Vec::new();
        let mut alone = first.is_some();
        if let Some(errand) = first {
            self.start(errand, &mut walks);
        }
        loop {
            alone &= !walks.is_empty();
            let nothing_left = !alone && self.fill(&mut walks);
            for place in (0..walks.len()).rev() {
                if !self.turn(&mut walks[place]) {
                    let (errand, walk) = walks.swap_remove(place);
                    self.files[errand.file].end(&errand, walk.findings());
                }
            }
            match walks.as_mut_slice() {
                [] if nothing_left => return,
                [] => {}
                walks => step(walks),
            }
        }
    }

    /// Starts walks while there is room. `true` where there is nothing more to start.
    fn fill(&self, walks: &mut Vec<(Errand<'a>, Walk<'a>)>) -> bool {
        loop {
            let lanes: usize = walks.iter().map(|(errand, _)| errand.lanes).sum();
            let take = match self.lanes.saturating_sub(lanes) {
                _ if walks.is_empty() => self.take(self.lanes.max(2), AHEAD / 2),
                0 => return false,
                room => self.take(room, AHEAD),
            };
            match take {
                Take::Errand(errand) => self.start(errand, walks),
                Take::Nothing => return true,
                Take::Later if walks.is_empty() => thread::sleep(Duration::from_millis(1)),
                Take::Later => return false,
            }
        }
    }

    /// The first errand that has room in so many lanes, and whose parts are at most so many bytes
    /// ahead of their file.
    fn take(&self, room: usize, ahead: u64) -> Take<'a> {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let near = |errand: &Errand<'_>| {
            let limit = self.files[errand.file].passed().saturating_add(ahead);
            errand.ahead.is_none_or(|start| start < limit)
        };
        let next = shared.iter().position(|errand| errand.lanes <= room && near(errand));
        match next.and_then(|place| shared.remove(place)) {
            Some(errand) => Take::Errand(errand),
            None if shared.is_empty() => Take::Nothing,
            None => Take::Later,
        }
    }

    fn start(&self, errand: Errand<'a>, walks: &mut Vec<(Errand<'a>, Walk<'a>)>) {
        if let Some(walk) = self.files[errand.file].walk(&errand, self.stride) {
            walks.push((errand, walk));
        }
    }

    fn turn(&self, (errand, walk): &mut (Errand<'a>, Walk<'a>)) -> bool {
        let file = &self.files[errand.file];
        walk.turn(|len| {
            if file.counts(errand) {
                file.pass(len);
                (self.progress)(self.done.fetch_add(len, Ordering::Relaxed) + len);
            }
        })
    }
}

/// Hashes as many blocks as every lane has ready, in all lanes side by side.
fn step(walks: &mut [(Errand<'_>, Walk<'_>)]) {
    let mut states = [START; MAX_LANES];
    let mut runs: [&[_]; MAX_LANES] = [&[]; MAX_LANES];
    let mut lanes = 0;
    for (state, blocks) in walks.iter().flat_map(|(_, walk)| walk.pieces()) {
        (states[lanes], runs[lanes]) = (*state, blocks);
        lanes += 1;
    }
    let blocks = runs[..lanes].iter().map(|run| run.len()).min().unwrap_or_default();
    for run in &mut runs[..lanes] {
        *run = &run[..blocks];
    }
    Kernels::here().compress(&mut states[..lanes], &runs[..lanes]);
    let mut states = states.into_iter();
    for (_, walk) in walks {
        walk.advance(blocks, &mut states);
    }
}
