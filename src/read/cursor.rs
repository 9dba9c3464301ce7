//! Reads a header from its front to its end, in chunks, skipping what is not wanted.

use super::ReadError;
use crate::source::Bytes;

/// Bytes that are read ahead.
const CHUNK: u64 = 1 << 16;

/// A place in a file that moves forward. Every length is held against the bytes there are before
/// memory is taken or anything is skipped.
pub(super) struct Cursor<'a> {
    bytes: &'a dyn Bytes,
    len: u64,
    at: u64,
    /// A copy of the bytes from `held` on.
    buffer: Vec<u8>,
    held: u64,
}

impl<'a> Cursor<'a> {
    /// At a place counted from the start of the file.
    pub(super) fn new(bytes: &'a dyn Bytes, at: u64) -> Self {
        Self {
            bytes,
            len: bytes.len(),
            at,
            buffer: Vec::new(),
            held: at,
        }
    }

    /// Where it stands, from the start of the file.
    pub(super) fn at(&self) -> u64 {
        self.at
    }

    /// Bytes from here to the end of the file.
    pub(super) fn left(&self) -> u64 {
        self.len.saturating_sub(self.at)
    }

    /// Goes on by `count` bytes.
    #[inline]
    pub(super) fn skip(&mut self, count: u64) -> Result<(), ReadError> {
        if count > self.left() {
            return Err(self.short(count));
        }
        self.at += count;
        Ok(())
    }

    /// The next `N` bytes.
    #[inline]
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], ReadError> {
        if let Some(array) = self.ahead().first_chunk().copied() {
            self.at += N as u64;
            return Ok(array);
        }
        self.fill(N as u64)?;
        let array = self.ahead().first_chunk().copied();
        self.at += N as u64;
        array.ok_or_else(|| self.short(0))
    }

    /// The next byte.
    #[inline]
    pub(super) fn byte(&mut self) -> Result<u8, ReadError> {
        self.array().map(|[byte]| byte)
    }

    /// A copy of the next `count` bytes.
    pub(super) fn copy(&mut self, count: u64) -> Result<Vec<u8>, ReadError> {
        self.copy_up_to(count, count)
    }

    /// Goes on by `count` bytes, of which the first `most` are copied.
    pub(super) fn copy_up_to(&mut self, count: u64, most: u64) -> Result<Vec<u8>, ReadError> {
        if count > self.left() {
            return Err(self.short(count));
        }
        let copied = count.min(most);
        let ahead = usize::try_from(copied).ok().and_then(|copied| self.ahead().get(..copied));
        let copy = match ahead {
            Some(ahead) => ahead.to_vec(),
            None if copied <= CHUNK => {
                self.fill(copied)?;
                let copied = usize::try_from(copied).unwrap_or(0);
                self.ahead().get(..copied).unwrap_or(&[]).to_vec()
            }
            None => self.bytes.read(self.at..self.at + copied)?,
        };
        self.at += count;
        Ok(copy)
    }

    /// The bytes up to the next line feed, which is passed; `None` where there is none within
    /// `most` bytes.
    pub(super) fn line(&mut self, most: u64) -> Result<Option<Vec<u8>>, ReadError> {
        let mut line = Vec::new();
        while (line.len() as u64) < most {
            self.fill(1)?;
            let ahead = self.ahead();
            let end = ahead.iter().position(|&byte| byte == b'\n');
            line.extend(&ahead[..end.unwrap_or(ahead.len())]);
            let passed = end.map_or(ahead.len(), |end| end + 1);
            self.at += passed as u64;
            if end.is_some() {
                return Ok(Some(line));
            }
        }
        Ok(None)
    }

    /// What is in memory from here on.
    #[inline]
    fn ahead(&self) -> &[u8] {
        let into = self.at.checked_sub(self.held).and_then(|into| usize::try_from(into).ok());
        into.and_then(|into| self.buffer.get(into..)).unwrap_or(&[])
    }

    /// Makes at least `count` bytes from here on be in memory, and more where there are more.
    #[cold]
    fn fill(&mut self, count: u64) -> Result<(), ReadError> {
        if count > self.left() {
            return Err(self.short(count));
        }
        if (self.ahead().len() as u64) < count {
            let stop = self.len.min(self.at + CHUNK.max(count));
            let wanted = usize::try_from(stop - self.at).unwrap_or(0);
            self.buffer.resize(wanted, 0);
            self.held = self.at;
            if let Err(error) = self.bytes.read_at(self.at, &mut self.buffer) {
                self.buffer.clear();
                return Err(error.into());
            }
        }
        Ok(())
    }

    fn short(&self, count: u64) -> ReadError {
        ReadError::HeaderCutShort {
            needed: self.at.saturating_add(count),
            len: self.len,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_across_its_chunks_and_never_past_the_end() {
        let bytes: Vec<u8> = (0..200_000u32).map(|n| (n % 251) as u8).collect();
        let mut cursor = Cursor::new(&bytes, 0);
        cursor.skip(CHUNK - 2).unwrap();
        let at = usize::try_from(CHUNK - 2).unwrap();
        assert_eq!(cursor.array::<4>().unwrap(), bytes[at..at + 4]);
        assert_eq!(cursor.copy_up_to(100_000, 80_000).unwrap(), bytes[at + 4..at + 80_004]);
        assert_eq!(cursor.byte().unwrap(), bytes[at + 100_004]);
        let left = cursor.left();
        let refusal = cursor.skip(left + 1).unwrap_err().to_string();
        assert_eq!(refusal, "the header needs 200001 bytes, the file has 200000");
        assert!(cursor.copy(u64::MAX).is_err());
        cursor.skip(left - 1).unwrap();
        assert!(cursor.array::<2>().is_err());
        assert!(cursor.byte().is_ok());
        assert!(cursor.byte().is_err());
    }

    #[test]
    fn lines_end_at_their_line_feed() {
        let bytes = [b"abc\n\n".as_slice(), &b"x".repeat(100_000), b"\nend"].concat();
        let mut cursor = Cursor::new(&bytes, 0);
        assert_eq!(cursor.line(10).unwrap().unwrap(), b"abc");
        assert_eq!(cursor.line(10).unwrap().unwrap(), b"");
        assert_eq!(cursor.line(1 << 20).unwrap().unwrap().len(), 100_000);
        assert!(cursor.line(10).is_err());
    }
}
