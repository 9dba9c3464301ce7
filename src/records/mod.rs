//! What should be here: digests and names that clients, publishers and the user recorded, each with
//! the place where it stands. One file a store or list; [`hold`] compares them with the bytes.
//!
//! A record that lies in the folder it speaks of proves that nothing changed since it was written
//! there, and not who wrote it. Nothing is ever written, mended or deleted here.

mod blobs;
mod checksums;
mod expected;
mod git;
mod git_index;
mod glob;
mod held;
mod hub_cache;
mod kagglehub;
mod list;
mod llama_cpp;
mod local_dir;
mod modelscope;
mod pointers;
mod reading;
mod signature;
mod torch_hub;
mod tree;
mod wheel;

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    path::PathBuf,
};

pub use self::{
    expected::{Supplied, SuppliedError},
    glob::Glob,
    held::{Held, Row, Standing, Status, hold},
    signature::{Outcome, Signed},
};
use crate::{
    digest::{Algorithm, Digest},
    facts::{Artifact, Facts, Scope},
    sign::Trust,
    words::{Place, vocabulary},
};

vocabulary! {
    /// Who recorded something.
    By {
        /// The name of a blob in a hub cache: what the first link of a snapshot's file leads to.
        HubBlob = "hub_blob",
        /// The hub's own listing of a commit, as its client kept it.
        HubTree = "hub_tree",
        /// What the hub's client noted of a file that it put into a folder.
        HubMetadata = "hub_metadata",
        /// The index of a git work tree.
        GitIndex = "git_index",
        /// A git-lfs pointer that stands for the file.
        LfsPointer = "lfs_pointer",
        /// A list of digests in the release.
        ChecksumList = "checksum_list",
        /// The name of a blob in an Ollama store.
        Ollama = "ollama",
        /// The name of a blob in an OCI image layout.
        Oci = "oci",
        /// The etag that llama.cpp kept beside a file.
        LlamaCpp = "llama_cpp",
        /// The end of a file's name in a torch hub cache.
        TorchHub = "torch_hub",
        /// The mark of a finished download in a kagglehub cache.
        Kagglehub = "kagglehub",
        /// The list of files of a `ModelScope` cache.
        Modelscope = "modelscope",
        /// The list of an installed Python package that the release is a part of.
        Wheel = "wheel",
        /// A list that the user gave.
        Expected = "expected",
        /// An earlier report that the user gave.
        Report = "report",
        /// A signature.
        Signature = "signature",
    }
}

vocabulary! {
    /// Kinds of evidence, as verdicts are given on them.
    Kind {
        /// A signature over the release.
        Signature = "signature",
        /// A list that the user gave.
        ExpectedList = "expected_list",
        /// An earlier report that the user gave.
        EarlierReport = "earlier_report",
        /// What the hub's client kept.
        HubRecord = "hub_record",
        /// What git kept.
        GitIndex = "git_index",
        /// What another store kept.
        StoreRecord = "store_record",
        /// Lists of digests in the release.
        ChecksumList = "checksum_list",
    }
}

impl By {
    /// The kind of evidence that it is.
    pub const fn kind(self) -> Kind {
        match self {
            Self::HubBlob | Self::HubTree | Self::HubMetadata => Kind::HubRecord,
            Self::GitIndex | Self::LfsPointer => Kind::GitIndex,
            Self::ChecksumList => Kind::ChecksumList,
            Self::Ollama
            | Self::Oci
            | Self::LlamaCpp
            | Self::TorchHub
            | Self::Kagglehub
            | Self::Modelscope
            | Self::Wheel => Kind::StoreRecord,
            Self::Expected => Kind::ExpectedList,
            Self::Report => Kind::EarlierReport,
            Self::Signature => Kind::Signature,
        }
    }
}

