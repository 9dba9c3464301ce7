//! The standard texts of the SPDX list as fingerprints: which of them stand in a text word for word,
//! and which are likely enough to be compared in full.
//!
//! `standards.tsv` holds a row for each text: its id; the pieces between its variable parts
//! (copyright lines, names in brackets) as word count, hash of the first words and hash of all, those
//! after a `|` being an appendix that is often left off; and a sketch, the lowest of the hashes of its
//! shingles. The ignored test below writes it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::LazyLock;

use super::shingles::Hashes;

const SOURCE: &str = include_str!("standards.tsv");

/// How many words find the beginning of a piece.
const ANCHOR: usize = 6;

/// The longest variable part, in words: a copyright line, a name.
const GAP: usize = 24;

/// How far after the terms, or after a piece of the appendix, the next piece is looked for.
const APPENDIX: usize = 600;

/// The share of a sketch that makes a text worth comparing in full.
const LIKELY: f32 = 0.18;

/// A standard text.
pub(super) struct Standard {
    /// Its SPDX id; of several ids for one text, the one that the catalog lists or the newest.
    pub(super) id: &'static str,
    pieces: Vec<Piece>,
    appendix: Vec<Piece>,
    sketch: Vec<u32>,
}

/// A run of words that is the same in every copy.
#[derive(Clone, Copy)]
struct Piece {
    len: usize,
    anchor: u64,
    hash: u64,
}

/// A standard text that stands in another word for word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Exact {
    pub(super) id: &'static str,
    /// The words of its pieces in the other text, ascending.
    pub(super) pieces: Vec<Range<usize>>,
    /// Whether a piece of its appendix was not found.
    pub(super) open: bool,
}

/// The table, with the places of its rows by the anchor of their first piece.
struct Table {
    rows: Vec<Standard>,
    by_anchor: BTreeMap<u64, Vec<usize>>,
}

fn table() -> &'static Table {
    static TABLE: LazyLock<Table> = LazyLock::new(|| {
        let rows: Option<Vec<Standard>> = SOURCE.lines().map(row).collect();
        let rows = rows.expect("the embedded table is tested");
        let mut by_anchor: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
        for (index, row) in rows.iter().enumerate() {
            by_anchor.entry(row.pieces[0].anchor).or_default().push(index);
        }
        Table { rows, by_anchor }
    });
    &TABLE
}

/// One line of the table; `None` where it is malformed.
fn row(line: &'static str) -> Option<Standard> {
    let mut fields = line.split('\t');
    let (id, pieces, sketch) = (fields.next()?, fields.next()?, fields.next()?);
    let (pieces, appendix) = pieces.split_once('|').unwrap_or((pieces, ""));
    let read = |list: &str| list.split_ascii_whitespace().map(piece).collect::<Option<Vec<_>>>();
    let sketch = sketch.split(' ').map(|hash| u32::from_str_radix(hash, 16).ok());
    let standard = Standard {
        id,
        pieces: read(pieces)?,
        appendix: read(appendix)?,
        sketch: sketch.collect::<Option<_>>()?,
    };
    (!standard.pieces.is_empty()).then_some(standard)
}

fn piece(text: &str) -> Option<Piece> {
    let mut fields = text.split(':');
    let len = fields.next()?.parse().ok()?;
    let mut hash = || u64::from_str_radix(fields.next()?, 16).ok();
    Some(Piece { len, anchor: hash()?, hash: hash()? })
}

impl Piece {
    /// Where it stands, beginning at one of these words.
    fn find(self, text: &Hashes, mut starts: Range<usize>) -> Option<Range<usize>> {
        let found = starts.find(|start| {
            text.run(*start, ANCHOR) == Some(self.anchor)
                && text.run(*start, self.len) == Some(self.hash)
        })?;
        Some(found..found + self.len)
    }
}

