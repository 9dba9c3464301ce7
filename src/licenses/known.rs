//! Under which license well-known models and data sets were published, for what names them: a base
//! model's text is seldom in the folder of what was made from it.

use std::sync::LazyLock;

use super::{catalog::License, ordinary};

/// A license told from a name alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// The license that the model was published under.
    pub license: &'static License,
    /// Whether the name has the publisher in it. `someone/Llama-2-7b-copy` only sounds like it.
    pub by_publisher: bool,
}

/// The license of a model of this repo id, or of this bare name.
///
/// ```
/// use weighbill::licenses::of_model;
///
/// let told = |id| of_model(id).map(|known| (known.license.id.as_str(), known.by_publisher));
/// assert_eq!(told("meta-llama/Llama-2-7b-hf"), Some(("llama2", true)));
/// assert_eq!(told("someone/Llama-2-7B-GGUF"), Some(("llama2", false)));
/// assert_eq!(told("Qwen/Qwen2.5-3B-Instruct"), Some(("qwen-research", true)));
/// assert_eq!(told("someone/llamas-in-the-field"), None);
/// ```
pub fn of_model(id: &str) -> Option<Known> {
    let id = id.trim().trim_end_matches('/').to_ascii_lowercase().replace('_', "-");
    let name = id.rsplit('/').next().unwrap_or(&id);
    let by_publisher = longest(|row| begins(&id, &row.front));
    let by_name = || longest(|row| begins(name, row.name()));
    let known = |row: &Row, by_publisher| {
        ordinary::license(row.license).map(|license| Known { license, by_publisher })
    };
    match by_publisher {
        Some(row) => known(row, true),
        None => known(by_name()?, false),
    }
}

/// The license of a data set of this id, where it is one of those that ask more than to be named.
///
/// ```
/// use weighbill::licenses::of_dataset;
///
/// assert_eq!(of_dataset("tatsu-lab/alpaca").map(|it| it.id.as_str()), Some("cc-by-nc-4.0"));
/// assert_eq!(of_dataset("someone/my-rows"), None);
/// ```
pub fn of_dataset(id: &str) -> Option<&'static License> {
    static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| rows(include_str!("datasets.tsv")));
    let id = id.trim().to_ascii_lowercase().replace('_', "-");
    let row = ROWS.iter().find(|row| row.front == id)?;
    ordinary::license(row.license)
}

/// One line of a table.
struct Row {
    /// In lower case, `-` for `_`.
    front: String,
    license: &'static str,
}

impl Row {
    /// What stands behind the owner.
    fn name(&self) -> &str {
        self.front.rsplit('/').next().unwrap_or(&self.front)
    }
}

fn longest(fits: impl Fn(&Row) -> bool) -> Option<&'static Row> {
    static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| rows(include_str!("models.tsv")));
    ROWS.iter().filter(|row| fits(row)).max_by_key(|row| row.name().len())
}

/// Whether a name begins so, and no letter or digit of the front's last word goes on.
fn begins(name: &str, front: &str) -> bool {
    name.strip_prefix(front).is_some_and(|rest| {
        front.ends_with('-') || !rest.starts_with(|c: char| c.is_alphanumeric())
    })
}

fn rows(table: &'static str) -> Vec<Row> {
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    let rows = lines.filter_map(|line| line.split_once('\t'));
    rows.map(|(front, license)| Row {
        front: front.to_ascii_lowercase().replace('_', "-"),
        license,
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_names_a_license_of_the_catalog_and_stands_once() {
        for table in [include_str!("models.tsv"), include_str!("datasets.tsv")] {
            let rows = rows(table);
            assert!(rows.len() > 20);
            for row in &rows {
                assert!(ordinary::license(row.license).is_some(), "{}", row.front);
                assert_eq!(
                    rows.iter().filter(|it| it.front == row.front).count(),
                    1,
                    "{}",
                    row.front
                );
            }
        }
    }

    #[test]
    fn the_longest_front_holds() {
        check("deepseek-ai/DeepSeek-V3", "deepseek");
        check("deepseek-ai/DeepSeek-V3-0324", "mit");
        check("Qwen/Qwen2.5-72B-Instruct", "qwen");
        check("Qwen/Qwen2.5-7B", "apache-2.0");
        check("bigscience/bloom-560m", "bigscience-bloom-rail-1.0");
        check("meta-llama/Llama-3.2-1B", "llama3.2");
        check("meta-llama/Meta-Llama-3-8B", "llama3");
        check("bert-large-tuned", "apache-2.0");
        check("phi-20", "");
        check("", "");
    }

    #[track_caller]
    fn check(id: &str, license: &str) {
        assert_eq!(of_model(id).map_or("", |it| &it.license.id), license);
    }
}
