//! Ways through the machine that pickles are written for.

use super::{
    super::made::{bytes, call, calling, global, one, pickle, text, torch, tuple},
    Adding,
};

/// `left` and `right` under a `TUPLE2`.
fn pair(left: Vec<u8>, right: Vec<u8>) -> Vec<u8> {
    [left, right, b"\x86".to_vec()].concat()
}

fn newer(value: Vec<u8>) -> Vec<u8> {
    [b"\x80\x04".to_vec(), value, b".".to_vec()].concat()
}

#[expect(clippy::too_many_lines, reason = "a list of samples, a line each")]
pub(super) fn pickles(add: &mut Adding) {
    let import = |module: &str| call(global("importlib", "import_module"), &[text(module)]);
    let get = |from: Vec<u8>, name: Vec<u8>| {
        [
            global("builtins", "getattr"),
            pair(from, name),
            b"R".to_vec(),
        ]
        .concat()
    };
    // the builtins of an honest module, by a method of an honest class
    let taken =
        call(global("builtins", "dict.get"), &[global("numpy", "__builtins__"), text("exec")]);
    add("a module's builtins", one("a.pkl", newer(call(taken, &[text("x = 1")]))));
    // an attribute of an honest function, set by BUILD
    let set = [
        global("numpy", "prod"),
        pair(b"N".to_vec(), global("numpy", "core._internal.sys.modules")),
        b"b0".to_vec(),
        call(global("numpy", "prod.os.system"), &[text("true")]),
    ];
    add("an attribute that BUILD sets", one("a.pkl", newer(set.concat())));
    // names that are joined at load
    let join = get(get(import("builtins"), text("str")), text("join"));
    let joined = call(
        join,
        &[
            text(""),
            [b"](".to_vec(), text("o"), text("s"), b"e".to_vec()].concat(),
        ],
    );
    let module = [
        global("importlib", "import_module"),
        joined,
        b"\x85R".to_vec(),
    ]
    .concat();
    add(
        "a name that is joined",
        one("a.pkl", newer(call(get(module, text("system")), &[text("true")]))),
    );
    let decoded = call(global("base64", "b64decode"), &[text("b3M=")]);
    let module = [
        global("importlib", "import_module"),
        decoded,
        b"\x85R".to_vec(),
    ]
    .concat();
    add(
        "a name that is decoded",
        one("a.pkl", newer(call(get(module, text("system")), &[text("true")]))),
    );
    let reversed = call(
        global("operator", "getitem"),
        &[
            text("so"),
            call(
                global("builtins", "slice"),
                &[b"N".to_vec(), b"N".to_vec(), b"J\xff\xff\xff\xff".to_vec()],
            ),
        ],
    );
    let named = [reversed, text("system"), b"\x93".to_vec()].concat();
    add("a name that is turned round", one("a.pkl", newer(call(named, &[text("true")]))));
    // a state that calls
    let state = [
        global("_interpreters", "create"),
        b")R0".to_vec(),
        global("collections", "OrderedDict"),
        b")\x81}".to_vec(),
        text("x"),
        global("_interpreters", "run_string"),
        b"sb".to_vec(),
    ];
    add("an interpreter in a state", one("a.pkl", newer(state.concat())));
    // calls in other opcodes
    let object = [
        global("subprocess", "Popen"),
        tuple(&[text("true")]),
        b"\x81".to_vec(),
    ]
    .concat();
    add("NEWOBJ", one("a.pkl", pickle(object)));
    let object = [
        global("subprocess", "Popen"),
        b")}(".to_vec(),
        text("args"),
        text("true"),
        b"u\x92".to_vec(),
    ]
    .concat();
    add("NEWOBJ_EX", one("a.pkl", newer(object)));
    let many = [
        b"](".to_vec(),
        call(global("os", "system"), &[text("true")]),
        b"e".to_vec(),
    ]
    .concat();
    add("in a list", one("a.pkl", pickle(many)));
    let key = [
        b"}".to_vec(),
        call(global("os", "system"), &[text("true")]),
        b"Ns".to_vec(),
    ]
    .concat();
    add("as a key", one("a.pkl", pickle(key)));
    let persistent = [call(global("os", "system"), &[text("true")]), b"Q".to_vec()].concat();
    add("as a persistent id", one("a.bin", torch(&pickle(persistent))));
    let cyclic = [
        b"]q\0h\0a0".to_vec(),
        call(global("os", "system"), &[text("true")]),
    ]
    .concat();
    add("behind a list that holds itself", one("a.pkl", pickle(cyclic)));
    let frozen = [
        b"\x80\x04(".to_vec(),
        call(global("os", "system"), &[text("true")]),
        b"\x91.".to_vec(),
    ]
    .concat();
    add("in a frozen set", one("a.pkl", frozen));
    // a memo that a reader would number otherwise
    let mixed = [
        text("posix"),
        b"q\x05".to_vec(),
        text("system"),
        b"\x9400h\x05h\x01\x93".to_vec(),
        tuple(&[text("true")]),
        b"R".to_vec(),
    ];
    let mixed = newer(mixed.concat());
    add("a memo of two kinds", one("a.pkl", mixed));
    let over = [
        text("sys"),
        b"q\0".to_vec(),
        text("posix"),
        b"q\x000h\0".to_vec(),
        text("system"),
        b"\x93".to_vec(),
        tuple(&[text("true")]),
        b"R".to_vec(),
    ];
    add("a slot written twice", one("a.pkl", newer(over.concat())));
    // a lambda of cloudpickle
    let code = call(global("types", "CodeType"), &[b"K\0".to_vec(), bytes(b"d\0S\0")]);
    let made = call(
        global("cloudpickle.cloudpickle", "_make_function"),
        &[code, b"NNNN".to_vec()[..1].to_vec()],
    );
    add("a function of cloudpickle", one("a.pkl", newer(call(made, &[]))));
    let part = call(global("functools", "partial"), &[global("builtins", "exec"), text("x = 1")]);
    let mapped = call(global("builtins", "map"), &[part, b"]".to_vec()]);
    add("exec by map", one("a.pkl", newer(call(global("builtins", "list"), &[mapped]))));
    let sorted =
        call(global("builtins", "sorted"), &[b"](K\x01K\x02e".to_vec(), global("os", "system")]);
    add("a key of sorted", one("a.pkl", newer(sorted)));
    let default = call(global("collections", "defaultdict"), &[global("os", "getcwd")]);
    add("a default that calls", one("a.pkl", newer(default)));
    let hooks = [
        global("torch.nn.modules.linear", "Linear"),
        b")\x81}(".to_vec(),
        text("_forward_hooks"),
        [b"}K\0".to_vec(), global("os", "system"), b"s".to_vec()].concat(),
        b"ub".to_vec(),
    ];
    add("a hook of a layer", one("a.bin", torch(&pickle(hooks.concat()))));
    let nested = call(global("_codecs", "decode"), &[bytes(b"x"), text("zip")]);
    add("unpacked and loaded", one("a.pkl", newer(call(global("_pickle", "loads"), &[nested]))));
    let wide = [
        b"\x80\x05\x96".to_vec(),
        34u64.to_le_bytes().to_vec(),
        calling("os", "system", "true", 0),
    ]
    .concat();
    let wide = [
        wide,
        b"0".to_vec(),
        call(global("pickle", "loads"), &[bytes(b"N.")]),
        b".".to_vec(),
    ]
    .concat();
    add("a byte array and a load", one("a.pkl", wide));
}
