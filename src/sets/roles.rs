//! What each tensor is to the model, told by the end of its name, its type and its shape.

use super::{
    packing::{self, Names, Unpacked},
    quantization::Hints,
};
use crate::{facts::Tensor, words::Role};

/// A tensor's role, and what it counts for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    pub role: Role,
    /// Logical elements of a parameter, stored elements of anything else; `None` where the number
    /// overflows or a packing is not known.
    pub elements: Option<u64>,
    /// How it is packed, where it is.
    pub packed: Option<Unpacked>,
}

/// A last part of names that is not a parameter's.
struct Leaf {
    name: &'static str,
    role: Role,
    when: When,
}

/// What else must hold.
enum When {
    Always,
    /// At most one extent: a scale of a whole tensor, not a learned map.
    Flat,
    /// Four extents: a causal mask, not a bias.
    Mask,
    /// Any of these beside the stem, of a type that is packed.
    Beside(&'static [&'static str]),
    /// Any of these beside the stem: a factor of an adapter.
    Scaling(&'static [&'static str]),
}

use Role::{Buffer, Optimizer, Other, Quantization};
use When::{Always, Beside, Flat, Mask, Scaling};

/// What stands beside the number that an adapter is scaled by.
const FACTORS: &[&str] = &[
    ".lora_down.weight",
    ".lora_A.weight",
    ".hada_w1_a",
    ".lokr_w1",
    ".lokr_w1_a",
    ".lokr_w2",
    ".lokr_w2_a",
];

/// By name, so that they are found by halving.
#[rustfmt::skip]
const LEAVES: &[Leaf] = &[
    leaf("Adam", Optimizer, Always), leaf("AdamWeightDecayOptimizer", Optimizer, Always),
    leaf("AdamWeightDecayOptimizer_1", Optimizer, Always), leaf("Adam_1", Optimizer, Always),
    leaf("LAMB", Optimizer, Always), leaf("Momentum", Optimizer, Always),
    leaf("RMSProp", Optimizer, Always), leaf("RMSProp_1", Optimizer, Always),
    leaf("SCB", Quantization, Always), leaf("SU", Quantization, Beside(&[".Qidxs"])),
    leaf("SV", Quantization, Beside(&[".Qidxs"])),
    leaf("_extra_state", Other, Always), leaf("_float_tensor", Buffer, Always),
    leaf("absmax", Quantization, Always), leaf("alpha", Buffer, Scaling(FACTORS)), leaf("attn_mask", Buffer, Always),
    leaf("beta1_power", Optimizer, Always), leaf("beta2_power", Optimizer, Always),
    leaf("bias", Buffer, Mask),
    leaf("biases", Quantization, Beside(&[".weight"])),
    leaf("bitsandbytes__fp4", Quantization, Always), leaf("bitsandbytes__nf4", Quantization, Always),
    leaf("causal_mask", Buffer, Always), leaf("codebooks", Quantization, Beside(&[".codes"])),
    leaf("cos_cached", Buffer, Always), leaf("e_score_correction_bias", Buffer, Always),
    leaf("exp_avg", Optimizer, Always), leaf("exp_avg_sq", Optimizer, Always),
    leaf("expert_bias", Buffer, Flat), leaf("freqs_cis", Buffer, Always), leaf("g_idx", Quantization, Always),
    leaf("global_step", Optimizer, Always), leaf("inner_kernel", Buffer, Always),
    leaf("input_global_scale", Quantization, Always), leaf("input_scale", Quantization, Flat),
    leaf("input_zero_point", Quantization, Flat), leaf("inv_freq", Buffer, Always),
    leaf("k_scale", Quantization, Flat), leaf("kv_scale", Quantization, Flat),
    leaf("masked_bias", Buffer, Flat), leaf("max_exp_avg_sq", Optimizer, Always),
    leaf("mcg", Quantization, Beside(&[".trellis"])), leaf("momentum_buffer", Optimizer, Always),
    leaf("mul1", Quantization, Beside(&[".trellis"])),
    leaf("nested_absmax", Quantization, Always), leaf("nested_quant_map", Quantization, Always),
    leaf("num_batches_tracked", Buffer, Always), leaf("original_inv_freq", Buffer, Always),
    leaf("output_scale", Quantization, Flat), leaf("output_zero_point", Quantization, Flat),
    leaf("position_ids", Buffer, Always), leaf("q_group_map", Quantization, Always),
    leaf("q_groups", Quantization, Always), leaf("q_invperm", Quantization, Always),
    leaf("q_perm", Quantization, Always),
    leaf("q_scale", Quantization, Beside(&[".q_weight"])),
    leaf("q_scale_max", Quantization, Always), leaf("quant_map", Quantization, Always),
    leaf("qzeros", Quantization, Always), leaf("relative_coords_table", Buffer, Always),
    leaf("relative_position_index", Buffer, Always), leaf("running_mean", Buffer, Always),
    leaf("running_var", Buffer, Always), leaf("s", Quantization, Beside(&[".B"])),
    leaf("scale", Quantization, Beside(&[".qweight", ".W_q"])),
    leaf("scales", Quantization, Beside(&[".qweight", ".weight", ".codes"])),
    leaf("sin_cached", Buffer, Always), leaf("su", Quantization, Beside(&[".trellis"])),
    leaf("suh", Quantization, Beside(&[".trellis"])), leaf("sv", Quantization, Beside(&[".trellis"])),
    leaf("svh", Quantization, Beside(&[".trellis"])), leaf("tensor_scale", Quantization, Flat),
    leaf("token_type_ids", Buffer, Always), leaf("v_scale", Quantization, Flat),
    leaf("weight_format", Quantization, Always), leaf("weight_g_idx", Quantization, Always),
    leaf("weight_global_scale", Quantization, Always),
    leaf("weight_scale", Quantization, Always), leaf("weight_scale_2", Quantization, Always),
    leaf("weight_scale_inv", Quantization, Always), leaf("weight_shape", Quantization, Always),
    leaf("weight_zero_point", Quantization, Always), leaf("zero", Quantization, Beside(&[".W_q"])),
];

