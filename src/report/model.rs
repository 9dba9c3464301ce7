//! What the model is, and what the release says of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::words::Place;

/// What the model is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Model {
    /// As the config names them.
    pub architectures: Vec<String>,
    /// As the config names it.
    pub model_type: Option<String>,
    /// Of the primary weight set.
    pub parameters: Option<u64>,
    /// Per token, in a mixture of experts.
    pub active_parameters: Option<u64>,
    /// Sizes that names and cards state.
    pub parameters_claimed: Vec<SizeClaim>,
    /// Parameters by element type.
    pub dtypes: BTreeMap<String, u64>,
    /// How the parameters are packed.
    pub quantization: Option<Quantization>,
    /// `agrees`, `disagrees`, `no_rule` or `no_config`.
    pub config_check: String,
    /// What it was made from.
    pub base_model: Vec<BaseModel>,
    /// Named by the files.
    pub frameworks: Vec<Framework>,
    /// What the tensors of the primary weight set look like, where no config says what it is.
    #[serde(default)]
    pub recognized: Option<Recognized>,
    /// The adapter that the primary weight set is.
    #[serde(default)]
    pub adapter: Option<Adapter>,
    /// What loading it takes, as far as its files tell.
    #[serde(default)]
    pub memory: Option<Memory>,
    /// What it is for, as the card's `pipeline_tag` names it.
    #[serde(default)]
    pub task: Option<String>,
    /// What it was trained on, as the card's `datasets` names it.
    #[serde(default)]
    pub datasets: Vec<NamedDataset>,
    /// Results that the card's `model-index` states, at most a thousand.
    #[serde(default)]
    pub results: Vec<StatedResult>,
}

/// A model told from its tensors alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recognized {
    /// Model types whose layout it is: several where layouts are equal by name.
    pub model_types: Vec<String>,
    /// What shows it, in a clause.
    pub reason: String,
}

/// Changes to another model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adapter {
    /// `lora`, `ia3` …; `None` where no name tells.
    pub kind: Option<String>,
    /// Ranks of its matrices, as stored.
    pub ranks: Vec<u64>,
    /// The modules that it changes: `q_proj`.
    pub targets: Vec<String>,
}

/// Memory that a model takes, in bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// The weights as they are stored.
    pub weights_bytes: u64,
    /// The weights at 16 bits a parameter; `None` where parameters were not counted.
    pub weights_bytes_at_16_bits: Option<u64>,
    /// In tokens: the context that was asked for, else the longest that the config states.
    pub context: Option<u64>,
    /// Keys and values of one sequence of that length.
    pub cache_bytes: Option<u64>,
    /// What was assumed, each a clause.
    pub assumptions: Vec<String>,
}

/// The values of one configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigValues {
    /// Relative to the root.
    pub path: String,
    /// By dotted key, as written; long ones are cut.
    pub values: BTreeMap<String, String>,
    /// Whether some were left out, since there are so many.
    pub cut: bool,
}

/// A data set that the card names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedDataset {
    /// An id on a hub, or whatever is written.
    pub id: String,
    /// Where it stands.
    pub at: Option<Place>,
}

/// A result that the card states. Whether it is true is not looked into.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatedResult {
    /// `accuracy`, `Cosine Pearson` …
    pub metric: String,
    /// As written.
    pub value: String,
    /// What it was measured on, as named.
    pub dataset: Option<String>,
    /// Where it stands.
    pub at: Option<Place>,
}

/// A size that a name or a card states.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SizeClaim {
    /// `7B`, `8x7B` …
    pub value: String,
    /// Where it stands.
    pub at: Option<Place>,
    /// Whether the count bears it out; `None` where nothing was counted.
    pub agrees: Option<bool>,
}

/// How the parameters are packed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quantization {
    /// `gptq`, `awq`, `bitsandbytes` …
    pub method: String,
    /// Per weight, where one number tells it.
    pub bits: Option<u64>,
}

/// What the model was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaseModel {
    /// A repo id or a path, as written.
    pub id: String,
    /// `finetune`, `adapter`, `merge`, `quantized`; `None` where it is not said.
    pub relation: Option<String>,
    /// Where it stands.
    pub at: Option<Place>,
}

/// A library that the files name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Framework {
    /// `transformers`, `pytorch` …
    pub name: String,
    /// As written.
    pub version: Option<String>,
    /// Where it stands.
    pub at: Option<Place>,
}
