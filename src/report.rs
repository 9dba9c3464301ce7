//! `weighbill-report/1`: the report as types, owned, written and read back. No facts in here.
//!
//! Every key is always written: `null` is unknown or not looked at, `[]` is looked and none.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::words::{
    Category, Component, Confidence, FileKind, Group, LicenseScope, Origin, Place, Presence, Role,
    Severity,
};

/// The name of this form of the report.
pub const SCHEMA: &str = "weighbill-report/1";

/// The name of the form that `verify` writes: the same, with [`Report::verification`] filled.
pub const VERIFY_SCHEMA: &str = "weighbill-verify/1";

/// A finished inspection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`SCHEMA`], or the name of another document that is this report in part.
    pub schema: String,
    /// Who wrote it.
    pub tool: Tool,
    /// What was inspected.
    pub release: Release,
    /// The sentence that people quote.
    pub verdict: Verdict,
    /// Numbers of the whole.
    pub totals: Totals,
    /// The five groups.
    pub groups: Vec<GroupVerdict>,
    /// The 17 components.
    pub components: Vec<ComponentVerdict>,
    /// What was seen, by component, path and line.
    pub evidence: Vec<Evidence>,
    /// Facts beside the components: labor, compute, languages, lineage.
    pub disclosures: Vec<Disclosure>,
    /// Every file.
    pub artifacts: Vec<Artifact>,
    /// Every file of tensors.
    pub weights: Vec<Weights>,
    /// Which files are the same weights.
    pub weight_sets: Vec<WeightSet>,
    /// What the model is.
    pub model: Model,
    /// The values of its configurations, for who compares two releases.
    #[serde(default)]
    pub configs: Vec<ConfigValues>,
    /// The terms.
    pub licenses: Vec<License>,
    /// What the terms say about the uses asked about.
    pub uses: Vec<UseAnswer>,
    /// What the frameworks of openness make of it.
    pub openness: Option<Openness>,
    /// What was held against which record; filled by `verify`.
    pub verification: Option<Verification>,
    /// What was not opened in full, and why.
    pub coverage: Vec<Coverage>,
    /// The user's own rules, held against it.
    pub policy: Option<Policy>,
    /// What to act on, by severity down, id and path.
    pub findings: Vec<Finding>,
}

/// Who wrote a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    /// `weighbill`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// What was inspected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// The last part of the path, or the repo id.
    pub root: String,
    /// What kind of place it is.
    pub origin: Origin,
    /// `owner/name`.
    pub repo_id: Option<String>,
    /// A branch or tag.
    pub revision: Option<String>,
    /// As recorded, not verified.
    pub commit: Option<String>,
    /// SHA-256 of the lines `<sha256>  <path>\n`, sorted by path bytes, of all artifacts but
    /// bookkeeping; `None` where one was not hashed.
    pub digest: Option<String>,
}

/// The sentence that people quote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// What is here, what is not, and the terms.
    pub summary: String,
    /// Of the findings.
    pub highest_severity: Option<Severity>,
}

/// Numbers of the whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Without bookkeeping.
    pub files: u64,
    /// Of those files.
    pub bytes: u64,
    /// Files whose tensors were listed.
    pub weight_files: u64,
    /// Of the primary weight set.
    pub tensors: u64,
    /// Of the primary weight set; `None` where the sum overflows or is not known.
    pub parameters: Option<u64>,
    /// Files that could not be read.
    pub unread: u64,
}

/// How far one group is here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupVerdict {
    /// Which.
    pub id: Group,
    /// By its lead.
    pub presence: Presence,
}

/// How far one component is here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComponentVerdict {
    /// Which.
    pub id: Component,
    /// Its group.
    pub group: Group,
    /// The strongest that any evidence shows.
    pub presence: Presence,
    /// Indexes into [`Report::evidence`].
    pub evidence: Vec<u64>,
}

/// One thing seen, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Evidence {
    /// Of what.
    pub component: Component,
    /// How far it shows it to be here.
    pub presence: Presence,
    /// Where; `None` for the whole release.
    pub at: Option<Place>,
    /// In words, for a reader.
    pub saying: String,
}

