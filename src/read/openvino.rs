//! `OpenVINO`: layers as XML; the constants among them lie in the `.bin` of the same name.

use std::io::{self, BufReader, Read};

use quick_xml::{
    Reader as Xml,
    events::{BytesStart, Event},
};

use super::{
    Format, Input, Listing, Probe, ReadError, Reader,
    gathering::{Gathering, RANK},
};
use crate::{
    facts::{Dtype, Tensor, What},
    source::Bytes,
    words::FileKind,
};

pub(super) const FORMAT: Format = Format {
    name: "openvino",
    kind: FileKind::Weights,
    recognizes,
    read: Reader::Tensors(read),
};

/// Element types by `OpenVINO`'s names.
const DTYPES: &[(&str, &str)] = &[
    ("boolean", "BOOL"),
    ("f16", "F16"),
    ("f32", "F32"),
    ("f64", "F64"),
    ("bf16", "BF16"),
    ("i4", "I4"),
    ("i8", "I8"),
    ("i16", "I16"),
    ("i32", "I32"),
    ("i64", "I64"),
    ("u1", "U1"),
    ("u2", "U2"),
    ("u4", "U4"),
    ("u8", "U8"),
    ("u16", "U16"),
    ("u32", "U32"),
    ("u64", "U64"),
    ("nf4", "NF4"),
    ("f4e2m1", "F4"),
    ("f8e4m3", "F8_E4M3"),
    ("f8e5m2", "F8_E5M2"),
    ("f8e8m0", "F8_E8M0"),
    ("string", "STRING"),
];

/// XML whose root is a `net` with a version.
fn recognizes(probe: &Probe) -> bool {
    if !probe.head.contains(&b'<') {
        return false;
    }
    let text = String::from_utf8_lossy(probe.head);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let text = text
        .strip_prefix("<?xml")
        .and_then(|rest| rest.split_once("?>"))
        .map_or(text, |(_, rest)| rest);
    let root = text.trim_start().strip_prefix("<net ").and_then(|rest| rest.split_once('>'));
    root.is_some_and(|(attributes, _)| attributes.contains("version="))
}

fn read(input: &Input) -> Result<Listing, ReadError> {
    let name = input.path.rsplit('/').next().unwrap_or_default();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let path = format!("{stem}.bin");
    let mut walk = Walk {
        len: (input.sibling)(&path).map(|file| file.len()),
        path,
        found: Gathering::new(input, FORMAT.name),
        layer: None,
    };
    let mut xml = Xml::from_reader(BufReader::new(Stream { bytes: input.bytes, at: 0 }));
    xml.config_mut().check_end_names = false;
    let mut buffer = Vec::new();
    loop {
        let at = xml.buffer_position();
        match xml.read_event_into(&mut buffer) {
            Ok(Event::Start(tag) | Event::Empty(tag)) => walk.tag(&tag, at),
            Ok(Event::End(tag)) if tag.name().as_ref() == "net" => break,
            Ok(Event::Eof) => {
                let at = walk.found.at().byte(at);
                walk.found.odd(What::ShardTruncated, at, "the file ends before its network does");
                break;
            }
            Ok(_) => {}
            Err(quick_xml::Error::Io(error)) => {
                return Err(io::Error::new(error.kind(), error.to_string()).into());
            }
            Err(error) => {
                let at = walk.found.at().byte(xml.error_position());
                walk.found.odd(What::HeaderInvalid, at, format!("not valid XML: {error}"));
                break;
            }
        }
        buffer.clear();
    }
    Ok(walk.found.listing())
}

struct Walk {
    found: Gathering,
    /// The file of weights, and its length where it is here.
    path: String,
    len: Option<u64>,
    /// The name of the constant whose tag was last opened.
    layer: Option<String>,
}

impl Walk {
    fn tag(&mut self, tag: &BytesStart, at: u64) {
        match tag.name().as_ref() {
            "net" => {
                for key in ["name", "version"] {
                    let value = attribute(tag, key).unwrap_or_default();
                    self.found.note(key, value);
                }
            }
            "layer" => {
                let kind = attribute(tag, "type").unwrap_or_default();
                let set = attribute(tag, "version").unwrap_or_default();
                let own = set.is_empty() || set.starts_with("opset");
                self.found.operator(&if own {
                    kind.clone()
                } else {
                    format!("{set}::{kind}")
                });
                self.layer = (kind == "Const").then(|| attribute(tag, "name").unwrap_or_default());
            }
            "data" => {
                if let Some(name) = self.layer.take() {
                    self.constant(name, tag, at);
                }
            }
            _ => {}
        }
    }

