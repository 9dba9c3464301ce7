//! How readers are tried: on good bytes, on lying ones, and on any at all.

use proptest::{collection::vec, prelude::*, test_runner::TestRunner};

use super::{Format, Input, Listing, Probe, ReadError, Reader};
use crate::{facts::Tensor, source::Bytes};

/// The name of the one file that lies beside the file on trial: of 100 zeros.
pub(super) const SIBLING: &str = "hundred";

/// What a format's reader makes of these bytes.
pub(super) fn list(format: &Format, bytes: &[u8]) -> Result<Listing, ReadError> {
    let sibling = |path: &str| -> Option<Box<dyn Bytes>> {
        (path == SIBLING).then(|| Box::new(vec![0u8; 100]) as Box<dyn Bytes>)
    };
    list_beside(format, bytes, &sibling)
}

/// The same, among other files.
pub(super) fn list_beside(
    format: &Format,
    bytes: &[u8],
    sibling: &dyn Fn(&str) -> Option<Box<dyn Bytes>>,
) -> Result<Listing, ReadError> {
    let Reader::Tensors(read) = format.read else {
        panic!("{} is not opened", format.name);
    };
    read(&Input { path: "file", bytes: &bytes, sibling })
}

/// Whether a format takes these bytes for its own.
pub(super) fn recognized(format: &Format, name: &str, bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(4096)];
    (format.recognizes)(&Probe { head, name, bytes: &bytes })
}

/// The tensors, a line each: `name dtype shape bytes`, those of other files with their path in front.
pub(super) fn lines(listing: &Listing) -> Vec<String> {
    let line = |tensor: &Tensor| {
        let bytes = tensor.bytes.as_ref().map(|bytes| format!(" {bytes:?}")).unwrap_or_default();
        format!("{} {} {:?}{bytes}", tensor.name, tensor.dtype, tensor.shape)
    };
    let elsewhere = listing.file.elsewhere.iter().flat_map(|(path, tensors)| {
        tensors.iter().map(move |tensor| format!("{path}: {}", line(tensor)))
    });
    listing.file.tensors.iter().map(line).chain(elsewhere).collect()
}

/// What was odd, in the reader's words.
pub(super) fn odd(listing: &Listing) -> Vec<&str> {
    listing.oddities.iter().map(|it| it.saying.as_str()).collect()
}

/// Good bytes are recognized, list these tensors, and nothing is odd.
#[track_caller]
pub(super) fn check(format: &Format, bytes: &[u8], tensors: &[&str]) {
    assert!(recognized(format, "file", bytes));
    let listing = list(format, bytes).unwrap();
    assert_eq!(odd(&listing), [""; 0]);
    assert_eq!(lines(&listing), tensors);
}

/// Every cut of good bytes, every byte of them changed, and any bytes at all: no panic, no hang, and
/// no tensor outside the file.
#[track_caller]
pub(super) fn abuse(format: &Format, good: &[u8]) {
    assert!(recognized(format, "file", good));
    for cut in 0..good.len() {
        held(format, &good[..cut]);
    }
    for at in 0..good.len() {
        for other in [0, 1, 0x7F, 0x80, 0xFF, good[at] ^ 1, good[at] ^ 0x20] {
            let mut bytes = good.to_vec();
            bytes[at] = other;
            held(format, &bytes);
        }
    }
    let front = good.len().min(16);
    let any = (vec(any::<u8>(), 0..200), 0..=front, any::<prop::sample::Index>());
    let mut runner = TestRunner::deterministic();
    let run = runner.run(&any, |(noise, front, place)| {
        held(format, &[&good[..front], &noise].concat());
        let at = place.index(good.len());
        held(format, &[&good[..at], &noise, &good[at..]].concat());
        Ok(())
    });
    run.unwrap();
}

#[track_caller]
fn held(format: &Format, bytes: &[u8]) {
    recognized(format, "file", bytes);
    let Ok(listing) = list(format, bytes) else {
        return;
    };
    for tensor in &listing.file.tensors {
        let inside = tensor
            .bytes
            .as_ref()
            .is_none_or(|it| it.start <= it.end && it.end <= bytes.len() as u64);
        assert!(inside, "{tensor:?}");
    }
}
