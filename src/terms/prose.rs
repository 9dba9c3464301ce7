//! What a card's own prose says of its terms: the sections on the license, and badges.

use crate::{
    facts::{Artifact, Card, Section},
    licenses::{self, How},
    words::{LicenseScope, Place},
};

use super::statements::Statement;

/// A clause of more words tells a story, and names licenses on the way.
const LONGEST: usize = 40;

/// Words that turn a clause into one about something else, or into a denial.
const ELSEWHERE: &[&str] = &[
    "not ",
    "n't ",
    "instead",
    "formerly",
    "previously",
    "compatible",
    "similar",
    "inspired",
    "base model",
    "original model",
    "third party",
    "third-party",
    "dependenc",
    "trained on",
    "derived from",
    "based on",
    "except",
    "used to be",
    "before version",
];

/// Words that put something under a license.
const GRANTS: &[&str] = &[
    "licensed",
    "licence",
    "license",
    "released under",
    "distributed under",
    "available under",
    "published under",
    "许可",
    "lizenz",
    "licencia",
    "licença",
    "ライセンス",
    "라이선스",
    "лиценз",
    "giấy phép",
    "lisensi",
    "الترخيص",
];
/// Words by which a sentence speaks of this release.
const OURS: &[&str] = &[
    "this ",
    "the model",
    "the weight",
    "weights",
    "the code",
    "code is",
    "the dataset",
    "our ",
    "we ",
    "it is",
    "本模型",
    "模型",
    "代码",
    "das modell",
    "der code",
    "ce modèle",
    "le modèle",
    "le code",
    "este modelo",
    "el modelo",
    "el código",
    "o modelo",
    "o código",
    "このモデル",
    "本モデル",
    "이 모델",
    "модель",
    "код",
    "mô hình",
    "model ini",
    "هذا النموذج",
];

/// All that the prose of a card states.
pub(super) fn of_card(artifact: &Artifact, card: &Card, scope: LicenseScope) -> Vec<Statement> {
    let mut found = Vec::new();
    for section in card.license_sections() {
        let lines: Vec<(u32, &str)> = card.lines_of(section).collect();
        match text_of(section, &lines) {
            Some(text) => {
                let at = Place::file(&artifact.path).line(section.line);
                found.push(Statement::Text { at, scope, text });
            }
            None => found.extend(lines.iter().flat_map(|&(line, text)| {
                let at = Place::file(&artifact.path).line(line);
                clauses(text).filter_map(move |it| clause(it, scope, at.clone()))
            })),
        }
    }
    let declared = ["license", "license_name"].iter().any(|key| card.key(key).is_some());
    if found.is_empty() && !declared {
        found.extend(in_passing(artifact, card, scope));
    }
    for (line, text) in card.body().take(60) {
        if let Some(value) = badge(text) {
            let at = Place::file(&artifact.path).line(line);
            found.push(Statement::Prose {
                at,
                scope,
                value: value.clone(),
                named: value,
            });
        }
    }
    found
}

/// Sentences outside a section on the license, which say that this is under one: read where nothing
/// else in the card says it.
fn in_passing(artifact: &Artifact, card: &Card, scope: LicenseScope) -> Vec<Statement> {
    const LINES: usize = 4000;
    const MOST: usize = 8;
    let mut found = Vec::new();
    for (line, text) in card.body_outside_code().take(LINES) {
        if text.len() > 2000 || found.len() >= MOST {
            continue;
        }
        let grants = |it: &&str| {
            let lower = it.to_lowercase();
            GRANTS.iter().any(|grant| lower.contains(grant))
                && OURS.iter().any(|ours| lower.contains(ours))
        };
        let at = Place::file(&artifact.path).line(line);
        found.extend(clauses(text).filter(grants).filter_map(|it| clause(it, scope, at.clone())));
    }
    found
}

/// The section as one text, where it is the license itself.
fn text_of(section: &Section, lines: &[(u32, &str)]) -> Option<String> {
    let text: Vec<&str> = lines.iter().map(|(_, text)| *text).collect();
    let text = text.join("\n");
    if section.last.saturating_sub(section.line) < 3 || text.split_whitespace().count() < 100 {
        return None;
    }
    let reading = licenses::read(text.as_bytes(), "README.md");
    reading.matches.iter().any(|it| it.how <= How::Altered).then_some(text)
}

