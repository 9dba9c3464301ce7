"""Writes layouts.txt beside this script: what transformers stores for tiny models.

The table of architectures is tested against this listing, so that it is not tested against itself.
Needs torch and transformers (any CPU will do; written with torch 2.15, transformers 5.23):

    python -m venv v && v/bin/pip install torch transformers && v/bin/python tests/oracle/layouts.py

Each block: `# architecture`, the config on one line, a tensor a line with its shape, an empty line.
Weights are random and never leave this script; only names and shapes are kept.
"""

import json
import pathlib
import struct
import sys
import tempfile

import torch
import transformers

HERE = pathlib.Path(__file__).resolve().parent
TARGET = HERE / "layouts.txt"

LM = dict(vocab_size=96, hidden_size=32, intermediate_size=48, num_hidden_layers=2,
          num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=64,
          pad_token_id=0, bos_token_id=1, eos_token_id=2)
MHA = {**LM, "num_key_value_heads": 4}
BERT = dict(vocab_size=96, hidden_size=32, intermediate_size=48, num_hidden_layers=2,
            num_attention_heads=4, max_position_embeddings=64)
GPT2 = dict(vocab_size=96, n_embd=32, n_layer=2, n_head=4, n_positions=64, n_ctx=64,
            bos_token_id=1, eos_token_id=2)
MOE = dict(num_experts=3, num_experts_per_tok=2, moe_intermediate_size=24)
DEEP = dict(LM, num_key_value_heads=4, num_hidden_layers=3, n_routed_experts=4, n_shared_experts=2,
            moe_intermediate_size=24, first_k_dense_replace=1, kv_lora_rank=16, q_lora_rank=20,
            qk_rope_head_dim=8, qk_nope_head_dim=16, v_head_dim=12, num_experts_per_tok=2,
            n_group=1, topk_group=1)
TOWER = dict(hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4)

