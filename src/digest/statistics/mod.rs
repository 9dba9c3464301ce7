//! What the elements of a tensor look like, taken from its bytes as they pass.

mod decode;
mod histogram;
mod lanes;
mod sums;

pub use self::decode::Decoder;
pub(super) use self::decode::values;
use self::{histogram::Histogram, sums::Sums};

/// The elements of one tensor, summed up.
///
/// `min`, `max`, `mean` and `std` are over the finite elements and NaN where there are none.
/// All arithmetic is in `f64`, folded at fixed counts of elements from the tensor's start, so that
/// the last digit depends neither on threads nor on how the bytes were read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Statistics {
    /// The least finite element; integers beyond 2⁵³ are rounded to the nearest `f64`.
    pub min: f64,
    /// The greatest finite element, rounded likewise.
    pub max: f64,
    /// The sum of the finite elements over their number.
    pub mean: f64,
    /// The standard deviation of the finite elements as a whole population: the root of the mean
    /// square of their distances from `mean`. Infinite where a square is beyond `f64`.
    pub std: f64,
    /// How many elements are zero, of either sign.
    pub zeros: u64,
    /// How many are not a number.
    pub nan: u64,
    /// How many are infinite, of either sign.
    pub inf: u64,
}

/// By the bits, so that NaN equals itself and a remembered value can be told from a fresh one.
impl PartialEq for Statistics {
    fn eq(&self, other: &Self) -> bool {
        let bits = |s: &Self| [s.min, s.max, s.mean, s.std].map(f64::to_bits);
        let counts = |s: &Self| [s.zeros, s.nan, s.inf];
        bits(self) == bits(other) && counts(self) == counts(other)
    }
}

/// The elements that are counted one by one.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    zeros: u64,
    nan: u64,
    inf: u64,
}

impl Counts {
    fn merge(&mut self, other: Self) {
        self.zeros += other.zeros;
        self.nan += other.nan;
        self.inf += other.inf;
    }

    /// Takes note of `count` elements of this value.
    fn add(&mut self, value: f64, count: u64) {
        self.zeros += if value == 0.0 { count } else { 0 };
        self.nan += if value.is_nan() { count } else { 0 };
        self.inf += if value.is_infinite() { count } else { 0 };
    }
}

/// Finite elements summed up so far: Welford's and Chan's mean and sum of squared distances.
#[derive(Clone, Copy, Debug)]
struct Moments {
    count: u64,
    min: f64,
    max: f64,
    mean: f64,
    /// The sum of the squared distances from `mean`.
    m2: f64,
}

impl Moments {
    const NONE: Self = Self {
        count: 0,
        min: f64::INFINITY,
        max: f64::NEG_INFINITY,
        mean: 0.0,
        m2: 0.0,
    };

    /// Those of both parts together.
    #[expect(clippy::cast_precision_loss, reason = "no tensor has 2⁵³ elements")]
    fn merge(self, other: Self) -> Self {
        let count = self.count + other.count;
        if other.count == 0 || self.count == 0 {
            return if self.count == 0 { other } else { self };
        }
        let apart = other.mean - self.mean;
        let share = other.count as f64 / count as f64;
        Self {
            count,
            min: self.min.min(other.min),
            max: self.max.max(other.max),
            mean: self.mean + apart * share,
            m2: self.m2 + other.m2 + apart * apart * share * self.count as f64,
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "no tensor has 2⁵³ elements")]
    fn summed_up(self, Counts { zeros, nan, inf }: Counts) -> Statistics {
        if self.count == 0 {
            let none = f64::NAN;
            return Statistics {
                min: none,
                max: none,
                mean: none,
                std: none,
                zeros,
                nan,
                inf,
            };
        }
        let std = (self.m2 / self.count as f64).sqrt();
        Statistics {
            min: self.min,
            max: self.max,
            mean: self.mean,
            std,
            zeros,
            nan,
            inf,
        }
    }
}

/// The statistics of one tensor in the making.
pub(super) enum Tally {
    /// Elements of one byte.
    Counted(Histogram),
    /// All others.
    Added(Sums),
}

impl Tally {
    pub(super) fn new(decoder: Decoder) -> Self {
        match decoder.element_len() {
            1 => Self::Counted(Histogram::new(decoder)),
            _ => Self::Added(Sums::new(decoder)),
        }
    }

    /// Takes the next bytes, cut anywhere, even within an element.
    pub(super) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Counted(histogram) => histogram.update(bytes),
            Self::Added(sums) => sums.update(bytes),
        }
    }

    /// What they come to. Bytes after the last whole element are not counted.
    pub(super) fn finish(mut self) -> Statistics {
        match &mut self {
            Self::Counted(histogram) => histogram.finish(),
            Self::Added(sums) => sums.finish(),
        }
    }
}

#[cfg(test)]
mod tests;
