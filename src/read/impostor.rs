//! What stands where a file should be: a git-lfs pointer, a web page, an error message, nothing.

use crate::{
    facts::{Oddity, Pointer, What},
    words::Place,
};

/// Something that is not the file its name promises.
#[derive(Debug)]
pub(super) struct Impostor {
    /// Its format.
    pub(super) format: &'static str,
    /// What it promises, where it is a pointer.
    pub(super) pointer: Option<Pointer>,
    /// What is odd about it.
    pub(super) oddity: Oddity,
}

/// Pointers are at most this long.
const POINTER_LEN: u64 = 1024;

/// The first lines of git-lfs pointers, and of what they were called before.
const POINTERS: &[&str] = &[
    "version https://git-lfs.github.com/spec/",
    "version https://hawser.github.com/spec/",
    "version http://git-media.io/v/",
];

/// How web pages begin, lower-cased.
const PAGES: &[&str] = &["<!doctype html", "<html", "<head>"];

/// How servers say no, lower-cased.
const REFUSALS: &[&str] = &[
    "{\"error\"",
    "access to model",
    "entry not found",
    "invalid username or password",
    "repository not found",
    "<?xml version=\"1.0\" encoding=\"utf-8\"?><error>",
    "<error><code>",
];

/// Looks at the first bytes of a file of `len` bytes at `path`. A web page is an impostor only
/// where a page would not be expected.
pub(super) fn unmask(path: &str, head: &[u8], len: u64) -> Option<Impostor> {
    let text = String::from_utf8_lossy(head.get(..1024).unwrap_or(head));
    if len <= POINTER_LEN
        && let Some(pointer) = pointer(&text)
    {
        let saying = format!(
            "is a git-lfs pointer: {} bytes with SHA-256 {} should be here and were not downloaded",
            pointer.len, pointer.sha256
        );
        let oddity = Oddity::new(What::LfsPointer, Place::file(path), saying);
        return Some(Impostor {
            format: "git-lfs pointer",
            pointer: Some(pointer),
            oddity,
        });
    }
    let start = text.trim_start_matches('\u{feff}').trim_start().to_ascii_lowercase();
    let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    let is_page = matches!(ending.as_deref(), Some("html" | "htm" | "xhtml" | "md"));
    if !is_page && PAGES.iter().any(|page| start.starts_with(page)) {
        let saying = format!("is a web page of {len} bytes, not the file its name promises");
        let oddity = Oddity::new(What::HtmlPage, Place::file(path), saying);
        return Some(Impostor { format: "html", pointer: None, oddity });
    }
    if len <= 4096 && REFUSALS.iter().any(|refusal| start.starts_with(refusal)) {
        let first = start.lines().next().unwrap_or_default();
        let said: String = first.chars().take(80).collect();
        let saying = format!("is a server's refusal of {len} bytes: \"{said}\"");
        let oddity = Oddity::new(What::HtmlPage, Place::file(path), saying);
        return Some(Impostor {
            format: "error message",
            pointer: None,
            oddity,
        });
    }
    None
}

fn pointer(text: &str) -> Option<Pointer> {
    if !POINTERS.iter().any(|start| text.starts_with(start)) {
        return None;
    }
    let after = |key: &str| text.lines().find_map(|line| line.strip_prefix(key));
    let sha256 = after("oid sha256:")?.trim().to_ascii_lowercase();
    let is_hex = sha256.len() == 64 && sha256.bytes().all(|it| it.is_ascii_hexdigit());
    let len = after("size ")?.trim().parse().ok()?;
    is_hex.then_some(Pointer { sha256, len })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impostors_are_called_what_they_are() {
        let oid = "a".repeat(64);
        let lfs =
            format!("version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize 99\n");
        check("model.safetensors", &lfs, Some("git-lfs pointer"));
        check("config.json", &lfs, Some("git-lfs pointer"));
        check("model.safetensors", "\n<!DOCTYPE html><html>", Some("html"));
        check("index.html", "<!DOCTYPE html><html>", None);
        check("model.bin", "Entry not found", Some("error message"));
        check("a.json", "{\"error\":\"Repository not found\"}", Some("error message"));
        check("a.json", "{\"model_type\":\"llama\"}", None);
        check("a.txt", "version https://git-lfs.github.com/spec/v1\noid sha256:zz\nsize 1\n", None);
    }

    #[track_caller]
    fn check(path: &str, text: &str, format: Option<&str>) {
        let impostor = unmask(path, text.as_bytes(), text.len() as u64);
        assert_eq!(impostor.map(|it| it.format), format);
    }
}
