//! Files made by code: of the layout that h5py writes by default, and of the newer one.

use super::{super::trial, *};

const ADDRESS: usize = 8;

/// A file in the making: objects are put at its end, and pointed to by their place.
struct Made(Vec<u8>);

fn n(number: usize, len: usize) -> Vec<u8> {
    (number as u64).to_le_bytes()[..len].to_vec()
}

impl Made {
    fn put(&mut self, bytes: &[u8]) -> usize {
        self.0.resize(self.0.len().next_multiple_of(8), 0);
        self.0.extend(bytes);
        self.0.len() - bytes.len()
    }

    /// A header of version 1.
    fn header(&mut self, messages: &[(u16, Vec<u8>)]) -> usize {
        let mut bodies = Vec::new();
        for (kind, body) in messages {
            let len = body.len().next_multiple_of(8);
            bodies.extend([n((*kind).into(), 2), n(len, 2), vec![0; 4], body.clone()].concat());
            bodies.resize(bodies.len() + len - body.len(), 0);
        }
        let head = [
            vec![1, 0],
            n(messages.len(), 2),
            n(1, 4),
            n(bodies.len(), 4),
            vec![0; 4],
        ];
        self.put(&[head.concat(), bodies].concat())
    }

    /// A group of the older kind.
    fn group(&mut self, members: &[(&str, usize)], attributes: &[(u16, Vec<u8>)]) -> usize {
        let mut names = vec![0; 8];
        let mut entries = Vec::new();
        for (name, place) in members {
            entries.extend([n(names.len(), 8), n(*place, 8), vec![0; 24]].concat());
            names.extend([name.as_bytes(), &[0]].concat());
        }
        let data = self.put(&names);
        let heap = [
            b"HEAP".to_vec(),
            vec![0; 4],
            n(names.len(), 8),
            vec![0; 8],
            n(data, 8),
        ];
        let heap = self.put(&heap.concat());
        let node = [b"SNOD\x01\0".to_vec(), n(members.len(), 2), entries].concat();
        let node = self.put(&node);
        let tree = [
            b"TREE\0\0".to_vec(),
            n(1, 2),
            vec![0xFF; 16],
            n(0, 8),
            n(node, 8),
            n(0, 8),
        ];
        let tree = self.put(&tree.concat());
        let symbols = (0x11, [n(tree, 8), n(heap, 8)].concat());
        self.header(&[&[symbols], attributes].concat())
    }

    fn dataset(&mut self, dtype: Vec<u8>, shape: &[usize], len: usize) -> usize {
        let data = self.put(&vec![7; len]);
        let layout = [vec![3, 1], n(data, ADDRESS), n(len, 8)].concat();
        self.header(&[(1, space(shape)), (3, dtype), (8, layout)])
    }

    fn done(mut self, root: usize) -> Vec<u8> {
        let end = self.0.len();
        let head = [
            MAGIC.to_vec(),
            vec![0, 0, 0, 0, 0, 8, 8, 0],
            n(4, 2),
            n(16, 2),
            vec![0; 4],
        ];
        let addresses = [n(0, 8), vec![0xFF; 8], n(end, 8), vec![0xFF; 8]];
        let entry = [n(0, 8), n(root, 8)];
        let head = [head.concat(), addresses.concat(), entry.concat()].concat();
        self.0[..head.len()].copy_from_slice(&head);
        self.0
    }
}

fn made() -> Made {
    Made(vec![0; 96])
}

fn space(shape: &[usize]) -> Vec<u8> {
    let extents = shape.iter().flat_map(|extent| n(*extent, 8));
    [vec![
        1,
        u8::try_from(shape.len()).unwrap(),
        0,
        0,
        0,
        0,
        0,
        0,
    ]]
    .concat()
    .into_iter()
    .chain(extents)
    .collect()
}

fn float(len: u8, exponent: u8, mantissa: u8, order: u8) -> Vec<u8> {
    let bits = 8 * len;
    vec![
        0x11,
        0x20 | order,
        bits - 1,
        0,
        len,
        0,
        0,
        0,
        0,
        0,
        bits,
        0,
        mantissa,
        exponent,
        0,
        mantissa,
        127,
        0,
        0,
        0,
    ]
}

