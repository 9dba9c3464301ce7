//! The records held against the bytes: pure, and the same for every store.

use std::{collections::BTreeMap, ops::Range};

use super::{By, Glob, Kind, Record, Records, Says, counts, tree};
use crate::{
    digest::{Algorithm, Digest, hex},
    digests::Digests,
    facts::{Artifact, Contents, Facts, What},
    words::vocabulary,
};

vocabulary! {
    /// How a file stands to a record.
    Status {
        /// Its bytes are those that were recorded.
        Match = "match",
        /// Its bytes are others.
        Mismatch = "mismatch",
        /// It was here once, or must be here, and is not.
        Missing = "missing",
        /// It belongs to the release and was never put here.
        NotDownloaded = "not_downloaded",
        /// It is here, and a list that names all files does not name it.
        Unexpected = "unexpected",
        /// Nothing tells what its bytes should be, or they could not be read.
        Unverifiable = "unverifiable",
        /// A git-lfs pointer stands in its place.
        Pointer = "pointer",
        /// A digest is recorded, and the bytes were not hashed so.
        Unchecked = "unchecked",
    }
}

impl Status {
    /// Whether the release is not what was recorded.
    pub const fn is_bad(self) -> bool {
        matches!(
            self,
            Self::Mismatch | Self::Missing | Self::NotDownloaded | Self::Unexpected | Self::Pointer
        )
    }
}

/// How much is shown of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Nothing, or that it is not what it should be.
    None,
    /// That it did not change since it was recorded here.
    Recorded,
    /// That it is what someone the user trusts said it is.
    Authentic,
}

impl Standing {
    /// As reports spell it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Recorded => "recorded",
            Self::Authentic => "authentic",
        }
    }
}

/// One file held against one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// As reports spell it.
    pub path: String,
    /// How it stands.
    pub status: Status,
    /// Who recorded it; `None` where nobody did.
    pub by: Option<By>,
    /// Where the record stands, for a reader.
    pub source: Option<String>,
    /// As reports spell it: of an [`Algorithm`], or `sha256-prefix`, `git-lfs-pointer`.
    pub algorithm: Option<&'static str>,
    /// As recorded, in hex.
    pub expected: Option<String>,
    /// As found, in hex.
    pub actual: Option<String>,
    /// What else is to be said, in a clause.
    pub why: Option<String>,
    /// Whether the record comes from elsewhere than the folder.
    pub authentic: bool,
}

/// The release held against its records.
#[derive(Debug, Default)]
pub struct Held {
    /// By path, then by who recorded it. Every file that counts has at least one.
    pub rows: Vec<Row>,
    /// How much is shown of each file that is here, with its length in bytes.
    pub files: BTreeMap<String, (Standing, u64)>,
}

/// Holds the files that `only` fits (all, where it is empty) against what was recorded of them.
pub fn hold(facts: &Facts, records: &Records, digests: &Digests, only: &[Glob]) -> Held {
    let wanted = |path: &str| only.is_empty() || only.iter().any(|it| it.fits(path));
    let mut rows = Vec::new();
    for record in records.records.iter().filter(|it| wanted(&it.path)) {
        rows.push(row(facts, record, digests));
    }
    let counted = facts.artifacts.iter().filter(|it| counts(it) && wanted(&it.path));
    for artifact in counted.clone() {
        rows.extend(strange(artifact, records));
    }
    rows.sort_by(|a, b| (&a.path, a.by, &a.source).cmp(&(&b.path, b.by, &b.source)));
    let mut files: BTreeMap<String, (Standing, u64)> =
        counted.map(|it| (it.path.clone(), (standing(&rows, &it.path), it.len))).collect();
    // What no signature covers does not count against one.
    let never = |path: &String| records.left_out.get(path).is_some_and(|it| it.always);
    files.retain(|path, (standing, _)| *standing != Standing::None || !never(path));
    // What a signature covers is spoken of, whoever keeps it.
    for row in rows.iter().filter(|it| it.status == Status::Match) {
        if let (false, Some(artifact)) = (files.contains_key(&row.path), facts.artifact(&row.path))
        {
            let shown = (standing(&rows, &row.path), artifact.len);
            files.insert(row.path.clone(), shown);
        }
    }
    Held { rows, files }
}

/// What the rows of one file show together: one difference undoes all.
fn standing(rows: &[Row], path: &str) -> Standing {
    let from = rows.partition_point(|it| it.path.as_str() < path);
    let of_file = || rows[from..].iter().take_while(|it| it.path == path);
    if of_file().any(|it| it.status.is_bad()) {
        return Standing::None;
    }
    let matched = of_file().filter(|it| it.status == Status::Match);
    let shown = matched.map(|it| {
        if it.authentic {
            Standing::Authentic
        } else {
            Standing::Recorded
        }
    });
    shown.max().unwrap_or(Standing::None)
}

