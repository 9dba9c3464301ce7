//! One whole release, and for every rule on how its parts fit together one that breaks that rule alone.

use std::fs;

use weighbill::{Request, Verify, records::Against};

use crate::build::{Release, findings, safetensors};

type Row = (String, &'static str, Vec<u64>);

const FIRST: &str = "model-00001-of-00002.safetensors";
const SECOND: &str = "model-00002-of-00002.safetensors";
const INDEX: &str = "model.safetensors.index.json";

/// The tensors of a model of two layers, a shard each.
fn shards() -> [Vec<Row>; 2] {
    let mut shards: [Vec<Row>; 2] = [Vec::new(), Vec::new()];
    let row = |name: &str, shape: &[u64]| (format!("{name}.weight"), "F32", shape.to_vec());
    shards[0].push(row("model.embed_tokens", &[16, 8]));
    for (layer, shard) in shards.iter_mut().enumerate() {
        for name in ["q_proj", "k_proj", "v_proj", "o_proj"] {
            shard.push(row(&format!("model.layers.{layer}.self_attn.{name}"), &[8, 8]));
        }
        shard.push(row(&format!("model.layers.{layer}.mlp.gate_proj"), &[12, 8]));
        shard.push(row(&format!("model.layers.{layer}.mlp.up_proj"), &[12, 8]));
        shard.push(row(&format!("model.layers.{layer}.mlp.down_proj"), &[8, 12]));
        shard.push(row(&format!("model.layers.{layer}.input_layernorm"), &[8]));
        shard.push(row(&format!("model.layers.{layer}.post_attention_layernorm"), &[8]));
    }
    shards[1].push(row("model.norm", &[8]));
    shards[1].push(row("lm_head", &[16, 8]));
    shards
}

fn written(rows: &[Row]) -> Vec<u8> {
    let rows: Vec<(&str, &str, &[u64])> = rows
        .iter()
        .map(|(name, dtype, shape)| (name.as_str(), *dtype, shape.as_slice()))
        .collect();
    safetensors(&rows)
}

fn index(shards: &[Vec<Row>; 2]) -> String {
    let mut places = Vec::new();
    for (rows, file) in shards.iter().zip([FIRST, SECOND]) {
        places.extend(rows.iter().map(|(name, ..)| format!("\"{name}\":\"{file}\"")));
    }
    let elements: u64 =
        shards.iter().flatten().map(|(_, _, shape)| shape.iter().product::<u64>()).sum();
    format!(
        "{{\"metadata\":{{\"total_size\":{},\"total_parameters\":{elements}}},\"weight_map\":{{{}}}}}",
        4 * elements,
        places.join(",")
    )
}

const CONFIG: &str = r#"{"architectures":["LlamaForCausalLM"],"model_type":"llama","hidden_size":8,
"intermediate_size":12,"num_hidden_layers":2,"num_attention_heads":2,"num_key_value_heads":2,
"vocab_size":16,"tie_word_embeddings":false,"torch_dtype":"float32"}"#;

const CARD: &str = "---\nlicense: mit\nbase_model: someone/base\n---\n# Tiny\n\nA tiny model.\n";

fn tokenizer(tokens: u64) -> String {
    let vocabulary: Vec<String> = (0..tokens).map(|id| format!("\"t{id}\":{id}")).collect();
    format!(
        "{{\"added_tokens\":[],\"model\":{{\"type\":\"BPE\",\"vocab\":{{{}}},\"merges\":[]}}}}",
        vocabulary.join(",")
    )
}

