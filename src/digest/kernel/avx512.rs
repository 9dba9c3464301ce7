//! Eight or sixteen streams, one in each word of a vector, by AVX-512.
//!
//! Word for word the SHA-256 of FIPS 180-4, each operation done for all streams at once: what
//! AVX-512 brings are rotations, and any function of three bits in one instruction. Streams that
//! are not there are given the first one's blocks, and what comes of it is dropped.

#![expect(
    unsafe_code,
    reason = "loads and stores of whole vectors take raw pointers"
)]
#![expect(clippy::many_single_char_names, reason = "as the standard calls them")]

use super::{Block, Kernel, ROUND_CONSTANTS, State};

/// For up to 8 streams, in registers of 256 bits.
pub(super) const EIGHT: Kernel = Kernel {
    name: "avx-512 eight",
    lanes: 8,
    runs_here,
    compress: eight::compress,
};

/// For up to 16 streams, in registers of 512 bits.
pub(super) const SIXTEEN: Kernel = Kernel {
    name: "avx-512 sixteen",
    lanes: 16,
    runs_here,
    compress: sixteen::compress,
};

fn runs_here() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vl")
}

/// The third operands of `ternarylogic`: which of the eight cases give a 1.
const EXCLUSIVE_OR: i32 = 0x96;
const CHOOSE: i32 = 0xca;
const MAJORITY: i32 = 0xe8;

/// Everything but the transposition of the words, for one width.
macro_rules! width {
    (
        $lanes:literal, $vector:ident, $zero:ident, $splat:ident, $add:ident, $ror:ident,
        $srl:ident, $ternary:ident, $load:ident, $store:ident
    ) => {
        /// The words of all lanes: vector `t` holds word `t` of each.
        type Words = [$vector; 16];

        #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
        pub(super) fn compress(states: &mut [State], blocks: &[&[Block]]) {
            let mut runs = [blocks[0]; $lanes];
            runs[..blocks.len()].copy_from_slice(blocks);
            let mut state = enter(states);
            for at in 0..runs[0].len() {
                let mut words = load(&runs, at);
                let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = state;
                for (turn, constants) in ROUND_CONSTANTS.as_chunks::<4>().0.iter().enumerate() {
                    let constants = constants.as_flattened();
                    macro_rules! round {
                        ($t:literal) => {{
                            if turn > 0 {
                                words[$t] = scheduled(
                                    words[$t],
                                    words[($t + 1) % 16],
                                    words[($t + 9) % 16],
                                    words[($t + 14) % 16],
                                );
                            }
                            let constant = $splat(constants[$t].cast_signed());
                            let big_sigma = $ternary::<EXCLUSIVE_OR>(
                                $ror::<6>(e),
                                $ror::<11>(e),
                                $ror::<25>(e),
                            );
                            let choice = $ternary::<CHOOSE>(e, f, g);
                            let one =
                                $add($add($add(h, constant), words[$t]), $add(big_sigma, choice));
                            let big_sigma = $ternary::<EXCLUSIVE_OR>(
                                $ror::<2>(a),
                                $ror::<13>(a),
                                $ror::<22>(a),
                            );
                            let two = $add(big_sigma, $ternary::<MAJORITY>(a, b, c));
                            (h, g, f, e) = (g, f, e, $add(d, one));
                            (d, c, b, a) = (c, b, a, $add(one, two));
                        }};
                    }
                    round!(0);
                    round!(1);
                    round!(2);
                    round!(3);
                    round!(4);
                    round!(5);
                    round!(6);
                    round!(7);
                    round!(8);
                    round!(9);
                    round!(10);
                    round!(11);
                    round!(12);
                    round!(13);
                    round!(14);
                    round!(15);
                }
                for (word, new) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
                    *word = $add(*word, new);
                }
            }
            leave(&state, states);
        }

        /// Word `t` from the words 16, 15, 7 and 2 before it.
        #[inline]
        #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
        fn scheduled(w16: $vector, w15: $vector, w7: $vector, w2: $vector) -> $vector {
            let small_sigma_0 =
                $ternary::<EXCLUSIVE_OR>($ror::<7>(w15), $ror::<18>(w15), $srl::<3>(w15));
            let small_sigma_1 =
                $ternary::<EXCLUSIVE_OR>($ror::<17>(w2), $ror::<19>(w2), $srl::<10>(w2));
            $add($add(w16, small_sigma_0), $add(w7, small_sigma_1))
        }

        /// From a state a stream to a vector a word.
        #[inline]
        #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
        fn enter(states: &[State]) -> [$vector; 8] {
            let mut state = [$zero(); 8];
            for (word, vector) in state.iter_mut().enumerate() {
                let mut lanes = [0_u32; $lanes];
                for (lane, state) in lanes.iter_mut().zip(states) {
                    *lane = state[word];
                }
                // SAFETY: reads as many bytes as `lanes` has, on any alignment.
                *vector = unsafe { $load(lanes.as_ptr().cast()) };
            }
            state
        }

        /// And back.
        #[inline]
        #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
        fn leave(state: &[$vector; 8], states: &mut [State]) {
            for (word, vector) in state.iter().enumerate() {
                let mut lanes = [0_u32; $lanes];
                // SAFETY: writes as many bytes as `lanes` has, on any alignment.
                unsafe { $store(lanes.as_mut_ptr().cast(), *vector) };
                for (lane, state) in lanes.iter().zip(states.iter_mut()) {
                    state[word] = *lane;
                }
            }
        }
    };
}

