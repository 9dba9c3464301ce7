//! The terms of a release: which licenses its files state, where each stands, and for what part of
//! the release. What a file says it is under and what its text is are two facts, kept apart.

mod bases;
mod prose;
mod statements;

pub use bases::Base;

use std::collections::BTreeMap;

use crate::{
    digest,
    facts::{Artifact, Facts, LicenseText},
    licenses::{
        self, Declared, How, Kind, License, Match, Meaning, ReadingKind, Says, Situation, Use,
        UseAnswer,
    },
    words::{FileKind, LicenseScope, Place},
};

/// The terms of a release.
#[derive(Debug, Default)]
pub struct Terms {
    /// The licenses, the one of the whole release or its weights first.
    pub held: Vec<Held>,
    /// Use policies.
    pub policies: Vec<Seen>,
    /// Licenses that notices and longer texts speak of without being their text.
    pub mentions: Vec<Seen>,
    /// Files that should hold a license text and hold something else.
    pub misfits: Vec<Misfit>,
    /// Declarations that name no license: `other`, `unknown`, an empty key.
    pub empty: Vec<Stated>,
    /// Sentences and badges of a card that name another license than what is declared or lies there.
    pub contradicting: Vec<Stated>,
    /// The models that the release says it was made from.
    pub bases: Vec<Base>,
}

/// One license of a release.
#[derive(Debug)]
pub struct Held {
    /// Which.
    pub name: Name,
    /// What it covers.
    pub scope: LicenseScope,
    /// Where files say that the release is under it.
    pub declared: Vec<Stated>,
    /// Where its text stands.
    pub texts: Vec<Seen>,
}

/// Which license it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Name {
    /// One that the catalog or the SPDX list knows, by its id.
    Known(String),
    /// A declared name that neither knows, as written.
    Named(String),
    /// A text that is of no license known, by its path.
    Text(String),
}

/// A declaration and where it stands.
#[derive(Clone, Debug)]
pub struct Stated {
    /// Where.
    pub at: Place,
    /// What it means.
    pub means: Declared,
}

/// A license found in a text.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Where.
    pub at: Place,
    /// The license, and how the text is tied to it; `None` for a text of no license known.
    pub found: Option<Match>,
    /// Of the whole file or value; `None` where it was read in part.
    pub sha256: Option<[u8; 32]>,
    /// Its length.
    pub bytes: u64,
}

/// A file that should hold a license text and does not.
#[derive(Clone, Debug)]
pub struct Misfit {
    /// Where.
    pub at: Place,
    /// What lies there instead.
    pub kind: ReadingKind,
}

impl Seen {
    /// Whether it is the text of a license that is known, changed or not.
    fn is_text(&self) -> bool {
        self.found.as_ref().is_some_and(|it| it.how <= How::Altered)
    }
}

impl Held {
    /// What is known of the license.
    pub fn license(&self) -> Option<&'static License> {
        match &self.name {
            Name::Known(id) => licenses::license(id),
            Name::Named(_) | Name::Text(_) => None,
        }
    }

    /// Whether it covers the weights: by its scope, or since it covers everything.
    pub fn covers_weights(&self) -> bool {
        matches!(self.scope, LicenseScope::All | LicenseScope::Weights)
    }

    /// Whether a text of it stands in the release, whole or in part.
    pub fn has_text(&self) -> bool {
        self.texts
            .iter()
            .any(|seen| seen.found.as_ref().is_none_or(|found| found.how <= How::Altered))
    }

    /// Why nothing is said of what it permits.
    fn is_open_for(&self) -> String {
        match (&self.name, self.license()) {
            (_, Some(license)) => {
                format!(
                    "{}: the text here was changed, so that what is known of it does not hold",
                    license.name
                )
            }
            (Name::Text(path), _) => format!("{path}: a text of no license that is known here"),
            (Name::Named(name) | Name::Known(name), _) => {
                format!("\"{name}\": no license that is known here")
            }
        }
    }

    /// Whether a text of it was changed.
    pub fn is_altered(&self) -> bool {
        let altered = |seen: &Seen| seen.found.as_ref().is_some_and(|it| it.how == How::Altered);
        self.texts.iter().any(altered)
    }
}

impl Terms {
    /// What the licenses of the weights, and the use policies beside them, together say about each of
    /// `uses`. A text that was changed and one that is not known here leave every use unclear; of a
    /// choice (`MIT OR GPL-3.0`) the mildest counts.
    pub fn answers(&self, uses: &[Use], situation: Situation) -> Vec<UseAnswer> {
        let held: Vec<&Held> = self.of_weights().collect();
        let open = |it: &&&Held| it.license().is_none() || it.is_altered();
        let open: Vec<String> = held.iter().filter(open).map(|it| it.is_open_for()).collect();
        let known = held.iter().filter(|it| !it.is_altered()).filter_map(|it| it.license());
        let known: Vec<&License> = known.collect();
        let policies = self.policies.iter().filter_map(|it| Some(it.found.as_ref()?.license));
        let policies: Vec<&License> = policies.collect();
        let of = |licenses: &[&License]| {
            licenses::answers(&[licenses, policies.as_slice()].concat(), uses, situation)
        };
        let mut answers = if open.is_empty() && self.is_choice(&known) {
            licenses::any_of(known.iter().map(|license| of(&[license])).collect())
        } else {
            of(&known)
        };
        for answer in answers.iter_mut().filter(|it| !open.is_empty() && it.says < Says::Prohibited)
        {
            answer.says = Says::Unclear;
            answer.sections.clear();
            answer.why.clone_from(&open);
        }
        answers
    }

