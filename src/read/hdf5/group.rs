//! What a group links to: a table of symbols in a tree, or messages of the group itself.

use std::ops::Range;

use super::object::{File, Message, kind};
use crate::{
    facts::What,
    read::gathering::{NAME, escape},
};

/// Levels of a tree of symbols; each has 32 times the entries of the one below.
const LEVELS: u8 = 12;

/// A member of a group.
#[derive(Debug, PartialEq)]
pub(super) struct Link {
    pub(super) name: String,
    pub(super) target: Target,
}

/// Where a link leads.
#[derive(Debug, PartialEq)]
pub(super) enum Target {
    /// To the object whose header is there.
    Object(u64),
    /// To a path in this file: another name of something that has one.
    Soft,
    /// To an object of another file.
    File(String),
}

impl File<'_> {
    /// The members of the group with these messages; `None` where it is no group.
    pub(super) fn links(&self, messages: &[Message]) -> Option<Vec<Link>> {
        let mut links = None;
        for message in messages {
            let at = message.body.start;
            match message.kind {
                kind::SYMBOLS => {
                    let links = links.get_or_insert_with(Vec::new);
                    let tree = self.place(at);
                    let names = self.place(at + self.address_len).and_then(|heap| self.names(heap));
                    match tree.zip(names) {
                        Some((tree, names)) => self.tree(tree, &names, LEVELS, links),
                        None => self.invalid(at, "a group without a table of its members"),
                    }
                }
                kind::LINK => match self.link(message.body.clone()) {
                    Some(link) => links.get_or_insert_with(Vec::new).push(link),
                    None => self.invalid(at, "a link that cannot be followed"),
                },
                kind::LINK_INFO => {
                    let order = self.pages.byte(at + 1).is_some_and(|flags| flags & 1 != 0);
                    self.dense(at + if order { 10 } else { 2 }, links.get_or_insert_with(Vec::new));
                }
                _ => {}
            }
        }
        links
    }

    fn invalid(&self, at: u64, saying: &str) {
        self.pages.fault(What::HeaderInvalid, at, saying);
    }

    /// The bytes of a local heap, which holds names.
    fn names(&self, heap: u64) -> Option<Range<u64>> {
        if !self.says(heap, *b"HEAP") {
            return None;
        }
        let len = self.length(heap + 8)?;
        let start = self.place(heap + 8 + 2 * self.length_len)?;
        let end = start.checked_add(len)?.min(self.pages.len());
        Some(start..end)
    }

    /// A name in a local heap, up to its zero.
    fn name(&self, names: &Range<u64>, offset: u64) -> Option<String> {
        let start = names.start.checked_add(offset).filter(|start| *start < names.end)?;
        let bytes = self.pages.copy(start..names.end.min(start + NAME), NAME)?;
        let end = bytes.iter().position(|byte| *byte == 0)?;
        Some(String::from_utf8_lossy(&bytes[..end]).into_owned())
    }

    /// The symbols below one node of a tree. Each level is lower than the one above.
    fn tree(&self, node: u64, names: &Range<u64>, above: u8, links: &mut Vec<Link>) {
        if self.says(node, *b"SNOD") {
            return self.symbols(node, names, links);
        }
        let level = self.pages.byte(node + 5).filter(|level| *level < above);
        let known = self.says(node, *b"TREE") && self.pages.byte(node + 4) == Some(0);
        let (Some(level), Some(entries)) = (level.filter(|_| known), self.pages.u16(node + 6))
        else {
            return self.invalid(node, "no node of a group's tree here");
        };
        let first = node + 8 + 2 * self.address_len + self.length_len;
        for n in 0..u64::from(entries) {
            let at = first + n * (self.length_len + self.address_len);
            match self.place(at).filter(|_| self.step()) {
                Some(child) => self.tree(child, names, level, links),
                None => return self.invalid(at, "a group's tree that leads nowhere"),
            }
        }
    }

    fn symbols(&self, node: u64, names: &Range<u64>, links: &mut Vec<Link>) {
        let entry_len = 2 * self.address_len + 24;
        for n in 0..u64::from(self.pages.u16(node + 6).unwrap_or(0)) {
            let at = node + 8 + n * entry_len;
            let name =
                self.number(at, self.address_len).and_then(|offset| self.name(names, offset));
            let Some(name) = name.filter(|_| self.step()) else {
                return self.invalid(at, "a member of a group without a name");
            };
            let soft = self.pages.u32(at + 2 * self.address_len) == Some(2);
            let target = match self.place(at + self.address_len) {
                _ if soft => Target::Soft,
                Some(place) => Target::Object(place),
                None => {
                    self.invalid(at, "a member of a group that is not in the file");
                    continue;
                }
            };
            links.push(Link { name, target });
        }
    }

    /// A link that is a message.
    pub(super) fn link(&self, body: Range<u64>) -> Option<Link> {
        let flags = self.pages.byte(body.start + 1)?;
        let mut at = body.start + 2;
        let mut kind = 0;
        if flags & 8 != 0 {
            kind = self.pages.byte(at)?;
            at += 1;
        }
        at += if flags & 4 == 0 { 0 } else { 8 };
        at += u64::from(flags & 16 != 0);
        let width = 1 << (flags & 3);
        let len = self.number(at, width)?;
        at += width;
        let end = at.checked_add(len).filter(|end| *end <= body.end)?;
        let name = self.pages.text(at..end, NAME);
        let target = match kind {
            0 => Target::Object(self.place(end)?),
            64 => {
                let value = end + 3..body.end.min(end + 2 + u64::from(self.pages.u16(end)?));
                let paths = self.pages.text(value, NAME);
                Target::File(paths.split('\0').next().unwrap_or_default().to_owned())
            }
            _ => Target::Soft,
        };
        Some(Link { name, target })
    }
}

/// What to say of a link into another file, and how bad that is.
pub(super) fn foreign(path: &str) -> (What, String) {
    match escape(path) {
        Some(why) => (What::PathEscapes, format!("a link into the file `{path}`, {why}")),
        None => {
            (What::HeaderUnusual, format!("a link into the file `{path}`, which loaders follow"))
        }
    }
}
