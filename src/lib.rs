//! Says what a downloaded model release really contains.

pub mod evidence;
pub mod facts;
pub mod judge;
pub mod read;
pub mod report;
pub mod sets;
pub mod source;
pub mod words;
