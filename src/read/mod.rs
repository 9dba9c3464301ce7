//! Reads each file by its kind: bytes in, facts out. A file that will not be read is a fact too.

mod bundle;
pub mod card;
pub mod code;
mod coreml;
mod ctranslate2;
mod cursor;
pub mod data;
mod deeds;
pub mod document;
mod elsewhere;
mod file;
mod fingerprint;
mod flatbuffer;
mod flax;
mod gathering;
mod ggml;
mod gguf;
mod hdf5;
pub mod hints;
mod impostor;
mod index;
mod json;
mod keras;
mod lexer;
pub mod libraries;
mod mlc;
pub mod notebook;
mod notes;
mod numpy;
mod onnx;
mod openvino;
mod outputs;
mod package_license;
mod pages;
mod pickle;
mod protobuf;
mod reaches;
mod safetensors;
mod tar;
mod text;
mod tf_bundle;
mod tf_graph;
mod tf_types;
mod tflite;
mod tokenizer;
mod torch;
#[cfg(test)]
mod trial;
mod unopened;
mod window;
mod within;
pub mod yaml;
mod zip;

use std::{collections::BTreeMap, io, path::Path};

use rayon::prelude::*;

use crate::{
    facts::{Facts, Oddity, Release, WeightFile},
    inventory::Inventory,
    source::{Bytes, Source},
    words::FileKind,
};

/// A format that is told by content: one row here, one file beside this one.
pub struct Format {
    /// As reports print it.
    pub name: &'static str,
    /// What a file of this format is for, where its name does not say something more particular.
    pub kind: FileKind,
    /// Whether a file is of this format. Cheap: the head decides in nearly all cases.
    pub recognizes: fn(&Probe) -> bool,
    /// Lists the tensors of a file; their bytes are not touched.
    pub read: Reader,
}

/// How far a format is opened.
pub enum Reader {
    /// Its tensors are listed.
    Tensors(fn(&Input) -> Result<Listing, ReadError>),
    /// It is named and not opened, and why, in a clause.
    Unopened(&'static str),
}

/// The outside of a file, enough to tell what it is.
pub struct Probe<'a> {
    /// The first bytes, 4096 at most.
    pub head: &'a [u8],
    /// The last part of the path: a hint at best.
    pub name: &'a str,
    /// All bytes, for the few formats that are told by their end or by an inner table.
    pub bytes: &'a dyn Bytes,
}

impl Probe<'_> {
    /// Whether the file begins as a JSON object, and all of these keys stand in its first bytes.
    fn is_object_with(&self, keys: &[&str]) -> bool {
        let quoted = |key: &&str| {
            memchr::memmem::find_iter(self.head, key.as_bytes()).any(|at| {
                let before = at.checked_sub(1).and_then(|at| self.head.get(at));
                before == Some(&b'"') && self.head.get(at + key.len()) == Some(&b'"')
            })
        };
        self.head.trim_ascii_start().starts_with(b"{") && keys.iter().all(quoted)
    }
}

/// A file to be read.
pub struct Input<'a> {
    /// As reports spell it, for the places of oddities.
    pub path: &'a str,
    /// Its bytes.
    pub bytes: &'a dyn Bytes,
    /// Another file of the release, by its path relative to this file's folder (external data, the
    /// `.xml` of a `.bin`); `None` where there is none, or the path would leave the release.
    pub sibling: &'a dyn Fn(&str) -> Option<Box<dyn Bytes>>,
}

/// What a weight file lists, and what its reader stumbled on.
#[derive(Debug, Default)]
pub struct Listing {
    /// The tensors.
    pub file: WeightFile,
    /// What was odd.
    pub oddities: Vec<Oddity>,
    /// Archives that its pickles carry, still to be looked into.
    pub(in crate::read) carried: Vec<pickle::Carried>,
}

/// Every format that is told by content, the most particular first.
pub const FORMATS: &[Format] = &[
    gguf::FORMAT,
    ggml::FORMAT,
    torch::PIECES,
    torch::SCRIPT,
    torch::ZIP,
    torch::LEGACY,
    torch::DCP,
    numpy::NPY,
    numpy::NPZ,
    onnx::FORMAT,
    tf_graph::SAVED_MODEL,
    tf_graph::FROZEN,
    tf_bundle::FORMAT,
    tflite::FORMAT,
    flax::FORMAT,
    hdf5::FORMAT,
    keras::FORMAT,
    coreml::FORMAT,
    openvino::FORMAT,
    mlc::FORMAT,
    bundle::NEMO,
    bundle::TAR,
    bundle::ZIP,
    ctranslate2::FORMAT,
    torch::PICKLE,
    safetensors::FORMAT,
];

/// Every format in the order in which they are tried, with those that are told and not opened.
pub fn formats() -> impl Iterator<Item = &'static Format> {
    FORMATS.iter().chain(unopened::FORMATS)
}

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

/// Reads every entry of an inventory, in parallel, in the inventory's order.
pub fn all(release: Release, inventory: Inventory) -> Facts {
    let open: Vec<_> = inventory.entries.iter().filter(|entry| entry.closed.is_none()).collect();
    let places: BTreeMap<&str, &Path> =
        open.iter().map(|entry| (entry.path.as_str(), entry.place.as_path())).collect();
    let find = |path: &str| {
        let source = Source::open(places.get(path)?).ok()?;
        Some(Box::new(source) as Box<dyn Bytes>)
    };
    let mut artifacts: Vec<_> =
        inventory.entries.par_iter().map(|entry| file::read(entry, &find)).collect();
    elsewhere::place(&mut artifacts);
    Facts {
        release,
        artifacts,
        oddities: inventory.oddities,
    }
}
