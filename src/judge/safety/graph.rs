//! What graphs have a runtime do: operators that touch files, run Python, or come from elsewhere.

use super::{
    Case, Check, Found, few,
    globals::{Verdict, verdict_of},
};
use crate::{
    facts::{Artifact, Reach, WeightFile},
    words::{Category, Confidence, Place, Severity},
};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "graph-runs-code",
        category: Category::Safety,
        severity: Severity::High,
        title: "A graph or layer that runs code or touches files",
        impact: "Loading or running the model runs Python of the file's own, or reads and writes files of whoever runs it.",
        hint: "Do not load it; ask for a model made of the framework's own layers, or load Keras with `safe_mode=True` from the `.keras` form alone.",
        references: &[
            "https://github.com/tensorflow/tensorflow/blob/master/SECURITY.md",
            "CVE-2024-3660",
            "CVE-2025-1550",
            "CVE-2025-9905",
            "CVE-2025-9906",
            "CVE-2025-49655",
        ],
        find: runs_code,
    },
    Check {
        id: "graph-custom-operator",
        category: Category::Safety,
        severity: Severity::Medium,
        title: "A graph with operators or layers that its framework does not have",
        impact: "Running it needs code from elsewhere: a shared library, or classes that must be registered first.",
        hint: "Find out where the code comes from, and read it before you install it.",
        references: &[],
        find: custom,
    },
    Check {
        id: "torchscript-code",
        category: Category::Safety,
        severity: Severity::Info,
        title: "TorchScript, which is a program",
        impact: "Its code runs when it is loaded and when it is called; the interpreter has no Python, and can still read and write files.",
        hint: "Nothing to mend: load it as you would run a program of the same origin.",
        references: &["https://docs.pytorch.org/docs/stable/jit.html"],
        find: script,
    },
];

/// What operators of TensorFlow's that leave the graph do, by severity. Those by which a graph saves and
/// restores its variables, and reads tables that lie with it, are in every `SavedModel`.
#[rustfmt::skip]
const TENSORFLOW: &[(Severity, &str, &[&str])] = &[
    (Severity::High, "runs Python", &["PyFunc", "PyFuncStateless", "EagerPyFunc", "NumpyFunction"]),
    (Severity::High, "loads machine code", &["LoadLibrary"]),
    (Severity::High, "starts programs", &["ShellExecute"]),
    (Severity::High, "runs a graph that it holds as bytes, which is not read here", &["DatasetFromGraph"]),
    (Severity::High, "reads any file", &["ReadFile", "WholeFileReader", "WholeFileReaderV2", "TextLineReader", "TextLineReaderV2", "SqlDataset", "ExperimentalSqlDataset", "LoadAndRemapMatrix", "GenerateVocabRemapping"]),
    (Severity::High, "maps any file", &["ImmutableConst"]),
    (Severity::High, "writes any file", &["WriteFile", "SaveDataset", "SaveDatasetV2", "DistributedSave"]),
    (Severity::High, "lists files", &["MatchingFiles", "MatchingFilesDataset", "ExperimentalMatchingFilesDataset"]),
    (Severity::High, "opens connections", &["Rpc", "TryRpc", "RpcCall", "RpcClient", "RpcServer", "RpcServerStart", "DataServiceDataset", "DataServiceDatasetV2", "DataServiceDatasetV3", "DataServiceDatasetV4", "RegisterDataset", "RegisterDatasetV2", "BigQueryReader", "KafkaDataset", "GcsConfigureCredentials"]),
    (Severity::High, "writes what passes through it to files or to a server", &["DebugIdentity", "DebugIdentityV2", "DebugIdentityV3", "DebugNanCount", "DebugNumericSummary"]),
    (Severity::Medium, "reads files that the graph names", &["TextLineDataset", "TFRecordDataset", "TFRecordDatasetV2", "TFRecordReader", "TFRecordReaderV2", "FixedLengthRecordDataset", "FixedLengthRecordDatasetV2", "FixedLengthRecordReader", "FixedLengthRecordReaderV2", "CSVDataset", "CSVDatasetV2", "ExperimentalCSVDataset", "LMDBReader", "LMDBDataset", "ExperimentalLMDBDataset", "LoadDataset", "ListDataset", "SSTableDataset"]),
    (Severity::Medium, "writes files that the graph names", &["SnapshotDataset", "SnapshotDatasetV2", "SnapshotDatasetReader", "SnapshotChunkDataset", "CreateSummaryFileWriter", "CreateSummaryDbWriter"]),
];

/// Layers of Keras that hold code.
const KERAS: &[(&str, &str)] = &[
    ("Lambda", "holds Python code as bytes, which run"),
    ("__lambda__", "holds Python code as bytes, which run"),
    ("TorchModuleWrapper", "unpickles a torch module"),
    ("JaxLayer", "calls a function that the file names"),
    ("FlaxLayer", "calls a function that the file names"),
    ("TFSMLayer", "loads a SavedModel from a path that the file names"),
];

/// Packages whose layers Keras knows.
const KERAS_OWN: &[&str] = &[
    "keras",
    "tf_keras",
    "tensorflow",
    "keras_nlp",
    "keras_hub",
    "keras_cv",
    "keras_core",
    "keras_tuner",
    "keras_rs",
    "builtins",
    "tensorflow_addons",
    "tensorflow_hub",
];

/// Domains of ONNX operators that runtimes have, or that a model defines itself.
const DOMAINS: &[&str] = &[
    "ai.onnx",
    "ai.onnx.ml",
    "ai.onnx.training",
    "ai.onnx.preview",
    "ai.onnx.preview.training",
    "com.microsoft",
    "com.microsoft.nchwc",
    "com.microsoft.experimental",
    "com.ms.internal.nhwc",
    "org.pytorch.aten",
    "org.openvinotoolkit",
    "local_functions",
];

