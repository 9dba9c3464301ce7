//! Signatures: bundles that other programs wrote, each accepted or refused for the right reason, and
//! ours read back.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use assert_cmd::{Command, assert::Assert};
use base64ct::{Base64, Encoding as _};
use weighbill::report::{Report, Verification};

use crate::build::{Release, findings};

/// The day before the certificates of the vectors end, and after they begin.
const TODAY: &str = "1795400000";

fn data(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/oms").join(path)
}

/// The folder that the bundles are of.
fn model() -> Release {
    let files: BTreeMap<String, String> =
        serde_json::from_slice(&fs::read(data("model.json")).unwrap()).unwrap();
    files.into_iter().fold(Release::named("model"), |release, (path, bytes)| {
        release.file(&path, Base64::decode_vec(&bytes).unwrap())
    })
}

fn weighbill(args: &[&str]) -> Assert {
    let mut command = Command::cargo_bin("weighbill").unwrap();
    command.env_clear().env("SOURCE_DATE_EPOCH", TODAY).args(args).assert()
}

/// Options that name paths of the data.
fn verified(release: &Path, options: &[(&str, &str)]) -> Report {
    let mut args = vec!["verify".to_owned(), release.display().to_string()];
    for (option, path) in options {
        args.extend([(*option).to_owned(), data(path).display().to_string()]);
    }
    args.extend(["-f", "json", "-q"].map(str::to_owned));
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    serde_json::from_slice(&weighbill(&args).get_output().stdout).unwrap()
}

fn verification(report: &Report) -> &Verification {
    report.verification.as_ref().unwrap()
}

/// The result of the signature, and what is said of it.
fn signature(report: &Report) -> (String, String) {
    let kinds = &verification(report).kinds;
    let kind = kinds.iter().find(|it| it.kind == "signature").unwrap();
    (kind.result.clone(), kind.note.clone().unwrap_or_default())
}

#[track_caller]
fn check(bundle: &str, trust: (&str, &str), result: &str, words: &str) {
    let report = verified(&model().path(), &[("--signature", bundle), trust]);
    let (came, note) = signature(&report);
    assert_eq!(came, result, "{bundle}: {note}");
    assert!(note.contains(words), "{bundle}: {note}");
    let invalid = findings(&report).iter().any(|it| it.contains("signature-invalid"));
    assert_eq!(invalid, result == "failed", "{bundle}");
    let whole = verification(&report).strength == "authentic";
    assert_eq!(whole, result == "passed" && !note.contains("left out"), "{bundle}");
}

const P256: (&str, &str) = ("--public-key", "keys/p256.pub.pem");
const ROOT: (&str, &str) = ("--ca", "certs/root.pem");

#[test]
fn bundles_of_the_reference_hold() {
    for bundle in [
        "p256",
        "p256-sec1",
        "rust-p256",
        "blake3",
        "blake2",
        "shards1000",
        "shards-blake2",
    ] {
        check(&format!("bundles/{bundle}.sig"), P256, "passed", "by the key fc9bdd662247dc2b");
    }
    check("bundles/p384.sig", ("--public-key", "keys/p384.pub.pem"), "passed", "by the key");
    check("bundles/p521.sig", ("--public-key", "keys/p521.pub.pem"), "passed", "by the key");
    check("bundles/p256-ignore.sig", P256, "passed", "1 file left out on purpose");
    check("bundles/cert-leaf.sig", ROOT, "passed", "by CN=weighbill leaf");
    check("bundles/cert-leaf-eku.sig", ROOT, "passed", "by CN=weighbill leaf-eku");
}

