//! Files that run by being there, and files that should not be there.

use std::{cell::LazyCell, collections::BTreeSet};

use super::{Case, Check, Found, bare_name, few, remote};
use crate::{
    facts::{Artifact, Contents},
    words::{Category, Confidence, FileKind, Place, Severity},
};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "executable-file",
        category: Category::Safety,
        severity: Severity::Medium,
        title: "A program or library among the files",
        impact: "It runs with all rights of the user once something calls it; what it does cannot be read here.",
        hint: "Find out who needs it; build it from its source, or remove it.",
        references: &[],
        find: programs,
    },
    Check {
        id: "runs-unasked",
        category: Category::Safety,
        severity: Severity::High,
        title: "A file that runs because it lies there",
        impact: "Python, git or an editor runs it as soon as it is started in this folder, before any model is loaded.",
        hint: "Remove it before you open the folder with anything, and ask the publisher what it is for.",
        references: &[
            "https://docs.python.org/3/library/site.html",
            "https://git-scm.com/docs/githooks",
        ],
        find: unasked,
    },
    Check {
        id: "code-acts-on-import",
        category: Category::Safety,
        severity: Severity::Info,
        title: "Code that does more than define things when it is imported",
        impact: "Whoever imports it starts a program, opens a connection or runs code that it makes.",
        hint: "Read it before you run it; no configuration of the release loads it.",
        references: &[],
        find: acting,
    },
    Check {
        id: "repository-history",
        category: Category::Safety,
        severity: Severity::Low,
        title: "A version history among the files",
        impact: "It holds every earlier state, removed files and credentials too, for whoever the release is handed on to.",
        hint: "Hand on an export without it, such as `git archive` makes.",
        references: &[],
        find: history,
    },
    Check {
        id: "left-behind",
        category: Category::Safety,
        severity: Severity::Low,
        title: "Files of someone's own that were left among the model's",
        impact: "They may tell of machines, people and keys, and are of no use to those who load the model.",
        hint: "Look at what they hold, and publish without them.",
        references: &[],
        find: left,
    },
];

/// Formats of machine code and of code for virtual machines.
const PROGRAMS: &[(&str, &str)] = &[
    ("elf", "an ELF program or library"),
    ("pe", "a Windows program or library"),
    ("mach-o", "a Mach-O program or library"),
    ("webassembly", "a WebAssembly module"),
    ("python-bytecode", "compiled Python, whose source is not here to be read"),
    ("java-class", "compiled Java"),
];

/// Endings of files that a double click or a shell runs, beside those that training releases carry.
const CLICKED: &[(&str, &str)] = &[
    (".lnk", "a Windows link, which starts what it names"),
    (".desktop", "a launcher, which starts what it names"),
    (".hta", "a page that runs as a program"),
    (".vbs", "a script that a double click runs"),
    (".vbe", "a script that a double click runs"),
    (".wsf", "a script that a double click runs"),
    (".scr", "a program that poses as a screen saver"),
    (".msi", "an installer"),
    (".reg", "entries for the Windows registry"),
    (".pif", "a program"),
    (".jar", "compiled Java"),
    (".docm", "a document with macros"),
    (".xlsm", "a sheet with macros"),
    (".pptm", "slides with macros"),
    (".xll", "a library that a sheet loads"),
    (".application", "an installer"),
    (".command", "a script that a double click runs"),
];

fn programs(case: &Case) -> Vec<Found> {
    let files = || case.facts.artifacts.iter();
    // packages of Python that were installed or unpacked: their folder, and their name and version
    let packages: Vec<(&str, &str)> = files()
        .filter_map(|it| {
            let record = it.path.strip_suffix(".dist-info/RECORD")?;
            Some(record.rsplit_once('/').unwrap_or(("", record)))
        })
        .collect();
    let of_package = |path: &str| {
        packages.iter().find(|(folder, _)| {
            let below = path.strip_prefix(folder);
            folder.is_empty() || below.is_some_and(|it| it.starts_with('/'))
        })
    };
    let paths = LazyCell::new(|| files().map(|it| it.path.as_str()).collect::<BTreeSet<_>>());
    let (mut owned, mut found) = (Vec::new(), Vec::new());
    for it in files() {
        let name = bare_name(&it.path);
        let format = PROGRAMS.iter().find(|(format, _)| it.format == Some(format));
        let clicked = CLICKED.iter().find(|(end, _)| name.ends_with(end));
        let (Some((told, what)), at) = (format.or(clicked), Place::file(&it.path)) else {
            continue;
        };
        let source = source_of(&it.path)
            .filter(|path| *told == "python-bytecode" && paths.contains(path.as_str()));
        let what = match &source {
            Some(path) => {
                let source = path.rsplit('/').next().unwrap_or(path);
                format!("compiled Python, and nothing shows that it is what `{source}` says")
            }
            None => (*what).to_owned(),
        };
        match of_package(&it.path) {
            Some((_, package)) => {
                let message = format!("is {what} of the package {package}");
                owned.push(Found::at(at, message).severity(Severity::Low));
            }
            None => found.push(Found::at(at, format!("is {what}"))),
        }
    }
    [few(found), few(owned)].concat()
}

