//! Adapters: what kind, of what rank, onto which modules of which model.

use std::collections::BTreeSet;

use super::{Nature, WeightSet, config_in, counting::tensors};
use crate::{
    facts::{Facts, Node},
    words::Place,
};

/// An adapter as its tensors and its config describe it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Adapter {
    /// `lora`, `dora`, `lokr`, `loha`, `ia3`, `oft`, `vera`, `prompt`; `None` where no name tells.
    pub kind: Option<&'static str>,
    /// Ranks of its matrices, as stored: the smaller extents of the factors.
    pub ranks: BTreeSet<u64>,
    /// The last parts of the names of the modules it changes: `q_proj`.
    pub targets: BTreeSet<String>,
    /// Tensors that are whole copies of a module's own.
    pub saved_whole: u64,
    /// `r` of the config.
    pub stated_rank: Option<u64>,
    /// `target_modules` of the config, where it lists them.
    pub stated_targets: Vec<String>,
    /// The base that it names, and where.
    pub base: Option<(String, Place)>,
    /// The path of its config.
    pub config: Option<String>,
}

/// Factors as those of `lora`, and a length for each row.
const DORA: &str = "dora";

/// What Kohya's names, which have no points, end with: the longest that fits is the module.
const MODULES: &[&str] = &[
    "conv",
    "conv1",
    "conv2",
    "conv_in",
    "conv_out",
    "conv_shortcut",
    "down_proj",
    "fc1",
    "fc2",
    "ff_net_0_proj",
    "ff_net_2",
    "gate_proj",
    "img_attn_proj",
    "img_attn_qkv",
    "img_mlp_0",
    "img_mlp_2",
    "img_mod_lin",
    "k_proj",
    "linear1",
    "linear2",
    "linear_1",
    "linear_2",
    "modulation_lin",
    "o_proj",
    "out_proj",
    "proj",
    "proj_in",
    "proj_out",
    "q_proj",
    "qkv",
    "time_emb_proj",
    "to_k",
    "to_out_0",
    "to_q",
    "to_v",
    "txt_attn_proj",
    "txt_attn_qkv",
    "txt_mlp_0",
    "txt_mlp_2",
    "txt_mod_lin",
    "up_proj",
    "v_proj",
];

/// What marks a factor: the kind, the mark in the name, and the extent that is the rank, if any.
const MARKS: &[(&str, &str, Option<usize>)] = &[
    ("lora", ".lora_A.", Some(0)),
    ("lora", ".lora_B.", Some(1)),
    ("lora", ".lora_embedding_A", Some(0)),
    ("lora", ".lora_embedding_B", Some(1)),
    ("lora", ".lora_down.", Some(0)),
    ("lora", ".lora_up.", Some(1)),
    ("lora", ".lora_a", None),
    ("lora", ".lora_b", None),
    ("lora", ".lora.down.", Some(0)),
    ("lora", ".lora.up.", Some(1)),
    (DORA, ".lora_magnitude_vector", None),
    (DORA, ".dora_scale", None),
    ("loha", ".hada_w1_a", Some(1)),
    ("loha", ".hada_w1_b", Some(0)),
    ("loha", ".hada_w2_a", Some(1)),
    ("loha", ".hada_w2_b", Some(0)),
    ("loha", ".hada_", None),
    ("lokr", ".lokr_w1_a", Some(1)),
    ("lokr", ".lokr_w1_b", Some(0)),
    ("lokr", ".lokr_w2_a", Some(1)),
    ("lokr", ".lokr_w2_b", Some(0)),
    ("lokr", ".lokr_", None),
    ("ia3", ".ia3_", None),
    ("oft", ".oft_", None),
    ("vera", ".vera_", None),
    ("prompt", "prompt_embeddings", None),
];

/// Describes a set of weights that is an adapter.
pub fn adapter(facts: &Facts, set: &WeightSet) -> Option<Adapter> {
    if set.nature != Nature::Adapter {
        return None;
    }
    let mut found = Adapter::default();
    for file in set.files.iter().filter_map(|file| facts.weight_file(*file)) {
        for tensor in tensors(file) {
            let mark = MARKS.iter().find_map(|mark| Some((mark, tensor.name.find(mark.1)?)));
            let Some(((kind, _, rank), at)) = mark else {
                found.saved_whole += u64::from(tensor.name.rsplit('.').next() != Some("alpha"));
                continue;
            };
            if found.kind.is_none() || *kind == DORA {
                found.kind = Some(kind);
            }
            found.targets.extend(module(&tensor.name[..at]).map(str::to_owned));
            found.ranks.extend(rank.and_then(|rank| tensor.shape.get(rank)));
        }
    }
    if let Some((artifact, config)) = config_in(facts, &set.folder, "adapter_config.json") {
        found.config = Some(artifact.path.clone());
        found.stated_rank = config.number("r");
        let targets = config.at("target_modules").map(Node::texts).into_iter().flatten();
        found.stated_targets = targets.map(|(_, text)| text.to_owned()).collect();
        let key = "base_model_name_or_path";
        found.base = config.at(key).and_then(|node| {
            let place = Place::file(&artifact.path).line(node.line).key(key);
            node.text().filter(|base| !base.is_empty()).map(|base| (base.to_owned(), place))
        });
    }
    Some(found)
}

