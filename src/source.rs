//! A file's bytes: where they come from, and what keeps reading them honest.
//!
//! The one place that opens the release's files for their content.

mod window;

use std::{
    fs::{self, File},
    io,
    ops::Range,
    os::unix::fs::{FileExt as _, MetadataExt as _, OpenOptionsExt as _},
    path::Path,
};

use serde::{Deserialize, Serialize};

pub(crate) use self::window::Window;

/// Random access to bytes: a file, a member of an archive, or plain memory in a test.
pub trait Bytes: Sync {
    /// How many bytes there are.
    fn len(&self) -> u64;

    /// Fills `buffer` with the bytes that start at `at`; all of them or an error.
    /// A range that passes the end is [`io::ErrorKind::UnexpectedEof`].
    fn read_at(&self, at: u64, buffer: &mut [u8]) -> io::Result<()>;

    /// Whether there are no bytes at all.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A copy of `range`. Memory is taken only once the range is known to lie inside,
    /// so a header that claims 2⁶⁴−1 bytes costs nothing.
    fn read(&self, range: Range<u64>) -> io::Result<Vec<u8>> {
        let wanted = range.end.checked_sub(range.start).filter(|_| range.end <= self.len());
        let len = wanted.and_then(|wanted| usize::try_from(wanted).ok());
        let mut copy = vec![0; len.ok_or(io::ErrorKind::UnexpectedEof)?];
        self.read_at(range.start, &mut copy)?;
        Ok(copy)
    }
}

impl Bytes for [u8] {
    fn len(&self) -> u64 {
        <[u8]>::len(self) as u64
    }

    fn read_at(&self, at: u64, buffer: &mut [u8]) -> io::Result<()> {
        let tail = usize::try_from(at).ok().and_then(|at| self.get(at..));
        let wanted = tail.and_then(|tail| tail.get(..buffer.len()));
        buffer.copy_from_slice(wanted.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }
}

impl Bytes for Vec<u8> {
    fn len(&self) -> u64 {
        Bytes::len(self.as_slice())
    }

    fn read_at(&self, at: u64, buffer: &mut [u8]) -> io::Result<()> {
        Bytes::read_at(self.as_slice(), at, buffer)
    }
}

impl<B: Bytes + ?Sized> Bytes for &B {
    fn len(&self) -> u64 {
        B::len(self)
    }

    fn read_at(&self, at: u64, buffer: &mut [u8]) -> io::Result<()> {
        B::read_at(self, at, buffer)
    }
}

/// What names a file's content without reading it: as long as none of this moves,
/// the bytes are taken to be the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Stamp {
    /// The device that the file lies on.
    pub dev: u64,
    /// The file's number on that device.
    pub ino: u64,
    /// Its length in bytes.
    pub len: u64,
    /// When the content last changed: seconds and nanoseconds since 1970.
    pub mtime: (i64, i64),
    /// When content or attributes last changed; unlike `mtime` it cannot be set by hand.
    pub ctime: (i64, i64),
}

impl Stamp {
    /// That of the regular file at `path`, following links, without opening it.
    pub fn read(path: &Path) -> io::Result<Self> {
        let metadata = fs::metadata(path)?;
        regular(&metadata)?;
        Ok(Self::of(&metadata))
    }

