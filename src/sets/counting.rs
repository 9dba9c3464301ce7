//! Counts a set: logical parameters, stored elements, buffers and helpers, kept apart.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Ends, Extra, Quantization, WeightSet,
    grouping::Form,
    packing::Names,
    quantization::Hints,
    roles::{self, Reading},
};
use crate::{
    facts::{Facts, Tensor, WeightFile},
    words::Role,
};

/// Formats whose tensors are constants of a graph rather than the state of modules.
const GRAPHS: &[&str] = &[
    "onnx",
    "openvino",
    "tflite",
    "coreml",
    "tf-savedmodel",
    "tf-graph",
];

/// Ends of names that only a module for further tokens has, and what is before them is the module.
const FURTHER_TOKENS: &str = ".eh_proj.weight";

/// Beginnings of names of modules for further tokens.
const FURTHER_TOKEN_MODULES: &[&str] = &["model.mtp_layers.", "model.mtp.", "mtp."];

/// Such modules that a model may have; names that tell of more tell nothing.
const MOST_MODULES: usize = 64;

/// What such a module stores again where the architecture shares it with the main model.
const SHARED: &[(&str, &str)] = &[
    (".embed_tokens.weight", "model.embed_tokens.weight"),
    (".shared_head.head.weight", "lm_head.weight"),
];

/// All tensors of a file: its own in its order, then those that it names and another file stores.
pub(crate) fn tensors(file: &WeightFile) -> impl Iterator<Item = &Tensor> {
    file.tensors.iter().chain(file.elsewhere.iter().flat_map(|(_, tensors)| tensors))
}

/// Counts the files of a form; the roles of their tensors go to `roles`.
pub(super) fn count(
    facts: &Facts,
    form: &Form,
    roles: &mut BTreeMap<usize, Vec<Role>>,
) -> WeightSet {
    let mut tally = Tally::default();
    // Names repeat between the components of a pipeline, so each folder is counted for itself.
    let mut folders: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for file in &form.files {
        folders.entry(facts.artifacts[*file].folder()).or_default().push(*file);
    }
    for (folder, files) in folders {
        let hints = Hints::of(facts, folder);
        let before = std::mem::take(&mut tally.ends);
        tally.folder(facts, form, &files, &hints, roles);
        if folder != form.folder {
            tally.ends = before;
        }
    }
    tally.finish(form)
}

/// Sums in the making; `None` once one has overflowed.
struct Tally {
    tensors: u64,
    parameters: Option<u64>,
    elements: Option<u64>,
    buffers: u64,
    helpers: u64,
    bytes: u64,
    dtypes: BTreeMap<String, u64>,
    schemes: BTreeMap<(&'static str, Option<u64>), u64>,
    extras: BTreeMap<String, Extra>,
    ends: Ends,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            tensors: 0,
            parameters: Some(0),
            elements: Some(0),
            buffers: 0,
            helpers: 0,
            bytes: 0,
            dtypes: BTreeMap::new(),
            schemes: BTreeMap::new(),
            extras: BTreeMap::new(),
            ends: Ends::default(),
        }
    }
}

impl Tally {
    fn folder(
        &mut self,
        facts: &Facts,
        form: &Form,
        files: &[usize],
        hints: &Hints,
        roles: &mut BTreeMap<usize, Vec<Role>>,
    ) {
        let listed = |file: &usize| facts.weight_file(*file).map(|listed| (*file, listed));
        let files: Vec<(usize, &WeightFile)> = files.iter().filter_map(listed).collect();
        let total = files.iter().map(|(_, file)| tensors(file).count()).sum();
        let mut names = Names::with_capacity(total);
        let mut modules = BTreeSet::new();
        let mut again: Vec<bool> = Vec::with_capacity(total);
        for tensor in files.iter().flat_map(|(_, file)| tensors(file)) {
            again.push(!names.insert(tensor));
            modules.extend(tensor.name.strip_suffix(FURTHER_TOKENS).map(|it| format!("{it}.")));
        }
        if modules.len() > MOST_MODULES {
            modules.clear();
        }
        let mut again = again.into_iter();
        for (i, file) in files {
            let graph = GRAPHS.iter().any(|name| file.format.eq_ignore_ascii_case(name));
            let own = roles.entry(i).or_default();
            let mut before: Option<&Tensor> = None;
            for (at, tensor) in tensors(file).enumerate() {
                let reading = roles::read(tensor, graph, &names, hints);
                own.push(reading.role);
                let again = again.next().unwrap_or_default();
                // A second name for the same bytes is the same tensor, as where a head is tied.
                let twin = before.is_some_and(|it| {
                    !it.is_empty() && it.bytes == tensor.bytes && it.dtype == tensor.dtype
                });
                before = Some(tensor);
                let sliced = form.sliced && tensor.shape.len() > 1;
                self.stored(tensor, &reading, twin, again);
                if !twin && (!again || sliced) {
                    let module = modules.iter().find(|it| tensor.name.starts_with(it.as_str()));
                    self.logical((i, at), tensor, &reading, module.map(String::as_str), &names);
                }
            }
        }
    }

