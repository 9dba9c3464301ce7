//! Tests over all licenses at once: texts composed from the catalog, and those of the `spdx` crate.

use std::fmt::Write as _;

use rayon::prelude::*;

use super::compare::same_text;
use super::*;

/// Words that belong to no license, to make a text long enough to be one.
const PADDING: &str = "Lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor \
    incididunt ut labore et dolore magna aliqua ut enim ad minim veniam quis nostrud exercitation ullamco \
    laboris nisi ut aliquip ex ea commodo consequat duis aute irure dolor in reprehenderit in voluptate \
    velit esse cillum dolore eu fugiat nulla pariatur excepteur sint occaecat cupidatat non proident sunt.";

#[test]
fn every_entry_of_the_catalog_tells_its_own_text() {
    let mut failures = String::new();
    for license in catalog().licenses() {
        let detect = &license.detect;
        if detect.titles.is_empty() || detect.phrases.is_empty() || license.kind == Kind::Standard {
            continue;
        }
        let mut text = format!("{}\n\n{PADDING}\n\n", detect.titles[0]);
        for phrase in detect.must.iter().chain(&detect.phrases) {
            writeln!(text, "{phrase}. {PADDING}\n").expect("a string");
        }
        let found: Vec<String> = read(text.as_bytes(), "LICENSE")
            .matches
            .into_iter()
            .filter(|found| found.how == How::Whole)
            .map(|found| found.license.id.clone())
            .collect();
        if found != [license.id.as_str()] {
            writeln!(failures, "{}: {found:?}", license.id).expect("a string");
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

/// A form in which copies of a text are met.
type Form = (&'static str, fn(&str) -> String);

const FORMS: [Form; 9] = [
    ("whole", str::to_owned),
    ("reflowed", reflow),
    ("renamed", |text| format!("Copyright (c) 2031 Some Body and others\n\n{text}")),
    ("CRLF", |text| text.replace('\n', "\r\n")),
    ("quoted", |text| format!("> {}", text.replace('\n', "\n> "))),
    ("HTML", page),
    ("//", |text| format!("// {}", text.replace('\n', "\n// "))),
    ("/*", |text| format!("/*\n * {}\n */\n", text.replace('\n', "\n * "))),
    ("Markdown", markdown),
];

#[test]
fn every_standard_text_is_identified_as_itself() {
    // Each text as itself, and in one of its other forms.
    check_forms(|index, form| form == 0 || form == index % (FORMS.len() - 1) + 1);
}

/// Run with `cargo test --release in_every_form -- --ignored`.
#[test]
#[ignore = "takes a minute"]
fn every_standard_text_is_identified_in_every_form() {
    check_forms(|_, _| true);
}

/// `takes`: of the index of an id and of a form, whether the text is read in that form.
fn check_forms(takes: fn(usize, usize) -> bool) {
    let all = spdx::identifiers::LICENSES.iter().map(|row| row.name);
    let ids: Vec<&str> = all
        .filter(|id| !matches!(*id, "NOASSERTION" | "any-OSI" | "any-OSI-perl-modules"))
        .collect();
    let of_id = |(index, id): (usize, &&str)| {
        let forms: Vec<&Form> =
            (0..FORMS.len()).filter(|form| takes(index, *form)).map(|form| &FORMS[form]).collect();
        wrong_forms(id, &forms)
    };
    let mut failures: Vec<String> = ids.par_iter().enumerate().flat_map_iter(of_id).collect();
    failures.sort();
    assert!(failures.is_empty(), "{} wrong\n{}", failures.len(), failures.join("\n"));
}

/// The text as Markdown: its first line a heading, its paragraphs quoted in bold where they are short.
fn markdown(text: &str) -> String {
    let paragraphs = text.trim_start().split("\n\n").enumerate();
    let paragraphs = paragraphs.map(|(at, paragraph)| match paragraph {
        _ if at == 0 && !paragraph.contains('\n') => format!("# {paragraph}"),
        _ if paragraph.len() < 60 && !paragraph.contains('*') => format!("**{paragraph}**"),
        _ => paragraph.to_owned(),
    });
    paragraphs.collect::<Vec<_>>().join("\n\n")
}

/// A page with the text in it.
fn page(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let text = text.replace("\n\n", "</p>\n\n<p>");
    format!(
        "<!DOCTYPE html>\n<html><head><title>Terms</title></head><body><nav>MIT License</nav>\
         <p>{text}</p></body></html>"
    )
}

/// The forms of a standard text that are not identified as it.
fn wrong_forms(id: &str, forms: &[&Form]) -> Vec<String> {
    let text = spdx::license_id(id).expect("listed").text();
    let wrong = forms.iter().filter_map(|(form, write)| {
        let text = write(text);
        let reading = read(text.as_bytes(), "LICENSE");
        let best = reading.matches.first();
        let right = best.is_some_and(|best| {
            let same = same_text(best.license, license(id).expect("listed"));
            best.how == How::Whole
                && (same || standards::table::same_body(&best.license.spdx_ref(), id))
        });
        (!right).then(|| {
            format!(
                "{id} {form}: {:?}",
                best.map(|m| (m.how, &m.license.id, m.score, &m.added, m.missing_words))
            )
        })
    });
    wrong.collect()
}

/// Paragraphs filled to 60 columns.
fn reflow(text: &str) -> String {
    let mut out = String::new();
    for paragraph in text.split("\n\n") {
        let mut column = 0;
        for word in paragraph.split_whitespace() {
            if column + word.len() > 60 {
                out.push('\n');
                column = 0;
            }
            out.push_str(word);
            out.push(' ');
            column += word.len() + 1;
        }
        out.push_str("\n\n");
    }
    out
}
