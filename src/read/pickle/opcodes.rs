//! The opcodes of all pickle protocols, 0 to 5: a row each.

/// What stands behind an opcode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operand {
    Nothing,
    /// So many bytes, a little-endian number.
    Number(u8),
    /// Text up to a line feed.
    Line,
    /// Two of them.
    Lines,
    /// A length of so many bytes, then that many bytes.
    Counted(u8),
}

/// One opcode.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) code: u8,
    pub(super) name: &'static str,
    pub(super) operand: Operand,
}

use Operand::{Counted, Line, Lines, Nothing, Number};

#[rustfmt::skip]
const ROWS: &[Row] = &[
    row(b'(', "MARK", Nothing), row(b'.', "STOP", Nothing), row(b'0', "POP", Nothing),
    row(b'1', "POP_MARK", Nothing), row(b'2', "DUP", Nothing), row(b'F', "FLOAT", Line),
    row(b'I', "INT", Line), row(b'J', "BININT", Number(4)), row(b'K', "BININT1", Number(1)),
    row(b'L', "LONG", Line), row(b'M', "BININT2", Number(2)), row(b'N', "NONE", Nothing),
    row(b'P', "PERSID", Line), row(b'Q', "BINPERSID", Nothing), row(b'R', "REDUCE", Nothing),
    row(b'S', "STRING", Line), row(b'T', "BINSTRING", Counted(4)),
    row(b'U', "SHORT_BINSTRING", Counted(1)), row(b'V', "UNICODE", Line),
    row(b'X', "BINUNICODE", Counted(4)), row(b'a', "APPEND", Nothing), row(b'b', "BUILD", Nothing),
    row(b'c', "GLOBAL", Lines), row(b'd', "DICT", Nothing), row(b'}', "EMPTY_DICT", Nothing),
    row(b'e', "APPENDS", Nothing), row(b'g', "GET", Line), row(b'h', "BINGET", Number(1)),
    row(b'i', "INST", Lines), row(b'j', "LONG_BINGET", Number(4)), row(b'l', "LIST", Nothing),
    row(b']', "EMPTY_LIST", Nothing), row(b'o', "OBJ", Nothing), row(b'p', "PUT", Line),
    row(b'q', "BINPUT", Number(1)), row(b'r', "LONG_BINPUT", Number(4)),
    row(b's', "SETITEM", Nothing), row(b't', "TUPLE", Nothing), row(b')', "EMPTY_TUPLE", Nothing),
    row(b'u', "SETITEMS", Nothing), row(b'G', "BINFLOAT", Number(8)),
    row(0x80, "PROTO", Number(1)), row(0x81, "NEWOBJ", Nothing), row(0x82, "EXT1", Number(1)),
    row(0x83, "EXT2", Number(2)), row(0x84, "EXT4", Number(4)), row(0x85, "TUPLE1", Nothing),
    row(0x86, "TUPLE2", Nothing), row(0x87, "TUPLE3", Nothing), row(0x88, "NEWTRUE", Nothing),
    row(0x89, "NEWFALSE", Nothing), row(0x8A, "LONG1", Counted(1)), row(0x8B, "LONG4", Counted(4)),
    row(b'B', "BINBYTES", Counted(4)), row(b'C', "SHORT_BINBYTES", Counted(1)),
    row(0x8C, "SHORT_BINUNICODE", Counted(1)), row(0x8D, "BINUNICODE8", Counted(8)),
    row(0x8E, "BINBYTES8", Counted(8)), row(0x8F, "EMPTY_SET", Nothing),
    row(0x90, "ADDITEMS", Nothing), row(0x91, "FROZENSET", Nothing),
    row(0x92, "NEWOBJ_EX", Nothing), row(0x93, "STACK_GLOBAL", Nothing),
    row(0x94, "MEMOIZE", Nothing), row(0x95, "FRAME", Number(8)),
    row(0x96, "BYTEARRAY8", Counted(8)), row(0x97, "NEXT_BUFFER", Nothing),
    row(0x98, "READONLY_BUFFER", Nothing),
];

const fn row(code: u8, name: &'static str, operand: Operand) -> Row {
    Row { code, name, operand }
}

/// The rows by their code.
static BY_CODE: [Option<&Row>; 256] = {
    let mut by_code = [None; 256];
    let mut at = 0;
    while at < ROWS.len() {
        by_code[ROWS[at].code as usize] = Some(&ROWS[at]);
        at += 1;
    }
    by_code
};

/// The opcode of this code; `None` where there is none.
pub(super) fn opcode(code: u8) -> Option<&'static Row> {
    BY_CODE[usize::from(code)]
}

/// Whether a byte is an opcode: how a pickle may begin.
pub(in crate::read) fn is_opcode(code: u8) -> bool {
    opcode(code).is_some()
}
