//! Pickles in a row, with storages behind them where torch wrote them before it used zip.

use std::collections::BTreeMap;

use super::{
    placing::{self, Ground, Stored},
    tensors::stored,
    tree,
};
use crate::{
    facts::{Pickle, What},
    read::{
        Input, Listing, ReadError,
        gathering::Gathering,
        pickle::{self, Node, Value, Values, Walk},
    },
    source::Bytes,
    words::Place,
};

/// Pickles of one file that are told although they import nothing.
const QUIET: usize = 64;
/// Pickles of one file that are walked at all.
const MOST: usize = 1 << 20;

/// Torch's own magic number, as protocol 2 writes it.
pub(super) const MAGIC: &[u8] = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.";

/// Magic, protocol, system, the object, the list of keys; then each storage: its number of elements,
/// and its bytes.
pub(super) fn legacy(input: &Input) -> Result<Listing, ReadError> {
    let mut gathering = Gathering::new(input, super::LEGACY.name).with_views();
    let (mut pickles, mut walks, mut at) = (Vec::new(), Vec::new(), 0);
    let mut carried = Vec::new();
    while walks.len() < 5 {
        let walk = pickle::walk(input.bytes, at);
        super::tell(&walk, &gathering.at(), &mut gathering);
        at = walk.end;
        let told = pickle::told(input.bytes, &walk, None);
        pickles.extend(told.0);
        carried.extend(told.1);
        let stopped = walk.stopped.is_some();
        walks.push(walk);
        if stopped {
            break;
        }
    }
    let mut apart = Vec::new();
    if let Some(object) = walks.get(3) {
        let little =
            walks.get(2).and_then(|system| system.values.get(system.root, "little_endian"));
        let plain = little != Some(Value::Bool(false));
        if !plain {
            let place = gathering.at();
            gathering.odd(What::HeaderUnusual, place, "the byte order is \"big\"");
        }
        let storages = match walks.get(4) {
            Some(keys) if keys.stopped.is_none() => {
                storages(input.bytes, at, keys, &object.values, plain, &mut gathering)?
            }
            _ => BTreeMap::new(),
        };
        let mut tree = tree::tree(&object.values, object.root);
        super::tell_tree(&mut tree, &mut gathering);
        let ground = Ground {
            storage: &|key| storages.get(key).copied(),
            pickle: Some(0),
            len: input.bytes.len(),
            cut_short: walks.len() < 5 || gathering.has(What::ShardTruncated),
        };
        apart = placing::list(tree, &ground, &mut gathering);
    }
    let mut listing = gathering.listing();
    listing.file.apart = apart;
    listing.file.pickles = pickles;
    listing.carried = carried;
    Ok(listing)
}

/// Where each storage lies, in the order of the keys.
fn storages(
    bytes: &dyn Bytes,
    mut at: u64,
    keys: &Walk,
    values: &Values,
    plain: bool,
    gathering: &mut Gathering,
) -> Result<BTreeMap<String, Stored>, ReadError> {
    let lens = values.nodes().filter_map(|node| stored(values, node));
    let elements: BTreeMap<String, u64> = lens.map(|it| (it.key, it.element.len)).collect();
    let mut storages = BTreeMap::new();
    let keys = keys.values.items(keys.root).iter().map(|key| match *key {
        Value::Int(key) => key.to_string(),
        key => keys.values.text(key).unwrap_or_default(),
    });
    for key in keys {
        if bytes.len().saturating_sub(at) < 8 {
            let (needed, len) = (at.saturating_add(8), bytes.len());
            let saying = format!("storage `{key}` starts at byte {needed}, the file ends at {len}");
            let place = gathering.at().byte(at);
            gathering.odd(What::ShardTruncated, place, saying);
            return Ok(storages);
        }
        let mut count = [0; 8];
        bytes.read_at(at, &mut count)?;
        let count = if plain {
            u64::from_le_bytes(count)
        } else {
            u64::from_be_bytes(count)
        };
        let Some(len) = elements.get(&key).and_then(|element| count.checked_mul(*element)) else {
            let saying = format!("storage `{key}` has {count} elements of unknown size");
            let place = gathering.at().byte(at);
            gathering.odd(What::HeaderInvalid, place, saying);
            return Ok(storages);
        };
        let start = at + 8;
        storages.insert(key, Stored { start, len, plain });
        at = start.saturating_add(len);
    }
    if at < bytes.len() {
        let saying = format!("{} bytes after the last storage", bytes.len() - at);
        let place = gathering.at().byte(at);
        gathering.odd(What::TrailingBytes, place, saying);
    } else if at > bytes.len() {
        let saying = format!("storages end at byte {at}, the file at byte {}", bytes.len());
        let place = gathering.at();
        gathering.odd(What::ShardTruncated, place, saying);
    }
    Ok(storages)
}

/// Any other file of pickles: each is walked, and the arrays in the first are listed.
pub(super) fn plain(input: &Input) -> Listing {
    let mut gathering = Gathering::new(input, super::PICKLE.name).with_views();
    let (mut pickles, mut apart, mut at) = (Vec::<Pickle>::new(), Vec::new(), 0);
    let mut carried = Vec::new();
    for count in 0..MOST {
        let walk = pickle::walk(input.bytes, at);
        if count > 0 && walk.end == at {
            let saying = format!("{} bytes after the last pickle", input.bytes.len() - at);
            gathering.odd(What::TrailingBytes, Place::file(input.path).byte(at), saying);
            break;
        }
        super::tell(&walk, &gathering.at(), &mut gathering);
        if count == 0 {
            let mut tree = tree::tree(&walk.values, walk.root);
            super::tell_tree(&mut tree, &mut gathering);
            let len = input.bytes.len();
            let ground = Ground {
                storage: &|_| None,
                pickle: Some(0),
                len,
                cut_short: false,
            };
            apart = placing::list(tree, &ground, &mut gathering);
        }
        let (told, held) = pickle::told(input.bytes, &walk, None);
        carried.extend(held);
        let room = QUIET.saturating_sub(pickles.len());
        let loud = |it: &Pickle| !it.globals.is_empty() || !it.extensions.is_empty();
        let (loud, quiet): (Vec<_>, Vec<_>) = told.into_iter().partition(loud);
        pickles.extend(loud);
        pickles.extend(quiet.into_iter().take(room));
        at = walk.end;
        if walk.stopped.is_some() || at >= input.bytes.len() {
            break;
        }
        if count + 1 == MOST {
            let place = gathering.at().byte(at);
            let saying = format!("more than {MOST} pickles in a row; those from here are not read");
            gathering.odd(What::PickleUnusual, place, saying);
        }
    }
    let mut listing = gathering.listing();
    listing.file.apart = apart;
    listing.file.pickles = pickles;
    listing.carried = carried;
    listing
}

impl Values {
    /// Every value that is a node of its own.
    fn nodes(&self) -> impl Iterator<Item = Value> {
        (0..u32::try_from(self.len()).unwrap_or(u32::MAX))
            .map(Value::Node)
            .filter(|value| matches!(self.node(*value), Some(Node::Persistent(_))))
    }
}