CASES = [
    ("llama", "LlamaForCausalLM", LM),
    ("llama", "LlamaForCausalLM", dict(LM, attention_bias=True, mlp_bias=True, head_dim=10)),
    ("llama", "LlamaForCausalLM", dict(LM, tie_word_embeddings=True)),
    ("llama", "LlamaForSequenceClassification", dict(LM, num_labels=3)),
    ("llama", "LlamaModel", LM),
    ("mistral", "MistralForCausalLM", LM),
    ("granite", "GraniteForCausalLM", LM),
    ("smollm3", "SmolLM3ForCausalLM", LM),
    ("qwen2", "Qwen2ForCausalLM", LM),
    ("qwen2", "Qwen2ForTokenClassification", dict(LM, num_labels=3)),
    ("qwen3", "Qwen3ForCausalLM", dict(LM, head_dim=10)),
    ("gemma", "GemmaForCausalLM", dict(LM, head_dim=16)),
    ("gemma2", "Gemma2ForCausalLM", dict(LM, head_dim=16)),
    ("gemma3_text", "Gemma3ForCausalLM", dict(LM, head_dim=16)),
    ("phi3", "Phi3ForCausalLM", LM),
    ("phi", "PhiForCausalLM", LM),
    ("phi", "PhiForCausalLM", dict(LM, qk_layernorm=True)),
    ("olmo", "OlmoForCausalLM", LM),
    ("olmo2", "Olmo2ForCausalLM", LM),
    ("olmoe", "OlmoeForCausalLM", dict(LM, num_experts=3, num_experts_per_tok=2)),
    ("stablelm", "StableLmForCausalLM", LM),
    ("stablelm", "StableLmForCausalLM", dict(LM, use_qkv_bias=True)),
    ("stablelm", "StableLmForCausalLM", dict(LM, qk_layernorm=True, use_parallel_residual=True)),
    ("starcoder2", "Starcoder2ForCausalLM", LM),
    ("starcoder2", "Starcoder2ForCausalLM", dict(LM, use_bias=False)),
    ("mixtral", "MixtralForCausalLM", dict(LM, num_local_experts=3)),
    ("granitemoe", "GraniteMoeForCausalLM", dict(LM, num_local_experts=3)),
    ("qwen2_moe", "Qwen2MoeForCausalLM", dict(LM, **MOE, shared_expert_intermediate_size=40)),
    ("qwen2_moe", "Qwen2MoeForCausalLM", dict(LM, **MOE, shared_expert_intermediate_size=40,
                                              decoder_sparse_step=2, num_hidden_layers=4,
                                              mlp_only_layers=[3])),
    ("qwen3_moe", "Qwen3MoeForCausalLM", dict(LM, **MOE, head_dim=10)),
    ("qwen3_moe", "Qwen3MoeForCausalLM", dict(LM, **MOE, head_dim=10, mlp_only_layers=[0])),
    ("deepseek_v2", "DeepseekV2ForCausalLM", DEEP),
    ("deepseek_v2", "DeepseekV2ForCausalLM", dict(DEEP, q_lora_rank=None)),
    ("deepseek_v3", "DeepseekV3ForCausalLM", DEEP),
    ("gpt_oss", "GptOssForCausalLM", dict(LM, num_local_experts=3, head_dim=8)),
    ("gpt_neo", "GPTNeoForCausalLM", dict(vocab_size=96, hidden_size=32, num_layers=2, num_heads=4,
                                          max_position_embeddings=64,
                                          attention_types=[[["global", "local"], 1]],
                                          bos_token_id=1, eos_token_id=2)),
    ("gpt_neox", "GPTNeoXForCausalLM", MHA),
    ("gptj", "GPTJForCausalLM", dict(GPT2, rotary_dim=4)),
    ("gpt2", "GPT2LMHeadModel", GPT2),
    ("gpt2", "GPT2ForSequenceClassification", dict(GPT2, num_labels=3)),
    ("gpt_bigcode", "GPTBigCodeForCausalLM", GPT2),
    ("gpt_bigcode", "GPTBigCodeForCausalLM", dict(GPT2, multi_query=False)),
    ("falcon", "FalconForCausalLM", dict(vocab_size=96, hidden_size=32, num_hidden_layers=2,
                                         num_attention_heads=4, bos_token_id=1, eos_token_id=2)),
    ("falcon", "FalconForCausalLM", dict(vocab_size=96, hidden_size=32, num_hidden_layers=2,
                                         num_attention_heads=4, num_kv_heads=2,
                                         new_decoder_architecture=True,
                                         bos_token_id=1, eos_token_id=2)),
    ("falcon", "FalconForCausalLM", dict(vocab_size=96, hidden_size=32, num_hidden_layers=2,
                                         num_attention_heads=4, multi_query=False, alibi=True,
                                         bias=True, parallel_attn=False,
                                         bos_token_id=1, eos_token_id=2)),
    ("bloom", "BloomForCausalLM", dict(vocab_size=96, hidden_size=32, n_layer=2, n_head=4,
                                       bos_token_id=1, eos_token_id=2)),
    ("mpt", "MptForCausalLM", dict(vocab_size=96, d_model=32, n_layers=2, n_heads=4)),
    ("opt", "OPTForCausalLM", dict(vocab_size=96, hidden_size=32, ffn_dim=48, num_hidden_layers=2,
                                   num_attention_heads=4, max_position_embeddings=64,
                                   word_embed_proj_dim=32)),
    ("opt", "OPTForCausalLM", dict(vocab_size=96, hidden_size=32, ffn_dim=48, num_hidden_layers=2,
                                   num_attention_heads=4, max_position_embeddings=64,
                                   word_embed_proj_dim=16, do_layer_norm_before=False)),
    ("mamba", "MambaForCausalLM", dict(vocab_size=96, hidden_size=32, state_size=4,
                                       num_hidden_layers=2)),
    ("rwkv", "RwkvForCausalLM", dict(vocab_size=96, hidden_size=32, num_hidden_layers=2,
                                     attention_hidden_size=32, intermediate_size=48)),
    ("bert", "BertModel", BERT),
    ("bert", "BertForPreTraining", BERT),
    ("bert", "BertForMaskedLM", BERT),
    ("bert", "BertForSequenceClassification", dict(BERT, num_labels=3)),
    ("bert", "BertForTokenClassification", dict(BERT, num_labels=3)),
    ("bert", "BertForQuestionAnswering", BERT),
    ("roberta", "RobertaForMaskedLM", BERT),
    ("roberta", "RobertaForSequenceClassification", dict(BERT, num_labels=3)),
    ("roberta", "RobertaModel", BERT),
    ("xlm-roberta", "XLMRobertaForMaskedLM", BERT),
    ("distilbert", "DistilBertForMaskedLM", dict(vocab_size=96, dim=32, hidden_dim=48, n_layers=2,
                                                 n_heads=4, max_position_embeddings=64)),
    ("distilbert", "DistilBertForSequenceClassification",
     dict(vocab_size=96, dim=32, hidden_dim=48, n_layers=2, n_heads=4, num_labels=3,
          max_position_embeddings=64)),
    ("t5", "T5ForConditionalGeneration", dict(vocab_size=96, d_model=32, d_kv=6, d_ff=48,
                                              num_layers=2, num_decoder_layers=3, num_heads=4)),
    ("t5", "T5ForConditionalGeneration", dict(vocab_size=96, d_model=32, d_kv=8, d_ff=48,
                                              num_layers=2, num_heads=4, tie_word_embeddings=False,
                                              feed_forward_proj="gated-gelu")),
    ("t5", "T5EncoderModel", dict(vocab_size=96, d_model=32, d_kv=8, d_ff=48, num_layers=2,
                                  num_heads=4)),
    ("whisper", "WhisperForConditionalGeneration",
     dict(vocab_size=96, d_model=32, encoder_layers=2, decoder_layers=3, encoder_attention_heads=4,
          decoder_attention_heads=4, encoder_ffn_dim=48, decoder_ffn_dim=40, num_mel_bins=10,
          max_source_positions=30, max_target_positions=20, pad_token_id=0, bos_token_id=1,
          eos_token_id=2, decoder_start_token_id=1)),
    ("vit", "ViTForImageClassification", dict(TOWER, image_size=16, patch_size=4, num_labels=3)),
    ("vit", "ViTModel", dict(TOWER, image_size=16, patch_size=4)),
    ("clip", "CLIPModel", dict(projection_dim=12,
                               text_config=dict(TOWER, vocab_size=96, max_position_embeddings=16),
                               vision_config=dict(TOWER, image_size=16, patch_size=4,
                                                  hidden_size=40, num_hidden_layers=3))),
    # No rule has these: they must be told so.
    ("mamba2", "Mamba2ForCausalLM", dict(vocab_size=96, hidden_size=32, num_hidden_layers=1,
                                         state_size=4, head_dim=8, num_heads=8, n_groups=1)),
]

