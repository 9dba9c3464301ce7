//! The headers in front of the members: held against the central directory, or walked in its stead.

use super::{DESCRIPTOR, LOCAL, Member, Packing, Wide, u16_at, u32_at, u64_at};
use crate::{
    facts::What,
    read::{ReadError, notes::Notes},
    source::Bytes,
};

/// Bytes of a local header without its name and extra field.
const HEADER_LEN: u64 = 30;
/// The longest data descriptor, which may stand behind a member.
const LONGEST_DESCRIPTOR: u64 = 24;
/// A flag: lengths stand behind the member, not in front of it.
const STREAMED: u16 = 1 << 3;
/// A flag: the bytes are encrypted.
const ENCRYPTED: u16 = 1;
/// How far the end of a member of unknown length is looked for, over a whole archive.
const SEARCHED: u64 = 1 << 28;

/// A local header.
struct Header {
    /// With the name, the packing and the lengths as this header tells them; its place is settled.
    member: Member,
    flags: u16,
}

/// The header at `at`; `None` where there is none, or it is cut short.
fn header(bytes: &dyn Bytes, at: u64) -> Result<Option<Header>, ReadError> {
    let room = bytes.len().saturating_sub(at);
    if room < HEADER_LEN {
        return Ok(None);
    }
    let near = bytes.read(at..at + room.min(HEADER_LEN + 256))?; // nearly always the whole of it
    if !near.starts_with(LOCAL) {
        return Ok(None);
    }
    let [name, extra] = [26, 28].map(|field| u64::from(u16_at(&near, field)));
    let whole = HEADER_LEN + name + extra;
    if whole > room {
        return Ok(None);
    }
    let header = if near.len() as u64 >= whole {
        near
    } else {
        bytes.read(at..at + whole)?
    };
    let (name, whole) = (usize::from(u16_at(&header, 26)), at + whole);
    let extra = 30 + name..30 + name + usize::from(u16_at(&header, 28));
    let mut wide = Wide::of(&header[extra]);
    let len = wide.or(u32_at(&header, 22));
    let packed = wide.or(u32_at(&header, 18));
    let flags = u16_at(&header, 6);
    let member = Member {
        name: String::from_utf8_lossy(&header[30..30 + name]).into_owned(),
        header: at,
        packed: whole..whole.saturating_add(packed),
        packing: Packing::of(u16_at(&header, 8)),
        len,
        crc32: u32_at(&header, 14),
        flags,
    };
    Ok(Some(Header { member, flags }))
}

/// Settles where each member's bytes lie, and tells where its own header disagrees with the central
/// directory, where members overlap, and what lies between them.
pub(super) fn compare(
    bytes: &dyn Bytes,
    members: &mut [Member],
    notes: &mut Notes,
) -> Result<(), ReadError> {
    for member in members.iter_mut() {
        let place = notes.file().member(&member.name).byte(member.header);
        let packed = member.packed.end - member.packed.start;
        let Some(Header { member: local, flags }) = header(bytes, member.header)? else {
            let saying =
                format!("no local header where the central directory of {} leads", bytes.len());
            notes.note(What::ArchiveInconsistent, place, saying);
            member.packed = bytes.len()..bytes.len().saturating_add(packed);
            continue;
        };
        let start = local.packed.start;
        member.packed = start..start.saturating_add(packed);
        for difference in differences(member, &local, flags) {
            notes.note(What::ArchiveInconsistent, place.clone(), difference);
        }
        if (member.flags | flags) & ENCRYPTED != 0 {
            let saying = "marked as encrypted; a loader that pays no heed to the mark takes its bytes as they are";
            notes.note(What::ArchiveInconsistent, place.clone(), saying);
        }
        if let Packing::Other(method) = member.packing {
            let saying = format!("packed by method {method}, which is not read");
            notes.note(What::ReadInPart, place.clone(), saying);
        }
        if member.packed.end > bytes.len() {
            let (end, len) = (member.packed.end, bytes.len());
            let saying = format!("the member ends at byte {end}, the file at byte {len}");
            notes.note(What::ShardTruncated, place, saying);
        }
    }
    between(bytes, members, notes)
}

/// Each fact that two headers of one member tell differently.
fn differences(central: &Member, local: &Member, flags: u16) -> Vec<String> {
    let mut all = Vec::new();
    let mut differ = |what: &str, here: String, there: String| {
        if here != there {
            all.push(format!("{what} is {there} in the local header, {here} in the directory"));
        }
    };
    differ("the name", format!("{:?}", central.name), format!("{:?}", local.name));
    differ("the packing", format!("{:?}", central.packing), format!("{:?}", local.packing));
    if flags & STREAMED == 0 {
        let packed = |member: &Member| (member.packed.end - member.packed.start).to_string();
        differ("the packed length", packed(central), packed(local));
        differ("the length", central.len.to_string(), local.len.to_string());
        differ("the CRC-32", format!("{:08x}", central.crc32), format!("{:08x}", local.crc32));
    }
    all
}

