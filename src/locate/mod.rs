//! From what the user typed to a release: where it lies, what it is called, which files are its own.

mod caches;
mod file;
mod folder;
mod git;
mod hub_cache;
mod manifest;
mod oci;
mod ollama;
pub mod store;

use std::{
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
};

pub use git::{GitFolder, git_folder};
pub use hub_cache::{Environment, references};

use crate::facts::Release;

/// Why there is nothing to inspect. Each says what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LocateError {
    /// The path is not there, or may not be looked at.
    #[error("cannot open `{path}`")]
    Open {
        /// As the user wrote it.
        path: String,
        /// What the system said.
        source: io::Error,
    },

    /// Neither a file nor a folder.
    #[error("`{path}` is {what}: name a folder or a regular file")]
    Special {
        /// As the user wrote it.
        path: String,
        /// `a pipe`, `a device`, `a socket`.
        what: &'static str,
    },

    /// No such path, and the cache does not have it either.
    #[error(
        "no folder or file `{id}`, and no such repo in the Hugging Face cache at {cache}; \
         download it first (`hf download {id}`) or name the folder it lies in"
    )]
    UnknownRepo {
        /// As the user wrote it.
        id: String,
        /// Where it was looked for.
        cache: String,
    },

    /// No such path, and Ollama does not have such a model either.
    #[error(
        "no folder or file `{id}`, and no such model in the Ollama store at {store}; \
         pull it first (`ollama pull {id}`) or name the folder it lies in"
    )]
    UnknownModel {
        /// As the user wrote it.
        id: String,
        /// Where it was looked for.
        store: String,
    },

    /// The repo is in the cache and the revision is not.
    #[error("{id} is in the cache, but {wanted} is not; there is: {there}")]
    UnknownRevision {
        /// The repo.
        id: String,
        /// What was asked for, in words.
        wanted: String,
        /// The revisions that are there, in words.
        there: String,
    },

    /// The store is there and what `--revision` names is not.
    #[error("`{path}` has no `{wanted}`; there is: {there}")]
    UnknownTag {
        /// As the user wrote it.
        path: String,
        /// What was asked for.
        wanted: String,
        /// What is there, in words.
        there: String,
    },

    /// A folder of releases, and which one is meant was not said.
    #[error("`{path}` holds {count}; inspect one of them:\n{list}")]
    Many {
        /// As the user wrote it.
        path: String,
        /// `12 repos`, `3 releases`.
        count: String,
        /// A line for each, with what to type.
        list: String,
    },

    /// `--revision` was given for something that has none.
    #[error(
        "`{path}` has no revisions: `--revision` goes with a repo of a cache, or a tag of a store"
    )]
    NoRevisions {
        /// As the user wrote it.
        path: String,
    },
}

/// Finds the release that `asked` names: a path that exists wins over a repo id.
pub fn release(
    asked: &Path,
    revision: Option<&str>,
    environment: &Environment,
) -> Result<Release, LocateError> {
    let open = |source| LocateError::Open { path: shown(asked), source };
    let kind = match fs::metadata(asked) {
        Ok(metadata) => metadata.file_type(),
        Err(error)
            if error.kind() == io::ErrorKind::NotFound && asked.symlink_metadata().is_err() =>
        {
            return match asked.to_str() {
                Some(id) if hub_cache::is_repo_id(id) => {
                    hub_cache::by_id(id, revision, environment)
                }
                Some(id) if ollama::is_model(id) => ollama::by_name(id, environment),
                _ => Err(open(error)),
            };
        }
        Err(error) => return Err(open(error)),
    };
    if kind.is_dir() {
        fs::read_dir(asked).map_err(open)?; // one that may not be listed has nothing to report
        return folder::release(asked, revision);
    }
    if revision.is_some() {
        return Err(LocateError::NoRevisions { path: shown(asked) });
    }
    if kind.is_file() {
        fs::File::open(asked).map_err(open)?;
        return Ok(stored(asked).unwrap_or_else(|| file::release(asked)));
    }
    Err(LocateError::Special { path: shown(asked), what: special(kind) })
}

/// The release that a manifest of a store describes.
fn stored(manifest: &Path) -> Option<Release> {
    if let Some(layout) = oci::around(manifest) {
        let full = manifest.canonicalize().ok()?;
        let blob = full.strip_prefix(&layout).ok()?;
        let images = oci::images(&layout);
        let image = images.iter().find(|it| it.place == blob)?;
        return Some(oci::release(&layout, image, images.len() == 1));
    }
    let store = ollama::store(manifest)?;
    let full = manifest.canonicalize().ok()?;
    let inside = store.join("manifests").canonicalize().ok()?;
    full.starts_with(inside).then(|| ollama::model(&store, manifest))
}

/// What a file that is neither a folder nor a regular file is called.
pub(crate) fn special(kind: fs::FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt as _;

    match kind {
        kind if kind.is_fifo() => "a pipe",
        kind if kind.is_socket() => "a socket",
        kind if kind.is_block_device() || kind.is_char_device() => "a device",
        _ => "not a regular file",
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// The last part of a path, whatever way it is written: `.` and `..` are looked up.
fn name_of(path: &Path) -> String {
    let plain = |path: &Path| path.file_name().map(OsStr::to_owned);
    let resolved = || path.canonicalize().ok().as_deref().and_then(plain);
    let name = plain(path).or_else(resolved);
    name.map_or_else(|| "/".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// The folder a path lies in; of a bare name, the current one.
fn parent_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}
