//! Caches of plain files, told by what their clients leave around them: `ModelScope`, kagglehub,
//! llama.cpp, the torch hub.

use std::{
    fs::{self, File},
    io::Read as _,
    path::{Path, PathBuf},
};

use super::name_of;
use crate::words::Origin;

/// What the place of a folder or file shows.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Cached {
    pub(super) origin: Option<Origin>,
    pub(super) repo_id: Option<String>,
    pub(super) revision: Option<String>,
}

/// What the place of a folder shows, where it is an entry of a cache.
pub(super) fn folder(asked: &Path) -> Option<Cached> {
    let full = asked.canonicalize().ok()?;
    modelscope(&full).or_else(|| modelscope_snapshot(&full)).or_else(|| kagglehub(&full))
}

/// The old layout: `<owner>/<name>` with `.msc`, a list of what was downloaded, and `.mv`, its revision.
/// `.msc` and `.mdl` are pickles, and are not loaded. Dots of a name are written `___`.
fn modelscope(folder: &Path) -> Option<Cached> {
    let marked = [".msc", ".mdl"].iter().any(|mark| folder.join(mark).is_file());
    marked.then_some(())?;
    let name = name_of(folder).replace("___", ".");
    let owner = folder.parent().map(name_of)?;
    let noted = head(&folder.join(".mv"));
    let revision = noted.split(',').find_map(|it| it.trim().strip_prefix("Revision:"));
    Some(Cached {
        origin: Some(Origin::Modelscope),
        repo_id: Some(format!("{owner}/{name}")),
        revision: revision.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()),
    })
}

/// The new layout: `models/<owner>--<name>/snapshots/<revision>`.
fn modelscope_snapshot(folder: &Path) -> Option<Cached> {
    let snapshots = folder.parent().filter(|it| name_of(it) == "snapshots")?;
    let repo_id = modelscope_repo(snapshots.parent()?)?;
    Some(Cached {
        origin: Some(Origin::Modelscope),
        repo_id: Some(repo_id),
        revision: Some(name_of(folder)),
    })
}

/// The repo of a folder `models/<owner>--<name>` of the new layout.
pub(super) fn modelscope_repo(folder: &Path) -> Option<String> {
    let full = folder.canonicalize().ok()?;
    let name = name_of(&full);
    let (owner, repo) = name.split_once("--")?;
    let fits = !owner.is_empty()
        && !repo.is_empty()
        && owner != "models"
        && full.parent().is_some_and(|it| name_of(it) == "models")
        && full.join("snapshots").is_dir();
    fits.then(|| format!("{owner}/{repo}"))
}

/// `<owner>/<model>/<framework>/<variation>/<version>`; beside the version lies the mark that its
/// download ended, or what is left of one that did not.
fn kagglehub(folder: &Path) -> Option<Cached> {
    let version = name_of(folder);
    let number = !version.is_empty() && version.bytes().all(|it| it.is_ascii_digit());
    let around = folder.parent().filter(|_| number)?;
    let beside = |name: String| around.join(name).symlink_metadata().is_ok();
    let marked = beside(format!("{version}.complete"))
        || beside(format!(".complete/{version}"))
        || beside(format!("{version}.archive"));
    let parts: Vec<String> =
        around.iter().rev().take(4).map(|it| it.to_string_lossy().into_owned()).collect();
    let [variation, framework, model, owner] = parts.as_slice() else {
        return None;
    };
    marked.then(|| Cached {
        origin: Some(Origin::Kagglehub),
        repo_id: Some(format!("{owner}/{model}")),
        revision: Some(format!("{framework}/{variation}/{version}")),
    })
}

/// What the place of a file shows, where it is an entry of a cache.
pub(super) fn file(asked: &Path) -> Option<Cached> {
    llama_cpp(asked).or_else(|| torch_hub(asked)).or_else(|| blob(asked))
}

/// `<file>` with `<file>.etag`, of older versions `<file>.json` with the address that it came from.
fn llama_cpp(file: &Path) -> Option<Cached> {
    let beside = |ending: &str| file.with_file_name(format!("{}.{ending}", name_of(file)));
    let note = head(&beside("json"));
    let note: Option<serde_json::Value> = serde_json::from_str(&note).ok();
    let note = note.filter(|it| it.get("etag").is_some());
    if note.is_none() && !beside("etag").is_file() {
        return None;
    }
    // https://huggingface.co/<owner>/<name>/resolve/<revision>/<path>
    let url = note.as_ref().and_then(|it| it.get("url")?.as_str()).unwrap_or_default();
    let mut parts = url.split('/').skip(3);
    let mut part = || parts.next().filter(|it| !it.is_empty());
    let (owner, name, verb, revision) = (part(), part(), part(), part());
    let from_hub = verb == Some("resolve");
    let repo_id =
        owner.zip(name).filter(|_| from_hub).map(|(owner, name)| format!("{owner}/{name}"));
    Some(Cached {
        origin: Some(Origin::LlamaCpp),
        repo_id,
        revision: revision.filter(|_| from_hub).map(str::to_owned),
    })
}

/// `hub/checkpoints/<name>-<8 hex or more>.pth`.
fn torch_hub(file: &Path) -> Option<Cached> {
    let full = file.canonicalize().ok()?;
    let checkpoints = full.parent().filter(|it| is_torch_checkpoints(it))?;
    let name = name_of(file);
    let tail = name.rsplit_once('.').and_then(|(stem, _)| stem.rsplit_once('-'));
    let digits = |it: &str| it.len() >= 8 && it.bytes().all(|it| it.is_ascii_hexdigit());
    (checkpoints.is_dir() && tail.is_some_and(|(_, tail)| digits(tail))).then(|| Cached {
        origin: Some(Origin::TorchHub),
        ..Cached::default()
    })
}

/// Whether a folder is where the torch hub puts what it downloads.
pub(super) fn is_torch_checkpoints(folder: &Path) -> bool {
    name_of(folder) == "checkpoints" && folder.parent().is_some_and(|it| name_of(it) == "hub")
}

/// A blob of a store that was named itself.
fn blob(file: &Path) -> Option<Cached> {
    let full = file.canonicalize().ok()?;
    let folder = full.parent()?;
    let around = folder.parent()?;
    let name = name_of(&full);
    let origin = if name_of(folder) == "blobs" && name.starts_with("sha256") {
        around.join("manifests").is_dir().then_some(Origin::Ollama)
    } else {
        super::oci::around(&full).map(|_| Origin::OciLayout)
    };
    origin.map(|origin| Cached {
        origin: Some(origin),
        ..Cached::default()
    })
}

/// Whether a folder is one that llama.cpp fills: files of GGUF with notes of where they are from.
pub(super) fn is_llama_cpp(folder: &Path) -> bool {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files =
        entries.map(|it| it.path()).filter(|it| it.extension() == Some("gguf".as_ref()));
    let is_gguf = |it: &PathBuf| llama_cpp(it).is_some();
    files.next().is_some_and(|first| is_gguf(&first) || files.any(|it| is_gguf(&it)))
}

/// The first bytes of a small file as text; nothing where there is none.
fn head(path: &Path) -> String {
    const HEAD: u64 = 64 << 10;
    let mut head = Vec::new();
    if path.is_file()
        && let Ok(file) = File::open(path)
    {
        let _ = file.take(HEAD).read_to_end(&mut head); // what could be read is what there is
    }
    String::from_utf8_lossy(&head).into_owned()
}
