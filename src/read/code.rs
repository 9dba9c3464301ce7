//! Source code: what it does, told from its tokens outside comments and strings.

use std::collections::BTreeMap;

use super::{
    deeds::{self, Row, Subject},
    lexer::{Lexer, Token},
    reaches,
};
use crate::facts::{Act, Code, Deed, Import, Language, Text};

/// Bytes of a source file that are read; what comes after is not looked at, and `cut` says so.
pub const MOST: usize = 1 << 20;

/// Imports that are kept.
const MOST_IMPORTS: usize = 256;
/// Lines at the top that may name a license.
const HEADER_LINES: usize = 64;

/// Reads a source file by the language that its name, or its first line, asks for.
pub fn read(path: &str, text: &Text) -> Code {
    let language = language(path, &text.text);
    let mut reading = Reading::new(language, None);
    let cut = super::data::head_of(&text.text, MOST);
    reading.take(cut);
    let mut code = reading.finish();
    code.licenses = licenses(cut);
    if language == Language::Python {
        code.reaches = reaches::read(cut);
    }
    code.cut = text.cut || cut.len() < text.text.len();
    code
}

/// By extension, else by the first line, else as Python.
pub(super) fn language(path: &str, text: &str) -> Language {
    let name = path.rsplit('/').next().unwrap_or(path);
    let extension =
        name.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
    match extension.as_str() {
        "py" | "pyx" | "pyi" | "pyw" | "r" | "jl" | "rb" => Language::Python,
        "sh" | "bash" | "zsh" | "slurm" | "sbatch" | "ksh" | "fish" | "job" | "ps1" => {
            Language::Shell
        }
        "" => {
            let first = text.lines().next().unwrap_or("");
            let shell = first.starts_with("#!") && first.contains("sh") || name == "Makefile";
            if shell {
                Language::Shell
            } else {
                Language::Python
            }
        }
        _ => Language::CLike,
    }
}

/// `SPDX-License-Identifier` lines in the header.
fn licenses(text: &str) -> Vec<(u32, String)> {
    const TAG: &str = "SPDX-License-Identifier:";
    let lines = (1..).zip(text.lines().take(HEADER_LINES));
    let found = lines.filter_map(|(line, text): (u32, &str)| {
        let (_, id) = text.split_once(TAG)?;
        let id = id.trim().trim_end_matches(['*', '/', '-', '>', '#', '"', '\'']).trim();
        (!id.is_empty() && id.len() < 200).then(|| (line, id.to_owned()))
    });
    found.collect()
}

/// What is seen while reading one file, or the cells of one notebook.
pub(super) struct Reading {
    language: Language,
    cell: Option<u32>,
    statements: u64,
    /// Statements that are not imports, strings or `__all__`.
    acting: u64,
    imports: Vec<Import>,
    /// Distinct rows seen by act, each with where and how.
    seen: BTreeMap<(Act, String), (&'static Row, Deed)>,
    /// Classes that are open: indent, name, and what they derive from.
    classes: Vec<Class>,
}

struct Class {
    indent: usize,
    name: String,
    bases: Vec<String>,
}

/// What stands between the tokens seen so far in one logical line.
#[derive(Default)]
struct Line<'a> {
    first: Option<&'a str>,
    words: usize,
    /// The last three words and marks: `trainer` `.` `train`.
    receiver: Option<&'a str>,
    last: Option<&'a str>,
    dotted: bool,
}

impl Reading {
    pub(super) fn new(language: Language, cell: Option<u32>) -> Self {
        Self {
            language,
            cell,
            statements: 0,
            acting: 0,
            imports: Vec::new(),
            seen: BTreeMap::new(),
            classes: Vec::new(),
        }
    }

    /// The same reading, at a cell of a notebook.
    pub(super) fn at_cell(&mut self, cell: u32) {
        self.cell = Some(cell);
        self.classes.clear();
    }

