//! Vocabularies: how many tokens, and the highest id. Streamed: a vocabulary can be 30 MB.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

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
            ..Tokenizer::default()
        }),
        "added_tokens.json" => from_json(bytes, Vocabulary).map(|ids| Tokenizer {
            added: ids.count,
            highest_id: ids.highest,
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
#[derive(Clone, Copy, Debug, Default)]
struct Ids {
    count: u64,
    highest: Option<u64>,
}

impl Ids {
    fn take(&mut self, id: u64) {
        self.count += 1;
        self.highest = self.highest.max(Some(id));
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
                    #[derive(Deserialize)]
                    struct Added {
                        id: u64,
                    }
                    let added: Option<Vec<Added>> = map.next_value()?;
                    for token in added.unwrap_or_default() {
                        tokenizer.added += 1;
                        tokenizer.highest_id = tokenizer.highest_id.max(Some(token.id));
                    }
                }
                "model" => {
                    let (model, ids) = map.next_value_seed(Model)?;
                    tokenizer.model = model;
                    tokenizer.vocabulary = ids.count;
                    tokenizer.highest_id = tokenizer.highest_id.max(ids.highest);
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(tokenizer)
    }
}

/// The `model` of a `tokenizer.json`.
struct Model;

impl<'de> DeserializeSeed<'de> for Model {
    type Value = (Option<String>, Ids);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Model {
    type Value = (Option<String>, Ids);

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a tokenizer's model")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
        let (mut model, mut ids) = (None, Ids::default());
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "type" => model = map.next_value()?,
                "vocab" => ids = map.next_value_seed(Vocabulary)?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
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
        while let Some((_, id)) = map.next_entry::<IgnoredAny, u64>()? {
            ids.take(id);
        }
        Ok(ids)
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut list: S) -> Result<Ids, S::Error> {
        let mut ids = Ids::default();
        while list.next_element::<IgnoredAny>()?.is_some() {
            if ids.count == u64::from(u32::MAX) {
                return Err(S::Error::custom("more tokens than ids have room for"));
            }
            ids.take(ids.count);
        }
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

    #[test]
    fn other_files_are_left_alone_and_broken_ones_say_why() {
        assert!(!reads("merges.txt"));
        let error = read("vocab.json", b"{\"a\":-1}").expect_err("negative").to_string();
        assert!(error.contains("invalid value: integer `-1`"), "{error}");
    }
}
