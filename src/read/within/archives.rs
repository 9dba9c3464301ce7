//! Archives and packed layers, opened to look at what lies inside.

use std::collections::BTreeSet;

use super::{HEAD, LAYER, Look, MEMBERS, Part, RATIO, Sort, inner_path, layers::Layer};
use crate::{
    facts::{Make, Oddity, What},
    read::{
        pages::Pages,
        pickle::{self, Ending},
        tar,
        window::Window,
        zip::{Packing, Zip},
    },
    words::Place,
};

impl Look<'_> {
    pub(super) fn zip(&mut self, part: &Part) {
        let Ok(zip) = Zip::read(self.path, part.bytes) else {
            return self.unopened(part.member, "an archive whose tables cannot be read");
        };
        let unlisted = zip.unlisted(part.bytes);
        self.make(part.member, zip.members.iter().map(|it| it.name.as_str()));
        if !part.told {
            for Oddity { what, at, saying } in zip.oddities {
                let member = inner_path(part.member, at.member.as_deref().unwrap_or_default());
                let member = (!member.is_empty()).then_some(member);
                self.notes.note(what, Place { member, ..at }, saying);
            }
        }
        for member in zip.members.iter().chain(&unlisted) {
            let listed = !unlisted.contains(member);
            let storage = self.torch && part.member.is_none() && listed && is_storage(&member.name);
            if member.name.ends_with('/') || storage {
                continue;
            }
            let Some(fewer) = self.members.checked_sub(1) else {
                return self.unopened(part.member, format!("more than {MEMBERS} members"));
            };
            self.members = fewer;
            let path = inner_path(part.member, &member.name);
            if listed && part.member.is_none() && self.walked.contains(&Some(path.clone())) {
                continue;
            }
            let name = path.rsplit('/').next().unwrap_or_default().to_owned();
            let inner = |bytes| Part {
                bytes,
                member: Some(&path),
                name: &name,
                depth: part.depth + 1,
                told: false,
            };
            if let Some(window) = member.window(part.bytes) {
                self.part(&inner(&window));
                continue;
            }
            if let Packing::Other(method) = member.packing {
                self.unopened(Some(&path), format!("packed by method {method}, which is not read"));
                continue;
            }
            // some loaders pay no heed to the mark, so what unpacks all the same is looked into
            let encrypted = member.is_encrypted();
            let head = member.unpack_head(part.bytes, HEAD);
            if !is_worth(&head, &name) {
                if encrypted {
                    self.unopened(Some(&path), "encrypted");
                }
                continue;
            }
            match member.unpack(part.bytes, LAYER.min(self.room)) {
                Ok(unpacked) => {
                    self.room = self.room.saturating_sub(unpacked.bytes.len() as u64);
                    if encrypted && unpacked.wrong.is_some() {
                        self.unopened(Some(&path), "encrypted");
                    }
                    self.part(&inner(&unpacked.bytes));
                }
                Err(_) if encrypted => self.unopened(Some(&path), "encrypted"),
                Err(error) => {
                    let packed = member.packed.end - member.packed.start;
                    if member.len / RATIO > packed {
                        let saying = format!("{} bytes packed into {packed}", member.len);
                        let at = self.place(Some(&path));
                        self.notes.note(What::ArchiveBomb, at, saying);
                    }
                    self.unopened(Some(&path), error.to_string());
                }
            }
        }
    }

    pub(super) fn tar(&mut self, part: &Part) {
        let pages = Pages::new(part.bytes);
        let members = tar::members(&pages, usize::try_from(self.members).unwrap_or(usize::MAX));
        self.make(part.member, members.iter().map(|it| it.name.as_str()));
        for member in &members {
            let Some(window) = Window::new(part.bytes, member.bytes.clone()) else {
                continue;
            };
            self.members = self.members.saturating_sub(1);
            let path = inner_path(part.member, &member.name);
            let name = path.rsplit('/').next().unwrap_or_default().to_owned();
            self.part(&Part {
                bytes: &window,
                member: Some(&path),
                name: &name,
                depth: part.depth + 1,
                told: false,
            });
        }
        if !part.told {
            for fault in pages.close().unwrap_or_default() {
                let at = self.place(part.member).byte(fault.at);
                self.notes.note(fault.what, at, fault.saying);
            }
        }
    }

    /// Notes an archive whose loader runs code that lies in it.
    fn make<'a>(&mut self, member: Option<&str>, names: impl Iterator<Item = &'a str>) {
        let mut makes = BTreeSet::new();
        for name in names {
            let name = name.trim_start_matches("./").to_ascii_lowercase();
            makes.extend(MAKES.iter().filter(|row| (row.1)(&name)).map(|row| row.0));
        }
        let member = member.map(str::to_owned);
        self.found.makes.extend(makes.into_iter().map(|make| (member.clone(), make)));
    }

    pub(super) fn layer(&mut self, part: &Part, layer: Layer) {
        let Some(head) = layer.unpack(part.bytes, HEAD) else {
            if layer.is_sure() {
                let why = format!("packed as {}, and cannot be unpacked", layer.name());
                self.unopened(part.member, why);
            }
            return;
        };
        if !is_worth(&head.bytes, "") {
            return;
        }
        let cap = LAYER.min(self.room);
        let Some(unpacked) = layer.unpack(part.bytes, cap) else {
            return;
        };
        let len = unpacked.bytes.len() as u64;
        self.room = self.room.saturating_sub(len);
        if unpacked.more {
            if len / RATIO > part.bytes.len() {
                let saying = format!("unpacks to more than {len} bytes, from {}", part.bytes.len());
                let at = self.place(part.member);
                self.notes.note(What::ArchiveBomb, at, saying);
            }
            let why = format!("unpacks to more than the {cap} bytes that are looked into");
            self.unopened(part.member, why);
        }
        let path = inner_path(part.member, layer.name());
        self.part(&Part {
            bytes: &unpacked.bytes,
            member: Some(&path),
            name: part.name,
            depth: part.depth + 1,
            told: false,
        });
    }
}

