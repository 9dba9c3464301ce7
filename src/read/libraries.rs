//! Lists of libraries: requirements, project files, environments, image recipes.

use super::package_license;
use crate::facts::{Libraries, Text};

/// Libraries of one file that are kept.
const MOST: usize = 512;

/// Reads the libraries that a file names, by the form that its own name gives.
pub fn read(path: &str, text: &Text) -> Libraries {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let lines = || text.lines().map(|(line, text)| (line, text.trim()));
    let mut named = match () {
        () if name == "pyproject.toml" || name == "cargo.toml" || name == "pipfile" => {
            project(&text.text)
        }
        () if matches!(name.rsplit_once('.'), Some((_, "yml" | "yaml"))) => environment(&text.text),
        () if name.starts_with("dockerfile")
            || name.ends_with("dockerfile")
            || name == "containerfile" =>
        {
            lines().flat_map(|(line, text)| image(line, text)).collect()
        }
        () if name == "setup.py" || name == "setup.cfg" => setup(&text.text),
        () if matches!(name.as_str(), "metadata" | "pkg-info") => metadata(&text.text),
        () => lines().filter_map(|(line, text)| requirement(line, text)).collect(),
    };
    named.truncate(MOST);
    let licenses = package_license::read(&name, &text.text);
    let sources = sources(text);
    Libraries { named, sources, licenses, cut: text.cut }
}

/// Options that have pip look elsewhere.
const ELSEWHERE: &[(&str, &str)] = &[
    ("--index-url", "takes libraries from"),
    ("--extra-index-url", "takes libraries as well from"),
    ("--find-links", "takes libraries as well from"),
    ("--trusted-host", "does not check the certificate of"),
    ("--editable", "installs and runs what lies at"),
    ("-e", "installs and runs what lies at"),
    ("-i", "takes libraries from"),
    ("-f", "takes libraries as well from"),
];

/// Where the lines have an installer look beside its own index.
fn sources(text: &Text) -> Vec<(u32, String)> {
    let mut found = Vec::new();
    for (line, text) in text.lines().filter(|(_, text)| text.contains(['-', ':'])) {
        let text = text.trim().trim_start_matches("- ").trim_start_matches(['"', '\'']);
        if text.starts_with('#') {
            continue;
        }
        if let Some(said) = source(text).filter(|_| found.len() < MOST) {
            found.push((line, said));
        }
    }
    found
}

fn source(text: &str) -> Option<String> {
    let end = |text: &str| {
        let end = text.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | ';'));
        super::data::head_of(&text[..end.unwrap_or(text.len())], 200).to_owned()
    };
    if let Some((_, rest)) = text.split_once("git+") {
        let repository = end(rest);
        let path = repository.split_once("://").map_or(repository.as_str(), |(_, path)| path);
        let revision = path.split('#').next().and_then(|it| it.rsplit_once('@')).map(|it| it.1);
        let fixed = revision
            .is_some_and(|it| it.len() >= 40 && it.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let fixed = if fixed { "" } else { ", at no fixed commit" };
        return Some(format!("installs and runs {repository}{fixed}"));
    }
    let words: Vec<&str> = text.split([' ', '=', '\t']).filter(|word| !word.is_empty()).collect();
    let pip = text.starts_with('-') || words.windows(2).any(|two| two[1] == "install");
    if let Some((at, (_, does))) = words.iter().enumerate().find_map(|(at, word)| {
        let row = ELSEWHERE.iter().find(|(option, _)| option == word)?;
        (row.0.starts_with("--") || pip).then_some((at, row))
    }) {
        let place = words.get(at + 1).map(|it| end(it)).filter(|it| !it.is_empty())?;
        return Some(format!("{does} {place}"));
    }
    let direct = text.starts_with("http://") || text.starts_with("https://");
    let named = text.split_once(" @ ").map(|(_, place)| place.trim_start());
    let place = named.or(direct.then_some(text)).filter(|it| it.contains("://"))?;
    Some(format!("installs and runs {}", end(place)))
}

type Named = (u32, String, Option<String>);

/// `torch>=2.1 ; python_version > "3"`: the name and what constrains it.
fn requirement(line: u32, text: &str) -> Option<Named> {
    let text = text.split(" #").next().unwrap_or(text).split(';').next().unwrap_or(text);
    let text = text.trim().trim_matches(['"', '\'', ',']).trim();
    if text.is_empty() || text.starts_with(['#', '-', '<', '[']) {
        return None;
    }
    if let Some((_, repository)) = text.split_once("git+") {
        let repository = repository.split(['@', '#']).next().unwrap_or(repository);
        let name = repository.trim_end_matches('/').rsplit('/').next()?.trim_end_matches(".git");
        return named(line, name, Some(text));
    }
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)));
    let (name, rest) = text.split_at(end.unwrap_or(text.len()));
    let rest = rest.trim_start();
    let rest = match rest.strip_prefix('[') {
        Some(extras) => extras.split_once(']')?.1.trim_start(),
        None => rest,
    };
    let constrained = rest.starts_with(['=', '<', '>', '~', '!', '@', '^', '(']);
    if !rest.is_empty() && !constrained {
        return None; // a sentence
    }
    named(line, name, Some(rest).filter(|rest| !rest.is_empty()))
}

