//! The tables of the page: findings, terms, components, openness, files, layers told as one.

use maud::{Markup, html};

use super::{
    charts, line,
    parts::{mark, name, prose, severity},
};
use crate::{
    render::{
        document::{
            frameworks, g7,
            groups::{component_label, group_label},
            integrity::integrity_lines,
            license::{license_head, license_sources},
            openness::openness_lines,
            place, spaced,
            terms::{use_verdict, value},
        },
        numbers,
        tensors::Row,
    },
    report::{ComponentVerdict, Finding, License, Openness, Report},
    words::{Component, FileKind, Group, Presence},
};

/// Rows that a table of the page takes; the JSON report has them all.
const MOST: usize = 3000;
/// Rows told as one that the page takes.
const TOLD: usize = 1500;

/// What was left out, where something was.
fn left_out(all: usize, most: usize) -> Markup {
    let left = all.saturating_sub(most) as u64;
    html! {
        @if left > 0 {
            p.quiet { (numbers::plural(left, "more row")) ", left out for size; the JSON report has all." }
        }
    }
}

pub(super) fn findings(report: &Report) -> Markup {
    if report.findings.is_empty() {
        return html! { p { "Nothing to act on was found." } };
    }
    html! {
        div.wide {
            table.sortable.findings {
                caption { "What to act on, worst first" }
                thead { tr {
                    th scope="col" { "Severity" } th scope="col" { "Finding" }
                    th.narrow scope="col" { "Where" } th scope="col" { "What" }
                } }
                tbody { @for finding in report.findings.iter().take(MOST) { (finding_row(finding)) } }
            }
        }
        (left_out(report.findings.len(), MOST))
    }
}

fn finding_row(finding: &Finding) -> Markup {
    html! {
        tr {
            td data-value=(finding.severity as u8) { (severity(finding.severity)) }
            td { (name(&finding.id)) div.quiet { (finding.category.word()) ", " (finding.confidence.word()) } }
            td.narrow { @if let Some(at) = &finding.at { (line(&vec![place(at)])) } }
            td {
                (prose(&finding.message))
                @if let Some(at) = &finding.at { div.below { (line(&vec![place(at)])) } }
                @if !finding.impact.is_empty() || !finding.hint.is_empty() {
                    details {
                        summary { "why, and what to do" }
                        @for text in [&finding.impact, &finding.hint] { p { (prose(text)) } }
                        @if !finding.references.is_empty() {
                            p.quiet { (prose(&finding.references.join(", "))) }
                        }
                    }
                }
            }
        }
    }
}

/// What the release fills of an SBOM for AI.
pub(super) fn minimum_elements(report: &Report) -> Markup {
    let elements = g7::elements(report);
    html! {
        div.wide {
            table.sortable {
                caption { (prose(&g7::summary(&elements))) }
                thead { tr {
                    th scope="col" { "Id" } th scope="col" { "Element" }
                    th scope="col" { "State" } th scope="col" { "With" }
                } }
                tbody {
                    @for element in &elements {
                        @let (state, with) = g7::told(element);
                        tr {
                            td { (element.id) }
                            th scope="row" { (element.title) }
                            td { (state) }
                            td { (line(&with)) }
                        }
                    }
                }
            }
        }
    }
}

/// Each license with all its terms, then the uses that were asked about.
pub(super) fn licenses(report: &Report) -> Markup {
    html! {
        @if report.licenses.is_empty() {
            p { "No license is declared and no license text is here." }
        }
        @for license in &report.licenses { (license_table(license)) }
        @if !report.uses.is_empty() {
            h3 { "Uses that were asked about" }
            div.wide { table {
                caption { "What the terms say, as fact and not as advice" }
                thead { tr { th scope="col" { "Use" } th scope="col" { "The terms say" } th scope="col" { "Sections" } } }
                tbody {
                    @for answer in &report.uses {
                        @let (sign, says) = use_verdict(&answer.says);
                        tr {
                            th scope="row" { (prose(&spaced(&answer.of))) }
                            td { span aria-hidden="true" { (sign) " " } (prose(says)) }
                            td { (prose(&answer.sections.join(", "))) }
                        }
                    }
                }
            } }
        }
    }
}

