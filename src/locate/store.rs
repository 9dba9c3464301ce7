//! Every release below a folder, told by what lies there: snapshots of a hub cache, models of
//! Ollama, images of OCI layouts, entries of other caches, folders with weights or a card, loose weight
//! files. Only names, manifests, and the first bytes of files that may be cards, are read.
//!
//! A `README.md` without the front matter of a model card is no release here: every source tree has one.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::Read as _,
    path::{Path, PathBuf},
};

use super::{caches, file, folder, hub_cache, name_of, oci, ollama};
use crate::facts::{Release, Scope};

/// A release that lies below a folder.
#[derive(Clone, Debug)]
pub struct Found {
    /// Where, relative to the folder that was looked through; `.` for the folder itself.
    pub path: PathBuf,
    /// What lies there.
    pub release: Release,
}

/// Folders may nest this deep.
const DEEPEST: usize = 24;
/// Folders that hold no release of their own.
const SKIPPED: &[&str] = &[
    "blobs",
    "refs",
    ".locks",
    ".complete",
    ".git",
    "trees",
    "__pycache__",
    "node_modules",
];
/// How the names of folders begin that hold data sets, programs, or a download in progress.
const OTHERS: &[&str] = &["datasets--", "spaces--", "kernels--", "._____temp"];
/// Endings of files of weights.
const WEIGHTS: &[&str] = &[
    "safetensors",
    "gguf",
    "ggml",
    "pt",
    "pth",
    "ckpt",
    "onnx",
    "h5",
    "keras",
    "tflite",
    "mlmodel",
    "nemo",
    "pte",
    "llamafile",
];
/// Endings that many other files have too: the first bytes decide.
const MAYBE: &[&str] = &["bin", "npz", "msgpack", "engine", "model", "data"];
/// How files of weights begin: zip, pickle, GGUF and its elders, HDF5, a pointer to any of them.
const BEGINNINGS: &[&[u8]] = &[
    b"PK\x03\x04",
    b"\x80\x02",
    b"\x80\x03",
    b"\x80\x04",
    b"GGUF",
    b"lmgg",
    b"tjgg",
    b"fmgg",
    b"\x89HDF",
    b"version https://git-lfs",
];
/// Files of such an ending that are weights whatever they hold, an unfinished download too.
const NAMES: &[&str] = &[
    "pytorch_model",
    "diffusion_pytorch_model",
    "adapter_model",
    "consolidated",
];
/// Files that say that the folder around them is one release.
const MARKS: &[&str] = &[
    "config.json",
    "model_index.json",
    "modules.json",
    "adapter_config.json",
    "params.json",
    "mlc-chat-config.json",
    "saved_model.pb",
];
/// What the front matter of a model card holds and that of other documents hardly does.
const CARD_KEYS: &[&str] = &[
    "license:",
    "pipeline_tag:",
    "library_name:",
    "base_model:",
    "datasets:",
];

/// Every release below `dir`, sorted by path, each once however often links lead to it.
pub fn below(dir: &Path) -> Vec<Found> {
    let mut walk = Walk {
        dir,
        seen: BTreeSet::new(),
        found: Vec::new(),
    };
    walk.folder(dir, 0);
    walk.found.sort_by(|a, b| a.path.cmp(&b.path));
    walk.found
}

struct Walk<'d> {
    dir: &'d Path,
    /// Folders entered and releases found, by their real place.
    seen: BTreeSet<PathBuf>,
    found: Vec<Found>,
}

