//! Zip archives as both of their tables tell them: the central directory at the end and the header
//! in front of each member. Nothing is looked up by name, so nothing hides behind a name.

mod local;
#[cfg(test)]
pub(super) mod made;
mod unpack;

use std::{collections::BTreeMap, ops::Range};

use memchr::memmem;

use super::{ReadError, notes::Notes, window::Window};
use crate::{
    facts::{Oddity, What},
    source::Bytes,
};

const CENTRAL: &[u8; 4] = b"PK\x01\x02";
const LOCAL: &[u8; 4] = b"PK\x03\x04";
const END: &[u8; 4] = b"PK\x05\x06";
const END64: &[u8; 4] = b"PK\x06\x06";
const LOCATOR64: &[u8; 4] = b"PK\x06\x07";
const DESCRIPTOR: &[u8; 4] = b"PK\x07\x08";

/// Bytes of an end record without its comment, and of the longest one.
const END_LEN: u64 = 22;
const LONGEST_END: u64 = END_LEN + 0xFFFF;
/// Bytes of a central entry without its name, extra field and comment.
const ENTRY_LEN: usize = 46;
/// The most that is read of a central directory: 5 million entries of a usual length.
const CAP: u64 = 1 << 29;

/// An archive.
pub(super) struct Zip {
    /// In the order of the central directory; a name may stand twice.
    pub(super) members: Vec<Member>,
    /// Where the archive contradicts itself.
    pub(super) oddities: Vec<Oddity>,
}

/// One entry of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Member {
    /// As the central directory spells it; bytes that are not UTF-8 as `U+FFFD`.
    pub(super) name: String,
    /// Where its local header starts, in bytes from the start of the file.
    pub(super) header: u64,
    /// Its bytes as packed, in the file; may pass the file's end where the archive lies.
    pub(super) packed: Range<u64>,
    /// How it is packed.
    pub(super) packing: Packing,
    /// Its length when unpacked, as the central directory tells it.
    pub(super) len: u64,
    /// CRC-32 of the unpacked bytes, as the central directory tells it.
    pub(super) crc32: u32,
    /// The flags of the central directory.
    flags: u16,
}

/// How a member's bytes are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    /// Not at all.
    Stored,
    /// Method 8.
    Deflated,
    /// A method that is not read here.
    Other(u16),
}

impl Packing {
    fn of(method: u16) -> Self {
        match method {
            0 => Self::Stored,
            8 => Self::Deflated,
            other => Self::Other(other),
        }
    }
}

/// What the end record says of the central directory.
#[derive(Debug, PartialEq, Eq)]
struct End {
    /// The central directory, in the file.
    directory: Range<u64>,
    /// Entries in it, as told; modulo 2¹⁶ where the record is a short one.
    entries: u64,
    /// Bytes in front of the archive, which its own offsets do not count.
    shift: u64,
    short: bool,
}

impl Zip {
    /// The members of an archive. One whose end is missing is walked from its start, as far as its
    /// local headers lead; what lies before, between and after members is told.
    pub(super) fn read(path: &str, bytes: &dyn Bytes) -> Result<Self, ReadError> {
        let mut notes = Notes::new(path);
        let listed = match end(bytes, &mut notes)? {
            Some(end) => central(bytes, &end, &mut notes)?,
            None => None,
        };
        let mut members = match listed {
            Some(members) => members,
            None => local::walk(bytes, &mut notes)?,
        };
        local::compare(bytes, &mut members, &mut notes)?;
        twice(&members, &mut notes);
        Ok(Self { members, oddities: notes.oddities() })
    }

    /// Members that the central directory leaves out or tells otherwise, as their own headers tell
    /// them: what a reader finds that goes by those.
    pub(super) fn unlisted(&self, bytes: &dyn Bytes) -> Vec<Member> {
        local::unlisted(bytes, &self.members).unwrap_or_default()
    }

    /// Whether the bytes end as an archive does, wherever it starts.
    pub(super) fn ends(bytes: &dyn Bytes) -> bool {
        let mut notes = Notes::new("");
        let end = end(bytes, &mut notes).ok().flatten();
        end.is_some_and(|end| is_entry(bytes, end.directory.start))
    }

    /// The names alone, cheaply, to tell what an archive is; none where this is no archive.
    pub(super) fn names(bytes: &dyn Bytes) -> Vec<String> {
        let mut head = [0; 4];
        if bytes.read_at(0, &mut head).is_err() {
            return Vec::new();
        }
        let mut notes = Notes::new("");
        let end = end(bytes, &mut notes).ok().flatten();
        let listed = end.and_then(|end| central(bytes, &end, &mut notes).ok().flatten());
        let near = || {
            if head == *LOCAL {
                local::first(bytes).ok()
            } else {
                None
            }
        };
        let members = listed.or_else(near).unwrap_or_default();
        members.into_iter().map(|member| member.name).collect()
    }
}

