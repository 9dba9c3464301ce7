//! Arrays that joblib writes into the midst of a pickle, behind the object that stands for them.

use super::{Node, Value, Values};

/// What stands behind such an object.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wrapper {
    /// Whether a byte tells of padding first.
    pub(super) padded: bool,
    /// Bytes of the array; `None` where a pickle of its objects stands there.
    pub(super) len: Option<u64>,
}

/// What stands behind an object whose state was just set; `None` where it is none of joblib's, or
/// does not say.
pub(super) fn wrapper(values: &Values, object: Value) -> Option<Wrapper> {
    let Some(Node::Call(call)) = values.node(object) else {
        return None;
    };
    // NEWOBJ calls the class; older protocols hand it to a function that makes objects
    let class = values.global(call.callee).filter(|it| it.name != "_reconstructor");
    let class = class.or_else(|| values.global(*values.items(call.arguments).first()?))?;
    if class.name != "NumpyArrayWrapper" || !class.module.ends_with("joblib.numpy_pickle") {
        return None;
    }
    let state = call.state();
    let shape = values.items(values.get(state, "shape")?).iter().map(|extent| match extent {
        Value::Int(n) => u64::try_from(*n).ok(),
        _ => None,
    });
    let mut elements = shape.collect::<Option<Vec<u64>>>()?.into_iter();
    let elements = elements.try_fold(1u64, u64::checked_mul)?;
    let padded =
        values.get(state, "numpy_array_alignment_bytes").is_some_and(|it| it != Value::None);
    match element(values, values.get(state, "dtype")?)? {
        Element::Object => Some(Wrapper { padded: false, len: None }),
        Element::Bytes(width) => {
            let len = Some(elements.checked_mul(width)?);
            Some(Wrapper { padded, len })
        }
    }
}

enum Element {
    Object,
    Bytes(u64),
}

/// The width of an element of `dtype("f8", False, True)`.
fn element(values: &Values, dtype: Value) -> Option<Element> {
    let Some(Node::Call(call)) = values.node(dtype) else {
        return None;
    };
    let text = values.text(*values.items(call.arguments).first()?)?;
    let text = text.trim_start_matches(['<', '>', '|', '=']);
    let kind = text.chars().next()?;
    let digits: String = text.chars().skip(1).take_while(char::is_ascii_digit).collect();
    let width: u64 = digits.parse().ok()?;
    match kind {
        'O' => Some(Element::Object),
        'U' => Some(Element::Bytes(width.checked_mul(4)?)),
        _ => Some(Element::Bytes(width)),
    }
}
