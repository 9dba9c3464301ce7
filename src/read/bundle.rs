//! Archives with weight files in them: `NeMo`'s tar, and zip archives of models, such as `MediaPipe`
//! tasks. One level is unwrapped.

use super::{
    Format, Input, Listing, Probe, ReadError, Reader, formats, gathering::Gathering, pages::Pages,
    tar, window::Window, zip::Zip,
};
use crate::{facts::What, source::Bytes, words::FileKind};

pub(super) const NEMO: Format = Format {
    name: "nemo",
    kind: FileKind::Weights,
    recognizes: |probe| {
        let pages = Pages::new(probe.bytes);
        let members = if tar::begins(probe.head) {
            tar::members(&pages, FRONT)
        } else {
            Vec::new()
        };
        members.iter().any(|member| member.name == "model_config.yaml")
    },
    read: Reader::Tensors(|input| read_tar(input, NEMO.name)),
};

pub(super) const TAR: Format = Format {
    name: "tar-bundle",
    kind: FileKind::Archive,
    recognizes: |probe| {
        let pages = Pages::new(probe.bytes);
        tar::begins(probe.head)
            && tar::members(&pages, FRONT).iter().any(|member| is_named_so(&member.name))
    },
    read: Reader::Tensors(|input| read_tar(input, TAR.name)),
};

pub(super) const ZIP: Format = Format {
    name: "zip-bundle",
    kind: FileKind::Archive,
    recognizes: |probe| {
        let names = if probe.head.starts_with(b"PK") {
            Zip::names(probe.bytes)
        } else {
            Vec::new()
        };
        names.iter().any(|name| is_named_so(name))
    },
    read: Reader::Tensors(read_zip),
};

/// Members looked at to tell what an archive is.
const FRONT: usize = 256;
/// What files of weights in archives are called.
const ENDINGS: &[&str] = &[
    ".onnx",
    ".tflite",
    ".safetensors",
    ".gguf",
    ".pt",
    ".pth",
    ".ckpt",
    ".bin",
    ".h5",
    ".keras",
    ".mlmodel",
    ".msgpack",
    ".pb",
    ".litertlm",
    ".npz",
];
/// The most that is unpacked of one member, and of all.
const PACKED: u64 = 64 << 20;
const ALL_PACKED: u64 = 256 << 20;

fn is_named_so(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let task = ["tf_lite_prefill_decode", "tf_lite_embedder"].iter().any(|it| name.ends_with(it));
    task || ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// Whether a file of this name lists all its tensors at its front.
fn has_header_first(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [".safetensors", ".gguf"].iter().any(|ending| name.ends_with(ending))
}

/// What is unpacked of a member that is read for its header alone.
const HEAD: u64 = 16 << 20;

/// The front of a packed member, as long as the archive says that the member is.
struct Head {
    bytes: Vec<u8>,
    len: u64,
}

impl Bytes for Head {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, at: u64, buffer: &mut [u8]) -> std::io::Result<()> {
        self.bytes.as_slice().read_at(at, buffer)
    }
}

fn read_tar(input: &Input, format: &'static str) -> Result<Listing, ReadError> {
    let pages = Pages::new(input.bytes);
    let members = tar::members(&pages, usize::MAX);
    let mut bundle = Bundle::new(input, format, members.iter().map(|member| member.name.as_str()));
    for member in &members {
        if let Some(window) = Window::new(input.bytes, member.bytes.clone()) {
            bundle.member(&member.name, &window, Some(member.bytes.start));
        }
    }
    bundle.found.enter(None);
    bundle.found.finish(pages)
}

fn read_zip(input: &Input) -> Result<Listing, ReadError> {
    let archive = Zip::read(input.path, input.bytes)?;
    let names = archive.members.iter().map(|member| member.name.as_str());
    let mut bundle = Bundle::new(input, ZIP.name, names);
    for oddity in archive.oddities {
        bundle.found.odd(oddity.what, oddity.at, oddity.saying);
    }
    let mut left = ALL_PACKED;
    for member in &archive.members {
        if let Some(window) = member.window(input.bytes) {
            bundle.member(&member.name, &window, Some(window.start()));
            continue;
        }
        if !is_named_so(&member.name) {
            continue;
        }
        match member.unpack(input.bytes, PACKED.min(left)) {
            Ok(unpacked) => {
                let len = unpacked.bytes.len() as u64;
                left = left.saturating_sub(len);
                bundle.room = bundle.room.saturating_add(len);
                bundle.member(&member.name, &unpacked.bytes, None);
            }
            Err(ReadError::TooLarge { .. }) if has_header_first(&member.name) => {
                let head = Head {
                    bytes: member.unpack_head(input.bytes, HEAD),
                    len: member.len,
                };
                bundle.room = bundle.room.saturating_add(head.len);
                bundle.member(&member.name, &head, None);
            }
            Err(error) => {
                let at = bundle.found.at().member(&member.name);
                bundle.found.odd(What::ReadInPart, at, error.to_string());
            }
        }
    }
    bundle.found.enter(None);
    Ok(bundle.found.listing())
}

