//! Elements of every type, one by one, from their bits to `f64`.

/// How to read the elements of a tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decoder {
    pub(super) element: Element,
    pub(super) big_endian: bool,
}

/// An element type, each element a whole number of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Element {
    F64,
    F32,
    F16,
    Bf16,
    F8E4m3,
    F8E5m2,
    F8E8m0,
    F8E4m3Fnuz,
    F8E5m2Fnuz,
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
    Bool,
}

/// Every element type, as safetensors spells it.
const NAMES: [(&str, Element); 18] = [
    ("F64", Element::F64),
    ("F32", Element::F32),
    ("F16", Element::F16),
    ("BF16", Element::Bf16),
    ("F8_E4M3", Element::F8E4m3),
    ("F8_E5M2", Element::F8E5m2),
    ("F8_E8M0", Element::F8E8m0),
    ("F8_E4M3FNUZ", Element::F8E4m3Fnuz),
    ("F8_E5M2FNUZ", Element::F8E5m2Fnuz),
    ("I8", Element::I8),
    ("I16", Element::I16),
    ("I32", Element::I32),
    ("I64", Element::I64),
    ("U8", Element::U8),
    ("U16", Element::U16),
    ("U32", Element::U32),
    ("U64", Element::U64),
    ("BOOL", Element::Bool),
];

impl Decoder {
    /// The decoder for a dtype as safetensors spells it, little-endian. `None` for types that are
    /// not one number in whole bytes: packed 4 and 6 bits, complex, quantized blocks, unknown.
    pub fn for_dtype(dtype: &str) -> Option<Self> {
        let (_, element) = *NAMES.iter().find(|(name, _)| *name == dtype)?;
        Some(Self { element, big_endian: false })
    }

    /// The same type with the bytes of each element the other way round.
    #[must_use]
    pub fn big_endian(self) -> Self {
        Self { big_endian: true, ..self }
    }

    /// The dtype that it was made for; of a big-endian one with that said.
    pub(in crate::digest) fn name(self) -> String {
        let row = NAMES.iter().find(|(_, element)| *element == self.element);
        let name = row.map_or("", |(name, _)| name);
        format!("{name}{}", if self.big_endian { " big-endian" } else { "" })
    }

    /// How many bytes an element takes: 1, 2, 4 or 8.
    pub fn element_len(self) -> usize {
        match self.element {
            Element::F64 | Element::I64 | Element::U64 => 8,
            Element::F32 | Element::I32 | Element::U32 => 4,
            Element::F16 | Element::Bf16 | Element::I16 | Element::U16 => 2,
            _ => 1,
        }
    }

    /// An element of at most 16 bits, given as the little-endian number that its bytes make.
    pub(super) fn narrow(self, bits: u16) -> f64 {
        let bits = if self.big_endian && self.element_len() == 2 {
            bits.swap_bytes()
        } else {
            bits
        };
        let [byte, _] = bits.to_le_bytes();
        match self.element {
            Element::F16 => f16(bits),
            Element::Bf16 => f32::from_bits(u32::from(bits) << 16).into(),
            Element::I16 => bits.cast_signed().into(),
            Element::U16 => bits.into(),
            Element::F8E4m3 => f8_e4m3(byte),
            // The upper half of an F16, the bits and their meaning alike.
            Element::F8E5m2 => f16(u16::from(byte) << 8),
            Element::F8E8m0 => f8_e8m0(byte),
            Element::F8E4m3Fnuz => fnuz(byte, 3, 8),
            Element::F8E5m2Fnuz => fnuz(byte, 2, 16),
            Element::I8 => byte.cast_signed().into(),
            Element::Bool => f64::from(byte != 0),
            _ => byte.into(),
        }
    }
}

/// Elements as numbers, in their order; bytes that are no whole element are left out. Whole numbers
/// beyond 2⁵³ are rounded.
#[expect(clippy::cast_precision_loss, reason = "as is said above")]
pub(in crate::digest) fn values(decoder: Decoder, bytes: &[u8], into: &mut Vec<f64>) {
    fn each<const N: usize>(
        decoder: Decoder,
        bytes: &[u8],
        into: &mut Vec<f64>,
        value: impl Fn([u8; N]) -> f64,
    ) {
        let (elements, _) = bytes.as_chunks::<N>();
        if decoder.big_endian {
            into.extend(elements.iter().map(|element| {
                let mut turned = *element;
                turned.reverse();
                value(turned)
            }));
        } else {
            into.extend(elements.iter().map(|element| value(*element)));
        }
    }
    into.clear();
    match decoder.element {
        Element::F64 => each(decoder, bytes, into, f64::from_le_bytes),
        Element::I64 => each(decoder, bytes, into, |it| i64::from_le_bytes(it) as f64),
        Element::U64 => each(decoder, bytes, into, |it| u64::from_le_bytes(it) as f64),
        Element::F32 => each(decoder, bytes, into, |it| f32::from_le_bytes(it).into()),
        Element::I32 => each(decoder, bytes, into, |it| i32::from_le_bytes(it).into()),
        Element::U32 => each(decoder, bytes, into, |it| u32::from_le_bytes(it).into()),
        Element::F16 => {
            each(decoder, bytes, into, |it| f16_to_f32(u16::from_le_bytes(it)).into());
        }
        Element::Bf16 => each(decoder, bytes, into, |it| {
            f32::from_bits(u32::from(u16::from_le_bytes(it)) << 16).into()
        }),
        Element::I16 => each(decoder, bytes, into, |it| i16::from_le_bytes(it).into()),
        Element::U16 => each(decoder, bytes, into, |it| u16::from_le_bytes(it).into()),
        _ => {
            let table: Vec<f64> = (0..256).map(|byte| decoder.narrow(byte)).collect();
            into.extend(bytes.iter().map(|byte| table[usize::from(*byte)]));
        }
    }
}