#[test]
fn what_does_not_hold_is_refused_with_the_reason() {
    let failed = |bundle: &str, trust, words| check(bundle, trust, "failed", words);
    failed("bundles/p384.sig", P256, "and fc9bdd662247dc2b was given");
    failed("bundles/cert-leaf.sig", ("--ca", "certs/other-root.pem"), "leads to none of the roots");
    failed("bundles/cert-leaf-nousage.sig", ROOT, "says neither that it is for digital signatures");
    failed("bundles/cert-leaf-wrongku.sig", ROOT, "is not for digital signatures");
    for (variant, words) in [
        ("07-hint-is-der-sha256", "it names the key"),
        ("11-root-of-other-order", "its root digest is not that of the files"),
        ("12-old-mediatype", "it is a application/vnd.dev.sigstore.bundle"),
        ("14-p1363-signature", "is not one of that key"),
        ("15-other-payloadType", "it holds a "),
        ("16-predicate-v1.1", "it states a "),
        ("19-extra-toplevel-member", "it is no bundle of a signature: unknown field"),
    ] {
        failed(&format!("variants/{variant}.sig"), P256, words);
    }
    for variant in [
        "01-spec-order-compact-minimal",
        "02-pretty-bundle",
        "03-component-order",
        "04-tlogEntries-empty-keyid-empty",
        "05-keyid-null",
        "06-rawBytes-only",
        "08-no-ignore_paths",
        "09-other-subject-name",
        "10-extra-predicate-member",
        "13-upper-hex",
        "17-resource-annotations",
        "18-reversed-order",
    ] {
        check(&format!("variants/{variant}.sig"), P256, "passed", "by the key");
    }
}

#[test]
fn an_expired_certificate_is_a_case_of_its_own() {
    let root = ("--ca", "certs/old-root.pem");
    let report =
        verified(&model().path(), &[("--signature", "bundles/cert-leaf-expired.sig"), root]);
    let (result, note) = signature(&report);
    assert_eq!(result, "partial");
    assert!(note.contains("the certificate of CN=expired leaf expired on 2021-02-01"), "{note}");
    let found = findings(&report);
    assert!(found.contains(&"medium signature-certificate-expired -".to_owned()), "{found:?}");
    assert_eq!(verification(&report).strength, "recorded");
}

#[test]
fn without_a_key_a_signature_is_a_record_and_no_more() {
    let report = verified(&model().path(), &[("--signature", "bundles/p256.sig")]);
    let (result, note) = signature(&report);
    assert_eq!((result.as_str(), verification(&report).strength.as_str()), ("partial", "recorded"));
    assert!(note.contains("--public-key"), "{note}");
}

#[test]
fn each_file_is_told_by_name() {
    let statuses = |release: &Release, bundle: &str| {
        let report = verified(&release.path(), &[("--signature", bundle), P256]);
        let other = verification(&report).files.iter().filter(|it| it.status != "match");
        other.map(|it| format!("{} {}", it.path, it.status)).collect::<Vec<_>>()
    };
    for bundle in ["bundles/p256.sig", "bundles/shards1000.sig"] {
        let release = model().file("a.txt", "changed").file("run.py", "print(1)\n");
        fs::remove_file(release.path().join("a/x.txt")).unwrap();
        let found = statuses(&release, bundle);
        for line in ["a.txt mismatch", "a/x.txt missing", "run.py unexpected"] {
            assert!(found.contains(&line.to_owned()), "{bundle}: {found:?}");
        }
    }
    // What clients keep for themselves is told apart from additions, and so is what is never signed.
    let release = model()
        .file(".cache/huggingface/download/a.txt.metadata", "x")
        .file(".git/hooks/x", "x")
        .file("onnx/.git/x", "x");
    let report = verified(&release.path(), &[("--signature", "bundles/p256.sig"), P256]);
    let unexpected = verification(&report).files.iter().filter(|it| it.status == "unexpected");
    let unexpected: Vec<&str> = unexpected.map(|it| it.path.as_str()).collect();
    assert_eq!(unexpected, ["onnx/.git/x"]);
    assert!(signature(&report).1.contains("1 file besides, all of clients' own bookkeeping"));
    // A signature that lies in the folder is not an addition either.
    let release = model().file("model.sig", fs::read(data("bundles/p256-inside.sig")).unwrap());
    let report = verified(&release.path(), &[P256]);
    assert_eq!(signature(&report).0, "passed", "{:?}", signature(&report).1);
}

