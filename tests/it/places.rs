//! Records that lie in unusual places: work trees of git whose index is elsewhere, Python packages,
//! refs of a hub cache.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use weighbill::{
    digest::{Algorithm, Digest, hex, of, sha256},
    words::Origin,
};

use crate::build::{Release, findings, git_index, inspect, safetensors, verified};

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// `path status by` of each file, and the findings on integrity.
#[track_caller]
fn check(path: &Path, rows: &[&str], found: &[&str]) {
    let report = verified(path);
    let row = |it: &weighbill::report::VerifiedFile| {
        format!("{} {} {}", it.path, it.status, it.by.as_deref().unwrap_or("-"))
    };
    let told: Vec<String> = report.verification.as_ref().unwrap().files.iter().map(row).collect();
    assert_eq!(told, rows);
    let ids = ["digest-", "file-", "record-", "checksum-", "lfs-"];
    let mut told = findings(&report);
    told.retain(|line| ids.iter().any(|id| line.contains(id)));
    assert_eq!(told, found);
}

fn put(place: PathBuf, bytes: impl AsRef<[u8]>) {
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    fs::write(place, bytes).unwrap();
}

fn weights() -> Vec<u8> {
    safetensors(&[("w", "F32", &[2, 3])])
}

fn pointer(bytes: &[u8]) -> String {
    let (sha256, len) = (hex(&sha256(bytes)), bytes.len());
    format!("version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {len}\n")
}

/// An index of git, version 2: a text as it is, and weights as git-lfs keeps them.
fn index(named_by: Algorithm) -> Vec<u8> {
    let entries: [(&str, Digest); 2] = [
        ("config.json", of(named_by, CONFIG)),
        ("model.safetensors", of(named_by, pointer(&weights()).as_bytes())),
    ];
    git_index(named_by, &entries)
}

const CONFIG: &[u8] = b"{\"model_type\": \"tiny\"}\n";
const WHOLE: &[&str] = &[
    "config.json match git_index",
    "model.safetensors match git_index",
];
const NOT_FOLLOWED: &[&str] = &["medium record-invalid .git"];

fn tree() -> Release {
    Release::named("tiny").file("config.json", CONFIG).file("model.safetensors", weights())
}

#[test]
fn a_further_work_tree_is_held_against_its_own_index() {
    let release = tree().file(".git", "gitdir: ../main/.git/worktrees/tiny\n");
    let own = release.around().join("main/.git/worktrees/tiny");
    put(own.join("index"), index(Algorithm::GitBlobSha1));
    put(own.join("commondir"), "../..\n");
    put(own.join("HEAD"), "ref: refs/heads/side\n");
    put(release.around().join("main/.git/refs/heads/side"), format!("{COMMIT}\n"));
    put(own.join("gitdir"), format!("{}\n", release.path().join(".git").display()));
    check(&release.path(), WHOLE, &[]);
    let report = verified(&release.path());
    assert_eq!(report.release.origin, Origin::GitClone);
    assert_eq!(report.release.commit.as_deref(), Some(COMMIT));
    // A folder that knows nothing of this one is not looked into.
    put(own.join("gitdir"), "/elsewhere/.git\n");
    let unknown = [
        "config.json unverifiable -",
        "model.safetensors unverifiable -",
    ];
    check(&release.path(), &unknown, NOT_FOLLOWED);
    assert_eq!(verified(&release.path()).release.commit, None);
}

#[test]
fn a_submodule_is_held_against_its_own_index() {
    let release = tree().file(".git", "gitdir: ../.git/modules/tiny\n");
    let own = release.around().join(".git/modules/tiny");
    put(own.join("index"), index(Algorithm::GitBlobSha1));
    put(own.join("HEAD"), COMMIT);
    put(own.join("config"), "[core]\n\tbare = false\n\tworktree = ../../../tiny\n");
    check(&release.path(), WHOLE, &[]);
    put(release.path().join("model.safetensors"), pointer(&weights()));
    let pointers = [
        "config.json match git_index",
        "model.safetensors pointer git_index",
        "model.safetensors pointer lfs_pointer",
    ];
    check(&release.path(), &pointers, &["high lfs-pointer model.safetensors"]);
    let stray = tree().file(".git", "gitdir: /etc\n");
    let unknown = [
        "config.json unverifiable -",
        "model.safetensors unverifiable -",
    ];
    check(&stray.path(), &unknown, NOT_FOLLOWED);
}

#[test]
fn a_repository_that_names_by_sha256_is_held_against_its_index() {
    let release = tree()
        .file(".git/config", "[extensions]\n\tobjectFormat = sha256\n")
        .file(".git/HEAD", "ref: refs/heads/main\n")
        .file(".git/index", index(Algorithm::GitBlobSha256));
    check(&release.path(), WHOLE, &[]);
    let report = verified(&release.path());
    let algorithms: Vec<_> = report.verification.unwrap().files;
    let algorithms: Vec<_> = algorithms.iter().map(|it| it.algorithm.as_deref()).collect();
    assert_eq!(algorithms, [Some("git-blob-sha256"), Some("git-lfs-pointer")]);
    put(release.path().join("config.json"), "{\"model_type\": \"tinY\"}\n");
    check(
        &release.path(),
        &["config.json mismatch git_index", WHOLE[1]],
        &["high digest-mismatch config.json"],
    );
}

// Python packages

