//! The command itself: exit statuses, what goes to stdout and what to stderr.

use std::{
    fs,
    process::{Command as Process, Stdio},
};

use assert_cmd::Command;

use crate::build::Release;

fn weighbill() -> Command {
    let mut command = Command::cargo_bin("weighbill").unwrap();
    command.env_clear().env("HOME", "/nowhere");
    command
}

fn tiny() -> Release {
    Release::named("tiny")
        .safetensors("model.safetensors", &[("a", "F32", &[2, 3]), ("b", "I64", &[1])])
        .file("README.md", "---\nlicense: mit\n---\n# Tiny\n")
}

#[test]
fn inspect_is_what_happens_where_no_command_is_named() {
    let release = tiny();
    let short = weighbill().arg(release.path()).assert().success().get_output().stdout.clone();
    let long = weighbill()
        .arg("inspect")
        .arg(release.path())
        .assert()
        .success()
        .get_output()
        .stdout
        .clone();
    assert_eq!(short, long);
    assert!(String::from_utf8(short).unwrap().starts_with("tiny "));
}

#[test]
fn statuses_are_0_1_and_2() {
    let release = tiny();
    let path = release.path();
    weighbill().arg(&path).args(["--deny", "medium"]).assert().code(0);
    weighbill().arg(&path).args(["--deny", "low"]).assert().code(1);
    weighbill().arg(&path).args(["--deny", "dreadful"]).assert().code(2);
    weighbill().arg(release.around().join("nowhere")).assert().code(2).stdout("");
    weighbill().assert().code(2);
    weighbill()
        .arg("/dev/null")
        .assert()
        .code(2)
        .stderr("weighbill: `/dev/null` is a device: name a folder or a regular file\n");
    weighbill()
        .arg("/no/such")
        .assert()
        .code(2)
        .stderr("weighbill: cannot open `/no/such`: No such file or directory (os error 2)\n");
    weighbill().args(["tiny/none"]).assert().code(2).stderr(
        "weighbill: no folder or file `tiny/none`, and no such repo in the Hugging Face cache at \
         /nowhere/.cache/huggingface/hub; download it first (`hf download tiny/none`) or name the \
         folder it lies in\n",
    );
}

#[test]
fn a_prohibited_use_is_denied() {
    let release = Release::named("r").file("README.md", "---\nlicense: cc-by-nc-4.0\n---\n# R\n");
    let run = |uses: &str| {
        let mut command = weighbill();
        command.arg(release.path()).args(["--deny", "critical", "--use", uses]).assert()
    };
    run("commercial").code(1);
    run("redistribute").code(0);
    run("levitate").code(2);
}

#[test]
fn outputs_go_in_pairs_from_one_pass() {
    let release = tiny();
    let (text, json) = (release.around().join("r.txt"), release.around().join("r.json"));
    weighbill()
        .arg(release.path())
        .args(["-f", "text", "-o"])
        .arg(&text)
        .args(["-f", "json", "-o"])
        .arg(&json)
        .assert()
        .success()
        .stdout("");
    assert!(fs::read_to_string(&text).unwrap().starts_with("tiny "));
    let report: weighbill::report::Report =
        serde_json::from_slice(&fs::read(&json).unwrap()).unwrap();
    assert_eq!(report.totals.parameters, Some(6));
    weighbill()
        .arg(release.path())
        .args(["-f", "json", "-f", "text", "-o"])
        .arg(&json)
        .assert()
        .code(2);
    weighbill()
        .arg(release.path())
        .args(["-o", "/no/such/folder/r"])
        .assert()
        .code(2)
        .stdout("");
}

#[test]
fn the_same_release_gives_the_same_bytes() {
    let release = tiny();
    let json = |threads: &str| {
        let mut command = weighbill();
        let assert =
            command.arg(release.path()).args(["-f", "json", "--threads", threads]).assert();
        assert.success().get_output().stdout.clone()
    };
    assert_eq!(json("1"), json("8"));
    assert!(!String::from_utf8(json("1")).unwrap().contains(release.around().to_str().unwrap()));
}

#[test]
fn digests_are_those_of_the_bytes_and_only_where_wanted() {
    let release = tiny();
    let report = release.inspect();
    let sums =
        Process::new("sha256sum").arg(release.path().join("model.safetensors")).output().unwrap();
    let expected = String::from_utf8(sums.stdout).unwrap()[..64].to_owned();
    let weights = report.artifacts.iter().find(|it| it.path == "model.safetensors").unwrap();
    assert_eq!(weights.sha256.as_deref(), Some(expected.as_str()));
    let of = |extent: &str| {
        let mut command = weighbill();
        let assert = command.arg(release.path()).args(["-f", "json", "--digests", extent]).assert();
        let report: weighbill::report::Report =
            serde_json::from_slice(&assert.get_output().stdout).unwrap();
        (report.artifacts[0].sha256.is_some(), report.weights[0].tensors[0].sha256.is_some())
    };
    assert_eq!(
        (of("none"), of("files"), of("tensors")),
        ((false, false), (true, false), (true, true))
    );
}

#[test]
fn a_closed_pipe_is_no_error() {
    let release = tiny();
    let program = assert_cmd::cargo::cargo_bin("weighbill");
    let mut child = Process::new(program)
        .args(["-f", "json"])
        .arg(release.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        (output.status.code(), String::from_utf8(output.stderr).unwrap().as_str()),
        (Some(0), "")
    );
}

#[test]
fn color_is_for_terminals_and_those_who_ask() {
    let release = tiny();
    let colored = |args: &[&str], no_color: bool| {
        let mut command = weighbill();
        if no_color {
            command.env("NO_COLOR", "1");
        }
        let assert = command.arg(release.path()).args(args).assert().success();
        assert.get_output().stdout.contains(&0x1b)
    };
    assert!(!colored(&[], false));
    assert!(!colored(&[], true));
    assert!(colored(&["--color", "always"], true));
    assert!(!colored(&["--color", "never"], false));
}

#[test]
fn names_of_a_release_never_reach_the_terminal_as_they_are() {
    let release = Release::named("bad\u{1b}[31mred")
        .safetensors("w\u{202e}txt.safetensors", &[("t\\u001b]0;x\\u0007", "U8", &[1])])
        .file("README.md", "---\nlicense: \"\\e[2J\"\n---\n# \u{1b}[5mBlink\n");
    for args in [
        &["inspect", "-v"][..],
        &["tensors", "--all"],
        &["inspect", "-f", "markdown"],
    ] {
        let out = weighbill()
            .args(args)
            .arg(release.path())
            .assert()
            .success()
            .get_output()
            .stdout
            .clone();
        let text = String::from_utf8(out).unwrap();
        let bad = text.chars().find(|c| (c.is_control() && *c != '\n') || *c == '\u{202e}');
        assert_eq!(bad, None, "{args:?}");
    }
}

#[test]
fn help_shows_examples() {
    let help = weighbill().arg("--help").assert().success().get_output().stdout.clone();
    let help = String::from_utf8(help).unwrap();
    for words in ["Examples:", "weighbill tensors . --all", "Exit status:"] {
        assert!(help.contains(words), "{help}");
    }
}
