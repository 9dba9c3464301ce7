//! Which tensor of the second release is which of the first, and how they differ.

use std::collections::{BTreeMap, HashMap};

use super::{Change, TensorChange, TensorState, names};
use crate::{
    report::{Report, Tensor, WeightSet, Weights},
    words::Role,
};

/// A digest tells a tensor by itself only where so many bytes are under it.
const TELLING: u64 = 64;

/// What came of holding the tensors of two releases against each other.
#[derive(Debug, Default)]
pub(super) struct Matched {
    /// How many, by change, unchanged ones too.
    pub(super) counts: BTreeMap<Change, u64>,
    /// Those that differ.
    pub(super) changes: Vec<TensorChange>,
    /// Tensors of each release that were compared.
    pub(super) of: (u64, u64),
    /// Pairs whose bytes have the same digest.
    pub(super) shared: u64,
    /// Pairs of one name and shape, whatever they hold.
    pub(super) alike: u64,
    /// The prefixes that the names of each side lose to become the same.
    pub(super) prefixes: Option<(String, String)>,
    /// Formats of the files compared.
    pub(super) formats: (String, String),
    /// Files compared.
    pub(super) files: (Vec<String>, Vec<String>),
}

/// A tensor and the file that holds it.
#[derive(Clone, Copy)]
struct Held<'r> {
    tensor: &'r Tensor,
    file: &'r Weights,
}

/// Which of the first goes with which of the second, by index; then what is left of each.
struct Pairs {
    both: Vec<(usize, usize)>,
    removed: Vec<usize>,
    added: Vec<usize>,
    prefixes: Option<(String, String)>,
}

/// Of each file in `same` so many tensors, the same in both, were left out of both.
pub(super) fn compare(a: &Report, b: &Report, same: &BTreeMap<String, u64>) -> Matched {
    let (in_a, in_b) = held(a, b);
    let (of_a, of_b) = (tensors(&in_a), tensors(&in_b));
    let matching = pairs(&of_a, &of_b);
    let left_out: u64 = same.values().sum();
    let mut matched = Matched {
        of: (of_a.len() as u64 + left_out, of_b.len() as u64 + left_out),
        shared: left_out,
        alike: left_out,
        prefixes: matching.prefixes,
        formats: (format(&in_a, same), format(&in_b, same)),
        files: (files(&in_a, same), files(&in_b, same)),
        ..Matched::default()
    };
    if left_out > 0 {
        matched.counts.insert(Change::Unchanged, left_out);
    }
    for (first, second) in matching.both {
        let (a, b) = (of_a[first], of_b[second]);
        matched.shared += u64::from(same_bytes(a.tensor, b.tensor) == Some(true));
        matched.alike += u64::from(a.tensor.shape == b.tensor.shape);
        let change = change(a, b);
        *matched.counts.entry(change).or_default() += 1;
        if change != Change::Unchanged {
            let renamed = a.tensor.name != b.tensor.name;
            matched.changes.push(TensorChange {
                change,
                name: b.tensor.name.clone(),
                from: renamed.then(|| a.tensor.name.clone()),
                a: Some(state(a)),
                b: Some(state(b)),
                apart: None,
            });
        }
    }
    for (change, left, of) in [
        (Change::Added, matching.added, &of_b),
        (Change::Removed, matching.removed, &of_a),
    ] {
        for at in left {
            *matched.counts.entry(change).or_default() += 1;
            let side = Some(state(of[at]));
            let (a, b) = if change == Change::Added {
                (None, side)
            } else {
                (side, None)
            };
            let name = of[at].tensor.name.clone();
            matched.changes.push(TensorChange {
                change,
                name,
                from: None,
                a,
                b,
                apart: None,
            });
        }
    }
    if matched.prefixes.is_none() {
        let renamed = || matched.changes.iter().filter(|it| it.change == Change::Renamed);
        let of_a: Vec<&str> = renamed().filter_map(|it| it.from.as_deref()).collect();
        let of_b: Vec<&str> = renamed().map(|it| it.name.as_str()).collect();
        let found = names::prefixes(&of_a, &of_b);
        matched.prefixes = found.map(|(a, b)| (a.to_owned(), b.to_owned()));
    }
    matched
}

