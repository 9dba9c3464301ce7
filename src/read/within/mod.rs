//! Looks into a file for what could run, whatever the file is called: through archives and packed
//! layers, behind the end, in bytes that pickles carry. Nothing is unpickled, and nothing is written.

mod archives;
mod documents;
mod layers;
#[cfg(test)]
mod tests;
mod text;
mod weights;

use std::collections::BTreeSet;

use layers::Layer;
pub(super) use weights::{tell_notes, tell_tensors};

use super::{
    notes::Notes,
    numpy,
    pickle::{self, Carried, is_opcode},
    tar,
    window::Window,
    zip::Zip,
};
use crate::{
    facts::{Oddity, Pickle, Unopened, What, Within},
    source::Bytes,
    words::Place,
};

/// Archives in archives are opened so deep.
const DEEPEST: u8 = 8;
/// Members that are looked at, of one file.
const MEMBERS: u32 = 1 << 20;
/// Bytes that are unpacked of one layer or member, and of one file.
const LAYER: u64 = 64 << 20;
const UNPACKED: u64 = 256 << 20;
/// So much decides what something is.
const HEAD: u64 = 512;
/// Parts that are not opened and are told one by one.
const TOLD: usize = 50;
/// Pickles in a row that are walked.
const PICKLES: usize = 1 << 20;
/// A layer that unpacks to more than this many times its length, and to more than is read, is a bomb.
const RATIO: u64 = 100;

/// What the reader of a file has already seen of it.
#[derive(Default)]
pub(super) struct Seen<'a> {
    /// Its format.
    pub(super) format: Option<&'static str>,
    /// Whether a reader listed it.
    pub(super) read: bool,
    /// Pickles that were walked.
    pub(super) pickles: &'a [Pickle],
    /// What those carry.
    pub(super) carried: Vec<Carried>,
    /// Where bytes start that belong to nothing.
    pub(super) rest: Option<u64>,
}

/// Looks into a file.
pub(super) fn look(path: &str, bytes: &dyn Bytes, seen: Seen) -> (Within, Vec<Oddity>) {
    let walked = seen.pickles.iter().map(|it| it.member.clone()).collect();
    let mut look = Look {
        path,
        walked,
        torch: matches!(seen.format, Some("torch_zip" | "torchscript")),
        script: seen.format == Some("torchscript"),
        found: Within::default(),
        notes: Notes::new(path),
        members: MEMBERS,
        room: UNPACKED,
    };
    let whole = Part {
        bytes,
        member: None,
        name: path.rsplit('/').next().unwrap_or(path),
        depth: 0,
        // archives in a row, by their make: the last one's tables know nothing of the others
        told: seen.read || seen.format == Some("torch_distcp"),
    };
    look.part(&whole);
    for carried in seen.carried {
        look.carried(bytes, &carried, None, 1);
    }
    look.behind(&whole, seen.rest);
    let notes = look.notes.oddities();
    (look.found, notes)
}

/// Whether a file that begins so is a packed layer.
pub(super) fn is_packed(head: &[u8]) -> bool {
    Layer::of(head).is_some()
}

/// A run of bytes that may be something.
#[derive(Clone, Copy)]
struct Part<'a> {
    bytes: &'a dyn Bytes,
    /// The archive's inner path; `None` for the file itself.
    member: Option<&'a str>,
    /// The last part of its path.
    name: &'a str,
    depth: u8,
    /// Whether what is odd about it as an archive is told already.
    told: bool,
}

/// What a run of bytes is, by its front.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Zip,
    Tar,
    Packed(Layer),
    Array,
    Pickle,
    /// Machine code, or code for a virtual machine.
    Program(&'static str),
    Unknown,
}

impl Sort {
    fn of(head: &[u8]) -> Self {
        if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
            Self::Zip
        } else if tar::begins(head) {
            Self::Tar
        } else if head.starts_with(b"\x93NUMPY") {
            Self::Array
        } else if let Some(layer) = Layer::of(head) {
            Self::Packed(layer)
        } else if let Some(program) = program(head) {
            Self::Program(program)
        } else {
            match head {
                [0x80, 2..=5, next, ..] if is_opcode(*next) => Self::Pickle,
                _ => Self::Unknown,
            }
        }
    }
}