/// A fact beside the components.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disclosure {
    /// `compute_hours`, `language`, `lineage` …
    pub topic: String,
    /// How it is disclosed.
    pub presence: Presence,
    /// Where.
    pub at: Option<Place>,
    /// In words.
    pub saying: String,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artifact {
    /// Relative to the root, `/` between parts.
    pub path: String,
    /// Its length.
    pub bytes: u64,
    /// What it is for.
    pub kind: FileKind,
    /// What its bytes are.
    pub format: Option<String>,
    /// Lower-case hex.
    pub sha256: Option<String>,
    /// Why it was not read.
    pub unreadable: Option<String>,
    /// Digests that were recorded for it, each held against it or not.
    pub recorded: Vec<Recorded>,
}

/// A digest that something recorded for a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// `hub_blob`, `lfs_pointer`, `checksum_list` …
    pub by: String,
    /// `sha256`, `git_blob_sha1` …
    pub algorithm: String,
    /// Lower-case hex.
    pub digest: String,
    /// `match`, `mismatch` or `unchecked`.
    pub result: String,
}

/// One file of tensors.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Weights {
    /// Relative to the root.
    pub path: String,
    /// The format's name.
    pub format: String,
    /// The producer's own notes.
    pub metadata: BTreeMap<String, String>,
    /// How often its graph calls which operator; empty where it has no graph.
    #[serde(default)]
    pub operators: BTreeMap<String, u64>,
    /// By start, then name.
    pub tensors: Vec<Tensor>,
}

/// One tensor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tensor {
    /// As the file names it.
    pub name: String,
    /// `BF16`, `Q4_K` …
    pub dtype: String,
    /// Outermost first.
    pub shape: Vec<u64>,
    /// `None` where the product overflows.
    pub elements: Option<u64>,
    /// Start and end in the file, end exclusive.
    pub bytes: Option<(u64, u64)>,
    /// What it is to the model.
    pub role: Role,
    /// Of its bytes, lower-case hex.
    pub sha256: Option<String>,
    /// Of its elements, where asked for.
    pub stats: Option<Statistics>,
}

/// Statistics of a tensor's elements. Numbers that are not finite are written as the strings
/// `"NaN"`, `"Infinity"` and `"-Infinity"`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Statistics {
    /// Least.
    pub min: Number,
    /// Greatest.
    pub max: Number,
    /// Of the finite elements.
    pub mean: Number,
    /// Of the finite elements, over the whole population.
    pub std: Number,
    /// Elements that are zero, of either sign.
    pub zeros: u64,
    /// Elements that are not a number.
    pub nan: u64,
    /// Elements that are infinite, of either sign.
    pub inf: u64,
}

/// A number that may be no finite one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number(pub f64);

impl Serialize for Number {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            n if n.is_nan() => serializer.serialize_str("NaN"),
            f64::INFINITY => serializer.serialize_str("Infinity"),
            f64::NEG_INFINITY => serializer.serialize_str("-Infinity"),
            n => serializer.serialize_f64(n),
        }
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Finite(f64),
            Word(String),
        }
        match Written::deserialize(deserializer)? {
            Written::Finite(n) => Ok(Self(n)),
            Written::Word(word) => match word.as_str() {
                "NaN" => Ok(Self(f64::NAN)),
                "Infinity" => Ok(Self(f64::INFINITY)),
                "-Infinity" => Ok(Self(f64::NEG_INFINITY)),
                _ => Err(serde::de::Error::custom(format!("`{word}` is not a number"))),
            },
        }
    }
}

/// Files that hold the same weights once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeightSet {
    /// `safetensors`, `gguf Q4_K_M`, `onnx/model.onnx` …
    pub id: String,
    /// Whether totals count this one.
    pub primary: bool,
    /// Its files.
    pub paths: Vec<String>,
    /// Of its files.
    pub format: String,
    /// All of them, whatever their role.
    pub tensors: u64,
    /// Logical: packed elements counted as what they stand for.
    pub parameters: Option<u64>,
    /// As stored.
    pub elements: Option<u64>,
    /// Elements of buffers.
    pub buffers: u64,
    /// Elements of scales, zero points and the like.
    pub helpers: u64,
    /// Bytes of all its tensors, helpers and all; 0 in reports of before they were told.
    #[serde(default)]
    pub bytes: u64,
}

impl WeightSet {
    /// Stored bits for each logical parameter, helpers and all: 4.8 or so where a name says `Q4_K_M`.
    /// `None` where they are not known, or are those of a plain element type.
    #[expect(clippy::cast_precision_loss, reason = "a ratio for readers")]
    pub fn packed_bits(&self) -> Option<f64> {
        let parameters = self.parameters.filter(|n| *n > 0 && self.bytes > 0)?;
        let bits = self.bytes as f64 * 8.0 / parameters as f64;
        let plain = [8.0, 16.0, 32.0, 64.0].iter().any(|of: &f64| (bits - of).abs() < 0.05);
        (!plain).then_some(bits)
    }
}

