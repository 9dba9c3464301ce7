//! The values of configurations and the parts of tokenizers, flat, so that two reports tell what changed
//! in them.

use std::collections::BTreeMap;

use crate::{
    digest,
    facts::{Contents, Facts, Node, Yaml},
    report::ConfigValues,
    words::FileKind,
};

/// Values of one file, and of all files.
const OF_A_FILE: usize = 300;
const OF_ALL: usize = 3000;
/// Characters of a value.
const VALUE: usize = 200;
/// How deep keys go; what lies deeper is left out.
const DEPTH: usize = 5;
/// Keys whose values are lists of tokens, which the tokenizer's own file tells.
const LISTS: &[&str] = &["added_tokens_decoder", "vocab", "merges", "weight_map"];

/// Of the files that say how the model and its tokenizer are built and run.
pub(super) fn of(facts: &Facts) -> Vec<ConfigValues> {
    let mut left = OF_ALL;
    let mut found = Vec::new();
    for (artifact, config) in facts.configs() {
        let wanted = matches!(artifact.kind, FileKind::Config | FileKind::Tokenizer);
        if !wanted || left == 0 {
            continue;
        }
        let mut values = BTreeMap::new();
        let cut = !take(&config.root, "", 0, left.min(OF_A_FILE), &mut values);
        if !values.is_empty() {
            left -= values.len();
            found.push(ConfigValues { path: artifact.path.clone(), values, cut });
        }
    }
    for artifact in &facts.artifacts {
        let Contents::Tokenizer(tokenizer) = &artifact.contents else {
            continue;
        };
        let parts = tokenizer.parts.iter().take(left);
        let values: BTreeMap<String, String> =
            parts.map(|(part, told)| ((*part).to_owned(), cut(told))).collect();
        if !values.is_empty() {
            left -= values.len();
            let path = artifact.path.clone();
            found.push(ConfigValues { path, values, cut: false });
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// Puts the values below a node under their dotted keys; says whether all found room.
fn take(
    node: &Node,
    key: &str,
    depth: usize,
    most: usize,
    values: &mut BTreeMap<String, String>,
) -> bool {
    if let Yaml::Map(entries) = &node.value {
        let below = entries.iter().filter(|(name, _)| !LISTS.contains(&name.as_str()));
        let put = |whole: bool, (name, node): &(String, Node)| {
            let key = if key.is_empty() {
                name.clone()
            } else {
                format!("{key}.{name}")
            };
            let fits = depth < DEPTH && take(node, &cut(&key), depth + 1, most, values);
            whole && fits
        };
        return below.fold(true, put);
    }
    if values.len() >= most {
        return false;
    }
    values.insert(key.to_owned(), written(node));
    true
}

/// A value as written; of a list what fits in a line.
fn written(node: &Node) -> String {
    match &node.value {
        Yaml::Null => "null".to_owned(),
        Yaml::Plain(text) | Yaml::Quoted(text) => marked(text),
        Yaml::Map(_) => "{}".to_owned(),
        Yaml::List(items) => {
            let mut words = String::from("[");
            for item in items.iter().take(VALUE) {
                if words.len() > 1 {
                    words.push_str(", ");
                }
                words.push_str(item.text().unwrap_or("…"));
                if words.len() > VALUE {
                    break;
                }
            }
            words.push(']');
            cut(&words)
        }
    }
}

/// A text, cut where it is long; then with what tells it from another that begins the same.
fn marked(text: &str) -> String {
    let cut = cut(text);
    if cut == text {
        return cut;
    }
    let digest = digest::hex(&digest::sha256(text.as_bytes()));
    format!("{cut} ({} bytes, sha256 {})", text.len(), &digest[..16])
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(VALUE) {
        None => text.to_owned(),
        Some((at, _)) => format!("{}…", &text[..at]),
    }
}
