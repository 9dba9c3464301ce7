//! `TFLite`: one flatbuffer with graphs of tensors, most of which exist only while the model runs.
//! Those whose buffer holds data are the weights.

use std::{collections::BTreeMap, ops::Range};

use super::{
    Format, Input, Listing, ReadError, Reader,
    flatbuffer::{Steps, Table, Vector},
    gathering::{Gathering, NAME, NOTE, RANK},
    pages::Pages,
};
use crate::{
    facts::{Dtype, What},
    words::FileKind,
};

pub(super) const FORMAT: Format = Format {
    name: "tflite",
    kind: FileKind::Weights,
    recognizes: |probe| probe.head.get(4..8) == Some(b"TFL3"),
    read: Reader::Tensors(read),
};

/// Kinds of operator that one file may use; the format has about 210.
const OPERATORS: u64 = 1 << 16;
/// The format's own operators in the order of their numbers, a line each. `CUSTOM` and `DELEGATE` call out
/// of the runtime.
const BUILTIN: &str = include_str!("tflite/operators.txt");

/// Element types in the order of their numbers.
const DTYPES: &[&str] = &[
    "F32", "F16", "I32", "U8", "I64", "STRING", "BOOL", "I16", "C64", "I8", "F64", "C128", "U64",
    "RESOURCE", "VARIANT", "U32", "U16", "I4", "BF16", "I2", "U4",
];

// Field numbers of schema.fbs, by table.
mod model {
    pub(super) const VERSION: u16 = 0;
    pub(super) const OPERATORS: u16 = 1;
    pub(super) const GRAPHS: u16 = 2;
    pub(super) const DESCRIPTION: u16 = 3;
    pub(super) const BUFFERS: u16 = 4;
    pub(super) const METADATA: u16 = 6;
}
mod graph {
    pub(super) const TENSORS: u16 = 0;
    pub(super) const NODES: u16 = 3;
}
mod tensor {
    pub(super) const SHAPE: u16 = 0;
    pub(super) const TYPE: u16 = 1;
    pub(super) const BUFFER: u16 = 2;
    pub(super) const NAME: u16 = 3;
}
mod buffer {
    pub(super) const DATA: u16 = 0;
    pub(super) const OFFSET: u16 = 1;
    pub(super) const SIZE: u16 = 2;
}

fn read(input: &Input) -> Result<Listing, ReadError> {
    let pages = Pages::new(input.bytes);
    let mut found = Gathering::new(input, FORMAT.name);
    let Some(model) = Table::root(&pages) else {
        let reason = "its root table is not in the file".to_owned();
        return Err(ReadError::Malformed { format: FORMAT.name, reason });
    };
    found.note("version", model.u32(model::VERSION).to_string());
    found.note("description", model.text(model::DESCRIPTION, NOTE));
    for entry in model.tables(model::METADATA).take(100) {
        found.note(format!("metadata.{}", entry.text(0, NAME)), format!("buffer {}", entry.u32(1)));
    }
    if let Some(odd) = missing(&model) {
        found.odd(What::HeaderInvalid, found.at(), odd);
    }
    let buffers = model.vector(model::BUFFERS, 4);
    let operators = operators(&model);
    let mut tensors = 0;
    let steps = Steps::of(&pages);
    for (n, graph) in model.tables(model::GRAPHS).take_while(|_| steps.take()).enumerate() {
        let scope = if n == 0 {
            String::new()
        } else {
            format!("subgraph{n}/")
        };
        for tensor in graph.tables(graph::TENSORS).take_while(|_| steps.take()) {
            tensors += 1;
            weight(&mut found, &tensor, buffers, &scope);
        }
        count(&mut found, &graph, &operators, &steps);
    }
    if steps.are_spent() {
        found.odd(
            What::HeaderInvalid,
            found.at(),
            "more tensors and nodes than the file could hold",
        );
    }
    found.note("graph_tensors", tensors.to_string());
    found.finish(pages)
}

