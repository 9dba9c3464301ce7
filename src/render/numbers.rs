//! Numbers as people read them: `13.48 GB`, `6.74 B`, `30,522`. Deterministic, no locale.

use humansize::{DECIMAL, format_size};

/// A length in bytes: `13.48 GB`, `609 B`.
pub fn bytes(len: u64) -> String {
    format_size(len, DECIMAL)
}

/// How many: to two places from a million on (`6.74 B`, `700 M`), to the last one below.
pub fn count(n: u64) -> String {
    const SCALES: [(u64, &str); 5] = [
        (1_000_000_000_000_000_000, "E"),
        (1_000_000_000_000_000, "P"),
        (1_000_000_000_000, "T"),
        (1_000_000_000, "B"),
        (1_000_000, "M"),
    ];
    // Half a hundredth below a scale already rounds up to it: 999,999,999 is 1 B.
    let scale = SCALES.iter().find(|(one, _)| n >= one - one / 200 / 1000);
    let Some((one, letter)) = scale else {
        return exact(n);
    };
    let hundredths = (u128::from(n) * 100 + u128::from(one / 2)) / u128::from(*one);
    let (whole, rest) = (hundredths / 100, hundredths % 100);
    match rest {
        0 => format!("{whole} {letter}"),
        _ if rest % 10 == 0 => format!("{whole}.{} {letter}", rest / 10),
        _ => format!("{whole}.{rest:02} {letter}"),
    }
}

/// Every digit, in threes: `6,738,415,616`.
pub fn exact(n: u64) -> String {
    let digits = n.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `1 file`, `14 files`, `1,024 files`; the plural is the word with an `s`.
pub fn plural(n: u64, word: &str) -> String {
    format!("{} {word}{}", exact(n), if n == 1 { "" } else { "s" })
}

/// Extents as frameworks print them: `[32000, 4096]`, `[]` for a scalar.
pub fn shape(extents: &[u64]) -> String {
    let extents: Vec<String> = extents.iter().map(u64::to_string).collect();
    format!("[{}]", extents.join(", "))
}

/// A share of the whole, 0 to 100: `33%`, `33.3%`.
pub fn percent(share: f64) -> String {
    let tenths = (share * 10.0).round() / 10.0;
    format!("{tenths}%")
}

/// A measured number to four digits: `0.0213`, `-1.25e-7`, `NaN`.
pub fn short(number: f64) -> String {
    let size = number.abs();
    if !number.is_finite() || size == 0.0 {
        return number.to_string();
    }
    if !(1e-4..1e7).contains(&size) {
        return format!("{number:.3e}");
    }
    let rounded = format!("{number:.*}", if size < 1.0 { 6 } else { 3 });
    rounded.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_short_where_long_and_exact_where_short() {
        check(0, "0");
        check(384, "384");
        check(30_522, "30,522");
        check(999_994, "999,994");
        check(999_999, "1 M");
        check(1_000_000, "1 M");
        check(22_713_216, "22.71 M");
        check(700_000_000, "700 M");
        check(1_100_000_000, "1.1 B");
        check(999_999_999, "1 B");
        check(6_738_415_616, "6.74 B");
        check(671_026_419_200, "671.03 B");
        check(u64::MAX, "18.45 E");
    }

    #[track_caller]
    fn check(n: u64, written: &str) {
        assert_eq!(count(n), written);
    }

    #[test]
    fn lengths_and_shares() {
        assert_eq!(bytes(609), "609 B");
        assert_eq!(bytes(13_478_104_576), "13.48 GB");
        assert_eq!(percent(33.333), "33.3%");
        assert_eq!(percent(100.0), "100%");
        assert_eq!(plural(1, "file"), "1 file");
        let shorts = [
            0.0,
            -0.25,
            0.0213,
            1.0,
            1234.5678,
            1.25e-7,
            f64::NEG_INFINITY,
        ]
        .map(short);
        assert_eq!(shorts, ["0", "-0.25", "0.0213", "1", "1234.568", "1.250e-7", "-inf"]);
        assert_eq!(shape(&[32000, 4096]), "[32000, 4096]");
    }
}
