//! What pickles carry: bytes and texts in them that are pickles or archives themselves.

use std::ops::Range;

use super::{Ending, Node, Value, Values, Walk, is_opcode, machine::walk_plain};
use crate::{facts::Pickle, read::window::Window, source::Bytes};

/// Pickles in pickles are followed so deep.
const DEEPEST: u8 = 6;
/// Bytes that are looked into, of one pickle.
const MOST: usize = 4096;
/// Shorter ones hold nothing that is worth a look.
const SHORTEST: u64 = 6;

/// Bytes in a pickle that are something of their own: an archive, an array.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::read) enum Carried {
    /// Where they lie, from the start of the file (or member).
    There(Range<u64>),
    /// Written as text, each character a byte.
    Text(Vec<u8>),
}

/// The most that is kept of bytes that lie nowhere in the file as they are.
const KEPT: u64 = 16 << 20;

impl Carried {
    /// The same, from the start of the file, of a member that lies at `start` of it; a copy where the
    /// member was unpacked. `None` where that would be too long.
    pub(in crate::read) fn moved(self, member: &dyn Bytes, start: Option<u64>) -> Option<Self> {
        match (self, start) {
            (Self::There(range), Some(start)) => {
                Some(Self::There(start.checked_add(range.start)?..start.checked_add(range.end)?))
            }
            (Self::There(range), None) => {
                let short = range.end - range.start <= KEPT;
                short.then(|| member.read(range).ok().map(Self::Text))?
            }
            (text, _) => Some(text),
        }
    }
}

/// A walk as facts: the pickle itself, those that joblib wrote into its midst, what a loader without
/// joblib would read, and those in its bytes. Other things that it carries are handed back.
pub(in crate::read) fn told(
    bytes: &dyn Bytes,
    walk: &Walk,
    member: Option<&str>,
) -> (Vec<Pickle>, Vec<Carried>) {
    let (mut pickles, mut carried) = (Vec::new(), Vec::new());
    tell(bytes, walk, member, 0, &mut pickles, &mut carried);
    (pickles, carried)
}

fn tell(
    bytes: &dyn Bytes,
    walk: &Walk,
    member: Option<&str>,
    depth: u8,
    pickles: &mut Vec<Pickle>,
    carried: &mut Vec<Carried>,
) {
    pickles.push(walk.summary(member));
    for inner in &walk.inner {
        tell(bytes, inner, member, depth, pickles, carried);
    }
    if let Some(first) = walk.arrays.first() {
        // the same bytes once more, as opcodes: an array may be made to look like some
        let plain = walk_plain(bytes, walk.start);
        let names = |it: &crate::facts::Global| is_name(&it.module) && is_name(&it.name);
        // random elements seldom spell two names in two lines
        if plain.values.globals.iter().any(|it| it.byte >= first.start && names(it)) {
            pickles.push(plain.summary(member));
        }
    }
    if depth >= DEEPEST {
        return;
    }
    for (held, surely) in walk.values.held().take(MOST) {
        match held {
            Held::There(range) => {
                let Some(window) = Window::new(bytes, 0..range.end) else {
                    continue;
                };
                let head = window.read(range.start..range.end.min(range.start + 16));
                match kind(&head.unwrap_or_default(), surely) {
                    Kind::Pickle => {
                        let inner = super::walk(&window, range.start);
                        if surely || inner.is_one() {
                            tell(&window, &inner, member, depth + 1, pickles, carried);
                        }
                    }
                    Kind::Archive => carried.push(Carried::There(range)),
                    Kind::Nothing => {}
                }
            }
            Held::Text(text) => match kind(&text, surely) {
                Kind::Pickle => {
                    let inner = super::walk(&text, 0);
                    if surely || inner.is_one() {
                        tell(&text, &inner, member, depth + 1, pickles, carried);
                    }
                }
                Kind::Archive => carried.push(Carried::Text(text)),
                Kind::Nothing => {}
            },
        }
    }
}

