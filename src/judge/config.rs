//! Whether the configuration speaks of these weights.

use std::collections::BTreeSet;

use super::{
    Case, Check, Found,
    weights::{all_here, counted, listed},
};
use crate::{
    facts::{Artifact, Config, Contents, Node},
    sets::{
        End, Ends, Nature, WeightSet,
        architectures::{ConfigCheck, Difference, governing},
        config_in, declared, is_end,
    },
    words::{Category, Place, Severity},
};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "config-tensors-disagree",
        category: Category::Consistency,
        severity: Severity::Medium,
        title: "The tensors are not those that the config implies",
        impact: "Loading fails, or leaves parameters random or unused.",
        hint: "Use the config that was published with these weights.",
        references: &[],
        find: config_tensors_disagree,
    },
    Check {
        id: "config-vocab",
        category: Category::Consistency,
        severity: Severity::Medium,
        title: "The config states another vocabulary than the embedding has rows",
        impact: "Loading fails, or the last tokens have no or random embeddings.",
        hint: "Use the config that was published with these weights.",
        references: &[],
        find: config_vocab,
    },
    Check {
        id: "config-hidden-size",
        category: Category::Consistency,
        severity: Severity::Medium,
        title: "The config states another width than the embedding has",
        impact: "Loading fails.",
        hint: "Use the config that was published with these weights.",
        references: &[],
        find: config_hidden_size,
    },
    Check {
        id: "config-layers",
        category: Category::Consistency,
        severity: Severity::Medium,
        title: "The config states another number of layers than there are",
        impact: "Layers stay unused, or are made up of random numbers.",
        hint: "Use the config that was published with these weights.",
        references: &[],
        find: config_layers,
    },
    Check {
        id: "config-dtype",
        category: Category::Consistency,
        severity: Severity::Low,
        title: "The config states another element type than most weights have",
        impact: "Loading takes more or less memory than expected, and may lose precision.",
        hint: "Name the element type when loading.",
        references: &[],
        find: config_dtype,
    },
    Check {
        id: "tied-head-stored",
        category: Category::Consistency,
        severity: Severity::Info,
        title: "The output head is stored though the config ties it to the embedding",
        impact: "Loaders drop the stored head; where it differs from the embedding, it is lost.",
        hint: "Compare the digests of the two tensors.",
        references: &[],
        find: tied_head_stored,
    },
    Check {
        id: "tokenizer-exceeds-embedding",
        category: Category::Consistency,
        severity: Severity::Medium,
        title: "The tokenizer has ids beyond the rows of the embedding",
        impact: "Some texts make the model fail.",
        hint: "Use the tokenizer that was published with these weights.",
        references: &[],
        find: tokenizer_exceeds_embedding,
    },
    Check {
        id: "token-id-out-of-range",
        category: Category::Consistency,
        severity: Severity::Medium,
        title: "A special token's id is beyond the rows of the embedding",
        impact: "Generation fails, or does not end.",
        hint: "Mend the id in the named file.",
        references: &[],
        find: token_id_out_of_range,
    },
    Check {
        id: "quantization-config-without-tensors",
        category: Category::Consistency,
        severity: Severity::Medium,
        title: "The config declares a quantization that the tensors do not show",
        impact: "Loaders look for packed tensors and fail, or quantize once more.",
        hint: "Use the config that was published with these weights.",
        references: &[],
        find: quantization_config_without_tensors,
    },
];

/// The config of a set and of its language model, with what the tensors show.
struct Model<'f> {
    artifact: &'f Artifact,
    config: &'f Config,
    ends: &'f Ends,
}

/// Parts of a config that may speak of the language model, the whole last.
const NESTS: &[&str] = &["text_config.", "language_config.", "llm_config.", ""];

/// Formats whose names and shapes are torch's.
const PLAIN: &[&str] = &["safetensors", "torch", "pickle"];

