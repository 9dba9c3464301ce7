//! ONNX: a graph of nodes as one protobuf message. Weights stand in the graph, in the branches of its
//! nodes, in constants and in functions, or in files beside it.

mod fields;
mod stored;
#[cfg(test)]
mod tests;

use self::{
    fields::{attribute, function, graph, model, node, tensor},
    stored::{DTYPES, plain, type_and_shape},
};
use super::{
    Format, Input, Listing, Probe, ReadError, Reader,
    gathering::{Gathering, NAME, NOTE, escape},
    pages::Pages,
    protobuf::{Span, Value},
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
