//! Forms of tools and servers that need a second look.

#![expect(clippy::too_many_lines, reason = "a list of samples, a line each")]

use super::{
    super::{
        Level, Sample, adding,
        made::{of, one, packed, tar},
    },
    QUIET, held, manifest, mlmodel, node, script, skops,
};

pub(crate) fn suspicious(samples: &mut Vec<Sample>) {
    let mut add = adding(samples, Level::Suspicious);
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
