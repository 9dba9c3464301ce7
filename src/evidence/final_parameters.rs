//! Are the trained parameters here?

use super::{
    Evidence, Rule,
    parameters::{Bundle, Nature, along_the_way, base_of, bundles},
};
use crate::{
    facts::{Artifact, Contents, Facts, Yaml},
    sets::Sets,
    words::{Component, FileKind, Presence},
};

pub(super) const RULE: Rule = Rule {
    component: Component::FinalParameters,
    question: "Are the trained parameters in the release?",
    ask: "Please publish the final weights in full, as safetensors with their index.",
    gather,
};

fn gather(rule: &Rule, facts: &Facts, sets: &Sets) -> Vec<Evidence> {
    let bundles = bundles(facts, sets);
    let steps = along_the_way(&bundles);
    let lacking = lacking_parts(facts);
    let mut seen = rule.said(facts);
    let of_model = bundles.iter().zip(&steps).filter(|(_, step)| !**step).map(|(bundle, _)| bundle);
    seen.extend(of_model.filter_map(|bundle| weigh(rule, facts, bundle, lacking.as_deref())));
    let some = seen.iter().any(|seen| seen.presence <= Presence::Partial);
    let last = bundles.iter().filter(|bundle| bundle.step.is_some() && bundle.whole > 0);
    if let Some(last) = last.max_by_key(|bundle| bundle.step).filter(|_| !some) {
        let saying =
            format!("{}; only checkpoints are here, and none is called final", last.saying());
        seen.push(rule.saw(Presence::Partial, last.first, saying));
    }
    seen
}

fn weigh(rule: &Rule, facts: &Facts, bundle: &Bundle, lacking: Option<&str>) -> Option<Evidence> {
    let saw = |presence, saying| rule.saw(presence, bundle.first, saying);
    let saying = bundle.saying();
    match bundle.nature {
        Nature::Other => None,
        Nature::Adapter => {
            let base = base_of(facts, bundle.first);
            let base = base.map_or_else(
                || "no base is named".to_owned(),
                |base| format!("its base is {base}"),
            );
            Some(saw(Presence::Partial, format!("{saying}; an adapter alone, {base}")))
        }
        Nature::Part => {
            let part = "a projector that another model needs, not a model";
            Some(saw(Presence::Partial, format!("{saying}; {part}")))
        }
        Nature::Parameters if bundle.whole + bundle.damaged.len() as u64 == 0 => {
            Some(saw(Presence::Referenced, saying))
        }
        Nature::Parameters if bundle.complete() => Some(match lacking {
            Some(lacking) => saw(Presence::Partial, format!("{saying}; {lacking}")),
            None => saw(Presence::Present, saying),
        }),
        Nature::Parameters if bundle.tensors == 0 && !recognized(bundle) => {
            Some(saw(Presence::Absent, saying))
        }
        Nature::Parameters => Some(saw(Presence::Partial, saying)),
    }
}

/// Whether the bytes of any of its files were told to be weights, tensors or not opened at all.
fn recognized(bundle: &Bundle) -> bool {
    let told = |file: &Artifact| {
        let empty = matches!(file.contents, Contents::Weights(_)) && file.unreadable.is_none();
        file.format.is_some() && !empty
    };
    bundle.whole > 0 || bundle.damaged.iter().any(|(file, _)| told(file))
}

/// Ends of class names whose folder in a pipeline holds weights.
const WITH_WEIGHTS: &[&str] = &[
    "Model",
    "VAE",
    "Transformer",
    "EncoderModel",
    "DecoderModel",
    "AutoencoderKL",
    "Unet",
    "UNet",
    "Prior",
    "Projection",
    "Generation",
    "Controlnet",
];

/// Parts that a pipeline's `model_index.json` names and whose folders hold no file, in a clause.
fn lacking_parts(facts: &Facts) -> Option<String> {
    let (_, index) = facts.configs().find(|(artifact, _)| artifact.path == "model_index.json")?;
    let parts = index.root.entries().iter().filter(|(name, node)| {
        let class = match &node.value {
            Yaml::List(pair) => pair.get(1).and_then(|class| class.text()).unwrap_or(""),
            _ => "",
        };
        let folder = format!("{name}/");
        WITH_WEIGHTS.iter().any(|end| class.ends_with(end))
            && !facts.artifacts.iter().any(|artifact| {
                artifact.path.starts_with(&folder)
                    && matches!(artifact.kind, FileKind::Weights | FileKind::Index)
            })
    });
    let lacking: Vec<&str> = parts.map(|(name, _)| name.as_str()).take(8).collect();
    (!lacking.is_empty())
        .then(|| format!("`model_index.json` also names {}, not here", lacking.join(", ")))
}
