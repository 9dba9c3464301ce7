//! Word for word: where a text differs from a standard one, and which of the differences say something.
//!
//! Every copy of a license that holders fill in bears other names, and some spell or count otherwise.
//! Such differences are excused; what is left of them is what was changed.

use std::collections::HashSet;
use std::ops::Range;

use super::differ::{self, Hunk};
use super::fold::Word;
use super::shingles::SHINGLE;
use super::{leftover, nearest};

/// How many words of what is missing are shown.
const SHOWN: usize = 16;

/// A title has at most so many words.
pub(super) const TITLE: usize = 24;

/// So many words in a row are no title any more.
const RUN: usize = 8;

/// The longest name that stands for another, in words.
const NAME: usize = 16;

/// The longest name that a copy leaves out.
const DROPPED: usize = 5;

/// The longest paragraph below the terms that only says who wrote them, in words, and the least multiple of
/// it that the whole text is.
const SIGNED: usize = 60;
const SIGNED_SHARE: usize = 6;

/// How many words lie between `neither` and the `not` that another wording has for it, and in how many a
/// clause is turned round; more is a clause put in or taken out.
const SENTENCE: usize = 24;

/// What heads that which comes after the terms, and after how much of a text in percent.
const ANNEXES: [&str; 6] = [
    "addendum",
    "annex",
    "appendix",
    "attachment",
    "exhibit",
    "schedule",
];
const ANNEX_FROM: usize = 85;

/// Words that stand for whoever holds the rights, as templates have them.
#[rustfmt::skip]
const HOLDERS: [&str; 38] = [
    "and", "any", "author", "authors", "by", "company", "contributor", "contributors", "copyright", "copyrightholder",
    "developer", "developers", "entity", "holder", "holders", "individual", "institution", "name", "names", "neither",
    "no", "nor", "of", "or", "organisation", "organization", "other", "owner", "owners", "person", "project",
    "provider", "regents", "respective", "trademarkedname", "university", "copyrightholdersname", "foundation",
];

/// Words that say nothing by themselves, and remains of markup.
#[rustfmt::skip]
const SMALL: [&str; 17] = [
    "a", "an", "her", "his", "inc", "its", "of", "quot", "that", "the", "their", "these", "this", "those", "dnl", "rem",
    "ltd",
];

/// Words for what a license gives and asks: one of them changed changes the license.
#[rustfmt::skip]
const RIGHTS: [&str; 25] = [
    "binary", "commercial", "derivative", "distribute", "exclusive", "fee", "irrevocable", "merge", "modify", "must",
    "noncommercial", "only", "patent", "perform", "perpetual", "prohibited", "publish", "reproduce", "restriction",
    "revocable", "royalty", "sell", "source", "sublicense", "worldwide",
];

/// How a text differs from a standard one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Wording {
    /// How many words the standard has.
    pub(super) words: usize,
    /// How many of them, a title aside, are not here and are no names.
    pub(super) missing: usize,
    /// The longest run of these inside the terms.
    pub(super) gap: usize,
    /// What the longest of all such runs says.
    pub(super) lost: String,
    /// How many words stand here that the standard does not have, names aside.
    pub(super) put_in: usize,
    /// Whether a *not* is here that is not there, or the other way round.
    pub(super) turned: bool,
    /// Whether a word for a right or a duty is here that is not there, or the other way round.
    pub(super) touched: bool,
    /// At how many places another name stands for one that the standard itself bears.
    pub(super) renamed: usize,
    /// The places of the text, in its words, where it differs and says the same.
    pub(super) excused: Vec<Range<usize>>,
    /// From the first to the last word that both have.
    pub(super) span: Range<usize>,
}

impl Wording {
    /// The share of its words that say here what they say there, 0 to 1.
    pub(super) fn share(&self) -> f32 {
        let changed = self.missing.max(self.put_in);
        nearest::ratio(self.words.saturating_sub(changed), self.words)
    }

    /// How far the two are apart.
    pub(super) fn distance(&self) -> usize {
        2 * self.missing.max(self.put_in) + self.renamed
    }
}

