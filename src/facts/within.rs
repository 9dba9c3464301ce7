//! What lies inside a file beside what its own reader lists.

use super::{Config, Pickle};

/// What was found by looking into a file whatever its name and kind: through archives, packed layers,
/// and bytes that pickles carry.
#[derive(Clone, Debug, Default)]
pub struct Within {
    /// Pickles that the file's own reader did not walk.
    pub pickles: Vec<Pickle>,
    /// Configurations in archives, by their member.
    pub configs: Vec<(String, Config)>,
    /// Whether it is an archive or a packed layer, and was opened as one.
    pub opened: bool,
    /// What was not looked into.
    pub unopened: Vec<Unopened>,
}

/// A part of a file that was not looked into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unopened {
    /// The archive member; `None` for the file itself.
    pub member: Option<String>,
    /// Why, in a clause.
    pub why: String,
}
