//! What a license asks of whoever hands it on, and which of that cannot be seen in a release.

use serde::Serialize;

use super::catalog::{Kind, License};
use super::fold;
use super::terms::Term;

/// Something that a license asks for in a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Duty {
    /// A copy of the license's text.
    Copy,
    /// A notice in its own words, e.g. in a file called Notice.
    Notice,
    /// Words to be shown, e.g. `Built with Llama`.
    Badge,
    /// The beginning of the name of a derivative.
    NamePrefix,
    /// The use policy that the license makes a part of itself.
    Policy,
}

/// What a release shows of the things that licenses ask for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shown<'a> {
    /// The name of the model, with or without its owner: `owner/Llama-3.1-8B-Finance`.
    pub name: &'a str,
    /// Whether it is derived from a model under the license, not that model itself. Badges and name
    /// prefixes are asked of derivatives.
    pub derivative: bool,
    /// Whether the license's text is in the release.
    pub text: bool,
    /// Whether a use policy is in the release.
    pub policy: bool,
    /// What notice files say, and license files too.
    pub notices: &'a str,
    /// What the card says.
    pub card: &'a str,
}

/// A duty that is not seen to be met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmet<'a> {
    /// Which.
    pub duty: Duty,
    /// The words that are asked for; empty where any text of that kind will do.
    pub words: String,
    /// The term it comes from.
    pub term: &'a Term,
}

/// The duties of a license that a release does not show to be met, in the order of [`Duty`].
///
/// ```
/// use weighbill::licenses::{Duty, Shown, license, unmet};
///
/// let llama = license("llama3.1").expect("known");
/// let shown = Shown { name: "me/Finance-8B", derivative: true, text: true, ..Shown::default() };
/// let duties: Vec<Duty> = unmet(llama, &shown).iter().map(|unmet| unmet.duty).collect();
/// assert_eq!(duties, [Duty::Notice, Duty::Badge, Duty::NamePrefix, Duty::Policy]);
/// ```
pub fn unmet<'a>(license: &'a License, shown: &Shown<'_>) -> Vec<Unmet<'a>> {
    if license.kind == Kind::Family || license.kind == Kind::Policy {
        return Vec::new();
    }
    let mut unmet: Vec<Unmet<'a>> = Vec::new();
    let mut add =
        |duty, words: &str, term| unmet.push(Unmet { duty, words: words.to_owned(), term });
    for term in &license.terms {
        let says = term.is.text();
        match term.topic.as_str() {
            "flow_down" if !shown.text && matches!(says, "whole-license" | "share-alike") => {
                add(Duty::Copy, "", term);
            }
            "notice" if !shown.text && says.starts_with("keep ") => add(Duty::Copy, "", term),
            "notice" => {
                let words = notice_words(says);
                let seen = holds(shown.notices, words) || holds(shown.card, words);
                if !words.is_empty() && !seen {
                    add(Duty::Notice, says, term);
                }
            }
            "badge" if shown.derivative && !badges(says).any(|badge| holds(shown.card, badge)) => {
                add(Duty::Badge, says, term);
            }
            "name_prefix" if shown.derivative && !begins(shown.name, says) => {
                add(Duty::NamePrefix, says, term);
            }
            "use_restrictions" if says == "policy" && !shown.policy => add(Duty::Policy, "", term),
            _ => {}
        }
    }
    unmet.sort_by_key(|unmet| unmet.duty);
    unmet.dedup_by_key(|unmet| unmet.duty);
    unmet
}

/// The words of a notice that are literal, up to the copyright line; `""` where the notice is only
/// described (`keep all notices`).
fn notice_words(notice: &str) -> &str {
    let words = notice.split(", Copyright").next().unwrap_or_default();
    if words.contains("licensed under")
        || words.contains("Licensed by")
        || words.contains("subject to the")
    {
        words
    } else {
        ""
    }
}

/// The wordings of a badge, any of which will do: `[name] is built using X`, `A or B`, `A (or such)`.
fn badges(badge: &str) -> impl Iterator<Item = &str> {
    badge.split(" or ").map(|one| {
        let one = one.split(" (").next().unwrap_or(one);
        one.rsplit("] ").next().unwrap_or(one)
    })
}

/// Whether a text holds these words, both folded.
fn holds(text: &str, words: &str) -> bool {
    fold::phrase(text).contains(&fold::phrase(words))
}

/// Whether a model's name, its owner aside, begins so; hyphens and spaces count alike.
fn begins(name: &str, prefix: &str) -> bool {
    let name = name.rsplit('/').next().unwrap_or(name);
    let squeeze = |text: &str| fold::phrase(text).replace(' ', "");
    squeeze(name).starts_with(&squeeze(prefix))
}

#[cfg(test)]
mod tests {
    use super::super::license;
    use super::*;

    const LLAMA_NOTICE: &str =
        "Llama 3.1 is licensed under the Llama 3.1 Community License, Copyright ©";

    #[test]
    fn duties_that_are_not_met() {
        use Duty::{Badge, Copy, NamePrefix, Notice, Policy};
        let bare = Shown::default();
        let whole = Shown {
            text: true,
            policy: true,
            notices: LLAMA_NOTICE,
            ..bare
        };
        let tuned = Shown {
            name: "me/Llama-3.1-x",
            derivative: true,
            card: "**Built with Llama**",
            ..whole
        };
        check("llama3.1", &bare, &[Copy, Notice, Policy]);
        check("llama3.1", &whole, &[]);
        check("llama3.1", &tuned, &[]);
        check("llama3.1", &Shown { name: "me/x", card: "", ..tuned }, &[Badge, NamePrefix]);
        check("qwen", &Shown { card: "Improved using Qwen", ..tuned }, &[Notice]);
        check("hyperclovax-seed", &Shown { name: "HyperCLOVAX-x", ..tuned }, &[Badge]);
        check("mit", &bare, &[Copy]);
        check("mit", &whole, &[]);
        check("cc0-1.0", &bare, &[]);
        check("family-gpl", &bare, &[]);
    }

    #[track_caller]
    fn check(id: &str, shown: &Shown<'_>, duties: &[Duty]) {
        let found = unmet(license(id).expect("known"), shown);
        assert_eq!(found.iter().map(|unmet| unmet.duty).collect::<Vec<_>>(), duties);
    }
}
