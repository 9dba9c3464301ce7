use proptest::prelude::*;
use sha2::block_api::compress256;

use super::*;

/// Blocks that differ from lane to lane, block to block and byte to byte.
fn some_blocks(lane: usize, blocks: usize, seed: u64) -> Vec<Block> {
    let mut word = seed ^ (lane as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut next = || {
        word = word.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        (word >> 33).to_le_bytes()[0]
    };
    std::iter::repeat_with(|| std::array::from_fn(|_| next())).take(blocks).collect()
}

/// Every kernel of this machine against `sha2`, from states of all kinds.
#[track_caller]
fn check(lanes: usize, blocks: usize, seed: u64) {
    let data: Vec<_> = (0..lanes).map(|lane| some_blocks(lane, blocks, seed)).collect();
    let runs: Vec<&[Block]> = data.iter().map(Vec::as_slice).collect();
    let start: Vec<State> = (0..lanes)
        .map(|lane| START.map(|word| word.rotate_left(u32::try_from(lane).unwrap())))
        .collect();
    let mut expected = start.clone();
    for (state, run) in expected.iter_mut().zip(&runs) {
        compress256(state, run);
    }
    let here = KERNELS.iter().filter(|kernel| (kernel.runs_here)());
    for kernel in here.filter(|kernel| kernel.lanes == lanes || kernel.lanes > 4.max(lanes)) {
        let mut states = start.clone();
        kernel.run(&mut states, &runs);
        assert_eq!(states, expected, "{} with {lanes} lanes, {blocks} blocks", kernel.name);
    }
    let mut states = start;
    Kernels::here().compress(&mut states, &runs);
    assert_eq!(states, expected, "{lanes} lanes, {blocks} blocks");
}

#[test]
fn every_kernel_does_what_sha2_does() {
    for lanes in 1..=MAX_LANES {
        check(lanes, 0, 1);
        check(lanes, 1, 2);
        check(lanes, 7, 3);
    }
}

proptest! {
    #[test]
    fn every_kernel_does_what_sha2_does_on_any_row(
        lanes in 1..=MAX_LANES, blocks in 0_usize..20, seed: u64,
    ) {
        check(lanes, blocks, seed);
    }
}

#[test]
fn the_cheapest_cut_is_taken() {
    let kernel = |lanes| Kernel { lanes, ..PLAIN };
    let timed = [
        (kernel(1), 10.0),
        (kernel(2), 12.0),
        (kernel(4), 22.0),
        (kernel(8), 40.0),
    ];
    let kernels = Kernels::cheapest(&timed);
    let cost = kernels.cost.map(|cost| format!("{cost}"));
    assert_eq!(cost[..=9].join(" "), "0 10 12 22 22 32 34 40 40 50");
    assert_eq!(kernels.first[7].lanes, 8); // one idle
    assert_eq!(kernels.full(), 2);
}
