//! Models made by code, message by message.

use super::{
    super::{
        protobuf::make::{number, span},
        trial,
    },
    *,
};

/// Two by two floats.
fn tensor(name: &str, data: Vec<u8>) -> Vec<u8> {
    [
        number(1, 2),
        number(1, 2),
        number(2, 1),
        span(8, name),
        data,
    ]
    .concat()
}

fn raw() -> Vec<u8> {
    span(9, [0; 16])
}

fn model(fields: &[Vec<u8>]) -> Vec<u8> {
    let opset = span(8, number(2, 17));
    [
        number(1, 8),
        span(2, "pytorch"),
        span(7, fields.concat()),
        opset,
    ]
    .concat()
}

fn beside(location: &str, offset: &str) -> Vec<u8> {
    let entry = |key: &str, value: &str| span(13, [span(1, key), span(2, value)].concat());
    let entries = [
        entry("location", location),
        entry("offset", offset),
        entry("length", "16"),
    ];
    [entries.concat(), number(14, 1)].concat()
}

/// An `If` whose branch holds a weight and a constant.
fn branching() -> Vec<u8> {
    let value = span(5, [span(1, "value"), span(5, tensor("", raw()))].concat());
    let constant = span(1, [span(2, "c"), span(4, "Constant"), value].concat());
    let branch = span(6, [constant, span(5, tensor("w", raw()))].concat());
    let held = span(5, [span(1, "then_branch"), branch].concat());
    span(1, [span(2, "y"), span(3, "If_0"), span(4, "If"), held].concat())
}

#[test]
fn weights_are_found_wherever_they_stand() {
    let w = |data| model(&[span(5, tensor("w", data))]);
    trial::check(&FORMAT, &w(raw()), &["w F32 [2, 2] 26..42"]);
    trial::check(&FORMAT, &w(span(4, [0; 16])), &["w F32 [2, 2] 26..42"]); // packed floats
    trial::check(&FORMAT, &w(span(5, [0; 4])), &["w F32 [2, 2]"]); // variable-length numbers
    trial::check(&FORMAT, &w([raw(), raw()].concat()), &["w F32 [2, 2]"]);
    trial::check(
        &FORMAT,
        &model(&[branching()]),
        &[
            "If_0.then_branch/c F32 [2, 2] 81..97",
            "If_0.then_branch/w F32 [2, 2] 110..126",
        ],
    );
    let two = tensor("v", beside("./m.onnx_data", "48"));
    trial::check(&FORMAT, &model(&[span(5, two)]), &["m.onnx_data: v F32 [2, 2] 48..64"]);
}

#[test]
fn operators_and_versions_are_kept() {
    let foreign = span(1, [span(4, "PyOp"), span(7, "ai.onnx.contrib")].concat());
    let bytes = model(&[branching(), foreign]);
    let file = trial::list(&FORMAT, &bytes).unwrap().file;
    let called: Vec<_> = file.operators.keys().collect();
    assert_eq!(called, ["Constant", "If", "ai.onnx.contrib::PyOp"]);
    assert_eq!(file.metadata["opset.ai.onnx"], "17");
    assert_eq!(file.metadata["producer_name"], "pytorch");
}

#[test]
fn what_lies_is_told() {
    odd(tensor("w", beside("../w", "0")), "its data is said to lie at `../w`, outside the folder");
    odd(tensor("w", beside("/w", "0")), "its data is said to lie at `/w`, an absolute path");
    odd(tensor("w", beside("w", "-1")), "the offset of its data is no number");
    odd(tensor("w", beside("w", "18446744073709551615")), "the length of its data is no number");
    odd(tensor("w", beside(trial::SIBLING, "90")), "bytes 90 to 106, hundred has 100");
    odd(tensor("w", span(9, [0; 15])), "F32 [2, 2] takes 16 bytes, 15 are stored");
    odd([number(1, u64::MAX), number(2, 1)].concat(), "an extent of -1");
    odd([number(2, 99), raw()].concat(), "element type 99");
    odd(number(1, 1).repeat(65), "more than 64 extents");
    odd(vec![0xFF; 11], "a field that has no whole key");
}

#[track_caller]
fn odd(tensor: Vec<u8>, saying: &str) {
    let listing = trial::list(&FORMAT, &model(&[span(5, tensor)])).unwrap();
    assert_eq!(trial::odd(&listing).last(), Some(&saying));
}

#[test]
fn graphs_may_be_nested_only_so_deep() {
    let deeper = |inner: Vec<u8>| span(1, span(5, span(6, inner)));
    let deep = (0..500).fold(vec![], |inner, _| deeper(inner));
    let listing = trial::list(&FORMAT, &model(&[deep])).unwrap();
    assert_eq!(trial::odd(&listing), ["graphs nested deeper than 32"]);
}

#[test]
fn no_bytes_are_too_strange() {
    let two = tensor("v", beside("m.onnx_data", "48"));
    trial::abuse(&FORMAT, &model(&[branching(), span(5, two), span(5, tensor("w", raw()))]));
}
