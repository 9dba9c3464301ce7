//! What each program wrote in front of its tensors: a row each.

use super::Magic::{self, Ggjt, Ggla, Ggmf, Ggml};

/// How a vocabulary is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Vocabulary {
    None,
    /// `n_vocab` times a length and so many bytes.
    Plain,
    /// The same, each with a score.
    Scored,
    /// Its own count in front.
    Counted,
    /// A table of filters in front, then its own count.
    Filters,
}

/// The numbers of a file, in order, 32 bits each; `n_vocab` counts the tokens.
pub(super) struct Layout {
    pub(super) name: &'static str,
    pub(super) magics: &'static [Magic],
    pub(super) fields: &'static [&'static str],
    pub(super) vocabulary: Vocabulary,
}

#[rustfmt::skip]
pub(super) const LAYOUTS: &[Layout] = &[
    layout("llama", &[Ggmf, Ggjt], Vocabulary::Scored,
        &["n_vocab", "n_embd", "n_mult", "n_head", "n_layer", "n_rot", "ftype"]),
    layout("llama", &[Ggml], Vocabulary::Plain,
        &["n_vocab", "n_embd", "n_mult", "n_head", "n_layer", "n_rot", "ftype"]),
    layout("adapter", &[Ggla], Vocabulary::None, &["lora_r", "lora_alpha"]),
    layout("whisper", &[Ggml], Vocabulary::Filters,
        &["n_vocab", "n_audio_ctx", "n_audio_state", "n_audio_head", "n_audio_layer", "n_text_ctx",
          "n_text_state", "n_text_head", "n_text_layer", "n_mels", "ftype"]),
    layout("gpt-2", &[Ggml], Vocabulary::Counted,
        &["n_vocab", "n_ctx", "n_embd", "n_head", "n_layer", "ftype"]),
    layout("gpt-j", &[Ggml, Ggjt], Vocabulary::Counted,
        &["n_vocab", "n_ctx", "n_embd", "n_head", "n_layer", "n_rot", "ftype"]),
    layout("gpt-neox", &[Ggml, Ggjt], Vocabulary::Plain,
        &["n_vocab", "n_ctx", "n_embd", "n_head", "n_layer", "n_rot", "par_res", "ftype"]),
    layout("gpt-neox", &[Ggjt], Vocabulary::Scored,
        &["n_vocab", "n_ctx", "n_embd", "n_head", "n_layer", "n_rot", "par_res", "ftype"]),
    layout("mpt", &[Ggml, Ggjt], Vocabulary::Plain,
        &["d_model", "max_seq_len", "n_heads", "n_layers", "n_vocab", "alibi_bias_max", "clip_qkv",
          "ftype"]),
    layout("replit", &[Ggml], Vocabulary::Scored,
        &["d_model", "max_seq_len", "n_heads", "n_layers", "n_vocab", "ftype"]),
    layout("bloom", &[Ggml, Ggjt], Vocabulary::Plain,
        &["n_vocab", "n_embd", "n_mult", "n_head", "n_layer", "ftype"]),
    layout("bert", &[Ggml], Vocabulary::Plain,
        &["n_vocab", "n_max_tokens", "n_embd", "n_intermediate", "n_head", "n_layer", "ftype"]),
    layout("rwkv", &[Ggmf], Vocabulary::None, &["n_vocab", "n_embed", "n_layer", "ftype"]),
    layout("sam", &[Ggml], Vocabulary::None,
        &["n_enc_state", "n_enc_layer", "n_enc_head", "n_enc_out_chans", "n_pt_embd", "ftype"]),
];

const fn layout(
    name: &'static str,
    magics: &'static [Magic],
    vocabulary: Vocabulary,
    fields: &'static [&'static str],
) -> Layout {
    Layout { name, magics, fields, vocabulary }
}
