//! The ends of a model, by their names: the embedding it begins with, the head it ends with, and
//! the stacks of layers between.

use std::collections::BTreeMap;

use super::{WeightSet, logical::Logical};

/// Last parts of the names of token embeddings.
const EMBEDDINGS: &[&str] = &[
    "embed_tokens.weight",
    "wte.weight",
    "word_embeddings.weight",
    "tok_embeddings.weight",
    "token_embd.weight",
    "embed_in.weight",
    "shared.weight",
    "token_embedding.weight",
    "emb.weight",
    "backbone.embeddings.weight",
    "backbone.embedding.weight",
    "rwkv.embeddings.weight",
];

/// Last parts of the names of output heads.
const HEADS: &[&str] = &[
    "lm_head.weight",
    "embed_out.weight",
    "output.weight",
    "head.weight",
    "proj_out.weight",
    "cls.predictions.decoder.weight",
];

/// Parts of names of towers that are not the language model.
const TOWERS: &[&str] = &[
    "vision",
    "visual",
    "audio",
    "image",
    "talker",
    "code_predictor",
];

/// Names of the parts before a layer's number.
const STACKS: &[&str] = &["layers", "layer", "h", "block", "blocks", "blk"];

/// A model's embedding, head and stacks.
#[derive(Debug, Default)]
pub(crate) struct Ends<'l, 'f> {
    /// `[vocabulary, width]`.
    pub embedding: Option<&'l Logical<'f>>,
    /// `[vocabulary, width]`; none where it is the embedding itself.
    pub head: Option<&'l Logical<'f>>,
    /// What is before a layer's number (`model.layers.`), and the highest number plus 1; the
    /// stacks of extra modules left out.
    pub stacks: BTreeMap<&'l str, u64>,
}

/// Finds them among the parameters of a set.
pub(crate) fn ends<'l, 'f>(set: &WeightSet, parameters: &'l [Logical<'f>]) -> Ends<'l, 'f> {
    let extras: Vec<String> = set.extras.iter().map(|extra| format!("{}.", extra.module)).collect();
    let mut found = Ends::default();
    for tensor in parameters {
        let name = tensor.name.as_ref();
        if extras.iter().any(|module| name.starts_with(module.as_str())) {
            continue;
        }
        if is_one(name, EMBEDDINGS) {
            shorter(&mut found.embedding, tensor);
        }
        // `attention.output.weight` is no head: heads stand at the top.
        if is_one(name, HEADS) && layer(name).is_none() {
            shorter(&mut found.head, tensor);
        }
        if let Some((stack, number)) = layer(name) {
            let layers = found.stacks.entry(stack).or_default();
            *layers = (*layers).max(number.saturating_add(1));
        }
    }
    found
}

fn shorter<'l, 'f>(kept: &mut Option<&'l Logical<'f>>, new: &'l Logical<'f>) {
    if kept.is_none_or(|kept| new.name.len() < kept.name.len()) {
        *kept = Some(new);
    }
}

/// Whether a name ends with a row of the table, at a boundary, outside other towers.
fn is_one(name: &str, table: &[&str]) -> bool {
    let at_boundary = |row: &&&str| {
        name.strip_suffix(**row).is_some_and(|before| before.is_empty() || before.ends_with('.'))
    };
    table.iter().find(at_boundary).is_some() && !TOWERS.iter().any(|tower| name.contains(tower))
}

/// Whether a name is that of an embedding or a head, which a tied model may store under several
/// names or leave out.
pub(crate) fn is_end(name: &str) -> bool {
    is_one(name, EMBEDDINGS) || is_one(name, HEADS)
}

/// What is before a layer's number, and the number: of the first stack in the name.
fn layer(name: &str) -> Option<(&str, u64)> {
    let mut from = 0;
    let mut before = "";
    for part in name.split('.') {
        if STACKS.contains(&before)
            && let Ok(number) = part.parse()
        {
            return Some((&name[..from], number));
        }
        from += part.len() + 1;
        before = part;
    }
    None
}

impl Ends<'_, '_> {
    /// Rows of the embedding.
    pub(crate) fn vocabulary(&self) -> Option<u64> {
        self.extent(0)
    }

    /// Columns of the embedding.
    pub(crate) fn width(&self) -> Option<u64> {
        self.extent(1)
    }

    fn extent(&self, at: usize) -> Option<u64> {
        let shape = self.embedding?.shape.as_ref()?;
        (shape.len() == 2).then(|| shape[at])
    }

    /// The only stack outside other towers, where there is one alone.
    pub(crate) fn only_stack(&self) -> Option<(&str, u64)> {
        let mut stacks =
            self.stacks.iter().filter(|(name, _)| !TOWERS.iter().any(|tower| name.contains(tower)));
        let (name, layers) = stacks.next()?;
        stacks.next().is_none().then_some((*name, *layers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_are_numbered_after_their_stack() {
        check("model.layers.31.mlp.up_proj.weight", Some(("model.layers.", 31)));
        check("h.0.attn.c_attn.weight", Some(("h.", 0)));
        check("blk.7.attn_q.weight", Some(("blk.", 7)));
        check("encoder.block.2.layer.0.layer_norm.weight", Some(("encoder.block.", 2)));
        check("model.norm.weight", None);
        check("layers", None);
    }

    #[track_caller]
    fn check(name: &str, expected: Option<(&str, u64)>) {
        assert_eq!(layer(name), expected);
    }
}
