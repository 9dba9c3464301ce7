//! From the options of writing to outputs in their places.

use std::{
    env,
    fs::OpenOptions,
    io::{self, IsTerminal as _, Write},
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, anyhow, bail};

use crate::{
    cli::{Color, Forms, Predicate, Writing},
    evidence::RULES,
    render::{OUTPUTS, Output, Style, named, write::put},
    report::Report,
    sign::{self, PrivateKey},
};

/// Which outputs go where.
pub(super) struct Plan<T: 'static = Report>(Vec<(&'static Output<T>, PathBuf)>);

impl<T> Plan<T> {
    /// Formats and files in pairs. One format alone goes to stdout; one file alone gets the first
    /// format of the table.
    pub(super) fn of(
        table: &'static [Output<T>],
        formats: &[String],
        files: &[PathBuf],
    ) -> anyhow::Result<Self> {
        let named =
            |name: &String| named(table, name).ok_or_else(|| anyhow!("unknown format `{name}`"));
        let first = || table.first().ok_or_else(|| anyhow!("no format to write in"));
        let stdout = || PathBuf::from("-");
        Ok(Self(match (formats, files) {
            ([], []) => vec![(first()?, stdout())],
            ([], [file]) => vec![(first()?, file.clone())],
            ([format], []) => vec![(named(format)?, stdout())],
            (formats, files) if formats.len() == files.len() => {
                let pairs = formats.iter().zip(files);
                pairs
                    .map(|(format, file)| Ok((named(format)?, file.clone())))
                    .collect::<anyhow::Result<_>>()?
            }
            (formats, files) => bail!(
                "{} formats and {} files: give -f and -o in pairs, e.g. -f html -o report.html -f json -o report.json",
                formats.len(),
                files.len()
            ),
        }))
    }
}

/// Writes a report, or another document, in every planned form.
pub(super) fn write<T>(
    plan: &Plan<T>,
    report: &T,
    style: &Style,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    write_sealed(plan, report, style, None, out)
}

/// The output that is a statement, and can be signed.
const STATEMENT: &str = "in-toto";

/// The key that signs the statements of a plan, where one is named.
pub(super) fn key(plan: &Plan, forms: &Forms) -> anyhow::Result<Option<PrivateKey>> {
    let Some(path) = &forms.key else {
        return Ok(None);
    };
    if !plan.0.iter().any(|(output, _)| output.name == STATEMENT) {
        bail!("--key signs statements: name one with -f {STATEMENT}");
    }
    super::sign::key(path, forms.password_file.as_deref()).map(Some)
}

/// The same, statements sealed with a key where there is one.
pub(super) fn write_sealed<T>(
    plan: &Plan<T>,
    report: &T,
    style: &Style,
    key: Option<&PrivateKey>,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    for (output, path) in &plan.0 {
        // a file is read by other programs, at other widths: no color in it
        let style = Style {
            color: style.color && path == Path::new("-"),
            ..style.clone()
        };
        put(path, out, |to| match key.filter(|_| output.name == STATEMENT) {
            Some(key) => {
                let mut statement = Vec::new();
                (output.write)(report, &style, &mut statement)?;
                to.write_all(&sign::seal(&statement, key))
            }
            None => (output.write)(report, &style, to),
        })?;
    }
    Ok(())
}

/// How to write, by the options and the terminal.
pub(super) fn style(writing: &Writing, all: bool) -> Style {
    Style {
        width: width(),
        color: colored(writing.color),
        verbose: writing.verbose,
        all,
        asks: RULES.iter().map(|rule| (rule.component, rule.ask)).collect(),
        ..Style::default()
    }
}

/// Whether to color, by the option, the terminal and the environment.
pub(super) fn colored(asked: Color) -> bool {
    match asked {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            io::stdout().is_terminal()
                && set("NO_COLOR").is_none()
                && set("TERM").is_none_or(|it| it != "dumb")
        }
    }
}

/// Paths in a sentence.
pub(super) fn listed(paths: &[PathBuf]) -> String {
    let paths: Vec<String> = paths.iter().map(|path| format!("`{}`", path.display())).collect();
    paths.join(", ")
}

/// The same, with what the formats leave to choose and the time that some demand.
pub(super) fn formed(writing: &Writing, forms: &Forms) -> anyhow::Result<Style> {
    let given = set("SOURCE_DATE_EPOCH");
    let time = match &given {
        Some(text) => text.to_str().and_then(|text| text.trim().parse().ok()).ok_or_else(|| {
            anyhow!("SOURCE_DATE_EPOCH is `{}`, not seconds since 1970", text.to_string_lossy())
        })?,
        None => SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()),
    };
    Ok(Style {
        digests: forms.all,
        spec_version: forms.spec_version.clone(),
        time: Some(time),
        time_is_given: given.is_some(),
        passed_only: forms.predicate == Predicate::Svr,
        ..style(writing, forms.all)
    })
}

/// What GitHub takes of one step, of which other tools may have written some.
const STEP: u64 = 1024 * 1024;

/// Appends the report to the summary of a GitHub step.
pub(super) fn summarize(report: &Report, style: &Style) -> anyhow::Result<()> {
    let Some(path) = set("GITHUB_STEP_SUMMARY") else {
        bail!("GITHUB_STEP_SUMMARY is not set: --step-summary is for a step of GitHub Actions");
    };
    let output = named(OUTPUTS, "markdown").ok_or_else(|| anyhow!("no Markdown to write"))?;
    let mut page = Vec::new();
    (output.write)(report, &Style { all: false, ..style.clone() }, &mut page)?;
    page.push(b'\n');
    let path = PathBuf::from(path);
    append(&path, page).with_context(|| format!("cannot append to {}", path.display()))
}

fn append(path: &Path, mut page: Vec<u8>) -> io::Result<()> {
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    let room = STEP.saturating_sub(file.metadata()?.len());
    if page.len() as u64 > room {
        page = b"weighbill: the summary of this step is full; see its other outputs\n".to_vec();
    }
    if page.len() as u64 <= room {
        file.write_all(&page)?;
    }
    Ok(())
}

fn set(variable: &str) -> Option<std::ffi::OsString> {
    env::var_os(variable).filter(|value| !value.is_empty())
}

/// Columns to write in: what the environment or the terminal says, else 80.
pub(super) fn width() -> usize {
    let columns = set("COLUMNS").and_then(|it| it.to_str()?.parse().ok());
    let screen = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    let terminal = io::stdout().is_terminal();
    let width = columns.or_else(|| terminal.then(screen).flatten()).unwrap_or(80);
    width.clamp(40, 160)
}

/// A paragraph, broken between words and indented.
pub(super) fn wrapped(
    text: &str,
    indent: &str,
    width: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty()
            && indent.len() + line.chars().count() + 1 + word.chars().count() > width
        {
            writeln!(out, "{indent}{line}")?;
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if line.is_empty() {
        Ok(())
    } else {
        writeln!(out, "{indent}{line}")
    }
}
