//! Paths as reports spell them.

use std::{fmt::Write as _, path::Path};

/// A path below the root with `/` between its parts; bytes that are not UTF-8 as `%XX`, and `%` as
/// `%25`, so that every path has one spelling and every spelling one path.
pub fn report_path(path: &Path) -> String {
    let mut spelled = String::new();
    for part in path.components() {
        if !spelled.is_empty() {
            spelled.push('/');
        }
        for chunk in part.as_os_str().as_encoded_bytes().utf8_chunks() {
            spelled.push_str(&chunk.valid().replace('%', "%25"));
            for byte in chunk.invalid() {
                let _ = write!(spelled, "%{byte:02X}"); // writing to a string cannot fail
            }
        }
    }
    spelled
}

#[cfg(test)]
mod tests {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _};

    use super::*;

    #[test]
    fn every_path_has_one_spelling() {
        check(b"a/b.json", "a/b.json");
        check("é".as_bytes(), "é");
        check(b"50%", "50%25");
        check(b"a\xffb", "a%FFb");
        check(b"a%FFb", "a%25FFb");
    }

    #[track_caller]
    fn check(bytes: &[u8], spelled: &str) {
        assert_eq!(report_path(Path::new(OsStr::from_bytes(bytes))), spelled);
    }
}
