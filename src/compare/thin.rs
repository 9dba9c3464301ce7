//! Two stored reports without the lines of tensors that are the same in both.
//!
//! A report of a large release is nearly all tensors, a line each, and of two releases most are the same
//! byte for byte. What is the same is counted and left out before anything is parsed. This goes by how
//! reports are written here; one that was written otherwise is left as it is.

use std::collections::BTreeMap;

use memchr::{memchr, memchr_iter, memmem, memrchr};

/// The two reports, and how many tensors of each file were left out of both.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Thinned {
    /// The first, as JSON.
    pub a: Vec<u8>,
    /// The second.
    pub b: Vec<u8>,
    /// By the path of the file; of each file that has any tensors, in both.
    pub same: BTreeMap<String, u64>,
}

/// How the list of a file's tensors begins, and how it ends.
const BEGIN: &[u8] = b"\n      \"tensors\": [\n";
const END: &[u8] = b"\n      ]";
/// How a tensor begins, and what stands in it where it was not hashed.
const TENSOR: &[u8] = b"        { \"name\": ";
const UNHASHED: &[u8] = b"\"sha256\": null";
/// So much is compared at once.
const STRIDE: usize = 4096;

/// A list of tensors in a report: the path of the file, and where its lines begin and end.
struct List<'r> {
    path: &'r [u8],
    start: usize,
    end: usize,
}

/// Leaves out what is the same; `None` where nothing is.
pub fn thin(a: &[u8], b: &[u8]) -> Option<Thinned> {
    let of_b: BTreeMap<&[u8], List> = lists(b)?.into_iter().map(|it| (it.path, it)).collect();
    let mut thinned = Thinned::default();
    let (mut cuts_a, mut cuts_b) = (Vec::new(), Vec::new());
    for list in lists(a)? {
        let Some(other) = of_b.get(list.path) else {
            continue;
        };
        let path: String = serde_json::from_slice(list.path).ok()?;
        let (kept_a, kept_b, same) =
            differing(&a[list.start..list.end], &b[other.start..other.end]);
        if same > 0 {
            thinned.same.insert(path, same);
            cuts_a.push((list.start..list.end, kept_a));
            cuts_b.push((other.start..other.end, kept_b));
        }
    }
    if thinned.same.is_empty() {
        return None;
    }
    cuts_b.sort_by_key(|(range, _)| range.start);
    thinned.a = without(a, &cuts_a);
    thinned.b = without(b, &cuts_b);
    Some(thinned)
}

/// The lists of tensors of a report; `None` where it is not written as reports are here.
fn lists(report: &[u8]) -> Option<Vec<List<'_>>> {
    report.starts_with(b"{\n  \"schema\": \"weighbill-").then_some(())?;
    let weights = memmem::find(report, b"\n  \"weights\": [\n")?;
    let mut lists = Vec::new();
    let mut at = weights;
    while let Some(found) = memmem::find(&report[at..], BEGIN) {
        let start = at + found + BEGIN.len();
        let end = start + memmem::find(&report[start - 1..], END)?.checked_sub(1)?;
        let path = path_before(&report[at..start - BEGIN.len()])?;
        lists.push(List { path, start, end });
        at = end;
    }
    Some(lists)
}

/// The path of the file that the list after `before` is of, as JSON.
fn path_before(before: &[u8]) -> Option<&[u8]> {
    const PATH: &[u8] = b"\n      \"path\": ";
    let start = memmem::rfind(before, PATH)? + PATH.len();
    let end = start + memchr(b'\n', &before[start..])?;
    before[start..end].strip_suffix(b",")
}

/// The lines of each that are not the same in the other at the same place, and how many are.
fn differing<'r>(a: &'r [u8], b: &'r [u8]) -> (Vec<&'r [u8]>, Vec<&'r [u8]>, u64) {
    let (mut kept_a, mut kept_b) = (Vec::new(), Vec::new());
    let (mut at_a, mut at_b, mut same) = (0, 0, 0);
    while at_a < a.len() && at_b < b.len() {
        let run = alike(&a[at_a..], &b[at_b..]);
        let alike = &a[at_a..at_a + run];
        let count = lines_of(alike);
        if count > 0 && all_hashed(alike, count) {
            same += count;
        } else if run > 0 {
            kept_a.extend(split(alike));
            kept_b.extend(split(&b[at_b..at_b + run]));
        }
        at_a += run;
        at_b += run;
        kept_a.extend(next_line(a, &mut at_a));
        kept_b.extend(next_line(b, &mut at_b));
    }
    kept_a.extend(split(&a[at_a.min(a.len())..]));
    kept_b.extend(split(&b[at_b.min(b.len())..]));
    (kept_a, kept_b, same)
}

