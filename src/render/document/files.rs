//! Every file, and which files are the same weights.

use super::{Block, Line, Section, Table, name, numbers, plain, quiet};
use crate::{
    report::{Artifact, Report, WeightSet},
    words::FileKind,
};

/// Weight sets where there are any, then files.
pub(super) fn sections(report: &Report) -> Vec<Section> {
    let mut sections = Vec::new();
    if !report.weight_sets.is_empty() {
        let rows = report.weight_sets.iter().map(set_row).collect();
        let head = &["set", "files", "tensors", "parameters", "format"];
        let table = Table { head, numeric: &[1, 2, 3], rows };
        sections.push(Section {
            title: "Weight sets",
            blocks: vec![Block::Table(table)],
        });
    }
    let counted = report.artifacts.iter().filter(|file| file.kind != FileKind::Bookkeeping);
    let rows = counted.map(file_row).collect();
    let table = Table {
        head: &["kind", "bytes", "format", "file"],
        numeric: &[1],
        rows,
    };
    sections.push(Section {
        title: "Files",
        blocks: vec![Block::Table(table)],
    });
    sections
}

fn set_row(set: &WeightSet) -> Vec<Line> {
    let parameters = set.parameters.map_or_else(|| "not known".to_owned(), numbers::exact);
    let primary = if set.primary { " (counted)" } else { "" };
    vec![
        vec![name(&set.id), quiet(primary)],
        vec![plain(numbers::exact(set.paths.len() as u64))],
        vec![plain(numbers::exact(set.tensors))],
        vec![plain(parameters)],
        vec![plain(&set.format), quiet(width(set))],
    ]
}

/// How many bits each parameter takes, where they are not those of a plain element type.
fn width(set: &WeightSet) -> String {
    set.packed_bits().map_or_else(String::new, |bits| format!(", {bits:.1} bits each"))
}

fn file_row(file: &Artifact) -> Vec<Line> {
    let mut path = vec![name(&file.path)];
    if let Some(why) = &file.unreadable {
        path.push(quiet(format!(" (not read: {why})")));
    }
    for record in &file.recorded {
        path.push(quiet(format!(" ({} {})", record.by.replace('_', " "), record.result)));
    }
    vec![
        vec![plain(super::spaced(file.kind.word()))],
        vec![plain(numbers::exact(file.bytes))],
        vec![plain(file.format.clone().unwrap_or_default())],
        path,
    ]
}