    /// Whether some declaration leaves the choice between these very licenses.
    fn is_choice(&self, licenses: &[&License]) -> bool {
        let mut declared = self.of_weights().flat_map(|held| &held.declared);
        licenses.len() > 1
            && declared.any(|stated| {
                stated.means.meaning == Meaning::Any
                    && licenses.iter().all(|&license| {
                        stated.means.licenses.iter().any(|it| licenses::same_text(it, license))
                    })
            })
    }

    /// The licenses that cover the weights.
    pub fn of_weights(&self) -> impl Iterator<Item = &Held> {
        self.held.iter().filter(|held| held.covers_weights())
    }
}

/// Gathers the terms that the files of a release state.
pub fn gather(facts: &Facts) -> Terms {
    let mut gathering = Gathering::default();
    for (artifact, text) in facts.license_texts() {
        gathering.file(facts, artifact, text);
    }
    for statement in statements::all(facts) {
        gathering.statement(statement);
    }
    let bases = bases::gather(facts);
    Terms { bases, ..gathering.finish() }
}

/// Licenses as they come, by scope and name.
#[derive(Default)]
struct Gathering {
    held: BTreeMap<(LicenseScope, Name), (Vec<Stated>, Vec<Seen>)>,
    /// What prose says, weighed when all else is known.
    prose: Vec<(LicenseScope, Stated)>,
    terms: Terms,
}

impl Gathering {
    fn file(&mut self, facts: &Facts, artifact: &Artifact, text: &LicenseText) {
        let at = Place::file(&artifact.path);
        let scope = scope_of(facts, artifact);
        let notice = artifact.kind == FileKind::Notice;
        self.text(&at, scope, &text.bytes, artifact.name(), artifact.len, notice);
    }

    /// Reads a text: licenses in it become held, policies and mentions are kept apart.
    fn text(
        &mut self,
        at: &Place,
        scope: LicenseScope,
        bytes: &[u8],
        name: &str,
        len: u64,
        notice: bool,
    ) {
        let reading = licenses::read(bytes, name);
        let sha256 = (bytes.len() as u64 == len).then(|| digest::sha256(bytes));
        let first = at.line.unwrap_or(1);
        let seen = |found: Option<Match>| {
            let at = match &found {
                Some(it) if it.line > 1 => at.clone().line(first.saturating_add(it.line - 1)),
                _ => at.clone(),
            };
            Seen { at, found, sha256, bytes: len }
        };
        let mut any = false;
        for found in reading.matches {
            any = true;
            let spoken_of =
                matches!(found.how, How::Mention) || (notice && found.how == How::Reference);
            if found.license.kind == Kind::Policy {
                self.terms.policies.push(seen(Some(found)));
            } else if spoken_of || found.license.kind == Kind::Family {
                self.terms.mentions.push(seen(Some(found)));
            } else {
                let name = Name::Known(found.license.id.clone());
                self.held.entry((scope, name)).or_default().1.push(seen(Some(found)));
            }
        }
        match reading.kind {
            ReadingKind::Text if !any && !notice => {
                let name = Name::Text(at.path.clone());
                self.held.entry((scope, name)).or_default().1.push(seen(None));
            }
            ReadingKind::Text => {}
            kind => self.terms.misfits.push(Misfit { at: at.clone(), kind }),
        }
    }

    fn statement(&mut self, statement: statements::Statement) {
        match statement {
            statements::Statement::Text { at, scope, text } => {
                let len = text.len() as u64;
                self.text(&at, scope, text.as_bytes(), "", len, false);
            }
            statements::Statement::Prose { at, scope, value, named } => {
                let means = Declared { value, ..licenses::declared(&named) };
                if matches!(means.meaning, Meaning::One | Meaning::Any | Meaning::All) {
                    self.prose.push((scope, Stated { at, means }));
                }
            }
            statements::Statement::Declared { at, scope, value } => {
                let means = licenses::declared(&value);
                let stated = Stated { at, means };
                if stated.means.meaning == Meaning::Nothing {
                    return self.terms.empty.push(stated);
                }
                let known: Vec<Name> =
                    stated.means.licenses.iter().map(|it| Name::Known(it.id.clone())).collect();
                let unclear = matches!(stated.means.meaning, Meaning::Unknown | Meaning::Ambiguous);
                if known.is_empty() || unclear {
                    let name = Name::Named(value);
                    self.held.entry((scope, name)).or_default().0.push(stated);
                } else {
                    for name in known {
                        self.held.entry((scope, name)).or_default().0.push(stated.clone());
                    }
                }
            }
        }
    }

