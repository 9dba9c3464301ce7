//! The user's own rules held against a finished report: each broken one is a finding.

use super::{Check, Found, finding, sort};
use crate::{
    facts::{Facts, Node},
    licenses::{Says, Situation, UseAnswer},
    policy::{Day, Exception, Policy},
    report::{self, Finding, License, PolicyRule, Report},
    terms::Terms,
    words::{Category, FileKind, Place, Presence, Severity},
};

/// A row for `explain` and for the texts of findings. Nothing is found by these: a policy is weighed
/// when the report is finished.
macro_rules! row {
    ($id:literal, $title:literal, $impact:literal, $hint:literal) => {
        Check {
            id: $id,
            category: Category::Policy,
            severity: Severity::High,
            title: $title,
            impact: $impact,
            hint: $hint,
            references: &[],
            find: |_| Vec::new(),
        }
    };
}

#[rustfmt::skip]
pub(super) const CHECKS: &[Check] = &[
    row!("policy-license", "The policy does not allow the license",
        "You would hold the release under terms that you decided not to accept.",
        "Look at the terms that the report lists, then choose another release or change the policy."),
    row!("policy-use", "The terms do not go with the uses of the policy",
        "What you mean to do may not be permitted.",
        "Read the sections that the report names, and ask your counsel."),
    row!("policy-openness", "The release is less open than the policy asks",
        "What you need to study, change or reproduce it may not be here.",
        "Look at the components that are missing, and ask the publisher for them."),
    row!("policy-component", "A component that the policy requires is not here",
        "What you rely on it for cannot be done from this copy.",
        "Ask the publisher for it: `inspect -v` says in which words."),
    row!("policy-format", "The policy does not allow the format of a weight file",
        "Loaders for that format may not be ones that you trust.",
        "Ask for the weights in an allowed format, or leave the file out."),
    row!("policy-remote-code", "The policy bars code that loaders run, and a config names some",
        "Loading with remote code switched on runs the release's own code.",
        "Choose a release that the loader supports by itself, or read the code and pin it."),
    row!("policy-pickle", "The policy bars pickles, and a file holds one",
        "Loading a pickle can run code.",
        "Ask for the weights as safetensors."),
    row!("policy-finding", "A finding that the policy does not let stand",
        "What the finding says.",
        "Mend what it names, or add an exception with a reason and an end."),
    row!("policy-signature", "The policy requires a signature, and none by a trusted signer holds",
        "Nothing shows that the release is what its publisher made.",
        "Ask the publisher for a signature, and verify with it."),
];

/// What a policy is held against beside the report.
pub struct Asked<'a> {
    /// The policy.
    pub policy: &'a Policy,
    /// The last part of its path.
    pub file: &'a str,
    /// On which day.
    pub today: Day,
    /// What the terms say about the uses of the policy.
    pub answers: Vec<UseAnswer>,
    /// What a report does not tell.
    pub seen: Seen,
}

/// What the terms say about the uses of a policy.
pub fn answers(policy: &Policy, terms: &Terms) -> Vec<UseAnswer> {
    let situation = Situation {
        users: policy.uses.users,
        territory: &policy.uses.territory,
    };
    terms.answers(&policy.asked(), situation)
}

/// What a report does not tell.
#[derive(Debug, Default)]
pub struct Seen {
    remote_code: Vec<(Place, String)>,
    pickles: Vec<String>,
}

/// Configs that name code, and files that hold pickles.
pub fn seen(facts: &Facts) -> Seen {
    let mut seen = Seen::default();
    for (artifact, config) in facts.configs() {
        for (key, node) in config.at("auto_map").into_iter().flat_map(Node::entries) {
            if let Some((line, text)) = node.texts().next() {
                let place = Place::file(&artifact.path).line(line).key(format!("auto_map.{key}"));
                seen.remote_code.push((place, format!("names {text}")));
            }
        }
    }
    for artifact in &facts.artifacts {
        let named = artifact.format.is_some_and(|format| format.contains("pickle"));
        if named || artifact.pickles().next().is_some() {
            seen.pickles.push(artifact.path.clone());
        }
    }
    seen
}

