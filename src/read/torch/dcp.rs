//! The `.metadata` of a distributed checkpoint: which tensors there are, and which file holds each
//! piece.

use std::collections::BTreeMap;

use super::{dtypes, tensors::extents};
use crate::{
    facts::{Dtype, Tensor},
    read::{
        Input, Listing, Probe,
        gathering::Gathering,
        pickle::{self, Node, Value, Values},
    },
};

/// The class that such a file holds, as protocols 2 and 4 write it.
const CLASS: &[u8] = b"torch.distributed.checkpoint.metadata";

pub(super) fn recognizes(probe: &Probe) -> bool {
    probe.head.starts_with(b"\x80") && probe.head.windows(CLASS.len()).any(|bytes| bytes == CLASS)
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
    for (name, told) in tensors {
        let pieces = pieces.get(&name).map_or(&[][..], Vec::as_slice);
        if pieces.len() > 1 {
            let all: Vec<_> = pieces.iter().map(|it| it.told.as_str()).collect();
            gathering.note(format!("pieces of {name}"), all.join(", "));
        }
        let Told { dtype, shape } = told;
        let tensor = Tensor { name, dtype, shape, bytes: None };
        match pieces.first() {
            Some(piece) => gathering.tensor_elsewhere(&piece.path, None, tensor),
            None => gathering.tensor(tensor.name, tensor.dtype, tensor.shape, None),
        }
    }
    let mut listing = gathering.listing();
    (listing.file.pickles, listing.carried) = pickle::told(input.bytes, &walk, None);
    listing
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

/// Where one piece of a tensor lies: a saved tensor of its own, not plain elements.
struct Piece {
    path: String,
    /// `path bytes 0..128`.
    told: String,
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
            let (offset, len) = (number("offset")?, number("length")?);
            let told = format!("{path} bytes {offset}..{}", offset.saturating_add(len));
            Some((name, Piece { path, told }))
        })();
        if let Some((name, piece)) = piece {
            pieces.entry(name).or_default().push(piece);
        }
    }
    pieces
}
