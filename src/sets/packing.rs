//! How quantization schemes pack parameters: one row a layout, told by the tensors that stand
//! beside the container, with the shape that the packed elements stand for.

use std::{borrow::Cow, collections::HashMap};

use foldhash::fast::RandomState;

use super::quantization::Hints;
use crate::facts::Tensor;

/// The tensors of a weight set by name; the first where a name stands twice.
#[derive(Default)]
pub(super) struct Names<'a>(HashMap<&'a str, &'a Tensor, RandomState>);

impl<'a> Names<'a> {
    pub(super) fn with_capacity(tensors: usize) -> Self {
        Self(HashMap::with_capacity_and_hasher(tensors, RandomState::default()))
    }

    /// Whether the name is new.
    pub(super) fn insert(&mut self, tensor: &'a Tensor) -> bool {
        let mut new = false;
        self.0.entry(&tensor.name).or_insert_with(|| {
            new = true;
            tensor
        });
        new
    }

    pub(super) fn get(&self, name: &str) -> Option<&'a Tensor> {
        self.0.get(name).copied()
    }

    /// The tensor of this stem with another end: `h.0.mlp` + `.scales`.
    pub(super) fn beside(&self, stem: &str, end: &str) -> Option<&'a Tensor> {
        self.get(&format!("{stem}{end}"))
    }
}

/// What a packed tensor stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unpacked {
    /// The scheme, as configs name it.
    pub scheme: &'static str,
    /// Bits an element takes, scales apart; `None` where neither shapes nor config tell.
    pub bits: Option<u64>,
    /// Shape as the plain layer would have it; `None` where the packing flattens it.
    pub shape: Option<Vec<u64>>,
    /// Logical elements; `None` where they cannot be told.
    pub elements: Option<u64>,
}

/// One way to pack.
#[derive(Clone, Copy)]
struct Layout {
    scheme: &'static str,
    /// How the container's name ends.
    container: &'static str,
    dtypes: &'static [&'static str],
    /// Whether a container can have this shape.
    shape: fn(&[u64]) -> bool,
    /// Any of these beside the container's stem shows that it is packed; none: the name alone does.
    beside: &'static [&'static str],
    /// `None`: it is no such layout after all.
    unpack: fn(&Packed) -> Option<Unpacked>,
}

/// A container, and what stands around it.
struct Packed<'a, 'n> {
    scheme: &'static str,
    stem: &'n str,
    tensor: &'n Tensor,
    names: &'n Names<'a>,
    hints: &'n Hints,
}

/// Layouts that keep the name of the plain tensor, [`USUAL`], the most particular first.
#[rustfmt::skip]
const UNNAMED: &[Layout] = &[
    flat(layout("bitsandbytes", ".weight", &[], &[".weight.absmax", ".weight.quant_state.bitsandbytes__nf4", ".weight.quant_state.bitsandbytes__fp4"], nibbles_flat)),
    layout("bitsandbytes", ".weight", &["I8"], &[".SCB"], plain),
    layout("nvfp4", ".weight", &["U8"], &[".weight_scale_2", ".weight_global_scale"], nibbles),
    layout("bitnet", ".weight", &["U8"], &[".weight_scale"], ternary),
    layout("nvfp4", ".weight", &["U8"], &[".weight_scale"], nibbles),
    layout("mxfp4", ".weight", &["I8", "U8"], &[".scale"], mx_nibbles_beside_scale),
    layout("mlx", ".weight", &["U32"], &[".scales"], mlx),
    layout("fp8", ".weight", &["F8_E4M3", "F8_E5M2", "F8_E4M3FNUZ", "F8_E5M2FNUZ"], &[], plain),
    layout("int8", ".weight", &["I8"], &[".weight_scale"], plain),
];

/// How nearly all names end.
const USUAL: &str = ".weight";

/// Layouts with a name of their own for the container.
#[rustfmt::skip]
const NAMED: &[Layout] = &[
    layout("gptq", ".qweight", &["I32", "U32"], &[".scales", ".qzeros", ".g_idx"], words_by_zeros),
    layout("gptq", ".qweight", &[], &[], unknown),
    layout("compressed-tensors", ".weight_packed", &["I32"], &[], words_by_hint),
    layout("mxfp4", ".weight_packed", &["U8"], &[".weight_scale"], mx_nibbles),
    layout("nvfp4", ".weight_packed", &["U8"], &[], nibbles),
    layout("mxfp4", "_blocks", &["U8"], &["_scales"], blocks),
    layout("exl3", ".trellis", &["I16"], &[], tiles),
    layout("exl2", ".q_weight", &[], &[], unknown),
    layout("aqlm", ".codes", &[], &[".codebooks"], unknown),
    layout("vptq", ".indices", &[], &[".centroids"], unknown),
    layout("quip", ".Qidxs", &[], &[], unknown),
    layout("hqq", ".W_q", &[], &[], unknown),
    layout("marlin", ".B", &["I32"], &[".s"], words_by_hint_flat),
];

