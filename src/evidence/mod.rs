//! What the facts show about each component. Says what was seen and where; judges nothing.

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
pub const RULES: &[Rule] = &[];

/// Puts every question to the facts: evidence by component, path and line, nothing twice.
pub fn gather(facts: &Facts, sets: &Sets) -> Vec<Evidence> {
    let mut seen: Vec<Evidence> =
        RULES.iter().flat_map(|rule| (rule.gather)(rule, facts, sets)).collect();
    seen.sort_by(|a, b| (a.component, &a.at, a.presence).cmp(&(b.component, &b.at, b.presence)));
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
