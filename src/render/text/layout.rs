//! Words into lines of a screen: wrapped between words, wide characters counted as two columns,
//! continued under a hanging indent.

use std::{
    fmt::Write as _,
    io::{self, Write},
};

use anstyle::{AnsiColor, Style as Paint};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::{
    render::{
        document::{Ink, Line, Run},
        escape::{shortened, visible},
    },
    words::{Presence, Severity},
};

/// Characters that stay of a name or a place.
const NAME: usize = 100;
/// Characters that stay of a sentence.
const SENTENCE: usize = 1000;

/// Where lines are written, and how wide they may be.
pub(in crate::render) struct Screen<'a> {
    out: &'a mut dyn Write,
    /// Columns.
    pub(in crate::render) width: usize,
    color: bool,
    /// The line so far; spaces at its end are never written.
    line: String,
}

/// A line that fits: pieces, and the columns they take.
#[derive(Default)]
pub(in crate::render) struct Fitted {
    pieces: Vec<(String, Paint)>,
    /// Columns taken.
    pub(in crate::render) width: usize,
}

/// Something that is not broken, and the spaces before it.
#[derive(Default)]
struct Word {
    spaces: usize,
    pieces: Vec<(String, Paint)>,
    width: usize,
}

impl<'a> Screen<'a> {
    /// A screen of at least 40 columns.
    pub(in crate::render) fn new(out: &'a mut dyn Write, width: usize, color: bool) -> Self {
        Self {
            out,
            width: width.max(40),
            color,
            line: String::new(),
        }
    }

    /// Ends the line.
    pub(in crate::render) fn end(&mut self) -> io::Result<()> {
        let line = std::mem::take(&mut self.line);
        writeln!(self.out, "{}", line.trim_end_matches(' '))
    }

    /// `lead`, then `line` from column `hang` on; continued lines start there too.
    pub(in crate::render) fn line(
        &mut self,
        lead: &Fitted,
        hang: usize,
        line: &Line,
    ) -> io::Result<()> {
        let hang = hang.min(self.width / 2);
        let fitted = wrapped(line, self.width - hang);
        self.column(lead, hang, &fitted)
    }

    /// Lines that fit already, from column `hang` on, the first one after `lead`.
    pub(in crate::render) fn column(
        &mut self,
        lead: &Fitted,
        hang: usize,
        lines: &[Fitted],
    ) -> io::Result<()> {
        self.put(lead);
        let mut at = lead.width;
        for line in lines {
            if at > hang {
                self.end()?;
                at = 0;
            }
            self.space(hang - at);
            self.put(line);
            at = usize::MAX;
        }
        self.end()
    }

    /// Cells side by side from column `at` on, each in its own width, two columns apart.
    /// `right` says which are flush right.
    pub(in crate::render) fn cells(
        &mut self,
        at: usize,
        cells: &[(Vec<Fitted>, usize, bool)],
    ) -> io::Result<()> {
        let height = cells.iter().map(|(lines, ..)| lines.len()).max().unwrap_or_default();
        for row in 0..height {
            let mut gap = at;
            for (lines, width, right) in cells {
                let Some(line) = lines.get(row) else {
                    gap += width + 2;
                    continue;
                };
                let room = width.saturating_sub(line.width);
                let (before, after) = if *right { (room, 0) } else { (0, room) };
                self.space(gap + before);
                self.put(line);
                gap = after + 2;
            }
            self.end()?;
        }
        Ok(())
    }

    fn put(&mut self, line: &Fitted) {
        for (text, paint) in &line.pieces {
            if self.color && *paint != Paint::new() {
                let _ = write!(self.line, "{paint}{text}{paint:#}");
            } else {
                self.line.push_str(text);
            }
        }
    }

    fn space(&mut self, columns: usize) {
        self.line.extend(std::iter::repeat_n(' ', columns));
    }
}

impl Fitted {
    /// Our own words, which need no escape, padded with spaces to `width` columns.
    pub(in crate::render) fn padded(mut self, text: &str, width: usize, paint: Paint) -> Self {
        let room = width.saturating_sub(text.width());
        self.width += text.width() + room;
        self.pieces.push((text.to_owned(), paint));
        self.pieces.push((" ".repeat(room), Paint::new()));
        self
    }

    fn push(&mut self, word: Word) {
        if word.spaces > 0 {
            self.pieces.push((" ".repeat(word.spaces), Paint::new()));
        }
        self.width += word.spaces + word.width;
        self.pieces.extend(word.pieces);
    }
}

