//! What pairs and tensors must have in common for a runtime to work with them.

use super::{Info, pairs::Pairs};
use crate::{facts::What, read::gathering::Gathering};

/// The arrays beside the tokens: one entry for each, of this type.
const BESIDE: &[(&str, &str)] = &[
    ("tokenizer.ggml.scores", "f32"),
    ("tokenizer.ggml.token_type", "i32"),
];

/// Holds the vocabulary's arrays and ids against each other.
pub(super) fn tokenizer(pairs: &Pairs, gathering: &mut Gathering) {
    let mut odd = |saying| gathering.odd(What::HeaderInvalid, gathering.at(), saying);
    let Some((kind, tokens)) = pairs.list("tokenizer.ggml.tokens") else {
        return;
    };
    if kind != "string" {
        odd(format!("tokenizer.ggml.tokens is of {kind}, not of string"));
    }
    for (key, wanted) in BESIDE {
        if let Some((kind, count)) = pairs.list(key)
            && (kind != *wanted || count != tokens)
        {
            odd(format!("{key} is {count} of {kind}, {tokens} of {wanted} are needed"));
        }
    }
    for key in pairs.scalars.keys().filter(|key| is_id(key)) {
        if let Some(id) = pairs.number(key)
            && !(0..i128::from(tokens)).contains(&id)
            && id != i128::from(u32::MAX)
            && id != -1
        {
            odd(format!("{key} is {id}, there are {tokens} tokens"));
        }
    }
    let misspelled = |token: &&u64| pairs.bytes.spelled.binary_search(token).is_err();
    let wrong = pairs.bytes.typed.iter().filter(misspelled).count();
    // the runtime reads two hex digits from them
    if wrong > 0 && pairs.string("tokenizer.ggml.model") == Some("llama") {
        odd(format!("{wrong} tokens are typed as bytes and not spelled `<0xNN>`"));
    }
}

fn is_id(key: &str) -> bool {
    key.starts_with("tokenizer.ggml.") && key.ends_with("_token_id")
}

/// Holds the architecture's numbers against the tensors.
pub(super) fn architecture(pairs: &Pairs, infos: &[Info], gathering: &mut Gathering) {
    let mut odd = |what, saying| gathering.odd(what, gathering.at(), saying);
    let Some(architecture) = pairs.string("general.architecture") else {
        return odd(What::HeaderUnusual, "general.architecture is not told".to_owned());
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if architecture.is_empty() || !architecture.bytes().all(plain) {
        odd(What::HeaderUnusual, format!("general.architecture is {architecture:?}"));
    }
    for key in ["attention.head_count", "embedding_length"] {
        let key = format!("{architecture}.{key}");
        if pairs.number(&key) == Some(0) && infos.iter().any(|info| info.name.contains(".attn_")) {
            odd(What::HeaderInvalid, format!("{key} is 0"));
        }
    }
    let split = pairs.number("split.count").is_some_and(|count| count > 1);
    let blocks = infos.iter().filter_map(|info| {
        let number = info.name.strip_prefix("blk.")?.split('.').next()?;
        number.parse::<i128>().ok()
    });
    let key = format!("{architecture}.block_count");
    if let (Some(told), Some(last), false) = (pairs.number(&key), blocks.max(), split)
        && told != last + 1
    {
        odd(What::HeaderUnusual, format!("{key} is {told}, the last tensor's block is {last}"));
    }
    let key = format!("{architecture}.embedding_length");
    let embedding = infos.iter().find(|info| info.name == "token_embd.weight");
    if let (Some(told), Some(info)) = (pairs.number(&key), embedding)
        && info.shape.last().is_some_and(|width| i128::from(*width) != told)
    {
        let saying = format!("{key} is {told}, token_embd.weight is {:?}", info.shape);
        odd(What::HeaderUnusual, saying);
    }
}
