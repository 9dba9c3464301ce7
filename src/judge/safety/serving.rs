//! Files that tell a server or a tool how to load a model, and so may have it run code: `MLflow`, Ollama,
//! spaCy.

use super::{
    Case, Check, Found,
    globals::{Verdict, verdict_of},
    remote::acts,
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
        find: mlflow,
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
        let leaves = path.starts_with(['/', '\\', '~'])
            || path.as_bytes().get(1) == Some(&b':')
            || path.split(['/', '\\']).any(|part| part == "..");
        let message = || format!("takes weights from `{path}`");
        (takes && leaves).then(|| Found::at(Place::file(&it.path).line(line), message()))
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
