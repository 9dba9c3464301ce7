//! The 17 components with all evidence, and what else is disclosed.

use super::{
    Block, Section, Standing, Table,
    groups::{component_label, evidence_line, mark, topic_label},
    place, plain, quiet,
};
use crate::report::{ComponentVerdict, Report};

/// All components, each with everything seen of it.
pub(super) fn section(report: &Report) -> Section {
    let standing = |verdict: &ComponentVerdict| {
        let seen = verdict.evidence.iter().filter_map(|at| {
            let at = usize::try_from(*at).ok()?;
            report.evidence.get(at)
        });
        Standing {
            label: component_label(verdict.id),
            presence: verdict.presence,
            says: seen.map(|seen| evidence_line(seen, verdict.presence)).collect(),
        }
    };
    let standings = report.components.iter().map(standing).collect();
    Section {
        title: "Components",
        blocks: vec![Block::Standings(standings)],
    }
}

/// Labor, compute, languages and the like; `None` where nothing is disclosed.
pub(super) fn disclosures(report: &Report) -> Option<Section> {
    let row = |it: &crate::report::Disclosure| {
        let mut says = vec![plain(&it.saying)];
        if let Some(at) = &it.at {
            says.extend([plain("  "), place(at)]);
        }
        let presence = format!("{} {}", mark(it.presence), it.presence);
        vec![
            vec![plain(topic_label(&it.topic))],
            vec![quiet(presence)],
            says,
        ]
    };
    let rows: Vec<_> = report.disclosures.iter().map(row).collect();
    let table = Table {
        head: &["topic", "state", "what is said"],
        numeric: &[],
        rows,
    };
    let section = Section {
        title: "Disclosures",
        blocks: vec![Block::Table(table)],
    };
    (!report.disclosures.is_empty()).then_some(section)
}
