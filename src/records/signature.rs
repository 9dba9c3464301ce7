//! A signature over the release: a bundle beside it, inside it, or named by the user.

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsString,
    path::{Path, PathBuf},
};

use super::{Against, By, Kind, LeftOut, Record, Records, Says, Status, counts, reading};
use crate::{
    digest::{Algorithm, of_part},
    facts::{Artifact, Facts, Scope},
    inventory::report_path,
    sign::{self, IGNORED, Resource, SignatureError, Signer, Statement},
    words::FileKind,
};

/// A signature that was looked at.
#[derive(Clone, Debug)]
pub struct Signed {
    /// What the bundle is called.
    pub source: String,
    /// Its path, where it lies in the release.
    pub path: Option<String>,
    /// What came of it.
    pub outcome: Outcome,
    /// Files of clients and of git that it does not list: no addition of anybody's.
    pub bookkeeping: usize,
}

/// What came of a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It holds.
    By(Signer),
    /// It was not checked: why, in a clause.
    Unchecked(String),
    /// It does not hold: why, in a clause.
    Refused(String),
}

impl Signed {
    /// Whether someone the user named signed, with a certificate that has not ended.
    pub fn is_authentic(&self) -> bool {
        matches!(&self.outcome, Outcome::By(signer) if signer.ended.is_none())
    }
}

pub(super) fn gather(facts: &Facts, against: &Against, records: &mut Records) {
    let Some((place, source, path)) = bundle(facts, against) else {
        return;
    };
    let mut signed = Signed {
        source: source.clone(),
        path,
        outcome: Outcome::Unchecked(String::new()),
        bookkeeping: 0,
    };
    let text = match reading::bytes(&place, 4 * reading::MOST) {
        Ok(text) => text,
        Err(why) => {
            signed.outcome = Outcome::Refused(format!("it {why}"));
            records.signature = Some(signed);
            return;
        }
    };
    // What nobody named may be a signature of some other kind.
    if against.signature.is_none() && !text.trim_ascii_start().starts_with(b"{") {
        return;
    }
    let statement = match sign::open(&text, &against.trust) {
        Err(SignatureError::Refused(why) | SignatureError::Unchecked(why)) => {
            signed.outcome = Outcome::Refused(why);
            records.signature = Some(signed);
            return;
        }
        Ok((statement, who)) => {
            signed.outcome = who.map_or_else(Outcome::Unchecked, Outcome::By);
            statement
        }
    };
    let authentic = signed.is_authentic();
    for record in stated(&statement, facts, &source, against.verify) {
        records.records.push(Record { authentic, ..record });
    }
    leave_out(&statement, facts, &mut signed, records);
    records.closed.insert(Kind::Signature, source);
    records.signature = Some(signed);
}

/// Where the bundle lies, what it is called, and its path where it lies in the release.
fn bundle(facts: &Facts, against: &Against) -> Option<(PathBuf, String, Option<String>)> {
    let called = |place: &Path| place.file_name().map(|it| it.to_string_lossy().into_owned());
    if let Some(place) = &against.signature {
        let full = place.canonicalize().ok().zip(facts.release.root.canonicalize().ok());
        let inside = full.as_ref().and_then(|(full, root)| full.strip_prefix(root).ok());
        let inside = inside.map(report_path);
        return Some((place.clone(), called(place).unwrap_or_default(), inside));
    }
    let top = |it: &&Artifact| {
        it.open && it.depth() == 0 && it.kind == FileKind::Signature
            || it.path == ".kaggle/signing.json"
    };
    if let Some(artifact) = facts.artifacts.iter().find(top) {
        return Some((artifact.place.clone(), artifact.path.clone(), Some(artifact.path.clone())));
    }
    let root = &facts.release.root;
    let named = match &facts.release.scope {
        Scope::Files(_) => root.join(&facts.release.name),
        Scope::Folder => root.canonicalize().ok()?,
        Scope::Named(_) => return None, // what lies beside a store is of no one release in it
    };
    let mut name: OsString = named.file_name()?.to_owned();
    name.push(".sig");
    let place = named.with_file_name(name);
    place.is_file().then(|| (place.clone(), called(&place).unwrap_or_default(), None))
}

