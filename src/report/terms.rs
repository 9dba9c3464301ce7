//! Licenses, what they ask, and what they say of uses.

use serde::{Deserialize, Serialize};

use crate::words::{LicenseScope, Place};

/// One license: where it is declared, where its text stands, what it asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct License {
    /// Ours, or the SPDX id, or the words that were not understood.
    pub id: String,
    /// In full.
    pub name: String,
    /// SPDX id, or a `LicenseRef-`.
    pub spdx: String,
    /// What it covers.
    pub scope: LicenseScope,
    /// Where it is named.
    pub declared: Vec<Declared>,
    /// Where its text stands.
    pub texts: Vec<LicenseText>,
    /// One word for it: `permissive`, `community`, `unknown` …
    pub class: String,
    /// By the Open Source Initiative.
    pub osi_approved: Option<bool>,
    /// By the Free Software Foundation.
    pub fsf_libre: Option<bool>,
    /// What it asks.
    pub terms: Vec<Term>,
}

/// Where a license is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declared {
    /// Where.
    pub at: Option<Place>,
    /// As written.
    pub value: String,
}

/// Where a license's text stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LicenseText {
    /// Where.
    pub at: Option<Place>,
    /// `whole`, `cut`, `altered` or `reference`.
    #[serde(rename = "match")]
    pub how: String,
    /// 0 to 1.
    pub score: f64,
    /// What it was told by: `standard` (word for word the SPDX list), `edition` (word for word a published
    /// edition), `phrases`, `translation` (both not compared word for word) or `name`. `None` for a text of no
    /// license that is known.
    #[serde(default)]
    pub against: Option<String>,
    /// Which edition, version of the SPDX list or language that was.
    #[serde(default)]
    pub edition: Option<String>,
    /// Of the text, lower-case hex; `None` where only a part of it was read.
    pub sha256: Option<String>,
    /// Its length.
    pub bytes: u64,
    /// Words that no standard text explains.
    pub added_words: u64,
}

/// One thing a license says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// `user_cap`, `output_training` …
    pub topic: String,
    /// A word or a number.
    pub is: Is,
    /// What a number counts: `MAU`, `USD/year`.
    #[serde(default)]
    pub unit: Option<String>,
    /// For `territory`: the regions left out.
    #[serde(default)]
    pub regions: Vec<String>,
    /// Where it concerns only a part of what the license covers, or only what is named here.
    #[serde(default)]
    pub only: Option<String>,
    /// Where in the text.
    pub section: Option<String>,
    /// In a few words.
    pub note: Option<String>,
    /// Whether the text itself was read by those who wrote the catalog.
    pub verified: bool,
}

/// A word or a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Is {
    /// A whole number.
    Number(u64),
    /// A word.
    Word(String),
}

/// What the terms say about one use. No advice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UseAnswer {
    /// `commercial`, `distill` …
    #[serde(rename = "use")]
    pub of: String,
    /// `permitted`, `conditional`, `prohibited` or `unclear`.
    pub says: String,
    /// Where in the text.
    pub sections: Vec<String>,
    /// In our own words, one for each thing that decided it, with its license's name.
    #[serde(default)]
    pub why: Vec<String>,
}
