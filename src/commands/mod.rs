//! What each command does with the line.

mod diff;
mod explain;
mod inspect;
mod licenses;
mod manual;
mod progress;
mod render;
mod scan;
mod tensors;
mod verify;
mod writing;

use std::io::Write;

use crate::{
    cli::{Cli, Command},
    gate::Outcome,
};

/// The whole program but for the process: arguments in, bytes out, a verdict back.
pub fn run(cli: &Cli, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    match &cli.command {
        None => inspect::run(&cli.inspect, out),
        Some(Command::Inspect(args)) => inspect::run(args, out),
        Some(Command::Tensors(args)) => tensors::run(args, out),
        Some(Command::Verify(args)) => verify::run(args, out),
        Some(Command::Scan(args)) => scan::run(args, out),
        Some(Command::Merge(args)) => scan::merge(args, out),
        Some(Command::Diff(args)) => diff::run(args, out),
        Some(Command::Render(args)) => render::run(args, out),
        Some(Command::Explain(args)) => explain::run(args, out),
        Some(Command::Licenses(args)) => licenses::run(args, out),
        Some(Command::Schema) => manual::schema(out),
        Some(Command::Completions { shell }) => manual::completions(*shell, out),
        Some(Command::Man) => manual::man(out),
    }
}
