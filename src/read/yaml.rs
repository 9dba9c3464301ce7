//! YAML as a tree of values with their lines. Nothing is resolved: `no` stays `no`, an alias stays
//! `*name`, a key that stands twice is there twice. What comes before a fault is kept, and so is
//! what comes after it, from the next key at the left edge on.

use std::{mem, str::Chars};

use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};

use crate::facts::{Config, Node, Oddity, What, Yaml};
use crate::words::Place;

/// Bytes of a document that are read.
pub const MOST_BYTES: usize = 2 << 20;
/// Values in a document that are kept.
const MOST_NODES: usize = 200_000;
/// Lists and maps within one another that are kept.
const MOST_DEPTH: usize = 64;
/// Faults after which the rest is left unread.
const MOST_FAULTS: usize = 8;

/// What was read of a document, and what was wrong with it.
#[derive(Debug)]
pub struct Parsed {
    /// The document; null where it holds nothing.
    pub root: Node,
    /// What was wrong, by line.
    pub faults: Vec<Fault>,
}

/// Something wrong with a document.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    /// Counted from 1 in the file.
    pub line: u32,
    /// A clause.
    pub saying: String,
}

/// Reads a configuration file; a second document in it is told and not read.
pub fn config(path: &str, text: &str) -> (Config, Vec<Oddity>) {
    let Parsed { root, faults } = parse(text, 1);
    let odd =
        |it: Fault| Oddity::new(What::ConfigInvalid, Place::file(path).line(it.line), it.saying);
    (Config { root }, faults.into_iter().map(odd).collect())
}

/// Reads a document that begins on `first_line` of its file, counted from 1.
pub fn parse(text: &str, first_line: u32) -> Parsed {
    let whole = text;
    let text = head(whole, MOST_BYTES);
    let mut builder = Builder::default();
    let (mut rest, mut line) = (text, first_line);
    loop {
        let before = builder.faults.len();
        builder.top = line;
        let stopped = pass(&mut builder, rest, line);
        let Some(stopped) = stopped else { break };
        let begun = builder.top.max(if builder.keys { 0 } else { stopped.line });
        let (refusals, worth_it) = (builder.refusals, builder.keys || builder.root.is_none());
        builder.faults.insert(before, stopped);
        builder.refusals += 1;
        let next = next_key(rest, line, begun);
        match next {
            Some(next) if worth_it && refusals < MOST_FAULTS && !builder.full() => {
                (rest, line) = next;
            }
            _ => break,
        }
    }
    if text.len() < whole.len() {
        let saying = format!("{} bytes of YAML, the first {MOST_BYTES} are read", whole.len());
        builder.faults.push(Fault { line: first_line, saying });
    }
    if builder.full() {
        let saying = format!("more than {MOST_NODES} values, the first are read");
        builder.faults.push(Fault { line: first_line, saying });
    }
    let null = Node { line: first_line, value: Yaml::Null };
    let mut faults = builder.faults;
    faults.sort_by_key(|fault| fault.line);
    Parsed {
        root: builder.root.unwrap_or(null),
        faults,
    }
}

/// The first `most` bytes of a text, or fewer where a character would be cut.
pub(super) fn head(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    &text[..end.unwrap_or(0)]
}

/// Runs the parser over `text` and gives what stopped it.
fn pass(builder: &mut Builder, text: &str, first_line: u32) -> Option<Fault> {
    let shift = first_line.saturating_sub(1);
    let mut parser = Parser::new_from_str(text);
    let mut names = Cursor { chars: text.chars(), at: 0 };
    let mut documents = 0;
    let mut stopped = None;
    while let Some(event) = parser.next_event() {
        let (event, span) = match event {
            Ok(event) => event,
            Err(error) => {
                let line = line(error.marker().line()) + shift;
                stopped = Some(Fault {
                    line,
                    saying: format!("not valid YAML: {}", error.info()),
                });
                break;
            }
        };
        if matches!(event, Event::DocumentStart(_)) {
            documents += 1;
        }
        if documents > 1 {
            let at = line(span.start.line()) + shift;
            builder.fault(at, "a second document begins here, only the first is read".into());
            break;
        }
        if builder.full() || event == Event::StreamEnd {
            break;
        }
        let at = line(span.start.line()) + shift;
        builder.take(event, at, || names.name(span));
    }
    builder.close();
    stopped
}

