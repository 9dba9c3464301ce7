//! `safetensors`: eight bytes of length, a JSON header, then the tensors end to end.
//!
//! Two readings of one header. The lenient one lists every tensor that can be made out and names
//! what is odd. The strict one is that of the `safetensors` crate itself, and is asked wherever the
//! lenient one found anything odd; a test holds the two equal on whole and broken headers alike, so
//! a header in which nothing is odd need not be read twice.

use std::{
    collections::{BTreeMap, HashSet},
    fmt,
    ops::Range,
};

use ::safetensors::tensor::Metadata;
use foldhash::fast::RandomState;
use serde::{
    Deserialize, Deserializer,
    de::{self, DeserializeSeed, MapAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::Value;

use super::{Format, Input, Listing, Probe, ReadError, Reader, notes::Notes};
use crate::{
    facts::{Dtype, Tensor, WeightFile, What},
    words::FileKind,
};

pub(super) const FORMAT: Format = Format {
    name: "safetensors",
    kind: FileKind::Weights,
    recognizes,
    read: Reader::Tensors(read),
};

/// Bytes in front of the header: its length, a little-endian `u64`.
const LENGTH_FIELD: u64 = 8;

/// Longer headers are refused, by the `safetensors` crate as here.
const LONGEST_HEADER: u64 = 100_000_000;
/// Headers up to this length are looked through for keys that stand twice in one object.
const TWICE: usize = 4 << 20;

/// What is odd and yet accepted by the crate.
const ACCEPTED: &[What] = &[What::HeaderUnusual, What::DuplicateName];

/// Loaders keep shapes in arrays of this many extents.
const MOST_EXTENTS: usize = 64;

/// A length field that could be one, then `{`: by content. By name, so that a broken header is
/// told as a broken safetensors file and not as a file of no known kind: the ending.
fn recognizes(probe: &Probe) -> bool {
    let length = probe.head.first_chunk().map(|field| u64::from_le_bytes(*field));
    let plausible = length.is_some_and(|n| (2..=LONGEST_HEADER).contains(&n));
    let opens = probe.head.get(8..).is_some_and(|header| {
        header.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{')
    });
    (plausible && opens) || probe.name.to_ascii_lowercase().ends_with(".safetensors")
}

fn read(input: &Input) -> Result<Listing, ReadError> {
    let (header, data) = header(input)?;
    let mut odd = Notes::new(input.path);
    let text = std::str::from_utf8(&header).map_err(|error| malformed(&error))?;
    if !text.starts_with('{') {
        odd.of_file(What::HeaderUnusual, "the header begins with spaces, not with `{`");
    }
    let mut entries = Entries::default();
    let clean = parse(text, &mut Fast(&mut entries)).is_ok();
    if !clean {
        entries = Entries::default();
        let fault = parse(text, &mut Patient { entries: &mut entries, odd: &mut odd }).err();
        if let Some(fault) = fault {
            if entries.tensors.is_empty() && entries.metadata.is_empty() {
                return Err(malformed(&fault));
            }
            odd.of_file(What::HeaderInvalid, format!("the header breaks off: {fault}"));
        }
    }
    let tensors = in_order(entries.tensors, &mut odd);
    check(&tensors, &data, &mut odd);
    if !clean || odd.any_but(&[]) {
        match strict(text, data.end) {
            Ok(()) if !odd.any_but(&[]) => {
                let twice = if text.len() <= TWICE {
                    super::json::read(text).twice
                } else {
                    Vec::new()
                };
                for (_, key) in twice {
                    let saying =
                        format!("has the key `{key}` twice; readers differ on which they take");
                    odd.of_file(What::DuplicateName, saying);
                }
                odd.of_file(
                    What::HeaderUnusual,
                    "the header is one that loaders accept and few write",
                );
            }
            Err(refusal) if !odd.any_but(ACCEPTED) => {
                odd.of_file(
                    What::HeaderInvalid,
                    format!("the safetensors library says: {refusal}"),
                );
            }
            _ => {}
        }
    }
    let place = |(name, entry): (String, Entry)| Tensor {
        name,
        bytes: Some(shifted(&entry.data_offsets, data.start)),
        dtype: entry.dtype.0,
        shape: entry.shape,
    };
    let file = WeightFile {
        format: FORMAT.name,
        metadata: entries.metadata,
        tensors: tensors.into_iter().map(place).collect(),
        ..WeightFile::default()
    };
    Ok(Listing {
        file,
        oddities: odd.oddities(),
        ..Listing::default()
    })
}

/// The header's bytes, and where the data section starts and the file ends.
fn header(input: &Input) -> Result<(Vec<u8>, Range<u64>), ReadError> {
    let len = input.bytes.len();
    if len < LENGTH_FIELD {
        return Err(ReadError::HeaderCutShort { needed: LENGTH_FIELD, len });
    }
    let mut field = [0; 8];
    input.bytes.read_at(0, &mut field)?;
    let claimed = u64::from_le_bytes(field);
    let needed = LENGTH_FIELD.saturating_add(claimed);
    if needed > len {
        return Err(ReadError::HeaderCutShort { needed, len });
    }
    if claimed > LONGEST_HEADER {
        return Err(ReadError::TooLarge {
            what: "a header",
            len: claimed,
            cap: LONGEST_HEADER,
        });
    }
    Ok((input.bytes.read(LENGTH_FIELD..needed)?, needed..len))
}

/// What the crate says of the same header, in a file of `len` bytes.
fn strict(header: &str, len: u64) -> Result<(), String> {
    let metadata: Metadata = serde_json::from_str(header).map_err(|error| error.to_string())?;
    let end = (metadata.data_len() as u64).saturating_add(LENGTH_FIELD + header.len() as u64);
    if end == len {
        Ok(())
    } else {
        Err(format!("tensors end at byte {end}, the file at byte {len}"))
    }
}

fn malformed(error: &dyn fmt::Display) -> ReadError {
    ReadError::Malformed {
        format: FORMAT.name,
        reason: error.to_string(),
    }
}

/// Offsets count from the data section; everything else here counts from the start of the file.
fn shifted(offsets: &(u64, u64), start: u64) -> Range<u64> {
    offsets.0.saturating_add(start)..offsets.1.saturating_add(start)
}

/// By start, then name; of a name that stands twice, the last, as loaders take it.
fn in_order(mut tensors: Vec<(String, Entry)>, odd: &mut Notes) -> Vec<(String, Entry)> {
    let mut names = HashSet::with_capacity_and_hasher(tensors.len(), RandomState::default());
    let twice: HashSet<String> = tensors
        .iter()
        .filter(|(name, _)| !names.insert(name.as_str()))
        .map(|(name, _)| name.clone())
        .collect();
    if !twice.is_empty() {
        let mut kept = HashSet::new();
        tensors.reverse();
        tensors.retain(|(name, entry)| {
            let last = kept.insert(name.clone());
            if !last {
                let saying = format!(
                    "stands twice: loaders take the last, and never read bytes {} to {} of the data",
                    entry.data_offsets.0, entry.data_offsets.1
                );
                odd.of_tensor(What::DuplicateName, name, saying);
            }
            last
        });
    }
    tensors.sort_by(|(a_name, a), (b_name, b)| {
        (a.data_offsets, a_name).cmp(&(b.data_offsets, b_name))
    });
    tensors
}

/// Holds the entries against the rules: they fill the data section without a gap or an overlap,
/// and each has as many bytes as its shape needs.
fn check(tensors: &[(String, Entry)], data: &Range<u64>, odd: &mut Notes) {
    let there = data.end - data.start;
    let (mut filled, mut outside) = (0, 0_u64);
    let mut before: &str = "the start of the data";
    for (name, entry) in tensors {
        let (start, end) = entry.data_offsets;
        size(name, entry, odd);
        if start > filled {
            let saying = format!(
                "{} bytes that no tensor names lie between it and {before}",
                start - filled
            );
            odd.of_tensor(What::TrailingBytes, name, saying);
        } else if start < filled {
            let saying = format!(
                "starts at byte {start} of the data, inside {before}, which ends at {filled}"
            );
            odd.of_tensor(What::TensorOverlap, name, saying);
        }
        outside += u64::from(end > there);
        (filled, before) = (filled.max(end), name);
    }
    let (end, len) = (filled.saturating_add(data.start), data.end);
    if outside > 0 {
        let count = tensors.len();
        let saying = format!(
            "tensors end at byte {end}, the file at byte {len}: {outside} of {count} tensors are not whole"
        );
        odd.of_file(What::ShardTruncated, saying);
    } else if end < len {
        let saying = format!(
            "tensors end at byte {end}, the file at byte {len}: {} bytes are left over",
            len - end
        );
        odd.note(What::TrailingBytes, odd.file().byte(end), saying);
    }
}

/// Holds one entry's range against its shape and element type.
fn size(name: &str, entry: &Entry, odd: &mut Notes) {
    let ((start, end), dtype) = (entry.data_offsets, &entry.dtype.0);
    if end < start {
        let saying = format!("ends at byte {end} of the data, before it starts at {start}");
        return odd.of_tensor(What::TensorOutOfRange, name, saying);
    }
    if !DTYPES.contains(&dtype.name()) {
        let saying = format!("has the element type `{dtype}`, which safetensors does not define");
        return odd.of_tensor(What::DtypeUnknown, name, saying);
    }
    // as the crate multiplies: a zero does not save a product that overflows before it
    let elements = entry.shape.iter().try_fold(1_u64, |n, &extent| n.checked_mul(extent));
    let bits = elements.and_then(|n| n.checked_mul(bits(dtype)));
    match bits {
        None => {
            let saying = format!(
                "has the shape {:?}, whose elements cannot be counted in 64 bits",
                entry.shape
            );
            odd.of_tensor(What::HeaderInvalid, name, saying);
        }
        Some(bits) if bits % 8 != 0 || bits / 8 != end - start => {
            let (wanted, there) = (bits.div_ceil(8), end - start);
            let saying =
                format!("{dtype} {:?} needs {wanted} bytes, its range has {there}", entry.shape);
            odd.of_tensor(What::HeaderInvalid, name, saying);
        }
        _ => unusual(name, entry, odd),
    }
}

/// What loaders accept and some trip over.
fn unusual(name: &str, entry: &Entry, odd: &mut Notes) {
    if entry.shape.len() > MOST_EXTENTS {
        let saying =
            format!("has {} extents; numpy and torch stop at {MOST_EXTENTS}", entry.shape.len());
        odd.of_tensor(What::HeaderUnusual, name, saying);
    } else if let Some(extent) = entry.shape.iter().find(|&&extent| extent > i64::MAX as u64 / 2) {
        let saying =
            format!("has an extent of {extent}, which overflows readers with signed numbers");
        odd.of_tensor(What::HeaderUnusual, name, saying);
    }
}

/// The element types of the format.
#[rustfmt::skip]
const DTYPES: &[&str] = &[
    "BF16", "F16", "F32", "F64", "F8_E4M3", "F8_E5M2", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ",
    "I8", "U8", "I16", "U16", "I32", "U32", "I64", "U64", "BOOL", "C64", "F4", "F6_E2M3", "F6_E3M2",
];

/// Bits of one element.
fn bits(dtype: &Dtype) -> u64 {
    dtype.len_of(4).map_or(0, |four| four * 2)
}

/// What a header lists, in its order.
#[derive(Default)]
struct Entries {
    metadata: BTreeMap<String, String>,
    tensors: Vec<(String, Entry)>,
}

/// One tensor as the header has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    dtype: Named,
    shape: Vec<u64>,
    /// In bytes from the start of the data section, end exclusive.
    data_offsets: (u64, u64),
}

/// An element type, looked up without a copy of its name.
struct Named(Dtype);

impl<'de> Deserialize<'de> for Named {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl Visitor<'_> for Name {
            type Value = Named;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("the name of an element type")
            }

            fn visit_str<E: de::Error>(self, name: &str) -> Result<Named, E> {
                Ok(Named(Dtype::named(name)))
            }
        }
        deserializer.deserialize_str(Name)
    }
}

