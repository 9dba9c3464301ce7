//! The Model Openness Framework 1.0: which class a release reaches, by its own rules.

use std::collections::{BTreeMap, BTreeSet};

use super::{Inputs, declared};
use crate::{
    report::{Mof, MofReading},
    words::{
        Component::{
            self, DataCard, DataPreprocessingCode, Datasets, EvaluationCode, EvaluationData,
            EvaluationResults, FinalParameters, InferenceCode, IntermediateParameters,
            ModelArchitecture, ModelCard, ResearchPaper, TechnicalReport, TrainingCode,
        },
        Presence,
    },
};

/// Of the framework.
const VERSION: &str = "1.0";

/// What each class requires beside what the easier ones do, the easiest class first. Sample outputs,
/// supporting libraries and model metadata are required by none.
const CLASSES: [(&str, &[Component]); 3] = [
    (
        "III",
        &[
            ModelArchitecture,
            FinalParameters,
            EvaluationResults,
            ModelCard,
            DataCard,
            TechnicalReport,
        ],
    ),
    ("II", &[TrainingCode, InferenceCode, EvaluationCode, EvaluationData]),
    (
        "I",
        &[
            Datasets,
            DataPreprocessingCode,
            IntermediateParameters,
            ResearchPaper,
        ],
    ),
];

/// What the framework calls a component's license.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    /// Open.
    Included,
    /// There is one, and it is not open.
    Invalid,
    /// There is none.
    Unlicensed,
}

pub(super) fn weigh(inputs: &Inputs) -> Mof {
    Mof {
        version: VERSION.to_owned(),
        confirmed: reading(&statuses(inputs, &[Presence::Present])),
        potential: reading(&statuses(
            inputs,
            &[Presence::Present, Presence::Pointer, Presence::Referenced],
        )),
        declared: declared::statuses(inputs.facts).map(|statuses| reading(&statuses)),
    }
}

/// The components that evidence shows in one of `counted`. Only what is present inherits the
/// license of the release; what is elsewhere may be under any.
fn statuses(inputs: &Inputs, counted: &[Presence]) -> BTreeMap<Component, Status> {
    let status = |component| match inputs.licenses.get(&component) {
        _ if inputs.presence(component) != Presence::Present => Status::Unlicensed,
        Some(license) if license.mof_open => Status::Included,
        Some(_) => Status::Invalid,
        None => Status::Unlicensed,
    };
    let shown = Component::ALL.iter().filter(|component| inputs.shows(**component, counted));
    shown.map(|component| (*component, status(*component))).collect()
}

/// The framework's own rules over the components that are listed.
pub(super) fn reading(statuses: &BTreeMap<Component, Status>) -> MofReading {
    let is = |component: &Component, status| statuses.get(component) == Some(&status);
    let included = |component: &Component| is(component, Status::Included);
    let paper_instead = !included(&TechnicalReport) && included(&ResearchPaper);

    // What is included of all that each class requires, those of easier classes with it.
    let mut required: Vec<Component> = Vec::new();
    let mut counts: Vec<(&str, usize, usize)> = Vec::new();
    for (class, own) in CLASSES {
        required.extend(own);
        let mut held: BTreeSet<Component> = required.iter().copied().filter(included).collect();
        if paper_instead && class != "I" {
            held.insert(ResearchPaper);
        }
        counts.push((class, held.len(), required.len()));
    }

    let mut progress = BTreeMap::new();
    let mut reached = None;
    let mut open = true;
    for (class, held, total) in counts {
        let total = if class == "I" && paper_instead {
            total - 1
        } else {
            total
        };
        let percent = if open { percent(held, total) } else { 0.0 };
        progress.insert(class.to_owned(), percent);
        if open && held >= total {
            reached = Some(class.to_owned());
        }
        open &= held >= total;
    }

    let missing = required.iter().copied().filter(|component| !statuses.contains_key(component));
    let missing: BTreeSet<Component> =
        missing.filter(|component| !(paper_instead && *component == TechnicalReport)).collect();
    let of = |status| {
        let all = statuses.iter().filter(|(_, own)| **own == status);
        all.map(|(component, _)| *component).collect()
    };
    MofReading {
        class: reached,
        progress,
        missing: missing.into_iter().collect(),
        invalid: of(Status::Invalid),
        unlicensed: of(Status::Unlicensed),
    }
}

/// Percent with one decimal, 100 at most.
fn percent(part: usize, of: usize) -> f64 {
    let thousandths = u32::try_from((part * 1000 + of / 2) / of.max(1)).unwrap_or(1000);
    f64::from(thousandths.min(1000)) / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use Status::{Included, Invalid, Unlicensed};

    fn all() -> BTreeMap<Component, Status> {
        let required = CLASSES.iter().flat_map(|(_, own)| *own);
        required.map(|component| (*component, Included)).collect()
    }

    fn without(components: &[Component]) -> BTreeMap<Component, Status> {
        all().into_iter().filter(|(component, _)| !components.contains(component)).collect()
    }

    #[test]
    fn classes_are_reached_in_order() {
        check(&all(), Some("I"), [100.0, 100.0, 100.0]);
        check(&BTreeMap::new(), None, [0.0, 0.0, 0.0]);
        check(&without(&[Datasets]), Some("II"), [100.0, 100.0, 92.9]);
        check(&without(&[EvaluationCode]), Some("III"), [100.0, 90.0, 0.0]);
        check(&without(&[ModelCard]), None, [83.3, 0.0, 0.0]);
        check(&without(&[ModelCard, Datasets]), None, [83.3, 0.0, 0.0]);
    }

    #[test]
    fn a_paper_stands_in_for_the_report() {
        check(&without(&[TechnicalReport]), Some("I"), [100.0, 100.0, 100.0]);
        check(&without(&[TechnicalReport, Datasets]), Some("II"), [100.0, 100.0, 92.3]);
        check(&without(&[TechnicalReport, ResearchPaper]), None, [83.3, 0.0, 0.0]);
        check(&without(&[ResearchPaper]), Some("II"), [100.0, 100.0, 92.9]);
        let mut closed = all();
        closed.insert(TechnicalReport, Invalid);
        check(&closed, Some("I"), [100.0, 100.0, 100.0]);
        closed.insert(ResearchPaper, Unlicensed);
        check(&closed, None, [83.3, 0.0, 0.0]);
    }

    #[track_caller]
    fn check(statuses: &BTreeMap<Component, Status>, class: Option<&str>, progress: [f64; 3]) {
        let progress = progress.map(|percent| percent.to_string());
        let reading = reading(statuses);
        let told = ["III", "II", "I"].map(|class| reading.progress[class].to_string());
        assert_eq!((reading.class.as_deref(), told), (class, progress));
    }

    #[test]
    fn what_is_missing_is_told_from_what_is_not_licensed() {
        let mut some = without(&[TechnicalReport, Datasets]);
        some.insert(FinalParameters, Invalid);
        some.insert(ModelCard, Unlicensed);
        let told = reading(&some);
        assert_eq!(told.missing, [Datasets]);
        assert_eq!((told.invalid, told.unlicensed), (vec![FinalParameters], vec![ModelCard]));
    }
}
