//! What the build of a license text tells where no edition is at hand to compare it with: sections that
//! break off, and an end in the middle of a sentence.

use std::collections::BTreeSet;

use super::catalog::License;

/// A sentence that breaks off has at least so many words on its last line.
const LAST_LINE: usize = 6;

/// A text whose sections are numbered has at least so many.
const NUMBERED: u32 = 3;

/// Why the text cannot be all of this license; `None` where nothing says so. `text`: as it stands in the
/// file, markup taken off.
pub(super) fn broken_off(license: &License, text: &str) -> Option<String> {
    let (last, named) = (last_section(text), named_section(license));
    if let Some((last, named)) = last.zip(named).filter(|(last, named)| last < named) {
        return Some(format!("ends with section {last}, and the license has a section {named}"));
    }
    let line = text.lines().rev().map(str::trim).find(|line| !line.is_empty())?;
    let words: Vec<&str> = line.split_whitespace().collect();
    let open = words.last().is_some_and(|word| {
        word.ends_with([',', ';', '-'])
            || word.chars().all(char::is_lowercase) && !word.contains(['.', '/', '@'])
    });
    (words.len() >= LAST_LINE && open).then(|| {
        let end = words[words.len() - 4..].join(" ");
        format!("ends in the middle of a sentence, \"{end}\"")
    })
}

/// The last of the sections of a text that are numbered from 1 on, each at the beginning of a line.
fn last_section(text: &str) -> Option<u32> {
    let numbers: BTreeSet<u32> = text.lines().filter_map(number).collect();
    let last = (1..100).take_while(|number| numbers.contains(number)).last()?;
    (last >= NUMBERED).then_some(last)
}

/// The number of the section that a line begins: `3. Terms`, `## 3. Terms`, `Section 3: Terms`.
fn number(line: &str) -> Option<u32> {
    let line = line.trim_start_matches(|c: char| c.is_whitespace() || "#*>_/".contains(c));
    let lower = line.get(..8).map(str::to_ascii_lowercase);
    let words = ["section ", "article "];
    let named = lower.is_some_and(|front| words.iter().any(|word| front.starts_with(word)));
    let line = if named { line[8..].trim_start() } else { line };
    let end = line.find(|c: char| !c.is_ascii_digit())?;
    let (digits, rest) = line.split_at(end);
    // `1.2` is a part of a section, `2024` a year
    let closes = rest.starts_with(['.', ')', ':', '、']) || named;
    let part = rest.starts_with('.') && rest[1..].starts_with(|c: char| c.is_ascii_digit());
    (closes && digits.len() <= 2).then(|| digits.parse().ok()).flatten().filter(|_| !part)
}

/// The highest section in which the catalog found a term, `9` of `9.3`. Only of texts that were read.
fn named_section(license: &License) -> Option<u32> {
    if !license.verified {
        return None;
    }
    let places = license.terms.iter().filter_map(|term| term.section.as_deref());
    let parts = places.flat_map(|place| place.split(", ")).filter_map(|part| {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        let rest = &part[digits.len()..];
        let is_section = rest.is_empty() || rest.starts_with(['.', '(']);
        is_section.then(|| digits.parse().ok()).flatten()
    });
    parts.filter(|number| *number < 40).max()
}

#[cfg(test)]
mod tests {
    use super::super::{Against, How, catalog, license, read};
    use super::*;

    #[test]
    fn the_numbers_of_sections() {
        check("1. Terms", Some(1));
        check("  ## 12) Law", Some(12));
        check("Section 4: Law", Some(4));
        check("**3. Use**", Some(3));
        check("1.2 Parts", None);
        check("2024. A year", None);
        check("7 days", None);
        check("", None);
    }

    #[track_caller]
    fn check(line: &str, section: Option<u32>) {
        assert_eq!(number(line), section);
    }

    /// A text of a license of the catalog, by its phrases, with so many sections.
    fn composed(id: &str, sections: u32, end: &str) -> String {
        let detect = &license(id).expect("known").detect;
        let phrases = [&detect.must[..], &detect.phrases[..]].concat().join(". ");
        let filling = "Words of this section stand here so that it is as long as one. ".repeat(8);
        let sections: Vec<String> =
            (1..=sections).map(|at| format!("{at}. Section\n{filling}\n\n")).collect();
        format!("{}\n\n{phrases}.\n\n{}{end}", detect.titles[0], sections.concat())
    }

    #[test]
    fn a_text_that_breaks_off_is_cut() {
        let named = named_section(license("llama3").expect("known")).expect("sections");
        assert!(named >= 5, "{named}");
        let all = read(composed("llama3", named, "The end is here.\n").as_bytes(), "LICENSE");
        assert_eq!((all.matches[0].how, all.matches[0].against), (How::Whole, Against::Phrases));
        let few = read(composed("llama3", named - 2, "The end is here.\n").as_bytes(), "LICENSE");
        assert_eq!(few.matches[0].how, How::Cut);
        let note = few.matches[0].note.as_deref().expect("why");
        assert!(note.starts_with(&format!("ends with section {}", named - 2)), "{note}");
        let open = "whoever hands it on shall give to each of the";
        let torn = read(composed("llama3", named, open).as_bytes(), "LICENSE");
        assert_eq!(torn.matches[0].how, How::Cut);
    }

    #[test]
    fn what_says_nothing_of_sections_is_not_cut() {
        for license in catalog().licenses() {
            let told = broken_off(license, "A text of words without any numbers at all.\n");
            assert_eq!(told, None, "{}", license.id);
        }
    }
}
