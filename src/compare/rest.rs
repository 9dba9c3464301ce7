//! Files, values of configurations, licenses, components and findings that differ.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Change, ComponentChange, FileChange, FileState, FindingChange, LicenseChange, ValueChange,
};
use crate::{
    report::{Artifact, Finding, Is, License, Model, Report},
    words::{FileKind, LicenseScope},
};

fn counted(report: &Report) -> BTreeMap<&str, &Artifact> {
    let files = report.artifacts.iter().filter(|file| file.kind != FileKind::Bookkeeping);
    files.map(|file| (file.path.as_str(), file)).collect()
}

fn state(file: &Artifact) -> FileState {
    FileState {
        bytes: file.bytes,
        sha256: file.sha256.clone(),
    }
}

/// Files that differ, by path. One that is only of the same length and was not hashed is unchecked.
pub(super) fn files(a: &Report, b: &Report) -> Vec<FileChange> {
    let (of_a, of_b) = (counted(a), counted(b));
    let mut changes = Vec::new();
    let mut gone: BTreeMap<&str, Vec<&Artifact>> = BTreeMap::new();
    for (path, file) in of_a.iter().filter(|(path, _)| !of_b.contains_key(*path)).rev() {
        let key = file.sha256.as_deref().unwrap_or(path);
        gone.entry(key).or_default().push(file);
    }
    for (path, file) in &of_b {
        let (change, first) = if let Some(first) = of_a.get(path) {
            match (&first.sha256, &file.sha256) {
                (Some(x), Some(y)) if x == y => continue,
                (None, _) | (_, None) if first.bytes == file.bytes => {
                    (Change::Unchecked, Some(*first))
                }
                _ => (Change::Changed, Some(*first)),
            }
        } else {
            match file.sha256.as_deref().and_then(|it| gone.get_mut(it)?.pop()) {
                Some(first) if last(&first.path) == last(path) => (Change::Moved, Some(first)),
                Some(first) => (Change::Renamed, Some(first)),
                None => (Change::Added, None),
            }
        };
        let from = first.map(|first| first.path.clone()).filter(|from| from != path);
        changes.push(FileChange {
            change,
            path: (*path).to_owned(),
            from,
            a: first.map(state),
            b: Some(state(file)),
        });
    }
    changes.extend(gone.into_values().flatten().map(|file| FileChange {
        change: Change::Removed,
        path: file.path.clone(),
        from: None,
        a: Some(state(file)),
        b: None,
    }));
    changes.sort_by(|a, b| a.path.cmp(&b.path));
    changes
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Values of the model, of its configurations and of the notes inside weight files.
pub(super) fn config(a: &Report, b: &Report) -> Vec<ValueChange> {
    let (of_a, of_b) = (values(a), values(b));
    let keys: BTreeSet<&(Option<String>, String)> = of_a.keys().chain(of_b.keys()).collect();
    let mut changes = Vec::new();
    for at in keys {
        let (first, second) = (of_a.get(at), of_b.get(at));
        if first == second {
            continue;
        }
        let change = match (first, second) {
            (None, _) => Change::Added,
            (_, None) => Change::Removed,
            _ => Change::Changed,
        };
        // The keys of a file that is in one release only are told by the file.
        let of_one = at.0.as_ref().is_some_and(|path| {
            let has = |report: &Report| report.artifacts.iter().any(|file| file.path == *path);
            !has(a) || !has(b)
        });
        if !of_one {
            changes.push(ValueChange {
                change,
                path: at.0.clone(),
                key: at.1.clone(),
                a: first.cloned(),
                b: second.cloned(),
            });
        }
    }
    changes.extend(named("base_model", a, b, |it| it.base_model.iter().map(|it| &it.id).collect()));
    changes.extend(named("datasets", a, b, |it| it.datasets.iter().map(|it| &it.id).collect()));
    changes
}

/// What only one of them names, each by itself.
fn named<'r>(
    key: &str,
    a: &'r Report,
    b: &'r Report,
    names: impl Fn(&'r Model) -> BTreeSet<&'r String>,
) -> Vec<ValueChange> {
    let (of_a, of_b) = (names(&a.model), names(&b.model));
    let change = |change, a: Option<&String>, b: Option<&String>| ValueChange {
        change,
        path: None,
        key: key.to_owned(),
        a: a.cloned(),
        b: b.cloned(),
    };
    let removed = of_a.difference(&of_b).map(|id| change(Change::Removed, Some(id), None));
    let added = of_b.difference(&of_a).map(|id| change(Change::Added, None, Some(id)));
    removed.chain(added).collect()
}

fn values(report: &Report) -> BTreeMap<(Option<String>, String), String> {
    let model = &report.model;
    let mut values = BTreeMap::new();
    let mut put = |key: &str, value: String| {
        if !value.is_empty() {
            values.insert((None, key.to_owned()), value);
        }
    };
    let number = |it: Option<u64>| it.map(|it| it.to_string()).unwrap_or_default();
    put("architectures", model.architectures.join(", "));
    put("model_type", model.model_type.clone().unwrap_or_default());
    put("parameters", number(model.parameters));
    put("active_parameters", number(model.active_parameters));
    put("dtypes", model.dtypes.keys().cloned().collect::<Vec<_>>().join(", "));
    put("task", model.task.clone().unwrap_or_default());
    if let Some(packed) = &model.quantization {
        let bits = packed.bits.map(|bits| format!(" {bits}-bit")).unwrap_or_default();
        put("quantization", format!("{}{bits}", packed.method));
    }
    for config in &report.configs {
        for (key, value) in &config.values {
            values.insert((Some(config.path.clone()), key.clone()), value.clone());
        }
    }
    for file in &report.weights {
        for (key, value) in &file.metadata {
            values.insert((Some(file.path.clone()), key.clone()), value.clone());
        }
    }
    values
}

/// Licenses of one and not of the other, then topics on which they differ.
pub(super) fn licenses(a: &Report, b: &Report) -> Vec<LicenseChange> {
    let ids = |report: &Report| -> BTreeMap<(String, LicenseScope), String> {
        let key = |it: &License| ((it.id.clone(), it.scope), it.name.clone());
        report.licenses.iter().map(key).collect()
    };
    let (of_a, of_b) = (ids(a), ids(b));
    let mut changes = Vec::new();
    for (change, one, other) in [
        (Change::Removed, &of_a, &of_b),
        (Change::Added, &of_b, &of_a),
    ] {
        for ((id, scope), name) in one.iter().filter(|(key, _)| !other.contains_key(*key)) {
            let told = Some(format!("{name} ({scope})"));
            let (a, b) = if change == Change::Removed {
                (told, None)
            } else {
                (None, told)
            };
            changes.push(LicenseChange {
                change,
                id: Some(id.clone()),
                topic: None,
                a,
                b,
            });
        }
    }
    let (of_a, of_b) = (terms(a), terms(b));
    let topics: BTreeSet<&String> = of_a.keys().chain(of_b.keys()).collect();
    for topic in topics {
        let (first, second) = (of_a.get(topic), of_b.get(topic));
        if first != second {
            changes.push(LicenseChange {
                change: match (first, second) {
                    (None, _) => Change::Added,
                    (_, None) => Change::Removed,
                    _ => Change::Changed,
                },
                id: None,
                topic: Some(topic.clone()),
                a: first.cloned(),
                b: second.cloned(),
            });
        }
    }
    changes
}

/// What the licenses of the weights say, by topic; of several, all of it.
fn terms(report: &Report) -> BTreeMap<String, String> {
    let covers = |it: &&License| matches!(it.scope, LicenseScope::All | LicenseScope::Weights);
    let mut terms: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for term in report.licenses.iter().filter(covers).flat_map(|it| &it.terms) {
        let is = match &term.is {
            Is::Number(number) => number.to_string(),
            Is::Word(word) => word.clone(),
        };
        let said = terms.entry(term.topic.clone()).or_default();
        if !said.contains(&is) {
            said.push(is);
        }
    }
    terms.into_iter().map(|(topic, said)| (topic, said.join("; "))).collect()
}

/// Components of which more or less is here.
pub(super) fn components(a: &Report, b: &Report) -> Vec<ComponentChange> {
    let of_b: BTreeMap<_, _> = b.components.iter().map(|it| (it.id, it.presence)).collect();
    let changed = a.components.iter().filter_map(|first| {
        let second = *of_b.get(&first.id)?;
        let change = match second.cmp(&first.presence) {
            std::cmp::Ordering::Equal => return None,
            std::cmp::Ordering::Less => Change::Added,
            std::cmp::Ordering::Greater => Change::Removed,
        };
        Some(ComponentChange {
            change,
            id: first.id,
            a: first.presence,
            b: second,
        })
    });
    changed.collect()
}

/// Findings of one and not of the other. Lines and numbers may move without its being another.
pub(super) fn findings(a: &Report, b: &Report) -> Vec<FindingChange> {
    fn key(finding: &Finding) -> [Option<&str>; 4] {
        let at = finding.at.as_ref();
        let path = at.map(|at| at.path.as_str());
        let inner = at.and_then(|at| at.key.as_deref());
        let tensor = at.and_then(|at| at.tensor.as_deref());
        [Some(&finding.id), path, inner, tensor]
    }
    let of_a: BTreeSet<_> = a.findings.iter().map(key).collect();
    let of_b: BTreeSet<_> = b.findings.iter().map(key).collect();
    let told = |change, finding: &Finding| FindingChange {
        change,
        id: finding.id.clone(),
        severity: finding.severity,
        at: finding.at.clone(),
        message: finding.message.clone(),
    };
    let added = b.findings.iter().filter(|it| !of_a.contains(&key(it)));
    let removed = a.findings.iter().filter(|it| !of_b.contains(&key(it)));
    let added = added.map(|it| told(Change::Added, it));
    added.chain(removed.map(|it| told(Change::Removed, it))).collect()
}