fn license_table(license: &License) -> Markup {
    html! {
        h3 { (line(&license_head(license))) }
        p.quiet {
            (name(&license.spdx)) ", " (prose(&license.class)) " · "
            (line(&license_sources(license)))
        }
        @for text in license.texts.iter().filter(|text| text.how == "altered" || text.how == "cut") {
            p {
                "The text is " strong { (prose(&text.how)) } ", a likeness of "
                (numbers::percent(text.score * 100.0))
                @if text.added_words > 0 { ", with " (numbers::plural(text.added_words, "word")) " of its own" }
                "."
            }
        }
        @if !license.terms.is_empty() {
            div.wide { table.sortable {
                caption { "Terms and where they stand in the text" }
                thead { tr {
                    th scope="col" { "Term" } th scope="col" { "Says" }
                    th scope="col" { "Section" } th scope="col" { "Note" }
                } }
                tbody {
                    @for term in license.terms.iter().take(MOST) {
                        tr {
                            th scope="row" { (prose(&spaced(&term.topic))) }
                            td { (prose(&value(term))) }
                            td { @if let Some(section) = &term.section { (prose(section)) } }
                            td {
                                @if let Some(note) = &term.note { (prose(note)) }
                                @if !term.verified { span.quiet { " (unverified)" } }
                            }
                        }
                    }
                }
            } }
        }
    }
}

/// A row a component, a column a state, a sign where they meet, and the evidence in words.
pub(super) fn components(report: &Report) -> Markup {
    let of = |group: Group| report.components.iter().filter(move |it| it.group == group);
    html! {
        div.wide { table.matrix {
            caption { "How far each of the 17 components of a complete release is here" }
            thead { tr {
                th scope="col" { "Component" }
                @for presence in Presence::ALL { th.dot scope="col" { (presence.word()) } }
                th scope="col" { "Evidence" }
            } }
            @for group in Group::ALL {
                tbody {
                    tr.group { th colspan="10" scope="rowgroup" { (group_label(*group)) } }
                    @for verdict in of(*group) { (component_row(report, verdict)) }
                }
            }
        } }
    }
}

fn component_row(report: &Report, verdict: &ComponentVerdict) -> Markup {
    let seen: Vec<_> = verdict
        .evidence
        .iter()
        .filter_map(|at| report.evidence.get(usize::try_from(*at).ok()?))
        .collect();
    let hover: Vec<String> =
        seen.iter().take(5).map(|seen| super::parts::shown(&seen.saying, 200)).collect();
    html! {
        tr {
            th scope="row" {
                (component_label(verdict.id))
                span class={ "state " (verdict.presence.word()) } { " · " (verdict.presence.word()) }
            }
            @for presence in Presence::ALL {
                td.dot {
                    @if *presence == verdict.presence {
                        span title=(hover.join("\n")) { (mark(*presence)) }
                    }
                }
            }
            td {
                @if !seen.is_empty() {
                    ul {
                        @for seen in seen.iter().take(12) {
                            li {
                                (prose(&seen.saying))
                                @if seen.presence != verdict.presence {
                                    span.quiet { " (" (seen.presence.word()) ")" }
                                }
                                @if let Some(at) = &seen.at { " " (line(&vec![place(at)])) }
                            }
                        }
                        @if seen.len() > 12 { li.quiet { "and " (seen.len() - 12) " more" } }
                    }
                }
            }
        }
    }
}

