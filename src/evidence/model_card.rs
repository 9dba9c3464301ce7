//! Is a model card here, and does it say anything?

use std::collections::BTreeSet;

use super::{Evidence, Rule, cards, names::words};
use crate::{
    facts::{Artifact, Card, Contents, Facts},
    sets::Sets,
    words::{Component, FileKind, Presence},
};

pub(super) const RULE: Rule = Rule {
    component: Component::ModelCard,
    question: "Is a model card in the release, and does it say what a card should?",
    ask: "Please publish a model card: intended use, limits, training data, training, evaluation.",
    gather,
};

/// What a card should speak of, and words that begin the heading of a section that does.
#[rustfmt::skip]
const TOPICS: &[(&str, &[&str])] = &[
    ("description", &["model description", "model detail", "description", "overview", "introduction", "about", "model summary", "model information", "summary", "model architecture", "model overview", "abstract", "模型介绍", "简介", "介绍", "模型描述", "beschreibung", "présentation", "description du modèle", "descripción", "descrição", "モデル概要", "概要", "모델 설명", "소개", "описание", "введение", "وصف", "giới thiệu", "deskripsi"]),
    ("use", &["intended use", "use", "uses", "usage", "how to", "direct use", "quickstart", "quick start", "getting started", "out-of-scope", "inference", "generation", "example", "run ", "deploy", "使用", "快速", "用法", "verwendung", "nutzung", "utilisation", "uso", "使い方", "사용", "использование", "применение", "استخدام", "sử dụng", "cách sử dụng", "penggunaan"]),
    ("data", &["training data", "data", "dataset", "datasets", "pretraining data", "pre-training data", "model data", "训练数据", "数据", "trainingsdaten", "daten", "données", "datos", "dados", "学習データ", "データ", "학습 데이터", "데이터", "данные", "обучающие данные", "بيانات", "dữ liệu", "data pelatihan"]),
    ("training", &["training", "train", "pretraining", "pre-training", "fine-tuning", "finetuning", "hardware", "infrastructure", "training procedure", "hyperparameters", "implementation", "训练", "预训练", "后训练", "entraînement", "entrenamiento", "treinamento", "学習", "훈련", "학습", "обучение", "التدريب", "huấn luyện", "pelatihan"]),
    ("evaluation", &["evaluation", "eval", "results", "benchmark", "performance", "metrics", "评测", "评估", "性能", "实验结果", "auswertung", "ergebnisse", "évaluation", "resultados", "avaliação", "evaluación", "評価", "평가", "성능", "оценка", "результаты", "تقييم", "đánh giá", "evaluasi", "hasil"]),
    ("limits", &["limitation", "bias", "risk", "ethical", "safety", "considerations", "intended use and limitations", "responsib", "局限", "限制", "风险", "偏见", "安全", "einschränkungen", "risiken", "limites", "limitaciones", "limitações", "riesgos", "制限", "リスク", "한계", "위험", "ограничения", "риски", "القيود", "hạn chế", "batasan", "keterbatasan"]),
];

/// Topics that a card must speak of to count as whole.
const ENOUGH_TOPICS: usize = 3;
/// Below this, in bytes, a card is no more than a note.
const NOTE: usize = 200;
/// Below this, in bytes of prose, a section says nothing.
const SOME: usize = 30;

fn gather(rule: &Rule, facts: &Facts, _: &Sets) -> Vec<Evidence> {
    let mut seen = rule.said(facts);
    let folders: BTreeSet<&str> =
        facts.artifacts.iter().filter(|it| of_model(it)).map(Artifact::folder).collect();
    let cards = || facts.cards().filter(|(artifact, _)| is_of_model(&folders, artifact));
    let near = |(artifact, _): &(&Artifact, &Card)| {
        (artifact.depth(), !artifact.name().eq_ignore_ascii_case("readme.md"))
    };
    let main = cards().min_by_key(near).map(|(main, _)| main.path.as_str());
    seen.extend(
        cards().map(|(artifact, card)| {
            weigh(rule, main == Some(artifact.path.as_str()), artifact, card)
        }),
    );
    seen
}

