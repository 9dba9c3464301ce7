//! Memory that a model takes: its weights, and what a context adds.

use super::{
    WeightSet,
    architectures::{Dimensions, Governing, governing, named},
    config_in,
};
use crate::facts::{Config, Facts};

/// What a model takes, in bytes, with what was assumed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// The weights as they are stored.
    pub stored: u64,
    /// The weights at two bytes a logical parameter; `None` where those were not counted.
    pub at_two_bytes: Option<u64>,
    /// What attention keeps of a context; `None` where the config does not tell.
    pub cache: Option<Cache>,
    /// What was assumed, each a clause.
    pub assumptions: Vec<String>,
}

/// Keys and values of a context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cache {
    /// In tokens.
    pub context: u64,
    /// In bytes, of one sequence.
    pub bytes: u64,
}

/// Bytes of a cached element.
const WIDTH: u64 = 2;

/// Model types that keep no keys and values.
const WITHOUT_CACHE: &[&str] = &[
    "bert",
    "roberta",
    "xlm-roberta",
    "camembert",
    "distilbert",
    "vit",
    "clip",
    "gguf:bert",
];

/// Model types whose state does not grow with the context.
const CONSTANT: &[&str] = &["mamba", "rwkv"];

/// What a set takes at a context, in tokens; where none is given, at the longest that the config
/// states.
pub fn memory(facts: &Facts, set: &WeightSet, context: Option<u64>) -> Memory {
    let mut memory = Memory {
        stored: set.bytes,
        at_two_bytes: set.parameters.and_then(|n| n.checked_mul(2)),
        ..Memory::default()
    };
    let config = config_in(facts, &set.folder, "config.json").map(|(_, config)| config);
    let Ok(Governing { model_type, row, dimensions, .. }) = governing(facts, set) else {
        let Some((config, row)) = config.zip(named("llama")) else {
            return memory;
        };
        memory
            .assumptions
            .push("attention is of the usual kind, the model type having no rule".to_owned());
        let dimensions = Dimensions::of_config(config, "");
        memory.cache(row, &dimensions, Some(config), context);
        return memory;
    };
    if WITHOUT_CACHE.contains(&model_type.as_str()) {
        return memory;
    }
    if CONSTANT.contains(&model_type.as_str()) {
        memory.assumptions.push("the state does not grow with the context".to_owned());
        return memory;
    }
    memory.cache(row, &dimensions, config, context);
    memory
}

impl Memory {
    fn cache(
        &mut self,
        row: &super::architectures::Architecture,
        dimensions: &Dimensions,
        config: Option<&Config>,
        context: Option<u64>,
    ) {
        let longest = [
            "context_length",
            "max_position_embeddings",
            "n_positions",
            "max_seq_len",
            "max_target_positions",
        ];
        let longest = || longest.iter().find_map(|key| dimensions.stated(key));
        let Some(context) = context.or_else(longest) else {
            return;
        };
        let Some(layers) =
            dimensions.value(row, "L").or_else(|| dimensions.stated("decoder_layers"))
        else {
            return;
        };
        // Latent attention keeps one compressed vector a token.
        let latent = dimensions.stated("kv_lora_rank").zip(dimensions.stated("qk_rope_head_dim"));
        let each = match latent {
            Some((rank, rope)) => rank.checked_add(rope),
            None => dimensions
                .value(row, "k")
                .zip(dimensions.value(row, "d"))
                .and_then(|(heads, width)| heads.checked_mul(width)?.checked_mul(2)),
        };
        let (sliding, window) = sliding(dimensions, config, layers);
        let whole = layers.saturating_sub(sliding).checked_mul(context);
        let tokens =
            whole.zip(sliding.checked_mul(context.min(window))).and_then(|(a, b)| a.checked_add(b));
        let bytes = each
            .zip(tokens)
            .and_then(|(each, tokens)| each.checked_mul(tokens)?.checked_mul(WIDTH));
        let Some(bytes) = bytes else {
            return;
        };
        self.cache = Some(Cache { context, bytes });
        self.assumptions.push(format!("one sequence, {WIDTH} bytes a cached element"));
        if latent.is_some() {
            self.assumptions.push("the cache holds latent vectors".to_owned());
        }
        if sliding > 0 {
            self.assumptions
                .push(format!("{sliding} of {layers} layers look back {window} tokens"));
        }
    }
}

/// How many layers look back no further than a window, and its length.
fn sliding(dimensions: &Dimensions, config: Option<&Config>, layers: u64) -> (u64, u64) {
    let Some(window) = dimensions.stated("sliding_window").filter(|window| *window > 0) else {
        return (0, 0);
    };
    if dimensions.stated("use_sliding_window") == Some(0) {
        return (0, 0);
    }
    let types =
        config.and_then(|it| it.at("layer_types").or_else(|| it.at("text_config.layer_types")));
    if let Some(types) = types {
        let sliding = types.texts().filter(|(_, kind)| kind.contains("sliding")).count();
        return (u64::try_from(sliding).unwrap_or(layers).min(layers), window);
    }
    let pattern = dimensions
        .stated("sliding_window_pattern")
        .or_else(|| dimensions.stated("_sliding_window_pattern"));
    let whole = pattern.filter(|every| *every > 0).map(|every| layers / every);
    match (whole, config.and_then(|it| it.text("model_type"))) {
        (Some(whole), _) => (layers - whole, window),
        (None, Some("gemma2")) => (layers - layers / 2, window),
        (None, _) => (layers, window),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::build::Build;

    #[test]
    fn caches_are_as_long_as_layers_look_back() {
        let llama = r#""num_hidden_layers":32,"num_attention_heads":32,"hidden_size":4096"#;
        check(
            &format!(r#"{{"model_type":"llama",{llama},"num_key_value_heads":8}}"#),
            8192,
            1 << 30,
        );
        check(&format!(r#"{{"model_type":"llama",{llama}}}"#), 4096, 2 << 30);
        check(&format!(r#"{{"model_type":"unheard-of",{llama}}}"#), 4096, 2 << 30);
        check(
            &format!(r#"{{"model_type":"mistral",{llama},"sliding_window":1024}}"#),
            4096,
            1 << 29,
        );
        let latent = r#"{"model_type":"deepseek_v3","num_hidden_layers":61,"kv_lora_rank":512,"qk_rope_head_dim":64}"#;
        check(latent, 4096, 287_834_112);
        let mixed = format!(
            r#"{{"model_type":"gpt_oss",{llama},"sliding_window":2048,"layer_types":["sliding_attention","full_attention"]}}"#
        );
        check(&mixed, 4096, (2 << 30) - (32 << 20));
    }

    #[test]
    fn nothing_is_said_of_what_is_not_stated() {
        let facts = Build::release("x").config("config.json", r#"{"model_type":"llama"}"#).facts();
        assert_eq!(memory(&facts, &WeightSet::default(), Some(10)).cache, None);
        let huge = r#"{"model_type":"llama","num_hidden_layers":18446744073709551615,"num_attention_heads":9,"head_dim":9}"#;
        let facts = Build::release("x").config("config.json", huge).facts();
        assert_eq!(memory(&facts, &WeightSet::default(), Some(10)).cache, None);
    }

    #[track_caller]
    fn check(config: &str, context: u64, bytes: u64) {
        let facts = Build::release("x").config("config.json", config).facts();
        let cache = memory(&facts, &WeightSet::default(), Some(context)).cache;
        assert_eq!(cache, Some(Cache { context, bytes }));
    }
}
