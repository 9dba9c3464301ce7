//! Training configurations, told by the keys that they hold, whatever the file is called.

use std::collections::BTreeMap;

use crate::facts::{Node, TRAINING_ARGUMENTS, Yaml};

/// A kind of configuration: the first row whose keys are all there names the file.
pub(super) struct Recipe {
    /// As readers know it.
    pub(super) name: &'static str,
    /// What it is good for.
    pub(super) role: Role,
    /// Keys that must all be there, at any depth.
    all: &'static [&'static str],
    /// Keys of which at least `least` must be there.
    of: &'static [&'static str],
    least: usize,
}

/// What a configuration says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// How the model was, or could be, trained.
    Training,
    /// What a training run left behind.
    State,
    /// How it was merged from others.
    Merge,
    /// How it is built or run; nothing of its making.
    Inference,
    /// How it is measured.
    Evaluation,
}

#[rustfmt::skip]
pub(super) const RECIPES: &[Recipe] = &[
    Recipe { name: "a Trainer's state", role: Role::State, all: &["log_history", "global_step"], of: &[], least: 0 },
    Recipe { name: "results of a training run", role: Role::State, all: &["train_runtime"], of: &["train_loss", "train_samples_per_second", "epoch"], least: 1 },
    Recipe { name: "a merge recipe (mergekit)", role: Role::Merge, all: &["merge_method"], of: &["models", "slices", "base_model", "modules"], least: 1 },
    Recipe { name: "a mixture recipe (mergekit)", role: Role::Merge, all: &["gate_mode", "experts"], of: &[], least: 0 },
    Recipe { name: "a DeepSpeed configuration", role: Role::Training, all: &["zero_optimization"], of: &["stage", "train_batch_size", "train_micro_batch_size_per_gpu", "gradient_clipping", "bf16", "fp16"], least: 1 },
    Recipe { name: "a DeepSpeed configuration", role: Role::Training, all: &["train_micro_batch_size_per_gpu"], of: TRAINING_ARGUMENTS, least: 1 },
    Recipe { name: "an Accelerate configuration", role: Role::Training, all: &["compute_environment", "distributed_type"], of: &["num_processes", "mixed_precision", "num_machines"], least: 1 },
    Recipe { name: "an axolotl recipe", role: Role::Training, all: &["base_model", "datasets"], of: &["sequence_len", "micro_batch_size", "num_epochs", "adapter", "val_set_size", "dataset_prepared_path", "sample_packing"], least: 2 },
    Recipe { name: "an alignment-handbook recipe", role: Role::Training, all: &["dataset_mixer"], of: TRAINING_ARGUMENTS, least: 2 },
    Recipe { name: "a LLaMA-Factory recipe", role: Role::Training, all: &["stage", "finetuning_type"], of: TRAINING_ARGUMENTS, least: 1 },
    Recipe { name: "a GPT-NeoX configuration", role: Role::Training, all: &["train_iters"], of: &["num_layers", "hidden_size", "optimizer", "lr_decay_style", "data_path", "train_data_paths"], least: 2 },
    Recipe { name: "a torchtune recipe", role: Role::Training, all: &["_component_", "optimizer"], of: &["dataset", "tokenizer", "checkpointer", "epochs", "batch_size"], least: 2 },
    Recipe { name: "a NeMo configuration", role: Role::Training, all: &["trainer", "exp_manager"], of: &["devices", "max_steps", "optim", "micro_batch_size"], least: 1 },
    Recipe { name: "a Hydra training configuration", role: Role::Training, all: &["_target_"], of: TRAINING_ARGUMENTS, least: 2 },
    Recipe { name: "a fairseq configuration", role: Role::Training, all: &["optimization", "criterion"], of: &["lr", "max_update", "lr_scheduler", "task"], least: 1 },
    Recipe { name: "an OLMo training configuration", role: Role::Training, all: &["max_duration", "optimizer"], of: &["scheduler", "global_train_batch_size", "fsdp", "save_interval"], least: 1 },
    Recipe { name: "an image-adapter recipe (kohya)", role: Role::Training, all: &["network_module"], of: TRAINING_ARGUMENTS, least: 2 },
    Recipe { name: "Trainer arguments", role: Role::Training, all: &["per_device_train_batch_size"], of: TRAINING_ARGUMENTS, least: 2 },
    Recipe { name: "an evaluation task", role: Role::Evaluation, all: &["task", "doc_to_text"], of: &["dataset_path", "dataset_name", "metric_list", "output_type"], least: 1 },
    Recipe { name: "a training configuration", role: Role::Training, all: &["learning_rate"], of: TRAINING_ARGUMENTS, least: 3 },
    Recipe { name: "a training configuration", role: Role::Training, all: &["lr"], of: TRAINING_ARGUMENTS, least: 3 },
    Recipe { name: "a training configuration", role: Role::Training, all: &["optimizer"], of: TRAINING_ARGUMENTS, least: 4 },
    Recipe { name: "an adapter configuration", role: Role::Inference, all: &["peft_type"], of: &[], least: 0 },
    Recipe { name: "a model configuration", role: Role::Inference, all: &["architectures"], of: &[], least: 0 },
    Recipe { name: "a model configuration", role: Role::Inference, all: &["model_type"], of: &["hidden_size", "d_model", "n_embd", "vocab_size", "num_hidden_layers", "n_layer", "num_layers", "hidden_sizes", "text_config"], least: 1 },
    Recipe { name: "a pipeline's parts", role: Role::Inference, all: &["_diffusers_version", "_class_name"], of: &[], least: 0 },
    Recipe { name: "model dimensions", role: Role::Inference, all: &["dim", "n_layers"], of: &["n_heads", "head_dim", "norm_eps", "vocab_size", "hidden_dim", "n_kv_heads"], least: 1 },
    Recipe { name: "generation settings", role: Role::Inference, all: &["eos_token_id", "transformers_version"], of: &[], least: 0 },
    Recipe { name: "generation settings", role: Role::Inference, all: &["transformers_version"], of: &["temperature", "top_p", "top_k", "do_sample", "max_new_tokens", "max_length", "bos_token_id", "_from_model_config"], least: 1 },
];

