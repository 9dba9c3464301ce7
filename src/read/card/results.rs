//! Numbers and pictures in a card: results, what was measured on, and what the model puts out.

use std::ops::Range;

use super::{
    Said,
    blocks::Kind,
    owner::{Own, of_another},
    passage::Passage,
    phrases::{Name, PHRASES, Place, Sense},
};
use crate::words::{Component, Presence};

/// Rows of a table that are read.
const MOST_ROWS: usize = 400;
/// Benchmarks that are named in a sentence of ours.
const MOST_NAMES: usize = 6;

/// Reads tables, lists and pictures.
pub(super) fn read(passages: &[Passage], own: &Own, said: &mut Said) {
    let mut at = 0;
    while at < passages.len() {
        let Kind::Row(_, number) = passages[at].block.kind else {
            single(&passages[at], own, said);
            at += 1;
            continue;
        };
        let of_table =
            |passage: &&Passage| matches!(passage.block.kind, Kind::Row(_, of) if of == number);
        let len = passages[at..].iter().take_while(of_table).count();
        table(&passages[at..at + len], said);
        at += len;
    }
}

fn of_results(passage: &Passage) -> bool {
    let parts = [
        Component::EvaluationResults,
        Component::EvaluationData,
        Component::EvaluationCode,
    ];
    passage.places.iter().any(|place| parts.iter().any(|part| *place == Place::Part(*part)))
}

/// A table of numbers is results where a benchmark or a metric heads it, or the section does.
fn table(rows: &[Passage], said: &mut Said) {
    let Some(first) = rows.first() else { return };
    rows.iter().take(MOST_ROWS).for_each(|row| pictures(row, said));
    let (mut numbers, mut measured) = (0_usize, 0_usize);
    let mut benchmarks: Vec<String> = Vec::new();
    for (row, passage) in rows.iter().take(MOST_ROWS).enumerate() {
        let Kind::Row(cells, _) = &passage.block.kind else {
            continue;
        };
        for (column, cell) in cells.iter().enumerate() {
            if column > 0 && is_number(cell) {
                numbers += 1;
            }
            if (row > 0 && column > 2) || cell.len() > 60 {
                continue;
            }
            for hit in PHRASES.find(cell) {
                match hit.sense {
                    Sense::Name(Name::Benchmark) => {
                        note(&mut benchmarks, cell.get(hit.start..hit.end));
                    }
                    Sense::Name(Name::Metric) => measured += 1,
                    _ => {}
                }
            }
        }
    }
    let of_data = first.places.contains(&Place::Part(Component::Datasets)) && !of_results(first);
    let aside = matches!(
        first.places.first(),
        Some(Place::Topic(_) | Place::HowTo | Place::Part(Component::ModelMetadata))
    );
    let told = of_results(first) || !benchmarks.is_empty() || (measured > 0 && !aside);
    if numbers < 2 || !told || of_data || (aside && benchmarks.len() < 2) {
        return;
    }
    let line = first.line(0);
    let head = first.quote(&(0..first.words.len()), 0);
    said.state(
        Component::EvaluationResults,
        Presence::Present,
        line,
        format!("a table of {numbers} numbers under {head}"),
    );
    name(&benchmarks, line, said);
}

fn note(names: &mut Vec<String>, name: Option<&str>) {
    let Some(name) = name else { return };
    if !names.iter().any(|it| it.eq_ignore_ascii_case(name)) && names.len() < 50 {
        names.push(name.to_owned());
    }
}

fn name(benchmarks: &[String], line: u32, said: &mut Said) {
    if benchmarks.is_empty() {
        return;
    }
    let shown =
        benchmarks.iter().take(MOST_NAMES).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = benchmarks.len().saturating_sub(MOST_NAMES);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    said.state(
        Component::EvaluationData,
        Presence::Claimed,
        line,
        format!("names {shown}{more} as what was measured on"),
    );
}

