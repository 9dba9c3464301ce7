//! The Hugging Face cache: `models--owner--name/snapshots/<commit>/…`, links into `blobs/`.
//!
//! Only names are read here. Nothing is written or fetched, and the token beside the cache is
//! never opened.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use hf_hub::Repo;

use super::{LocateError, name_of, shown};
use crate::{
    facts::{Release, Scope},
    words::Origin,
};

/// The environment variables that say where the cache is, taken once so that tests can set them.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    variables: Vec<(String, OsString)>,
}

impl Environment {
    /// As the process has it.
    pub fn of_process() -> Self {
        let readable =
            env::vars_os().filter_map(|(key, value)| Some((key.into_string().ok()?, value)));
        Self { variables: readable.collect() }
    }

    /// These variables and no others.
    pub fn of(variables: &[(&str, &Path)]) -> Self {
        let owned = |&(key, value): &(&str, &Path)| (key.to_owned(), value.as_os_str().to_owned());
        Self {
            variables: variables.iter().map(owned).collect(),
        }
    }

    fn get(&self, key: &str) -> Option<&OsString> {
        let set = self.variables.iter().find(|(name, _)| name == key);
        set.map(|(_, value)| value).filter(|value| !value.is_empty())
    }

    /// A path from a variable, with `~` and `$NAME` at its start expanded as the hub client does.
    fn path(&self, key: &str) -> Option<PathBuf> {
        let value = PathBuf::from(self.get(key)?);
        let Some(text) = value.to_str() else {
            return Some(value);
        };
        let (first, rest) = text.split_once('/').unwrap_or((text, ""));
        let expanded = match first {
            "~" => self.get("HOME").map(PathBuf::from),
            it => it.strip_prefix('$').and_then(|name| {
                self.get(name.trim_start_matches('{').trim_end_matches('}')).map(PathBuf::from)
            }),
        };
        Some(expanded.map_or_else(|| value.clone(), |base| base.join(rest)))
    }

    /// Where the hub client keeps repos, in its own order.
    pub fn hub_cache(&self) -> Option<PathBuf> {
        let home = || self.path("HF_HOME");
        let cache_home = || self.path("XDG_CACHE_HOME").map(|it| it.join("huggingface"));
        let user = || Some(PathBuf::from(self.get("HOME")?).join(".cache/huggingface"));
        self.path("HF_HUB_CACHE")
            .or_else(|| self.path("HUGGINGFACE_HUB_CACHE"))
            .or_else(|| home().or_else(cache_home).or_else(user).map(|home| home.join("hub")))
    }

    /// Where Ollama keeps models.
    pub fn ollama_models(&self) -> Option<PathBuf> {
        let user = || Some(PathBuf::from(self.get("HOME")?).join(".ollama/models"));
        self.path("OLLAMA_MODELS").or_else(user)
    }
}

/// Whether a text can be a repo id: `name` or `owner/name`.
pub(super) fn is_repo_id(text: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && part.len() <= 96
            && part.bytes().all(|it| it.is_ascii_alphanumeric() || b"-_.".contains(&it))
            && !part.starts_with(['.', '-'])
    };
    text.matches('/').count() <= 1 && text.split('/').all(part)
}

/// 40 lower-case hexadecimal digits.
pub(super) fn is_commit(text: &str) -> bool {
    text.len() == 40 && text.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'))
}

/// The repo `id` in the cache, at a revision.
pub(super) fn by_id(
    id: &str,
    revision: Option<&str>,
    environment: &Environment,
) -> Result<Release, LocateError> {
    let unknown = |cache: String| LocateError::UnknownRepo { id: id.to_owned(), cache };
    let Some(cache) = environment.hub_cache() else {
        return Err(unknown("a place no environment variable names".to_owned()));
    };
    let folder = cache.join(Repo::model(id.to_owned()).folder_name());
    if !folder.is_dir() {
        return Err(unknown(shown(&cache)));
    }
    in_repo_folder(&folder, revision)
}

