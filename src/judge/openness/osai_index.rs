//! The European Open Source AI Index: twelve parameters, as far as a folder can tell. What it cannot
//! is `unknown`: that needs the web.

use std::collections::BTreeMap;

use super::{Inputs, Licensed};
use crate::{
    report::OsaiIndex,
    words::{
        Component::{
            self, DataCard, DataPreprocessingCode, Datasets, EvaluationResults, FinalParameters,
            InferenceCode, ModelArchitecture, ModelCard, ModelMetadata, ResearchPaper,
            TechnicalReport, TrainingCode,
        },
        Presence,
    },
};

/// A parameter's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Open,
    Partial,
    Closed,
    Unknown,
}

impl Answer {
    const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Partial => "partial",
            Self::Closed => "closed",
            Self::Unknown => "unknown",
        }
    }

    /// What it adds to the score, in halves; `None` where it is not known.
    const fn halves(self) -> Option<u32> {
        match self {
            Self::Open => Some(2),
            Self::Partial => Some(1),
            Self::Closed => Some(0),
            Self::Unknown => None,
        }
    }
}

/// A parameter and how it is answered.
type Row = (&'static str, fn(&Inputs) -> Answer);

const ROWS: [Row; 12] = [
    ("datasources_basemodel", |inputs| of_base(inputs, data)),
    ("datasources_endmodel", data),
    ("weights_basemodel", |inputs| of_base(inputs, weights)),
    ("weights_endmodel", weights),
    ("trainingcode", training_code),
    ("code", code),
    ("hardware_architecture", hardware),
    ("preprint", |inputs| {
        document(inputs.presence(TechnicalReport).min(inputs.presence(ResearchPaper)))
    }),
    // That a paper was reviewed by peers cannot be told from its file.
    ("paper", |_| Answer::Unknown),
    ("modelcard", model_card),
    ("datasheet", |inputs| document(inputs.presence(DataCard))),
    ("licenses", licenses),
];

pub(super) fn weigh(inputs: &Inputs) -> OsaiIndex {
    let answers = ROWS.map(|(name, answer)| (name, answer(inputs)));
    let sum: Option<u32> = answers.iter().map(|(_, answer)| answer.halves()).sum();
    let named = answers.iter().map(|(name, answer)| ((*name).to_owned(), answer.word().to_owned()));
    OsaiIndex {
        parameters: named.collect::<BTreeMap<_, _>>(),
        score: sum.map(|halves| (f64::from(halves) / 24.0 * 1000.0).round() / 1000.0),
    }
}

/// A document: what is not here may be on the web, unless it is said not to be.
fn document(presence: Presence) -> Answer {
    match presence {
        Presence::Present | Presence::Partial => Answer::Partial,
        Presence::Withheld => Answer::Closed,
        _ => Answer::Unknown,
    }
}

fn weights(inputs: &Inputs) -> Answer {
    let gated = !inputs.disclosed(&["gating"]).is_empty();
    match inputs.presence(FinalParameters) {
        Presence::Present if !gated => Answer::Open,
        Presence::Present | Presence::Partial => Answer::Partial,
        Presence::Withheld => Answer::Closed,
        _ => Answer::Unknown,
    }
}

fn data(inputs: &Inputs) -> Answer {
    match inputs.presence(Datasets) {
        // Rows that are here prove some of the data, not all of it.
        Presence::Present | Presence::Partial => Answer::Partial,
        Presence::Withheld => Answer::Closed,
        _ => Answer::Unknown,
    }
}

/// The base of a model that was made from another is another release; its own is itself.
fn of_base(inputs: &Inputs, answer: fn(&Inputs) -> Answer) -> Answer {
    if inputs.disclosed(&["lineage"]).is_empty() {
        answer(inputs)
    } else {
        Answer::Unknown
    }
}

fn training_code(inputs: &Inputs) -> Answer {
    let states = [TrainingCode, DataPreprocessingCode].map(|component| inputs.presence(component));
    match states {
        [Presence::Present, Presence::Present] => Answer::Open,
        [Presence::Present | Presence::Partial, _] | [_, Presence::Present] => Answer::Partial,
        [Presence::Withheld, _] => Answer::Closed,
        _ => Answer::Unknown,
    }
}

/// Documentation of the code: that it is here is some; how good it is, a person must say.
fn code(inputs: &Inputs) -> Answer {
    let here = |component| inputs.presence(component) <= Presence::Partial;
    let any = [TrainingCode, InferenceCode, ModelArchitecture].into_iter().any(here);
    if any {
        Answer::Partial
    } else {
        Answer::Unknown
    }
}

fn hardware(inputs: &Inputs) -> Answer {
    let setup = inputs.disclosure(&["compute_"]) <= Presence::Claimed;
    let architecture = inputs.presence(ModelArchitecture) <= Presence::Claimed;
    if setup || (architecture && inputs.presence(ModelMetadata) == Presence::Present) {
        Answer::Partial
    } else {
        Answer::Unknown
    }
}

/// Comprehensive where it comes with results, an account of data, and of compute.
fn model_card(inputs: &Inputs) -> Answer {
    let speaks = |component: Component| inputs.presence(component) <= Presence::Claimed;
    let whole = speaks(Datasets)
        && speaks(EvaluationResults)
        && inputs.disclosure(&["compute_"]) <= Presence::Claimed;
    match inputs.presence(ModelCard) {
        Presence::Present if whole => Answer::Open,
        Presence::Present | Presence::Partial => Answer::Partial,
        _ => Answer::Unknown,
    }
}

/// Weights, code and data: all under open licenses, at least two of them, or fewer.
fn licenses(inputs: &Inputs) -> Answer {
    let parts = [
        &[FinalParameters][..],
        &[TrainingCode, InferenceCode, ModelArchitecture],
        &[Datasets],
    ];
    let answers = parts.map(|components| {
        let here = components.iter().filter(|it| inputs.presence(**it) <= Presence::Partial);
        let mut licenses = here.map(|component| inputs.licenses.get(component)).peekable();
        licenses.peek()?;
        Some(licenses.all(|license| license.is_some_and(|it: &Licensed| it.mof_open)))
    });
    let open = answers.iter().filter(|answer| **answer == Some(true)).count();
    let unknown = answers.iter().filter(|answer| answer.is_none()).count();
    match (open, unknown) {
        (3, _) => Answer::Open,
        (2, _) => Answer::Partial,
        (open, unknown) if open + unknown >= 2 => Answer::Unknown,
        _ => Answer::Closed,
    }
}