fn named(line: u32, name: &str, version: Option<&str>) -> Option<Named> {
    let fits = name.len() < 100 && name.bytes().next()?.is_ascii_alphanumeric();
    let version = version.map(|version| super::data::head_of(version, 100).to_owned());
    fits.then(|| (line, name.to_ascii_lowercase(), version))
}

/// Where TOML projects list what they need.
const PLACES: &[&[&str]] = &[
    &["project", "dependencies"],
    &["tool", "poetry", "dependencies"],
    &["dependencies"],
    &["packages"],
    &["build-system", "requires"],
];

/// `dependencies` of a TOML project, wherever they stand.
fn project(text: &str) -> Vec<Named> {
    let Ok(document) = text.parse::<toml::Table>() else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let line_of = |name: &str| {
        let lines = (1..).zip(text.lines());
        let mut lines = lines.filter(|(_, line): &(u32, &str)| line.contains(name));
        lines.next().map_or(1, |(line, _)| line)
    };
    for place in PLACES {
        let root = toml::Value::Table(document.clone());
        let node = place.iter().try_fold(&root, |node, key| node.get(*key));
        match node {
            Some(toml::Value::Array(items)) => {
                let texts = items.iter().filter_map(toml::Value::as_str).take(MOST);
                let rows = texts.filter_map(|text| requirement(1, text));
                found.extend(rows.map(|(_, name, version)| (line_of(&name), name, version)));
            }
            Some(toml::Value::Table(table)) => {
                let rows = table.iter().filter(|(name, _)| *name != "python").take(MOST);
                found.extend(rows.filter_map(|(name, value)| {
                    let version = value.as_str().or_else(|| value.get("version")?.as_str());
                    named(line_of(name), name, version.filter(|version| *version != "*"))
                }));
            }
            _ => {}
        }
    }
    found
}

/// The entries below `dependencies:` of a conda environment, those for pip included.
fn environment(text: &str) -> Vec<Named> {
    let mut inside = false;
    let mut found = Vec::new();
    for (line, text) in (1..).zip(text.lines()) {
        if !text.starts_with([' ', '-', '#']) && !text.trim().is_empty() {
            inside = text.starts_with("dependencies:");
        }
        let entry = text.trim().strip_prefix("- ").filter(|entry| inside && !entry.ends_with(':'));
        found.extend(entry.and_then(|entry| {
            let entry = entry.trim().rsplit("::").next().unwrap_or(entry);
            let pinned =
                entry.split_once('=').filter(|(name, _)| !name.contains(['<', '>', '~', '!', '=']));
            match pinned {
                Some((name, version)) => {
                    named(line, name.trim(), Some(version.trim_start_matches('=')))
                }
                None => requirement(line, entry),
            }
        }));
    }
    found
}

/// `FROM` and `pip install` of an image recipe.
fn image(line: u32, text: &str) -> Vec<Named> {
    if let Some(base) = text.strip_prefix("FROM ") {
        let base = base.split_whitespace().find(|word| !word.starts_with("--")).unwrap_or("");
        let (name, tag) =
            base.rsplit_once(':').map_or((base, None), |(name, tag)| (name, Some(tag)));
        return named(line, name, tag).into_iter().collect();
    }
    let Some((_, packages)) =
        text.split_once("pip install ").or_else(|| text.split_once("pip3 install "))
    else {
        return Vec::new();
    };
    let packages = packages.split("&&").next().unwrap_or(packages).split_whitespace();
    packages.filter(|word| *word != "\\").filter_map(|word| requirement(line, word)).collect()
}

/// What `install_requires` lists, told by its quotes (`setup.py`) or its lines (`setup.cfg`).
fn setup(text: &str) -> Vec<Named> {
    let mut inside = false;
    let mut found = Vec::new();
    for (line, text) in (1..).zip(text.lines()) {
        let text = text.trim();
        let text = match text.strip_prefix("install_requires") {
            Some(rest) => {
                inside = true;
                rest.trim_start_matches(['=', ' ', '[', '('])
            }
            None => text,
        };
        if !inside {
            continue;
        }
        let quoted: Vec<&str> = text.split(['"', '\'']).skip(1).step_by(2).collect();
        if quoted.is_empty() && !text.contains(['(', ')', ']', '=']) {
            found.extend(requirement(line, text));
        }
        found.extend(quoted.into_iter().filter_map(|text| requirement(line, text)));
        inside = !(text.contains(']') || text.starts_with('[') || text.starts_with(')'));
    }
    found
}