/// Whole names that are no parameters.
fn is_buffer(name: &str) -> bool {
    matches!(
        name,
        "rope.freqs"
            | "rope_factors_long.weight"
            | "rope_factors_short.weight"
            | "rope_freqs.weight"
    )
}

/// First parts of names that training leaves behind.
fn is_optimizer(first: &str) -> bool {
    matches!(
        first,
        "base_optimizer_state"
            | "lr_schedulers"
            | "opt_state"
            | "optim"
            | "optimizer"
            | "optimizer_state"
            | "optimizer_state_dict"
            | "optimizer_states"
            | "single_partition_of_fp32_groups"
    )
}

/// How nearly all names end; no row of the table does.
const USUAL: &str = "weight";

const fn leaf(name: &'static str, role: Role, when: When) -> Leaf {
    Leaf { name, role, when }
}

/// Reads one tensor among those of its set.
pub(super) fn read(tensor: &Tensor, graph: bool, names: &Names, hints: &Hints) -> Reading {
    let stored = |role| Reading {
        role,
        elements: tensor.elements(),
        packed: None,
    };
    let (stem, leaf) = split(&tensor.name);
    if let Some(role) = named_role(tensor, stem, leaf, names) {
        return stored(role);
    }
    let dtype = tensor.dtype.name();
    if dtype == "F8_E8M0" {
        return stored(Quantization);
    }
    if matches!(dtype, "F32" | "BF16" | "F16") && !packing::may_be_container(leaf) {
        return stored(scale_of(tensor, stem, leaf, names).unwrap_or(Role::Parameter));
    }
    if let Some((packed, _)) = packing::unpack(tensor, names, hints) {
        let elements = packed.elements;
        return Reading {
            role: Role::Parameter,
            elements,
            packed: Some(packed),
        };
    }
    stored(scale_of(tensor, stem, leaf, names).unwrap_or_else(|| typed_role(tensor, graph)))
}

/// Before and after the last separator.
fn split(name: &str) -> (&str, &str) {
    name.rfind(['.', '/']).map_or(("", name), |at| (&name[..at], &name[at + 1..]))
}

fn named_role(tensor: &Tensor, stem: &str, leaf: &str, names: &Names) -> Option<Role> {
    let row = || LEAVES.binary_search_by(|row| row.name.cmp(leaf)).ok();
    if let Some(row) = (leaf != USUAL).then(row).flatten().map(|at| &LEAVES[at]) {
        let holds = match row.when {
            Always => true,
            Flat => tensor.shape.len() <= 1,
            Mask => tensor.shape.len() == 4,
            Beside(ends) => ends
                .iter()
                .any(|end| names.beside(stem, end).is_some_and(|it| !is_float(it.dtype.name()))),
            Scaling(ends) => ends.iter().any(|end| names.beside(stem, end).is_some()),
        };
        if holds {
            return Some(row.role);
        }
    }
    let first = tensor.name.split(['.', '/']).next().unwrap_or_default();
    if is_optimizer(first) || leaf == "VARIABLE_VALUE" && tensor.name.contains("/.OPTIMIZER_SLOT/")
    {
        return Some(Optimizer);
    }
    is_buffer(&tensor.name).then_some(Buffer)
}

