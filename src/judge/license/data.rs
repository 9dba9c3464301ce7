//! Data under terms that the weights' own license does not carry on: a question, not a verdict.

use super::super::{Case, Found};
use crate::{
    facts::Node,
    licenses::{self, License},
    terms::Held,
    words::{Confidence, LicenseScope, Place},
};

pub(super) fn find(case: &Case) -> Vec<Found> {
    let own = case.terms.of_weights().filter_map(Held::license);
    let open: Vec<&License> = own.filter(|it| it.osi_approved || it.mof_open).collect();
    if open.is_empty() {
        return Vec::new();
    }
    let name = super::all_called(&open);
    let restricts = |license: &License| {
        open.iter().all(|&weights| !licenses::dropped(license, Some(weights)).is_empty())
    };
    let held = case.terms.held.iter().filter(|held| held.scope == LicenseScope::Data);
    let here = held.filter_map(|held| {
        let license = held.license().filter(|it| restricts(it))?;
        let at = held.declared.first().map(|it| &it.at).or(held.texts.first().map(|it| &it.at))?;
        let message = format!(
            "data here is under the {}, the weights under the {name}",
            super::called(&license.name)
        );
        Some(Found::at(at.clone(), message))
    });
    let card = case.facts.main_card();
    let named = card.into_iter().flat_map(|(artifact, card)| {
        let ids = card.key("datasets").into_iter().flat_map(Node::texts);
        ids.map(move |(line, id)| (Place::file(&artifact.path).line(line).key("datasets"), id))
    });
    let known = named.filter_map(|(at, id)| {
        let license = licenses::of_dataset(id).filter(|it| restricts(it))?;
        let message = format!(
            "the card names the data set {id}, known to be under the {}; the weights are under the \
             {name}",
            super::called(&license.name)
        );
        Some(Found::at(at, message))
    });
    here.chain(known).map(|found| found.confidence(Confidence::Possible)).collect()
}
