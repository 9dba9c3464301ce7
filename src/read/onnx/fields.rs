//! Field numbers of `onnx.proto`, by message.

pub(super) mod model {
    pub(in super::super) const PRODUCER: u64 = 2;
    pub(in super::super) const PRODUCER_VERSION: u64 = 3;
    pub(in super::super) const GRAPH: u64 = 7;
    pub(in super::super) const OPSET: u64 = 8;
    pub(in super::super) const PROPERTY: u64 = 14;
    pub(in super::super) const TRAINING: u64 = 20;
    pub(in super::super) const FUNCTION: u64 = 25;
    pub(in super::super) const ALL: [u64; 13] = [1, 2, 3, 4, 5, 6, 7, 8, 14, 20, 25, 26, 27];
}
pub(super) mod graph {
    pub(in super::super) const NODE: u64 = 1;
    pub(in super::super) const INITIALIZER: u64 = 5;
    pub(in super::super) const SPARSE: u64 = 15;
}
pub(super) mod node {
    pub(in super::super) const OUTPUT: u64 = 2;
    pub(in super::super) const NAME: u64 = 3;
    pub(in super::super) const OPERATOR: u64 = 4;
    pub(in super::super) const ATTRIBUTE: u64 = 5;
    pub(in super::super) const DOMAIN: u64 = 7;
}
pub(super) mod attribute {
    pub(in super::super) const NAME: u64 = 1;
    pub(in super::super) const TENSOR: u64 = 5;
    pub(in super::super) const GRAPH: u64 = 6;
    pub(in super::super) const TENSORS: u64 = 10;
    pub(in super::super) const GRAPHS: u64 = 11;
    pub(in super::super) const SPARSE: u64 = 22;
    pub(in super::super) const SPARSES: u64 = 23;
}
pub(super) mod tensor {
    pub(in super::super) const DIMS: u64 = 1;
    pub(in super::super) const TYPE: u64 = 2;
    pub(in super::super) const NAME: u64 = 8;
    pub(in super::super) const RAW: u64 = 9;
    pub(in super::super) const EXTERNAL: u64 = 13;
    pub(in super::super) const LOCATION: u64 = 14;
}
pub(super) mod function {
    pub(in super::super) const NAME: u64 = 1;
    pub(in super::super) const NODE: u64 = 7;
    pub(in super::super) const DOMAIN: u64 = 10;
}
