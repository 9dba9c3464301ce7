//! A tensor as its header describes it.

use std::ops::Range;

use super::Dtype;

/// One named array in a weight file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tensor {
    /// The key in the header, e.g. `model.layers.0.self_attn.q_proj.weight`.
    pub name: String,
    /// Element type.
    pub dtype: Dtype,
    /// Extents, outermost first, row-major: `[11008, 4096]` is 11008 rows of 4096 elements.
    /// `[]` is a scalar (1 element); a `0` anywhere means no elements, and is legal.
    pub shape: Vec<u64>,
    /// Where the elements lie, in bytes from the start of the *file*, end exclusive; `None` where
    /// they are compressed, strided or not stored as such.
    pub bytes: Option<Range<u64>>,
}

impl Tensor {
    /// Number of elements (not bytes): the product of the extents; `None` where it overflows.
    pub fn elements(&self) -> Option<u64> {
        if self.shape.contains(&0) {
            return Some(0);
        }
        self.shape.iter().try_fold(1, |n: u64, &extent| n.checked_mul(extent))
    }

    /// In bytes as stored; 0 where the place is not known.
    pub fn len(&self) -> u64 {
        self.bytes.as_ref().map_or(0, |bytes| bytes.end.saturating_sub(bytes.start))
    }

    /// Whether no bytes are stored.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