impl Walk<'_> {
    fn folder(&mut self, place: &Path, depth: usize) {
        let Some(real) = place.canonicalize().ok().filter(|_| depth <= DEEPEST) else {
            return;
        };
        if !self.seen.insert(real) {
            return;
        }
        if hub_cache::is_repo_folder(place) {
            for release in hub_cache::all_in(place) {
                self.add(&release.root.clone(), release);
            }
            return;
        }
        if ollama::is_store(place) {
            for manifest in ollama::manifests(place, place) {
                let release = ollama::model(place, &manifest);
                self.add(&manifest, release);
            }
            return;
        }
        if oci::is_layout(place) {
            let images = oci::images(place);
            for image in &images {
                let release = oci::release(place, image, images.len() == 1);
                match images.len() {
                    1 => self.add(place, release),
                    _ => self.add(&place.join(&image.place), release),
                }
            }
            return;
        }
        if caches::folder(place).is_some() {
            return self.add(place, folder::plain(place));
        }
        let mut entries: Vec<PathBuf> =
            fs::read_dir(place).into_iter().flatten().flatten().map(|it| it.path()).collect();
        entries.sort();
        let (folders, files): (Vec<PathBuf>, Vec<PathBuf>) =
            entries.into_iter().partition(|path| path.is_dir());
        let weights: Vec<&PathBuf> = files.iter().filter(|path| is_weights(path)).collect();
        let marked = files.iter().any(|path| is_mark(path));
        if marked {
            return self.add(place, folder::plain(place));
        }
        if !weights.is_empty() && self.loose(place, &weights) {
            return;
        }
        for inner in folders {
            let name = name_of(&inner);
            let other = OTHERS.iter().any(|start| name.starts_with(start));
            if !SKIPPED.contains(&name.as_str()) && !other {
                self.folder(&inner, depth + 1);
            }
        }
    }

    /// Weight files with nothing that says they are one release: each with its parts is one. Says
    /// whether the folder is one release after all, since all of them are parts of one.
    fn loose(&mut self, place: &Path, weights: &[&PathBuf]) -> bool {
        let mut covered: BTreeSet<PathBuf> = BTreeSet::new();
        let mut releases = Vec::new();
        for path in weights {
            let name = PathBuf::from(path.file_name().unwrap_or_default());
            if covered.contains(&name) {
                continue;
            }
            let release = file::release(path);
            if let Scope::Files(files) = &release.scope {
                covered.extend(files.iter().cloned());
            }
            releases.push(((*path).clone(), release));
        }
        let full = place.canonicalize().unwrap_or_else(|_| place.to_owned());
        let of_cache = caches::is_torch_checkpoints(&full) || caches::is_llama_cpp(place);
        if releases.len() == 1 && place != self.dir && !of_cache {
            self.add(place, folder::plain(place));
            return true;
        }
        for (path, release) in releases {
            self.add(&path, release);
        }
        false
    }

    fn add(&mut self, place: &Path, release: Release) {
        let real = place.canonicalize().unwrap_or_else(|_| place.to_owned());
        if place != self.dir && !place.is_dir() && !self.seen.insert(real) {
            return;
        }
        let below = place.strip_prefix(self.dir).unwrap_or(place);
        let path = if below == Path::new("") {
            PathBuf::from(".")
        } else {
            below.to_owned()
        };
        self.found.push(Found { path, release });
    }
}

fn is_weights(path: &Path) -> bool {
    let ending = path.extension().and_then(|it| it.to_str()).map(str::to_ascii_lowercase);
    let Some(ending) = ending else {
        return false;
    };
    let maybe = MAYBE.contains(&ending.as_str());
    WEIGHTS.contains(&ending.as_str()) || (maybe && (is_named(path) || begins_as_weights(path)))
}

fn is_named(path: &Path) -> bool {
    let name = name_of(path);
    NAMES.iter().any(|start| name.starts_with(start))
}

fn begins_as_weights(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = path.is_file() && {
        let file = File::open(path);
        file.and_then(|file| file.take(32).read_to_end(&mut head)).is_ok()
    };
    read && BEGINNINGS.iter().any(|start| head.starts_with(start))
}

/// Whether a file says that the folder around it is one release.
fn is_mark(path: &Path) -> bool {
    let name = name_of(path).to_ascii_lowercase();
    match name.as_str() {
        "config.json" => holds(
            path,
            &[
                "\"model_type\"",
                "\"architectures\"",
                "\"_name_or_path\"",
                "\"model\"",
            ],
        ),
        "params.json" => holds(path, &["\"n_layers\"", "\"dim\""]),
        _ if MARKS.contains(&name.as_str()) || name.ends_with(".index.json") => true,
        _ if name.starts_with("readme") && path.extension().is_some() => is_card(path),
        _ => false,
    }
}

/// Whether a file has front matter as model cards do.
fn is_card(path: &Path) -> bool {
    let head = head(path);
    let lines = head.strip_prefix("---").map(|rest| rest.lines().take_while(|it| *it != "---"));
    lines.is_some_and(|mut lines| {
        lines.any(|line| CARD_KEYS.iter().any(|key| line.starts_with(key)))
    })
}

fn holds(path: &Path, words: &[&str]) -> bool {
    let head = head(path);
    words.iter().any(|word| head.contains(word))
}

