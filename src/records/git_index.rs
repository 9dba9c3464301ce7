//! The index of a git work tree, versions 2 to 4: each path with the name of its blob.

use std::path::Path;

use crate::{
    digest::{Algorithm, Digest},
    inventory::report_path,
};

/// One file of the index.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// As reports spell it.
    pub(super) path: String,
    /// What git calls its blob.
    pub(super) id: Digest,
    /// Whether it is a link, whose blob holds where it leads.
    pub(super) is_link: bool,
    /// Whether it was left out of the work tree on purpose.
    pub(super) skipped: bool,
}

/// Bytes before the name of the blob: ten numbers.
const NUMBERS: usize = 40;

/// The files of an index whose blobs are named by this algorithm; why it cannot be read, in a clause.
pub(super) fn entries(index: &[u8], named_by: Algorithm) -> Result<Vec<Entry>, String> {
    read(index, NUMBERS + named_by.digest_len()).ok_or_else(|| match index.get(4..8) {
        Some(version) if index.starts_with(b"DIRC") && !known(number(version)) => {
            format!("is of version {}, which is not known", number(version))
        }
        _ => "is no index of git, or is cut short".to_owned(),
    })
}

fn known(version: u32) -> bool {
    (2..=4).contains(&version)
}

/// `fixed` is how many bytes stand before the flags of an entry.
fn read(index: &[u8], fixed: usize) -> Option<Vec<Entry>> {
    let (magic, version, count) =
        (index.get(..4)?, number(index.get(4..8)?), number(index.get(8..12)?));
    if magic != b"DIRC" || !known(version) {
        return None;
    }
    let mut entries = Vec::new();
    let mut at: usize = 12;
    let mut name: Vec<u8> = Vec::new();
    for _ in 0..count {
        let start = at;
        let head = index.get(at..at.checked_add(fixed + 2)?)?;
        let mode = number(&head[24..28]);
        let id = Digest::new(&head[NUMBERS..fixed])?;
        let flags = u16::from_be_bytes([head[fixed], head[fixed + 1]]);
        at += fixed + 2;
        let mut further = 0;
        if flags & EXTENDED != 0 && version > 2 {
            let word = index.get(at..at + 2)?;
            further = u16::from_be_bytes([word[0], word[1]]);
            at += 2;
        }
        if version == 4 {
            let kept = name.len().checked_sub(varint(index, &mut at)?)?;
            name.truncate(kept);
        } else {
            name.clear();
        }
        let end = at + index.get(at..)?.iter().position(|byte| *byte == 0)?;
        name.extend_from_slice(&index[at..end]);
        at = end + 1;
        if version < 4 {
            at = start + (end - start) / 8 * 8 + 8; // one to eight zeros end an entry
        }
        // Stages above 0 are sides of a merge that has not ended; other modes are other repos.
        let file = matches!(mode >> 12, 0b1000 | 0b1010) && flags & STAGE == 0;
        if file {
            entries.push(Entry {
                path: path(&name),
                id,
                is_link: mode >> 12 == 0b1010,
                skipped: further & SKIPPED != 0,
            });
        }
    }
    Some(entries)
}

const EXTENDED: u16 = 1 << 14;
const STAGE: u16 = 3 << 12;
const SKIPPED: u16 = 1 << 14;

fn path(name: &[u8]) -> String {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _};

    report_path(Path::new(OsStr::from_bytes(name)))
}

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().take(4).fold(0, |number, byte| number << 8 | u32::from(*byte))
}

/// How many bytes of the name before to leave off: seven bits a byte, each further byte one more.
fn varint(index: &[u8], at: &mut usize) -> Option<usize> {
    let mut value: usize = 0;
    loop {
        let byte = *index.get(*at)?;
        *at += 1;
        value = value.checked_mul(128)?.checked_add(usize::from(byte & 0x7f))?;
        if byte & 0x80 == 0 {
            return Some(value);
        }
        value = value.checked_add(1)?;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn index(version: u32, files: &[(&str, u32, u16)], id_len: usize) -> Vec<u8> {
        let mut bytes = b"DIRC".to_vec();
        bytes.extend(version.to_be_bytes());
        bytes.extend(u32::try_from(files.len()).unwrap().to_be_bytes());
        let mut before = "";
        for (name, mode, further) in files {
            let start = bytes.len();
            bytes.extend([0; 24]);
            bytes.extend(mode.to_be_bytes());
            bytes.extend([0; 12]);
            bytes.resize(bytes.len() + id_len, 7);
            let extended = if *further == 0 { 0 } else { EXTENDED };
            bytes.extend((extended | u16::try_from(name.len()).unwrap()).to_be_bytes());
            if *further != 0 {
                bytes.extend(further.to_be_bytes());
            }
            if version == 4 {
                let same = name.bytes().zip(before.bytes()).take_while(|(a, b)| a == b).count();
                bytes.push(u8::try_from(before.len() - same).unwrap());
                bytes.extend(name[same..].bytes());
                bytes.push(0);
            } else {
                bytes.extend(name.bytes());
                bytes.push(0);
                while !(bytes.len() - start).is_multiple_of(8) {
                    bytes.push(0);
                }
            }
            before = name;
        }
        bytes.extend([0; 20]);
        bytes
    }

    const FILES: &[(&str, u32, u16)] = &[
        ("README.md", 0o100_644, 0),
        ("a/model-1.bin", 0o100_755, 0),
        ("a/model-2.bin", 0o100_644, SKIPPED),
        ("link", 0o120_000, 0),
        ("other", 0o160_000, 0),
    ];

    #[test]
    fn every_version_is_read() {
        for (version, named_by) in [
            (3, Algorithm::GitBlobSha1),
            (4, Algorithm::GitBlobSha1),
            (3, Algorithm::GitBlobSha256),
            (4, Algorithm::GitBlobSha256),
        ] {
            let read = entries(&index(version, FILES, named_by.digest_len()), named_by).unwrap();
            let lines: Vec<_> =
                read.iter().map(|it| (it.path.as_str(), it.is_link, it.skipped)).collect();
            assert_eq!(
                lines,
                [
                    ("README.md", false, false),
                    ("a/model-1.bin", false, false),
                    ("a/model-2.bin", false, true),
                    ("link", true, false),
                ]
            );
        }
        let sha1 = Algorithm::GitBlobSha1;
        assert_eq!(entries(&index(2, &FILES[..2], 20), sha1).unwrap().len(), 2);
        let refused = entries(&index(9, &[], 20), sha1).unwrap_err();
        assert_eq!(refused, "is of version 9, which is not known");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_damaged_index_is_read_or_refused(
            version in 2_u32..5, cut in 0_usize..500, at in 0_usize..500, byte: u8
        ) {
            let mut bytes = index(version, FILES, 20);
            bytes.truncate(cut.max(1));
            let at = at % bytes.len();
            bytes[at] = byte;
            let _ = entries(&bytes, Algorithm::GitBlobSha1);
            let _ = entries(&bytes, Algorithm::GitBlobSha256);
        }
    }
}
