//! Statistics of elements too wide to count by value, and of short tensors: block by block.

use super::{Decoder, Moments, Statistics, decode::Element};

/// How many elements are folded at once.
const BLOCK: usize = 1024;

/// The moments so far, and the block that is not full yet.
pub(in crate::digest) struct Wide {
    decoder: Decoder,
    /// Fewer bytes than a block has.
    rest: Vec<u8>,
    moments: Moments,
    zeros: u64,
    nan: u64,
    inf: u64,
}

impl Wide {
    pub(super) fn new(decoder: Decoder) -> Self {
        let rest = Vec::with_capacity(BLOCK * decoder.element_len());
        Self {
            decoder,
            rest,
            moments: Moments::NONE,
            zeros: 0,
            nan: 0,
            inf: 0,
        }
    }

    pub(super) fn update(&mut self, mut bytes: &[u8]) {
        let block = BLOCK * self.decoder.element_len();
        while self.rest.len() + bytes.len() >= block {
            let (head, tail) = bytes.split_at(block - self.rest.len());
            self.rest.extend_from_slice(head);
            self.fold();
            bytes = tail;
        }
        self.rest.extend_from_slice(bytes);
    }

    pub(super) fn finish(&mut self) -> Statistics {
        self.fold();
        self.moments.summed_up([self.zeros, self.nan, self.inf])
    }

    #[expect(clippy::cast_precision_loss, reason = "a block has 1024 elements")]
    fn fold(&mut self) {
        let elements = self.rest.chunks_exact(self.decoder.element_len());
        let values: Vec<f64> = elements.map(|bytes| value(self.decoder, bytes)).collect();
        self.rest.clear();
        let mut block = Moments::NONE;
        for value in values.iter().filter(|value| value.is_finite()) {
            self.zeros += u64::from(*value == 0.0);
            block.count += 1;
            block.min = block.min.min(*value);
            block.max = block.max.max(*value);
            block.mean += value;
        }
        block.mean /= block.count.max(1) as f64;
        let finite = values.iter().filter(|value| value.is_finite());
        block.m2 = finite.map(|value| (value - block.mean).powi(2)).sum();
        self.nan += values.iter().filter(|value| value.is_nan()).count() as u64;
        self.inf += values.iter().filter(|value| value.is_infinite()).count() as u64;
        self.moments = self.moments.merge(block);
    }
}

#[expect(clippy::cast_precision_loss, reason = "said of `Statistics`")]
fn value(decoder: Decoder, bytes: &[u8]) -> f64 {
    let mut raw = [0; 8];
    raw[..bytes.len()].copy_from_slice(bytes);
    if decoder.big_endian {
        raw[..bytes.len()].reverse();
    }
    let bits = u64::from_le_bytes(raw);
    let low = (bits & 0xffff_ffff) as u32;
    match decoder.element {
        Element::F64 => f64::from_bits(bits),
        Element::I64 => bits.cast_signed() as f64,
        Element::U64 => bits as f64,
        Element::F32 => f32::from_bits(low).into(),
        Element::I32 => low.cast_signed().into(),
        Element::U32 => low.into(),
        _ => decoder.narrow((bits & 0xffff) as u16),
    }
}
