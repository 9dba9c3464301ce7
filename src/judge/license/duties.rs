//! What the licenses of the weights ask to stand in a release, and does not stand there.

use super::super::{Case, Found};
use crate::{
    facts::Contents,
    licenses::{self, Duty, License, Shown, Unmet},
    terms::Held,
    words::{Confidence, FileKind},
};

/// Notices, badges and name prefixes.
pub(super) fn unmet(case: &Case) -> Vec<Found> {
    found(case, |license, duty| {
        let words = &duty.words;
        Some(match duty.duty {
            Duty::Notice => format!("{license} asks for a notice, \"{words}\", and no file has it"),
            Duty::Badge => {
                format!("{license} asks that \"{words}\" is shown, and the card does not say it")
            }
            Duty::NamePrefix => {
                format!("{license} asks that the name of a derivative begins with \"{words}\"")
            }
            _ => return None,
        })
    })
}

/// Use policies that a license makes a part of itself.
pub(super) fn policy_missing(case: &Case) -> Vec<Found> {
    found(case, |license, duty| {
        (duty.duty == Duty::Policy)
            .then(|| format!("{license} makes a use policy a part of itself, and none is here"))
    })
}

fn found(case: &Case, say: impl Fn(&str, &Unmet) -> Option<String>) -> Vec<Found> {
    let (card, notices) = (card(case), notices(case));
    let release = &case.facts.release;
    let of = |held: &Held| -> Vec<Found> {
        let Some(license) = held.license().filter(|_| !held.is_altered()) else {
            return Vec::new();
        };
        let shown = Shown {
            name: release.repo_id.as_deref().unwrap_or(&release.name),
            derivative: is_derived(case, license),
            text: held.has_text(),
            policy: !case.terms.policies.is_empty(),
            notices: &notices,
            card,
        };
        let place = held.texts.first().map(|it| &it.at);
        let place = place.or_else(|| held.declared.first().map(|it| &it.at));
        let name = format!("the {}", super::called(&license.name));
        licenses::unmet(license, &shown)
            .iter()
            .filter_map(|duty| {
                let section = duty.term.place().map_or_else(String::new, |it| format!(" ({it})"));
                let message = say(&format!("{name}{section}"), duty)?;
                let sure = if duty.term.verified {
                    Confidence::Likely
                } else {
                    Confidence::Possible
                };
                Some(
                    Found {
                        at: place.cloned(),
                        ..Found::of_all(message)
                    }
                    .confidence(sure),
                )
            })
            .collect()
    };
    case.terms.of_weights().flat_map(of).collect()
}

/// Whether the release names a base that was published under this license.
fn is_derived(case: &Case, license: &License) -> bool {
    let mut known = case.terms.bases.iter().filter_map(|base| base.known);
    known.any(|it| licenses::same_text(it.license, license))
}

fn card<'a>(case: &Case<'a>) -> &'a str {
    case.facts.main_card().map_or("", |(_, card)| card.text.text.as_str())
}

/// What notices and license files say, one after the other.
fn notices(case: &Case) -> String {
    let kinds = [FileKind::Notice, FileKind::License];
    let files = case.facts.artifacts.iter().filter(|it| kinds.contains(&it.kind));
    let texts = files.filter_map(|artifact| match &artifact.contents {
        Contents::License(text) => Some(String::from_utf8_lossy(&text.bytes).into_owned()),
        _ => None,
    });
    texts.collect::<Vec<_>>().join("\n")
}
