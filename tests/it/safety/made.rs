//! Pickles, archives and packed layers made by code, so that they may lie. Nothing in them is ever
//! loaded, and what they would call does no harm.

use std::io::Write as _;

/// Files of text.
pub(crate) fn of(files: &[(&str, &str)]) -> Vec<(String, Vec<u8>)> {
    files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect()
}

/// One file.
pub(crate) fn one(path: &str, bytes: impl AsRef<[u8]>) -> Vec<(String, Vec<u8>)> {
    vec![(path.to_owned(), bytes.as_ref().to_vec())]
}

/// `GLOBAL`.
pub(crate) fn global(module: &str, name: &str) -> Vec<u8> {
    format!("c{module}\n{name}\n").into_bytes()
}

/// `BINUNICODE`.
pub(crate) fn text(text: &str) -> Vec<u8> {
    counted(b'X', text.as_bytes())
}

/// `BINBYTES`.
pub(crate) fn bytes(bytes: &[u8]) -> Vec<u8> {
    counted(b'B', bytes)
}

fn counted(code: u8, bytes: &[u8]) -> Vec<u8> {
    let len = u32::try_from(bytes.len()).unwrap().to_le_bytes();
    [&[code][..], &len, bytes].concat()
}

/// A tuple of these values.
pub(crate) fn tuple(values: &[Vec<u8>]) -> Vec<u8> {
    [b"(".to_vec(), values.concat(), b"t".to_vec()].concat()
}

/// `callee(*values)`.
pub(crate) fn call(callee: Vec<u8>, values: &[Vec<u8>]) -> Vec<u8> {
    [callee, tuple(values), b"R".to_vec()].concat()
}

/// A whole pickle of protocol 2.
pub(crate) fn pickle(value: Vec<u8>) -> Vec<u8> {
    [b"\x80\x02".to_vec(), value, b".".to_vec()].concat()
}

/// A pickle that calls this name with a text, written in one of six ways.
pub(crate) fn calling(module: &str, name: &str, argument: &str, way: usize) -> Vec<u8> {
    match way % 6 {
        0 => pickle(call(global(module, name), &[text(argument)])),
        1 => {
            let name = [text(module), text(name), b"\x93".to_vec()].concat();
            [
                b"\x80\x04".to_vec(),
                call(name, &[text(argument)]),
                b".".to_vec(),
            ]
            .concat()
        }
        2 => format!("(S'{argument}'\ni{module}\n{name}\n.").into_bytes(),
        3 => [
            b"(".to_vec(),
            global(module, name),
            text(argument),
            b"o.".to_vec(),
        ]
        .concat(),
        4 => {
            // the names come out of the memo, in another order than they were put in
            let put = [
                text(name),
                b"q\x07".to_vec(),
                text(module),
                b"q\x01000".to_vec(),
            ]
            .concat();
            let put = put[..put.len() - 2].to_vec(); // one POP for each
            let get = b"0h\x01h\x07\x93".to_vec();
            [
                b"\x80\x04".to_vec(),
                put,
                get,
                tuple(&[text(argument)]),
                b"R.".to_vec(),
            ]
            .concat()
        }
        _ => {
            let whole = [global(module, name), tuple(&[text(argument)])].concat();
            [b"\x80\x02".to_vec(), whole, b"\x81}b.".to_vec()].concat()
        }
    }
}

/// A zip archive of stored members.
pub(crate) fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = Zip::default();
    for (name, bytes) in members {
        archive.add(name, name, bytes, false);
    }
    archive.done()
}

/// A zip archive in the making.
#[derive(Default)]
pub(crate) struct Zip {
    pub(crate) file: Vec<u8>,
    pub(crate) directory: Vec<u8>,
    pub(crate) count: u16,
    /// Set in the headers in front of the members that follow.
    pub(crate) flags: u16,
    /// Added to each CRC-32.
    pub(crate) crc: u32,
}

