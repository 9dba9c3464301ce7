//! Pickles that would do harm, and pickles of the same make that would not.

use super::{
    Sample,
    made::{
        LAYERS, Zip, bytes, call, calling, checkpoint, checkpoint_without_storages, global, joblib,
        legacy, npy, packed, pickle, tar, text, torch, tuple, zip,
    },
};

/// Names that run something: of the standard library, and of packages that lie beside models.
#[rustfmt::skip]
const GADGETS: &[(&str, &str)] = &[
    ("os", "system"), ("posix", "system"), ("nt", "system"), ("os", "popen"), ("os", "execv"), ("os", "spawnl"), ("os", "remove"),
    ("subprocess", "Popen"), ("subprocess", "run"), ("subprocess", "check_output"), ("subprocess", "getoutput"), ("commands", "getoutput"),
    ("builtins", "eval"), ("__builtin__", "eval"), ("builtins", "exec"), ("builtins", "compile"), ("builtins", "__import__"), ("builtins", "open"), ("builtins", "breakpoint"),
    ("builtins", "getattr"), ("builtins", "setattr"), ("builtins", "map"), ("builtins", "apply"),
    ("importlib", "import_module"), ("importlib.util", "spec_from_file_location"), ("importlib.machinery", "SourceFileLoader"), ("imp", "load_source"),
    ("pkgutil", "resolve_name"), ("runpy", "run_path"), ("runpy", "_run_code"), ("code", "InteractiveInterpreter"), ("codeop", "compile_command"),
    ("pip", "main"), ("pip._internal", "main"), ("ensurepip", "_run_pip"), ("setuptools", "setup"), ("distutils.file_util", "write_file"),
    ("ssl", "get_server_certificate"), ("socket", "create_connection"), ("urllib.request", "urlopen"), ("http.client", "HTTPSConnection"), ("requests", "get"), ("requests.api", "post"),
    ("ftplib", "FTP"), ("smtplib", "SMTP"), ("imaplib", "IMAP4_stream"), ("telnetlib", "Telnet"), ("xmlrpc.client", "ServerProxy"), ("aiohttp.client", "request"),
    ("linecache", "getline"), ("logging", "FileHandler"), ("logging.config", "listen"), ("shutil", "rmtree"), ("tempfile", "mkstemp"), ("glob", "glob"), ("io", "open"), ("_io", "FileIO"), ("codecs", "open"), ("pathlib", "Path.write_text"), ("zipfile", "ZipFile"), ("tarfile", "open"), ("fileinput", "input"),
    ("uuid", "_get_command_stdout"), ("uuid", "_popen"), ("_pyrepl.pager", "pipe_pager"), ("_osx_support", "_read_output"), ("_aix_support", "_read_cmd_output"),
    ("timeit", "timeit"), ("timeit", "repeat"), ("bdb", "Bdb.run"), ("cProfile", "run"), ("profile", "run"), ("profile", "Profile.runctx"), ("trace", "Trace.run"), ("pdb", "run"), ("doctest", "debug_script"),
    ("idlelib.pyshell", "ModifiedInterpreter.runcode"), ("idlelib.run", "Executive.runcode"), ("idlelib.autocomplete", "AutoComplete.get_entity"), ("idlelib.debugobj", "ObjectTreeItem.SetText"), ("idlelib.calltip", "get_entity"),
    ("lib2to3.pgen2.grammar", "Grammar.loads"), ("lib2to3.pgen2.pgen", "ParserGenerator.make_label"),
    ("asyncio.unix_events", "_UnixSubprocessTransport._start"), ("asyncio", "create_subprocess_shell"), ("multiprocessing.util", "spawnv_passfds"), ("pydoc", "pipepager"), ("pydoc", "locate"), ("pty", "spawn"),
    ("torch.utils.collect_env", "run"), ("torch.utils.bottleneck.__main__", "run_cprofile"), ("torch.utils._config_module", "ConfigModule.load_config"), ("torch.fx.experimental.symbolic_shapes", "ShapeEnv.evaluate_guards_expression"),
    ("torch.utils.data.datapipes.utils.decoder", "basichandlers"), ("torch._dynamo.guards", "GuardBuilder.get"), ("torch.jit.unsupported_tensor_ops", "execWrapper"), ("torch._inductor.codecache", "compile_file"),
    ("torch.hub", "load"), ("torch.hub", "load_state_dict_from_url"), ("torch", "load"), ("torch.serialization", "load"), ("torch.utils.cpp_extension", "load_inline"), ("torch.distributed.elastic.multiprocessing", "start_processes"),
    ("numpy.f2py.crackfortran", "getlincoef"), ("numpy.f2py.crackfortran", "_eval_length"), ("numpy.testing._private.utils", "runstring"), ("numpy", "load"), ("numpy", "fromfile"), ("numpy.distutils.exec_command", "exec_command"),
    ("types", "CodeType"), ("types", "FunctionType"), ("dill._dill", "_eval_repr"), ("dill._dill", "_get_attr"), ("cloudpickle.cloudpickle", "loads"), ("dill", "loads"), ("marshal", "loads"),
    ("pickle", "loads"), ("_pickle", "loads"), ("joblib", "load"), ("pandas", "read_pickle"), ("yaml", "unsafe_load"), ("shelve", "open"),
    ("ctypes", "CDLL"), ("ctypes.util", "_findLib_ld"), ("_ctypes", "dlopen"), ("cffi", "FFI"), ("webbrowser", "open"), ("antigravity", "geohash"), ("site", "addpackage"), ("venv", "create"),
    ("functools", "reduce"), ("operator", "methodcaller"), ("operator", "attrgetter"), ("_operator", "attrgetter"), ("itertools", "starmap"), ("atexit", "register"), ("threading", "Thread"), ("signal", "signal"), ("sys", "settrace"), ("gc", "get_objects"), ("inspect", "currentframe"),
    ("unittest.mock", "_patch"), ("test.support.script_helper", "assert_python_ok"), ("mailcap", "findmatch"), ("platform", "popen"), ("sqlite3", "connect"), ("compileall", "compile_file"), ("typing", "get_type_hints"), ("string", "Formatter.get_field"),
];

