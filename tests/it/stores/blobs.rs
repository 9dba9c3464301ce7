//! Stores that name their blobs after the content: Ollama, OCI image layouts.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use weighbill::{Request, locate::Environment, words::Origin};

use super::{check, gguf, of_records, put, refused, rows, scanned, sha, verified, weights};

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
    refused(store.path(), Some("9b"), "has no `9b`; there is: 1b, latest");
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
    assert_eq!(scanned(layout.path()), [format!("oci_layout {name}")]);

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
