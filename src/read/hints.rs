//! Which names ask for which of the readers of code, data and documents. A name only says who
//! looks; what is there is told by the bytes.

use super::{code, data, document, libraries, notebook};
use crate::{
    facts::{Contents, Text},
    source::Bytes,
    words::FileKind,
};

/// A pattern of names, what files of such names are for, and who reads them.
pub struct Hint {
    /// Patterns for the last part of the path, in lower case; a `*` at either end stands for anything.
    pub names: &'static [&'static str],
    /// What such a file is for, unless its bytes say otherwise.
    pub kind: FileKind,
    /// Who reads it.
    pub reads: Reads,
}

/// The readers behind the hints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// [`code::read`]
    Code,
    /// [`notebook::read`]
    Notebook,
    /// [`data::read`]
    Data,
    /// [`document::read`]
    Document,
    /// [`libraries::read`]
    Libraries,
}

/// Every hint; the first that fits holds.
#[rustfmt::skip]
pub const HINTS: &[Hint] = &[
    Hint { names: &["requirements*.txt", "constraints*.txt", "pyproject.toml", "setup.py", "setup.cfg", "pipfile", "environment*.yml", "environment*.yaml", "conda*.yml", "conda*.yaml", "dockerfile*", "*.dockerfile", "containerfile", "cargo.toml", "metadata", "pkg-info"], kind: FileKind::Other, reads: Reads::Libraries },
    Hint { names: &["*.ipynb"], kind: FileKind::Notebook, reads: Reads::Notebook },
    Hint { names: &["*.sh", "*.bash", "*.zsh", "*.slurm", "*.sbatch", "*.ksh"], kind: FileKind::Code, reads: Reads::Code },
    Hint { names: &["*.py", "*.pyx", "*.pyi", "*.r", "*.jl", "*.c", "*.cc", "*.cpp", "*.cxx", "*.cu", "*.cuh", "*.h", "*.hpp", "*.rs", "*.go", "*.java", "*.js", "*.mjs", "*.ts", "*.swift", "*.kt", "*.m", "*.mm", "*.metal", "*.cs", "makefile"], kind: FileKind::Code, reads: Reads::Code },
    Hint { names: &["*.pdf", "*.tex", "*.bib", "*.cff"], kind: FileKind::Paper, reads: Reads::Document },
    Hint { names: &["*.parquet", "*.arrow", "*.feather", "*.jsonl", "*.ndjson", "*.jsonl.gz", "*.jsonl.zst", "*.json.gz", "*.json.zst", "*.csv", "*.csv.gz", "*.csv.zst", "*.tsv", "*.tsv.gz", "*.tab", "*.tar", "*.tfrecord", "*.tfrecord-*", "*.idx"], kind: FileKind::Dataset, reads: Reads::Data },
];

/// The first hint that a path fits.
pub fn hint(path: &str) -> Option<&'static Hint> {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    HINTS.iter().find(|hint| hint.names.iter().any(|pattern| fits(&name, pattern)))
}

/// Whether a name fits a pattern with at most one `*`, or one at its end besides.
fn fits(name: &str, pattern: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else {
        return name == pattern;
    };
    match after.strip_suffix('*') {
        Some(inside) => name.strip_prefix(before).is_some_and(|rest| rest.contains(inside)),
        None => {
            name.len() >= before.len() + after.len()
                && name.starts_with(before)
                && name.ends_with(after)
        }
    }
}

/// Reads a file by the hint that its name gives; `None` where there is no hint, where the bytes are
/// not what the name says, or where they cannot be read.
pub fn read(path: &str, bytes: &dyn Bytes) -> Option<Contents> {
    let text = |most: usize| {
        let end = bytes.len().min(most as u64);
        let head = bytes.read(0..end).ok()?;
        Some(Text {
            text: super::text::decode(&head),
            cut: end < bytes.len(),
        })
    };
    match hint(path)?.reads {
        Reads::Code => Some(Contents::Code(code::read(path, &text(code::MOST)?))),
        Reads::Libraries => Some(Contents::Libraries(libraries::read(path, &text(code::MOST)?))),
        Reads::Notebook if bytes.len() <= notebook::MOST => {
            let all = bytes.read(0..bytes.len()).ok()?;
            notebook::read(&all).ok().map(Contents::Code)
        }
        Reads::Notebook => None,
        Reads::Data => data::read(path, bytes).ok()?.map(Contents::Data),
        Reads::Document => document::read(path, bytes).ok().map(Contents::Document),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_ask_for_readers() {
        check("inference/requirements.txt", Some(Reads::Libraries));
        check("requirements-dev.txt", Some(Reads::Libraries));
        check("Dockerfile", Some(Reads::Libraries));
        check("a/Train.PY", Some(Reads::Code));
        check("setup.py", Some(Reads::Libraries));
        check("x.jsonl.zst", Some(Reads::Data));
        check("x.tfrecord-00001-of-00002", Some(Reads::Data));
        check("Paper.pdf", Some(Reads::Document));
        check("model.safetensors", None);
        check("config.json", None);
    }

    #[track_caller]
    fn check(path: &str, reads: Option<Reads>) {
        assert_eq!(hint(path).map(|hint| hint.reads), reads);
    }
}