/// Code for a machine, by its first bytes.
fn program(head: &[u8]) -> Option<&'static str> {
    let pe = || {
        let place = head.get(60..64)?.first_chunk().map(|four| u32::from_le_bytes(*four))?;
        head.get(usize::try_from(place).ok()?..)?.starts_with(b"PE\0\0").then_some(())
    };
    match head {
        [0x7F, b'E', b'L', b'F', 1 | 2, 1 | 2, 1, ..] => Some("an ELF program or library"),
        [0xCF | 0xCE, 0xFA, 0xED, 0xFE, ..] => Some("a Mach-O program or library"),
        [0, b'a', b's', b'm', 1, 0, 0, 0, ..] => Some("a WebAssembly module"),
        [b'M', b'Z', ..] if pe().is_some() => Some("a Windows program or library"),
        _ => None,
    }
}

struct Look<'a> {
    path: &'a str,
    /// Members whose pickles the file's own reader walked.
    walked: BTreeSet<Option<String>>,
    torch: bool,
    /// Whether its code is `TorchScript`.
    script: bool,
    found: Within,
    notes: Notes,
    /// Members that may still be looked at, and bytes that may still be unpacked.
    members: u32,
    room: u64,
}

impl Look<'_> {
    fn place(&self, member: Option<&str>) -> Place {
        let file = Place::file(self.path);
        member.map_or(file.clone(), |member| file.member(member))
    }

    fn unopened(&mut self, member: Option<&str>, why: impl Into<String>) {
        if self.found.unopened.len() < TOLD {
            self.found.unopened.push(Unopened {
                member: member.map(str::to_owned),
                why: why.into(),
            });
        }
    }

    fn part(&mut self, part: &Part) {
        let head = part.bytes.read(0..part.bytes.len().min(HEAD)).unwrap_or_default();
        let sort = Sort::of(&head);
        let archive = matches!(sort, Sort::Zip | Sort::Tar | Sort::Packed(_));
        if archive && part.depth >= DEEPEST {
            return self.unopened(part.member, format!("an archive {DEEPEST} archives deep"));
        }
        self.found.opened |= archive && part.member.is_none();
        if sort == Sort::Unknown {
            self.text(part, &head);
            self.document(part, &head);
        }
        match sort {
            Sort::Zip => self.zip(part),
            Sort::Tar => self.tar(part),
            Sort::Packed(layer) => self.layer(part, layer),
            Sort::Array => self.elements(part),
            Sort::Program(what) if part.member.is_some() => {
                let at = self.place(part.member);
                self.notes.note(What::ExecutableMember, at, format!("is {what}"));
            }
            Sort::Program(_) => {}
            Sort::Pickle => self.pickles(part, 0),
            Sort::Unknown => {
                let opcode = head.first().is_some_and(|it| is_opcode(*it));
                if opcode && pickle::trial(part.bytes, 0).is_surely_one() {
                    if part.member.is_none() && !self.walked.contains(&None) && part.told {
                        let saying = "read from its first byte, it is a pickle as well";
                        self.notes.of_file(What::Polyglot, saying);
                    }
                    self.pickles(part, 0);
                }
            }
        }
    }

    /// Walks pickles one after the other, unless the file's own reader did.
    fn pickles(&mut self, part: &Part, mut at: u64) {
        if self.walked.contains(&part.member.map(str::to_owned)) && part.depth <= 1 {
            return;
        }
        for count in 0..PICKLES {
            let walk = pickle::walk(part.bytes, at);
            // behind the first, one of two bytes says nothing, and another may follow it
            let one = walk.is_one() && (count == 0 || walk.end > at + 2);
            if count > 0 && !one && walk.stopped.is_some() {
                break;
            }
            let place = self.place(part.member);
            if one {
                for (byte, saying) in &walk.unusual {
                    self.notes.note(What::PickleUnusual, place.clone().byte(*byte), saying);
                }
                if let Some((byte, why)) = &walk.stopped {
                    self.notes.note(What::PickleStopped, place.byte(*byte), why);
                }
            }
            if count + 1 == PICKLES {
                self.unopened(part.member, format!("more than {PICKLES} pickles in a row"));
            }
            let (pickles, carried) = pickle::told(part.bytes, &walk, part.member);
            if one {
                let loud = |it: &Pickle| !it.globals.is_empty() || !it.extensions.is_empty();
                self.found.pickles.extend(pickles.into_iter().filter(|it| count == 0 || loud(it)));
            }
            for held in carried {
                self.carried(part.bytes, &held, part.member, part.depth + 1);
            }
            at = walk.end;
            if walk.stopped.is_some() || at >= part.bytes.len() {
                break;
            }
        }
    }

    /// The elements of an array: a pickle where they are Python objects, and where they look like one,
    /// whatever the header says.
    fn elements(&mut self, part: &Part) {
        let Some((start, objects)) = numpy::elements(part.bytes) else {
            return;
        };
        if objects {
            return self.pickles(part, start);
        }
        let head = part.bytes.read(start..part.bytes.len().min(start.saturating_add(3)));
        let first = head.unwrap_or_default();
        let begins = first.first().is_some_and(|it| is_opcode(*it));
        if begins && pickle::trial(part.bytes, start).is_surely_one() {
            let at = self.place(part.member).byte(start);
            self.notes.note(What::Polyglot, at, "the elements of the array are a pickle");
            self.pickles(part, start);
        }
    }

    fn carried(&mut self, bytes: &dyn Bytes, carried: &Carried, member: Option<&str>, depth: u8) {
        let name = member.map_or("bytes".to_owned(), |member| format!("{member}/bytes"));
        let inner = |bytes| Part {
            bytes,
            member: Some(&name),
            name: "",
            depth,
            told: false,
        };
        match carried {
            Carried::Text(text) => self.part(&inner(text)),
            Carried::There(range) => {
                if let Some(window) = Window::new(bytes, range.clone()) {
                    self.part(&inner(&window));
                }
            }
        }
    }

    /// What stands behind the end of a file, and archives that end where it ends.
    fn behind(&mut self, whole: &Part, rest: Option<u64>) {
        let len = whole.bytes.len();
        let head = whole.bytes.read(0..len.min(HEAD)).unwrap_or_default();
        if Sort::of(&head) != Sort::Zip && len > 22 && Zip::ends(whole.bytes) {
            self.notes.of_file(What::Polyglot, "ends as a zip archive does, and is one as well");
            self.zip(&Part { told: false, ..*whole });
        }
        let Some(rest) = rest.filter(|rest| *rest < len) else {
            return;
        };
        let Some(window) = Window::new(whole.bytes, rest..len) else {
            return;
        };
        let head = window.read(0..window.len().min(HEAD)).unwrap_or_default();
        let sort = Sort::of(&head);
        let pickled = sort == Sort::Pickle || pickle::trial(&window, 0).is_surely_one();
        let what = match sort {
            Sort::Zip => "a zip archive",
            Sort::Tar => "a tar archive",
            Sort::Packed(layer) => layer.name(),
            Sort::Array => "a numpy array",
            Sort::Program(what) => what,
            _ if pickled => "a pickle",
            Sort::Pickle | Sort::Unknown => return,
        };
        let at = Place::file(self.path).byte(rest);
        self.notes.note(What::Polyglot, at, format!("{what} stands behind the end"));
        let member = format!("byte {rest}");
        let part = Part {
            bytes: &window,
            member: Some(&member),
            name: "",
            depth: 1,
            told: false,
        };
        if pickled {
            self.pickles(&part, 0);
        } else {
            self.part(&part);
        }
    }
}

fn inner_path(outer: Option<&str>, inner: &str) -> String {
    match outer {
        Some(outer) if !inner.is_empty() => format!("{outer}/{inner}"),
        Some(outer) => outer.to_owned(),
        None => inner.to_owned(),
    }
}
