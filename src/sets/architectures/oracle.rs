//! The table of architectures held against what transformers itself stores for tiny models
//! (`tests/oracle/layouts.py` wrote the listing), and against counts published for known models.

use super::{super::group, ConfigCheck, check, named};
use crate::{
    facts::{
        Facts,
        build::{Build, node, stored},
    },
    sets::architectures::Dimensions,
};

const LAYOUTS: &str = include_str!("../../../tests/oracle/layouts.txt");

/// A block of the listing: class, config, tensors.
struct Layout {
    class: &'static str,
    config: &'static str,
    tensors: Vec<(&'static str, Vec<u64>)>,
}

fn layouts() -> impl Iterator<Item = Layout> {
    LAYOUTS.split("\n\n").filter_map(|block| {
        let mut lines = block.trim().lines();
        let class = lines.next()?.strip_prefix("# ")?;
        let config = lines.next()?;
        let tensor = |line: &'static str| {
            let (name, shape) = line.split_once(' ')?;
            Some((name, shape.split(',').filter_map(|extent| extent.parse().ok()).collect()))
        };
        Some(Layout {
            class,
            config,
            tensors: lines.filter_map(tensor).collect(),
        })
    })
}

impl Layout {
    fn facts(&self) -> Facts {
        let tensors: Vec<(&str, &str, &[u64])> =
            self.tensors.iter().map(|(name, shape)| (*name, "F32", shape.as_slice())).collect();
        Build::release("tiny")
            .weights("model.safetensors", "safetensors", stored(&tensors))
            .config("config.json", self.config)
            .facts()
    }

    fn check(&self) -> ConfigCheck {
        let facts = self.facts();
        check(&facts, &group(&facts).sets[0])
    }
}

/// The tensors that the listing has for a class, the first where it has several.
pub(in crate::sets) fn listed(class: &str) -> Vec<crate::sets::published::Row> {
    let layout = layouts().find(|layout| layout.class == class);
    let rows = layout.into_iter().flat_map(|layout| layout.tensors);
    rows.map(|(name, shape)| (name.to_owned(), "F32", shape)).collect()
}

#[test]
fn rows_agree_with_what_is_stored() {
    let mut types = std::collections::BTreeSet::new();
    for layout in layouts() {
        let config = node(layout.config);
        let model_type = config.at("model_type").and_then(|it| it.text().map(str::to_owned));
        match layout.check() {
            ConfigCheck::NoRule(why) => assert_eq!(
                (layout.class, why.as_str()),
                ("Mamba2ForCausalLM", "no rule for model type mamba2")
            ),
            found => {
                assert_eq!(found, ConfigCheck::Agrees, "{} {}", layout.class, layout.config);
                types.extend(model_type);
            }
        }
    }
    assert_eq!(types.len(), 42, "{types:?}");
}

#[test]
fn a_tensor_lost_changed_or_added_is_found() {
    for mut layout in layouts().filter(|it| !matches!(it.class, "Mamba2ForCausalLM")) {
        let at = layout.tensors.len() / 2;
        let (name, shape) = layout.tensors[at].clone();
        layout.tensors[at].1 = [shape.as_slice(), &[7]].concat();
        let difference = difference(&layout);
        assert_eq!(difference.misshapen[0].names.name, name);
        assert_eq!(
            (&difference.misshapen[0].expected, difference.misshapen[0].found.last()),
            (&shape, Some(&7))
        );

        layout.tensors[at] = ("odd.one", vec![3]);
        let difference = self::difference(&layout);
        assert_eq!(difference.unexpected[0].name, "odd.one");
        assert_eq!(difference.missing[0].name, name);
    }
}

#[track_caller]
fn difference(layout: &Layout) -> super::Difference {
    match layout.check() {
        ConfigCheck::Disagrees(difference) => difference,
        other => panic!("{} {other:?}", layout.class),
    }
}