/// What the model is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Model {
    /// As the config names them.
    pub architectures: Vec<String>,
    /// As the config names it.
    pub model_type: Option<String>,
    /// Of the primary weight set.
    pub parameters: Option<u64>,
    /// Per token, in a mixture of experts.
    pub active_parameters: Option<u64>,
    /// Sizes that names and cards state.
    pub parameters_claimed: Vec<SizeClaim>,
    /// Parameters by element type.
    pub dtypes: BTreeMap<String, u64>,
    /// How the parameters are packed.
    pub quantization: Option<Quantization>,
    /// `agrees`, `disagrees`, `no_rule` or `no_config`.
    pub config_check: String,
    /// What it was made from.
    pub base_model: Vec<BaseModel>,
    /// Named by the files.
    pub frameworks: Vec<Framework>,
    /// What the tensors of the primary weight set look like, where no config says what it is.
    #[serde(default)]
    pub recognized: Option<Recognized>,
    /// The adapter that the primary weight set is.
    #[serde(default)]
    pub adapter: Option<Adapter>,
    /// What loading it takes, as far as its files tell.
    #[serde(default)]
    pub memory: Option<Memory>,
    /// What it is for, as the card's `pipeline_tag` names it.
    #[serde(default)]
    pub task: Option<String>,
    /// What it was trained on, as the card's `datasets` names it.
    #[serde(default)]
    pub datasets: Vec<NamedDataset>,
    /// Results that the card's `model-index` states, at most a thousand.
    #[serde(default)]
    pub results: Vec<StatedResult>,
}

/// A model told from its tensors alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recognized {
    /// Model types whose layout it is: several where layouts are equal by name.
    pub model_types: Vec<String>,
    /// What shows it, in a clause.
    pub reason: String,
}

/// Changes to another model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adapter {
    /// `lora`, `ia3` …; `None` where no name tells.
    pub kind: Option<String>,
    /// Ranks of its matrices, as stored.
    pub ranks: Vec<u64>,
    /// The modules that it changes: `q_proj`.
    pub targets: Vec<String>,
}

/// Memory that a model takes, in bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// The weights as they are stored.
    pub weights_bytes: u64,
    /// The weights at 16 bits a parameter; `None` where parameters were not counted.
    pub weights_bytes_at_16_bits: Option<u64>,
    /// In tokens: the context that was asked for, else the longest that the config states.
    pub context: Option<u64>,
    /// Keys and values of one sequence of that length.
    pub cache_bytes: Option<u64>,
    /// What was assumed, each a clause.
    pub assumptions: Vec<String>,
}

/// The values of one configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigValues {
    /// Relative to the root.
    pub path: String,
    /// By dotted key, as written; long ones are cut.
    pub values: BTreeMap<String, String>,
    /// Whether some were left out, since there are so many.
    pub cut: bool,
}

/// A data set that the card names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedDataset {
    /// An id on a hub, or whatever is written.
    pub id: String,
    /// Where it stands.
    pub at: Option<Place>,
}

/// A result that the card states. Whether it is true is not looked into.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatedResult {
    /// `accuracy`, `Cosine Pearson` …
    pub metric: String,
    /// As written.
    pub value: String,
    /// What it was measured on, as named.
    pub dataset: Option<String>,
    /// Where it stands.
    pub at: Option<Place>,
}

/// A size that a name or a card states.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SizeClaim {
    /// `7B`, `8x7B` …
    pub value: String,
    /// Where it stands.
    pub at: Option<Place>,
    /// Whether the count bears it out; `None` where nothing was counted.
    pub agrees: Option<bool>,
}

/// How the parameters are packed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quantization {
    /// `gptq`, `awq`, `bitsandbytes` …
    pub method: String,
    /// Per weight, where one number tells it.
    pub bits: Option<u64>,
}

/// What the model was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaseModel {
    /// A repo id or a path, as written.
    pub id: String,
    /// `finetune`, `adapter`, `merge`, `quantized`; `None` where it is not said.
    pub relation: Option<String>,
    /// Where it stands.
    pub at: Option<Place>,
}

