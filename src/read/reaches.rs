//! By which calls Python code reaches out of the program: to other programs, to the network, to machine
//! code, to code that it makes itself.

use std::collections::HashMap;

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
    ("socket.*", NETWORK), ("requests.*", NETWORK), ("urllib.request.*", NETWORK), ("urllib2.*", NETWORK), ("urllib.urlopen", NETWORK), ("http.client.*", NETWORK), ("httpx.*", NETWORK), ("aiohttp.*", NETWORK), ("ftplib.*", NETWORK), ("smtplib.*", NETWORK), ("paramiko.*", NETWORK), ("websocket*", NETWORK),
    ("ctypes.*", NATIVE), ("cffi.*", NATIVE), ("torch.utils.cpp_extension.load*", NATIVE), ("torch.ops.load_library", NATIVE), ("torch.classes.load_library", NATIVE),
    ("shutil.rmtree", FILES), ("os.remove", FILES), ("os.unlink", FILES), ("os.rmdir", FILES), ("os.chmod", FILES),
];

const PROCESS: &str = "starts programs";
const CODE: &str = "runs code that it makes or is handed";
const PICKLE: &str = "unpickles";
const NETWORK: &str = "opens connections";
const NATIVE: &str = "calls machine code";
const FILES: &str = "deletes or changes files";

/// The calls of a text, by line.
pub(super) fn read(text: &str) -> Vec<Reach> {
    let mut reading = Reading::default();
    for (line, token) in Lexer::new(text, Language::Python) {
        reading.take(line, token);
        if reading.found.len() >= MOST {
            break;
        }
    }
    reading.found
}

#[derive(Default)]
struct Reading {
    found: Vec<Reach>,
    /// Names as the file calls them, and what they are.
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
    in_def: bool,
}

impl Reading {
    fn take(&mut self, line: u32, token: Token) {
        match token {
            Token::Start(indent) => {
                if let Some(words) = self.import.take() {
                    self.learn(&words);
                }
                while self.functions.last().is_some_and(|it| *it >= indent) {
                    self.functions.pop();
                }
                (self.indent, self.first, self.in_def) = (indent, true, false);
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
                    self.in_def = true;
                    self.functions.push(self.indent);
                } else if self.dotted && !self.name.is_empty() {
                    self.name.push('.');
                    self.name.push_str(word);
                } else {
                    word.clone_into(&mut self.name);
                }
                self.dotted = false;
            }
            Token::Mark(b'.') => self.dotted = true,
            Token::Mark(b'(') => {
                self.call(line);
                self.name.clear();
                self.dotted = false;
            }
            Token::Mark(b',') if self.import.is_some() => self.dotted = false,
            Token::Mark(_) | Token::Text => {
                self.name.clear();
                self.dotted = false;
            }
        }
    }

    fn learn(&mut self, words: &[String]) {
        let mut learn = |name: &str, alias: &str| {
            if self.aliases.len() < 1024 && name.len() < 256 {
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
        let (head, rest) = self.name.split_once('.').unwrap_or((&self.name, ""));
        let known = self.aliases.get(head).map_or(head, String::as_str);
        let name = if rest.is_empty() {
            known.to_owned()
        } else {
            format!("{known}.{rest}")
        };
        let fits = |row: &str| match row.strip_suffix('*') {
            Some(start) => name.starts_with(start),
            None => name == row,
        };
        if let Some((_, does)) = ROWS.iter().find(|(row, _)| fits(row)) {
            let at_import = self.functions.is_empty();
            self.found.push(Reach { line, name, does, at_import });
        }
    }
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