/// What a model must have and this one has not, or not inside the file.
fn missing(model: &Table) -> Option<&'static str> {
    let (graphs, buffers) = (model.vector(model::GRAPHS, 4), model.vector(model::BUFFERS, 4));
    match (graphs, buffers) {
        (None, _) => Some("no graphs, or not inside the file"),
        (_, None) => Some("no buffers, or not inside the file"),
        _ => None,
    }
}

/// Lists a tensor where its buffer holds data.
fn weight(found: &mut Gathering, tensor: &Table, buffers: Option<Vector>, scope: &str) {
    let number = u64::from(tensor.u32(tensor::BUFFER));
    if number == 0 {
        return; // the empty buffer, by convention
    }
    let Some(buffer) = buffers.and_then(|buffers| buffers.table(number)) else {
        let at = found.at().tensor(tensor.text(tensor::NAME, NAME));
        return found.odd(
            What::TensorOutOfRange,
            at,
            format!("its data are in buffer {number}, which is not there"),
        );
    };
    let Some(bytes) = place(&buffer) else { return };
    let name = format!("{scope}{}", tensor.text(tensor::NAME, NAME));
    let kind = tensor.byte(tensor::TYPE);
    let known = DTYPES.get(usize::from(kind));
    let at = found.at().tensor(&name);
    if known.is_none() {
        found.odd(What::DtypeUnknown, at.clone(), format!("element type {kind}"));
    }
    let dtype =
        known.map_or_else(|| Dtype::named(&format!("tflite:{kind}")), |name| Dtype::named(name));
    match shape(tensor) {
        Ok(shape) => found.tensor(name, dtype, shape, Some(bytes)),
        Err(reason) => found.odd(What::HeaderInvalid, at, reason),
    }
}

fn shape(tensor: &Table) -> Result<Vec<u64>, String> {
    let Some(extents) = tensor.vector(tensor::SHAPE, 4) else {
        return Ok(Vec::new());
    };
    if extents.len > RANK as u64 {
        return Err(format!("{} extents", extents.len));
    }
    let extents = (0..extents.len).filter_map(|n| extents.u32(n)).map(u32::cast_signed);
    extents
        .map(|extent| u64::try_from(extent).map_err(|_| format!("an extent of {extent}")))
        .collect()
}

/// Where a buffer's bytes are: in the flatbuffer, or behind it where it would pass two gigabytes;
/// `None` where it has none.
fn place(buffer: &Table) -> Option<Range<u64>> {
    let inside = buffer.vector(buffer::DATA, 1).filter(|data| data.len > 0);
    if let Some(data) = inside {
        return Some(data.bytes());
    }
    let (start, len) = (buffer.u64(buffer::OFFSET), buffer.u64(buffer::SIZE));
    // 0 and 1 stand for none: the writer fills in the place at the end.
    (start > 1 && len > 0).then(|| start..start.saturating_add(len))
}

/// The operators that nodes refer to by their position.
fn operators(model: &Table) -> Vec<String> {
    let builtin: Vec<&str> = BUILTIN.lines().collect();
    let codes = model.vector(model::OPERATORS, 4);
    let codes = codes
        .into_iter()
        .flat_map(|codes| (0..codes.len.min(OPERATORS)).map(move |n| codes.table(n)));
    let name = |code: Option<Table>| {
        let Some(code) = code else {
            return "?".to_owned();
        };
        let number = code.u32(3).max(u32::from(code.byte(0))); // the byte is the older field
        let builtin = usize::try_from(number).ok().and_then(|number| builtin.get(number));
        let custom = code.text(1, 256);
        match builtin {
            Some(name) if custom.is_empty() => (*name).to_owned(),
            Some(name) => format!("{name}::{custom}"),
            None => format!("builtin {number}"),
        }
    };
    codes.map(name).collect()
}