    /// What lies in the files, whatever it stands for.
    fn stored(&mut self, tensor: &Tensor, reading: &Reading, twin: bool, again: bool) {
        self.tensors += u64::from(!again);
        if twin {
            return;
        }
        let elements = tensor.elements();
        self.elements = self.elements.zip(elements).and_then(|(sum, n)| sum.checked_add(n));
        self.bytes = self.bytes.saturating_add(tensor.len());
        if again {
            return;
        }
        let apart = match reading.role {
            Role::Buffer => &mut self.buffers,
            Role::Quantization => &mut self.helpers,
            _ => return,
        };
        *apart = apart.saturating_add(elements.unwrap_or(u64::MAX));
    }

    /// What counts as parameters.
    fn logical(
        &mut self,
        place: (usize, usize),
        tensor: &Tensor,
        reading: &Reading,
        module: Option<&str>,
        names: &Names,
    ) {
        if reading.role != Role::Parameter {
            return;
        }
        let by_name =
            || FURTHER_TOKEN_MODULES.iter().copied().find(|it| tensor.name.starts_with(it));
        if let Some(module) = module.or_else(by_name) {
            let module = module.trim_end_matches('.');
            let extra = self.extras.entry(module.to_owned()).or_insert_with(|| Extra {
                module: module.to_owned(),
                what: "further-token prediction",
                tensors: 0,
                parameters: 0,
                repeated: 0,
            });
            extra.tensors += 1;
            let elements = reading.elements.unwrap_or(0);
            let shared = SHARED.iter().find(|(end, _)| tensor.name.ends_with(end));
            let main = shared.and_then(|(_, main)| names.get(main));
            if main.is_some_and(|main| main.shape == tensor.shape) {
                extra.repeated = extra.repeated.saturating_add(elements);
                return;
            }
            extra.parameters = extra.parameters.saturating_add(elements);
        } else {
            self.ends.note(tensor, place, reading);
        }
        self.parameters =
            self.parameters.zip(reading.elements).and_then(|(sum, n)| sum.checked_add(n));
        let Some(elements) = reading.elements else {
            return;
        };
        let dtype = tensor.dtype.name();
        match self.dtypes.get_mut(dtype) {
            Some(of_type) => *of_type = of_type.saturating_add(elements),
            None => _ = self.dtypes.insert(dtype.to_owned(), elements),
        }
        if let Some(packed) = &reading.packed {
            let of_scheme = self.schemes.entry((packed.scheme, packed.bits)).or_default();
            *of_scheme = of_scheme.saturating_add(elements);
        }
    }

    fn finish(self, form: &Form) -> WeightSet {
        let most = self.schemes.iter().max_by_key(|(_, elements)| **elements);
        let quantization = most.map(|((method, bits), _)| Quantization {
            method: (*method).to_owned(),
            bits: *bits,
        });
        WeightSet {
            id: String::new(),
            format: form.format,
            folder: form.folder.clone(),
            label: form.label.clone(),
            nature: form.nature,
            files: form.files.clone(),
            sliced: form.sliced && form.files.len() > 1,
            tensors: self.tensors,
            parameters: self.parameters,
            elements: self.elements,
            buffers: self.buffers,
            helpers: self.helpers,
            dtypes: self.dtypes,
            bytes: self.bytes,
            extras: self.extras.into_values().collect(),
            ends: self.ends,
            quantization,
            twice: 0,
        }
    }
}
