//! The body of a card, cut into blocks (prose, table rows, code) under its sections.

use std::mem;

use super::{
    inline::{self, Definitions, Inline},
    lines::{
        cells, definition, frames_table, has_cell, heading, html_cells, item, label, plain, rule,
        run_in, tidy, underline,
    },
    stretches::{Stretch, definitions, stretches},
};
use crate::facts::{Section, SectionTopic};

/// The level of a bold run-in among the sections.
const RUN_IN: u8 = 7;
/// Sections that are kept.
const MOST_SECTIONS: usize = 10_000;

/// The body of a card.
#[derive(Debug, Default)]
pub(super) struct Body<'a> {
    /// In order.
    pub(super) blocks: Vec<Block<'a>>,
    /// In order; the first is what stands before any heading.
    pub(super) sections: Vec<Section>,
    /// The section that each section stands in.
    pub(super) parents: Vec<Option<usize>>,
}

/// What belongs together and is read as one.
#[derive(Debug)]
pub(super) struct Block<'a> {
    /// What it is.
    pub(super) kind: Kind<'a>,
    /// Its words; of code none.
    pub(super) said: Inline,
    /// Index of its section.
    pub(super) section: usize,
    /// What stands before a colon at its start, bold or not: `Paper`.
    pub(super) label: Option<String>,
}

