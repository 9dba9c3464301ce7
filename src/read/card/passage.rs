//! A block under its titles, with the phrases found in it, sentence by sentence.

use std::ops::Range;

use super::{
    blocks::{Block, Body, Kind},
    phrases::{Hit, Name, PHRASES, Place, Sense},
};

/// A sentence is cut off here: nobody reads on, and work stays linear.
const MOST_SENTENCE: usize = 1000;
/// Characters of a quotation.
const MOST_QUOTE: usize = 120;

/// A block with all that was found in it.
pub(super) struct Passage<'a> {
    /// The block.
    pub(super) block: &'a Block<'a>,
    /// Its words.
    pub(super) words: &'a str,
    /// Phrases, by where they begin.
    pub(super) hits: Vec<Hit>,
    /// Bytes of its sentences.
    pub(super) sentences: Vec<Range<usize>>,
    /// What its label is about.
    pub(super) label: Option<Place>,
    /// What its label and the titles above are about, the nearest first.
    pub(super) places: Vec<Place>,
    /// Whether little is written beside its links.
    pub(super) of_links: bool,
}

/// The passages of a body, in order.
pub(super) fn passages<'a>(body: &'a Body<'a>) -> Vec<Passage<'a>> {
    let own: Vec<Option<Place>> =
        body.sections.iter().map(|section| PHRASES.place(&section.title)).collect();
    let of = |block: &'a Block<'a>| {
        let words = block.said.words.as_str();
        let label = block.label.as_deref().and_then(|label| PHRASES.place(label));
        let up = std::iter::successors(Some(block.section), |at| body.parents.get(*at).copied()?);
        let above = up.take(16).filter_map(|at| own.get(at).copied().flatten());
        let mut places: Vec<Place> = label.into_iter().chain(above).collect();
        places.dedup();
        let hits = PHRASES.find(words);
        let linked: usize = block.said.links.iter().map(|link| link.end - link.at).sum();
        let of_links = words.trim().len().saturating_sub(linked) <= 50;
        Passage {
            block,
            words,
            hits,
            sentences: sentences(words),
            label,
            places,
            of_links,
        }
    };
    body.blocks.iter().map(of).collect()
}

impl Passage<'_> {
    /// Whether it is prose, and not a heading, a row or code.
    pub(super) fn is_prose(&self) -> bool {
        self.block.kind == Kind::Prose
    }

    /// Whether it is prose or a row of two or three cells, which reads like prose.
    pub(super) fn reads(&self) -> bool {
        match &self.block.kind {
            Kind::Prose => true,
            Kind::Row(cells, _) => cells.len() <= 3,
            Kind::Heading | Kind::Code(..) => false,
        }
    }

    /// The phrases that begin in a range.
    pub(super) fn hits_in(&self, range: &Range<usize>) -> &[Hit] {
        let from = self.hits.partition_point(|hit| hit.start < range.start);
        let to = self.hits.partition_point(|hit| hit.start < range.end);
        self.hits.get(from..to).unwrap_or_default()
    }

    /// Whether a name or sign stands in a range.
    pub(super) fn has(&self, name: Name, range: &Range<usize>) -> bool {
        self.hits_in(range).iter().any(|hit| hit.sense == Sense::Name(name))
    }

    /// The sentence around a byte.
    pub(super) fn sentence(&self, at: usize) -> Range<usize> {
        let next = self.sentences.partition_point(|range| range.start <= at);
        let found = next.checked_sub(1).and_then(|i| self.sentences.get(i));
        found.cloned().unwrap_or(0..self.words.len().min(MOST_SENTENCE))
    }

    /// The line that a byte of the words stands on.
    pub(super) fn line(&self, at: usize) -> u32 {
        self.block.said.line_at(at)
    }

    /// A sentence in quotes, cut to what stands around `focus`.
    pub(super) fn quote(&self, range: &Range<usize>, focus: usize) -> String {
        quote(self.words, range, focus)
    }

    /// Whether the nearest of its places is this.
    pub(super) fn is_in(&self, place: Place) -> bool {
        self.places.first() == Some(&place)
    }
}

