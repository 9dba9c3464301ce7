//! `scan` and `merge`: every release below folders, a line each.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, BufRead as _, BufReader, IsTerminal as _, Write},
    os::unix::fs::MetadataExt as _,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{inspect, policy, writing};
use crate::{
    Policed, Request,
    cli::{Merge, Scan},
    digest::{self, Cache},
    digests::Wanted,
    facts::{Release, Scope},
    gate::Outcome,
    inventory,
    locate::store,
    render::{
        self, OUTPUTS, Style,
        escape::visible,
        survey::{self, FORMS, Form},
        write::put,
    },
    report::Report,
    survey::{Duplicates, Line, part},
    words::{Origin, Severity},
};

/// A release that is to be looked at.
struct Place {
    dir: String,
    path: String,
    release: Release,
}

/// What came of one.
struct Came {
    line: Line,
    /// `None` where the line is an earlier one, or there is no report.
    report: Option<Report>,
    /// Files that were not read again.
    reused: u64,
}

/// A line that was finished, and of which state of its files. Lies beside the reports.
#[derive(Serialize, Deserialize)]
struct Finished {
    stamp: String,
    line: Line,
}

pub(super) fn run(args: &Scan, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let form = form(args.format.as_deref());
    let color = writing::colored(args.color);
    let asked = Asked {
        args,
        policy: args.policy.as_deref().map(policy::read).transpose()?,
    };
    if args.digest_cache {
        cache()?; // no place for one is an error at once
    }
    let all = places(&args.dirs)?;
    let found = all.len();
    let (number, of) = args.partition.unwrap_or((1, 1));
    let mine: Vec<Place> =
        all.into_iter().filter(|it| part(&it.dir, &it.path, of) == number).collect();
    if let Some(reports) = &args.output {
        fs::create_dir_all(reports.join(LINES))
            .with_context(|| format!("cannot make {}", reports.display()))?;
    }
    let threads = inspect::threads(args.threads);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    let mut tally = Tally::default();
    survey::head(form, out)?;
    for batch in mine.chunks(threads * 2) {
        let each = threads.div_ceil(batch.len()).max(1);
        let came: Vec<Came> =
            pool.install(|| batch.par_iter().map(|place| asked.look(place, each)).collect());
        for (place, came) in batch.iter().zip(came) {
            tally.add(place, &came);
            survey::line(form, &came.line, color, out)?;
        }
        out.flush()?;
    }
    if !args.quiet {
        let mut last = Vec::new();
        tally.told(found, of, &mut last)?;
        if form == Form::Text {
            out.write_all(&last)?;
        } else {
            anstream::eprint!("{}", String::from_utf8_lossy(&last));
        }
    }
    Ok(tally.outcome(args.deny))
}

/// The form asked for; else what suits a terminal or a pipe.
fn form(asked: Option<&str>) -> Form {
    let named = FORMS.iter().find(|(name, ..)| Some(*name) == asked);
    match named {
        Some((_, form, _)) => *form,
        None if io::stdout().is_terminal() => Form::Text,
        None => Form::JsonLines,
    }
}

/// Every release below the folders. One that is reached from two folders is told once.
fn places(dirs: &[PathBuf]) -> anyhow::Result<Vec<Place>> {
    let mut places = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for dir in dirs {
        fs::read_dir(dir).with_context(|| format!("cannot look through `{}`", dir.display()))?;
        let real = dir.canonicalize().unwrap_or_else(|_| dir.clone());
        let name = real.file_name().map_or("/".into(), |name| name.to_string_lossy().into_owned());
        for found in store::below(dir) {
            let place = found.release.root.canonicalize().ok();
            let files = match &found.release.scope {
                Scope::Folder => Vec::new(),
                Scope::Files(files) => files.clone(),
                Scope::Named(files) => files.iter().map(|it| it.place.clone()).collect(),
            };
            if seen.insert((place, files, found.release.name.clone())) {
                let path = inventory::report_path(&found.path);
                places.push(Place {
                    dir: name.clone(),
                    path,
                    release: found.release,
                });
            }
        }
    }
    if places.is_empty() {
        bail!("no release lies below {}", writing::listed(dirs));
    }
    Ok(places)
}

/// Where finished lines lie, below the folder of the reports.
const LINES: &str = ".lines";

/// What is asked of every release.
struct Asked<'a> {
    args: &'a Scan,
    policy: Option<Policed>,
}

fn cache() -> anyhow::Result<Cache> {
    Cache::of_user().context("no folder for a cache: set XDG_CACHE_HOME or HOME")
}