/// The module that a factor changes, by what stands in front of the factor's mark.
fn module(name: &str) -> Option<&str> {
    if let Some((_, module)) = name.rsplit_once('.') {
        return Some(module);
    }
    let ends = |module: &&&str| name.strip_suffix(**module).is_some_and(|it| it.ends_with('_'));
    MODULES.iter().filter(ends).max_by_key(|module| module.len()).copied()
}

/// Whether a base is named by a place on somebody's disk rather than by an id.
pub fn is_local_path(base: &str) -> bool {
    let mut parts = base.split('/');
    base.starts_with(['/', '.', '~', '\\'])
        || base.contains('\\')
        || base.get(1..3).is_some_and(|it| it == ":/")
        || base.starts_with("file:")
        || (parts.clone().count() > 2 && parts.next() != Some("https:"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{facts::build::Build, sets::group};

    #[test]
    fn rank_targets_and_base_are_read() {
        let at = "base_model.model.model.layers.0.self_attn.";
        let names = [
            format!("{at}q_proj.lora_A.weight"),
            format!("{at}q_proj.lora_B.weight"),
        ];
        let facts = Build::release("x")
            .safetensors(
                "adapter_model.safetensors",
                &[(&names[0], "F32", &[8, 64]), (&names[1], "F32", &[64, 8])],
            )
            .config(
                "adapter_config.json",
                r#"{"r":8,"target_modules":["q_proj"],"base_model_name_or_path":"a/b"}"#,
            )
            .facts();
        let found = adapter(&facts, &group(&facts).sets[0]).expect("an adapter");
        assert_eq!(
            (found.kind, found.ranks.first(), found.stated_rank),
            (Some("lora"), Some(&8), Some(8))
        );
        assert_eq!(found.targets.first().map(String::as_str), Some("q_proj"));
        assert_eq!(found.base.map(|(base, _)| base).as_deref(), Some("a/b"));
    }

    #[test]
    fn kin_of_lora_are_told_by_their_factors() {
        let one = |name: &'static str, shape: &'static [u64]| (name, "F16", shape);
        let tell = |tensors: &[(&str, &str, &[u64])]| {
            let facts =
                Build::release("x").safetensors("adapter_model.safetensors", tensors).facts();
            let found = adapter(&facts, &group(&facts).sets[0]).expect("an adapter");
            let targets: Vec<String> = found.targets.into_iter().collect();
            let ranks: Vec<u64> = found.ranks.into_iter().collect();
            (found.kind.unwrap_or_default(), ranks, targets.join(" "))
        };
        let q = [
            one("a.q_proj.lora_A.weight", &[8, 64]),
            one("a.q_proj.lora_B.weight", &[64, 8]),
        ];
        let dora = [&q[..], &[one("a.q_proj.lora_magnitude_vector", &[64])]].concat();
        assert_eq!(tell(&dora), ("dora", vec![8], "q_proj".to_owned()));
        let loha = [
            one("a.q_proj.hada_w1_a", &[64, 4]),
            one("a.q_proj.hada_w1_b", &[4, 96]),
        ];
        assert_eq!(tell(&loha), ("loha", vec![4], "q_proj".to_owned()));
        let lokr = [
            one("a.q_proj.lokr_w1", &[8, 8]),
            one("a.q_proj.lokr_w2_b", &[4, 16]),
        ];
        assert_eq!(tell(&lokr), ("lokr", vec![4], "q_proj".to_owned()));
        let kohya = [
            one("lora_te_text_model_encoder_layers_0_self_attn_q_proj.lora_down.weight", &[4, 32]),
            one("lora_unet_mid_block_attentions_0_proj_in.lora_down.weight", &[4, 32]),
            one("lora_unet_double_blocks_0_img_attn_proj.lora_up.weight", &[32, 4]),
            one("lora_unet_something_new.lora_up.weight", &[32, 4]),
        ];
        assert_eq!(tell(&kohya), ("lora", vec![4], "img_attn_proj proj_in q_proj".to_owned()));
    }

    #[test]
    fn local_paths_are_told_from_ids() {
        check("meta-llama/Llama-2-7b-hf", false);
        check("gpt2", false);
        check("https://example.org/a/b", false);
        check("/home/me/models/llama", true);
        check("./base", true);
        check("../base", true);
        check("C:/models/base", true);
        check("models\\base", true);
        check("data/models/llama/hf", true);
        check("é", false);
    }

    #[track_caller]
    fn check(base: &str, local: bool) {
        assert_eq!(is_local_path(base), local);
    }
}
