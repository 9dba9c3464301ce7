//! What is known of the names that pickles import: a table of names that do harm and of names that
//! containers of weights need, held against a name as a loader would resolve it.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

/// What a name is known for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It does this to whoever loads the pickle.
    Dangerous(&'static str),
    /// A container, a number, a class of a known library.
    Harmless,
    /// In no table.
    Unknown,
}

/// The rows: verdict, what it does or who allows it, module, name.
const TABLE: &str = include_str!("globals.tsv");

/// What the names do by which cloudpickle and dill write functions: nothing of those runs as they are loaded.
pub(super) const BUILDS: &str =
    "serves to build functions of bytecode, which run when they are called";

/// The words for what dangerous names do.
const DEEDS: &[(&str, &str)] = &[
    ("process", "starts programs"),
    ("code", "runs code that it is handed"),
    ("resolve", "reaches any name there is"),
    ("pickle", "unpickles what it is handed"),
    ("network", "opens connections"),
    ("files", "reads or writes files"),
    ("native", "calls machine code"),
    ("builds", BUILDS),
    ("scanner", "meddles with what looks for harm"),
];

struct Table {
    /// By module, then name; a name `*` is the whole module and all below it.
    denied: HashMap<&'static str, HashMap<&'static str, &'static str>>,
    allowed: HashMap<&'static str, HashMap<&'static str, bool>>,
    /// Packages and the ends of names of classes in them.
    classes: Vec<(&'static str, &'static str)>,
    /// Packages and names, or the ends of names, of functions in them that work on numbers alone, and of
    /// classes that are written as functions are.
    functions: Vec<(&'static str, &'static str)>,
    /// Packages that models are made with, in no row beside this one.
    known: HashSet<&'static str>,
}

static TABLES: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table {
        denied: HashMap::new(),
        allowed: HashMap::new(),
        classes: Vec::new(),
        functions: Vec::new(),
        known: HashSet::new(),
    };
    for row in TABLE.lines().filter(|row| !row.starts_with('#')) {
        let mut fields = row.split('\t');
        let [Some(verdict), Some(word), Some(module), Some(name)] =
            std::array::from_fn(|_| fields.next())
        else {
            continue;
        };
        match verdict {
            "deny" => {
                let deed = DEEDS.iter().find(|(it, _)| *it == word).map_or("does harm", |it| it.1);
                table.denied.entry(module).or_default().insert(name, deed);
            }
            "allow" => {
                let by_torch = word == "weights_only";
                table.allowed.entry(module).or_default().insert(name, by_torch);
            }
            "function" => table.functions.push((module, name)),
            "known" => drop(table.known.insert(module)),
            _ => table.classes.push((module, name)),
        }
    }
    table
});

/// What a module was called before Python 3, and is called now.
fn modern(module: &str) -> &str {
    match module {
        "__builtin__" | "__builtins__" | "exceptions" => "builtins",
        "copy_reg" => "copyreg",
        "cPickle" => "pickle",
        "commands" => "subprocess",
        "Queue" => "queue",
        "UserDict" | "UserList" | "UserString" => "collections",
        other => other,
    }
}

/// What is known of a name in a module, as written.
pub(super) fn verdict(module: &str, name: &str) -> Verdict {
    let now = modern(module);
    if let Some(deed) = denied(module, name).or_else(|| denied(now, name)) {
        return Verdict::Dangerous(deed);
    }
    if allowed(now, name).or_else(|| allowed(module, name)).is_some() {
        return Verdict::Harmless;
    }
    if let Some(deed) = denied_module(module).or_else(|| denied_module(now)) {
        return Verdict::Dangerous(deed);
    }
    if let Some(deed) = denied_part(now, name) {
        return Verdict::Dangerous(deed);
    }
    // `__builtins__` of any module leads to all there is
    if name.len() > 4 && name.starts_with("__") && name.ends_with("__") {
        return Verdict::Dangerous("reaches any name there is");
    }
    // TorchScript's own classes, which its archive defines: Python has no such module
    if is_class(now, name)
        || is_function(now, name)
        || module == "__torch__"
        || module.starts_with("__torch__.")
    {
        Verdict::Harmless
    } else {
        Verdict::Unknown
    }
}

/// The same, of a dotted path.
pub(super) fn verdict_of(path: &str) -> Verdict {
    let mut worst = Verdict::Unknown;
    for (at, _) in path.match_indices('.') {
        match verdict(&path[..at], &path[at + 1..]) {
            Verdict::Dangerous(deed) => return Verdict::Dangerous(deed),
            Verdict::Harmless => worst = Verdict::Harmless,
            Verdict::Unknown => {}
        }
    }
    match denied_module(modern(path)) {
        Some(deed) => Verdict::Dangerous(deed),
        None => worst,
    }
}

/// Whether torch loads the name with `weights_only=True`.
pub(super) fn torch_allows(module: &str, name: &str) -> bool {
    allowed(modern(module), name) == Some(true)
}

fn denied(module: &str, name: &str) -> Option<&'static str> {
    let names = TABLES.denied.get(module)?;
    // `Path.open` is denied as it is, and so is all of a name that is denied
    let mut name = name;
    loop {
        if let Some(deed) = names.get(name) {
            return Some(deed);
        }
        name = name.rsplit_once('.')?.0;
    }
}

/// A module, or one above it, of which nothing is to be imported.
fn denied_module(mut module: &str) -> Option<&'static str> {
    loop {
        if let Some(deed) = TABLES.denied.get(module).and_then(|names| names.get("*")) {
            return Some(deed);
        }
        module = module.rsplit_once('.')?.0;
    }
}

