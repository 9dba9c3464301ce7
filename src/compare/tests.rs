//! Releases that differ in one way each, and what is said of it.

use super::*;
use crate::{
    render::sample,
    report::{BaseModel, LicenseText, Tensor},
};

/// The ids of the looks, the first first.
fn looks(diff: &Diff) -> Vec<&str> {
    diff.looks_like.iter().map(|look| look.id.as_str()).collect()
}

fn tensors(report: &mut Report) -> impl Iterator<Item = &mut Tensor> {
    report.weights.iter_mut().flat_map(|file| &mut file.tensors)
}

/// The sample, each tensor with a digest of its own.
fn base() -> Report {
    let mut report = sample::llama();
    for (at, tensor) in tensors(&mut report).enumerate() {
        tensor.sha256 = Some(format!("{at:064x}"));
    }
    report
}

/// The second release is the first with `edit` done to it.
#[track_caller]
fn check(edit: impl FnOnce(&mut Report), expected: &[&str], counts: &[(Change, u64)]) -> Diff {
    let a = base();
    let mut b = a.clone();
    edit(&mut b);
    let diff = reports(&a, &b);
    assert_eq!(looks(&diff), expected, "{}", diff.summary);
    assert_eq!(diff.counts, counts.iter().copied().collect(), "{}", diff.summary);
    let stored: Diff = serde_json::from_str(&serde_json::to_string(&diff).unwrap()).unwrap();
    assert_eq!(stored, diff);
    diff
}

fn other(tensor: &mut Tensor) {
    tensor.sha256 = tensor.sha256.as_ref().map(|it| format!("f{}", &it[1..]));
}

#[test]
fn a_release_and_itself() {
    let diff = check(|_| {}, &["same-weights"], &[(Change::Unchanged, 291)]);
    assert!(diff.same);
    assert_eq!(diff.summary, "nothing differs");
}

#[test]
fn the_same_weights_in_other_files() {
    let shard = |b: &mut Report| {
        let all = b.weights.drain(..).flat_map(|file| file.tensors).collect();
        let mut one = sample::tiny().weights.remove(0);
        one.tensors = all;
        b.weights = vec![one];
        b.weight_sets[0].paths = vec!["model.safetensors".to_owned()];
    };
    let diff = check(shard, &["same-weights", "resharded"], &[(Change::Moved, 291)]);
    assert!(!diff.same);
    assert_eq!(
        diff.summary,
        "the same weights: 291 tensors, byte for byte; 2 files of weights became 1"
    );
}

#[test]
fn the_same_weights_under_other_names() {
    let rename = |b: &mut Report| {
        for tensor in tensors(b) {
            tensor.name = tensor.name.replacen("model.", "base.model.", 1);
        }
    };
    let counts = [(Change::Renamed, 290), (Change::Unchanged, 1)];
    let diff = check(rename, &["same-weights", "prefix-changed"], &counts);
    assert_eq!(diff.looks_like[1].saying, "names have `base.` where they had no prefix");
    // The same where nothing was hashed: names alone tell it.
    let (mut a, mut b) = (base(), base());
    rename(&mut b);
    for tensor in tensors(&mut a).chain(tensors(&mut b)) {
        tensor.sha256 = None;
    }
    let diff = reports(&a, &b);
    assert_eq!(diff.counts, BTreeMap::from([(Change::Unchecked, 291)]));
    assert_eq!(looks(&diff), ["weights-not-compared", "prefix-changed"]);
    assert!(!diff.same);
}

#[test]
fn what_changed_tells_what_was_done() {
    let of = |part: &'static str| {
        move |b: &mut Report| {
            tensors(b).filter(|it| it.name.contains(part)).for_each(other);
        }
    };
    let counts = |n| [(Change::Changed, n), (Change::Unchanged, 291 - n)];
    check(of("self_attn.q_proj"), &["attention-changed"], &counts(32));
    check(of("embed_tokens"), &["embedding-changed"], &counts(1));
    let diff = check(of("layers.3."), &["some-changed"], &counts(9));
    assert!(
        diff.summary.starts_with("9 of 291 tensors changed: model.layers.3."),
        "{}",
        diff.summary
    );
    check(of(""), &["all-changed"], &[(Change::Changed, 291)]);
}

#[test]
fn a_vocabulary_that_was_resized() {
    let resize = |b: &mut Report| {
        for tensor in tensors(b).filter(|it| part_of_vocabulary(&it.name)) {
            tensor.shape[0] += 16;
            other(tensor);
        }
    };
    let counts = [(Change::Reshaped, 2), (Change::Unchanged, 289)];
    let diff = check(resize, &["embedding-resized"], &counts);
    assert_eq!(
        diff.summary,
        "the vocabulary was resized, 32000 to 32016 rows; every other tensor is the same"
    );
}

fn part_of_vocabulary(name: &str) -> bool {
    names::part(name) == names::Part::Vocabulary
}

#[test]
fn conversions_and_quantizations() {
    let retype = |dtype: &'static str| {
        move |b: &mut Report| {
            for tensor in tensors(b) {
                dtype.clone_into(&mut tensor.dtype);
                other(tensor);
            }
        }
    };
    check(retype("BF16"), &["retyped"], &[(Change::Retyped, 291)]);
    check(retype("Q4_K"), &["requantized"], &[(Change::Requantized, 291)]);
}

