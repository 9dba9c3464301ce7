//! Terms that are missing, unknown, changed, or in conflict with each other.

mod bases;
mod called_open;
mod data;
mod duties;
mod statements;
mod texts;

use super::{Case, Check, Found};
use crate::{
    licenses::{Agreement, Class, License, Match, ReadingKind, compare},
    terms::{Held, Name},
    words::{Category, LicenseScope, Place, Severity},
};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "no-license",
        category: Category::License,
        severity: Severity::Low,
        title: "No license is stated",
        impact: "Without a license all rights are reserved, unless terms are stated elsewhere.",
        hint: "Look for the terms where the release was published, and keep their text with it.",
        references: &[],
        find: no_license,
    },
    Check {
        id: "license-text-missing",
        category: Category::License,
        severity: Severity::Low,
        title: "A license is named and its text is not here",
        impact: "Nearly all licenses ask that their text is handed on with the work.",
        hint: "Add the license's text to the folder before you hand it on.",
        references: &[],
        find: text_missing,
    },
    Check {
        id: "license-tag-differs",
        category: Category::License,
        severity: Severity::Medium,
        title: "What the card declares is not what the text is",
        impact: "Tools that go by the card's tag report other terms than those that were handed on.",
        hint: "Hold to the text, and ask the publisher which of the two is meant.",
        references: &[],
        find: tag_differs,
    },
    Check {
        id: "license-altered",
        category: Category::License,
        severity: Severity::Medium,
        title: "A license text that was changed",
        impact: "A changed license is another license: what is known of the standard one does not hold.",
        hint: "Have the added or changed words read before you rely on the license's name.",
        references: &[],
        find: texts::altered,
    },
    Check {
        id: "license-cut",
        category: Category::License,
        severity: Severity::Low,
        title: "A license text that is cut short",
        impact: "What the missing part says cannot be read here, and most licenses ask for a whole copy.",
        hint: "Get the whole text from where the model was published.",
        references: &[],
        find: texts::cut,
    },
    Check {
        id: "license-read-in-part",
        category: Category::License,
        severity: Severity::Low,
        title: "A license text that is too long to be read whole",
        impact: "What stands behind the part that was read may change its terms, and nothing here tells.",
        hint: "Have the rest of the file read by a person; licenses that are known have a tenth of its length.",
        references: &[],
        find: texts::read_in_part,
    },
    Check {
        id: "license-not-compared",
        category: Category::License,
        severity: Severity::Info,
        title: "A license text that is told by its phrases or its heading alone",
        impact: "No published edition that it comes near to is known here: a changed or missing clause would not be seen.",
        hint: "Hold the text against the one that the publisher shows.",
        references: &[],
        find: texts::not_compared,
    },
    Check {
        id: "license-unknown",
        category: Category::License,
        severity: Severity::Low,
        title: "Terms that are not known here",
        impact: "What they permit and ask was not looked at.",
        hint: "Have the terms read by a person.",
        references: &[],
        find: unknown,
    },
    Check {
        id: "license-file-empty-or-elsewhere",
        category: Category::License,
        severity: Severity::Medium,
        title: "A license file that holds no license",
        impact: "The terms are not in the release, though its files say so.",
        hint: "Get the text from where the file points, or from the publisher.",
        references: &[],
        find: misfit,
    },
    Check {
        id: "called-open-source",
        category: Category::License,
        severity: Severity::Medium,
        title: "Called open source under a license that OSI has not approved",
        impact: "Whoever relies on the words expects freedoms that the license does not give.",
        hint: "Go by the license, and do not repeat the words in your own documents.",
        references: &["Open Source Definition", "Open Source AI Definition 1.0"],
        find: called_open::find,
    },
    Check {
        id: "license-base-duties",
        category: Category::License,
        severity: Severity::Medium,
        title: "The base model's license asks more than this release's",
        impact: "What the base's license asks of everything made from it still holds, whatever is declared here.",
        hint: "Read the base model's license, and ask the publisher how the release meets it.",
        references: &[],
        find: bases::find,
    },
    Check {
        id: "license-duties-unmet",
        category: Category::License,
        severity: Severity::Low,
        title: "Something that the license asks to be shown is not seen",
        impact: "Whoever hands the release on without it breaks the license's terms.",
        hint: "Add what the license asks for before you hand the release on.",
        references: &[],
        find: duties::unmet,
    },
    Check {
        id: "license-policy-missing",
        category: Category::License,
        severity: Severity::Low,
        title: "The use policy that the license refers to is not here",
        impact: "What the policy bars is a part of the terms, and cannot be read in the release.",
        hint: "Get the policy from where the model was published, and keep it with the release.",
        references: &[],
        find: duties::policy_missing,
    },
    Check {
        id: "license-data-restricts",
        category: Category::License,
        severity: Severity::Info,
        title: "Data under stricter terms than the weights",
        impact: "Whether terms of data reach weights trained on it is disputed; some publishers hold that they do.",
        hint: "Ask the publisher on what grounds the weights are under freer terms than the data.",
        references: &[],
        find: data::find,
    },
    Check {
        id: "license-statements-differ",
        category: Category::License,
        severity: Severity::Low,
        title: "The card's own words name another license",
        impact: "Readers of the card and tools that read its tag come to different terms.",
        hint: "Ask the publisher which of the two is meant.",
        references: &[],
        find: statements::differ,
    },
    Check {
        id: "license-link-missing",
        category: Category::License,
        severity: Severity::Low,
        title: "The file that the card names as the license is not here",
        impact: "The terms that the card refers to cannot be read in the release.",
        hint: "Get the file from where the model was published.",
        references: &[],
        find: statements::dead_link,
    },
    Check {
        id: "license-weights-left-out",
        category: Category::License,
        severity: Severity::Medium,
        title: "No license is stated for the weights",
        impact: "A license for code or data alone gives no right to use the weights.",
        hint: "Ask the publisher for the terms of the weights.",
        references: &[],
        find: statements::weights_left_out,
    },
];