/// Counts the nodes of a graph by operator.
fn count(found: &mut Gathering, graph: &Table, operators: &[String], steps: &Steps) {
    let mut calls = BTreeMap::<u32, u64>::new();
    for node in graph.tables(graph::NODES).take_while(|_| steps.take()) {
        *calls.entry(node.u32(0)).or_default() += 1;
    }
    for (code, calls) in calls {
        let name = usize::try_from(code).ok().and_then(|code| operators.get(code));
        found.operators(name.map_or("?", String::as_str), calls);
    }
}

#[cfg(test)]
mod tests {
    use super::{super::trial, *};

    /// A table with fields of four bytes each, behind its own list of places; numbers are values, or
    /// pointers to what `put` puts behind it.
    #[derive(Default)]
    struct File(Vec<u8>);

    impl File {
        fn u32(&mut self, number: usize) {
            self.0.extend(u32::try_from(number).unwrap().to_le_bytes());
        }

        /// Fields as `(number, bytes)`; their places, to be pointed elsewhere.
        fn table(&mut self, fields: &[(u16, &[u8])]) -> (usize, Vec<usize>) {
            let start = self.0.len();
            let count = fields.iter().map(|(number, _)| number + 1).max().unwrap_or(0);
            let mut places = vec![0u16; usize::from(count)];
            let mut at = 4u16;
            for (number, bytes) in fields {
                places[usize::from(*number)] = at;
                at += u16::try_from(bytes.len()).unwrap();
            }
            self.0.extend((4 + 2 * count).to_le_bytes());
            self.0.extend(at.to_le_bytes());
            for place in &places {
                self.0.extend(place.to_le_bytes());
            }
            let table = self.0.len();
            self.u32(table - start);
            let mut held = Vec::new();
            for (_, bytes) in fields {
                held.push(self.0.len());
                self.0.extend(*bytes);
            }
            (table, held)
        }

        fn point(&mut self, from: usize) {
            let far = u32::try_from(self.0.len() - from).unwrap();
            self.0[from..from + 4].copy_from_slice(&far.to_le_bytes());
        }

        fn vector(&mut self, from: usize, len: usize, bytes: &[u8]) -> usize {
            self.point(from);
            self.u32(len);
            self.0.extend(bytes);
            self.0.len() - bytes.len()
        }

        fn pointed(&mut self, from: usize, fields: &[(u16, &[u8])]) -> Vec<usize> {
            let (table, held) = self.table(fields);
            let far = u32::try_from(table - from).unwrap();
            self.0[from..from + 4].copy_from_slice(&far.to_le_bytes());
            held
        }
    }

    const HERE: &[u8] = &[0; 4];

    /// A model with one graph of one tensor, `w` of two floats, and one custom operator.
    fn model(kind: u8, extent: i32, buffer: u32, data: &[u8]) -> Vec<u8> {
        calling(&[(0, &[32]), (1, HERE)], kind, extent, buffer, data)
    }

    /// The same, whose operator has these fields; a custom one is `Flex`.
    fn calling(
        operator: &[(u16, &[u8])],
        kind: u8,
        extent: i32,
        buffer: u32,
        data: &[u8],
    ) -> Vec<u8> {
        let mut file = File::default();
        file.u32(0);
        file.0.extend(b"TFL3");
        let root = file.pointed(0, &[(0, &[3, 0, 0, 0]), (1, HERE), (2, HERE), (4, HERE)]);
        let codes = file.vector(root[1], 1, HERE);
        let code = file.pointed(codes, operator);
        if operator.iter().any(|(field, _)| *field == 1) {
            file.vector(code[1], 4, b"Flex");
        }
        let graphs = file.vector(root[2], 1, HERE);
        let graph = file.pointed(graphs, &[(0, HERE), (3, HERE)]);
        let tensors = file.vector(graph[0], 1, HERE);
        let tensor = file.pointed(
            tensors,
            &[
                (0, HERE),
                (1, &[kind]),
                (2, &buffer.to_le_bytes()),
                (3, HERE),
            ],
        );
        file.vector(tensor[0], 1, &extent.to_le_bytes());
        file.vector(tensor[3], 1, b"w");
        let nodes = file.vector(graph[1], 1, HERE);
        file.pointed(nodes, &[(0, HERE)]);
        let buffers = file.vector(root[3], 2, &[0; 8]);
        file.pointed(buffers, &[]);
        let held = file.pointed(buffers + 4, &[(0, HERE)]);
        file.vector(held[0], data.len(), data);
        file.0
    }

