//! What changed between two releases, for people and for programs.

use std::collections::BTreeMap;

use super::{
    Output,
    document::{
        Block, Document, Finding, Line, Section, Table, Title, groups::component_label, name,
        place, place_words, plain, quiet, spaced, strong,
    },
    escape::shortened,
    html, json, markdown, numbers, text,
};
use crate::{
    compare::{Apart, Change, Diff, FileChange, TensorChange, TensorState},
    layers,
};

pub(super) const TEXT: Output<Diff> = Output {
    name: "text",
    about: "for a terminal, layers told as one",
    write: |diff, style, out| text::write_document(&compose(diff), style, out),
};

pub(super) const JSON: Output<Diff> = Output {
    name: "json",
    about: "weighbill-diff/1, for programs",
    write: |diff, _, out| json::write_value(diff, out),
};

pub(super) const MARKDOWN: Output<Diff> = Output {
    name: "markdown",
    about: "for a pull request or an issue",
    write: |diff, style, out| markdown::write_document(&compose(diff), style, out),
};

pub(super) const HTML: Output<Diff> = Output {
    name: "html",
    about: "one self-contained page",
    write: |diff, _, out| html::plain::write_document(&compose(diff), out),
};

/// Characters that stay of a value in a table.
const VALUE: usize = 120;

fn compose(diff: &Diff) -> Document {
    let called = |release: &crate::report::Release| {
        let commit = release
            .commit
            .as_ref()
            .map(|commit| format!(" @ {}", commit.chars().take(8).collect::<String>()));
        let called = release.repo_id.as_ref().unwrap_or(&release.root);
        format!("{called}{}", commit.unwrap_or_default())
    };
    let tensors_in_all = diff.counts.values().sum();
    let facts = match tensors_in_all {
        0 => Vec::new(),
        n => vec![format!("{} compared", numbers::plural(n, "tensor"))],
    };
    let sections = [
        looks(diff),
        lineage(diff),
        tensors(diff),
        values(diff),
        terms(diff),
        components(diff),
        files(diff),
        findings(diff),
    ];
    Document {
        title: Title {
            name: format!("{} → {}", called(&diff.a), called(&diff.b)),
            at: None,
            facts,
            summary: vec![plain(&diff.summary)],
        },
        groups: Vec::new(),
        sections: sections.into_iter().flatten().collect(),
        hint: Line::new(),
    }
}

fn table(
    title: &'static str,
    head: &'static [&'static str],
    rows: Vec<Vec<Line>>,
) -> Option<Section> {
    let table = Table { head, numeric: &[], rows };
    (!table.rows.is_empty()).then(|| Section { title, blocks: vec![Block::Table(table)] })
}

/// What the summary has no room for.
fn looks(diff: &Diff) -> Option<Section> {
    let lines: Vec<Line> =
        diff.looks_like.iter().skip(2).map(|look| vec![plain(&look.saying)]).collect();
    (!lines.is_empty()).then(|| Section {
        title: "Also",
        blocks: vec![Block::Lines(lines)],
    })
}

fn lineage(diff: &Diff) -> Option<Section> {
    let told = |it: &crate::compare::Lineage| {
        let (child, parent) = if it.by == "b" {
            ("second", "first")
        } else {
            ("first", "second")
        };
        let mut line = vec![
            plain(format!("the {child} names the {parent} as its base: ")),
            strong(spaced(&it.result)),
            plain(format!(", {}", it.saying)),
        ];
        if let Some(at) = &it.at {
            line.extend([plain("  "), place(at)]);
        }
        line
    };
    let lines: Vec<Line> = diff.lineage.iter().map(told).collect();
    (!lines.is_empty()).then(|| Section {
        title: "Lineage",
        blocks: vec![Block::Lines(lines)],
    })
}

/// Counts, then what differs, layers told as one.
fn tensors(diff: &Diff) -> Option<Section> {
    if diff.counts.is_empty() {
        return None;
    }
    let counts: Vec<String> = diff
        .counts
        .iter()
        .rev()
        .map(|(change, count)| format!("{} {change}", numbers::exact(*count)))
        .collect();
    let mut blocks = vec![Block::Lines(vec![vec![plain(counts.join(", "))]])];
    let rows = tensor_rows(&diff.tensors);
    if !rows.is_empty() {
        let head = &["change", "count", "how", "tensors"];
        blocks.push(Block::Table(Table { head, numeric: &[1], rows }));
    }
    Some(Section { title: "Tensors", blocks })
}

/// What is told as one: the same change between the same types and shapes.
type Kind<'d> = (Change, Option<Of<'d>>, Option<Of<'d>>);
type Of<'d> = (&'d str, &'d [u64]);

/// What was not compared, and what only lies in other files, is told by its count.
fn tensor_rows(changes: &[TensorChange]) -> Vec<Vec<Line>> {
    let told = |it: &&TensorChange| !matches!(it.change, Change::Unchecked | Change::Moved);
    let mut kinds: BTreeMap<Kind, Vec<(usize, &TensorChange)>> = BTreeMap::new();
    for (at, it) in changes.iter().filter(told).enumerate() {
        kinds.entry(kind(it)).or_default().push((at, it));
    }
    let mut rows = Vec::new();
    for ((change, ..), of_kind) in kinds {
        let names = of_kind.iter().map(|(_, it)| (it.name.as_str(), ()));
        for pattern in layers::collapse(names) {
            let members: Vec<&TensorChange> =
                pattern.members.iter().map(|at| of_kind[*at].1).collect();
            let first = pattern.members.first().map(|at| of_kind[*at].0);
            let row = vec![
                vec![plain(change.word())],
                vec![plain(numbers::exact(members.len() as u64))],
                how(&members),
                vec![name(pattern.name)],
            ];
            rows.push(((change, first), row));
        }
    }
    rows.sort_by_key(|(place, _)| *place);
    rows.into_iter().map(|(_, row)| row).collect()
}

