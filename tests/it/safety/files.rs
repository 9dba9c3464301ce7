//! Releases whose danger lies in files by their names, places and forms: what runs by lying there, what leads out,
//! what was left behind.

use super::{
    Level, Sample, adding,
    made::{Zip, of, one, tar, tar_header, zip},
};
use crate::build::{safetensors, with_header};

pub(crate) fn dangerous(samples: &mut Vec<Sample>) {
    let mut add = adding(samples, Level::Dangerous);

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
    let index =
        |shard: &str| format!("{{\"metadata\": {{}}, \"weight_map\": {{\"a\": \"{shard}\"}}}}");
    for shard in ["../../x.safetensors", "/etc/passwd", "..\\\\x.bin"] {
        add("an index that leads out", one("model.safetensors.index.json", index(shard)));
    }
    add("a zip that leads out", one("a.zip", zip(&[("../../x", b"x")])));
    add("a zip with an absolute name", one("a.zip", zip(&[("/etc/x", b"x")])));
    add("a zip with a drive", one("a.zip", zip(&[("C:\\x", b"x")])));
    add("a tar that leads out", one("a.tar", tar(&[("../../x", b"x")])));
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
    let mut add = adding(samples, Level::Suspicious);

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
    let mut add = adding(samples, Level::Clean);

    add("weights", one("model.safetensors", safetensors(&[("a.weight", "F32", &[2])])));
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
