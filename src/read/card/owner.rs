//! Whose deed a sentence tells: the release's own, or another model's that it speaks of.

use std::ops::Range;

use super::{
    passage::Passage,
    phrases::{Name, Sense},
};

/// The names that a card gives its own model.
#[derive(Debug, Default)]
pub(super) struct Own {
    /// Letters of the names, in lower case: `llama`, `granite`.
    parts: Vec<String>,
    /// Versions in them: `2`, `3.0`; sizes (`7b`) are none.
    versions: Vec<String>,
}

/// What words come with many names and tell none apart.
const COMMON: &[&str] = &[
    "model",
    "models",
    "card",
    "base",
    "instruct",
    "chat",
    "large",
    "small",
    "mini",
    "the",
    "for",
    "and",
    "of",
    "with",
    "hf",
    "gguf",
    "gptq",
    "awq",
    "fp",
    "int",
    "bit",
    "dataset",
    "details",
    "introduction",
    "readme",
    "language",
    "version",
];

impl Own {
    /// Takes the names apart.
    pub(super) fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut own = Self::default();
        for name in names {
            let (parts, versions) = apart(name);
            own.parts.extend(parts.into_iter().filter(|part| !COMMON.contains(&part.as_str())));
            own.versions.extend(versions);
        }
        own
    }

    /// Whether a name is one of the card's own: shares letters, and names no other version.
    pub(super) fn is(&self, name: &str) -> bool {
        let (parts, versions) = apart(name);
        parts.iter().any(|part| self.parts.contains(part))
            && versions.iter().all(|version| self.versions.contains(version))
    }
}

/// Letters and versions of a name: `Granite-3.0-8B` is `granite` and `3.0`.
fn apart(name: &str) -> (Vec<String>, Vec<String>) {
    let (mut parts, mut versions) = (Vec::new(), Vec::new());
    let lower = name.to_lowercase();
    for word in lower.split(|c: char| !c.is_alphanumeric() && c != '.').take(12) {
        let word = word.trim_matches('.');
        let letters = word.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        let (front, digits) =
            letters.split_at(letters.find(|c: char| c.is_ascii_digit()).unwrap_or(letters.len()));
        if letters.len() < word.len() {
            if letters.is_empty() {
                versions.push(word.to_owned()); // `3.0`; `7b` is a size
            }
            continue;
        }
        if front.chars().count() > 1 {
            parts.push(front.to_owned());
        }
        if !digits.is_empty()
            && front != "v"
            && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        {
            versions.push(digits.to_owned());
        }
    }
    (parts, versions)
}

/// Whether what a sentence says at `at` is said of another model: of all that could be its subject,
/// the nearest before it is the name of one.
pub(super) fn of_another(passage: &Passage, sentence: &Range<usize>, at: usize, own: &Own) -> bool {
    let before = sentence.start..at.max(sentence.start);
    let hits = passage.hits_in(&before);
    let own_word =
        hits.iter().filter(|hit| hit.sense == Sense::Name(Name::Own)).map(|hit| hit.start).max();
    let named =
        last_name(passage, &before).filter(|(start, _)| own_word.is_none_or(|word| word < *start));
    named.is_some_and(|(_, name)| !own.parts.is_empty() && !own.is(&name))
}

/// The last name of a model in a range, and where it stands.
fn last_name(passage: &Passage, range: &Range<usize>) -> Option<(usize, String)> {
    let text = passage.words.get(range.clone())?;
    let mut found: Option<(usize, String)> = None;
    let mut families = passage
        .hits_in(range)
        .iter()
        .filter(|hit| hit.sense == Sense::Name(Name::Family))
        .peekable();
    let mut at = range.start;
    for word in text.split_inclusive(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',')) {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let end = at + word.len();
        while families.next_if(|hit| hit.end < at).is_some() {}
        let family = families.peek().is_some_and(|hit| hit.start >= at && hit.start < end);
        let version = bare.bytes().all(|b| b.is_ascii_digit() || b == b'.') && !bare.is_empty();
        if version
            && let Some((start, name)) =
                found.as_mut().filter(|(start, name)| start.saturating_add(name.len() + 2) >= at)
        {
            let _ = start;
            name.push(' ');
            name.push_str(bare);
        } else if (family && bare.starts_with(char::is_uppercase)) || model_like(bare) {
            found = Some((at, bare.to_owned()));
        }
        at = end;
    }
    found
}

/// `GPT-3`, `Falcon-40B`, `T5`: a capital, then a digit; not hardware, not a size.
fn model_like(word: &str) -> bool {
    let hyphenated = word.contains('-') || word.len() > 4 || word.starts_with('T');
    word.starts_with(|c: char| c.is_ascii_uppercase())
        && word.bytes().any(|b| b.is_ascii_digit())
        && hyphenated
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart() {
        check("Llama 2", "Llama-2-70b", true);
        check("Llama 2", "Llama 3", false);
        check("GPT-Neo 1.3B", "GPT-3", false);
        check("GPT-Neo 1.3B", "GPT-Neo", true);
        check("Granite-3.0-8B-Instruct", "Granite-3.0-8B-Base", true);
        check("Granite-3.0-8B-Instruct", "Granite-3.1", false);
        check("Falcon-40B", "RefinedWeb", false);
        check("My Chat Model", "Llama-2", false);
        check("OLMo 7B", "OLMo", true);
    }

    #[track_caller]
    fn check(own: &str, name: &str, same: bool) {
        assert_eq!(Own::of([own]).is(name), same);
    }
}
