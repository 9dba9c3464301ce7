//! Licenses in the report.

use crate::{
    digest,
    judge::verdicts,
    licenses::{self, Against, How, License, Says, Term, UseAnswer},
    report::{self, Is},
    terms::{Held, Name, Seen, Terms},
};

/// What the licenses of the weights amount to; without weights, what all of them do.
pub(super) fn amount(terms: &Terms) -> verdicts::Terms {
    let of_weights: Vec<&Held> = terms.of_weights().collect();
    let all = || terms.held.iter().collect();
    let held: Vec<&Held> = if of_weights.is_empty() {
        all()
    } else {
        of_weights
    };
    if held.is_empty() {
        return if terms.misfits.is_empty() {
            verdicts::Terms::NoLicense
        } else {
            verdicts::Terms::Unclear
        };
    }
    let open = |it: &&Held| {
        it.license().filter(|_| !it.is_altered()).map(|it| it.osi_approved || it.mof_open)
    };
    let known: Option<Vec<bool>> = held.iter().map(open).collect();
    match known {
        Some(known) if known.iter().all(|open| *open) => verdicts::Terms::OpenSource,
        _ if held.iter().filter_map(open).any(|open| !open) => verdicts::Terms::NotOpenSource,
        _ => verdicts::Terms::Unclear,
    }
}

/// The licenses of a release, the one of its weights first.
pub(super) fn held(terms: &Terms) -> Vec<report::License> {
    terms.held.iter().map(license).collect()
}

/// What the terms say about one use.
pub(super) fn answer(it: &UseAnswer) -> report::UseAnswer {
    report::UseAnswer {
        of: it.asked.to_string(),
        says: match it.says {
            Says::Permitted => "permitted",
            Says::Conditional => "conditional",
            Says::Prohibited => "prohibited",
            Says::Unclear => "unclear",
        }
        .to_owned(),
        sections: it.sections.clone(),
        why: it.why.clone(),
    }
}

fn license(held: &Held) -> report::License {
    let known = held.license();
    let (id, name) = match (&held.name, known) {
        (_, Some(known)) => (known.id.clone(), known.name.clone()),
        (Name::Known(id), None) => (id.clone(), id.clone()),
        (Name::Named(value), None) => {
            (value.clone(), format!("\"{value}\", not a license that is known here"))
        }
        (Name::Text(_), None) => {
            ("unknown".to_owned(), "a text of no license that is known here".to_owned())
        }
    };
    report::License {
        id,
        name,
        spdx: known.map_or_else(|| "LicenseRef-weighbill-unknown".to_owned(), License::spdx_ref),
        scope: held.scope,
        declared: held
            .declared
            .iter()
            .map(|it| report::Declared {
                at: Some(it.at.clone()),
                value: it.means.value.clone(),
            })
            .collect(),
        texts: held.texts.iter().map(text).collect(),
        class: class(held, known),
        osi_approved: known.map(|it| it.osi_approved && !held.is_altered()),
        fsf_libre: known.map(|it| it.fsf_libre && !held.is_altered()),
        terms: known.map_or_else(Vec::new, |it| it.terms.iter().map(term).collect()),
    }
}

/// A text that was altered is another license: nothing is known of its class.
fn class(held: &Held, known: Option<&License>) -> String {
    match known {
        Some(known) if !held.is_altered() => known.class.to_string(),
        _ => "unknown".to_owned(),
    }
}

fn text(seen: &Seen) -> report::LicenseText {
    let against = seen.found.as_ref().map(|it| it.against);
    let how = seen.found.as_ref().map(|it| it.how);
    report::LicenseText {
        at: Some(seen.at.clone()),
        how: match how {
            Some(How::Whole) => "whole",
            Some(How::Cut) => "cut",
            Some(How::Altered) => "altered",
            Some(_) => "reference",
            None => "unknown",
        }
        .to_owned(),
        score: seen.found.as_ref().map_or(0.0, |it| (f64::from(it.score) * 100.0).round() / 100.0),
        against: against.map(|it| word(it).to_owned()),
        edition: against.and_then(edition),
        sha256: seen.sha256.map(|it| digest::hex(&it)),
        bytes: seen.bytes,
        added_words: seen.found.as_ref().map_or(0, |it| u64::from(it.added_words)),
    }
}

/// What a text was told by.
fn word(against: Against) -> &'static str {
    match against {
        Against::Standard => "standard",
        Against::Edition(_) => "edition",
        Against::Phrases => "phrases",
        Against::Translation(_) => "translation",
        _ => "name",
    }
}

/// Which text it was compared with, or which language it is in.
fn edition(against: Against) -> Option<String> {
    match against {
        Against::Standard => Some(format!("SPDX license list {}", licenses::SPDX_LIST)),
        Against::Edition(name) | Against::Translation(name) => Some(name.to_owned()),
        _ => None,
    }
}

fn term(it: &Term) -> report::Term {
    let is = match &it.is {
        crate::licenses::Is::Number(number) => Is::Number(*number),
        crate::licenses::Is::Text(text) => Is::Word(text.clone()),
    };
    report::Term {
        topic: it.topic.clone(),
        is,
        unit: it.unit.clone(),
        regions: it.regions.clone(),
        only: it.only.clone(),
        section: it.section.clone(),
        note: it.note.clone(),
        verified: it.verified,
    }
}
