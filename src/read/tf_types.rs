//! What `TensorFlow`'s checkpoints and graphs have in common: element types and shapes.

use super::{gathering::RANK, protobuf::Span};
use crate::facts::Dtype;

/// Element types by their number in `types.proto`. The packed ones are one element a byte here,
/// unlike anywhere else, so they keep a name of their own.
const DTYPES: &[(u64, &str)] = &[
    (1, "F32"),
    (2, "F64"),
    (3, "I32"),
    (4, "U8"),
    (5, "I16"),
    (6, "I8"),
    (7, "STRING"),
    (8, "C64"),
    (9, "I64"),
    (10, "BOOL"),
    (11, "QINT8"),
    (12, "QUINT8"),
    (13, "QINT32"),
    (14, "BF16"),
    (15, "QINT16"),
    (16, "QUINT16"),
    (17, "U16"),
    (18, "C128"),
    (19, "F16"),
    (20, "RESOURCE"),
    (21, "VARIANT"),
    (22, "U32"),
    (23, "U64"),
    (24, "F8_E5M2"),
    (25, "F8_E4M3"),
    (26, "F8_E4M3FNUZ"),
    (27, "F8_E4M3B11FNUZ"),
    (28, "F8_E5M2FNUZ"),
    (29, "tf:int4"),
    (30, "tf:uint4"),
    (31, "tf:int2"),
    (32, "tf:uint2"),
    (33, "tf:float4_e2m1fn"),
];

/// The element type of this number; `None` where the number is not in the table. References to
/// variables count from 100.
pub(super) fn dtype(number: u64) -> Option<Dtype> {
    let plain = if number > 100 { number - 100 } else { number };
    let known = DTYPES.iter().find(|(it, _)| *it == plain);
    known.map(|(_, name)| Dtype::named(name))
}

/// The extents of a `TensorShapeProto`; or what is wrong with them.
pub(super) fn shape(span: &Span) -> Result<Vec<u64>, String> {
    let mut shape = Vec::new();
    for dim in span.spans(2) {
        let extent = dim.number(1).unwrap_or(0);
        if extent > i64::MAX.cast_unsigned() {
            return Err(format!("an extent of {}", extent.cast_signed()));
        }
        if shape.len() == RANK {
            return Err(format!("more than {RANK} extents"));
        }
        shape.push(extent);
    }
    Ok(shape)
}
