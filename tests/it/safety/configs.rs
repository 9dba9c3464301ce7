//! Releases whose danger lies in what configurations, templates and the code that they name have a loader do.

#![expect(clippy::too_many_lines, reason = "a list of samples, a line each")]

use super::{
    Level, Sample, adding,
    made::{of, one, packed, tar, tar_header},
};

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

const ESCAPE: &str = "{{ cycler.__init__.__globals__.os.popen('true') }}";
const PLAIN: &str = "{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] | trim }}{% endfor %}";

pub(crate) fn dangerous(samples: &mut Vec<Sample>) {
    let mut add = adding(samples, Level::Dangerous);

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
}

pub(crate) fn suspicious(samples: &mut Vec<Sample>) {
    let mut add = adding(samples, Level::Suspicious);

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
}

pub(crate) fn benign(samples: &mut Vec<Sample>) {
    let mut add = adding(samples, Level::Clean);

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
    add("YAML", one("a.yaml", "a: 1\nb: [2, 3]\nc: !!str 4\n"));
}