/// A standard text to hold others against.
pub(super) struct Standard<'a> {
    /// Its words.
    pub(super) words: &'a [Word<'a>],
    /// Which of them stand somewhere in the text, with their neighbors.
    pub(super) here: &'a [bool],
    /// The words that begin a line and a sentence, as places.
    pub(super) sentences: &'a [usize],
    /// The words of its own copyright lines.
    pub(super) holders: &'a HashSet<String>,
    /// Its folded name.
    pub(super) name: &'a str,
}

/// Holds the words of a text, as far as a standard is likely to stand there, against those of the
/// standard. `None` where they differ too much to be told.
pub(super) fn hold(
    standard: &Standard<'_>,
    words: &[Word<'_>],
    place: Range<usize>,
) -> Option<Wording> {
    let (start, end) = (place.start.min(words.len()), place.end.min(words.len()));
    let mut hunks = differ::differences(standard.words, &words[start..end])?;
    for (_, here) in &mut hunks {
        *here = here.start + start..here.end + start;
    }
    let lost: usize = hunks.iter().map(|(there, _)| there.len()).sum();
    let put: usize = hunks.iter().map(|(_, here)| here.len()).sum();
    let whole = standard.words.len();
    let mut wording = Wording {
        words: whole,
        span: start..(start + whole + put).saturating_sub(lost).min(end),
        ..Wording::default()
    };
    let first = standard.first();
    // what stands above is weighed where the whole text is, and a title is no term
    if let Some((_, here)) = hunks.first().filter(|(there, _)| there.start == 0) {
        wording.span.start = here.end;
    }
    hunks.retain(|(there, _)| there.end > first.max(1));
    let mut weighing = Weighing {
        standard,
        words,
        terms: standard.terms(),
        wording,
        neither: 0,
        denials: 0,
        longest: 0,
    };
    for (there, here) in merged(hunks) {
        weighing.hunk(there, here);
    }
    weighing.wording.turned = weighing.denials != 0;
    Some(weighing.wording)
}

impl Standard<'_> {
    /// Its first word below the title.
    fn first(&self) -> usize {
        if self.here.first() == Some(&true) {
            return 0;
        }
        let stands = |run: &[bool]| run.iter().all(|here| *here);
        self.here.windows(RUN).take(TITLE).position(stands).unwrap_or(0)
    }

    /// How many words its terms have, up to an annex.
    fn terms(&self) -> usize {
        let from = self.words.len() / 100 * ANNEX_FROM;
        let rest = self.words.iter().skip(from);
        from + rest.take_while(|word| !ANNEXES.contains(&word.text)).count()
    }

    /// Whether a word stands for a name that this standard bears: for whoever holds the rights, or the
    /// name on its copyright lines. A license that bears a name in its own is not that license under
    /// another one.
    fn bears(&self, word: &str) -> bool {
        let joined = || self.name.replace(' ', "");
        let own = || {
            self.name.split(' ').any(|have| have == word)
                || word.len() > 4 && joined().contains(word)
        };
        is_generic(word) || self.holders.contains(word) && !own()
    }

    /// Whether the end of it from here on only says who wrote it.
    fn is_signed(&self, there: &Range<usize>, old: &[&str]) -> bool {
        let paragraph = self.sentences.contains(&there.start)
            && old.len() <= SIGNED
            && there.len() * SIGNED_SHARE <= self.words.len();
        (old.len() <= DROPPED || paragraph)
            && !leftover::weigh(self.words, there.clone(), self.name, false).speaks_of_terms
    }
}

/// The places where a text differs, while they are weighed in order.
struct Weighing<'a> {
    standard: &'a Standard<'a>,
    words: &'a [Word<'a>],
    /// Where the terms of the standard end.
    terms: usize,
    wording: Wording,
    /// Up to where a `neither` of the one is the `not` of the other.
    neither: usize,
    /// How many more denials the text has.
    denials: isize,
    /// The longest run of missing words so far.
    longest: usize,
}