/// The frameworks side by side; none is averaged with another.
pub(super) fn openness(report: &Report, openness: &Openness) -> Markup {
    let parts = |components: &[Component]| {
        components.iter().map(|it| component_label(*it)).collect::<Vec<_>>().join(", ")
    };
    let mof = &openness.mof;
    html! {
        @for said in openness_lines(report) { p { (line(&said)) } }
        h3 { "Model Openness Framework " (prose(&mof.version)) }
        (charts::mof(mof))
        @for (what, components) in [
            ("Required and not here", &mof.confirmed.missing),
            ("Here under a license that is not open", &mof.confirmed.invalid),
            ("Here under no license", &mof.confirmed.unlicensed),
        ] {
            @if !components.is_empty() { p { strong { (what) ": " } (parts(components)) } }
        }
        @if openness.osaid.reasons.len() > 1 {
            h3 { "Open Source AI Definition " (prose(&openness.osaid.version)) }
            ul { @for reason in &openness.osaid.reasons { li { (prose(reason)) } } }
        }
        div.pair {
            @if !openness.osai_index.parameters.is_empty() {
                div {
                    h3 { "European Open Source AI Index" }
                    table {
                        caption {
                            @match openness.osai_index.score {
                                Some(score) => { "Score " (numbers::percent(score)) },
                                None => "No score: some parameters are unknown",
                            }
                        }
                        thead { tr { th scope="col" { "Parameter" } th scope="col" { "State" } } }
                        tbody {
                            @for (parameter, state) in &openness.osai_index.parameters {
                                tr { th scope="row" { (prose(&spaced(parameter))) } td { (prose(state)) } }
                            }
                        }
                    }
                }
            }
            @if !openness.five_dimensions.is_empty() {
                div {
                    h3 { "Five dimensions" }
                    table {
                        caption { "How far each is disclosed" }
                        thead { tr { th scope="col" { "Dimension" } th scope="col" { "State" } } }
                        tbody {
                            @for (dimension, seen) in &openness.five_dimensions {
                                tr {
                                    th scope="row" { (prose(&spaced(dimension))) }
                                    td { (mark(seen.presence)) " " (seen.presence.word()) }
                                }
                            }
                        }
                    }
                }
            }
        }
        @if frameworks::fields(openness).next().is_some() { (eu_ai_act(report, openness)) }
    }
}

/// What the release answers of the documents that the EU AI Act asks for.
fn eu_ai_act(report: &Report, openness: &Openness) -> Markup {
    html! {
        h3 { "EU AI Act" }
        div.wide { table.sortable {
            caption { "What the release answers of technical documentation (Annex XI, section 1) and of \
                       the public summary of training content. Who must write them is not judged" }
            thead { tr {
                th scope="col" { "Field" } th scope="col" { "What it asks for" }
                th scope="col" { "State" } th scope="col" { "What answers it" }
            } }
            tbody {
                @for (document, field) in frameworks::fields(openness) {
                    tr {
                        td { (document) " " (field.number) }
                        th scope="row" { (prose(&field.title)) }
                        td { (mark(field.presence)) " " (field.presence.word()) }
                        td { (line(&frameworks::answered(report, field))) }
                    }
                }
            }
        } }
    }
}

pub(super) fn disclosures(report: &Report) -> Markup {
    html! {
        div.wide { table.sortable {
            caption { "Facts beside the components" }
            thead { tr { th scope="col" { "Topic" } th scope="col" { "State" } th scope="col" { "What is said" } } }
            tbody {
                @for it in report.disclosures.iter().take(MOST) {
                    tr {
                        th scope="row" { (prose(&spaced(&it.topic))) }
                        td { (mark(it.presence)) " " (it.presence.word()) }
                        td { (prose(&it.saying)) @if let Some(at) = &it.at { " " (line(&vec![place(at)])) } }
                    }
                }
            }
        } }
        (left_out(report.disclosures.len(), MOST))
    }
}

