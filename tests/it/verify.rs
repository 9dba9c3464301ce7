//! `verify`: releases with the records that clients keep, whole, and each with one thing broken.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use weighbill::{
    Request, Verify,
    digest::{Algorithm, git_blob_sha1, hex, of, sha256},
    records::{Against, Glob, Supplied},
    report::{Report, Verification},
};

use crate::build::{Release, findings, git_index, inspect, safetensors};

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";
const OTHER: &str = "89abcdef0123456789abcdef0123456789abcdef";
const NAME: &str = "onnx/model.safetensors";

/// The files of every release here: two that git would keep, and one for git-lfs.
fn files() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("README.md", b"---\nlicense: mit\n---\n# Tiny\n".to_vec()),
        ("config.json", b"{\"model_type\": \"tiny\"}\n".to_vec()),
        (NAME, safetensors(&[("w", "F32", &[2, 3])])),
    ]
}

fn etag(path: &str, bytes: &[u8]) -> String {
    if path == NAME {
        hex(&sha256(bytes))
    } else {
        git_blob_sha1(bytes).to_string()
    }
}

fn pointer(bytes: &[u8]) -> String {
    let sha256 = hex(&sha256(bytes));
    let len = bytes.len();
    format!("version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {len}\n")
}

/// The hub's listing, with one file more that nobody downloaded.
fn tree() -> String {
    let mut lines = vec![format!(
        r#""pytorch_model.bin": {{"size": 9, "blob_id": "{}"}}"#,
        git_blob_sha1(b"elsewhere")
    )];
    for (path, bytes) in files() {
        let len = bytes.len();
        lines.push(if path == NAME {
            let pointer = git_blob_sha1(pointer(&bytes).as_bytes());
            let sha256 = hex(&sha256(&bytes));
            format!(
                r#""{path}": {{"size": {len}, "blob_id": "{pointer}", "lfs_sha256": "{sha256}", "lfs_size": {len}, "xet_hash": "00"}}"#
            )
        } else {
            format!(r#""{path}": {{"size": {len}, "blob_id": "{}"}}"#, git_blob_sha1(&bytes))
        });
    }
    format!(r#"{{"format_version": 1, "files": {{{}}}}}"#, lines.join(",\n"))
}

/// A hub cache in a temporary folder.
struct Cache(tempfile::TempDir);

impl Cache {
    fn new() -> Self {
        let cache = Self(tempfile::tempdir().unwrap());
        for (path, bytes) in files() {
            let link = cache.file(path);
            fs::create_dir_all(link.parent().unwrap()).unwrap();
            fs::create_dir_all(cache.repo().join("blobs")).unwrap();
            let name = etag(path, &bytes);
            fs::write(cache.repo().join("blobs").join(&name), &bytes).unwrap();
            let up = "../".repeat(2 + path.matches('/').count());
            symlink(format!("{up}blobs/{name}"), link).unwrap();
        }
        cache
    }

    fn with_tree() -> Self {
        let cache = Self::new();
        fs::create_dir(cache.repo().join("trees")).unwrap();
        fs::write(cache.repo().join("trees").join(format!("{COMMIT}.json")), tree()).unwrap();
        cache
    }

    fn repo(&self) -> PathBuf {
        self.0.path().join("models--tiny--release")
    }

    fn snapshot(&self) -> PathBuf {
        self.repo().join("snapshots").join(COMMIT)
    }

    fn file(&self, path: &str) -> PathBuf {
        self.snapshot().join(path)
    }
}

/// What `verify` reports of a path.
fn verify(path: &Path, against: Vec<Supplied>, only: &[&str]) -> Report {
    let request = Request {
        verify: Some(Verify {
            against: Against {
                supplied: against,
                verify: true,
                ..Against::default()
            },
            only: only.iter().map(|it| Glob::new(it).unwrap()).collect(),
        }),
        ..Request::of(path)
    };
    weighbill::inspect(&request, 2, &|_, _| {}).unwrap()
}

fn verification(report: &Report) -> &Verification {
    report.verification.as_ref().unwrap()
}

/// Each row as `path status by`.
fn rows(report: &Report) -> Vec<String> {
    let rows = verification(report).files.iter();
    rows.map(|it| format!("{} {} {}", it.path, it.status, it.by.as_deref().unwrap_or("-")))
        .collect()
}

/// Rows that are no match, and findings of integrity and consistency.
#[track_caller]
fn check(path: &Path, strange: &[&str], found: &[&str]) {
    let report = verify(path, Vec::new(), &[]);
    let rows: Vec<String> =
        rows(&report).into_iter().filter(|it| !it.contains(" match ")).collect();
    assert_eq!(rows, strange);
    let told: Vec<String> = findings(&report)
        .into_iter()
        .filter(|it| !it.contains("license-") && !it.contains("no-license"))
        .collect();
    assert_eq!(told, found);
}

#[test]
fn a_whole_snapshot_is_unchanged_since_it_was_recorded() {
    let cache = Cache::new();
    check(&cache.snapshot(), &[], &[]);
    let report = verify(&cache.snapshot(), Vec::new(), &[]);
    assert_eq!(verification(&report).strength, "recorded");
    let shown: Vec<u64> = verification(&report).shown.iter().map(|it| it.files).collect();
    assert_eq!(shown, [0, 3, 0]);
    let by = |path: &str| {
        let file = report.artifacts.iter().find(|it| it.path == path).unwrap();
        let record = &file.recorded[0];
        format!("{} {} {}", record.by, record.algorithm, record.result)
    };
    assert_eq!(by("config.json"), "hub_blob git-blob-sha1 match");
    assert_eq!(by(NAME), "hub_blob sha256 match");
}

#[test]
fn inspect_checks_what_costs_nothing_more() {
    let cache = Cache::new();
    let report = inspect(&cache.snapshot());
    assert_eq!(report.verification, None);
    let results: Vec<&str> =
        report.artifacts.iter().map(|it| it.recorded[0].result.as_str()).collect();
    assert_eq!(results, ["unchecked", "unchecked", "match"]);
}

#[test]
fn a_listing_tells_what_is_not_here() {
    let cache = Cache::with_tree();
    check(
        &cache.snapshot(),
        &["pytorch_model.bin not_downloaded hub_tree"],
        &["low file-missing -"],
    );
    let report = verify(&cache.snapshot(), Vec::new(), &["*.safetensors", "config.json"]);
    let both = [
        "config.json match hub_blob",
        "onnx/model.safetensors match hub_blob",
    ];
    assert_eq!(rows(&report), both);
    assert_eq!(verification(&report).strength, "recorded");
}

#[test]
fn one_thing_broken_in_a_cache_is_told() {
    let missing = ["pytorch_model.bin not_downloaded hub_tree"];
    let flip = |path: &Path| {
        let mut bytes = fs::read(path).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(path, bytes).unwrap();
    };
    let cache = Cache::with_tree();
    flip(&cache.file(NAME));
    check(
        &cache.snapshot(),
        &["onnx/model.safetensors mismatch hub_blob", missing[0]],
        &[
            "high digest-mismatch onnx/model.safetensors",
            "low file-missing -",
        ],
    );

    let cache = Cache::with_tree();
    fs::remove_file(cache.file("config.json").canonicalize().unwrap()).unwrap();
    check(
        &cache.snapshot(),
        &["config.json missing hub_blob", missing[0]],
        &[
            "high file-missing config.json",
            "medium link-broken config.json",
            "low file-missing -",
        ],
    );

    let cache = Cache::with_tree();
    let name = etag("", b"elsewhere");
    fs::write(cache.repo().join(format!("blobs/{name}.0123abcd.incomplete")), "els").unwrap();
    check(
        &cache.snapshot(),
        &missing,
        &[
            "low download-left-over pytorch_model.bin",
            "low file-missing -",
        ],
    );

    for cache in [Cache::new(), Cache::with_tree()] {
        fs::write(cache.file("run.py"), "print(1)\n").unwrap();
        let report = verify(&cache.snapshot(), Vec::new(), &[]);
        assert!(rows(&report).contains(&"run.py unexpected hub_tree".to_owned()));
        assert!(findings(&report).contains(&"medium file-unexpected run.py".to_owned()));
    }

    // A file in the place of its link, as an editor leaves it.
    let cache = Cache::with_tree();
    let place = cache.file("config.json");
    fs::remove_file(&place).unwrap();
    fs::write(&place, "{\"model_type\": \"tinY\"}\n").unwrap();
    check(
        &cache.snapshot(),
        &["config.json mismatch hub_tree", missing[0]],
        &["high digest-mismatch config.json", "low file-missing -"],
    );

    let cache = Cache::with_tree();
    let listing = cache.repo().join("trees").join(format!("{COMMIT}.json"));
    fs::write(&listing, tree().replace("\"format_version\": 1", "\"format_version\": 7")).unwrap();
    check(&cache.snapshot(), &[], &["medium record-invalid -"]);
    fs::write(&listing, tree().replace("\"lfs_size\": ", "\"lfs_size\": 1")).unwrap();
    check(
        &cache.snapshot(),
        &["onnx/model.safetensors mismatch hub_blob", missing[0]],
        &[
            "high digest-mismatch onnx/model.safetensors",
            "medium record-invalid -",
            "low file-missing -",
        ],
    );
}

#[test]
fn the_name_of_the_first_link_counts_in_a_shared_store() {
    let cache = Cache::new();
    let blobs = cache.0.path().join("blobs");
    let xet = "ab".repeat(32);
    fs::create_dir_all(blobs.join("ab")).unwrap();
    fs::write(blobs.join(".huggingface-shared-blobs"), "1\n").unwrap();
    let blob = cache.file(NAME).canonicalize().unwrap();
    fs::rename(&blob, blobs.join("ab").join(&xet)).unwrap();
    symlink(format!("../../blobs/ab/{xet}"), blob).unwrap();
    check(&cache.snapshot(), &[], &[]);
}

#[test]
fn a_name_that_is_no_digest_is_no_failure() {
    let cache = Cache::new();
    let place = cache.file("config.json");
    let blob = place.canonicalize().unwrap();
    let name = format!("{}-3", "ab".repeat(16));
    fs::rename(&blob, blob.with_file_name(&name)).unwrap();
    fs::remove_file(&place).unwrap();
    symlink(format!("../../blobs/{name}"), place).unwrap();
    check(&cache.snapshot(), &["config.json unverifiable hub_blob"], &[]);
}

/// A folder that the hub's client filled.
fn local_dir() -> Release {
    let mut release = Release::named("tiny");
    for (path, bytes) in files() {
        let note = format!("{COMMIT}\n{}\n99999999999.5\n", etag(path, &bytes));
        release = release
            .file(&format!(".cache/huggingface/download/{path}.metadata"), note)
            .file(path, bytes);
    }
    release
}

#[test]
fn a_local_dir_is_held_against_the_notes_of_the_client() {
    let notes = ".cache/huggingface/download/";
    check(&local_dir().path(), &[], &[]);
    check(
        &local_dir().file("config.json", "{\"model_type\": \"tinY\"}\n").path(),
        &["config.json mismatch hub_metadata"],
        &["high digest-mismatch config.json"],
    );
    check(
        &local_dir().file("run.py", "print(1)\n").path(),
        &["run.py unexpected hub_tree"],
        &["medium file-unexpected run.py"],
    );
    let release = local_dir();
    fs::remove_file(release.path().join(NAME)).unwrap();
    let report = verify(&release.path(), Vec::new(), &[]);
    assert!(rows(&report).contains(&format!("{NAME} missing hub_metadata")));
    assert!(findings(&report).contains(&format!("high file-missing {NAME}")));

    let note = format!("{OTHER}\n{}\n1.5\n", etag("", &files()[1].1));
    let mixed = local_dir().file(&format!("{notes}config.json.metadata"), note);
    check(&mixed.path(), &[], &["medium revision-mixed -"]);

    let broken = local_dir().file(&format!("{notes}config.json.metadata"), "garbage\n");
    check(
        &broken.path(),
        &["config.json unexpected hub_tree"],
        &[
            "medium file-unexpected config.json",
            &format!("medium record-invalid {notes}config.json.metadata"),
        ],
    );
    assert_eq!(
        fs::read_to_string(broken.path().join(format!("{notes}config.json.metadata"))).unwrap(),
        "garbage\n"
    );
    let listed = local_dir().file(&format!(".cache/huggingface/trees/{COMMIT}.json"), tree());
    check(&listed.path(), &["pytorch_model.bin not_downloaded hub_tree"], &["low file-missing -"]);
}

fn clone() -> Release {
    let mut release = Release::named("tiny").file(".git/HEAD", format!("{COMMIT}\n"));
    let mut entries = Vec::new();
    for (path, bytes) in files() {
        let id = if path == NAME {
            git_blob_sha1(pointer(&bytes).as_bytes())
        } else {
            git_blob_sha1(&bytes)
        };
        entries.push((path, id));
        release = release.file(path, bytes);
    }
    release.file(".git/index", git_index(Algorithm::Sha1, &entries))
}

#[test]
fn a_clone_is_held_against_its_index() {
    let bytes = files().pop().unwrap().1;
    check(&clone().path(), &[], &[]);
    let mut flipped = bytes.clone();
    *flipped.last_mut().unwrap() ^= 1;
    check(
        &clone().file(NAME, flipped).path(),
        &["onnx/model.safetensors mismatch git_index"],
        &["high digest-mismatch onnx/model.safetensors"],
    );
    check(
        &clone().file(NAME, pointer(&bytes)).path(),
        &[
            "onnx/model.safetensors pointer git_index",
            "onnx/model.safetensors pointer lfs_pointer",
        ],
        &["high lfs-pointer onnx/model.safetensors"],
    );
    check(
        &clone().file("run.py", "print(1)\n").path(),
        &["run.py unexpected git_index"],
        &["medium file-unexpected run.py"],
    );
    let release = clone();
    fs::remove_file(release.path().join("config.json")).unwrap();
    check(&release.path(), &["config.json missing git_index"], &["high file-missing config.json"]);
    check(
        &clone().file(".git/index", "DIRC????").path(),
        &[
            "README.md unverifiable -",
            "config.json unverifiable -",
            "onnx/model.safetensors unverifiable -",
        ],
        &["medium record-invalid .git/index"],
    );
}

fn plain() -> Release {
    files().into_iter().fold(Release::named("tiny"), |it, (path, bytes)| it.file(path, bytes))
}

fn sums(algorithm: Algorithm) -> String {
    let line = |(path, bytes): (&str, Vec<u8>)| format!("{}  ./{path}\n", of(algorithm, &bytes));
    files().into_iter().map(line).collect()
}

#[test]
fn lists_in_the_release_are_checked_with_any_algorithm() {
    for algorithm in [
        Algorithm::Md5,
        Algorithm::Sha1,
        Algorithm::Sha256,
        Algorithm::Sha384,
        Algorithm::Sha512,
    ] {
        let release = plain().file("checksums.txt", sums(algorithm));
        check(&release.path(), &["checksums.txt unverifiable -"], &[]);
    }
    let metadata = format!(
        "url: https://huggingface.co/tiny\nbranch: main\nsha256sum:\n    {} {NAME}\n",
        hex(&sha256(&files()[2].1))
    );
    let beside = format!("{}\n", hex(&sha256(&files()[2].1)));
    for (list, text) in [
        ("huggingface-metadata.txt", &metadata),
        ("onnx/model.safetensors.sha256", &beside),
    ] {
        let release = plain().file(list, text);
        let report = verify(&release.path(), Vec::new(), &[NAME]);
        assert_eq!(rows(&report), [format!("{NAME} match checksum_list")], "{list}");
    }
    let list = sums(Algorithm::Md5).replace("README", "README2");
    let list =
        format!("{list}{}  ../../etc/passwd\n{}  /etc/passwd\n", "0".repeat(32), "0".repeat(32));
    let list = list.replacen(&of(Algorithm::Md5, &files()[1].1).to_string(), &"1".repeat(32), 1);
    check(
        &plain().file("checklist.chk", list).path(),
        &[
            "README.md unverifiable -",
            "README2.md missing checksum_list",
            "checklist.chk unverifiable -",
            "config.json mismatch checksum_list",
        ],
        &[
            "medium checksum-list-mismatch config.json",
            "medium file-missing README2.md",
            "medium record-invalid checklist.chk",
            "medium record-invalid checklist.chk",
        ],
    );
}

#[test]
fn what_the_user_gives_is_authentic_and_names_all_there_is() {
    let release = plain();
    let list = release.around().join("SUMS");
    fs::write(&list, sums(Algorithm::Sha256)).unwrap();
    let report = verify(&release.path(), vec![Supplied::list(&list).unwrap()], &[]);
    assert_eq!(verification(&report).strength, "authentic");
    assert_eq!(verification(&report).shown[0].files, 3);
    let around = release.around().join("AROUND");
    fs::write(&around, sums(Algorithm::Sha256).replace("./", "tiny/")).unwrap();
    let report = verify(&release.path(), vec![Supplied::list(&around).unwrap()], &[]);
    assert_eq!(verification(&report).strength, "authentic");

    let earlier = release.around().join("report.json");
    fs::write(&earlier, serde_json::to_vec(&inspect(&release.path())).unwrap()).unwrap();
    let release = release.file("run.py", "print(1)\n").file("config.json", "{}");
    let supplied = vec![
        Supplied::list(&list).unwrap(),
        Supplied::report(&earlier).unwrap(),
    ];
    let report = verify(&release.path(), supplied, &[]);
    assert_eq!(
        rows(&report),
        [
            "README.md match expected",
            "README.md match report",
            "config.json mismatch expected",
            "config.json mismatch report",
            "onnx/model.safetensors match expected",
            "onnx/model.safetensors match report",
            "run.py unexpected expected",
            "run.py unexpected report",
        ]
    );
    // A list that lies in the release proves no more for being named.
    let inside = plain().file("SHA256SUMS", sums(Algorithm::Sha256));
    let list = Supplied::list(&inside.path().join("SHA256SUMS")).unwrap();
    let report = verify(&inside.path(), vec![list], &["*.json"]);
    assert_eq!(verification(&report).strength, "recorded");
}

#[test]
fn what_the_user_gives_must_be_readable() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |text: &str, words: &str| {
        let path = folder.path().join("given");
        fs::write(&path, text).unwrap();
        let error = Supplied::list(&path).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    };
    refused("", "holds no digest");
    refused("{}", "goes with --report");
    refused(&format!("{}  ../x", "0".repeat(64)), "line 1 names a path that leaves the release");
    assert!(Supplied::list(Path::new("/no/such/list")).is_err());
    let path = folder.path().join("given");
    fs::write(&path, r#"{"schema": "other/1", "artifacts": []}"#).unwrap();
    assert!(Supplied::report(&path).unwrap_err().to_string().contains("is a other/1"));
}

#[test]
fn other_stores_are_known_by_their_names() {
    let bytes = files().pop().unwrap().1;
    let sha256 = hex(&sha256(&bytes));
    let check = |path: &str, by: &str, algorithm: &str, release: Release| {
        let report = verify(&release.file(path, &bytes).path(), Vec::new(), &[path]);
        assert_eq!(rows(&report), [format!("{path} match {by}")]);
        assert_eq!(verification(&report).files[0].algorithm.as_deref(), Some(algorithm));
    };
    let tiny = || Release::named("tiny");
    check(&format!("blobs/sha256-{sha256}"), "ollama", "sha256", tiny());
    check(&format!("blobs/sha256/{sha256}"), "oci", "sha256", tiny());
    let note = tiny().file("o_r_m.gguf.etag", format!("\"{sha256}\""));
    check("o_r_m.gguf", "llama_cpp", "sha256", note);
    let wrong = tiny().file(&format!("blobs/sha256-{}", "0".repeat(64)), &bytes);
    let report = verify(&wrong.path(), Vec::new(), &[]);
    assert_eq!(verification(&report).files[0].status, "mismatch");
}

#[test]
fn the_command_says_no_with_status_1() {
    let run = |args: &[&str], path: &Path| {
        let mut command = assert_cmd::Command::cargo_bin("weighbill").unwrap();
        command.env_clear().arg("verify").arg(path).args(args).assert()
    };
    let cache = Cache::new();
    let snapshot = cache.snapshot();
    run(&[], &snapshot).code(0);
    run(&["--require", "record,complete,consistent"], &snapshot).code(0);
    let denied = run(&["--require", "signature"], &snapshot).code(1);
    let said = String::from_utf8(denied.get_output().stderr.clone()).unwrap();
    assert_eq!(
        said,
        "weighbill: denied: signature is required: there is none that a key you named made\n"
    );
    fs::write(snapshot.join("run.py"), "").unwrap();
    run(&[], &snapshot).code(1);
    run(&["--only", "*.json,*.safetensors"], &snapshot).code(0);
    let release = plain();
    run(&[], &release.path()).code(1);
    run(&["--allow-unverified"], &release.path()).code(0);
    run(&["--allow-unverified", "--require", "record"], &release.path()).code(1);
    run(&["--expect", "/no/such"], &release.path()).code(2).stdout("");
    run(&["--only", "a[b"], &release.path()).code(2);
    let json = run(&["-f", "json"], &Cache::with_tree().snapshot()).code(1);
    let report: Report = serde_json::from_slice(&json.get_output().stdout).unwrap();
    assert!(report.schema == "weighbill-verify/1" && report.verification.is_some());
}

#[test]
fn digests_of_an_earlier_run_are_used_where_asked_for() {
    let release = Release::named("tiny")
        .sparse("model.safetensors", &[("w".to_owned(), "F32", vec![1 << 20])]);
    let home = release.around().join("home");
    let list = release.around().join("SUMS");
    let digest =
        of(Algorithm::Sha256, &fs::read(release.path().join("model.safetensors")).unwrap());
    fs::write(&list, format!("{digest}  model.safetensors\n")).unwrap();
    std::thread::sleep(std::time::Duration::from_secs(4)); // what changed just now is not kept
    let run = |args: &[&str]| {
        let mut command = assert_cmd::Command::cargo_bin("weighbill").unwrap();
        command.env_clear().env("XDG_CACHE_HOME", &home).args(args).arg(release.path());
        let output = command.output().unwrap();
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let first = run(&["inspect", "--digest-cache", "--digests", "files"]);
    let second = run(&["inspect", "--digest-cache", "--digests", "files"]);
    assert!(!first.1.contains("earlier run"), "{}", first.1);
    assert!(second.1.contains("1 file not read again"), "{}", second.1);
    assert!(second.0.contains("come from an earlier run"), "{}", second.0);
    let json = |cached: &[&str]| {
        let args = [&["inspect", "--digests", "files", "-f", "json"], cached].concat();
        run(&args).0
    };
    assert_eq!(json(&["--digest-cache"]), json(&[]));
    let list = list.to_str().unwrap();
    assert!(!run(&["verify", "--expect", list]).1.contains("earlier run"));
    assert!(run(&["verify", "--expect", list, "--digest-cache"]).1.contains("earlier run"));
}
