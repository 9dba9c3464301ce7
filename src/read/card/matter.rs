//! What front matter states: its keys are read as the hub documents them.

use super::{
    Said,
    claims::thing,
    phrases::{Name, PHRASES, Sense},
    results::{count, is_number},
    targets::{Target, target},
};
use crate::{
    facts::{Node, Yaml},
    words::{Component, Presence},
};

/// Values of one key that are told one by one.
const MOST_VALUES: usize = 40;

/// A key and what is made of its value.
type Reading = (&'static str, fn(&Node, &mut Said));

/// Every key that states something.
const KEYS: &[Reading] = &[
    ("datasets", datasets),
    ("train_datasets", datasets),
    ("dataset", datasets),
    ("source_datasets", datasets),
    ("model-index", model_index),
    ("library_name", library),
    ("base_model", base_model),
    ("base_models", base_model),
    ("base_model_relation", relation),
    ("widget", widget),
    ("co2_eq_emissions", emissions),
    ("language", |node, said| listed(node, "language", said)),
    ("languages", |node, said| listed(node, "language", said)),
    ("paper", |node, said| document(node, Component::ResearchPaper, said)),
    ("arxiv", |node, said| document(node, Component::ResearchPaper, said)),
    ("paper_url", |node, said| document(node, Component::ResearchPaper, said)),
    ("technical_report", |node, said| document(node, Component::TechnicalReport, said)),
    ("training_code", |node, said| document(node, Component::TrainingCode, said)),
    ("code", |node, said| document(node, Component::TrainingCode, said)),
    ("annotations_creators", annotators),
    ("language_creators", annotators),
    ("size_categories", |node, said| listed(node, "data_size", said)),
    ("dataset_info", dataset_info),
    ("release_date", |node, said| listed(node, "release_date", said)),
    ("date", |node, said| listed(node, "release_date", said)),
    ("contact", |node, said| listed(node, "contact", said)),
    ("framework", |node, said| listed(node, "framework", said)),
    ("tags", tags),
];

/// Keys that hold a form to be filled in before a download.
const FORMS: &[&str] = &[
    "extra_gated_fields",
    "extra_gated_prompt",
    "extra_gated_eu_disallowed",
];
/// Keys that only word such a form, or a notice without one.
const NOTICES: &[&str] = &[
    "extra_gated_description",
    "extra_gated_heading",
    "extra_gated_button_content",
];

/// Reads the front matter.
pub(super) fn read(front: &Node, said: &mut Said) {
    for (key, node) in front.entries() {
        for (name, reading) in KEYS {
            if name == key {
                reading(node, said);
            }
        }
        gate(key, node, said);
    }
}

/// A form or a consent prompt is a gate; a description alone may be a mere notice.
fn gate(key: &str, node: &Node, said: &mut Said) {
    if node.value == Yaml::Null {
        return;
    }
    if FORMS.contains(&key) {
        let what = match key {
            "extra_gated_fields" => "asks who downloads it to fill in",
            "extra_gated_prompt" => "asks who downloads it to agree to",
            _ => "keeps downloads out of the European Union:",
        };
        let of: Vec<&str> = node.entries().iter().map(|(name, _)| name.as_str()).take(8).collect();
        let text = node.text().map_or_else(|| short(&of.join(", "), 100), |text| short(text, 100));
        said.disclose("gating", Presence::Present, node.line, format!("`{key}` {what} {text}"));
    } else if NOTICES.contains(&key) {
        let text = node.text().map(|text| short(text, 100)).unwrap_or_default();
        let saying = format!("`{key}` says {text}; by itself no gate");
        said.disclose("gating", Presence::Claimed, node.line, saying);
    } else if key == "gated" && node.flag() != Some(false) {
        said.disclose("gating", Presence::Claimed, node.line, "`gated` is set".to_owned());
    }
}

/// The start of a text, in quotes.
fn short(text: &str, most: usize) -> String {
    let text = super::passage::quote(text, &(0..text.len()), 0);
    if text.chars().count() <= most {
        text
    } else {
        text.chars().take(most).chain("…\"".chars()).collect()
    }
}

/// Whether a value is a resolvable id: `owner/name`, a lone word, or an address.
fn is_id(text: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || "-_./:".contains(c);
    !text.is_empty()
        && text.len() <= 200
        && text.chars().all(plain)
        && text.contains(char::is_alphanumeric)
}

fn datasets(node: &Node, said: &mut Said) {
    let mut values: Vec<(u32, &str)> = node.texts().collect();
    values.extend(node.items().iter().filter_map(|item| {
        let name =
            ["id", "name", "path", "repo", "url"].iter().find_map(|key| item.get(key)?.text())?;
        Some((item.line, name))
    }));
    for (line, text) in values.iter().take(MOST_VALUES) {
        let text = text.trim();
        let lower = text.to_lowercase();
        let hits = PHRASES.find(text);
        let state = hits.iter().find_map(|hit| match hit.sense {
            Sense::State(presence, _) => Some(presence),
            Sense::Placeholder => Some(Presence::Absent),
            _ => None,
        });
        let (presence, saying) = match lower.as_str() {
            "" | "none" | "null" | "n/a" | "na" | "-" | "unknown" | "original" | "extended" => {
                continue;
            }
            "private" | "custom" | "other" | "local" | "own" | "self-collected" => {
                (Presence::Claimed, format!("`datasets` says \"{text}\" and identifies none"))
            }
            _ => match state {
                Some(presence) => (presence, format!("`datasets` says {}", short(text, 100))),
                None if is_id(text) => (Presence::Referenced, format!("`datasets` names {text}")),
                None => (
                    Presence::Claimed,
                    format!("`datasets` says {} and gives no identifier", short(text, 100)),
                ),
            },
        };
        said.state(Component::Datasets, presence, *line, saying);
    }
    if let Some((line, _)) = values.get(MOST_VALUES) {
        let more = values.len() - MOST_VALUES;
        said.state(
            Component::Datasets,
            Presence::Referenced,
            *line,
            format!("`datasets` names {more} more"),
        );
    }
}

/// `model-index`: results as data, and the data sets that they are of.
fn model_index(node: &Node, said: &mut Said) {
    let results =
        node.items().iter().filter_map(|model| model.get("results")).flat_map(Node::items);
    let (mut numbers, mut first) = (0_usize, None);
    let mut measured: Vec<(u32, String)> = Vec::new();
    for result in results {
        let named = result.get("dataset");
        let id = named.and_then(|named| named.get("type")).and_then(Node::text);
        let shown = named
            .and_then(|named| named.get("name"))
            .and_then(Node::text)
            .or(id)
            .unwrap_or("a data set it does not name");
        for metric in result.get("metrics").map(Node::items).unwrap_or_default() {
            let Some(value) =
                metric.get("value").and_then(Node::text).filter(|text| is_number(&shortened(text)))
            else {
                continue;
            };
            numbers += 1;
            let of = metric
                .get("name")
                .or(metric.get("type"))
                .and_then(Node::text)
                .unwrap_or("a metric");
            first.get_or_insert_with(|| {
                (metric.line, format!("{} {} on {}", clip(of), shortened(value), clip(shown)))
            });
        }
        if let Some(id) = id.filter(|id| is_id(id)) {
            let id = &known_set(id, shown);
            let line = named.map_or(result.line, |named| named.line);
            if measured.len() < 1000 && !measured.iter().rev().take(50).any(|(_, it)| it == id) {
                measured.push((line, id.to_owned()));
            }
        }
    }
    match first {
        Some((line, first)) => {
            let saying =
                format!("`model-index` gives {}, the first {first}", count(numbers, "result"));
            said.state(Component::EvaluationResults, Presence::Present, line, saying);
        }
        None if measured.is_empty() => {}
        None => {
            let saying = "`model-index` names data sets and gives no numbers".to_owned();
            said.state(Component::EvaluationResults, Presence::Claimed, node.line, saying);
        }
    }
    measured.sort();
    measured.dedup_by(|a, b| a.1 == b.1);
    let (by_id, by_name): (Vec<_>, Vec<_>) = measured.into_iter().partition(|(_, id)| is_id(id));
    for (measured, presence) in [(by_id, Presence::Referenced), (by_name, Presence::Claimed)] {
        let Some((line, first)) = measured.first() else {
            continue;
        };
        let more = measured.len() - 1;
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        let saying = format!("`model-index` names {first}{more}");
        said.state(Component::EvaluationData, presence, *line, saying);
    }
}

/// The id of a data set, or its name where the id only says of what kind it is.
fn known_set(id: &str, name: &str) -> String {
    let same = name.to_lowercase().starts_with(&id.to_lowercase());
    if resolvable(id) || same {
        id.to_owned()
    } else {
        format!("{} (by name)", clip(name))
    }
}

/// `owner/name`, or a lone word that is a data set and no kind of task.
fn resolvable(id: &str) -> bool {
    let named = || {
        let known = |sense| matches!(sense, Sense::Name(Name::Benchmark | Name::Corpus));
        PHRASES.find(id).iter().any(|hit| known(hit.sense))
    };
    is_id(id)
        && (id.contains(['/', '_'])
            || id.contains(|c: char| c.is_ascii_digit())
            || (named() && id.to_lowercase() == id))
}

/// A number as people print it.
fn shortened(number: &str) -> String {
    number.trim().chars().take(10).collect()
}

fn clip(text: &str) -> String {
    text.chars().take(60).collect()
}

fn library(node: &Node, said: &mut Said) {
    let Some(name) = node.text().filter(|name| is_id(name)) else {
        return;
    };
    let line = node.line;
    said.state(
        Component::SupportingLibraries,
        Presence::Referenced,
        line,
        format!("`library_name` names {name}"),
    );
    said.state(
        Component::InferenceCode,
        Presence::Referenced,
        line,
        format!("`library_name` names {name}, a library that is to run it"),
    );
    said.disclose("framework", Presence::Referenced, line, format!("`library_name` names {name}"));
}

fn base_model(node: &Node, said: &mut Said) {
    for (line, text) in node.texts().take(MOST_VALUES).filter(|(_, text)| !text.trim().is_empty()) {
        let presence = if is_id(text) {
            Presence::Referenced
        } else {
            Presence::Claimed
        };
        said.disclose("lineage", presence, line, format!("`base_model` names {}", clip(text)));
    }
}

fn relation(node: &Node, said: &mut Said) {
    if let Some(text) = node.text() {
        said.disclose(
            "lineage",
            Presence::Claimed,
            node.line,
            format!("`base_model_relation` says {}", clip(text)),
        );
    }
}

/// Prompts are no outputs; a widget may hold both.
fn widget(node: &Node, said: &mut Said) {
    let outputs = node
        .items()
        .iter()
        .filter(|item| item.get("output").is_some_and(|it| it.value != Yaml::Null));
    let many = outputs.clone().count();
    if let Some(first) = outputs.into_iter().next() {
        said.state(
            Component::SampleOutputs,
            Presence::Present,
            first.line,
            format!("`widget` holds {} with their prompts", count(many, "output")),
        );
    } else if !node.items().is_empty() && node.flag().is_none() {
        let saying =
            format!("`widget` holds {} and no outputs", count(node.items().len(), "prompt"));
        said.state(Component::SampleOutputs, Presence::Claimed, node.line, saying);
    }
}

fn emissions(node: &Node, said: &mut Said) {
    let keys = [
        ("emissions", "carbon"),
        ("hardware_used", "compute_hardware"),
        ("geographical_location", "compute_region"),
        ("source", "carbon"),
    ];
    if let Some(text) = node.text() {
        said.disclose(
            "carbon",
            Presence::Claimed,
            node.line,
            format!("`co2_eq_emissions` gives {} (in grams)", clip(text)),
        );
    }
    for (key, topic) in keys {
        let Some(value) = node.get(key) else { continue };
        let Some(text) = value.text().filter(|text| !text.trim().is_empty()) else {
            continue;
        };
        let unit = if key == "emissions" {
            " (in grams)"
        } else {
            ""
        };
        said.disclose(
            topic,
            Presence::Claimed,
            value.line,
            format!("`co2_eq_emissions.{key}` gives {}{unit}", short(text, 100)),
        );
    }
}

fn listed(node: &Node, topic: &'static str, said: &mut Said) {
    let values: Vec<&str> =
        node.texts().map(|(_, text)| text).filter(|text| !text.trim().is_empty()).collect();
    if values.is_empty() {
        return;
    }
    let shown = values.iter().take(12).map(|text| clip(text)).collect::<Vec<_>>().join(", ");
    let more = values.len().saturating_sub(12);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    said.disclose(topic, Presence::Claimed, node.line, format!("{shown}{more}"));
}

/// A key that gives a paper or code by its address.
fn document(node: &Node, about: Component, said: &mut Said) {
    for (line, text) in node.texts().take(MOST_VALUES) {
        let digits = text.len() >= 9 && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let of = if digits {
            target(&format!("arxiv:{text}"))
        } else {
            target(text)
        };
        let presence = match of {
            Target::Nowhere => Presence::Promised,
            Target::Inside | Target::Mail => continue,
            _ => Presence::Referenced,
        };
        said.state(
            about,
            presence,
            line,
            format!("the front matter links {} at {}", thing(about), short(text, 100)),
        );
    }
}

fn annotators(node: &Node, said: &mut Said) {
    for (line, text) in node.texts().take(MOST_VALUES) {
        let topic = if text.contains("crowd") {
            "labor_crowd"
        } else {
            "labor_annotators"
        };
        if !matches!(text, "" | "no-annotation" | "found" | "other") {
            said.disclose(
                topic,
                Presence::Claimed,
                line,
                format!("the front matter says {}", short(text, 80)),
            );
        }
    }
}

fn dataset_info(node: &Node, said: &mut Said) {
    for info in node.items().iter().take(MOST_VALUES) {
        let number = |key: &str| info.get(key).and_then(Node::number);
        let examples: Option<u64> = info.get("splits").and_then(|splits| {
            splits
                .items()
                .iter()
                .filter_map(|split| split.get("num_examples")?.number())
                .try_fold(0_u64, u64::checked_add)
        });
        let parts = [
            examples.map(|it| format!("{it} examples")),
            number("dataset_size").map(|it| format!("{it} bytes")),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        if !parts.is_empty() {
            said.disclose(
                "data_size",
                Presence::Claimed,
                info.line,
                format!("`dataset_info` gives {}", parts.join(", ")),
            );
        }
    }
}

/// Tags that name a framework, or data: `dataset:owner/name`.
fn tags(node: &Node, said: &mut Said) {
    let frameworks = [
        "pytorch",
        "tf",
        "tensorflow",
        "jax",
        "flax",
        "paddle",
        "mindspore",
        "keras",
        "onnx",
        "coreml",
        "mlx",
        "rust",
    ];
    for (line, tag) in node.texts().take(1000) {
        if frameworks.contains(&tag) {
            said.disclose("framework", Presence::Claimed, line, format!("`tags` names {tag}"));
        }
        if let Some(id) = tag.strip_prefix("dataset:").filter(|id| is_id(id)) {
            said.state(
                Component::Datasets,
                Presence::Referenced,
                line,
                format!("`tags` names the data set {id}"),
            );
        }
        if let Some(size) = tag.strip_prefix("dataset_size:").filter(|size| size.len() < 40) {
            said.disclose(
                "data_size",
                Presence::Claimed,
                line,
                format!("`tags` gives a data set of {size} rows"),
            );
        }
        if PHRASES.find(tag).iter().any(|hit| hit.sense == Sense::Name(Name::Harness)) {
            said.state(
                Component::EvaluationCode,
                Presence::Referenced,
                line,
                format!("`tags` names {tag}"),
            );
        }
    }
}