impl Asked<'_> {
    /// Looks at one release; whatever goes wrong with it is in its line.
    fn look(&self, place: &Place, threads: usize) -> Came {
        let args = self.args;
        let failed = |why: String| Came {
            line: Line::failed(&place.dir, &place.path, why),
            report: None,
            reused: 0,
        };
        let stamp = args.output.as_ref().map(|_| self.stamp(&place.release));
        if let (Some(reports), Some(stamp)) = (&args.output, &stamp)
            && let Some(line) = finished(reports, place, stamp)
        {
            return Came { line, report: None, reused: 0 };
        }
        if !place.release.root.is_dir() {
            return failed("it went while the store was looked through".to_owned());
        }
        let request = Request {
            wanted: Wanted { extent: args.digests, statistics: false },
            policy: self.policy.clone(),
            ..Request::of(&place.release.root)
        };
        let inspected = catch_unwind(AssertUnwindSafe(|| {
            let mut cache = args.digest_cache.then(cache).and_then(Result::ok);
            let release = place.release.clone();
            crate::inspect_located(release, &request, threads, &|_, _| {}, cache.as_mut())
        }));
        let Ok((report, reused)) = inspected else {
            return failed("weighbill itself failed on it; please report that".to_owned());
        };
        let mut line = Line::of(&place.dir, &place.path, &report);
        if let (Some(reports), Some(stamp)) = (&args.output, stamp)
            && let Err(error) = store(reports, place, stamp, &mut line, &report)
        {
            return failed(format!("its report could not be written: {error}"));
        }
        Came {
            line,
            report: Some(report),
            reused: reused.len() as u64,
        }
    }

    /// What a report rests on: the files by length and time, what is asked, and who asks.
    fn stamp(&self, release: &Release) -> String {
        use std::fmt::Write as _;

        let version = env!("CARGO_PKG_VERSION");
        let mut state = format!("{version} {:?} {:?}\n", self.args.digests, self.policy);
        if let Scope::Named(files) = &release.scope {
            let _ = writeln!(state, "{files:?}"); // never fails
        }
        for entry in inventory::take(release).entries {
            let times =
                fs::metadata(&entry.place).map(|it| (it.mtime(), it.mtime_nsec(), it.ino()));
            let _ = writeln!(state, "{} {} {:?}", entry.path, entry.len, times.ok()); // never fails
        }
        digest::hex(&digest::sha256(state.as_bytes()))
    }
}

/// The earlier line of a release, where its files and what is asked are as they were then.
fn finished(reports: &Path, place: &Place, stamp: &str) -> Option<Line> {
    let name = file_name(place);
    let stored = fs::read(reports.join(LINES).join(&name)).ok()?;
    let stored: Finished = serde_json::from_slice(&stored).ok()?;
    (stored.stamp == stamp && reports.join(&name).is_file()).then_some(stored.line)
}

fn store(
    reports: &Path,
    place: &Place,
    stamp: String,
    line: &mut Line,
    report: &Report,
) -> anyhow::Result<()> {
    let name = file_name(place);
    let json = render::named(OUTPUTS, "json").context("no JSON to write")?;
    let stdout = &mut io::sink();
    put(&reports.join(&name), stdout, |to| (json.write)(report, &Style::default(), to))?;
    line.report = Some(name.clone());
    let finished = Finished { stamp, line: line.clone() };
    put(&reports.join(LINES).join(&name), stdout, |to| Ok(serde_json::to_writer(to, &finished)?))?;
    Ok(())
}

/// A name that any file system takes, of its own for each release.
fn file_name(place: &Place) -> String {
    const MOST: usize = 120;
    let plain = |c: char| match c {
        c if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') => c,
        _ => '_',
    };
    let name: String = place.path.replace('/', "__").chars().map(plain).take(MOST).collect();
    let own = digest::sha256(format!("{}\n{}", place.dir, place.path).as_bytes());
    format!("{}-{}.json", name.trim_start_matches('.'), &digest::hex(&own)[..8])
}

/// What a scan comes to.
#[derive(Default)]
struct Tally {
    releases: u64,
    failed: u64,
    earlier: u64,
    reused: u64,
    breaking: u64,
    findings: BTreeMap<Severity, u64>,
    duplicates: Duplicates,
}

