//! What the terms say about the uses that people ask for. Facts with their sections, no advice.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

/// A use to ask the terms about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Use {
    /// Using it in a business.
    Commercial,
    /// Training it further, and sharing the result.
    FineTune,
    /// Training other models on its outputs.
    Distill,
    /// Handing it on.
    Redistribute,
    /// Offering it to others as a service.
    Host,
}

/// Every use, with its name on the command line and the question behind it.
pub const USES: [(Use, &str, &str); 5] = [
    (Use::Commercial, "commercial", "May it be used in a business?"),
    (Use::FineTune, "fine-tune", "May it be trained further, and the result be shared?"),
    (Use::Distill, "distill", "May its outputs train other models?"),
    (Use::Redistribute, "redistribute", "May it be handed on?"),
    (Use::Host, "host", "May it be offered to others as a service?"),
];

impl fmt::Display for Use {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = USES.iter().find(|(have, ..)| have == self).map_or("", |(_, name, _)| name);
        f.pad(name)
    }
}

/// The name is none of [`USES`].
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such use `{0}`")]
pub struct NoSuchUse(String);

impl FromStr for Use {
    type Err = NoSuchUse;

    fn from_str(name: &str) -> Result<Self, NoSuchUse> {
        let known = USES.iter().find(|(_, have, _)| have.eq_ignore_ascii_case(name));
        known.map(|(found, ..)| *found).ok_or_else(|| NoSuchUse(name.to_owned()))
    }
}

/// What the text says about a use, mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Says {
    /// It allows it.
    Permitted,
    /// It allows it under conditions, which stand in the sections given.
    Conditional,
    /// It is silent, or nothing is known.
    Unclear,
    /// It bars it.
    Prohibited,
}

/// Who asks, as far as the terms care. Left out means: not known, so that a cap stays a condition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Situation<'a> {
    /// How many users a month.
    pub users: Option<u64>,
    /// Where: `EU`, `UK`, `KR`, `DE`.
    pub territory: &'a [String],
}

/// What all the licenses together say about one use: the strictest of them holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UseAnswer {
    /// Which use.
    #[serde(rename = "use")]
    pub asked: Use,
    /// What the text says.
    pub says: Says,
    /// Where, in the licenses' own numbering, in order and each once.
    pub sections: Vec<String>,
    /// In which words of ours, one for each fact that counted, each with its license's name.
    pub why: Vec<String>,
}
