use proptest::prelude::*;

use super::{
    made::{Lies, Made},
    *,
};

#[test]
fn whole_archives_have_nothing_odd() {
    check(Made::default(), "", &[]);
    check(Made::default().with("a", b"123").with("b/c", b""), "a=123 b/c=", &[]);
    let streamed = Lies { streamed: true, ..Lies::default() };
    check(Made::default().lying("a", b"123", &streamed), "a=123", &[]);
    let deflated = Lies { deflated: true, ..Lies::default() };
    check(
        Made::default().lying("a", &[b'x'; 40], &deflated),
        &format!("a={}", "x".repeat(40)),
        &[],
    );
}

#[test]
fn archives_that_contradict_themselves_are_read_and_told() {
    let lie = |lies: Lies| Made::default().lying("a", b"123", &lies);
    check(
        lie(Lies { local_name: Some("b"), ..Lies::default() }),
        "a=123",
        &["ArchiveInconsistent: the name is \"b\" in the local header, \"a\" in the directory"],
    );
    check(
        lie(Lies { flags: 1, ..Lies::default() }),
        "a=123",
        &[
            "ArchiveInconsistent: marked as encrypted; a loader that pays no heed to the mark takes its bytes as they are",
        ],
    );
    check(
        lie(Lies { crc32: Some(7), ..Lies::default() }),
        "a=123 (CRC-32 is 884863d2, the archive tells of 00000007)",
        &[],
    );
    check(
        lie(Lies { len: Some(9), ..Lies::default() }),
        "a=123 (3 bytes, the archive tells of 9)",
        &[],
    );
    check(
        lie(Lies { header: Some(900), ..Lies::default() }),
        "a= (cut short after 0 of 3 bytes)",
        &["ArchiveInconsistent: no local header where the central directory of 103 leads"],
    );
    check(
        Made::default().with("a", b"1").with("a", b"2"),
        "a=1 a=2",
        &["DuplicateName: a member of this name stands at byte 0 too"],
    );
    check(
        Made::default().with("../a", b"1"),
        "../a=1",
        &["PathEscapes: a name that leads out of the archive's folder"],
    );
    check(
        Made::default().with("a", b"123").stray(&[7; 50]).with("b", b"4"),
        "a=123 b=4",
        &["ArchiveInconsistent: 50 bytes between two members"],
    );
}

#[test]
fn members_that_share_bytes_are_told() {
    let lies = Lies { header: Some(0), ..Lies::default() };
    let shared = Made::default().with("a", b"123").lying("a", b"123", &lies).done();
    let (members, oddities) = read(&shared);
    assert_eq!(members, "a=123 a=123");
    assert_eq!(oddities[0], "ArchiveBomb: starts before byte 34, where `a` ends");
}

#[test]
fn bytes_around_an_archive_are_told() {
    let whole = Made::default().with("a", b"123").done();
    let before = [b"MZ-a-program".as_slice(), &whole].concat();
    let (members, oddities) = read(&before);
    assert_eq!(members, "a=123");
    assert_eq!(
        oddities,
        ["ArchiveInconsistent: 12 bytes that the archive's own offsets do not count"]
    );
    let after = [whole.as_slice(), b"more"].concat();
    let (members, oddities) = read(&after);
    assert_eq!(members, "a=123");
    assert_eq!(oddities, ["TrailingBytes: 4 bytes after the end record, which tells of 0"]);
}

#[test]
fn an_archive_cut_short_is_walked_from_its_start() {
    let lies = Lies { streamed: true, ..Lies::default() };
    let streamed = Made::default().lying("a", b"123", &lies).with("b", b"4567").done();
    let (members, oddities) = read(&streamed[..83]);
    assert_eq!(members, "a=123 b=45 (cut short after 2 of 4 bytes)");
    assert_eq!(oddities.len(), 2, "{oddities:?}");
    assert_eq!(
        oddities[0],
        "ShardTruncated: no central directory; 2 members by their own headers, up to byte 83 of 83"
    );
    assert_eq!(Zip::names(&streamed[..83].to_vec()), ["a", "b"]);
}

#[test]
fn no_more_is_inflated_than_was_asked_for() {
    let deflated = Lies { deflated: true, ..Lies::default() };
    let bomb = Made::default().lying("a", &vec![0; 1 << 20], &deflated).done();
    let zip = Zip::read("a.zip", &bomb).unwrap();
    let refusal = zip.members[0].unpack(&bomb, 1 << 10).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "a member of an archive of 1025 bytes is more than the 1024 that are read"
    );
}

/// The members with their contents, and the oddities.
fn read(archive: &[u8]) -> (String, Vec<String>) {
    let archive = archive.to_vec();
    let zip = Zip::read("a.zip", &archive).unwrap();
    let members: Vec<String> = zip
        .members
        .iter()
        .map(|member| {
            let unpacked = member.unpack(&archive, 1 << 20).unwrap();
            let wrong = unpacked.wrong.map(|wrong| format!(" ({wrong})")).unwrap_or_default();
            format!("{}={}{wrong}", member.name, String::from_utf8_lossy(&unpacked.bytes))
        })
        .collect();
    let tell = |oddity: Oddity| format!("{:?}: {}", oddity.what, oddity.saying);
    (members.join(" "), zip.oddities.into_iter().map(tell).collect())
}

#[track_caller]
fn check(made: Made, members: &str, oddities: &[&str]) {
    assert_eq!(
        read(&made.done()),
        (members.to_owned(), oddities.iter().map(ToString::to_string).collect())
    );
}

fn good() -> Vec<u8> {
    let streamed = Lies { streamed: true, ..Lies::default() };
    let deflated = Lies { deflated: true, ..Lies::default() };
    Made::default()
        .lying("a/data.pkl", b"123456", &streamed)
        .lying("b", b"77777777", &deflated)
        .done()
}

/// Reads all there is, whatever it says.
fn survive(archive: &[u8]) {
    let archive = &archive.to_vec();
    Zip::names(archive);
    if let Ok(zip) = Zip::read("a.zip", archive) {
        for member in &zip.members {
            member.window(archive);
            let _ = member.unpack(archive, 1 << 16);
        }
    }
}

#[test]
fn each_cut_is_survived() {
    let good = good();
    (0..good.len()).for_each(|len| survive(&good[..len]));
}

proptest! {
    #[test]
    fn any_flips_are_survived(flips in prop::collection::vec((0..300usize, any::<u8>()), 1..6)) {
        let mut archive = good();
        for (at, byte) in flips {
            let at = at % archive.len();
            archive[at] = byte;
        }
        survive(&archive);
    }

    #[test]
    fn any_bytes_are_survived(archive in prop::collection::vec(any::<u8>(), 0..200)) {
        survive(&[b"PK\x03\x04".as_slice(), &archive].concat());
        survive(&[&archive, b"PK\x05\x06\0\0\0\0\x01\0\x01\0".as_slice(), &[0; 40]].concat());
    }
}
