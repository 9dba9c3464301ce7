//! What was verified: how much is shown, by which kinds of records, and each file that differs.

use super::{Block, Line, Section, Style, Table, name, numbers, plain, quiet, spaced, strong};
use crate::report::{Report, Verification, VerifiedFile};

/// How many rows the short form shows.
const SHORT: usize = 12;

/// How much is shown, and of what; nothing where nothing was verified.
pub(super) fn section(report: &Report, style: &Style) -> Option<Section> {
    let verification = report.verification.as_ref()?;
    let mut blocks = vec![Block::Lines(lines(verification))];
    let told = |it: &&VerifiedFile| style.verbose || it.status != "match";
    let rows: Vec<&VerifiedFile> = verification.files.iter().filter(told).collect();
    let most = if style.verbose { rows.len() } else { SHORT };
    if !rows.is_empty() {
        let head = &["file", "status", "record", "says"];
        let shown = rows.iter().take(most).map(|it| row(it)).collect();
        blocks.push(Block::Table(Table { head, numeric: &[], rows: shown }));
        if rows.len() > most {
            let more = numbers::exact((rows.len() - most) as u64);
            blocks.push(Block::Lines(vec![vec![quiet(format!("and {more} more"))]]));
        }
    }
    Some(Section { title: "Verified", blocks })
}

fn lines(verification: &Verification) -> Vec<Line> {
    let mut lines = Vec::new();
    for shown in verification.shown.iter().filter(|it| it.files > 0) {
        let words = match shown.strength.as_str() {
            "authentic" => "what a signer or a list you trust says it is",
            "recorded" => "unchanged since it was recorded here, which is not to say authentic",
            _ => "nothing shown",
        };
        let files = numbers::plural(shown.files, "file");
        let amount = format!("{files}, {}: ", numbers::bytes(shown.bytes));
        lines.push(vec![plain(amount), strong(words)]);
    }
    let kind = |kind: &crate::report::VerificationKind| {
        let files = match kind.files {
            0 => String::new(),
            files => format!(" ({})", numbers::plural(files, "file")),
        };
        format!("{} {}{files}", spaced(&kind.kind), kind.result)
    };
    let kinds: Vec<String> = verification.kinds.iter().map(kind).collect();
    lines.push(vec![quiet(kinds.join(" · "))]);
    lines
}

fn row(file: &VerifiedFile) -> Vec<Line> {
    let by = file.by.as_deref().map_or_else(|| "none".to_owned(), spaced);
    let says = match (&file.why, &file.algorithm, &file.expected) {
        (Some(why), ..) => why.clone(),
        (None, Some(algorithm), Some(expected)) => format!("{algorithm} {expected}"),
        _ => file.record.clone().unwrap_or_default(),
    };
    vec![
        vec![name(&file.path)],
        vec![plain(spaced(&file.status))],
        vec![plain(by)],
        vec![quiet(says)],
    ]
}
