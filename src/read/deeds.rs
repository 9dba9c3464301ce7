//! What names in code show: calls, commands, classes and imports, each a row.

use std::{collections::HashMap, sync::LazyLock};

use foldhash::fast::FixedState;

use crate::facts::Act::{
    self, DefinesModel, Encodes, Evaluates, Prepares, Runs, SetsTraining, Trains,
};

/// One name, and what it shows.
pub(super) struct Row {
    pub(super) act: Act,
    subject: Subject,
    name: &'static str,
    /// Part of the name before the dot, in lower case; empty for any.
    receiver: &'static str,
    /// Packages of which one must be imported; empty for none.
    pub(super) needs: &'static [&'static str],
    /// [`ENOUGH`] is proof by itself; less is a sign among others.
    pub(super) weight: u8,
}

/// From this sum of weights on, a file does such a thing.
const ENOUGH: u32 = 2;

/// From this sum on for code that imports nothing but what comes with Python: there `forward` and
/// `backward` may be the moves of a turtle.
const ENOUGH_ALONE: u32 = 4;

/// Packages that come with Python and that code of any kind imports.
#[rustfmt::skip]
const ORDINARY: &[&str] = &[
    "__future__", "abc", "argparse", "array", "ast", "asyncio", "base64", "bisect", "calendar",
    "cmath", "collections", "colorsys", "contextlib", "copy", "csv", "ctypes", "dataclasses",
    "datetime", "decimal", "difflib", "enum", "errno", "fractions", "functools", "gc", "getopt",
    "getpass", "glob", "gzip", "hashlib", "heapq", "html", "http", "importlib", "inspect", "io",
    "itertools", "json", "keyword", "locale", "logging", "math", "multiprocessing", "numbers",
    "operator", "os", "pathlib", "pickle", "platform", "pprint", "queue", "random", "re", "sched",
    "shutil", "signal", "socket", "sqlite3", "ssl", "stat", "statistics", "string", "struct",
    "subprocess", "sys", "tempfile", "textwrap", "threading", "time", "tkinter", "token",
    "tokenize", "traceback", "turtle", "types", "typing", "unicodedata", "unittest", "urllib",
    "uuid", "warnings", "weakref", "webbrowser", "xml", "zipfile", "zlib",
];

/// The sum of weights that code with these imports must reach.
pub(super) fn needed(packages: &[&str]) -> u32 {
    let ordinary = !packages.is_empty() && packages.iter().all(|it| ORDINARY.contains(it));
    if ordinary { ENOUGH_ALONE } else { ENOUGH }
}

/// What a name is the name of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Subject {
    /// `name(`
    Call,
    /// `receiver.name(`
    Method,
    /// `name(` in a language with braces.
    CCall,
    /// `def name`; names that end in `*` are beginnings.
    Function,
    /// A package that is imported.
    Module,
    /// A word of a shell line.
    Command,
    /// `--name`
    Flag,
    /// A script that a shell line runs; names that end in `*` are beginnings.
    Script,
}
use Subject::{CCall, Call, Command, Flag, Function, Method, Module, Script};

const fn row(act: Act, subject: Subject, name: &'static str, weight: u8) -> Row {
    Row {
        act,
        subject,
        name,
        receiver: "",
        needs: &[],
        weight,
    }
}

const fn of(act: Act, receiver: &'static str, name: &'static str, weight: u8) -> Row {
    Row {
        act,
        subject: Method,
        name,
        receiver,
        needs: &[],
        weight,
    }
}

const fn with(
    act: Act,
    subject: Subject,
    name: &'static str,
    needs: &'static [&'static str],
) -> Row {
    Row {
        act,
        subject,
        name,
        receiver: "",
        needs,
        weight: 2,
    }
}

/// A class with `forward`.
pub(super) static NETWORK: Row = row(DefinesModel, Function, "", 2);
/// A tokenizer or processor class.
pub(super) static ENCODER: Row = row(Encodes, Function, "", 2);
/// What a hosted endpoint calls.
pub(super) static HANDLER: Row = row(Runs, Function, "", 2);

/// Ends of the names of classes that turn inputs into numbers.
#[rustfmt::skip]
pub(super) const ENCODERS: &[&str] = &[
    "Tokenizer", "TokenizerFast", "Processor", "ProcessorMixin", "ImageProcessor",
    "FeatureExtractor",
];

/// Parts of the names of classes whose `forward` is no network.
#[rustfmt::skip]
const NO_NETWORK: &[&str] = &[
    "Loss", "Criterion", "Metric", "Dataset", "Collator", "Callback", "Trainer", "Function",
    "Processor", "Tokenizer", "Sampler", "Evaluator", "Transform", "Scheduler",
];

/// Ends of the names of base classes whose `__call__` or `call` is a network's.
#[rustfmt::skip]
const NETWORKS: &[&str] = &[
    "Module", "Layer", "PreTrainedModel", "FlaxPreTrainedModel", "Model",
];

