//! `TensorFlow` graphs: `saved_model.pb`, whose variables lie in a checkpoint beside it, and frozen
//! graphs, whose weights are constants in the graph itself.

use std::ops::Range;

use super::{
    Format, Input, Listing, Probe, ReadError, Reader,
    gathering::{Gathering, NAME, NOTE},
    pages::Pages,
    protobuf::{Span, Value},
    tf_types,
};
use crate::{
    facts::{Dtype, What},
    words::FileKind,
};

pub(super) const SAVED_MODEL: Format = Format {
    name: "tf-savedmodel",
    kind: FileKind::Weights,
    recognizes: is_saved_model,
    read: Reader::Tensors(|input| read(input, SAVED_MODEL.name, Walk::saved_model)),
};

pub(super) const FROZEN: Format = Format {
    name: "tf-graph",
    kind: FileKind::Weights,
    recognizes: is_graph,
    read: Reader::Tensors(|input| read(input, FROZEN.name, Walk::graph)),
};

/// Integers that a graph may need to speak of one shape.
const FEW: u64 = 32;
/// Fields looked at to tell the format.
const FIELDS: usize = 64;

/// A schema version of 1, then meta graphs: messages with no other fields than theirs.
fn is_saved_model(probe: &Probe) -> bool {
    if !probe.head.starts_with(&[0x08, 0x01, 0x12]) {
        return false;
    }
    let pages = Pages::new(probe.bytes);
    let file = Span::file(&pages);
    let Some(meta) = file.spans(2).next() else {
        return false;
    };
    let mut inner = meta.fields().take(FIELDS).peekable();
    inner.peek().is_some()
        && inner.all(|field| (1..=7).contains(&field.number))
        && file.fields().take(FIELDS).all(|field| field.number <= 2)
}

/// A node in front: a name, then an operator that is spelt like one.
fn is_graph(probe: &Probe) -> bool {
    if probe.head.first() != Some(&0x0A) {
        return false;
    }
    let pages = Pages::new(probe.bytes);
    let Some(Value::Span(node)) = Span::file(&pages).fields().next().map(|field| field.value)
    else {
        return false;
    };
    let text = |number| {
        let field = node.fields().find(|field| field.number == number)?;
        let Value::Span(span) = field.value else {
            return None;
        };
        (!span.cut).then(|| span.text(256))
    };
    let (Some(name), Some(operator)) = (text(1), text(2)) else {
        return false;
    };
    let spelt = |text: &str, more: &str| {
        let mut letters = text.chars();
        let first =
            letters.next().is_some_and(|it| it.is_ascii_alphanumeric() || it == '_' || it == '.');
        first && letters.all(|it| it.is_ascii_alphanumeric() || more.contains(it))
    };
    spelt(&name, "_./\\->:^ ")
        && spelt(&operator, "_>")
        && node.fields().take(FIELDS).all(|field| (1..=7).contains(&field.number))
}

fn read(
    input: &Input,
    format: &'static str,
    walk: fn(&mut Walk, &Span),
) -> Result<Listing, ReadError> {
    let pages = Pages::new(input.bytes);
    let mut found = Walk {
        found: Gathering::new(input, format),
        small: 0,
    };
    walk(&mut found, &Span::file(&pages));
    let Walk { mut found, small } = found;
    if small > 0 {
        found.note("small_constants", small.to_string());
    }
    found.finish(pages)
}

struct Walk {
    found: Gathering,
    /// Constants that are the graph's own numbers, and not listed.
    small: u64,
}

impl Walk {
    fn saved_model(&mut self, file: &Span) {
        for (n, meta) in file.spans(2).enumerate() {
            for field in meta.fields() {
                match (field.number, field.value) {
                    (1, Value::Span(told)) => {
                        let tags: Vec<_> =
                            told.spans(4).take(16).map(|tag| tag.text(NAME)).collect();
                        self.found.note(format!("meta_graph.{n}.tags"), tags.join(","));
                        self.found.note("tensorflow_version", told.text_of(5, NOTE));
                    }
                    (2, Value::Span(graph)) => self.graph(&graph),
                    _ => {}
                }
            }
        }
    }

