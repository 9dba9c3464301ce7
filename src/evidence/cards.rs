//! What the cards say, passed on with its line.

use super::{Evidence, Rule};
use crate::{
    facts::{Card, Facts, Section},
    words::Place,
};

/// The statements about a rule's component in all cards. What follows `:` after a list of the files
/// is a matter for the reader of cards; nothing is judged twice.
pub(super) fn statements(rule: &Rule, facts: &Facts) -> Vec<Evidence> {
    let of_cards = facts.cards().flat_map(|(file, card)| {
        let about = card.statements.iter().filter(|said| said.about == rule.component);
        about.map(|said| {
            let at = Place::file(&file.path).line(said.line);
            rule.saw_at(said.presence, at, said.saying.clone())
        })
    });
    of_cards.collect()
}

/// What a template puts where its author was to write.
pub(super) const PLACEHOLDERS: &[&str] = &[
    "more information needed",
    "needs more information",
    "todo",
    "tbd",
    "to be added",
    "coming soon",
    "add your",
    "fill in",
    "optional",
];

/// A card's own words under one heading: lines with something other than markup and placeholders.
pub(super) struct Body {
    /// Bytes of prose.
    pub(super) len: usize,
    /// Lines that are an unfilled placeholder.
    pub(super) unfilled: usize,
}

/// The lines of a card, split once: a card may have as many sections as lines.
pub(crate) struct Lines<'a>(Vec<&'a str>);

impl<'a> Lines<'a> {
    /// Of the whole card.
    pub(crate) fn of(card: &'a Card) -> Self {
        Self(card.text.text.lines().collect())
    }

    /// Of one section, its heading left out; a bold run-in holds text and stays.
    pub(crate) fn under(&self, section: &Section) -> &[&'a str] {
        let heading = u32::from(!section.title.is_empty() && section.level < 7);
        let first = section.line.saturating_sub(1).saturating_add(heading);
        let range = usize::try_from(first).ok().zip(usize::try_from(section.last).ok());
        range.and_then(|(first, last)| self.0.get(first..last.min(self.0.len()))).unwrap_or(&[])
    }
}

/// The prose in lines of a card.
pub(super) fn prose<'a>(lines: impl Iterator<Item = &'a str>) -> Body {
    let mut body = Body { len: 0, unfilled: 0 };
    let mut comment = false;
    for line in lines {
        let line = line.trim();
        if line.starts_with("<!--") {
            comment = true;
        }
        if comment {
            comment = !line.contains("-->");
            continue;
        }
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if placeholder(line) {
            body.unfilled += 1;
        } else {
            body.len += line.len();
        }
    }
    body
}

/// Whether a line holds what a template puts where its author was to write, and nothing else.
pub(crate) fn placeholder(line: &str) -> bool {
    const LONGEST: usize = 200;
    if line.len() > LONGEST {
        return false;
    }
    let lower = line.to_lowercase();
    let value = lower.trim_matches(|c: char| !c.is_alphanumeric());
    let value =
        value.rsplit(':').next().unwrap_or(value).trim_matches(|c: char| !c.is_alphanumeric());
    lower.contains(PLACEHOLDERS[0]) || PLACEHOLDERS.contains(&value)
}
