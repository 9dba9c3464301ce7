//! A member's bytes in memory, never more of them than were asked for.

use std::io::{self, Read};

use flate2::{Crc, bufread::DeflateDecoder};

use super::{Member, Packing};
use crate::{read::ReadError, source::Bytes};

/// A member's bytes.
#[derive(Debug)]
pub(in crate::read) struct Unpacked {
    /// All of them, or as many as could be had.
    pub(in crate::read) bytes: Vec<u8>,
    /// What was wrong on the way, in a clause: cut short, longer than told, another CRC-32.
    pub(in crate::read) wrong: Option<String>,
}

impl Member {
    /// Its bytes, unpacked; refused where they are more than `cap`, or packed in a way not known.
    /// An archive's wrong numbers do not stop it: the loaders that matter ignore them too.
    pub(in crate::read) fn unpack(
        &self,
        archive: &dyn Bytes,
        cap: u64,
    ) -> Result<Unpacked, ReadError> {
        let told = self.packed.end - self.packed.start;
        let end = self.packed.end.min(archive.len());
        let start = self.packed.start.min(end);
        let (bytes, cut) = match self.packing {
            Packing::Stored if end - start > cap => {
                return Err(too_large(end - start, cap));
            }
            Packing::Stored => (archive.read(start..end)?, end - start < told),
            Packing::Deflated => inflate(archive, start, end, cap)?,
            Packing::Other(method) => {
                let reason = format!("`{}` is packed by method {method}", self.name);
                return Err(ReadError::Malformed { format: "zip", reason });
            }
        };
        let mut crc = Crc::new();
        crc.update(&bytes);
        let len = bytes.len() as u64;
        let wrong = if cut {
            Some(format!("cut short after {len} of {} bytes", self.len))
        } else if len != self.len {
            Some(format!("{len} bytes, the archive tells of {}", self.len))
        } else if crc.sum() != self.crc32 {
            Some(format!("CRC-32 is {:08x}, the archive tells of {:08x}", crc.sum(), self.crc32))
        } else {
            None
        };
        Ok(Unpacked { bytes, wrong })
    }
}

impl Member {
    /// The first bytes of a packed member, `most` of them or fewer: enough for a header.
    pub(in crate::read) fn unpack_head(&self, archive: &dyn Bytes, most: u64) -> Vec<u8> {
        let end = self.packed.end.min(archive.len());
        let at = self.packed.start.min(end);
        let mut head = Vec::new();
        let packed = io::BufReader::with_capacity(1 << 12, Stretch { archive, at, end });
        // what breaks off is a shorter head
        let _ = DeflateDecoder::new(packed).take(most).read_to_end(&mut head);
        head
    }
}

fn too_large(len: u64, cap: u64) -> ReadError {
    ReadError::TooLarge { what: "a member of an archive", len, cap }
}

/// Inflates what lies in the archive from `start` to `end`; says whether it broke off.
fn inflate(
    archive: &dyn Bytes,
    start: u64,
    end: u64,
    cap: u64,
) -> Result<(Vec<u8>, bool), ReadError> {
    let mut bytes = Vec::new();
    let packed = io::BufReader::with_capacity(1 << 16, Stretch { archive, at: start, end });
    let inflated = DeflateDecoder::new(packed).take(cap.saturating_add(1)).read_to_end(&mut bytes);
    if bytes.len() as u64 > cap {
        return Err(too_large(bytes.len() as u64, cap));
    }
    Ok((bytes, inflated.is_err()))
}

/// A stretch of an archive, read from its start to its end.
struct Stretch<'a> {
    archive: &'a dyn Bytes,
    at: u64,
    end: u64,
}

impl Read for Stretch<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end - self.at).unwrap_or(usize::MAX);
        let len = left.min(buffer.len());
        self.archive.read_at(self.at, &mut buffer[..len])?;
        self.at += len as u64;
        Ok(len)
    }
}
