//! Code that comes with the model, or from elsewhere, and that loading the model runs.

use super::{
    Case, Check, Found,
    archives::at_import,
    few,
    globals::{Verdict, verdict_of},
    targets::known_root,
};
use crate::{
    facts::{Artifact, Code, Config, Contents, Node, Reach, Yaml},
    words::{Category, Place, Severity},
};

pub(super) const CHECKS: &[Check] = &[Check {
    id: "remote-code",
    category: Category::Safety,
    severity: Severity::Medium,
    title: "A configuration that has a loader run code",
    impact: "With `trust_remote_code=True`, or in a library that asks for no leave, loading the model runs this code with all rights of the user.",
    hint: "Read the code before you load the model, pin its revision, and load in an environment that holds nothing of worth.",
    references: &[
        "CVE-2026-4372",
        "CVE-2026-5241",
        "https://huggingface.co/docs/transformers/models#custom-models",
    ],
    find: code,
}];

/// Keys whose value may be a repository of kernels, CVE-2026-4372 among them.
const KERNELS: &[&str] = &[
    "attn_implementation",
    "_attn_implementation",
    "_attn_implementation_internal",
    "experts_implementation",
    "_experts_implementation",
    "_experts_implementation_internal",
];

/// How deep configurations are looked through.
pub(super) const DEEPEST: u32 = 64;

/// Visits every entry of a tree: its key path, key (none, in a list), and value.
pub(super) fn each<'a>(
    node: &'a Node,
    path: &str,
    depth: u32,
    visit: &mut dyn FnMut(&str, &str, &'a Node),
) {
    if depth == 0 {
        return;
    }
    match &node.value {
        Yaml::Map(entries) => {
            for (key, value) in entries {
                let inner = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                visit(&inner, key, value);
                each(value, &inner, depth - 1, visit);
            }
        }
        Yaml::List(items) => {
            for (at, item) in items.iter().enumerate() {
                let inner = format!("{path}.{at}");
                visit(&inner, "", item);
                each(item, &inner, depth - 1, visit);
            }
        }
        _ => {}
    }
}

/// Configurations of a release, those inside archives too, each with its place.
pub(super) fn configs<'a>(
    case: &Case<'a>,
) -> impl Iterator<Item = (&'a Artifact, Place, &'a Config)> {
    case.facts.artifacts.iter().flat_map(|artifact| {
        let own = match &artifact.contents {
            Contents::Config(config) => Some((artifact, Place::file(&artifact.path), config)),
            _ => None,
        };
        let inner = artifact.within.configs.iter().map(move |(member, config)| {
            (artifact, Place::file(&artifact.path).member(member), config)
        });
        own.into_iter().chain(inner)
    })
}

fn code(case: &Case) -> Vec<Found> {
    let mut all = Vec::new();
    for (artifact, place, config) in configs(case) {
        let mut found = Vec::new();
        let name = artifact.name();
        each(&config.root, "", DEEPEST, &mut |path, key, node| {
            let at = || place.clone().line(node.line).key(path);
            match key {
                "auto_map" => {
                    let classes = node.entries().iter().flat_map(|(_, value)| value.items());
                    let lone = node.text().map(|_| node);
                    for (line, text) in
                        classes.chain(lone).filter_map(|it| Some((it.line, it.text()?)))
                    {
                        if text != "null" {
                            found.push(class(case, artifact, at().line(line), text, "names"));
                        }
                    }
                }
                "custom_pipelines" => {
                    for (_, task) in node.entries() {
                        if let Some(text) = task.get("impl").and_then(Node::text) {
                            found.push(class(case, artifact, at(), text, "has a pipeline in"));
                        }
                    }
                }
                // peft imports it to find the class of the base model
                "parent_library" => {
                    let text = node.text().filter(|it| *it != "null" && !known_root(it));
                    found.extend(text.map(|text| imported(at(), text, "has the module")));
                }
                // sentence-transformers imports and calls it
                "activation_function"
                | "activation_fn"
                | "sbert_ce_default_activation_function" => {
                    let text = node.text().filter(|it| it.contains('.') && !known_root(it));
                    found.extend(text.map(|text| imported(at(), text, "has the function")));
                }
                // transformers fetches a kernel of that repository, and loads its machine code
                _ if KERNELS.contains(&key) => {
                    let inner = node.entries().iter().map(|(_, value)| value);
                    for text in inner.chain([node]).filter_map(Node::text) {
                        if text.contains('/') {
                            let message = format!(
                                "takes its attention from the repository {text}, which is code"
                            );
                            found.push(Found::at(at(), message).severity(Severity::High));
                        }
                    }
                }
                // `generate` fetches the code of that repository
                "custom_generate" if node.text().is_some_and(|it| it.contains('/')) => {
                    let text = node.text().unwrap_or_default();
                    let message =
                        format!("takes how it generates from the repository {text}, which is code");
                    found.push(Found::at(at(), message).severity(Severity::High));
                }
                "trust_remote_code" if node.flag() == Some(true) => {
                    let message = "sets `trust_remote_code`, so that its loader does not ask";
                    found.push(Found::at(at(), message));
                }
                "custom_pipeline" if node.text().is_some_and(|it| it != "null") => {
                    let text = node.text().unwrap_or_default();
                    found.push(class(case, artifact, at(), text, "takes the pipeline"));
                }
                _ => {}
            }
        });
        if name == "router_config.json" {
            let types = config.root.get("types").map_or(&[][..], Node::entries);
            for (key, node) in types {
                if let Some(text) = node.text().filter(|it| it.contains('.') && !known_root(it)) {
                    let at = place.clone().line(node.line).key(format!("types.{key}"));
                    found.push(imported(at, text, "builds itself from"));
                }
            }
        }
        if name == "modules.json" {
            for module in config.root.items() {
                if let Some(text) = module.get("type").and_then(Node::text)
                    && !text.starts_with("sentence_transformers.")
                {
                    let at = place.clone().line(module.line).key("type");
                    found.push(class(case, artifact, at, text, "builds itself from"));
                }
            }
        }
        if name == "model_index.json" {
            found.extend(pipeline(case, artifact, &place, config));
        }
        all.extend(few(found));
    }
    all.extend(generation(case));
    all
}

