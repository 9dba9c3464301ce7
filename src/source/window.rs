//! Windows: a few megabytes of a file at a time, mapped where that works and read where not.
//!
//! Measured on the two ways (2 GiB in the page cache, sums over every cache line, a virtual
//! machine on Intel's Emerald Rapids): windows of 2 MiB mapped one after the other cost 0.15 s of
//! CPU where the cache holds large folios and 0.29 s where it does not, half of that or more for
//! the sums themselves; `pread` into 1 MiB cost 0.28 to 0.36 s, next to nothing of it for the
//! sums, as every byte is copied. Beside hashing that is 1 to 7 % against 15 to 20 %, so bulk
//! bytes are mapped. What is mapped is unmapped before the next window comes: memory stays
//! bounded with no advice given.
//!
//! A map can die: where the file is cut short under it, or the disk fails, touching it raises
//! `SIGBUS`. A handler puts zeros there and takes note, and whoever asked for the window learns
//! from [`Window::fault`] that what it saw from there on was not the file. Signals that come from
//! elsewhere are left to whoever had the handler before.

use std::{
    fs::File,
    io,
    ops::Range,
    os::{fd::AsRawFd as _, unix::fs::FileExt as _},
    ptr,
    sync::{
        LazyLock, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use memmap2::{Mmap, MmapOptions};

/// Below this many bytes reading is cheaper than mapping and unmapping.
const WORTH_MAPPING: usize = 128 << 10;

/// A part of a file in memory. One that has been used is used again for the next part.
#[derive(Default)]
pub(crate) struct Window {
    map: Option<Guarded>,
    /// What was read, where nothing is mapped.
    buffer: Vec<u8>,
    /// Where in the file the window starts, in bytes.
    start: u64,
}

impl Window {
    /// Shows the bytes of `range` of `file`, which must lie in the file as far as is known.
    pub(super) fn show(&mut self, file: &File, range: Range<u64>) -> io::Result<()> {
        let len = usize::try_from(range.end - range.start).map_err(io::Error::other)?;
        self.start = range.start;
        self.buffer.clear();
        self.map = None; // before the next one comes, so that there is never more than one
        if len >= WORTH_MAPPING {
            self.map = Guarded::map(file, range.start, len);
        }
        if self.map.is_none() {
            self.buffer.resize(len, 0);
            file.read_exact_at(&mut self.buffer, range.start)?;
        }
        Ok(())
    }

    /// The bytes. Where mapped they may change at any time; no more is made of them than numbers.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.map.as_ref().map_or(&self.buffer, |guarded| &guarded.map)
    }

    /// From which byte of the file on the window showed zeros, as the file had nothing to show.
    /// To be asked after the bytes were used.
    pub(crate) fn fault(&self) -> Option<u64> {
        let fault = self.map.as_ref()?.slot.fault.load(Ordering::Acquire);
        (fault != NONE).then(|| self.start + fault as u64)
    }
}

/// A map that is known to the handler.
struct Guarded {
    map: Mmap,
    slot: &'static Slot,
}

impl Guarded {
    /// `None` where the file system cannot map, the handler cannot be installed, or more windows
    /// are open than there are slots.
    #[expect(unsafe_code, reason = "mapping a file is unsafe by nature; see SAFETY")]
    fn map(file: &File, start: u64, len: usize) -> Option<Self> {
        if !*INSTALLED {
            return None;
        }
        // SAFETY: read-only, shared, and lent out no longer than it lives. Another process may
        // write to the file meanwhile: the bytes are only ever hashed and counted, every value of
        // theirs is valid, and a changed file is found out by its times and its digests dropped.
        // Where it shortens the file, the handler below puts zeros in place.
        let map = unsafe { MmapOptions::new().offset(start).len(len).map(file) }.ok()?;
        let slot = Slot::claim(map.as_ptr().addr(), len)?;
        Some(Self { map, slot })
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        self.slot.start.store(FREE, Ordering::Release); // then the field `map` is unmapped
    }
}

/// A map's addresses, for the handler to find. All by atomics: a handler may take no lock.
struct Slot {
    /// The first address; [`FREE`] or [`CLAIMED`] where there is none.
    start: AtomicUsize,
    end: AtomicUsize,
    /// How far behind `start` the first fault was; [`NONE`] where there was none.
    fault: AtomicUsize,
}

const FREE: usize = 0;
const CLAIMED: usize = 1;
const NONE: usize = usize::MAX;

/// As many windows as can be open at once: 16 on each of 64 threads.
static SLOTS: [Slot; 1024] = [const {
    Slot {
        start: AtomicUsize::new(FREE),
        end: AtomicUsize::new(0),
        fault: AtomicUsize::new(NONE),
    }
}; 1024];

impl Slot {
    fn claim(start: usize, len: usize) -> Option<&'static Self> {
        let slot = SLOTS.iter().find(|slot| {
            let claim =
                slot.start.compare_exchange(FREE, CLAIMED, Ordering::Acquire, Ordering::Relaxed);
            claim.is_ok()
        })?;
        slot.end.store(start + len, Ordering::Relaxed);
        slot.fault.store(NONE, Ordering::Relaxed);
        slot.start.store(start, Ordering::Release);
        Some(slot)
    }
}

