//! Lists of digests as `sha256sum`, `md5sum`, `shasum --tag` and their kin write them.

use crate::digest::{Algorithm, Digest};

/// A line of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// From 1.
    pub(super) line: u32,
    /// As it stands there, unescaped; `None` where the line holds a digest alone.
    pub(super) name: Option<String>,
    /// Which hash.
    pub(super) algorithm: Algorithm,
    /// Its output.
    pub(super) digest: Digest,
}

/// A list as read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct List {
    /// The lines that say something.
    pub(super) entries: Vec<Entry>,
    /// Lines that were not understood: the number from 1, and why, in a clause.
    pub(super) refused: Vec<(u32, String)>,
}

/// Reads a list. `hint` is the name of the file, for digests whose length two algorithms share.
pub(super) fn parse(text: &str, hint: &str) -> List {
    let mut list = List::default();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (line, written) in (1..).zip(text.lines()) {
        let written = written.trim_end_matches('\r');
        let bare = written.trim();
        // Comments, and the prose that some tools put above their list.
        if bare.is_empty() || bare.starts_with(['#', ';']) {
            continue;
        }
        match tagged(bare).or_else(|| plain(written, hint)) {
            Some((name, algorithm, digest)) => {
                list.entries.push(Entry { line, name, algorithm, digest });
            }
            None if digest_like(bare) => {
                list.refused.push((line, "holds no digest of a known length".to_owned()));
            }
            None => {}
        }
    }
    list
}

type Read = (Option<String>, Algorithm, Digest);

/// `SHA256 (name) = hex`.
fn tagged(line: &str) -> Option<Read> {
    let (line, escaped) = unmarked(line);
    let (tag, rest) = line.split_once(" (")?;
    let (name, hex) = rest.rsplit_once(") = ")?;
    let algorithm = match tag.to_ascii_uppercase().replace('-', "").as_str() {
        "SHA256" => Algorithm::Sha256,
        "SHA1" => Algorithm::Sha1,
        "SHA384" => Algorithm::Sha384,
        "SHA512" => Algorithm::Sha512,
        "MD5" => Algorithm::Md5,
        "BLAKE3" => Algorithm::Blake3,
        "BLAKE2B" | "BLAKE2B512" => Algorithm::Blake2b512,
        _ => return None,
    };
    let digest = Digest::from_hex(hex.trim(), algorithm)?;
    Some((Some(unescaped(name, escaped)), algorithm, digest))
}

/// `hex  name`, `hex *name`, `hex name`, `algorithm:hex name`, or `hex` alone.
fn plain(line: &str, hint: &str) -> Option<Read> {
    let (line, escaped) = unmarked(line.trim_start());
    let (word, rest) = line.split_once([' ', '\t']).unwrap_or((line.trim_end(), ""));
    let (tag, hex) = word.split_once(':').unwrap_or(("", word));
    let algorithm = match tag.to_ascii_lowercase().as_str() {
        "" => by_length(hex.len(), hint)?,
        tag => Algorithm::named(tag)?,
    };
    let digest = Digest::from_hex(hex, algorithm)?;
    let name = rest.trim_start_matches([' ', '\t']);
    let name = name.strip_prefix('*').unwrap_or(name); // how the file was opened
    let name = (!name.trim().is_empty()).then(|| unescaped(name, escaped));
    Some((name, algorithm, digest))
}

/// The leading `\` says that `\n` and `\\` in the name are escaped.
fn unmarked(line: &str) -> (&str, bool) {
    line.strip_prefix('\\').map_or((line, false), |rest| (rest, true))
}

fn unescaped(name: &str, escaped: bool) -> String {
    if !escaped {
        return name.to_owned();
    }
    let mut plain = String::with_capacity(name.len());
    let mut letters = name.chars();
    while let Some(c) = letters.next() {
        match (c, c == '\\') {
            (_, true) => match letters.next() {
                Some('n') => plain.push('\n'),
                Some('r') => plain.push('\r'),
                Some(other) => plain.push(other),
                None => plain.push('\\'),
            },
            (c, false) => plain.push(c),
        }
    }
    plain
}

fn by_length(len: usize, hint: &str) -> Option<Algorithm> {
    let hint = hint.to_ascii_lowercase();
    let says = |word: &str| hint.contains(word);
    Some(match len {
        32 => Algorithm::Md5,
        40 => Algorithm::Sha1,
        64 if says("b3") || says("blake3") => Algorithm::Blake3,
        64 => Algorithm::Sha256,
        96 => Algorithm::Sha384,
        128 if says("b2") || says("blake2") => Algorithm::Blake2b512,
        128 => Algorithm::Sha512,
        _ => return None,
    })
}

