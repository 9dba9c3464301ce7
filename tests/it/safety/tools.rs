//! Releases in the forms of tools and servers: archives with handlers, descriptions of how to load, lists of
//! libraries, notebooks; those that run something, and honest ones.

#![expect(clippy::too_many_lines, reason = "a list of samples, a line each")]

use super::{
    Level, Sample,
    made::{Zip, of, one, packed, tar, torch, zip},
};

type Files<'a> = &'a [(&'a str, &'a str)];

/// An archive of text files.
fn held(files: Files) -> Vec<u8> {
    let members: Vec<_> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    zip(&members)
}

/// The same, deflated.
fn deflated(files: Files) -> Vec<u8> {
    let mut archive = Zip::default();
    for (name, text) in files {
        archive.add(name, name, text.as_bytes(), true);
    }
    archive.done()
}

const ACTS: &str = "import os\nos.system('true')\n";
const QUIET: &str =
    "import torch\n\nclass Handler:\n    def handle(self, data):\n        return data\n";

/// `TorchScript` of one module.
fn script(body: &str) -> Vec<u8> {
    let code = format!(
        "class Net(Module):\n  __parameters__ = []\n  def forward(self, x: Tensor) -> Tensor:\n    {body}\n    return x\n"
    );
    zip(&[
        ("net/data.pkl", b"\x80\x02c__torch__\nNet\n)\x81}b."),
        ("net/constants.pkl", b"\x80\x02)."),
        ("net/code/__torch__.py", code.as_bytes()),
        ("net/version", b"3\n"),
    ])
}

fn manifest(handler: &str) -> String {
    format!("{{\"model\": {{\"modelName\": \"m\", \"handler\": \"{handler}\"}}}}")
}

fn mlmodel(python: &str) -> String {
    format!(
        "artifact_path: model\nflavors:\n  python_function:\n{python}    env:\n      conda: conda.yaml\nmlflow_version: 2.15.0\n"
    )
}

fn skops(node: &str) -> Vec<u8> {
    let schema = format!(
        "{{\"__class__\": \"Pipeline\", \"__module__\": \"sklearn.pipeline\", \"__loader__\": \"ObjectNode\", \"content\": {node}, \"protocol\": 2}}"
    );
    held(&[("schema.json", &schema)])
}

fn node(loader: &str, module: &str, class: &str, content: &str) -> String {
    format!(
        "{{\"__class__\": \"{class}\", \"__module__\": \"{module}\", \"__loader__\": \"{loader}\", \"__content__\": {content}}}"
    )
}

fn notebook(source: &str) -> String {
    format!(
        "{{\"cells\": [{{\"cell_type\": \"code\", \"source\": [{source:?}], \"outputs\": []}}], \"nbformat\": 4, \"metadata\": {{}}}}"
    )
}

