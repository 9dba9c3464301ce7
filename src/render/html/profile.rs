//! Layer by layer: how large each is and of what, and where statistics were taken, its norm and
//! its range. An odd layer shows at a glance.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::{
    parts::shown,
    treemap::{color, counted, home, kinds, px},
};
use crate::{
    render::numbers,
    report::{Report, Tensor},
};

/// Layers that are drawn; more would be thinner than a pixel.
const LAYERS: usize = 400;
/// The picture's width, and what is left of it for the numbers at its left.
const WIDTH: f64 = 1000.0;
const LEFT: f64 = 84.0;
/// Heights of the bars and of the lines.
const BARS: f64 = 150.0;
const LINES: f64 = 90.0;

/// What is known of a layer.
#[derive(Default)]
struct Layer<'a> {
    size: u64,
    kinds: BTreeMap<&'a str, u64>,
    /// Sum of squares of its elements; `None` until a tensor with statistics comes.
    squares: Option<f64>,
    range: Option<(f64, f64)>,
}

/// The family of layers with the most parameters, drawn; nothing where there are no layers.
pub(super) fn figure(report: &Report) -> Markup {
    let mut families: BTreeMap<&str, u64> = BTreeMap::new();
    for tensor in counted(report) {
        let home = home(&tensor.name);
        if home.layer.is_some() {
            let size = families.entry(home.family).or_default();
            *size = size.saturating_add(tensor.elements.unwrap_or_default());
        }
    }
    let largest =
        families.iter().max_by_key(|(family, size)| (**size, std::cmp::Reverse(**family)));
    let Some((family, _)) = largest else {
        return html! {};
    };
    let mut layers: BTreeMap<u64, Layer> = BTreeMap::new();
    for tensor in counted(report) {
        let home = home(&tensor.name);
        if let Some(number) = home.layer.filter(|_| home.family == *family) {
            layers.entry(number).or_default().add(home.kind, tensor);
        }
    }
    if layers.len() < 2 {
        return html! {};
    }
    let count = numbers::plural(layers.len() as u64, "layer");
    let layers: Vec<(u64, Layer)> = layers.into_iter().take(LAYERS).collect();
    let kinds = kinds(report);
    let name = shown(family.trim_end_matches(['.', '/', '_']), 60);
    html! {
        figure {
            figcaption { "Layer by layer" span { (count) " of " (name) } }
            div.wide { (sizes(&layers, &kinds)) }
            @if layers.iter().any(|(_, layer)| layer.squares.is_some()) {
                div.wide { (norms(&layers)) }
                div.wide { (ranges(&layers)) }
            }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a picture of a thousand pixels")]
fn real(n: u64) -> f64 {
    n as f64
}

impl<'a> Layer<'a> {
    fn add(&mut self, kind: &'a str, tensor: &Tensor) {
        let size = tensor.elements.unwrap_or_default();
        self.size = self.size.saturating_add(size);
        let of_kind = self.kinds.entry(kind).or_default();
        *of_kind = of_kind.saturating_add(size);
        let Some(stats) = &tensor.stats else { return };
        let (mean, std) = (stats.mean.0, stats.std.0);
        let squares = real(size) * (mean * mean + std * std);
        if squares.is_finite() {
            *self.squares.get_or_insert(0.0) += squares;
        }
        let (min, max) = (stats.min.0, stats.max.0);
        if min.is_finite() && max.is_finite() {
            let (low, high) = self.range.unwrap_or((min, max));
            self.range = Some((low.min(min), high.max(max)));
        }
    }
}

/// Where the layer of an index stands, and how wide it is.
fn column(at: usize, count: usize) -> (f64, f64) {
    let width = (WIDTH - LEFT) / real(count as u64);
    (LEFT + real(at as u64) * width, width)
}

fn sizes(layers: &[(u64, Layer)], kinds: &[&str]) -> Markup {
    let most = layers.iter().map(|(_, layer)| layer.size).max().unwrap_or_default().max(1);
    let said = format!("Parameters of each layer, at most {}", numbers::count(most));
    html! {
        svg.chart viewBox="0 0 1000 178" role="img" aria-label=(said) {
            (frame("parameters", &numbers::count(most), "0", BARS, layers))
            @for (at, (number, layer)) in layers.iter().enumerate() {
                @let (x, width) = column(at, layers.len());
                g {
                    title { "layer " (number) ": " (numbers::count(layer.size)) " parameters" }
                    @for (kind, y, height) in stacked(layer, most, kinds) {
                        rect class=(color(kinds, kind)) x=(px(x + width * 0.08)) y=(px(y))
                            width=(px(width * 0.84)) height=(px(height)) {}
                    }
                }
            }
        }
    }
}

/// The kinds of a layer from the ground up: the first color at the bottom.
fn stacked<'a>(layer: &Layer<'a>, most: u64, kinds: &[&str]) -> Vec<(&'a str, f64, f64)> {
    let mut of_layer: Vec<(&str, u64)> = layer.kinds.iter().map(|(kind, n)| (*kind, *n)).collect();
    of_layer.sort_by_key(|(kind, _)| color(kinds, kind));
    let mut ground = BARS;
    let mut stack = Vec::new();
    for (kind, size) in of_layer {
        let height = real(size) / real(most) * (BARS - 14.0);
        ground -= height;
        if height >= 0.05 {
            stack.push((kind, ground, height));
        }
    }
    stack
}

fn norms(layers: &[(u64, Layer)]) -> Markup {
    let norm = |layer: &Layer| layer.squares.map(f64::sqrt);
    let most = layers.iter().filter_map(|(_, layer)| norm(layer)).fold(0.0, f64::max);
    let scale = if most > 0.0 {
        (LINES - 14.0) / most
    } else {
        0.0
    };
    let points: Vec<String> = layers
        .iter()
        .enumerate()
        .filter_map(|(at, (_, layer))| {
            let (x, width) = column(at, layers.len());
            Some(format!("{},{}", px(x + width / 2.0), px(LINES - norm(layer)? * scale)))
        })
        .collect();
    let said = format!("Norm of each layer, at most {}", numbers::short(most));
    html! {
        svg.chart viewBox="0 0 1000 118" role="img" aria-label=(said) {
            (frame("norm", &numbers::short(most), "0", LINES, layers))
            polyline.trace points=(points.join(" ")) {}
            @for (at, (number, layer)) in layers.iter().enumerate() {
                @if let Some(norm) = norm(layer) {
                    (hover(at, layers.len(), &format!("layer {number}: norm {}", numbers::short(norm))))
                }
            }
        }
    }
}

fn ranges(layers: &[(u64, Layer)]) -> Markup {
    let ranges = || layers.iter().filter_map(|(_, layer)| layer.range);
    let (low, high) = ranges().fold((0.0_f64, 0.0_f64), |(a, b), (c, d)| (a.min(c), b.max(d)));
    let span = if high > low { high - low } else { 1.0 };
    let y = |value: f64| 14.0 + (high - value) / span * (LINES - 14.0);
    let said = format!(
        "Range of each layer's elements, {} to {}",
        numbers::short(low),
        numbers::short(high)
    );
    html! {
        svg.chart viewBox="0 0 1000 118" role="img" aria-label=(said) {
            (frame("range", &numbers::short(high), &numbers::short(low), LINES, layers))
            @for (at, (number, layer)) in layers.iter().enumerate() {
                @if let Some((min, max)) = layer.range {
                    @let (x, width) = column(at, layers.len());
                    @let height = (y(min) - y(max)).max(0.5);
                    rect.k0 x=(px(x + width * 0.3)) y=(px(y(max))) width=(px(width * 0.4)) height=(px(height)) {}
                    (hover(at, layers.len(), &format!(
                        "layer {number}: {} to {}", numbers::short(min), numbers::short(max)
                    )))
                }
            }
            line.axis x1=(px(LEFT)) x2="1000" y1=(px(y(0.0))) y2=(px(y(0.0))) {}
        }
    }
}

/// What a pointer over a layer tells.
fn hover(at: usize, count: usize, said: &str) -> Markup {
    let (x, width) = column(at, count);
    html! {
        rect x=(px(x)) y="0" width=(px(width)) height=(px(LINES)) fill-opacity="0" { title { (said) } }
    }
}

/// Ground, the greatest number, and the first and last layer.
fn frame(what: &str, high: &str, low: &str, height: f64, layers: &[(u64, Layer)]) -> Markup {
    let ends = [layers.first(), layers.last()].map(|it| it.map_or(0, |(number, _)| *number));
    html! {
        line.axis x1=(px(LEFT)) x2="1000" y1=(px(height)) y2=(px(height)) {}
        text.soft x=(px(LEFT - 8.0)) y="20" text-anchor="end" { (high) }
        text.soft x=(px(LEFT - 8.0)) y="35" text-anchor="end" { (what) }
        text.soft x=(px(LEFT - 8.0)) y=(px(height)) text-anchor="end" { (low) }
        text.soft x=(px(LEFT)) y=(px(height + 18.0)) { (ends[0]) }
        text.soft x="1000" y=(px(height + 18.0)) text-anchor="end" { (ends[1]) }
    }
}
