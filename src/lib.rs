//! Says what a downloaded model release really contains.

// The sample report of the tests is written against the library as others see it.
#[cfg(test)]
extern crate self as weighbill;

pub mod evidence;
pub mod facts;
pub mod judge;
pub mod layers;
pub mod read;
pub mod render;
pub mod report;
pub mod sets;
pub mod source;
pub mod words;
