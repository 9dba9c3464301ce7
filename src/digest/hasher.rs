//! One stream, any algorithm: the plain hashers, for small texts and for all but SHA-256.

use std::{io, ops::Range, path::Path};

use sha2::digest::DynDigest;

use super::{Algorithm, Digest};
use crate::source::{Bytes as _, Source};

/// A digest in the making.
pub struct Hasher(Box<dyn DynDigest + Send>);

impl Hasher {
    /// A hasher for content of `len` bytes; only those of git look at `len`.
    pub fn new(algorithm: Algorithm, len: u64) -> Self {
        let mut hasher: Box<dyn DynDigest + Send> = match algorithm {
            Algorithm::Sha256 | Algorithm::GitBlobSha256 => Box::new(sha2::Sha256::default()),
            Algorithm::GitBlobSha1 | Algorithm::Sha1 => Box::new(sha1::Sha1::default()),
            Algorithm::Md5 => Box::new(md5::Md5::default()),
            Algorithm::Sha384 => Box::new(sha2::Sha384::default()),
            Algorithm::Sha512 => Box::new(sha2::Sha512::default()),
            Algorithm::Blake3 => Box::new(blake3::Hasher::default()),
            Algorithm::Blake2b512 => Box::new(blake2::Blake2b512::default()),
        };
        if matches!(algorithm, Algorithm::GitBlobSha1 | Algorithm::GitBlobSha256) {
            hasher.update(format!("blob {len}\0").as_bytes());
        }
        Self(hasher)
    }

    /// Takes in the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of all of them.
    #[expect(
        clippy::missing_panics_doc,
        reason = "no algorithm gives more than there is room for"
    )]
    pub fn finish(self) -> Digest {
        Digest::new(&self.0.finalize()).expect("no algorithm gives more than `MAX_LEN` bytes")
    }
}

/// The digest of bytes in memory.
pub fn of(algorithm: Algorithm, bytes: &[u8]) -> Digest {
    let mut hasher = Hasher::new(algorithm, bytes.len() as u64);
    hasher.update(bytes);
    hasher.finish()
}

/// SHA-256 of bytes in memory, for texts.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    use sha2::Digest as _;

    sha2::Sha256::digest(bytes).into()
}

/// What git would call a blob of these bytes.
pub fn git_blob_sha1(bytes: &[u8]) -> Digest {
    of(Algorithm::GitBlobSha1, bytes)
}

/// The digest of a part of a file, in bytes from its start, end exclusive.
pub fn of_part(algorithm: Algorithm, path: &Path, part: Range<u64>) -> io::Result<Digest> {
    let source = Source::open(path)?;
    let mut hasher = Hasher::new(algorithm, part.end.saturating_sub(part.start));
    let mut at = part.start;
    while at < part.end {
        let end = part.end.min(at.saturating_add(1 << 20));
        hasher.update(&source.read(at..end)?);
        at = end;
    }
    if source.changed() {
        return Err(io::Error::other("it changed while it was read"));
    }
    Ok(hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against `openssl dgst`, `git hash-object` and `b3sum`.
    #[test]
    fn every_algorithm_gives_what_others_give() {
        check(
            Algorithm::Sha256,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        );
        check(Algorithm::GitBlobSha1, "f2ba8f84ab5c1bce84a7b441cb1959cfc7093b7f");
        check(
            Algorithm::GitBlobSha256,
            "c1cf6e465077930e88dc5136641d402f72a229ddd996f627d60e9639eaba35a6",
        );
        check(Algorithm::Md5, "900150983cd24fb0d6963f7d28e17f72");
        check(Algorithm::Sha1, "a9993e364706816aba3e25717850c26c9cd0d89d");
        check(
            Algorithm::Sha384,
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed",
        );
        check(
            Algorithm::Sha512,
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a",
        );
        check(
            Algorithm::Blake3,
            "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85",
        );
        check(
            Algorithm::Blake2b512,
            "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1",
        );
    }

    /// `hex` is the digest of `abc`, or how it starts.
    #[track_caller]
    fn check(algorithm: Algorithm, hex: &str) {
        let digest = of(algorithm, b"abc");
        assert_eq!(digest.as_bytes().len(), algorithm.digest_len());
        assert!(digest.to_string().starts_with(hex), "{digest}");
    }
}
