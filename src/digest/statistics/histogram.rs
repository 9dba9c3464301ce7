//! Statistics of narrow elements: how often each value occurs says all, and exactly.

use super::{Decoder, Moments, Statistics};

/// How many of each value there are.
pub(in crate::digest) struct Histogram {
    decoder: Decoder,
    /// 256 or 65,536 counts, by the little-endian number that an element's bytes make.
    counts: Vec<u64>,
    /// The first byte of an element of 2 whose second has not come yet.
    half: Option<u8>,
}

impl Histogram {
    /// Whether to count rather than to add up: summing up 65,536 counts has to pay.
    pub(super) fn serves(decoder: Decoder, len: u64) -> bool {
        match decoder.element_len() {
            1 => true,
            2 => len >= 1 << 16,
            _ => false,
        }
    }

    pub(super) fn new(decoder: Decoder) -> Self {
        let values = 1 << (8 * decoder.element_len());
        Self {
            decoder,
            counts: vec![0; values],
            half: None,
        }
    }

    pub(super) fn update(&mut self, mut bytes: &[u8]) {
        if self.decoder.element_len() == 1 {
            for &byte in bytes {
                self.counts[usize::from(byte)] += 1;
            }
            return;
        }
        if let (Some(first), [second, rest @ ..]) = (self.half, bytes) {
            self.counts[usize::from(u16::from_le_bytes([first, *second]))] += 1;
            self.half = None;
            bytes = rest;
        }
        let (pairs, rest) = bytes.as_chunks::<2>();
        for &pair in pairs {
            self.counts[usize::from(u16::from_le_bytes(pair))] += 1;
        }
        if let [half] = rest {
            self.half = Some(*half);
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "no tensor has 2⁵³ elements")]
    pub(super) fn finish(&mut self) -> Statistics {
        let [mut zeros, mut nan, mut inf] = [0; 3];
        let mut moments = Moments::NONE;
        let mut seen: Vec<(f64, u64)> = Vec::new();
        for (bits, &count) in (0..=u16::MAX).zip(&self.counts).filter(|(_, count)| **count > 0) {
            let value = self.decoder.narrow(bits);
            if value.is_nan() {
                nan += count;
            } else if value.is_infinite() {
                inf += count;
            } else {
                zeros += if value == 0.0 { count } else { 0 };
                moments.count += count;
                moments.min = moments.min.min(value);
                moments.max = moments.max.max(value);
                moments.mean += value * count as f64;
                seen.push((value, count));
            }
        }
        moments.mean /= moments.count as f64;
        moments.m2 = seen.iter().map(|(v, count)| (v - moments.mean).powi(2) * *count as f64).sum();
        moments.summed_up([zeros, nan, inf])
    }
}