/// Whether a class with such a method defines a network.
pub(super) fn is_network(class: &str, bases: &[String], method: &str) -> bool {
    let excluded = |name: &str| NO_NETWORK.iter().any(|part| name.contains(part));
    if excluded(class) || bases.iter().any(|base| excluded(base)) {
        return false;
    }
    let of_network = || bases.iter().any(|base| NETWORKS.iter().any(|end| base.ends_with(end)));
    match method {
        "forward" => true,
        "__call__" | "call" => of_network(),
        _ => false,
    }
}

#[rustfmt::skip]
const TORCH_LIKE: &[&str] = &[
    "keras", "tensorflow", "sklearn", "xgboost", "lightgbm", "fastai", "lightning",
    "pytorch_lightning", "setfit", "sentence_transformers", "catboost", "flair", "spacy",
];
const LIGHTNING: &[&str] = &["lightning", "pytorch_lightning", "lightning_fabric"];
const RUNNERS: &[&str] = &["transformers", "diffusers", "optimum", "mlx_lm"];

#[rustfmt::skip]
static ROWS: &[Row] = &[
    // Training.
    row(Trains, Method, "backward", 2),
    of(Trains, "optim", "step", 2),
    of(Trains, "opt", "step", 1),
    of(Trains, "trainer", "train", 2),
    of(Trains, "trainer", "fit", 2),
    of(Trains, "model", "train_on_batch", 2),
    of(Trains, "learn", "fit_one_cycle", 2),
    of(Trains, "deepspeed", "initialize", 2),
    of(Trains, "tf", "GradientTape", 2),
    of(Trains, "jax", "value_and_grad", 2),
    of(Trains, "nn", "value_and_grad", 2),
    of(Trains, "optax", "apply_updates", 2),
    row(Trains, Method, "apply_gradients", 2),
    row(Trains, Call, "GradientTape", 2),
    row(Trains, Call, "value_and_grad", 2),
    row(Trains, Call, "pretrain", 1),
    row(Trains, Call, "train_step", 1),
    row(Trains, Call, "*Trainer", 2),
    row(Trains, Method, "*Trainer", 2),
    row(Trains, Call, "TrainingArguments", 1),
    row(Trains, Call, "AdamW", 1),
    of(Trains, "optim", "AdamW", 1),
    of(Trains, "optim", "Adam", 1),
    of(Trains, "optim", "SGD", 1),
    with(Trains, Method, "fit", TORCH_LIKE),
    with(Trains, Function, "training_step", LIGHTNING),
    with(Trains, Function, "configure_optimizers", LIGHTNING),
    of(Trains, "xgb", "train", 2),
    of(Trains, "xgboost", "train", 2),
    of(Trains, "lgb", "train", 2),
    of(Trains, "lightgbm", "train", 2),
    row(Trains, CCall, "*_backward", 2),
    row(Trains, CCall, "ggml_opt_fit", 2),
    row(Trains, Command, "torchrun", 1),
    row(Trains, Command, "deepspeed", 1),
    row(Trains, Command, "accelerate", 1),
    row(Trains, Command, "axolotl", 1),
    row(Trains, Command, "axolotl.cli.train", 2),
    row(Trains, Command, "llamafactory-cli", 2),
    row(Trains, Command, "mlx_lm.lora", 2),
    row(Trains, Command, "fairseq-train", 2),
    row(Trains, Script, "train*", 2),
    row(Trains, Script, "pretrain*", 2),
    row(Trains, Script, "finetune*", 2),
    row(Trains, Script, "fine_tune*", 2),
    row(Trains, Script, "run_clm*", 2),
    row(Trains, Script, "run_mlm*", 2),
    row(Trains, Script, "run_sft*", 2),
    row(Trains, Script, "sft*", 2),
    row(Trains, Script, "dpo*", 2),
    // Arguments of a launcher.
    row(SetsTraining, Flag, "learning_rate", 1),
    row(SetsTraining, Flag, "lr", 1),
    row(SetsTraining, Flag, "min_lr", 1),
    row(SetsTraining, Flag, "weight_decay", 1),
    row(SetsTraining, Flag, "num_train_epochs", 1),
    row(SetsTraining, Flag, "num_epochs", 1),
    row(SetsTraining, Flag, "max_steps", 1),
    row(SetsTraining, Flag, "max_train_steps", 1),
    row(SetsTraining, Flag, "train_iters", 1),
    row(SetsTraining, Flag, "train_samples", 1),
    row(SetsTraining, Flag, "lr_scheduler_type", 1),
    row(SetsTraining, Flag, "lr_decay_style", 1),
    row(SetsTraining, Flag, "warmup_steps", 1),
    row(SetsTraining, Flag, "warmup_ratio", 1),
    row(SetsTraining, Flag, "lr_warmup_iters", 1),
    row(SetsTraining, Flag, "per_device_train_batch_size", 1),
    row(SetsTraining, Flag, "train_batch_size", 1),
    row(SetsTraining, Flag, "micro_batch_size", 1),
    row(SetsTraining, Flag, "global_batch_size", 1),
    row(SetsTraining, Flag, "gradient_accumulation_steps", 1),
    row(SetsTraining, Flag, "adam_beta1", 1),
    row(SetsTraining, Flag, "adam_beta2", 1),
    row(SetsTraining, Flag, "clip_grad", 1),
    row(SetsTraining, Flag, "max_grad_norm", 1),
    row(SetsTraining, Flag, "deepspeed", 1),
    // Running.
    row(Runs, Method, "generate", 2),
    row(Runs, Call, "generate", 1),
    row(Runs, Method, "chat", 2),
    row(Runs, Method, "transcribe", 2),
    row(Runs, Method, "text_completion", 2),
    row(Runs, Method, "chat_completion", 2),
    row(Runs, Call, "InferenceSession", 2),
    of(Runs, "ort", "InferenceSession", 2),
    of(Runs, "onnxruntime", "InferenceSession", 2),
    with(Runs, Call, "pipeline", RUNNERS),
    with(Runs, Call, "LLM", &["vllm"]),
    with(Runs, Call, "Llama", &["llama_cpp"]),
    with(Runs, Call, "SentenceTransformer", &["sentence_transformers"]),
    with(Runs, Call, "stream_generate", &["mlx_lm", "mlx_vlm"]),
    with(Runs, Method, "from_pretrained", &["diffusers", "optimum"]),
    row(Runs, Method, "from_pretrained", 1),
    row(Runs, Method, "load_state_dict", 1),
    row(Runs, Method, "inference_mode", 1),
    row(Runs, Method, "no_grad", 1),
    of(Runs, "jit", "load", 1),
    of(Runs, "torch", "load", 1),
    with(Runs, Call, "nlp", &["spacy", "stanza"]),
    with(Runs, Method, "predict", &["sklearn", "xgboost", "lightgbm", "catboost", "keras"]),
    row(Runs, Method, "predict", 1),
    row(Runs, Call, "load_model", 1),
    row(Runs, CCall, "llama_decode", 2),
    row(Runs, CCall, "llama_generate", 2),
    row(Runs, Command, "llama-cli", 2),
    row(Runs, Command, "llama-server", 2),
    row(Runs, Command, "vllm", 2),
    row(Runs, Command, "mlx_lm.generate", 2),
    row(Runs, Command, "ollama", 1),
    row(Runs, Script, "generate.py", 2),
    row(Runs, Script, "generate_text*", 2),
    row(Runs, Script, "infer.py", 2),
    row(Runs, Script, "inference*", 2),
    row(Runs, Script, "example_text_completion*", 2),
    row(Runs, Script, "example_chat_completion*", 2),
    // Measuring.
    row(Evaluates, Call, "simple_evaluate", 2),
    row(Evaluates, Call, "load_metric", 2),
    row(Evaluates, Call, "estimate_pass_at_k", 2),
    row(Evaluates, Call, "accuracy_score", 2),
    row(Evaluates, Call, "f1_score", 2),
    row(Evaluates, Call, "corpus_bleu", 2),
    row(Evaluates, Call, "check_correctness", 2),
    row(Evaluates, Call, "evaluate_functional_correctness", 2),
    of(Evaluates, "evaluate", "load", 2),
    of(Evaluates, "trainer", "evaluate", 1),
    of(Evaluates, "sacrebleu", "corpus_bleu", 2),
    of(Evaluates, "evaluator", "simple_evaluate", 2),
    row(Evaluates, Function, "evaluate*", 1),
    row(Evaluates, Function, "compute_metrics*", 1),
    row(Evaluates, Function, "compute_accuracy*", 2),
    row(Evaluates, Function, "compute_perplexity*", 2),
    row(Evaluates, Function, "score_*", 1),
    row(Evaluates, Module, "lm_eval", 2),
    row(Evaluates, Module, "lighteval", 2),
    row(Evaluates, Module, "opencompass", 2),
    row(Evaluates, Module, "bigcode_eval", 2),
    row(Evaluates, Module, "human_eval", 2),
    row(Evaluates, Module, "evalplus", 2),
    row(Evaluates, Module, "mteb", 2),
    row(Evaluates, Module, "sacrebleu", 1),
    row(Evaluates, Module, "rouge_score", 1),
    row(Evaluates, Module, "jiwer", 1),
    row(Evaluates, Module, "torchmetrics", 1),
    row(Evaluates, Command, "lm_eval", 2),
    row(Evaluates, Command, "lm-eval", 2),
    row(Evaluates, Command, "lighteval", 2),
    row(Evaluates, Script, "eval*", 2),
    row(Evaluates, Script, "run_eval*", 2),
    // Preparing data.
    row(Prepares, Call, "MinHash", 2),
    row(Prepares, Call, "MinHashLSH", 2),
    row(Prepares, Call, "IndexedDatasetBuilder", 2),
    row(Prepares, Method, "make_builder", 2),
    row(Prepares, Call, "make_builder", 2),
    row(Prepares, Call, "MDSWriter", 2),
    row(Prepares, Call, "load_dataset", 1),
    of(Prepares, "datasets", "load_dataset", 1),
    row(Prepares, Method, "save_to_disk", 1),
    row(Prepares, Method, "to_parquet", 1),
    row(Prepares, Method, "drop_duplicates", 1),
    row(Prepares, Method, "to_jsonl", 1),
    row(Prepares, Method, "write_table", 1),
    row(Prepares, Method, "to_json", 1),
    of(Prepares, "data", "map", 1),
    of(Prepares, "data", "filter", 1),
    of(Prepares, "ds", "map", 1),
    of(Prepares, "ds", "filter", 1),
    row(Prepares, Method, "train_from_iterator", 2),
    row(Prepares, Call, "BpeTrainer", 2),
    row(Prepares, Call, "train_new_from_iterator", 2),
    of(Prepares, "SentencePieceTrainer", "train", 2),
    row(Prepares, Function, "dedup*", 2),
    row(Prepares, Function, "minhash*", 2),
    row(Prepares, Function, "filter_*", 1),
    row(Prepares, Function, "clean_*", 1),
    row(Prepares, Function, "preprocess*", 1),
    row(Prepares, Function, "tokenize*", 1),
    row(Prepares, Function, "pack_*", 1),
    row(Prepares, Function, "decontaminat*", 2),
    row(Prepares, Function, "remove_pii*", 2),
    row(Prepares, Module, "datatrove", 2),
    row(Prepares, Module, "datasketch", 2),
    row(Prepares, Module, "text_dedup", 2),
    row(Prepares, Module, "trafilatura", 2),
    row(Prepares, Module, "warcio", 2),
    row(Prepares, Module, "justext", 2),
    row(Prepares, Module, "ftfy", 1),
    row(Prepares, Module, "dolma", 2),
    row(Prepares, Script, "preprocess*", 2),
    row(Prepares, Script, "prepare_data*", 2),
    row(Prepares, Script, "dedup*", 2),
    row(Prepares, Script, "tokenize*", 2),
];

