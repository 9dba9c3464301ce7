//! `diff`: what changed between two releases, of which one or both may be stored reports.

use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    io::{Read as _, Write},
    path::{Path, PathBuf},
};

use anyhow::bail;
use rayon::prelude::*;

use super::{
    inspect, render,
    writing::{self, Plan},
};
use crate::{
    cli::{Diff, Reading, Target},
    compare::{self, Apart, TensorChange},
    digest::{Decoder, Elements, apart},
    gate::Outcome,
    locate,
    render::DIFF_OUTPUTS,
    report::{Report, Tensor},
    source::Source,
};

/// One side: its report, and where its files are unless it is a stored one.
struct Side {
    report: Report,
    root: Option<PathBuf>,
}

pub(super) fn run(args: &Diff, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let plan = Plan::of(DIFF_OUTPUTS, &args.format, &args.writing.output)?;
    if args.revision.len() > 2 {
        bail!("--revision goes once for both releases or once for each of the two");
    }
    if let Some(diff) = stored(args)? {
        return written(args, &plan, &diff, out);
    }
    let a = side(args, &args.a, args.revision.first())?;
    let b = side(args, &args.b, args.revision.last())?;
    let mut diff = compare::reports(&a.report, &b.report);
    if args.stats {
        let (Some(root_a), Some(root_b)) = (&a.root, &b.root) else {
            bail!("--stats reads the tensors of both: a stored report has none");
        };
        let files = (Files::of(&a.report, root_a), Files::of(&b.report, root_b));
        let pool = rayon::ThreadPoolBuilder::new().num_threads(inspect::threads(args.threads));
        pool.build()?.install(|| measure(&mut diff.tensors, &files.0, &files.1));
    }
    written(args, &plan, &diff, out)
}

/// The difference of two stored reports, without reading the lines that are the same in both; `None`
/// where they are no such pair.
fn stored(args: &Diff) -> anyhow::Result<Option<compare::Diff>> {
    if args.stats || !is_report(&args.a) || !is_report(&args.b) {
        return Ok(None);
    }
    let (a, b) = (render::bytes(&args.a)?, render::bytes(&args.b)?);
    let Some(thin) = compare::thin(&a, &b) else {
        return Ok(None);
    };
    let (Ok(a), Ok(b)) = (render::parse(&thin.a), render::parse(&thin.b)) else {
        return Ok(None); // what is wrong is told of the whole
    };
    Ok(compare::thinned(&a, &b, &thin.same))
}

fn written(
    args: &Diff,
    plan: &Plan<compare::Diff>,
    diff: &compare::Diff,
    out: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    writing::write(plan, diff, &writing::style(&args.writing, false), out)?;
    Ok(if args.exit_code && !diff.same {
        Outcome::Denied
    } else {
        Outcome::Passed
    })
}

fn side(args: &Diff, path: &Path, revision: Option<&String>) -> anyhow::Result<Side> {
    if is_report(path) {
        return Ok(Side { report: render::read(path)?, root: None });
    }
    let reading = Reading {
        target: Target {
            release: Some(path.to_owned()),
            revision: revision.cloned(),
            threads: args.threads,
            digest_cache: false,
        },
        digests: args.digests,
        stats: false,
    };
    let request = inspect::request(&reading)?;
    let (report, _) = inspect::inspected(&request, &reading.target, &args.writing)?;
    let place = locate::release(path, request.revision.as_deref(), &request.environment)?;
    Ok(Side { report, root: Some(place.root) })
}

/// Whether a path is a JSON file of ours; an index of shards is a release.
fn is_report(path: &Path) -> bool {
    const HEAD: u64 = 4096;
    let is = |part: &Path, ending: &str| {
        part.extension().is_some_and(|it| it.eq_ignore_ascii_case(ending))
    };
    let is_index = path.file_stem().is_some_and(|stem| is(Path::new(stem), "index"));
    if !path.is_file() || !is(path, "json") || is_index {
        return false;
    }
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(HEAD).read_to_end(&mut head));
    read.is_ok() && String::from_utf8_lossy(&head).contains("\"weighbill-")
}

/// The tensors of a release that is here, by file and name.
struct Files<'r> {
    root: &'r Path,
    tensors: HashMap<(&'r str, &'r str), &'r Tensor>,
}

impl<'r> Files<'r> {
    fn of(report: &'r Report, root: &'r Path) -> Self {
        let tensors = report.weights.iter().flat_map(|file| {
            file.tensors.iter().map(|it| ((file.path.as_str(), it.name.as_str()), it))
        });
        Self { root, tensors: tensors.collect() }
    }
}

/// Holds the elements of each changed tensor against each other, where both can be read.
fn measure(changes: &mut [TensorChange], a: &Files, b: &Files) {
    let sources = |files: &Files, of: &dyn Fn(&TensorChange) -> Option<String>| {
        let paths = changes.iter().filter_map(of);
        let open = |path: String| {
            let source = Source::open(&files.root.join(unspelled(&path))).ok()?;
            Some((path, source))
        };
        paths
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .filter_map(open)
            .collect::<BTreeMap<String, Source>>()
    };
    let of_a = sources(a, &|it| it.a.as_ref().map(|state| state.path.clone()));
    let of_b = sources(b, &|it| it.b.as_ref().map(|state| state.path.clone()));
    changes.par_iter_mut().for_each(|change| {
        let (Some(first), Some(second)) = (&change.a, &change.b) else {
            return;
        };
        let old = change.from.as_ref().unwrap_or(&change.name);
        let first = elements(a, &of_a, &first.path, old);
        let second = elements(b, &of_b, &second.path, &change.name);
        if let (Some(first), Some(second)) = (first, second)
            && let Ok(Some(found)) = apart(&first, &second)
        {
            change.apart = Some(Apart {
                relative_norm: found.relative_norm(),
                cosine: found.cosine(),
                equal: found.share_equal(),
            });
        }
    });
}

fn elements<'s>(
    files: &Files,
    sources: &'s BTreeMap<String, Source>,
    path: &str,
    name: &str,
) -> Option<Elements<'s>> {
    let tensor = files.tensors.get(&(path, name))?;
    let (start, end) = tensor.bytes?;
    let decoder = Decoder::for_dtype(&tensor.dtype)?;
    Some(Elements {
        file: sources.get(path)?,
        bytes: start..end,
        decoder,
    })
}

/// A path of a report as the system spells it: `%XX` is a byte.
fn unspelled(path: &str) -> PathBuf {
    use std::os::unix::ffi::OsStringExt as _;

    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let spelled = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let spelled = spelled.filter(|_| byte == b'%');
        if let Some(meant) = spelled.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            bytes.push(meant);
            rest = &after[2..];
        } else {
            bytes.push(byte);
            rest = after;
        }
    }
    PathBuf::from(std::ffi::OsString::from_vec(bytes))
}
