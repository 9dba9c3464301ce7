#![expect(clippy::cast_precision_loss, reason = "as in the code under test")]

use proptest::prelude::*;

use super::*;

/// All of `bytes` in pieces of `cut` bytes.
fn summed(dtype: &str, bytes: &[u8], cut: usize) -> Statistics {
    let mut tally = Tally::new(Decoder::for_dtype(dtype).unwrap());
    bytes.chunks(cut).for_each(|piece| tally.update(piece));
    tally.finish()
}

/// One element by itself, with no arithmetic shared with the code under test but `narrow`.
fn element(dtype: &str, bytes: &[u8]) -> f64 {
    let bytes = |len: usize| {
        <[u8; 8]>::try_from([bytes, &[0; 8]].concat()[..8].to_vec()).unwrap()[..len].to_vec()
    };
    match dtype {
        "F64" => f64::from_le_bytes(bytes(8).try_into().unwrap()),
        "F32" => f32::from_le_bytes(bytes(4).try_into().unwrap()).into(),
        "I64" => i64::from_le_bytes(bytes(8).try_into().unwrap()) as f64,
        "U64" => u64::from_le_bytes(bytes(8).try_into().unwrap()) as f64,
        "I32" => i32::from_le_bytes(bytes(4).try_into().unwrap()).into(),
        "U32" => u32::from_le_bytes(bytes(4).try_into().unwrap()).into(),
        _ => {
            let decoder = Decoder::for_dtype(dtype).unwrap();
            let low = u16::from_le_bytes(bytes(2).try_into().unwrap());
            decoder.narrow(if decoder.element_len() == 1 {
                low & 0xff
            } else {
                low
            })
        }
    }
}

const DTYPES: [&str; 18] = [
    "F64",
    "F32",
    "F16",
    "BF16",
    "F8_E4M3",
    "F8_E5M2",
    "F8_E8M0",
    "F8_E4M3FNUZ",
    "F8_E5M2FNUZ",
    "I8",
    "I16",
    "I32",
    "I64",
    "U8",
    "U16",
    "U32",
    "U64",
    "BOOL",
];

/// Against sums in the textbook's two passes, and the same bits however the bytes are cut.
#[track_caller]
fn check(dtype: &str, bytes: &[u8], cut: usize) {
    let statistics = summed(dtype, bytes, cut);
    assert_eq!(statistics, summed(dtype, bytes, usize::MAX), "{dtype} cut at {cut}");
    let len = Decoder::for_dtype(dtype).unwrap().element_len();
    let elements: Vec<f64> = bytes.chunks_exact(len).map(|bytes| element(dtype, bytes)).collect();
    let count = |fits: fn(&f64) -> bool| elements.iter().filter(|value| fits(value)).count() as u64;
    let counted = [statistics.zeros, statistics.nan, statistics.inf];
    let is_zero = |value: &f64| *value == 0.0;
    assert_eq!(
        counted,
        [
            count(is_zero),
            count(|v| v.is_nan()),
            count(|v| v.is_infinite())
        ],
        "{dtype}"
    );
    let finite: Vec<f64> = elements.into_iter().filter(|value| value.is_finite()).collect();
    let mean = finite.iter().map(|value| value / finite.len() as f64).sum::<f64>();
    let scaled = |value: &f64| ((value - mean) / (finite.len() as f64).sqrt()).powi(2);
    let std = finite.iter().map(scaled).sum::<f64>().sqrt();
    let least = finite.iter().copied().reduce(f64::min).unwrap_or(f64::NAN);
    let greatest = finite.iter().copied().reduce(f64::max).unwrap_or(f64::NAN);
    let size = least.abs().max(greatest.abs());
    let near = |one: f64, other: f64| {
        (one - other).abs() <= 1e-10 * size || finite.is_empty() && one.is_nan() || size > 1e150
    };
    assert!(finite.is_empty() || (least, greatest) == (statistics.min, statistics.max), "{dtype}");
    assert!(near(statistics.mean, mean), "{dtype}: mean {} for {mean}", statistics.mean);
    assert!(near(statistics.std, std), "{dtype}: std {} for {std}", statistics.std);
}

#[test]
fn no_elements_have_no_mean() {
    for dtype in DTYPES {
        check(dtype, &[], 1);
    }
}

#[test]
fn a_large_mean_does_not_eat_the_deviation() {
    let bytes: Vec<u8> =
        (0..10_000).flat_map(|at| (1e8_f64 + f64::from(at % 2)).to_le_bytes()).collect();
    let statistics = summed("F64", &bytes, 777);
    assert!((statistics.mean - 1e8 - 0.5).abs() < 1e-7);
    assert!((statistics.std - 0.5).abs() < 1e-9, "{}", statistics.std);
}

#[test]
fn halves_come_out_alike_from_both_decoders() {
    let decoder = Decoder::for_dtype("F16").unwrap();
    for bits in 0..=u16::MAX {
        let (one, other) = (decoder.narrow(bits), f64::from(decode::f16_to_f32(bits)));
        assert!(one.to_bits() == other.to_bits() || one.is_nan() && other.is_nan(), "{bits:04x}");
    }
}

#[test]
fn bytes_the_other_way_round_are_the_same_elements() {
    let bytes: Vec<u8> = (0..40_000_u32).map(|at| (at * 7 % 253).to_le_bytes()[0]).collect();
    for dtype in DTYPES {
        let decoder = Decoder::for_dtype(dtype).unwrap();
        let elements = bytes.chunks_exact(decoder.element_len());
        let turned: Vec<u8> = elements.flat_map(|element| element.iter().rev().copied()).collect();
        let mut tally = Tally::new(decoder.big_endian());
        tally.update(&turned);
        assert_eq!(tally.finish(), summed(dtype, &bytes, usize::MAX), "{dtype}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_bytes_come_to_what_the_textbook_says(
        bytes in prop::collection::vec(any::<u8>(), 0..20_000), cut in 1_usize..9000, repeat in 1_usize..3,
    ) {
        for dtype in DTYPES {
            check(dtype, &bytes.repeat(repeat), cut);
        }
    }
}
