//! Statistics of elements of one byte: how often each of 256 values occurs says all, exactly.

use super::{Counts, Decoder, Moments, Statistics};

/// How many of each value there are.
pub(in crate::digest) struct Histogram {
    decoder: Decoder,
    /// Four counts for each value, taken by turns: equal neighbors need not wait for each other.
    counts: Box<[[u64; 256]; 4]>,
}

impl Histogram {
    pub(super) fn new(decoder: Decoder) -> Self {
        Self { decoder, counts: Box::new([[0; 256]; 4]) }
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        let (fours, rest) = bytes.as_chunks::<4>();
        let [first, second, third, fourth] = &mut *self.counts;
        for [a, b, c, d] in fours {
            first[usize::from(*a)] += 1;
            second[usize::from(*b)] += 1;
            third[usize::from(*c)] += 1;
            fourth[usize::from(*d)] += 1;
        }
        for byte in rest {
            first[usize::from(*byte)] += 1;
        }
    }

    pub(super) fn finish(&self) -> Statistics {
        let values = (0..=u8::MAX).map(|byte| {
            let count: u64 = self.counts.iter().map(|counts| counts[usize::from(byte)]).sum();
            (self.decoder.narrow(byte.into()), count)
        });
        let mut counts = Counts::default();
        let mut moments = Moments::NONE;
        for (value, count) in values.filter(|(_, count)| *count > 0) {
            counts.add(value, count);
            if value.is_finite() {
                let same = Moments {
                    count,
                    min: value,
                    max: value,
                    mean: value,
                    m2: 0.0,
                };
                moments = moments.merge(same);
            }
        }
        moments.summed_up(counts)
    }
}
