//! The listing of tensors for a terminal: layers told as one, or each by itself.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use unicode_width::UnicodeWidthStr as _;

use super::{
    Output, Style,
    document::{Line, name, plain, quiet, strong},
    escape::{shortened, visible},
    numbers,
    text::layout::{Fitted, Screen, wrapped},
};
use crate::{
    layers,
    report::{Report, Tensor, Weights},
    words::Role,
};

pub(super) const OUTPUT: Output = Output {
    name: "text",
    about: "for a terminal: layers told as one, or each tensor by itself",
    write,
};

/// One line of the listing.
pub(super) struct Row<'a> {
    /// The name, or the names told as one.
    pub(super) name: String,
    /// The tensors, at least one. All have the element type, shape and role of the first.
    pub(super) tensors: Vec<&'a Tensor>,
}

impl Row<'_> {
    /// Of all its tensors, as stored; `None` where the place of one is not known.
    pub(super) fn bytes(&self) -> Option<u64> {
        self.tensors
            .iter()
            .map(|tensor| len(tensor))
            .try_fold(0, |sum: u64, n| sum.checked_add(n?))
    }
}

/// In bytes as stored.
pub(super) fn len(tensor: &Tensor) -> Option<u64> {
    tensor.bytes.map(|(start, end)| end.saturating_sub(start))
}

/// The tensors of some files, layers told as one, in the order of the files.
pub(super) fn rows<'a>(files: &[&'a Weights]) -> Vec<Row<'a>> {
    let tensors: Vec<&Tensor> = files.iter().flat_map(|file| &file.tensors).collect();
    let alike = |tensor: &&'a Tensor| {
        (tensor.name.as_str(), (tensor.role, tensor.dtype.as_str(), tensor.shape.as_slice()))
    };
    let patterns = layers::collapse(tensors.iter().map(alike));
    let row = |pattern: layers::Pattern| Row {
        name: pattern.name,
        tensors: pattern.members.iter().map(|at| tensors[*at]).collect(),
    };
    patterns.into_iter().map(row).collect()
}

/// Files by the weight set that they are of, sets in the report's order; then files of none.
pub(super) fn by_set(report: &Report) -> Vec<(String, Vec<&Weights>)> {
    let files: BTreeMap<&str, &Weights> =
        report.weights.iter().map(|file| (file.path.as_str(), file)).collect();
    let mut left = files.clone();
    let mut sets = Vec::new();
    for set in &report.weight_sets {
        let of_set: Vec<&Weights> =
            set.paths.iter().filter_map(|path| files.get(path.as_str()).copied()).collect();
        for file in &of_set {
            left.remove(file.path.as_str());
        }
        sets.push((set.id.clone(), of_set));
    }
    sets.extend(left.into_values().map(|file| (file.path.clone(), vec![file])));
    sets.retain(|(_, files)| !files.is_empty());
    sets
}

fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut screen = Screen::new(out, style.width, style.color);
    let sets = by_set(report);
    if sets.is_empty() {
        let none = vec![
            plain("no tensors were found in "),
            name(&report.release.root),
        ];
        return screen.line(&Fitted::default(), 0, &none);
    }
    for (at, (id, files)) in sets.iter().enumerate() {
        if at > 0 {
            screen.end()?;
        }
        screen.line(&Fitted::default(), 0, &head(report, id, files))?;
        if style.all {
            let each = files.iter().flat_map(|file| &file.tensors).map(single);
            let columns = Columns::of(each, 4, screen.width);
            for file in files {
                screen.line(&Fitted::default(), 2, &vec![name(&file.path)])?;
                for tensor in &file.tensors {
                    write_row(&single(tensor), &columns, &mut screen)?;
                    write_more(tensor, &mut screen)?;
                }
            }
        } else {
            let rows = rows(files);
            let columns = Columns::of(rows.iter(), 2, screen.width);
            for row in &rows {
                write_row(row, &columns, &mut screen)?;
            }
        }
    }
    Ok(())
}

/// A tensor by itself.
fn single(tensor: &Tensor) -> Row<'_> {
    Row {
        name: tensor.name.clone(),
        tensors: vec![tensor],
    }
}

