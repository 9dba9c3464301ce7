//! Names that differ in their layer only, told as one: `model.layers.[0..31].mlp.up_proj.weight`.
//!
//! Knows names and nothing else, so that whoever lists tensors can use it.

use std::{collections::BTreeMap, fmt};

/// How many numbers of a name can be a layer, an expert and the like. Later ones are plain text.
const SLOTS: usize = 4;

/// Names told as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// The name where there is one; else with a range for each number that varies, as in
    /// `h.[0..11].attn.weight` or `mlp.[0,2].weight`.
    pub name: String,
    /// Which of the names given these are, in the order given.
    pub members: Vec<usize>,
}

impl Pattern {
    /// How many names it tells.
    pub fn count(&self) -> usize {
        self.members.len()
    }
}

impl fmt::Display for Pattern {
    /// `model.layers.[0..31].mlp.up_proj.weight ×32`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.count() {
            0 | 1 => f.pad(&self.name),
            count => write!(f, "{} ×{count}", self.name),
        }
    }
}

/// Tells `names` by as few patterns as it takes, in the order in which the first of each came.
/// Only names of one `alike` (element type and shape, say) are told together.
pub fn collapse<'a, A: Ord>(names: impl IntoIterator<Item = (&'a str, A)>) -> Vec<Pattern> {
    let mut alike: BTreeMap<(Vec<&'a str>, A), Vec<Member>> = BTreeMap::new();
    for (at, (name, kind)) in names.into_iter().enumerate() {
        let parts = parts(name);
        alike.entry((parts.texts, kind)).or_default().push(Member { numbers: parts.numbers, at });
    }
    let mut patterns = Vec::new();
    for ((texts, _), mut members) in alike {
        members.sort_by(|a, b| a.numbers.cmp(&b.numbers));
        let slots = texts.len() - 1;
        for block in blocks(&members, 0, slots) {
            let mut pattern = Pattern {
                name: spelled(&texts, &block.slots),
                members: block.at,
            };
            pattern.members.sort_unstable();
            patterns.push(pattern);
        }
    }
    patterns.sort_by(|a, b| a.members.cmp(&b.members));
    patterns
}

/// A name in pieces: `texts` around `numbers`, one more text than there are numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts<'a> {
    /// `["model.layers.", ".mlp.up_proj.weight"]`.
    pub texts: Vec<&'a str>,
    /// `[17]`.
    pub numbers: Vec<u64>,
}

/// Takes a name apart at its first few numbers that stand alone between separators.
pub fn parts(name: &str) -> Parts<'_> {
    let bytes = name.as_bytes();
    let mut parts = Parts { texts: Vec::new(), numbers: Vec::new() };
    let (mut text, mut at) = (0, 0);
    while at < bytes.len() && parts.numbers.len() < SLOTS {
        let start = at;
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        let stands_alone = (start == 0 || separates(bytes[start - 1]))
            && bytes.get(at).is_none_or(|next| separates(*next));
        // Digits are ASCII, so the cuts lie between characters.
        let digits = if stands_alone {
            name.get(start..at)
        } else {
            None
        };
        if let Some(number) = digits.and_then(number) {
            parts.texts.push(&name[text..start]);
            parts.numbers.push(number);
            text = at;
        }
        // On to the next character; digits that were no number are passed over whole.
        at = if at == start { start + 1 } else { at };
    }
    parts.texts.push(&name[text..]);
    parts
}

/// Whether a byte parts a number from what stands beside it. Letters do not: `fc1` is a name.
fn separates(byte: u8) -> bool {
    byte.is_ascii_punctuation()
}

/// Digits as a number, where writing the number gives the same digits.
fn number(digits: &str) -> Option<u64> {
    let leads = digits.len() > 1 && digits.starts_with('0');
    digits.parse().ok().filter(|_| !leads)
}

/// The numbers of one name, and which name it was.
struct Member {
    numbers: Vec<u64>,
    at: usize,
}

/// Names that are all those of some numbers in each slot.
struct Block {
    slots: Vec<Vec<u64>>,
    at: Vec<usize>,
}

/// Members, sorted by their numbers, in blocks: those of one number first, then numbers with the
/// same blocks as one.
fn blocks(members: &[Member], slot: usize, slots: usize) -> Vec<Block> {
    if slot == slots {
        return vec![Block {
            slots: Vec::new(),
            at: members.iter().map(|it| it.at).collect(),
        }];
    }
    // By the numbers of the slots after this one, which blocks that are told as one share.
    let mut merged: BTreeMap<Vec<Vec<u64>>, Merged> = BTreeMap::new();
    for run in members.chunk_by(|a, b| a.numbers[slot] == b.numbers[slot]) {
        for block in blocks(run, slot + 1, slots) {
            let of_it = merged.entry(block.slots).or_default();
            of_it.numbers.push(run[0].numbers[slot]);
            of_it.at.extend(block.at);
        }
    }
    let block = |(rest, merged): (Vec<Vec<u64>>, Merged)| Block {
        slots: std::iter::once(merged.numbers).chain(rest).collect(),
        at: merged.at,
    };
    merged.into_iter().map(block).collect()
}

