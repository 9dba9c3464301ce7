//! What the frameworks of openness make of it, a line each. They disagree; none is averaged.

use super::{Block, Line, Section, numbers, plain, quiet, strong};
use crate::report::{MofReading, Report};

/// A line a framework; `None` where none was asked.
pub(super) fn section(report: &Report) -> Option<Section> {
    let lines = openness_lines(report);
    let section = Section {
        title: "Openness",
        blocks: vec![Block::Lines(lines)],
    };
    report.openness.as_ref().map(|_| section)
}

/// A line a framework.
pub(in crate::render) fn openness_lines(report: &Report) -> Vec<Line> {
    let Some(openness) = &report.openness else {
        return Vec::new();
    };
    let mof = &openness.mof;
    let mut lines = vec![vec![
        plain(format!("MOF {}: ", mof.version)),
        strong(class_words(&mof.confirmed)),
        plain(format!(" by what is here{}", nearest(&mof.confirmed))),
        plain(format!(
            ", {} with what it points to{}",
            class_words(&mof.potential),
            nearest(&mof.potential)
        )),
    ]];
    if let Some(declared) = &mof.declared {
        lines.push(vec![plain(format!("declared as {}", class_words(declared)))]);
    }
    let osaid = &openness.osaid;
    let mut line = vec![
        plain(format!("OSAID {}: ", osaid.version)),
        strong(&osaid.verdict),
    ];
    if let Some((first, rest)) = osaid.reasons.split_first() {
        line.push(plain(format!(", {first}")));
        if !rest.is_empty() {
            line.push(quiet(format!(
                " (and {} more)",
                numbers::plural(rest.len() as u64, "reason")
            )));
        }
    }
    lines.push(line);
    lines
}

/// `Class III`, or `no class`.
fn class_words(reading: &MofReading) -> String {
    reading
        .class
        .as_ref()
        .map_or_else(|| "no class".to_owned(), |class| format!("class {class}"))
}

/// How far it is to the nearest class that is not reached: ` (33% of III)`.
fn nearest(reading: &MofReading) -> String {
    let unreached = reading.progress.iter().filter(|(_, share)| **share < 100.0);
    let nearest = unreached.max_by(|a, b| a.1.total_cmp(b.1).then_with(|| a.0.cmp(b.0)));
    nearest.map_or_else(String::new, |(class, share)| {
        format!(" ({} of {class})", numbers::percent(*share))
    })
}