const fn layout(
    scheme: &'static str,
    container: &'static str,
    dtypes: &'static [&'static str],
    beside: &'static [&'static str],
    unpack: fn(&Packed) -> Option<Unpacked>,
) -> Layout {
    Layout {
        scheme,
        container,
        dtypes,
        shape: |_| true,
        beside,
        unpack,
    }
}

/// A layout that makes one column of a matrix.
const fn flat(row: Layout) -> Layout {
    Layout {
        shape: |shape| matches!(shape, [_, 1] | [1, _]),
        ..row
    }
}

/// What a tensor stands for where it is a container of packed elements, and the name that the plain
/// tensor would have; `None` for a tensor that is what it says.
pub(super) fn unpack<'n>(
    tensor: &'n Tensor,
    names: &Names,
    hints: &Hints,
) -> Option<(Unpacked, &'n str)> {
    let dtype = tensor.dtype.name();
    let layouts = if tensor.name.ends_with(USUAL) {
        UNNAMED
    } else {
        NAMED
    };
    layouts.iter().find_map(|layout| {
        let stem = tensor.name.strip_suffix(layout.container)?;
        let typed = layout.dtypes.is_empty() || layout.dtypes.contains(&dtype);
        let fits = typed && (layout.shape)(&tensor.shape);
        let shown = || layout.beside.iter().any(|end| names.beside(stem, end).is_some());
        if !fits || !(layout.beside.is_empty() || shown()) {
            return None;
        }
        let packed = Packed {
            scheme: layout.scheme,
            stem,
            tensor,
            names,
            hints,
        };
        (layout.unpack)(&packed).map(|unpacked| (unpacked, stem))
    })
}

/// The name that the plain tensor of a container would have.
pub(super) fn plain_name(name: &str) -> Cow<'_, str> {
    if let Some(stem) = name.strip_suffix("_blocks") {
        return Cow::Borrowed(stem);
    }
    match NAMED.iter().find_map(|layout| name.strip_suffix(layout.container)) {
        Some(stem) => Cow::Owned(format!("{stem}{USUAL}")),
        None => Cow::Borrowed(name),
    }
}

/// Whether a name could be that of a container, cheaply.
pub(super) fn may_be_container(leaf: &str) -> bool {
    let container = |layout: &Layout| layout.container.strip_prefix('.') == Some(leaf);
    leaf == &USUAL[1..] || leaf.ends_with("_blocks") || NAMED.iter().any(container)
}

impl Packed<'_, '_> {
    fn found(&self, bits: Option<u64>, shape: Option<Vec<u64>>) -> Unpacked {
        let elements = shape.as_ref().and_then(|shape| product(shape));
        Unpacked {
            scheme: self.scheme,
            bits,
            shape,
            elements,
        }
    }

    fn counted(&self, bits: Option<u64>, elements: Option<u64>) -> Unpacked {
        Unpacked {
            scheme: self.scheme,
            bits,
            shape: None,
            elements,
        }
    }

    /// The shape with its last extent made `times / per` as long.
    fn widened(&self, times: u64, per: u64) -> Option<Vec<u64>> {
        let (last, outer) = self.tensor.shape.split_last()?;
        let wide = last.checked_mul(times)? / per;
        Some(outer.iter().copied().chain([wide]).collect())
    }

    fn beside(&self, end: &str) -> Option<&Tensor> {
        self.names.beside(self.stem, end)
    }

    fn hinted_bits(&self) -> Option<u64> {
        self.hints.bits(self.stem)
    }
}

