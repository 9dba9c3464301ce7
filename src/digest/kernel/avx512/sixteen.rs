//! Sixteen streams: registers of 512 bits.

use std::arch::x86_64::{
    __m512i, _mm_set_epi64x, _mm512_add_epi32, _mm512_broadcast_i32x4, _mm512_loadu_si512,
    _mm512_ror_epi32, _mm512_set1_epi32, _mm512_setzero_si512, _mm512_shuffle_epi8,
    _mm512_shuffle_i32x4, _mm512_srli_epi32, _mm512_storeu_si512, _mm512_ternarylogic_epi32,
    _mm512_unpackhi_epi32, _mm512_unpackhi_epi64, _mm512_unpacklo_epi32, _mm512_unpacklo_epi64,
};

use super::{Block, CHOOSE, EXCLUSIVE_OR, MAJORITY, ROUND_CONSTANTS, State};

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
