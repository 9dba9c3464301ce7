//! `policy init`: a commented policy file; and what the other commands do with one.

use std::{
    collections::BTreeSet,
    env, fs,
    io::Write,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, bail};

use crate::{
    Policed,
    cli::PolicyCommand,
    gate::Outcome,
    judge,
    policy::{Day, Policy, TEMPLATE},
    render::write::put,
};

pub(super) fn run(args: &PolicyCommand, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let PolicyCommand::Init { output } = args;
    let path = output.as_deref().unwrap_or(Path::new("-"));
    if path != Path::new("-") && path.symlink_metadata().is_ok() {
        bail!("`{}` is there already; remove it first, or name another", path.display());
    }
    put(path, out, |to| to.write_all(TEMPLATE.as_bytes()))?;
    Ok(Outcome::Passed)
}

/// The policy at a path, to be held against reports of today.
pub(super) fn read(path: &Path) -> anyhow::Result<Policed> {
    let shown = || format!("`{}`", path.display());
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", shown()))?;
    let ids: BTreeSet<&str> = judge::checks().map(|check| check.id).collect();
    let policy = Policy::parse(&text, &ids).with_context(shown)?;
    Ok(Policed {
        policy,
        file: path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
        today: today()?,
    })
}

/// Files that a policy names lie relative to its own folder.
pub(super) fn beside(policy: &Path, name: &str) -> PathBuf {
    policy.parent().unwrap_or(Path::new("")).join(name)
}

/// The day that reports are held against: that of `SOURCE_DATE_EPOCH`, else of the clock.
pub(super) fn today() -> anyhow::Result<Day> {
    Ok(Day::of(now()?))
}

/// Seconds since 1970: `SOURCE_DATE_EPOCH`, else the clock.
pub(super) fn now() -> anyhow::Result<u64> {
    match env::var("SOURCE_DATE_EPOCH") {
        Ok(text) => {
            text.parse().with_context(|| format!("SOURCE_DATE_EPOCH is `{text}`, no number"))
        }
        Err(_) => Ok(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()),
    }
}
