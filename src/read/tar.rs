//! Tar archives: a header of 512 bytes in front of each member, and long names as members of their own.

use std::ops::Range;

use super::{
    gathering::{NAME, escape},
    pages::Pages,
};
use crate::facts::What;

const BLOCK: u64 = 512;
/// Members looked at; a header takes 512 bytes, so a file has few.
const MEMBERS: usize = 1 << 20;

/// One file in an archive.
#[derive(Debug, PartialEq)]
pub(super) struct Member {
    /// As written, without a leading `./`.
    pub(super) name: String,
    /// Its bytes in the archive.
    pub(super) bytes: Range<u64>,
}

/// Whether these are the first bytes of an archive: its mark, or, in the oldest form, which has none, a
/// header that adds up.
pub(super) fn begins(head: &[u8]) -> bool {
    head.get(257..262) == Some(b"ustar")
        || head.first_chunk().is_some_and(|block| block[0] != 0 && adds_up(block))
}

/// Whether a header's sum is the one that it tells, as bytes or as signed ones.
fn adds_up(block: &[u8; 512]) -> bool {
    let told = std::str::from_utf8(&block[148..156]).ok();
    let told = told.and_then(|text| text.split('\0').next());
    let Some(told) = told.and_then(|text| i64::from_str_radix(text.trim(), 8).ok()) else {
        return false;
    };
    let blank = |at: usize| (148..156).contains(&at);
    let bytes = || block.iter().enumerate().map(|(at, byte)| if blank(at) { b' ' } else { *byte });
    let plain: i64 = bytes().map(i64::from).sum();
    let signed: i64 = bytes().map(|byte| i64::from(byte.cast_signed())).sum();
    told == plain || told == signed
}

/// The files of an archive, at most `most`; what cannot be followed is told by the pages.
pub(super) fn members(pages: &Pages, most: usize) -> Vec<Member> {
    let mut members = Vec::new();
    let mut at = 0;
    let (mut long, mut wide) = (None, None);
    for _ in 0..MEMBERS {
        if members.len() >= most || at >= pages.len() || pages.byte(at) == Some(0) {
            return members; // two blocks of zeros end an archive
        }
        let Some((kind, start, len)) = header(pages, at) else {
            pages.fault(What::HeaderInvalid, at, "no header of a tar member here");
            return members;
        };
        // links, devices and folders have no bytes, whatever length they tell
        let len = match kind {
            b'1'..=b'6' => 0,
            b'L' | b'K' | b'x' | b'g' => len,
            _ => wide.take().unwrap_or(len),
        };
        let Some(end) = start.checked_add(len).filter(|end| *end <= pages.len()) else {
            let left = pages.len().saturating_sub(start);
            let saying = format!("a member of {len} bytes, the file ends after {left} of them");
            pages.fault(What::ShardTruncated, at, saying);
            return members;
        };
        match kind {
            b'L' => long = Some(pages.text(start..end, NAME).trim_end_matches('\0').to_owned()),
            b'x' => {
                let records = pages.text(start..end, NAME);
                long = record(&records, "path").or(long);
                wide = record(&records, "size").and_then(|it| it.parse().ok());
            }
            b'K' | b'g' | b'5' => {}
            b'1' | b'2' => {
                let target = pages.text(at + 157..at + 257, 100);
                let target = target.split('\0').next().unwrap_or_default();
                let from = long.take().unwrap_or_else(|| name(pages, at));
                if leaves(if kind == b'2' { &from } else { "" }, target) {
                    let saying = "a link that leads out of the archive's folder";
                    pages.fault(What::PathEscapes, at, saying);
                }
            }
            b'3' | b'4' | b'6' => {
                pages.fault(What::SpecialFile, at, "a member that is a device or a pipe");
                long = None;
            }
            // kinds that nobody knows are unpacked as files
            _ => {
                let name = long.take().unwrap_or_else(|| name(pages, at));
                let name = name.strip_prefix("./").map(str::to_owned).unwrap_or(name);
                if let Some(why) = escape(&name).filter(|_| !name.is_empty()) {
                    let saying = format!("the name of a member leads out of its folder: {why}");
                    pages.fault(What::PathEscapes, at, saying);
                }
                members.push(Member { name, bytes: start..end });
            }
        }
        at = end.next_multiple_of(BLOCK);
    }
    members
}

