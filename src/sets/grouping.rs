//! Which files hold the same weights once: by folder, format, and what is left of a name without
//! the numbers of its parts.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{
    Nature,
    numbering::{Parts, stem},
};
use crate::{
    facts::{Artifact, Facts, WeightFile},
    words::FileKind,
};

/// Files that belong together, before they are counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Form {
    /// The folder of the model: that of the files, or the one whose list of components names them.
    pub folder: String,
    pub format: &'static str,
    /// What tells it from other forms of the same format there; empty for the ordinary name.
    pub label: String,
    pub nature: Nature,
    /// Indexes of artifacts, in order.
    pub files: Vec<usize>,
    /// Whether each file holds a slice of every tensor.
    pub sliced: bool,
}

/// Names that files have where a folder holds one model.
const ORDINARY: &[&str] = &[
    "consolidated",
    "diffusion_flax_model",
    "diffusion_pytorch_model",
    "flax_model",
    "model",
    "open_clip_model",
    "open_clip_pytorch_model",
    "openvino_model",
    "pytorch_model",
    "tf_model",
    "weights",
];

/// Beginnings of the names of folders that training leaves at intervals.
const CHECKPOINTS: &[&str] = &["checkpoint", "global_step", "step", "epoch", "iter", "ckpt"];

/// Beginnings of the names of files that training leaves beside the weights.
const TRAINING: &[&str] = &[
    "optimizer",
    "optim_",
    "scheduler",
    "rng_state",
    "random_states",
    "training_args",
    "trainer_state",
    "scaler.",
];

/// Beginnings of the names of adapters.
const ADAPTERS: &[&str] = &[
    "adapter_model",
    "pytorch_lora_weights",
    "adapters.",
    "ip-adapter",
];

/// Last parts of tensor names that only adapters have.
const ADAPTER_PARTS: &[&str] = &[
    ".lora_A.",
    ".lora_B.",
    ".lora_down.",
    ".lora_up.",
    ".lora_embedding_",
    ".hada_w",
    ".lokr_w",
    ".ia3_",
    ".lora_a",
    ".lora_b",
    ".oft_",
    ".vera_",
    "prompt_embeddings",
];

/// Groups the weight files of a release, in order of folder, format and label.
pub(super) fn forms(facts: &Facts) -> Vec<Form> {
    let unions = unions(facts);
    let shards = indexed(facts);
    let mut forms: BTreeMap<Key, Form> = BTreeMap::new();
    for (i, artifact, file) in facts.weights() {
        let key = key(artifact, file, &unions, &shards);
        let form = forms.entry(key).or_insert_with_key(|key| Form {
            folder: key.folder.clone(),
            format: key.format,
            label: key.label(),
            nature: nature(artifact, file),
            files: Vec::new(),
            sliced: false,
        });
        form.files.push(i);
    }
    let split = forms.into_iter().flat_map(|(key, form)| settle(facts, &key, form));
    let mut forms: Vec<Form> = split.collect();
    complete_unions(facts, &unions, &mut forms);
    forms
}

/// What files have in common that belong to one form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    folder: String,
    format: &'static str,
    stem: String,
    parts: Parts,
}

impl Key {
    fn label(&self) -> String {
        let variant =
            ORDINARY.iter().find_map(|name| self.stem.strip_prefix(name)?.strip_prefix('.'));
        match variant {
            Some(variant) => variant.to_owned(),
            None if ORDINARY.contains(&self.stem.as_str()) => String::new(),
            None => self.stem.clone(),
        }
    }
}

fn key(
    artifact: &Artifact,
    file: &WeightFile,
    unions: &BTreeMap<String, String>,
    shards: &BTreeMap<String, String>,
) -> Key {
    let (stem, parts) = match shards.get(&artifact.path) {
        Some(index) => (index.clone(), Parts::Indexed),
        None => stem(artifact.name()),
    };
    let format = file.format;
    match unions.get(artifact.folder()) {
        // Components are one form where the same variant is chosen for all of them.
        Some(root) if ordinary(&stem) => Key {
            folder: root.clone(),
            format,
            stem: format!("model{}", variant(&stem)),
            parts: Parts::Indexed,
        },
        _ => Key {
            folder: artifact.folder().to_owned(),
            format,
            stem,
            parts,
        },
    }
}

