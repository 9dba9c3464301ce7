//! From the values of a checkpoint to named tensors: state dicts nested in state dicts, whole
//! modules, and what lies beside the model.

use std::collections::HashSet;

use super::tensors::{Rebuilt, is_dict, rebuilt};
use crate::{
    read::pickle::{Call, Node, Value, Values},
    words::Role,
};

/// How deep containers are followed.
const DEEPEST: u32 = 48;
/// Bytes of one key, and of all names together, that are kept.
const KEY: usize = 1 << 12;
const NAMES: usize = 1 << 26;
/// Plain values beside the tensors that are kept.
const SCALARS: usize = 64;

/// Keys whose value is the model itself: the key is no part of the tensors' names. The first one
/// here that holds tensors is meant.
#[rustfmt::skip]
const MODEL: &[&str] = &[
    "state_dict", "model_state_dict", "model_state", "model", "module", "net", "network",
    "params", "weights", "models",
];

/// Keys whose value is something beside the model.
#[rustfmt::skip]
const BESIDE: &[(&str, Role)] = &[
    ("optimizer", Role::Optimizer), ("optimizers", Role::Optimizer), ("optim", Role::Optimizer),
    ("opt", Role::Optimizer), ("optimizer_state", Role::Optimizer),
    ("optimizer_state_dict", Role::Optimizer), ("optimizer_states", Role::Optimizer),
    ("optim_state_dict", Role::Optimizer), ("opt_state", Role::Optimizer),
    ("fp32_groups_flat", Role::Optimizer), ("fp32_flat_groups", Role::Optimizer),
    ("scheduler", Role::Optimizer), ("lr_scheduler", Role::Optimizer),
    ("lr_schedulers", Role::Optimizer), ("opt_param_scheduler", Role::Optimizer),
    ("scaler", Role::Optimizer), ("grad_scaler", Role::Optimizer), ("amp", Role::Optimizer),
    ("ema", Role::Other), ("model_ema", Role::Other), ("ema_state_dict", Role::Other),
    ("ema_model", Role::Other), ("params_ema", Role::Other), ("state_dict_ema", Role::Other),
    ("shadow_params", Role::Other), ("swa", Role::Other), ("averaged_model", Role::Other),
    ("rng_state", Role::Other), ("rng_states", Role::Other), ("random_rng_state", Role::Other),
    ("cuda_rng_state", Role::Other), ("torch_rng_state", Role::Other),
    ("np_rng_state", Role::Other), ("rng_tracker_states", Role::Other),
    ("callbacks", Role::Other), ("loops", Role::Other),
];

/// A tensor with its name, and which stretch of the checkpoint it lies in.
pub(super) struct Found {
    pub(super) name: String,
    /// `None` for the model itself, else a place in [`Tree::apart`].
    pub(super) section: Option<usize>,
    /// Whether it was reached through a list.
    pub(super) listed: bool,
    pub(super) tensor: Rebuilt,
}

/// All tensors of a checkpoint.
#[derive(Default)]
pub(super) struct Tree {
    pub(super) found: Vec<Found>,
    /// What lies beside the model: its key, and what it is.
    pub(super) apart: Vec<(String, Role)>,
    /// Numbers and texts at the top, as metadata.
    pub(super) scalars: Vec<(String, String)>,
    /// Why not all of it was followed.
    pub(super) cut: Option<&'static str>,
}

/// Names the tensors below `root`.
pub(super) fn tree(values: &Values, root: Value) -> Tree {
    let mut walk = Walk {
        values,
        tree: Tree::default(),
        steps: values.len().saturating_mul(4).saturating_add(4096),
        names: NAMES,
        lists: 0,
    };
    walk.scalars(root);
    walk.top(root, "", DEEPEST);
    let mut tree = walk.tree;
    tree.promote();
    tree
}

impl Tree {
    /// Drops what lists name a second time: `TorchScript` keeps the flat weights of an LSTM so.
    pub(super) fn once(&mut self) {
        let plain: Vec<Rebuilt> =
            self.found.iter().filter(|it| !it.listed).map(|it| it.tensor.clone()).collect();
        let plain: HashSet<Rebuilt> = plain.into_iter().collect();
        self.found.retain(|it| !it.listed || !plain.contains(&it.tensor));
    }

