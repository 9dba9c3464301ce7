//! Checkpoints made by code: opcodes in front, storages behind.

use super::{DCP, LEGACY, PICKLE, SCRIPT, ZIP};
use crate::read::{
    trial,
    zip::made::{Lies, Made},
};

fn text(text: &str) -> Vec<u8> {
    [
        b"X".to_vec(),
        u32::try_from(text.len()).unwrap().to_le_bytes().into(),
        text.into(),
    ]
    .concat()
}

fn int(n: u32) -> Vec<u8> {
    [b"J".to_vec(), n.to_le_bytes().into()].concat()
}

fn tuple(items: &[Vec<u8>]) -> Vec<u8> {
    [b"(".to_vec(), items.concat(), b"t".to_vec()].concat()
}

fn global(path: &str) -> Vec<u8> {
    let (module, name) = path.rsplit_once('.').unwrap();
    format!("c{module}\n{name}\n").into_bytes()
}

fn call(path: &str, arguments: &[Vec<u8>]) -> Vec<u8> {
    [global(path), tuple(arguments), b"R".to_vec()].concat()
}

fn fill(into: &[u8], entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let entries = entries.iter().map(|(key, value)| [text(key), value.clone()].concat());
    [
        into.to_vec(),
        b"(".to_vec(),
        entries.collect::<Vec<_>>().concat(),
        b"u".to_vec(),
    ]
    .concat()
}

fn dict(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    fill(b"}", entries)
}

/// An object of a class, with its attributes.
fn object(class: &str, entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    [
        global(class),
        b")\x81".to_vec(),
        dict(entries),
        b"b".to_vec(),
    ]
    .concat()
}

fn storage(class: &str, key: &str, elements: u32) -> Vec<u8> {
    let id = [
        text("storage"),
        global(class),
        text(key),
        text("cpu"),
        int(elements),
    ];
    [tuple(&id), b"Q".to_vec()].concat()
}

fn ints(numbers: &[u32]) -> Vec<u8> {
    tuple(&numbers.iter().map(|n| int(*n)).collect::<Vec<_>>())
}

/// A tensor of a storage of eight `F32`.
fn view(key: &str, offset: u32, size: &[u32], stride: &[u32]) -> Vec<u8> {
    let storage = storage("torch.FloatStorage", key, 8);
    let hooks = call("collections.OrderedDict", &[]);
    let rest = [
        int(offset),
        ints(size),
        ints(stride),
        b"\x89".to_vec(),
        hooks,
    ];
    call("torch._utils._rebuild_tensor_v2", &[vec![storage], rest.to_vec()].concat())
}

fn whole(key: &str) -> Vec<u8> {
    view(key, 0, &[2, 4], &[4, 1])
}

fn pickle(value: &[u8]) -> Vec<u8> {
    [b"\x80\x02", value, b"."].concat()
}

/// An archive around a value, with two storages of eight `F32`.
fn made(value: &[u8]) -> Made {
    Made::default()
        .with("m/data.pkl", &pickle(value))
        .with("m/version", b"3\n")
        .with("m/data/0", &[7; 32])
        .with("m/data/1", &[7; 32])
}

#[test]
fn state_dicts_are_found_wherever_they_are() {
    names(&dict(&[("a.w", whole("0")), ("b", whole("1"))]), "a.w b");
    names(&fill(&call("collections.OrderedDict", &[]), &[("w", whole("0"))]), "w");
    names(
        &dict(&[
            ("epoch", int(3)),
            ("state_dict", dict(&[("w", whole("0"))])),
        ]),
        "w",
    );
    names(&dict(&[("model", dict(&[("module", dict(&[("w", whole("0"))]))]))]), "w");
    names(&dict(&[("model", int(1)), ("net", dict(&[("w", whole("0"))]))]), "w");
    let two = [
        ("encoder", dict(&[("w", whole("0"))])),
        ("decoder", dict(&[("w", whole("1"))])),
    ];
    names(&dict(&two), "encoder.w decoder.w");
    names(&tuple(&[whole("0"), dict(&[("x", whole("1"))])]), "0 1.x");
    names(&whole("0"), "tensor");
    let module = object(
        "net.Net",
        &[
            ("_parameters", dict(&[("w", whole("0"))])),
            (
                "_modules",
                dict(&[("sub", object("net.Sub", &[("_buffers", dict(&[("b", whole("1"))]))]))]),
            ),
            ("hook", dict(&[("not.stored", whole("0"))])),
        ],
    );
    names(&module, "w sub.b");
    names(&dict(&[("ema", dict(&[("w", whole("0"))]))]), "w");
}

