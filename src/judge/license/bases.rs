//! What the license of a base model asks, and the release's own license does not carry.

use std::collections::BTreeMap;

use super::super::{Case, Found};
use crate::{
    licenses::{self, License, Term},
    terms::{Base, Held},
    words::{Confidence, Severity},
};

pub(super) fn find(case: &Case) -> Vec<Found> {
    let own: Vec<&License> = case.terms.of_weights().filter_map(Held::license).collect();
    let unknown = case.terms.of_weights().count() > own.len();
    let mut bases: Vec<&Base> = Vec::new();
    for base in &case.terms.bases {
        if !bases.iter().any(|it| it.id == base.id) {
            bases.push(base);
        }
    }
    let mut found: Vec<Found> =
        bases.into_iter().filter_map(|base| of_base(base, &own, unknown)).collect();
    found.extend(by_name(case, &own, unknown));
    found
}

/// `own`: the known licenses of the weights; `unknown`: whether there are others beside them.
fn of_base(base: &Base, own: &[&License], unknown: bool) -> Option<Found> {
    let known = base.known?;
    let dropped = dropped(known.license, own, unknown)?;
    let sure = if known.by_publisher {
        Confidence::Likely
    } else {
        Confidence::Possible
    };
    let told = if known.by_publisher {
        "was published under"
    } else {
        "sounds like a model under"
    };
    let message = format!(
        "the base model {} {told} the {}; {}",
        base.id,
        super::called(&known.license.name),
        what_is_lost(&dropped, own)
    );
    let severity = if own.is_empty() || !known.by_publisher {
        Severity::Low
    } else {
        Severity::Medium
    };
    Some(Found::at(base.at.clone(), message).confidence(sure).severity(severity))
}

/// A release that names no base and is called like a model whose license asks something of what is
/// made from it.
fn by_name(case: &Case, own: &[&License], unknown: bool) -> Option<Found> {
    let release = &case.facts.release;
    if !case.terms.bases.is_empty() || own.is_empty() {
        return None;
    }
    let known = licenses::of_model(release.repo_id.as_deref().unwrap_or(&release.name))?;
    let dropped = dropped(known.license, own, unknown)?;
    let message = format!(
        "the release is called {} and names no base model; models of that name were published under \
         the {}; {}",
        release.name,
        super::called(&known.license.name),
        what_is_lost(&dropped, own)
    );
    Some(Found::of_all(message).confidence(Confidence::Possible).severity(Severity::Low))
}

/// The terms of the base that none of the release's own licenses carries; `None` where nothing is
/// dropped, or where a license that is not known here may carry them.
fn dropped(base: &'static License, own: &[&License], unknown: bool) -> Option<Vec<&'static Term>> {
    let mut dropped = match own {
        [] if unknown => return None,
        [] => licenses::dropped(base, None),
        [first, ..] => licenses::dropped(base, Some(first)),
    };
    for &own in own.iter().skip(1) {
        let lost = licenses::dropped(base, Some(own));
        dropped.retain(|term| lost.contains(term));
    }
    (!dropped.is_empty()).then_some(dropped)
}

fn what_is_lost(dropped: &[&Term], own: &[&License]) -> String {
    let mut topics: BTreeMap<&str, &str> = BTreeMap::new();
    for term in dropped {
        topics.entry(&term.topic).or_insert(term.section.as_deref().unwrap_or_default());
    }
    let told: Vec<String> = dropped
        .iter()
        .filter_map(|term| {
            let section = topics.remove(term.topic.as_str())?;
            let topic = term.topic.replace('_', " ");
            Some(if section.is_empty() {
                topic
            } else {
                format!("{topic} ({section})")
            })
        })
        .collect();
    match own {
        [] => format!("no license is stated here that carries its terms: {}", told.join(", ")),
        [one] => {
            format!("the {} here does not carry: {}", super::called(&one.name), told.join(", "))
        }
        all => format!("the {} here do not carry: {}", super::all_called(all), told.join(", ")),
    }
}
