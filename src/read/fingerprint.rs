//! A digest of a part of a JSON document as it is parsed, so that two versions of the part can be told
//! apart without either being kept. It goes by the values, not by how they are written.

use std::fmt;

use serde::{
    Deserializer,
    de::{DeserializeSeed, MapAccess, SeqAccess, Visitor},
};

use crate::digest::{Algorithm, Hasher};

/// Bytes that are gathered before they are hashed.
const GATHERED: usize = 8192;

/// A digest in the making.
pub(super) struct Fingerprint {
    hasher: Hasher,
    gathered: Vec<u8>,
}

impl Fingerprint {
    pub(super) fn new() -> Self {
        Self {
            hasher: Hasher::new(Algorithm::Sha256, 0),
            gathered: Vec::with_capacity(2 * GATHERED),
        }
    }

    /// Takes in a piece; `kind` and the length keep `["ab"]` and `["a", "b"]` apart.
    pub(super) fn take(&mut self, kind: u8, bytes: &[u8]) {
        self.gathered.push(kind);
        self.gathered.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
        self.gathered.extend_from_slice(bytes);
        if self.gathered.len() >= GATHERED {
            self.hasher.update(&self.gathered);
            self.gathered.clear();
        }
    }

    /// The first digits, enough for a reader to tell two apart: `sha256 1a2b3c4d5e6f7a8b`.
    pub(super) fn words(mut self) -> String {
        self.hasher.update(&self.gathered);
        let digest = self.hasher.finish().to_string();
        format!("sha256 {}", digest.get(..16).unwrap_or(&digest))
    }
}

/// Takes in any value.
pub(super) struct Value<'f>(pub(super) &'f mut Fingerprint);

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.0.take(b'n', &[]);
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.0.take(b'b', &[u8::from(value)]);
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.0.take(b'u', &value.to_le_bytes());
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.0.take(b'i', &value.to_le_bytes());
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.0.take(b'f', &value.to_le_bytes());
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.0.take(b's', value.as_bytes());
        Ok(())
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut list: S) -> Result<(), S::Error> {
        self.0.take(b'[', &[]);
        while list.next_element_seed(Value(self.0))?.is_some() {}
        self.0.take(b']', &[]);
        Ok(())
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        self.0.take(b'{', &[]);
        while map.next_key_seed(Value(self.0))?.is_some() {
            map.next_value_seed(Value(self.0))?;
        }
        self.0.take(b'}', &[]);
        Ok(())
    }
}

/// Takes in a list, and counts its entries; anything else is a list of itself.
pub(super) struct Entries<'f>(pub(super) &'f mut Fingerprint);

impl<'de> DeserializeSeed<'de> for Entries<'_> {
    type Value = u64;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<u64, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Entries<'_> {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_unit<E>(self) -> Result<u64, E> {
        Ok(0)
    }

    fn visit_str<E>(self, value: &str) -> Result<u64, E> {
        self.0.take(b's', value.as_bytes());
        Ok(1)
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut list: S) -> Result<u64, S::Error> {
        let mut count = 0;
        while list.next_element_seed(Value(self.0))?.is_some() {
            count += 1;
        }
        Ok(count)
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<u64, M::Error> {
        let mut count = 0;
        while map.next_key_seed(Value(self.0))?.is_some() {
            map.next_value_seed(Value(self.0))?;
            count += 1;
        }
        Ok(count)
    }
}