/// The parts of a line that state one thing each.
fn clauses(text: &str) -> impl Iterator<Item = &str> {
    text.split(". ")
        .flat_map(|it| it.split("; "))
        .flat_map(|it| it.split(", "))
        .flat_map(|it| it.split(" while "))
        .flat_map(|it| it.split(" and the "))
}

/// The one license that a clause names, and of what.
fn clause(text: &str, scope: LicenseScope, at: Place) -> Option<Statement> {
    let lower = text.to_lowercase();
    if text.split_whitespace().count() > LONGEST || ELSEWHERE.iter().any(|it| lower.contains(it)) {
        return None;
    }
    let named = licenses::named_in(text);
    let scope = scope_of(&lower, scope)?;
    let [only] = named.as_slice() else {
        return None;
    };
    Some(Statement::Prose {
        at,
        scope,
        value: text.trim().trim_start_matches(['#', '*', '-', ' ']).to_owned(),
        named: only.id.clone(),
    })
}

/// What a clause speaks of: the whole of `scope` where it says nothing or speaks of the model; `None`
/// where it speaks of several things.
fn scope_of(lower: &str, scope: LicenseScope) -> Option<LicenseScope> {
    const WORDS: &[(LicenseScope, &[&str])] = &[
        (LicenseScope::All, &["weights", "model", "checkpoint"]),
        (LicenseScope::Code, &["code", "script", "software", "library", "repository"]),
        (LicenseScope::Data, &["dataset", "data set", "training data", "corpus"]),
        (LicenseScope::Documents, &["documentation", "this card", "this document"]),
    ];
    let mut told = WORDS.iter().filter(|(_, words)| words.iter().any(|it| lower.contains(it)));
    match (told.next(), told.next()) {
        (None, _) | (Some((LicenseScope::All, _)), None) => Some(scope),
        (Some((one, _)), None) => Some(*one),
        _ => None,
    }
}

/// The name on a license badge: `…/badge/license-Apache_2.0-blue.svg`.
fn badge(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let at = ["badge/license-", "badge/licence-"]
        .iter()
        .find_map(|it| Some(lower.find(it)? + it.len()))?;
    let rest = &text[at..];
    let rest = rest.replace("--", "\u{0}").replace("%20", " ").replace('_', " ");
    let name = rest.split(['-', ')', '"', '>', '?']).next()?.replace('\u{0}', "-");
    let name = name.trim().to_owned();
    (!name.is_empty() && name.len() < 60).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clause_names_one_license_of_one_thing() {
        use LicenseScope::{All, Code, Data};
        check("This model is released under the Apache 2.0 license", Some(("apache-2.0", All)));
        check("The code is licensed under the MIT License", Some(("mit", Code)));
        check("The dataset is available under CC-BY-NC-4.0", Some(("cc-by-nc-4.0", Data)));
        check(
            "[Apache-2.0](https://www.apache.org/licenses/LICENSE-2.0)",
            Some(("apache-2.0", All)),
        );
        check("The base model is under the Llama 2 Community License", None);
        check("It is not under the MIT License", None);
        check("The code to run the model is under the MIT License", None);
        check("See the license", None);
    }

    #[track_caller]
    fn check(text: &str, told: Option<(&str, LicenseScope)>) {
        let found = clause(text, LicenseScope::All, Place::file("README.md"));
        let found = found.map(|it| match it {
            Statement::Prose { scope, named, .. } => (named, scope),
            _ => unreachable!("a clause is prose"),
        });
        assert_eq!(found, told.map(|(id, scope)| (id.to_owned(), scope)), "{text}");
    }

    #[test]
    fn badges_are_read() {
        let shield =
            "[![License](https://img.shields.io/badge/License-Apache_2.0-blue.svg)](LICENSE)";
        assert_eq!(badge(shield).as_deref(), Some("Apache 2.0"));
        assert_eq!(
            badge("img.shields.io/badge/license-BSD--3--Clause-green").as_deref(),
            Some("BSD-3-Clause")
        );
        assert_eq!(badge("img.shields.io/badge/build-passing"), None);
    }
}
