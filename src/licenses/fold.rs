//! Folding: the one form in which texts and the catalog's phrases are compared.
//!
//! Unicode NFKC, lower case, apostrophes and zero-width characters dropped, words that a hyphen cuts
//! at a line end joined, `+` as the word *plus* (else `RAIL++` reads as `RAIL`), every other run of
//! characters that are neither letters nor digits one space, and no space beside a CJK letter.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

/// A text in folded form, which still knows the lines it came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Folded {
    /// The folded text.
    pub(super) text: String,
    /// Where each line of the source begins in `text`.
    lines: Vec<usize>,
    /// Where the words of web addresses stand in `text`, ascending.
    urls: Vec<Range<usize>>,
}

/// One word of a folded text; a CJK letter is a word of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word<'a> {
    /// The word itself.
    pub(super) text: &'a str,
    /// Where it begins in the folded text, in bytes.
    pub(super) start: usize,
}

/// The folded form of a text.
pub(super) fn fold(source: &str) -> Folded {
    let mut folder = Folder::default();
    let mut lines = source.lines().peekable();
    while let Some(line) = lines.next() {
        folder.folded.lines.push(folder.folded.text.len());
        let joined = lines.peek().and_then(|next| cut_word(line, next));
        folder.line(joined.unwrap_or(line));
        folder.gap |= joined.is_none();
    }
    folder.folded
}

/// The folded form of a phrase.
pub(super) fn phrase(source: &str) -> String {
    fold(source).text
}

/// The line without its hyphen, where that hyphen cuts a word that the next line ends.
fn cut_word<'a>(line: &'a str, next: &str) -> Option<&'a str> {
    let head = line.trim_end().strip_suffix('-')?;
    let tail = next.trim_start_matches(|c: char| !c.is_alphanumeric());
    let cut = head.ends_with(char::is_alphabetic) && tail.starts_with(char::is_lowercase);
    cut.then_some(head)
}

impl Folded {
    /// The line of the source, from 1, that the byte at `offset` of the folded text stood in.
    pub(super) fn line_at(&self, offset: usize) -> u32 {
        let line = self.lines.partition_point(|start| *start <= offset);
        u32::try_from(line.max(1)).unwrap_or(u32::MAX)
    }

    /// Where the lines that begin a sentence of their own begin in the folded text of this source.
    pub(super) fn sentences(&self, source: &str) -> Vec<usize> {
        let mut begins = true;
        let lines = source.lines().zip(&self.lines);
        let firsts = lines.filter_map(|(line, start)| {
            let ends = line.trim_end().ends_with(['.', ':', '>']) || line.trim().is_empty();
            std::mem::replace(&mut begins, ends).then_some(*start)
        });
        firsts.collect()
    }

    /// The words, without those of web addresses: addresses differ where licenses do not.
    pub(super) fn words(&self) -> Vec<Word<'_>> {
        let mut words = Vec::with_capacity(self.text.len() / 6);
        let mut urls = self.urls.iter().peekable();
        for (start, text) in split(&self.text) {
            while urls.next_if(|url| url.end <= start).is_some() {}
            if urls.peek().is_none_or(|url| start < url.start) {
                words.push(Word { text, start });
            }
        }
        words
    }
}

/// Words with their places: between spaces, and each CJK letter by itself.
fn split(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut rest = 0..text.len();
    std::iter::from_fn(move || {
        let tail = &text[rest.start..];
        let tail = tail.strip_prefix(' ').unwrap_or(tail);
        let start = text.len() - tail.len();
        let first = tail.chars().next()?;
        let len = if is_cjk(first) {
            first.len_utf8()
        } else {
            tail.find(|c: char| c == ' ' || is_cjk(c)).unwrap_or(tail.len())
        };
        rest.start = start + len;
        Some((start, &text[start..start + len]))
    })
}

/// The state while a text is folded.
#[derive(Default)]
struct Folder {
    folded: Folded,
    /// Whether something that is no letter came since the last letter.
    gap: bool,
    /// Whether the last letter was a CJK letter.
    after_cjk: bool,
}

