//! The frameworks that ask field by field, in full: the European index, the five dimensions, and the
//! documents of the EU AI Act.

use super::{
    Line, Section, Table,
    groups::{evidence_line, mark},
    place, plain, quiet, spaced,
};
use crate::{
    report::{EuField, Openness, Report},
    words::Presence,
};

/// How many places are shown of what answers a field.
const SHOWN: usize = 3;

/// A section a framework, for those who want to see all.
pub(super) fn sections(report: &Report) -> Vec<Section> {
    let Some(openness) = &report.openness else {
        return Vec::new();
    };
    let tables = [
        ("European Open Source AI Index", index(openness)),
        ("Five dimensions", dimensions(openness)),
        ("EU AI Act", act(report, openness)),
    ];
    let section = |(title, table)| Section {
        title,
        blocks: vec![super::Block::Table(table)],
    };
    tables.into_iter().filter(|(_, table)| !table.rows.is_empty()).map(section).collect()
}

fn index(openness: &Openness) -> Table {
    let row = |(parameter, state): (&String, &String)| {
        let state = match state.as_str() {
            "unknown" => "needs the web",
            known => known,
        };
        vec![vec![plain(spaced(parameter))], vec![plain(state)]]
    };
    Table {
        head: &["parameter", "as far as the folder tells"],
        numeric: &[],
        rows: openness.osai_index.parameters.iter().map(row).collect(),
    }
}

fn dimensions(openness: &Openness) -> Table {
    let rows = openness.five_dimensions.iter();
    Table {
        head: &["dimension", "how far it is disclosed"],
        numeric: &[],
        rows: rows.map(|(it, seen)| vec![vec![plain(spaced(it))], told(seen.presence)]).collect(),
    }
}

fn act(report: &Report, openness: &Openness) -> Table {
    let row = |(document, field): (&str, &EuField)| {
        vec![
            vec![plain(format!("{document} {}", field.number))],
            vec![plain(&field.title)],
            told(field.presence),
            answered(report, field),
        ]
    };
    Table {
        head: &["field", "what it asks for", "state", "what answers it"],
        numeric: &[],
        rows: fields(openness).map(row).collect(),
    }
}

/// Every field that the act asks for, with the document it is of.
pub(in crate::render) fn fields(
    openness: &Openness,
) -> impl Iterator<Item = (&'static str, &EuField)> {
    let act = &openness.eu_ai_act;
    let annex = act.annex_xi.iter().map(|field| ("Annex XI", field));
    annex.chain(act.public_summary.iter().map(|field| ("Art. 53(1)(d)", field)))
}

/// What in the release answers a field, and where.
pub(in crate::render) fn answered(report: &Report, field: &EuField) -> Line {
    let evidence = field.evidence.iter().filter_map(|at| {
        let seen = report.evidence.get(usize::try_from(*at).ok()?)?;
        Some(evidence_line(seen, field.presence))
    });
    let disclosed = field.disclosures.iter().filter_map(|at| {
        let it = report.disclosures.get(usize::try_from(*at).ok()?)?;
        let at = it.at.iter().flat_map(|at| [plain("  "), place(at)]);
        Some(std::iter::once(plain(&it.saying)).chain(at).collect())
    });
    let places = field.at.iter().map(|at| vec![place(at)]);
    let mut all: Vec<Line> = evidence.chain(disclosed).chain(places).collect();
    all.dedup(); // one sentence may disclose two things
    let more = all.len().saturating_sub(SHOWN);
    let mut line = all.into_iter().take(SHOWN).collect::<Vec<_>>().join(&plain("; "));
    if more > 0 {
        line.push(quiet(format!(" and {more} more")));
    }
    line
}

fn told(presence: Presence) -> Line {
    vec![quiet(format!("{} {presence}", mark(presence)))]
}
