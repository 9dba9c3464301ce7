//! GitHub-flavored Markdown, for a pull request, an issue or a wiki: what matters open, long
//! tables folded, and never longer than GitHub takes. Nothing of the release acts as markup.

use std::io::{self, Write};

use super::{
    Output, Style,
    document::{
        self, Block, Document, Finding, Ink, Line, Run, Section, Standing, Table, compose,
        groups::mark, name, plain,
    },
    escape::{self, shortened},
    numbers, tensors,
};
use crate::report::Report;

pub(super) const OUTPUT: Output = Output {
    name: "markdown",
    about: "for a pull request, an issue or a wiki; long tables folded",
    write,
};

/// Characters that GitHub takes in a comment are 65,536; the rest is for who posts it.
const LIMIT: usize = 64_000;
/// Kept for the sentences that say what was left out.
const RESERVE: usize = 1_000;
/// Characters that stay of a name, and of a sentence.
const NAME: usize = 160;
const SENTENCE: usize = 600;
/// Findings that stand open; more are folded.
const OPEN: usize = 20;
/// Sections that a reader opens where they want to know more.
const FOLDED: &[&str] = &[
    "Components",
    "Disclosures",
    "Weight sets",
    "Files",
    "European Open Source AI Index",
    "Five dimensions",
    "EU AI Act",
    "SBOM for AI",
];

fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let long = Style { verbose: true, ..style.clone() };
    let mut page = Page::of(style);
    page.document(&compose(report, &long));
    page.table_fold("SBOM for AI, by the G7's minimum elements", &document::g7::table(report));
    for (id, files) in tensors::by_set(report) {
        page.table_fold(&format!("Tensors of {}", shortened(&id, NAME)), &tensor_table(&files));
    }
    out.write_all(page.text.as_bytes())
}

/// Any document of ours as a page.
pub(super) fn write_document(
    document: &Document,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut page = Page::of(style);
    page.document(document);
    out.write_all(page.text.as_bytes())
}

/// Layers told as one; each tensor by itself is for other formats.
fn tensor_table(files: &[&crate::report::Weights]) -> Table {
    let row = |row: tensors::Row| {
        let first = row.tensors.first();
        vec![
            vec![name(&row.name)],
            vec![plain(numbers::exact(row.tensors.len() as u64))],
            vec![plain(first.map(|it| it.dtype.clone()).unwrap_or_default())],
            vec![name(
                first.map(|it| numbers::shape(&it.shape)).unwrap_or_default(),
            )],
            vec![plain(
                row.bytes().map_or_else(|| "?".to_owned(), numbers::bytes),
            )],
        ]
    };
    let rows = tensors::rows(files).into_iter().map(row).collect();
    Table {
        head: &["name", "count", "dtype", "shape", "bytes"],
        numeric: &[1, 4],
        rows,
    }
}

/// The text so far, and how long it may get.
struct Page {
    text: String,
    limit: usize,
}

impl Page {
    fn of(style: &Style) -> Self {
        let limit = if style.all { usize::MAX } else { LIMIT };
        Self {
            text: String::new(),
            limit: limit.saturating_sub(RESERVE),
        }
    }

    /// What matters open, then what is folded.
    fn document(&mut self, document: &Document) {
        self.head(document);
        let (folded, open): (Vec<_>, Vec<_>) =
            document.sections.iter().partition(|section| FOLDED.contains(&section.title));
        for section in open {
            self.section(section);
        }
        for section in folded {
            for block in &section.blocks {
                self.fold(section.title, block);
            }
        }
    }

    /// Adds a piece if there is room for it; says whether there was.
    fn put(&mut self, piece: &str) -> bool {
        let fits = self.text.len() + piece.len() <= self.limit;
        if fits {
            self.text.push_str(piece);
        }
        fits
    }

    fn head(&mut self, document: &Document) {
        let title = &document.title;
        let at = title.at.as_ref().map(|at| format!(" @ {}", dressed(&plain(at))));
        let (name, at) = (dressed(&name(&title.name)), at.unwrap_or_default());
        let facts: Vec<String> = title.facts.iter().map(|fact| dressed(&plain(fact))).collect();
        let summary = line(&title.summary);
        self.put(&format!("## {name}{at}\n\n{summary}\n\n{}\n\n", facts.join(" · ")));
        if document.groups.is_empty() {
            return;
        }
        let rows = standing_rows(&document.groups);
        if rows.is_empty() {
            return;
        }
        self.table(&Table {
            head: &["group", "state", "what shows it"],
            numeric: &[],
            rows,
        });
    }

