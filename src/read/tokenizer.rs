//! Vocabularies: how many tokens, and the highest id. Streamed: a vocabulary can be 30 MB.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use super::fingerprint::{Entries, Fingerprint, Value};
use crate::facts::Tokenizer;

/// Longer files are not read.
pub(super) const LONGEST: u64 = 256 << 20;

/// Whether a file of this name is a vocabulary that is read here.
pub(super) fn reads(name: &str) -> bool {
    let known = [
        "tokenizer.json",
        "vocab.json",
        "encoder.json",
        "added_tokens.json",
        "vocab.txt",
    ];
    known.contains(&name)
}

/// Reads a vocabulary by the name of its file, one that [`reads`] knows.
pub(super) fn read(name: &str, bytes: &[u8]) -> Result<Tokenizer, serde_json::Error> {
    match name {
        "tokenizer.json" => from_json(bytes, Whole),
        "vocab.json" | "encoder.json" => from_json(bytes, Vocabulary).map(|ids| Tokenizer {
            vocabulary: ids.count,
            highest_id: ids.highest,
            parts: BTreeMap::from([("vocabulary", ids.told)]),
            ..Tokenizer::default()
        }),
        "added_tokens.json" => from_json(bytes, Vocabulary).map(|ids| Tokenizer {
            added: ids.count,
            highest_id: ids.highest,
            parts: BTreeMap::from([("added_tokens", ids.told)]),
            ..Tokenizer::default()
        }),
        _ => {
            let lines = bytes.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()).count();
            Ok(Tokenizer {
                vocabulary: lines as u64,
                highest_id: (lines as u64).checked_sub(1),
                ..Tokenizer::default()
            })
        }
    }
}

fn from_json<'de, S: DeserializeSeed<'de>>(
    bytes: &'de [u8],
    seed: S,
) -> Result<S::Value, serde_json::Error> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = seed.deserialize(&mut json)?;
    json.end()?;
    Ok(value)
}

/// Ids as they are counted.
#[derive(Clone, Debug, Default)]
struct Ids {
    count: u64,
    highest: Option<u64>,
    /// How many, and what tells them from others.
    told: String,
}

/// `32000, sha256 1a2b…`.
fn told(count: u64, fingerprint: Fingerprint) -> String {
    format!("{count}, {}", fingerprint.words())
}

impl Ids {
    fn take(&mut self, id: u64) {
        self.count += 1;
        self.highest = self.highest.max(Some(id));
    }
}

/// What a text goes through before and after the model.
const STEPS: &[&str] = &[
    "normalizer",
    "pre_tokenizer",
    "post_processor",
    "decoder",
    "truncation",
    "padding",
];

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

impl Tokenizer {
    /// Takes in the tokens beside the vocabulary.
    fn take_added(&mut self, added: &[Added]) {
        let (mut all, mut special) = (Fingerprint::new(), Fingerprint::new());
        let mut specials = 0;
        for token in added {
            self.added += 1;
            self.highest_id = self.highest_id.max(Some(token.id));
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
        self.parts.insert("added_tokens", told(self.added, all));
        self.parts.insert("special_tokens", told(specials, special));
    }
}

/// `tokenizer.json` as a whole.
struct Whole;

impl<'de> DeserializeSeed<'de> for Whole {
    type Value = Tokenizer;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Tokenizer, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Whole {
    type Value = Tokenizer;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a tokenizer")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Tokenizer, M::Error> {
        let mut tokenizer = Tokenizer::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "added_tokens" => {
                    let added: Option<Vec<Added>> = map.next_value()?;
                    tokenizer.take_added(&added.unwrap_or_default());
                }
                "model" => {
                    let (model, ids) = map.next_value_seed(Model(&mut tokenizer.parts))?;
                    tokenizer.model = model;
                    tokenizer.vocabulary = ids.count;
                    tokenizer.highest_id = tokenizer.highest_id.max(ids.highest);
                    tokenizer.parts.insert("vocabulary", ids.told);
                }
                key => match STEPS.iter().find(|step| **step == key) {
                    Some(step) => {
                        let mut fingerprint = Fingerprint::new();
                        map.next_value_seed(Value(&mut fingerprint))?;
                        tokenizer.parts.insert(step, fingerprint.words());
                    }
                    None => drop(map.next_value::<IgnoredAny>()?),
                },
            }
        }
        Ok(tokenizer)
    }
}

