//! Which standard texts a text consists of, and what is left over beside them.
//!
//! A text that holds a standard text word for word is settled by the table of fingerprints. Only for
//! what that leaves, and only where the sketches promise something, are the texts of the `spdx` crate
//! loaded (90 ms) and compared shingle by shingle.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use spdx::detection::Store;

use super::fold::{self, Word};
use super::leftover::{self, Run};
use super::read::How;
use super::shingles::{Hashes, SHINGLE};
use super::standards;

/// The share of a standard's shingles that makes it whole, and the share of the words of a text that
/// makes the text a cut of the standard.
const WHOLE: f32 = 0.9;
const CUT: f32 = 0.93;

/// The share of a standard's shingles below which the text is not a changed form of it.
const ALTERED: f32 = 0.5;

/// How many words may be left before it is worth looking for a further standard text.
const REST: usize = 40;

/// How many candidates are compared in full, and how many texts are looked for in one file.
const CANDIDATES: usize = 24;
const TEXTS: usize = 16;

/// Matches further apart than this, in words, belong to different places of a text.
const APART: usize = 40;

/// A run of words inside a standard text, this long, changes it whatever it says.
const INSERTED: usize = 12;

/// Longer lines than this, in words, are more than a copyright line.
const COPYRIGHT_LINE: usize = 24;

/// A standard text, or the better part of one, found in a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Part {
    /// Its SPDX id.
    pub(super) id: &'static str,
    /// Whole, cut or altered.
    pub(super) how: How,
    /// The share of it that stands here, 0 to 1.
    pub(super) share: f32,
    /// From its first word to its last.
    pub(super) span: Range<usize>,
    /// What is left over beside it, its words as places in the text, copyright lines aside.
    pub(super) added: Vec<Run>,
}

