//! Word for word: where a text differs from a standard one, and which of the differences say something.
//!
//! Every copy of a license that holders fill in bears other names, and some spell or count otherwise.
//! Such differences are excused; what is left of them is what was changed.

use std::collections::HashSet;
use std::ops::Range;

use super::fold::Word;
use super::{leftover, nearest};
use super::shingles::SHINGLE;

/// How many words may differ; beyond them two texts are no copies of one another.
const MOST: usize = 400;

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

/// A place where two texts differ: words of the standard, and words of the text.
type Hunk = (Range<usize>, Range<usize>);

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
    let Standard { words: words_of, here: elsewhere, sentences, holders, name } = *standard;
    let place = place.start.min(words.len())..place.end.min(words.len());
    let text = &words[place.clone()];
    let mut hunks = differences(words_of, text)?;
    for (_, here) in &mut hunks {
        *here = here.start + place.start..here.end + place.start;
    }
    let mut wording = Wording { words: words_of.len(), span: place, ..Wording::default() };
    let begin = wording.span.start;
    // what stands before and behind is weighed where the whole text is, and a title is no term
    let whole = words_of.len();
    let stands = |run: &[bool]| run.iter().all(|here| *here);
    let first = elsewhere.windows(RUN).take(TITLE).position(stands).unwrap_or(0);
    if let Some((there, here)) = hunks.first().filter(|(there, _)| there.start <= first) {
        if there.start == 0 {
            wording.span.start = here.end;
        }
    }
    for (there, here) in hunks.iter_mut().filter(|(there, _)| there.end <= first.max(1)) {
        (there.start, here.start) = (there.end, here.end);
    }
    let (lost, put): (usize, usize) =
        hunks.iter().fold((0, 0), |(lost, put), (there, here)| (lost + there.len(), put + here.len()));
    wording.span.end = (begin + whole + put).saturating_sub(lost).min(wording.span.end);
    let annex = words_of.iter().skip(whole / 100 * ANNEX_FROM);
    let annex = annex.take_while(|word| !ANNEXES.contains(&word.text)).count();
    let terms = whole / 100 * ANNEX_FROM + annex;
    let (mut neither, mut longest) = (0, 0);
    let mut denials = 0_isize;
    for (there, here) in merged(hunks) {
        // the whole end of a standard that stands elsewhere belongs to another text
        let apart = there.end == whole;
        let gone = there.clone().filter(|at| apart || !elsewhere[*at]);
        let gone = gone.filter(|at| counts(words_of[*at].text)).count();
        let ends = there.end == whole && here.is_empty();
        let signs = || ends && !leftover::weigh(words_of, there.clone(), name, false).speaks_of_terms;
        let (mut old, mut new) = (said(&words_of[there.clone()]), said(&words[here.clone()]));
        let denied = |words: &[&str]| words.iter().filter(|it| matches!(**it, "neither" | "not")).count();
        if there.start < terms && there.len().max(here.len()) <= SENTENCE {
            denials += denied(&new).cast_signed() - denied(&old).cast_signed();
        }
        trim(&mut old, &mut new);
        // `neither … may` for `… may not`, and the other way round
        if old.contains(&"neither") || new.contains(&"neither") {
            neither = there.end + SENTENCE;
        }
        if there.start < neither {
            old.retain(|word| *word != "not" && *word != "may");
            new.retain(|word| *word != "not" && *word != "may");
        }
        let generic = |word: &&str| SMALL.contains(word) || HOLDERS.contains(word);
        // a license that bears a name in its own is not that license under another one
        let joined = name.replace(' ', "");
        let own = |word: &&str| {
            name.split(' ').any(|have| have == *word) || word.len() > 4 && joined.contains(*word)
        };
        let borne = |word: &&str| generic(word) || holders.contains(*word) && !own(word);
        let short = there.len() * SIGNED_SHARE <= whole;
        let signed = old.len() <= DROPPED || short && sentences.contains(&there.start) && old.len() <= SIGNED;
        if signed && signs() || ends && there.start + SHINGLE >= terms {
            // who wrote it, or an annex, below the terms
        } else if says_the_same(&old, &new) || old.iter().chain(&new).all(|word| SMALL.contains(word)) {
            wording.excused.push(here);
        } else if new.len() <= NAME && old.iter().all(borne) && !leftover::limits(&new) && is_name(&old, &new) {
            if !old.iter().all(|word| generic(word)) {
                wording.renamed += 1;
            }
            wording.excused.push(here);
        } else {
            if gone > longest {
                longest = gone;
                let shown = words_of[there.clone()].iter().take(SHOWN).map(|word| word.text);
                wording.lost = shown.collect::<Vec<_>>().join(" ");
            }
            wording.missing += gone;
            wording.put_in += new.len();
            if there.start < terms {
                wording.gap = wording.gap.max(gone);
            }
        }
    }
    wording.turned = denials != 0;
    Some(wording)
}

