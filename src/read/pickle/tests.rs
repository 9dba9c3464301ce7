use proptest::prelude::*;

use super::walk;

#[test]
fn imports_and_calls_are_told_and_not_made() {
    check(b"\x80\x02cos\nsystem\nq\x00U\x02lsq\x01\x85q\x02R.", "os.system(\"ls\") @24 text");
    check(b"cposix\nsystem\n(S'l\\x73'\ntR.", "posix.system(\"ls\") @25 text");
    check(b"(ios\nsystem\n.", "os.system() @1");
    check(b"(S'id'\nios\nsystem\n.", "os.system(\"id\") @7 text");
    check(b"(cos\nsystem\nVi\\u0064\no.", "os.system(\"id\") @21 text");
    check(b"\x80\x04\x8c\x02os\x8c\x06system\x93)R.", "os.system() @16");
    check(
        b"\x80\x02coperator\nattrgetter\nU\x01a\x85RK\x01\x85R.",
        "operator.attrgetter(\"a\") @27 text; the result of operator.attrgetter(\"a\")(1) @31",
    );
    check(b"\x80\x02\x82\x07)R.", "extension 7() @5");
    check(b"\x80\x02cc\nC\n)\x81}U\x01aK\x01sb.", "c.C() @8");
    check(b"cc\nC\n)}U\x01kNs\x92.", "c.C() @12");
    check(b"\x80\x04)\x8c\x01m\x93R.", "stopped at 7: the stack is empty");
}

#[test]
fn broken_streams_keep_what_was_found() {
    check(
        b"cos\nsystem\n(S'x'\ntR",
        "os.system(\"x\") @18 text; stopped at 19: an operand ends at byte 20, the file at byte 19",
    );
    check(b"cos\nsystem\n\xff", "stopped at 11: no opcode is 0xff");
    check(b"", "stopped at 0: an operand ends at byte 1, the file at byte 0");
    check(b"h\x07.", "stopped at 0: memo slot 7 was never filled");
    check(b"(0.", "stopped at 2: the stack is empty");
    check(b"t.", "stopped at 0: no mark on the stack");
    check(
        b"X\xff\xff\xff\xffab",
        "stopped at 0: an operand ends at byte 4294967300, the file at byte 7",
    );
    check(
        b"\x8d\xff\xff\xff\xff\xff\xff\xff\xff",
        "stopped at 0: an operand ends at byte 18446744073709551615, the file at byte 9",
    );
    check(b"T\xff\xff\xff\xff", "stopped at 0: BINSTRING with a negative length");
}

#[test]
fn what_loaders_read_differently_is_told() {
    check(
        b"\x80\x04\x95\x02\0\0\0\0\0\0\0\x8c\x03abc.",
        "unusual at 11: SHORT_BINUNICODE ends at byte 16, its frame at 13",
    );
    check(b"\x80\x04\x95\x63\0\0\0\0\0\0\0N.", "unusual at 2: a frame of 99 bytes, 2 are left");
    check(b"Nr\xff\xff\0\0.", "unusual at 1: memo slot 65535, where 0 are in use");
    check(b"NN.", "unusual at 2: 1 values are left on the stack");
    check(b"cos\nsystem\nNb.", "unusual at 12: BUILD on something that no call made");
    check(b"N\x80\x09.", "unusual at 1: PROTO 9 here");
}

#[test]
fn shared_and_circular_values_cost_nothing() {
    let bomb = [b"\x80\x02]".as_slice(), &b"2\x86".repeat(100_000), b"."].concat();
    assert!(walk(&bomb, 0).stopped.is_none());
    let circle = b"]q\x00h\x00acos\nsystem\nh\x00\x85R.".to_vec();
    let summary = walk(&circle, 0).summary(None);
    assert_eq!(summary.calls[0].arguments, "([[…]])");
    let deep = [b"(".repeat(100_000), b"t".repeat(100_000), b".".to_vec()].concat();
    assert!(walk(&deep, 0).stopped.is_none());
}

#[track_caller]
fn check(pickle: &[u8], told: &str) {
    let summary = walk(&pickle.to_vec(), 0).summary(None);
    let calls = summary.calls.iter().map(|call| {
        let text = if call.text { " text" } else { "" };
        format!("{}{} @{}{text}", call.callee, call.arguments.replace(",)", ")"), call.byte)
    });
    let unusual = summary.unusual.iter().map(|(at, saying)| format!("unusual at {at}: {saying}"));
    let stopped = summary.stopped.iter().map(|(at, why)| format!("stopped at {at}: {why}"));
    assert_eq!(calls.chain(unusual).chain(stopped).collect::<Vec<_>>().join("; "), told);
}

proptest! {
    #[test]
    fn any_bytes_are_survived(pickle in prop::collection::vec(any::<u8>(), 0..300)) {
        walk(&pickle, 0).summary(None);
    }

    #[test]
    fn any_opcodes_are_survived(pickle in prop::collection::vec(prop::sample::select(
        b"(.012NQRabd}e)]ltosu\x81\x85\x86\x87\x88\x8f\x90\x91\x92\x93\x94\x97\x98K\x01h\x00q".to_vec(),
    ), 0..300)) {
        walk(&pickle, 0).summary(None);
    }
}
