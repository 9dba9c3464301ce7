//! Where two texts differ, word by word.

use std::ops::Range;

use super::fold::Word;

/// How many words may differ; beyond them two texts are no copies of one another.
const MOST: usize = 400;

/// A place where two texts differ: words of the one, and words of the other.
pub(super) type Hunk = (Range<usize>, Range<usize>);

/// Where two texts differ, in order, by the shortest way from one to the front of the other (Myers 1986);
/// `None` where that way is longer than [`MOST`].
pub(super) fn differences(old: &[Word<'_>], new: &[Word<'_>]) -> Option<Vec<Hunk>> {
    let same = |x: usize, y: usize| old[x].text == new[y].text;
    let (width, height) = (old.len(), new.len());
    let slide =
        |x: usize, y: usize| (x..width).zip(y..height).take_while(|(x, y)| same(*x, *y)).count();
    let mut ways = Ways { width, height, reached: Vec::new() };
    for d in 0..=MOST {
        let mut row = Vec::with_capacity(2 * d + 1);
        for k in diagonals(d) {
            let from = if d == 0 {
                Some((0, 0))
            } else {
                ways.step(d, k).map(|(_, to)| to)
            };
            let far = from.map(|(x, y)| (x + slide(x, y), y + slide(x, y)));
            if far.is_some_and(|(x, _)| x == width) {
                return Some(ways.back(d, k));
            }
            row.push(far);
        }
        ways.reached.push(row);
    }
    None
}

/// The diagonals, `x - y`, that so many steps lead to.
fn diagonals(d: usize) -> std::ops::RangeInclusive<isize> {
    let d = isize::try_from(d).unwrap_or(isize::MAX);
    -d..=d
}

/// A place between two words of the one text and between two of the other.
type Point = (usize, usize);

/// The furthest points that so many steps lead to.
struct Ways {
    width: usize,
    height: usize,
    /// For each number of steps from 0, for each of its diagonals.
    reached: Vec<Vec<Option<Point>>>,
}

impl Ways {
    /// The `d`-th step onto diagonal `k`, whichever of the two leads further: one word more of the
    /// second text, or one of the first.
    fn step(&self, d: usize, k: isize) -> Option<(Point, Point)> {
        let row = self.reached.get(d.checked_sub(1)?)?;
        let at = |k: isize| {
            let index = k.checked_add_unsigned(d - 1)?;
            row.get(usize::try_from(index).ok()?).copied().flatten()
        };
        let down = at(k + 1).filter(|(_, y)| *y < self.height).map(|it| (it, (it.0, it.1 + 1)));
        let right = at(k - 1).filter(|(x, _)| *x < self.width).map(|it| (it, (it.0 + 1, it.1)));
        [down, right].into_iter().flatten().max_by_key(|(_, to)| to.0)
    }

    /// The way back from the end that `d` steps led to on diagonal `k`, as places that differ, in order.
    fn back(&self, d: usize, mut k: isize) -> Vec<Hunk> {
        let mut hunks: Vec<Hunk> = Vec::new();
        let signed = |value: usize| isize::try_from(value).unwrap_or(isize::MAX);
        for d in (1..=d).rev() {
            let Some((from, to)) = self.step(d, k) else {
                break;
            };
            match hunks.last_mut() {
                Some((there, here)) if (there.start, here.start) == to => {
                    (there.start, here.start) = from;
                }
                _ => hunks.push((from.0..to.0, from.1..to.1)),
            }
            k = signed(from.0) - signed(from.1);
        }
        hunks.reverse();
        hunks
    }
}

/// How many words of two texts differ, whatever they say.
#[cfg(test)]
pub(super) fn apart(old: &[Word<'_>], new: &[Word<'_>]) -> Option<usize> {
    let hunks = differences(old, new)?;
    let added = |hunks: &[Hunk]| hunks.iter().map(|(_, here)| here.len()).sum::<usize>();
    let lost: usize = hunks.iter().map(|(there, _)| there.len()).sum();
    let behind = (new.len() + lost).saturating_sub(old.len() + added(&hunks));
    let changed = hunks.iter().map(|(there, here)| there.len().max(here.len())).sum::<usize>();
    Some(changed + behind)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::fold;
    use super::*;

    proptest! {
        #[test]
        fn differences_lead_from_one_text_to_the_other(old in "([abc] ){0,40}", new in "([abc] ){0,40}") {
            let (one, two) = (fold::fold(&old), fold::fold(&new));
            let (one, two) = (one.words(), two.words());
            let hunks = differences(&one, &two).expect("short");
            let (mut out, mut at) = (Vec::new(), 0);
            for (there, here) in hunks {
                out.extend(one[at..there.start].iter().map(|word| word.text));
                out.extend(two[here].iter().map(|word| word.text));
                at = there.end;
            }
            out.extend(one[at..].iter().map(|word| word.text));
            let two: Vec<&str> = two.iter().map(|word| word.text).collect();
            prop_assert!(two.starts_with(&out), "{out:?}");
        }
    }
}