    pub(super) fn take(&mut self, text: &str) {
        let mut lexer = Lexer::new(text, self.language).peekable();
        let mut line = Line::default();
        while let Some((number, token)) = lexer.next() {
            match token {
                Token::Start(indent) => {
                    line = Line::default();
                    self.statements += 1;
                    let string = matches!(lexer.peek(), Some((_, Token::Text)));
                    let quiet = match lexer.peek() {
                        Some((_, Token::Word(word))) => {
                            matches!(*word, "import" | "from" | "pass" | "__all__" | "__version__")
                        }
                        Some((_, Token::Mark(mark))) => matches!(mark, b')' | b']'),
                        _ => false,
                    };
                    self.acting += u64::from(!string && !quiet);
                    if self.language == Language::Python {
                        self.statement(indent, number, &mut lexer, &mut line);
                    }
                }
                Token::Word(word) => self.word(word, number, &mut line),
                Token::Mark(b'(') => self.call(number, &mut line),
                Token::Mark(b'.') => {
                    line.receiver = line.last.or(Some(""));
                    line.dotted = true;
                    line.last = None;
                }
                Token::Mark(mark) => {
                    if matches!(mark, b';' | b'|' | b'&') {
                        line.first = None;
                        line.words = 0;
                    }
                    if mark == b'#' && self.language == Language::CLike {
                        continue; // `#include`
                    }
                    if !(mark == b':' || (mark == b'>' && line.dotted)) {
                        line.receiver = None;
                        line.last = None;
                        line.dotted = false;
                    }
                }
                Token::Text => (line.last, line.receiver, line.dotted) = (None, None, false),
            }
        }
    }

