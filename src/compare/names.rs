//! Names that are the same but for a prefix, or for the house that wrote them.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashSet},
};

use crate::layers;

/// Prefixes that are tried against each other on each side.
const PREFIXES: usize = 5;
/// Parts of a name that can be a prefix.
const DEPTH: usize = 3;

/// The prefix that names of the first lose and the one that names of the second lose, so that most
/// of them are the same; `None` where no pair gains anything.
pub(super) fn prefixes<'n>(a: &[&'n str], b: &[&'n str]) -> Option<(&'n str, &'n str)> {
    let (of_a, of_b) = (common(a), common(b));
    let mut best: Option<(usize, &str, &str)> = None;
    for lost_a in &of_a {
        let rest: HashSet<&str> = a.iter().filter_map(|it| it.strip_prefix(lost_a)).collect();
        for lost_b in &of_b {
            let same = |it: &&&str| it.strip_prefix(lost_b).is_some_and(|it| rest.contains(it));
            let gain = b.iter().filter(same).count();
            // Of equals the shorter prefixes, which are tried first.
            if gain > best.map_or(0, |best| best.0) {
                best = Some((gain, lost_a, lost_b));
            }
        }
    }
    // Fewer than half would be chance.
    let least = a.len().min(b.len());
    best.filter(|(gain, ..)| gain * 2 >= least).map(|(_, a, b)| (a, b))
}

/// The prefixes that most names begin with, none at all first.
fn common<'n>(names: &[&'n str]) -> Vec<&'n str> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for name in names {
        for (at, _) in name.match_indices('.').take(DEPTH) {
            *counts.entry(&name[..=at]).or_default() += 1;
        }
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(prefix, count)| (std::cmp::Reverse(*count), prefix.len()));
    let most = counts.into_iter().take(PREFIXES).map(|(prefix, _)| prefix);
    std::iter::once("").chain(most).collect()
}

/// How other houses name the parts of a decoder, and what `transformers` calls them. `#` stands for
/// the number of a layer.
#[rustfmt::skip]
const ALIASES: &[(&str, &str)] = &[
    // GGUF
    ("token_embd.weight", "model.embed_tokens.weight"),
    ("output_norm.weight", "model.norm.weight"),
    ("output.weight", "lm_head.weight"),
    ("blk.#.attn_q.weight", "model.layers.#.self_attn.q_proj.weight"),
    ("blk.#.attn_k.weight", "model.layers.#.self_attn.k_proj.weight"),
    ("blk.#.attn_v.weight", "model.layers.#.self_attn.v_proj.weight"),
    ("blk.#.attn_q.bias", "model.layers.#.self_attn.q_proj.bias"),
    ("blk.#.attn_k.bias", "model.layers.#.self_attn.k_proj.bias"),
    ("blk.#.attn_v.bias", "model.layers.#.self_attn.v_proj.bias"),
    ("blk.#.attn_output.weight", "model.layers.#.self_attn.o_proj.weight"),
    ("blk.#.attn_q_norm.weight", "model.layers.#.self_attn.q_norm.weight"),
    ("blk.#.attn_k_norm.weight", "model.layers.#.self_attn.k_norm.weight"),
    ("blk.#.attn_norm.weight", "model.layers.#.input_layernorm.weight"),
    ("blk.#.ffn_norm.weight", "model.layers.#.post_attention_layernorm.weight"),
    ("blk.#.ffn_gate.weight", "model.layers.#.mlp.gate_proj.weight"),
    ("blk.#.ffn_up.weight", "model.layers.#.mlp.up_proj.weight"),
    ("blk.#.ffn_down.weight", "model.layers.#.mlp.down_proj.weight"),
    // The original layout of Llama and Mistral
    ("tok_embeddings.weight", "model.embed_tokens.weight"),
    ("norm.weight", "model.norm.weight"),
    ("layers.#.attention.wq.weight", "model.layers.#.self_attn.q_proj.weight"),
    ("layers.#.attention.wk.weight", "model.layers.#.self_attn.k_proj.weight"),
    ("layers.#.attention.wv.weight", "model.layers.#.self_attn.v_proj.weight"),
    ("layers.#.attention.wo.weight", "model.layers.#.self_attn.o_proj.weight"),
    ("layers.#.attention_norm.weight", "model.layers.#.input_layernorm.weight"),
    ("layers.#.ffn_norm.weight", "model.layers.#.post_attention_layernorm.weight"),
    ("layers.#.feed_forward.w1.weight", "model.layers.#.mlp.gate_proj.weight"),
    ("layers.#.feed_forward.w2.weight", "model.layers.#.mlp.down_proj.weight"),
    ("layers.#.feed_forward.w3.weight", "model.layers.#.mlp.up_proj.weight"),
];