/// SHA-256 as `RECORD` writes it, of the weights.
fn line(path: &str) -> String {
    let digest = sha256(&weights());
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in digest.chunks(3) {
        let word = chunk.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte))
            << (8 * (3 - chunk.len()));
        for at in 0..=chunk.len() {
            text.push(char::from(letters[(word >> (18 - 6 * at)) as usize & 63]));
        }
    }
    format!("{path},sha256={text},{}\n", weights().len())
}

#[test]
fn the_list_of_a_python_package_is_checked_inside_and_around_the_release() {
    let list = line("tiny/model.safetensors")
        + &line("tiny/gone.safetensors")
        + "tiny-1.0.dist-info/RECORD,,\n../../bin/tiny,sha256=x,1\n";
    let license = include_str!("../../LICENSE-MIT");
    let wheel = Release::named("unpacked")
        .file("tiny/model.safetensors", weights())
        .file("tiny-1.0.dist-info/licenses/LICENSE", license)
        .file("tiny-1.0.dist-info/RECORD", list);
    let rows = [
        "tiny-1.0.dist-info/RECORD unverifiable -",
        "tiny-1.0.dist-info/licenses/LICENSE unverifiable -",
        "tiny/gone.safetensors missing checksum_list",
        "tiny/model.safetensors match checksum_list",
    ];
    check(&wheel.path(), &rows, &["medium file-missing tiny/gone.safetensors"]);
    let licenses: Vec<String> =
        inspect(&wheel.path()).licenses.iter().map(|it| it.id.clone()).collect();
    assert_eq!(licenses, ["mit"]);
    let inner = wheel.path().join("tiny");
    let rows = [
        "gone.safetensors missing wheel",
        "model.safetensors match wheel",
    ];
    check(&inner, &rows, &["high file-missing gone.safetensors"]);
    let mut bytes = weights();
    *bytes.last_mut().unwrap() ^= 1;
    put(inner.join("model.safetensors"), bytes);
    let rows = [
        "gone.safetensors missing wheel",
        "model.safetensors mismatch wheel",
    ];
    let found = [
        "high digest-mismatch model.safetensors",
        "high file-missing gone.safetensors",
    ];
    check(&inner, &rows, &found);
}

// the hub's cache

fn cache() -> (tempfile::TempDir, PathBuf) {
    let cache = tempfile::tempdir().unwrap();
    let repo = cache.path().join("models--owner--tiny");
    let snapshot = repo.join("snapshots").join(COMMIT);
    for (name, bytes, id) in [
        ("config.json", CONFIG.to_vec(), of(Algorithm::GitBlobSha1, CONFIG)),
        ("model.safetensors", weights(), of(Algorithm::Sha256, &weights())),
    ] {
        put(repo.join("blobs").join(id.to_string()), bytes);
        fs::create_dir_all(&snapshot).unwrap();
        symlink(format!("../../blobs/{id}"), snapshot.join(name)).unwrap();
    }
    put(repo.join("refs/main"), COMMIT);
    (cache, repo)
}

#[test]
fn a_ref_to_a_snapshot_that_is_absent_is_told() {
    let rows = [
        "config.json match hub_blob",
        "model.safetensors match hub_blob",
    ];
    let (_cache, repo) = cache();
    check(&repo, &rows, &[]);
    put(repo.join("refs/refs/pr/1"), "8".repeat(40));
    check(&repo, &rows, &["medium record-invalid -"]);
    let report = verified(&repo);
    let found = report.findings.iter().find(|it| it.id == "record-invalid").unwrap();
    assert_eq!(
        found.message,
        "refs/refs/pr/1 points to commit 888888888888, of which nothing is here"
    );
}

#[test]
fn an_edit_is_told_though_the_time_of_the_file_was_kept() {
    let rows = [
        "config.json mismatch hub_blob",
        "model.safetensors match hub_blob",
    ];
    let (_cache, repo) = cache();
    let place = repo.join("snapshots").join(COMMIT).join("config.json");
    let time = fs::metadata(&place).unwrap().modified().unwrap();
    fs::write(&place, "{\"model_type\": \"tinY\"}\n").unwrap();
    let file = fs::File::options().write(true).open(&place).unwrap();
    file.set_modified(time).unwrap();
    assert_eq!(fs::metadata(&place).unwrap().modified().unwrap(), time);
    check(&repo, &rows, &["high digest-mismatch config.json"]);

    let id = of(Algorithm::GitBlobSha1, CONFIG);
    let local = Release::named("local")
        .file(
            ".cache/huggingface/download/config.json.metadata",
            format!("{COMMIT}\n{id}\n99999999999.5\n"),
        )
        .file("config.json", "{\"model_type\": \"tinY\"}\n");
    check(
        &local.path(),
        &["config.json mismatch hub_metadata"],
        &["high digest-mismatch config.json"],
    );
    let report = verified(&local.path());
    let why = report.verification.unwrap().files[0].why.clone();
    assert_eq!(why.as_deref(), Some("its time says that it was not changed since the download"));
}

#[test]
fn a_name_that_claims_another_size_is_no_matter_of_parts() {
    let release = Release::named("tiny-7b").file("model.safetensors", weights());
    let report = verified(&release.path());
    assert!(findings(&report).iter().any(|it| it.contains("size-claim-disagrees")));
    let kinds = report.verification.unwrap().kinds;
    let consistency = kinds.iter().find(|it| it.kind == "consistency").unwrap();
    assert_eq!(consistency.result, "passed");
}