fn each(case: &Case, find: impl Fn(&Artifact, &WeightFile) -> Vec<Found>) -> Vec<Found> {
    case.facts.weights().flat_map(|(_, artifact, file)| few(find(artifact, file))).collect()
}

fn is_tensorflow(file: &WeightFile) -> bool {
    matches!(file.format, "tf-savedmodel" | "tf-graph")
}

fn is_keras(file: &WeightFile) -> bool {
    matches!(file.format, "keras" | "hdf5")
}

fn runs_code(case: &Case) -> Vec<Found> {
    each(case, |artifact, file| {
        let of = file.operators.iter().filter_map(|(operator, times)| {
            let (module, class) = operator.rsplit_once("::").unwrap_or(("", operator));
            let place = Place::file(&artifact.path);
            let times = if *times == 1 {
                "once".to_owned()
            } else {
                format!("{times} times")
            };
            if is_keras(file) {
                if let Some((_, does)) = KERAS.iter().find(|(name, _)| *name == class) {
                    return Some(Found::at(place, format!("holds {class} {times}, which {does}")));
                }
                let dangerous = |path: &str| matches!(verdict_of(path), Verdict::Dangerous(_));
                let path = format!("{module}.{class}");
                let harmful = module != "builtins"
                    && !module.is_empty()
                    && (dangerous(&path) || dangerous(module));
                return harmful.then(|| {
                    let message = format!(
                        "names {module} as the module of {class}, which is loaded and called"
                    );
                    Found::at(place, message).severity(Severity::Critical)
                });
            }
            if is_tensorflow(file) {
                let row = TENSORFLOW.iter().find(|(_, _, names)| names.contains(&class));
                return row.map(|(severity, does, _)| {
                    Found::at(place, format!("calls {class} {times}, which {does}"))
                        .severity(*severity)
                });
            }
            (class == "PyOp" || class == "PyCustomOp")
                .then(|| Found::at(place, format!("calls {operator} {times}, which runs Python")))
        });
        of.collect()
    })
}

fn custom(case: &Case) -> Vec<Found> {
    each(case, |artifact, file| {
        let of = file.operators.keys().filter_map(|operator| {
            let (module, class) = operator.rsplit_once("::")?;
            if class == "PyOp" || class == "PyCustomOp" {
                return None;
            }
            let root = module.split('.').next().unwrap_or(module);
            let foreign = match file.format {
                _ if is_keras(file) => {
                    !KERAS_OWN.contains(&root)
                        && !matches!(verdict_of(module), Verdict::Dangerous(_))
                }
                "onnx" => !DOMAINS.contains(&module) && !module.starts_with("pkg."),
                "openvino" => module.starts_with("extension"),
                _ => false,
            };
            foreign.then(|| {
                let message =
                    format!("calls {class} of `{module}`, which the framework does not have");
                Found::at(Place::file(&artifact.path), message).confidence(Confidence::Likely)
            })
        });
        of.collect()
    })
    .into_iter()
    .chain(scripts(case).flat_map(foreign))
    .collect()
}

fn scripts<'a>(case: &Case<'a>) -> impl Iterator<Item = &'a Artifact> {
    case.facts.artifacts.iter().filter(|it| it.format == Some("torchscript"))
}

/// What the modules of a program reach, each with its module.
fn reached(artifact: &Artifact, foreign: bool) -> impl Iterator<Item = (&str, &Reach)> {
    let all = artifact.within.code.iter();
    let all = all.flat_map(|(member, reaches)| reaches.iter().map(move |it| (member.as_str(), it)));
    all.filter(move |(_, it)| it.does.starts_with("is an operator") == foreign)
}

fn script(case: &Case) -> Vec<Found> {
    let of = |it: &Artifact| {
        let place = Place::file(&it.path);
        let mut touches = reached(it, false).peekable();
        if touches.peek().is_none() {
            return vec![Found::at(place, "holds code beside its tensors")];
        }
        let found = touches.map(|(member, reach)| {
            let at = place.clone().member(member).line(reach.line);
            Found::at(at, format!("calls {}, which {}", reach.name, reach.does))
                .severity(Severity::High)
        });
        few(found.collect())
    };
    scripts(case).flat_map(of).collect()
}

/// Operators and classes of a program that torch does not have.
fn foreign(artifact: &Artifact) -> Vec<Found> {
    let place = Place::file(&artifact.path);
    let operators = reached(artifact, true).map(|(member, reach)| {
        let at = place.clone().member(member).line(reach.line);
        Found::at(at, format!("calls {}, which torch does not have", reach.name))
    });
    let names = artifact.pickles().flat_map(|it| &it.globals).filter_map(|global| {
        let space = global.module.strip_prefix("__torch__.torch.classes.")?;
        let space = space.split('.').next()?;
        (!CLASSES.contains(&space)).then(|| {
            let message = format!("holds a {space}.{}, which torch does not have", global.name);
            Found::at(place.clone(), message)
        })
    });
    few(operators.chain(names).map(|it| it.confidence(Confidence::Likely)).collect())
}

/// Where torch's own custom classes are registered, and those of its project's libraries.
#[rustfmt::skip]
const CLASSES: &[&str] = &[
    "quantized", "xnnpack", "sparse", "rnn", "c10d", "dist_rpc", "profiler", "static_runtime", "metal", "vulkan", "cuda", "mkldnn", "_nnapi", "nnapi", "torchaudio", "torchvision", "torchtext", "tensorrt", "inductor",
];
