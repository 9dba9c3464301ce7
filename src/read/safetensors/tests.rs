//! Headers that are whole and headers that lie, held against the crate.

use super::*;

const WHOLE: &str = r#"{"w":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}"#;

#[test]
fn a_true_header_is_read_with_offsets_from_the_start_of_the_file() {
    let listing = listed(&file(WHOLE, 16)).expect("true header");
    let start = 8 + WHOLE.len() as u64;
    assert_eq!(listing.file.tensors[0].bytes, Some(start..start + 16));
    assert_eq!(listing.file.tensors[0].elements(), Some(4));
    assert_eq!(listing.oddities, []);
}

#[test]
fn a_header_that_lies_is_told_and_its_tensors_are_listed() {
    check(
        WHOLE,
        12,
        What::ShardTruncated,
        "tensors end at byte 79, the file at byte 75: 1 of 1 tensors are not whole",
    );
    check(
        WHOLE,
        20,
        What::TrailingBytes,
        "tensors end at byte 79, the file at byte 83: 4 bytes are left over",
    );
    check(
        r#"{"w":{"dtype":"F32","shape":[3],"data_offsets":[4,16]}}"#,
        16,
        What::TrailingBytes,
        "4 bytes that no tensor names lie between it and the start of the data",
    );
    check(
        r#"{"w":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},"x":{"dtype":"U8","shape":[2],"data_offsets":[8,10]}}"#,
        16,
        What::TensorOverlap,
        "starts at byte 8 of the data, inside w, which ends at 16",
    );
    check(
        r#"{"w":{"dtype":"F99","shape":[4],"data_offsets":[0,16]}}"#,
        16,
        What::DtypeUnknown,
        "has the element type `F99`, which safetensors does not define",
    );
    check(
        r#"{"w":{"dtype":"F32","shape":[5],"data_offsets":[0,16]}}"#,
        16,
        What::HeaderInvalid,
        "F32 [5] needs 20 bytes, its range has 16",
    );
    check(
        r#"{"w":{"dtype":"U8","shape":[9223372036854775807,9],"data_offsets":[0,0]}}"#,
        0,
        What::HeaderInvalid,
        "has the shape [9223372036854775807, 9], whose elements cannot be counted in 64 bits",
    );
    check(
        r#"{"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#,
        1,
        What::DuplicateName,
        "stands twice: loaders take the last, and never read bytes 0 to 1 of the data",
    );
    check(
        r#"{"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"strides":[1]}}"#,
        1,
        What::HeaderUnusual,
        "has a field `strides` that loaders ignore",
    );
    check(
        r#"{"__metadata__":null,"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#,
        1,
        What::HeaderUnusual,
        "`__metadata__` is null",
    );
    check(
        r#"{"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"x":"#,
        1,
        What::HeaderInvalid,
        "the header breaks off: EOF while parsing a value at line 1 column 57",
    );
}

#[track_caller]
fn check(header: &str, data_len: usize, what: What, saying: &str) {
    let listing = listed(&file(header, data_len)).expect("a listing");
    assert_eq!(
        listing.file.tensors.len(),
        header.matches("dtype").count().min(if what == What::DuplicateName { 1 } else { 9 })
    );
    let first = &listing.oddities[0];
    assert_eq!((first.what, first.saying.as_str()), (what, saying));
}

#[test]
fn what_is_no_header_is_refused_with_both_numbers() {
    refused(&file(WHOLE, 0)[..20], "the header needs 63 bytes, the file has 20");
    refused(b"1234567", "the header needs 8 bytes, the file has 7");
    refused(&u64::MAX.to_le_bytes(), "the header needs 18446744073709551615 bytes, the file has 8");
    refused(&file("nil", 16), "not valid safetensors: expected ident at line 1 column 2");
    refused(&file("\u{e9}", 0)[..9], "the header needs 10 bytes, the file has 9");
}

#[track_caller]
fn refused(bytes: &[u8], refusal: &str) {
    assert_eq!(listed(bytes).expect_err(refusal).to_string(), refusal);
}

#[test]
fn the_element_types_are_those_of_the_crate() {
    for name in DTYPES {
        let quoted = format!("\"{name}\"");
        let dtype: ::safetensors::Dtype = serde_json::from_str(&quoted).expect(name);
        assert_eq!(bits(&Dtype::named(name)), dtype.bitsize() as u64, "{name}");
    }
}

fn listed(bytes: &[u8]) -> Result<Listing, ReadError> {
    read(&Input {
        path: "model.safetensors",
        bytes: &bytes,
        sibling: &|_| None,
    })
}

/// A file made by hand so that it may lie: this header, then `data_len` zero bytes.
fn file(header: &str, data_len: usize) -> Vec<u8> {
    let length = (header.len() as u64).to_le_bytes();
    [&length[..], header.as_bytes(), &vec![0; data_len]].concat()
}

/// Whether our reading of a header refuses it, as the crate must.
fn refuses(bytes: &[u8]) -> bool {
    listed(bytes).map_or(true, |it| it.oddities.iter().any(|it| !ACCEPTED.contains(&it.what)))
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes: Vec<u8>) {
        let _ = listed(&bytes);
    }

    #[test]
    fn no_flip_makes_it_panic_or_part_from_the_crate(at in 0usize..71, to: u8) {
        let mut bytes = file(WHOLE, 16);
        if let Some(byte) = bytes.get_mut(at) { *byte = to; }
        let crates = ::safetensors::SafeTensors::deserialize(&bytes).is_err();
        proptest::prop_assert_eq!(refuses(&bytes), crates);
    }

    #[test]
    fn the_two_readings_agree(
        shape in proptest::collection::vec(0u64..4, 0..3),
        starts in proptest::collection::vec(0u64..9, 1..4),
        lens in proptest::collection::vec(0u64..9, 1..4),
        dtype in proptest::sample::select(vec!["U8", "F32", "F4", "F6_E2M3", "F99", "bf16"]),
        data in 0usize..24,
        null in proptest::bool::ANY,
    ) {
        let mut entries = vec![];
        if null { entries.push(r#""__metadata__":null"#.to_owned()); }
        for (i, (start, len)) in starts.iter().zip(&lens).enumerate() {
            let end = start + len;
            entries.push(format!(
                r#""t{i}":{{"dtype":"{dtype}","shape":{shape:?},"data_offsets":[{start},{end}]}}"#
            ));
        }
        let bytes = file(&format!("{{{}}}", entries.join(",")), data);
        let crates = ::safetensors::SafeTensors::deserialize(&bytes).is_err();
        proptest::prop_assert_eq!(refuses(&bytes), crates);
    }
}
