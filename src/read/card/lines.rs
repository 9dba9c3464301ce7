//! What a single line is: a heading, an item, a run-in, a row.

use super::inline::{self, Definitions};

/// The most bytes of a label, and of the first words of a run-in.
const MOST_LABEL: usize = 80;

/// `## Title`, `<h2>Title</h2>`, `<summary>Title</summary>`: level and title.
pub(super) fn heading(line: &str) -> Option<(u8, &str)> {
    let hashes = line.bytes().take_while(|byte| *byte == b'#').count();
    let rest = &line[hashes..];
    let spaced =
        rest.starts_with([' ', '\t']) || hashes > 1 && rest.starts_with(char::is_alphanumeric);
    if (1..=6).contains(&hashes) && (spaced || rest.is_empty()) {
        return Some((u8::try_from(hashes).ok()?, rest.trim().trim_end_matches('#').trim_end()));
    }
    let tag = line.get(..3).filter(|_| line.starts_with('<'))?.to_ascii_lowercase();
    let digit = tag.strip_prefix("<h").and_then(|digit| digit.parse::<u8>().ok());
    if let Some(level) = digit.filter(|digit| (1..=6).contains(digit)) {
        return Some((level, line));
    }
    let summary = line.len() < 400 && line.to_ascii_lowercase().contains("<summary");
    summary.then_some((6, line))
}

/// The line under a setext heading.
pub(super) fn underline(line: &str) -> Option<u8> {
    let all = |mark| line.len() >= 3 && line.bytes().all(|byte| byte == mark);
    if all(b'=') {
        Some(1)
    } else {
        all(b'-').then_some(2)
    }
}

/// `- item`, `1. item`: what follows the mark.
pub(super) fn item(line: &str) -> Option<&str> {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let mark = if digits == 0 {
        line.strip_prefix(['-', '*', '+', '•'])
    } else {
        line[digits..].strip_prefix(['.', ')']).filter(|_| digits < 4)
    };
    mark.filter(|rest| rest.starts_with([' ', '\t'])).map(str::trim_start)
}

/// `**Title** rest`, `**Title:** rest`, `__Title__`, `<b>Title</b>`: title, rest, and whether a
/// colon parts them.
pub(super) fn run_in(line: &str) -> Option<(&str, &str, bool)> {
    const PAIRS: [(&str, &str); 5] = [
        ("***", "***"),
        ("**", "**"),
        ("__", "__"),
        ("<b>", "</b>"),
        ("<strong>", "</strong>"),
    ];
    let (inside, end) =
        PAIRS.iter().find_map(|(start, end)| Some((line.strip_prefix(start)?, end)))?;
    let (title, rest) = inside.split_once(end).filter(|(title, _)| title.len() <= MOST_LABEL)?;
    let rest = rest.trim();
    let title = title.trim();
    let colon = title.ends_with([':', '：']) || rest.starts_with([':', '：']);
    let (title, rest) =
        (title.trim_end_matches([':', '：', '.']), rest.trim_start_matches([':', '：', ' ']));
    let words = title.split_whitespace().count();
    let opened = rest.trim_start_matches(['"', '(', '*', '_', '“']);
    let new = opened.is_empty()
        || opened.starts_with(|c: char| {
            c.is_uppercase() || c.is_ascii_digit() || c == '[' || !c.is_ascii()
        });
    let title_like = colon || (words <= 6 && new && !title.ends_with(['!', '?', ',']));
    (!title.is_empty() && title_like && words <= 10).then_some((title, rest, colon))
}

/// `Paper: …` at the start of a block.
pub(super) fn label(words: &str) -> Option<String> {
    let at = words.find([':', '：']).filter(|at| *at <= MOST_LABEL)?;
    let (label, rest) = words.split_at(at);
    let short =
        label.split_whitespace().count() <= 5 && !label.contains("http") && !label.contains(". ");
    let parted = rest.starts_with('：')
        || rest[1..].is_empty()
        || rest[1..].starts_with(char::is_whitespace);
    (short && parted && !label.trim().is_empty()).then(|| tidy(label))
}

pub(super) fn plain(markup: &str, definitions: &Definitions) -> String {
    tidy(&inline::read(&[(1, markup)], definitions).words)
}

/// A title without what templates and fancy add.
pub(super) fn tidy(title: &str) -> String {
    let edge = |c: char| c.is_whitespace() || c == ':' || c == '：';
    if !title.contains(['[', '\n']) {
        return title.trim_matches(edge).to_owned();
    }
    let title = title.replace("[optional]", " ").replace('\n', " ");
    title.trim_matches(edge).to_owned()
}

/// `|---|:--:|`.
pub(super) fn rule(line: &str) -> bool {
    line.contains("--")
        && line.bytes().all(|byte| matches!(byte, b'|' | b'-' | b':' | b' ' | b'\t' | b'+'))
}

/// The cells of `| a | b |`, as written.
pub(super) fn cells(line: &str) -> Vec<String> {
    let line = line.strip_prefix('|').unwrap_or(line);
    let line = line.strip_suffix('|').unwrap_or(line);
    if !line.contains("\\|") {
        return line.split('|').map(|cell| cell.trim().to_owned()).take(200).collect();
    }
    let line = line.replace("\\|", "\u{1}");
    line.split('|').map(|cell| cell.trim().replace('\u{1}', "|")).take(200).collect()
}

/// `<tbody>` and its like, which hold no words.
pub(super) fn frames_table(line: &str) -> bool {
    let tag = line.trim_start_matches(['<', '/']);
    let frame =
        ["table", "thead", "tbody", "tfoot", "colgroup"].iter().any(|name| tag.starts_with(name));
    line.starts_with('<') && frame && line.matches('<').count() == 1
}

pub(super) fn has_cell(line: &str) -> bool {
    ["<td", "<th>", "<th ", "<tr"].iter().any(|tag| line.contains(tag))
}

/// What stands in each `<td>` or `<th>`.
pub(super) fn html_cells(text: &str) -> Vec<String> {
    let mut cells = Vec::new();
    for part in text.split("<t").skip(1) {
        let of_cell = part.starts_with(['d', 'h']) && !part.starts_with("he");
        if let Some((_, inner)) = part.split_once('>').filter(|_| of_cell) {
            cells.push(inner.split("</t").next().unwrap_or(inner).trim().to_owned());
        }
    }
    cells
}

/// `[name]: address`.
pub(super) fn definition(line: &str) -> Option<(&str, &str)> {
    let (name, rest) = line.strip_prefix('[')?.split_once("]:")?;
    let address = rest.split_whitespace().next()?;
    let known = address.starts_with("http") || address.starts_with(['/', '.', '#', '<']);
    (known && !name.contains(['[', ']']) && name.len() <= 200)
        .then(|| (name, address.trim_matches(['<', '>'])))
}
