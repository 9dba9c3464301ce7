//! From a release to what is signed of it: every file with its digest, or why it cannot be signed.

use std::collections::BTreeSet;

use crate::{
    digest::Algorithm,
    digests::{Besides, Extent, Wanted, take},
    facts::{Artifact, Facts, Release, Scope, What},
    inventory::{self, Inventory},
    sign::{self, IGNORED, PrivateKey},
    words::{FileKind, Origin},
};

/// A release, hashed to be signed.
#[derive(Debug)]
pub struct Signable {
    /// What the statement calls it: the name of its folder, or of its one file.
    pub subject: String,
    /// What kind of place it is.
    pub origin: Origin,
    /// Each file's name with its SHA-256.
    pub files: Vec<(String, [u8; 32])>,
    /// Of those files.
    pub bytes: u64,
    /// What is left out besides what always is: the own files of clients.
    pub ignored: Vec<String>,
    /// Whether a file is a link.
    pub follows_links: bool,
    /// Whether it is one file, and not a folder.
    pub alone: bool,
}

/// Why a release is not signed, in a clause.
#[derive(Debug, thiserror::Error)]
#[error("`{path}` {why}, and a signature covers every file")]
pub struct SigningError {
    path: String,
    why: String,
}

/// Hashes a release to be signed. `progress` is told how many bytes are done, of how many.
pub fn hashed(
    release: Release,
    inventory: Inventory,
    threads: usize,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Result<Signable, SigningError> {
    let refuse = |path: &str, why: String| Err(SigningError { path: path.to_owned(), why });
    let unseen = [
        What::Unreadable,
        What::SpecialFile,
        What::PathEscapes,
        What::ReadInPart,
    ];
    if let Some(odd) = inventory.oddities.iter().find(|it| unseen.contains(&it.what)) {
        return refuse(&odd.at.path, odd.saying.clone());
    }
    if let Scope::Named(_) = release.scope {
        let why = "is a model of a store, whose files are called otherwise once they are taken out: \
                   sign the folder they come from";
        return refuse(&release.name, why.to_owned());
    }
    let alone = release.scope != Scope::Folder;
    let subject = match &release.root.canonicalize() {
        Ok(root) if !alone => root.file_name().map(|it| it.to_string_lossy().into_owned()),
        _ => None,
    };
    let subject = subject.unwrap_or_else(|| release.name.clone());
    let facts = Facts {
        artifacts: inventory.entries.into_iter().map(listed).collect(),
        release,
        oddities: Vec::new(),
    };
    let mut ignored = BTreeSet::new();
    let mut meant = Vec::new();
    for (at, artifact) in facts.artifacts.iter().enumerate() {
        let top = artifact.path.split('/').next().unwrap_or_default();
        if IGNORED.contains(&top) {
            continue;
        }
        if artifact.kind == FileKind::Bookkeeping {
            ignored.insert(bookkeeping(&artifact.path));
        } else if !alone || artifact.path == facts.release.name {
            meant.push(at);
        }
    }
    let besides = Besides {
        asked: meant.iter().map(|at| (*at, BTreeSet::from([Algorithm::Sha256]))).collect(),
        only: Some(meant.iter().copied().collect()),
        ..Besides::default()
    };
    let wanted = Wanted { extent: Extent::None, statistics: false };
    let digests = take(&facts, wanted, besides, threads, progress);
    let mut signable = Signable {
        subject,
        origin: facts.release.origin,
        files: Vec::new(),
        bytes: 0,
        ignored: ignored.into_iter().collect(),
        follows_links: meant.iter().any(|at| facts.artifacts[*at].link.is_some()),
        alone,
    };
    for at in meant {
        let artifact = &facts.artifacts[at];
        let Some(name) = unescaped(&artifact.path) else {
            return refuse(&artifact.path, "has a name that is no UTF-8".to_owned());
        };
        let digest = digests.sha256(at).and_then(|it| <[u8; 32]>::try_from(it).ok());
        let Some(digest) = digest else {
            let trouble = digests.of_file(at).and_then(|it| it.trouble.as_ref());
            let why = trouble.map(ToString::to_string).or_else(|| artifact.unreadable.clone());
            return refuse(&artifact.path, why.unwrap_or_else(|| "cannot be read".to_owned()));
        };
        signable.bytes = signable.bytes.saturating_add(artifact.len);
        signable.files.push((name, digest));
    }
    if signable.files.is_empty() {
        return refuse(&signable.subject, "holds no file".to_owned());
    }
    Ok(signable)
}

fn listed(entry: inventory::Entry) -> Artifact {
    Artifact {
        path: entry.path,
        place: entry.place,
        link: entry.link,
        open: entry.closed.is_none(),
        len: entry.len,
        kind: entry.kind,
        format: None,
        contents: crate::facts::Contents::Opaque,
        unreadable: entry.closed,
        within: crate::facts::Within::default(),
        oddities: Vec::new(),
    }
}

/// What to name so that a client's own file is left out, with all that lies beside it.
fn bookkeeping(path: &str) -> String {
    let client = ".cache/huggingface";
    match path.strip_prefix(client) {
        Some(rest) if rest.starts_with('/') => client.to_owned(),
        _ => path.to_owned(),
    }
}

/// The name behind a path as reports spell it; `None` where it is no UTF-8.
fn unescaped(path: &str) -> Option<String> {
    let mut parts = path.split('%');
    let mut name = parts.next()?.to_owned();
    for part in parts {
        name.push('%');
        name.push_str(part.strip_prefix("25")?);
    }
    Some(name)
}

impl Signable {
    /// A bundle, signed with a key. `compat` calls a lone file `.`, as the reference does.
    pub fn seal(&self, key: &PrivateKey, compat: bool) -> Vec<u8> {
        let dotted;
        let files = match &self.files[..] {
            [(_, digest)] if self.alone && compat => {
                dotted = [(".".to_owned(), *digest)];
                &dotted[..]
            }
            files => files,
        };
        sign::seal(&sign::statement(&self.subject, files, &self.ignored, self.follows_links), key)
    }

    /// What a signer should know, a clause each.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if !self.ignored.is_empty() {
            notes.push(format!(
                "left out, as clients keep it for themselves: {}",
                self.ignored.join(", ")
            ));
        }
        if self.follows_links {
            notes.push(
                "files that are links were followed; others may have to be told to".to_owned(),
            );
        }
        notes
    }
}
