//! For a terminal: the screen that a reviewer reads in ten seconds, or all that is known.

pub(in crate::render) mod layout;

use std::io::{self, Write};

use anstyle::Style as Paint;
use unicode_width::UnicodeWidthStr as _;

use self::layout::{Fitted, Screen, presence_paint, severity_paint, wrapped};
use super::{
    Output, Style,
    document::{
        Block, Document, Finding, Line, Section, Standing, Table, compose, groups::mark, plain,
        quiet,
    },
};
use crate::{report::Report, words::Presence};

/// Columns before what a labeled section says.
const MARGIN: usize = 10;
/// Columns before the blocks of a section, and before a group.
const INDENT: usize = 2;
/// Columns of the longest word for a severity, and of one for a presence.
const WORD: usize = 8;
const PRESENCE: usize = 10;
/// A last column in which a cell takes more lines than this, in less than half of the screen, is a strip.
const STRIP: usize = 4;

pub(super) const OUTPUT: Output = Output {
    name: "text",
    about: "for a terminal, in color where it can",
    write,
};

fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    write_document(&compose(report, style), style, out)
}

/// Any document of ours on a screen.
pub(super) fn write_document(
    document: &Document,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut screen = Screen::new(out, style.width, style.color);
    write_title(document, &mut screen)?;
    screen.end()?;
    if !document.groups.is_empty() {
        write_standings(&document.groups, &mut screen)?;
        screen.end()?;
    }
    let mut before_was_long = false;
    for (at, section) in document.sections.iter().enumerate() {
        let has_rows = section.blocks.iter().any(|block| matches!(block, Block::Table(_)));
        let is_long = !is_labeled(section) || has_rows;
        if at > 0 && (is_long || before_was_long) {
            screen.end()?;
        }
        write_section(section, &mut screen)?;
        before_was_long = is_long;
    }
    if !document.hint.is_empty() {
        screen.end()?;
        screen.line(&Fitted::default(), 0, &document.hint)?;
    }
    Ok(())
}

fn write_title(document: &Document, screen: &mut Screen) -> io::Result<()> {
    let title = &document.title;
    let mut line = vec![super::document::strong(&title.name)];
    if let Some(at) = &title.at {
        line.push(plain(format!(" @ {at}")));
    }
    for fact in &title.facts {
        line.push(plain("    "));
        line.push(plain(fact));
    }
    screen.line(&Fitted::default(), 0, &line)?;
    screen.line(&Fitted::default(), 0, &title.summary)
}

/// A section with its title in the margin where that is short and lines follow, else above.
fn write_section(section: &Section, screen: &mut Screen) -> io::Result<()> {
    let title = section.title.to_uppercase();
    let bold = Paint::new().bold();
    let mut lead = Fitted::default().padded(&title, 0, bold);
    if !is_labeled(section) {
        screen.column(&lead, 0, &[])?;
    }
    for block in &section.blocks {
        match block {
            Block::Lines(lines) if is_labeled(section) => {
                for line in lines {
                    screen.line(&std::mem::take(&mut lead), MARGIN, line)?;
                }
            }
            Block::Lines(lines) => {
                for line in lines {
                    screen.line(&Fitted::default(), INDENT, line)?;
                }
            }
            Block::List(points) => {
                for point in points {
                    let bullet = Fitted::default().padded("  -", 0, Paint::new());
                    screen.line(&bullet, INDENT + 2, point)?;
                }
            }
            Block::Standings(standings) => write_standings(standings, screen)?,
            Block::Table(table) => write_table(table, screen)?,
            Block::Findings(findings) => {
                for finding in findings {
                    write_finding(finding, screen)?;
                }
            }
        }
    }
    Ok(())
}

fn is_labeled(section: &Section) -> bool {
    section.title.width() < MARGIN && matches!(section.blocks.first(), Some(Block::Lines(_)))
}