pub(crate) fn dangerous(samples: &mut Vec<Sample>) {
    let mut add = |name: &str, files: Vec<(String, Vec<u8>)>| {
        samples.push(Sample::owned(Level::Dangerous, name, files));
    };
    for call in [
        "y = torch.from_file(\"/etc/passwd\", False, 9)",
        "torch.save(x, \"/tmp/x\")",
        "_0 = ops.aten.save([x], \"/tmp/x\")",
        "z = ops.image.read_file(\"/etc/passwd\")",
    ] {
        add("TorchScript that touches files", one("net.pt", script(call)));
    }
    let package = [
        ("p/.data/extern_modules", "torch\n"),
        ("p/.data/version", "6"),
        ("p/model.py", ACTS),
    ];
    add("torch.package that acts", one("p.pt", held(&package)));
    add("torch.package that acts, packed", one("p.pt", deflated(&package)));
    let served = [
        ("MAR-INF/MANIFEST.json", manifest("h.py")),
        ("h.py", ACTS.to_owned()),
    ];
    let served: Vec<_> = served.iter().map(|(name, text)| (*name, text.as_str())).collect();
    add("a handler of TorchServe that acts", one("m.mar", held(&served)));
    add("the same in a tar", one("m.tar.gz", packed("gzip", &tar(&[("m.mar", &held(&served))]))));
    add(
        "SageMaker's code that acts",
        one("model.tar.gz", packed("gzip", &tar(&[("code/inference.py", ACTS.as_bytes())]))),
    );
    add("MLflow imports", one("MLmodel", mlmodel("    loader_module: os\n")));
    add(
        "MLflow imports by a path",
        one("MLmodel", mlmodel("    loader_module: subprocess.Popen\n")),
    );
    add(
        "MLflow's code that acts",
        of(&[
            ("m/MLmodel", &mlmodel("    loader_module: mine\n    code: code\n")),
            ("m/code/mine.py", ACTS),
        ]),
    );
    add(
        "MLflow's model from code",
        of(&[
            (
                "MLmodel",
                &mlmodel("    loader_module: mlflow.pyfunc.model\n    model_code_path: run.py\n"),
            ),
            ("run.py", ACTS),
        ]),
    );
    add(
        "MLflow's code elsewhere",
        one("MLmodel", mlmodel("    loader_module: mlflow.sklearn\n    code: ../../x\n")),
    );
    for (loader, module, class, content) in [
        ("ObjectNode", "os", "system", "{}"),
        (
            "FunctionNode",
            "builtins",
            "function",
            "{\"module_path\": \"builtins\", \"function\": \"eval\"}",
        ),
        (
            "TypeNode",
            "builtins",
            "type",
            "{\"module_path\": \"subprocess\", \"function\": \"Popen\"}",
        ),
        ("OperatorFuncNode", "builtins", "exec", "{}"),
        ("OperatorFuncNode", "sklearn.base", "call", "{}"),
        (
            "MethodNode",
            "builtins",
            "int",
            "{\"obj\": {\"__class__\": \"CDLL\", \"__module__\": \"some.thing\", \"__loader__\": \"ObjectNode\"}, \"func\": \"go\"}",
        ),
    ] {
        add("skops", one("m.skops", skops(&node(loader, module, class, content))));
    }
    for tag in [
        "!new:os.system",
        "!apply:subprocess.run",
        "!name:builtins.eval",
        "!module:os",
    ] {
        add("a tag of HyperPyYAML", one("hyperparams.yaml", format!("a: 1\nb: {tag} [x]\n")));
        add(
            "the same in an archive",
            one("a.zip", held(&[("hyperparams.yaml", &format!("b: {tag} [x]\n"))])),
        );
    }
    add(
        "peft imports",
        one(
            "adapter_config.json",
            "{\"auto_mapping\": {\"base_model_class\": \"x\", \"parent_library\": \"subprocess\"}}",
        ),
    );
    add(
        "an activation that is called",
        one("2_Dense/config.json", "{\"in_features\": 2, \"activation_function\": \"os.abort\"}"),
    );
    add("a router imports", one("router_config.json", "{\"types\": {\"0\": \"os.system\"}}"));
    add(
        "a kernel of another repository",
        one("config.json", "{\"_attn_implementation\": \"someone/kernel\"}"),
    );
    for line in [
        "[filter \"x\"]\n\tsmudge = ./x.sh",
        "[include]\n\tpath = ../x",
        "[alias]\n\tst = !./x.sh",
        "[diff \"x\"]\n\tcommand = ./x.sh",
    ] {
        add("git's configuration", one(".git/config", format!("[core]\n\tbare = false\n{line}\n")));
    }
    add(
        "a bare repository inside",
        of(&[
            ("x/HEAD", "ref: refs/heads/main\n"),
            ("x/config", "[core]\n\tbare = true\n\tfsmonitor = ./x.sh\n"),
        ]),
    );
    for act in [
        "import os\nf = os.system\nf('true')\n",
        "import os\ngetattr(os, 'sys' + 'tem')('true')\n",
        "__builtins__['ev' + 'al']('1')\n",
        "from builtins import exec as e\ne('x = 1')\n",
    ] {
        add(
            "a module that acts in a roundabout way",
            of(&[
                ("config.json", "{\"auto_map\": {\"AutoModel\": \"m.M\"}}"),
                ("m.py", act),
            ]),
        );
    }
}

