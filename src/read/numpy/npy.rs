//! `npy`: one array.

use std::ops::Range;

use super::header::{self, Header};
use crate::{
    facts::{Dtype, What},
    read::{Format, Input, Listing, ReadError, Reader, cursor::Cursor, gathering::Gathering},
    source::Bytes,
    words::FileKind,
};

pub(in crate::read) const FORMAT: Format = Format {
    name: "npy",
    kind: FileKind::Weights,
    recognizes: |probe| probe.head.starts_with(MAGIC),
    read: Reader::Tensors(read),
};

pub(super) const MAGIC: &[u8; 6] = b"\x93NUMPY";
/// The most that is read of a header.
const CAP: u64 = 1 << 20;

/// An array, by its header.
pub(super) struct Array {
    pub(super) dtype: Dtype,
    pub(super) shape: Vec<u64>,
    /// Its elements, from the start of the file (or member).
    pub(super) bytes: Range<u64>,
    /// Whether they lie there row-major and little-endian.
    pub(super) plain: bool,
    /// What was odd.
    pub(super) odd: Option<(What, String)>,
}

fn read(input: &Input) -> Result<Listing, ReadError> {
    let mut gathering = Gathering::new(input, FORMAT.name);
    let stem = input.path.rsplit('/').next().unwrap_or_default();
    let name = stem.strip_suffix(".npy").unwrap_or(stem).to_owned();
    let array = array(input.bytes)?;
    if let Some((what, saying)) = array.odd {
        let at = gathering.at().tensor(&name);
        gathering.odd(what, at, saying);
    }
    let bytes = array.plain.then_some(array.bytes);
    gathering.tensor(name, array.dtype, array.shape, bytes);
    Ok(gathering.listing())
}

/// Where the elements start, and whether the header says that they are Python objects, which are a
/// pickle. A header that cannot be read here says nothing, and numpy may read it all the same.
pub(in crate::read) fn elements(bytes: &dyn Bytes) -> Option<(u64, bool)> {
    if let Ok(array) = array(bytes) {
        let objects = array.odd.is_some_and(|(what, _)| what == What::ObjectArray);
        return Some((array.bytes.start, objects));
    }
    let mut cursor = Cursor::new(bytes, 6);
    let [major, _minor] = cursor.array().ok()?;
    let len: u64 = match major {
        1 => u16::from_le_bytes(cursor.array().ok()?).into(),
        _ => u32::from_le_bytes(cursor.array().ok()?).into(),
    };
    Some((cursor.at().checked_add(len)?, false))
}

/// The array in an `npy` file. One of Python objects is a pickle inside, which no one should load:
/// it is named and not opened.
pub(super) fn array(bytes: &dyn Bytes) -> Result<Array, ReadError> {
    let malformed = |reason: &str| ReadError::Malformed {
        format: FORMAT.name,
        reason: reason.to_owned(),
    };
    let mut cursor = Cursor::new(bytes, 0);
    if cursor.array::<6>()? != *MAGIC {
        return Err(malformed("no numpy array"));
    }
    let [major, _minor] = cursor.array()?;
    let len = match major {
        1 => u16::from_le_bytes(cursor.array()?).into(),
        2 | 3 => u64::from(u32::from_le_bytes(cursor.array()?)),
        _ => return Err(malformed("a version that is none of 1, 2 and 3")),
    };
    if len > CAP {
        return Err(ReadError::TooLarge { what: "a header", len, cap: CAP });
    }
    let text = cursor.copy(len)?;
    let header = str::from_utf8(&text).ok().and_then(header::read);
    let Header { descr, fortran, shape } = header.ok_or_else(|| malformed("its header"))?;
    let data = cursor.at()..bytes.len();
    let Some(told) = header::descr(&descr) else {
        return Ok(Array {
            dtype: Dtype::named("object"),
            shape,
            bytes: data,
            plain: false,
            odd: Some((What::ObjectArray, "an array of Python objects, which is a pickle".into())),
        });
    };
    let elements = shape.iter().try_fold(1u64, |n, extent| n.checked_mul(*extent));
    let needed = elements.and_then(|elements| told.dtype.len_of(elements));
    let held = data.end - data.start;
    let (mut end, mut odd) = (data.end, None);
    if let Some(needed) = needed {
        end = data.start.saturating_add(needed);
        if held < needed {
            let saying = format!("the array takes {needed} bytes, {held} are there");
            odd = Some((What::ShardTruncated, saying));
        } else if held > needed {
            let saying = format!("{} bytes after the array", held - needed);
            odd = Some((What::TrailingBytes, saying));
        }
    }
    let plain = told.plain && (!fortran || header::is_flat(&shape)) && end <= bytes.len();
    Ok(Array {
        dtype: told.dtype,
        shape,
        bytes: data.start..end,
        plain,
        odd,
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::read::trial;

    /// An array as numpy writes it.
    pub(in crate::read::numpy) fn npy(header: &str, data: &[u8]) -> Vec<u8> {
        let len = u16::try_from(header.len()).unwrap().to_le_bytes();
        [MAGIC.as_slice(), &[1, 0], &len, header.as_bytes(), data].concat()
    }

    #[test]
    fn arrays_are_listed() {
        let header = |descr: &str, fortran: &str, shape: &str| {
            format!("{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}\n")
        };
        let plain = header("<f4", "False", "(2, 3)");
        trial::check(&FORMAT, &npy(&plain, &[0; 24]), &["file F32 [2, 3] 70..94"]);
        let fortran = header("<f4", "True", "(2, 3)");
        trial::check(&FORMAT, &npy(&fortran, &[0; 24]), &["file F32 [2, 3]"]);
        let flat = header("<f4", "True", "(1, 6)");
        trial::check(&FORMAT, &npy(&flat, &[0; 24]), &["file F32 [1, 6] 69..93"]);
        trial::check(&FORMAT, &npy(&header(">f4", "False", "()"), &[0; 4]), &["file F32 []"]);
        let bfloat = header("<V2", "False", "(3,)");
        trial::check(&FORMAT, &npy(&bfloat, &[0; 6]), &["file BF16 [3] 68..74"]);
        odd(&header("|O", "False", "(3,)"), 6, "an array of Python objects, which is a pickle");
        odd(&header("<i8", "False", "(3,)"), 6, "the array takes 24 bytes, 6 are there");
        odd(&header("<i8", "False", "(3,)"), 26, "2 bytes after the array");
        odd(
            &header("<i8", "False", "(9223372036854775807, 8)"),
            26,
            "the extents [9223372036854775807, 8] multiply beyond 2^64",
        );
    }

    #[track_caller]
    fn odd(header: &str, len: usize, saying: &str) {
        let listing = trial::list(&FORMAT, &npy(header, &vec![0; len])).unwrap();
        assert_eq!(trial::odd(&listing), [saying]);
    }

    #[test]
    fn any_bytes_are_survived() {
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), }\n";
        trial::abuse(&FORMAT, &npy(header, &[0; 12]));
    }
}
