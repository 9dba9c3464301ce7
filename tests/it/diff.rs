//! `diff` from outside: releases, stored reports, formats, exit statuses.

use std::{fs, path::Path};

use assert_cmd::Command;

use crate::build::{Release, safetensors};

fn diff(a: &Path, b: &Path) -> Command {
    let mut command = Command::cargo_bin("weighbill").unwrap();
    command.env_clear().env("HOME", "/nowhere").arg("diff").arg(a).arg(b);
    command
}

fn said(command: &mut Command) -> String {
    let output = command.assert().success().get_output().stdout.clone();
    String::from_utf8(output).unwrap()
}

const ROWS: &[(&str, &str, &[u64])] = &[
    ("model.embed_tokens.weight", "F32", &[8, 4]),
    ("model.layers.0.self_attn.q_proj.weight", "F32", &[4, 4]),
    ("model.layers.1.self_attn.q_proj.weight", "F32", &[4, 4]),
    ("model.layers.0.mlp.up_proj.weight", "F32", &[4, 4]),
];

/// A release like the other but for the elements of one tensor, and a key of its config.
fn pair() -> (Release, Release) {
    let config = |theta: u32| format!("{{\"model_type\": \"llama\", \"rope_theta\": {theta}}}\n");
    let whole = safetensors(ROWS);
    let mut tuned = whole.clone();
    // The second tensor: 16 floats before the last two tensors.
    let at = whole.len() - 3 * 64;
    tuned[at..at + 4].copy_from_slice(&1.5_f32.to_le_bytes());
    let base =
        Release::named("base").file("model.safetensors", whole).file("config.json", config(1));
    let card = "---\nbase_model: someone/base\n---\n# Tuned\n";
    let tuned = Release::named("tuned")
        .file("model.safetensors", tuned)
        .file("config.json", config(2))
        .file("README.md", card);
    (base, tuned)
}

