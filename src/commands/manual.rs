//! `schema`, `completions` and `man`: what packagers and other programs need.

use std::io::Write;

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::{cli::Cli, gate::Outcome, render::schema::SCHEMA};

pub(super) fn schema(out: &mut dyn Write) -> anyhow::Result<Outcome> {
    out.write_all(SCHEMA.as_bytes())?;
    Ok(Outcome::Passed)
}

pub(super) fn completions(shell: Shell, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let mut script = Vec::new(); // the generator panics where it cannot write
    clap_complete::generate(shell, &mut Cli::command(), "weighbill", &mut script);
    out.write_all(&script)?;
    Ok(Outcome::Passed)
}

/// One page: the options of `inspect`, then every command with its own.
pub(super) fn man(out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let mut command = Cli::command();
    command.build();
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    for command in command.get_subcommands().filter(|it| it.get_name() != "help") {
        let man = clap_mangen::Man::new(command.clone());
        writeln!(page, ".SH \"WEIGHBILL {}\"", command.get_name().to_uppercase())?;
        man.render_description_section(&mut page)?;
        man.render_options_section(&mut page)?;
    }
    out.write_all(&page)?;
    Ok(Outcome::Passed)
}
