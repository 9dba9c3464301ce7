//! One walk over a release: every file, hidden ones too, with its length and what its name says it
//! is for. No file is opened here.

mod kinds;
mod path;

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

pub use kinds::{KINDS, Name, Pattern, kind_of};
pub use path::report_path;

use crate::{
    facts::{Oddity, Release, Scope, What},
    locate::special,
    words::{FileKind, Place},
};

/// One file as found, not yet opened.
#[derive(Clone, Debug)]
pub struct Entry {
    /// As reports spell it.
    pub path: String,
    /// Where to open it.
    pub place: PathBuf,
    /// Where its link leads, where it is one.
    pub link: Option<PathBuf>,
    /// In bytes.
    pub len: u64,
    /// By name alone.
    pub kind: FileKind,
    /// Why it is not to be opened, where it is not.
    pub closed: Option<String>,
}

/// What a walk found.
#[derive(Debug, Default)]
pub struct Inventory {
    /// By path bytes.
    pub entries: Vec<Entry>,
    /// Folders that could not be listed, links that leave, files that are none.
    pub oddities: Vec<Oddity>,
}

/// Folders may nest this deep; a deeper one is named and not entered.
const DEEPEST: usize = 64;

/// Lists the files of a release, by path bytes.
pub fn take(release: &Release) -> Inventory {
    let bounds = release.bounds.iter().filter_map(|it| it.canonicalize().ok()).collect();
    let mut walk = Walk {
        root: &release.root,
        bounds,
        seen: BTreeSet::new(),
        found: Inventory::default(),
    };
    match &release.scope {
        Scope::Folder => walk.folder(Path::new(""), 0),
        Scope::Files(files) => {
            for file in files.iter().filter(|it| release.root.join(it).symlink_metadata().is_ok()) {
                walk.entry(file, 0);
            }
        }
    }
    let mut found = walk.found;
    found.entries.sort_by(|a, b| a.path.cmp(&b.path));
    found.oddities.sort_by(|a, b| a.at.cmp(&b.at));
    found
}

/// The bit by which a program runs with its owner's rights, where a file has one.
fn raised(metadata: &fs::Metadata) -> Option<&'static str> {
    use std::os::unix::fs::PermissionsExt as _;

    match metadata.permissions().mode() {
        mode if mode & 0o4100 == 0o4100 => Some("setuid"),
        mode if mode & 0o2010 == 0o2010 => Some("setgid"),
        _ => None,
    }
}

struct Walk<'a> {
    root: &'a Path,
    bounds: Vec<PathBuf>,
    /// Folders entered by a link, by their real place, so that a circle ends.
    seen: BTreeSet<PathBuf>,
    found: Inventory,
}

