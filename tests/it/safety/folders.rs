//! Releases whose danger lies outside pickles: code, configurations, graphs, templates, names, what is left
//! behind; and releases of the same make that are as they should be.

#![expect(clippy::too_many_lines, reason = "a list of samples, a line each")]

use super::{
    Sample,
    made::{Zip, packed, tar, tar_header, zip},
};
use crate::build::{safetensors, with_header};

type Files<'a> = &'a [(&'a str, &'a str)];

fn of(files: Files) -> Vec<(String, Vec<u8>)> {
    files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect()
}

fn one(path: &str, bytes: impl AsRef<[u8]>) -> Vec<(String, Vec<u8>)> {
    vec![(path.to_owned(), bytes.as_ref().to_vec())]
}

/// A field of a protocol buffer that holds bytes.
fn span(number: u8, bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let bytes = bytes.as_ref();
    let len = bytes.len();
    let mut field = vec![
        number << 3 | 2,
        u8::try_from(len & 0x7F | if len > 127 { 0x80 } else { 0 }).unwrap(),
    ];
    if len > 127 {
        field.push(u8::try_from(len >> 7).unwrap());
    }
    [field, bytes.to_vec()].concat()
}

/// An ONNX model of one node.
fn onnx(domain: &str, operator: &str) -> Vec<u8> {
    let node = [
        span(1, "x"),
        span(2, "y"),
        span(3, "n"),
        span(4, operator),
        span(7, domain),
    ]
    .concat();
    let weight = [vec![0x08, 2, 0x10, 1], span(8, "w"), span(9, [0; 8])].concat();
    [
        vec![0x08, 8],
        span(7, [span(1, node), span(2, "g"), span(5, weight)].concat()),
    ]
    .concat()
}

/// An ONNX model whose weights lie elsewhere.
fn external(location: &str) -> Vec<u8> {
    let entry = [span(1, "location"), span(2, location)].concat();
    let weight = [
        vec![0x08, 2, 0x10, 1],
        span(8, "w"),
        span(13, entry),
        vec![0x70, 1],
    ]
    .concat();
    [
        vec![0x08, 8],
        span(7, [span(2, "g"), span(5, weight)].concat()),
    ]
    .concat()
}

/// A TensorFlow graph of two nodes, one of them this operator.
fn saved_model(operator: &str) -> Vec<u8> {
    let node = |name: &str, operator: &str| span(1, [span(1, name), span(2, operator)].concat());
    let graph = [node("a", "Placeholder"), node("b", operator)].concat();
    [
        vec![0x08, 1],
        span(
            2,
            [
                span(1, [span(4, "serve"), span(5, "2.15.0")].concat()),
                span(2, graph),
            ]
            .concat(),
        ),
    ]
    .concat()
}

fn gguf(template: &str) -> Vec<u8> {
    let text = |text: &str| {
        [
            (text.len() as u64).to_le_bytes().to_vec(),
            text.as_bytes().to_vec(),
        ]
        .concat()
    };
    let pair =
        |key: &str, value: &str| [text(key), 8u32.to_le_bytes().to_vec(), text(value)].concat();
    let pairs = [
        pair("general.architecture", "llama"),
        pair("tokenizer.chat_template", template),
    ]
    .concat();
    let mut file = [
        b"GGUF".to_vec(),
        3u32.to_le_bytes().to_vec(),
        0u64.to_le_bytes().to_vec(),
        2u64.to_le_bytes().to_vec(),
        pairs,
    ]
    .concat();
    file.resize(file.len().next_multiple_of(32), 0);
    file
}

fn keras(config: &str) -> Vec<u8> {
    zip(&[
        ("metadata.json", b"{\"keras_version\": \"3.0.0\"}"),
        ("config.json", config.as_bytes()),
    ])
}

const ESCAPE: &str = "{{ cycler.__init__.__globals__.os.popen('true') }}";
const PLAIN: &str = "{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] | trim }}{% endfor %}";

