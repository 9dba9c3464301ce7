//! A release on disk.

use std::path::PathBuf;

use crate::words::{FileKind, Origin};

/// Where a release lies and what is known of it before any file is opened.
#[derive(Clone, Debug)]
pub struct Release {
    /// The folder everything is relative to, as the user may open it.
    pub root: PathBuf,
    /// What to call it: the last part of the path, or the repo id.
    pub name: String,
    /// What kind of place it is.
    pub origin: Origin,
    /// `owner/name`, where the place shows it.
    pub repo_id: Option<String>,
    /// The branch or tag that was asked for, or that points here.
    pub revision: Option<String>,
    /// The commit, 40 hexadecimal digits, where the place records it. Recorded, not verified.
    pub commit: Option<String>,
    /// The folder that links may lead into: the root itself, or the whole cache entry of a hub
    /// snapshot, whose files are links into `blobs/`.
    pub bounds: Vec<PathBuf>,
    /// Which files below the root belong to it.
    pub scope: Scope,
}

/// Which files below the root belong to the release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All of them.
    Folder,
    /// These alone, relative to the root: one weight file and its parts, or an index and its shards.
    Files(Vec<PathBuf>),
    /// What a manifest of a store names: blobs, each under a name of its own.
    Named(Vec<Blob>),
}

/// A blob that a manifest names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    /// What to call it; below the root, whatever the manifest says.
    pub path: PathBuf,
    /// Where it should lie, relative to the root. It need not be there.
    pub place: PathBuf,
    /// As the manifest states it, `sha256:` and hexadecimal digits; empty where it states none.
    pub digest: String,
    /// Its length in bytes, as the manifest states it.
    pub len: Option<u64>,
    /// What it is for, where its name does not tell.
    pub kind: Option<FileKind>,
    /// The name that the manifest gives, where that leads out of the release.
    pub strays: Option<String>,
}

impl Release {
    /// Where the file that reports call `path` lies.
    pub fn place(&self, path: &str) -> PathBuf {
        let named = match &self.scope {
            Scope::Named(files) => files.iter().find(|it| it.path.to_str() == Some(path)),
            Scope::Folder | Scope::Files(_) => None,
        };
        named.map_or_else(|| self.root.join(path), |it| self.root.join(&it.place))
    }
}