/// What the metadata of a built package requires, up to its description.
fn metadata(text: &str) -> Vec<Named> {
    if !package_license::is_metadata("metadata", text) {
        return Vec::new();
    }
    let lines = (1..).zip(text.lines()).take_while(|(_, text)| !text.is_empty());
    lines
        .filter_map(|(line, text)| requirement(line, text.strip_prefix("Requires-Dist:")?))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn libraries_are_read_by_form() {
        check(
            "requirements.txt",
            "# no\ntorch>=2.1 # yes\n-r x.txt\nai2-olmo\nnumpy[a]==1; python<3\n\nA sentence here.",
            "torch >=2.1, ai2-olmo, numpy ==1",
        );
        check(
            "requirements.txt",
            "git+https://github.com/a/flash.git@v1\n",
            "flash git+https://github.com/a/flash.git@v1",
        );
        check(
            "pyproject.toml",
            "[project]\ndependencies = [\"torch>=2\", \"einops\"]\n",
            "torch >=2, einops",
        );
        check(
            "pyproject.toml",
            "[tool.poetry.dependencies]\npython = \"3\"\ntorch = \"^2\"\n",
            "torch ^2",
        );
        check("pyproject.toml", "not [ toml", "");
        check(
            "environment.yml",
            "name: a\ndependencies:\n  - python=3.10\n  - pip:\n    - torch==2\nchannels:\n  - b\n",
            "python 3.10, torch 2",
        );
        check(
            "Dockerfile",
            "FROM nvcr.io/nvidia/pytorch:23.10\nRUN pip install -U vllm==0.4 ray && ls\n",
            "nvcr.io/nvidia/pytorch 23.10, vllm ==0.4, ray",
        );
        check(
            "setup.py",
            "setup(\n install_requires=[\n 'torch',\n \"a>1\",\n ],\n name='b')",
            "torch, a >1",
        );
        check(
            "METADATA",
            "Metadata-Version: 2.1\nName: a\nRequires-Dist: torch (>=2)\n\nRequires-Dist: b",
            "torch (>=2)",
        );
        check("METADATA", "Requires-Dist: b", "");
        check("setup.cfg", "[options]\ninstall_requires =\n  torch\n  a>1\n[x]\nb", "torch, a >1");
    }

    #[test]
    fn places_beside_the_usual_index_are_told() {
        source(
            "--extra-index-url https://x.org/simple",
            "takes libraries as well from https://x.org/simple",
        );
        source("--index-url=http://x.org/", "takes libraries from http://x.org/");
        source(
            "git+https://github.com/a/b.git@main#egg=b",
            "installs and runs https://github.com/a/b.git@main#egg=b, at no fixed commit",
        );
        let commit = "0123456789".repeat(4);
        source(
            &format!("b @ git+ssh://git@github.com/a/b@{commit}"),
            &format!("installs and runs ssh://git@github.com/a/b@{commit}"),
        );
        source(
            "b @ https://x.org/b.whl ; python_version>'3'",
            "installs and runs https://x.org/b.whl",
        );
        source("-e .", "installs and runs what lies at .");
        source("RUN pip install -f https://x.org b", "takes libraries as well from https://x.org");
        source("torch>=2.1", "");
        source("url = 'https://x.org'", "");
        source("# --index-url https://x.org", "");
    }

    #[track_caller]
    fn source(line: &str, told: &str) {
        let text = Text { text: format!("{line}\n"), cut: false };
        let told_of = read("requirements.txt", &text).sources;
        assert_eq!(told_of.first().map_or("", |it| it.1.as_str()), told);
    }

    #[track_caller]
    fn check(path: &str, text: &str, names: &str) {
        let read = read(path, &Text { text: text.to_owned(), cut: false });
        let told = read.named.into_iter().map(|(_, name, version)| match version {
            Some(version) => format!("{name} {version}"),
            None => name,
        });
        assert_eq!(told.collect::<Vec<_>>().join(", "), names);
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in "\\PC*|([a-z=\\[\\]\"'\n:;<> -]|install_requires|Metadata-Version:|License|license = |FROM |pip install |dependencies:){0,60}") {
            for name in ["requirements.txt", "pyproject.toml", "environment.yml", "Dockerfile", "setup.py", "METADATA"] {
                let _ = read(name, &Text { text: text.clone(), cut: false });
            }
        }
    }
}
