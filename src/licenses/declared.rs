//! What a declared license means: the card's `license` and `license_name`, SPDX expressions, the
//! fields and classifiers of Python packages.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use spdx::expression::{ExprNode, Operator};
use spdx::{Expression, LicenseItem, ParseMode};

use super::catalog::{Kind, License, catalog};
use super::{fold, links, ordinary};

/// What one declared value means.
#[derive(Clone, Debug, PartialEq)]
pub struct Declared {
    /// As it was written, trimmed.
    pub value: String,
    /// How it is to be taken.
    pub meaning: Meaning,
    /// The licenses that it names, in its own order. Empty where none is known.
    pub licenses: Vec<&'static License>,
    /// What is to be known about this way of saying it, for the ids that are often misread.
    pub trap: Option<&'static str>,
}

/// How a declared value is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Meaning {
    /// One license.
    One,
    /// All of several: `Apache-2.0 AND MIT`.
    All,
    /// Any of several, by choice: `Apache-2.0 OR MIT`.
    Any,
    /// Both kinds of joint in one expression.
    Mixed,
    /// One name that several different licenses go by: only the text tells which.
    Ambiguous,
    /// A family without a version: no facts follow.
    Family,
    /// It names something that this house does not know.
    Unknown,
    /// It says nothing: empty, `other`, `unknown`, `no`.
    Nothing,
}

/// Ids that are often misread, and what they mean.
const TRAPS: [(&str, &str); 10] = [
    ("bsl-1.0", "the Boost Software License; the Business Source License is BUSL-1.1"),
    ("bsl-1.1", "the Business Source License; its SPDX id is BUSL-1.1"),
    ("no", "YAML reads a bare no as false"),
    ("false", "YAML reads a bare no as false"),
    ("openrail", "a family: the versions differ in what they bar"),
    ("llama2", "also the license of the Code Llama weights"),
    ("odc-by", "for data; the SPDX id is ODC-By-1.0"),
    (
        "pddl",
        "for data; the SPDX id is PDDL-1.0, which the Model Openness Framework does not list",
    ),
    ("gfdl", "a family tag: 1.1, 1.2 or 1.3"),
    ("modified-mit", "at least three different licenses go by this name"),
];

/// Values that name no license.
const NOTHING: [&str; 14] = [
    "",
    "other",
    "unknown",
    "no",
    "none",
    "false",
    "null",
    "nil",
    "n/a",
    "na",
    "tbd",
    "todo",
    "-",
    "noassertion",
];

/// What a declared value means.
///
/// Tried in this order: the hub's identifiers, SPDX ids and expressions, names seen in cards,
/// titles and other names, web addresses. A value that none of them knows stays unknown: a name that
/// merely looks like a known one is never taken for it.
///
/// ```
/// use weighbill::licenses::{Meaning, declared};
///
/// let boost = declared("bsl-1.0");
/// assert_eq!(boost.licenses[0].name, "Boost Software License 1.0");
/// assert!(boost.trap.is_some_and(|trap| trap.contains("Business Source")));
///
/// assert_eq!(declared("Apache-2.0 OR MIT").meaning, Meaning::Any);
/// assert_eq!(declared("gpl").meaning, Meaning::Family);
/// assert_eq!(declared("modified-mit").meaning, Meaning::Ambiguous);
/// assert_eq!(declared("License :: OSI Approved :: MIT License").licenses[0].id, "mit");
/// assert_eq!(declared("my-own-license").meaning, Meaning::Unknown);
/// assert_eq!(declared("no").meaning, Meaning::Nothing);
/// ```
pub fn declared(value: &str) -> Declared {
    let value = value.trim().trim_matches(['"', '\'']).trim();
    let plain = value.to_ascii_lowercase();
    let trap = TRAPS.iter().find(|(id, _)| *id == plain).map(|(_, trap)| *trap);
    let (meaning, licenses) = if NOTHING.contains(&plain.as_str()) {
        (Meaning::Nothing, Vec::new())
    } else {
        by_id(&plain)
            .or_else(|| by_expression(value))
            .or_else(|| by_name(value.rsplit(" :: ").next().unwrap_or(value)))
            .or_else(|| links::by_link(value).map(|license| (Meaning::One, vec![license])))
            .unwrap_or((Meaning::Unknown, Vec::new()))
    };
    Declared {
        value: value.to_owned(),
        meaning,
        licenses,
        trap,
    }
}

