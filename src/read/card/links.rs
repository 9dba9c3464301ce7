//! What links refer to: an identifier counts for a component where the words beside it say so.

use std::ops::Range;

use super::{
    Said,
    claims::{floor, thing},
    inline::Link,
    owner::Own,
    passage::{Passage, quote},
    phrases::{Hit, Name, PHRASES, Place, Sense},
    targets::{Target, arxiv, target},
};
use crate::words::{Component, Presence};

/// Bytes before a link that tell what it is.
const BEFORE: usize = 90;
/// Bytes after it.
const AFTER: usize = 60;

/// Links of one block that are read.
const MOST_LINKS: usize = 2000;

/// Bytes beside the links of a line that is mostly links.
const LITTLE: usize = 50;

/// A link among its words.
pub(super) struct Context<'a> {
    pub(super) passage: &'a Passage<'a>,
    pub(super) link: &'a Link,
    pub(super) own: &'a Own,
    /// The sentence that it stands in.
    pub(super) sentence: Range<usize>,
    /// Phrases of its text.
    pub(super) inside: Vec<Hit>,
    /// The words before it, its own, and some after it, within the sentence.
    pub(super) near: Range<usize>,
    /// Those before it.
    pub(super) before: Range<usize>,
}

/// Reads the links of a passage, and identifiers that are written without one.
pub(super) fn read(passage: &Passage, own: &Own, said: &mut Said) {
    if passage.places.contains(&Place::License) {
        return;
    }
    let written = written(passage);
    let links = passage.block.said.links.iter().filter(|link| !link.image);
    let linked: Vec<_> = passage.block.said.links.iter().take(MOST_LINKS).collect();
    let in_link = |at: usize| linked.iter().any(|it| it.at <= at && at < it.end);
    let bare = written.iter().filter(|link| !in_link(link.at));
    for link in links.take(MOST_LINKS).chain(bare) {
        let context = Context::of(passage, link, own);
        context.read(said);
    }
}

/// `arXiv:2307.09288` in running words.
fn written(passage: &Passage) -> Vec<Link> {
    let mut found = Vec::new();
    let words = passage.words;
    let labels = passage.hits.iter().filter(|hit| hit.sense == Sense::Name(Name::PaperLabel));
    for hit in labels.take(500) {
        let after = floor(words, (hit.end + 24).min(words.len()));
        let text = words.get(hit.start..after).unwrap_or_default();
        if text.get(..5).is_some_and(|it| it.eq_ignore_ascii_case("arxiv"))
            && !words[..hit.start].ends_with('/')
            && arxiv(text).is_some()
        {
            let id: String = text
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || ":. /[]-".contains(*c))
                .collect();
            let (at, end) = (hit.start, hit.start + id.trim_end_matches([' ', '.', ']']).len());
            let target = id.trim_end_matches([' ', '.', ']']).to_owned();
            found.push(Link {
                at,
                end,
                text: target.clone(),
                target,
                image: false,
                bare: true,
            });
        }
    }
    found
}

/// Whether a sentence says so little beside its link that the one before tells what it is: `We release
/// the training code! Check [here](…).`
fn points_back(sentence: &Range<usize>, link: &Link) -> bool {
    const VAGUE: usize = 24;
    let beside = sentence.len().saturating_sub(link.end.saturating_sub(link.at));
    let named = PHRASES.find(&link.text).iter().any(|hit| {
        matches!(hit.sense, Sense::Subject(_) | Sense::Name(Name::PaperLabel | Name::ReportLabel))
    });
    sentence.start > 0 && beside <= VAGUE && !named
}

impl<'a> Context<'a> {
    fn of(passage: &'a Passage<'a>, link: &'a Link, own: &'a Own) -> Self {
        let sentence = passage.sentence(link.at);
        let from = if points_back(&sentence, link) {
            passage.sentence(sentence.start.saturating_sub(1)).start
        } else {
            sentence.start
        };
        let start = from.max(floor(passage.words, link.at.saturating_sub(BEFORE)));
        let end =
            sentence.end.max(link.end).min(floor(passage.words, link.end + AFTER)).max(link.end);
        let inside = if link.bare {
            Vec::new()
        } else {
            PHRASES.find(&link.text)
        };
        let before = start..link.at.max(start);
        Self {
            passage,
            link,
            own,
            sentence,
            inside,
            near: start..end,
            before,
        }
    }