/// Whether the tensors of a file are held against those of the other release, on both sides.
pub(super) fn is_held(a: &Report, b: &Report, path: &str) -> bool {
    let (in_a, in_b) = held(a, b);
    [in_a, in_b].iter().all(|files| files.iter().any(|file| file.path == path))
}

/// The files to hold against each other: of the weight sets that go best together.
fn held<'r>(a: &'r Report, b: &'r Report) -> (Vec<&'r Weights>, Vec<&'r Weights>) {
    let primary = |report: &'r Report| report.weight_sets.iter().find(|set| set.primary);
    let named = |report: &'r Report, set: Option<&WeightSet>| {
        let id = &set?.id;
        report.weight_sets.iter().find(|it| it.id == *id)
    };
    let (of_a, of_b) = (primary(a), primary(b));
    // Like with like: a set of the other's main format, where there is one.
    let (of_a, of_b) = match (named(b, of_a), named(a, of_b)) {
        (Some(like), _) => (of_a, Some(like)),
        (None, Some(like)) => (Some(like), of_b),
        (None, None) => (of_a, of_b),
    };
    (in_set(a, of_a), in_set(b, of_b))
}

fn in_set<'r>(report: &'r Report, set: Option<&WeightSet>) -> Vec<&'r Weights> {
    let wanted = |file: &&Weights| set.is_none_or(|set| set.paths.contains(&file.path));
    report.weights.iter().filter(wanted).collect()
}

fn tensors<'r>(files: &[&'r Weights]) -> Vec<Held<'r>> {
    let held =
        files.iter().flat_map(|file| file.tensors.iter().map(|tensor| Held { tensor, file }));
    held.collect()
}

/// Whether a file has tensors, of which some may have been left out.
fn has_tensors(file: &Weights, same: &BTreeMap<String, u64>) -> bool {
    !file.tensors.is_empty() || same.contains_key(&file.path)
}

fn format(files: &[&Weights], same: &BTreeMap<String, u64>) -> String {
    let first = files.iter().find(|file| has_tensors(file, same));
    first.map(|it| it.format.clone()).unwrap_or_default()
}

fn files(files: &[&Weights], same: &BTreeMap<String, u64>) -> Vec<String> {
    let files = files.iter().filter(|file| has_tensors(file, same));
    files.map(|it| it.path.clone()).collect()
}

/// By name and digest, then by digest alone, then by name, by name without a prefix, and by what
/// other houses call it.
fn pairs(a: &[Held], b: &[Held]) -> Pairs {
    let mut matching = Matching {
        a,
        b,
        left_a: (0..a.len()).collect(),
        left_b: (0..b.len()).collect(),
        pairs: Vec::with_capacity(b.len()),
    };
    matching.by(|it| it.tensor.sha256.as_ref().map(|sha256| (&it.tensor.name, sha256)), false);
    matching.by(|it| telling(it.tensor), true);
    matching.by(|it| Some(&it.tensor.name), false);
    let prefixes = matching.by_prefix();
    matching.by(|it| Some(names::canonical(&it.tensor.name)), true);
    let Matching { left_a, left_b, mut pairs, .. } = matching;
    pairs.sort_by_key(|(_, second)| *second);
    Pairs {
        both: pairs,
        removed: left_a,
        added: left_b,
        prefixes,
    }
}

/// What tells a tensor by itself: enough bytes, and what they are.
fn telling(tensor: &Tensor) -> Option<(&String, &String, &Vec<u64>)> {
    let (start, end) = tensor.bytes?;
    let tells = end.saturating_sub(start) >= TELLING;
    let sha256 = tensor.sha256.as_ref().filter(|_| tells)?;
    Some((sha256, &tensor.dtype, &tensor.shape))
}

/// Tensors that have not found each other yet.
struct Matching<'s, 'r> {
    a: &'s [Held<'r>],
    b: &'s [Held<'r>],
    left_a: Vec<usize>,
    left_b: Vec<usize>,
    pairs: Vec<(usize, usize)>,
}

