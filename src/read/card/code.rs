//! Code in a card: an example that runs the model, what it installs, which revisions it names. A
//! word in code claims nothing.

use super::{
    Said,
    blocks::Kind,
    passage::Passage,
    phrases::{Name, Place, Sense},
};
use crate::words::{Component, Presence};

/// What loads a model.
const LOADS: &[&str] = &[
    "from_pretrained(",
    "pipeline(",
    "SentenceTransformer(",
    "CrossEncoder(",
    "LLM(",
    "Llama(",
    "load_model(",
    "InferenceSession(",
    "spacy.load(",
    "create_model(",
    "hub.load(",
    "Tagger.load(",
    "Classifier.load(",
    "model.load(",
    "TextEmbedding(",
    "ChatOpenAI(",
    "from_single_file(",
    "from_transformers(",
    "load_checkpoint(",
    "load_from_checkpoint(",
    ".from_hparams(",
    "mlx_lm",
    "CTranslate2",
    "ctranslate2",
    "AutoModel",
    "from_hub(",
];
/// What runs it.
const RUNS: &[&str] = &[
    ".generate(",
    "pipe(",
    "pipeline(\"",
    "generator(",
    ".encode(",
    "model(**",
    "model(input",
    ".predict(",
    ".transcribe(",
    ".chat(",
    "create_chat_completion(",
    "create_completion(",
    ".run(",
    "embed(",
    "classifier(",
    "unmasker(",
    "model(x",
    "model(img",
    "model(image",
    "model(batch",
    "outputs = model",
    "output = model",
    "translator(",
    "summarizer(",
    "extractor(",
    "qa(",
    "nlp(",
    "ner(",
    ".similarity(",
    ".rank(",
    "pipeline(prompt",
    "pipe(prompt",
    "llm(",
    ".invoke(",
    "chatbot(",
    "generate(model",
    ".translate(",
    ".classify_file(",
    ".images[0]",
    "model.decode(",
    ".separate",
    "pipeline(task",
];
/// What installs libraries.
const INSTALLS: &[&str] = &[
    "pip install",
    "pip3 install",
    "conda install",
    "uv pip install",
    "uv add",
    "npm i ",
    "npm install",
    "cargo add",
    "mamba install",
];
/// Lines of a block that are read.
const MOST_LINES: usize = 2000;

/// Reads the code blocks of a card, each with the passage before it.
pub(super) fn read(passages: &[Passage], said: &mut Said) {
    let mut before: Option<&Passage> = None;
    for passage in passages {
        if let Kind::Code(language, lines) = &passage.block.kind {
            let lines = &lines[..lines.len().min(MOST_LINES)];
            runs(language, lines, said);
            installs(lines, said);
            super::recipe::read(lines, said);
            revisions(lines, said);
            outputs(passage, before, lines, said);
        } else {
            branches(passage, said);
            inline_installs(passage, said);
            versions(passage, said);
            told_outputs(passage, before, said);
        }
        before = Some(passage);
    }
}

/// A line without its comment.
fn bare(line: &str) -> &str {
    let line = line.trim();
    if line.starts_with('#') || line.starts_with("//") {
        ""
    } else {
        line
    }
}

fn runs(language: &str, lines: &[(u32, &str)], said: &mut Said) {
    let shell = [
        "bash", "sh", "shell", "console", "text", "json", "yaml", "bibtex", "latex",
    ];
    if shell.contains(&language.to_lowercase().as_str()) {
        return;
    }
    let first = |marks: &[&str]| {
        lines.iter().find(|(_, line)| {
            line.len() < 2000 && marks.iter().any(|mark| bare(line).contains(mark))
        })
    };
    let called = || {
        let held: Vec<&str> = lines.iter().filter_map(|(_, line)| held(line)).take(8).collect();
        lines.iter().find(|(_, line)| line.len() < 2000 && calls(bare(line), &held))
    };
    let again = || lines.iter().filter(|(_, line)| bare(line).contains("pipeline(")).nth(1);
    let (Some((line, _)), Some((_, run))) =
        (first(LOADS), first(RUNS).or_else(called).or_else(again))
    else {
        return;
    };
    let run: String = run.trim().chars().take(80).collect();
    let saying = format!("an example in the card loads the model and runs it: `{run}`");
    said.state(Component::InferenceCode, Presence::Partial, *line, saying);
}

