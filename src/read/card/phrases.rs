//! The tables of phrases, and one pass that finds them all.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind};
use serde::Deserialize;

use super::fold::{fold, is_cjk};
use crate::{
    facts::SectionTopic,
    words::{Component, Presence},
};

/// What cards are asked for beside the components, as reports spell it.
pub const TOPICS: &[&str] = &[
    "labor_annotators",
    "labor_crowd",
    "labor_contractors",
    "labor_preference_data",
    "labor_red_team",
    "labor_pay",
    "compute_hardware",
    "compute_count",
    "compute_hours",
    "compute_flops",
    "compute_provider",
    "compute_region",
    "energy",
    "carbon",
    "data_size",
    "data_cutoff",
    "language",
    "gating",
    "framework",
    "lineage",
    "release_date",
    "contact",
    "intended_use",
    "limits",
];

/// What a phrase means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sense {
    /// Something is promised or withheld; where that must be named.
    State(Presence, Side),
    /// A template that nobody filled.
    Placeholder,
    /// Prose claims the component.
    Claim(Component),
    /// The component is named.
    Subject(Component),
    /// A title with this phrase is about this.
    Heading(Place),
    /// The sentence discloses this, where it has what the topic needs.
    Topic(&'static str, Needs),
    /// A name or sign.
    Name(Name),
}

/// Where a state's thing stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Side {
    /// Before, after, or in the heading.
    Any,
    /// Before it in the sentence.
    Before,
    /// After it in the sentence.
    After,
    /// Within a few words.
    Near,
}

/// What a topic's sentence needs beside the phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Needs {
    /// Nothing.
    Nothing,
    /// A digit close by.
    Number,
    /// That it speaks of training.
    Training,
    /// A number of the size of data right before it: `2 trillion`, `825 GB`, `1.5M`.
    Scale,
}

/// What a section or a labeled line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A component; the description of training data is `Datasets`.
    Part(Component),
    /// One of [`TOPICS`].
    Topic(&'static str),
    /// How the model was trained.
    Training,
    /// How to run it.
    HowTo,
    /// What to cite.
    Citation,
    /// The terms.
    License,
}

impl Place {
    /// The same for those who read cards.
    pub(super) fn topic(self) -> SectionTopic {
        match self {
            Self::Part(part) => SectionTopic::Part(part),
            Self::Topic(topic) => SectionTopic::Topic(topic),
            Self::Training => SectionTopic::Training,
            Self::HowTo => SectionTopic::HowTo,
            Self::Citation => SectionTopic::Citation,
            Self::License => SectionTopic::License,
        }
    }
}

macro_rules! names {
    ($($name:ident = $word:literal),+ $(,)?) => {
        /// Kinds of names and signs; what each is for stands where it is used.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Name { $($name),+ }

        impl Name {
            fn named(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$name),)+ _ => None }
            }
        }
    };
}

names! {
    Benchmark = "benchmark",
    Metric = "metric",
    Harness = "harness",
    Corpus = "corpus",
    Family = "family",
    Training = "training",
    Running = "running",
    Machine = "machine",
    Aim = "aim",
    Boilerplate = "boilerplate",
    Public = "public",
    Stuff = "stuff",
    Own = "own",
    Modal = "modal",
    PaperLabel = "paper_label",
    ReportLabel = "report_label",
    Introduces = "introduces",
    Technique = "technique",
    TrainingRepo = "training_repo",
    InferenceRepo = "inference_repo",
    EvaluationRepo = "evaluation_repo",
    PreprocessingRepo = "preprocessing_repo",
    ArchitectureRepo = "architecture_repo",
    Code = "code",
    CodeStrict = "code_strict",
    WeightsWord = "weights_word",
    Elsewhere = "elsewhere",
    OutputWord = "output_word",
    DemoWord = "demo_word",
    Leaderboard = "leaderboard",
    DatasetPaper = "dataset_paper",
    Fact = "fact",
    Contrast = "contrast",
    Duration = "duration",
    Negation = "negation",
    Given = "given",
    OnRequest = "on_request",
    Reader = "reader",
    Attains = "attains",
    Measures = "measures",
    TunedFrom = "tuned_from",
    Available = "available",
}

/// A phrase found: its bytes in the text as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    /// Its first byte.
    pub(super) start: usize,
    /// The byte after its last.
    pub(super) end: usize,
    /// What it means.
    pub(super) sense: Sense,
}

