//! Releases composed in memory for tests: files by path, read by the readers of this house where
//! they are pure, and by small ones here where the real ones belong to others.

use std::{collections::BTreeMap, path::PathBuf};

use super::{gather, strongest};
use crate::{
    facts::{
        Artifact, Card, Config, Contents, Dtype, Facts, Node, Pointer, Release, Scope, Section,
        SectionTopic, ShardIndex, Statement, Tensor, Text, WeightFile, WeightMap, Yaml,
    },
    sets,
    words::{Component, FileKind, Origin, Presence},
};

/// A JSON document as a tree; all of it on line 1.
pub(crate) fn node(json: &str) -> Node {
    fn tree(value: &serde_json::Value) -> Node {
        use serde_json::Value;
        let value = match value {
            Value::Null => Yaml::Null,
            Value::Bool(flag) => Yaml::Plain(flag.to_string()),
            Value::Number(number) => Yaml::Plain(number.to_string()),
            Value::String(text) => Yaml::Quoted(text.clone()),
            Value::Array(items) => Yaml::List(items.iter().map(tree).collect()),
            Value::Object(map) => {
                Yaml::Map(map.iter().map(|(k, v)| (k.clone(), tree(v))).collect())
            }
        };
        Node { line: 1, value }
    }
    tree(&serde_json::from_str(json).unwrap())
}

/// A release in the making.
pub(crate) struct Folder {
    name: String,
    artifacts: Vec<Artifact>,
}

