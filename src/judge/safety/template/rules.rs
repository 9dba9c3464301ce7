//! What an expression of a template may do: everything that real templates do is quiet, and what leads out
//! of the data that it is given is not.

use super::{
    lexer::{Tag, Token},
    words::{BY_ATTRIBUTE, FILTERS, FUNCTIONS, KEYWORDS, LADDER, METHODS, STATEMENTS},
};

/// Something that a template does.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Deed {
    /// Whether it leads out of the sandbox that a chat template should need; else it is only unusual.
    pub(super) escapes: bool,
    /// From 1, in the template.
    pub(super) line: u32,
    /// A clause.
    pub(super) saying: String,
}

/// A range or a text repeated more often than this is a way to fill memory.
const MANY: f64 = 1e6;

/// What the tags of a template do.
pub(super) fn deeds(tags: &[Tag]) -> Vec<Deed> {
    let macros: Vec<&str> = tags
        .iter()
        .filter(|tag| tag.statement)
        .filter_map(|tag| match tag.tokens.as_slice() {
            [Token::Name(word), Token::Name(name), ..] if word == "macro" => Some(name.as_str()),
            _ => None,
        })
        .collect();
    let mut rules = Rules {
        macros,
        line: 1,
        looked_up: None,
        deeds: Vec::new(),
    };
    for tag in tags {
        rules.line = tag.line;
        rules.tag(tag);
    }
    rules.pieces(tags);
    rules.deeds
}

/// `__cla` or `ss__`: what becomes a private name once it is put together.
fn is_piece(text: &str) -> bool {
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    plain && text.len() <= 40 && (text.starts_with("__") || text.ends_with("__"))
}

struct Rules<'a> {
    /// Names that the template defines and may call.
    macros: Vec<&'a str>,
    line: u32,
    /// The line of the first subscript whose key is no constant and no place in a list.
    looked_up: Option<u32>,
    deeds: Vec<Deed>,
}

