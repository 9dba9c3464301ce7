//! Headers of safetensors and GGUF in every class of fault that is known: each is told, and none that is sound.

mod gguf;
mod safetensors;

use weighbill::words::{Category, Severity};

use crate::build::{Release, inspect_headers};

/// What is told of one file: its worst severity in what concerns its make or safety.
fn told(path: &str, bytes: &[u8]) -> Option<Severity> {
    let release = Release::named("r").file(path, bytes);
    let report = inspect_headers(&release.path());
    let of_it = report.findings.iter().filter(|it| {
        matches!(it.category, Category::Format | Category::Integrity | Category::Safety)
    });
    of_it.map(|it| it.severity).max()
}

/// Holds the faults against what is told: all but `silent` of them, and none of the `sound`.
fn hold(path: &str, faults: &[(String, Vec<u8>)], sound: &[(String, Vec<u8>)], silent: &[&str]) {
    let missed: Vec<_> = faults
        .iter()
        .filter(|(_, bytes)| told(path, bytes).is_none())
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(missed, silent, "of {} faults", faults.len());
    let flagged: Vec<_> = sound
        .iter()
        .filter(|(_, bytes)| told(path, bytes) > Some(Severity::Low))
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(flagged, [""; 0], "of {} sound files", sound.len());
}

/// The smallest whole safetensors header.
const ONE: &str = r#"{"w":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#;
