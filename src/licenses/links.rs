//! Web addresses that stand for a license.

use std::sync::LazyLock;

use super::catalog::{License, catalog};
use super::ordinary;

/// Places whose pages are named after SPDX ids, in any case.
const BY_SPDX_ID: [&str; 5] = [
    "spdx.org/licenses/",
    "opensource.org/licenses/",
    "opensource.org/license/",
    "choosealicense.com/licenses/",
    "licenses.opensource.org/",
];

/// The license that a web address stands for. Addresses are looked up, never fetched.
///
/// ```
/// use weighbill::licenses::by_link;
///
/// let id = |url| by_link(url).map(|license| license.id.as_str());
/// assert_eq!(id("https://www.apache.org/licenses/LICENSE-2.0.txt"), Some("apache-2.0"));
/// assert_eq!(id("http://creativecommons.org/licenses/by-nc/4.0/deed.en"), Some("cc-by-nc-4.0"));
/// assert_eq!(id("https://ai.google.dev/gemma/terms"), Some("gemma"));
/// assert_eq!(id("https://spdx.org/licenses/Zend-2.0.html"), Some("Zend-2.0"));
/// assert_eq!(id("https://example.com/LICENSE"), None);
/// ```
pub fn by_link(url: &str) -> Option<&'static License> {
    let url = plain(url);
    let hits = known().iter().filter(|(address, _)| begins(&url, address));
    let listed = hits.max_by_key(|(address, _)| address.len()).map(|(_, license)| *license);
    listed.or_else(|| {
        let page = BY_SPDX_ID.iter().find_map(|place| url.strip_prefix(place))?;
        let page = page.split('/').next()?;
        let id = [".html", ".json", ".txt", ".php"].iter().find_map(|end| page.strip_suffix(end));
        ordinary::license(id.unwrap_or(page))
    })
}

/// The catalog's addresses in plain form.
fn known() -> &'static [(String, &'static License)] {
    static KNOWN: LazyLock<Vec<(String, &License)>> = LazyLock::new(|| {
        let all = catalog().licenses().iter();
        all.flat_map(|license| license.detect.urls.iter().map(move |url| (plain(url), license)))
            .collect()
    });
    &KNOWN
}

/// An address without its scheme, `www.`, query, fragment, and closing slash; in lower case.
fn plain(url: &str) -> String {
    let url = url.trim().to_ascii_lowercase();
    let url = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
    let url = url.strip_prefix("www.").unwrap_or(url);
    let url = url.split(['?', '#']).next().unwrap_or_default();
    url.trim_end_matches(['/', '.', ','])
        .replace("/raw/", "/blob/")
        .replace("/resolve/", "/blob/")
}

/// Whether an address is this one, a page below it, or another form of the same page.
fn begins(url: &str, address: &str) -> bool {
    url.strip_prefix(address)
        .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '-'))
}

/// The web addresses in a text, each with its line from 1.
pub(super) fn find(text: &str) -> impl Iterator<Item = (u32, &str)> {
    (1..).zip(text.lines()).flat_map(|(number, line)| {
        line.match_indices("http").filter_map(move |(at, _)| {
            let url = &line[at..];
            let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
            let stop = |c: char| c.is_whitespace() || "<>()[]{}\"'`|，。、；）》」\\".contains(c);
            let len = rest.find(stop).unwrap_or(rest.len());
            let url = url[..url.len() - rest.len() + len].trim_end_matches(['.', ',', ';', ':']);
            (len >= 3).then_some((number, url))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_in_text() {
        let text = "see https://a.b/c.\n(http://mit.edu/x) and <https://y.z>, http:// and https";
        let found: Vec<_> = find(text).collect();
        assert_eq!(
            found,
            [
                (1, "https://a.b/c"),
                (2, "http://mit.edu/x"),
                (2, "https://y.z")
            ]
        );
    }

    #[test]
    fn addresses_stand_for_licenses() {
        check(
            "https://huggingface.co/spaces/CompVis/stable-diffusion-license",
            "creativeml-openrail-m",
        );
        check("https://opensource.org/licenses/MIT", "mit");
        check("https://opensource.org/licenses/BSD-3-Clause", "bsd-3-clause");
        check("https://opensource.org/license/mit-0", "mit-0");
        check("https://choosealicense.com/licenses/gpl-3.0/", "gpl-3.0");
        check("http://www.gnu.org/licenses/gpl-3.0.en.html", "gpl-3.0");
        check("https://creativecommons.org/licenses/by-nc-nd/4.0/legalcode", "cc-by-nc-nd-4.0");
        check("https://creativecommons.org/licenses/by/4.0", "cc-by-4.0");
        check("https://github.com/facebookresearch/llama/raw/main/LICENSE", "llama2");
        check("https://unlicense.org/", "unlicense");
        check("https://creativecommons.org/licenses/by/9.0", "");
        check("", "");
    }

    #[track_caller]
    fn check(url: &str, id: &str) {
        assert_eq!(by_link(url).map_or("", |license| &license.id), id);
    }
}
