//! `verify`: is this what was recorded, all of it, and does it fit together?

use std::io::Write;

use super::{
    inspect,
    writing::{self, Plan},
};
use crate::{
    Request,
    cli::Verify,
    digests::{Extent, Wanted},
    gate::{Gate, Outcome, VerifyGate},
    records::{Against, Supplied},
    render::{OUTPUTS, Style, escape::visible},
};

pub(super) fn run(args: &Verify, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let plan = Plan::of(OUTPUTS, &args.format, &args.writing.output)?;
    let lists = args.expect.iter().map(|path| Supplied::list(path));
    let reports = args.report.iter().map(|path| Supplied::report(path));
    let supplied = lists.chain(reports).collect::<Result<Vec<_>, _>>()?;
    let request = Request {
        wanted: Wanted { extent: Extent::Files, statistics: false },
        verify: Some(crate::Verify {
            against: Against { supplied },
            only: args.only.clone(),
        }),
        ..inspect::located(&args.target)?
    };
    let style = writing::formed(&args.writing, &args.forms)?;
    let (report, reused) = inspect::inspected(&request, &args.target, &args.writing)?;
    let style = Style { reused, ..style };
    writing::write(&plan, &report, &style, out)?;
    if args.forms.step_summary {
        writing::summarize(&report, &style)?;
    }
    let gate = Gate {
        deny: args.deny,
        verify: Some(VerifyGate {
            require: args.require.clone(),
            allow_unverified: args.allow_unverified,
        }),
    };
    if !args.writing.quiet {
        for reason in gate.reasons(&report) {
            anstream::eprintln!("weighbill: denied: {}", visible(&reason));
        }
    }
    Ok(gate.weigh(&report))
}
