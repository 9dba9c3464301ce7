//! The catalog's titles and phrases, looked for in a folded text in one pass.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::catalog::{Kind, License, catalog};
use super::fold::{self, Folded};

/// How far into a folded text, in bytes, a title still is its heading.
const HEADING: usize = 500;

/// A text of fewer words speaks of a license; it is not one.
pub(super) const SHORT: usize = 60;

/// Stands for a version that is not known, in the titles of families.
const WILD: char = '…';

/// The longest version, in bytes: `3.1-8B Instruct`.
const VERSION: usize = 40;

/// The most places of needles that are looked at: a text that names licenses more often is a list.
const PLACES: usize = 4096;

/// What part a needle plays for one entry of the catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Title,
    Phrase,
    Must,
    Reject,
}

/// All needles in one automaton.
struct Finder {
    automaton: AhoCorasick,
    /// For each needle, the entries it counts for, by their place in the catalog, and as what.
    roles: Vec<Vec<(usize, Part)>>,
}

fn finder() -> &'static Finder {
    static FINDER: LazyLock<Finder> = LazyLock::new(|| {
        let mut roles: BTreeMap<String, Vec<(usize, Part)>> = BTreeMap::new();
        for (entry, license) in catalog().licenses().iter().enumerate() {
            let detect = &license.detect;
            let parts = [
                (&detect.titles, Part::Title),
                (&detect.phrases, Part::Phrase),
                (&detect.must, Part::Must),
                (&detect.reject, Part::Reject),
            ];
            for (needles, part) in parts {
                for needle in needles.iter().filter(|needle| !needle.contains(WILD)) {
                    roles.entry(fold::phrase(needle)).or_default().push((entry, part));
                }
            }
        }
        let automaton = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(roles.keys())
            .expect("a few thousand short needles");
        Finder {
            automaton,
            roles: roles.into_values().collect(),
        }
    });
    &FINDER
}

/// What the catalog makes of a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Hit {
    /// The entry.
    pub(super) license: &'static License,
    /// How strongly the text is tied to it.
    pub(super) strength: Strength,
    /// The share of the entry's phrases that stand in the text, 0 to 1.
    pub(super) share: f32,
    /// From the first to the last of its needles in the folded text, in bytes.
    pub(super) place: Range<usize>,
}

/// How strongly a text is tied to an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    /// A title or a phrase stands in it.
    Mention,
    /// The same, in a text too short to be a license.
    Reference,
    /// It is the text.
    Sure,
}

/// The needles of one entry that were seen in a text.
#[derive(Default)]
struct Seen {
    phrases: BTreeSet<usize>,
    musts: BTreeSet<usize>,
    rejected: bool,
    /// A title stands near the start.
    heading: bool,
    /// Where titles and phrases stand that no longer needle of another entry covers.
    place: Option<Range<usize>>,
}

/// The entries whose titles or phrases stand in a text of so many words, surest first, then in the
/// order of the catalog.
pub(super) fn find(text: &Folded, words: usize) -> Vec<Hit> {
    let finder = finder();
    let mut seen: BTreeMap<usize, Seen> = BTreeMap::new();
    for (needle, place, covered) in places(finder, &text.text) {
        for (entry, part) in &finder.roles[needle] {
            let seen = seen.entry(*entry).or_default();
            match part {
                Part::Must => _ = seen.musts.insert(needle),
                Part::Reject => seen.rejected = true,
                Part::Phrase => _ = seen.phrases.insert(needle),
                Part::Title => seen.heading |= place.start < HEADING && !covered,
            }
            let own = matches!(part, Part::Phrase) || matches!(part, Part::Title) && !covered;
            if own {
                let start = seen.place.as_ref().map_or(place.start, |have| have.start);
                seen.place = Some(start..place.end);
            }
        }
    }
    let licenses = catalog().licenses();
    let mut hits: Vec<Hit> =
        seen.iter().filter_map(|(entry, seen)| weigh(&licenses[*entry], seen, words)).collect();
    if words >= SHORT && hits.iter().all(|hit| hit.strength < Strength::Sure) {
        hits.extend(unknown_version(&text.text, &hits));
    }
    hits.sort_by_key(|hit| Reverse(hit.strength));
    hits
}

/// The family whose title heads a text, with a version that no entry knows.
fn unknown_version(text: &str, hits: &[Hit]) -> Option<Hit> {
    let families = catalog().licenses().iter().filter(|license| license.kind == Kind::Family);
    let titles = families
        .flat_map(|license| license.detect.titles.iter().map(move |title| (license, title)));
    titles.into_iter().find_map(|(license, title)| {
        let (head, tail) = title.split_once(WILD)?;
        let (head, tail) = (fold::phrase(head), fold::phrase(tail));
        let (start, _) =
            text.match_indices(&head).take_while(|(at, _)| *at < HEADING).find(|(at, _)| {
                let rest = &text[at + head.len()..];
                is_whole(text, *at..at + head.len())
                    && rest.find(&tail).is_some_and(|version| (1..=VERSION).contains(&version))
            })?;
        let place = start..start + head.len();
        let known = |hit: &Hit| hit.license.family == license.family && hit.place.start < HEADING;
        let strength = Strength::Sure;
        (!hits.iter().any(known)).then_some(Hit { license, strength, share: 0.0, place })
    })
}

/// Where needles stand as whole words, in order, and whether a longer needle covers the place.
fn places(finder: &Finder, text: &str) -> Vec<(usize, Range<usize>, bool)> {
    let all = finder.automaton.find_overlapping_iter(text);
    let whole = all.filter(|found| is_whole(text, found.range()));
    let mut places: Vec<_> = whole
        .take(PLACES)
        .map(|found| (found.pattern().as_usize(), found.range(), false))
        .collect();
    places.sort_by_key(|(_, place, _)| (place.start, Reverse(place.end)));
    let mut end = 0;
    for (_, place, covered) in &mut places {
        *covered = place.end <= end;
        end = end.max(place.end);
    }
    places
}

/// Whether a place begins and ends with a word rather than inside one.
fn is_whole(text: &str, place: Range<usize>) -> bool {
    let inside = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let (before, found, after) = (&text[..place.start], &text[place.clone()], &text[place.end..]);
    let starts = inside(before.chars().next_back()) && inside(found.chars().next());
    let ends = inside(found.chars().next_back()) && inside(after.chars().next());
    !starts && !ends
}

/// What the needles seen of one entry come to; `None` where one forbids it or none is its own.
fn weigh(license: &'static License, seen: &Seen, words: usize) -> Option<Hit> {
    let detect = &license.detect;
    let place = seen.place.clone()?;
    let fits = !seen.rejected && seen.musts.len() == detect.must.len();
    let by_title = seen.heading && !seen.phrases.is_empty();
    let by_phrases = detect.need > 0 && seen.phrases.len() >= detect.need;
    let strength = match (by_title || by_phrases, words < SHORT) {
        (true, false) if fits => Strength::Sure,
        (_, false) => Strength::Mention,
        (_, true) if fits => Strength::Reference,
        (_, true) => return None,
    };
    #[expect(clippy::cast_precision_loss, reason = "a handful of phrases")]
    let share = seen.phrases.len() as f32 / detect.phrases.len().max(1) as f32;
    Some(Hit { license, strength, share, place })
}
