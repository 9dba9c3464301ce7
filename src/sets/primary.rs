//! Names the sets, and puts the one that stands for the release first.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use super::{Nature, Quantization, WeightSet};
use crate::facts::Facts;

/// Formats by how directly they carry what was trained, first the safest to read. A name that
/// contains the row's word is of that row.
const FORMATS: &[&str] = &[
    "safetensors",
    "torch",
    "pickle",
    "gguf",
    "ggml",
    "tf-",
    "tensorflow",
    "keras",
    "hdf5",
    "flax",
    "msgpack",
    "npz",
    "npy",
    "mlc",
    "onnx",
    "openvino",
];

/// Orders the sets and gives them ids.
pub(super) fn order(facts: &Facts, mut sets: Vec<WeightSet>) -> Vec<WeightSet> {
    for set in &mut sets {
        if set.format.eq_ignore_ascii_case("gguf") {
            name_quantization(facts, set);
        }
    }
    let size = |set: &WeightSet| set.parameters.or(set.elements).unwrap_or(0);
    let models = sets.iter().filter(|set| set.nature == Nature::Model);
    let fullest = models.map(size).max().unwrap_or(0);
    sets.sort_by_cached_key(|set| {
        // A copy is about as full as the fullest; a head or a projector beside it is not.
        let fragment = size(set) < fullest / 2;
        let rank = FORMATS.iter().position(|name| set.format.to_ascii_lowercase().contains(name));
        let folders: BTreeSet<&str> =
            set.files.iter().map(|file| facts.artifacts[*file].folder()).collect();
        let depth = (set.folder.split('/').count(), !set.folder.is_empty());
        (
            (set.nature, set.tensors == 0, fragment, depth, Reverse(folders.len())),
            (rank.unwrap_or(FORMATS.len()), set.format, !set.label.is_empty()),
            (Reverse(size(set)), Reverse(set.bytes)),
            (set.folder.clone(), set.label.clone()),
        )
    });
    name(&mut sets);
    sets
}

/// `safetensors`, `safetensors:fp16`, `onnx:onnx/model_q4`; a number where that is not unique.
fn name(sets: &mut [WeightSet]) {
    let mut taken: BTreeMap<String, u64> = BTreeMap::new();
    for set in sets {
        let format = set.format.replace(' ', "-");
        let place = [set.folder.as_str(), set.label.as_str()];
        let place: Vec<&str> = place.into_iter().filter(|part| !part.is_empty()).collect();
        let id = match place.join("/") {
            place if place.is_empty() => format,
            place => format!("{format}:{place}"),
        };
        let times = taken.entry(id.clone()).or_default();
        *times += 1;
        set.id = if *times == 1 {
            id
        } else {
            format!("{id}#{times}")
        };
    }
}

/// A GGUF file is labeled by its quantization: what its name says, else what its header says, else
/// the type of most of its parameters.
fn name_quantization(facts: &Facts, set: &mut WeightSet) {
    let most =
        set.dtypes.iter().max_by_key(|(_, elements)| **elements).map(|(dtype, _)| dtype.clone());
    let first = set.files.first().and_then(|file| facts.weight_file(*file));
    let file_type = first.and_then(|file| file.metadata.get("general.file_type"));
    let by_header = || file_type.and_then(|id| file_type_name(id)).map(str::to_owned);
    let by_name = quantization_in(&set.label);
    let method = by_name.or_else(by_header).or(most);
    let Some(method) = method.filter(|it| !matches!(it.as_str(), "F32" | "F16" | "BF16")) else {
        return;
    };
    let digit = method.bytes().find(u8::is_ascii_digit).map(|digit| u64::from(digit - b'0'));
    let bits = digit.filter(|bits| (1..=8).contains(bits));
    set.quantization = Some(Quantization { method, bits });
}

/// `Q4_K_M` in `model-7b.Q4_K_M`, whatever its case.
pub(super) fn quantization_in(name: &str) -> Option<String> {
    name.split(['-', '.']).rev().find_map(|part| {
        let part = part.to_ascii_uppercase();
        let rest =
            ["IQ", "TQ", "Q", "MXFP", "NVFP"].iter().find_map(|start| part.strip_prefix(start))?;
        let digit = rest.bytes().next()?;
        let plain = rest.len() == 1 || rest.as_bytes().get(1) == Some(&b'_');
        (digit.is_ascii_digit() && plain).then_some(part)
    })
}

/// What GGUF's `general.file_type` numbers mean.
#[rustfmt::skip]
const FILE_TYPES: &[(&str, &str)] = &[
    ("0", "F32"), ("1", "F16"), ("2", "Q4_0"), ("3", "Q4_1"), ("7", "Q8_0"), ("8", "Q5_0"),
    ("9", "Q5_1"), ("10", "Q2_K"), ("11", "Q3_K_S"), ("12", "Q3_K_M"), ("13", "Q3_K_L"),
    ("14", "Q4_K_S"), ("15", "Q4_K_M"), ("16", "Q5_K_S"), ("17", "Q5_K_M"), ("18", "Q6_K"),
    ("19", "IQ2_XXS"), ("20", "IQ2_XS"), ("21", "Q2_K_S"), ("22", "IQ3_XS"), ("23", "IQ3_XXS"),
    ("24", "IQ1_S"), ("25", "IQ4_NL"), ("26", "IQ3_S"), ("27", "IQ3_M"), ("28", "IQ2_S"),
    ("29", "IQ2_M"), ("30", "IQ4_XS"), ("31", "IQ1_M"), ("32", "BF16"), ("36", "TQ1_0"),
    ("37", "TQ2_0"), ("38", "MXFP4_MOE"),
];

fn file_type_name(id: &str) -> Option<&'static str> {
    FILE_TYPES.iter().find(|(number, _)| *number == id).map(|(_, name)| *name)
}
