//! What prose promises, and what it withholds.

use std::ops::Range;

use super::{
    Said,
    claims::{floor, thing},
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

/// What a sentence promises or withholds.
#[derive(Default)]
pub(super) struct Stated {
    /// Not here, in so many words.
    plainly: Vec<Component>,
    /// Called internal, proprietary and the like.
    called: Vec<Component>,
}

impl Stated {
    /// Whether nothing was promised or withheld.
    pub(super) fn is_empty(&self) -> bool {
        self.plainly.is_empty() && self.called.is_empty()
    }

    /// Whether a claim in the same sentence adds nothing to what was stated: `trained on internal
    /// data` claims none beside, `public and internal data` does.
    pub(super) fn hides(
        &self,
        about: Component,
        passage: &Passage,
        sentence: &Range<usize>,
    ) -> bool {
        let public = passage.has(Name::Public, sentence) || passage.has(Name::Corpus, sentence);
        let called = self.called.contains(&about) && !public;
        called || self.plainly.contains(&about)
    }
}

pub(super) fn states(
    passage: &Passage,
    sentence: &Range<usize>,
    hits: &[Hit],
    said: &mut Said,
) -> Stated {
    let mut stated = Stated::default();
    let subjects = subjects(hits);
    for hit in hits {
        let Sense::State(presence, side) = hit.sense else {
            continue;
        };
        let denied = |other: &Hit| {
            matches!(other.sense, Sense::State(Presence::Withheld, _))
                && other.start <= hit.start
                && hit.end <= other.end
        };
        if presence == Presence::Promised && hits.iter().any(denied) {
            continue; // `will be released` within `will not be released`
        }
        if personal(passage, hit, side)
            || to_reader(passage, sentence, hit)
            || of_contrast(passage, sentence, hit)
        {
            continue;
        }
        let about = named(passage, sentence, &subjects, hit, side);
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
    for (about, presence) in denials(passage, sentence, hits, &subjects)
        .into_iter()
        .chain(told_by_label(passage, sentence))
    {
        if !stated.plainly.contains(&about) {
            let quote = passage.quote(sentence, sentence.start);
            let saying = said_of(presence, Side::Any, thing(about), &quote);
            said.state(about, presence, passage.line(sentence.start), saying);
            stated.plainly.push(about);
        }
    }
    if sentence.start == 0 && passage.words.starts_with(OPEN_ITEM) {
        open_item(passage, sentence, &subjects, &mut stated, said);
    }
    stated
}

/// `no training code is provided`, `neither data nor code has been released`.
fn denials(
    passage: &Passage,
    sentence: &Range<usize>,
    hits: &[Hit],
    subjects: &[Subject],
) -> Vec<(Component, Presence)> {
    const BETWEEN: usize = 12;
    const AFTER: usize = 60;
    /// `has not yet been`; what comes later belongs to another verb.
    const WORDS: usize = 3;
    let denied = |start: usize| {
        let before = |hit: &&Hit| hit.sense == Sense::Name(Name::Negation) && hit.end <= start;
        hits.iter().rfind(before).is_some_and(|hit| {
            let between = passage.words.get(hit.end..start).unwrap_or_default();
            start - hit.end <= BETWEEN && !between.contains([',', ':', '.'])
        })
    };
    let given = |from: usize| {
        let to = floor(passage.words, (from + AFTER).min(sentence.end)).max(from);
        passage.hits_in(&(from..to)).iter().any(|hit| {
            // the last thing that is named before: `neither data nor code has been released`
            let ends = subjects.iter().map(|it| it.1).filter(|end| *end <= hit.start);
            let last = ends.max().unwrap_or(from).max(from);
            let between = passage.words.get(last..hit.start).unwrap_or_default();
            hit.sense == Sense::Name(Name::Given) && between.split_whitespace().count() <= WORDS
        })
    };
    let denied = subjects.iter().filter(|(start, end, _)| denied(*start) && given(*end));
    denied.map(|(_, _, about)| (*about, Presence::Withheld)).collect()
}

/// `Training code: private`, `| Training data | ❌ |`: a label, and a word for how it stands.
fn told_by_label(passage: &Passage, sentence: &Range<usize>) -> Option<(Component, Presence)> {
    const LONGEST: usize = 40;
    const CLOSED: [&str; 22] = [
        "no",
        "none",
        "closed",
        "closed-source",
        "closed source",
        "private",
        "proprietary",
        "internal",
        "confidential",
        "undisclosed",
        "unreleased",
        "not open",
        "not shared",
        "withheld",
        "secret",
        "❌",
        "✗",
        "✘",
        "✖",
        "否",
        "不公开",
        "未开源",
    ];
    const COMING: [&str; 8] = [
        "coming", "soon", "planned", "upcoming", "pending", "🔜", "⏳", "🚧",
    ];
    let Some(Place::Part(about)) = passage.label else {
        return None;
    };
    let text = passage.words.get(sentence.clone()).filter(|_| sentence.start == 0)?;
    let (_, value) = text.split_once([':', '：', '|'])?;
    let value = value
        .trim_matches(|c: char| c.is_whitespace() || matches!(c, '.' | '*' | '|' | '\u{fe0f}'));
    let value = value.to_lowercase();
    if CLOSED.contains(&value.as_str()) {
        Some((about, Presence::Withheld))
    } else if value.len() <= LONGEST && COMING.iter().any(|word| value.starts_with(word)) {
        Some((about, Presence::Promised))
    } else {
        None
    }
}

/// `[ ] Training code`: an item of a list of what is to come.
fn open_item(
    passage: &Passage,
    sentence: &Range<usize>,
    subjects: &[Subject],
    stated: &mut Stated,
    said: &mut Said,
) {
    let mut about: Vec<Component> = subjects.iter().map(|it| it.2).collect();
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
pub(super) fn of_contrast(passage: &Passage, sentence: &Range<usize>, state: &Hit) -> bool {
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

/// A thing that a sentence names: its first byte, the one after its last, and which.
type Subject = (usize, usize, Component);

/// The things that a sentence names.
pub(super) fn subjects(hits: &[Hit]) -> Vec<Subject> {
    let mut subjects: Vec<Subject> = Vec::new();
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
    subjects: &[Subject],
    state: &Hit,
    side: Side,
) -> Vec<Component> {
    if passage.words[..state.start].ends_with('(') {
        // `logs (coming soon)` is said of the logs alone
        let one = subjects.iter().filter(|it| it.1 <= state.start && it.1 + 2 >= state.start);
        return one.map(|it| it.2).collect();
    }
    let fits = |(start, end, _): &&Subject| {
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
            let with = |it: &&Subject| {
                let between = passage.words.get(state.end..it.0).unwrap_or_default();
                between.len() <= NEAR && between.split_whitespace().any(|word| word == "with")
            };
            let besides = subjects.iter().filter(fits).filter(with).map(|it| it.2);
            if before.is_empty() {
                subjects.iter().filter(fits).map(|it| it.2).take(1).collect()
            } else {
                before.into_iter().chain(besides).collect() // `together with the data`
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
