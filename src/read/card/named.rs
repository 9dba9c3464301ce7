//! Data sets that running words name by their id: `fine-tuned on owner/name`, and what a trainer
//! writes into the cards that it drafts.

use std::ops::Range;

use super::{
    Said,
    claims::floor,
    owner::{Own, of_another},
    passage::Passage,
    phrases::{Name, Place, Sense},
};
use crate::words::{Component, Presence};

/// Bytes after `trained on` that are looked through.
const REACH: usize = 400;
/// Ids of one sentence.
const MOST: usize = 20;

/// Words after which an id is no longer what was trained on.
const TURNS: &[&str] = &[
    "by",
    "using",
    "with",
    "via",
    "generated",
    "distilled",
    "evaluated",
    "tested",
    "starting",
    "initialized",
    "compared",
    "model",
    "models",
    "top",
];
/// What a trainer calls data that has no name on a hub.
const NO_NAMES: &[&str] = &[
    "none",
    "unknown",
    "generator",
    "json",
    "csv",
    "text",
    "parquet",
    "arrow",
    "pandas",
    "imagefolder",
    "audiofolder",
    "videofolder",
    "webdataset",
    "custom",
    "private",
    "own",
    "given",
    "same",
    "following",
    "above",
    "training",
    "full",
    "original",
];

/// Reads a passage.
pub(super) fn read(passage: &Passage, own: &Own, said: &mut Said) {
    let aside = |place: &Place| matches!(place, Place::License | Place::HowTo | Place::Citation);
    if !passage.reads() || passage.places.iter().any(aside) {
        return;
    }
    let of_data = Some(Place::Part(Component::Datasets));
    for sentence in &passage.sentences {
        let labeled = passage.label == of_data && sentence.start == 0;
        let listed = passage.places.first().copied() == of_data && sentence.start == 0;
        let after = if labeled {
            Some(sentence.start)
        } else {
            trained_on(passage, sentence, own)
        };
        let mut ids = after.map_or_else(Vec::new, |at| ids(passage, at..sentence.end));
        if ids.is_empty() && listed {
            let first = word_at(passage.words, sentence.start);
            ids.extend(first.filter(|(_, word)| is_dataset(word)));
        }
        if ids.is_empty() {
            ids.extend(drafted(passage, sentence));
        }
        for (at, id) in ids.into_iter().take(MOST) {
            let quote = passage.quote(sentence, at);
            let saying = format!("names the data set {id}: {quote}");
            said.state(Component::Datasets, Presence::Referenced, passage.line(at), saying);
        }
    }
}

/// The byte after `trained on` or `fine-tuned from x on`, where it is said of this model.
fn trained_on(passage: &Passage, sentence: &Range<usize>, own: &Own) -> Option<usize> {
    let hits = passage.hits_in(sentence);
    let claim = hits.iter().find(|hit| hit.sense == Sense::Claim(Component::Datasets));
    let tuned = || {
        let tuned = hits.iter().find(|hit| hit.sense == Sense::Name(Name::TunedFrom))?;
        let rest = passage.words.get(tuned.end..sentence.end)?;
        Some(tuned.end + rest.find(" on ")? + 4)
    };
    let at = claim.map(|hit| hit.end).into_iter().chain(tuned()).min()?;
    let measured = hits.iter().any(|hit| {
        let measures = matches!(hit.sense, Sense::Name(Name::Measures | Name::Modal));
        measures && hit.end <= at && hit.end + 40 >= at
    });
    (!measured && !of_another(passage, sentence, at, own)).then_some(at)
}

/// `owner/name` among the words of a range, up to a word that turns to something else.
fn ids(passage: &Passage, range: Range<usize>) -> Vec<(usize, String)> {
    let end = floor(passage.words, range.end.min(range.start + REACH));
    let text = passage.words.get(range.start..end).unwrap_or_default();
    let linked = |at: usize| {
        passage.links_in(&range).any(|link| link.at <= at && at < link.end.max(link.at + 1))
    };
    let mut found = Vec::new();
    let mut at = range.start;
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = trimmed(word);
        if TURNS.iter().any(|turn| bare.eq_ignore_ascii_case(turn)) {
            break;
        }
        if is_dataset(bare) && !linked(at) {
            found.push((at, bare.to_owned()));
        }
        at += word.len();
    }
    // `trained on a/b models` names no data
    let turned = text.get(at - range.start..).unwrap_or_default();
    if trimmed(turned.split_whitespace().next().unwrap_or_default()).starts_with("model") {
        found.pop();
    }
    found
}

fn word_at(words: &str, at: usize) -> Option<(usize, String)> {
    let word = words.get(at..)?.split_whitespace().next()?;
    Some((at, trimmed(word).to_owned()))
}

fn trimmed(word: &str) -> &str {
    word.trim().trim_matches(|c: char| !c.is_alphanumeric())
}

/// `owner/name` as a hub spells it, and not `English/French` or `A100/H100`.
pub(super) fn is_dataset(word: &str) -> bool {
    let plain = |part: &str| {
        part.len() >= 2
            && part.len() <= 96
            && part.starts_with(|c: char| c.is_ascii_alphanumeric())
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    let Some((owner, name)) = word.split_once('/').filter(|(a, b)| plain(a) && plain(b)) else {
        return false;
    };
    let short = |part: &str| {
        part.len() <= 6 && part.bytes().all(|it| it.is_ascii_uppercase() || it.is_ascii_digit())
    };
    let marked = |part: &str| part.bytes().any(|it| it.is_ascii_digit() || b"-_".contains(&it));
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let file = crate::read::hints::hint(word).is_some() || extension.eq_ignore_ascii_case("json");
    (marked(owner) || marked(name))
        && !(short(owner) && short(name))
        && owner.bytes().any(|byte| byte.is_ascii_alphabetic())
        && name.bytes().any(|byte| byte.is_ascii_alphabetic())
        && !file
}

/// `a fine-tuned version of x on the imdb dataset`: the words that a trainer drafts.
fn drafted(passage: &Passage, sentence: &Range<usize>) -> Option<(usize, String)> {
    let text = passage.words.get(sentence.clone())?;
    let front = text.find("fine-tuned version of ")?;
    let start = front + text[front..].find(" on the ")? + " on the ".len();
    let rest = &text[start..];
    let name = &rest[..rest.find(" dataset")?];
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
    let known = !name.is_empty()
        && name.len() <= 100
        && name.bytes().all(plain)
        && !NO_NAMES.iter().any(|it| name.eq_ignore_ascii_case(it));
    known.then(|| (sentence.start + start, name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_told_from_words_with_a_slash() {
        check("allenai/c4", true);
        check("HuggingFaceH4/ultrachat_200k", true);
        check("databricks/databricks-dolly-15k", true);
        check("English/Chinese", false);
        check("A100/H100", false);
        check("and/or", false);
        check("train/data_1.jsonl", false);
        check("1/2", false);
        check("a/b/c_1", false);
    }

    #[track_caller]
    fn check(word: &str, is: bool) {
        assert_eq!(is_dataset(word), is, "{word}");
    }
}
