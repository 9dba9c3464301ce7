//! A walk told as facts: names and calls in words, kept to a readable number.

use std::{collections::BTreeMap, fmt};

use super::{Node, Value, Values, Walk};
use crate::facts::{self, Pickle};

/// Calls to one name that are told although nothing in them is text.
const FIRST_CALLS: u32 = 3;
/// Calls that are told at all.
const MOST_CALLS: usize = 2000;
/// How deep, how wide and how long arguments are told.
const DEPTH: u32 = 3;
const WIDTH: usize = 8;
const LENGTH: usize = 400;

impl Walk {
    /// What is worth keeping of it, without the values.
    pub(in crate::read) fn summary(&self, member: Option<&str>) -> Pickle {
        let mut pickle = Pickle {
            member: member.map(str::to_owned),
            start: self.start,
            end: self.end,
            protocol: self.protocol,
            opcodes: self.used.iter().copied().collect(),
            globals: self.values.globals.clone(),
            persistent: self.values.persistent(),
            extensions: self.extensions.clone(),
            unusual: self.unusual.clone(),
            stopped: self.stopped.clone(),
            ..Pickle::default()
        };
        for (at, global) in (0u32..).zip(&mut pickle.globals) {
            global.handed_on = global.name == "getattr" && self.values.is_handed_on(at);
        }
        let mut told = BTreeMap::new();
        for call in self.values.calls() {
            let text = self.values.items(call.arguments).iter().any(|&it| self.values.is_text(it));
            let global = match call.callee {
                Value::Global(at) => Some(at),
                _ => None,
            };
            let count: &mut u32 = told.entry(global).or_default();
            *count += 1;
            if pickle.calls.len() >= MOST_CALLS || (!text && *count > FIRST_CALLS) {
                pickle.more_calls += 1;
                continue;
            }
            pickle.calls.push(facts::Call {
                byte: call.byte,
                opcode: call.opcode,
                global: global.map(|at| at as usize),
                callee: self.values.told(call.callee),
                resolved: self.values.reached(call),
                arguments: self.values.told(call.arguments),
                text,
            });
        }
        pickle
    }
}

impl Values {
    fn is_text(&self, value: Value) -> bool {
        let bytes = matches!(self.node(value), Some(Node::Bytes { .. }));
        bytes || matches!(value, Value::Text(_))
    }

    /// A value in a notation close to Python's, cut where it is deep, wide or long.
    pub(in crate::read) fn told(&self, value: Value) -> String {
        let mut out = String::new();
        self.tell(value, DEPTH, &mut out);
        out
    }

    fn tell(&self, value: Value, depth: u32, out: &mut String) {
        if out.len() > LENGTH || depth == 0 {
            return out.push('…');
        }
        match value {
            Value::Unknown => out.push('?'),
            Value::None => out.push_str("None"),
            Value::Bool(true) => out.push_str("True"),
            Value::Bool(false) => out.push_str("False"),
            Value::Int(n) => out.push_str(&n.to_string()),
            Value::Float(n) => add(out, format_args!("{n:?}")),
            Value::Extension(code) => add(out, format_args!("extension {code}")),
            Value::Global(_) => {
                let path = self.global(value).map(facts::Global::path);
                out.push_str(&path.unwrap_or_default());
            }
            Value::Text(_) => {
                let text = self.text(value).unwrap_or_default();
                let cut: String = text.chars().take(LENGTH / 2).collect();
                let more = if cut.len() < text.len() { "…" } else { "" };
                add(out, format_args!("{cut:?}{more}"));
            }
            Value::Node(_) => self.tell_node(value, depth, out),
        }
    }

    fn tell_node(&self, value: Value, depth: u32, out: &mut String) {
        match self.node(value) {
            None => out.push('?'),
            Some(Node::Bytes { len, .. }) => add(out, format_args!("{len} bytes")),
            Some(Node::Persistent(id)) => {
                out.push_str("persistent ");
                self.tell(*id, depth - 1, out);
            }
            Some(Node::Call(call)) => {
                out.push_str("the result of ");
                self.tell(call.callee, depth - 1, out);
                self.tell(call.arguments, depth - 1, out);
            }
            Some(Node::Dict(entries)) => {
                out.push('{');
                for (at, (key, value)) in entries.iter().take(WIDTH).enumerate() {
                    out.push_str(if at > 0 { ", " } else { "" });
                    self.tell(*key, depth - 1, out);
                    out.push_str(": ");
                    self.tell(*value, depth - 1, out);
                }
                out.push_str(if entries.len() > WIDTH { ", …}" } else { "}" });
            }
            Some(Node::Tuple(items)) => self.tell_items(items, ["(", ")"], depth, out),
            Some(Node::List(items)) => self.tell_items(items, ["[", "]"], depth, out),
            Some(Node::Set(items)) => self.tell_items(items, ["{", "}"], depth, out),
        }
    }

    fn tell_items(&self, items: &[Value], ends: [&str; 2], depth: u32, out: &mut String) {
        out.push_str(ends[0]);
        for (at, item) in items.iter().take(WIDTH).enumerate() {
            out.push_str(if at > 0 { ", " } else { "" });
            self.tell(*item, depth - 1, out);
        }
        out.push_str(if items.len() > WIDTH { ", …" } else { "" });
        out.push_str(ends[1]);
    }
}

fn add(out: &mut String, told: fmt::Arguments) {
    // writing to a string does not fail
    let _ = fmt::Write::write_fmt(out, told);
}
