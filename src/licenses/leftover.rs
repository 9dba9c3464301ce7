//! Words of a license text that no standard text accounts for.
//!
//! A clause that was put into a license hides from every measure of likeness: what gives it away is
//! that its words are left over.

use std::ops::Range;

use super::fold::Word;

/// A run of words that is left over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// Its words, as places in the text.
    pub(super) words: Range<usize>,
    /// Whether its words are the language of conditions.
    pub(super) speaks_of_terms: bool,
    /// Whether it is a copyright line or a heading, which says nothing of terms.
    pub(super) set_aside: bool,
    /// How many of its words count: numbers and single letters do not, copies number their
    /// paragraphs as they like.
    says: usize,
}

impl Run {
    /// How many of its words count.
    pub(super) fn counted(&self) -> usize {
        if self.set_aside { 0 } else { self.says }
    }
}

/// A heading has at most so many words beside those of the license's own name.
const HEADING: usize = 12;

/// A block of copyright lines has at most so many words.
const HOLDERS: usize = 80;

/// The longest paragraph of [`KNOWN`] has so many words.
const PARAGRAPH: usize = 52;

/// Words that a heading has whatever the license.
#[rustfmt::skip]
const TITLE_WORDS: [&str; 24] = [
    "a", "and", "code", "commons", "conditions", "creative", "distribution", "for", "generic", "international",
    "legal", "licence", "license", "licensed", "of", "public", "reproduction", "terms", "the", "this", "under",
    "unported", "use", "version",
];

/// Words and phrases of conditions, folded.
#[rustfmt::skip]
const TERMS: [&str; 62] = [
    "additional conditions", "additional requirements", "additional restrictions", "additional terms",
    "advertising", "agree", "agrees", "are required", "attribution", "clearly display", "commercial",
    "commercially", "compete", "consent", "displayed", "ethical", "except as", "except for", "except that", "excluding",
    "exclusively", "fee", "following conditions", "following terms", "forbidden", "harm", "in addition to",
    "is required", "it is not permitted", "licensing fee", "may not", "military", "modification is that",
    "modifications must", "monthly active", "must", "must not", "non commercial", "noncommercial",
    "not allowed", "not be used", "not for", "not permitted", "only be used", "only for", "prohibited",
    "prominently", "prior written", "provided that", "research purposes", "research use", "restricted",
    "restriction", "restrictions", "revenue", "royalty", "shall", "surveillance", "unless", "weapons",
    "without permission", "you may",
];

/// Words that change a license even where they stand alone.
#[rustfmt::skip]
const LIMITS: [&str; 16] = [
    "academic", "commercial", "no", "noderivatives", "noderivs", "noncommercial", "not", "only", "research",
    "revocable", "sharealike", "solely", "unaltered", "unchanged", "unmodified", "without modification",
];

/// Sentences that standard texts have in the wild although the copies of the `spdx` crate lack them:
/// the last paragraph of the GPL-2.0, and the notes around the licenses of Creative Commons.
/// Then those that stewards put around their texts, and the end of a notice of the GNU licenses.
const KNOWN: [&str; 11] = [
    "does not permit incorporating your program into proprietary programs",
    "is dedicated to the public domain under the cc0 public domain dedication",
    "considerations for licensees",
    "wiki creativecommons org",
    "is not an open source license however the licensed work will eventually be made available",
    "has assigned the agreement steward role",
    "if not write to",
    "if not see",
    "also available with a faq",
    "is a reserved font name",
    "end of terms and conditions",
];

/// What stands in a notice that only says which license the text below is.
const GRANTS: [&str; 7] = [
    "under the terms of the",
    "is licensed under",
    "is copied below",
    "is distributed under",
    "is released under",
    "is made available under",
    "distributed in the hope that it will be useful",
];

/// The longest such notice, in words.
const GRANT: usize = 120;

/// The runs of words that are not covered, in order.
pub(super) fn runs(covered: &[bool]) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut start = 0;
    while let Some(from) = (start..covered.len()).find(|at| !covered[*at]) {
        start = (from..covered.len()).find(|at| covered[*at]).unwrap_or(covered.len());
        runs.push(from..start);
    }
    runs
}

/// Whether a word is more than a number or a letter, as paragraphs are numbered with.
pub(super) fn is_said(word: &str) -> bool {
    word.chars().nth(1).is_some() && !word.starts_with(|c: char| c.is_ascii_digit())
        || !word.is_ascii()
}