pub(super) fn integrity(report: &Report) -> Markup {
    html! {
        @for said in integrity_lines(report, true) { p { (line(&said)) } }
        @if !report.coverage.is_empty() {
            div.wide { table.sortable {
                caption { "Not opened in full" }
                thead { tr { th scope="col" { "File" } th scope="col" { "Opened" } th scope="col" { "Why" } } }
                tbody {
                    @for it in report.coverage.iter().take(MOST) {
                        tr { td { (name(&it.path)) } td { (prose(&it.opened)) } td { (prose(&it.why)) } }
                    }
                }
            } }
            (left_out(report.coverage.len(), MOST))
        }
        @if let Some(verification) = &report.verification {
            div.wide { table.sortable {
                caption { "Each file against its record" }
                thead { tr {
                    th scope="col" { "File" } th scope="col" { "Status" }
                    th scope="col" { "Record" } th scope="col" { "Expected" } th scope="col" { "Remark" }
                } }
                tbody {
                    @for file in verification.files.iter().take(MOST) {
                        tr {
                            td { (name(&file.path)) }
                            td { (prose(&spaced(&file.status))) }
                            td { (prose(&spaced(file.by.as_deref().unwrap_or("none")))) }
                            td { (name(file.expected.as_deref().unwrap_or_default())) }
                            td { (prose(file.why.as_deref().unwrap_or_default())) }
                        }
                    }
                }
            } }
            (left_out(verification.files.len(), MOST))
        }
    }
}

pub(super) fn files(report: &Report) -> Markup {
    let counted = || report.artifacts.iter().filter(|file| file.kind != FileKind::Bookkeeping);
    html! {
        div.wide { table.sortable.files {
            caption { (numbers::plural(report.totals.files, "file")) ", " (numbers::bytes(report.totals.bytes)) }
            thead { tr {
                th scope="col" { "File" } th scope="col" { "Kind" } th.narrow scope="col" { "Format" }
                th.num scope="col" { "Bytes" } th.narrow scope="col" { "SHA-256" }
            } }
            tbody {
                @for file in counted().take(MOST) {
                    tr {
                        td {
                            (name(&file.path))
                            @if let Some(why) = &file.unreadable { div.quiet { "not read: " (prose(why)) } }
                            @for record in &file.recorded {
                                div.quiet { (prose(&spaced(&record.by))) ": " (prose(&record.result)) }
                            }
                        }
                        td { (spaced(file.kind.word())) }
                        td.narrow { (prose(file.format.as_deref().unwrap_or_default())) }
                        td.num data-value=(file.bytes) { (numbers::exact(file.bytes)) }
                        td.narrow { @if let Some(sha256) = &file.sha256 { (short_digest(sha256)) } }
                    }
                }
            }
        } }
        (left_out(counted().count(), MOST))
    }
}

/// The first digits; all of them on hover.
fn short_digest(digest: &str) -> Markup {
    let short: String = digest.chars().take(12).collect();
    html! { span title=(super::parts::shown(digest, 128)) { (name(&short)) "…" } }
}

/// Tensors of one weight set, layers told as one.
pub(super) fn told(id: &str, rows: &[Row]) -> Markup {
    html! {
        div.wide { table {
            caption { (prose(&crate::render::escape::shortened(id, 160))) }
            thead { tr {
                th scope="col" { "Name" } th.num scope="col" { "Count" } th scope="col" { "Type" }
                th scope="col" { "Shape" } th.num scope="col" { "Bytes" }
            } }
            tbody {
                @for row in rows.iter().take(TOLD) {
                    @if let Some(first) = row.tensors.first() {
                        tr {
                            td { (name(&row.name)) }
                            td.num { (numbers::exact(row.tensors.len() as u64)) }
                            td { (prose(&first.dtype)) }
                            td { (numbers::shape(&first.shape)) }
                            td.num { (row.bytes().map_or_else(|| "?".to_owned(), numbers::bytes)) }
                        }
                    }
                }
            }
        } }
        (left_out(rows.len(), TOLD))
    }
}

pub(super) fn asks(asks: &[(Component, Presence, &'static str)]) -> Markup {
    html! {
        p { "The parts that are not here, as a list to paste into a mail or an issue." }
        ul { @for (component, presence, ask) in asks {
            li { (ask) span.quiet { " (" (component_label(*component)) ": " (presence.word()) ")" } }
        } }
    }
}