fn row(facts: &Facts, record: &Record, digests: &Digests) -> Row {
    let (algorithm, expected) = match &record.says {
        Says::Digest(algorithm, digest) => (Some(algorithm.name()), Some(digest.to_string())),
        Says::Sha256Start(digits) => (Some("sha256-prefix"), Some(digits.clone())),
        Says::GitBlob { id, named_by, .. } => (Some(named_by.name()), Some(id.to_string())),
        Says::Parts(_) | Says::Judged { .. } | Says::Nothing(_) => (None, None),
    };
    let mut row = Row {
        path: record.path.clone(),
        status: record.absent,
        by: Some(record.by),
        source: Some(record.source.clone()),
        algorithm,
        expected,
        actual: None,
        why: None,
        authentic: record.authentic,
    };
    let Some(at) = facts.position(&record.path) else {
        row.why = (record.absent == Status::Missing).then(|| record.remark.clone()).flatten();
        return row;
    };
    let artifact = &facts.artifacts[at];
    if let Some((status, why)) = closed(facts, artifact) {
        (row.status, row.why) = (status, Some(why));
        return row;
    }
    if record.by == By::LfsPointer {
        (row.status, row.why) = (Status::Pointer, record.remark.clone());
        return row;
    }
    let stands = compare(artifact, at, record, digests, &mut row);
    let is_pointer = matches!(artifact.contents, Contents::Pointer(_));
    let of_bytes = !matches!(record.says, Says::GitBlob { .. });
    row.status = match stands {
        // What git itself keeps of the file is the pointer.
        Status::Match if is_pointer && !of_bytes => Status::Pointer,
        Status::Mismatch if is_pointer => Status::Pointer,
        status => status,
    };
    if row.status == Status::Mismatch && row.why.is_none() {
        row.why.clone_from(&record.remark);
    }
    if let (Status::Match, Says::Sha256Start(_)) = (row.status, &record.says) {
        row.why.clone_from(&record.remark);
    }
    row
}

/// What is said of a file that is not opened.
fn closed(facts: &Facts, artifact: &Artifact) -> Option<(Status, String)> {
    if artifact.open {
        return None;
    }
    let why = artifact.unreadable.clone().unwrap_or_else(|| "is not opened".to_owned());
    let broken =
        facts.oddities.iter().any(|it| it.what == What::LinkBroken && it.at.path == artifact.path);
    let status = if broken {
        Status::Missing
    } else {
        Status::Unverifiable
    };
    Some((status, why))
}

fn compare(
    artifact: &Artifact,
    at: usize,
    record: &Record,
    digests: &Digests,
    row: &mut Row,
) -> Status {
    let learned = digests.of_file(at);
    let of = |algorithm: Algorithm| {
        let whole = &learned?.whole;
        whole.iter().find(|(it, _)| *it == algorithm).map(|(_, digest)| *digest)
    };
    let unhashed = |row: &mut Row| match learned.and_then(|it| it.trouble.as_ref()) {
        Some(trouble) => {
            row.why = Some(format!("it {trouble}").replace("it the file", "the file"));
            Status::Unverifiable
        }
        None => Status::Unchecked,
    };
    let result = |matches: bool| {
        if matches {
            Status::Match
        } else {
            Status::Mismatch
        }
    };
    let status = match &record.says {
        Says::Nothing(why) => {
            row.why = Some(why.clone());
            Status::Unverifiable
        }
        Says::Parts(parts) => {
            let (status, why) = in_parts(at, parts, digests);
            row.why = why;
            if status == Status::Unchecked {
                unhashed(row)
            } else {
                status
            }
        }
        Says::Judged { status, why } => {
            row.why.clone_from(why);
            *status
        }
        Says::Digest(algorithm, expected) => match of(*algorithm) {
            Some(actual) => {
                row.actual = Some(actual.to_string());
                result(actual == *expected)
            }
            None => unhashed(row),
        },
        Says::Sha256Start(digits) => match of(Algorithm::Sha256) {
            Some(actual) => {
                let actual = actual.to_string();
                let same = actual.starts_with(digits.as_str());
                row.actual = Some(actual);
                result(same)
            }
            None => unhashed(row),
        },
        Says::GitBlob { id, named_by, by_pointer } => {
            let pointer = of(Algorithm::Sha256)
                .map(|sha256| tree::pointer_id(*named_by, &hex(sha256.as_bytes()), artifact.len));
            match (of(*named_by), pointer) {
                (_, Some(pointer)) if pointer == *id => {
                    row.actual = Some(pointer.to_string());
                    row.algorithm = Some("git-lfs-pointer");
                    Status::Match
                }
                (Some(content), _) => {
                    row.actual = Some(content.to_string());
                    result(content == *id)
                }
                (None, Some(pointer)) if *by_pointer => {
                    row.actual = Some(pointer.to_string());
                    row.algorithm = Some("git-lfs-pointer");
                    Status::Mismatch
                }
                (None, _) => unhashed(row),
            }
        }
    };
    let differs = record.len.filter(|len| *len != artifact.len);
    match (status, differs) {
        // Another length is another file, whether or not it was hashed.
        (Status::Unchecked | Status::Mismatch | Status::Match, Some(len)) => {
            row.why = Some(format!("is {} bytes long, {len} are recorded", artifact.len));
            Status::Mismatch
        }
        (Status::Unverifiable, Some(len)) if matches!(record.says, Says::Nothing(_)) => {
            row.why = Some(format!("is {} bytes long, {len} are recorded", artifact.len));
            Status::Mismatch
        }
        (status, _) => status,
    }
}

