//! Model cards and data cards: front matter, sections, and what both state.
//!
//! A card is the release's own word. What it says is quoted with its line; nothing in it is
//! followed, fetched or taken for an instruction.

#[cfg_attr(
    not(test),
    expect(dead_code, reason = "statements are read with it next")
)]
mod blocks;
mod decode;
mod fold;
mod front;
#[cfg_attr(
    not(test),
    expect(dead_code, reason = "statements are read with it next")
)]
mod inline;
#[cfg_attr(
    not(test),
    expect(dead_code, reason = "statements are read with it next")
)]
mod phrases;

pub use decode::{MOST_TEXT, text};
pub use phrases::TOPICS;

use crate::{
    facts::{Card, Oddity, What},
    source::Bytes,
    words::{FileKind, Place},
};

/// Reads a card, up to [`MOST_TEXT`] bytes of it.
pub fn read(path: &str, bytes: &dyn Bytes, _kind: FileKind) -> (Card, Vec<Oddity>) {
    let (text, mut oddities) = match text(path, bytes) {
        Ok(read) => read,
        Err(error) => {
            let saying = format!("cannot be read: {error}");
            let odd = Oddity::new(What::Unreadable, Place::file(path), saying);
            return (Card::default(), vec![odd]);
        }
    };
    let (front, body_line) = front::split(path, &text.text, &mut oddities);
    let mut card = Card {
        front,
        text,
        body_line,
        ..Card::default()
    };
    let body = blocks::Body::read(card.body());
    let sections = body.sections;
    card.sections = sections;
    (card, oddities)
}
