//! The first screen: the verdict, the five groups, the terms, the findings, what was checked.

use maud::{Markup, html};

use super::{
    line,
    parts::{mark, prose, severity},
};
use crate::{
    render::document::{
        Document,
        groups::group_label,
        groups::group_line,
        integrity::integrity_lines,
        license::{license_head, license_sources},
        terms::noteworthy,
    },
    report::{Finding, Report},
    words::{Category, Severity},
};

/// Terms that a card names; the rest stand in their table.
const TERMS: usize = 5;
/// Findings that a card names.
const WORST: usize = 3;
/// Licenses that a card names.
const LICENSES: usize = 4;

pub(super) fn screen(report: &Report, document: &Document) -> Markup {
    let title = &document.title;
    html! {
        header {
            h1 {
                (prose(&super::super::escape::shortened(&title.name, 160)))
                @if let Some(at) = &title.at { " " span.at { "@ " (prose(at)) } }
            }
            p.facts { @for fact in &title.facts { span { (prose(fact)) } } }
            p.verdict { (prose(&report.verdict.summary)) }
            div.first {
                div {
                    (groups(report))
                    div.cards.two { (safety(report)) (integrity(report)) }
                }
                div.cards { (license(report)) (findings(report)) }
            }
        }
    }
}

fn groups(report: &Report) -> Markup {
    html! {
        ul.groups aria-label="What is here" {
            @for group in &report.groups {
                li {
                    (mark(group.presence))
                    div.what {
                        b { (group_label(group.id)) }
                        span class={ "state " (group.presence.word()) } { (group.presence.word()) }
                    }
                    div.says { (line(&group_line(report, group.id, group.presence))) }
                }
            }
        }
    }
}

fn license(report: &Report) -> Markup {
    let more = report.licenses.len().saturating_sub(LICENSES);
    html! {
        div.card {
            h2 { "License" }
            @if report.licenses.is_empty() {
                p { strong { "None found." } " No license is declared and no text is here." }
            }
            @for license in report.licenses.iter().take(LICENSES) {
                p { (line(&license_head(license))) }
                p.quiet { (line(&license_sources(license))) }
                @let terms = noteworthy(&license.terms);
                @if !terms.is_empty() {
                    ul {
                        @for term in terms.iter().take(TERMS) { li { (prose(&term.sentence())) } }
                        @if terms.len() > TERMS {
                            li { a href="#terms" { (terms.len() - TERMS) " more" } }
                        }
                    }
                }
            }
            @if more > 0 { p { a href="#terms" { (more) " more licenses" } } }
        }
    }
}

fn findings(report: &Report) -> Markup {
    let of = |severity: Severity| report.findings.iter().filter(move |it| it.severity == severity);
    html! {
        div.card {
            h2 { "Findings" }
            @if report.findings.is_empty() { p { "None." } }
            @else {
                ul.tally {
                    @for level in Severity::ALL.iter().rev() {
                        @let count = of(*level).count();
                        @if count > 0 {
                            li { span class={ "sev " (level.word()) } { (count) " " (level.word()) } }
                        }
                    }
                }
                ul {
                    @for finding in report.findings.iter().take(WORST) {
                        li { (prose(&finding.message)) }
                    }
                    @if report.findings.len() > WORST {
                        li { a href="#findings" { "all " (report.findings.len()) } }
                    }
                }
            }
        }
    }
}

/// What could harm who loads it, apart from all else that was found.
fn safety(report: &Report) -> Markup {
    let harms: Vec<&Finding> =
        report.findings.iter().filter(|it| it.category == Category::Safety).collect();
    html! {
        div.card {
            h2 { "Safety" }
            @match harms.first() {
                None => {
                    p { "Nothing found that could harm who loads it" @if !report.coverage.is_empty() { ", in what was opened" } "." }
                },
                Some(worst) => {
                    p { (severity(worst.severity)) " " (prose(&worst.message)) }
                    @if harms.len() > 1 { p.quiet { "and " (harms.len() - 1) " more" } }
                },
            }
        }
    }
}

fn integrity(report: &Report) -> Markup {
    html! {
        div.card {
            h2 { "Integrity" }
            @for said in integrity_lines(report, false) { p { (line(&said)) } }
        }
    }
}
