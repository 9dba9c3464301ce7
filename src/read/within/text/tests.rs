use super::*;

#[test]
fn secrets_are_named_and_not_shown() {
    check(
        "token: hf_AbCdEfGhIjKlMnOpQrStUvWxYzAbCdEfGh\n",
        "1 secret a token of the Hugging Face hub, `hf_…`, 37 characters",
    );
    check("x\nkey = AKIAIOSFODNN7ABCDEFG\n", "2 secret a key id of AWS, `AKIA…`, 20 characters");
    check("AKIAIOSFODNN7EXAMPLE", "");
    check("hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "");
    check("hf_model_name and hf_hub_download", "");
    check("key: sk-ant-api03-Your0Key0Goes0Here0abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH", "");
    check("r8_1234567890abcdefABCDEF1234567890abcde", "");
    check("https://joe:hunter42@host/x", "1 secret a password in an address");
    check("https://user:password@host/x", "");
    check("https://user:${TOKEN}@host/x", "");
    let body = "MIIEowIBAAKCAQEAz".repeat(5);
    check(
        &format!("-----BEGIN RSA PRIVATE KEY-----\n{body}"),
        "1 secret a private key (RSA PRIVATE KEY)",
    );
    check("-----BEGIN PRIVATE KEY-----\n...", "");
    check("-----BEGIN CERTIFICATE-----\nMIIE", "");
}

#[test]
fn keys_of_pages_and_tests_are_to_be_seen() {
    assert!(is_to_be_seen("docs/terms.HTML", "a key of Google, `AIza…`, 39 characters"));
    assert!(is_to_be_seen("x/tests/k.pem", "a private key (PRIVATE KEY)"));
    assert!(!is_to_be_seen("terms.html", "a token of GitHub"));
    assert!(!is_to_be_seen("config.json", "a key of Google, `AIza…`, 39 characters"));
    assert!(!is_to_be_seen("latest/k.pem", "a private key (PRIVATE KEY)"));
}

#[test]
fn tags_paths_and_marks_are_told() {
    check(
        "a: !!python/object/apply:os.system ['x']\n",
        "1 yaml-python-tag the tag `!!python/object/apply:os.system`",
    );
    check("a: !!python/tuple [1, 2]\n", "");
    check(
        "\"_name_or_path\": \"/home/jane/models/x\"",
        "1 personal-path a path of someone's own, below /home/jane",
    );
    check("see https://x.org/home/jane/x and /home/user/x", "");
    check(
        "x = '\u{202E}abc'",
        "1 hidden-text a mark that changes the order in which the text is seen",
    );
    check(
        "<!ENTITY x SYSTEM \"file:///etc/passwd\">",
        "1 external-entity an entity that is read from elsewhere",
    );
}

#[track_caller]
fn check(text: &str, told: &str) {
    let signs = signs(text.as_bytes(), true, true);
    let signs = signs.iter().map(|it| format!("{} {} {}", it.line, it.what, it.saying));
    assert_eq!(signs.collect::<Vec<_>>().join("; "), told);
}

#[test]
fn any_bytes_are_survived() {
    let runner = proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200);
    proptest::proptest!(|(noise in runner, at in 0usize..30)| {
        let front = SECRETS.get(at).map_or(OTHERS[at % OTHERS.len()], |it| it.begins);
        signs(&[front.as_bytes(), &noise].concat(), true, true);
    });
}
