//! A folder: a release, an entry of a cache or store, or a place where many releases lie.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    LocateError, caches, git, hub_cache, name_of, oci, ollama, shown,
    store::{self, Found},
};
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
    if let Some(held) = of_store(asked) {
        return choose(asked, held, revision);
    }
    if let Some(release) = hub_cache::part_of_snapshot(asked).filter(|_| revision.is_none()) {
        return Ok(release);
    }
    if revision.is_some() {
        return Err(LocateError::NoRevisions { path: shown(asked) });
    }
    if caches::folder(asked).is_some() {
        return Ok(plain(asked));
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
    if let Some(held) = cached_below(asked) {
        return choose(asked, held, None);
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

/// A release of a store: how it is tagged there, what to type for it, and itself.
struct Held {
    tag: String,
    typed: PathBuf,
    release: Release,
}

/// The releases of a folder that is a store, or a part of one that holds some.
fn of_store(asked: &Path) -> Option<Vec<Held>> {
    if oci::is_layout(asked) {
        let images = oci::images(asked);
        let held = images.iter().map(|image| {
            let release = oci::release(asked, image, images.len() == 1);
            Held {
                tag: image.tag.clone().unwrap_or_else(|| release.name.clone()),
                typed: asked.join(&image.place),
                release,
            }
        });
        return Some(held.collect());
    }
    if let Some(store) = ollama::store(asked) {
        let held = ollama::manifests(&store, asked).into_iter().map(|manifest| Held {
            tag: name_of(&manifest),
            release: ollama::model(&store, &manifest),
            typed: manifest,
        });
        return Some(held.collect());
    }
    let repo = caches::modelscope_repo(asked)?;
    let revisions = fs::read_dir(asked.join("snapshots")).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> =
        revisions.map(|it| it.path()).filter(|it| it.is_dir()).collect();
    folders.sort();
    let held = folders.into_iter().map(|folder| Held {
        tag: name_of(&folder),
        release: Release { name: repo.clone(), ..plain(&folder) },
        typed: folder,
    });
    Some(held.collect())
}

/// The releases below a folder that holds nothing else than caches, or is one of loose files.
fn cached_below(asked: &Path) -> Option<Vec<Held>> {
    let full = asked.canonicalize().ok()?;
    let loose = caches::is_llama_cpp(asked) || caches::is_torch_checkpoints(&full);
    if !loose && has_files(asked) {
        return None;
    }
    let found = store::below(asked);
    let of_cache = |it: &Found| {
        !matches!(
            it.release.origin,
            Origin::Directory
                | Origin::WeightFile
                | Origin::IndexFile
                | Origin::HubLocalDir
                | Origin::GitClone
        )
    };
    let all = !found.is_empty() && found.iter().all(|it| of_cache(it) || loose);
    let held = |it: Found| Held {
        tag: it.release.revision.clone().unwrap_or_default(),
        typed: asked.join(&it.path),
        release: it.release,
    };
    all.then(|| found.into_iter().map(held).collect())
}

/// The one release that is meant; which there are, where that is not clear.
fn choose(
    asked: &Path,
    mut held: Vec<Held>,
    revision: Option<&str>,
) -> Result<Release, LocateError> {
    if let Some(wanted) = revision {
        let tags: Vec<&str> = held.iter().map(|it| it.tag.as_str()).collect();
        let there = if tags.is_empty() {
            "nothing".to_owned()
        } else {
            tags.join(", ")
        };
        held.retain(|it| it.tag == wanted || it.release.revision.as_deref() == Some(wanted));
        if held.is_empty() {
            return Err(LocateError::UnknownTag {
                path: shown(asked),
                wanted: wanted.to_owned(),
                there,
            });
        }
    }
    if held.len() == 1
        && let Some(one) = held.pop()
    {
        return Ok(one.release);
    }
    if held.is_empty() {
        return Ok(plain(asked)); // an empty store is reported on as the folder it is
    }
    let line = |it: &Held| {
        let name = it.release.repo_id.as_ref().unwrap_or(&it.release.name);
        let revision = it.release.revision.as_ref().map(|it| format!(" @ {it}"));
        let revision = revision.unwrap_or_default();
        format!("  weighbill inspect {}    ({name}{revision})", it.typed.display())
    };
    Err(LocateError::Many {
        path: shown(asked),
        count: counted(held.len(), "release"),
        list: held.iter().map(line).collect::<Vec<_>>().join("\n"),
    })
}

/// Whether files lie in a folder itself, hidden ones aside.
fn has_files(folder: &Path) -> bool {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let hidden = |entry: &fs::DirEntry| entry.file_name().as_encoded_bytes().starts_with(b".");
    entries.into_iter().any(|entry| !hidden(&entry) && !entry.path().is_dir())
}

/// A folder that is one release.
pub(super) fn plain(asked: &Path) -> Release {
    let cached = caches::folder(asked).unwrap_or_default();
    let (origin, commit) = match asked {
        it if it.join(".cache/huggingface").is_dir() => (Origin::HubLocalDir, None),
        it if it.join(".git").exists() => (Origin::GitClone, git::head_commit(it)),
        _ => (cached.origin.unwrap_or(Origin::Directory), None),
    };
    let known = cached.origin == Some(origin);
    Release {
        root: asked.to_owned(),
        name: cached.repo_id.clone().filter(|_| known).unwrap_or_else(|| name_of(asked)),
        origin,
        repo_id: cached.repo_id.filter(|_| known),
        revision: cached.revision.filter(|_| known),
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
    if has_files(asked) {
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
