//! Says what a downloaded model release really contains.

pub mod licenses;
