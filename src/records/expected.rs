//! What the user gives to hold a release against: a list of digests, or an earlier report.

use std::path::Path;

use serde::Deserialize;

use super::{By, Record, Records, Says, list, reading};
use crate::{
    digest::{Algorithm, Digest},
    facts::Facts,
    report::{SCHEMA, VERIFY_SCHEMA},
    words::FileKind,
};

/// A list or report that the user gave.
#[derive(Clone, Debug)]
pub struct Supplied {
    by: By,
    /// The last part of its path.
    name: String,
    entries: Vec<(String, Said)>,
    /// Where it lies, to tell whether that is inside the release.
    place: std::path::PathBuf,
}

#[derive(Clone, Debug)]
struct Said {
    line: Option<u32>,
    says: Says,
    len: Option<u64>,
}

/// Why nothing can be held against what the user gave.
#[derive(Debug, thiserror::Error)]
#[error("`{path}` {why}")]
pub struct SuppliedError {
    path: String,
    why: String,
}

#[derive(Deserialize)]
struct Earlier {
    schema: String,
    artifacts: Vec<Artifact>,
}

#[derive(Deserialize)]
struct Artifact {
    path: String,
    bytes: u64,
    kind: FileKind,
    sha256: Option<String>,
}

impl Supplied {
    /// The list at `path`, as `sha256sum` and its kin write them.
    pub fn list(path: &Path) -> Result<Self, SuppliedError> {
        let refuse = |why: String| SuppliedError { path: path.display().to_string(), why };
        let text = reading::text(path, reading::MOST).map_err(refuse)?;
        let name = name_of(path);
        if text.trim_start().starts_with('{') {
            return Err(refuse(
                "is JSON, not a list of digests; a report goes with --report".to_owned(),
            ));
        }
        let list = list::parse(&text, &name);
        if let Some((line, why)) = list.refused.first() {
            return Err(refuse(format!("line {line} {why}")));
        }
        let mut entries = Vec::new();
        for entry in list.entries {
            let (line, says) = (Some(entry.line), Says::Digest(entry.algorithm, entry.digest));
            let named = entry.name.ok_or_else(|| "names no file".to_owned());
            let named = named.and_then(|name| list::path_of(&name));
            let path = named.map_err(|why| refuse(format!("line {} {why}", entry.line)))?;
            entries.push((path, Said { line, says, len: None }));
        }
        if entries.is_empty() {
            return Err(refuse("holds no digest".to_owned()));
        }
        Ok(Self {
            by: By::Expected,
            name,
            entries,
            place: path.to_owned(),
        })
    }

    /// The JSON report at `path`.
    pub fn report(path: &Path) -> Result<Self, SuppliedError> {
        let refuse = |why: String| SuppliedError { path: path.display().to_string(), why };
        let bytes = reading::bytes(path, 16 * reading::MOST).map_err(refuse)?;
        let earlier: Earlier = serde_json::from_slice(&bytes)
            .map_err(|error| refuse(format!("is no report of weighbill: {error}")))?;
        if earlier.schema != SCHEMA && earlier.schema != VERIFY_SCHEMA {
            return Err(refuse(format!("is a {}, not a {SCHEMA}", earlier.schema)));
        }
        let files = earlier.artifacts.into_iter().filter(|it| it.kind != FileKind::Bookkeeping);
        let entry = |it: Artifact| {
            let digest = it.sha256.and_then(|hex| Digest::from_hex(&hex, Algorithm::Sha256));
            let says = digest.map_or_else(
                || Says::Nothing("the report has no digest of it".to_owned()),
                |digest| Says::Digest(Algorithm::Sha256, digest),
            );
            (it.path, Said { line: None, says, len: Some(it.bytes) })
        };
        Ok(Self {
            by: By::Report,
            name: name_of(path),
            entries: files.map(entry).collect(),
            place: path.to_owned(),
        })
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

pub(super) fn gather(supplied: &Supplied, facts: &Facts, records: &mut Records) {
    // A list in the folder proves no more for being named.
    let place = supplied.place.canonicalize().ok();
    let root = facts.release.root.canonicalize().ok();
    let inside = place.zip(root).is_some_and(|(place, root)| place.starts_with(root));
    let outside = made_outside(supplied, facts);
    for (path, said) in &supplied.entries {
        let path = match path.split_once('/') {
            Some((_, rest)) if outside => rest,
            _ => path,
        };
        let source = match said.line {
            Some(line) => format!("{}:{line}", supplied.name),
            None => supplied.name.clone(),
        };
        let mut record = Record::new(path, supplied.by, source, said.says.clone());
        record.len = said.len;
        record.authentic = !inside;
        records.records.push(record);
    }
    records.closed.insert(supplied.by.kind(), supplied.name.clone());
}

/// Whether the list was made in the folder around the release, so that each path begins with the
/// name that the release had there.
fn made_outside(supplied: &Supplied, facts: &Facts) -> bool {
    let here = |path: &str| facts.position(path).is_some();
    let mut paths = supplied.entries.iter().map(|(path, _)| path.as_str());
    let first = paths.clone().next().and_then(|it| it.split_once('/')).map(|(first, _)| first);
    let Some(first) = first else {
        return false;
    };
    let below = |path: &str| {
        path.split_once('/').filter(|(it, _)| *it == first).map(|(_, it)| it.to_owned())
    };
    !paths.clone().any(here)
        && paths.clone().all(|it| below(it).is_some())
        && paths.any(|it| below(it).is_some_and(|it| here(&it)))
}
