//! Opcodes that make values: containers of others, and numbers, texts and bytes.

use super::{
    super::{
        texts::{long, low, quoted, unescaped, whole},
        values::{LONGEST_TEXT, Node, Value},
    },
    Machine, Read, Stop, stop,
};

impl Machine<'_> {
    /// What is made of other values.
    pub(super) fn container(&mut self, code: u8) -> Result<(), Stop> {
        let node = match code {
            b')' => Node::Tuple(Vec::new()),
            b']' => Node::List(Vec::new()),
            b'}' => Node::Dict(Vec::new()),
            0x8F => Node::Set(Vec::new()),
            b't' => Node::Tuple(self.since_mark()?),
            b'l' => Node::List(self.since_mark()?),
            0x91 => Node::Set(self.since_mark()?),
            b'd' => {
                let entries = self.since_mark()?;
                Node::Dict(entries.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect())
            }
            0x85..=0x87 => {
                let count = usize::from(code - 0x84);
                let mut items = Vec::with_capacity(count);
                for _ in 0..count {
                    items.push(self.pop()?);
                }
                items.reverse();
                Node::Tuple(items)
            }
            b'a' => {
                let item = self.pop()?;
                let list = self.top()?;
                self.walk.values.append(list, &[item]);
                return Ok(());
            }
            b's' => {
                let (value, key) = (self.pop()?, self.pop()?);
                let dict = self.top()?;
                self.walk.values.put(dict, &[key, value]);
                return Ok(());
            }
            b'e' | b'u' | 0x90 => {
                let items = self.since_mark()?;
                let into = self.top()?;
                match code {
                    b'u' => self.walk.values.put(into, &items),
                    _ => self.walk.values.append(into, &items),
                }
                return Ok(());
            }
            _ => {
                self.stack.push(plain(code));
                return Ok(());
            }
        };
        let value = self.walk.values.add(node);
        self.stack.push(value);
        Ok(())
    }

    /// Numbers, texts and bytes.
    pub(super) fn constant(&mut self, code: u8, read: Read) -> Result<Value, Stop> {
        Ok(match (code, read) {
            (b'J', Read::Number(n)) => Value::Int(i32::from_le_bytes(low(n)).into()),
            (b'G', Read::Number(n)) => Value::Float(f64::from_bits(n.swap_bytes())),
            (_, Read::Number(n)) => i64::try_from(n).map_or(Value::Unknown, Value::Int),
            (0x8A | 0x8B, Read::Counted { len, head, .. }) => long(&head, len),
            (b'B' | b'C' | 0x8E | 0x96, Read::Counted { start, len, .. }) => {
                self.walk.values.add(Node::Bytes { start, len })
            }
            (b'T', Read::Counted { start, len, .. }) if len > LONGEST_TEXT => {
                self.walk.values.add(Node::Bytes { start, len })
            }
            (_, Read::Counted { head, .. }) => self.walk.values.add_text(&head),
            (b'I' | b'L', Read::Line(line)) => match whole(&line) {
                Some(value) => value,
                None => return stop("INT with no number"),
            },
            (b'F', Read::Line(line)) => {
                let text = str::from_utf8(&line).unwrap_or_default().trim();
                match text.parse() {
                    Ok(float) => Value::Float(float),
                    Err(_) => return stop("FLOAT with no number"),
                }
            }
            (b'S', Read::Line(line)) => {
                let Some(text) = quoted(&line) else {
                    return stop("STRING without quotes");
                };
                self.walk.values.add_text(&text)
            }
            (_, Read::Line(line)) => {
                let text = unescaped(&line, false);
                self.walk.values.add_text(&text)
            }
            _ => Value::Unknown,
        })
    }
}

/// What stands for itself.
fn plain(code: u8) -> Value {
    match code {
        b'N' => Value::None,
        0x88 => Value::Bool(true),
        0x89 => Value::Bool(false),
        _ => Value::Unknown,
    }
}
