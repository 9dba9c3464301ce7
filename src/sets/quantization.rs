//! What the configurations say of quantization: the method, bits and group sizes that shapes alone
//! do not always tell.

use std::collections::BTreeMap;

use super::{WeightSet, config_in};
use crate::facts::{Facts, Node};

/// A quantization, as files declare it or as tensors show it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quantization {
    /// `gptq`, `awq`, `bitsandbytes`, `fp8`, `mxfp4`, `mlx`, `Q4_K_M` …
    pub method: String,
    /// Bits a weight, scales apart; `None` where it is not said or varies.
    pub bits: Option<u64>,
}

/// What a declaration says, for those who unpack.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Hints {
    /// The method, in lower case.
    pub method: Option<String>,
    bits: Option<u64>,
    group_size: Option<u64>,
    /// Modules that differ: name to bits and group size.
    modules: BTreeMap<String, (Option<u64>, Option<u64>)>,
}

/// Files that declare a quantization, beside the weights.
const FILES: &[&str] = &[
    "config.json",
    "quantize_config.json",
    "quant_config.json",
    "quantization_config.json",
    "hf_quant_config.json",
];

/// Keys below which a declaration stands; `""` is the whole file, for those that hold nothing else.
const KEYS: &[&str] = &[
    "quantization_config",
    "text_config.quantization_config",
    "quantization",
    "compression_config",
];

impl Hints {
    /// What the files of a folder, or of the root, declare.
    pub(super) fn of(facts: &Facts, folder: &str) -> Self {
        let mut found = Self::default();
        for folder in [folder, ""] {
            for file in FILES {
                let Some((_, config)) = config_in(facts, folder, file) else {
                    continue;
                };
                for key in KEYS {
                    if let Some(node) = config.at(key) {
                        found.learn(node);
                    }
                }
                if *file != "config.json" {
                    found.learn(&config.root);
                }
            }
        }
        found
    }

    /// Takes what is not known yet.
    fn learn(&mut self, node: &Node) {
        let method =
            ["quant_method", "quant_algo", "quant_type"].iter().find_map(|key| node.at(key));
        let method = method.and_then(Node::text).map(str::to_ascii_lowercase);
        self.method = self.method.take().or(method);
        let of_groups = group_weights(node);
        let (bits, group) = numbers(node);
        let (more_bits, more_group) = of_groups.map_or((None, None), numbers);
        self.bits = self.bits.or(bits).or(more_bits);
        self.group_size = self.group_size.or(group).or(more_group);
        for (name, module) in node.entries() {
            let (bits, group) = numbers(module);
            if bits.is_some() || group.is_some() {
                self.modules.entry(name.clone()).or_insert((bits, group));
            }
        }
    }

    /// Bits of the elements of a module.
    pub(super) fn bits(&self, module: &str) -> Option<u64> {
        let own = self.modules.get(module).and_then(|(bits, _)| *bits);
        own.or(self.bits).filter(|bits| (1..=8).contains(bits))
    }

    /// Elements that share a scale in a module.
    pub(super) fn group_size(&self, module: &str) -> Option<u64> {
        let own = self.modules.get(module).and_then(|(_, group)| *group);
        own.or(self.group_size).filter(|size| *size > 0)
    }

    /// What is declared as a whole, where anything is.
    fn declared(&self) -> Option<Quantization> {
        let method = self.method.clone()?;
        Some(Quantization { method, bits: self.bits })
    }
}

/// The quantization that the files beside a set declare.
pub fn declared(facts: &Facts, set: &WeightSet) -> Option<Quantization> {
    Hints::of(facts, &set.folder).declared()
}

/// The weights of the first group of a compressed-tensors declaration.
fn group_weights(node: &Node) -> Option<&Node> {
    node.get("config_groups")?.entries().iter().find_map(|(_, group)| group.get("weights"))
}

fn numbers(node: &Node) -> (Option<u64>, Option<u64>) {
    let number = |keys: &[&str]| keys.iter().find_map(|key| node.get(key)?.number());
    (number(&["bits", "num_bits", "w_bit", "wbits"]), number(&["group_size", "q_group_size"]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::build::Build;

    #[test]
    fn declarations_are_found_where_they_stand() {
        check(
            "config.json",
            r#"{"quantization_config":{"quant_method":"GPTQ","bits":4,"group_size":128}}"#,
            Some(4),
            Some(128),
        );
        check(
            "config.json",
            r#"{"text_config":{"quantization_config":{"bits":8}}}"#,
            Some(8),
            None,
        );
        check(
            "config.json",
            r#"{"quantization":{"group_size":64,"bits":4,"head":{"bits":6}}}"#,
            Some(4),
            Some(64),
        );
        check("quantize_config.json", r#"{"bits":3,"group_size":-1}"#, Some(3), None);
        check(
            "config.json",
            r#"{"quantization_config":{"config_groups":{"group_0":{"weights":{"num_bits":4,"group_size":128}}}}}"#,
            Some(4),
            Some(128),
        );
        check("config.json", r#"{"bits":4,"quantization_config":{"bits":400}}"#, None, None);
    }

    #[test]
    fn a_module_may_differ() {
        let json =
            r#"{"quantization":{"group_size":64,"bits":4,"head":{"bits":6,"group_size":32}}}"#;
        let hints = Hints::of(&Build::release("x").config("config.json", json).facts(), "");
        assert_eq!((hints.bits("head"), hints.group_size("head")), (Some(6), Some(32)));
    }

    #[track_caller]
    fn check(path: &str, json: &str, bits: Option<u64>, group: Option<u64>) {
        let hints = Hints::of(&Build::release("x").config(path, json).facts(), "");
        assert_eq!((hints.bits("h.0"), hints.group_size("h.0")), (bits, group));
    }
}