#[test]
fn two_releases_side_by_side() {
    let (a, b) = pair();
    insta::assert_snapshot!(said(&mut diff(&a.path(), &b.path())), @r###"
    base → tuned    4 tensors compared
    only attention changed, 1 of 4 tensors, as where an adapter was merged

    LINEAGE   the second names the first as its base: borne out, 3 of 4 tensors are
              the same, byte for byte  README.md:2

    TENSORS   3 unchanged, 1 changed
      change   count  how         tensors
      changed      1  F32 [4, 4]  model.layers.0.self_attn.q_proj.weight

    VALUES
      value                   first  second
      config.json rope_theta  1      2
      base_model              –      someone/base

    COMPONENTS
      component   first   second
      model card  absent  partial

    FILES THAT DIFFER
      change   bytes  file
      added    41 B   README.md
      changed  41 B   config.json
      changed  697 B  model.safetensors
    "###);
    let markdown = said(diff(&a.path(), &b.path()).args(["-f", "markdown"]));
    assert!(
        markdown.contains(
            "| changed | 1 | F32 \\[4, 4\\] | `model.layers.0.self_attn.q_proj.weight` |"
        ),
        "{markdown}"
    );
    let html = said(diff(&a.path(), &b.path()).args(["-f", "html"]));
    assert!(html.starts_with("<!DOCTYPE html>") && !html.contains("<script"), "{html}");
}

#[test]
fn stored_reports_give_the_same() {
    let (a, b) = pair();
    let store = |release: &Release| {
        let mut command = Command::cargo_bin("weighbill").unwrap();
        let path = release.around().join("report.json");
        command.env_clear().env("HOME", "/nowhere").arg("inspect").arg(release.path());
        command.args(["-f", "json", "-o"]).arg(&path).assert().success();
        path
    };
    let (stored_a, stored_b) = (store(&a), store(&b));
    let here = said(diff(&a.path(), &b.path()).args(["-f", "json"]));
    assert_eq!(said(diff(&stored_a, &b.path()).args(["-f", "json"])), here);
    assert_eq!(said(diff(&stored_a, &stored_b).args(["-f", "json"])), here);
    let document: serde_json::Value = serde_json::from_str(&here).unwrap();
    let mut command = Command::cargo_bin("weighbill").unwrap();
    let schema = said(command.env_clear().arg("schema"));
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    jsonschema::validate(&schema, &document).unwrap_or_else(|error| panic!("{error}"));
    let refused = diff(&stored_a, &b.path()).arg("--stats").assert().code(2).get_output().clone();
    assert!(String::from_utf8(refused.stderr).unwrap().contains("a stored report has none"));
}

#[test]
fn how_far_apart_is_measured() {
    let (a, b) = pair();
    let json = said(diff(&a.path(), &b.path()).args(["--stats", "-f", "json"]));
    let document: serde_json::Value = serde_json::from_str(&json).unwrap();
    let apart = &document["tensors"][0]["apart"];
    assert!((apart["equal"].as_f64().unwrap() - 15.0 / 16.0).abs() < 1e-9, "{apart}");
    assert!(apart["relative_norm"].as_f64().unwrap() > 0.0, "{apart}");
}

#[test]
fn statuses_are_0_1_and_2() {
    let (a, b) = pair();
    diff(&a.path(), &a.path()).arg("--exit-code").assert().code(0);
    diff(&a.path(), &b.path()).assert().code(0);
    diff(&a.path(), &b.path()).arg("--exit-code").assert().code(1);
    diff(&a.path(), Path::new("/no/such")).assert().code(2).stdout("");
    let other = a.around().join("other.json");
    fs::write(&other, r#"{"schema": "weighbill-report/9"}"#).unwrap();
    let output = diff(&other, &b.path()).assert().code(2).get_output().clone();
    assert!(String::from_utf8(output.stderr).unwrap().contains("`weighbill-report/9`"));
}

#[test]
fn formats_that_are_unlike_are_compared_by_what_the_parts_are_called() {
    let (a, _) = pair();
    let npz = Release::named("other").file("notes.txt", "nothing here");
    let text = said(&mut diff(&a.path(), &npz.path()));
    assert!(text.contains("the first has 4 tensors, the second none"), "{text}");
}

#[test]
fn names_of_a_release_do_not_act() {
    let evil =
        Release::named("e\u{1b}[31m").safetensors("m.safetensors", &[("t\\u202ex", "U8", &[80])]);
    let (a, _) = pair();
    for format in ["text", "markdown", "html", "json"] {
        let text = said(diff(&a.path(), &evil.path()).args(["-f", format]));
        let bad = text.chars().find(|c| (c.is_control() && *c != '\n') || *c == '\u{202e}');
        assert_eq!(bad, None, "{format}");
    }
}

#[test]
fn stored_reports_of_the_same_tensors_are_compared_as_the_releases_are() {
    let (a, b) = pair();
    let stored = |release: &Release, name: &str| {
        let place = release.around().join(name);
        let mut command = Command::cargo_bin("weighbill").unwrap();
        command.env_clear().arg("inspect").arg(release.path()).args(["-q", "-f", "json", "-o"]);
        command.arg(&place).assert().success();
        place
    };
    let (of_a, of_b) = (stored(&a, "a.json"), stored(&b, "b.json"));
    for format in ["text", "json", "markdown"] {
        let of = |a: &Path, b: &Path| said(diff(a, b).args(["-f", format]));
        assert_eq!(of(&of_a, &of_b), of(&a.path(), &b.path()));
        assert_eq!(of(&of_a, &of_a), of(&a.path(), &a.path()));
        assert_eq!(of(&of_a, &b.path()), of(&a.path(), &of_b));
    }
}

#[test]
fn parts_of_a_tokenizer_that_differ_are_told() {
    const TOKENIZER: &str = r#"{"added_tokens":[{"id":2,"content":"<s>","special":true}],"normalizer":null,
        "model":{"type":"BPE","vocab":{"a":0,"b":1},"merges":["a b"]}}"#;
    let settings = |template: &str| {
        format!("{{\"bos_token\": \"<s>\", \"chat_template\": \"{}{template}\"}}", "x".repeat(300))
    };
    let a = Release::named("a")
        .file("tokenizer.json", TOKENIZER)
        .file("tokenizer_config.json", settings("{{ messages }}"));
    let b = Release::named("b")
        .file(
            "tokenizer.json",
            TOKENIZER
                .replace("\"b\":1", "\"b\":1,\"c\":3")
                .replace("\"a b\"", "\"b a\"")
                .replace("<s>", "<t>"),
        )
        .file("tokenizer_config.json", settings("{{ tools }}").replace("<s>", "<t>"));
    let text = said(diff(&a.path(), &b.path()).args(["-f", "json"]));
    let diff: serde_json::Value = serde_json::from_str(&text).unwrap();
    let told: Vec<String> = diff["config"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| format!("{} {}", it["path"].as_str().unwrap(), it["key"].as_str().unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            "tokenizer.json added_tokens",
            "tokenizer.json merges",
            "tokenizer.json special_tokens",
            "tokenizer.json vocabulary",
            "tokenizer_config.json bos_token",
            "tokenizer_config.json chat_template",
        ]
    );
    let vocabulary = &diff["config"][3];
    assert!(vocabulary["a"].as_str().unwrap().starts_with("2, sha256 "), "{vocabulary}");
    assert!(vocabulary["b"].as_str().unwrap().starts_with("3, sha256 "), "{vocabulary}");
}
