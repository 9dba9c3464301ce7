//! The map of the house, held against the code: who may import whom.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Each room, and the rooms that it may import from.
const HOUSE: &[(&str, &[&str])] = &[
    ("words", &[]),
    ("facts", &["words"]),
    ("source", &[]),
    ("digest", &["source"]),
    ("digests", &["digest", "facts", "words"]),
    ("locate", &["facts", "words"]),
    ("inventory", &["facts", "locate", "words"]),
    ("read", &["digest", "facts", "inventory", "source", "words"]),
    (
        "records",
        &[
            "digest",
            "digests",
            "facts",
            "inventory",
            "locate",
            "report",
            "sign",
            "source",
            "words",
        ],
    ),
    ("sign", &["digest", "inventory"]),
    ("signing", &["digest", "digests", "facts", "inventory", "sign", "words"]),
    ("policy", &["licenses", "words"]),
    ("layers", &[]),
    ("sets", &["facts", "layers", "words"]),
    ("licenses", &["digest"]),
    ("terms", &["digest", "facts", "licenses", "words"]),
    ("evidence", &["facts", "sets", "words"]),
    ("report", &["words"]),
    ("compare", &["layers", "report", "words"]),
    ("survey", &["digest", "report", "words"]),
    (
        "judge",
        &[
            "digest", "digests", "evidence", "facts", "layers", "licenses", "policy", "records",
            "report", "sets", "terms", "words",
        ],
    ),
    (
        "assemble",
        &[
            "digest", "digests", "evidence", "facts", "judge", "licenses", "records", "report",
            "sets", "terms", "words",
        ],
    ),
    ("explain", &["evidence", "judge", "words"]),
    ("render", &["compare", "layers", "report", "survey", "words"]),
    ("gate", &["report", "words"]),
];

#[test]
fn every_import_goes_the_way_the_map_shows() {
    for (room, may) in HOUSE {
        let files = files_of(room);
        assert!(!files.is_empty(), "no room `{room}`");
        for (file, text) in files {
            for used in uses(&text).filter(|used| used != room) {
                assert!(
                    may.contains(&used.as_str()),
                    "{}: `{room}` imports `{used}`",
                    file.display()
                );
            }
        }
    }
}

#[test]
fn every_room_is_on_the_map() {
    let lib = fs::read_to_string(src().join("lib.rs")).unwrap();
    let rooms = lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    let doors = ["cli", "commands"]; // these may import all
    for room in rooms.filter(|room| !doors.contains(room)) {
        assert!(HOUSE.iter().any(|(known, _)| known == &room), "`{room}` is not on the map");
    }
}

#[test]
fn nothing_in_the_program_could_run_a_pickle_or_reach_the_network() {
    for (file, text) in all_files(&src()) {
        let code = without_tests(&text);
        for word in [
            "std::process::Command",
            "std::net",
            "TcpStream",
            "libloading",
            "dlopen",
        ] {
            assert!(!code.contains(word), "{} uses {word}", file.display());
        }
    }
}

/// The rooms named after `crate::`, in the plain and the braced form.
fn uses(text: &str) -> impl Iterator<Item = String> {
    let mut rooms = Vec::new();
    for part in without_tests(text).split("crate::").skip(1) {
        let part = part.split(';').next().unwrap_or_default();
        match part.strip_prefix('{') {
            Some(braced) => rooms.extend(at_depth_0(braced)),
            None => rooms.push(word(part)),
        }
    }
    rooms
        .into_iter()
        .filter(|name| !name.is_empty() && name.starts_with(|c: char| c.is_lowercase()))
}

/// The first words of the entries of `{a::{b, c}, d}`.
fn at_depth_0(braced: &str) -> Vec<String> {
    let (mut depth, mut names, mut start) = (0, Vec::new(), 0);
    for (at, c) in braced.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                names.push(word(braced[start..at].trim()));
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                names.push(word(braced[start..at].trim()));
                start = at + 1;
            }
            _ => {}
        }
    }
    names
}

fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// The code of a file, without comments and without what follows its tests.
fn without_tests(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn files_of(room: &str) -> Vec<(PathBuf, String)> {
    let plain = src().join(format!("{room}.rs"));
    let mut files = all_files(&src().join(room));
    files.extend(fs::read_to_string(&plain).ok().map(|text| (plain, text)));
    files
}

fn all_files(folder: &Path) -> Vec<(PathBuf, String)> {
    let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    let mut files = Vec::new();
    for path in entries {
        if path.is_dir() {
            files.extend(all_files(&path));
        } else if path.extension().is_some_and(|it| it == "rs") && !is_tests(&path) {
            let text = fs::read_to_string(&path).unwrap();
            files.push((path, text));
        }
    }
    files
}

/// Files that hold nothing but tests.
fn is_tests(path: &Path) -> bool {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    name == "tests"
        || name.ends_with("_tests")
        || name == "build"
        || name == "sample"
        || name == "trial"
}