impl Member {
    /// Whether it is marked as encrypted. Loaders that know nothing of it ignore the mark.
    pub(super) fn is_encrypted(&self) -> bool {
        self.flags & 1 != 0
    }

    /// Its bytes in place; `None` where it is packed, or lies outside the archive.
    pub(super) fn window<'a>(&self, archive: &'a dyn Bytes) -> Option<Window<'a>> {
        let stored = self.packing == Packing::Stored;
        stored.then(|| Window::new(archive, self.packed.clone()))?
    }
}

/// Finds the end record and what it says; `None` where the file has no such thing.
fn end(bytes: &dyn Bytes, notes: &mut Notes) -> Result<Option<End>, ReadError> {
    let len = bytes.len();
    let tail_at = len.saturating_sub(LONGEST_END);
    let tail = bytes.read(tail_at..len)?;
    let records: Vec<usize> =
        memmem::find_iter(&tail, END).filter(|at| tail.len() - at >= 22).collect();
    let fits = |at: &&usize| **at + 22 + usize::from(u16_at(&tail, **at + 20)) == tail.len();
    let Some(&at) = records.iter().rev().find(fits).or_else(|| records.last()) else {
        return Ok(None);
    };
    let place = tail_at + at as u64;
    // one that lies before, and does not reach to the end, is that of an archive in the archive
    let rivals = records.iter().filter(|it| **it > at || (**it < at && fits(it))).count();
    if rivals > 0 {
        let saying = format!("{} end records; readers differ in which they take", rivals + 1);
        notes.note(What::ArchiveInconsistent, notes.file().byte(place), saying);
    }
    let after = tail.len() - at - 22;
    if after != usize::from(u16_at(&tail, at + 20)) {
        let comment = u16_at(&tail, at + 20);
        let saying = format!("{after} bytes after the end record, which tells of {comment}");
        notes.note(What::TrailingBytes, notes.file().byte(place + END_LEN), saying);
    }
    let mut told = Told {
        entries: u16_at(&tail, at + 10).into(),
        len: u32_at(&tail, at + 12).into(),
        start: u32_at(&tail, at + 16).into(),
        ends: place,
        short: true,
    };
    if let Some(wide) = end64(bytes, place, notes)? {
        told = wide;
    }
    Ok(told.place(bytes, notes))
}

/// The numbers of an end record.
struct Told {
    entries: u64,
    len: u64,
    start: u64,
    /// Where the record starts, which is where the directory should end.
    ends: u64,
    short: bool,
}

impl Told {
    /// Settles where the directory lies: where it is told, or, with bytes in front of the archive,
    /// that much later; `None` where it would pass the end of the file.
    fn place(self, bytes: &dyn Bytes, notes: &mut Notes) -> Option<End> {
        let directory = self.ends.checked_sub(self.len);
        let shift = directory.and_then(|directory| directory.checked_sub(self.start));
        let shift = match shift {
            Some(shift) if shift == 0 || is_entry(bytes, self.start + shift) => shift,
            _ => 0,
        };
        if shift > 0 {
            let saying = format!("{shift} bytes that the archive's own offsets do not count");
            notes.note(What::ArchiveInconsistent, notes.file().byte(0), saying);
        }
        let start = self.start.saturating_add(shift);
        let end = start.saturating_add(self.len);
        if end > bytes.len() {
            let len = bytes.len();
            let saying = format!("a directory of bytes {start}..{end}, the file has {len}");
            notes.note(What::HeaderInvalid, notes.file().byte(self.ends), saying);
            return None;
        }
        Some(End {
            directory: start..end,
            entries: self.entries,
            shift,
            short: self.short,
        })
    }
}

fn is_entry(bytes: &dyn Bytes, at: u64) -> bool {
    let mut four = [0; 4];
    bytes.read_at(at, &mut four).is_ok() && four == *CENTRAL
}

/// The wide end record, where the locator in front of the short one leads to it.
fn end64(bytes: &dyn Bytes, end: u64, notes: &mut Notes) -> Result<Option<Told>, ReadError> {
    let Some(locator) = end.checked_sub(20) else {
        return Ok(None);
    };
    let record = bytes.read(locator..end)?;
    if !record.starts_with(LOCATOR64) {
        return Ok(None);
    }
    let told = u64_at(&record, 8);
    let beside = locator.saturating_sub(56); // where it is when bytes were put in front
    for at in [told, beside] {
        let Ok(wide) = bytes.read(at..at.saturating_add(56)) else {
            continue;
        };
        if wide.starts_with(END64) {
            return Ok(Some(Told {
                entries: u64_at(&wide, 32),
                len: u64_at(&wide, 40),
                start: u64_at(&wide, 48),
                ends: at,
                short: false,
            }));
        }
    }
    let saying = format!("no wide end record at byte {told}, where its locator leads");
    notes.note(What::ArchiveInconsistent, notes.file().byte(locator), saying);
    Ok(None)
}