/// A paragraph, an item, a heading.
fn single(passage: &Passage, own: &Own, said: &mut Said) {
    pictures(passage, said);
    if !passage.is_prose() {
        return;
    }
    let metric = passage.block.label.as_deref().is_some_and(|label| {
        label.len() <= 40
            && PHRASES
                .find(label)
                .iter()
                .any(|hit| matches!(hit.sense, Sense::Name(Name::Metric | Name::Benchmark)))
    });
    let value = passage.words.split_once([':', '：']).map_or("", |(_, value)| value);
    let first = value.split_whitespace().next().unwrap_or_default();
    let line = passage.line(0);
    if metric
        && is_number(first)
        && !matches!(
            passage.places.first(),
            Some(Place::Part(Component::ModelMetadata | Component::Datasets))
        )
    {
        let saying = format!("a result in a list: {}", passage.quote(&(0..passage.words.len()), 0));
        return said.state(Component::EvaluationResults, Presence::Partial, line, saying);
    }
    let of_data = passage.places.contains(&Place::Part(Component::Datasets));
    let placed = of_results(passage);
    for sentence in &passage.sentences {
        let measured = passage.has(Name::Measures, sentence) && !of_data;
        let attained = || {
            passage.has(Name::Attains, sentence)
                && passage.has(Name::Benchmark, sentence)
                && !of_data
                && !of_another(passage, sentence, sentence.end, own)
        };
        if !placed && !measured && !attained() {
            continue;
        }
        let named = passage.has(Name::Metric, sentence) || passage.has(Name::Benchmark, sentence);
        if named && has_result(passage, sentence) {
            let saying = format!("a result in prose: {}", passage.quote(sentence, sentence.start));
            said.state(
                Component::EvaluationResults,
                Presence::Partial,
                passage.line(sentence.start),
                saying,
            );
        }
        let mut benchmarks = Vec::new();
        for hit in
            passage.hits_in(sentence).iter().filter(|hit| hit.sense == Sense::Name(Name::Benchmark))
        {
            note(
                &mut benchmarks,
                passage
                    .words
                    .get(hit.start..hit.end)
                    .filter(|it| it.contains(|c: char| c.is_uppercase())),
            );
        }
        name(&benchmarks, passage.line(sentence.start), said);
    }
}

/// A number with a fraction or a percent sign that stands alone.
fn has_result(passage: &Passage, sentence: &Range<usize>) -> bool {
    let text = passage.words.get(sentence.clone()).unwrap_or_default();
    text.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | ':' | '=' | '|'))
        .any(|word| {
            let word = word.trim_end_matches(['.', ';']);
            (word.ends_with('%') || word.contains('.')) && is_number(word)
        })
}

/// Pictures where results or outputs are told of.
fn pictures(passage: &Passage, said: &mut Said) {
    let mut images =
        passage.block.said.links.iter().filter(|link| link.image && !is_badge(&link.target));
    let Some(image) = images.next() else { return };
    let line = passage.line(image.at);
    let shown: String = image.target.chars().take(80).collect();
    let file = image.target.rsplit('/').next().unwrap_or_default().replace(['_', '-', '.'], " ");
    let named = PHRASES.place(&image.text).or_else(|| PHRASES.place(&file));
    let results = Some(Place::Part(Component::EvaluationResults));
    let place = if of_results(passage) {
        results
    } else {
        named.or(passage.places.first().copied())
    };
    match place {
        Some(Place::Part(Component::EvaluationResults)) => {
            let saying = format!("results as a picture: {shown}");
            said.state(Component::EvaluationResults, Presence::Partial, line, saying);
        }
        Some(Place::Part(Component::SampleOutputs)) => {
            let all = count(1 + images.count(), "picture");
            let saying = format!("samples as {all}, the first {shown}");
            said.state(Component::SampleOutputs, Presence::Partial, line, saying);
        }
        _ => {}
    }
}

/// `1 picture`, `2 pictures`.
pub(super) fn count(many: usize, thing: &str) -> String {
    format!("{many} {thing}{}", if many == 1 { "" } else { "s" })
}

fn is_badge(target: &str) -> bool {
    ["shields.io", "badge", "colab-", "logo", "banner"]
        .iter()
        .any(|word| target.contains(word))
}

/// `63.9`, `+1.2`, `85%`, `0.5 ± 0.1`, `1,234`; `7B` and `4k` are none.
pub(super) fn is_number(cell: &str) -> bool {
    let cell = cell.split(['±', '(', '/']).next().unwrap_or(cell).trim();
    let cell = cell
        .trim_start_matches(['+', '-', '−', '~', '<', '>', '≈'])
        .trim_end_matches(['%', '*', '†'])
        .trim();
    let digits = cell.bytes().filter(u8::is_ascii_digit).count();
    digits > 0
        && cell.len() <= 16
        && cell.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','))
}
