//! Files that tell a server or a tool how to load a model, and so may have it run code: `MLflow`, `MLServer`,
//! Triton, Cog, Ollama, spaCy.

use super::{
    Case, Check, Found,
    globals::{Verdict, verdict_of},
    remote::acts,
    targets::leaves,
};
use crate::{
    facts::{Artifact, Config, Contents, Node, Text},
    words::{Category, Confidence, Place, Severity},
};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "served-with-code",
        category: Category::Safety,
        severity: Severity::Medium,
        title: "A description of a model that has its loader run code",
        impact: "Whoever loads the model through it imports what it names, with all rights of the user.",
        hint: "Look up what it names, and read the code beside it, before you load the model through it.",
        references: &["https://mlflow.org/docs/latest/ml/model/"],
        find: served,
    },
    Check {
        id: "modelfile-reaches-out",
        category: Category::Safety,
        severity: Severity::Medium,
        title: "A Modelfile that takes weights from outside its folder",
        impact: "Creating the model reads that file, and puts its bytes into what may be pushed on.",
        hint: "Name files beside the Modelfile alone.",
        references: &["https://docs.ollama.com/modelfile"],
        find: modelfiles,
    },
    Check {
        id: "pipeline-callback",
        category: Category::Safety,
        severity: Severity::Medium,
        title: "A spaCy configuration with a callback that spaCy does not have",
        impact: "Loading the pipeline calls it; what it does is told by the package that registers it.",
        hint: "Find out which package has it, and read it before you install it.",
        references: &[],
        find: callbacks,
    },
];

fn served(case: &Case) -> Vec<Found> {
    let mut found = mlflow(case);
    for (artifact, config) in case.facts.configs() {
        let place = |node: &Node, key: &str| Place::file(&artifact.path).line(node.line).key(key);
        let text = |key: &str| config.root.get(key).and_then(|it| Some((it, it.text()?)));
        match artifact.name() {
            "model-settings.json" => {
                let named = text("implementation").filter(|(_, it)| !it.starts_with("mlserver"));
                found.extend(named.map(|(node, name)| {
                    let at = place(node, "implementation");
                    let module = name.rsplit_once('.').map_or(name, |(module, _)| module);
                    let file = format!("{}.py", module.replace('.', "/"));
                    match verdict_of(name) {
                        Verdict::Dangerous(does) => {
                            let message = format!("has MLServer import {name}, which {does}");
                            Found::at(at, message).severity(Severity::High)
                        }
                        _ => run(case, artifact, at, &file, &format!("has MLServer import {name}")),
                    }
                }));
            }
            "cog.yaml" => {
                for (node, name) in ["predict", "train"].into_iter().filter_map(text) {
                    let file = name.split(':').next().unwrap_or(name);
                    let verb = format!("has Cog run `{name}`");
                    found.push(run(case, artifact, place(node, "predict"), file, &verb));
                }
            }
            _ => {}
        }
    }
    found.extend(triton(case));
    found
}

/// Code of the folder that a server runs, and what importing it does.
fn run(case: &Case, artifact: &Artifact, at: Place, file: &str, verb: &str) -> Found {
    let source = case.facts.artifact(&artifact.beside(file));
    match source.and_then(|it| Some((it, acts(it)?))) {
        Some((source, act)) => {
            let message = format!("{verb}; importing {} {act}", source.path);
            Found::at(at, message).severity(Severity::High)
        }
        None => Found::at(at, verb),
    }
}

/// Models of Triton whose backend is Python: it imports `model.py` of each version.
fn triton(case: &Case) -> Vec<Found> {
    let mut all = Vec::new();
    for (artifact, text) in texts(case, |name| name == "config.pbtxt") {
        let python = |line: &str| {
            let (key, value) = line.split_once(':').unwrap_or_default();
            key.trim() == "backend" && value.trim().trim_matches(['"', '\'']) == "python"
        };
        let Some((line, _)) = text.lines().find(|(_, line)| python(line)) else {
            continue;
        };
        let versions = case.facts.artifacts.iter().filter(|it| {
            let below =
                it.path.strip_prefix(artifact.folder()).map(|it| it.trim_start_matches('/'));
            let parts = below.and_then(|it| it.split_once('/'));
            parts.is_some_and(|(version, file)| {
                file == "model.py" && version.bytes().all(|it| it.is_ascii_digit())
            })
        });
        for source in versions {
            let at = Place::file(&artifact.path).line(line);
            let verb = format!("has Triton run {}", source.path);
            all.push(match acts(source) {
                Some(act) => {
                    Found::at(at, format!("{verb}; importing it {act}")).severity(Severity::High)
                }
                None => Found::at(at, verb),
            });
        }
    }
    all
}

