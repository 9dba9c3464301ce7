//! From all that the line has made to the one [`Report`]: facts, sets, terms, evidence, digests and
//! findings, each put where the contract says. Decides nothing.

mod configs;
mod licensing;
mod model;
mod weights;

use crate::{
    digest,
    digests::Digests,
    evidence::{
        Evidence,
        disclosures::{self, Disclosure},
    },
    facts::{Contents, Facts},
    judge::{openness, verdicts},
    licenses::UseAnswer,
    records::{Held, Row, Status},
    report::{self, Report, SCHEMA, VERIFY_SCHEMA},
    sets::Sets,
    terms::Terms,
    words::FileKind,
};

/// What the line has made, step by step.
pub struct Parts {
    /// What was read.
    pub facts: Facts,
    /// The weights, grouped and counted.
    pub sets: Sets,
    /// What the files state as terms.
    pub terms: Terms,
    /// What the facts show.
    pub evidence: Vec<Evidence>,
    /// What was hashed.
    pub digests: Digests,
    /// The bytes held against what was recorded of them.
    pub held: Held,
    /// What to act on.
    pub findings: Vec<report::Finding>,
    /// What the terms say about the uses asked about.
    pub uses: Vec<UseAnswer>,
    /// What was verified, where that was asked for.
    pub verification: Option<report::Verification>,
    /// The context to tell the memory for, in tokens.
    pub context: Option<u64>,
}

/// The finished report.
pub fn report(parts: Parts) -> Report {
    let Parts {
        facts,
        sets,
        terms,
        evidence,
        digests,
        held,
        findings,
        uses,
        verification,
        context,
    } = parts;
    let components = verdicts::components(&evidence);
    let disclosures = disclosures::gather(&facts);
    let openness = openness::weigh(&openness::Inputs {
        facts: &facts,
        sets: &sets,
        evidence: &evidence,
        disclosures: &disclosures,
        verdicts: &components,
        licenses: &openness::licenses(&terms),
    });
    Report {
        schema: if verification.is_some() {
            VERIFY_SCHEMA
        } else {
            SCHEMA
        }
        .to_owned(),
        tool: report::Tool {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
        release: release(&facts, &digests),
        verdict: report::Verdict {
            summary: verdicts::sentence(&components, licensing::amount(&terms)),
            highest_severity: findings.iter().map(|finding| finding.severity).max(),
        },
        totals: totals(&facts, &sets),
        groups: verdicts::groups(&components),
        components,
        evidence: evidence.into_iter().map(seen).collect(),
        disclosures: disclosures.into_iter().map(disclosed).collect(),
        artifacts: artifacts(&facts, &digests, &held),
        weight_sets: weights::sets(&facts, &sets),
        model: model::of(&facts, &sets, &terms, context),
        configs: configs::of(&facts),
        licenses: licensing::held(&terms),
        uses: uses.iter().map(licensing::answer).collect(),
        openness: Some(openness),
        verification,
        coverage: coverage(&facts),
        policy: None,
        findings,
        weights: weights::files(facts, &sets, &digests),
    }
}

fn release(facts: &Facts, digests: &Digests) -> report::Release {
    let it = &facts.release;
    report::Release {
        root: it.name.clone(),
        origin: it.origin,
        repo_id: it.repo_id.clone(),
        revision: it.revision.clone(),
        commit: it.commit.clone(),
        digest: release_digest(facts, digests),
    }
}

/// SHA-256 of a line for each file; `None` where one was not hashed.
fn release_digest(facts: &Facts, digests: &Digests) -> Option<String> {
    let mut lines = Vec::new();
    for (i, artifact) in facts.artifacts.iter().enumerate() {
        if artifact.kind != FileKind::Bookkeeping {
            let sha256 = digest::hex(digests.sha256(i)?);
            lines.extend_from_slice(format!("{sha256}  {}\n", artifact.path).as_bytes());
        }
    }
    Some(digest::hex(&digest::sha256(&lines)))
}

fn totals(facts: &Facts, sets: &Sets) -> report::Totals {
    let counted = || facts.artifacts.iter().filter(|it| it.kind != FileKind::Bookkeeping);
    let primary = sets.primary();
    report::Totals {
        files: counted().count() as u64,
        bytes: counted().fold(0, |sum: u64, it| sum.saturating_add(it.len)),
        weight_files: facts.weights().count() as u64,
        tensors: primary.map_or(0, |set| set.tensors),
        parameters: primary.map_or(Some(0), |set| set.parameters),
        unread: counted().filter(|it| it.unreadable.is_some()).count() as u64,
    }
}

fn seen(seen: Evidence) -> report::Evidence {
    report::Evidence {
        component: seen.component,
        presence: seen.presence,
        at: seen.at,
        saying: seen.saying,
    }
}

fn disclosed(it: Disclosure) -> report::Disclosure {
    report::Disclosure {
        topic: it.topic.to_owned(),
        presence: it.presence,
        at: it.at,
        saying: it.saying,
    }
}

fn artifacts(facts: &Facts, digests: &Digests, held: &Held) -> Vec<report::Artifact> {
    let artifact = |(i, it): (usize, &crate::facts::Artifact)| report::Artifact {
        path: it.path.clone(),
        bytes: it.len,
        kind: it.kind,
        format: it.format.map(str::to_owned),
        sha256: digests.sha256(i).map(digest::hex),
        unreadable: it.unreadable.clone(),
        recorded: held.of(&it.path).filter_map(recorded).collect(),
    };
    facts.artifacts.iter().enumerate().map(artifact).collect()
}

/// A digest that something recorded.
fn recorded(row: &Row) -> Option<report::Recorded> {
    let result = match row.status {
        Status::Match => "match",
        Status::Mismatch => "mismatch",
        _ => "unchecked",
    };
    Some(report::Recorded {
        by: row.by?.word().to_owned(),
        algorithm: row.algorithm?.to_owned(),
        digest: row.expected.clone()?,
        result: result.to_owned(),
    })
}

fn coverage(facts: &Facts) -> Vec<report::Coverage> {
    let unread = facts.artifacts.iter().filter_map(|it| Some((it, it.unreadable.as_ref()?)));
    let coverage = |(it, why): (&crate::facts::Artifact, &String)| report::Coverage {
        path: it.path.clone(),
        opened: if matches!(it.contents, Contents::Opaque) && !it.within.opened {
            "no"
        } else {
            "part"
        }
        .to_owned(),
        why: why.clone(),
    };
    let parts = facts.artifacts.iter().flat_map(|it| {
        it.within.unopened.iter().map(|part| report::Coverage {
            path: it.path.clone(),
            opened: "part".to_owned(),
            why: match &part.member {
                Some(member) => format!("`{member}` was not looked into: {}", part.why),
                None => format!("not looked into: {}", part.why),
            },
        })
    });
    let mut all: Vec<_> = unread.map(coverage).chain(parts).collect();
    all.sort_by(|a, b| a.path.cmp(&b.path));
    all
}
