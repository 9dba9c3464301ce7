//! Python packages: `<name>-<version>.dist-info/RECORD` lists every file that was installed, with the
//! SHA-256 in URL-safe base64. It lies in the release, or beside the package that the release is in.

use std::{fs, path::Path};

use base64ct::{Base64UrlUnpadded, Encoding as _};

use super::{By, Record, Records, Says, Status, Store, reading};
use crate::{
    digest::{Algorithm, Digest},
    facts::{Facts, Scope},
    inventory::report_path,
};

pub(super) const STORE: Store = Store { gather };

/// Folders around the release that are looked at, and lists that are read in one of them.
const FARTHEST: usize = 4;
const MOST: usize = 2000;
/// How long a list may be.
const LONGEST: u64 = 16 << 20;

/// Whether a path of a release is that of such a list.
pub(super) fn is_record(path: &str) -> bool {
    path.strip_suffix("/RECORD").is_some_and(|folder| folder.ends_with(".dist-info"))
}

/// Lists that lie around the release.
fn gather(facts: &Facts, records: &mut Records) {
    let Ok(root) = facts.release.root.canonicalize() else {
        return;
    };
    if matches!(facts.release.scope, Scope::Named(_)) {
        return;
    }
    for around in root.ancestors().skip(1).take(FARTHEST) {
        let entries = fs::read_dir(around).into_iter().flatten().flatten();
        let names = entries.filter_map(|it| it.file_name().into_string().ok());
        let mut packages: Vec<String> =
            names.filter(|it| it.ends_with(".dist-info")).take(MOST).collect();
        if packages.is_empty() {
            continue;
        }
        packages.sort();
        let below = report_path(root.strip_prefix(around).unwrap_or(&root));
        for package in packages {
            let source = format!("{package}/RECORD");
            if let Ok(text) = reading::text(&around.join(&source), LONGEST) {
                let stated = stated(&text, "", &below, &source);
                records.records.extend(stated.into_iter().map(|it| Record { by: By::Wheel, ..it }));
            }
        }
        return;
    }
}

/// What a list says of the files below the folder `below`, from which paths are then relative; `folder`
/// is where, in the release, the list counts from. Lines without a digest, and of programs that were put
/// elsewhere, say nothing.
pub(super) fn stated(text: &str, folder: &str, below: &str, source: &str) -> Vec<Record> {
    let mut records = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let Some((path, digest, len)) = entry(line) else {
            continue;
        };
        let path = report_path(Path::new(&path));
        let path = match below {
            "" => Some(path.as_str()),
            below => path.strip_prefix(below).and_then(|it| it.strip_prefix('/')),
        };
        let Some(path) = path.filter(|it| !it.split('/').any(|part| part == "..")) else {
            continue;
        };
        let path = match folder {
            "" => path.to_owned(),
            folder => format!("{folder}/{path}"),
        };
        let source = format!("{source}:{number}");
        let says = Says::Digest(digest.0, digest.1);
        let mut record = Record::new(path, By::ChecksumList, source, says);
        record.len = len;
        record.absent = Status::Missing;
        records.push(record);
    }
    records
}

/// `path,sha256=digest,length`; a path with a comma stands in quotes.
fn entry(line: &str) -> Option<(String, (Algorithm, Digest), Option<u64>)> {
    let (rest, len) = line.trim_end_matches('\r').rsplit_once(',')?;
    let (path, digest) = rest.rsplit_once(',')?;
    let (tag, digits) = digest.split_once('=')?;
    let algorithm = Algorithm::named(tag)?;
    let mut bytes = [0; Digest::MAX_LEN];
    let bytes = Base64UrlUnpadded::decode(digits.trim_end_matches('='), &mut bytes).ok()?;
    let digest = Digest::new(bytes).filter(|_| bytes.len() == algorithm.digest_len())?;
    let quoted = path.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    let path = quoted.map_or_else(|| path.to_owned(), |it| it.replace("\"\"", "\""));
    let absolute = path.is_empty() || path.starts_with('/');
    (!absolute).then_some((path, (algorithm, digest), len.parse().ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "a/b.py,sha256=ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0,3\n\
        \"a/c,d.py\",sha256=ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0,3\r\n\
        ../../bin/x,sha256=ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0,3\n\
        a.dist-info/RECORD,,\n\
        x,sha256=short,1\nno entry\n";

    #[test]
    fn entries_are_read_and_what_lies_elsewhere_is_not() {
        let told = |folder, below| -> Vec<(String, Option<u64>)> {
            let stated = stated(LIST, folder, below, "RECORD");
            stated.into_iter().map(|it| (it.path, it.len)).collect()
        };
        let rows = |paths: [&str; 2]| paths.map(|it| (it.to_owned(), Some(3))).to_vec();
        assert_eq!(told("", ""), rows(["a/b.py", "a/c,d.py"]));
        assert_eq!(told("x", ""), rows(["x/a/b.py", "x/a/c,d.py"]));
        assert_eq!(told("", "a"), rows(["b.py", "c,d.py"]));
        let says = Says::Digest(Algorithm::Sha256, crate::digest::of(Algorithm::Sha256, b"abc"));
        assert_eq!(stated(LIST, "", "", "RECORD")[0].says, says);
        assert!(is_record("x-1.dist-info/RECORD") && !is_record("RECORD"));
    }
}
