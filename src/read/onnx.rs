//! ONNX: a graph of nodes as one protobuf message. Weights stand in the graph, in the branches of its
//! nodes, in constants and in functions, or in files beside it.

use std::ops::Range;

use super::{
    Format, Input, Listing, Probe, ReadError, Reader,
    gathering::{Gathering, NAME, NOTE, RANK, escape},
    pages::Pages,
    protobuf::{Span, Value, varint},
};
use crate::{
    facts::{Dtype, Tensor, What},
    words::FileKind,
};

pub(super) const FORMAT: Format = Format {
    name: "onnx",
    kind: FileKind::Weights,
    recognizes,
    read: Reader::Tensors(read),
};

/// Graphs within nodes within graphs; exporters make three at most.
const DEPTH: usize = 32;
/// Top-level fields looked at to tell the format.
const FIELDS: usize = 512;

// Field numbers of onnx.proto, by message.
mod model {
    pub(super) const PRODUCER: u64 = 2;
    pub(super) const PRODUCER_VERSION: u64 = 3;
    pub(super) const GRAPH: u64 = 7;
    pub(super) const OPSET: u64 = 8;
    pub(super) const PROPERTY: u64 = 14;
    pub(super) const TRAINING: u64 = 20;
    pub(super) const FUNCTION: u64 = 25;
    pub(super) const ALL: [u64; 13] = [1, 2, 3, 4, 5, 6, 7, 8, 14, 20, 25, 26, 27];
}
mod graph {
    pub(super) const NODE: u64 = 1;
    pub(super) const INITIALIZER: u64 = 5;
    pub(super) const SPARSE: u64 = 15;
}
mod node {
    pub(super) const OUTPUT: u64 = 2;
    pub(super) const NAME: u64 = 3;
    pub(super) const OPERATOR: u64 = 4;
    pub(super) const ATTRIBUTE: u64 = 5;
    pub(super) const DOMAIN: u64 = 7;
}
mod attribute {
    pub(super) const NAME: u64 = 1;
    pub(super) const TENSOR: u64 = 5;
    pub(super) const GRAPH: u64 = 6;
    pub(super) const TENSORS: u64 = 10;
    pub(super) const GRAPHS: u64 = 11;
    pub(super) const SPARSE: u64 = 22;
    pub(super) const SPARSES: u64 = 23;
}
mod tensor {
    pub(super) const DIMS: u64 = 1;
    pub(super) const TYPE: u64 = 2;
    pub(super) const NAME: u64 = 8;
    pub(super) const RAW: u64 = 9;
    pub(super) const EXTERNAL: u64 = 13;
    pub(super) const LOCATION: u64 = 14;
}
mod function {
    pub(super) const NAME: u64 = 1;
    pub(super) const NODE: u64 = 7;
    pub(super) const DOMAIN: u64 = 10;
}

/// Element types by their number in `TensorProto.DataType`, and the field that holds the elements
/// as plain numbers where they are not raw; 0 where that field is of variable-length numbers.
const DTYPES: &[(u64, &str, u64)] = &[
    (1, "F32", 4),
    (2, "U8", 0),
    (3, "I8", 0),
    (4, "U16", 0),
    (5, "I16", 0),
    (6, "I32", 0),
    (7, "I64", 0),
    (8, "STRING", 0),
    (9, "BOOL", 0),
    (10, "F16", 0),
    (11, "F64", 10),
    (12, "U32", 0),
    (13, "U64", 0),
    (14, "C64", 4),
    (15, "C128", 10),
    (16, "BF16", 0),
    (17, "F8_E4M3", 0),
    (18, "F8_E4M3FNUZ", 0),
    (19, "F8_E5M2", 0),
    (20, "F8_E5M2FNUZ", 0),
    (21, "U4", 0),
    (22, "I4", 0),
    (23, "F4", 0),
    (24, "F8_E8M0", 0),
    (25, "U2", 0),
    (26, "I2", 0),
];