#[test]
fn counts_are_as_published() {
    published(
        "llama",
        r#"{"vocab_size":32000,"hidden_size":4096,"intermediate_size":11008,"num_hidden_layers":32,"num_attention_heads":32}"#,
        6_738_415_616,
    );
    published(
        "llama",
        r#"{"vocab_size":128256,"hidden_size":4096,"intermediate_size":14336,"num_hidden_layers":32,"num_attention_heads":32,"num_key_value_heads":8}"#,
        8_030_261_248,
    );
    published(
        "mixtral",
        r#"{"vocab_size":32000,"hidden_size":4096,"intermediate_size":14336,"num_hidden_layers":32,"num_attention_heads":32,"num_key_value_heads":8,"num_local_experts":8}"#,
        46_702_792_704,
    );
    published(
        "gpt_neo",
        r#"{"vocab_size":50257,"hidden_size":768,"num_layers":12,"num_heads":12,"max_position_embeddings":2048,"intermediate_size":null}"#,
        125_198_592,
    );
    published(
        "gpt_neo",
        r#"{"vocab_size":50257,"hidden_size":2048,"num_layers":24,"num_heads":16,"max_position_embeddings":2048}"#,
        1_315_575_808,
    );
    published(
        "gpt2",
        r#"{"vocab_size":50257,"n_embd":768,"n_layer":12,"n_head":12,"n_positions":1024}"#,
        124_439_808,
    );
    published(
        "gpt_oss",
        r#"{"vocab_size":201088,"hidden_size":2880,"intermediate_size":2880,"num_hidden_layers":24,"num_attention_heads":64,"num_key_value_heads":8,"head_dim":64,"num_local_experts":32}"#,
        20_914_757_184,
    );
    published("deepseek_v3", DEEPSEEK_V3, 671_026_404_352);
    published(
        "bert",
        r#"{"vocab_size":30522,"hidden_size":384,"intermediate_size":1536,"num_hidden_layers":6,"num_attention_heads":12,"max_position_embeddings":512}"#,
        22_713_216 - 384 * 384 - 384,
    );
    published(
        "t5",
        r#"{"vocab_size":32128,"d_model":512,"d_kv":64,"d_ff":2048,"num_layers":6,"num_heads":8,"architectures":["T5ForConditionalGeneration"]}"#,
        60_506_624,
    );
    published(
        "whisper",
        r#"{"vocab_size":51865,"d_model":384,"encoder_layers":4,"decoder_layers":4,"encoder_ffn_dim":1536,"decoder_ffn_dim":1536,"num_mel_bins":80,"max_source_positions":1500,"max_target_positions":448}"#,
        37_760_640,
    );
    published(
        "opt",
        r#"{"vocab_size":50272,"hidden_size":768,"ffn_dim":3072,"num_hidden_layers":12,"num_attention_heads":12,"max_position_embeddings":2048,"word_embed_proj_dim":768}"#,
        125_239_296,
    );
    published(
        "falcon",
        r#"{"vocab_size":65024,"hidden_size":4544,"num_hidden_layers":32,"num_attention_heads":71}"#,
        6_921_720_704,
    );
    published(
        "bloom",
        r#"{"vocab_size":250880,"hidden_size":1024,"n_layer":24,"n_head":16}"#,
        559_214_592,
    );
    published(
        "phi3",
        r#"{"vocab_size":32064,"hidden_size":3072,"intermediate_size":8192,"num_hidden_layers":32,"num_attention_heads":32}"#,
        3_821_079_552,
    );
    published(
        "gemma2",
        r#"{"vocab_size":256000,"hidden_size":2304,"intermediate_size":9216,"num_hidden_layers":26,"num_attention_heads":8,"num_key_value_heads":4,"head_dim":256}"#,
        2_614_341_888,
    );
    published(
        "qwen3_moe",
        r#"{"vocab_size":151936,"hidden_size":2048,"intermediate_size":6144,"moe_intermediate_size":768,"num_hidden_layers":48,"num_attention_heads":32,"num_key_value_heads":4,"head_dim":128,"num_experts":128}"#,
        30_532_122_624,
    );
}

const DEEPSEEK_V3: &str = r#"{"vocab_size":129280,"hidden_size":7168,"intermediate_size":18432,
    "moe_intermediate_size":2048,"num_hidden_layers":61,"num_attention_heads":128,"q_lora_rank":1536,
    "kv_lora_rank":512,"qk_rope_head_dim":64,"qk_nope_head_dim":128,"v_head_dim":128,
    "n_routed_experts":256,"n_shared_experts":1,"first_k_dense_replace":3,"moe_layer_freq":1,
    "model_type":"deepseek_v3","architectures":["DeepseekV3ForCausalLM"]}"#;

#[track_caller]
fn published(model_type: &str, json: &str, parameters: u64) {
    let config = crate::facts::Config { root: node(json) };
    let row = named(model_type).expect("a row");
    let heads = super::lines::heads(row);
    let class = ["ForCausalLM", "ForConditionalGeneration", "Model"];
    let class = class.into_iter().find(|class| heads.contains(class));
    let counted = Dimensions::of_config(&config, "").expected_parameters(row, class);
    assert_eq!(counted, Some(parameters));
}

