//! The header of an `npy` file: a Python dict in text, read as data.

use crate::facts::Dtype;

/// An element type of numpy.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Descr {
    pub(super) dtype: Dtype,
    /// Whether the elements are stored little-endian.
    pub(super) plain: bool,
}

/// numpy's letters and what reports call them.
#[rustfmt::skip]
const TYPES: &[(&str, &str)] = &[
    ("b1", "BOOL"), ("i1", "I8"), ("u1", "U8"), ("i2", "I16"), ("u2", "U16"), ("i4", "I32"),
    ("u4", "U32"), ("i8", "I64"), ("u8", "U64"), ("f2", "F16"), ("f4", "F32"), ("f8", "F64"),
    ("c8", "C64"), ("c16", "C128"), ("V2", "BF16"), ("?", "BOOL"),
    ("bfloat16", "BF16"), ("float8_e4m3fn", "F8_E4M3"), ("float8_e5m2", "F8_E5M2"),
];

/// The type that a `descr` tells; `None` for Python objects, which would be pickles. Text, dates
/// and records keep numpy's own name.
pub(super) fn descr(descr: &str) -> Option<Descr> {
    let letters = descr.trim_start_matches(['<', '>', '|', '=']);
    // an escape may stand for any letter
    if letters.contains(['O', '\\']) || letters.contains("object") {
        return None;
    }
    let known = TYPES.iter().find(|(theirs, _)| *theirs == letters);
    // numpy's texts are called as some types of few bits are elsewhere: `U4` is four characters
    let text = letters.starts_with('U').then(|| format!("<{letters}"));
    let dtype = Dtype::named(known.map_or(text.as_deref().unwrap_or(letters), |(_, ours)| ours));
    let plain = !descr.starts_with('>') || dtype.element_len() == Some(1);
    Some(Descr { dtype, plain })
}

/// Whether an array has the same order of elements row-major and column-major.
pub(super) fn is_flat(shape: &[u64]) -> bool {
    shape.contains(&0) || shape.iter().filter(|&&extent| extent != 1).count() < 2
}

/// What a header says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// As written, without quotes; the whole list where it is a record.
    pub(super) descr: String,
    pub(super) fortran: bool,
    pub(super) shape: Vec<u64>,
}

/// Reads `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
pub(super) fn read(text: &str) -> Option<Header> {
    let text = text.trim().strip_prefix('{')?.strip_suffix('}')?;
    let value = |key: &str| {
        let at = [format!("'{key}'"), format!("\"{key}\"")];
        // of a key that stands twice, Python takes the last
        let rest = at.iter().filter_map(|key| text.rsplit_once(key.as_str())).map(|it| it.1);
        let rest = rest.min_by_key(|rest| rest.len())?;
        Some(rest.trim_start().strip_prefix(':')?.trim_start())
    };
    let descr = value("descr")?;
    let descr = match descr.chars().next()? {
        quote @ ('\'' | '"') => descr[1..].split(quote).next()?.to_owned(),
        '[' => format!("record {}", &descr[..=descr.find(']')?]),
        _ => return None,
    };
    let fortran = match value("fortran_order")? {
        it if it.starts_with("True") => true,
        it if it.starts_with("False") => false,
        _ => return None,
    };
    let shape = value("shape")?.strip_prefix('(')?.split(')').next()?;
    let extents = shape.split(',').map(str::trim).filter(|extent| !extent.is_empty());
    let extents = extents.map(|extent| extent.trim_end_matches('L').parse().ok());
    Some(Header {
        descr,
        fortran,
        shape: extents.collect::<Option<_>>()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_as_data() {
        check(
            "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }  \n",
            "<f4 false [3, 4]",
        );
        check("{\"shape\":(),\"fortran_order\":True,\"descr\":\">i8\"}", ">i8 true []");
        check("{'descr': '|O', 'fortran_order': False, 'shape': (5L,), }", "|O false [5]");
        check(
            "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}",
            "record [('a', '<f4')] false [2]",
        );
        check("{'descr': '<f4', 'fortran_order': 1, 'shape': (3,)}", "");
        check("{'descr': '<f4', 'fortran_order': True, 'shape': (-3,)}", "");
        check("{'descr': '<f4', 'fortran_order': True, 'shape': (99999999999999999999,)}", "");
        check("exec('x')", "");
        check(
            "{'descr': '<f4', 'fortran_order': True, 'shape': (3,), 'descr': '|O'}",
            "|O true [3]",
        );
        assert_eq!((descr("|O"), descr("object"), descr("|\\x4f8")), (None, None, None));
    }

    #[track_caller]
    fn check(text: &str, told: &str) {
        let header = read(text);
        let tell = |it: Header| format!("{} {} {:?}", it.descr, it.fortran, it.shape);
        assert_eq!(header.map(tell).unwrap_or_default(), told);
    }
}
