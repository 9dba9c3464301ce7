//! One file: what its bytes are, then the reader for its kind.

use std::io;

use super::{
    Format, Input, Listing, Probe, ReadError, Reader, card, formats,
    gathering::{escape, straight},
    hints, impostor, index, json,
    pickle::Carried,
    text, tokenizer,
    within::{self, Seen},
    yaml,
};
use crate::{
    facts::{Artifact, Contents, LicenseText, Oddity, What, Within, path_in},
    inventory::Entry,
    source::{Bytes, Source},
    words::{FileKind, Place},
};

/// So much of a file is looked at to tell what it is.
const HEAD: u64 = 4096;

/// The most that is read of a license text.
const LICENSE_CAP: u64 = 1 << 20;

/// Opens another file of the release, by its path.
type Find<'a> = dyn Fn(&str) -> Option<Box<dyn Bytes>> + Sync + 'a;

/// Reads one entry. Whatever goes wrong is in the artifact.
pub(super) fn read(entry: &Entry, find: &Find) -> Artifact {
    let mut artifact = Artifact {
        path: entry.path.clone(),
        place: entry.place.clone(),
        link: entry.link.clone(),
        open: entry.closed.is_none(),
        len: entry.len,
        kind: entry.kind,
        format: None,
        contents: Contents::Opaque,
        unreadable: entry.closed.clone(),
        oddities: Vec::new(),
        within: Within::default(),
    };
    // what git is told to run is the one thing of the clients' own files that matters to a reader; what
    // git has packed is looked at by whoever unpacks it
    let of_git = entry.path == ".git/config" || entry.path.ends_with("/.git/config");
    let own = entry.kind == FileKind::Bookkeeping && !of_git;
    let packed = [".git/objects/", ".git/lfs/"].iter().any(|it| entry.path.contains(it));
    if entry.closed.is_some() || (own && packed) {
        return artifact;
    }
    match Source::open(&entry.place) {
        Ok(source) => {
            artifact.len = source.len();
            let mut carried = Vec::new();
            let filled = if own {
                Ok(())
            } else {
                artifact.fill(&source, find, &mut carried)
            };
            match filled {
                Ok(()) => artifact.look_into(&source, carried),
                Err(error) => artifact.refuse(What::Unreadable, format!("cannot be read: {error}")),
            }
            if source.changed() {
                artifact.odd(What::FileChanged, "changed while it was read");
            }
        }
        Err(error) => artifact.refuse(What::Unreadable, format!("cannot be opened: {error}")),
    }
    artifact
}

impl Artifact {
    fn odd(&mut self, what: What, saying: impl Into<String>) {
        self.oddities.push(Oddity::new(what, Place::file(&self.path), saying));
    }

    fn refuse(&mut self, what: What, why: String) {
        self.unreadable.get_or_insert_with(|| why.clone());
        self.odd(what, why);
    }

    /// Looks for what could run, whatever the file is.
    fn look_into(&mut self, source: &Source, carried: Vec<Carried>) {
        let (mut pickles, mut rest) = (Vec::new(), None);
        if let Contents::Weights(file) = &mut self.contents {
            if self.oddities.iter().any(|it| it.what == What::TrailingBytes) {
                let ends = file.tensors.iter().filter_map(|it| Some(it.bytes.as_ref()?.end));
                let told = self.oddities.iter().filter(|it| it.what == What::TrailingBytes);
                rest = told.filter_map(|it| it.at.byte).max().max(ends.max());
            }
            pickles = std::mem::take(&mut file.pickles);
        }
        let seen = Seen {
            format: self.format,
            read: matches!(self.contents, Contents::Weights(_)),
            pickles: &pickles,
            carried,
            rest,
        };
        let (within, oddities) = within::look(&self.path, source, seen);
        self.within = within;
        if let Contents::Weights(file) = &self.contents {
            let told = within::tell_notes(&self.path, file);
            let told = told.into_iter().chain(within::tell_tensors(&self.path, source, file));
            self.oddities.extend(told);
        }
        if self.within.opened
            && self.unreadable.is_some()
            && matches!(self.contents, Contents::Opaque)
        {
            let saying = "looked into for what could run, and not otherwise read";
            self.unreadable = Some(saying.to_owned());
        }
        self.oddities.extend(oddities);
        if let Contents::Weights(file) = &mut self.contents {
            file.pickles = pickles;
        }
    }