/// Takes off both ends what differs in number alone: `makes` and `make`.
fn trim(old: &mut Vec<&str>, new: &mut Vec<&str>) {
    let stem = |word: &str| word.trim_end_matches('s').to_owned();
    while let (Some(one), Some(other)) = (old.last(), new.last()) {
        if stem(one) != stem(other) {
            break;
        }
        (old.pop(), new.pop());
    }
    let same = old.iter().zip(new.iter()).take_while(|(one, other)| stem(one) == stem(other)).count();
    old.drain(..same);
    new.drain(..same);
}

/// Whether words may be a name in the place of another: both are there, or whoever holds the rights is
/// named in fewer or in more of the usual words.
fn is_name(old: &[&str], new: &[&str]) -> bool {
    let generic = |word: &&str| SMALL.contains(word) || HOLDERS.contains(word);
    !old.is_empty() && (!new.is_empty() || old.len() <= DROPPED)
        || old.iter().chain(new).all(|word| generic(word))
}

/// Whether a word says something: numbers and single letters do not, nor does what the store puts in the
/// place of addresses.
fn counts(word: &str) -> bool {
    leftover::is_said(word) && !["http", "https", "blackboxed", "url", "www"].contains(&word)
}

/// The words of a run that say something.
fn said<'a>(words: &[Word<'a>]) -> Vec<&'a str> {
    words.iter().map(|word| word.text).filter(|word| counts(word)).collect()
}

