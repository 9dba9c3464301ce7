//! Where a pickle puts what it will need again.

use std::collections::BTreeMap;

use super::values::Value;

/// The memo: dense, as picklers write it, and sparse where a file does otherwise.
#[derive(Default)]
pub(super) struct Memo {
    dense: Vec<Value>,
    sparse: BTreeMap<u64, Value>,
}

impl Memo {
    pub(super) fn put(&mut self, at: u64, value: Value) {
        match usize::try_from(at) {
            Ok(at) if at < self.dense.len() => self.dense[at] = value,
            Ok(at) if at == self.dense.len() => {
                self.dense.push(value);
                self.sparse.remove(&(at as u64));
            }
            _ => {
                self.sparse.insert(at, value);
            }
        }
    }

    pub(super) fn get(&self, at: u64) -> Option<Value> {
        let dense = usize::try_from(at).ok().and_then(|at| self.dense.get(at));
        dense.or_else(|| self.sparse.get(&at)).copied()
    }

    pub(super) fn len(&self) -> u64 {
        (self.dense.len() + self.sparse.len()) as u64
    }
}