impl Zip {
    /// A member with one name in the directory and one in its own header.
    pub(crate) fn add(&mut self, listed: &str, local: &str, bytes: &[u8], deflated: bool) {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        let packed = if deflated {
            let mut encoder =
                flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
            encoder.write_all(bytes).unwrap();
            encoder.finish().unwrap()
        } else {
            bytes.to_vec()
        };
        let at = u32::try_from(self.file.len()).unwrap();
        let method: u16 = if deflated { 8 } else { 0 };
        let lens = [packed.len(), bytes.len()].map(|len| u32::try_from(len).unwrap().to_le_bytes());
        let sum = crc.sum().wrapping_add(self.crc).to_le_bytes();
        let common = |name: &str| {
            let mut fields = [
                20u16.to_le_bytes(),
                self.flags.to_le_bytes(),
                method.to_le_bytes(),
            ]
            .concat();
            fields.extend([0; 4]);
            fields.extend(sum);
            fields.extend(lens.concat());
            fields.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
            fields.extend([0; 2]);
            fields
        };
        let header = [
            b"PK\x03\x04".to_vec(),
            common(local),
            local.as_bytes().to_vec(),
        ]
        .concat();
        let entry = [
            b"PK\x01\x02\x14\0".to_vec(),
            common(listed),
            vec![0; 10],
            at.to_le_bytes().to_vec(),
            listed.as_bytes().to_vec(),
        ]
        .concat();
        self.file.extend(header);
        self.file.extend(packed);
        self.directory.extend(entry);
        self.count += 1;
    }

    /// A member that the directory does not list.
    pub(crate) fn hide(&mut self, name: &str, bytes: &[u8]) {
        let (directory, count) = (self.directory.clone(), self.count);
        self.add(name, name, bytes, false);
        (self.directory, self.count) = (directory, count);
    }

    pub(crate) fn done(self) -> Vec<u8> {
        let start = u32::try_from(self.file.len()).unwrap();
        let len = u32::try_from(self.directory.len()).unwrap();
        let count = self.count.to_le_bytes();
        let end = [
            b"PK\x05\x06\0\0\0\0".to_vec(),
            [count, count].concat(),
            len.to_le_bytes().to_vec(),
            start.to_le_bytes().to_vec(),
            vec![0; 2],
        ];
        [self.file, self.directory, end.concat()].concat()
    }
}

/// Torch's zip around a pickle.
pub(crate) fn torch(pickle: &[u8]) -> Vec<u8> {
    zip(&[
        ("archive/data.pkl", pickle),
        ("archive/byteorder", b"little"),
        ("archive/data/0", &[0; 16]),
        ("archive/version", b"3\n"),
    ])
}

/// A tensor of four floats in torch's zip, as `torch.save` writes it.
pub(crate) fn checkpoint() -> Vec<u8> {
    let storage = [
        tuple(&[
            text("storage"),
            global("torch", "FloatStorage"),
            text("0"),
            text("cpu"),
            b"K\x04".to_vec(),
        ]),
        b"Q".to_vec(),
    ]
    .concat();
    let hooks = call(global("collections", "OrderedDict"), &[]);
    let tensor = call(
        global("torch._utils", "_rebuild_tensor_v2"),
        &[
            storage,
            b"K\0".to_vec(),
            b"K\x04\x85".to_vec(),
            b"K\x01\x85".to_vec(),
            b"\x89".to_vec(),
            hooks,
        ],
    );
    let dict = [
        call(global("collections", "OrderedDict"), &[]),
        b"(".to_vec(),
        text("weight"),
        tensor,
        b"u".to_vec(),
    ];
    pickle(dict.concat())
}

/// The smallest object that holds no storage.
pub(crate) fn checkpoint_without_storages() -> Vec<u8> {
    pickle(call(global("collections", "OrderedDict"), &[]))
}

/// What `torch.save` wrote before it used zip: five pickles, then storages.
pub(crate) fn legacy(object: &[u8]) -> Vec<u8> {
    let system = [b"}(".to_vec(), text("little_endian"), b"\x88u".to_vec()].concat();
    [
        b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.".to_vec(),
        b"\x80\x02M\xe9\x03.".to_vec(),
        pickle(system),
        object.to_vec(),
        pickle(b"]".to_vec()),
    ]
    .concat()
}

/// A tar archive.
pub(crate) fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = Vec::new();
    for (name, bytes) in members {
        archive.extend(tar_header(name, bytes.len(), b'0', ""));
        archive.extend(*bytes);
        archive.resize(archive.len().next_multiple_of(512), 0);
    }
    archive.resize(archive.len() + 1024, 0);
    archive
}