pub(crate) fn dangerous(samples: &mut Vec<Sample>) {
    let mut add = |name: &str, files: Vec<(String, Vec<u8>)>| {
        samples.push(Sample::owned(super::Level::Dangerous, name, files));
    };
    let map = |value: &str| {
        format!("{{\"model_type\": \"x\", \"auto_map\": {{\"AutoModel\": {value}}}}}")
    };
    add(
        "auto_map to another repository",
        one("config.json", map("\"someone/else--modeling_x.Model\"")),
    );
    add(
        "auto_map in a list",
        one(
            "tokenizer_config.json",
            "{\"auto_map\": {\"AutoTokenizer\": [\"a/b--tok.Tok\", null]}}",
        ),
    );
    add(
        "auto_map deep inside",
        one(
            "config.json",
            "{\"text_config\": {\"inner\": {\"auto_map\": {\"AutoModel\": \"a/b--m.M\"}}}}",
        ),
    );
    add("auto_map with a path", one("config.json", map("\"../../elsewhere/modeling.Model\"")));
    for act in [
        "import os\nos.system('true')\n",
        "import subprocess as s\ns.run(['true'])\n",
        "exec('x = 1')\n",
        "import urllib.request\nurllib.request.urlopen('http://localhost')\n",
        "import ctypes\nctypes.CDLL('x.so')\n",
        "class A:\n    from os import system\n    import socket\n    s = socket.socket()\n",
    ] {
        add(
            "a module that acts when it is imported",
            of(&[
                ("config.json", &map("\"modeling_x.Model\"")),
                ("modeling_x.py", act),
            ]),
        );
    }
    add(
        "a pipeline of one's own that acts",
        of(&[
            ("config.json", "{\"custom_pipelines\": {\"t\": {\"impl\": \"pipe.P\"}}}"),
            ("pipe.py", "eval('1')\n"),
        ]),
    );
    add(
        "a diffusers part that acts",
        of(&[
            ("model_index.json", "{\"_class_name\": \"P\", \"unet\": [\"my_unet\", \"U\"]}"),
            ("unet/my_unet.py", "import os\nos.system('true')\n"),
        ]),
    );
    add(
        "a diffusers part of the system's",
        one("model_index.json", "{\"_class_name\": \"P\", \"unet\": [\"os\", \"system\"]}"),
    );
    add(
        "custom_generate that acts",
        one("custom_generate/generate.py", "import os\nos.popen('true')\n"),
    );
    add(
        "a handler that acts",
        one("handler.py", "import subprocess\nsubprocess.check_output(['true'])\n"),
    );
    for target in [
        "os.system",
        "builtins.eval",
        "subprocess.Popen",
        "torch.hub.load",
        "importlib.import_module",
    ] {
        add("hydra", one("conf/model.yaml", format!("model:\n  _target_: {target}\n  x: 1\n")));
        add(
            "hydra in NeMo's tar",
            one(
                "a.nemo",
                tar(&[
                    ("model_config.yaml", format!("encoder:\n  _target_: {target}\n").as_bytes()),
                    ("w.bin", b"x"),
                ]),
            ),
        );
        add(
            "hydra in a packed tar",
            one(
                "a.nemo",
                packed(
                    "gzip",
                    &tar(&[(
                        "model_config.yaml",
                        format!("encoder:\n  _target_: {target}\n").as_bytes(),
                    )]),
                ),
            ),
        );
        add(
            "hydra in JSON",
            one("config.json", format!("{{\"a\": [{{\"_target_\": \"{target}\"}}]}}")),
        );
    }
    add("a YAML tag", one("a.yaml", "a: !!python/object/apply:os.system ['true']\n"));
    add(
        "a YAML tag in full",
        one("a.yml", "a: !<tag:yaml.org,2002:python/object/new:subprocess.Popen> ['true']\n"),
    );
    add(
        "a YAML tag in a tar",
        one("a.tar", tar(&[("x/conf.yaml", b"a: !!python/name:os.system\n")])),
    );
    for file in [
        "sitecustomize.py",
        "usercustomize.py",
        "lib/sitecustomize.py",
        "torch.py",
        "transformers.py",
        "numpy.py",
        "json.py",
        "typing.py",
    ] {
        add("a file that Python finds", one(file, "x = 1\n"));
    }
    add("a list of paths that imports", one("a.pth", "import os; os.system('true')\n"));
    for key in [
        "fsmonitor = ./x.sh",
        "hooksPath = hooks",
        "sshCommand = ./x",
    ] {
        add(
            "git's configuration",
            one(".git/config", format!("[core]\n\tbare = false\n\t{key}\n")),
        );
    }
    add("a git hook", one(".git/hooks/post-checkout", "#!/bin/sh\ntrue\n"));
    add(
        "a task on opening",
        one(
            ".vscode/tasks.json",
            "{\"tasks\": [{\"command\": \"true\", \"runOptions\": {\"runOn\": \"folderOpen\"}}]}",
        ),
    );
    for layer in ["Lambda", "TorchModuleWrapper", "TFSMLayer"] {
        add(
            "a layer of Keras",
            one(
                "a.keras",
                keras(&format!(
                    "{{\"class_name\": \"Functional\", \"module\": \"keras\", \"config\": {{\"layers\": [{{\"class_name\": \"{layer}\", \"module\": \"keras.layers\", \"config\": {{}}}}]}}}}"
                )),
            ),
        );
    }
    add(
        "a function that Keras calls",
        one(
            "a.keras",
            keras("{\"class_name\": \"function\", \"module\": \"os\", \"config\": \"system\"}"),
        ),
    );
    add(
        "a lambda as a value",
        one(
            "a.keras",
            keras(
                "{\"class_name\": \"Dense\", \"module\": \"keras.layers\", \"config\": {\"activation\": {\"class_name\": \"__lambda__\", \"config\": {\"value\": \"x\"}}}}",
            ),
        ),
    );
    for operator in [
        "ReadFile",
        "WriteFile",
        "PyFunc",
        "EagerPyFunc",
        "MatchingFiles",
        "PyFuncStateless",
    ] {
        add("an operator of TensorFlow", one("saved_model.pb", saved_model(operator)));
    }
    add("an operator that runs Python", one("a.onnx", onnx("ai.onnx.contrib", "PyOp")));
    for location in [
        "/etc/passwd",
        "../../secret",
        "a/../../b",
        "..\\..\\b",
        "https://x.org/w",
        "C:\\w.bin",
        "\\\\host\\share",
    ] {
        add("weights elsewhere", one("a.onnx", external(location)));
    }
    add("a template in GGUF", one("a.gguf", gguf(ESCAPE)));
    let json = format!("{{\"chat_template\": \"{ESCAPE}\"}}");
    add("a template of the tokenizer", one("tokenizer_config.json", &json));
    add("a template of the processor", one("chat_template.json", &json));
    add(
        "a template in a list",
        one(
            "tokenizer_config.json",
            format!(
                "{{\"chat_template\": [{{\"name\": \"tool_use\", \"template\": \"{ESCAPE}\"}}]}}"
            ),
        ),
    );
    add("a template of its own", one("chat_template.jinja", ESCAPE));
    add("one more template", one("additional_chat_templates/x.jinja", ESCAPE));
    let index =
        |shard: &str| format!("{{\"metadata\": {{}}, \"weight_map\": {{\"a\": \"{shard}\"}}}}");
    for shard in ["../../x.safetensors", "/etc/passwd", "..\\\\x.bin"] {
        add("an index that leads out", one("model.safetensors.index.json", index(shard)));
    }
    add("a zip that leads out", one("a.zip", zip(&[("../../x", b"x")])));
    add("a zip with an absolute name", one("a.zip", zip(&[("/etc/x", b"x")])));
    add("a zip with a drive", one("a.zip", zip(&[("C:\\x", b"x")])));
    add("a tar that leads out", one("a.tar", tar(&[("../../x", b"x")])));
    for (name, target, kind) in [
        ("a", "/etc/passwd", b'2'),
        ("a", "../../x", b'2'),
        ("a/b", "../../x", b'2'),
        ("a", "/etc/passwd", b'1'),
    ] {
        add(
            "a tar with a link that leads out",
            one("a.tar", [tar_header(name, 0, kind, target), tar(&[("b", b"x")])].concat()),
        );
    }
    let mut bomb = Zip::default();
    bomb.add("a.npy", "a.npy", &[b"PK\x03\x04".to_vec(), vec![0; 70 << 20]].concat(), true);
    add("a bomb", one("a.zip", bomb.done()));
    add("a name that ends twice", one("model.safetensors.exe", "MZ"));
    add(
        "an entity",
        one(
            "a.xml",
            "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY y SYSTEM \"file:///etc/passwd\">]><x>&y;</x>",
        ),
    );
    for header in [
        r#"{"w":{"dtype":"U8","shape":[4],"data_offsets":[0,8]}}"#,
        r#"{"w":{"dtype":"U8","shape":[4],"data_offsets":[4,0]}}"#,
        r#"{"w":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"x":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#,
        "[]",
        "{\"w\":1}",
    ] {
        add("a header that lies", one("a.safetensors", with_header(header, 4)));
    }
    add("a header longer than the file", one("a.safetensors", u64::MAX.to_le_bytes()));
}

