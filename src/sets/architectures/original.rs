//! The original naming of Meta and Mistral (`params.json`), and that of GGUF, whose numbers stand in
//! the file's own header below the architecture's name.

use super::Architecture;

const fn gguf(
    model_types: &'static [&'static str],
    lets: &'static [(&'static str, &'static str)],
    tensors: &'static [&'static str],
) -> Architecture {
    Architecture {
        model_types,
        tied: true,
        base: "",
        lets,
        tensors,
    }
}

const NONE: &[(&str, &str)] = &[];

pub(super) const ROWS: &[Architecture] = &[
    Architecture {
        model_types: &["params.json"],
        tied: false,
        base: "",
        lets: &[("I", "hidden_dim|inner"), ("E", "moe.num_experts|0")],
        tensors: &["
            tok_embeddings.weight: V H
            norm.weight: H
            output.weight: V H
            @layers.{N<L}.
            attention.wq.weight: n*d H
            attention.{wk,wv}.weight: k*d H
            attention.wo.weight: H n*d
            feed_forward.{w1,w3}.weight: I H ? !E
            feed_forward.w2.weight: H I ? !E
            feed_forward.gate.weight: E H ? E
            feed_forward.experts.{e<E}.{w1,w3}.weight: I H
            feed_forward.experts.{e<E}.w2.weight: H I
            {attention_norm,ffn_norm}.weight: H
        "],
    },
    gguf(&["gguf:llama", "gguf:mistral3"], NONE, &[ENDS, ATTENTION, FEED, NORMS]),
    gguf(&["gguf:qwen2"], NONE, &[ENDS, ATTENTION, QKV_BIAS, FEED, NORMS]),
    gguf(&["gguf:qwen3"], NONE, &[ENDS, ATTENTION, HEAD_NORMS, FEED, NORMS]),
    gguf(&["gguf:gemma"], NONE, &[ENDS, ATTENTION, FEED, NORMS]),
    gguf(&["gguf:gemma2"], NONE, &[ENDS, ATTENTION, FEED, NORMS, POST_NORMS]),
    gguf(&["gguf:gemma3"], NONE, &[ENDS, ATTENTION, HEAD_NORMS, FEED, NORMS, POST_NORMS]),
    gguf(
        &["gguf:phi3"],
        NONE,
        &[
            ENDS,
            NORMS,
            "
        @blk.{N<L}.
        attn_qkv.weight: (n+2*k)*d H
        attn_output.weight: H n*d
        ffn_up.weight: 2*I H
        ffn_down.weight: H I
    ",
        ],
    ),
    gguf(
        &["gguf:qwen3moe"],
        &[("E", "expert_count")],
        &[ENDS, ATTENTION, HEAD_NORMS, EXPERTS, NORMS],
    ),
    gguf(
        &["gguf:gpt2"],
        NONE,
        &["
        token_embd.weight: V H
        position_embd.weight: context_length H
        output_norm.{weight,bias}: H
        output.weight: V H ~
        @blk.{N<L}.
        attn_qkv.weight: 3*H H
        attn_qkv.bias: 3*H
        attn_output.weight: H H
        attn_output.bias: H
        ffn_up.weight: I H
        ffn_up.bias: I
        ffn_down.weight: H I
        ffn_down.bias: H
        {attn_norm,ffn_norm}.{weight,bias}: H
    "],
    ),
    gguf(
        &["gguf:bert"],
        NONE,
        &["
        token_embd.weight: V H
        position_embd.weight: context_length H
        token_types.weight: tokenizer.ggml.token_type_count|2 H
        token_embd_norm.{weight,bias}: H
        cls.{weight,bias}: H ~
        @blk.{N<L}.
        attn_{q,k,v,output}.weight: H H
        attn_{q,k,v,output}.bias: H
        {attn_output_norm,layer_output_norm}.{weight,bias}: H
        ffn_up.weight: I H
        ffn_up.bias: I
        ffn_down.weight: H I
        ffn_down.bias: H
    "],
    ),
];

/// What the names of `COMMON` are called in a GGUF header.
pub(super) const HEADER: &[(&str, &str)] = &[
    ("V", "vocab_size|tokenizer.ggml.tokens"),
    ("H", "embedding_length"),
    ("L", "block_count"),
    ("n", "attention.head_count"),
    ("k", "attention.head_count_kv|n"),
    ("d", "attention.key_length|H/n"),
    ("I", "feed_forward_length"),
    ("E", "expert_count|0"),
    ("M", "expert_feed_forward_length|I"),
];

const ENDS: &str = "
    token_embd.weight: V H
    output_norm.weight: H
    output.weight: V H ~
";

const ATTENTION: &str = "
    @blk.{N<L}.
    attn_q.weight: n*d H
    attn_{k,v}.weight: k*d H
    attn_output.weight: H n*d
    @
";

const QKV_BIAS: &str = "
    @blk.{N<L}.
    attn_q.bias: n*d
    attn_{k,v}.bias: k*d
    @
";

const HEAD_NORMS: &str = "
    blk.{N<L}.attn_{q,k}_norm.weight: d
";

/// One matrix for all experts where there are any; older files have one for each.
const FEED: &str = "
    @blk.{N<L}.
    ffn_{gate,up}.weight: I H ? !E
    ffn_down.weight: H I ? !E
    ffn_gate_inp.weight: E H ? E
    ffn_{gate,up}_exps.weight: E I H ? E
    ffn_down_exps.weight: E H I ? E
    @
";

const EXPERTS: &str = "
    @blk.{N<L}.
    ffn_gate_inp.weight: E H
    ffn_{gate,up}_exps.weight: E M H
    ffn_down_exps.weight: E H M
    @
";

const NORMS: &str = "
    blk.{N<L}.{attn_norm,ffn_norm}.weight: H
";

const POST_NORMS: &str = "
    blk.{N<L}.{post_attention_norm,post_ffw_norm}.weight: H
";