/// A row of the tables.
#[derive(Debug, Deserialize)]
pub(super) struct Row {
    presence: Option<String>,
    side: Option<Side>,
    needs: Option<Needs>,
    #[serde(alias = "place", alias = "topic", alias = "of")]
    about: Option<String>,
    #[serde(default)]
    #[cfg_attr(
        not(test),
        expect(
            dead_code,
            reason = "for people who read the tables, and for their tests"
        )
    )]
    pub(super) language: String,
    pub(super) words: Vec<String>,
}

#[cfg(test)]
impl Row {
    /// The state that it is a row of.
    pub(super) fn presence(&self) -> &str {
        self.presence.as_deref().unwrap()
    }

    /// The component that it is about.
    pub(super) fn component(&self) -> &str {
        self.about.as_deref().unwrap()
    }
}

/// The two files of tables.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Rows {
    pub(super) state: Vec<Row>,
    pub(super) placeholder: Vec<Row>,
    pub(super) claim: Vec<Row>,
    pub(super) subject: Vec<Row>,
    heading: Vec<Row>,
    topic: Vec<Row>,
    names: Vec<Row>,
}

const FILES: [&str; 2] = [include_str!("phrases.toml"), include_str!("topics.toml")];

/// Every phrase, ready to be found.
pub(super) struct Phrases {
    finder: AhoCorasick,
    /// By pattern: its senses, and whether its last word is open.
    patterns: Vec<(Vec<Sense>, bool)>,
}

/// The tables, as one finder; made when the first card is read.
pub(super) static PHRASES: LazyLock<Phrases> = LazyLock::new(|| {
    let mut senses: Vec<(String, Sense)> = Vec::new();
    for rows in FILES.iter().map(|file| rows(file)) {
        for (rows, sense) in by_kind(&rows) {
            for row in rows {
                let Some(sense) = sense(row) else { continue };
                senses.extend(row.words.iter().map(|word| (fold(word).text, sense)));
            }
        }
    }
    senses.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut words: Vec<String> = Vec::new();
    let mut patterns: Vec<(Vec<Sense>, bool)> = Vec::new();
    for (word, sense) in senses {
        let (word, open) = word.strip_suffix('*').map_or((word.as_str(), false), |it| (it, true));
        match (words.last(), patterns.last_mut()) {
            (Some(last), Some(pattern)) if last == word && pattern.1 == open => {
                pattern.0.push(sense);
            }
            _ => {
                words.push(word.replace('*', ""));
                patterns.push((vec![sense], open));
            }
        }
    }
    let finder = AhoCorasickBuilder::new().kind(Some(AhoCorasickKind::ContiguousNFA)).build(words);
    Phrases {
        finder: finder.expect("a few thousand short patterns"),
        patterns,
    }
});

/// Reads one of the embedded files.
pub(super) fn rows(file: &str) -> Rows {
    toml::from_str(file).expect("embedded, and read by the tests")
}

type Senses = fn(&Row) -> Option<Sense>;

fn by_kind(rows: &Rows) -> [(&[Row], Senses); 7] {
    [
        (&rows.state, state),
        (&rows.placeholder, |_| Some(Sense::Placeholder)),
        (&rows.claim, |row| part(row).map(Sense::Claim)),
        (&rows.subject, |row| part(row).map(Sense::Subject)),
        (&rows.heading, |row| place(row.about.as_deref()?).map(Sense::Heading)),
        (&rows.topic, |row| {
            let needs = row.needs.unwrap_or(Needs::Nothing);
            topic(row.about.as_deref()?).map(|topic| Sense::Topic(topic, needs))
        }),
        (&rows.names, |row| Name::named(row.about.as_deref()?).map(Sense::Name)),
    ]
}

fn state(row: &Row) -> Option<Sense> {
    let presence = Presence::named(row.presence.as_deref()?)?;
    Some(Sense::State(presence, row.side.unwrap_or(Side::Any)))
}

fn part(row: &Row) -> Option<Component> {
    Component::named(row.about.as_deref()?)
}

fn topic(word: &str) -> Option<&'static str> {
    TOPICS.iter().copied().find(|topic| *topic == word)
}

fn place(word: &str) -> Option<Place> {
    Some(match word {
        "training_data" => Place::Part(Component::Datasets),
        "training" => Place::Training,
        "how_to_use" => Place::HowTo,
        "citation" => Place::Citation,
        "license" => Place::License,
        _ => match Component::named(word) {
            Some(component) => Place::Part(component),
            None => Place::Topic(topic(word)?),
        },
    })
}

