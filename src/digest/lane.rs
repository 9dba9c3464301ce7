//! One SHA-256 after another in one lane: cut into whole blocks, with padding like any other block.

use std::ops::Range;

use super::kernel::{BLOCK, Block, START, State};

/// The messages of one lane, hashed one after the other as the windows of a file come by.
///
/// A lane never looks ahead and never back: messages come in the order of their bytes, and none
/// lies over another.
pub(super) struct Lane {
    /// The messages to come, last first: what each is called, and where it lies in the file.
    coming: Vec<(usize, Range<u64>)>,
    /// The message under way.
    name: usize,
    /// What of it has not been taken yet.
    left: Range<u64>,
    phase: Phase,
    state: State,
    /// How many bytes of the message were taken.
    taken: u64,
    /// Bytes that make no whole block yet, or the last bytes with their padding.
    scratch: [Block; 2],
    /// How many bytes of the first block of `scratch` wait there.
    waiting: usize,
    /// The blocks to hash next.
    piece: Piece,
}

#[derive(Clone, Copy, PartialEq)]
enum Phase {
    /// Between two messages.
    Idle,
    /// Taking bytes.
    Body,
    /// Padding is in the piece.
    Padding,
}

/// Whole blocks: which, and how many of them are left.
#[derive(Clone, Copy)]
enum Piece {
    /// In the window, from this byte of it.
    Window { at: usize, blocks: usize },
    /// In the lane's own scratch, from this block of it.
    Scratch { at: usize, blocks: usize },
}

/// What a lane can do next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Next {
    /// Hash: there is at least one block in the piece.
    Blocks,
    /// Nothing before the next window comes.
    Wait,
    /// Nothing ever: all messages are hashed.
    Done,
}

impl Lane {
    /// A lane for these messages, in the order of their bytes.
    pub(super) fn new(messages: impl DoubleEndedIterator<Item = (usize, Range<u64>)>) -> Self {
        Self {
            coming: messages.rev().collect(),
            name: 0,
            left: 0..0,
            phase: Phase::Idle,
            state: START,
            taken: 0,
            scratch: [[0; BLOCK]; 2],
            waiting: 0,
            piece: Piece::Scratch { at: 0, blocks: 0 },
        }
    }

    /// Finds the next piece, in the window whose first byte is byte `start` of the file.
    /// Digests that were finished are handed to `done` with the names of their messages.
    pub(super) fn next(
        &mut self,
        start: u64,
        window: &[u8],
        mut done: impl FnMut(usize, [u8; 32]),
    ) -> Next {
        let end = start + window.len() as u64;
        loop {
            if self.has_blocks() {
                return Next::Blocks;
            }
            match self.phase {
                Phase::Idle => match self.coming.pop() {
                    Some((name, bytes)) => self.begin(name, bytes),
                    None => return Next::Done,
                },
                Phase::Body if self.left.is_empty() => self.pad(),
                Phase::Body if self.left.start >= end => return Next::Wait,
                Phase::Body => {
                    let inside = |at: u64| usize::try_from(at - start).unwrap_or(window.len());
                    let from = inside(self.left.start);
                    let taken = self.take(from, &window[from..inside(self.left.end.min(end))]);
                    self.left.start += taken;
                    self.taken += taken;
                }
                Phase::Padding => {
                    let mut digest = [0; 32];
                    for (bytes, word) in digest.as_chunks_mut().0.iter_mut().zip(self.state) {
                        *bytes = word.to_be_bytes();
                    }
                    done(self.name, digest);
                    self.phase = Phase::Idle;
                }
            }
        }
    }

    /// Whether there are blocks to hash.
    pub(super) fn has_blocks(&self) -> bool {
        let (Piece::Window { blocks, .. } | Piece::Scratch { blocks, .. }) = self.piece;
        blocks > 0
    }

    fn begin(&mut self, name: usize, bytes: Range<u64>) {
        (self.name, self.left) = (name, bytes);
        (self.phase, self.state) = (Phase::Body, START);
        (self.taken, self.waiting) = (0, 0);
    }

    /// Takes what it can of `bytes`, which stand `at` in the window, in one piece.
    fn take(&mut self, at: usize, bytes: &[u8]) -> u64 {
        if self.waiting == 0 && bytes.len() >= BLOCK {
            let blocks = bytes.len() / BLOCK;
            self.piece = Piece::Window { at, blocks };
            return (blocks * BLOCK) as u64;
        }
        let taken = bytes.len().min(BLOCK - self.waiting);
        self.scratch[0][self.waiting..][..taken].copy_from_slice(&bytes[..taken]);
        self.waiting += taken;
        if self.waiting == BLOCK {
            self.piece = Piece::Scratch { at: 0, blocks: 1 };
            self.waiting = 0;
        }
        taken as u64
    }