#[test]
fn layers_that_went_or_came() {
    let prune = |b: &mut Report| {
        for file in &mut b.weights {
            file.tensors.retain(|it| !it.name.contains("layers.31."));
        }
    };
    let counts = [(Change::Removed, 9), (Change::Unchanged, 282)];
    let diff = check(prune, &["same-weights", "layers-removed"], &counts);
    assert_eq!(diff.looks_like[1].saying, "1 layer removed: 31");
}

#[test]
fn nothing_in_common_and_no_weights() {
    let strange = |b: &mut Report| {
        for tensor in tensors(b) {
            tensor.name = format!("x_{}", tensor.name.replace('.', "_"));
            other(tensor);
        }
    };
    let counts = [(Change::Added, 291), (Change::Removed, 291)];
    check(strange, &["nothing-in-common"], &counts);
    let counts = [(Change::Removed, 291)];
    check(|b| b.weights.clear(), &["weights-gone"], &counts);
}

#[test]
fn a_base_that_is_named_is_held_against_the_tensors() {
    let verdict = |edit: &dyn Fn(&mut Report)| {
        let a = base();
        let mut b = base();
        b.release.repo_id = Some("someone/tuned".to_owned());
        b.model.base_model = vec![BaseModel {
            id: "example-labs/example-llm-7b".to_owned(),
            relation: None,
            at: None,
        }];
        edit(&mut b);
        reports(&a, &b).lineage.into_iter().map(|it| it.result).collect::<Vec<_>>()
    };
    assert_eq!(verdict(&|_| {}), ["borne_out"]);
    assert_eq!(verdict(&|b| tensors(b).for_each(other)), ["possible"]);
    let strange = |b: &mut Report| {
        for tensor in tensors(b) {
            other(tensor);
            tensor.name.insert(0, 'x');
            tensor.shape.push(7);
        }
    };
    assert_eq!(verdict(&strange), ["contradicted"]);
    assert_eq!(verdict(&|b| b.weights.clear()), ["unchecked"]);
    let unlike = |b: &mut Report| "some/other".clone_into(&mut b.model.base_model[0].id);
    assert!(verdict(&unlike).is_empty());
}

#[test]
fn what_is_no_tensor_is_compared_too() {
    let edit = |b: &mut Report| {
        for file in &mut b.artifacts {
            match file.path.as_str() {
                "README.md" => file.sha256 = Some("0".repeat(64)),
                "LICENSE.txt" => "legal/LICENSE.txt".clone_into(&mut file.path),
                "tokenizer.json" => "vocabulary.json".clone_into(&mut file.path),
                _ => {}
            }
        }
        b.artifacts.retain(|file| file.path != "USE_POLICY.md");
        b.configs[0].values.insert("vocab_size".to_owned(), "32016".to_owned());
        b.configs[0].values.insert("rope_theta".to_owned(), "1e6".to_owned());
        b.licenses[0].id = "mit".to_owned();
        b.licenses[0].texts = Vec::<LicenseText>::new();
        b.licenses[0].terms.retain(|term| term.topic != "user_cap");
        b.findings.remove(0);
        for verdict in &mut b.components {
            if verdict.id == Component::TrainingCode {
                verdict.presence = Presence::Present;
            }
        }
    };
    let counts = [(Change::Unchanged, 291)];
    let diff = check(edit, &["same-weights", "only-other-files"], &counts);
    let files: Vec<(Change, &str)> =
        diff.files.iter().map(|it| (it.change, it.path.as_str())).collect();
    assert_eq!(
        files,
        [
            (Change::Changed, "README.md"),
            (Change::Removed, "USE_POLICY.md"),
            (Change::Moved, "legal/LICENSE.txt"),
            (Change::Renamed, "vocabulary.json"),
        ]
    );
    let values: Vec<(Change, &str)> =
        diff.config.iter().map(|it| (it.change, it.key.as_str())).collect();
    assert_eq!(
        values,
        [
            (Change::Added, "rope_theta"),
            (Change::Changed, "vocab_size")
        ]
    );
    let topics: Vec<_> = diff.licenses.iter().filter_map(|it| it.topic.as_deref()).collect();
    assert_eq!(topics, ["user_cap"]);
    let ids: Vec<_> = diff.licenses.iter().filter_map(|it| it.id.as_deref()).collect();
    assert_eq!(ids, ["example-community", "mit"]);
    assert_eq!(diff.components[0].change, Change::Added);
    assert_eq!((diff.findings.len(), diff.findings[0].change), (1, Change::Removed));
}

#[test]
fn two_large_reports_are_paired_by_name() {
    let a = sample::large();
    let mut b = a.clone();
    for tensor in tensors(&mut b) {
        tensor.name.insert_str(0, "base.");
        tensor.sha256 = None;
    }
    let diff = reports(&a, &b);
    assert_eq!(diff.counts.get(&Change::Unchecked).copied(), Some(100_002));
}
