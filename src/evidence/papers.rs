//! Papers and reports among the documents.

use super::{
    Evidence, Rule,
    names::{says, words},
};
use crate::{
    facts::{Artifact, Contents, Document, Facts, Form},
    words::{Component, Presence},
};

/// Words in the name or title of a PDF that is neither a paper nor a report.
const NEITHER: &[&str] = &[
    "license",
    "licence",
    "policy",
    "policies",
    "guide",
    "guidelines",
    "terms",
    "agreement",
    "slides",
    "poster",
    "form",
    "brochure",
    "manual",
    "notice",
    "conduct",
    "invoice",
    "flyer",
    "presentation",
    "card",
    "summary",
    "datasheet",
    "resume",
    "cv",
    "certificate",
    "invitation",
    "responsible",
];

/// What a document is: a report, a paper, or neither. Its own title goes before its name.
pub(super) fn kind(facts: &Facts, artifact: &Artifact, document: &Document) -> Option<Component> {
    match document.form {
        Form::Tex => return Some(Component::ResearchPaper),
        Form::Pdf => {}
        Form::TexPart | Form::Citation | Form::None => return None,
    }
    let title = document.title.as_deref().unwrap_or("");
    let of = |of: &[&str]| says(title, of) || says(artifact.name(), of);
    if of(&["report", "whitepaper", "techreport"]) || (of(&["technical", "tech"]) && of(&["rep"])) {
        return Some(Component::TechnicalReport);
    }
    let identified = document.identifiers.iter().any(|(_, id)| id.starts_with("arXiv:"));
    if of(&["paper", "preprint", "arxiv", "manuscript", "thesis"]) || identified {
        return Some(Component::ResearchPaper);
    }
    if of(NEITHER) {
        return None;
    }
    named_after_release(facts, artifact).then_some(Component::TechnicalReport)
}

/// Whether a file's name begins with the release's own: `DeepSeek_R1.pdf` in `DeepSeek-R1`.
fn named_after_release(facts: &Facts, artifact: &Artifact) -> bool {
    let name = artifact.name();
    let own = words(name.rsplit_once('.').map_or(name, |(stem, _)| stem));
    let release = words(facts.release.name.rsplit('/').next().unwrap_or(""));
    let (Some(first), Some(of)) = (own.first(), release.first()) else {
        return false;
    };
    first == of && first.len() > 2 && own.iter().all(|word| release.contains(word))
}

/// Evidence of a rule's component, a report or a paper, among the documents.
pub(super) fn shown(rule: &Rule, facts: &Facts) -> Vec<Evidence> {
    let documents = facts.artifacts.iter().filter_map(|artifact| match &artifact.contents {
        Contents::Document(document) => Some((artifact, document)),
        _ => None,
    });
    let of_it = documents
        .filter(|(artifact, document)| kind(facts, artifact, document) == Some(rule.component));
    let saw = of_it.map(|(artifact, document)| {
        let form = if document.form == Form::Pdf {
            "a PDF"
        } else {
            "LaTeX source"
        };
        let title = match &document.title {
            Some(title) => format!("titled {}", super::metadata::quoted(title)),
            None => "known by its name alone".to_owned(),
        };
        let saying = format!("{form} of {} bytes, {title}", artifact.len);
        rule.saw(Presence::Present, artifact, saying)
    });
    saw.collect()
}