/// How many bytes from the front are the same, up to the end of a line. A last line has no comma after
/// it, so that it ends where the text does.
fn alike(a: &[u8], b: &[u8]) -> usize {
    let len = a.len().min(b.len());
    let strides = (0..len / STRIDE)
        .take_while(|at| a[at * STRIDE..(at + 1) * STRIDE] == b[at * STRIDE..(at + 1) * STRIDE]);
    let from = strides.count() * STRIDE;
    let rest = a[from..len].iter().zip(&b[from..len]).take_while(|(a, b)| a == b).count();
    let run = from + rest;
    if run == a.len() && run == b.len() {
        return run;
    }
    memrchr(b'\n', &a[..run]).map_or(0, |at| at + 1)
}

/// How many lines; the last need not end.
fn lines_of(text: &[u8]) -> u64 {
    let ends = memchr_iter(b'\n', text).count() as u64;
    ends + u64::from(!text.is_empty() && !text.ends_with(b"\n"))
}

/// Whether every line is a tensor that was hashed.
fn all_hashed(lines: &[u8], count: u64) -> bool {
    let tensors = memmem::find_iter(lines, TENSOR).count() as u64;
    tensors == count && memmem::find(lines, UNHASHED).is_none()
}

fn next_line<'r>(text: &'r [u8], at: &mut usize) -> Option<&'r [u8]> {
    let rest = text.get(*at..).filter(|it| !it.is_empty())?;
    let end = memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
    *at += end;
    Some(rest[..end].trim_ascii_end())
}

fn split(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end).filter(|it| !it.is_empty())
}

/// The report with these lines in the place of those lists.
fn without(report: &[u8], cuts: &[(std::ops::Range<usize>, Vec<&[u8]>)]) -> Vec<u8> {
    let mut thin = Vec::new();
    let mut at = 0;
    for (range, kept) in cuts {
        thin.extend_from_slice(&report[at..range.start]);
        for (number, line) in kept.iter().enumerate() {
            thin.extend_from_slice(if number == 0 { b"" } else { b",\n" });
            thin.extend_from_slice(line.strip_suffix(b",").unwrap_or(line));
        }
        at = range.end;
    }
    thin.extend_from_slice(&report[at..]);
    thin
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        compare::{self, reports, thinned},
        render::{json, sample},
        report::Report,
    };

    fn written(report: &Report) -> Vec<u8> {
        let mut bytes = Vec::new();
        json::write_value(report, &mut bytes).unwrap();
        bytes
    }

    /// What the whole reports come to, and what the thin ones do, are the same.
    #[track_caller]
    fn check(a: &Report, b: &Report, dropped: Option<u64>) {
        let thin = thin(&written(a), &written(b));
        assert_eq!(thin.as_ref().map(|it| it.same.values().sum::<u64>()), dropped);
        if let Some(thin) = thin {
            let read = |bytes: &[u8]| serde_json::from_slice::<Report>(bytes).unwrap();
            let diff = thinned(&read(&thin.a), &read(&thin.b), &thin.same);
            assert_eq!(diff.unwrap_or_else(|| reports(a, b)), reports(a, b));
        }
    }

    #[test]
    fn what_is_the_same_is_left_out_and_counted() {
        let a = sample::llama();
        let all: u64 = a.weights.iter().map(|it| it.tensors.len() as u64).sum();
        check(&a, &a, Some(all));
        let mut b = a.clone();
        let last = b.weights[0].tensors.len() - 1;
        for at in [0, last / 2, last] {
            b.weights[0].tensors[at].sha256 = Some("0".repeat(64));
        }
        check(&a, &b, Some(all - 3));
        check(&b, &a, Some(all - 3));
        b.weights[1].tensors.remove(0);
        check(&a, &b, Some(all - 3 - a.weights[1].tensors.len() as u64));
        b.weights[0].tensors.truncate(2);
        b.weights[1].path = "other.safetensors".to_owned();
        check(&a, &b, None); // of a list's last line the comma after it differs
        let mut c = a.clone();
        for tensor in c.weights.iter_mut().flat_map(|it| &mut it.tensors) {
            tensor.sha256 = None;
        }
        check(&c, &c, None);
        assert_eq!(thin(b"{}", b"{}"), None);
        let compact = serde_json::to_vec(&a).unwrap();
        assert_eq!(thin(&compact, &compact), None);
        assert!(compare::thinned(&a, &a, &BTreeMap::new()).is_some());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn a_damaged_report_is_thinned_or_left(at in 0_usize..100_000, byte: u8, cut: bool) {
            let whole = written(&sample::llama());
            let mut other = whole.clone();
            let at = at % other.len();
            if cut {
                other.truncate(at);
            } else {
                other[at] = byte;
            }
            let _ = thin(&whole, &other);
            let _ = thin(&other, &whole);
        }
    }
}
