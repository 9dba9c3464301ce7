//! HDF5's objects: a header of messages, of either version, whose parts may lie anywhere in the file.

use std::{cell::Cell, ops::Range};

use crate::{facts::What, read::pages::Pages};

/// Pieces that a header may be in.
const PIECES: usize = 1024;

/// An open file: where it begins, and how wide its addresses and lengths are.
pub(super) struct File<'a> {
    pub(super) pages: &'a Pages<'a>,
    /// Where the superblock is, which every address counts from.
    pub(super) base: u64,
    pub(super) address_len: u64,
    pub(super) length_len: u64,
    /// Messages and entries that may still be read. In an honest file each has bytes of its own;
    /// headers that share theirs could otherwise keep a reader busy for ever.
    pub(super) steps: Cell<u64>,
}

/// One message of a header.
pub(super) struct Message {
    /// What it is.
    pub(super) kind: u16,
    /// Whether it only says where the message itself is.
    pub(super) shared: bool,
    /// Its body, in the file.
    pub(super) body: Range<u64>,
}

/// Kinds of message, by their numbers.
pub(super) mod kind {
    pub(in crate::read::hdf5) const DATASPACE: u16 = 0x01;
    pub(in crate::read::hdf5) const LINK_INFO: u16 = 0x02;
    pub(in crate::read::hdf5) const DATATYPE: u16 = 0x03;
    pub(in crate::read::hdf5) const LINK: u16 = 0x06;
    pub(in crate::read::hdf5) const EXTERNAL: u16 = 0x07;
    pub(in crate::read::hdf5) const LAYOUT: u16 = 0x08;
    pub(in crate::read::hdf5) const FILTERS: u16 = 0x0B;
    pub(in crate::read::hdf5) const ATTRIBUTE: u16 = 0x0C;
    pub(in crate::read::hdf5) const CONTINUATION: u16 = 0x10;
    pub(in crate::read::hdf5) const SYMBOLS: u16 = 0x11;
}

impl File<'_> {
    /// A number of so many bytes.
    pub(super) fn number(&self, at: u64, len: u64) -> Option<u64> {
        match len {
            1 => self.pages.byte(at).map(u64::from),
            2 => self.pages.u16(at).map(u64::from),
            4 => self.pages.u32(at).map(u64::from),
            8 => self.pages.u64(at),
            _ => None,
        }
    }

    /// The length at `at`.
    pub(super) fn length(&self, at: u64) -> Option<u64> {
        self.number(at, self.length_len)
    }

    /// The place in the file that the address at `at` leads to; `None` where it leads nowhere.
    pub(super) fn place(&self, at: u64) -> Option<u64> {
        let address = self.number(at, self.address_len)?;
        let nowhere = u64::MAX >> (64 - 8 * self.address_len);
        let place = self.base.checked_add(address).filter(|_| address != nowhere)?;
        (place < self.pages.len()).then_some(place)
    }

    /// Whether these bytes are at `at`.
    pub(super) fn says(&self, at: u64, magic: [u8; 4]) -> bool {
        self.pages.array(at) == Some(magic)
    }

    /// Takes a step; whether there was one left.
    pub(super) fn step(&self) -> bool {
        let left = self.steps.get();
        self.steps.set(left.saturating_sub(1));
        left > 0
    }

    /// Every message of the object whose header is at `at`, in order. A header that cannot be followed
    /// ends there, and is told.
    pub(super) fn messages(&self, at: u64) -> Vec<Message> {
        let mut messages = Vec::new();
        let wide = self.says(at, *b"OHDR");
        let Some((first, ordered)) = (if wide {
            self.second(at)
        } else {
            self.first(at)
        }) else {
            self.pages.fault(What::HeaderInvalid, at, "no object header here");
            return messages;
        };
        let mut pieces = vec![first];
        let mut n = 0;
        while n < pieces.len() {
            let piece = pieces[n].clone();
            self.piece(piece, wide.then_some(ordered), &mut messages, &mut pieces);
            n += 1;
        }
        messages
    }

    /// The messages of a header of version 1.
    fn first(&self, at: u64) -> Option<(Range<u64>, bool)> {
        let len = u64::from(self.pages.u32(at + 8)?);
        let known = self.pages.byte(at) == Some(1);
        let end = (at + 16).checked_add(len).filter(|end| known && *end <= self.pages.len())?;
        Some((at + 16..end, false))
    }

    /// The messages of a header of version 2, and whether each has its number in the order of making.
    fn second(&self, at: u64) -> Option<(Range<u64>, bool)> {
        let flags = self.pages.byte(at + 5).filter(|_| self.pages.byte(at + 4) == Some(2))?;
        let times = if flags & 0x20 == 0 { 0 } else { 16 };
        let limits = if flags & 0x10 == 0 { 0 } else { 4 };
        let width = 1 << (flags & 3);
        let len_at = at + 6 + times + limits;
        let start = len_at + width;
        let end = start.checked_add(self.number(len_at, width)?)?;
        (end <= self.pages.len()).then_some((start..end, flags & 4 != 0))
    }

    /// The messages of one piece; `wide` for version 2, with or without numbers.
    fn piece(
        &self,
        piece: Range<u64>,
        wide: Option<bool>,
        messages: &mut Vec<Message>,
        pieces: &mut Vec<Range<u64>>,
    ) {
        let head = match wide {
            None => 8,
            Some(false) => 4,
            Some(true) => 6,
        };
        let mut at = piece.start;
        while at + head <= piece.end {
            let read = || {
                let (kind, len, flags) = if wide.is_some() {
                    (self.pages.byte(at)?.into(), self.pages.u16(at + 1)?, self.pages.byte(at + 3)?)
                } else {
                    (self.pages.u16(at)?, self.pages.u16(at + 2)?, self.pages.byte(at + 4)?)
                };
                let start = at + head;
                let body = start..start + u64::from(len);
                (body.end <= piece.end).then_some(Message { kind, shared: flags & 2 != 0, body })
            };
            let Some(message) = read().filter(|_| self.step()) else {
                self.pages.fault(What::HeaderInvalid, at, "a message that does not fit its header");
                return;
            };
            at = message.body.end;
            if message.kind == kind::CONTINUATION {
                match self.continuation(&message.body, wide.is_some()) {
                    Some(next) if pieces.len() < PIECES && !pieces.contains(&next) => {
                        pieces.push(next);
                    }
                    _ => self.pages.fault(
                        What::HeaderInvalid,
                        message.body.start,
                        "a header that does not go on where it says",
                    ),
                }
            } else {
                messages.push(message);
            }
        }
    }

    fn continuation(&self, body: &Range<u64>, wide: bool) -> Option<Range<u64>> {
        let start = self.place(body.start)?;
        let len = self.length(body.start + self.address_len)?;
        let end = start.checked_add(len).filter(|end| *end <= self.pages.len())?;
        if !wide {
            return Some(start..end);
        }
        let inner = start + 4..end.checked_sub(4)?; // a magic in front, a checksum behind
        (self.says(start, *b"OCHK") && inner.start <= inner.end).then_some(inner)
    }
}
