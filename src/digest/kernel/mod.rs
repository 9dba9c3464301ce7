//! SHA-256 blocks of many streams at once, by whatever this machine does best.
//!
//! One stream is bound by latency: each round waits for the one before. Streams are independent of
//! each other, so a kernel runs a row of them side by side. Which kernel is cheapest for a row of
//! a given width differs between processors (four interleaved SHA-NI lanes cost half of one on
//! AMD's, three quarters on Intel's, where vectors win from seven lanes on), and within one kernel
//! the order of instructions decides a tenth or two. So nothing is assumed: every kernel that the
//! processor can run is timed once, for less than a millisecond in all, and rows are cut
//! accordingly. What comes out is the same whatever the timing says.

#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "x86_64")]
mod sha_ni;

use std::{fmt, sync::LazyLock, time::Instant};

/// The eight words of a SHA-256 under way.
pub(super) type State = [u32; 8];

/// What a SHA-256 takes at once.
pub(super) type Block = [u8; BLOCK];

/// The length of a block in bytes.
pub(super) const BLOCK: usize = 64;

/// How many streams a row has at most.
pub(super) const MAX_LANES: usize = 16;

/// What every stream starts from.
pub(super) const START: State = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// What is added to the words of each round, four rounds a row.
#[cfg(target_arch = "x86_64")]
static ROUND_CONSTANTS: [[u32; 4]; 16] = [
    [0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5],
    [0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5],
    [0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3],
    [0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174],
    [0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc],
    [0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da],
    [0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7],
    [0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967],
    [0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13],
    [0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85],
    [0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3],
    [0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070],
    [0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5],
    [0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3],
    [0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208],
    [0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2],
];

/// A way to advance up to `lanes` streams by the same number of blocks.
#[derive(Clone, Copy)]
struct Kernel {
    name: &'static str,
    /// How many streams it takes; narrow kernels take exactly so many.
    lanes: usize,
    /// Whether this processor can run it.
    runs_here: fn() -> bool,
    /// One state and one run of blocks for each stream, all runs of one length.
    /// Safe to call where `runs_here` says so.
    compress: unsafe fn(&mut [State], &[&[Block]]),
}

/// Every kernel there is. Each number of streams has at least one that serves it everywhere.
#[cfg(target_arch = "x86_64")]
const KERNELS: &[Kernel] = &[
    PLAIN,
    sha_ni::SPREAD,
    sha_ni::COMPACT[0],
    sha_ni::COMPACT[1],
    sha_ni::COMPACT[2],
    avx512::EIGHT,
    avx512::SIXTEEN,
];

/// Every kernel there is. `PLAIN` takes the SHA-2 instructions of `AArch64` where they are.
#[cfg(not(target_arch = "x86_64"))]
const KERNELS: &[Kernel] = &[PLAIN];

/// What everyone has: one stream through `sha2`, which picks instructions for itself.
const PLAIN: Kernel = Kernel {
    name: "plain",
    lanes: 1,
    runs_here: || true,
    compress: |states, blocks| {
        for (state, blocks) in states.iter_mut().zip(blocks) {
            sha2::block_api::compress256(state, blocks);
        }
    },
};

/// The kernels that run here, and which of them to take for how many streams.
pub(super) struct Kernels {
    /// For each number of streams from 0: the kernel to take first.
    first: [Kernel; MAX_LANES + 1],
    /// For each number of streams: the time that a row of one block each takes, in nanoseconds.
    cost: [f64; MAX_LANES + 1],
}