/// The `model` of a `tokenizer.json`; its parts go here.
struct Model<'p>(&'p mut BTreeMap<&'static str, String>);

impl<'de> DeserializeSeed<'de> for Model<'_> {
    type Value = (Option<String>, Ids);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Model<'_> {
    type Value = (Option<String>, Ids);

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a tokenizer's model")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
        let (mut model, mut ids) = (None, Ids::default());
        let mut settings = Fingerprint::new();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "type" => model = map.next_value()?,
                "vocab" => ids = map.next_value_seed(Vocabulary)?,
                "merges" => {
                    let mut merges = Fingerprint::new();
                    let count = map.next_value_seed(Entries(&mut merges))?;
                    self.0.insert("merges", told(count, merges));
                }
                key => {
                    settings.take(b's', key.as_bytes());
                    map.next_value_seed(Value(&mut settings))?;
                }
            }
        }
        self.0.insert("model", model.clone().unwrap_or_default());
        self.0.insert("model_settings", settings.words());
        Ok((model, ids))
    }
}

/// A map from tokens to ids, or a list whose places are the ids.
struct Vocabulary;

impl<'de> DeserializeSeed<'de> for Vocabulary {
    type Value = Ids;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Ids, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Vocabulary {
    type Value = Ids;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("tokens and their ids")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Ids, M::Error> {
        let mut ids = Ids::default();
        let mut fingerprint = Fingerprint::new();
        while map.next_key_seed(Value(&mut fingerprint))?.is_some() {
            let id: u64 = map.next_value()?;
            fingerprint.take(b'u', &id.to_le_bytes());
            ids.take(id);
        }
        ids.told = told(ids.count, fingerprint);
        Ok(ids)
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut list: S) -> Result<Ids, S::Error> {
        let mut ids = Ids::default();
        let mut fingerprint = Fingerprint::new();
        while list.next_element_seed(Value(&mut fingerprint))?.is_some() {
            if ids.count == u64::from(u32::MAX) {
                return Err(S::Error::custom("more tokens than ids have room for"));
            }
            ids.take(ids.count);
        }
        ids.told = told(ids.count, fingerprint);
        Ok(ids)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_counted_and_the_highest_id_is_found() {
        check(
            "tokenizer.json",
            r#"{"added_tokens":[{"id":7,"content":"x"}],"model":{"type":"BPE","vocab":{"a":0,"b":3},"merges":[]}}"#,
            (Some("BPE"), 2, 1, Some(7)),
        );
        check(
            "tokenizer.json",
            r#"{"added_tokens":null,"model":{"type":"Unigram","vocab":[["a",-1.5],["b",0]]}}"#,
            (Some("Unigram"), 2, 0, Some(1)),
        );
        check("vocab.json", r#"{"a":0,"b":9}"#, (None, 2, 0, Some(9)));
        check("added_tokens.json", r#"{"<pad>":32000}"#, (None, 0, 1, Some(32000)));
        check("vocab.txt", "[PAD]\n[UNK]\nthe\n", (None, 3, 0, Some(2)));
        check("vocab.json", "{}", (None, 0, 0, None));
    }

    #[track_caller]
    fn check(name: &str, text: &str, expected: (Option<&str>, u64, u64, Option<u64>)) {
        let it = read(name, text.as_bytes()).expect("valid");
        let (model, highest) = (it.model.as_deref(), it.highest_id);
        assert_eq!((model, it.vocabulary, it.added, highest), expected);
    }

    /// What differs between two, by name.
    #[track_caller]
    fn differ(a: &str, b: &str, expected: &[&str]) {
        let read = |text: &str| read("tokenizer.json", text.as_bytes()).unwrap().parts;
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
    }

    #[test]
    fn other_files_are_left_alone_and_broken_ones_say_why() {
        assert!(!reads("merges.txt"));
        let error = read("vocab.json", b"{\"a\":-1}").expect_err("negative").to_string();
        assert!(error.contains("invalid value: integer `-1`"), "{error}");
    }
}