impl Rules<'_> {
    /// Pieces of private names, wherever the template keeps them until it puts them together.
    fn pieces(&mut self, tags: &[Tag]) {
        for tag in tags {
            let texts = tag.tokens.iter().filter_map(|it| match it {
                Token::Text(text) => Some(text),
                _ => None,
            });
            for text in texts.filter(|it| is_piece(it)) {
                self.line = tag.line;
                match self.looked_up {
                    Some(line) => self.escapes(format!(
                        "writes `{text}`, a piece of a private name, and looks up a name that it makes in line {line}"
                    )),
                    None => self.unusual(format!("writes `{text}`, a piece of a private name")),
                }
            }
        }
    }

    fn told(&mut self, escapes: bool, saying: String) {
        let known = self.deeds.iter().any(|it| it.saying == saying);
        if !known && self.deeds.len() < 100 {
            self.deeds.push(Deed { escapes, line: self.line, saying });
        }
    }

    fn escapes(&mut self, saying: impl Into<String>) {
        self.told(true, saying.into());
    }

    fn unusual(&mut self, saying: impl Into<String>) {
        self.told(false, saying.into());
    }

    fn tag(&mut self, tag: &Tag) {
        let mut tokens = tag.tokens.as_slice();
        if tag.statement
            && let Some(Token::Name(word)) = tokens.first()
        {
            match word.as_str() {
                "include" | "import" | "from" | "extends" => {
                    self.escapes(format!("reads another template with `{word}`"));
                }
                word if !STATEMENTS.contains(&word) => {
                    self.unusual(format!("uses the statement `{word}`"));
                }
                _ => {}
            }
            // `set x.y`, `for x in`: what follows is an expression all the same
            if matches!(word.as_str(), "macro" | "block") {
                tokens = tokens.get(2..).unwrap_or(&[]);
            }
        }
        for at in 0..tokens.len() {
            self.token(tokens, at);
        }
        self.texts(tokens);
    }

    fn token(&mut self, tokens: &[Token], at: usize) {
        let before = at.checked_sub(1).and_then(|at| tokens.get(at));
        let next = tokens.get(at + 1);
        match &tokens[at] {
            Token::Name(name) => self.name(tokens, at, name, before, next),
            Token::Mark("[") if is_value(before) => self.subscript(inside(tokens, at, "[", "]")),
            Token::Mark("*") => {
                let texts = [before, next].iter().any(|it| matches!(it, Some(Token::Text(_))));
                let many = [before, next]
                    .iter()
                    .any(|it| matches!(it, Some(Token::Number(n)) if *n > MANY));
                if many {
                    self.unusual("repeats something more than a million times");
                } else if texts
                    && [before, next]
                        .iter()
                        .any(|it| matches!(it, Some(Token::Text(text)) if is_bar(text)))
                {
                    self.escapes("makes underscores by repeating one");
                }
            }
            Token::Mark("**") if matches!(next, Some(Token::Number(n)) if *n > 64.0) => {
                self.unusual("takes a number to a high power");
            }
            _ => {}
        }
    }

    fn name(
        &mut self,
        tokens: &[Token],
        at: usize,
        name: &str,
        before: Option<&Token>,
        next: Option<&Token>,
    ) {
        let called = next == Some(&Token::Mark("("));
        match before {
            Some(Token::Mark(".")) if name.starts_with('_') => {
                self.escapes(format!("walks to the private attribute `{name}`"));
            }
            Some(Token::Mark("."))
                if called && !METHODS.contains(&name) && !self.macros.contains(&name) =>
            {
                self.unusual(format!("calls the method `{name}`"));
            }
            Some(Token::Mark(".")) if called && name == "format" => {
                if let Some(Token::Text(text)) = at.checked_sub(2).and_then(|at| tokens.get(at))
                    && text.split('{').skip(1).any(|field| {
                        field
                            .split('}')
                            .next()
                            .is_some_and(|it| it.contains("._") || it.contains("[_"))
                    })
                {
                    self.escapes("formats a text that walks to private attributes");
                }
            }
            Some(Token::Mark("|")) => self.filter(tokens, at, name),
            Some(Token::Mark(".")) => {}
            Some(Token::Name(word)) if word == "is" || word == "not" => {}
            _ if name.starts_with("__") => self.escapes(format!("names `{name}`")),
            _ if name == "lipsum" => self.escapes("names `lipsum`, whose module is in reach"),
            _ if called
                && !KEYWORDS.contains(&name)
                && !FUNCTIONS.contains(&name)
                && !self.macros.contains(&name) =>
            {
                self.unusual(format!("calls `{name}`"));
            }
            _ if called && name == "range" => {
                let counts = inside(tokens, at + 1, "(", ")");
                if counts.iter().any(|it| matches!(it, Token::Number(n) if *n > MANY)) {
                    self.unusual("counts to more than a million");
                }
            }
            _ => {}
        }
    }

    fn filter(&mut self, tokens: &[Token], at: usize, name: &str) {
        if name == "attr" {
            return self.escapes("reaches an attribute by its name, with the filter `attr`");
        }
        if !FILTERS.contains(&name) && !self.macros.contains(&name) {
            self.unusual(format!("uses the filter `{name}`"));
        }
        if !BY_ATTRIBUTE.contains(&name) || tokens.get(at + 1) != Some(&Token::Mark("(")) {
            return;
        }
        let arguments = inside(tokens, at + 1, "(", ")");
        let named = arguments.iter().position(|it| *it == Token::Name("attribute".to_owned()));
        let value = match named {
            Some(place) => arguments.get(place + 2..).unwrap_or(&[]),
            None if matches!(name, "selectattr" | "rejectattr" | "groupby") => arguments,
            // `map('attr', …)` is the filter again
            None if arguments.first() == Some(&Token::Text("attr".to_owned())) => {
                return self.escapes("reaches an attribute by its name, with the filter `attr`");
            }
            None => return,
        };
        match (value.first(), value.get(1)) {
            (Some(Token::Text(text)), None | Some(Token::Mark(","))) => {
                if text.split('.').any(|part| part.starts_with('_')) {
                    self.escapes(format!("walks to the private attribute `{text}`"));
                }
            }
            (Some(Token::Number(_)), _) => {}
            _ => self.escapes(format!(
                "gives the filter `{name}` the name of an attribute that it makes"
            )),
        }
    }

    /// What stands between brackets behind a value.
    fn subscript(&mut self, key: &[Token]) {
        let texts = key.iter().filter_map(|it| match it {
            Token::Text(text) => Some(text.as_str()),
            _ => None,
        });
        let texts: Vec<&str> = texts.collect();
        if let [Token::Text(text)] = key
            && text.starts_with("__")
        {
            return self.escapes(format!("walks to the private attribute `{text}`"));
        }
        if is_slice(key) {
            return; // of a list or a text: its ends are numbers
        }
        let names = key.iter().any(|it| matches!(it, Token::Name(name) if name != "loop"));
        if names {
            self.looked_up.get_or_insert(self.line);
        }
        if key.contains(&Token::Mark("~")) {
            return self.unusual("makes the key of a subscript");
        }
        // `'%c%c' % (95, 95)`: letters by their numbers
        if texts.iter().any(|it| it.contains("%c")) && key.contains(&Token::Mark("%")) {
            return self.escapes("makes the key of a subscript of numbers of letters");
        }
        let made = key.iter().any(|it| matches!(it, Token::Mark("+" | "%" | "|" | "*")));
        let called = key.iter().any(|it| matches!(it, Token::Name(name) if matches!(name.as_str(), "join" | "format" | "replace" | "lower" | "reverse")));
        if !texts.is_empty()
            && (called || made)
            && !key.iter().any(|it| matches!(it, Token::Name(word) if word == "if"))
        {
            // `'a' + 'b'` as a key: no template needs to make the names of what it is given
            self.unusual("makes the key of a subscript");
        }
    }

    /// Texts that are steps of Python's ladder, or become one when they are put together.
    fn texts(&mut self, tokens: &[Token]) {
        let mut run = String::new();
        for (at, token) in tokens.iter().enumerate() {
            let Token::Text(text) = token else {
                continue;
            };
            if is_step(text) {
                self.escapes(format!("writes `{text}` as a text"));
            }
            let text_at = |back: usize| {
                matches!(at.checked_sub(back).map(|at| &tokens[at]), Some(Token::Text(_)))
            };
            let mark = at >= 1 && matches!(tokens[at - 1], Token::Mark("~" | "+" | ","));
            let joined = text_at(1) || (mark && text_at(2));
            if !joined {
                run.clear();
            }
            if run.len() + text.len() < 4096 {
                run.push_str(text);
            }
            if joined && is_step(&run) {
                self.escapes(format!("puts `{run}` together"));
            }
            let reversed: String = text.chars().rev().collect();
            let turned = matches!(
                tokens.get(at + 1..),
                Some([Token::Mark("|"), Token::Name(name), ..]) if name == "reverse"
            ) || matches!(tokens.get(at + 1..), Some([Token::Mark("["), ..]));
            if turned && is_step(&reversed) {
                self.escapes(format!("turns `{text}` round"));
            }
            let filled = matches!(
                tokens.get(at + 1..),
                Some([Token::Mark("|" | "."), Token::Name(name), ..]) if name == "replace" || name == "format"
            ) || tokens.get(at + 1) == Some(&Token::Mark("%"));
            let bars = tokens.iter().any(|it| matches!(it, Token::Text(text) if is_bar(text)));
            let word = LADDER
                .iter()
                .any(|step| step.len() > 3 && text.to_ascii_lowercase().contains(step));
            if filled && bars && word {
                self.escapes(format!("makes a private name of `{text}`"));
            }
        }
    }
}

