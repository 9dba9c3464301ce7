//! Where the parameters are: a rectangle a layer or module, parted by what is in it.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::parts::shown;
use crate::{
    layers,
    render::numbers,
    report::{Report, Tensor},
};

/// The picture's size.
const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 400.0;
/// Modules that are drawn, and parts of each; the smallest are drawn as one.
const MODULES: usize = 150;
const PARTS: usize = 8;
/// Kinds that have a color of their own; all others share the next one.
pub(super) const COLORS: usize = 5;

/// A tensor's place in the model, as its name tells it.
pub(super) struct Home<'a> {
    /// What stands before the first number: `model.layers.`; the whole module where there is none.
    pub(super) family: &'a str,
    /// The layer.
    pub(super) layer: Option<u64>,
    /// What it is a part of within the layer: `mlp`, `self_attn`; the module's last word without.
    pub(super) kind: &'a str,
    /// The kind and one word more: `mlp.down_proj`.
    pub(super) part: &'a str,
}

/// Takes a name apart: `model.layers.3.mlp.down_proj.weight`.
pub(super) fn home(name: &str) -> Home<'_> {
    let parts = layers::parts(name);
    let (family, layer) = (parts.texts[0], parts.numbers.first().copied());
    if layer.is_none() {
        let module = name.rsplit_once(['.', '/']).map_or(name, |(module, _)| module);
        let kind = module.rsplit_once(['.', '/']).map_or(module, |(_, kind)| kind);
        return Home { family: module, layer, kind, part: kind };
    }
    // All after the first number, later numbers and all.
    let inner = name[family.len()..].trim_start_matches(|c: char| c.is_ascii_digit());
    let inner = inner.trim_start_matches(|c: char| c.is_ascii_punctuation());
    let words = |count: usize| {
        let mut ends = inner.match_indices(['.', '/']);
        ends.nth(count - 1).map_or(inner, |(at, _)| &inner[..at])
    };
    let kind = if inner.is_empty() { "layer" } else { words(1) };
    Home {
        family,
        layer,
        kind,
        part: if inner.is_empty() { kind } else { words(2) },
    }
}

/// The tensors that totals count: those of the primary weight set, or all where there is none.
pub(super) fn counted(report: &Report) -> impl Iterator<Item = &Tensor> {
    let primary = report.weight_sets.iter().find(|set| set.primary);
    let is_counted = move |path: &String| primary.is_none_or(|set| set.paths.contains(path));
    let files = report.weights.iter().filter(move |file| is_counted(&file.path));
    files.flat_map(|file| &file.tensors)
}

/// The kinds with the most parameters, most first.
pub(super) fn kinds(report: &Report) -> Vec<&str> {
    let mut sizes: BTreeMap<&str, u64> = BTreeMap::new();
    for tensor in counted(report) {
        let size = sizes.entry(home(&tensor.name).kind).or_default();
        *size = size.saturating_add(tensor.elements.unwrap_or_default());
    }
    let mut kinds: Vec<(&str, u64)> = sizes.into_iter().collect();
    kinds.sort_by_key(|(kind, size)| (std::cmp::Reverse(*size), *kind));
    kinds.into_iter().map(|(kind, _)| kind).collect()
}

/// A class of the style sheet for a kind.
pub(super) fn color(kinds: &[&str], kind: &str) -> String {
    let rank = kinds.iter().take(COLORS).position(|it| *it == kind);
    format!("k{}", rank.unwrap_or(COLORS))
}

/// Which color is which kind.
pub(super) fn key(kinds: &[&str]) -> Markup {
    html! {
        ul.key aria-hidden="true" {
            @for kind in kinds.iter().take(COLORS) {
                li { (swatch(&color(kinds, kind))) (shown(kind, 40)) }
            }
            @if kinds.len() > COLORS { li { (swatch(&format!("k{COLORS}"))) "others" } }
        }
    }
}

fn swatch(class: &str) -> Markup {
    html! { svg viewBox="0 0 10 10" { rect class=(class) width="10" height="10" rx="2" {} } }
}

#[derive(Default)]
struct Module<'a> {
    size: u64,
    parts: BTreeMap<(&'a str, &'a str), u64>,
}

