//! The names of the algorithms, and what they give.

use std::fmt::{self, Write as _};

/// A hash that a release may record, or that a report gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Algorithm {
    /// What the hub calls a large file by, and what every report gives.
    Sha256,
    /// What git and the hub call a small file by: the SHA-1 of `blob `, the length in decimal,
    /// a zero byte, and the content.
    GitBlobSha1,
    /// What git calls a file by in a repository that names by SHA-256: of the same bytes.
    GitBlobSha256,
    /// Of old checksum lists. Finds damage; proves nothing against intent.
    Md5,
    /// Of old checksum lists; of the bytes alone, not as git takes it.
    Sha1,
    /// Of checksum lists.
    Sha384,
    /// Of checksum lists.
    Sha512,
    /// Of signatures: 32 bytes of output.
    Blake3,
    /// Of signatures, which call it `blake2b`: 64 bytes of output.
    Blake2b512,
}

impl Algorithm {
    /// All of them, in the order of their declaration.
    pub const ALL: [Self; 9] = [
        Self::Sha256,
        Self::GitBlobSha1,
        Self::GitBlobSha256,
        Self::Md5,
        Self::Sha1,
        Self::Sha384,
        Self::Sha512,
        Self::Blake3,
        Self::Blake2b512,
    ];

    /// As reports spell it: `sha256`, `git-blob-sha1`, `blake2b-512`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::GitBlobSha1 => "git-blob-sha1",
            Self::GitBlobSha256 => "git-blob-sha256",
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
            Self::Blake3 => "blake3",
            Self::Blake2b512 => "blake2b-512",
        }
    }

    /// The algorithm that [`name`](Self::name) calls so.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// How many bytes a digest has, at most [`Digest::MAX_LEN`].
    pub const fn digest_len(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::GitBlobSha1 | Self::Sha1 => 20,
            Self::Sha256 | Self::GitBlobSha256 | Self::Blake3 => 32,
            Self::Sha384 => 48,
            Self::Sha512 | Self::Blake2b512 => 64,
        }
    }
}

/// The output of a hash. Displayed as lower-case hex.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest {
    /// Zeros after the first `len`.
    bytes: [u8; Self::MAX_LEN],
    len: u8,
}

impl Digest {
    /// The length in bytes of the longest digest there is here.
    pub const MAX_LEN: usize = 64;

    /// A digest of these bytes; `None` where they are more than [`MAX_LEN`](Self::MAX_LEN).
    pub fn new(digest: &[u8]) -> Option<Self> {
        let mut bytes = [0; Self::MAX_LEN];
        bytes.get_mut(..digest.len())?.copy_from_slice(digest);
        Some(Self {
            bytes,
            len: u8::try_from(digest.len()).ok()?,
        })
    }

    /// The digest that is written so in hex, of either case; `None` where it is not of the length
    /// that `algorithm` gives.
    pub fn from_hex(hex: &str, algorithm: Algorithm) -> Option<Self> {
        let (pairs, rest) = hex.as_bytes().as_chunks::<2>();
        let nibble = |byte: u8| char::from(byte).to_digit(16).and_then(|it| u8::try_from(it).ok());
        let byte = |[high, low]: &[u8; 2]| Some(nibble(*high)? << 4 | nibble(*low)?);
        let whole = rest.is_empty() && pairs.len() == algorithm.digest_len();
        let bytes: Vec<u8> = pairs.iter().filter(|_| whole).map(byte).collect::<Option<_>>()?;
        Self::new(&bytes).filter(|_| whole)
    }

    /// The digest's bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }
}

impl From<[u8; 32]> for Digest {
    fn from(sha256: [u8; 32]) -> Self {
        let mut bytes = [0; Self::MAX_LEN];
        bytes[..32].copy_from_slice(&sha256);
        Self { bytes, len: 32 }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Bytes as lower-case hex, two digits each.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_lengths_agree_with_each_other() {
        for algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::named(algorithm.name()), Some(algorithm));
            assert!(algorithm.digest_len() <= Digest::MAX_LEN);
        }
        assert_eq!(Algorithm::named("SHA256"), None);
    }

    #[test]
    fn a_digest_is_as_long_as_what_it_was_made_of() {
        check(&[], Some(""));
        check(&[0, 0xab], Some("00ab"));
        check(&[7; 65], None);
    }

    #[test]
    fn hex_is_read_back_where_it_is_of_the_right_length() {
        let md5 = "900150983cd24fb0d6963f7d28e17f72";
        let read = |hex: &str| Digest::from_hex(hex, Algorithm::Md5).map(|it| it.to_string());
        assert_eq!(read(md5).as_deref(), Some(md5));
        assert_eq!(read(&md5.to_uppercase()).as_deref(), Some(md5));
        for wrong in [
            &md5[1..],
            "",
            "+00150983cd24fb0d6963f7d28e17f72",
            "é00150983cd24fb0d6963f7d28e17f7",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[track_caller]
    fn check(bytes: &[u8], shown: Option<&str>) {
        let digest = Digest::new(bytes);
        assert_eq!(digest.map(|digest| digest.to_string()).as_deref(), shown);
        assert!(shown.is_none_or(|shown| hex(bytes) == shown));
    }
}