/// Names that no table has.
const UNKNOWN: &[(&str, &str)] = &[
    ("some_internal.helpers", "run_anything"),
    ("mycompany.loader", "Bootstrap"),
    ("unlisted_gadget", "go"),
    ("__main__", "Thing"),
    ("sklearn.utils", "lower_case"),
    ("torch.nn.modules.linear", "lower_case"),
    ("ultralytics.something", "parse_model"),
    ("cloudpickle.cloudpickle", "_make_function"),
    ("dill._dill", "_create_function"),
    ("dill._dill", "_load_type"),
];

/// Pickles that run something, in all places and ways that are known.
pub(crate) fn dangerous(samples: &mut Vec<Sample>) {
    let mut add = |name: String, path: &str, bytes: Vec<u8>| {
        samples.push(Sample::dangerous(&name, &[(path, &bytes)]));
    };
    for (at, (module, name)) in GADGETS.iter().enumerate() {
        let evil = calling(module, name, "true", at);
        let label = format!("{module}.{name}");
        match at % 4 {
            0 => add(label, "model.pkl", evil),
            1 => add(label, "pytorch_model.bin", torch(&evil)),
            2 => add(label, "model.pt", legacy(&evil)),
            _ => add(label, "weights.dat", evil),
        }
    }
    let evil = calling("os", "system", "true", 0);
    for path in [
        "a.joblib",
        "a.dill",
        "a.bin",
        "a.h5",
        "a.safetensors",
        "a.gguf",
        "a.txt",
        "a.json",
        "a",
        "a.npy",
        "a.png",
        "a.md",
        ".hidden",
        "a.model",
        "a.sav",
    ] {
        add(format!("named {path}"), path, evil.clone());
    }
    for layer in LAYERS {
        add(format!("in {layer}"), "model.joblib", packed(layer, &evil));
        let twice = packed("gzip", &packed(layer, &torch(&evil)));
        add(format!("torch in {layer} in gzip"), "model.bin.gz", twice);
    }
    let old = [
        b"ZF0x100              \0".to_vec()[..21].to_vec(),
        packed("zlib", &evil),
    ]
    .concat();
    add("in joblib's oldest form".into(), "old.pkl", old);
    containers(&evil, &mut add);
    streams(&evil, &mut add);
    computed(&mut add);
}

