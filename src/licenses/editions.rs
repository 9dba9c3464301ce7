//! Known editions of the catalog's licenses as hashes of their shingles: whether a text that is told by
//! its phrases is the license whole, cut short, or with terms put in.
//!
//! `editions.hashes` holds for each edition: the id of its license and its own name, each as a length byte
//! and so many bytes, then how many hashes, and the hashes in the order of the text, all of 4 bytes,
//! little-endian. An ignored test writes it from texts that are not kept here.

use std::collections::HashSet;
use std::ops::Range;

use super::catalog::License;
use super::fold::{self, Word};
use super::leftover::{self, Run};
use super::read::How;
use super::shingles::{Hashes, SHINGLE};

const SOURCE: &[u8] = include_bytes!("editions.hashes");

/// The share of an edition that makes it this one, whatever else differs.
const SAME: f32 = 0.85;

/// The share that leaves no room for another edition.
const ALL: f32 = 0.985;

/// The share that makes a text a form of it, where no other edition is known to be.
const LIKE: f32 = 0.5;

/// The share of a text's words that makes it a part of the edition.
const CUT: f32 = 0.93;

/// So many shingles missing in a row are a clause.
const CLAUSE: usize = 20;

/// A run of words that speaks of conditions, and one that does not, from how many words on it is more
/// than another wording.
const TERMS: usize = 8;
const INSERTED: usize = 25;

/// One edition of a license.
struct Edition {
    name: &'static str,
    /// Its shingles in order.
    order: Vec<u32>,
}

/// How a text compares with the edition that it is nearest to.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Likeness {
    /// Whole, cut or altered.
    pub(super) how: How,
    /// Which edition.
    pub(super) edition: &'static str,
    /// The share of it that stands here, 0 to 1.
    pub(super) share: f32,
    /// From its first word to its last.
    pub(super) span: Range<usize>,
    /// How many of its shingles are missing here.
    pub(super) missing: usize,
    /// What is left over, as far as it changes the license.
    pub(super) added: Vec<Run>,
}

/// What a text is beside the known editions of a license; `None` where none is known, or where it may
/// well be an edition that is not. `others`: places in words that belong to other licenses. `alone`:
/// what stands around the license belongs to it.
pub(super) fn liken(
    license: &License,
    words: &[Word<'_>],
    hashes: &Hashes,
    others: &[Range<usize>],
    alone: bool,
) -> Option<Likeness> {
    let editions: Vec<Edition> = editions(&license.id).collect();
    let all_known = !license.released.is_empty() && license.released.len() <= editions.len();
    let name = fold::phrase(&license.name);
    against(&editions, all_known, &name, words, hashes, others, alone)
}

/// As [`liken`], for these editions of a license of this folded name.
fn against(
    editions: &[Edition],
    all_known: bool,
    name: &str,
    words: &[Word<'_>],
    hashes: &Hashes,
    others: &[Range<usize>],
    alone: bool,
) -> Option<Likeness> {
    let shingles: Vec<u32> = hashes.shingles().collect();
    let here: HashSet<u32> = shingles.iter().copied().collect();
    let share = |edition: &Edition| ratio(stand(edition, &here), edition.order.len());
    let best = editions.iter().max_by(|one, other| share(one).total_cmp(&share(other)))?;
    let share = share(best);
    let set: HashSet<u32> = best.order.iter().copied().collect();
    let mut covered = vec![false; words.len()];
    for at in (0..shingles.len()).filter(|at| set.contains(&shingles[*at])) {
        covered[at..at + SHINGLE].fill(true);
    }
    let first = covered.iter().position(|it| *it)?;
    let span = first..covered.iter().rposition(|it| *it).map_or(first, |last| last + 1);
    let own = covered.iter().filter(|it| **it).count();
    let gap = best.order.split(|hash| here.contains(hash)).map(<[u32]>::len).max().unwrap_or(0);
    let meets = |place: &Range<usize>, other: &Range<usize>| {
        place.start < other.end && other.start < place.end
    };
    let strict = all_known || share >= ALL;
    let changes = |place: Range<usize>| {
        let inside = span.start < place.start && place.end < span.end;
        let foreign = others.iter().any(|other| meets(&place, other));
        if foreign || !inside && !alone || inside && !strict {
            return None;
        }
        let run = leftover::weigh(words, place, name, false);
        let terms = run.speaks_of_terms && run.counted() >= TERMS;
        (terms || run.counted() >= INSERTED).then_some(run)
    };
    let added: Vec<Run> = leftover::runs(&covered).into_iter().filter_map(changes).collect();
    let missing = best.order.len() - stand(best, &here);
    let how = if share < SAME && gap >= CLAUSE && ratio(own, words.len()) >= CUT {
        How::Cut
    } else if share >= SAME {
        let other = !added.is_empty() || strict && gap >= CLAUSE;
        if other { How::Altered } else { How::Whole }
    } else if all_known && share >= LIKE {
        How::Altered
    } else {
        return None;
    };
    Some(Likeness {
        how,
        edition: best.name,
        share,
        span,
        missing,
        added,
    })
}

/// How many shingles of an edition are here.
fn stand(edition: &Edition, here: &HashSet<u32>) -> usize {
    edition.order.iter().filter(|hash| here.contains(hash)).count()
}

/// The editions of one license.
fn editions(id: &str) -> impl Iterator<Item = Edition> {
    let mut rest = SOURCE;
    std::iter::from_fn(move || {
        let (of, name) = (text(&mut rest)?, text(&mut rest)?);
        let (len, tail) = rest.split_first_chunk()?;
        let (hashes, tail) = tail.split_at_checked(u32::from_le_bytes(*len) as usize * 4)?;
        rest = tail;
        Some((of, name, hashes))
    })
    .filter(move |(of, ..)| *of == id)
    .map(|(_, name, hashes)| Edition {
        name,
        order: hashes.as_chunks().0.iter().map(|hash| u32::from_le_bytes(*hash)).collect(),
    })
}

fn text(rest: &mut &'static [u8]) -> Option<&'static str> {
    let (len, tail) = rest.split_first()?;
    let (text, tail) = tail.split_at_checked(usize::from(*len))?;
    *rest = tail;
    std::str::from_utf8(text).ok()
}

#[expect(clippy::cast_precision_loss, reason = "counts of words")]
fn ratio(part: usize, whole: usize) -> f32 {
    part as f32 / whole.max(1) as f32
}

#[cfg(test)]
#[path = "editions_table.rs"]
pub(super) mod table;
