//! What the frameworks of openness make of a release: side by side, never blended into one score.

mod declared;
mod eu_ai_act;
mod five_dimensions;
mod mof;
mod osai_index;
mod osaid;

use std::collections::BTreeMap;

use crate::{
    evidence::{Evidence, disclosures::Disclosure},
    facts::Facts,
    report::{ComponentVerdict, Openness},
    sets::Sets,
    terms::{Held, Terms},
    words::{Component, Group, LicenseScope, Place, Presence},
};

pub use declared::CHECKS;

/// All that the frameworks are judged by.
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    /// What was read.
    pub facts: &'a Facts,
    /// The weights, grouped and counted.
    pub sets: &'a Sets,
    /// What the facts show.
    pub evidence: &'a [Evidence],
    /// What they disclose beside the components.
    pub disclosures: &'a [Disclosure],
    /// How far each component is here.
    pub verdicts: &'a [ComponentVerdict],
    /// What covers each component.
    pub licenses: &'a Licenses,
}

/// What each component is licensed under; one that is not in here is under no license known.
pub type Licenses = BTreeMap<Component, Licensed>;

/// The license of one component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Licensed {
    /// Its id, or the words that name it.
    pub id: String,
    /// By the lists of the Model Openness Framework.
    pub mof_open: bool,
    /// Approved by the Open Source Initiative.
    pub osi_approved: bool,
    /// Where it is said: texts first, then what declares it.
    pub at: Vec<Place>,
}

/// What all frameworks say.
pub fn weigh(inputs: &Inputs) -> Openness {
    Openness {
        mof: mof::weigh(inputs),
        osaid: osaid::weigh(inputs),
        osai_index: osai_index::weigh(inputs),
        five_dimensions: five_dimensions::weigh(inputs),
        eu_ai_act: eu_ai_act::weigh(inputs),
    }
}

/// What covers each component by the terms that were found: the license of its own part of the
/// release, else the one of the whole. Several over one part count as open where all are.
pub fn licenses(terms: &Terms) -> Licenses {
    let mut licenses = Licenses::new();
    for &component in Component::ALL {
        let of = |scope| terms.held.iter().filter(move |held: &&Held| held.scope == scope);
        let own: Vec<&Held> = of(scope(component)).collect();
        let held: Vec<&Held> = if own.is_empty() {
            of(LicenseScope::All).collect()
        } else {
            own
        };
        let all = |test: fn(&crate::licenses::License) -> bool| {
            held.iter().all(|held| !held.is_altered() && held.license().is_some_and(test))
        };
        if let Some(first) = held.first() {
            let texts = held.iter().flat_map(|held| held.texts.iter().map(|seen| &seen.at));
            let declared = held.iter().flat_map(|held| held.declared.iter().map(|it| &it.at));
            let covering = Licensed {
                id: first
                    .license()
                    .map_or_else(|| "unknown".to_owned(), |license| license.id.clone()),
                mof_open: all(|license| license.mof_open),
                osi_approved: all(|license| license.osi_approved),
                at: texts.chain(declared).cloned().collect(),
            };
            licenses.insert(component, covering);
        }
    }
    licenses
}

/// The part of a release whose license covers a component.
fn scope(component: Component) -> LicenseScope {
    use Component::{DataCard, Datasets, EvaluationData, ModelMetadata};
    match component {
        Datasets | EvaluationData => LicenseScope::Data,
        ModelMetadata => LicenseScope::Weights,
        DataCard => LicenseScope::Documents,
        other => match other.group() {
            Group::Weights => LicenseScope::Weights,
            Group::Code => LicenseScope::Code,
            _ => LicenseScope::Documents,
        },
    }
}

impl Inputs<'_> {
    fn presence(&self, component: Component) -> Presence {
        super::verdicts::presence(self.verdicts, component)
    }

    /// Whether any evidence shows the component in one of these states.
    fn shows(&self, component: Component, states: &[Presence]) -> bool {
        let mut of = self.evidence.iter().filter(|seen| seen.component == component);
        of.any(|seen| states.contains(&seen.presence))
    }

    /// Indexes of the evidence about these components, absences left out.
    fn evidence_of(&self, components: &[Component]) -> Vec<u64> {
        let of = (0..).zip(self.evidence).filter(|(_, seen)| {
            components.contains(&seen.component) && seen.presence != Presence::Absent
        });
        of.map(|(at, _)| at).collect()
    }

    /// Indexes of what is disclosed on topics that begin so.
    fn disclosed(&self, topics: &[&str]) -> Vec<u64> {
        let of = (0..).zip(self.disclosures);
        let of = of.filter(|(_, said)| topics.iter().any(|topic| said.topic.starts_with(topic)));
        of.map(|(at, _)| at).collect()
    }

    /// The strongest presence among what is disclosed on topics that begin so.
    fn disclosure(&self, topics: &[&str]) -> Presence {
        let of = self.disclosures.iter();
        let of = of.filter(|said| topics.iter().any(|topic| said.topic.starts_with(topic)));
        of.map(|said| said.presence).min().unwrap_or(Presence::Absent)
    }
}

#[cfg(test)]
mod tests;
