//! The minimum elements of an SBOM for AI, as the G7 listed them: what the release fills, what it
//! says it will not, and what it does not say. Of systems, infrastructure and security a folder of
//! weights says nothing, and no row pretends to.

use super::{Block, Line, Section, Table, name, numbers, plain, quiet};
use crate::{
    render::{sbom, uri},
    report::Report,
    words::{Component, FileKind, LicenseScope, Presence},
};

/// How far an element is filled.
pub(in crate::render) enum Filled {
    /// With this.
    With(Line),
    /// The release says that it is withheld or to come.
    StatedAbsent(&'static str),
    /// Nothing in the release says it.
    NotStated,
}

/// One element.
pub(in crate::render) struct Element {
    /// `MD-01`, `MDL-07` …
    pub(in crate::render) id: &'static str,
    /// What it asks for, in a few words.
    pub(in crate::render) title: &'static str,
    /// How far it is filled.
    pub(in crate::render) filled: Filled,
}

/// How many elements are filled, and which are not.
pub(super) fn section(report: &Report) -> Section {
    let elements = elements(report);
    let mut lines = vec![vec![plain(summary(&elements))]];
    for state in ["stated absent", "not stated"] {
        let titles = elements.iter().filter(|it| told(it).0 == state).map(|it| {
            let cluster = if it.id.starts_with("DP") { "data " } else { "" };
            format!("{cluster}{}", it.title)
        });
        let titles: Vec<String> = titles.collect();
        if !titles.is_empty() {
            lines.push(vec![quiet(format!("{state}: ")), plain(titles.join(", "))]);
        }
    }
    Section {
        title: "SBOM for AI",
        blocks: vec![Block::Lines(lines)],
    }
}

/// Every element and what fills it.
pub(in crate::render) fn table(report: &Report) -> Table {
    let row = |element: &Element| {
        let (state, with) = told(element);
        vec![
            vec![plain(element.id)],
            vec![plain(element.title)],
            vec![quiet(state)],
            with,
        ]
    };
    Table {
        head: &["id", "element", "state", "with"],
        numeric: &[],
        rows: elements(report).iter().map(row).collect(),
    }
}

/// `G7 minimum elements: 20 of 33 filled …`.
pub(in crate::render) fn summary(elements: &[Element]) -> String {
    let filled = elements.iter().filter(|it| matches!(it.filled, Filled::With(_))).count();
    format!(
        "G7 minimum elements of metadata, models and datasets: {filled} of {} filled; the clusters \
         on systems, infrastructure and security are not a release's to fill",
        elements.len()
    )
}

/// The state in words, and what fills the element.
pub(in crate::render) fn told(element: &Element) -> (&'static str, Line) {
    match &element.filled {
        Filled::With(line) => ("filled", line.clone()),
        Filled::StatedAbsent(how) => ("stated absent", vec![plain(*how)]),
        Filled::NotStated => ("not stated", Line::new()),
    }
}

fn said(words: impl Into<String>) -> Filled {
    Filled::With(vec![plain(words)])
}

fn named(words: Option<impl Into<String>>) -> Filled {
    words.map_or(Filled::NotStated, |words| Filled::With(vec![name(words)]))
}

/// By a component: filled where it is here or identified, stated absent where the card says so.
fn component(report: &Report, id: Component) -> Filled {
    let Some(verdict) = report.components.iter().find(|it| it.id == id) else {
        return Filled::NotStated;
    };
    match verdict.presence {
        Presence::Withheld => Filled::StatedAbsent("said to be withheld"),
        Presence::Promised => Filled::StatedAbsent("said to be coming"),
        Presence::Absent => Filled::NotStated,
        presence => {
            let seen = super::groups::strongest(report, verdict);
            seen.map_or(Filled::NotStated, |seen| {
                Filled::With(super::groups::evidence_line(seen, presence))
            })
        }
    }
}

/// By what the cards say on any of some topics.
fn topics(report: &Report, wanted: &[&str]) -> Filled {
    let told = report.disclosures.iter().filter(|it| wanted.contains(&it.topic.as_str()));
    let told: Vec<_> = told.collect();
    let gone = |presence| matches!(presence, Presence::Withheld | Presence::Promised);
    match told.iter().find(|it| !gone(it.presence) && it.presence != Presence::Absent) {
        Some(first) => said(&first.saying),
        None if told.iter().any(|it| gone(it.presence)) => {
            Filled::StatedAbsent("said to be withheld or coming")
        }
        None => Filled::NotStated,
    }
}

/// Every element of the clusters that a release can fill, in their order.
pub(in crate::render) fn elements(report: &Report) -> Vec<Element> {
    let element = |(id, title, filled)| Element { id, title, filled };
    let rows = metadata(report).into_iter().chain(model(report)).chain(datasets(report));
    rows.map(element).collect()
}

type Row = (&'static str, &'static str, Filled);

fn metadata(report: &Report) -> Vec<Row> {
    let tool = &report.tool;
    let files = numbers::plural(report.totals.files, "file");
    let bases = report.model.base_model.len() as u64;
    let mut depends = format!("the model on {files}");
    if bases > 0 {
        depends.extend([" and ", &numbers::plural(bases, "base model")]);
    }
    vec![
        ("MD-01", "SBOM author", said("the tool; who ran it is not recorded")),
        ("MD-02", "SBOM version", said("1")),
        ("MD-03", "format name", said("CycloneDX or SPDX")),
        ("MD-04", "format version", said("1.6 or 1.7; 3.0.1")),
        ("MD-05", "author signature", Filled::NotStated),
        ("MD-06", "tool name", said(&tool.name)),
        ("MD-07", "tool version", said(&tool.version)),
        ("MD-08", "generation context", said("after the build, from the files alone")),
        ("MD-09", "timestamp", said("in SPDX always; in CycloneDX by SOURCE_DATE_EPOCH")),
        ("MD-10", "dependency relationships", said(depends)),
    ]
}

fn model(report: &Report) -> Vec<Row> {
    let (release, model) = (&report.release, &report.model);
    let owner = release.repo_id.as_ref().and_then(|id| id.split_once('/')).map(|it| it.0);
    let identifier = uri::purl(release).or_else(|| {
        let digest = release.digest.as_ref()?;
        Some(format!("sha256:{digest}"))
    });
    let mut properties = Vec::new();
    properties.extend(model.parameters.map(|it| format!("{} parameters", numbers::exact(it))));
    properties.extend(model.architectures.first().cloned());
    properties.extend(model.dtypes.keys().take(3).cloned());
    let training = [
        "compute_hardware",
        "compute_hours",
        "compute_count",
        "data_size",
        "data_cutoff",
    ];
    let licenses: Vec<&str> = report.licenses.iter().map(sbom::license_name).collect();
    let bases: Vec<&str> = model.base_model.iter().map(|base| base.id.as_str()).collect();
    let list = |words: &[&str]| (!words.is_empty()).then(|| words.join(", "));
    let digest = release.digest.as_ref();
    let papers = component(report, Component::ResearchPaper);
    vec![
        ("MDL-01", "model name", named(Some(sbom::name(report)))),
        ("MDL-02", "identifier", named(identifier)),
        ("MDL-03", "version", named(release.commit.as_ref().or(release.revision.as_ref()))),
        ("MDL-04", "timestamp", topics(report, &["release_date"])),
        ("MDL-05", "producer", named(owner.map(|owner| format!("{owner} (owner of the repo)")))),
        ("MDL-06", "description", component(report, Component::ModelCard)),
        ("MDL-07", "hash value", named(digest)),
        ("MDL-08", "hash algorithm", digest.map_or(Filled::NotStated, |_| said("SHA-256"))),
        ("MDL-09", "properties", named((!properties.is_empty()).then(|| properties.join(", ")))),
        ("MDL-10", "input and output", named(model.task.as_ref())),
        ("MDL-11", "training properties", topics(report, &training)),
        ("MDL-12", "license", named(list(&licenses))),
        (
            "MDL-13",
            "external references",
            match list(&bases) {
                Some(bases) => said(format!("base model {bases}")),
                None => papers,
            },
        ),
    ]
}

fn datasets(report: &Report) -> Vec<Row> {
    let sets = &report.model.datasets;
    let ids: Vec<&str> = sets.iter().map(|set| set.id.as_str()).take(5).collect();
    let names = || match ids.as_slice() {
        [] => component(report, Component::Datasets),
        ids => named(Some(ids.join(", "))),
    };
    let shipped: Vec<_> =
        report.artifacts.iter().filter(|it| it.kind == FileKind::Dataset).collect();
    let hashed = shipped.iter().filter(|it| it.sha256.is_some()).count() as u64;
    let license = report.licenses.iter().find(|it| it.scope == LicenseScope::Data);
    let card = || component(report, Component::DataCard);
    let content = match shipped.len() as u64 {
        0 => Filled::NotStated,
        n => said(numbers::plural(n, "data file")),
    };
    let digests = match hashed {
        0 => Filled::NotStated,
        n => said(format!("SHA-256 of {}", numbers::plural(n, "data file"))),
    };
    vec![
        ("DP-01", "name", names()),
        ("DP-02", "description", card()),
        ("DP-03", "content", content),
        ("DP-04", "identifier", named((!ids.is_empty()).then(|| ids.join(", ")))),
        ("DP-05", "hash", digests),
        ("DP-06", "provenance", Filled::NotStated),
        ("DP-07", "statistics", topics(report, &["data_size"])),
        ("DP-08", "sensitivity", Filled::NotStated),
        (
            "DP-09",
            "dependency",
            if ids.is_empty() {
                Filled::NotStated
            } else {
                said("the model was trained on them, by the card")
            },
        ),
        ("DP-10", "license", named(license.map(sbom::license_name))),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample;

    #[test]
    fn nothing_is_filled_with_filler() {
        let elements = elements(&sample::tiny());
        assert_eq!(elements.len(), 33);
        let filled: Vec<&str> = elements
            .iter()
            .filter(|it| matches!(it.filled, Filled::With(_)) && !it.id.starts_with("MD-"))
            .map(|it| it.id)
            .collect();
        assert_eq!(filled, ["MDL-01", "MDL-02", "MDL-07", "MDL-08", "MDL-09"]);
    }

    #[test]
    fn what_is_withheld_is_stated_absent() {
        let mut report = sample::llama();
        report.model.datasets.clear();
        for verdict in &mut report.components {
            if verdict.id == Component::Datasets {
                verdict.presence = Presence::Withheld;
            }
        }
        let elements = elements(&report);
        let of = |id| elements.iter().find(|it| it.id == id).map(|it| told(it).0);
        assert_eq!((of("DP-01"), of("DP-04")), (Some("stated absent"), Some("not stated")));
    }
}
