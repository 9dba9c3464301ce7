//! Chat templates: programs in Jinja that run each time the model is talked to.

mod lexer;
mod rules;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeMap;

use super::{Case, Check, Found, few};
use crate::{
    facts::{Contents, Node, Yaml},
    words::{Category, Confidence, Place, Severity},
};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "template-unsafe",
        category: Category::Safety,
        severity: Severity::High,
        title: "A chat template that leads out of its data",
        impact: "A runtime that renders it without a sandbox runs what it reaches, each time that the model is talked to.",
        hint: "Do not run the model with it; use the template of the base model, and a runtime that renders in a sandbox.",
        references: &["CVE-2024-34359", "CVE-2026-5760", "CWE-1336"],
        find: |case| found(case, true),
    },
    Check {
        id: "template-unusual",
        category: Category::Safety,
        severity: Severity::Medium,
        title: "A chat template that does what templates seldom do",
        impact: "It may fail in some runtimes, or make the model be told something else than is seen.",
        hint: "Read the template at the line that is named.",
        references: &[],
        find: |case| found(case, false),
    },
    Check {
        id: "template-differs",
        category: Category::Safety,
        severity: Severity::Medium,
        title: "Two chat templates of one name that differ",
        impact: "Runtimes differ in which they take, so the model is told something else in one than in another.",
        hint: "Compare the two; ask the publisher which one is meant.",
        references: &["Pillar Security: poisoned GGUF templates (2025)"],
        find: differs,
    },
];

/// The longest that real templates are, with room.
const LONGEST: usize = 256 << 10;

/// A template, where it stands.
struct Template<'a> {
    at: Place,
    /// The line of its first character in the file, where it stands there as it is.
    first_line: Option<u32>,
    /// `default`, `tool_use`, …
    name: String,
    text: &'a str,
    /// Whether it is inside a weight file.
    embedded: bool,
}

/// Every template of a release.
fn templates<'a>(case: &Case<'a>) -> Vec<Template<'a>> {
    let mut all = Vec::new();
    for artifact in &case.facts.artifacts {
        let file = || Place::file(&artifact.path);
        let name = artifact.name().to_ascii_lowercase();
        match &artifact.contents {
            Contents::Weights(weights) => {
                for (key, text) in &weights.templates {
                    let name = key.rsplit('.').next().unwrap_or_default();
                    let name = if name == "chat_template" {
                        "default"
                    } else {
                        name
                    };
                    all.push(Template {
                        at: file().key(key),
                        first_line: None,
                        name: name.to_owned(),
                        text,
                        embedded: true,
                    });
                }
            }
            Contents::Config(config) => {
                if let Some(node) = config.at("chat_template") {
                    in_config(node, &file, &mut all);
                }
            }
            Contents::Text(text) => {
                let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
                let end = name.rsplit_once('.').map_or("", |(_, end)| end);
                let jinja = matches!(end, "jinja" | "jinja2" | "j2");
                if jinja || stem == "chat_template" {
                    let name = if stem == "chat_template" {
                        "default"
                    } else {
                        stem
                    };
                    all.push(Template {
                        at: file(),
                        first_line: Some(1),
                        name: name.to_owned(),
                        text: &text.text,
                        embedded: false,
                    });
                }
            }
            _ => {}
        }
    }
    all
}

/// A text, or a list of entries with a name and a text, or a map of those.
fn in_config<'a>(node: &'a Node, file: &dyn Fn() -> Place, all: &mut Vec<Template<'a>>) {
    let mut push = |node: &'a Node, name: &str| {
        if let Some(text) = node.text() {
            let at = file().key("chat_template").line(node.line);
            all.push(Template {
                at,
                first_line: None,
                name: name.to_owned(),
                text,
                embedded: false,
            });
        }
    };
    match &node.value {
        Yaml::List(items) => {
            for item in items {
                let name = item.get("name").and_then(Node::text).unwrap_or("default");
                if let Some(text) = item.get("template") {
                    push(text, name);
                }
            }
        }
        Yaml::Map(entries) => entries.iter().for_each(|(name, text)| push(text, name)),
        _ => push(node, "default"),
    }
}

fn found(case: &Case, escapes: bool) -> Vec<Found> {
    let mut all = Vec::new();
    for template in templates(case) {
        let (tags, cut) = lexer::tags(template.text.get(..LONGEST).unwrap_or(template.text));
        let mut deeds = rules::deeds(&tags);
        let mut odd = |saying: String| deeds.push(rules::Deed { escapes: false, line: 1, saying });
        if template.text.len() > LONGEST {
            odd(format!("is {} bytes long, of which {LONGEST} were read", template.text.len()));
        } else if cut {
            odd("breaks off inside an expression".to_owned());
        }
        if let Some(c) = template.text.chars().find(|c| is_hidden(*c)) {
            odd(format!("holds the invisible character U+{:04X}", u32::from(c)));
        }
        let deeds = deeds.into_iter().filter(|deed| deed.escapes == escapes).map(|deed| {
            let (at, line) = match template.first_line {
                Some(first) => (template.at.clone().line(first + deed.line - 1), String::new()),
                None => (template.at.clone(), format!(" (line {} of the template)", deed.line)),
            };
            Found::at(at, format!("{}{line}", deed.saying))
        });
        all.extend(few(deeds.collect()));
    }
    all
}

/// Characters that change or hide what is read, and that no template needs: overrides of direction, and
/// those without any width.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{2060}'..='\u{2064}' | '\u{E0001}'..='\u{E007F}')
}

fn differs(case: &Case) -> Vec<Found> {
    let templates = templates(case);
    let mut by_name: BTreeMap<&str, Vec<&Template>> = BTreeMap::new();
    for template in &templates {
        by_name.entry(&template.name).or_default().push(template);
    }
    let bare = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut found = Vec::new();
    for same in by_name.values().filter(|same| same.len() > 1) {
        // a folder of its own is a model of its own
        let folder =
            |it: &Template| it.at.path.rsplit_once('/').map_or(String::new(), |it| it.0.to_owned());
        let first = same.iter().find(|it| !it.embedded).unwrap_or(&same[0]);
        let text = bare(first.text);
        for other in same.iter().filter(|it| folder(it) == folder(first) && bare(it.text) != text) {
            let message = format!(
                "the template `{}` here has {} bytes, that of {} has {}",
                other.name,
                other.text.len(),
                first.at.path,
                first.text.len()
            );
            found.push(Found::at(other.at.clone(), message).confidence(Confidence::Likely));
        }
    }
    few(found)
}