#[track_caller]
fn names(value: &[u8], names: &str) {
    let bytes = made(value).done();
    assert!(trial::recognized(&ZIP, "file", &bytes));
    let listing = trial::list(&ZIP, &bytes).unwrap();
    assert_eq!(trial::odd(&listing), [""; 0]);
    let listed: Vec<_> = listing.file.tensors.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(listed.join(" "), names);
}

#[test]
fn what_is_not_the_model_lies_apart() {
    let state = dict(&[
        ("state", dict(&[("exp_avg", whole("1"))])),
        ("param_groups", b"]".to_vec()),
    ]);
    let value = dict(&[
        ("model", dict(&[("w", whole("0"))])),
        ("my_adam", state),
        ("ema", dict(&[("w", whole("1"))])),
        ("step", int(7)),
    ]);
    let listing = trial::list(&ZIP, &made(&value).done()).unwrap();
    assert_eq!(trial::lines(&listing).len(), 1);
    let apart: Vec<_> = listing
        .file
        .apart
        .iter()
        .map(|it| (it.key.as_str(), it.role.word(), it.tensors[0].name.as_str()))
        .collect();
    assert_eq!(
        apart,
        [
            ("my_adam", "optimizer", "my_adam.state.exp_avg"),
            ("ema", "other", "ema.w")
        ]
    );
    assert_eq!(listing.file.metadata["step"], "7");
}

#[test]
fn tensors_are_put_where_their_elements_lie() {
    check(&whole("0"), "F32 [2, 4] 0..32");
    check(&view("0", 4, &[2, 2], &[2, 1]), "F32 [2, 2] 16..32");
    check(&view("0", 4, &[2, 1, 2], &[2, 9, 1]), "F32 [2, 1, 2] 16..32");
    check(&view("0", 0, &[4, 2], &[1, 4]), "F32 [4, 2]");
    check(&view("0", 3, &[], &[]), "F32 [] 12..16");
    check(&view("0", 8, &[0, 3], &[3, 1]), "F32 [0, 3] 32..32");
    check(&call("torch.nn.parameter.Parameter", &[whole("0")]), "F32 [2, 4] 0..32");
    let subclass = tuple(&[whole("0"), b"\x88".to_vec(), b"}".to_vec()]);
    let function = global("torch._utils._rebuild_parameter");
    let wrapped = [function, global("my.Tensor"), subclass, b"N".to_vec()];
    check(&call("torch._tensor._rebuild_from_type_v2", &wrapped), "F32 [2, 4] 0..32");
    let typed = |dtype: &str, size: &[u32], stride: &[u32]| {
        let storage = storage("torch.storage.UntypedStorage", "0", 32);
        let rest = [
            int(0),
            ints(size),
            ints(stride),
            b"\x89".to_vec(),
            b"N".to_vec(),
            global(dtype),
        ];
        call("torch._utils._rebuild_tensor_v3", &[vec![storage], rest.to_vec()].concat())
    };
    check(&typed("torch.float8_e4m3fn", &[4, 8], &[8, 1]), "F8_E4M3 [4, 8] 0..32");
    check(&typed("torch.uint64", &[4], &[1]), "U64 [4] 0..32");
    check(&typed("torch.float4_e2m1fn_x2", &[4, 8], &[8, 1]), "F4 [4, 16] 0..32");
    let meta = [
        global("torch.bfloat16"),
        ints(&[5, 6]),
        ints(&[6, 1]),
        b"\x89".to_vec(),
    ];
    check(&call("torch._utils._rebuild_meta_tensor_no_storage", &meta), "BF16 [5, 6]");
}

