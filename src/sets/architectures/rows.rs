//! The architectures: a row each. To add one, add a row.
//!
//! A row's tensors are lines of `name: extents ? condition`, in the language of `expression`:
//!
//! - `{N<L}` in a name is a number from 0 to before L; `{q,k}` stands for each of the two.
//! - `@` begins lines whose names begin so; a lone `@` ends them.
//! - `? condition`: only where it holds. `?~ condition`: optional where it does not hold.
//!   `~` alone: optional.
//! - `# A B`: the following lines are of these heads, told by the end of the class that the config
//!   names. Lines before are of every class. Where the config names no class, all heads are optional.
//!
//! A `.` before extents is a scalar. `[out, in]` everywhere but where GPT-2 has it the other way.

use super::Architecture;

/// Names that rows share; a row's own come first. Other names are keys of the config.
pub(super) const COMMON: &[(&str, &str)] = &[
    ("V", "vocab_size"),
    ("H", "hidden_size|n_embd|n_embed|d_model|dim"),
    ("L", "num_hidden_layers|n_layer|num_layers|n_layers"),
    ("n", "num_attention_heads|n_head|num_heads|n_heads"),
    ("k", "num_key_value_heads|n_kv_heads|n"),
    ("d", "head_dim|H/n"),
    ("I", "intermediate_size|n_inner|ffn_dim|4*H"),
    ("P", "max_position_embeddings|n_positions|n_ctx|max_seq_len"),
    ("E", "num_local_experts|num_experts|n_routed_experts"),
    ("M", "moe_intermediate_size|I"),
    ("labels", "num_labels|id2label.len|2"),
    ("t", "tie_word_embeddings|tied"),
    ("dense", "1"),
    ("attention_bias", "0"),
    ("mlp_bias", "0"),
    ("qkv_bias", "1"),
];

/// Embeddings, last norm and head of decoders since llama.
const ENDS: &str = "
    model.embed_tokens.weight: V H
    model.norm.weight: H
    # ForCausalLM
    lm_head.weight: V H ?~ !t
    # ForSequenceClassification
    score.weight: labels H
    # ForTokenClassification
    score.weight: labels H
    score.bias: labels ~
    # ForQuestionAnswering
    qa_outputs.weight: 2 H
    qa_outputs.bias: 2
    #
";

const ATTENTION: &str = "
    @model.layers.{N<L}.self_attn.
    q_proj.weight: n*d H
    {k,v}_proj.weight: k*d H
    o_proj.weight: H n*d
    @
";

const ATTENTION_BIAS: &str = "
    @model.layers.{N<L}.self_attn.
    q_proj.bias: n*d ? attention_bias
    {k,v}_proj.bias: k*d ? attention_bias
    o_proj.bias: H ? attention_bias
    @
";

const QKV_BIAS: &str = "
    @model.layers.{N<L}.self_attn.
    q_proj.bias: n*d ? qkv_bias
    {k,v}_proj.bias: k*d ? qkv_bias
    @
";

const HEAD_NORMS: &str = "
    model.layers.{N<L}.self_attn.{q,k}_norm.weight: d
";

const WIDE_NORMS: &str = "
    model.layers.{N<L}.self_attn.q_norm.weight: n*d
    model.layers.{N<L}.self_attn.k_norm.weight: k*d
";

const GATED: &str = "
    @model.layers.{N<L}.mlp.
    {gate,up}_proj.weight: I H ? dense
    down_proj.weight: H I ? dense
    {gate,up}_proj.bias: I ? dense&mlp_bias
    down_proj.bias: H ? dense&mlp_bias
    @
";

const NORMS: &str = "
    model.layers.{N<L}.{input,post_attention}_layernorm.weight: H
";

const EXPERTS: &str = "
    @model.layers.{N<L}.mlp.
    gate.weight: E H ? !dense
    experts.{e<E}.{gate,up}_proj.weight: M H ? !dense
    experts.{e<E}.down_proj.weight: H M ? !dense
    @
";

const LATENT_ATTENTION: &str = "
    @model.layers.{N<L}.self_attn.
    q_proj.weight: n*qk H ? !(q_lora_rank|0)
    q_a_proj.weight: q_lora_rank H ? q_lora_rank|0
    q_a_layernorm.weight: q_lora_rank ? q_lora_rank|0
    q_b_proj.weight: n*qk q_lora_rank ? q_lora_rank|0
    kv_a_proj_with_mqa.weight: kv_lora_rank+qk_rope_head_dim H
    kv_a_layernorm.weight: kv_lora_rank
    kv_b_proj.weight: n*(qk_nope_head_dim+v_head_dim) kv_lora_rank
    o_proj.weight: H n*v_head_dim
    q_a_proj.bias: q_lora_rank ? attention_bias&(q_lora_rank|0)
    kv_a_proj_with_mqa.bias: kv_lora_rank+qk_rope_head_dim ? attention_bias
    o_proj.bias: H ? attention_bias
    @
