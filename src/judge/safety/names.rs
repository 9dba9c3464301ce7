//! Names that fool the eye, a disk, or a program: of files and of tensors.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization as _;

use super::{Case, Check, Found, few};
use crate::words::{Category, Place, Severity};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "name-misleads",
        category: Category::Safety,
        severity: Severity::Medium,
        title: "A file name that does not read as it is",
        impact: "What is shown of the name is not what a program takes it for, so that one file is opened for another.",
        hint: "Rename it before you open it, and ask the publisher why it is named so.",
        references: &["CWE-451"],
        find: misleads,
    },
    Check {
        id: "name-not-portable",
        category: Category::Safety,
        severity: Severity::Low,
        title: "A file name that some systems cannot hold",
        impact: "Copied to such a system, the file is lost, renamed, or takes the place of another.",
        hint: "Ask the publisher for another name.",
        references: &[],
        find: not_portable,
    },
    Check {
        id: "tensor-name-odd",
        category: Category::Safety,
        severity: Severity::Medium,
        title: "A tensor name that is no name of a parameter",
        impact: "A program that makes a path, a line or a key of it does something else than was meant.",
        hint: "Do not split or print the file with tools that take names as they are; ask for one with plain names.",
        references: &[],
        find: tensors,
    },
];

/// Marks that turn or hide text, and controls.
fn hidden(name: &str) -> Option<char> {
    name.chars().find(|c| {
        c.is_control()
            || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}' | '\u{00AD}')
    })
}

/// A letter of another script that looks like a Latin one, among Latin ones.
fn look_alike(name: &str) -> Option<char> {
    let latin = name.chars().any(|c| c.is_ascii_alphabetic());
    let alike = |c: &char| {
        "абвеикмнорстухѕіјԁԛԝАВЕКМНОРСТУХЅІЈαιονρυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ".contains(*c)
            || matches!(c, '\u{FF21}'..='\u{FF5A}')
    };
    let other = name.chars().any(|c| c.is_alphabetic() && !c.is_ascii() && !alike(&c));
    name.chars().find(|c| latin && !other && alike(c))
}

/// Endings of files that run, behind an ending of files that do not.
const RUNS: &[&str] = &[
    "exe", "scr", "bat", "cmd", "com", "pif", "vbs", "js", "lnk", "ps1", "msi", "hta", "jar",
];
const STILL: &[&str] = &[
    "safetensors",
    "gguf",
    "bin",
    "pt",
    "pth",
    "onnx",
    "json",
    "txt",
    "md",
    "pdf",
    "png",
    "jpg",
    "h5",
    "yaml",
];

fn misleads(case: &Case) -> Vec<Found> {
    let files = case.facts.artifacts.iter().map(|it| it.path.as_str());
    let found = files.filter_map(|path| {
        let name = path.rsplit('/').next().unwrap_or(path);
        let at = Place::file(path);
        if let Some(c) = hidden(path) {
            let message = format!("the name holds U+{:04X}, which is not seen", u32::from(c));
            return Some(Found::at(at, message));
        }
        if let Some(c) = look_alike(name) {
            let message = format!(
                "the name holds U+{:04X} `{c}`, which looks like a Latin letter",
                u32::from(c)
            );
            return Some(Found::at(at, message));
        }
        let mut ends = name.rsplit('.');
        let (last, before) =
            (ends.next()?.to_ascii_lowercase(), ends.next()?.trim().to_ascii_lowercase());
        let double = RUNS.contains(&last.as_str()) && STILL.contains(&before.as_str());
        double.then(|| {
            let message = format!("ends in .{before}, then in .{last}, which is what counts");
            Found::at(at, message).severity(Severity::High)
        })
    });
    few(found.collect())
}

/// Names that Windows keeps for devices.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end().to_ascii_lowercase();
    let numbered = |front: &str| {
        stem.strip_prefix(front)
            .is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|it| it.is_ascii_digit()))
    };
    matches!(stem.as_str(), "con" | "prn" | "aux" | "nul" | "conin$" | "conout$")
        || numbered("com")
        || numbered("lpt")
}

