//! What a pickle builds: a tree of values that may be shared and may be circular, held by number.

use std::{collections::HashMap, ops::Range};

use crate::facts::Global;

/// The most nodes that are kept of one pickle. What comes later is [`Value::Unknown`]; imports are
/// listed all the same.
const MOST_NODES: usize = 6 << 20;
/// The most bytes of text that are kept of one pickle.
const MOST_TEXT: usize = 256 << 20;
/// The most bytes that are kept of one text.
pub(super) const LONGEST_TEXT: u64 = 1 << 16;

/// A value on the stack: small, copied freely.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::read) enum Value {
    /// Not kept, or not known: a number past 64 bits, an out-of-band buffer.
    #[default]
    Unknown,
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(u32),
    /// Something imported, by its place among [`Values::globals`].
    Global(u32),
    /// What an extension code stands for.
    Extension(u32),
    Node(u32),
}

/// A value that holds others, or lies in the file.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::read) enum Node {
    Tuple(Vec<Value>),
    List(Vec<Value>),
    Set(Vec<Value>),
    /// In the order of the stream; a key may stand twice, and then the last one holds.
    Dict(Vec<(Value, Value)>),
    /// Bytes, where they lie: from the start of the file (or member).
    Bytes {
        start: u64,
        len: u64,
    },
    /// What the loader is asked for by an id of its own.
    Persistent(Value),
    /// The result of a call.
    Call(Box<Call>),
}

/// A call, and what was done to its result.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::read) struct Call {
    /// Where its opcode lies.
    pub(in crate::read) byte: u64,
    pub(in crate::read) opcode: &'static str,
    pub(in crate::read) callee: Value,
    /// A tuple, as a rule.
    pub(in crate::read) arguments: Value,
    /// What came after the call; `None` for the many calls where nothing did.
    pub(in crate::read) filled: Option<Box<Filled>>,
}

/// What was put into the result of a call.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::read) struct Filled {
    /// Keyword arguments, of `NEWOBJ_EX` alone.
    pub(in crate::read) keywords: Value,
    /// `SETITEM`, `SETITEMS`.
    pub(in crate::read) items: Vec<(Value, Value)>,
    /// `APPEND`, `APPENDS`, `ADDITEMS`.
    pub(in crate::read) appended: Vec<Value>,
    /// `BUILD`: the last one.
    pub(in crate::read) state: Value,
}

/// All values of one pickle.
#[derive(Debug, Default)]
pub(in crate::read) struct Values {
    nodes: Vec<Node>,
    texts: Vec<(u32, u32)>,
    pool: Vec<u8>,
    /// Every name that is imported, once.
    pub(in crate::read) globals: Vec<Global>,
    known: HashMap<(String, String), u32>,
    /// Whether something was not kept.
    pub(in crate::read) curtailed: bool,
}

impl Values {
    /// The node that `value` is, where it is one.
    pub(in crate::read) fn node(&self, value: Value) -> Option<&Node> {
        match value {
            Value::Node(at) => self.nodes.get(at as usize),
            _ => None,
        }
    }

    /// How many nodes there are: the size of a sensible budget for walking them.
    pub(in crate::read) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Every call, in the order of the stream.
    pub(in crate::read) fn calls(&self) -> impl Iterator<Item = &Call> {
        self.nodes.iter().filter_map(|node| match node {
            Node::Call(call) => Some(&**call),
            _ => None,
        })
    }

    /// Bytes that lie in the stream, where they lie.
    pub(super) fn all_bytes(&self) -> impl Iterator<Item = Range<u64>> {
        self.nodes.iter().filter_map(|node| match node {
            Node::Bytes { start, len } => Some(*start..start.saturating_add(*len)),
            _ => None,
        })
    }

    /// Texts that begin as pickles and archives do, each character a byte: how old protocols write
    /// bytes.
    pub(super) fn texts_of_bytes(&self) -> impl Iterator<Item = Vec<u8>> {
        const BEGINNINGS: &[&[u8]] = &[b"\xc2\x80", b"\x80", b"PK\x03\x04", b"\x1f\xc2\x8b"];
        self.texts.iter().filter_map(|&(start, end)| {
            let text = self.pool.get(start as usize..end as usize)?;
            let begins = text.len() > 6 && BEGINNINGS.iter().any(|it| text.starts_with(it));
            match begins.then(|| str::from_utf8(text))? {
                Ok(text) => super::carried::narrow(text),
                Err(_) => Some(text.to_vec()),
            }
        })
    }

    /// Whether an imported name stands among values, and not only where it is called.
    pub(super) fn is_handed_on(&self, global: u32) -> bool {
        let is = |value: &Value| *value == Value::Global(global);
        let pair = |(key, value): &(Value, Value)| is(key) || is(value);
        self.nodes.iter().any(|node| match node {
            Node::Tuple(items) | Node::List(items) | Node::Set(items) => items.iter().any(is),
            Node::Dict(entries) => entries.iter().any(pair),
            Node::Persistent(id) => is(id),
            Node::Bytes { .. } => false,
            Node::Call(call) => {
                let filled = |it: &Filled| {
                    it.items.iter().any(pair)
                        || it.appended.iter().any(is)
                        || is(&it.state)
                        || is(&it.keywords)
                };
                is(&call.arguments) || call.filled.as_deref().is_some_and(filled)
            }
        })
    }

    /// How many objects are asked for by an id.
    pub(in crate::read) fn persistent(&self) -> u64 {
        self.nodes.iter().filter(|node| matches!(node, Node::Persistent(_))).count() as u64
    }

