//! What a signature of a model states: every file, or every part of one, with its digest.

use std::{collections::BTreeSet, path::Path};

use serde::{Deserialize, Serialize};

use super::SignatureError;
use crate::{
    digest::{Algorithm, Digest, hex, sha256},
    inventory::report_path,
};

pub(super) const STATEMENT: &str = "https://in-toto.io/Statement/v1";
pub(super) const PREDICATE: &str = "https://model_signing/signature/v1.0";
const OLD_PREDICATE: &str = "https://model_signing/Digests/v0.1";

/// Left out of every signature where they lie at the top.
pub const IGNORED: &[&str] = &[".git", ".gitattributes", ".github", ".gitignore"];

/// A statement as read.
#[derive(Debug)]
pub struct Statement {
    /// The name of the folder, as the signer had it.
    pub subject: String,
    /// SHA-256 over the digests of the resources, one after another.
    pub root: [u8; 32],
    /// In the order of the statement.
    pub resources: Vec<Resource>,
    /// Paths that were left out, each with all below it.
    pub ignored: Vec<String>,
}

/// A file, or a part of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// As reports spell it; `""` for the one file that was signed alone.
    pub path: String,
    /// In bytes, end exclusive; all of it where it is `None`.
    pub part: Option<(u64, u64)>,
    /// Which hash.
    pub algorithm: Algorithm,
    /// Its output.
    pub digest: Digest,
}

#[derive(Deserialize)]
struct Written {
    #[serde(rename = "_type")]
    kind: String,
    #[serde(rename = "predicateType")]
    predicate_type: String,
    subject: Vec<Subject>,
    #[serde(default)]
    predicate: serde_json::Value,
}

#[derive(Deserialize, Serialize)]
struct Subject {
    name: String,
    digest: Named,
}

#[derive(Deserialize, Serialize)]
struct Named {
    sha256: String,
}

#[derive(Deserialize)]
struct Predicate {
    resources: Vec<Entry>,
    serialization: Serialization,
}

#[derive(Deserialize, Serialize)]
struct Entry {
    name: String,
    digest: String,
    algorithm: String,
}

#[derive(Deserialize, Serialize)]
struct Serialization {
    method: String,
    hash_type: String,
    #[serde(default)]
    allow_symlinks: bool,
    #[serde(default)]
    ignore_paths: Vec<String>,
}

fn refuse<T>(why: impl Into<String>) -> Result<T, SignatureError> {
    Err(SignatureError::Refused(why.into()))
}

impl Statement {
    /// The statement in a payload, whose parts must agree.
    pub fn parse(payload: &[u8]) -> Result<Self, SignatureError> {
        let written: Written = serde_json::from_slice(payload).map_err(|error| {
            SignatureError::Refused(format!("its statement cannot be read: {error}"))
        })?;
        if written.kind != STATEMENT {
            return refuse(format!("its statement is a {}, not a {STATEMENT}", written.kind));
        }
        match written.predicate_type.as_str() {
            PREDICATE => {}
            OLD_PREDICATE => {
                return refuse(
                    "it is of the trial form v0.1 of model signing, which was signed over other bytes than \
                     it holds: ask the publisher to sign again",
                );
            }
            other => return refuse(format!("it states a {other}, not a {PREDICATE}")),
        }
        let predicate: Predicate = serde_json::from_value(written.predicate).map_err(|error| {
            SignatureError::Refused(format!("its statement cannot be read: {error}"))
        })?;
        let [subject] = &written.subject[..] else {
            return refuse(format!("it is of {} subjects, not of one", written.subject.len()));
        };
        let sharded = match predicate.serialization.method.as_str() {
            "files" => false,
            "shards" => true,
            other => {
                return refuse(format!("it lists by `{other}`, which is neither files nor shards"));
            }
        };
        let mut resources = Vec::new();
        let mut seen = BTreeSet::new();
        let mut root = Vec::new();
        let alone = predicate.resources.len() == 1;
        for entry in &predicate.resources {
            let resource = resource(entry, sharded, alone)?;
            root.extend_from_slice(resource.digest.as_bytes());
            if !seen.insert((resource.path.clone(), resource.part)) {
                return refuse(format!("it lists {} twice", entry.name));
            }
            resources.push(resource);
        }
        if resources.is_empty() {
            return refuse("it lists no file");
        }
        let stated = Digest::from_hex(&subject.digest.sha256, Algorithm::Sha256);
        let root = sha256(&root);
        if stated != Some(root.into()) {
            return refuse("its root digest is not that of the files that it lists");
        }
        let ignored =
            predicate.serialization.ignore_paths.iter().map(|it| report_path(Path::new(it)));
        Ok(Self {
            subject: subject.name.clone(),
            root,
            resources,
            ignored: ignored.collect(),
        })
    }