/// Fields of a tensor that hold elements as numbers: float, int32, string, int64, double, uint64.
const TYPED: [u64; 6] = [4, 5, 6, 7, 10, 11];

/// A message with an IR version in front, none but the fields of a model, and a graph among them.
fn recognizes(probe: &Probe) -> bool {
    if probe.head.first() != Some(&0x08) {
        return false;
    }
    let pages = Pages::new(probe.bytes);
    let mut graph = false;
    for field in Span::file(&pages).fields().take(FIELDS) {
        if !model::ALL.contains(&field.number) {
            return false;
        }
        graph |= field.number == model::GRAPH && matches!(field.value, Value::Span(_));
    }
    graph
}

fn read(input: &Input) -> Result<Listing, ReadError> {
    let pages = Pages::new(input.bytes);
    let mut walk = Walk {
        sibling: input.sibling,
        pages: &pages,
        found: Gathering::new(input, FORMAT.name),
    };
    walk.model(&Span::file(&pages));
    let found = walk.found;
    found.finish(pages)
}

struct Walk<'a, 'b> {
    sibling: &'b dyn Fn(&str) -> Option<Box<dyn crate::source::Bytes>>,
    pages: &'a Pages<'a>,
    found: Gathering,
}

impl<'a> Walk<'a, '_> {
    fn model(&mut self, model: &Span<'a>) {
        for field in model.fields() {
            match (field.number, field.value) {
                (1, Value::Number(version)) => self.found.note("ir_version", version.to_string()),
                (model::PRODUCER, Value::Span(name)) => {
                    self.found.note("producer_name", name.text(NOTE));
                }
                (model::PRODUCER_VERSION, Value::Span(version)) => {
                    self.found.note("producer_version", version.text(NOTE));
                }
                (model::OPSET, Value::Span(opset)) => self.opset(&opset),
                (model::PROPERTY, Value::Span(entry)) => {
                    self.found.note(entry.text_of(1, NAME), entry.text_of(2, NOTE));
                }
                (model::GRAPH, Value::Span(graph)) => self.graph(&graph, "", DEPTH),
                (model::TRAINING, Value::Span(training)) => {
                    for (number, scope) in
                        [(1, "training.initialization/"), (2, "training.algorithm/")]
                    {
                        for graph in training.spans(number) {
                            self.graph(&graph, scope, DEPTH);
                        }
                    }
                }
                (model::FUNCTION, Value::Span(function)) => self.function(&function),
                _ => {}
            }
        }
    }

    fn opset(&mut self, opset: &Span<'a>) {
        let domain = opset.text_of(1, NAME);
        let domain = if domain.is_empty() {
            "ai.onnx"
        } else {
            &domain
        };
        let version = opset.number(2).unwrap_or(0);
        self.found.note(format!("opset.{domain}"), version.to_string());
    }

    fn function(&mut self, function: &Span<'a>) {
        let name = called(
            function.text_of(function::DOMAIN, NAME),
            &function.text_of(function::NAME, NAME),
        );
        self.found.note(format!("function.{name}"), "local");
        for node in function.spans(function::NODE) {
            self.node(&node, &format!("{name}/"), DEPTH);
        }
    }

    fn graph(&mut self, graph: &Span<'a>, scope: &str, depth: usize) {
        if depth == 0 {
            let at = self.found.at().byte(graph.range.start);
            self.found.odd(What::HeaderInvalid, at, format!("graphs nested deeper than {DEPTH}"));
            return;
        }
        for field in graph.fields() {
            match (field.number, field.value) {
                (graph::NODE, Value::Span(node)) => self.node(&node, scope, depth),
                (graph::INITIALIZER, Value::Span(tensor)) => self.tensor(&tensor, scope, None),
                (graph::SPARSE, Value::Span(tensor)) => self.sparse(&tensor, scope, None),
                _ => {}
            }
        }
    }

    /// A node: its operator, and the tensors and graphs in its attributes. Those of a branch are
    /// named after the node, since two branches may use one name for different tensors.
    fn node(&mut self, node: &Span<'a>, scope: &str, depth: usize) {
        let operator = node.text_of(node::OPERATOR, NAME);
        self.found.operator(&called(node.text_of(node::DOMAIN, NAME), &operator));
        for held in node.spans(node::ATTRIBUTE) {
            self.attribute(node, &held, &operator, scope, depth);
        }
    }

    fn attribute(
        &mut self,
        node: &Span<'a>,
        held: &Span<'a>,
        operator: &str,
        scope: &str,
        depth: usize,
    ) {
        let mut name = None; // of the attribute, in full: made for the few that need it
        for field in held.fields() {
            let Value::Span(span) = field.value else {
                continue;
            };
            let kind = field.number;
            if ![5, 6, 10, 11, 22, 23].contains(&kind) {
                continue;
            }
            let name = name.get_or_insert_with(|| {
                let output =
                    node.spans(node::OUTPUT).next().map(|it| it.text(NAME)).unwrap_or_default();
                if operator == "Constant" {
                    return output;
                }
                let own = node.text_of(node::NAME, NAME);
                let own = if own.is_empty() { output } else { own };
                format!("{own}.{}", held.text_of(attribute::NAME, NAME))
            });
            match kind {
                attribute::TENSOR | attribute::TENSORS => self.tensor(&span, scope, Some(name)),
                attribute::SPARSE | attribute::SPARSES => self.sparse(&span, scope, Some(name)),
                attribute::GRAPH | attribute::GRAPHS => {
                    self.graph(&span, &format!("{scope}{name}/"), depth - 1);
                }
                _ => {}
            }
        }
    }

    /// A sparse tensor: its values and their indices, each a tensor of its own.
    fn sparse(&mut self, sparse: &Span<'a>, scope: &str, name: Option<&str>) {
        let Some(values) = sparse.span(1) else { return };
        let own = values.text_of(tensor::NAME, NAME);
        let own = name.unwrap_or(&own);
        self.tensor(&values, scope, Some(own));
        if let Some(indices) = sparse.span(2) {
            self.tensor(&indices, scope, Some(&format!("{own}.indices")));
        }
    }

    /// A tensor, under the name given where its place names it.
    fn tensor(&mut self, span: &Span<'a>, scope: &str, name: Option<&str>) {
        let own = match name {
            Some(name) => name.to_owned(),
            None => span.text_of(tensor::NAME, NAME),
        };
        let name = format!("{scope}{own}");
        let at = self.found.at().tensor(&name).byte(span.range.start);
        let (kind, shape) = match type_and_shape(span, self.pages) {
            Ok(it) => it,
            Err(reason) => return self.found.odd(What::HeaderInvalid, at, reason),
        };
        let known = DTYPES.iter().find(|(number, ..)| *number == kind);
        if known.is_none() {
            self.found.odd(What::DtypeUnknown, at.clone(), format!("element type {kind}"));
        }
        let dtype = Dtype::named(known.map_or(&format!("onnx:{kind}"), |(_, name, _)| name));
        if span.number(tensor::LOCATION) == Some(1) {
            return self.external(span, Tensor { name, dtype, shape, bytes: None });
        }
        if span.cut {
            return self.found.tensor(name, dtype, shape, None);
        }
        let stored = plain(span, known.map_or(0, |(.., field)| *field));
        self.found.tensor(name, dtype, shape, stored);
    }

    /// A tensor whose elements lie in another file.
    fn external(&mut self, span: &Span<'a>, mut tensor: Tensor) {
        let entry = |key: &str| {
            let mut entries = span.spans(tensor::EXTERNAL);
            entries.find(|entry| entry.text_of(1, NAME) == key).map(|entry| entry.text_of(2, NAME))
        };
        let path = entry("location").unwrap_or_default();
        let number = |key| entry(key).map(|text: String| text.parse::<u64>());
        let (Some(Ok(offset)), length) = (number("offset").or(Some(Ok(0))), number("length"))
        else {
            let at = self.found.at().tensor(&tensor.name);
            self.found.odd(What::HeaderInvalid, at, "the offset of its data is no number");
            return self.found.tensor_elsewhere(&path, None, tensor);
        };
        let len =
            escape(&path).is_none().then(|| (self.sibling)(&path)).flatten().map(|it| it.len());
        let needed = || tensor.dtype.padded_len_of(tensor.elements()?);
        let end = match length {
            Some(Ok(length)) => offset.checked_add(length),
            Some(Err(_)) => None,
            None => needed().and_then(|needed| offset.checked_add(needed)).or(len),
        };
        tensor.bytes = end.map(|end| offset..end);
        if end.is_none() {
            let at = self.found.at().tensor(&tensor.name);
            self.found.odd(What::HeaderInvalid, at, "the length of its data is no number");
        }
        self.found.tensor_elsewhere(&path, len, tensor);
    }
}

