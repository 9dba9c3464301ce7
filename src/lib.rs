//! Says what a downloaded model release really contains.

pub mod digest;
pub mod digests;
pub mod evidence;
pub mod facts;
pub mod inventory;
pub mod judge;
pub mod layers;
pub mod licenses;
pub mod locate;
pub mod read;
pub mod render;
pub mod report;
pub mod sets;
pub mod source;
pub mod terms;
pub mod words;

// The sample report of the tests is written against the library as others see it.
#[cfg(test)]
extern crate self as weighbill;