/// Whether a link at `from` leads out of the folder that the archive is unpacked in.
fn leaves(from: &str, target: &str) -> bool {
    let mut depth =
        from.split('/').filter(|part| !matches!(*part, "" | ".")).count().saturating_sub(1);
    if target.starts_with(['/', '\\']) || target.as_bytes().get(1) == Some(&b':') {
        return true;
    }
    for part in target.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => match depth.checked_sub(1) {
                Some(above) => depth = above,
                None => return true,
            },
            _ => depth += 1,
        }
    }
    false
}

/// The kind of a member, where its bytes start, and how many they are.
fn header(pages: &Pages, at: u64) -> Option<(u8, u64, u64)> {
    let magic: [u8; 5] = pages.array(at + 257)?;
    let size: [u8; 12] = pages.array(at + 124)?;
    let kind = pages.byte(at + 156)?;
    let sound = &magic == b"ustar" || pages.array(at).is_some_and(|block| adds_up(&block));
    sound.then_some((kind, at + BLOCK, number(size)?))
}

/// Octal digits, or, above 8 GB, the bytes themselves behind a mark.
fn number(field: [u8; 12]) -> Option<u64> {
    if field[0] & 0x80 != 0 {
        let wide = field[1..4].iter().all(|byte| *byte == 0);
        return wide
            .then(|| field[4..].iter().fold(0, |number, byte| number << 8 | u64::from(*byte)));
    }
    let text = std::str::from_utf8(&field).ok()?;
    u64::from_str_radix(text.trim_matches([' ', '\0']), 8).ok()
}

fn name(pages: &Pages, at: u64) -> String {
    let text = |start: u64, len: u64| {
        let text = pages.text(start..start + len, len);
        text.split('\0').next().unwrap_or_default().to_owned()
    };
    let (name, prefix) = (text(at, 100), text(at + 345, 155));
    if prefix.is_empty() {
        name
    } else {
        format!("{prefix}/{name}")
    }
}

/// A value in the records of extended headers: lines of `length key=value`. The last one holds.
fn record(records: &str, key: &str) -> Option<String> {
    let of_it = |line: &str| {
        let (_, record) = line.split_once(' ')?;
        record.strip_prefix(key)?.strip_prefix('=').map(str::to_owned)
    };
    records.lines().rev().find_map(of_it)
}

/// Archives made by code, for the tests of readers.
#[cfg(test)]
pub(super) fn made(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = Vec::new();
    for (name, bytes) in members {
        let mut header = vec![0; 512];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[124..135].copy_from_slice(format!("{:011o}", bytes.len()).as_bytes());
        header[156] = b'0';
        header[257..262].copy_from_slice(b"ustar");
        archive.extend(header);
        archive.extend(*bytes);
        archive.resize(archive.len().next_multiple_of(512), 0);
    }
    archive.resize(archive.len() + 1024, 0);
    archive
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_follow_one_another() {
        check(&made(&[("./a", b"abc"), ("b/c", b"")]), &["a 512..515", "b/c 1536..1536"], None);
        let mut long = made(&[("././@LongLink", b"long/name\0"), ("short", b"x")]);
        long[156] = b'L';
        check(&long, &["long/name 1536..1537"], None);
        let mut extended = made(&[("pax", b"18 path=long/name\n"), ("short", b"x")]);
        extended[156] = b'x';
        check(&extended, &["long/name 1536..1537"], None);
    }

    #[test]
    fn what_lies_is_told() {
        let good = made(&[("a", b"abc"), ("b", b"def")]);
        let cut = Some("a member of 3 bytes, the file ends after 1 of them");
        check(&good[..1537], &["a 512..515"], cut);
        let mut bad = good.clone();
        bad[124] = b'9';
        check(&bad, &[], Some("no header of a tar member here"));
        let mut far = good;
        far[124..136].copy_from_slice(b"\x80\0\0\0\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF");
        let saying = "a member of 18446744073709551615 bytes, the file ends after 2560 of them";
        check(&far, &[], Some(saying));
    }

    #[track_caller]
    fn check(bytes: &[u8], members: &[&str], fault: Option<&str>) {
        let bytes = bytes.to_vec();
        let pages = Pages::new(&bytes);
        let listed = super::members(&pages, 100);
        let listed: Vec<_> =
            listed.iter().map(|it| format!("{} {:?}", it.name, it.bytes)).collect();
        assert_eq!(listed, members);
        assert_eq!(pages.close().unwrap().first().map(|it| it.saying.as_str()), fault);
    }
}
