//! Whether what the release is made of fits together: adapters and bases, components, modules.

use super::{Case, Check, Found, weights::listed};
use crate::{
    facts::{Artifact, Contents, Facts, Node},
    sets::{
        Nature,
        adapters::{Adapter, adapter, is_local_path},
    },
    words::{Category, FileKind, Place, Severity},
};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "adapter-base-missing",
        category: Category::Consistency,
        severity: Severity::Medium,
        title: "An adapter names no base",
        impact: "It changes a model that nobody can tell, and is of no use without it.",
        hint: "Ask the publisher which model, at which revision, it was trained on.",
        references: &[],
        find: adapter_base_missing,
    },
    Check {
        id: "adapter-base-local-path",
        category: Category::Consistency,
        severity: Severity::Low,
        title: "An adapter names its base by a path on somebody's disk",
        impact: "Which model that was cannot be told from here.",
        hint: "Ask the publisher for the id and revision of the base.",
        references: &[],
        find: adapter_base_local_path,
    },
    Check {
        id: "adapter-base-differs",
        category: Category::Consistency,
        severity: Severity::Low,
        title: "The card and the adapter's config name different bases",
        impact: "Put onto the wrong base, an adapter fails or makes nonsense.",
        hint: "Ask the publisher which base is meant.",
        references: &[],
        find: adapter_base_differs,
    },
    Check {
        id: "adapter-config-disagrees",
        category: Category::Consistency,
        severity: Severity::Medium,
        title: "An adapter's config does not fit its tensors",
        impact: "Loading fails, or leaves parts of the adapter out.",
        hint: "Use the config that was published with these weights.",
        references: &[],
        find: adapter_config_disagrees,
    },
    Check {
        id: "component-missing",
        category: Category::Integrity,
        severity: Severity::High,
        title: "A component of the pipeline is not here",
        impact: "The pipeline cannot be loaded.",
        hint: "Download the missing folder.",
        references: &[],
        find: component_missing,
    },
    Check {
        id: "module-missing",
        category: Category::Integrity,
        severity: Severity::High,
        title: "A module of the sentence embedder is not here",
        impact: "Loading fails, or embeddings are other than published.",
        hint: "Download the missing folder.",
        references: &[],
        find: module_missing,
    },
    Check {
        id: "pooling-dimension",
        category: Category::Consistency,
        severity: Severity::Medium,
        title: "The pooling layer is made for another width",
        impact: "Embeddings cannot be computed, or are cut.",
        hint: "Use the pooling config that was published with these weights.",
        references: &[],
        find: pooling_dimension,
    },
    Check {
        id: "remote-code-missing",
        category: Category::Integrity,
        severity: Severity::Medium,
        title: "The config names code that is not here",
        impact: "The model cannot be loaded from this copy alone.",
        hint: "Download the named files, and read them before running them.",
        references: &[],
        find: remote_code_missing,
    },
    Check {
        id: "chat-templates-differ",
        category: Category::Consistency,
        severity: Severity::Low,
        title: "Two files hold different chat templates",
        impact: "The model is prompted one way or the other, as the loader has it.",
        hint: "Ask the publisher which one the model was trained with.",
        references: &[],
        find: chat_templates_differ,
    },
];

/// The adapters of the release, each with the path of its first file.
fn adapters(case: &Case) -> Vec<(String, Adapter)> {
    let sets = case.sets.sets.iter().filter(|set| set.nature == Nature::Adapter);
    let described = sets.filter_map(|set| {
        let file = *set.files.first()?;
        Some((case.facts.artifacts[file].path.clone(), adapter(case.facts, set)?))
    });
    described.collect()
}

/// The bases that the main card names, with its path.
fn bases_of_card(facts: &Facts) -> Option<(String, Vec<&str>)> {
    let (artifact, card) = facts.main_card()?;
    let bases = card.key("base_model")?.texts().map(|(_, text)| text).collect();
    Some((artifact.path.clone(), bases))
}

fn adapter_base_missing(case: &Case) -> Vec<Found> {
    let in_card = bases_of_card(case.facts).is_some_and(|(_, bases)| !bases.is_empty());
    let baseless = adapters(case).into_iter().filter(|(_, it)| it.base.is_none() && !in_card);
    let found = baseless.map(|(path, adapter)| {
        let where_sought = match &adapter.config {
            Some(config) => format!("{config} and the card name no base"),
            None => "there is no adapter_config.json, and the card names no base".to_owned(),
        };
        Found::at(Place::file(path), where_sought)
    });
    found.collect()
}