/// What one record says of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// As reports spell it; the file need not be there.
    pub path: String,
    /// Who says so.
    pub by: By,
    /// Where it stands, for a reader: `SHA256SUMS:3`, `trees/0123….json`.
    pub source: String,
    /// What the file should be.
    pub says: Says,
    /// How long it should be, in bytes.
    pub len: Option<u64>,
    /// What it means where the file is not here.
    pub absent: Status,
    /// What else is known that bears on a difference, in a clause.
    pub remark: Option<String>,
    /// Whether it comes from elsewhere than the folder itself: from the user, or signed by a key that
    /// the user named.
    pub authentic: bool,
}

impl Record {
    /// A record of a file that is missing where it is not here.
    fn new(path: impl Into<String>, by: By, source: impl Into<String>, says: Says) -> Self {
        Self {
            path: path.into(),
            by,
            source: source.into(),
            says,
            len: None,
            absent: Status::Missing,
            remark: None,
            authentic: false,
        }
    }
}

/// What a file should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says {
    /// It has this digest.
    Digest(Algorithm, Digest),
    /// Its SHA-256 begins with these hexadecimal digits.
    Sha256Start(String),
    /// Git calls this its blob: either the content, or the git-lfs pointer to it.
    GitBlob {
        /// The name of the blob.
        id: Digest,
        /// By which algorithm: that of old repositories, or SHA-256.
        named_by: Algorithm,
        /// Whether only the pointer is looked for, as a filter says that the file is kept by git-lfs.
        by_pointer: bool,
    },
    /// It has these SHA-256 in parts, in bytes from its start, that follow each other to its end.
    Parts(Vec<(Range<u64>, Digest)>),
    /// It was held against the record when that was read.
    Judged {
        /// What came of it.
        status: Status,
        /// In a clause, where more is to be said.
        why: Option<String>,
    },
    /// It is here, and nothing can be said of its bytes: why not, in a clause.
    Nothing(String),
}

impl Says {
    /// Which digests of the whole file it takes to tell.
    fn asks(&self) -> Vec<Algorithm> {
        match self {
            Self::Digest(algorithm, _) => vec![*algorithm],
            Self::Sha256Start(_) | Self::GitBlob { by_pointer: true, .. } => {
                vec![Algorithm::Sha256]
            }
            Self::GitBlob { named_by, .. } => vec![Algorithm::Sha256, *named_by],
            Self::Parts(_) | Self::Judged { .. } | Self::Nothing(_) => Vec::new(),
        }
    }
}

/// Everything that is recorded of a release.
#[derive(Debug, Default)]
pub struct Records {
    /// What is said of which file.
    pub records: Vec<Record>,
    /// The kinds whose list names all that there is, each with where it stands: what it does not name
    /// was added later.
    pub closed: BTreeMap<Kind, String>,
    /// The commits that files were recorded to be of, each with those files.
    pub commits: BTreeMap<String, Vec<String>>,
    /// What could not be used, or is left over from a download.
    pub troubles: Vec<Trouble>,
    /// The signature, where there is one.
    pub signature: Option<Signed>,
    /// Files that a signature leaves out, each with the reason.
    pub left_out: BTreeMap<String, LeftOut>,
}

/// A file that a signature does not cover, and that is no addition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Why, in a clause.
    pub why: &'static str,
    /// Whether that is so of every signature: the signature itself, and what git keeps at the top.
    pub always: bool,
}

/// Something about the records themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Which kind.
    pub what: Wrong,
    /// Where, as far as it is in the release.
    pub at: Option<Place>,
    /// The particulars, a clause.
    pub saying: String,
}

/// What can be wrong with records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wrong {
    /// It cannot be read, or not in part.
    Unusable,
    /// Part of a file that was never finished lies in the store.
    LeftOver,
}

/// What to hold a release against besides its own records.
#[derive(Clone, Debug, Default)]
pub struct Against {
    /// Lists and reports that the user gave.
    pub supplied: Vec<Supplied>,
    /// The bundle of a signature; one that lies in or beside the release, where it is `None`.
    pub signature: Option<PathBuf>,
    /// Whom to trust.
    pub trust: Trust,
    /// Whether to read bytes that only a record asks for.
    pub verify: bool,
}

