//! Whole tiny releases, each with its expected report beside it. A new case is a new folder; run
//! with `UPDATE_FIXTURES=1` to write what is expected anew, then read the difference.

use std::{env, fs, path::PathBuf};

use weighbill::render::{OUTPUTS, Style, named};

use crate::build::{inspect, safetensors};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// The weights of the fixtures, which are made here and nowhere else.
fn make_weights() {
    let write = |path: &str, bytes: Vec<u8>| fs::write(folder().join(path), bytes).unwrap();
    let layer = |at: u64| {
        let name = move |it: &str| format!("model.layers.{at}.{it}.weight");
        [
            (name("self_attn.q_proj"), vec![16, 16]),
            (name("self_attn.k_proj"), vec![8, 16]),
            (name("self_attn.v_proj"), vec![8, 16]),
            (name("self_attn.o_proj"), vec![16, 16]),
            (name("mlp.gate_proj"), vec![32, 16]),
            (name("mlp.up_proj"), vec![32, 16]),
            (name("mlp.down_proj"), vec![16, 32]),
            (name("input_layernorm"), vec![16]),
            (name("post_attention_layernorm"), vec![16]),
        ]
    };
    let ends = [
        ("model.norm.weight", vec![16]),
        ("lm_head.weight", vec![64, 16]),
    ];
    let ends = ends.map(|(name, shape)| (name.to_owned(), shape));
    let first = [("model.embed_tokens.weight".to_owned(), vec![64, 16])];
    let shards = [
        first.into_iter().chain(layer(0)).collect::<Vec<_>>(),
        layer(1).into_iter().chain(ends).collect(),
    ];
    let (mut map, mut total) = (Vec::new(), 0);
    for (number, rows) in (1..).zip(&shards) {
        let file = format!("model-0000{number}-of-00002.safetensors");
        let rows: Vec<_> =
            rows.iter().map(|(name, shape)| (name.as_str(), "BF16", shape.as_slice())).collect();
        for (name, _, shape) in &rows {
            map.push(format!("    \"{name}\": \"{file}\""));
            total += shape.iter().product::<u64>() * 2;
        }
        write(&format!("whole/tiny-llama/{file}"), safetensors(&rows));
    }
    map.sort();
    let index = format!(
        "{{\n  \"metadata\": {{ \"total_size\": {total} }},\n  \"weight_map\": {{\n{}\n  }}\n}}\n",
        map.join(",\n")
    );
    write("whole/tiny-llama/model.safetensors.index.json", index.into_bytes());
    write("terms/restricted/model.safetensors", safetensors(&[("layer.weight", "F16", &[32, 32])]));
    let shard = safetensors(&[("model.embed_tokens.weight", "F32", &[4, 16])]);
    write(
        "broken/half-downloaded/model-00001-of-00003.safetensors",
        shard[..shard.len() - 100].to_vec(),
    );
    write("broken/half-downloaded/model-00002-of-00003.safetensors", Vec::new());
    let lora =
        |at: u64, part: &str| format!("base_model.model.model.layers.{at}.self_attn.{part}.weight");
    let rows: Vec<(String, [u64; 2])> = (0..2)
        .flat_map(|at| {
            [("q_proj", 16), ("v_proj", 8)].into_iter().flat_map(move |(target, out)| {
                [
                    (lora(at, &format!("{target}.lora_A")), [2, 16]),
                    (lora(at, &format!("{target}.lora_B")), [out, 2]),
                ]
            })
        })
        .collect();
    let rows: Vec<_> =
        rows.iter().map(|(name, shape)| (name.as_str(), "F32", shape.as_slice())).collect();
    write("adapter/tiny-lora/adapter_model.safetensors", safetensors(&rows));
    write(
        "open/everything/model.safetensors",
        safetensors(&[
            ("linear.bias", "F32", &[4]),
            ("linear.weight", "F32", &[4, 8]),
        ]),
    );
}

#[test]
fn every_fixture_gives_the_report_beside_it() {
    if env::var_os("UPDATE_FIXTURES").is_some() {
        make_weights();
    }
    let mut names: Vec<PathBuf> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|it| it.is_dir())
        .collect();
    names.sort();
    assert!(names.len() >= 5, "the fixtures are gone");
    for case in names {
        let below = fs::read_dir(&case).unwrap().map(|it| it.unwrap().path());
        let Some(release) = below.into_iter().find(|it| it.is_dir()) else {
            continue; // no release: what runs a scan on many machines
        };
        let report = inspect(&release);
        for (format, file) in [("json", "expected.json"), ("text", "expected.txt")] {
            let mut written = Vec::new();
            let output = named(OUTPUTS, format).unwrap();
            (output.write)(&report, &Style::default(), &mut written).unwrap();
            let expected = case.join(file);
            if env::var_os("UPDATE_FIXTURES").is_some() {
                fs::write(&expected, &written).unwrap();
            }
            let there = fs::read_to_string(&expected).unwrap_or_default();
            let (written, there) = (String::from_utf8(written).unwrap(), there);
            assert!(written == there, "{} differs:\n{written}", expected.display());
        }
    }
}
