//! Releases composed after published ones: file names and the facts that their cards state, in words
//! of our own, and the expected state of every component beside each.

use super::build::Folder;
use crate::words::{
    Component::{
        DataCard, Datasets, EvaluationData, EvaluationResults, FinalParameters, InferenceCode,
        IntermediateParameters, ModelArchitecture, ModelCard, ModelMetadata, ResearchPaper,
        SupportingLibraries, TechnicalReport, TrainingCode,
    },
    FileKind::{Bookkeeping, License, Other, Policy, Record, Tokenizer},
    Presence::{Claimed, Partial, Pointer, Present, Promised, Referenced},
};

const LLAMA: &str = r#"{"architectures":["LlamaForCausalLM"],"model_type":"llama","hidden_size":4096,
    "num_hidden_layers":32,"vocab_size":32000,"transformers_version":"4.31.0"}"#;
const GENERATION: &str =
    r#"{"bos_token_id":1,"eos_token_id":2,"temperature":0.6,"transformers_version":"4.31.0"}"#;

/// A card with a section on each of these, each with a sentence in it.
pub(super) fn card(titles: &[&str]) -> String {
    let section = |title: &&str| {
        format!(
            "{title}\n\nThis part says in a sentence or two what the maker wanted to say of it.\n\n"
        )
    };
    let sections: String = titles.iter().map(section).collect();
    format!("---\nlanguage: en\n---\n# A model\n\n{sections}")
}

fn llama_card() -> String {
    card(&[
        "## Model Details",
        "## Intended Use",
        "## Hardware and Software",
        "## Training Data",
        "## Evaluation Results",
        "## Ethical Considerations and Limitations",
    ])
}

pub(super) fn llama2(name: &str) -> Folder {
    Folder::named(name)
        .card(
            "README.md",
            &llama_card(),
            &[
                (Datasets, Claimed, "says \"publicly available sources\" and names none"),
                (DataCard, Partial, "a section on the training data"),
                (EvaluationData, Claimed, "a table names benchmarks"),
                (EvaluationResults, Present, "a table of numbers"),
                (ResearchPaper, Referenced, "\"Research Paper\": arXiv 2307.09288"),
            ],
        )
        .others(&[
            ("LICENSE.txt", License),
            ("USE_POLICY.md", Policy),
            (".gitattributes", Bookkeeping),
        ])
        .file("Responsible-Use-Guide.pdf", b"%PDF-1.5 /Title (Responsible Use Guide)")
        .others(&[("tokenizer.model", Tokenizer)])
}

