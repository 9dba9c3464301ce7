//! The Open Source AI Definition 1.0. A folder can show that a release fails it, never that it
//! passes: whether the account of the data is complete is for a person to judge.

use super::Inputs;
use crate::{
    report::Osaid,
    words::{
        Component::{
            self, DataCard, DataPreprocessingCode, Datasets, FinalParameters, InferenceCode,
            ModelArchitecture, ResearchPaper, TechnicalReport, TrainingCode,
        },
        Presence,
    },
};

/// Of the definition.
const VERSION: &str = "1.0";

pub(super) fn weigh(inputs: &Inputs) -> Osaid {
    let failing = failures(inputs);
    let fails = !failing.is_empty();
    Osaid {
        version: VERSION.to_owned(),
        verdict: if fails { "fails" } else { "undecidable" }.to_owned(),
        reasons: if fails {
            failing
        } else {
            open_questions(inputs)
        },
    }
}

/// Whether a component is here in any part, or identified elsewhere.
fn reachable(inputs: &Inputs, component: Component) -> bool {
    inputs.presence(component) <= Presence::Referenced
}

fn failures(inputs: &Inputs) -> Vec<String> {
    let mut reasons = Vec::new();
    match inputs.presence(FinalParameters) {
        Presence::Withheld => reasons.push("the weights are said not to be released".to_owned()),
        state if state > Presence::Referenced => {
            reasons.push("no weights are here, and none are identified elsewhere".to_owned());
        }
        _ => {}
    }
    let license = inputs.licenses.get(&FinalParameters);
    let weights = reachable(inputs, FinalParameters);
    if let Some(license) = license.filter(|license| weights && !license.osi_approved) {
        let id = &license.id;
        reasons.push(format!("the weights are under {id}, which the OSI has not approved"));
    }
    if !reachable(inputs, TrainingCode) {
        let why = match inputs.presence(TrainingCode) {
            Presence::Withheld => "the training code is said not to be released",
            Presence::Promised => {
                "the training code is promised, not here, and not identified elsewhere"
            }
            _ => "no training code is here, and none is identified elsewhere",
        };
        reasons.push(why.to_owned());
    }
    let accounts = [Datasets, DataCard, TechnicalReport, ResearchPaper];
    if accounts.iter().all(|component| inputs.presence(*component) > Presence::Claimed) {
        reasons.push("nothing here says what data the model was trained on".to_owned());
    }
    reasons
}

/// What a person must judge where nothing fails outright.
fn open_questions(inputs: &Inputs) -> Vec<String> {
    let mut reasons = Vec::new();
    if inputs.presence(Datasets) != Presence::Present {
        reasons.push(
            "whether the account of the training data is detailed enough to build an equivalent system"
                .to_owned(),
        );
    }
    let code = [
        (DataPreprocessingCode, "data preparation code"),
        (TrainingCode, "training code"),
        (InferenceCode, "inference code"),
        (ModelArchitecture, "architecture code"),
    ];
    let elsewhere =
        code.iter().filter(|(component, _)| inputs.presence(*component) != Presence::Present);
    let names: Vec<&str> = elsewhere.map(|(_, name)| *name).collect();
    if !names.is_empty() {
        reasons.push(format!(
            "whether code that is not here is complete elsewhere: {}",
            names.join(", ")
        ));
    }
    reasons.push("whether the code that is here is what made these weights".to_owned());
    if !inputs.licenses.contains_key(&FinalParameters) {
        reasons.push("under what terms the weights are: no license was found here".to_owned());
    }
    reasons.push("whether all elements are under terms that the OSI approves".to_owned());
    reasons
}
