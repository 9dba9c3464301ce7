//! `weighbill-report/1`: the report as types, owned, written and read back. No facts in here.
//!
//! Every key is always written: `null` is unknown or not looked at, `[]` is looked and none.

mod checks;
mod model;
mod openness;
mod tensors;
mod terms;

use serde::{Deserialize, Serialize};

pub use checks::{
    Coverage, Finding, Policy, PolicyRule, Shown, Verification, VerificationKind, VerifiedFile,
};
pub use model::{
    Adapter, BaseModel, ConfigValues, Framework, Memory, Model, NamedDataset, Quantization,
    Recognized, SizeClaim, StatedResult,
};
pub use openness::{Dimension, EuAiAct, EuField, Mof, MofReading, Openness, OsaiIndex, Osaid};
pub use tensors::{Number, Recorded, Statistics, Tensor, WeightSet, Weights};
pub use terms::{Declared, Is, License, LicenseText, Term, UseAnswer};

use crate::words::{Component, FileKind, Group, Origin, Place, Presence, Severity};

/// The name of this form of the report.
pub const SCHEMA: &str = "weighbill-report/1";

/// The name of the form that `verify` writes: the same, with [`Report::verification`] filled.
pub const VERIFY_SCHEMA: &str = "weighbill-verify/1";

/// A finished inspection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`SCHEMA`], or the name of another document that is this report in part.
    pub schema: String,
    /// Who wrote it.
    pub tool: Tool,
    /// What was inspected.
    pub release: Release,
    /// The sentence that people quote.
    pub verdict: Verdict,
    /// Numbers of the whole.
    pub totals: Totals,
    /// The five groups.
    pub groups: Vec<GroupVerdict>,
    /// The 17 components.
    pub components: Vec<ComponentVerdict>,
    /// What was seen, by component, path and line.
    pub evidence: Vec<Evidence>,
    /// Facts beside the components: labor, compute, languages, lineage.
    pub disclosures: Vec<Disclosure>,
    /// Every file.
    pub artifacts: Vec<Artifact>,
    /// Every file of tensors.
    pub weights: Vec<Weights>,
    /// Which files are the same weights.
    pub weight_sets: Vec<WeightSet>,
    /// What the model is.
    pub model: Model,
    /// The values of its configurations, for who compares two releases.
    #[serde(default)]
    pub configs: Vec<ConfigValues>,
    /// The terms.
    pub licenses: Vec<License>,
    /// What the terms say about the uses asked about.
    pub uses: Vec<UseAnswer>,
    /// What the frameworks of openness make of it.
    pub openness: Option<Openness>,
    /// What was held against which record; filled by `verify`.
    pub verification: Option<Verification>,
    /// What was not opened in full, and why.
    pub coverage: Vec<Coverage>,
    /// The user's own rules, held against it.
    pub policy: Option<Policy>,
    /// What to act on, by severity down, id and path.
    pub findings: Vec<Finding>,
}

/// Who wrote a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    /// `weighbill`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// What was inspected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// The last part of the path, or the repo id.
    pub root: String,
    /// What kind of place it is.
    pub origin: Origin,
    /// `owner/name`.
    pub repo_id: Option<String>,
    /// A branch or tag.
    pub revision: Option<String>,
    /// As recorded, not verified.
    pub commit: Option<String>,
    /// SHA-256 of the lines `<sha256>  <path>\n`, sorted by path bytes, of all artifacts but
    /// bookkeeping; `None` where one was not hashed.
    pub digest: Option<String>,
}

/// The sentence that people quote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// What is here, what is not, and the terms.
    pub summary: String,
    /// Of the findings.
    pub highest_severity: Option<Severity>,
}

/// Numbers of the whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Without bookkeeping.
    pub files: u64,
    /// Of those files.
    pub bytes: u64,
    /// Files whose tensors were listed.
    pub weight_files: u64,
    /// Of the primary weight set.
    pub tensors: u64,
    /// Of the primary weight set; `None` where the sum overflows or is not known.
    pub parameters: Option<u64>,
    /// Files that could not be read.
    pub unread: u64,
}

/// How far one group is here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupVerdict {
    /// Which.
    pub id: Group,
    /// By its lead.
    pub presence: Presence,
}

/// How far one component is here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComponentVerdict {
    /// Which.
    pub id: Component,
    /// Its group.
    pub group: Group,
    /// The strongest that any evidence shows.
    pub presence: Presence,
    /// Indexes into [`Report::evidence`].
    pub evidence: Vec<u64>,
}

/// One thing seen, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Evidence {
    /// Of what.
    pub component: Component,
    /// How far it shows it to be here.
    pub presence: Presence,
    /// Where; `None` for the whole release.
    pub at: Option<Place>,
    /// In words, for a reader.
    pub saying: String,
}

/// A fact beside the components.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disclosure {
    /// `compute_hours`, `language`, `lineage` …
    pub topic: String,
    /// How it is disclosed.
    pub presence: Presence,
    /// Where.
    pub at: Option<Place>,
    /// In words.
    pub saying: String,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artifact {
    /// Relative to the root, `/` between parts.
    pub path: String,
    /// Its length.
    pub bytes: u64,
    /// What it is for.
    pub kind: FileKind,
    /// What its bytes are.
    pub format: Option<String>,
    /// Lower-case hex.
    pub sha256: Option<String>,
    /// Why it was not read.
    pub unreadable: Option<String>,
    /// Digests that were recorded for it, each held against it or not.
    pub recorded: Vec<Recorded>,
}