/// A tensor in the first storage, and its bytes from that storage's start.
#[track_caller]
fn check(tensor: &[u8], told: &str) {
    let bytes = made(&dict(&[("w", tensor.to_vec())])).done();
    let listing = trial::list(&ZIP, &bytes).unwrap();
    assert_eq!(trial::odd(&listing), [""; 0]);
    let start = bytes.windows(8).position(|it| it == b"m/data/0").unwrap() as u64 + 8;
    let it = &listing.file.tensors[0];
    let range = it.bytes.as_ref().map(|it| format!(" {}..{}", it.start - start, it.end - start));
    assert_eq!(format!("{} {:?}{}", it.dtype, it.shape, range.unwrap_or_default()), told);
}

#[test]
fn archives_that_lie_are_told() {
    let one = |tensor: Vec<u8>| dict(&[("w", tensor)]);
    odd(
        made(&one(view("0", 4, &[8], &[1]))),
        "bytes 16 to 48 of storage `0`, which has 32 and is said to have 32",
    );
    odd(made(&one(whole("9"))), "its storage `9` is not in the file");
    odd(
        made(&one(view("0", 0, &[u32::MAX >> 1; 9], &[1; 9]))),
        "bytes 0 to 77309411260 of storage `0`, which has 32 and is said to have 32",
    );
    odd(made(&one(whole("0"))).with("m/byteorder", b"big"), "the byte order is \"big\"");
    odd(
        made(&one(whole("0"))).with("m/data.pkl", b"\x80\x02N."),
        "a member of this name stands at byte 0 too",
    );
    odd(made(b"cos\nsystem\nU\x02ls\x85R\xFF"), "no opcode is 0xff");
    odd(made(&[b"N.".to_vec(), b"cos\nsystem\n".to_vec()].concat()), "12 bytes after the pickle");
    odd(made(b"]q\x00h\x00ah\x00a"), "containers nested more than 48 deep");
}

#[track_caller]
fn odd(made: Made, saying: &str) {
    let listing = trial::list(&ZIP, &made.done()).unwrap();
    assert_eq!(trial::odd(&listing), [saying]);
}

#[test]
fn every_pickle_is_kept_whatever_it_does() {
    let script = made(&object("__torch__.Net", &[("w", whole("0"))]))
        .with("m/code/__torch__.py", b"")
        .with("m/constants.pkl", &pickle(&tuple(&[])))
        .with("m/extra/evil.pkl", &pickle(b"cos\nsystem\nU\x02ls\x85R"))
        .done();
    assert!(
        trial::recognized(&SCRIPT, "file", &script) && !trial::recognized(&ZIP, "file", &script)
    );
    let listing = trial::list(&SCRIPT, &script).unwrap();
    let members: Vec<_> =
        listing.file.pickles.iter().filter_map(|it| it.member.as_deref()).collect();
    assert_eq!(members, ["m/data.pkl", "m/constants.pkl", "m/extra/evil.pkl"]);
    let evil = &listing.file.pickles[2];
    assert_eq!((evil.globals[0].path().as_str(), evil.globals[0].calls), ("os.system", 1));
    assert_eq!(evil.calls[0].arguments, "(\"ls\")");
}

#[test]
fn packed_archives_are_listed_without_ranges() {
    let packed = Lies { deflated: true, ..Lies::default() };
    let made = Made::default()
        .lying("m/data.pkl", &pickle(&dict(&[("w", whole("0"))])), &packed)
        .lying("m/data/0", &[7; 32], &packed);
    trial::check(&ZIP, &made.done(), &["w F32 [2, 4]"]);
}

#[test]
fn an_archive_cut_short_still_lists_its_tensors() {
    let whole = made(&dict(&[("a", whole("0")), ("b", whole("1"))])).done();
    let second = whole.windows(8).position(|it| it == b"m/data/1").unwrap();
    let listing = trial::list(&ZIP, &whole[..second + 8 + 20]).unwrap();
    let ranges: Vec<_> = listing.file.tensors.iter().map(|it| it.bytes.is_some()).collect();
    assert_eq!(ranges, [true, false]);
    let said = trial::odd(&listing).join("; ");
    assert!(said.contains("1 of 2 tensors are not whole"), "{said}");
}