/// Trainers of tokenizers train no model.
#[rustfmt::skip]
const TOKENIZER_TRAINERS: &[&str] = &[
    "BpeTrainer", "WordPieceTrainer", "UnigramTrainer", "WordLevelTrainer", "SentencePieceTrainer",
];

/// The rows by how their names are given. Nearly no name has a row, and one look tells.
struct Table {
    whole: HashMap<(Subject, &'static str), Vec<&'static Row>, FixedState>,
    begins: Vec<&'static Row>,
    ends: Vec<&'static Row>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table {
        whole: HashMap::default(),
        begins: Vec::new(),
        ends: Vec::new(),
    };
    for row in ROWS {
        match (row.name.strip_prefix('*'), row.name.strip_suffix('*')) {
            (Some(_), _) => table.ends.push(row),
            (_, Some(_)) => table.begins.push(row),
            _ => table.whole.entry((row.subject, row.name)).or_default().push(row),
        }
    }
    table
});

/// Every row about a name of that kind.
pub(super) fn rows(subject: Subject, name: &str) -> impl Iterator<Item = &'static Row> {
    let table = &*TABLE;
    // The key is only looked up, so a name that lives shorter than the table will do.
    let whole = table.whole.get(&(subject, name)).map_or(&[][..], Vec::as_slice);
    let open = match subject {
        Function | Script => &table.begins[..],
        Call | Method | CCall => &table.ends[..],
        Module | Command | Flag => &[],
    };
    let fits = move |row: &&&Row| {
        row.subject == subject
            && match subject {
                Function | Script => name.starts_with(row.name.trim_end_matches('*')),
                _ => {
                    name.ends_with(row.name.trim_start_matches('*'))
                        && !TOKENIZER_TRAINERS.contains(&name)
                }
            }
    };
    whole.iter().chain(open.iter().filter(fits)).copied()
}

impl Row {
    /// Whether the name before the dot is of the kind that the row asks for.
    pub(super) fn fits(&self, receiver: &str) -> bool {
        if self.act == Trains && TOKENIZER_TRAINERS.contains(&receiver) {
            return false;
        }
        self.receiver.is_empty()
            || receiver == self.receiver
            || receiver.to_ascii_lowercase().contains(&self.receiver.to_ascii_lowercase())
    }
}
