//! Paths and names as parts of URIs, a package URL for what a hub keeps, and times as standards
//! write them.

use crate::{report::Release, words::Origin};

/// A relative path as a relative reference: every byte but the unreserved ones and `/` as `%XX`.
pub(super) fn path(path: &str) -> String {
    encoded(path, b"-._~/")
}

/// An address of the web that a text begins with, if it is nothing but plain characters of one.
pub(super) fn web(text: &str) -> Option<&str> {
    let address = text.split_whitespace().next()?.trim_end_matches([',', '.', ')']);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#@!$&'()*+,;=%".contains(&byte);
    (address.starts_with("https://") && address.bytes().all(plain)).then_some(address)
}

/// One part of a URI, `/` encoded too.
pub(super) fn part(part: &str) -> String {
    encoded(part, b"-._~")
}

fn encoded(text: &str, kept: &[u8]) -> String {
    let mut uri = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || kept.contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let digit = |four: u8| char::from(b"0123456789ABCDEF"[usize::from(four)]);
            uri.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    uri
}

/// `pkg:huggingface/owner/name@commit`, where the release came from that hub.
pub(super) fn purl(release: &Release) -> Option<String> {
    let is_hub = matches!(release.origin, Origin::HubSnapshot | Origin::HubLocalDir);
    let repo = release.repo_id.as_ref().filter(|_| is_hub)?;
    let commit = release.commit.as_ref().map(|commit| format!("@{}", part(commit)));
    Some(format!("pkg:huggingface/{}{}", path(repo), commit.unwrap_or_default()))
}

/// The page of that hub that the release stood on, by what its cache records.
pub(super) fn hub_page(release: &Release) -> Option<String> {
    let is_hub = matches!(release.origin, Origin::HubSnapshot | Origin::HubLocalDir);
    let repo = release.repo_id.as_ref().filter(|_| is_hub)?;
    let tree = release.commit.as_ref().map(|commit| format!("/tree/{}", part(commit)));
    Some(format!("https://huggingface.co/{}{}", path(repo), tree.unwrap_or_default()))
}

/// Seconds since 1970 as `2026-11-22T00:00:00Z`; years to 9999, later ones as its last second.
pub(super) fn time(seconds: u64) -> String {
    const LAST: u64 = 253_402_300_799;
    let seconds = seconds.min(LAST);
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    // Civil from days, after Howard Hinnant: years from March, eras of 400 years.
    let shifted = days + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = era * 400 + year + u64::from(month <= 2);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_paths() {
        assert_eq!(time(0), "1970-01-01T00:00:00Z");
        assert_eq!(time(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(time(1_700_000_000), "2023-11-14T22:13:20Z");
        assert_eq!(time(u64::MAX), "9999-12-31T23:59:59Z");
        assert_eq!(path("a b/ä#?.bin"), "a%20b/%C3%A4%23%3F.bin");
        assert_eq!(part("a/b"), "a%2Fb");
    }
}
