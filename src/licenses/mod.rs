//! What a license text is, what it asks, and where two statements about licenses differ.
//!
//! All of it is pure: texts and values in, facts out. Nothing is opened or fetched here, and nothing
//! here is advice.
//!
//! | question | answered by |
//! | --- | --- |
//! | Which licenses are in this text? | [`read`] |
//! | What does this declared value mean? | [`declared`], [`by_link`] |
//! | Which licenses does this sentence name? | [`named_in`] |
//! | Which license does the header of a code file state? | [`stated_in_header`] |
//! | What does this license ask? | [`license`], [`License::terms`] |
//! | What does it say about this use? | [`answers`] |
//! | Do the card and the text agree? | [`compare`] |
//! | What of the base model's license was dropped? | [`dropped`] |
//! | Which duties are not seen to be met? | [`unmet`] |
//! | What was a well-known base model or data set published under? | [`of_model`], [`of_dataset`] |
//! | Is it open for the Model Openness Framework? | [`mof`] |
//!
//! Where a text goes: `decode` and `sniff` (is it text at all?), `markup` and `fold` (one form for
//! all), `phrases` (the catalog's own licenses), `editions` (whole, cut or changed) and `structure` (where no edition is known), `standards` (ordinary ones, word for word), `nearest`
//! (changed ones), `differ` and `wording` (which words differ, and which of them say something), `cover` and `leftover` (what is there beside them), `translated` (official translations), `detect` (all of it in
//! order).

pub mod mof;

mod answers;
mod catalog;
mod class;
mod compare;
mod cover;
mod declared;
mod decode;
mod detect;
mod differ;
mod duties;
mod editions;
mod fold;
mod header;
mod known;
mod leftover;
mod links;
mod markup;
mod nearest;
mod ordinary;
mod phrases;
mod places;
mod read;
mod shingles;
mod sniff;
mod spoken;
mod standards;
mod structure;
mod terms;
mod translated;
mod uses;
mod wording;

pub use answers::{answers, any_of};
pub use catalog::{Catalog, HubId, Kind, License, catalog};
pub use class::{Class, Freedom};
pub use compare::{Agreement, compare, dropped, same_text};
pub use declared::{Declared, Meaning, declared};
pub use decode::Encoding;
pub use duties::{Duty, Shown, Unmet, unmet};
pub use header::stated_in_header;
pub use known::{Known, of_dataset, of_model};
pub use links::by_link;
pub use ordinary::{SPDX_LIST, license};
pub use places::place;
pub use read::{Against, How, Match, Reading, read};
pub use sniff::{ErrorPage, ReadingKind};
pub use spoken::named_in;
pub use terms::{Is, TOPICS, Term};
pub use uses::{NoSuchUse, Says, Situation, USES, Use, UseAnswer};

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod gotchas;
#[cfg(test)]
mod measured;
