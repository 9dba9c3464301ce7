//! Model cards and data cards.

use super::{Node, Text};
use crate::words::{Component, Presence};

/// A card: front matter, and prose by sections.
#[derive(Clone, Debug, Default)]
pub struct Card {
    /// What stands between the two `---` lines, with the line of every key.
    pub front: Option<Node>,
    /// The whole file as text, front matter included, so that lines count as in an editor.
    pub text: Text,
    /// The first line after the front matter, from 1.
    pub body_line: u32,
    /// Headings and bold run-ins alike, in order; the text before the first is a section without
    /// a title.
    pub sections: Vec<Section>,
    /// What the prose and the front matter say of the components, by line.
    pub statements: Vec<Statement>,
    /// What they say of other things that reviewers ask about, by line.
    pub disclosures: Vec<Disclosed>,
    /// Entries of a template that nobody filled (`[More Information Needed]`), in the whole card.
    pub placeholders: u32,
    /// Words of prose, tables and headings, without markup, comments and code.
    pub words: u32,
    /// The numbered fields of a summary of training content (EU AI Act, Article 53(1)(d)), where
    /// the card is one; in order.
    pub numbered: Vec<NumberedField>,
}

/// A field of a summary of training content, by the number that its template gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberedField {
    /// `1.3.1.A`, `2.1`: as the card writes it.
    pub number: String,
    /// From 1.
    pub line: u32,
    /// Whether something is entered there: words, a value, a checked box.
    pub filled: bool,
}

/// One thing that a card says of a component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Of what.
    pub about: Component,
    /// How far it says it to be here or elsewhere: a table of numbers *is* the results, an
    /// identifier refers, prose claims, `coming soon` promises, `proprietary` withholds.
    pub presence: Presence,
    /// From 1.
    pub line: u32,
    /// In words, with the card's own in quotes: a clause without a full stop.
    pub saying: String,
}

/// One thing that a card discloses beside the components.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disclosed {
    /// `compute_hours`, `labor_annotators`, `language` … as the report spells it.
    pub topic: &'static str,
    /// How it is disclosed.
    pub presence: Presence,
    /// From 1.
    pub line: u32,
    /// In words, with the card's own in quotes: a clause without a full stop.
    pub saying: String,
}

/// A stretch of a card under one heading or bold run-in (`**Training Data:** …`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Without markup; empty for what stands before the first heading.
    pub title: String,
    /// 1 for `#`, 6 for `######`, 7 for a bold run-in.
    pub level: u8,
    /// Its first line, from 1: the heading itself.
    pub line: u32,
    /// Its last line, sections within it included.
    pub last: u32,
    /// What its title says it to be about.
    pub topic: SectionTopic,
}

/// What a title says a section to be about, as far as others need to know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SectionTopic {
    /// The terms.
    License,
    /// How to cite.
    Citation,
    /// A component.
    Part(Component),
    /// How it was trained.
    Training,
    /// How to run it.
    HowTo,
    /// A topic of disclosures, as the report spells it.
    Topic(&'static str),
    /// None of these, or untold.
    #[default]
    Other,
}

impl Card {
    /// The front matter's value at a dotted path: `co2_eq_emissions.emissions`.
    pub fn key(&self, path: &str) -> Option<&Node> {
        self.front.as_ref()?.at(path)
    }

    /// The lines of a section, its heading first, counted from 1.
    pub fn lines_of(&self, section: &Section) -> impl Iterator<Item = (u32, &str)> {
        let (first, last) = (section.line, section.last);
        let skip = usize::try_from(first.saturating_sub(1)).unwrap_or(usize::MAX);
        let take = usize::try_from(last.saturating_sub(first)).unwrap_or(0) + 1;
        self.text.lines().skip(skip).take(take)
    }

    /// The sections on the terms: those whose title or run-in names a license, in any of the
    /// languages that the tables know.
    pub fn license_sections(&self) -> impl Iterator<Item = &Section> {
        self.sections.iter().filter(|section| section.topic == SectionTopic::License)
    }

    /// What `extra_gated_prompt` asks to be agreed to, and its line.
    pub fn gate_prompt(&self) -> Option<(u32, &str)> {
        let prompt = self.key("extra_gated_prompt")?;
        prompt.text().map(|text| (prompt.line, text))
    }

    /// The lines after the front matter, counted from 1 in the file.
    pub fn body(&self) -> impl Iterator<Item = (u32, &str)> {
        self.text.lines().filter(|(line, _)| *line >= self.body_line)
    }

    /// The same without blocks of code between fences.
    pub fn body_outside_code(&self) -> impl Iterator<Item = (u32, &str)> {
        let mut fenced = false;
        self.body().filter(move |(_, text)| {
            let marked = text.trim_start();
            fenced ^= marked.starts_with("```") || marked.starts_with("~~~");
            !fenced
        })
    }
}