    fn read(&self, said: &mut Said) {
        let of = target(&self.link.target);
        let card = self.inside.iter().any(|hit| hit.sense == Sense::Subject(Component::DataCard));
        if card && !matches!(of, Target::Nowhere | Target::Inside | Target::Mail) {
            return self.state(Component::DataCard, "links a description of the data", said);
        }
        match of {
            Target::Nowhere => self.nowhere(said),
            Target::Arxiv(id) => self.paper(&format!("arXiv {id}"), said),
            Target::Doi(id) => self.paper(&format!("DOI {id}"), said),
            Target::PaperPage => self.paper(&self.link.target, said),
            Target::Pdf => self.document(said),
            Target::HubDataset(id) => self.dataset(&id, said),
            Target::HubModel(id) => self.model(&id, said),
            Target::HubSpace(id) => self.space(&id, said),
            Target::Repo(id) => self.repo(&id, said),
            Target::Runs => {
                self.state(Component::ModelMetadata, "links the logs of training runs", said);
            }
            Target::Notebook => self.notebook(said),
            Target::Web => self.web(said),
            Target::Inside | Target::Mail => {}
        }
    }

    pub(super) fn inside(&self, name: Name) -> bool {
        self.inside.iter().any(|hit| hit.sense == Sense::Name(name))
    }

    pub(super) fn near(&self, name: Name) -> bool {
        self.inside(name) || self.passage.has(name, &self.near)
    }

    pub(super) fn place(&self) -> Option<Place> {
        self.passage.places.first().copied()
    }

    pub(super) fn part(&self) -> Option<Component> {
        match self.place() {
            Some(Place::Part(part)) => Some(part),
            _ => None,
        }
    }

    fn line(&self) -> u32 {
        self.passage.line(self.link.at)
    }

    fn quote(&self) -> String {
        quote(self.passage.words, &self.sentence, self.link.at)
    }

    pub(super) fn state(&self, about: Component, what: &str, said: &mut Said) {
        let saying = format!("{what}: {}", self.quote());
        said.state(about, Presence::Referenced, self.line(), saying);
    }

    /// A link to nothing promises what it is named after.
    fn nowhere(&self, said: &mut Said) {
        let subject = |hits: &[Hit]| {
            let subjects = hits.iter().filter_map(|hit| match hit.sense {
                Sense::Subject(about) => Some((hit.end - hit.start, about)),
                _ => None,
            });
            subjects.max_by_key(|(len, _)| *len).map(|(_, about)| about)
        };
        let label = self.passage.label.and_then(|place| match place {
            Place::Part(part) => Some(part),
            _ => None,
        });
        let about = subject(&self.inside)
            .or(label)
            .or_else(|| subject(self.passage.hits_in(&self.before)))
            .or(self.part());
        if let Some(about) = about {
            let shown = if self.link.target.is_empty() {
                "nothing"
            } else {
                self.link.target.as_str()
            };
            let saying = format!("{} is linked to {shown}: {}", thing(about), self.quote());
            said.state(about, Presence::Promised, self.line(), saying);
        }
    }

    /// Whether a claim on training data stands before the link in its sentence.
    pub(super) fn after_training_claim(&self) -> bool {
        let before = self.sentence.start..self.link.at.max(self.sentence.start);
        let hits = self.passage.hits_in(&before);
        hits.iter().any(|hit| hit.sense == Sense::Claim(Component::Datasets))
            && !hits.iter().any(|hit| hit.sense == Sense::Name(Name::Aim))
            && !super::owner::of_another(self.passage, &self.sentence, self.link.at, self.own)
    }

    fn of_evaluation(&self) -> bool {
        let placed = matches!(
            self.part(),
            Some(
                Component::EvaluationResults
                    | Component::EvaluationData
                    | Component::EvaluationCode
            )
        );
        (placed || self.passage.has(Name::EvaluationRepo, &self.before))
            && !self.passage.has(Name::Training, &self.near)
    }

    fn dataset(&self, id: &str, said: &mut Said) {
        let before = self.passage.hits_in(&self.before);
        let of_card = |hit: &Hit| hit.sense == Sense::Subject(Component::DataCard);
        if self.part() == Some(Component::DataCard) || before.iter().any(of_card) {
            self.state(Component::DataCard, &format!("refers to the data set's page {id}"), said);
        }
        if self.of_evaluation() {
            self.state(Component::EvaluationData, &format!("refers to the data set {id}"), said);
        } else {
            self.state(Component::Datasets, &format!("refers to the data set {id}"), said);
        }
    }

