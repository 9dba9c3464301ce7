//! Tensors among the values of a pickle: which calls make one, and what their arguments say.

use std::ops::Range;

use super::dtypes::{self, Element};
use crate::{
    facts::Dtype,
    read::{
        numpy,
        pickle::{Call, Node, Value, Values},
    },
};

/// A tensor, before its bytes are looked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Rebuilt {
    pub(super) dtype: Dtype,
    /// Extents, outermost first, as reports tell them.
    pub(super) shape: Vec<u64>,
    pub(super) bytes: Held,
}

/// Where a tensor's bytes are to be found.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Held {
    /// In a storage.
    Storage(View),
    /// In the pickle itself: from the start of the file (or member).
    Here(Range<u64>),
    /// Nowhere, or not as they are.
    No,
}

/// A view of a storage.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct View {
    pub(super) storage: Storage,
    /// In bytes from the storage's start.
    pub(super) start: u64,
    /// Bytes from `start` to the end of the last element; `None` where that overflows.
    pub(super) len: Option<u64>,
    /// Whether the elements lie one after the other, row-major.
    pub(super) contiguous: bool,
    /// Bytes of one element.
    pub(super) element: u64,
}

/// What the loader is asked for by an id.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Storage {
    /// As the archive or the list of keys spells it.
    pub(super) key: String,
    /// In bytes, as the pickle tells it; `None` where that overflows.
    pub(super) len: Option<u64>,
    pub(super) element: Element,
    /// In elements, into a larger storage of this key (of the legacy format alone).
    pub(super) view: u64,
}

/// How a function that makes tensors takes its arguments.
#[derive(Clone, Copy)]
enum How {
    /// `(storage, offset, size, stride, …)`.
    Strided,
    /// The same, with a dtype at this place.
    Typed(usize),
    /// The tensor is its first argument.
    First,
    /// `(function, type, arguments, state)`.
    Subclass,
    /// No bytes: where the dtype and the size stand.
    Bare(usize, usize),
}

#[rustfmt::skip]
const MAKERS: &[(&str, How)] = &[
    ("torch._utils._rebuild_tensor", How::Strided),
    ("torch._utils._rebuild_tensor_v2", How::Strided),
    ("torch._utils._rebuild_tensor_v3", How::Typed(6)),
    ("torch._utils._rebuild_qtensor", How::Strided),
    ("torch._utils._rebuild_parameter", How::First),
    ("torch._utils._rebuild_parameter_with_state", How::First),
    ("torch.nn.parameter.Parameter", How::First),
    ("torch.nn.parameter.Buffer", How::First),
    ("torch.nn.Parameter", How::First),
    ("torch.autograd.Variable", How::First),
    ("torch.autograd.variable.Variable", How::First),
    ("torch._tensor._rebuild_from_type_v2", How::Subclass),
    ("torch._tensor._rebuild_from_type", How::Subclass),
    ("torch.tensor._rebuild_from_type", How::Subclass),
    ("torch._utils._rebuild_meta_tensor_no_storage", How::Bare(0, 1)),
    ("torch._utils._rebuild_wrapper_subclass", How::Bare(1, 2)),
    ("torch._utils._rebuild_device_tensor_from_cpu_tensor", How::First),
    ("torch._utils._rebuild_device_tensor_from_numpy", How::First),
    ("torch._utils._rebuild_xla_tensor", How::First),
];

/// How deep tensors may be wrapped.
const DEEPEST: u32 = 8;

/// The tensor that a value is; `None` where it is none.
pub(super) fn rebuilt(values: &Values, value: Value) -> Option<Rebuilt> {
    unwrap(values, value, DEEPEST)
}

fn unwrap(values: &Values, value: Value, depth: u32) -> Option<Rebuilt> {
    let Some(Node::Call(call)) = values.node(value) else {
        return None;
    };
    if let Some(array) = numpy::array(values, call) {
        let bytes = array.bytes.map_or(Held::No, Held::Here);
        return Some(Rebuilt {
            dtype: array.dtype,
            shape: array.shape,
            bytes,
        });
    }
    made(values, call.callee, values.items(call.arguments), depth.checked_sub(1)?)
}

fn made(values: &Values, callee: Value, arguments: &[Value], depth: u32) -> Option<Rebuilt> {
    let path = values.global(callee)?.path();
    let (_, how) = MAKERS.iter().find(|(maker, _)| *maker == path)?;
    let argument = |at: usize| arguments.get(at).copied();
    match *how {
        How::Strided => strided(values, arguments, None),
        How::Typed(at) => strided(values, arguments, Some(argument(at)?)),
        How::First => unwrap(values, argument(0)?, depth),
        How::Subclass => {
            let inner = values.items(argument(2)?);
            made(values, argument(0)?, inner, depth.checked_sub(1)?)
        }
        How::Bare(dtype, size) => {
            let (dtype, element) = dtype_of(values, argument(dtype)?);
            let shape = told(extents(values, argument(size)?)?, element);
            Some(Rebuilt { dtype, shape, bytes: Held::No })
        }
    }
}

