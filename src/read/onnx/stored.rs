//! One tensor: its type, its extents, and where its elements stand.

use std::ops::Range;

use super::{
    super::{
        gathering::RANK,
        pages::Pages,
        protobuf::{Span, Value, varint},
    },
    fields::tensor,
};

/// Element types by their number in `TensorProto.DataType`, and the field that holds the elements
/// as plain numbers where they are not raw; 0 where that field is of variable-length numbers.
pub(super) const DTYPES: &[(u64, &str, u64)] = &[
    (1, "F32", 4),
    (2, "U8", 0),
    (3, "I8", 0),
    (4, "U16", 0),
    (5, "I16", 0),
    (6, "I32", 0),
    (7, "I64", 0),
    (8, "STRING", 0),
    (9, "BOOL", 0),
    (10, "F16", 0),
    (11, "F64", 10),
    (12, "U32", 0),
    (13, "U64", 0),
    (14, "C64", 4),
    (15, "C128", 10),
    (16, "BF16", 0),
    (17, "F8_E4M3", 0),
    (18, "F8_E4M3FNUZ", 0),
    (19, "F8_E5M2", 0),
    (20, "F8_E5M2FNUZ", 0),
    (21, "U4", 0),
    (22, "I4", 0),
    (23, "F4", 0),
    (24, "F8_E8M0", 0),
    (25, "U2", 0),
    (26, "I2", 0),
];

/// Fields of a tensor that hold elements as numbers: float, int32, string, int64, double, uint64.
const TYPED: [u64; 6] = [4, 5, 6, 7, 10, 11];

/// The number of a tensor's type, and its extents; or what is wrong with them.
pub(super) fn type_and_shape<'a>(
    span: &Span<'a>,
    pages: &Pages<'a>,
) -> Result<(u64, Vec<u64>), String> {
    let mut kind = 0;
    let mut shape = Vec::new();
    for field in span.fields() {
        match (field.number, field.value) {
            (tensor::TYPE, Value::Number(number)) => kind = number,
            (tensor::DIMS, Value::Number(extent)) if shape.len() <= RANK => shape.push(extent),
            (tensor::DIMS, Value::Span(packed)) => {
                let mut at = packed.range.start;
                while at < packed.range.end && shape.len() <= RANK {
                    let extent = varint(pages, at, packed.range.end);
                    let (extent, end) = extent.ok_or("extents that are no numbers")?;
                    shape.push(extent);
                    at = end;
                }
            }
            _ => {}
        }
    }
    if shape.len() > RANK {
        return Err(format!("more than {RANK} extents"));
    }
    match shape.iter().find(|extent| **extent > i64::MAX.cast_unsigned()) {
        Some(extent) => Err(format!("an extent of {}", extent.cast_signed())),
        None => Ok((kind, shape)),
    }
}

/// Where the elements stand as they are: raw, or in the one `typed` field that packs them plainly;
/// `None` where they are coded, or in several pieces.
pub(super) fn plain(span: &Span, typed: u64) -> Option<Range<u64>> {
    let mut found = None;
    for field in span.fields() {
        let elements = field.number == tensor::RAW || TYPED.contains(&field.number);
        if !elements {
            continue;
        }
        match field.value {
            Value::Span(held) if held.len() == 0 => {}
            Value::Span(held)
                if found.is_none() && [tensor::RAW, typed].contains(&field.number) =>
            {
                found = Some(held.range);
            }
            _ => return None,
        }
    }
    found
}