    fn model(&self, id: &str, said: &mut Said) {
        let lower = id.to_lowercase();
        if lower.contains("optimizer") {
            return self.state(Component::ModelMetadata, &format!("refers to {id}"), said);
        }
        if ["intermediate", "checkpoints", "ckpts"].iter().any(|it| lower.contains(it)) {
            return self.state(Component::IntermediateParameters, &format!("refers to {id}"), said);
        }
        let elsewhere = self.passage.has(Name::Elsewhere, &self.sentence);
        if elsewhere || self.part() == Some(Component::FinalParameters) {
            self.state(
                Component::FinalParameters,
                &format!("refers to {id} for the weights"),
                said,
            );
        }
        let lineage = |hit: &Hit| matches!(hit.sense, Sense::Topic("lineage", _));
        let derived = self.passage.hits_in(&self.before).iter().any(lineage);
        if derived || self.passage.label == Some(Place::Topic("lineage")) {
            said.disclose(
                "lineage",
                Presence::Referenced,
                self.line(),
                format!("refers to {id}: {}", self.quote()),
            );
        }
    }

    fn space(&self, id: &str, said: &mut Said) {
        if self.near(Name::Leaderboard) || id.to_lowercase().contains("leaderboard") {
            self.state(
                Component::EvaluationResults,
                &format!("refers to the leaderboard {id}"),
                said,
            );
        } else if self.near(Name::DemoWord) || self.part() == Some(Component::SampleOutputs) {
            self.state(Component::SampleOutputs, &format!("refers to the demo {id}"), said);
        }
    }

    fn notebook(&self, said: &mut Said) {
        if self.near(Name::TrainingRepo) {
            self.state(Component::TrainingCode, "links a notebook", said);
        } else if self.near(Name::InferenceRepo) || self.place() == Some(Place::HowTo) {
            self.state(Component::InferenceCode, "links a notebook", said);
        }
    }

    /// A repository counts for what the words beside it say that it holds.
    fn repo(&self, id: &str, said: &mut Said) {
        if id.to_lowercase().contains("result") {
            return self.state(
                Component::EvaluationResults,
                &format!("refers to the repository {id}"),
                said,
            );
        }
        let tool = self.is_tool();
        let holds = [
            (Name::TrainingRepo, Component::TrainingCode),
            (Name::InferenceRepo, Component::InferenceCode),
            (Name::EvaluationRepo, Component::EvaluationCode),
            (Name::PreprocessingRepo, Component::DataPreprocessingCode),
            (Name::ArchitectureRepo, Component::ModelArchitecture),
        ];
        let harness = PHRASES.find(id).iter().any(|hit| hit.sense == Sense::Name(Name::Harness));
        if harness || self.inside(Name::Harness) {
            return self.state(
                Component::EvaluationCode,
                &format!("refers to the repository {id}"),
                said,
            );
        }
        if tool {
            return self.state(
                Component::SupportingLibraries,
                &format!("refers to the repository {id} as a tool"),
                said,
            );
        }
        if self.of_data_list() {
            return self.state(
                Component::Datasets,
                &format!("refers to the repository {id} as a source"),
                said,
            );
        }
        let samples = Sense::Subject(Component::SampleOutputs);
        if self.inside.iter().any(|hit| hit.sense == samples) && !self.inside(Name::Code) {
            let what = format!("refers to the repository {id}");
            return self.state(Component::SampleOutputs, &what, said);
        }
        let mut told = false;
        let placed = match self.place() {
            Some(Place::Part(part)) => {
                holds.iter().find(|(_, about)| *about == part).map(|(_, about)| *about)
            }
            _ => None,
        };
        // what the link itself is called says it all: `the [inference code](…)`
        let called = holds.iter().any(|(name, _)| self.inside(*name));
        let holds_such = |name: Name| {
            if called {
                self.inside(name)
            } else {
                self.near(name)
            }
        };
        let code =
            self.near(Name::Code) || self.passage.label.is_some() || self.passage.beside <= LITTLE;
        for (name, about) in holds {
            if code
                && (holds_such(name) || placed == Some(about) && about != Component::TrainingCode)
            {
                self.state(about, &format!("refers to the repository {id}"), said);
                told = true;
            }
        }
        let label = self.passage.block.label.as_deref().unwrap_or_default();
        let of_code = self.inside(Name::CodeStrict)
            || self.passage.has(Name::CodeStrict, &self.before)
            || PHRASES.find(label).iter().any(|hit| hit.sense == Sense::Name(Name::CodeStrict));
        if !told && of_code && self.place() != Some(Place::HowTo) {
            let saying = format!(
                "refers to the repository {id} as code and does not say of what: {}",
                self.quote()
            );
            said.state(Component::TrainingCode, Presence::Claimed, self.line(), saying);
        }
    }