fn ordinary(stem: &str) -> bool {
    ORDINARY.contains(&stem.split('.').next().unwrap_or(stem))
}

/// `.fp16` of `model.fp16`.
fn variant(stem: &str) -> &str {
    stem.find('.').map_or("", |at| &stem[at..])
}

/// Decides what a number in names meant: parts of one model where no tensor stands twice, slices
/// where the format is known for them, else models of their own.
fn settle(facts: &Facts, key: &Key, mut form: Form) -> Vec<Form> {
    if form.files.len() < 2 || matches!(key.parts, Parts::One | Parts::Of(_) | Parts::Indexed) {
        if key.parts == Parts::Perhaps
            && let [file] = form.files[..]
        {
            form.label = whole_stem(&facts.artifacts[file]);
        }
        return vec![form];
    }
    if key.parts == Parts::Slices {
        form.sliced = true;
        return vec![form];
    }
    let mut names = HashSet::new();
    let all = form.files.iter().filter_map(|file| facts.weight_file(*file));
    if all.flat_map(|file| &file.tensors).all(|tensor| names.insert(tensor.name.as_str())) {
        return vec![form];
    }
    let alone = |file: usize| Form {
        label: whole_stem(&facts.artifacts[file]),
        files: vec![file],
        ..form.clone()
    };
    form.files.iter().map(|file| alone(*file)).collect()
}

fn whole_stem(artifact: &Artifact) -> String {
    let name = artifact.name();
    name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned()
}

/// What a file is for, by its kind, its name and a look at its tensors.
fn nature(artifact: &Artifact, file: &WeightFile) -> Nature {
    let name = artifact.name().to_ascii_lowercase();
    let begins = |names: &[&str]| names.iter().any(|it| name.starts_with(it));
    let training = artifact.kind == FileKind::TrainingState
        || begins(TRAINING)
        || name.contains("_optim_states")
        || name.contains("_model_states") && name.starts_with("zero_");
    let kind = file.metadata.get("general.type").map(String::as_str);
    if training || kind == Some("imatrix") {
        return Nature::TrainingState;
    }
    let adapting = |name: &str| ADAPTER_PARTS.iter().any(|part| name.contains(part));
    let sample = || file.tensors.iter().take(64);
    if begins(ADAPTERS)
        || kind == Some("adapter")
        || sample().filter(|it| adapting(&it.name)).count() * 2 > sample().count()
    {
        return Nature::Adapter;
    }
    if kind == Some("mmproj")
        || file.metadata.get("general.architecture").is_some_and(|it| it == "clip")
    {
        return Nature::Part;
    }
    let stages = |part: &str| {
        let part = part.to_ascii_lowercase();
        let rest = CHECKPOINTS.iter().find_map(|name| part.strip_prefix(name));
        rest.map(|rest| rest.trim_start_matches(['-', '_']))
            .is_some_and(|rest| rest.starts_with(|it: char| it.is_ascii_digit()))
    };
    if artifact.folder().split('/').any(stages) {
        Nature::Checkpoint
    } else {
        Nature::Model
    }
}

/// Folders whose weights are parts of a model in another folder: the components that a
/// `model_index.json` or `modules.json` names, and the folder of a `modules.json` itself.
fn unions(facts: &Facts) -> BTreeMap<String, String> {
    let mut unions = BTreeMap::new();
    for (artifact, config) in facts.configs() {
        let root = artifact.folder();
        let below = |name: &str| match root {
            "" => name.trim_matches('/').to_owned(),
            root => format!("{root}/{}", name.trim_matches('/')).trim_end_matches('/').to_owned(),
        };
        match artifact.name() {
            "model_index.json" => {
                let parts =
                    config.root.entries().iter().filter(|(_, node)| node.items().len() == 2);
                unions.extend(parts.map(|(name, _)| (below(name), root.to_owned())));
            }
            "modules.json" => {
                let paths =
                    config.root.items().iter().filter_map(|module| module.get("path")?.text());
                unions.extend(paths.map(|path| (below(path), root.to_owned())));
            }
            _ => {}
        }
    }
    unions
}