/// A library that the files name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Framework {
    /// `transformers`, `pytorch` …
    pub name: String,
    /// As written.
    pub version: Option<String>,
    /// Where it stands.
    pub at: Option<Place>,
}

/// One license: where it is declared, where its text stands, what it asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct License {
    /// Ours, or the SPDX id, or the words that were not understood.
    pub id: String,
    /// In full.
    pub name: String,
    /// SPDX id, or a `LicenseRef-`.
    pub spdx: String,
    /// What it covers.
    pub scope: LicenseScope,
    /// Where it is named.
    pub declared: Vec<Declared>,
    /// Where its text stands.
    pub texts: Vec<LicenseText>,
    /// One word for it: `permissive`, `community`, `unknown` …
    pub class: String,
    /// By the Open Source Initiative.
    pub osi_approved: Option<bool>,
    /// By the Free Software Foundation.
    pub fsf_libre: Option<bool>,
    /// What it asks.
    pub terms: Vec<Term>,
}

/// Where a license is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declared {
    /// Where.
    pub at: Option<Place>,
    /// As written.
    pub value: String,
}

/// Where a license's text stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LicenseText {
    /// Where.
    pub at: Option<Place>,
    /// `whole`, `cut`, `altered` or `reference`.
    #[serde(rename = "match")]
    pub how: String,
    /// 0 to 1.
    pub score: f64,
    /// What it was told by: `standard` (word for word the SPDX list), `edition` (word for word a published
    /// edition), `phrases`, `translation` (both not compared word for word) or `name`. `None` for a text of no
    /// license that is known.
    #[serde(default)]
    pub against: Option<String>,
    /// Which edition, version of the SPDX list or language that was.
    #[serde(default)]
    pub edition: Option<String>,
    /// Of the text, lower-case hex; `None` where only a part of it was read.
    pub sha256: Option<String>,
    /// Its length.
    pub bytes: u64,
    /// Words that no standard text explains.
    pub added_words: u64,
}

/// One thing a license says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// `user_cap`, `output_training` …
    pub topic: String,
    /// A word or a number.
    pub is: Is,
    /// What a number counts: `MAU`, `USD/year`.
    #[serde(default)]
    pub unit: Option<String>,
    /// For `territory`: the regions left out.
    #[serde(default)]
    pub regions: Vec<String>,
    /// Where it concerns only a part of what the license covers, or only what is named here.
    #[serde(default)]
    pub only: Option<String>,
    /// Where in the text.
    pub section: Option<String>,
    /// In a few words.
    pub note: Option<String>,
    /// Whether the text itself was read by those who wrote the catalog.
    pub verified: bool,
}

/// A word or a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Is {
    /// A whole number.
    Number(u64),
    /// A word.
    Word(String),
}

/// What the terms say about one use. No advice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UseAnswer {
    /// `commercial`, `distill` …
    #[serde(rename = "use")]
    pub of: String,
    /// `permitted`, `conditional`, `prohibited` or `unclear`.
    pub says: String,
    /// Where in the text.
    pub sections: Vec<String>,
    /// In our own words, one for each thing that decided it, with its license's name.
    #[serde(default)]
    pub why: Vec<String>,
}

/// What the frameworks of openness make of the release, side by side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Openness {
    /// Model Openness Framework.
    pub mof: Mof,
    /// Open Source AI Definition.
    pub osaid: Osaid,
    /// European Open Source AI Index.
    pub osai_index: OsaiIndex,
    /// Models, data, labor, frameworks, compute.
    pub five_dimensions: BTreeMap<String, Dimension>,
    /// What the release itself answers of the documents that the EU AI Act asks for.
    pub eu_ai_act: EuAiAct,
}

/// Documents that the EU AI Act asks of those who provide general-purpose models, field by field.
/// Which of them must be written, and by whom, is not judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EuAiAct {
    /// Technical documentation, Annex XI section 1.
    pub annex_xi: Vec<EuField>,
    /// The public summary of training content, Article 53(1)(d).
    pub public_summary: Vec<EuField>,
}

/// One field of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EuField {
    /// `1(d)`, `2.3` …
    pub number: String,
    /// What is asked, in a few words.
    pub title: String,
    /// How far the release answers it.
    pub presence: Presence,
    /// Indexes into [`Report::evidence`].
    pub evidence: Vec<u64>,
    /// Indexes into [`Report::disclosures`].
    pub disclosures: Vec<u64>,
    /// Where else it is answered: a file, a line of a summary.
    pub at: Vec<Place>,
}