impl Folder {
    pub(crate) fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            artifacts: Vec::new(),
        }
    }

    pub(crate) fn with(mut self, path: &str, len: u64, kind: FileKind, contents: Contents) -> Self {
        let format = match &contents {
            Contents::Weights(file) => Some(file.format),
            _ => None,
        };
        self.artifacts.push(Artifact {
            path: path.to_owned(),
            place: PathBuf::new(),
            link: None,
            open: true,
            len,
            kind,
            format,
            contents,
            unreadable: None,
            oddities: Vec::new(),
            within: crate::facts::Within::default(),
        });
        self
    }

    /// A whole weight file with these tensors.
    pub(crate) fn weights(self, path: &str, names: &[&str]) -> Self {
        let tensor = |name: &&str| Tensor {
            name: (*name).to_owned(),
            dtype: Dtype::named("F16"),
            shape: vec![2, 2],
            bytes: None,
        };
        let format = match path.rsplit('.').next() {
            Some("safetensors") => "safetensors",
            Some("gguf") => "gguf",
            _ => "pytorch",
        };
        let file = WeightFile {
            format,
            tensors: names.iter().map(tensor).collect(),
            ..WeightFile::default()
        };
        self.with(path, 1 << 20, FileKind::Weights, Contents::Weights(file))
    }

    /// The same, with notes of its producer.
    pub(crate) fn noted(self, path: &str, notes: &[(&str, &str)]) -> Self {
        let mut folder = self.weights(path, &["a", "b"]);
        if let Some(Contents::Weights(file)) =
            folder.artifacts.last_mut().map(|last| &mut last.contents)
        {
            file.metadata = notes.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        }
        folder
    }

    /// Shards of a model and their index; one tensor a shard, `t1` in the first.
    pub(crate) fn shards(mut self, stem: &str, extension: &str, of: usize, here: &[usize]) -> Self {
        let name = |n: usize| format!("{stem}-{n:05}-of-{of:05}.{extension}");
        let weight_map = WeightMap::of((1..=of).map(|n| (format!("t{n}"), name(n)))).0;
        let index = ShardIndex { weight_map, ..ShardIndex::default() };
        let path = format!("{stem}.{extension}.index.json");
        self = self.with(&path, 25_000, FileKind::Index, Contents::Index(index));
        for &n in here {
            self = self.weights(&name(n), &[&format!("t{n}")]);
        }
        self
    }

    pub(crate) fn pointer(self, path: &str, len: u64) -> Self {
        let pointer = Pointer { sha256: "0".repeat(64), len };
        self.with(path, 134, FileKind::Pointer, Contents::Pointer(pointer))
    }

    pub(crate) fn json(self, path: &str, json: &str) -> Self {
        let kind = FileKind::Config;
        self.with(path, json.len() as u64, kind, Contents::Config(Config { root: node(json) }))
    }

    /// A card, and what its reader found it to say.
    pub(crate) fn card(self, path: &str, text: &str, said: &[(Component, Presence, &str)]) -> Self {
        let mut card = card(text);
        let statement = |(about, presence, words): &(Component, Presence, &str)| Statement {
            about: *about,
            presence: *presence,
            line: 1,
            saying: (*words).to_owned(),
        };
        card.statements = said.iter().map(statement).collect();
        let data = path.to_ascii_lowercase().contains("data");
        let kind = if data {
            FileKind::DataCard
        } else {
            FileKind::ModelCard
        };
        self.with(path, text.len() as u64, kind, Contents::Card(card))
    }

    /// A file read by the reader that its name asks for.
    pub(crate) fn file(self, path: &str, bytes: &[u8]) -> Self {
        let len = bytes.len() as u64;
        let hint = crate::read::hints::hint(path);
        let kind = hint.map_or(FileKind::Other, |hint| hint.kind);
        let contents = crate::read::hints::read(path, &bytes.to_vec());
        self.with(path, len, kind, contents.unwrap_or(Contents::Opaque))
    }

    /// Files that say nothing to any rule.
    pub(crate) fn others(mut self, paths: &[(&str, FileKind)]) -> Self {
        for (path, kind) in paths {
            self = self.with(path, 1000, *kind, Contents::Opaque);
        }
        self
    }

    pub(crate) fn text(self, path: &str, text: &str) -> Self {
        let contents = Text { text: text.to_owned(), cut: false };
        self.with(path, text.len() as u64, FileKind::Other, Contents::Text(contents))
    }

    pub(crate) fn last(&mut self) -> &mut Artifact {
        self.artifacts.last_mut().unwrap()
    }

    pub(crate) fn facts(mut self) -> Facts {
        self.artifacts.sort_by(|a, b| a.path.cmp(&b.path));
        Facts {
            release: Release {
                root: PathBuf::new(),
                name: self.name,
                origin: Origin::Directory,
                repo_id: None,
                revision: None,
                commit: None,
                bounds: Vec::new(),
                scope: Scope::Folder,
            },
            artifacts: self.artifacts,
            oddities: Vec::new(),
        }
    }

    /// Holds the presence of every component against what is expected; what is not named is absent.
    #[track_caller]
    pub(crate) fn shows(self, expected: &[(Component, Presence)]) {
        let facts = self.facts();
        let seen = gather(&facts, &sets::group(&facts));
        let expected: BTreeMap<Component, Presence> = expected.iter().copied().collect();
        for component in Component::ALL {
            let of_it: Vec<_> = seen.iter().filter(|seen| seen.component == *component).collect();
            let wanted = expected.get(component).copied().unwrap_or(Presence::Absent);
            assert_eq!(strongest(&seen, *component), wanted, "{component}: {of_it:#?}");
        }
    }
}

/// Front matter aside, `#` headings and bold run-ins: enough for the cards of these tests.
fn card(text: &str) -> Card {
    let mut card = Card { body_line: 1, ..Card::default() };
    let lines: Vec<&str> = text.lines().collect();
    if lines.first() == Some(&"---") {
        let end = lines.iter().skip(1).position(|line| *line == "---").unwrap() + 2;
        card.body_line = u32::try_from(end + 1).unwrap();
        card.front = Some(Node { line: 2, value: Yaml::Map(Vec::new()) });
    }
    let total = u32::try_from(lines.len()).unwrap();
    for (at, line) in (1..).zip(&lines).filter(|(at, _)| *at >= card.body_line) {
        let hashes = line.bytes().take_while(|b| *b == b'#').count();
        let bold = line.strip_prefix("**").and_then(|rest| rest.split_once("**"));
        let (title, level) = match bold {
            Some((title, _)) => (title.trim_end_matches(':'), 7),
            None if hashes > 0 => {
                (line.trim_start_matches('#').trim(), u8::try_from(hashes).unwrap())
            }
            None => continue,
        };
        if let Some(last) = card.sections.last_mut() {
            last.last = at - 1;
        }
        card.sections.push(Section {
            title: title.to_owned(),
            level,
            line: at,
            last: total,
            topic: SectionTopic::default(),
        });
    }
    card.text = Text { text: text.to_owned(), cut: false };
    card
}