    /// Imports, classes and functions: what is told by the first word of a Python line.
    fn statement<'a, I>(
        &mut self,
        indent: usize,
        number: u32,
        lexer: &mut std::iter::Peekable<I>,
        line: &mut Line<'a>,
    ) where
        I: Iterator<Item = (u32, Token<'a>)>,
    {
        let Some(&(_, Token::Word(word))) = lexer.peek() else {
            return;
        };
        if !matches!(word, "import" | "from" | "class" | "def" | "async") {
            return;
        }
        lexer.next();
        line.first = Some(word);
        let mut next = || match lexer.peek() {
            Some((_, Token::Start(_))) | None => None,
            Some(_) => lexer.next().map(|(_, token)| token),
        };
        match word {
            "import" | "from" => {
                let mut module = String::new();
                while let Some(token) = next() {
                    match token {
                        Token::Word("import" | "as") => break,
                        Token::Word(word) if module.len() < 200 => module.push_str(word),
                        Token::Mark(b'.') if module.len() < 200 => module.push('.'),
                        Token::Mark(b',') if word == "import" => {
                            self.import(&module, number);
                            module.clear();
                        }
                        _ => {}
                    }
                }
                self.import(&module, number);
                while next().is_some() {}
            }
            "class" => {
                let Some(Token::Word(name)) = next() else {
                    return;
                };
                let mut bases = Vec::new();
                while let Some(token) = next() {
                    match token {
                        Token::Word(base) if bases.len() < 16 => bases.push(clipped(base)),
                        Token::Mark(b':') => break,
                        _ => {}
                    }
                }
                self.class(indent, number, name, bases);
            }
            _ => {
                let mut name = next();
                if name == Some(Token::Word("def")) {
                    name = next();
                }
                if let Some(Token::Word(name)) = name {
                    self.function(indent, number, name);
                }
            }
        }
    }

    fn class(&mut self, indent: usize, number: u32, name: &str, bases: Vec<String>) {
        self.classes.retain(|class| class.indent < indent);
        let named = |ends: &[&str]| {
            std::iter::once(name)
                .chain(bases.iter().map(String::as_str))
                .any(|word| ends.iter().any(|end| word.ends_with(end)))
        };
        if named(deeds::ENCODERS) {
            self.note(&deeds::ENCODER, number, format!("class {}", clipped(name)));
        }
        if name == "EndpointHandler" {
            self.note(&deeds::HANDLER, number, format!("class {}", clipped(name)));
        }
        if self.classes.len() < 64 {
            self.classes.push(Class { indent, name: clipped(name), bases });
        }
    }

    fn function(&mut self, indent: usize, number: u32, name: &str) {
        while self.classes.last().is_some_and(|class| class.indent >= indent) {
            self.classes.pop();
        }
        if let Some(class) = self.classes.last()
            && deeds::is_network(&class.name, &class.bases, name)
        {
            let words = format!("class {} with {}", class.name, clipped(name));
            self.note(&deeds::NETWORK, number, words);
        }
        for row in deeds::rows(Subject::Function, name) {
            self.note(row, number, format!("def {}", clipped(name)));
        }
    }

    fn word<'a>(&mut self, word: &'a str, number: u32, line: &mut Line<'a>) {
        if line.first.is_none() {
            line.first = Some(word);
        }
        line.words += 1;
        match self.language {
            Language::Shell => self.argument(word, number, line),
            Language::CLike => self.keyword(word, number, line),
            Language::Python => {}
        }
        if !line.dotted || line.last.is_some() {
            line.receiver = None;
            line.dotted = false;
        }
        line.last = Some(word);
    }

    /// A command or an argument in a launcher.
    fn argument(&mut self, word: &str, number: u32, line: &Line) {
        let name = word.rsplit('/').next().unwrap_or(word);
        if let Some(flag) = word.strip_prefix("--") {
            let flag = flag.split('=').next().unwrap_or(flag).replace('-', "_");
            for row in deeds::rows(Subject::Flag, &flag) {
                self.note(row, number, format!("--{}", clipped(&flag)));
            }
            return;
        }
        for row in deeds::rows(Subject::Command, name) {
            self.note(row, number, clipped(name));
        }
        let script = name.rsplit_once('.').is_some_and(|(_, end)| end == "py");
        if script && line.words > 1 {
            for row in deeds::rows(Subject::Script, &name.to_ascii_lowercase()) {
                self.note(row, number, clipped(name));
            }
        }
    }

    /// Imports and functions of languages with braces, as far as words tell them.
    fn keyword(&mut self, word: &str, number: u32, line: &Line) {
        match line.last {
            Some("import" | "use" | "include") => self.import(word, number),
            Some("fn" | "func") if word == "forward" => {
                self.note(&deeds::NETWORK, number, "fn forward".to_owned());
            }
            _ => {}
        }
    }

    fn import(&mut self, module: &str, number: u32) {
        let known = self.imports.iter().any(|import| import.module == module);
        if !module.is_empty() && !known && self.imports.len() < MOST_IMPORTS {
            self.imports.push(Import { line: number, module: clipped(module) });
        }
    }

    fn call(&mut self, number: u32, line: &mut Line) {
        if let Some(name) = line.last.take() {
            let subject = if line.dotted {
                Subject::Method
            } else {
                Subject::Call
            };
            let receiver = line.receiver.unwrap_or("");
            for row in deeds::rows(subject, name).filter(|row| row.fits(receiver)) {
                let of = if line.dotted {
                    format!("{}.", clipped(receiver))
                } else {
                    String::new()
                };
                self.note(row, number, format!("{of}{}(", clipped(name)));
            }
            if self.language == Language::CLike {
                for row in deeds::rows(Subject::CCall, name) {
                    self.note(row, number, format!("{}(", clipped(name)));
                }
            }
        }
        (line.receiver, line.dotted) = (None, false);
    }

    fn note(&mut self, row: &'static Row, line: u32, words: String) {
        const MOST_A_FILE: usize = 256;
        if self.seen.len() < MOST_A_FILE {
            let deed = Deed {
                act: row.act,
                line,
                cell: self.cell,
                words: words.clone(),
            };
            self.seen.entry((row.act, words)).or_insert((row, deed));
        }
    }

    pub(super) fn finish(self) -> Code {
        let packages: Vec<&str> = self.imports.iter().map(Import::package).collect();
        let known =
            |row: &Row| row.needs.is_empty() || packages.iter().any(|it| row.needs.contains(it));
        let counted: Vec<(&Row, Deed)> =
            self.seen.into_values().filter(|(row, _)| known(row)).collect();
        let mut weights: BTreeMap<Act, u32> = BTreeMap::new();
        for (row, deed) in &counted {
            *weights.entry(deed.act).or_default() += u32::from(row.weight);
        }
        for import in &self.imports {
            for row in deeds::rows(Subject::Module, import.package()) {
                *weights.entry(row.act).or_default() += u32::from(row.weight);
            }
        }
        let enough = |act: Act| weights.get(&act).is_some_and(|weight| *weight >= deeds::ENOUGH);
        let mut deeds: Vec<Deed> = counted.into_iter().map(|(_, deed)| deed).collect();
        for import in &self.imports {
            for row in deeds::rows(Subject::Module, import.package()) {
                let words = format!("import {}", import.module);
                deeds.push(Deed {
                    act: row.act,
                    line: import.line,
                    cell: None,
                    words,
                });
            }
        }
        deeds.retain(|deed| enough(deed.act));
        deeds.sort();
        let only_imports = self.acting == 0 && self.language == Language::Python;
        let stub =
            self.imports.iter().find(|it| !it.module.starts_with('.') && it.module != "__future__");
        Code {
            language: self.language,
            statements: self.statements,
            deeds,
            stub_of: stub.filter(|_| only_imports).map(|import| import.module.clone()),
            imports: self.imports,
            licenses: Vec::new(),
            reaches: Vec::new(),
            cut: false,
        }
    }
}

