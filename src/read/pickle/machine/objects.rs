//! Opcodes that import and call, and the arrays that joblib writes behind its objects.

use super::{
    super::{
        joblib,
        opcodes::Row,
        values::{Call, Filled, Node, Value},
    },
    Machine, Read, Reading, Stop, read_as, stop,
};
use crate::facts::Extension;

/// Pickles in pickles, as joblib writes them, are followed so deep.
const DEEPEST_INNER: u8 = 8;

impl Machine<'_> {
    /// Imports, calls, and what is asked for by an id.
    pub(super) fn object(&mut self, at: u64, row: &Row, read: Read) -> Result<(), Stop> {
        let value = match (row.code, read) {
            (b'c', Read::Lines(module, name)) => self.import(&module, &name, at),
            (0x93, _) => {
                let (name, module) = (self.pop()?, self.pop()?);
                let text = |value| self.walk.values.text(value);
                let (module, name) = text(module).zip(text(name)).unwrap_or_default();
                self.walk.values.add_global(module, name, at)
            }
            (b'i', Read::Lines(module, name)) => {
                let callee = self.import(&module, &name, at);
                let arguments = self.since_mark()?;
                self.call(at, row.name, callee, arguments)
            }
            (b'o', _) => {
                let mut arguments = self.since_mark()?;
                if arguments.is_empty() {
                    return stop("OBJ without a class");
                }
                let callee = arguments.remove(0);
                self.call(at, row.name, callee, arguments)
            }
            (b'R' | 0x81, _) => {
                let (arguments, callee) = (self.pop()?, self.pop()?);
                self.made(at, row.name, callee, arguments)
            }
            (0x92, _) => {
                let (keywords, arguments, callee) = (self.pop()?, self.pop()?, self.pop()?);
                let filled = Some(Box::new(Filled { keywords, ..Default::default() }));
                let (byte, opcode) = (at, row.name);
                self.walk.values.add_call(Call { byte, opcode, callee, arguments, filled })
            }
            (b'b', _) => {
                let state = self.pop()?;
                let object = self.top()?;
                if !self.walk.values.build(object, state) {
                    self.unusual(at, "BUILD on something that no call made".to_owned());
                }
                return self.array_behind(object);
            }
            (b'P', Read::Line(line)) => {
                let id = self.walk.values.add_text(&line);
                self.walk.values.add(Node::Persistent(id))
            }
            (b'Q', _) => {
                let id = self.pop()?;
                self.walk.values.add(Node::Persistent(id))
            }
            (_, Read::Number(code)) => {
                let code = u32::try_from(code).unwrap_or(u32::MAX);
                self.walk.extensions.push(Extension { code, byte: at });
                Value::Extension(code)
            }
            _ => Value::Unknown,
        };
        self.stack.push(value);
        Ok(())
    }

    /// Goes past the array that joblib writes behind the object that stands for it.
    fn array_behind(&mut self, object: Value) -> Result<(), Stop> {
        let Reading::Joblib(depth) = self.reading else {
            return Ok(());
        };
        let Some(wrapper) = joblib::wrapper(&self.walk.values, object) else {
            return Ok(());
        };
        let start = self.cursor.at();
        if wrapper.padded {
            let padding = self.cursor.byte()?;
            self.cursor.skip(padding.into())?;
        }
        match wrapper.len {
            Some(len) => {
                self.cursor.skip(len)?;
                self.walk.arrays.push(start..self.cursor.at());
            }
            None if depth >= DEEPEST_INNER => {
                return stop(format!("arrays of objects {DEEPEST_INNER} deep"));
            }
            None => {
                let inner = read_as(self.bytes, start, Reading::Joblib(depth + 1));
                let (end, broken) = (inner.end, inner.stopped.is_some());
                self.walk.inner.push(inner);
                if broken {
                    return stop("the pickle of an array of objects breaks off");
                }
                self.cursor.skip(end.saturating_sub(start))?;
            }
        }
        Ok(())
    }

    fn import(&mut self, module: &[u8], name: &[u8], at: u64) -> Value {
        let [module, name] = [module, name].map(|text| String::from_utf8_lossy(text).into_owned());
        self.walk.values.add_global(module, name, at)
    }

    fn call(
        &mut self,
        byte: u64,
        opcode: &'static str,
        callee: Value,
        arguments: Vec<Value>,
    ) -> Value {
        let arguments = self.walk.values.add(Node::Tuple(arguments));
        self.made(byte, opcode, callee, arguments)
    }

    fn made(&mut self, byte: u64, opcode: &'static str, callee: Value, arguments: Value) -> Value {
        self.walk.values.add_call(Call {
            byte,
            opcode,
            callee,
            arguments,
            filled: None,
        })
    }
}