/// The records of a statement, one a file.
fn stated(statement: &Statement, facts: &Facts, source: &str, verify: bool) -> Vec<Record> {
    let mut parts: BTreeMap<&str, Vec<&Resource>> = BTreeMap::new();
    for resource in &statement.resources {
        parts.entry(&resource.path).or_default().push(resource);
    }
    let record = |(path, mut parts): (&str, Vec<&Resource>)| {
        // `.` is the one file that was signed alone.
        let path = match (path, &facts.release.scope) {
            ("", Scope::Files(_)) => facts.release.name.clone(),
            ("", Scope::Folder | Scope::Named(_)) => statement.subject.clone(),
            (path, _) => path.to_owned(),
        };
        let says = match parts[..] {
            [Resource { part: None, algorithm, digest, .. }] => Says::Digest(*algorithm, *digest),
            _ if !verify => Says::Nothing("signed in parts, which only `verify` reads".to_owned()),
            _ => {
                parts.sort_by_key(|it| it.part);
                judged(&parts, facts.artifact(&path))
            }
        };
        Record::new(path, By::Signature, source, says)
    };
    parts.into_iter().map(record).collect()
}

/// A file that was signed in parts: all of it must be covered once, and each part be as stated.
fn judged(parts: &[&Resource], artifact: Option<&Artifact>) -> Says {
    let mismatch = |why: String| Says::Judged { status: Status::Mismatch, why: Some(why) };
    let Some(artifact) = artifact.filter(|it| it.open) else {
        return Says::Judged { status: Status::Missing, why: None };
    };
    // What the one pass over the bytes can take, it takes.
    let in_pass = parts.iter().all(|part| part.algorithm == Algorithm::Sha256);
    let mut at = 0;
    for part in parts {
        let Some((start, end)) = part.part else {
            return mismatch("is listed as a whole and in parts".to_owned());
        };
        if start != at || end > artifact.len {
            return mismatch(format!(
                "is {} bytes long, and the signature has a part from {start} to {end}",
                artifact.len
            ));
        }
        if in_pass {
            at = end;
            continue;
        }
        match of_part(part.algorithm, &artifact.place, start..end) {
            Ok(digest) if digest == part.digest => at = end,
            Ok(_) => {
                return mismatch(format!("bytes {start} to {end} are not those that were signed"));
            }
            Err(error) => {
                let why = Some(format!("cannot be read: {error}"));
                return Says::Judged { status: Status::Unverifiable, why };
            }
        }
    }
    if at == artifact.len && in_pass {
        let part = |it: &&Resource| it.part.map(|(start, end)| (start..end, it.digest));
        Says::Parts(parts.iter().filter_map(part).collect())
    } else if at == artifact.len {
        let count = parts.len();
        Says::Judged {
            status: Status::Match,
            why: Some(format!("in {count} parts")),
        }
    } else {
        mismatch(format!("is {} bytes long, and {at} are signed", artifact.len))
    }
}

/// Files that a signature leaves out on purpose, and those that clients keep for themselves.
fn leave_out(statement: &Statement, facts: &Facts, signed: &mut Signed, records: &mut Records) {
    let listed: BTreeSet<&str> = statement.resources.iter().map(|it| it.path.as_str()).collect();
    let in_parts = statement.resources.iter().any(|it| it.part.is_some());
    for artifact in &facts.artifacts {
        if listed.contains(artifact.path.as_str()) {
            continue;
        }
        let top = artifact.path.split('/').next().unwrap_or_default();
        let (why, always) = if Some(&artifact.path) == signed.path.as_ref() {
            ("is the signature", true)
        } else if IGNORED.contains(&top) {
            ("no signature covers what git keeps at the top", true)
        } else if statement.ignores(&artifact.path) {
            ("the signer left it out on purpose", false)
        } else if !counts(artifact) {
            signed.bookkeeping += 1;
            continue;
        } else if artifact.len == 0 && in_parts {
            ("is empty, and a signature in parts does not list such files", true)
        } else {
            continue;
        };
        if counts(artifact) {
            records.left_out.insert(artifact.path.clone(), LeftOut { why, always });
        }
    }
}
