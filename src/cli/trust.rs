//! What a release is held against, and what it is signed with.

use std::path::PathBuf;

use clap::{Args, ValueEnum, builder::PossibleValue};

use super::{Reports, Target};
use crate::{gate::Requirement, records::Glob, words::Severity};

pub(super) const VERIFY_EXAMPLES: &str = "\
Examples:
  weighbill verify meta-llama/Llama-2-7b-hf         what the hub's client recorded, without the network
  weighbill verify . --expect SHA256SUMS            a list that came another way
  weighbill verify . --report earlier.json          nothing changed since that report
  weighbill verify . --public-key release.pub.pem   the signature beside it, by a key that you trust
  weighbill verify . --require complete,consistent  and all of it is here, and fits together

Exit status: 0 all of it matches, 1 something does not, or nothing says what it should be, 2 nothing
to verify.";

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub struct Verify {
    /// Which release.
    #[command(flatten)]
    pub target: Target,

    /// How to write the report.
    #[command(flatten)]
    pub reports: Reports,

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

    /// Where to write the signature; beside the release as NAME.sig where it is not named
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

impl ValueEnum for Requirement {
    fn value_variants<'a>() -> &'a [Self] {
        Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.word()).help(self.about()))
    }
}
