//! A header's object, read twice over: fast as nearly all are, and patiently where that fails.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{self, DeserializeSeed, MapAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::Value;

use super::super::notes::Notes;
use crate::facts::{Dtype, What};

/// What a header lists, in its order.
#[derive(Default)]
pub(super) struct Entries {
    pub(super) metadata: BTreeMap<String, String>,
    pub(super) tensors: Vec<(String, Entry)>,
}

/// One tensor as the header has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    pub(super) dtype: Named,
    pub(super) shape: Vec<u64>,
    /// In bytes from the start of the data section, end exclusive.
    pub(super) data_offsets: (u64, u64),
}

/// An element type, looked up without a copy of its name.
pub(super) struct Named(pub(super) Dtype);

impl<'de> Deserialize<'de> for Named {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl Visitor<'_> for Name {
            type Value = Named;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("the name of an element type")
            }

            fn visit_str<E: de::Error>(self, name: &str) -> Result<Named, E> {
                Ok(Named(Dtype::named(name)))
            }
        }
        deserializer.deserialize_str(Name)
    }
}

/// Reads the header's object with `visitor`, which keeps what it has seen when an error ends it.
pub(super) fn parse<'de>(
    text: &'de str,
    visitor: &mut impl ReadsHeader<'de>,
) -> Result<(), serde_json::Error> {
    struct Outer<'a, H>(&'a mut H);
    impl<'de, H: ReadsHeader<'de>> Visitor<'de> for Outer<'_, H> {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
            f.write_str("an object of tensors")
        }

        fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
            while let Some(name) = map.next_key::<String>()? {
                self.0.entry(name, &mut map)?;
            }
            Ok(())
        }
    }
    let mut json = serde_json::Deserializer::from_str(text);
    json.deserialize_map(Outer(visitor))?;
    json.end()
}

pub(super) trait ReadsHeader<'de> {
    fn entry<M: MapAccess<'de>>(&mut self, name: String, map: &mut M) -> Result<(), M::Error>;
}

/// Takes headers as nearly all are; anything else is an error.
pub(super) struct Fast<'a> {
    entries: &'a mut Entries,
    /// Whether metadata was read.
    told: bool,
}

impl<'a> Fast<'a> {
    pub(super) fn of(entries: &'a mut Entries) -> Self {
        Self { entries, told: false }
    }
}

impl<'de> ReadsHeader<'de> for Fast<'_> {
    fn entry<M: MapAccess<'de>>(&mut self, name: String, map: &mut M) -> Result<(), M::Error> {
        if name == "__metadata__" {
            self.entries.metadata = map.next_value_seed(Once(self.told))?;
            self.told = true;
        } else {
            self.entries.tensors.push((name, map.next_value_seed(AsObject)?));
        }
        Ok(())
    }
}

/// A map of texts, where none was read before and no key of it stands twice.
struct Once(bool);

impl<'de> DeserializeSeed<'de> for Once {
    type Value = BTreeMap<String, String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Once {
    type Value = BTreeMap<String, String>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object of texts")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
        let mut read = BTreeMap::new();
        while let Some((key, value)) = map.next_entry::<String, String>()? {
            if read.insert(key, value).is_some() {
                return Err(de::Error::custom("a key of the metadata stands twice"));
            }
        }
        if self.0 {
            Err(de::Error::duplicate_field("__metadata__"))
        } else {
            Ok(read)
        }
    }
}

/// An entry written as an object; `serde` would take a list of its fields as well.
struct AsObject;

impl<'de> DeserializeSeed<'de> for AsObject {
    type Value = Entry;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Entry, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for AsObject {
    type Value = Entry;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object with dtype, shape and data_offsets")
    }

    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Entry, M::Error> {
        Entry::deserialize(MapAccessDeserializer::new(map))
    }
}

/// Takes any JSON object and says of each entry what is wrong with it.
pub(super) struct Patient<'a> {
    pub(super) entries: &'a mut Entries,
    pub(super) odd: &'a mut Notes,
}

impl<'de> ReadsHeader<'de> for Patient<'_> {
    fn entry<M: MapAccess<'de>>(&mut self, name: String, map: &mut M) -> Result<(), M::Error> {
        let value: Value = map.next_value()?;
        if name == "__metadata__" {
            self.metadata(value);
        } else {
            self.tensor(name, &value);
        }
        Ok(())
    }
}

impl Patient<'_> {
    fn metadata(&mut self, value: Value) {
        match value {
            Value::Null => self.odd.of_file(What::HeaderUnusual, "`__metadata__` is null"),
            Value::Object(map) => {
                for (key, value) in map {
                    if let Value::String(text) = value {
                        self.entries.metadata.insert(key, text);
                    } else {
                        let saying =
                            format!("`__metadata__` has a value that is no text, at `{key}`");
                        self.odd.of_file(What::HeaderInvalid, saying);
                    }
                }
            }
            _ => self.odd.of_file(What::HeaderInvalid, "`__metadata__` is no object"),
        }
    }

    fn tensor(&mut self, name: String, value: &Value) {
        let known = ["dtype", "shape", "data_offsets"];
        let field = |at: usize| match value {
            Value::Array(fields) if fields.len() == known.len() => fields.get(at),
            value => value.get(known[at]),
        };
        let entry = || {
            Some(Entry {
                dtype: Named(Dtype::named(field(0)?.as_str()?)),
                shape: Vec::deserialize(field(1)?).ok()?,
                data_offsets: <(u64, u64)>::deserialize(field(2)?).ok()?,
            })
        };
        let Some(entry) = entry() else {
            let saying = "is not described by an element type, a shape and two offsets from 0";
            return self.odd.of_tensor(What::HeaderInvalid, &name, saying);
        };
        if value.is_array() {
            let saying = "is described by a list, which not all readers take";
            self.odd.of_tensor(What::HeaderUnusual, &name, saying);
        }
        let extra = value.as_object().into_iter().flat_map(serde_json::Map::keys);
        for field in extra.filter(|field| !known.contains(&field.as_str())) {
            let saying = format!("has a field `{field}` that loaders ignore");
            self.odd.of_tensor(What::HeaderUnusual, &name, saying);
        }
        self.entries.tensors.push((name, entry));
    }
}
