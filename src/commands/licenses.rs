//! `licenses`: the catalog, and one license on a page.

use std::io::Write;

use anyhow::bail;

use super::writing;
use crate::{
    cli::Licenses,
    gate::Outcome,
    licenses::{License, TOPICS, catalog},
};

pub(super) fn run(args: &Licenses, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let wanted = args.filter.as_deref().unwrap_or_default().to_lowercase();
    let fits = |license: &&License| {
        let class = license.class.to_string();
        let vendor = license.vendor.as_deref().unwrap_or_default();
        let names = license.hf_names.iter().chain(&license.aliases).map(String::as_str);
        [license.id.as_str(), &license.name, &class, vendor]
            .into_iter()
            .chain(names)
            .any(|text| text.to_lowercase().contains(&wanted))
    };
    let licenses: Vec<&License> = catalog().licenses().iter().filter(fits).collect();
    if args.format == "json" {
        serde_json::to_writer_pretty(&mut *out, &licenses)?;
        writeln!(out)?;
    } else if licenses.is_empty() {
        bail!("`{wanted}` is in no license's id, names, vendor or class");
    } else {
        for license in licenses {
            let approved = if license.osi_approved { "OSI" } else { "" };
            writeln!(
                out,
                "{:<36} {:<24} {approved:<4} {}",
                license.id,
                license.class.to_string(),
                license.name
            )?;
        }
    }
    Ok(Outcome::Passed)
}

/// One license on a page: what it is, and what it asks with the sections.
pub(super) fn page(license: &License, width: usize, out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "{}  (license)\n{}", license.id, license.name)?;
    let yes = |it: bool| if it { "yes" } else { "no" };
    writeln!(out)?;
    if let Some(vendor) = &license.vendor {
        writeln!(out, "by             {vendor}")?;
    }
    if !license.released.is_empty() {
        writeln!(out, "released       {}", license.released.join(", "))?;
    }
    writeln!(out, "class          {}", license.class)?;
    writeln!(out, "SPDX           {}", license.spdx_ref())?;
    writeln!(out, "OSI approved   {}", yes(license.osi_approved))?;
    writeln!(out, "FSF libre      {}", yes(license.fsf_libre))?;
    writeln!(out, "open for MOF   {}", yes(license.mof_open))?;
    if !license.verified {
        writeln!(out, "\nThe text itself was not read: these facts rest on cards and reports.")?;
    }
    let question =
        |topic: &str| TOPICS.iter().find(|(key, _)| *key == topic).map(|(_, question)| *question);
    if license.terms.is_empty() {
        writeln!(out, "\nWhat it asks was not looked at: read its text.")?;
    }
    for term in &license.terms {
        let place = term.place().map_or(String::new(), |it| format!("  ({it})"));
        writeln!(out, "\n{}", question(&term.topic).unwrap_or(&term.topic))?;
        writing::wrapped(&format!("{}{place}", term.reads()), "  ", width, out)?;
        if let Some(note) = &term.note {
            writing::wrapped(note, "  ", width, out)?;
        }
    }
    writeln!(out, "\nThese are facts about the text, not legal advice.")?;
    Ok(())
}
