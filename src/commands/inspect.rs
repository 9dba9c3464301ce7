//! `inspect`: what is in the box, is it whole, is it safe, and on what terms.

use std::{io::Write, num::NonZero, path::Path, thread};

use anyhow::Context as _;

use super::{
    progress::Progress,
    writing::{self, Plan},
};
use crate::{
    Request,
    cli::{Inspect, Reading, Writing},
    digests::Wanted,
    gate::{Gate, Outcome},
    locate::Environment,
    render::OUTPUTS,
    report::Report,
};

pub(super) fn run(args: &Inspect, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let plan = Plan::of(OUTPUTS, &args.format, &args.writing.output)?;
    let request = Request {
        uses: args.uses.clone(),
        users: args.users,
        territory: args.territory.clone(),
        context: args.context,
        ..request(&args.reading)?
    };
    let style = writing::formed(&args.writing, &args.forms)?;
    let report = inspected(&request, &args.reading, &args.writing)?;
    writing::write(&plan, &report, &style, out)?;
    if args.forms.step_summary {
        writing::summarize(&report, &style)?;
    }
    Ok(Gate { deny: args.deny }.weigh(&report))
}

/// What to look at and what to take of it.
pub(super) fn request(reading: &Reading) -> anyhow::Result<Request> {
    let path =
        reading.release.as_deref().context("name a release: a folder, a file or a repo id")?;
    Ok(Request {
        path: path.to_owned(),
        revision: reading.revision.clone(),
        wanted: Wanted {
            extent: reading.digests,
            statistics: reading.stats,
        },
        environment: Environment::of_process(),
        ..Request::of(Path::new(""))
    })
}

/// How many threads to use: as many as asked for, else one for each processor.
pub(super) fn threads(asked: Option<u16>) -> usize {
    let processors = || thread::available_parallelism().map_or(1, NonZero::get);
    asked.map_or_else(processors, usize::from)
}

/// The report, made on as many threads as asked for, with progress on a terminal.
pub(super) fn inspected(
    request: &Request,
    reading: &Reading,
    writing: &Writing,
) -> anyhow::Result<Report> {
    let threads = threads(reading.threads);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    let progress = Progress::new(!writing.no_progress && !writing.quiet);
    let report =
        pool.install(|| crate::inspect(request, threads, &|done, of| progress.at(done, of)));
    progress.finish();
    Ok(report?)
}
