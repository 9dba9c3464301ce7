//! Names that configurations have called: by hydra and its kin, by tags of YAML, in expressions, as layers.

use super::{
    Case, Check, Found, few,
    globals::{Verdict, verdict_of},
    remote::{DEEPEST, acts, configs, each},
};
use crate::{
    facts::{Artifact, Config, Node},
    words::{Category, Confidence, Place, Severity},
};

pub(super) const CHECKS: &[Check] = &[Check {
    id: "config-names-callable",
    category: Category::Safety,
    severity: Severity::Medium,
    title: "A configuration that names what is to be called",
    impact: "Hydra and its kin import and call the name as soon as the configuration is instantiated.",
    hint: "Look up what the name does; load only where its package is one that you know.",
    references: &["CVE-2025-23304"],
    find: targets,
}];

/// Whether a module is of a package that configurations may well name.
pub(super) fn known_root(module: &str) -> bool {
    let root = module.split('.').next().unwrap_or_default();
    KNOWN.contains(&root)
}

/// Packages whose classes hydra may well be told to build.
#[rustfmt::skip]
const KNOWN: &[&str] = &[
    "builtins", "numpy", "scipy", "pandas", "collections", "datetime", "functools", "operator", "joblib", "xgboost", "lightgbm", "catboost", "quantile_forest", "imblearn", "sentence_transformers", "tensorflow", "keras", "mlflow", "nemo", "torch", "torchvision", "torchaudio", "torchmetrics", "pytorch_lightning", "lightning", "lightning_fabric", "omegaconf", "hydra", "transformers", "diffusers", "megatron", "monai", "timm", "sklearn", "peft", "speechbrain", "fairseq", "fairseq2", "hyperpyyaml", "audiocraft", "sam2", "ultralytics", "mmdet", "mmcv", "mmengine", "tokenizers", "sentencepiece", "bitsandbytes", "deepspeed", "accelerate", "kornia", "einops", "open_clip", "torchtune",
];

fn targets(case: &Case) -> Vec<Found> {
    let mut all = tagged(case);
    for (_, place, config) in configs(case) {
        let mut found = expressions(config, &place);
        found.extend(layer(&config.root).map(|message| {
            Found::at(place.clone().line(config.root.line), message).severity(Severity::High)
        }));
        each(&config.root, "", DEEPEST, &mut |path, key, node| {
            found.extend(layer(node).map(|message| {
                let at = place.clone().line(node.line).key(path);
                Found::at(at, message).severity(Severity::High)
            }));
            if !matches!(key, "_target_" | "_component_" | "class_path" | "target") {
                return;
            }
            let at = place.clone().line(node.line).key(path);
            // an alias stands for any value of the document
            let alias = node.text().filter(|it| it.starts_with('*'));
            if let Some((name, does)) = alias.and_then(|_| harmful(config)) {
                let message =
                    format!("has called what an alias stands for, beside {name}, which {does}");
                return found.push(Found::at(at, message).severity(Severity::High));
            }
            let Some(text) = node.text().filter(|it| it.contains('.') && !it.contains([' ', '/']))
            else {
                return;
            };
            match verdict_of(text) {
                Verdict::Dangerous(does) => {
                    let message = format!("has {text} called, which {does}");
                    found.push(Found::at(at, message).severity(Severity::High));
                }
                _ if key == "_target_" && !known_root(text) => {
                    let message = format!("has {text} called, of a package that is in no table");
                    found.push(Found::at(at, message).confidence(Confidence::Possible));
                }
                _ => {}
            }
        });
        all.extend(few(found));
    }
    all
}

