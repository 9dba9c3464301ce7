//! Papers, reports and citations: what they are, their titles, and the identifiers they give.

use std::{io, sync::LazyLock};

use regex::Regex;

use super::data::head_of;
use crate::{
    facts::{Document, Form},
    source::Bytes,
};

/// Bytes from either end of a PDF, and from the front of a text, that are looked at.
const LOOK: u64 = 256 << 10;
/// Identifiers that are kept.
const MOST_IDENTIFIERS: usize = 32;

#[expect(
    clippy::unwrap_used,
    reason = "the patterns are constants, and a test compiles them"
)]
static IDENTIFIER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix) arxiv(?:\.org/(?:abs|pdf)/|[:.\s]\s*)(?<arxiv>\d{4}\.\d{4,5})
        | \b(?<doi>10\.\d{4,9}/[^\s{}\x22',;<>\x00-\x1f]+)",
    )
    .unwrap()
});

/// Tells a document by its bytes; its name says only which of the texts it may be.
pub fn read(path: &str, bytes: &dyn Bytes) -> io::Result<Document> {
    let len = bytes.len();
    let head = bytes.read(0..len.min(LOOK))?;
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    if head.starts_with(b"%PDF-") {
        let tail = bytes.read(len.saturating_sub(LOOK).max(head.len() as u64)..len)?;
        return Ok(pdf(&head, &tail));
    }
    let text = String::from_utf8_lossy(&head);
    let (form, title) = match () {
        () if extension == "tex" => tex(&text),
        () if extension == "cff" => {
            let whole = text.contains("cff-version") || text.contains("title:");
            (if whole { Form::Citation } else { Form::None }, field(&text, "title:"))
        }
        () if extension == "bib" => {
            let entries = text.lines().filter(|line| line.trim_start().starts_with('@')).count();
            // A list of many works is what a paper cites, not how to cite this one.
            let own = entries == 1 || (entries > 1 && name.starts_with("citation"));
            (if own { Form::Citation } else { Form::None }, None)
        }
        () => (Form::None, None),
    };
    let identifiers = if form == Form::Citation {
        identifiers(&text)
    } else {
        Vec::new()
    };
    let licenses = if form == Form::Citation && extension == "cff" {
        licenses(&text)
    } else {
        Vec::new()
    };
    Ok(Document { form, title, identifiers, licenses })
}

/// `license: MIT`, or a list of ids below it.
fn licenses(text: &str) -> Vec<(u32, String)> {
    const MOST: usize = 8;
    let mut found = Vec::new();
    let mut listed = false;
    for (number, line) in (1..).zip(text.lines()) {
        let value = match line.strip_prefix("license:") {
            Some(value) => {
                listed = value.trim().is_empty();
                value
            }
            None if listed && line.trim_start().starts_with("- ") => {
                line.trim_start().trim_start_matches("- ")
            }
            None => {
                listed = false;
                continue;
            }
        };
        let value = value.trim().trim_matches(['"', '\'']);
        if !value.is_empty() && value.len() <= 200 && found.len() < MOST {
            found.push((number, value.to_owned()));
        }
    }
    found
}

/// `/Title (…)` where it stands in the clear, and the stamp of a preprint server.
fn pdf(head: &[u8], tail: &[u8]) -> Document {
    let title = [tail, head].into_iter().find_map(pdf_title);
    let stamped = title.as_deref().map_or_else(Vec::new, identifiers);
    Document {
        form: Form::Pdf,
        title,
        identifiers: stamped,
        licenses: Vec::new(),
    }
}

fn pdf_title(bytes: &[u8]) -> Option<String> {
    const KEY: &[u8] = b"/Title";
    const MOST: usize = 600;
    let at = bytes.windows(KEY.len()).position(|window| window == KEY)?;
    let rest = bytes.get(at + KEY.len()..)?;
    let rest = rest.get(..rest.len().min(MOST))?.trim_ascii_start();
    let raw: Vec<u8> = match rest.first()? {
        b'(' => literal(&rest[1..]),
        b'<' => {
            let digits: Vec<u8> =
                rest[1..].iter().copied().take_while(u8::is_ascii_hexdigit).collect();
            let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
            digits.chunks_exact(2).filter_map(pair).collect()
        }
        _ => return None,
    };
    let text = match raw.strip_prefix(b"\xfe\xff") {
        Some(wide) => {
            let units = wide.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect()
        }
        None => String::from_utf8_lossy(&raw).into_owned(),
    };
    let text = text.trim();
    (!text.is_empty()).then(|| head_of(text, 300).to_owned())
}

/// A string in round brackets, to the one that closes it.
fn literal(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    let mut depth = 0_u32;
    let mut bytes = bytes.iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => text.extend(bytes.next().filter(|next| !next.is_ascii_digit())),
            b')' if depth == 0 => break,
            b')' => depth -= 1,
            b'(' => depth += 1,
            _ => {}
        }
        if byte != b'\\' {
            text.push(byte);
        }
    }
    text
}

