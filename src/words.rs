//! The closed vocabularies of the report: each a set of words that programs match on, spelled once.
//!
//! Facts, evidence, findings and the report itself all speak with these; none of them owns one.

use serde::{Deserialize, Serialize};

/// An enum whose variants are words of the contract: `ALL` in order, `word()` as it is spelled, and
/// that spelling in JSON.
macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every word, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// As reports spell it.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The word spelled so.
            pub fn named(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|it| it.word() == word)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.word())
            }
        }
    };
}

pub(crate) use vocabulary;

vocabulary! {
    /// Where a release came from, as its folder shows.
    Origin {
        /// One weight file, with its split parts, external data and `.json` twin.
        WeightFile = "weight_file",
        /// A `*.index.json` and its shards.
        IndexFile = "index_file",
        /// A plain folder.
        Directory = "directory",
        /// `models--owner--name/snapshots/<commit>` of a hub cache.
        HubSnapshot = "hub_snapshot",
        /// Downloaded with `--local-dir`: `.cache/huggingface` lies inside.
        HubLocalDir = "hub_local_dir",
        /// A git work tree.
        GitClone = "git_clone",
        /// An Ollama model.
        Ollama = "ollama",
        /// A `ModelScope` cache entry.
        Modelscope = "modelscope",
        /// A kagglehub cache entry.
        Kagglehub = "kagglehub",
        /// A llama.cpp cache.
        LlamaCpp = "llama_cpp",
        /// A torch hub cache.
        TorchHub = "torch_hub",
        /// An OCI image layout.
        OciLayout = "oci_layout",
    }
}

vocabulary! {
    /// What a file is for.
    FileKind {
        /// Tensors.
        Weights = "weights",
        /// Which shard holds which tensor.
        Index = "index",
        /// How the model is built or run.
        Config = "config",
        /// Vocabulary, merges, token ids, chat template.
        Tokenizer = "tokenizer",
        /// Prose about the model.
        ModelCard = "model_card",
        /// Prose about the data.
        DataCard = "data_card",
        /// A license text.
        License = "license",
        /// A use policy.
        Policy = "policy",
        /// Notices and attributions.
        Notice = "notice",
        /// Source code.
        Code = "code",
        /// A notebook.
        Notebook = "notebook",
        /// How the model was trained: arguments, launchers, training configurations.
        Recipe = "recipe",
        /// What a training run left behind: optimizer, scheduler, logs.
        TrainingState = "training_state",
        /// Rows of data.
        Dataset = "dataset",
        /// Results of an evaluation.
        Evaluation = "evaluation",
        /// A paper or report.
        Paper = "paper",
        /// Digests or listings that say what should be here.
        Record = "record",
        /// A signature.
        Signature = "signature",
        /// A container of other files.
        Archive = "archive",
        /// Stands in for a file that is elsewhere.
        Pointer = "pointer",
        /// A client's or git's own files.
        Bookkeeping = "bookkeeping",
        /// None of these.
        Other = "other",
    }
}

vocabulary! {
    /// How far a component is here, strongest first.
    Presence {
        /// The bytes are here and pass the component's content test.
        Present = "present",
        /// Some of it is here.
        Partial = "partial",
        /// A placeholder file stands where it should be.
        Pointer = "pointer",
        /// A resolvable identifier names it; the bytes are elsewhere.
        Referenced = "referenced",
        /// Prose speaks of it and identifies nothing.
        Claimed = "claimed",
        /// Said to be coming.
        Promised = "promised",
        /// Said not to be released.
        Withheld = "withheld",
        /// Nothing shows it.
        Absent = "absent",
    }
}

vocabulary! {
    /// The five groups of a release's parts.
    Group {
        /// Parameters.
        Weights = "weights",
        /// Source code.
        Code = "code",
        /// What it learned from.
        TrainingData = "training_data",
        /// How it was made.
        Recipes = "recipes",
        /// What is said of it.
        Documents = "documents",
    }
}

vocabulary! {
    /// The 17 components of a complete release, in report order.
    Component {
        /// Trained parameters.
        FinalParameters = "final_parameters",
        /// Checkpoints along the way.
        IntermediateParameters = "intermediate_parameters",
        /// The code of the network itself.
        ModelArchitecture = "model_architecture",
        /// Code that runs the model.
        InferenceCode = "inference_code",
        /// Code that trains it.
        TrainingCode = "training_code",
        /// Code that prepares the data.
        DataPreprocessingCode = "data_preprocessing_code",
        /// Code that measures it.
        EvaluationCode = "evaluation_code",
        /// Libraries it needs, by name.
        SupportingLibraries = "supporting_libraries",
        /// Training, validation and test data.
        Datasets = "datasets",
        /// A description of the data.
        DataCard = "data_card",
        /// Data it was measured on.
        EvaluationData = "evaluation_data",
        /// Training configuration and optimizer state.
        ModelMetadata = "model_metadata",
        /// A technical report.
        TechnicalReport = "technical_report",
        /// A research paper.
        ResearchPaper = "research_paper",
        /// A model card.
        ModelCard = "model_card",
        /// Results of evaluations.
        EvaluationResults = "evaluation_results",
        /// Examples of what it puts out.
        SampleOutputs = "sample_outputs",
    }
}

