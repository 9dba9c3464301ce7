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
/// Lines at the top that may name a license, and the bytes of them that are kept.
const HEADER_LINES: usize = 64;
const HEADER_BYTES: usize = 8192;

/// Reads a source file by the language that its name, or its first line, asks for.
pub fn read(path: &str, text: &Text) -> Code {
    let language = language(path, &text.text);
    let mut reading = Reading::new(language, None);
    let cut = super::data::head_of(&text.text, MOST);
    let mut reaches = reaches::Reading::python();
    reading.take(cut, &mut reaches);
    let mut code = reading.finish();
    code.licenses = tags(cut);
    code.header =
        Some(comment(cut)).filter(|it| code.licenses.is_empty() && speaks_of_a_license(it));
    code.reaches = reaches.found;
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

/// Whether a comment is worth keeping for what it says of terms.
fn speaks_of_a_license(comment: &str) -> bool {
    let lower = comment.to_ascii_lowercase();
    let says = [
        "licen",
        "under the terms",
        "redistribution and use",
        "permission to use",
    ];
    says.iter().any(|words| lower.contains(words))
}

/// The comment, or the string, that a file begins with.
fn comment(text: &str) -> String {
    const MARKS: [&str; 7] = ["#", "//", "*", "--", "%", ";", "<!--"];
    const BLOCKS: [(&str, &str); 3] = [("/*", "*/"), ("\"\"\"", "\"\"\""), ("'''", "'''")];
    let mut closes = None;
    let mut lines = Vec::new();
    for line in text.lines().take(HEADER_LINES) {
        let bare = line.trim_start();
        if let Some(close) = closes {
            closes = (!bare.contains(close)).then_some(close);
        } else if let Some((open, close)) = BLOCKS.iter().find(|(open, _)| bare.starts_with(open)) {
            closes = (!bare[open.len()..].contains(close)).then_some(*close);
        } else if !bare.is_empty() && !MARKS.iter().any(|mark| bare.starts_with(mark)) {
            break;
        }
        lines.push(line);
    }
    super::data::head_of(&lines.join("\n"), HEADER_BYTES).to_owned()
}

/// `SPDX-License-Identifier` lines in the header.
fn tags(text: &str) -> Vec<(u32, String)> {
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
    /// What is open, the outermost first.
    scopes: Vec<Scope>,
}

/// A class or a function that lines may stand in.
struct Scope {
    indent: usize,
    /// `None` for a function.
    class: Option<Class>,
}

struct Class {
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
            scopes: Vec::new(),
        }
    }

    /// The same reading, at a cell of a notebook.
    pub(super) fn at_cell(&mut self, cell: u32) {
        self.cell = Some(cell);
        self.scopes.clear();
    }

    /// One pass over a text; its calls that reach out, where it is Python, are `reaches`' to tell.
    pub(super) fn take(&mut self, text: &str, reaches: &mut reaches::Reading) {
        let python = self.language == Language::Python;
        let shared = |(line, token): &(u32, Token<'_>)| {
            if python {
                reaches.take(*line, *token);
            }
        };
        let mut lexer = Lexer::new(text, self.language).inspect(shared).peekable();
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
        self.open(indent, Some(Class { name: clipped(name), bases }));
    }

    fn function(&mut self, indent: usize, number: u32, name: &str) {
        self.scopes.retain(|scope| scope.indent < indent);
        // A function inside a method is no method.
        let class = self.scopes.last().and_then(|scope| scope.class.as_ref());
        if let Some(class) = class.filter(|it| deeds::is_network(&it.name, &it.bases, name)) {
            let words = format!("class {} with {}", class.name, clipped(name));
            self.note(&deeds::NETWORK, number, words);
        }
        for row in deeds::rows(Subject::Function, name) {
            self.note(row, number, format!("def {}", clipped(name)));
        }
        self.open(indent, None);
    }

    /// A class, or a function, whose lines are those that are indented further.
    fn open(&mut self, indent: usize, class: Option<Class>) {
        const DEEPEST: usize = 64;
        self.scopes.retain(|scope| scope.indent < indent);
        if self.scopes.len() < DEEPEST {
            self.scopes.push(Scope { indent, class });
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
        let counted: Vec<(&'static Row, Deed)> =
            self.seen.into_values().filter(|(row, _)| known(row)).collect();
        // Each row counts once, however many names fit it: ten functions called `filter_…` are one sign.
        let mut rows: BTreeMap<(Act, usize), u32> = BTreeMap::new();
        let mut count = |row: &'static Row| {
            rows.insert((row.act, std::ptr::from_ref(row).addr()), u32::from(row.weight));
        };
        for (row, _) in &counted {
            count(row);
        }
        for package in &packages {
            deeds::rows(Subject::Module, package).for_each(&mut count);
        }
        let mut weights: BTreeMap<Act, u32> = BTreeMap::new();
        for ((act, _), weight) in rows {
            *weights.entry(act).or_default() += weight;
        }
        let needed = deeds::needed(&packages);
        let enough = |act: Act| weights.get(&act).is_some_and(|weight| *weight >= needed);
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
            header: None,
            reaches: Vec::new(),
            shows: Vec::new(),
            cut: false,
        }
    }
}

/// A name, cut to a readable length.
fn clipped(word: &str) -> String {
    super::data::head_of(word, 64).to_owned()
}

#[cfg(test)]
mod tests;