#[test]
fn what_we_sign_holds_and_is_the_same_each_time() {
    for (key, public) in [
        ("throwaway-256.pem", "throwaway-256.pub.pem"),
        ("throwaway-256-sec1.pem", "throwaway-256.pub.pem"),
        ("throwaway-256-encrypted.pem", "throwaway-256.pub.pem"),
        ("throwaway-384.pem", "throwaway-384.pub.pem"),
        ("throwaway-384-scrypt.pem", "throwaway-384.pub.pem"),
        ("throwaway-521.pem", "throwaway-521.pub.pem"),
    ] {
        let release = model();
        let path = release.path().display().to_string();
        let password = release.around().join("password");
        fs::write(&password, "secret\n").unwrap();
        let key = data("keys").join(key).display().to_string();
        let args = [
            "sign",
            &path,
            "--key",
            &key,
            "--password-file",
            password.to_str().unwrap(),
        ];
        let said = weighbill(&args).success().get_output().stderr.clone();
        assert!(String::from_utf8(said).unwrap().contains("signed 17 files, "));
        let bundle = release.around().join("model.sig");
        let first = fs::read(&bundle).unwrap();
        weighbill(&args).success();
        assert_eq!(fs::read(&bundle).unwrap(), first);
        // It lies where `verify` looks for it.
        let report = verified(&release.path(), &[("--public-key", &format!("keys/{public}"))]);
        assert_eq!(signature(&report).0, "passed");
        assert_eq!(verification(&report).strength, "authentic");
        let all = ["verify", &path, "--public-key"];
        let public = data("keys").join(public).display().to_string();
        weighbill(&[&all[..], &[&public, "--require", "signature,record"]].concat()).success();
        let release = release.file("config.json", "{}");
        let report = verified(&release.path(), &[("--public-key", "keys/p384.pub.pem")]);
        assert_eq!(signature(&report).0, "failed");
    }
}

#[test]
fn keys_of_other_kinds_say_which_kind_they_are() {
    let release = model();
    let path = release.path().display().to_string();
    let sign = |key: &str, words: &str| {
        let key = data("keys").join(key).display().to_string();
        let said = weighbill(&["sign", &path, "--key", &key]).code(2).get_output().stderr.clone();
        let said = String::from_utf8(said).unwrap();
        assert!(said.contains(words), "{said}");
    };
    sign("throwaway-ed25519.pem", "is an Ed25519 key; signatures of models are made with P-256");
    sign("throwaway-rsa.pem", "is an RSA key");
    sign("throwaway-256.pub.pem", "is a public key");
    sign("throwaway-256-encrypted.pem", "--password-file");
    sign("throwaway-256-old.pem", "openssl pkcs8 -topk8");
    sign("../certs/root.pem", "is a certificate");
    sign("../model.json", "is no PEM file");
    let verify = |key: &str, words: &str| {
        let key = data("keys").join(key).display().to_string();
        let said = weighbill(&["verify", &path, "--public-key", &key]).code(2);
        let said = String::from_utf8(said.get_output().stderr.clone()).unwrap();
        assert!(said.contains(words), "{said}");
    };
    verify("ed25519.pub.pem", "is an Ed25519 key");
    verify("secp256k1.pub.pem", "is a key on the curve secp256k1");
    verify("../certs/root.pem", "is a certificate, not a public key: it goes with --ca");
    verify("throwaway-256.pem", "is a private key");
    let wrong = release.around().join("password");
    fs::write(&wrong, "wrong").unwrap();
    let key = data("keys/throwaway-256-encrypted.pem").display().to_string();
    weighbill(&[
        "sign",
        &path,
        "--key",
        &key,
        "--password-file",
        wrong.to_str().unwrap(),
    ])
    .code(2);
    assert!(!release.around().join("model.sig").exists());
}

