//! The report as plain blocks, the same for every output that a person reads. Here is decided what
//! is said and in which order; [`super::text`], [`super::markdown`] and [`super::html`] dress it.

pub(super) mod asking;
mod components;
mod files;
mod findings;
pub(super) mod frameworks;
pub(super) mod g7;
pub(super) mod groups;
pub(super) mod integrity;
pub(super) mod license;
mod model;
pub(super) mod openness;
pub(super) mod terms;
mod verified;

use super::{Style, numbers};
use crate::{
    report::Report,
    words::{Place, Presence, Severity},
};

/// A report for a person.
pub(super) struct Document {
    /// Its first line.
    pub(super) title: Title,
    /// The five groups.
    pub(super) groups: Vec<Standing>,
    /// All else.
    pub(super) sections: Vec<Section>,
    /// What to type next.
    pub(super) hint: Line,
}

/// What was inspected. Spaces within a fact do not break.
pub(super) struct Title {
    /// The release's name.
    pub(super) name: String,
    /// Its revision, short.
    pub(super) at: Option<String>,
    /// How much of it there is, and where it came from.
    pub(super) facts: Vec<String>,
    /// The sentence that people quote.
    pub(super) summary: Line,
}

/// How far something is here.
pub(super) struct Standing {
    /// What.
    pub(super) label: &'static str,
    /// How far.
    pub(super) presence: Presence,
    /// What shows it.
    pub(super) says: Vec<Line>,
}

/// A part of the report under a heading.
pub(super) struct Section {
    /// The heading, a word or two in capitals where the medium has no headings.
    pub(super) title: &'static str,
    /// What stands under it.
    pub(super) blocks: Vec<Block>,
}

/// A piece of a section.
pub(super) enum Block {
    /// Sentences, each from a new line.
    Lines(Vec<Line>),
    /// Points of a list.
    List(Vec<Line>),
    /// Things and how far they are here.
    Standings(Vec<Standing>),
    /// Rows under heads.
    Table(Table),
    /// Findings, worst first.
    Findings(Vec<Finding>),
}

/// Rows under heads. The last column takes what room is left.
pub(super) struct Table {
    /// A word for each column.
    pub(super) head: &'static [&'static str],
    /// Columns that hold numbers.
    pub(super) numeric: &'static [usize],
    /// As many cells as heads in each.
    pub(super) rows: Vec<Vec<Line>>,
}

/// One finding.
pub(super) struct Finding {
    /// How bad.
    pub(super) severity: Severity,
    /// Its id.
    pub(super) id: String,
    /// Where and what.
    pub(super) says: Line,
    /// What it leads to and what to do, in the long form.
    pub(super) more: Vec<Line>,
}

/// Text in pieces.
pub(super) type Line = Vec<Run>;

/// A piece of text that is of one kind. The text is as the report has it, escaped by nobody yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// The text.
    pub(super) text: String,
    /// Its kind.
    pub(super) ink: Ink,
}

/// What a piece of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    /// Prose.
    Plain,
    /// The words that matter.
    Strong,
    /// The words that matter less.
    Quiet,
    /// A name of the release's.
    Name,
    /// A place in the release.
    Place,
    /// Something to type.
    Command,
}

/// Prose.
pub(super) fn plain(text: impl Into<String>) -> Run {
    Run { text: text.into(), ink: Ink::Plain }
}

/// Words that matter.
pub(super) fn strong(text: impl Into<String>) -> Run {
    Run { text: text.into(), ink: Ink::Strong }
}

/// Words that matter less.
pub(super) fn quiet(text: impl Into<String>) -> Run {
    Run { text: text.into(), ink: Ink::Quiet }
}

/// A name of the release's.
pub(super) fn name(text: impl Into<String>) -> Run {
    Run { text: text.into(), ink: Ink::Name }
}

/// A place, as `README.md:61`.
pub(super) fn place(at: &Place) -> Run {
    Run { text: place_words(at), ink: Ink::Place }
}

/// Something to type.
pub(super) fn command(text: impl Into<String>) -> Run {
    Run { text: text.into(), ink: Ink::Command }
}

/// A place in words: `README.md:61`, `config.json:vocab_size`, `pytorch_model.bin!data.pkl byte 17`.
pub(super) fn place_words(at: &Place) -> String {
    let mut words = at.path.clone();
    if let Some(member) = &at.member {
        words.extend(["!", member]);
    }
    match (at.line, at.key.as_ref().or(at.tensor.as_ref()), at.byte) {
        (Some(line), ..) => words.extend([":", &line.to_string()]),
        (None, Some(inner), _) => words.extend([":", inner]),
        (None, None, Some(byte)) => words.extend(["\u{a0}byte\u{a0}", &byte.to_string()]),
        (None, None, None) => {}
    }
    words
}

/// The whole document: the ten-second screen, or all that is known.
pub(super) fn compose(report: &Report, style: &Style) -> Document {
    let mut sections: Vec<Section> = verified::section(report, style).into_iter().collect();
    let brief = !sections.is_empty() && !style.verbose; // who verifies asked about the bytes
    if !brief {
        sections.push(license::section(report, style));
        sections.extend(model::section(report));
        sections.extend(openness::section(report));
    }
    sections.push(integrity::section(report, style));
    if style.verbose {
        sections.push(components::section(report));
        sections.extend(components::disclosures(report));
        sections.extend(files::sections(report));
        sections.extend(frameworks::sections(report));
        sections.push(g7::section(report));
    }
    sections.extend(license::uses(report));
    sections.push(findings::section(report, style));
    if style.verbose {
        sections.extend(asking::section(report, style));
    }
    Document {
        title: title(report),
        groups: if brief {
            Vec::new()
        } else {
            groups::standings(report)
        },
        sections,
        hint: hint(report, style),
    }
}

/// `meta-llama/Llama-2-7b-hf @ 01c7f73d`, `13.48 GB in 14 files`, `hub snapshot`.
fn title(report: &Report) -> Title {
    let release = &report.release;
    let short = |commit: &String| commit.chars().take(8).collect();
    let amount = numbers::bytes(report.totals.bytes);
    Title {
        name: release.repo_id.clone().unwrap_or_else(|| release.root.clone()),
        at: release.commit.as_ref().map(short).or_else(|| release.revision.clone()),
        facts: vec![
            unbroken(&format!("{amount} in {}", numbers::plural(report.totals.files, "file"))),
            unbroken(&spaced(release.origin.word())),
        ],
        summary: vec![plain(&report.verdict.summary)],
    }
}

/// What to type next, of what the reader has not seen yet.
fn hint(report: &Report, style: &Style) -> Line {
    let mut hint = Line::new();
    if let Some(worst) = report.findings.first() {
        hint.push(command(format!("weighbill explain {}", worst.id)));
        hint.push(quiet(" says what it means"));
    }
    if !style.verbose {
        if !hint.is_empty() {
            hint.push(quiet("; "));
        }
        hint.push(command("-v"));
        hint.push(quiet(" shows all 17 components, every term and what to ask for"));
    }
    hint
}

/// A word of the contract as people write it: `hub_snapshot` is `hub snapshot`.
pub(super) fn spaced(word: &str) -> String {
    word.replace('_', " ")
}

/// Words that stay on one line.
pub(super) fn unbroken(words: &str) -> String {
    words.replace(' ', "\u{a0}")
}

/// Lines joined into one, a dot between them.
pub(super) fn dotted(parts: impl IntoIterator<Item = Line>) -> Line {
    let mut line = Line::new();
    for part in parts {
        if !line.is_empty() {
            line.push(plain("\u{a0}· "));
        }
        line.extend(part);
    }
    line
}
