//! The lines of a survey: JSON Lines, a row for a spreadsheet, a line on a terminal.

use std::{
    fmt::Write as _,
    io::{self, Write},
};

use anstyle::Style as Paint;
use unicode_width::UnicodeWidthStr as _;

use super::{
    escape::{self, shortened, visible},
    numbers,
    text::layout::severity_paint,
};
use crate::survey::{Line, Shared};

/// How lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One JSON object a line.
    JsonLines,
    /// RFC 4180, with a first row of names.
    Csv,
    /// Columns for a terminal.
    Text,
}

/// Names of the forms, as `--format` takes them.
pub const FORMS: &[(&str, Form, &str)] = &[
    ("text", Form::Text, "for a terminal"),
    ("jsonl", Form::JsonLines, "one JSON object a line, for programs"),
    ("csv", Form::Csv, "for spreadsheets and data frames"),
];

const COLUMNS: &str = "dir,path,name,origin,commit,error,summary,files,bytes,tensors,parameters,\
                       model_type,dtypes,quantization,base_model,licenses,osi_approved,formats,\
                       critical,high,medium,low,finding_ids,weights_digest,release_digest,report,broken_rules";

/// What stands before the first line.
pub fn head(form: Form, out: &mut dyn Write) -> io::Result<()> {
    match form {
        Form::Csv => write!(out, "{COLUMNS}\r\n"),
        Form::JsonLines | Form::Text => Ok(()),
    }
}

/// One line.
pub fn line(form: Form, line: &Line, color: bool, out: &mut dyn Write) -> io::Result<()> {
    match form {
        Form::JsonLines => {
            // Compact, and nothing in it acts on a screen: what acts unseen is spelled `\uXXXX`.
            let json = serde_json::to_string(line)?;
            writeln!(out, "{}", unseen_spelled(&json))
        }
        Form::Csv => row(line, out),
        Form::Text => text(line, color, out),
    }
}

fn unseen_spelled(json: &str) -> String {
    let mut spelled = String::with_capacity(json.len());
    for c in json.chars() {
        if escape::is_unseen(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(spelled, "\\u{unit:04x}"); // a string takes everything
            }
        } else {
            spelled.push(c);
        }
    }
    spelled
}

fn row(line: &Line, out: &mut dyn Write) -> io::Result<()> {
    let count = |word: &str| {
        let of = line.findings.iter().find(|(severity, _)| severity.word() == word);
        of.map_or(0, |(_, count)| *count).to_string()
    };
    let number = |it: Option<u64>| it.map(|it| it.to_string()).unwrap_or_default();
    let release = line.release.as_ref();
    let totals = line.totals.as_ref();
    let model = line.model.as_ref();
    let joined = |words: Vec<&str>| words.join(" ");
    let osi = match line.osi_approved {
        None => "",
        Some(true) => "true",
        Some(false) => "false",
    };
    let cells = [
        line.dir.clone(),
        line.path.clone(),
        release
            .map(|it| it.repo_id.clone().unwrap_or_else(|| it.root.clone()))
            .unwrap_or_default(),
        release.map(|it| it.origin.word().to_owned()).unwrap_or_default(),
        release.and_then(|it| it.commit.clone()).unwrap_or_default(),
        line.error.clone().unwrap_or_default(),
        line.verdict.as_ref().map(|it| it.summary.clone()).unwrap_or_default(),
        number(totals.map(|it| it.files)),
        number(totals.map(|it| it.bytes)),
        number(totals.map(|it| it.tensors)),
        number(totals.and_then(|it| it.parameters)),
        model.and_then(|it| it.model_type.clone()).unwrap_or_default(),
        joined(model.iter().flat_map(|it| it.dtypes.keys()).map(String::as_str).collect()),
        model.and_then(|it| it.quantization.clone()).unwrap_or_default(),
        joined(model.iter().flat_map(|it| &it.base_model).map(String::as_str).collect()),
        joined(line.licenses.iter().map(|it| it.spdx.as_str()).collect()),
        osi.to_owned(),
        joined(line.formats.iter().map(String::as_str).collect()),
        count("critical"),
        count("high"),
        count("medium"),
        count("low"),
        joined(line.finding_ids.keys().map(String::as_str).collect()),
        line.weights_digest.clone().unwrap_or_default(),
        release.and_then(|it| it.digest.clone()).unwrap_or_default(),
        line.report.clone().unwrap_or_default(),
        joined(line.broken_rules.iter().flatten().map(String::as_str).collect()),
    ];
    let cells: Vec<String> = cells.iter().map(|cell| escape::csv(cell)).collect();
    write!(out, "{}\r\n", cells.join(","))
}

