//! The published JSON Schema of every document. It names every key and every closed vocabulary, and
//! leaves room for keys that later versions add; the tests hold it to the types without that room.

/// Of every document that is written, told by its `schema`; draft 2020-12.
pub const SCHEMA: &str = include_str!("schema.json");

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::words::{
        Category, Component, Confidence, FileKind, Group, LicenseScope, Origin, Presence, Role,
        Severity,
    };

    #[test]
    fn vocabularies_are_those_of_the_types() {
        let schema: Value = serde_json::from_str(SCHEMA).unwrap();
        let check = |name: &str, words: Vec<&str>| {
            assert_eq!(schema["$defs"][name]["enum"], json!(words), "{name}");
        };
        check("change", crate::compare::Change::ALL.iter().map(|it| it.word()).collect());
        check("category", Category::ALL.iter().map(|it| it.word()).collect());
        check("component", Component::ALL.iter().map(|it| it.word()).collect());
        check("confidence", Confidence::ALL.iter().map(|it| it.word()).collect());
        check("file_kind", FileKind::ALL.iter().map(|it| it.word()).collect());
        check("group", Group::ALL.iter().map(|it| it.word()).collect());
        check("license_scope", LicenseScope::ALL.iter().map(|it| it.word()).collect());
        check("origin", Origin::ALL.iter().map(|it| it.word()).collect());
        check("presence", Presence::ALL.iter().map(|it| it.word()).collect());
        check("role", Role::ALL.iter().map(|it| it.word()).collect());
        check("severity", Severity::ALL.iter().map(|it| it.word()).collect());
    }
}
