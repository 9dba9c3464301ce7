//! What a card was found to say, before it is put in order.

use std::collections::BTreeMap;

use crate::{
    facts::{Card, Disclosed, Statement},
    words::{Component, Presence},
};

/// Statements of one component and state that are kept, the first by line.
const MOST_STATEMENTS: usize = 40;
/// Disclosures of one topic and state that are kept, the first by line.
const MOST_DISCLOSURES: usize = 6;

/// What was said so far.
#[derive(Debug, Default)]
pub(super) struct Said {
    statements: Vec<Statement>,
    disclosures: Vec<Disclosed>,
    /// Entries of a template that nobody filled.
    pub(super) placeholders: u32,
    counts: BTreeMap<(Component, Presence), usize>,
    told: BTreeMap<(&'static str, Presence), usize>,
}

impl Said {
    /// Whether more of this would be kept; asked where it costs to put it in words.
    pub(super) fn wants(&self, topic: &str, presence: Presence) -> bool {
        self.told.get(&(topic, presence)).is_none_or(|count| *count < 2 * MOST_DISCLOSURES)
    }

    /// Whether more of this would be kept.
    pub(super) fn wants_of(&self, about: Component, presence: Presence) -> bool {
        self.counts.get(&(about, presence)).is_none_or(|count| *count < 2 * MOST_STATEMENTS)
    }

    /// Notes what is said of a component.
    pub(super) fn state(
        &mut self,
        about: Component,
        presence: Presence,
        line: u32,
        saying: String,
    ) {
        let count = self.counts.entry((about, presence)).or_default();
        *count += 1;
        if *count <= 4 * MOST_STATEMENTS {
            self.statements.push(Statement { about, presence, line, saying });
        }
    }

    /// Notes what is said of another topic.
    pub(super) fn disclose(
        &mut self,
        topic: &'static str,
        presence: Presence,
        line: u32,
        saying: String,
    ) {
        let last = self.disclosures.iter().rev().take(64);
        let again =
            last.filter(|it| it.topic == topic && it.line == line).any(|it| it.saying == saying);
        *self.told.entry((topic, presence)).or_default() += 1;
        if !again && self.disclosures.len() < 10_000 {
            self.disclosures.push(Disclosed { topic, presence, line, saying });
        }
    }

    /// Whether something of this state was said of a component.
    pub(super) fn has(&self, about: Component, presence: Presence) -> bool {
        self.counts.contains_key(&(about, presence))
    }

    /// Puts all in order: by line, nothing twice, and of what repeats only the first.
    pub(super) fn settle(mut self, card: &mut Card) {
        self.statements.sort_by(|a, b| {
            (a.line, a.about, a.presence, &a.saying).cmp(&(b.line, b.about, b.presence, &b.saying))
        });
        self.statements
            .dedup_by(|b, a| (a.line, a.about, a.presence) == (b.line, b.about, b.presence));
        let mut counts: BTreeMap<(Component, Presence), usize> = BTreeMap::new();
        self.statements.retain(|it| {
            let count = counts.entry((it.about, it.presence)).or_default();
            *count += 1;
            *count <= MOST_STATEMENTS
        });
        self.disclosures.sort_by(|a, b| {
            (a.line, a.topic, a.presence, &a.saying).cmp(&(b.line, b.topic, b.presence, &b.saying))
        });
        self.disclosures
            .dedup_by(|b, a| (a.line, a.topic, &a.saying) == (b.line, b.topic, &b.saying));
        let mut counts: BTreeMap<(&str, Presence), usize> = BTreeMap::new();
        self.disclosures.retain(|it| {
            let count = counts.entry((it.topic, it.presence)).or_default();
            *count += 1;
            *count <= MOST_DISCLOSURES
        });
        card.statements = self.statements;
        card.disclosures = self.disclosures;
        card.placeholders = self.placeholders;
    }
}