impl Folder {
    fn line(&mut self, line: &str) {
        let mut rest = line;
        while let Some((before, url)) = split_url(rest) {
            self.piece(before);
            let start = self.folded.text.len();
            self.gap = true;
            self.piece(url);
            self.folded.urls.push(start..self.folded.text.len());
            self.gap = true;
            rest = &rest[before.len() + url.len()..];
        }
        self.piece(rest);
    }

    fn piece(&mut self, text: &str) {
        if text.is_ascii() {
            text.bytes().for_each(|byte| self.letter(char::from(byte.to_ascii_lowercase())));
        } else {
            let marks_off = text.chars().map(|c| if matches!(c, '™' | '℠') { ' ' } else { c });
            marks_off.nfkc().flat_map(char::to_lowercase).for_each(|letter| self.letter(letter));
        }
    }

    fn letter(&mut self, letter: char) {
        match letter {
            _ if is_dropped(letter) => {}
            '+' => {
                self.gap = true;
                "plus".chars().for_each(|letter| self.push(letter));
                self.gap = true;
            }
            _ if letter.is_alphanumeric() => self.push(letter),
            _ => self.gap = true,
        }
    }

    fn push(&mut self, letter: char) {
        let cjk = is_cjk(letter);
        if self.gap && !cjk && !self.after_cjk && !self.folded.text.is_empty() {
            self.folded.text.push(' ');
        }
        self.folded.text.push(letter);
        (self.gap, self.after_cjk) = (false, cjk);
    }
}

/// The line up to its first web address, and that address.
fn split_url(line: &str) -> Option<(&str, &str)> {
    let at = line.find("://")?;
    let scheme = line[..at].bytes().rev().take_while(u8::is_ascii_alphabetic).count();
    let (before, url) = line.split_at(at - scheme);
    let end = url.find(|c: char| c.is_whitespace() || "<>()[]{}\"'`|，。、；）》」".contains(c));
    Some((before, &url[..end.unwrap_or(url.len()).max(scheme + 3)]))
}

/// Apostrophes, soft hyphens, and characters that take no room.
fn is_dropped(letter: char) -> bool {
    matches!(
        letter,
        '\'' | '‘' | '’' | 'ʼ' | '′' | '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}'
    )
}

/// Han, kana and Hangul letters. Between those, spaces say nothing in a reflowed text.
fn is_cjk(letter: char) -> bool {
    matches!(
        letter,
        '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}'
            | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}'
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_folding_does() {
        check("The  “MIT”\tLicense\r\n(MIT)", "the mit license mit");
        check("Meta's proprietary", "metas proprietary");
        check("Meta’s", "metas");
        check("Open RAIL++-M", "open rail plus plus m");
        check("non-com-\nmercial, non-\n2", "non commercial non 2");
        check("per\u{ad}mit\u{200b}ted ﬁle ＭＩＴ", "permitted file mit");
        check("Yi 系列 模型\n许可", "yi系列模型许可");
        check("Llama™ 2", "llama 2");
        check("İ", "i\u{307}".trim_end_matches('\u{307}'));
    }

    #[track_caller]
    fn check(source: &str, folded: &str) {
        assert_eq!(phrase(source), folded);
    }

    #[test]
    fn words_leave_addresses_out_and_split_cjk() {
        let folded = fold("see <https://mit.edu/a?b> for 许可 x (http://y.z)");
        let words: Vec<&str> = folded.words().iter().map(|word| word.text).collect();
        assert_eq!(words, ["see", "for", "许", "可", "x"]);
    }

    #[test]
    fn lines_are_remembered() {
        let folded = fold("one\n\n two\nthree");
        let line = |word| folded.line_at(folded.text.find(word).expect("folded"));
        assert_eq!((line("one"), line("two"), line("three")), (1, 3, 4));
    }

    proptest! {
        #[test]
        fn any_text_folds_and_stays_folded(source in "\\PC{0,80}(\n\\PC{0,40}){0,4}") {
            let once = fold(&source);
            once.words();
            prop_assert!(!once.text.starts_with(' ') && !once.text.ends_with(' '));
            prop_assert!(once.line_at(once.text.len()) as usize <= source.lines().count().max(1));
        }
    }
}
