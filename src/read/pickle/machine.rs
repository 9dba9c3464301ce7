//! The walk itself: one step an opcode.

use std::ops::Range;

use super::{
    joblib,
    memo::Memo,
    opcodes::{Operand, Row, opcode},
    texts::{long, low, quoted, unescaped, whole},
    values::{Call, LONGEST_TEXT, Node, Value, Values},
};
use crate::{
    facts::Extension,
    read::{ReadError, cursor::Cursor},
    source::Bytes,
};

/// The longest line of the old protocols that is read.
const LONGEST_LINE: u64 = 1 << 20;
/// The most values on the stack.
const DEEPEST: usize = 1 << 24;
/// The most oddities of one stream that are told.
const MOST_UNUSUAL: usize = 32;

/// A pickle, walked.
#[derive(Debug, Default)]
pub(in crate::read) struct Walk {
    /// Where its first opcode lies.
    pub(in crate::read) start: u64,
    /// The first byte after it, or after the last opcode that was understood.
    pub(in crate::read) end: u64,
    /// As `PROTO` tells it.
    pub(in crate::read) protocol: Option<u8>,
    /// What it builds: what `STOP` left, or, where it was not reached, what lay lowest on the stack.
    pub(in crate::read) root: Value,
    /// All that it builds.
    pub(in crate::read) values: Values,
    /// Codes that stand for globals.
    pub(in crate::read) extensions: Vec<Extension>,
    /// What loaders may read differently, and where.
    pub(in crate::read) unusual: Vec<(u64, String)>,
    /// Why its end was not reached, and at which byte.
    pub(in crate::read) stopped: Option<(u64, String)>,
    /// How it ended.
    pub(in crate::read) ending: Ending,
    /// Which opcodes stand in it.
    pub(in crate::read) used: Vec<u8>,
    /// Arrays that joblib wrote into its midst, from the start of the file (or member).
    pub(in crate::read) arrays: Vec<Range<u64>>,
    /// Pickles that joblib wrote into its midst, as it does with arrays of objects.
    pub(in crate::read) inner: Vec<Walk>,
}

/// How a walk came to its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::read) enum Ending {
    /// With `STOP`.
    #[default]
    Whole,
    /// With something that no unpickler follows.
    Broken,
    /// With the end of the bytes, in the midst.
    Short,
    /// With the last opcode that a trial reads: all of them were sound.
    GivenUp,
}

/// How a stream is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    /// As joblib reads it, which differs only where it stands behind joblib's own objects; so many
    /// pickles deep.
    Joblib(u8),
    /// Every byte an opcode, as `pickle.load` reads it.
    Plain,
    /// The same, and given up after so many opcodes: bytes that may be a pickle, and seldom are.
    Trial(u32),
}

/// Pickles in pickles, as joblib writes them, are followed so deep.
const DEEPEST_INNER: u8 = 8;

/// Walks the pickle that starts at `start`, to its `STOP` or to the first opcode that an unpickler
/// would choke on. What was found before that stays found.
pub(in crate::read) fn walk(bytes: &dyn Bytes, start: u64) -> Walk {
    read_as(bytes, start, Reading::Joblib(0))
}

/// The same, with every byte taken for an opcode: what a loader does that knows nothing of joblib.
pub(super) fn walk_plain(bytes: &dyn Bytes, start: u64) -> Walk {
    read_as(bytes, start, Reading::Plain)
}

/// The same, for bytes that most likely are none: given up early.
pub(in crate::read) fn trial(bytes: &dyn Bytes, start: u64) -> Walk {
    read_as(bytes, start, Reading::Trial(TRIED))
}

/// Opcodes that are read of what may be no pickle.
const TRIED: u32 = 20_000;

fn read_as(bytes: &dyn Bytes, start: u64, reading: Reading) -> Walk {
    let mut machine = Machine {
        bytes,
        reading,
        cursor: Cursor::new(bytes, start),
        walk: Walk { start, end: start, ..Walk::default() },
        stack: Vec::new(),
        marks: Vec::new(),
        memo: Memo::default(),
        frame: None,
        used: [false; 256],
    };
    loop {
        let at = machine.cursor.at();
        match machine.step(at) {
            Ok(false) => machine.walk.end = machine.cursor.at(),
            Ok(true) => {
                machine.walk.end = machine.cursor.at();
                break;
            }
            Err(Stop(ending, reason)) => {
                machine.walk.root = machine.stack.first().copied().unwrap_or_default();
                machine.walk.stopped = Some((at, reason));
                machine.walk.ending = ending;
                break;
            }
        }
    }
    let used = machine.used;
    machine.walk.used = (0..=u8::MAX).filter(|code| used[usize::from(*code)]).collect();
    machine.walk
}

