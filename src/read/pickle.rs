//! Walks pickles without running them: what they would build, import and call, as values.
//!
//! The walk has a stack, marks and a memo as the unpickler has, and never looks back over opcodes.
//! An import becomes a name, a call a node that remembers what it was handed; nothing is looked up
//! and nothing is called: there is no code here that could.

mod carried;
mod joblib;
mod machine;
mod memo;
mod opcodes;
mod resolve;
mod summary;
#[cfg(test)]
mod tests;
mod texts;
mod values;

pub(super) use carried::{Carried, is_name, told};
pub(super) use machine::{Ending, Walk, trial, walk};
pub(super) use opcodes::is_opcode;
pub(super) use values::{Call, Node, Value, Values};
