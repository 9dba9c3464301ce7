//! Flatbuffers without a schema: tables, vectors and strings by the place that points to them.

use std::{cell::Cell, ops::Range};

use super::pages::Pages;

/// A table: fields by number, each at a place of its own or absent.
#[derive(Clone, Copy)]
pub(super) struct Table<'a> {
    pages: &'a Pages<'a>,
    at: u64,
    /// Where the places of the fields stand, and in how many bytes.
    fields: u64,
    len: u64,
}

/// A vector: its first element and how many there are; all of them are inside the file.
#[derive(Clone, Copy)]
pub(super) struct Vector<'a> {
    pages: &'a Pages<'a>,
    start: u64,
    /// Number of elements.
    pub(super) len: u64,
}

/// How many entries of vectors may still be followed. In an honest file each has four bytes of its
/// own; vectors that share theirs could otherwise keep a reader busy for ever.
pub(super) struct Steps(Cell<u64>);

impl Steps {
    /// As many as the file could hold.
    pub(super) fn of(pages: &Pages) -> Self {
        Self(Cell::new(pages.len() / 4))
    }

    /// Takes one; whether there was one left.
    pub(super) fn take(&self) -> bool {
        let left = self.0.get();
        self.0.set(left.saturating_sub(1));
        left > 0
    }

    /// Whether there is none left.
    pub(super) fn are_spent(&self) -> bool {
        self.0.get() == 0
    }
}

impl<'a> Table<'a> {
    /// The table that the file begins by pointing to.
    pub(super) fn root(pages: &'a Pages<'a>) -> Option<Self> {
        Self::at(pages, u64::from(pages.u32(0)?))
    }

    fn at(pages: &'a Pages<'a>, at: u64) -> Option<Self> {
        let back = i64::from(i32::from_le_bytes(pages.array(at)?));
        let fields = at.checked_add_signed(back.checked_neg()?)?;
        let len = u64::from(pages.u16(fields)?);
        Some(Self { pages, at, fields, len })
    }

    /// Where a field stands in the file; `None` where it has its default.
    fn field(&self, number: u16) -> Option<u64> {
        let entry = 4 + 2 * u64::from(number);
        let inside = entry + 2 <= self.len;
        let offset = inside.then(|| self.pages.u16(self.fields + entry))??;
        (offset > 0).then(|| self.at + u64::from(offset))
    }

    /// A field of one byte; 0 where it is absent.
    pub(super) fn byte(&self, number: u16) -> u8 {
        self.field(number).and_then(|at| self.pages.byte(at)).unwrap_or(0)
    }

    /// A field of four bytes; 0 where it is absent.
    pub(super) fn u32(&self, number: u16) -> u32 {
        self.field(number).and_then(|at| self.pages.u32(at)).unwrap_or(0)
    }

    /// A field of eight bytes; 0 where it is absent.
    pub(super) fn u64(&self, number: u16) -> u64 {
        self.field(number).and_then(|at| self.pages.u64(at)).unwrap_or(0)
    }

    /// A field that points to a vector with elements of `stride` bytes; `None` where it is absent or
    /// leaves the file.
    pub(super) fn vector(&self, number: u16, stride: u64) -> Option<Vector<'a>> {
        let field = self.field(number)?;
        let at = field + u64::from(self.pages.u32(field)?);
        let len = u64::from(self.pages.u32(at)?);
        let start = at + 4;
        let end = start.checked_add(len.checked_mul(stride)?)?;
        (end <= self.pages.len()).then_some(Vector { pages: self.pages, start, len })
    }

    /// The text of a field, of which at most `cap` bytes; empty where it is absent.
    pub(super) fn text(&self, number: u16, cap: u64) -> String {
        let bytes = self.vector(number, 1).map(|text| text.bytes());
        bytes.map(|bytes| self.pages.text(bytes, cap)).unwrap_or_default()
    }

    /// The tables of a vector, in order; one that cannot be followed is left out.
    pub(super) fn tables(&self, number: u16) -> impl Iterator<Item = Table<'a>> + use<'a> {
        let vector = self.vector(number, 4);
        vector.into_iter().flat_map(|vector| (0..vector.len).filter_map(move |n| vector.table(n)))
    }
}

impl<'a> Vector<'a> {
    /// The elements, where each is a byte.
    pub(super) fn bytes(&self) -> Range<u64> {
        self.start..self.start + self.len
    }

    /// The element at `n`, where each is four bytes.
    pub(super) fn u32(&self, n: u64) -> Option<u32> {
        (n < self.len).then(|| self.pages.u32(self.start + 4 * n))?
    }

    /// The element at `n`, where each points to a table.
    pub(super) fn table(&self, n: u64) -> Option<Table<'a>> {
        let at = self.start + 4 * n;
        Table::at(self.pages, at + u64::from(self.u32(n)?))
    }
}
