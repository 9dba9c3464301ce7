//! Facts beside the components: labor, compute, lineage. Each with its place; what no file mentions
//! is not in here, and a report says so.

use super::{metadata::note, parameters};
use crate::{
    facts::{Contents, Facts},
    words::{Place, Presence},
};

/// One thing disclosed, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Disclosure {
    /// `compute_hours`, `labor_annotators`, `lineage` … as the report spells it.
    pub topic: &'static str,
    /// How it is disclosed.
    pub presence: Presence,
    /// Where.
    pub at: Option<Place>,
    /// In words: a clause without a full stop.
    pub saying: String,
}

/// Everything disclosed, by topic, path and line, nothing twice.
pub fn gather(facts: &Facts) -> Vec<Disclosure> {
    let mut found: Vec<Disclosure> = Vec::new();
    for (artifact, card) in facts.cards() {
        found.extend(card.disclosures.iter().map(|said| Disclosure {
            topic: said.topic,
            presence: said.presence,
            at: Some(Place::file(&artifact.path).line(said.line)),
            saying: said.saying.clone(),
        }));
    }
    for (artifact, config) in facts.configs() {
        let mut saw = |topic, key: &str, what: &str| {
            if let Some((line, text)) =
                config.at(key).and_then(|node| Some((node.line, node.text()?)))
            {
                let at = Place::file(&artifact.path).line(line).key(key);
                found.push(Disclosure {
                    topic,
                    presence: Presence::Referenced,
                    at: Some(at),
                    saying: format!("{what} {text}"),
                });
            }
        };
        if artifact.name() == "config.json" {
            saw("framework", "transformers_version", "transformers");
        }
        saw("framework", "_diffusers_version", "diffusers");
        saw("lineage", "base_model_name_or_path", "an adapter for");
    }
    for (_, artifact, file) in facts.weights() {
        for key in [
            "general.base_model.0.repo_url",
            "general.base_model.0.name",
            "ss_sd_model_name",
        ] {
            if let Some(base) = note(file, key) {
                found.push(Disclosure {
                    topic: "lineage",
                    presence: Presence::Referenced,
                    at: Some(Place::file(&artifact.path).key(key)),
                    saying: format!("made from {}", super::metadata::quoted(base)),
                });
                break;
            }
        }
    }
    found.extend(frameworks(facts));
    found.sort();
    found.dedup();
    found
}

/// Packages that say what a model runs on, and their usual names.
const FRAMEWORKS: &[(&str, &str)] = &[
    ("torch", "PyTorch"),
    ("tensorflow", "TensorFlow"),
    ("jax", "JAX"),
    ("flax", "Flax"),
    ("mlx", "MLX"),
    ("transformers", "transformers"),
    ("diffusers", "diffusers"),
    ("keras", "Keras"),
    ("paddle", "PaddlePaddle"),
    ("megatron", "Megatron-LM"),
    ("deepspeed", "DeepSpeed"),
    ("vllm", "vLLM"),
    ("onnxruntime", "ONNX Runtime"),
    ("mindspore", "MindSpore"),
    ("triton", "Triton"),
    ("lightning", "Lightning"),
];

/// Frameworks that code imports or lists of libraries name, each at its first file.
fn frameworks(facts: &Facts) -> Vec<Disclosure> {
    let mut found: std::collections::BTreeMap<&str, Disclosure> = std::collections::BTreeMap::new();
    for artifact in &facts.artifacts {
        let named: Vec<(u32, &str, &str)> = match &artifact.contents {
            Contents::Code(code) => code
                .imports
                .iter()
                .map(|import| (import.line, import.package(), "code imports"))
                .collect(),
            Contents::Libraries(libraries) => libraries
                .named
                .iter()
                .map(|(line, name, _)| (*line, name.as_str(), "libraries name"))
                .collect(),
            _ => continue,
        };
        for (line, package, how) in named {
            if let Some((_, name)) = FRAMEWORKS.iter().find(|(known, _)| *known == package) {
                found.entry(name).or_insert_with(|| Disclosure {
                    topic: "framework",
                    presence: Presence::Referenced,
                    at: Some(Place::file(&artifact.path).line(line)),
                    saying: format!("{how} {name}"),
                });
            }
        }
    }
    found.into_values().collect()
}

/// The base that an adapter in the release is for, where one is named.
pub fn adapter_base(facts: &Facts) -> Option<String> {
    let (_, artifact, _) =
        facts.weights().find(|(_, artifact, _)| artifact.name().contains("adapter"))?;
    parameters::base_of(facts, artifact)
}