    /// Where there is nothing but a copy of the model, the copy is the model.
    fn promote(&mut self) {
        if self.found.iter().any(|found| found.section.is_none()) {
            return;
        }
        let copy = self.apart.iter().position(|(key, role)| {
            *role == Role::Other && !key.contains("rng") && !key.contains('.')
        });
        let Some(copy) = copy else {
            return;
        };
        let prefix = format!("{}.", self.apart[copy].0);
        for found in self.found.iter_mut().filter(|found| found.section == Some(copy)) {
            found.section = None;
            if let Some(name) = found.name.strip_prefix(&prefix) {
                found.name = name.to_owned();
            }
        }
    }
}

struct Walk<'a> {
    values: &'a Values,
    tree: Tree,
    /// Values that may still be looked at: shared ones count each time.
    steps: usize,
    /// Bytes of names that may still be kept.
    names: usize,
    /// How many lists lead to here.
    lists: u32,
}

impl Walk<'_> {
    fn scalars(&mut self, root: Value) {
        for (key, value) in self.values.entries(root) {
            let told = match value {
                Value::Bool(_) | Value::Int(_) | Value::Float(_) => self.values.told(*value),
                Value::Text(_) => self.values.text(*value).unwrap_or_default(),
                _ => continue,
            };
            if self.tree.scalars.len() < SCALARS && told.len() <= KEY {
                let key = self.key(*key);
                self.tree.scalars.push((key, told));
            }
        }
    }

    /// The top of a checkpoint, where a key may stand for the model as a whole.
    fn top(&mut self, value: Value, path: &str, depth: u32) {
        let entries = self.values.entries(value);
        let direct = entries.iter().any(|(_, value)| rebuilt(self.values, *value).is_some());
        if direct || entries.is_empty() || depth == 0 {
            return self.follow(value, path, None, depth);
        }
        let model = MODEL.iter().find_map(|key| {
            let at = entries.iter().rposition(|(name, _)| self.values.text_is(*name, key))?;
            self.holds(entries[at].1).then_some(at)
        });
        for (at, (key, value)) in entries.iter().enumerate() {
            if Some(at) == model {
                self.top(*value, path, depth - 1);
            } else {
                let key = self.key(*key);
                self.entry(&key, *value, path, None, depth);
            }
        }
    }

    /// Whether there is a tensor anywhere below a value; a few thousand values are looked at.
    fn holds(&self, value: Value) -> bool {
        let (mut open, mut steps) = (vec![value], 4096);
        while let Some(value) = open.pop() {
            if rebuilt(self.values, value).is_some() {
                return true;
            }
            steps -= 1;
            if steps == 0 {
                return false;
            }
            let room = 4096usize.saturating_sub(open.len());
            match self.values.node(value) {
                Some(Node::Tuple(items) | Node::List(items)) => {
                    open.extend(items.iter().take(room));
                }
                Some(Node::Dict(entries)) => {
                    open.extend(entries.iter().map(|(_, value)| value).take(room));
                }
                Some(Node::Call(call)) => {
                    open.push(call.state());
                    open.push(call.arguments);
                    let entries = self.values.entries(value);
                    open.extend(entries.iter().map(|(_, value)| value).take(room));
                }
                _ => {}
            }
        }
        false
    }

    fn key(&self, key: Value) -> String {
        let mut key = match key {
            Value::Text(_) => self.values.text(key).unwrap_or_default(),
            _ => self.values.told(key),
        };
        if key.len() > KEY {
            let cut = (0..=KEY).rev().find(|at| key.is_char_boundary(*at)).unwrap_or(0);
            key.truncate(cut);
            key.push('…');
        }
        key
    }

    /// One entry of a dict, or attribute of an object.
    fn entry(&mut self, key: &str, value: Value, path: &str, section: Option<usize>, depth: u32) {
        if !matches!(value, Value::Node(_)) {
            return;
        }
        let path = if path.is_empty() {
            key.to_owned()
        } else {
            format!("{path}.{key}")
        };
        let mut section = section;
        if section.is_none() && rebuilt(self.values, value).is_none() {
            let lower = key.to_ascii_lowercase();
            let named = BESIDE.iter().find(|(name, _)| *name == lower).map(|(_, role)| *role);
            if let Some(role) = named.or_else(|| self.optimizer(value)) {
                self.tree.apart.push((path.clone(), role));
                section = Some(self.tree.apart.len() - 1);
            }
        }
        self.follow(value, &path, section, depth.saturating_sub(1));
    }

    /// An optimizer's state dict is one whatever its name.
    fn optimizer(&self, value: Value) -> Option<Role> {
        let has = |key| self.values.get(value, key).is_some();
        (has("state") && has("param_groups")).then_some(Role::Optimizer)
    }

    fn follow(&mut self, value: Value, path: &str, section: Option<usize>, depth: u32) {
        if self.tree.cut.is_some() {
            return;
        }
        if self.steps == 0 {
            self.tree.cut = Some("values are shared too often to follow them all");
            return;
        }
        self.steps -= 1;
        if let Some(tensor) = rebuilt(self.values, value) {
            let name = if path.is_empty() { "tensor" } else { path };
            let Some(names) = self.names.checked_sub(name.len()) else {
                self.tree.cut = Some("names of more than 64 MiB in all");
                return;
            };
            self.names = names;
            let (name, listed) = (name.to_owned(), self.lists > 0);
            self.tree.found.push(Found { name, section, listed, tensor });
            return;
        }
        if depth == 0 {
            self.tree.cut = Some("containers nested more than 48 deep");
            return;
        }
        match self.values.node(value) {
            Some(Node::Tuple(items) | Node::List(items) | Node::Set(items)) => {
                self.items(items, path, section, depth);
            }
            Some(Node::Dict(entries)) => self.entries(entries, path, section, depth),
            Some(Node::Call(call)) => self.object(call, path, section, depth),
            _ => {}
        }
    }

    fn items(&mut self, items: &[Value], path: &str, section: Option<usize>, depth: u32) {
        self.lists += 1;
        for (at, item) in items.iter().enumerate() {
            if matches!(item, Value::Node(_)) {
                self.entry(&at.to_string(), *item, path, section, depth);
            }
        }
        self.lists -= 1;
    }

    fn entries(
        &mut self,
        entries: &[(Value, Value)],
        path: &str,
        section: Option<usize>,
        depth: u32,
    ) {
        for (key, value) in entries {
            if matches!(value, Value::Node(_)) {
                let key = self.key(*key);
                self.entry(&key, *value, path, section, depth);
            }
        }
    }

    /// An object: what was put into it, its attributes, and its arguments where there is no more.
    fn object(&mut self, call: &Call, path: &str, section: Option<usize>, depth: u32) {
        let arguments = self.values.items(call.arguments);
        let pairs = arguments.first().filter(|_| is_dict(self.values, call));
        if let Some(pairs) = pairs {
            for pair in self.values.items(*pairs) {
                if let [key, value] = *self.values.items(*pair) {
                    self.entries(&[(key, value)], path, section, depth);
                }
            }
        }
        if let Some(filled) = &call.filled {
            self.entries(&filled.items, path, section, depth);
            self.items(&filled.appended, path, section, depth);
        }
        let state = call.state();
        let states = match self.values.node(state) {
            Some(Node::Tuple(items)) => items.as_slice(), // attributes, then slots
            _ => std::slice::from_ref(&state),
        };
        let mut module = false;
        for state in states {
            for part in ["_parameters", "_buffers", "_modules"] {
                if let Some(part) = self.values.get(*state, part) {
                    module = true;
                    self.follow(part, path, section, depth - 1);
                }
            }
        }
        if module || is_dict(self.values, call) {
            return; // `_metadata`, hooks: nothing that is stored
        }
        for state in states {
            self.entries(self.values.entries(*state), path, section, depth);
        }
        if call.filled.is_none() {
            self.items(arguments, path, section, depth);
        }
    }
}