fn line(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}

/// The text from the first line after `begun` that has a key at its left edge, and that line.
fn next_key(text: &str, first_line: u32, begun: u32) -> Option<(&str, u32)> {
    let mut at = 0;
    for (line, here) in (first_line..).zip(text.split_inclusive('\n')) {
        let key = here.split_once(':').is_some_and(|(key, value)| {
            key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b))
                && value.starts_with(char::is_whitespace)
        });
        if line > begun && key {
            return Some((&text[at..], line));
        }
        at += here.len();
    }
    None
}

/// Finds the text of aliases; they come in the order of the document, so that one walk suffices.
struct Cursor<'a> {
    chars: Chars<'a>,
    at: usize,
}

impl Cursor<'_> {
    /// `*name`, as it stands at the start of `span`.
    fn name(&mut self, span: Span) -> String {
        let start = span.start.index();
        if let Some(skip) = start.checked_sub(self.at).filter(|skip| *skip > 0) {
            self.chars.by_ref().take(skip).for_each(drop);
            self.at = start;
        }
        let written = self.chars.clone().take(span.len().min(80));
        let name: String = written.take_while(|c| !c.is_whitespace()).collect();
        if name.starts_with('*') {
            name
        } else {
            "*".into()
        }
    }
}

/// A list or map that is not closed yet.
enum Open {
    List {
        line: u32,
        items: Vec<Node>,
    },
    Map {
        line: u32,
        entries: Vec<(String, Node)>,
        key: Option<(String, u32)>,
    },
}

/// Puts the tree together from the parser's events.
#[derive(Default)]
struct Builder {
    root: Option<Node>,
    open: Vec<Open>,
    faults: Vec<Fault>,
    /// Faults that stopped the parser.
    refusals: usize,
    /// Values so far.
    nodes: usize,
    /// Lists and maps open below the deepest one kept.
    too_deep: usize,
    /// The line of the last key of the root.
    top: u32,
    /// Whether the root has keys.
    keys: bool,
}

impl Builder {
    fn full(&self) -> bool {
        self.nodes >= MOST_NODES
    }

    fn fault(&mut self, line: u32, saying: String) {
        if self.faults.len() < 2 * MOST_FAULTS {
            self.faults.push(Fault { line, saying });
        }
    }

