//! The ends of a model, by their names: the embedding it begins with, the head it ends with, and
//! the stacks of layers between.

use std::{collections::BTreeMap, ops::Range};

use super::{packing::plain_name, roles::Reading};
use crate::facts::{Dtype, Tensor};

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

/// A model's embedding, head and stacks of layers, as its names tell; extra modules and other
/// towers left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ends {
    /// Rows for tokens: `[vocabulary, width]`.
    pub embedding: Option<End>,
    /// `[vocabulary, width]`; `None` where no head is stored, most often as it is the embedding.
    pub head: Option<End>,
    /// What is before a layer's number (`model.layers.`), and the highest number plus 1.
    pub stacks: BTreeMap<String, u64>,
}

/// The embedding or the head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// As it is stored.
    pub name: String,
    /// The artifact that names it.
    pub artifact: usize,
    /// Its position among that file's tensors.
    pub index: usize,
    /// Its element type.
    pub dtype: Dtype,
    /// Logical elements.
    pub elements: Option<u64>,
    /// Its shape, unpacked; `None` where packing hides it.
    pub shape: Option<Vec<u64>>,
    /// Where it lies in the file.
    pub bytes: Option<Range<u64>>,
}

impl Ends {
    /// Takes note of a parameter.
    pub(super) fn note(&mut self, tensor: &Tensor, place: (usize, usize), reading: &Reading) {
        if let Some((stack, number)) = layer(&tensor.name) {
            let layers = number.saturating_add(1);
            match self.stacks.get_mut(stack) {
                Some(most) => *most = layers.max(*most),
                None => _ = self.stacks.insert(stack.to_owned(), layers),
            }
            return;
        }
        let name = plain_name(&tensor.name);
        let shape = || match &reading.packed {
            Some(packed) => packed.shape.clone(),
            None => Some(tensor.shape.clone()),
        };
        let end = || End {
            name: tensor.name.clone(),
            artifact: place.0,
            index: place.1,
            dtype: tensor.dtype.clone(),
            elements: reading.elements,
            shape: shape(),
            bytes: tensor.bytes.clone(),
        };
        let shorter =
            |kept: &Option<End>| kept.as_ref().is_none_or(|it| name.len() < it.name.len());
        if is_one(&name, EMBEDDINGS) && shorter(&self.embedding) {
            self.embedding = Some(end());
        } else if is_one(&name, HEADS) && shorter(&self.head) {
            self.head = Some(end());
        }
    }

    /// Rows of the embedding.
    pub fn vocabulary(&self) -> Option<u64> {
        self.extent(0)
    }

    /// Columns of the embedding.
    pub fn width(&self) -> Option<u64> {
        self.extent(1)
    }

    fn extent(&self, at: usize) -> Option<u64> {
        let shape = self.embedding.as_ref()?.shape.as_ref()?;
        (shape.len() == 2).then(|| shape[at])
    }

    /// The only stack outside other towers, where there is one alone, and its layers.
    pub fn only_stack(&self) -> Option<(&str, u64)> {
        let mut stacks =
            self.stacks.iter().filter(|(name, _)| !TOWERS.iter().any(|tower| name.contains(tower)));
        let (name, layers) = stacks.next()?;
        stacks.next().is_none().then_some((name.as_str(), *layers))
    }
}

/// Whether a name ends with a row of the table, at a boundary, outside other towers.
fn is_one(name: &str, table: &[&str]) -> bool {
    let at_boundary = |row: &&str| {
        name.strip_suffix(*row).is_some_and(|before| before.is_empty() || before.ends_with('.'))
    };
    table.iter().any(at_boundary) && !TOWERS.iter().any(|tower| name.contains(tower))
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