impl Phrases {
    /// Every phrase in a text, by where it begins; whole words only.
    pub(super) fn find(&self, text: &str) -> Vec<Hit> {
        let folded = fold(text);
        let mut hits = Vec::with_capacity(if text.len() > 200 { 32 } else { 0 });
        for found in self.finder.find_overlapping_iter(&folded.text) {
            let (senses, open) = &self.patterns[found.pattern().as_usize()];
            if !whole(&folded.text, found.start(), found.end(), *open) {
                continue;
            }
            let (start, end) = (folded.origin(found.start()), folded.origin(found.end()));
            hits.extend(senses.iter().map(|sense| Hit { start, end, sense: *sense }));
        }
        hits.sort_by_key(|hit| (hit.start, hit.end));
        hits
    }

    /// What a title is about: the longest phrase in it decides.
    pub(super) fn place(&self, title: &str) -> Option<Place> {
        if title.len() > 160 {
            return None;
        }
        let headings = self.find(title).into_iter().filter_map(|hit| match hit.sense {
            Sense::Heading(place) => Some((hit.end - hit.start, place)),
            _ => None,
        });
        headings.rev_max().map(|(_, place)| place)
    }
}

/// The greatest by length, the first of equals.
trait RevMax: Iterator<Item = (usize, Place)> + Sized {
    fn rev_max(self) -> Option<(usize, Place)> {
        self.fold(None, |best, it| match best {
            Some((len, _)) if len >= it.0 => best,
            _ => Some(it),
        })
    }
}

impl<I: Iterator<Item = (usize, Place)>> RevMax for I {}

/// Whether nothing of a word is cut off on either side.
fn whole(text: &str, start: usize, end: usize, open: bool) -> bool {
    let word = |c: char| (c.is_alphanumeric() || c == '_') && !is_cjk(c);
    let arabic = |c: char| matches!(c, '\u{600}'..='\u{6ff}');
    let found = &text[start..end];
    let ends = |inner: Option<char>, outer: Option<char>| {
        let free = inner.is_none_or(|c| !word(c) || arabic(c));
        free || outer.is_none_or(|c| !word(c))
    };
    ends(found.chars().next(), text[..start].chars().next_back())
        && (open || ends(found.chars().next_back(), text[end..].chars().next()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn every_row_means_something() {
        for file in FILES {
            let rows = rows(file);
            for (rows, sense) in by_kind(&rows) {
                for row in rows {
                    assert!(sense(row).is_some(), "{row:?}");
                    assert!(!row.words.is_empty(), "{row:?}");
                }
            }
        }
    }

    #[test]
    fn every_language_has_three_phrases_a_state() {
        let languages = [
            "en", "zh", "fr", "de", "es", "pt", "ja", "ko", "ru", "ar", "vi", "id",
        ];
        let rows = rows(FILES[0]);
        let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for row in &rows.state {
            let state = row.presence.as_deref().unwrap();
            *counts.entry((state, row.language.as_str())).or_default() += row.words.len();
        }
        for (kind, rows) in [("claimed", &rows.claim), ("absent", &rows.placeholder)] {
            for row in rows {
                *counts.entry((kind, row.language.as_str())).or_default() += row.words.len();
            }
        }
        for language in languages {
            for state in ["promised", "withheld", "claimed", "absent"] {
                let count = counts.get(&(state, language)).copied().unwrap_or(0);
                assert!(count >= 3, "{count} phrases of {state} in {language}");
            }
        }
    }

    #[test]
    fn whole_words_match_and_scripts_without_spaces_anywhere() {
        check("Trained on C4", true);
        check("untrained onto", false);
        check("obtained on", false);
        check("模型在公开数据上训练得到", true);
        check("이 모델은 위키백과로 학습되었습니다", true);
        check("نموذج تم تدريبه على نصوص", true);
    }

    #[track_caller]
    fn check(text: &str, claimed: bool) {
        let hits = PHRASES.find(text);
        assert_eq!(
            hits.iter().any(|hit| matches!(hit.sense, Sense::Claim(_))),
            claimed,
            "{hits:?}"
        );
    }

    #[test]
    fn the_longest_phrase_of_a_title_decides() {
        place_is("Training Data", Some(Place::Part(Component::Datasets)));
        place_is("Data Freshness", Some(Place::Topic("data_cutoff")));
        place_is("Training Factors", Some(Place::Training));
        place_is("Hardware and Software", Some(Place::Topic("compute_hardware")));
        place_is("Training Hyperparameters", Some(Place::Part(Component::ModelMetadata)));
        place_is("训练数据", Some(Place::Part(Component::Datasets)));
        place_is("Model Details", None);
        place_is("Bias, Risks, and Limitations", Some(Place::Topic("limits")));
    }

    #[track_caller]
    fn place_is(title: &str, place: Option<Place>) {
        assert_eq!(PHRASES.place(title), place);
    }
}