/// The layouts that other tests make, with their configs.
#[test]
fn packed_and_original_layouts_agree_too() {
    use crate::sets::published::{self, LLAMA_2_7B, LLAMA_3_8B, MISTRAL_7B};
    let decoder = |vocabulary: u64, inner: u64, keys: u64| {
        format!(
            r#"{{"model_type":"llama","vocab_size":{vocabulary},"hidden_size":4096,
            "intermediate_size":{inner},"num_hidden_layers":32,"num_attention_heads":32,
            "num_key_value_heads":{keys},"quantization":{{"bits":4,"group_size":64}}}}"#
        )
    };
    agrees("model.safetensors", &published::deepseek_v3(), "config.json", DEEPSEEK_V3);
    let mistral = decoder(32000, 14336, 8);
    agrees("model.safetensors", &MISTRAL_7B.packed(published::gptq), "config.json", &mistral);
    agrees("model.safetensors", &MISTRAL_7B.packed(published::awq), "config.json", &mistral);
    let llama = decoder(128_256, 14336, 8);
    for pack in [
        published::nf4,
        published::w4a16,
        published::fp8,
        published::nvfp4,
        published::modelopt,
    ] {
        agrees("model.safetensors", &LLAMA_3_8B.packed(pack), "config.json", &llama);
    }
    agrees("model.safetensors", &published::mlx(LLAMA_3_8B), "config.json", &llama);
    let params = r#"{"dim":4096,"multiple_of":256,"n_heads":32,"n_layers":32,"vocab_size":-1}"#;
    agrees("consolidated.00.pth", &meta(&LLAMA_2_7B.rows("BF16")), "params.json", params);
    let params = r#"{"dim":4096,"multiple_of":1024,"ffn_dim_multiplier":1.3,"n_heads":32,
        "n_kv_heads":8,"n_layers":32,"vocab_size":128256}"#;
    agrees("consolidated.00.pth", &meta(&LLAMA_3_8B.rows("BF16")), "params.json", params);
}

/// The original names of a decoder, and its buffer.
fn meta(rows: &[crate::sets::published::Row]) -> Vec<crate::sets::published::Row> {
    const NAMES: &[(&str, &str)] = &[
        ("model.", ""),
        ("embed_tokens", "tok_embeddings"),
        ("lm_head", "output"),
        ("self_attn.q_proj", "attention.wq"),
        ("self_attn.k_proj", "attention.wk"),
        ("self_attn.v_proj", "attention.wv"),
        ("self_attn.o_proj", "attention.wo"),
        ("mlp.gate_proj", "feed_forward.w1"),
        ("mlp.down_proj", "feed_forward.w2"),
        ("mlp.up_proj", "feed_forward.w3"),
        ("input_layernorm", "attention_norm"),
        ("post_attention_layernorm", "ffn_norm"),
    ];
    let renamed = |(name, dtype, shape): &crate::sets::published::Row| {
        let name = NAMES.iter().fold(name.clone(), |name, (from, to)| name.replace(from, to));
        (name, *dtype, shape.clone())
    };
    let freqs = ("rope.freqs".to_owned(), "BF16", vec![64]);
    rows.iter().map(renamed).chain([freqs]).collect()
}

#[track_caller]
fn agrees(path: &str, rows: &[crate::sets::published::Row], config: &str, json: &str) {
    let format = if path.starts_with("consolidated") {
        "torch-zip"
    } else {
        "safetensors"
    };
    let facts = Build::release("model")
        .weights(path, format, crate::sets::published::tensors(rows))
        .config(config, json)
        .facts();
    assert_eq!(check(&facts, &group(&facts).sets[0]), ConfigCheck::Agrees);
}

