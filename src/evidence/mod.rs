//! What the facts show about each component. Says what was seen and where; judges nothing.

mod cards;
mod code;
mod data_card;
mod data_preprocessing_code;
mod data_rows;
mod datasets;
pub mod disclosures;
mod evaluation_code;
mod evaluation_data;
mod evaluation_results;
mod final_parameters;
mod inference_code;
mod intermediate_parameters;
mod metadata;
mod model_architecture;
mod model_card;
mod model_metadata;
mod names;
mod papers;
mod parameters;
mod pointers;
mod recipes;
mod research_paper;
mod results;
mod sample_outputs;
mod supporting_libraries;
mod technical_report;
mod training_code;

#[cfg(test)]
pub(crate) mod build;
#[cfg(test)]
mod releases;
#[cfg(test)]
mod traps;

pub(crate) use cards::{Lines, placeholder};

use crate::{
    facts::{Artifact, Facts},
    sets::Sets,
    words::{Component, Place, Presence},
};

/// One thing seen, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Evidence {
    /// Of what.
    pub component: Component,
    /// How far it shows it to be here.
    pub presence: Presence,
    /// Where; `None` for the whole release.
    pub at: Option<Place>,
    /// In words, for a reader: a clause without a full stop.
    pub saying: String,
}

/// A question put to the facts: one row here, one file beside this one.
pub struct Rule {
    /// What the question is about.
    pub component: Component,
    /// The question, as documentation prints it.
    pub question: &'static str,
    /// What to ask a publisher for where the answer is no, as a request in one sentence.
    pub ask: &'static str,
    /// The answer: everything seen.
    pub gather: fn(&Rule, &Facts, &Sets) -> Vec<Evidence>,
}

/// Every question, in the order reports answer them.
pub const RULES: &[Rule] = &[
    final_parameters::RULE,
    intermediate_parameters::RULE,
    model_architecture::RULE,
    inference_code::RULE,
    training_code::RULE,
    data_preprocessing_code::RULE,
    evaluation_code::RULE,
    supporting_libraries::RULE,
    datasets::RULE,
    data_card::RULE,
    evaluation_data::RULE,
    model_metadata::RULE,
    technical_report::RULE,
    research_paper::RULE,
    model_card::RULE,
    evaluation_results::RULE,
    sample_outputs::RULE,
];

/// Puts every question to the facts: evidence by component, path and line, nothing twice.
pub fn gather(facts: &Facts, sets: &Sets) -> Vec<Evidence> {
    let mut seen: Vec<Evidence> =
        RULES.iter().flat_map(|rule| (rule.gather)(rule, facts, sets)).collect();
    let order = |seen: &Evidence| (seen.component, seen.at.clone(), seen.presence);
    seen.sort_by_cached_key(|seen| (order(seen), seen.saying.clone()));
    seen.dedup();
    seen
}

/// The strongest presence that any evidence shows for a component.
pub fn strongest(evidence: &[Evidence], component: Component) -> Presence {
    let of_it = evidence.iter().filter(|seen| seen.component == component);
    of_it.map(|seen| seen.presence).min().unwrap_or(Presence::Absent)
}

impl Rule {
    /// Evidence of this rule's component at a whole file.
    pub fn saw(&self, presence: Presence, file: &Artifact, saying: impl Into<String>) -> Evidence {
        self.saw_at(presence, Place::file(&file.path), saying)
    }

    /// What cards, notes in weight files, and placeholders say of this rule's component.
    fn said(&self, facts: &Facts) -> Vec<Evidence> {
        let mut said = cards::statements(self, facts);
        said.extend(metadata::notes(self, facts));
        said.extend(pointers::standing_in(self, facts));
        said
    }

    /// Evidence of this rule's component at a place.
    pub fn saw_at(&self, presence: Presence, at: Place, saying: impl Into<String>) -> Evidence {
        Evidence {
            component: self.component,
            presence,
            at: Some(at),
            saying: saying.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_component_has_its_rule_in_order() {
        let asked: Vec<Component> = RULES.iter().map(|rule| rule.component).collect();
        assert_eq!(asked, Component::ALL);
        for rule in RULES {
            assert!(rule.question.ends_with('?'), "{}", rule.question);
            assert!(rule.ask.ends_with('.'), "{}", rule.ask);
        }
    }
}
