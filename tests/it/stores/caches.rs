//! Caches of plain files, and what their clients leave around them.

use std::{fs, os::unix::fs::symlink, path::PathBuf};

use serde_json::json;
use weighbill::words::Origin;

use super::{check, gguf, of_records, put, refused, rows, scanned, sha, verified, weights};

// ModelScope

const MSC: &[u8] = b"\x80\x04]\x94(}\x94(\x8c\x04Path\x94\x8c\x09README.md\x94\x8c\x08Revision\x94\
    \x8c\x011\x94u}\x94(h\x02\x8c\x11model.safetensors\x94h\x04h\x05ue.";

fn modelscope() -> (tempfile::TempDir, PathBuf) {
    let cache = tempfile::tempdir().unwrap();
    let folder = cache.path().join("hub/models/owner/tiny-1___5b");
    put(&folder.join("README.md"), "---\nlicense: mit\n---\n# Tiny\n");
    put(&folder.join("model.safetensors"), weights());
    put(&folder.join(".mv"), "Revision:master,CreatedAt:1700000000");
    put(&folder.join(".msc"), MSC);
    (cache, folder)
}

#[test]
fn an_entry_of_modelscope_is_told_by_its_lists() {
    let (cache, folder) = modelscope();
    let report = verified(&folder);
    assert_eq!(report.release.origin, Origin::Modelscope);
    assert_eq!(report.release.repo_id.as_deref(), Some("owner/tiny-1.5b"));
    assert_eq!(report.release.revision.as_deref(), Some("master"));
    let nothing = [
        "README.md unverifiable modelscope",
        "model.safetensors unverifiable modelscope",
    ];
    check(&folder, &nothing, &[]);
    check(cache.path(), &nothing, &[]);
    assert_eq!(scanned(cache.path()), ["modelscope owner/tiny-1.5b"]);

    fs::remove_file(folder.join("README.md")).unwrap();
    put(&folder.join("run.py"), "");
    put(&cache.path().join("hub/models/._____temp/owner/tiny-1___5b/x.bin"), "half");
    check(
        &folder,
        &[
            "README.md missing modelscope",
            "model.safetensors unverifiable modelscope",
            "run.py unexpected modelscope",
        ],
        &[
            "high file-missing README.md",
            "medium file-unexpected run.py",
            "low download-left-over x.bin",
        ],
    );
    // a list that would run something where the client loads it
    put(&folder.join(".msc"), b"\x80\x04cposix\nsystem\n\x8c\x02id\x85R.");
    let found = of_records(&verified(&folder));
    assert!(found.contains(&"critical pickle-runs-code .msc".to_owned()), "{found:?}");
    assert!(found.contains(&"medium record-invalid .msc".to_owned()), "{found:?}");
}

#[test]
fn a_snapshot_of_modelscope_is_told_by_its_folders() {
    let cache = tempfile::tempdir().unwrap();
    let repo = cache.path().join("models/owner--tiny");
    put(&repo.join("snapshots/master/model.safetensors"), weights());
    let report = verified(&repo);
    assert_eq!(report.release.origin, Origin::Modelscope);
    assert_eq!(report.release.repo_id.as_deref(), Some("owner/tiny"));
    assert_eq!(report.release.revision.as_deref(), Some("master"));
    put(&repo.join("snapshots/v2/model.safetensors"), weights());
    refused(&repo, None, "holds 2 releases");
    refused(&repo, Some("v3"), "there is: master, v2");
    assert_eq!(scanned(cache.path()), ["modelscope owner/tiny"; 2]);
}

// kagglehub

