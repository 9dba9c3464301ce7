//! The catalog: every license of a model release that this house knows, as rows of `catalog.toml`.
//!
//! The file's own head explains its fields. A new license is one entry there; nothing here changes.
//! What is built in is `catalog.json`, the same rows in a form that is read in a tenth of the time: run
//! `cargo test write_the_catalog -- --ignored` after a change.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::class::Class;
use super::mof;
use super::terms::{self, Is, Term};

/// The catalog, as a test writes it.
const SOURCE: &str = include_str!("catalog.json");

/// What kind of document an entry stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Kind {
    /// A license written for model releases.
    License,
    /// An acceptable use policy: part of an agreement, never the license itself.
    Policy,
    /// Conditions laid over another license, e.g. the Commons Clause.
    Rider,
    /// An ordinary license of the SPDX list.
    Standard,
    /// A tag without a version, e.g. `gpl`: no facts follow from it.
    Family,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// A license, a policy, or a family of them: what it is, and what it asks.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four lists that a license is on or not"
)]
pub struct License {
    /// The hub's own identifier where it has one, e.g. `llama2`; the SPDX id for an ordinary license
    /// that the catalog does not list, e.g. `Zend-2.0`.
    pub id: String,
    /// The title in full.
    pub name: String,
    /// License, policy, rider, standard or family.
    pub kind: Kind,
    /// One word for a summary.
    pub class: Class,
    /// Who wrote it. `None` for standards.
    pub vendor: Option<String>,
    /// Licenses that differ in version or variant share one: `llama`, `rail`.
    pub family: Option<String>,
    /// Dates of the known editions, `2023-07-18`.
    pub released: Vec<String>,
    /// The SPDX id, where the SPDX list has one.
    pub spdx: Option<String>,
    /// Keys in the license list of `ScanCode`.
    pub scancode: Vec<String>,
    /// Values of a card's `license` that mean it.
    pub hf: Vec<String>,
    /// Values of a card's `license_name` that were seen to mean it.
    pub hf_names: Vec<String>,
    /// Other names in use.
    pub aliases: Vec<String>,
    /// Whether the Open Source Initiative approved it, by the SPDX list.
    pub osi_approved: bool,
    /// Whether the Free Software Foundation calls it free, by the SPDX list.
    pub fsf_libre: bool,
    /// Whether the Model Openness Framework counts it as open: see [`mof::open_for_mof`].
    pub mof_open: bool,
    /// Whether its terms were read in the text itself, not in reports about it.
    pub verified: bool,
    /// `owner/name:path` of the text that was read.
    pub source: String,
    /// What it asks, in the order of [`terms::TOPICS`].
    pub terms: Vec<Term>,
    /// How its text is told.
    #[serde(skip)]
    pub(super) detect: Detect,
}

/// How the text of a license is told from others; `catalog.toml` explains the fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Detect {
    #[serde(default)]
    pub(super) titles: Vec<String>,
    #[serde(default)]
    pub(super) phrases: Vec<String>,
    #[serde(default)]
    pub(super) need: usize,
    #[serde(default)]
    pub(super) must: Vec<String>,
    #[serde(default)]
    pub(super) reject: Vec<String>,
    #[serde(default)]
    pub(super) urls: Vec<String>,
}

impl License {
    /// What it says on a topic, e.g. `output_training`; `None` where nothing is known.
    pub fn term(&self, topic: &str) -> Option<&Term> {
        self.terms.iter().find(|term| term.topic == topic)
    }

    /// The word it has on a topic; `""` where nothing is known.
    pub(super) fn says(&self, topic: &str) -> &str {
        self.term(topic).map_or("", |term| term.is.text())
    }

    /// The identifier for an SBOM: the SPDX id, or a `LicenseRef-` of ours.
    ///
    /// ```
    /// use weighbill::licenses::license;
    ///
    /// let id = |name| license(name).map(|known| known.spdx_ref());
    /// assert_eq!(id("mit").as_deref(), Some("MIT"));
    /// assert_eq!(id("llama2").as_deref(), Some("LicenseRef-weighbill-llama2"));
    /// assert_eq!(id("openrail++").as_deref(), Some("LicenseRef-weighbill-openrail-plus-plus"));
    /// ```
    pub fn spdx_ref(&self) -> String {
        match &self.spdx {
            Some(spdx) => spdx.clone(),
            None => format!("LicenseRef-weighbill-{}", self.id.replace('+', "-plus")),
        }
    }
}

/// The id alone: the rest is in the catalog, and long.
impl fmt::Debug for License {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("License").field(&self.id).finish()
    }
}

/// An identifier of the hub's list, and what it means.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct HubId {
    /// As a card writes it.
    pub id: String,
    /// As the hub shows it.
    pub name: String,
    /// The entry of the catalog.
    pub license: String,
}

