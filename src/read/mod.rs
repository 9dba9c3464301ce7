//! Reads each file by its kind: bytes in, facts out. A file that will not be read is a fact too.

use std::io;

use crate::{
    facts::{Oddity, WeightFile},
    source::Bytes,
};

/// A weight format: one row here, one file beside this one. How it is told from others stands in
/// the table of signatures in `inventory`, under the same name.
pub struct Format {
    /// As reports print it.
    pub name: &'static str,
    /// Lists the tensors of a file; their bytes are not touched.
    pub read: fn(&Input) -> Result<Listing, ReadError>,
}

/// A file to be read.
pub struct Input<'a> {
    /// As reports spell it, for the places of oddities.
    pub path: &'a str,
    /// Its bytes.
    pub bytes: &'a dyn Bytes,
    /// The other files of the release, by path: shards' tables, external data, index files.
    pub sibling: &'a dyn Fn(&str) -> Option<Box<dyn Bytes>>,
}

/// What a weight file lists, and what its reader stumbled on.
#[derive(Debug, Default)]
pub struct Listing {
    /// The tensors.
    pub file: WeightFile,
    /// What was odd.
    pub oddities: Vec<Oddity>,
}

/// Every weight format that is opened.
pub const FORMATS: &[Format] = &[];

/// Why a file was refused. The path is not in here: whoever opened the file has it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The header's own length points past the end of the file.
    #[error("the header needs {needed} bytes, the file has {len}")]
    HeaderCutShort {
        /// Bytes from the start of the file to the end of the header.
        needed: u64,
        /// Bytes in the file.
        len: u64,
    },

    /// More than is read of such a thing.
    #[error("{what} of {len} bytes is more than the {cap} that are read")]
    TooLarge {
        /// What it is: `a header`, `a pickle`.
        what: &'static str,
        /// Its length.
        len: u64,
        /// The most that is read.
        cap: u64,
    },

    /// Anything else the format's own parser has to say, in its words.
    #[error("not valid {format}: {reason}")]
    Malformed {
        /// The format's name.
        format: &'static str,
        /// A clause.
        reason: String,
    },

    /// The bytes could not be read.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
}