/// Reads the header's object with `visitor`, which keeps what it has seen when an error ends it.
fn parse<'de>(
    text: &'de str,
    visitor: &mut impl ReadsHeader<'de>,
) -> Result<(), serde_json::Error> {
    struct Outer<'a, H>(&'a mut H);
    impl<'de, H: ReadsHeader<'de>> Visitor<'de> for Outer<'_, H> {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
            f.write_str("an object of tensors")
        }

        fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
            while let Some(name) = map.next_key::<String>()? {
                self.0.entry(name, &mut map)?;
            }
            Ok(())
        }
    }
    let mut json = serde_json::Deserializer::from_str(text);
    json.deserialize_map(Outer(visitor))?;
    json.end()
}

trait ReadsHeader<'de> {
    fn entry<M: MapAccess<'de>>(&mut self, name: String, map: &mut M) -> Result<(), M::Error>;
}

/// Takes headers as nearly all are; anything else is an error.
struct Fast<'a>(&'a mut Entries);

impl<'de> ReadsHeader<'de> for Fast<'_> {
    fn entry<M: MapAccess<'de>>(&mut self, name: String, map: &mut M) -> Result<(), M::Error> {
        if name == "__metadata__" {
            self.0.metadata = map.next_value_seed(Once(&self.0.metadata))?;
        } else {
            self.0.tensors.push((name, map.next_value_seed(AsObject)?));
        }
        Ok(())
    }
}