";

const SHARED_EXPERTS: &str = "
    @model.layers.{N<L}.mlp.shared_experts.
    {gate,up}_proj.weight: M*n_shared_experts H ? !dense&(n_shared_experts|0)
    down_proj.weight: H M*n_shared_experts ? !dense&(n_shared_experts|0)
    @
";

/// Every architecture.
pub(super) const ROWS: &[&[Architecture]] = &[
    DECODERS,
    super::others::ROWS,
    super::encoders::ROWS,
    super::original::ROWS,
];

const NONE: &[(&str, &str)] = &[];

const fn decoder(
    model_types: &'static [&'static str],
    tied: bool,
    lets: &'static [(&'static str, &'static str)],
    tensors: &'static [&'static str],
) -> Architecture {
    Architecture {
        model_types,
        tied,
        base: "model.",
        lets,
        tensors,
    }
}

/// Decoders whose names are those of llama.
const DECODERS: &[Architecture] = &[
    decoder(
        &["llama", "mistral", "granite"],
        false,
        NONE,
        &[ENDS, ATTENTION, ATTENTION_BIAS, GATED, NORMS],
    ),
    decoder(&["smollm3"], true, NONE, &[ENDS, ATTENTION, ATTENTION_BIAS, GATED, NORMS]),
    decoder(&["qwen2"], false, NONE, &[ENDS, ATTENTION, QKV_BIAS, GATED, NORMS]),
    decoder(&["qwen3"], false, NONE, &[ENDS, ATTENTION, ATTENTION_BIAS, HEAD_NORMS, GATED, NORMS]),
    decoder(&["gemma"], true, NONE, &[ENDS, ATTENTION, ATTENTION_BIAS, GATED, NORMS]),
    decoder(&["gemma2"], true, NONE, &[ENDS, ATTENTION, ATTENTION_BIAS, GATED, NORMS, FEED_NORMS]),
    decoder(
        &["gemma3_text"],
        true,
        NONE,
        &[
            ENDS,
            ATTENTION,
            ATTENTION_BIAS,
            HEAD_NORMS,
            GATED,
            NORMS,
            FEED_NORMS,
        ],
    ),
    decoder(
        &["phi3"],
        false,
        NONE,
        &[
            ENDS,
            NORMS,
            "
            @model.layers.{N<L}.
            self_attn.qkv_proj.weight: (n+2*k)*d H
            self_attn.o_proj.weight: H n*d
            mlp.gate_up_proj.weight: 2*I H
            mlp.down_proj.weight: H I
        ",
        ],
    ),
    decoder(
        &["phi"],
        false,
        NONE,
        &[
            ATTENTION_OF_PHI,
            "
            model.embed_tokens.weight: V H
            model.final_layernorm.{weight,bias}: H
            # ForCausalLM
            lm_head.weight: V H ?~ !t
            lm_head.bias: V
            # ForSequenceClassification
            score.weight: labels H
            # ForTokenClassification
            score.weight: labels H
            score.bias: labels ~
        ",
        ],
    ),
    decoder(
        &["olmo"],
        false,
        NONE,
        &[
            ATTENTION,
            ATTENTION_BIAS,
            GATED,
            "
            model.embed_tokens.weight: V H
            # ForCausalLM
            lm_head.weight: V H ?~ !t
        ",
        ],
    ),
    decoder(
        &["olmo2"],
        false,
        NONE,
        &[
            ENDS,
            ATTENTION,
            ATTENTION_BIAS,
            WIDE_NORMS,
            GATED,
            "
            model.layers.{N<L}.post_{attention,feedforward}_layernorm.weight: H
        ",
        ],
    ),
    decoder(
        &["olmoe"],
        false,
        &[("dense", "0")],
        &[ENDS, ATTENTION, ATTENTION_BIAS, WIDE_NORMS, EXPERTS, NORMS],
    ),
    decoder(
        &["stablelm", "stablelm_epoch"],
        false,
        &[("qkv_bias", "use_qkv_bias|0"), ("qk_layernorm", "0")],
        &[
            ENDS,
            ATTENTION,
            QKV_BIAS,
            GATED,
            "
            model.norm.bias: H
            @model.layers.{N<L}.
            input_layernorm.{weight,bias}: H
            post_attention_layernorm.{weight,bias}: H ? !(use_parallel_residual|0)
            self_attn.q_layernorm.norms.{i<n}.weight: d ? qk_layernorm
            self_attn.k_layernorm.norms.{i<k}.weight: d ? qk_layernorm
        ",
        ],
    ),
    decoder(
        &["starcoder2"],
        true,
        &[("attention_bias", "use_bias|1")],
        &[
            ENDS,
            ATTENTION,
            "
            model.norm.bias: H
            @model.layers.{N<L}.
            {input,post_attention}_layernorm.{weight,bias}: H
            self_attn.q_proj.bias: n*d ? use_bias|1
            self_attn.{k,v}_proj.bias: k*d ? use_bias|1
            self_attn.o_proj.bias: H ? use_bias|1
            mlp.c_fc.weight: I H
            mlp.c_proj.weight: H I
            mlp.c_fc.bias: I ? use_bias|1
            mlp.c_proj.bias: H ? use_bias|1
        ",
        ],
    ),
    decoder(
        &["mixtral"],
        false,
        NONE,
        &[
            ENDS,
            ATTENTION,
            NORMS,
            "
            @model.layers.{N<L}.block_sparse_moe.
            gate.weight: E H
            experts.{e<E}.{w1,w3}.weight: I H
            experts.{e<E}.w2.weight: H I
        ",
        ],
    ),
    decoder(
        &["granitemoe"],
        false,
        NONE,
        &[
            ENDS,
            ATTENTION,
            ATTENTION_BIAS,
            NORMS,
            "
            @model.layers.{N<L}.block_sparse_moe.
            input_linear.weight: E 2*I H
            output_linear.weight: E H I
            router.layer.weight: E H
        ",
        ],
    ),
    decoder(
        &["qwen2_moe"],
        false,
        &[("dense", MIXED), ("S", "shared_expert_intermediate_size")],
        &[
            ENDS,
            ATTENTION,
            QKV_BIAS,
            GATED,
            EXPERTS,
            NORMS,
            "
            @model.layers.{N<L}.mlp.
            shared_expert.{gate,up}_proj.weight: S H ? !dense
            shared_expert.down_proj.weight: H S ? !dense
            shared_expert_gate.weight: 1 H ? !dense
        ",
        ],
    ),
    decoder(
        &["qwen3_moe"],
        false,
        &[("dense", MIXED)],
        &[
            ENDS,
            ATTENTION,
            ATTENTION_BIAS,
            HEAD_NORMS,
            GATED,
            EXPERTS,
            NORMS,
        ],
    ),
    decoder(
        &["deepseek_v2", "deepseek_v3"],
        false,
        &[
            ("dense", "(N<(first_k_dense_replace|0))+!!(N%(moe_layer_freq|1))"),
            ("E", "n_routed_experts"),
            ("qk", "qk_nope_head_dim+qk_rope_head_dim"),
        ],
        &[
            ENDS,
            LATENT_ATTENTION,
            GATED,
            EXPERTS,
            SHARED_EXPERTS,
            NORMS,
        ],
    ),
    decoder(
        &["gpt_oss"],
        false,
        &[("attention_bias", "1")],
        &[
            ENDS,
            ATTENTION,
            ATTENTION_BIAS,
            NORMS,
            "
            @model.layers.{N<L}.
            self_attn.sinks: n
            mlp.router.weight: E H
            mlp.router.bias: E
            mlp.experts.gate_up_proj: E H 2*I
            mlp.experts.gate_up_proj_bias: E 2*I
            mlp.experts.down_proj: E I H
            mlp.experts.down_proj_bias: E H
        ",
        ],
    ),
    decoder(
        &["internlm2"],
        false,
        &[("bias", "0")],
        &["
            model.tok_embeddings.weight: V H
            model.norm.weight: H
            @model.layers.{N<L}.
            attention.wqkv.weight: (n+2*k)*d H
            attention.wqkv.bias: (n+2*k)*d ? bias
            attention.wo.weight: H n*d
            attention.wo.bias: H ? bias
            feed_forward.{w1,w3}.weight: I H
            feed_forward.w2.weight: H I
            {attention_norm,ffn_norm}.weight: H
            @
            # ForCausalLM
            output.weight: V H ?~ !t
        "],
    ),
];

/// Dense where the layer is listed, or between the steps of sparse ones.
const MIXED: &str = "N@mlp_only_layers+!!((N+1)%(decoder_sparse_step|1))";

const FEED_NORMS: &str = "
    model.layers.{N<L}.{pre,post}_feedforward_layernorm.weight: H
";

const ATTENTION_OF_PHI: &str = "
    @model.layers.{N<L}.
    self_attn.q_proj.weight: n*d H
    self_attn.q_proj.bias: n*d
    self_attn.{k,v}_proj.weight: k*d H
    self_attn.{k,v}_proj.bias: k*d
    self_attn.dense.weight: H n*d
    self_attn.dense.bias: H
    self_attn.{q,k}_layernorm.{weight,bias}: d ? qk_layernorm|0
    mlp.fc1.weight: I H
    mlp.fc1.bias: I
    mlp.fc2.weight: H I
    mlp.fc2.bias: H
    input_layernorm.{weight,bias}: H
    @
";
