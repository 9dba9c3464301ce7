//! Formats that are told and not opened: each is named, and so is the reason.

use super::{Format, Probe, Reader, pages::Pages, protobuf::Span};
use crate::words::FileKind;

/// A format that is told by its first bytes, or by a look at what follows them.
const fn row(
    name: &'static str,
    kind: FileKind,
    recognizes: fn(&Probe) -> bool,
    why: &'static str,
) -> Format {
    Format {
        name,
        kind,
        recognizes,
        read: Reader::Unopened(why),
    }
}

const CODE: &str = "it is code";
const PACKED: &str = "it is packed, and would have to be unpacked to be read";
const TREES: &str = "it holds trees, not tensors";
const DATA: &str = "it holds data, which are hashed and not read";
const WORDS: &str = "it holds a vocabulary, which is not read in this form";

/// The most particular first: an archive or a pickle may be many things.
#[rustfmt::skip]
pub(super) const FORMATS: &[Format] = &[
    // weights
    row("tensorrt", FileKind::Weights, |it| starts(it, &[b"ftrt", b"ptrt"]), "TensorRT engines are opaque and bound to one kind of device"),
    row("executorch", FileKind::Weights, is_executorch, "ExecuTorch programs keep their constants in a plan of their own"),
    row("litert-lm", FileKind::Weights, |it| starts(it, &[b"LITERTLM"]), "LiteRT-LM bundles are not unwrapped"),
    row("ncnn", FileKind::Config, |it| starts(it, &[b"7767517\n"]), "ncnn lists layers here, and their weights in a file without names or shapes"),
    row("coreml-blobs", FileKind::Weights, is_coreml_blobs, "Core ML's blobs have no names; these are in the `.mlmodel` beside their folder"),
    row("ocdbt", FileKind::Weights, |it| starts(it, &[b"\x0C\xDB\x3A\x2A", b"\x0C\xDB\x20\xDE", b"\x0C\xDB\x12\x34"]), "OCDBT trees of Orbax checkpoints need a reader of their own: names may stand in `_METADATA`, shapes are not known"),
    row("zarr", FileKind::Weights, is_zarr, "zarr arrays lie in many files; the shape of each stands here"),
    row("paddle", FileKind::Weights, is_paddle, "Paddle's parameter stream has no names; they are in the `.pdmodel` beside it"),
    row("catboost", FileKind::Weights, |it| starts(it, &[b"CBM1"]), TREES),
    row("xgboost", FileKind::Weights, |it| starts(it, &[b"binf", b"{L\x00\x00\x00\x00\x00\x00\x00\x07learner", b"{\"learner\":"]), TREES),
    row("lightgbm", FileKind::Weights, |it| starts(it, &[b"tree\nversion=v"]), TREES),
    row("fasttext", FileKind::Weights, |it| starts(it, &[b"\xBA\x16\x4F\x2F"]), "fastText keeps its matrices behind a dictionary that is not read"),
    row("word2vec", FileKind::Weights, is_word2vec, "word vectors lie between the words themselves"),
    // vocabularies
    row("sentencepiece", FileKind::Tokenizer, is_sentencepiece, WORDS),
    row("tiktoken", FileKind::Tokenizer, |it| starts(it, &[b"IQ== 0\n"]), WORDS),
    // archives
    row("gzip", FileKind::Archive, |it| starts(it, &[b"\x1F\x8B\x08"]), PACKED),
    row("zstd", FileKind::Archive, |it| starts(it, &[b"\x28\xB5\x2F\xFD"]), PACKED),
    row("bzip2", FileKind::Archive, is_bzip2, PACKED),
    row("xz", FileKind::Archive, |it| starts(it, &[b"\xFD7zXZ\x00"]), PACKED),
    row("zlib", FileKind::Archive, |it| starts(it, &[b"\x78\x9C", b"\x78\xDA"]), "it is packed, as joblib packs its pickles, and would have to be unpacked to be read"),
    row("7z", FileKind::Archive, |it| starts(it, &[b"7z\xBC\xAF\x27\x1C"]), PACKED),
    row("rar", FileKind::Archive, |it| starts(it, &[b"Rar!\x1A\x07"]), PACKED),
    row("lz4", FileKind::Archive, |it| starts(it, &[b"\x04\x22\x4D\x18"]), PACKED),
    row("tar", FileKind::Archive, |it| super::tar::begins(it.head), "its members are not unpacked"),
    row("zip", FileKind::Archive, |it| starts(it, &[b"PK\x03\x04", b"PK\x05\x06"]), "its members are not unpacked"),
    // data
    row("parquet", FileKind::Dataset, |it| starts(it, &[b"PAR1"]), DATA),
    row("arrow", FileKind::Dataset, |it| starts(it, &[b"ARROW1\x00\x00"]), DATA),
    row("arrow-stream", FileKind::Dataset, |it| starts(it, &[b"\xFF\xFF\xFF\xFF"]) && at(it, 8, b"\x10\x00\x00\x00"), DATA),
    row("avro", FileKind::Dataset, |it| starts(it, &[b"Obj\x01"]), DATA),
    row("orc", FileKind::Dataset, |it| starts(it, &[b"ORC"]) && it.head.get(3).is_some_and(|byte| *byte < 0x20), DATA),
    row("tfrecord", FileKind::Dataset, is_tfrecord, DATA),
    row("lmdb", FileKind::Dataset, |it| at(it, 16, b"\xDE\xC0\xEF\xBE"), DATA),
    row("sqlite", FileKind::Dataset, |it| starts(it, &[b"SQLite format 3\x00"]), DATA),
    row("matlab", FileKind::Dataset, |it| starts(it, &[b"MATLAB 5.0 MAT-file"]), DATA),
    // documents, pictures, sound
    row("pdf", FileKind::Paper, |it| starts(it, &[b"%PDF-"]), "its text is not read"),
    row("png", FileKind::Other, |it| starts(it, &[b"\x89PNG\r\n\x1A\n"]), PICTURE),
    row("jpeg", FileKind::Other, |it| starts(it, &[b"\xFF\xD8\xFF"]), PICTURE),
    row("gif", FileKind::Other, |it| starts(it, &[b"GIF87a", b"GIF89a"]), PICTURE),
    row("webp", FileKind::Other, |it| starts(it, &[b"RIFF"]) && at(it, 8, b"WEBP"), PICTURE),
    row("wav", FileKind::Other, |it| starts(it, &[b"RIFF"]) && at(it, 8, b"WAVE"), SOUND),
    row("flac", FileKind::Other, |it| starts(it, &[b"fLaC"]), SOUND),
    row("ogg", FileKind::Other, |it| starts(it, &[b"OggS"]), SOUND),
    row("mp3", FileKind::Other, |it| starts(it, &[b"ID3"]), SOUND),
    row("mp4", FileKind::Other, |it| at(it, 4, b"ftyp"), SOUND),
    // programs
    row("elf", FileKind::Code, |it| starts(it, &[b"\x7FELF"]), CODE),
    row("mach-o", FileKind::Code, is_mach_o, CODE),
    row("webassembly", FileKind::Code, |it| starts(it, &[b"\x00asm"]), CODE),
    row("pe", FileKind::Code, is_pe, CODE),
    row("python-bytecode", FileKind::Code, |it| at(it, 2, b"\r\n") && it.head.get(1).is_some_and(|byte| (0x0C..=0x0F).contains(byte)), CODE),
    row("java-class", FileKind::Code, |it| starts(it, &[b"\xCA\xFE\xBA\xBE"]), CODE),
];

