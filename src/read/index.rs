//! `*.index.json`: which shard holds which tensor. Streamed: an index of 500,000 tensors is 60 MB.

use std::fmt;

use serde::{
    Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, Visitor},
};
use serde_json::Value;

use super::{gathering::escape, notes::Notes};
use crate::facts::{Making, Oddity, ShardIndex, What};

/// Longer indexes are not read.
pub(super) const LONGEST: u64 = 1 << 30;

/// Reads an index; of a broken one, what stands before the fault.
pub(super) fn read(path: &str, bytes: &[u8]) -> (ShardIndex, Vec<Oddity>) {
    let (mut index, mut odd) = (ShardIndex::default(), Notes::new(path));
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let outcome = Outer { index: &mut index, odd: &mut odd }.deserialize(&mut json);
    if let Err(fault) = outcome.and_then(|()| json.end()) {
        odd.of_file(What::ConfigInvalid, format!("is not a valid index of shards: {fault}"));
    } else if index.weight_map.is_empty() {
        odd.of_file(What::ConfigInvalid, "names no shard: `weight_map` is missing or empty");
    }
    (index, odd.oddities())
}

struct Outer<'a> {
    index: &'a mut ShardIndex,
    odd: &'a mut Notes,
}

impl<'de> DeserializeSeed<'de> for Outer<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Outer<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object with `weight_map`")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "weight_map" => {
                    map.next_value_seed(WeightMap { index: self.index, odd: self.odd })?;
                }
                "metadata" => {
                    let metadata: Value = map.next_value()?;
                    self.index.total_size = metadata.get("total_size").and_then(whole);
                    self.index.total_parameters = metadata.get("total_parameters").and_then(whole);
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// A whole number, also where it is written as a float (`13731385408.0`) or in quotes.
fn whole(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64().or_else(|| {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "held to whole numbers below 2^53, which are exact"
            )]
            let taken = |n: f64| n as u64;
            let float = number.as_f64()?;
            (float.fract() == 0.0 && (0.0..9_007_199_254_740_992.0).contains(&float))
                .then(|| taken(float))
        }),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

struct WeightMap<'a> {
    index: &'a mut ShardIndex,
    odd: &'a mut Notes,
}

impl<'de> DeserializeSeed<'de> for WeightMap<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for WeightMap<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("tensor names and their shards")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        let mut safe = String::new(); // the last shard that was found to be one
        let mut made = Making::default();
        let outcome = loop {
            let (tensor, shard) = match map.next_entry::<String, String>() {
                Ok(Some(entry)) => entry,
                Ok(None) => break Ok(()),
                Err(fault) => break Err(fault),
            };
            if shard != safe {
                match escape(&shard) {
                    None => safe.clone_from(&shard),
                    Some(why) => {
                        let saying = format!("is said to lie in `{shard}`, {why}; not followed");
                        self.odd.of_tensor(What::PathEscapes, &tensor, saying);
                    }
                }
            }
            made.add(tensor.into_boxed_str(), &shard);
        };
        let (made, twice) = made.finish();
        if let Some(tensor) = twice {
            self.odd.of_tensor(What::DuplicateName, &tensor, "stands twice in the index");
        }
        self.index.weight_map = made; // of a broken index, what stands before the fault
        outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_taken_in_every_way_they_are_written() {
        check(r#"{"metadata":{"total_size":10},"weight_map":{"a":"x"}}"#, Some(10));
        check(
            r#"{"metadata":{"total_size":13731385408.0},"weight_map":{"a":"x"}}"#,
            Some(13_731_385_408),
        );
        check(r#"{"metadata":{"total_size":0.5},"weight_map":{"a":"x"}}"#, None);
        check(r#"{"metadata":{"total_size":-1},"weight_map":{"a":"x"}}"#, None);
        check(r#"{"weight_map":{"a":"x"}}"#, None);
    }

    #[track_caller]
    fn check(json: &str, total: Option<u64>) {
        let (index, oddities) = read("model.safetensors.index.json", json.as_bytes());
        assert_eq!((index.total_size, oddities), (total, vec![]));
        assert_eq!(index.weight_map.shards(), ["x"]);
    }

    #[test]
    fn what_is_wrong_is_told_and_the_rest_is_kept() {
        odd(r#"{"weight_map":{"a":"../x"}}"#, What::PathEscapes);
        odd(r#"{"weight_map":{"a":"C:\\x"}}"#, What::PathEscapes);
        odd(r#"{"weight_map":{"a":"x","a":"y"}}"#, What::DuplicateName);
        odd(r#"{"weight_map":{"a":"x"}} trailing"#, What::ConfigInvalid);
        odd(r#"{"weight_map":{"a":"x","b":1}}"#, What::ConfigInvalid);
    }

    #[track_caller]
    fn odd(json: &str, what: What) {
        let (index, oddities) = read("model.safetensors.index.json", json.as_bytes());
        assert_eq!(oddities[0].what, what);
        assert!(index.weight_map.get("a").is_some());
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            let _ = read("i", &bytes);
        }
    }
}
