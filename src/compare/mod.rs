//! What changed between two releases: a pure function of their two reports, so that one of them need
//! not be here. Goes by digests first and by names second.

mod looks;
mod names;
mod rest;
mod tensors;
#[cfg(test)]
mod tests;
mod thin;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::thin::{Thinned, thin};

use self::tensors::Matched;
use crate::{
    report::{Release, Report, Tool},
    words::{Component, Place, Presence, Severity, vocabulary},
};

/// The name of this document.
pub const SCHEMA: &str = "weighbill-diff/1";

vocabulary! {
    /// How a thing of the second release differs from that of the first, worst first.
    Change {
        /// Not in the second.
        Removed = "removed",
        /// Not in the first.
        Added = "added",
        /// Packed otherwise: another quantization.
        Requantized = "requantized",
        /// Another element type.
        Retyped = "retyped",
        /// Another shape.
        Reshaped = "reshaped",
        /// The same place, other content.
        Changed = "changed",
        /// There in both, and not hashed in both.
        Unchecked = "unchecked",
        /// The same content under another name.
        Renamed = "renamed",
        /// The same content in another file or folder.
        Moved = "moved",
        /// The same in every way. Counted, never listed.
        Unchanged = "unchanged",
    }
}

/// Two releases side by side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Diff {
    /// [`SCHEMA`].
    pub schema: String,
    /// Who wrote it.
    pub tool: Tool,
    /// The first release.
    pub a: Release,
    /// The second.
    pub b: Release,
    /// Whether nothing differs that was compared, and everything was.
    pub same: bool,
    /// The sentence that people quote.
    pub summary: String,
    /// What the change looks like, and why; the first is the one that tells most.
    pub looks_like: Vec<Look>,
    /// Base models that one names and the other is, held against the tensors.
    pub lineage: Vec<Lineage>,
    /// How many tensors, by change.
    pub counts: BTreeMap<Change, u64>,
    /// Files that differ.
    pub files: Vec<FileChange>,
    /// Tensors that differ, in the order of the second release, removed ones last.
    pub tensors: Vec<TensorChange>,
    /// Values of the model and its configurations that differ.
    pub config: Vec<ValueChange>,
    /// Licenses, and what they say on a topic where that differs.
    pub licenses: Vec<LicenseChange>,
    /// Components of which more or less is here.
    pub components: Vec<ComponentChange>,
    /// Findings of one and not of the other.
    pub findings: Vec<FindingChange>,
}

/// What a change looks like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// `same-weights`, `embedding-resized` …
    pub id: String,
    /// In words, with the numbers that show it.
    pub saying: String,
}

/// A base model that one release names and the other is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lineage {
    /// Which names the other: `a` or `b`.
    pub by: String,
    /// As it is named.
    pub base: String,
    /// Where.
    pub at: Option<Place>,
    /// `borne_out`, `possible`, `contradicted` or `unchecked`.
    pub result: String,
    /// In words, with the numbers.
    pub saying: String,
}

/// A file that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileChange {
    /// How.
    pub change: Change,
    /// Its path, in the second release where it is there.
    pub path: String,
    /// Its path in the first, where that is another.
    pub from: Option<String>,
    /// In the first.
    pub a: Option<FileState>,
    /// In the second.
    pub b: Option<FileState>,
}

/// A file in one release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileState {
    /// Its length.
    pub bytes: u64,
    /// Lower-case hex.
    pub sha256: Option<String>,
}

/// A tensor that differs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TensorChange {
    /// How; of several ways the worst, the others show in `a` and `b`.
    pub change: Change,
    /// Its name, in the second release where it is there.
    pub name: String,
    /// Its name in the first, where that is another.
    pub from: Option<String>,
    /// In the first.
    pub a: Option<TensorState>,
    /// In the second.
    pub b: Option<TensorState>,
    /// How far the elements are apart, where that was asked for.
    pub apart: Option<Apart>,
}