mod eight {
    use std::arch::x86_64::*;

    use super::*;

    width!(
        8,
        __m256i,
        _mm256_setzero_si256,
        _mm256_set1_epi32,
        _mm256_add_epi32,
        _mm256_ror_epi32,
        _mm256_srli_epi32,
        _mm256_ternarylogic_epi32,
        _mm256_loadu_si256,
        _mm256_storeu_si256
    );

    /// The words of block number `at` of every lane.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    fn load(runs: &[&[Block]; 8], at: usize) -> Words {
        let big_endian = _mm256_broadcastsi128_si256(_mm_set_epi64x(
            0x0c0d_0e0f_0809_0a0b,
            0x0405_0607_0001_0203,
        ));
        let mut words = [_mm256_setzero_si256(); 16];
        for (half, words) in words.as_chunks_mut::<8>().0.iter_mut().enumerate() {
            let mut rows = *words;
            for (row, run) in rows.iter_mut().zip(runs) {
                let bytes = &run[at].as_chunks::<32>().0[half];
                // SAFETY: reads 32 bytes from where 32 bytes are borrowed, on any alignment.
                let loaded = unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) };
                *row = _mm256_shuffle_epi8(loaded, big_endian);
            }
            let mut pairs = rows;
            for i in 0..4 {
                pairs[2 * i] = _mm256_unpacklo_epi32(rows[2 * i], rows[2 * i + 1]);
                pairs[2 * i + 1] = _mm256_unpackhi_epi32(rows[2 * i], rows[2 * i + 1]);
            }
            let mut fours = rows;
            for i in 0..2 {
                fours[4 * i] = _mm256_unpacklo_epi64(pairs[4 * i], pairs[4 * i + 2]);
                fours[4 * i + 1] = _mm256_unpackhi_epi64(pairs[4 * i], pairs[4 * i + 2]);
                fours[4 * i + 2] = _mm256_unpacklo_epi64(pairs[4 * i + 1], pairs[4 * i + 3]);
                fours[4 * i + 3] = _mm256_unpackhi_epi64(pairs[4 * i + 1], pairs[4 * i + 3]);
            }
            for i in 0..4 {
                words[i] = _mm256_permute2x128_si256::<0x20>(fours[i], fours[i + 4]);
                words[i + 4] = _mm256_permute2x128_si256::<0x31>(fours[i], fours[i + 4]);
            }
        }
        words
    }
}

mod sixteen {
    use std::arch::x86_64::*;

    use super::*;

    width!(
        16,
        __m512i,
        _mm512_setzero_si512,
        _mm512_set1_epi32,
        _mm512_add_epi32,
        _mm512_ror_epi32,
        _mm512_srli_epi32,
        _mm512_ternarylogic_epi32,
        _mm512_loadu_si512,
        _mm512_storeu_si512
    );

    /// The words of block number `at` of every lane.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    fn load(runs: &[&[Block]; 16], at: usize) -> Words {
        let big_endian =
            _mm512_broadcast_i32x4(_mm_set_epi64x(0x0c0d_0e0f_0809_0a0b, 0x0405_0607_0001_0203));
        let mut rows = [_mm512_setzero_si512(); 16];
        for (row, run) in rows.iter_mut().zip(runs) {
            // SAFETY: reads 64 bytes from where a block of 64 is borrowed, on any alignment.
            let loaded = unsafe { _mm512_loadu_si512(run[at].as_ptr().cast()) };
            *row = _mm512_shuffle_epi8(loaded, big_endian);
        }
        let mut pairs = rows;
        for i in 0..8 {
            pairs[2 * i] = _mm512_unpacklo_epi32(rows[2 * i], rows[2 * i + 1]);
            pairs[2 * i + 1] = _mm512_unpackhi_epi32(rows[2 * i], rows[2 * i + 1]);
        }
        let mut fours = rows;
        for i in 0..4 {
            fours[4 * i] = _mm512_unpacklo_epi64(pairs[4 * i], pairs[4 * i + 2]);
            fours[4 * i + 1] = _mm512_unpackhi_epi64(pairs[4 * i], pairs[4 * i + 2]);
            fours[4 * i + 2] = _mm512_unpacklo_epi64(pairs[4 * i + 1], pairs[4 * i + 3]);
            fours[4 * i + 3] = _mm512_unpackhi_epi64(pairs[4 * i + 1], pairs[4 * i + 3]);
        }
        let mut words = rows;
        for i in 0..4 {
            let even_low = _mm512_shuffle_i32x4::<0x88>(fours[i], fours[i + 4]);
            let odd_low = _mm512_shuffle_i32x4::<0xdd>(fours[i], fours[i + 4]);
            let even_high = _mm512_shuffle_i32x4::<0x88>(fours[i + 8], fours[i + 12]);
            let odd_high = _mm512_shuffle_i32x4::<0xdd>(fours[i + 8], fours[i + 12]);
            words[i] = _mm512_shuffle_i32x4::<0x88>(even_low, even_high);
            words[i + 4] = _mm512_shuffle_i32x4::<0x88>(odd_low, odd_high);
            words[i + 8] = _mm512_shuffle_i32x4::<0xdd>(even_low, even_high);
            words[i + 12] = _mm512_shuffle_i32x4::<0xdd>(odd_low, odd_high);
        }
        words
    }
}
