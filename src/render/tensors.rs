//! The listing of tensors for a terminal: layers told as one, or each by itself.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use super::{
    Output, Style,
    document::{Ink, Line, Run, name, plain, quiet, strong},
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

/// Columns of a number.
const COUNT: usize = 5;
/// Columns of an element type.
const DTYPE: usize = 8;

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
            for file in files {
                screen.line(&Fitted::default(), 2, &vec![plain("  "), name(&file.path)])?;
                for tensor in &file.tensors {
                    let row = Row {
                        name: tensor.name.clone(),
                        tensors: vec![tensor],
                    };
                    write_row(&row, 4, &mut screen)?;
                    write_more(tensor, &mut screen)?;
                }
            }
        } else {
            for row in rows(files) {
                write_row(&row, 2, &mut screen)?;
            }
        }
    }
    Ok(())
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

/// Name, count, element type, shape and bytes; what does not fit beside a long name comes below.
fn write_row(row: &Row, indent: usize, screen: &mut Screen) -> io::Result<()> {
    let Some(first) = row.tensors.first() else {
        return Ok(());
    };
    let count = row.tensors.len();
    let times = if count > 1 {
        format!("×{}", numbers::exact(count as u64))
    } else {
        String::new()
    };
    let shape = numbers::shape(&first.shape);
    let bytes = row.bytes().map_or_else(|| "?".to_owned(), numbers::bytes);
    let role = match first.role {
        Role::Parameter => "",
        role => role.word(),
    };
    let facts = format!("{times:<COUNT$}  {dtype:<DTYPE$}", dtype = first.dtype);
    let facts = vec![
        Run {
            text: facts.replace(' ', "\u{a0}"),
            ink: Ink::Plain,
        },
        plain(" "),
        plain(shape.replace(' ', "\u{a0}")),
        plain("  "),
        plain(bytes.replace(' ', "\u{a0}")),
        quiet(if role.is_empty() {
            String::new()
        } else {
            format!("  {role}")
        }),
    ];
    // Facts line up in the right part of the screen where names leave them room.
    let column = screen.width.saturating_sub(46).max(indent + 16);
    let names = wrapped(&vec![name(&row.name)], screen.width - indent);
    let fits = names.len() == 1 && names.iter().all(|line| indent + line.width + 2 <= column);
    let lead = Fitted::default().padded("", indent, anstyle::Style::new());
    if fits {
        let mut lead = lead;
        lead.append(names);
        return screen.line(&lead, column, &facts);
    }
    screen.column(&lead, indent, &names)?;
    screen.line(&Fitted::default(), column, &facts)
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
          model.embed_tokens.weight              F16      [32000, 4096]  262.14 MB
          model.layers.[0..31].input_layernorm.weight
                                          ×32    F16      [4096]  262.14 kB
          model.layers.[0..31].mlp.down_proj.weight
                                          ×32    F16      [4096, 11008]  2.89 GB
          model.layers.[0..31].mlp.gate_proj.weight
                                          ×32    F16      [11008, 4096]  2.89 GB
          model.layers.[0..31].mlp.up_proj.weight
                                          ×32    F16      [11008, 4096]  2.89 GB
          model.layers.[0..31].post_attention_layernorm.weight
                                          ×32    F16      [4096]  262.14 kB
          model.layers.[0..31].self_attn.k_proj.weight
                                          ×32    F16      [4096, 4096]  1.07 GB
          model.layers.[0..31].self_attn.o_proj.weight
                                          ×32    F16      [4096, 4096]  1.07 GB
          model.layers.[0..31].self_attn.q_proj.weight
                                          ×32    F16      [4096, 4096]  1.07 GB
          model.layers.[0..31].self_attn.v_proj.weight
                                          ×32    F16      [4096, 4096]  1.07 GB
          model.norm.weight                      F16      [4096]  8.19 kB
          lm_head.weight                         F16      [32000, 4096]  262.14 MB
        "###);
        let wide = Style { width: 120, ..Style::default() };
        insta::assert_snapshot!(text(&sample::llama(), &wide), @r###"
        safetensors  291 tensors in 2 files, 6,738,415,616 parameters
          model.embed_tokens.weight                                        F16      [32000, 4096]  262.14 MB
          model.layers.[0..31].input_layernorm.weight               ×32    F16      [4096]  262.14 kB
          model.layers.[0..31].mlp.down_proj.weight                 ×32    F16      [4096, 11008]  2.89 GB
          model.layers.[0..31].mlp.gate_proj.weight                 ×32    F16      [11008, 4096]  2.89 GB
          model.layers.[0..31].mlp.up_proj.weight                   ×32    F16      [11008, 4096]  2.89 GB
          model.layers.[0..31].post_attention_layernorm.weight      ×32    F16      [4096]  262.14 kB
          model.layers.[0..31].self_attn.k_proj.weight              ×32    F16      [4096, 4096]  1.07 GB
          model.layers.[0..31].self_attn.o_proj.weight              ×32    F16      [4096, 4096]  1.07 GB
          model.layers.[0..31].self_attn.q_proj.weight              ×32    F16      [4096, 4096]  1.07 GB
          model.layers.[0..31].self_attn.v_proj.weight              ×32    F16      [4096, 4096]  1.07 GB
          model.norm.weight                                                F16      [4096]  8.19 kB
          lm_head.weight                                                   F16      [32000, 4096]  262.14 MB
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
            model.embed_tokens.weight            F16      [32000, 4096]  262.14 MB
              sha256 93a86dbcbe2d449114380ca9d0221a58cc07fc5f5897c86c2d2d7ad1c3217cfc
              min -0.25  max 1.21  mean 0.0001  std 0.022  12 zeros
            model.layers.0.input_layernorm.weight
                                                 F16      [4096]  8.19 kB
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
