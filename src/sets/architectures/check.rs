//! Holds a config against the tensors, name by name and shape by shape.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
};

use super::{
    Architecture, Dimensions, Meanings,
    expression::Lack,
    keys::NESTS,
    lines::{self, Expected, Refusal},
    named,
};
use crate::{
    facts::{Config, Facts},
    layers::{Pattern, collapse},
    sets::{
        WeightSet, config_in,
        logical::{Logical, logical},
    },
};

/// What came of holding the config against the tensors.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ConfigCheck {
    /// Every tensor that the config implies is there in its shape, and no other.
    Agrees,
    /// Some are not, or others are.
    Disagrees(Difference),
    /// Nothing is known of what this config implies, and why, in a clause.
    NoRule(String),
    /// There is no config to hold against.
    #[default]
    NoConfig,
}

/// How tensors differ from what a config implies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// The path of the config, or of the file whose header is one.
    pub config: String,
    /// The model type whose rule it is.
    pub model_type: String,
    /// Implied and not there.
    pub missing: Vec<Pattern>,
    /// There and not implied.
    pub unexpected: Vec<Pattern>,
    /// There in another shape.
    pub misshapen: Vec<Misshapen>,
}

/// Tensors of another shape than implied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misshapen {
    /// Their names.
    pub names: Pattern,
    /// As implied.
    pub expected: Vec<u64>,
    /// As stored.
    pub found: Vec<u64>,
}

impl ConfigCheck {
    /// As reports spell it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::Disagrees(_) => "disagrees",
            Self::NoRule(_) => "no_rule",
            Self::NoConfig => "no_config",
        }
    }
}

/// Which rule holds for a set, and with which numbers.
pub(crate) struct Governing<'f> {
    pub path: &'f str,
    pub model_type: String,
    pub row: &'static Architecture,
    pub dimensions: Dimensions<'f>,
    pub class: Option<&'f str>,
    /// Whether the config is of several parts and the rule of one of them.
    pub in_part: bool,
}

/// The config that speaks of a set, and the rule for it; else why there is none.
pub(crate) fn governing<'f>(
    facts: &'f Facts,
    set: &WeightSet,
) -> Result<Governing<'f>, ConfigCheck> {
    if let Some(found) = header(facts, set) {
        return found;
    }
    let original =
        set.files.iter().any(|file| facts.artifacts[*file].name().starts_with("consolidated"));
    let params = config_in(facts, &set.folder, "params.json");
    if let Some((artifact, config)) = params.filter(|_| original) {
        let rows = set.files.iter().filter_map(|file| facts.weight_file(*file)).find_map(|file| {
            let of = file.tensors.iter().find(|it| it.name == "tok_embeddings.weight")?;
            of.shape.first().copied()
        });
        let row = named("params.json").ok_or(ConfigCheck::NoConfig)?;
        return Ok(Governing {
            path: &artifact.path,
            model_type: "params.json".to_owned(),
            row,
            dimensions: Dimensions::of_params(config, rows),
            class: None,
            in_part: false,
        });
    }
    // The copies in `onnx/` and the like have the root's config.
    let found = config_in(facts, &set.folder, "config.json");
    let (artifact, config) = found.ok_or(ConfigCheck::NoConfig)?;
    of_config(&artifact.path, config)
}

fn of_config<'f>(path: &'f str, config: &'f Config) -> Result<Governing<'f>, ConfigCheck> {
    let class =
        config.at("architectures").and_then(|node| node.texts().next()).map(|(_, text)| text);
    let Some(model_type) = config.text("model_type") else {
        return Err(ConfigCheck::NoRule("the config names no model type".to_owned()));
    };
    if let Some(row) = named(model_type) {
        return Ok(Governing {
            path,
            model_type: model_type.to_owned(),
            row,
            dimensions: Dimensions::of_config(config, ""),
            class,
            in_part: false,
        });
    }
    let nested = NESTS.iter().find_map(|nest| {
        let inner = config.text(&format!("{nest}.model_type"))?;
        Some((*nest, inner, named(inner)?))
    });
    let (nest, inner, row) = nested
        .ok_or_else(|| ConfigCheck::NoRule(format!("no rule for model type {model_type}")))?;
    Ok(Governing {
        path,
        model_type: inner.to_owned(),
        row,
        dimensions: Dimensions::of_config(config, nest),
        class: None,
        in_part: true,
    })
}