/// Whether two runs are one in two spellings: `licence`, `non infringement`, `par ticular`.
fn says_the_same(old: &[&str], new: &[&str]) -> bool {
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

/// Where two texts differ, in order, by the shortest way from one to the front of the other (Myers 1986);
/// `None` where that way is longer than [`MOST`].
fn differences(old: &[Word<'_>], new: &[Word<'_>]) -> Option<Vec<Hunk>> {
    let same = |x: usize, y: usize| old[x].text == new[y].text;
    let (width, height) = (old.len(), new.len());
    let slide = |x: usize, y: usize| (x..width).zip(y..height).take_while(|(x, y)| same(*x, *y)).count();
    let mut ways = Ways { width, height, reached: Vec::new() };
    for d in 0..=MOST {
        let mut row = Vec::with_capacity(2 * d + 1);
        for k in diagonals(d) {
            let from = if d == 0 { Some((0, 0)) } else { ways.step(d, k).map(|(_, to)| to) };
            let far = from.map(|(x, y)| (x + slide(x, y), y + slide(x, y)));
            if far.is_some_and(|(x, _)| x == width) {
                return Some(ways.back(d, k));
            }
            row.push(far);
        }
        ways.reached.push(row);
    }
    None
}

/// The diagonals, `x - y`, that so many steps lead to.
fn diagonals(d: usize) -> std::ops::RangeInclusive<isize> {
    let d = isize::try_from(d).unwrap_or(isize::MAX);
    -d..=d
}

/// A place between two words of the one text and between two of the other.
type Point = (usize, usize);

/// The furthest points that so many steps lead to.
struct Ways {
    width: usize,
    height: usize,
    /// For each number of steps from 0, for each of its diagonals.
    reached: Vec<Vec<Option<Point>>>,
}

impl Ways {
    /// The `d`-th step onto diagonal `k`, whichever of the two leads further: one word more of the
    /// second text, or one of the first.
    fn step(&self, d: usize, k: isize) -> Option<(Point, Point)> {
        let row = self.reached.get(d.checked_sub(1)?)?;
        let at = |k: isize| {
            let index = k.checked_add_unsigned(d - 1)?;
            row.get(usize::try_from(index).ok()?).copied().flatten()
        };
        let down = at(k + 1).filter(|(_, y)| *y < self.height).map(|it| (it, (it.0, it.1 + 1)));
        let right = at(k - 1).filter(|(x, _)| *x < self.width).map(|it| (it, (it.0 + 1, it.1)));
        [down, right].into_iter().flatten().max_by_key(|(_, to)| to.0)
    }

    /// The way back from the end that `d` steps led to on diagonal `k`, as places that differ, in order.
    fn back(&self, d: usize, mut k: isize) -> Vec<Hunk> {
        let mut hunks: Vec<Hunk> = Vec::new();
        let signed = |value: usize| isize::try_from(value).unwrap_or(isize::MAX);
        for d in (1..=d).rev() {
            let Some((from, to)) = self.step(d, k) else {
                break;
            };
            match hunks.last_mut() {
                Some((there, here)) if (there.start, here.start) == to => {
                    (there.start, here.start) = from;
                }
                _ => hunks.push((from.0..to.0, from.1..to.1)),
            }
            k = signed(from.0) - signed(from.1);
        }
        hunks.reverse();
        hunks
    }
}

/// How many words of two texts differ, whatever they say.
#[cfg(test)]
pub(super) fn apart(old: &[Word<'_>], new: &[Word<'_>]) -> Option<usize> {
    let hunks = differences(old, new)?;
    let added = |hunks: &[Hunk]| hunks.iter().map(|(_, here)| here.len()).sum::<usize>();
    let lost: usize = hunks.iter().map(|(there, _)| there.len()).sum();
    let behind = (new.len() + lost).saturating_sub(old.len() + added(&hunks));
    let changed = hunks.iter().map(|(there, here)| there.len().max(here.len())).sum::<usize>();
    Some(changed + behind)
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
    use proptest::prelude::*;

    use super::super::fold;
    use super::*;

    const STANDARD: &str = "Redistribution and use are permitted to everybody. Neither the name of the copyright holder nor the names of its contributors may be \
        used to endorse or promote products without permission. This software is provided by the copyright \
        holders and contributors as is, and in no event shall the Consortium be liable for any damage";

    #[test]
    fn a_name_in_the_place_of_a_name_is_excused() {
        check("the copyright holders and", "Foo Labs and its friends and", (0, 0, 0));
        check("copyright holder nor the names of its contributors", "Foo nor its authors", (0, 0, 0));
        check("the Consortium be", "Foo Labs be", (0, 0, 1));
        check("liable", "liable", (0, 0, 0));
        check("for any damage", "for an y damage", (0, 0, 0));
        check("Neither the name of the copyright holder nor the names of its contributors may be", "The name of the author may not be", (0, 0, 0));
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
        let whole = "Neither the name of the copyright holder nor the names of its contributors may";
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
        let standard = Standard { words: &standard, here: &here, sentences: &[], holders: &holder, name: "a name" };
        hold(&standard, &words, 0..words.len()).expect("near")
    }

    proptest! {
        #[test]
        fn differences_lead_from_one_text_to_the_other(old in "([abc] ){0,40}", new in "([abc] ){0,40}") {
            let (one, two) = (fold::fold(&old), fold::fold(&new));
            let (one, two) = (one.words(), two.words());
            let hunks = differences(&one, &two).expect("short");
            let (mut out, mut at) = (Vec::new(), 0);
            for (there, here) in hunks {
                out.extend(one[at..there.start].iter().map(|word| word.text));
                out.extend(two[here].iter().map(|word| word.text));
                at = there.end;
            }
            out.extend(one[at..].iter().map(|word| word.text));
            let two: Vec<&str> = two.iter().map(|word| word.text).collect();
            prop_assert!(two.starts_with(&out), "{out:?}");
        }
    }
}
