//! What prose says of the components: claimed, promised, withheld, or left as the template had it.

use std::ops::Range;

use super::{
    Said,
    owner::{Own, of_another},
    passage::Passage,
    phrases::{Hit, Name, Place, Sense, Side},
};
use crate::words::{Component, Presence};

/// Bytes between a state and the thing it is said of.
const REACH: usize = 110;
/// Bytes between an adjective and its noun.
const NEAR: usize = 30;
/// How an item of a list begins that is not done yet.
const OPEN_ITEM: &str = "[ ]";
/// A sentence no longer than this may leave its thing to the heading.
const SHORT: usize = 90;

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
        let mut stated = states(passage, sentence, hits, said);
        if sentence.start == 0 && passage.words.starts_with(OPEN_ITEM) {
            open_item(passage, sentence, hits, &mut stated, said);
        }
        let asked = passage.words[sentence.clone()].trim_end().ends_with(['?', '？', '؟']);
        if asked || passage.has(Name::Boilerplate, sentence) {
            continue;
        }
        if stated.plainly.is_empty() && stated.called.is_empty() {
            described(passage, sentence, own, said);
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

/// What stands under a title of training data, or behind such a label, describes it in whatever words.
fn described(passage: &Passage, sentence: &Range<usize>, own: &Own, said: &mut Said) {
    const LEAST: usize = 12;
    let about = Component::Datasets;
    let labeled = passage.label == Some(Place::Part(about)) && sentence.start == 0;
    let under = passage.is_prose() && passage.is_in(Place::Part(about));
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

/// What a sentence promises or withholds.
#[derive(Default)]
struct Stated {
    /// Not here, in so many words.
    plainly: Vec<Component>,
    /// Called internal, proprietary and the like.
    called: Vec<Component>,
}

impl Stated {
    /// Whether a claim in the same sentence adds nothing to what was stated: `trained on internal
    /// data` claims none beside, `public and internal data` does.
    fn hides(&self, about: Component, passage: &Passage, sentence: &Range<usize>) -> bool {
        let called = self.called.contains(&about) && !passage.has(Name::Public, sentence);
        called || self.plainly.contains(&about)
    }
}

fn states(passage: &Passage, sentence: &Range<usize>, hits: &[Hit], said: &mut Said) -> Stated {
    let mut stated = Stated::default();
    for hit in hits {
        let Sense::State(presence, side) = hit.sense else {
            continue;
        };
        if personal(passage, hit, side)
            || to_reader(passage, sentence, hit)
            || of_contrast(passage, sentence, hit)
        {
            continue;
        }
        let about = named(passage, sentence, hits, hit, side);
        let line = passage.line(hit.start);
        let quote = passage.quote(sentence, hit.start);
        if about.is_empty() {
            let topic = passage.places.first().filter(|_| fits_heading(passage, sentence, side));
            if let Some(Place::Topic(topic)) = topic {
                said.disclose(topic, presence, line, said_of(presence, side, "this", &quote));
            }
        }
        for about in about {
            if side == Side::Near {
                &mut stated.called
            } else {
                &mut stated.plainly
            }
            .push(about);
            let saying = said_of(presence, side, thing(about), &quote);
            said.state(about, presence, line, saying);
        }
    }
    stated
}

/// `[ ] Training code`: an item of a list of what is to come.
fn open_item(
    passage: &Passage,
    sentence: &Range<usize>,
    hits: &[Hit],
    stated: &mut Stated,
    said: &mut Said,
) {
    let mut about: Vec<Component> = subjects(hits).iter().map(|it| it.2).collect();
    about.sort_unstable();
    about.dedup();
    about.retain(|it| !stated.plainly.contains(it));
    for about in about {
        let quote = passage.quote(sentence, sentence.start);
        let saying = format!("lists {} as not done yet: {quote}", thing(about));
        said.state(about, Presence::Promised, passage.line(sentence.start), saying);
        stated.plainly.push(about);
    }
}

/// `private data` is what people would keep to themselves; a `private dataset` is not released.
fn personal(passage: &Passage, state: &Hit, side: Side) -> bool {
    let text = passage.words.get(state.start..state.end).unwrap_or_default();
    let after = passage.words.get(state.end..).unwrap_or_default().trim_start();
    let noun: String = after.chars().take_while(|c| c.is_alphanumeric()).take(20).collect();
    side == Side::Near
        && text.eq_ignore_ascii_case("private")
        && ["data", "information", "messages", "keys"]
            .iter()
            .any(|it| noun.eq_ignore_ascii_case(it))
}

/// Whether a sentence tells the reader what to do with data of their own.
fn to_reader(passage: &Passage, sentence: &Range<usize>, state: &Hit) -> bool {
    let before = sentence.start..state.start;
    passage.has(Name::Reader, &(sentence.start..state.end)) && !passage.has(Name::Own, &before)
}

/// Whether a state is said of what this model is set against: `unlike Llama, whose data is not public`.
fn of_contrast(passage: &Passage, sentence: &Range<usize>, state: &Hit) -> bool {
    const REFERS: [&str; 5] = ["whose", "which", "where", "that", "dont"]; // `dont` is French
    let before = sentence.start..state.start;
    let hits = passage.hits_in(&before);
    let Some(contrast) = hits
        .iter()
        .rev()
        .find(|hit| hit.sense == Sense::Name(Name::Contrast) && hit.end <= before.end)
    else {
        return false;
    };
    let between = passage.words.get(contrast.end..state.start).unwrap_or_default();
    match between.rsplit_once([',', '，']) {
        None => !passage.has(Name::Own, &(contrast.end..state.start)),
        Some((_, clause)) => {
            let first = clause.split_whitespace().next().unwrap_or_default();
            REFERS.iter().any(|word| first.eq_ignore_ascii_case(word))
        }
    }
}

fn said_of(presence: Presence, side: Side, thing: &str, quote: &str) -> String {
    match (presence, side) {
        (Presence::Promised, _) => format!("promises {thing}: {quote}"),
        (_, Side::Near) => format!("calls {thing} internal or proprietary: {quote}"),
        _ => format!("withholds {thing}: {quote}"),
    }
}

/// The things that a sentence names, each with its first byte and the one after its last.
fn subjects(hits: &[Hit]) -> Vec<(usize, usize, Component)> {
    let mut subjects: Vec<(usize, usize, Component)> = Vec::new();
    for hit in hits {
        let Sense::Subject(about) = hit.sense else {
            continue;
        };
        if subjects.last().is_some_and(|(_, end, _)| hit.end <= *end) {
            continue; // `data` within `training data`
        }
        if let Some((start, ..)) = subjects.last().copied()
            && start == hit.start
        {
            subjects.pop(); // `training` grows into `training data`
        }
        subjects.push((hit.start, hit.end, about));
    }
    subjects
}

/// The things that a state is said of.
fn named(
    passage: &Passage,
    sentence: &Range<usize>,
    hits: &[Hit],
    state: &Hit,
    side: Side,
) -> Vec<Component> {
    let subjects = subjects(hits);
    if passage.words[..state.start].ends_with('(') {
        // `logs (coming soon)` is said of the logs alone
        let one = subjects.iter().filter(|it| it.1 <= state.start && it.1 + 2 >= state.start);
        return one.map(|it| it.2).collect();
    }
    let fits = |(start, end, _): &&(usize, usize, Component)| {
        let before = state.start.checked_sub(*end);
        let after = start.checked_sub(state.end);
        match side {
            Side::Before => before.is_some_and(|gap| gap <= REACH),
            Side::After => after.is_some_and(|gap| gap <= REACH),
            Side::Any => before.or(after).is_some_and(|gap| gap <= REACH),
            Side::Near => {
                before.is_some_and(|gap| gap <= NEAR && adjacent(passage, *end..state.start))
                    || after.is_some_and(|gap| gap <= NEAR && adjacent(passage, state.end..*start))
            }
        }
    };
    let mut about: Vec<Component> = match side {
        Side::Near => {
            subjects.iter().filter(fits).map(|it| it.2).filter(|it| ownable(*it)).take(1).collect()
        }
        Side::Any => {
            let before: Vec<_> = subjects
                .iter()
                .filter(fits)
                .filter(|it| it.1 <= state.start)
                .map(|it| it.2)
                .collect();
            if before.is_empty() {
                subjects.iter().filter(fits).map(|it| it.2).take(1).collect()
            } else {
                before
            }
        }
        _ => subjects.iter().filter(fits).map(|it| it.2).collect(),
    };
    about.sort_unstable();
    about.dedup();
    if about.is_empty() && subjects.is_empty() && fits_heading(passage, sentence, side) {
        about.extend(match passage.places.first() {
            Some(Place::Part(part)) => Some(*part),
            Some(Place::Training) => Some(Component::TrainingCode),
            _ => None,
        });
    }
    about
}

fn fits_heading(passage: &Passage, sentence: &Range<usize>, side: Side) -> bool {
    let room = if passage.label.is_some() {
        SHORT + 40
    } else {
        SHORT
    };
    side != Side::Near && side != Side::After && sentence.len() <= room
}

/// Whether an adjective and a noun belong together: at most two words between, none of them a link
/// to something else.
fn adjacent(passage: &Passage, gap: Range<usize>) -> bool {
    const PARTS: [&str; 14] = [
        "on", "of", "in", "for", "with", "and", "or", "to", "models", "model", "llms", "systems",
        "than", "by",
    ];
    let gap = passage.words.get(gap).unwrap_or_default();
    let stop = gap.contains([',', '.', ':', '(', ')', '，', '、', '。', '|']);
    let mut words = gap.split_whitespace();
    !stop
        && gap.split_whitespace().count() <= 2
        && words.all(|word| !PARTS.contains(&word.to_lowercase().as_str()))
}

/// What one calls internal or proprietary and means: not released.
fn ownable(about: Component) -> bool {
    use Component as C;
    matches!(
        about,
        C::Datasets
            | C::TrainingCode
            | C::InferenceCode
            | C::EvaluationCode
            | C::DataPreprocessingCode
            | C::EvaluationData
    )
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
    let modal = passage.has(Name::Modal, &near);
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
            let rest = hit.end..sentence.end.min(hit.end + 140);
            !modal && of_data && !another && object_is_data(passage, hit, &rest)
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