impl Tally {
    fn add(&mut self, place: &Place, came: &Came) {
        let line = &came.line;
        self.releases += 1;
        self.failed += u64::from(line.error.is_some());
        self.earlier += u64::from(line.error.is_none() && came.report.is_none());
        self.reused += came.reused;
        self.breaking += u64::from(line.broken_rules.as_ref().is_some_and(|it| !it.is_empty()));
        for severity in line.findings.keys() {
            *self.findings.entry(*severity).or_default() += 1;
        }
        let copy = |path: &str| {
            let metadata = fs::metadata(place.release.place(path)).ok()?;
            Some((metadata.dev(), metadata.ino()))
        };
        let tensors = came.report.iter().flat_map(|it| &it.weights).flat_map(|it| &it.tensors);
        self.duplicates.add(&format!("{}/{}", line.dir, line.path), &line.weights, tensors, copy);
    }

    fn told(&self, found: usize, of: u64, out: &mut dyn Write) -> io::Result<()> {
        let plural = render::numbers::plural;
        write!(out, "{}", plural(self.releases, "release"))?;
        if of > 1 {
            write!(out, " of {found} in this partition")?;
        }
        if self.earlier > 0 {
            write!(out, ", {} finished earlier", self.earlier)?;
        }
        if self.failed > 0 {
            write!(out, ", {} not reported on", self.failed)?;
        }
        for (severity, count) in self.findings.iter().rev().filter(|it| *it.0 > Severity::Low) {
            write!(out, ", {count} with {severity} findings")?;
        }
        if self.breaking > 0 {
            write!(out, ", {} breaking the policy", self.breaking)?;
        }
        writeln!(out)?;
        if self.reused > 0 {
            let files = plural(self.reused, "file");
            writeln!(out, "{files} not read again, digests of an earlier run")?;
        }
        survey::shared(&self.duplicates.files(), self.duplicates.tensor_bytes(), true, out)
    }

    fn outcome(&self, deny: Option<Severity>) -> Outcome {
        let denied = deny.is_some_and(|deny| self.findings.keys().any(|it| *it >= deny));
        if denied || self.breaking > 0 {
            Outcome::Denied
        } else {
            Outcome::Passed
        }
    }
}

/// The store that keeps each content of a line's release once, as a number; `None` where every release
/// has files of its own.
fn store_of(line: &Line) -> Option<u64> {
    let inner = match line.release.as_ref()?.origin {
        Origin::HubSnapshot => "/snapshots/",
        Origin::Ollama => "/manifests/",
        Origin::OciLayout => "/blobs/",
        _ => return None,
    };
    let path = format!("{}/{}", line.dir, line.path);
    let store = path.split(inner).next().unwrap_or_default();
    let number = digest::sha256(store.as_bytes());
    Some(number.iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}

/// The lines of several scans as one, sorted, each release once.
pub(super) fn merge(args: &Merge, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let form = form(args.format.as_deref());
    let mut lines: BTreeMap<(String, String), Line> = BTreeMap::new();
    for path in &args.files {
        let named = || visible(&path.to_string_lossy()).into_owned();
        let reader: Box<dyn io::BufRead> = if path == Path::new("-") {
            Box::new(io::stdin().lock())
        } else {
            let file = File::open(path).with_context(|| format!("cannot open `{}`", named()))?;
            Box::new(BufReader::new(file))
        };
        for (number, text) in (1..).zip(reader.lines()) {
            let text = text.with_context(|| format!("cannot read `{}`", named()))?;
            if text.trim().is_empty() {
                continue;
            }
            let line: Line = serde_json::from_str(&text)
                .with_context(|| format!("`{}` line {number} is no line of a scan", named()))?;
            if line.schema != crate::survey::SCHEMA {
                let schema = visible(&line.schema).chars().take(60).collect::<String>();
                bail!("`{}` line {number} is `{schema}`, not {}", named(), crate::survey::SCHEMA);
            }
            // Of one release the line with a report in it; of two such the later.
            let key = (line.dir.clone(), line.path.clone());
            let keep =
                line.error.is_some() && lines.get(&key).is_some_and(|there| there.error.is_none());
            if !keep {
                lines.insert(key, line);
            }
        }
    }
    survey::head(form, out)?;
    let mut duplicates = Duplicates::default();
    for line in lines.values() {
        survey::line(form, line, writing::colored(crate::cli::Color::Auto), out)?;
        let store = store_of(line);
        let name = format!("{}/{}", line.dir, line.path);
        duplicates.add(&name, &line.weights, std::iter::empty(), |_| Some((store?, 0)));
    }
    let mut last = Vec::new();
    survey::shared(&duplicates.files(), duplicates.tensor_bytes(), false, &mut last)?;
    if form == Form::Text {
        out.write_all(&last)?;
    } else {
        anstream::eprint!("{}", String::from_utf8_lossy(&last));
    }
    Ok(Outcome::Passed)
}
