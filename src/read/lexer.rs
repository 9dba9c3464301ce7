//! Takes source code apart into words and marks, comments and strings left out. One pass, no
//! memory but the place it stands at; any text at all comes to an end.

use memchr::{memchr, memchr3};

use crate::facts::Language;

/// A piece of code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A logical line begins, so many columns in; a tab counts as one.
    Start(usize),
    /// A name, a keyword, a number; in shell an argument or a path as well.
    Word(&'a str),
    /// Any other byte outside comments and strings.
    Mark(u8),
    /// A string, whatever is in it.
    Text,
}

/// The tokens of a text, each with its line from 1.
pub(super) struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    line: u32,
    language: Language,
    /// Open brackets: a Python line goes on while there are any.
    depth: usize,
    /// Whether a line has begun that no token of was given.
    fresh: bool,
    /// Where the line begins.
    line_at: usize,
    /// The end mark of a here-document that begins on the next line.
    document: Option<&'a str>,
    /// Classes of bytes that words of the language are made of.
    of_words: u8,
}

/// Part of a name in any language.
const NAME: u8 = 1;
/// Part of an argument in shell.
const ARGUMENT: u8 = 2;

/// What each byte may be part of: one look a byte.
static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0_u8;
    loop {
        if byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80 {
            classes[byte as usize] = NAME;
        } else if matches!(byte, b'-' | b'.' | b'/' | b'@' | b':' | b'+' | b'=') {
            classes[byte as usize] = ARGUMENT;
        }
        if byte == u8::MAX {
            break classes;
        }
        byte += 1;
    }
};

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str, language: Language) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            at: 0,
            line: 1,
            language,
            depth: 0,
            fresh: true,
            line_at: 0,
            document: None,
            of_words: match language {
                Language::Shell => NAME | ARGUMENT,
                Language::Python | Language::CLike => NAME,
            },
        }
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn starts(&self, with: &str) -> bool {
        self.rest().starts_with(with.as_bytes())
    }

    fn newline(&mut self) {
        self.at += 1;
        self.line = self.line.saturating_add(1);
        self.line_at = self.at;
        self.fresh = self.language != Language::Python || self.depth == 0;
        if let Some(end) = self.document.take() {
            self.skip_document(end);
        }
    }

    /// Past the lines of a here-document, the one that ends it included.
    fn skip_document(&mut self, end: &str) {
        while self.at < self.bytes.len() {
            let rest = self.bytes.get(self.at..).unwrap_or(&[]);
            let len = rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len());
            let line = self.text.get(self.at..self.at + len).unwrap_or("");
            self.at = (self.at + len + 1).min(self.bytes.len());
            self.line = self.line.saturating_add(1);
            if line.trim() == end {
                break;
            }
        }
        self.line_at = self.at;
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn skip_line(&mut self) {
        let rest = self.rest();
        self.at += memchr(b'\n', rest).unwrap_or(rest.len());
    }

    /// Past the closing `end`, or the end of the line where the string may not span lines.
    fn skip_string(&mut self, end: &str, spans: bool, escapes: bool) {
        self.at += end.len();
        let last = end.as_bytes().last().copied().unwrap_or(b'\n');
        while let Some(next) = memchr3(b'\\', b'\n', last, self.rest()) {
            self.at += next;
            match self.peek(0) {
                b'\\' if escapes => {
                    if self.peek(1) == b'\n' {
                        self.line = self.line.saturating_add(1);
                    }
                    self.at += 2;
                    continue;
                }
                b'\n' if !spans => return,
                b'\n' => self.line = self.line.saturating_add(1),
                _ if self.starts(end) => {
                    self.at += end.len();
                    return;
                }
                _ => {}
            }
            self.at += 1;
        }
        self.at = self.bytes.len();
    }

    /// Past `*/`.
    fn skip_block(&mut self) {
        self.at += 2;
        while self.at < self.bytes.len() && !self.starts("*/") {
            if self.peek(0) == b'\n' {
                self.line = self.line.saturating_add(1);
            }
            self.at += 1;
        }
        self.at = (self.at + 2).min(self.bytes.len());
    }

    fn comment_here(&self) -> bool {
        match self.language {
            Language::Python => self.peek(0) == b'#',
            Language::Shell => {
                let before = self.at.checked_sub(1).and_then(|at| self.bytes.get(at));
                self.peek(0) == b'#' && before.is_none_or(|b| b.is_ascii_whitespace() || *b == b';')
            }
            Language::CLike => self.starts("//"),
        }
    }

    fn of_word(&self, byte: u8) -> bool {
        CLASSES[usize::from(byte)] & self.of_words != 0
    }

    fn string(&mut self) -> bool {
        let quote = self.peek(0);
        match (self.language, quote) {
            (Language::Python, b'"' | b'\'') => {
                let triple = if quote == b'"' { "\"\"\"" } else { "'''" };
                if self.starts(triple) {
                    self.skip_string(triple, true, true);
                } else {
                    self.skip_string(&triple[..1], false, true);
                }
            }
            (Language::Shell, b'\'') => self.skip_string("'", true, false),
            (Language::Shell, b'"') => self.skip_string("\"", true, true),
            (Language::CLike, b'"') => self.skip_string("\"", false, true),
            (Language::CLike, b'`') => self.skip_string("`", true, true),
            // A character, not the mark of a lifetime.
            (Language::CLike, b'\'') if self.peek(1) == b'\\' || self.peek(2) == b'\'' => {
                self.skip_string("'", false, true);
            }
            _ => return false,
        }
        true
    }

    fn word(&mut self) -> &'a str {
        let from = self.at;
        let rest = self.rest();
        self.at += rest.iter().position(|byte| !self.of_word(*byte)).unwrap_or(rest.len());
        self.text.get(from..self.at).unwrap_or("")
    }
}

