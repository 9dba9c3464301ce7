//! `scan` and `merge` from outside: stores, partitions, resuming, what is broken.

use std::{collections::BTreeSet, fs, path::Path};

use assert_cmd::Command;
use serde_json::Value;

use crate::build::safetensors;

fn weighbill() -> Command {
    let mut command = Command::cargo_bin("weighbill").unwrap();
    command.env_clear().env("HOME", "/nowhere");
    command
}

fn said(command: &mut Command) -> String {
    let output = command.assert().success().get_output().stdout.clone();
    String::from_utf8(output).unwrap()
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn put(dir: &Path, path: &str, bytes: impl AsRef<[u8]>) {
    let place = dir.join(path);
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    fs::write(place, bytes).unwrap();
}

/// Three plain releases, two of the same weights, a snapshot, and one that is broken.
fn store() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let weights = safetensors(&[("a.weight", "F32", &[64, 64])]);
    let other = safetensors(&[("b.weight", "F32", &[3, 3])]);
    put(dir.path(), "first/model.safetensors", &weights);
    put(dir.path(), "first/README.md", "---\nlicense: mit\n---\n# First\n");
    put(dir.path(), "copy/model.safetensors", &weights);
    put(dir.path(), "copy/README.md", "---\nlicense: cc-by-nc-4.0\n---\n# Copy\n");
    put(dir.path(), "broken/model.safetensors", &weights[..100]);
    put(dir.path(), "notes/notes.txt", "nothing");
    let commit = "1".repeat(40);
    put(dir.path(), &format!("hub/models--o--n/snapshots/{commit}/model.safetensors"), &other);
    put(dir.path(), "hub/models--o--n/refs/main", &commit);
    dir
}

#[test]
fn every_release_gets_its_line() {
    let dir = store();
    let text = said(weighbill().arg("scan").arg(dir.path()));
    let lines = lines(&text);
    let commit = "1".repeat(40);
    let paths: Vec<&str> = lines.iter().map(|it| it["path"].as_str().unwrap()).collect();
    let snapshot = format!("hub/models--o--n/snapshots/{commit}");
    assert_eq!(paths, ["broken", "copy", "first", &snapshot]);
    assert_eq!(lines[3]["release"]["repo_id"], "o/n");
    assert_eq!(lines[2]["osi_approved"], true);
    assert_eq!(lines[1]["osi_approved"], false);
    assert_eq!(lines[1]["weights_digest"], lines[2]["weights_digest"]);
    assert_eq!(lines[0]["findings"]["high"], 1);
    assert!(!text.contains(dir.path().to_str().unwrap()));
    let schema = said(weighbill().arg("schema"));
    let schema: Value = serde_json::from_str(&schema).unwrap();
    for line in &lines {
        jsonschema::validate(&schema, line).unwrap_or_else(|error| panic!("{error}"));
    }
    assert_eq!(text, said(weighbill().args(["scan", "--threads", "1"]).arg(dir.path())));
}

#[test]
fn statuses_and_forms() {
    let dir = store();
    let scan = |args: &[&str]| {
        let mut command = weighbill();
        command.arg("scan").arg(dir.path()).args(args);
        command
    };
    scan(&["--deny", "high"]).assert().code(1);
    scan(&["--deny", "critical"]).assert().code(0);
    scan(&["--partition", "0/2"]).assert().code(2);
    weighbill().args(["scan", "/no/such"]).assert().code(2).stdout("");
    weighbill().arg("scan").arg(dir.path().join("notes")).assert().code(2).stdout("");
    let text = said(&mut scan(&["-f", "text"]));
    assert!(text.contains("4 releases, 1 with high findings\n"), "{text}");
    assert!(text.contains("1 file of weights in more than one release"), "{text}");
    let csv = said(&mut scan(&["-f", "csv"]));
    let columns = csv.lines().next().unwrap().split(',').count();
    assert_eq!((csv.lines().count(), columns), (5, 27));
    let errors = scan(&[]).assert().get_output().stderr.clone();
    assert!(String::from_utf8(errors).unwrap().starts_with("4 releases"));
    assert!(scan(&["-q"]).assert().get_output().stderr.is_empty());
}

#[test]
fn partitions_together_are_the_whole() {
    let dir = store();
    for n in 0..20 {
        let bytes = safetensors(&[("w", "U8", &[n + 1])]);
        put(dir.path(), &format!("many/m{n}/model.safetensors"), bytes);
    }
    let scan = |args: &[&str]| said(weighbill().arg("scan").arg(dir.path()).args(args));
    let whole = scan(&[]);
    let mut files = Vec::new();
    for part in 1..=3 {
        let text = scan(&["--partition", &format!("{part}/3")]);
        assert!(!text.is_empty());
        let file = dir.path().join(format!("{part}.jsonl"));
        fs::write(&file, text).unwrap();
        files.push(file);
    }
    let merged = said(weighbill().arg("merge").args(&files));
    assert_eq!(merged, whole);
    let twice = said(weighbill().arg("merge").args(&files).args(&files));
    assert_eq!(twice, whole);
    put(dir.path(), "bad.jsonl", "{\"schema\": 1}\n");
    let refused = weighbill().arg("merge").arg(dir.path().join("bad.jsonl")).assert().code(2);
    let stderr = String::from_utf8(refused.get_output().stderr.clone()).unwrap();
    assert!(stderr.contains("line 1 is no line of a scan"), "{stderr}");
}

