//! Where two statements about a release's license differ.

use serde::Serialize;

use super::catalog::{Kind, License};
use super::declared::{Declared, Meaning};
use super::ordinary;
use super::read::{How, Match};
use super::terms::Term;

/// How a declared license and the license texts at hand agree, from best to most harmful.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Agreement {
    /// The text is that of the license declared.
    Same,
    /// Only a family is declared, and the text is of that family.
    Family,
    /// Nothing to compare: nothing is declared, or it is not known.
    Undeclared,
    /// Nothing to compare: no license was found in the texts.
    NoText,
    /// The text is freer than what is declared.
    Stricter,
    /// The same license in another version: `llama3.1` beside the text of Llama 3.
    OtherVersion,
    /// A sibling: `CC-BY-NC-4.0` beside the text of CC-BY-NC-ND-4.0.
    OtherVariant,
    /// Another license, neither freer nor stricter as far as is known.
    Different,
    /// The text is a changed form of the license declared: it asks something else.
    Altered,
    /// What is declared is freer than the text.
    Freer,
}

/// How what is declared agrees with the licenses found in a text. The worst pair counts, but a
/// choice (`MIT OR Apache-2.0`) is satisfied by any, and one file may hold more texts than are
/// declared as long as the declared one is among them.
///
/// ```
/// use weighbill::licenses::{Agreement, compare, declared, read};
///
/// let notice = read(b"Llama 2 is licensed under the LLAMA 2 Community License", "Notice");
/// assert_eq!(compare(&declared("llama2"), &notice.matches), Agreement::Same);
/// assert_eq!(compare(&declared("mit"), &notice.matches), Agreement::Freer);
/// assert_eq!(compare(&declared("llama3"), &notice.matches), Agreement::OtherVersion);
/// assert_eq!(compare(&declared("mit"), &[]), Agreement::NoText);
/// ```
pub fn compare(declared: &Declared, texts: &[Match]) -> Agreement {
    let counted = |found: &&Match| found.how < How::Mention && found.license.kind != Kind::Policy;
    let texts: Vec<&Match> = texts.iter().filter(counted).collect();
    if texts.is_empty() {
        return Agreement::NoText;
    }
    if declared.licenses.is_empty() {
        return Agreement::Undeclared;
    }
    let best = |license: &&'static License| texts.iter().map(|text| pair(license, text)).min();
    let each = declared.licenses.iter().filter_map(best);
    match declared.meaning {
        Meaning::Any | Meaning::Ambiguous => each.min(),
        _ => each.max(),
    }
    .unwrap_or(Agreement::NoText)
}

/// One declared license against one text.
fn pair(declared: &License, text: &Match) -> Agreement {
    let found = text.license;
    if same_text(declared, found) {
        return if text.how == How::Altered {
            Agreement::Altered
        } else {
            Agreement::Same
        };
    }
    let related = stem(declared) == stem(found);
    if declared.kind == Kind::Family && related {
        return Agreement::Family;
    }
    let freedoms = declared.class.freedom().zip(found.class.freedom());
    match freedoms.map(|(said, is)| said.cmp(&is)) {
        Some(std::cmp::Ordering::Greater) => Agreement::Freer,
        _ if related && variant(declared) == variant(found) => Agreement::OtherVersion,
        _ if related => Agreement::OtherVariant,
        Some(std::cmp::Ordering::Less) => Agreement::Stricter,
        _ => Agreement::Different,
    }
}

/// Whether two ids stand for one text, as `GPL-3.0-only` and `GPL-3.0-or-later` do.
pub fn same_text(one: &License, other: &License) -> bool {
    fn text_id(license: &License) -> &str {
        let id = license.spdx.as_deref().unwrap_or(&license.id);
        ordinary::current(id.trim_end_matches("-or-later").trim_end_matches("-only"))
    }
    one.id == other.id || text_id(one) == text_id(other)
}

/// What licenses of one kin share: the catalog's family, or the front of an SPDX id.
fn stem(license: &License) -> String {
    if let Some(family) = &license.family {
        return family.clone();
    }
    if license.id == "gfdl" {
        return "gfdl".to_owned();
    }
    let id = license.id.strip_prefix("family-").unwrap_or(&license.id).to_ascii_lowercase();
    id.split(['-', '.']).next().unwrap_or_default().trim_end_matches('0').to_owned()
}

/// An id without its version, so that `cc-by-nc-3.0` and `cc-by-nc-4.0` are one variant.
fn variant(license: &License) -> String {
    let id = license.id.to_ascii_lowercase();
    let end = id.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    end.trim_end_matches('-').to_owned()
}