impl Kernels {
    /// Those of this machine, timed at the first call.
    pub(super) fn here() -> &'static Self {
        static HERE: LazyLock<Kernels> = LazyLock::new(|| {
            let able = KERNELS.iter().filter(|kernel| (kernel.runs_here)());
            let mut timed: Vec<_> = able.map(|&kernel| (kernel, f64::INFINITY)).collect();
            for _ in 0..ROUNDS {
                for (kernel, best) in &mut timed {
                    *best = best.min(time(*kernel));
                }
            }
            Kernels::cheapest(&timed)
        });
        &HERE
    }

    /// As if rows cost so many nanoseconds, from that of one stream on.
    #[cfg(test)]
    pub(super) fn costing(costs: [f64; MAX_LANES]) -> Self {
        let mut kernels = Self { first: [PLAIN; _], cost: [0.0; _] };
        kernels.cost[1..].copy_from_slice(&costs);
        kernels
    }

    /// The cheapest cut of every row, given what one run of each kernel costs.
    fn cheapest(timed: &[(Kernel, f64)]) -> Self {
        let mut kernels = Self { first: [PLAIN; _], cost: [0.0; _] };
        for lanes in 1..=MAX_LANES {
            let cuts = timed.iter().filter(|(kernel, _)| kernel.fits(lanes));
            let costs = cuts.map(|&(kernel, cost)| {
                (kernel, cost + kernels.cost[lanes.saturating_sub(kernel.lanes)])
            });
            let best = costs.min_by(|(_, one), (_, other)| one.total_cmp(other));
            (kernels.first[lanes], kernels.cost[lanes]) = best.expect("`PLAIN` fits every row");
        }
        kernels
    }

    /// Advances each state by its blocks. All runs of blocks have the same length.
    pub(super) fn compress(&self, mut states: &mut [State], mut blocks: &[&[Block]]) {
        while !states.is_empty() {
            let kernel = self.first[states.len()];
            let lanes = kernel.lanes.min(states.len());
            let (now, later) = states.split_at_mut(lanes);
            kernel.run(now, &blocks[..lanes]);
            (states, blocks) = (later, &blocks[lanes..]);
        }
    }

    /// How many bytes a nanosecond one thread hashes with this many streams side by side.
    #[expect(clippy::cast_precision_loss, reason = "a row is at most 1 KiB")]
    pub(super) fn speed(&self, lanes: usize) -> f64 {
        let lanes = lanes.clamp(1, MAX_LANES);
        (lanes * BLOCK) as f64 / self.cost[lanes]
    }

    /// The fewest streams that make good use of a thread: three quarters of the best there is,
    /// less a little as the clock is never quite steady.
    pub(super) fn full(&self) -> usize {
        let best = (1..=MAX_LANES).map(|lanes| self.speed(lanes)).fold(0.0, f64::max);
        (1..MAX_LANES).find(|&lanes| self.speed(lanes) >= 0.7 * best).unwrap_or(MAX_LANES)
    }
}

/// For people: each kernel taken, the row it is taken for, and the speed of that row.
impl fmt::Display for Kernels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for lanes in [1, 2, 4, 8, MAX_LANES] {
            let (name, speed) = (self.first[lanes].name, self.speed(lanes));
            writeln!(f, "{lanes:2} streams: {speed:.2} GB/s, {name}")?;
        }
        Ok(())
    }
}

impl Kernel {
    /// Whether it can take the first streams of a row of `lanes`. Wide ones run half empty too.
    fn fits(self, lanes: usize) -> bool {
        self.lanes <= lanes || self.lanes > 4
    }

    #[expect(unsafe_code, reason = "instructions that not every processor has")]
    fn run(self, states: &mut [State], blocks: &[&[Block]]) {
        // SAFETY: only kernels whose `runs_here` has said yes get into `Kernels`.
        unsafe { (self.compress)(states, blocks) }
    }
}

/// How often each kernel is timed, in turn with the others.
const ROUNDS: usize = 8;

/// What one block in each lane costs in one short run, in nanoseconds. The best of a few is near
/// the truth, as whatever else the machine does can only add to it.
#[expect(clippy::cast_precision_loss, reason = "microseconds")]
fn time(kernel: Kernel) -> f64 {
    const BLOCKS: usize = 40;
    let mut states = [START; MAX_LANES];
    let data = [[0x5a; BLOCK]; BLOCKS];
    let runs = [data.as_slice(); MAX_LANES];
    let start = Instant::now();
    kernel.run(&mut states[..kernel.lanes], &runs[..kernel.lanes]);
    start.elapsed().as_nanos() as f64 / BLOCKS as f64
}

#[cfg(test)]
mod tests;
