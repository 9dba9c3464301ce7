//! `CTranslate2`'s `model.bin`: a specification's name, then records of name, shape, type and bytes.

use super::{
    Format, Input, Listing, ReadError, Reader,
    gathering::{Gathering, NAME},
    pages::Pages,
};
use crate::{
    facts::{Dtype, What},
    words::FileKind,
};

pub(super) const FORMAT: Format = Format {
    name: "ctranslate2",
    kind: FileKind::Weights,
    recognizes: |probe| {
        let pages = Pages::new(probe.bytes);
        header(&pages).is_some_and(|(.., name, _)| name.ends_with("Spec"))
    },
    read: Reader::Tensors(read),
};

/// Versions of the layout that are read; earlier ones tell sizes and no types.
const VERSIONS: std::ops::RangeInclusive<u32> = 4..=6;
/// Element types in the order of their numbers.
const DTYPES: &[&str] = &["F32", "I8", "I16", "I32", "F16", "BF16"];

/// The layout's version, the specification's name, and where the rest begins.
fn header(pages: &Pages) -> Option<(u32, String, u64)> {
    let version = pages.u32(0).filter(|version| (1..=64).contains(version))?;
    let (name, at) = text(pages, 4)?;
    let spelt = name.len() <= 64 && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    spelt.then_some((version, name, at))
}

/// A text behind its length, which counts the zero at its end; and where it ends.
fn text(pages: &Pages, at: u64) -> Option<(String, u64)> {
    let len = u64::from(pages.u16(at)?);
    let end = at + 2 + len;
    let zero = pages.byte(end.checked_sub(1)?)?;
    (len > 0 && zero == 0).then(|| (pages.text(at + 2..end - 1, NAME), end))
}

fn read(input: &Input) -> Result<Listing, ReadError> {
    let pages = Pages::new(input.bytes);
    let malformed = |reason: String| ReadError::Malformed { format: FORMAT.name, reason };
    let (version, name, at) = header(&pages).ok_or_else(|| malformed("no header".to_owned()))?;
    if !VERSIONS.contains(&version) {
        return Err(malformed(format!("version {version} is not among those read, 4 to 6")));
    }
    let mut found = Gathering::new(input, FORMAT.name);
    found.note("spec", name);
    found.note("version", version.to_string());
    found.note("revision", pages.u32(at).map(|it| it.to_string()).unwrap_or_default());
    let tensors = pages.u32(at + 4).unwrap_or(0);
    let mut at = at + 8;
    for n in 0..tensors {
        let Some(end) = record(&pages, at, &mut found) else {
            let saying = format!(
                "tensor {n} of {tensors}, at byte {at}, goes on after the end at byte {}",
                pages.len()
            );
            pages.fault(What::ShardTruncated, at, saying);
            return found.finish(pages);
        };
        at = end;
    }
    if let Some(end) = aliases(&pages, at, &mut found)
        && end < pages.len()
    {
        pages.fault(
            What::TrailingBytes,
            end,
            format!("{} bytes after the last record", pages.len() - end),
        );
    }
    found.finish(pages)
}

/// One tensor, and where it ends; `None` where the file does first.
fn record(pages: &Pages, at: u64, found: &mut Gathering) -> Option<u64> {
    let (name, at) = text(pages, at)?;
    let rank = pages.byte(at)?;
    let extents = (0..u64::from(rank)).map(|n| pages.u32(at + 1 + 4 * n).map(u64::from));
    let shape = extents.collect::<Option<Vec<u64>>>()?;
    let at = at + 1 + 4 * u64::from(rank);
    let kind = pages.byte(at)?;
    let start = at + 5;
    let end = start + u64::from(pages.u32(at + 1)?);
    let known = DTYPES.get(usize::from(kind));
    if known.is_none() {
        let place = found.at().tensor(&name).byte(at);
        found.odd(What::DtypeUnknown, place, format!("element type {kind}"));
    }
    let dtype =
        known.map_or_else(|| Dtype::named(&format!("ctranslate2:{kind}")), |it| Dtype::named(it));
    if end > pages.len() {
        found.tensor(name, dtype, shape, None);
        return None;
    }
    found.tensor(name, dtype, shape, Some(start..end));
    Some(end)
}

/// Second names of tensors, and where they end.
fn aliases(pages: &Pages, at: u64, found: &mut Gathering) -> Option<u64> {
    let count = pages.u32(at)?;
    let mut at = at + 4;
    for n in 0..count {
        let Some((alias, (name, end))) =
            text(pages, at).and_then(|(alias, at)| Some((alias, text(pages, at)?)))
        else {
            pages.fault(
                What::ShardTruncated,
                at,
                format!("second name {n} of {count} is not whole"),
            );
            return None;
        };
        found.note(format!("alias.{alias}"), name);
        at = end;
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::{super::trial, *};

    fn text(text: &str) -> Vec<u8> {
        let len = u16::try_from(text.len() + 1).unwrap();
        [&len.to_le_bytes(), text.as_bytes(), &[0]].concat()
    }

    fn model(kind: u8, rows: u32, len: u32) -> Vec<u8> {
        let n = |n: u32| n.to_le_bytes().to_vec();
        let front = [n(6), text("WhisperSpec"), n(3), n(1)].concat();
        let record = [
            text("w"),
            vec![2],
            n(rows),
            n(2),
            vec![kind],
            n(len),
            vec![0; 8],
        ]
        .concat();
        [front, record, n(1), text("v"), text("w")].concat()
    }

    #[test]
    fn records_follow_one_another() {
        trial::check(&FORMAT, &model(4, 2, 8), &["w F16 [2, 2] 44..52"]);
        let file = trial::list(&FORMAT, &model(4, 2, 8)).unwrap().file;
        assert_eq!(file.metadata["spec"], "WhisperSpec");
        assert_eq!(file.metadata["alias.v"], "w");
    }

    #[test]
    fn what_lies_is_told() {
        check(&model(4, 3, 8), "F16 [3, 2] takes 12 bytes, 8 are stored");
        check(&model(9, 2, 8), "element type 9");
        check(&model(4, 2, 800), "tensor 0 of 1, at byte 26, goes on after the end at byte 64");
        check(&[model(4, 2, 8), vec![0; 5]].concat(), "5 bytes after the last record");
    }

    #[track_caller]
    fn check(bytes: &[u8], saying: &str) {
        let listing = trial::list(&FORMAT, bytes).unwrap();
        assert_eq!(trial::odd(&listing), [saying]);
    }

    #[test]
    fn no_bytes_are_too_strange() {
        trial::abuse(&FORMAT, &model(4, 2, 8));
    }
}
