//! What is not opened, and why: silence is never "clean" by accident.

use super::made::Zip;
use crate::build::Release;

/// A member that is packed, and marked as encrypted; its bytes are noise where they really are.
fn encrypted(noise: bool) -> Vec<u8> {
    let mut archive = Zip { flags: 1, ..Zip::default() };
    archive.add("model.pkl", "model.pkl", &[b'x'; 500], true);
    if noise {
        let start = 30 + "model.pkl".len();
        for byte in archive.file.iter_mut().skip(start) {
            *byte = 0xA5;
        }
    }
    archive.done()
}

/// A member that is packed by a method that is not read: 14, LZMA.
fn other_method() -> Vec<u8> {
    let mut archive = Zip::default();
    archive.add("model.pkl", "model.pkl", &[b'x'; 500], true);
    let mut file = archive.done();
    let directory = file.windows(4).position(|it| it == b"PK\x01\x02").unwrap();
    file[8] = 14;
    file[directory + 10] = 14;
    file
}

#[test]
fn what_is_not_opened_is_said_with_its_reason() {
    for (path, bytes, opened, why) in [
        (
            "a.7z",
            b"7z\xBC\xAF\x27\x1C\0\x04rest".to_vec(),
            "no",
            "it is packed, and would have to be unpacked to be read",
        ),
        (
            "a.rar",
            b"Rar!\x1A\x07\x01\0rest".to_vec(),
            "no",
            "it is packed, and would have to be unpacked to be read",
        ),
        ("a.zip", encrypted(true), "part", "`model.pkl` was not looked into: encrypted"),
        (
            "a.zip",
            other_method(),
            "part",
            "`model.pkl` was not looked into: packed by method 14, which is not read",
        ),
        (
            "a.tar.gz",
            b"\x1f\x8b\x08\0broken".to_vec(),
            "part",
            "not looked into: packed as gzip, and cannot be unpacked",
        ),
    ] {
        let report = Release::named("sealed").file(path, &bytes).inspect();
        let told: Vec<_> =
            report.coverage.iter().map(|it| format!("{} {}", it.opened, it.why)).collect();
        assert!(told.iter().any(|it| *it == format!("{opened} {why}")), "{path}: {told:#?}");
    }
}

#[test]
fn a_mark_of_encryption_alone_hides_nothing() {
    let evil = super::made::calling("os", "system", "true", 0);
    let mut archive = Zip { flags: 1, ..Zip::default() };
    archive.add("archive/data.pkl", "archive/data.pkl", &evil, true);
    let report = Release::named("marked").file("a.bin", archive.done()).inspect();
    let runs = report.findings.iter().any(|it| it.id == "pickle-runs-code");
    assert!(runs, "{:#?}", report.findings);
}

#[test]
fn bytecode_is_told_with_and_without_its_source() {
    let said = |source: &str| {
        let release = Release::named("a")
            .file("__pycache__/x.cpython-311.pyc", b"\xa7\x0d\r\n\0\0\0\0\0\0\0\0\0\0\0\0")
            .file(source, "pass\n")
            .inspect();
        let told = release.findings.into_iter().find(|it| it.id == "executable-file");
        told.unwrap().message
    };
    assert_eq!(said("y.py"), "is compiled Python, whose source is not here to be read");
    assert_eq!(said("x.py"), "is compiled Python, and nothing shows that it is what `x.py` says");
}
