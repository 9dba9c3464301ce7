//! kagglehub's cache: beside a version lies the mark that its download ended, or a mark a file. It keeps
//! no digest of what it downloaded.

use std::{fs, path::Path};

use super::{By, Record, Records, Says, Store, Trouble, Wrong, counts};
use crate::{facts::Facts, inventory::report_path, words::Origin};

pub(super) const STORE: Store = Store { gather };

/// Marks of single files lie no deeper than this, and no more of them are read.
const DEEPEST: usize = 16;
const MOST: usize = 100_000;

const NO_DIGEST: &str = "this cache keeps no digest of what it downloaded";

fn gather(facts: &Facts, records: &mut Records) {
    if facts.release.origin != Origin::Kagglehub {
        return;
    }
    let Ok(root) = facts.release.root.canonicalize() else {
        return;
    };
    let (Some(around), Some(version)) = (root.parent(), root.file_name()) else {
        return;
    };
    let version = version.to_string_lossy().into_owned();
    let whole = format!("{version}.complete");
    let single = format!(".complete/{version}");
    let is_whole = around.join(&whole).is_file();
    if is_whole {
        for artifact in facts.artifacts.iter().filter(|it| counts(it)) {
            let says = Says::Nothing(NO_DIGEST.to_owned());
            records.records.push(Record::new(&artifact.path, By::Kagglehub, &whole, says));
        }
    }
    let mut marked = Vec::new();
    marks(&around.join(&single), "", 0, &mut marked);
    for path in marked {
        let says = Says::Nothing(NO_DIGEST.to_owned());
        let source = format!("{single}/{path}.complete");
        records.records.push(Record::new(path, By::Kagglehub, source, says));
    }
    let archive = format!("{version}.archive");
    let archived = fs::metadata(around.join(&archive)).ok().filter(fs::Metadata::is_file);
    if let Some(archived) = archived {
        records.troubles.push(Trouble {
            what: Wrong::LeftOver,
            at: None,
            saying: format!(
                "{} bytes lie in {archive} beside the release: a download that stopped",
                archived.len()
            ),
        });
    } else if !is_whole && !around.join(&single).is_dir() {
        records
            .unusable(None, format!("there is no {whole} beside the release: it was not finished"));
    }
}

/// The files that have a mark of their own, `<path>.complete`.
fn marks(folder: &Path, below: &str, depth: usize, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = report_path(Path::new(&entry.file_name()));
        let path = if below.is_empty() {
            name
        } else {
            format!("{below}/{name}")
        };
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && depth < DEEPEST => {
                marks(&entry.path(), &path, depth + 1, found);
            }
            Ok(kind) if kind.is_file() && found.len() < MOST => {
                found.extend(path.strip_suffix(".complete").map(str::to_owned));
            }
            _ => {}
        }
    }
}
