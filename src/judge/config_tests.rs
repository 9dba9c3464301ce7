use super::*;
use crate::facts::build::Build;

/// A llama of 2 layers whose width is 8.
const NAMES: &[(&str, &[u64])] = &[
    ("model.embed_tokens.weight", &[16, 8]),
    ("model.norm.weight", &[8]),
    ("lm_head.weight", &[16, 8]),
    ("model.layers.N.self_attn.q_proj.weight", &[8, 8]),
    ("model.layers.N.self_attn.k_proj.weight", &[8, 8]),
    ("model.layers.N.self_attn.v_proj.weight", &[8, 8]),
    ("model.layers.N.self_attn.o_proj.weight", &[8, 8]),
    ("model.layers.N.mlp.gate_proj.weight", &[12, 8]),
    ("model.layers.N.mlp.up_proj.weight", &[12, 8]),
    ("model.layers.N.mlp.down_proj.weight", &[8, 12]),
    ("model.layers.N.input_layernorm.weight", &[8]),
    ("model.layers.N.post_attention_layernorm.weight", &[8]),
];

const CONFIG: &str = r#"{"model_type":"llama","architectures":["LlamaForCausalLM"],"vocab_size":16,
    "hidden_size":8,"intermediate_size":12,"num_hidden_layers":2,"num_attention_heads":2,
    "torch_dtype":"bfloat16","eos_token_id":[2,3],"pad_token_id":-1}"#;

/// The llama, without the tensors that a part of a name tells.
fn llama(without: &str) -> Build {
    let layers = |name: &str| {
        if name.contains(".N.") {
            vec![".0.", ".1."]
        } else {
            vec![""]
        }
    };
    let rows = NAMES.iter().flat_map(|(name, shape)| {
        layers(name).into_iter().map(|layer| (name.replace(".N.", layer), *shape))
    });
    let rows: Vec<(String, &[u64])> =
        rows.filter(|(name, _)| without.is_empty() || !name.contains(without)).collect();
    let rows: Vec<(&str, &str, &[u64])> =
        rows.iter().map(|(name, shape)| (name.as_str(), "BF16", *shape)).collect();
    Build::release("m").safetensors("model.safetensors", &rows)
}

/// The config with one text in the place of another.
fn but(from: &str, to: &str) -> String {
    assert!(CONFIG.contains(from), "{from}");
    CONFIG.replace(from, to)
}

#[test]
fn a_whole_release_has_no_findings() {
    check(llama("").config("config.json", CONFIG), &[]);
    check(llama(""), &[]);
    let untied = but(r#""model_type":"llama""#, r#""model_type":"unheard-of""#);
    check(llama("").config("config.json", &untied), &[]);
    check(
        llama("lm_head")
            .config("config.json", &but(r#""eos"#, r#""tie_word_embeddings":true,"eos"#)),
        &[],
    );
    let generation = r#"{"eos_token_id":15,"bos_token_id":null}"#;
    let whole =
        llama("").config("config.json", CONFIG).config("generation_config.json", generation);
    check(whole.tokenizer("tokenizer.json", 15), &[]);
}

#[test]
fn each_defect_is_found_and_nothing_else() {
    check(
        llama("1.mlp.up").config("config.json", CONFIG),
        &[
            "config-tensors-disagree: held against llama: missing: model.layers.1.mlp.up_proj.weight",
        ],
    );
    check(
        llama("lm_head").config("config.json", CONFIG),
        &["config-tensors-disagree: held against llama: missing: lm_head.weight"],
    );
    check(
        llama("")
            .config("config.json", &but(r#""intermediate_size":12"#, r#""intermediate_size":13"#)),
        &[
            "config-tensors-disagree: held against llama: of another shape: \
           model.layers.[0,1].mlp.gate_proj.weight ×2 [12, 8] instead of [13, 8], \
           model.layers.[0,1].mlp.up_proj.weight ×2 [12, 8] instead of [13, 8], \
           model.layers.[0,1].mlp.down_proj.weight ×2 [8, 12] instead of [8, 13]",
        ],
    );
    check(
        llama("").config("config.json", &but(r#""vocab_size":16"#, r#""vocab_size":17"#)),
        &["config-vocab: vocab_size is 17, the embedding has 16 rows"],
    );
    check(
        llama("").config("config.json", &but(r#""hidden_size":8"#, r#""hidden_size":10"#)),
        &["config-hidden-size: the width is stated as 10, the embedding has 8 columns"],
    );
    check(
        llama("").config("config.json", &but(r#"layers":2"#, r#"layers":3"#)),
        &["config-layers: the layers are stated as 3, the tensors have 2"],
    );
    check(
        llama("").config("config.json", &but(r#"layers":2"#, r#"layers":1"#)),
        &["config-layers: the layers are stated as 1, the tensors have 2"],
    );
    check(
        llama("").config("config.json", &but("bfloat16", "float32")),
        &["config-dtype: the config states float32, 1384 of 1384 parameters are BF16"],
    );
    check(
        llama("").config("config.json", &but(r#""eos"#, r#""tie_word_embeddings":true,"eos"#)),
        &["tied-head-stored: tied to model.embed_tokens.weight, and it is stored again, 256 bytes"],
    );
    check(
        llama("").config("config.json", CONFIG).tokenizer("tokenizer.json", 16),
        &["tokenizer-exceeds-embedding: the highest id is 16, the embedding has 16 rows"],
    );
    check(
        llama("").config("config.json", &but("[2,3]", "[2,16]")),
        &["token-id-out-of-range: eos_token_id is 16, the embedding has 16 rows"],
    );
    let declared = r#""quantization_config":{"quant_method":"gptq","bits":4},"eos"#;
    check(
        llama("").config("config.json", &but(r#""eos"#, declared)),
        &[
            "quantization-config-without-tensors: gptq is declared, and none of 21 tensors is packed: most are BF16",
        ],
    );
}

#[test]
fn numbers_of_a_nested_config_count() {
    let nested = format!(
        r#"{{"model_type":"some-vlm","text_config":{}}}"#,
        but(r#""vocab_size":16"#, r#""vocab_size":17"#)
    );
    check(
        llama("").config("config.json", &nested),
        &["config-vocab: vocab_size is 17, the embedding has 16 rows"],
    );
}

#[test]
fn an_absurd_config_is_no_work() {
    let absurd = but(r#"layers":2"#, r#"layers":18446744073709551615"#);
    check(
        llama("").config("config.json", &absurd),
        &[
            "config-tensors-disagree: held against llama: missing: 18446744073709551615 tensors, far more than are here",
            "config-layers: the layers are stated as 18446744073709551615, the tensors have 2",
        ],
    );
}

#[track_caller]
fn check(release: Build, expected: &[&str]) {
    assert_eq!(crate::judge::told(CHECKS, &release.facts()), expected);
}
