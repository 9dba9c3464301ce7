//! Source code: what a file does, as its tokens tell.

/// A source file or a notebook. The text itself is not kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Code {
    /// How it was taken apart.
    pub language: Language,
    /// Logical lines outside comments, strings that stand alone included.
    pub statements: u64,
    /// What it does, by act, then line; each word once.
    pub deeds: Vec<Deed>,
    /// Modules it imports, as written, each once, in the order of their first line.
    pub imports: Vec<Import>,
    /// The module that it hands on, where it holds nothing but imports of it: `olmo.hf`.
    pub stub_of: Option<String>,
    /// `SPDX-License-Identifier` lines among the first 64: line from 1, and the expression.
    pub licenses: Vec<(u32, String)>,
    /// The comment at the top, where it speaks of a license and no such line names one.
    pub header: Option<String>,
    /// Calls that reach out of the program, by line: Python alone, and the commands of notebooks.
    pub reaches: Vec<Reach>,
    /// Scripts in the outputs of a notebook, of those that reach out or make code the first of each cell.
    pub shows: Vec<Shows>,
    /// Whether the file goes on after what was read.
    pub cut: bool,
}

/// A script that an output of a notebook's cell holds, for a browser to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shows {
    /// The cell, from 0, all kinds of cells counted.
    pub cell: u32,
    /// What it does beside drawing: `fetches code from https://x.org`; `None` where nothing of it is known.
    pub does: Option<String>,
}

/// A call by which code reaches out of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// From 1; in a notebook, within the cell.
    pub line: u32,
    /// The cell of a notebook, from 0, all kinds of cells counted.
    pub cell: Option<u32>,
    /// What is called, aliases resolved: `subprocess.run`; of a command, its first words.
    pub name: String,
    /// What that does, in a clause: `starts programs`.
    pub does: &'static str,
    /// Whether it runs as soon as the file is imported: it stands in no function.
    pub at_import: bool,
}

/// The family of languages whose comments and strings were taken out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// `#` comments, triple quotes, indented blocks.
    #[default]
    Python,
    /// `#` comments, quotes, here-documents.
    Shell,
    /// `//` and `/* */` comments, quotes.
    CLike,
}

/// One thing that code does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deed {
    /// What.
    pub act: Act,
    /// From 1; in a notebook, within the cell.
    pub line: u32,
    /// The cell of a notebook, from 0, all kinds of cells counted.
    pub cell: Option<u32>,
    /// As the code has it, cut to a readable length: `loss.backward(`, `class Attention`.
    pub words: String,
}

/// The kinds of things that code does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Act {
    /// Defines a network: a class with `forward`.
    DefinesModel,
    /// Computes gradients, steps an optimizer, runs a trainer.
    Trains,
    /// Runs the model: generates, predicts, transcribes.
    Runs,
    /// Computes metrics, runs an evaluation harness.
    Evaluates,
    /// Filters, deduplicates, tokenizes or packs data sets.
    Prepares,
    /// Turns inputs into what the model takes, as part of running it: a tokenizer or processor class.
    Encodes,
    /// Sets an argument of a training run: a launcher's `--learning_rate`.
    SetsTraining,
}

/// A module that code imports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// From 1; in a notebook, within the cell.
    pub line: u32,
    /// As written: `transformers.models.llama`, `.modeling`, `ggml.h`.
    pub module: String,
}

impl Code {
    /// Whether it does such a thing anywhere.
    pub fn does(&self, act: Act) -> bool {
        self.deeds.iter().any(|deed| deed.act == act)
    }

    /// All deeds of one kind, by line.
    pub fn deeds_of(&self, act: Act) -> impl Iterator<Item = &Deed> {
        self.deeds.iter().filter(move |deed| deed.act == act)
    }
}

impl Import {
    /// The package: `transformers` of `transformers.models.llama`; empty for a relative import.
    pub fn package(&self) -> &str {
        self.module.split(['.', ':', '/']).next().unwrap_or("")
    }
}
