//! What the words of a report mean: components, states, groups, frameworks, findings. Texts as rows of
//! data; nothing here looks at a release.

mod components;
mod frameworks;
mod states;

use crate::{
    evidence::RULES,
    judge,
    words::{Component, Group, Presence},
};

/// One explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// As reports spell it: `final_parameters`, `claimed`, `mof`, `lfs-pointer`.
    pub id: &'static str,
    /// What kind of word it is: `component`, `state`, `group`, `framework`, `finding`.
    pub kind: &'static str,
    /// In a few words.
    pub title: &'static str,
    /// Headings and paragraphs, in order: what it is, what shows it, what to do.
    pub parts: Vec<(&'static str, &'static str)>,
    /// Where to read on.
    pub references: Vec<&'static str>,
}

/// A row of the tables beside this file.
struct Row {
    id: &'static str,
    title: &'static str,
    is: &'static str,
    shown_by: &'static str,
    /// Empty where there is nothing to do, or where another table has it.
    to_do: &'static str,
}

impl Row {
    fn page(&self, kind: &'static str) -> Page {
        let parts = [
            ("What it is", self.is),
            ("What shows it", self.shown_by),
            ("What to do", self.to_do),
        ];
        Page {
            id: self.id,
            kind,
            title: self.title,
            parts: parts.into_iter().filter(|(_, text)| !text.is_empty()).collect(),
            references: Vec::new(),
        }
    }
}

/// The page of a word; `-` and `_` are one, and case does not matter. `None` where it is not known.
pub fn explain(id: &str) -> Option<Page> {
    let wanted = folded(id);
    all().find(|page| folded(page.id) == wanted)
}

fn folded(id: &str) -> String {
    id.trim().to_ascii_lowercase().replace('_', "-")
}

/// Every page, by kind, then in the order of the tables.
pub fn all() -> impl Iterator<Item = Page> {
    let components = components::ROWS.iter().map(|row| {
        let mut page = row.page("component");
        let rule = RULES.iter().find(|rule| rule.component.word() == row.id);
        if let Some(rule) = rule {
            page.parts.insert(0, ("The question", rule.question));
            page.parts.push(("What to ask the publisher for", rule.ask));
        }
        page
    });
    let states = states::STATES.iter().map(|row| row.page("state"));
    let groups = states::GROUPS.iter().map(|row| row.page("group"));
    let frameworks = frameworks::ROWS.iter().map(|row| row.page("framework"));
    let findings = judge::checks().map(|check| Page {
        id: check.id,
        kind: "finding",
        title: check.title,
        parts: vec![
            ("What it can lead to", check.impact),
            ("What to do", check.hint),
        ],
        references: check.references.to_vec(),
    });
    components.chain(states).chain(groups).chain(frameworks).chain(findings)
}

/// Words of the report that must have a page.
pub fn must_have() -> impl Iterator<Item = &'static str> {
    let components = Component::ALL.iter().map(|it| it.word());
    let states = Presence::ALL.iter().map(|it| it.word());
    let groups = Group::ALL.iter().map(|it| it.word());
    components.chain(states).chain(groups)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_word_of_the_report_has_its_page() {
        for word in must_have() {
            let page = explain(word);
            assert!(page.is_some_and(|page| page.parts.len() > 1), "{word}");
        }
        for parameter in [
            "weights_endmodel",
            "OSAID",
            "mof",
            "five-dimensions",
            "Annex_XI",
        ] {
            assert!(explain(parameter).is_some(), "{parameter}");
        }
        assert_eq!(explain("no such word"), None);
    }

    #[test]
    fn ids_are_unique_and_texts_are_sentences() {
        let mut ids = BTreeSet::new();
        for page in all() {
            assert!(ids.insert(folded(page.id)), "{} stands twice", page.id);
            assert!(!page.title.ends_with('.'), "{}", page.title);
            for (_, text) in page.parts {
                assert!(text.ends_with(['.', '?']), "{}: {text}", page.id);
            }
        }
    }
}
