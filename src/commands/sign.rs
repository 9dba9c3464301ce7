//! `sign`: a bundle of model signing over a release, beside it.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};

use super::inspect;
use crate::{
    cli::Sign,
    gate::Outcome,
    render::{escape::visible, numbers, write::put},
    sign::PrivateKey,
    words::Origin,
};

pub(super) fn run(args: &Sign, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let key = key(&args.key, args.password_file.as_deref())?;
    let request = inspect::located(&args.target)?;
    let (signed, place) = inspect::hashed(&request, &args.target, args.no_progress || args.quiet)?;
    let output = match (&args.output, signed.origin) {
        (Some(output), _) => output.clone(),
        (None, Origin::HubSnapshot) => {
            bail!(
                "name a place for the signature of a cached release with -o: the cache is the client's"
            )
        }
        (None, _) => beside(&place)?,
    };
    if let Some(folder) = place.canonicalize().ok().filter(|it| it.is_dir()) {
        let parent = match output.parent() {
            Some(parent) if parent != Path::new("") => parent.canonicalize().ok(),
            _ => PathBuf::from(".").canonicalize().ok(),
        };
        if output != Path::new("-") && parent.is_some_and(|it| it.starts_with(&folder)) {
            bail!("`{}` lies inside the release: a signature goes beside it", output.display());
        }
    }
    let bundle = signed.seal(&key, args.compat);
    put(&output, out, |to| to.write_all(&bundle))?;
    if !args.quiet {
        let files = numbers::plural(signed.files.len() as u64, "file");
        let bytes = numbers::bytes(signed.bytes);
        let at = visible(&output.to_string_lossy()).into_owned();
        anstream::eprintln!("weighbill: signed {files}, {bytes}, as {at}");
        for note in signed.notes() {
            anstream::eprintln!("weighbill: {}", visible(&note));
        }
    }
    Ok(Outcome::Passed)
}

/// The private key in a file, with the password in another where it is encrypted.
pub(super) fn key(path: &Path, password: Option<&Path>) -> anyhow::Result<PrivateKey> {
    let shown = || format!("`{}`", path.display());
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", shown()))?;
    let password = match password {
        Some(file) => {
            let text =
                fs::read(file).with_context(|| format!("cannot read `{}`", file.display()))?;
            let end = text.strip_suffix(b"\n").unwrap_or(&text);
            Some(end.strip_suffix(b"\r").unwrap_or(end).to_vec())
        }
        None => None,
    };
    PrivateKey::from_pem(&text, password.as_deref())
        .map_err(|why| anyhow::anyhow!("{} {why}", shown()))
}

/// `<name>.sig` in the folder around the release.
fn beside(release: &Path) -> anyhow::Result<PathBuf> {
    let full = release.canonicalize()?;
    let mut name = full.file_name().context("a release without a name goes with -o")?.to_owned();
    name.push(".sig");
    // Where the user named it in a way that shows the folder around it, so does the answer.
    Ok(match release.file_name() {
        Some(_) => release.with_file_name(name),
        None => full.with_file_name(name),
    })
}
