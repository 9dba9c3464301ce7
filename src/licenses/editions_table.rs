//! Writes `editions.hashes`, and holds it to the catalog.

use super::super::catalog::{Kind, catalog};
use super::super::markup;
use super::*;

/// Texts of fewer words are told by their phrases alone.
const SHORT: usize = 100;

/// Run with `WEIGHBILL_CORPUS=… cargo test write_the_editions -- --ignored`, where the variable names
/// the folder `licensedcode/data/licenses` of the package `scancode-toolkit`.
#[test]
#[ignore = "reads a corpus from outside, and writes a file of the source"]
fn write_the_editions() {
    let Some(corpus) = std::env::var_os("WEIGHBILL_CORPUS") else {
        return;
    };
    let mut out = Vec::new();
    for license in catalog().licenses().iter().filter(|it| it.kind != Kind::Standard) {
        for key in &license.scancode {
            let path = std::path::Path::new(&corpus).join(format!("{key}.LICENSE"));
            let Ok(file) = std::fs::read_to_string(path) else {
                continue;
            };
            let text = file.split_once("\n---\n").map_or(file.as_str(), |(_, text)| text);
            let folded = fold::fold(&markup::strip(text));
            let words = folded.words();
            if words.len() >= SHORT {
                let hashes: Vec<u32> = Hashes::new(&words).shingles().collect();
                append(&mut out, &license.id, key, &hashes);
            }
        }
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/licenses/editions.hashes");
    std::fs::write(path, out).expect("a writable source");
}

fn append(out: &mut Vec<u8>, id: &str, name: &str, hashes: &[u32]) {
    for text in [id, name] {
        out.push(u8::try_from(text.len()).expect("a short name"));
        out.extend(text.as_bytes());
    }
    out.extend(u32::try_from(hashes.len()).expect("a short text").to_le_bytes());
    out.extend(hashes.iter().flat_map(|hash| hash.to_le_bytes()));
}

#[test]
fn every_edition_is_of_a_license_of_the_catalog() {
    let mut bytes = 0;
    for license in catalog().licenses() {
        for edition in editions(&license.id) {
            assert!(edition.order.len() >= SHORT - SHINGLE, "{}", edition.name);
            bytes += license.id.len() + edition.name.len() + 6 + edition.order.len() * 4;
        }
    }
    assert_eq!(bytes, SOURCE.len(), "an edition of no license, or a table cut short");
}

/// A text of 600 words that nobody wrote.
fn made_up() -> Vec<String> {
    (0..600_u32).map(|at| format!("w{}", at * at % 1009)).collect()
}

const RIDER: &str =
    "you may not use the materials on any ship and you must report every voyage to us";

#[test]
fn a_text_is_held_against_its_edition() {
    let all = made_up();
    let of = |words: &[&[String]]| words.concat().join(" ");
    let rider = vec![RIDER.to_owned()];
    check(&of(&[&all]), Some(How::Whole));
    check(&of(&[&all[..300]]), Some(How::Cut));
    check(&of(&[&all[..200], &all[400..]]), Some(How::Cut));
    check(&of(&[&all, &rider]), Some(How::Altered));
    check(&of(&[&all[..300], &rider, &all[300..]]), Some(How::Altered));
    check(&of(&[&all[..280], &all[310..]]), Some(How::Altered));
    check(&format!("Copyright (c) 2031 Some Lab. {}", of(&[&all])), Some(How::Whole));
    check(&"other words altogether ".repeat(200), None);
}

#[track_caller]
fn check(text: &str, how: Option<How>) {
    let edition = fold::fold(&made_up().join(" "));
    let order = Hashes::new(&edition.words()).shingles().collect();
    let folded = fold::fold(text);
    let words = folded.words();
    let editions = [Edition { name: "made-up", order }];
    let found = against(&editions, true, "a name", &words, &Hashes::new(&words), &[], true);
    assert_eq!(found.map(|found| found.how), how);
}
