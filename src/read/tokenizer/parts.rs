//! What of a tokenizer can differ by itself from another's: each part as how many entries it has and the
//! first digits of their digest.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, Visitor},
};

use crate::read::fingerprint::{Entries, Fingerprint, Value};

/// The parts by name.
type Parts = BTreeMap<&'static str, String>;

/// What a text goes through before and after the model.
const STEPS: &[&str] = &[
    "normalizer",
    "pre_tokenizer",
    "post_processor",
    "decoder",
    "truncation",
    "padding",
];

/// The parts of a file of this name; none where it cannot be parsed.
pub(super) fn of(name: &str, bytes: &[u8]) -> Parts {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    match name {
        "tokenizer.json" => json.deserialize_map(Whole).unwrap_or_default(),
        "vocab.json" | "encoder.json" => listed("vocabulary", &mut json),
        "added_tokens.json" => listed("added_tokens", &mut json),
        _ => Parts::new(),
    }
}

fn listed<'de, D: Deserializer<'de>>(part: &'static str, json: D) -> Parts {
    let mut fingerprint = Fingerprint::new();
    let count = Entries(&mut fingerprint).deserialize(json);
    count.map(|count| Parts::from([(part, told(count, fingerprint))])).unwrap_or_default()
}

/// `32000, sha256 1a2b…`.
fn told(count: u64, fingerprint: Fingerprint) -> String {
    format!("{count}, {}", fingerprint.words())
}

/// An entry of `added_tokens`.
#[derive(Debug, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "the file has them so")]
struct Added {
    id: u64,
    #[serde(default)]
    content: String,
    #[serde(default)]
    special: bool,
    #[serde(default)]
    single_word: bool,
    #[serde(default)]
    lstrip: bool,
    #[serde(default)]
    rstrip: bool,
    #[serde(default)]
    normalized: bool,
}

/// Takes in the tokens beside the vocabulary.
fn take_added(added: &[Added], parts: &mut Parts) {
    let (mut all, mut special) = (Fingerprint::new(), Fingerprint::new());
    let mut specials = 0;
    for token in added {
        let Added {
            single_word, lstrip, rstrip, normalized, ..
        } = *token;
        let flags = [token.special, single_word, lstrip, rstrip, normalized].map(u8::from);
        let both = [Some(&mut all), token.special.then_some(&mut special)];
        for fingerprint in both.into_iter().flatten() {
            fingerprint.take(b'u', &token.id.to_le_bytes());
            fingerprint.take(b's', token.content.as_bytes());
            fingerprint.take(b'b', &flags);
        }
        specials += u64::from(token.special);
    }
    parts.insert("added_tokens", told(added.len() as u64, all));
    parts.insert("special_tokens", told(specials, special));
}

/// `tokenizer.json` as a whole.
struct Whole;

impl<'de> Visitor<'de> for Whole {
    type Value = Parts;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a tokenizer")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Parts, M::Error> {
        let mut parts = Parts::new();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "added_tokens" => {
                    let added: Option<Vec<Added>> = map.next_value()?;
                    take_added(&added.unwrap_or_default(), &mut parts);
                }
                "model" => map.next_value_seed(Model(&mut parts))?,
                key => match STEPS.iter().find(|step| **step == key) {
                    Some(step) => {
                        let mut fingerprint = Fingerprint::new();
                        map.next_value_seed(Value(&mut fingerprint))?;
                        parts.insert(step, fingerprint.words());
                    }
                    None => drop(map.next_value::<IgnoredAny>()?),
                },
            }
        }
        Ok(parts)
    }
}

/// The `model` of a `tokenizer.json`.
struct Model<'p>(&'p mut Parts);

impl<'de> DeserializeSeed<'de> for Model<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Model<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a tokenizer's model")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        let mut settings = Fingerprint::new();
        while let Some(key) = map.next_key::<String>()? {
            let listed = match key.as_str() {
                "vocab" => Some("vocabulary"),
                "merges" => Some("merges"),
                _ => None,
            };
            if let Some(part) = listed {
                let mut fingerprint = Fingerprint::new();
                let count = map.next_value_seed(Entries(&mut fingerprint))?;
                self.0.insert(part, told(count, fingerprint));
            } else if key == "type" {
                let model: Option<String> = map.next_value()?;
                self.0.insert("model", model.unwrap_or_default());
            } else {
                settings.take(b's', key.as_bytes());
                map.next_value_seed(Value(&mut settings))?;
            }
        }
        self.0.insert("model_settings", settings.words());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What differs between two, by name.
    #[track_caller]
    fn differ(a: &str, b: &str, expected: &[&str]) {
        let read = |text: &str| of("tokenizer.json", text.as_bytes());
        let (a, b) = (read(a), read(b));
        let keys: std::collections::BTreeSet<_> = a.keys().chain(b.keys()).copied().collect();
        let differ: Vec<&str> = keys.into_iter().filter(|key| a.get(key) != b.get(key)).collect();
        assert_eq!(differ, expected);
    }

    #[test]
    fn what_differs_between_two_is_told_part_by_part() {
        const ONE: &str = r#"{"added_tokens":[{"id":7,"content":"<s>","special":true},{"id":8,"content":"x"}],
            "normalizer":null,"model":{"type":"BPE","dropout":null,"vocab":{"a":0,"b":3},"merges":["a b",["b","a"]]}}"#;
        differ(ONE, &ONE.replace(',', " ,\n"), &[]);
        let with = |from: &str, to: &str, expected: &[&str]| {
            assert!(ONE.contains(from), "{from}");
            differ(ONE, &ONE.replace(from, to), expected);
        };
        with(r#""b":3"#, r#""b":4"#, &["vocabulary"]);
        with(r#""b":3"#, r#""c":3"#, &["vocabulary"]);
        with(r#""a b""#, r#""a c""#, &["merges"]);
        with(r#"["b","a"]"#, r#"["ba"]"#, &["merges"]);
        with("<s>", "<t>", &["added_tokens", "special_tokens"]);
        with(r#""x""#, r#""y""#, &["added_tokens"]);
        with(r#""x""#, r#""x","lstrip":true"#, &["added_tokens"]);
        with(r#""dropout":null"#, r#""dropout":0.1"#, &["model_settings"]);
        with(r#"r":null"#, r#"r":{"type":"NFC"}"#, &["normalizer"]);
        with("BPE", "WordLevel", &["model"]);
        with(r#"{"a":0,"b":3}"#, r#"[["a",-1.5]]"#, &["vocabulary"]);
        assert!(of("tokenizer.json", b"{").is_empty() && of("vocab.txt", b"a").is_empty());
        assert_eq!(of("vocab.json", b"{\"a\":0}").len(), 1);
    }
}
