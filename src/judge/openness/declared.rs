//! A MOF file in the release: what its maker declares, and whether the paths in it are there.

use std::collections::BTreeMap;

use super::mof::Status;
use crate::{
    facts::{Artifact, Config, Facts, Node},
    judge::{Case, Check, Found},
    licenses::mof::open_for_mof,
    words::{Category, Component, Group, Place, Severity},
};

/// What to look out for in a MOF file.
pub const CHECKS: &[Check] = &[Check {
    id: "mof-path-missing",
    category: Category::Openness,
    severity: Severity::Low,
    title: "A MOF file names what is not here",
    impact: "The release is taken for more open than its files show.",
    hint: "Add the file, or correct its path in the MOF file.",
    references: &["Model Openness Framework 1.0"],
    find: broken_paths,
}];

/// Names of components as MOF files have had them, in lower case.
#[rustfmt::skip]
const NAMES: &[(&str, Component)] = &[
    ("model architecture", Component::ModelArchitecture),
    ("model parameters (final)", Component::FinalParameters),
    ("final model parameters", Component::FinalParameters),
    ("model parameters", Component::FinalParameters),
    ("model parameters (intermediate)", Component::IntermediateParameters),
    ("intermediate model parameters", Component::IntermediateParameters),
    ("evaluation results", Component::EvaluationResults),
    ("model card", Component::ModelCard),
    ("data card", Component::DataCard),
    ("technical report", Component::TechnicalReport),
    ("sample model outputs", Component::SampleOutputs),
    ("training code", Component::TrainingCode),
    ("training, validation and testing code", Component::TrainingCode),
    ("inference code", Component::InferenceCode),
    ("evaluation code", Component::EvaluationCode),
    ("evaluation data", Component::EvaluationData),
    ("supporting libraries and tools", Component::SupportingLibraries),
    ("supporting libraries", Component::SupportingLibraries),
    ("datasets", Component::Datasets),
    ("training dataset", Component::Datasets),
    ("data preprocessing code", Component::DataPreprocessingCode),
    ("research paper", Component::ResearchPaper),
    ("model metadata", Component::ModelMetadata),
];

/// The declared components by the framework's own order of licenses: the component's, the one of its
/// type, the one of the distribution. `None` where the release has no MOF file.
pub(super) fn statuses(facts: &Facts) -> Option<BTreeMap<Component, Status>> {
    let (_, config) = files(facts).next()?;
    let release = config.at("release")?;
    let mut statuses = BTreeMap::new();
    for (name, node) in listed(config) {
        let Some((_, component)) = NAMES.iter().find(|(known, _)| *known == name) else {
            continue;
        };
        let own = node.get("license").or_else(|| node.get("license_name"));
        let inherited = || {
            let of = |key: &str| release.at(&format!("license.{key}.name"))?.text();
            let named = |name: &&str| !name.trim().is_empty();
            of(content(*component)).filter(named).or_else(|| of("distribution").filter(named))
        };
        let id = own.map_or_else(inherited, Node::text).map(str::trim);
        let status = match id {
            None | Some("" | "unlicensed") => Status::Unlicensed,
            Some(id) if open_for_mof(id) => Status::Included,
            Some(_) => Status::Invalid,
        };
        statuses.insert(*component, status);
    }
    Some(statuses)
}

/// The framework's word for what a component consists of.
fn content(component: Component) -> &'static str {
    use Component::{DataCard, Datasets, EvaluationData, ModelMetadata};
    match component {
        Datasets | EvaluationData | ModelMetadata => "data",
        DataCard => "document",
        other => match other.group() {
            Group::Weights => "data",
            Group::Code => "code",
            _ => "document",
        },
    }
}

/// MOF files: told by the framework that they name, whatever they are called.
fn files(facts: &Facts) -> impl Iterator<Item = (&Artifact, &Config)> {
    facts.configs().filter(|(_, config)| {
        let named = config.text("framework.name");
        named.is_some_and(|name| name.trim().eq_ignore_ascii_case("model openness framework"))
    })
}

/// Rows of a MOF file that are read; the framework has 17.
const MOST: usize = 64;

/// The components of a MOF file with their names in lower case: a list in newer ones, a map in older.
fn listed(config: &Config) -> Vec<(String, &Node)> {
    let newer = config.at("release.components").map_or(&[][..], Node::items);
    let newer =
        newer.iter().filter_map(|node| Some((node.get("name")?.text()?.to_lowercase(), node)));
    let older = config.at("components").map_or(&[][..], Node::entries);
    let older = older.iter().map(|(name, node)| (name.to_lowercase(), node));
    newer.chain(older).take(MOST).collect()
}

/// Keys whose values are paths below the release.
const PATHS: &[&str] = &["component_path", "location", "license_path"];

fn broken_paths(case: &Case) -> Vec<Found> {
    let mut found = Vec::new();
    for (artifact, config) in files(case.facts) {
        let release = config.at("release.license").map_or(&[][..], Node::entries);
        let release =
            release.iter().take(MOST).map(|(name, node)| (format!("license.{name}"), node));
        for (name, node) in listed(config).into_iter().chain(release) {
            for key in PATHS.iter().chain(&["path"]) {
                let Some((line, path)) = node.get(key).and_then(|it| Some((it.line, it.text()?)))
                else {
                    continue;
                };
                if !leads_somewhere(case.facts, path) {
                    let at = Place::file(&artifact.path).line(line).key(*key);
                    let quoted: String = path.chars().take(200).collect();
                    found.push(Found::at(at, format!("{name}: `{quoted}` is not in the release")));
                }
            }
        }
    }
    found
}

/// Whether a path is empty, a link, or leads to a file or folder of the release.
fn leads_somewhere(facts: &Facts, path: &str) -> bool {
    let path = path.trim();
    if path.is_empty() || path.contains("://") {
        return true;
    }
    let path = path.trim_start_matches("./").trim_end_matches('/');
    let below = |artifact: &Artifact| {
        artifact
            .path
            .strip_prefix(path)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    path.is_empty() || path == "." || facts.artifacts.iter().any(below)
}
