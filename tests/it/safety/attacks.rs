//! Attacks as someone would write them who has read this program, and odd files of honest people.

#![expect(clippy::too_many_lines, reason = "a list of samples, a line each")]

use super::{
    Level, Sample, adding,
    made::{
        Zip, add_up, bytes, call, calling, global, joblib, npy, one, packed, pickle, tar,
        tar_header, text, torch, tuple, zip,
    },
};

/// A header of the oldest form of tar, which has no mark and must add up.
fn old_header(name: &str, len: usize, kind: u8) -> Vec<u8> {
    let mut header = tar_header(name, len, kind, "");
    header[257..263].fill(0);
    add_up(&mut header);
    header
}

/// Bytes, filled up to whole blocks.
fn blocks(bytes: &[u8]) -> Vec<u8> {
    let mut all = bytes.to_vec();
    all.resize(all.len().next_multiple_of(512), 0);
    all
}

fn ended(parts: &[Vec<u8>]) -> Vec<u8> {
    [parts.concat(), vec![0; 1024]].concat()
}

pub(crate) fn dangerous(samples: &mut Vec<Sample>) {
    let mut files = adding(samples, Level::Dangerous);
    let mut add = |name: &str, path: &str, bytes: Vec<u8>| files(name, one(path, bytes));
    let evil = calling("os", "system", "true", 0);
    let old = calling("os", "system", "true", 2); // protocol 0

    // archives that their loaders read otherwise
    add(
        "a tar without a mark",
        "a.pt",
        ended(&[old_header("pickle", evil.len(), b'0'), blocks(&evil)]),
    );
    add(
        "a member of an unknown kind",
        "a.nemo",
        ended(&[tar_header("w", evil.len(), b'Z', ""), blocks(&evil)]),
    );
    let inner = [tar_header("w.ckpt", evil.len(), b'0', ""), blocks(&evil)].concat();
    add(
        "a member behind a link's length",
        "a.nemo",
        ended(&[tar_header("l", inner.len(), b'2', "w.ckpt"), inner.clone()]),
    );
    let record = format!("{} size={}\n", 12 + evil.len().to_string().len() - 2, evil.len());
    add(
        "a length in the extended header",
        "a.tar",
        ended(&[
            tar_header("p", record.len(), b'x', ""),
            blocks(record.as_bytes()),
            tar_header("w", 0, b'0', ""),
            blocks(&evil),
        ]),
    );
    add(
        "a zip behind bytes in a tar",
        "a.tar",
        tar(&[("w.npz", &[b"bytes".to_vec(), zip(&[("x", &evil)])].concat())]),
    );

    // arrays whose header hides what they are
    add("objects by their name", "a.npy", npy("object", "(1,)", &evil));
    add("objects by an escape", "a.npy", npy("|\\x4f", "(1,)", &evil));
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'descr': '|O'}\n";
    let len = u16::try_from(header.len()).unwrap().to_le_bytes();
    add(
        "objects by a second key",
        "a.npy",
        [b"\x93NUMPY\x01\0", &len[..], header.as_bytes(), &evil].concat(),
    );
    add("the same in an npz", "a.npz", zip(&[("x.npy", &npy("object", "(1,)", &evil))]));

    // padding
    let junk = b"N0".repeat(15_000);
    add("an old pickle behind 30,000 opcodes", "pytorch_model.bin", [junk, old.clone()].concat());
    let long = [
        format!("V{}\n0", "a".repeat(2000)).into_bytes(),
        old.clone(),
    ]
    .concat();
    let mut archive = Zip::default();
    archive.add("x.bin", "x.bin", &long, true);
    add("an old pickle behind a long text in a packed member", "a.zip", archive.done());
    let tiny = [pickle(b"N".to_vec()), b"N.".to_vec(), evil.clone()].concat();
    add("behind a tiny pickle in a member", "a.zip", zip(&[("x.bin", &tiny)]));
    add("protocol 1", "weights.dat", [b"\x80\x01".to_vec(), old.clone()].concat());
    add("among the client's own files", ".cache/huggingface/w.bin", evil.clone());
    add("among git's own files", ".git/w.bin", torch(&evil));

    // what is reached by a harmless name
    let got =
        call(global("builtins", "getattr"), &[global("collections", "OrderedDict"), text("Inner")]);
    let handed = call(
        global("torch._tensor", "_rebuild_from_type_v2"),
        &[
            global("builtins", "getattr"),
            global("builtins", "dict"),
            tuple(&[global("collections", "OrderedDict"), text("__globals__")]),
            b"N".to_vec(),
        ],
    );
    add(
        "getattr that is handed on",
        "a.pkl",
        pickle([b"(".to_vec(), got, handed, b"t".to_vec()].concat()),
    );
    let part = call(global("functools", "partial"), &[global("builtins", "getattr")]);
    add("a partial getattr", "a.pkl", pickle(call(part, &[text("x"), text("y")])));
    for (module, name) in [
        ("pathlib", "PosixPath.unlink"),
        ("numpy", "ndarray.tofile"),
        ("torch", "FloatStorage.from_file"),
        ("runpy", "_run_module_code"),
        ("pty", "spawn"),
        ("ctypes", "CDLL.__init__"),
        ("codecs", "open"),
        ("torch.utils.benchmark.utils.timer", "Timer"),
        ("hydra.utils", "get_method"),
        ("pkg_resources", "run_script"),
        ("gettext", "c2py"),
        ("torch.multiprocessing.spawn", "spawn"),
        ("pandas", "HDFStore"),
    ] {
        add(&format!("{module}.{name}"), "a.bin", torch(&calling(module, name, "true", 1)));
    }
    // an array whose elements are opcodes, the last of which spoil the reading
    let values = *b"\x00\x00\x80?AAAABBBBCCCCDDDDEEEEFFFFGGGG";
    let file = joblib(&values, Vec::new());
    let at = file.windows(4).position(|it| it == b"\x03\xff\xff\xff").unwrap();
    let opcodes = [
        b"(0cos\nsystem\n(V!\ntRc\x01\n\x01\n".to_vec(),
        vec![b'.'; 16],
    ]
    .concat();
    let file = [&file[..at], &opcodes, &file[at + 4..]].concat();
    add("in an array, with noise behind it", "a.joblib", file);
    let decoded = call(global("codecs", "decode"), &[bytes(&packed("zlib", &evil)), text("zlib")]);
    add("unpacked, then loaded", "a.pkl", pickle(call(global("pickle", "loads"), &[decoded])));

    // texts that are read in a roundabout way
    add("a target by an alias", "a.yaml", b"a: &t os.system\nb:\n  _target_: *t\n".to_vec());
    add("a layer in a JSON of its own", "model.json", br#"{"class_name": "Sequential", "module": "keras", "config": {"layers": [{"class_name": "Lambda", "config": {"function": {"class_name": "__lambda__"}}}]}}"#.to_vec());
    add("a function in a JSON of its own", "config.json", br#"{"class_name": "function", "module": "builtins", "config": "eval", "registered_name": "eval"}"#.to_vec());
    add("an expression of MONAI", "configs/inference.json", br#"{"imports": ["$import os"], "net": {"_target_": "monai.networks.nets.UNet"}, "x": "$os.system('true')"}"#.to_vec());
    add(
        "another expression of MONAI",
        "configs/train.yaml",
        b"net:\n  _target_: monai.networks.nets.UNet\nx: $__import__('subprocess').run(['true'])\n"
            .to_vec(),
    );
    add(
        "a template in pieces",
        "chat_template.jinja",
        b"{% set a = '__cl' %}{% set b = 'ass__' %}{{ ''[a + b] }}".to_vec(),
    );
}

pub(crate) fn suspicious(samples: &mut Vec<Sample>) {
    let mut files = adding(samples, Level::Suspicious);
    let mut add = |name: &str, path: &str, bytes: Vec<u8>| files(name, one(path, bytes));
    add(
        "a state for a name",
        "a.pkl",
        pickle([global("collections", "OrderedDict"), b"}b".to_vec()].concat()),
    );
    add(
        "floats that are a pickle",
        "a.npy",
        npy("<f4", "(1,)", &calling("some.thing", "go", "x", 0)),
    );
    add("a zip under another name", "model.safetensors", torch(b"\x80\x02}q\0."));
}

pub(crate) fn benign(samples: &mut Vec<Sample>) {
    let mut files = adding(samples, Level::Clean);
    let mut add = |name: &str, path: &str, bytes: Vec<u8>| files(name, one(path, bytes));
    add("an old tar", "a.tar", ended(&[old_header("a.txt", 5, b'0'), blocks(b"words")]));
    add(
        "a tar with folders and links",
        "a.tar",
        ended(&[
            tar_header("a/", 0, b'5', ""),
            tar_header("a/b", 0, b'2', "../c"),
            tar_header("c", 5, b'0', ""),
            blocks(b"words"),
        ]),
    );
    add("a sequence of unknown bases", "genome.txt", b"N".repeat(40_000));
    add("numbers in lines", "labels.txt", b"I1\n".repeat(30_000));
    add("zeros", "zeros.bin", vec![0; 70_000]);
    add("a record of numbers", "a.npy", npy("[(''x'', ''<f4'')]", "(1,)", &[0; 4]));
    add("texts of numpy", "a.npy", npy("<U2", "(2,)", &[0; 16]));
    add(
        "archives in archives",
        "a.zip",
        zip(&[
            ("a.zip", &zip(&[("b.txt", b"words")])),
            ("c.tar.gz", &packed("gzip", &tar(&[("d.txt", b"words")]))),
        ]),
    );
    add("what the client keeps for itself", ".cache/huggingface/.gitignore", b"*\n".to_vec());
    add("git's index", ".git/index", b"DIRC\0\0\0\x02\0\0\0\0".to_vec());
    add(
        "a log of git",
        ".git/logs/HEAD",
        b"0000 1111 A <a@example.org> 1700000000 +0000\tclone: from https://example.org/x\n"
            .to_vec(),
    );
    add(
        "a list of lists",
        "a.pkl",
        pickle([b"](".to_vec(), b"](K\x01K\x02e".repeat(1000), b"e".to_vec()].concat()),
    );
    add(
        "a long tuple",
        "a.pkl",
        pickle([b"(".to_vec(), b"K\x01".repeat(100_000), b"t".to_vec()].concat()),
    );
    add(
        "buffers out of band",
        "a.pkl",
        b"\x80\x05\x95\x0a\0\0\0\0\0\0\0}\x94\x8c\x01a\x94\x97\x98s.".to_vec(),
    );
    add(
        "an anchor",
        "a.yaml",
        b"base: &b\n  lr: 1\nmodel:\n  <<: *b\n  _target_: torch.nn.Linear\n".to_vec(),
    );
    add(
        "a target of torch by an alias",
        "a.yaml",
        b"a: &t torch.nn.Linear\nb:\n  _target_: *t\n".to_vec(),
    );
    add("an expression of MONAI", "configs/inference.json", br#"{"imports": ["$import os", "$import glob"], "net": {"_target_": "monai.networks.nets.UNet"}, "path": "$os.path.join(@root, 'model.pt')", "data": "$sorted(glob.glob('*.nii'))"}"#.to_vec());
    add("layers in a JSON of their own", "model.json", br#"{"class_name": "Sequential", "module": "keras", "config": {"layers": [{"class_name": "Dense", "module": "keras.layers", "config": {"activation": "relu"}}]}}"#.to_vec());
    add(
        "prices",
        "prices.json",
        br#"{"a": "$5", "b": "$import fees apply", "class_name": "gold"}"#.to_vec(),
    );
    add("a script that runs tools", "convert.py", b"import subprocess\n\ndef run(cmd):\n    return subprocess.run(cmd, check=True)\n\nif __name__ == '__main__':\n    run(['true'])\n".to_vec());
    add(
        "a checkpoint in a zip",
        "a.zip",
        zip(&[(
            "model/pytorch_model.bin",
            &torch(&pickle(call(global("collections", "OrderedDict"), &[]))),
        )]),
    );
}
