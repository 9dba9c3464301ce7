//! Configurations: trees of keys and values, each with its line.

/// A JSON or YAML document that says how a model is built, run or trained.
#[derive(Clone, Debug)]
pub struct Config {
    /// The document.
    pub root: Node,
}

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// From 1: where the value begins. For the value of a key, the line of the key.
    pub line: u32,
    /// The value.
    pub value: Yaml,
}

/// A value as written. JSON is read into the same form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Yaml {
    /// Nothing, `~` or `null`.
    Null,
    /// Anything that is not a collection, as written: `no` stays `no`, `1e-5` stays `1e-5`.
    Plain(String),
    /// The same in quotes.
    Quoted(String),
    /// `[a, b]`, or lines with `-`.
    List(Vec<Node>),
    /// In the order written; a key that stands twice is there twice.
    Map(Vec<(String, Node)>),
}

impl Config {
    /// The value at a dotted path: `quantization_config.bits`.
    pub fn at(&self, path: &str) -> Option<&Node> {
        self.root.at(path)
    }

    /// A whole number at a dotted path.
    pub fn number(&self, path: &str) -> Option<u64> {
        self.at(path)?.number()
    }

    /// Text at a dotted path.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.at(path)?.text()
    }

    /// `true` or `false` at a dotted path.
    pub fn flag(&self, path: &str) -> Option<bool> {
        self.at(path)?.flag()
    }
}

impl Node {
    /// The value of a key of this map; the last where it stands twice, as loaders take it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        let Yaml::Map(entries) = &self.value else {
            return None;
        };
        entries.iter().rev().find(|(name, _)| name == key).map(|(_, node)| node)
    }

    /// The value at a dotted path. A key that itself holds a dot is found too.
    pub fn at(&self, path: &str) -> Option<&Node> {
        if let Some(node) = self.get(path) {
            return Some(node);
        }
        let (key, rest) = path.split_once('.')?;
        self.get(key)?.at(rest)
    }

    /// Text, quoted or plain; `None` for null and collections.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Yaml::Plain(text) | Yaml::Quoted(text) => Some(text),
            _ => None,
        }
    }

    /// A whole number from 0; also where it is written as a float without a fraction (`4096.0`).
    pub fn number(&self) -> Option<u64> {
        let text = self.text()?.trim();
        text.parse().ok().or_else(|| text.split_once('.').and_then(whole))
    }

    /// Any finite number.
    pub fn float(&self) -> Option<f64> {
        self.text()?.trim().parse().ok().filter(|number: &f64| number.is_finite())
    }

    /// `true` or `false`, unquoted.
    pub fn flag(&self) -> Option<bool> {
        match &self.value {
            Yaml::Plain(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Yaml::Plain(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }

    /// The entries of a list; a value that is no list is a list of itself, since cards write both;
    /// null is an empty one.
    pub fn items(&self) -> &[Node] {
        match &self.value {
            Yaml::List(items) => items,
            Yaml::Null => &[],
            _ => std::slice::from_ref(self),
        }
    }

    /// The entries of a map, in the order written.
    pub fn entries(&self) -> &[(String, Node)] {
        match &self.value {
            Yaml::Map(entries) => entries,
            _ => &[],
        }
    }

    /// Every text in a list or a lone value, with its line.
    pub fn texts(&self) -> impl Iterator<Item = (u32, &str)> {
        self.items().iter().filter_map(|item| item.text().map(|text| (item.line, text)))
    }
}

fn whole((number, fraction): (&str, &str)) -> Option<u64> {
    fraction.bytes().all(|digit| digit == b'0').then(|| number.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_may_be_written_as_floats() {
        check("4096", Some(4096));
        check("13731385408.0", Some(13_731_385_408));
        check("0.5", None);
        check("-1", None);
        check("1e3", None);
    }

    #[track_caller]
    fn check(text: &str, number: Option<u64>) {
        let node = Node {
            line: 1,
            value: Yaml::Plain(text.to_owned()),
        };
        assert_eq!(node.number(), number);
    }
}