/// A map of texts, where none was read before and no key of it stands twice.
struct Once<'a>(&'a BTreeMap<String, String>);

impl<'de> DeserializeSeed<'de> for Once<'_> {
    type Value = BTreeMap<String, String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Once<'_> {
    type Value = BTreeMap<String, String>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object of texts")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
        let mut read = BTreeMap::new();
        while let Some((key, value)) = map.next_entry::<String, String>()? {
            if read.insert(key, value).is_some() {
                return Err(de::Error::custom("a key of the metadata stands twice"));
            }
        }
        if self.0.is_empty() {
            Ok(read)
        } else {
            Err(de::Error::duplicate_field("__metadata__"))
        }
    }
}

/// An entry written as an object; `serde` would take a list of its fields as well.
struct AsObject;

impl<'de> DeserializeSeed<'de> for AsObject {
    type Value = Entry;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Entry, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for AsObject {
    type Value = Entry;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object with dtype, shape and data_offsets")
    }

    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Entry, M::Error> {
        Entry::deserialize(MapAccessDeserializer::new(map))
    }
}

/// Takes any JSON object and says of each entry what is wrong with it.
struct Patient<'a> {
    entries: &'a mut Entries,
    odd: &'a mut Notes,
}

impl<'de> ReadsHeader<'de> for Patient<'_> {
    fn entry<M: MapAccess<'de>>(&mut self, name: String, map: &mut M) -> Result<(), M::Error> {
        let value: Value = map.next_value()?;
        if name == "__metadata__" {
            self.metadata(value);
        } else {
            self.tensor(name, &value);
        }
        Ok(())
    }
}