/// `safetensors  291 tensors in 2 files, 6,738,415,616 parameters`.
fn head(report: &Report, id: &str, files: &[&Weights]) -> Line {
    let tensors: usize = files.iter().map(|file| file.tensors.len()).sum();
    let mut words = format!(
        "{} in {}",
        numbers::plural(tensors as u64, "tensor"),
        numbers::plural(files.len() as u64, "file")
    );
    let set = report.weight_sets.iter().find(|set| set.id == id);
    if let Some(parameters) = set.and_then(|set| set.parameters) {
        words.extend([", ", &numbers::exact(parameters), " parameters"]);
    }
    vec![strong(id), plain("  "), plain(words)]
}

/// Where the columns of a listing stand.
struct Columns {
    /// Before the name.
    indent: usize,
    /// Where count, element type, shape and bytes begin.
    facts: usize,
    /// How wide each of these is.
    widths: [usize; 4],
}

impl Columns {
    /// As wide as the rows need, names where they leave room.
    fn of<'a, R: std::borrow::Borrow<Row<'a>>>(
        rows: impl Iterator<Item = R>,
        indent: usize,
        screen: usize,
    ) -> Self {
        let mut widths = [0; 4];
        let mut names = 0;
        for row in rows {
            let row = row.borrow();
            names = names.max(row.name.width());
            for (width, fact) in widths.iter_mut().zip(facts(row)) {
                *width = (*width).max(fact.width());
            }
        }
        let taken = |widths: &[usize]| -> usize {
            widths.iter().filter(|width| **width > 0).map(|width| width + 2).sum()
        };
        while taken(&widths) > screen.saturating_sub(indent + 8) {
            let Some(widest) = widths.iter_mut().max() else {
                break;
            };
            *widest -= 1;
        }
        let taken = taken(&widths);
        let right = screen.saturating_sub(taken).max(indent + 8);
        Self {
            indent,
            facts: right.min(indent + names),
            widths,
        }
    }
}

/// Count, element type, shape, bytes (and role, where it is no parameter).
fn facts(row: &Row) -> [String; 4] {
    let Some(first) = row.tensors.first() else {
        return Default::default();
    };
    let count = row.tensors.len() as u64;
    let bytes = row.bytes().map_or_else(|| "?".to_owned(), numbers::bytes);
    [
        if count > 1 {
            format!("×{}", numbers::exact(count))
        } else {
            String::new()
        },
        visible(&shortened(&first.dtype, 24)).into_owned(),
        match first.role {
            Role::Parameter => numbers::shape(&first.shape),
            role => format!("{} {role}", numbers::shape(&first.shape)),
        },
        bytes,
    ]
}

/// A name and its facts beside it, or below it where it is too long.
fn write_row(row: &Row, columns: &Columns, screen: &mut Screen) -> io::Result<()> {
    let Columns { indent, facts: at, widths } = columns;
    let names = wrapped(&vec![name(&row.name)], screen.width - indent);
    let blank = Fitted::default().padded("", *indent, anstyle::Style::new());
    let mut cells = vec![(Vec::new(), at - indent, false)];
    if names.len() == 1 && names.iter().all(|line| indent + line.width <= *at) {
        cells[0].0 = names;
    } else {
        screen.column(&blank, *indent, &names)?;
        cells[0].0.push(Fitted::default());
    }
    for (column, (fact, width)) in facts(row).iter().zip(widths).enumerate() {
        if *width > 0 {
            let fact = plain(fact.replace(' ', "\u{a0}"));
            cells.push((wrapped(&vec![fact], *width), *width, column == 3));
        }
    }
    screen.cells(*indent, &cells)
}

