//! Where else than in license files a release states its terms.

use std::collections::BTreeMap;

use super::prose;
use crate::{
    facts::{Artifact, Card, Contents, Facts, Node},
    words::{FileKind, LicenseScope, Place},
};

/// A statement of terms.
pub(super) enum Statement {
    /// A name: `license: apache-2.0`.
    Declared {
        /// Where.
        at: Place,
        /// What it covers.
        scope: LicenseScope,
        /// As written.
        value: String,
    },
    /// A text inside another file: a prompt to agree to, a GGUF value.
    Text {
        /// Where.
        at: Place,
        /// What it covers.
        scope: LicenseScope,
        /// The text.
        text: String,
    },
    /// A sentence or a badge that names a license.
    Prose {
        /// Where.
        at: Place,
        /// What it covers.
        scope: LicenseScope,
        /// The words, as written.
        value: String,
        /// The license: an id of the catalog, or a name to look up.
        named: String,
    },
}

/// All statements, in the order of the files.
pub(super) fn all(facts: &Facts) -> Vec<Statement> {
    let mut headers: BTreeMap<&str, Vec<(u32, String)>> = BTreeMap::new(); // those of a project are alike
    let mut found = Vec::new();
    for artifact in &facts.artifacts {
        match &artifact.contents {
            Contents::Card(card) => of_card(artifact, card, &mut found),
            Contents::Weights(file) => {
                let keys = ["general.license", "license", "general.license.name"];
                for (key, value) in keys.iter().filter_map(|&it| Some((it, file.metadata.get(it)?)))
                {
                    let at = Place::file(&artifact.path).key(key);
                    found.push(value_of(at, LicenseScope::Weights, value));
                }
            }
            Contents::Document(document) => {
                found.extend(document.licenses.iter().map(|(line, value)| Statement::Declared {
                    at: Place::file(&artifact.path).line(*line).key("license"),
                    scope: LicenseScope::Code,
                    value: value.clone(),
                }));
            }
            Contents::Libraries(libraries) => {
                let built = matches!(artifact.name(), "METADATA" | "PKG-INFO");
                let scope = if built {
                    LicenseScope::All
                } else {
                    LicenseScope::Code
                };
                found.extend(libraries.licenses.iter().map(|(line, value)| Statement::Declared {
                    at: Place::file(&artifact.path).line(*line),
                    scope,
                    value: value.clone(),
                }));
            }
            Contents::Code(code) => {
                let header = code.header.as_deref().map(|header| {
                    headers
                        .entry(header)
                        .or_insert_with(|| crate::licenses::stated_in_header(header))
                });
                let stated =
                    code.licenses.iter().chain(header.into_iter().flat_map(|it| it.iter()));
                found.extend(stated.map(|(line, value)| Statement::Declared {
                    at: Place::file(&artifact.path).line(*line),
                    scope: LicenseScope::Code,
                    value: value.clone(),
                }));
            }
            _ => {}
        }
    }
    found
}

fn of_card(artifact: &Artifact, card: &Card, found: &mut Vec<Statement>) {
    let scope = match artifact.kind {
        FileKind::DataCard => LicenseScope::Data,
        _ => LicenseScope::All,
    };
    let name = card.key("license_name").and_then(Node::text);
    for key in ["license", "license_name"] {
        // `other` beside a name says nothing that the name does not
        let redundant = |node: &Node| {
            key == "license"
                && name.is_some()
                && node.text().is_some_and(|it| it.eq_ignore_ascii_case("other"))
        };
        if let Some(node) = card.key(key).filter(|node| !redundant(node)) {
            found.extend(names(artifact, key, node, scope));
            // a map names no license, and is not to be lost either
            if let Some((inner, _)) = node.entries().first() {
                let at = Place::file(&artifact.path).line(node.line).key(key);
                let value = format!("{{{inner}: …}}");
                found.push(Statement::Declared { at, scope, value });
            }
        }
    }
    if name.is_none()
        && let Some(link) = card.key("license_link")
        && let Some(value) = link.text().filter(|it| it.contains("://"))
        && let Some(license) = crate::licenses::by_link(value)
    {
        let at = Place::file(&artifact.path).line(link.line).key("license_link");
        found.push(Statement::Declared { at, scope, value: license.id.clone() });
    }
    if let Some((line, text)) = card.gate_prompt()
        && text.split_whitespace().count() > 60
    {
        let at = Place::file(&artifact.path).line(line).key("extra_gated_prompt");
        found.push(Statement::Text { at, scope, text: text.to_owned() });
    }
    found.extend(prose::of_card(artifact, card, scope));
}

/// Every name in a value: a text, a list of texts.
fn names<'a>(
    artifact: &'a Artifact,
    key: &'a str,
    node: &'a Node,
    scope: LicenseScope,
) -> impl Iterator<Item = Statement> + 'a {
    node.texts().map(move |(line, value)| {
        let at = Place::file(&artifact.path).line(line).key(key);
        Statement::Declared { at, scope, value: value.to_owned() }
    })
}

/// A short value is a name; a long one is a text.
fn value_of(at: Place, scope: LicenseScope, value: &str) -> Statement {
    if value.split_whitespace().count() > 20 {
        Statement::Text { at, scope, text: value.to_owned() }
    } else {
        Statement::Declared { at, scope, value: value.to_owned() }
    }
}
