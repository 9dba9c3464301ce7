//! By which calls Python code reaches out of the program: to other programs, to the network, to machine
//! code, to code that it makes itself.

use std::{collections::HashMap, sync::LazyLock};

use foldhash::fast::FixedState;

use super::lexer::{Lexer, Token};
use crate::facts::{Language, Reach};

/// Calls that are kept of one file.
const MOST: usize = 64;

/// Names, or beginnings of names that end in `*`, and what calling them does.
#[rustfmt::skip]
const ROWS: &[(&str, &str)] = &[
    ("os.system", PROCESS), ("os.popen", PROCESS), ("os.exec*", PROCESS), ("os.spawn*", PROCESS), ("os.posix_spawn*", PROCESS), ("os.startfile", PROCESS),
    ("subprocess.*", PROCESS), ("pty.spawn", PROCESS), ("commands.*", PROCESS), ("asyncio.create_subprocess*", PROCESS), ("pip.main", PROCESS), ("pip._internal.main", PROCESS),
    ("eval", CODE), ("exec", CODE), ("compile", CODE), ("__import__", CODE), ("execfile", CODE), ("builtins.eval", CODE), ("builtins.exec", CODE), ("runpy.*", CODE), ("marshal.loads", CODE), ("types.CodeType", CODE), ("code.interact", CODE),
    ("pickle.load*", PICKLE), ("cPickle.load*", PICKLE), ("dill.load*", PICKLE), ("cloudpickle.load*", PICKLE), ("joblib.load", PICKLE),
    ("socket.*", NETWORK), ("requests.*", NETWORK), ("urllib.request.*", NETWORK), ("urllib2.*", NETWORK), ("urllib.urlopen", NETWORK), ("http.client.*", NETWORK), ("httpx.*", NETWORK), ("aiohttp.*", NETWORK), ("ftplib.*", NETWORK), ("smtplib.*", NETWORK), ("paramiko.*", NETWORK), ("websocket.*", NETWORK), ("websockets.*", NETWORK),
    ("ctypes.*", NATIVE), ("cffi.*", NATIVE), ("torch.utils.cpp_extension.load*", NATIVE), ("torch.ops.load_library", NATIVE), ("torch.classes.load_library", NATIVE),
    ("shutil.rmtree", FILES), ("os.remove", FILES), ("os.unlink", FILES), ("os.rmdir", FILES), ("os.chmod", FILES),
];

/// Whether everything can be reached from a module of this name.
fn is_gate(module: &str) -> bool {
    matches!(module, "os" | "subprocess" | "builtins" | "__builtins__" | "posix" | "pty")
}

/// Names that nobody takes who does not mean to call them.
const TAKEN: &[&str] = &[
    "os.system",
    "os.popen",
    "posix.system",
    "pty.spawn",
    "subprocess.getoutput",
    "builtins.exec",
    "builtins.eval",
];

const PROCESS: &str = "starts programs";
const CODE: &str = "runs code that it makes or is handed";
const PICKLE: &str = "unpickles";
const NETWORK: &str = "opens connections";
const NATIVE: &str = "calls machine code";
const FILES: &str = "deletes or changes files";

/// What `TorchScript` calls beside its own operators: it has no other way to reach out.
#[rustfmt::skip]
const SCRIPT: &[(&str, &str)] = &[
    ("torch.save", TOUCHES), ("torch.from_file", TOUCHES), ("torch.load*", TOUCHES), ("ops.aten.save", TOUCHES), ("ops.aten.from_file", TOUCHES),
    ("ops.image.read_file", TOUCHES), ("ops.image.write_file", TOUCHES), ("ops.torchaudio.sox_io_*", TOUCHES), ("ops.video.*", TOUCHES), ("ops.prim.PythonOp", CODE),
];

/// Operators that come with torch, and with the libraries of its project.
#[rustfmt::skip]
const OPERATORS: &[&str] = &[
    "aten", "prim", "prims", "quantized", "_quantized", "quantized_decomposed", "mkldnn", "mkldnn_prepacked", "onednn", "xnnpack", "prepacked", "sparse", "profiler", "inductor", "static_runtime", "metal", "metal_prepack", "vulkan", "vulkan_prepack", "torchvision", "image", "torchaudio", "torchtext", "torchao", "fbgemm", "tensorrt", "cuda", "c10d", "_c10d_functional", "debugprims", "rngprims", "higher_order", "nnapi", "_caffe2",
];

const TOUCHES: &str = "reads or writes files";

/// Rows by what stands before the first dot: nearly no call of a file has a row, and one look tells.
struct Table(HashMap<&'static str, Vec<&'static (&'static str, &'static str)>, FixedState>);

impl Table {
    fn of(rows: &'static [(&'static str, &'static str)]) -> Self {
        let mut table: HashMap<_, Vec<_>, _> = HashMap::default();
        for row in rows {
            let head = row.0.split(['.', '*']).next().unwrap_or_default();
            table.entry(head).or_default().push(row);
        }
        Self(table)
    }

