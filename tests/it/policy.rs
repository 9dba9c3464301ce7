//! Policies: each rule has a release that breaks it, and one that does not.

use std::{collections::BTreeSet, fs};

use assert_cmd::Command;
use weighbill::{
    Policed, Request, judge,
    policy::{Day, Policy},
    report::Report,
};

use crate::build::{Release, findings};

const CARD: &str = "---\nlicense: mit\n---\n# Tiny\n\nA tiny model.\n";

fn release() -> Release {
    Release::named("tiny")
        .safetensors("model.safetensors", &[("w", "F32", &[2, 3])])
        .file("README.md", CARD)
}

fn held(release: &Release, rules: &str) -> Report {
    let ids: BTreeSet<&str> = judge::checks().map(|check| check.id).collect();
    let policy = Policy::parse(&format!("version = 1\n{rules}"), &ids).unwrap();
    let request = Request {
        policy: Some(Policed {
            policy,
            file: "policy.toml".to_owned(),
            today: Day::named("2026-11-22").unwrap(),
        }),
        ..Request::of(&release.path())
    };
    weighbill::inspect(&request, 1, &|_, _| {}).unwrap()
}

/// Each rule with its result, and the policy's findings.
#[track_caller]
fn check(release: &Release, rules: &str, results: &[&str], found: &[&str]) {
    let report = held(release, rules);
    let policy = report.policy.as_ref().unwrap();
    assert_eq!((policy.file.as_str(), policy.evaluated_on.as_str()), ("policy.toml", "2026-11-22"));
    let came: Vec<String> =
        policy.rules.iter().map(|it| format!("{} {}", it.rule, it.result)).collect();
    assert_eq!(came, results);
    let told: Vec<String> =
        findings(&report).into_iter().filter(|it| it.contains(" policy-")).collect();
    assert_eq!(told, found);
    for rule in &policy.rules {
        let finding = rule.finding.map(|at| &report.findings[usize::try_from(at).unwrap()]);
        assert_eq!(finding.is_some(), rule.result == "failed");
        assert!(finding.is_none_or(|it| it.id.starts_with("policy-")));
    }
}

#[test]
fn each_rule_passes_and_breaks() {
    let tiny = release();
    check(&tiny, "", &[], &[]);
    check(&tiny, "[licenses]\nallow = [\"MIT\"]", &["licenses.allow passed"], &[]);
    check(&tiny, "[licenses]\nallow_classes = [\"permissive\"]", &["licenses.allow passed"], &[]);
    check(
        &tiny,
        "[licenses]\nallow = [\"apache-2.0\"]",
        &["licenses.allow failed"],
        &["high policy-license README.md"],
    );
    let bare = Release::named("bare").file("model.bin", "x");
    check(
        &bare,
        "[licenses]\nallow = [\"mit\"]",
        &["licenses.allow failed"],
        &["high policy-license -"],
    );
    check(
        &tiny,
        "[licenses]\ndeny = [\"mit\"]",
        &["licenses.deny failed"],
        &["high policy-license README.md"],
    );
    check(&tiny, "[licenses]\ndeny = [\"apache-2.0\"]", &["licenses.deny passed"], &[]);
    check(&tiny, "[licenses]\nosi_approved = true", &["licenses.osi_approved passed"], &[]);
    let closed = release().file("README.md", CARD.replace("mit", "cc-by-nc-4.0"));
    check(
        &closed,
        "[licenses]\nosi_approved = true\n[uses]\nallow = [\"commercial\"]",
        &["licenses.osi_approved failed", "uses.allow failed"],
        &["high policy-license README.md", "high policy-use -"],
    );
    check(&closed, "[uses]\ndeny = [\"commercial\"]", &["uses.deny passed"], &[]);
    check(&tiny, "[uses]\nallow = [\"commercial\"]", &["uses.allow passed"], &[]);
    check(&tiny, "[uses]\ndeny = [\"commercial\"]", &["uses.deny failed"], &["high policy-use -"]);
    check(
        &tiny,
        "[openness]\nminimum_mof_class = \"III\"",
        &["openness.minimum_mof_class failed"],
        &["high policy-openness -"],
    );
    check(
        &tiny,
        "[components]\nrequired = [\"final_parameters\", \"datasets\"]",
        &["components.required failed"],
        &["high policy-component -"],
    );
    check(
        &tiny,
        "[components]\nrequired = [\"final_parameters\"]",
        &["components.required passed"],
        &[],
    );
    check(&tiny, "[formats]\nallow = [\"safetensors\"]", &["formats.allow passed"], &[]);
    check(
        &tiny,
        "[formats]\nallow = [\"gguf\"]",
        &["formats.allow failed"],
        &["high policy-format model.safetensors"],
    );
    check(
        &tiny,
        "[safety]\nremote_code = false\npickles = false",
        &["safety.remote_code passed", "safety.pickles passed"],
        &[],
    );
    let config = r#"{"auto_map": {"AutoModel": "modeling.Model"}}"#;
    let remote = release().file("config.json", config).file("modeling.py", "class Model: pass\n");
    check(
        &remote,
        "[safety]\nremote_code = false",
        &["safety.remote_code failed"],
        &["high policy-remote-code config.json"],
    );
    let pickle = release().file("model.pt", b"\x80\x02}q\x00.");
    check(
        &pickle,
        "[safety]\npickles = false",
        &["safety.pickles failed"],
        &["high policy-pickle model.pt"],
    );
    check(&tiny, "[findings]\nmax_severity = \"low\"", &["findings.max_severity passed"], &[]);
    check(
        &tiny,
        "[findings]\nmax_severity = \"info\"",
        &["findings.max_severity failed"],
        &["high policy-finding README.md"],
    );
    check(
        &tiny,
        "[findings]\ndeny = [\"license-text-missing\"]",
        &["findings.deny failed"],
        &["high policy-finding README.md"],
    );
    // Only `verify` looks at signatures.
    check(&tiny, "[signature]\nrequired = true", &[], &[]);
}

