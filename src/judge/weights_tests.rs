use super::*;
use crate::facts::{
    Facts,
    build::{Build, stored},
};

const A: (&str, &str, &[u64]) = ("a.weight", "F32", &[4, 4]);
const B: (&str, &str, &[u64]) = ("b.weight", "F32", &[4]);
const FIRST: &str = "model-00001-of-00002.safetensors";
const SECOND: &str = "model-00002-of-00002.safetensors";
const INDEX: &str = "model.safetensors.index.json";
const MAP: &[(&str, &str)] = &[("a.weight", FIRST), ("b.weight", SECOND)];

fn shards() -> Build {
    Build::release("m").safetensors(FIRST, &[A]).safetensors(SECOND, &[B])
}

#[test]
fn whole_releases_have_no_findings() {
    check(shards(), &[]);
    check(shards().index(INDEX, Some(80), MAP), &[]);
    check(
        Build::release("tiny-80M")
            .safetensors("model.safetensors", &[("w", "F32", &[80_000, 1000])]),
        &[],
    );
    let twice = Build::release("m").safetensors("model.safetensors", &[A, B]).weights(
        "pytorch_model.bin",
        "torch",
        stored(&[A, B, ("lm_head.weight", "F32", &[4])]),
    );
    check(twice, &[]);
}

#[test]
fn each_defect_is_found_and_nothing_else() {
    check(
        Build::release("m").safetensors(FIRST, &[A]),
        &["shard-missing: 1 of the 2 parts that the names count are not here, part 2 first"],
    );
    check(
        Build::release("m").safetensors(FIRST, &[A]).index(INDEX, Some(80), MAP),
        &[
            "shard-missing: 1 of 2 shards that the index names are not here, with 1 tensor: model-00002-of-00002.safetensors",
        ],
    );
    let more = &[
        ("a.weight", FIRST),
        ("b.weight", SECOND),
        ("h.0.w", SECOND),
        ("h.1.w", SECOND),
    ];
    check(
        shards().index(INDEX, Some(80), more),
        &["index-tensor-missing: 2 tensors in the index and in no shard: h.[0,1].w ×2"],
    );
    let swapped = &[("a.weight", FIRST), ("b.weight", FIRST)];
    let misplaced = shards().index(INDEX, Some(80), &[swapped[0], swapped[1], ("c", SECOND)]);
    check(
        misplaced,
        &[
            "index-tensor-missing: 1 tensor in the index and in no shard: c",
            "index-tensor-misplaced: 1 tensor in another shard than the index says: b.weight is in model-00002-of-00002.safetensors, not in model-00001-of-00002.safetensors",
        ],
    );
    let unnamed = Build::release("m")
        .safetensors(FIRST, &[A])
        .safetensors(SECOND, &[B, ("c.weight", "F32", &[2])]);
    check(
        unnamed.index(INDEX, Some(88), MAP),
        &["tensor-not-indexed: 1 tensor that model.safetensors.index.json does not name: c.weight"],
    );
    check(
        shards().index(INDEX, Some(81), MAP),
        &["index-total-size: total_size is 81 bytes, the tensors take 80"],
    );
    let both = shards().safetensors("model.safetensors", &[A, B]);
    check(both, &["weights-twice: 2 shards of the same name lie beside it"]);
    let differ = Build::release("m")
        .safetensors("model.safetensors", &[A, B, ("c.0.w", "F32", &[2]), ("c.1.w", "F32", &[2])])
        .weights("pytorch_model.bin", "torch", stored(&[A, ("b.weight", "F32", &[5])]));
    check(
        differ,
        &[
            "weight-sets-differ: torch against safetensors: 2 tensors not in it: c.[0,1].w ×2; 1 tensor of another shape: b.weight",
        ],
    );
    check(
        Build::release("owner/Tiny-7B").safetensors("model.safetensors", &[A]),
        &["size-claim-disagrees: the name says 7B, the weights hold 16 parameters"],
    );
}

#[test]
fn a_stated_number_of_parameters_is_held_against_the_count() {
    let stated = |number: u64| {
        let mut facts = shards().index(INDEX, Some(80), MAP).facts();
        for artifact in &mut facts.artifacts {
            if let crate::facts::Contents::Index(index) = &mut artifact.contents {
                index.total_parameters = Some(number);
            }
        }
        messages(&facts)
    };
    assert_eq!(stated(20), [""; 0]);
    let message = "index-total-parameters: total_parameters is 21, the tensors hold 20 parameters in 20 elements";
    assert_eq!(stated(21), [message]);
}

#[test]
fn an_absurd_number_of_parts_is_no_work() {
    let name = "model-00001-of-18446744073709551615.safetensors";
    let message = "shard-missing: 18446744073709551614 of the 18446744073709551615 parts that the names count are not here, part 2 first";
    check(Build::release("m").safetensors(name, &[A]), &[message]);
}

#[track_caller]
fn check(release: Build, expected: &[&str]) {
    assert_eq!(messages(&release.facts()), expected);
}

fn messages(facts: &Facts) -> Vec<String> {
    crate::judge::told(CHECKS, facts)
}
