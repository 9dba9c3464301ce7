//! From evidence to verdicts: how far each component and group is here, the sentence that people
//! quote, and what to ask a publisher for.

use crate::{
    evidence::{Evidence, RULES},
    report::{ComponentVerdict, GroupVerdict},
    words::{
        Component::{self, FinalParameters, ModelCard, ModelMetadata, TrainingCode},
        Group, Presence,
    },
};

/// What the licenses that were found amount to, for the sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Terms {
    /// Every license that covers what is here is an open source one.
    OpenSource,
    /// At least one is not.
    NotOpenSource,
    /// None is stated.
    NoLicense,
    /// Some license is stated, and it is not known what it allows.
    Unclear,
}

impl Terms {
    /// As the sentence has it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::OpenSource => "terms open source",
            Self::NotOpenSource => "terms not open source",
            Self::NoLicense => "no license found",
            Self::Unclear => "terms unclear",
        }
    }
}

/// The verdict on each of the 17 components, in order: the strongest presence that any evidence
/// shows, with the indexes of all evidence about it.
pub fn components(evidence: &[Evidence]) -> Vec<ComponentVerdict> {
    let verdict = |&component: &Component| {
        let about = (0..).zip(evidence).filter(|(_, seen)| seen.component == component);
        let about: Vec<(u64, Presence)> = about.map(|(at, seen)| (at, seen.presence)).collect();
        ComponentVerdict {
            id: component,
            group: component.group(),
            presence: about.iter().map(|(_, seen)| *seen).min().unwrap_or(Presence::Absent),
            evidence: about.into_iter().map(|(at, _)| at).collect(),
        }
    };
    Component::ALL.iter().map(verdict).collect()
}

/// The presence of one component among verdicts; absent where it is not there.
pub fn presence(verdicts: &[ComponentVerdict], component: Component) -> Presence {
    let of = verdicts.iter().find(|verdict| verdict.id == component);
    of.map_or(Presence::Absent, |verdict| verdict.presence)
}

/// The verdict on each of the five groups, in order.
pub fn groups(verdicts: &[ComponentVerdict]) -> Vec<GroupVerdict> {
    let of = |component| presence(verdicts, component);
    let verdict = |&group: &Group| GroupVerdict {
        id: group,
        presence: match group {
            Group::Weights => of(FinalParameters),
            Group::TrainingData => of(Component::Datasets),
            Group::Documents => of(ModelCard),
            Group::Code => code(verdicts),
            Group::Recipes => recipes(verdicts),
        },
    };
    Group::ALL.iter().map(verdict).collect()
}

/// All of it where the three that a model needs are here, some where any of the six is.
fn code(verdicts: &[ComponentVerdict]) -> Presence {
    let needed = [
        Component::ModelArchitecture,
        Component::InferenceCode,
        TrainingCode,
    ];
    if needed.iter().all(|component| presence(verdicts, *component) == Presence::Present) {
        return Presence::Present;
    }
    match strongest(verdicts, Group::Code) {
        Presence::Present | Presence::Partial => Presence::Partial,
        weaker => weaker,
    }
}

/// All of it where a training configuration and a report or paper are here. A configuration that
/// only says how to run the model is partial metadata, and counts as absent here.
fn recipes(verdicts: &[ComponentVerdict]) -> Presence {
    let configured = configuration(verdicts) == Presence::Present;
    let papers = [Component::TechnicalReport, Component::ResearchPaper];
    let paper = papers.map(|component| presence(verdicts, component)).into_iter().min();
    let paper = paper.unwrap_or(Presence::Absent);
    match (configured, paper) {
        (true, Presence::Present) => Presence::Present,
        (true, _) | (false, Presence::Present | Presence::Partial) => Presence::Partial,
        (false, paper) => paper.min(configuration(verdicts)),
    }
}

/// How far a training configuration is here.
fn configuration(verdicts: &[ComponentVerdict]) -> Presence {
    match presence(verdicts, ModelMetadata) {
        Presence::Partial => Presence::Absent,
        other => other,
    }
}

fn strongest(verdicts: &[ComponentVerdict], group: Group) -> Presence {
    let of = verdicts.iter().filter(|verdict| verdict.group == group);
    of.map(|verdict| verdict.presence).min().unwrap_or(Presence::Absent)
}

