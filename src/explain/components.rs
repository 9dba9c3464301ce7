//! The 17 components: what each is, and what in a folder shows it. What to ask for where it is not
//! here stands beside the rule that looks for it.

use super::Row;

const fn row(
    id: &'static str,
    title: &'static str,
    is: &'static str,
    shown_by: &'static str,
) -> Row {
    Row { id, title, is, shown_by, to_do: "" }
}

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    row("final_parameters", "Final parameters",
        "The trained weights and biases of the finished model.",
        "A weight file whose header lists its tensors; every shard that an index names, each with the tensors mapped to it. An index without shards or a git-lfs pointer only refers to them. An adapter alone is part of a model, and its base is named."),
    row("intermediate_parameters", "Intermediate parameters",
        "Checkpoints from along the training, from which its course can be studied.",
        "Weight files in folders such as checkpoint-500 or global_step1000, or several files that differ in a step. A list of revisions or a branch named by a step refers to them."),
    row("model_architecture", "Model architecture",
        "The source code of the network itself: its layers, and how they are joined.",
        "A source file that defines a class with a forward pass. A class name in config.json only refers to code in a library; a file that imports a package and nothing more is a placeholder. A graph in a weight file shows the operations and is not source code."),
    row("inference_code", "Inference code",
        "Code that loads the model and runs it.",
        "A source file or notebook that generates, predicts or transcribes, and does not train. A snippet in a card is a part; a library's name refers to it."),
    row("training_code", "Training code",
        "Code that trained the model: forward and backward pass, optimizer, schedule.",
        "A source file that computes gradients, steps an optimizer or runs a trainer. That it is here does not prove that it made these weights. A launcher alone is a part."),
    row("data_preprocessing_code", "Data preprocessing code",
        "Code that collected, filtered, deduplicated and tokenized the data.",
        "A source file that filters, deduplicates, tokenizes or packs data sets. A tokenizer or an input processor belongs to running the model and does not count."),
    row("evaluation_code", "Evaluation code",
        "Code that measured the model.",
        "A source file that runs an evaluation harness or computes metrics. Training code that measures as it goes is training code."),
    row("supporting_libraries", "Supporting libraries",
        "The libraries and tools that were used, with their versions.",
        "A requirements, project or environment file, or an image recipe, that names at least one library."),
    row("datasets", "Datasets",
        "The data that the model was trained, validated and tested on.",
        "Files of rows: parquet, Arrow, JSON Lines, CSV, tar shards of samples. Tokenizers, vocabularies, logs, tables of results and configurations are no data. An identifier refers to data elsewhere; \"publicly available sources\" is a claim."),
    row("data_card", "Data card",
        "An account of the data: where it came from, how much, in which languages, how it was collected, filtered and labeled.",
        "A file of its own with prose in it, or a summary of the training content. A section of the model card is a part."),
    row("evaluation_data", "Evaluation data",
        "The data that the model was measured on.",
        "Files of rows that are named after an evaluation or a benchmark. A benchmark's identifier refers to it; its bare name is a claim."),
    row("model_metadata", "Model metadata",
        "How the training was configured, and what it left behind: arguments, schedules, logs, optimizer state.",
        "A file with the arguments of a training run, a trainer's state, the state of an optimizer, a log of events. A configuration that says only how the model is built or run is a part, and counts for nothing among the recipes."),
    row("technical_report", "Technical report",
        "A report by the makers on how the model was built and what it can do.",
        "A PDF whose title or name says so. A link refers to it; \"coming soon\" promises it."),
    row("research_paper", "Research paper",
        "A paper on how the model was made, with data, training and evaluation.",
        "A PDF or LaTeX source. An arXiv id or DOI beside words such as \"paper\", or in the citation, refers to it; other ids are often the papers of others."),
    row("model_card", "Model card",
        "A document on what the model is for, how it was made and measured, and where it fails.",
        "A README or model card with prose under headings on at least three of: description, use, data, training, evaluation, limits. Fewer make a part; a line that leads elsewhere is a placeholder; an unfilled template counts for nothing."),
    row("evaluation_results", "Evaluation results",
        "What came out when the model was measured.",
        "Numbers under names of metrics in a file, a table of numbers in the card, structured results in its front matter. An image is a part, since its numbers cannot be read."),
    row("sample_outputs", "Sample outputs",
        "Examples of what the model puts out.",
        "Files in a folder of samples, or generations with their prompts. A block in a card is a part; a link to a demonstration refers to them."),
];
