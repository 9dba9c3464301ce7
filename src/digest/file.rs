//! A file of the plan: what all errands to it share, and what they bring back.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use super::{
    FileDigests, FileJob, RangeDigest, Trouble,
    schedule::{Errand, Parts, Sheet},
    walk::{Findings, Walk},
};
use crate::source::{Source, Stamp};

pub(super) struct File<'a> {
    job: &'a FileJob,
    parts: Parts,
    /// What the file system said when the plan was made, where it said something.
    stamp: Option<Stamp>,
    /// How many of its bytes its own stream has gone past.
    passed: AtomicU64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Open from the first errand to the last.
    source: Option<Arc<Source>>,
    /// How many errands have not ended.
    errands: usize,
    digests: FileDigests,
}

impl<'a> File<'a> {
    /// Looks at the file and sorts out the ranges.
    pub(super) fn new(job: &'a FileJob) -> Self {
        let ranges = vec![RangeDigest::default(); job.ranges.len()];
        let mut digests = FileDigests { ranges, ..FileDigests::default() };
        let (stamp, parts) = match Stamp::read(&job.path) {
            Ok(stamp) => (Some(stamp), Parts::of(job, stamp.len)),
            Err(error) => {
                digests.lose(&Trouble::Unopened { reason: error.to_string() });
                (None, Parts::default())
            }
        };
        digests.stamp = stamp;
        for (index, settled) in &parts.settled {
            digests.ranges[*index] = settled.clone();
        }
        let state = Mutex::new(State { digests, ..State::default() });
        Self {
            job,
            parts,
            stamp,
            passed: AtomicU64::new(0),
            state,
        }
    }

    /// What the schedule has to know; `None` where there is nothing to read.
    pub(super) fn sheet(&self, file: usize) -> Option<Sheet<'_>> {
        let stamp = self.stamp?;
        Some(Sheet {
            file,
            job: self.job,
            len: stamp.len,
            parts: &self.parts,
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One errand more is to end before the file is done.
    pub(super) fn expect_one_more(&self) {
        self.state().errands += 1;
    }

    /// How many of its bytes its own stream has gone past.
    pub(super) fn passed(&self) -> u64 {
        self.passed.load(Ordering::Relaxed)
    }

    /// Its own stream has gone past `len` bytes more.
    pub(super) fn pass(&self, len: u64) {
        self.passed.fetch_add(len, Ordering::Relaxed);
    }

    /// Whether the bytes of this errand are progress, or those of another one are.
    pub(super) fn counts(&self, errand: &Errand<'_>) -> bool {
        errand.whole || self.job.whole.is_empty()
    }

    /// Sets out on an errand. `None` where the file cannot be opened: the errand has ended.
    pub(super) fn walk(&'a self, errand: &Errand<'a>, stride: u64) -> Option<Walk<'a>> {
        let source = self.state().open(self.job, self.stamp);
        match source {
            Ok(source) => Some(Walk::new(source, self.job, errand.whole, errand.parts, stride)),
            Err(trouble) => {
                let mut state = self.state();
                state.digests.lose(&trouble);
                self.ended(errand, &mut state);
                None
            }
        }
    }

    /// Takes what an errand brought back.
    pub(super) fn end(&self, errand: &Errand<'_>, findings: Findings) {
        let mut state = self.state();
        let digests = &mut state.digests;
        if errand.whole && findings.trouble.is_none() {
            let place = |algorithm| self.job.whole.iter().position(|wanted| *wanted == algorithm);
            digests.whole = findings.whole;
            digests.whole.sort_by_key(|(algorithm, _)| place(*algorithm));
        }
        for (index, found) in errand.parts.iter().zip(findings.parts) {
            digests.ranges[*index] = found;
        }
        if let Some(trouble) = findings.trouble {
            digests.trouble.get_or_insert(trouble);
        }
        self.ended(errand, &mut state);
    }

    /// One errand has ended; after the last the file is looked at once more, and closed.
    fn ended(&self, errand: &Errand<'_>, state: &mut State) {
        if errand.whole {
            self.passed.store(u64::MAX, Ordering::Relaxed); // however far it came: wait no more
        }
        state.errands -= 1;
        if state.errands == 0 && state.source.take().is_some_and(|source| source.changed()) {
            state.digests.lose(&Trouble::Changed);
        }
    }

    /// What is known once all errands have ended.
    pub(super) fn digests(self) -> FileDigests {
        let state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut digests = state.digests;
        for (index, same) in &self.parts.repeated {
            digests.ranges[*index] = digests.ranges[*same].clone();
        }
        digests
    }
}

impl State {
    /// The file, which must still be the one that was planned for.
    fn open(&mut self, job: &FileJob, planned: Option<Stamp>) -> Result<Arc<Source>, Trouble> {
        if let Some(source) = &self.source {
            return Ok(Arc::clone(source));
        }
        let source = Source::open(&job.path)
            .map_err(|error| Trouble::Unopened { reason: error.to_string() })?;
        if planned != Some(source.stamp()) {
            return Err(Trouble::Changed);
        }
        Ok(Arc::clone(self.source.insert(Arc::new(source))))
    }
}

impl FileDigests {
    /// Nothing is known of the content, for this reason.
    fn lose(&mut self, trouble: &Trouble) {
        self.changed |= *trouble == Trouble::Changed;
        self.whole.clear();
        self.ranges.fill(trouble.clone().into());
        self.trouble = Some(trouble.clone());
    }
}