    fn take(&mut self, event: Event, line: u32, alias: impl FnOnce() -> String) {
        match event {
            Event::Scalar(text, style, _, tag) => {
                self.tagged(tag.as_deref(), line);
                self.put(line, scalar(text.into_owned(), style));
            }
            Event::Alias(_) => self.put(line, Yaml::Plain(alias())),
            Event::SequenceStart(_, tag) => {
                self.tagged(tag.as_deref(), line);
                self.begin(line, Open::List { line, items: Vec::new() });
            }
            Event::MappingStart(_, tag) => {
                self.tagged(tag.as_deref(), line);
                self.begin(line, Open::Map { line, entries: Vec::new(), key: None });
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            _ => {}
        }
    }

    /// Notes a tag that asks a loader for more than plain data.
    fn tagged(&mut self, tag: Option<&Tag>, line: u32) {
        let Some(tag) = tag else { return };
        let plain = [
            "str",
            "int",
            "float",
            "bool",
            "null",
            "seq",
            "map",
            "timestamp",
            "binary",
        ];
        // HyperPyYAML's own, whose loader is never the plain one; what they call is told elsewhere
        let own = [
            "new:",
            "apply",
            "name:",
            "module:",
            "ref",
            "copy",
            "include:",
            "tuple",
            "PLACEHOLDER",
        ];
        let local = !tag.is_yaml_core_schema() && tag.handle == "!";
        if local && own.iter().any(|it| tag.suffix.starts_with(it)) {
            return;
        }
        if !tag.is_yaml_core_schema() || !plain.contains(&tag.suffix.as_str()) {
            let name = tag.to_string().replacen("tag:yaml.org,2002:!", "!!", 1);
            self.fault(line, format!("the tag {name} asks a loader to make an object"));
        }
    }

    fn begin(&mut self, line: u32, open: Open) {
        if self.too_deep > 0 || self.open.len() >= MOST_DEPTH {
            if self.too_deep == 0 {
                self.fault(
                    line,
                    format!("nested deeper than {MOST_DEPTH}, what lies deeper is left out"),
                );
            }
            self.too_deep += 1;
        } else {
            self.open.push(open);
        }
    }

    fn end(&mut self) {
        if self.too_deep > 0 {
            self.too_deep -= 1;
            if self.too_deep == 0 {
                self.put(0, Yaml::Plain("…".into()));
            }
            return;
        }
        match self.open.pop() {
            Some(Open::List { line, items }) => self.put(line, Yaml::List(items)),
            Some(Open::Map { line, mut entries, key }) => {
                if let Some((key, line)) = key {
                    entries.push((key, Node { line, value: Yaml::Null }));
                }
                self.put(line, Yaml::Map(entries));
            }
            None => {}
        }
    }

    /// Closes what a fault left open.
    fn close(&mut self) {
        self.too_deep = 0;
        while !self.open.is_empty() {
            self.end();
        }
    }

    fn put(&mut self, line: u32, value: Yaml) {
        if self.too_deep > 0 {
            return;
        }
        self.nodes += 1;
        let depth = self.open.len();
        match self.open.last_mut() {
            Some(Open::List { items, .. }) => items.push(Node { line, value }),
            Some(Open::Map { entries, key, .. }) => {
                if let Some((name, line)) = key.take() {
                    entries.push((name, Node { line, value }));
                    return;
                }
                *key = Some((name(value), line));
                if depth == 1 {
                    self.top = line;
                    self.keys = true;
                }
            }
            None => self.put_root(Node { line, value }),
        }
    }

    /// The root itself, or what a second pass read of it after a fault.
    fn put_root(&mut self, node: Node) {
        match (&mut self.root, node.value) {
            (Some(Node { value: Yaml::Map(entries), .. }), Yaml::Map(more)) => {
                entries.extend(more);
            }
            (Some(_), _) => {}
            (root @ None, value) => *root = Some(Node { line: node.line, value }),
        }
    }
}

fn scalar(text: String, style: ScalarStyle) -> Yaml {
    match style {
        ScalarStyle::Plain if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL") => {
            Yaml::Null
        }
        ScalarStyle::Plain => Yaml::Plain(text),
        _ => Yaml::Quoted(text),
    }
}