    /// Prose speaks for itself where nothing else does; where something does, it confirms or
    /// contradicts that.
    fn weigh_prose(&mut self) {
        for (scope, stated) in std::mem::take(&mut self.prose) {
            let name = |it: &License| Name::Known(it.id.clone());
            let names: Vec<Name> = stated.means.licenses.iter().map(|it| name(it)).collect();
            let covers = |held: LicenseScope| held == scope || held == LicenseScope::All;
            let rivals = self.held.keys().filter(|(held, _)| covers(*held));
            let (mut any, mut same) = (false, None);
            for (held, known) in rivals {
                any = true;
                let license = match known {
                    Name::Known(id) => licenses::license(id),
                    Name::Named(_) | Name::Text(_) => None,
                };
                let agrees = license.is_some_and(|license| {
                    stated.means.licenses.iter().any(|it| licenses::same_text(it, license))
                });
                if agrees {
                    same = Some((*held, known.clone()));
                }
            }
            let general = matches!(scope, LicenseScope::All | LicenseScope::Weights);
            match (any, same) {
                (true, Some(key)) => {
                    self.held.entry(key).or_default().0.push(stated);
                }
                (true, None) if general => self.terms.contradicting.push(stated),
                _ => {
                    for name in names {
                        self.held.entry((scope, name)).or_default().0.push(stated.clone());
                    }
                }
            }
        }
    }

    /// A name that nobody knows, or that several licenses go by, beside a text that is known: the name
    /// is the publisher's own for that text.
    fn name_texts(&mut self) {
        let names: Vec<(LicenseScope, Name)> =
            self.held.keys().filter(|(_, name)| matches!(name, Name::Named(_))).cloned().collect();
        for key in names {
            let texts = self.held.iter().filter(|((scope, name), (_, texts))| {
                let known = *scope == key.0 && matches!(name, Name::Known(_));
                known && texts.iter().any(Seen::is_text)
            });
            let texts: Vec<(LicenseScope, Name)> = texts.map(|(of, _)| of.clone()).collect();
            let meant = |name: &Name, stated: &Stated| match name {
                Name::Known(id) => stated.means.licenses.iter().any(|it| it.id == *id),
                Name::Named(_) | Name::Text(_) => false,
            };
            let Some((stated, seen)) = self.held.remove(&key) else {
                continue;
            };
            let open = stated.iter().all(|it| it.means.licenses.is_empty());
            let of = match texts.as_slice() {
                [one] if open => Some(one),
                all => all.iter().find(|(_, name)| stated.iter().any(|it| meant(name, it))),
            };
            match of {
                Some(of) => self.held.entry(of.clone()).or_default().0.extend(stated),
                None => _ = self.held.insert(key, (stated, seen)),
            }
        }
    }

    fn finish(mut self) -> Terms {
        self.name_texts();
        self.weigh_prose();
        let mut terms = self.terms;
        let held = self.held.into_iter();
        terms.held = held
            .map(|((scope, name), (declared, texts))| Held { name, scope, declared, texts })
            .collect();
        // what covers the weights first, then what has a text, then by name
        terms
            .held
            .sort_by_key(|held| (!held.covers_weights(), !held.has_text(), held.name.clone()));
        terms
    }
}

/// What a license file covers, told from its name (`LICENSE-CODE`), else from the folder it lies in.
fn scope_of(facts: &Facts, artifact: &Artifact) -> LicenseScope {
    let name = artifact.name().to_lowercase();
    let words: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).collect();
    let says = |any: &[&str]| any.iter().any(|word| words.contains(word));
    if says(&["code", "software", "src"]) {
        return LicenseScope::Code;
    }
    if says(&["model", "models", "weights", "weight", "checkpoint"]) {
        return LicenseScope::Weights;
    }
    if says(&["data", "dataset", "datasets"]) {
        return LicenseScope::Data;
    }
    if says(&["docs", "doc", "documentation"]) {
        return LicenseScope::Documents;
    }
    if artifact.depth() == 0 {
        return LicenseScope::All;
    }
    let folder = format!("{}/", artifact.folder());
    let holds = |kind: FileKind| {
        facts.artifacts.iter().any(|it| it.kind == kind && it.path.starts_with(&folder))
    };
    match (holds(FileKind::Weights), holds(FileKind::Code), holds(FileKind::Dataset)) {
        (false, true, _) => LicenseScope::Code,
        (false, false, true) => LicenseScope::Data,
        (true, false, false) => LicenseScope::Weights,
        _ => LicenseScope::All,
    }
}
