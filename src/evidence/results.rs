//! Results of evaluations in JSON and YAML files, told by the metrics that they hold.

use crate::{
    evidence::names::{speaks_of, words},
    facts::{Node, Yaml},
};

/// Words that name a metric, or begin the name of one.
const METRICS: &[&str] = &[
    "acc",
    "accuracy",
    "f1",
    "bleu",
    "sacrebleu",
    "rouge",
    "rouge1",
    "rougel",
    "exact",
    "em",
    "perplexity",
    "ppl",
    "wer",
    "cer",
    "mrr",
    "ndcg",
    "map",
    "auc",
    "precision",
    "recall",
    "pearson",
    "spearman",
    "score",
    "pass",
    "mcc",
    "fid",
    "clip",
    "meteor",
    "chrf",
    "bertscore",
    "iou",
    "miou",
    "psnr",
    "ssim",
    "winrate",
    "elo",
    "brier",
    "main",
];

/// Words that name a benchmark.
pub(super) const BENCHMARKS: &[&str] = &[
    "mmlu",
    "hellaswag",
    "arc",
    "truthfulqa",
    "winogrande",
    "gsm",
    "humaneval",
    "mbpp",
    "boolq",
    "piqa",
    "siqa",
    "openbookqa",
    "lambada",
    "squad",
    "glue",
    "superglue",
    "drop",
    "bbh",
    "math",
    "gpqa",
    "ifeval",
    "mteb",
    "imagenet",
    "coco",
    "librispeech",
    "triviaqa",
    "naturalqs",
    "agieval",
    "ceval",
    "cmmlu",
    "xnli",
    "sciq",
    "hendrycks",
    "toxigen",
    "bold",
    "commonsenseqa",
    "mtbench",
    "alpacaeval",
    "aime",
];

/// Metrics with a number each.
pub(super) struct Results {
    /// How many numbers stand under a metric's name.
    pub(super) numbers: u64,
    /// The first of them, as written: `acc,none` and `0.4321`.
    pub(super) first: (String, String),
    /// Its line, from 1.
    pub(super) line: u32,
}

/// The results that a document holds; `None` where it holds no number under the name of a metric.
/// A training log is not among them: numbers beside a `step` or under `train_` names do not count.
pub(super) fn recognize(path: &str, root: &Node) -> Option<Results> {
    const DEPTH: usize = 8;
    const MOST: usize = 20_000;
    let named = speaks_of(path, &["eval", "result", "benchmark", "score", "leaderboard"])
        || words(path).iter().any(|word| BENCHMARKS.contains(&word.as_str()));
    let mut results: Option<Results> = None;
    let mut open = vec![(root, 0_usize)];
    let mut steps = 0;
    while let Some((node, depth)) = open.pop() {
        steps += 1;
        if depth > DEPTH || steps > MOST {
            continue;
        }
        let dataset_id = node.at("dataset.id").is_some();
        for (key, value) in node.entries().iter().rev() {
            let counts = (dataset_id && key == "value") || metric(key, named);
            let number = value.float().filter(|_| counts).and_then(|_| value.text());
            if let Some(number) = number {
                let results = results.get_or_insert_with(|| Results {
                    numbers: 0,
                    first: (key.clone(), number.to_owned()),
                    line: value.line,
                });
                results.numbers += 1;
                if value.line < results.line {
                    (results.first, results.line) = ((key.clone(), number.to_owned()), value.line);
                }
            }
            if !["config", "configs", "log_history", "samples"].contains(&key.as_str()) {
                open.push((value, depth + 1));
            }
        }
        if let Yaml::List(items) = &node.value {
            open.extend(items.iter().take(1000).map(|item| (item, depth + 1)));
        }
    }
    results.filter(|results| named || results.numbers > 1)
}

/// Whether a key names a metric; in a file that is named after results, a benchmark's name does too.
fn metric(key: &str, named: bool) -> bool {
    let mut words = words(key);
    let parts = key.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    words.extend(parts.map(str::to_lowercase)); // `f1` in one piece
    let first = words.first().map_or("", String::as_str);
    if ["train", "step", "learning"].contains(&first) {
        return false;
    }
    let of = |names: &[&str]| words.iter().any(|word| names.contains(&word.as_str()));
    of(METRICS) || (named && (of(BENCHMARKS) || first == "eval"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::build::node;

    #[test]
    fn results_are_told_by_their_metrics() {
        check(
            "eval_mmlu.json",
            r#"{"results":{"mmlu":{"acc,none":0.43,"acc_stderr,none":0.1}}}"#,
            2,
        );
        check("results.json", r#"{"mmlu":43.2,"hellaswag":77.1}"#, 2);
        check(".eval_results/a.yaml", r#"[{"dataset":{"id":"a/b","task_id":"c"},"value":0.5}]"#, 1);
        check("all_results.json", r#"{"eval_loss":1.2,"eval_accuracy":0.9}"#, 2);
        check("metrics.json", r#"{"f1":0.5,"exact_match":0.4}"#, 2);
        check("train_results.json", r#"{"train_loss":1.2,"train_runtime":5}"#, 0);
        check(
            "config.json",
            r#"{"hidden_size":4096,"score_func":"sigmoid","router_score_scale":1}"#,
            0,
        );
        check("eval.json", r#"{"acc":"high"}"#, 0);
    }

    #[track_caller]
    fn check(path: &str, json: &str, numbers: u64) {
        assert_eq!(recognize(path, &node(json)).map_or(0, |it| it.numbers), numbers);
    }
}