/// The name that a line gives to what it loads, where that can be called: `p` in `p = pipeline(…)`.
fn held(line: &str) -> Option<&str> {
    const NO_MODELS: [&str; 4] = ["Tokenizer", "Processor", "FeatureExtractor", "Config"];
    let (name, value) = bare(line).split_once('=')?;
    let name = name.trim();
    let is_name = !name.is_empty()
        && name.len() <= 40
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let loads = LOADS.iter().any(|mark| value.contains(mark))
        && !NO_MODELS.iter().any(|mark| value.contains(mark));
    (is_name && line.len() < 2000 && loads).then_some(name)
}

/// Whether a line calls one of these names.
fn calls(line: &str, names: &[&str]) -> bool {
    names.iter().any(|name| {
        line.match_indices(name).any(|(at, _)| {
            let before = line[..at].chars().next_back();
            let free = before.is_none_or(|c| !(c.is_alphanumeric() || matches!(c, '_' | '.')));
            free && line[at + name.len()..].starts_with('(')
        })
    })
}

fn installs(lines: &[(u32, &str)], said: &mut Said) {
    let is = |line: &str| {
        let line = bare(line).trim_start_matches(['!', '%', '$', '>', ' ']);
        INSTALLS.iter().any(|mark| line.starts_with(mark))
    };
    if let Some((line, text)) = lines.iter().find(|(_, line)| is(line)) {
        let shown: String = text.trim().chars().take(100).collect();
        said.state(
            Component::SupportingLibraries,
            Presence::Claimed,
            *line,
            format!("tells what to install: `{shown}`"),
        );
    }
}

/// `pip install …` within a sentence.
fn inline_installs(passage: &Passage, said: &mut Said) {
    let Some(at) = passage.words.find("pip install ") else {
        return;
    };
    let shown: String = passage.words[at..].chars().take(60).collect();
    let shown = shown.split(['.', ',', '\n', ':', ')']).next().unwrap_or_default().trim();
    said.state(
        Component::SupportingLibraries,
        Presence::Claimed,
        passage.line(at),
        format!("tells what to install: `{shown}`"),
    );
}

/// `Transformers 4.41.0` in a list of what was used.
fn versions(passage: &Passage, said: &mut Said) {
    let words = passage.words.trim();
    let name = words.split([' ', ':', '=']).next().unwrap_or_default();
    let number = words.trim_start_matches(name).trim_start_matches([' ', ':', '=', 'v', '`']);
    let version = number.split_whitespace().next().unwrap_or_default();
    let is_version = version.starts_with(|c: char| c.is_ascii_digit())
        && version.contains('.')
        && version.len() <= 40
        && version.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".+-_".contains(&byte));
    let listed = passage.is_in(Place::Part(Component::SupportingLibraries))
        || passage.is_in(Place::Topic("framework"));
    let named = name.len() <= 40 && name.starts_with(|c: char| c.is_alphabetic());
    if listed && passage.is_prose() && is_version && named {
        let saying = format!("names {name} {version}");
        said.state(Component::SupportingLibraries, Presence::Claimed, passage.line(0), saying);
    }
}

/// `revision="step3000"`: a checkpoint along the way, by the name of its branch.
fn revisions(lines: &[(u32, &str)], said: &mut Said) {
    for (number, line) in lines.iter().filter(|(_, line)| line.len() < 4000) {
        for (at, mark) in line.match_indices("revision") {
            let rest = line[at + mark.len()..].trim_start_matches(['=', ' ', ':', '"', '\'']);
            let name: String = rest
                .chars()
                .take_while(|c| c.is_alphanumeric() || "-_./".contains(*c))
                .take(80)
                .collect();
            if is_checkpoint(&name) {
                let saying = format!("an example loads the revision `{name}`");
                said.state(
                    Component::IntermediateParameters,
                    Presence::Referenced,
                    *number,
                    saying,
                );
            }
        }
    }
}

