//! Pickles of the makes of harmful ones, as honest tools write them.

#![expect(clippy::too_many_lines, reason = "a list of samples, a line each")]

use super::{
    Sample,
    made::{
        LAYERS, bytes, call, checkpoint, checkpoint_without_storages, global, joblib, legacy, npy,
        packed, pickle, tar, text, torch, zip,
    },
};

/// Pickles as honest tools write them.
pub(crate) fn benign(samples: &mut Vec<Sample>) {
    let mut add = |name: &str, path: &str, bytes: Vec<u8>| {
        samples.push(Sample::clean(name, &[(path, &bytes)]));
    };
    add("a checkpoint", "pytorch_model.bin", torch(&checkpoint()));
    add("a legacy file", "model.pt", legacy(&checkpoint_without_storages()));
    add(
        "joblib's array",
        "a.joblib",
        joblib(
            b"\0\0\0\0\0\0\xf0?\0\0\0\0\0\0\0@\0\0\0\0\0\0\x08@\0\0\0\0\0\0\x10@",
            b"N".to_vec(),
        ),
    );
    add("an npz", "a.npz", zip(&[("x.npy", &npy("<f4", "(2,)", &[0; 8]))]));
    let values = [b"](".to_vec(), text("a"), text("b"), b"e".to_vec()].concat();
    add("an array of texts", "labels.npy", npy("|O", "(2,)", &pickle(values.clone())));
    for layer in LAYERS {
        add(&format!("a list in {layer}"), "labels.joblib", packed(layer, &pickle(values.clone())));
        add(
            &format!("text in {layer}"),
            "data.jsonl.gz",
            packed(layer, "{\"text\": \"some words\"}\n".repeat(50).as_bytes()),
        );
    }
    add("a tar of texts", "a.tar", tar(&[("a.txt", b"words"), ("b/c.txt", b"more words\n")]));
    add("a zip of texts", "a.zip", zip(&[("a.txt", b"words"), ("b.json", b"{}")]));
    for (name, module, class, arguments) in [
        ("a date", "datetime", "datetime", vec![bytes(b"\x07\xe8\x01\x01\0\0\0\0\0\0")]),
        ("a decimal", "decimal", "Decimal", vec![text("1.5")]),
        ("a fraction", "fractions", "Fraction", vec![text("1/2")]),
        ("a path", "pathlib", "PosixPath", vec![text("out"), text("run")]),
        ("a pattern", "re", "_compile", vec![text("[a-z]+"), b"K ".to_vec()]),
        (
            "a range",
            "__builtin__",
            "xrange",
            vec![b"K\0".to_vec(), b"K\x05".to_vec(), b"K\x01".to_vec()],
        ),
        ("a set", "builtins", "set", vec![b"]K\x01a".to_vec()]),
        ("a device", "torch", "device", vec![text("cpu")]),
        ("a generator", "numpy.random._pickle", "__randomstate_ctor", vec![text("MT19937")]),
        (
            "a scalar",
            "numpy.core.multiarray",
            "scalar",
            vec![
                call(global("numpy", "dtype"), &[text("f8")]),
                bytes(&[0; 8]),
            ],
        ),
        ("a strategy", "transformers.trainer_utils", "IntervalStrategy", vec![text("steps")]),
        (
            "an enumeration",
            "transformers.training_args",
            "OptimizerNames",
            vec![text("adamw_torch")],
        ),
        ("a partial", "functools", "partial", vec![global("collections", "OrderedDict")]),
        (
            "a counter",
            "collections",
            "Counter",
            vec![[b"}(".to_vec(), text("a"), b"K\x02u".to_vec()].concat()],
        ),
        ("a default", "collections", "defaultdict", vec![global("__builtin__", "list")]),
        (
            "an object",
            "copy_reg",
            "_reconstructor",
            vec![
                global("argparse", "Namespace"),
                global("__builtin__", "object"),
                b"N".to_vec(),
            ],
        ),
        (
            "a tree",
            "sklearn.tree._tree",
            "Tree",
            vec![b"K\x04".to_vec(), b"N".to_vec(), b"K\x01".to_vec()],
        ),
        (
            "a kernel",
            "sklearn.neighbors._dist_metrics",
            "newObj",
            vec![global(
                "sklearn.neighbors._dist_metrics",
                "EuclideanDistance",
            )],
        ),
        ("a matrix", "scipy.sparse._csr", "csr_matrix", vec![]),
        ("a frame", "pandas.core.frame", "DataFrame", vec![]),
        (
            "a block",
            "pandas._libs.internals",
            "_unpickle_block",
            vec![b"NNN".to_vec()[..1].to_vec()],
        ),
        ("a layer", "torch.nn.modules.linear", "Linear", vec![]),
        ("an optimizer", "torch.optim.adamw", "AdamW", vec![]),
        ("a boost", "xgboost.core", "Booster", vec![]),
        ("a configuration", "omegaconf.dictconfig", "DictConfig", vec![]),
        ("a data type", "ml_dtypes", "bfloat16", vec![]),
    ] {
        let object = pickle(call(global(module, class), &arguments));
        add(name, "object.pkl", object.clone());
        add(&format!("{name} in torch's zip"), "extra.pt", torch(&object));
    }
    let lists = call(global("torch.jit._pickle", "build_intlist"), &[b"]".to_vec()]);
    let object = [
        global("__torch__.net.___torch_mangle_0", "Block"),
        b")\x81".to_vec(),
        lists,
        b"b".to_vec(),
    ];
    let object = pickle(object.concat());
    let script: &[(&str, &[u8])] = &[
        ("net/data.pkl", &object),
        ("net/constants.pkl", b"\x80\x02)."),
        ("net/code/__torch__/net.py", b"class Net(Module):\n"),
        ("net/version", b"3\n"),
    ];
    add("TorchScript", "net.pt", zip(script));
    let uuid = [
        global("uuid", "UUID"),
        b")\x81}(".to_vec(),
        text("int"),
        b"\x8a\x08\x01\x02\x03\x04\x05\x06\x07\x08ub".to_vec(),
    ];
    add("a UUID", "id.pkl", pickle(uuid.concat()));
    let nested = call(
        global("__builtin__", "getattr"),
        &[
            global("transformers.training_args", "TrainingArguments"),
            text("Inner"),
        ],
    );
    add("a class in a class, as old protocols write it", "nested.pkl", pickle(nested));
    let tensor = legacy(&checkpoint_without_storages());
    add(
        "a tensor in a pickle",
        "tensor.pkl",
        pickle(call(global("torch.storage", "_load_from_bytes"), &[bytes(&tensor)])),
    );
    let plain = |it: &str| it.as_bytes().to_vec();
    add(
        "a vocabulary that begins like opcodes",
        "vocab.txt",
        plain("cat\ndog\nbird\nfish\nmouse\n"),
    );
    add("a text that begins with a bracket", "notes.txt", plain("(the quick brown fox)\njumps\n"));
    add("code", "notes.py.txt", plain("import os\nimport sys\nprint(1)\n"));
    add("a list of numbers", "ids.txt", plain("I1\nI2\n.\n"));
    for (at, front) in ["cos", "ccollections", "]", "N.", "}", "K"].iter().enumerate() {
        add(
            &format!("text {at} that begins as a pickle may"),
            "a.txt",
            plain(&format!("{front}\nsome more words in it\nand a line\n")),
        );
    }
}