fn adapter_base_local_path(case: &Case) -> Vec<Found> {
    let named = adapters(case).into_iter().filter_map(|(_, it)| it.base);
    let local = named.filter(|(base, _)| is_local_path(base));
    local
        .map(|(base, place)| Found::at(place, format!("the base is named as {base}")))
        .collect()
}

fn adapter_base_differs(case: &Case) -> Vec<Found> {
    let Some((path, bases)) = bases_of_card(case.facts).filter(|(_, bases)| !bases.is_empty())
    else {
        return Vec::new();
    };
    let named = adapters(case).into_iter().filter_map(|(_, it)| it.base);
    let same = |base: &str| bases.iter().any(|it| it.eq_ignore_ascii_case(base));
    let other = named.filter(|(base, _)| !is_local_path(base) && !same(base));
    let found = other.map(|(base, place)| {
        Found::at(place, format!("the config names {base}, {path} names {}", listed(&bases)))
    });
    found.collect()
}

fn adapter_config_disagrees(case: &Case) -> Vec<Found> {
    let mut found = Vec::new();
    for (_, adapter) in adapters(case) {
        let Some(config) = &adapter.config else {
            continue;
        };
        // Ranks may be set module by module; then there are several.
        if let (Some(stated), Some(rank), 1) =
            (adapter.stated_rank, adapter.ranks.first(), adapter.ranks.len())
            && stated != *rank
        {
            let message = format!("r is {stated}, the matrices have rank {rank}");
            found.push(Found::at(Place::file(config).key("r"), message));
        }
        let absent = |target: &&String| {
            let last = target.rsplit('.').next().unwrap_or(target);
            !adapter.targets.contains(last)
        };
        let absent: Vec<&String> = adapter.stated_targets.iter().filter(absent).collect();
        // A lone text may be a pattern, which is not run here.
        let listed_targets = adapter.stated_targets.len() > 1;
        if listed_targets && !adapter.targets.is_empty() && !absent.is_empty() {
            let message = format!("no tensors for the target modules {}", listed(&absent));
            found.push(Found::at(Place::file(config).key("target_modules"), message));
        }
    }
    found
}

/// The artifacts below a folder beside a file.
fn has_folder(facts: &Facts, artifact: &Artifact, name: &str) -> bool {
    let prefix = format!("{}/", artifact.beside(name.trim_matches('/')));
    let at = facts.artifacts.partition_point(|it| it.path.as_str() < prefix.as_str());
    facts.artifacts.get(at).is_some_and(|it| it.path.starts_with(&prefix))
}

/// Whether a class of a pipeline stores weights, as far as its name tells.
fn stores_weights(class: &str) -> bool {
    const WITHOUT: &[&str] = &["Tokenizer", "Scheduler", "Processor", "Extractor"];
    const WITH: &[&str] = &[
        "Model",
        "UNet",
        "Autoencoder",
        "Transformer",
        "Encoder",
        "ControlNet",
    ];
    let has = |words: &[&str]| words.iter().any(|word| class.contains(word));
    !has(WITHOUT) && has(WITH)
}

/// Whether a folder beside a file holds weights, or pointers to them.
fn has_weights(facts: &Facts, artifact: &Artifact, name: &str) -> bool {
    let prefix = format!("{}/", artifact.beside(name.trim_matches('/')));
    let at = facts.artifacts.partition_point(|it| it.path.as_str() < prefix.as_str());
    let inside = facts.artifacts[at..].iter().take_while(|it| it.path.starts_with(&prefix));
    inside
        .into_iter()
        .any(|it| matches!(it.kind, FileKind::Weights | FileKind::Pointer | FileKind::Index))
}

