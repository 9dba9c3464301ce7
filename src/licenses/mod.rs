//! What a license text is, what it asks, and where two statements about licenses differ.
//!
//! All of it is pure: texts and values in, facts out. Nothing is opened or fetched here.
mod answers;
mod catalog;
mod class;
mod compare;
mod cover;
mod declared;
mod decode;
mod detect;
mod duties;
mod fold;
mod leftover;
mod links;
mod markup;
pub mod mof;
mod nearest;
mod ordinary;
mod phrases;
mod read;
mod shingles;
mod sniff;
mod standards;
mod terms;
mod uses;
pub use answers::answers;
pub use catalog::{Catalog, HubId, Kind, License, catalog};
pub use class::{Class, Freedom};
pub use compare::{Agreement, compare, dropped};
pub use declared::{Declared, Meaning, declared};
pub use decode::Encoding;
pub use duties::{Duty, Shown, Unmet, unmet};
pub use links::by_link;
pub use ordinary::license;
pub use read::{How, Match, Reading, read};
pub use sniff::{ErrorPage, ReadingKind};
pub use terms::{Is, TOPICS, Term};
pub use uses::{NoSuchUse, Says, Situation, USES, Use, UseAnswer};

#[cfg(test)]
mod gotchas;
#[cfg(test)]
mod measured;