/// All entries, and the hub's identifiers.
#[derive(Debug)]
pub struct Catalog {
    licenses: Vec<License>,
    hub_ids: Vec<HubId>,
    by_id: BTreeMap<String, usize>,
}

impl Catalog {
    /// Every entry, in the catalog's own order: families of licenses stand together.
    pub fn licenses(&self) -> &[License] {
        &self.licenses
    }

    /// The identifiers that a card's `license` may hold by the hub's list.
    pub fn hub_ids(&self) -> &[HubId] {
        &self.hub_ids
    }

    /// The entry with this id or SPDX id, in any case: `llama2`, `MIT`, `gpl-3.0-only`.
    pub fn get(&self, id: &str) -> Option<&License> {
        self.index(id).map(|index| &self.licenses[index])
    }

    /// As [`Catalog::get`], as a place in [`Catalog::licenses`].
    pub(super) fn index(&self, id: &str) -> Option<usize> {
        self.by_id.get(&id.to_ascii_lowercase()).copied()
    }
}

/// The catalog, parsed once when first asked for.
pub fn catalog() -> &'static Catalog {
    static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
        let file: File = serde_json::from_str(SOURCE).expect("the embedded catalog is tested");
        file.into()
    });
    &CATALOG
}

/// The file as it is written.
#[derive(Deserialize)]
struct File {
    license: Vec<Row>,
    hf_id: Vec<HubId>,
}

/// One `[[license]]`.
#[derive(Deserialize)]
struct Row {
    id: String,
    name: String,
    kind: Kind,
    class: Class,
    vendor: Option<String>,
    family: Option<String>,
    #[serde(default)]
    released: Vec<String>,
    spdx: String,
    scancode: Vec<String>,
    hf: Vec<String>,
    #[serde(default)]
    hf_names: Vec<String>,
    #[serde(default)]
    aliases: Vec<String>,
    osi_approved: bool,
    fsf_libre: bool,
    evidence: String,
    source: String,
    detect: Detect,
    facts: BTreeMap<String, Fact>,
}

/// One line of `[license.facts]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fact {
    is: Is,
    at: Option<String>,
    note: Option<String>,
    unit: Option<String>,
    only: Option<String>,
    #[serde(default)]
    regions: Vec<String>,
}

impl From<File> for Catalog {
    fn from(file: File) -> Self {
        let licenses: Vec<License> = file.license.into_iter().map(License::from).collect();
        let mut by_id = BTreeMap::new();
        for (index, license) in licenses.iter().enumerate() {
            for id in [Some(&license.id), license.spdx.as_ref()].into_iter().flatten() {
                by_id.entry(id.to_ascii_lowercase()).or_insert(index);
            }
        }
        Self { licenses, hub_ids: file.hf_id, by_id }
    }
}

impl From<Row> for License {
    fn from(row: Row) -> Self {
        let verified = row.evidence != "secondary";
        let mut terms: Vec<Term> = row
            .facts
            .into_iter()
            .map(|(topic, fact)| Term {
                topic,
                is: fact.is,
                unit: fact.unit,
                regions: fact.regions,
                only: fact.only,
                section: fact.at,
                note: fact.note,
                verified,
            })
            .collect();
        terms.sort_by_key(|term| terms::rank(&term.topic));
        let spdx = Some(row.spdx).filter(|id| !id.is_empty());
        Self {
            mof_open: spdx.as_deref().is_some_and(mof::open_for_mof),
            id: row.id,
            name: row.name,
            kind: row.kind,
            class: row.class,
            vendor: row.vendor,
            family: row.family,
            released: row.released,
            spdx,
            scancode: row.scancode,
            hf: row.hf,
            hf_names: row.hf_names,
            aliases: row.aliases,
            osi_approved: row.osi_approved,
            fsf_libre: row.fsf_libre,
            verified,
            source: row.source,
            terms,
            detect: row.detect,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    /// The rows of `catalog.toml` as JSON, a line each.
    fn written() -> String {
        let file: BTreeMap<String, serde_json::Value> =
            toml::from_str(include_str!("catalog.toml")).expect("a catalog");
        let rows = |key: &str| {
            let rows = file[key].as_array().expect("an array of tables").iter();
            rows.map(ToString::to_string).collect::<Vec<_>>().join(",\n")
        };
        let mut out = String::new();
        let (licenses, ids) = (rows("license"), rows("hf_id"));
        writeln!(out, "{{\"license\":[\n{licenses}\n],\"hf_id\":[\n{ids}\n]}}").expect("a string");
        out
    }

    /// Run with `cargo test write_the_catalog -- --ignored` after a change of `catalog.toml`.
    #[test]
    #[ignore = "writes a file of the source"]
    fn write_the_catalog() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/licenses/catalog.json");
        std::fs::write(path, written()).expect("a writable source");
    }

    #[test]
    fn what_is_built_in_is_the_catalog() {
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
        assert!(value(&written()) == value(SOURCE), "run write_the_catalog");
    }
}