    fn graph(&mut self, graph: &Span) {
        for field in graph.fields() {
            match (field.number, field.value) {
                (1, Value::Span(node)) => self.node(&node, ""),
                (2, Value::Span(library)) => {
                    for function in library.spans(1) {
                        let name =
                            function.span(1).map(|it| it.text_of(1, NAME)).unwrap_or_default();
                        for node in function.spans(3) {
                            self.node(&node, &name);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// A node of the graph, or of the function named.
    fn node(&mut self, node: &Span, function: &str) {
        let operator = node.text_of(2, NAME);
        let constant = operator == "Const";
        self.found.operator(&operator);
        if !constant {
            return;
        }
        let held = node.spans(5).find(|attribute| attribute.text_of(1, NAME) == "value");
        let Some(tensor) = held.and_then(|it| it.span(2)).and_then(|it| it.span(8)) else {
            return;
        };
        let name = node.text_of(1, NAME);
        let name = if function.is_empty() {
            name
        } else {
            format!("{function}/{name}")
        };
        let at = self.found.at().tensor(&name).byte(tensor.range.start);
        let shape = match tensor.span(2).map_or(Ok(vec![]), |shape| tf_types::shape(&shape)) {
            Ok(shape) => shape,
            Err(reason) => return self.found.odd(What::HeaderInvalid, at, reason),
        };
        let kind = tensor.number(1).unwrap_or(0);
        let dtype = tf_types::dtype(kind);
        if dtype.is_none() {
            self.found.odd(What::DtypeUnknown, at, format!("element type {kind}"));
        }
        let dtype = dtype.unwrap_or_else(|| Dtype::named(&format!("tf:{kind}")));
        if is_own_number(&dtype, &shape) {
            self.small += 1;
            return;
        }
        let stored = plain(&tensor);
        self.found.tensor(name, dtype, shape, stored);
    }
}

/// Whether a constant is the graph's own number: a scalar, or the few integers of a shape, an axis or
/// a permutation. Graphs have thousands of these.
fn is_own_number(dtype: &Dtype, shape: &[u64]) -> bool {
    let elements = shape.iter().fold(1, |n: u64, extent| n.saturating_mul(*extent));
    shape.is_empty() || (["I32", "I64"].contains(&dtype.name()) && elements <= FEW)
}

/// Where a constant's elements stand as they are; `None` where they are coded one by one: few, or one
/// that stands for all.
fn plain(tensor: &Span) -> Option<Range<u64>> {
    let content = tensor.span(4)?;
    (content.len() > 0 && !content.cut).then_some(content.range)
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

    fn constant(name: &str, shape: &[u64], content: &[u8]) -> Vec<u8> {
        let dims: Vec<u8> = shape.iter().flat_map(|extent| span(2, number(1, *extent))).collect();
        let tensor = [number(1, 1), span(2, dims), span(4, content)].concat();
        let value = span(5, [span(1, "value"), span(2, span(8, tensor))].concat());
        [span(1, name), span(2, "Const"), value].concat()
    }

    fn graph() -> Vec<u8> {
        let nodes = [
            span(1, constant("w", &[2], &[0; 8])),
            span(1, constant("s", &[], &[0; 4])),
        ];
        let reads = span(1, [span(1, "r"), span(2, "ReadFile")].concat());
        let function = [span(1, span(1, "f")), span(3, constant("w", &[1], &[0; 4]))].concat();
        [nodes.concat(), reads, span(2, span(1, function))].concat()
    }

    fn saved() -> Vec<u8> {
        let told = span(1, [span(4, "serve"), span(5, "2.15.0")].concat());
        [number(1, 1), span(2, [told, span(2, graph())].concat())].concat()
    }

    #[test]
    fn constants_are_listed_and_operators_counted() {
        trial::check(&FROZEN, &graph(), &["w F32 [2] 35..43", "f/w F32 [1] 137..141"]);
        trial::check(&SAVED_MODEL, &saved(), &["w F32 [2] 60..68", "f/w F32 [1] 162..166"]);
        let file = trial::list(&SAVED_MODEL, &saved()).unwrap().file;
        let called: Vec<_> = file.operators.iter().map(|(name, n)| (name.as_str(), *n)).collect();
        assert_eq!(called, [("Const", 3), ("ReadFile", 1)]);
        assert_eq!(file.metadata["tensorflow_version"], "2.15.0");
        assert_eq!(file.metadata["meta_graph.0.tags"], "serve");
    }

    #[test]
    fn only_graphs_are_taken_for_graphs() {
        let piece = span(1, [span(1, "<unk>"), vec![0x15, 0, 0, 0, 0]].concat()); // a vocabulary
        assert!(!trial::recognized(&FROZEN, "tokenizer.model", &piece));
        assert!(!trial::recognized(&FROZEN, "text", b"\n\nHello"));
        assert!(!trial::recognized(&SAVED_MODEL, "m", &[0x08, 0x01, 0x12, 0x00]));
    }

    #[test]
    fn no_bytes_are_too_strange() {
        trial::abuse(&FROZEN, &graph());
        trial::abuse(&SAVED_MODEL, &saved());
    }
}