    /// Whether anything is known of names that begin with this word.
    fn knows(&self, head: &str) -> bool {
        self.0.contains_key(head) || is_gate(head)
    }
}

static PYTHON: LazyLock<Table> = LazyLock::new(|| Table::of(ROWS));
static TORCHSCRIPT: LazyLock<Table> = LazyLock::new(|| Table::of(SCRIPT));

/// The calls of a text, by line.
pub(super) fn read(text: &str) -> Vec<Reach> {
    let mut reading = Reading::python();
    for (line, token) in Lexer::new(text, Language::Python) {
        reading.take(line, token);
    }
    reading.found
}

/// The calls of a module in `TorchScript`, by line.
pub(super) fn script(text: &str) -> Vec<Reach> {
    let mut reading = Reading::new(&TORCHSCRIPT);
    for (line, token) in Lexer::new(text, Language::Python) {
        reading.take(line, token);
    }
    reading.found
}

/// The calls seen while a text is read, token by token.
pub(super) struct Reading {
    table: &'static Table,
    pub(super) found: Vec<Reach>,
    /// The cell that is read, of a notebook.
    pub(super) cell: Option<u32>,
    /// Names as the file calls them, and what they are, where either is of interest.
    aliases: HashMap<String, String>,
    /// Where functions begin that are open.
    functions: Vec<usize>,
    indent: usize,
    /// Words and dots seen last: `os` `.` `system`.
    name: String,
    dotted: bool,
    /// The words of an import, while its line goes on.
    import: Option<Vec<String>>,
    first: bool,
    /// Whether `getattr(` stands in front.
    walks: bool,
}

impl Reading {
    fn new(table: &'static Table) -> Self {
        Self {
            table,
            found: Vec::new(),
            cell: None,
            aliases: HashMap::new(),
            functions: Vec::new(),
            indent: 0,
            name: String::new(),
            dotted: false,
            import: None,
            first: false,
            walks: false,
        }
    }

    fn is_script(&self) -> bool {
        std::ptr::eq(self.table, &raw const *TORCHSCRIPT)
    }

    /// Nothing yet, of Python.
    pub(super) fn python() -> Self {
        Self::new(&PYTHON)
    }

    pub(super) fn take(&mut self, line: u32, token: Token) {
        if self.found.len() >= MOST {
            return;
        }
        match token {
            Token::Start(indent) => {
                self.mention(line.saturating_sub(1));
                if let Some(words) = self.import.take() {
                    self.learn(&words);
                }
                while self.functions.last().is_some_and(|it| *it >= indent) {
                    self.functions.pop();
                }
                (self.indent, self.first) = (indent, true);
                self.name.clear();
            }
            Token::Word(word) => {
                let first = std::mem::take(&mut self.first);
                if let Some(words) = &mut self.import {
                    let joined = self.dotted && !words.is_empty();
                    match words.last_mut().filter(|_| joined) {
                        Some(last) => {
                            last.push('.');
                            last.push_str(word);
                        }
                        None => words.push(word.to_owned()),
                    }
                } else if first && matches!(word, "import" | "from") {
                    self.import = Some(vec![word.to_owned()]);
                } else if matches!(word, "def" | "lambda") {
                    // what stands behind a lambda on its line runs later as well
                    self.functions.push(self.indent);
                } else if self.dotted && !self.name.is_empty() {
                    self.name.push('.');
                    self.name.push_str(word);
                } else {
                    self.mention(line);
                    word.clone_into(&mut self.name);
                    if std::mem::take(&mut self.walks) && is_gate(self.known()) {
                        let name = format!("getattr({word}, …)");
                        self.told(line, name, CODE);
                    }
                }
                self.dotted = false;
            }
            Token::Mark(b'.') => self.dotted = true,
            Token::Mark(b'(') => {
                self.call(line);
                self.walks = self.name == "getattr";
                self.name.clear();
                self.dotted = false;
            }
            Token::Mark(b',') if self.import.is_some() => self.dotted = false,
            Token::Mark(_) | Token::Text => {
                self.mention(line);
                self.name.clear();
                self.dotted = false;
            }
        }
    }

    fn learn(&mut self, words: &[String]) {
        let mut learn = |name: &str, alias: &str| {
            let known = self.table.knows(head(name)) || self.table.knows(head(alias));
            if known && self.aliases.len() < 1024 && name.len() < 256 {
                self.aliases.insert(alias.to_owned(), name.to_owned());
            }
        };
        match words.first().map(String::as_str) {
            Some("import") => {
                for three in words.windows(3).filter(|it| it[1] == "as") {
                    learn(&three[0], &three[2]);
                }
            }
            Some("from") => {
                let Some(module) = words.get(1) else {
                    return;
                };
                let names = words.iter().skip(2).filter(|it| *it != "import");
                let names: Vec<_> = names.collect();
                let alias = |at: usize| at > 0 && names[at - 1] == "as";
                let taken = names.iter().enumerate().filter(|(_, name)| **name != "as");
                for (at, name) in taken.filter(|(at, _)| !alias(*at)) {
                    let path = format!("{module}.{name}");
                    match names.get(at + 1..at + 3) {
                        Some([word, alias]) if *word == "as" => learn(&path, alias),
                        _ => learn(&path, name),
                    }
                }
            }
            _ => {}
        }
    }