/// The legacy format: magic, protocol, system, object, keys, storages.
fn legacy(value: &[u8], keys: &[&str]) -> Vec<u8> {
    let system = dict(&[("little_endian", b"\x88".to_vec())]);
    let keys_list = [
        b"](".to_vec(),
        keys.iter().flat_map(|key| text(key)).collect(),
        b"e".to_vec(),
    ];
    let mut all = super::stream::MAGIC.to_vec();
    for part in [int(1001), system, value.to_vec(), keys_list.concat()] {
        all.extend(pickle(&part));
    }
    for _ in keys {
        all.extend(8u64.to_le_bytes());
        all.extend([7; 32]);
    }
    all
}

#[test]
fn storages_behind_the_pickles_are_found() {
    let value = dict(&[("a", whole("0")), ("b", view("1", 4, &[4], &[1]))]);
    let bytes = legacy(&value, &["1", "0"]);
    let len = bytes.len();
    let told = format!("b F32 [4] {}..{}", len - 56, len - 40);
    trial::check(&LEGACY, &bytes, &[&told, &format!("a F32 [2, 4] {}..{len}", len - 32)]);
    for (bytes, saying) in [
        (bytes[..len - 5].to_vec(), "1 of 2 tensors are not whole"),
        ([bytes.clone(), vec![0; 9]].concat(), "9 bytes after the last storage"),
        (legacy(&value, &["0"]), "its storage `1` is not in the file"),
    ] {
        let listing = trial::list(&LEGACY, &bytes).unwrap();
        let said = trial::odd(&listing).join("; ");
        assert!(said.contains(saying), "{said}");
    }
}

#[test]
fn pickles_in_a_row_are_all_walked() {
    let tiny = b"N.".repeat(5000);
    let bytes = [
        b"\x80\x02N.".to_vec(),
        tiny,
        pickle(b"cos\nsystem\nU\x02ls\x85R"),
    ]
    .concat();
    let listing = trial::list(&PICKLE, &bytes).unwrap();
    let last = listing.file.pickles.last().unwrap();
    assert_eq!((last.start, last.globals[0].path().as_str()), (10_004, "os.system"));
    let listing = trial::list(&PICKLE, b"\x80\x02N.\xFFgarbage").unwrap();
    assert_eq!(trial::odd(&listing), ["8 bytes after the last pickle"]);
}

#[test]
fn distributed_checkpoints_name_the_files_of_their_pieces() {
    let class = |name: &str| format!("torch.distributed.checkpoint.metadata.{name}");
    let properties = [
        global(&class("TensorProperties")),
        b")\x81".to_vec(),
        tuple(&[global("torch.float32")]),
        b"b".to_vec(),
    ]
    .concat();
    let size = call("torch.Size", &[ints(&[2, 4])]);
    let tensor =
        object(&class("TensorStorageMetadata"), &[("properties", properties), ("size", size)]);
    let index = object(&class("MetadataIndex"), &[("fqn", text("w"))]);
    let place = [
        ("relative_path", text(trial::SIBLING)),
        ("offset", int(0)),
        ("length", int(100)),
    ];
    let info = object("torch.distributed.checkpoint.filesystem._StorageInfo", &place);
    let stored = [b"}(".to_vec(), index, info, b"u".to_vec()].concat();
    let all = [
        ("state_dict_metadata", dict(&[("w", tensor)])),
        ("storage_data", stored),
    ];
    let bytes = pickle(&object(&class("Metadata"), &all));
    trial::check(&DCP, &bytes, &[&format!("{}: w F32 [2, 4]", trial::SIBLING)]);
    trial::abuse(&DCP, &bytes);
}

#[test]
fn any_bytes_are_survived() {
    let value = dict(&[("w", view("0", 1, &[2, 3], &[3, 1]))]);
    trial::abuse(&ZIP, &made(&value).done());
    trial::abuse(&LEGACY, &legacy(&value, &["0"]));
    trial::abuse(&PICKLE, &pickle(&value));
}