/// A place that keeps records: one row here, one file beside this one.
struct Store {
    /// Adds what it says of a release.
    gather: fn(&Facts, &mut Records),
}

/// Every store and list.
const STORES: &[Store] = &[
    hub_cache::STORE,
    local_dir::STORE,
    git::STORE,
    pointers::STORE,
    checksums::STORE,
    blobs::STORE,
    llama_cpp::STORE,
    torch_hub::STORE,
    kagglehub::STORE,
    modelscope::STORE,
    wheel::STORE,
];

/// Looks up everything that is recorded of a release.
pub fn gather(facts: &Facts, against: &Against) -> Records {
    let mut records = Records::default();
    for store in STORES {
        (store.gather)(facts, &mut records);
    }
    for supplied in &against.supplied {
        expected::gather(supplied, facts, &mut records);
    }
    signature::gather(facts, against, &mut records);
    if let Scope::Files(_) = facts.release.scope {
        // Who names one file asks about that file.
        records.records.retain(|it| facts.position(&it.path).is_some());
        records.closed.clear();
    }
    records
        .records
        .sort_by(|a, b| (&a.path, a.by, &a.source).cmp(&(&b.path, b.by, &b.source)));
    records.records.dedup();
    records
}

impl Records {
    /// Which digests of which artifacts it takes to hold them against the records, by index.
    pub fn asked(&self, facts: &Facts) -> BTreeMap<usize, BTreeSet<Algorithm>> {
        let mut asked: BTreeMap<usize, BTreeSet<Algorithm>> = BTreeMap::new();
        for record in &self.records {
            if let Some(at) = facts.position(&record.path) {
                asked.entry(at).or_default().extend(record.says.asks());
            }
        }
        asked
    }

    /// Which parts of which artifacts it takes besides, by index.
    pub fn parts(&self, facts: &Facts) -> BTreeMap<usize, Vec<Range<u64>>> {
        let of = |record: &Record| match &record.says {
            Says::Parts(parts) => {
                let ranges = parts.iter().map(|(range, _)| range.clone()).collect();
                Some((facts.position(&record.path)?, ranges))
            }
            _ => None,
        };
        self.records.iter().filter_map(of).collect()
    }

    /// Whether anything of this kind is said of a file.
    fn knows(&self, kind: Kind, path: &str) -> bool {
        let from = self.records.partition_point(|it| it.path.as_str() < path);
        let of_file = self.records[from..].iter().take_while(|it| it.path == path);
        of_file.into_iter().any(|it| it.by.kind() == kind)
    }

    fn unusable(&mut self, at: Option<Place>, saying: impl Into<String>) {
        let saying = saying.into();
        self.troubles.push(Trouble { what: Wrong::Unusable, at, saying });
    }
}

/// A digest that a hub's server gave as an etag, by its length; why it can tell nothing, else.
fn etag(etag: &str) -> Says {
    let lower = !etag.bytes().any(|it| it.is_ascii_uppercase());
    let algorithm = match etag.len() {
        64 if lower => Some(Algorithm::Sha256),
        40 if lower => Some(Algorithm::GitBlobSha1),
        _ => None,
    };
    let digest = algorithm.and_then(|it| Some(Says::Digest(it, Digest::from_hex(etag, it)?)));
    digest.unwrap_or_else(|| {
        let hexadecimal = etag.split('-').next().is_some_and(|it| it.len() == 32);
        Says::Nothing(if hexadecimal {
            "a mirror's own name for it, which is no digest of the file".to_owned()
        } else {
            "a name that is no digest".to_owned()
        })
    })
}

/// Whether an artifact belongs to the release, and not to a client or to git.
fn counts(artifact: &Artifact) -> bool {
    artifact.kind != crate::words::FileKind::Bookkeeping
}
