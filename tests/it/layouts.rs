//! Large releases as sparse files: a true header, a hole where the tensors would be.

use crate::build::{self, Release, inspect_headers};

type Row = (String, &'static str, Vec<u64>);

/// Llama 2 7B as it is published: 291 tensors in two shards.
fn llama_2_7b() -> Release {
    let (hidden, inner, vocabulary) = (4096, 11008, 32000);
    let mut shards: [Vec<Row>; 2] = [Vec::new(), Vec::new()];
    let mut row = |shard: usize, name: String, shape: &[u64]| {
        shards[shard].push((name, "F16", shape.to_vec()));
    };
    row(0, "model.embed_tokens.weight".to_owned(), &[vocabulary, hidden]);
    for layer in 0..32 {
        let shard = usize::from(layer >= 24);
        for name in ["q_proj", "k_proj", "v_proj", "o_proj"] {
            row(shard, format!("model.layers.{layer}.self_attn.{name}.weight"), &[hidden, hidden]);
        }
        row(shard, format!("model.layers.{layer}.mlp.gate_proj.weight"), &[inner, hidden]);
        row(shard, format!("model.layers.{layer}.mlp.up_proj.weight"), &[inner, hidden]);
        row(shard, format!("model.layers.{layer}.mlp.down_proj.weight"), &[hidden, inner]);
        row(shard, format!("model.layers.{layer}.input_layernorm.weight"), &[hidden]);
        row(shard, format!("model.layers.{layer}.post_attention_layernorm.weight"), &[hidden]);
    }
    row(1, "model.norm.weight".to_owned(), &[hidden]);
    row(1, "lm_head.weight".to_owned(), &[vocabulary, hidden]);
    let places = (1..).zip(&shards).flat_map(|(number, rows)| {
        rows.iter()
            .map(move |(name, ..)| format!(r#""{name}":"model-0000{number}-of-00002.safetensors""#))
    });
    let map: Vec<String> = places.collect();
    let index = format!(
        r#"{{"metadata":{{"total_size":13476831232}},"weight_map":{{{}}}}}"#,
        map.join(",")
    );
    let config = r#"{"architectures":["LlamaForCausalLM"],"model_type":"llama","hidden_size":4096,
"intermediate_size":11008,"num_hidden_layers":32,"num_attention_heads":32,"num_key_value_heads":32,
"vocab_size":32000,"tie_word_embeddings":false,"torch_dtype":"float16"}"#;
    Release::named("Llama-2-7b-hf")
        .sparse("model-00001-of-00002.safetensors", &shards[0])
        .sparse("model-00002-of-00002.safetensors", &shards[1])
        .file("model.safetensors.index.json", index)
        .file("config.json", config)
}

#[test]
fn llama_2_7b_is_counted_exactly_and_agrees_with_its_config() {
    let report = inspect_headers(&llama_2_7b().path());
    assert_eq!(report.totals.tensors, 291);
    assert_eq!(report.totals.parameters, Some(6_738_415_616));
    assert_eq!(report.model.config_check, "agrees");
    assert_eq!(report.weight_sets.len(), 1);
    assert_eq!(report.weight_sets[0].paths.len(), 2);
    let above = report.findings.iter().filter(|it| it.severity > weighbill::words::Severity::Low);
    assert_eq!(above.collect::<Vec<_>>(), Vec::<&weighbill::report::Finding>::new());
}

#[test]
fn weights_that_lie_there_twice_are_named() {
    let rows: &[(&str, &str, &[u64])] = &[
        ("a.weight", "F32", &[64, 64]),
        ("b.weight", "F32", &[64, 65]),
    ];
    let one = build::safetensors(rows);
    let mut tied = build::safetensors(&[
        ("a.weight", "F32", &[64, 64]),
        ("z.weight", "F32", &[64, 64]),
    ]);
    let data = tied.len() - 2 * 64 * 64 * 4;
    let (first, second) = tied[data..].split_at_mut(64 * 64 * 4);
    second.copy_from_slice(first);
    let told = |release: Release| -> Vec<String> {
        let report = release.inspect();
        let alike = report.findings.iter().filter(|it| it.id.ends_with("same-content"));
        alike.map(|it| format!("{}: {}", it.at.as_ref().unwrap().path, it.message)).collect()
    };
    let copy = Release::named("a").file("model.safetensors", &one).file("x/copy.safetensors", &one);
    insta::assert_debug_snapshot!(told(copy), @r###"
    [
        "model.safetensors: the same 33175 bytes lie in x/copy.safetensors",
    ]
    "###);
    let twice = Release::named("a").file("model.safetensors", &tied);
    insta::assert_debug_snapshot!(told(twice), @r###"
    [
        "model.safetensors: z.weight holds the same 16384 bytes",
    ]
    "###);
    let halves = Release::named("a")
        .file("model.safetensors", &one)
        .safetensors("other/model.safetensors", &[("a.weight", "F32", &[64, 64])]);
    insta::assert_debug_snapshot!(told(halves), @r###"
    [
        "model.safetensors: the same 16384 bytes of 1 tensor lie in other/model.safetensors",
    ]
    "###);
    let alone = Release::named("a").file("model.safetensors", &one);
    insta::assert_debug_snapshot!(told(alone), @"[]");
}
