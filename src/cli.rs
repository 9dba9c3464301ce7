//! The command line, as types. Nothing here does anything.

use std::path::PathBuf;

use clap::{
    Args, Parser, Subcommand, ValueEnum,
    builder::{PossibleValue, PossibleValuesParser},
};

use crate::{
    digests::Extent,
    gate::Requirement,
    licenses::Use,
    records::Glob,
    render::{DIFF_OUTPUTS, OUTPUTS, STORED_OUTPUTS, TENSOR_OUTPUTS, survey::FORMS},
    words::Severity,
};

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

const VERIFY_EXAMPLES: &str = "\
Examples:
  weighbill verify meta-llama/Llama-2-7b-hf         what the hub's client recorded, without the network
  weighbill verify . --expect SHA256SUMS            a list that came another way
  weighbill verify . --report earlier.json          nothing changed since that report
  weighbill verify . --public-key release.pub.pem   the signature beside it, by a key that you trust
  weighbill verify . --require complete,consistent  and all of it is here, and fits together

Exit status: 0 all of it matches, 1 something does not, or nothing says what it should be, 2 nothing
to verify.";

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

const SCAN_EXAMPLES: &str = "\
Examples:
  weighbill scan ~/.cache/huggingface                a table on a terminal, JSON Lines elsewhere
  weighbill scan /models -o reports --deny critical  a full report each; run again, it resumes
  weighbill scan ~/.ollama/models --policy ours.toml what breaks the rules, exit 1
  weighbill scan /models --partition 3/16 > 3.jsonl  a share of the work, the same share each time
  weighbill merge *.jsonl -f csv > models.csv

Exit status: 0 listed, 1 listed and denied, 2 nothing to list.";

/// Arguments of `scan`.
#[derive(Debug, Args)]
pub struct Scan {
    /// Folders to look through: of releases, a hub cache, a store of another tool, all of these
    #[arg(value_name = "DIR", required = true)]
    pub dirs: Vec<PathBuf>,

    /// How to write the lines [default: text on a terminal, jsonl elsewhere]
    #[arg(short, long, value_name = "FORMAT", value_parser = forms())]
    pub format: Option<String>,

    /// Write a full JSON report of each release there; one that is finished is not redone
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,

    /// What to hash
    #[arg(long, value_enum, default_value_t, value_name = "EXTENT")]
    pub digests: Extent,

    /// Use digests of an earlier run again for files that did not change since
    #[arg(long)]
    pub digest_cache: bool,

    /// Exit with status 1 where any release has a finding at least this severe
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub deny: Option<Severity>,

    /// What you ask of every release; exit with status 1 where one breaks a rule
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,

    /// The K-th of N shares of the releases; a release stays in its share when others come
    #[arg(long, value_name = "K/N", value_parser = partition)]
    pub partition: Option<(u64, u64)>,

    /// Threads to read and hash with [default: one for each processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,

    /// When to color text on a terminal
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    pub color: Color,

    /// Say nothing of the whole after the lines
    #[arg(short, long)]
    pub quiet: bool,
}

/// Arguments of `merge`.
#[derive(Debug, Args)]
pub struct Merge {
    /// JSON Lines that `scan` wrote; `-` is stdin
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,

    /// How to write the lines [default: text on a terminal, jsonl elsewhere]
    #[arg(short, long, value_name = "FORMAT", value_parser = forms())]
    pub format: Option<String>,
}

fn forms() -> PossibleValuesParser {
    FORMS
        .iter()
        .map(|(name, _, about)| PossibleValue::new(*name).help(*about))
        .collect::<Vec<_>>()
        .into()
}

fn partition(text: &str) -> Result<(u64, u64), String> {
    let parts = text.split_once('/').and_then(|(k, n)| Some((k.parse().ok()?, n.parse().ok()?)));
    let fits = |it: &(u64, u64)| (1..=it.1).contains(&it.0);
    parts.filter(fits).ok_or_else(|| "write K/N with K from 1 to N, as in 3/16".to_owned())
}

const DIFF_EXAMPLES: &str = "\
Examples:
  weighbill diff ./model-v1 ./model-v2
  weighbill diff report-of-v1.json ./model-v2 --exit-code    the first need not be here
  weighbill diff owner/name owner/name --revision v1 --revision v2
  weighbill diff ./base ./finetuned --stats                  how far changed tensors are apart

Exit status: 0 compared, 1 different under --exit-code, 2 nothing to compare.";

/// Arguments of `diff`.
#[derive(Debug, Args)]
pub struct Diff {
    /// The first: a release as `inspect` takes it, or a JSON report of one
    #[arg(value_name = "A")]
    pub a: PathBuf,

    /// The second
    #[arg(value_name = "B")]
    pub b: PathBuf,

    /// Which snapshots of cached repos: given once for both, twice for the first and the second
    #[arg(long, value_name = "REVISION")]
    pub revision: Vec<String>,

    /// What to hash; without digests only names, types and shapes are compared
    #[arg(long, value_enum, default_value_t, value_name = "EXTENT")]
    pub digests: Extent,

    /// How far the elements of changed tensors are apart; both releases must be here
    #[arg(long)]
    pub stats: bool,