#[test]
fn an_entry_of_kagglehub_is_told_by_its_marks() {
    let cache = tempfile::tempdir().unwrap();
    let variation = cache.path().join("models/owner/tiny/pyTorch/1b");
    let version = variation.join("3");
    put(&version.join("model.safetensors"), weights());
    put(&version.join("config.json"), r#"{"model_type": "tiny"}"#);
    put(&variation.join("3.complete"), "");
    let report = verified(&version);
    assert_eq!(report.release.origin, Origin::Kagglehub);
    assert_eq!(report.release.repo_id.as_deref(), Some("owner/tiny"));
    assert_eq!(report.release.revision.as_deref(), Some("pyTorch/1b/3"));
    let nothing = [
        "config.json unverifiable kagglehub",
        "model.safetensors unverifiable kagglehub",
    ];
    check(&version, &nothing, &[]);
    check(cache.path(), &nothing, &[]);
    assert_eq!(scanned(cache.path()), ["kagglehub owner/tiny"]);

    fs::remove_file(variation.join("3.complete")).unwrap();
    put(&variation.join("3.archive"), "half");
    let unknown = [
        "config.json unverifiable -",
        "model.safetensors unverifiable -",
    ];
    check(&version, &unknown, &["low download-left-over -"]);

    fs::remove_file(variation.join("3.archive")).unwrap();
    put(&variation.join(".complete/3/model.safetensors.complete"), "");
    put(&variation.join(".complete/3/sub/gone.bin.complete"), "");
    check(
        &version,
        &[
            "config.json unverifiable -",
            "model.safetensors unverifiable kagglehub",
            "sub/gone.bin missing kagglehub",
        ],
        &["high file-missing sub/gone.bin"],
    );
}

// llama.cpp

#[test]
fn a_file_of_llama_cpp_is_held_against_its_etag() {
    let cache = tempfile::tempdir().unwrap();
    let folder = cache.path().join("llama.cpp");
    let file = folder.join("owner_tiny_model.gguf");
    put(&file, gguf());
    put(&folder.join("owner_tiny_model.gguf.etag"), format!("\"{}\"", sha(&gguf())));
    let report = verified(&file);
    assert_eq!(report.release.origin, Origin::LlamaCpp);
    assert_eq!(rows(&report), ["owner_tiny_model.gguf match llama_cpp"]);
    check(&folder, &[], &[]);
    assert_eq!(scanned(cache.path()), ["llama_cpp owner_tiny_model.gguf"]);

    let older = folder.join("owner_other_model.gguf");
    put(&older, gguf());
    let note = json!({
        "etag": format!("\"{}\"", sha(&gguf())),
        "url": "https://huggingface.co/owner/other/resolve/main/model.gguf",
    });
    put(&folder.join("owner_other_model.gguf.json"), note.to_string());
    let report = verified(&older);
    assert_eq!(report.release.repo_id.as_deref(), Some("owner/other"));
    assert!(rows(&report).contains(&"owner_other_model.gguf match llama_cpp".to_owned()));
    refused(&folder, None, "holds 2 releases");
    assert_eq!(scanned(cache.path()).len(), 2);

    let mut bytes = gguf();
    *bytes.last_mut().unwrap() ^= 1;
    put(&file, bytes);
    put(&folder.join("owner_tiny_model.gguf.downloadInProgress"), "half");
    check(
        &file,
        &["owner_tiny_model.gguf mismatch llama_cpp"],
        &[
            "high digest-mismatch owner_tiny_model.gguf",
            "low download-left-over owner_tiny_model.gguf",
        ],
    );
}

// torch hub

#[test]
fn a_checkpoint_of_the_torch_hub_is_held_against_its_name() {
    let cache = tempfile::tempdir().unwrap();
    let folder = cache.path().join("torch/hub/checkpoints");
    let named = |bytes: &[u8]| format!("tiny-{}.pth", &sha(bytes)[..8]);
    let file = folder.join(named(&weights()));
    put(&file, weights());
    let report = verified(&file);
    assert_eq!(report.release.origin, Origin::TorchHub);
    assert_eq!(rows(&report), [format!("{} match torch_hub", named(&weights()))]);
    let told = report.verification.unwrap().files.remove(0);
    assert_eq!(told.why.as_deref(), Some("the name tells 8 of 64 digits"));
    check(&folder, &[], &[]);
    assert_eq!(scanned(cache.path()), [format!("torch_hub {}", named(&weights()))]);

    put(&folder.join("other-12345678.pth"), weights());
    refused(&folder, None, "holds 2 releases");
    check(
        &folder.join("other-12345678.pth"),
        &["other-12345678.pth mismatch torch_hub"],
        &["high digest-mismatch other-12345678.pth"],
    );
    // the number of a step is no digest
    let steps = tempfile::tempdir().unwrap();
    put(&steps.path().join("checkpoints/step-00001000.pth"), weights());
    assert_eq!(of_records(&verified(&steps.path().join("checkpoints"))), [""; 0]);
}

// the hub

#[test]
fn a_folder_of_a_snapshot_is_held_against_the_cache_around_it() {
    let cache = tempfile::tempdir().unwrap();
    let repo = cache.path().join("models--owner--tiny");
    let commit = "0123456789abcdef0123456789abcdef01234567";
    let part = repo.join("snapshots").join(commit).join("onnx");
    let blob = repo.join("blobs").join(sha(&weights()));
    put(&blob, weights());
    fs::create_dir_all(&part).unwrap();
    symlink(format!("../../../blobs/{}", sha(&weights())), part.join("model.safetensors")).unwrap();
    let report = verified(&part);
    assert_eq!(report.release.origin, Origin::HubSnapshot);
    assert_eq!(report.release.root, "onnx");
    assert_eq!(report.release.repo_id.as_deref(), Some("owner/tiny"));
    check(&part, &[], &[]);
    let alone = verified(&blob);
    assert_eq!(rows(&alone), [format!("{} match hub_blob", sha(&weights()))]);
}