/// `llama/7b    13.48 GB  6.74 B  llama2   1 medium   weights and model card; …`.
fn text(line: &Line, color: bool, out: &mut dyn Write) -> io::Result<()> {
    const NAME: usize = 38;
    let path = visible(&tail(&line.path, NAME - 2)).into_owned();
    let pad = " ".repeat(NAME.saturating_sub(path.width()));
    if let Some(error) = &line.error {
        return writeln!(out, "{path}{pad}not reported on: {}", visible(&shortened(error, 200)));
    }
    let bytes = line.totals.as_ref().map(|it| numbers::bytes(it.bytes)).unwrap_or_default();
    let parameters = line.totals.as_ref().and_then(|it| it.parameters).map(numbers::count);
    let license = match line.licenses.as_slice() {
        [] => "no license".to_owned(),
        [only] => only.id.clone(),
        [first, rest @ ..] => format!("{} +{}", first.id, rest.len()),
    };
    let license = visible(&shortened(&license, 22)).into_owned();
    let worst = line.findings.iter().next_back();
    let worst = match worst {
        None => String::new(),
        Some((severity, count)) => {
            let told = format!("{count} {severity}");
            let pad = " ".repeat(11_usize.saturating_sub(told.len()));
            let paint = if color {
                severity_paint(*severity)
            } else {
                Paint::new()
            };
            format!("{paint}{told}{paint:#}{pad}")
        }
    };
    let worst = if worst.is_empty() {
        " ".repeat(11)
    } else {
        worst
    };
    let mut summary = line.verdict.as_ref().map(|it| visible(&it.summary).into_owned());
    if let (Some(summary), Some(broken)) = (&mut summary, &line.broken_rules)
        && !broken.is_empty()
    {
        let _ = write!(summary, "; breaks {}", visible(&broken.join(", "))); // a string takes all
    }
    writeln!(
        out,
        "{path}{pad}{bytes:>10} {:>8}  {license:<24}{worst} {}",
        parameters.unwrap_or_default(),
        summary.unwrap_or_default()
    )
}

/// The end of a path that is too long, which tells more than its beginning.
fn tail(path: &str, most: usize) -> String {
    let len = path.chars().count();
    if len <= most {
        return path.to_owned();
    }
    let end: String = path.chars().skip(len + 1 - most).collect();
    format!("…{end}")
}

/// What stands in more than one release, as lines for a person. `seen` says whether the files were
/// looked at, so that links among them are known.
pub fn shared(
    shared: &[Shared],
    tensor_bytes: (u64, bool),
    seen: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    const SHOWN: usize = 10;
    let costs = shared.iter().fold(0_u64, |sum, it| sum.saturating_add(it.costs));
    if !shared.is_empty() {
        writeln!(
            out,
            "{} in more than one release; their copies take {}{} again",
            match shared.len() {
                1 => "1 file of weights".to_owned(),
                count => format!("{count} files of weights"),
            },
            if seen { "" } else { "up to " },
            numbers::bytes(costs)
        )?;
    }
    for it in shared.iter().take(SHOWN) {
        let releases: Vec<String> = it
            .releases
            .iter()
            .take(4)
            .map(|name| visible(&shortened(name, 60)).into_owned())
            .collect();
        let more = match it.releases.len() {
            0..=4 => String::new(),
            n => format!(" and {} more", n - 4),
        };
        let links = if it.costs == 0 {
            ", links to one copy"
        } else {
            ""
        };
        writeln!(
            out,
            "  {}  {}{links}: {}{more}",
            it.sha256.get(..12).unwrap_or_default(),
            numbers::bytes(it.bytes),
            releases.join(", ")
        )?;
    }
    let (bytes, cut) = tensor_bytes;
    if bytes > 0 {
        let least = if cut { "at least " } else { "" };
        writeln!(out, "{least}{} of tensors stand in a release before too", numbers::bytes(bytes))?;
    }
    Ok(())
}
