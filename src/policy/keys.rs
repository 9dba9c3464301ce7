//! The keys that a policy may have: a slip of the pen must not switch a rule off.

use super::PolicyError;
use crate::words::nearest;

/// Each table with its keys.
const TABLES: &[(&str, &[&str])] = &[
    ("licenses", &["allow", "deny", "allow_classes", "osi_approved"]),
    ("uses", &["allow", "deny", "unconditional", "users", "territory"]),
    ("openness", &["minimum_mof_class"]),
    ("components", &["required"]),
    ("formats", &["allow"]),
    ("safety", &["remote_code", "pickles"]),
    ("findings", &["max_severity", "deny"]),
    ("signature", &["keys", "required"]),
    ("exceptions", &["id", "path", "until", "reason"]),
];

pub(super) fn check(table: &toml::Table, text: &str) -> Result<(), PolicyError> {
    let names = || TABLES.iter().map(|(name, _)| *name).chain(["version"]);
    for (key, value) in table {
        if !names().any(|name| name == key) {
            return Err(unknown(key, key, names(), text));
        }
        let Some((name, keys)) = TABLES.iter().find(|(name, _)| name == key) else {
            continue;
        };
        let tables = match value {
            toml::Value::Array(items) => items.iter().collect(),
            other => vec![other],
        };
        for table in tables.into_iter().filter_map(toml::Value::as_table) {
            if let Some(key) = table.keys().find(|key| !keys.contains(&key.as_str())) {
                let whole = format!("{name}.{key}");
                return Err(unknown(&whole, key, keys.iter().copied(), text));
            }
        }
    }
    Ok(())
}

fn unknown<'k>(
    whole: &str,
    key: &str,
    keys: impl Iterator<Item = &'k str> + Clone,
    text: &str,
) -> PolicyError {
    let line = (1..).zip(text.lines()).find(|(_, line)| {
        let line = line.trim_start().trim_start_matches('[').trim_start();
        let rest = line.strip_prefix(key).or_else(|| line.strip_prefix(&format!("\"{key}\"")));
        rest.is_some_and(|rest| rest.trim_start().starts_with(['=', ']', '.']))
    });
    let place = line.map_or_else(String::new, |(line, _): (u32, _)| format!("line {line}: "));
    let hint = match nearest(key, keys.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there is {}", keys.collect::<Vec<_>>().join(", ")),
    };
    PolicyError(format!("{place}no key `{whole}`; {hint}"))
}