/// Where each sentence lies.
fn sentences(words: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut chars = words.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map_or(words.len(), |(next, _)| *next);
        let ends = match c {
            '。' | '！' | '？' | '；' | '؟' | '\n' | '।' => true,
            '.' | '!' | '?' | ';' => ends_here(&words[start..=at], &words[next..]),
            _ => next - start >= MOST_SENTENCE,
        };
        if ends {
            found.push(start..next);
            start = next;
        }
    }
    if start < words.len() {
        found.push(start..words.len());
    }
    found.retain(|range| !words[range.clone()].trim().is_empty());
    found
}

/// Whether a mark ends the sentence, and not only an abbreviation or a number.
fn ends_here(before: &str, after: &str) -> bool {
    const SHORT: [&str; 12] = [
        "e.g.", "i.e.", "et al.", "vs.", "approx.", "fig.", "no.", "cf.", "sec.", "resp.", "incl.",
        "st.",
    ];
    let Some(rest) = after.strip_prefix(' ') else {
        return after.is_empty();
    };
    let tail: String = before.chars().rev().take(8).collect::<Vec<_>>().into_iter().rev().collect();
    let tail = tail.to_lowercase();
    if SHORT.iter().any(|short| tail.ends_with(short)) {
        return false;
    }
    before.ends_with(';') || !rest.starts_with(char::is_lowercase)
}

/// Part of a text in quotes, at most [`MOST_QUOTE`] characters of it, cut between words.
pub(super) fn quote(words: &str, range: &Range<usize>, focus: usize) -> String {
    let text = words.get(range.clone()).unwrap_or_default();
    let focus = focus.saturating_sub(range.start).min(text.len());
    let text_len = text.chars().count();
    let lead = text.get(..focus).map_or(0, |lead| lead.chars().count());
    let skip = if text_len <= MOST_QUOTE {
        0
    } else {
        lead.saturating_sub(MOST_QUOTE / 3)
    };
    let skip = if lead <= MOST_QUOTE * 2 / 3 { 0 } else { skip };
    let mut shown: String = text.chars().skip(skip).take(MOST_QUOTE).collect();
    let (cut_front, cut_back) = (skip > 0, text_len > skip + MOST_QUOTE);
    if cut_back && let Some(at) = shown.rfind(' ').filter(|at| *at > shown.len() / 2) {
        shown.truncate(at);
    }
    if cut_front && let Some(at) = shown.find(' ').filter(|at| *at < shown.len() / 3) {
        shown.drain(..at);
    }
    let shown: Vec<&str> = shown.split_whitespace().collect();
    let shown = shown.join(" ").replace('"', "'");
    let (front, back) = (if cut_front { "…" } else { "" }, if cut_back { "…" } else { "" });
    format!("\"{front}{shown}{back}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_where_they_end() {
        check(
            "One. Two e.g. three. 3.5 four! Five",
            &["One.", "Two e.g. three.", "3.5 four!", "Five"],
        );
        check("See https://a.b/c. Next; last", &["See https://a.b/c.", "Next;", "last"]);
        check("模型在数据上训练。代码即将开源！", &["模型在数据上训练。", "代码即将开源！"]);
        check("a vs. B. c", &["a vs. B. c"]);
    }

    #[track_caller]
    fn check(words: &str, expected: &[&str]) {
        let found: Vec<&str> =
            sentences(words).into_iter().map(|range| words[range].trim()).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn quotations_are_cut_between_words() {
        assert_eq!(quote("say \"a\"\nb", &(0..9), 0), "\"say 'a' b\"");
        let long = "word ".repeat(60);
        let cut = quote(&long, &(0..long.len()), 0);
        assert!(cut.ends_with("word…\"") && cut.chars().count() <= 123, "{cut}");
        let cut = quote(&long, &(0..long.len()), 250);
        assert!(cut.starts_with("\"…word"), "{cut}");
    }
}