impl Weighing<'_> {
    fn hunk(&mut self, there: Range<usize>, here: Range<usize>) {
        let whole = self.standard.words.len();
        let mut old = said(&self.standard.words[there.clone()]);
        let mut new = said(&self.words[here.clone()]);
        if there.start < self.terms && there.len().max(here.len()) <= SENTENCE {
            self.denials += denials(&new) - denials(&old);
        }
        trim(&mut old, &mut new);
        // `neither … may` for `… may not`, and the other way round
        if old.contains(&"neither") || new.contains(&"neither") {
            self.neither = there.end + SENTENCE;
        }
        if there.start < self.neither {
            old.retain(|word| *word != "not" && *word != "may");
            new.retain(|word| *word != "not" && *word != "may");
        }
        let ends = there.end == whole && here.is_empty();
        let wording = &mut self.wording;
        if ends && (there.start + SHINGLE >= self.terms || self.standard.is_signed(&there, &old)) {
            // who wrote it, or an annex, below the terms
        } else if says_the_same(&old, &new) {
            wording.excused.push(here);
        } else if is_name(&old, &new) && old.iter().all(|word| self.standard.bears(word)) {
            if !old.iter().copied().all(is_generic) {
                wording.renamed += 1;
            }
            wording.excused.push(here);
        } else {
            // what stands elsewhere is not missing; but the whole end of a standard is of another text
            let elsewhere = |at: usize| there.end < whole && self.standard.here[at];
            let gone = there.clone().filter(|at| !elsewhere(*at));
            let gone = gone.filter(|at| counts(self.standard.words[*at].text)).count();
            if gone > self.longest {
                self.longest = gone;
                let shown = self.standard.words[there.clone()].iter().take(SHOWN);
                wording.lost = shown.map(|word| word.text).collect::<Vec<_>>().join(" ");
            }
            let lacks = |one: &[&str], other: &[&str]| {
                one.iter().any(|word| RIGHTS.contains(word) && !other.contains(word))
            };
            wording.touched |= lacks(&new, &old) || gone > 0 && lacks(&old, &new);
            wording.missing += gone;
            wording.put_in += new.len();
            if there.start < self.terms {
                wording.gap = wording.gap.max(gone);
            }
        }
    }
}

/// How many of these words deny.
fn denials(words: &[&str]) -> isize {
    words.iter().filter(|word| matches!(**word, "neither" | "not")).count().cast_signed()
}

/// Whether a word stands for whoever holds the rights, or says nothing.
fn is_generic(word: &str) -> bool {
    SMALL.contains(&word) || HOLDERS.contains(&word)
}

/// Takes off both ends what differs in number alone: `makes` and `make`.
fn trim(old: &mut Vec<&str>, new: &mut Vec<&str>) {
    let stem = |word: &str| word.trim_end_matches('s').to_owned();
    while let (Some(one), Some(other)) = (old.last(), new.last()) {
        if stem(one) != stem(other) {
            break;
        }
        old.pop();
        new.pop();
    }
    let same =
        old.iter().zip(new.iter()).take_while(|(one, other)| stem(one) == stem(other)).count();
    old.drain(..same);
    new.drain(..same);
}

/// Whether words may be a name in the place of another, and set no condition: both are there, or whoever
/// holds the rights is named in fewer or in more of the usual words.
fn is_name(old: &[&str], new: &[&str]) -> bool {
    let both = !old.is_empty() && (!new.is_empty() || old.len() <= DROPPED);
    let usual = || old.iter().chain(new).copied().all(is_generic);
    new.len() <= NAME && (both || usual()) && !leftover::limits(new)
}

/// Whether a word says something: numbers and single letters do not, nor do remains of addresses.
fn counts(word: &str) -> bool {
    leftover::is_said(word) && !["http", "https", "www"].contains(&word)
}

/// The words of a run that say something.
fn said<'a>(words: &[Word<'a>]) -> Vec<&'a str> {
    words.iter().map(|word| word.text).filter(|word| counts(word)).collect()
}

