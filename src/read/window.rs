//! A stretch of a file, read as if it were a file.

use std::{io, ops::Range};

use crate::source::Bytes;

/// Bytes inside other bytes: a stored member of an archive, an array inside a pickle.
#[derive(Clone)]
pub(super) struct Window<'a> {
    outer: &'a dyn Bytes,
    range: Range<u64>,
}

impl<'a> Window<'a> {
    /// The bytes of `outer` in `range`; `None` where it is not wholly inside.
    pub(super) fn new(outer: &'a dyn Bytes, range: Range<u64>) -> Option<Self> {
        (range.start <= range.end && range.end <= outer.len()).then_some(Self { outer, range })
    }

    /// Where it starts in the outer bytes.
    pub(super) fn start(&self) -> u64 {
        self.range.start
    }
}

impl Bytes for Window<'_> {
    fn len(&self) -> u64 {
        self.range.end - self.range.start
    }

    fn read_at(&self, at: u64, buffer: &mut [u8]) -> io::Result<()> {
        let end = at.checked_add(buffer.len() as u64);
        if end.is_none_or(|end| end > self.len()) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.outer.read_at(self.range.start + at, buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_ends_where_it_ends() {
        let outer = b"abcdefgh".to_vec();
        let window = Window::new(&outer, 2..5).unwrap();
        assert_eq!((window.start(), Bytes::len(&window)), (2, 3));
        assert_eq!(window.read(0..3).unwrap(), b"cde");
        assert_eq!(window.read(3..3).unwrap(), b"");
        assert!(window.read(2..4).is_err());
        assert!(window.read_at(u64::MAX, &mut [0; 2]).is_err());
        assert!(Window::new(&outer, 5..9).is_none());
    }
}
