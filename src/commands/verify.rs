//! `verify`: is this what was recorded, all of it, and does it fit together?

use std::{fs, io::Write, path::Path};

use anyhow::{Context as _, anyhow};

use super::{
    inspect, policy,
    writing::{self, Plan},
};
use crate::{
    Policed, Request,
    cli::Verify,
    digests::{Extent, Wanted},
    gate::{Gate, Outcome, VerifyGate},
    records::{Against, Supplied},
    render::{OUTPUTS, Style, escape::visible},
    sign::{Keyless, PublicKey, Trust, TrustedRoot, certificates},
};

pub(super) fn run(args: &Verify, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let plan = Plan::of(OUTPUTS, &args.reports.format, &args.reports.writing.output)?;
    let key = writing::key(&plan, &args.reports.forms)?;
    let lists = args.expect.iter().map(|path| Supplied::list(path));
    let reports = args.report.iter().map(|path| Supplied::report(path));
    let supplied = lists.chain(reports).collect::<Result<Vec<_>, _>>()?;
    let policy = args.policy.as_deref().map(policy::read).transpose()?;
    let request = Request {
        wanted: Wanted { extent: Extent::Files, statistics: false },
        verify: Some(crate::Verify {
            against: Against {
                supplied,
                signature: args.signature.clone(),
                trust: trust(args, policy.as_ref())?,
                verify: true,
            },
            only: args.only.clone(),
        }),
        policy,
        ..inspect::located(&args.target)?
    };
    let style = writing::formed(&args.reports.writing, &args.reports.forms)?;
    let (report, reused) = inspect::inspected(&request, &args.target, &args.reports.writing)?;
    let style = Style { reused, ..style };
    writing::write_sealed(&plan, &report, &style, key.as_ref(), out)?;
    if args.reports.forms.step_summary {
        writing::summarize(&report, &style)?;
    }
    let gate = Gate {
        deny: args.deny,
        verify: Some(VerifyGate {
            require: args.require.clone(),
            allow_unverified: args.allow_unverified,
        }),
    };
    if !args.reports.writing.quiet {
        for reason in gate.reasons(&report) {
            anstream::eprintln!("weighbill: denied: {}", visible(&reason));
        }
    }
    Ok(gate.weigh(&report))
}

/// Whom the command line and the policy trust.
fn trust(args: &Verify, policed: Option<&Policed>) -> anyhow::Result<Trust> {
    let text = |path: &Path| {
        fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))
    };
    let mut trust = Trust { now: policy::now()?, ..Trust::default() };
    let named = args.policy.as_deref().zip(policed).into_iter().flat_map(|(path, policed)| {
        let keys = policed.policy.signature.keys.iter();
        keys.map(move |key| policy::beside(path, key))
    });
    for path in args.public_key.iter().cloned().chain(named) {
        let key = PublicKey::from_pem(&text(&path)?);
        trust.keys.push(key.map_err(|why| anyhow!("`{}` {why}", path.display()))?);
    }
    for path in &args.ca {
        let roots = certificates(&text(path)?);
        trust.roots.extend(roots.map_err(|why| anyhow!("`{}` {why}", path.display()))?);
    }
    if let (Some(identity), Some(issuer), Some(path)) =
        (&args.identity, &args.issuer, &args.trusted_root)
    {
        let root = TrustedRoot::from_json(&text(path)?);
        trust.keyless = Some(Keyless {
            identity: identity.clone(),
            issuer: issuer.clone(),
            root: root.map_err(|why| anyhow!("`{}` {why}", path.display()))?,
        });
    }
    Ok(trust)
}
