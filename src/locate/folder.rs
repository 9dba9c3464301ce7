//! A folder: a release, a hub cache entry, or a place where many releases lie.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{LocateError, hub_cache, name_of, shown};
use crate::{
    facts::{Release, Scope},
    words::Origin,
};

pub(super) fn release(asked: &Path, revision: Option<&str>) -> Result<Release, LocateError> {
    if let Some(release) = hub_cache::snapshot(asked) {
        return Ok(release);
    }
    if hub_cache::is_repo_folder(asked) {
        return hub_cache::in_repo_folder(asked, revision);
    }
    if revision.is_some() {
        return Err(LocateError::NoRevisions { path: shown(asked) });
    }
    for cache in [asked.to_owned(), asked.join("hub")] {
        if let Some(list) = hub_cache::list(&cache) {
            return Err(LocateError::Many {
                path: shown(asked),
                count: counted(list.len(), "repo"),
                list: list.join("\n"),
            });
        }
    }
    if let Some(list) = releases_below(asked) {
        return Err(LocateError::Many {
            path: shown(asked),
            count: counted(list.len(), "release"),
            list: list.join("\n"),
        });
    }
    Ok(plain(asked))
}

/// A folder that is one release.
pub(super) fn plain(asked: &Path) -> Release {
    let (origin, commit) = match asked {
        it if it.join(".cache/huggingface").is_dir() => (Origin::HubLocalDir, None),
        it if it.join(".git").exists() => (Origin::GitClone, head_commit(&it.join(".git"))),
        _ => (Origin::Directory, None),
    };
    Release {
        root: asked.to_owned(),
        name: name_of(asked),
        origin,
        repo_id: None,
        revision: None,
        commit,
        bounds: vec![asked.to_owned()],
        scope: Scope::Folder,
    }
}

fn counted(count: usize, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{ending}")
}

/// What to type for each release below a folder that is none itself: no files of its own, and at
/// least two folders that each hold weights beside a card or a config. One component of a pipeline
/// looks the same, but a pipeline has a file of its own at the top.
fn releases_below(asked: &Path) -> Option<Vec<String>> {
    let entries: Vec<fs::DirEntry> = fs::read_dir(asked).ok()?.filter_map(Result::ok).collect();
    let hidden = |entry: &fs::DirEntry| entry.file_name().as_encoded_bytes().starts_with(b".");
    if entries.iter().any(|entry| !hidden(entry) && !entry.path().is_dir()) {
        return None;
    }
    let mut releases: Vec<PathBuf> =
        entries.iter().map(fs::DirEntry::path).filter(|path| looks_whole(path)).collect();
    releases.sort();
    let line = |path: &PathBuf| format!("  weighbill inspect {}", path.display());
    (releases.len() > 1).then(|| releases.iter().map(line).collect())
}

fn looks_whole(folder: &Path) -> bool {
    let Ok(entries) = fs::read_dir(folder) else {
        return false;
    };
    let (mut weights, mut described) = (false, false);
    for entry in entries.filter_map(Result::ok) {
        let name = entry.file_name().to_string_lossy().to_ascii_lowercase();
        weights |= WEIGHT_ENDINGS.iter().any(|ending| name.ends_with(ending));
        described |= matches!(name.as_str(), "readme.md" | "config.json" | "model_index.json");
    }
    weights && described
}

const WEIGHT_ENDINGS: &[&str] = &[
    ".safetensors",
    ".gguf",
    ".bin",
    ".pth",
    ".pt",
    ".onnx",
    ".h5",
];

/// The commit a git folder is at, where files say so without an index or packs being read.
fn head_commit(git: &Path) -> Option<String> {
    let read = |path: &Path| {
        let len = fs::metadata(path).ok().filter(fs::Metadata::is_file)?.len();
        (len < 1 << 20).then(|| fs::read_to_string(path).ok())?
    };
    let head = read(&git.join("HEAD"))?;
    let head = head.trim();
    let Some(reference) = head.strip_prefix("ref: ") else {
        return commit(head);
    };
    if reference.split('/').any(|part| part == "..") || reference.starts_with('/') {
        return None;
    }
    if let Some(loose) = read(&git.join(reference)) {
        return commit(loose.trim());
    }
    let packed = read(&git.join("packed-refs"))?;
    packed.lines().find_map(|line| commit(line.strip_suffix(reference)?.trim_end()))
}

fn commit(text: &str) -> Option<String> {
    hub_cache::is_commit(text).then(|| text.to_owned())
}
