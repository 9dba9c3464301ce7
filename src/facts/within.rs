//! What lies inside a file beside what its own reader lists.

use super::{Config, Pickle, Reach};

/// What was found by looking into a file whatever its name and kind: through archives, packed layers,
/// and bytes that pickles carry.
#[derive(Clone, Debug, Default)]
pub struct Within {
    /// Pickles that the file's own reader did not walk.
    pub pickles: Vec<Pickle>,
    /// Configurations in archives, by their member.
    pub configs: Vec<(String, Config)>,
    /// Code in archives, by its member: the calls by which it reaches out.
    pub code: Vec<(String, Vec<Reach>)>,
    /// Names that a text has its loader import or call.
    pub named: Vec<Named>,
    /// Archives of a make that matters, the file itself among them.
    pub makes: Vec<(Option<String>, Make)>,
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

/// A name that a text has its loader import or call, by a tag of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The archive member; `None` for the file itself.
    pub member: Option<String>,
    /// From 1.
    pub line: u32,
    /// The tag: `!new:`.
    pub tag: &'static str,
    /// As written: `torch.nn.Linear`.
    pub name: String,
}

/// Makes of archives in which code waits for whoever opens them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Make {
    /// Of `torch.package`: Python source that its importer runs.
    TorchPackage,
    /// Of `TorchServe`: a handler, and what it needs.
    TorchServe,
    /// Of `SageMaker`: `code/inference.py`, which the endpoint runs.
    SageMaker,
    /// A document of an office program with macros.
    Macros,
    /// A document that has its reader start a program.
    Launches,
}
