//! Says what a downloaded model release really contains.
//!
//! One straight line, a room a step: [`locate`] → [`inventory`] → [`read`] → [`records`] →
//! [`digests`] → [`sets`] → [`terms`] → [`evidence`] → [`judge`] → [`assemble`] to one [`report`] →
//! [`render`] and [`gate`]. Everything up to the digests touches the disk and can meet trouble; everything after them is a
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
pub mod policy;
pub mod read;
pub mod records;
pub mod render;
pub mod report;
pub mod sets;
pub mod sign;
pub mod signing;
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
    digest::Cache,
    digests::{Besides, Extent, Wanted},
    facts::Release,
    judge::Case,
    licenses::{Situation, Use},
    locate::{Environment, LocateError},
    policy::{Day, Policy},
    records::{Against, Glob},
    report::Report,
    signing::{Signable, SigningError},
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
    /// What to verify, where that is asked for.
    pub verify: Option<Verify>,
    /// The user's own rules.
    pub policy: Option<Policed>,
}

/// A policy, and what it takes to hold a report against it.
#[derive(Clone, Debug)]
pub struct Policed {
    /// The rules.
    pub policy: Policy,
    /// The last part of the path of their file.
    pub file: String,
    /// The day that exceptions are held against.
    pub today: Day,
}

/// What to hold a release against, beside its own records.
#[derive(Clone, Debug, Default)]
pub struct Verify {
    /// Lists, reports and signatures that the user gave.
    pub against: Against,
    /// Which files are meant; all of them, where it is empty.
    pub only: Vec<Glob>,
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
            verify: None,
            context: None,
            policy: None,
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
    inspect_remembering(request, threads, progress, None).map(|(report, _)| report)
}

/// As [`inspect`], using digests of unchanged files again where a `cache` has them. Gives the paths
/// of those files beside the report, which does not tell.
pub fn inspect_remembering(
    request: &Request,
    threads: usize,
    progress: &(dyn Fn(u64, u64) + Sync),
    cache: Option<&mut Cache>,
) -> Result<(Report, Vec<String>), LocateError> {
    let revision = request.revision.as_deref();
    let release = locate::release(&request.path, revision, &request.environment)?; // where is it?
    Ok(inspect_located(release, request, threads, progress, cache))
}

/// The same for a release whose place is known: what is asked is in `request`, where is not. The straight
/// line from a release to its report, and to the paths of the files whose digests come from an earlier run.
pub fn inspect_located(
    release: Release,
    request: &Request,
    threads: usize,
    progress: &(dyn Fn(u64, u64) + Sync),
    cache: Option<&mut Cache>,
) -> (Report, Vec<String>) {
    let verify = request.verify.as_ref();
    let inventory = inventory::take(&release); //                           which files lie there?
    let facts = read::all(release, inventory); //                           what do they say?
    let against = verify.map(|it| it.against.clone()).unwrap_or_default();
    let records = records::gather(&facts, &against); //                     what should be here?
    let (wanted, besides) = plan(request, &facts, &records, cache);
    let digests = digests::take(&facts, wanted, besides, threads, progress); // what are their bytes?
    let only = verify.map_or(&[][..], |it| &it.only);
    let held = records::hold(&facts, &records, &digests, only); //          are they what they should be?
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
        records: &records,
        held: &held,
    };
    let findings = judge::findings(&case); //                               what of it is to act on?
    let uses = terms.answers(
        &request.uses,
        Situation {
            users: request.users,
            territory: &request.territory,
        },
    );
    let verification =
        verify.map(|it| judge::verification::of(&facts, &records, &held, &findings, &it.only));
    let policy = request.policy.as_ref().map(|it| judge::policy::Asked {
        policy: &it.policy,
        file: &it.file,
        today: it.today,
        answers: judge::policy::answers(&it.policy, &terms),
        seen: judge::policy::seen(&facts),
    });
    let remembered = digests.remembered().map(|i| facts.artifacts[i].path.clone()).collect();
    let mut report = assemble::report(Parts {
        facts,
        sets,
        terms,
        evidence,
        digests,
        held,
        findings,
        uses,
        verification,
        context: request.context,
    });
    if let Some(policy) = policy {
        judge::policy::weigh(&policy, &mut report); //                      does the user want it so?
    }
    (report, remembered)
}

/// Why there is no signature.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// There is no release.
    #[error(transparent)]
    Locate(#[from] LocateError),
    /// There is one, and it is not fit to be signed.
    #[error(transparent)]
    Signing(#[from] SigningError),
}

/// Hashes a release to be signed, on `threads` threads. `progress` is told how many bytes are done, of
/// how many. Gives the place of the release beside it.
pub fn sign(
    request: &Request,
    threads: usize,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Result<(Signable, PathBuf), SignError> {
    let revision = request.revision.as_deref();
    let release = locate::release(&request.path, revision, &request.environment)?;
    let place = match &release.scope {
        facts::Scope::Folder | facts::Scope::Named(_) => release.root.clone(),
        facts::Scope::Files(_) => release.root.join(&release.name),
    };
    let inventory = inventory::take(&release);
    Ok((signing::hashed(release, inventory, threads, progress)?, place))
}

/// What to take of the bytes: to verify, whole files, and every digest that a record asks for.
fn plan<'c>(
    request: &Request,
    facts: &facts::Facts,
    records: &records::Records,
    cache: Option<&'c mut Cache>,
) -> (Wanted, Besides<'c>) {
    let Some(verify) = &request.verify else {
        return (request.wanted, Besides { cache, ..Besides::default() });
    };
    let fits = |path: &str| verify.only.iter().any(|it| it.fits(path));
    let meant = || (0..facts.artifacts.len()).filter(|i| fits(&facts.artifacts[*i].path));
    let besides = Besides {
        asked: records.asked(facts),
        parts: records.parts(facts),
        only: (!verify.only.is_empty()).then(|| meant().collect()),
        cache,
    };
    let extent = request.wanted.extent.max(Extent::Files);
    (Wanted { extent, ..request.wanted }, besides)
}
