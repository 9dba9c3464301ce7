//! Sizes in words and digits: `2 trillion`, `825 GiB`, `1.5M`, `3,311,616`.

use super::claims::floor;

/// Bytes before a unit in which its size stands.
const REACH: usize = 48;
/// Words before a unit that are looked at: `14.8 trillion diverse and high-quality tokens`.
const WORDS: usize = 6;

/// Words that make a number large, and units of bytes.
const SCALES: &[&str] = &[
    "trillion",
    "trillions",
    "billion",
    "billions",
    "million",
    "millions",
    "thousand",
    "hundred",
    "t",
    "b",
    "m",
    "k",
    "tb",
    "tib",
    "gb",
    "gib",
    "mb",
    "pb",
    "milliards",
    "milliard",
    "millionen",
    "milliarden",
    "billionen",
    "millones",
    "millon",
    "billones",
    "milhões",
    "milhão",
    "bilhões",
    "trilhões",
    "млн",
    "млрд",
    "трлн",
    "tỷ",
    "triệu",
    "nghìn",
    "juta",
    "miliar",
    "triliun",
    "مليون",
    "مليار",
    "تريليون",
];
/// Marks that make a number large and stand without a space.
const MARKS: &[&str] = &["万", "萬", "亿", "億", "兆", "만", "억", "조"];
/// Numbers in words that stand before a scale.
const FEW: &[&str] = &[
    "one", "two", "three", "a", "several", "un", "une", "ein", "eine", "um", "một",
];

/// Whether a size stands before the byte `at`, with no other thing in between.
pub(super) fn stands_before(words: &str, at: usize) -> bool {
    let before = words.get(floor(words, at.saturating_sub(REACH))..at).unwrap_or_default();
    let before = before.rsplit([';', '|', '。']).next().unwrap_or(before).trim_end().to_lowercase();
    let tight = before.trim_end_matches(['个', '個', '条', '枚', '件', ' ']);
    if MARKS.iter().any(|mark| tight.ends_with(mark)) {
        return tight.contains(|c: char| c.is_ascii_digit());
    }
    let all: Vec<&str> =
        before.split([' ', '\n', '(', '\u{a0}']).filter(|word| !word.is_empty()).collect();
    let last = &all[all.len().saturating_sub(WORDS)..];
    let stop =
        last.iter().rposition(|word| word.starts_with("param") || word.ends_with([',', ':']));
    let last = &last[stop.map_or(0, |at| at + 1)..];
    let scaled =
        |pair: &[&str]| is_scale(pair[1]) && (starts_digit(pair[0]) || FEW.contains(&pair[0]));
    last.iter().any(|word| joined(word)) || last.windows(2).any(scaled)
}

/// Whether a number of at least three digits stands right before the byte `at`, at most one word
/// in between: `10,000 training samples`.
pub(super) fn number_before(words: &str, at: usize) -> bool {
    let before =
        words.get(floor(words, at.saturating_sub(REACH))..at).unwrap_or_default().trim_end();
    let many =
        |word: &str| starts_digit(word) && word.bytes().filter(u8::is_ascii_digit).count() >= 3;
    before.rsplit([' ', '\n', '(']).take(2).any(many)
}

fn is_scale(word: &str) -> bool {
    SCALES.contains(&word.trim_end_matches(['+', '.', ',']))
}

fn starts_digit(word: &str) -> bool {
    word.trim_start_matches(['~', '≈', '>', '<', '+'])
        .starts_with(|c: char| c.is_ascii_digit())
}

/// `1.5M`, `800GB`, `1,170,060,424`: the last is too large for the length of a context.
fn joined(word: &str) -> bool {
    let word = word.trim_end_matches(['+', ',']);
    let unit = word.trim_start_matches(|c: char| c.is_ascii_digit() || "., ~≈+><".contains(c));
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let large = digits >= 6 && unit.is_empty() && !word.contains('.');
    starts_digit(word) && (large || (!unit.is_empty() && is_scale(unit)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_stand_before_units() {
        check("trained on 2 trillion tokens", "tokens", true);
        check("on 14.8 trillion diverse and high-quality tokens", "tokens", true);
        check("1,000B tokens", "tokens", true);
        check("a 825GiB general-purpose dataset", "dataset", true);
        check("800 GB of text", "of text", true);
        check("saw 299,892,736,000 tokens", "tokens", true);
        check("over one million new examples", "examples", true);
        check("使用了2.6万亿个 token 训练", "token", true);
        check("sequences of 2048 tokens", "tokens", false);
        check("up to 256 tokens", "tokens", false);
        check("7B parameters, some tokens", "tokens", false);
        check("tokens", "tokens", false);
    }

    #[track_caller]
    fn check(words: &str, unit: &str, sized: bool) {
        assert_eq!(stands_before(words, words.find(unit).unwrap()), sized);
    }
}
