//! Where git keeps what it knows of a work tree.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The folders of git for one work tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitFolder {
    /// Where its index and its `HEAD` lie.
    pub own: PathBuf,
    /// Where the settings and the branches lie, which several work trees share.
    pub shared: PathBuf,
}

/// Small files of git are no longer than this.
const MOST: u64 = 1 << 20;

/// Where git keeps what it knows of the work tree at `root`: `.git`, or, of a further work tree and of a
/// submodule, the folder that the file `.git` names. That one is looked into only where it names this
/// work tree in turn: a release could name any folder. `None` where there is no `.git`; else why it is of
/// no use, in a clause.
pub fn git_folder(root: &Path) -> Option<Result<GitFolder, &'static str>> {
    let git = root.join(".git");
    let kind = git.symlink_metadata().ok()?;
    if kind.is_dir() {
        return Some(Ok(GitFolder { own: git.clone(), shared: git }));
    }
    if !kind.is_file() {
        return Some(Err("is a link, which is not followed"));
    }
    Some(named(root, &git).ok_or(
        "names a folder elsewhere that does not name this work tree in turn, and is not followed",
    ))
}

fn named(root: &Path, git: &Path) -> Option<GitFolder> {
    let text = text(git)?;
    let own = root.join(text.trim().strip_prefix("gitdir:")?.trim());
    let root = root.canonicalize().ok()?;
    let is = |path: PathBuf, place: &Path| path.canonicalize().is_ok_and(|it| it == place);
    if let Some(back) = self::text(&own.join("gitdir")) {
        // a further work tree
        let shared = own.join(self::text(&own.join("commondir"))?.trim());
        return is(own.join(back.trim()), &root.join(".git")).then_some(GitFolder { own, shared });
    }
    // a submodule
    let settings = self::text(&own.join("config"))?;
    let mut words = settings.lines().filter_map(|line| line.trim().split_once('='));
    let (_, back) = words.find(|(key, _)| key.trim() == "worktree")?;
    is(own.join(back.trim().trim_matches('"')), &root)
        .then(|| GitFolder { own: own.clone(), shared: own })
}

/// The commit that a work tree is at, where files say so without packs being read.
pub(super) fn head_commit(root: &Path) -> Option<String> {
    let git = git_folder(root)?.ok()?;
    let head = text(&git.own.join("HEAD"))?;
    let head = head.trim();
    let Some(reference) = head.strip_prefix("ref: ") else {
        return commit(head);
    };
    if reference.split('/').any(|part| part == "..") || reference.starts_with('/') {
        return None;
    }
    if let Some(loose) = text(&git.shared.join(reference)) {
        return commit(loose.trim());
    }
    let packed = text(&git.shared.join("packed-refs"))?;
    packed.lines().find_map(|line| commit(line.strip_suffix(reference)?.trim_end()))
}

/// 40 digits, or 64 in a repository that names by SHA-256.
fn commit(text: &str) -> Option<String> {
    let plain = text.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'));
    (plain && matches!(text.len(), 40 | 64)).then(|| text.to_owned())
}

fn text(path: &Path) -> Option<String> {
    let len = fs::metadata(path).ok().filter(fs::Metadata::is_file)?.len();
    (len < MOST).then(|| fs::read_to_string(path).ok())?
}