/// Parts that the sentence always speaks of, and what it calls them.
const ALWAYS: &[(Component, &str)] = &[
    (FinalParameters, "weights"),
    (TrainingCode, "training code"),
    (Component::Datasets, "data"),
    (ModelMetadata, "recipe"),
];

/// Parts that it speaks of where they are here, in part or whole.
const WHERE_HERE: &[(Component, &str)] = &[
    (Component::IntermediateParameters, "checkpoints"),
    (Component::ModelArchitecture, "architecture code"),
    (Component::InferenceCode, "inference code"),
    (Component::DataPreprocessingCode, "data preparation code"),
    (Component::EvaluationCode, "evaluation code"),
    (Component::TechnicalReport, "technical report"),
    (Component::ResearchPaper, "paper"),
    (ModelCard, "model card"),
];

/// What is here, what is not, and the terms, in one clause without a full stop: `weights and model
/// card; no training code, data or recipe; terms not open source`. What is only spoken of counts
/// as not here.
pub fn sentence(verdicts: &[ComponentVerdict], terms: Terms) -> String {
    let state = |component| match component {
        ModelMetadata => configuration(verdicts),
        component => presence(verdicts, component),
    };
    let named = |wanted: &[Presence], rows: &[(Component, &'static str)]| {
        let fit = rows.iter().filter(|(component, _)| wanted.contains(&state(*component)));
        fit.map(|(_, name)| *name).collect::<Vec<_>>()
    };
    let all: Vec<(Component, &'static str)> = ALWAYS.iter().chain(WHERE_HERE).copied().collect();
    let here = named(&[Presence::Present], &all);
    let part = named(&[Presence::Partial], &all);
    let pointed = named(&[Presence::Pointer], ALWAYS);
    let referenced = named(&[Presence::Referenced], ALWAYS);
    let promised = named(&[Presence::Promised], &all);
    let withheld = named(&[Presence::Withheld], &all);
    let none = named(&[Presence::Claimed, Presence::Absent], ALWAYS);
    let mut clauses = Vec::new();
    let documents = ["model card", "technical report", "paper"];
    match (here.as_slice(), part.is_empty()) {
        ([], true) => clauses.push("nothing here".to_owned()),
        (all, true) if all.iter().all(|name| documents.contains(name)) => {
            clauses.push(format!("nothing here but the {}", joined(all, "and")));
        }
        ([], false) => {}
        (all, _) => clauses.push(joined(all, "and")),
    }
    let mut clause = |names: Vec<&str>, before: &str, conjunction: &str, after: &str| {
        if !names.is_empty() {
            clauses.push(format!("{before}{}{after}", joined(&names, conjunction)));
        }
    };
    clause(part, "", "and", " in part");
    clause(pointed, "", "and", " only as placeholders");
    clause(referenced, "", "and", " named, not shipped");
    clause(promised, "", "and", " promised");
    clause(withheld, "", "and", " withheld");
    clause(none, "no ", "or", "");
    clauses.push(terms.words().to_owned());
    clauses.join("; ")
}

/// `a, b and c`.
fn joined(names: &[&str], conjunction: &str) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [all @ .., last] => format!("{} {conjunction} {last}", all.join(", ")),
    }
}

