//! The five groups, each with the strongest evidence there is of it.

use super::{Line, Standing, dotted, numbers, place, plain, quiet, spaced};
use crate::{
    report::{ComponentVerdict, Evidence, Report},
    words::{Component, Group, Presence},
};

/// The five groups and what shows them.
pub(super) fn standings(report: &Report) -> Vec<Standing> {
    let standing = |group: &crate::report::GroupVerdict| Standing {
        label: group_label(group.id),
        presence: group.presence,
        says: vec![group_line(report, group.id, group.presence)],
    };
    report.groups.iter().map(standing).collect()
}

/// A group in words.
pub(in crate::render) fn group_label(group: Group) -> &'static str {
    match group {
        Group::Weights => "weights",
        Group::Code => "code",
        Group::TrainingData => "training data",
        Group::Recipes => "recipes",
        Group::Documents => "documents",
    }
}

/// A component in words.
pub(in crate::render) fn component_label(component: Component) -> &'static str {
    match component {
        Component::FinalParameters => "final parameters",
        Component::IntermediateParameters => "intermediate parameters",
        Component::ModelArchitecture => "model architecture",
        Component::InferenceCode => "inference code",
        Component::TrainingCode => "training code",
        Component::DataPreprocessingCode => "data preprocessing code",
        Component::EvaluationCode => "evaluation code",
        Component::SupportingLibraries => "supporting libraries",
        Component::Datasets => "datasets",
        Component::DataCard => "data card",
        Component::EvaluationData => "evaluation data",
        Component::ModelMetadata => "model metadata",
        Component::TechnicalReport => "technical report",
        Component::ResearchPaper => "research paper",
        Component::ModelCard => "model card",
        Component::EvaluationResults => "evaluation results",
        Component::SampleOutputs => "sample outputs",
    }
}

/// A sign for how far something is here. The word always stands beside it.
pub(in crate::render) fn mark(presence: Presence) -> &'static str {
    match presence {
        Presence::Present => "●",
        Presence::Partial => "◐",
        Presence::Pointer | Presence::Referenced => "◔",
        Presence::Claimed | Presence::Promised | Presence::Withheld | Presence::Absent => "○",
    }
}

/// What shows how far a group is here, in one line.
pub(in crate::render) fn group_line(report: &Report, group: Group, presence: Presence) -> Line {
    let of_group: Vec<&ComponentVerdict> =
        report.components.iter().filter(|verdict| verdict.group == group).collect();
    let counted = (group == Group::Weights).then(|| weights_line(report)).flatten();
    let strongest_of = |verdict: &&ComponentVerdict| strongest(report, verdict).is_some();
    // What shows the very presence that the group has goes first; else the strongest.
    let lead = of_group
        .iter()
        .filter(|verdict| strongest_of(verdict))
        .min_by_key(|verdict| (verdict.presence != presence, verdict.presence, verdict.id));
    let first = counted.or_else(|| {
        let verdict = lead?;
        let seen = strongest(report, verdict)?;
        Some(evidence_line(seen, verdict.presence))
    });
    let Some(first) = first else {
        return vec![quiet("nothing in the release shows it")];
    };
    let others = of_group.iter().filter(|verdict| {
        let is_first = lead.is_some_and(|lead| lead.id == verdict.id);
        !is_first && verdict.presence <= Presence::Partial
    });
    let others = others.map(|verdict| {
        let mut line = vec![plain(component_label(verdict.id))];
        if let Some(at) = strongest(report, verdict).and_then(|seen| seen.at.as_ref()) {
            line.extend([plain(" "), place(at)]);
        }
        line
    });
    dotted([first].into_iter().chain(others.take(3)))
}

/// The evidence that decides a component's presence: the strongest, and of equals the first.
pub(in crate::render) fn strongest<'a>(
    report: &'a Report,
    verdict: &ComponentVerdict,
) -> Option<&'a Evidence> {
    let seen = verdict.evidence.iter().filter_map(|at| {
        let at = usize::try_from(*at).ok()?;
        report.evidence.get(at)
    });
    seen.min_by_key(|seen| (seen.presence, seen.at.is_none()))
}

/// What was seen, then where.
pub(super) fn evidence_line(seen: &Evidence, expected: Presence) -> Line {
    let mut line = vec![plain(&seen.saying)];
    if seen.presence != expected {
        line.push(quiet(format!(" ({})", seen.presence)));
    }
    if let Some(at) = &seen.at {
        line.extend([plain("  "), place(at)]);
    }
    line
}

/// `6.74 B parameters, F16, 291 tensors in 2 safetensors shards`; `None` where nothing was counted.
fn weights_line(report: &Report) -> Option<Line> {
    let totals = &report.totals;
    if totals.tensors == 0 {
        return None;
    }
    let mut parts = Vec::new();
    if let Some(parameters) = totals.parameters {
        parts.push(format!("{} parameters", numbers::count(parameters)));
    }
    let mut dtypes: Vec<(&String, &u64)> = report.model.dtypes.iter().collect();
    dtypes.sort_by_key(|(name, parameters)| (std::cmp::Reverse(**parameters), *name));
    match dtypes.as_slice() {
        [] => {}
        [(only, _)] => parts.push((*only).clone()),
        [(most, _), rest @ ..] if rest.len() > 2 => {
            parts.push(format!("{most} and {} other types", rest.len()));
        }
        several => parts.push(several.iter().map(|it| it.0.as_str()).collect::<Vec<_>>().join("+")),
    }
    if let Some(packed) = &report.model.quantization {
        let bits = packed.bits.map(|bits| format!(" {bits}-bit")).unwrap_or_default();
        parts.push(format!("{}{bits}", packed.method));
    }
    let tensors = numbers::plural(totals.tensors, "tensor");
    let sets = &report.weight_sets;
    let primary = sets.iter().find(|set| set.primary);
    parts.push(match primary {
        Some(set) if set.paths.len() == 1 => format!("{tensors} in one {} file", set.format),
        Some(set) => format!("{tensors} in {} {} shards", set.paths.len(), set.format),
        None => tensors,
    });
    let mut line = vec![plain(parts.join(", "))];
    let others = sets.iter().filter(|set| !set.primary).count() as u64;
    if others > 0 {
        line.push(plain(format!(" · {} beside", numbers::plural(others, "weight set"))));
    }
    Some(line)
}

/// A topic of a disclosure in words: `compute_hours` is `compute hours`.
pub(super) fn topic_label(topic: &str) -> String {
    spaced(topic)
}