fn component_missing(case: &Case) -> Vec<Found> {
    let mut found = Vec::new();
    let lists = case.facts.configs().filter(|(it, _)| it.name() == "model_index.json");
    for (artifact, config) in lists {
        for (name, node) in config.root.entries() {
            // `["library", "Class"]`; a component that is left out is `[null, null]`.
            let [library, class] = node.items() else {
                continue;
            };
            let (Some(library), Some(class)) = (library.text(), class.text()) else {
                continue;
            };
            let lacks = if !has_folder(case.facts, artifact, name) {
                "has no folder"
            } else if stores_weights(class) && !has_weights(case.facts, artifact, name) {
                "has a folder and no weights in it"
            } else {
                continue;
            };
            let place = Place::file(&artifact.path).line(node.line).key(name.as_str());
            found.push(Found::at(place, format!("{name}, a {class} of {library}, {lacks}")));
        }
    }
    found
}

fn module_missing(case: &Case) -> Vec<Found> {
    let mut found = Vec::new();
    let lists = case.facts.configs().filter(|(it, _)| it.name() == "modules.json");
    for (artifact, config) in lists {
        for module in config.root.items() {
            let path = module.get("path").and_then(Node::text).unwrap_or_default();
            let kind = module.get("type").and_then(Node::text).unwrap_or_default();
            // A module without numbers of its own has an empty folder, which no upload keeps.
            if path.is_empty()
                || kind.ends_with("Normalize")
                || has_folder(case.facts, artifact, path)
            {
                continue;
            }
            let place = Place::file(&artifact.path).line(module.line);
            found.push(Found::at(place, format!("{path}, a {kind}, has no folder")));
        }
    }
    found
}

fn pooling_dimension(case: &Case) -> Vec<Found> {
    let Some(set) = case.sets.primary() else {
        return Vec::new();
    };
    // The width of the embedder beside `modules.json`, as its config states it.
    let mut found = Vec::new();
    for (artifact, config) in case.facts.configs() {
        let (Some(width), Some((root, _))) = (
            config.number("word_embedding_dimension"),
            artifact.folder().rsplit_once('/').or(Some(("", artifact.folder()))),
        ) else {
            continue;
        };
        let model = crate::sets::config_in(case.facts, root, "config.json");
        let keys = ["hidden_size", "d_model", "dim", "n_embd"];
        let stated = model.and_then(|(_, it)| keys.iter().find_map(|key| it.number(key)));
        let Some(stated) = stated.or_else(|| set.ends.width()).filter(|stated| *stated != width)
        else {
            continue;
        };
        let place = Place::file(&artifact.path).key("word_embedding_dimension");
        found.push(Found::at(
            place,
            format!("pooling takes {width} numbers, the model gives {stated}"),
        ));
    }
    found
}

fn remote_code_missing(case: &Case) -> Vec<Found> {
    let mut found = Vec::new();
    for (artifact, config) in case.facts.configs() {
        let Some(map) = config.at("auto_map") else {
            continue;
        };
        for (key, node) in map.entries() {
            // `file.Class`; `owner/name--file.Class` is code in another place.
            let here = node.texts().filter(|(_, text)| !text.contains("--"));
            for (line, text) in here {
                let Some((module, _)) = text.rsplit_once('.') else {
                    continue;
                };
                let file = artifact.beside(&format!("{}.py", module.replace('.', "/")));
                if case.facts.artifact(&file).is_none() {
                    let place =
                        Place::file(&artifact.path).line(line).key(format!("auto_map.{key}"));
                    found.push(Found::at(place, format!("{text} needs {file}, which is not here")));
                }
            }
        }
    }
    found
}

fn chat_templates_differ(case: &Case) -> Vec<Found> {
    let mut found = Vec::new();
    for (artifact, config) in case.facts.configs() {
        if artifact.name() != "tokenizer_config.json" {
            continue;
        }
        let Some(template) = config.text("chat_template") else {
            continue;
        };
        let beside =
            ["chat_template.jinja", "chat_template.json"].map(|name| artifact.beside(name));
        for other in beside.iter().filter_map(|path| case.facts.artifact(path)) {
            let text = match &other.contents {
                Contents::Text(text) if !text.cut => Some(text.text.as_str()),
                Contents::Config(config) => config.text("chat_template"),
                _ => None,
            };
            let Some(text) = text.map(str::trim).filter(|text| *text != template.trim()) else {
                continue;
            };
            let place = Place::file(&artifact.path).key("chat_template");
            let (here, there) = (template.trim().len(), text.len());
            let message = format!("{here} bytes here, {there} in {}, and not the same", other.path);
            found.push(Found::at(place, message));
        }
    }
    found
}

#[cfg(test)]
#[path = "parts_tests.rs"]
mod tests;
