//! BibTeX in a card: what it asks to be cited as.

use super::{
    Said,
    blocks::{Body, Kind},
    owner::Own,
    phrases::{Name, PHRASES, Place, Sense},
    targets::{Target, arxiv, target},
};
use crate::words::{Component, Presence};

/// Entries that are read.
const MOST_ENTRIES: usize = 40;
/// Bytes of an entry.
const MOST_ENTRY: usize = 8192;

/// An entry, as far as it tells what it is of.
struct Entry {
    kind: String,
    line: u32,
    title: String,
    /// In words: `arXiv 2307.09288`.
    id: Option<String>,
    /// An id that is a placeholder, or a title that is empty.
    unfilled: bool,
    /// A journal, a conference, a page of a paper.
    appeared: bool,
    /// Stands under a title of its own that names another thing.
    aside: bool,
}

impl Entry {
    /// Whether it is the record of a program or of data, and no paper.
    fn is_software(&self) -> bool {
        matches!(self.kind.as_str(), "software" | "online" | "dataset" | "manual" | "electronic")
    }
}

/// Reads the citations of a card.
pub(super) fn read(body: &Body, own: &Own, said: &mut Said) {
    let entries = entries(body, own);
    let any_own = entries.iter().any(|entry| !entry.is_software() && own.is(&entry.title));
    let awaited = said.has(Component::ResearchPaper, Presence::Promised);
    for entry in &entries {
        let Entry { line, title, .. } = entry;
        let shown: String = title.chars().take(100).collect();
        let of_data =
            PHRASES.find(title).iter().any(|hit| hit.sense == Sense::Name(Name::DatasetPaper));
        let software = entry.is_software();
        let report =
            entry.kind == "techreport" || title.to_lowercase().contains("technical report");
        let about = if report {
            Component::TechnicalReport
        } else {
            Component::ResearchPaper
        };
        if entry.aside || (any_own && !own.is(title) && !of_data) {
            continue;
        }
        if entry.unfilled {
            let saying = "the citation is a form that is not filled in yet".to_owned();
            said.state(about, Presence::Promised, *line, saying);
            continue;
        }
        let Some(id) = &entry.id else {
            if entry.appeared && !software && !title.is_empty() {
                let saying = format!("the citation names \"{shown}\" with where it appeared");
                said.state(about, Presence::Referenced, *line, saying);
            } else if matches!(entry.kind.as_str(), "article" | "inproceedings")
                && !awaited
                && !of_data
            {
                let saying = format!("the citation names \"{shown}\" and no place or identifier");
                said.state(about, Presence::Claimed, *line, saying);
            }
            continue;
        };
        if of_data {
            let saying =
                format!("the citation gives {id}, by its title a paper on data: \"{shown}\"");
            said.state(Component::DataCard, Presence::Referenced, *line, saying.clone());
            if !awaited && !any_own {
                said.state(about, Presence::Referenced, *line, saying);
            }
        } else if !software {
            let saying = format!("the citation gives {id}: \"{shown}\"");
            said.state(about, Presence::Referenced, *line, saying);
        }
    }
}

