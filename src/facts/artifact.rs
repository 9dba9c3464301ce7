//! One file of a release.

use std::path::PathBuf;

use super::{
    Card, Code, Config, Data, Document, Libraries, LicenseText, Oddity, Pickle, ShardIndex,
    Tokenizer, WeightFile, Within,
};
use crate::words::FileKind;

/// One file, with all that was read from it.
#[derive(Debug)]
pub struct Artifact {
    /// Relative to the root, `/` between parts; bytes that are not UTF-8 as `%XX`, and `%` as `%25`.
    pub path: String,
    /// Where to open it.
    pub place: PathBuf,
    /// Where its link leads, as written, where it is one: the first hop only, since a hub cache
    /// names that one after the content.
    pub link: Option<PathBuf>,
    /// Whether it may be opened: not so for links that leave the release, pipes, devices.
    pub open: bool,
    /// In bytes.
    pub len: u64,
    /// What it is for.
    pub kind: FileKind,
    /// What its bytes are, whatever its name says; a name from the table of formats.
    pub format: Option<&'static str>,
    /// What it says.
    pub contents: Contents,
    /// Why it was not read in full, in a clause.
    pub unreadable: Option<String>,
    /// What a reader stumbled on.
    pub oddities: Vec<Oddity>,
    /// What lies inside it beside what its own reader lists.
    pub within: Within,
}

impl Artifact {
    /// The last part of the path.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// The folder it lies in, relative to the root: `""` for the root itself, else `"onnx"`, `"a/b"`.
    pub fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// The path of the file of this name in the same folder.
    pub fn beside(&self, name: &str) -> String {
        path_in(self.folder(), name)
    }

    /// Every pickle in it, those in archives, packed layers and other pickles too.
    pub fn pickles(&self) -> impl Iterator<Item = &Pickle> {
        let listed = match &self.contents {
            Contents::Weights(file) => file.pickles.as_slice(),
            _ => &[],
        };
        listed.iter().chain(&self.within.pickles)
    }

    /// Folders between it and the root.
    pub fn depth(&self) -> usize {
        self.path.matches('/').count()
    }
}

/// The path of a file in a folder of the release; `""` is the root.
pub(crate) fn path_in(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    }
}

/// What a file says, by the reader that read it.
#[derive(Debug)]
pub enum Contents {
    /// Tensors.
    Weights(WeightFile),
    /// Which shard holds which tensor.
    Index(ShardIndex),
    /// A JSON or YAML configuration.
    Config(Config),
    /// A vocabulary.
    Tokenizer(Tokenizer),
    /// A model or data card.
    Card(Card),
    /// A license, policy or notice.
    License(LicenseText),
    /// Stands for a file that is elsewhere.
    Pointer(Pointer),
    /// What source code, a launcher or a notebook does.
    Code(Code),
    /// Rows of data.
    Data(Data),
    /// A paper, a report, or how to cite one.
    Document(Document),
    /// Libraries that a requirements or project file names.
    Libraries(Libraries),
    /// Lines of text: lists, logs, templates.
    Text(Text),
    /// Listed and hashed, not read.
    Opaque,
}

/// A git-lfs pointer: what should be here, by digest and size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointer {
    /// SHA-256 of the real file, lower-case hex.
    pub sha256: String,
    /// Its size in bytes.
    pub len: u64,
}

/// Lines of text, up to a cap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// As UTF-8, line ends made `\n`.
    pub text: String,
    /// Whether the file goes on after `text`.
    pub cut: bool,
}

impl Text {
    /// The lines, counted from 1.
    pub fn lines(&self) -> impl Iterator<Item = (u32, &str)> {
        (1..).zip(self.text.lines())
    }
}
