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

#[test]
fn every_standard_text_is_identified_as_itself() {
    let all = spdx::identifiers::LICENSES.iter().map(|row| row.name);
    let ids: Vec<&str> = all
        .filter(|id| !matches!(*id, "NOASSERTION" | "any-OSI" | "any-OSI-perl-modules"))
        .collect();
    let mut failures: Vec<String> = ids.par_iter().flat_map_iter(|id| wrong_forms(id)).collect();
    failures.sort();
    assert!(failures.is_empty(), "{} wrong\n{}", failures.len(), failures.join("\n"));
}

/// The forms of a standard text that are not identified as it.
fn wrong_forms(id: &str) -> Vec<String> {
    let text = spdx::license_id(id).expect("listed").text();
    let forms = [
        ("whole", text.to_owned()),
        ("reflowed", reflow(text)),
        ("renamed", format!("Copyright (c) 2031 Some Body and others\n\n{text}")),
    ];
    let wrong = forms.into_iter().filter_map(|(form, text)| {
        let reading = read(text.as_bytes(), "LICENSE");
        let best = reading.matches.first();
        let right = best.is_some_and(|best| {
            let same = same_text(best.license, license(id).expect("listed"));
            best.how == How::Whole
                && (same || standards::table::same_body(&best.license.spdx_ref(), id))
        });
        (!right).then(|| {
            format!("{id} {form}: {:?}", best.map(|m| (m.how, &m.license.id, m.score, &m.added)))
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
