//! Model cards and data cards: front matter, sections, and what both state.
//!
//! A card is the release's own word. What it says is quoted with its line; nothing in it is
//! followed, fetched or taken for an instruction.

mod blocks;
mod citations;
mod claims;
mod code;
mod decode;
mod disclose;
mod fold;
mod front;
mod inline;
mod lines;
mod links;
mod matter;
mod named;
mod owner;
mod papers;
mod passage;
mod phrases;
mod recipe;
mod results;
mod said;
mod scale;
mod stated;
mod stretches;
mod summary;
mod tags;
mod targets;

#[cfg(test)]
mod tests;

pub use decode::{MOST_TEXT, text};
pub use phrases::TOPICS;

use said::Said;

use crate::{
    facts::{Card, Node, Oddity, SectionTopic, Text, What},
    source::Bytes,
    words::{FileKind, Place},
};

/// Reads a card, up to [`MOST_TEXT`] bytes of it.
pub fn read(path: &str, bytes: &dyn Bytes, kind: FileKind) -> (Card, Vec<Oddity>) {
    let (text, mut oddities) = match text(path, bytes) {
        Ok(read) => read,
        Err(error) => {
            let saying = format!("cannot be read: {error}");
            let odd = Oddity::new(What::Unreadable, Place::file(path), saying);
            return (Card::default(), vec![odd]);
        }
    };
    let card = of_text(path, text, kind, &mut oddities);
    (card, oddities)
}

/// Reads a card from its text; `path` is for the places of oddities.
pub fn of_text(path: &str, text: Text, kind: FileKind, oddities: &mut Vec<Oddity>) -> Card {
    let (front, body_line) = front::split(path, &text.text, oddities);
    let mut card = Card {
        front,
        text,
        body_line,
        ..Card::default()
    };
    let mut said = Said::default();
    if let Some(front) = &card.front {
        matter::read(front, &mut said);
    }
    let text = std::mem::take(&mut card.text);
    let lines =
        text.lines().skip(usize::try_from(body_line.saturating_sub(1)).unwrap_or(usize::MAX));
    let body = blocks::Body::read(lines);
    let own = owner::Own::of(names(&card, &body));
    let topics = passage::topics(&body);
    let passages = passage::passages(&body, &topics);
    for passage in &passages {
        claims::read(passage, &own, &mut said);
        links::read(passage, &own, &mut said);
        named::read(passage, &own, &mut said);
    }
    results::read(&passages, &own, &mut said);
    code::read(&passages, &mut said);
    disclose::read(&passages, &own, &mut said);
    citations::read(&body, &own, &mut said);
    summary::read(&mut card, kind, &body, &passages, &mut said);
    let starts = |words: &str| {
        let mut before = b' ';
        let space = |byte: u8| byte == b' ' || byte == b'\n';
        words
            .bytes()
            .filter(|byte| space(std::mem::replace(&mut before, *byte)) && !space(*byte))
            .count()
    };
    let words: usize = passages.iter().map(|it| starts(it.words)).sum();
    card.words = u32::try_from(words).unwrap_or(u32::MAX);
    drop(passages);
    card.sections = body.sections;
    for (section, place) in card.sections.iter_mut().zip(topics) {
        section.topic = place.map_or(SectionTopic::Other, phrases::Place::topic);
    }
    card.text = text;
    said.settle(&mut card);
    card
}

/// What the card calls its own model: its first heading, and the names in its front matter.
fn names<'a>(card: &'a Card, body: &'a blocks::Body) -> Vec<&'a str> {
    let first = body.sections.iter().find(|section| !section.title.is_empty());
    let top = body.sections.iter().find(|section| section.level == 1);
    let mut names: Vec<&str> =
        top.or(first).map(|section| section.title.as_str()).into_iter().collect();
    names.extend(card.key("model_name").and_then(|name| name.text()));
    let listed = card.key("model-index").map(Node::items).unwrap_or_default();
    names.extend(listed.iter().filter_map(|model| model.get("name")?.text()).take(4));
    names
}
