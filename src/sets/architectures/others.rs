//! Decoders with names of their own: GPT and its kin, and recurrent ones.

use super::Architecture;

const fn row(
    model_types: &'static [&'static str],
    tied: bool,
    base: &'static str,
    lets: &'static [(&'static str, &'static str)],
    tensors: &'static [&'static str],
) -> Architecture {
    Architecture { model_types, tied, base, lets, tensors }
}

const NONE: &[(&str, &str)] = &[];

/// The heads of decoders whose base is `transformer.`.
const GPT_HEADS: &str = "
    @
    # ForCausalLM LMHeadModel
    lm_head.weight: V H ?~ !t
    # ForSequenceClassification
    score.weight: labels H
    # ForTokenClassification
    classifier.weight: labels H
    classifier.bias: labels
    # ForQuestionAnswering
    qa_outputs.weight: 2 H
    qa_outputs.bias: 2
    #
";

pub(super) const ROWS: &[Architecture] = &[
    row(
        &["gpt_neo"],
        true,
        "transformer.",
        NONE,
        &[
            "
        @transformer.
        wte.weight: V H
        wpe.weight: P H
        ln_f.{weight,bias}: H
        @transformer.h.{N<L}.
        attn.attention.{q,k,v,out}_proj.weight: H H
        attn.attention.out_proj.bias: H
        {ln_1,ln_2}.{weight,bias}: H
        mlp.c_fc.weight: I H
        mlp.c_fc.bias: I
        mlp.c_proj.weight: H I
        mlp.c_proj.bias: H
    ",
            GPT_HEADS,
        ],
    ),
    row(
        &["gpt_neox"],
        false,
        "gpt_neox.",
        &[("attention_bias", "1")],
        &["
        gpt_neox.embed_in.weight: V H
        gpt_neox.final_layer_norm.{weight,bias}: H
        @gpt_neox.layers.{N<L}.
        attention.query_key_value.weight: 3*H H
        attention.query_key_value.bias: 3*H ? attention_bias
        attention.dense.weight: H H
        attention.dense.bias: H ? attention_bias
        mlp.dense_h_to_4h.weight: I H
        mlp.dense_h_to_4h.bias: I
        mlp.dense_4h_to_h.weight: H I
        mlp.dense_4h_to_h.bias: H
        {input,post_attention}_layernorm.{weight,bias}: H
        @
        # ForCausalLM
        embed_out.weight: V H ?~ !t
        # ForSequenceClassification
        score.weight: labels H
        # ForTokenClassification
        classifier.weight: labels H
        classifier.bias: labels
        # ForQuestionAnswering
        qa_outputs.weight: 2 H
        qa_outputs.bias: 2
    "],
    ),
    row(
        &["gptj"],
        false,
        "transformer.",
        &[("I", "n_inner|4*H")],
        &["
        @transformer.
        wte.weight: V H
        ln_f.{weight,bias}: H
        @transformer.h.{N<L}.
        attn.{q,k,v,out}_proj.weight: H H
        mlp.fc_in.weight: I H
        mlp.fc_in.bias: I
        mlp.fc_out.weight: H I
        mlp.fc_out.bias: H
        ln_1.{weight,bias}: H
        @
        # ForCausalLM
        lm_head.weight: V H ?~ !t
        lm_head.bias: V
        # ForSequenceClassification
        score.weight: labels H
        # ForQuestionAnswering
        qa_outputs.weight: 2 H
        qa_outputs.bias: 2
    "],
    ),
    // Weights are [in, out] here.
    row(
        &["gpt2"],
        true,
        "transformer.",
        &[("I", "n_inner|4*H")],
        &[
            "
        @transformer.
        wte.weight: V H
        wpe.weight: P H
        ln_f.{weight,bias}: H
        @transformer.h.{N<L}.
        attn.c_attn.weight: H 3*H
        attn.c_attn.bias: 3*H
        attn.c_proj.weight: H H
        attn.c_proj.bias: H
        mlp.c_fc.weight: H I
        mlp.c_fc.bias: I
        mlp.c_proj.weight: I H
        mlp.c_proj.bias: H
        {ln_1,ln_2}.{weight,bias}: H
    ",
            GPT_HEADS,
        ],
    ),
    row(
        &["gpt_bigcode"],
        true,
        "transformer.",
        &[
            ("I", "n_inner|4*H"),
            ("multi", "multi_query|1"),
            ("A", "multi*(H+2*d)+!multi*3*H"),
        ],
        &[
            "
        @transformer.
        wte.weight: V H
        wpe.weight: P H
        ln_f.{weight,bias}: H
        @transformer.h.{N<L}.
        attn.c_attn.weight: A H
        attn.c_attn.bias: A
        attn.c_proj.weight: H H
        attn.c_proj.bias: H
        mlp.c_fc.weight: I H
        mlp.c_fc.bias: I
        mlp.c_proj.weight: H I
        mlp.c_proj.bias: H
        {ln_1,ln_2}.{weight,bias}: H
    ",
            GPT_HEADS,
        ],
    ),
    row(
        &["falcon", "RefinedWebModel", "RefinedWeb"],
        true,
        "transformer.",
        &[
            ("I", "ffn_hidden_size|4*H"),
            ("new", "new_decoder_architecture|!!(n_head_kv|0)"),
            ("multi", "multi_query|1"),
            ("k", "new*(num_kv_heads|n_head_kv|n)+!new*(multi+!multi*n)"),
            ("one", "!new+((num_ln_in_parallel_attn|2)=1)"),
            ("bias", "0"),
        ],
        &[
            "
        @transformer.
        word_embeddings.weight: V H
        ln_f.{weight,bias}: H
        @transformer.h.{N<L}.
        self_attention.query_key_value.weight: (n+2*k)*d H
        self_attention.query_key_value.bias: (n+2*k)*d ? bias
        self_attention.dense.weight: H H
        self_attention.dense.bias: H ? bias
        mlp.dense_h_to_4h.weight: I H
        mlp.dense_h_to_4h.bias: I ? bias
        mlp.dense_4h_to_h.weight: H I
        mlp.dense_4h_to_h.bias: H ? bias
        {ln_attn,ln_mlp}.{weight,bias}: H ? !one
        input_layernorm.{weight,bias}: H ? one
        post_attention_layernorm.{weight,bias}: H ? !new&!(parallel_attn|1)
    ",
            GPT_HEADS,
        ],
    ),
    row(
        &["bloom"],
        true,
        "transformer.",
        &[("I", "4*H")],
        &[
            "
        @transformer.
        word_embeddings.weight: V H
        word_embeddings_layernorm.{weight,bias}: H
        ln_f.{weight,bias}: H
        @transformer.h.{N<L}.
        self_attention.query_key_value.weight: 3*H H
        self_attention.query_key_value.bias: 3*H
        self_attention.dense.weight: H H
        self_attention.dense.bias: H
        mlp.dense_h_to_4h.weight: I H
        mlp.dense_h_to_4h.bias: I
        mlp.dense_4h_to_h.weight: H I
        mlp.dense_4h_to_h.bias: H
        {input,post_attention}_layernorm.{weight,bias}: H
    ",
            GPT_HEADS,
        ],
    ),
    row(
        &["mpt"],
        true,
        "transformer.",
        &[("I", "(expansion_ratio|4)*H")],
        &[
            "
        @transformer.
        wte.weight: V H
        wpe.weight: P H ~
        norm_f.weight: H
        norm_f.bias: H ~
        @transformer.blocks.{N<L}.
        attn.Wqkv.weight: 3*H H
        attn.Wqkv.bias: 3*H ~
        attn.out_proj.weight: H H
        attn.out_proj.bias: H ~
        ffn.up_proj.weight: I H
        ffn.up_proj.bias: I ~
        ffn.down_proj.weight: H I
        ffn.down_proj.bias: H ~
        {norm_1,norm_2}.weight: H
        {norm_1,norm_2}.bias: H ~
    ",
            GPT_HEADS,
        ],
    ),
    row(
        &["opt"],
        true,
        "model.",
        &[("W", "word_embed_proj_dim|H"), ("bias", "enable_bias|1")],
        &["
        @model.decoder.
        embed_tokens.weight: V W
        embed_positions.weight: P+2 H
        project_in.weight: H W ? !(W=H)
        project_out.weight: W H ? !(W=H)
        final_layer_norm.{weight,bias}: H ? (do_layer_norm_before|1)&!(_remove_final_layer_norm|0)
        @model.decoder.layers.{N<L}.
        self_attn.{q,k,v,out}_proj.weight: H H
        self_attn.{q,k,v,out}_proj.bias: H ? bias
        fc1.weight: I H
        fc1.bias: I ? bias
        fc2.weight: H I
        fc2.bias: H ? bias
        {self_attn_layer_norm,final_layer_norm}.{weight,bias}: H
        @
        # ForCausalLM
        lm_head.weight: V W ?~ !t
        # ForSequenceClassification
        score.weight: labels W
        # ForQuestionAnswering
        qa_outputs.weight: 2 W
        qa_outputs.bias: 2
    "],
    ),
    row(
        &["mamba"],
        true,
        "backbone.",
        &[
            ("D", "intermediate_size|(expand|2)*H"),
            ("r", "time_step_rank|(H+15)/16"),
            ("s", "state_size|16"),
        ],
        &["
        backbone.embeddings.weight: V H
        backbone.norm_f.weight: H
        @backbone.layers.{N<L}.
        norm.weight: H
        mixer.A_log: D s
        mixer.D: D
        mixer.conv1d.weight: D 1 conv_kernel|4
        mixer.conv1d.bias: D ? use_conv_bias|1
        mixer.in_proj.weight: 2*D H
        mixer.in_proj.bias: 2*D ? use_bias|0
        mixer.x_proj.weight: r+2*s D
        mixer.dt_proj.weight: D r
        mixer.dt_proj.bias: D
        mixer.out_proj.weight: H D
        mixer.out_proj.bias: H ? use_bias|0
        @
        # ForCausalLM
        lm_head.weight: V H ?~ !t
    "],
    ),
    row(
        &["rwkv"],
        false,
        "rwkv.",
        &[
            ("A", "attention_hidden_size|H"),
            ("I", "intermediate_size|4*H"),
        ],
        &["
        @rwkv.
        embeddings.weight: V H
        ln_out.{weight,bias}: H
        blocks.{N<1}.pre_ln.{weight,bias}: H
        @rwkv.blocks.{N<L}.
        {ln1,ln2}.{weight,bias}: H
        attention.{time_decay,time_first}: A
        attention.time_mix_{key,value,receptance}: 1 1 H
        attention.{key,value,receptance}.weight: A H
        attention.output.weight: H A
        feed_forward.time_mix_{key,receptance}: 1 1 H
        feed_forward.key.weight: I H
        feed_forward.receptance.weight: H H
        feed_forward.value.weight: H I
        @
        # ForCausalLM
        head.weight: V H ?~ !t
    "],
    ),
];