/// Where the source of a compiled module would lie: `a/b.py` of `a/__pycache__/b.cpython-311.pyc`.
fn source_of(path: &str) -> Option<String> {
    let (folder, name) = path.rsplit_once('/')?;
    let parent = match folder.rsplit_once('/') {
        Some((parent, "__pycache__")) => format!("{parent}/"),
        None if folder == "__pycache__" => String::new(),
        _ => return None,
    };
    let (stem, _) = name.split_once('.')?;
    Some(format!("{parent}{stem}.py"))
}

/// Modules that a loader imports, so that a file of that name in the folder takes their place.
const IMPORTED: &[&str] = &[
    "torch.py",
    "numpy.py",
    "transformers.py",
    "safetensors.py",
    "tokenizers.py",
    "huggingface_hub.py",
    "diffusers.py",
    "accelerate.py",
    "json.py",
    "os.py",
    "sys.py",
    "re.py",
    "typing.py",
    "pickle.py",
    "random.py",
    "logging.py",
    "socket.py",
    "ssl.py",
    "tensorflow.py",
    "keras.py",
    "onnxruntime.py",
    "requests.py",
    "tqdm.py",
    "yaml.py",
    "packaging.py",
    "regex.py",
    "filelock.py",
];

fn unasked(case: &Case) -> Vec<Found> {
    let artifacts = &case.facts.artifacts;
    let package = artifacts.iter().any(|it| it.path == "__init__.py");
    artifacts.iter().filter_map(|it| unasked_file(it, package)).collect()
}

/// `package`: whether the folder is one of Python's, which is imported by its name and not from within.
fn unasked_file(it: &Artifact, package: bool) -> Option<Found> {
    let name = bare_name(&it.path);
    let path = it.path.to_ascii_lowercase();
    let at = Place::file(&it.path);
    let text = match &it.contents {
        Contents::Text(text) => text.text.as_str(),
        _ => "",
    };
    if matches!(name.as_str(), "sitecustomize.py" | "usercustomize.py") {
        return Some(Found::at(
            at,
            "Python runs it at every start where this folder is on its path",
        ));
    }
    if name == "conftest.py" && it.depth() == 0 {
        let message = "pytest runs it whenever it is started in this folder";
        return Some(match remote::acts(it) {
            Some(act) => Found::at(at, format!("{message}; that {act}")),
            None => Found::at(at, message).severity(Severity::Medium),
        });
    }
    if it.depth() == 0 && IMPORTED.contains(&name.as_str()) {
        let message = format!(
            "takes the place of the module `{}` for Python started in this folder",
            name.trim_end_matches(".py")
        );
        let found = Found::at(at, message);
        return Some(if package {
            found.severity(Severity::Low)
        } else {
            found
        });
    }
    // a bare repository may lie in any folder, and git takes the settings of the one it stands in
    let bare = name == "config" && text.lines().any(|line| line.trim() == "[core]");
    if path == ".git/config" || path.ends_with("/.git/config") || bare {
        let line = (1..).zip(text.lines()).find(|(_, line)| runs_by_git(line))?.0;
        let message = "git runs what this line names, or reads it from elsewhere, as soon as it works in the folder";
        return Some(Found::at(at.line(line), message));
    }
    if path.contains(".git/hooks/")
        && !name.ends_with(".sample")
        && name != "readme"
        && it.kind == FileKind::Bookkeeping
    {
        return Some(Found::at(at, format!("git runs it at `{name}`")));
    }
    let runs_on_open = text.contains("\"folderOpen\"")
        || matches!(&it.contents, Contents::Config(config) if mentions(&config.root, "folderOpen", 32));
    if path.ends_with(".vscode/tasks.json") && runs_on_open {
        return Some(Found::at(at, "the editor runs a task of it when the folder is opened"));
    }
    if name == "devcontainer.json" && path.contains(".devcontainer") {
        let message =
            "an editor builds and starts what it says when the folder is opened in a container";
        return Some(Found::at(at, message).severity(Severity::Medium));
    }
    if name == ".envrc" {
        let message = "direnv runs it on entering the folder, once it was allowed";
        return Some(
            Found::at(at, message).severity(Severity::Medium).confidence(Confidence::Likely),
        );
    }
    None
}

