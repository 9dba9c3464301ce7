//! What a model is, told from its tensors where no config says so.

use std::collections::{BTreeSet, HashSet};

use memchr::memchr;

use super::{
    Sets, WeightSet,
    architectures::all,
    counting::tensors,
    logical::{Logical, logical, plain},
};
use crate::{facts::Facts, words::Role};

/// An architecture by its tensors, with the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recognized {
    /// Model types whose layout it is: several where layouts are equal by name.
    pub model_types: Vec<&'static str>,
    /// What shows it, in a clause.
    pub reason: String,
    /// Layers, where they are in one stack.
    pub layers: Option<u64>,
    /// Rows of the embedding.
    pub vocabulary: Option<u64>,
    /// Columns of the embedding.
    pub width: Option<u64>,
}

/// Names that show a kind of model that has no row: all of them must be there, as parts of names
/// with `*` for numbers.
const MARKS: &[(&str, &[&str])] = &[
    ("stable-diffusion checkpoint", &["model.diffusion_model.input_blocks."]),
    ("flux", &["double_blocks.*.img_attn.", "single_blocks."]),
    ("flux", &["single_transformer_blocks.*.", "x_embedder."]),
    ("stable-diffusion-3", &["joint_blocks.*."]),
    (
        "diffusers U-Net",
        &[
            "down_blocks.*.",
            "up_blocks.*.",
            "mid_block.",
            "time_embedding.",
        ],
    ),
    ("diffusers autoencoder", &["encoder.down_blocks.*.", "decoder.up_blocks.*."]),
    ("diffusers transformer", &["transformer_blocks.*.attn1."]),
    ("rwkv7", &["blocks.*.att.x_r"]),
    ("rwkv6", &["blocks.*.att.time_maa_"]),
    ("rwkv5", &["blocks.*.att.time_faaaa"]),
    ("rwkv4", &["blocks.*.att.time_first"]),
    ("mamba2", &["mixer.dt_bias", "mixer.A_log"]),
    ("gated delta network hybrid", &["linear_attn.A_log"]),
    ("vision-language model", &["vision_tower."]),
    ("vision-language model", &["visual.blocks.*."]),
    ("open_clip", &["visual.transformer.resblocks.*."]),
    ("wav2vec2", &["feature_extractor.conv_layers.*."]),
    ("segment-anything", &["image_encoder.", "mask_decoder."]),
    ("timm vision transformer", &["patch_embed.proj.", "blocks.*.attn.qkv."]),
    ("ResNet", &["layer1.*.conv1.", "layer4.*.conv2."]),
    ("chatglm", &["transformer.encoder.layers.*.self_attention.query_key_value."]),
];

/// What wrappers put before names.
const WRAPPERS: &[&str] = &[
    "",
    "module.",
    "_orig_mod.",
    "model.",
    "language_model.",
    "base_model.model.",
    "model.language_model.",
];

/// Recognizes the model of a set; `None` where no layout fits.
pub fn recognize(facts: &Facts, sets: &Sets, set: &WeightSet) -> Option<Recognized> {
    let names = templates(parameters(facts, sets, set));
    let (model_types, reason) = by_row(&names).or_else(|| by_mark(&names))?;
    let ends = &set.ends;
    Some(Recognized {
        model_types,
        reason,
        layers: ends.only_stack().map(|(_, layers)| layers),
        vocabulary: ends.vocabulary(),
        width: ends.width(),
    })
}

/// The names of a set's parameters, as stored, of those that lie in its own folder.
fn parameters<'f>(facts: &'f Facts, sets: &Sets, set: &WeightSet) -> impl Iterator<Item = &'f str> {
    let own = set.files.iter().filter(|file| facts.artifacts[**file].folder() == set.folder);
    let read = own.filter_map(|file| Some((facts.weight_file(*file)?, sets.roles.get(file)?)));
    let read = read.flat_map(|(file, roles)| tensors(file).zip(roles));
    read.filter(|(_, role)| **role == Role::Parameter).map(|(tensor, _)| tensor.name.as_str())
}

/// Of the kinds of tensor that a layout has by default, the part that must be there: a config may
/// have chosen otherwise for a few (a query projection in two steps).
const ENOUGH: (usize, usize) = (9, 10);

