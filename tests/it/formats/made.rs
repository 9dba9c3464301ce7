//! The same two tensors in every format that stores them plainly: `a` of 2 by 3 and `b` of 4, both `F32`.

use crate::safety::made::{call, global, pickle, text, tuple, zip};

/// The elements of a tensor, none like another.
fn floats(from: u8, count: u8) -> Vec<u8> {
    (from..from + count).flat_map(|n| f32::from(n).to_le_bytes()).collect()
}

fn a() -> Vec<u8> {
    floats(1, 6)
}

fn b() -> Vec<u8> {
    floats(10, 4)
}

fn n(number: usize, len: usize) -> Vec<u8> {
    (number as u64).to_le_bytes()[..len].to_vec()
}

pub(super) fn safetensors() -> Vec<u8> {
    let header = r#"{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"F32","shape":[4],"data_offsets":[24,40]}}"#;
    [n(header.len(), 8), header.into(), a(), b()].concat()
}

pub(super) fn npz() -> Vec<u8> {
    let array = |shape: &str, data: Vec<u8>| {
        let mut header =
            format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}").into_bytes();
        header.resize((header.len() + 11).next_multiple_of(64) - 11, b' ');
        header.push(b'\n');
        [
            b"\x93NUMPY\x01\0".to_vec(),
            n(header.len(), 2),
            header,
            data,
        ]
        .concat()
    };
    zip(&[
        ("a.npy", &array("(2, 3)", a())),
        ("b.npy", &array("(4,)", b())),
    ])
}

pub(super) fn torch() -> Vec<u8> {
    saved(false)
}

/// A checkpoint from along the training, with what an optimizer keeps of `a`.
pub(super) fn training() -> Vec<u8> {
    saved(true)
}

fn saved(training: bool) -> Vec<u8> {
    let byte = |n: u8| vec![b'K', n];
    let numbers = |of: &[u8]| tuple(&of.iter().map(|n| byte(*n)).collect::<Vec<_>>());
    let tensor = |key: &str, elements: u8, shape: &[u8], strides: &[u8]| {
        let id = [
            text("storage"),
            global("torch", "FloatStorage"),
            text(key),
            text("cpu"),
            byte(elements),
        ];
        let storage = [tuple(&id), b"Q".to_vec()].concat();
        let hooks = call(global("collections", "OrderedDict"), &[]);
        let rest = [
            storage,
            byte(0),
            numbers(shape),
            numbers(strides),
            b"\x89".to_vec(),
            hooks,
        ];
        call(global("torch._utils", "_rebuild_tensor_v2"), &rest)
    };
    let dict = |entries: &[(&str, Vec<u8>)]| {
        let entries = entries.iter().flat_map(|(key, value)| [text(key), value.clone()].concat());
        [b"}(".to_vec(), entries.collect(), b"u".to_vec()].concat()
    };
    let one = tensor("0", 6, &[2, 3], &[3, 1]);
    let two = tensor("1", 4, &[4], &[1]);
    let model = [("a", one.clone()), ("b", two)];
    let value = if training {
        let moments = dict(&[("exp_avg", one.clone()), ("exp_avg_sq", one)]);
        let state = dict(&[("state", moments), ("param_groups", b"]".to_vec())]);
        dict(&[("state_dict", dict(&model)), ("optimizer", state)])
    } else {
        dict(&model)
    };
    zip(&[
        ("archive/data.pkl", &pickle(value)),
        ("archive/byteorder", b"little"),
        ("archive/data/0", &a()),
        ("archive/data/1", &b()),
        ("archive/version", b"3\n"),
    ])
}

/// A field of a protobuf message, its length in two bytes of seven bits.
fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let len = bytes.len();
    let low = u8::try_from(len & 0x7F).unwrap() | 0x80;
    [
        &[number << 3 | 2, low, u8::try_from(len >> 7).unwrap()],
        bytes,
    ]
    .concat()
}

/// A model of ONNX whose tensors are these messages.
fn model(tensors: &[Vec<u8>]) -> Vec<u8> {
    let tensors = tensors.iter().flat_map(|it| field(5, it));
    let graph = field(2, b"g").into_iter().chain(tensors).collect::<Vec<_>>();
    [vec![0x08, 8], field(7, &graph)].concat()
}

pub(super) fn onnx() -> Vec<u8> {
    let one = [
        vec![0x08, 2, 0x08, 3, 0x10, 1],
        field(8, b"a"),
        field(9, &a()),
    ]
    .concat();
    let two = [vec![0x08, 4, 0x10, 1], field(8, b"b"), field(9, &b())].concat();
    model(&[one, two])
}

/// A model whose tensors lie in a file beside it, as it calls it; and that file.
pub(super) fn onnx_beside(location: &str) -> (Vec<u8>, Vec<u8>) {
    let external = |name: &[u8], extents: &[u8], offset: &str| {
        let entry = |key: &str, value: &str| {
            field(13, &[field(1, key.as_bytes()), field(2, value.as_bytes())].concat())
        };
        let place = [entry("location", location), entry("offset", offset)].concat();
        [
            extents.to_vec(),
            vec![0x10, 1],
            field(8, name),
            place,
            vec![0x70, 1],
        ]
        .concat()
    };
    let tensors = [
        external(b"a", &[0x08, 2, 0x08, 3], "0"),
        external(b"b", &[0x08, 4], "24"),
    ];
    (model(&tensors), [a(), b()].concat())
}

