//! Many releases, and two of them side by side.

use std::path::PathBuf;

use clap::{
    Args,
    builder::{PossibleValue, PossibleValuesParser},
};

use super::{Color, Writing, names};
use crate::{
    digests::Extent,
    render::{DIFF_OUTPUTS, survey::FORMS},
    words::Severity,
};

pub(super) const SCAN_EXAMPLES: &str = "\
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

pub(super) const DIFF_EXAMPLES: &str = "\
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