/// Whether the handler is in place; tried once.
static INSTALLED: LazyLock<bool> = LazyLock::new(install);

/// What handled the signal before, and does again where the fault is none of ours.
static BEFORE: OnceLock<libc::sigaction> = OnceLock::new();

/// The length of a page in bytes, a power of two.
static PAGE: AtomicUsize = AtomicUsize::new(4096);

#[expect(unsafe_code, reason = "signal handlers have no safe form")]
fn install() -> bool {
    // SAFETY: both structures are valid for the calls, which keep no pointer to them; the handler
    // has the signature that `SA_SIGINFO` asks for and does only what a handler may.
    unsafe {
        if let Ok(page) = usize::try_from(libc::sysconf(libc::_SC_PAGESIZE)) {
            PAGE.store(page, Ordering::Relaxed);
        }
        let mut before = std::mem::zeroed();
        if libc::sigaction(libc::SIGBUS, ptr::null(), &raw mut before) != 0 {
            return false;
        }
        BEFORE.get_or_init(|| before);
        let mut ours: libc::sigaction = std::mem::zeroed();
        ours.sa_sigaction = on_bus_error as *const () as usize;
        ours.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_RESTART;
        libc::sigaction(libc::SIGBUS, &raw const ours, ptr::null_mut()) == 0
    }
}

/// Runs on the thread that touched the page, between two of its instructions. It touches nothing
/// but atomics and makes two system calls; the touching instruction then runs again.
#[expect(unsafe_code, reason = "signal handlers have no safe form")]
extern "C" fn on_bus_error(
    signal: libc::c_int,
    info: *mut libc::siginfo_t,
    _context: *mut libc::c_void,
) {
    // SAFETY: the kernel passes a valid `info`, and for this signal it has an address.
    let address = unsafe { (*info).si_addr() }.addr();
    for slot in &SLOTS {
        let start = slot.start.load(Ordering::Acquire);
        let end = slot.end.load(Ordering::Relaxed);
        if start <= CLAIMED || !(start..end).contains(&address) {
            continue;
        }
        let page = address & !(PAGE.load(Ordering::Relaxed) - 1);
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED;
        // SAFETY: replaces pages of a map that belongs to the very thread that runs this, so it is
        // neither unmapped nor reused meanwhile; whoever borrows its bytes takes any values.
        let zeros = unsafe {
            let place = ptr::without_provenance_mut(page);
            libc::mmap(place, end - page, libc::PROT_READ, flags, -1, 0)
        };
        if zeros != libc::MAP_FAILED {
            slot.fault.fetch_min(address - start, Ordering::Release);
            return;
        }
    }
    let before = BEFORE.get().map_or(ptr::null(), ptr::from_ref);
    // SAFETY: `before` is null or what `sigaction` itself gave. The instruction faults again and
    // meets whatever handled it before; most often the process ends, as it should.
    unsafe { libc::sigaction(signal, before, ptr::null_mut()) };
}

/// Asks for `range` of `file` to be brought into memory while we do something else.
pub(super) fn prefetch(file: &File, range: &Range<u64>) {
    #[cfg(target_os = "linux")]
    if let (Ok(start), Ok(len)) =
        (range.start.try_into(), range.end.saturating_sub(range.start).try_into())
    {
        #[expect(unsafe_code, reason = "advice has no safe form")]
        // SAFETY: an open descriptor and two numbers; advice can fail, and does no harm then.
        unsafe {
            libc::posix_fadvise(file.as_raw_fd(), start, len, libc::POSIX_FADV_WILLNEED)
        };
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const LEN: u64 = 1 << 20;

    #[test]
    fn a_file_that_shrinks_under_its_map_shows_zeros_and_says_so() {
        check(LEN, None);
        check(LEN - 1, None); // the rest of the last page is zeros by nature
        check(LEN / 2, Some(LEN / 2));
        check(0, Some(0));
    }

    #[track_caller]
    fn check(left: u64, fault: Option<u64>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, vec![7; usize::try_from(LEN).unwrap()]).unwrap();
        let mut window = Window::default();
        window.show(&File::open(&path).unwrap(), 0..LEN).unwrap();
        assert!(window.map.is_some());
        File::options().write(true).open(&path).unwrap().set_len(left).unwrap();
        let sevens: u64 = window.bytes().iter().map(|&byte| u64::from(byte / 7)).sum();
        assert_eq!(sevens, left);
        assert_eq!(window.fault(), fault);
    }

    #[test]
    fn a_window_shows_what_it_was_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let bytes: Vec<u8> = (0..LEN).map(|at| (at % 251).to_le_bytes()[0]).collect();
        fs::write(&path, &bytes).unwrap();
        let file = File::open(&path).unwrap();
        let mut window = Window::default();
        for range in [0..LEN, 5..LEN - 3, 7..9, LEN..LEN] {
            window.show(&file, range.clone()).unwrap();
            let wanted = usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap();
            assert!(window.bytes() == &bytes[wanted]);
            assert_eq!(window.fault(), None);
        }
        window.show(&file, LEN - 5..LEN + 1).unwrap_err();
    }
}
