//! Descriptions of training data: sections of model cards, data cards, and the European Union's
//! public summaries of training content.

use super::{
    Said,
    blocks::{Body, Kind},
    passage::Passage,
    phrases::{Name, Place, Sense},
};
use crate::{
    facts::{Card, NumberedField},
    words::{Component, FileKind, Presence},
};

/// Fields that are kept.
const MOST_FIELDS: usize = 400;

/// Reads what describes data.
pub(super) fn read(
    card: &mut Card,
    kind: FileKind,
    body: &Body,
    passages: &[Passage],
    said: &mut Said,
) {
    let titled = titled(body);
    card.numbered = if titled.is_some() || kind == FileKind::DataCard {
        numbered(passages)
    } else {
        Vec::new()
    };
    if let Some(line) = titled.filter(|_| card.numbered.len() >= 3) {
        let filled = card.numbered.iter().filter(|field| field.filled).count();
        let all = card.numbered.len();
        let saying =
            format!("a summary of training content by numbers, {filled} of {all} fields filled in");
        let presence = if filled * 2 >= all {
            Presence::Present
        } else {
            Presence::Partial
        };
        said.state(Component::DataCard, presence, line, saying);
    }
    if kind != FileKind::DataCard {
        described(passages, said);
    }
}

/// The line of a title that these summaries have.
fn titled(body: &Body) -> Option<u32> {
    let is = |title: &str| {
        let title = title.to_lowercase();
        title.contains("data summary for")
            || title.contains("summary of training content")
            || title.contains("training content summary")
            || title.contains("public summary of training")
    };
    body.sections
        .iter()
        .take(20)
        .find(|section| is(&section.title))
        .map(|section| section.line)
}

/// Entries that begin with a number of the template: `1.3.1.A`.
fn numbered(passages: &[Passage]) -> Vec<NumberedField> {
    let mut fields: Vec<NumberedField> = Vec::new();
    for passage in passages.iter().filter(|it| !matches!(it.block.kind, Kind::Code(..))) {
        let words = passage.words.trim_start();
        let number = number(words);
        if let Some(number) = number {
            let value = words.split_once([':', '：', '?', '|']).map_or("", |(_, value)| value);
            let filled = filled(passage, value);
            if fields.len() < MOST_FIELDS {
                fields.push(NumberedField {
                    number: number.to_owned(),
                    line: passage.line(0),
                    filled,
                });
            }
        } else if let Some(last) = fields.last_mut().filter(|_| passage.block.kind != Kind::Heading)
        {
            last.filled |= filled(passage, words);
        }
    }
    fields
}

/// Whether an entry says something: not a placeholder, not an empty box.
fn filled(passage: &Passage, value: &str) -> bool {
    let open = passage.hits.iter().any(|hit| hit.sense == Sense::Placeholder);
    let value = value.trim().trim_matches(['|', ' ', ':']);
    let boxes = value.contains("[ ]") && !value.to_lowercase().contains("[x]");
    !open && !boxes && value.chars().filter(|c| c.is_alphanumeric()).count() >= 2
}

fn number(words: &str) -> Option<&str> {
    let end = words.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(words.len());
    let mut end = end.min(8);
    let letter = words.get(end..end + 1).filter(|it| it.bytes().all(|b| b.is_ascii_uppercase()));
    if letter.is_some()
        && words[..end].ends_with('.')
        && words.get(end + 1..).is_none_or(|rest| !rest.starts_with(char::is_alphanumeric))
    {
        end += 1;
    }
    let number = words[..end].trim_end_matches('.');
    let parts: Vec<&str> = number.split('.').collect();
    let valid = parts.len() >= 2
        && parts.len() <= 4
        && parts[0].parse::<u8>().is_ok_and(|n| (1..=3).contains(&n))
        && parts[1].len() == 1;
    valid.then_some(number)
}

/// A section on training data: partial where it gives facts, claimed where it only speaks.
fn described(passages: &[Passage], said: &mut Said) {
    let of_data = |passage: &&Passage| {
        passage.places.contains(&Place::Part(Component::Datasets))
            && passage.reads() | matches!(passage.block.kind, Kind::Row(..))
    };
    let section: Vec<&Passage> = passages.iter().filter(of_data).take(500).collect();
    let prose = |passage: &&&Passage| {
        passage.words.len() >= 40 && !passage.hits.iter().any(|hit| hit.sense == Sense::Placeholder)
    };
    let Some(first) = section.iter().find(prose) else {
        return;
    };
    let facts = facts(&section);
    let line = first.line(0);
    let quote = first.quote(&first.sentences.first().cloned().unwrap_or(0..first.words.len()), 0);
    if facts.len() >= 2 {
        let saying = format!("a section on the data gives {}: {quote}", facts.join(", "));
        said.state(Component::DataCard, Presence::Partial, line, saying);
    } else if !first.hits.iter().any(|hit| matches!(hit.sense, Sense::State(..))) {
        let saying = format!("a section on the data says little: {quote}");
        said.state(Component::DataCard, Presence::Claimed, line, saying);
    }
}

/// What a section on data tells that can be checked.
fn facts(section: &[&Passage]) -> Vec<&'static str> {
    let any = |test: &dyn Fn(&Passage) -> bool| section.iter().any(|passage| test(passage));
    let corpora: usize = section
        .iter()
        .flat_map(|passage| &passage.hits)
        .filter(|hit| hit.sense == Sense::Name(Name::Corpus))
        .take(8)
        .count();
    let percent: usize =
        section.iter().map(|passage| passage.words.matches('%').take(4).count()).sum();
    let rows = section
        .iter()
        .filter(|it| matches!(&it.block.kind, Kind::Row(cells, _) if cells.len() >= 2))
        .count();
    let mut signs: Vec<&str> = Vec::new();
    for passage in section {
        for hit in passage.hits.iter().filter(|hit| hit.sense == Sense::Name(Name::Fact)).take(20) {
            if let Some(sign) =
                passage.words.get(hit.start..hit.end).filter(|it| !signs.contains(it))
            {
                signs.push(sign);
            }
        }
    }
    let topic = |of: &'static str| {
        move |passage: &Passage| {
            passage
                .hits
                .iter()
                .any(|hit| matches!(hit.sense, Sense::Topic(topic, _) if topic == of))
                && passage.words.contains(|c: char| c.is_ascii_digit())
        }
    };
    let linked = any(&|passage| {
        passage.block.said.links.iter().any(|link| !link.image && link.target.starts_with("http"))
    });
    let labor = ["labor_annotators", "labor_crowd", "labor_contractors"];
    let told = [
        (any(&topic("data_size")), "a size"),
        (any(&topic("data_cutoff")), "a cutoff"),
        (percent >= 2, "shares"),
        (corpora >= 2, "named sources"),
        (rows >= 3, "a table"),
        (linked && rows + corpora >= 1, "links"),
        (signs.len() >= 3, "how it was made"),
        (
            any(&|passage| {
                passage.hits.iter().any(
                    |hit| matches!(hit.sense, Sense::Topic(topic, _) if labor.contains(&topic)),
                )
            }),
            "who labeled it",
        ),
    ];
    told.into_iter().filter(|(is, _)| *is).map(|(_, what)| what).collect()
}
