//! Architectures as data: which tensors, of which shapes, a config implies.

mod check;
mod encoders;
mod expression;
mod keys;
mod lines;
#[cfg(test)]
mod oracle;
mod original;
mod others;
mod rows;

pub use check::{ConfigCheck, Difference, Misshapen, check, implied_parameters};
pub(crate) use check::{Governing, governing};
pub(crate) use keys::Dimensions;
pub use lines::Expected;

#[cfg(test)]
pub(super) use oracle::listed;

use expression::{Expression, Lack, Scope};
use keys::Keys;
use std::borrow::Cow;

/// One architecture, or several of one layout.
#[derive(Debug)]
pub struct Architecture {
    /// As configs spell `model_type`; `gguf:…` as GGUF headers spell `general.architecture`.
    pub model_types: &'static [&'static str],
    /// Whether the output head is the embedding where the config does not say.
    pub tied: bool,
    /// What names of the base model begin with where the whole class was saved.
    base: &'static str,
    /// Names for what the config states, in the language of `expression`.
    lets: &'static [(&'static str, &'static str)],
    /// Blocks of lines; see `rows`.
    tensors: &'static [&'static str],
}

/// The architecture of a model type.
pub fn named(model_type: &str) -> Option<&'static Architecture> {
    all().find(|row| row.model_types.contains(&model_type))
}

/// Every architecture.
pub fn all() -> impl Iterator<Item = &'static Architecture> {
    rows::ROWS.iter().copied().flatten()
}

impl Architecture {
    /// The names of the tensors that every config of it implies, `*` for a loop's number: of the
    /// base alone, those that hang on a condition only where it holds unless a config says so.
    pub(super) fn templates(&self) -> Vec<String> {
        let scope = Meanings { row: self, keys: &keys::Silent };
        let lines = lines::lines(self, None);
        let usual = lines.iter().filter(|line| !line.of_head && line.is_usual(&scope));
        usual.map(lines::Line::template).collect()
    }

    /// What names of the base model begin with.
    pub(super) fn base(&self) -> &'static str {
        self.base
    }
}

/// What the names in a row's expressions mean under a config.
struct Meanings<'a> {
    row: &'a Architecture,
    keys: &'a dyn Keys,
}

impl Meanings<'_> {
    fn is_gguf(&self) -> bool {
        self.row.model_types.iter().any(|name| name.starts_with("gguf:"))
    }
}

impl Scope for Meanings<'_> {
    /// A loop's variable stands for itself; then the config's own key, then the row's name, then
    /// the common one. Names of one letter are never keys.
    fn meaning(&self, name: &'static str) -> Result<Expression, Lack> {
        if matches!(name, "N" | "e" | "i") {
            return Ok(Expression::Name(name));
        }
        if name == "tied" {
            return Ok(Expression::Number(u64::from(self.row.tied)));
        }
        if name.len() > 1
            && let Some(number) = self.keys.number(name)
        {
            return Ok(Expression::Number(number));
        }
        let header = if self.is_gguf() {
            original::HEADER
        } else {
            &[]
        };
        let lets = self.row.lets.iter().chain(header).chain(rows::COMMON);
        let meaning =
            lets.filter(|(known, _)| *known == name).find_map(|(_, text)| Expression::parse(text));
        meaning.ok_or(Lack::Key(name))?.fold(self)
    }

    fn holds(&self, key: &str, number: u64) -> bool {
        self.keys.holds(key, number)
    }

    fn text(&self, key: &str) -> Option<Cow<'_, str>> {
        self.keys.text(key)
    }
}