fn whole() -> Release {
    let shards = shards();
    Release::named("tiny")
        .file(FIRST, written(&shards[0]))
        .file(SECOND, written(&shards[1]))
        .file(INDEX, index(&shards))
        .file("config.json", CONFIG)
        .file("generation_config.json", r#"{"eos_token_id":[1,2],"bos_token_id":0}"#)
        .file("tokenizer.json", tokenizer(16))
        .file("tokenizer_config.json", r#"{"chat_template":"{{ messages }}"}"#)
        .file("README.md", CARD)
        .file("LICENSE", include_str!("../../LICENSE-MIT"))
}

fn without(release: Release, path: &str) -> Release {
    fs::remove_file(release.path().join(path)).unwrap();
    release
}

/// With the index changed, and nothing else.
fn indexed(from: &str, to: &str) -> Release {
    let text = index(&shards());
    assert!(text.contains(from), "{from}");
    whole().file(INDEX, text.replacen(from, to, 1))
}

/// With the configuration changed, and nothing else.
fn configured(from: &str, to: &str) -> Release {
    assert!(CONFIG.contains(from), "{from}");
    whole().file("config.json", CONFIG.replace(from, to))
}

/// With the tensors changed, and an index of what there then is.
fn stored(change: impl Fn(&mut [Vec<Row>; 2])) -> Release {
    let mut shards = shards();
    change(&mut shards);
    whole()
        .file(FIRST, written(&shards[0]))
        .file(SECOND, written(&shards[1]))
        .file(INDEX, index(&shards))
}

fn adapter(config: &str) -> Release {
    let rows: &[(&str, &str, &[u64])] = &[
        ("base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight", "F32", &[4, 8]),
        ("base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight", "F32", &[8, 4]),
    ];
    Release::named("tuned")
        .safetensors("adapter_model.safetensors", rows)
        .file("adapter_config.json", config)
        .file("README.md", CARD)
        .file("LICENSE", include_str!("../../LICENSE-MIT"))
}

const ADAPTER: &str = r#"{"peft_type":"LORA","base_model_name_or_path":"someone/base","r":4,"target_modules":["q_proj"]}"#;

/// Each rule of the family, and a release that breaks it.
fn broken() -> Vec<(&'static str, Release)> {
    let cut = |release: Release, path: &str| {
        let bytes = fs::read(release.path().join(path)).unwrap();
        release.file(path, &bytes[..bytes.len() - 8])
    };
    let pipeline = |lists: &str| {
        Release::named("pipeline")
            .file("model_index.json", lists)
            .file("unet/config.json", r#"{"_class_name":"UNet2DModel"}"#)
            .safetensors("unet/diffusion_pytorch_model.safetensors", &[("w", "F32", &[2, 2])])
            .file("README.md", CARD)
            .file("LICENSE", include_str!("../../LICENSE-MIT"))
    };
    let sentences = |modules: &str, pooling: &str| {
        whole().file("modules.json", modules).file("1_Pooling/config.json", pooling)
    };
    let modules = r#"[{"idx":0,"name":"0","path":"","type":"sentence_transformers.models.Transformer"},
        {"idx":1,"name":"1","path":"1_Pooling","type":"sentence_transformers.models.Pooling"}]"#;
    let fewer = |rows: &mut [Vec<Row>; 2]| drop(rows[1].pop());
    let one = || -> Vec<Row> { shards().concat() };
    vec![
        ("whole", whole()),
        ("whole adapter", adapter(ADAPTER)),
        ("whole pipeline", pipeline(r#"{"_class_name":"P","unet":["diffusers","UNet2DModel"]}"#)),
        ("whole sentences", sentences(modules, r#"{"word_embedding_dimension":8}"#)),
        ("1 a shard is missing", without(whole(), SECOND)),
        ("3 a shard is cut", cut(whole(), SECOND)),
        ("4 total_size", indexed("\"total_size\":", "\"total_size\":1")),
        ("5 total_parameters", indexed("\"total_parameters\":", "\"total_parameters\":1")),
        (
            "6 in another shard",
            indexed("lm_head.weight\":\"model-00002", "lm_head.weight\":\"model-00001"),
        ),
        (
            "7 in no shard",
            indexed("\"weight_map\":{", &format!("\"weight_map\":{{\"x\":\"{FIRST}\",")),
        ),
        ("8 not in the index", indexed(&format!("\"model.norm.weight\":\"{SECOND}\","), "")),
        ("9 layers", configured("\"num_hidden_layers\":2", "\"num_hidden_layers\":3")),
        ("10 vocab_size", configured("\"vocab_size\":16", "\"vocab_size\":17")),
        ("11 hidden_size", configured("\"hidden_size\":8", "\"hidden_size\":16")),
        ("12 dtype", configured("float32", "bfloat16")),
        ("13 a tied head", configured("embeddings\":false", "embeddings\":true")),
        ("14 ids beyond the rows", whole().file("tokenizer.json", tokenizer(18))),
        (
            "15 a special token",
            whole().file("generation_config.json", r#"{"eos_token_id":[1,16]}"#),
        ),
        ("16 the license", whole().file("README.md", CARD.replace("mit", "apache-2.0"))),
        ("17 a list", whole().file("SHA256SUMS", format!("{}  config.json\n", "0".repeat(64)))),
        (
            "18 a list of md5",
            whole().file("checklist.chk", format!("{}  config.json\n", "0".repeat(32))),
        ),
        (
            "19 quantization",
            configured("}", r#","quantization_config":{"quant_method":"gptq","bits":4}}"#),
        ),
        (
            "20 no base",
            adapter(r#"{"peft_type":"LORA","r":4,"target_modules":["q_proj"]}"#)
                .file("README.md", CARD.replace("base_model: someone/base\n", "")),
        ),
        ("20 a local base", adapter(&ADAPTER.replace("someone/base", "/home/u/base"))),
        ("20 another base", adapter(&ADAPTER.replace("someone/base", "someone/other"))),
        ("20 another rank", adapter(&ADAPTER.replace("\"r\":4", "\"r\":8"))),
        ("20 a module", adapter(&ADAPTER.replace("\"q_proj\"", "\"q_proj\",\"v_proj\""))),
        ("weights twice", whole().file("model.safetensors", written(&one()))),
        ("the config says another head", stored(fewer)),
        (
            "no component",
            pipeline(
                r#"{"_class_name":"P","unet":["diffusers","UNet2DModel"],"vae":["diffusers","VAE"]}"#,
            ),
        ),
        ("no module", without(sentences(modules, "{}"), "1_Pooling/config.json")),
        ("pooling", sentences(modules, r#"{"word_embedding_dimension":9}"#)),
        ("no remote code", configured("}", r#","auto_map":{"AutoModel":"modeling_tiny.Tiny"}}"#)),
        ("two templates", whole().file("chat_template.jinja", "{{ bos_token }}")),
    ]
}

#[test]
fn every_rule_has_a_release_that_breaks_it_alone() {
    let mut told = String::new();
    for (name, release) in broken() {
        // `verify`, since some digests that lists may hold are taken for it alone
        let request = Request {
            verify: Some(Verify {
                against: Against { verify: true, ..Against::default() },
                only: Vec::new(),
            }),
            ..Request::of(&release.path())
        };
        let report = weighbill::inspect(&request, 2, &|_, _| {}).unwrap();
        let mut found = findings(&report);
        found.retain(|line| !line.starts_with("info "));
        let found = found.join(", ");
        told += format!("{name}: {found}").trim_end();
        told.push('\n');
    }
    insta::assert_snapshot!(told, @r"
    whole:
    whole adapter:
    whole pipeline:
    whole sentences:
    1 a shard is missing: high shard-missing model.safetensors.index.json
    3 a shard is cut: high shard-truncated model-00002-of-00002.safetensors
    4 total_size: low index-total-size model.safetensors.index.json
    5 total_parameters: low index-total-parameters model.safetensors.index.json
    6 in another shard: medium index-tensor-misplaced model.safetensors.index.json
    7 in no shard: high index-tensor-missing model.safetensors.index.json
    8 not in the index: medium tensor-not-indexed model-00002-of-00002.safetensors
    9 layers: medium config-layers config.json
    10 vocab_size: medium config-vocab config.json
    11 hidden_size: medium config-hidden-size config.json
    12 dtype: low config-dtype config.json
    13 a tied head: medium tied-head-stored model-00002-of-00002.safetensors
    14 ids beyond the rows: medium tokenizer-exceeds-embedding tokenizer.json
    15 a special token: medium token-id-out-of-range generation_config.json
    16 the license: medium license-tag-differs README.md
    17 a list: medium checksum-list-mismatch config.json
    18 a list of md5: medium checksum-list-mismatch config.json
    19 quantization: medium quantization-config-without-tensors config.json
    20 no base: medium adapter-base-missing adapter_model.safetensors
    20 a local base: low adapter-base-local-path adapter_config.json
    20 another base: low adapter-base-differs adapter_config.json
    20 another rank: medium adapter-config-disagrees adapter_config.json
    20 a module: medium adapter-config-disagrees adapter_config.json
    weights twice: low weights-twice model.safetensors
    the config says another head: high config-tensors-disagree config.json
    no component: high component-missing model_index.json
    no module: high module-missing modules.json
    pooling: medium pooling-dimension 1_Pooling/config.json
    no remote code: medium remote-code config.json, medium remote-code-missing config.json
    two templates: medium template-differs tokenizer_config.json, low chat-templates-differ tokenizer_config.json
    ");
}
