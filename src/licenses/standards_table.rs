//! Writes `standards.tsv` from the texts of the `spdx` crate.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use regex::Regex;

use super::super::catalog::catalog;
use super::super::fold;
use super::*;

/// The texts are split at their variable parts: copyright lines, and what stands in brackets.
const PIECE_END: char = '\u{1}';

/// A place that a standard text holds open for a name or a year.
static HELD: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"<[^<>:]{2,120}>|\[[^\[\]:]{2,120}\]").expect("a pattern"));

/// Whose name may not be used: in copies, the holder's.
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?is)(neither\s+the\s+names?\s+of\s).{3,120}?(\snor\s+the\s+names?\s)";
    Regex::new(pattern).expect("a pattern")
});

/// How many shingles make a sketch.
const SKETCH: usize = 16;

/// Run with `cargo test write_the_table -- --ignored` after an update of the `spdx` crate.
#[test]
#[ignore = "writes a file of the source"]
fn write_the_table() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/licenses/standards.tsv");
    std::fs::write(path, lines()).expect("a writable source");
}

#[test]
fn the_table_is_that_of_the_crate() {
    assert!(lines() == SOURCE, "run write_the_table");
}

/// The whole table.
pub(super) fn lines() -> String {
    let mut by_body: BTreeMap<String, &str> = BTreeMap::new();
    for row in spdx::identifiers::LICENSES {
        let Some(id) = spdx::license_id(row.name) else {
            continue;
        };
        let Some(body) = fingerprint(id.name, id.text()) else {
            continue;
        };
        let held = by_body.entry(body).or_insert(id.name);
        if rank(id.name) < rank(held) {
            *held = id.name;
        }
    }
    let mut lines: Vec<String> =
        by_body.iter().map(|(body, id)| format!("{id}\t{body}\n")).collect();
    lines.sort();
    lines.concat()
}

/// Whether two ids of the SPDX list stand for one text but for its title and its copyright lines.
pub(in super::super) fn same_body(one: &str, other: &str) -> bool {
    let body = |id| spdx::license_id(id).and_then(|id| fingerprint(id.name, id.text()));
    body(one).is_some() && body(one) == body(other)
}

/// Of several ids for one text: those of the catalog first, then those in use, then the shortest.
fn rank(id: &str) -> (bool, bool, bool, usize) {
    let listed = catalog().get(id).is_some_and(|license| license.spdx.as_deref() == Some(id));
    let deprecated = spdx::license_id(id).is_some_and(spdx::LicenseId::is_deprecated);
    (!listed, deprecated, id.ends_with("-or-later"), id.len())
}

/// The pieces and the sketch of a standard text; `None` for a text too short to be told.
fn fingerprint(id: &str, text: &str) -> Option<String> {
    let body = mark_variable_parts(body(text));
    let (main, appendix) = split_appendix(id, &body);
    let mut shingles = BTreeSet::new();
    let mut out = pieces(main, &mut shingles)?;
    // Sentence by sentence: editions of an appendix differ in an address or a name.
    let sentences =
        appendix.replace("\n\n", "\u{1}").replace(". ", "\u{1}").replace(".\n", "\u{1}");
    if let Some(appendix) = pieces(&sentences, &mut shingles) {
        write!(out, "|{appendix}").ok()?;
    }
    let sketch: Vec<String> =
        shingles.iter().take(SKETCH).map(|hash| format!("{hash:x}")).collect();
    Some(format!("{out}\t{}", sketch.join(" ")))
}

/// The pieces of a text that are long enough to be found.
fn pieces(text: &str, shingles: &mut BTreeSet<u32>) -> Option<String> {
    let mut out = Vec::new();
    for part in text.split(PIECE_END) {
        let folded = fold::fold(part);
        let hashes = Hashes::new(&folded.words());
        if let (Some(anchor), Some(hash)) = (hashes.run(0, ANCHOR), hashes.run(0, hashes.len())) {
            out.push(format!("{}:{anchor:x}:{hash:x}", hashes.len()));
            shingles.extend(hashes.shingles());
        }
    }
    (!out.is_empty()).then(|| out.join(" "))
}

/// A text without its title and the copyright lines above it: whatever short paragraphs it begins
/// with, as long as most of it is left.
fn body(text: &str) -> &str {
    let count = |text: &str| fold::fold(text).words().len();
    let mut rest = text;
    while let Some(at) = rest.find("\n\n") {
        let (head, tail) = (&rest[..at], rest[at..].trim_start());
        if count(head) > 12 || count(tail) * 10 < count(text) * 6 {
            break;
        }
        rest = tail;
    }
    rest
}

/// A text with its variable parts replaced by [`PIECE_END`].
fn mark_variable_parts(text: &str) -> String {
    let mut marked = String::new();
    for line in text.lines() {
        let folded = fold::fold(line);
        if super::super::cover::is_copyright_line(&folded.words()) {
            marked.push(PIECE_END);
        } else {
            marked.push_str(line);
        }
        marked.push('\n');
    }
    let marked = HELD.replace_all(&marked, "\u{1}");
    NAMED.replace_all(&marked, "$1\u{1}$2").into_owned()
}
