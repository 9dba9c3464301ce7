//! Many releases: a line each, and the weights that stand in more than one.

mod duplicates;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use duplicates::{Duplicates, Shared};

use crate::{
    digest,
    report::{Artifact, GroupVerdict, Release, Report, Totals, Verdict},
    words::{FileKind, LicenseScope, Severity},
};

/// The name of this document.
pub const SCHEMA: &str = "weighbill-scan/1";

/// One release of a survey.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// [`SCHEMA`].
    pub schema: String,
    /// The last part of the folder that was looked through.
    pub dir: String,
    /// Where below it, `/` between parts.
    pub path: String,
    /// Why there is no more than this, where there is not.
    pub error: Option<String>,
    /// What was inspected.
    pub release: Option<Release>,
    /// The sentence that people quote.
    pub verdict: Option<Verdict>,
    /// Numbers of the whole.
    pub totals: Option<Totals>,
    /// The five groups.
    pub groups: Vec<GroupVerdict>,
    /// What the model is.
    pub model: Option<LineModel>,
    /// The terms.
    pub licenses: Vec<LineLicense>,
    /// Whether all licenses of the weights are OSI approved; `None` where none is known.
    pub osi_approved: Option<bool>,
    /// Formats of its files of weights, sorted.
    pub formats: Vec<String>,
    /// How many findings of each severity.
    pub findings: BTreeMap<Severity, u64>,
    /// How many of each id.
    pub finding_ids: BTreeMap<String, u64>,
    /// Files of weights by their digest; those that were not hashed are left out.
    pub weights: Vec<LineWeights>,
    /// SHA-256 of the sorted digests of all tensors of the primary weight set, so that the same
    /// weights in other files are the same here; `None` where one was not hashed.
    pub weights_digest: Option<String>,
    /// The rules of the policy that it breaks, as the policy names them; `None` where there was none.
    #[serde(default)]
    pub broken_rules: Option<Vec<String>>,
    /// The full report, relative to where reports were asked for.
    pub report: Option<String>,
}

/// What the model of a line is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineModel {
    /// As the config names them.
    pub architectures: Vec<String>,
    /// As the config names it.
    pub model_type: Option<String>,
    /// Of the primary weight set.
    pub parameters: Option<u64>,
    /// Parameters by element type.
    pub dtypes: BTreeMap<String, u64>,
    /// How the parameters are packed.
    pub quantization: Option<String>,
    /// What it was made from, as named.
    pub base_model: Vec<String>,
}

/// One license of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineLicense {
    /// As reports name it.
    pub id: String,
    /// SPDX id, or a `LicenseRef-`.
    pub spdx: String,
    /// What it covers.
    pub scope: LicenseScope,
    /// One word for it.
    pub class: String,
    /// By the Open Source Initiative.
    pub osi_approved: Option<bool>,
}

/// A file of weights of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineWeights {
    /// Relative to the release.
    pub path: String,
    /// Its length.
    pub bytes: u64,
    /// Lower-case hex.
    pub sha256: String,
}

impl Line {
    /// Of a release that could be reported on.
    pub fn of(dir: &str, path: &str, report: &Report) -> Self {
        let model = &report.model;
        let mut findings = BTreeMap::new();
        let mut finding_ids = BTreeMap::new();
        for finding in &report.findings {
            *findings.entry(finding.severity).or_default() += 1;
            *finding_ids.entry(finding.id.clone()).or_default() += 1;
        }
        let mut formats: Vec<String> = report.weights.iter().map(|it| it.format.clone()).collect();
        formats.sort();
        formats.dedup();
        Self {
            error: None,
            release: Some(report.release.clone()),
            verdict: Some(report.verdict.clone()),
            totals: Some(report.totals.clone()),
            groups: report.groups.clone(),
            model: Some(LineModel {
                architectures: model.architectures.clone(),
                model_type: model.model_type.clone(),
                parameters: model.parameters,
                dtypes: model.dtypes.clone(),
                quantization: model.quantization.as_ref().map(|it| it.method.clone()),
                base_model: model.base_model.iter().map(|it| it.id.clone()).collect(),
            }),
            licenses: licenses(report),
            osi_approved: osi_approved(report),
            formats,
            findings,
            finding_ids,
            weights: report.artifacts.iter().filter_map(weights).collect(),
            weights_digest: weights_digest(report),
            broken_rules: report.policy.as_ref().map(|policy| {
                let broken = policy.rules.iter().filter(|it| it.result == "failed");
                broken.map(|it| it.rule.clone()).collect()
            }),
            ..Self::failed(dir, path, String::new())
        }
    }

