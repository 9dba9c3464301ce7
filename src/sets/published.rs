//! Counts that were published for well-known models, held against layouts made here by hand: no
//! table of the program takes part in making them.

use super::{WeightSet, group};
use crate::facts::{Tensor, build};

/// A tensor in the making.
pub(super) type Row = (String, &'static str, Vec<u64>);

/// A decoder of the llama kind.
#[derive(Clone, Copy)]
pub(super) struct Decoder {
    pub vocabulary: u64,
    pub hidden: u64,
    pub inner: u64,
    pub layers: u64,
    pub keys: u64,
}

pub(super) const LLAMA_2_7B: Decoder = Decoder {
    vocabulary: 32000,
    hidden: 4096,
    inner: 11008,
    layers: 32,
    keys: 4096,
};
pub(super) const LLAMA_3_8B: Decoder = Decoder {
    vocabulary: 128_256,
    hidden: 4096,
    inner: 14336,
    layers: 32,
    keys: 1024,
};
pub(super) const MISTRAL_7B: Decoder = Decoder {
    vocabulary: 32000,
    hidden: 4096,
    inner: 14336,
    layers: 32,
    keys: 1024,
};

impl Decoder {
    pub(super) fn rows(&self, dtype: &'static str) -> Vec<Row> {
        let Self {
            vocabulary: v,
            hidden: h,
            inner: i,
            layers,
            keys: k,
        } = *self;
        let mut rows = vec![
            ("model.embed_tokens.weight".to_owned(), dtype, vec![v, h]),
            ("model.norm.weight".to_owned(), dtype, vec![h]),
            ("lm_head.weight".to_owned(), dtype, vec![v, h]),
        ];
        for n in 0..layers {
            let parts = [
                ("self_attn.q_proj", vec![h, h]),
                ("self_attn.k_proj", vec![k, h]),
                ("self_attn.v_proj", vec![k, h]),
                ("self_attn.o_proj", vec![h, h]),
                ("mlp.gate_proj", vec![i, h]),
                ("mlp.up_proj", vec![i, h]),
                ("mlp.down_proj", vec![h, i]),
                ("input_layernorm", vec![h]),
                ("post_attention_layernorm", vec![h]),
            ];
            let row = |(name, shape)| (format!("model.layers.{n}.{name}.weight"), dtype, shape);
            rows.extend(parts.map(row));
        }
        rows
    }

    /// The same with every matrix of the layers put another way.
    pub(super) fn packed(&self, pack: fn(&str, u64, u64) -> Vec<Row>) -> Vec<Row> {
        let pack = |(name, dtype, shape): Row| match shape[..] {
            [o, i] if name.contains(".layers.") => pack(name.trim_end_matches(".weight"), o, i),
            _ => vec![(name, dtype, shape)],
        };
        self.rows("F16").into_iter().flat_map(pack).collect()
    }
}

pub(super) fn row(stem: &str, end: &str, dtype: &'static str, shape: &[u64]) -> Row {
    (format!("{stem}{end}"), dtype, shape.to_vec())
}

pub(super) fn gptq(stem: &str, o: u64, i: u64) -> Vec<Row> {
    vec![
        row(stem, ".qweight", "I32", &[i / 8, o]),
        row(stem, ".qzeros", "I32", &[i / 128, o / 8]),
        row(stem, ".scales", "F16", &[i / 128, o]),
        row(stem, ".g_idx", "I32", &[i]),
    ]
}

pub(super) fn awq(stem: &str, o: u64, i: u64) -> Vec<Row> {
    vec![
        row(stem, ".qweight", "I32", &[i, o / 8]),
        row(stem, ".qzeros", "I32", &[i / 128, o / 8]),
        row(stem, ".scales", "F16", &[i / 128, o]),
    ]
}

pub(super) fn nf4(stem: &str, o: u64, i: u64) -> Vec<Row> {
    vec![
        row(stem, ".weight", "U8", &[o * i / 2, 1]),
        row(stem, ".weight.absmax", "U8", &[o * i / 64]),
        row(stem, ".weight.quant_map", "F32", &[16]),
        row(stem, ".weight.nested_absmax", "F32", &[o * i / 64 / 256]),
        row(stem, ".weight.nested_quant_map", "F32", &[256]),
        row(stem, ".weight.quant_state.bitsandbytes__nf4", "U8", &[101]),
    ]
}

pub(super) fn llm_int8(stem: &str, o: u64, i: u64) -> Vec<Row> {
    vec![
        row(stem, ".weight", "I8", &[o, i]),
        row(stem, ".SCB", "F32", &[o]),
        row(stem, ".weight_format", "U8", &[]),
    ]
}

pub(super) fn w4a16(stem: &str, o: u64, i: u64) -> Vec<Row> {
    vec![
        row(stem, ".weight_packed", "I32", &[o, i / 8]),
        row(stem, ".weight_scale", "BF16", &[o, i / 128]),
        row(stem, ".weight_shape", "I64", &[2]),
    ]
}

pub(super) fn fp8(stem: &str, o: u64, i: u64) -> Vec<Row> {
    vec![
        row(stem, ".weight", "F8_E4M3", &[o, i]),
        row(stem, ".weight_scale", "BF16", &[o, 1]),
    ]
}

pub(super) fn nvfp4(stem: &str, o: u64, i: u64) -> Vec<Row> {
    vec![
        row(stem, ".weight_packed", "U8", &[o, i / 2]),
        row(stem, ".weight_scale", "F8_E4M3", &[o, i / 16]),
        row(stem, ".weight_global_scale", "F32", &[1]),
        row(stem, ".input_global_scale", "F32", &[1]),
    ]
}

pub(super) fn modelopt(stem: &str, o: u64, i: u64) -> Vec<Row> {
    vec![
        row(stem, ".weight", "U8", &[o, i / 2]),
        row(stem, ".weight_scale", "F8_E4M3", &[o, i / 16]),
        row(stem, ".weight_scale_2", "F32", &[]),
        row(stem, ".input_scale", "F32", &[]),
    ]
}

/// Embeddings and head are packed too.
pub(super) fn mlx(decoder: Decoder) -> Vec<Row> {
    let pack = |(name, dtype, shape): Row| match shape[..] {
        [o, i] => {
            let stem = name.trim_end_matches(".weight");
            vec![
                row(stem, ".weight", "U32", &[o, i / 8]),
                row(stem, ".scales", "BF16", &[o, i / 64]),
                row(stem, ".biases", "BF16", &[o, i / 64]),
            ]
        }
        _ => vec![(name, dtype, shape)],
    };
    decoder.rows("BF16").into_iter().flat_map(pack).collect()
}

/// DeepSeek-V3 as released: FP8 with block scales, and a module for the second next token that
/// stores embedding and head again.
pub(super) fn deepseek_v3() -> Vec<Row> {
    let h = 7168;
    let mut rows = vec![
        row("model.embed_tokens", ".weight", "BF16", &[129_280, h]),
        row("model.norm", ".weight", "BF16", &[h]),
        row("lm_head", ".weight", "BF16", &[129_280, h]),
    ];
    for n in 0..62 {
        let at = |name: &str| format!("model.layers.{n}.{name}");
        let norm = |name: &str, len| row(&at(name), ".weight", "BF16", &[len]);
        let mut linear = |name: &str, o: u64, i: u64| {
            rows.push(row(&at(name), ".weight", "F8_E4M3", &[o, i]));
            let blocks = [o.div_ceil(128), i.div_ceil(128)];
            rows.push(row(&at(name), ".weight_scale_inv", "F32", &blocks));
        };
        linear("self_attn.q_a_proj", 1536, h);
        linear("self_attn.q_b_proj", 128 * 192, 1536);
        linear("self_attn.kv_a_proj_with_mqa", 576, h);
        linear("self_attn.kv_b_proj", 128 * 256, 512);
        linear("self_attn.o_proj", h, 128 * 128);
        let mut feed = |name: &str, inner: u64| {
            linear(&format!("{name}.gate_proj"), inner, h);
            linear(&format!("{name}.up_proj"), inner, h);
            linear(&format!("{name}.down_proj"), h, inner);
        };
        if n < 3 {
            feed("mlp", 18432);
        } else {
            (0..256).for_each(|e| feed(&format!("mlp.experts.{e}"), 2048));
            feed("mlp.shared_experts", 2048);
            rows.push(row(&at("mlp.gate"), ".weight", "BF16", &[256, h]));
            rows.push(row(&at("mlp.gate.e_score_correction_bias"), "", "F32", &[256]));
        }
        rows.extend([
            norm("self_attn.q_a_layernorm", 1536),
            norm("self_attn.kv_a_layernorm", 512),
            norm("input_layernorm", h),
            norm("post_attention_layernorm", h),
        ]);
        if n == 61 {
            rows.extend([
                norm("enorm", h),
                norm("hnorm", h),
                norm("shared_head.norm", h),
            ]);
            rows.push(row(&at("eh_proj"), ".weight", "BF16", &[h, 2 * h]));
            rows.push(row(&at("embed_tokens"), ".weight", "BF16", &[129_280, h]));
            rows.push(row(&at("shared_head.head"), ".weight", "BF16", &[129_280, h]));
        }
    }
    rows
}

pub(super) fn tensors(rows: &[Row]) -> Vec<Tensor> {
    let rows: Vec<_> = rows
        .iter()
        .map(|(name, dtype, shape)| (name.as_str(), *dtype, shape.as_slice()))
        .collect();
    build::stored(&rows)
}

/// The set of one file beside this config.
fn counted(rows: &[Row], config: &str) -> WeightSet {
    let facts = build::Build::release("model")
        .weights("model.safetensors", "safetensors", tensors(rows))
        .config("config.json", config)
        .facts();
    group(&facts).sets.remove(0)
}

const MLX: &str = r#"{"quantization":{"group_size":64,"bits":4}}"#;
const W4A16: &str = r#"{"quantization_config":{"quant_method":"compressed-tensors",
    "config_groups":{"group_0":{"weights":{"num_bits":4}}}}}"#;