impl<'s, 'r> Matching<'s, 'r> {
    /// Pairs what has the same key, in order; only what has a key of its own, where `alone`.
    fn by<K: std::hash::Hash + Eq>(
        &mut self,
        key: impl Fn(&'s Held<'r>) -> Option<K>,
        alone: bool,
    ) {
        let mut of_a: HashMap<K, Vec<usize>> = HashMap::with_capacity(self.left_a.len());
        for &at in &self.left_a {
            if let Some(key) = key(&self.a[at]) {
                of_a.entry(key).or_default().push(at);
            }
        }
        let mut of_b: HashMap<K, usize> = HashMap::new();
        if alone {
            for key in self.left_b.iter().filter_map(|at| key(&self.b[*at])) {
                *of_b.entry(key).or_default() += 1;
            }
        }
        of_a.retain(|_, queue| {
            queue.reverse(); // the first is taken first
            !alone || queue.len() == 1
        });
        let mut taken = vec![false; self.a.len()];
        let b = self.b;
        let pairs = &mut self.pairs;
        self.left_b.retain(|second| {
            let Some(key) = key(&b[*second]) else {
                return true;
            };
            if alone && of_b.get(&key).is_some_and(|count| *count > 1) {
                return true;
            }
            match of_a.get_mut(&key).and_then(Vec::pop) {
                None => true,
                Some(first) => {
                    taken[first] = true;
                    pairs.push((first, *second));
                    false
                }
            }
        });
        self.left_a.retain(|at| !taken[*at]);
    }

    /// Pairs names that are the same but for a prefix; gives the prefixes.
    fn by_prefix(&mut self) -> Option<(String, String)> {
        let names = |held: &'s [Held<'r>], left: &[usize]| -> Vec<&'s str> {
            left.iter().map(|at| held[*at].tensor.name.as_str()).collect()
        };
        let (of_a, of_b) = (names(self.a, &self.left_a), names(self.b, &self.left_b));
        let (lost_a, lost_b) = names::prefixes(&of_a, &of_b)?;
        // Which side a tensor is of tells which prefix it may lose. The last extent stays what it is
        // when a vocabulary grows; a likeness of names alone would be chance.
        let of_second = self.b.as_ptr_range();
        let found = self.pairs.len();
        self.by(
            |it| {
                let is_second = of_second.contains(&std::ptr::from_ref(it));
                let lost = if is_second { lost_b } else { lost_a };
                let shape = &it.tensor.shape;
                Some((it.tensor.name.strip_prefix(lost)?, shape.len(), shape.last()))
            },
            false,
        );
        if self.pairs.len() == found {
            return None;
        }
        Some((lost_a.to_owned(), lost_b.to_owned()))
    }
}

/// Whether two tensors are the same bytes of one type and shape; `None` where one was not hashed.
fn same_bytes(a: &Tensor, b: &Tensor) -> Option<bool> {
    let alike = a.dtype == b.dtype && a.shape == b.shape;
    Some(a.sha256.as_ref()? == b.sha256.as_ref()? && alike)
}

fn change(a: Held, b: Held) -> Change {
    let (first, second) = (a.tensor, b.tensor);
    if first.dtype != second.dtype {
        return if is_packed(first) || is_packed(second) {
            Change::Requantized
        } else {
            Change::Retyped
        };
    }
    if first.shape != second.shape {
        return Change::Reshaped;
    }
    match same_bytes(first, second) {
        Some(false) => Change::Changed,
        None => Change::Unchecked,
        Some(true) if first.name != second.name => Change::Renamed,
        Some(true) if a.file.path != b.file.path => Change::Moved,
        Some(true) => Change::Unchanged,
    }
}

/// Whether a tensor's elements are packed: block types of GGUF, helpers of quantized layers, or
/// integers where parameters should be.
fn is_packed(tensor: &Tensor) -> bool {
    let dtype = tensor.dtype.as_str();
    let blocks = ["Q", "IQ", "TQ", "MXFP", "NVFP"];
    blocks.iter().any(|start| {
        dtype
            .strip_prefix(start)
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    }) || tensor.role == Role::Quantization
        || (tensor.role == Role::Parameter
            && (dtype.starts_with('I') || dtype.starts_with('U') || dtype.starts_with("F8")))
}

fn state(held: Held) -> TensorState {
    TensorState {
        path: held.file.path.clone(),
        dtype: held.tensor.dtype.clone(),
        shape: held.tensor.shape.clone(),
        sha256: held.tensor.sha256.clone(),
    }
}
