//! Torch's zip: `data.pkl` for the structure, a member for each storage; with code beside them it is
//! `TorchScript`.

use std::collections::BTreeMap;

use super::{
    placing::{self, Ground, Stored},
    tree,
};
use crate::{
    facts::{Pickle, What},
    read::{
        Input, Listing, Probe, ReadError,
        gathering::Gathering,
        pickle::{self, Carried, Walk},
        window::Window,
        zip::{Member, Packing, Zip},
    },
    source::Bytes,
    words::Place,
};

/// The most that is unpacked of a packed pickle.
const CAP: u64 = 1 << 29;
/// Up to this length, a pickle's bytes are held against the archive's CRC-32.
const CHECKED: u64 = 1 << 26;

/// Where the structure is, in the archive's folder.
const STRUCTURE: &str = "data.pkl";

/// What kind of torch archive this is; `None` where it is none.
pub(super) fn is_script(probe: &Probe) -> Option<bool> {
    if !probe.head.starts_with(b"PK") {
        return None;
    }
    let names = Zip::names(probe.bytes);
    let folder = folder(names.iter().map(String::as_str))?;
    let code = [format!("{folder}code/"), format!("{folder}constants.pkl")];
    Some(names.iter().any(|name| name.starts_with(&code[0]) || *name == code[1]))
}

/// The folder that the structure lies in, with its slash: the shortest, then the first.
fn folder<'a>(names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let folders = names.filter_map(|name| {
        let folder = name.strip_suffix(STRUCTURE)?;
        (folder.is_empty() || folder.ends_with('/')).then_some(folder)
    });
    folders.min_by_key(|folder| folder.len())
}

pub(super) fn read(input: &Input, format: &'static str) -> Result<Listing, ReadError> {
    let mut gathering = Gathering::new(input, format).with_views();
    let zip = Zip::read(input.path, input.bytes)?;
    let cut_short = zip.oddities.iter().any(|odd| odd.what == What::ShardTruncated);
    for oddity in zip.oddities {
        gathering.odd(oddity.what, oddity.at, oddity.saying);
    }
    let folder = folder(zip.members.iter().map(|member| member.name.as_str())).unwrap_or("");
    let plain = little_endian(&zip.members, folder, input, &mut gathering)?;
    let mut all = Archive {
        input,
        folder,
        plain,
        cut_short,
        script: format == super::SCRIPT.name,
        gathering,
        storages: BTreeMap::new(),
        pickles: Vec::new(),
        carried: Vec::new(),
    };
    for member in zip.members.iter().rev() {
        all.storages.insert(&member.name, member); // of two of one name, the first
    }
    let mut apart = Vec::new();
    let mut listed = Vec::new();
    for member in &zip.members {
        if !is_pickle(&member.name) {
            continue;
        }
        let walk = all.walk(member)?;
        let of = match member.name.strip_prefix(folder) {
            Some(STRUCTURE) => "data",
            Some("constants.pkl") => "constants",
            _ => continue,
        };
        if listed.contains(&of) {
            continue; // a second one of that name: told by the archive's reader
        }
        listed.push(of);
        apart.extend(all.list(&walk, member, of));
    }
    let (pickles, carried) = (all.pickles, all.carried);
    let mut listing = all.gathering.listing();
    listing.file.apart = apart;
    listing.file.pickles = pickles;
    listing.carried = carried;
    Ok(listing)
}

fn is_pickle(name: &str) -> bool {
    let end = name.rsplit('.').next().unwrap_or_default();
    ["pkl", "pickle", "debug_pkl"].contains(&end)
}

