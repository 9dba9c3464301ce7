//! A card that calls the model open source, beside a license that OSI has not approved.

use std::sync::LazyLock;

use regex::Regex;

use super::super::{Case, Found};
use crate::{
    facts::Card,
    words::{Confidence, Place},
};

pub(super) fn find(case: &Case) -> Vec<Found> {
    let mut approved = case.terms.of_weights().filter_map(|it| Some(it.license()?.osi_approved));
    let Some(first) = approved.next() else {
        return Vec::new();
    };
    if first || approved.any(|it| it) {
        return Vec::new();
    }
    let Some((artifact, card)) = case.facts.main_card() else {
        return Vec::new();
    };
    let license = case.terms.of_weights().next().and_then(|it| Some(it.license()?.name.as_str()));
    let found = lines(card).take(3).map(|(line, words)| {
        let name = license.unwrap_or("its license");
        let message = format!("says \"{words}\"; {name} is not OSI approved");
        Found::at(Place::file(&artifact.path).line(line), message).confidence(Confidence::Likely)
    });
    found.collect()
}

/// `open source` said of a model, with the word it is said with.
static SAID: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:fully |truly |completely |new |our |first |best |leading |powerful |an? |the |is |are |we |been )+(open[- ]sourced?)\b(?: \w+){0,3}",
    )
});

/// Nouns that the words are often said of besides the model.
static THINGS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^[- ]*(?:\w+[- ]){0,2}?(?:communit\w+|librar\w+|tools?|toolkits?|frameworks?|datasets?|data|code|codebase|corpora|software|projects?|packages?|repositor\w+|benchmarks?|ecosystem)\b",
    )
});

/// Signs that a sentence compares, denies, or speaks of other models.
static OTHERS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:other|existing|many|most|all|any|some|several|various|current|previous|than|among|outperforms?|compared|not|isn't|alternatives?)\b",
    )
});

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant of this file, tried by its tests")
}

/// The lines of a card that call the model itself open source, with the words that do.
fn lines(card: &Card) -> impl Iterator<Item = (u32, &str)> {
    card.body_outside_code().filter_map(|(line, text)| said(text).map(|words| (line, words)))
}

fn said(text: &str) -> Option<&str> {
    let sentence = |at: usize| {
        let start = text[..at].rfind(['.', ';', '!', '?']).map_or(0, |it| it + 1);
        let end = text[at..].find(['.', ';', '!', '?']).map_or(text.len(), |it| at + it);
        &text[start..end]
    };
    let found = SAID.captures_iter(text).filter_map(|it| it.get(1));
    let mut own = found
        .filter(|it| !OTHERS.is_match(sentence(it.start())) && !THINGS.is_match(&text[it.end()..]));
    own.next().map(|it| it.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_said_of_the_model_counts() {
        check("Falcon-40B is the best open-source model available.", Some("open-source"));
        check("We open-sourced the weights.", Some("open-sourced"));
        check("It is an open source LLM.", Some("open source"));
        check("It outperforms all open-source models of its size.", None);
        check("An open source language model under community terms.", Some("open source"));
        check("Built with an open-source library.", None);
        check("Thanks to the open source community.", None);
        check("This is not an open source model.", None);
        check("Open source is a fine thing.", None);
    }

    #[track_caller]
    fn check(text: &str, words: Option<&str>) {
        assert_eq!(said(text), words, "{text}");
    }
}
