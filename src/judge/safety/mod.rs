//! What could run when someone loads the release, and what should not be in it: one file a group.

mod archives;
mod files;
mod globals;
mod graph;
mod installs;
mod names;
mod pickle;
mod remote;
mod serving;
mod targets;
mod template;
mod tokenizer;

use super::{Case, Check, Found};

/// Every check of the family, by group.
pub(super) const CHECKS: &[&[Check]] = &[
    pickle::CHECKS,
    remote::CHECKS,
    targets::CHECKS,
    archives::CHECKS,
    serving::CHECKS,
    installs::CHECKS,
    graph::CHECKS,
    template::CHECKS,
    tokenizer::CHECKS,
    files::CHECKS,
    names::CHECKS,
];

/// A file's name without its folder, in lower case.
fn bare_name(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase()
}

/// Findings of one kind in one file that are told one by one.
const TOLD: usize = 25;

/// The first few, and a last one that counts the rest.
fn few(mut found: Vec<Found>) -> Vec<Found> {
    if let Some(more) = found.len().checked_sub(TOLD).filter(|more| *more > 0) {
        found.truncate(TOLD);
        if let Some(last) = found.last().cloned() {
            let at = last.at.map(|at| crate::words::Place::file(at.path));
            found.push(Found {
                at,
                message: format!("{more} more of this kind"),
                ..last
            });
        }
    }
    found
}