/// The rows that lack the fewest of their tensors, and of those the ones that leave the fewest names
/// unexplained.
fn by_row(names: &HashSet<String>) -> Option<(Vec<&'static str>, String)> {
    let mut best: Option<(usize, usize, usize)> = None;
    let mut types = Vec::new();
    for row in all() {
        let needed: BTreeSet<String> = row.templates().iter().map(|it| template(it)).collect();
        let bare = |name: &str| name.strip_prefix(row.base()).unwrap_or(name).to_owned();
        let spellings = WRAPPERS.iter().flat_map(|wrapper| [(wrapper, true), (wrapper, false)]);
        let there = spellings.map(|(wrapper, whole)| {
            let spelled = |name: &&String| {
                let name = if whole { (*name).clone() } else { bare(name) };
                names.contains(&format!("{wrapper}{name}"))
            };
            needed.iter().filter(spelled).count()
        });
        let there = there.max().unwrap_or(0);
        if there * ENOUGH.1 < needed.len() * ENOUGH.0 {
            continue;
        }
        let rank = (needed.len() - there, names.len().saturating_sub(there), needed.len());
        match best {
            Some(least) if least < rank => {}
            Some(least) if least == rank => types.extend(row.model_types),
            _ => {
                best = Some(rank);
                types = row.model_types.to_vec();
            }
        }
    }
    let (lacking, unexplained, needed) = best?;
    let there = needed - lacking;
    let kinds = match lacking {
        0 => format!("all {needed} kinds of tensor of the layout are there"),
        _ => format!("{there} of the {needed} kinds of tensor of the layout are there"),
    };
    let reason = match unexplained {
        0 => format!("{kinds}, and no others"),
        1 => format!("{kinds}, and 1 other"),
        _ => format!("{kinds}, and {unexplained} others"),
    };
    Some((types, reason))
}

fn by_mark(names: &HashSet<String>) -> Option<(Vec<&'static str>, String)> {
    // Names in order, so that the reason is the same every time.
    let mut sorted: Vec<&String> = names.iter().collect();
    sorted.sort_unstable();
    MARKS.iter().find_map(|(what, marks)| {
        let shown = |mark: &&str| sorted.iter().find(|name| name.contains(*mark));
        let first = shown(marks.first()?)?;
        marks
            .iter()
            .all(|mark| shown(mark).is_some())
            .then(|| (vec![*what], format!("there are tensors such as {first}")))
    })
}

/// The templates of many names, of which few differ, as the plain model spells them.
fn templates<'a>(names: impl Iterator<Item = &'a str>) -> HashSet<String> {
    let mut templates = HashSet::new();
    let mut template = String::new();
    for name in names {
        template.clear();
        write_template(name, &mut template);
        if !templates.contains(&template) {
            templates.insert(template.clone());
        }
    }
    templates.iter().map(|name| plain(name).into_owned()).collect()
}

/// A name with `*` for each part that is a number.
fn template(name: &str) -> String {
    let mut template = String::with_capacity(name.len());
    write_template(name, &mut template);
    template
}

fn write_template(name: &str, template: &mut String) {
    let mut rest = name;
    loop {
        let dot = memchr(b'.', rest.as_bytes());
        let part = &rest[..dot.unwrap_or(rest.len())];
        let number = !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
        template.push_str(if number { "*" } else { part });
        let Some(dot) = dot else { return };
        template.push('.');
        rest = &rest[dot + 1..];
    }
}

/// Parameters that one token passes through in a mixture of experts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Active {
    /// All but the routed experts, and as many of those as are used; extra modules left out.
    pub parameters: u64,
    /// Routed experts a layer.
    pub experts: u64,
    /// Of those, used for a token.
    pub used: u64,
}

/// Parts of names of experts that a router chooses among.
const ROUTED: &[&str] = &[
    ".experts.",
    "_exps.",
    ".block_sparse_moe.input_linear.",
    ".block_sparse_moe.output_linear.",
];

/// Counts what one token passes through: `None` for a model without routed experts, or where the
/// config does not say how many are used.
pub fn active_parameters(facts: &Facts, set: &WeightSet) -> Option<Active> {
    let number = |keys: &[&str]| keys.iter().find_map(|key| stated(facts, set, key));
    let experts = number(&[
        "num_local_experts",
        "num_experts",
        "n_routed_experts",
        "expert_count",
        "moe.num_experts",
    ])?;
    let used = number(&[
        "num_experts_per_tok",
        "num_experts_per_token",
        "moe_topk",
        "moe_top_k",
        "expert_used_count",
        "moe.num_experts_per_tok",
    ])?;
    if experts == 0 || used > experts {
        return None;
    }
    let parameters = logical(facts, set);
    let routed: Vec<&Logical> =
        parameters.iter().filter(|it| ROUTED.iter().any(|part| it.name.contains(part))).collect();
    let extra = |name: &str| {
        set.extras.iter().any(|extra| {
            name.strip_prefix(extra.module.as_str()).is_some_and(|rest| rest.starts_with('.'))
        })
    };
    let mut in_experts = 0_u64;
    for tensor in routed.iter().filter(|tensor| !extra(&tensor.name)) {
        in_experts = in_experts.checked_add(tensor.elements?)?;
    }
    let all = set.main_parameters()?;
    let chosen =
        (u128::from(in_experts) * u128::from(used) / u128::from(experts)).try_into().ok()?;
    (in_experts > 0)
        .then(|| all.checked_sub(in_experts)?.checked_add(chosen))
        .flatten()
        .map(|parameters| Active { parameters, experts, used })
}

