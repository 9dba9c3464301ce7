//! Element types: names, and how many bytes so many elements take.

use std::fmt;

/// A tensor's element type, in the spelling of safetensors (`BF16`, `F8_E4M3`, `I64`) or of GGML
/// (`Q4_K`); a type that is in neither table keeps the name that the file gives it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dtype(Kind);

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Kind {
    Known(&'static Row),
    Other(Box<str>),
}

/// One element type: `block` elements take `bytes` bytes.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Row {
    name: &'static str,
    block: u16,
    bytes: u16,
}

/// Every element type whose size is known.
#[rustfmt::skip]
const ROWS: &[Row] = &[
    // safetensors and torch
    row("BOOL", 1, 1), row("U8", 1, 1), row("I8", 1, 1), row("U16", 1, 2), row("I16", 1, 2),
    row("U32", 1, 4), row("I32", 1, 4), row("U64", 1, 8), row("I64", 1, 8),
    row("F8_E5M2", 1, 1), row("F8_E4M3", 1, 1), row("F8_E8M0", 1, 1),
    row("F8_E4M3FNUZ", 1, 1), row("F8_E5M2FNUZ", 1, 1),
    row("F16", 1, 2), row("BF16", 1, 2), row("F32", 1, 4), row("F64", 1, 8),
    row("C32", 1, 4), row("C64", 1, 8), row("C128", 1, 16),
    row("F4", 2, 1), row("F6_E2M3", 4, 3), row("F6_E3M2", 4, 3), row("U4", 2, 1), row("I4", 2, 1),
    // ONNX, OpenVINO
    row("U2", 4, 1), row("I2", 4, 1), row("U1", 8, 1), row("NF4", 2, 1),
    // GGML
    row("Q4_0", 32, 18), row("Q4_1", 32, 20), row("Q5_0", 32, 22), row("Q5_1", 32, 24),
    row("Q8_0", 32, 34), row("Q8_1", 32, 40), row("Q2_K", 256, 84), row("Q3_K", 256, 110),
    row("Q4_K", 256, 144), row("Q5_K", 256, 176), row("Q6_K", 256, 210), row("Q8_K", 256, 292),
    row("IQ2_XXS", 256, 66), row("IQ2_XS", 256, 74), row("IQ3_XXS", 256, 98), row("IQ1_S", 256, 50),
    row("IQ4_NL", 32, 18), row("IQ3_S", 256, 110), row("IQ2_S", 256, 82), row("IQ4_XS", 256, 136),
    row("IQ1_M", 256, 56), row("TQ1_0", 256, 54), row("TQ2_0", 256, 66), row("MXFP4", 32, 17),
    row("NVFP4", 64, 36), row("Q1_0", 128, 18), row("Q2_0", 64, 18),
    // torch, quantized
    row("QI8", 1, 1), row("QU8", 1, 1), row("QI32", 1, 4), row("QU4", 2, 1), row("QU2", 4, 1),
];

const fn row(name: &'static str, block: u16, bytes: u16) -> Row {
    Row { name, block, bytes }
}

impl Dtype {
    /// The type of this name, known or not.
    pub fn named(name: &str) -> Self {
        let known = ROWS.iter().find(|row| row.name == name);
        Self(known.map_or_else(|| Kind::Other(name.into()), Kind::Known))
    }

    /// As reports spell it.
    pub fn name(&self) -> &str {
        match &self.0 {
            Kind::Known(row) => row.name,
            Kind::Other(name) => name,
        }
    }

    /// Whether its size is known.
    pub fn is_known(&self) -> bool {
        matches!(self.0, Kind::Known(_))
    }

    /// Bytes that so many elements take; `None` for an unknown type, a number of elements that
    /// does not fill whole blocks, or one that overflows.
    pub fn len_of(&self, elements: u64) -> Option<u64> {
        let Kind::Known(row) = self.0 else {
            return None;
        };
        let (block, bytes) = (u64::from(row.block), u64::from(row.bytes));
        elements.is_multiple_of(block).then(|| (elements / block).checked_mul(bytes))?
    }

    /// The same, where the last block need not be full: most formats pad packed elements to a whole
    /// byte.
    pub fn padded_len_of(&self, elements: u64) -> Option<u64> {
        let Kind::Known(row) = self.0 else {
            return None;
        };
        elements.div_ceil(u64::from(row.block)).checked_mul(u64::from(row.bytes))
    }

    /// Bytes of one element, where each takes whole bytes.
    pub fn element_len(&self) -> Option<u64> {
        self.len_of(1)
    }

    /// Whether elements are packed below a byte each, or in blocks.
    pub fn is_packed(&self) -> bool {
        matches!(self.0, Kind::Known(row) if row.block > 1)
    }
}

impl fmt::Display for Dtype {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Debug for Dtype {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_count_blocks_and_refuse_parts_of_them() {
        check("BF16", 3, Some(6));
        check("F4", 2, Some(1));
        check("F4", 3, None);
        check("Q4_K", 512, Some(288));
        check("F64", u64::MAX, None);
        check("I5", 1, None);
    }

    #[test]
    fn packed_elements_may_be_padded_to_a_byte() {
        assert_eq!(Dtype::named("I4").padded_len_of(3), Some(2));
        assert_eq!(Dtype::named("F32").padded_len_of(3), Some(12));
        assert_eq!(Dtype::named("I5").padded_len_of(3), None);
    }

    #[track_caller]
    fn check(name: &str, elements: u64, bytes: Option<u64>) {
        assert_eq!(Dtype::named(name).len_of(elements), bytes);
    }
}