/// A key as text; collections can be keys, and are only shown to be there.
fn name(mut value: Yaml) -> String {
    match &mut value {
        Yaml::Null => "null".into(),
        Yaml::Plain(text) | Yaml::Quoted(text) => mem::take(text),
        Yaml::List(_) => "[…]".into(),
        Yaml::Map(_) => "{…}".into(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_stay_as_written() {
        check("license: no", "{license: no}", &[]);
        check(
            "a: 1e-5\nb: 0x10\nc: 'no'\nd: ~\ne:",
            "{a: 1e-5, b: 0x10, c: \"no\", d: ~, e: ~}",
            &[],
        );
        check("a: [b, {c: d}]", "{a: [b, {c: d}]}", &[]);
        check("a: |\n  b\n  c\n", "{a: \"b\\nc\\n\"}", &[]);
        check("a: 1\na: 2", "{a: 1, a: 2}", &[]);
        check("# a: 1\nb: 2", "{b: 2}", &[]);
        check("", "~", &[]);
        check("[a, b]: c", "{[…]: c}", &[]);
        check("base: &b {x: 1}\nc: *b\n<<: *b", "{base: {x: 1}, c: *b, <<: *b}", &[]);
        check("é: &b 1\nc: [*b, *b]", "{é: 1, c: [*b, *b]}", &[]);
    }

    #[test]
    fn what_surrounds_a_fault_is_kept() {
        let colon = "mapping values are not allowed in this context";
        let said = format!("2 not valid YAML: {colon}");
        check("a: 1\nb: c: d\nlicense: mit", "{a: 1, b: c, license: mit}", &[&said]);
        let quote = "1 not valid YAML: invalid indentation in quoted scalar";
        check("a: \"x\nlicense: mit\nb: c\n", "{a: ~, license: mit, b: c}", &[quote]);
        let flow = "2 not valid YAML: illegal placement of ':' indicator";
        check("a: [x\nlicense: mit\nb: c\n", "{a: [], license: mit, b: c}", &[flow]);
        let alias = "1 not valid YAML: while parsing node, found unknown anchor";
        check("a: *x\nb: 1", "{a: ~, b: 1}", &[alias]);
    }

    #[test]
    fn what_asks_for_more_than_data_is_told() {
        let tag = "1 the tag !!python/object/apply:os.system asks a loader to make an object";
        check("a: !!python/object/apply:os.system [ls]", "{a: [ls]}", &[tag]);
        check("a: !!str 1", "{a: 1}", &[]);
        let second = "2 a second document begins here, only the first is read";
        check("a: 1\n---\nb: 2", "{a: 1}", &[second]);
    }

    #[test]
    fn lines_count_in_the_file() {
        let root = parse("a: 1\nb:\n  - c\n  - d: e\n", 10).root;
        assert_eq!(root.line, 10);
        assert_eq!(root.get("b").unwrap().line, 11);
        assert_eq!(root.get("b").unwrap().items()[1].line, 13);
    }

    #[test]
    fn depth_size_and_aliases_are_bounded() {
        let deep = parse(&"[".repeat(100_000), 1);
        assert!(!deep.faults.is_empty());
        let deep = parse(&format!("a: {}1{}\nb: 2", "[".repeat(200), "]".repeat(200)), 1);
        assert_eq!(deep.root.get("b").unwrap().number(), Some(2));
        let blocks: String = (0..300).map(|depth| "  ".repeat(depth) + "k:\n").collect();
        assert!(parse(&blocks, 1).faults[0].saying.starts_with("nested deeper than 64"));
        let many = parse(&"- a\n".repeat(MOST_NODES + 10), 1);
        assert_eq!(many.root.items().len(), MOST_NODES);
        assert!(many.faults[0].saying.starts_with("more than 200000 values"));
        let long = parse(&format!("a: {}", "x".repeat(MOST_BYTES)), 1);
        assert_eq!(long.faults[0].saying, "2097155 bytes of YAML, the first 2097152 are read");
        let twice = |i: u32| format!("a{i}: &a{i} [*a{}, *a{}]", i - 1, i - 1);
        let bomb: Vec<String> = (1..50).map(twice).collect();
        let parsed = parse(&format!("a0: &a0 [x, x]\n{}", bomb.join("\n")), 1);
        assert_eq!(parsed.root.entries().len(), 50);
    }

    #[test]
    fn a_hundred_faults_end_after_a_few() {
        let parsed = parse(&"a: b: c\n".repeat(100), 1);
        assert_eq!(parsed.faults.len(), MOST_FAULTS + 1);
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in "[ -~\n\t\u{e9}]{0,200}") {
            parse(&text, 1);
        }

        #[test]
        fn any_marks_are_survived(text in "[\\-\\[\\]{}:,?&*!|>'\"%@` \n\tab#0~.]{0,120}") {
            parse(&text, 1);
        }
    }

    #[track_caller]
    fn check(text: &str, shown: &str, faults: &[&str]) {
        let parsed = parse(text, 1);
        assert_eq!(show(&parsed.root), shown);
        let said: Vec<String> =
            parsed.faults.iter().map(|fault| format!("{} {}", fault.line, fault.saying)).collect();
        assert_eq!(said, faults);
    }

    fn show(node: &Node) -> String {
        match &node.value {
            Yaml::Null => "~".into(),
            Yaml::Plain(text) => text.clone(),
            Yaml::Quoted(text) => format!("{text:?}"),
            Yaml::List(items) => {
                format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(", "))
            }
            Yaml::Map(entries) => {
                let entries = entries.iter().map(|(key, node)| format!("{key}: {}", show(node)));
                format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
            }
        }
    }
}
