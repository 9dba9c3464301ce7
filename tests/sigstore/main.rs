//! Keyless signatures: whole ones hold however long ago they were made, and each single thing broken is
//! refused for that reason.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod der;
mod fake;

use std::fs;

use assert_cmd::Command;
use serde_json::{Value, json};
use weighbill::{digest::sha256, sign};

use fake::{CLOCK, IDENTITY, ISSUER, LOG, Logged, SIGNED_AT, STRANGER, Signing, trusted_root};

const WORKFLOW: &str =
    "https://github.com/example/model/.github/workflows/release.yml@refs/tags/v1";

/// A release of two files, its statement, and what lies around it.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        fs::create_dir(place.0.path().join("model")).unwrap();
        for (name, text) in FILES {
            fs::write(place.0.path().join("model").join(name), text).unwrap();
        }
        place
    }

    /// What `verify` says of a bundle: the result of the signature with its note, and what went to stderr.
    fn verify(&self, bundle: &Value, root: &Value, identity: &str, issuer: &str) -> Said {
        let path = |name: &str| self.0.path().join(name).display().to_string();
        fs::write(path("model.sig"), bundle.to_string()).unwrap();
        fs::write(path("root.json"), root.to_string()).unwrap();
        let mut command = Command::cargo_bin("weighbill").unwrap();
        command.env_clear().args([
            "verify",
            &path("model"),
            "-f",
            "json",
            "--require",
            "signature",
        ]);
        command.args([
            "--identity",
            identity,
            "--issuer",
            issuer,
            "--trusted-root",
            &path("root.json"),
        ]);
        let output = command.output().unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        let verification = &report["verification"];
        let kinds = verification["kinds"].as_array().cloned().unwrap_or_default();
        let signature = kinds.iter().find(|it| it["kind"] == "signature").cloned();
        let signature = signature.unwrap_or_default();
        Said {
            result: signature["result"].as_str().unwrap_or_default().to_owned(),
            note: signature["note"].as_str().unwrap_or_default().to_owned(),
            strength: verification["strength"].as_str().unwrap_or_default().to_owned(),
            status: output.status.code().unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

#[derive(Debug)]
struct Said {
    result: String,
    note: String,
    strength: String,
    status: i32,
    stderr: String,
}

const FILES: &[(&str, &str)] = &[("README.md", "A model."), ("config.json", "{}")];

fn statement() -> Vec<u8> {
    let files: Vec<_> =
        FILES.iter().map(|(name, text)| ((*name).to_owned(), sha256(text.as_bytes()))).collect();
    sign::statement("model", &files, &[], false)
}

#[track_caller]
fn holds(signing: &Signing, identity: &str) {
    let said =
        Place::new().verify(&signing.bundle(&statement()), &trusted_root(), identity, ISSUER);
    assert_eq!(said.result, "passed", "{said:?}");
    assert_eq!((said.strength.as_str(), said.status), ("authentic", 0), "{said:?}");
    let by = format!("by {identity}, as {ISSUER} vouched on 2024-06-01");
    assert!(said.note.contains(&by), "{said:?}");
}

#[track_caller]
fn refused(signing: &Signing, words: &str) {
    refused_after(signing, |_, _| {}, words);
}

/// As [`refused`], with the bundle or the trusted root edited.
#[track_caller]
fn refused_after(signing: &Signing, edit: impl Fn(&mut Value, &mut Value), words: &str) {
    let (mut bundle, mut root) = (signing.bundle(&statement()), trusted_root());
    edit(&mut bundle, &mut root);
    let said = Place::new().verify(&bundle, &root, IDENTITY, ISSUER);
    assert_eq!((said.result.as_str(), said.status), ("failed", 1), "{words}: {said:?}");
    assert!(said.note.contains(words), "{words}: {said:?}");
}

#[test]
fn whole_ones_hold_years_later() {
    holds(&Signing::default(), IDENTITY);
    holds(&Signing { old_issuer: true, ..Signing::default() }, IDENTITY);
    holds(
        &Signing {
            named: (0x86, WORKFLOW),
            ..Signing::default()
        },
        WORKFLOW,
    );
    holds(&newer(), IDENTITY);
}

/// The newer form of the log, with an authority for the time.
fn newer() -> Signing {
    Signing {
        clock: Some((CLOCK, "20240601120100Z")),
        ..Signing::default()
    }
}

#[test]
fn another_signer_is_refused() {
    let bundle = Signing::default().bundle(&statement());
    let place = Place::new();
    for (identity, issuer, words) in [
        ("Release@example.com", ISSUER, "it was signed by release@example.com, who is not"),
        ("release@example.co", ISSUER, "it was signed by release@example.com, who is not"),
        (IDENTITY, "https://accounts.example.com/", "https://accounts.example.com vouched for"),
    ] {
        let said = place.verify(&bundle, &trusted_root(), identity, issuer);
        assert_eq!((said.result.as_str(), said.status), ("failed", 1), "{said:?}");
        assert!(said.note.contains(words), "{said:?}");
    }
}

#[test]
fn certificates_that_do_not_hold_are_refused() {
    let whole = Signing::default;
    refused(&Signing { ca: STRANGER, ..whole() }, "by no authority of the trusted root");
    refused(&Signing { for_code: false, ..whole() }, "is not for signing code");
    let valid = ("240601110000Z", "240601111000Z");
    refused(&Signing { valid, ..whole() }, "had ended when it was signed");
    let valid = ("240601130000Z", "240601131000Z");
    refused(&Signing { valid, ..whole() }, "had not begun when it was signed");
    let unlisted = "no log of certificates of the trusted root lists its certificate";
    refused(&Signing { sct: None, ..whole() }, unlisted);
    refused(
        &Signing {
            sct: Some((STRANGER, fake::CT)),
            ..whole()
        },
        unlisted,
    );
    refused(
        &Signing {
            sct: Some((STRANGER, STRANGER)),
            ..whole()
        },
        unlisted,
    );
    let ended = |_: &mut Value, root: &mut Value| {
        root["certificateAuthorities"][0]["validFor"]["end"] = json!("2023-01-01T00:00:00Z");
    };
    refused_after(&whole(), ended, "has no authority that certified signers at 2024-06-01");
}

#[test]
fn entries_of_the_log_that_do_not_hold_are_refused() {
    let whole = Signing::default;
    let of_another = "its entry in the log is of another";
    for logged in [
        Logged::OtherStatement,
        Logged::OtherSignature,
        Logged::OtherCertificate,
    ] {
        refused(&Signing { logged, ..whole() }, of_another);
        refused(&Signing { logged, ..newer() }, of_another);
    }
    let state = "the state of the log that it shows is not signed by a log of the trusted root";
    refused(&Signing { checkpoint: STRANGER, ..whole() }, state);
    refused(&Signing { checkpoint: STRANGER, ..newer() }, state);
    let proof = |at: &'static str, value: Value| {
        move |bundle: &mut Value, _: &mut Value| {
            bundle["verificationMaterial"]["tlogEntries"][0]["inclusionProof"][at] = value.clone();
        }
    };
    let zeros = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let shows = "does not show that the log holds its entry";
    refused_after(&whole(), proof("hashes", json!([zeros, zeros])), shows);
    let apart = "its proof in the log is missing or does not fit together";
    refused_after(&whole(), proof("rootHash", json!(zeros)), apart);
    refused_after(&whole(), proof("logIndex", json!("0")), shows);
    refused_after(&newer(), proof("hashes", json!([zeros, zeros])), shows);
    let body = |bundle: &mut Value, _: &mut Value| {
        let other = Signing {
            logged: Logged::OtherStatement,
            ..newer()
        }
        .bundle(&statement());
        let place = "/verificationMaterial/tlogEntries/0/canonicalizedBody";
        *bundle.pointer_mut(place).unwrap() = other.pointer(place).unwrap().clone();
    };
    refused_after(&newer(), body, shows);
    let none = |bundle: &mut Value, _: &mut Value| {
        bundle["verificationMaterial"]["tlogEntries"] = json!([]);
    };
    refused_after(&whole(), none, "it is in no log of signatures");
    refused_after(&newer(), none, "it is in no log of signatures");
    for part in ["inclusionProof", "inclusionPromise"] {
        let without = |bundle: &mut Value, _: &mut Value| {
            let entry = &mut bundle["verificationMaterial"]["tlogEntries"][0];
            entry.as_object_mut().unwrap().remove(part);
        };
        let words = if part == "inclusionProof" {
            apart
        } else {
            "says when it was signed"
        };
        refused_after(&whole(), without, words);
    }
}

#[test]
fn times_that_nobody_trusted_tells_are_refused() {
    let whole = Signing::default;
    let promise = "its entry is not promised by a log of the trusted root";
    refused(
        &Signing {
            promise: Some((STRANGER, LOG, SIGNED_AT)),
            ..whole()
        },
        promise,
    );
    refused(
        &Signing {
            promise: Some((STRANGER, STRANGER, SIGNED_AT)),
            ..whole()
        },
        promise,
    );
    // An entry of later, said to be of while the certificate lasted.
    refused(
        &Signing {
            promise: Some((LOG, LOG, SIGNED_AT + 86_400)),
            ..whole()
        },
        promise,
    );
    let nobody = "neither a log nor an authority of the trusted root says when it was signed";
    refused(&Signing { promise: None, ..whole() }, nobody);
    let future = 4_000_000_000;
    let logged = Signing {
        logged_at: future,
        promise: Some((LOG, LOG, future)),
        ..whole()
    };
    refused(&logged, "it was logged at a time that cannot be");
    let at = |key, time| Signing { clock: Some((key, time)), ..whole() };
    refused(&at(STRANGER, "20240601120100Z"), "its time is by no authority of the trusted root");
    refused(&at(CLOCK, "20240602120100Z"), "had ended when it was signed");
    let unclocked = |bundle: &mut Value, _: &mut Value| {
        bundle["verificationMaterial"]["timestampVerificationData"] = json!({});
    };
    refused_after(&newer(), unclocked, nobody);
    let elsewhere = |bundle: &mut Value, _: &mut Value| {
        let other = newer().bundle(b"{}");
        let place = "/verificationMaterial/timestampVerificationData";
        *bundle.pointer_mut(place).unwrap() = other.pointer(place).unwrap().clone();
    };
    refused_after(&newer(), elsewhere, "its time is by no authority of the trusted root");
}

#[test]
fn statements_that_were_not_signed_are_refused() {
    let whole = Signing::default;
    let signer = Signing { signer: STRANGER, ..whole() };
    refused(&signer, "the signature is not one of the key in its certificate over that statement");
    refused_after(
        &whole(),
        |bundle, _| *bundle = json!({"mediaType": bundle["mediaType"], "verificationMaterial": bundle["verificationMaterial"]}),
        "it holds no signed statement",
    );

    let place = Place::new();
    fs::write(place.0.path().join("model/config.json"), "{ }").unwrap();
    let said = place.verify(&whole().bundle(&statement()), &trusted_root(), IDENTITY, ISSUER);
    assert_eq!((said.result.as_str(), said.status), ("failed", 1), "{said:?}");
}

#[test]
fn a_root_that_is_none_is_an_error_of_usage() {
    let bundle = Signing::default().bundle(&statement());
    let mut empty = trusted_root();
    empty["ctlogs"] = json!([]);
    let mut damaged = trusted_root();
    damaged["tlogs"][0]["publicKey"]["rawBytes"] = json!("AAAA");
    for (root, words) in [
        (json!({}), "root.json` is no trusted root of Sigstore: "),
        (empty, "root.json` is no trusted root of Sigstore: it names no log of certificates"),
        (damaged, "root.json` is no trusted root of Sigstore: "),
    ] {
        let said = Place::new().verify(&bundle, &root, IDENTITY, ISSUER);
        assert_eq!(said.status, 2, "{said:?}");
        assert!(said.stderr.contains(words), "{said:?}");
    }
}

#[test]
fn without_a_name_it_is_a_record_like_any_other() {
    let place = Place::new();
    let around = place.0.path();
    let bundle = Signing::default().bundle(&statement());
    fs::write(around.join("model.sig"), bundle.to_string()).unwrap();
    let run = |more: &[&str]| {
        let mut command = Command::cargo_bin("weighbill").unwrap();
        command.env_clear().current_dir(around).args(["verify", "model"]).args(more);
        let output = command.output().unwrap();
        (output.status.code().unwrap(), [output.stdout, output.stderr].concat())
    };
    let (status, said) = run(&[]);
    let said = String::from_utf8(said).unwrap();
    assert_eq!(status, 0, "{said}");
    let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("name the signer with --identity and --issuer"), "{said}");
    for part in [
        &["--identity", IDENTITY][..],
        &["--issuer", ISSUER],
        &["--trusted-root", "x"],
    ] {
        assert_eq!(run(part).0, 2, "{part:?}");
    }
}