/// The words and phrases of conditions among these words.
fn states(texts: &[&str]) -> impl Iterator<Item = &'static str> {
    let padded = format!(" {} ", texts.join(" "));
    let all = LIMITS.iter().chain(&TERMS).copied();
    all.filter(move |phrase| padded.contains(&format!(" {phrase} ")))
}

/// Whether these words, in the place of a name, are the language of conditions.
pub(super) fn limits(texts: &[&str]) -> bool {
    states(texts).next().is_some()
}

/// What a run says beside the license of this folded name, whose own words are no conditions
/// (`Attribution-NonCommercial`). `heads`: the run stands right above the license.
pub(super) fn weigh(words: &[Word<'_>], place: Range<usize>, name: &str, heads: bool) -> Run {
    let of_name = |word: &str| {
        name.split(' ').any(|have| have == word)
            || name.replace(' ', "").contains(word) && word.len() > 8
    };
    let is_title = |word: &str| {
        let numbers = word.starts_with(|c: char| c.is_ascii_digit()) || word.len() == 1;
        of_name(word) || heads && (numbers || TITLE_WORDS.contains(&word))
    };
    let short = heads || place.len() <= HEADING;
    let texts = words[place.clone()].iter().map(|word| word.text);
    let texts: Vec<&str> = texts.filter(|word| !short || !is_title(word)).collect();
    let padded = format!(" {} ", texts.join(" "));
    let holds = |phrase: &str| padded.contains(&format!(" {phrase} "));
    let copyright = holds("copyright") || holds("c") || holds("all rights reserved");
    let known = place.len() <= PARAGRAPH
        && KNOWN.iter().any(|phrase| holds(phrase))
        && !["commercial", "noncommercial", "research"].into_iter().any(holds);
    let limits = !copyright && LIMITS.iter().any(|word| holds(word));
    let terms = limits || place.len() > 2 && TERMS.iter().any(|phrase| holds(phrase));
    let heading = heads && texts.len() <= HEADING;
    let names_a_license = holds("license") || holds("licence");
    let grant =
        place.len() <= GRANT && names_a_license && GRANTS.iter().any(|phrase| holds(phrase));
    // `you may use this file under the terms of the BSD license as follows`
    let hands_over = grant && !limits && padded.trim_end().ends_with(" as follows");
    let terms = terms && !(hands_over && states(&texts).all(|phrase| phrase == "you may"));
    let speaks_of_terms = terms && !known;
    let aside = known || !terms && (heading || grant || copyright && place.len() <= HOLDERS);
    let says = words[place.clone()].iter().filter(|word| is_said(word.text)).count();
    Run {
        words: place,
        speaks_of_terms,
        set_aside: aside,
        says,
    }
}

/// Whether a heading names a version, and not that of the license with this id: `version 1 2` above
/// what else is the text of `Ruby-1.1`. An id without a version has none to differ from, and where the
/// SPDX list has an id for the other version too, both have one text.
pub(super) fn is_other_version(heading: &[Word<'_>], id: &str) -> bool {
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let bare = |text| str::strip_prefix(text, 'v').filter(|rest| is_number(rest)).unwrap_or(text);
    let version = id.split('-').find_map(|part| {
        part.split_once('.').filter(|(major, minor)| is_number(major) && is_number(minor))
    });
    let Some((major, minor)) = version else {
        return false;
    };
    let texts: Vec<&str> = heading.iter().map(|word| bare(word.text)).collect();
    // `version 3 29 june` has a date behind it
    let parts = |at: usize| texts[at..].iter().take_while(|it| is_number(it) && it.len() < 2);
    let same = |at: usize| {
        let next = texts.get(at + 1).copied();
        texts[at] == major && (next == Some(minor) || minor == "0" && parts(at).count() < 2)
    };
    let Some(at) = texts.iter().position(|text| *text == "version") else {
        return false;
    };
    let stated = parts(at + 1).copied().collect::<Vec<_>>().join(".");
    let front = id.split(&format!("-{major}.{minor}")).next().unwrap_or(id);
    let listed = spdx::license_id(&format!("{front}-{stated}")).is_some();
    !stated.is_empty() && !listed && !(0..texts.len()).any(same)
}

/// The text of a run, cut to so many words.
pub(super) fn excerpt(words: &[Word<'_>], run: &Run, most: usize) -> String {
    let texts: Vec<&str> =
        words[run.words.clone()].iter().map(|word| word.text).take(most).collect();
    let cut = if run.words.len() > most { " …" } else { "" };
    format!("{}{cut}", texts.join(" "))
}