    /// Whether the words right before the link make it a tool that was used: `trained with [TRL]`.
    fn is_tool(&self) -> bool {
        let start =
            floor(self.passage.words, self.link.at.saturating_sub(24)).max(self.sentence.start);
        let lead = self.passage.words.get(start..self.link.at).unwrap_or_default().to_lowercase();
        let lead = lead.trim_end_matches([' ', '🤗', ':', '[', '(']);
        let with = [
            "with",
            "using",
            "by",
            "via",
            "built on",
            "on top of",
            "the",
            "based on",
            "install",
            "library",
        ];
        with.iter().any(|word| lead.ends_with(&format!(" {word}")) || lead == *word)
            && !self.inside(Name::Code)
            && !lead.ends_with("available in the")
            && !lead.ends_with("see the")
    }

    /// Whether the link opens an item of a list of training data, or follows `trained on`.
    fn of_data_list(&self) -> bool {
        let in_data = self.part() == Some(Component::Datasets);
        let lead = self.link.at.saturating_sub(self.sentence.start);
        let said_before =
            self.passage.words.get(self.sentence.start..self.link.at).unwrap_or_default();
        let sent_on = ["see", "consult", "refer", "details"]
            .iter()
            .any(|it| said_before.to_lowercase().contains(it));
        let row = matches!(self.passage.block.kind, super::blocks::Kind::Row(..));
        let opens = (lead <= 40 && !sent_on) || row;
        (in_data && opens && !self.near(Name::CodeStrict))
            || (self.after_training_claim() && !self.near(Name::Code))
    }

    /// Whether the words before the link say that training data is to be had there.
    pub(super) fn of_shared_data(&self) -> bool {
        let text = |hit: &Hit| self.passage.words.get(hit.start..hit.end).unwrap_or_default();
        let mut subjects =
            self.passage.hits_in(&self.before).iter().filter_map(|hit| match hit.sense {
                Sense::Subject(about) if !text(hit).eq_ignore_ascii_case("data") => Some(about),
                _ => None,
            });
        subjects.next() == Some(Component::Datasets)
            && self.passage.has(Name::Available, &self.sentence)
            && !self.of_evaluation()
            && !super::owner::of_another(self.passage, &self.sentence, self.link.at, self.own)
    }

    fn web(&self, said: &mut Said) {
        let text = self.link.text.to_lowercase();
        let aside = [
            "license",
            "terms",
            "policy",
            "blog",
            "website",
            "homepage",
            "documentation",
            "docs",
        ];
        let about_page = aside.iter().any(|word| text.contains(word));
        if self.near(Name::Leaderboard) && self.part() != Some(Component::Datasets) {
            self.state(Component::EvaluationResults, "links a leaderboard", said);
        } else if (self.near(Name::DemoWord) && self.passage.beside <= LITTLE)
            || self.part() == Some(Component::SampleOutputs) && self.inside(Name::DemoWord)
        {
            self.state(Component::SampleOutputs, "links a demo", said);
        } else if !about_page
            && (self.of_data_list() || self.of_shared_data())
            && !self.passage.has(Name::Machine, &self.near)
        {
            self.state(Component::Datasets, "links a source of training data", said);
        } else if self.passage.label == Some(Place::Part(Component::TechnicalReport))
            || self.inside(Name::ReportLabel) && !about_page && !self.of_other()
        {
            self.state(Component::TechnicalReport, "links a report", said);
        } else if self.passage.label == Some(Place::Part(Component::ResearchPaper))
            || (self.inside(Name::PaperLabel)
                && !about_page
                && !self.of_other()
                && self.own_paper().is_some())
        {
            self.state(Component::ResearchPaper, "links a paper", said);
        }
    }
}
