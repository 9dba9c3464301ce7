//! What the user asks of every release, as a TOML file: read, checked word by word, never guessed.

mod keys;

use std::{collections::BTreeSet, fmt};

use serde::Deserialize;

use crate::{
    licenses::{Class, Use, license},
    words::{Component, Severity, nearest},
};

/// A commented policy file, in which every rule stands and none is switched on.
pub const TEMPLATE: &str = include_str!("template.toml");

/// A policy as read.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// Of the form of the file; 1.
    pub version: u64,
    /// Which licenses.
    pub licenses: Licenses,
    /// Which uses.
    pub uses: Uses,
    /// How open.
    pub openness: Openness,
    /// What must be there.
    pub components: Components,
    /// Which formats of weights.
    pub formats: Formats,
    /// What must not run.
    pub safety: Safety,
    /// Which findings.
    pub findings: Findings,
    /// Whose signature.
    pub signature: Signature,
    /// What is let pass, until when and why.
    pub exceptions: Vec<Exception>,
}

/// Which licenses may and may not hold.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Licenses {
    /// These, by id or SPDX id, and no others.
    pub allow: Option<Vec<String>>,
    /// None of these.
    pub deny: Vec<String>,
    /// These classes besides: `permissive`, `community` …
    pub allow_classes: Vec<Class>,
    /// Whether each must be approved by the Open Source Initiative.
    pub osi_approved: bool,
}

/// Which uses the terms must not prohibit.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Uses {
    /// These must be permitted, under conditions or not.
    pub allow: Vec<String>,
    /// Of those, whether a conditional answer is not enough.
    pub unconditional: bool,
    /// These must be prohibited by the terms.
    pub deny: Vec<String>,
    /// How many monthly users to hold against user caps.
    pub users: Option<u64>,
    /// Where it would be used.
    pub territory: Vec<String>,
}

/// How open a release must be.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Openness {
    /// Of the Model Openness Framework, by what is in the folder: `III`, `II` or `I`.
    pub minimum_mof_class: Option<String>,
}

/// What must be there.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Components {
    /// Present, not in part.
    pub required: Vec<Component>,
}

/// Formats of weights.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Formats {
    /// These and no others.
    pub allow: Option<Vec<String>>,
}

/// What must not run.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default)]
pub struct Safety {
    /// Whether a config may name code that loaders run.
    pub remote_code: bool,
    /// Whether files may hold pickles.
    pub pickles: bool,
}

impl Default for Safety {
    fn default() -> Self {
        Self { remote_code: true, pickles: true }
    }
}

/// Findings that may stand.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Findings {
    /// The worst that may.
    pub max_severity: Option<Severity>,
    /// These may not, however severe.
    pub deny: Vec<String>,
}

/// Whose signature must hold.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Signature {
    /// Public keys in PEM, relative to the folder of the policy.
    pub keys: Vec<String>,
    /// Whether a release must have one.
    pub required: bool,
}

/// Something that is let pass.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Exception {
    /// Of the finding.
    pub id: String,
    /// Where; anywhere where it is not said.
    pub path: Option<String>,
    /// The last day that it holds on.
    pub until: Day,
    /// Why.
    pub reason: String,
}

/// A day of the calendar, `2026-11-22`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    year: u64,
    month: u64,
    of_month: u64,
}

impl Day {
    /// The day in UTC that this many seconds since 1970 lie in.
    pub fn of(seconds: u64) -> Self {
        // Howard Hinnant's `civil_from_days`: years that begin in March, in eras of 400.
        let days = seconds / 86_400 + 719_468;
        let (era, of_era) = (days / 146_097, days % 146_097);
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let shifted = (5 * of_year + 2) / 153;
        let month = if shifted < 10 {
            shifted + 3
        } else {
            shifted - 9
        };
        Self {
            year: year + era * 400 + u64::from(month < 3),
            month,
            of_month: of_year - (153 * shifted + 2) / 5 + 1,
        }
    }

    /// A day as written, `2026-11-22`.
    pub fn named(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '-').map(|part| {
            part.bytes().all(|it| it.is_ascii_digit()).then(|| part.parse::<u64>().ok())?
        });
        let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
        let real = (1..=12).contains(&month) && (1..=31).contains(&day) && year < 10_000;
        real.then_some(Self { year, month, of_month: day })
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.of_month)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = toml::Value::deserialize(deserializer)?;
        let text = match &written {
            toml::Value::String(text) => text.clone(),
            toml::Value::Datetime(date) => date.to_string(),
            _ => String::new(),
        };
        Self::named(&text).ok_or_else(|| serde::de::Error::custom("a day is written as 2026-11-22"))
    }
}

/// Why a policy is not used, in words fit to stand after its path.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PolicyError(String);

