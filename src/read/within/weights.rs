//! What hides in a weight file whose header is in order: in its notes, and in tensors of bytes.

use std::ops::Range;

use super::{HEAD, Sort, text};
use crate::{
    facts::{Oddity, WeightFile, What},
    read::{notes::Notes, pickle},
    source::Bytes,
    words::Place,
};

/// What the producer's notes in a weight file give away.
pub(in crate::read) fn tell_notes(path: &str, file: &WeightFile) -> Vec<Oddity> {
    let mut notes = Notes::new(path);
    for (key, value) in &file.metadata {
        for sign in text::signs(value.as_bytes(), false, false) {
            notes.note(sign.what, Place::file(path).key(key), sign.saying);
        }
    }
    notes.oddities()
}

/// Tensors of bytes that begin as programs and pickles do: a header of true tensors is no lid on them.
pub(in crate::read) fn tell_tensors(
    path: &str,
    bytes: &dyn Bytes,
    file: &WeightFile,
) -> Vec<Oddity> {
    let mut notes = Notes::new(path);
    let plain = file.tensors.iter().filter(|it| matches!(it.dtype.name(), "U8" | "I8"));
    for tensor in plain.filter(|_| file.format == "safetensors").take(LOOKED_AT) {
        let long = |range: &Range<u64>| range.end.saturating_sub(range.start) > 8;
        let Some(range) = tensor.bytes.clone().filter(long) else {
            continue;
        };
        let end = range.end.min(range.start.saturating_add(HEAD));
        let head = bytes.read(range.start..end).unwrap_or_default();
        let script = [&b"#!/bin/"[..], b"#!/usr/"].iter().any(|it| head.starts_with(it));
        let what = match Sort::of(&head) {
            Sort::Program(what) => what,
            Sort::Zip => "a zip archive",
            Sort::Pickle if pickle::trial(&head, 0).is_one() => "a pickle",
            _ if script => "a script",
            _ => continue,
        };
        let at = Place::file(path).tensor(&tensor.name).byte(range.start);
        notes.note(What::Polyglot, at, format!("its bytes begin as {what} does"));
    }
    notes.oddities()
}

/// Tensors of bytes of one file that are looked at.
const LOOKED_AT: usize = 10_000;