/// What the license of a base model asks of its derivatives that the derivative's own license does
/// not carry. Empty where nothing is dropped. `own` is `None` where the derivative declares nothing.
///
/// ```
/// use weighbill::licenses::{dropped, license};
///
/// let (base, mit) = (license("llama3.1").expect("known"), license("mit"));
/// let topics: Vec<&str> = dropped(base, mit).iter().map(|term| term.topic.as_str()).collect();
/// assert_eq!(topics, ["user_cap", "use_restrictions", "output_training", "flow_down"]);
/// assert!(dropped(base, Some(base)).is_empty());
/// ```
pub fn dropped<'a>(base: &'a License, own: Option<&License>) -> Vec<&'a Term> {
    if own.is_some_and(|own| same_text(base, own)) {
        return Vec::new();
    }
    let own_says = |topic| own.map_or("", |own| own.says(topic));
    let lost = |term: &&Term| {
        if term.only.as_deref() == Some("copies") {
            return false;
        }
        let says = term.is.text();
        match term.topic.as_str() {
            "commercial" => says == "no" && own_says("commercial") != "no",
            "user_cap" | "revenue_cap" => {
                own.and_then(|own| own.term(&term.topic)).is_none() && term.only.is_none()
            }
            "output_training" => {
                !matches!(says, "allowed" | "silent" | "unclear" | "")
                    && own_says("output_training") != says
            }
            "use_restrictions" => {
                let carries = |says| matches!(says, "annex" | "policy" | "list" | "clause");
                carries(says) && !carries(own_says("use_restrictions"))
            }
            "derivatives" => says == "no",
            "flow_down" => match says {
                "whole-license" | "share-alike" => true,
                "use-restrictions" => {
                    !matches!(own_says("use_restrictions"), "annex" | "policy" | "list")
                }
                _ => false,
            },
            _ => false,
        }
    };
    base.terms.iter().filter(lost).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Against, declared, license};
    use super::*;

    #[test]
    fn statements_are_compared() {
        use Agreement::{
            Altered, Different, Family, Freer, OtherVariant, OtherVersion, Same, Stricter,
            Undeclared,
        };
        check("mit", "mit", How::Whole, Same);
        check("mit", "mit", How::Altered, Altered);
        check("mit", "kimi-k2-modified-mit", How::Whole, Freer);
        check("apache-2.0", "qwen-research", How::Whole, Freer);
        check("llama3.1", "llama3", How::Whole, OtherVersion);
        check("llama3.1", "mit", How::Whole, Stricter);
        check("cc-by-nc-4.0", "cc-by-nc-nd-4.0", How::Whole, OtherVariant);
        check("cc-by-nc-4.0", "cc-by-nc-3.0", How::Whole, OtherVersion);
        check("cc-by-4.0", "cc-by-nc-4.0", How::Whole, Freer);
        check("bsd-2-clause", "bsd-3-clause", How::Whole, OtherVariant);
        check("bsd", "bsd-3-clause", How::Whole, Family);
        check("cc", "cc0-1.0", How::Whole, Family);
        check("gpl", "gpl-2.0", How::Whole, Family);
        check("openrail", "creativeml-openrail-m", How::Whole, Family);
        check("GPL-3.0-or-later", "gpl-3.0", How::Whole, Same);
        check("MIT OR Apache-2.0", "apache-2.0", How::Whole, Same);
        check("MIT AND Apache-2.0", "apache-2.0", How::Whole, Different);
        check("mit", "bsd-3-clause", How::Whole, Different);
        check("other", "mit", How::Whole, Undeclared);
    }

    #[track_caller]
    fn check(value: &str, text: &str, how: How, agreement: Agreement) {
        let license = license(text).expect("known");
        let (line, last_line) = (1, 1);
        let text = Match {
            license,
            how,
            score: 1.0,
            against: Against::Standard,
            note: None,
            line,
            last_line,
            added_words: 0,
            missing_words: 0,
            added: vec![],
        };
        assert_eq!(compare(&declared(value), &[text]), agreement);
    }

    #[test]
    fn what_a_derivative_drops() {
        check_dropped(
            "llama2",
            "apache-2.0",
            "user_cap use_restrictions output_training flow_down",
        );
        check_dropped("creativeml-openrail-m", "openrail++", "");
        check_dropped("cc-by-nc-4.0", "mit", "commercial");
        check_dropped("mit", "apache-2.0", "");
        check_dropped("gpl-3.0", "GPL-3.0-or-later", "");
    }

    #[track_caller]
    fn check_dropped(base: &str, own: &str, topics: &str) {
        let found = dropped(license(base).expect("known"), license(own));
        let found: Vec<&str> = found.iter().map(|term| term.topic.as_str()).collect();
        assert_eq!(found.join(" "), topics);
    }
}