    fn call(&mut self, line: u32) {
        let known = self.known();
        let rest = self.name.split_once('.').map_or("", |(_, rest)| rest);
        let rows = self.table.0.get(head(known)).map_or(&[][..], Vec::as_slice);
        if rows.is_empty() {
            return;
        }
        let name = if rest.is_empty() {
            known.to_owned()
        } else {
            format!("{known}.{rest}")
        };
        let fits = |row: &str| match row.strip_suffix('*') {
            Some(start) => name.starts_with(start),
            None => name == row,
        };
        let row = rows.iter().find(|(row, _)| fits(row)).map(|row| row.1);
        let foreign = || {
            let space = name.strip_prefix("ops.")?.split('.').next()?;
            let foreign = self.is_script() && !OPERATORS.contains(&space);
            foreign.then_some("is an operator that torch does not have")
        };
        if let Some(does) = row.or_else(foreign) {
            self.told(line, name, does);
        }
    }

    fn told(&mut self, line: u32, name: String, does: &'static str) {
        let (at_import, cell) = (self.functions.is_empty(), self.cell);
        self.found.push(Reach { line, cell, name, does, at_import });
    }

    /// The first word of a name, as its import has it.
    fn known(&self) -> &str {
        let head = head(&self.name);
        self.aliases.get(head).map_or(head, String::as_str)
    }

    /// A name that is taken and not called: whoever holds it may call it.
    fn mention(&mut self, line: u32) {
        if self.name.is_empty() || self.import.is_some() || self.is_script() {
            return;
        }
        let known = self.known();
        if known == "__builtins__" {
            return self.told(line, "__builtins__".to_owned(), CODE);
        }
        if !is_gate(head(known)) {
            return;
        }
        let name = match self.name.split_once('.') {
            Some((_, rest)) => format!("{known}.{rest}"),
            None => known.to_owned(),
        };
        if TAKEN.contains(&name.as_str()) {
            self.told(line, name, PROCESS);
        }
    }

    /// A command of a notebook: `!pip install x`, `%%bash`.
    pub(super) fn command(&mut self, line: u32, text: &str) {
        if self.found.len() < MOST {
            self.found.push(Reach {
                line,
                cell: self.cell,
                name: super::data::head_of(text, 100).to_owned(),
                does: PROCESS,
                at_import: true,
            });
        }
    }
}

/// What stands before the first dot.
fn head(name: &str) -> &str {
    let end = name.bytes().position(|byte| byte == b'.'); // names are short
    &name[..end.unwrap_or(name.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_told_with_when_they_run() {
        check("import os\nos.system('x')\n", "2 os.system now");
        check("def f():\n    os.system('x')\n", "2 os.system later");
        check("class A:\n  os.system('x')\n", "2 os.system now");
        check("def f():\n  pass\neval('x')\n", "3 eval now");
        check(
            "from os import system as s, popen\ns('x')\npopen('y')\n",
            "2 os.system now, 3 os.popen now",
        );
        check("import subprocess as sp\nx = sp.run(['a'])\n", "2 subprocess.run now");
        check("f = lambda: exec('x')\n", "1 exec later");
        check("model.eval()\nre.compile('x')\ntorch.compile(m)\n", "");
        check("# os.system('x')\n'os.system()'\n", "");
        check("from urllib.request import urlopen\nurlopen('x')\n", "2 urllib.request.urlopen now");
        check("import os\nf = os.system\nf('x')\n", "2 os.system now");
        check("import os as o\ngetattr(o, 'sys' + 'tem')('x')\n", "2 getattr(o, …) now");
        check("__builtins__['ev' + 'al']('x')\n", "1 __builtins__ now");
        check("import os\nos.environ['A'] = os.path.join('b', 'c')\nx: subprocess.Popen\n", "");
        check("try:\n  pass\nexcept subprocess.CalledProcessError:\n  pass\n", "");
    }

    #[test]
    fn torchscript_reaches_files_and_foreign_operators() {
        let code = "def forward(self, x):\n  y = torch.from_file('/etc/passwd')\n  ops.quantized.linear(x)\n  return ops.mine.thing(torch.add(x, y))\n";
        let told: Vec<_> = script(code).into_iter().map(|it| (it.line, it.name, it.does)).collect();
        assert_eq!(
            told,
            [
                (2, "torch.from_file".to_owned(), TOUCHES),
                (4, "ops.mine.thing".to_owned(), "is an operator that torch does not have"),
            ]
        );
    }

    #[track_caller]
    fn check(text: &str, told: &str) {
        let when = |it: &Reach| if it.at_import { "now" } else { "later" };
        let calls = read(text)
            .iter()
            .map(|it| format!("{} {} {}", it.line, it.name, when(it)))
            .collect::<Vec<_>>();
        assert_eq!(calls.join(", "), told);
    }
}
