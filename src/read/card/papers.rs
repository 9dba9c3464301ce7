//! Which papers and reports are the model's own: by their label, the words beside them, or the name
//! they carry. The papers of techniques and of other models are not.

use super::{
    Said,
    links::Context,
    phrases::{Name, PHRASES, Place, Sense},
    targets::{Target, target},
};
use crate::words::Component;

/// Texts of links that say nothing.
const VAGUE: &[&str] = &["here", "link", "this", "this link"];
/// Texts of links that say no more than where they lead.
const WHERE: &[&str] = &["arxiv", "pdf"];

impl Context<'_> {
    /// Whether the words beside a link make it this model's own paper or report, and which.
    pub(super) fn own_paper(&self) -> Option<Component> {
        let report = self.inside(Name::ReportLabel)
            || self.part() == Some(Component::TechnicalReport)
            || self.reported();
        let about = if report {
            Component::TechnicalReport
        } else {
            Component::ResearchPaper
        };
        let labeled = |place: Option<Place>| {
            matches!(
                place,
                Some(Place::Part(Component::ResearchPaper | Component::TechnicalReport))
            )
        };
        if labeled(self.passage.label) {
            return Some(about);
        }
        let in_section = labeled(self.place()) || self.place() == Some(Place::Citation);
        let named = self.inside(Name::PaperLabel) || self.inside(Name::ReportLabel);
        if named && !self.link.bare && self.of_other() {
            return None;
        }
        let words = self.link.text.split_whitespace().count();
        let label_only = named && words <= 4;
        let others = self.passage.has(Name::Technique, &self.before);
        let introduced = self.passage.has(Name::Introduces, &self.near);
        let vague = self.is_called(&[VAGUE]);
        let own = named && self.own.is(&self.link.text);
        let of_list = label_only && self.passage.is_prose() && self.passage.beside <= 16;
        let bidden = ["see ", "(see ", "read "]
            .iter()
            .any(|it| self.link.text.to_lowercase().starts_with(it));
        let of_list = of_list || (named && bidden && !others);
        let titled = words >= 3 && target(&self.link.target) != Target::Pdf;
        let says = (named || vague || self.link.bare || titled) && introduced && !others;
        let pointed = !others && self.named_before();
        (in_section || own || of_list || says || pointed).then_some(about)
    }

    /// Whether the text of the link is one of these.
    fn is_called(&self, lists: &[&[&str]]) -> bool {
        let text = self.link.text.to_lowercase();
        lists.iter().any(|list| list.contains(&text.as_str()))
    }

    /// Whether this model's paper or report is named right before a link whose own text says no more
    /// than where it leads: `the Zeta paper is on [arXiv](…)`.
    fn named_before(&self) -> bool {
        const NEAR: usize = 40;
        let labels = |hit: &super::phrases::Hit| {
            matches!(hit.sense, Sense::Name(Name::PaperLabel | Name::ReportLabel))
                && hit.end + NEAR >= self.link.at
        };
        self.is_called(&[VAGUE, WHERE])
            && self.passage.hits_in(&self.before).iter().any(labels)
            && !super::owner::of_another(self.passage, &self.sentence, self.link.at, self.own)
    }

    /// Whether a report is named before a link whose own text says no more than where it leads:
    /// `our technical report is on [arXiv](…)`.
    fn reported(&self) -> bool {
        let bare = self.link.bare || self.is_called(&[VAGUE, WHERE]);
        let last = |name: Name| {
            let hits = self.passage.hits_in(&self.before).iter();
            hits.filter(|hit| hit.sense == Sense::Name(name)).map(|hit| hit.end).max()
        };
        bare && last(Name::ReportLabel).is_some_and(|report| Some(report) >= last(Name::PaperLabel))
    }

    /// Whether the text of the link names something else: `RefinedWeb paper`.
    pub(super) fn of_other(&self) -> bool {
        const PLAIN: [&str; 12] = [
            "the",
            "our",
            "this",
            "full",
            "official",
            "original",
            "research",
            "technical",
            "associated",
            "accompanying",
            "here",
            "read",
        ];
        let labels = |word: &str| {
            PHRASES
                .find(word)
                .iter()
                .any(|hit| matches!(hit.sense, Sense::Name(Name::PaperLabel | Name::ReportLabel)))
        };
        let named = self.link.text.split(|c: char| c.is_whitespace() || c == ':').any(|word| {
            let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
            let capital = bare.starts_with(char::is_uppercase) && bare.len() > 2;
            let plain = PLAIN.contains(&bare.to_lowercase().as_str())
                || labels(bare)
                || bare == "Tech"
                || bare == "Link"
                || bare == "PDF";
            capital && !plain
        });
        named && !self.own.is(&self.link.text)
    }

    pub(super) fn paper(&self, id: &str, said: &mut Said) {
        let of_data = self.inside(Name::DatasetPaper)
            || self.part() == Some(Component::Datasets)
            || self.part() == Some(Component::DataCard);
        let borrowed = self.passage.has(Name::Technique, &self.before);
        if !self.inside(Name::PaperLabel) && self.of_shared_data() {
            let what = format!("refers to {id} for the data");
            return self.state(Component::Datasets, &what, said);
        }
        match self.own_paper() {
            Some(about) if !of_data || self.own.is(&self.link.text) => {
                self.state(about, &format!("refers to {id}"), said);
            }
            _ if !borrowed && (of_data || self.after_training_claim()) => {
                self.state(Component::DataCard, &format!("refers to {id} on the data"), said);
            }
            _ => {}
        }
    }

    /// A document: a paper or report by its label, else one where its name says so.
    pub(super) fn document(&self, said: &mut Said) {
        let file = self.link.target.rsplit('/').next().unwrap_or_default().to_lowercase();
        let other = [
            "license",
            "guide",
            "policy",
            "terms",
            "eula",
            "form",
            "slides",
            "agreement",
        ];
        if other
            .iter()
            .any(|word| file.contains(word) || self.link.text.to_lowercase().contains(word))
        {
            return;
        }

        let named = ["report", "paper", "technical", "whitepaper", "tech"]
            .iter()
            .any(|word| file.contains(word));
        let labeled = self.own_paper().filter(|_| !self.inside(Name::DatasetPaper));
        let about = match labeled {
            Some(about) => about,
            None if named || self.inside(Name::ReportLabel) => Component::TechnicalReport,
            None => return,
        };
        self.state(about, "links a document", said);
    }
}