fn not_portable(case: &Case) -> Vec<Found> {
    let mut found = Vec::new();
    let mut folded: BTreeMap<String, &str> = BTreeMap::new();
    for artifact in &case.facts.artifacts {
        let path = artifact.path.as_str();
        let at = || Place::file(path);
        if let Some(part) = path.split('/').find(|part| is_device(part)) {
            found.push(Found::at(at(), format!("`{part}` is the name of a device on Windows")));
        } else if path.split('/').any(|part| part.ends_with(['.', ' ']) && part != ".") {
            found.push(Found::at(
                at(),
                "a part of it ends in a dot or a space, which Windows drops",
            ));
        } else if path.contains(['\\', ':', '*', '?', '"', '<', '>', '|']) {
            found.push(Found::at(
                at(),
                "holds a mark that Windows does not allow, or takes for another",
            ));
        }
        let key: String = path.nfkc().flat_map(char::to_lowercase).collect();
        if let Some(other) = folded.insert(key, path) {
            let message = format!(
                "differs from {other} by case or spelling alone: on some disks they are one file"
            );
            found.push(Found::at(at(), message).severity(Severity::Medium));
        }
    }
    few(found)
}

/// The longest that names of tensors are.
const LONGEST: usize = 1024;

/// Whether a name is as nearly all are: letters, digits and dots, and not long.
fn plain(name: &str) -> bool {
    let usual = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    (1..=LONGEST).contains(&name.len())
        && !name.contains("..") // not before a slash: there is none
        && name.bytes().all(usual)
}

fn tensors(case: &Case) -> Vec<Found> {
    let mut all = Vec::new();
    for (_, artifact, file) in case.facts.weights() {
        if file.format == "onnx" || file.format.starts_with("tf") || file.format == "tflite" {
            continue; // names of nodes, with scopes as paths
        }
        let mut found = Vec::new();
        let mut composed: BTreeMap<String, &str> = BTreeMap::new();
        for tensor in &file.tensors {
            let name = tensor.name.as_str();
            if plain(name) {
                continue;
            }
            if !name.is_ascii()
                && let Some(other) = composed.insert(name.nfc().collect(), name)
            {
                let message = format!("the name is that of {other} in another spelling of Unicode");
                found.push(Found::at(Place::file(&artifact.path).tensor(name), message));
            }
            let why = if name.is_empty() {
                "is empty".to_owned()
            } else if let Some(c) = hidden(name) {
                format!("holds U+{:04X}", u32::from(c))
            } else if name.split(['/', '\\']).any(|part| part == "..") {
                "is a path that leads out of a folder".to_owned()
            } else if name.starts_with('/') && name.len() > 1 && file.format == "safetensors" {
                "is an absolute path".to_owned()
            } else if name.len() > LONGEST {
                format!("is {} bytes long", name.len())
            } else {
                continue;
            };
            let shown: String = name.chars().take(100).collect();
            found.push(Found::at(
                Place::file(&artifact.path).tensor(shown),
                format!("the name {why}"),
            ));
        }
        all.extend(few(found));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        facts::{Contents, build::Build},
        judge::told,
        words::FileKind,
    };

    #[test]
    fn names_are_read_as_programs_read_them() {
        check(
            "model\u{202E}snesrotefas.exe",
            "name-misleads: the name holds U+202E, which is not seen",
        );
        check(
            "m\u{043E}del.bin",
            "name-misleads: the name holds U+043E `о`, which looks like a Latin letter",
        );
        check("модель.bin", "");
        check("模型model.bin", "");
        check(
            "model.safetensors.exe",
            "name-misleads: ends in .safetensors, then in .exe, which is what counts",
        );
        check("aux.json", "name-not-portable: `aux.json` is the name of a device on Windows");
        check(
            "a./b",
            "name-not-portable: a part of it ends in a dot or a space, which Windows drops",
        );
        check("auxiliary.json", "");
    }

    #[track_caller]
    fn check(path: &str, finding: &str) {
        let facts = Build::release("r").file(path, FileKind::Other, None, Contents::Opaque).facts();
        assert_eq!(told(CHECKS, &facts).join("; "), finding);
    }

    #[test]
    fn files_that_would_be_one_are_told() {
        let release = Build::release("r").file("A.bin", FileKind::Other, None, Contents::Opaque);
        let facts = release.file("a.bin", FileKind::Other, None, Contents::Opaque).facts();
        let message = "name-not-portable: differs from A.bin by case or spelling alone: on some disks they are one file";
        assert_eq!(told(CHECKS, &facts), [message]);
    }

    #[test]
    fn tensors_are_named_like_parameters() {
        let facts = Build::release("r")
            .safetensors(
                "m.safetensors",
                &[
                    ("a.b", "F32", &[1]),
                    ("../x", "F32", &[1]),
                    ("a\nb", "F32", &[1]),
                ],
            )
            .facts();
        assert_eq!(
            told(CHECKS, &facts),
            [
                "tensor-name-odd: the name is a path that leads out of a folder",
                "tensor-name-odd: the name holds U+000A"
            ]
        );
    }
}