struct Bundle {
    found: Gathering,
    /// Whether one member alone is called like weights: its tensors then keep their names.
    lone: bool,
    /// Bytes that may still be looked at. Members that share their bytes could otherwise have them
    /// read as often as they are named.
    room: u64,
}

impl Bundle {
    fn new<'a>(input: &Input, format: &'static str, names: impl Iterator<Item = &'a str>) -> Self {
        Self {
            found: Gathering::new(input, format),
            lone: names.filter(|name| is_named_so(name)).count() == 1,
            room: input.bytes.len(),
        }
    }

    /// Lists a member that is a weight file by its content. Archives in archives are not opened.
    fn member(&mut self, name: &str, bytes: &dyn Bytes, start: Option<u64>) {
        self.found.enter(Some(name.to_owned()));
        let Some(room) = self.room.checked_sub(bytes.len()) else {
            let saying = "the members up to here are longer than the archive; this one is not read";
            return self.found.odd(What::ArchiveBomb, self.found.at(), saying);
        };
        self.room = room;
        let Ok(head) = bytes.read(0..bytes.len().min(4096)) else {
            return;
        };
        let probe = Probe { head: &head, name, bytes };
        let archives = [NEMO.name, TAR.name, ZIP.name];
        let opened = formats().filter(|format| matches!(format.read, Reader::Tensors(_)));
        let mut opened = opened.filter(|format| !archives.contains(&format.name));
        let Some(format) = opened.find(|format| (format.recognizes)(&probe)) else {
            return;
        };
        self.found.note(format!("member.{name}"), format.name);
        let scope = if self.lone {
            String::new()
        } else {
            format!("{name}/")
        };
        if let Err(error) = self.found.adopt(format, bytes, start, &scope) {
            self.found.odd(What::HeaderInvalid, self.found.at(), error.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            protobuf::make::{number, span},
            trial,
        },
        *,
    };

    /// An ONNX model of one weight; its elements are the last bytes.
    fn onnx() -> Vec<u8> {
        let tensor = [number(1, 2), number(2, 1), span(8, "w"), span(9, [0; 8])].concat();
        [number(1, 8), span(7, span(5, tensor))].concat()
    }

    #[test]
    fn members_are_listed_where_they_lie() {
        let end = 1024 + 512 + onnx().len();
        let one = tar::made(&[("./model_config.yaml", b"a: 1"), ("model.onnx", &onnx())]);
        trial::check(&NEMO, &one, &[&format!("w F32 [2] {}..{end}", end - 8)]);
        let end = 512 + onnx().len();
        let two = tar::made(&[("a.onnx", &onnx()), ("b.onnx", &onnx())]);
        let (first, second) = (end - 8..end, end + 1016..end + 1024);
        trial::check(
            &TAR,
            &two,
            &[
                &format!("a.onnx/w F32 [2] {first:?}"),
                &format!("b.onnx/w F32 [2] {second:?}"),
            ],
        );
        let listing = trial::list(&TAR, &two).unwrap();
        assert_eq!(listing.file.metadata["member.b.onnx"], "onnx");
    }

    #[test]
    fn members_that_share_their_bytes_are_not_read_for_ever() {
        let mut whole = tar::made(&[("model_config.yaml", b""), ("w.onnx", &onnx())]);
        whole[124..135].copy_from_slice(format!("{:011o}", 1024).as_bytes()); // over the next header
        let listing = trial::list(&NEMO, &whole).unwrap();
        assert_eq!(trial::lines(&listing), [""; 0]);
    }

    #[test]
    fn archives_in_archives_are_not_opened() {
        let inner = tar::made(&[("model_config.yaml", b""), ("w.onnx", &onnx())]);
        let outer = tar::made(&[("model_config.yaml", b""), ("inner.nemo", &inner)]);
        trial::check(&NEMO, &outer, &[]);
    }

    #[test]
    fn no_bytes_are_too_strange() {
        trial::abuse(&NEMO, &tar::made(&[("model_config.yaml", b"a: 1"), ("model.onnx", &onnx())]));
    }
}
