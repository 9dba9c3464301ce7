//! The standard texts that come nearest to a text which holds none of them word for word.
//!
//! Here the texts of the `spdx` crate are loaded, which takes 90 ms, and compared shingle by shingle.

use std::collections::{BTreeSet, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use spdx::detection::Store;

use super::catalog::catalog;
use super::cover::{self, Part};
use super::fold;
use super::leftover;
use super::read::How;
use super::shingles::{Hashes, SHINGLE};
use super::standards;

/// The share of a standard's shingles that makes it whole, and the share of the words of a text that
/// makes the text a cut of the standard.
pub(super) const WHOLE: f32 = 0.9;
const CUT: f32 = 0.93;

/// A name in the place of another costs four shingles but one word: above the first share of shingles,
/// this share of words makes a text whole too.
const NAMES: f32 = 0.75;
const WHOLE_WORDS: f32 = 0.95;

/// The share of a standard's shingles below which the text is not a changed form of it.
const ALTERED: f32 = 0.5;

/// How many candidates are compared in full, and how many texts are looked for in one file.
const CANDIDATES: usize = 24;
const TEXTS: usize = 16;

/// Matches further apart than this, in words, belong to different places of a text.
const APART: usize = 40;

/// How far around a part its own title and appendix may stand, in words.
const NEAR: usize = 400;

/// A title has at most so many words, and a clause at least so many shingles.
const TITLE: usize = 24;
const CLAUSE: usize = 15;

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

/// So many matches close together are no chance.
const SURE_RUN: usize = 12;

/// A standard text that is compared in full.
struct Candidate {
    id: &'static str,
    /// Its shingles in order, an appendix aside.
    order: Vec<u32>,
    /// The same as a set.
    main: HashSet<u32>,
    /// Where shingles of it, or of its appendix, stand in the text.
    matched: Vec<usize>,
}

/// What a candidate has to say for itself, given what others have explained.
struct Claim {
    /// Which candidate.
    index: usize,
    /// Where its shingles stand that nobody has explained.
    places: Vec<usize>,
    /// The places of the text that it covers.
    runs: Vec<Range<usize>>,
    /// The share of it that stands there.
    share: f32,
    /// How well it explains them.
    gain: f32,
}

/// The standard texts that explain most of what is not covered, one after the other, each marking
/// what it covers. `named`: the SPDX ids of licenses that the text names.
pub(super) fn nearest(hashes: &Hashes, covered: &mut [bool], named: &[&str]) -> Vec<Part> {
    let shingles: Vec<u32> = hashes.shingles().collect();
    let unexplained: BTreeSet<u32> =
        (0..shingles.len()).filter(|at| is_open(covered, *at)).map(|at| shingles[at]).collect();
    let likely = standards::likely(&unexplained).into_iter().take(CANDIDATES);
    let mut candidates: Vec<Candidate> = likely.filter_map(|id| candidate(id, &shingles)).collect();
    let mut parts = Vec::new();
    while parts.len() < TEXTS {
        let all = candidates.iter().enumerate();
        let claims =
            all.map(|(index, candidate)| claim(index, candidate, &shingles, covered, named));
        let Some(best) = claims.max_by(|one, other| one.gain.total_cmp(&other.gain)) else {
            break;
        };
        let candidate = candidates.remove(best.index);
        let (missing, gap, words) = if best.share >= NAMES {
            missing(candidate.id, &shingles)
        } else {
            (0, 0, 0)
        };
        let how = match best.share {
            share if share >= WHOLE => How::Whole,
            _ if words > 0 && ratio(words - missing, words) >= WHOLE_WORDS => How::Whole,
            _ if ratio(best.places.len() + SHINGLE, covered.len()) >= CUT => How::Cut,
            share if share >= ALTERED => How::Altered,
            _ => continue,
        };
        let ends = best.runs.first().zip(best.runs.last());
        let span = ends.map_or(0..0, |(first, last)| first.start..last.end);
        for at in best.places {
            covered[at..at + SHINGLE].fill(true);
        }
        for sentence in standards::appendix(candidate.id, hashes) {
            covered[sentence].fill(true);
        }
        let (id, share) = (candidate.id, best.share);
        parts.push(Part {
            id,
            found: how,
            how,
            share,
            span,
            open: false,
            missing,
            gap,
            added: Vec::new(),
        });
    }
    parts
}

fn candidate(id: &'static str, shingles: &[u32]) -> Option<Candidate> {
    let (order, appendix) = standard(id)?;
    let main: HashSet<u32> = order.iter().copied().collect();
    let stands = |hash: &u32| main.contains(hash) || appendix.contains(hash);
    let matched = (0..shingles.len()).filter(|at| stands(&shingles[*at])).collect();
    Some(Candidate { id, order, main, matched })
}

fn claim(
    index: usize,
    from: &Candidate,
    shingles: &[u32],
    covered: &[bool],
    named: &[&str],
) -> Claim {
    let open: Vec<usize> =
        from.matched.iter().copied().filter(|at| is_open(covered, *at)).collect();
    let runs = dense(&open);
    let inside = |at: &usize| runs.iter().any(|run| run.contains(at));
    let places: Vec<usize> = open.into_iter().filter(inside).collect();
    let here: BTreeSet<u32> = places.iter().map(|at| shingles[*at]).collect();
    let share = ratio(here.iter().filter(|hash| from.main.contains(hash)).count(), from.main.len());
    // Of a cut text near twins explain as much, as Pixar of Apache-2.0: the one it names is meant.
    let favor = match () {
        () if share < WHOLE && named.contains(&from.id) => 1.16,
        () if catalog().get(from.id).is_some() => 1.01,
        () => 1.0,
    };
    // A clause that is not here tells more than names that differ everywhere.
    let lost = if longest_gap(&from.order, &here) >= CLAUSE {
        0.8
    } else {
        1.0
    };
    let gain = favor * lost * share * ratio(places.len(), 1);
    Claim { index, places, runs, share, gain }
}

/// The longest run of shingles of a standard that are not here, a title in front aside.
fn longest_gap(order: &[u32], here: &BTreeSet<u32>) -> usize {
    let title = order.iter().take(TITLE).position(|hash| here.contains(hash)).unwrap_or(0);
    let runs = order[title..].split(|hash| here.contains(hash));
    runs.map(<[u32]>::len).max().unwrap_or(0)
}

/// Marks the words near a part that stand in its standard text too.
pub(super) fn account_for(part: &Part, hashes: &Hashes, covered: &mut [bool]) {
    let Some((order, appendix)) = standard(part.id) else {
        return;
    };
    let main: HashSet<u32> = order.into_iter().collect();
    let near = part.span.start.saturating_sub(NEAR)..part.span.end + NEAR;
    for (at, hash) in hashes.shingles().enumerate().take(near.end).skip(near.start) {
        if main.contains(&hash) || appendix.contains(&hash) {
            covered[at..at + SHINGLE].fill(true);
        }
    }
}

/// How many words of a standard text, a title in front aside, are in none of these shingles, the
/// longest run of them, and how many words it has.
/// Numbers and single letters do not count: copies number their paragraphs as they like.
fn missing(id: &str, shingles: &[u32]) -> (usize, usize, usize) {
    let Some(text) = standard_text(id) else {
        return (0, 0, 0);
    };
    let (main, _) = standards::split_appendix(id, &text);
    let folded = fold::fold(main);
    let words = folded.words();
    let have: HashSet<u32> = shingles.iter().copied().collect();
    let mut here = vec![false; words.len()];
    for (at, hash) in Hashes::new(&words).shingles().enumerate() {
        if have.contains(&hash) {
            here[at..at + SHINGLE].fill(true);
        }
    }
    let first = here.iter().take(TITLE).position(|here| *here).unwrap_or(0);
    let said = |run: &Range<usize>| {
        words[run.clone()].iter().filter(|word| leftover::is_said(word.text)).count()
    };
    let runs = || leftover::runs(&here).into_iter().filter(|run| run.start >= first);
    let missing = runs().map(|run| said(&run)).sum();
    // Many copies leave off what comes after the terms.
    let annex = words.iter().skip(words.len() / 100 * ANNEX_FROM);
    let annex = annex.take_while(|word| !ANNEXES.contains(&word.text)).count();
    let terms = words.len() / 100 * ANNEX_FROM + annex;
    let gap = runs().filter(|run| run.start < terms).map(|run| said(&run)).max().unwrap_or(0);
    (missing, gap, words.len())
}

/// Whether a shingle is not wholly covered.
fn is_open(covered: &[bool], at: usize) -> bool {
    covered[at..at + SHINGLE].iter().any(|covered| !covered)
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
    runs.retain(|(_, count)| *count >= SURE_RUN || count * 8 >= matched.len());
    runs.into_iter().map(|(run, _)| run).collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts of words")]
fn ratio(part: usize, whole: usize) -> f32 {
    part as f32 / whole.max(1) as f32
}

/// A standard text without its copyright lines, from the store of the `spdx` crate.
fn standard_text(id: &str) -> Option<String> {
    static STORE: LazyLock<Option<Store>> = LazyLock::new(|| Store::load_inline().ok());
    // Of the ids of one GNU text the store keeps another than the catalog.
    let base = id.trim_end_matches("-only");
    let ids = [
        id.to_owned(),
        format!("{base}-or-later"),
        format!("{base}-invariants-or-later"),
    ];
    let text = ids.iter().find_map(|id| STORE.as_ref()?.get_original(id))?;
    let kept =
        text.lines().iter().filter(|line| !cover::is_copyright_line(&fold::fold(line).words()));
    let lines: Vec<&str> = kept.map(String::as_str).collect();
    Some(lines.join("\n"))
}

/// The shingles of a standard text in order, and those of its appendix.
fn standard(id: &str) -> Option<(Vec<u32>, HashSet<u32>)> {
    let text = standard_text(id)?;
    let (main, appendix) = standards::split_appendix(id, &text);
    let shingles = |text| Hashes::new(&fold::fold(text).words()).shingles().collect::<Vec<u32>>();
    let main = shingles(main);
    (!main.is_empty()).then(|| (main, shingles(appendix).into_iter().collect()))
}
