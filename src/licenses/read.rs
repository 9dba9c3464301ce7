//! Reading one license file, card section or metadata value: what it is, and which licenses are in it.

use super::catalog::License;
use super::decode::{self, Encoding};
use super::sniff::{self, ReadingKind};
use super::{detect, fold, markup};

/// How much of a text is read. The longest license known is a tenth of it.
const CAP: usize = 1 << 20;

/// What the bytes of a license file, a card section, a metadata value or a code header turned out
/// to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// Text, or what lies there instead.
    pub kind: ReadingKind,
    /// The licenses found, surest first. Empty for a text that is no known license: that is to be
    /// reported as unknown, never as free.
    pub matches: Vec<Match>,
    /// `None` where it is no text.
    pub encoding: Option<Encoding>,
    /// The length in bytes, whole.
    pub bytes: u64,
    /// How many words were read, web addresses aside.
    pub words: u32,
    /// Whether only the front of it was read, the first MiB.
    pub capped: bool,
}

/// A license found in a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    /// Which: an entry of the catalog or of the SPDX list.
    pub license: &'static License,
    /// Whether the text is that license, a changed form of it, or only speaks of it.
    pub how: How,
    /// From 0 to 1: the share of the standard text, or of the edition, that stands here. For a text of
    /// the catalog of which no edition is known 0.9, and a tenth more for the share of its phrases that
    /// were found.
    pub score: f32,
    /// What it was told by.
    pub against: Against,
    /// What is changed, where no added words show it; why a text that was not compared word for word cannot
    /// be all of the license.
    pub note: Option<String>,
    /// The first line of the place, from 1.
    pub line: u32,
    /// The last.
    pub last_line: u32,
    /// Words beside the standard text, copyright lines and headings aside. For licenses known by
    /// their phrases alone this is not told, and 0.
    pub added_words: u32,
    /// Words of the standard text that are missing inside it. Not told for licenses known by phrases.
    pub missing_words: u32,
    /// The longest runs of the added words, folded and cut short.
    pub added: Vec<String>,
}

/// What a text was told by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Against {
    /// It was compared word for word with the text of the SPDX license list.
    Standard,
    /// It was compared word for word with a published edition of this name.
    Edition(&'static str),
    /// Words stand in it that hardly another license has. No edition that it comes near to is known here, so
    /// that a change would not be seen.
    Phrases,
    /// Its heading is that of a translation into this language, by its English name. A change would not be
    /// seen.
    Translation(&'static str),
    /// It names the license.
    Name,
}

impl Against {
    /// Whether a changed word would have been seen.
    pub fn is_word_for_word(self) -> bool {
        matches!(self, Self::Standard | Self::Edition(_))
    }
}

/// How a text is tied to a license, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum How {
    /// It is the license's text.
    Whole,
    /// It is a part of the license's text.
    Cut,
    /// It is the license's text with words changed, taken out, or terms put in: another license.
    Altered,
    /// A short text that says the release is under the license.
    Reference,
    /// The license is named somewhere in a longer text.
    Mention,
}

/// Reads a license text. `name` is the file's name, where it has one, else `""`: in a readme, a card or
/// a notice there is prose around a license, while in any other file what stands beside a license
/// belongs to it. That a notice holds other people's licenses is for the caller to weigh.
///
/// ```
/// use weighbill::licenses::{How, ReadingKind, read};
///
/// let policy = read(b"Entry not found", "USE_POLICY.md");
/// assert!(matches!(policy.kind, ReadingKind::ErrorPage(_)));
///
/// let notice = read(b"Llama 2 is licensed under the LLAMA 2 Community License, (c) Meta", "Notice");
/// assert_eq!(notice.matches[0].license.id, "llama2");
/// assert_eq!(notice.matches[0].how, How::Reference);
/// ```
pub fn read(bytes: &[u8], name: &str) -> Reading {
    let mut reading = Reading {
        kind: ReadingKind::Text,
        matches: Vec::new(),
        encoding: None,
        bytes: bytes.len() as u64,
        words: 0,
        capped: bytes.len() > CAP,
    };
    if let Some(kind) = sniff::bytes(bytes) {
        reading.kind = kind;
        return reading;
    }
    let (text, encoding) = decode::text(&bytes[..bytes.len().min(CAP)]);
    if decode::is_binary(&text) {
        reading.kind = ReadingKind::Binary;
        return reading;
    }
    reading.encoding = Some(encoding);
    let plain = markup::strip(&text);
    let folded = fold::fold(&plain);
    let words = folded.words();
    reading.words = u32::try_from(words.len()).unwrap_or(u32::MAX);
    reading.kind = sniff::text(&text, &folded, words.len());
    if matches!(reading.kind, ReadingKind::Text | ReadingKind::Link(_)) {
        reading.matches = detect::detect(&text, &plain, &folded, &words, name);
    }
    reading
}
