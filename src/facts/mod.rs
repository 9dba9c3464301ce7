//! The nouns: what a release holds, as read, with no opinion on it. No I/O in here.

mod arguments;
mod artifact;
#[cfg(test)]
pub(crate) mod build;
mod card;
mod code;
mod config;
mod data;
mod document;
mod dtype;
mod license;
mod oddity;
mod pickle;
mod release;
mod tensor;
mod tokenizer;
mod weight_map;
mod weights;
mod within;

pub use arguments::TRAINING_ARGUMENTS;
pub(crate) use artifact::path_in;
pub use artifact::{Artifact, Contents, Pointer, Text};
pub use card::{Card, Disclosed, NumberedField, Section, SectionTopic, Statement};
pub use code::{Act, Code, Deed, Import, Language, Reach, Shows};
pub use config::{Config, Node, Yaml};
pub use data::Data;
pub use document::{Document, Form, Libraries};
pub use dtype::Dtype;
pub use license::LicenseText;
pub use oddity::{Oddity, What};
pub use pickle::{Call, Extension, Global, Pickle};
pub use release::{Blob, Release, Scope};
pub use tensor::Tensor;
pub use tokenizer::Tokenizer;
pub use weight_map::{Making, WeightMap};
pub use weights::{Apart, ShardIndex, WeightFile};
pub use within::{Make, Named, Unopened, Within};

use crate::words::FileKind;

/// Everything read from a release.
#[derive(Debug)]
pub struct Facts {
    /// The release.
    pub release: Release,
    /// Its files, sorted by the bytes of their paths.
    pub artifacts: Vec<Artifact>,
    /// What was stumbled on beside the files: a folder that could not be listed, a link that leaves.
    pub oddities: Vec<Oddity>,
}

impl Facts {
    /// The files whose tensors were listed, each with its index among the artifacts.
    pub fn weights(&self) -> impl Iterator<Item = (usize, &Artifact, &WeightFile)> {
        self.artifacts.iter().enumerate().filter_map(|(i, artifact)| match &artifact.contents {
            Contents::Weights(file) => Some((i, artifact, file)),
            _ => None,
        })
    }

    /// The tensors of the artifact at this index, where they were listed.
    pub fn weight_file(&self, artifact: usize) -> Option<&WeightFile> {
        match &self.artifacts.get(artifact)?.contents {
            Contents::Weights(file) => Some(file),
            _ => None,
        }
    }

    /// The indexes that say which shard holds which tensor.
    pub fn indexes(&self) -> impl Iterator<Item = (&Artifact, &ShardIndex)> {
        self.artifacts.iter().filter_map(|artifact| match &artifact.contents {
            Contents::Index(index) => Some((artifact, index)),
            _ => None,
        })
    }

    /// The index at this place among the artifacts, with its file.
    pub fn index(&self, artifact: usize) -> Option<(&Artifact, &ShardIndex)> {
        let artifact = self.artifacts.get(artifact)?;
        match &artifact.contents {
            Contents::Index(index) => Some((artifact, index)),
            _ => None,
        }
    }

    /// Model and data cards.
    pub fn cards(&self) -> impl Iterator<Item = (&Artifact, &Card)> {
        self.artifacts.iter().filter_map(|artifact| match &artifact.contents {
            Contents::Card(card) => Some((artifact, card)),
            _ => None,
        })
    }

    /// The card of the release as a whole: the model card nearest to the root, `README.md` first.
    pub fn main_card(&self) -> Option<(&Artifact, &Card)> {
        self.cards().filter(|(artifact, _)| artifact.kind == FileKind::ModelCard).min_by_key(
            |(artifact, _)| {
                let name = artifact.name().to_ascii_lowercase();
                (artifact.depth(), name != "readme.md", artifact.path.as_str())
            },
        )
    }

    /// JSON and YAML configurations.
    pub fn configs(&self) -> impl Iterator<Item = (&Artifact, &Config)> {
        self.artifacts.iter().filter_map(|artifact| match &artifact.contents {
            Contents::Config(config) => Some((artifact, config)),
            _ => None,
        })
    }

    /// The configuration at `path`.
    pub fn config(&self, path: &str) -> Option<(&Artifact, &Config)> {
        let artifact = self.artifact(path)?;
        match &artifact.contents {
            Contents::Config(config) => Some((artifact, config)),
            _ => None,
        }
    }

    /// License texts, policies and notices.
    pub fn license_texts(&self) -> impl Iterator<Item = (&Artifact, &LicenseText)> {
        self.artifacts.iter().filter_map(|artifact| match &artifact.contents {
            Contents::License(text) => Some((artifact, text)),
            _ => None,
        })
    }

    /// The file at `path`.
    pub fn artifact(&self, path: &str) -> Option<&Artifact> {
        self.position(path).map(|at| &self.artifacts[at])
    }

    /// The index among the artifacts of the file at `path`.
    pub fn position(&self, path: &str) -> Option<usize> {
        self.artifacts.binary_search_by(|artifact| artifact.path.as_str().cmp(path)).ok()
    }
}