/// A tensor in one release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TensorState {
    /// Its file.
    pub path: String,
    /// Its element type.
    pub dtype: String,
    /// Outermost first.
    pub shape: Vec<u64>,
    /// Of its bytes, lower-case hex.
    pub sha256: Option<String>,
}

/// How far the elements of a tensor are apart in the two releases.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Apart {
    /// The norm of the difference over the norm in the first; `None` where that is zero.
    pub relative_norm: Option<f64>,
    /// The cosine of the angle between them; `None` where one is zero.
    pub cosine: Option<f64>,
    /// The share of elements that are equal, 0 to 1.
    pub equal: f64,
}

/// A value that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueChange {
    /// How: added, removed or changed.
    pub change: Change,
    /// The file that holds it; `None` for what was made out from several.
    pub path: Option<String>,
    /// Dotted.
    pub key: String,
    /// In the first.
    pub a: Option<String>,
    /// In the second.
    pub b: Option<String>,
}

/// A license that differs, or what the licenses say on a topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LicenseChange {
    /// How.
    pub change: Change,
    /// The license; `None` for a topic.
    pub id: Option<String>,
    /// A term: `user_cap`, `output_training` …; `None` for a license as a whole.
    pub topic: Option<String>,
    /// In the first.
    pub a: Option<String>,
    /// In the second.
    pub b: Option<String>,
}

/// A component of which more or less is here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComponentChange {
    /// Added where more is here, removed where less, changed where neither can be said.
    pub change: Change,
    /// Which.
    pub id: Component,
    /// In the first.
    pub a: Presence,
    /// In the second.
    pub b: Presence,
}

/// A finding of one and not of the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingChange {
    /// Added or removed.
    pub change: Change,
    /// Which.
    pub id: String,
    /// How bad.
    pub severity: Severity,
    /// Where.
    pub at: Option<Place>,
    /// With its numbers.
    pub message: String,
}

/// The two reports side by side.
pub fn reports(a: &Report, b: &Report) -> Diff {
    diff(a, b, tensors::compare(a, b, &BTreeMap::new()))
}

/// The two reports side by side, where so many tensors of each file, the same in both, were left out of
/// them. `None` where that may matter: the whole reports are to be compared then.
pub fn thinned(a: &Report, b: &Report, same: &BTreeMap<String, u64>) -> Option<Diff> {
    let whole = |path: &String| tensors::is_held(a, b, path);
    if !same.keys().all(whole) {
        return None;
    }
    let matched = tensors::compare(a, b, same);
    let alone = |change| matched.counts.contains_key(&change);
    // Which layers came or went shows only where all tensors are at hand.
    (!alone(Change::Added) && !alone(Change::Removed)).then(|| diff(a, b, matched))
}

fn diff(a: &Report, b: &Report, matched: Matched) -> Diff {
    let files = rest::files(a, b);
    let config = rest::config(a, b);
    let licenses = rest::licenses(a, b);
    let components = rest::components(a, b);
    let findings = rest::findings(a, b);
    let told = looks::Told {
        a,
        b,
        files: &files,
        matched: &matched,
        config: &config,
    };
    let looks_like = looks::of(&told);
    let lineage = looks::lineage(a, b, &matched);
    let same = files.is_empty()
        && matched.changes.is_empty()
        && [
            config.is_empty(),
            licenses.is_empty(),
            components.is_empty(),
            findings.is_empty(),
        ]
        .into_iter()
        .all(|is_empty| is_empty);
    Diff {
        schema: SCHEMA.to_owned(),
        tool: b.tool.clone(),
        a: a.release.clone(),
        b: b.release.clone(),
        same,
        summary: looks::summary(same, &looks_like, &files),
        looks_like,
        lineage,
        counts: matched.counts,
        files: files.into_iter().filter(|it| it.change != Change::Unchecked).collect(),
        tensors: matched.changes,
        config,
        licenses,
        components,
        findings,
    }
}
