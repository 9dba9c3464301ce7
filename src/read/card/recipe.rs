//! A training configuration that is written out in a card: the block that a trainer puts there, with
//! the data sets that it names.

use super::{Said, named::is_dataset};
use crate::{
    facts::TRAINING_ARGUMENTS,
    words::{Component, Presence},
};

/// Keys that make a configuration.
const LEAST: usize = 3;
/// Keys that are named in a sentence of ours.
const SHOWN: usize = 4;

/// Reads a block of code.
pub(super) fn read(lines: &[(u32, &str)], said: &mut Said) {
    let mut keys: Vec<(u32, &str)> = Vec::new();
    let mut sets: Vec<(u32, &str)> = Vec::new();
    let mut merged = None;
    for (number, line) in lines.iter().filter(|(_, line)| line.len() < 400) {
        let Some((key, value)) = pair(line) else {
            continue;
        };
        let known = TRAINING_ARGUMENTS.contains(&key) && !keys.iter().any(|(_, it)| *it == key);
        if key == "merge_method" && !value.is_empty() {
            merged = Some((*number, super::passage::quote(value, &(0..value.len()), 0)));
        } else if known && !value.is_empty() {
            keys.push((*number, key));
        } else if matches!(key, "path" | "dataset" | "dataset_name" | "name") && is_dataset(value) {
            sets.push((*number, value));
        }
    }
    if let Some((line, method)) = merged {
        let saying = format!("a merge recipe is written out in the card: `merge_method` {method}");
        return said.state(Component::ModelMetadata, Presence::Partial, line, saying);
    }
    let Some((line, _)) = keys.first().filter(|_| keys.len() >= LEAST) else {
        return;
    };
    let shown: Vec<&str> = keys.iter().take(SHOWN).map(|(_, key)| *key).collect();
    let more = if keys.len() > SHOWN { " …" } else { "" };
    let saying =
        format!("a training configuration is written out in the card: {}{more}", shown.join(", "));
    said.state(Component::ModelMetadata, Presence::Partial, *line, saying);
    for (line, id) in sets.into_iter().take(40) {
        let saying = format!("a training configuration in the card names the data set {id}");
        said.state(Component::Datasets, Presence::Referenced, line, saying);
    }
}

/// `key: value`, `key = value,`, `--key value`, `"key": value,`; without quotes.
fn pair(line: &str) -> Option<(&str, &str)> {
    let line = line.trim().trim_start_matches(['-', ' ']);
    let end = line.find([':', '=', ' '])?;
    let (key, value) = line.split_at(end);
    let quotes = |c: char| matches!(c, '"' | '\'' | ',' | '\\') || c.is_whitespace();
    let value = value.trim_start_matches([':', '=', ' ']).trim_matches(quotes);
    let key = key.trim_matches(quotes);
    (!value.starts_with('#')).then_some((key, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_told_however_they_are_written() {
        check("learning_rate: 2e-5", Some(("learning_rate", "2e-5")));
        check("    learning_rate=2e-5,", Some(("learning_rate", "2e-5")));
        check("  --learning_rate 2e-5 \\", Some(("learning_rate", "2e-5")));
        check("\"lr\": 0.1,", Some(("lr", "0.1")));
        check("  - path: a/b_1", Some(("path", "a/b_1")));
        check("nothing", None);
    }

    #[track_caller]
    fn check(line: &str, is: Option<(&str, &str)>) {
        assert_eq!(pair(line), is);
    }
}