/// Branch names in prose, beside words that say that they are such.
fn branches(passage: &Passage, said: &mut Said) {
    if passage.block.kind == Kind::Heading {
        return;
    }
    let words = &passage.words;
    let marks = ["branch", "revision", "checkpoint", "tag"];
    for sentence in &passage.sentences {
        let text = &words[sentence.clone()];
        if !marks.iter().any(|mark| text.contains(mark)) {
            continue;
        }
        let name = text
            .split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | '"' | '\'' | '='))
            .find(|word| is_checkpoint(word));
        if let Some(name) = name {
            let saying =
                format!("names the branch `{name}`: {}", passage.quote(sentence, sentence.start));
            said.state(
                Component::IntermediateParameters,
                Presence::Referenced,
                passage.line(sentence.start),
                saying,
            );
        }
    }
}

/// `step3000`, `ckpt_356`, `step1000-tokens4B`, `global_step1000`; not `v1.0`, `main`, `fp16`.
fn is_checkpoint(name: &str) -> bool {
    let lower = name.trim_end_matches(['.', ':', ';']).to_ascii_lowercase();
    let marks = ["step", "ckpt", "checkpoint", "iter", "epoch", "tokens"];
    lower.len() <= 80
        && marks.iter().any(|mark| {
            lower.split(mark).skip(1).any(|rest| {
                rest.trim_start_matches(['-', '_', 's', '/'])
                    .starts_with(|c: char| c.is_ascii_digit())
            })
        })
        && lower.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte))
}

/// What the model put out, told in prose: under a title or a line that says so.
fn told_outputs(passage: &Passage, before: Option<&Passage>, said: &mut Said) {
    const LEAST: usize = 20;
    const LEAD: usize = 80;
    let words = passage.words.trim();
    if !passage.is_prose() || words.len() < LEAST {
        return;
    }
    let samples = Place::Part(Component::SampleOutputs);
    let leads = |it: &Passage| {
        let text = it.words.trim_end();
        let named =
            |hit: &super::phrases::Hit| hit.sense == Sense::Subject(Component::SampleOutputs);
        text.len() <= LEAD && text.ends_with([':', '：']) && it.hits.iter().any(named)
    };
    let all = 0..passage.words.len();
    let answers = passage.is_in(samples)
        && words.contains([':', '：'])
        && passage.has(Name::OutputWord, &all);
    let led = before.is_some_and(|it| it.is_prose() && leads(it));
    if (answers || led) && passage.block.said.links.iter().all(|link| link.image) {
        let saying = format!("an output is told: {}", passage.quote(&all, 0));
        said.state(Component::SampleOutputs, Presence::Partial, passage.line(0), saying);
    }
}

/// What the model put out, shown after a call or under a word that says so.
fn outputs(passage: &Passage, before: Option<&Passage>, lines: &[(u32, &str)], said: &mut Said) {
    let literal = |line: &str| {
        let line = line.trim_start_matches(['#', ' ', '>']);
        ["[{'", "[{\"", "{'generated_text", "{\"generated_text"]
            .iter()
            .any(|mark| line.starts_with(mark))
            && line.contains(':')
    };
    let answered = lines.windows(2).find(|pair| {
        pair[0].1.trim_start().starts_with(">>>")
            && !pair[1].1.trim().is_empty()
            && !pair[1].1.trim_start().starts_with(['>', '.', '#'])
    });
    let shown = lines.iter().find(|(_, line)| {
        literal(line)
            && (line.contains("generated_text")
                || line.contains("score")
                || line.contains("label")
                || line.contains("sequence")
                || line.contains("text"))
    });
    let found = answered.map(|pair| &pair[1]).or(shown);
    let led = before.filter(|it| it.is_prose()).and_then(|it| {
        let last = it.sentences.last()?;
        (it.words[last.clone()].len() <= 80 && it.has(Name::OutputWord, last))
            .then(|| lines.first())?
    });
    let placed = || {
        (passage.places.first() == Some(&Place::Part(Component::SampleOutputs)))
            .then(|| lines.iter().find(|(_, line)| !line.trim().is_empty()))
            .flatten()
    };
    let code = || {
        lines.iter().any(|(_, line)| line.contains("import ") || line.contains("from_pretrained"))
    };
    let found = found.or(led.filter(|_| !code())).or_else(|| placed().filter(|_| !code()));
    if let Some((line, text)) = found {
        let shown: String = text.trim().chars().take(80).collect();
        said.state(
            Component::SampleOutputs,
            Presence::Partial,
            *line,
            format!("an example shows an output: `{shown}`"),
        );
    }
}
