//! What a file is for, told from its name. Content has the last word: a file of a weight format is
//! weights whatever it is called, and a pointer is a pointer.

use crate::words::FileKind;

/// A pattern over a file's path, lower-cased.
pub struct Pattern {
    /// How it fits.
    pub name: Name,
    /// What it then is for.
    pub kind: FileKind,
}

/// How a pattern fits a path.
pub enum Name {
    /// The path starts so: a folder at the root.
    Below(&'static str),
    /// A folder of that name lies anywhere on the path.
    Inside(&'static str),
    /// The last part is this.
    Is(&'static str),
    /// The last part starts so.
    Starts(&'static str),
    /// The last part ends so.
    Ends(&'static str),
    /// The last part starts with the one and ends with the other.
    Both(&'static str, &'static str),
}

impl Name {
    fn fits(&self, path: &str, name: &str) -> bool {
        match *self {
            Self::Below(folder) => path.strip_prefix(folder).is_some_and(|it| it.starts_with('/')),
            Self::Inside(folder) => path.split('/').rev().skip(1).any(|part| part == folder),
            Self::Is(whole) => name == whole,
            Self::Starts(start) => name.starts_with(start),
            Self::Ends(end) => name.ends_with(end),
            Self::Both(start, end) => name.starts_with(start) && name.ends_with(end),
        }
    }
}

/// What the file at `path` is for, by its name alone.
pub fn kind_of(path: &str) -> FileKind {
    let path = path.to_lowercase();
    let name = path.rsplit('/').next().unwrap_or(&path);
    let row = KINDS.iter().find(|row| row.name.fits(&path, name));
    row.map_or(FileKind::Other, |row| row.kind)
}

const fn row(name: Name, kind: FileKind) -> Pattern {
    Pattern { name, kind }
}

/// File names and what they are for; the first that fits wins.
#[rustfmt::skip]
pub const KINDS: &[Pattern] = &[
    // what clients and git keep for themselves
    row(Name::Below(".cache/huggingface"), FileKind::Bookkeeping),
    row(Name::Below(".git"), FileKind::Bookkeeping),
    row(Name::Below(".locks"), FileKind::Bookkeeping),
    row(Name::Below(".no_exist"), FileKind::Bookkeeping),
    row(Name::Is(".git"), FileKind::Bookkeeping),
    row(Name::Is(".ds_store"), FileKind::Bookkeeping),
    row(Name::Is("thumbs.db"), FileKind::Bookkeeping),
    row(Name::Is("desktop.ini"), FileKind::Bookkeeping),
    row(Name::Is(".msc"), FileKind::Bookkeeping),
    row(Name::Is(".mdl"), FileKind::Bookkeeping),
    row(Name::Is(".mv"), FileKind::Bookkeeping),
    row(Name::Ends(".gguf.etag"), FileKind::Bookkeeping),
    // source, whatever it is named after
    row(Name::Ends(".py"), FileKind::Code),
    // terms
    row(Name::Ends("use_policy.md"), FileKind::Policy),
    row(Name::Starts("use_policy"), FileKind::Policy),
    row(Name::Starts("use-policy"), FileKind::Policy),
    row(Name::Starts("usage_policy"), FileKind::Policy),
    row(Name::Starts("acceptable_use"), FileKind::Policy),
    row(Name::Starts("acceptable-use"), FileKind::Policy),
    row(Name::Starts("prohibited_use"), FileKind::Policy),
    row(Name::Is("notice"), FileKind::Notice),
    row(Name::Starts("notice."), FileKind::Notice),
    row(Name::Starts("notices"), FileKind::Notice),
    row(Name::Starts("third_party_notice"), FileKind::Notice),
    row(Name::Starts("third-party-notice"), FileKind::Notice),
    row(Name::Starts("thirdpartynotice"), FileKind::Notice),
    row(Name::Is("authors"), FileKind::Notice),
    row(Name::Ends(".license"), FileKind::License),
    row(Name::Starts("license"), FileKind::License),
    row(Name::Starts("licence"), FileKind::License),
    row(Name::Starts("copying"), FileKind::License),
    row(Name::Starts("unlicense"), FileKind::License),
    row(Name::Starts("model_license"), FileKind::License),
    row(Name::Starts("model-license"), FileKind::License),
    row(Name::Starts("model license"), FileKind::License),
    row(Name::Both("terms", ".md"), FileKind::License),
    row(Name::Both("terms", ".txt"), FileKind::License),
    row(Name::Ends("license.txt"), FileKind::License),
    row(Name::Ends("license.md"), FileKind::License),
    row(Name::Ends("licence.txt"), FileKind::License),
    row(Name::Ends("agreement.txt"), FileKind::License),
    row(Name::Ends("agreement.md"), FileKind::License),
    // cards
    row(Name::Starts("data_summary_card"), FileKind::DataCard),
    row(Name::Both("data_card", ".md"), FileKind::DataCard),
    row(Name::Both("data-card", ".md"), FileKind::DataCard),
    row(Name::Both("datacard", ".md"), FileKind::DataCard),
    row(Name::Both("dataset_card", ".md"), FileKind::DataCard),
    row(Name::Both("datasheet", ".md"), FileKind::DataCard),
    row(Name::Both("readme", ".md"), FileKind::ModelCard),
    row(Name::Is("readme"), FileKind::ModelCard),
    row(Name::Is("readme.txt"), FileKind::ModelCard),
    row(Name::Is("readme.rst"), FileKind::ModelCard),
    row(Name::Is("readme.markdown"), FileKind::ModelCard),
    row(Name::Both("model_card", ".md"), FileKind::ModelCard),
    row(Name::Both("model-card", ".md"), FileKind::ModelCard),
    row(Name::Both("modelcard", ".md"), FileKind::ModelCard),
    row(Name::Is("model_card"), FileKind::ModelCard),
    // digests and listings
    row(Name::Ends(".sha256"), FileKind::Record),
    row(Name::Ends(".sha512"), FileKind::Record),
    row(Name::Ends(".sha384"), FileKind::Record),
    row(Name::Ends(".sha1"), FileKind::Record),
    row(Name::Ends(".md5"), FileKind::Record),
    row(Name::Ends(".b3"), FileKind::Record),
    row(Name::Ends(".chk"), FileKind::Record),
    row(Name::Starts("sha256sum"), FileKind::Record),
    row(Name::Starts("sha1sum"), FileKind::Record),
    row(Name::Starts("sha384sum"), FileKind::Record),
    row(Name::Starts("sha512sum"), FileKind::Record),
    row(Name::Starts("md5sum"), FileKind::Record),
    row(Name::Starts("b2sum"), FileKind::Record),
    row(Name::Starts("b3sum"), FileKind::Record),
    row(Name::Starts("checksum"), FileKind::Record),
    row(Name::Is("manifest"), FileKind::Record),
    row(Name::Is("record"), FileKind::Record),
    row(Name::Is("huggingface-metadata.txt"), FileKind::Record),
    row(Name::Is("mof.json"), FileKind::Record),
    row(Name::Ends(".sig"), FileKind::Signature),
    row(Name::Ends(".sigstore"), FileKind::Signature),
    row(Name::Ends(".sigstore.json"), FileKind::Signature),
    row(Name::Ends(".asc"), FileKind::Signature),
    // indexes before other JSON
    row(Name::Ends(".index.json"), FileKind::Index),
    // what a training run leaves behind
    row(Name::Is("training_args.bin"), FileKind::TrainingState),
    row(Name::Is("training_args.json"), FileKind::Recipe),
    row(Name::Is("trainer_state.json"), FileKind::TrainingState),
    row(Name::Is("trainer_log.jsonl"), FileKind::TrainingState),
    row(Name::Starts("optimizer."), FileKind::TrainingState),
    row(Name::Starts("optim_states"), FileKind::TrainingState),
    row(Name::Starts("scheduler."), FileKind::TrainingState),
    row(Name::Starts("scaler."), FileKind::TrainingState),
    row(Name::Starts("rng_state"), FileKind::TrainingState),
    row(Name::Starts("random_states"), FileKind::TrainingState),
    row(Name::Starts("events.out.tfevents"), FileKind::TrainingState),
    row(Name::Is("train_results.json"), FileKind::TrainingState),
    // results
    row(Name::Inside(".eval_results"), FileKind::Evaluation),
    row(Name::Both("eval_", ".json"), FileKind::Evaluation),
    row(Name::Both("eval_", ".txt"), FileKind::Evaluation),
    row(Name::Both("results_", ".json"), FileKind::Evaluation),
    row(Name::Is("results.json"), FileKind::Evaluation),
    row(Name::Is("all_results.json"), FileKind::Evaluation),
    row(Name::Is("eval_results.json"), FileKind::Evaluation),
    row(Name::Is("predict_results.json"), FileKind::Evaluation),
    row(Name::Ends("_results.csv"), FileKind::Evaluation),
    // tokenizers
    row(Name::Starts("tokenizer"), FileKind::Tokenizer),
    row(Name::Is("vocab.json"), FileKind::Tokenizer),
    row(Name::Is("vocab.txt"), FileKind::Tokenizer),
    row(Name::Is("vocab.bpe"), FileKind::Tokenizer),
    row(Name::Is("encoder.json"), FileKind::Tokenizer),
    row(Name::Is("merges.txt"), FileKind::Tokenizer),
    row(Name::Is("added_tokens.json"), FileKind::Tokenizer),
    row(Name::Is("special_tokens_map.json"), FileKind::Tokenizer),
    row(Name::Is("sentencepiece.bpe.model"), FileKind::Tokenizer),
    row(Name::Is("spiece.model"), FileKind::Tokenizer),
    row(Name::Is("spm.model"), FileKind::Tokenizer),
    row(Name::Is("tekken.json"), FileKind::Tokenizer),
    row(Name::Starts("chat_template"), FileKind::Tokenizer),
    row(Name::Inside("additional_chat_templates"), FileKind::Tokenizer),
    row(Name::Ends(".tiktoken"), FileKind::Tokenizer),
    row(Name::Ends(".vocab"), FileKind::Tokenizer),
    // recipes
    row(Name::Is("ds_config.json"), FileKind::Recipe),
    row(Name::Starts("deepspeed"), FileKind::Recipe),
    row(Name::Starts("mergekit"), FileKind::Recipe),
    row(Name::Starts("axolotl"), FileKind::Recipe),
    row(Name::Both("accelerate", ".yaml"), FileKind::Recipe),
    row(Name::Both("training", ".yaml"), FileKind::Recipe),
    row(Name::Both("training", ".yml"), FileKind::Recipe),
    row(Name::Both("train", ".yaml"), FileKind::Recipe),
    row(Name::Both("train", ".yml"), FileKind::Recipe),
    // weights
    row(Name::Ends(".safetensors"), FileKind::Weights),
    row(Name::Ends(".gguf"), FileKind::Weights),
    row(Name::Ends(".ggml"), FileKind::Weights),
    row(Name::Ends(".bin"), FileKind::Weights),
    row(Name::Ends(".pt"), FileKind::Weights),
    row(Name::Ends(".pth"), FileKind::Weights),
    row(Name::Ends(".ckpt"), FileKind::Weights),
    row(Name::Ends(".onnx"), FileKind::Weights),
    row(Name::Ends(".onnx_data"), FileKind::Weights),
    row(Name::Ends(".h5"), FileKind::Weights),
    row(Name::Ends(".hdf5"), FileKind::Weights),
    row(Name::Ends(".keras"), FileKind::Weights),
    row(Name::Ends(".msgpack"), FileKind::Weights),
    row(Name::Ends(".tflite"), FileKind::Weights),
    row(Name::Ends(".mlmodel"), FileKind::Weights),
    row(Name::Ends(".npz"), FileKind::Weights),
    row(Name::Ends(".nemo"), FileKind::Weights),
    row(Name::Ends(".ot"), FileKind::Weights),
    row(Name::Ends(".pdparams"), FileKind::Weights),
    row(Name::Ends(".pdiparams"), FileKind::Weights),
    row(Name::Ends(".distcp"), FileKind::Weights),
    row(Name::Ends(".engine"), FileKind::Weights),
    row(Name::Ends(".pte"), FileKind::Weights),
    row(Name::Ends(".llamafile"), FileKind::Weights),
    row(Name::Is("saved_model.pb"), FileKind::Weights),
    // code
    row(Name::Ends(".ipynb"), FileKind::Notebook),
    row(Name::Is("requirements.txt"), FileKind::Code),
    row(Name::Both("requirements", ".txt"), FileKind::Code),
    row(Name::Is("pyproject.toml"), FileKind::Code),
    row(Name::Is("setup.cfg"), FileKind::Code),
    row(Name::Is("dockerfile"), FileKind::Code),
    row(Name::Is("environment.yml"), FileKind::Code),
    row(Name::Is("environment.yaml"), FileKind::Code),
    row(Name::Is("makefile"), FileKind::Code),
    row(Name::Ends(".sh"), FileKind::Code),
    row(Name::Ends(".ps1"), FileKind::Code),
    row(Name::Ends(".bat"), FileKind::Code),
    row(Name::Ends(".c"), FileKind::Code),
    row(Name::Ends(".h"), FileKind::Code),
    row(Name::Ends(".cc"), FileKind::Code),
    row(Name::Ends(".cpp"), FileKind::Code),
    row(Name::Ends(".cu"), FileKind::Code),
    row(Name::Ends(".cuh"), FileKind::Code),
    row(Name::Ends(".rs"), FileKind::Code),
    row(Name::Ends(".go"), FileKind::Code),
    row(Name::Ends(".js"), FileKind::Code),
    row(Name::Ends(".ts"), FileKind::Code),
    row(Name::Ends(".java"), FileKind::Code),
    row(Name::Ends(".swift"), FileKind::Code),
    row(Name::Ends(".jl"), FileKind::Code),
    row(Name::Ends(".lua"), FileKind::Code),
    row(Name::Ends(".r"), FileKind::Code),
    // data
    row(Name::Is("dataset_info.json"), FileKind::Dataset),
    row(Name::Is("dataset_infos.json"), FileKind::Dataset),
    row(Name::Ends(".parquet"), FileKind::Dataset),
    row(Name::Ends(".arrow"), FileKind::Dataset),
    row(Name::Ends(".feather"), FileKind::Dataset),
    row(Name::Ends(".jsonl"), FileKind::Dataset),
    row(Name::Ends(".jsonl.gz"), FileKind::Dataset),
    row(Name::Ends(".jsonl.zst"), FileKind::Dataset),
    row(Name::Ends(".ndjson"), FileKind::Dataset),
    row(Name::Ends(".csv"), FileKind::Dataset),
    row(Name::Ends(".tsv"), FileKind::Dataset),
    row(Name::Ends(".tfrecord"), FileKind::Dataset),
    // documents
    row(Name::Is("citation.cff"), FileKind::Paper),
    row(Name::Is("citation.bib"), FileKind::Paper),
    row(Name::Ends(".bib"), FileKind::Paper),
    row(Name::Ends(".tex"), FileKind::Paper),
    row(Name::Both("paper", ".pdf"), FileKind::Paper),
    row(Name::Ends("report.pdf"), FileKind::Paper),
    row(Name::Ends("paper.pdf"), FileKind::Paper),
    // archives
    row(Name::Ends(".zip"), FileKind::Archive),
    row(Name::Ends(".tar"), FileKind::Archive),
    row(Name::Ends(".tar.gz"), FileKind::Archive),
    row(Name::Ends(".tgz"), FileKind::Archive),
    row(Name::Ends(".7z"), FileKind::Archive),
    row(Name::Ends(".rar"), FileKind::Archive),
    // what is left of JSON and YAML
    row(Name::Ends(".json"), FileKind::Config),
    row(Name::Ends(".yaml"), FileKind::Config),
    row(Name::Ends(".yml"), FileKind::Config),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_files_are_for() {
        check("README.md", FileKind::ModelCard);
        check("README_zh.md", FileKind::ModelCard);
        check("LICENSE-CODE", FileKind::License);
        check("Notice", FileKind::Notice);
        check("USE_POLICY.md", FileKind::Policy);
        check("onnx/model.onnx", FileKind::Weights);
        check("model.safetensors.index.json", FileKind::Index);
        check("tokenizer_config.json", FileKind::Tokenizer);
        check("generation_config.json", FileKind::Config);
        check(".cache/huggingface/download/config.json.metadata", FileKind::Bookkeeping);
        check(".git/config", FileKind::Bookkeeping);
        check(".gitattributes", FileKind::Other);
        check("src/train.py", FileKind::Code);
        check("checklist.chk", FileKind::Record);
        check("license.py", FileKind::Code);
    }

    #[track_caller]
    fn check(path: &str, kind: FileKind) {
        assert_eq!(kind_of(path), kind, "{path}");
    }
}
