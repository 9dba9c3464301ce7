//! How reports are written, and what is written of a stored one.

use std::path::PathBuf;

use clap::{
    Args, ValueEnum,
    builder::{PossibleValue, PossibleValuesParser},
};

use crate::render::{OUTPUTS, STORED_OUTPUTS};

/// How to write the report of a release.
#[derive(Debug, Args)]
pub struct Reports {
    /// How to write the report; text where none is named
    #[arg(short, long, value_name = "FORMAT", value_parser = names(OUTPUTS))]
    pub format: Vec<String>,

    /// How to write.
    #[command(flatten)]
    pub writing: Writing,

    /// What the formats leave to choose.
    #[command(flatten)]
    pub forms: Forms,
}

pub(super) const RENDER_EXAMPLES: &str = "\
Examples:
  weighbill render report.json                        as text, without the release
  weighbill render report.json -f html -o report.html
  weighbill render report.json -f cyclonedx --spec-version 1.7
  weighbill inspect . -f json | weighbill render - -f sarif";

/// Arguments of `render`.
#[derive(Debug, Args)]
pub struct Render {
    /// A JSON report that `inspect` or `verify` wrote; `-` is stdin
    #[arg(value_name = "REPORT.json")]
    pub report: PathBuf,

    /// How to write the report; text where none is named
    #[arg(short, long, value_name = "FORMAT", value_parser = names(STORED_OUTPUTS))]
    pub format: Vec<String>,

    /// How to write.
    #[command(flatten)]
    pub writing: Writing,

    /// What the formats leave to choose.
    #[command(flatten)]
    pub forms: Forms,
}

/// What the formats leave to choose.
#[derive(Debug, Default, Args)]
pub struct Forms {
    /// Which version of the standard to write: 1.6 or 1.7 of cyclonedx, 3.0.1 of spdx
    #[arg(long, value_name = "VERSION", help_heading = "Formats")]
    pub spec_version: Option<String>,

    /// Every tensor with its digest, where html, markdown or cyclonedx would leave them out
    #[arg(long, help_heading = "Formats")]
    pub all: bool,

    /// What an in-toto statement says: every result, or only what passed
    #[arg(
        long,
        value_enum,
        default_value_t,
        value_name = "TYPE",
        help_heading = "Formats"
    )]
    pub predicate: Predicate,

    /// Sign in-toto statements with this private key: a PEM file, PKCS#8 or SEC1
    #[arg(long, value_name = "PEM", help_heading = "Formats")]
    pub key: Option<PathBuf>,

    /// Where the password of an encrypted key stands
    #[arg(long, value_name = "FILE", requires = "key", help_heading = "Formats")]
    pub password_file: Option<PathBuf>,

    /// Append the report as Markdown to the file that `GITHUB_STEP_SUMMARY` names
    #[arg(long, help_heading = "Formats")]
    pub step_summary: bool,
}

/// What an in-toto statement says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Predicate {
    /// Every result: test-result v0.1
    #[default]
    TestResult,
    /// Only what passed: simple verification result v0.2
    Svr,
}

/// How to write.
#[derive(Debug, Args)]
pub struct Writing {
    /// Where to write, whole or not at all; `-` is stdout. Several -f and -o go in pairs
    #[arg(short, long, value_name = "FILE")]
    pub output: Vec<PathBuf>,

    /// When to color text on a terminal
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    pub color: Color,

    /// Show no progress on stderr
    #[arg(long)]
    pub no_progress: bool,

    /// Say nothing on stderr but errors
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,

    /// Show all components with their evidence, all files, all terms
    #[arg(short, long)]
    pub verbose: bool,
}

/// When to color.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The names in a table of outputs, so that `--help` grows with it.
pub(super) fn names<T>(table: &'static [crate::render::Output<T>]) -> PossibleValuesParser {
    let value =
        |output: &crate::render::Output<T>| PossibleValue::new(output.name).help(output.about);
    table.iter().map(value).into()
}
