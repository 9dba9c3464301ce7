//! Small files that record something, read whole and never past a cap.

use std::path::Path;

use crate::source::{Bytes as _, Source};

/// Records are texts of a line a file; this is a list of several hundred thousand files.
pub(super) const MOST: u64 = 64 << 20;

/// The bytes of a small file; why not, in a clause.
pub(super) fn bytes(path: &Path, most: u64) -> Result<Vec<u8>, String> {
    let source = Source::open(path).map_err(|error| format!("cannot be opened: {error}"))?;
    let len = source.len();
    if len > most {
        return Err(format!("is {len} bytes long, and no more than {most} are read of its kind"));
    }
    source.read(0..len).map_err(|error| format!("cannot be read: {error}"))
}

/// The text of a small file; bytes that are no UTF-8 become replacement characters.
pub(super) fn text(path: &Path, most: u64) -> Result<String, String> {
    let bytes = bytes(path, most)?;
    Ok(String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}