/// A broken rule: where, and in which words.
struct Broken {
    at: Option<Place>,
    saying: String,
}

impl Broken {
    fn of_all(saying: impl Into<String>) -> Self {
        Self { at: None, saying: saying.into() }
    }

    fn at(at: Option<Place>, saying: impl Into<String>) -> Self {
        Self { at, saying: saying.into() }
    }
}

/// A rule: how the policy file spells it, the id of its findings, and what breaks it; `None` where
/// the policy does not ask for it.
struct Rule {
    name: &'static str,
    id: &'static str,
    weigh: fn(&Asked, &Report) -> Option<Vec<Broken>>,
}

const fn rule(
    name: &'static str,
    id: &'static str,
    weigh: fn(&Asked, &Report) -> Option<Vec<Broken>>,
) -> Rule {
    Rule { name, id, weigh }
}

const RULES: &[Rule] = &[
    rule("licenses.allow", "policy-license", licenses_allow),
    rule("licenses.deny", "policy-license", licenses_deny),
    rule("licenses.osi_approved", "policy-license", licenses_approved),
    rule("uses.allow", "policy-use", uses_allow),
    rule("uses.deny", "policy-use", uses_deny),
    rule("openness.minimum_mof_class", "policy-openness", mof_class),
    rule("components.required", "policy-component", components),
    rule("formats.allow", "policy-format", formats),
    rule("safety.remote_code", "policy-remote-code", remote_code),
    rule("safety.pickles", "policy-pickle", pickles),
    rule("findings.max_severity", "policy-finding", severity),
    rule("findings.deny", "policy-finding", denied),
    rule("signature.required", "policy-signature", signature),
];

/// Holds a report against a policy: findings, and what became of each rule, are added to it.
pub fn weigh(asked: &Asked, report: &mut Report) {
    let mut rules: Vec<(PolicyRule, Option<Finding>)> = Vec::new();
    for rule in RULES {
        let Some(broken) = (rule.weigh)(asked, report) else {
            continue;
        };
        let outcome = |result: &str| PolicyRule {
            rule: rule.name.to_owned(),
            result: result.to_owned(),
            finding: None,
        };
        if broken.is_empty() {
            rules.push((outcome("passed"), None));
        }
        for it in broken {
            let path = it.at.as_ref().map(|at| at.path.as_str());
            match excepted(asked, rule.id, path) {
                Excepted::Yes => rules.push((outcome("excepted"), None)),
                Excepted::No(ended) => {
                    let words = format!("{}{}", it.saying, ended.unwrap_or_default());
                    rules.push((outcome("failed"), found(rule.id, it.at, words)));
                }
            }
        }
    }
    report.findings.extend(rules.iter().filter_map(|(_, finding)| finding.clone()));
    sort(&mut report.findings);
    report.verdict.highest_severity = report.findings.iter().map(|it| it.severity).max();
    let place = |finding: Option<Finding>| {
        let finding = finding?;
        report.findings.iter().position(|it| *it == finding).and_then(|it| u64::try_from(it).ok())
    };
    let numbered =
        rules.into_iter().map(|(rule, finding)| PolicyRule { finding: place(finding), ..rule });
    report.policy = Some(report::Policy {
        file: asked.file.to_owned(),
        evaluated_on: asked.today.to_string(),
        rules: numbered.collect(),
    });
}

fn found(id: &str, at: Option<Place>, message: String) -> Option<Finding> {
    let check = CHECKS.iter().find(|check| check.id == id)?;
    let found = match at {
        Some(at) => Found::at(at, message),
        None => Found::of_all(message),
    };
    Some(finding(check, found))
}

enum Excepted {
    Yes,
    /// Not so; where an exception has ended, that in words.
    No(Option<String>),
}

fn excepted(asked: &Asked, id: &str, path: Option<&str>) -> Excepted {
    let fits =
        |it: &&Exception| it.id == id && it.path.as_deref().is_none_or(|only| Some(only) == path);
    let exceptions = || asked.policy.exceptions.iter().filter(fits);
    if exceptions().any(|it| it.until >= asked.today) {
        return Excepted::Yes;
    }
    Excepted::No(
        exceptions()
            .map(|it| it.until)
            .max()
            .map(|until| format!("; the exception for it ended on {until}")),
    )
}

