//! Says what a downloaded model release really contains.

pub mod digest;
pub mod evidence;
pub mod facts;
pub mod inventory;
pub mod judge;
pub mod licenses;
pub mod locate;
pub mod read;
pub mod report;
pub mod sets;
pub mod source;
pub mod words;
