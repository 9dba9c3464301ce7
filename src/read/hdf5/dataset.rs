//! What a dataset's messages say: its type, its shape, and where its data lie. And what attributes say.

use std::ops::Range;

use super::object::{File, Message, kind};
use crate::{
    facts::{Dtype, What},
    read::gathering::{Gathering, NAME, RANK},
};

/// A dataset as its header describes it.
pub(super) struct Dataset {
    dtype: Datatype,
    shape: Result<Vec<u64>, String>,
    place: Place,
    /// Whether its data lie in other files.
    external: bool,
}

/// An element type.
pub(super) struct Datatype {
    /// In the spelling of safetensors, or HDF5's word for it.
    name: &'static str,
    /// Bytes of one element.
    len: u64,
    /// Whether elements are stored as every other format stores them: little-endian, nothing between.
    plain: bool,
    class: u8,
}

/// Where data lie.
enum Place {
    /// There, in one piece.
    At(Range<u64>),
    /// From there on, as long as type and shape say.
    From(u64),
    /// In pieces, or nowhere yet.
    Elsewhere,
}

/// A note by an object.
pub(super) struct Attribute {
    pub(super) name: String,
    dtype: Datatype,
    data: Range<u64>,
    /// Elements: one for a lone value.
    elements: u64,
}

impl Dataset {
    /// Lists it under this name.
    pub(super) fn list(self, name: String, header: u64, found: &mut Gathering) {
        let at = found.at().tensor(&name).byte(header);
        let shape = match self.shape {
            Ok(shape) => shape,
            Err(reason) => return found.odd(What::HeaderInvalid, at, reason),
        };
        if self.external {
            found.odd(What::HeaderUnusual, at, "its data are said to lie in other files");
        }
        let elements = shape.iter().try_fold(1u64, |n, extent| n.checked_mul(*extent));
        let stored = match self.place {
            _ if self.external || !self.dtype.plain => None,
            Place::At(range) => Some(range),
            Place::From(start) => {
                let len = elements.and_then(|elements| elements.checked_mul(self.dtype.len));
                len.and_then(|len| start.checked_add(len)).map(|end| start..end)
            }
            Place::Elsewhere => None,
        };
        found.tensor(name, Dtype::named(self.dtype.name), shape, stored);
    }
}