pub(super) fn figure(report: &Report) -> Markup {
    let kinds = kinds(report);
    let mut modules: BTreeMap<(&str, Option<u64>), Module> = BTreeMap::new();
    for tensor in counted(report) {
        let home = home(&tensor.name);
        let size = tensor.elements.unwrap_or_default();
        let module = modules.entry((home.family, home.layer)).or_default();
        module.size = module.size.saturating_add(size);
        let part = module.parts.entry((home.kind, home.part)).or_default();
        *part = part.saturating_add(size);
    }
    let whole = modules.values().fold(0_u64, |sum, module| sum.saturating_add(module.size));
    if whole == 0 {
        return html! {};
    }
    let count = modules.len() as u64;
    let mut modules: Vec<(String, Module)> = modules
        .into_iter()
        .map(|((family, layer), module)| (label(family, layer), module))
        .collect();
    modules.sort_by_key(|(_, module)| std::cmp::Reverse(module.size));
    let rest = modules.split_off(modules.len().min(MODULES));
    if !rest.is_empty() {
        let size = rest.iter().fold(0_u64, |sum, (_, module)| sum.saturating_add(module.size));
        let parts = BTreeMap::from([(("", "others"), size)]);
        modules.push((format!("{} smaller modules", rest.len()), Module { size, parts }));
        modules.sort_by_key(|(_, module)| std::cmp::Reverse(module.size));
    }
    let sizes: Vec<u64> = modules.iter().map(|(_, module)| module.size).collect();
    let all = Rect {
        x: 0.0,
        y: 0.0,
        width: WIDTH,
        height: HEIGHT,
    };
    let places = squarified(&sizes, all);
    let said = format!(
        "{} parameters in {}; the largest: {}",
        numbers::count(whole),
        numbers::plural(count, "part"),
        modules
            .iter()
            .take(3)
            .map(|(name, module)| format!("{} {}", shown(name, 60), percent(module.size, whole)))
            .collect::<Vec<_>>()
            .join(", "),
    );
    html! {
        figure {
            figcaption { "Parameters by layer and module" span { (said) } }
            div.wide {
                svg.chart viewBox="0 0 1000 400" role="img" aria-label=(said) {
                    @for ((name, module), place) in modules.iter().zip(&places) {
                        (drawn(name, module, place, whole, &kinds))
                    }
                }
            }
            (key(&kinds))
        }
    }
}

/// `model.layers.17`.
fn label(family: &str, layer: Option<u64>) -> String {
    layer.map_or_else(|| family.to_owned(), |layer| format!("{family}{layer}"))
}

fn percent(part: u64, whole: u64) -> String {
    numbers::percent(ratio(part, whole) * 100.0)
}

#[expect(clippy::cast_precision_loss, reason = "a picture of a thousand pixels")]
fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

/// One module: its parts, a frame, and its name where there is room.
fn drawn(name: &str, module: &Module, place: &Rect, whole: u64, kinds: &[&str]) -> Markup {
    let mut parts: Vec<((&str, &str), u64)> =
        module.parts.iter().map(|(part, size)| (*part, *size)).collect();
    parts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let rest = parts.split_off(parts.len().min(PARTS));
    let left = rest.iter().fold(0_u64, |sum, (_, size)| sum.saturating_add(*size));
    if left > 0 {
        parts.push((("", "others"), left));
    }
    let sizes: Vec<u64> = parts.iter().map(|(_, size)| *size).collect();
    let places = squarified(&sizes, *place);
    // The last words of a name tell most; a digit is some seven pixels wide.
    let short = name.rsplit(['.', '/']).take(2).collect::<Vec<_>>();
    let short = short.into_iter().rev().collect::<Vec<_>>().join(".");
    let number = name.rsplit(['.', '/']).next().unwrap_or_default();
    let room = if place.height > 17.0 {
        place.width - 8.0
    } else {
        0.0
    };
    let fits = |text: &&str| text.chars().map(|_| 6.6).sum::<f64>() < room;
    let text = [short.as_str(), number].into_iter().find(fits);
    html! {
        g {
            @for (((kind, part), size), place) in parts.iter().zip(&places) {
                rect class={ "edge " (color(kinds, kind)) } x=(px(place.x)) y=(px(place.y))
                    width=(px(place.width)) height=(px(place.height)) {
                    title {
                        (shown(name, 120)) " " (shown(part, 80)) ": " (numbers::count(*size))
                        " (" (percent(*size, whole)) ")"
                    }
                }
            }
            rect.frame x=(px(place.x)) y=(px(place.y)) width=(px(place.width)) height=(px(place.height)) {}
            @if let Some(text) = text {
                text.over x=(px(place.x + 5.0)) y=(px(place.y + 14.0)) { (shown(text, 60)) }
            }
        }
    }
}

