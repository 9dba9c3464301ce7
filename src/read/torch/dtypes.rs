//! Element types as torch and numpy name them.

/// One element type of torch.
struct Row {
    /// The class of its storage, without the module; empty where there is none.
    storage: &'static str,
    /// After `torch.`.
    dtype: &'static str,
    /// As reports spell it.
    name: &'static str,
    /// Bytes of one element of the storage.
    len: u64,
    /// Values in one element.
    packed: u64,
}

#[rustfmt::skip]
const ROWS: &[Row] = &[
    row("FloatStorage", "float32", "F32", 4), row("DoubleStorage", "float64", "F64", 8),
    row("HalfStorage", "float16", "F16", 2), row("BFloat16Storage", "bfloat16", "BF16", 2),
    row("LongStorage", "int64", "I64", 8), row("IntStorage", "int32", "I32", 4),
    row("ShortStorage", "int16", "I16", 2), row("CharStorage", "int8", "I8", 1),
    row("ByteStorage", "uint8", "U8", 1), row("BoolStorage", "bool", "BOOL", 1),
    row("", "uint16", "U16", 2), row("", "uint32", "U32", 4), row("", "uint64", "U64", 8),
    row("ComplexFloatStorage", "complex64", "C64", 8),
    row("ComplexDoubleStorage", "complex128", "C128", 16), row("", "complex32", "C32", 4),
    row("QInt8Storage", "qint8", "QI8", 1), row("QUInt8Storage", "quint8", "QU8", 1),
    row("QInt32Storage", "qint32", "QI32", 4),
    Row { storage: "QUInt4x2Storage", dtype: "quint4x2", name: "QU4", len: 1, packed: 2 },
    Row { storage: "QUInt2x4Storage", dtype: "quint2x4", name: "QU2", len: 1, packed: 4 },
    row("", "float8_e4m3fn", "F8_E4M3", 1), row("", "float8_e5m2", "F8_E5M2", 1),
    row("", "float8_e4m3fnuz", "F8_E4M3FNUZ", 1), row("", "float8_e5m2fnuz", "F8_E5M2FNUZ", 1),
    row("", "float8_e8m0fnu", "F8_E8M0", 1),
    Row { storage: "", dtype: "float4_e2m1fn_x2", name: "F4", len: 1, packed: 2 },
    row("", "bits8", "U8", 1), row("", "bits16", "U16", 2),
    row("UntypedStorage", "", "U8", 1),
];

const fn row(storage: &'static str, dtype: &'static str, name: &'static str, len: u64) -> Row {
    Row { storage, dtype, name, len, packed: 1 }
}

/// An element type, by how it lies in a storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Element {
    /// As reports spell it.
    pub(super) name: &'static str,
    /// Bytes of one element of the storage.
    pub(super) len: u64,
    /// Values in one element, where they are packed: the innermost extent counts elements, and
    /// reports count values, as safetensors does.
    pub(super) packed: u64,
}

/// The type of a storage class, e.g. `FloatStorage`.
pub(super) fn of_storage(class: &str) -> Option<Element> {
    find(|row| !row.storage.is_empty() && row.storage == class)
}

/// The type of this name, e.g. `float8_e4m3fn`.
pub(super) fn of_dtype(name: &str) -> Option<Element> {
    find(|row| !row.dtype.is_empty() && row.dtype == name)
}

fn find(is: impl Fn(&Row) -> bool) -> Option<Element> {
    let row = ROWS.iter().find(|row| is(row))?;
    Some(Element {
        name: row.name,
        len: row.len,
        packed: row.packed,
    })
}
