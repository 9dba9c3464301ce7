//! Files of rows, told from their first bytes; the rows themselves are not read.

use std::io;

use crate::{facts::Data, source::Bytes};

/// Bytes from the front that are looked at.
const HEAD: u64 = 64 << 10;
/// Names of columns that are kept.
const MOST_COLUMNS: usize = 64;

/// Tells a file of rows by its bytes, and where those are compressed by its name as well; `None`
/// where it is none.
pub fn read(path: &str, bytes: &dyn Bytes) -> io::Result<Option<Data>> {
    let len = bytes.len();
    let head = bytes.read(0..len.min(HEAD))?;
    let whole = len <= HEAD;
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let data = |format| Some(Data { format, ..Data::default() });
    let found = match head.as_slice() {
        [b'P', b'A', b'R', b'1', ..] => parquet(bytes)?,
        [b'A', b'R', b'R', b'O', b'W', b'1', ..] => data("arrow"),
        [0xff, 0xff, 0xff, 0xff, ..] if ends(&name, &[".arrow"]) && head.len() > 8 => data("arrow"),
        [b'F', b'E', b'A', b'1', ..] => data("feather"),
        [b'M', b'M', b'I', b'D', b'I', b'D', b'X', 0, 0, ..] => data("mmap"),
        [0x1f, 0x8b, ..] => compressed(&name, &["jsonl.gz", "csv.gz", "tsv.gz", "json.gz"]),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => {
            compressed(&name, &["jsonl.zst", "csv.zst", "tsv.zst", "json.zst"])
        }
        _ if is_tar(&head) => tar(&head),
        _ if name.contains(".tfrecord") => tfrecord(&head, len),
        _ if ends(&name, &[".jsonl", ".ndjson", ".json"]) => jsonl(&head, whole),
        _ if ends(&name, &[".csv"]) => table(&head, whole, b','),
        _ if ends(&name, &[".tsv", ".tab"]) => table(&head, whole, b'\t'),
        _ => None,
    };
    Ok(found)
}

fn ends(name: &str, with: &[&str]) -> bool {
    with.iter().any(|end| name.ends_with(end))
}

fn compressed(name: &str, forms: &[&'static str]) -> Option<Data> {
    let format = forms.iter().find(|form| name.ends_with(**form))?;
    Some(Data { format, ..Data::default() })
}

/// Both ends must say `PAR1`; the count of rows is not worth a reader of its own.
fn parquet(bytes: &dyn Bytes) -> io::Result<Option<Data>> {
    let len = bytes.len();
    if len < 12 {
        return Ok(None);
    }
    let tail = bytes.read(len - 8..len)?;
    let (footer, magic) = tail.split_at(4);
    let footer = footer.iter().rev().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    let whole = magic == b"PAR1" && footer <= len - 12;
    Ok(whole.then(|| Data { format: "parquet", ..Data::default() }))
}

/// One JSON object a line. The keys of the first are the columns.
fn jsonl(head: &[u8], whole: bool) -> Option<Data> {
    let mut lines = head.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    let first = lines.next()?.trim_ascii();
    let complete = whole || first.len() < head.len();
    let row: serde_json::Map<String, serde_json::Value> = match serde_json::from_slice(first) {
        Ok(row) => row,
        Err(error) if error.is_eof() && !complete && first.starts_with(b"{\"") => {
            return Some(Data { format: "jsonl", ..Data::default() }); // a row longer than the head
        }
        Err(_) => return None,
    };
    // A single object is a document; rows are told by a second one, or by the file's going on.
    let second = lines.next().map(<[u8]>::trim_ascii);
    let goes_on = second.map_or(!whole, |line| line.starts_with(b"{"));
    if row.is_empty() || !goes_on {
        return None;
    }
    let rows = whole.then(|| 2 + lines.count() as u64);
    Some(Data {
        format: "jsonl",
        columns: columns(row.keys().map(String::as_str)),
        rows,
    })
}

/// A header and at least one row of as many fields.
fn table(head: &[u8], whole: bool, separator: u8) -> Option<Data> {
    let text = String::from_utf8_lossy(head);
    if text.contains('\0') {
        return None;
    }
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let separator = char::from(separator);
    let header: Vec<&str> =
        lines.next()?.split(separator).map(|name| name.trim().trim_matches('"')).collect();
    let row = lines.next()?;
    if header.len() < 2 || !row.contains(separator) {
        return None;
    }
    let rows = (whole && !text.contains('"')).then(|| 1 + lines.count() as u64);
    let format = if separator == ',' { "csv" } else { "tsv" };
    Some(Data {
        format,
        columns: columns(header.into_iter()),
        rows,
    })
}

fn columns<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let kept = names.filter(|name| !name.is_empty()).take(MOST_COLUMNS);
    kept.map(|name| head_of(name, 64).to_owned()).collect()
}

/// Extensions of the parts of samples in a tar.
const SAMPLES: &[&str] = &[
    "jpg",
    "jpeg",
    "png",
    "webp",
    "txt",
    "json",
    "cls",
    "wav",
    "flac",
    "mp3",
    "npy",
    "parquet",
    "jsonl",
    "opus",
    "mp4",
    "caption",
    "jsonl.zst",
    "jsonl.gz",
    "tiff",
];

fn is_tar(head: &[u8]) -> bool {
    head.get(257..262) == Some(b"ustar")
}

