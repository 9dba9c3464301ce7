//! What the names of files and folders hint at. A name alone never makes anything present.

/// The words of a path in lower case: `Responsible-Use-Guide.pdf` is responsible, use, guide, pdf;
/// `humanEval_2` is human, eval, 2.
pub(super) fn words(path: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut last = ' ';
    for c in path.chars() {
        let starts = match (last, c) {
            (a, b) if a.is_lowercase() && b.is_uppercase() => true,
            (a, b) => a.is_ascii_digit() != b.is_ascii_digit() || !a.is_alphanumeric(),
        };
        if c.is_alphanumeric() {
            match words.last_mut() {
                Some(word) if !starts => word.extend(c.to_lowercase()),
                _ => words.push(c.to_lowercase().collect()),
            }
        }
        last = c;
    }
    words
}

/// Whether any of `of` begins a word of the path, folders included.
pub(super) fn speaks_of(path: &str, of: &[&str]) -> bool {
    words(path).iter().any(|word| of.iter().any(|start| word.starts_with(start)))
}

/// Whether any of `of` is a word of the path, folders included.
pub(super) fn says(path: &str, of: &[&str]) -> bool {
    words(path).iter().any(|word| of.contains(&word.as_str()))
}

/// The extension in lower case, without the dot; empty where there is none.
pub(super) fn extension(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or_else(String::new, |(_, end)| end.to_ascii_lowercase())
}

/// The last part of the path without what follows its first dot, in lower case.
pub(super) fn stem(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split('.').next().unwrap_or(name).to_ascii_lowercase()
}

/// What stands before the number of a step in the name of a checkpoint.
const STEPS: &[&str] = &[
    "checkpoint",
    "ckpt",
    "chkpt",
    "globalstep",
    "step",
    "steps",
    "iter",
    "iteration",
    "epoch",
];

/// The step that a folder or file name gives: `checkpoint-500`, `global_step1000`, `ckpt_356`,
/// `iter_0010000`, `epoch=3-step=1000` (the last number counts). `None` where there is none.
pub(super) fn step(name: &str) -> Option<u64> {
    let words = words(name);
    let pairs = words.windows(2).rev().filter_map(|pair| pair.split_first());
    let mut steps = pairs.filter(|(word, _)| STEPS.contains(&word.as_str()));
    steps.find_map(|(_, number)| number.first()?.parse().ok())
}

/// The first folder of a path that is named like a checkpoint, and its step.
pub(super) fn checkpoint_folder(path: &str) -> Option<(&str, u64)> {
    let (folders, _) = path.rsplit_once('/')?;
    folders.split('/').find_map(|folder| {
        let begins = words(folder).first().is_some_and(|word| {
            STEPS.contains(&word.as_str()) || word == "global" || word == "ckpts"
        });
        begins.then(|| step(folder))?.map(|step| (folder, step))
    })
}

/// The stem, number and count of a shard: `model-00001-of-00002.safetensors` gives
/// `("model", 1, 2)`, `model_00001-of-00072.bin` the like. `None` where it is no shard.
pub(super) fn shard(name: &str) -> Option<(&str, u64, u64)> {
    let (before, after) = name.rsplit_once("-of-")?;
    let digits = after.bytes().take_while(u8::is_ascii_digit).count();
    let of: u64 = after.get(..digits)?.parse().ok()?;
    let number_at = before.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1);
    let number: u64 = before.get(number_at..)?.parse().ok()?;
    let stem = before.get(..number_at)?.trim_end_matches(['-', '_', '.']);
    Some((stem, number, of))
}

/// A count and its noun: `1 file`, `2 files`.
pub(super) fn count(n: impl TryInto<u64>, noun: &str) -> String {
    let n = n.try_into().unwrap_or(u64::MAX);
    if n == 1 {
        format!("1 {noun}")
    } else {
        format!("{n} {noun}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checkpoints_are_told_by_their_folders() {
        check("checkpoint-500/model.safetensors", Some(500));
        check("run/global_step1000/mp_rank_00.pt", Some(1000));
        check("ckpt_356/a.bin", Some(356));
        check("iter_0010000/mp_rank_00/model.pt", Some(10_000));
        check("step1000-tokens4B/model.safetensors", Some(1000));
        check("epoch=3-step=1200/model.bin", Some(1200));
        check("checkpoints/model.safetensors", None);
        check("checkpoint-500.safetensors", None);
        check("onnx/model.onnx", None);
        check("step-audio/model.safetensors", None);
        check("4step/model.safetensors", None);
    }

    #[track_caller]
    fn check(path: &str, expected: Option<u64>) {
        assert_eq!(checkpoint_folder(path).map(|(_, step)| step), expected);
    }

    #[test]
    fn shards_are_told_by_their_numbers() {
        assert_eq!(shard("model-00001-of-00002.safetensors"), Some(("model", 1, 2)));
        assert_eq!(shard("model_00001-of-00072.safetensors"), Some(("model", 1, 72)));
        assert_eq!(shard("q4-00002-of-00003.gguf"), Some(("q4", 2, 3)));
        assert_eq!(shard("best-of-breed.bin"), None);
        assert_eq!(shard("-of-"), None);
    }

    #[test]
    fn names_fall_into_words() {
        assert_eq!(words("Responsible-Use-Guide.pdf"), ["responsible", "use", "guide", "pdf"]);
        assert_eq!(words("a/evalMMLU2"), ["a", "eval", "mmlu", "2"]);
        assert!(says("eval/x.jsonl", &["eval"]) && !says("medieval.jsonl", &["eval"]));
        assert!(speaks_of("dedup_all.py", &["dedup"]));
        assert_eq!(count(1_u64, "file") + &count(2_u64, "file"), "1 file2 files");
    }
}
