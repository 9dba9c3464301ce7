//! `render`: an earlier JSON report in another format, without the release.

use std::{
    fs,
    io::{self, Read as _, Write},
    path::Path,
};

use anyhow::{Context as _, bail};
use serde::Deserialize;

use super::writing::{self, Plan};
use crate::{
    cli::Render,
    gate::Outcome,
    render::{STORED_OUTPUTS, escape::visible},
    report::{Report, SCHEMA, VERIFY_SCHEMA},
};

pub(super) fn run(args: &Render, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let plan = Plan::of(STORED_OUTPUTS, &args.format, &args.writing.output)?;
    let key = writing::key(&plan, &args.forms)?;
    let report = read(&args.report)?;
    let style = writing::formed(&args.writing, &args.forms)?;
    writing::write_sealed(&plan, &report, &style, key.as_ref(), out)?;
    if args.forms.step_summary {
        writing::summarize(&report, &style)?;
    }
    Ok(Outcome::Passed)
}

/// A stored report.
pub(super) fn read(path: &Path) -> anyhow::Result<Report> {
    parse(&bytes(path)?).with_context(|| format!("{} is no report to go by", named(path)))
}

/// A stored report as its bytes.
pub(super) fn bytes(path: &Path) -> anyhow::Result<Vec<u8>> {
    if path != Path::new("-") {
        return fs::read(path).with_context(|| format!("cannot read {}", named(path)));
    }
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes).context("cannot read stdin")?;
    Ok(bytes)
}

fn named(path: &Path) -> String {
    format!("`{}`", visible(&path.to_string_lossy()))
}

/// A stored report from its bytes.
pub(super) fn parse(bytes: &[u8]) -> anyhow::Result<Report> {
    #[derive(Deserialize)]
    struct Named {
        schema: Option<String>,
    }
    let named: Named = serde_json::from_slice(bytes).context("not a JSON object")?;
    match named.schema.as_deref() {
        Some(SCHEMA | VERIFY_SCHEMA) => serde_json::from_slice(bytes).context("not a whole report"),
        Some(other) => bail!(
            "its schema is `{}`, and this reads {SCHEMA} and {VERIFY_SCHEMA}",
            visible(other).chars().take(60).collect::<String>()
        ),
        None => bail!("it names no schema; `weighbill inspect RELEASE -f json` writes {SCHEMA}"),
    }
}