impl Patient<'_> {
    fn metadata(&mut self, value: Value) {
        match value {
            Value::Null => self.odd.of_file(What::HeaderUnusual, "`__metadata__` is null"),
            Value::Object(map) => {
                for (key, value) in map {
                    if let Value::String(text) = value {
                        self.entries.metadata.insert(key, text);
                    } else {
                        let saying =
                            format!("`__metadata__` has a value that is no text, at `{key}`");
                        self.odd.of_file(What::HeaderInvalid, saying);
                    }
                }
            }
            _ => self.odd.of_file(What::HeaderInvalid, "`__metadata__` is no object"),
        }
    }

    fn tensor(&mut self, name: String, value: &Value) {
        let known = ["dtype", "shape", "data_offsets"];
        let field = |at: usize| match value {
            Value::Array(fields) if fields.len() == known.len() => fields.get(at),
            value => value.get(known[at]),
        };
        let entry = || {
            Some(Entry {
                dtype: Named(Dtype::named(field(0)?.as_str()?)),
                shape: Vec::deserialize(field(1)?).ok()?,
                data_offsets: <(u64, u64)>::deserialize(field(2)?).ok()?,
            })
        };
        let Some(entry) = entry() else {
            let saying = "is not described by an element type, a shape and two offsets from 0";
            return self.odd.of_tensor(What::HeaderInvalid, &name, saying);
        };
        if value.is_array() {
            let saying = "is described by a list, which not all readers take";
            self.odd.of_tensor(What::HeaderUnusual, &name, saying);
        }
        let extra = value.as_object().into_iter().flat_map(serde_json::Map::keys);
        for field in extra.filter(|field| !known.contains(&field.as_str())) {
            let saying = format!("has a field `{field}` that loaders ignore");
            self.odd.of_tensor(What::HeaderUnusual, &name, saying);
        }
        self.entries.tensors.push((name, entry));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"{"w":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}"#;

    #[test]
    fn a_true_header_is_read_with_offsets_from_the_start_of_the_file() {
        let listing = listed(&file(WHOLE, 16)).expect("true header");
        let start = 8 + WHOLE.len() as u64;
        assert_eq!(listing.file.tensors[0].bytes, Some(start..start + 16));
        assert_eq!(listing.file.tensors[0].elements(), Some(4));
        assert_eq!(listing.oddities, []);
    }

    #[test]
    fn a_header_that_lies_is_told_and_its_tensors_are_listed() {
        check(
            WHOLE,
            12,
            What::ShardTruncated,
            "tensors end at byte 79, the file at byte 75: 1 of 1 tensors are not whole",
        );
        check(
            WHOLE,
            20,
            What::TrailingBytes,
            "tensors end at byte 79, the file at byte 83: 4 bytes are left over",
        );
        check(
            r#"{"w":{"dtype":"F32","shape":[3],"data_offsets":[4,16]}}"#,
            16,
            What::TrailingBytes,
            "4 bytes that no tensor names lie between it and the start of the data",
        );
        check(
            r#"{"w":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},"x":{"dtype":"U8","shape":[2],"data_offsets":[8,10]}}"#,
            16,
            What::TensorOverlap,
            "starts at byte 8 of the data, inside w, which ends at 16",
        );
        check(
            r#"{"w":{"dtype":"F99","shape":[4],"data_offsets":[0,16]}}"#,
            16,
            What::DtypeUnknown,
            "has the element type `F99`, which safetensors does not define",
        );
        check(
            r#"{"w":{"dtype":"F32","shape":[5],"data_offsets":[0,16]}}"#,
            16,
            What::HeaderInvalid,
            "F32 [5] needs 20 bytes, its range has 16",
        );
        check(
            r#"{"w":{"dtype":"U8","shape":[9223372036854775807,9],"data_offsets":[0,0]}}"#,
            0,
            What::HeaderInvalid,
            "has the shape [9223372036854775807, 9], whose elements cannot be counted in 64 bits",
        );
        check(
            r#"{"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#,
            1,
            What::DuplicateName,
            "stands twice: loaders take the last, and never read bytes 0 to 1 of the data",
        );
        check(
            r#"{"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"strides":[1]}}"#,
            1,
            What::HeaderUnusual,
            "has a field `strides` that loaders ignore",
        );
        check(
            r#"{"__metadata__":null,"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#,
            1,
            What::HeaderUnusual,
            "`__metadata__` is null",
        );
        check(
            r#"{"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"x":"#,
            1,
            What::HeaderInvalid,
            "the header breaks off: EOF while parsing a value at line 1 column 57",
        );
    }

    #[track_caller]
    fn check(header: &str, data_len: usize, what: What, saying: &str) {
        let listing = listed(&file(header, data_len)).expect("a listing");
        assert_eq!(
            listing.file.tensors.len(),
            header.matches("dtype").count().min(if what == What::DuplicateName { 1 } else { 9 })
        );
        let first = &listing.oddities[0];
        assert_eq!((first.what, first.saying.as_str()), (what, saying));
    }

    #[test]
    fn what_is_no_header_is_refused_with_both_numbers() {
        refused(&file(WHOLE, 0)[..20], "the header needs 63 bytes, the file has 20");
        refused(b"1234567", "the header needs 8 bytes, the file has 7");
        refused(
            &u64::MAX.to_le_bytes(),
            "the header needs 18446744073709551615 bytes, the file has 8",
        );
        refused(&file("nil", 16), "not valid safetensors: expected ident at line 1 column 2");
        refused(&file("\u{e9}", 0)[..9], "the header needs 10 bytes, the file has 9");
    }

    #[track_caller]
    fn refused(bytes: &[u8], refusal: &str) {
        assert_eq!(listed(bytes).expect_err(refusal).to_string(), refusal);
    }

    #[test]
    fn the_element_types_are_those_of_the_crate() {
        for name in DTYPES {
            let quoted = format!("\"{name}\"");
            let dtype: ::safetensors::Dtype = serde_json::from_str(&quoted).expect(name);
            assert_eq!(bits(&Dtype::named(name)), dtype.bitsize() as u64, "{name}");
        }
    }

    fn listed(bytes: &[u8]) -> Result<Listing, ReadError> {
        read(&Input {
            path: "model.safetensors",
            bytes: &bytes,
            sibling: &|_| None,
        })
    }

    /// A file made by hand so that it may lie: this header, then `data_len` zero bytes.
    fn file(header: &str, data_len: usize) -> Vec<u8> {
        let length = (header.len() as u64).to_le_bytes();
        [&length[..], header.as_bytes(), &vec![0; data_len]].concat()
    }

    /// Whether our reading of a header refuses it, as the crate must.
    fn refuses(bytes: &[u8]) -> bool {
        listed(bytes).map_or(true, |it| it.oddities.iter().any(|it| !ACCEPTED.contains(&it.what)))
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            let _ = listed(&bytes);
        }

        #[test]
        fn no_flip_makes_it_panic_or_part_from_the_crate(at in 0usize..71, to: u8) {
            let mut bytes = file(WHOLE, 16);
            if let Some(byte) = bytes.get_mut(at) { *byte = to; }
            let crates = ::safetensors::SafeTensors::deserialize(&bytes).is_err();
            proptest::prop_assert_eq!(refuses(&bytes), crates);
        }

        #[test]
        fn the_two_readings_agree(
            shape in proptest::collection::vec(0u64..4, 0..3),
            starts in proptest::collection::vec(0u64..9, 1..4),
            lens in proptest::collection::vec(0u64..9, 1..4),
            dtype in proptest::sample::select(vec!["U8", "F32", "F4", "F6_E2M3", "F99", "bf16"]),
            data in 0usize..24,
            null in proptest::bool::ANY,
        ) {
            let mut entries = vec![];
            if null { entries.push(r#""__metadata__":null"#.to_owned()); }
            for (i, (start, len)) in starts.iter().zip(&lens).enumerate() {
                let end = start + len;
                entries.push(format!(
                    r#""t{i}":{{"dtype":"{dtype}","shape":{shape:?},"data_offsets":[{start},{end}]}}"#
                ));
            }
            let bytes = file(&format!("{{{}}}", entries.join(",")), data);
            let crates = ::safetensors::SafeTensors::deserialize(&bytes).is_err();
            proptest::prop_assert_eq!(refuses(&bytes), crates);
        }
    }
}
