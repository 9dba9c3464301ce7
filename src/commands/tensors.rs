//! `tensors`: every tensor of a release.

use std::io::Write;

use super::{
    inspect,
    writing::{self, Plan},
};
use crate::{
    cli::Tensors,
    gate::Outcome,
    render::{Style, TENSOR_OUTPUTS},
};

pub(super) fn run(args: &Tensors, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let plan = Plan::of(TENSOR_OUTPUTS, &args.format, &args.writing.output)?;
    let request = inspect::request(&args.reading)?;
    let (report, reused) = inspect::inspected(&request, &args.reading.target, &args.writing)?;
    let style = writing::style(&args.writing, args.all);
    writing::write(&plan, &report, &Style { reused, ..style }, out)?;
    std::mem::forget(report); // as `inspect` does
    Ok(Outcome::Passed)
}