/// A GGUF file's header is its config.
fn header<'f>(facts: &'f Facts, set: &WeightSet) -> Option<Result<Governing<'f>, ConfigCheck>> {
    let mut files = set.files.iter().filter_map(|file| Some((*file, facts.weight_file(*file)?)));
    let (at, file) = files.find(|(_, file)| file.metadata.contains_key("general.architecture"))?;
    let architecture = file.metadata.get("general.architecture")?;
    let model_type = format!("gguf:{architecture}");
    let no_rule =
        || ConfigCheck::NoRule(format!("no rule for the GGUF architecture {architecture}"));
    Some(named(&model_type).ok_or_else(no_rule).map(|row| Governing {
        path: &facts.artifacts[at].path,
        model_type,
        row,
        dimensions: Dimensions::of_header(&file.metadata, architecture),
        class: None,
        in_part: false,
    }))
}

/// Holds the config of a set against its tensors.
pub fn check(facts: &Facts, set: &WeightSet) -> ConfigCheck {
    let governing = match governing(facts, set) {
        Ok(governing) => governing,
        Err(other) => return other,
    };
    // What is not written in torch's terms has other names and shapes.
    let graph = ["safetensors", "torch", "pickle", "gguf"];
    if !graph.iter().any(|word| set.format.to_ascii_lowercase().contains(word)) {
        return ConfigCheck::NoRule(format!("no rule for names as {} has them", set.format));
    }
    if set.files.iter().all(|file| facts.artifacts[*file].folder() != set.folder) {
        return ConfigCheck::NoRule("the weights are of several components".to_owned());
    }
    if set.sliced {
        return ConfigCheck::NoRule("each file holds a slice of the matrices".to_owned());
    }
    let Governing { row, class, .. } = governing;
    let head = class.and_then(|class| lines::head_of(row, class));
    let scope = Meanings { row, keys: &governing.dimensions };
    let difference = Difference {
        config: governing.path.to_owned(),
        model_type: governing.model_type.clone(),
        ..Difference::default()
    };
    // A config may imply any number of tensors; a small multiple of those here is written out.
    let most = set.tensors.saturating_mul(4).saturating_add(lines::MOST);
    let expected = match lines::write_out(&lines::lines(row, head), &scope, most) {
        Ok(expected) => expected,
        Err(Refusal::Lack(Lack::Key(key))) => {
            return ConfigCheck::NoRule(format!("the config does not state {key}"));
        }
        Err(Refusal::Lack(Lack::Absurd)) => {
            return ConfigCheck::NoRule("the config's numbers do not fit together".to_owned());
        }
        Err(Refusal::TooMany(total)) => {
            let text = format!("{total} tensors, far more than are here");
            let missing = vec![Pattern { name: text, members: Vec::new() }];
            return ConfigCheck::Disagrees(Difference { missing, ..difference });
        }
    };
    let found = logical(facts, set);
    let difference = compare(&governing, &expected, &found, set, difference);
    let differs = !(difference.missing.is_empty() && difference.misshapen.is_empty());
    let unknown = class.filter(|_| head.is_none() && !lines::heads(row).is_empty());
    match unknown {
        _ if differs => ConfigCheck::Disagrees(difference),
        Some(class) if !class.ends_with("Model") => {
            ConfigCheck::NoRule(format!("no rule for the head of {class}; its base agrees"))
        }
        _ if governing.in_part => ConfigCheck::NoRule(format!(
            "the config is of several parts; the language model agrees with {}",
            governing.model_type
        )),
        _ if difference.unexpected.is_empty() => ConfigCheck::Agrees,
        _ => ConfigCheck::Disagrees(difference),
    }
}

/// Logical parameters that the config beside a set implies; `None` where there is no rule.
pub fn implied_parameters(facts: &Facts, set: &WeightSet) -> Option<u64> {
    let Governing { row, dimensions, class, .. } = governing(facts, set).ok()?;
    dimensions.expected_parameters(row, class)
}