/// Whether a file shows that its folder holds a model.
fn of_model(file: &Artifact) -> bool {
    matches!(file.kind, FileKind::Weights | FileKind::Index)
        || matches!(file.contents, Contents::Weights(_))
        || file.name() == "config.json"
}

/// Whether a card is one of the model: it lies at the root, beside weights or a configuration of a
/// model, or is called a model card. A README among code speaks of that code.
fn is_of_model(folders: &BTreeSet<&str>, artifact: &Artifact) -> bool {
    let called = words(&artifact.path).windows(2).any(|pair| pair == ["model", "card"])
        || artifact.name().to_ascii_lowercase().starts_with("modelcard");
    let root = artifact.depth() == 0;
    artifact.kind == FileKind::ModelCard && (root || called || folders.contains(artifact.folder()))
}

fn weigh(rule: &Rule, main: bool, artifact: &Artifact, card: &Card) -> Evidence {
    let body = cards::prose(card.body().map(|(_, line)| line));
    let (len, unfilled) = (body.len, body.unfilled);
    let topics = topics(card);
    let saw = |presence, saying: String| rule.saw(presence, artifact, saying);
    match () {
        () if len == 0 && unfilled > 0 => {
            saw(Presence::Absent, format!("a template without content, {unfilled} placeholders"))
        }
        () if len == 0 && card.front.is_some() => {
            saw(Presence::Partial, "front matter alone, no prose".to_owned())
        }
        () if len == 0 => saw(Presence::Absent, "a card without content".to_owned()),
        () if len < NOTE && links(card) => {
            saw(Presence::Pointer, format!("{len} bytes of prose that lead elsewhere"))
        }
        () if unfilled > 3 && topics.len() < ENOUGH_TOPICS => {
            let says = listed(&topics);
            saw(Presence::Partial, format!("{unfilled} placeholders unfilled; speaks of {says}"))
        }
        () if topics.len() >= ENOUGH_TOPICS && len >= NOTE && main => {
            let says = listed(&topics);
            saw(Presence::Present, format!("{len} bytes of prose, on {says}"))
        }
        () => {
            let says = listed(&topics);
            saw(Presence::Partial, format!("{len} bytes of prose; its sections speak of {says}"))
        }
    }
}

/// The topics that a card has a filled section on, in the order of the table.
pub(super) fn topics(card: &Card) -> Vec<&'static str> {
    let mut found: BTreeSet<usize> = BTreeSet::new();
    let lines = cards::Lines::of(card);
    let mut inherited: Vec<(u8, Option<usize>)> = Vec::new();
    for section in &card.sections {
        let title = section.title.trim().to_lowercase();
        let title = title.trim_start_matches(|c: char| !c.is_alphabetic());
        while inherited.last().is_some_and(|(level, _)| *level >= section.level) {
            inherited.pop();
        }
        let own = topic(title).or_else(|| inherited.last().and_then(|(_, topic)| *topic));
        inherited.push((section.level, own));
        if let Some(topic) =
            own.filter(|_| cards::prose(lines.under(section).iter().copied()).len >= SOME)
        {
            found.insert(topic);
        }
    }
    found.into_iter().filter_map(|at| TOPICS.get(at)).map(|(name, _)| *name).collect()
}

/// The row whose longest word begins the title, or stands in it as a word.
fn topic(title: &str) -> Option<usize> {
    let rank = |at: usize, words: &[&str]| {
        let fit =
            |word: &&&str| title.starts_with(**word) || (word.len() > 5 && title.contains(**word));
        words.iter().filter(fit).map(|word| word.len()).max().map(|len| (len, at))
    };
    let rows = TOPICS.iter().enumerate();
    rows.filter_map(|(at, (_, words))| rank(at, words)).max().map(|(_, at)| at)
}

fn listed(topics: &[&str]) -> String {
    if topics.is_empty() {
        "none of what a card should".to_owned()
    } else {
        topics.join(", ")
    }
}

fn links(card: &Card) -> bool {
    card.body().any(|(_, line)| {
        line.contains("http://") || line.contains("https://") || line.contains("](")
    })
}
