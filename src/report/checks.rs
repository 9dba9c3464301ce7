//! What was held against records, rules and policies, and what is to act on.

use serde::{Deserialize, Serialize};

use crate::words::{Category, Confidence, Place, Severity};

/// What was held against which record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verification {
    /// What is shown of every file: `none`, `recorded` (unchanged since it was recorded here) or
    /// `authentic` (what a signer or a list that the user trusts says it is).
    pub strength: String,
    /// How many files each of the three is shown of, the strongest first.
    pub shown: Vec<Shown>,
    /// By kind of record.
    pub kinds: Vec<VerificationKind>,
    /// By file.
    pub files: Vec<VerifiedFile>,
}

/// How many files something is shown of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// `authentic`, `recorded` or `none`.
    pub strength: String,
    /// That are here, and of which no more is shown.
    pub files: u64,
    /// Of those files.
    pub bytes: u64,
}

/// One kind of record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerificationKind {
    /// `signature`, `hub_record`, `checksum_list` …
    pub kind: String,
    /// `passed`, `failed`, `partial` or `unavailable`.
    pub result: String,
    /// Held against it.
    pub files: u64,
    /// Of those files.
    pub bytes: u64,
    /// Who signed, or why that is not known, in a clause.
    #[serde(default)]
    pub note: Option<String>,
}

/// One file held against one record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifiedFile {
    /// Relative to the root.
    pub path: String,
    /// `match`, `mismatch`, `missing`, `not_downloaded`, `unexpected`, `unverifiable`, `pointer`.
    pub status: String,
    /// Who recorded it: `hub_blob`, `checksum_list`, `signature` …
    pub by: Option<String>,
    /// Where the record stands, in words: `SHA256SUMS:3`.
    pub record: Option<String>,
    /// Of the digest.
    pub algorithm: Option<String>,
    /// As recorded.
    pub expected: Option<String>,
    /// As found.
    pub actual: Option<String>,
    /// What else is to be said, in a clause.
    pub why: Option<String>,
}

/// A file that was not opened in full.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Coverage {
    /// Relative to the root.
    pub path: String,
    /// `part` or `no`.
    pub opened: String,
    /// In a clause.
    pub why: String,
}

/// The user's own rules, held against the release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// The last part of its path.
    pub file: String,
    /// A date, since exceptions expire.
    pub evaluated_on: String,
    /// Each rule.
    pub rules: Vec<PolicyRule>,
}

/// One rule of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyRule {
    /// As the file names it.
    pub rule: String,
    /// `passed`, `failed` or `excepted`.
    pub result: String,
    /// Index into [`super::Report::findings`].
    pub finding: Option<u64>,
}

/// Something to act on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Kebab-case; never changes its meaning.
    pub id: String,
    /// What it is about.
    pub category: Category,
    /// How bad it is.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// The kind of thing, in a few words.
    pub title: String,
    /// This one, with its numbers.
    pub message: String,
    /// Where; `None` for the whole release.
    pub at: Option<Place>,
    /// What it can lead to.
    pub impact: String,
    /// What to do.
    pub hint: String,
    /// Where to read on.
    pub references: Vec<String>,
}