impl Standard {
    /// The whole of it from this word on, the appendix where it is there.
    fn at(&self, text: &Hashes, start: usize) -> Option<Exact> {
        let first = self.pieces[0].find(text, start..start + 1)?;
        let mut end = first.end;
        let mut pieces = vec![first];
        for piece in &self.pieces[1..] {
            let next = piece.find(text, end..end + GAP)?;
            end = next.end;
            pieces.push(next);
        }
        for piece in &self.appendix {
            if let Some(next) = piece.find(text, end..end + APPENDIX) {
                end = next.end;
                pieces.push(next);
            }
        }
        let open = pieces.len() < self.pieces.len() + self.appendix.len();
        Some(Exact { id: self.id, pieces, open })
    }
}

/// The standard texts that stand here word for word, in order; of those that overlap, the longest.
pub(super) fn exact(text: &Hashes) -> Vec<Exact> {
    let table = table();
    let mut found: Vec<Exact> = Vec::new();
    let anchors = (0..text.len()).map_while(|start| Some((start, text.run(start, ANCHOR)?)));
    for (start, anchor) in anchors {
        for row in table.by_anchor.get(&anchor).into_iter().flatten() {
            found.extend(table.rows[*row].at(text, start));
        }
    }
    found.sort_by_key(|exact| std::cmp::Reverse(exact.words()));
    let mut kept: Vec<Exact> = Vec::new();
    for exact in found {
        let meets = |have: &&mut Exact| have.start() < exact.end() && exact.start() < have.end();
        match kept.iter_mut().find(meets) {
            // Two editions of one text: the appendix of either belongs to it.
            Some(have) if have.pieces[0] == exact.pieces[0] => {
                have.pieces.extend(exact.pieces);
                have.pieces.sort_by_key(|piece| (piece.end, piece.start));
            }
            Some(_) => {}
            None => kept.push(exact),
        }
    }
    kept.sort_by_key(Exact::start);
    kept
}

impl Exact {
    fn words(&self) -> usize {
        self.pieces.iter().map(Range::len).sum()
    }

    pub(super) fn start(&self) -> usize {
        self.pieces.iter().map(|piece| piece.start).min().unwrap_or(0)
    }

    pub(super) fn end(&self) -> usize {
        self.pieces.last().map_or(0, |piece| piece.end)
    }
}

/// Where sentences of the appendix of a standard text stand, in any of its editions.
pub(super) fn appendix(id: &str, text: &Hashes) -> Vec<Range<usize>> {
    let base = |id: &'_ str| id.trim_end_matches("-or-later").trim_end_matches("-only").to_owned();
    let editions = table().rows.iter().filter(|row| base(row.id) == base(id));
    let sentences = editions.flat_map(|row| &row.appendix);
    sentences.filter_map(|piece| piece.find(text, 0..text.len())).collect()
}

/// A standard text and its appendix, which copies often leave off. That of the LGPL-3.0 is the whole
/// GPL.
pub(super) fn split_appendix<'a>(id: &str, text: &'a str) -> (&'a str, &'a str) {
    let mark = if id.starts_with("LGPL-3.0") {
        "\nGNU GENERAL PUBLIC LICENSE"
    } else {
        "END OF TERMS AND CONDITIONS"
    };
    text.split_at(text.find(mark).unwrap_or(text.len()))
}

/// The ids of standard texts of which a good share seems to stand among these shingles, likeliest
/// first.
pub(super) fn likely(shingles: &BTreeSet<u32>) -> Vec<&'static str> {
    let mut likely: Vec<(usize, &Standard)> = Vec::new();
    for row in &table().rows {
        let hits = row.sketch.iter().filter(|hash| shingles.contains(hash)).count();
        #[expect(clippy::cast_precision_loss, reason = "at most sixteen")]
        let share = hits as f32 / row.sketch.len().max(1) as f32;
        if share >= LIKELY {
            likely.push((hits, row));
        }
    }
    likely.sort_by_key(|(hits, row)| (std::cmp::Reverse(*hits), row.id));
    likely.into_iter().map(|(_, row)| row.id).collect()
}

#[cfg(test)]
#[path = "standards_table.rs"]
pub(super) mod table;
