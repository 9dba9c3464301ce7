//! The walk itself: one step an opcode.

mod containers;
mod objects;

use std::ops::Range;

use super::{
    memo::Memo,
    opcodes::{Operand, Row, opcode},
    values::{LONGEST_TEXT, Value, Values},
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

/// A memo slot written in digits.
fn slot(line: &[u8]) -> Result<u64, Stop> {
    let number = str::from_utf8(line).ok().and_then(|text| text.trim().parse().ok());
    number.ok_or_else(|| Stop(Ending::Broken, "a memo slot that is no number".to_owned()))
}
