//! The command line, as types. Nothing here does anything.

mod fleet;
mod output;
mod trust;

use std::path::PathBuf;

pub use fleet::{Diff, Merge, Scan};
pub use output::{Color, Forms, Predicate, Render, Reports, Writing};
pub use trust::{Sign, Verify};

use fleet::{DIFF_EXAMPLES, SCAN_EXAMPLES};
use output::{RENDER_EXAMPLES, names};
use trust::VERIFY_EXAMPLES;

use clap::{Args, Parser, Subcommand, ValueEnum, builder::PossibleValue};

use crate::{digests::Extent, licenses::Use, render::TENSOR_OUTPUTS, words::Severity};

/// Say what a downloaded model release really contains
///
/// Reads what is on disk and nothing else: no network, and nothing of the release is ever executed
/// or unpickled. `weighbill RELEASE` is `weighbill inspect RELEASE`.
#[derive(Debug, Parser)]
#[command(
    version,
    max_term_width = 100,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = EXAMPLES
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// What to inspect, where no command is named.
    #[command(flatten)]
    pub inspect: Inspect,
}

const EXAMPLES: &str = "\
Examples:
  weighbill ./Llama-2-7b-hf                      what is in the box, is it whole, on what terms
  weighbill meta-llama/Llama-2-7b-hf             the same, from the local Hugging Face cache
  weighbill model.safetensors --digests none     headers alone: no byte of a tensor is read
  weighbill . -f json -o report.json --deny high fails a pipeline on severe findings
  weighbill . -f html -o report.html -f spdx -o sbom.json    two reports from one pass
  weighbill tensors . --all                      every tensor with its digest
  weighbill verify . --expect SHA256SUMS         every byte against a list, or what the client kept

Exit status: 0 reported, 1 reported and denied, 2 nothing to report on.";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Report what is in a release, whether it is whole and safe, and on what terms
    #[command(after_help = EXAMPLES)]
    Inspect(Inspect),

    /// List every tensor: name, dtype, shape, bytes, digest; layers collapsed
    Tensors(Tensors),

    /// Hold every byte of a release against what was recorded of it
    #[command(after_help = VERIFY_EXAMPLES)]
    Verify(Verify),

    /// List every release below folders and in stores, a line each
    #[command(after_help = SCAN_EXAMPLES)]
    Scan(Scan),

    /// Put the lines of several scans together
    Merge(Merge),

    /// Say what changed between two releases, or two JSON reports of them
    #[command(after_help = DIFF_EXAMPLES)]
    Diff(Diff),

    /// Write an earlier JSON report in another format
    #[command(after_help = RENDER_EXAMPLES)]
    Render(Render),

    /// Write a signature of a release beside it: a bundle of model signing v1.0
    Sign(Sign),

    /// What you ask of every release
    #[command(subcommand)]
    Policy(PolicyCommand),

    /// Say what a finding, component, state, framework or license means, and what to do
    Explain(Explain),

    /// List the licenses that are known, with what each asks
    Licenses(Licenses),

    /// Print the JSON Schema of every document that this writes
    Schema,

    /// Print completions for a shell
    Completions {
        /// Which shell
        #[arg(value_enum, value_name = "SHELL")]
        shell: clap_complete::Shell,
    },

    /// Print the manual page
    Man,
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub struct Explain {
    /// A word of the report: lfs-pointer, claimed, datasets, mof, llama2 …; all of them where none is named
    #[arg(value_name = "ID")]
    pub id: Option<String>,
}

/// Arguments of `licenses`.
#[derive(Debug, Args)]
pub struct Licenses {
    /// Only those whose id, names, vendor or class hold this text
    #[arg(value_name = "TEXT")]
    pub filter: Option<String>,

    /// How to write the list
    #[arg(short, long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json"])]
    pub format: String,
}

/// Which release.
#[derive(Debug, Args)]
pub struct Target {
    /// A folder, a file, a *.index.json, owner/name in the Hugging Face cache, or model:tag of Ollama
    #[arg(value_name = "RELEASE", required = true)]
    pub release: Option<PathBuf>,