    fn fill(&mut self, source: &Source, find: &Find, carried: &mut Vec<Carried>) -> io::Result<()> {
        if self.len == 0 {
            if !MAY_BE_EMPTY.contains(&self.kind) {
                self.odd(What::DownloadIncomplete, "is empty");
            }
            return Ok(());
        }
        let head = source.read(0..self.len.min(HEAD))?;
        if let Some(impostor) = impostor::unmask(&self.path, &head, self.len) {
            self.format = Some(impostor.format);
            self.oddities.push(impostor.oddity);
            self.kind = FileKind::Other;
            if let Some(pointer) = impostor.pointer {
                self.kind = FileKind::Pointer;
                self.contents = Contents::Pointer(pointer);
            }
            return Ok(());
        }
        let name = self.name().to_owned();
        let probe = Probe { head: &head, name: &name, bytes: source };
        match formats().find(|format| (format.recognizes)(&probe)) {
            Some(format) => {
                *carried = self.in_format(format, source, find);
                Ok(())
            }
            None => self.by_name(source, &head),
        }
    }

    /// A file that its content tells; gives what its pickles carry.
    fn in_format(&mut self, format: &Format, source: &Source, find: &Find) -> Vec<Carried> {
        self.format = Some(format.name);
        let name = self.name().to_ascii_lowercase();
        let built = BUILT.iter().any(|end| name.ends_with(end)) && format.kind == FileKind::Code;
        if built {
            self.kind = format.kind; // `tokenizer.cpython-311.pyc` is what it says it is
        } else if !may_be(self.kind, format.kind) {
            let (kind, name) = (self.kind, format.name);
            self.odd(What::NameDeceives, format!("is named like a {kind} file and is {name}"));
            self.kind = format.kind;
        } else if matches!(self.kind, FileKind::Other | FileKind::Config) {
            self.kind = format.kind;
        }
        let of_one = [".safetensors", ".gguf"].iter().find(|end| name.ends_with(*end));
        if let Some(end) = of_one.filter(|end| !end.ends_with(format.name))
            && !self.oddities.iter().any(|it| it.what == What::NameDeceives)
        {
            self.odd(What::NameDeceives, format!("is named `{end}` and is {}", format.name));
        }
        match format.read {
            Reader::Unopened(why) => match self.hinted(source) {
                Some(contents) => self.contents = contents,
                None => self.unreadable = Some(why.to_owned()),
            },
            Reader::Tensors(read) => {
                let folder = self.folder().to_owned();
                let sibling = |name: &str| {
                    let name = escape(name).is_none().then(|| straight(name))?;
                    find(&path_in(&folder, &name))
                };
                let input = Input {
                    path: &self.path,
                    bytes: source,
                    sibling: &sibling,
                };
                match read(&input) {
                    Ok(Listing { file, oddities, carried }) => {
                        self.contents = Contents::Weights(file);
                        self.oddities.extend(oddities);
                        return carried;
                    }
                    Err(ReadError::Io(error)) => {
                        self.refuse(What::Unreadable, format!("cannot be read: {error}"));
                    }
                    Err(error) => self.refuse(What::HeaderInvalid, error.to_string()),
                }
            }
        }
        Vec::new()
    }

    /// A file that only its name tells.
    fn by_name(&mut self, source: &Source, head: &[u8]) -> io::Result<()> {
        let name = self.name().to_ascii_lowercase();
        match self.kind {
            FileKind::Index => {
                let Some(bytes) = self.whole(source, index::LONGEST)? else {
                    return Ok(());
                };
                let (read, oddities) = index::read(&self.path, &bytes);
                self.format = Some("json");
                self.contents = Contents::Index(read);
                self.oddities.extend(oddities);
            }
            FileKind::Tokenizer if tokenizer::reads(&name) => {
                let Some(bytes) = self.whole(source, tokenizer::LONGEST)? else {
                    return Ok(());
                };
                match tokenizer::read(&name, &bytes) {
                    Ok((read, odd)) => {
                        for saying in odd {
                            self.odd(What::TokenizerOdd, saying);
                        }
                        self.contents = Contents::Tokenizer(read);
                    }
                    Err(error) => {
                        self.refuse(
                            What::ConfigInvalid,
                            format!("is no valid vocabulary: {error}"),
                        );
                    }
                }
            }
            FileKind::ModelCard | FileKind::DataCard => {
                let (card, oddities) = card::read(&self.path, source, self.kind);
                self.contents = Contents::Card(card);
                self.oddities.extend(oddities);
            }
            FileKind::License | FileKind::Policy | FileKind::Notice => {
                let cut = self.len > LICENSE_CAP;
                let bytes = source.read(0..self.len.min(LICENSE_CAP))?;
                self.contents = Contents::License(LicenseText { bytes, cut });
                if cut {
                    self.unreadable = Some(format!("read up to {LICENSE_CAP} bytes"));
                }
            }
            FileKind::Weights if hints::hint(&name).is_none() => {
                self.unreadable = Some("not of any weight format that is known".to_owned());
            }
            _ if hints::hint(&name).is_some() => {
                if let Some(contents) = self.hinted(source) {
                    self.contents = contents;
                }
            }
            // an editor's own files hold comments, and are no JSON
            _ if has_ending(&name, &["json"]) && !is_of_editor(&self.path) => {
                self.config(source, Tree::Json)?;
            }
            _ if has_ending(&name, &["yaml", "yml"]) || name == "mlmodel" => {
                self.config(source, Tree::Yaml)?;
            }
            FileKind::Dataset | FileKind::Archive | FileKind::Signature => {}
            _ if std::str::from_utf8(head).is_ok() || head.starts_with(&[0xff, 0xfe]) => {
                let read = text::read(source)?;
                if read.cut {
                    self.unreadable = Some(format!("read up to {} bytes", text::CAP));
                }
                self.contents = Contents::Text(read);
            }
            _ => {}
        }
        Ok(())
    }

