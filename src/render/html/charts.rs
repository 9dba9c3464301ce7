//! Bars: parameters by element type, bytes by shard, progress by class. Each is a table that is
//! read as such, with the bar as one of its columns.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::parts::{name, prose};
use crate::{
    render::numbers,
    report::{Mof, Report},
};

/// Bars of a figure; smaller ones are told as one.
const BARS: usize = 14;

/// One bar: what, how much, and how that is written.
struct Bar {
    label: String,
    size: u64,
    written: String,
}

/// Parameters by element type, most first.
pub(super) fn dtypes(report: &Report) -> Markup {
    let mut counts: BTreeMap<&str, u64> =
        report.model.dtypes.iter().map(|(dtype, n)| (dtype.as_str(), *n)).collect();
    if counts.is_empty() {
        for tensor in report.weights.iter().flat_map(|file| &file.tensors) {
            let count = counts.entry(&tensor.dtype).or_default();
            *count = count.saturating_add(tensor.elements.unwrap_or_default());
        }
    }
    let mut bars: Vec<Bar> = counts
        .into_iter()
        .map(|(label, size)| Bar {
            label: label.to_owned(),
            size,
            written: numbers::count(size),
        })
        .collect();
    bars.sort_by(|a, b| b.size.cmp(&a.size).then_with(|| a.label.cmp(&b.label)));
    figure("Parameters by element type", ["Type", "Parameters"], bars, numbers::count)
}

/// Bytes by file of weights, in the order of their paths.
pub(super) fn shards(report: &Report) -> Markup {
    let bytes: BTreeMap<&str, u64> =
        report.artifacts.iter().map(|file| (file.path.as_str(), file.bytes)).collect();
    let bar = |file: &crate::report::Weights| {
        let ends = file.tensors.iter().filter_map(|tensor| tensor.bytes).map(|(_, end)| end);
        let size = bytes.get(file.path.as_str()).copied().or(ends.max()).unwrap_or_default();
        Bar {
            label: file.path.clone(),
            size,
            written: numbers::bytes(size),
        }
    };
    let bars = report.weights.iter().map(bar).collect();
    figure("Bytes by file of weights", ["File", "Bytes"], bars, numbers::bytes)
}

fn figure(
    title: &str,
    [what, how]: [&str; 2],
    mut bars: Vec<Bar>,
    write: fn(u64) -> String,
) -> Markup {
    let most = bars.iter().map(|bar| bar.size).max().unwrap_or_default();
    let is_long = bars.iter().any(|bar| bar.label.chars().count() > 14);
    let rest = bars.split_off(bars.len().min(BARS));
    html! {
        figure {
            figcaption { (title) }
            table class={ "bars" @if is_long { " long" } } {
                thead.apart { tr {
                    th scope="col" { (what) } th scope="col" aria-hidden="true" {} th.num scope="col" { (how) }
                } }
                tbody { @for bar in &bars {
                    tr {
                        th scope="row" { (name(&bar.label)) }
                        td aria-hidden="true" { (meter(share(bar.size, most), "k0")) }
                        td.num { (bar.written) }
                    }
                } }
            }
            @if !rest.is_empty() {
                @let sum = rest.iter().fold(0_u64, |sum, bar| sum.saturating_add(bar.size));
                p.quiet { "and " (rest.len()) " more with " (write(sum)) }
            }
        }
    }
}

/// A part of the whole, 0 to 100.
#[expect(
    clippy::cast_precision_loss,
    reason = "a bar is some hundred pixels long"
)]
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64 * 100.0
    }
}

/// A bar of a share, 0 to 100, that stretches to the room there is.
fn meter(share: f64, class: &str) -> Markup {
    let share = if share.is_finite() {
        share.clamp(0.0, 100.0)
    } else {
        0.0
    };
    html! {
        svg.bar viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false" {
            rect.track width="100" height="10" {}
            rect class=(class) width=(format!("{share:.2}")) height="10" {}
        }
    }
}

/// How far it is to each class: by what is here, and with what that points to.
pub(super) fn mof(mof: &Mof) -> Markup {
    let class = |class: &Option<String>| {
        class.as_ref().map_or_else(|| "no class".to_owned(), |class| format!("class {class}"))
    };
    let mut readings = vec![
        ("By what is here", &mof.confirmed),
        ("With what it points to", &mof.potential),
    ];
    readings.extend(mof.declared.as_ref().map(|declared| ("As it declares itself", declared)));
    html! {
        div.pair {
            @for (title, reading) in readings {
                figure {
                    figcaption { (title) ": " (prose(&class(&reading.class))) }
                    table.bars { tbody {
                        // From the class that asks least to the one that asks most.
                        @for (class, share) in reading.progress.iter().rev() {
                            tr {
                                th scope="row" { "Class " (prose(class)) }
                                td aria-hidden="true" { (meter(*share, "k1")) }
                                td.num { (numbers::percent(*share)) }
                            }
                        }
                    } }
                }
            }
        }
    }
}