/// The kinds of block.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    /// A heading, or a run-in with nothing beside it.
    Heading,
    /// A paragraph or an item of a list.
    Prose,
    /// A row of a table: its cells, and the number of the table.
    Row(Vec<String>, usize),
    /// Lines of code and their language as given.
    Code(String, Vec<(u32, &'a str)>),
}

impl<'a> Body<'a> {
    /// The titles that a section stands under, its own first, without the empty one.
    pub(super) fn titles(&self, section: usize) -> impl Iterator<Item = &str> {
        let up =
            std::iter::successors(Some(section), |at| self.parents.get(*at).copied().flatten());
        up.filter_map(|at| self.sections.get(at))
            .map(|it| it.title.as_str())
            .filter(|it| !it.is_empty())
    }

    /// Cuts a body into blocks.
    pub(super) fn read(lines: impl Iterator<Item = (u32, &'a str)>) -> Self {
        let stretches = stretches(lines);
        let mut scanner = Scanner {
            definitions: definitions(&stretches),
            ..Scanner::default()
        };
        for stretch in stretches {
            match stretch {
                Stretch::Text(line, text) => scanner.line(line, &text),
                Stretch::Code(language, lines) => {
                    scanner.flush();
                    scanner.last = lines.last().map_or(scanner.last, |(line, _)| line + 1);
                    let said = Inline {
                        starts: vec![(0, lines.first().map_or(1, |it| it.0))],
                        ..Inline::default()
                    };
                    scanner.push(Kind::Code(language, lines), said, None);
                }
            }
        }
        scanner.flush();
        scanner.close(0, 0, scanner.last + 1);
        scanner.body
    }
}

/// Puts blocks and sections together, line by line.
#[derive(Default)]
struct Scanner<'a> {
    body: Body<'a>,
    definitions: Definitions,
    /// Sections that are open: index, level, and the indent of a run-in in a list (from 1).
    open: Vec<(usize, u8, usize)>,
    /// Lines of the paragraph or item that is being read, and the indent of its item (from 1).
    lines: Vec<(u32, String)>,
    item: usize,
    /// The number of tables so far, and whether one is open.
    tables: usize,
    in_table: bool,
    /// Cells of a row of an HTML table.
    cells: Vec<String>,
    last: u32,
}

impl Scanner<'_> {
    fn line(&mut self, number: u32, raw: &str) {
        self.last = number;
        let quoted = raw.trim_start().trim_start_matches(['>', ' ']);
        let text = if raw.trim_start().starts_with('>') {
            quoted
        } else {
            raw
        };
        let trimmed = text.trim();
        if trimmed.is_empty() {
            self.flush();
            self.in_table = false;
        } else if let Some((level, title)) = heading(trimmed) {
            self.flush();
            self.head(level, title, number);
        } else if let Some(level) =
            underline(trimmed).filter(|_| self.lines.len() == 1 && self.item == 0)
        {
            let (line, title) = self.lines.remove(0);
            self.head(level, &title, line);
        } else if matches!(trimmed, "---" | "***" | "___")
            || trimmed.starts_with('[') && definition(trimmed).is_some()
        {
            self.flush();
        } else if trimmed.starts_with('|') || (self.in_table && trimmed.contains('|')) {
            self.flush();
            self.row(number, trimmed);
        } else if self.lines.len() == 1 && trimmed.contains('|') && rule(trimmed) {
            let (line, head) = self.lines.remove(0);
            self.row(line, &head);
        } else if frames_table(trimmed) {
            self.flush();
            self.in_table &= !trimmed.starts_with("<table");
        } else if has_cell(trimmed) || !self.cells.is_empty() {
            self.flush();
            self.html_row(number, trimmed);
        } else {
            self.prose(number, text, trimmed);
        }
    }

    fn prose(&mut self, number: u32, text: &str, trimmed: &str) {
        if let Some(rest) = item(trimmed) {
            self.flush();
            self.item = 1 + text.len() - text.trim_start().len();
            self.lines.push((number, rest.to_owned()));
            return;
        }
        let starts_run_in =
            run_in(trimmed).is_some_and(|(_, rest, colon)| colon || rest.is_empty());
        if starts_run_in && !self.lines.is_empty() {
            let labeled =
                self.lines.first().and_then(|(_, line)| run_in(line)).is_some_and(|it| it.2);
            let hard = labeled
                || self
                    .lines
                    .last()
                    .is_some_and(|(_, line)| line.ends_with(['.', ':', '\\']) || line.len() < 60);
            if hard {
                self.flush();
            }
        }
        self.lines.push((number, trimmed.to_owned()));
    }

    /// Ends the paragraph or item.
    fn flush(&mut self) {
        let mut lines = mem::take(&mut self.lines);
        let item = mem::take(&mut self.item);
        let Some((line, first)) = lines.first().cloned() else {
            return;
        };
        if let Some((title, rest, false)) = run_in(&first).filter(|it| !it.1.is_empty()) {
            lines[0].1 = format!("**{title}:** {rest}"); // as if its colon had been written
        }
        let whole: Vec<(u32, &str)> =
            lines.iter().map(|(line, text)| (*line, text.as_str())).collect();
        let said = inline::read(&whole, &self.definitions);
        self.in_table = false;
        if let Some((title, rest, _)) = run_in(&first) {
            let title = plain(title, &self.definitions);
            self.close(RUN_IN, item, line);
            self.begin(RUN_IN, item, title.clone(), line);
            let alone = rest.is_empty() && lines.len() == 1;
            self.push(if alone { Kind::Heading } else { Kind::Prose }, said, Some(title));
            return;
        }
        self.leave_item(item, line);
        let label = label(&said.words);
        self.push(Kind::Prose, said, label);
    }

    /// What stands no deeper than a run-in of a list is no longer under it.
    fn leave_item(&mut self, item: usize, line: u32) {
        while let Some((at, RUN_IN, indent)) = self.open.last().copied() {
            if indent == 0 || item > indent {
                break;
            }
            self.body.sections[at].last = line.saturating_sub(1);
            self.open.pop();
        }
    }

    fn head(&mut self, level: u8, title: &str, line: u32) {
        let said = inline::read(&[(line, title)], &self.definitions);
        self.close(level, 0, line);
        self.begin(level, 0, tidy(&said.words), line);
        self.in_table = false;
        self.push(Kind::Heading, said, None);
    }

    fn row(&mut self, number: u32, line: &str) {
        if !self.in_table {
            self.leave_item(0, number);
            self.tables += 1;
            self.in_table = true;
        }
        if !rule(line) {
            self.push_row(number, &cells(line));
        }
    }

    fn html_row(&mut self, number: u32, line: &str) {
        if !self.in_table {
            self.tables += 1;
            self.in_table = true;
        }
        for part in line.split_inclusive("</tr>") {
            self.cells.extend(html_cells(part));
            if part.ends_with("</tr>") || part.contains("</table") {
                let cells = mem::take(&mut self.cells);
                self.push_row(number, &cells);
            }
        }
        if self.cells.len() > 200 {
            self.cells.clear();
        }
    }

    fn push_row(&mut self, number: u32, cells: &[String]) {
        if cells.is_empty() {
            return;
        }
        let said = inline::read(&[(number, &cells.join(" | "))], &self.definitions);
        let cells: Vec<String> = cells.iter().map(|cell| plain(cell, &self.definitions)).collect();
        let label = (cells.len() == 2).then(|| cells[0].clone());
        self.push(Kind::Row(cells, self.tables), said, label);
    }

    /// Ends the sections that one of this level ends.
    fn close(&mut self, level: u8, indent: usize, line: u32) {
        while let Some((at, open, of)) = self.open.last().copied() {
            let deeper = open == RUN_IN && level == RUN_IN && indent > of;
            if (open < level && open != 0) || deeper {
                break;
            }
            self.body.sections[at].last = line.saturating_sub(1);
            self.open.pop();
        }
    }

    fn begin(&mut self, level: u8, indent: usize, title: String, line: u32) {
        if self.body.sections.len() >= MOST_SECTIONS {
            return;
        }
        self.body.parents.push(self.open.last().map(|(at, ..)| *at));
        self.open.push((self.body.sections.len(), level, indent));
        self.body.sections.push(Section {
            title,
            level,
            line,
            last: line,
            topic: SectionTopic::Other,
        });
    }
}