    /// Whether a path was left out on purpose.
    pub fn ignores(&self, path: &str) -> bool {
        let below = |folder: &str| {
            path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        IGNORED.iter().any(|it| below(it)) || self.ignored.iter().any(|it| below(it))
    }
}

fn resource(entry: &Entry, sharded: bool, alone: bool) -> Result<Resource, SignatureError> {
    let (name, part) = if sharded {
        let mut parts = entry.name.rsplitn(3, ':');
        let (end, start, name) = (parts.next(), parts.next(), parts.next());
        let number = |text: Option<&str>| text.and_then(|it| it.parse::<u64>().ok());
        match (name, number(start), number(end)) {
            (Some(name), Some(start), Some(end)) if start < end => (name, Some((start, end))),
            _ => return refuse(format!("it lists {}, which is no part of a file", entry.name)),
        }
    } else {
        (entry.name.as_str(), None)
    };
    let path = match name {
        "." if alone => String::new(),
        name => {
            let plain = |part: &str| !part.is_empty() && part != "." && part != "..";
            if !name.split('/').all(plain) || name.contains('\0') {
                return refuse(format!("it lists {name}, which is no path below the model"));
            }
            report_path(Path::new(name))
        }
    };
    // The reference writes `sha256-sharded-1000` for parts of 1000 bytes.
    let algorithm = match entry.algorithm.split("-sharded-").next().unwrap_or_default() {
        "sha256" => Algorithm::Sha256,
        "blake2b" => Algorithm::Blake2b512,
        "blake3" => Algorithm::Blake3,
        other => {
            return refuse(format!("it hashes with {other}, which model signing does not know"));
        }
    };
    let Some(digest) = Digest::from_hex(&entry.digest, algorithm) else {
        return refuse(format!(
            "the digest of {} is not of the length of {}",
            entry.name, entry.algorithm
        ));
    };
    Ok(Resource { path, part, algorithm, digest })
}

/// A statement to sign: files with their SHA-256 in order of name, without those that `ignored` names.
pub fn write(
    subject: &str,
    files: &[(String, [u8; 32])],
    ignored: &[String],
    follows_links: bool,
) -> Vec<u8> {
    #[derive(Serialize)]
    struct Out<'a> {
        #[serde(rename = "_type")]
        kind: &'a str,
        subject: [Subject; 1],
        #[serde(rename = "predicateType")]
        predicate_type: &'a str,
        predicate: Stated,
    }
    #[derive(Serialize)]
    struct Stated {
        resources: Vec<Entry>,
        serialization: Serialization,
    }
    let mut files: Vec<&(String, [u8; 32])> = files.iter().collect();
    files.sort();
    let root: Vec<u8> = files.iter().flat_map(|(_, digest)| *digest).collect();
    let entry = |(name, digest): &&(String, [u8; 32])| Entry {
        name: name.clone(),
        digest: hex(digest),
        algorithm: "sha256".to_owned(),
    };
    let default = IGNORED.iter().map(|it| (*it).to_owned());
    let statement = Out {
        kind: STATEMENT,
        subject: [Subject {
            name: subject.to_owned(),
            digest: Named { sha256: hex(&sha256(&root)) },
        }],
        predicate_type: PREDICATE,
        predicate: Stated {
            resources: files.iter().map(entry).collect(),
            serialization: Serialization {
                method: "files".to_owned(),
                hash_type: "sha256".to_owned(),
                allow_symlinks: follows_links,
                ignore_paths: default.chain(ignored.iter().cloned()).collect(),
            },
        },
    };
    serde_json::to_vec(&statement).unwrap_or_default()
}
