//! From evidence to verdicts, and from facts to findings. Pure: no files, no clock, no network.

mod config;
mod license;
mod oddities;
pub mod openness;
mod parts;
mod records;
mod safety;
mod same_content;
pub mod verdicts;
pub mod verification;
mod weights;

use crate::{
    digests::Digests,
    evidence::Evidence,
    facts::Facts,
    records::{Held, Records},
    report::Finding,
    sets::Sets,
    terms::Terms,
    words::{Category, Confidence, Place, Severity},
};

/// All that a check may look at.
pub struct Case<'a> {
    /// What was read.
    pub facts: &'a Facts,
    /// The weights, grouped and counted.
    pub sets: &'a Sets,
    /// What the files state as terms.
    pub terms: &'a Terms,
    /// What was hashed.
    pub digests: &'a Digests,
    /// What the facts show.
    pub evidence: &'a [Evidence],
    /// What is recorded of it.
    pub records: &'a Records,
    /// The bytes held against that.
    pub held: &'a Held,
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
pub const CHECKS: &[&[Check]] = &[
    oddities::CHECKS,
    license::CHECKS,
    weights::CHECKS,
    config::CHECKS,
    parts::CHECKS,
    records::CHECKS,
    same_content::CHECKS,
    openness::CHECKS,
];

/// Every check, in the order of the families.
pub fn checks() -> impl Iterator<Item = &'static Check> {
    CHECKS.iter().chain(safety::CHECKS).copied().flatten()
}

/// Everything that all checks find, by severity down, id, place.
pub fn findings(case: &Case) -> Vec<Finding> {
    let mut findings: Vec<Finding> = checks()
        .flat_map(|check| (check.find)(case).into_iter().map(|it| finding(check, it)))
        .collect();
    sort(&mut findings);
    findings
}

/// Puts findings into the order of the report.
pub fn sort(findings: &mut Vec<Finding>) {
    findings.sort_by(|a, b| {
        (b.severity, &a.id, &a.at, &a.message).cmp(&(a.severity, &b.id, &b.at, &b.message))
    });
    findings.dedup();
}

fn finding(check: &Check, found: Found) -> Finding {
    Finding {
        id: check.id.to_owned(),
        category: check.category,
        severity: found.severity.unwrap_or(check.severity),
        confidence: found.confidence,
        title: check.title.to_owned(),
        message: found.message,
        at: found.at,
        impact: check.impact.to_owned(),
        hint: check.hint.to_owned(),
        references: check.references.iter().map(|&it| it.to_owned()).collect(),
    }
}

/// What some checks find in facts alone, each as `id: message`: for the tests of families.
#[cfg(test)]
pub(crate) fn told(checks: &[Check], facts: &Facts) -> Vec<String> {
    let case = Case {
        facts,
        sets: &crate::sets::group(facts),
        terms: &Terms::default(),
        digests: &Digests::default(),
        evidence: &[],
        records: &Records::default(),
        held: &Held::default(),
    };
    let found = |check: &Check| {
        let id = check.id;
        (check.find)(&case).into_iter().map(move |found| format!("{id}: {}", found.message))
    };
    checks.iter().flat_map(found).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_are_unique_and_kebab_case() {
        let ids: BTreeSet<_> = checks().map(|check| check.id).collect();
        assert_eq!(ids.len(), checks().count());
        for id in ids {
            let plain = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-';
            assert!(id.bytes().all(plain), "{id}");
        }
    }

    #[test]
    fn texts_are_sentences_and_titles_are_not() {
        for check in checks() {
            assert!(check.impact.ends_with('.') && check.hint.ends_with('.'), "{}", check.id);
            assert!(!check.title.ends_with('.'), "{}", check.id);
        }
    }
}
