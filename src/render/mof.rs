//! A draft for the Model Openness Tool: the components that are here, each with its file and its
//! license, as the YAML that the tool's schema takes. A person reads it before it is submitted.

use std::{
    fmt::Write as _,
    io::{self, Write},
};

use super::{
    Output, Style,
    document::groups::strongest,
    escape::{is_unseen, shortened},
    sbom, uri,
};
use crate::{
    report::{ComponentVerdict, License, Report},
    words::{Component, LicenseScope, Presence},
};

pub(super) const OUTPUT: Output = Output {
    name: "mof",
    about: "a draft for the Model Openness Tool, in its YAML",
    write,
};

/// Of the framework's version 1.0, as its own files state it.
const DATE: &str = "2024-12-15";
/// Characters that stay of a value.
const VALUE: usize = 1000;

fn write(report: &Report, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    let release = &report.release;
    let owner = release.repo_id.as_ref().and_then(|id| id.split_once('/'));
    let name = sbom::name(report);
    let name = name.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or("unnamed");
    writeln!(
        out,
        "# Drafted by weighbill from the files alone: what is listed is in the release."
    )?;
    writeln!(
        out,
        "# Read it, add what lies elsewhere, and correct the producer before submitting."
    )?;
    writeln!(out, "framework:")?;
    writeln!(out, "  name: 'Model Openness Framework'")?;
    writeln!(out, "  version: '1.0'")?;
    writeln!(out, "  date: '{DATE}'")?;
    writeln!(out, "release:")?;
    writeln!(out, "  name: {}", text(name))?;
    if let Some(commit) = release.commit.as_ref().or(release.revision.as_ref()) {
        writeln!(out, "  version: {}", text(commit))?;
    }
    writeln!(out, "  producer: {}", text(owner.map_or("", |(owner, _)| owner)))?;
    if let Some(kind) = report.model.task.as_deref().and_then(kind) {
        writeln!(out, "  type: {kind}")?;
    }
    if let Some(base) = report.model.base_model.first() {
        writeln!(out, "  origin: {}", text(&base.id))?;
    }
    if let Some(page) = uri::hub_page(release) {
        writeln!(out, "  huggingface: {}", text(&page))?;
    }
    let whole = license_of(report, &[LicenseScope::All, LicenseScope::Weights]);
    match whole {
        None => writeln!(out, "  license: {{}}")?,
        Some(license) => {
            writeln!(out, "  license:\n    distribution:")?;
            writeln!(out, "      name: {}", text(license_id(license)))?;
            if let Some(path) = text_path(license) {
                writeln!(out, "      path: {}", text(path))?;
            }
        }
    }
    let here = report.components.iter().filter(|it| it.presence == Presence::Present);
    let here: Vec<&ComponentVerdict> = here.collect();
    writeln!(out, "  components:{}", if here.is_empty() { " []" } else { "" })?;
    for verdict in here {
        write_component(report, verdict, whole, out)?;
    }
    Ok(())
}

fn write_component(
    report: &Report,
    verdict: &ComponentVerdict,
    whole: Option<&License>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (name, description, scope) = row(verdict.id);
    writeln!(out, "    -\n      name: '{name}'\n      description: '{description}'")?;
    let own = license_of(report, &[scope]);
    if let Some(own) = own.filter(|own| whole.is_none_or(|whole| whole.id != own.id)) {
        writeln!(out, "      license: {}", text(license_id(own)))?;
        if let Some(path) = text_path(own) {
            writeln!(out, "      license_path: {}", text(path))?;
        }
    }
    match strongest(report, verdict).and_then(|seen| seen.at.as_ref()) {
        Some(at) => writeln!(out, "      component_path: {}", text(&at.path)),
        None => Ok(()),
    }
}

/// The first license of a scope.
fn license_of<'a>(report: &'a Report, scopes: &[LicenseScope]) -> Option<&'a License> {
    report.licenses.iter().find(|license| scopes.contains(&license.scope))
}

/// The id as the framework's lists spell it, where they can: SPDX.
fn license_id(license: &License) -> &str {
    sbom::listed(license).map_or_else(|| sbom::license_name(license), |id| id.name)
}

/// The file that holds its text.
fn text_path(license: &License) -> Option<&str> {
    let whole = |how: &str| matches!(how, "whole" | "altered");
    let text = license.texts.iter().find(|text| whole(&text.how))?;
    text.at.as_ref().map(|at| at.path.as_str())
}