/// The name as `transformers` spells it, where another house's spelling is known.
pub(super) fn canonical(name: &str) -> Cow<'_, str> {
    let parts = layers::parts(name);
    let pattern = parts.texts.join("#");
    match ALIASES.iter().find(|(alias, _)| *alias == pattern) {
        None => Cow::Borrowed(name),
        Some((_, spelled)) => match parts.numbers.first() {
            Some(number) => Cow::Owned(spelled.replace('#', &number.to_string())),
            None => Cow::Borrowed(spelled),
        },
    }
}

/// What part of a network a tensor's name puts it in, as far as the verdict on a change goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// Token embeddings, or the head that shares their rows.
    Vocabulary,
    /// Queries, keys, values, and what comes out.
    Attention,
    /// All else.
    Other,
}

/// The part that a name tells.
pub(super) fn part(name: &str) -> Part {
    const VOCABULARY: &[&str] = &[
        "embed_tokens",
        "word_embeddings",
        "wte",
        "lm_head",
        "token_embd",
        "tok_embeddings",
        "embed_in",
        "embed_out",
        "shared",
        "output_projection",
    ];
    const ATTENTION: &[&str] = &[
        "self_attn",
        "attn",
        "attention",
        "self_attention",
        "SelfAttention",
        "q_proj",
        "k_proj",
        "v_proj",
        "o_proj",
        "qkv_proj",
        "query_key_value",
        "crossattention",
        "encoder_attn",
    ];
    let words: Vec<&str> = name.split('.').collect();
    let any = |known: &[&str]| words.iter().any(|word| known.contains(word));
    if any(VOCABULARY) || name == "output.weight" {
        Part::Vocabulary
    } else if any(ATTENTION) || words.iter().any(|word| word.starts_with("attn_")) {
        // Norms stand beside attention and are no part of it.
        let is_norm = words.iter().any(|word| word.to_ascii_lowercase().contains("norm"));
        if is_norm {
            Part::Other
        } else {
            Part::Attention
        }
    } else {
        Part::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_that_differ_are_found() {
        let (a, b) = (["bert.a.w", "bert.b.w", "cls.x"], ["a.w", "b.w", "y"]);
        assert_eq!(prefixes(&a, &b), Some(("bert.", "")));
        let b = ["base.model.a.w", "base.model.b.w"];
        assert_eq!(prefixes(&a, &b), Some(("bert.", "base.model.")));
        assert_eq!(prefixes(&["a.b"], &["c.d"]), None);
        assert_eq!(prefixes(&[], &[]), None);
    }

    #[test]
    fn houses_are_told_apart() {
        assert_eq!(canonical("blk.12.ffn_up.weight"), "model.layers.12.mlp.up_proj.weight");
        assert_eq!(canonical("tok_embeddings.weight"), "model.embed_tokens.weight");
        assert_eq!(canonical("h.3.attn.weight"), "h.3.attn.weight");
        assert_eq!(part("model.layers.0.self_attn.q_proj.weight"), Part::Attention);
        assert_eq!(part("blk.0.attn_q.weight"), Part::Attention);
        assert_eq!(part("blk.0.attn_norm.weight"), Part::Other);
        assert_eq!(part("model.embed_tokens.weight"), Part::Vocabulary);
        assert_eq!(part("model.layers.0.mlp.up_proj.weight"), Part::Other);
    }
}
