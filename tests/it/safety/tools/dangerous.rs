//! Forms of tools and servers that run something.

#![expect(clippy::too_many_lines, reason = "a list of samples, a line each")]

use super::{
    super::{
        Level, Sample, adding,
        made::{of, one, packed, tar},
    },
    ACTS, deflated, held, manifest, mlmodel, node, script, skops,
};

pub(crate) fn dangerous(samples: &mut Vec<Sample>) {
    let mut add = adding(samples, Level::Dangerous);
    for call in [
        "y = torch.from_file(\"/etc/passwd\", False, 9)",
        "torch.save(x, \"/tmp/x\")",
        "_0 = ops.aten.save([x], \"/tmp/x\")",
        "z = ops.image.read_file(\"/etc/passwd\")",
    ] {
        add("TorchScript that touches files", one("net.pt", script(call)));
    }
    let package = [
        ("p/.data/extern_modules", "torch\n"),
        ("p/.data/version", "6"),
        ("p/model.py", ACTS),
    ];
    add("torch.package that acts", one("p.pt", held(&package)));
    add("torch.package that acts, packed", one("p.pt", deflated(&package)));
    let served = [
        ("MAR-INF/MANIFEST.json", manifest("h.py")),
        ("h.py", ACTS.to_owned()),
    ];
    let served: Vec<_> = served.iter().map(|(name, text)| (*name, text.as_str())).collect();
    add("a handler of TorchServe that acts", one("m.mar", held(&served)));
    add("the same in a tar", one("m.tar.gz", packed("gzip", &tar(&[("m.mar", &held(&served))]))));
    add(
        "SageMaker's code that acts",
        one("model.tar.gz", packed("gzip", &tar(&[("code/inference.py", ACTS.as_bytes())]))),
    );
    add("MLflow imports", one("MLmodel", mlmodel("    loader_module: os\n")));
    add(
        "MLflow imports by a path",
        one("MLmodel", mlmodel("    loader_module: subprocess.Popen\n")),
    );
    add(
        "MLflow's code that acts",
        of(&[
            ("m/MLmodel", &mlmodel("    loader_module: mine\n    code: code\n")),
            ("m/code/mine.py", ACTS),
        ]),
    );
    add(
        "MLflow's model from code",
        of(&[
            (
                "MLmodel",
                &mlmodel("    loader_module: mlflow.pyfunc.model\n    model_code_path: run.py\n"),
            ),
            ("run.py", ACTS),
        ]),
    );
    add(
        "MLflow's code elsewhere",
        one("MLmodel", mlmodel("    loader_module: mlflow.sklearn\n    code: ../../x\n")),
    );
    for (loader, module, class, content) in [
        ("ObjectNode", "os", "system", "{}"),
        (
            "FunctionNode",
            "builtins",
            "function",
            "{\"module_path\": \"builtins\", \"function\": \"eval\"}",
        ),
        (
            "TypeNode",
            "builtins",
            "type",
            "{\"module_path\": \"subprocess\", \"function\": \"Popen\"}",
        ),
        ("OperatorFuncNode", "builtins", "exec", "{}"),
        ("OperatorFuncNode", "sklearn.base", "call", "{}"),
        (
            "MethodNode",
            "builtins",
            "int",
            "{\"obj\": {\"__class__\": \"CDLL\", \"__module__\": \"some.thing\", \"__loader__\": \"ObjectNode\"}, \"func\": \"go\"}",
        ),
    ] {
        add("skops", one("m.skops", skops(&node(loader, module, class, content))));
    }
    for tag in [
        "!new:os.system",
        "!apply:subprocess.run",
        "!name:builtins.eval",
        "!module:os",
    ] {
        add("a tag of HyperPyYAML", one("hyperparams.yaml", format!("a: 1\nb: {tag} [x]\n")));
        add(
            "the same in an archive",
            one("a.zip", held(&[("hyperparams.yaml", &format!("b: {tag} [x]\n"))])),
        );
    }
    add(
        "peft imports",
        one(
            "adapter_config.json",
            "{\"auto_mapping\": {\"base_model_class\": \"x\", \"parent_library\": \"subprocess\"}}",
        ),
    );
    add(
        "an activation that is called",
        one("2_Dense/config.json", "{\"in_features\": 2, \"activation_function\": \"os.abort\"}"),
    );
    add("a router imports", one("router_config.json", "{\"types\": {\"0\": \"os.system\"}}"));
    add(
        "a kernel of another repository",
        one("config.json", "{\"_attn_implementation\": \"someone/kernel\"}"),
    );
    for line in [
        "[filter \"x\"]\n\tsmudge = ./x.sh",
        "[include]\n\tpath = ../x",
        "[alias]\n\tst = !./x.sh",
        "[diff \"x\"]\n\tcommand = ./x.sh",
    ] {
        add("git's configuration", one(".git/config", format!("[core]\n\tbare = false\n{line}\n")));
    }
    add(
        "a bare repository inside",
        of(&[
            ("x/HEAD", "ref: refs/heads/main\n"),
            ("x/config", "[core]\n\tbare = true\n\tfsmonitor = ./x.sh\n"),
        ]),
    );
    for act in [
        "import os\nf = os.system\nf('true')\n",
        "import os\ngetattr(os, 'sys' + 'tem')('true')\n",
        "__builtins__['ev' + 'al']('1')\n",
        "from builtins import exec as e\ne('x = 1')\n",
    ] {
        add(
            "a module that acts in a roundabout way",
            of(&[
                ("config.json", "{\"auto_map\": {\"AutoModel\": \"m.M\"}}"),
                ("m.py", act),
            ]),
        );
    }
}
