//! Releases whose danger lies in graphs and layers.

use super::{
    Level, Sample, adding,
    made::{one, zip},
};

/// A field of a protocol buffer that holds bytes.
fn span(number: u8, bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let bytes = bytes.as_ref();
    let len = bytes.len();
    let mut field = vec![
        number << 3 | 2,
        u8::try_from(len & 0x7F | if len > 127 { 0x80 } else { 0 }).unwrap(),
    ];
    if len > 127 {
        field.push(u8::try_from(len >> 7).unwrap());
    }
    [field, bytes.to_vec()].concat()
}

/// An ONNX model of one node.
fn onnx(domain: &str, operator: &str) -> Vec<u8> {
    let node = [
        span(1, "x"),
        span(2, "y"),
        span(3, "n"),
        span(4, operator),
        span(7, domain),
    ]
    .concat();
    let weight = [vec![0x08, 2, 0x10, 1], span(8, "w"), span(9, [0; 8])].concat();
    [
        vec![0x08, 8],
        span(7, [span(1, node), span(2, "g"), span(5, weight)].concat()),
    ]
    .concat()
}

/// An ONNX model whose weights lie elsewhere.
fn external(location: &str) -> Vec<u8> {
    let entry = [span(1, "location"), span(2, location)].concat();
    let weight = [
        vec![0x08, 2, 0x10, 1],
        span(8, "w"),
        span(13, entry),
        vec![0x70, 1],
    ]
    .concat();
    [
        vec![0x08, 8],
        span(7, [span(2, "g"), span(5, weight)].concat()),
    ]
    .concat()
}

/// A TensorFlow graph of two nodes, one of them this operator.
fn saved_model(operator: &str) -> Vec<u8> {
    let node = |name: &str, operator: &str| span(1, [span(1, name), span(2, operator)].concat());
    let graph = [node("a", "Placeholder"), node("b", operator)].concat();
    [
        vec![0x08, 1],
        span(
            2,
            [
                span(1, [span(4, "serve"), span(5, "2.15.0")].concat()),
                span(2, graph),
            ]
            .concat(),
        ),
    ]
    .concat()
}

fn keras(config: &str) -> Vec<u8> {
    zip(&[
        ("metadata.json", b"{\"keras_version\": \"3.0.0\"}"),
        ("config.json", config.as_bytes()),
    ])
}

pub(crate) fn dangerous(samples: &mut Vec<Sample>) {
    let mut add = adding(samples, Level::Dangerous);

    for layer in ["Lambda", "TorchModuleWrapper", "TFSMLayer"] {
        add(
            "a layer of Keras",
            one(
                "a.keras",
                keras(&format!(
                    "{{\"class_name\": \"Functional\", \"module\": \"keras\", \"config\": {{\"layers\": [{{\"class_name\": \"{layer}\", \"module\": \"keras.layers\", \"config\": {{}}}}]}}}}"
                )),
            ),
        );
    }
    add(
        "a function that Keras calls",
        one(
            "a.keras",
            keras("{\"class_name\": \"function\", \"module\": \"os\", \"config\": \"system\"}"),
        ),
    );
    add(
        "a lambda as a value",
        one(
            "a.keras",
            keras(
                "{\"class_name\": \"Dense\", \"module\": \"keras.layers\", \"config\": {\"activation\": {\"class_name\": \"__lambda__\", \"config\": {\"value\": \"x\"}}}}",
            ),
        ),
    );
    for operator in [
        "ReadFile",
        "WriteFile",
        "PyFunc",
        "EagerPyFunc",
        "MatchingFiles",
        "PyFuncStateless",
        "ImmutableConst",
        "DatasetFromGraph",
        "DebugIdentityV2",
        "DebugIdentityV3",
        "SqlDataset",
        "SaveDatasetV2",
        "DataServiceDatasetV4",
        "RpcCall",
        "LoadAndRemapMatrix",
    ] {
        add("an operator of TensorFlow", one("saved_model.pb", saved_model(operator)));
    }
    add("an operator that runs Python", one("a.onnx", onnx("ai.onnx.contrib", "PyOp")));
    for location in [
        "/etc/passwd",
        "../../secret",
        "a/../../b",
        "..\\..\\b",
        "https://x.org/w",
        "C:\\w.bin",
        "\\\\host\\share",
    ] {
        add("weights elsewhere", one("a.onnx", external(location)));
    }
}

pub(crate) fn suspicious(samples: &mut Vec<Sample>) {
    let mut add = adding(samples, Level::Suspicious);

    for operator in [
        "TextLineDataset",
        "TFRecordDatasetV2",
        "CSVDataset",
        "SnapshotDatasetV2",
        "CreateSummaryFileWriter",
    ] {
        add("an operator of TensorFlow", one("saved_model.pb", saved_model(operator)));
    }
    add("an operator of someone's own", one("a.onnx", onnx("my.domain", "Thing")));
    add(
        "a layer of someone's own",
        one(
            "a.keras",
            keras(
                "{\"class_name\": \"Mine\", \"module\": \"my_package.layers\", \"registered_name\": \"mine>Mine\", \"config\": {}}",
            ),
        ),
    );
}

pub(crate) fn benign(samples: &mut Vec<Sample>) {
    let mut add = adding(samples, Level::Clean);

    add(
        "Keras",
        one(
            "a.keras",
            keras(
                "{\"class_name\": \"Sequential\", \"module\": \"keras\", \"config\": {\"layers\": [{\"class_name\": \"Dense\", \"module\": \"keras.layers\", \"config\": {\"activation\": \"relu\", \"kernel_initializer\": {\"class_name\": \"GlorotUniform\", \"module\": \"keras.initializers\"}}}]}}",
            ),
        ),
    );
    for operator in [
        "SaveV2",
        "RestoreV2",
        "MatMul",
        "StatefulPartitionedCall",
        "PartitionedCall",
        "NoOp",
        "MergeV2Checkpoints",
        "ShardedFilename",
        "InitializeTableFromTextFileV2",
        "LookupTableFindV2",
        "DecodeJpeg",
        "PrintV2",
        "DebugNumericSummaryV2",
        "IteratorV2",
        "TensorDataset",
    ] {
        add("an operator of TensorFlow", one("saved_model.pb", saved_model(operator)));
    }
    add("ONNX", one("a.onnx", onnx("", "Conv")));
    add("ONNX of Microsoft's", one("a.onnx", onnx("com.microsoft", "MatMulNBits")));
    let mut beside = one("a.onnx", external("a.onnx_data"));
    beside.extend(one("a.onnx_data", [0; 8]));
    add("ONNX with its data beside it", beside);
}