/// Whether a folder is a repo's: its name says so, and snapshots lie in it.
pub(super) fn is_repo_folder(folder: &Path) -> bool {
    repo_id(&name_of(folder)).is_some() && folder.join("snapshots").is_dir()
}

/// A repo's folder, at a revision: a branch or tag, a commit or the first digits of one; without
/// one, `main`, else the only snapshot there is.
pub(super) fn in_repo_folder(
    folder: &Path,
    revision: Option<&str>,
) -> Result<Release, LocateError> {
    let commits = snapshots(folder);
    let chosen = match revision {
        Some(wanted) => reference(folder, wanted).filter(|it| commits.contains(it)).or_else(|| {
            let mut begins = commits.iter().filter(|commit| commit.starts_with(wanted));
            begins.next().filter(|_| begins.next().is_none() && wanted.len() >= 4).cloned()
        }),
        None => reference(folder, "main")
            .filter(|it| commits.contains(it))
            .or_else(|| commits.first().filter(|_| commits.len() == 1).cloned()),
    };
    let Some(commit) = chosen else {
        let wanted = revision.map_or("a snapshot of `main`".to_owned(), |it| format!("`{it}`"));
        return Err(LocateError::UnknownRevision {
            id: repo_id(&name_of(folder)).unwrap_or_else(|| name_of(folder)),
            wanted,
            there: there(folder, &commits),
        });
    };
    let mut release = entry(folder, &commit);
    if revision.is_some_and(|it| !commit.starts_with(it)) {
        release.revision = revision.map(str::to_owned);
    }
    Ok(release)
}

/// Every snapshot of a repo's folder, by commit.
pub(super) fn all_in(folder: &Path) -> Vec<Release> {
    snapshots(folder).iter().map(|commit| entry(folder, commit)).collect()
}

/// A path that is itself a snapshot's folder.
pub(super) fn snapshot(folder: &Path) -> Option<Release> {
    let full = folder.canonicalize().ok()?;
    let snapshots = full.parent()?;
    let repo = snapshots.parent()?;
    (name_of(snapshots) == "snapshots" && repo_id(&name_of(repo)).is_some()).then(|| {
        let written = folder.to_owned(); // open it the way the user named it
        Release {
            root: written,
            ..entry(repo, &name_of(&full))
        }
    })
}

/// The snapshot that a folder lies in or is.
pub(super) fn snapshot_around(folder: &Path) -> Option<Release> {
    let full = folder.canonicalize().ok()?;
    full.ancestors().find_map(snapshot)
}

/// A folder within a snapshot, as a release of its own: its links lead into the same cache.
pub(super) fn part_of_snapshot(folder: &Path) -> Option<Release> {
    let around = snapshot_around(folder)?;
    Some(Release {
        root: folder.to_owned(),
        name: name_of(folder),
        ..around
    })
}

/// What to type for each repo of a cache; `None` where the folder is no cache.
pub(super) fn list(cache: &Path) -> Option<Vec<String>> {
    let entries = fs::read_dir(cache).ok()?.filter_map(Result::ok);
    let mut folders: Vec<PathBuf> =
        entries.map(|entry| entry.path()).filter(|path| is_repo_folder(path)).collect();
    folders.sort();
    let line = |folder: &PathBuf| {
        let count = snapshots(folder).len();
        let ending = if count == 1 { "" } else { "s" };
        format!("  weighbill inspect {}    ({count} snapshot{ending})", folder.display())
    };
    (!folders.is_empty()).then(|| folders.iter().map(line).collect())
}

fn entry(repo: &Path, commit: &str) -> Release {
    let id = repo_id(&name_of(repo));
    Release {
        root: repo.join("snapshots").join(commit),
        name: id.clone().unwrap_or_else(|| name_of(repo)),
        origin: Origin::HubSnapshot,
        repo_id: id,
        revision: references(repo).into_iter().find(|(_, to)| to == commit).map(|(name, _)| name),
        commit: is_commit(commit).then(|| commit.to_owned()),
        bounds: bounds(repo),
        scope: Scope::Folder,
    }
}