/// Whether the storages are little-endian, as nearly all are.
fn little_endian(
    members: &[Member],
    folder: &str,
    input: &Input,
    gathering: &mut Gathering,
) -> Result<bool, ReadError> {
    let name = format!("{folder}byteorder");
    let Some(member) = members.iter().find(|member| member.name == name) else {
        return Ok(true);
    };
    let order = member.unpack(input.bytes, 1 << 10)?.bytes;
    if order.trim_ascii() == b"little" {
        return Ok(true);
    }
    let at = Place::file(input.path).member(&name);
    let order = String::from_utf8_lossy(&order).into_owned();
    gathering.odd(What::HeaderUnusual, at, format!("the byte order is {order:?}"));
    Ok(false)
}

struct Archive<'a> {
    input: &'a Input<'a>,
    folder: &'a str,
    plain: bool,
    cut_short: bool,
    script: bool,
    gathering: Gathering,
    storages: BTreeMap<&'a str, &'a Member>,
    pickles: Vec<Pickle>,
    carried: Vec<Carried>,
}

impl Archive<'_> {
    /// Walks a pickle in the archive, in place where it is stored.
    fn walk(&mut self, member: &Member) -> Result<Walk, ReadError> {
        let at = Place::file(self.input.path).member(&member.name);
        let stored = member.window(self.input.bytes);
        let walk = match &stored {
            Some(window) if window.len() > CHECKED => {
                let walk = pickle::walk(window, 0);
                self.tell(window, &walk, member, Some(window.start()));
                walk
            }
            _ => match member.unpack(self.input.bytes, CAP) {
                Ok(unpacked) => {
                    if let Some(wrong) = unpacked.wrong {
                        self.gathering.odd(What::ArchiveInconsistent, at.clone(), wrong);
                    }
                    let walk = pickle::walk(&unpacked.bytes, 0);
                    let start = stored.as_ref().map(Window::start);
                    self.tell(&unpacked.bytes, &walk, member, start);
                    walk
                }
                Err(ReadError::Io(error)) => return Err(error.into()),
                Err(error) => {
                    self.gathering.odd(What::ReadInPart, at, error.to_string());
                    return Ok(Walk::default());
                }
            },
        };
        super::tell(&walk, &at, &mut self.gathering);
        let len = if stored.is_some() {
            member.packed.end - member.packed.start
        } else {
            member.len
        };
        if walk.stopped.is_none() && walk.end < len {
            let saying = format!("{} bytes after the pickle", len - walk.end);
            self.gathering.odd(What::TrailingBytes, at.byte(walk.end), saying);
        }
        Ok(walk)
    }

    /// Keeps what a walk of a member tells; the member lies at `start` of the file, or nowhere in it
    /// as it is.
    fn tell(&mut self, bytes: &dyn Bytes, walk: &Walk, member: &Member, start: Option<u64>) {
        let (pickles, carried) = pickle::told(bytes, walk, Some(&member.name));
        self.pickles.extend(pickles);
        self.carried.extend(carried.into_iter().filter_map(|it| it.moved(bytes, start)));
    }

    /// Lists the tensors of a pickle whose storages are in the folder `of`.
    fn list(&mut self, walk: &Walk, member: &Member, of: &str) -> Vec<crate::facts::Apart> {
        let mut tree = tree::tree(&walk.values, walk.root);
        if self.script {
            tree.once();
        }
        if of != "data" {
            for found in &mut tree.found {
                found.name = format!("{of}.{}", found.name);
            }
        }
        super::tell_tree(&mut tree, &mut self.gathering);
        let storage = |key: &str| {
            let member = self.storages.get(format!("{}{of}/{key}", self.folder).as_str())?;
            let stored = member.packing == Packing::Stored;
            let packed = &member.packed;
            let len = if stored {
                packed.end - packed.start
            } else {
                member.len
            };
            Some(Stored {
                start: packed.start,
                len,
                plain: stored && self.plain,
            })
        };
        let ground = Ground {
            storage: &storage,
            pickle: (member.packing == Packing::Stored).then_some(member.packed.start),
            len: self.input.bytes.len(),
            cut_short: self.cut_short,
        };
        placing::list(tree, &ground, &mut self.gathering)
    }
}
