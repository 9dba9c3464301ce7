//! The parameters of a set as the plain model would have them: packed ones by the name and shape
//! that they stand for.

use std::borrow::Cow;

use super::{
    WeightSet,
    counting::tensors,
    packing::{self, Names},
    quantization::Hints,
    roles,
};
use crate::{
    facts::{Facts, Tensor},
    words::Role,
};

/// A parameter by its plain name.
#[derive(Debug)]
pub(crate) struct Logical<'f> {
    /// As the plain model spells it: old names made new ones, containers their weight.
    pub name: Cow<'f, str>,
    /// Its shape; empty and `None` elsewhere where packing hides it.
    pub shape: Option<Cow<'f, [u64]>>,
    /// Logical elements.
    pub elements: Option<u64>,
    /// Whether it is packed, so that its shape may be that of the transposed layer.
    pub packed: bool,
    /// As stored.
    pub stored: &'f Tensor,
}

/// Old ends of names, and what they are called since.
const RENAMED: &[(&str, &str)] = &[
    ("LayerNorm.gamma", "LayerNorm.weight"),
    ("LayerNorm.beta", "LayerNorm.bias"),
];

/// The parameters of a set that lie in its own folder (not those of components, whose names
/// repeat), in the order of files and tensors, each name once.
pub(crate) fn logical<'f>(facts: &'f Facts, set: &WeightSet) -> Vec<Logical<'f>> {
    let hints = Hints::of(facts, &set.folder);
    let own = set.files.iter().filter(|file| facts.artifacts[**file].folder() == set.folder);
    let files: Vec<_> = own.filter_map(|file| Some((*file, facts.weight_file(*file)?))).collect();
    let total = files.iter().map(|(_, file)| tensors(file).count()).sum();
    let mut names = Names::with_capacity(total);
    let mut first = Vec::with_capacity(total);
    for tensor in files.iter().flat_map(|(_, file)| tensors(file)) {
        first.push(names.insert(tensor));
    }
    let mut first = first.into_iter();
    let mut found = Vec::with_capacity(total);
    for (_, file) in files {
        for tensor in tensors(file) {
            let reading = roles::read(tensor, false, &names, &hints);
            if !first.next().unwrap_or_default() || reading.role != Role::Parameter {
                continue;
            }
            let (shape, packed) = match reading.packed {
                Some(packed) => (packed.shape.map(Cow::Owned), true),
                None => (Some(Cow::Borrowed(tensor.shape.as_slice())), false),
            };
            let name = if packed {
                packing::plain_name(&tensor.name)
            } else {
                renamed(&tensor.name)
            };
            found.push(Logical {
                name,
                shape,
                elements: reading.elements,
                packed,
                stored: tensor,
            });
        }
    }
    found
}

/// A parameter's name as the plain model spells it, told by the name alone.
pub(super) fn plain(name: &str) -> Cow<'_, str> {
    match packing::plain_name(name) {
        Cow::Borrowed(same) if same == name => renamed(name),
        plain => plain,
    }
}

fn renamed(name: &str) -> Cow<'_, str> {
    let new =
        RENAMED.iter().find_map(|(old, new)| Some(format!("{}{new}", name.strip_suffix(old)?)));
    new.map_or(Cow::Borrowed(name), Cow::Owned)
}

impl Logical<'_> {
    /// The shape to show: what it stands for where that is known, else as stored.
    pub(crate) fn shown_shape(&self) -> &[u64] {
        self.shape.as_deref().unwrap_or(&self.stored.shape)
    }

    /// Whether it can be a tensor of this shape: packed ones may lie transposed, and where packing
    /// hides the shape the number of elements decides.
    pub(crate) fn fits(&self, shape: &[u64]) -> bool {
        let elements = || shape.iter().try_fold(1, |n: u64, extent| n.checked_mul(*extent));
        match self.shape.as_deref() {
            Some(own) if own == shape => true,
            Some(own) if self.packed => {
                let mut turned = own.to_vec();
                let last = turned.len();
                if last > 1 {
                    turned.swap(last - 1, last - 2);
                }
                turned == shape
            }
            Some(_) => false,
            None => self.elements.is_none() || self.elements == elements(),
        }
    }
}