/// `  weights        ● present     what shows it`; on a narrow screen what shows it comes below.
fn write_standings(standings: &[Standing], screen: &mut Screen) -> io::Result<()> {
    let label = standings.iter().map(|it| it.label.width()).max().unwrap_or_default() + 2;
    let columns = INDENT + label + 2 + PRESENCE + 2;
    for standing in standings {
        let paint = presence_paint(standing.presence);
        let word_paint = match standing.presence {
            Presence::Absent => paint,
            _ => Paint::new(),
        };
        let lead = Fitted::default()
            .padded("", INDENT, Paint::new())
            .padded(standing.label, label, Paint::new().bold())
            .padded(mark(standing.presence), 2, paint)
            .padded(standing.presence.word(), PRESENCE, word_paint);
        let narrow = columns > screen.width / 2 + 4;
        let hang = if narrow { 2 * INDENT } else { columns };
        let mut lines = Vec::new();
        for says in &standing.says {
            lines.extend(wrapped(says, screen.width - hang));
        }
        screen.column(&lead, hang, &lines)?;
    }
    Ok(())
}

/// `  medium  called-open-source  README.md:12 …`, and what it leads to below.
fn write_finding(finding: &Finding, screen: &mut Screen) -> io::Result<()> {
    let lead = Fitted::default().padded("", INDENT, Paint::new()).padded(
        finding.severity.word(),
        WORD,
        severity_paint(finding.severity),
    );
    let hang = INDENT + WORD;
    // the longest word fills its column
    let gap = if finding.severity.word().len() < WORD {
        ""
    } else {
        " "
    };
    let id = format!("{gap}{}", finding.id);
    let mut says = vec![super::document::strong(&id), plain("  ")];
    says.extend(finding.says.clone());
    // The id stands out by itself; what follows hangs a little deeper than it.
    let mut lines = wrapped(&says, screen.width - hang - 2);
    let rest = lines.split_off(1);
    screen.column(&lead, hang, &lines)?;
    if !rest.is_empty() {
        screen.column(&Fitted::default(), hang + 2, &rest)?;
    }
    for more in &finding.more {
        screen.line(&Fitted::default(), hang + 2, more)?;
    }
    Ok(())
}

/// Rows under heads. Columns are as wide as what is in them, up to a third of the screen; the
/// last takes what room is left, or stands below its row where that would be a tall, narrow strip.
pub(super) fn write_table(table: &Table, screen: &mut Screen) -> io::Result<()> {
    let last = table.head.len().saturating_sub(1);
    let most = screen.width / 3;
    let mut widths: Vec<usize> = table.head.iter().map(|head| head.width()).collect();
    for row in &table.rows {
        for (cell, width) in row.iter().zip(&mut widths) {
            let lines = wrapped(cell, most);
            let widest = lines.iter().map(|line| line.width).max().unwrap_or_default();
            *width = (*width).max(widest);
        }
    }
    // The last column keeps a fourth of the screen, whatever the others hold.
    let room = (screen.width * 3 / 4).saturating_sub(INDENT);
    let taken = |widths: &[usize]| widths.iter().take(last).map(|width| width + 2).sum::<usize>();
    while taken(&widths) > room {
        let Some(widest) = widths.iter_mut().take(last).max() else {
            break;
        };
        *widest -= 1;
    }
    let left = screen.width.saturating_sub(INDENT + taken(&widths));
    if let Some(width) = widths.last_mut() {
        *width = left;
    }
    let strip =
        |row: &Vec<Line>| row.get(last).is_some_and(|cell| wrapped(cell, left).len() > STRIP);
    let below = left < screen.width / 2 && table.rows.iter().any(strip);
    let columns = if below { last } else { last + 1 };
    let heads = table.head.iter().map(|head| vec![quiet(*head)]).collect();
    for (at, row) in std::iter::once(&heads).chain(&table.rows).enumerate() {
        let cells: Vec<_> = row
            .iter()
            .zip(&widths)
            .take(columns)
            .enumerate()
            .map(|(at, (cell, width))| (wrapped(cell, *width), *width, table.numeric.contains(&at)))
            .collect();
        screen.cells(INDENT, &cells)?;
        if let Some(cell) = row.get(columns).filter(|cell| at > 0 && !cell.is_empty()) {
            screen.line(&Fitted::default(), 3 * INDENT, cell)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