#[test]
fn plain_layouts_count_as_published() {
    check(&LLAMA_2_7B.rows("F16"), "{}", 6_738_415_616, 6_738_415_616, None);
    check(&LLAMA_3_8B.rows("BF16"), "{}", 8_030_261_248, 8_030_261_248, None);
    check(&MISTRAL_7B.rows("BF16"), "{}", 7_241_732_096, 7_241_732_096, None);
    assert_eq!(LLAMA_2_7B.rows("F16").len(), 291);
}

#[test]
fn packed_layouts_count_as_what_they_stand_for() {
    let (mistral, llama) = (7_241_732_096, 8_030_261_248);
    check(&MISTRAL_7B.packed(gptq), "{}", mistral, 1_197_412_352, Some(("gptq", 4)));
    check(&MISTRAL_7B.packed(awq), "{}", mistral, 1_196_167_168, Some(("awq", 4)));
    check(&LLAMA_3_8B.packed(nf4), "{}", llama, 4_650_161_760, Some(("bitsandbytes", 4)));
    check(&LLAMA_3_8B.packed(llm_int8), "{}", llama, 8_031_637_728, Some(("bitsandbytes", 8)));
    check(&LLAMA_3_8B.packed(w4a16), W4A16, llama, 1_977_881_024, Some(("compressed-tensors", 4)));
    check(&LLAMA_3_8B.packed(fp8), "{}", llama, 8_031_637_504, Some(("fp8", 8)));
    check(&LLAMA_3_8B.packed(nvfp4), "{}", llama, 4_976_808_384, Some(("nvfp4", 4)));
    check(&LLAMA_3_8B.packed(modelopt), "{}", llama, 4_976_808_384, Some(("nvfp4", 4)));
    check(&mlx(LLAMA_3_8B), MLX, llama, 1_254_952_960, Some(("mlx", 4)));
}

