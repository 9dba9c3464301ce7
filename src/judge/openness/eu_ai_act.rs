//! Which fields of the documents that the EU AI Act asks for a release answers by itself, by number.
//! No advice: whether a field is answered well, or must be, is not judged.

use super::Inputs;
use crate::{
    evidence::{Lines, placeholder},
    facts::{Artifact, Card},
    report::{EuAiAct, EuField},
    words::{
        Component::{
            self, DataCard, DataPreprocessingCode, Datasets, EvaluationData, FinalParameters,
            InferenceCode, ModelArchitecture, ModelMetadata, ResearchPaper, SupportingLibraries,
            TechnicalReport, TrainingCode,
        },
        FileKind, Place,
        Presence::{self, Absent, Present},
    },
};

/// A field, and what answers it.
struct Row {
    number: &'static str,
    title: &'static str,
    /// Components whose evidence answers it; the strongest counts.
    components: &'static [Component],
    /// Topics of disclosures, or their beginnings.
    topics: &'static [&'static str],
    /// Kinds of file that answer it by being here.
    kinds: &'static [FileKind],
    /// Words of the label of a line or the title of a section that answers it in a summary of the
    /// training content, in lower case.
    labels: &'static [&'static str],
}

const fn row(number: &'static str, title: &'static str) -> Row {
    Row {
        number,
        title,
        components: &[],
        topics: &[],
        kinds: &[],
        labels: &[],
    }
}

const ANNEX_XI: &[Row] = &[
    Row {
        topics: &["intended_use"],
        ..row("1(a)", "tasks, and the systems it can be built into")
    },
    Row {
        kinds: &[FileKind::Policy],
        ..row("1(b)", "acceptable use policies")
    },
    Row {
        topics: &["release_date", "gating"],
        ..row("1(c)", "date of release and ways of distribution")
    },
    Row {
        components: &[ModelArchitecture],
        ..row("1(d)", "architecture and number of parameters")
    },
    Row {
        topics: &["modality"],
        ..row("1(e)", "modality and format of inputs and outputs")
    },
    row("1(f)", "license"),
    Row {
        components: &[InferenceCode, SupportingLibraries],
        topics: &["framework"],
        ..row("2(a)", "technical means for integration")
    },
    Row {
        components: &[TrainingCode, ModelMetadata, TechnicalReport, ResearchPaper],
        ..row("2(b)", "design specifications and training process")
    },
    Row {
        components: &[Datasets, DataCard, DataPreprocessingCode, EvaluationData],
        topics: &["data_"],
        ..row("2(c)", "data for training, testing and validation")
    },
    Row {
        topics: &["compute_"],
        ..row("2(d)", "computational resources and training time")
    },
    Row {
        topics: &["energy", "carbon"],
        ..row("2(e)", "energy consumption, known or estimated")
    },
];

const SUMMARY: &[Row] = &[
    Row {
        topics: &["contact"],
        labels: &["provider", "developer"],
        ..row("1.1", "provider")
    },
    Row {
        labels: &[
            "model name",
            "model identification",
            "versioned",
            "model dependenc",
        ],
        ..row("1.2", "model, versions, dependencies, market date")
    },
    Row {
        topics: &["data_size", "data_cutoff", "language"],
        labels: &[
            "training data size",
            "modalit",
            "collection date",
            "size of the training",
            "language",
        ],
        ..row("1.3", "modalities, size and characteristics of the training data")
    },
    Row {
        labels: &[
            "publicly available dataset",
            "public dataset",
            "publicly available data",
        ],
        ..row("2.1", "publicly available data sets")
    },
    Row {
        labels: &[
            "private",
            "third part",
            "third-part",
            "commercially licensed",
        ],
        ..row("2.2", "private data sets from third parties")
    },
    Row {
        labels: &["crawl", "scrape", "scraping"],
        ..row("2.3", "data crawled and scraped")
    },
    Row {
        labels: &[
            "user data",
            "user interaction",
            "from users",
            "user-sourced",
        ],
        ..row("2.4", "user data")
    },
    Row {
        labels: &["synthetic"],
        ..row("2.5", "synthetic data")
    },
    Row {
        labels: &["other source", "other data source"],
        ..row("2.6", "other sources")
    },
    Row {
        labels: &[
            "reservation",
            "opt-out",
            "opt out",
            "text and data mining",
            "robots.txt",
            "copyright",
        ],
        ..row("3.1", "reservations against text and data mining")
    },
    Row {
        labels: &["illegal"],
        ..row("3.2", "removal of illegal content")
    },
    Row {
        labels: &["other information", "other relevant", "data processing"],
        ..row("3.3", "other processing")
    },
];

