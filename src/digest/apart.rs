//! How far the elements of two tensors are apart, streamed: neither is ever in memory whole.

use std::{io, ops::Range};

use super::{Decoder, statistics::values};
use crate::source::Bytes;

/// Elements that are read at a time, of each.
const ELEMENTS: u64 = 128 * 1024;

/// Two tensors of as many elements, held against each other. Where either element is not finite the
/// pair counts for `equal` and for nothing else.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Apart {
    /// Pairs of elements.
    pub elements: u64,
    /// Pairs that are the same number; NaN is the same as NaN.
    pub equal: u64,
    /// The sum of the squares of the first.
    pub first: f64,
    /// The sum of the squares of the second.
    pub second: f64,
    /// The sum of the products.
    pub product: f64,
    /// The sum of the squares of the differences.
    pub difference: f64,
}

impl Apart {
    /// The norm of the difference over the norm of the first; `None` where that is zero.
    pub fn relative_norm(&self) -> Option<f64> {
        (self.first > 0.0).then(|| (self.difference / self.first).sqrt())
    }

    /// The cosine of the angle between the two; `None` where one is zero.
    pub fn cosine(&self) -> Option<f64> {
        let norms = self.first.sqrt() * self.second.sqrt();
        (norms > 0.0).then(|| (self.product / norms).clamp(-1.0, 1.0))
    }

    /// The share of pairs that are equal; 1 where there are none.
    #[expect(clippy::cast_precision_loss, reason = "no tensor has 2⁵³ elements")]
    pub fn share_equal(&self) -> f64 {
        if self.elements == 0 {
            return 1.0;
        }
        self.equal as f64 / self.elements as f64
    }

    #[expect(clippy::float_cmp, reason = "the same number is what is asked")]
    fn add(&mut self, first: &[f64], second: &[f64]) {
        const LANES: usize = 8;
        let mut lanes = [[0.0_f64; LANES]; 4];
        let mut equal = 0_u64;
        let mut pair = |lane: usize, x: f64, y: f64| {
            equal += u64::from(x == y || (x.is_nan() && y.is_nan()));
            let finite = x.is_finite() && y.is_finite();
            let (x, y) = if finite { (x, y) } else { (0.0, 0.0) };
            lanes[0][lane] += x * x;
            lanes[1][lane] += y * y;
            lanes[2][lane] += x * y;
            lanes[3][lane] += (x - y) * (x - y);
        };
        let (rows, rest) = first.as_chunks::<LANES>();
        let (other_rows, other_rest) = second.as_chunks::<LANES>();
        for (row, other) in rows.iter().zip(other_rows) {
            for lane in 0..LANES {
                pair(lane, row[lane], other[lane]);
            }
        }
        for (x, y) in rest.iter().zip(other_rest) {
            pair(0, *x, *y);
        }
        self.elements += first.len().min(second.len()) as u64;
        self.equal += equal;
        let sums = lanes.map(|lane| lane.iter().sum::<f64>());
        self.first += sums[0];
        self.second += sums[1];
        self.product += sums[2];
        self.difference += sums[3];
    }
}

/// A tensor's bytes and how to read them.
pub struct Elements<'b> {
    /// The file.
    pub file: &'b dyn Bytes,
    /// Its place in the file, end exclusive.
    pub bytes: Range<u64>,
    /// Its element type.
    pub decoder: Decoder,
}

impl Elements<'_> {
    fn count(&self) -> u64 {
        self.bytes.end.saturating_sub(self.bytes.start) / self.decoder.element_len() as u64
    }

    fn read(&self, at: u64, count: u64, raw: &mut Vec<u8>, into: &mut Vec<f64>) -> io::Result<()> {
        let width = self.decoder.element_len() as u64;
        let len = usize::try_from(count * width).map_err(|_| io::ErrorKind::UnexpectedEof)?;
        raw.resize(len, 0);
        self.file.read_at(self.bytes.start + at * width, raw)?;
        values(self.decoder, raw, into);
        Ok(())
    }
}

/// Holds two tensors of as many elements against each other; `None` where they have not as many.
pub fn apart(first: &Elements, second: &Elements) -> io::Result<Option<Apart>> {
    let count = first.count();
    if count != second.count() {
        return Ok(None);
    }
    let mut apart = Apart::default();
    let mut raw = Vec::new();
    let (mut x, mut y) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < count {
        let now = ELEMENTS.min(count - at);
        first.read(at, now, &mut raw, &mut x)?;
        second.read(at, now, &mut raw, &mut y)?;
        apart.add(&x, &y);
        at += now;
    }
    Ok(Some(apart))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn elements<'b>(bytes: &'b Vec<u8>, dtype: &str) -> Elements<'b> {
        let decoder = Decoder::for_dtype(dtype).unwrap();
        Elements {
            file: bytes,
            bytes: 0..bytes.len() as u64,
            decoder,
        }
    }

    fn floats(values: &[f32]) -> Vec<u8> {
        values.iter().flat_map(|value| value.to_le_bytes()).collect()
    }

    #[test]
    fn numbers_are_those_of_the_definition() {
        let (a, b) = (floats(&[3.0, 4.0, 0.0]), floats(&[3.0, 0.0, 4.0]));
        let it = apart(&elements(&a, "F32"), &elements(&b, "F32")).unwrap().unwrap();
        assert_eq!((it.elements, it.equal), (3, 1));
        assert!((it.relative_norm().unwrap() - 32_f64.sqrt() / 5.0).abs() < 1e-12);
        assert!((it.cosine().unwrap() - 9.0 / 25.0).abs() < 1e-12);
    }

    #[test]
    fn types_may_differ_and_numbers_be_none() {
        let a = floats(&[1.0, f32::NAN, f32::INFINITY, -2.0]);
        let b: Vec<u8> = [0x3f80_u16, 0x7fc0, 0x7f80, 0xc000]
            .iter()
            .flat_map(|bits| bits.to_le_bytes())
            .collect();
        let it = apart(&elements(&a, "F32"), &elements(&b, "BF16")).unwrap().unwrap();
        assert_eq!((it.equal, it.difference, it.first), (4, 0.0, 5.0));
        let zero = floats(&[0.0; 4]);
        let it = apart(&elements(&zero, "F32"), &elements(&a, "F32")).unwrap().unwrap();
        assert_eq!((it.relative_norm(), it.cosine()), (None, None));
        let none = apart(&elements(&Vec::new(), "F32"), &elements(&Vec::new(), "U8")).unwrap();
        assert!((none.unwrap().share_equal() - 1.0).abs() < f64::EPSILON);
        assert_eq!(apart(&elements(&a, "F32"), &elements(&a, "U8")).unwrap(), None);
    }

    #[test]
    fn long_ones_are_streamed_to_the_last_element() {
        let long = vec![1_u8; 300_001];
        let mut other = long.clone();
        other[300_000] = 3;
        let it = apart(&elements(&long, "U8"), &elements(&other, "U8")).unwrap().unwrap();
        assert_eq!((it.elements, it.equal, it.difference), (300_001, 300_000, 4.0));
        let short = Elements {
            bytes: 0..400_000,
            ..elements(&long, "U8")
        };
        let end = Elements {
            bytes: 0..400_000,
            ..elements(&other, "U8")
        };
        assert!(apart(&short, &end).is_err());
    }
}