fn kind(it: &TensorChange) -> Kind<'_> {
    fn side(state: Option<&TensorState>) -> Option<Of<'_>> {
        state.map(|state| (state.dtype.as_str(), state.shape.as_slice()))
    }
    (it.change, side(it.a.as_ref()), side(it.b.as_ref()))
}

/// From what to what, and how far apart.
fn how(members: &[&TensorChange]) -> Line {
    let Some(first) = members.first() else {
        return Line::new();
    };
    let told = |state: &TensorState| format!("{} {}", state.dtype, numbers::shape(&state.shape));
    let mut line = Line::new();
    match (&first.a, &first.b) {
        (Some(a), Some(b)) if a.dtype != b.dtype || a.shape != b.shape => {
            line.push(plain(format!("{} → {}", told(a), told(b))));
        }
        (Some(state), _) | (None, Some(state)) => line.push(plain(told(state))),
        (None, None) => {}
    }
    if let Some(from) = &first.from {
        line.extend([quiet(" was "), name(from)]);
        if members.len() > 1 {
            line.push(quiet(" and so on"));
        }
    }
    if let Some(apart) = apart(members) {
        line.extend([plain("  "), quiet(apart)]);
    }
    line
}

/// How far the elements are apart: the range over all members.
fn apart(members: &[&TensorChange]) -> Option<String> {
    let of: Vec<Apart> = members.iter().filter_map(|it| it.apart).collect();
    let range = |values: Vec<f64>| {
        let least = values.iter().copied().reduce(f64::min)?;
        let most = values.iter().copied().reduce(f64::max)?;
        let (least, most) = (numbers::short(least), numbers::short(most));
        Some(if least == most {
            least
        } else {
            format!("{least} to {most}")
        })
    };
    let norm = range(of.iter().filter_map(|it| it.relative_norm).collect());
    let cosine = range(of.iter().filter_map(|it| it.cosine).collect());
    let equal = range(of.iter().map(|it| it.equal).collect())?;
    let norm =
        norm.map_or_else(String::new, |it| format!("relative norm of the difference {it}, "));
    let cosine = cosine.map_or_else(String::new, |it| format!("cosine {it}, "));
    Some(format!("{norm}{cosine}share of equal elements {equal}"))
}

fn value(value: Option<&String>) -> Line {
    match value {
        None => vec![quiet("–")],
        Some(value) => vec![plain(shortened(value, VALUE))],
    }
}

fn values(diff: &Diff) -> Option<Section> {
    let row = |it: &crate::compare::ValueChange| {
        let path = it.path.as_ref().map(|path| vec![name(path), plain(" ")]).unwrap_or_default();
        let key = path.into_iter().chain([name(&it.key)]).collect();
        vec![key, value(it.a.as_ref()), value(it.b.as_ref())]
    };
    table("Values", &["value", "first", "second"], diff.config.iter().map(row).collect())
}

fn terms(diff: &Diff) -> Option<Section> {
    let row = |it: &crate::compare::LicenseChange| {
        let what = match (&it.id, &it.topic) {
            (Some(id), _) => vec![strong("license"), plain(" "), name(id)],
            (None, Some(topic)) => vec![plain(spaced(topic))],
            (None, None) => Line::new(),
        };
        vec![what, value(it.a.as_ref()), value(it.b.as_ref())]
    };
    table("Terms", &["term", "first", "second"], diff.licenses.iter().map(row).collect())
}

fn components(diff: &Diff) -> Option<Section> {
    let row = |it: &crate::compare::ComponentChange| {
        let [a, b] = [it.a, it.b].map(|it| vec![plain(it.word())]);
        vec![vec![plain(component_label(it.id))], a, b]
    };
    table(
        "Components",
        &["component", "first", "second"],
        diff.components.iter().map(row).collect(),
    )
}

fn files(diff: &Diff) -> Option<Section> {
    let row = |it: &FileChange| {
        let bytes = match (&it.a, &it.b) {
            (Some(a), Some(b)) if a.bytes != b.bytes => {
                format!("{} → {}", numbers::bytes(a.bytes), numbers::bytes(b.bytes))
            }
            (Some(state), _) | (None, Some(state)) => numbers::bytes(state.bytes),
            (None, None) => String::new(),
        };
        let mut path = vec![name(&it.path)];
        if let Some(from) = &it.from {
            path.extend([quiet(" was "), name(from)]);
        }
        vec![vec![plain(it.change.word())], vec![plain(bytes)], path]
    };
    table("Files that differ", &["change", "bytes", "file"], diff.files.iter().map(row).collect())
}

fn findings(diff: &Diff) -> Option<Section> {
    let told = |it: &crate::compare::FindingChange| {
        let word = if it.change == Change::Added {
            "new:"
        } else {
            "gone:"
        };
        let at = it.at.as_ref().map(|at| format!("{}: ", place_words(at)));
        Finding {
            severity: it.severity,
            id: it.id.clone(),
            says: vec![
                strong(word),
                plain(" "),
                plain(at.unwrap_or_default()),
                plain(&it.message),
            ],
            more: Vec::new(),
        }
    };
    let told: Vec<Finding> = diff.findings.iter().map(told).collect();
    (!told.is_empty()).then(|| Section {
        title: "Findings",
        blocks: vec![Block::Findings(told)],
    })
}
