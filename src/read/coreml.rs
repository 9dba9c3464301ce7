//! Core ML: a protobuf that describes the network. Programs name tensors whose data are blobs of a
//! file beside them; networks of the older kind hold theirs in layers of a hundred kinds.

use super::{
    Format, Input, Listing, Probe, ReadError, Reader,
    gathering::{Gathering, NAME, NOTE, RANK, escape},
    pages::Pages,
    protobuf::{Span, Value},
};
use crate::{
    facts::{Dtype, Tensor, What},
    words::FileKind,
};

pub(super) const FORMAT: Format = Format {
    name: "coreml",
    kind: FileKind::Weights,
    recognizes,
    read: Reader::Tensors(read),
};

/// What a model is, by the number of its field; some of them.
const KINDS: &[(u64, &str)] = &[
    (200, "pipeline classifier"),
    (201, "pipeline regressor"),
    (202, "pipeline"),
    (300, "linear regressor"),
    (303, "neural network regressor"),
    (400, "linear classifier"),
    (403, "neural network classifier"),
    (500, "neural network"),
    (PROGRAM, "program"),
];
const PROGRAM: u64 = 502;
/// Field numbers of models go up to this; that of what it is, from this on.
const FIELDS: std::ops::RangeInclusive<u64> = 200..=3000;
/// Blocks in operations in blocks.
const DEPTH: usize = 32;
/// Stands in front of the path of a blob file.
const FOLDER: &str = "@model_path/";
/// In front of a blob's own description.
const SENTINEL: u32 = 0xDEAD_BEEF;

/// Element types by their number in MIL.proto.
const DTYPES: &[(u64, &str)] = &[
    (1, "BOOL"),
    (2, "STRING"),
    (10, "F16"),
    (11, "F32"),
    (12, "F64"),
    (13, "BF16"),
    (21, "I8"),
    (22, "I16"),
    (23, "I32"),
    (24, "I64"),
    (25, "I4"),
    (31, "U8"),
    (32, "U16"),
    (33, "U32"),
    (34, "U64"),
    (35, "U4"),
    (36, "U2"),
    (37, "U1"),
    (38, "coreml:u6"),
    (39, "coreml:u3"),
    (40, "F8_E4M3"),
    (41, "F8_E5M2"),
];

/// A version in front, a description, and one field that says what the model is.
fn recognizes(probe: &Probe) -> bool {
    if probe.head.first() != Some(&0x08) {
        return false;
    }
    let pages = Pages::new(probe.bytes);
    let mut told = false;
    for field in Span::file(&pages).fields().take(16) {
        let is_kind = FIELDS.contains(&field.number);
        if !is_kind && ![1, 2, 10].contains(&field.number) {
            return false;
        }
        told |= is_kind && matches!(field.value, Value::Span(_));
    }
    told
}

fn read(input: &Input) -> Result<Listing, ReadError> {
    let pages = Pages::new(input.bytes);
    let mut walk = Walk {
        input,
        found: Gathering::new(input, FORMAT.name),
    };
    for field in Span::file(&pages).fields() {
        match (field.number, field.value) {
            (1, Value::Number(version)) => {
                walk.found.note("specification_version", version.to_string());
            }
            (2, Value::Span(description)) => walk.description(&description),
            (PROGRAM, Value::Span(program)) => walk.program(&program),
            (number, Value::Span(_)) if FIELDS.contains(&number) => {
                let kind = KINDS.iter().find(|(it, _)| *it == number);
                let kind = kind.map_or_else(
                    || format!("model of kind {number}"),
                    |(_, kind)| (*kind).to_owned(),
                );
                let saying = format!("a {kind}, whose weights are in its layers and not listed");
                walk.found.odd(What::ReadInPart, walk.found.at(), saying);
                walk.found.note("kind", kind);
            }
            _ => {}
        }
    }
    let found = walk.found;
    found.finish(pages)
}

struct Walk<'a> {
    input: &'a Input<'a>,
    found: Gathering,
}

impl Walk<'_> {
    fn description(&mut self, description: &Span) {
        let Some(told) = description.span(100) else {
            return;
        };
        for (number, key) in [
            (1, "description"),
            (2, "version"),
            (3, "author"),
            (4, "license"),
        ] {
            self.found.note(key, told.text_of(number, NOTE));
        }
        for entry in told.spans(100) {
            self.found.note(entry.text_of(1, NAME), entry.text_of(2, NOTE));
        }
    }

    fn program(&mut self, program: &Span) {
        self.found.note("kind", "program");
        for function in program.spans(2) {
            let name = function.text_of(1, NAME);
            let scope = if name == "main" {
                String::new()
            } else {
                format!("{name}/")
            };
            let Some(function) = function.span(2) else {
                continue;
            };
            for block in function.spans(3).filter_map(|entry| entry.span(2)) {
                self.block(&block, &scope, DEPTH);
            }
        }
    }

    fn block(&mut self, block: &Span, scope: &str, depth: usize) {
        if depth == 0 {
            let at = self.found.at().byte(block.range.start);
            return self.found.odd(
                What::HeaderInvalid,
                at,
                format!("blocks nested deeper than {DEPTH}"),
            );
        }
        for operation in block.spans(3) {
            let kind = operation.text_of(1, NAME);
            self.found.operator(&kind);
            for inner in operation.spans(4) {
                self.block(&inner, scope, depth - 1);
            }
            for entry in operation.spans(5) {
                let Some(value) = entry.span(2) else { continue };
                let Some(blob) = value.span(5) else { continue };
                let output =
                    operation.spans(3).next().map(|it| it.text_of(1, NAME)).unwrap_or_default();
                let key = entry.text_of(1, NAME);
                let name = if key == "val" {
                    output
                } else {
                    format!("{output}.{key}")
                };
                self.tensor(format!("{scope}{name}"), &value, &blob);
            }
        }
    }

    fn tensor(&mut self, name: String, value: &Span, blob: &Span) {
        let at = self.found.at().tensor(&name).byte(value.range.start);
        let (dtype, shape) = match type_and_shape(value) {
            Ok(it) => it,
            Err(reason) => return self.found.odd(What::HeaderInvalid, at, reason),
        };
        let path = blob.text_of(1, NAME);
        let path = path.strip_prefix(FOLDER).unwrap_or(&path);
        let place = blob.number(2).unwrap_or(0);
        let mut tensor = Tensor { name, dtype, shape, bytes: None };
        let file = escape(path).is_none().then(|| (self.input.sibling)(path)).flatten();
        let Some(file) = file else {
            return self.found.tensor_elsewhere(path, None, tensor);
        };
        let pages = Pages::new(file.as_ref());
        let known = pages.u32(place) == Some(SENTINEL);
        let span = || {
            let start = pages.u64(place.checked_add(16)?)?;
            Some(start..start.checked_add(pages.u64(place + 8)?)?)
        };
        tensor.bytes = span().filter(|_| known);
        if tensor.bytes.is_none() {
            let saying =
                format!("no blob at byte {place} of {path}, where its data are said to lie");
            self.found.odd(What::TensorOutOfRange, at, saying);
        }
        self.found.tensor_elsewhere(path, Some(file.len()), tensor);
    }
}