/// Numbers of one slot that have the same numbers after them.
#[derive(Default)]
struct Merged {
    numbers: Vec<u64>,
    at: Vec<usize>,
}

/// Texts with a number or a range between them.
fn spelled(texts: &[&str], slots: &[Vec<u64>]) -> String {
    let mut name = String::new();
    for (at, text) in texts.iter().enumerate() {
        name.push_str(text);
        match slots.get(at).map(Vec::as_slice) {
            None | Some([]) => {}
            Some([only]) => name.push_str(&only.to_string()),
            Some(several) => name.push_str(&ranges(several)),
        }
    }
    name
}

/// Rising numbers as ranges: `[0..31]`, `[0,2]`, `[0..3,7]`.
fn ranges(numbers: &[u64]) -> String {
    let runs = numbers.chunk_by(|a, b| a.checked_add(1) == Some(*b));
    let run = |run: &[u64]| match run {
        [first, .., last] if last - first > 1 => format!("{first}..{last}"),
        few => few.iter().map(u64::to_string).collect::<Vec<_>>().join(","),
    };
    format!("[{}]", runs.map(run).collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn layers_are_told_as_one() {
        let layers: Vec<String> = (0..32).map(|n| format!("model.layers.{n}.w")).collect();
        check_all(&layers, &["model.layers.[0..31].w ×32"]);
        let experts: Vec<String> =
            (0..6).map(|n| format!("h.{}.experts.{}.w", n / 3, n % 3)).collect();
        check_all(&experts, &["h.[0,1].experts.[0..2].w ×6"]);
        check(&["mlp.0.weight", "mlp.2.weight"], &["mlp.[0,2].weight ×2"]);
        check(&["a.0.w", "a.1.w", "a.2.w", "a.7.w"], &["a.[0..2,7].w ×4"]);
        check(&["b.10.w", "b.9.w", "b.11.w"], &["b.[9..11].w ×3"]);
        check(&["0", "1"], &["[0,1] ×2"]);
    }

    #[test]
    fn what_is_uneven_is_told_as_it_is() {
        // The first layer is dense, the others have experts: not a block of both.
        check(
            &["l.0.e.0", "l.1.e.0", "l.1.e.1", "l.2.e.0", "l.2.e.1"],
            &["l.0.e.0 ×1", "l.[1,2].e.[0,1] ×4"],
        );
        check(&["fc1.w", "fc2.w"], &["fc1.w ×1", "fc2.w ×1"]);
        check(&["a.00.w", "a.01.w"], &["a.00.w ×1", "a.01.w ×1"]);
        check(&["w", "w"], &["w ×2"]);
        check(
            &["a.18446744073709551615.w", "a.18446744073709551616.w"],
            &["a.18446744073709551615.w ×1", "a.18446744073709551616.w ×1"],
        );
    }

    #[track_caller]
    fn check_all(names: &[String], told: &[&str]) {
        check(&names.iter().map(String::as_str).collect::<Vec<_>>(), told);
    }

    #[track_caller]
    fn check(names: &[&str], told: &[&str]) {
        let patterns = collapse(names.iter().map(|name| (*name, ())));
        let of = |pattern: &Pattern| format!("{} ×{}", pattern.name, pattern.members.len());
        assert_eq!(patterns.iter().map(of).collect::<Vec<_>>(), told);
    }

    proptest! {
        #[test]
        fn every_name_is_told_once(
            names in prop::collection::vec("([ab.]|[0-3]){0,9}|.{0,6}", 0..40),
        ) {
            let patterns = collapse(names.iter().map(|name| (name.as_str(), name.len() % 2)));
            let mut told: Vec<usize> = patterns.into_iter().flat_map(|it| it.members).collect();
            told.sort_unstable();
            prop_assert_eq!(told, (0..names.len()).collect::<Vec<_>>());
        }

        #[test]
        fn parts_put_together_are_the_name(name in "([a.]|[0-9]){0,20}|.{0,20}") {
            let parts = parts(&name);
            prop_assert_eq!(parts.texts.len(), parts.numbers.len() + 1);
            let slots: Vec<Vec<u64>> = parts.numbers.iter().map(|n| vec![*n]).collect();
            prop_assert_eq!(spelled(&parts.texts, &slots), name);
        }
    }
}
