//! A git work tree: the index names the blob of every file, as its content or as a git-lfs pointer.
//!
//! No pack is read, no object: the name of a blob follows from the bytes of the file.

use std::{fs, path::Path};

use super::{By, Glob, Kind, Record, Records, Says, Status, Store, git_index, reading};
use crate::{
    digest::{Algorithm, of},
    facts::{Artifact, Facts, Scope},
    locate::git_folder,
    words::{FileKind, Place},
};

pub(super) const STORE: Store = Store { gather };

/// Files longer than this many bytes are not hashed as blobs where a filter says that git-lfs has them.
const LARGE: u64 = 16 << 20;

const INDEX: &str = ".git/index";

fn gather(facts: &Facts, records: &mut Records) {
    if let Scope::Named(_) = facts.release.scope {
        return; // a store that lies in a work tree is no part of it
    }
    let root = &facts.release.root;
    let git = match git_folder(root) {
        Some(Ok(git)) => git,
        Some(Err(why)) => return records.unusable(Some(Place::file(".git")), why),
        None => return,
    };
    let index = git.own.join("index");
    if index.symlink_metadata().is_err() {
        return;
    }
    let at = || {
        let inside = root.join(INDEX).symlink_metadata().is_ok();
        Some(Place::file(if inside { INDEX } else { ".git" }))
    };
    let settings = reading::text(&git.shared.join("config"), 1 << 20).unwrap_or_default();
    let settings = settings.to_ascii_lowercase();
    let named_by = if keeps_sha256(&settings) {
        Algorithm::GitBlobSha256
    } else {
        Algorithm::GitBlobSha1
    };
    let read = reading::bytes(&index, 4 * reading::MOST);
    let entries = match read.and_then(|bytes| git_index::entries(&bytes, named_by)) {
        Ok(entries) => entries,
        Err(why) => return records.unusable(at(), why),
    };
    let attributes = Attributes::of(root, &settings);
    for entry in entries {
        let artifact = facts.artifact(&entry.path);
        if artifact.is_some_and(|it| it.kind == FileKind::Bookkeeping) {
            continue;
        }
        let link = artifact.and_then(|it| it.link.as_deref()).filter(|_| entry.is_link);
        let says = match link {
            // Of a link git keeps the words, which are at hand: nothing is left to ask of the bytes.
            Some(link) if of(named_by, link.as_os_str().as_encoded_bytes()) == entry.id => {
                continue;
            }
            _ => Says::GitBlob {
                id: entry.id,
                named_by,
                by_pointer: attributes.by_lfs(&entry.path)
                    && artifact.is_some_and(|it| it.len > LARGE),
            },
        };
        let mut record = Record::new(&entry.path, By::GitIndex, INDEX, says);
        if entry.skipped {
            record.absent = Status::NotDownloaded;
        }
        record.remark = artifact.filter(|it| attributes.may_convert(it)).map(|_| {
            "may be a conversion of the text that .gitattributes or the settings of git ask for"
                .to_owned()
        });
        records.records.push(record);
    }
    records.closed.insert(Kind::GitIndex, INDEX.to_owned());
}

fn keeps_sha256(settings: &str) -> bool {
    settings.lines().any(|line| line.replace([' ', '\t'], "") == "objectformat=sha256")
}

/// What `.gitattributes` at the top says, as far as it matters here.
struct Attributes {
    lfs: Vec<Glob>,
    converts: bool,
}

impl Attributes {
    fn of(root: &Path, settings: &str) -> Self {
        let text = reading::text(&root.join(".gitattributes"), 1 << 20).unwrap_or_default();
        let says = |line: &str, word: &str| line.split_whitespace().skip(1).any(|it| it == word);
        let lfs = text.lines().filter(|line| says(line, "filter=lfs"));
        let pattern = |line: &str| Glob::new(line.split_whitespace().next()?).ok();
        let converting =
            |word: &str| matches!(word, "text" | "text=auto" | "ident") || word.starts_with("eol=");
        let by_attribute = text.lines().any(|line| line.split_whitespace().skip(1).any(converting));
        Self {
            lfs: lfs.filter_map(pattern).collect(),
            converts: by_attribute || settings.contains("autocrlf"),
        }
    }

    fn by_lfs(&self, path: &str) -> bool {
        self.lfs.iter().any(|pattern| pattern.fits(path))
    }

    /// Line ends of a text may be other in the work tree than in the blob.
    fn may_convert(&self, artifact: &Artifact) -> bool {
        let text = !matches!(artifact.kind, FileKind::Weights | FileKind::Archive);
        self.converts && text && fs::metadata(&artifact.place).is_ok()
    }
}
