//! Releases that are broken in one way each: the finding names the file and both numbers, and the
//! rest of the report is whole.

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
};

use crate::build::{Release, findings, inspect, safetensors, with_header};

/// A small release with nothing wrong but one missing license text.
fn whole(name: &str) -> Release {
    Release::named(name)
        .safetensors("model.safetensors", &[("a", "F32", &[2, 3]), ("b", "BF16", &[4])])
        .file(
            "README.md",
            "---\nlicense: mit\n---\n# Tiny\n\nA tiny model for tests, trained on nothing.\n",
        )
        .file("LICENSE", mit())
}

/// The MIT license over our own name, as the SPDX list has it.
fn mit() -> String {
    let text = include_str!("../../LICENSE-MIT");
    text.replace("weighbill", "tiny")
}

#[test]
fn a_whole_release_has_nothing_above_low() {
    let report = whole("tiny").inspect();
    let above = report.findings.iter().filter(|it| it.severity > weighbill::words::Severity::Low);
    assert_eq!(above.count(), 0, "{:?}", findings(&report));
    assert_eq!(report.totals.parameters, Some(10));
}

#[test]
fn weight_files_that_lie_are_told_and_the_rest_still_comes() {
    let one = r#"{"w":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#;
    check(
        &u64::MAX.to_le_bytes(),
        "header-invalid",
        "the header needs 18446744073709551615 bytes, the file has 8",
    );
    check(
        &with_header(one, 4)[..20],
        "header-invalid",
        "the header needs 61 bytes, the file has 20",
    );
    check(
        &with_header(one, 2),
        "shard-truncated",
        "tensors end at byte 65, the file at byte 63: 1 of 1 tensors are not whole",
    );
    check(
        &with_header(one, 9),
        "trailing-bytes",
        "tensors end at byte 65, the file at byte 70: 5 bytes are left over",
    );
    check(
        &with_header(
            r#"{"w":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"x":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}"#,
            6,
        ),
        "tensor-overlap",
        "starts at byte 2 of the data, inside w, which ends at 4",
    );
    check(
        &with_header(
            r#"{"w":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"w":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#,
            4,
        ),
        "duplicate-name",
        "stands twice: loaders take the last, and never read bytes 0 to 4 of the data",
    );
    check(
        &with_header(
            r#"{"w":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,4]}}"#,
            4,
        ),
        "header-invalid",
        "has the shape [4294967296, 4294967296], whose elements cannot be counted in 64 bits",
    );
    check(
        format!(
            "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 4242\n",
            "0".repeat(64)
        )
        .as_bytes(),
        "lfs-pointer",
        &format!(
            "is a git-lfs pointer: 4242 bytes with SHA-256 {} should be here and were not downloaded",
            "0".repeat(64)
        ),
    );
    check(
        b"<!DOCTYPE html><html><title>Sign in</title></html>",
        "html-page",
        "is a web page of 50 bytes, not the file its name promises",
    );
    check(b"", "download-incomplete", "is empty");
    check(
        b"\xff\xfe\x00not a header at all",
        "header-invalid",
        "the header needs 6998721842869501703 bytes, the file has 22",
    );
}

/// Puts a bad file beside a whole release and looks for the one finding.
#[track_caller]
fn check(bytes: &[u8], id: &str, message: &str) {
    let report = whole("tiny").file("extra.safetensors", bytes).inspect();
    let found: Vec<_> = report
        .findings
        .iter()
        .filter(|it| it.at.as_ref().is_some_and(|at| at.path == "extra.safetensors"))
        .collect();
    assert!(found.iter().any(|it| it.id == id && it.message == message), "{found:#?}");
    assert!(
        report.weights.iter().any(|it| it.path == "model.safetensors" && it.tensors.len() == 2)
    );
    assert!(report.artifacts.iter().all(|it| it.sha256.is_some()));
}

#[test]
fn a_missing_shard_is_named() {
    let index = r#"{"metadata":{"total_size":32},"weight_map":{"a":"model-00001-of-00002.safetensors","b":"model-00002-of-00002.safetensors"}}"#;
    let report = Release::named("half")
        .file("model.safetensors.index.json", index)
        .safetensors("model-00001-of-00002.safetensors", &[("a", "F32", &[4])])
        .inspect();
    let missing = report.findings.iter().find(|it| it.id == "shard-missing").expect("a finding");
    assert!(missing.message.contains("model-00002-of-00002.safetensors"), "{}", missing.message);
    assert_eq!(report.weights[0].tensors.len(), 1);
}

