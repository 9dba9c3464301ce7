//! Files of tensors, and the indexes over them.

use std::collections::BTreeMap;

use super::Tensor;

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
}

/// A `*.index.json`: which shard holds which tensor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShardIndex {
    /// Tensor name to shard file name, in the order of names.
    pub weight_map: BTreeMap<String, String>,
    /// `metadata.total_size`, in bytes; a float is taken where it is a whole number.
    pub total_size: Option<u64>,
    /// `metadata.total_parameters`.
    pub total_parameters: Option<u64>,
}

impl ShardIndex {
    /// The shards named, each once, in order.
    pub fn shards(&self) -> Vec<&str> {
        let mut shards: Vec<&str> = self.weight_map.values().map(String::as_str).collect();
        shards.sort_unstable();
        shards.dedup();
        shards
    }
}
