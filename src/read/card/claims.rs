//! What prose claims of the components, and what it leaves as the template had it.

use std::ops::Range;

use super::{
    Said,
    owner::{Own, of_another},
    passage::Passage,
    phrases::{Hit, Name, Place, Sense},
    stated::{self, of_contrast, subjects},
};
use crate::words::{Component, Presence};

/// What is trained beside the model, on data of its own.
const PARTS: [&str; 6] = [
    "tokenizer",
    "tokeniser",
    "vocabulary",
    "language classifier",
    "quality classifier",
    "分词器",
];

/// Reads a passage.
pub(super) fn read(passage: &Passage, own: &Own, said: &mut Said) {
    if !passage.reads() || passage.places.contains(&Place::License) {
        return;
    }
    for sentence in &passage.sentences {
        let hits = passage.hits_in(sentence);
        if hits.iter().any(|hit| hit.sense == Sense::Placeholder) {
            placeholder(passage, sentence, said);
            continue;
        }
        let stated = stated::states(passage, sentence, hits, said);
        let asked = passage.words[sentence.clone()].trim_end().ends_with(['?', '？', '؟']);
        if asked || passage.has(Name::Boilerplate, sentence) {
            continue;
        }
        if stated.is_empty() {
            described(passage, sentence, own, said);
            on_request(passage, sentence, hits, said);
        }
        for hit in hits {
            let Sense::Claim(about) = hit.sense else {
                continue;
            };
            if said.wants_of(about, Presence::Claimed)
                && !stated.hides(about, passage, sentence)
                && !of_contrast(passage, sentence, hit)
                && claims(passage, sentence, hit, about, own)
            {
                let quote = passage.quote(sentence, hit.start);
                let saying = format!("prose speaks of {}: {quote}", thing(about));
                said.state(about, Presence::Claimed, passage.line(hit.start), saying);
            }
        }
    }
}

/// What one may ask for is claimed to exist.
fn on_request(passage: &Passage, sentence: &Range<usize>, hits: &[Hit], said: &mut Said) {
    if passage.has(Name::OnRequest, sentence) {
        for (start, _, about) in subjects(hits).into_iter().take(4) {
            let saying =
                format!("says to ask for {}: {}", thing(about), passage.quote(sentence, start));
            said.state(about, Presence::Claimed, passage.line(start), saying);
        }
    }
}

/// What stands under a title of training data, or behind such a label, describes it in whatever words.
fn described(passage: &Passage, sentence: &Range<usize>, own: &Own, said: &mut Said) {
    const LEAST: usize = 12;
    let about = match passage.label {
        Some(Place::Part(Component::ModelMetadata)) => Component::ModelMetadata,
        _ => Component::Datasets,
    };
    let labeled = passage.label == Some(Place::Part(about)) && sentence.start == 0;
    let under =
        about == Component::Datasets && passage.is_prose() && passage.is_in(Place::Part(about));
    let names = passage.has(Name::Corpus, sentence) || passage.has(Name::Stuff, sentence);
    let text = passage.words.get(sentence.clone()).unwrap_or_default();
    let value = text.split_once([':', '：']).map_or("", |(_, value)| value);
    let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).count();
    let says = labeled && letters(value) >= LEAST / 2 || under && names && letters(text) >= LEAST;
    let linked = passage.links_in(sentence).next().is_some();
    let aside = [Name::Modal, Name::Measures, Name::Reader].iter();
    if says
        && !linked
        && said.wants_of(about, Presence::Claimed)
        && aside.clone().all(|name| !passage.has(*name, sentence))
        && !of_another(passage, sentence, sentence.end, own)
    {
        let quote = passage.quote(sentence, sentence.start);
        let saying = format!("prose speaks of {}: {quote}", thing(about));
        said.state(about, Presence::Claimed, passage.line(sentence.start), saying);
    }
}

/// A template entry that nobody filled: of the nearest thing that it stands under.
fn placeholder(passage: &Passage, sentence: &Range<usize>, said: &mut Said) {
    let line = passage.line(sentence.start);
    said.placeholders += 1;
    let title = passage.block.label.clone();
    let under = title.map(|title| format!(" at \"{title}\"")).unwrap_or_default();
    match passage.places.first() {
        Some(Place::Part(about)) => {
            let saying = format!("a template entry that nobody filled{under}");
            said.state(*about, Presence::Absent, line, saying);
        }
        Some(Place::Training) => {
            let saying = format!("a template entry that nobody filled{under}");
            said.state(Component::TrainingCode, Presence::Absent, line, saying);
        }
        Some(Place::Topic(topic)) => {
            let saying = format!("a template entry that nobody filled{under}");
            said.disclose(topic, Presence::Absent, line, saying);
        }
        _ => {}
    }
}