fn called(license: &License, names: &[String]) -> bool {
    let is = |name: &String| {
        license.id.eq_ignore_ascii_case(name) || license.spdx.eq_ignore_ascii_case(name)
    };
    names.iter().any(is)
}

fn place_of(license: &License) -> Option<Place> {
    let declared = license.declared.iter().find_map(|it| it.at.clone());
    declared.or_else(|| license.texts.iter().find_map(|it| it.at.clone()))
}

fn licenses_allow(asked: &Asked, report: &Report) -> Option<Vec<Broken>> {
    let rules = &asked.policy.licenses;
    if rules.allow.is_none() && rules.allow_classes.is_empty() {
        return None;
    }
    if report.licenses.is_empty() {
        return Some(vec![Broken::of_all(
            "no license is declared, and no text is here",
        )]);
    }
    let classes: Vec<String> = rules.allow_classes.iter().map(ToString::to_string).collect();
    let names = rules.allow.as_deref().unwrap_or_default();
    let broken = report.licenses.iter().filter_map(|license| {
        let altered = license.texts.iter().any(|text| text.how == "altered");
        let listed = called(license, names) || classes.contains(&license.class);
        let why = match (listed, altered) {
            (true, false) => return None,
            (true, true) => "its text was altered",
            (false, _) => "is not on the list",
        };
        Some(Broken::at(place_of(license), format!("{} ({}): {why}", license.name, license.id)))
    });
    Some(broken.collect())
}

fn licenses_deny(asked: &Asked, report: &Report) -> Option<Vec<Broken>> {
    let names = &asked.policy.licenses.deny;
    let broken = report.licenses.iter().filter(|license| called(license, names)).map(|license| {
        Broken::at(place_of(license), format!("{} ({}) is denied", license.name, license.id))
    });
    (!names.is_empty()).then(|| broken.collect())
}

fn licenses_approved(asked: &Asked, report: &Report) -> Option<Vec<Broken>> {
    if !asked.policy.licenses.osi_approved {
        return None;
    }
    if report.licenses.is_empty() {
        return Some(vec![Broken::of_all(
            "no license is declared, and no text is here",
        )]);
    }
    let others = report.licenses.iter().filter(|it| it.osi_approved != Some(true));
    let broken = others.map(|license| {
        let words = format!("{} ({}) is not OSI approved", license.name, license.id);
        Broken::at(place_of(license), words)
    });
    Some(broken.collect())
}

fn uses(asked: &Asked, names: &[String], fits: impl Fn(Says) -> bool) -> Option<Vec<Broken>> {
    let meant = |answer: &&UseAnswer| {
        let name = answer.asked.to_string();
        names.iter().any(|it| it.eq_ignore_ascii_case(&name))
    };
    let broken = asked.answers.iter().filter(meant).filter(|it| !fits(it.says)).map(|answer| {
        let says = match answer.says {
            Says::Permitted => "permitted",
            Says::Conditional => "permitted under conditions",
            Says::Unclear => "unclear",
            Says::Prohibited => "prohibited",
        };
        let sections = match answer.sections.as_slice() {
            [] => String::new(),
            sections => format!(" (section {})", sections.join(", ")),
        };
        Broken::of_all(format!("{} is {says}{sections}", answer.asked))
    });
    (!names.is_empty()).then(|| broken.collect())
}

fn uses_allow(asked: &Asked, _: &Report) -> Option<Vec<Broken>> {
    let rules = &asked.policy.uses;
    uses(asked, &rules.allow, |says| {
        says == Says::Permitted || (says == Says::Conditional && !rules.unconditional)
    })
}

fn uses_deny(asked: &Asked, _: &Report) -> Option<Vec<Broken>> {
    uses(asked, &asked.policy.uses.deny, |says| says == Says::Prohibited)
}