/// Digest and statistics of one tensor, where they were taken.
fn write_more(tensor: &Tensor, screen: &mut Screen) -> io::Result<()> {
    if let Some(sha256) = &tensor.sha256 {
        let line = vec![quiet("sha256 "), quiet(sha256)];
        screen.line(&Fitted::default(), 6, &line)?;
    }
    if let Some(stats) = &tensor.stats {
        let [min, max, mean, std] =
            [stats.min, stats.max, stats.mean, stats.std].map(|number| numbers::short(number.0));
        let mut words = format!("min {min}  max {max}  mean {mean}  std {std}");
        for (n, what) in [
            (stats.zeros, "zeros"),
            (stats.nan, "NaN"),
            (stats.inf, "infinite"),
        ] {
            if n > 0 {
                words.extend(["  ", &numbers::exact(n), " ", what]);
            }
        }
        screen.line(&Fitted::default(), 6, &vec![quiet(words)])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample;

    fn text(report: &Report, style: &Style) -> String {
        let mut out = Vec::new();
        write(report, style, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn layers_are_told_as_one() {
        insta::assert_snapshot!(text(&sample::llama(), &Style::default()), @r###"
        safetensors  291 tensors in 2 files, 6,738,415,616 parameters
          model.embed_tokens.weight                        F16  [32000, 4096]  262.14 MB
          model.layers.[0..31].input_layernorm.weight
                                                      ×32  F16  [4096]         262.14 kB
          model.layers.[0..31].mlp.down_proj.weight   ×32  F16  [4096, 11008]    2.89 GB
          model.layers.[0..31].mlp.gate_proj.weight   ×32  F16  [11008, 4096]    2.89 GB
          model.layers.[0..31].mlp.up_proj.weight     ×32  F16  [11008, 4096]    2.89 GB
          model.layers.[0..31].post_attention_layernorm.weight
                                                      ×32  F16  [4096]         262.14 kB
          model.layers.[0..31].self_attn.k_proj.weight
                                                      ×32  F16  [4096, 4096]     1.07 GB
          model.layers.[0..31].self_attn.o_proj.weight
                                                      ×32  F16  [4096, 4096]     1.07 GB
          model.layers.[0..31].self_attn.q_proj.weight
                                                      ×32  F16  [4096, 4096]     1.07 GB
          model.layers.[0..31].self_attn.v_proj.weight
                                                      ×32  F16  [4096, 4096]     1.07 GB
          model.norm.weight                                F16  [4096]           8.19 kB
          lm_head.weight                                   F16  [32000, 4096]  262.14 MB
        "###);
        let wide = Style { width: 120, ..Style::default() };
        insta::assert_snapshot!(text(&sample::llama(), &wide), @r###"
        safetensors  291 tensors in 2 files, 6,738,415,616 parameters
          model.embed_tokens.weight                                  F16  [32000, 4096]  262.14 MB
          model.layers.[0..31].input_layernorm.weight           ×32  F16  [4096]         262.14 kB
          model.layers.[0..31].mlp.down_proj.weight             ×32  F16  [4096, 11008]    2.89 GB
          model.layers.[0..31].mlp.gate_proj.weight             ×32  F16  [11008, 4096]    2.89 GB
          model.layers.[0..31].mlp.up_proj.weight               ×32  F16  [11008, 4096]    2.89 GB
          model.layers.[0..31].post_attention_layernorm.weight  ×32  F16  [4096]         262.14 kB
          model.layers.[0..31].self_attn.k_proj.weight          ×32  F16  [4096, 4096]     1.07 GB
          model.layers.[0..31].self_attn.o_proj.weight          ×32  F16  [4096, 4096]     1.07 GB
          model.layers.[0..31].self_attn.q_proj.weight          ×32  F16  [4096, 4096]     1.07 GB
          model.layers.[0..31].self_attn.v_proj.weight          ×32  F16  [4096, 4096]     1.07 GB
          model.norm.weight                                          F16  [4096]           8.19 kB
          lm_head.weight                                             F16  [32000, 4096]  262.14 MB
        "###);
    }

    #[test]
    fn each_by_itself() {
        let mut report = sample::llama();
        report.weights[0].tensors.truncate(2);
        report.weights[1].tensors.clear();
        let all = Style { all: true, ..Style::default() };
        insta::assert_snapshot!(text(&report, &all), @r###"
        safetensors  2 tensors in 2 files, 6,738,415,616 parameters
          model-00001-of-00002.safetensors
            model.embed_tokens.weight              F16  [32000, 4096]  262.14 MB
              sha256 93a86dbcbe2d449114380ca9d0221a58cc07fc5f5897c86c2d2d7ad1c3217cfc
              min -0.25  max 1.21  mean 0.0001  std 0.022  12 zeros
            model.layers.0.input_layernorm.weight  F16  [4096]           8.19 kB
              sha256 418ad535c6d72e517173cf8295c1344d3c93165ccce40565235ba77fa48e342f
              min -0.25  max 0.68  mean 0.0001  std 0.024  12 zeros
          model-00002-of-00002.safetensors
        "###);
        report.weights.clear();
        assert_eq!(text(&report, &all), "no tensors were found in example-llm-7b\n");
    }

    #[test]
    fn names_do_not_act() {
        for width in [40, 80] {
            let all = Style { all: true, width, ..Style::default() };
            for line in text(&sample::hostile(), &all).lines() {
                assert!(!line.chars().any(crate::render::escape::is_unseen), "{line}");
                assert!(unicode_width::UnicodeWidthStr::width(line) <= width, "{line}");
            }
        }
    }
}
