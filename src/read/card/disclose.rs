//! The other things that reviewers ask about: labor, compute, data, lineage, limits. Each with the
//! words that disclose it.

use std::{collections::BTreeSet, ops::Range};

use super::{
    Said,
    blocks::Kind,
    claims::{floor, of_part},
    owner::{Own, of_another},
    passage::{Passage, quote},
    phrases::{Hit, Name, Needs, PHRASES, Place, Sense},
    scale::{number_before, stands_before},
};
use crate::words::{Component, Presence};

/// Bytes around a phrase in which its number stands.
const REACH: usize = 40;

/// Reads every passage.
pub(super) fn read(passages: &[Passage], own: &Own, said: &mut Said) {
    let mut opened: Option<usize> = None;
    let mut table = 0;
    tables(passages, own, said);
    for passage in passages {
        if passage.places.contains(&Place::License) {
            continue;
        }
        let head = match &passage.block.kind {
            Kind::Row(_, number) => std::mem::replace(&mut table, *number) != *number,
            _ => false,
        };
        if head {
            continue;
        }
        let mut told = BTreeSet::new();
        if passage.reads() {
            if passage.label.is_some() || opened != Some(passage.block.section) {
                told.extend(titled(passage, said));
            }
            opened = Some(passage.block.section);
        }
        let mut hours = 0..0;
        for hit in &passage.hits {
            let Sense::Topic(topic, needs) = hit.sense else {
                continue;
            };
            if topic == "compute_hours" {
                hours = hit.start..hit.end;
            }
            let within = topic == "compute_hardware" && hours.contains(&hit.start);
            let sentence = passage.sentence(hit.start);
            if !within
                && said.wants(topic, Presence::Claimed)
                && !told.contains(&(topic, sentence.start))
                && fits(passage, hit, topic, needs, own)
            {
                tell(passage, hit, topic, said);
                told.insert((topic, sentence.start));
            }
        }
    }
}

