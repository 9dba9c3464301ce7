//! What a change looks like, and why; never more than the tensors show.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Change, FileChange, Lineage, Look, TensorChange, ValueChange,
    names::{Part, part},
    tensors::Matched,
};
use crate::{layers, report::Report, words::FileKind};

/// All that the verdict goes by.
pub(super) struct Told<'t> {
    pub(super) a: &'t Report,
    pub(super) b: &'t Report,
    pub(super) files: &'t [FileChange],
    pub(super) matched: &'t Matched,
    pub(super) config: &'t [ValueChange],
}

impl Told<'_> {
    fn count(&self, change: Change) -> u64 {
        self.matched.counts.get(&change).copied().unwrap_or_default()
    }

    /// Tensors that are in both.
    fn pairs(&self) -> u64 {
        let alone = [Change::Added, Change::Removed];
        let counts = self.matched.counts.iter();
        counts.filter(|(change, _)| !alone.contains(change)).map(|(_, count)| count).sum()
    }

    /// The changes of one kind.
    fn of(&self, change: Change) -> impl Iterator<Item = &TensorChange> {
        self.matched.changes.iter().filter(move |it| it.change == change)
    }
}

/// The looks, the one that tells most first.
pub(super) fn of(told: &Told) -> Vec<Look> {
    let looks = [
        weights(told),
        resharded(told),
        renamed(told),
        layers_of(told, Change::Removed, "layers-removed", "removed"),
        layers_of(told, Change::Added, "layers-added", "added"),
        documents(told),
    ];
    looks.into_iter().flatten().collect()
}

/// `1 tensor`, `291 tensors`.
fn plural(n: u64, noun: &str) -> String {
    let ending = if n == 1 { "" } else { "s" };
    format!("{n} {noun}{ending}")
}

fn look(id: &str, saying: String) -> Look {
    Look { id: id.to_owned(), saying }
}

/// What became of the weights as a whole.
fn weights(told: &Told) -> Option<Look> {
    let (of_a, of_b) = told.matched.of;
    let pairs = told.pairs();
    let (added, removed) = (told.count(Change::Added), told.count(Change::Removed));
    match (of_a, of_b) {
        (0, 0) => return None,
        (0, n) => {
            return Some(look(
                "weights-added",
                format!("the first has no tensors, the second {n}"),
            ));
        }
        (n, 0) => {
            return Some(look(
                "weights-gone",
                format!("the first has {n} tensors, the second none"),
            ));
        }
        _ => {}
    }
    if pairs == 0 {
        let saying =
            format!("nothing in common: no tensor of {of_a} and {of_b} shares a name or its bytes");
        return Some(look("nothing-in-common", saying));
    }
    let alone = match (added, removed) {
        (0, 0) => String::new(),
        (added, 0) => format!("; {added} added"),
        (0, removed) => format!("; {removed} removed"),
        (added, removed) => format!("; {added} added, {removed} removed"),
    };
    if told.count(Change::Unchecked) == pairs {
        let saying = format!(
            "{} of the same names, types and shapes, whose bytes were not hashed in both{alone}",
            plural(pairs, "tensor")
        );
        return Some(look("weights-not-compared", saying));
    }
    if told.matched.shared == pairs {
        let same = if added + removed == 0 {
            "the same weights"
        } else {
            "all weights that both have are the same"
        };
        return Some(look(
            "same-weights",
            format!("{same}: {}, byte for byte{alone}", plural(pairs, "tensor")),
        ));
    }
    converted(told, pairs, &alone).or_else(|| parts(told, pairs, &alone))
}

/// All of one type were all made another.
fn converted(told: &Told, pairs: u64, alone: &str) -> Option<Look> {
    let packed = told.count(Change::Requantized);
    let retyped = told.count(Change::Retyped);
    let mut kinds: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for change in told.of(Change::Retyped).chain(told.of(Change::Requantized)) {
        if let (Some(a), Some(b)) = (&change.a, &change.b) {
            *kinds.entry((&a.dtype, &b.dtype)).or_default() += 1;
        }
    }
    if (packed + retyped) * 2 < pairs {
        return None;
    }
    let mut kinds: Vec<_> = kinds.into_iter().collect();
    kinds.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let kinds: Vec<String> =
        kinds.iter().take(3).map(|((a, b), count)| format!("{a} to {b} {count}×")).collect();
    let (id, what) = if packed > 0 {
        ("requantized", "packed otherwise")
    } else {
        ("retyped", "converted")
    };
    let n = packed + retyped;
    let saying = format!(
        "{n} of {pairs} tensors {what} ({}); whether the values are those of the first, digests cannot tell{alone}",
        kinds.join(", ")
    );
    Some(look(id, saying))
}