fn strided(values: &Values, arguments: &[Value], dtype: Option<Value>) -> Option<Rebuilt> {
    let [storage, offset, size, stride, ..] = *arguments else {
        return None;
    };
    let storage = stored(values, storage);
    let (dtype, element) = match dtype {
        Some(dtype) => dtype_of(values, dtype),
        None => match &storage {
            Some(storage) => (Dtype::named(storage.element.name), Some(storage.element)),
            None => (Dtype::named("unknown"), None),
        },
    };
    let shape = extents(values, size)?;
    let view = storage.zip(element).and_then(|(storage, element)| {
        let strides = extents(values, stride)?;
        let offset = whole(offset)?.checked_add(storage.view)?;
        let start = offset.checked_mul(element.len)?;
        let len = reach(&shape, &strides)?.checked_mul(element.len);
        let contiguous = is_row_major(&shape, &strides);
        Some(View {
            storage,
            start,
            len,
            contiguous,
            element: element.len,
        })
    });
    let bytes = view.map_or(Held::No, Held::Storage);
    Some(Rebuilt {
        dtype,
        shape: told(shape, element),
        bytes,
    })
}

/// Elements from the first to the last of a view, both counted; `None` where strides and extents
/// do not belong together or overflow.
fn reach(shape: &[u64], strides: &[u64]) -> Option<u64> {
    if shape.len() != strides.len() {
        return None;
    }
    if shape.contains(&0) {
        return Some(0);
    }
    let step = |(extent, stride): (&u64, &u64)| (extent - 1).checked_mul(*stride);
    let steps = shape.iter().zip(strides).map(step);
    steps.into_iter().try_fold(1u64, |reach, step| reach.checked_add(step?))
}

fn is_row_major(shape: &[u64], strides: &[u64]) -> bool {
    let mut expected = 1u64;
    for (extent, stride) in shape.iter().zip(strides).rev() {
        if *extent != 1 && *stride != expected {
            return shape.contains(&0);
        }
        expected = expected.saturating_mul(*extent);
    }
    true
}

/// The shape that reports tell of packed elements.
fn told(mut shape: Vec<u64>, element: Option<Element>) -> Vec<u64> {
    let packed = element.map_or(1, |element| element.packed);
    if let Some(last) = shape.last_mut() {
        *last = last.saturating_mul(packed);
    }
    shape
}

/// The storage that a persistent id asks for.
pub(super) fn stored(values: &Values, value: Value) -> Option<Storage> {
    let Some(Node::Persistent(id)) = values.node(value) else {
        return None;
    };
    let id = values.items(*id);
    let [tag, class, key, _location, elements, ..] = *id else {
        return None;
    };
    if !values.text_is(tag, "storage") {
        return None;
    }
    let class = values.global(class)?;
    let element = dtypes::of_storage(class.name.rsplit('.').next().unwrap_or_default())?;
    let key = values.text(key).or_else(|| whole(key).map(|key| key.to_string()))?;
    let len = whole(elements).and_then(|elements| elements.checked_mul(element.len));
    let view = id.get(5).map(|view| values.items(*view)).and_then(|view| whole(*view.get(1)?));
    Some(Storage {
        key,
        len,
        element,
        view: view.unwrap_or(0),
    })
}

/// A torch dtype; one that no table has keeps its name.
fn dtype_of(values: &Values, value: Value) -> (Dtype, Option<Element>) {
    let name = values.global(value).map_or("unknown", |global| global.name.as_str());
    match dtypes::of_dtype(name) {
        Some(element) => (Dtype::named(element.name), Some(element)),
        None => (Dtype::named(name), None),
    }
}

/// A size or stride: a tuple, or a `torch.Size` or a typed list made of one.
pub(super) fn extents(values: &Values, value: Value) -> Option<Vec<u64>> {
    let items = match values.node(value)? {
        Node::Tuple(items) | Node::List(items) => items,
        Node::Call(call) => values.items(*values.items(call.arguments).first()?),
        _ => return None,
    };
    items.iter().map(|item| whole(*item)).collect()
}

fn whole(value: Value) -> Option<u64> {
    match value {
        Value::Int(n) => u64::try_from(n).ok(),
        _ => None,
    }
}

/// Whether a call makes an ordered or default dict, whose entries may stand in its arguments.
pub(super) fn is_dict(values: &Values, call: &Call) -> bool {
    let path = values.global(call.callee).map(crate::facts::Global::path);
    path.is_some_and(|path| {
        ["collections.OrderedDict", "collections.defaultdict"].contains(&path.as_str())
    })
}
