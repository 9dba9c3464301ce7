//! Notebooks: their code cells, read as one file, and the scripts in their outputs; prose is left out.

use serde::Deserialize;

use super::{
    code::Reading,
    outputs::{Has, Output},
    reaches,
};
use crate::facts::{Code, Language, Shows};

/// Bytes of a notebook that are read at most; a longer one is not read at all, since half a
/// document is none.
pub const MOST: u64 = 32 << 20;

#[derive(Deserialize)]
struct Notebook {
    #[serde(default)]
    cells: Vec<Cell>,
    #[serde(default)]
    worksheets: Vec<Worksheet>,
}

#[derive(Deserialize)]
struct Worksheet {
    #[serde(default)]
    cells: Vec<Cell>,
}

#[derive(Deserialize)]
struct Cell {
    #[serde(rename = "cell_type", default)]
    kind: String,
    #[serde(default, alias = "input")]
    source: Source,
    #[serde(default)]
    outputs: Outputs,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Outputs {
    Listed(Vec<Output>),
    Other(serde::de::IgnoredAny),
}

impl Default for Outputs {
    fn default() -> Self {
        Self::Listed(Vec::new())
    }
}

/// A text, whole or in lines.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Source {
    Lines(Vec<String>),
    Whole(String),
    Other(serde::de::IgnoredAny),
}

impl Default for Source {
    fn default() -> Self {
        Self::Whole(String::new())
    }
}

impl Source {
    /// The text, where it is one.
    pub(super) fn text(self) -> Option<String> {
        match self {
            Self::Lines(lines) => Some(lines.concat()),
            Self::Whole(text) => Some(text),
            Self::Other(_) => None,
        }
    }
}

/// Reads a notebook; the reason in a clause where it is none.
pub fn read(bytes: &[u8]) -> Result<Code, String> {
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return Err("not a notebook: no JSON object".to_owned());
    }
    let notebook: Notebook = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let older = notebook.worksheets.into_iter().flat_map(|sheet| sheet.cells);
    let mut reading = Reading::new(Language::Python, None);
    let mut reaches = reaches::Reading::python();
    let mut left = super::code::MOST;
    let mut cut = false;
    let mut shows = Vec::new();
    for (number, cell) in (0..).zip(notebook.cells.into_iter().chain(older)) {
        if cell.kind != "code" {
            continue;
        }
        if let Outputs::Listed(outputs) = cell.outputs {
            match outputs.into_iter().map(Output::has).max() {
                Some(Has::Acts(does)) => shows.push(Shows { cell: number, does: Some(does) }),
                Some(Has::Script) => shows.push(Shows { cell: number, does: None }),
                Some(Has::Nothing) | None => {}
            }
        }
        let Some(text) = cell.source.text() else {
            continue;
        };
        reaches.cell = Some(number);
        let text = without_magic(&text, &mut reaches);
        let part = super::data::head_of(&text, left);
        cut |= part.len() < text.len();
        left -= part.len();
        reading.at_cell(number);
        reading.take(part, &mut reaches);
    }
    let code = reading.finish();
    let mut reaches = reaches.found;
    reaches.sort_by_key(|it| (it.cell, it.line));
    Ok(Code {
        stub_of: None,
        cut,
        reaches,
        shows,
        ..code
    })
}

/// The cell without lines that are commands to the notebook (`!pip`, `%cd`), so that lines count; what
/// those start is told. A cell that is handed to another program as a whole (`%%bash`) is one command.
fn without_magic(text: &str, reaches: &mut reaches::Reading) -> String {
    const SHELLS: &[&str] = &[
        "%%bash", "%%sh", "%%script", "%%cmd", "%%perl", "%%ruby", "%%system",
    ];
    let first = text.trim_start();
    if first.starts_with("%%") && SHELLS.iter().any(|shell| first.starts_with(shell)) {
        reaches.command(1, &first.lines().take(2).collect::<Vec<_>>().join(" "));
        return String::new();
    }
    let mut plain = Vec::new();
    for (number, line) in (1..).zip(text.split('\n')) {
        let bare = line.trim();
        let magic = bare.starts_with(['!', '%']);
        let starts = bare.starts_with('!')
            || ["%pip", "%conda", "%sx", "%system"].iter().any(|it| bare.starts_with(it));
        if starts {
            reaches.command(number, bare);
        }
        plain.push(if magic { "" } else { line });
    }
    plain.join("\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::facts::Act;

    #[test]
    fn cells_are_read_as_code() {
        let json = br##"{"cells":[{"cell_type":"markdown","source":["loss.backward()"]},
            {"cell_type":"code","source":["!pip install x\n","# model.generate()\n","out = model.generate(x)"],
             "outputs":[{"text":"loss.backward()"}]}],"nbformat":4}"##;
        let code = read(json).unwrap();
        assert!(code.does(Act::Runs) && !code.does(Act::Trains));
        assert_eq!((code.deeds[0].line, code.deeds[0].cell), (3, Some(1)));
        assert_eq!(
            (code.reaches[0].name.as_str(), code.reaches[0].cell),
            ("!pip install x", Some(1))
        );
    }

    #[test]
    fn what_is_no_notebook_is_refused() {
        assert!(read(b"[]").is_err() && read(b"{\"cells\":3}").is_err() && read(b"").is_err());
        assert_eq!(read(b"{}").unwrap().deeds, []);
        assert_eq!(read(br#"{"cells":[{"cell_type":"code","source":3}]}"#).unwrap().deeds, []);
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes);
        }
    }
}
