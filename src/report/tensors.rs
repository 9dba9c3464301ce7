//! Files of tensors: what is recorded of them, their tensors, the sets that they make.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::words::Role;

/// A digest that something recorded for a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// `hub_blob`, `lfs_pointer`, `checksum_list` …
    pub by: String,
    /// `sha256`, `git_blob_sha1` …
    pub algorithm: String,
    /// Lower-case hex.
    pub digest: String,
    /// `match`, `mismatch` or `unchecked`.
    pub result: String,
}

/// One file of tensors.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Weights {
    /// Relative to the root.
    pub path: String,
    /// The format's name.
    pub format: String,
    /// The producer's own notes.
    pub metadata: BTreeMap<String, String>,
    /// How often its graph calls which operator; empty where it has no graph.
    #[serde(default)]
    pub operators: BTreeMap<String, u64>,
    /// By start, then name.
    pub tensors: Vec<Tensor>,
}

/// One tensor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tensor {
    /// As the file names it.
    pub name: String,
    /// `BF16`, `Q4_K` …
    pub dtype: String,
    /// Outermost first.
    pub shape: Vec<u64>,
    /// `None` where the product overflows.
    pub elements: Option<u64>,
    /// Start and end in the file, end exclusive.
    pub bytes: Option<(u64, u64)>,
    /// What it is to the model.
    pub role: Role,
    /// Of its bytes, lower-case hex.
    pub sha256: Option<String>,
    /// Of its elements, where asked for.
    pub stats: Option<Statistics>,
}

/// Statistics of a tensor's elements. Numbers that are not finite are written as the strings
/// `"NaN"`, `"Infinity"` and `"-Infinity"`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Statistics {
    /// Least.
    pub min: Number,
    /// Greatest.
    pub max: Number,
    /// Of the finite elements.
    pub mean: Number,
    /// Of the finite elements, over the whole population.
    pub std: Number,
    /// Elements that are zero, of either sign.
    pub zeros: u64,
    /// Elements that are not a number.
    pub nan: u64,
    /// Elements that are infinite, of either sign.
    pub inf: u64,
}

/// A number that may be no finite one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number(pub f64);

impl Serialize for Number {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            n if n.is_nan() => serializer.serialize_str("NaN"),
            f64::INFINITY => serializer.serialize_str("Infinity"),
            f64::NEG_INFINITY => serializer.serialize_str("-Infinity"),
            n => serializer.serialize_f64(n),
        }
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Finite(f64),
            Word(String),
        }
        match Written::deserialize(deserializer)? {
            Written::Finite(n) => Ok(Self(n)),
            Written::Word(word) => match word.as_str() {
                "NaN" => Ok(Self(f64::NAN)),
                "Infinity" => Ok(Self(f64::INFINITY)),
                "-Infinity" => Ok(Self(f64::NEG_INFINITY)),
                _ => Err(serde::de::Error::custom(format!("`{word}` is not a number"))),
            },
        }
    }
}

/// Files that hold the same weights once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeightSet {
    /// `safetensors`, `gguf Q4_K_M`, `onnx/model.onnx` …
    pub id: String,
    /// Whether totals count this one.
    pub primary: bool,
    /// Its files.
    pub paths: Vec<String>,
    /// Of its files.
    pub format: String,
    /// All of them, whatever their role.
    pub tensors: u64,
    /// Logical: packed elements counted as what they stand for.
    pub parameters: Option<u64>,
    /// As stored.
    pub elements: Option<u64>,
    /// Elements of buffers.
    pub buffers: u64,
    /// Elements of scales, zero points and the like.
    pub helpers: u64,
    /// Bytes of all its tensors, helpers and all; 0 in reports of before they were told.
    #[serde(default)]
    pub bytes: u64,
}

impl WeightSet {
    /// Stored bits for each logical parameter, helpers and all: 4.8 or so where a name says `Q4_K_M`.
    /// `None` where they are not known, or are those of a plain element type.
    #[expect(clippy::cast_precision_loss, reason = "a ratio for readers")]
    pub fn packed_bits(&self) -> Option<f64> {
        let parameters = self.parameters.filter(|n| *n > 0 && self.bytes > 0)?;
        let bits = self.bytes as f64 * 8.0 / parameters as f64;
        let plain = [8.0, 16.0, 32.0, 64.0].iter().any(|of: &f64| (bits - of).abs() < 0.05);
        (!plain).then_some(bits)
    }
}