impl Policy {
    /// A policy from its text. `findings` are the ids that exceptions may name.
    pub fn parse(text: &str, findings: &BTreeSet<&str>) -> Result<Self, PolicyError> {
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
            PolicyError(format!("is not valid TOML: {}", error.to_string().trim_end()))
        })?;
        keys::check(&table, text)?;
        let policy: Self = toml::from_str(text)
            .map_err(|error| PolicyError(error.to_string().trim_end().to_owned()))?;
        policy.check(findings)?;
        Ok(policy)
    }

    /// Words that must be known, each with what may have been meant.
    fn check(&self, findings: &BTreeSet<&str>) -> Result<(), PolicyError> {
        if self.version != 1 {
            return Err(PolicyError("begins with `version = 1`, the only one there is".to_owned()));
        }
        for id in self.licenses.allow.iter().flatten().chain(&self.licenses.deny) {
            if license(id).is_none() {
                return Err(unknown("license", id, "`weighbill licenses` lists all", None));
            }
        }
        for name in self.uses.allow.iter().chain(&self.uses.deny) {
            if name.parse::<Use>().is_err() {
                let names = crate::licenses::USES.map(|(_, name, _)| name);
                return known("use", name, &names);
            }
        }
        if let Some(class) = &self.openness.minimum_mof_class {
            known("class of the Model Openness Framework", class, &["III", "II", "I"])?;
        }
        let exceptions = self.exceptions.iter().map(|it| &it.id);
        for id in self.findings.deny.iter().chain(exceptions) {
            if !findings.contains(id.as_str()) {
                let near = nearest(id, findings.iter().copied());
                return Err(unknown("finding", id, "`weighbill explain` lists all", near));
            }
        }
        for exception in &self.exceptions {
            if exception.reason.trim().is_empty() {
                let id = &exception.id;
                return Err(PolicyError(format!("the exception for `{id}` gives no reason")));
            }
        }
        Ok(())
    }

    /// The uses that its rules ask the terms about.
    pub fn asked(&self) -> Vec<Use> {
        let names = self.uses.allow.iter().chain(&self.uses.deny);
        names.filter_map(|name| name.parse().ok()).collect()
    }
}

fn known(kind: &str, word: &str, words: &[&str]) -> Result<(), PolicyError> {
    if words.contains(&word) {
        return Ok(());
    }
    let list = format!("there is {}", words.join(", "));
    Err(unknown(kind, word, &list, nearest(word, words.iter().copied())))
}

fn unknown(kind: &str, word: &str, else_: &str, near: Option<&str>) -> PolicyError {
    let hint = near.map_or_else(|| else_.to_owned(), |near| format!("did you mean `{near}`?"));
    PolicyError(format!("no {kind} is called `{word}`; {hint}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Policy, String> {
        let known = BTreeSet::from(["lfs-pointer", "license-text-missing"]);
        Policy::parse(text, &known).map_err(|it| it.to_string())
    }

    #[test]
    fn the_template_is_a_policy_that_asks_nothing() {
        let policy = parse(TEMPLATE).unwrap();
        assert_eq!(policy, Policy { version: 1, ..Policy::default() });
        // And it would be one with every rule switched on.
        let ids: BTreeSet<&str> = crate::judge::checks().map(|check| check.id).collect();
        let rules = TEMPLATE.lines().filter_map(|line| {
            let rule = line.strip_prefix("# ").unwrap_or(line);
            let rule = rule.trim_end();
            let is_rule = rule.starts_with('[') || rule.contains(" = ");
            is_rule.then_some(rule)
        });
        let on = rules.collect::<Vec<_>>().join("\n");
        let policy = Policy::parse(&on, &ids).unwrap();
        assert_eq!(policy.exceptions.len(), 1);
        assert!(!policy.safety.pickles && policy.licenses.allow.is_some());
    }

    #[test]
    fn what_is_not_known_is_refused_with_what_may_be_meant() {
        check("version = 2", "begins with `version = 1`");
        check("[licenses]", "begins with `version = 1`");
        check(
            "version = 1\n[lisences]\nallow = []",
            "line 2: no key `lisences`; did you mean `licenses`?",
        );
        check(
            "version = 1\n[safety]\npickels = true",
            "line 3: no key `safety.pickels`; did you mean `pickles`?",
        );
        check("version = 1\n[licenses]\nallow = [\"mti\"]", "no license is called `mti`");
        check("version = 1\n[uses]\nallow = [\"comercial\"]", "did you mean `commercial`?");
        check("version = 1\n[openness]\nminimum_mof_class = \"IV\"", "no class of the Model");
        check("version = 1\n[components]\nrequired = [\"weights\"]", "unknown variant");
        check("version = 1\n[safety]\npickles = 3", "invalid type");
        let exception =
            |rest: &str| format!("version = 1\n[[exceptions]]\nid = \"lfs-pointer\"\n{rest}");
        check(&exception("reason = \"x\""), "missing field `until`");
        check(&exception("until = 2026-13-01\nreason = \"x\""), "not valid TOML");
        check(&exception("until = \"soon\"\nreason = \"x\""), "a day is written as");
        check(&exception("until = 2026-12-01\nreason = \" \""), "gives no reason");
        check(
            &exception("until = 2026-12-01\nreason = \"x\"").replace("pointer", "ponter"),
            "did you mean `lfs-pointer`?",
        );
        check("version =", "is not valid TOML");
        assert!(parse(&exception("until = \"2026-12-01\"\nreason = \"x\"")).is_ok());
    }

    #[track_caller]
    fn check(text: &str, words: &str) {
        let error = parse(text).unwrap_err();
        assert!(error.contains(words), "{error}");
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        assert_eq!(Day::of(0).to_string(), "1970-01-01");
        assert_eq!(Day::of(951_782_400).to_string(), "2000-02-29");
        assert_eq!(Day::of(1_795_306_017).to_string(), "2026-11-22");
        assert!(Day::named("2026-11-22") > Day::named("2026-9-30"));
        assert_eq!(Day::named("2026-13-01"), None);
        assert_eq!(Day::named("+026-12-01"), None);
    }
}