#[test]
fn what_is_no_file_is_named_and_never_opened() {
    let release = whole("tiny");
    let root = release.path();
    fs::write(release.around().join("secret"), "of the user").unwrap();
    symlink("../secret", root.join("out")).unwrap();
    symlink("loop", root.join("loop")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(root.join("pipe")).status().unwrap();
    assert!(made.success());
    let report = release.inspect();
    let found = findings(&report);
    assert!(found.contains(&"high path-escapes out".to_owned()), "{found:?}");
    assert!(found.contains(&"medium link-broken loop".to_owned()), "{found:?}");
    assert!(found.contains(&"medium special-file pipe".to_owned()), "{found:?}");
    let hashed =
        |path: &str| report.artifacts.iter().find(|it| it.path == path).unwrap().sha256.clone();
    assert_eq!((hashed("out"), hashed("pipe")), (None, None));
    assert_eq!(report.release.digest, None);
    assert_eq!(report.totals.parameters, Some(10));
}

#[test]
fn a_file_that_may_not_be_read_is_a_fact() {
    let release = whole("tiny").file("config.json", "{}");
    let locked = release.path().join("config.json");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o0)).unwrap();
    if fs::read(&locked).is_ok() {
        return; // a superuser reads everything
    }
    assert!(findings(&release.inspect()).contains(&"medium unreadable config.json".to_owned()));
}

#[test]
fn a_file_that_shrinks_while_it_is_hashed_is_told_with_both_lengths() {
    let release = whole("tiny").file("data.bin", vec![7; 3 << 20]);
    let place = release.path().join("data.bin");
    let request = weighbill::Request::of(&release.path());
    let cut = std::sync::Once::new();
    let report = weighbill::inspect(&request, 1, &|_, _| {
        cut.call_once(|| fs::write(&place, b"less").unwrap());
    })
    .unwrap();
    let changed = report.findings.iter().find(|it| it.id == "file-changed").expect("a finding");
    assert!(
        changed.message.contains("3145728 bytes long and is now 4 bytes"),
        "{}",
        changed.message
    );
    let sha256 =
        |path: &str| report.artifacts.iter().find(|it| it.path == path).unwrap().sha256.is_some();
    assert_eq!((sha256("data.bin"), sha256("model.safetensors")), (false, true));
}

#[test]
fn names_that_are_not_text_are_spelled_in_one_way() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _};

    let release = whole("tiny");
    fs::write(release.path().join(OsStr::from_bytes(b"caf\xe9.txt")), "x").unwrap();
    let report = release.inspect();
    assert!(report.artifacts.iter().any(|it| it.path == "caf%E9.txt"));
}

#[test]
fn an_empty_folder_has_a_report_with_everything_absent() {
    let report = Release::named("empty").inspect();
    assert!(report.components.iter().all(|it| it.presence == weighbill::words::Presence::Absent));
    assert_eq!(report.totals.files, 0);
    assert!(!report.findings.is_empty());
}

#[test]
fn any_readable_file_gets_a_report() {
    let release = Release::named("one").file("notes.txt", "nothing of a model");
    let report = inspect(&release.path().join("notes.txt"));
    assert_eq!(report.artifacts.len(), 1);
    assert_eq!(report.totals.weight_files, 0);
}

#[test]
fn broken_texts_are_findings_with_a_line() {
    let report = whole("tiny")
        .file("config.json", "{\n  \"model_type\": \"llama\",\n  \"hidden_size\": }\n")
        .file("NOTES.md", "x")
        .inspect();
    let broken = report.findings.iter().find(|it| it.id == "config-invalid").expect("a finding");
    let line = broken.at.as_ref().and_then(|at| at.line);
    assert_eq!(
        (line, broken.message.as_str()),
        (Some(3), "is not valid JSON: a value is missing or not one of JSON's")
    );
    assert_eq!(report.model.model_type.as_deref(), Some("llama"));
}

#[test]
fn no_cut_of_a_weight_file_breaks_the_report() {
    let file = safetensors(&[("a", "F32", &[2]), ("b", "U8", &[3])]);
    let release = Release::named("cut");
    for end in 0..file.len() {
        fs::write(release.path().join("model.safetensors"), &file[..end]).unwrap();
        let report = release.inspect();
        assert!(
            report.findings.iter().any(|it| it.severity >= weighbill::words::Severity::Medium),
            "cut at {end}"
        );
    }
}
