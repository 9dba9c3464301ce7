//! Which standard texts a text consists of, and what is left over beside them.
//!
//! A text that holds a standard text word for word is settled by the table of fingerprints. Only
//! what that leaves, and only where the sketches promise something, is compared with the texts of the
//! `spdx` crate shingle by shingle.

use std::ops::Range;

use super::fold::{self, Word};
use super::leftover::{self, Run};
use super::read::How;
use super::shingles::Hashes;
use super::{nearest, ordinary, standards};

/// How many words may be left beside a standard text before a longer one is asked for.
const BESIDE: usize = 12;

/// How long a run may be left before it is worth looking for a further standard text.
const REST: usize = 40;

/// A run of words this long changes a license whatever it says.
const INSERTED: usize = 25;

/// So many words in all that stand in no standard text, and that no words of the standard made room
/// for, change a license: names in the place of other names do not.
const ADDED: usize = 30;
const PUT_IN: usize = 7;

/// A clause that was taken out has at least so many words; a name that was replaced has fewer.
const TAKEN_OUT: usize = 16;

/// Longer lines than this, in words, are more than a copyright line.
const COPYRIGHT_LINE: usize = 24;

/// A standard text, or the better part of one, found in a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Part {
    /// Its SPDX id.
    pub(super) id: &'static str,
    /// Whole, cut or altered, by the standard text alone.
    pub(super) found: How,
    /// The same, with what is left over taken into account.
    pub(super) how: How,
    /// The share of it that stands here, 0 to 1.
    pub(super) share: f32,
    /// From its first word to its last.
    pub(super) span: Range<usize>,
    /// Whether it has an appendix that was not found whole.
    pub(super) open: bool,
    /// How many words inside it are missing here.
    pub(super) missing: usize,
    /// The longest run of these.
    pub(super) gap: usize,
    /// The first words of the longest of all.
    pub(super) lost: String,
    /// Whether a *not* is here that is not there, or the other way round.
    pub(super) turned: bool,
    /// What is left over beside it, its words as places in the text, copyright lines aside.
    pub(super) added: Vec<Run>,
}

/// The standard texts that a text consists of, in order, and which of its words they account for.
/// `alone`: the text is a license file, so that whatever else stands in it belongs to the license.
/// `deep`: look for changed and cut texts too. `named`: SPDX ids of licenses that the text names.
pub(super) fn cover(
    words: &[Word<'_>],
    alone: bool,
    deep: bool,
    named: &[&str],
) -> (Vec<Part>, Vec<bool>) {
    let hashes = Hashes::new(words);
    let mut covered = vec![false; words.len()];
    let mut parts = Vec::new();
    for exact in standards::exact(&hashes) {
        let span = exact.start()..exact.end();
        exact.pieces.into_iter().for_each(|piece| covered[piece].fill(true));
        parts.push(Part {
            id: exact.id,
            found: How::Whole,
            how: How::Whole,
            share: 1.0,
            span,
            open: exact.open,
            missing: 0,
            gap: 0,
            lost: String::new(),
            turned: false,
            added: Vec::new(),
        });
    }
    leave_over(words, &covered, &mut parts, alone);
    // What the table calls a variable part or a title may be a part of the standard: ask its text.
    let asks = |part: &&Part| {
        let within = |run: &Run| part.open || run.words.start < part.span.end;
        part.how == How::Altered && part.added.iter().any(within)
    };
    if deep {
        parts
            .iter()
            .filter(asks)
            .for_each(|part| nearest::account_for(part, &hashes, &mut covered));
    }
    let left: usize = parts.iter().flat_map(|part| &part.added).map(Run::counted).sum();
    if deep && (parts.is_empty() || left >= BESIDE) {
        // Either a longer text explains more than what was found, or there is a further one.
        let mut anew = vec![false; words.len()];
        let other = nearest::nearest(words, &hashes, &mut anew, named);
        let count = |covered: &[bool]| covered.iter().filter(|covered| **covered).count();
        let longer = count(&anew) > count(&covered) + left / 2 && other.len() <= parts.len();
        if parts.is_empty() || longer && other.iter().all(|part| part.how == How::Whole) {
            (parts, covered) = (other, anew);
        } else if leftover::runs(&covered).iter().any(|run| run.len() > REST) {
            parts.extend(nearest::nearest(words, &hashes, &mut covered, named));
        }
        parts.sort_by_key(|part| part.span.start);
    }
    leave_over(words, &covered, &mut parts, alone);
    (parts, covered)
}

/// Gives each part what is left over beside it, and calls it altered where that changes it.
fn leave_over(words: &[Word<'_>], covered: &[bool], parts: &mut [Part], alone: bool) {
    for part in &mut *parts {
        part.added.clear();
        part.how = part.found;
    }
    for place in leftover::runs(covered) {
        let above = |part: &&mut Part| (place.end..=place.end + BESIDE).contains(&part.span.start);
        let next = parts.iter_mut().find(above);
        let heads =
            next.map(|part| (leftover::weigh(words, place.clone(), &name(part), true), part));
        if let Some((run, part)) = heads.filter(|(run, _)| run.set_aside) {
            let title = run.words.start.saturating_sub(BESIDE)..run.words.end;
            if leftover::is_other_version(&words[title], part.id) {
                part.how = part.how.max(How::Altered);
            }
            part.added.push(run);
            continue;
        }
        let after = parts.iter().rposition(|part| part.span.start <= place.start);
        let Some(part) = parts.get_mut(after.unwrap_or(0)) else {
            return;
        };
        let inside = part.span.start <= place.start && place.end <= part.span.end;
        if !alone && !inside {
            continue;
        }
        let run = leftover::weigh(words, place, &name(part), false);
        let changes = run.speaks_of_terms || run.counted() >= INSERTED;
        if changes && part.how == How::Whole {
            part.how = How::Altered;
        }
        part.added.push(run);
    }
    for part in parts {
        // Words replaced are mostly names; words taken out and not replaced are terms.
        let inside = |run: &Run| run.words.start > part.span.start && run.words.end < part.span.end;
        let within: usize = part.added.iter().filter(|&run| inside(run)).map(Run::counted).sum();
        let added: usize = part.added.iter().map(Run::counted).sum();
        let unreplaced = part.missing > 1 && !part.added.iter().any(inside);
        let taken_out = unreplaced || part.gap >= TAKEN_OUT;
        let put_in = part.share < 1.0 && within > part.missing + PUT_IN || added >= ADDED;
        if part.how == How::Whole && (taken_out || put_in) {
            part.how = How::Altered;
        }
    }
}

/// The folded name of a part's license.
fn name(part: &Part) -> String {
    ordinary::license(part.id).map_or(String::new(), |license| fold::phrase(&license.name))
}

/// Whether the words of one line are a copyright line, which differs from copy to copy. A long line is
/// a paragraph that begins with one.
pub(super) fn is_copyright_line(words: &[Word<'_>]) -> bool {
    if words.len() > COPYRIGHT_LINE {
        return false;
    }
    let words: Vec<&str> = words.iter().take(4).map(|word| word.text).collect();
    let rest = match words.as_slice() {
        ["all", "rights", "reserved"] => return true,
        ["c" | "portions" | "the", "copyright", rest @ ..] | ["c" | "copyright", rest @ ..] => rest,
        _ => return false,
    };
    rest.first().is_some_and(|word| {
        matches!(*word, "c" | "year" | "years" | "yyyy" | "yyy" | "xxxx")
            || word.starts_with(|c: char| c.is_ascii_digit())
    })
}