impl File<'_> {
    /// The dataset with these messages; `None` where it is none.
    pub(super) fn dataset(&self, messages: &[Message]) -> Option<Dataset> {
        let of = |kind| messages.iter().find(move |message| message.kind == kind);
        let layout = of(kind::LAYOUT)?;
        let dtype = of(kind::DATATYPE).and_then(|message| self.datatype_of(message));
        let shape = of(kind::DATASPACE).map_or(Ok(Vec::new()), |message| self.shape(&message.body));
        Some(Dataset {
            dtype: dtype.unwrap_or(Datatype {
                name: "unknown",
                len: 0,
                plain: false,
                class: 255,
            }),
            shape,
            place: if of(kind::FILTERS).is_some() {
                Place::Elsewhere
            } else {
                self.layout(&layout.body).unwrap_or(Place::Elsewhere)
            },
            external: of(kind::EXTERNAL).is_some(),
        })
    }

    /// The type in a message, or in the named type that the message points to.
    fn datatype_of(&self, message: &Message) -> Option<Datatype> {
        if !message.shared {
            return self.datatype(message.body.clone());
        }
        let at = message.body.start;
        let pointer = match (self.pages.byte(at)?, self.pages.byte(at + 1)?) {
            (1, _) => at + 8,
            (2, _) | (3, 2) => at + 2,
            _ => return None, // in a heap of messages
        };
        let named = self.messages(self.place(pointer)?);
        let inner = named.iter().find(|it| it.kind == kind::DATATYPE && !it.shared)?;
        self.datatype(inner.body.clone())
    }

    fn datatype(&self, body: Range<u64>) -> Option<Datatype> {
        let at = body.start;
        let class = self.pages.byte(at)? & 0x0F;
        let flags = self.pages.byte(at + 1)?;
        let len = u64::from(self.pages.u32(at + 4)?);
        let little = flags & 1 == 0 || len == 1;
        let (name, plain) = match class {
            0 => (
                whole(len, flags & 8 != 0)?,
                little && self.pages.u32(at + 8)? == (u32::try_from(8 * len).ok()? << 16),
            ),
            1 => {
                let exponent = self.pages.byte(at + 13)?;
                let mantissa = self.pages.byte(at + 15)?;
                (float(len, exponent, mantissa), flags & 0x41 == 0)
            }
            3 => ("STRING", false),
            4 => ("BITFIELD", false),
            5 => ("OPAQUE", false),
            6 => (self.complex(body.clone(), len), false),
            7 => ("REFERENCE", false),
            // two names for the bytes 0 and 1 are numpy's truth values
            8 if len == 1 && self.pages.u16(at + 1) == Some(2) => ("BOOL", true),
            8 => ("ENUM", false),
            9 if flags & 0x0F == 1 => ("STRING", false),
            9 => ("VLEN", false),
            10 => ("ARRAY", false),
            _ => ("TIME", false),
        };
        Some(Datatype { name, len, plain, class })
    }

    /// numpy's complex numbers: a compound of `r` and `i`.
    fn complex(&self, body: Range<u64>, len: u64) -> &'static str {
        let pair = self.pages.u16(body.start + 1) == Some(2)
            && self.pages.array(body.start + 8) == Some(*b"r\0");
        match len {
            8 if pair => "C64",
            16 if pair => "C128",
            _ => "COMPOUND",
        }
    }

    fn shape(&self, body: &Range<u64>) -> Result<Vec<u64>, String> {
        let at = body.start;
        let byte = |n| self.pages.byte(at + n).unwrap_or(0);
        let (version, rank) = (byte(0), byte(1));
        let first = match version {
            1 => at + 8,
            2 if byte(3) == 2 => return Ok(vec![0]), // no elements at all
            2 => at + 4,
            _ => return Err(format!("a shape of version {version}")),
        };
        if usize::from(rank) > RANK {
            return Err(format!("{rank} extents"));
        }
        let extents = (0..u64::from(rank)).map(|n| self.length(first + n * self.length_len));
        extents
            .collect::<Option<Vec<u64>>>()
            .ok_or_else(|| "extents that are not in the file".to_owned())
    }

    fn layout(&self, body: &Range<u64>) -> Option<Place> {
        const COMPACT: u8 = 0;
        const CONTIGUOUS: u8 = 1;
        let at = body.start;
        let version = self.pages.byte(at)?;
        let class = self.pages.byte(at + if version < 3 { 2 } else { 1 })?;
        Some(match (version, class) {
            (1 | 2, CONTIGUOUS) => Place::From(self.place(at + 8)?),
            (3 | 4, COMPACT) => {
                let start = at + 4;
                Place::At(start..start + u64::from(self.pages.u16(at + 2)?))
            }
            (3 | 4, CONTIGUOUS) => {
                let start = self.place(at + 2)?;
                let len = self.length(at + 2 + self.address_len)?;
                Place::At(start..start.checked_add(len)?)
            }
            _ => Place::Elsewhere,
        })
    }

    /// An attribute, where its parts are in the message.
    pub(super) fn attribute(&self, body: Range<u64>) -> Option<Attribute> {
        let at = body.start;
        let version = self.pages.byte(at)?;
        let lens = [2, 4, 6].map(|n| self.pages.u16(at + n).map_or(0, u64::from));
        let (padding, first) = match version {
            1 => (8, at + 8),
            2 => (1, at + 8),
            3 => (1, at + 9),
            _ => return None,
        };
        let [name, dtype, space] = lens.map(|len| len.next_multiple_of(padding));
        let dtype_at = first + name;
        let space_at = dtype_at + dtype;
        let data = space_at + space..body.end;
        if data.start > data.end {
            return None;
        }
        let text = self.pages.text(first..first + lens[0], NAME);
        let shape = self.shape(&(space_at..data.start)).ok()?;
        Some(Attribute {
            name: text.trim_end_matches('\0').to_owned(),
            dtype: self.datatype(dtype_at..space_at)?,
            data,
            elements: shape.iter().fold(1, |n: u64, extent| n.saturating_mul(*extent)),
        })
    }

    /// The text of an attribute that is one text, of which at most `cap` bytes; else empty.
    pub(super) fn text(&self, attribute: &Attribute, cap: u64) -> String {
        let data = attribute.data.clone();
        let range = match (attribute.dtype.class, attribute.dtype.name) {
            _ if attribute.elements != 1 => None,
            (3, _) => Some(data.start..data.end.min(data.start + attribute.dtype.len)),
            (9, "STRING") => self.in_heap(data.start),
            _ => None,
        };
        let text = range.map(|range| self.pages.text(range, cap)).unwrap_or_default();
        text.trim_end_matches(['\0', ' ']).to_owned()
    }

    /// The text that a length, a heap and a number in it stand for.
    fn in_heap(&self, at: u64) -> Option<Range<u64>> {
        let len = u64::from(self.pages.u32(at)?);
        let heap = self.place(at + 4)?;
        let wanted = self.pages.u32(at + 4 + self.address_len)?;
        if !self.says(heap, *b"GCOL") {
            return None;
        }
        let end = heap.checked_add(self.length(heap + 8)?)?.min(self.pages.len());
        let mut object = heap + 8 + self.length_len;
        while object < end && self.step() {
            let number = u32::from(self.pages.u16(object)?);
            let held = self.length(object + 8)?;
            let start = object + 8 + self.length_len;
            let stop = start.checked_add(held).filter(|stop| *stop <= end)?;
            if number == wanted {
                return Some(start..stop.min(start + len));
            }
            if number == 0 {
                return None; // what is free
            }
            object = stop.checked_next_multiple_of(8)?;
        }
        None
    }
}

fn whole(len: u64, signed: bool) -> Option<&'static str> {
    Some(match (len, signed) {
        (1, true) => "I8",
        (1, false) => "U8",
        (2, true) => "I16",
        (2, false) => "U16",
        (4, true) => "I32",
        (4, false) => "U32",
        (8, true) => "I64",
        (8, false) => "U64",
        _ => return None,
    })
}

fn float(len: u64, exponent: u8, mantissa: u8) -> &'static str {
    match (len, exponent, mantissa) {
        (2, 5, 10) => "F16",
        (2, 8, 7) => "BF16",
        (4, 8, 23) => "F32",
        (8, 11, 52) => "F64",
        (1, 4, 3) => "F8_E4M3",
        (1, 5, 2) => "F8_E5M2",
        _ => "FLOAT",
    }
}