    fn section(&mut self, section: &Section) {
        self.put(&format!("### {}\n\n", section.title));
        for block in &section.blocks {
            match block {
                Block::Lines(lines) => {
                    for said in lines {
                        self.put(&format!("{}\n\n", line(said)));
                    }
                }
                Block::List(points) => {
                    for point in points {
                        self.put(&format!("- {}\n", line(point)));
                    }
                    self.put("\n");
                }
                Block::Findings(findings) => self.findings(findings),
                Block::Table(table) if table.rows.len() > OPEN => {
                    self.fold(section.title, block);
                }
                Block::Table(table) => self.table(table),
                Block::Standings(standings) => {
                    let rows = standing_rows(standings);
                    self.table(&Table {
                        head: &["part", "state", "evidence"],
                        numeric: &[],
                        rows,
                    });
                }
            }
        }
    }

    fn findings(&mut self, findings: &[Finding]) {
        let (open, rest) = findings.split_at(findings.len().min(OPEN));
        let table = |findings: &[Finding]| {
            let rows = findings.iter().map(finding_row).collect();
            Table {
                head: &["severity", "finding", "where and what"],
                numeric: &[],
                rows,
            }
        };
        self.table(&table(open));
        if !rest.is_empty() {
            self.table_fold(&numbers::plural(rest.len() as u64, "more finding"), &table(rest));
        }
    }

    /// A block behind a line that opens it.
    fn fold(&mut self, title: &str, block: &Block) {
        match block {
            Block::Table(table) => self.table_fold(title, table),
            Block::Standings(standings) => {
                let rows = standing_rows(standings);
                let head = &["part", "state", "evidence"];
                self.table_fold(title, &Table { head, numeric: &[], rows });
            }
            Block::Lines(_) | Block::List(_) | Block::Findings(_) => {}
        }
    }

    fn table_fold(&mut self, title: &str, table: &Table) {
        let count = numbers::plural(table.rows.len() as u64, "row");
        let title = escape::html(title);
        if self.put(&format!("<details><summary>{title} ({count})</summary>\n\n")) {
            self.table(table);
            self.text.push_str("</details>\n\n");
        }
    }

    fn table(&mut self, table: &Table) {
        let rule = |column| {
            if table.numeric.contains(&column) {
                " ---: |"
            } else {
                " --- |"
            }
        };
        let rule: String = (0..table.head.len()).map(rule).collect();
        if !self.put(&format!("| {} |\n|{rule}\n", table.head.join(" | "))) {
            return;
        }
        let mut left = 0_u64;
        for row in &table.rows {
            let cells: Vec<String> = row.iter().map(line).collect();
            if left > 0 || !self.put(&format!("| {} |\n", cells.join(" | "))) {
                left += 1;
            }
        }
        self.text.push('\n');
        if left > 0 {
            let rows = numbers::plural(left, "more row");
            self.text.extend([&rows, ", left out for length; the JSON report has all.\n\n"]);
        }
    }
}

fn standing_rows(standings: &[Standing]) -> Vec<Vec<Line>> {
    let row = |standing: &Standing| {
        let state = format!("{} {}", mark(standing.presence), standing.presence);
        let mut says = Line::new();
        for said in &standing.says {
            if !says.is_empty() {
                says.push(plain("; "));
            }
            says.extend(said.clone());
        }
        vec![vec![plain(standing.label)], vec![plain(state)], says]
    };
    standings.iter().map(row).collect()
}

fn finding_row(finding: &Finding) -> Vec<Line> {
    let severity = vec![plain(finding.severity.word())];
    vec![severity, vec![name(&finding.id)], finding.says.clone()]
}

/// A line with its markup. Never holds a line break.
fn line(line: &Line) -> String {
    let text: String = line.iter().map(dressed).collect();
    text.trim().to_owned()
}

fn dressed(run: &Run) -> String {
    let words = |text: &str| escape::markdown(&text.replace('\u{a0}', " "));
    match run.ink {
        Ink::Name | Ink::Place => {
            escape::markdown_code(&shortened(&run.text, NAME).replace('\u{a0}', " "))
        }
        Ink::Command => escape::markdown_code(&run.text),
        Ink::Strong => format!("**{}**", words(shortened(&run.text, SENTENCE).trim())),
        Ink::Plain | Ink::Quiet => words(&shortened(&run.text, SENTENCE)),
    }
}

#[cfg(test)]
mod tests;