/// Whether a line of git's settings has it start something, or take settings from a file of the tree.
fn runs_by_git(line: &str) -> bool {
    #[rustfmt::skip]
    const KEYS: &[&str] = &[
        "fsmonitor", "hookspath", "sshcommand", "gitproxy", "textconv", "pager", "editor", "askpass", "smudge", "clean", "process", "external", "driver", "program", "packobjectshook", "command", "path",
    ];
    let Some((key, value)) = line.split_once('=') else {
        return false;
    };
    let (key, value) = (key.trim().to_ascii_lowercase(), value.trim().trim_matches('"'));
    let quiet = matches!(value, "false" | "true" | "cat" | "less" | "");
    let own = ["git-lfs ", "git lfs "].iter().any(|it| value.starts_with(it));
    let shell = value.starts_with('!');
    !quiet && !own && (shell || KEYS.contains(&key.as_str()))
}

fn mentions(node: &crate::facts::Node, word: &str, depth: u32) -> bool {
    depth > 0
        && (node.text() == Some(word)
            || node.entries().iter().any(|(_, value)| mentions(value, word, depth - 1))
            || (matches!(node.value, crate::facts::Yaml::List(_))
                && node.items().iter().any(|item| mentions(item, word, depth - 1))))
}

fn acting(case: &Case) -> Vec<Found> {
    let files = case.facts.artifacts.iter();
    let found = files.flat_map(|it| {
        let own = remote::acts(it).filter(|_| it.kind != FileKind::Notebook);
        let own = own.map(|act| Found::at(Place::file(&it.path), format!("importing it {act}")));
        let held = it.within.code.iter().filter(|_| it.format != Some("torchscript"));
        let held = held.filter_map(|(member, reaches)| {
            let act = remote::act(reaches)?;
            Some(Found::at(Place::file(&it.path).member(member), format!("importing it {act}")))
        });
        own.into_iter().chain(few(held.collect()))
    });
    found.collect()
}

fn history(case: &Case) -> Vec<Found> {
    let mut roots: Vec<&str> = case
        .facts
        .artifacts
        .iter()
        .filter_map(|it| {
            let at = it.path.find(".git/objects/").or_else(|| it.path.find(".hg/store/"))?;
            (at == 0 || it.path[..at].ends_with('/')).then(|| &it.path[..at])
        })
        .collect();
    roots.dedup();
    let found = roots.into_iter().map(|root| {
        let files = case
            .facts
            .artifacts
            .iter()
            .filter(|it| it.path.starts_with(&format!("{root}.git/objects/")));
        let bytes = files.fold(0u64, |sum, it| sum.saturating_add(it.len));
        Found::at(
            Place::file(format!("{root}.git")),
            format!("holds {bytes} bytes of earlier states"),
        )
    });
    found.collect()
}

/// Names of files that hold what is someone's own.
const OWN: &[(&str, &str)] = &[
    (".env", "settings of an environment, where keys are kept"),
    (".netrc", "names and passwords of servers"),
    (".pypirc", "keys of a package registry"),
    (".npmrc", "settings of a package registry, where keys are kept"),
    (".bash_history", "what someone typed"),
    (".zsh_history", "what someone typed"),
    (".python_history", "what someone typed"),
    ("id_rsa", "a private key, by its name"),
    ("id_ed25519", "a private key, by its name"),
    ("credentials.json", "credentials, by its name"),
    ("kaggle.json", "keys of Kaggle, by its name"),
    (".aws/credentials", "keys of a cloud"),
];

fn left(case: &Case) -> Vec<Found> {
    let files = case.facts.artifacts.iter();
    let found = files.filter_map(|it| {
        let path = format!("/{}", it.path.to_ascii_lowercase());
        let (_, what) = OWN.iter().find(|(name, _)| path.ends_with(&format!("/{name}")))?;
        Some(Found::at(Place::file(&it.path), format!("is {what}")))
    });
    let state = [
        "optimizer.pt",
        "optimizer.bin",
        "rng_state.pth",
        "scheduler.pt",
    ];
    let states =
        case.facts.artifacts.iter().filter(|it| state.contains(&it.name()) && it.depth() == 0);
    let states = states.map(|it| {
        Found::at(
            Place::file(&it.path),
            format!("is the state of a training run, {} bytes", it.len),
        )
        .severity(Severity::Info)
    });
    found.chain(states).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_source_of_bytecode_is_looked_for_where_python_does() {
        check("a/__pycache__/b.cpython-311.pyc", Some("a/b.py"));
        check("__pycache__/b.cpython-311.opt-1.pyc", Some("b.py"));
        check("a/b.pyc", None);
        check("b.pyc", None);
    }

    #[track_caller]
    fn check(path: &str, source: Option<&str>) {
        assert_eq!(source_of(path).as_deref(), source);
    }
}
