//! Front matter: the YAML between two `---` lines at the top.

use std::collections::BTreeMap;

use crate::{
    facts::{Node, Oddity, What, Yaml},
    read::yaml,
    words::Place,
};

/// Lines without a closing `---` after which a front matter is not looked for any further.
const MOST_LINES: usize = 100_000;

/// The front matter of a text, and the line that its body begins on, counted from 1.
pub(super) fn split(path: &str, text: &str, oddities: &mut Vec<Oddity>) -> (Option<Node>, u32) {
    let blank = text.lines().take_while(|line| line.trim().is_empty()).count();
    let mut lines = text.split_inclusive('\n').skip(blank);
    let Some(opening) = lines.next().filter(|line| line.trim_end() == "---") else {
        return (None, 1);
    };
    let skipped: usize = text.split_inclusive('\n').take(blank).map(str::len).sum();
    let start = skipped + opening.len();
    let first = count(blank) + 2;
    let mut len = 0;
    let mut closing = None;
    for (lines, line) in lines.take(MOST_LINES).enumerate() {
        if matches!(line.trim_end(), "---" | "...") {
            closing = Some(first + count(lines) + 1);
            break;
        }
        len += line.len();
    }
    let mut odd = |line, saying| {
        let at = Place::file(path).line(line);
        oddities.push(Oddity::new(What::FrontMatterInvalid, at, saying));
    };
    let body_line = closing.unwrap_or(first);
    if closing.is_none() {
        odd(first - 1, "the front matter is opened here and never closed".to_owned());
        len = keys_at_the_top(&text[start..]);
    }
    let parsed = yaml::parse(&text[start..start + len], first);
    for fault in parsed.faults {
        odd(fault.line, fault.saying);
    }
    for (line, saying) in twice(&parsed.root) {
        odd(line, saying);
    }
    match parsed.root.value {
        Yaml::Map(_) => (Some(parsed.root), body_line),
        Yaml::Null => (None, body_line),
        _ if closing.is_none() => (None, body_line),
        _ => {
            odd(first, "the front matter is no map of keys and values".to_owned());
            (Some(parsed.root), body_line)
        }
    }
}

fn count(lines: usize) -> u32 {
    u32::try_from(lines).unwrap_or(u32::MAX - 8)
}

/// How far a front matter that is never closed reaches: up to the first blank line or heading.
fn keys_at_the_top(text: &str) -> usize {
    let of_keys = |line: &&str| !line.trim().is_empty() && !line.starts_with("# ");
    text.split_inclusive('\n').take_while(of_keys).map(str::len).sum()
}

/// Keys that stand twice with different values.
fn twice(root: &Node) -> Vec<(u32, String)> {
    let mut first: BTreeMap<&str, &Node> = BTreeMap::new();
    let mut told = Vec::new();
    for (key, node) in root.entries() {
        match first.get(key.as_str()) {
            Some(earlier) if told.len() < 16 => {
                let saying = if same(earlier, node) {
                    format!("`{key}` stands twice, also on line {}", earlier.line)
                } else {
                    format!(
                        "`{key}` stands twice with different values, also on line {}",
                        earlier.line
                    )
                };
                told.push((node.line, saying));
            }
            Some(_) => {}
            None => {
                first.insert(key, node);
            }
        }
    }
    told
}

/// Equal but for the lines.
fn same(a: &Node, b: &Node) -> bool {
    match (&a.value, &b.value) {
        (Yaml::List(a), Yaml::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Yaml::Map(a), Yaml::Map(b)) => {
            let equal = |((a, x), (b, y)): (&(String, Node), &(String, Node))| a == b && same(x, y);
            a.len() == b.len() && a.iter().zip(b).all(equal)
        }
        _ => a.text() == b.text(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_is_found_and_faults_are_told() {
        check("---\nlicense: mit\n---\n# A", Some("mit"), 4, &[]);
        check("\n\n---\nlicense: mit\n---\n# A", Some("mit"), 6, &[]);
        check("--- \nlicense: no\n---  \n", Some("no"), 4, &[]);
        check("# A\n---\nlicense: mit\n---\n", None, 1, &[]);
        check("---\n---\n# A", None, 3, &[]);
        check("---\n# license: mit\n---\n# A", None, 4, &[]);
        let open = "1 the front matter is opened here and never closed";
        check("---\nlicense: mit\n\n# A\nb: c", Some("mit"), 2, &[open]);
        check("---\nJust a rule above.\n\nText", None, 2, &[open]);
        let twice = "4 `license` stands twice with different values, also on line 2";
        check("---\nlicense: mit\na: b\nlicense: gpl\n---\n", Some("gpl"), 6, &[twice]);
        let again = "3 `license` stands twice, also on line 2";
        check("---\nlicense: mit\nlicense: mit\n---\n", Some("mit"), 5, &[again]);
        let list = "2 the front matter is no map of keys and values";
        check("---\n- a\n---\n", None, 4, &[list]);
        check("", None, 1, &[]);
    }

    #[track_caller]
    fn check(text: &str, license: Option<&str>, body_line: u32, odd: &[&str]) {
        let mut oddities = Vec::new();
        let (front, line) = split("README.md", text, &mut oddities);
        let found = front.as_ref().and_then(|front| front.get("license")?.text());
        assert_eq!((found, line), (license, body_line));
        let said: Vec<String> = oddities
            .iter()
            .map(|it| format!("{} {}", it.at.line.unwrap_or(0), it.saying))
            .collect();
        assert_eq!(said, odd);
    }
}