#[test]
fn a_packing_that_nothing_tells_is_not_guessed() {
    let set = counted(&LLAMA_3_8B.packed(w4a16), "{}");
    assert_eq!((set.parameters, set.elements), (None, Some(1_977_881_024)));
    assert_eq!(counted(&mlx(LLAMA_3_8B), "{}").parameters, None);
}

#[test]
fn modules_for_further_tokens_are_named_and_counted_apart() {
    let set = counted(&deepseek_v3(), "{}");
    assert_eq!(set.main_parameters(), Some(671_026_404_352));
    assert_eq!(set.parameters, Some(682_636_472_320));
    let extra = &set.extras[0];
    assert_eq!((extra.module.as_str(), extra.repeated), ("model.layers.61", 1_853_358_080));
    assert_eq!((set.tensors, set.buffers), (91_991, 59 * 256));
}

#[test]
fn buffers_are_no_parameters() {
    let mut rows = LLAMA_2_7B.rows("F16");
    rows.extend((0..32).map(|n| {
        row(&format!("model.layers.{n}.self_attn.rotary_emb.inv_freq"), "", "F32", &[64])
    }));
    let set = counted(&rows, "{}");
    assert_eq!((set.parameters, set.buffers), (Some(6_738_415_616), 2048));
    assert_eq!(set.elements, Some(6_738_417_664));
}

#[test]
fn a_head_of_the_same_bytes_counts_once() {
    let facts = build::Build::release("model")
        .weights("model.safetensors", "safetensors", tensors(&LLAMA_2_7B.rows("F16")))
        .facts();
    let mut sets = group(&facts);
    sets.count_ends_once(|_, index| Some(index)); // all tensors differ
    assert_eq!((sets.sets[0].parameters, sets.sets[0].twice), (Some(6_738_415_616), 0));
    for _ in 0..2 {
        sets.count_ends_once(|_, _| Some("the same"));
        let set = &sets.sets[0];
        assert_eq!((set.parameters, set.twice), (Some(6_607_343_616), 131_072_000));
        assert_eq!(set.dtypes["F16"], 6_607_343_616);
    }
}

#[track_caller]
fn check(rows: &[Row], config: &str, parameters: u64, elements: u64, packed: Option<(&str, u64)>) {
    let set = counted(rows, config);
    assert_eq!((set.parameters, set.elements), (Some(parameters), Some(elements)));
    let seen = set.quantization.as_ref().map(|it| (it.method.as_str(), it.bits.unwrap_or(0)));
    assert_eq!(seen, packed);
    let apart = set.elements.unwrap_or(0) - set.helpers - set.buffers;
    assert!(set.helpers > 0 || apart == parameters);
}