    /// A one bit, zeros, and the length in bits: in the block that is begun, or in one more.
    fn pad(&mut self) {
        let scratch = self.scratch.as_flattened_mut();
        let blocks = if self.waiting < BLOCK - 8 { 1 } else { 2 };
        scratch[self.waiting] = 0x80;
        scratch[self.waiting + 1..].fill(0);
        scratch[blocks * BLOCK - 8..][..8].copy_from_slice(&(self.taken << 3).to_be_bytes());
        self.piece = Piece::Scratch { at: 0, blocks };
        self.phase = Phase::Padding;
    }

    /// Where the stream stands, and the blocks to hash next.
    pub(super) fn piece<'a>(&'a self, window: &'a [u8]) -> (&'a State, &'a [Block]) {
        let blocks = match self.piece {
            Piece::Window { at, blocks } => &window[at..].as_chunks().0[..blocks],
            Piece::Scratch { at, blocks } => &self.scratch[at..][..blocks],
        };
        (&self.state, blocks)
    }

    /// Goes on past `hashed` blocks of the piece, which led to `state`.
    pub(super) fn advance(&mut self, hashed: usize, state: State) {
        self.state = state;
        match &mut self.piece {
            Piece::Window { at, blocks } => {
                *at += hashed * BLOCK;
                *blocks -= hashed;
            }
            Piece::Scratch { at, blocks } => {
                *at += hashed;
                *blocks -= hashed;
            }
        }
    }

    /// Gives up every message that has bytes before byte `end` of the file still to be taken:
    /// they cannot be read.
    pub(super) fn skip(&mut self, end: u64) {
        self.coming.retain(|(_, bytes)| bytes.start >= end);
        if self.phase == Phase::Body && !self.left.is_empty() && self.left.start < end {
            self.phase = Phase::Idle;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sha2::{Digest as _, Sha256, block_api::compress256};

    use super::*;

    /// Hashes all messages of `bytes` by itself, a window of `len` bytes at a time.
    fn digests(bytes: &[u8], messages: &[Range<u64>], len: usize) -> Vec<(usize, [u8; 32])> {
        let mut lane = Lane::new(messages.iter().cloned().enumerate());
        let mut digests = Vec::new();
        let mut start = 0;
        while start <= bytes.len() {
            let window = &bytes[start..bytes.len().min(start + len)];
            loop {
                let next = lane.next(start as u64, window, |name, sha| digests.push((name, sha)));
                let Next::Blocks = next else { break };
                let (state, piece) = lane.piece(window);
                let hashed = piece.len().div_ceil(2); // as if another lane had fewer
                let mut state = *state;
                compress256(&mut state, &piece[..hashed]);
                lane.advance(hashed, state);
            }
            start += len;
        }
        digests
    }

    #[track_caller]
    fn check(cuts: &[u64], window: usize) {
        let bytes: Vec<u8> =
            (0..*cuts.last().unwrap()).map(|at| (at % 251).to_le_bytes()[0]).collect();
        let messages: Vec<_> = cuts.windows(2).map(|cut| cut[0]..cut[1]).collect();
        let expected = messages.iter().map(|range| {
            let [start, end] = [range.start, range.end].map(|at| usize::try_from(at).unwrap());
            Sha256::digest(&bytes[start..end]).into()
        });
        let expected: Vec<_> = expected.enumerate().collect();
        assert_eq!(digests(&bytes, &messages, window), expected);
    }

    #[test]
    fn messages_of_every_awkward_length_get_their_digests() {
        for window in [1, 63, 64, 65, 1000] {
            check(&[0, 0, 0], window);
            check(&[0, 1, 56, 111, 167, 223, 280], window); // 1, 55, 55, 56, 56 and 57 bytes
            check(&[0, 63, 127, 192, 311, 431, 552], window); // 63, 64, 65, 119, 120 and 121
            check(&[5, 5, 1000, 1000, 1064], window); // a gap, and none between
        }
    }

    proptest! {
        #[test]
        fn any_messages_get_their_digests(
            mut cuts in prop::collection::vec(0_u64..3000, 2..12), window in 1_usize..4000,
        ) {
            cuts.sort_unstable();
            check(&cuts, window);
        }
    }
}
