//! A block under its titles, with the phrases found in it, sentence by sentence.

use std::ops::Range;

use super::{
    blocks::{Block, Body, Kind},
    inline::Link,
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
    /// Bytes written beside its links.
    pub(super) beside: usize,
}

/// What the titles of a body are about.
pub(super) fn topics(body: &Body) -> Vec<Option<Place>> {
    body.sections.iter().map(|section| PHRASES.place(&section.title)).collect()
}

/// The passages of a body, in order; `own` is what its titles are about.
pub(super) fn passages<'a>(body: &'a Body<'a>, own: &[Option<Place>]) -> Vec<Passage<'a>> {
    let of = |block: &'a Block<'a>| {
        let words = block.said.words.as_str();
        let label = block.label.as_deref().and_then(|label| PHRASES.place(label));
        let up = std::iter::successors(Some(block.section), |at| body.parents.get(*at).copied()?);
        let above = up.take(16).filter_map(|at| own.get(at).copied().flatten());
        let mut places: Vec<Place> = label.into_iter().chain(above).collect();
        places.dedup();
        let hits = PHRASES.find(words);
        let linked = |link: &Link| words.get(link.at..link.end).map_or(0, told);
        let linked: usize = block.said.links.iter().map(linked).sum();
        let beside = told(words.trim()).saturating_sub(linked);
        Passage {
            block,
            words,
            hits,
            sentences: sentences(words),
            label,
            places,
            beside,
        }
    };
    body.blocks.iter().map(of).collect()
}

/// Bytes of a text without the pictures and bullets in it.
fn told(text: &str) -> usize {
    let said = |c: &char| c.is_ascii() || c.is_alphanumeric();
    text.chars().filter(said).map(char::len_utf8).sum()
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

    /// The links of a sentence.
    pub(super) fn links_in(&self, range: &Range<usize>) -> impl Iterator<Item = &Link> {
        let links = &self.block.said.links;
        let from = links.partition_point(|link| link.at < range.start);
        links[from..].iter().take_while(|link| link.at < range.end)
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
    for (at, byte) in words.bytes().enumerate() {
        let next = match byte {
            b'.' | b'!' | b'?' | b';' | b'\n' => at + 1,
            // the first byte of a mark of another script, or any where a sentence must be cut
            0xe3 | 0xef | 0xd8 | 0xe0 => {
                let mark = words[at..].chars().next().unwrap_or(' ');
                if !matches!(mark, '。' | '！' | '？' | '；' | '؟' | '।') {
                    continue;
                }
                at + mark.len_utf8()
            }
            _ if at.saturating_sub(start) >= MOST_SENTENCE && words.is_char_boundary(at) => at,
            _ => continue,
        };
        let stops = b".!?;".contains(&byte);
        if !stops || ends_here(&words[start..next], &words[next..]) {
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
    let tail = before.len().saturating_sub(8);
    let tail = before.as_bytes().get(tail..).unwrap_or_default().to_ascii_lowercase();
    if SHORT.iter().any(|short| tail.ends_with(short.as_bytes())) {
        return false;
    }
    before.ends_with(';') || !rest.starts_with(char::is_lowercase)
}

/// Part of a text in quotes, at most [`MOST_QUOTE`] characters of it, cut between words.
pub(super) fn quote(words: &str, range: &Range<usize>, focus: usize) -> String {
    let text = words.get(range.clone()).unwrap_or_default();
    if text.len() <= MOST_QUOTE {
        return quoted("", text, "");
    }
    let lead = text.get(..focus.saturating_sub(range.start)).unwrap_or_default();
    let lead_len = lead.chars().count();
    let skip = if lead_len <= MOST_QUOTE * 2 / 3 {
        0
    } else {
        lead_len - MOST_QUOTE / 3
    };
    let skip = if text.chars().count() <= MOST_QUOTE {
        0
    } else {
        skip
    };
    let byte = |chars: usize| text.char_indices().nth(chars).map_or(text.len(), |(at, _)| at);
    let mut shown = &text[byte(skip)..byte(skip + MOST_QUOTE)];
    let (front, back) = (skip > 0, byte(skip + MOST_QUOTE) < text.len());
    if back && let Some(at) = shown.rfind(' ').filter(|at| *at > shown.len() / 2) {
        shown = &shown[..at];
    }
    if front && let Some(at) = shown.find(' ').filter(|at| *at < shown.len() / 3) {
        shown = &shown[at..];
    }
    quoted(if front { "…" } else { "" }, shown, if back { "…" } else { "" })
}

/// A text between quotation marks, its spaces made single and its own marks made plain.
fn quoted(front: &str, text: &str, back: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    out.push('"');
    out.push_str(front);
    for (at, word) in text.split_whitespace().enumerate() {
        if at > 0 {
            out.push(' ');
        }
        out.push_str(word);
    }
    out.push_str(back);
    out.push('"');
    if text.contains('"') {
        let inner = out[1..out.len() - 1].replace('"', "'");
        return format!("\"{inner}\"");
    }
    out
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