#[test]
fn a_gguf_header_is_its_config() {
    use crate::{facts::WeightFile, sets::published};
    const NAMES: &[(&str, &str)] = &[
        ("model.layers.", "blk."),
        ("model.norm", "output_norm"),
        ("model.embed_tokens", "token_embd"),
        ("lm_head", "output"),
        ("self_attn.q_proj", "attn_q"),
        ("self_attn.k_proj", "attn_k"),
        ("self_attn.v_proj", "attn_v"),
        ("self_attn.o_proj", "attn_output"),
        ("mlp.gate_proj", "ffn_gate"),
        ("mlp.down_proj", "ffn_down"),
        ("mlp.up_proj", "ffn_up"),
        ("input_layernorm", "attn_norm"),
        ("post_attention_layernorm", "ffn_norm"),
    ];
    let mut rows = published::LLAMA_3_8B.rows("Q4_K");
    for (name, ..) in &mut rows {
        *name = NAMES.iter().fold(name.clone(), |name, (from, to)| name.replace(from, to));
    }
    rows.push(published::row("rope_freqs", ".weight", "F32", &[64]));
    let header = [
        ("general.architecture", "llama"),
        ("llama.embedding_length", "4096"),
        ("llama.block_count", "32"),
        ("llama.feed_forward_length", "14336"),
        ("llama.attention.head_count", "32"),
        ("llama.attention.head_count_kv", "8"),
        ("tokenizer.ggml.tokens", "128256"),
        ("general.file_type", "15"),
    ];
    let file = |rows: &[published::Row]| WeightFile {
        format: "gguf",
        metadata: header
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect(),
        tensors: published::tensors(rows),
        ..WeightFile::default()
    };
    let facts = Build::release("model").weight_file("model.gguf", file(&rows)).facts();
    let set = &group(&facts).sets[0];
    assert_eq!(set.parameters, Some(8_030_261_248));
    assert_eq!(set.quantization.as_ref().map(|it| it.method.as_str()), Some("Q4_K_M"));
    assert_eq!(check(&facts, set), ConfigCheck::Agrees);

    rows.retain(|(name, ..)| name != "blk.3.ffn_up.weight");
    let facts = Build::release("model").weight_file("model.gguf", file(&rows)).facts();
    let ConfigCheck::Disagrees(difference) = check(&facts, &group(&facts).sets[0]) else {
        panic!("a tensor is missing");
    };
    assert_eq!(difference.missing[0].name, "blk.3.ffn_up.weight");
}

/// gpt-oss-20b as it is released: experts in blocks, turned against what the plain model has.
#[test]
fn experts_in_blocks_agree_and_count() {
    use crate::sets::published::row;
    let (h, n) = (2880, 24);
    let mut rows = vec![
        row("model.embed_tokens", ".weight", "BF16", &[201_088, h]),
        row("lm_head", ".weight", "BF16", &[201_088, h]),
        row("model.norm", ".weight", "BF16", &[h]),
    ];
    for layer in 0..n {
        let at = format!("model.layers.{layer}.");
        let mut add = |name: &str, dtype: &'static str, shape: &[u64]| {
            rows.push(row(&at, name, dtype, shape));
        };
        add("self_attn.sinks", "BF16", &[64]);
        for (name, width) in [("q", 4096), ("k", 512), ("v", 512)] {
            add(&format!("self_attn.{name}_proj.weight"), "BF16", &[width, h]);
            add(&format!("self_attn.{name}_proj.bias"), "BF16", &[width]);
        }
        add("self_attn.o_proj.weight", "BF16", &[h, 4096]);
        add("self_attn.o_proj.bias", "BF16", &[h]);
        add("input_layernorm.weight", "BF16", &[h]);
        add("post_attention_layernorm.weight", "BF16", &[h]);
        add("mlp.router.weight", "BF16", &[32, h]);
        add("mlp.router.bias", "BF16", &[32]);
        add("mlp.experts.gate_up_proj_blocks", "U8", &[32, 2 * h, 90, 16]);
        add("mlp.experts.gate_up_proj_scales", "U8", &[32, 2 * h, 90]);
        add("mlp.experts.gate_up_proj_bias", "BF16", &[32, 2 * h]);
        add("mlp.experts.down_proj_blocks", "U8", &[32, h, 90, 16]);
        add("mlp.experts.down_proj_scales", "U8", &[32, h, 90]);
        add("mlp.experts.down_proj_bias", "BF16", &[32, h]);
    }
    let config = r#"{"model_type":"gpt_oss","architectures":["GptOssForCausalLM"],"vocab_size":201088,
        "hidden_size":2880,"intermediate_size":2880,"num_hidden_layers":24,"num_attention_heads":64,
        "num_key_value_heads":8,"head_dim":64,"num_local_experts":32}"#;
    agrees("model.safetensors", &rows, "config.json", config);
    let facts = Build::release("model")
        .weights("model.safetensors", "safetensors", crate::sets::published::tensors(&rows))
        .facts();
    let set = &group(&facts).sets[0];
    assert_eq!((set.parameters, set.elements), (Some(20_914_757_184), Some(11_956_805_184)));
}

#[test]
fn every_line_of_the_table_can_be_read() {
    for row in super::all() {
        let texts = row.tensors.iter().flat_map(|block| block.lines()).map(str::trim);
        for text in texts.filter(|it| !it.is_empty() && !it.starts_with(['#', '@'])) {
            assert!(super::lines::line("", text).is_some(), "{:?}: {text}", row.model_types);
        }
        for (name, text) in row.lets {
            assert!(
                super::Expression::parse(text).is_some(),
                "{:?}: {name} {text}",
                row.model_types
            );
        }
    }
}