/// Asks a question of the primary set with its config, where both are there and plain.
fn ask<T>(case: &Case, question: impl Fn(&Model, &WeightSet) -> Option<T>) -> Option<T> {
    let set = plain_primary(case)?;
    let (artifact, config) = config_in(case.facts, &set.folder, "config.json")?;
    let model = Model { artifact, config, ends: &set.ends };
    question(&model, set)
}

fn plain_primary<'c>(case: &Case<'c>) -> Option<&'c WeightSet> {
    let plain = |set: &&WeightSet| {
        let format = set.format.to_ascii_lowercase();
        let nature = matches!(set.nature, Nature::Model | Nature::Checkpoint);
        nature && !set.sliced && PLAIN.iter().any(|name| format.contains(name))
    };
    case.sets.primary().filter(plain)
}

impl Model<'_> {
    /// A number of the language model under the first of these keys, with its place.
    fn number(&self, keys: &[&str]) -> Option<(u64, Place)> {
        NESTS.iter().flat_map(|nest| keys.iter().map(move |key| format!("{nest}{key}"))).find_map(
            |key| {
                let node = self.config.at(&key)?;
                Some((node.number()?, self.place(node, &key)))
            },
        )
    }

    fn place(&self, node: &Node, key: &str) -> Place {
        Place::file(&self.artifact.path).line(node.line).key(key)
    }
}

const LAYERS: &[&str] = &["num_hidden_layers", "n_layer", "num_layers", "n_layers"];
const WIDTHS: &[&str] = &[
    "word_embed_proj_dim",
    "embedding_size",
    "hidden_size",
    "n_embd",
    "n_embed",
    "d_model",
    "dim",
];

fn vocabulary(model: &Model) -> Option<(u64, u64, Place)> {
    let (stated, place) = model.number(&["vocab_size"])?;
    let rows = model.ends.vocabulary()?;
    (stated != rows).then_some((stated, rows, place))
}

fn width(model: &Model) -> Option<(u64, u64, Place)> {
    let (stated, place) = model.number(WIDTHS)?;
    let columns = model.ends.width()?;
    (stated != columns).then_some((stated, columns, place))
}

fn layers(model: &Model) -> Option<(u64, u64, Place)> {
    let (stated, place) = model.number(LAYERS)?;
    let (_, there) = model.ends.only_stack()?;
    let further = model.number(&["num_nextn_predict_layers"]).map_or(0, |(number, _)| number);
    let fits = there == stated || stated.checked_add(further) == Some(there);
    (!fits).then_some((stated, there, place))
}

fn config_vocab(case: &Case) -> Vec<Found> {
    let found = ask(case, |model, _| {
        let (stated, rows, place) = vocabulary(model)?;
        Some(Found::at(place, format!("vocab_size is {stated}, the embedding has {rows} rows")))
    });
    found.into_iter().collect()
}

fn config_hidden_size(case: &Case) -> Vec<Found> {
    let found = ask(case, |model, _| {
        let (stated, columns, place) = width(model)?;
        let message =
            format!("the width is stated as {stated}, the embedding has {columns} columns");
        Some(Found::at(place, message))
    });
    found.into_iter().collect()
}

fn config_layers(case: &Case) -> Vec<Found> {
    let found = ask(case, |model, _| {
        let (stated, there, place) = layers(model)?;
        // Layers may lie in a shard that is not here.
        if there < stated && !all_here(case) {
            return None;
        }
        Some(Found::at(
            place,
            format!("the layers are stated as {stated}, the tensors have {there}"),
        ))
    });
    found.into_iter().collect()
}