/// A name, cut to a readable length.
fn clipped(word: &str) -> String {
    super::data::head_of(word, 64).to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use Act::{DefinesModel, Encodes, Evaluates, Prepares, Runs, SetsTraining, Trains};

    #[test]
    fn code_is_told_by_what_it_does() {
        check("a.py", "loss.backward()\noptimizer.step()", &[Trains]);
        check("a.py", "scaler.scale(loss).backward()", &[Trains]);
        check("a.py", "trainer = SFTTrainer(\n model=m)\ntrainer.train()", &[Trains]);
        check("a.py", "from trl import DPOTrainer as T\nx = trl.DPOTrainer(m)", &[Trains]);
        check("a.py", "class MyTrainer(Trainer):\n    pass", &[]);
        check("a.py", "params = optax.apply_updates(params, updates)", &[Trains]);
        check("a.py", "import keras\nmodel.fit(x, y)", &[Trains]);
        check("a.py", "scaler.fit(x)", &[]);
        check("a.py", "out = model.generate(**x)", &[Runs]);
        check("a.py", "from transformers import pipeline\npipe = pipeline('x')", &[Runs]);
        check("a.py", "pipe = pipeline('x')", &[]);
        check("a.py", "class EndpointHandler():\n    def __call__(self, x): pass", &[Runs]);
        check(
            "a.py",
            "class A(nn.Module):\n    def __init__(self): pass\n    def forward(self, x):\n        return x",
            &[DefinesModel],
        );
        check(
            "a.py",
            "class A(nn.Module):\n    @nn.compact\n    def __call__(self, x): pass",
            &[DefinesModel],
        );
        check("a.py", "class A:\n    def __call__(self, x): pass", &[]);
        check("a.py", "class FocalLoss(nn.Module):\n    def forward(self, x): pass", &[]);
        check(
            "a.py",
            "class F(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx): pass",
            &[],
        );
        check("a.py", "class A:\n    pass\ndef forward(x): pass", &[]);
        check("a.py", "class B(PreTrainedTokenizer):\n    def tokenize(self): pass", &[Encodes]);
        check(
            "a.py",
            "from datasets import load_dataset\nd = load_dataset('x')\nd.save_to_disk('y')",
            &[Prepares],
        );
        check("a.py", "def deduplicate(docs):\n    pass", &[Prepares]);
        check("a.py", "d = load_dataset('x')", &[]);
        check("a.py", "import lm_eval\nr = lm_eval.run()", &[Evaluates]);
        check("a.py", "m = evaluate.load('accuracy')", &[Evaluates]);
        check(
            "run.sh",
            "torchrun --nproc_per_node 8 train.py \\\n  --learning_rate 1e-5 --num-train-epochs=3",
            &[Trains, SetsTraining],
        );
        check("run.sh", "python scripts/generate.py --lr 3", &[Runs]);
        check("a.sh", "lm_eval --model hf --tasks mmlu", &[Evaluates]);
        check("a.c", "void f() { gpt2_backward(&m); }", &[Trains]);
        check("a.rs", "impl M { fn forward(&self, x: T) -> T { x } }", &[DefinesModel]);
        check("a.cpp", "// llama_decode(ctx)\nint main() { llama_decode(ctx, b); }", &[Runs]);
    }

    #[test]
    fn comments_and_strings_do_nothing() {
        check(
            "a.py",
            "# loss.backward()\nx = 'loss.backward()'\n\"\"\"\noptimizer.step()\n\"\"\"",
            &[],
        );
        check("a.py", "print('model.generate(')", &[]);
        check("a.sh", "# torchrun train.py\necho 'python train.py --lr 1 --max_steps 2'", &[]);
        check("a.c", "/* x_backward( */ char *s = \"x_backward(\";", &[]);
    }

    #[track_caller]
    fn check(path: &str, text: &str, acts: &[Act]) {
        let code = read(path, &Text { text: text.to_owned(), cut: false });
        let mut done: Vec<Act> = code.deeds.iter().map(|deed| deed.act).collect();
        done.dedup();
        assert_eq!(done, acts, "{:?}", code.deeds);
    }

    #[test]
    fn stubs_name_their_module() {
        stub("from hf_olmo import *", Some("hf_olmo"));
        stub("from hf_olmo.modeling_olmo import OLMoForCausalLM\n", Some("hf_olmo.modeling_olmo"));
        stub("\"\"\"Doc.\"\"\"\n# c\nfrom a import (\n  b,\n  c,\n)\n__all__ = ['b']\n", Some("a"));
        stub("from .a import b", None);
        stub("import a\na.run()", None);
        stub("from a import b\nclass C(b): pass", None);
        stub("", None);
    }

    #[track_caller]
    fn stub(text: &str, module: Option<&str>) {
        let code = read("modeling_x.py", &Text { text: text.to_owned(), cut: false });
        assert_eq!(code.stub_of.as_deref(), module);
    }

    #[test]
    fn lines_imports_and_licenses_are_told() {
        let text = "# SPDX-License-Identifier: Apache-2.0\nimport torch, numpy as np\nfrom transformers.models import x\n\n\nloss.backward()";
        let code = read("a.py", &Text { text: text.to_owned(), cut: false });
        assert_eq!(code.licenses, [(1, "Apache-2.0".to_owned())]);
        let modules: Vec<&str> = code.imports.iter().map(|it| it.module.as_str()).collect();
        assert_eq!(modules, ["torch", "numpy", "transformers.models"]);
        assert_eq!((code.deeds[0].line, code.deeds[0].words.as_str()), (6, "loss.backward("));
        assert_eq!(code.statements, 3);
    }

    #[test]
    fn a_long_line_and_many_calls_take_little() {
        let long = format!("x = [{}]\nloss.backward()", "a.b(1), ".repeat(600_000));
        assert!(read("a.py", &Text { text: long, cut: false }).cut);
        let deep = "(".repeat(500_000);
        assert_eq!(read("a.py", &Text { text: deep, cut: false }).deeds, []);
        let many: String = (0..20_000)
            .map(|n| format!("loss{n}.backward()\nclass A{n}:\n"))
            .collect::<Vec<_>>()
            .concat();
        assert!(read("a.py", &Text { text: many, cut: false }).deeds.len() <= 256);
    }

    proptest! {
        #[test]
        fn any_text_is_survived(
            text in "(class |def |forward|import |from |\\(|\\)|\"|'|#|\n|    |\\.|:|x|--lr |;|é){0,80}",
        ) {
            for path in ["a.py", "a.sh", "a.c"] {
                let _ = read(path, &Text { text: text.clone(), cut: false });
            }
        }
    }
}