    #[test]
    fn only_tensors_with_data_are_listed() {
        let good = model(0, 2, 1, &[7; 8]);
        let data = good.len() - 8..good.len();
        trial::check(&FORMAT, &good, &[&format!("w F32 [2] {data:?}")]);
        trial::check(&FORMAT, &model(0, 2, 0, &[7; 8]), &[]);
        trial::check(&FORMAT, &model(0, 2, 1, &[]), &[]);
        let file = trial::list(&FORMAT, &good).unwrap().file;
        assert_eq!(
            file.operators.into_iter().collect::<Vec<_>>(),
            [("CUSTOM::Flex".to_owned(), 1)]
        );
    }

    #[test]
    fn operators_are_named_by_either_number() {
        check_operator(&[(0, &[3])], "CONV_2D");
        check_operator(&[(0, &[127]), (3, &[150, 0, 0, 0])], "GELU");
        check_operator(&[(3, &[208, 0, 0, 0])], "STABLEHLO_CBRT");
        check_operator(&[(3, &[0, 1, 0, 0])], "builtin 256");
        assert_eq!(BUILTIN.lines().nth(51), Some("DELEGATE"));
    }

    #[track_caller]
    fn check_operator(fields: &[(u16, &[u8])], name: &str) {
        let listing = trial::list(&FORMAT, &calling(fields, 0, 2, 1, &[7; 8])).unwrap();
        assert_eq!(listing.file.operators.keys().collect::<Vec<_>>(), [name]);
    }

    #[test]
    fn what_lies_is_told() {
        check(&model(0, -2, 1, &[7; 8]), "an extent of -2");
        check(&model(0, 3, 1, &[7; 8]), "F32 [3] takes 12 bytes, 8 are stored");
        check(&model(99, 2, 1, &[7; 8]), "element type 99");
        check(&model(0, 2, 9, &[7; 8]), "its data are in buffer 9, which is not there");
        check(b"\x08\0\0\0TFL3\0\0\0\0", "no graphs, or not inside the file");
    }

    #[track_caller]
    fn check(bytes: &[u8], saying: &str) {
        let listing = trial::list(&FORMAT, bytes).unwrap();
        assert_eq!(trial::odd(&listing), [saying]);
    }

    #[test]
    fn graphs_that_share_their_vectors_do_not_keep_it_busy() {
        let mut file = File::default();
        file.u32(0);
        file.0.extend(b"TFL3");
        let root = file.pointed(0, &[(2, HERE), (4, HERE)]);
        let many = 200_000;
        let graphs = file.vector(root[0], many, &vec![0; 4 * many]);
        let (graph, held) = file.table(&[(0, HERE)]);
        for n in 0..many {
            let at = graphs + 4 * n;
            let far = u32::try_from(graph - at).unwrap();
            file.0[at..at + 4].copy_from_slice(&far.to_le_bytes());
        }
        let tensors = file.vector(held[0], many, &vec![0; 4 * many]);
        let (tensor, _) = file.table(&[(2, &[0; 4])]);
        for n in 0..many {
            let at = tensors + 4 * n;
            let far = u32::try_from(tensor - at).unwrap();
            file.0[at..at + 4].copy_from_slice(&far.to_le_bytes());
        }
        file.vector(root[1], 0, b"");
        check(&file.0, "more tensors and nodes than the file could hold");
    }

    #[test]
    fn no_bytes_are_too_strange() {
        trial::abuse(&FORMAT, &model(0, 2, 1, &[7; 8]));
    }
}
