//! Forms of tools and servers as honest people make them.

#![expect(clippy::too_many_lines, reason = "a list of samples, a line each")]

use super::{
    super::{
        Level, Sample, adding,
        made::{of, one, torch, zip},
    },
    ACTS, QUIET, held, manifest, mlmodel, node, notebook, script, skops,
};

pub(crate) fn benign(samples: &mut Vec<Sample>) {
    let mut add = adding(samples, Level::Clean);
    add("TorchScript", one("net.pt", script("y = ops.quantized.linear(torch.add(x, x))")));
    add("TorchScript of torchvision", one("net.pt", script("y = ops.torchvision.nms(x, x, 0.5)")));
    let served = [
        ("MAR-INF/MANIFEST.json", manifest("image_classifier")),
        ("index_to_name.json", "{}".to_owned()),
    ];
    let served: Vec<_> = served.iter().map(|(name, text)| (*name, text.as_str())).collect();
    add("TorchServe's own handler", one("m.mar", held(&served)));
    add(
        "MLflow",
        one(
            "MLmodel",
            mlmodel(
                "    loader_module: mlflow.sklearn\n    model_path: model.pkl\n    code: null\n",
            ),
        ),
    );
    for content in [
        node("DictNode", "builtins", "dict", "{}"),
        node("ObjectNode", "sklearn.linear_model._logistic", "LogisticRegression", "{}"),
        node("NdArrayNode", "numpy", "ndarray", "\"a.npy\""),
        node("OperatorFuncNode", "operator", "itemgetter", "{}"),
        node(
            "FunctionNode",
            "builtins",
            "function",
            "{\"module_path\": \"numpy\", \"function\": \"log1p\"}",
        ),
        node(
            "TypeNode",
            "builtins",
            "type",
            "{\"module_path\": \"numpy\", \"function\": \"float64\"}",
        ),
    ] {
        add("skops", one("m.skops", skops(&content)));
    }
    for line in [
        "FROM ./model.gguf",
        "FROM llama3.2",
        "FROM hf.co/a/b:Q4_K_M",
        "FROM .\nADAPTER ./lora.gguf",
    ] {
        add(
            "a Modelfile",
            one(
                "Modelfile",
                format!(
                    "# made by hand\n{line}\nPARAMETER stop \"<|im_end|>\"\nSYSTEM You are / a help\n"
                ),
            ),
        );
    }
    add(
        "spaCy",
        one(
            "config.cfg",
            "[nlp]\nlang = \"en\"\n[nlp.tokenizer]\n@tokenizers = \"spacy.Tokenizer.v1\"\n[initialize.before_init]\n@callbacks = \"spacy.copy_from_base_model.v1\"\n",
        ),
    );
    add(
        "HyperPyYAML",
        one(
            "hyperparams.yaml",
            "seed: !apply:torch.manual_seed [1]\nfeatures: !new:speechbrain.lobes.features.Fbank\n    n_mels: 80\nmodel: !new:custom.Net\n    x: !ref <seed>\nact: !name:torch.nn.ReLU\nboth: !tuple (1, 2)\n",
        ),
    );
    add(
        "requirements",
        one(
            "requirements.txt",
            "--extra-index-url https://download.pytorch.org/whl/cu121\ntorch==2.1\ngit+https://github.com/huggingface/transformers\n-e .\n",
        ),
    );
    add(
        "a notebook",
        one(
            "demo.ipynb",
            notebook("!pip install -q transformers\nfrom transformers import pipeline\n"),
        ),
    );
    add(
        "a notebook with a shell",
        one("demo.ipynb", notebook("%%bash\ncurl -L https://example.org | sh\n")),
    );
    add(
        "a document",
        one(
            "a.docx",
            held(&[
                ("[Content_Types].xml", "<x/>"),
                ("word/document.xml", "<w/>"),
            ]),
        ),
    );
    add(
        "settings of git",
        one(
            ".git/config",
            "[core]\n\tbare = false\n[filter \"lfs\"]\n\tclean = git-lfs clean -- %f\n\tsmudge = git-lfs smudge -- %f\n\tprocess = git-lfs filter-process\n\trequired = true\n[credential]\n\thelper = store\n",
        ),
    );
    add("a source archive", one("src.zip", held(&[("train.py", ACTS), ("README.md", "# x")])));
    add(
        "a wheel",
        one(
            "a-1-py3-none-any.whl",
            held(&[
                ("a/__init__.py", QUIET),
                ("a-1.dist-info/WHEEL", "Wheel-Version: 1.0\n"),
            ]),
        ),
    );
    add(
        "torch's zip with code beside it",
        one(
            "m.zip",
            zip(&[
                ("model.pt", &torch(b"\x80\x02}q\x00.")),
                ("run.py", QUIET.as_bytes()),
            ]),
        ),
    );
    add(
        "a dense layer",
        one(
            "2_Dense/config.json",
            "{\"in_features\": 2, \"out_features\": 2, \"bias\": true, \"activation_function\": \"torch.nn.modules.activation.Tanh\"}",
        ),
    );
    add("attention", one("config.json", "{\"_attn_implementation\": \"flash_attention_2\"}"));
    add(
        "peft",
        one(
            "adapter_config.json",
            "{\"auto_mapping\": {\"base_model_class\": \"LlamaModel\", \"parent_library\": \"transformers.models.llama.modeling_llama\"}}",
        ),
    );
    for json in [
        r#"{"added_tokens": [{"id": 0, "content": "<s>", "special": true}], "normalizer": {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"}, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]}, "decoder": {"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "▁"}, "content": " "}]}, "model": {"type": "BPE", "vocab": {"<s>": 0, "a": 1}}}"#,
        r#"{"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"}}, "model": {"vocab": {}}}"#,
        r#"{"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "\\p{N}{1,3}(?=(?:\\p{N}{3})*\\b)|(?:[A-Z][a-z]+)+"}}, "model": {"vocab": [["a", 0.0], ["b", -1.5]]}}"#,
        r#"{"added_tokens": [{"id": 2, "content": "eng_Latn", "special": true}], "normalizer": {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}, "model": {"vocab": {"eng_Latn": 2}}}"#,
    ] {
        add("a tokenizer", one("tokenizer.json", json));
    }
    add(
        "a tokenizer and its configuration",
        of(&[
            (
                "tokenizer.json",
                r#"{"added_tokens": [{"id": 2, "content": "</s>", "special": true}], "model": {"type": "BPE", "vocab": {"</s>": 2}}}"#,
            ),
            (
                "tokenizer_config.json",
                r#"{"added_tokens_decoder": {"2": {"content": "</s>", "special": true}, "3": {"content": "<pad>"}}, "eos_token": "</s>"}"#,
            ),
        ]),
    );
    add(
        "a PDF with links",
        one(
            "a.pdf",
            "%PDF-1.4\n1 0 obj\n<< /Type /Catalog /OpenAction [2 0 R /Fit] >>\nendobj\n%%EOF\n",
        ),
    );
}