fn config_tensors_disagree(case: &Case) -> Vec<Found> {
    let known = ask(case, |model, _| {
        let deep = layers(model);
        let end = deep.as_ref().map(|(stated, there, _)| *stated.min(there));
        Some((vocabulary(model).is_some(), width(model).is_some(), end))
    });
    let (vocabulary, width, layers) = known.unwrap_or_default();
    // One wrong number is told once, by the check that is of it.
    let ConfigCheck::Disagrees(difference) = &case.sets.config else {
        return Vec::new();
    };
    if width {
        return Vec::new();
    }
    let whole = all_here(case);
    let told = |name: &str| {
        let beyond = || {
            let mut numbers = name
                .split(['.', '[', ']'])
                .filter_map(|part| part.split("..").next()?.parse::<u64>().ok());
            layers.zip(numbers.next()).is_some_and(|(end, number)| number >= end)
        };
        vocabulary && is_end(name) || beyond()
    };
    let Difference {
        config,
        model_type,
        mut missing,
        mut unexpected,
        mut misshapen,
    } = difference.clone();
    missing.retain(|names| !told(&names.name) && whole);
    unexpected.retain(|names| !told(&names.name));
    misshapen.retain(|it| !told(&it.names.name));
    let mut parts = Vec::new();
    if !missing.is_empty() {
        parts.push(format!("missing: {}", listed(&missing)));
    }
    if !unexpected.is_empty() {
        parts.push(format!("not implied: {}", listed(&unexpected)));
    }
    let shapes = misshapen
        .iter()
        .map(|it| format!("{} {:?} instead of {:?}", it.names, it.found, it.expected));
    let shapes: Vec<String> = shapes.collect();
    if !shapes.is_empty() {
        parts.push(format!("of another shape: {}", listed(&shapes)));
    }
    if parts.is_empty() {
        return Vec::new();
    }
    let message = format!("held against {model_type}: {}", parts.join("; "));
    let found = Found::at(Place::file(config), message);
    vec![if missing.is_empty() {
        found
    } else {
        found.severity(Severity::High)
    }]
}

/// Element types as configs spell them, and as tensors have them.
const DTYPES: &[(&str, &str)] = &[
    ("float16", "F16"),
    ("bfloat16", "BF16"),
    ("float32", "F32"),
    ("float64", "F64"),
];

fn config_dtype(case: &Case) -> Vec<Found> {
    let found = ask(case, |model, set| {
        let packed = set.quantization.is_some() || declared(case.facts, set).is_some();
        if packed || !set.label.is_empty() {
            return None;
        }
        let keys = [
            "dtype",
            "torch_dtype",
            "text_config.dtype",
            "text_config.torch_dtype",
        ];
        let (key, node) = keys.iter().find_map(|key| Some((*key, model.config.at(key)?)))?;
        let text = node.text()?;
        let stated = text.strip_prefix("torch.").unwrap_or(text);
        let (_, stated) = DTYPES.iter().find(|(name, _)| *name == stated)?;
        let (most, elements) = set.dtypes.iter().max_by_key(|(_, elements)| **elements)?;
        let plain = DTYPES.iter().any(|(_, name)| name == most);
        (plain && most != stated).then(|| {
            let all = set.parameters.unwrap_or(*elements);
            let message =
                format!("the config states {text}, {elements} of {all} parameters are {most}");
            Found::at(model.place(node, key), message)
        })
    });
    found.into_iter().collect()
}

fn tied_head_stored(case: &Case) -> Vec<Found> {
    let found = ask(case, |model, set| {
        let key = "tie_word_embeddings";
        let stated = NESTS.iter().rev().find_map(|nest| model.config.flag(&format!("{nest}{key}")));
        let by_rule = || governing(case.facts, set).ok().map(|it| it.row.tied);
        let tied = stated.or_else(by_rule).unwrap_or(false);
        let (head, embedding) = (model.ends.head.as_ref()?, model.ends.embedding.as_ref()?);
        let same_bytes = head.artifact == embedding.artifact && head.bytes == embedding.bytes;
        // Other heads share no shape with the embedding.
        if !tied || same_bytes || head.shape != embedding.shape {
            return None;
        }
        let place = Place::file(&case.facts.artifacts[head.artifact].path).tensor(&head.name);
        let hash = |end: &End| case.digests.of_tensor(end.artifact, end.index)?.sha256;
        let (bytes, severity) = match hash(head).zip(hash(embedding)) {
            Some((a, b)) if a == b => ("the same bytes are", Severity::Info),
            Some(_) => ("other bytes are", Severity::Medium),
            None => ("it is", Severity::Info),
        };
        let len = head.bytes.as_ref().map_or(0, |bytes| bytes.end.saturating_sub(bytes.start));
        let message = format!("tied to {}, and {bytes} stored again, {len} bytes", embedding.name);
        Some(Found::at(place, message).severity(severity))
    });
    found.into_iter().collect()
}

