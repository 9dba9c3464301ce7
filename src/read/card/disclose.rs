//! The other things that reviewers ask about: labor, compute, data, lineage, limits. Each with the
//! words that disclose it.

use std::ops::Range;

use super::{
    Said,
    claims::floor,
    owner::{Own, of_another},
    passage::Passage,
    phrases::{Hit, Name, Needs, Place, Sense},
};
use crate::words::{Component, Presence};

/// Bytes around a phrase in which its number stands.
const REACH: usize = 40;

/// Reads every passage.
pub(super) fn read(passages: &[Passage], own: &Own, said: &mut Said) {
    let mut opened: Option<usize> = None;
    for passage in passages {
        if passage.places.contains(&Place::License) {
            continue;
        }
        if passage.reads() {
            if passage.label.is_some() || opened != Some(passage.block.section) {
                titled(passage, said);
            }
            opened = Some(passage.block.section);
        }
        for hit in &passage.hits {
            if let Sense::Topic(topic, needs) = hit.sense {
                sentence(passage, hit, topic, needs, own, said);
            }
        }
    }
}

/// The first words under a title or beside a label that ask for a topic.
fn titled(passage: &Passage, said: &mut Said) {
    let Some(Place::Topic(topic)) = passage.places.first().copied() else {
        return;
    };
    let labeled = passage.label == Some(Place::Topic(topic));
    let start = match passage.words.find([':', '：']).filter(|at| labeled && *at < 90) {
        Some(at) => at + passage.words[at..].chars().next().map_or(1, char::len_utf8),
        None if labeled => {
            passage.block.label.as_ref().map_or(0, String::len).min(passage.words.len())
        }
        None => 0,
    };
    let start = floor(passage.words, start);
    let end = passage
        .sentences
        .iter()
        .find(|range| range.end > start + 1)
        .map_or(passage.words.len(), |range| range.end);
    let whole = start..end.max(start);
    let text = passage.words.get(whole.clone()).unwrap_or_default().trim();
    let text = text.trim_matches(['|', ' ']);
    let hits = passage.hits_in(&whole);
    let settled = hits.iter().any(|hit| matches!(hit.sense, Sense::Placeholder | Sense::State(..)));
    if text.is_empty() || settled {
        return;
    }
    let line = passage.line(start.min(passage.words.len().saturating_sub(1)));
    let nothing = matches!(
        text.to_lowercase().trim_end_matches('.'),
        "n/a" | "na" | "none" | "unknown" | "-" | "not specified" | "unspecified" | "not mentioned"
    );
    if nothing {
        return said.disclose(topic, Presence::Absent, line, format!("the entry says \"{text}\""));
    }
    let vague = [
        "compute_hardware",
        "carbon",
        "energy",
        "data_cutoff",
        "compute_hours",
        "data_size",
        "release_date",
        "framework",
        "labor_red_team",
        "gating",
    ]
    .contains(&topic);
    let told = hits.iter().any(|hit| matches!(hit.sense, Sense::Topic(of, _) if of == topic));
    if vague && !labeled && !told {
        return;
    }
    if vague
        && labeled
        && !matches!(topic, "framework" | "compute_hardware" | "labor_red_team" | "gating")
        && !text.contains(|c: char| c.is_numeric())
    {
        return;
    }
    said.disclose(topic, Presence::Claimed, line, passage.quote(&whole, start));
}

/// A sentence with a phrase of a topic, where it has what the topic needs.
fn sentence(
    passage: &Passage,
    hit: &Hit,
    topic: &'static str,
    needs: Needs,
    own: &Own,
    said: &mut Said,
) {
    let sentence = passage.sentence(hit.start);
    let fits = match needs {
        Needs::Nothing => true,
        Needs::Number => number_near(passage, hit),
        Needs::Training => on_training(passage, &sentence, topic),
        Needs::Scale => scaled(passage, hit) && on_data(passage, &sentence, hit),
    };
    if !fits || of_another(passage, &sentence, hit.start, own) {
        return;
    }
    if matches!(topic, "gating") && passage.is_in(Place::HowTo) && !passage.words.contains("access")
    {
        return;
    }
    let line = passage.line(hit.start);
    said.disclose(topic, Presence::Claimed, line, passage.quote(&sentence, hit.start));
    if topic == "compute_hardware" && counted(passage, hit) {
        said.disclose(
            "compute_count",
            Presence::Claimed,
            line,
            passage.quote(&sentence, hit.start),
        );
    }
}

fn around(passage: &Passage, hit: &Hit) -> Range<usize> {
    let start = floor(passage.words, hit.start.saturating_sub(REACH));
    start..floor(passage.words, (hit.end + REACH).min(passage.words.len())).max(hit.end)
}

fn number_near(passage: &Passage, hit: &Hit) -> bool {
    let words = passage.words.get(around(passage, hit)).unwrap_or_default();
    let own = passage.words.get(hit.start..hit.end).unwrap_or_default();
    let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
    digits(words) > digits(own)
}