pub(super) fn flax() -> Vec<u8> {
    let short = |text: &str| [vec![0xA0 | u8::try_from(text.len()).unwrap()], text.into()].concat();
    let array = |shape: &[u8], data: Vec<u8>| {
        let shape = [
            vec![0x90 | u8::try_from(shape.len()).unwrap()],
            shape.to_vec(),
        ]
        .concat();
        let data = [vec![0xC4, u8::try_from(data.len()).unwrap()], data].concat();
        let body = [vec![0x93], shape, short("float32"), data].concat();
        [vec![0xC7, u8::try_from(body.len()).unwrap(), 1], body].concat()
    };
    [
        vec![0x82],
        short("a"),
        array(&[2, 3], a()),
        short("b"),
        array(&[4], b()),
    ]
    .concat()
}

pub(super) fn gguf() -> Vec<u8> {
    let text = |text: &str| [n(text.len(), 8), text.into()].concat();
    let tensor = |name: &str, extents: &[usize], offset: usize| {
        let extents: Vec<u8> = extents.iter().flat_map(|it| n(*it, 8)).collect();
        [
            text(name),
            n(extents.len() / 8, 4),
            extents,
            n(0, 4),
            n(offset, 8),
        ]
        .concat()
    };
    let mut file = [
        b"GGUF".to_vec(),
        n(3, 4),
        n(2, 8),
        n(1, 8),
        text("general.architecture"),
        n(8, 4),
        text("llama"),
        tensor("a", &[3, 2], 0),
        tensor("b", &[4], 32),
    ]
    .concat();
    file.resize(file.len().next_multiple_of(32), 0);
    [file, a(), vec![0; 8], b(), vec![0; 16]].concat()
}

/// HDF5 of the older layout, as h5py writes it by default.
pub(super) fn hdf5() -> Vec<u8> {
    let mut file = vec![0; 96];
    let mut put = |bytes: Vec<u8>| {
        file.resize(file.len().next_multiple_of(8), 0);
        file.extend(&bytes);
        file.len() - bytes.len()
    };
    let header = |messages: &[(usize, Vec<u8>)]| {
        let body: Vec<u8> = messages
            .iter()
            .flat_map(|(kind, body)| {
                let mut body = body.clone();
                body.resize(body.len().next_multiple_of(8), 0);
                [n(*kind, 2), n(body.len(), 2), vec![0; 4], body].concat()
            })
            .collect();
        [
            vec![1, 0],
            n(messages.len(), 2),
            n(1, 4),
            n(body.len(), 4),
            vec![0; 4],
            body,
        ]
        .concat()
    };
    let float = [
        0x11, 0x20, 31, 0, 4, 0, 0, 0, 0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0,
    ];
    let mut dataset = |extents: &[usize], data: Vec<u8>| {
        let len = data.len();
        let data = put(data);
        let rank = u8::try_from(extents.len()).unwrap();
        let extents: Vec<u8> = extents.iter().flat_map(|it| n(*it, 8)).collect();
        let space = [vec![1, rank, 0, 0, 0, 0, 0, 0], extents].concat();
        let layout = [vec![3, 1], n(data, 8), n(len, 8)].concat();
        put(header(&[(1, space), (3, float.to_vec()), (8, layout)]))
    };
    let (first, second) = (dataset(&[2, 3], a()), dataset(&[4], b()));
    let names = put(b"\0\0\0\0\0\0\0\0a\0b\0\0\0\0\0".to_vec());
    let heap_at = put([b"HEAP\0\0\0\0".to_vec(), n(16, 8), n(1, 8), n(names, 8)].concat());
    let entry = |name: usize, place: usize| [n(name, 8), n(place, 8), vec![0; 24]].concat();
    let node = [
        b"SNOD\x01\0".to_vec(),
        n(2, 2),
        entry(8, first),
        entry(10, second),
    ]
    .concat();
    let node = put(node);
    let tree = [
        b"TREE\0\0".to_vec(),
        n(1, 2),
        vec![0xFF; 16],
        n(0, 8),
        n(node, 8),
        n(10, 8),
    ];
    let tree = put(tree.concat());
    let root = put(header(&[(0x11, [n(tree, 8), n(heap_at, 8)].concat())]));
    let end = file.len();
    let head = [
        b"\x89HDF\r\n\x1A\n".to_vec(),
        vec![0, 0, 0, 0, 0, 8, 8, 0],
        n(4, 2),
        n(16, 2),
        vec![0; 4],
        n(0, 8),
        vec![0xFF; 8],
        n(end, 8),
        vec![0xFF; 8],
        n(0, 8),
        n(root, 8),
    ]
    .concat();
    file[..head.len()].copy_from_slice(&head);
    file
}

pub(super) fn keras() -> Vec<u8> {
    zip(&[
        ("metadata.json", br#"{"keras_version": "3.5.0", "date_saved": "2024-06-01"}"#),
        (
            "config.json",
            br#"{"module": "keras.layers", "class_name": "Dense", "config": {"units": 3}}"#,
        ),
        ("model.weights.h5", &hdf5()),
    ])
}

/// An archive of weight files, as `MediaPipe`'s tasks are.
pub(super) fn bundle() -> Vec<u8> {
    zip(&[
        ("readme.txt", b"two models"),
        ("w.onnx", &onnx()),
        ("w.safetensors", &safetensors()),
    ])
}
