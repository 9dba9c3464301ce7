//! Encoders, encoders with decoders, and towers for images.

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

pub(super) const ROWS: &[Architecture] = &[
    row(
        &["bert"],
        true,
        "bert.",
        NONE,
        &[
            "
        @bert.embeddings.
        word_embeddings.weight: V H
        position_embeddings.weight: P H
        token_type_embeddings.weight: type_vocab_size|2 H
        LayerNorm.{weight,bias}: H
    ",
            BERT_LAYERS,
            "
        # ForPreTraining ForNextSentencePrediction ForSequenceClassification ForMultipleChoice
        bert.pooler.dense.weight: H H
        bert.pooler.dense.bias: H
        # Model ForMaskedLM LMHeadModel ForTokenClassification ForQuestionAnswering
        bert.pooler.dense.weight: H H ~
        bert.pooler.dense.bias: H ~
        # ForPreTraining ForMaskedLM LMHeadModel
        @cls.predictions.
        bias: V
        transform.dense.weight: H H
        transform.{dense.bias,LayerNorm.weight,LayerNorm.bias}: H
        decoder.weight: V H ~
        decoder.bias: V ~
        @
        # ForMaskedLM LMHeadModel
        cls.seq_relationship.weight: 2 H ~
        cls.seq_relationship.bias: 2 ~
        # ForPreTraining ForNextSentencePrediction
        cls.seq_relationship.weight: 2 H
        cls.seq_relationship.bias: 2
        # ForSequenceClassification ForTokenClassification
        classifier.weight: labels H
        classifier.bias: labels
        # ForMultipleChoice
        classifier.weight: 1 H
        classifier.bias: 1
        # ForQuestionAnswering
        qa_outputs.weight: 2 H
        qa_outputs.bias: 2
    ",
        ],
    ),
    row(
        &["roberta", "xlm-roberta", "camembert"],
        true,
        "roberta.",
        NONE,
        &[
            "
        @roberta.embeddings.
        word_embeddings.weight: V H
        position_embeddings.weight: P H
        token_type_embeddings.weight: type_vocab_size|2 H
        LayerNorm.{weight,bias}: H
    ",
            BERT_LAYERS_OF_ROBERTA,
            "
        roberta.pooler.dense.weight: H H ~
        roberta.pooler.dense.bias: H ~
        # ForMaskedLM ForCausalLM
        lm_head.dense.weight: H H
        lm_head.dense.bias: H
        lm_head.layer_norm.{weight,bias}: H
        lm_head.bias: V
        lm_head.decoder.weight: V H ~
        lm_head.decoder.bias: V ~
        # ForSequenceClassification
        classifier.dense.weight: H H
        classifier.dense.bias: H
        classifier.out_proj.weight: labels H
        classifier.out_proj.bias: labels
        # ForTokenClassification
        classifier.weight: labels H
        classifier.bias: labels
        # ForQuestionAnswering
        qa_outputs.weight: 2 H
        qa_outputs.bias: 2
        # Model
    ",
        ],
    ),
    row(
        &["distilbert"],
        true,
        "distilbert.",
        &[("H", "dim"), ("I", "hidden_dim"), ("L", "n_layers")],
        &["
        @distilbert.embeddings.
        word_embeddings.weight: V H
        position_embeddings.weight: P H
        LayerNorm.{weight,bias}: H
        @distilbert.transformer.layer.{N<L}.
        attention.{q,k,v,out}_lin.weight: H H
        attention.{q,k,v,out}_lin.bias: H
        {sa_layer_norm,output_layer_norm}.{weight,bias}: H
        ffn.lin1.weight: I H
        ffn.lin1.bias: I
        ffn.lin2.weight: H I
        ffn.lin2.bias: H
        @
        # ForMaskedLM
        vocab_transform.weight: H H
        vocab_transform.bias: H
        vocab_layer_norm.{weight,bias}: H
        vocab_projector.weight: V H ~
        vocab_projector.bias: V
        # ForSequenceClassification
        pre_classifier.weight: H H
        pre_classifier.bias: H
        # ForSequenceClassification ForTokenClassification
        classifier.weight: labels H
        classifier.bias: labels
        # ForQuestionAnswering
        qa_outputs.weight: 2 H
        qa_outputs.bias: 2
        # Model
    "],
    ),
    row(
        &["t5", "mt5"],
        true,
        "transformer.",
        &[
            ("K", "d_kv*n"),
            ("F", "d_ff"),
            ("R", "num_decoder_layers|L"),
            ("B", "relative_attention_num_buckets|32"),
            ("gated", "feed_forward_proj~gated"),
        ],
        &["
        shared.weight: V H
        encoder.embed_tokens.weight: V H ~
        @encoder.
        final_layer_norm.weight: H
        block.0.layer.0.SelfAttention.relative_attention_bias.weight: B n
        @encoder.block.{N<L}.
        layer.0.SelfAttention.{q,k,v}.weight: K H
        layer.0.SelfAttention.o.weight: H K
        layer.{0,1}.layer_norm.weight: H
        layer.1.DenseReluDense.wi.weight: F H ? !gated
        layer.1.DenseReluDense.{wi_0,wi_1}.weight: F H ? gated
        layer.1.DenseReluDense.wo.weight: H F
        # EncoderModel
        # Model ForConditionalGeneration WithLMHeadModel
        @decoder.
        embed_tokens.weight: V H ~
        final_layer_norm.weight: H
        block.0.layer.0.SelfAttention.relative_attention_bias.weight: B n
        block.0.layer.1.EncDecAttention.relative_attention_bias.weight: B n ~
        @decoder.block.{N<R}.
        layer.0.SelfAttention.{q,k,v}.weight: K H
        layer.0.SelfAttention.o.weight: H K
        layer.1.EncDecAttention.{q,k,v}.weight: K H
        layer.1.EncDecAttention.o.weight: H K
        layer.{0,1,2}.layer_norm.weight: H
        layer.2.DenseReluDense.wi.weight: F H ? !gated
        layer.2.DenseReluDense.{wi_0,wi_1}.weight: F H ? gated
        layer.2.DenseReluDense.wo.weight: H F
        @
        # ForConditionalGeneration WithLMHeadModel
        lm_head.weight: V H ?~ !t
    "],
    ),
    row(
        &["whisper"],
        true,
        "model.",
        &[
            ("X", "encoder_layers"),
            ("Y", "decoder_layers"),
            ("F", "encoder_ffn_dim|4*H"),
            ("G", "decoder_ffn_dim|4*H"),
        ],
        &["
        @model.encoder.
        conv1.weight: H num_mel_bins 3
        conv1.bias: H
        conv2.weight: H H 3
        conv2.bias: H
        embed_positions.weight: max_source_positions|1500 H
        layer_norm.{weight,bias}: H
        @model.encoder.layers.{N<X}.
        self_attn.{q,k,v,out}_proj.weight: H H
        self_attn.{q,v,out}_proj.bias: H
        {self_attn,final}_layer_norm.{weight,bias}: H
        fc1.weight: F H
        fc1.bias: F
        fc2.weight: H F
        fc2.bias: H
        @model.decoder.
        embed_tokens.weight: V H
        embed_positions.weight: max_target_positions|448 H
        layer_norm.{weight,bias}: H
        @model.decoder.layers.{N<Y}.
        {self_attn,encoder_attn}.{q,k,v,out}_proj.weight: H H
        {self_attn,encoder_attn}.{q,v,out}_proj.bias: H
        {self_attn,encoder_attn,final}_layer_norm.{weight,bias}: H
        fc1.weight: G H
        fc1.bias: G
        fc2.weight: H G
        fc2.bias: H
        @
        # Model
        # ForConditionalGeneration
        proj_out.weight: V H ~
    "],
    ),
    row(
        &["vit"],
        false,
        "vit.",
        &[("p", "patch_size|16"), ("side", "(image_size|224)/p")],
        &["
        @vit.embeddings.
        cls_token: 1 1 H
        mask_token: 1 1 H ~
        position_embeddings: 1 side*side+1 H
        patch_embeddings.projection.weight: H num_channels|3 p p
        patch_embeddings.projection.bias: H
        @vit.encoder.layer.{N<L}.
        attention.attention.{query,key,value}.weight: H H
        attention.attention.{query,key,value}.bias: H ? qkv_bias
        attention.output.dense.weight: H H
        attention.output.dense.bias: H
        intermediate.dense.weight: I H
        intermediate.dense.bias: I
        output.dense.weight: H I
        output.dense.bias: H
        {layernorm_before,layernorm_after}.{weight,bias}: H
        @
        vit.layernorm.{weight,bias}: H
        # ForImageClassification
        classifier.weight: labels H
        classifier.bias: labels
        # Model ForImageClassification
        vit.pooler.dense.weight: H H ~
        vit.pooler.dense.bias: H ~
    "],
    ),
    row(
        &["clip"],
        true,
        "",
        &[
            ("J", "projection_dim|512"),
            ("Ht", "text_config.hidden_size|text_config_dict.hidden_size|512"),
            ("It", "text_config.intermediate_size|text_config_dict.intermediate_size|2048"),
            ("Lt", "text_config.num_hidden_layers|text_config_dict.num_hidden_layers|12"),
            ("Hv", "vision_config.hidden_size|vision_config_dict.hidden_size|768"),
            ("Iv", "vision_config.intermediate_size|vision_config_dict.intermediate_size|3072"),
            ("Lv", "vision_config.num_hidden_layers|vision_config_dict.num_hidden_layers|12"),
            ("p", "vision_config.patch_size|vision_config_dict.patch_size|32"),
            ("side", "(vision_config.image_size|vision_config_dict.image_size|224)/p"),
        ],
        &["
        logit_scale: .
        text_projection.weight: J Ht
        visual_projection.weight: J Hv
        @text_model.
        embeddings.token_embedding.weight: text_config.vocab_size|49408 Ht
        embeddings.position_embedding.weight: text_config.max_position_embeddings|77 Ht
        final_layer_norm.{weight,bias}: Ht
        @text_model.encoder.layers.{N<Lt}.
        self_attn.{q,k,v,out}_proj.weight: Ht Ht
        self_attn.{q,k,v,out}_proj.bias: Ht
        {layer_norm1,layer_norm2}.{weight,bias}: Ht
        mlp.fc1.weight: It Ht
        mlp.fc1.bias: It
        mlp.fc2.weight: Ht It
        mlp.fc2.bias: Ht
        @vision_model.
        embeddings.class_embedding: Hv
        embeddings.patch_embedding.weight: Hv vision_config.num_channels|3 p p
        embeddings.position_embedding.weight: side*side+1 Hv
        {pre_layrnorm,post_layernorm}.{weight,bias}: Hv
        @vision_model.encoder.layers.{N<Lv}.
        self_attn.{q,k,v,out}_proj.weight: Hv Hv
        self_attn.{q,k,v,out}_proj.bias: Hv
        {layer_norm1,layer_norm2}.{weight,bias}: Hv
        mlp.fc1.weight: Iv Hv
        mlp.fc1.bias: Iv
        mlp.fc2.weight: Hv Iv
        mlp.fc2.bias: Hv
        # Model
    "],
    ),
];

const BERT_LAYERS: &str = "
    @bert.encoder.layer.{N<L}.
    attention.self.{query,key,value}.weight: H H
    attention.self.{query,key,value}.bias: H
    attention.output.dense.weight: H H
    attention.output.{dense.bias,LayerNorm.weight,LayerNorm.bias}: H
    intermediate.dense.weight: I H
    intermediate.dense.bias: I
    output.dense.weight: H I
    output.{dense.bias,LayerNorm.weight,LayerNorm.bias}: H
    @
";

const BERT_LAYERS_OF_ROBERTA: &str = "
    @roberta.encoder.layer.{N<L}.
    attention.self.{query,key,value}.weight: H H
    attention.self.{query,key,value}.bias: H
    attention.output.dense.weight: H H
    attention.output.{dense.bias,LayerNorm.weight,LayerNorm.bias}: H
    intermediate.dense.weight: I H
    intermediate.dense.bias: I
    output.dense.weight: H I
    output.{dense.bias,LayerNorm.weight,LayerNorm.bias}: H
    @
";