/// What is found for a value.
type Found = (Meaning, Vec<&'static License>);

/// Licenses that share one name.
fn found(licenses: Vec<&'static License>) -> Option<Found> {
    let meaning = match licenses.as_slice() {
        [] => return None,
        [only] if only.kind == Kind::Family => Meaning::Family,
        [_] => Meaning::One,
        _ => Meaning::Ambiguous,
    };
    Some((meaning, licenses))
}

/// By an id: the hub's, ours, or that of the SPDX list, in any case.
fn by_id(id: &str) -> Option<Found> {
    let hub = catalog().hub_ids().iter().find(|hub| hub.id == id);
    let own = id.strip_prefix("licenseref-weighbill-").map(|own| own.replace("-plus", "+"));
    let scancode = id.strip_prefix("licenseref-scancode-");
    let license = hub
        .map(|hub| hub.license.as_str())
        .and_then(ordinary::license)
        .or_else(|| ordinary::license(own.as_deref().unwrap_or(id)))
        .or_else(|| scancode.and_then(by_scancode_key));
    found(license.into_iter().collect())
}

/// By a key of the list of `ScanCode`, where it stands for one license only.
fn by_scancode_key(key: &str) -> Option<&'static License> {
    catalog()
        .licenses()
        .iter()
        .find(|license| license.scancode.iter().any(|have| have == key))
}

/// By an SPDX expression of more than one id, or with an exception.
fn by_expression(value: &str) -> Option<Found> {
    let lax = ParseMode {
        allow_imprecise_license_names: false,
        ..ParseMode::LAX
    };
    let parse = |value: &str| Expression::parse_mode(value, lax).ok();
    let expression = parse(value).or_else(|| parse(&spelled(value)?))?;
    let known = |item: &LicenseItem| match item {
        LicenseItem::Spdx { id, or_later } => {
            let later = or_later.then(|| format!("{}-or-later", id.name));
            later.and_then(|later| ordinary::license(&later)).or_else(|| ordinary::license(id.name))
        }
        LicenseItem::Other(other) => by_id(&other.to_string().to_ascii_lowercase())
            .and_then(|(_, licenses)| licenses.first().copied()),
    };
    let licenses: Option<Vec<_>> =
        expression.requirements().map(|node| known(&node.req.license)).collect();
    let joins = |operator| {
        expression.iter().any(|node| matches!(node, ExprNode::Op(have) if *have == operator))
    };
    let meaning = match (joins(Operator::And), joins(Operator::Or)) {
        (true, true) => Meaning::Mixed,
        (true, false) => Meaning::All,
        (false, true) => Meaning::Any,
        (false, false) => Meaning::One,
    };
    Some((meaning, licenses?))
}

/// An expression with its ids and operators as the SPDX list spells them: `mit or apache-2.0` is
/// `MIT OR Apache-2.0`. `None` where no operator stands in it.
fn spelled(value: &str) -> Option<String> {
    let mut operators = 0;
    let words = value.split_whitespace().map(|word| {
        let lower = word.to_ascii_lowercase();
        if matches!(lower.as_str(), "or" | "and" | "with") {
            operators += 1;
            return lower.to_ascii_uppercase();
        }
        let bare = lower.trim_matches(['(', ')', ',']);
        let known = by_id(bare).and_then(|(_, licenses)| licenses.first().copied());
        match known
            .and_then(|license| license.spdx.as_deref())
            .filter(|id| spdx::license_id(id).is_some())
        {
            Some(id) => lower.replace(bare, id),
            None => word.to_owned(),
        }
    });
    let words: Vec<String> = words.collect();
    (operators > 0).then(|| words.join(" "))
}

/// By a name, a title or another name of it.
fn by_name(name: &str) -> Option<Found> {
    static NAMES: LazyLock<BTreeMap<String, Vec<&License>>> = LazyLock::new(names);
    let folded = fold::phrase(name);
    found(NAMES.get(&folded).cloned().unwrap_or_default())
}

