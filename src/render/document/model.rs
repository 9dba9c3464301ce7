//! What the model is, and how much memory it takes.

use super::{Block, Line, Section, dotted, name, numbers, plain, quiet};
use crate::report::{Memory, Report, WeightSet, Weights};

/// What the files say that the model is; `None` where they say nothing.
pub(super) fn section(report: &Report) -> Option<Section> {
    let lines = lines(report);
    (!lines.is_empty()).then(|| Section {
        title: "Model",
        blocks: vec![Block::Lines(lines)],
    })
}

/// A line on what it is, one on its graph, one on an adapter, one on memory.
pub(in crate::render) fn lines(report: &Report) -> Vec<Line> {
    let mut lines = Vec::new();
    let is = identity(report);
    if !is.is_empty() {
        lines.push(dotted(is));
    }
    lines.extend(graph(report));
    lines.extend(adapter(report));
    let bits = report.weight_sets.iter().find(|set| set.primary).and_then(WeightSet::packed_bits);
    lines.extend(report.model.memory.as_ref().map(|it| memory(it, bits)));
    lines
}

fn identity(report: &Report) -> Vec<Line> {
    let model = &report.model;
    let mut parts: Vec<Line> = Vec::new();
    match (model.architectures.first(), &model.model_type) {
        (Some(class), Some(of)) => parts.push(vec![name(class), plain(" ("), name(of), plain(")")]),
        (Some(one), None) | (None, Some(one)) => parts.push(vec![name(one)]),
        (None, None) => {}
    }
    if let Some(seen) = &model.recognized {
        parts.push(vec![
            plain(format!("{}: ", resemblance(&seen.model_types))),
            plain(&seen.reason),
        ]);
    }
    let compared = report.totals.tensors > 0; // without tensors there was nothing to compare
    match model.config_check.as_str() {
        _ if !compared => {}
        "agrees" => parts.push(vec![plain("config and tensors agree")]),
        "disagrees" => parts.push(vec![plain("config and tensors disagree")]),
        "no_rule" => {
            parts.push(vec![quiet(
                "no rule here for this model type, so config and tensors were not compared",
            )]);
        }
        _ => {}
    }
    if let Some(active) = model.active_parameters.filter(|it| Some(*it) != model.parameters) {
        parts.push(vec![plain(format!(
            "{} parameters a token",
            numbers::count(active)
        ))]);
    }
    parts
}

/// Model types named where several have the same layout; the JSON report names them all.
const ALIKE: usize = 3;

/// `looks like llama`, `laid out as bert, as roberta and as 2 more are`.
fn resemblance(types: &[String]) -> String {
    let (named, more) = types.split_at(types.len().min(ALIKE));
    match (named, more.len()) {
        ([one], _) => format!("looks like {one}"),
        ([named @ .., last], 0) => format!("laid out as {} and as {last} are", named.join(", as ")),
        (named, more) => format!("laid out as {} and as {more} more are", named.join(", as ")),
    }
}

/// Operators named, those that are called most; the JSON report names them all.
const OPERATORS: usize = 5;

/// `model.tflite: a graph of 12 CONV_2D, 3 ADD and 2 other kinds of operator`, where one graph can be meant.
fn graph(report: &Report) -> Option<Line> {
    let mut graphs: Vec<&Weights> =
        report.weights.iter().filter(|it| !it.operators.is_empty()).collect();
    if graphs.len() > 1 {
        let primary = report.weight_sets.iter().find(|set| set.primary)?;
        graphs.retain(|it| primary.paths.contains(&it.path));
    }
    let [graph] = graphs[..] else { return None };
    let mut operators: Vec<(&String, u64)> =
        graph.operators.iter().map(|(operator, calls)| (operator, *calls)).collect();
    operators.sort_by_key(|(operator, calls)| (u64::MAX - calls, *operator));
    let (named, others) = operators.split_at(operators.len().min(OPERATORS));
    let named: Vec<String> =
        named.iter().map(|(operator, calls)| format!("{calls} {operator}")).collect();
    let mut line = vec![
        name(&graph.path),
        plain(format!(": a graph of {}", named.join(", "))),
    ];
    if !others.is_empty() {
        let kinds = numbers::plural(others.len() as u64, "other kind");
        line.push(plain(format!(" and {kinds} of operator")));
    }
    Some(line)
}

/// `lora adapter of rank 8 onto q_proj, v_proj`.
fn adapter(report: &Report) -> Option<Line> {
    let adapter = report.model.adapter.as_ref()?;
    let kind = adapter.kind.as_deref().unwrap_or("an unknown kind of");
    let mut line = vec![plain(format!("{kind} adapter"))];
    let ranks: Vec<String> = adapter.ranks.iter().map(ToString::to_string).collect();
    if !ranks.is_empty() {
        line.push(plain(format!(" of rank {}", ranks.join(", "))));
    }
    if !adapter.targets.is_empty() {
        line.push(plain(" onto "));
        line.push(name(adapter.targets.join(", ")));
    }
    Some(line)
}

/// `4.08 GB of weights (4.8 bits a parameter), 13.48 GB at 16 · 2.15 GB for a context of 4,096 tokens`.
fn memory(memory: &Memory, bits: Option<f64>) -> Line {
    let mut weights = format!("{} of weights", numbers::bytes(memory.weights_bytes));
    // Buffers alone make no difference that shows.
    let shows = |it: &u64| numbers::bytes(*it) != numbers::bytes(memory.weights_bytes);
    if let Some(at_16) = memory.weights_bytes_at_16_bits.filter(shows) {
        let stored = bits.map_or_else(String::new, |bits| format!(" ({bits:.1} bits a parameter)"));
        let unit = if bits.is_none() {
            " bits a parameter"
        } else {
            ""
        };
        weights = format!("{weights}{stored}, {} at 16{unit}", numbers::bytes(at_16));
    }
    let mut parts = vec![vec![plain(weights)]];
    if let (Some(context), Some(cache)) = (memory.context, memory.cache_bytes) {
        parts.push(vec![plain(format!(
            "{} for a context of {}",
            numbers::bytes(cache),
            numbers::plural(context, "token")
        ))]);
        if !memory.assumptions.is_empty() {
            parts.push(vec![quiet(memory.assumptions.join("; "))]);
        }
    }
    let mut line = vec![plain("memory: ")];
    line.extend(dotted(parts));
    line
}
