//! Archives made by code, so that they can lie.

use std::io::Write as _;

use flate2::{Compression, Crc, write::DeflateEncoder};

/// An archive under construction.
#[derive(Default)]
pub(in crate::read) struct Made {
    body: Vec<u8>,
    directory: Vec<u8>,
    entries: u16,
}

/// How one member is told, where it is not told as it is.
#[derive(Default)]
pub(in crate::read) struct Lies {
    /// In the local header.
    pub(in crate::read) local_name: Option<&'static str>,
    /// In the central directory.
    pub(in crate::read) crc32: Option<u32>,
    /// In both.
    pub(in crate::read) flags: u16,
    /// In both.
    pub(in crate::read) len: Option<u32>,
    /// In the central directory.
    pub(in crate::read) header: Option<u32>,
    /// Lengths behind the member and in the wide field of the directory, as torch writes them.
    pub(in crate::read) streamed: bool,
    /// Not stored.
    pub(in crate::read) deflated: bool,
}

impl Made {
    /// A stored member.
    pub(in crate::read) fn with(self, name: &str, bytes: &[u8]) -> Self {
        self.lying(name, bytes, &Lies::default())
    }

    /// A member that is not told as it is.
    pub(in crate::read) fn lying(mut self, name: &str, bytes: &[u8], lies: &Lies) -> Self {
        let mut crc = Crc::new();
        crc.update(bytes);
        let packed = if lies.deflated {
            deflated(bytes)
        } else {
            bytes.to_vec()
        };
        let method = if lies.deflated { 8 } else { 0u16 };
        let header = lies.header.unwrap_or(len32(&self.body));
        let local_name = lies.local_name.unwrap_or(name);
        let flags = lies.flags | if lies.streamed { 1 << 3 } else { 0 };
        let told = |n: u32| if lies.streamed { 0 } else { n };
        let crc32 = lies.crc32.unwrap_or(crc.sum());
        let (len, packed_len) = (lies.len.unwrap_or(len32(bytes)), len32(&packed));

        self.body.extend(b"PK\x03\x04\x14\x00");
        put16(&mut self.body, &[flags, method, 0, 0]);
        put32(&mut self.body, &[told(crc32), told(packed_len), told(len)]);
        put16(&mut self.body, &[len16(local_name), 0]);
        self.body.extend(local_name.as_bytes());
        self.body.extend(&packed);
        if lies.streamed {
            self.body.extend(b"PK\x07\x08");
            put32(&mut self.body, &[crc32, packed_len, len]);
        }

        self.directory.extend(b"PK\x01\x02\x14\x00\x14\x00");
        put16(&mut self.directory, &[flags, method, 0, 0]);
        let wide = |n: u32| if lies.streamed { u32::MAX } else { n };
        put32(&mut self.directory, &[crc32, wide(packed_len), wide(len)]);
        let extra = if lies.streamed { 28 } else { 0 };
        put16(&mut self.directory, &[len16(name), extra, 0, 0, 0, 0, 0]);
        put32(&mut self.directory, &[wide(header)]);
        self.directory.extend(name.as_bytes());
        if lies.streamed {
            put16(&mut self.directory, &[1, 24]);
            put32(&mut self.directory, &[len, 0, packed_len, 0, header, 0]);
        }
        self.entries += 1;
        self
    }

    /// Bytes that no member owns.
    pub(in crate::read) fn stray(mut self, bytes: &[u8]) -> Self {
        self.body.extend(bytes);
        self
    }

    /// The whole archive.
    pub(in crate::read) fn done(self) -> Vec<u8> {
        let (mut all, start, len) = (self.body, 0, len32(&self.directory));
        let start = start + len32(&all);
        all.extend(self.directory);
        all.extend(b"PK\x05\x06\x00\x00\x00\x00");
        put16(&mut all, &[self.entries, self.entries]);
        put32(&mut all, &[len, start]);
        put16(&mut all, &[0]);
        all
    }
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn put16(to: &mut Vec<u8>, numbers: &[u16]) {
    to.extend(numbers.iter().flat_map(|n| n.to_le_bytes()));
}

fn put32(to: &mut Vec<u8>, numbers: &[u32]) {
    to.extend(numbers.iter().flat_map(|n| n.to_le_bytes()));
}

fn len32(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap()
}

fn len16(name: &str) -> u16 {
    u16::try_from(name.len()).unwrap()
}