fn tokenizer_exceeds_embedding(case: &Case) -> Vec<Found> {
    let Some((rows, folder)) = rows(case) else {
        return Vec::new();
    };
    let tokenizers = case.facts.artifacts.iter().filter(|it| it.folder() == folder);
    let found = tokenizers.filter_map(|artifact| match &artifact.contents {
        Contents::Tokenizer(tokenizer) => {
            let highest = tokenizer.highest_id.filter(|id| *id >= rows)?;
            let message = format!("the highest id is {highest}, the embedding has {rows} rows");
            Some(Found::at(Place::file(&artifact.path), message))
        }
        _ => None,
    });
    found.collect()
}

/// Rows of the embedding of the primary set, and the folder of the model.
fn rows<'c>(case: &Case<'c>) -> Option<(u64, &'c str)> {
    let set = plain_primary(case)?;
    Some((set.ends.vocabulary()?, set.folder.as_str()))
}

fn token_id_out_of_range(case: &Case) -> Vec<Found> {
    let Some((rows, folder)) = rows(case) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for name in ["config.json", "generation_config.json"] {
        let Some((artifact, config)) = config_in(case.facts, folder, name) else {
            continue;
        };
        for (key, node) in config.root.entries() {
            if !(key.ends_with("_token_id") || key.ends_with("_token_ids")) {
                continue;
            }
            // -1 is how some say that there is none.
            let bad = node.texts().filter(|(_, text)| match text.parse::<i128>() {
                Ok(id) => id != -1 && !(0..i128::from(rows)).contains(&id),
                Err(_) => false,
            });
            let bad: BTreeSet<&str> = bad.map(|(_, text)| text).collect();
            if let Some(id) = bad.first() {
                let place = Place::file(&artifact.path).line(node.line).key(key.as_str());
                found.push(Found::at(
                    place,
                    format!("{key} is {id}, the embedding has {rows} rows"),
                ));
            }
        }
    }
    found
}

/// Methods whose releases store packed or scaled tensors.
const STORED: &[&str] = &[
    "gptq",
    "awq",
    "bitsandbytes",
    "bitsandbytes_4bit",
    "bitsandbytes_8bit",
    "fp8",
    "fbgemm_fp8",
    "compressed-tensors",
    "mxfp4",
    "modelopt",
    "nvfp4",
    "aqlm",
    "eetq",
    "exl2",
    "exl3",
];

fn quantization_config_without_tensors(case: &Case) -> Vec<Found> {
    let found = ask(case, |model, set| {
        let declared = declared(case.facts, set)?;
        let node = model.config.at("quantization_config")?;
        let bare = set.quantization.is_none() && set.helpers == 0;
        (bare && STORED.contains(&declared.method.as_str())).then(|| {
            let most = set.dtypes.iter().max_by_key(|(_, n)| **n).map_or("none", |(name, _)| name);
            let count = counted(usize::try_from(set.tensors).unwrap_or(usize::MAX), "tensor");
            let message = format!(
                "{} is declared, and none of {count} is packed: most are {most}",
                declared.method
            );
            Found::at(model.place(node, "quantization_config"), message)
        })
    });
    found.into_iter().collect()
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