fn product(shape: &[u64]) -> Option<u64> {
    shape.iter().try_fold(1, |n: u64, &extent| n.checked_mul(extent))
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of the table")]
fn unknown(packed: &Packed) -> Option<Unpacked> {
    Some(packed.counted(packed.hinted_bits(), None))
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of the table")]
fn plain(packed: &Packed) -> Option<Unpacked> {
    Some(packed.found(Some(8), Some(packed.tensor.shape.clone())))
}

/// GPTQ `[i·b/32, o]` and AWQ `[i, o·b/32]`: which of them, and the bits, follow from the shapes of
/// scales `[i/g, o]`, zero points `[i/g, o·b/32]` and group indices `[i]`.
fn words_by_zeros(packed: &Packed) -> Option<Unpacked> {
    let &[rows, columns] = packed.tensor.shape.as_slice() else {
        return unknown(packed);
    };
    let last = |end: &str| packed.beside(end).and_then(|tensor| tensor.shape.last().copied());
    let (scales, zeros) = (last(".scales"), last(".qzeros"));
    let by_zeros = zeros.zip(scales).and_then(|(zeros, scales)| whole_bits(zeros, scales));
    let by_indices = || last(".g_idx").and_then(|inputs| whole_bits(rows, inputs));
    let Some(bits) = by_zeros.or_else(by_indices).or_else(|| packed.hinted_bits()) else {
        return unknown(packed);
    };
    let wide = |words: u64| words.checked_mul(32).map(|all| all / bits);
    let along_outputs =
        packed.beside(".g_idx").is_none() && scales != Some(columns) && wide(columns) == scales;
    let (scheme, shape) = if along_outputs {
        ("awq", wide(columns).map(|outputs| vec![outputs, rows]))
    } else {
        ("gptq", wide(rows).map(|inputs| vec![columns, inputs]))
    };
    Some(Unpacked {
        scheme,
        ..packed.found(Some(bits), shape)
    })
}

/// Bits of each of `elements` in `words` of 32, where that comes out whole.
fn whole_bits(words: u64, elements: u64) -> Option<u64> {
    let bits = words.checked_mul(32)?;
    (elements > 0 && bits.is_multiple_of(elements))
        .then(|| bits / elements)
        .filter(|bits| (1..=8).contains(bits))
}

/// `[o, i·b/32]`; the bits by the zero points `[o·b/32, i/g]` where there are any, else by config.
fn words_by_hint(packed: &Packed) -> Option<Unpacked> {
    let first = |end: &str| packed.beside(end).and_then(|tensor| tensor.shape.first().copied());
    let zeros = first(".weight_zero_point").zip(first(".weight_scale"));
    let bits = zeros.and_then(|(zeros, scales)| whole_bits(zeros, scales));
    let Some(bits) = bits.or_else(|| packed.hinted_bits()) else {
        return unknown(packed);
    };
    Some(packed.found(Some(bits), packed.widened(32, bits)))
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of the table")]
fn words_by_hint_flat(packed: &Packed) -> Option<Unpacked> {
    let bits = packed.hinted_bits();
    let words = packed.tensor.elements();
    let elements = bits.zip(words).and_then(|(bits, n)| n.checked_mul(32).map(|all| all / bits));
    Some(packed.counted(bits, elements))
}

/// Two in a byte, in rows flattened to one column; the container's type may be wider than a byte.
fn nibbles_flat(packed: &Packed) -> Option<Unpacked> {
    let width = packed.tensor.dtype.element_len()?;
    let elements = packed.tensor.elements().and_then(|n| n.checked_mul(width)?.checked_mul(2));
    Some(packed.counted(Some(4), elements))
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of the table")]
fn nibbles(packed: &Packed) -> Option<Unpacked> {
    Some(packed.found(Some(4), packed.widened(2, 1)))
}

/// Two in a byte with one scale for 32; an FP8 scale means another scheme.
fn mx_nibbles(packed: &Packed) -> Option<Unpacked> {
    let scale = packed.beside(".weight_scale")?.dtype.name();
    matches!(scale, "U8" | "F8_E8M0").then(|| nibbles(packed))?
}

/// The same, told from one byte an element by there being one scale for each 16 bytes.
fn mx_nibbles_beside_scale(packed: &Packed) -> Option<Unpacked> {
    let scale = packed.beside(".scale")?;
    let (bytes, scales) = (packed.tensor.shape.last()?, scale.shape.last()?);
    let by_sixteen = scales.checked_mul(16) == Some(*bytes);
    if by_sixteen {
        nibbles(packed)
    } else {
        plain(packed)
    }
}

/// `[…, n, 16]` bytes of two elements each are `[…, n·32]`.
fn blocks(packed: &Packed) -> Option<Unpacked> {
    let [outer @ .., groups, bytes] = packed.tensor.shape.as_slice() else {
        return None;
    };
    let wide = groups.checked_mul(*bytes).and_then(|n| n.checked_mul(2));
    let shape = wide.map(|wide| outer.iter().copied().chain([wide]).collect());
    Some(packed.found(Some(4), shape))
}

/// Four in a byte along the outputs, with one scale for all.
fn ternary(packed: &Packed) -> Option<Unpacked> {
    let scale = packed.beside(".weight_scale")?;
    let [rows, columns] = packed.tensor.shape.as_slice() else {
        return None;
    };
    let one = matches!(scale.dtype.name(), "BF16" | "F16" | "F32") && scale.elements() == Some(1);
    one.then(|| packed.found(Some(2), rows.checked_mul(4).map(|rows| vec![rows, *columns])))
}

/// As wide as its scales times the group; a group is 32 where scales are bytes (MXFP4).
fn mlx(packed: &Packed) -> Option<Unpacked> {
    let scales = packed.beside(".scales")?;
    let group = match scales.dtype.name() {
        "U8" => Some(32),
        _ => packed.hints.group_size(packed.stem),
    };
    let words = packed.tensor.shape.last().copied()?;
    let wide = match (group, packed.hinted_bits()) {
        (Some(group), _) => scales.shape.last()?.checked_mul(group)?,
        (None, Some(bits)) => words.checked_mul(32)? / bits,
        (None, None) => return unknown(packed),
    };
    let bits = (wide > 0).then(|| words.checked_mul(32).map(|all| all / wide))?;
    let (_, outer) = packed.tensor.shape.split_last()?;
    Some(packed.found(bits, Some(outer.iter().copied().chain([wide]).collect())))
}

/// `[i/16, o/16, 16·b]`: tiles of 16 by 16.
fn tiles(packed: &Packed) -> Option<Unpacked> {
    let &[inputs, outputs, words] = packed.tensor.shape.as_slice() else {
        return unknown(packed);
    };
    let shape = inputs.checked_mul(16).zip(outputs.checked_mul(16)).map(|(i, o)| vec![o, i]);
    Some(packed.found(Some(words / 16), shape))
}
