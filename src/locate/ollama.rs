//! Ollama's store: `manifests/<host>/<namespace>/<model>/<tag>` names blobs in `blobs/`, each by
//! its SHA-256 and with a role.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    LocateError,
    hub_cache::Environment,
    manifest::{Manifest, Naming},
    name_of, shown,
};
use crate::{
    facts::{Blob, Release, Scope},
    words::{FileKind, Origin},
};

/// Manifests lie no deeper than this below their folder.
const DEEPEST: usize = 8;

/// The folder around `manifests` and `blobs`, where `path` is that, or a manifest or a folder of some.
pub(super) fn store(path: &Path) -> Option<PathBuf> {
    if is_store(path) {
        return Some(path.to_owned());
    }
    let inner = |it: &&Path| name_of(it) == "manifests";
    let around = |path: &Path| path.ancestors().find(inner)?.parent().map(Path::to_owned);
    let found = around(path).or_else(|| around(&path.canonicalize().ok()?))?;
    let found = if found == Path::new("") {
        PathBuf::from(".")
    } else {
        found
    };
    is_store(&found).then_some(found)
}

pub(super) fn is_store(folder: &Path) -> bool {
    folder.join("manifests").is_dir() && folder.join("blobs").is_dir()
}

/// The manifests at or below `path` in a store, sorted.
pub(super) fn manifests(store: &Path, path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let first = if is_store(path) {
        store.join("manifests")
    } else {
        path.to_owned()
    };
    let mut found = Vec::new();
    let mut open = vec![(first, 0)];
    while let Some((folder, depth)) = open.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && depth < DEEPEST => {
                    open.push((entry.path(), depth + 1));
                }
                Ok(kind) if kind.is_file() && !hidden => found.push(entry.path()),
                _ => {}
            }
        }
    }
    found.sort();
    found
}

/// The model that a manifest describes. One that cannot be read is a release of that file alone.
pub(super) fn model(store: &Path, manifest: &Path) -> Release {
    let full = manifest.canonicalize().unwrap_or_else(|_| manifest.to_owned());
    let parts: Vec<String> = full
        .iter()
        .map(|part| part.to_string_lossy().into_owned())
        .skip_while(|part| part != "manifests")
        .collect();
    let below = full.ancestors().find(|it| name_of(it) == "manifests");
    let below = below.and_then(|it| full.strip_prefix(it).ok());
    let name = match below {
        Some(below) => called(below),
        None => parts.join("/"),
    };
    Release {
        root: store.to_owned(),
        name,
        origin: Origin::Ollama,
        repo_id: None,
        revision: None,
        commit: None,
        bounds: vec![store.join("blobs"), store.join("manifests")],
        scope: Scope::Named(files(store, manifest, &full)),
    }
}

fn files(store: &Path, manifest: &Path, full: &Path) -> Vec<Blob> {
    let Some(read) = Manifest::read(manifest).filter(|it| it.layers.is_some()) else {
        let place = store.canonicalize().ok();
        let place = place.and_then(|store| full.strip_prefix(store).ok().map(Path::to_owned));
        return vec![Blob {
            path: PathBuf::from("manifest.json"),
            place: place.unwrap_or_default(),
            digest: String::new(),
            len: None,
            kind: Some(FileKind::Config),
            strays: None,
        }];
    };
    let mut naming = Naming::default();
    for descriptor in read.layers.iter().flatten().chain(&read.config) {
        let Some((algorithm, hex)) = descriptor.parts() else {
            continue;
        };
        let place = PathBuf::from(format!("blobs/{algorithm}-{hex}"));
        let old = PathBuf::from(format!("blobs/{algorithm}:{hex}"));
        let there = |place: &Path| store.join(place).symlink_metadata().is_ok();
        let place = if !there(&place) && there(&old) {
            old
        } else {
            place
        };
        naming.add(store, place, descriptor);
    }
    naming.files()
}

/// `registry.ollama.ai/library/llama3/8b` is `llama3:8b`.
fn called(below: &Path) -> String {
    let parts: Vec<String> = below.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    match parts.as_slice() {
        [_, owner, model, tag] if owner == "library" => format!("{model}:{tag}"),
        [host, owner, model, tag] if host == "registry.ollama.ai" => {
            format!("{owner}/{model}:{tag}")
        }
        [rest @ .., tag] if !rest.is_empty() => format!("{}:{tag}", rest.join("/")),
        other => other.join("/"),
    }
}

/// Whether a text is how Ollama names a model: `model:tag`, `owner/model:tag`, `host/owner/model:tag`.
pub(super) fn is_model(text: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|it| it.is_ascii_alphanumeric() || b"-_.".contains(&it))
            && !part.starts_with(['.', '-'])
    };
    text.rsplit_once(':').is_some_and(|(model, tag)| {
        plain(tag) && model.matches('/').count() <= 2 && model.split('/').all(plain)
    })
}

/// The model of that name in the user's store.
pub(super) fn by_name(text: &str, environment: &Environment) -> Result<Release, LocateError> {
    let unknown = |store: String| LocateError::UnknownModel { id: text.to_owned(), store };
    let Some(store) = environment.ollama_models() else {
        return Err(unknown("a place no environment variable names".to_owned()));
    };
    let (model, tag) = text.rsplit_once(':').unwrap_or((text, "latest"));
    let full = match model.matches('/').count() {
        0 => format!("registry.ollama.ai/library/{model}/{tag}"),
        1 => format!("registry.ollama.ai/{model}/{tag}"),
        _ => format!("{model}/{tag}"),
    };
    let manifest = store.join("manifests").join(full);
    if manifest.is_file() && is_store(&store) {
        return Ok(self::model(&store, &manifest));
    }
    Err(unknown(shown(&store)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_are_called_as_ollama_calls_them() {
        check("registry.ollama.ai/library/llama3/8b", "llama3:8b");
        check("registry.ollama.ai/someone/llama3/8b", "someone/llama3:8b");
        check("hf.co/owner/name/Q4_K_M", "hf.co/owner/name:Q4_K_M");
        check("alone", "alone");
    }

    #[track_caller]
    fn check(below: &str, name: &str) {
        assert_eq!(called(Path::new(below)), name);
    }

    #[test]
    fn names_of_models_are_told_from_paths() {
        for (text, is) in [
            ("llama3:8b", true),
            ("someone/llama3:8b", true),
            ("hf.co/owner/name:Q4_K_M", true),
            ("llama3", false),
            ("../x:y", false),
            ("a:", false),
            (":a", false),
            ("a/b/c/d:e", false),
            ("C:\\x", false),
        ] {
            assert_eq!(is_model(text), is, "{text}");
        }
    }
}
