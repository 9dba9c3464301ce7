//! `tensors`: every tensor of a release.

use std::io::Write;

use super::{
    inspect,
    writing::{self, Plan},
};
use crate::{cli::Tensors, gate::Outcome, render::TENSOR_OUTPUTS};

pub(super) fn run(args: &Tensors, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let plan = Plan::of(TENSOR_OUTPUTS, &args.format, &args.writing.output)?;
    let request = inspect::request(&args.reading)?;
    let report = inspect::inspected(&request, &args.reading, &args.writing)?;
    writing::write(&plan, &report, &writing::style(&args.writing, args.all), out)?;
    Ok(Outcome::Passed)
}