/// Bytes that a pickle holds.
enum Held {
    There(Range<u64>),
    Text(Vec<u8>),
}

enum Kind {
    Pickle,
    Archive,
    Nothing,
}

fn kind(head: &[u8], surely: bool) -> Kind {
    const ARCHIVES: &[&[u8]] = &[
        b"PK\x03\x04",
        b"\x1f\x8b\x08",
        b"BZh",
        b"\xfd7zXZ\0",
        b"\x93NUMPY",
    ];
    match head {
        [0x80, 2..=5, next, ..] if is_opcode(*next) => Kind::Pickle,
        _ if ARCHIVES.iter().any(|magic| head.starts_with(magic)) => Kind::Archive,
        [first, ..] if surely && is_opcode(*first) => Kind::Pickle,
        _ => Kind::Nothing,
    }
}

/// Whether a text could be the name of a module or of something in it.
pub(in crate::read) fn is_name(text: &str) -> bool {
    let part = |part: &str| {
        let mut chars = part.chars();
        let head = chars.next().is_some_and(|c| c.is_alphabetic() || c == '_');
        head && chars.all(|c| c.is_alphanumeric() || c == '_')
    };
    text.len() < 512 && text.split('.').all(part)
}

impl Walk {
    /// Whether bytes that only look like a pickle are one: they end as one does, or import something
    /// whose name can be one.
    pub(in crate::read) fn is_one(&self) -> bool {
        let import =
            |global: &crate::facts::Global| is_name(&global.module) && is_name(&global.name);
        self.stopped.is_none() || self.values.globals.iter().any(import)
    }
}

impl Walk {
    /// Whether bytes that look like any text are a pickle: they call something that they import, or
    /// end as a pickle does and import something, or are sound for longer than chance would have it.
    pub(in crate::read) fn is_surely_one(&self) -> bool {
        let names = |it: &crate::facts::Global| is_name(&it.module) && is_name(&it.name);
        let mut imports = self.values.globals.iter().filter(|it| names(it));
        match self.ending {
            Ending::GivenUp => true,
            Ending::Whole => imports.next().is_some(),
            Ending::Broken | Ending::Short => imports.any(|it| it.calls > 0),
        }
    }
}

impl Values {
    /// Bytes and texts that may be pickles or archives, each with whether something that unpickles is
    /// called with them.
    fn held(&self) -> impl Iterator<Item = (Held, bool)> {
        let loaded = self.calls().filter(|call| self.loads(call.callee)).flat_map(|call| {
            self.items(call.arguments)
                .iter()
                .filter_map(|argument| Some((self.held_in(*argument)?, true)))
        });
        let bytes = self.all_bytes().filter(|range| range.end - range.start >= SHORTEST);
        let texts = self.texts_of_bytes();
        loaded
            .chain(bytes.map(|range| (Held::There(range), false)))
            .chain(texts.map(|text| (Held::Text(text), false)))
    }

    /// The bytes that a value is, or that the call that makes it is handed (`BytesIO(…)`, `encode(…)`).
    fn held_in(&self, value: Value) -> Option<Held> {
        match self.node(value) {
            Some(Node::Bytes { start, len }) => {
                Some(Held::There(*start..start.saturating_add(*len)))
            }
            Some(Node::Call(call)) => match self.items(call.arguments).first() {
                Some(inner)
                    if self.node(*inner).is_none_or(|it| matches!(it, Node::Bytes { .. })) =>
                {
                    self.held_in(*inner)
                }
                _ => None,
            },
            _ => Some(Held::Text(narrow(&self.text(value)?)?)),
        }
    }

    /// Whether what is called reads a pickle.
    fn loads(&self, callee: Value) -> bool {
        self.global(callee).is_some_and(|global| {
            matches!(global.name.as_str(), "_load_from_bytes" | "loads" | "load" | "_loads")
        })
    }
}

/// Each character as a byte; `None` where one is no byte.
pub(super) fn narrow(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect()
}
