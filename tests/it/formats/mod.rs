//! Formats: the same tensors have the same digests whatever holds them, and what is not opened is named
//! with the reason.

mod made;

use weighbill::{
    report::{Report, Tensor},
    words::FileKind,
};

use crate::build::{Release, findings, inspect};

/// Digests of `a` and `b`, as `sha256sum` gives them.
const DIGESTS: [&str; 2] = [
    "24ae2dfe8df57c1b80e54cef3d90ac3b417fd98973345a5f616bbc9a75dcc202",
    "09d9aab42396c2df9877e2aeaf7ca781e78eb50a51acac03cb150cf9974d61ba",
];

fn tensors(report: &Report) -> Vec<&Tensor> {
    let mut tensors: Vec<&Tensor> = report.weights.iter().flat_map(|it| &it.tensors).collect();
    tensors.sort_by(|a, b| a.name.cmp(&b.name));
    tensors
}

#[track_caller]
fn check(path: &str, format: &str, bytes: Vec<u8>) {
    let report = Release::named("one").file(path, bytes).inspect();
    check_tensors(&report, format);
}

#[track_caller]
fn check_tensors(report: &Report, format: &str) {
    let found: Vec<_> = tensors(report)
        .iter()
        .map(|it| (it.name.clone(), it.dtype.clone(), it.shape.clone(), it.sha256.clone()))
        .collect();
    let expected =
        [("a", vec![2, 3], DIGESTS[0]), ("b", vec![4], DIGESTS[1])].map(|(name, shape, digest)| {
            (name.to_owned(), "F32".to_owned(), shape, Some(digest.to_owned()))
        });
    assert_eq!(found, expected, "{format}: {:?}", findings(report));
    assert!(report.weights.iter().all(|it| it.format == format), "{format}");
    assert_eq!(report.totals.parameters, Some(10), "{format}");
    assert_eq!(report.totals.unread, 0, "{format}");
}

#[test]
fn the_same_tensors_have_the_same_digests_in_every_format() {
    check("model.safetensors", "safetensors", made::safetensors());
    check("weights.npz", "npz", made::npz());
    check("pytorch_model.bin", "torch_zip", made::torch());
    check("model.onnx", "onnx", made::onnx());
    check("flax_model.msgpack", "flax", made::flax());
    check("tf_model.h5", "hdf5", made::hdf5());
    check("model.gguf", "gguf", made::gguf());
    check("model.keras", "keras", made::keras());
}

#[test]
fn copies_of_the_weights_that_hold_different_tensors_are_named() {
    let told = |tensors: &[(&str, &str, &[u64])]| {
        let release = Release::named("copies").safetensors("model.safetensors", tensors);
        let report = release.file("pytorch_model.bin", made::torch()).inspect();
        let differ = report.findings.into_iter().filter(|it| it.id == "weight-sets-differ");
        differ.map(|it| it.message).collect::<Vec<_>>()
    };
    assert_eq!(told(&[("a", "F32", &[2, 3]), ("b", "F32", &[4])]), [""; 0]);
    let more = told(&[
        ("a", "F32", &[2, 3]),
        ("b", "F32", &[4]),
        ("c", "F32", &[5]),
    ]);
    assert_eq!(more.len(), 1);
    assert!(more[0].contains("1 tensor not in it: c"), "{more:?}");
    let other = told(&[("a", "F32", &[3, 2]), ("b", "F32", &[4])]);
    assert_eq!(other.len(), 1);
    assert!(other[0].contains("1 tensor of another shape: a"), "{other:?}");
}

#[test]
fn data_beside_a_graph_may_be_called_from_here() {
    for location in [
        "model.onnx_data",
        "./model.onnx_data",
        ".//./model.onnx_data",
    ] {
        let (graph, data) = made::onnx_beside(location);
        let release = Release::named("one")
            .file("onnx/model.onnx", &graph)
            .file("onnx/model.onnx_data", &data);
        check_tensors(&release.inspect(), "onnx");
        check_tensors(&inspect(&release.path().join("onnx/model.onnx")), "onnx");
    }
    for location in [
        "../model.onnx_data",
        "./../model.onnx_data",
        "/model.onnx_data",
    ] {
        let (graph, data) = made::onnx_beside(location);
        let release =
            Release::named("one").file("onnx/model.onnx", &graph).file("model.onnx_data", &data);
        let report = release.inspect();
        assert!(tensors(&report).iter().all(|it| it.sha256.is_none()), "{location}");
        let told = findings(&report);
        assert!(told.iter().any(|it| it.contains("path-escapes")), "{location}: {told:?}");
    }
}