/// Tells members that share bytes, and bytes that belong to none.
fn between(bytes: &dyn Bytes, members: &[Member], notes: &mut Notes) -> Result<(), ReadError> {
    let mut order: Vec<&Member> = members.iter().collect();
    order.sort_by_key(|member| (member.header, member.packed.end));
    let mut reached = order.first().map_or(0, |first| first.header);
    let mut before = "";
    for member in order {
        let place = notes.file().member(&member.name).byte(member.header);
        if member.header < reached {
            let saying = format!("starts before byte {reached}, where `{before}` ends");
            notes.note(What::ArchiveBomb, place, saying);
        } else if member.header - reached > LONGEST_DESCRIPTOR {
            let len = member.header - reached;
            let hidden = hidden(bytes, reached)?;
            let saying = match hidden {
                Some(it) => format!("{len} bytes with a member {:?} that is not listed", it.name),
                None => format!("{len} bytes between two members"),
            };
            notes.note(What::ArchiveInconsistent, notes.file().byte(reached), saying);
        }
        if member.packed.end > reached {
            (reached, before) = (member.packed.end, member.name.as_str());
        }
    }
    Ok(())
}

/// Members whose own headers differ from the central directory's, and those between listed ones.
pub(super) fn unlisted(bytes: &dyn Bytes, members: &[Member]) -> Result<Vec<Member>, ReadError> {
    let mut found = Vec::new();
    let mut order: Vec<&Member> = members.iter().collect();
    order.sort_by_key(|member| (member.header, member.packed.end));
    let mut reached = 0;
    for member in order {
        while reached < member.header && found.len() < MOST_UNLISTED {
            let Some(hidden) = hidden(bytes, reached)? else {
                break;
            };
            reached = hidden.packed.end.max(reached + 1);
            found.push(hidden);
        }
        if let Some(Header { member: local, flags }) = header(bytes, member.header)?
            && flags & STREAMED == 0
            && (local.name != member.name
                || local.packing != member.packing
                || local.packed != member.packed)
            && found.len() < MOST_UNLISTED
        {
            found.push(local);
        }
        reached = reached.max(member.packed.end);
    }
    Ok(found)
}

/// The most of them that are looked at.
const MOST_UNLISTED: usize = 1000;

/// The member whose header stands at `at`, or behind the data descriptor that may stand there.
fn hidden(bytes: &dyn Bytes, at: u64) -> Result<Option<Member>, ReadError> {
    for descriptor in [0, 12, 16, 20, LONGEST_DESCRIPTOR] {
        if let Some(found) = header(bytes, at.saturating_add(descriptor))? {
            return Ok(Some(found.member));
        }
    }
    Ok(None)
}

/// The first members of an archive without an end: enough to tell what it is.
pub(super) fn first(bytes: &dyn Bytes) -> Result<Vec<Member>, ReadError> {
    let mut notes = Notes::new("");
    Ok(follow(bytes, 16, 1 << 20, &mut notes)?.0)
}

/// The members of an archive whose central directory is missing, as far as one leads to the next.
pub(super) fn walk(bytes: &dyn Bytes, notes: &mut Notes) -> Result<Vec<Member>, ReadError> {
    let (members, at) = follow(bytes, usize::MAX, SEARCHED, notes)?;
    let saying = format!(
        "no central directory; {} members by their own headers, up to byte {at} of {}",
        members.len(),
        bytes.len()
    );
    notes.note(What::ShardTruncated, notes.file().byte(at), saying);
    Ok(members)
}

/// At most `count` members, one after the other, and where they end.
fn follow(
    bytes: &dyn Bytes,
    count: usize,
    mut search: u64,
    notes: &mut Notes,
) -> Result<(Vec<Member>, u64), ReadError> {
    let (mut members, mut at) = (Vec::new(), 0);
    while members.len() < count
        && let Some(Header { mut member, flags }) = header(bytes, at)?
    {
        at = member.packed.end.min(bytes.len());
        if flags & STREAMED != 0 && member.len == 0 {
            let start = member.packed.start;
            let found = descriptor(bytes, start, &mut search)?;
            let end = found.map_or(bytes.len(), |found| found.end);
            member.packed = start..end;
            if member.packing == Packing::Stored {
                member.len = end - start;
            }
            at = found.map_or(bytes.len(), |found| found.next);
            if let Some(found) = found {
                member.crc32 = found.crc32;
            } else {
                let place = notes.file().member(&member.name).byte(start);
                notes.note(What::ShardTruncated, place, "the end of the member was not found");
            }
        }
        members.push(member);
    }
    Ok((members, at))
}

/// The record behind a member whose own header does not tell its length.
#[derive(Clone, Copy)]
struct Descriptor {
    /// Where the member ends.
    end: u64,
    /// Where the next one starts.
    next: u64,
    crc32: u32,
}

/// The first data descriptor behind `start` that tells just the length of the bytes up to it.
fn descriptor(
    bytes: &dyn Bytes,
    start: u64,
    search: &mut u64,
) -> Result<Option<Descriptor>, ReadError> {
    const STEP: u64 = 1 << 16;
    let mut at = start;
    while at < bytes.len() && *search > 0 {
        let stop = bytes.len().min(at + STEP + LONGEST_DESCRIPTOR);
        let chunk = bytes.read(at..stop)?;
        for (i, _) in chunk.windows(4).enumerate().filter(|(_, four)| *four == DESCRIPTOR) {
            let (end, record) = (at + i as u64, &chunk[i..]);
            let len = end - start;
            let wide = record.len() >= 24 && u64_at(record, 8) == len;
            if wide || (record.len() >= 16 && u64::from(u32_at(record, 8)) == len) {
                let next = end + if wide { 24 } else { 16 };
                return Ok(Some(Descriptor { end, next, crc32: u32_at(record, 4) }));
            }
        }
        at = at.saturating_add(STEP);
        *search = search.saturating_sub(STEP);
    }
    Ok(None)
}
