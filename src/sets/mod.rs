//! Which files are the same weights, how many parameters they hold, and what the config implies.

use std::collections::BTreeMap;

use crate::{facts::Facts, words::Role};

/// The weights of a release, grouped and counted.
#[derive(Clone, Debug, Default)]
pub struct Sets {
    /// The sets, the primary one first.
    pub sets: Vec<WeightSet>,
    /// The role of each tensor, by index of its artifact, in the order of the file's tensors.
    pub roles: BTreeMap<usize, Vec<Role>>,
}

/// Files that hold the same weights once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WeightSet {
    /// What to call it: the format, and what tells it from its like.
    pub id: String,
    /// Its format.
    pub format: &'static str,
    /// Indexes of its artifacts.
    pub files: Vec<usize>,
    /// All tensors, whatever their role.
    pub tensors: u64,
    /// Logical parameters: packed elements counted as what they stand for; `None` where the sum
    /// overflows or the packing is not known.
    pub parameters: Option<u64>,
    /// Elements as stored, all roles; `None` where the sum overflows.
    pub elements: Option<u64>,
    /// Elements of buffers.
    pub buffers: u64,
    /// Elements of scales, zero points and the like.
    pub helpers: u64,
    /// Parameters by element type.
    pub dtypes: BTreeMap<String, u64>,
    /// Bytes of all its tensors.
    pub bytes: u64,
}

impl Sets {
    /// The set that totals count.
    pub fn primary(&self) -> Option<&WeightSet> {
        self.sets.first()
    }
}

/// Groups and counts the weights of a release.
pub fn group(_facts: &Facts) -> Sets {
    Sets::default()
}
