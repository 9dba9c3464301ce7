//! The standard texts that come nearest to a text which holds none of them word for word.
//!
//! Here the texts of the `spdx` crate are compared shingle by shingle, and the nearest word for word.

use std::collections::{BTreeSet, HashSet};
use std::ops::Range;

use super::catalog::catalog;
use super::cover::{self, Part};
use super::fold::{self, Word};
use super::read::How;
use super::shingles::{Hashes, SHINGLE};
use super::wording::{self, Wording};
use super::{ordinary, standards};

/// The share of a standard's shingles that makes it whole, and the share of the words of a text that
/// makes the text a cut of the standard.
pub(super) const WHOLE: f32 = 0.9;
const CUT: f32 = 0.93;

/// A name in the place of another costs four shingles but one word, and is excused where a name is to
/// stand: this share of the words makes a text whole too.
const WHOLE_WORDS: f32 = 0.97;

/// The share of a standard's shingles below which the text is not a changed form of it.
const ALTERED: f32 = 0.5;

/// How many candidates are compared in full, and how many texts are looked for in one file.
const CANDIDATES: usize = 24;
const TEXTS: usize = 16;

/// Matches further apart than this, in words, belong to different places of a text.
const APART: usize = 40;

/// How far around a part its own title and appendix may stand, in words.
const NEAR: usize = 400;

/// A clause has at least so many shingles.
const CLAUSE: usize = 15;

/// What explains this share as much as the best is held against the text word for word, so many at most.
const CONTENDS: f32 = 0.35;
const CONTENDERS: usize = 6;

/// The share of the words of a standard that stand in a copy of it, changed as it may be.
const COPY: f32 = 0.9;

/// The share of its shingles that a copy with many other names still has.
const SEEN: f32 = 0.35;

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
    /// From the first word to the last of it, an appendix aside.
    terms: Range<usize>,
    /// The share of it that stands there.
    share: f32,
    /// How well it explains them.
    gain: f32,
}

/// The standard texts that explain most of what is not covered, one after the other, each marking
/// what it covers. `named`: the SPDX ids of licenses that the text names.
pub(super) fn nearest(
    words: &[Word<'_>],
    hashes: &Hashes,
    covered: &mut [bool],
    named: &[&str],
) -> Vec<Part> {
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
        let Some((best, wording)) = closest(claims.collect(), &candidates, words, &shingles) else {
            break;
        };
        let candidate = candidates.remove(best.index);
        let how = match (best.share, &wording) {
            (_, Some(it)) if (it.turned || it.touched) && it.share() >= WHOLE_WORDS => How::Altered,
            (share, _) if share >= WHOLE => How::Whole,
            (_, Some(it)) if it.share() >= WHOLE_WORDS => How::Whole,
            _ if ratio(best.places.len() + SHINGLE, covered.len()) >= CUT => How::Cut,
            (share, _) if share >= ALTERED => How::Altered,
            _ => continue,
        };
        let span = best.span();
        for at in best.places {
            covered[at..at + SHINGLE].fill(true);
        }
        for sentence in standards::appendix(candidate.id, hashes) {
            covered[sentence].fill(true);
        }
        let wording = wording.unwrap_or_default();
        wording::mark(&wording.excused, covered);
        parts.push(Part {
            id: candidate.id,
            found: how,
            how,
            share: best.share,
            span,
            open: false,
            missing: wording.missing,
            gap: wording.gap,
            lost: wording.lost,
            turned: wording.turned,
            added: Vec::new(),
        });
    }
    parts
}

impl Claim {
    /// From the first word to the last.
    fn span(&self) -> Range<usize> {
        let ends = self.runs.first().zip(self.runs.last());
        ends.map_or(0..0, |(first, last)| first.start..last.end)
    }
}