/// Model Openness Framework.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mof {
    /// Of the framework.
    pub version: String,
    /// By bytes in the folder.
    pub confirmed: MofReading,
    /// Plus what it points to.
    pub potential: MofReading,
    /// As a MOF file in the release declares it.
    pub declared: Option<MofReading>,
}

/// One reading by the rules of the Model Openness Framework.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MofReading {
    /// `I`, `II`, `III`, or `None` for unclassified.
    pub class: Option<String>,
    /// Percent, by class.
    pub progress: BTreeMap<String, f64>,
    /// Required and not there.
    pub missing: Vec<Component>,
    /// There under a license that is not open.
    pub invalid: Vec<Component>,
    /// There under no license.
    pub unlicensed: Vec<Component>,
}

/// Open Source AI Definition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Osaid {
    /// Of the definition.
    pub version: String,
    /// `fails` or `undecidable`; never more.
    pub verdict: String,
    /// Why.
    pub reasons: Vec<String>,
}

/// European Open Source AI Index.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OsaiIndex {
    /// `open`, `partial`, `closed` or `unknown`, by parameter.
    pub parameters: BTreeMap<String, String>,
    /// `None` while any is unknown.
    pub score: Option<f64>,
}

/// One of the five dimensions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dimension {
    /// How far it is disclosed.
    pub presence: Presence,
    /// Indexes into [`Report::evidence`].
    pub evidence: Vec<u64>,
    /// Indexes into [`Report::disclosures`].
    pub disclosures: Vec<u64>,
}

/// What was held against which record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verification {
    /// What is shown of every file: `none`, `recorded` (unchanged since it was recorded here) or
    /// `authentic` (what a signer or a list that the user trusts says it is).
    pub strength: String,
    /// How many files each of the three is shown of, the strongest first.
    pub shown: Vec<Shown>,
    /// By kind of record.
    pub kinds: Vec<VerificationKind>,
    /// By file.
    pub files: Vec<VerifiedFile>,
}

/// How many files something is shown of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// `authentic`, `recorded` or `none`.
    pub strength: String,
    /// That are here, and of which no more is shown.
    pub files: u64,
    /// Of those files.
    pub bytes: u64,
}

/// One kind of record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerificationKind {
    /// `signature`, `hub_record`, `checksum_list` …
    pub kind: String,
    /// `passed`, `failed`, `partial` or `unavailable`.
    pub result: String,
    /// Held against it.
    pub files: u64,
    /// Of those files.
    pub bytes: u64,
    /// Who signed, or why that is not known, in a clause.
    #[serde(default)]
    pub note: Option<String>,
}

/// One file held against one record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifiedFile {
    /// Relative to the root.
    pub path: String,
    /// `match`, `mismatch`, `missing`, `not_downloaded`, `unexpected`, `unverifiable`, `pointer`.
    pub status: String,
    /// Who recorded it: `hub_blob`, `checksum_list`, `signature` …
    pub by: Option<String>,
    /// Where the record stands, in words: `SHA256SUMS:3`.
    pub record: Option<String>,
    /// Of the digest.
    pub algorithm: Option<String>,
    /// As recorded.
    pub expected: Option<String>,
    /// As found.
    pub actual: Option<String>,
    /// What else is to be said, in a clause.
    pub why: Option<String>,
}

/// A file that was not opened in full.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Coverage {
    /// Relative to the root.
    pub path: String,
    /// `part` or `no`.
    pub opened: String,
    /// In a clause.
    pub why: String,
}

/// The user's own rules, held against the release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// The last part of its path.
    pub file: String,
    /// A date, since exceptions expire.
    pub evaluated_on: String,
    /// Each rule.
    pub rules: Vec<PolicyRule>,
}

/// One rule of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyRule {
    /// As the file names it.
    pub rule: String,
    /// `passed`, `failed` or `excepted`.
    pub result: String,
    /// Index into [`Report::findings`].
    pub finding: Option<u64>,
}

/// Something to act on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Kebab-case; never changes its meaning.
    pub id: String,
    /// What it is about.
    pub category: Category,
    /// How bad it is.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// The kind of thing, in a few words.
    pub title: String,
    /// This one, with its numbers.
    pub message: String,
    /// Where; `None` for the whole release.
    pub at: Option<Place>,
    /// What it can lead to.
    pub impact: String,
    /// What to do.
    pub hint: String,
    /// Where to read on.
    pub references: Vec<String>,
}