/// Which part of the network changed.
fn parts(told: &Told, pairs: u64, alone: &str) -> Option<Look> {
    let differs = [
        Change::Changed,
        Change::Reshaped,
        Change::Retyped,
        Change::Requantized,
    ];
    let changed: Vec<&TensorChange> =
        told.matched.changes.iter().filter(|it| differs.contains(&it.change)).collect();
    let n = changed.len() as u64;
    let reshaped: Vec<&&TensorChange> =
        changed.iter().filter(|it| it.change == Change::Reshaped).collect();
    let only = |wanted: Part| n > 0 && changed.iter().all(|it| part(&it.name) == wanted);
    if let Some(first) = reshaped.first()
        && reshaped.iter().all(|it| part(&it.name) == Part::Vocabulary)
    {
        let rows = |it: &TensorChange| {
            let (a, b) = (it.a.as_ref()?.shape.first()?, it.b.as_ref()?.shape.first()?);
            Some(format!("{a} to {b} rows"))
        };
        let rows = rows(first).unwrap_or_default();
        let others = n - reshaped.len() as u64;
        let rest = match others {
            0 => "every other tensor is the same".to_owned(),
            others => format!("{others} other tensors changed too"),
        };
        let id = if others == 0 {
            "embedding-resized"
        } else {
            "embedding-resized-and-trained"
        };
        return Some(look(id, format!("the vocabulary was resized, {rows}; {rest}{alone}")));
    }
    if only(Part::Vocabulary) {
        return Some(look(
            "embedding-changed",
            format!("only embeddings or the head changed, {n} of {pairs} tensors{alone}"),
        ));
    }
    if only(Part::Attention) {
        return Some(look(
            "attention-changed",
            format!(
                "only attention changed, {n} of {pairs} tensors, as where an adapter was merged{alone}"
            ),
        ));
    }
    if n == 0 {
        return None;
    }
    if n == pairs {
        return Some(look(
            "all-changed",
            format!(
                "every one of {pairs} tensors changed, as training of the whole model does{alone}"
            ),
        ));
    }
    let names = changed.iter().map(|it| (it.name.as_str(), ()));
    let patterns = layers::collapse(names);
    let shown: Vec<&str> = patterns.iter().take(3).map(|it| it.name.as_str()).collect();
    let more = match patterns.len() {
        0..=3 => String::new(),
        all => format!(" and {} more kinds", all - 3),
    };
    let saying = format!("{n} of {pairs} tensors changed: {}{more}{alone}", shown.join(", "));
    Some(look("some-changed", saying))
}

/// The same tensors in other files.
fn resharded(told: &Told) -> Option<Look> {
    let (a, b) = &told.matched.files;
    let (format_a, format_b) = &told.matched.formats;
    if format_a != format_b && !a.is_empty() && !b.is_empty() {
        return Some(look("other-format", format!("from {format_a} to {format_b}")));
    }
    let moved = told.count(Change::Moved);
    (moved > 0 && a.len() != b.len()).then(|| {
        look(
            "resharded",
            format!("{} of weights became {}", plural(a.len() as u64, "file"), b.len()),
        )
    })
}

/// The same tensors under other names.
fn renamed(told: &Told) -> Option<Look> {
    let (lost_a, lost_b) = told.matched.prefixes.as_ref()?;
    let spelled = |prefix: &str| {
        if prefix.is_empty() {
            "no prefix".to_owned()
        } else {
            format!("`{prefix}`")
        }
    };
    Some(look(
        "prefix-changed",
        format!("names have {} where they had {}", spelled(lost_b), spelled(lost_a)),
    ))
}