/// How an opcode ended the walk, and why, in a clause.
struct Stop(Ending, String);

impl From<ReadError> for Stop {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::HeaderCutShort { needed, len } => {
                let reason = format!("an operand ends at byte {needed}, the file at byte {len}");
                Self(Ending::Short, reason)
            }
            other => Self(Ending::Broken, other.to_string()),
        }
    }
}

fn empty() -> Stop {
    Stop(Ending::Broken, "the stack is empty".to_owned())
}

fn stop<T>(reason: impl Into<String>) -> Result<T, Stop> {
    Err(Stop(Ending::Broken, reason.into()))
}

/// An opcode's operand.
enum Read {
    Nothing,
    Number(u64),
    Line(Vec<u8>),
    Lines(Vec<u8>, Vec<u8>),
    /// Where the bytes lie, and the first of them.
    Counted {
        start: u64,
        len: u64,
        head: Vec<u8>,
    },
}

struct Machine<'a> {
    bytes: &'a dyn Bytes,
    reading: Reading,
    cursor: Cursor<'a>,
    walk: Walk,
    stack: Vec<Value>,
    /// How high the stack was at each mark.
    marks: Vec<usize>,
    memo: Memo,
    /// Where the current frame ends.
    frame: Option<u64>,
    used: [bool; 256],
}