    /// Exit with status 1 where anything differs
    #[arg(long)]
    pub exit_code: bool,

    /// Threads to read and hash with [default: one for each processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,

    /// How to write; text where none is named
    #[arg(short, long, value_name = "FORMAT", value_parser = names(DIFF_OUTPUTS))]
    pub format: Vec<String>,

    /// How to write.
    #[command(flatten)]
    pub writing: Writing,
}

const RENDER_EXAMPLES: &str = "\
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

/// Arguments of `inspect`.
#[derive(Debug, Args)]
pub struct Inspect {
    /// Which release.
    #[command(flatten)]
    pub reading: Reading,

    /// How to write the report; text where none is named
    #[arg(short, long, value_name = "FORMAT", value_parser = names(OUTPUTS))]
    pub format: Vec<String>,

    /// How to write.
    #[command(flatten)]
    pub writing: Writing,

    /// What the formats leave to choose.
    #[command(flatten)]
    pub forms: Forms,

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

/// Arguments of `sign`.
#[derive(Debug, Args)]
pub struct Sign {
    /// Which release.
    #[command(flatten)]
    pub target: Target,

    /// The private key, P-256, P-384 or P-521, in PEM: PKCS#8, encrypted or not, or SEC1
    #[arg(long, value_name = "PEM")]
    pub key: PathBuf,

    /// Where the password of an encrypted key stands
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,

    /// Where to write the signature; beside the release as <name>.sig where it is not named
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Call a lone file `.`, which the reference tool needs to verify it
    #[arg(long)]
    pub compat: bool,

    /// Show no progress on stderr
    #[arg(long)]
    pub no_progress: bool,

    /// Say nothing on stderr but errors
    #[arg(short, long)]
    pub quiet: bool,
}

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub struct Verify {
    /// Which release.
    #[command(flatten)]
    pub target: Target,

    /// How to write the report; text where none is named
    #[arg(short, long, value_name = "FORMAT", value_parser = names(OUTPUTS))]
    pub format: Vec<String>,

    /// How to write.
    #[command(flatten)]
    pub writing: Writing,

    /// What the formats leave to choose.
    #[command(flatten)]
    pub forms: Forms,

    /// A list of digests to hold the files against, as sha256sum writes them
    #[arg(long, value_name = "FILE")]
    pub expect: Vec<PathBuf>,

    /// An earlier JSON report to hold the files against
    #[arg(long, value_name = "FILE")]
    pub report: Vec<PathBuf>,

    /// The bundle of a signature; one in or beside the release where it is not named
    #[arg(long, value_name = "FILE", help_heading = "Signatures")]
    pub signature: Option<PathBuf>,

    /// The public key, in PEM, of a signer whom you trust
    #[arg(long, value_name = "PEM", help_heading = "Signatures")]
    pub public_key: Vec<PathBuf>,

    /// Root certificates, in PEM, of signers whom you trust
    #[arg(long, value_name = "PEM", help_heading = "Signatures")]
    pub ca: Vec<PathBuf>,

    /// Who must have signed through Sigstore, to the letter: an address of mail, of a workflow
    #[arg(long, value_name = "ID", requires_all = ["issuer", "trusted_root"], help_heading = "Signatures")]
    pub identity: Option<String>,

    /// Who must have vouched for that one, to the letter: `https://accounts.google.com`
    #[arg(
        long,
        value_name = "URL",
        requires = "identity",
        help_heading = "Signatures"
    )]
    pub issuer: Option<String>,

    /// Whose authorities and logs to believe: a `trusted_root.json` of Sigstore (in builds with the feature `sigstore`)
    #[arg(
        long,
        value_name = "FILE",
        requires = "identity",
        help_heading = "Signatures"
    )]
    pub trusted_root: Option<PathBuf>,

    /// What you ask of every release; `weighbill policy init` writes one to fill in
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,

    /// Only these files: *.safetensors, onnx/** …
    #[arg(long, value_name = "GLOBS", value_delimiter = ',', value_parser = Glob::new)]
    pub only: Vec<Glob>,

    /// What must hold, or the status is 1
    #[arg(long, value_enum, value_name = "LIST", value_delimiter = ',')]
    pub require: Vec<Requirement>,

    /// Exit with status 0 also where nothing says what the files should be
    #[arg(long)]
    pub allow_unverified: bool,

    /// Exit with status 1 where a finding is at least this severe
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub deny: Option<Severity>,
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

/// A place that a license may leave out, as `--territory` takes it.
fn territory(name: &str) -> Result<String, String> {
    crate::licenses::place(name).ok_or_else(|| {
        "not a place known here: use a country's two letters, EU, EEA, UK or worldwide".to_owned()
    })
}

/// The names in a table of outputs, so that `--help` grows with it.
fn names<T>(table: &'static [crate::render::Output<T>]) -> PossibleValuesParser {
    let value =
        |output: &crate::render::Output<T>| PossibleValue::new(output.name).help(output.about);
    table.iter().map(value).into()
}

impl ValueEnum for Severity {
    fn value_variants<'a>() -> &'a [Self] {
        Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.word()))
    }
}

impl ValueEnum for Requirement {
    fn value_variants<'a>() -> &'a [Self] {
        Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.word()).help(self.about()))
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
