//! What a license asks, as facts with the section where each stands.
//!
//! A fact says what the text says. Nothing here is advice, and a topic that is not listed was not
//! looked at or does not apply: it is never to be read as "free".

use std::fmt;

use serde::{Deserialize, Serialize};

/// One thing that a license says.
///
/// ```
/// use weighbill::licenses::{self, Is};
///
/// let llama2 = licenses::license("llama2").expect("in the catalog");
/// let cap = llama2.term("user_cap").expect("a cap");
/// assert_eq!(cap.is, Is::Number(700_000_000));
/// assert_eq!((cap.unit.as_deref(), cap.section.as_deref()), (Some("MAU"), Some("2")));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Term {
    /// The catalog's key, e.g. `user_cap`; those with a meaning of their own stand in [`TOPICS`].
    pub topic: String,
    /// What the text says.
    pub is: Is,
    /// What a number counts: `MAU`, `USD/year`.
    pub unit: Option<String>,
    /// For `territory`: the regions left out, as `EU`, `UK`, `KR`.
    pub regions: Vec<String>,
    /// Set where the term concerns only a part of what the license covers, e.g. `multimodal models`.
    pub only: Option<String>,
    /// Where it stands, in the license's own numbering: `1.b.v`. `None` where it has no numbers.
    pub section: Option<String>,
    /// The rest of it, in a few words of ours.
    pub note: Option<String>,
    /// Whether it was read in the license's text. `false`: only in cards or reports about it.
    pub verified: bool,
}

impl Term {
    /// Where it stands, as it reads in a sentence: `section 1.b.v`, `last paragraph`.
    pub fn place(&self) -> Option<String> {
        let section = self.section.as_ref()?;
        let number = section.starts_with(|c: char| c.is_ascii_digit())
            || section
                .split(['.', ','])
                .next()
                .is_some_and(|it| it.chars().all(|c| "IVX".contains(c)));
        Some(if number {
            format!("section {section}")
        } else {
            section.clone()
        })
    }

    /// What it says, for a reader: `700 million MAU`, `not in EU, UK, KR`, `forbidden`.
    pub fn reads(&self) -> String {
        let unit = self.unit.as_ref().map_or(String::new(), |unit| format!(" {unit}"));
        let said = match &self.is {
            Is::Number(number) if *number >= 1_000_000 && number % 1_000_000 == 0 => {
                format!("{} million", number / 1_000_000)
            }
            Is::Text(_) if !self.regions.is_empty() => {
                format!("not in {}", self.regions.join(", "))
            }
            Is::Text(word) => SAYINGS
                .iter()
                .find(|(have, _)| have == word)
                .map_or(word.clone(), |(_, saying)| (*saying).to_owned()),
            Is::Number(number) => number.to_string(),
        };
        let only = self.only.as_ref().map_or(String::new(), |only| format!(" ({only})"));
        format!("{said}{unit}{only}")
    }
}

/// The catalog's words that are short for more.
#[rustfmt::skip]
const SAYINGS: [(&str, &str); 14] = [
    ("allowed-with-naming", "yes, and such models must be named for it"),
    ("annex", "those of an annex"),
    ("any-ip", "one over any intellectual property in it"),
    ("clause", "those of a clause"),
    ("copyright-or-patent", "one over copyright or patents"),
    ("derivative", "such a model counts as a derivative"),
    ("forbidden-competing", "no competing ones"),
    ("law-only", "those that the law bars"),
    ("list", "those of a list"),
    ("no-claim", "the licensor claims none"),
    ("noncommercial-only", "for no commercial end"),
    ("patent", "one over patents"),
    ("policy", "those of a use policy"),
    ("whole-license", "the whole license"),
];

/// The value of a [`Term`]: a number that can be counted against, or a word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Is {
    /// E.g. 700000000 monthly users.
    Number(u64),
    /// E.g. `forbidden`, or a text to show.
    Text(String),
}

impl Is {
    /// The word, or `""` for a number.
    pub fn text(&self) -> &str {
        match self {
            Self::Number(_) => "",
            Self::Text(text) => text,
        }
    }

    /// The number, if it is one.
    pub fn number(&self) -> Option<u64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(_) => None,
        }
    }
}

impl fmt::Display for Is {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

/// The topics of the catalog, in the order in which a reader wants them, each as a question.
pub const TOPICS: [(&str, &str); 34] = [
    ("commercial", "May it be used commercially?"),
    ("user_cap", "How many users are allowed?"),
    ("revenue_cap", "How much revenue is allowed?"),
    ("field_of_use", "For which field is it licensed?"),
    ("territory", "Where is it not licensed?"),
    ("use_restrictions", "Which uses are barred?"),
    ("output_training", "May outputs train other models?"),
    ("output_ownership", "Who owns the outputs?"),
    ("derivatives", "May changed versions be shared?"),
    ("redistribution", "May it be handed on?"),
    ("flow_down", "Which terms must a derivative carry?"),
    ("notice", "Which notice must be kept or shown?"),
    ("badge", "Which words must be shown?"),
    ("name_prefix", "How must the name of a derivative begin?"),
    ("name_reserved", "Are names reserved?"),
    ("state_changes", "Must changes be stated?"),
    ("publication", "What must a publication say?"),
    ("content_filter", "Must content be filtered?"),
    ("hosting", "May it be hosted for others?"),
    ("remote_restriction", "May the licensor restrict use from afar?"),
    ("update_duty", "Must the latest version be used?"),
    ("no_extra_terms", "May further terms be laid on it?"),
    ("patents", "What about patents?"),
    ("trademarks", "Are trademarks licensed?"),
    ("endorsement", "May the names be used to endorse?"),
    ("indemnity", "Must the user indemnify the licensor?"),
    ("termination_breach", "Does a breach end it?"),
    ("termination_litigation", "Which lawsuit ends it?"),
    ("termination_at_will", "May the licensor end it at will?"),
    ("revocable", "Can it be revoked?"),
    ("terms_may_change", "May the terms change?"),
    ("update", "May the edition change?"),
    ("law", "Which law governs it?"),
    ("note", "What else is there to know?"),
];

/// The place of a topic in [`TOPICS`]; a topic that is not listed comes after all that are.
pub(super) fn rank(topic: &str) -> usize {
    TOPICS.iter().position(|(key, _)| *key == topic).unwrap_or(TOPICS.len())
}
