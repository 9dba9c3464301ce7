//! Links that are too many for their group: messages in a fractal heap, found by a tree of records.

use super::{group::Link, object::File};
use crate::facts::What;

/// Records of this type are a hash and a place in the heap.
const LINK_BY_NAME: u8 = 5;
/// Magic, version, type and checksum of a node.
const NODE: u64 = 10;
/// Levels of a tree; each has tens of times the records of the one below.
const LEVELS: u16 = 16;
/// Blocks in blocks of a heap.
const DEPTH: usize = 16;

/// A tree of records, all of one length.
struct Tree {
    /// Bytes of a record, and of a node.
    record: u64,
    node: u64,
    /// Bytes in which a node's number of records is written.
    count: u64,
}

/// A heap: blocks that double in size, row by row.
struct Heap {
    /// Blocks in a row.
    width: u64,
    /// Of a block of the first two rows, and of the largest that holds objects itself.
    least: u64,
    most: u64,
    /// Bytes in which a place in the heap is written.
    place_len: u64,
    root: u64,
    /// Rows of the root block; 0 where it holds objects itself.
    rows: u64,
    id_len: u64,
}

impl File<'_> {
    /// The links of the group whose heap and tree stand at `at`, one after the other; nothing where
    /// there is no heap, as in a group whose links are messages of its own.
    pub(super) fn dense(&self, at: u64, links: &mut Vec<Link>) {
        let (Some(heap_at), Some(tree_at)) = (self.place(at), self.place(at + self.address_len))
        else {
            return;
        };
        let Some(heap) = self.heap(heap_at) else {
            return self.pages.fault(
                What::ReadInPart,
                at,
                "a heap of links in a form that is not read",
            );
        };
        if self.records(tree_at, &heap, links).is_none() {
            self.pages.fault(
                What::HeaderInvalid,
                tree_at,
                "a tree of links that cannot be followed",
            );
        }
    }

    fn heap(&self, at: u64) -> Option<Heap> {
        let (o, l) = (self.address_len, self.length_len);
        let id_len = u64::from(self.pages.u16(at + 5)?);
        let packed = self.pages.u16(at + 7)? > 0;
        let table = at + 14 + 2 * o + 10 * l; // behind twelve numbers of use to writers
        let heap = Heap {
            width: self.pages.u16(table)?.into(),
            least: self.length(table + 2)?,
            most: self.length(table + 2 + l)?,
            place_len: u64::from(self.pages.u16(table + 2 + 2 * l)?).div_ceil(8),
            root: self.place(table + 6 + 2 * l)?,
            rows: self.pages.u16(table + 6 + 2 * l + o)?.into(),
            id_len,
        };
        let sound = heap.width.is_power_of_two()
            && heap.least.is_power_of_two()
            && heap.most.is_power_of_two()
            && heap.rows <= 64
            && (heap.place_len + 2..=16).contains(&id_len);
        (self.says(at, *b"FRHP") && sound && !packed).then_some(heap)
    }

    /// Every link that a tree leads to.
    fn records(&self, at: u64, heap: &Heap, links: &mut Vec<Link>) -> Option<()> {
        let known = self.says(at, *b"BTHD") && self.pages.byte(at + 5) == Some(LINK_BY_NAME);
        let node_len = u64::from(self.pages.u32(at + 6).filter(|_| known)?);
        let record_len = u64::from(self.pages.u16(at + 10)?).max(1);
        let depth = self.pages.u16(at + 12).filter(|depth| *depth <= LEVELS)?;
        let leaf = node_len.checked_sub(NODE)? / record_len;
        let tree = Tree {
            record: record_len,
            node: node_len,
            count: width(leaf),
        };
        let count = u64::from(self.pages.u16(at + 16 + self.address_len)?);
        if count == 0 {
            return Some(());
        }
        self.node(self.place(at + 16)?, count, depth, &tree, heap, links)
    }

    /// Every link below a node of so many records, `depth` levels above the leaves.
    fn node(
        &self,
        at: u64,
        count: u64,
        depth: u16,
        tree: &Tree,
        heap: &Heap,
        links: &mut Vec<Link>,
    ) -> Option<()> {
        let magic = if depth == 0 { *b"BTLF" } else { *b"BTIN" };
        if !self.says(at, magic) {
            return None;
        }
        let records = at + 6;
        for n in 0..count {
            if !self.step() {
                return None;
            }
            let id = records + n * tree.record + 4; // behind the hash
            match self.object(id, heap).and_then(|body| self.link(body)) {
                Some(link) => links.push(link),
                None => self.pages.fault(What::HeaderInvalid, id, "a link that cannot be followed"),
            }
        }
        if depth == 0 {
            return Some(());
        }
        let below = tree.below(depth, self.address_len);
        let children = records + count * tree.record;
        for n in 0..=count {
            let child = children + n * (self.address_len + tree.count + below);
            let held = self.bytes(child + self.address_len, tree.count)?;
            self.node(self.place(child)?, held, depth - 1, tree, heap, links)?;
        }
        Some(())
    }

    /// A number of any length up to eight bytes.
    fn bytes(&self, at: u64, len: u64) -> Option<u64> {
        let mut digits = (0..len.min(8)).rev().map(|n| self.pages.byte(at + n));
        digits.try_fold(0, |number: u64, digit| Some(number << 8 | u64::from(digit?)))
    }

    /// The bytes of an object of the heap.
    fn object(&self, id: u64, heap: &Heap) -> Option<std::ops::Range<u64>> {
        let managed = self.pages.byte(id)? >> 4 == 0;
        let offset = self.bytes(id + 1, heap.place_len).filter(|_| managed)?;
        let len = self.bytes(id + 1 + heap.place_len, heap.id_len - 1 - heap.place_len)?;
        let start = if heap.rows == 0 {
            let known = self.says(heap.root, *b"FHDB");
            heap.root.checked_add(offset).filter(|_| known)?
        } else {
            self.in_block(heap.root, heap.rows, offset, heap, DEPTH)?
        };
        let end = start.checked_add(len).filter(|end| *end <= self.pages.len())?;
        Some(start..end)
    }

    /// Where the byte at `offset` of a block of blocks is in the file.
    fn in_block(&self, at: u64, rows: u64, offset: u64, heap: &Heap, depth: usize) -> Option<u64> {
        if depth == 0 || !self.says(at, *b"FHIB") {
            return None;
        }
        let mut start = 0u64;
        for row in 0..rows {
            let size = heap.least.checked_shl(u32::try_from(row.saturating_sub(1)).ok()?)?;
            let end = start.checked_add(size.checked_mul(heap.width)?)?;
            if offset >= end {
                start = end;
                continue;
            }
            let column = (offset - start) / size;
            let entry = row * heap.width + column;
            let child =
                self.place(at + 5 + self.address_len + heap.place_len + entry * self.address_len)?;
            let inside = (offset - start) % size;
            if size <= heap.most {
                return (self.says(child, *b"FHDB")).then_some(child + inside);
            }
            let rows = (size / heap.least.checked_mul(heap.width)?).checked_ilog2()? + 1;
            return self.in_block(child, rows.into(), inside, heap, depth - 1);
        }
        None
    }
}

impl Tree {
    /// Bytes in which a node at `depth` writes how many records are below each child; none where its
    /// children are leaves.
    fn below(&self, depth: u16, address_len: u64) -> u64 {
        let mut most = (self.node - NODE) / self.record;
        let mut written = 0;
        for _ in 1..depth {
            let pointer = address_len + self.count + written;
            let records = self.node.saturating_sub(NODE + pointer) / (self.record + pointer);
            most = (records + 1).saturating_mul(most).saturating_add(records);
            written = width(most);
        }
        written
    }
}

/// Bytes in which a number up to `most` is written.
fn width(most: u64) -> u64 {
    u64::from(most.max(1).ilog2()) / 8 + 1
}