impl<'a> Scanner<'a> {
    fn push(&mut self, kind: Kind<'a>, said: Inline, label: Option<String>) {
        if self.body.sections.is_empty() {
            self.begin(0, 0, String::new(), said.line());
        }
        let section = self.open.last().map_or(0, |(at, ..)| *at);
        self.body.blocks.push(Block { kind, said, section, label });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_headings_and_run_ins() {
        check("Hi\n\n# A\n## B\ntext\n# C", &["0  1-2", "1 A 3-5", "2 B 4-5", "1 C 6-6"]);
        check("A\n===\ntext\n\nB\n---\n", &["1 A 1-6", "2 B 5-6"]);
        check("<h2 align=x>A <b>b</b></h2>\nx\n<summary>B</summary>", &["2 A b 1-3", "6 B 3-3"]);
        check(
            "# A\n**B:** x\n\ny\n\n**C** Zed\n\n**no** title",
            &["1 A 1-8", "7 B 2-5", "7 C 6-8"],
        );
        check("- **A:** x\n  - y\n- z\n", &["7 A 1-2"]);
        check("**A**\n\n- x\n- **B**: y\n\nz", &["7 A 1-6", "7 B 4-5"]);
        check("```\n# not\n```\n<!-- # not\n# not -->\n# A", &["0  2-5", "1 A 6-6"]);
    }

    #[track_caller]
    fn check(text: &str, sections: &[&str]) {
        let body = Body::read((1..).zip(text.lines()));
        let shown: Vec<String> = body
            .sections
            .iter()
            .map(|it| format!("{} {} {}-{}", it.level, it.title, it.line, it.last))
            .collect();
        assert_eq!(shown, sections);
    }

    #[test]
    fn blocks_are_cut() {
        cut("a\nb\n\n- c\n  d\n- e: f", &["a b", "c d", "(e) e: f"]);
        cut("| a | b |\n|---|---|\n| 1 | [2](x) |", &["row a/b", "row 1/2"]);
        cut("a | b\n--- | ---\n1 | 2\n\nx", &["row a/b", "row 1/2", "x"]);
        cut("<table>\n<tr><td>a</td>\n<td>b</td></tr></table>", &["row a/b"]);
        cut("```py\nx\n```\ny", &["py x", "y"]);
        cut("> quoted\n> more", &["quoted more"]);
        cut("a <!-- hidden --> b <!-- more\nhidden --> c", &["a b c"]);
    }

    #[track_caller]
    fn cut(text: &str, blocks: &[&str]) {
        let body = Body::read((1..).zip(text.lines()));
        let shown = body.blocks.iter().filter(|block| {
            !block.said.words.trim().is_empty() || matches!(block.kind, Kind::Code(..))
        });
        let shown: Vec<String> = shown
            .map(|block| match &block.kind {
                Kind::Row(cells, _) => format!("row {}", cells.join("/")),
                Kind::Code(language, lines) => format!("{language} {}", lines[0].1),
                _ => match &block.label {
                    Some(label) => format!("({label}) {}", block.said.words),
                    None => block.said.words.clone(),
                },
            })
            .collect();
        assert_eq!(shown, blocks);
    }
}
