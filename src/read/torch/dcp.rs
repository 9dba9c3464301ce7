//! Distributed checkpoints: `.metadata` says which tensors there are and which file holds each piece;
//! a `.distcp` file is pieces end to end, each a small torch archive.

use std::collections::BTreeMap;

use super::{archive, dtypes, tensors::extents};
use crate::{
    facts::{Dtype, Pickle, Tensor},
    read::{
        Input, Listing, Probe,
        gathering::Gathering,
        pickle::{self, Node, Value, Values},
        window::Window,
    },
    source::Bytes,
};

/// The class that such a file holds, as protocols 2 and 4 write it.
const CLASS: &[u8] = b"torch.distributed.checkpoint.metadata";
/// Pickles of pieces that are told.
const PICKLES: usize = 4096;

pub(super) fn recognizes(probe: &Probe) -> bool {
    probe.head.starts_with(b"\x80") && probe.head.windows(CLASS.len()).any(|bytes| bytes == CLASS)
}

/// The files that hold the pieces, told by their name: by content they look like one archive with
/// others in front of it.
pub(super) fn holds_pieces(probe: &Probe) -> bool {
    probe.head.starts_with(b"PK") && probe.name.strip_suffix(".distcp").is_some()
}

/// A tensor as the metadata tells it.
struct Told {
    dtype: Dtype,
    shape: Vec<u64>,
}

pub(super) fn read(input: &Input) -> Listing {
    let mut gathering = Gathering::new(input, super::DCP.name);
    let walk = pickle::walk(input.bytes, 0);
    super::tell(&walk, &gathering.at(), &mut gathering);
    let values = &walk.values;
    let tensors = attribute(values, walk.root, "state_dict_metadata")
        .map(|all| tensors(values, all))
        .unwrap_or_default();
    let pieces = attribute(values, walk.root, "storage_data")
        .map(|all| pieces(values, all))
        .unwrap_or_default();
    let mut files = Files::new(input);
    let mut opened = BTreeMap::new();
    for (name, pieces) in &pieces {
        let all: Vec<Option<Tensor>> = pieces.iter().map(|piece| files.open(piece)).collect();
        if let [Some(tensor)] = all.as_slice() {
            opened.insert(name.as_str(), tensor.clone());
        }
    }
    for (name, told) in tensors {
        let pieces = pieces.get(&name).map_or(&[][..], Vec::as_slice);
        if pieces.len() > 1 {
            let all: Vec<_> = pieces.iter().map(Piece::told).collect();
            gathering.note(format!("pieces of {name}"), all.join(", "));
        }
        let Told { dtype, shape } = told;
        let stored = opened.remove(name.as_str());
        let same = stored.filter(|it| (&it.dtype, &it.shape) == (&dtype, &shape));
        let bytes = same.and_then(|it| it.bytes);
        let tensor = Tensor { name, dtype, shape, bytes };
        match pieces.first() {
            Some(piece) => {
                let len = files.len(&piece.path);
                gathering.tensor_elsewhere(&piece.path, len, tensor);
            }
            None => gathering.tensor(tensor.name, tensor.dtype, tensor.shape, None),
        }
    }
    let mut listing = gathering.listing();
    (listing.file.pickles, listing.carried) = pickle::told(input.bytes, &walk, None);
    listing.file.pickles.extend(files.pickles);
    listing
}

/// The files that hold the pieces, each opened once.
struct Files<'a> {
    input: &'a Input<'a>,
    open: BTreeMap<String, Option<Box<dyn Bytes>>>,
    /// Bytes of pieces that may still be opened, by file: pieces that overlap gain nothing.
    left: BTreeMap<String, u64>,
    pickles: Vec<Pickle>,
}

impl<'a> Files<'a> {
    fn new(input: &'a Input<'a>) -> Self {
        Self {
            input,
            open: BTreeMap::new(),
            left: BTreeMap::new(),
            pickles: Vec::new(),
        }
    }

    fn file(&mut self, path: &str) -> Option<&dyn Bytes> {
        let sibling = || (self.input.sibling)(path);
        self.open.entry(path.to_owned()).or_insert_with(sibling).as_deref()
    }

    fn len(&mut self, path: &str) -> Option<u64> {
        self.file(path).map(Bytes::len)
    }