/// All names in folded form. One that a card gives (`hf_names`) wins over a title.
fn names() -> BTreeMap<String, Vec<&'static License>> {
    let mut names: BTreeMap<String, Vec<&License>> = BTreeMap::new();
    let all = catalog().licenses().iter();
    for license in all.clone() {
        for name in license.hf_names.iter().chain(&license.aliases) {
            let same = names.entry(fold::phrase(name)).or_default();
            if !same.contains(&license) {
                same.push(license);
            }
        }
    }
    let mut titles: BTreeMap<String, Vec<&License>> = BTreeMap::new();
    for license in all {
        for title in license.detect.titles.iter().chain([&license.name]) {
            let same = titles.entry(fold::phrase(title)).or_default();
            if !same.contains(&license) {
                same.push(license);
            }
        }
    }
    for row in spdx::identifiers::LICENSES {
        if let Some(license) = ordinary::license(row.name) {
            titles.entry(fold::phrase(row.full_name)).or_insert_with(|| vec![license]);
        }
    }
    for (title, licenses) in titles {
        names.entry(title).or_insert(licenses);
    }
    names
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn declared_values_and_their_traps() {
        use Meaning::{All, Ambiguous, Any, Family, Mixed, Nothing, One, Unknown};
        check("mit OR apache-2.0", Meaning::Any, "mit apache-2.0");
        check("(apache-2.0 or mit) and cc0-1.0", Meaning::Mixed, "apache-2.0 mit cc0-1.0");
        check("mit", One, "mit");
        check(" \"MIT\" ", One, "mit");
        check("apache-2.0", One, "apache-2.0");
        check("Apache 2.0", One, "apache-2.0");
        check("Apache License, Version 2.0", One, "apache-2.0");
        check("bsl-1.0", One, "bsl-1.0");
        check("BSL 1.1", One, "busl-1.1");
        check("llama3.1", One, "llama3.1");
        check("Llama 3.1 Community License Agreement", One, "llama3.1");
        check("openrail++", One, "openrail++");
        check("odc-by", One, "odc-by");
        check("zlib", One, "zlib");
        check("gpl", Family, "family-gpl");
        check("openrail", Family, "openrail");
        check("BSD License", Family, "family-bsd");
        check("GPL-3.0-or-later", One, "GPL-3.0-or-later");
        check("GPL-3.0+", One, "GPL-3.0-or-later");
        check("gnu gpl v2", One, "gpl-2.0");
        check("MIT/Apache-2.0", Any, "mit apache-2.0");
        check("(MIT OR Apache-2.0) AND CC-BY-4.0", Mixed, "mit apache-2.0 cc-by-4.0");
        check("MIT AND LicenseRef-weighbill-llama2", All, "mit llama2");
        check("LicenseRef-weighbill-openrail-plus-plus", One, "openrail++");
        check("LicenseRef-scancode-llama-2-license-2023", One, "llama2");
        check("GPL-2.0-only WITH Classpath-exception-2.0", One, "gpl-2.0");
        check("License :: OSI Approved :: GNU General Public License v3 (GPLv3)", One, "gpl-3.0");
        check(
            "modified-mit",
            Ambiguous,
            "mistral-modified-mit kimi-k2-modified-mit minimax-m2-modified-mit",
        );
        check("https://ai.google.dev/gemma/terms", One, "gemma");
        check("limited", Unknown, "");
        check("permit", Unknown, "");
        check("MIT-like", Unknown, "");
        check("Llama 9 Community License", Unknown, "");
        check("other", Nothing, "");
        check("no", Nothing, "");
        check("", Nothing, "");
    }

    #[track_caller]
    fn check(value: &str, meaning: Meaning, ids: &str) {
        let declared = declared(value);
        let found: Vec<&str> =
            declared.licenses.iter().map(|license| license.id.as_str()).collect();
        assert_eq!((declared.meaning, found.join(" ").as_str()), (meaning, ids), "{value}");
    }

    #[test]
    fn every_identifier_of_the_hub_is_known() {
        for hub in catalog().hub_ids() {
            let declared = declared(&hub.id);
            let nothing = matches!(hub.id.as_str(), "other" | "unknown");
            assert_eq!(declared.meaning == Meaning::Nothing, nothing, "{}", hub.id);
            assert!(nothing || declared.licenses[0].id == hub.license, "{}", hub.id);
        }
        assert_eq!(catalog().hub_ids().len(), 83);
    }

    proptest! {
        #[test]
        fn any_value_gets_an_answer(value in "\\PC{0,40}|[A-Za-z0-9.+() -]{0,40}") {
            declared(&value);
        }
    }
}