pub(crate) fn suspicious(samples: &mut Vec<Sample>) {
    let mut add = |name: &str, files: Vec<(String, Vec<u8>)>| {
        samples.push(Sample::owned(Level::Suspicious, name, files));
    };
    add("TorchScript with an operator of its own", one("net.pt", script("y = ops.mine.thing(x)")));
    let package = [
        ("p/.data/extern_modules", "torch\n"),
        ("p/.data/version", "6"),
        ("p/model.py", QUIET),
    ];
    add("torch.package", one("p.pt", held(&package)));
    let served = [
        ("MAR-INF/MANIFEST.json", manifest("h.py")),
        ("h.py", QUIET.to_owned()),
    ];
    let served: Vec<_> = served.iter().map(|(name, text)| (*name, text.as_str())).collect();
    add("a handler of TorchServe", one("m.mar", held(&served)));
    add(
        "SageMaker's code",
        one("model.tar.gz", packed("gzip", &tar(&[("code/inference.py", QUIET.as_bytes())]))),
    );
    add("MLflow's own loader", one("MLmodel", mlmodel("    loader_module: my_loader\n")));
    add(
        "MLflow's code",
        of(&[
            ("MLmodel", &mlmodel("    loader_module: mlflow.pyfunc.model\n    code: code\n")),
            ("code/mine.py", QUIET),
        ]),
    );
    add(
        "skops of someone's own",
        one("m.skops", skops(&node("ObjectNode", "my.package", "Thing", "{}"))),
    );
    for from in ["/etc/passwd", "../../x.gguf", "~/x.gguf", "C:\\\\x.gguf"] {
        add(
            "a Modelfile",
            one("Modelfile", format!("FROM {from}\nTEMPLATE \"{{{{ .Prompt }}}}\"\n")),
        );
        add(
            "an adapter of a Modelfile",
            one("Modelfile", format!("FROM ./a.gguf\nADAPTER {from}\n")),
        );
    }
    add(
        "a callback of spaCy",
        one(
            "config.cfg",
            "[nlp]\nlang = \"en\"\n[nlp.after_creation]\n@callbacks = \"mine.run.v1\"\n",
        ),
    );
    for (path, member) in [
        ("a.docx", "word/vbaProject.bin"),
        ("a.xlsx", "xl/vbaProject.bin"),
        ("a.dat", "ppt/vbaProject.bin"),
        ("a.xlsb", "xl/macrosheets/sheet1.bin"),
        ("a.odt", "Basic/script-lc.xml"),
    ] {
        add("macros", one(path, held(&[("[Content_Types].xml", "<x/>"), (member, "x")])));
    }
    add(
        "peft of an unknown package",
        one("adapter_config.json", "{\"auto_mapping\": {\"parent_library\": \"mine.models\"}}"),
    );
    add(
        "a JSON that is too long",
        one("config.json", format!("{{\"a\": \"{}\"}}", "x".repeat(5 << 20))),
    );
    for (name, json) in [
        (
            "a pattern that hangs",
            r#"{"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "(a+)+$"}}, "model": {"vocab": {}}}"#,
        ),
        (
            "a normalizer's pattern",
            r#"{"normalizer": {"type": "Sequence", "normalizers": [{"type": "Replace", "pattern": {"Regex": "(\\w*\\s?)*x"}, "content": ""}]}, "model": {"vocab": {}}}"#,
        ),
        (
            "words that become marks",
            r#"{"added_tokens": [{"id": 1, "content": "<|im_end|>", "special": true}], "normalizer": {"type": "Replace", "pattern": {"String": "please"}, "content": "<|im_end|>"}, "model": {"vocab": {}}}"#,
        ),
        (
            "a decoder that makes marks",
            r#"{"added_tokens": [{"id": 1, "content": "</s>", "special": true}], "decoder": {"type": "Replace", "pattern": {"String": "x"}, "content": "</s>"}, "model": {"vocab": {}}}"#,
        ),
        (
            "a mark with two ids",
            r#"{"added_tokens": [{"id": 7, "content": "</s>", "special": true}], "model": {"type": "BPE", "vocab": {"a": 0, "</s>": 2}}}"#,
        ),
        (
            "two marks of one id",
            r#"{"added_tokens": [{"id": 7, "content": "</s>", "special": true}, {"id": 7, "content": "<s>", "special": true}], "model": {"type": "BPE", "vocab": {"a": 0}}}"#,
        ),
        (
            "an id twice",
            r#"{"added_tokens": [], "model": {"type": "BPE", "vocab": {"a": 0, "b": 0}}}"#,
        ),
    ] {
        add(name, one("tokenizer.json", json));
    }
    add(
        "a mark that the configuration calls otherwise",
        of(&[
            (
                "tokenizer.json",
                r#"{"added_tokens": [{"id": 2, "content": "</s>", "special": true}], "model": {"type": "BPE", "vocab": {"</s>": 2}}}"#,
            ),
            (
                "tokenizer_config.json",
                r#"{"added_tokens_decoder": {"2": {"content": "<|system|>", "special": true}}}"#,
            ),
        ]),
    );
    let pdf =
        |what: &str| format!("%PDF-1.4\n1 0 obj\n<< /Type /Catalog {what} >>\nendobj\n%%EOF\n");
    add("a PDF that starts programs", one("a.pdf", pdf("/OpenAction << /S /Launch /F (x.exe) >>")));
}

pub(crate) fn benign(samples: &mut Vec<Sample>) {
    let mut add = |name: &str, files: Vec<(String, Vec<u8>)>| {
        samples.push(Sample::owned(Level::Clean, name, files));
    };
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
