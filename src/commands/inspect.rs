//! `inspect`: what is in the box, is it whole, is it safe, and on what terms.

use std::{
    io::Write,
    num::NonZero,
    path::{Path, PathBuf},
    thread,
};

use anyhow::Context as _;

use super::{
    policy,
    progress::Progress,
    writing::{self, Plan},
};
use crate::{
    Request,
    cli::{Inspect, Reading, Target, Writing},
    digest::Cache,
    digests::Wanted,
    gate::{Gate, Outcome},
    locate::Environment,
    render::{OUTPUTS, Style, escape::visible, numbers::plural},
    report::Report,
    signing::Signable,
};

pub(super) fn run(args: &Inspect, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let plan = Plan::of(OUTPUTS, &args.reports.format, &args.reports.writing.output)?;
    let key = writing::key(&plan, &args.reports.forms)?;
    let request = Request {
        uses: args.uses.clone(),
        users: args.users,
        territory: args.territory.clone(),
        policy: args.policy.as_deref().map(policy::read).transpose()?,
        context: args.context,
        ..request(&args.reading)?
    };
    let style = writing::formed(&args.reports.writing, &args.reports.forms)?;
    let (report, reused) = inspected(&request, &args.reading.target, &args.reports.writing)?;
    let style = Style { reused, ..style };
    writing::write_sealed(&plan, &report, &style, key.as_ref(), out)?;
    if args.reports.forms.step_summary {
        writing::summarize(&report, &style)?;
    }
    let gate = Gate { deny: args.deny, verify: None };
    let outcome = gate.weigh(&report);
    std::mem::forget(report); // the process ends: a million names need not be given back one by one
    Ok(outcome)
}

/// What to look at and what to take of it.
pub(super) fn request(reading: &Reading) -> anyhow::Result<Request> {
    let wanted = Wanted {
        extent: reading.digests,
        statistics: reading.stats,
    };
    Ok(Request { wanted, ..located(&reading.target)? })
}

/// What to look at.
pub(super) fn located(target: &Target) -> anyhow::Result<Request> {
    let path =
        target.release.as_deref().context("name a release: a folder, a file or a repo id")?;
    Ok(Request {
        path: path.to_owned(),
        revision: target.revision.clone(),
        environment: Environment::of_process(),
        ..Request::of(Path::new(""))
    })
}

/// How many threads to use: as many as asked for, else one for each processor.
pub(super) fn threads(asked: Option<u16>) -> usize {
    let processors = || thread::available_parallelism().map_or(1, NonZero::get);
    asked.map_or_else(processors, usize::from)
}

/// The report, made on as many threads as asked for, with progress on a terminal; and the files whose
/// digests come from an earlier run.
pub(super) fn inspected(
    request: &Request,
    target: &Target,
    writing: &Writing,
) -> anyhow::Result<(Report, Vec<String>)> {
    let threads = threads(target.threads);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    let progress = Progress::new(!writing.no_progress && !writing.quiet);
    let cache = || Cache::of_user().context("no folder for a cache: set XDG_CACHE_HOME or HOME");
    let mut cache = target.digest_cache.then(cache).transpose()?;
    let bytes = |done, of| progress.at(done, of);
    let report =
        pool.install(|| crate::inspect_remembering(request, threads, &bytes, cache.as_mut()));
    progress.finish();
    let (report, reused) = report?;
    if !writing.quiet {
        for note in cache.iter().flat_map(Cache::notes) {
            anstream::eprintln!("weighbill: {}", visible(note));
        }
        if !reused.is_empty() {
            let files = plural(reused.len() as u64, "file");
            let names = reused.join(", ");
            anstream::eprintln!(
                "weighbill: {files} not read again, digests of an earlier run: {}",
                visible(&names)
            );
        }
    }
    Ok((report, reused))
}

/// A release hashed to be signed, and where it lies.
pub(super) fn hashed(
    request: &Request,
    target: &Target,
    silent: bool,
) -> anyhow::Result<(Signable, PathBuf)> {
    let progress = Progress::new(!silent);
    let signed = crate::sign(request, threads(target.threads), &|done, of| progress.at(done, of));
    progress.finish();
    Ok(signed?)
}
