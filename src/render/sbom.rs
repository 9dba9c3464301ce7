//! What both forms of SBOM say of a release: its name, its licenses as expressions, what its card
//! states, and whether all of it is here.

use spdx::{Expression, LicenseId};

use crate::{
    report::{License, Report},
    words::{FileKind, LicenseScope, Presence},
};

/// Findings that say that something of the release is not here.
const INCOMPLETE: &[&str] = &[
    "component-missing",
    "download-incomplete",
    "external-data-missing",
    "file-missing",
    "html-page",
    "index-tensor-missing",
    "lfs-pointer",
    "link-broken",
    "module-missing",
    "remote-code-missing",
    "shard-missing",
    "shard-truncated",
];

/// Whether all of a release is here, as far as records say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// A record lists every file, and each is here as recorded.
    Complete,
    /// Something is known to be missing.
    Incomplete,
    /// No record says what should be here.
    Unknown,
}

impl Extent {
    /// Of the release of a report.
    pub(super) fn of(report: &Report) -> Self {
        let missing = |id: &str| INCOMPLETE.contains(&id);
        let mut counted = report.artifacts.iter().filter(|it| it.kind != FileKind::Bookkeeping);
        let verified = report.verification.as_ref().filter(|it| it.strength != "none");
        let lacks = verified.is_some_and(|it| {
            let gone = |status: &str| matches!(status, "missing" | "not_downloaded" | "pointer");
            it.files.iter().any(|file| gone(&file.status))
        });
        if lacks || report.findings.iter().any(|finding| missing(&finding.id)) {
            Self::Incomplete
        } else if report.totals.files > 0
            && counted.all(|file| file.recorded.iter().any(|record| record.result == "match"))
        {
            Self::Complete
        } else {
            Self::Unknown
        }
    }
}

/// The repo id, or the name of the folder.
pub(super) fn name(report: &Report) -> &str {
    report.release.repo_id.as_ref().unwrap_or(&report.release.root)
}

/// The license list's own spelling of an id; `None` for what is not on it.
pub(super) fn listed(license: &License) -> Option<LicenseId> {
    spdx::license_id(&license.spdx).filter(|id| id.name == license.spdx)
}

/// What a person calls the license.
pub(super) fn license_name(license: &License) -> &str {
    let unknown = license.spdx.ends_with("-unknown") && license.id != "unknown";
    if unknown || license.name.is_empty() {
        &license.id // words that were not understood, as declared
    } else {
        &license.name
    }
}

/// What the files declare the weights (or all of it) to be under, as an SPDX expression; `None`
/// where nothing is declared, or what is declared is no expression.
pub(super) fn declared_expression(report: &Report) -> Option<String> {
    expression(report, |license| !license.declared.is_empty())
}

/// The same of the texts that stand in the release whole.
pub(super) fn concluded_expression(report: &Report) -> Option<String> {
    expression(report, |license| license.texts.iter().any(|text| text.how == "whole"))
}

fn expression(report: &Report, counts: impl Fn(&License) -> bool) -> Option<String> {
    let counted = || report.licenses.iter().filter(|license| counts(license));
    let covers = |it: &&License| matches!(it.scope, LicenseScope::All | LicenseScope::Weights);
    let mut of_it: Vec<&License> = counted().filter(covers).collect();
    if of_it.is_empty() {
        of_it = counted().collect();
    }
    let mut parts: Vec<String> = Vec::new();
    for license in of_it {
        let choice = license.declared.iter().find_map(|it| joined(&it.value));
        let part = choice.or_else(|| fit(&license.spdx).then(|| license.spdx.clone()))?;
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    match parts.as_slice() {
        [] => None,
        [only] => Some(only.clone()),
        several => Some(several.iter().map(bracketed).collect::<Vec<_>>().join(" AND ")),
    }
}

/// A declared value that is itself an expression of several ids, as `Apache-2.0 OR MIT` is.
fn joined(value: &str) -> Option<String> {
    let several = value.contains(" OR ") || value.contains(" AND ");
    (several && fit(value)).then(|| value.trim().to_owned())
}

fn fit(expression: &str) -> bool {
    Expression::parse(expression).is_ok()
}

fn bracketed(part: &String) -> String {
    if part.contains(" OR ") {
        format!("({part})")
    } else {
        part.clone()
    }
}

/// What the cards say on a topic, without their quotation marks, each once.
pub(super) fn said(report: &Report, topic: &str) -> Vec<String> {
    let said = report.disclosures.iter().filter(|it| it.topic == topic);
    let said = said.filter(|it| it.presence <= Presence::Claimed);
    let mut words: Vec<String> = Vec::new();
    for it in said {
        let text = it.saying.trim();
        let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        let text = inner.unwrap_or(text).to_owned();
        if !words.contains(&text) {
            words.push(text);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        render::sample,
        report::{Declared, Recorded},
    };

    fn under(licenses: &[(&str, &str, LicenseScope)]) -> Report {
        let mut report = sample::llama();
        let like = report.licenses.remove(0);
        for (spdx, declared, scope) in licenses {
            let mut license = like.clone();
            (license.spdx, license.scope) = ((*spdx).to_owned(), *scope);
            license.declared = vec![Declared { at: None, value: (*declared).to_owned() }];
            report.licenses.push(license);
        }
        report
    }

    #[test]
    fn licenses_are_joined_as_they_are_declared() {
        use LicenseScope::{All, Code};
        check(&[("MIT", "mit", All)], Some("MIT"));
        let either = "Apache-2.0 OR MIT";
        check(&[("Apache-2.0", either, All), ("MIT", either, All)], Some(either));
        check(&[("Apache-2.0", "apache-2.0", All), ("MIT", "mit", Code)], Some("Apache-2.0"));
        check(&[("MIT", "mit", Code)], Some("MIT"));
        check(
            &[("MIT", either, All), ("LicenseRef-a", "a", All)],
            Some("(Apache-2.0 OR MIT) AND LicenseRef-a"),
        );
        check(&[("not an id", "x", All)], None);
        check(&[], None);
    }

    #[track_caller]
    fn check(licenses: &[(&str, &str, LicenseScope)], expected: Option<&str>) {
        let report = under(licenses);
        assert_eq!(declared_expression(&report).as_deref(), expected);
        assert_eq!(concluded_expression(&report).as_deref(), expected);
    }

    #[test]
    fn a_release_is_complete_where_records_say_so() {
        let mut report = sample::llama();
        assert_eq!(Extent::of(&report), Extent::Unknown);
        for file in &mut report.artifacts {
            file.recorded = vec![Recorded {
                by: "hub_blob".to_owned(),
                algorithm: "sha256".to_owned(),
                digest: String::new(),
                result: "match".to_owned(),
            }];
        }
        assert_eq!(Extent::of(&report), Extent::Complete);
        report.findings[0].id = "shard-missing".to_owned();
        assert_eq!(Extent::of(&report), Extent::Incomplete);
    }
}