    /// The text of a value, up to [`LONGEST_TEXT`]; bytes that are not UTF-8 as `U+FFFD`.
    pub(in crate::read) fn text(&self, value: Value) -> Option<String> {
        let Value::Text(at) = value else {
            return None;
        };
        let (start, end) = *self.texts.get(at as usize)?;
        let bytes = self.pool.get(start as usize..end as usize)?;
        Some(String::from_utf8_lossy(bytes).into_owned())
    }

    /// The imported name that a value is.
    pub(in crate::read) fn global(&self, value: Value) -> Option<&Global> {
        match value {
            Value::Global(at) => self.globals.get(at as usize),
            _ => None,
        }
    }

    /// The parts of a tuple or list; none of anything else.
    pub(in crate::read) fn items(&self, value: Value) -> &[Value] {
        match self.node(value) {
            Some(Node::Tuple(items) | Node::List(items)) => items,
            _ => &[],
        }
    }

    /// The entries of a dict, or of a call's result that was filled as one (an `OrderedDict`).
    pub(in crate::read) fn entries(&self, value: Value) -> &[(Value, Value)] {
        match self.node(value) {
            Some(Node::Dict(entries)) => entries,
            Some(Node::Call(call)) => call.filled.as_ref().map_or(&[], |filled| &filled.items),
            _ => &[],
        }
    }

    /// The value under a text key; the last one, as loaders take it.
    pub(in crate::read) fn get(&self, value: Value, key: &str) -> Option<Value> {
        let entries = self.entries(value).iter().rev();
        let is_key = |name: Value| self.text_is(name, key);
        entries.copied().find(|(name, _)| is_key(*name)).map(|(_, value)| value)
    }

    /// Whether a value is just this text.
    pub(in crate::read) fn text_is(&self, value: Value, text: &str) -> bool {
        let Value::Text(at) = value else {
            return false;
        };
        let range = self.texts.get(at as usize).map(|(start, end)| *start as usize..*end as usize);
        range.and_then(|range| self.pool.get(range)) == Some(text.as_bytes())
    }

    pub(super) fn add(&mut self, node: Node) -> Value {
        let at = self.nodes.len();
        match u32::try_from(at) {
            Ok(number) if at < MOST_NODES => {
                self.nodes.push(node);
                Value::Node(number)
            }
            _ => {
                self.curtailed = true;
                Value::Unknown
            }
        }
    }

    pub(super) fn add_text(&mut self, text: &[u8]) -> Value {
        let (start, end) = (self.pool.len(), self.pool.len() + text.len());
        let range = u32::try_from(start).ok().zip(u32::try_from(end).ok());
        match (range, u32::try_from(self.texts.len())) {
            (Some(range), Ok(number)) if end <= MOST_TEXT && self.texts.len() < MOST_NODES => {
                self.pool.extend(text);
                self.texts.push(range);
                Value::Text(number)
            }
            _ => {
                self.curtailed = true;
                Value::Unknown
            }
        }
    }

    pub(super) fn add_global(&mut self, module: String, name: String, byte: u64) -> Value {
        let next = u32::try_from(self.globals.len()).unwrap_or(u32::MAX);
        let at = *self.known.entry((module.clone(), name.clone())).or_insert(next);
        if at == next {
            self.globals.push(Global {
                module,
                name,
                byte,
                times: 0,
                calls: 0,
                handed_on: false,
            });
        }
        if let Some(global) = self.globals.get_mut(at as usize) {
            global.times += 1;
        }
        Value::Global(at)
    }

    /// A call; `globals` learns that it happened.
    pub(super) fn add_call(&mut self, call: Call) -> Value {
        if let Value::Global(at) = call.callee
            && let Some(global) = self.globals.get_mut(at as usize)
        {
            global.calls += 1;
        }
        self.add(Node::Call(Box::new(call)))
    }

    /// Puts entries into a dict or an object.
    pub(super) fn put(&mut self, into: Value, entries: &[Value]) {
        let pairs = entries.chunks_exact(2).map(|pair| (pair[0], pair[1]));
        match self.node_mut(into) {
            Some(Node::Dict(all)) => all.extend(pairs),
            Some(Node::Call(call)) => call.filled().items.extend(pairs),
            _ => {}
        }
    }

    /// Puts items at the end of a list, set or object.
    pub(super) fn append(&mut self, into: Value, items: &[Value]) {
        match self.node_mut(into) {
            Some(Node::List(all) | Node::Set(all)) => all.extend(items),
            Some(Node::Call(call)) => call.filled().appended.extend(items),
            _ => {}
        }
    }

    /// Gives an object its state; says whether it is one.
    pub(super) fn build(&mut self, object: Value, state: Value) -> bool {
        let Some(Node::Call(call)) = self.node_mut(object) else {
            return object == Value::Unknown;
        };
        call.filled().state = state;
        true
    }

    fn node_mut(&mut self, value: Value) -> Option<&mut Node> {
        match value {
            Value::Node(at) => self.nodes.get_mut(at as usize),
            _ => None,
        }
    }
}

impl Call {
    fn filled(&mut self) -> &mut Filled {
        self.filled.get_or_insert_default()
    }

    /// The state that `BUILD` gave it.
    pub(in crate::read) fn state(&self) -> Value {
        self.filled.as_ref().map_or(Value::Unknown, |filled| filled.state)
    }
}