fn attribute(name: &str, text: &str) -> (u16, Vec<u8>) {
    let padded = |text: &str| {
        let mut bytes = text.as_bytes().to_vec();
        bytes.resize((text.len() + 1).next_multiple_of(8), 0);
        bytes
    };
    let dtype = [vec![0x13, 0, 0, 0], n(text.len(), 4)].concat();
    let lens = [n(name.len() + 1, 2), n(8, 2), n(8, 2)].concat();
    (
        0x0C,
        [
            vec![1, 0],
            lens,
            padded(name),
            dtype,
            space(&[]),
            padded(text),
        ]
        .concat(),
    )
}

fn model() -> Vec<u8> {
    let mut file = made();
    let kernel = file.dataset(float(4, 8, 23, 0), &[2, 3], 24);
    let bias = file.dataset(float(2, 8, 7, 0), &[3], 6);
    let layers = file.group(&[("bias:0", bias), ("kernel:0", kernel)], &[]);
    let config =
        attribute("model_config", r#"{"class_name":"Lambda","config":{"module":"keras.layers"}}"#);
    let root = file.group(&[("dense", layers)], &[attribute("backend", "tensorflow"), config]);
    file.done(root)
}

#[test]
fn datasets_are_named_by_their_path() {
    trial::check(
        &FORMAT,
        &model(),
        &[
            "dense/kernel:0 F32 [2, 3] 96..120",
            "dense/bias:0 BF16 [3] 232..238",
        ],
    );
    let file = trial::list(&FORMAT, &model()).unwrap().file;
    assert_eq!(file.metadata["backend"], "tensorflow");
    assert_eq!(file.operators["Lambda"], 1);
}

#[test]
fn only_plain_data_have_a_place() {
    let one = |dtype: Vec<u8>, len| {
        let mut file = made();
        let held = file.dataset(dtype, &[2], len);
        let root = file.group(&[("w", held)], &[]);
        file.done(root)
    };
    let whole = |flags: u8, len: u8| vec![0x10, flags, 0, 0, len, 0, 0, 0, 0, 0, 8 * len, 0];
    trial::check(&FORMAT, &one(float(4, 8, 23, 0), 8), &["w F32 [2] 96..104"]);
    trial::check(&FORMAT, &one(float(4, 8, 23, 1), 8), &["w F32 [2]"]); // big-endian
    trial::check(&FORMAT, &one(whole(8, 8), 16), &["w I64 [2] 96..112"]);
    trial::check(&FORMAT, &one(whole(1, 1), 2), &["w U8 [2] 96..98"]);
    trial::check(&FORMAT, &one(vec![0x13, 0, 0, 0, 5, 0, 0, 0], 10), &["w STRING [2]"]);
    trial::check(&FORMAT, &one(vec![0x18, 2, 0, 0, 1, 0, 0, 0], 2), &["w BOOL [2] 96..98"]);
}

#[test]
fn the_newer_layout_is_read_too() {
    trial::check(&FORMAT, &newer(&[]), &["w F32 [2] 48..56"]);
}

/// A group with its links in a heap of one block, found by a tree of one leaf.
fn dense() -> Vec<u8> {
    let mut file = made();
    let dataset = file.dataset(float(4, 8, 23, 0), &[2], 8);
    let link = [vec![1, 0, 1, b'w'], n(dataset, 8)].concat();
    let block_front = [b"FHDB\0".to_vec(), n(0, 8), n(0, 4)].concat();
    let offset = block_front.len();
    let block = file.put(&[block_front, link.clone(), vec![0; 64]].concat());
    let front = [
        b"FRHP\0".to_vec(),
        n(7, 2),
        n(0, 2),
        vec![0],
        n(4096, 4),
        vec![0; 2 * 8 + 10 * 8],
    ];
    let table = [
        n(4, 2),
        n(512, 8),
        n(65536, 8),
        n(32, 2),
        n(1, 2),
        n(block, 8),
        n(0, 2),
    ];
    let heap = file.put(&[front.concat(), table.concat()].concat());
    let leaf = [
        b"BTLF\0\x05".to_vec(),
        n(0, 4),
        vec![0],
        n(offset, 4),
        n(link.len(), 2),
    ];
    let leaf = file.put(&leaf.concat());
    let tree = [
        b"BTHD\0\x05".to_vec(),
        n(512, 4),
        n(11, 2),
        n(0, 2),
        vec![100, 40],
        n(leaf, 8),
        n(1, 2),
        n(1, 8),
    ];
    let tree = file.put(&tree.concat());
    let root = file.header(&[(2, [vec![0, 0], n(heap, 8), n(tree, 8)].concat())]);
    file.done(root)
}

#[test]
fn links_in_a_heap_are_found() {
    trial::check(&FORMAT, &dense(), &["w F32 [2] 96..104"]);
    trial::abuse(&FORMAT, &dense());
}

#[test]
fn links_into_other_files_are_told() {
    let link = |path: &str| {
        let value = [b"\0", path.as_bytes(), b"\0/w\0"].concat();
        [vec![1, 8, 64, 1, b'x'], n(value.len(), 2), value].concat()
    };
    check(&newer(&link("o.h5")), "a link into the file `o.h5`, which loaders follow");
    check(&newer(&link("/etc/o.h5")), "a link into the file `/etc/o.h5`, an absolute path");
}

/// Version 2 of everything: links are messages, one of them to taste.
fn newer(foreign: &[u8]) -> Vec<u8> {
    let mut file = Made(vec![0; 48]);
    let data = file.put(&[7; 8]);
    let message =
        |kind: u8, body: &[u8]| [vec![kind], n(body.len(), 2), vec![0], body.to_vec()].concat();
    let header = |bodies: Vec<u8>| {
        [
            b"OHDR\x02\0".to_vec(),
            n(bodies.len(), 1),
            bodies,
            vec![0; 4],
        ]
        .concat()
    };
    let layout = [vec![4, 1], n(data, 8), n(8, 8)].concat();
    let space = [vec![2, 1, 0, 1], n(2, 8)].concat();
    let dataset = [
        message(1, &space),
        message(3, &float(4, 8, 23, 0)),
        message(8, &layout),
    ]
    .concat();
    let dataset = file.put(&header(dataset));
    let link = [vec![1, 0, 1, b'w'], n(dataset, 8)].concat();
    let foreign = if foreign.is_empty() {
        Vec::new()
    } else {
        message(6, foreign)
    };
    let links = [message(6, &link), foreign].concat();
    let root = file.put(&header(links));
    let end = file.0.len();
    let front = [
        MAGIC.to_vec(),
        vec![2, 8, 8, 0],
        n(0, 8),
        vec![0xFF; 8],
        n(end, 8),
        n(root, 8),
    ];
    let front = front.concat();
    let mut bytes = file.0;
    bytes[..front.len()].copy_from_slice(&front);
    bytes
}

#[test]
fn what_lies_is_told() {
    let mut file = made();
    let root = file.dataset(float(4, 8, 23, 0), &[1 << 62, 16], 8);
    let root = file.group(&[("w", root)], &[]);
    check(&file.done(root), "the extents [4611686018427387904, 16] multiply beyond 2^64");
    let mut file = made();
    let kernel = file.dataset(float(4, 8, 23, 0), &[3], 8);
    let root = file.group(&[("w", kernel)], &[]);
    check(&file.done(root), "F32 [3] takes 12 bytes, 8 are stored");
    let whole = model();
    check(&whole[..whole.len() - 1], "ends at byte");
    let mut file = made();
    let root = file.group(&[("w", 8)], &[]);
    check(&file.done(root), "no object header here");
}

#[track_caller]
fn check(bytes: &[u8], saying: &str) {
    let listing = trial::list(&FORMAT, bytes).unwrap();
    let odd = trial::odd(&listing);
    assert!(odd.iter().any(|it| it.starts_with(saying)), "{odd:?}");
}

#[test]
fn a_group_may_hold_itself() {
    let mut file = made();
    let inner = file.group(&[("itself", 0)], &[]);
    let root = file.group(&[("a", inner), ("b", inner)], &[]);
    let mut bytes = file.done(root);
    let place = bytes.windows(4).position(|four| four == b"SNOD").unwrap() + 16;
    bytes[place..place + 8].copy_from_slice(&n(root, 8));
    trial::check(&FORMAT, &bytes, &[]);
}

#[test]
fn no_bytes_are_too_strange() {
    trial::abuse(&FORMAT, &model());
    trial::abuse(&FORMAT, &newer(b"\x01\x08\x40\x01x\x08\0\0o.h5\0/\0"));
}
