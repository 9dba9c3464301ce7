use super::*;
use crate::{
    facts::{Text, build::Build},
    words::FileKind,
};

const LORA: &[(&str, &str, &[u64])] = &[
    ("base_model.model.h.0.q_proj.lora_A.weight", "F32", &[8, 64]),
    ("base_model.model.h.0.q_proj.lora_B.weight", "F32", &[64, 8]),
    ("base_model.model.h.0.v_proj.lora_A.weight", "F32", &[8, 64]),
    ("base_model.model.h.0.v_proj.lora_B.weight", "F32", &[64, 8]),
];

fn lora(config: &str) -> Build {
    Build::release("m")
        .safetensors("adapter_model.safetensors", LORA)
        .config("adapter_config.json", config)
}

fn file(release: Build, path: &str, text: &str) -> Build {
    let text = Text { text: text.to_owned(), cut: false };
    release.file(path, FileKind::Other, None, Contents::Text(text))
}

const PIPELINE: &str =
    r#"{"_class_name":"P","unet":["d","U"],"vae":["d","V"],"safety":[null,null]}"#;
const MODULES: &str = r#"[{"path":"","type":"Transformer"},{"path":"1_Pooling","type":"x.Pooling"},
    {"path":"2_Normalize","type":"x.Normalize"}]"#;

#[test]
fn whole_releases_have_no_findings() {
    let config = r#"{"base_model_name_or_path":"a/b","r":8,"target_modules":["q_proj","v_proj"]}"#;
    check(lora(config), &[]);
    check(lora(config).card("README.md", r#"{"base_model":"A/b"}"#, ""), &[]);
    check(lora("{}").card("README.md", r#"{"base_model":["a/b"]}"#, ""), &[]);
    let pipeline = Build::release("m").config("model_index.json", PIPELINE);
    check(file(file(pipeline, "unet/x", ""), "vae/x", ""), &[]);
    let embedder = Build::release("m")
        .config("modules.json", MODULES)
        .config("config.json", r#"{"hidden_size":8}"#)
        .config("1_Pooling/config.json", r#"{"word_embedding_dimension":8}"#);
    check(embedder, &[]);
    let code = r#"{"auto_map":{"AutoModel":"modeling_x.X","AutoConfig":"a/b--configuration_x.C"}}"#;
    check(file(Build::release("m").config("config.json", code), "modeling_x.py", ""), &[]);
    let chat = Build::release("m").config("tokenizer_config.json", r#"{"chat_template":"a"}"#);
    check(file(chat, "chat_template.jinja", "a\n"), &[]);
}

#[test]
fn each_defect_is_found_and_nothing_else() {
    check(lora("{}"), &["adapter-base-missing: adapter_config.json and the card name no base"]);
    check(
        lora(r#"{"base_model_name_or_path":"/data/llama"}"#),
        &["adapter-base-local-path: the base is named as /data/llama"],
    );
    check(
        lora(r#"{"base_model_name_or_path":"a/b"}"#).card(
            "README.md",
            r#"{"base_model":"a/c"}"#,
            "",
        ),
        &["adapter-base-differs: the config names a/b, README.md names a/c"],
    );
    check(
        lora(r#"{"base_model_name_or_path":"a/b","r":16}"#),
        &["adapter-config-disagrees: r is 16, the matrices have rank 8"],
    );
    check(
        lora(r#"{"base_model_name_or_path":"a/b","target_modules":["q_proj","k_proj"]}"#),
        &["adapter-config-disagrees: no tensors for the target modules k_proj"],
    );
    let pipeline = Build::release("m").config("model_index.json", PIPELINE);
    check(file(pipeline, "unet/x", ""), &["component-missing: vae, a V of d, has no folder"]);
    let pipeline = Build::release("m").config(
        "model_index.json",
        r#"{"unet":["d","UNet2DModel"],"tokenizer":["t","CLIPTokenizer"]}"#,
    );
    let pipeline = file(file(pipeline, "unet/config.json", ""), "tokenizer/vocab.json", "");
    check(
        pipeline,
        &["component-missing: unet, a UNet2DModel of d, has a folder and no weights in it"],
    );
    check(
        Build::release("m")
            .config("tokenizer_config.json", r#"{"chat_template":"a"}"#)
            .config("chat_template.json", r#"{"chat_template":"ab"}"#),
        &["chat-templates-differ: 1 bytes here, 2 in chat_template.json, and not the same"],
    );
    check(
        Build::release("m").config("modules.json", MODULES),
        &["module-missing: 1_Pooling, a x.Pooling, has no folder"],
    );
    let embedder = Build::release("m")
        .config("modules.json", MODULES)
        .safetensors("model.safetensors", &[("embeddings.word_embeddings.weight", "F32", &[4, 8])])
        .config("1_Pooling/config.json", r#"{"word_embedding_dimension":9}"#);
    check(embedder, &["pooling-dimension: pooling takes 9 numbers, the model gives 8"]);
    let code = r#"{"auto_map":{"AutoModel":"modeling_x.X"}}"#;
    check(
        Build::release("m").config("config.json", code),
        &["remote-code-missing: modeling_x.X needs modeling_x.py, which is not here"],
    );
    let chat = Build::release("m").config("tokenizer_config.json", r#"{"chat_template":"a"}"#);
    check(
        file(chat, "chat_template.jinja", "bc"),
        &["chat-templates-differ: 1 bytes here, 2 in chat_template.jinja, and not the same"],
    );
}

#[track_caller]
fn check(release: Build, expected: &[&str]) {
    assert_eq!(crate::judge::told(CHECKS, &release.facts()), expected);
}
