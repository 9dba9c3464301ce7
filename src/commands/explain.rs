//! `explain`: what a word of the report means, why it matters, what to do.

use std::io::Write;

use anyhow::bail;

use super::{licenses, writing};
use crate::{
    cli::Explain,
    explain::{Page, all, explain},
    gate::Outcome,
    licenses::license,
    words::nearest,
};

pub(super) fn run(args: &Explain, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let width = writing::width();
    match &args.id {
        None => index(out)?,
        Some(id) => match (explain(id), license(id)) {
            (Some(page), _) => write(&page, width, out)?,
            (None, Some(license)) => licenses::page(license, width, out)?,
            (None, None) => {
                bail!("nothing is called `{id}`{}; `weighbill explain` lists all", near(id))
            }
        },
    }
    Ok(Outcome::Passed)
}

/// Every word, by kind.
fn index(out: &mut dyn Write) -> anyhow::Result<()> {
    let mut kind = "";
    for page in all() {
        if page.kind != kind {
            kind = page.kind;
            writeln!(out, "{kind}")?;
        }
        writeln!(out, "  {:<32} {}", page.id, page.title)?;
    }
    writeln!(out, "license\n  every id that `weighbill licenses` lists, and every SPDX id")?;
    Ok(())
}

fn write(page: &Page, width: usize, out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "{}  ({})\n{}", page.id, page.kind, page.title)?;
    for (heading, text) in &page.parts {
        writeln!(out, "\n{heading}")?;
        writing::wrapped(text, "  ", width, out)?;
    }
    if !page.references.is_empty() {
        writeln!(out, "\nRead on")?;
        for reference in &page.references {
            writeln!(out, "  {reference}")?;
        }
    }
    Ok(())
}

/// A word that differs in few letters, as a hint.
fn near(id: &str) -> String {
    nearest(id, all().map(|page| page.id))
        .map_or(String::new(), |id| format!(", did you mean `{id}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_explained_and_slips_are_told() {
        for id in [
            "lfs-pointer",
            "final_parameters",
            "claimed",
            "llama2",
            "MIT",
        ] {
            let mut out = Vec::new();
            run(&Explain { id: Some(id.to_owned()) }, &mut out).unwrap();
            assert!(out.len() > 100, "{id}");
        }
        let error =
            run(&Explain { id: Some("lfs-ponter".to_owned()) }, &mut Vec::new()).unwrap_err();
        assert!(error.to_string().contains("did you mean `lfs-pointer`?"), "{error}");
    }
}