impl Walk<'_> {
    fn folder(&mut self, below: &Path, depth: usize) {
        let place = self.root.join(below);
        let listed = fs::read_dir(&place).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let entries = match listed {
            Ok(entries) => entries,
            Err(error) => {
                return self.odd(What::Unreadable, below, format!("cannot be listed: {error}"));
            }
        };
        for entry in entries {
            self.entry(&below.join(entry.file_name()), depth);
        }
    }

    fn entry(&mut self, path: &Path, depth: usize) {
        let place = self.root.join(path);
        let metadata = match place.symlink_metadata() {
            Ok(metadata) => metadata,
            Err(error) => {
                return self.odd(What::Unreadable, path, format!("cannot be looked at: {error}"));
            }
        };
        let kind = metadata.file_type();
        if kind.is_symlink() {
            self.link(path, depth);
        } else if kind.is_dir() {
            self.enter(path, depth);
        } else if kind.is_file() {
            if let Some(bit) = raised(&metadata) {
                let saying =
                    format!("has the {bit} bit: as a program it runs with its owner's rights");
                self.odd(What::SpecialFile, path, saying);
            }
            self.file(path, None, metadata.len(), None);
        } else {
            let what = special(kind);
            self.odd(What::SpecialFile, path, format!("is {what}, and is not opened"));
            self.file(path, None, 0, Some(format!("{what}, not opened")));
        }
    }

    fn enter(&mut self, path: &Path, depth: usize) {
        if depth >= DEEPEST {
            let saying = format!("lies {DEEPEST} folders deep, and is not entered");
            return self.odd(What::ReadInPart, path, saying);
        }
        self.folder(path, depth + 1);
    }

    /// A link is followed where it stays inside the bounds, and named where it does not.
    fn link(&mut self, path: &Path, depth: usize) {
        let place = self.root.join(path);
        let written = fs::read_link(&place).unwrap_or_default();
        let target = match place.canonicalize() {
            Ok(target) => target,
            Err(error) => {
                let why = if error.kind() == io::ErrorKind::NotFound {
                    "leads nowhere".to_owned()
                } else {
                    format!("cannot be followed: {error}")
                };
                self.odd(
                    What::LinkBroken,
                    path,
                    format!("links to {}, which {why}", written.display()),
                );
                let closed = Some(format!("a link that {why}"));
                return self.file(path, Some(written), 0, closed);
            }
        };
        if !self.bounds.iter().any(|bound| target.starts_with(bound)) {
            let saying =
                format!("links to {}, outside the release; not followed", written.display());
            self.odd(What::PathEscapes, path, saying);
            let closed = Some("a link that leaves the release, not followed".to_owned());
            return self.file(path, Some(written), 0, closed);
        }
        match fs::metadata(&target) {
            Ok(metadata) if metadata.is_file() => {
                self.file(path, Some(written), metadata.len(), None);
            }
            Ok(metadata) if metadata.is_dir() => {
                let circle = self.root.canonicalize().is_ok_and(|root| root.starts_with(&target));
                if circle || !self.seen.insert(target) {
                    let saying =
                        format!("links to {}, a folder that is listed already", written.display());
                    return self.odd(What::LinkBroken, path, saying);
                }
                self.enter(path, depth);
            }
            Ok(metadata) => {
                let what = special(metadata.file_type());
                self.odd(What::SpecialFile, path, format!("links to {what}, and is not opened"));
                self.file(path, Some(written), 0, Some(format!("{what}, not opened")));
            }
            Err(error) => self.odd(What::Unreadable, path, format!("cannot be looked at: {error}")),
        }
    }

    fn file(&mut self, path: &Path, link: Option<PathBuf>, len: u64, closed: Option<String>) {
        let place = self.root.join(path);
        let path = report_path(path);
        let kind = kind_of(&path);
        self.found.entries.push(Entry { path, place, link, len, kind, closed });
    }

    fn odd(&mut self, what: What, path: &Path, saying: String) {
        let path = report_path(path);
        let path = if path.is_empty() {
            ".".to_owned()
        } else {
            path
        };
        self.found.oddities.push(Oddity::new(what, Place::file(path), saying));
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::{locate, locate::Environment};

    #[test]
    fn programs_with_raised_rights_are_named() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        for (name, mode) in [("a", 0o4755), ("b", 0o2755), ("c", 0o755), ("d", 0o2644)] {
            fs::write(folder.path().join(name), "x").unwrap();
            let mode = fs::Permissions::from_mode(mode);
            fs::set_permissions(folder.path().join(name), mode).unwrap();
        }
        let release = locate::release(folder.path(), None, &Environment::default()).unwrap();
        let odd: Vec<_> = take(&release).oddities.into_iter().map(|it| it.saying).collect();
        assert_eq!(
            odd,
            [
                "has the setuid bit: as a program it runs with its owner's rights",
                "has the setgid bit: as a program it runs with its owner's rights",
            ]
        );
    }

    #[test]
    fn links_inside_are_followed_and_links_out_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let (root, outside) = (folder.path().join("release"), folder.path().join("outside"));
        fs::create_dir_all(root.join("a/b")).unwrap();
        fs::write(root.join("a/b/file"), "12345").unwrap();
        fs::write(&outside, "secret").unwrap();
        symlink("a/b/file", root.join("inside")).unwrap();
        symlink("../outside", root.join("out")).unwrap();
        symlink("nowhere", root.join("dangling")).unwrap();
        symlink(".", root.join("circle")).unwrap();
        symlink("loop", root.join("loop")).unwrap();
        let release = locate::release(&root, None, &Environment::default()).unwrap();
        let inventory = take(&release);
        let listed: Vec<_> = inventory
            .entries
            .iter()
            .map(|entry| (entry.path.as_str(), entry.len, entry.closed.is_some()))
            .collect();
        assert_eq!(
            listed,
            [
                ("a/b/file", 5, false),
                ("dangling", 0, true),
                ("inside", 5, false),
                ("loop", 0, true),
                ("out", 0, true),
            ]
        );
        let odd: Vec<_> =
            inventory.oddities.iter().map(|it| (it.at.path.as_str(), it.what)).collect();
        assert_eq!(
            odd,
            [
                ("circle", What::LinkBroken),
                ("dangling", What::LinkBroken),
                ("loop", What::LinkBroken),
                ("out", What::PathEscapes),
            ]
        );
    }
}