/// The standard texts that a text consists of, in order, and which of its words they account for.
/// `alone`: the text is a license file, so that whatever else stands in it belongs to the license.
/// `deep`: look for changed and cut texts too.
pub(super) fn cover(words: &[Word<'_>], alone: bool, deep: bool) -> (Vec<Part>, Vec<bool>) {
    let hashes = Hashes::new(words);
    let mut covered = vec![false; words.len()];
    let mut parts = Vec::new();
    for exact in standards::exact(&hashes) {
        let ends = exact.pieces.first().zip(exact.pieces.last());
        let span = ends.map_or(0..0, |(first, last)| first.start..last.end);
        exact.pieces.into_iter().for_each(|piece| covered[piece].fill(true));
        parts.push(Part {
            id: exact.id,
            how: How::Whole,
            share: 1.0,
            span,
            added: Vec::new(),
        });
    }
    leave_over(words, &covered, &mut parts, alone);
    if deep && parts.iter().any(|part| part.how == How::Altered) {
        // What the table calls a variable part may be a part of the standard: ask its text.
        parts.iter().for_each(|part| account_for(part, &hashes, &mut covered));
    }
    let left: usize = leftover::runs(&covered).iter().map(ExactSizeIterator::len).sum();
    if deep && (parts.is_empty() || left > REST) {
        parts.extend(greedy(&hashes, &mut covered));
        parts.sort_by_key(|part| part.span.start);
    }
    leave_over(words, &covered, &mut parts, alone);
    (parts, covered)
}

/// Gives each part what is left over beside it, and calls it altered where that changes it.
fn leave_over(words: &[Word<'_>], covered: &[bool], parts: &mut [Part], alone: bool) {
    for part in &mut *parts {
        part.added.clear();
        part.how = if part.share >= WHOLE {
            How::Whole
        } else {
            part.how
        };
    }
    for place in leftover::runs(covered) {
        let next = parts.iter_mut().find(|part| part.span.start == place.end);
        let heads = next.and_then(|part| {
            let name = super::ordinary::license(part.id).map(|license| fold::phrase(&license.name));
            Some((leftover::weigh(words, place.clone(), Some(&name?)), part))
        });
        if let Some((run, part)) = heads.filter(|(run, _)| run.set_aside) {
            part.added.push(run);
            continue;
        }
        let run = leftover::weigh(words, place, None);
        let after = parts.iter().rposition(|part| part.span.start <= run.words.start);
        let Some(part) = parts.get_mut(after.unwrap_or(0)) else {
            return;
        };
        let inside = part.span.start <= run.words.start && run.words.end <= part.span.end;
        if !alone && !inside {
            continue;
        }
        let changes = run.speaks_of_terms || inside && run.counted() >= INSERTED;
        if changes && part.how == How::Whole {
            part.how = How::Altered;
        }
        part.added.push(run);
    }
}

/// Marks the words near a part that stand in its standard text too.
fn account_for(part: &Part, hashes: &Hashes, covered: &mut [bool]) {
    let Some(standard) = standard_shingles(part.id) else {
        return;
    };
    let near = part.span.start.saturating_sub(APART)..part.span.end + APART;
    for (at, shingle) in hashes.shingles().enumerate().take(near.end).skip(near.start) {
        if standard.contains(&shingle) {
            covered[at..at + SHINGLE].fill(true);
        }
    }
}

/// The texts of the `spdx` crate that explain most of what is not yet covered, one after the other.
fn greedy(hashes: &Hashes, covered: &mut [bool]) -> Vec<Part> {
    let shingles: Vec<u32> = hashes.shingles().collect();
    let open: BTreeSet<u32> = places(&shingles, covered, |_| true).map(|at| shingles[at]).collect();
    let likely = standards::likely(&open);
    let mut candidates: Vec<(&'static str, BTreeSet<u32>)> = likely
        .into_iter()
        .take(CANDIDATES)
        .filter_map(|id| Some((id, standard_shingles(id)?)))
        .collect();
    let words = covered.len();
    let mut parts = Vec::new();
    while parts.len() < TEXTS {
        let weighed = candidates.iter().enumerate().filter_map(|(index, (id, standard))| {
            let matched: Vec<usize> =
                places(&shingles, covered, |hash| standard.contains(&hash)).collect();
            let runs = dense(&matched);
            let here: BTreeSet<u32> = runs
                .iter()
                .flat_map(|run| shingles[run.start..=run.end - SHINGLE].iter())
                .copied()
                .collect();
            let share = ratio(standard.intersection(&here).count(), standard.len());
            Some((index, *id, share, matched, runs)).filter(|_| share > 0.0)
        });
        let gain = |share: f32, matched: &[usize]| share * ratio(matched.len(), 1);
        let best =
            weighed.max_by(|one, other| gain(one.2, &one.3).total_cmp(&gain(other.2, &other.3)));
        let Some((index, id, share, matched, runs)) = best else {
            break;
        };
        candidates.remove(index);
        let new = matched.len() + SHINGLE;
        let how = match share {
            _ if share >= WHOLE => How::Whole,
            _ if ratio(new, words) >= CUT => How::Cut,
            _ if share >= ALTERED => How::Altered,
            _ => continue,
        };
        let span = runs.first().map_or(0, |run| run.start)..runs.last().map_or(0, |run| run.end);
        for at in matched.into_iter().filter(|at| runs.iter().any(|run| run.contains(at))) {
            covered[at..at + SHINGLE].fill(true);
        }
        parts.push(Part { id, how, share, span, added: Vec::new() });
    }
    parts
}

/// Where shingles stand that are not wholly covered, and that are wanted.
fn places<'a>(
    shingles: &'a [u32],
    covered: &'a [bool],
    wanted: impl Fn(u32) -> bool + 'a,
) -> impl Iterator<Item = usize> + 'a {
    let open = |at: &usize| covered[*at..*at + SHINGLE].iter().any(|covered| !covered);
    (0..shingles.len()).filter(open).filter(move |at| wanted(shingles[*at]))
}

/// The places of a text, in words, where matches stand close together: chance matches are left out.
fn dense(matched: &[usize]) -> Vec<Range<usize>> {
    let mut runs: Vec<(Range<usize>, usize)> = Vec::new();
    for at in matched {
        match runs.last_mut() {
            Some((run, count)) if *at < run.end + APART => {
                run.end = at + SHINGLE;
                *count += 1;
            }
            _ => runs.push((*at..at + SHINGLE, 1)),
        }
    }
    runs.retain(|(_, count)| count * 8 >= matched.len());
    runs.into_iter().map(|(run, _)| run).collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts of words")]
fn ratio(part: usize, whole: usize) -> f32 {
    part as f32 / whole.max(1) as f32
}

/// The shingles of a standard text, from the store of the `spdx` crate.
fn standard_shingles(id: &str) -> Option<BTreeSet<u32>> {
    static STORE: LazyLock<Option<Store>> = LazyLock::new(|| Store::load_inline().ok());
    let text = STORE.as_ref()?.get_original(id)?;
    let kept = text.lines().iter().filter(|line| !is_copyright_line(&fold::fold(line).words()));
    let text: Vec<&str> = kept.map(String::as_str).collect();
    let folded = fold::fold(&text.join("\n"));
    let shingles: BTreeSet<u32> = Hashes::new(&folded.words()).shingles().collect();
    (!shingles.is_empty()).then_some(shingles)
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
