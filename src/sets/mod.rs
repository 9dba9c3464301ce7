//! Which files are the same weights, how many parameters they hold, and what the config implies.

pub mod adapters;
pub mod architectures;
pub mod claimed;
pub mod claims;
mod counting;
mod ends;
mod grouping;
mod indexed;
mod logical;
pub mod memory;
mod numbering;
mod packing;
mod primary;
#[cfg(test)]
mod published;
mod quantization;
pub mod recognize;
mod roles;

use std::collections::BTreeMap;

pub(crate) use {counting::tensors, ends::is_end, logical::logical, numbering::numbering};
pub use {
    ends::{End, Ends},
    indexed::{Indexed, Misplaced, Shard},
    quantization::{Quantization, declared},
};

use architectures::{ConfigCheck, check};

use crate::{
    facts::{Artifact, Config, Facts, path_in},
    words::Role,
};

/// The weights of a release, grouped and counted.
#[derive(Clone, Debug, Default)]
pub struct Sets {
    /// The sets, the primary one first; the others by how near they are to it, then by id.
    pub sets: Vec<WeightSet>,
    /// The role of each tensor, by index of its artifact: the file's own tensors in their order,
    /// then those that it names and another file stores.
    pub roles: BTreeMap<usize, Vec<Role>>,
    /// The primary set held against its config.
    pub config: ConfigCheck,
    /// Every index held against its shards, in the order of the files.
    pub indexes: Vec<Indexed>,
}

/// Files that hold the same weights once.
///
/// A diffusers pipeline, and a sentence-transformers model with its modules, is one set: the union
/// of its components. Where a component lies there in another format only, that file is part of
/// the set too, so that the set is the whole model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WeightSet {
    /// What to call it: the format, and what tells it from its like. Unique in a release.
    pub id: String,
    /// Its format.
    pub format: &'static str,
    /// The folder of the model, relative to the root; `""` for the root itself.
    pub folder: String,
    /// What tells it from other sets of the same format in the folder: a variant (`fp16`), a
    /// quantization (`Q4_K_M`), a file's stem; empty for the ordinary names.
    pub label: String,
    /// What its weights are to the release.
    pub nature: Nature,
    /// Indexes of its artifacts.
    pub files: Vec<usize>,
    /// Whether each file holds a slice of every matrix, so that shapes are those of slices.
    pub sliced: bool,
    /// All tensors, whatever their role; a name that stands in several files counts once.
    pub tensors: u64,
    /// Logical parameters: packed elements counted as what they stand for, bytes under two names
    /// once, and what an extra module repeats of the main model not again. `None` where the sum
    /// overflows or the packing is not known.
    pub parameters: Option<u64>,
    /// Elements as stored, all roles; `None` where the sum overflows.
    pub elements: Option<u64>,
    /// Elements of buffers.
    pub buffers: u64,
    /// Elements of scales, zero points and the like.
    pub helpers: u64,
    /// Parameters by element type.
    pub dtypes: BTreeMap<String, u64>,
    /// Bytes of all its tensors.
    pub bytes: u64,
    /// Modules beside the main model, their parameters counted in `parameters`.
    pub extras: Vec<Extra>,
    /// Where the model begins and ends: what lies in its own folder, not in components' folders.
    pub ends: Ends,
    /// How most of its packed parameters are packed, as the tensors show; `None` where none is.
    pub quantization: Option<Quantization>,
    /// Elements of a head that turned out to be those of the embedding, byte for byte; they are
    /// not counted in `parameters` again.
    pub twice: u64,
}

/// What a set of weights is to the release.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Nature {
    /// A model, or a copy of it.
    #[default]
    Model,
    /// A part that another file completes: the image projector of a GGUF model.
    Part,
    /// A model as it was at some step of training.
    Checkpoint,
    /// Changes to a model that is elsewhere.
    Adapter,
    /// Optimizer and scheduler state.
    TrainingState,
}

/// A module stored beside the main model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extra {
    /// Its name, the beginning of its tensors' names: `model.layers.61`.
    pub module: String,
    /// What it is for.
    pub what: &'static str,
    /// Its tensors that are parameters.
    pub tensors: u64,
    /// Its own logical parameters.
    pub parameters: u64,
    /// Elements that it stores again of what the architecture shares with the main model: told by
    /// name and shape, not by content.
    pub repeated: u64,
}

impl Sets {
    /// The set that totals count.
    pub fn primary(&self) -> Option<&WeightSet> {
        self.sets.first()
    }

    /// Counts a head once with the embedding where both hold the same bytes: `digest` tells those
    /// of a tensor by its artifact and its position in the file, where they were hashed.
    pub fn count_ends_once<D: Eq>(&mut self, digest: impl Fn(usize, usize) -> Option<D>) {
        for set in &mut self.sets {
            let (Some(embedding), Some(head)) = (&set.ends.embedding, &set.ends.head) else {
                continue;
            };
            let like = embedding.dtype == head.dtype && embedding.shape == head.shape;
            // One place under two names was counted once to begin with.
            let one = embedding.artifact == head.artifact && embedding.bytes == head.bytes;
            let of = |end: &End| digest(end.artifact, end.index);
            let same = || of(embedding).is_some_and(|it| Some(it) == of(head));
            if let Some(elements) =
                head.elements.filter(|_| like && !one && set.twice == 0 && same())
            {
                set.twice = elements;
                set.parameters = set.parameters.map(|all| all.saturating_sub(elements));
                if let Some(of_type) = set.dtypes.get_mut(head.dtype.name()) {
                    *of_type = of_type.saturating_sub(elements);
                }
            }
        }
    }
}

impl WeightSet {
    /// Logical parameters of the main model, without extra modules.
    pub fn main_parameters(&self) -> Option<u64> {
        let extra: u64 = self.extras.iter().map(|extra| extra.parameters).sum();
        self.parameters.map(|all| all.saturating_sub(extra))
    }
}

/// Groups and counts the weights of a release.
pub fn group(facts: &Facts) -> Sets {
    let mut roles = BTreeMap::new();
    let forms = grouping::forms(facts);
    let counted = forms.iter().map(|form| counting::count(facts, form, &mut roles)).collect();
    let sets = primary::order(facts, counted);
    let config = sets.first().map(|set| check(facts, set)).unwrap_or_default();
    let indexes = indexed::all(facts);
    Sets { sets, roles, config, indexes }
}

/// The configuration of this name in a folder, `""` for the root.
pub(crate) fn config_in<'f>(
    facts: &'f Facts,
    folder: &str,
    name: &str,
) -> Option<(&'f Artifact, &'f Config)> {
    facts.config(&path_in(folder, name))
}