pub(super) fn weigh(inputs: &Inputs) -> EuAiAct {
    EuAiAct {
        annex_xi: ANNEX_XI.iter().map(|row| field(inputs, row)).collect(),
        public_summary: SUMMARY.iter().map(|row| field(inputs, row)).collect(),
    }
}

fn field(inputs: &Inputs, row: &Row) -> EuField {
    let shown = row.components.iter().map(|component| inputs.presence(*component)).min();
    let of_kind =
        inputs.facts.artifacts.iter().filter(|artifact| row.kinds.contains(&artifact.kind));
    let mut at: Vec<Place> = of_kind.map(|artifact| Place::file(&artifact.path)).collect();
    let mut evidence = inputs.evidence_of(row.components);
    let mut presence = shown.unwrap_or(Absent).min(inputs.disclosure(row.topics));
    match row.number {
        "1(d)" => {
            let counted = counts_parameters(inputs);
            presence = counted_and_told(counted, presence);
            if counted {
                let weights = inputs.evidence_of(&[FinalParameters]);
                evidence.splice(..0, weights.into_iter().take(1));
            }
        }
        "1(f)" => {
            let license = inputs.licenses.get(&FinalParameters);
            at.extend(license.into_iter().flat_map(|license| license.at.iter().cloned()));
        }
        _ => {}
    }
    at.extend(summarized(inputs, row));
    if !at.is_empty() {
        presence = Present;
    }
    at.truncate(16);
    EuField {
        number: row.number.to_owned(),
        title: row.title.to_owned(),
        presence,
        evidence,
        disclosures: if row.topics.is_empty() {
            Vec::new()
        } else {
            inputs.disclosed(row.topics)
        },
        at,
    }
}

/// Whether the parameters of the weights were counted from their bytes.
fn counts_parameters(inputs: &Inputs) -> bool {
    inputs.sets.primary().and_then(|set| set.parameters).is_some_and(|n| n > 0)
}

/// Without a word on the architecture a count of the parameters is half, and the other way about.
fn counted_and_told(counted: bool, architecture: Presence) -> Presence {
    match (counted, architecture <= Presence::Claimed) {
        (true, true) => Present,
        (true, false) | (false, true) => Presence::Partial,
        (false, false) => Absent,
    }
}

/// Lines of a summary of the training content that answer a row: `**1.3.1.A Text training data
/// size:** value`, or a section of that title with prose in it. Labels decide, since the numbers of
/// such files differ.
fn summarized(inputs: &Inputs, row: &Row) -> Vec<Place> {
    let cards = inputs.facts.cards().filter(|(artifact, _)| artifact.kind == FileKind::DataCard);
    let mut places = Vec::new();
    for (artifact, card) in cards.filter(|_| !row.labels.is_empty()) {
        places.extend(labeled(artifact, card, row));
        let lines = Lines::of(card);
        for section in &card.sections {
            let title = section.title.to_lowercase();
            let fits = section.level < 7 && row.labels.iter().any(|label| title.contains(label));
            let mut under = lines.under(section).iter().map(|line| line.trim());
            let filled =
                |line: &str| line.len() > 2 && !line.starts_with('#') && !placeholder(line);
            if fits && under.any(filled) {
                places.push(Place::file(&artifact.path).line(section.line));
            }
        }
    }
    places.sort();
    places.dedup();
    places
}

fn labeled<'a>(
    artifact: &'a Artifact,
    card: &'a Card,
    row: &'a Row,
) -> impl Iterator<Item = Place> + 'a {
    card.body().filter_map(move |(line, text)| {
        let bare = text.trim().trim_start_matches(['*', '-', '_', ' ', '|', '#']);
        let (label, value) = bare.get(..200.min(bare.len())).unwrap_or(bare).split_once(':')?;
        let value = value.trim_matches(|c: char| c.is_whitespace() || "*_|".contains(c));
        let label = label.to_lowercase();
        let fits = row.labels.iter().any(|known| label.contains(known));
        (fits && !value.is_empty() && !placeholder(value))
            .then(|| Place::file(&artifact.path).line(line))
    })
}
