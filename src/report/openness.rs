//! What the frameworks of openness make of a release.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::words::{Component, Place, Presence};

/// What the frameworks of openness make of the release, side by side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Openness {
    /// Model Openness Framework.
    pub mof: Mof,
    /// Open Source AI Definition.
    pub osaid: Osaid,
    /// European Open Source AI Index.
    pub osai_index: OsaiIndex,
    /// Models, data, labor, frameworks, compute.
    pub five_dimensions: BTreeMap<String, Dimension>,
    /// What the release itself answers of the documents that the EU AI Act asks for.
    pub eu_ai_act: EuAiAct,
}

/// Documents that the EU AI Act asks of those who provide general-purpose models, field by field.
/// Which of them must be written, and by whom, is not judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EuAiAct {
    /// Technical documentation, Annex XI section 1.
    pub annex_xi: Vec<EuField>,
    /// The public summary of training content, Article 53(1)(d).
    pub public_summary: Vec<EuField>,
}

/// One field of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EuField {
    /// `1(d)`, `2.3` …
    pub number: String,
    /// What is asked, in a few words.
    pub title: String,
    /// How far the release answers it.
    pub presence: Presence,
    /// Indexes into [`super::Report::evidence`].
    pub evidence: Vec<u64>,
    /// Indexes into [`super::Report::disclosures`].
    pub disclosures: Vec<u64>,
    /// Where else it is answered: a file, a line of a summary.
    pub at: Vec<Place>,
}

/// Model Openness Framework.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mof {
    /// Of the framework.
    pub version: String,
    /// By bytes in the folder.
    pub confirmed: MofReading,
    /// Plus what it points to.
    pub potential: MofReading,
    /// As a MOF file in the release declares it.
    pub declared: Option<MofReading>,
}

/// One reading by the rules of the Model Openness Framework.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MofReading {
    /// `I`, `II`, `III`, or `None` for unclassified.
    pub class: Option<String>,
    /// Percent, by class.
    pub progress: BTreeMap<String, f64>,
    /// Required and not there.
    pub missing: Vec<Component>,
    /// There under a license that is not open.
    pub invalid: Vec<Component>,
    /// There under no license.
    pub unlicensed: Vec<Component>,
}

/// Open Source AI Definition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Osaid {
    /// Of the definition.
    pub version: String,
    /// `fails` or `undecidable`; never more.
    pub verdict: String,
    /// Why.
    pub reasons: Vec<String>,
}

/// European Open Source AI Index.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OsaiIndex {
    /// `open`, `partial`, `closed` or `unknown`, by parameter.
    pub parameters: BTreeMap<String, String>,
    /// `None` while any is unknown.
    pub score: Option<f64>,
}

/// One of the five dimensions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dimension {
    /// How far it is disclosed.
    pub presence: Presence,
    /// Indexes into [`super::Report::evidence`].
    pub evidence: Vec<u64>,
    /// Indexes into [`super::Report::disclosures`].
    pub disclosures: Vec<u64>,
}
