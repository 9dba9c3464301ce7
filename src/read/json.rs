//! JSON as a tree with the line of every value. `serde_json` keeps no lines, folds a key that
//! stands twice into one, and gives up with all it has at the first fault; this reader keeps what
//! stands before it.

use crate::{
    facts::{Config, Node, Oddity, What, Yaml},
    words::Place,
};

/// Values may nest this deep.
const DEEPEST: usize = 128;

/// What a reading gave.
#[derive(Debug)]
pub(crate) struct Json {
    /// The document; of a broken one, what stands before the fault.
    pub(crate) root: Node,
    /// Where it is broken, from 1, and how.
    pub(crate) fault: Option<(u32, String)>,
    /// Keys that stand twice in one object, with the line of the later.
    pub(crate) twice: Vec<(u32, String)>,
}

/// Reads a configuration file, with what is wrong with it.
pub(super) fn config(path: &str, text: &str) -> (Config, Vec<Oddity>) {
    let Json { root, fault, twice } = read(text);
    let odd = |line, saying| Oddity::new(What::ConfigInvalid, Place::file(path).line(line), saying);
    let broken = fault.map(|(line, fault)| odd(line, format!("is not valid JSON: {fault}")));
    let twice = twice.into_iter().map(|(line, key)| {
        let it = odd(line, format!("has the key `{key}` twice; readers differ on which they take"));
        Oddity { at: it.at.key(key), ..it }
    });
    (Config { root }, broken.into_iter().chain(twice).collect())
}