impl Component {
    /// The group it belongs to.
    pub const fn group(self) -> Group {
        match self {
            Self::FinalParameters | Self::IntermediateParameters => Group::Weights,
            Self::ModelArchitecture
            | Self::InferenceCode
            | Self::TrainingCode
            | Self::DataPreprocessingCode
            | Self::EvaluationCode
            | Self::SupportingLibraries => Group::Code,
            Self::Datasets | Self::DataCard | Self::EvaluationData => Group::TrainingData,
            Self::ModelMetadata | Self::TechnicalReport | Self::ResearchPaper => Group::Recipes,
            Self::ModelCard | Self::EvaluationResults | Self::SampleOutputs => Group::Documents,
        }
    }
}

vocabulary! {
    /// How bad a finding is, least first.
    Severity {
        /// Worth knowing.
        Info = "info",
        /// Worth mending.
        Low = "low",
        /// Suspicious, broken in a detail, or a license conflict.
        Medium = "medium",
        /// Dangerous, corrupt or incomplete.
        High = "high",
        /// Runs code when loaded.
        Critical = "critical",
    }
}

vocabulary! {
    /// What a finding is about.
    Category {
        /// The bytes are not what they should be.
        Integrity = "integrity",
        /// The parts do not fit together.
        Consistency = "consistency",
        /// It could harm who loads it.
        Safety = "safety",
        /// Terms.
        License = "license",
        /// What is and is not here.
        Openness = "openness",
        /// The user's own rules.
        Policy = "policy",
        /// A file breaks its format's rules.
        Format = "format",
    }
}

vocabulary! {
    /// How sure a finding is.
    Confidence {
        /// Follows from the bytes.
        Certain = "certain",
        /// Follows from signs that seldom mislead.
        Likely = "likely",
        /// Worth a look.
        Possible = "possible",
    }
}

vocabulary! {
    /// What a tensor is to the model.
    Role {
        /// Learned.
        Parameter = "parameter",
        /// Stored beside the parameters, not learned: position ids, masks, running means.
        Buffer = "buffer",
        /// Helps to read packed parameters: scales, zero points, group indices.
        Quantization = "quantization",
        /// Optimizer state.
        Optimizer = "optimizer",
        /// Anything else.
        Other = "other",
    }
}

vocabulary! {
    /// What a license covers.
    LicenseScope {
        /// Everything in the release.
        All = "all",
        /// The parameters.
        Weights = "weights",
        /// The code.
        Code = "code",
        /// The data.
        Data = "data",
        /// The documents.
        Documents = "documents",
    }
}

/// Where in a release something stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// Relative to the root, `/` between parts.
    pub path: String,
    /// An archive's inner path.
    pub member: Option<String>,
    /// From 1.
    pub line: Option<u32>,
    /// Of a JSON or YAML document, dotted.
    pub key: Option<String>,
    /// A tensor's name.
    pub tensor: Option<String>,
    /// From the start of the file (or member).
    pub byte: Option<u64>,
}

impl Place {
    /// A whole file.
    pub fn file(path: impl Into<String>) -> Self {
        Self { path: path.into(), ..Self::default() }
    }

    /// The same place, at a line counted from 1.
    #[must_use]
    pub fn line(self, line: u32) -> Self {
        Self { line: Some(line), ..self }
    }

    /// The same place, at a key.
    #[must_use]
    pub fn key(self, key: impl Into<String>) -> Self {
        Self { key: Some(key.into()), ..self }
    }

    /// The same place, at a tensor.
    #[must_use]
    pub fn tensor(self, name: impl Into<String>) -> Self {
        Self { tensor: Some(name.into()), ..self }
    }

    /// The same place, at a byte from the start of the file.
    #[must_use]
    pub fn byte(self, byte: u64) -> Self {
        Self { byte: Some(byte), ..self }
    }

    /// The same place, inside an archive.
    #[must_use]
    pub fn member(self, member: impl Into<String>) -> Self {
        Self { member: Some(member.into()), ..self }
    }
}

/// The word that differs from `word` in the fewest letters, where those are few.
pub fn nearest<'w>(word: &str, words: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let near = words.into_iter().map(|it| (distance(word, it), it)).min()?;
    (near.0 <= 3 && near.0 < word.chars().count()).then_some(near.1)
}

/// Letters to change, add or leave out.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut corner = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let change = corner + usize::from(x != *y);
            corner = row[j + 1];
            row[j + 1] = change.min(corner + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_back() {
        for component in Component::ALL {
            assert_eq!(Component::named(component.word()), Some(*component));
            let json = serde_json::to_string(component).expect("plain word");
            assert_eq!(json, format!("\"{component}\""));
        }
    }

    #[test]
    fn presence_is_ordered_strongest_first() {
        assert!(Presence::Present < Presence::Claimed);
        assert!(Presence::Withheld < Presence::Absent);
    }
}
