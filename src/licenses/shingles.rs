//! Hashes of runs of words, so that texts are compared without being kept.
//!
//! A fingerprint, not a proof: two different texts can be made to share one. It says which standard
//! text to expect; digests of the bytes are another room's.

use super::fold::Word;

/// How many words make a shingle, the unit in which texts are compared.
pub(super) const SHINGLE: usize = 4;

/// The modulus of the hashes, a Mersenne prime.
const PRIME: u64 = (1 << 61) - 1;

/// The base of the polynomial; any large number serves.
const BASE: u64 = 0x0b4d_5e1a_93c7_2f61;

/// The words of a text, ready to hash any run of them at once.
pub(super) struct Hashes {
    /// Hash of the first `n` words, for each `n`.
    prefixes: Vec<u64>,
    /// Powers of the base.
    powers: Vec<u64>,
}

impl Hashes {
    pub(super) fn new(words: &[Word<'_>]) -> Self {
        let (mut prefix, mut power) = (0, 1);
        let mut hashes = Self { prefixes: vec![0], powers: vec![1] };
        for word in words {
            prefix = (multiply(prefix, BASE) + hash(word.text)) % PRIME;
            power = multiply(power, BASE);
            hashes.prefixes.push(prefix);
            hashes.powers.push(power);
        }
        hashes
    }

    /// How many words there are.
    pub(super) fn len(&self) -> usize {
        self.prefixes.len() - 1
    }

    /// The hash of `len` words from `start`; `None` past the end.
    pub(super) fn run(&self, start: usize, len: usize) -> Option<u64> {
        let end = self.prefixes.get(start.checked_add(len)?)?;
        let before = multiply(self.prefixes[start], self.powers[len]);
        Some((end + PRIME - before) % PRIME)
    }

    /// Every shingle, in order; none for a text shorter than one.
    pub(super) fn shingles(&self) -> impl Iterator<Item = u32> {
        (0..self.len()).map_while(|start| self.run(start, SHINGLE)).map(short)
    }
}

/// 64 bits to 32, every bit of the former in play.
fn short(hash: u64) -> u32 {
    let mixed = (hash ^ (hash >> 29)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 32) as u32
}

fn multiply(one: u64, other: u64) -> u64 {
    let product = u128::from(one) * u128::from(other) % u128::from(PRIME);
    u64::try_from(product).unwrap_or_default()
}

/// FNV-1a.
fn hash(word: &str) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    word.bytes().fold(0xcbf2_9ce4_8422_2325, step) % PRIME
}

#[cfg(test)]
mod tests {
    use super::super::fold::fold;
    use super::*;

    #[test]
    fn a_run_hashes_alike_wherever_it_stands() {
        let (one, two) = (fold("a b c d e f"), fold("x y b c d e z"));
        let (one, two) = (Hashes::new(&one.words()), Hashes::new(&two.words()));
        assert_eq!(one.run(1, 4), two.run(2, 4));
        assert_ne!(one.run(1, 4), one.run(2, 4));
        assert_eq!(
            (one.run(3, 4), one.run(usize::MAX, 2), one.shingles().count()),
            (None, None, 3)
        );
        assert_eq!(Hashes::new(&[]).shingles().count(), 0);
    }
}
