//! What installing, or going through a notebook, would fetch and run.

use super::{Case, Check, Found, few};
use crate::{
    facts::{Contents, Language},
    words::{Category, FileKind, Place, Severity},
};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "requirement-elsewhere",
        category: Category::Safety,
        severity: Severity::Info,
        title: "Libraries that come from elsewhere than the usual index",
        impact: "Installing runs code of theirs, and nothing but the place vouches for it; with a second index, whoever takes a name there comes first.",
        hint: "Nothing to mend where the place is known; pin versions and commits.",
        references: &["CWE-829"],
        find: elsewhere,
    },
    Check {
        id: "notebook-reaches-out",
        category: Category::Safety,
        severity: Severity::Info,
        title: "A notebook that starts programs or opens connections",
        impact: "Running its cells does so, with all rights of the user; showing it does not.",
        hint: "Read the cells before you run them.",
        references: &[],
        find: notebooks,
    },
    Check {
        id: "notebook-output-script",
        category: Category::Safety,
        severity: Severity::Info,
        title: "A notebook whose saved outputs hold scripts",
        impact: "A browser runs them when the notebook is opened and trusted, before any cell is run.",
        hint: "Open it without trusting it, or clear its outputs first; plotting libraries save such scripts.",
        references: &["https://jupyter-server.readthedocs.io/en/latest/operators/security.html"],
        find: outputs,
    },
];

fn elsewhere(case: &Case) -> Vec<Found> {
    let files = case.facts.artifacts.iter();
    let found = files.flat_map(|it| {
        let sources = match &it.contents {
            Contents::Libraries(libraries) => libraries.sources.as_slice(),
            _ => &[],
        };
        let told = |(line, saying): &(u32, String)| {
            Found::at(Place::file(&it.path).line(*line), saying.clone())
        };
        few(sources.iter().map(told).collect())
    });
    found.collect()
}

fn notebooks(case: &Case) -> Vec<Found> {
    let notebooks = case.facts.artifacts.iter().filter(|it| it.kind == FileKind::Notebook);
    let found = notebooks.filter_map(|it| {
        let Contents::Code(code) = &it.contents else {
            return None;
        };
        let mut reaches =
            code.reaches.iter().filter(|it| code.language == Language::Python && it.at_import);
        let first = reaches.next()?;
        let more = reaches.count();
        let more = if more > 0 {
            format!(", and {more} times more")
        } else {
            String::new()
        };
        let cell = first.cell.map_or(String::new(), |cell| format!("cell {cell}: "));
        let message = format!("{cell}`{}` {}{more}", first.name, first.does);
        Some(Found::at(Place::file(&it.path).line(first.line), message))
    });
    found.collect()
}

fn outputs(case: &Case) -> Vec<Found> {
    let files = case.facts.artifacts.iter();
    let found = files.flat_map(|it| {
        let shows = match &it.contents {
            Contents::Code(code) => code.shows.as_slice(),
            _ => &[],
        };
        let place = || Place::file(&it.path);
        let acting = shows.iter().filter_map(|it| Some((it.cell, it.does.as_ref()?)));
        let acting = acting.map(|(cell, does)| {
            let message = format!("cell {cell}: a script in its output {does}");
            Found::at(place(), message).severity(Severity::Medium)
        });
        let mut found = few(acting.collect());
        if found.is_empty() && !shows.is_empty() {
            let message = match shows.len() {
                1 => "the output of one cell holds a script".to_owned(),
                cells => format!("the outputs of {cells} cells hold scripts"),
            };
            found.push(Found::at(place(), message));
        }
        found
    });
    found.collect()
}