    /// Of one that could not.
    pub fn failed(dir: &str, path: &str, error: String) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            dir: dir.to_owned(),
            path: path.to_owned(),
            error: Some(error),
            release: None,
            verdict: None,
            totals: None,
            groups: Vec::new(),
            model: None,
            licenses: Vec::new(),
            osi_approved: None,
            formats: Vec::new(),
            findings: BTreeMap::new(),
            finding_ids: BTreeMap::new(),
            weights: Vec::new(),
            weights_digest: None,
            broken_rules: None,
            report: None,
        }
    }
}

fn licenses(report: &Report) -> Vec<LineLicense> {
    let license = |it: &crate::report::License| LineLicense {
        id: it.id.clone(),
        spdx: it.spdx.clone(),
        scope: it.scope,
        class: it.class.clone(),
        osi_approved: it.osi_approved,
    };
    report.licenses.iter().map(license).collect()
}

fn osi_approved(report: &Report) -> Option<bool> {
    let covers = |scope| matches!(scope, LicenseScope::All | LicenseScope::Weights);
    let of_weights: Vec<Option<bool>> =
        report.licenses.iter().filter(|it| covers(it.scope)).map(|it| it.osi_approved).collect();
    if of_weights.contains(&Some(false)) {
        return Some(false);
    }
    (!of_weights.is_empty() && of_weights.iter().all(Option::is_some)).then_some(true)
}

fn weights(file: &Artifact) -> Option<LineWeights> {
    let sha256 = file.sha256.clone().filter(|_| file.kind == FileKind::Weights)?;
    Some(LineWeights {
        path: file.path.clone(),
        bytes: file.bytes,
        sha256,
    })
}

fn weights_digest(report: &Report) -> Option<String> {
    let set = report.weight_sets.iter().find(|set| set.primary)?;
    let files = report.weights.iter().filter(|file| set.paths.contains(&file.path));
    let tensors = files.flat_map(|file| &file.tensors).map(|tensor| tensor.sha256.as_deref());
    let mut tensors = tensors.collect::<Option<Vec<&str>>>().filter(|it| !it.is_empty())?;
    tensors.sort_unstable();
    Some(digest::hex(&digest::sha256(tensors.join("\n").as_bytes())))
}

/// Which of `of` parts a release is of, from 1. The same whatever other releases there are.
pub fn part(dir: &str, path: &str, of: u64) -> u64 {
    let hash = digest::sha256(format!("{dir}\n{path}").as_bytes());
    let number = hash.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    number % of.max(1) + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample;

    #[test]
    fn a_line_tells_what_a_report_does() {
        let report = sample::llama();
        let line = Line::of("hub", "a/b", &report);
        assert_eq!(line.osi_approved, Some(false));
        assert_eq!(line.findings, BTreeMap::from([(Severity::Low, 2), (Severity::Medium, 1)]));
        assert_eq!(
            (line.formats.as_slice(), line.weights.len()),
            (&["safetensors".to_owned()][..], 2)
        );
        assert!(line.weights_digest.is_some() && line.error.is_none());
        let json = serde_json::to_string(&line).unwrap();
        assert_eq!(serde_json::from_str::<Line>(&json).unwrap(), line);
        let mut other = report.clone();
        other.weights.reverse();
        assert_eq!(Line::of("x", "y", &other).weights_digest, line.weights_digest);
        other.weights[0].tensors[0].sha256 = None;
        assert_eq!(Line::of("x", "y", &other).weights_digest, None);
    }

    #[test]
    fn parts_are_stable_and_even() {
        let mut counts = [0; 4];
        for n in 0..4000 {
            let part = part("hub", &format!("o/n{n}"), 4);
            counts[usize::try_from(part).unwrap() - 1] += 1;
        }
        assert!(counts.iter().all(|count| (900..1100).contains(count)), "{counts:?}");
        assert_eq!((part("a", "b", 1), part("a", "b", 0)), (1, 1));
    }
}