/// Walks the central directory; stops at the first thing that is no entry. `None` where it tells of
/// entries and has none.
fn central(
    bytes: &dyn Bytes,
    end: &End,
    notes: &mut Notes,
) -> Result<Option<Vec<Member>>, ReadError> {
    let Range { start, end: stop } = end.directory;
    if stop - start > CAP {
        let len = stop - start;
        return Err(ReadError::TooLarge {
            what: "a central directory",
            len,
            cap: CAP,
        });
    }
    let table = bytes.read(start..stop)?;
    let mut members = Vec::new();
    let mut at = 0;
    while at < table.len() {
        let Some((mut member, next)) = entry(&table, at) else {
            let saying = format!("no entry here, with {} bytes to go", table.len() - at);
            let place = notes.file().byte(start + at as u64);
            notes.note(What::HeaderInvalid, place, saying);
            break;
        };
        member.header = member.header.saturating_add(end.shift);
        members.push(member);
        at = next;
    }
    let listed = members.len() as u64;
    if (if end.short {
        listed % (1 << 16)
    } else {
        listed
    }) != end.entries
    {
        let saying = format!("{listed} entries, the end record tells of {}", end.entries);
        notes.note(What::ArchiveInconsistent, notes.file().byte(start), saying);
    }
    Ok((listed > 0 || end.entries == 0).then_some(members))
}

/// One entry of the central directory, and where the next starts. The local header is still to be
/// read: `packed` holds only the length.
fn entry(table: &[u8], at: usize) -> Option<(Member, usize)> {
    let fixed = table.get(at..at + ENTRY_LEN)?;
    if !fixed.starts_with(CENTRAL) {
        return None;
    }
    let [name, extra, comment] = [28, 30, 32].map(|field| usize::from(u16_at(fixed, field)));
    let name_at = at + ENTRY_LEN;
    let extra_at = name_at + name;
    let next = extra_at + extra + comment;
    let mut wide = Wide::of(table.get(extra_at..extra_at + extra)?);
    table.get(..next)?;
    let len = wide.or(u32_at(fixed, 24));
    let packed = wide.or(u32_at(fixed, 20));
    let header = wide.or(u32_at(fixed, 42));
    let member = Member {
        name: String::from_utf8_lossy(&table[name_at..extra_at]).into_owned(),
        header,
        packed: 0..packed,
        packing: Packing::of(u16_at(fixed, 10)),
        len,
        crc32: u32_at(fixed, 16),
        flags: u16_at(fixed, 8),
    };
    Some((member, next))
}

/// The numbers of the zip64 extra field, which stand in for those that are all ones, in order.
struct Wide<'a>(&'a [u8]);

impl<'a> Wide<'a> {
    fn of(mut extra: &'a [u8]) -> Self {
        while extra.len() >= 4 {
            let (id, len) = (u16_at(extra, 0), usize::from(u16_at(extra, 2)));
            let Some(field) = extra.get(4..4 + len) else {
                break;
            };
            if id == 1 {
                return Self(field);
            }
            extra = &extra[4 + len..];
        }
        Self(&[])
    }

    /// The short number, or the next wide one where the short one stands for it.
    fn or(&mut self, short: u32) -> u64 {
        match self.0.split_first_chunk() {
            Some((wide, rest)) if short == u32::MAX => {
                self.0 = rest;
                u64::from_le_bytes(*wide)
            }
            _ => short.into(),
        }
    }
}

/// Tells names that stand twice, and names that would leave the folder they are unpacked in.
fn twice(members: &[Member], notes: &mut Notes) {
    let mut first = BTreeMap::new();
    for member in members {
        let place = notes.file().member(&member.name).byte(member.header);
        if let Some(header) = first.insert(&member.name, member.header) {
            let saying = format!("a member of this name stands at byte {header} too");
            notes.note(What::DuplicateName, place.clone(), saying);
        }
        let mut parts = member.name.split(['/', '\\']);
        let drive = member.name.as_bytes().get(1) == Some(&b':');
        if drive || member.name.starts_with(['/', '\\']) || parts.any(|part| part == "..") {
            notes.note(What::PathEscapes, place, "a name that leads out of the archive's folder");
        }
    }
}

/// Little-endian numbers at places that the caller has measured.
fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |two| u16::from_le_bytes(*two))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |four| u32::from_le_bytes(*four))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes
        .get(at..)
        .and_then(<[u8]>::first_chunk)
        .map_or(0, |eight| u64::from_le_bytes(*eight))
}

#[cfg(test)]
mod tests;