/// The first words under a title or beside a label that ask for a topic.
fn titled(passage: &Passage, said: &mut Said) -> Option<(&'static str, usize)> {
    let Some(Place::Topic(topic)) = passage.places.first().copied() else {
        return None;
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
    let settled = hits.iter().any(|hit| {
        matches!(hit.sense, Sense::Placeholder | Sense::State(..) | Sense::Name(Name::Boilerplate))
    });
    if text.is_empty() || settled {
        return None;
    }
    let line = passage.line(start.min(passage.words.len().saturating_sub(1)));
    let nothing = matches!(
        text.to_lowercase().trim_end_matches('.'),
        "n/a" | "na" | "none" | "unknown" | "-" | "not specified" | "unspecified" | "not mentioned"
    );
    if nothing {
        said.disclose(topic, Presence::Absent, line, format!("the entry says \"{text}\""));
        return None;
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
        return None;
    }
    let wordy = ["framework", "compute_hardware", "labor_red_team", "gating"].contains(&topic);
    if vague && labeled && !wordy && !text.contains(|c: char| c.is_numeric()) {
        return None;
    }
    said.disclose(topic, Presence::Claimed, line, passage.quote(&whole, start));
    let first = passage.sentences.iter().find(|range| range.end > start + 1);
    first.map(|range| (topic, range.start))
}

/// Whether a sentence with a phrase of a topic has what the topic needs.
fn fits(passage: &Passage, hit: &Hit, topic: &'static str, needs: Needs, own: &Own) -> bool {
    let sentence = passage.sentence(hit.start);
    let open = passage.hits_in(&sentence).iter().any(|it| it.sense == Sense::Placeholder);
    if open || passage.has(Name::Boilerplate, &sentence) {
        return false;
    }
    let fits = match needs {
        Needs::Nothing => true,
        Needs::Number => number_near(passage, hit),
        Needs::Training => on_training(passage, &sentence, topic),
        Needs::Scale => {
            scaled(passage, hit)
                && on_data(passage, &sentence, hit)
                && !of_part(passage, &(sentence.start..hit.start))
        }
    };
    let of_running = topic == "compute_hours"
        && passage.has(Name::Running, &sentence)
        && !passage.has(Name::Training, &sentence);
    let name_goes_on = passage.words[hit.end..].starts_with('-') && topic == "framework";
    fits && !of_running && !name_goes_on && !of_another(passage, &sentence, hit.start, own)
}

fn tell(passage: &Passage, hit: &Hit, topic: &'static str, said: &mut Said) {
    let sentence = passage.sentence(hit.start);
    let line = passage.line(hit.start);
    said.disclose(topic, Presence::Claimed, line, passage.quote(&sentence, hit.start));
    if topic == "data_size" && passage.has(Name::Training, &sentence) && passage.reads() {
        let saying =
            format!("prose speaks of training data: {}", passage.quote(&sentence, hit.start));
        said.state(Component::Datasets, Presence::Claimed, line, saying);
    }
    if topic == "compute_hardware" && lasted(passage, &sentence) {
        let quote = passage.quote(&sentence, hit.start);
        said.disclose("compute_hours", Presence::Claimed, line, quote);
    }
    if topic == "compute_hardware" && counted(passage, hit) {
        said.disclose(
            "compute_count",
            Presence::Claimed,
            line,
            passage.quote(&sentence, hit.start),
        );
    }
}

/// Whether a sentence says how long: `21 days`, `3 周`.
fn lasted(passage: &Passage, sentence: &Range<usize>) -> bool {
    passage.hits_in(sentence).iter().any(|hit| {
        let before = passage.words.get(sentence.start..hit.start).unwrap_or_default().trim_end();
        hit.sense == Sense::Name(Name::Duration)
            && before
                .ends_with(|c: char| c.is_ascii_digit() || "一二三四五六七八九十两".contains(c))
    })
}

/// Numbers in a table whose head names a topic: of the row of totals, else of the model itself,
/// else of the first.
fn tables(passages: &[Passage], own: &Own, said: &mut Said) {
    let mut at = 0;
    while at < passages.len() {
        let Kind::Row(head, number) = &passages[at].block.kind else {
            at += 1;
            continue;
        };
        let rows: Vec<(&Passage, &Vec<String>)> = passages[at + 1..]
            .iter()
            .map_while(|passage| match &passage.block.kind {
                Kind::Row(cells, of) if of == number => Some((passage, cells)),
                _ => None,
            })
            .collect();
        at += 1 + rows.len();
        let total = rows.iter().find(|(_, cells)| cells[0].to_lowercase().starts_with("total"));
        let mine = || rows.iter().rfind(|(_, cells)| own.is(&cells[0]));
        let Some((passage, cells)) = total.or_else(mine).or(rows.first()) else {
            continue;
        };
        for (column, title) in head.iter().enumerate().skip(1).take(20) {
            let Some(topic) = head_topic(title) else {
                continue;
            };
            let value =
                cells.get(column).filter(|value| value.contains(|c: char| c.is_ascii_digit()));
            if let Some(value) = value {
                let row = quote(&cells[0], &(0..cells[0].len()), 0);
                let more = if rows.len() > 1 {
                    format!(" of {}", rows.len())
                } else {
                    String::new()
                };
                let saying = format!("\"{title}\" {value} in the row {row}{more}");
                said.disclose(topic, Presence::Claimed, passage.line(0), saying);
            }
        }
    }
}

/// The topic whose numbers stand under a head.
fn head_topic(title: &str) -> Option<&'static str> {
    let hits = PHRASES.find(title);
    let of = |topic: &str| {
        let topics = ["compute_hours", "carbon", "energy"].contains(&topic);
        topics || (topic == "data_size" && title.to_lowercase().contains("tokens"))
    };
    hits.iter().find_map(|hit| match hit.sense {
        Sense::Topic(topic, _) if of(topic) => Some(topic),
        _ => None,
    })
}

fn around(passage: &Passage, hit: &Hit) -> Range<usize> {
    let start = floor(passage.words, hit.start.saturating_sub(REACH));
    start..floor(passage.words, (hit.end + REACH).min(passage.words.len())).max(hit.end)
}

fn number_near(passage: &Passage, hit: &Hit) -> bool {
    let words = passage.words.get(around(passage, hit)).unwrap_or_default();
    let words = words.to_lowercase().replace("co2", "");
    let own = passage.words.get(hit.start..hit.end).unwrap_or_default();
    let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
    digits(&words) > digits(&own.to_lowercase().replace("co2", ""))
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

/// A size before a unit: `2 trillion tokens`, `825 GB of text`, `1000 hours of speech`.
fn scaled(passage: &Passage, hit: &Hit) -> bool {
    let unit = passage.words.get(hit.start..hit.end).unwrap_or_default().to_lowercase();
    let counted = [
        "hours",
        "samples",
        "examples",
        "images",
        "pairs",
        "documents",
        "sentence",
    ];
    let counted = counted.iter().any(|it| unit.starts_with(it));
    (counted && number_before(passage.words, hit.start)) || stands_before(passage.words, hit.start)
}

/// Whether a size is one of data, and not of a window or a vocabulary.
fn on_data(passage: &Passage, sentence: &Range<usize>, hit: &Hit) -> bool {
    let near = passage.words.get(around(passage, hit)).unwrap_or_default().to_lowercase();
    let window = [
        "context",
        "batch",
        "warm",
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