/// The type and extents of a value; or what is wrong with them.
fn type_and_shape(value: &Span) -> Result<(Dtype, Vec<u64>), String> {
    let told = value.span(2).and_then(|it| it.span(1)).ok_or("a value without a tensor's type")?;
    let kind = told.number(1).unwrap_or(0);
    let known = DTYPES.iter().find(|(number, _)| *number == kind);
    let dtype = Dtype::named(known.map_or(&format!("coreml:{kind}"), |(_, name)| name));
    let extents =
        told.spans(3).take(RANK + 1).map(|extent| extent.span(1).and_then(|it| it.number(1)));
    let shape: Vec<u64> = extents.map(Option::unwrap_or_default).collect();
    if shape.len() > RANK {
        return Err(format!("more than {RANK} extents"));
    }
    Ok((dtype, shape))
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            protobuf::make::{number, span},
            trial,
        },
        *,
    };
    use crate::source::Bytes;

    fn constant(path: &str, place: u64) -> Vec<u8> {
        let extents = [2, 3].map(|extent| span(3, span(1, number(1, extent))));
        let told = span(2, span(1, [number(1, 10), number(2, 2), extents.concat()].concat()));
        let blob = span(5, [span(1, path), number(2, place)].concat());
        let value = span(5, [span(1, "val"), span(2, [told, blob].concat())].concat());
        [span(1, "const"), span(3, span(1, "w")), value].concat()
    }

    fn model(operation: Vec<u8>) -> Vec<u8> {
        let block = span(3, operation);
        let function = span(3, [span(1, "CoreML7"), span(2, block)].concat());
        let program = span(2, [span(1, "main"), span(2, function)].concat());
        let license = span(2, span(100, span(4, "MIT")));
        [number(1, 8), license, span(502, program)].concat()
    }

    fn blobs() -> Vec<u8> {
        let mut bytes = vec![0; 64];
        bytes.extend(SENTINEL.to_le_bytes());
        bytes.extend(1u32.to_le_bytes());
        bytes.extend(12u64.to_le_bytes());
        bytes.extend(128u64.to_le_bytes());
        bytes.resize(140, 0);
        bytes
    }

    #[track_caller]
    fn check(operation: Vec<u8>, tensors: &[&str], odd: &[&str]) {
        let bytes = model(operation);
        assert!(trial::recognized(&FORMAT, "m", &bytes));
        let sibling = |path: &str| -> Option<Box<dyn Bytes>> {
            (path == "weights/weight.bin").then(|| Box::new(blobs()) as Box<dyn Bytes>)
        };
        let listing = trial::list_beside(&FORMAT, &bytes, &sibling).unwrap();
        assert_eq!(trial::lines(&listing), tensors);
        assert_eq!(trial::odd(&listing), odd);
        assert_eq!(listing.file.metadata["license"], "MIT");
        assert_eq!(listing.file.operators["const"], 1);
    }

    #[test]
    fn names_lead_to_blobs() {
        let path = "@model_path/weights/weight.bin";
        check(constant(path, 64), &["weights/weight.bin: w F16 [2, 3] 128..140"], &[]);
        check(constant("other.bin", 64), &["other.bin: w F16 [2, 3]"], &[]);
        let saying = "no blob at byte 65 of weights/weight.bin, where its data are said to lie";
        check(constant(path, 65), &["weights/weight.bin: w F16 [2, 3]"], &[saying]);
        let saying = "its data is said to lie at `../w.bin`, outside the folder";
        check(constant("@model_path/../w.bin", 64), &["w F16 [2, 3]"], &[saying]);
    }

    #[test]
    fn the_older_kind_is_told() {
        let bytes = [number(1, 4), span(500, "")].concat();
        let listing = trial::list(&FORMAT, &bytes).unwrap();
        let saying = "a neural network, whose weights are in its layers and not listed";
        assert_eq!(trial::odd(&listing), [saying]);
    }

    #[test]
    fn no_bytes_are_too_strange() {
        trial::abuse(&FORMAT, &model(constant("hundred", 64)));
    }
}