impl<'a> Iterator for Lexer<'a> {
    type Item = (u32, Token<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let byte = loop {
            let byte = *self.bytes.get(self.at)?;
            match byte {
                b'\n' => self.newline(),
                b'\\' if self.peek(1) == b'\n' || self.starts("\\\r\n") => {
                    self.at += if self.peek(1) == b'\n' { 2 } else { 3 };
                    self.line = self.line.saturating_add(1);
                }
                _ if byte.is_ascii_whitespace() => {
                    let rest = self.rest();
                    let blank = |byte: &u8| *byte != b'\n' && byte.is_ascii_whitespace();
                    self.at += rest.iter().position(|byte| !blank(byte)).unwrap_or(rest.len());
                }
                b'#' | b'/' if self.comment_here() => self.skip_line(),
                b'/' if self.language == Language::CLike && self.starts("/*") => self.skip_block(),
                _ => break byte,
            }
        };
        if self.fresh {
            self.fresh = false;
            let indent = self.at.saturating_sub(self.line_at);
            if indent == 0 {
                self.depth = 0; // nothing that is still open goes on from the left edge
            }
            return Some((self.line, Token::Start(indent)));
        }
        let line = self.line;
        if matches!(byte, b'"' | b'\'' | b'`') && self.string() {
            return Some((line, Token::Text));
        }
        if self.of_word(byte) {
            let word = self.word();
            let prefix = self.language == Language::Python && word.len() <= 2;
            let quoted = matches!(self.peek(0), b'"' | b'\'');
            if prefix && quoted && word.bytes().all(|b| b"rRbBfFuUtT".contains(&b)) {
                self.string();
                return Some((line, Token::Text));
            }
            return Some((line, Token::Word(word)));
        }
        if self.language == Language::Shell && self.starts("<<") && !self.starts("<<<") {
            self.at += 2;
            while matches!(self.peek(0), b'-' | b' ' | b'\'' | b'"' | b'\\' | b'~') {
                self.at += 1;
            }
            let from = self.at;
            while self.peek(0).is_ascii_alphanumeric() || self.peek(0) == b'_' {
                self.at += 1;
            }
            let end = self.text.get(from..self.at).filter(|end| !end.is_empty());
            if matches!(self.peek(0), b'\'' | b'"') {
                self.at += 1;
            }
            self.document = end;
            return Some((line, Token::Mark(b'<')));
        }
        match byte {
            b'(' | b'[' | b'{' => self.depth += 1,
            b')' | b']' | b'}' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        self.at += 1;
        Some((line, Token::Mark(byte)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn comments_and_strings_are_left_out() {
        check(
            Language::Python,
            "a # b\nc = 'd' + f\"e\" + '''f\ng''' # h\ni",
            "a c = \" + \" + \" i",
        );
        check(Language::Python, "x = 'it\\'s' ; y", "x = \" ; y");
        check(Language::Python, "x = 'open\ny", "x = \" y");
        check(
            Language::Shell,
            "run.sh --lr 1e-5 # no\necho 'a\nb' x#y",
            "run.sh --lr 1e-5 echo \" x # y",
        );
        check(Language::Shell, "cat <<'EOF' > a\ntrain --lr 1\nEOF\nls", "cat < > a ls");
        check(
            Language::CLike,
            "f(); // g\n/* h\n i */ j(\"k\", 'l', 'm');",
            "f ( ) ; j ( \" , \" , \" ) ;",
        );
        check(Language::CLike, "fn a<'b>(c: &'b str)", "fn a < ' b > ( c : & ' b str )");
    }

    #[track_caller]
    fn check(language: Language, text: &str, tokens: &str) {
        let told = Lexer::new(text, language).filter_map(|(_, token)| match token {
            Token::Start(_) => None,
            Token::Word(word) => Some(word.to_owned()),
            Token::Mark(mark) => Some(char::from(mark).to_string()),
            Token::Text => Some("\"".to_owned()),
        });
        assert_eq!(told.collect::<Vec<_>>().join(" "), tokens);
    }

    #[test]
    fn lines_begin_outside_brackets() {
        let text = "a(\n  b,\n)\n  c\n\"\"\"d\ne\"\"\"\nf";
        let starts = Lexer::new(text, Language::Python)
            .filter_map(|(line, token)| match token {
                Token::Start(indent) => Some((line, indent)),
                _ => None,
            })
            .collect::<Vec<_>>();
        assert_eq!(starts, [(1, 0), (4, 2), (5, 0), (7, 0)]);
    }

    proptest! {
        #[test]
        fn any_text_comes_to_an_end(text in "\\PC*|[\"'`#/*\\\\\n<a-c() -]*") {
            for language in [Language::Python, Language::Shell, Language::CLike] {
                let lexer = Lexer::new(&text, language);
                prop_assert!(lexer.count() <= 2 * text.len() + 1);
            }
        }
    }
}