/// The first bytes of a file as text.
fn head(path: &Path) -> String {
    const HEAD: u64 = 16 * 1024;
    let mut head = Vec::new();
    if path.is_file()
        && let Ok(file) = File::open(path)
    {
        let _ = file.take(HEAD).read_to_end(&mut head); // what could be read is what there is
    }
    String::from_utf8_lossy(&head).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Origin;

    fn put(dir: &Path, path: &str, text: &str) {
        let place = dir.join(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, text).unwrap();
    }

    #[track_caller]
    fn check(files: &[(&str, &str)], expected: &[&str]) {
        let dir = tempfile::tempdir().unwrap();
        for (path, text) in files {
            put(dir.path(), path, text);
        }
        let found = below(dir.path());
        let found: Vec<String> = found.iter().map(|it| it.path.display().to_string()).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn releases_are_told_by_what_lies_there() {
        check(
            &[
                ("a/model.safetensors", ""),
                ("b/x.gguf", ""),
                ("c/notes.txt", ""),
            ],
            &["a", "b"],
        );
        check(
            &[
                ("a/config.json", "{\"model_type\": \"x\"}"),
                ("b/config.json", "{}"),
            ],
            &["a"],
        );
        check(
            &[
                ("a/README.md", "---\nlicense: mit\n---\n"),
                ("b/README.md", "# x"),
            ],
            &["a"],
        );
        check(
            &[
                ("m/model_index.json", "{}"),
                ("m/unet/config.json", "{\"model_type\": 1}"),
                ("m/unet/w.bin", ""),
            ],
            &["m"],
        );
        check(
            &[
                ("a/x.bin", "GGUF"),
                ("b/y.bin", "cache"),
                ("c/pytorch_model.bin", ""),
            ],
            &["a", "c"],
        );
        check(&[("p/o/n/a.gguf", ""), ("p/o/n/b.gguf", "")], &["p/o/n/a.gguf", "p/o/n/b.gguf"]);
        check(
            &[
                ("s/m-00001-of-00002.gguf", ""),
                ("s/m-00002-of-00002.gguf", ""),
            ],
            &["s"],
        );
        check(
            &[
                ("one.safetensors", ""),
                ("two.safetensors", ""),
                ("x/y.onnx", ""),
            ],
            &["one.safetensors", "two.safetensors", "x"],
        );
        check(&[(".git/x.bin", "GGUF"), ("._____temp/y.gguf", "")], &[]);
        check(&[("datasets--o--d/snapshots/1/README.md", "---\nlicense: mit\n---\n")], &[]);
    }

    #[test]
    fn snapshots_of_a_cache_and_models_of_ollama() {
        let commit = |c: char| c.to_string().repeat(40);
        let snapshot = |c| format!("hub/models--o--n/snapshots/{}/model.safetensors", commit(c));
        let blob = format!("sha256-{}", "a".repeat(64));
        let manifest = format!("{{\"layers\": [{{\"digest\": \"sha256:{}\"}}]}}", "a".repeat(64));
        let dir = tempfile::tempdir().unwrap();
        put(dir.path(), &snapshot('1'), "");
        put(dir.path(), &snapshot('2'), "");
        put(dir.path(), "hub/models--o--n/blobs/x", "");
        put(dir.path(), "ollama/manifests/registry.ollama.ai/library/llama3/8b", &manifest);
        put(
            dir.path(),
            "ollama/manifests/registry.ollama.ai/library/gone/1b",
            &manifest.replace('a', "b"),
        );
        put(dir.path(), &format!("ollama/blobs/{blob}"), "GGUF");
        let found = below(dir.path());
        let told: Vec<(String, Origin)> =
            found.iter().map(|it| (it.release.name.clone(), it.release.origin)).collect();
        assert_eq!(
            told,
            [
                ("o/n".to_owned(), Origin::HubSnapshot),
                ("o/n".to_owned(), Origin::HubSnapshot),
                ("gone:1b".to_owned(), Origin::Ollama),
                ("llama3:8b".to_owned(), Origin::Ollama),
            ]
        );
    }

    #[test]
    fn circles_end_and_nothing_is_found_twice() {
        let dir = tempfile::tempdir().unwrap();
        put(dir.path(), "a/model.safetensors", "");
        std::os::unix::fs::symlink("..", dir.path().join("a/up")).unwrap();
        std::os::unix::fs::symlink("a", dir.path().join("b")).unwrap();
        fs::create_dir(dir.path().join("c")).unwrap();
        std::os::unix::fs::symlink("..", dir.path().join("c/up")).unwrap();
        let found = below(dir.path());
        assert_eq!(found.len(), 1, "{found:?}");
    }
}