/// What to ask the publisher for: one request a component that is not wholly here, in order.
pub fn ask_for(verdicts: &[ComponentVerdict]) -> Vec<String> {
    let lacking =
        RULES.iter().filter(|rule| presence(verdicts, rule.component) != Presence::Present);
    lacking.map(|rule| rule.ask.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use Component::{
        Datasets, EvaluationResults, InferenceCode, ModelArchitecture, ResearchPaper,
        TechnicalReport,
    };
    use Presence::{Absent, Claimed, Partial, Pointer, Present, Promised, Referenced, Withheld};

    fn verdicts(states: &[(Component, Presence)]) -> Vec<ComponentVerdict> {
        let seen = |(component, presence): &(Component, Presence)| Evidence {
            component: *component,
            presence: *presence,
            at: None,
            saying: String::new(),
        };
        components(&states.iter().map(seen).collect::<Vec<_>>())
    }

    #[test]
    fn a_verdict_is_the_strongest_of_its_evidence() {
        let all = verdicts(&[
            (Datasets, Claimed),
            (Datasets, Referenced),
            (Datasets, Withheld),
        ]);
        assert_eq!(all.len(), 17);
        let data = all.iter().find(|verdict| verdict.id == Datasets).unwrap();
        assert_eq!((data.presence, data.evidence.as_slice()), (Referenced, &[0, 1, 2][..]));
        assert_eq!(presence(&all, ModelCard), Absent);
    }

    #[test]
    fn groups_take_their_lead() {
        group(&[(FinalParameters, Partial)], Group::Weights, Partial);
        group(&[(Datasets, Claimed), (Component::DataCard, Present)], Group::TrainingData, Claimed);
        group(&[(ModelCard, Present)], Group::Documents, Present);
        group(&[(EvaluationResults, Present)], Group::Documents, Absent);
        group(
            &[
                (ModelArchitecture, Present),
                (InferenceCode, Present),
                (TrainingCode, Present),
            ],
            Group::Code,
            Present,
        );
        group(&[(ModelArchitecture, Present), (InferenceCode, Present)], Group::Code, Partial);
        group(&[(Component::SupportingLibraries, Present)], Group::Code, Partial);
        group(&[(ModelArchitecture, Referenced)], Group::Code, Referenced);
        group(&[(ModelArchitecture, Pointer)], Group::Code, Pointer);
        group(&[(ModelMetadata, Partial)], Group::Recipes, Absent);
        group(&[(ModelMetadata, Partial), (ResearchPaper, Referenced)], Group::Recipes, Referenced);
        group(&[(ModelMetadata, Present)], Group::Recipes, Partial);
        group(&[(TechnicalReport, Present)], Group::Recipes, Partial);
        group(&[(ModelMetadata, Present), (ResearchPaper, Referenced)], Group::Recipes, Partial);
        group(&[(ModelMetadata, Present), (TechnicalReport, Present)], Group::Recipes, Present);
        group(&[(ModelMetadata, Claimed), (ResearchPaper, Promised)], Group::Recipes, Claimed);
    }

    #[track_caller]
    fn group(states: &[(Component, Presence)], of: Group, expected: Presence) {
        let all = groups(&verdicts(states));
        let found = all.iter().find(|verdict| verdict.id == of).map(|verdict| verdict.presence);
        assert_eq!(found, Some(expected));
    }

    #[test]
    fn the_sentence_says_no_more_than_the_verdicts() {
        let llama = [
            (FinalParameters, Present),
            (ModelCard, Present),
            (Datasets, Claimed),
            (ModelMetadata, Partial),
            (ModelArchitecture, Referenced),
            (ResearchPaper, Referenced),
        ];
        check(
            &llama,
            Terms::NotOpenSource,
            "weights and model card; no training code, data or recipe; terms not open source",
        );
        check(
            &[
                (FinalParameters, Present),
                (ModelCard, Present),
                (Datasets, Referenced),
            ],
            Terms::OpenSource,
            "weights and model card; data named, not shipped; no training code or recipe; terms open source",
        );
        check(
            &[
                (FinalParameters, Present),
                (ModelCard, Present),
                (Datasets, Claimed),
                (ResearchPaper, Promised),
            ],
            Terms::OpenSource,
            "weights and model card; paper promised; no training code, data or recipe; terms open source",
        );
        check(
            &[(ModelCard, Present)],
            Terms::NoLicense,
            "nothing here but the model card; no weights, training code, data or recipe; no license found",
        );
        check(
            &[],
            Terms::Unclear,
            "nothing here; no weights, training code, data or recipe; terms unclear",
        );
        check(
            &[(FinalParameters, Partial), (Datasets, Withheld)],
            Terms::OpenSource,
            "weights in part; data withheld; no training code or recipe; terms open source",
        );
        check(
            &[
                (FinalParameters, Pointer),
                (TrainingCode, Referenced),
                (ModelCard, Present),
            ],
            Terms::OpenSource,
            "nothing here but the model card; weights only as placeholders; training code named, not shipped; no data or recipe; terms open source",
        );
    }

    #[track_caller]
    fn check(states: &[(Component, Presence)], terms: Terms, expected: &str) {
        assert_eq!(sentence(&verdicts(states), terms), expected);
    }

    #[test]
    fn what_is_not_whole_is_asked_for() {
        assert_eq!(ask_for(&verdicts(&[])).len(), 17);
        let asked = ask_for(&verdicts(&[(FinalParameters, Present), (Datasets, Referenced)]));
        assert_eq!(asked.len(), 16);
        assert!(asked.iter().any(|ask| ask.contains("training data")));
    }
}