    fn constant(&mut self, name: String, tag: &BytesStart, at: u64) {
        let place = self.found.at().tensor(&name).byte(at);
        let number = |key| attribute(tag, key).and_then(|text| text.trim().parse::<u64>().ok());
        let (Some(offset), Some(len)) = (number("offset"), number("size")) else {
            return self.found.odd(
                What::HeaderInvalid,
                place,
                "a constant without offset and size",
            );
        };
        let extents = attribute(tag, "shape").unwrap_or_default();
        let extents = extents.split(',').map(str::trim).filter(|it| !it.is_empty());
        let shape: Result<Vec<u64>, _> = extents.take(RANK).map(str::parse).collect();
        let Ok(shape) = shape else {
            return self.found.odd(What::HeaderInvalid, place, "extents that are no numbers");
        };
        let kind = attribute(tag, "element_type").unwrap_or_default();
        let known = DTYPES.iter().find(|(it, _)| *it == kind);
        if known.is_none() {
            self.found.odd(What::DtypeUnknown, place, format!("element type `{kind}`"));
        }
        let dtype = Dtype::named(known.map_or(&format!("openvino:{kind}"), |(_, name)| name));
        let bytes = Some(offset..offset.saturating_add(len));
        let path = std::mem::take(&mut self.path);
        self.found.tensor_elsewhere(&path, self.len, Tensor { name, dtype, shape, bytes });
        self.path = path;
    }
}

/// The value of an attribute, its entities resolved where they can be.
fn attribute(tag: &BytesStart, key: &str) -> Option<String> {
    let found = tag.attributes().with_checks(false).flatten().find(|it| it.key.as_ref() == key)?;
    let raw = found.value.into_owned();
    let resolved = quick_xml::escape::unescape(&raw).map(std::borrow::Cow::into_owned);
    Some(resolved.unwrap_or(raw))
}

/// A file from its start to its end.
struct Stream<'a> {
    bytes: &'a dyn Bytes,
    at: u64,
}

impl Read for Stream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.bytes.len().saturating_sub(self.at)).unwrap_or(usize::MAX);
        let len = left.min(buffer.len());
        self.bytes.read_at(self.at, &mut buffer[..len])?;
        self.at += len as u64;
        Ok(len)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::trial, *};

    fn net(data: &str) -> Vec<u8> {
        format!(
            "<?xml version=\"1.0\"?>\n<net name=\"m\" version=\"11\"><layers>\
             <layer id=\"0\" name=\"a &amp; b\" type=\"Const\" version=\"opset1\"><data {data}/></layer>\
             <layer id=\"1\" name=\"p\" type=\"PyOp\" version=\"extension\"/>\
             </layers></net>"
        )
        .into_bytes()
    }

    #[test]
    fn constants_lie_in_the_file_beside() {
        let bytes = net(r#"element_type="f16" shape="2, 3" offset="64" size="12""#);
        trial::check(&FORMAT, &bytes, &["file.bin: a & b F16 [2, 3] 64..76"]);
        let file = trial::list(&FORMAT, &bytes).unwrap().file;
        assert_eq!(file.operators.keys().collect::<Vec<_>>(), ["Const", "extension::PyOp"]);
        let scalar = net(r#"element_type="i64" shape="" offset="0" size="8""#);
        trial::check(&FORMAT, &scalar, &["file.bin: a & b I64 [] 0..8"]);
    }

    #[test]
    fn what_lies_is_told() {
        check(
            &net(r#"element_type="f32" shape="3" offset="0" size="8""#),
            "F32 [3] takes 12 bytes, 8 are stored",
        );
        check(&net(r#"element_type="q9" shape="3" offset="0" size="8""#), "element type `q9`");
        check(
            &net(r#"element_type="f32" shape="-1" offset="0" size="8""#),
            "extents that are no numbers",
        );
        check(
            &net(r#"element_type="f32" shape="1" offset="0""#),
            "a constant without offset and size",
        );
        let whole = net("");
        check(&whole[..whole.len() - 6], "the file ends before its network does");
    }

    #[track_caller]
    fn check(bytes: &[u8], saying: &str) {
        let listing = trial::list(&FORMAT, bytes).unwrap();
        assert_eq!(trial::odd(&listing).last(), Some(&saying));
    }

    #[test]
    fn no_bytes_are_too_strange() {
        trial::abuse(&FORMAT, &net(r#"element_type="f16" shape="2,3" offset="64" size="12""#));
    }
}