/// Samples in a tar: members that share a stem and differ in their extensions (`0001.jpg`,
/// `0001.json`), or members that are rows themselves.
fn tar(head: &[u8]) -> Option<Data> {
    const BLOCK: usize = 512;
    let mut stems: Vec<String> = Vec::new();
    let mut parts: Vec<String> = Vec::new();
    let mut at = 0;
    while let Some(header) = head.get(at..at + BLOCK).filter(|header| is_tar(header)) {
        let name = header.get(..100).unwrap_or(&[]);
        let name = String::from_utf8_lossy(name.split(|byte| *byte == 0).next().unwrap_or(&[]));
        let file = name.rsplit('/').next().unwrap_or(&name);
        if header.get(156).is_some_and(|kind| matches!(kind, b'0' | 0)) && !file.starts_with("._") {
            let (stem, part) = file.split_once('.').unwrap_or((file, ""));
            stems.push(stem.to_owned());
            parts.push(head_of(part, 64).to_ascii_lowercase());
        }
        let size = header.get(124..135).unwrap_or(&[]);
        let size = String::from_utf8_lossy(size);
        let Ok(size) = usize::from_str_radix(size.trim_matches(['\0', ' ']), 8) else {
            break;
        };
        at = at.saturating_add(BLOCK).saturating_add(size.div_ceil(BLOCK).saturating_mul(BLOCK));
    }
    let of_samples =
        parts.iter().all(|part| SAMPLES.contains(&part.rsplit('.').next().unwrap_or(part)));
    if parts.is_empty() || !of_samples {
        return None;
    }
    parts.sort_unstable();
    parts.dedup();
    Some(Data {
        format: "tar",
        columns: parts,
        rows: None,
    })
}

/// Records with their length in front, twelve bytes of it.
fn tfrecord(head: &[u8], len: u64) -> Option<Data> {
    let length: [u8; 8] = head.get(..8)?.try_into().ok()?;
    let record = u64::from_le_bytes(length);
    let fits = record > 0 && record.checked_add(16).is_some_and(|end| end <= len);
    fits.then(|| Data { format: "tfrecord", ..Data::default() })
}

/// The first `most` bytes of a text, or a little less, so that no character is cut.
pub(super) fn head_of(text: &str, most: usize) -> &str {
    if text.len() <= most {
        return text;
    }
    let end = (0..=most).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text.get(..end).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rows_are_told_by_their_bytes() {
        check("a.jsonl", b"{\"text\":\"a\"}\n{\"text\":\"b\"}\n", "jsonl text 2");
        check("a.jsonl", b"{\"text\":\"a\"}\n", "");
        check("a.json", b"{\n \"a\": 1\n}\n", "");
        check("a.json", b"{\"q\":1,\"a\":2}\n{\"q\":3,\"a\":4}", "jsonl a,q 2");
        check("a.csv", b"prompt,answer\nx,y\nz,w\n", "csv prompt,answer 2");
        check("a.csv", b"one column\nx\n", "");
        check("a.tsv", b"a\tb\n1\t2\n", "tsv a,b 1");
        check("a.parquet", b"PAR1....\x04\0\0\0PAR1", "parquet");
        check("a.parquet", b"PAR1....\xff\xff\xff\xffPAR1", "");
        check("a.parquet", b"PAR1 cut short here", "");
        check("a.bin", b"ARROW1\0\0", "arrow");
        check("a.jsonl.zst", b"\x28\xb5\x2f\xfd...", "jsonl.zst");
        check("a.zst", b"\x28\xb5\x2f\xfd...", "");
        check("x.idx", b"MMIDIDX\0\0\x01", "mmap");
        check("t.tfrecord-0", b"\x01\0\0\0\0\0\0\0crc!xcrc!", "tfrecord");
        check("t.tfrecord-0", b"\xff\xff\xff\xff\xff\xff\xff\xffcrc!", "");
        check("model.tar", &member("model/weights.bin"), "");
        check("00001.tar", &[member("00001.jpg"), member("00001.txt")].concat(), "tar jpg,txt");
        check("a.txt", b"hello, world\na, b", "");
    }

    fn member(name: &str) -> Vec<u8> {
        let mut block = vec![0; 512];
        block[..name.len()].copy_from_slice(name.as_bytes());
        block[124..135].copy_from_slice(b"00000000000");
        block[156] = b'0';
        block[257..262].copy_from_slice(b"ustar");
        block
    }

    #[track_caller]
    fn check(path: &str, bytes: &[u8], told: &str) {
        let data = read(path, &bytes.to_vec()).unwrap();
        let words = data.map_or(String::new(), |data| {
            let mut words = vec![data.format.to_owned(), data.columns.join(",")];
            words.extend(data.rows.map(|rows| rows.to_string()));
            words.retain(|word| !word.is_empty());
            words.join(" ")
        });
        assert_eq!(words, told);
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(
            bytes in prop::collection::vec(any::<u8>(), 0..1200),
            name in prop::sample::select(vec!["a.jsonl", "a.csv", "a.tar", "a.parquet", "a.tfrecord"]),
            magic in prop::sample::select(vec![&b""[..], b"PAR1", b"{\"a\"", b"\xff\xff\xff\xff"]),
        ) {
            let bytes = [magic, &bytes].concat();
            let _ = read(name, &bytes);
            let mut tar = member("a.jpg");
            tar.extend(&bytes);
            tar[130] = bytes.first().copied().unwrap_or(0);
            let _ = read(name, &tar);
        }
    }
}
