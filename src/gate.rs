//! From a report to an exit status.

use std::process::ExitCode;

use crate::{
    report::{Report, Verification},
    words::{Severity, vocabulary},
};

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Reported, nothing denied.
    Passed,
    /// Reported, and denied.
    Denied,
}

vocabulary! {
    /// What must hold of a release that is verified.
    Requirement {
        /// A signature by someone the user named covers every file.
        Signature = "signature",
        /// A record of its digest matches every file.
        Record = "record",
        /// Nothing is missing, cut short or a placeholder.
        Complete = "complete",
        /// The parts fit together.
        Consistent = "consistent",
    }
}

impl Requirement {
    /// In a clause, for help texts.
    pub const fn about(self) -> &'static str {
        match self {
            Self::Signature => "a signature by a key that you name covers every file",
            Self::Record => "every file matches a record of its digest",
            Self::Complete => "no file is missing, cut short or a placeholder",
            Self::Consistent => "weights, index, config and tokenizer fit together",
        }
    }
}

/// What the user will not have.
#[derive(Clone, Debug, Default)]
pub struct Gate {
    /// Findings at least this severe, and uses that the terms prohibit.
    pub deny: Option<Severity>,
    /// What is asked of a verification, where that is what was done.
    pub verify: Option<VerifyGate>,
}

/// What is asked of a verification, beside that nothing differs.
#[derive(Clone, Debug, Default)]
pub struct VerifyGate {
    /// What must hold.
    pub require: Vec<Requirement>,
    /// Whether it may be that nothing says what the files should be.
    pub allow_unverified: bool,
}

impl Gate {
    /// Whether the report passes.
    pub fn weigh(&self, report: &Report) -> Outcome {
        if self.reasons(report).is_empty() {
            Outcome::Passed
        } else {
            Outcome::Denied
        }
    }

    /// Why it does not pass, a clause each.
    pub fn reasons(&self, report: &Report) -> Vec<String> {
        let mut reasons = Vec::new();
        if let Some(deny) = self.deny {
            let severe = report.findings.iter().filter(|finding| finding.severity >= deny).count();
            if severe > 0 {
                reasons.push(format!("{} at {deny} or above", counted(severe, "finding")));
            }
            if report.uses.iter().any(|answer| answer.says == "prohibited") {
                reasons.push("a use that the terms prohibit".to_owned());
            }
        }
        if let (Some(gate), Some(verification)) = (&self.verify, &report.verification) {
            gate.reasons(report, verification, &mut reasons);
        }
        reasons
    }
}

/// How a file may stand to a record that it differs from, and how to say that of several.
const DIFFERENCES: &[(&str, &str)] = &[
    ("mismatch", "not what was recorded"),
    ("missing", "missing"),
    ("not_downloaded", "not downloaded (--only says which files you mean)"),
    ("unexpected", "not on the list of what was published"),
    ("pointer", "git-lfs pointers instead of the files"),
];

/// Findings that say that something is not here.
const INCOMPLETE: &[&str] = &[
    "shard-missing",
    "index-tensor-missing",
    "shard-truncated",
    "lfs-pointer",
    "html-page",
    "download-incomplete",
    "link-broken",
    "external-data-missing",
    "component-missing",
    "module-missing",
    "remote-code-missing",
    "file-missing",
    "unreadable",
];

impl VerifyGate {
    fn reasons(&self, report: &Report, verification: &Verification, reasons: &mut Vec<String>) {
        let files = &verification.files;
        for (status, words) in DIFFERENCES {
            let mut paths: Vec<&str> = files
                .iter()
                .filter(|file| file.status == *status)
                .map(|file| file.path.as_str())
                .collect();
            paths.dedup();
            if let [first, ..] = paths[..] {
                let rest = match paths.len() {
                    1 => String::new(),
                    _ => ", …".to_owned(),
                };
                reasons.push(format!("{} {words}: {first}{rest}", counted(paths.len(), "file")));
            }
        }
        if report.findings.iter().any(|it| it.id == "revision-mixed") {
            reasons.push("files of several revisions".to_owned());
        }
        let result = |kind: &str| {
            verification.kinds.iter().find(|it| it.kind == kind).map(|it| it.result.as_str())
        };
        if result("signature") == Some("failed") {
            reasons.push("the signature does not hold".to_owned());
        }
        let compared = files.iter().any(|it| it.by.is_some() && it.status != "unverifiable");
        if !compared && !self.allow_unverified {
            reasons.push(
                "nothing here says what the files should be: give a list with --expect, or allow it with \
                 --allow-unverified"
                    .to_owned(),
            );
        }
        for requirement in &self.require {
            let lacks = match requirement {
                Requirement::Signature => lacks_signature(verification),
                Requirement::Record => lacks_record(verification),
                Requirement::Complete => lacks_parts(report, verification),
                Requirement::Consistent => (result("consistency") != Some("passed"))
                    .then(|| "the parts do not fit together".to_owned()),
            };
            reasons.extend(lacks.map(|why| format!("{requirement} is required: {why}")));
        }
    }
}

/// Every file that is here matches a record that a signer the user named made.
fn lacks_signature(verification: &Verification) -> Option<String> {
    let signature = verification.kinds.iter().find(|it| it.kind == "signature");
    match signature.map(|it| it.result.as_str()) {
        Some("passed") => {
            let others = verification.shown.iter().filter(|it| it.strength != "authentic");
            let uncovered: u64 = others.map(|it| it.files).sum();
            (uncovered > 0).then(|| format!("{} it does not cover", counted_u64(uncovered, "file")))
        }
        Some("unavailable") | None => Some("there is none that a key you named made".to_owned()),
        Some(_) => Some("it does not hold for every file".to_owned()),
    }
}

fn lacks_record(verification: &Verification) -> Option<String> {
    let none = verification.shown.iter().find(|it| it.strength == "none")?;
    let nothing = verification.shown.iter().all(|it| it.files == 0);
    match none.files {
        0 if nothing => Some("there is no file".to_owned()),
        0 => None,
        files => Some(format!("{} that no record matches", counted_u64(files, "file"))),
    }
}

fn lacks_parts(report: &Report, verification: &Verification) -> Option<String> {
    let about = |path: &str| verification.files.iter().any(|file| file.path == path);
    let found = report.findings.iter().filter(|it| INCOMPLETE.contains(&it.id.as_str()));
    let meant = found.filter(|it| it.at.as_ref().is_none_or(|at| about(&at.path)));
    let mut ids: Vec<&str> = meant.map(|it| it.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    (!ids.is_empty()).then(|| ids.join(", "))
}

fn counted(count: usize, noun: &str) -> String {
    counted_u64(u64::try_from(count).unwrap_or(u64::MAX), noun)
}

fn counted_u64(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Passed => Self::SUCCESS,
            Outcome::Denied => Self::from(1),
        }
    }
}
