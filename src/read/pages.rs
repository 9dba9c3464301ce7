//! Small reads of a large file, a page at a time; nothing is believed that the bytes do not bear out.

use std::{
    cell::{Cell, RefCell},
    io,
    ops::Range,
};

use crate::{facts::What, source::Bytes};

/// Bytes fetched at once.
const PAGE: u64 = 16 << 10;
/// Pages begin at multiples of this, so that tables read backwards stay on one page.
const STEP: u64 = 4 << 10;
/// Faults kept; a file that is nothing but faults has no more to say after these.
const FAULTS: usize = 64;

/// A file, read through one page.
pub(super) struct Pages<'a> {
    bytes: &'a dyn Bytes,
    page: RefCell<Page>,
    faults: RefCell<Vec<Fault>>,
    failure: Cell<Option<io::Error>>,
}

#[derive(Default)]
struct Page {
    start: u64,
    bytes: Vec<u8>,
}

/// What a walk through the file stumbled on.
#[derive(Debug)]
pub(super) struct Fault {
    /// Its kind.
    pub(super) what: What,
    /// From the start of the file.
    pub(super) at: u64,
    /// The particulars.
    pub(super) saying: String,
}

impl<'a> Pages<'a> {
    /// All of `bytes`.
    pub(super) fn new(bytes: &'a dyn Bytes) -> Self {
        Self {
            bytes,
            page: RefCell::default(),
            faults: RefCell::default(),
            failure: Cell::new(None),
        }
    }

    /// How many bytes there are.
    pub(super) fn len(&self) -> u64 {
        self.bytes.len()
    }

    /// The `N` bytes at `at`; `None` where the file ends before, or could not be read.
    pub(super) fn array<const N: usize>(&self, at: u64) -> Option<[u8; N]> {
        let end = at.checked_add(N as u64).filter(|end| *end <= self.len())?;
        let mut page = self.page.borrow_mut();
        let held = page.start..page.start + page.bytes.len() as u64;
        if at < held.start || end > held.end {
            let start = at - at % STEP;
            let fetched = self.bytes.read(start..self.len().min(start + PAGE));
            page.bytes = fetched.map_err(|error| self.failure.set(Some(error))).ok()?;
            page.start = start;
        }
        let from = usize::try_from(at - page.start).ok()?;
        page.bytes.get(from..from + N)?.try_into().ok()
    }

    /// The byte at `at`.
    pub(super) fn byte(&self, at: u64) -> Option<u8> {
        self.array(at).map(u8::from_le_bytes)
    }

    /// The little-endian `u16` at `at`.
    pub(super) fn u16(&self, at: u64) -> Option<u16> {
        self.array(at).map(u16::from_le_bytes)
    }

    /// The little-endian `u32` at `at`.
    pub(super) fn u32(&self, at: u64) -> Option<u32> {
        self.array(at).map(u32::from_le_bytes)
    }

    /// The little-endian `u64` at `at`.
    pub(super) fn u64(&self, at: u64) -> Option<u64> {
        self.array(at).map(u64::from_le_bytes)
    }

    /// A copy of `range`; `None` where it is longer than `cap`, not inside the file, or unreadable.
    pub(super) fn copy(&self, range: Range<u64>, cap: u64) -> Option<Vec<u8>> {
        if range.start > range.end || range.end > self.len() || range.end - range.start > cap {
            return None;
        }
        self.bytes.read(range).map_err(|error| self.failure.set(Some(error))).ok()
    }

    /// The text in `range`, of which at most `cap` bytes: what is cut off is told by `…`, what is no
    /// UTF-8 by `U+FFFD`. Empty where the range is not inside the file.
    pub(super) fn text(&self, range: Range<u64>, cap: u64) -> String {
        let kept = range.start..range.end.min(range.start.saturating_add(cap));
        let cut = kept.end < range.end;
        let copied = self.copy(kept, cap).unwrap_or_default();
        let mut text = String::from_utf8_lossy(&copied).into_owned();
        if cut {
            text.push('…');
        }
        text
    }

    /// Notes a fault of the bytes at `at`, once however often they are walked.
    pub(super) fn fault(&self, what: What, at: u64, saying: impl Into<String>) {
        let mut faults = self.faults.borrow_mut();
        let told = faults.iter().any(|fault| (fault.what, fault.at) == (what, at));
        if faults.len() < FAULTS && !told {
            let saying = saying.into();
            faults.push(Fault { what, at, saying });
        }
    }

    /// What was noted, and the error that stopped a read, if one did.
    pub(super) fn close(self) -> io::Result<Vec<Fault>> {
        match self.failure.into_inner() {
            Some(error) => Err(error),
            None => Ok(self.faults.into_inner()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_cross_pages_and_stop_at_the_end() {
        let bytes: Vec<u8> = (0..40_000u32).map(|n| n.to_le_bytes()[0]).collect();
        let pages = Pages::new(&bytes);
        for at in [0, 16_380, 16_384, 39_996, 12] {
            let low = u8::try_from(at % 256).unwrap();
            assert_eq!(pages.array(at), Some([low, low + 1, low + 2, low + 3]));
        }
        assert_eq!(pages.u32(39_997), None);
        assert_eq!(pages.u64(u64::MAX), None);
        assert_eq!(pages.copy(0..4, 3), None);
        assert_eq!(pages.text(65..70, 2), "AB…");
        #[expect(
            clippy::reversed_empty_ranges,
            reason = "what a lying header may ask for"
        )]
        {
            assert_eq!(pages.copy(4..2, 9), None);
        }
        assert!(pages.close().unwrap().is_empty());
    }
}