    /// Which snapshot of a cached repo: a branch, a tag, the first digits of a commit; which tag of a store
    #[arg(long, value_name = "REVISION")]
    pub revision: Option<String>,

    /// Threads to read and hash with [default: one for each processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,

    /// Use digests of an earlier run again for files that did not change since
    #[arg(long)]
    pub digest_cache: bool,
}

/// Which release, and how to read it.
#[derive(Debug, Args)]
pub struct Reading {
    /// Which release.
    #[command(flatten)]
    pub target: Target,

    /// What to hash
    #[arg(long, value_enum, default_value_t, value_name = "EXTENT")]
    pub digests: Extent,

    /// Take statistics of every tensor: min, max, mean, std, zeros, NaN, infinities
    #[arg(long)]
    pub stats: bool,
}

/// Arguments of `inspect`.
#[derive(Debug, Args)]
pub struct Inspect {
    /// Which release.
    #[command(flatten)]
    pub reading: Reading,

    /// How to write the report.
    #[command(flatten)]
    pub reports: Reports,

    /// Tokens of context to tell the memory for; the longest that the config states where not given
    #[arg(long, value_name = "N")]
    pub context: Option<u64>,

    /// Exit with status 1 where a finding is at least this severe
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub deny: Option<Severity>,

    /// What you ask of every release; `weighbill policy init` writes one to fill in
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,

    /// What the terms say about these uses; a prohibited one counts under --deny
    #[arg(
        long = "use",
        value_name = "USES",
        value_delimiter = ',',
        help_heading = "Terms"
    )]
    pub uses: Vec<Use>,

    /// How many monthly users to hold against user caps
    #[arg(long, value_name = "N", requires = "uses", help_heading = "Terms")]
    pub users: Option<u64>,

    /// Where it would be used: EU, UK, US, KR, DE …
    #[arg(
        long,
        value_name = "LIST",
        value_delimiter = ',',
        value_parser = territory,
        requires = "uses",
        help_heading = "Terms"
    )]
    pub territory: Vec<String>,
}

/// What to do with policies.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Write a commented policy file in which no rule is switched on
    Init {
        /// Where; stdout where it is not named. A file that is there is left alone
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

/// Arguments of `tensors`.
#[derive(Debug, Args)]
pub struct Tensors {
    /// Which release.
    #[command(flatten)]
    pub reading: Reading,

    /// How to write the listing; text where none is named
    #[arg(short, long, value_name = "FORMAT", value_parser = names(TENSOR_OUTPUTS))]
    pub format: Vec<String>,

    /// How to write.
    #[command(flatten)]
    pub writing: Writing,

    /// Each tensor by itself, layers not collapsed
    #[arg(long)]
    pub all: bool,
}

/// A place that a license may leave out, as `--territory` takes it.
fn territory(name: &str) -> Result<String, String> {
    crate::licenses::place(name).ok_or_else(|| {
        "not a place known here: use a country's two letters, EU, EEA, UK or worldwide".to_owned()
    })
}

impl ValueEnum for Severity {
    fn value_variants<'a>() -> &'a [Self] {
        Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.word()))
    }
}

impl ValueEnum for Extent {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::None, Self::Files, Self::Tensors]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Self::None => {
                PossibleValue::new("none").help("nothing: only headers and texts are read")
            }
            Self::Files => PossibleValue::new("files").help("whole files"),
            Self::Tensors => PossibleValue::new("tensors").help("whole files and every tensor"),
        })
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn arguments_are_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_release_alone_is_inspected() {
        let cli = Cli::try_parse_from(["weighbill", "gpt2"]).unwrap();
        assert!(cli.command.is_none());
        assert_eq!(cli.inspect.reading.target.release, Some(PathBuf::from("gpt2")));
        assert!(Cli::try_parse_from(["weighbill"]).is_err());
        assert!(Cli::try_parse_from(["weighbill", "inspect"]).is_err());
    }
}