/// Whether two runs are one in two spellings, `licence`, `non infringement`, `par ticular`, or say nothing.
fn says_the_same(old: &[&str], new: &[&str]) -> bool {
    if old.iter().chain(new).all(|word| SMALL.contains(word)) {
        return true;
    }
    let spelt = |words: &[&str]| {
        let all = words.concat();
        let all = all.replace("licence", "license").replace("acknowledge", "acknowledg");
        all.replace("isation", "ization").replace("ised", "ized").replace("judgement", "judgment")
    };
    spelt(old) == spelt(new)
}

/// The same with places that lie so close together that they are one.
fn merged(hunks: Vec<Hunk>) -> Vec<Hunk> {
    let mut all: Vec<Hunk> = Vec::new();
    for (there, here) in hunks.into_iter().filter(|(there, here)| there.len() + here.len() > 0) {
        match all.last_mut() {
            // a word or two that both happen to have in the midst of what differs
            Some((before, text))
                if (there.start - before.end) * 2
                    < (before.len().max(text.len())).min(there.len().max(here.len())).max(4) =>
            {
                before.end = there.end;
                text.end = here.end;
            }
            _ => all.push((there, here)),
        }
    }
    all
}

/// Marks what is excused, and the few words between two such places.
pub(super) fn mark(excused: &[Range<usize>], covered: &mut [bool]) {
    let mut end = None;
    for place in excused {
        let start = end.filter(|end| place.start.saturating_sub(*end) < SHINGLE);
        covered[start.unwrap_or(place.start)..place.end].fill(true);
        end = Some(place.end);
    }
}

#[cfg(test)]
mod tests {
    use super::super::fold;
    use super::*;

    const STANDARD: &str = "Redistribution and use are permitted to everybody. Neither the name of the copyright holder nor the names of its contributors may be \
        used to endorse or promote products without permission. This software is provided by the copyright \
        holders and contributors as is, and in no event shall the Consortium be liable for any damage";

    #[test]
    fn a_name_in_the_place_of_a_name_is_excused() {
        check("the copyright holders and", "Foo Labs and its friends and", (0, 0, 0));
        check(
            "copyright holder nor the names of its contributors",
            "Foo nor its authors",
            (0, 0, 0),
        );
        check("the Consortium be", "Foo Labs be", (0, 0, 1));
        check("liable", "liable", (0, 0, 0));
        check("for any damage", "for an y damage", (0, 0, 0));
        check(
            "Neither the name of the copyright holder nor the names of its contributors may be",
            "The name of the author may not be",
            (0, 0, 0),
        );
    }

    #[test]
    fn what_was_changed_is_not() {
        check("or promote", "", (2, 0, 0));
        check("without permission", "without written permission", (0, 1, 0));
        check("be liable", "be fully liable", (0, 1, 0));
        check("the copyright holders and", "Foo, only for research, and", (3, 4, 0));
        check("may be used", "may not be used", (0, 1, 0));
        check("shall the", "shall not the", (0, 1, 0));
    }

    #[test]
    fn a_denial_that_is_lost_or_put_in_turns_a_clause_round() {
        let turned = |old, new| held(old, new).turned;
        assert!(turned("Neither the name", "The name"));
        assert!(turned("shall the", "shall not the"));
        assert!(!turned("copyright holders", "authors"));
        let both = "The name of the author may not";
        let whole =
            "Neither the name of the copyright holder nor the names of its contributors may";
        assert!(!turned(whole, both));
    }

    /// The words missing and put in, and the places where another name stands for the standard's own.
    #[track_caller]
    fn check(old: &str, new: &str, told: (usize, usize, usize)) {
        let found = held(old, new);
        assert_eq!((found.missing, found.put_in, found.renamed), told, "{found:?}");
    }

    fn held(old: &str, new: &str) -> Wording {
        let text = STANDARD.replacen(old, new, 1);
        let (standard, text) = (fold::fold(STANDARD), fold::fold(&text));
        let holder = ["consortium".to_owned()].into();
        let words = text.words();
        let standard = standard.words();
        let here = vec![false; standard.len()];
        let standard = Standard {
            words: &standard,
            here: &here,
            sentences: &[],
            holders: &holder,
            name: "a name",
        };
        hold(&standard, &words, 0..words.len()).expect("near")
    }
}