/// Weight files that an index beside them lists, each with the stem of the first such index; files
/// whose numbered names are like a listed one's belong to it as well.
fn indexed(facts: &Facts) -> BTreeMap<String, String> {
    let mut listed = BTreeMap::new();
    for (artifact, index) in facts.indexes() {
        let name = artifact.name().split(".index").next().unwrap_or_default();
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned();
        for shard in index.weight_map.shards() {
            let path = artifact.beside(shard);
            if facts.artifact(&path).is_some() {
                listed.entry(path).or_insert_with(|| stem.clone());
            }
        }
    }
    let like = |artifact: &Artifact| (artifact.folder().to_owned(), stem(artifact.name()));
    let families: BTreeMap<_, String> = listed
        .iter()
        .filter_map(|(path, stem)| Some((like(facts.artifact(path)?), stem.clone())))
        .filter(|((_, (_, parts)), _)| matches!(parts, Parts::Of(_)))
        .collect();
    for (_, artifact, _) in facts.weights() {
        if let Some(stem) = families.get(&like(artifact)) {
            listed.entry(artifact.path.clone()).or_insert_with(|| stem.clone());
        }
    }
    listed
}

/// A component that the fullest form of its pipeline lacks is taken from the next form that has it,
/// so that one set holds the whole.
fn complete_unions(facts: &Facts, unions: &BTreeMap<String, String>, forms: &mut Vec<Form>) {
    let roots: BTreeSet<&String> = unions.values().collect();
    for root in roots {
        let components = |form: &Form| -> BTreeSet<&str> {
            form.files.iter().map(|file| facts.artifacts[*file].folder()).collect()
        };
        let union = |form: &Form| &form.folder == root && form.nature == Nature::Model;
        let ofs = forms.iter().enumerate().filter(|(_, form)| union(form));
        let best = ofs.max_by_key(|(i, form)| {
            (components(form).len(), form.label.is_empty(), std::cmp::Reverse(*i))
        });
        let Some((best, _)) = best else {
            continue;
        };
        let mut held: BTreeSet<String> =
            components(&forms[best]).into_iter().map(str::to_owned).collect();
        for other in 0..forms.len() {
            if other == best || !union(&forms[other]) {
                continue;
            }
            let lacked = |file: &usize| {
                let folder = facts.artifacts[*file].folder();
                unions.get(folder) == Some(root) && !held.contains(folder)
            };
            let (moved, kept): (Vec<usize>, Vec<usize>) =
                forms[other].files.iter().partition(|it| lacked(it));
            held.extend(moved.iter().map(|file| facts.artifacts[*file].folder().to_owned()));
            forms[other].files = kept;
            forms[best].files.extend(moved);
        }
        forms[best].files.sort_unstable();
    }
    forms.retain(|form| !form.files.is_empty());
}

#[cfg(test)]
mod tests {
    use crate::{facts::build::Build, sets::group};