fn compare(
    governing: &Governing,
    expected: &[Expected],
    found: &[Logical],
    set: &WeightSet,
    difference: Difference,
) -> Difference {
    let by_name: HashMap<&str, usize> =
        found.iter().enumerate().map(|(i, tensor)| (tensor.name.as_ref(), i)).collect();
    let spelling = spelling(governing.row, expected, &by_name);
    let mut used = vec![false; found.len()];
    let (mut missing, mut misshapen) = (Vec::new(), Vec::new());
    for tensor in expected {
        let name = spelling.of(&tensor.name);
        match by_name.get(name.as_ref()) {
            Some(at) => {
                used[*at] = true;
                if !found[*at].fits(&tensor.shape) {
                    misshapen.push((name, tensor.shape.as_slice(), found[*at].shown_shape()));
                }
            }
            None if tensor.optional => {}
            None => missing.push(name),
        }
    }
    let extra = |name: &str| {
        let mut modules = set.extras.iter().map(|extra| extra.module.as_str());
        modules.any(|it| name.strip_prefix(it).is_some_and(|rest| rest.starts_with('.')))
    };
    let mut unexpected =
        found.iter().zip(&used).filter(|(tensor, used)| !**used && !extra(&tensor.name));
    let unexpected: Vec<(&str, &[u64])> = unexpected
        .by_ref()
        .map(|(tensor, _)| (tensor.name.as_ref(), tensor.shown_shape()))
        .collect();
    Difference {
        missing: collapse(missing.iter().map(|name| (name.as_ref(), ()))),
        unexpected: collapse(unexpected.iter().copied()),
        misshapen: collapse(misshapen.iter().map(|(name, e, f)| (name.as_ref(), (*e, *f))))
            .into_iter()
            .map(|names| {
                let (_, expected, found) = &misshapen[names.members[0]];
                Misshapen {
                    expected: expected.to_vec(),
                    found: found.to_vec(),
                    names,
                }
            })
            .collect(),
        ..difference
    }
}

/// How a release spells what the table names: names of the base begin with `base` where the table
/// has `from`, all others with `other` before them.
struct Spelling {
    from: &'static str,
    base: String,
    other: String,
}

impl Spelling {
    fn of<'n>(&self, name: &'n str) -> Cow<'n, str> {
        if self.base == self.from && self.other.is_empty() {
            return Cow::Borrowed(name);
        }
        Cow::Owned(match name.strip_prefix(self.from) {
            Some(rest) if !self.from.is_empty() => format!("{}{rest}", self.base),
            _ => format!("{}{name}", self.other),
        })
    }
}

/// What wrappers put before names.
const WRAPPERS: &[&str] = &[
    "",
    "module.",
    "_orig_mod.",
    "model.",
    "language_model.",
    "base_model.model.",
    "transformer.",
];

/// Names that are looked up to find the spelling.
const SAMPLE: usize = 64;

/// The spelling under which the most expected names are there.
fn spelling(row: &Architecture, expected: &[Expected], found: &HashMap<&str, usize>) -> Spelling {
    let from = row.base();
    let mut spellings = Vec::new();
    for wrapper in WRAPPERS {
        let other = (*wrapper).to_owned();
        spellings.push(Spelling {
            from,
            base: format!("{wrapper}{from}"),
            other: other.clone(),
        });
        spellings.push(Spelling { from, base: other.clone(), other });
    }
    for inner in [
        "model.language_model.",
        "language_model.model.",
        "model.text_model.",
    ] {
        spellings.push(Spelling {
            from,
            base: inner.to_owned(),
            other: String::new(),
        });
    }
    let step = (expected.len() / SAMPLE).max(1);
    let hits = |spelling: &Spelling| {
        let names = expected.iter().filter(|it| !it.optional).step_by(step);
        names.filter(|it| found.contains_key(spelling.of(&it.name).as_ref())).count()
    };
    let mut best: BTreeMap<usize, Spelling> = BTreeMap::new();
    for spelling in spellings {
        best.entry(hits(&spelling)).or_insert(spelling);
    }
    let (_, best) = best.pop_last().unwrap_or((
        0,
        Spelling {
            from,
            base: from.to_owned(),
            other: String::new(),
        },
    ));
    best
}
