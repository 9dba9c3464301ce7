//! Says what a downloaded model release really contains.

pub mod digest;
pub mod source;
