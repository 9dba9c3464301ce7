//! Releases in the stores of other tools, each made here as its tool makes it: whole, and with one
//! thing broken at a time.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use weighbill::{
    Request, Verify,
    digest::{hex, sha256},
    locate::Environment,
    records::Against,
    report::Report,
    words::Origin,
};

use crate::build::{findings, safetensors};

fn put(place: &Path, bytes: impl AsRef<[u8]>) {
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    fs::write(place, bytes).unwrap();
}

fn sha(bytes: &[u8]) -> String {
    hex(&sha256(bytes))
}

fn weights() -> Vec<u8> {
    safetensors(&[("w", "F32", &[2, 3])])
}

/// A GGUF of one tensor, six elements.
fn gguf() -> Vec<u8> {
    let mut file = b"GGUF".to_vec();
    let text = |file: &mut Vec<u8>, text: &str| {
        file.extend((text.len() as u64).to_le_bytes());
        file.extend(text.as_bytes());
    };
    file.extend(3_u32.to_le_bytes());
    file.extend(1_u64.to_le_bytes());
    file.extend(1_u64.to_le_bytes());
    text(&mut file, "general.architecture");
    file.extend(8_u32.to_le_bytes());
    text(&mut file, "llama");
    text(&mut file, "token_embd.weight");
    file.extend(1_u32.to_le_bytes());
    file.extend(6_u64.to_le_bytes());
    file.extend(0_u32.to_le_bytes());
    file.extend(0_u64.to_le_bytes());
    file.resize(file.len().next_multiple_of(32), 0);
    file.extend([0; 24]);
    file
}

fn verified(path: &Path) -> Report {
    let request = Request {
        verify: Some(Verify {
            against: Against { verify: true, ..Against::default() },
            only: Vec::new(),
        }),
        ..Request::of(path)
    };
    weighbill::inspect(&request, 2, &|_, _| {}).unwrap()
}

/// `path status by` of each row.
fn rows(report: &Report) -> Vec<String> {
    let files = &report.verification.as_ref().unwrap().files;
    let row = |it: &weighbill::report::VerifiedFile| {
        format!("{} {} {}", it.path, it.status, it.by.as_deref().unwrap_or("-"))
    };
    files.iter().map(row).collect()
}

/// The findings that come of records, as `severity id path`.
fn of_records(report: &Report) -> Vec<String> {
    const IDS: &[&str] = &[
        "digest-mismatch",
        "file-missing",
        "file-unexpected",
        "record-invalid",
        "download-left-over",
        "path-escapes",
        "link-broken",
        "config-invalid",
        "pickle-runs-code",
    ];
    let of = |line: &String| IDS.iter().any(|id| line.contains(id));
    findings(report).into_iter().filter(of).collect()
}

#[track_caller]
fn check(path: &Path, strange: &[&str], found: &[&str]) {
    let report = verified(path);
    let good = |row: &&String| !row.contains(" match ");
    assert_eq!(rows(&report).iter().filter(good).collect::<Vec<_>>(), strange);
    assert_eq!(of_records(&report), found);
}

#[track_caller]
fn refused(path: &Path, revision: Option<&str>, words: &str) {
    let request = Request {
        revision: revision.map(str::to_owned),
        ..Request::of(path)
    };
    let error = weighbill::inspect(&request, 1, &|_, _| {}).unwrap_err().to_string();
    assert!(error.contains(words), "{error}");
}

/// The names of the releases that `scan` finds, sorted by path.
fn scanned(dir: &Path) -> Vec<String> {
    let mut command = assert_cmd::Command::cargo_bin("weighbill").unwrap();
    let output = command.env_clear().args(["scan", "-q"]).arg(dir).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let name = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        assert_eq!(line["error"], Value::Null);
        let release = &line["release"];
        format!("{} {}", release["origin"].as_str().unwrap(), release["root"].as_str().unwrap())
    };
    text.lines().map(name).collect()
}

// Ollama

struct Ollama(tempfile::TempDir);