/// Scales and zero points that are told by the tensor they belong to.
fn scale_of(tensor: &Tensor, stem: &str, leaf: &str, names: &Names) -> Option<Role> {
    let owned = |end: &str, owner: &str| {
        let stem = tensor.name.strip_suffix(end)?;
        names.beside(stem, owner).map(|_| Quantization)
    };
    if leaf == "scale" {
        // A bare scale may be learned; beside a weight of one byte an element it is not.
        let weight = names.beside(stem, ".weight")?;
        return (weight.dtype.element_len() == Some(1)).then_some(Quantization);
    }
    owned("_scales", "_blocks")
        .or_else(|| owned("_scale", "_quantized"))
        .or_else(|| owned("_zero_point", "_quantized"))
}

/// Whole numbers are not learned: buffers where a module stores them, constants where a graph does.
/// Bytes are, in quantized models without packing.
fn typed_role(tensor: &Tensor, graph: bool) -> Role {
    let bias = || graph && tensor.name.to_ascii_lowercase().contains("bias");
    match tensor.dtype.name() {
        "I16" | "U16" | "I32" | "U32" if bias() => Role::Parameter,
        "BOOL" | "I16" | "U16" | "I32" | "U32" | "I64" | "U64" => {
            if graph {
                Other
            } else {
                Buffer
            }
        }
        "STRING" | "DT_STRING" | "RESOURCE" | "VARIANT" | "OBJECT" => Other,
        _ if graph && tensor.shape.is_empty() => Other,
        _ => Role::Parameter,
    }
}

fn is_float(dtype: &str) -> bool {
    matches!(dtype, "F64" | "F32" | "F16" | "BF16")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::build;

    #[test]
    fn the_table_is_sorted_and_leaves_the_usual_name_out() {
        assert!(LEAVES.is_sorted_by(|a, b| a.name < b.name));
        assert!(LEAVES.iter().all(|row| row.name != USUAL));
    }

    #[test]
    fn names_tell_roles() {
        check(&[("h.0.attn.attention.bias", "BOOL", &[1, 1, 2048, 2048])], Buffer);
        check(&[("h.0.attn.bias", "F32", &[1, 1, 1024, 1024])], Buffer);
        check(&[("h.0.attn.bias", "F32", &[1024])], Role::Parameter);
        check(&[("h.0.attn.masked_bias", "F32", &[])], Buffer);
        check(&[("embeddings.position_ids", "I64", &[1, 512])], Buffer);
        check(&[("layers.0.rotary_emb.inv_freq", "F32", &[64])], Buffer);
        check(&[("rope.freqs", "BF16", &[64])], Buffer);
        check(&[("rope_freqs.weight", "F32", &[64])], Buffer);
        check(&[("bn.running_mean", "F32", &[64])], Buffer);
        check(&[("attn.scale", "F32", &[64])], Role::Parameter);
        check(
            &[
                ("attn.scale", "F32", &[8, 64]),
                ("attn.weight", "F8_E4M3", &[8, 64]),
            ],
            Quantization,
        );
        check(&[("attn.scales", "F32", &[64])], Role::Parameter);
        check(&[("attn.biases", "F32", &[64]), ("attn.weight", "F32", &[64])], Role::Parameter);
        check(&[("a.scales", "F16", &[8, 2]), ("a.weight", "U32", &[8, 16])], Quantization);
        check(
            &[
                ("gate_up_proj_scales", "U8", &[2, 8]),
                ("gate_up_proj_blocks", "U8", &[2, 8, 16]),
            ],
            Quantization,
        );
        check(&[("optimizer.state.0.exp_avg", "F32", &[8])], Optimizer);
        check(&[("optimizer.state.0.step", "F32", &[])], Optimizer);
        check(&[("bert/encoder/kernel/Adam_1", "F32", &[8])], Optimizer);
        check(&[("logit_scale", "F32", &[])], Role::Parameter);
        check(&[("a.weight_scale", "F8_E8M0", &[8])], Quantization);
    }

    #[track_caller]
    fn check(tensors: &[(&str, &str, &[u64])], role: Role) {
        let tensors = build::stored(tensors);
        let mut names = Names::with_capacity(tensors.len());
        for tensor in &tensors {
            names.insert(tensor);
        }
        assert_eq!(read(&tensors[0], false, &names, &Hints::default()).role, role);
    }
}
