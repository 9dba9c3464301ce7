//! Vocabularies: how many tokens, and the highest id. Streamed: a vocabulary can be 30 MB.

mod patterns;

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
    fmt,
};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::Value;

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

/// Reads a vocabulary by the name of its file, one that [`reads`] knows; with it, what is odd, in
/// clauses.
pub(super) fn read(
    name: &str,
    bytes: &[u8],
) -> Result<(Tokenizer, Vec<String>), serde_json::Error> {
    let known = HashMap::new();
    let seen = RefCell::default();
    let vocabulary = || Vocabulary { marks: &known, seen: &seen };
    let tokenizer = match name {
        "tokenizer.json" => return whole(bytes),
        "vocab.json" | "encoder.json" => from_json(bytes, vocabulary()).map(|ids| Tokenizer {
            vocabulary: ids.count,
            highest_id: ids.highest,
            ..Tokenizer::default()
        })?,
        "added_tokens.json" => from_json(bytes, vocabulary()).map(|ids| Tokenizer {
            added: ids.count,
            highest_id: ids.highest,
            ..Tokenizer::default()
        })?,
        _ => {
            let lines = bytes.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()).count();
            Tokenizer {
                vocabulary: lines as u64,
                highest_id: (lines as u64).checked_sub(1),
                ..Tokenizer::default()
            }
        }
    };
    Ok((tokenizer, Vec::new()))
}

/// Reads a `tokenizer.json`; once more, where the added tokens stand behind the vocabulary that they
/// are held against.
fn whole(bytes: &[u8]) -> Result<(Tokenizer, Vec<String>), serde_json::Error> {
    let first = from_json(bytes, Whole(Vec::new()))?;
    let read = if first.late {
        from_json(bytes, Whole(first.added))?
    } else {
        first
    };
    let Read { mut tokenizer, added, parts, seen, .. } = read;
    let mut odd = Vec::new();
    let special: Vec<&str> = added
        .iter()
        .filter(|it| it.special && it.content.len() > 2)
        .map(|it| it.content.as_str())
        .collect();
    for (name, part) in &parts {
        patterns::check(name, part, &special, &mut odd);
    }
    let mut by_id: BTreeMap<u64, &str> = BTreeMap::new();
    for token in &added {
        let other = by_id.insert(token.id, &token.content);
        if let Some(other) = other.filter(|other| *other != token.content) {
            odd.push(format!(
                "the id {} is that of {other:?} and of {:?}",
                token.id, token.content
            ));
        }
    }
    for (content, id, other) in seen.differs {
        odd.push(format!("{content:?} is added as {id}, and is {other} in the vocabulary"));
    }
    if seen.twice > 0 {
        odd.push(format!("{} tokens of the vocabulary have the id of another", seen.twice));
    }
    odd.truncate(MOST_ODD);
    tokenizer.marks = added.into_iter().take(MOST_MARKS).map(|it| (it.id, it.content)).collect();
    Ok((tokenizer, odd))
}

/// Added tokens that are kept, and oddities that are told.
const MOST_MARKS: usize = 1 << 16;
const MOST_ODD: usize = 20;
/// Ids up to this one are looked at for whether they stand twice.
const HIGHEST: u64 = 1 << 26;

/// A token beside the vocabulary.
#[derive(Deserialize)]
struct Added {
    id: u64,
    #[serde(default)]
    content: String,
    #[serde(default)]
    special: bool,
}

/// A `tokenizer.json`, as far as it is kept.
#[derive(Default)]
struct Read {
    tokenizer: Tokenizer,
    added: Vec<Added>,
    /// What changes texts before, and after, they are tokens.
    parts: Vec<(String, Value)>,
    seen: Seen,
    /// Whether the vocabulary stood before the added tokens.
    late: bool,
}

/// What was seen of a vocabulary beside its length.
#[derive(Default)]
struct Seen {
    /// A bit for each id.
    ids: Vec<u64>,
    twice: u64,
    /// Added tokens that have another id here: content, id there, id here.
    differs: Vec<(String, u64, u64)>,
}

