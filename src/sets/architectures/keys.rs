//! Where the numbers of a model stand: a `config.json`, a `params.json`, a GGUF header.

use std::{borrow::Cow, collections::BTreeMap};

use super::{Architecture, Expected, Meanings, lines};
use crate::facts::{Config, Node};

/// A source of numbers by key.
pub(super) trait Keys {
    /// A whole number, or a flag as 0 or 1.
    fn number(&self, key: &str) -> Option<u64>;
    /// Whether the list at a key holds a number.
    fn holds(&self, key: &str, number: u64) -> bool;
    /// The text at a key.
    fn text(&self, key: &str) -> Option<Cow<'_, str>>;
}

/// The dimensions of a model, wherever they stand.
pub(crate) struct Dimensions<'f> {
    source: Source<'f>,
    /// Numbers that stand elsewhere, or follow from others.
    known: BTreeMap<&'static str, u64>,
}

enum Source<'f> {
    /// A config, and the key of the part that speaks of the language model.
    Config(&'f Config, &'static str),
    /// A GGUF header, and the name of the architecture.
    Header(&'f BTreeMap<String, String>, &'f str),
}

/// Keys below which a model of several parts states its language model.
pub(super) const NESTS: &[&str] = &[
    "text_config",
    "language_config",
    "llm_config",
    "thinker_config.text_config",
];

impl<'f> Dimensions<'f> {
    /// Those of a `config.json`, `nest` being the key of the part to read, or empty.
    pub(crate) fn of_config(config: &'f Config, nest: &'static str) -> Self {
        Self {
            source: Source::Config(config, nest),
            known: BTreeMap::new(),
        }
    }

    /// Those of a `params.json`. Its feed-forward width is not stated but follows: two thirds of
    /// four times the width, times a factor, rounded up to a multiple.
    pub(crate) fn of_params(config: &'f Config, embedding_rows: Option<u64>) -> Self {
        let mut known = BTreeMap::new();
        if config.number("vocab_size").is_none() {
            known.extend(embedding_rows.map(|rows| ("vocab_size", rows)));
        }
        known.extend(inner_width(config).map(|inner| ("inner", inner)));
        Self {
            source: Source::Config(config, ""),
            known,
        }
    }

    /// Those of a GGUF header.
    pub(crate) fn of_header(metadata: &'f BTreeMap<String, String>, architecture: &'f str) -> Self {
        Self {
            source: Source::Header(metadata, architecture),
            known: BTreeMap::new(),
        }
    }

    /// The value of a name of the table (`H`, `L`, `k`) under an architecture.
    pub(crate) fn value(&self, row: &Architecture, name: &'static str) -> Option<u64> {
        let expression = super::Expression::parse(name)?;
        expression.value(&Meanings { row, keys: self }).ok()
    }

    /// A whole number at a key of the source.
    pub(crate) fn stated(&self, key: &str) -> Option<u64> {
        self.number(key)
    }

    /// Logical parameters that the config implies: of the base and of the head of `class`.
    pub(crate) fn expected_parameters(
        &self,
        row: &Architecture,
        class: Option<&str>,
    ) -> Option<u64> {
        let head = class.and_then(|class| lines::head_of(row, class));
        let lines = lines::lines(row, head);
        let expected = lines::write_out(&lines, &Meanings { row, keys: self }, lines::MOST).ok()?;
        expected
            .iter()
            .filter(|it| !it.optional)
            .map(elements)
            .try_fold(0, |sum: u64, n| sum.checked_add(n?))
    }

    fn node(&self, key: &str) -> Option<&'f Node> {
        let Source::Config(config, nest) = self.source else {
            return None;
        };
        let nested = (!nest.is_empty()).then(|| config.at(nest)).flatten();
        nested.and_then(|node| node.at(key)).or_else(|| config.at(key))
    }
}

fn elements(tensor: &Expected) -> Option<u64> {
    tensor.shape.iter().try_fold(1, |n: u64, extent| n.checked_mul(*extent))
}

impl Keys for Dimensions<'_> {
    fn number(&self, key: &str) -> Option<u64> {
        if let Some(known) = self.known.get(key) {
            return Some(*known);
        }
        if let Source::Header(metadata, architecture) = self.source {
            let value =
                metadata.get(&format!("{architecture}.{key}")).or_else(|| metadata.get(key))?;
            return number_at_start(value);
        }
        if let Some(list) = key.strip_suffix(".len") {
            return u64::try_from(self.node(list)?.entries().len()).ok().filter(|len| *len > 0);
        }
        let node = self.node(key)?;
        node.number().or_else(|| node.flag().map(u64::from))
    }

    fn holds(&self, key: &str, number: u64) -> bool {
        let items = self.node(key).map(Node::items).unwrap_or_default();
        items.iter().any(|item| item.number() == Some(number))
    }

    fn text(&self, key: &str) -> Option<Cow<'_, str>> {
        self.node(key)?.text().map(Cow::Borrowed)
    }
}

/// A config that says nothing.
pub(super) struct Silent;

impl Keys for Silent {
    fn number(&self, _: &str) -> Option<u64> {
        None
    }
    fn holds(&self, _: &str, _: u64) -> bool {
        false
    }
    fn text(&self, _: &str) -> Option<Cow<'_, str>> {
        None
    }
}

/// `32000`, or the length of an array that is shown with more words after it.
fn number_at_start(text: &str) -> Option<u64> {
    let text = text.trim_start_matches('[');
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    text[..digits].parse().ok()
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the reference computes with floats, and widths are far below what they hold"
)]
fn inner_width(config: &Config) -> Option<u64> {
    let width = config.number("dim").filter(|width| *width < 1 << 40)?;
    let multiple = config.number("multiple_of").filter(|multiple| *multiple > 0)?;
    let factor = config.at("ffn_dim_multiplier").and_then(Node::float).unwrap_or(1.0);
    let inner = (factor * (8 * width / 3) as f64) as u64;
    inner.div_ceil(multiple).checked_mul(multiple)
}