fn tex(text: &str) -> (Form, Option<String>) {
    let uncommented = || text.lines().filter(|line| !line.trim_start().starts_with('%'));
    let says = |what: &str| uncommented().any(|line| line.contains(what));
    let whole = says("\\documentclass") || says("\\begin{abstract}");
    let title = uncommented()
        .find_map(|line| line.split_once("\\title{"))
        .map(|(_, rest)| head_of(rest.trim_end_matches('}').trim(), 300).to_owned());
    (if whole { Form::Tex } else { Form::TexPart }, title.filter(|title| !title.is_empty()))
}

fn field(text: &str, key: &str) -> Option<String> {
    let value = text.lines().find_map(|line| line.strip_prefix(key))?;
    let value = value.trim().trim_matches(['"', '\'']);
    (!value.is_empty()).then(|| head_of(value, 300).to_owned())
}

/// arXiv ids, DOIs and links of a citation, each once, with the line.
fn identifiers(text: &str) -> Vec<(u32, String)> {
    let mut found: Vec<(u32, String)> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let comment = line.trim_start().starts_with(['#', '%']);
        let ids = IDENTIFIER.captures_iter(line).filter_map(|it| {
            match (it.name("arxiv"), it.name("doi")) {
                (Some(id), _) if !id.as_str().starts_with("0000") => {
                    Some(format!("arXiv:{}", id.as_str()))
                }
                (_, Some(doi)) => {
                    Some(format!("doi:{}", doi.as_str().trim_end_matches(['.', ')'])))
                }
                _ => None,
            }
        });
        let eprint = line.trim().strip_prefix("eprint").and_then(|rest| {
            let id: String = rest.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
            (id.len() >= 9 && !id.starts_with("0000")).then(|| format!("arXiv:{id}"))
        });
        let url = line.trim().strip_prefix("url").and_then(|rest| {
            let at = rest.find("http")?;
            let url: String = rest[at..]
                .chars()
                .take_while(|c| !c.is_whitespace() && !"{}\"',".contains(*c))
                .collect();
            (url.len() > 10).then_some(url)
        });
        for id in ids.chain(eprint).chain(url).filter(|_| !comment) {
            if found.len() < MOST_IDENTIFIERS && !found.iter().any(|(_, known)| *known == id) {
                found.push((number, head_of(&id, 200).to_owned()));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn documents_are_told_by_their_bytes() {
        check(
            "p.pdf",
            b"%PDF-1.5 x /Title (A \\(B\\) Report) y",
            Form::Pdf,
            Some("A (B) Report"),
            "",
        );
        check("p.pdf", b"%PDF-1.5 /Title <FEFF00410042>", Form::Pdf, Some("AB"), "");
        check("p.pdf", b"%PDF-1.5 no title", Form::Pdf, None, "");
        check("p.pdf", b"<html>", Form::None, None, "");
        check(
            "m.tex",
            b"\\documentclass{a}\n\\title{Big Model}\n",
            Form::Tex,
            Some("Big Model"),
            "",
        );
        check("m.tex", b"% \\documentclass{a}\n\\section{b}", Form::TexPart, None, "");
        check(
            "CITATION.cff",
            b"cff-version: 1.2.0\ntitle: \"A\"\n# doi: 10.1/9\ndoi: 10.5281/zenodo.1234\n",
            Form::Citation,
            Some("A"),
            "doi:10.5281/zenodo.1234",
        );
        check(
            "CITATION.bib",
            b"@article{a,\n eprint={2307.09288},\n url = {https://arxiv.org/abs/2307.09288},\n}",
            Form::Citation,
            None,
            "arXiv:2307.09288 https://arxiv.org/abs/2307.09288",
        );
        check("CITATION.bib", b"@misc{a, journal={arXiv:0000.00000}}", Form::Citation, None, "");
        check("refs.bib", b"@misc{a}\n@misc{b}\n", Form::None, None, "");
    }

    #[track_caller]
    fn check(path: &str, bytes: &[u8], form: Form, title: Option<&str>, ids: &str) {
        let document = read(path, &bytes.to_vec()).unwrap();
        assert_eq!((document.form, document.title.as_deref()), (form, title));
        let told: Vec<&str> = document.identifiers.iter().map(|(_, id)| id.as_str()).collect();
        assert_eq!(told.join(" "), ids);
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(
            bytes in prop::collection::vec(any::<u8>(), 0..400),
            name in prop::sample::select(vec!["a.pdf", "a.tex", "a.cff", "a.bib"]),
            front in prop::sample::select(vec![&b""[..], b"%PDF-1.4 /Title (", b"%PDF-1 /Title <FEFF", b"@a{"]),
        ) {
            let _ = read(name, &[front, &bytes].concat());
        }
    }
}