const PICTURE: &str = "it is a picture";
const SOUND: &str = "it is sound or film";

fn starts(probe: &Probe, magics: &[&[u8]]) -> bool {
    magics.iter().any(|magic| probe.head.starts_with(magic))
}

fn at(probe: &Probe, place: usize, magic: &[u8]) -> bool {
    probe.head.get(place..).is_some_and(|tail| tail.starts_with(magic))
}

fn u32_at(probe: &Probe, place: usize) -> Option<u32> {
    probe.head.get(place..)?.first_chunk().map(|four| u32::from_le_bytes(*four))
}

/// `ET` or, for a bundle with test inputs, `BP`, and two digits.
fn is_executorch(probe: &Probe) -> bool {
    matches!(
        probe.head.get(4..8),
        Some([b'E', b'T', b'0'..=b'9', b'0'..=b'9'] | [b'B', b'P', b'0'..=b'9', b'0'..=b'9'])
    )
}

/// A count, version 2, nothing more in the first 64 bytes, then the first blob.
fn is_coreml_blobs(probe: &Probe) -> bool {
    u32_at(probe, 4) == Some(2) && u32_at(probe, 64) == Some(0xDEAD_BEEF) && at(probe, 8, &[0; 56])
}

/// JSON of a zarr array: `.zarray` of version 2, `zarr.json` of version 3.
fn is_zarr(probe: &Probe) -> bool {
    probe.is_object_with(&["zarr_format", "shape"])
}

/// Version 0, no levels of detail, version 0 again, and a short description of the first tensor.
fn is_paddle(probe: &Probe) -> bool {
    let description = u32_at(probe, 16).unwrap_or(0);
    starts(probe, &[&[0; 16]]) && (4..=256).contains(&description) && at(probe, 20, b"\x08")
}

/// Two numbers, a new line, a word, a space, and numbers that are no text (vectors in text are text).
fn is_word2vec(probe: &Probe) -> bool {
    let Some(end) = probe.head.iter().take(32).position(|byte| *byte == b'\n') else {
        return false;
    };
    let line = String::from_utf8_lossy(&probe.head[..end]).into_owned();
    let numbers: Vec<_> = line.split(' ').map(str::parse::<u64>).collect();
    let Ok([Ok(words), Ok(width)]) = <[_; 2]>::try_from(numbers) else {
        return false;
    };
    let held = words.checked_mul(width).and_then(|it| it.checked_mul(4));
    let words = &probe.head[end + 1..];
    held.is_some_and(|held| held > 0 && held < probe.bytes.len()) && words.contains(&0)
}

