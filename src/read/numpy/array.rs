//! Arrays as pickles build them.

use std::ops::Range;

use super::header::{self, Descr};
use crate::{
    facts::Dtype,
    read::pickle::{Call, Node, Value, Values},
};

/// An array in a pickle.
pub(in crate::read) struct Array {
    pub(in crate::read) dtype: Dtype,
    pub(in crate::read) shape: Vec<u64>,
    /// From the start of the file (or member), where the elements stand there as they are.
    pub(in crate::read) bytes: Option<Range<u64>>,
}

/// The array that a call makes; `None` where it makes none, or one of Python objects.
pub(in crate::read) fn array(values: &Values, call: &Call) -> Option<Array> {
    let global = values.global(call.callee)?;
    let module = global.module.strip_prefix("numpy.")?;
    let module = module.strip_prefix('_').unwrap_or(module);
    match (module, global.name.as_str()) {
        ("core.multiarray", "_reconstruct") => {
            // (version, shape, dtype, is Fortran, bytes)
            let state = values.items(call.state());
            let [_, shape, dtype, fortran, bytes] = *state else {
                return None;
            };
            made(values, shape, dtype, fortran == Value::Bool(true), bytes)
        }
        ("core.numeric", "_frombuffer") => {
            let [bytes, dtype, shape, order] = *values.items(call.arguments) else {
                return None;
            };
            made(values, shape, dtype, values.text_is(order, "F"), bytes)
        }
        _ => None,
    }
}

fn made(values: &Values, shape: Value, dtype: Value, fortran: bool, bytes: Value) -> Option<Array> {
    let extent = |value: &Value| match value {
        Value::Int(n) => u64::try_from(*n).ok(),
        _ => None,
    };
    let shape = values.items(shape).iter().map(extent).collect::<Option<Vec<u64>>>()?;
    let descr = dtype_of(values, dtype)?;
    let plain = descr.plain && (!fortran || header::is_flat(&shape));
    let bytes = match values.node(bytes) {
        Some(Node::Bytes { start, len }) if plain => Some(*start..start.saturating_add(*len)),
        _ => None,
    };
    Some(Array { dtype: descr.dtype, shape, bytes })
}

/// `dtype('f4', False, True)`, with the byte order in its state.
fn dtype_of(values: &Values, value: Value) -> Option<Descr> {
    let Some(Node::Call(call)) = values.node(value) else {
        return None;
    };
    if values.global(call.callee)?.path() != "numpy.dtype" {
        return None;
    }
    let name = values.text(*values.items(call.arguments).first()?)?;
    let order = values.items(call.state()).get(1).and_then(|order| values.text(*order));
    let order = order.unwrap_or_else(|| "<".to_owned());
    header::descr(&format!("{order}{}", name.trim_start_matches(['<', '>', '|', '='])))
}
