//! License texts that are changed, cut, read in part, or not to be compared with any.

use super::{Case, Found, called};
use crate::{
    licenses::{Against, How},
    words::{Confidence, Place},
};

pub(super) fn altered(case: &Case) -> Vec<Found> {
    let texts = case.terms.held.iter().flat_map(|held| held.texts.iter().map(move |it| (held, it)));
    let found = texts.filter_map(|(held, seen)| {
        let found = seen.found.as_ref().filter(|it| it.how == How::Altered)?;
        let name = held.license().map_or_else(String::new, |it| called(&it.name));
        if let Some(change) = &found.note {
            let message = format!("is the text of the {name}, and {change}");
            return Some(Found::at(seen.at.clone(), message));
        }
        let how = match (found.added_words, found.added.first()) {
            (0, _) if found.missing_words > 0 => "with words taken out of it".to_owned(),
            (0, _) => "under another heading".to_owned(),
            (count, Some(words)) => {
                let words = words.trim_end_matches(" …");
                format!("with {count} more {}, e.g. \"{words}\"", plural(count))
            }
            (count, None) => format!("with {count} more {}", plural(count)),
        };
        Some(Found::at(seen.at.clone(), format!("is the text of the {name} {how}")))
    });
    found.collect()
}

fn plural(count: u32) -> &'static str {
    if count == 1 { "word" } else { "words" }
}

pub(super) fn cut(case: &Case) -> Vec<Found> {
    let texts = case.terms.held.iter().flat_map(|held| held.texts.iter().map(move |it| (held, it)));
    let policies = case.terms.policies.iter().filter_map(|seen| Some((seen, seen.found.as_ref()?)));
    let held = texts.filter_map(|(_, seen)| Some((seen, seen.found.as_ref()?)));
    let found =
        held.chain(policies).filter(|(_, found)| found.how == How::Cut).map(|(seen, found)| {
            let name = &found.license.name;
            let message = match &found.note {
                Some(why) => format!("is the text of the {}, and {why}", called(name)),
                None => {
                    format!(
                        "holds {:.0} % of the text of the {}",
                        found.score * 100.0,
                        called(name)
                    )
                }
            };
            Found::at(seen.at.clone(), message).confidence(Confidence::Likely)
        });
    found.collect()
}

/// Texts of which the report says that they are a license, and of which a change would not be seen.
pub(super) fn not_compared(case: &Case) -> Vec<Found> {
    let held = case.terms.held.iter().flat_map(|held| &held.texts).chain(&case.terms.policies);
    let found = held.filter_map(|seen| {
        let found = seen.found.as_ref().filter(|it| it.how == How::Whole)?;
        let name = called(&found.license.name);
        let message = match found.against {
            Against::Phrases => format!(
                "is told to be the {name} by its phrases; no published edition that is known here is near enough \
                 to compare its words with"
            ),
            Against::Translation(language) => format!(
                "is told by its heading to be the {name} in {language}; translations are not compared word for word"
            ),
            _ => return None,
        };
        Some(Found::at(seen.at.clone(), message))
    });
    found.collect()
}

/// Texts that go on behind what was read of them.
pub(super) fn read_in_part(case: &Case) -> Vec<Found> {
    let cut = case.facts.license_texts().filter(|(_, text)| text.cut);
    let found = cut.map(|(artifact, text)| {
        let (read, all) = (text.bytes.len(), artifact.len);
        let message = format!("has {all} bytes, of which the first {read} were read");
        Found::at(Place::file(&artifact.path).byte(read as u64), message)
    });
    found.collect()
}