/// The tool's word for what the model is for; `None` where the task does not tell.
fn kind(task: &str) -> Option<&'static str> {
    Some(match task {
        "text-generation"
        | "text2text-generation"
        | "text-classification"
        | "fill-mask"
        | "token-classification"
        | "question-answering"
        | "summarization"
        | "translation"
        | "sentence-similarity"
        | "feature-extraction" => "language",
        "image-classification"
        | "object-detection"
        | "image-segmentation"
        | "depth-estimation"
        | "image-feature-extraction" => "vision",
        "text-to-image" | "image-to-image" | "unconditional-image-generation" => "image",
        "automatic-speech-recognition"
        | "text-to-speech"
        | "audio-classification"
        | "text-to-audio"
        | "voice-activity-detection" => "audio",
        "text-to-video" | "image-to-video" => "video",
        "text-to-3d" | "image-to-3d" => "3d",
        "image-text-to-text" | "any-to-any" | "visual-question-answering" => "multimodal",
        _ => return None,
    })
}

/// The tool's name and description of a component, and what licenses of it are scoped to.
fn row(component: Component) -> (&'static str, &'static str, LicenseScope) {
    use LicenseScope::{Code, Data, Documents, Weights};
    match component {
        Component::FinalParameters => {
            ("Model parameters (Final)", "Trained model parameters, weights and biases", Weights)
        }
        Component::IntermediateParameters => {
            ("Model parameters (Intermediate)", "Intermediate checkpoints", Weights)
        }
        Component::ModelArchitecture => {
            ("Model architecture", "Code of the model architecture", Code)
        }
        Component::InferenceCode => ("Inference code", "Code that runs predictions", Code),
        Component::TrainingCode => ("Training code", "Code that trains the model", Code),
        Component::DataPreprocessingCode => {
            ("Data preprocessing code", "Code that cleans and prepares the data", Code)
        }
        Component::EvaluationCode => ("Evaluation code", "Code that evaluates the model", Code),
        Component::SupportingLibraries => {
            ("Supporting libraries and tools", "Libraries that the release names", Code)
        }
        Component::Datasets => ("Datasets", "Training, validation and testing data", Data),
        Component::DataCard => ("Data card", "Documentation of the data", Documents),
        Component::EvaluationData => ("Evaluation data", "Data to evaluate the model", Data),
        Component::ModelMetadata => {
            ("Model metadata", "Training configuration and optimizer states", Data)
        }
        Component::TechnicalReport => ("Technical report", "Technical report", Documents),
        Component::ResearchPaper => ("Research paper", "Research paper", Documents),
        Component::ModelCard => ("Model card", "Metrics, intended use and limitations", Documents),
        Component::EvaluationResults => {
            ("Evaluation results", "Results of evaluating the model", Documents)
        }
        Component::SampleOutputs => {
            ("Sample model outputs", "Examples of generated outputs", Documents)
        }
    }
}

/// A value in double quotes, as YAML takes it: nothing in it ends the quotes or the line.
fn text(value: &str) -> String {
    let value = shortened(value, VALUE);
    let mut quoted = String::with_capacity(value.len() + 2);
    quoted.push('"');
    for c in value.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if is_unseen(c) => {
                let _ = write!(quoted, "\\U{:08x}", u32::from(c)); // a string takes everything
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample;

    fn yaml(report: &Report) -> String {
        let mut out = Vec::new();
        write(report, &Style::default(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_is_here_is_drafted() {
        insta::assert_snapshot!(yaml(&sample::llama()), @r###"
        # Drafted by weighbill from the files alone: what is listed is in the release.
        # Read it, add what lies elsewhere, and correct the producer before submitting.
        framework:
          name: 'Model Openness Framework'
          version: '1.0'
          date: '2024-12-15'
        release:
          name: "example-llm-7b"
          version: "01c7f73d771dfac7d292323805ebc428287df4f9"
          producer: "example-labs"
          type: language
          huggingface: "https://huggingface.co/example-labs/example-llm-7b/tree/01c7f73d771dfac7d292323805ebc428287df4f9"
          license:
            distribution:
              name: "Example Community License Agreement"
              path: "LICENSE.txt"
          components:
            -
              name: 'Model parameters (Final)'
              description: 'Trained model parameters, weights and biases'
              component_path: "model-00001-of-00002.safetensors"
            -
              name: 'Model card'
              description: 'Metrics, intended use and limitations'
              component_path: "README.md"
            -
              name: 'Evaluation results'
              description: 'Results of evaluating the model'
              component_path: "README.md"
        "###);
        let mut bare = sample::tiny();
        bare.components.clear();
        assert!(yaml(&bare).ends_with("  license: {}\n  components: []\n"));
    }

    #[test]
    fn values_stay_in_their_quotes() {
        assert_eq!(text("a\"b\\c\n\u{202e}"), r#""a\"b\\c\U0000000a\U0000202e""#);
        for line in yaml(&sample::hostile()).lines() {
            assert!(!line.chars().any(is_unseen), "{line}");
        }
    }
}
