//! The five dimensions of "Open (For Business)": models, data, labor, frameworks, computational power.
//! Its authors set no criteria; this only puts what the release shows under their five headings.

use std::collections::BTreeMap;

use super::Inputs;
use crate::{
    report::Dimension,
    words::{
        Component::{
            self, DataCard, Datasets, EvaluationData, FinalParameters, ModelArchitecture,
            SupportingLibraries,
        },
        Presence,
    },
};

/// A dimension, the components that show it, the one that leads it, and the topics that speak of it.
struct Row {
    name: &'static str,
    lead: &'static [Component],
    components: &'static [Component],
    topics: &'static [&'static str],
}

const ROWS: &[Row] = &[
    Row {
        name: "models",
        lead: &[FinalParameters],
        components: &[FinalParameters, ModelArchitecture],
        topics: &["gating"],
    },
    Row {
        name: "data",
        lead: &[Datasets],
        components: &[Datasets, DataCard, EvaluationData],
        topics: &["data_"],
    },
    Row {
        name: "labor",
        lead: &[],
        components: &[],
        topics: &["labor_"],
    },
    Row {
        name: "frameworks",
        lead: &[SupportingLibraries],
        components: &[SupportingLibraries],
        topics: &["framework"],
    },
    Row {
        name: "compute",
        lead: &[],
        components: &[],
        topics: &["compute_", "energy", "carbon"],
    },
];

pub(super) fn weigh(inputs: &Inputs) -> BTreeMap<String, Dimension> {
    let dimension = |row: &Row| {
        let led = row.lead.iter().map(|component| inputs.presence(*component)).min();
        // Words about a thing that has bytes of its own do not make it more than it is.
        let said = match led {
            Some(_) if row.name != "frameworks" => Presence::Absent,
            _ => inputs.disclosure(row.topics),
        };
        let dimension = Dimension {
            presence: led.unwrap_or(Presence::Absent).min(said),
            evidence: inputs.evidence_of(row.components),
            disclosures: inputs.disclosed(row.topics),
        };
        (row.name.to_owned(), dimension)
    };
    ROWS.iter().map(dimension).collect()
}
