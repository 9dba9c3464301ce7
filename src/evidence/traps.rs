//! Releases with something missing, misnamed or only said, and what each must come out as.

use super::{
    build::Folder,
    releases::{card, llama2},
};
use crate::words::{
    Component::{
        DataPreprocessingCode, Datasets, EvaluationCode, EvaluationData, FinalParameters,
        InferenceCode, IntermediateParameters, ModelArchitecture, ModelCard, ModelMetadata,
        ResearchPaper, SampleOutputs, TrainingCode,
    },
    FileKind::{self, Paper},
    Presence::{Absent, Claimed, Partial, Pointer, Present, Referenced},
};

#[test]
fn weights_that_are_not_all_here() {
    let of = |folder: Folder, presence| folder.shows(&[(FinalParameters, presence)]);
    of(Folder::named("a").shards("model", "safetensors", 3, &[1, 3]), Partial);
    of(Folder::named("a").weights("q-00001-of-00002.gguf", &["a"]), Partial);
    of(
        Folder::named("a")
            .weights("q-00001-of-00002.gguf", &["a"])
            .weights("q-00002-of-00002.gguf", &["b"]),
        Present,
    );
    of(Folder::named("a").weights("vocab.gguf", &[]), Absent);
    of(
        Folder::named("a")
            .weights("q-00001-of-00002.gguf", &[])
            .weights("q-00002-of-00002.gguf", &["b"]),
        Present,
    );
    of(Folder::named("a").pointer("model.safetensors", 13_000_000_000), Pointer);
    of(
        Folder::named("a")
            .pointer("m-00001-of-00002.bin", 5)
            .weights("m-00002-of-00002.bin", &["a"]),
        Partial,
    );
    of(
        Folder::named("a")
            .weights("adapter_model.safetensors", &["x.lora_A.weight", "x.lora_B.weight"]),
        Partial,
    );
    Folder::named("a")
        .weights("optimizer.pt", &["state.0"])
        .shows(&[(ModelMetadata, Present)]);
    of(Folder::named("a").others(&[("model.bin", FileKind::Weights)]), Absent);
    let mut cut = Folder::named("a").weights("model.safetensors", &["a"]);
    cut.last().unreadable = Some("the tensors end at byte 79, the file at byte 75".to_owned());
    of(cut, Partial);
    let mut engine = Folder::named("a").others(&[("a.engine", FileKind::Weights)]);
    engine.last().format = Some("tensorrt");
    of(engine, Partial);
}

#[test]
fn a_shard_must_hold_what_its_index_says() {
    let folder = Folder::named("a").shards("model", "safetensors", 2, &[1]);
    let folder = folder.weights("model-00002-of-00002.safetensors", &["other"]);
    let facts = folder.facts();
    let seen = super::gather(&facts, &crate::sets::group(&facts));
    let of_it: Vec<&str> = seen.iter().map(|seen| seen.saying.as_str()).collect();
    assert_eq!(of_it, ["2 tensors in 2 safetensors shards; 1 tensor not where the index says"]);
}

#[test]
fn checkpoints_are_apart_from_the_last_state() {
    let folder = || Folder::named("a").weights("checkpoint-500/model.safetensors", &["a"]);
    folder().shows(&[
        (FinalParameters, Partial),
        (IntermediateParameters, Present),
    ]);
    folder().weights("model.safetensors", &["a"]).shows(&[
        (FinalParameters, Present),
        (IntermediateParameters, Present),
    ]);
    Folder::named("a")
        .weights("model_step_100.pt", &["a"])
        .weights("model_step_200.pt", &["a"])
        .shows(&[
            (FinalParameters, Present),
            (IntermediateParameters, Present),
        ]);
    Folder::named("a")
        .weights("sdxl_lightning_4step.safetensors", &["a"])
        .weights("sdxl_lightning_8step.safetensors", &["a"])
        .shows(&[(FinalParameters, Present)]);
}