/// Links of a snapshot may lead into the repo's own folder, and into the store that all repos of
/// the cache share, where its marker shows that it is one.
fn bounds(repo: &Path) -> Vec<PathBuf> {
    let shared = repo.parent().map(|cache| cache.join("blobs"));
    let marked = shared.filter(|blobs| blobs.join(".huggingface-shared-blobs").is_file());
    [Some(repo.to_owned()), marked].into_iter().flatten().collect()
}

/// `models--owner--name` is `owner/name`. A name that itself holds `--` cannot be told apart, here
/// or by the hub client.
fn repo_id(folder: &str) -> Option<String> {
    folder
        .strip_prefix("models--")
        .filter(|id| !id.is_empty())
        .map(|id| id.replace("--", "/"))
}

/// The commits whose snapshots are here, sorted.
fn snapshots(repo: &Path) -> Vec<String> {
    let entries = fs::read_dir(repo.join("snapshots")).into_iter().flatten();
    let folders = entries.filter_map(Result::ok).filter(|entry| entry.path().is_dir());
    let mut commits: Vec<String> =
        folders.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    commits.sort();
    commits
}

/// The commit that a branch or tag points to.
fn reference(repo: &Path, name: &str) -> Option<String> {
    references(repo).into_iter().find(|(it, _)| it == name).map(|(_, commit)| commit)
}

/// Branches and tags, `main` first, then by name; names nest (`refs/pr/1`), to a depth of 8.
pub fn references(repo: &Path) -> Vec<(String, String)> {
    let refs = repo.join("refs");
    let mut found = Vec::new();
    let mut folders = vec![(refs.clone(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok) {
            let path = entry.path();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && depth < 8 => folders.push((path, depth + 1)),
                Ok(kind) if kind.is_file() => {
                    let small = entry.metadata().is_ok_and(|it| it.len() <= 64);
                    let commit = small.then(|| fs::read_to_string(&path).ok()).flatten();
                    let name = path.strip_prefix(&refs).ok().and_then(Path::to_str);
                    found
                        .extend(name.map(str::to_owned).zip(commit.map(|it| it.trim().to_owned())));
                }
                _ => {}
            }
        }
    }
    found.sort_by(|(a, _), (b, _)| (a != "main", a).cmp(&(b != "main", b)));
    found
}

fn there(repo: &Path, commits: &[String]) -> String {
    let refs = references(repo);
    let named = |commit: &String| {
        let short = commit.get(..12).unwrap_or(commit);
        let names: Vec<_> =
            refs.iter().filter(|(_, to)| to == commit).map(|(it, _)| it.as_str()).collect();
        if names.is_empty() {
            short.to_owned()
        } else {
            format!("{} ({short})", names.join(", "))
        }
    };
    match commits {
        [] => "no snapshot at all".to_owned(),
        commits => commits.iter().map(named).collect::<Vec<_>>().join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_is_looked_for_in_the_order_of_the_client() {
        let all = [
            ("HF_HUB_CACHE", "/a"),
            ("HUGGINGFACE_HUB_CACHE", "/b"),
            ("HF_HOME", "~/c"),
            ("XDG_CACHE_HOME", "/d"),
            ("HOME", "/home/u"),
        ];
        let expected = [
            "/a",
            "/b",
            "/home/u/c/hub",
            "/d/huggingface/hub",
            "/home/u/.cache/huggingface/hub",
        ];
        for (from, expected) in (0..).zip(expected) {
            let set: Vec<_> = all[from..].iter().map(|&(key, it)| (key, Path::new(it))).collect();
            assert_eq!(Environment::of(&set).hub_cache(), Some(PathBuf::from(expected)));
        }
    }

    #[test]
    fn repo_ids_are_told_from_paths() {
        check("gpt2", true);
        check("meta-llama/Llama-2-7b-hf", true);
        check("a/b/c", false);
        check("../x", false);
        check("a b", false);
        check("", false);
        check("/etc", false);
    }

    #[track_caller]
    fn check(text: &str, id: bool) {
        assert_eq!(is_repo_id(text), id);
    }
}