/// A line in as many as it takes, none wider than `width`.
pub(in crate::render) fn wrapped(line: &Line, width: usize) -> Vec<Fitted> {
    let width = width.max(4);
    let mut lines = vec![Fitted::default()];
    for mut word in words(line) {
        let last = lines.last().map_or(0, |line| line.width);
        if last > 0 && last + word.spaces + word.width > width {
            lines.push(Fitted::default());
            word.spaces = 0;
        }
        for part in broken(word, width) {
            if lines.last().is_some_and(|line| line.width + part.spaces + part.width > width) {
                lines.push(Fitted::default());
            }
            if let Some(line) = lines.last_mut() {
                line.push(part);
            }
        }
    }
    lines
}

/// A word that is wider than a line, in parts that are not.
fn broken(word: Word, width: usize) -> Vec<Word> {
    if word.spaces + word.width <= width {
        return vec![word];
    }
    let mut parts = vec![Word { spaces: 0, ..Word::default() }];
    for (text, paint) in word.pieces {
        for c in text.chars() {
            let columns = c.width().unwrap_or(0);
            if parts.last().is_some_and(|part| part.width + columns > width) {
                parts.push(Word::default());
            }
            let Some(part) = parts.last_mut() else {
                continue;
            };
            part.width += columns;
            match part.pieces.last_mut() {
                Some((text, before)) if *before == paint => text.push(c),
                _ => part.pieces.push((c.to_string(), paint)),
            }
        }
    }
    parts
}

/// The words of a line. Pieces with no space between them are one word.
fn words(line: &Line) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut spaces = 0;
    let mut open = false;
    for run in line {
        let paint = paint(run.ink);
        let text = printable(run);
        for (at, part) in text.split(' ').enumerate() {
            if at > 0 {
                spaces += 1;
                open = false;
            }
            if part.is_empty() {
                continue;
            }
            if !open {
                words.push(Word { spaces, ..Word::default() });
                spaces = 0;
                open = true;
            }
            if let Some(word) = words.last_mut() {
                word.width += part.width();
                word.pieces.push((unbroken(part), paint));
            }
        }
    }
    words
}

/// What a terminal may show of a piece.
fn printable(run: &Run) -> String {
    let most = match run.ink {
        Ink::Name | Ink::Place => NAME,
        _ => SENTENCE,
    };
    visible(&shortened(&run.text, most)).into_owned()
}

/// Spaces that do not break have kept their words together by now, and are plain spaces.
fn unbroken(text: &str) -> String {
    text.replace('\u{a0}', " ")
}

/// How a kind of text looks.
fn paint(ink: Ink) -> Paint {
    match ink {
        Ink::Plain | Ink::Name => Paint::new(),
        Ink::Strong | Ink::Command => Paint::new().bold(),
        Ink::Quiet => Paint::new().dimmed(),
        Ink::Place => AnsiColor::Cyan.on_default(),
    }
}

/// How the word for a presence looks.
pub(in crate::render) fn presence_paint(presence: Presence) -> Paint {
    match presence {
        Presence::Present => AnsiColor::Green.on_default(),
        Presence::Partial | Presence::Pointer | Presence::Referenced => {
            AnsiColor::Yellow.on_default()
        }
        Presence::Claimed | Presence::Promised | Presence::Withheld => {
            AnsiColor::Magenta.on_default()
        }
        Presence::Absent => Paint::new().dimmed(),
    }
}

/// How the word for a severity looks.
pub(in crate::render) fn severity_paint(severity: Severity) -> Paint {
    match severity {
        Severity::Critical | Severity::High => AnsiColor::Red.on_default().bold(),
        Severity::Medium => AnsiColor::Yellow.on_default().bold(),
        Severity::Low => AnsiColor::Blue.on_default().bold(),
        Severity::Info => Paint::new().dimmed(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::document::{name, plain};

    #[test]
    fn lines_break_between_words() {
        check(&vec![plain("one two three four")], 9, &["one two", "three", "four"]);
        check(&vec![plain("see "), name("a.json"), plain(", b")], 11, &["see a.json,", "b"]);
        check(&vec![plain("far  apart")], 12, &["far  apart"]);
        check(&vec![plain("模型模型模型 x")], 8, &["模型模型", "模型 x"]);
        check(&vec![name("abcdefghijkl")], 8, &["abcdefgh", "ijkl"]);
        check(&vec![name("\u{1b}[2J")], 20, &["\\u{1b}[2J"]);
        check(&vec![], 20, &[""]);
    }

    #[track_caller]
    fn check(line: &Line, width: usize, lines: &[&str]) {
        let fitted = wrapped(line, width);
        let text = |line: &Fitted| line.pieces.iter().map(|it| it.0.as_str()).collect::<String>();
        assert_eq!(fitted.iter().map(text).collect::<Vec<_>>(), lines);
        assert!(fitted.iter().all(|line| line.width <= width));
    }
}