/// A number of the config beside a set, of its language model, or of the file's own header.
fn stated(facts: &Facts, set: &WeightSet, key: &str) -> Option<u64> {
    let file = set.files.first().and_then(|file| facts.weight_file(*file));
    let header = file.and_then(|file| {
        let architecture = file.metadata.get("general.architecture")?;
        file.metadata.get(&format!("{architecture}.{key}"))?.parse().ok()
    });
    header.or_else(|| {
        ["config.json", "params.json"].iter().find_map(|name| {
            let (_, config) = super::config_in(facts, &set.folder, name)?;
            config.number(key).or_else(|| config.number(&format!("text_config.{key}")))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        facts::build::Build,
        sets::{
            group,
            published::{self, LLAMA_2_7B, Row},
        },
    };

    #[test]
    fn layouts_tell_themselves() {
        check(&LLAMA_2_7B.rows("F16"), &["llama", "mistral", "granite", "smollm3", "gemma"]);
        check(
            &LLAMA_2_7B.packed(published::gptq),
            &["llama", "mistral", "granite", "smollm3", "gemma"],
        );
        check(&published::deepseek_v3(), &["deepseek_v2", "deepseek_v3"]);
        check(&[published::row("blocks.0.att.time_faaaa", "", "F32", &[4])], &["rwkv5"]);
        check(&[published::row("some", ".thing", "F32", &[4])], &[]);
    }

    #[test]
    fn layouts_of_other_names_tell_themselves() {
        for (class, types) in [
            ("GPT2LMHeadModel", "gpt2"),
            ("OlmoeForCausalLM", "olmoe"),
            ("Qwen3MoeForCausalLM", "qwen3_moe"),
            ("Qwen2ForCausalLM", "qwen2"),
            ("BertModel", "bert"),
            ("T5ForConditionalGeneration", "t5"),
            ("MambaForCausalLM", "mamba"),
            ("MixtralForCausalLM", "mixtral"),
            ("OPTForCausalLM", "opt"),
            ("Phi3ForCausalLM", "phi3"),
            ("Gemma2ForCausalLM", "gemma2"),
        ] {
            let rows = crate::sets::architectures::listed(class);
            let found = recognized(&rows).expect(class);
            assert!(found.model_types.contains(&types), "{class}: {found:?}");
        }
    }

    #[test]
    fn what_a_token_passes_through() {
        active(
            &published::deepseek_v3(),
            r#"{"n_routed_experts":256,"num_experts_per_tok":8}"#,
            Some(37_552_282_624),
        );
        active(&LLAMA_2_7B.rows("F16"), r#"{"num_experts":8,"num_experts_per_tok":2}"#, None);
        active(&LLAMA_2_7B.rows("F16"), "{}", None);
        active(
            &published::deepseek_v3(),
            r#"{"n_routed_experts":256,"num_experts_per_tok":257}"#,
            None,
        );
    }

    fn recognized(rows: &[Row]) -> Option<Recognized> {
        let facts = Build::release("x")
            .weights("model.safetensors", "safetensors", published::tensors(rows))
            .facts();
        let sets = group(&facts);
        recognize(&facts, &sets, &sets.sets[0])
    }

    #[track_caller]
    fn check(rows: &[Row], types: &[&str]) {
        assert_eq!(recognized(rows).map(|it| it.model_types).unwrap_or_default(), types);
    }

    #[track_caller]
    fn active(rows: &[Row], config: &str, parameters: Option<u64>) {
        let facts = Build::release("x")
            .weights("model.safetensors", "safetensors", published::tensors(rows))
            .config("config.json", config)
            .facts();
        let found = active_parameters(&facts, &group(&facts).sets[0]);
        assert_eq!(found.map(|it| it.parameters), parameters);
    }
}
