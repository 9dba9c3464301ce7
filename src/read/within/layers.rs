//! Packed layers: gzip, zlib, bzip2, xz, lzma, lz4 and zstd, unpacked up to a cap.

use std::io::{self, Read};

use crate::source::Bytes;

/// How bytes are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layer {
    Gzip,
    Zlib,
    /// Zlib behind a length in hex, as joblib wrote it once.
    OldJoblib,
    Bzip2,
    Xz,
    Lzma,
    Lz4,
    Zstd,
}

/// What was unpacked.
pub(super) struct Unpacked {
    pub(super) bytes: Vec<u8>,
    /// Whether there is more.
    pub(super) more: bool,
}

/// Bytes of the oldest joblib's mark and length.
const OLD_JOBLIB: u64 = 21;
/// The widest window that zstd may ask for: 128 MiB.
const ZSTD_WINDOW: u32 = 27;

/// The most memory that xz and lzma may ask for, in KiB: what their highest presets take.
const DICTIONARY: u32 = 96 << 10;

impl Layer {
    /// Whether the first bytes could hardly be anything else.
    pub(super) fn is_sure(self) -> bool {
        !matches!(self, Self::Zlib | Self::Lzma)
    }

    /// By the first bytes.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        const MAGICS: &[(&[u8], Layer)] = &[
            (b"\x1F\x8B\x08", Layer::Gzip),
            (b"ZF0x", Layer::OldJoblib),
            (b"\xFD7zXZ\0", Layer::Xz),
            (b"\x5D\0\0", Layer::Lzma),
            (b"\x04\x22\x4D\x18", Layer::Lz4),
            (b"\x28\xB5\x2F\xFD", Layer::Zstd),
        ];
        if let Some((_, layer)) = MAGICS.iter().find(|(magic, _)| head.starts_with(magic)) {
            return Some(*layer);
        }
        match head {
            [b'B', b'Z', b'h', b'1'..=b'9', b'1', b'A', b'Y', ..] => Some(Self::Bzip2),
            [0x78, 0x01 | 0x5E | 0x9C | 0xDA, ..] => Some(Self::Zlib),
            _ => None,
        }
    }

    /// As reports spell it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zlib | Self::OldJoblib => "zlib",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
            Self::Lzma => "lzma",
            Self::Lz4 => "lz4",
            Self::Zstd => "zstd",
        }
    }

    /// The first `cap` bytes of what is packed; `None` where nothing could be unpacked. A layer that
    /// breaks off gives what stands before.
    pub(super) fn unpack(self, packed: &dyn Bytes, cap: u64) -> Option<Unpacked> {
        let stream = || io::BufReader::with_capacity(1 << 15, Stream { bytes: packed, at: 0 });
        let mut bytes = Vec::new();
        match self {
            Self::Gzip => take(flate2::bufread::MultiGzDecoder::new(stream()), cap, &mut bytes),
            Self::Zlib => take(flate2::bufread::ZlibDecoder::new(stream()), cap, &mut bytes),
            Self::OldJoblib => {
                let mut stream = stream();
                io::copy(&mut (&mut stream).take(OLD_JOBLIB), &mut io::sink()).ok()?;
                take(flate2::bufread::ZlibDecoder::new(stream), cap, &mut bytes);
            }
            Self::Bzip2 => take(bzip2::bufread::MultiBzDecoder::new(stream()), cap, &mut bytes),
            Self::Lz4 => take(lz4_flex::frame::FrameDecoder::new(stream()), cap, &mut bytes),
            Self::Zstd => {
                let mut decoder = zstd::stream::read::Decoder::with_buffer(stream()).ok()?;
                decoder.window_log_max(ZSTD_WINDOW).ok()?;
                take(decoder, cap, &mut bytes);
            }
            Self::Xz => {
                let reader = lzma_rust2::XzReader::new_mem_limit(stream(), true, DICTIONARY);
                take(reader, cap, &mut bytes);
            }
            Self::Lzma => {
                let reader = lzma_rust2::LzmaReader::new_mem_limit(stream(), DICTIONARY, None);
                take(reader.ok()?, cap, &mut bytes);
            }
        }
        let more = bytes.len() as u64 > cap;
        bytes.truncate(usize::try_from(cap).unwrap_or(usize::MAX));
        (!bytes.is_empty()).then_some(Unpacked { bytes, more })
    }
}

/// What breaks off is shorter.
fn take(reader: impl Read, cap: u64, bytes: &mut Vec<u8>) {
    let _ = reader.take(cap.saturating_add(1)).read_to_end(bytes);
}

/// Bytes from their start to their end.
struct Stream<'a> {
    bytes: &'a dyn Bytes,
    at: u64,
}

impl Read for Stream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.bytes.len() - self.at).unwrap_or(usize::MAX);
        let len = left.min(buffer.len());
        self.bytes.read_at(self.at, &mut buffer[..len])?;
        self.at += len as u64;
        Ok(len)
    }
}
