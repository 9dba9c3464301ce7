//! Eight or sixteen streams, one in each word of a vector, by AVX-512.
//!
//! Word for word the SHA-256 of FIPS 180-4, each operation done for all streams at once: what
//! AVX-512 brings are rotations, and any function of three bits in one instruction. Streams that
//! are not there are given the first one's blocks, and what comes of it is dropped.

#![expect(
    unsafe_code,
    reason = "loads and stores of whole vectors take raw pointers"
)]

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

// After the macro that they use.
mod eight;
mod sixteen;