/// Methods that no pickle of data reaches by a dotted name: they touch files or start programs, whatever
/// class has them.
#[rustfmt::skip]
const METHODS: &[&str] = &[
    "open", "write_text", "write_bytes", "read_text", "read_bytes", "read_file", "write_file", "unlink", "rmdir", "rmtree", "symlink_to", "hardlink_to", "tofile", "from_file", "to_pickle", "read_pickle", "system", "popen", "check_output",
];

/// A dotted name walks through attributes: one that passes a dangerous module on its way, or a
/// private one, ends where it likes.
fn denied_part(module: &str, name: &str) -> Option<&'static str> {
    let parts: Vec<&str> = name.split('.').collect();
    if parts.len() < 2 {
        return None;
    }
    if parts.last().is_some_and(|last| METHODS.contains(last)) {
        return Some("reads or writes files, or starts programs");
    }
    for (at, part) in parts.iter().enumerate() {
        if part.starts_with("__") {
            return Some("reaches any name there is");
        }
        let bare = part.trim_start_matches('_');
        let last = at + 1 == parts.len();
        if !last && let Some(deed) = denied_module(bare) {
            return Some(deed);
        }
        if at > 0
            && let Some(deed) = denied(parts[at - 1].trim_start_matches('_'), part)
        {
            return Some(deed);
        }
        let above = match at {
            0 => module.to_owned(),
            _ => format!("{module}.{}", parts[..at].join(".")),
        };
        if let Some(deed) = denied_module(&above).or_else(|| denied(&above, part)) {
            return Some(deed);
        }
    }
    None
}

fn allowed(module: &str, name: &str) -> Option<bool> {
    let exact = TABLES.allowed.get(module).and_then(|names| names.get(name)).copied();
    exact.or_else(|| {
        // protocol 4 may write `_utils._rebuild_tensor_v2` in `torch`
        let (inner, last) = name.rsplit_once('.')?;
        TABLES.allowed.get(format!("{module}.{inner}").as_str())?.get(last).copied()
    })
}

/// Whether a module is a package, or in it.
fn is_in(module: &str, package: &str) -> bool {
    module.strip_prefix(package).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Whether this is a function, by its place, that works on what it is given and reaches nothing else.
fn is_function(module: &str, name: &str) -> bool {
    let fits = |end: &str| match end.strip_prefix('*') {
        Some(end) => name.ends_with(end),
        None => name == end,
    };
    !name.starts_with('_')
        && !name.contains('.')
        && TABLES.functions.iter().any(|(package, end)| is_in(module, package) && fits(end))
}

/// What a name of a known package is by its letters, where no row has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Building it without its constructor does no more than hold data.
    Class,
    /// It does nothing until someone calls it.
    Function,
}

/// The shape of a name in a package that models are made with.
pub(super) fn known_shape(module: &str, name: &str) -> Option<Shape> {
    let root = module.split('.').next().unwrap_or(module);
    let bare = |part: &str| part.trim_start_matches('_').chars().next();
    let private = name.split('.').any(|part| part.starts_with("__"));
    if !TABLES.known.contains(root) || private || verdict(module, name) != Verdict::Unknown {
        return None;
    }
    if name.split('.').all(|part| bare(part).is_some_and(|it| it.is_ascii_uppercase())) {
        return Some(Shape::Class);
    }
    let plain = !name.contains('.') && deed_by_name(name).is_none();
    (plain && bare(name).is_some_and(|it| it.is_ascii_lowercase())).then_some(Shape::Function)
}

/// Parts of the names of functions that tell what those do, for names that no table has.
#[rustfmt::skip]
const WORDS: &[(&str, &[&str])] = &[
    ("process", &["system", "popen", "spawn", "shell", "subprocess", "command", "cmd", "fork"]),
    ("code", &["exec", "execute", "eval", "run", "compile", "build", "source"]),
    ("network", &["download", "urlopen", "urlretrieve", "fetch", "connection", "socket", "clone", "request"]),
    ("pickle", &["load", "loads", "unpickle", "unmarshal", "deserialize"]),
    ("files", &["open", "save", "write", "read", "remove", "delete", "unlink", "savefig"]),
];

/// What a function that no table has does, by the words in its name: `_exec_with_source` runs code.
pub(super) fn deed_by_name(name: &str) -> Option<&'static str> {
    let last = name.rsplit('.').next().unwrap_or(name);
    let function = last.trim_start_matches('_').starts_with(|it: char| it.is_ascii_lowercase());
    let mut words = last.split('_');
    let word = words.find_map(|part| WORDS.iter().find(|(_, words)| words.contains(&part)))?;
    let deed = DEEDS.iter().find(|(it, _)| *it == word.0)?;
    function.then_some(deed.1)
}

/// Whether this is a class, by its letters, of a package whose classes hold data and no code.
fn is_class(module: &str, name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    let capital = |part: &str| {
        let bare = part.trim_start_matches('_');
        bare.starts_with(|c: char| c.is_ascii_uppercase())
    };
    let unpickler = name.strip_prefix("__pyx_unpickle_").is_some_and(capital);
    let shaped = unpickler || name.split('.').all(capital);
    shaped
        && TABLES.classes.iter().any(|(package, end)| {
            is_in(module, package) && end.strip_prefix('*').is_some_and(|end| last.ends_with(end))
        })
}

/// Opcodes that torch's own unpickler takes with `weights_only=True`.
const TORCH_OPCODES: &[u8] = b"\x80.cN\x81Rbaesu(t\x85\x86\x87\x88\x89)]}\x8fJKMGXUQhjqr\x8a";

/// The first opcode of these that torch's own unpickler refuses.
pub(super) fn refused_opcode(used: impl IntoIterator<Item = u8>) -> Option<u8> {
    used.into_iter().find(|code| !TORCH_OPCODES.contains(code))
}

#[cfg(test)]
mod tests;
