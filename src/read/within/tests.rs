use std::io::Write as _;

use proptest::prelude::*;

use super::{Seen, look};
use crate::{facts::What, read::tar, source::Bytes};

const EVIL: &[u8] = b"\x80\x02cos\nsystem\nU\x04true\x85R.";

/// What looking into bytes tells: each pickle by its member and first import, then what is odd.
fn told(bytes: &[u8]) -> String {
    let (within, oddities) = look("a.bin", &bytes, Seen::default());
    let pickles = within.pickles.iter().map(|it| {
        let member = it.member.as_deref().unwrap_or("-");
        format!(
            "{member} {}",
            it.globals.first().map_or("nothing".into(), crate::facts::Global::path)
        )
    });
    let odd = oddities.iter().map(|it| format!("{} {}", it.what, it.saying));
    let unopened = within.unopened.iter().map(|it| it.why.clone());
    pickles.chain(odd).chain(unopened).collect::<Vec<_>>().join("; ")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn pickles_are_found_where_they_lie() {
    assert_eq!(told(EVIL), "- os.system");
    assert_eq!(told(&gzip(EVIL)), "gzip os.system");
    assert_eq!(told(&tar::made(&[("a", b"text"), ("x/y", EVIL)])), "x/y os.system");
    assert_eq!(told(&gzip(&tar::made(&[("b", &gzip(EVIL))]))), "gzip/b/gzip os.system");
    assert_eq!(told(b"(S'true'\nios\nsystem\n."), "- os.system");
    assert_eq!(told(b"cat\ndog\nbird\n"), "");
    assert_eq!(told(b"# A text\n"), "");
}

#[test]
fn what_is_not_opened_is_told() {
    let mut nested = EVIL.to_vec();
    for _ in 0..12 {
        nested = gzip(&nested);
    }
    assert_eq!(told(&nested), "an archive 8 archives deep");
    assert_eq!(told(b"\x1f\x8b\x08\0broken"), "packed as gzip, and cannot be unpacked");
    let bomb = gzip(&[EVIL, &vec![0; 80 << 20]].concat());
    let told = told(&bomb);
    assert!(told.contains("archive-bomb unpacks to more than 67108864 bytes"), "{told}");
    assert!(told.starts_with("gzip os.system"), "{told}");
}

#[test]
fn what_stands_behind_the_end_is_named() {
    let bytes = [&b"\0\0\0\0weights"[..], EVIL].concat();
    let seen = Seen {
        rest: Some(11),
        read: true,
        ..Seen::default()
    };
    let (within, oddities) = look("a.safetensors", &bytes, seen);
    assert_eq!(oddities[0].what, What::Polyglot);
    assert_eq!(oddities[0].saying, "a pickle stands behind the end");
    assert_eq!(within.pickles[0].globals[0].path(), "os.system");
}

proptest! {
    #[test]
    fn any_bytes_are_survived(noise in prop::collection::vec(any::<u8>(), 0..300), front in 0usize..9) {
        let fronts: [&[u8]; 9] = [b"", b"PK\x03\x04", b"\x1f\x8b\x08", b"\x78\x9c", b"BZh91AY", b"\xfd7zXZ\0", b"\x5d\0\0", b"\x04\x22\x4d\x18", b"\x28\xb5\x2f\xfd"];
        let bytes = [fronts[front], &noise].concat();
        prop_assert!(Bytes::len(&bytes) >= noise.len() as u64);
        told(&bytes);
    }
}