/// A file whose digests are of parts of it: each must be as stated.
fn in_parts(
    at: usize,
    parts: &[(Range<u64>, Digest)],
    digests: &Digests,
) -> (Status, Option<String>) {
    for (number, (range, expected)) in parts.iter().enumerate() {
        let part = digests.of_part(at, number);
        if let Some(sha256) = part.and_then(|it| it.sha256) {
            if sha256[..] != *expected.as_bytes() {
                let (start, end) = (range.start, range.end);
                let why = format!("bytes {start} to {end} are not those that were signed");
                return (Status::Mismatch, Some(why));
            }
        } else if let Some(trouble) = part.and_then(|it| it.trouble.as_ref()) {
            return (Status::Unverifiable, Some(format!("a part of it {trouble}")));
        } else {
            return (Status::Unchecked, None);
        }
    }
    (Status::Match, Some(format!("in {} parts", parts.len())))
}

/// A file that lists of everything do not name, or that nothing speaks of.
fn strange(artifact: &Artifact, records: &Records) -> Vec<Row> {
    let row = |status, by: Option<By>, source: Option<String>, why: &str| Row {
        path: artifact.path.clone(),
        status,
        by,
        source,
        algorithm: None,
        expected: None,
        actual: None,
        why: Some(why.to_owned()),
        authentic: false,
    };
    let added = records.closed.iter().filter(|(kind, _)| !records.knows(**kind, &artifact.path));
    let mut rows: Vec<Row> = added
        .map(|(kind, source)| {
            let by = first_of(*kind);
            let source = Some(source.clone());
            match records.left_out.get(&artifact.path) {
                Some(left_out) if *kind == Kind::Signature => {
                    row(Status::Unverifiable, Some(by), source, left_out.why)
                }
                _ => row(Status::Unexpected, Some(by), source, "is here, and not on the list"),
            }
        })
        .collect();
    let known = Kind::ALL.iter().any(|kind| records.knows(*kind, &artifact.path));
    if rows.is_empty() && !known {
        rows.push(row(Status::Unverifiable, None, None, "no record speaks of it"));
    }
    rows
}

/// Who stands for a kind where a list of it does not name a file.
fn first_of(kind: Kind) -> By {
    match kind {
        Kind::HubRecord => By::HubTree,
        Kind::StoreRecord => By::Modelscope, // the only such store that lists all there is
        kind => By::ALL.iter().copied().find(|by| by.kind() == kind).unwrap_or(By::ChecksumList),
    }
}

impl Held {
    /// Files and bytes by what is shown of them, the strongest first.
    pub fn shown(&self) -> [(Standing, u64, u64); 3] {
        [Standing::Authentic, Standing::Recorded, Standing::None].map(|wanted| {
            let of = self.files.values().filter(|(standing, _)| *standing == wanted);
            let (files, bytes) = of.fold((0, 0_u64), |(files, bytes), (_, len)| {
                (files + 1, bytes.saturating_add(*len))
            });
            (wanted, files, bytes)
        })
    }

    /// What is shown of every file that is or should be here: the least of them.
    pub fn strength(&self) -> Standing {
        if self.rows.iter().any(|it| it.status.is_bad()) {
            return Standing::None;
        }
        self.files.values().map(|(standing, _)| *standing).min().unwrap_or(Standing::None)
    }

    /// Whether any record said anything that could be held against the bytes.
    pub fn anything(&self) -> bool {
        self.rows.iter().any(|it| it.by.is_some() && it.status != Status::Unverifiable)
    }

    /// The rows of a path.
    pub fn of<'h>(&'h self, path: &'h str) -> impl Iterator<Item = &'h Row> {
        let from = self.rows.partition_point(|it| it.path.as_str() < path);
        self.rows[from..].iter().take_while(move |it| it.path == path)
    }
}