/// The header of a member of a tar archive, which may be a link.
pub(crate) fn tar_header(name: &str, len: usize, kind: u8, link: &str) -> Vec<u8> {
    let mut header = vec![0; 512];
    header[..name.len()].copy_from_slice(name.as_bytes());
    header[124..135].copy_from_slice(format!("{len:011o}").as_bytes());
    header[156] = kind;
    header[157..157 + link.len()].copy_from_slice(link.as_bytes());
    header[257..263].copy_from_slice(b"ustar\0");
    add_up(&mut header);
    header
}

/// Writes the sum of a tar's header into it, without which readers refuse it.
pub(crate) fn add_up(header: &mut [u8]) {
    header[148..156].fill(b' ');
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

/// One array as numpy stores it; of objects, a pickle behind the header.
pub(crate) fn npy(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n");
    let len = u16::try_from(header.len()).unwrap().to_le_bytes();
    [
        b"\x93NUMPY\x01\0".to_vec(),
        len.to_vec(),
        header.into_bytes(),
        data.to_vec(),
    ]
    .concat()
}

/// A list of an array and something behind it, as joblib writes them: the array stands raw in the
/// midst of the pickle.
pub(crate) fn joblib(array: &[u8; 32], behind: Vec<u8>) -> Vec<u8> {
    let dtype = [
        call(global("numpy", "dtype"), &[text("f8"), b"\x89".to_vec(), b"\x88".to_vec()]),
        tuple(&[
            b"K\x03".to_vec(),
            text("<"),
            b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0".to_vec(),
        ]),
        b"b".to_vec(),
    ]
    .concat();
    let state = [
        b"}(".to_vec(),
        [text("subclass"), global("numpy", "ndarray")].concat(),
        [text("shape"), b"K\x04\x85".to_vec()].concat(),
        [text("order"), text("C")].concat(),
        [text("dtype"), dtype].concat(),
        [text("allow_mmap"), b"\x88".to_vec()].concat(),
        [text("numpy_array_alignment_bytes"), b"K\x10".to_vec()].concat(),
        b"u".to_vec(),
    ]
    .concat();
    let wrapper = [
        global("joblib.numpy_pickle", "NumpyArrayWrapper"),
        b")\x81".to_vec(),
        state,
        b"b".to_vec(),
    ];
    let raw = [b"\x03\xff\xff\xff".to_vec(), array.to_vec()].concat();
    [
        b"\x80\x04](".to_vec(),
        wrapper.concat(),
        raw,
        behind,
        b"e.".to_vec(),
    ]
    .concat()
}

/// The kinds of layers that [`packed`] makes.
pub(crate) const LAYERS: &[&str] = &["gzip", "zlib", "bzip2", "xz", "lzma", "lz4", "zstd"];

/// Bytes in a packed layer.
pub(crate) fn packed(layer: &str, bytes: &[u8]) -> Vec<u8> {
    match layer {
        "gzip" => written(
            flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()),
            bytes,
            |it| it.finish().unwrap(),
        ),
        "zlib" => written(
            flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default()),
            bytes,
            |it| it.finish().unwrap(),
        ),
        "bzip2" => written(
            bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast()),
            bytes,
            |it| it.finish().unwrap(),
        ),
        "xz" => {
            let options = lzma_rust2::XzOptions::with_preset(1);
            written(lzma_rust2::XzWriter::new(Vec::new(), options).unwrap(), bytes, |it| {
                it.finish().unwrap()
            })
        }
        "lzma" => {
            let options = lzma_rust2::LzmaOptions::with_preset(1);
            let len = Some(bytes.len() as u64);
            written(
                lzma_rust2::LzmaWriter::new_use_header(Vec::new(), &options, len).unwrap(),
                bytes,
                |it| it.finish().unwrap(),
            )
        }
        "lz4" => written(lz4_flex::frame::FrameEncoder::new(Vec::new()), bytes, |it| {
            it.finish().unwrap()
        }),
        _ => zstd::encode_all(bytes, 1).unwrap(),
    }
}

fn written<W: std::io::Write>(
    mut to: W,
    bytes: &[u8],
    finish: impl FnOnce(W) -> Vec<u8>,
) -> Vec<u8> {
    to.write_all(bytes).unwrap();
    finish(to)
}
