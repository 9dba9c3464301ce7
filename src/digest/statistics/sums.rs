//! Statistics of elements of two bytes and more: added up, block after block.
//!
//! Everything here is inlined into one function for each width of vectors, and written for the
//! compiler to see the vectors: loops over whole blocks, and sums in a fixed number of lanes.

#![expect(clippy::inline_always, reason = "see `widest`")]
#![expect(
    clippy::cast_precision_loss,
    reason = "as `Statistics` says of integers"
)]

use std::marker::PhantomData;

use super::{
    super::vectors::{Work, widest},
    Counts, Decoder, Moments, Statistics,
    decode::{Element, f16_to_f32},
    lanes::{Lanes, Real},
};

/// How many elements are folded at once, counted from the first.
const BLOCK: usize = 1024;

/// The sums so far, and the block that is not full yet.
pub(in crate::digest) struct Sums {
    decoder: Decoder,
    /// Fewer bytes than a block has.
    rest: Vec<u8>,
    moments: Moments,
    counts: Counts,
}

impl Sums {
    pub(super) fn new(decoder: Decoder) -> Self {
        let rest = Vec::with_capacity(BLOCK * decoder.element_len());
        Self {
            decoder,
            rest,
            moments: Moments::NONE,
            counts: Counts::default(),
        }
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        let block = BLOCK * self.decoder.element_len();
        let missing = if self.rest.is_empty() {
            0
        } else {
            block - self.rest.len()
        };
        let (head, body) = bytes.split_at(missing.min(bytes.len()));
        self.rest.extend_from_slice(head);
        if self.rest.len() == block {
            let rest = std::mem::take(&mut self.rest);
            self.fold(&rest, block);
            self.rest = rest;
            self.rest.clear();
        }
        let (body, tail) = body.split_at(body.len() - body.len() % block);
        self.fold(body, block);
        self.rest.extend_from_slice(tail);
    }

    pub(super) fn finish(&mut self) -> Statistics {
        let rest = std::mem::take(&mut self.rest);
        self.fold(&rest, rest.len().max(1));
        self.moments.summed_up(self.counts)
    }

    /// Folds whole blocks of so many bytes, or a last one that is shorter.
    fn fold(&mut self, bytes: &[u8], block: usize) {
        match self.decoder.element {
            Element::F64 => widest(Fold::<F64>::new(self, bytes, block)),
            Element::F32 => widest(Fold::<F32>::new(self, bytes, block)),
            Element::F16 => widest(Fold::<F16>::new(self, bytes, block)),
            Element::Bf16 => widest(Fold::<Bf16>::new(self, bytes, block)),
            Element::I16 => widest(Fold::<I16>::new(self, bytes, block)),
            Element::U16 => widest(Fold::<U16>::new(self, bytes, block)),
            Element::I32 => widest(Fold::<I32>::new(self, bytes, block)),
            Element::U32 => widest(Fold::<U32>::new(self, bytes, block)),
            Element::I64 => widest(Fold::<I64>::new(self, bytes, block)),
            Element::U64 => widest(Fold::<U64>::new(self, bytes, block)),
            _ => unreachable!("elements of one byte are counted in a histogram"),
        }
    }
}

/// A type of element, known to the compiler.
trait Decode {
    /// What its elements become: a type that holds them exactly, where there is one.
    type Real: Real;

    /// Decodes elements from `bytes`, at most a block; how many there were.
    fn decode(bytes: &[u8], big_endian: bool, values: &mut [Self::Real; BLOCK]) -> usize;
}

macro_rules! elements {
    ($($name:ident: $bits:ty => $real:ty, $value:expr;)*) => {$(
        struct $name;

        impl Decode for $name {
            type Real = $real;

            #[inline(always)]
            fn decode(bytes: &[u8], big_endian: bool, values: &mut [$real; BLOCK]) -> usize {
                let elements = bytes.as_chunks().0;
                for (value, bytes) in values.iter_mut().zip(elements) {
                    let bits = <$bits>::from_le_bytes(*bytes);
                    let bits = if big_endian { bits.swap_bytes() } else { bits };
                    *value = $value(bits);
                }
                elements.len()
            }
        }
    )*};
}

elements! {
    F64: u64 => f64, f64::from_bits;
    F32: u32 => f32, f32::from_bits;
    F16: u16 => f32, f16_to_f32;
    Bf16: u16 => f32, |bits| f32::from_bits(u32::from(bits) << 16);
    I16: u16 => f32, |bits: u16| f32::from(bits.cast_signed());
    U16: u16 => f32, f32::from;
    I32: u32 => f64, |bits: u32| f64::from(bits.cast_signed());
    U32: u32 => f64, f64::from;
    I64: u64 => f64, |bits: u64| bits.cast_signed() as f64;
    U64: u64 => f64, |bits: u64| bits as f64;
}

/// The folding of `bytes`, block by block.
struct Fold<'a, E> {
    sums: &'a mut Sums,
    bytes: &'a [u8],
    block: usize,
    element: PhantomData<E>,
}

impl<'a, E> Fold<'a, E> {
    fn new(sums: &'a mut Sums, bytes: &'a [u8], block: usize) -> Self {
        Self { sums, bytes, block, element: PhantomData }
    }
}

impl<E: Decode> Work for Fold<'_, E> {
    #[inline(always)]
    fn work(self) {
        let Self { sums, bytes, block, .. } = self;
        let mut values = [E::Real::ZERO; BLOCK];
        for block in bytes.chunks(block) {
            let count = E::decode(block, sums.decoder.big_endian, &mut values);
            let values = &values[..count];
            let finite = values.iter().fold(true, |finite, value| finite & value.is_finite());
            let near = if sums.moments.count > 0 {
                sums.moments.mean
            } else {
                let first = values.iter().find(|value| value.is_finite());
                first.map_or(0.0, |value| value.wide())
            };
            let lanes = if finite {
                Lanes::add_up::<true>(values, near)
            } else {
                Lanes::add_up::<false>(values, near)
            };
            sums.counts.merge(lanes.counts());
            sums.moments = sums.moments.merge(lanes.moments(count as u64));
        }
    }
}