fn no_license(case: &Case) -> Vec<Found> {
    let terms = case.terms;
    if !terms.held.is_empty() || !terms.misfits.is_empty() {
        return Vec::new();
    }
    match terms.empty.first() {
        Some(stated) => {
            let value = &stated.means.value;
            vec![Found::at(
                stated.at.clone(),
                format!(
                    "the license is given as \"{value}\", which names none, and no text is here"
                ),
            )]
        }
        None => vec![Found::of_all(
            "no license is declared and no license text is here",
        )],
    }
}

fn text_missing(case: &Case) -> Vec<Found> {
    let any_text = case.terms.held.iter().any(Held::has_text);
    let missing =
        case.terms.held.iter().filter(|held| !held.has_text() && !held.declared.is_empty());
    let found = missing.filter_map(|held| {
        let (license, stated) = (held.license()?, held.declared.first()?);
        // a text of something else beside it is a conflict, and told as one
        let told = any_text && held.scope != LicenseScope::Code;
        (license.class != Class::FamilyTag && !told).then(|| {
            let message = format!(
                "\"{}\" names the {}, and its text is not in the release",
                stated.means.value,
                called(&license.name)
            );
            Found::at(stated.at.clone(), message)
        })
    });
    found.collect()
}

/// A license's name as it reads after `the`: some end in `License`, some do not.
fn called(name: &str) -> String {
    let says = [
        "license",
        "licence",
        "agreement",
        "terms",
        "dedication",
        "policy",
    ];
    let lower = name.to_lowercase();
    if says.iter().any(|word| lower.contains(word)) {
        name.to_owned()
    } else {
        format!("{name} license")
    }
}

/// The names of licenses, as they read after `the`: `MIT License and the Apache License 2.0`.
fn all_called(licenses: &[&License]) -> String {
    let mut names: Vec<String> = Vec::new();
    for license in licenses {
        let name = called(&license.name);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and the {last}", rest.join(", the ")),
        _ => names.concat(),
    }
}

fn tag_differs(case: &Case) -> Vec<Found> {
    let seen = case.terms.held.iter().filter(|held| held.covers_weights()).flat_map(|it| &it.texts);
    let texts: Vec<(&Place, &Match)> =
        seen.filter_map(|it| Some((&it.at, it.found.as_ref()?))).collect();
    let matches: Vec<Match> = texts.iter().map(|(_, found)| (*found).clone()).collect();
    let mut found: Vec<Found> = Vec::new();
    for stated in
        case.terms.held.iter().filter(|it| it.covers_weights()).flat_map(|it| &it.declared)
    {
        let how = match compare(&stated.means, &matches) {
            Agreement::Freer => "is freer than",
            Agreement::OtherVersion => "is another version than",
            Agreement::OtherVariant => "is another variant than",
            Agreement::Different => "is another license than",
            Agreement::Stricter => "is stricter than",
            _ => continue,
        };
        let Some((at, text)) = texts.first() else {
            continue;
        };
        let message = format!(
            "\"{}\" {how} the text in {}, the {}",
            stated.means.value,
            at.path,
            called(&text.license.name)
        );
        let one = Found::at(stated.at.clone(), message);
        if !found.contains(&one) {
            found.push(one);
        }
    }
    found
}

fn unknown(case: &Case) -> Vec<Found> {
    let found = case.terms.held.iter().filter_map(|held| match &held.name {
        Name::Known(_) => None,
        Name::Named(value) => {
            let at = held.declared.first()?.at.clone();
            Some(Found::at(at, format!("\"{value}\" is no license that is known here")))
        }
        Name::Text(path) => {
            Some(Found::at(Place::file(path), "is a text of no license that is known here"))
        }
    });
    found.collect()
}

fn misfit(case: &Case) -> Vec<Found> {
    let found = case.terms.misfits.iter().filter_map(|misfit| {
        let what = match &misfit.kind {
            ReadingKind::Empty => "is empty".to_owned(),
            ReadingKind::ErrorPage(_) => "is an error page of a server, not a license".to_owned(),
            ReadingKind::Link(url) => format!("holds nothing but an address: {url}"),
            ReadingKind::Path(path) => format!("holds nothing but a path: {path}"),
            ReadingKind::Pdf => "is a PDF, whose text is not read here".to_owned(),
            ReadingKind::Binary => "is no text".to_owned(),
            // told with the other pointers of the release
            ReadingKind::LfsPointer | ReadingKind::Text => return None,
        };
        let severity = match misfit.kind {
            ReadingKind::Pdf | ReadingKind::Link(_) | ReadingKind::Path(_) => Severity::Low,
            _ => Severity::Medium,
        };
        Some(Found::at(misfit.at.clone(), what).severity(severity))
    });
    found.collect()
}
