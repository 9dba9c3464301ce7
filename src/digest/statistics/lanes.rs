//! The arithmetic of a block: every value in the lane of its place, the lanes summed up in order.

#![expect(clippy::inline_always, reason = "see `widest`")]
#![expect(clippy::cast_precision_loss, reason = "a block is short")]

use super::{Counts, Moments};

/// In how many lanes a block is added up.
const LANES: usize = 16;

/// Values added up in lanes, each value in the lane of its place in a row.
///
/// Distances are taken from `near`, a value that should not be far from their mean: were they
/// taken from zero, a large mean would eat the digits of the deviation.
pub(super) struct Lanes<T> {
    near: f64,
    sums: [f64; LANES],
    squares: [f64; LANES],
    least: [T; LANES],
    greatest: [T; LANES],
    zeros: [u32; LANES],
    nan: [u32; LANES],
    inf: [u32; LANES],
}

impl<T: Real> Lanes<T> {
    #[inline(always)]
    pub(super) fn add_up<const ALL_FINITE: bool>(values: &[T], near: f64) -> Self {
        let mut lanes = Self {
            near,
            sums: [0.0; LANES],
            squares: [0.0; LANES],
            least: [T::INFINITY; LANES],
            greatest: [T::NEG_INFINITY; LANES],
            zeros: [0; LANES],
            nan: [0; LANES],
            inf: [0; LANES],
        };
        let (rows, rest) = values.as_chunks::<LANES>();
        for row in rows {
            for (lane, &value) in row.iter().enumerate() {
                lanes.add::<ALL_FINITE>(lane, value);
            }
        }
        for (lane, &value) in rest.iter().enumerate() {
            lanes.add::<ALL_FINITE>(lane, value);
        }
        lanes
    }

    #[inline(always)]
    fn add<const ALL_FINITE: bool>(&mut self, lane: usize, value: T) {
        let mut distance = value.wide() - self.near;
        let mut less = value < self.least[lane];
        let mut more = value > self.greatest[lane];
        if !ALL_FINITE {
            let finite = value.is_finite();
            distance = if finite { distance } else { 0.0 };
            less &= finite;
            more &= finite;
            self.nan[lane] += u32::from(value.is_nan());
            self.inf[lane] += u32::from(!finite & !value.is_nan());
        }
        self.sums[lane] += distance;
        self.squares[lane] += distance * distance;
        self.least[lane] = if less { value } else { self.least[lane] };
        self.greatest[lane] = if more { value } else { self.greatest[lane] };
        self.zeros[lane] += u32::from(value == T::ZERO);
    }

    /// What was counted one by one.
    #[inline(always)]
    pub(super) fn counts(&self) -> Counts {
        Counts {
            zeros: total(self.zeros),
            nan: total(self.nan),
            inf: total(self.inf),
        }
    }

    /// What `count` values came to.
    #[inline(always)]
    pub(super) fn moments(&self, count: u64) -> Moments {
        let count = count - total(self.nan) - total(self.inf);
        let (sum, square): (f64, f64) = (self.sums.iter().sum(), self.squares.iter().sum());
        let mean = sum / count.max(1) as f64;
        Moments {
            count,
            min: self.least.iter().map(|value| value.wide()).fold(f64::INFINITY, f64::min),
            max: self.greatest.iter().map(|value| value.wide()).fold(f64::NEG_INFINITY, f64::max),
            mean: self.near + mean,
            // A little below zero by rounding, or no number as the squares went over the top.
            m2: if square.is_finite() {
                (square - mean * sum).max(0.0)
            } else {
                square
            },
        }
    }
}

#[inline(always)]
fn total(lanes: [u32; LANES]) -> u64 {
    lanes.iter().map(|&lane| u64::from(lane)).sum()
}

/// The two types that elements become.
pub(super) trait Real: Copy + PartialOrd {
    const ZERO: Self;
    const INFINITY: Self;
    const NEG_INFINITY: Self;
    fn is_finite(self) -> bool;
    fn is_nan(self) -> bool;
    fn wide(self) -> f64;
}

macro_rules! real {
    ($($float:ident)*) => {$(
        impl Real for $float {
            const ZERO: Self = 0.0;
            const INFINITY: Self = $float::INFINITY;
            const NEG_INFINITY: Self = $float::NEG_INFINITY;

            #[inline(always)]
            fn is_finite(self) -> bool {
                self.abs() < Self::INFINITY
            }

            #[inline(always)]
            fn is_nan(self) -> bool {
                $float::is_nan(self)
            }

            #[inline(always)]
            fn wide(self) -> f64 {
                self.into()
            }
        }
    )*};
}

real!(f32 f64);
