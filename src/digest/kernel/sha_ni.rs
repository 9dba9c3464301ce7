//! One to four streams interleaved through the SHA extensions of x86.
//!
//! `sha256rnds2` does two rounds and needs the result of the pair before; while it waits, the
//! other lanes' instructions run. Four lanes spill out of the 16 registers, yet gain.
//!
//! There are two orders of the same instructions. *Spread*: unrolled whole, what makes a group of
//! four words scattered over the groups before it, as early as its inputs are there. *Compact*: a
//! rolled loop in which it stands together, so that fewer values live at once. For two lanes the
//! first is a quarter faster on AMD's Zen 5 and slower on Intel's Golden Cove; three and four
//! lanes want the second everywhere. One lane alone `sha2` does as well as can be.

#![expect(unsafe_code, reason = "loads and stores of 16 bytes take raw pointers")]
#![expect(
    clippy::needless_range_loop,
    reason = "the lanes of several arrays side by side"
)]

use std::arch::x86_64::{
    __m128i, _mm_add_epi32, _mm_alignr_epi8, _mm_blend_epi16, _mm_loadu_si128, _mm_set_epi64x,
    _mm_setzero_si128, _mm_sha256msg1_epu32, _mm_sha256msg2_epu32, _mm_sha256rnds2_epu32,
    _mm_shuffle_epi8, _mm_shuffle_epi32, _mm_storeu_si128,
};

use super::{Block, Kernel, ROUND_CONSTANTS, State};

/// The spread order, for 2 streams.
pub(super) const SPREAD: Kernel = kernel("sha-ni spread 2", 2, spread::<2>);

/// The compact order, for 2, 3 and 4 streams.
pub(super) const COMPACT: [Kernel; 3] = [
    kernel("sha-ni compact 2", 2, compact::<2>),
    kernel("sha-ni compact 3", 3, compact::<3>),
    kernel("sha-ni compact 4", 4, compact::<4>),
];

const fn kernel(
    name: &'static str,
    lanes: usize,
    compress: unsafe fn(&mut [State], &[&[Block]]),
) -> Kernel {
    Kernel { name, lanes, runs_here, compress }
}

fn runs_here() -> bool {
    is_x86_feature_detected!("sha")
        && is_x86_feature_detected!("sse4.1")
        && is_x86_feature_detected!("ssse3")
}

/// Four words of each lane.
type Words<const L: usize> = [__m128i; L];

/// The state in the order that the instructions want: words A B E F, and C D G H.
#[derive(Clone, Copy)]
struct Halves<const L: usize> {
    abef: Words<L>,
    cdgh: Words<L>,
}

#[target_feature(enable = "sha,sse4.1,ssse3")]
fn compact<const L: usize>(states: &mut [State], blocks: &[&[Block]]) {
    let mut halves = enter::<L>(states);
    for at in 0..blocks[0].len() {
        let before = halves;
        let [mut w0, mut w4, mut w8, mut w12] = load::<L>(blocks, at);
        for group in 0..12 {
            let mut w16 = w12;
            for lane in 0..L {
                let early = _mm_sha256msg1_epu32(w0[lane], w4[lane]);
                let middle = _mm_alignr_epi8::<4>(w12[lane], w8[lane]);
                w16[lane] = _mm_sha256msg2_epu32(_mm_add_epi32(early, middle), w12[lane]);
            }
            rounds(&mut halves, &w0, group);
            (w0, w4, w8, w12) = (w4, w8, w12, w16);
        }
        rounds(&mut halves, &w0, 12);
        rounds(&mut halves, &w4, 13);
        rounds(&mut halves, &w8, 14);
        rounds(&mut halves, &w12, 15);
        add(&mut halves, &before);
    }
    leave(&halves, states);
}

#[target_feature(enable = "sha,sse4.1,ssse3")]
fn spread<const L: usize>(states: &mut [State], blocks: &[&[Block]]) {
    let mut halves = enter::<L>(states);
    for at in 0..blocks[0].len() {
        let before = halves;
        let mut words = load::<L>(blocks, at);
        macro_rules! groups {
            ($($group:literal)*) => {$({
                // Of the four groups in play: this one, the one after, and the one before.
                const THIS: usize = $group % 4;
                const NEXT: usize = ($group + 1) % 4;
                const LAST: usize = ($group + 3) % 4;
                let sums = plus_constants(&words[THIS], $group);
                first_two(&mut halves, &sums);
                if 3 <= $group && $group < 15 {
                    for lane in 0..L {
                        let middle = _mm_alignr_epi8::<4>(words[THIS][lane], words[LAST][lane]);
                        let sum = _mm_add_epi32(words[NEXT][lane], middle);
                        words[NEXT][lane] = _mm_sha256msg2_epu32(sum, words[THIS][lane]);
                    }
                }
                last_two(&mut halves, &sums);
                if 1 <= $group && $group < 13 {
                    for lane in 0..L {
                        let early = _mm_sha256msg1_epu32(words[LAST][lane], words[THIS][lane]);
                        words[LAST][lane] = early;
                    }
                }
            })*};
        }
        groups!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
        add(&mut halves, &before);
    }
    leave(&halves, states);
}

