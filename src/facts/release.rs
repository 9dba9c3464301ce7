//! A release on disk.

use std::path::PathBuf;

use crate::words::Origin;

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
}
