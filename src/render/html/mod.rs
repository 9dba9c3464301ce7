//! One file of HTML that needs nothing else: no network, no script but its own, readable without
//! any. For a mail attachment, a review, a printer.

mod charts;
mod first;
mod parts;
pub(super) mod plain;
mod profile;
mod rows;
mod tables;
mod treemap;

use std::io::{self, Write};

use maud::{DOCTYPE, Markup, PreEscaped, html};

use self::parts::{line, name};
use super::{
    Output, Style,
    document::{self, Document},
    numbers, tensors,
};
use crate::report::Report;

pub(super) const OUTPUT: Output = Output {
    name: "html",
    about: "one self-contained page, to read, print and attach to a review",
    write,
};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// SHA-256 of [`STYLE`] and [`SCRIPT`], base64: the policy lets nothing else run.
const STYLE_HASH: &str = "sha256-3ooSNRq5zsTt9B6H2eZCXkoLOV1h0IXp1CxDlJZVhzg=";
const SCRIPT_HASH: &str = "sha256-IxJIBMfxnr8maEZ3y/RqqYjWum/rkh2erUnSXrKbrBs=";

/// Tensors that are worth a list of their own; fewer stand in the table that is always there.
const LISTED: usize = 2;

fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let document = document::compose(report, &Style { verbose: true, ..style.clone() });
    let counted: usize = report.weights.iter().map(|file| file.tensors.len()).sum();
    let (before, after) = page(report, style, &document, counted);
    out.write_all(before.as_bytes())?;
    if counted >= LISTED {
        rows::write(report, style.digests, out)?;
    }
    out.write_all(after.as_bytes())
}

/// The page before the rows of the tensors and after them.
fn page(report: &Report, style: &Style, document: &Document, counted: usize) -> (String, String) {
    let policy = format!(
        "default-src 'none'; style-src '{STYLE_HASH}'; script-src '{SCRIPT_HASH}'; img-src data:; \
         base-uri 'none'; form-action 'none'"
    );
    let title = super::escape::shortened(&document.title.name, 120);
    let title = super::escape::visible(&title).into_owned();
    let sections = sections(report, style, document, counted);
    let before = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                meta name="generator" content={ "weighbill " (report.tool.version) };
                title { (title) " · weighbill" }
                link rel="icon" href="data:,";
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#findings" { "Skip to the findings" }
                (first::screen(report, document))
                nav aria-label="Sections" {
                    ul {
                        @for section in &sections {
                            li { a href={ "#" (section.id) } { (section.title) } }
                        }
                    }
                }
                main {
                    @for section in &sections {
                        section id=(section.id) aria-labelledby={ "h-" (section.id) } {
                            h2 id={ "h-" (section.id) } { (section.title) }
                            (section.body)
                        }
                    }
                }
                (footer(report))
            }
        }
    };
    let before = before.into_string();
    let before = before.trim_end_matches("</body></html>").to_owned();
    let mut end = String::new();
    if counted >= LISTED {
        end.push_str("</script>");
    }
    end.push_str(&html! { script { (PreEscaped(SCRIPT)) } }.into_string());
    end.push_str("</body></html>\n");
    let open = if counted >= LISTED {
        "<script type=\"text/plain\" id=\"rows\">"
    } else {
        ""
    };
    (format!("{before}{open}"), end)
}

/// A part of the page under a heading.
struct Section {
    id: &'static str,
    title: &'static str,
    body: Markup,
}

fn sections(report: &Report, style: &Style, document: &Document, counted: usize) -> Vec<Section> {
    let section = |id, title, body| Section { id, title, body };
    let mut sections = vec![
        section("findings", "Findings", tables::findings(report)),
        section("terms", "Terms", tables::licenses(report)),
        section("components", "Components", tables::components(report)),
    ];
    if let Some(openness) = &report.openness {
        sections.push(section("openness", "Openness", tables::openness(report, openness)));
    }
    if counted > 0 {
        sections.push(section("weights", "Weights", weights(report)));
    }
    if !report.disclosures.is_empty() {
        sections.push(section("disclosures", "Disclosures", tables::disclosures(report)));
    }
    sections.push(section("integrity", "Integrity", tables::integrity(report)));
    sections.push(section("files", "Files", tables::files(report)));
    if counted > 0 {
        sections.push(section("tensors", "Tensors", listing(report, counted)));
    }
    sections.push(section("sbom", "SBOM for AI", tables::minimum_elements(report)));
    let asks = document::asking::asks(report, style);
    if !asks.is_empty() {
        sections.push(section("asking", "What to ask for", tables::asks(&asks)));
    }
    debug_assert!(!document.title.facts.is_empty());
    sections
}

/// Pictures of where the parameters and the bytes are.
fn weights(report: &Report) -> Markup {
    html! {
        (treemap::figure(report))
        div.pair {
            (charts::dtypes(report))
            (charts::shards(report))
        }
        (profile::figure(report))
    }
}

/// Layers told as one, and where a script may run, every tensor.
fn listing(report: &Report, counted: usize) -> Markup {
    let tensors = numbers::plural(counted as u64, "tensor");
    html! {
        div #every hidden {}
        details #told open {
            summary { "Layers told as one: " (tensors) }
            @for (id, files) in tensors::by_set(report) {
                (tables::told(&id, &tensors::rows(&files)))
            }
        }
    }
}

fn footer(report: &Report) -> Markup {
    html! {
        footer {
            p {
                "Written by " (report.tool.name) " " (report.tool.version)
                " from the files alone: nothing was run, fetched or sent. What a publisher says is "
                "told as said; what was not opened is listed under Integrity. No legal advice."
            }
            @if let Some(digest) = &report.release.digest {
                p { "Release digest (SHA-256 over the digests and paths of its files): " (name(digest)) }
            }
        }
    }
}

#[cfg(test)]
mod tests;
