//! Names of licenses inside a sentence.

use super::catalog::{Kind, License, catalog};
use super::compare::same_text;
use super::declared::{Meaning, declared};
use super::links;

/// The longest name, in words: `Creative Commons Attribution Non Commercial 4.0 International`.
const WORDS: usize = 9;

/// A sentence of more words is not looked at.
const SENTENCE: usize = 60;

/// The licenses that a sentence names or links to, each once, in its own order. The longest name holds:
/// in `MIT License` no `MIT` is seen beside it. A single word is taken for a name only where it is an
/// id of the hub's list in capitals, or has a digit.
///
/// ```
/// use weighbill::licenses::named_in;
///
/// let ids = |text| named_in(text).iter().map(|it| it.id.as_str()).collect::<Vec<_>>();
/// assert_eq!(ids("This model is released under the Apache 2.0 license."), ["apache-2.0"]);
/// assert_eq!(ids("Code: MIT License. Weights: CC-BY-NC-4.0"), ["mit", "cc-by-nc-4.0"]);
/// assert_eq!(ids("You may not limit others."), [""; 0]);
/// ```
pub fn named_in(sentence: &str) -> Vec<&'static License> {
    let words: Vec<&str> = sentence.split_whitespace().map(bare).collect();
    if words.len() > SENTENCE {
        return Vec::new();
    }
    let mut found: Vec<&'static License> = Vec::new();
    let mut add = |license: &'static License| {
        if license.kind != Kind::Family && !found.iter().any(|it| same_text(it, license)) {
            found.push(license);
        }
    };
    let mut start = 0;
    while start < words.len() {
        let longest = WORDS.min(words.len() - start);
        let named = (1..=longest).rev().find_map(|len| {
            let license = name(&words[start..start + len])?;
            Some((license, len))
        });
        match named {
            Some((license, len)) => {
                add(license);
                start += len;
            }
            None => start += 1,
        }
    }
    for (_, url) in links::find(sentence) {
        links::by_link(url).into_iter().for_each(&mut add);
    }
    found
}

/// A word without the marks around it.
fn bare(word: &str) -> &str {
    let marks = |c: char| !c.is_alphanumeric() && c != '+';
    let word = word.split("](").next().unwrap_or(word);
    word.trim_matches(marks)
}

/// The license of this very name.
fn name(words: &[&str]) -> Option<&'static License> {
    let text = words.join(" ");
    if let [word] = words {
        let id = word.to_ascii_lowercase();
        let listed = || catalog().hub_ids().iter().any(|hub| hub.id == id);
        let tells = word.bytes().any(|it| it.is_ascii_digit()) && word.len() > 3
            || word.bytes().all(|it| !it.is_ascii_lowercase()) && listed();
        if !tells {
            return None;
        }
    }
    let mut declared = declared(&text);
    // `Mozilla Public License, v. 2.0` is known as `Mozilla Public License 2.0`
    if declared.licenses.is_empty() && words.len() > 2 {
        let bare: Vec<&str> = words.iter().filter_map(|word| version(word)).collect();
        if bare != words {
            declared = super::declared(&bare.join(" "));
        }
    }
    match declared.licenses.as_slice() {
        [only] if declared.meaning == Meaning::One => Some(only),
        _ => None,
    }
}

/// A word of a name without what marks a version: `2.0` of `v2.0`, nothing of `Version`.
fn version(word: &str) -> Option<&str> {
    if matches!(word.to_lowercase().as_str(), "v" | "ver" | "version") {
        return None;
    }
    let number =
        word.strip_prefix(['v', 'V']).filter(|it| it.starts_with(|c: char| c.is_ascii_digit()));
    Some(number.unwrap_or(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_seen_inside_sentences() {
        check("[Apache-2.0](https://www.apache.org/licenses/LICENSE-2.0)", "apache-2.0");
        check("under the **Llama 3.1 Community License**.", "llama3.1");
        check("[Gemma Terms of Use](https://ai.google.dev/gemma/terms)", "gemma");
        check("licensed under the Apache License, Version 2.0 (the License)", "apache-2.0");
        check("under the MIT license, see LICENSE", "mit");
        check("subject to the Mozilla Public License, v. 2.0", "mpl-2.0");
        check("developed at MIT under Apache-2.0", "mit apache-2.0");
        check("see https://creativecommons.org/licenses/by/4.0/", "cc-by-4.0");
        check("permit, limited, submit", "");
        check("trained in 2024 on 8 A100 with BF16", "");
        check("", "");
    }

    #[track_caller]
    fn check(text: &str, ids: &str) {
        let found: Vec<&str> = named_in(text).iter().map(|it| it.id.as_str()).collect();
        assert_eq!(found.join(" "), ids, "{text}");
    }
}