#[test]
fn llama_2_in_the_hub_layout() {
    llama2("Llama-2-7b-hf")
        .json("config.json", LLAMA)
        .json("generation_config.json", GENERATION)
        .json(
            "tokenizer_config.json",
            r#"{"model_max_length":4096,"tokenizer_class":"LlamaTokenizer"}"#,
        )
        .json("special_tokens_map.json", r#"{"eos_token":"</s>"}"#)
        .shards("model", "safetensors", 2, &[1, 2])
        .shards("pytorch_model", "bin", 2, &[])
        .shows(&[
            (FinalParameters, Present),
            (ModelArchitecture, Referenced),
            (ModelMetadata, Partial),
            (Datasets, Claimed),
            (EvaluationData, Claimed),
            (EvaluationResults, Present),
            (ModelCard, Present),
            (DataCard, Partial),
            (ResearchPaper, Referenced),
        ]);
}

#[test]
fn llama_2_in_the_original_layout() {
    llama2("Llama-2-7b")
        .json("params.json", r#"{"dim":4096,"multiple_of":256,"n_heads":32,"n_layers":32,"norm_eps":1e-05,"vocab_size":-1}"#)
        .weights("consolidated.00.pth", &["tok_embeddings.weight", "output.weight"])
        .others(&[("checklist.chk", Record), ("tokenizer_checklist.chk", Record)])
        .shows(&[
            (FinalParameters, Present), (ModelMetadata, Partial), (Datasets, Claimed),
            (EvaluationData, Claimed), (EvaluationResults, Present), (ModelCard, Present),
            (DataCard, Partial), (ResearchPaper, Referenced),
        ]);
}

#[test]
fn llama_1_as_it_was_shipped() {
    Folder::named("13B")
        .json("params.json", r#"{"dim":5120,"n_heads":40,"n_layers":40,"norm_eps":1e-06}"#)
        .weights("consolidated.00.pth", &["tok_embeddings.weight"])
        .weights("consolidated.01.pth", &["tok_embeddings.weight"])
        .others(&[("checklist.chk", Record), ("tokenizer.model", Tokenizer)])
        .shows(&[(FinalParameters, Present), (ModelMetadata, Partial)]);
}

#[test]
fn code_llama_with_a_stub_of_a_policy() {
    Folder::named("CodeLlama-7b-hf")
        .card(
            "README.md",
            &card(&[
                "## Model Use",
                "## Model Details",
                "## Intended Use",
                "## Hardware and Software",
                "## Training Data",
                "## Evaluation Results",
                "## Ethical Considerations and Limitations",
            ]),
            &[
                (Datasets, Claimed, "the same data as Llama 2"),
                (EvaluationResults, Referenced, "section 3 of the paper"),
                (ResearchPaper, Referenced, "arXiv 2308.12950"),
            ],
        )
        .json("config.json", LLAMA)
        .shards("model", "safetensors", 2, &[1, 2])
        .shards("pytorch_model", "bin", 3, &[1, 2, 3])
        .others(&[
            ("USE_POLICY.md", Policy),
            ("LICENSE", License),
            ("tokenizer.model", Tokenizer),
        ])
        .shows(&[
            (FinalParameters, Present),
            (ModelArchitecture, Referenced),
            (ModelMetadata, Partial),
            (Datasets, Claimed),
            (EvaluationResults, Referenced),
            (ModelCard, Present),
            (ResearchPaper, Referenced),
        ]);
}

#[test]
fn gpt_neo_names_its_data() {
    Folder::named("gpt-neo-1.3B")
        .card("README.md", &card(&["## Model Description", "## Training data", "## Training procedure",
            "## Intended Use and Limitations", "### How to use", "### Limitations and Biases",
            "## Eval results", "### BibTeX entry and citation info"]), &[
            (Datasets, Referenced, "`datasets` names EleutherAI/pile"),
            (EvaluationResults, Present, "a table of numbers"),
            (ResearchPaper, Referenced, "a citation gives arXiv 2101.00027, the paper of the data"),
        ])
        .json("config.json", r#"{"architectures":["GPTNeoForCausalLM"],"model_type":"gpt_neo","vocab_size":50257,
            "gradient_checkpointing":false,"task_specific_params":{"text-generation":{"do_sample":true,"temperature":0.9}}}"#)
        .weights("flax_model.msgpack", &["a"])
        .weights("model.safetensors", &["a"])
        .weights("pytorch_model.bin", &["a"])
        .weights("rust_model.ot", &["a"])
        .others(&[("merges.txt", Tokenizer), ("vocab.json", Tokenizer)])
        .json("special_tokens_map.json", r#"{"bos_token":"<|endoftext|>"}"#)
        .shows(&[
            (FinalParameters, Present), (ModelArchitecture, Referenced), (ModelMetadata, Partial),
            (Datasets, Referenced), (EvaluationResults, Present), (ModelCard, Present),
            (ResearchPaper, Referenced),
        ]);
}

#[test]
fn granite_promises_its_paper() {
    let text = card(&[
        "**Model Summary:**",
        "**Intended use:**",
        "**Training Data:**",
        "**Infrastructure:**",
        "**Ethical Considerations and Limitations:**",
        "## Evaluation Results",
    ]);
    let said = [
        (Datasets, Claimed, "\"publicly available datasets\", \"internal\" ones"),
        (EvaluationResults, Present, "a table of numbers"),
        (TechnicalReport, Referenced, "a link that ends in .pdf"),
        (ResearchPaper, Promised, "arXiv 0000.00000"),
    ];
    Folder::named("granite-3.0-8b-instruct")
        .card("README.md", &text, &said)
        .json(
            "config.json",
            r#"{"architectures":["GraniteForCausalLM"],"model_type":"granite","hidden_size":4096}"#,
        )
        .json("added_tokens.json", r#"{"<|tool_call|>":49154}"#)
        .shards("model", "safetensors", 4, &[1, 2, 3, 4])
        .shows(&[
            (FinalParameters, Present),
            (ModelArchitecture, Referenced),
            (ModelMetadata, Partial),
            (Datasets, Claimed),
            (EvaluationResults, Present),
            (TechnicalReport, Referenced),
            (ResearchPaper, Promised),
            (ModelCard, Present),
        ]);
}

#[test]
fn granite_code_without_its_shards() {
    Folder::named("granite-3b-code-base")
        .card(
            "README.md",
            &card(&[
                "## Model Summary",
                "## Usage",
                "## Training Data",
                "## Infrastructure",
                "## Limitations",
            ]),
            &[(Datasets, Referenced, "`datasets` names codeparrot/github-code-clean")],
        )
        .json("config.json", LLAMA)
        .shards("model", "safetensors", 2, &[])
        .shows(&[
            (FinalParameters, Referenced),
            (ModelArchitecture, Referenced),
            (ModelMetadata, Partial),
            (Datasets, Referenced),
            (ModelCard, Present),
        ]);
}

#[test]
fn mistral_says_little() {
    Folder::named("Mistral-7B-v0.1")
        .card(
            "README.md",
            &card(&[
                "## Model Architecture",
                "## Troubleshooting",
                "## Notice",
                "## The Team",
            ]),
            &[(ResearchPaper, Referenced, "\"our paper\": arXiv 2310.06825")],
        )
        .json(
            "config.json",
            r#"{"architectures":["MistralForCausalLM"],"model_type":"mistral","hidden_size":4096}"#,
        )
        .json("generation_config.json", GENERATION)
        .shards("model", "safetensors", 2, &[1, 2])
        .shards("pytorch_model", "bin", 2, &[])
        .shows(&[
            (FinalParameters, Present),
            (ModelArchitecture, Referenced),
            (ModelMetadata, Partial),
            (ModelCard, Partial),
            (ResearchPaper, Referenced),
        ]);
}

#[test]
fn olmo_hands_its_code_on() {
    let revisions: String =
        (0..557).map(|n| format!("step{n}000-tokens{n}B\n")).collect::<Vec<_>>().concat();
    Folder::named("OLMo-7B")
        .card("README.md", &card(&["## Model Details", "## Uses", "## Evaluation", "## Training Details",
            "## Bias, Risks, and Limitations"]), &[
            (Datasets, Referenced, "`datasets` names allenai/dolma"),
            (TrainingCode, Referenced, "https://github.com/allenai/OLMo"),
            (ResearchPaper, Referenced, "\"Paper\": arXiv 2402.00838"),
            (EvaluationResults, Present, "a table of numbers"),
        ])
        .json("config.json", r#"{"architectures":["OLMoModelForCausalLM"],"model_type":"hf_olmo","d_model":4096,
            "auto_map":{"AutoConfig":"configuration_olmo.OLMoConfig","AutoModelForCausalLM":"modeling_olmo.OLMoForCausalLM"}}"#)
        .file("configuration_olmo.py", b"from hf_olmo import OLMoConfig\n")
        .file("modeling_olmo.py", b"from hf_olmo import OLMoForCausalLM\n")
        .file("tokenization_olmo_fast.py", b"from hf_olmo.tokenization_olmo_fast import OLMoTokenizerFast\n")
        .file("requirements.txt", b"ai2-olmo==0.2.2\n")
        .text("revisions.txt", &revisions)
        .weights("model.safetensors", &["a"])
        .weights("pytorch_model.bin", &["a"])
        .shows(&[
            (FinalParameters, Present), (IntermediateParameters, Referenced), (ModelArchitecture, Pointer),
            (TrainingCode, Referenced), (SupportingLibraries, Present), (Datasets, Referenced),
            (ModelMetadata, Partial), (ResearchPaper, Referenced), (EvaluationResults, Present),
            (ModelCard, Present),
        ]);
}

#[test]
fn pythia_and_amber_name_their_steps() {
    for (name, revision) in [("pythia-70m", "step3000"), ("Amber", "ckpt_356")] {
        let saying = format!("`revision=\"{revision}\"` names a branch");
        let folder = Folder::named(name)
            .card(
                "README.md",
                &card(&[
                    "## Model Details",
                    "## Intended Use",
                    "## Training",
                    "## Evaluations",
                ]),
                &[
                    (IntermediateParameters, Referenced, &saying),
                    (Datasets, Referenced, "`datasets` names a data set"),
                ],
            )
            .json("config.json", LLAMA)
            .weights("model.safetensors", &["a"]);
        let folder = if name == "Amber" {
            folder
                .json("eval_mmlu.json", r#"{"results":{"mmlu":{"acc":0.28,"acc_stderr":0.01}}}"#)
                .json("eval_arc.json", r#"{"results":{"arc_challenge":{"acc_norm":0.41}}}"#)
        } else {
            folder.card(
                "README.zh.md",
                &card(&["## 训练数据"]),
                &[(EvaluationResults, Present, "a table of numbers")],
            )
        };
        folder.shows(&[
            (FinalParameters, Present),
            (IntermediateParameters, Referenced),
            (ModelArchitecture, Referenced),
            (Datasets, Referenced),
            (ModelMetadata, Partial),
            (EvaluationResults, Present),
            (ModelCard, Present),
        ]);
    }
}

#[test]
fn bloom_with_its_logs() {
    let mut folder = Folder::named("bloom")
        .card("README.md", &card(&["## Model Details", "## Uses", "## Training Data", "## Evaluation",
            "## Risks and Limitations", "### Speeds, Sizes, Times"]), &[
            (DataCard, Referenced, "a link to data cards"),
            (EvaluationResults, Present, "`model-index`"),
        ])
        .json("config.json", r#"{"architectures":["BloomForCausalLM"],"model_type":"bloom","n_layer":70,"vocab_size":250880}"#)
        .file("logs/main/tensorboard/events.out.tfevents.164", b"log");
    folder.last().kind = crate::words::FileKind::TrainingState;
    for n in 1..=72 {
        folder = folder.weights(&format!("model_{n:05}-of-00072.safetensors"), &["a"]);
    }
    folder.shows(&[
        (FinalParameters, Present),
        (ModelArchitecture, Referenced),
        (DataCard, Referenced),
        (ModelMetadata, Present),
        (EvaluationResults, Present),
        (ModelCard, Present),
    ]);
}

#[test]
fn deepseek_v3_as_a_code_repository() {
    Folder::named("DeepSeek-V3")
        .file("inference/convert.py", b"from safetensors.torch import load_file, save_file\ndef main(a):\n    state = load_file(a)\n    save_file(state, 'b')\n")
        .file("inference/fp8_cast_bf16.py", b"import torch\ndef main(a):\n    w = weight_dequant(a)\n")
        .file("inference/generate.py", b"import torch\n@torch.inference_mode()\ndef generate(model, tokens):\n    logits = model.forward(tokens)\n    return logits\n\nout = generate(m, t)\n")
        .file("inference/kernel.py", b"import triton\n@triton.jit\ndef act_quant_kernel(x):\n    pass\n")
        .file("inference/model.py", b"import torch\nfrom torch import nn\nclass MLA(nn.Module):\n    def __init__(self, args):\n        super().__init__()\n    def forward(self, x):\n        return x\n")
        .file("inference/requirements.txt", b"torch==2.4.1\ntriton==3.0.0\ntransformers==4.46.3\nsafetensors==0.4.5\n")
        .json("inference/configs/config_671B.json", r#"{"vocab_size":129280,"dim":7168,"n_layers":61,"n_heads":128,"score_func":"sigmoid"}"#)
        .others(&[("LICENSE-CODE", License), ("LICENSE-MODEL", License)])
        .others(&[("figures/benchmark.png", Other), ("figures/niah.png", Other)])
        .shows(&[
            (ModelArchitecture, Present), (InferenceCode, Present), (SupportingLibraries, Present),
            (ModelMetadata, Partial), (EvaluationResults, Partial),
        ]);
}

#[test]
fn a_card_alone_releases_nothing() {
    Folder::named("some-api")
        .card(
            "README.md",
            &card(&[
                "## Model Overview",
                "## Intended Use",
                "## Evaluation",
                "## Limitations",
            ]),
            &[(EvaluationResults, Present, "a table of numbers")],
        )
        .shows(&[(ModelCard, Present), (EvaluationResults, Present)]);
}