#[test]
fn exceptions_hold_until_their_day() {
    let rules = |until: &str, path: &str| {
        format!(
            "[findings]\nmax_severity = \"info\"\n[[exceptions]]\nid = \"license-text-missing\"\npath = \"{path}\"\nuntil = {until}\nreason = \"it is being added\"\n"
        )
    };
    let tiny = release();
    check(&tiny, &rules("2026-11-22", "README.md"), &["findings.max_severity passed"], &[]);
    let broken = &["findings.max_severity failed"];
    let found = &["high policy-finding README.md"];
    check(&tiny, &rules("2026-11-21", "README.md"), broken, found);
    check(&tiny, &rules("2026-11-22", "LICENSE"), broken, found);
    let report = held(&tiny, &rules("2026-11-21", "README.md"));
    let finding = report.findings.iter().find(|it| it.id == "policy-finding").unwrap();
    assert!(finding.message.ends_with("; the exception for it ended on 2026-11-21"));
    let formats = "[formats]\nallow = [\"gguf\"]\n[[exceptions]]\nid = \"policy-format\"\nuntil = \"2027-01-01\"\nreason = \"no gguf yet\"\n";
    check(&tiny, formats, &["formats.allow excepted"], &[]);
}

#[test]
fn the_command_writes_a_policy_and_obeys_one() {
    let tiny = release();
    let run = |args: &[&str]| {
        let mut command = Command::cargo_bin("weighbill").unwrap();
        command.env_clear().env("SOURCE_DATE_EPOCH", "1795306017").args(args).assert()
    };
    let policy = tiny.around().join("policy.toml");
    let (policy_path, release_path) = (policy.to_str().unwrap(), tiny.path().display().to_string());
    run(&["policy", "init", "-o", policy_path]).success();
    run(&["policy", "init", "-o", policy_path]).code(2);
    run(&["inspect", &release_path, "--policy", policy_path]).code(0);
    let text = fs::read_to_string(&policy).unwrap();
    fs::write(&policy, text.replace("# deny = [\"cc-by-nc-4.0\"]", "deny = [\"mit\"]")).unwrap();
    let json = run(&[
        "inspect",
        &release_path,
        "--policy",
        policy_path,
        "-f",
        "json",
    ])
    .code(1);
    let report: Report = serde_json::from_slice(&json.get_output().stdout).unwrap();
    assert_eq!(report.policy.unwrap().evaluated_on, "2026-11-22");
    run(&[
        "verify",
        &release_path,
        "--allow-unverified",
        "--policy",
        policy_path,
    ])
    .code(1)
    .stderr("weighbill: denied: policy.toml says no, 1 time\n");
    fs::write(&policy, "version = 1\n[licences]\n").unwrap();
    let said = run(&["inspect", &release_path, "--policy", policy_path]).code(2).stdout("");
    let said = String::from_utf8(said.get_output().stderr.clone()).unwrap();
    assert!(said.contains("line 2: no key `licences`; did you mean `licenses`?"), "{said}");
    // A policy names whom it trusts, and `verify` believes no one else.
    let key = |name: &str| format!("{}/tests/data/oms/keys/{name}", env!("CARGO_MANIFEST_DIR"));
    let rules = "version = 1\n[signature]\nrequired = true\nkeys = [\"key.pem\"]\n";
    fs::write(&policy, rules).unwrap();
    fs::copy(key("throwaway-256.pub.pem"), tiny.around().join("key.pem")).unwrap();
    let verify = [
        "verify",
        &release_path,
        "--allow-unverified",
        "--policy",
        policy_path,
    ];
    run(&verify).code(1);
    run(&["sign", &release_path, "--key", &key("throwaway-384.pem")]).success();
    run(&verify).code(1);
    run(&["sign", &release_path, "--key", &key("throwaway-256.pem")]).success();
    run(&verify).code(0);
}