impl Machine<'_> {
    /// One opcode; says whether it was the last.
    fn step(&mut self, at: u64) -> Result<bool, Stop> {
        let code = self.cursor.byte()?;
        let Some(row) = opcode(code) else {
            return stop(format!("no opcode is 0x{code:02x}"));
        };
        if let Reading::Trial(left) = &mut self.reading {
            let Some(fewer) = left.checked_sub(1) else {
                return Err(Stop(Ending::GivenUp, format!("{TRIED} opcodes were read")));
            };
            *left = fewer;
        }
        let read = self.operand(row)?;
        self.used[usize::from(code)] = true;
        if let Some(frame) = self.frame.filter(|frame| *frame < self.cursor.at()) {
            if at < frame {
                let end = self.cursor.at();
                self.unusual(at, format!("{} ends at byte {end}, its frame at {frame}", row.name));
            }
            self.frame = None;
        }
        if code == b'.' {
            self.walk.root = self.pop()?;
            let left = self.stack.len();
            if left > 0 {
                self.unusual(at, format!("{left} values are left on the stack"));
            }
            return Ok(true);
        }
        self.act(at, row, read)?;
        if self.stack.len() + self.marks.len() > DEEPEST {
            return stop(format!("more than {DEEPEST} values on the stack"));
        }
        Ok(false)
    }

    fn operand(&mut self, row: &Row) -> Result<Read, Stop> {
        Ok(match row.operand {
            Operand::Nothing => Read::Nothing,
            Operand::Number(width) => Read::Number(self.number(width)?),
            Operand::Line => Read::Line(self.line()?),
            Operand::Lines => Read::Lines(self.line()?, self.line()?),
            Operand::Counted(width) => {
                let len = self.number(width)?;
                if width == 4 && len > i32::MAX as u64 && matches!(row.code, b'T' | 0x8B) {
                    return stop(format!("{} with a negative length", row.name));
                }
                let start = self.cursor.at();
                let head = self.cursor.copy_up_to(len, LONGEST_TEXT)?;
                Read::Counted { start, len, head }
            }
        })
    }

    fn number(&mut self, width: u8) -> Result<u64, Stop> {
        Ok(match width {
            1 => self.cursor.byte()?.into(),
            2 => u16::from_le_bytes(self.cursor.array()?).into(),
            4 => u32::from_le_bytes(self.cursor.array()?).into(),
            _ => u64::from_le_bytes(self.cursor.array()?),
        })
    }

    fn line(&mut self) -> Result<Vec<u8>, Stop> {
        match self.cursor.line(LONGEST_LINE)? {
            Some(line) => Ok(line),
            None => stop(format!("a line of more than {LONGEST_LINE} bytes")),
        }
    }

    fn act(&mut self, at: u64, row: &Row, read: Read) -> Result<(), Stop> {
        match (row.code, read) {
            (b'(', _) => self.marks.push(self.stack.len()),
            (b'0', _) if self.marks.last() == Some(&self.stack.len()) => {
                self.marks.pop();
            }
            (b'0', _) => {
                self.pop()?;
            }
            (b'1', _) => {
                self.since_mark()?;
            }
            (b'2', _) => {
                let top = self.top()?;
                self.stack.push(top);
            }
            (0x80, Read::Number(protocol)) => self.protocol(at, protocol),
            (0x95, Read::Number(len)) => self.begin_frame(at, len),
            (0x94, _) => {
                let top = self.top()?;
                self.memo.put(self.memo.len(), top);
            }
            (b'q' | b'r', Read::Number(slot)) => self.put(at, slot)?,
            (b'p', Read::Line(line)) => self.put(at, slot(&line)?)?,
            (b'h' | b'j', Read::Number(slot)) => self.get(slot)?,
            (b'g', Read::Line(line)) => self.get(slot(&line)?)?,
            (0x97, _) => self.stack.push(Value::Unknown),
            (0x98, _) => {
                self.top()?;
            }
            (b'c' | b'i' | b'o' | b'R' | b'b' | b'P' | b'Q' | 0x81..=0x84 | 0x92 | 0x93, read) => {
                self.object(at, row, read)?;
            }
            (_, Read::Nothing) => self.container(row.code)?,
            (_, read) => {
                let value = self.constant(row.code, read)?;
                self.stack.push(value);
            }
        }
        Ok(())
    }

    fn protocol(&mut self, at: u64, protocol: u64) {
        let protocol = u8::try_from(protocol).unwrap_or(u8::MAX);
        if at != self.walk.start || protocol > 5 {
            self.unusual(at, format!("PROTO {protocol} here"));
        }
        self.walk.protocol = self.walk.protocol.max(Some(protocol));
    }

    fn begin_frame(&mut self, at: u64, len: u64) {
        if self.frame.is_some_and(|frame| frame > self.cursor.at()) {
            self.unusual(at, "a frame inside a frame".to_owned());
        }
        if len > self.cursor.left() {
            let left = self.cursor.left();
            self.unusual(at, format!("a frame of {len} bytes, {left} are left"));
        }
        self.frame = Some(self.cursor.at().saturating_add(len));
    }

    fn put(&mut self, at: u64, slot: u64) -> Result<(), Stop> {
        let top = self.top()?;
        if slot > self.memo.len().saturating_mul(2).saturating_add(256) {
            let held = self.memo.len();
            self.unusual(at, format!("memo slot {slot}, where {held} are in use"));
        }
        self.memo.put(slot, top);
        Ok(())
    }

    fn get(&mut self, slot: u64) -> Result<(), Stop> {
        match self.memo.get(slot) {
            Some(value) => {
                self.stack.push(value);
                Ok(())
            }
            None => stop(format!("memo slot {slot} was never filled")),
        }
    }

    /// Imports, calls, and what is asked for by an id.
    fn object(&mut self, at: u64, row: &Row, read: Read) -> Result<(), Stop> {
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
                let (byte, opcode) = (at, row.name);
                self.walk.values.add_call(Call {
                    byte,
                    opcode,
                    callee,
                    arguments,
                    filled: None,
                })
            }
            (0x92, _) => {
                let (keywords, arguments, callee) = (self.pop()?, self.pop()?, self.pop()?);
                let filled =
                    Some(Box::new(super::values::Filled { keywords, ..Default::default() }));
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
        self.walk.values.add_call(Call {
            byte,
            opcode,
            callee,
            arguments,
            filled: None,
        })
    }

    /// What is made of other values.
    fn container(&mut self, code: u8) -> Result<(), Stop> {
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
    fn constant(&mut self, code: u8, read: Read) -> Result<Value, Stop> {
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

    /// The height that may not be gone below.
    fn fence(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }

    fn pop(&mut self) -> Result<Value, Stop> {
        if self.stack.len() <= self.fence() {
            return stop("the stack is empty");
        }
        self.stack.pop().ok_or_else(empty)
    }

    fn top(&self) -> Result<Value, Stop> {
        let top = self.stack.last().filter(|_| self.stack.len() > self.fence());
        top.copied().ok_or_else(empty)
    }

    fn since_mark(&mut self) -> Result<Vec<Value>, Stop> {
        match self.marks.pop() {
            Some(mark) => Ok(self.stack.split_off(mark.min(self.stack.len()))),
            None => stop("no mark on the stack"),
        }
    }

    fn unusual(&mut self, at: u64, saying: String) {
        if self.walk.unusual.len() < MOST_UNUSUAL {
            self.walk.unusual.push((at, saying));
        }
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

/// A memo slot written in digits.
fn slot(line: &[u8]) -> Result<u64, Stop> {
    let number = str::from_utf8(line).ok().and_then(|text| text.trim().parse().ok());
    number.ok_or_else(|| Stop(Ending::Broken, "a memo slot that is no number".to_owned()))
}