/// The claim that explains most; of those that explain about as much, the one whose words the text has.
fn closest(
    mut claims: Vec<Claim>,
    candidates: &[Candidate],
    words: &[Word<'_>],
    shingles: &[u32],
) -> Option<(Claim, Option<Wording>)> {
    claims.sort_by(|one, other| other.gain.total_cmp(&one.gain));
    let (most, place) = claims.first().map(|best| (best.gain, best.terms.clone()))?;
    let meets = |claim: &Claim| claim.terms.start < place.end && place.start < claim.terms.end;
    let contends =
        |claim: &Claim| claim.share >= SEEN && claim.gain >= most * CONTENDS && meets(claim);
    let contenders = (0..claims.len()).filter(|at| contends(&claims[*at])).take(CONTENDERS);
    let held: Vec<(usize, Option<Wording>)> = contenders
        .map(|at| (at, held(candidates[claims[at].index].id, words, shingles, &claims[at].terms)))
        .collect();
    let spans = || held.iter().filter_map(|(_, it)| Some(it.as_ref()?.span.clone()));
    let all = spans().map(|span| span.start).min()..spans().map(|span| span.end).max();
    let distance = |it: &Wording| {
        let ends = all.start.zip(all.end).map_or(0, |(start, end)| end - start);
        it.distance() + ends.saturating_sub(it.span.len())
    };
    let copy = |it: &Wording| it.share() >= COPY;
    let copies = held.iter().filter_map(|(at, it)| Some((*at, it.as_ref().filter(|it| copy(it))?)));
    let told = held.first().is_some_and(|(_, it)| it.is_some());
    let copies = copies.filter(|_| told);
    let at = copies.min_by_key(|(at, it)| (distance(it), *at)).map_or(0, |(at, _)| at);
    let wording = held.into_iter().find(|(of, _)| *of == at).and_then(|(_, it)| it);
    Some((claims.swap_remove(at), wording))
}

/// How the words around a place differ from those of a standard text. What stands elsewhere in the text
/// is not missing.
fn held(id: &str, words: &[Word<'_>], shingles: &[u32], place: &Range<usize>) -> Option<Wording> {
    let (text, holders) = standard_text(id)?;
    let (main, _) = standards::split_appendix(id, &text);
    let folded = fold::fold(main);
    let standard = folded.words();
    let have: HashSet<u32> = shingles.iter().copied().collect();
    let mut here = vec![false; standard.len()];
    for (at, _) in Hashes::new(&standard).shingles().enumerate().filter(|(_, it)| have.contains(it))
    {
        here[at..at + SHINGLE].fill(true);
    }
    let holders = fold::fold(&holders);
    let holders = holders.words().iter().map(|word| word.text.to_owned()).collect();
    let name = ordinary::license(id).map_or(String::new(), |it| fold::phrase(&it.name));
    let place = place.start.saturating_sub(SHINGLE)..place.end + SHINGLE;
    let sentences = folded.sentences(main).into_iter();
    let sentences: Vec<usize> =
        sentences.map(|start| standard.partition_point(|word| word.start < start)).collect();
    let standard = wording::Standard {
        words: &standard,
        here: &here,
        sentences: &sentences,
        holders: &holders,
        name: &name,
    };
    wording::hold(&standard, words, place)
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
    let main = || places.iter().filter(|at| from.main.contains(&shingles[**at]));
    let ends = main().next().zip(main().next_back());
    let terms = ends.map_or(0..0, |(first, last)| *first..last + SHINGLE);
    Claim { index, places, runs, terms, share, gain }
}

/// The longest run of shingles of a standard that are not here, a title in front aside.
fn longest_gap(order: &[u32], here: &BTreeSet<u32>) -> usize {
    let title = order.iter().take(wording::TITLE).position(|hash| here.contains(hash)).unwrap_or(0);
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
pub(super) fn ratio(part: usize, whole: usize) -> f32 {
    part as f32 / whole.max(1) as f32
}

/// A standard text without its copyright lines, and these lines.
fn standard_text(id: &str) -> Option<(String, String)> {
    let holds = |line: &&str| cover::is_copyright_line(&fold::fold(line).words());
    let (holders, kept): (Vec<&str>, Vec<&str>) =
        spdx::license_id(id)?.text().lines().partition(holds);
    Some((kept.join("\n"), holders.join("\n")))
}

/// The shingles of a standard text in order, and those of its appendix.
fn standard(id: &str) -> Option<(Vec<u32>, HashSet<u32>)> {
    let (text, _) = standard_text(id)?;
    let (main, appendix) = standards::split_appendix(id, &text);
    let shingles = |text| Hashes::new(&fold::fold(text).words()).shingles().collect::<Vec<u32>>();
    let main = shingles(main);
    (!main.is_empty()).then(|| (main, shingles(appendix).into_iter().collect()))
}