    /// What the readers of code, data and documents make of it, where its name asks for one.
    fn hinted(&mut self, source: &Source) -> Option<Contents> {
        let contents = hints::read(&self.path, source)?;
        if matches!(self.kind, FileKind::Other | FileKind::Config)
            && let Some(hint) = hints::hint(&self.path)
        {
            self.kind = hint.kind;
        }
        Some(contents)
    }

    fn config(&mut self, source: &Source, tree: Tree) -> io::Result<()> {
        let read = text::read(source)?;
        self.format = Some(tree.name());
        if read.cut {
            let why = format!("longer than the {} bytes that are read", text::CAP);
            if self.kind == FileKind::Config {
                self.odd(
                    What::ConfigInvalid,
                    format!("is {why}: what a loader does with it is not known"),
                );
            }
            self.unreadable = Some(why);
            return Ok(());
        }
        let (config, oddities) = match tree {
            Tree::Json => json::config(&self.path, &read.text),
            Tree::Yaml => yaml::config(&self.path, &read.text),
        };
        self.contents = Contents::Config(config);
        self.oddities.extend(oddities);
        Ok(())
    }

    /// All bytes, where there are no more than `cap`.
    fn whole(&mut self, source: &Source, cap: u64) -> io::Result<Option<Vec<u8>>> {
        if self.len > cap {
            self.unreadable = Some(format!("longer than the {cap} bytes that are read"));
            return Ok(None);
        }
        source.read(0..self.len).map(Some)
    }
}

#[derive(Clone, Copy)]
enum Tree {
    Json,
    Yaml,
}

impl Tree {
    fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Yaml => "yaml",
        }
    }
}

/// Whether a file is a setting of an editor's, whose form is JSON with comments.
fn is_of_editor(path: &str) -> bool {
    path.split('/').any(|part| matches!(part, ".vscode" | ".devcontainer"))
}

fn has_ending(name: &str, endings: &[&str]) -> bool {
    name.rsplit_once('.').is_some_and(|(_, ending)| endings.contains(&ending))
}

/// Kinds of file of which an empty one is nothing to remark on.
const MAY_BE_EMPTY: &[FileKind] = &[
    FileKind::Code,
    FileKind::Other,
    FileKind::Bookkeeping,
    FileKind::Record,
];

/// How names of code end that was built for a machine.
const BUILT: &[&str] = &[
    ".pyc", ".pyo", ".so", ".dll", ".dylib", ".exe", ".wasm", ".class",
];

/// Whether a file whose name says `named` may turn out to be `told` without deceiving anyone.
fn may_be(named: FileKind, told: FileKind) -> bool {
    let vague = [
        FileKind::Other,
        FileKind::Weights,
        FileKind::TrainingState,
        FileKind::Archive,
    ];
    named == told
        || vague.contains(&named)
        || matches!(
            (named, told),
            (_, FileKind::Other)
                | (
                    FileKind::Tokenizer | FileKind::Dataset | FileKind::Evaluation,
                    FileKind::Archive
                )
                | (FileKind::Config, FileKind::Weights | FileKind::Recipe)
                | (FileKind::Paper | FileKind::License | FileKind::DataCard, FileKind::Paper)
                | (FileKind::Evaluation | FileKind::Tokenizer, FileKind::Dataset)
        )
}