/// Whether a member is one that only archives of some make have.
type Test = fn(&str) -> bool;

/// Makes of archives, each by a member that no other has; names are in lower case.
#[rustfmt::skip]
const MAKES: &[(Make, Test)] = &[
    (Make::TorchPackage, |name| name.ends_with(".data/extern_modules")),
    (Make::TorchServe, |name| name == "mar-inf/manifest.json"),
    (Make::SageMaker, |name| name == "code/inference.py"),
    (Make::Macros, |name| name.ends_with("/vbaproject.bin") || name.contains("/macrosheets/") || name.ends_with("basic/script-lc.xml")),
];

/// Whether a packed member is worth unpacking: its front is that of an archive, a pickle, an array
/// or a program, or may be that of an old pickle.
fn is_worth(head: &[u8], name: &str) -> bool {
    // an old pickle imports something at its front, or goes on behind it without a fault
    let text = || {
        let walk = pickle::trial(&head.to_vec(), 0);
        let imports = walk.values.globals.iter().any(|it| pickle::is_name(&it.module));
        imports || matches!(walk.ending, Ending::Short | Ending::GivenUp)
    };
    let name = name.to_ascii_lowercase();
    let named =
        [".pkl", ".yaml", ".yml", ".json", ".py", ".sh"].iter().any(|end| name.ends_with(end));
    // what `stable-baselines3` calls its description
    let data = name == "data" && head.starts_with(b"{");
    Sort::of(head) != Sort::Unknown || named || data || text()
}

/// Whether a member of torch's archive is the bytes of a tensor.
fn is_storage(name: &str) -> bool {
    let mut parts = name.rsplit('/');
    let key = parts.next().unwrap_or_default();
    let digits = !key.is_empty() && key.bytes().all(|digit| digit.is_ascii_digit());
    digits && matches!(parts.next(), Some("data" | "constants"))
}
