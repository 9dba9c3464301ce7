//! Files of tensors, and the indexes over them.

use std::collections::BTreeMap;

use super::{Pickle, Tensor, WeightMap};
use crate::words::Role;

/// A file of tensors.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WeightFile {
    /// The format's name.
    pub format: &'static str,
    /// The producer's own notes: `__metadata__`, GGUF key-value pairs (arrays as their length).
    pub metadata: BTreeMap<String, String>,
    /// By position in the file, then name.
    pub tensors: Vec<Tensor>,
    /// Tensors that this file names and another one stores (external data): its path relative to
    /// this file's folder, and their places in it.
    pub elsewhere: Vec<(String, Vec<Tensor>)>,
    /// What the file has a runtime do, where it holds a graph or layers: each operator
    /// (`Conv`, `com.microsoft::MatMulNBits`) and in how many nodes it is called.
    pub operators: BTreeMap<String, u64>,
    /// Tensors in the file that are not the model's own parameters and buffers: optimizer state,
    /// averaged copies.
    pub apart: Vec<Apart>,
    /// Every pickle in it, with what loading it would import and call.
    pub pickles: Vec<Pickle>,
    /// Chat templates in it, whole, each with its key.
    pub templates: Vec<(String, String)>,
}

/// Tensors that lie beside the model's own, under a key of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Apart {
    /// Where they lie, e.g. `optimizer_states.0`.
    pub key: String,
    /// [`Role::Optimizer`], or [`Role::Other`] for averaged copies, random states and the like.
    pub role: Role,
    /// By position in the file, then name; names begin with the key.
    pub tensors: Vec<Tensor>,
}

/// A `*.index.json`: which shard holds which tensor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShardIndex {
    /// Tensor name to shard file name.
    pub weight_map: WeightMap,
    /// `metadata.total_size`, in bytes; a float is taken where it is a whole number.
    pub total_size: Option<u64>,
    /// `metadata.total_parameters`.
    pub total_parameters: Option<u64>,
}