/// Four rounds of every lane.
#[inline]
#[target_feature(enable = "sha,sse4.1,ssse3")]
fn rounds<const L: usize>(halves: &mut Halves<L>, words: &Words<L>, group: usize) {
    let sums = plus_constants(words, group);
    first_two(halves, &sums);
    last_two(halves, &sums);
}

#[inline]
#[target_feature(enable = "sha,sse4.1,ssse3")]
fn plus_constants<const L: usize>(words: &Words<L>, group: usize) -> Words<L> {
    let constants = from_words(&ROUND_CONSTANTS[group]);
    words.map(|words| _mm_add_epi32(words, constants))
}

#[inline]
#[target_feature(enable = "sha,sse4.1,ssse3")]
fn first_two<const L: usize>(Halves { abef, cdgh }: &mut Halves<L>, sums: &Words<L>) {
    for lane in 0..L {
        cdgh[lane] = _mm_sha256rnds2_epu32(cdgh[lane], abef[lane], sums[lane]);
    }
}

#[inline]
#[target_feature(enable = "sha,sse4.1,ssse3")]
fn last_two<const L: usize>(Halves { abef, cdgh }: &mut Halves<L>, sums: &Words<L>) {
    for lane in 0..L {
        let upper = _mm_shuffle_epi32::<0x0e>(sums[lane]);
        abef[lane] = _mm_sha256rnds2_epu32(abef[lane], cdgh[lane], upper);
    }
}

#[inline]
#[target_feature(enable = "sha,sse4.1,ssse3")]
fn add<const L: usize>(halves: &mut Halves<L>, before: &Halves<L>) {
    for lane in 0..L {
        halves.abef[lane] = _mm_add_epi32(halves.abef[lane], before.abef[lane]);
        halves.cdgh[lane] = _mm_add_epi32(halves.cdgh[lane], before.cdgh[lane]);
    }
}

/// The 16 words of each lane's block number `at`, four by four.
#[inline]
#[target_feature(enable = "sha,sse4.1,ssse3")]
fn load<const L: usize>(blocks: &[&[Block]], at: usize) -> [Words<L>; 4] {
    let big_endian = _mm_set_epi64x(0x0c0d_0e0f_0809_0a0b, 0x0405_0607_0001_0203);
    let mut words = [[_mm_setzero_si128(); L]; 4];
    for lane in 0..L {
        let (quarters, _) = blocks[lane][at].as_chunks::<16>();
        for quarter in 0..4 {
            // SAFETY: reads 16 bytes from where 16 bytes are borrowed, on any alignment.
            let loaded = unsafe { _mm_loadu_si128(quarters[quarter].as_ptr().cast()) };
            words[quarter][lane] = _mm_shuffle_epi8(loaded, big_endian);
        }
    }
    words
}

/// From words A to H into the instructions' order.
#[inline]
#[target_feature(enable = "sha,sse4.1,ssse3")]
fn enter<const L: usize>(states: &[State]) -> Halves<L> {
    let zero = [_mm_setzero_si128(); L];
    let mut halves = Halves { abef: zero, cdgh: zero };
    for lane in 0..L {
        let [dcba, hgfe] = states[lane].as_chunks::<4>().0 else {
            unreachable!("eight words")
        };
        let cdab = _mm_shuffle_epi32::<0xb1>(from_words(dcba));
        let efgh = _mm_shuffle_epi32::<0x1b>(from_words(hgfe));
        halves.abef[lane] = _mm_alignr_epi8::<8>(cdab, efgh);
        halves.cdgh[lane] = _mm_blend_epi16::<0xf0>(efgh, cdab);
    }
    halves
}

/// And back.
#[inline]
#[target_feature(enable = "sha,sse4.1,ssse3")]
fn leave<const L: usize>(halves: &Halves<L>, states: &mut [State]) {
    for lane in 0..L {
        let feba = _mm_shuffle_epi32::<0x1b>(halves.abef[lane]);
        let dchg = _mm_shuffle_epi32::<0xb1>(halves.cdgh[lane]);
        let dcba = _mm_blend_epi16::<0xf0>(feba, dchg);
        let hgfe = _mm_alignr_epi8::<8>(dchg, feba);
        let (words, _) = states[lane].as_chunks_mut::<4>();
        // SAFETY: each writes 16 bytes to where four words are borrowed, on any alignment.
        unsafe {
            _mm_storeu_si128(words[0].as_mut_ptr().cast(), dcba);
            _mm_storeu_si128(words[1].as_mut_ptr().cast(), hgfe);
        }
    }
}

#[inline]
#[target_feature(enable = "sha,sse4.1,ssse3")]
fn from_words(words: &[u32; 4]) -> __m128i {
    // SAFETY: reads 16 bytes from where four words are borrowed, on any alignment.
    unsafe { _mm_loadu_si128(words.as_ptr().cast()) }
}