#[test]
fn a_signature_goes_beside_the_release_and_never_into_it() {
    let release = model();
    let path = release.path().display().to_string();
    let key = data("keys/throwaway-256.pem").display().to_string();
    let inside = release.path().join("x.sig").display().to_string();
    weighbill(&["sign", &path, "--key", &key, "-o", &inside]).code(2);
    let empty = Release::named("empty");
    weighbill(&["sign", empty.path().to_str().unwrap(), "--key", &key]).code(2);
    std::os::unix::fs::symlink("/etc/hostname", release.path().join("out")).unwrap();
    weighbill(&["sign", &path, "--key", &key]).code(2);
}

/// A bundle whose statement holds these resources: unsigned, as refusals come before.
#[test]
fn statements_that_lie_are_refused() {
    let file = |name: &str| {
        format!(r#"{{"name":"{name}","digest":"{}","algorithm":"sha256"}}"#, "0".repeat(64))
    };
    let check = |resources: &str, words: &str| {
        let root = weighbill::digest::hex(&weighbill::digest::sha256(&vec![
            0;
            32 * resources
                .matches("name")
                .count()
        ]));
        let statement = format!(
            r#"{{"_type":"https://in-toto.io/Statement/v1","subject":[{{"name":"m","digest":{{"sha256":"{root}"}}}}],"predicateType":"https://model_signing/signature/v1.0","predicate":{{"resources":[{resources}],"serialization":{{"method":"files","hash_type":"sha256"}}}}}}"#
        );
        let bundle = format!(
            r#"{{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{{"publicKey":{{}}}},"dsseEnvelope":{{"payload":"{}","payloadType":"application/vnd.in-toto+json","signatures":[{{"sig":"AAAA"}}]}}}}"#,
            Base64::encode_string(statement.as_bytes())
        );
        let release = Release::named("m").file("config.json", "{}").file("x.sig", bundle);
        let report = verified(&release.path(), &[]);
        let (result, note) = signature(&report);
        assert!(result == "failed" && note.contains(words), "{result} {note}");
    };
    check(&file("../evil"), "it lists ../evil, which is no path below the model");
    check(&file("/etc/passwd"), "is no path below the model");
    check(&file("a/./b"), "is no path below the model");
    check(&[file("a"), file("a")].join(","), "it lists a twice");
    check(&file("a").replace("sha256", "md5"), "it hashes with md5");
    check(&file("a").replace("00000000", ""), "is not of the length");
    check("", "it lists no file");
}

#[test]
fn a_statement_on_what_was_checked_is_signed_by_the_same_keys() {
    let release = model();
    let path = release.path().display().to_string();
    let key = data("keys/throwaway-256.pem").display().to_string();
    let inspect = ["inspect", &path, "-f", "in-toto"];
    let plain = weighbill(&inspect).success().get_output().stdout.clone();
    let signed = weighbill(&[&inspect[..], &["--key", &key]].concat());
    let signed = signed.success().get_output().stdout.clone();
    let bundle: serde_json::Value = serde_json::from_slice(&signed).unwrap();
    let envelope = &bundle["dsseEnvelope"];
    let decoded = |it: &serde_json::Value| Base64::decode_vec(it.as_str().unwrap()).unwrap();
    let statement = decoded(&envelope["payload"]);
    assert_eq!(statement, plain);
    // what is signed is the statement with its type, each behind its length
    let kind = envelope["payloadType"].as_str().unwrap();
    let head = format!("DSSEv1 {} {kind} {} ", kind.len(), statement.len());
    let public = fs::read_to_string(data("keys/throwaway-256.pub.pem")).unwrap();
    let public = weighbill::sign::PublicKey::from_pem(&public).unwrap();
    let signature = decoded(&envelope["signatures"][0]["sig"]);
    assert!(public.verifies(&[head.as_bytes(), &statement].concat(), &signature));
    assert!(!public.verifies(&statement, &signature));
    let text = weighbill(&["inspect", &path, "--key", &key]).code(2).get_output().stderr.clone();
    let text = String::from_utf8(text).unwrap();
    assert!(text.contains("--key signs statements: name one with -f in-toto"), "{text}");
}