/// A name that a loader imports because a configuration says so.
fn imported(at: Place, text: &str, verb: &str) -> Found {
    match verdict_of(text) {
        Verdict::Dangerous(does) => {
            let message = format!("{verb} {text} imported, which {does}");
            Found::at(at, message).severity(Severity::High)
        }
        _ => Found::at(at, format!("{verb} {text} imported, of a package that is in no table")),
    }
}

/// A class that code of the release, or of another one, defines.
fn class(case: &Case, artifact: &Artifact, at: Place, text: &str, verb: &str) -> Found {
    let (repo, module) = match text.split_once("--") {
        Some((repo, module)) => (Some(repo), module),
        None => (None, text),
    };
    if let Some(repo) = repo {
        let message = format!(
            "{verb} `{module}` of another repository, {repo}, whose code may change at any time"
        );
        return Found::at(at, message).severity(Severity::High);
    }
    if module.contains(['/', '\\']) || module.starts_with('.') || module.contains("..") {
        let message = format!("{verb} `{module}`, a path and no module of this folder");
        return Found::at(at, message).severity(Severity::High);
    }
    let stem = module.rsplit_once('.').map_or(module, |(stem, _)| stem);
    let file = format!("{}.py", stem.replace('.', "/"));
    let beside = artifact.beside(&file);
    let Some(source) = case.facts.artifact(&beside).or_else(|| case.facts.artifact(&file)) else {
        let message =
            format!("{verb} `{module}`, and {file} is not here: a loader looks for it elsewhere");
        return Found::at(at, message);
    };
    let message = format!("{verb} `{module}`, which {} defines", source.path);
    match acts(source) {
        Some(act) => {
            Found::at(at, format!("{message}; importing it {act}")).severity(Severity::High)
        }
        None => Found::at(at, message),
    }
}

/// What importing a file of code does beside defining things.
pub(super) fn acts(source: &Artifact) -> Option<String> {
    let Contents::Code(Code { reaches, .. }) = &source.contents else {
        return None;
    };
    act(reaches)
}

/// The same, of the calls of a file.
pub(super) fn act(reaches: &[Reach]) -> Option<String> {
    let reach = at_import(reaches)?;
    Some(format!("{} ({}, line {})", reach.does, reach.name, reach.line))
}

/// Parts of a diffusers pipeline whose library is a file of the folder.
fn pipeline(case: &Case, artifact: &Artifact, place: &Place, config: &Config) -> Vec<Found> {
    let parts = config.root.entries().iter().filter_map(|(key, node)| {
        let [library, class] = node.items() else {
            return None;
        };
        let (library, class) = (library.text()?, class.text()?);
        let local = [format!("{key}/{library}.py"), format!("{library}.py")];
        let at = place.clone().line(node.line).key(key);
        if let Some(file) = local.iter().find_map(|path| case.facts.artifact(path)) {
            let message = format!("takes {class} from {}", file.path);
            return Some(match acts(file) {
                Some(act) => {
                    Found::at(at, format!("{message}; importing it {act}")).severity(Severity::High)
                }
                None => Found::at(at, message),
            });
        }
        let path = format!("{library}.{class}");
        match verdict_of(&path) {
            Verdict::Dangerous(does) => {
                let message = format!("takes a part from {path}, which {does}");
                Some(Found::at(at, message).severity(Severity::High))
            }
            _ => None,
        }
    });
    let own = config.root.get("_class_name").and_then(|node| {
        let [library, class] = node.items() else {
            return None;
        };
        let at = place.clone().line(node.line).key("_class_name");
        let text = format!("{}.{}", library.text()?, class.text()?);
        Some(class_of(case, artifact, at, &text))
    });
    parts.chain(own).collect()
}

fn class_of(case: &Case, artifact: &Artifact, at: Place, text: &str) -> Found {
    class(case, artifact, at, text, "takes the pipeline")
}

/// `custom_generate/generate.py`, which `generate(custom_generate=…)` runs.
fn generation(case: &Case) -> Vec<Found> {
    let files = case.facts.artifacts.iter();
    let named = files
        .filter(|it| it.path.ends_with("custom_generate/generate.py") || it.path == "handler.py");
    let found = named.map(|it| {
        let who = if it.path == "handler.py" {
            "a hosted endpoint runs it for each request"
        } else {
            "`generate` runs it when it is asked for by this repository's name"
        };
        let found = Found::at(Place::file(&it.path), who);
        match acts(it) {
            Some(act) => {
                let message = format!("{who}; importing it {act}");
                Found::at(Place::file(&it.path), message).severity(Severity::High)
            }
            None => found,
        }
    });
    found.collect()
}