/// Whether a line seems meant as an entry: its first word is long and all hexadecimal.
fn digest_like(line: &str) -> bool {
    let word = line.split_whitespace().next().unwrap_or_default();
    word.len() >= 16 && word.bytes().all(|it| it.is_ascii_hexdigit())
}

/// The path that a name in a list means, from the folder of the list; what leads elsewhere is
/// refused with the reason.
pub(super) fn path_of(name: &str) -> Result<String, String> {
    let windows = name.as_bytes().get(1) == Some(&b':') && name.as_bytes()[0].is_ascii_alphabetic();
    if name.starts_with('/') || windows || name.starts_with('\\') {
        return Err("names an absolute path".to_owned());
    }
    let slashed = if name.contains('/') {
        name.to_owned()
    } else {
        name.replace('\\', "/")
    };
    let mut parts = Vec::new();
    for part in slashed.split('/') {
        match part {
            "" | "." => {}
            ".." => return Err("names a path that leaves the release".to_owned()),
            part => parts.push(part.replace('%', "%25")),
        }
    }
    if parts.is_empty() {
        return Err("names no file".to_owned());
    }
    Ok(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MD5: &str = "900150983cd24fb0d6963f7d28e17f72";
    const SHA256: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn every_form_of_a_line_is_read() {
        check(&format!("{SHA256}  a b.bin"), Some("a b.bin"), Algorithm::Sha256);
        check(&format!("{SHA256} *a.bin\r"), Some("a.bin"), Algorithm::Sha256);
        check(&format!("\u{feff}{SHA256} a.bin"), Some("a.bin"), Algorithm::Sha256);
        check(&format!("    {SHA256} a.bin"), Some("a.bin"), Algorithm::Sha256);
        check(&format!("\\{SHA256}  a\\nb\\\\c"), Some("a\nb\\c"), Algorithm::Sha256);
        check(&format!("{}  A.bin", SHA256.to_uppercase()), Some("A.bin"), Algorithm::Sha256);
        check(&format!("sha256:{SHA256}  a.bin"), Some("a.bin"), Algorithm::Sha256);
        check(&format!("SHA256 (a (1).bin) = {SHA256}"), Some("a (1).bin"), Algorithm::Sha256);
        check(&format!("BLAKE3 (a) = {SHA256}"), Some("a"), Algorithm::Blake3);
        check(&format!("{MD5}  params.json"), Some("params.json"), Algorithm::Md5);
        check(SHA256, None, Algorithm::Sha256);
    }

    #[track_caller]
    fn check(line: &str, name: Option<&str>, algorithm: Algorithm) {
        let list = parse(line, "SHA256SUMS");
        assert_eq!(list.refused, []);
        assert_eq!(list.entries.len(), 1, "{line}");
        assert_eq!(list.entries[0].name.as_deref(), name);
        assert_eq!(list.entries[0].algorithm, algorithm);
    }

    #[test]
    fn what_is_no_entry_is_passed_over_and_what_is_a_broken_one_is_told() {
        let text = format!("# made by hand\n\nurl: https://x\n{}  a\n{SHA256}  b\n", &MD5[..30]);
        let list = parse(&text, "x");
        assert_eq!(list.entries.len(), 1);
        assert_eq!(list.refused.len(), 1);
        assert_eq!(list.refused[0].0, 4);
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        assert_eq!(path_of("./a//b"), Ok("a/b".to_owned()));
        assert_eq!(path_of("a\\b"), Ok("a/b".to_owned()));
        assert_eq!(path_of("50%"), Ok("50%25".to_owned()));
        for name in [
            "/etc/passwd",
            "../x",
            "a/../../x",
            "C:\\x",
            "..\\x",
            ".",
            "",
        ] {
            assert!(path_of(name).is_err(), "{name}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[0-9a-f \\\\*()=\\n\\PC]{0,200}") {
            let list = parse(&text, "b3");
            for entry in list.entries {
                prop_assert_eq!(entry.digest.as_bytes().len(), entry.algorithm.digest_len());
                let path = entry.name.as_deref().map(path_of);
                prop_assert!(path.is_none_or(|it| it.is_err() || !it.unwrap().contains("..//")));
            }
        }
    }
}
