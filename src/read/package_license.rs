//! The license that the files of a package give for the package itself.

/// Values longer than this are texts of their own, and no names.
const LONGEST: usize = 200;

/// What a project file or a package's metadata names as its license: line from 1, and the name as
/// written. `name` is the file's name in lower case.
pub(super) fn read(name: &str, text: &str) -> Vec<(u32, String)> {
    let headers = is_metadata(name, text);
    let mut section = "";
    let mut found = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim_end();
        if headers && line.is_empty() {
            break; // the description begins
        }
        if line.starts_with('[') && !headers {
            section = line.trim_matches(['[', ']', ' ']);
            continue;
        }
        let value = if headers {
            header(line)
        } else {
            field(name, section, line.trim())
        };
        let value = value.or_else(|| classifier(line));
        let value = value.map(str::trim).filter(|it| !it.is_empty() && it.len() <= LONGEST);
        found.extend(value.map(|value| (number, value.to_owned())));
    }
    found
}

/// Whether it is the metadata of a built package (`METADATA`, `PKG-INFO`).
pub(super) fn is_metadata(name: &str, text: &str) -> bool {
    matches!(name, "metadata" | "pkg-info") && text.starts_with("Metadata-Version:")
}

/// `License: MIT`, `License-Expression: MIT`.
fn header(line: &str) -> Option<&str> {
    let (key, value) = line.split_once(':')?;
    ["License", "License-Expression"].contains(&key).then_some(value)
}

/// `License :: OSI Approved :: MIT License`, wherever it stands; those that only say that a license
/// is approved say nothing.
fn classifier(line: &str) -> Option<&str> {
    let at = line.find("License :: ")?;
    let value = &line[at..];
    let value = value.split(['"', '\'']).next().unwrap_or(value).trim();
    let last = value.rsplit(" :: ").next()?;
    (last != "OSI Approved").then_some(value)
}

/// `license = "MIT"` in the part of a project file that speaks of the project; `license='MIT'` among
/// the arguments of `setup(…)`.
fn field<'a>(name: &str, section: &str, line: &'a str) -> Option<&'a str> {
    let own = match name {
        "pyproject.toml" => matches!(section, "project" | "tool.poetry" | "tool.flit.metadata"),
        "cargo.toml" => matches!(section, "package" | "workspace.package"),
        "setup.cfg" => section == "metadata",
        "setup.py" => true,
        _ => false,
    };
    let at = match name {
        "setup.py" => argument(line)?,
        _ => 0,
    };
    let rest = line[at..].strip_prefix("license").filter(|_| own)?.trim_start();
    let value = rest.strip_prefix('=')?.trim_start();
    if let Some(inside) = value.strip_prefix('{') {
        let (key, value) = inside.split_once('=')?;
        return if key.trim() == "text" {
            quoted(value.trim())
        } else {
            None
        };
    }
    match name {
        "setup.cfg" => Some(value).filter(|it| !it.starts_with("file:")),
        _ => quoted(value),
    }
}

/// Where `license` begins among the arguments of a call: `setup(name="x", license="MIT")`.
fn argument(line: &str) -> Option<usize> {
    line.match_indices("license").map(|(at, _)| at).find(|at| {
        let before = line[..*at].trim_end();
        before.is_empty() || before.ends_with(['(', ','])
    })
}

fn quoted(value: &str) -> Option<&str> {
    let quote = value.chars().next().filter(|it| matches!(it, '"' | '\''))?;
    value[1..].split(quote).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_name_their_license() {
        check("pyproject.toml", "[project]\nlicense = \"MIT\"\n", "2 MIT");
        check("pyproject.toml", "[project]\nlicense = {text = 'Apache-2.0'}\n", "2 Apache-2.0");
        check("pyproject.toml", "[project]\nlicense = {file = 'LICENSE'}\n", "");
        check("pyproject.toml", "[tool.ruff]\nlicense = \"MIT\"\n", "");
        check(
            "pyproject.toml",
            "[project]\nclassifiers = [\n \"License :: OSI Approved :: BSD License\",\n]",
            "3 License :: OSI Approved :: BSD License",
        );
        check("setup.cfg", "[metadata]\nlicense = MIT\n[x]\nlicense = GPL\n", "2 MIT");
        check("setup.cfg", "[metadata]\nlicense = file: LICENSE", "");
        check("setup.py", "setup(\n    license='Apache 2.0',\n)", "2 Apache 2.0");
        check("setup.py", "license=read('LICENSE')", "");
        check("setup.py", "setup(name='x', license = 'MIT', y=1)", "1 MIT");
        check("setup.py", "x_license='MIT'", "");
        check("cargo.toml", "[package]\nlicense = \"MIT OR Apache-2.0\"", "2 MIT OR Apache-2.0");
        check(
            "metadata",
            "Metadata-Version: 2.1\nLicense: MIT\nClassifier: License :: OSI Approved\n\nLicense: GPL",
            "2 MIT",
        );
        check("metadata", "License: MIT", "");
        check("requirements.txt", "license = \"MIT\"", "");
    }

    #[track_caller]
    fn check(name: &str, text: &str, told: &str) {
        let found: Vec<String> =
            read(name, text).into_iter().map(|(line, value)| format!("{line} {value}")).collect();
        assert_eq!(found.join(", "), told);
    }
}
