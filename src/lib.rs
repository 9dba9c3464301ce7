//! Says what a downloaded model release really contains.
//!
//! One straight line, a room a step: [`locate`] → [`inventory`] → [`read`] → [`digests`] → [`sets`]
//! → [`terms`] → [`evidence`] → [`judge`] → [`assemble`] to one [`report`] → [`render`] and [`gate`].
//! Everything up to the digests touches the disk and can meet trouble; everything after them is a
//! pure function of values.

pub mod assemble;
pub mod cli;
pub mod commands;
pub mod compare;
pub mod digest;
pub mod digests;
pub mod evidence;
pub mod explain;
pub mod facts;
pub mod gate;
pub mod inventory;
pub mod judge;
pub mod layers;
pub mod licenses;
pub mod locate;
pub mod read;
pub mod render;
pub mod report;
pub mod sets;
pub mod source;
pub mod survey;
pub mod terms;
pub mod words;

// The sample report of the tests is written against the library as others see it.
#[cfg(test)]
extern crate self as weighbill;

use std::path::{Path, PathBuf};

use crate::{
    assemble::Parts,
    digests::Wanted,
    facts::Release,
    judge::Case,
    licenses::{Situation, Use},
    locate::{Environment, LocateError},
    report::Report,
};

/// What to inspect, and what to take of it.
#[derive(Clone, Debug)]
pub struct Request {
    /// A folder, a file, or a repo id in the local hub cache.
    pub path: PathBuf,
    /// Which snapshot of a cached repo.
    pub revision: Option<String>,
    /// What to hash.
    pub wanted: Wanted,
    /// Where the hub cache is.
    pub environment: Environment,
    /// Uses to ask the terms about.
    pub uses: Vec<Use>,
    /// Monthly users, for the user caps of the terms.
    pub users: Option<u64>,
    /// Where it would be used.
    pub territory: Vec<String>,
    /// The context to tell the memory for, in tokens; the longest that the config states where none is
    /// given.
    pub context: Option<u64>,
}

impl Request {
    /// The release at `path`, every file and tensor hashed.
    pub fn of(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            revision: None,
            wanted: Wanted::default(),
            environment: Environment::default(),
            uses: Vec::new(),
            users: None,
            territory: Vec::new(),
            context: None,
        }
    }
}

/// Inspects a release, on the current `rayon` pool and `threads` threads for hashing. `progress` is
/// told how many bytes are hashed, of how many.
///
/// Fails only where there is nothing to report on: a file that cannot be read is a fact of the
/// release, and the report carries it.
pub fn inspect(
    request: &Request,
    threads: usize,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Result<Report, LocateError> {
    let revision = request.revision.as_deref();
    let release = locate::release(&request.path, revision, &request.environment)?; // where is it?
    Ok(inspect_located(release, request, threads, progress))
}

/// The same for a release whose place is known: what is asked is in `request`, where is not.
pub fn inspect_located(
    release: Release,
    request: &Request,
    threads: usize,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Report {
    let inventory = inventory::take(&release); //                           which files lie there?
    let facts = read::all(release, inventory); //                           what do they say?
    let digests = digests::take(&facts, request.wanted, threads, progress); // what are their bytes?
    let mut sets = sets::group(&facts); //                                  which are the same weights?
    sets.count_ends_once(|file, tensor| digests.of_tensor(file, tensor)?.sha256);
    let terms = terms::gather(&facts); //                                   on what terms?
    let evidence = evidence::gather(&facts, &sets); //                      what does that show?
    let case = Case {
        facts: &facts,
        sets: &sets,
        terms: &terms,
        digests: &digests,
        evidence: &evidence,
    };
    let findings = judge::findings(&case); //                               what of it is to act on?
    let uses = terms.answers(
        &request.uses,
        Situation {
            users: request.users,
            territory: &request.territory,
        },
    );
    assemble::report(Parts {
        facts,
        sets,
        terms,
        evidence,
        digests,
        findings,
        uses,
        context: request.context,
    })
}
