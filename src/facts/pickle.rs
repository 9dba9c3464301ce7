//! What a pickle would do, had it been run. Nothing ever runs it.

use std::collections::BTreeSet;

/// One pickle stream: what it imports and what it would call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pickle {
    /// The archive member that it is in; `None` where it lies in the file itself.
    pub member: Option<String>,
    /// Where its first opcode lies, in bytes from the start of the file (or member).
    pub start: u64,
    /// The first byte after it, or after the last opcode that was understood.
    pub end: u64,
    /// As its `PROTO` opcode tells it; `None` where it has none, as protocols 0 and 1 have not.
    pub protocol: Option<u8>,
    /// Every opcode that stands in it.
    pub opcodes: BTreeSet<u8>,
    /// Each name that it imports, once, in the order of the stream.
    pub globals: Vec<Global>,
    /// Calls with what is constant in their arguments, in the order of the stream. Of calls to one
    /// name the first few are kept, and all those that are handed text.
    pub calls: Vec<Call>,
    /// Calls that are not in `calls`.
    pub more_calls: u64,
    /// Objects that the loader is asked for by an id of its own: storages, in torch files.
    pub persistent: u64,
    /// Extension codes, which stand for globals that a registry outside the file names.
    pub extensions: Vec<Extension>,
    /// What loaders may read differently, and where, in a clause.
    pub unusual: Vec<(u64, String)>,
    /// Why it was not read to its end, and at which byte.
    pub stopped: Option<(u64, String)>,
}

/// A name that a pickle imports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Global {
    /// As written, e.g. `torch._utils` or `__builtin__`; empty where the pickle computes it.
    pub module: String,
    /// As written, dotted where protocol 4 allows it; empty where the pickle computes it.
    pub name: String,
    /// Where the opcode lies that first imports it, from the start of the file (or member).
    pub byte: u64,
    /// How often it is imported.
    pub times: u64,
    /// How often it is called, as a function or a class.
    pub calls: u64,
    /// Whether it is also handed on as a value, to be called by someone else; told of `getattr` alone.
    pub handed_on: bool,
}

/// A call that a pickle would make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Where its opcode lies, from the start of the file (or member).
    pub byte: u64,
    /// The opcode: `REDUCE`, `NEWOBJ`, `NEWOBJ_EX`, `OBJ`, `INST`.
    pub opcode: &'static str,
    /// Index into [`Pickle::globals`]; `None` where something else is called: the result of
    /// another call, an extension.
    pub global: Option<usize>,
    /// What is called, in words: `os.system`, `the result of operator.attrgetter("system")`.
    pub callee: String,
    /// The name that the callee comes down to, where it is reached by `getattr`, `attrgetter`,
    /// `partial`, `import_module` and the like and all that they were given is known: `os.system`.
    pub resolved: Option<String>,
    /// The arguments, in a notation close to Python's, cut where they are long.
    pub arguments: String,
    /// Whether free text or bytes are among the arguments themselves.
    pub text: bool,
}

/// A code that stands for a global.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extension {
    /// As registered with `copyreg`.
    pub code: u32,
    /// Where its opcode lies.
    pub byte: u64,
}

impl Global {
    /// `module.name`.
    pub fn path(&self) -> String {
        match (self.module.as_str(), self.name.as_str()) {
            ("", "") => "a computed name".to_owned(),
            (module, name) => format!("{module}.{name}"),
        }
    }
}