pub(crate) fn suspicious(samples: &mut Vec<Sample>) {
    let mut add = |name: &str, files: Vec<(String, Vec<u8>)>| {
        samples.push(Sample::owned(super::Level::Suspicious, name, files));
    };
    let map = "{\"auto_map\": {\"AutoModel\": \"modeling_x.Model\"}}";
    add(
        "code of the release",
        of(&[
            ("config.json", map),
            (
                "modeling_x.py",
                "import torch\nclass Model(torch.nn.Module):\n    def forward(self, x):\n        return x\n",
            ),
        ]),
    );
    add("code that is not here", one("config.json", map));
    add("trust that is not asked for", one("config.json", "{\"trust_remote_code\": true}"));
    add("a YAML tuple", one("a.yaml", "a: !!python/tuple [1, 2]\n"));
    add(
        "a module of one's own",
        one(
            "modules.json",
            "[{\"idx\": 0, \"name\": \"0\", \"path\": \"\", \"type\": \"custom.Module\"}]",
        ),
    );
    add(
        "a handler",
        one(
            "handler.py",
            "class EndpointHandler:\n    def __call__(self, data):\n        return data\n",
        ),
    );
    add("an unknown target", one("conf.yaml", "m:\n  _target_: mycompany.thing.Make\n"));
    add("a program", one("run", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0>\0"));
    add(
        "a program in a zip",
        one("a.zip", zip(&[("x/run", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0>\0")])),
    );
    add("WebAssembly", one("a.wasm", b"\0asm\x01\0\0\0"));
    add("compiled Python", one("a.pyc", b"\xa7\x0d\r\n\0\0\0\0\0\0\0\0\0\0\0\0"));
    for file in [
        "a.lnk",
        "a.desktop",
        "a.hta",
        "a.vbs",
        "a.scr",
        "a.msi",
        "a.docm",
        "a.xlsm",
    ] {
        add("a file that is clicked", one(file, "x"));
    }
    add(
        "a container on opening",
        one(".devcontainer/devcontainer.json", "{\"postCreateCommand\": \"true\"}"),
    );
    add("an operator of someone's own", one("a.onnx", onnx("my.domain", "Thing")));
    add(
        "a layer of someone's own",
        one(
            "a.keras",
            keras(
                "{\"class_name\": \"Mine\", \"module\": \"my_package.layers\", \"registered_name\": \"mine>Mine\", \"config\": {}}",
            ),
        ),
    );
    add("a filter that nobody knows", one("chat_template.jinja", "{{ x | shell }}"));
    add("a hidden character", one("chat_template.jinja", "{{ x }}\u{202E}abc"));
    add(
        "two templates",
        of(&[
            ("tokenizer_config.json", "{\"chat_template\": \"{{ a }}\"}"),
            ("chat_template.jinja", "{{ b }}"),
        ]),
    );
    let mut two = one("a.gguf", gguf("{{ b }}"));
    two.extend(one("tokenizer_config.json", "{\"chat_template\": \"{{ a }}\"}"));
    add("a template in GGUF that differs", two);
    for (at, secret) in [
        "hf_AbCdEfGhIjKlMnOpQrStUvWxYzAbCdEfGh",
        "ghp_0123456789abcdefghijABCDEFGHIJ456789",
        "AKIAQWERTYUIOPASDFGH",
        "glpat-0a1b2c3d4e5f6g7h8i9j",
        "https://jane:hunter42xy@example.org/x",
    ]
    .iter()
    .enumerate()
    {
        let file = ["a.txt", "config.json", ".env", "train.py", "README.md"][at];
        add("a secret", one(file, format!("# x = 1\nkey = \"{secret}\"\n")));
    }
    add(
        "a private key",
        one(
            "notes.txt",
            format!("-----BEGIN PRIVATE KEY-----\n{}\n", "MIIEvQIBADANBgkqhkiG9w0B".repeat(8)),
        ),
    );
    add("a name turned round", one("model\u{202E}nib.exe", "x"));
    add("a name that looks Latin", one("m\u{043E}del.bin.txt", "x"));
    add("names that are one", of(&[("A.txt", "x"), ("a.txt", "y")]));
    add("code that reads otherwise", one("a.py", "x = '\u{202E}'\n"));
    let name = |name: &str| {
        with_header(
            &format!("{{\"{name}\":{{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}}}"),
            4,
        )
    };
    for odd in ["../../x", "a\\u0000b", "a\\nb", "a\\u202eb", "", "/etc/x"] {
        add("a tensor's name", one("a.safetensors", name(odd)));
    }
    for header in [
        r#"{"w":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"w":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#,
        r#"{"__metadata__":{"license":"mit","license":"gpl"},"w":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#,
    ] {
        add("a key that stands twice", one("a.safetensors", with_header(header, 4)));
    }
    add(
        "bytes behind the end",
        one(
            "a.safetensors",
            with_header(r#"{"w":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#, 9),
        ),
    );
}

pub(crate) fn benign(samples: &mut Vec<Sample>) {
    let mut add = |name: &str, files: Vec<(String, Vec<u8>)>| {
        samples.push(Sample::owned(super::Level::Clean, name, files));
    };
    add("weights", one("model.safetensors", safetensors(&[("a.weight", "F32", &[2])])));
    add(
        "a configuration",
        one(
            "config.json",
            "{\"architectures\": [\"LlamaForCausalLM\"], \"model_type\": \"llama\", \"_name_or_path\": \"meta/x\"}",
        ),
    );
    add(
        "modules",
        one(
            "modules.json",
            "[{\"idx\": 0, \"name\": \"0\", \"path\": \"\", \"type\": \"sentence_transformers.models.Transformer\"}]",
        ),
    );
    add(
        "a pipeline",
        one(
            "model_index.json",
            "{\"_class_name\": \"StableDiffusionPipeline\", \"safety_checker\": [null, null]}",
        ),
    );
    add(
        "a template",
        one(
            "tokenizer_config.json",
            format!("{{\"chat_template\": \"{PLAIN}\", \"trust_remote_code\": false}}"),
        ),
    );
    add("a template in GGUF", one("a.gguf", gguf(PLAIN)));
    add(
        "one template in two places",
        of(&[
            ("tokenizer_config.json", &format!("{{\"chat_template\": \"{PLAIN}\"}}")),
            ("chat_template.jinja", PLAIN),
        ]),
    );
    add(
        "a word in a comment",
        one("chat_template.jinja", "{# __class__ #}the word __class__ {{ x }}"),
    );
    add(
        "NeMo",
        one(
            "a.nemo",
            tar(&[(
                "model_config.yaml",
                b"encoder:\n  _target_: nemo.collections.asr.modules.ConformerEncoder\n  d: 1\n",
            )]),
        ),
    );
    add(
        "a training script",
        of(&[
            (
                "train.py",
                "import os\nimport torch\n\ndef main():\n    os.environ['X'] = '1'\n    model.eval()\n    torch.compile(model)\n\nif __name__ == '__main__':\n    main()\n",
            ),
            ("run.sh", "#!/bin/bash\npython train.py --lr 1\n"),
        ]),
    );
    add(
        "a launcher",
        one(
            "launch.py",
            "import subprocess\n\ndef main():\n    subprocess.run(['python', 'train.py'])\n\nif __name__ == '__main__':\n    main()\n",
        ),
    );
    add(
        "Keras",
        one(
            "a.keras",
            keras(
                "{\"class_name\": \"Sequential\", \"module\": \"keras\", \"config\": {\"layers\": [{\"class_name\": \"Dense\", \"module\": \"keras.layers\", \"config\": {\"activation\": \"relu\", \"kernel_initializer\": {\"class_name\": \"GlorotUniform\", \"module\": \"keras.initializers\"}}}]}}",
            ),
        ),
    );
    for operator in [
        "SaveV2",
        "RestoreV2",
        "MatMul",
        "StatefulPartitionedCall",
        "PartitionedCall",
        "NoOp",
    ] {
        add("an operator of TensorFlow", one("saved_model.pb", saved_model(operator)));
    }
    add("ONNX", one("a.onnx", onnx("", "Conv")));
    add("ONNX of Microsoft's", one("a.onnx", onnx("com.microsoft", "MatMulNBits")));
    let mut beside = one("a.onnx", external("a.onnx_data"));
    beside.extend(one("a.onnx_data", [0; 8]));
    add("ONNX with its data beside it", beside);
    add(
        "git's own configuration",
        one(
            ".git/config",
            "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n[remote \"origin\"]\n\turl = https://example.org/x\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n",
        ),
    );
    add("git's own hooks", one(".git/hooks/pre-commit.sample", "#!/bin/sh\n"));
    add(
        "words about keys",
        one(
            "NOTES.md",
            "Set HF_TOKEN to your hf_ token, e.g. hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx, or `AKIAIOSFODNN7EXAMPLE`; see https://user:password@host/.\n",
        ),
    );
    add("words about tags", one("NOTES.txt", "Never load `!!python/object/apply:os.system`.\n"));
    add("YAML", one("a.yaml", "a: 1\nb: [2, 3]\nc: !!str 4\n"));
    add(
        "names in other scripts",
        of(&[("модель.txt", "x"), ("模型.txt", "x"), ("modèle.txt", "x")]),
    );
    add(
        "a tar with a link that stays",
        one("a.tar", [tar_header("a/b", 0, b'2', "../c"), tar(&[("c", b"x")])].concat()),
    );
    add("words in Arabic", one("NOTES.txt", "\u{200F}هذا نموذج\u{200E} model\n"));
    let index = "{\"metadata\": {\"total_size\": 8}, \"weight_map\": {\"a\": \"model-00001-of-00001.safetensors\"}}";
    let mut sharded = one("model.safetensors.index.json", index);
    sharded.extend(one("model-00001-of-00001.safetensors", safetensors(&[("a", "F32", &[2])])));
    add("shards", sharded);
    add("settings of an editor", one(".vscode/settings.json", "{\"editor.tabSize\": 4}"));
}
