//! Which licenses a text holds: the catalog's phrases first, then the standard texts, then names and
//! addresses.

use super::catalog::{Kind, License};
use super::cover::{self, Part};
use super::editions::Likeness;
use super::fold::{Folded, Word};
use super::leftover::{self, Run};
use super::markup;
use super::phrases::{self, Hit, Strength};
use super::read::{Against, How, Match};
use super::shingles::Hashes;
use super::translated::Translation;
use super::{declared, editions, links, ordinary, structure, translated};

/// How many runs of added words are shown, and how many words of each.
const SHOWN: usize = 3;
const SHOWN_WORDS: usize = 24;

/// A text of the catalog that starts from a standard one is no second license: fewer words than this
/// beside the standard text are the catalog's, not a text of their own.
const OWN_TEXT: usize = 250;

/// What stands before a license in the header of a code file.
const TAG: &str = "SPDX-License-Identifier:";

/// What a mention or a reference scores: it says which license, not that this is its text.
const NAMED: f32 = 0.6;

/// The licenses in a text, surest first, then by their place in it.
/// `plain`: the text without its markup.
pub(super) fn detect(
    text: &str,
    plain: &str,
    folded: &Folded,
    words: &[Word<'_>],
    name: &str,
) -> Vec<Match> {
    let hits = phrases::find(folded, words.len());
    let sure = || hits.iter().filter(|hit| hit.strength == Strength::Sure);
    let (parts, covered) = if words.len() < phrases::SHORT / 4 {
        (Vec::new(), Vec::new())
    } else {
        let named: Vec<&str> = hits.iter().filter_map(|hit| hit.license.spdx.as_deref()).collect();
        // Beside a text of the catalog, whatever a standard text leaves over is that text.
        let ordinary = sure().next().is_none();
        cover::cover(words, ordinary && !is_prose(name), ordinary, &named)
    };
    // A text of the catalog whose phrases all stand inside a standard text is that standard text.
    let own = |hit: &&Hit| {
        let place = words.iter().zip(&covered).filter(|(word, _)| hit.place.contains(&word.start));
        parts.is_empty() || place.into_iter().any(|(_, covered)| !covered)
    };
    let sure: Vec<&Hit> = sure().filter(own).collect();
    let hashes = Hashes::new(words);
    let place = |hit: &Hit| {
        let at = |byte: usize| words.partition_point(|word| word.start < byte);
        at(hit.place.start)..at(hit.place.end)
    };
    let others = |hit: &Hit| {
        let others = sure.iter().filter(|other| other.license.id != hit.license.id);
        let parts =
            parts.iter().filter(|part| part.how == How::Whole).map(|part| part.span.clone());
        others.map(|other| place(other)).chain(parts).collect::<Vec<_>>()
    };
    let alone = !is_prose(name) && !markup::is_html(text);
    let hits_alone = sure.len() == 1 && parts.is_empty();
    let mut matches: Vec<Match> = sure
        .iter()
        .map(|hit| {
            let like = editions::liken(hit.license, words, &hashes, &others(hit), alone);
            let mut found = by_phrases(hit, like, folded, words);
            // what else stands in the file may be what breaks off
            if found.against == Against::Phrases && alone && hits_alone {
                found.note = structure::broken_off(hit.license, plain);
                found.how = if found.note.is_some() {
                    How::Cut
                } else {
                    How::Whole
                };
            }
            found
        })
        .collect();
    let stands_beside = |part: &&Part| {
        let beside = words.len().saturating_sub(part.span.len());
        sure.iter().all(|hit| hit.license.kind == Kind::Rider)
            || part.how == How::Whole && beside >= OWN_TEXT
    };
    let parts = parts.iter().filter(stands_beside);
    matches.extend(parts.filter_map(|part| by_cover(part, folded, words)));
    if matches.is_empty() {
        matches.extend(translated::find(folded, words.len()).map(|it| by_heading(it, folded)));
    }
    let short = words.len() < phrases::SHORT;
    let named = hits.iter().filter(|hit| hit.strength != Strength::Sure);
    let named = named.map(|hit| {
        (hit.license, folded.line_at(hit.place.start), hit.strength == Strength::Reference)
    });
    let linked =
        links::find(text).filter_map(|(line, url)| Some((links::by_link(url)?, line, short)));
    let tagged = tags(text).map(|(license, line)| (license, line, true));
    for (license, line, reference) in tagged.chain(named).chain(linked) {
        let inside = |found: &Match| {
            found.how < How::Reference && (found.line..=found.last_line).contains(&line)
                || found.license.id == license.id
        };
        if !matches.iter().any(inside) {
            matches.push(by_name(license, line, reference));
        }
    }
    matches.sort_by_key(|found| (found.how, found.license.kind, found.line));
    matches
}

/// The licenses of `SPDX-License-Identifier:` lines, as the headers of code have them.
fn tags(text: &str) -> impl Iterator<Item = (&'static License, u32)> {
    (1..).zip(text.lines()).flat_map(|(number, line)| {
        let value = line.split_once(TAG).map(|(_, value)| value.trim());
        let value = value.map(|value| value.trim_end_matches("*/").trim_end_matches("-->"));
        let licenses = value.map(|value| declared::declared(value).licenses).unwrap_or_default();
        licenses.into_iter().map(move |license| (license, number))
    })
}

/// Whether a file of this name holds prose with a license in it, rather than a license alone.
fn is_prose(name: &str) -> bool {
    let name = name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
    ["readme", "card", "notice", "third", "credits", "authors"]
        .iter()
        .any(|word| name.contains(word))
}

fn by_phrases(hit: &Hit, like: Option<Likeness>, folded: &Folded, words: &[Word<'_>]) -> Match {
    let mut found = Match {
        license: hit.license,
        how: How::Whole,
        score: 0.9 + 0.1 * hit.share,
        against: Against::Phrases,
        note: None,
        line: folded.line_at(hit.place.start),
        last_line: folded.line_at(hit.place.end),
        added_words: 0,
        missing_words: 0,
        added: Vec::new(),
    };
    if let Some(like) = like {
        let ends = words.get(like.span.start).zip(words.get(like.span.end.saturating_sub(1)));
        if let Some((first, last)) = ends {
            found.line = found.line.min(folded.line_at(first.start));
            found.last_line = found.last_line.max(folded.line_at(last.start));
        }
        (found.how, found.score) = (like.how, like.share);
        found.against = Against::Edition(like.edition);
        found.missing_words = u32::try_from(like.missing).unwrap_or(u32::MAX);
        (found.added_words, found.added) = shown(&like.added, words);
    }
    found
}

/// How many words were added, and the longest runs of them.
fn shown(added: &[Run], words: &[Word<'_>]) -> (u32, Vec<String>) {
    let mut runs: Vec<&Run> = added.iter().filter(|run| run.counted() > 0).collect();
    runs.sort_by_key(|run| std::cmp::Reverse(run.counted()));
    let count: usize = runs.iter().map(|run| run.counted()).sum();
    let shown = runs.iter().take(SHOWN).map(|run| leftover::excerpt(words, run, SHOWN_WORDS));
    (u32::try_from(count).unwrap_or(u32::MAX), shown.collect())
}

fn by_cover(part: &Part, folded: &Folded, words: &[Word<'_>]) -> Option<Match> {
    // The text of a GNU license does not tell whether a later version may be chosen.
    let license = ordinary::license(ordinary::current(part.id.trim_end_matches("-or-later")))?;
    let (added_words, added) = shown(&part.added, words);
    let (first, last) = (words.get(part.span.start)?, words.get(part.span.end.checked_sub(1)?)?);
    Some(Match {
        license,
        how: part.how,
        score: part.share,
        against: Against::Standard,
        note: part.how.eq(&How::Altered).then(|| change(part)).flatten(),
        line: folded.line_at(first.start),
        last_line: folded.line_at(last.start),
        added_words,
        missing_words: u32::try_from(part.missing).unwrap_or(u32::MAX),
        added,
    })
}

/// What was changed in a text, where its own words do not show it.
fn change(part: &Part) -> Option<String> {
    if part.added.iter().any(|run| run.counted() > 0) {
        return None;
    }
    if part.turned {
        return Some("a \"not\" was put in or taken out".to_owned());
    }
    (part.missing > 0 && !part.lost.is_empty()).then(|| format!("\"{}\" is not in it", part.lost))
}

/// A translation, told by its heading.
fn by_heading(found: Translation, folded: &Folded) -> Match {
    let last_line = folded.line_at(folded.text.len());
    Match {
        how: if found.is_text {
            How::Whole
        } else {
            How::Reference
        },
        against: Against::Translation(found.language),
        last_line: if found.is_text { last_line } else { 1 },
        ..by_name(found.license, 1, true)
    }
}

fn by_name(license: &'static License, line: u32, reference: bool) -> Match {
    let how = if reference {
        How::Reference
    } else {
        How::Mention
    };
    Match {
        license,
        how,
        score: NAMED,
        against: Against::Name,
        note: None,
        line,
        last_line: line,
        added_words: 0,
        missing_words: 0,
        added: Vec::new(),
    }
}