impl Ollama {
    /// A store of one model: weights, a template, a license, parameters, and its configuration.
    fn new() -> Self {
        let store = Self(tempfile::tempdir().unwrap());
        let blob = |role: &str, bytes: &[u8]| {
            put(&store.path().join(format!("blobs/sha256-{}", sha(bytes))), bytes);
            json!({"mediaType": role, "digest": format!("sha256:{}", sha(bytes)), "size": bytes.len()})
        };
        let role =
            |role: &str, bytes: &[u8]| blob(&format!("application/vnd.ollama.image.{role}"), bytes);
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
            "config": blob("application/vnd.docker.container.image.v1+json",
                br#"{"model_format":"gguf","model_family":"llama","model_type":"6","file_type":"F32"}"#),
            "layers": [
                role("model", &gguf()),
                role("template", b"{{ .System }} {{ .Prompt }}"),
                role("license", b"MIT License\n"),
                role("params", br#"{"stop":["<|end|>"]}"#),
            ],
        });
        store.tag("tiny/1b", &manifest);
        store
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn manifest(&self, below: &str) -> PathBuf {
        self.path().join("manifests/registry.ollama.ai/library").join(below)
    }

    fn tag(&self, below: &str, manifest: &Value) {
        put(&self.manifest(below), serde_json::to_vec(manifest).unwrap());
    }

    fn blob(&self, bytes: &[u8]) -> PathBuf {
        self.path().join(format!("blobs/sha256-{}", sha(bytes)))
    }
}

#[test]
fn a_model_of_ollama_is_its_manifest_and_the_blobs_it_names() {
    let store = Ollama::new();
    let report = verified(store.path());
    assert_eq!(report.release.origin, Origin::Ollama);
    assert_eq!(report.release.root, "tiny:1b");
    assert_eq!(report.totals.parameters, Some(6));
    assert_eq!(report.verification.as_ref().unwrap().strength, "recorded");
    let kinds: Vec<String> =
        report.artifacts.iter().map(|it| format!("{} {}", it.path, it.kind)).collect();
    assert_eq!(
        kinds,
        [
            "image-config.json config",
            "license license",
            "model.gguf weights",
            "params.json config",
            "template config"
        ]
    );
    check(store.path(), &[], &[]);
    check(&store.manifest("tiny/1b"), &[], &[]);
    check(&store.manifest("tiny"), &[], &[]);
    assert_eq!(scanned(store.path()), ["ollama tiny:1b"]);
    // by name, as `ollama run` takes it
    let request = Request {
        environment: Environment::of(&[("OLLAMA_MODELS", store.path())]),
        ..Request::of(Path::new("tiny:1b"))
    };
    let named = weighbill::inspect(&request, 1, &|_, _| {}).unwrap();
    assert_eq!(named.release.digest, report.release.digest);
    let other = Request { path: "other:7b".into(), ..request };
    let error = weighbill::inspect(&other, 1, &|_, _| {}).unwrap_err().to_string();
    assert!(error.contains("no such model in the Ollama store") && error.contains("ollama pull"));
    // a blob alone, and one of the tags where there are two
    let alone = verified(&store.blob(&gguf()));
    assert_eq!(alone.release.origin, Origin::Ollama);
    assert_eq!(rows(&alone), [format!("sha256-{} match ollama", sha(&gguf()))]);
    fs::copy(store.manifest("tiny/1b"), store.manifest("tiny/latest")).unwrap();
    refused(store.path(), None, "holds 2 releases; inspect one of them:");
    refused(store.path(), Some("9b"), "but `9b` is not; there is: 1b, latest");
    assert_eq!(scanned(store.path()), ["ollama tiny:1b", "ollama tiny:latest"]);
}

#[test]
fn one_thing_broken_in_a_store_of_ollama_is_told() {
    let flipped = Ollama::new();
    let mut bytes = gguf();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(flipped.blob(&gguf()), &bytes).unwrap();
    let mismatch = ["model.gguf mismatch ollama"];
    check(flipped.path(), &mismatch, &["high digest-mismatch model.gguf"]);

    let cut = Ollama::new();
    fs::write(cut.blob(b"MIT License\n"), "MIT").unwrap();
    check(cut.path(), &["license mismatch ollama"], &["high digest-mismatch license"]);

    let gone = Ollama::new();
    fs::remove_file(gone.blob(&gguf())).unwrap();
    fs::write(
        gone.blob(&gguf()).with_extension("").to_string_lossy().into_owned() + "-partial-0",
        "x",
    )
    .unwrap();
    check(
        gone.path(),
        &["model missing ollama"],
        &["high file-missing model", "low download-left-over model"],
    );
    assert_eq!(scanned(gone.path()), ["ollama tiny:1b"]);

    let torn = Ollama::new();
    fs::write(torn.manifest("tiny/1b"), "{\"layers\": [").unwrap();
    check(
        torn.path(),
        &["manifest.json unverifiable -"],
        &[
            "medium config-invalid manifest.json",
            "medium record-invalid manifest.json",
        ],
    );

    let out = Ollama::new();
    put(&out.path().join("../elsewhere-of-weighbill"), "");
    fs::remove_file(out.blob(&gguf())).unwrap();
    symlink("/etc/hostname", out.blob(&gguf())).unwrap();
    check(out.path(), &["model unverifiable ollama"], &["high path-escapes model"]);
    fs::remove_file(out.path().join("../elsewhere-of-weighbill")).unwrap();
}

// OCI image layouts

struct Layout(tempfile::TempDir);

impl Layout {
    /// As `oras pull --oci-layout` leaves it: each file is a layer with its name as a title.
    fn new(files: &[(&str, Vec<u8>)]) -> Self {
        let layout = Self(tempfile::tempdir().unwrap());
        put(&layout.path().join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#);
        put(&layout.path().join("index.json"), r#"{"schemaVersion":2,"manifests":[]}"#);
        layout.image("v1", files);
        layout
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn blob(&self, bytes: &[u8]) -> PathBuf {
        self.path().join("blobs/sha256").join(sha(bytes))
    }

    fn descriptor(&self, media_type: &str, bytes: &[u8]) -> Value {
        put(&self.blob(bytes), bytes);
        json!({"mediaType": media_type, "digest": format!("sha256:{}", sha(bytes)), "size": bytes.len()})
    }

    fn image(&self, tag: &str, files: &[(&str, Vec<u8>)]) -> PathBuf {
        let layer = |(title, bytes): &(&str, Vec<u8>)| {
            let mut layer = self.descriptor("application/octet-stream", bytes);
            layer["annotations"] = json!({"org.opencontainers.image.title": title});
            layer
        };
        let manifest = json!({
            "schemaVersion": 2,
            "config": self.descriptor("application/vnd.oci.empty.v1+json", b"{}"),
            "layers": files.iter().map(layer).collect::<Vec<_>>(),
        });
        let bytes = serde_json::to_vec(&manifest).unwrap();
        let mut image = self.descriptor("application/vnd.oci.image.manifest.v1+json", &bytes);
        image["annotations"] = json!({"org.opencontainers.image.ref.name": tag});
        let index = fs::read(self.path().join("index.json")).unwrap();
        let mut index: Value = serde_json::from_slice(&index).unwrap();
        index["manifests"].as_array_mut().unwrap().push(image);
        put(&self.path().join("index.json"), serde_json::to_vec(&index).unwrap());
        self.blob(&bytes)
    }
}

fn released() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("README.md", b"---\nlicense: mit\n---\n# Tiny\n".to_vec()),
        ("onnx/model.safetensors", weights()),
    ]
}

#[test]
fn an_image_of_an_oci_layout_is_its_layers_under_their_names() {
    let layout = Layout::new(&released());
    let report = verified(layout.path());
    assert_eq!(report.release.origin, Origin::OciLayout);
    assert_eq!(report.release.revision.as_deref(), Some("v1"));
    assert_eq!(
        rows(&report),
        [
            "README.md match oci",
            "manifest.json match oci",
            "onnx/model.safetensors match oci",
        ]
    );
    assert_eq!(report.totals.parameters, Some(6));
    assert_eq!(report.licenses[0].id, "mit");
    assert_eq!(of_records(&report), [""; 0]);
    let name = layout.path().file_name().unwrap().to_str().unwrap().to_owned();
    assert_eq!(scanned(layout.path()), [format!("oci_layout {name}:v1")]);

    let second = layout.image("v2", &[("model.safetensors", weights())]);
    refused(layout.path(), None, "holds 2 releases");
    refused(layout.path(), Some("v3"), "there is: v1, v2");
    check(&second, &[], &[]);
    let request = Request {
        revision: Some("v2".to_owned()),
        ..Request::of(layout.path())
    };
    let report = weighbill::inspect(&request, 1, &|_, _| {}).unwrap();
    assert_eq!(report.release.revision.as_deref(), Some("v2"));
    assert_eq!(scanned(layout.path()).len(), 2);
}

#[test]
fn one_thing_broken_in_an_oci_layout_is_told() {
    let flipped = Layout::new(&released());
    let mut bytes = weights();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(flipped.blob(&weights()), bytes).unwrap();
    check(
        flipped.path(),
        &["onnx/model.safetensors mismatch oci"],
        &["high digest-mismatch onnx/model.safetensors"],
    );

    let gone = Layout::new(&released());
    fs::remove_file(gone.blob(&weights())).unwrap();
    check(
        gone.path(),
        &["onnx/model.safetensors missing oci"],
        &["high file-missing onnx/model.safetensors"],
    );

    let strays = Layout::new(&[
        ("../../../run.py", b"print()".to_vec()),
        ("a.safetensors", weights()),
    ]);
    check(strays.path(), &[], &["high path-escapes run.py"]);

    let headless = Layout::new(&released());
    let index = fs::read_to_string(headless.path().join("index.json")).unwrap();
    let index: Value = serde_json::from_str(&index).unwrap();
    let digest = index["manifests"][0]["digest"].as_str().unwrap().replace(':', "/");
    fs::remove_file(headless.path().join("blobs").join(digest)).unwrap();
    check(
        headless.path(),
        &["manifest.json missing oci"],
        &[
            "high file-missing manifest.json",
            "medium record-invalid manifest.json",
        ],
    );
}

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