NOISE = ("transformers_version", "id2label", "label2id", "initializer_range", "use_cache",
         "chunk_size_feed_forward", "output_attentions", "output_hidden_states", "return_dict",
         "problem_type", "is_encoder_decoder", "rope_parameters", "layer_types", "pad_token_id",
         "attention_dropout", "hidden_act", "rms_norm_eps", "bos_token_id", "eos_token_id")


def shapes(folder):
    for file in sorted(pathlib.Path(folder).glob("*.safetensors")):
        with file.open("rb") as handle:
            (length,) = struct.unpack("<Q", handle.read(8))
            header = json.loads(handle.read(length))
        for name, tensor in header.items():
            if name != "__metadata__":
                yield name, tensor["shape"]


def tidy(config):
    labels = len(config.get("id2label") or ()) or None
    config = {key: value for key, value in config.items() if key not in NOISE}
    if labels:
        config["num_labels"] = labels
    return {key: tidy(value) if isinstance(value, dict) else value for key, value in config.items()}


def main():
    torch.manual_seed(0)
    lines, failed = [], []
    for model_type, architecture, keys in CASES:
        try:
            config = transformers.AutoConfig.for_model(model_type, **keys)
            model = getattr(transformers, architecture)(config)
            with tempfile.TemporaryDirectory() as folder:
                model.save_pretrained(folder)
                written = json.loads((pathlib.Path(folder) / "config.json").read_text())
                rows = sorted(shapes(folder))
        except Exception as error:  # one that fails must not hide the others
            failed.append(f"{architecture} {keys}: {type(error).__name__}: {error}")
            continue
        lines += [f"# {architecture}", json.dumps(tidy(written), sort_keys=True)]
        lines += [f"{name} {','.join(map(str, shape)) or '-'}" for name, shape in rows] + [""]
    TARGET.write_text("\n".join(lines))
    sys.stderr.write("".join(f"failed: {line}\n" for line in failed))
    sys.stderr.write(f"{len(CASES) - len(failed)} layouts written\n")


if __name__ == "__main__":
    main()
