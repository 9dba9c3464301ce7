//! Statements of terms that contradict each other, lead nowhere, or leave the weights out.

use super::super::{Case, Found};
use crate::{
    licenses::ReadingKind,
    words::{Confidence, FileKind, LicenseScope, Place},
};

/// The card's prose against what is declared, or against the text.
pub(super) fn differ(case: &Case) -> Vec<Found> {
    let Some(held) = case.terms.of_weights().next() else {
        return Vec::new();
    };
    let at = held.texts.first().map(|it| &it.at).or(held.declared.first().map(|it| &it.at));
    let beside = at.map_or_else(String::new, |at| match at.line {
        Some(line) => format!(" ({} line {line})", at.path),
        None => format!(" ({})", at.path),
    });
    let name = held.license().map_or("another license", |it| it.name.as_str());
    let found = case.terms.contradicting.iter().map(|stated| {
        let message = format!(
            "says \"{}\", and the release is under the {}{beside}",
            shortened(&stated.means.value),
            super::called(name)
        );
        Found::at(stated.at.clone(), message).confidence(Confidence::Likely)
    });
    found.collect()
}

fn shortened(words: &str) -> String {
    const MOST: usize = 120;
    match words.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &words[..end]),
        None => words.to_owned(),
    }
}

/// `license_link` that names a file which is not here.
pub(super) fn dead_link(case: &Case) -> Vec<Found> {
    let cards = case.facts.cards();
    let found = cards.filter_map(|(artifact, card)| {
        let node = card.key("license_link")?;
        let link = node.text()?.trim();
        let path = link.strip_prefix("./").unwrap_or(link);
        let is_path = !link.is_empty() && !link.contains("://") && !link.starts_with('#');
        let place = if artifact.folder().is_empty() {
            path.to_owned()
        } else {
            format!("{}/{path}", artifact.folder())
        };
        let here = case.facts.artifact(&place).is_some() || case.facts.artifact(path).is_some();
        (is_path && !here).then(|| {
            let at = Place::file(&artifact.path).line(node.line).key("license_link");
            Found::at(at, format!("`license_link` names \"{link}\", and no such file is here"))
        })
    });
    found.collect()
}

/// Terms for the code or the data, and none for the weights that lie beside them.
pub(super) fn weights_left_out(case: &Case) -> Vec<Found> {
    let weights = case.facts.artifacts.iter().any(|it| it.kind == FileKind::Weights);
    let told = case.terms.of_weights().next().is_some()
        || !case.terms.empty.is_empty()
        || case.terms.misfits.iter().any(|it| it.kind != ReadingKind::LfsPointer);
    let Some(held) = case.terms.held.first().filter(|_| weights && !told) else {
        return Vec::new();
    };
    let Some(at) = held.texts.first().map(|it| &it.at).or(held.declared.first().map(|it| &it.at))
    else {
        return Vec::new();
    };
    let of = match held.scope {
        LicenseScope::Code => "the code",
        LicenseScope::Data => "the data",
        _ => "the documents",
    };
    vec![Found::at(
        at.clone(),
        format!("the license here is for {of}, and none is stated for the weights"),
    )]
}
