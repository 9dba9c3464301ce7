//! Numbers and strings in the byte order and the widths of the file's version.

use crate::{
    read::{ReadError, cursor::Cursor},
    source::Bytes,
};

/// The header, read from its front.
pub(super) struct Fields<'a> {
    cursor: Cursor<'a>,
    version: u32,
    big: bool,
}

impl<'a> Fields<'a> {
    /// Past magic and version.
    pub(super) fn open(bytes: &'a dyn Bytes) -> Result<Self, ReadError> {
        let mut cursor = Cursor::new(bytes, 0);
        let malformed = |reason| ReadError::Malformed { format: super::FORMAT.name, reason };
        if cursor.array::<4>()? != *b"GGUF" {
            return Err(malformed("does not begin with GGUF".to_owned()));
        }
        let number = cursor.array()?;
        let (little, big) = (u32::from_le_bytes(number), u32::from_be_bytes(number));
        let (version, big) = if little.trailing_zeros() >= 16 {
            (big, true)
        } else {
            (little, false)
        };
        if !(1..=3).contains(&version) {
            return Err(malformed(format!("version {version}, 1 to 3 are known")));
        }
        Ok(Self { cursor, version, big })
    }

    pub(super) fn version(&self) -> u32 {
        self.version
    }

    /// Whether numbers are big-endian, in the data too.
    pub(super) fn big(&self) -> bool {
        self.big
    }

    /// From the start of the file.
    pub(super) fn at(&self) -> u64 {
        self.cursor.at()
    }

    pub(super) fn left(&self) -> u64 {
        self.cursor.left()
    }

    /// The fewest bytes that a pair takes: key, type, value.
    pub(super) fn least_pair(&self) -> u64 {
        self.wide() + 4 + 1
    }

    /// The fewest bytes that a tensor's info takes: name, extents, type, offset.
    pub(super) fn least_info(&self) -> u64 {
        self.wide() + 4 + 4 + 8
    }

    fn wide(&self) -> u64 {
        if self.version == 1 { 4 } else { 8 }
    }

    #[inline]
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], ReadError> {
        self.cursor.array()
    }

    /// The same, in the order that `from_le_bytes` takes.
    #[inline]
    pub(super) fn number<const N: usize>(&mut self) -> Result<[u8; N], ReadError> {
        let mut bytes = self.cursor.array::<N>()?;
        if self.big {
            bytes.reverse();
        }
        Ok(bytes)
    }

    #[inline]
    pub(super) fn u32(&mut self) -> Result<u32, ReadError> {
        self.number().map(u32::from_le_bytes)
    }

    #[inline]
    pub(super) fn u64(&mut self) -> Result<u64, ReadError> {
        self.number().map(u64::from_le_bytes)
    }

    /// A count, a length or an extent: 32 bits in version 1.
    #[inline]
    pub(super) fn count(&mut self) -> Result<u64, ReadError> {
        if self.version == 1 {
            self.u32().map(u64::from)
        } else {
            self.u64()
        }
    }

    #[inline]
    pub(super) fn skip(&mut self, count: u64) -> Result<(), ReadError> {
        self.cursor.skip(count)
    }

    /// A string, of which at most `most` bytes are kept.
    pub(super) fn string(&mut self, most: u64) -> Result<Vec<u8>, ReadError> {
        let len = self.count()?;
        self.cursor.copy_up_to(len, most)
    }

    /// The same, and how long it is.
    pub(super) fn long_string(&mut self, most: u64) -> Result<(Vec<u8>, u64), ReadError> {
        let len = self.count()?;
        Ok((self.cursor.copy_up_to(len, most)?, len))
    }
}