#[test]
fn what_a_training_repository_holds() {
    Folder::named("trainer")
        .file("train.py", b"loss.backward()\noptimizer.step()\nm = evaluate.load('accuracy')\n")
        .file(
            "scripts/eval.py",
            b"import lm_eval\nr = lm_eval.simple_evaluate(m)\nmodel.generate(x)\n",
        )
        .file("data/dedup.py", b"from datasketch import MinHash\nm = MinHash(3)\n")
        .file("run.sh", b"torchrun train.py --learning_rate 1e-5 --max_steps 100\n")
        .file("demo.ipynb", br#"{"cells":[{"cell_type":"code","source":"model.generate(x)"}]}"#)
        .file("tests/test_train.py", b"loss.backward()\n")
        .file("data/train.jsonl", b"{\"text\":\"a\"}\n{\"text\":\"b\"}\n")
        .file("data/humaneval-x.jsonl", b"{\"prompt\":\"a\"}\n{\"prompt\":\"b\"}\n")
        .file("paper.pdf", b"%PDF-1.5 x")
        .file("results.csv", b"model,mmlu\na,1\n")
        .file("train_log.csv", b"step,loss\n1,2\n")
        .file("samples/1.png", b"x")
        .shows(&[
            (TrainingCode, Present),
            (EvaluationCode, Present),
            (DataPreprocessingCode, Present),
            (InferenceCode, Present),
            (ModelMetadata, Present),
            (Datasets, Present),
            (EvaluationData, Present),
            (ResearchPaper, Present),
            (SampleOutputs, Present),
        ]);
}

#[test]
fn what_only_looks_like_a_part_is_none() {
    Folder::named("some-model")
        .file("train.py", b"# loss.backward()\nprint('optimizer.step()')\n")
        .file("tokenization_x.py", b"class XTokenizer(PreTrainedTokenizer):\n    def tokenize(self, t): pass\n")
        .file("tokens.jsonl", b"{\"token\":\"a\"}\n{\"token\":\"b\"}\n")
        .file("selected_tags.csv", b"tag_id,name,category,count\n1,a,0,1\n")
        .file("emissions.csv", b"timestamp,duration,emissions\n1,2,3\n")
        .file("Responsible-Use-Guide.pdf", b"%PDF-1.5 x")
        .file("whatever.pdf", b"%PDF-1.5 x")
        .file("paper.pdf", b"<html>")
        .file("requirements.txt", b"# nothing yet\n")
        .file("refs.bib", b"@a{b, doi={10.1234/5}}\n@a{c}\n")
        .others(&[("report.pdf", Paper)])
        .json("tokenizer_config.json", r#"{"model_max_length":1}"#)
        .card("README.md", "---\na: b\n---\n# Model Card\n\n## Uses\n\n[More Information Needed]\n\n## Training\n\n[More Information Needed]\n", &[])
        .shows(&[]);
}

#[test]
fn cards_that_say_nothing_or_lead_elsewhere() {
    let of = |text: &str, presence| {
        Folder::named("a").card("README.md", text, &[]).shows(&[(ModelCard, presence)]);
    };
    of("See https://github.com/some/where for all of it.\n", Pointer);
    of("---\nlicense: mit\n---\n", Partial);
    of("", Absent);
    of(&card(&["## Notice"]), Partial);
    of(&card(&["## 模型介绍", "## 使用方法", "## 评测结果", "## 局限性"]), Present);
    of(
        &card(&[
            "## Descripción del modelo",
            "## Uso previsto",
            "## Datos de entrenamiento",
            "## Limitaciones",
        ]),
        Present,
    );
}

#[test]
fn a_readme_among_code_is_no_model_card() {
    let text = card(&[
        "## Description",
        "## Usage",
        "## Training",
        "## Limitations",
    ]);
    let of = |path: &str| Folder::named("a").card(path, &text, &[]);
    of("src/README.md").shows(&[]);
    of("docs/MODEL_CARD.md").shows(&[(ModelCard, Present)]);
    of("7b/README.md")
        .weights("7b/model.safetensors", &["a"])
        .shows(&[(ModelCard, Present), (FinalParameters, Present)]);
}

#[test]
fn notes_in_weight_files_are_read() {
    Folder::named("a")
        .noted(
            "a.gguf",
            &[
                ("general.architecture", "llama"),
                ("general.type", "model"),
                ("general.dataset.0.repo_url", "https://huggingface.co/datasets/a/b"),
            ],
        )
        .shows(&[
            (FinalParameters, Present),
            (ModelArchitecture, Referenced),
            (Datasets, Referenced),
        ]);
    Folder::named("a")
        .noted(
            "lora.safetensors",
            &[
                ("ss_network_module", "networks.lora"),
                ("ss_learning_rate", "0.0001"),
                ("ss_dataset_dirs", "{\"10_cat\": {\"n_repeats\": 10}}"),
                ("ss_sd_model_name", "sd.safetensors"),
            ],
        )
        .shows(&[
            (FinalParameters, Partial),
            (ModelMetadata, Present),
            (Datasets, Claimed),
        ]);
}

#[test]
fn the_same_release_gives_the_same_evidence() {
    let seen = || super::gather(&llama2("a").facts(), &crate::sets::Sets::default());
    assert_eq!(seen(), seen());
    let sorted = |mut seen: Vec<super::Evidence>| {
        seen.sort();
        seen.len()
    };
    assert_eq!(sorted(seen()), seen().len());
}