/// Whole layers that only one has.
fn layers_of(told: &Told, change: Change, id: &str, word: &str) -> Option<Look> {
    let numbers = |names: &mut dyn Iterator<Item = &str>| -> BTreeSet<u64> {
        names.filter_map(|name| layers::parts(name).numbers.first().copied()).collect()
    };
    let alone = numbers(&mut told.of(change).map(|it| it.name.as_str()));
    let of = |report: &Report| -> BTreeSet<u64> {
        let tensors = report.weights.iter().flat_map(|file| &file.tensors);
        numbers(&mut tensors.map(|tensor| tensor.name.as_str()))
    };
    let other = of(if change == Change::Added {
        told.a
    } else {
        told.b
    });
    let whole: BTreeSet<u64> = alone.difference(&other).copied().collect();
    if whole.is_empty() || other.is_empty() {
        return None;
    }
    let list: Vec<String> = whole.iter().take(12).map(u64::to_string).collect();
    let more = if whole.len() > 12 { " …" } else { "" };
    Some(look(
        id,
        format!("{} {word}: {}{more}", plural(whole.len() as u64, "layer"), list.join(", ")),
    ))
}

/// Nothing but documents and configurations.
fn documents(told: &Told) -> Option<Look> {
    let kinds: BTreeMap<&str, FileKind> = told
        .a
        .artifacts
        .iter()
        .chain(&told.b.artifacts)
        .map(|file| (file.path.as_str(), file.kind))
        .collect();
    let differ: Vec<&FileChange> =
        told.files.iter().filter(|it| it.change != Change::Unchecked).collect();
    let is_weights = |it: &&&FileChange| kinds.get(it.path.as_str()) == Some(&FileKind::Weights);
    if differ.is_empty() || differ.iter().any(|it| is_weights(&it)) {
        return None;
    }
    let kind = |it: &&FileChange| kinds.get(it.path.as_str()).map_or("other", |kind| kind.word());
    let words: BTreeSet<String> = differ.iter().map(|it| kind(it).replace('_', " ")).collect();
    let words = words.into_iter().collect::<Vec<_>>().join(", ");
    let values = match told.config.len() {
        0 => String::new(),
        1 => "; 1 value differs".to_owned(),
        n => format!("; {n} values differ"),
    };
    Some(look("only-other-files", format!("only files beside the weights differ: {words}{values}")))
}

/// The sentence that people quote.
pub(super) fn summary(same: bool, looks: &[Look], files: &[FileChange]) -> String {
    if same {
        return "nothing differs".to_owned();
    }
    let first = looks.iter().map(|look| look.saying.as_str()).take(2).collect::<Vec<_>>();
    match (first.as_slice(), files.len()) {
        ([], 0) => "no file differs; what is made out of them does".to_owned(),
        ([], 1) => "1 file differs".to_owned(),
        ([], n) => format!("{n} files differ"),
        (said, _) => said.join("; "),
    }
}

/// Base models that one names and the other is.
pub(super) fn lineage(a: &Report, b: &Report, matched: &Matched) -> Vec<Lineage> {
    let mut found = Vec::new();
    for (by, child, parent) in [("b", b, a), ("a", a, b)] {
        for base in &child.model.base_model {
            if names(&base.id, parent) {
                let (result, saying) = held(matched);
                found.push(Lineage {
                    by: by.to_owned(),
                    base: base.id.clone(),
                    at: base.at.clone(),
                    result: result.to_owned(),
                    saying,
                });
            }
        }
    }
    found
}

/// Whether an id names a release: its repo id, or the last part of its name.
fn names(id: &str, release: &Report) -> bool {
    let release = &release.release;
    let last = |text: &str| text.rsplit('/').next().unwrap_or(text).to_ascii_lowercase();
    match &release.repo_id {
        Some(repo) if id.contains('/') => repo.eq_ignore_ascii_case(id),
        Some(repo) => last(repo) == last(id),
        None => last(&release.root) == last(id),
    }
}

fn held(matched: &Matched) -> (&'static str, String) {
    let (of_a, of_b) = matched.of;
    let least = of_a.min(of_b);
    let unchecked = matched.counts.get(&Change::Unchecked).copied().unwrap_or_default();
    let Matched { shared, alike, .. } = matched;
    if least == 0 {
        return ("unchecked", "one of them has no tensors to compare".to_owned());
    }
    if *shared > 0 {
        return ("borne_out", format!("{shared} of {least} tensors are the same, byte for byte"));
    }
    if unchecked > 0 {
        return (
            "unchecked",
            format!("{alike} of {least} tensors have the same name and shape; not all were hashed"),
        );
    }
    if *alike * 2 >= least {
        return (
            "possible",
            format!(
                "no tensor is the same; {alike} of {least} have the same name and shape, as after training of the whole model"
            ),
        );
    }
    (
        "contradicted",
        format!("no tensor is the same, and {alike} of {least} have the same name and shape"),
    )
}