/// Whether a phrase really claims the component for this release.
fn claims(
    passage: &Passage,
    sentence: &Range<usize>,
    hit: &Hit,
    about: Component,
    own: &Own,
) -> bool {
    let near = sentence.start.max(floor(passage.words, hit.start.saturating_sub(28)))..hit.start;
    // `Model trained on x` at the start of a sentence is said of this one
    let modal = passage.hits_in(&near).iter().any(|hit| {
        hit.sense == Sense::Name(Name::Modal)
            && !(passage
                .words
                .get(sentence.start..hit.start)
                .is_some_and(|it| it.trim().is_empty())
                && passage.words.get(hit.start..).is_some_and(|it| it.starts_with("Model ")))
    });
    let evaluation = matches!(
        passage.places.first(),
        Some(Place::Part(
            Component::EvaluationResults | Component::EvaluationData | Component::EvaluationCode
        ))
    );
    match about {
        Component::Datasets => {
            let of_data = !evaluation || passage.has(Name::Training, sentence);
            let another = of_another(passage, sentence, hit.start, own);
            let of_part = of_part(passage, &near);
            let measured = passage.hits_in(sentence).iter().any(|it| {
                it.sense == Sense::Subject(Component::EvaluationData)
                    && it.start <= hit.start
                    && hit.start < it.end
            });
            let rest = hit.end..sentence.end.min(hit.end + 140);
            !modal
                && of_data
                && !another
                && !of_part
                && !measured
                && object_is_data(passage, hit, &rest)
        }
        Component::EvaluationResults => !of_another(passage, sentence, hit.start, own),
        Component::ModelMetadata
        | Component::DataPreprocessingCode
        | Component::ModelArchitecture => {
            !modal
                && !of_another(passage, sentence, hit.start, own)
                && !passage.places.contains(&Place::HowTo)
        }
        Component::TrainingCode | Component::InferenceCode | Component::EvaluationCode => {
            let address =
                |link: &&super::inline::Link| !link.image && link.target.starts_with("http");
            !modal && !passage.links_in(sentence).any(|link| address(&link))
        }
        _ => !modal,
    }
}

/// Whether words speak of what is trained beside the model.
pub(super) fn of_part(passage: &Passage, range: &Range<usize>) -> bool {
    let words = passage.words.get(range.clone()).unwrap_or_default().to_lowercase();
    PARTS.iter().any(|part| words.contains(part))
}

/// Whether what follows `trained on` is data and not a machine or a task.
fn object_is_data(passage: &Passage, hit: &Hit, rest: &Range<usize>) -> bool {
    let phrase = passage.words.get(hit.start..hit.end).unwrap_or_default().to_lowercase();
    if !phrase.ends_with(" on") {
        return true;
    }
    let close = hit.end..rest.end.min(hit.end + 45);
    if passage.has(Name::Aim, &close) {
        return false;
    }
    let first = |name: Name| {
        let hits = passage.hits_in(rest).iter().filter(|it| it.sense == Sense::Name(name));
        hits.map(|it| it.start).min().unwrap_or(usize::MAX)
    };
    let data = first(Name::Stuff).min(first(Name::Corpus));
    let machine = first(Name::Machine);
    let object = passage.words.get(rest.clone()).unwrap_or_default();
    machine >= data
        && object.chars().any(char::is_alphanumeric)
        && (machine == usize::MAX || data < machine)
}

/// The nearest place for a cut at or below a byte.
pub(super) fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// A component in words, as a clause may begin with.
pub(super) fn thing(about: Component) -> &'static str {
    use Component as C;
    match about {
        C::FinalParameters => "the weights",
        C::IntermediateParameters => "intermediate checkpoints",
        C::ModelArchitecture => "the architecture",
        C::InferenceCode => "inference code",
        C::TrainingCode => "training code",
        C::DataPreprocessingCode => "data preparation",
        C::EvaluationCode => "evaluation code",
        C::SupportingLibraries => "libraries",
        C::Datasets => "training data",
        C::DataCard => "a data card",
        C::EvaluationData => "evaluation data",
        C::ModelMetadata => "the training configuration",
        C::TechnicalReport => "a technical report",
        C::ResearchPaper => "a paper",
        C::ModelCard => "the card",
        C::EvaluationResults => "results",
        C::SampleOutputs => "sample outputs",
    }
}