fn entries(body: &Body, own: &Own) -> Vec<Entry> {
    let mut found = Vec::new();
    for block in &body.blocks {
        let has = match &block.kind {
            Kind::Code(_, lines) => lines.iter().any(|(_, line)| line.contains('@')),
            Kind::Prose => block.said.words.contains('@'),
            _ => false,
        };
        if !has {
            continue;
        }
        let title = body.titles(block.section).next().unwrap_or_default();
        let under = PHRASES.place(title);
        let aside = !title.is_empty()
            && under.is_none()
            && body
                .titles(block.section)
                .skip(1)
                .any(|it| PHRASES.place(it) == Some(Place::Citation))
            && !own.is(title);
        let (text, line_of): (String, Box<dyn Fn(usize) -> u32>) = match &block.kind {
            Kind::Code(_, lines) => {
                let first = lines.first().map_or(1, |(line, _)| *line);
                let text = lines.iter().map(|(_, line)| *line).collect::<Vec<_>>().join("\n");
                let breaks: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
                let line = move |at| {
                    first + u32::try_from(breaks.partition_point(|it| *it < at)).unwrap_or(0)
                };
                (text, Box::new(line))
            }
            Kind::Prose => {
                let said = &block.said;
                (said.words.clone(), Box::new(|at| said.line_at(at)))
            }
            _ => continue,
        };
        for (at, _) in text.match_indices('@') {
            if found.len() >= MOST_ENTRIES {
                return found;
            }
            if let Some(entry) = entry(&text[at + 1..], line_of(at), aside) {
                found.push(entry);
            }
        }
    }
    found
}

fn entry(text: &str, line: u32, aside: bool) -> Option<Entry> {
    let near = crate::read::yaml::head(text, MOST_ENTRY);
    let (kind, rest) = near.split_once('{').filter(|(kind, _)| kind.len() <= 20)?;
    let kind = kind.trim().to_ascii_lowercase();
    if kind.is_empty() || !kind.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return None;
    }
    let inner = balanced(rest);
    let field = |name: &str| field(inner, name).unwrap_or_default();
    let title: String = field("title")
        .replace(['{', '}', '\\'], "")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let places = [
        "eprint",
        "url",
        "journal",
        "note",
        "howpublished",
        "doi",
        "volume",
        "publisher",
    ]
    .map(field);
    let targets: Vec<Target> = places
        .iter()
        .map(|it| it.replace("\\url", "").replace(['{', '}'], ""))
        .map(|it| identify(&it))
        .collect();
    let mut id = None;
    let mut unfilled = title.is_empty();
    let mut appeared = !field("booktitle").is_empty();
    for (of, text) in targets.iter().zip(&places) {
        match of {
            Target::Arxiv(of) => id = id.or(Some(format!("arXiv {of}"))),
            Target::Doi(of) => id = id.or(Some(format!("DOI {of}"))),
            Target::PaperPage | Target::Pdf => id = id.or(Some(text.clone())),
            Target::Nowhere if !text.trim().is_empty() => unfilled = true,
            _ => {}
        }
    }
    let journal = field("journal");
    appeared |= !journal.is_empty() && !journal.to_lowercase().contains("arxiv");
    Some(Entry {
        kind,
        line,
        title,
        unfilled: unfilled && id.is_none(),
        id,
        appeared,
        aside,
    })
}

fn identify(text: &str) -> Target {
    let text = text.trim();
    if let Some(target) = arxiv(text) {
        return target;
    }
    let digits = text.len() >= 9
        && text.get(4..5) == Some(".")
        && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if digits {
        return arxiv(&format!("arxiv:{text}")).unwrap_or(Target::Web);
    }
    if text.is_empty() || text.contains(' ') {
        Target::Web
    } else {
        target(text)
    }
}

/// The text up to the brace that closes.
fn balanced(text: &str) -> &str {
    let mut depth = 1_u32;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &text[..at];
        }
    }
    text
}

/// The value of `name = {…}` or `name = "…"`.
fn field(entry: &str, name: &str) -> Option<String> {
    let lower = entry.to_ascii_lowercase();
    let mut from = 0;
    loop {
        let at = from + lower[from..].find(name)?;
        let free = !lower[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
        from = at + name.len();
        let Some(value) = entry[from..].trim_start().strip_prefix('=').filter(|_| free) else {
            continue;
        };
        let value = value.trim_start();
        return Some(match value.chars().next() {
            Some('{') => balanced(&value[1..]).to_owned(),
            Some('"') => value[1..].split('"').next().unwrap_or_default().to_owned(),
            _ => value.split([',', '\n']).next().unwrap_or_default().trim().to_owned(),
        });
    }
}