/// What kind of configuration a document is, and the keys that tell it, with the line of the first.
pub(super) struct Recognized {
    /// Its row.
    pub(super) recipe: &'static Recipe,
    /// Keys that were seen, in the row's order, six at most.
    pub(super) keys: Vec<&'static str>,
    /// Line of the first of them, from 1.
    pub(super) line: u32,
}

/// The first row of [`RECIPES`] that a document fits.
pub(super) fn recognize(root: &Node) -> Option<Recognized> {
    let keys = keys(root);
    RECIPES.iter().find_map(|recipe| {
        if !recipe.all.iter().all(|key| keys.contains_key(*key)) {
            return None;
        }
        let more =
            recipe.of.iter().filter(|key| keys.contains_key(**key) && !recipe.all.contains(key));
        let of: Vec<&'static str> = more.copied().collect();
        (of.len() >= recipe.least).then(|| {
            let told: Vec<&'static str> = recipe.all.iter().copied().chain(of).take(6).collect();
            let line = told.iter().filter_map(|key| keys.get(*key)).min().copied().unwrap_or(1);
            Recognized { recipe, keys: told, line }
        })
    })
}

/// Every key of a document and its line, `-` spelled `_`; to a depth and number that no recipe passes.
fn keys(root: &Node) -> BTreeMap<String, u32> {
    const DEPTH: usize = 6;
    const MOST: usize = 4096;
    let mut keys = BTreeMap::new();
    let mut open = vec![(root, 0)];
    let mut steps = 0;
    while let Some((node, depth)) = open.pop() {
        steps += 1;
        if depth > DEPTH || steps > 16 * MOST || keys.len() > MOST {
            continue;
        }
        match &node.value {
            Yaml::Map(entries) => {
                for (key, value) in entries {
                    keys.entry(key.to_ascii_lowercase().replace('-', "_")).or_insert(value.line);
                    open.push((value, depth + 1));
                }
            }
            Yaml::List(items) => open.extend(items.iter().take(64).map(|item| (item, depth + 1))),
            _ => {}
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::build::node;

    #[test]
    fn configurations_are_told_by_their_keys() {
        check(r#"{"global_step":500,"log_history":[{"loss":1.0}]}"#, "a Trainer's state");
        check(r#"{"zero_optimization":{"stage":3}}"#, "a DeepSpeed configuration");
        check(
            r#"{"compute_environment":"LOCAL_MACHINE","distributed_type":"FSDP","num_processes":8}"#,
            "an Accelerate configuration",
        );
        check(
            r#"{"base_model":"a/b","datasets":[{"path":"c/d"}],"sequence_len":4096,"micro_batch_size":2}"#,
            "an axolotl recipe",
        );
        check(r#"{"merge_method":"slerp","slices":[]}"#, "a merge recipe (mergekit)");
        check(
            r#"{"model_name_or_path":"a/b","dataset_mixer":{"c/d":1.0},"learning_rate":2e-5,"num_train_epochs":1,"bf16":true}"#,
            "an alignment-handbook recipe",
        );
        check(
            r#"{"train-iters":143000,"num-layers":24,"hidden-size":1024,"optimizer":{"type":"Adam"}}"#,
            "a GPT-NeoX configuration",
        );
        check(
            r#"{"model":{"_target_":"a.B"},"optimizer":{"lr":0.1},"trainer":{"max_steps":3}}"#,
            "a Hydra training configuration",
        );
        check(
            r#"{"output_dir":"o","learning_rate":1e-4,"per_device_train_batch_size":4,"max_steps":10}"#,
            "Trainer arguments",
        );
        check(
            r#"{"lr":1,"batch_size":2,"epochs":3,"optimizer":"adam"}"#,
            "a training configuration",
        );
        check(
            r#"{"architectures":["LlamaForCausalLM"],"model_type":"llama"}"#,
            "a model configuration",
        );
        check(r#"{"dim":4096,"n_layers":32,"n_heads":32,"multiple_of":256}"#, "model dimensions");
        check(r#"{"eos_token_id":2,"transformers_version":"4.31.0"}"#, "generation settings");
        check(r#"{"learning_rate":1}"#, "");
        check(r#"{"added_tokens_decoder":{},"model_max_length":4096}"#, "");
        check("[]", "");
    }

    #[track_caller]
    fn check(json: &str, name: &str) {
        assert_eq!(recognize(&node(json)).map_or("", |it| it.recipe.name), name);
    }
}