    fn of(metadata: &fs::Metadata) -> Self {
        Self {
            dev: metadata.dev(),
            ino: metadata.ino(),
            len: metadata.len(),
            mtime: (metadata.mtime(), metadata.mtime_nsec()),
            ctime: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

/// An open regular file.
#[derive(Debug)]
pub struct Source {
    file: File,
    stamp: Stamp,
}

impl Source {
    /// Opens the file at `path`, following links. What is not a regular file is refused, and
    /// never waited for: a pipe without a writer would block a plain open for ever.
    pub fn open(path: &Path) -> io::Result<Self> {
        Stamp::read(path)?; // first, as merely opening some devices acts on them
        let flags = libc::O_NONBLOCK | libc::O_CLOEXEC | libc::O_NOCTTY;
        let file = File::options().read(true).custom_flags(flags).open(path)?;
        let metadata = file.metadata()?;
        regular(&metadata)?; // again, as the name may have changed hands in between
        Ok(Self { file, stamp: Stamp::of(&metadata) })
    }

    /// The length in bytes when the file was opened.
    pub fn len(&self) -> u64 {
        self.stamp.len
    }

    /// Whether the file was empty when it was opened.
    pub fn is_empty(&self) -> bool {
        self.stamp.len == 0
    }

    /// What the file system said of the file when it was opened.
    pub fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// Has `window` show the bytes of `range`, mapped where that pays.
    pub(crate) fn show(&self, window: &mut Window, range: Range<u64>) -> io::Result<()> {
        window.show(&self.file, range)
    }

    /// Asks for `range` to be brought into memory in the background; it may pass the end.
    pub(crate) fn prefetch(&self, range: &Range<u64>) {
        window::prefetch(&self.file, range);
    }

    /// Whether the length or the time of the last change differ from those at the open.
    pub fn changed(&self) -> bool {
        self.file.metadata().map_or(true, |metadata| {
            let now = Stamp::of(&metadata);
            (now.len, now.mtime) != (self.stamp.len, self.stamp.mtime)
        })
    }
}

fn regular(metadata: &fs::Metadata) -> io::Result<()> {
    if metadata.is_file() {
        return Ok(());
    }
    Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"))
}

impl Bytes for Source {
    fn len(&self) -> u64 {
        self.stamp.len
    }

    fn read_at(&self, at: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.file.read_exact_at(buffer, at)
    }
}

#[cfg(test)]
mod tests {
    use std::{ffi::CString, os::unix::ffi::OsStrExt as _};

    use super::*;

    #[test]
    fn a_range_is_copied_whole_or_not_at_all() {
        check(0..0, Some(b""));
        check(0..5, Some(b"abcde"));
        check(3..5, Some(b"de"));
        check(5..5, Some(b""));
        check(3..6, None);
        check(6..6, None);
        check(0..u64::MAX, None);
        #[expect(
            clippy::reversed_empty_ranges,
            reason = "what a lying header may ask for"
        )]
        check(4..2, None);
    }

    #[track_caller]
    fn check(range: Range<u64>, copy: Option<&[u8]>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("abcde");
        fs::write(&path, "abcde").unwrap();
        let source = Source::open(&path).unwrap();
        let memory = b"abcde".to_vec();
        let all: [&dyn Bytes; 2] = [&source, &memory];
        for bytes in all {
            let read = bytes.read(range.clone());
            let refusal = read.as_ref().err().map(io::Error::kind);
            assert_eq!(read.ok().as_deref(), copy);
            assert_eq!(refusal, copy.is_none().then_some(io::ErrorKind::UnexpectedEof));
        }
    }

    #[test]
    fn a_change_shows() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "abcde").unwrap();
        let source = Source::open(&path).unwrap();
        assert!(!source.changed());
        fs::write(&path, "abcd").unwrap();
        assert!(source.changed());
        assert_eq!(source.len(), 5);
        assert!(source.read(0..5).is_err());
    }

    #[test]
    fn what_is_no_regular_file_is_refused_without_waiting() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        let name = CString::new(pipe.as_os_str().as_bytes()).unwrap();
        #[expect(unsafe_code, reason = "std makes no named pipes")]
        // SAFETY: `name` is a string that ends in a zero and outlives the call.
        let status = unsafe { libc::mkfifo(name.as_ptr(), 0o600) };
        assert_eq!(status, 0);
        for path in [pipe.as_path(), folder.path(), Path::new("/dev/zero")] {
            let refusal = Source::open(path).unwrap_err();
            assert_eq!(refusal.to_string(), "not a regular file");
        }
    }
}
