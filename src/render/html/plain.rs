//! A document without pictures as a page: for what is no report of one release.

use std::io::{self, Write};

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{
    STYLE, STYLE_HASH,
    parts::{line, mark, prose, severity, shown},
};
use crate::render::document::{Block, Document, Section, Table};

/// Rows that a table of the page takes; the JSON document has them all.
const MOST: usize = 3000;

/// One self-contained file, with no script in it.
pub(in crate::render) fn write_document(
    document: &Document,
    out: &mut dyn Write,
) -> io::Result<()> {
    let policy = format!(
        "default-src 'none'; style-src '{STYLE_HASH}'; img-src data:; base-uri 'none'; \
         form-action 'none'"
    );
    let title = &document.title;
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (shown(&title.name, 120)) " · weighbill" }
                link rel="icon" href="data:,";
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { (shown(&title.name, 240)) }
                    p.facts { @for fact in &title.facts { span { (prose(fact)) } } }
                    p.verdict { (line(&title.summary)) }
                }
                main { @for part in &document.sections { (section(part)) } }
            }
        }
    };
    out.write_all(page.into_string().as_bytes())?;
    writeln!(out)
}

fn section(section: &Section) -> Markup {
    html! {
        section {
            h2 { (section.title) }
            @for part in &section.blocks { (block(part)) }
        }
    }
}

fn block(block: &Block) -> Markup {
    match block {
        Block::Lines(lines) => html! { @for said in lines { p { (line(said)) } } },
        Block::List(points) => html! { ul { @for point in points { li { (line(point)) } } } },
        Block::Table(it) => table(it),
        Block::Standings(standings) => html! {
            ul { @for it in standings {
                li {
                    (mark(it.presence)) " " b { (it.label) } " " (it.presence.word()) " "
                    @for said in &it.says { (line(said)) " " }
                }
            } }
        },
        Block::Findings(findings) => html! {
            ul { @for it in findings {
                li { (severity(it.severity)) " " code { (shown(&it.id, 80)) } " " (line(&it.says)) }
            } }
        },
    }
}

fn table(table: &Table) -> Markup {
    let left = table.rows.len().saturating_sub(MOST);
    html! {
        div.wide { table {
            thead { tr { @for head in table.head { th scope="col" { (head) } } } }
            tbody {
                @for row in table.rows.iter().take(MOST) {
                    tr { @for cell in row { td { (line(cell)) } } }
                }
            }
        } }
        @if left > 0 {
            p.quiet { (left) " more rows, left out for size; the JSON document has all." }
        }
    }
}