/// A harmful pickle behind and inside other things.
fn containers(evil: &[u8], add: &mut dyn FnMut(String, &str, Vec<u8>)) {
    add("in a zip".into(), "a.zip", zip(&[("readme.txt", b"hello"), ("x/y.dat", evil)]));
    add("in a zip in a zip".into(), "a.zip", zip(&[("b.zip", &zip(&[("c.bin", evil)]))]));
    add("in a tar".into(), "a.tar", tar(&[("readme.txt", b"hello"), ("x/y", evil)]));
    add("in a tar in gzip".into(), "a.tar.gz", packed("gzip", &tar(&[("y.pkl", evil)])));
    let nemo = tar(&[
        ("model_config.yaml", b"a: 1\n"),
        ("model_weights.ckpt", &torch(evil)),
    ]);
    add("in NeMo's tar".into(), "a.nemo", nemo);
    add("in Keras' zip".into(), "a.keras", zip(&[("config.json", b"{}"), ("assets/x.pkl", evil)]));
    let objects = npy("|O", "(1,)", evil);
    add("as a numpy array of objects".into(), "a.npy", objects.clone());
    add("in an npz".into(), "a.npz", zip(&[("x.npy", &objects)]));
    let mut deflated = Zip::default();
    deflated.add("x.npy", "x.npy", &objects, true);
    add("in a deflated npz".into(), "a.npz", deflated.done());

    let mut other = Zip::default();
    other.add("archive/data.pkl", "archive/data.txt", evil, false);
    other.add("archive/version", "archive/version", b"3\n", false);
    add("a local name that differs".into(), "a.bin", other.done());
    let mut hidden = Zip::default();
    hidden.hide("archive/data.pkl", evil);
    hidden.add("archive/data.pkl", "archive/data.pkl", &checkpoint(), false);
    hidden.add("archive/version", "archive/version", b"3\n", false);
    add("a member that is not listed".into(), "a.bin", hidden.done());
    let mut first = Zip::default();
    first.add("archive/data.pkl", "archive/data.pkl", evil, false);
    first.add("archive/data.pkl", "archive/data.pkl", &checkpoint(), false);
    first.add("archive/version", "archive/version", b"3\n", false);
    add("two members of one name".into(), "a.bin", first.done());
    let mut flagged = Zip { flags: 1, ..Zip::default() };
    flagged.add("archive/data.pkl", "archive/data.pkl", evil, false);
    flagged.add("archive/version", "archive/version", b"3\n", false);
    add("marked as encrypted".into(), "a.bin", flagged.done());
    let mut flagged = Zip { flags: 1, ..Zip::default() };
    flagged.add("archive/data.pkl", "archive/data.pkl", evil, true);
    flagged.add("archive/version", "archive/version", b"3\n", false);
    add("marked as encrypted, and packed".into(), "a.bin", flagged.done());
    let mut wrong = Zip { crc: 1, ..Zip::default() };
    wrong.add("archive/data.pkl", "archive/data.pkl", evil, true);
    wrong.add("archive/version", "archive/version", b"3\n", false);
    add("a wrong CRC-32".into(), "a.bin", wrong.done());
    let mut code = Zip::default();
    code.add("archive/data.pkl", "archive/data.pkl", &checkpoint(), false);
    code.add("archive/version", "archive/version", b"3\n", false);
    code.add("archive/extra/callback", "archive/extra/callback", evil, false);
    add("a member without an ending".into(), "a.bin", code.done());
    add("bytes before the zip".into(), "a.bin", [b"#!/bin/sh\n".to_vec(), torch(evil)].concat());

    let one = r#"{"w":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#;
    let whole = crate::build::with_header(one, 4);
    add("behind safetensors".into(), "a.safetensors", [whole.clone(), evil.to_vec()].concat());
    add("a zip behind safetensors".into(), "a.safetensors", [whole, torch(evil)].concat());
    let picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\0IEND\xaeB`\x82".to_vec();
    add("a zip behind a picture".into(), "a.png", [picture, zip(&[("x.pkl", evil)])].concat());
    add("a pickle that is safetensors as well".into(), "a.safetensors", both(evil));
    let inside = pickle(bytes(evil));
    let loaded = call(global("torch.storage", "_load_from_bytes"), &[bytes(evil)]);
    add("in bytes that torch loads".into(), "a.bin", torch(&pickle(loaded)));
    let old = calling("os", "system", "true", 2);
    let loaded = call(global("torch.storage", "_load_from_bytes"), &[bytes(&old)]);
    add("an old pickle in bytes that torch loads".into(), "a.bin", torch(&pickle(loaded)));
    let latin: String = evil.iter().map(|byte| char::from(*byte)).collect();
    let encoded = call(global("_codecs", "encode"), &[text(&latin), text("latin1")]);
    let loaded = call(global("torch.storage", "_load_from_bytes"), &[encoded]);
    add("in a text that torch loads".into(), "a.bin", torch(&pickle(loaded)));
    let loaded = call(global("torch.storage", "_load_from_bytes"), &[bytes(&torch(evil))]);
    add("a zip in bytes that torch loads".into(), "a.pkl", pickle(loaded));
    let loaded = call(
        global("torch.storage", "_load_from_bytes"),
        &[bytes(&pickle(call(
            global("torch.storage", "_load_from_bytes"),
            &[bytes(evil)],
        )))],
    );
    add("two pickles deep".into(), "a.pkl", pickle(loaded));
    add("bytes that are a pickle".into(), "a.pkl", inside);
    let values = *b"\x00\x00\x80?AAAABBBBCCCCDDDDEEEEFFFFGGGG";
    add(
        "behind joblib's array".into(),
        "a.joblib",
        joblib(&values, call(global("os", "system"), &[text("true")])),
    );
    // an array whose elements are opcodes for a loader that knows nothing of joblib
    let file = joblib(&values, Vec::new());
    let at = file.windows(4).position(|it| it == b"\x03\xff\xff\xff").unwrap();
    let opcodes = [b"(0cposix\nsystem\n(V!\ntR.".to_vec(), vec![b'.'; 17]].concat();
    let file = [&file[..at], &opcodes, &file[at + 4..]].concat();
    add("in the padding of joblib's array".into(), "a.joblib", file);
}

/// A file that a strict reader of safetensors takes, and `pickle.load` too: its length field is `NONE`
/// and `BINFLOAT`, its header a chain of short texts, and its tensor the rest of the pickle.
fn both(evil: &[u8]) -> Vec<u8> {
    const LEN: usize = 0x474E;
    let payload = &evil[2..]; // its PROTO stands at the front alone
    let blocks = format!("U~{}", "k".repeat(126)).repeat(142);
    let len = payload.len();
    let front = format!(
        "{{\"{blocks}UJ\":{{\"dtype\":\"U8\",\"shape\":[{len}],\"data_offsets\":[0,{len}]}}}}"
    );
    let header = format!("{front:LEN$}");
    [&(LEN as u64).to_le_bytes()[..], header.as_bytes(), payload].concat()
}

/// Harmful streams that are broken, late, or read in two ways.
fn streams(evil: &[u8], add: &mut dyn FnMut(String, &str, Vec<u8>)) {
    let quiet = pickle(b"N".to_vec());
    add("after a harmless one".into(), "a.pkl", [quiet.clone(), evil.to_vec()].concat());
    let many = [b"N.".repeat(50_000), evil.to_vec()].concat();
    add("after 50,000 tiny ones".into(), "a.pkl", [quiet.clone(), many].concat());
    let cut = evil[..evil.len() - 1].to_vec();
    add("without its end".into(), "a.pkl", cut.clone());
    add(
        "broken behind the call".into(),
        "a.bin",
        torch(&[cut.clone(), b"\xff\xff".to_vec()].concat()),
    );
    add("broken in a deflated zip".into(), "a.bin", {
        let mut archive = Zip::default();
        archive.add(
            "archive/data.pkl",
            "archive/data.pkl",
            &[cut, b"\xfe".to_vec()].concat(),
            true,
        );
        archive.add("archive/version", "archive/version", b"3\n", false);
        archive.done()
    });
    let popped = [
        global("os", "system"),
        tuple(&[text("true")]),
        b"R0N".to_vec(),
    ]
    .concat();
    add("its result thrown away".into(), "a.pkl", pickle(popped));
    let object = [
        b"(".to_vec(),
        global("os", "system"),
        text("true"),
        b"o0N".to_vec(),
    ]
    .concat();
    add("OBJ, then POP".into(), "a.pkl", pickle(object));
    let built = [
        call(global("os", "system"), &[text("true")]),
        b"}b".to_vec(),
    ]
    .concat();
    add("REDUCE, then BUILD".into(), "a.pkl", pickle(built));
    let memo = [
        global("os", "system"),
        b"r\xff\xff\xff\x7f0j\xff\xff\xff\x7f".to_vec(),
        tuple(&[text("true")]),
        b"R".to_vec(),
    ];
    add("a memo slot far out".into(), "a.pkl", pickle(memo.concat()));
    let framed = [
        b"\x80\x04\x95\x03\0\0\0\0\0\0\0".to_vec(),
        call(global("os", "system"), &[text("true")]),
        b".".to_vec(),
    ]
    .concat();
    add("a frame that is too short".into(), "a.pkl", framed);
    add(
        "legacy torch, behind the storages".into(),
        "a.pt",
        [legacy(&checkpoint_without_storages()), evil.to_vec()].concat(),
    );
    add("in the system information".into(), "a.pt", {
        let mut file = legacy(&quiet);
        file.splice(15..15, evil.iter().copied());
        file
    });
    let state = [
        global("collections", "OrderedDict"),
        b")R}(".to_vec(),
        text("hook"),
        global("os", "system"),
        b"ub".to_vec(),
    ]
    .concat();
    add("imported and left in a state".into(), "a.pkl", pickle(state));
}

/// Names that are reached without an import of their own.
fn computed(add: &mut dyn FnMut(String, &str, Vec<u8>)) {
    let os = || call(global("importlib", "import_module"), &[text("os")]);
    let got = call(global("builtins", "getattr"), &[os(), text("system")]);
    add("getattr of an import".into(), "a.pkl", pickle(call(got, &[text("true")])));
    let got = call(global("operator", "attrgetter"), &[text("system")]);
    add("attrgetter".into(), "a.pkl", pickle(call(call(got, &[os()]), &[text("true")])));
    let made = call(global("operator", "methodcaller"), &[text("system"), text("true")]);
    add("methodcaller".into(), "a.pkl", pickle(call(made, &[os()])));
    let part = call(global("functools", "partial"), &[global("os", "system"), text("true")]);
    add("partial".into(), "a.pkl", pickle(call(part, &[])));
    let unknown = call(global("collections", "OrderedDict"), &[]);
    add("a result that is called".into(), "a.pkl", pickle(call(unknown, &[text("true")])));
    let built = [
        call(global("_codecs", "encode"), &[text("os"), text("ascii")]),
        text("system"),
        b"\x93".to_vec(),
    ];
    add(
        "a computed name".into(),
        "a.pkl",
        [
            b"\x80\x04".to_vec(),
            call(built.concat(), &[text("true")]),
            b".".to_vec(),
        ]
        .concat(),
    );
    add("an extension code".into(), "a.pkl", pickle(call(b"\x82\x07".to_vec(), &[text("true")])));
    for (module, name) in [
        ("torch.serialization", "os.system"),
        ("collections", "_sys.modules.get"),
        ("numpy", "os.system"),
        ("pathlib", "Path.__class__.__subclasses__"),
        ("torch", "jit.frontend.inspect.os.system"),
        ("logging", "os.system"),
        ("collections", "OrderedDict.__init__.__globals__"),
        ("random", "_os.system"),
        ("shutil", "os.system"),
        ("functools", "partial.__new__.__globals__"),
    ] {
        add(format!("{module} and the dotted {name}"), "a.pkl", calling(module, name, "true", 1));
        add(
            format!("the same in torch's zip: {module} {name}"),
            "a.bin",
            torch(&calling(module, name, "true", 4)),
        );
    }
}

/// Pickles that may be harmless, and of which that cannot be known.
pub(crate) fn suspicious(samples: &mut Vec<Sample>) {
    let mut add = |name: &str, path: &str, bytes: Vec<u8>| {
        samples.push(Sample::suspicious(name, &[(path, &bytes)]));
    };
    for (at, (module, name)) in UNKNOWN.iter().enumerate() {
        add(&format!("{module}.{name}"), "model.pkl", calling(module, name, "true", at));
        add(&format!("{module}.{name} for torch"), "a.bin", torch(&calling(module, name, "x", at)));
    }
    for name in ["OrderedDict", "Counter", "deque"] {
        add(name, "a.pkl", calling("collections", name, "ls -la", 0));
    }
    add("an unknown name in an array", "a.npy", npy("|O", "(1,)", &calling("a.b", "c", "x", 0)));
    add("cut in the midst", "a.bin", torch(&checkpoint()[..60]));
    add("no such opcode", "a.pkl", b"\x80\x02}q\x00\xfe.".to_vec());
}