/// Whether a sentence, or the section it stands in, is on how the model was trained.
fn on_training(passage: &Passage, sentence: &Range<usize>, topic: &str) -> bool {
    let trained = passage.has(Name::Training, sentence);
    let of_running = passage.has(Name::Running, sentence) || passage.is_in(Place::HowTo);
    let placed = passage.places.iter().any(|place| match place {
        Place::Training | Place::Part(Component::ModelMetadata) => true,
        Place::Topic(of) => {
            of.starts_with("compute_")
                || matches!(*of, "carbon" | "energy")
                || (*of == "framework" && topic == "framework")
        }
        _ => false,
    });
    (trained || placed) && (!of_running || (trained && !passage.is_in(Place::HowTo)))
}

/// A size right before a unit: `2 trillion tokens`, `825 GB of text`, `1.2M images`.
fn scaled(passage: &Passage, hit: &Hit) -> bool {
    let before = passage
        .words
        .get(floor(passage.words, hit.start.saturating_sub(28))..hit.start)
        .unwrap_or_default();
    let before = before.trim_end().to_lowercase();
    let cjk = ["万", "亿", "兆", "억", "만", "億", "萬", "조"]
        .iter()
        .any(|mark| before.trim_end_matches(['个', '個', ' ']).ends_with(mark));
    if cjk {
        return before.contains(|c: char| c.is_ascii_digit());
    }
    let words: Vec<&str> = before
        .split(|c: char| c.is_whitespace() || c == '(')
        .filter(|word| !word.is_empty())
        .collect();
    let starts_digit = |word: &str| {
        word.trim_start_matches(['~', '≈', '>', '<', '+'])
            .starts_with(|c: char| c.is_ascii_digit())
    };
    let size = |word: &str| {
        let word = word.trim_end_matches(['+', '.', ',']);
        let units = [
            "trillion",
            "billion",
            "million",
            "trillions",
            "billions",
            "millions",
            "milliards",
            "milliarden",
            "millionen",
            "billionen",
            "billones",
            "millones",
            "milhoes",
            "bilhoes",
            "trilhoes",
            "млрд",
            "трлн",
            "млн",
            "tỷ",
            "triệu",
            "miliar",
            "triliun",
            "juta",
            "tb",
            "gb",
            "tib",
            "gib",
            "pb",
            "t",
            "b",
            "m",
            "k",
            "hundred",
            "thousand",
        ];
        units.contains(&word)
    };
    let joined = |word: &str| {
        let unit = word
            .trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '~' | '+'));
        starts_digit(word)
            && (matches!(
                unit.trim_end_matches('+'),
                "t" | "b" | "m" | "tb" | "gb" | "tib" | "gib" | "k" | "mb"
            ) || plain_large(word))
    };
    let hours = passage
        .words
        .get(hit.start..hit.end)
        .is_some_and(|it| it.to_lowercase().starts_with("hours"));
    let last: Vec<&str> = words.iter().rev().take(3).copied().collect();
    let count = |word: &&str| {
        let sized =
            words.iter().position(|it| it == word).and_then(|at| words.get(at.checked_sub(1)?));
        size(word)
            && sized.is_some_and(|it| {
                starts_digit(it) || matches!(*it, "one" | "two" | "three" | "a" | "several")
            })
    };
    last.iter().any(|word| joined(word))
        || last.iter().any(count)
        || (hours && last.first().is_some_and(|word| starts_digit(word)))
}

/// `3,311,616`: large enough to be no length of a context.
fn plain_large(word: &str) -> bool {
    word.bytes().filter(u8::is_ascii_digit).count() >= 6
        && !word.contains('.')
        && word.bytes().all(|b| b.is_ascii_digit() || b == b',')
}

/// Whether a size is one of data, and not of a window or a vocabulary.
fn on_data(passage: &Passage, sentence: &Range<usize>, hit: &Hit) -> bool {
    let near = passage.words.get(around(passage, hit)).unwrap_or_default().to_lowercase();
    let window = [
        "context",
        "window",
        "vocab",
        "length",
        "parameter",
        "per second",
        "limit",
    ]
    .iter()
    .any(|word| near.contains(word));
    let placed = passage.places.iter().any(|place| {
        matches!(
            place,
            Place::Training
                | Place::Part(Component::Datasets | Component::DataCard)
                | Place::Topic("data_size")
        )
    });
    let told = passage.has(Name::Training, sentence)
        || near.contains("dataset")
        || near.contains("corpus");
    (told || placed) && (!window || near.contains("trained on") || near.contains("pretrained"))
}

/// `64 A100`, `8x H100`, `384 A100 40GB GPUs`, `A100 x 8`.
fn counted(passage: &Passage, hit: &Hit) -> bool {
    let before = passage
        .words
        .get(floor(passage.words, hit.start.saturating_sub(18))..hit.start)
        .unwrap_or_default();
    let count =
        before.split(|c: char| c.is_whitespace() || matches!(c, '(' | '-' | ':')).any(|word| {
            let word = word.trim_matches(['x', 'X', '×', '*', ',']);
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b',')
        });
    let after = passage.words.get(hit.end..floor(passage.words, hit.end + 8)).unwrap_or_default();
    let after = after.trim_start();
    count
        || after
            .strip_prefix(['x', '×', '*'])
            .is_some_and(|rest| rest.trim_start().starts_with(|c: char| c.is_ascii_digit()))
}