/// As reports name an operator: with its domain, unless that is ONNX's own.
fn called(domain: String, operator: &str) -> String {
    match domain.as_str() {
        "" | "ai.onnx" => operator.to_owned(),
        _ => domain + "::" + operator,
    }
}

/// The number of a tensor's type, and its extents; or what is wrong with them.
fn type_and_shape<'a>(span: &Span<'a>, pages: &Pages<'a>) -> Result<(u64, Vec<u64>), String> {
    let mut kind = 0;
    let mut shape = Vec::new();
    for field in span.fields() {
        match (field.number, field.value) {
            (tensor::TYPE, Value::Number(number)) => kind = number,
            (tensor::DIMS, Value::Number(extent)) if shape.len() <= RANK => shape.push(extent),
            (tensor::DIMS, Value::Span(packed)) => {
                let mut at = packed.range.start;
                while at < packed.range.end && shape.len() <= RANK {
                    let extent = varint(pages, at, packed.range.end);
                    let (extent, end) = extent.ok_or("extents that are no numbers")?;
                    shape.push(extent);
                    at = end;
                }
            }
            _ => {}
        }
    }
    if shape.len() > RANK {
        return Err(format!("more than {RANK} extents"));
    }
    match shape.iter().find(|extent| **extent > i64::MAX.cast_unsigned()) {
        Some(extent) => Err(format!("an extent of {}", extent.cast_signed())),
        None => Ok((kind, shape)),
    }
}