/// Names that the tags of YAML have imported or called.
fn tagged(case: &Case) -> Vec<Found> {
    let mut all = Vec::new();
    for artifact in &case.facts.artifacts {
        let found = artifact.within.named.iter().filter_map(|named| {
            let place = Place::file(&artifact.path).line(named.line);
            let at = named.member.as_ref().map_or(place.clone(), |it| place.member(it));
            let (tag, name) = (named.tag, &named.name);
            if tag.starts_with("!function") {
                return Some(function(case, artifact, at, name));
            }
            // other names are those of the recipe's own classes, or of any package
            let Verdict::Dangerous(does) = verdict_of(name) else {
                return None;
            };
            let message = format!("has {name} called by the tag `{tag}`, which {does}");
            Some(Found::at(at, message).severity(Severity::High))
        });
        all.extend(few(found.collect()));
    }
    all
}

/// A function of a file beside a task of `lm-eval`, whose loader imports that.
fn function(case: &Case, artifact: &Artifact, at: Place, name: &str) -> Found {
    let module = name.split('.').next().unwrap_or(name);
    let source = case.facts.artifact(&artifact.beside(&format!("{module}.py")));
    let message = format!("has {name} called by the tag `!function`");
    match source.and_then(|it| Some((it, acts(it)?))) {
        Some((source, act)) => {
            let message = format!("{message}; importing {} {act}", source.path);
            Found::at(at, message).severity(Severity::High)
        }
        None => Found::at(at, message).confidence(Confidence::Likely),
    }
}

/// The first value of a document that is a name which does harm.
fn harmful(config: &Config) -> Option<(&str, &'static str)> {
    let mut first = None;
    each(&config.root, "", DEEPEST, &mut |_, _, node| {
        if first.is_none()
            && let Some(text) = node.text().filter(|it| it.contains('.'))
            && let Verdict::Dangerous(does) = verdict_of(text)
        {
            first = Some((text, does));
        }
    });
    first
}

/// A layer of Keras that holds code, or a function of a module that does harm, in a JSON of its own.
fn layer(node: &Node) -> Option<String> {
    let text = |key: &str| node.get(key).and_then(Node::text);
    let class = text("class_name")?;
    node.get("config")?;
    if matches!(class, "Lambda" | "__lambda__" | "TorchModuleWrapper") {
        return Some(format!("describes a layer `{class}`, which holds code"));
    }
    let vocabulary = node.get("config").and_then(|it| it.get("vocabulary")?.text());
    if let Some(path) = vocabulary.filter(|it| leaves(it)) {
        return Some(format!("has `{class}` read `{path}` of whoever loads it"));
    }
    let name = format!("{}.{}", text("module")?, text("config").unwrap_or(class));
    match verdict_of(&name) {
        Verdict::Dangerous(does) => {
            Some(format!("has {name} called as a part of a model, which {does}"))
        }
        _ => None,
    }
}

/// Whether a path leads out of its folder: CVE-2025-12058.
pub(super) fn leaves(path: &str) -> bool {
    path.starts_with(['/', '\\', '~'])
        || path.contains("://")
        || path.as_bytes().get(1) == Some(&b':')
        || path.split(['/', '\\']).any(|part| part == "..")
}

/// What an expression in a configuration of MONAI's may not hold: it is evaluated as Python.
#[rustfmt::skip]
const ACTING: &[&str] = &[
    "os.system", "os.popen", "os.exec", "os.spawn", "subprocess", "__import__", "__builtins__", "__globals__", "eval(", "exec(", "compile(", "pickle.load", "ctypes", "socket.", "urlopen", "requests.", "pty.spawn",
];

/// Expressions that do more than build a model.
fn expressions(config: &Config, place: &Place) -> Vec<Found> {
    let (mut found, mut bundle) = (Vec::new(), false);
    each(&config.root, "", DEEPEST, &mut |path, key, node| {
        bundle |= matches!(key, "_target_" | "imports");
        let texts = node.items().iter().filter_map(|it| Some((it.line, it.text()?)));
        for (line, text) in texts.filter(|(_, text)| text.starts_with('$')) {
            if let Some(acts) = ACTING.iter().find(|acts| text.contains(**acts)) {
                let message = format!("is an expression that is evaluated, with `{acts}`");
                let at = place.clone().line(line).key(path);
                found.push(Found::at(at, message).severity(Severity::High));
            }
        }
    });
    if bundle { found } else { Vec::new() }
}
