//! The `weighbill` command: parse the arguments, run, turn the outcome into an exit status.

use std::{io, process::ExitCode};

use clap::Parser as _;
use weighbill::{cli::Cli, commands, render::write::WriteError};

fn main() -> ExitCode {
    match commands::run(&Cli::parse(), &mut io::stdout().lock()) {
        Ok(outcome) => outcome.into(),
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS, // `weighbill … | head`
        Err(error) => {
            anstream::eprintln!("weighbill: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let broken = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
    error.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(broken)
            || cause.downcast_ref::<WriteError>().is_some_and(|it| broken(&it.source))
    })
}