fn mlflow(case: &Case) -> Vec<Found> {
    let files = case.facts.configs().filter(|(it, _)| it.name() == "MLmodel");
    files.flat_map(|(artifact, config)| described(case, artifact, config)).collect()
}

fn described(case: &Case, artifact: &Artifact, config: &Config) -> Vec<Found> {
    let place = |node: &Node, key: &str| {
        Place::file(&artifact.path).line(node.line).key(format!("flavors.python_function.{key}"))
    };
    let mut found = Vec::new();
    let Some(python) = config.at("flavors.python_function") else {
        return found;
    };
    if let Some(node) = python.get("loader_module")
        && let Some(text) = node.text()
    {
        let at = place(node, "loader_module");
        match verdict_of(text) {
            _ if text == "mlflow" || text.starts_with("mlflow.") => {}
            Verdict::Dangerous(does) => {
                let message = format!("has {text} imported to load the model, which {does}");
                found.push(Found::at(at, message).severity(Severity::High));
            }
            _ => found.push(Found::at(at, format!("has {text} imported to load the model"))),
        }
    }
    for key in ["code", "model_code_path"] {
        let Some((node, path)) = python.get(key).and_then(|it| Some((it, it.text()?))) else {
            continue;
        };
        if path == "null" {
            continue;
        }
        let at = place(node, key);
        let outside = path.starts_with(['/', '\\']) || path.split(['/', '\\']).any(|it| it == "..");
        let below = match artifact.folder() {
            "" => path.trim_end_matches('/').to_owned(),
            folder => format!("{folder}/{}", path.trim_end_matches('/')),
        };
        let of_it = |it: &&Artifact| {
            it.path == below || it.path.strip_prefix(&below).is_some_and(|it| it.starts_with('/'))
        };
        let acting = case.facts.artifacts.iter().filter(of_it).find_map(|it| Some((it, acts(it)?)));
        let message = format!("has the code in `{path}` found by Python as the model is loaded");
        found.push(match acting {
            _ if outside => {
                Found::at(at, format!("{message}, outside the folder")).severity(Severity::High)
            }
            Some((file, act)) => {
                let message = format!("{message}; importing {} {act}", file.path);
                Found::at(at, message).severity(Severity::High)
            }
            None => Found::at(at, message),
        });
    }
    found
}

/// Files of text of these names, or with these endings.
fn texts<'a>(
    case: &Case<'a>,
    fits: fn(&str) -> bool,
) -> impl Iterator<Item = (&'a Artifact, &'a Text)> {
    case.facts.artifacts.iter().filter_map(move |it| match &it.contents {
        Contents::Text(text) if fits(&it.name().to_ascii_lowercase()) => Some((it, text)),
        _ => None,
    })
}

fn modelfiles(case: &Case) -> Vec<Found> {
    let named = |name: &str| name.split('.').any(|part| part == "modelfile");
    let lines = texts(case, named).flat_map(|(it, text)| text.lines().map(move |line| (it, line)));
    let found = lines.filter_map(|(it, (line, text))| {
        let (word, path) = text.trim().split_once(char::is_whitespace)?;
        let takes = ["FROM", "ADAPTER"].iter().any(|it| word.eq_ignore_ascii_case(it));
        let path = path.trim().trim_matches('"');
        let message = || format!("takes weights from `{path}`");
        (takes && leaves(path)).then(|| Found::at(Place::file(&it.path).line(line), message()))
    });
    found.collect()
}

fn callbacks(case: &Case) -> Vec<Found> {
    let files = texts(case, |name| name == "config.cfg");
    let spacy = files.filter(|(_, text)| text.text.contains("[nlp]"));
    let lines = spacy.flat_map(|(it, text)| text.lines().map(move |line| (it, line)));
    let found = lines.filter_map(|(it, (line, text))| {
        let (key, name) = text.split_once('=')?;
        let name = name.trim().trim_matches('"');
        (key.trim() == "@callbacks" && !name.starts_with("spacy")).then(|| {
            Found::at(Place::file(&it.path).line(line), format!("calls `{name}`"))
                .confidence(Confidence::Likely)
        })
    });
    found.collect()
}