#[test]
fn a_finished_report_is_not_redone_unless_its_files_changed() {
    let dir = store();
    let out = tempfile::tempdir().unwrap();
    let scan = || {
        let mut command = weighbill();
        let assert = command.arg("scan").arg(dir.path()).arg("-o").arg(out.path()).assert();
        let output = assert.success().get_output().clone();
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (first, _) = scan();
    let names: BTreeSet<String> =
        lines(&first).iter().map(|it| it["report"].as_str().unwrap().to_owned()).collect();
    assert_eq!(names.len(), 4);
    for name in &names {
        let report = fs::read_to_string(out.path().join(name)).unwrap();
        assert!(report.contains("weighbill-report/1"), "{name}");
    }
    let (second, told) = scan();
    assert_eq!(second, first);
    assert!(told.starts_with("4 releases, 4 finished earlier"), "{told}");
    put(dir.path(), "first/extra.txt", "more");
    let (third, told) = scan();
    assert_ne!(third, first);
    assert!(told.starts_with("4 releases, 3 finished earlier"), "{told}");
    let gone = names.iter().next().unwrap();
    fs::remove_file(out.path().join(gone)).unwrap();
    assert!(scan().1.starts_with("4 releases, 3 finished earlier"));
    let parts = fs::read_dir(out.path())
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().contains(".part"));
    assert_eq!(parts.count(), 0);
}

#[test]
fn what_cannot_be_read_stops_nothing() {
    let dir = store();
    put(dir.path(), "evil\u{1b}[31m/model.safetensors", b"x");
    std::os::unix::fs::symlink("..", dir.path().join("notes/up")).unwrap();
    std::os::unix::fs::symlink("first", dir.path().join("again")).unwrap();
    for format in ["jsonl", "text", "csv"] {
        let text = said(weighbill().args(["scan", "-f", format]).arg(dir.path()));
        let bad = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\r'));
        assert_eq!(bad, None, "{format}");
    }
    let text = said(weighbill().arg("scan").arg(dir.path()).arg(dir.path().join("hub")));
    assert_eq!(text.lines().count(), 5, "{text}");
}

#[test]
fn a_policy_goes_for_every_release() {
    let dir = store();
    let policy = dir.path().join("ours.toml");
    fs::write(&policy, "version = 1\n[licenses]\nallow = [\"MIT\"]\n").unwrap();
    let scan = |args: &[&str]| {
        let mut command = weighbill();
        command.arg("scan").arg(dir.path()).arg("--policy").arg(&policy).args(args);
        command.env("SOURCE_DATE_EPOCH", "1700000000").assert()
    };
    let output = scan(&[]).code(1).get_output().clone();
    let lines = lines(&String::from_utf8(output.stdout).unwrap());
    let broken: Vec<&Value> = lines.iter().map(|it| &it["broken_rules"]).collect();
    let (none, allow) = (serde_json::json!([]), serde_json::json!(["licenses.allow"]));
    assert_eq!(broken, [&allow, &allow, &none, &allow]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("3 breaking the policy"), "{told}");
    let text = scan(&["-f", "text"]).code(1).get_output().stdout.clone();
    assert!(String::from_utf8(text).unwrap().contains("; breaks licenses.allow"));
    let schema: Value = serde_json::from_str(&said(weighbill().arg("schema"))).unwrap();
    for line in &lines {
        jsonschema::validate(&schema, line).unwrap_or_else(|error| panic!("{error}"));
    }
    // What was finished under another policy is not finished under this one.
    let out = tempfile::tempdir().unwrap();
    let reports = ["-o", out.path().to_str().unwrap()];
    scan(&reports).code(1);
    let again = scan(&reports).code(1).get_output().stderr.clone();
    assert!(String::from_utf8(again).unwrap().starts_with("4 releases, 4 finished earlier"));
    fs::write(&policy, "version = 1\n").unwrap();
    let other = scan(&reports).code(0).get_output().stderr.clone();
    assert!(!String::from_utf8(other).unwrap().contains("earlier"));
    fs::write(&policy, "version = 1\n[license]\n").unwrap();
    scan(&[]).code(2);
}

#[test]
fn digests_of_an_earlier_scan_are_used_where_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let weights = safetensors(&[("w", "U8", &[1 << 20])]);
    put(dir.path(), "a/model.safetensors", &weights);
    put(dir.path(), "b/model.safetensors", &weights);
    let home = tempfile::tempdir().unwrap();
    std::thread::sleep(std::time::Duration::from_secs(4)); // what changed just now is not kept
    let scan = || {
        let mut command = weighbill();
        command.arg("scan").arg(dir.path()).arg("--digest-cache");
        let output = command.env("XDG_CACHE_HOME", home.path()).output().unwrap();
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (first, told) = scan();
    assert!(!told.contains("earlier run"), "{told}");
    let (second, told) = scan();
    assert!(told.contains("2 files not read again, digests of an earlier run"), "{told}");
    assert_eq!(first, second);
}

#[test]
fn merged_lines_tell_of_shared_weights_too() {
    let dir = store();
    let commit = "2".repeat(40);
    let other = safetensors(&[("b.weight", "F32", &[3, 3])]);
    put(dir.path(), &format!("hub/models--o--n/snapshots/{commit}/model.safetensors"), other);
    let file = dir.path().join("all.jsonl");
    fs::write(&file, said(weighbill().arg("scan").arg(dir.path()))).unwrap();
    let text = said(weighbill().args(["merge", "-f", "text"]).arg(&file));
    // two plain folders, and two snapshots of one repo, which keeps each content once
    assert!(text.contains("2 files of weights in more than one release; their copies take up to"));
    assert!(text.contains(", links to one copy: "), "{text}");
    let told = weighbill().arg("merge").arg(&file).assert().get_output().stderr.clone();
    assert!(String::from_utf8(told).unwrap().starts_with("2 files of weights"));
}
