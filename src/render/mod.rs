//! Writes a finished report. Nothing here opens a release or forms an opinion.

mod csv;
mod cyclonedx;
mod diff;
mod document;
pub mod escape;
mod html;
mod in_toto;
pub mod json;
mod junit;
mod markdown;
mod mof;
pub mod numbers;
#[cfg(test)]
#[path = "../../tests/support/sample.rs"]
pub(crate) mod sample;
mod sarif;
mod sbom;
pub mod schema;
mod spdx;
pub mod survey;
mod tensors;
mod text;
mod uri;
pub mod write;

use std::io::{self, Write};

use crate::{compare::Diff, report::Report, words::Component};

/// A way to write a report (or another document): one row here, one file beside this one.
pub struct Output<T: 'static = Report> {
    /// What `--format` takes.
    pub name: &'static str,
    /// What it is for, as help texts print it: a clause without a full stop.
    pub about: &'static str,
    /// Writes it.
    pub write: fn(&T, &Style, &mut dyn Write) -> io::Result<()>,
}

/// Every way to write an inspection, in the order that `--help` lists them.
pub const OUTPUTS: &[Output] = &[
    text::OUTPUT,
    json::OUTPUT,
    markdown::OUTPUT,
    html::OUTPUT,
    sarif::OUTPUT,
    junit::OUTPUT,
    cyclonedx::OUTPUT,
    spdx::OUTPUT,
    in_toto::OUTPUT,
    mof::OUTPUT,
];

/// Every way to write a report that was stored.
pub const STORED_OUTPUTS: &[Output] = &[
    text::OUTPUT,
    json::OUTPUT,
    markdown::OUTPUT,
    html::OUTPUT,
    sarif::OUTPUT,
    junit::OUTPUT,
    cyclonedx::OUTPUT,
    spdx::OUTPUT,
    in_toto::OUTPUT,
    mof::OUTPUT,
    csv::OUTPUT,
];

/// Every way to write a listing of tensors.
pub const TENSOR_OUTPUTS: &[Output] = &[tensors::OUTPUT, json::TENSORS, csv::OUTPUT];

/// Every way to write what changed between two releases.
pub const DIFF_OUTPUTS: &[Output<Diff>] = &[diff::TEXT, diff::JSON, diff::MARKDOWN, diff::HTML];

/// The output of a table that is called `name`.
pub fn named<T>(outputs: &'static [Output<T>], name: &str) -> Option<&'static Output<T>> {
    outputs.iter().find(|output| output.name == name)
}

/// How to write: what the reader asked for, and what their screen can do.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "switches of a command line, each its own"
)]
pub struct Style {
    /// Columns of the screen; what is narrower than 40 counts as 40.
    pub width: usize,
    /// Whether colors are wanted. Outputs say the same without.
    pub color: bool,
    /// Everything that is known: all components, evidence, files, terms.
    pub verbose: bool,
    /// Every tensor by itself, where layers would be collapsed.
    pub all: bool,
    /// Digests of tensors, where an output would leave them out for size.
    pub digests: bool,
    /// Which version of a standard to write, for outputs that know several.
    pub spec_version: Option<String>,
    /// Seconds since 1970, for outputs whose standard demands a time; the caller asks the clock.
    pub time: Option<u64>,
    /// Files whose digests come from an earlier run: told in text, and in nothing that is kept.
    pub reused: Vec<String>,
    /// Whether the caller was given that time (`SOURCE_DATE_EPOCH`) and asked no clock.
    pub time_is_given: bool,
    /// Only what passed, for statements on what was checked.
    pub passed_only: bool,
    /// What to ask a publisher for where a component is missing, as a request in one sentence.
    pub asks: Vec<(Component, &'static str)>,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            width: 80,
            color: false,
            verbose: false,
            all: false,
            digests: false,
            spec_version: None,
            time: None,
            reused: Vec::new(),
            time_is_given: false,
            passed_only: false,
            asks: Vec::new(),
        }
    }
}
