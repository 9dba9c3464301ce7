//! Collapses names by their numbers: `model.layers.[0..31].self_attn.q_proj.weight ×32`.

use std::{collections::HashMap, fmt::Write as _, hash::Hash};

/// Names that differ in numbers alone, and whose numbers are all combinations of what `text` shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// `model.layers.[0..31].mlp.up_proj.weight`; ends are inclusive, and where numbers are left
    /// out there are several ranges: `[0..3,5,8..9]`.
    pub text: String,
    /// How many names it stands for: always the product of the numbers that `text` shows.
    pub count: usize,
    /// Positions of those names among all that were given, in their order.
    pub members: Vec<usize>,
}

impl Pattern {
    /// The position of its first name among all that were given.
    pub fn first(&self) -> usize {
        self.members.first().copied().unwrap_or(0)
    }
}

impl std::fmt::Display for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.count {
            1 => f.pad(&self.text),
            count => write!(f, "{} ×{count}", self.text),
        }
    }
}

/// Numbers in a name that are counted; those after them stay as they are.
const MOST_NUMBERS: usize = 6;

/// Ranges that one place of a pattern shows before it says how many numbers there are.
const MOST_RANGES: usize = 8;

/// Collapses names, each with what else its like must share (type and shape), in the order of
/// their first members. Linear in the length of the names, but for sorting.
pub fn collapse<'n, K: Eq + Hash>(names: impl Iterator<Item = (&'n str, K)>) -> Vec<Pattern> {
    let mut families: HashMap<(Vec<&'n str>, K), usize> = HashMap::new();
    let mut members: Vec<(Vec<&'n str>, Vec<Member>)> = Vec::new();
    for (position, (name, like)) in names.enumerate() {
        let (literals, numbers) = cut(name);
        let next = members.len();
        let family = *families.entry((literals.clone(), like)).or_insert(next);
        if family == next {
            members.push((literals, Vec::new()));
        }
        members[family].1.push(Member { numbers, position });
    }
    let mut patterns: Vec<Pattern> =
        members.iter_mut().flat_map(|(literals, members)| boxes(literals, members)).collect();
    patterns.sort_by_key(Pattern::first);
    patterns
}

/// Collapses names with nothing else to share.
pub fn collapse_names<'n>(names: impl Iterator<Item = &'n str>) -> Vec<Pattern> {
    collapse(names.map(|name| (name, ())))
}

/// One name: its numbers, and its position.
struct Member {
    numbers: Vec<u64>,
    position: usize,
}

/// A name as what stands around its numbers, and the numbers: whole parts between `.`, `/`, `_` and
/// `-` that are decimal without leading zeros.
fn cut(name: &str) -> (Vec<&str>, Vec<u64>) {
    let (mut literals, mut numbers) = (Vec::with_capacity(3), Vec::with_capacity(2));
    let bytes = name.as_bytes();
    let separates =
        |at: usize| bytes.get(at).is_none_or(|it| matches!(it, b'.' | b'/' | b'_' | b'-'));
    let (mut from, mut at) = (0, 0);
    while at < bytes.len() && numbers.len() < MOST_NUMBERS {
        let len = bytes[at..].iter().take_while(|it| it.is_ascii_digit()).count();
        let alone = (at == 0 || separates(at - 1)) && separates(at + len);
        let plain = len == 1 || bytes[at] != b'0';
        if (1..=18).contains(&len)
            && alone
            && plain
            && let Ok(number) = name[at..at + len].parse()
        {
            literals.push(&name[from..at]);
            numbers.push(number);
            from = at + len;
        }
        at += len.max(1);
    }
    literals.push(&name[from..]);
    (literals, numbers)
}

/// Splits members into patterns that are full products of their numbers.
fn boxes(literals: &[&str], members: &mut [Member]) -> Vec<Pattern> {
    members.sort_by(|a, b| (&a.numbers, a.position).cmp(&(&b.numbers, b.position)));
    let covers = cover(members, 0, literals.len() - 1);
    let pattern = |(ranges, mut positions): Product| {
        positions.sort_unstable();
        Pattern {
            text: text(literals, &ranges),
            count: positions.len(),
            members: positions,
        }
    };
    covers.into_iter().map(pattern).collect()
}

/// The values of each number, all combinations of which are there, and where.
type Product = (Vec<Vec<u64>>, Vec<usize>);

/// Products that cover sorted members from one number on: the values of each number, and who.
fn cover(members: &[Member], number: usize, numbers: usize) -> Vec<Product> {
    if number == numbers {
        // A name that stands twice is a pattern of its own each time.
        return members.iter().map(|member| (Vec::new(), vec![member.position])).collect();
    }
    let mut merged: Vec<(Vec<u64>, Product)> = Vec::new();
    let mut known: HashMap<Vec<Vec<u64>>, usize> = HashMap::new();
    for group in members.chunk_by(|a, b| a.numbers[number] == b.numbers[number]) {
        let value = group[0].numbers[number];
        for (rest, positions) in cover(group, number + 1, numbers) {
            match known.get(&rest).map(|at| &mut merged[*at]) {
                Some((values, (_, all))) if values.last() != Some(&value) => {
                    values.push(value);
                    all.extend(positions);
                }
                _ => {
                    known.insert(rest.clone(), merged.len());
                    merged.push((vec![value], (rest, positions)));
                }
            }
        }
    }
    let whole = |(values, (rest, positions)): (Vec<u64>, Product)| {
        (std::iter::once(values).chain(rest).collect(), positions)
    };
    merged.into_iter().map(whole).collect()
}

fn text(literals: &[&str], numbers: &[Vec<u64>]) -> String {
    let mut text = String::new();
    for (i, literal) in literals.iter().enumerate() {
        text.push_str(literal);
        match numbers.get(i).map(Vec::as_slice) {
            Some([one]) => _ = write!(text, "{one}"),
            Some(many) => _ = write!(text, "[{}]", ranges(many)),
            None => {}
        }
    }
    text
}

/// `0..3,5,8..9` for sorted numbers.
fn ranges(numbers: &[u64]) -> String {
    let mut parts: Vec<String> = numbers
        .chunk_by(|a, b| a.checked_add(1) == Some(*b))
        .map(|run| match run {
            [one] => one.to_string(),
            [first, .., last] => format!("{first}..{last}"),
            [] => String::new(),
        })
        .collect();
    if parts.len() > MOST_RANGES {
        parts.truncate(MOST_RANGES - 1);
        parts.push(format!("… {} numbers", numbers.len()));
    }
    parts.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_collapse_where_they_are_whole_products() {
        check(&["h.0.w", "h.1.w", "h.2.w"], &["h.[0..2].w ×3"]);
        check(&["h.0.w", "h.2.w", "h.3.w", "x"], &["h.[0,2..3].w ×3", "x"]);
        check(&["a.w", "a.0", "b"], &["a.w", "a.0", "b"]);
        check(&["l.0.e.0.w", "l.0.e.1.w", "l.1.e.0.w", "l.1.e.1.w"], &["l.[0..1].e.[0..1].w ×4"]);
        check(&["l.0.e.0.w", "l.1.e.0.w", "l.1.e.1.w"], &["l.0.e.0.w", "l.1.e.[0..1].w ×2"]);
        check(&["layer_0/k", "layer_1/k"], &["layer_[0..1]/k ×2"]);
        check(&["w1", "w2", "h.007.w", "h.008.w"], &["w1", "w2", "h.007.w", "h.008.w"]);
        check(&["h.0.w", "h.0.w"], &["h.0.w", "h.0.w"]);
        check(
            &["99999999999999999999.w", "..", "", "0"],
            &["99999999999999999999.w", "..", "", "0"],
        );
    }

    #[test]
    fn many_gaps_are_cut_short() {
        let names: Vec<String> = (0..40).map(|n| format!("h.{}.w", n * 2)).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        check(&names, &["h.[0,2,4,6,8,10,12,… 40 numbers].w ×40"]);
    }

    #[test]
    fn half_a_million_names_are_soon_done() {
        let names: Vec<String> =
            (0..500_000).map(|n| format!("l.{}.e.{}.w", n / 500, n % 500)).collect();
        let patterns = collapse_names(names.iter().map(String::as_str));
        assert_eq!(patterns[0].to_string(), "l.[0..999].e.[0..499].w ×500000");
    }

    #[track_caller]
    fn check(names: &[&str], expected: &[&str]) {
        let patterns = collapse_names(names.iter().copied());
        let shown: Vec<String> = patterns.iter().map(ToString::to_string).collect();
        assert_eq!(shown, expected);
    }

    proptest! {
        #[test]
        fn every_name_is_in_one_pattern(names in prop::collection::vec("[a.0-3_]{0,9}", 0..60)) {
            let patterns = collapse_names(names.iter().map(String::as_str));
            let mut members: Vec<usize> = patterns.iter().flat_map(|it| it.members.clone()).collect();
            members.sort_unstable();
            prop_assert_eq!(members, (0..names.len()).collect::<Vec<_>>());
        }
    }
}
