//! Plain code compiled for the widest vectors of the machine.
//!
//! What is handed over is ordinary safe Rust, written in loops over fixed numbers of lanes; here
//! it is compiled once more for AVX2 and for AVX-512. No form fuses a multiplication with an
//! addition (Rust does so only where asked), so all give the same bits.

/// Something to do, in a method that is `inline(always)` with all that it calls: what is not
/// inlined is compiled for plain vectors. (A closure cannot be marked so.)
pub(super) trait Work {
    fn work(self);
}

/// Does `work`.
#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code, reason = "instructions that not every processor has")]
pub(super) fn widest(work: impl Work) {
    if is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl")
    {
        // SAFETY: the processor was just asked for all of them.
        unsafe { with_avx512(work) };
    } else if is_x86_feature_detected!("avx2") {
        // SAFETY: the processor was just asked for it.
        unsafe { with_avx2(work) };
    } else {
        work.work();
    }
}

/// Does `work`: elsewhere the vectors that all processors have are wide enough.
#[cfg(not(target_arch = "x86_64"))]
pub(super) fn widest(work: impl Work) {
    work.work();
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
fn with_avx512(work: impl Work) {
    work.work();
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn with_avx2(work: impl Work) {
    work.work();
}