fn mof_class(asked: &Asked, report: &Report) -> Option<Vec<Broken>> {
    let wanted = asked.policy.openness.minimum_mof_class.as_deref()?;
    let rank = |class: &str| ["III", "II", "I"].iter().position(|it| *it == class);
    let here = report.openness.as_ref().and_then(|it| it.mof.confirmed.class.as_deref());
    let fits = here.and_then(rank).is_some_and(|here| Some(here) >= rank(wanted));
    let words = match here {
        Some(here) => format!("class {here} by what is in the folder, {wanted} is asked"),
        None => format!("no class by what is in the folder, {wanted} is asked"),
    };
    Some(if fits {
        Vec::new()
    } else {
        vec![Broken::of_all(words)]
    })
}

fn components(asked: &Asked, report: &Report) -> Option<Vec<Broken>> {
    let required = &asked.policy.components.required;
    let verdicts = report.components.iter().filter(|it| required.contains(&it.id));
    let lacking = verdicts.filter(|it| it.presence != Presence::Present);
    let broken = lacking.map(|it| Broken::of_all(format!("{} is {}", it.id, it.presence)));
    (!required.is_empty()).then(|| broken.collect())
}

fn formats(asked: &Asked, report: &Report) -> Option<Vec<Broken>> {
    let allowed = asked.policy.formats.allow.as_ref()?;
    let listed = |format: &str| allowed.iter().any(|it| it.eq_ignore_ascii_case(format));
    let weights = report.artifacts.iter().filter(|it| it.kind == FileKind::Weights);
    let others = weights.filter(|it| !it.format.as_deref().is_some_and(listed));
    let broken = others.map(|it| {
        let format = it.format.as_deref().unwrap_or("of no format that is known");
        Broken::at(Some(Place::file(&it.path)), format!("is {format}"))
    });
    Some(broken.collect())
}

fn remote_code(asked: &Asked, _: &Report) -> Option<Vec<Broken>> {
    let named = asked.seen.remote_code.iter();
    let broken = named.map(|(at, words)| Broken::at(Some(at.clone()), words));
    (!asked.policy.safety.remote_code).then(|| broken.collect())
}

fn pickles(asked: &Asked, _: &Report) -> Option<Vec<Broken>> {
    let paths = asked.seen.pickles.iter();
    let broken = paths.map(|path| Broken::at(Some(Place::file(path)), "holds a pickle"));
    (!asked.policy.safety.pickles).then(|| broken.collect())
}

/// Findings that a rule does not let stand, but for those that an exception lets pass.
fn standing(asked: &Asked, report: &Report, bad: impl Fn(&Finding) -> bool) -> Vec<Broken> {
    let mut broken = Vec::new();
    for it in report.findings.iter().filter(|it| it.category != Category::Policy && bad(it)) {
        let path = it.at.as_ref().map(|at| at.path.as_str());
        if let Excepted::No(ended) = excepted(asked, &it.id, path) {
            let words = format!("{} {}: {}", it.severity, it.id, it.message);
            let words = format!("{words}{}", ended.unwrap_or_default());
            broken.push(Broken::at(it.at.clone(), words));
        }
    }
    broken
}

fn severity(asked: &Asked, report: &Report) -> Option<Vec<Broken>> {
    let most = asked.policy.findings.max_severity?;
    Some(standing(asked, report, |it| it.severity > most))
}

fn denied(asked: &Asked, report: &Report) -> Option<Vec<Broken>> {
    let ids = &asked.policy.findings.deny;
    (!ids.is_empty()).then(|| standing(asked, report, |it| ids.contains(&it.id)))
}

/// Only `verify` looks at signatures: where nothing was verified, nothing is said.
fn signature(asked: &Asked, report: &Report) -> Option<Vec<Broken>> {
    let verification = report.verification.as_ref().filter(|_| asked.policy.signature.required)?;
    let passed = |it: &&report::VerificationKind| it.kind == "signature" && it.result == "passed";
    let holds = verification.kinds.iter().any(|it| passed(&it));
    Some(if holds {
        Vec::new()
    } else {
        vec![Broken::of_all(
            "no signature by one of its keys holds for every file",
        )]
    })
}