#[test]
fn a_keras_archive_tells_its_version_and_its_layers() {
    let report = Release::named("one").file("model.keras", made::keras()).inspect();
    let weights = &report.weights[0];
    assert_eq!(weights.metadata["keras_version"], "3.5.0");
    assert_eq!(weights.operators.keys().collect::<Vec<_>>(), ["keras.layers::Dense"]);
    assert_eq!(report.artifacts[0].kind, FileKind::Weights);
}

#[test]
fn the_state_of_an_optimizer_is_no_part_of_the_model() {
    let report = Release::named("one").file("epoch.ckpt", made::training()).inspect();
    check_tensors(&report, "torch_zip");
    let evidence: Vec<_> = report.evidence.iter().map(|it| it.saying.as_str()).collect();
    let state = "the state of an optimizer, 2 tensors, under `optimizer`";
    assert!(evidence.contains(&state), "{evidence:?}");
}

#[test]
fn an_archive_of_weight_files_lists_what_is_in_it() {
    let report = Release::named("one").file("models.zip", made::bundle()).inspect();
    let found: Vec<_> =
        tensors(&report).iter().map(|it| (it.name.clone(), it.sha256.clone().unwrap())).collect();
    let expected = [
        ("w.onnx/a", DIGESTS[0]),
        ("w.onnx/b", DIGESTS[1]),
        ("w.safetensors/a", DIGESTS[0]),
        ("w.safetensors/b", DIGESTS[1]),
    ];
    assert_eq!(found, expected.map(|(name, digest)| (name.to_owned(), digest.to_owned())));
    assert_eq!(report.weights[0].format, "zip-bundle");
}

/// A file that is named and not opened: by its first bytes, whatever it is called.
#[track_caller]
fn unopened(path: &str, format: &str, kind: FileKind, head: &[u8], why: &str) {
    let bytes = [head, &[0; 200]].concat();
    let report = Release::named("one").file(path, bytes).inspect();
    let artifact = &report.artifacts[0];
    assert_eq!((artifact.format.as_deref(), artifact.kind), (Some(format), kind), "{path}");
    let told = report.coverage.iter().find(|it| it.path == path);
    let told = told.unwrap_or_else(|| panic!("{path} is not in the coverage"));
    assert_eq!(told.opened, "no", "{path}");
    assert!(told.why.contains(why), "{path}: {}", told.why);
    assert!(artifact.sha256.is_some(), "{path} is not hashed");
}

#[test]
fn what_is_not_opened_is_named_and_said() {
    use FileKind::{Archive, Tokenizer, Weights};

    let trees = "it holds trees, not tensors";
    unopened("m.engine", "tensorrt", Weights, b"ftrt", "TensorRT engines are opaque");
    unopened("m.pte", "executorch", Weights, b"\x08\0\0\0ET12", "ExecuTorch programs");
    unopened("d/0123abcd", "ocdbt", Weights, b"\x0C\xDB\x3A\x2A", "OCDBT trees");
    unopened("m.cbm", "catboost", Weights, b"CBM1", trees);
    unopened("m.model", "xgboost", Weights, b"binf", trees);
    unopened("m.ubj", "xgboost", Weights, b"{L\0\0\0\0\0\0\0\x07learner", trees);
    unopened("m.txt", "lightgbm", Weights, b"tree\nversion=v4\n", trees);
    unopened("m.ftz", "fasttext", Weights, b"\xBA\x16\x4F\x2F", "fastText keeps its matrices");
    unopened("m.7z", "7z", Archive, b"7z\xBC\xAF\x27\x1C", "it is packed");
    let pieces = [b"\x0A\x08\x0A\x01a\x15\0\0\0\0".repeat(3), vec![]].concat();
    let report = Release::named("one").file("tokenizer.model", pieces).inspect();
    assert_eq!(report.artifacts[0].format.as_deref(), Some("sentencepiece"));
    assert_eq!(report.artifacts[0].kind, Tokenizer);
    assert!(report.coverage[0].why.contains("it holds a vocabulary"));
}
