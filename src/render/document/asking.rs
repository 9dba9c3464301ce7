//! What to ask the publisher for: the parts that are not here, as a list to paste into a mail.

use super::{Block, Line, Section, Style, groups::component_label, plain, quiet};
use crate::{
    report::Report,
    words::{Component, Presence},
};

/// The requests under a heading; `None` where there is nothing to ask for.
pub(super) fn section(report: &Report, style: &Style) -> Option<Section> {
    let points: Vec<Line> = asks(report, style)
        .into_iter()
        .map(|(component, presence, ask)| {
            let why = format!(" ({}: {presence})", component_label(component));
            vec![plain(ask), quiet(why)]
        })
        .collect();
    let section = Section {
        title: "What to ask for",
        blocks: Vec::new(),
    };
    (!points.is_empty()).then(|| Section {
        blocks: vec![Block::List(points)],
        ..section
    })
}

/// A request for each component that is not wholly here, in report order.
pub(in crate::render) fn asks(
    report: &Report,
    style: &Style,
) -> Vec<(Component, Presence, &'static str)> {
    let missing = report.components.iter().filter(|verdict| verdict.presence > Presence::Present);
    missing
        .filter_map(|verdict| {
            let (_, ask) = style.asks.iter().find(|(component, _)| *component == verdict.id)?;
            Some((verdict.id, verdict.presence, *ask))
        })
        .collect()
}
