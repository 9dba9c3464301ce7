//! Configurations that have a loader or a server run something.

use super::{
    super::made::{of, one, packed, tar, zip},
    ACTS, Adding,
};

#[expect(clippy::too_many_lines, reason = "a list of samples, a line each")]
pub(super) fn configs(add: &mut Adding) {
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
