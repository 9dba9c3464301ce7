//! Descriptions of training data: sections of model cards, data cards, and the European Union's
//! public summaries of training content.

use super::{
    Said,
    blocks::{Body, Kind},
    inline::Link,
    passage::Passage,
    phrases::{Hit, Name, Place, Sense, Side},
    scale::stands_before,
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
    let mut titles: Vec<String> = Vec::new();
    for passage in passages.iter().filter(|it| !matches!(it.block.kind, Kind::Code(..))) {
        let words = passage.words.trim_start();
        let number = number(words);
        if let Some(number) = number {
            let value = words.split_once([':', '：', '?', '|']).map_or("", |(_, value)| value);
            let filled = filled(passage, value);
            if passage.block.kind == Kind::Heading && passage.block.label.is_none() {
                titles.push(number.to_owned());
            }
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
    // a title with fields of its own below it is no field
    let numbers: Vec<String> = fields.iter().map(|field| format!("{}.", field.number)).collect();
    let holds = |title: &String| {
        numbers.iter().any(|number| {
            number.len() > title.len() + 1 && number.starts_with(&format!("{title}."))
        })
    };
    titles.retain(holds);
    fields.retain(|field| !titles.contains(&field.number));
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
    let boilerplate = |passage: &Passage| {
        passage.hits.iter().any(|hit| hit.sense == Sense::Name(Name::Boilerplate))
    };
    let prose = |passage: &&&Passage| {
        let table = matches!(passage.block.kind, Kind::Row(..));
        (table || passage.words.len() >= 40)
            && !passage.hits.iter().any(|hit| hit.sense == Sense::Placeholder)
            && !boilerplate(passage)
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
    } else if !first
        .hits
        .iter()
        .any(|hit| matches!(hit.sense, Sense::State(_, Side::Any | Side::Before | Side::After)))
    {
        let given = facts.first().unwrap_or(&"no size, shares or sources");
        let saying = format!("a section on the data gives {given}: {quote}");
        said.state(Component::DataCard, Presence::Claimed, line, saying);
    }
}

/// What a section on data tells that can be checked.
fn facts(section: &[&Passage]) -> Vec<&'static str> {
    let any = |test: &dyn Fn(&Passage) -> bool| section.iter().any(|passage| test(passage));
    let sized = |passage: &Passage| {
        let is = |hit: &Hit| matches!(hit.sense, Sense::Topic("data_size", _));
        passage.hits.iter().any(|hit| is(hit) && stands_before(passage.words, hit.start))
    };
    let dated = |passage: &Passage| {
        let is = |hit: &Hit| matches!(hit.sense, Sense::Topic("data_cutoff", _));
        passage.hits.iter().any(is) && passage.words.contains(|c: char| c.is_ascii_digit())
    };
    let corpora = named(section, Name::Corpus);
    let percent: usize = section.iter().map(|it| it.words.matches('%').take(4).count()).sum();
    let is_row = |kind: &Kind| matches!(kind, Kind::Row(cells, _) if cells.len() >= 2);
    let rows = section.iter().filter(|it| is_row(&it.block.kind)).count();
    let size = any(&sized);
    let links = any(&|passage| {
        let leads = |link: &Link| !link.image && link.target.starts_with("http");
        passage.block.said.links.iter().any(leads)
    });
    let told = [
        (size, "a size"),
        (any(&dated), "a cutoff"),
        (percent >= 2, "shares"),
        (corpora >= 2, "named sources"),
        (rows >= 3, "a table"),
        (links && (size || rows + corpora > 0), "links"),
        (named(section, Name::Fact) >= 3, "how it was made"),
    ];
    told.into_iter().filter(|(is, _)| *is).map(|(_, what)| what).collect()
}

/// Different names of a kind in a section, up to a few.
fn named(section: &[&Passage], name: Name) -> usize {
    let mut found: Vec<String> = Vec::new();
    for passage in section {
        for hit in passage.hits.iter().filter(|hit| hit.sense == Sense::Name(name)).take(20) {
            let text = passage.words.get(hit.start..hit.end).unwrap_or_default().to_lowercase();
            if !found.iter().any(|it| it.contains(&text) || text.contains(it.as_str())) {
                found.push(text);
            }
        }
    }
    found.len()
}