/// Pieces of a vocabulary, each a text and a score.
fn is_sentencepiece(probe: &Probe) -> bool {
    if probe.head.first() != Some(&0x0A) {
        return false;
    }
    let pages = Pages::new(probe.bytes);
    let mut pieces = 0;
    for field in Span::file(&pages).fields().take(4) {
        let super::protobuf::Value::Span(piece) = field.value else {
            return false;
        };
        let numbers: Vec<u64> = piece.fields().take(8).map(|field| field.number).collect();
        if field.number != 1 || !numbers.starts_with(&[1, 2]) || numbers.iter().any(|it| *it > 3) {
            return false;
        }
        if !matches!(
            piece.fields().nth(1).map(|field| field.value),
            Some(super::protobuf::Value::Fixed)
        ) {
            return false;
        }
        pieces += 1;
    }
    pieces > 0
}

fn is_bzip2(probe: &Probe) -> bool {
    starts(probe, &[b"BZh"]) && at(probe, 4, b"1AY&SY")
}

/// Records behind their lengths: eight bytes of length, its checksum, then a message.
fn is_tfrecord(probe: &Probe) -> bool {
    let long = probe.head.first_chunk().map(|eight| u64::from_le_bytes(*eight));
    let fits = long.is_some_and(|len| {
        len > 0 && len.checked_add(16).is_some_and(|end| end <= probe.bytes.len())
    });
    fits && at(probe, 4, &[0; 4]) && at(probe, 12, b"\x0A") && probe.name.contains("tfrecord")
}

fn is_mach_o(probe: &Probe) -> bool {
    let one = [
        b"\xFE\xED\xFA\xCE",
        b"\xFE\xED\xFA\xCF",
        b"\xCE\xFA\xED\xFE",
        b"\xCF\xFA\xED\xFE",
    ];
    let many = starts(probe, &[b"\xCA\xFE\xBA\xBE", b"\xCA\xFE\xBA\xBF"]);
    // Java classes begin like fat binaries, and go on with a version above 44
    let few = probe.head.get(4..).is_some_and(|tail| matches!(tail, [0, 0, 0, 1..=30, ..]));
    one.iter().any(|magic| probe.head.starts_with(*magic)) || (many && few)
}

/// `MZ`, and at the place that byte 60 tells, `PE`.
fn is_pe(probe: &Probe) -> bool {
    let place = u32_at(probe, 60).map(u64::from);
    let mut two = [0; 2];
    starts(probe, &[b"MZ"])
        && place.is_some_and(|place| probe.bytes.read_at(place, &mut two).is_ok() && &two == b"PE")
}

#[cfg(test)]
mod tests {
    use super::{
        super::{formats, trial},
        *,
    };

    #[test]
    fn each_is_told_by_its_first_bytes() {
        check(b"ftrt\0\0\0\0", Some("tensorrt"));
        check(b"\x38\0\0\0ET12", Some("executorch"));
        check(b"{\"zarr_format\": 2, \"shape\": [3]}", Some("zarr"));
        check(b"{\"learner\":{}}", Some("xgboost"));
        check(&[&[0; 16][..], &[9, 0, 0, 0, 8, 5]].concat(), Some("paddle"));
        check(b"\x0A\x0A\x0A\x03abc\x15\0\0\0\0", Some("sentencepiece"));
        check(b"2 1\na \0\0\0\0b \0\0\0\0", Some("word2vec"));
        check(b"2 1\na 0.5\nb 0.5\n", None);
        check(b"PK\x03\x04", Some("zip"));
        check(b"\xCA\xFE\xBA\xBE\0\0\0\x02", Some("mach-o"));
        check(b"\xCA\xFE\xBA\xBE\0\0\0\x34", Some("java-class"));
        check(&mz(b"PE\0\0"), Some("pe"));
        check(&mz(b"NE\0\0"), None);
        check(b"# A model", None);
        check(b"", None);
    }

    fn mz(place: &[u8]) -> Vec<u8> {
        let mut bytes = b"MZ".to_vec();
        bytes.resize(60, 0);
        [bytes, 64u32.to_le_bytes().to_vec(), place.to_vec()].concat()
    }

    #[track_caller]
    fn check(bytes: &[u8], name: Option<&str>) {
        let told = FORMATS.iter().find(|format| trial::recognized(format, "file", bytes));
        assert_eq!(told.map(|format| format.name), name);
    }

    #[test]
    fn names_stand_once_in_the_tables() {
        let mut names: Vec<_> = formats().map(|format| format.name).collect();
        names.sort_unstable();
        names.windows(2).for_each(|pair| assert_ne!(pair[0], pair[1]));
    }

    #[test]
    fn no_bytes_are_too_strange() {
        let runs = proptest::collection::vec(proptest::prelude::any::<u8>(), 0..100);
        proptest::proptest!(|(noise in runs)| {
            for format in FORMATS {
                trial::recognized(format, "file", &noise);
            }
        });
    }
}