/// A float of few bits: sign, exponent, then `mantissa` bits of fraction; no special values.
/// The exponent is its field less `offset`; where the field is 0, the fraction has no leading 1.
fn small_float(bits: u16, width: u32, mantissa: u32, offset: i32) -> f64 {
    let exponent_bits = width - 1 - mantissa;
    let fraction = f64::from(bits & ((1 << mantissa) - 1)) / f64::from(1_u32 << mantissa);
    let exponent = i32::from((bits >> mantissa) & ((1 << exponent_bits) - 1));
    let sign = if bits >> (width - 1) & 1 == 1 {
        -1.0
    } else {
        1.0
    };
    let (lead, power) = if exponent == 0 {
        (0.0, 1 - offset)
    } else {
        (1.0, exponent - offset)
    };
    sign * (lead + fraction) * 2_f64.powi(power)
}

/// The same as [`f16`] with neither branch nor table, for vectors.
#[inline(always)]
#[expect(clippy::inline_always, reason = "see `widest`")]
pub(super) fn f16_to_f32(bits: u16) -> f32 {
    let [sign, magnitude] = [bits & 0x8000, bits & 0x7fff].map(u32::from);
    // The exponent's offset grows from 15 to 127, and that of the special values to the top.
    let offset = if magnitude < 0x7c00 {
        127 - 15
    } else {
        255 - 31
    };
    let ordinary = f32::from_bits((magnitude << 13) + (offset << 23));
    // By arithmetic on whole numbers, as processors stumble over tiny floats.
    let tiny = f32::from(bits & 0x03ff) * 2.0_f32.powi(-24);
    let value = if magnitude < 0x0400 { tiny } else { ordinary };
    f32::from_bits(value.to_bits() | sign << 16)
}

/// IEEE 754 half precision.
fn f16(bits: u16) -> f64 {
    match (bits & 0x7fff, bits >> 15) {
        (0x7c00, 0) => f64::INFINITY,
        (0x7c00, _) => f64::NEG_INFINITY,
        (0x7c01.., _) => f64::NAN,
        _ => small_float(bits, 16, 10, 15),
    }
}

/// OCP E4M3 (`float8_e4m3fn`): no infinity, one NaN of each sign, up to 448.
fn f8_e4m3(bits: u8) -> f64 {
    match bits & 0x7f {
        0x7f => f64::NAN,
        _ => small_float(bits.into(), 8, 3, 7),
    }
}

/// OCP E8M0, the scales of microscaling: powers of two from 2⁻¹²⁷, never zero; 255 is NaN.
fn f8_e8m0(bits: u8) -> f64 {
    match bits {
        0xff => f64::NAN,
        _ => 2_f64.powi(i32::from(bits) - 127),
    }
}

/// The `FNUZ` types: no infinity, no negative zero; its bits are the one NaN.
fn fnuz(bits: u8, mantissa: u32, offset: i32) -> f64 {
    match bits {
        0x80 => f64::NAN,
        _ => small_float(bits.into(), 8, mantissa, offset),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_what_their_types_say() {
        check("F16", 0x3c00, 1.0);
        check("F16", 0xc000, -2.0);
        check("F16", 0x7bff, 65504.0);
        check("F16", 0x0001, 2_f64.powi(-24));
        check("F16", 0xfc00, f64::NEG_INFINITY);
        check("F16", 0x7e00, f64::NAN);
        check("BF16", 0x3f80, 1.0);
        check("BF16", 0x8000, -0.0);
        check("BF16", 0x7f80, f64::INFINITY);
        check("BF16", 0xffc0, f64::NAN);
        check("F8_E4M3", 0x38, 1.0);
        check("F8_E4M3", 0x7e, 448.0);
        check("F8_E4M3", 0x01, 2_f64.powi(-9));
        check("F8_E4M3", 0xff, f64::NAN);
        check("F8_E5M2", 0x3c, 1.0);
        check("F8_E5M2", 0x7b, 57344.0);
        check("F8_E5M2", 0x7c, f64::INFINITY);
        check("F8_E5M2", 0x7d, f64::NAN);
        check("F8_E8M0", 127, 1.0);
        check("F8_E8M0", 0, 2_f64.powi(-127));
        check("F8_E8M0", 255, f64::NAN);
        check("F8_E4M3FNUZ", 0x40, 1.0);
        check("F8_E4M3FNUZ", 0x7f, 240.0);
        check("F8_E4M3FNUZ", 0x80, f64::NAN);
        check("F8_E5M2FNUZ", 0x40, 1.0);
        check("F8_E5M2FNUZ", 0x7f, 57344.0);
        check("F8_E5M2FNUZ", 0x80, f64::NAN);
        check("I8", 0xff, -1.0);
        check("U8", 0xff, 255.0);
        check("I16", 0x8000, -32768.0);
        check("U16", 0x8000, 32768.0);
        check("BOOL", 2, 1.0);
    }

    #[track_caller]
    fn check(dtype: &str, bits: u16, value: f64) {
        let decoder = Decoder::for_dtype(dtype).unwrap();
        let read = decoder.narrow(bits);
        assert!(read.to_bits() == value.to_bits() || read.is_nan() && value.is_nan(), "{read}");
        if decoder.element_len() == 2 {
            let read = decoder.big_endian().narrow(bits.swap_bytes());
            assert!(read.to_bits() == value.to_bits() || read.is_nan() && value.is_nan(), "{read}");
        }
    }

    #[test]
    fn packed_types_have_no_decoder() {
        for dtype in ["F4", "F6_E2M3", "F6_E3M2", "C64", "Q4_K", "f32", ""] {
            assert_eq!(Decoder::for_dtype(dtype), None);
        }
    }
}
