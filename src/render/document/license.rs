//! The terms: which license, by whose word, and what it asks.

use super::{
    Block, Line, Run, Section, Style, Table, dotted, name, place, plain, quiet, spaced, strong,
    terms::{Noteworthy, noteworthy, use_verdict, value},
};
use crate::{
    report::{License, LicenseText, Report},
    words::{LicenseScope, Place},
};

/// How many terms the short form names.
const SHORT: usize = 4;

/// What the release may be used for, by its own words.
pub(super) fn section(report: &Report, style: &Style) -> Section {
    if report.licenses.is_empty() {
        let none = vec![
            strong("none found"),
            plain(": no license is declared and no text is here"),
        ];
        return Section {
            title: "License",
            blocks: vec![Block::Lines(vec![none])],
        };
    }
    let mut blocks = Vec::new();
    for license in &report.licenses {
        let mut head = license_head(license);
        head.push(plain("  "));
        head.extend(license_sources(license));
        let mut lines = vec![head];
        let terms = noteworthy(&license.terms);
        let most = if style.verbose { 0 } else { SHORT };
        let said = terms.iter().take(most).map(|term| vec![plain(term.sentence())]);
        let mut said = dotted(said);
        if !style.verbose && terms.len() > SHORT {
            said.push(quiet(format!(" · {} more", terms.len() - SHORT)));
        }
        if !said.is_empty() {
            lines.push(said);
        }
        blocks.push(Block::Lines(lines));
        if style.verbose && !license.terms.is_empty() {
            blocks.push(Block::Table(terms_table(license, &terms)));
        }
    }
    Section { title: "License", blocks }
}

/// `Llama 2 Community License Agreement, not OSI approved`.
pub(in crate::render) fn license_head(license: &License) -> Line {
    let mut head = vec![strong(&license.name)];
    if license.name.is_empty() {
        head = vec![strong(&license.id)];
    }
    if license.scope != LicenseScope::All {
        head.push(plain(format!(" for the {}", license.scope)));
    }
    head.push(plain(match license.osi_approved {
        Some(true) => ", OSI approved",
        Some(false) => ", not OSI approved",
        None => ", OSI approval not known",
    }));
    head
}

/// Where the text stands and how whole it is, then where the license is named.
pub(in crate::render) fn license_sources(license: &License) -> Line {
    let mut sources: Vec<Line> = Vec::new();
    for text in &license.texts {
        let mut source: Line = text.at.iter().map(place).collect();
        match text.how.as_str() {
            "whole" => source.extend(unseen(text)),
            "reference" => source.push(quiet(" (by reference)")),
            how => source.push(quiet(format!(" ({how} text)"))),
        }
        sources.push(source);
    }
    let seen: Vec<&Place> = license.texts.iter().filter_map(|text| text.at.as_ref()).collect();
    let declared = license.declared.iter().filter_map(|declared| declared.at.as_ref());
    sources.extend(declared.filter(|at| !seen.contains(at)).take(3).map(|at| vec![place(at)]));
    let mut line = Line::new();
    for source in sources {
        if !line.is_empty() {
            line.push(plain(", "));
        }
        line.extend(source);
    }
    let unread = license.texts.iter().all(|text| text.how == "reference");
    if unread && !license.declared.is_empty() {
        line.push(quiet(" (declared; its text is not here)"));
    }
    line
}

/// That a change to a text would not have been seen.
fn unseen(text: &LicenseText) -> Option<Run> {
    let words = match text.against.as_deref() {
        Some("phrases") => " (by its phrases, not word for word)".to_owned(),
        Some("translation") => {
            format!(" (in {}, not word for word)", text.edition.as_deref().unwrap_or("translation"))
        }
        _ => return None,
    };
    Some(quiet(words))
}

/// Every term with its section, those that bind first.
fn terms_table(license: &License, noteworthy: &[Noteworthy]) -> Table {
    let binding: Vec<&str> = noteworthy.iter().map(|it| it.term.topic.as_str()).collect();
    let mut terms: Vec<_> = license.terms.iter().collect();
    terms.sort_by_key(|term| {
        binding.iter().position(|topic| *topic == term.topic).unwrap_or(usize::MAX)
    });
    let row = |term: &&crate::report::Term| {
        let mut note = vec![plain(term.note.clone().unwrap_or_default())];
        if !term.verified {
            note.push(quiet(" (unverified)"));
        }
        vec![
            vec![plain(spaced(&term.topic))],
            vec![plain(value(term))],
            vec![plain(term.section.clone().unwrap_or_default())],
            note,
        ]
    };
    let rows = terms.iter().map(row).collect();
    Table {
        head: &["term", "says", "section", "note"],
        numeric: &[],
        rows,
    }
}

/// What the terms say about the uses that were asked about; `None` where none was.
pub(super) fn uses(report: &Report) -> Option<Section> {
    let row = |answer: &crate::report::UseAnswer| {
        let (mark, says) = use_verdict(&answer.says);
        let sections = answer.sections.join(", ");
        vec![
            vec![name(&answer.of)],
            vec![plain(format!("{mark} {says}"))],
            vec![plain(sections)],
        ]
    };
    let rows: Vec<_> = report.uses.iter().map(row).collect();
    let table = Table {
        head: &["use", "the terms say", "sections"],
        numeric: &[],
        rows,
    };
    let mut blocks = vec![Block::Table(table)];
    let reasons = reasons(report);
    if !reasons.is_empty() {
        blocks.push(Block::List(reasons));
    }
    let section = Section { title: "Uses", blocks };
    (!report.uses.is_empty()).then_some(section)
}

/// What decided the answers, each reason once, with the uses that it decided.
pub(in crate::render) fn reasons(report: &Report) -> Vec<Line> {
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    let all = report.uses.iter().flat_map(|answer| answer.why.iter().map(move |why| (answer, why)));
    for (answer, why) in all {
        match reasons.iter_mut().find(|(have, _)| have == why) {
            Some((_, uses)) => uses.push(&answer.of),
            None => reasons.push((why, vec![&answer.of])),
        }
    }
    // beside one license alone its name says nothing
    let only = match report.licenses.as_slice() {
        [one] => format!("{}: ", one.name),
        _ => String::new(),
    };
    let said = |(why, uses): (&str, Vec<&str>)| {
        let why = why.strip_prefix(only.as_str()).unwrap_or(why);
        vec![name(uses.join(", ")), plain(format!(": {why}"))]
    };
    reasons.into_iter().map(said).collect()
}
