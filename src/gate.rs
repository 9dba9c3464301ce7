//! From a report to an exit status.

use std::process::ExitCode;

use crate::{report::Report, words::Severity};

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Reported, nothing denied.
    Passed,
    /// Reported, and denied.
    Denied,
}

/// What the user will not have.
#[derive(Clone, Copy, Debug, Default)]
pub struct Gate {
    /// Findings at least this severe, and uses that the terms prohibit.
    pub deny: Option<Severity>,
}

impl Gate {
    /// Whether the report passes.
    pub fn weigh(self, report: &Report) -> Outcome {
        let Some(deny) = self.deny else {
            return Outcome::Passed;
        };
        let severe = report.findings.iter().any(|finding| finding.severity >= deny);
        let prohibited = report.uses.iter().any(|answer| answer.says == "prohibited");
        if severe || prohibited {
            Outcome::Denied
        } else {
            Outcome::Passed
        }
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Passed => Self::SUCCESS,
            Outcome::Denied => Self::from(1),
        }
    }
}
