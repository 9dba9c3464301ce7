//! The hub's cache: snapshots, links into blobs, revisions, and what lies outside.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use weighbill::{Request, locate::Environment, words::Origin};

use crate::build::{findings, safetensors};

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";
const OLDER: &str = "0123aaaa89abcdef0123456789abcdef01234567";

/// A cache with one repo of two snapshots; `main` points to the first.
fn cache() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let repo = folder.path().join("hub/models--tiny--release");
    for commit in [COMMIT, OLDER] {
        fs::create_dir_all(repo.join("snapshots").join(commit)).unwrap();
    }
    fs::create_dir_all(repo.join("blobs")).unwrap();
    fs::create_dir_all(repo.join("refs/refs/pr")).unwrap();
    fs::write(repo.join("refs/main"), COMMIT).unwrap();
    fs::write(repo.join("refs/refs/pr/1"), OLDER).unwrap();
    fs::write(repo.join("blobs/aaaa"), safetensors(&[("w", "F32", &[2])])).unwrap();
    for commit in [COMMIT, OLDER] {
        symlink("../../blobs/aaaa", repo.join("snapshots").join(commit).join("model.safetensors"))
            .unwrap();
    }
    (folder, repo)
}

fn request(path: impl AsRef<Path>, home: &Path, revision: Option<&str>) -> Request {
    Request {
        revision: revision.map(str::to_owned),
        environment: Environment::of(&[("HF_HOME", home)]),
        ..Request::of(path.as_ref())
    }
}

#[test]
fn a_repo_is_found_by_id_folder_snapshot_and_revision() {
    let (home, repo) = cache();
    check(&request("tiny/release", home.path(), None), COMMIT, Some("main"));
    check(&request("tiny/release", home.path(), Some("refs/pr/1")), OLDER, Some("refs/pr/1"));
    check(&request("tiny/release", home.path(), Some("0123aaaa")), OLDER, Some("refs/pr/1"));
    check(&request(&repo, home.path(), None), COMMIT, Some("main"));
    check(
        &request(repo.join("snapshots").join(OLDER), home.path(), None),
        OLDER,
        Some("refs/pr/1"),
    );
}

#[track_caller]
fn check(request: &Request, commit: &str, revision: Option<&str>) {
    let report = weighbill::inspect(request, 1, &|_, _| {}).unwrap();
    assert_eq!(report.release.origin, Origin::HubSnapshot);
    assert_eq!(report.release.commit.as_deref(), Some(commit));
    assert_eq!(report.release.revision.as_deref(), revision);
    assert_eq!(report.release.root, "tiny/release");
    assert_eq!(report.totals.parameters, Some(2));
    assert!(report.artifacts[0].sha256.is_some());
}

#[test]
fn what_is_not_there_is_said_with_what_to_do() {
    let (home, _) = cache();
    refused(
        &request("tiny/other", home.path(), None),
        "no folder or file `tiny/other`, and no such repo in the Hugging Face cache",
    );
    refused(
        &request("tiny/release", home.path(), Some("v9")),
        "tiny/release is in the cache, but `v9` is not; there is: main (0123456789ab), refs/pr/1 (0123aaaa89ab)",
    );
    refused(&request("tiny/release", home.path(), Some("0123")), "but `0123` is not");
    refused(&request("no/such/path", home.path(), None), "cannot open `no/such/path`");
    refused(
        &request(home.path().join("hub"), home.path(), None),
        "holds 1 repo; inspect one of them:\n  weighbill inspect ",
    );
    refused(&request(home.path(), home.path(), None), "holds 1 repo");
}

#[track_caller]
fn refused(request: &Request, words: &str) {
    let error = weighbill::inspect(request, 1, &|_, _| {}).unwrap_err().to_string();
    assert!(error.contains(words), "{error}");
}

#[test]
fn links_into_blobs_are_ordinary_and_links_out_of_the_cache_are_not() {
    let (home, repo) = cache();
    fs::write(home.path().join("elsewhere"), "x").unwrap();
    let snapshot = repo.join("snapshots").join(COMMIT);
    symlink("../../../../elsewhere", snapshot.join("out.txt")).unwrap();
    symlink("../../blobs/gone", snapshot.join("gone.json")).unwrap();
    let report = weighbill::inspect(&request(&snapshot, home.path(), None), 1, &|_, _| {}).unwrap();
    let found = findings(&report);
    assert!(found.contains(&"high path-escapes out.txt".to_owned()), "{found:?}");
    assert!(found.contains(&"medium link-broken gone.json".to_owned()), "{found:?}");
    assert!(!found.iter().any(|it| it.contains("model.safetensors")), "{found:?}");
}

#[test]
fn a_shared_store_is_part_of_the_cache_where_its_marker_says_so() {
    let (home, repo) = cache();
    let shared = home.path().join("hub/blobs");
    fs::create_dir_all(shared.join("ab")).unwrap();
    fs::write(shared.join("ab/abcd"), "shared").unwrap();
    symlink("../../blobs/ab/abcd", repo.join("blobs/bbbb")).unwrap();
    let snapshot = repo.join("snapshots").join(COMMIT);
    symlink("../../blobs/bbbb", snapshot.join("shared.txt")).unwrap();
    let escapes = |request: &Request| {
        let report = weighbill::inspect(request, 1, &|_, _| {}).unwrap();
        findings(&report).contains(&"high path-escapes shared.txt".to_owned())
    };
    let request = request(&snapshot, home.path(), None);
    assert!(escapes(&request));
    fs::write(shared.join(".huggingface-shared-blobs"), "1\n").unwrap();
    assert!(!escapes(&request));
}

#[test]
fn bookkeeping_of_a_download_is_kept_out_of_the_counts() {
    let folder = tempfile::tempdir().unwrap();
    let notes = folder.path().join(".cache/huggingface/download");
    fs::create_dir_all(&notes).unwrap();
    fs::write(notes.join("config.json.metadata"), format!("{COMMIT}\nabc\n1.0\n")).unwrap();
    fs::write(folder.path().join("config.json"), "{}").unwrap();
    let report = weighbill::inspect(&Request::of(folder.path()), 1, &|_, _| {}).unwrap();
    assert_eq!(report.release.origin, Origin::HubLocalDir);
    assert_eq!(report.totals.files, 1);
    assert_eq!(report.artifacts.len(), 2);
    assert!(report.release.digest.is_some());
}