/// Reads a JSON document.
pub(crate) fn read(text: &str) -> Json {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader {
        text,
        at: 0,
        line: 1,
        fault: None,
        twice: Vec::new(),
    };
    let root = reader.value(0);
    if reader.fault.is_none() {
        reader.space();
        if reader.at < text.len() {
            reader.fail("more text after the end of the document");
        }
    }
    Json {
        root,
        fault: reader.fault,
        twice: reader.twice,
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    line: u32,
    fault: Option<(u32, String)>,
    twice: Vec<(u32, String)>,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while let Some(byte @ (b' ' | b'\t' | b'\r' | b'\n')) = self.peek() {
            self.line = self.line.saturating_add(u32::from(byte == b'\n'));
            self.at += 1;
        }
    }

    fn fail(&mut self, reason: &str) {
        let line = self.line;
        self.fault.get_or_insert_with(|| (line, reason.to_owned()));
    }

    /// Takes `byte` if it comes next.
    fn takes(&mut self, byte: u8) -> bool {
        let next = self.peek() == Some(byte);
        self.at += usize::from(next);
        next
    }

    fn value(&mut self, depth: usize) -> Node {
        self.space();
        let line = self.line;
        let value = match self.peek() {
            _ if depth > DEEPEST => self.null("values nest too deep"),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.list(depth),
            Some(b'"') => Yaml::Quoted(self.string()),
            Some(_) => self.plain(),
            None => self.null("the document ends in the middle"),
        };
        Node { line, value }
    }

    fn null(&mut self, reason: &str) -> Yaml {
        self.fail(reason);
        Yaml::Null
    }

    fn object(&mut self, depth: usize) -> Yaml {
        self.at += 1;
        let mut entries: Vec<(String, Node)> = Vec::new();
        let mut known = std::collections::BTreeSet::new();
        self.space();
        if self.takes(b'}') {
            return Yaml::Map(entries);
        }
        loop {
            self.space();
            let line = self.line;
            if self.peek() != Some(b'"') {
                self.fail("a key in quotes is missing");
                return Yaml::Map(entries);
            }
            let key = self.string();
            self.space();
            if !self.takes(b':') {
                self.fail("a colon after a key is missing");
                return Yaml::Map(entries);
            }
            let value = self.value(depth + 1).value;
            if !known.insert(key.clone()) {
                self.twice.push((line, key.clone()));
            }
            entries.push((key, Node { line, value }));
            self.space();
            match self.peek() {
                _ if self.fault.is_some() => return Yaml::Map(entries),
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Yaml::Map(entries);
                }
                _ => {
                    self.fail("a comma or the end of an object is missing");
                    return Yaml::Map(entries);
                }
            }
        }
    }

    fn list(&mut self, depth: usize) -> Yaml {
        self.at += 1;
        let mut items = Vec::new();
        self.space();
        if self.takes(b']') {
            return Yaml::List(items);
        }
        loop {
            items.push(self.value(depth + 1));
            self.space();
            match self.peek() {
                _ if self.fault.is_some() => return Yaml::List(items),
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Yaml::List(items);
                }
                _ => {
                    self.fail("a comma or the end of a list is missing");
                    return Yaml::List(items);
                }
            }
        }
    }

    /// A string, its quotes included; escapes are left to `serde_json`.
    fn string(&mut self) -> String {
        let start = self.at;
        self.at += 1;
        let mut escaped = false;
        loop {
            match self.peek() {
                None => {
                    self.fail("a string has no end");
                    break;
                }
                Some(b'\\') => {
                    escaped = true;
                    self.at += 2;
                }
                Some(b'"') => {
                    self.at += 1;
                    break;
                }
                Some(byte) => {
                    self.line = self.line.saturating_add(u32::from(byte == b'\n'));
                    self.at += 1;
                }
            }
        }
        let written = self.text.get(start..self.at.min(self.text.len())).unwrap_or_default();
        let inner = written.strip_prefix('"').unwrap_or(written);
        let inner = inner.strip_suffix('"').unwrap_or(inner);
        if !escaped {
            return inner.to_owned();
        }
        serde_json::from_str(written).unwrap_or_else(|_| {
            self.fail("a string has an escape that means nothing");
            inner.to_owned()
        })
    }

    fn plain(&mut self) -> Yaml {
        let rest = &self.text[self.at..];
        let end = rest.find([',', ']', '}', ' ', '\t', '\r', '\n', '"', ':', '{', '[']);
        let word = &rest[..end.unwrap_or(rest.len())];
        self.at += word.len();
        match word {
            "null" => Yaml::Null,
            "true" | "false" | "NaN" | "Infinity" | "-Infinity" => Yaml::Plain(word.to_owned()),
            _ if serde_json::from_str::<serde_json::Number>(word).is_ok() => {
                Yaml::Plain(word.to_owned())
            }
            _ => self.null("a value is missing or not one of JSON's"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_lines() {
        let json = read("{\n  \"a\": [1,\n 2],\n  \"b\": {\"c\": \"x\\u0041\"}\n}");
        assert_eq!(json.fault, None);
        assert_eq!(json.root.at("a").unwrap().line, 2);
        assert_eq!(json.root.at("a").unwrap().items()[1].line, 3);
        assert_eq!(json.root.at("b.c").unwrap().line, 4);
        assert_eq!(json.root.at("b.c").unwrap().text(), Some("xA"));
    }

    #[test]
    fn what_stands_before_a_fault_is_kept() {
        check("{\"a\": 1, \"b\": ", 1, "the document ends in the middle");
        check("{\"a\": 1,\n}", 2, "a key in quotes is missing");
        check("{\"a\": 1} x", 1, "more text after the end of the document");
        check("{\"a\": 1, \"b\": yes}", 1, "a value is missing or not one of JSON's");
        check("{\"a\": 1, \"b\": \"\\x\"}", 1, "a string has an escape that means nothing");
        check("{\"a\": 1, \"b", 1, "a string has no end");
    }

    #[track_caller]
    fn check(text: &str, line: u32, reason: &str) {
        let json = read(text);
        assert_eq!(json.root.at("a").and_then(Node::number), Some(1));
        assert_eq!(json.fault, Some((line, reason.to_owned())));
    }

    #[test]
    fn keys_that_stand_twice_are_told_and_the_last_is_taken() {
        let json = read("{\"a\": 1,\n\"a\": 2}");
        assert_eq!(json.twice, [(2, "a".to_owned())]);
        assert_eq!(json.root.at("a").unwrap().number(), Some(2));
    }

    #[test]
    fn depth_is_bounded() {
        let json = read(&"[".repeat(100_000));
        assert_eq!(json.fault.unwrap().1, "values nest too deep");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in ".*") {
            let _ = read(&text);
        }

        #[test]
        fn what_serde_reads_is_read_without_fault(text in r#"[\[\]{}",:0-9a-z\\ \n-]{0,40}"#) {
            if serde_json::from_str::<serde_json::Value>(&text).is_ok() {
                proptest::prop_assert_eq!(read(&text).fault, None);
            }
        }
    }
}