/// A coordinate to a tenth.
pub(super) fn px(at: f64) -> String {
    let tenths = (at * 10.0).round() / 10.0;
    format!("{}", if tenths == 0.0 { 0.0 } else { tenths })
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Rect {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

/// Parts `all` by sizes, largest first, into rectangles as square as that goes (Bruls, Huizing
/// and van Wijk, 2000): rows along the shorter side, each taking sizes while that makes it better.
fn squarified(sizes: &[u64], mut all: Rect) -> Vec<Rect> {
    let whole = sizes.iter().fold(0_u64, |sum, size| sum.saturating_add(*size));
    let area = all.width * all.height;
    let areas: Vec<f64> = sizes.iter().map(|size| ratio(*size, whole) * area).collect();
    let mut places = Vec::with_capacity(areas.len());
    let mut start = 0;
    while start < areas.len() {
        let side = all.width.min(all.height).max(f64::EPSILON);
        let mut end = start + 1;
        let mut sum = areas[start];
        while end < areas.len() {
            let longer = sum + areas[end];
            if worst(areas[start], areas[end], longer, side)
                > worst(areas[start], areas[end - 1], sum, side)
            {
                break;
            }
            sum = longer;
            end += 1;
        }
        all = placed(&areas[start..end], sum, all, &mut places);
        start = end;
    }
    places
}

/// How far from square the worst rectangle of a row is.
fn worst(largest: f64, smallest: f64, sum: f64, side: f64) -> f64 {
    if smallest <= 0.0 || sum <= 0.0 {
        return f64::INFINITY;
    }
    let (side, sum) = (side * side, sum * sum);
    (side * largest / sum).max(sum / (side * smallest))
}

/// Lays a row along the shorter side; gives what is left.
fn placed(row: &[f64], sum: f64, all: Rect, places: &mut Vec<Rect>) -> Rect {
    let Rect { mut x, mut y, width, height } = all;
    let part = |area: f64| if sum > 0.0 { area / sum } else { 0.0 };
    if width >= height {
        let column = if height > 0.0 {
            (sum / height).min(width)
        } else {
            0.0
        };
        for area in row {
            let tall = height * part(*area);
            places.push(Rect { x, y, width: column, height: tall });
            y += tall;
        }
        return Rect {
            x: x + column,
            width: width - column,
            ..all
        };
    }
    let line = if width > 0.0 {
        (sum / width).min(height)
    } else {
        0.0
    };
    for area in row {
        let wide = width * part(*area);
        places.push(Rect { x, y, width: wide, height: line });
        x += wide;
    }
    Rect {
        y: all.y + line,
        height: height - line,
        ..all
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_tell_where_a_tensor_is() {
        check(
            "model.layers.3.mlp.down_proj.weight",
            "model.layers.",
            Some(3),
            "mlp",
            "mlp.down_proj",
        );
        check(
            "model.embed_tokens.weight",
            "model.embed_tokens",
            None,
            "embed_tokens",
            "embed_tokens",
        );
        check("h.0.ln_1.weight", "h.", Some(0), "ln_1", "ln_1.weight");
        check("w", "w", None, "w", "w");
        check("0", "", Some(0), "layer", "layer");
        check("blk.7.attn_q.weight", "blk.", Some(7), "attn_q", "attn_q.weight");
        check("", "", None, "", "");
    }

    #[track_caller]
    fn check(name: &str, family: &str, layer: Option<u64>, kind: &str, part: &str) {
        let home = home(name);
        assert_eq!((home.family, home.layer, home.kind, home.part), (family, layer, kind, part));
    }

    proptest! {
        #[test]
        fn rectangles_fill_the_whole(mut sizes in prop::collection::vec(any::<u64>(), 0..40)) {
            sizes.sort_unstable_by(|a, b| b.cmp(a));
            let all = Rect { x: 0.0, y: 0.0, width: WIDTH, height: HEIGHT };
            let places = squarified(&sizes, all);
            prop_assert_eq!(places.len(), sizes.len());
            for place in places {
                let inside = place.x >= -1e-6 && place.y >= -1e-6
                    && place.x + place.width <= WIDTH + 1e-6
                    && place.y + place.height <= HEIGHT + 1e-6;
                prop_assert!(inside, "{:?}", place);
            }
        }
    }
}
