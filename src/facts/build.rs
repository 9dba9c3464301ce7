//! Facts made by hand, for the tests of the rooms that work on facts alone.

use std::path::PathBuf;

use super::{
    Artifact, Card, Config, Contents, Dtype, Facts, Node, Release, Scope, ShardIndex, Tensor, Text,
    Tokenizer, WeightFile, WeightMap, Within, Yaml,
};
use crate::words::{FileKind, Origin};

/// Facts in the making.
pub(crate) struct Build {
    name: String,
    artifacts: Vec<Artifact>,
}

impl Build {
    /// A release of this name with nothing in it.
    pub(crate) fn release(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            artifacts: Vec::new(),
        }
    }

    /// A safetensors file of these tensors, each a name, a dtype and a shape, stored in this order.
    #[must_use]
    pub(crate) fn safetensors(self, path: &str, tensors: &[(&str, &str, &[u64])]) -> Self {
        self.weights(path, "safetensors", stored(tensors))
    }

    /// A weight file.
    #[must_use]
    pub(crate) fn weights(self, path: &str, format: &'static str, tensors: Vec<Tensor>) -> Self {
        let file = WeightFile { format, tensors, ..WeightFile::default() };
        self.weight_file(path, file)
    }

    /// A weight file with notes or external data.
    #[must_use]
    pub(crate) fn weight_file(self, path: &str, file: WeightFile) -> Self {
        self.file(path, FileKind::Weights, Some(file.format), Contents::Weights(file))
    }

    /// A configuration, written in JSON.
    #[must_use]
    pub(crate) fn config(self, path: &str, json: &str) -> Self {
        let config = Config { root: node(json) };
        self.file(path, FileKind::Config, None, Contents::Config(config))
    }

    /// A `*.index.json` of pairs of a tensor and its shard.
    #[must_use]
    pub(crate) fn index(self, path: &str, total_size: Option<u64>, map: &[(&str, &str)]) -> Self {
        let pair = |(tensor, shard): &(&str, &str)| ((*tensor).to_owned(), (*shard).to_owned());
        let index = ShardIndex {
            weight_map: WeightMap::of(map.iter().map(pair)).0,
            total_size,
            total_parameters: None,
        };
        self.file(path, FileKind::Index, None, Contents::Index(index))
    }

    /// A vocabulary whose ids end at `highest`.
    #[must_use]
    pub(crate) fn tokenizer(self, path: &str, highest: u64) -> Self {
        let tokenizer = Tokenizer {
            model: Some("BPE".to_owned()),
            vocabulary: highest + 1,
            added: 0,
            highest_id: Some(highest),
            marks: Vec::new(),
        };
        self.file(path, FileKind::Tokenizer, None, Contents::Tokenizer(tokenizer))
    }

    /// A model card of this prose, whose front matter is given as JSON.
    #[must_use]
    pub(crate) fn card(self, path: &str, front: &str, prose: &str) -> Self {
        let card = Card {
            front: Some(node(front)),
            text: Text { text: prose.to_owned(), cut: false },
            body_line: 1,
            ..Card::default()
        };
        self.file(path, FileKind::ModelCard, None, Contents::Card(card))
    }

    /// Any file.
    #[must_use]
    pub(crate) fn file(
        mut self,
        path: &str,
        kind: FileKind,
        format: Option<&'static str>,
        contents: Contents,
    ) -> Self {
        self.artifacts.push(Artifact {
            path: path.to_owned(),
            place: PathBuf::from(path),
            link: None,
            open: true,
            len: 0,
            kind,
            format,
            contents,
            unreadable: None,
            oddities: Vec::new(),
            within: Within::default(),
        });
        self
    }

    /// The facts, files in order.
    pub(crate) fn facts(mut self) -> Facts {
        self.artifacts.sort_by(|a, b| a.path.cmp(&b.path));
        let release = Release {
            root: PathBuf::from(&self.name),
            name: self.name,
            origin: Origin::Directory,
            repo_id: None,
            revision: None,
            commit: None,
            bounds: Vec::new(),
            scope: Scope::Folder,
        };
        Facts {
            release,
            artifacts: self.artifacts,
            oddities: Vec::new(),
        }
    }
}

/// Tensors stored one after the other.
pub(crate) fn stored(tensors: &[(&str, &str, &[u64])]) -> Vec<Tensor> {
    let mut end = 0;
    let mut place = |(name, dtype, shape): &(&str, &str, &[u64])| {
        let mut tensor = Tensor {
            name: (*name).to_owned(),
            dtype: Dtype::named(dtype),
            shape: shape.to_vec(),
            bytes: None,
        };
        let start = end;
        end += tensor.elements().and_then(|n| tensor.dtype.len_of(n)).unwrap_or(0);
        tensor.bytes = Some(start..end);
        tensor
    };
    tensors.iter().map(&mut place).collect()
}

/// A tree from JSON, every value on line 1.
pub(crate) fn node(json: &str) -> Node {
    tree(&serde_json::from_str(json).expect("the test's own JSON"))
}

fn tree(value: &serde_json::Value) -> Node {
    use serde_json::Value;
    let value = match value {
        Value::Null => Yaml::Null,
        Value::Bool(flag) => Yaml::Plain(flag.to_string()),
        Value::Number(number) => Yaml::Plain(number.to_string()),
        Value::String(text) => Yaml::Quoted(text.clone()),
        Value::Array(items) => Yaml::List(items.iter().map(tree).collect()),
        Value::Object(map) => {
            Yaml::Map(map.iter().map(|(key, value)| (key.clone(), tree(value))).collect())
        }
    };
    Node { line: 1, value }
}
