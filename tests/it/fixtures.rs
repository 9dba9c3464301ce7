//! Whole tiny releases, each with its expected report beside it. A new case is a new folder; run
//! with `UPDATE_FIXTURES=1` to write what is expected anew, then read the difference.

use std::{env, fs, path::PathBuf};

use weighbill::render::{OUTPUTS, Style, named};

use crate::build::inspect;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

#[test]
fn every_fixture_gives_the_report_beside_it() {
    let mut names: Vec<PathBuf> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|it| it.is_dir())
        .collect();
    names.sort();
    assert!(names.len() >= 5, "the fixtures are gone");
    for case in names {
        let release = fs::read_dir(&case)
            .unwrap()
            .map(|it| it.unwrap().path())
            .find(|it| it.is_dir())
            .unwrap();
        let report = inspect(&release);
        for (format, file) in [("json", "expected.json"), ("text", "expected.txt")] {
            let mut written = Vec::new();
            let output = named(OUTPUTS, format).unwrap();
            (output.write)(&report, &Style::default(), &mut written).unwrap();
            let expected = case.join(file);
            if env::var_os("UPDATE_FIXTURES").is_some() {
                fs::write(&expected, &written).unwrap();
            }
            let there = fs::read_to_string(&expected).unwrap_or_default();
            let (written, there) = (String::from_utf8(written).unwrap(), there);
            assert!(written == there, "{} differs:\n{written}", expected.display());
        }
    }
}