    type Tensors = &'static [(&'static str, &'static str, &'static [u64])];
    const A: Tensors = &[("a.weight", "F32", &[4, 4])];
    const B: Tensors = &[("b.weight", "F32", &[4, 4])];
    const SMALL: Tensors = &[("head.weight", "F32", &[2])];

    #[test]
    fn forms_of_one_model_are_apart_and_safetensors_first() {
        let release = Build::release("m")
            .safetensors("model.safetensors", A)
            .safetensors("model.fp16.safetensors", A)
            .safetensors("consolidated.safetensors", A)
            .weights("pytorch_model.bin", "torch zip", crate::facts::build::stored(A))
            .weights("onnx/model_q4.onnx", "onnx", crate::facts::build::stored(A))
            .safetensors("checkpoint-500/model.safetensors", A)
            .weights("checkpoint-500/optimizer.pt", "torch zip", crate::facts::build::stored(A))
            .safetensors("adapter_model.safetensors", SMALL);
        ids(
            release,
            &[
                "safetensors",
                "safetensors#2",
                "safetensors:fp16",
                "torch-zip",
                "onnx:onnx/model_q4",
                "safetensors:checkpoint-500",
                "safetensors:adapter_model",
                "torch-zip:checkpoint-500/optimizer",
            ],
        );
    }

    #[test]
    fn shards_are_one_set_and_leftovers_of_another_split_are_not() {
        let release = Build::release("m")
            .safetensors("model-00001-of-00002.safetensors", A)
            .safetensors("model-00002-of-00002.safetensors", B)
            .safetensors("model-00001-of-00003.safetensors", A);
        check(release, &[2, 1]);
        let release = Build::release("m")
            .safetensors("layer-0.safetensors", A)
            .safetensors("layer-1.safetensors", B);
        check(release, &[2]);
        let release = Build::release("m")
            .safetensors("epoch-1.safetensors", A)
            .safetensors("epoch-2.safetensors", A);
        check(release, &[1, 1]);
        let index = &[
            ("a.weight", "first.safetensors"),
            ("b.weight", "second.safetensors"),
        ];
        let release = Build::release("m")
            .safetensors("first.safetensors", A)
            .safetensors("second.safetensors", B)
            .safetensors("third.safetensors", SMALL)
            .index("model.safetensors.index.json", None, index);
        check(release, &[2, 1]);
    }

    #[test]
    fn a_pipeline_is_the_union_of_its_components() {
        let json = r#"{"_class_name":"X","unet":["d","U"],"vae":["d","V"],"safety":[null,null]}"#;
        let release = Build::release("m")
            .config("model_index.json", json)
            .safetensors("unet/diffusion_pytorch_model.safetensors", A)
            .safetensors("unet/diffusion_pytorch_model.fp16.safetensors", A)
            .weights(
                "unet/diffusion_pytorch_model.bin",
                "torch zip",
                crate::facts::build::stored(A),
            )
            .weights(
                "vae/diffusion_pytorch_model.bin",
                "torch zip",
                crate::facts::build::stored(A),
            );
        let facts = release.facts();
        let sets = group(&facts);
        let paths: Vec<&str> =
            sets.sets[0].files.iter().map(|file| facts.artifacts[*file].path.as_str()).collect();
        let whole = [
            "unet/diffusion_pytorch_model.bin",
            "vae/diffusion_pytorch_model.bin",
        ];
        assert_eq!((paths, sets.sets[0].parameters), (whole.to_vec(), Some(32)));
    }

    #[test]
    fn modules_of_a_sentence_embedder_are_counted_together() {
        let json = r#"[{"path":""},{"path":"1_Pooling"},{"path":"2_Dense"}]"#;
        let release = Build::release("m")
            .config("modules.json", json)
            .safetensors("model.safetensors", A)
            .safetensors("2_Dense/model.safetensors", SMALL);
        check(release, &[2]);
    }

    #[test]
    fn a_head_beside_the_model_does_not_stand_for_it() {
        let release = Build::release("m").safetensors("head.safetensors", SMALL).weights(
            "model/pytorch_model.bin",
            "torch zip",
            crate::facts::build::stored(A),
        );
        ids(release, &["torch-zip:model", "safetensors:head"]);
    }

    #[test]
    fn slices_are_put_together() {
        let slice: Tensors = &[("w", "F32", &[4, 4]), ("norm", "F32", &[4])];
        let slice = || crate::facts::build::stored(slice);
        let facts = Build::release("m")
            .weights("consolidated.00.pth", "torch zip", slice())
            .weights("consolidated.01.pth", "torch zip", slice())
            .facts();
        let set = &group(&facts).sets[0];
        assert_eq!((set.tensors, set.parameters, set.elements), (2, Some(36), Some(40)));
    }

    #[track_caller]
    fn check(release: Build, files: &[usize]) {
        let sets = group(&release.facts()).sets;
        assert_eq!(sets.iter().map(|set| set.files.len()).collect::<Vec<_>>(), files);
    }

    #[track_caller]
    fn ids(release: Build, ids: &[&str]) {
        let sets = group(&release.facts()).sets;
        assert_eq!(sets.iter().map(|set| set.id.as_str()).collect::<Vec<_>>(), ids);
    }
}