    /// The one tensor in a piece, with its bytes from the start of the file. The pickles around it
    /// are kept.
    fn open(&mut self, piece: &Piece) -> Option<Tensor> {
        let len = self.len(&piece.path)?;
        let left = self.left.entry(piece.path.clone()).or_insert(len.saturating_mul(2));
        *left = left.checked_sub(piece.len)?;
        let window = Window::new(self.file(&piece.path)?, piece.start..piece.end())?;
        let mut head = [0; 2];
        window.read_at(0, &mut head).ok()?;
        if head != *b"PK" {
            return None;
        }
        let inside = Input {
            path: &piece.path,
            bytes: &window,
            sibling: &|_| None,
        };
        let listing = archive::read(&inside, super::ZIP.name).ok()?;
        for mut pickle in listing.file.pickles {
            let inner = pickle.member.unwrap_or_default();
            pickle.member = Some(format!("{} at byte {}: {inner}", piece.path, piece.start));
            if self.pickles.len() < PICKLES {
                self.pickles.push(pickle);
            }
        }
        let mut tensors = listing.file.tensors;
        let mut tensor = tensors.pop().filter(|_| tensors.is_empty())?;
        let shift = |at: u64| at.saturating_add(piece.start);
        tensor.bytes = tensor.bytes.map(|bytes| shift(bytes.start)..shift(bytes.end));
        Some(tensor)
    }
}

/// An attribute of an object, whose state is a dict.
fn attribute(values: &Values, object: Value, name: &str) -> Option<Value> {
    let Some(Node::Call(call)) = values.node(object) else {
        return None;
    };
    let state = call.state();
    values.get(state, name).or_else(|| {
        let parts = values.items(state).iter();
        parts.copied().find_map(|part| values.get(part, name))
    })
}

fn tensors(values: &Values, all: Value) -> BTreeMap<String, Told> {
    let mut tensors = BTreeMap::new();
    for (name, value) in values.entries(all) {
        let told = (|| {
            let size = extents(values, attribute(values, *value, "size")?)?;
            let properties = attribute(values, *value, "properties")?;
            let dtype = dtype(values, properties).unwrap_or_else(|| "unknown".to_owned());
            Some(Told { dtype: Dtype::named(&dtype), shape: size })
        })();
        if let (Some(name), Some(told)) = (values.text(*name), told) {
            tensors.insert(name, told);
        }
    }
    tensors
}

/// The dtype among a tensor's properties: an attribute, or the first of the tuple that older
/// versions write.
fn dtype(values: &Values, properties: Value) -> Option<String> {
    let Some(Node::Call(call)) = values.node(properties) else {
        return None;
    };
    let state = values.items(call.state());
    let arguments = values.items(call.arguments);
    let named = attribute(values, properties, "dtype");
    let dtype = named.or_else(|| state.first().copied()).or_else(|| arguments.first().copied())?;
    let name = &values.global(dtype)?.name;
    Some(dtypes::of_dtype(name).map_or(name.clone(), |element| element.name.to_owned()))
}

/// Where one piece of a tensor lies: an archive of its own.
struct Piece {
    path: String,
    /// From the start of that file.
    start: u64,
    len: u64,
}

impl Piece {
    fn end(&self) -> u64 {
        self.start.saturating_add(self.len)
    }

    fn told(&self) -> String {
        format!("{} bytes {}..{}", self.path, self.start, self.end())
    }
}

fn pieces(values: &Values, all: Value) -> BTreeMap<String, Vec<Piece>> {
    let mut pieces: BTreeMap<String, Vec<Piece>> = BTreeMap::new();
    for (index, info) in values.entries(all) {
        let piece = (|| {
            let name = values.text(attribute(values, *index, "fqn")?)?;
            let path = values.text(attribute(values, *info, "relative_path")?)?;
            let number = |key| match attribute(values, *info, key) {
                Some(Value::Int(n)) => u64::try_from(n).ok(),
                _ => None,
            };
            Some((
                name,
                Piece {
                    path,
                    start: number("offset")?,
                    len: number("length")?,
                },
            ))
        })();
        if let Some((name, piece)) = piece {
            pieces.entry(name).or_default().push(piece);
        }
    }
    pieces
}