/// Where the elements stand as they are: raw, or in the one `typed` field that packs them plainly;
/// `None` where they are coded, or in several pieces.
fn plain(span: &Span, typed: u64) -> Option<Range<u64>> {
    let mut found = None;
    for field in span.fields() {
        let elements = field.number == tensor::RAW || TYPED.contains(&field.number);
        if !elements {
            continue;
        }
        match field.value {
            Value::Span(held) if held.len() == 0 => {}
            Value::Span(held)
                if found.is_none() && [tensor::RAW, typed].contains(&field.number) =>
            {
                found = Some(held.range);
            }
            _ => return None,
        }
    }
    found
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

    /// Two by two floats.
    fn tensor(name: &str, data: Vec<u8>) -> Vec<u8> {
        [
            number(1, 2),
            number(1, 2),
            number(2, 1),
            span(8, name),
            data,
        ]
        .concat()
    }

    fn raw() -> Vec<u8> {
        span(9, [0; 16])
    }

    fn model(fields: &[Vec<u8>]) -> Vec<u8> {
        let opset = span(8, number(2, 17));
        [
            number(1, 8),
            span(2, "pytorch"),
            span(7, fields.concat()),
            opset,
        ]
        .concat()
    }

    fn beside(location: &str, offset: &str) -> Vec<u8> {
        let entry = |key: &str, value: &str| span(13, [span(1, key), span(2, value)].concat());
        let entries = [
            entry("location", location),
            entry("offset", offset),
            entry("length", "16"),
        ];
        [entries.concat(), number(14, 1)].concat()
    }

    /// An `If` whose branch holds a weight and a constant.
    fn branching() -> Vec<u8> {
        let value = span(5, [span(1, "value"), span(5, tensor("", raw()))].concat());
        let constant = span(1, [span(2, "c"), span(4, "Constant"), value].concat());
        let branch = span(6, [constant, span(5, tensor("w", raw()))].concat());
        let held = span(5, [span(1, "then_branch"), branch].concat());
        span(1, [span(2, "y"), span(3, "If_0"), span(4, "If"), held].concat())
    }

    #[test]
    fn weights_are_found_wherever_they_stand() {
        let w = |data| model(&[span(5, tensor("w", data))]);
        trial::check(&FORMAT, &w(raw()), &["w F32 [2, 2] 26..42"]);
        trial::check(&FORMAT, &w(span(4, [0; 16])), &["w F32 [2, 2] 26..42"]); // packed floats
        trial::check(&FORMAT, &w(span(5, [0; 4])), &["w F32 [2, 2]"]); // variable-length numbers
        trial::check(&FORMAT, &w([raw(), raw()].concat()), &["w F32 [2, 2]"]);
        trial::check(
            &FORMAT,
            &model(&[branching()]),
            &[
                "If_0.then_branch/c F32 [2, 2] 81..97",
                "If_0.then_branch/w F32 [2, 2] 110..126",
            ],
        );
        let two = tensor("v", beside("./m.onnx_data", "48"));
        trial::check(&FORMAT, &model(&[span(5, two)]), &["m.onnx_data: v F32 [2, 2] 48..64"]);
    }

    #[test]
    fn operators_and_versions_are_kept() {
        let foreign = span(1, [span(4, "PyOp"), span(7, "ai.onnx.contrib")].concat());
        let bytes = model(&[branching(), foreign]);
        let file = trial::list(&FORMAT, &bytes).unwrap().file;
        let called: Vec<_> = file.operators.keys().collect();
        assert_eq!(called, ["Constant", "If", "ai.onnx.contrib::PyOp"]);
        assert_eq!(file.metadata["opset.ai.onnx"], "17");
        assert_eq!(file.metadata["producer_name"], "pytorch");
    }

    #[test]
    fn what_lies_is_told() {
        odd(
            tensor("w", beside("../w", "0")),
            "its data is said to lie at `../w`, outside the folder",
        );
        odd(tensor("w", beside("/w", "0")), "its data is said to lie at `/w`, an absolute path");
        odd(tensor("w", beside("w", "-1")), "the offset of its data is no number");
        odd(
            tensor("w", beside("w", "18446744073709551615")),
            "the length of its data is no number",
        );
        odd(tensor("w", beside(trial::SIBLING, "90")), "bytes 90 to 106, hundred has 100");
        odd(tensor("w", span(9, [0; 15])), "F32 [2, 2] takes 16 bytes, 15 are stored");
        odd([number(1, u64::MAX), number(2, 1)].concat(), "an extent of -1");
        odd([number(2, 99), raw()].concat(), "element type 99");
        odd(number(1, 1).repeat(65), "more than 64 extents");
        odd(vec![0xFF; 11], "a field that has no whole key");
    }

    #[track_caller]
    fn odd(tensor: Vec<u8>, saying: &str) {
        let listing = trial::list(&FORMAT, &model(&[span(5, tensor)])).unwrap();
        assert_eq!(trial::odd(&listing).last(), Some(&saying));
    }

    #[test]
    fn graphs_may_be_nested_only_so_deep() {
        let deeper = |inner: Vec<u8>| span(1, span(5, span(6, inner)));
        let deep = (0..500).fold(vec![], |inner, _| deeper(inner));
        let listing = trial::list(&FORMAT, &model(&[deep])).unwrap();
        assert_eq!(trial::odd(&listing), ["graphs nested deeper than 32"]);
    }

    #[test]
    fn no_bytes_are_too_strange() {
        let two = tensor("v", beside("m.onnx_data", "48"));
        trial::abuse(&FORMAT, &model(&[branching(), span(5, two), span(5, tensor("w", raw()))]));
    }
}