impl Seen {
    fn take(&mut self, id: u64) {
        let (Ok(word), bit) = (usize::try_from(id / 64), 1u64 << (id % 64)) else {
            return;
        };
        if id > HIGHEST {
            return;
        }
        if self.ids.len() <= word {
            self.ids.resize(word + 1, 0);
        }
        self.twice += u64::from(self.ids[word] & bit != 0);
        self.ids[word] |= bit;
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

/// `tokenizer.json` as a whole, with the added tokens where they are known.
struct Whole(Vec<Added>);

impl<'de> DeserializeSeed<'de> for Whole {
    type Value = Read;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Read, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Whole {
    type Value = Read;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a tokenizer")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Read, M::Error> {
        let mut read = Read { added: self.0, ..Read::default() };
        let (mut told, mut vocabulary) = (!read.added.is_empty(), false);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "added_tokens" => {
                    let added: Option<Vec<Added>> = map.next_value()?;
                    let added = added.unwrap_or_default();
                    for token in &added {
                        read.tokenizer.added += 1;
                        read.tokenizer.highest_id = read.tokenizer.highest_id.max(Some(token.id));
                    }
                    read.late = vocabulary && !told && !added.is_empty();
                    (read.added, told) = (added, true);
                }
                "model" => {
                    let marks = read.added.iter().map(|it| (it.content.as_str(), it.id)).collect();
                    let seen = RefCell::new(std::mem::take(&mut read.seen));
                    let model = Model(Vocabulary { marks: &marks, seen: &seen });
                    let (model, ids) = map.next_value_seed(model)?;
                    read.seen = seen.into_inner();
                    read.tokenizer.model = model;
                    read.tokenizer.vocabulary = ids.count;
                    read.tokenizer.highest_id = read.tokenizer.highest_id.max(ids.highest);
                    vocabulary = true;
                }
                "normalizer" | "pre_tokenizer" | "decoder" => {
                    let part = map.next_value()?;
                    read.parts.push((key, part));
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(read)
    }
}

/// The `model` of a `tokenizer.json`.
struct Model<'a>(Vocabulary<'a>);

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
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "type" => model = map.next_value()?,
                "vocab" => ids = map.next_value_seed(self.0)?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok((model, ids))
    }
}

/// A map from tokens to ids, or a list whose places are the ids.
#[derive(Clone, Copy)]
struct Vocabulary<'a> {
    /// The added tokens, by content.
    marks: &'a HashMap<&'a str, u64>,
    seen: &'a RefCell<Seen>,
}

impl<'de> DeserializeSeed<'de> for Vocabulary<'_> {
    type Value = Ids;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Ids, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Vocabulary<'_> {
    type Value = Ids;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("tokens and their ids")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Ids, M::Error> {
        let mut ids = Ids::default();
        let mut seen = self.seen.borrow_mut();
        while let Some(mark) = map.next_key_seed(Known(self.marks))? {
            let id = map.next_value()?;
            ids.take(id);
            seen.take(id);
            if let Some((content, other)) = mark.filter(|(_, other)| *other != id) {
                seen.differs.push((content, other, id));
            }
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

/// A token of the vocabulary: kept where it is one of those added.
struct Known<'a>(&'a HashMap<&'a str, u64>);

impl<'de> DeserializeSeed<'de> for Known<'_> {
    type Value = Option<(String, u64)>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Known<'_> {
    type Value = Option<(String, u64)>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a token")
    }

    fn visit_str<E: serde::de::Error>(self, token: &str) -> Result<Self::Value, E> {
        Ok(self.0.get(token).map(|id| (token.to_owned(), *id)))
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
        let (it, odd) = read(name, text.as_bytes()).expect("valid");
        assert_eq!(odd, [""; 0]);
        let (model, highest) = (it.model.as_deref(), it.highest_id);
        assert_eq!((model, it.vocabulary, it.added, highest), expected);
    }

    #[test]
    fn ids_that_contradict_each_other_are_told() {
        let odd = |text: &str| read("tokenizer.json", text.as_bytes()).expect("valid").1;
        let added = r#""added_tokens":[{"id":7,"content":"</s>"}]"#;
        let model = r#""model":{"vocab":{"a":0,"</s>":2,"b":0}}"#;
        let told = [
            "\"</s>\" is added as 7, and is 2 in the vocabulary",
            "1 tokens of the vocabulary have the id of another",
        ];
        assert_eq!(odd(&format!("{{{added},{model}}}")), told);
        assert_eq!(odd(&format!("{{{model},{added}}}")), told);
    }

    #[test]
    fn other_files_are_left_alone_and_broken_ones_say_why() {
        assert!(!reads("merges.txt"));
        let error = read("vocab.json", b"{\"a\":-1}").expect_err("negative").to_string();
        assert!(error.contains("invalid value: integer `-1`"), "{error}");
    }
}