/// Whether a colon stands in it, outside of inner brackets.
fn is_slice(key: &[Token]) -> bool {
    let mut depth = 0u32;
    for token in key {
        match token {
            Token::Mark("(" | "[" | "{") => depth += 1,
            Token::Mark(")" | "]" | "}") => depth = depth.saturating_sub(1),
            Token::Mark(":") if depth == 0 => return true,
            _ => {}
        }
    }
    false
}

fn is_bar(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte == b'_')
}

/// `__class__` and its kin, whatever stands around.
fn is_step(text: &str) -> bool {
    LADDER.iter().any(|step| {
        text.split("__").any(|part| part == *step) && text.contains(&format!("__{step}"))
    })
}

/// Whether a bracket behind this token is a subscript.
fn is_value(before: Option<&Token>) -> bool {
    match before {
        Some(Token::Name(name)) => !KEYWORDS.contains(&name.as_str()),
        Some(Token::Text(_) | Token::Mark(")" | "]" | "}")) => true,
        _ => false,
    }
}

/// The tokens between a bracket at `at` and the one that closes it.
fn inside<'a>(tokens: &'a [Token], at: usize, open: &str, close: &str) -> &'a [Token] {
    let mut depth = 0;
    for (end, token) in tokens.iter().enumerate().skip(at) {
        match token {
            Token::Mark(mark) if *mark == open => depth += 1,
            Token::Mark(mark) if *mark == close => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &tokens[at + 1..end];
        }
    }
    tokens.get(at + 1..).unwrap_or(&[])
}
