//! The sizes that a release claims for itself, each with its place and whether the count bears it
//! out.

use std::collections::BTreeSet;

use super::{
    Nature, Sets,
    claims::{Claim, ClaimOf, agrees, claims, claims_in_prose},
    recognize::active_parameters,
};
use crate::{facts::Facts, words::Place};

/// A claimed size.
#[derive(Clone, Debug, PartialEq)]
pub struct Claimed {
    /// As it is written, and of what.
    pub claim: Claim,
    /// Where; `None` for the release's name.
    pub at: Option<Place>,
    /// Whether any model in the release is of that size; `None` where nothing could be counted.
    pub agrees: Option<bool>,
}

/// Claims that are told; a card that compares many models names many sizes.
const MOST: usize = 8;

/// What the release's name claims, then its card: each size once, at its first place.
pub fn claimed(facts: &Facts, sets: &Sets) -> Vec<Claimed> {
    let models = || sets.sets.iter().filter(|set| set.nature == Nature::Model);
    let totals: BTreeSet<u64> =
        models().flat_map(|set| [set.parameters, set.main_parameters()]).flatten().collect();
    let name = facts.release.name.rsplit('/').next().unwrap_or_default();
    let mut found: Vec<(Claim, Option<Place>)> =
        claims(name).into_iter().map(|claim| (claim, None)).collect();
    if let Some((artifact, card)) = facts.main_card() {
        for (line, text) in card.body() {
            for claim in claims_in_prose(text) {
                let known = found.iter().any(|(it, _)| {
                    it.of == claim.of && it.parameters.total_cmp(&claim.parameters).is_eq()
                });
                if !known && found.len() < MOST {
                    found.push((claim, Some(Place::file(&artifact.path).line(line))));
                }
            }
        }
    }
    let any_active = found.iter().any(|(claim, _)| claim.of == ClaimOf::Active);
    let active =
        sets.primary().filter(|_| any_active).and_then(|set| active_parameters(facts, set));
    let bears_out = |claim: &Claim| match claim.of {
        ClaimOf::Active => active.map(|it| agrees(claim, it.parameters)),
        _ if totals.is_empty() => None,
        _ => Some(totals.iter().any(|count| agrees(claim, *count))),
    };
    let claimed =
        |(claim, at): (Claim, Option<Place>)| Claimed { agrees: bears_out(&claim), claim, at };
    found.into_iter().map(claimed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{facts::build::Build, sets::group};

    #[test]
    fn names_and_cards_claim() {
        let prose = "\nA model with 80 million parameters.\nIt beats models of 7B parameters.\n";
        let facts = Build::release("owner/tiny-80M")
            .safetensors("model.safetensors", &[("w", "F32", &[80_000, 1000])])
            .card("README.md", "{}", prose)
            .facts();
        let told = claimed(&facts, &group(&facts))
            .into_iter()
            .map(|it| (it.claim.value, it.at.and_then(|at| at.line), it.agrees));
        let expected = [("80M", None, Some(true)), ("7B", Some(3), Some(false))];
        let expected = expected.map(|(value, line, agrees)| (value.to_owned(), line, agrees));
        assert_eq!(told.collect::<Vec<_>>(), expected);
    }
}
