//! From evidence to verdicts, and from facts to findings. Pure: no files, no clock, no network.

mod config;
mod parts;
mod weights;

use crate::{
    evidence::Evidence,
    facts::Facts,
    sets::Sets,
    words::{Category, Confidence, Place, Severity},
};

/// All that a check may look at.
pub struct Case<'a> {
    /// What was read.
    pub facts: &'a Facts,
    /// The weights, grouped and counted.
    pub sets: &'a Sets,
    /// What the facts show.
    pub evidence: &'a [Evidence],
}

/// A thing to look out for: one row in a family's file beside this one.
pub struct Check {
    /// Kebab-case; never changes its meaning.
    pub id: &'static str,
    /// What it is about.
    pub category: Category,
    /// Unless the case says otherwise.
    pub severity: Severity,
    /// The kind of thing, in a few words.
    pub title: &'static str,
    /// What it can lead to, in one sentence.
    pub impact: &'static str,
    /// What to do, in one sentence.
    pub hint: &'static str,
    /// Where to read on: names of specifications, CVE numbers.
    pub references: &'static [&'static str],
    /// Everything found.
    pub find: fn(&Case) -> Vec<Found>,
}

/// One thing that a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where; `None` for the whole release.
    pub at: Option<Place>,
    /// The particulars, with both numbers and their unit: a clause without a full stop.
    pub message: String,
    /// Where it differs from the check's own.
    pub severity: Option<Severity>,
    /// How sure.
    pub confidence: Confidence,
}

impl Found {
    /// Found for certain, at a place.
    pub fn at(place: Place, message: impl Into<String>) -> Self {
        Self {
            at: Some(place),
            message: message.into(),
            severity: None,
            confidence: Confidence::Certain,
        }
    }

    /// Found for certain, of the whole release.
    pub fn of_all(message: impl Into<String>) -> Self {
        Self {
            at: None,
            message: message.into(),
            severity: None,
            confidence: Confidence::Certain,
        }
    }

    /// The same, as severe as this.
    #[must_use]
    pub fn severity(self, severity: Severity) -> Self {
        Self { severity: Some(severity), ..self }
    }

    /// The same, as sure as this.
    #[must_use]
    pub fn confidence(self, confidence: Confidence) -> Self {
        Self { confidence, ..self }
    }
}

/// Every check, by family.
pub const CHECKS: &[&[Check]] = &[weights::CHECKS, config::CHECKS, parts::CHECKS];
