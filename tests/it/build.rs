//! Releases made by code, file by file, so that they may lie.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use weighbill::{
    Request, Verify,
    digest::{Algorithm, Digest},
    digests::Extent,
    records::Against,
    report::Report,
};

/// A release in a temporary folder, gone with the value.
pub(crate) struct Release {
    folder: tempfile::TempDir,
    name: String,
}

impl Release {
    /// An empty folder of this name.
    pub(crate) fn named(name: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(name)).unwrap();
        Self { folder, name: name.to_owned() }
    }

    /// Where it lies.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join(&self.name)
    }

    /// The folder around it.
    pub(crate) fn around(&self) -> &Path {
        self.folder.path()
    }

    /// With a file of these bytes; folders on the way are made.
    pub(crate) fn file(self, path: &str, bytes: impl AsRef<[u8]>) -> Self {
        let place = self.path().join(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, bytes).unwrap();
        self
    }

    /// With a safetensors file of these tensors, whose bytes count up from 0.
    pub(crate) fn safetensors(self, path: &str, tensors: &[(&str, &str, &[u64])]) -> Self {
        let bytes = safetensors(tensors);
        self.file(path, bytes)
    }

    /// With a sparse safetensors file: a true header, and a hole for the tensors' bytes.
    pub(crate) fn sparse(self, path: &str, tensors: &[(String, &str, Vec<u64>)]) -> Self {
        let borrowed: Vec<_> = tensors
            .iter()
            .map(|(name, dtype, shape)| (name.as_str(), *dtype, shape.as_slice()))
            .collect();
        let (header, len) = header(&borrowed);
        let mut file = fs::File::create(self.path().join(path)).unwrap();
        file.write_all(&header).unwrap();
        file.set_len(header.len() as u64 + len).unwrap();
        self
    }

    /// The report, every file and tensor hashed.
    pub(crate) fn inspect(&self) -> Report {
        inspect(&self.path())
    }
}

/// The report on a path, every file and tensor hashed.
pub(crate) fn inspect(path: &Path) -> Report {
    weighbill::inspect(&Request::of(path), 2, &|_, _| {}).unwrap()
}

/// The report on a path, no byte of a tensor read.
pub(crate) fn inspect_headers(path: &Path) -> Report {
    let mut request = Request::of(path);
    request.wanted.extent = Extent::None;
    weighbill::inspect(&request, 2, &|_, _| {}).unwrap()
}

/// As `weighbill verify` does it, against what is recorded there.
pub(crate) fn verified(path: &Path) -> Report {
    let request = Request {
        verify: Some(Verify {
            against: Against { verify: true, ..Against::default() },
            only: Vec::new(),
        }),
        ..Request::of(path)
    };
    weighbill::inspect(&request, 2, &|_, _| {}).unwrap()
}

/// An index of git, version 2, whose ids are digests by `named_by`; its own digest is left empty.
pub(crate) fn git_index(named_by: Algorithm, entries: &[(&str, Digest)]) -> Vec<u8> {
    let mut bytes = b"DIRC\0\0\0\x02".to_vec();
    bytes.extend(u32::try_from(entries.len()).unwrap().to_be_bytes());
    for (path, id) in entries {
        let start = bytes.len();
        bytes.extend([0; 24]);
        bytes.extend(0o100_644_u32.to_be_bytes());
        bytes.extend([0; 12]);
        bytes.extend(id.as_bytes());
        bytes.extend(u16::try_from(path.len()).unwrap().to_be_bytes());
        bytes.extend(path.as_bytes());
        bytes.resize(start + (bytes.len() - start) / 8 * 8 + 8, 0);
    }
    bytes.resize(bytes.len() + named_by.digest_len(), 0);
    bytes
}

/// Each finding as `severity id path`, in order.
pub(crate) fn findings(report: &Report) -> Vec<String> {
    let line = |finding: &weighbill::report::Finding| {
        let path = finding.at.as_ref().map_or("-", |at| at.path.as_str());
        format!("{} {} {path}", finding.severity, finding.id)
    };
    report.findings.iter().map(line).collect()
}

/// A whole safetensors file.
pub(crate) fn safetensors(tensors: &[(&str, &str, &[u64])]) -> Vec<u8> {
    let (mut file, len) = header(tensors);
    file.extend((0..len).map(|i| (i % 251) as u8));
    file
}

/// A GGUF of one tensor, six elements.
pub(crate) fn gguf() -> Vec<u8> {
    let mut file = b"GGUF".to_vec();
    let text = |file: &mut Vec<u8>, text: &str| {
        file.extend((text.len() as u64).to_le_bytes());
        file.extend(text.as_bytes());
    };
    file.extend(3_u32.to_le_bytes());
    file.extend(1_u64.to_le_bytes());
    file.extend(1_u64.to_le_bytes());
    text(&mut file, "general.architecture");
    file.extend(8_u32.to_le_bytes());
    text(&mut file, "llama");
    text(&mut file, "token_embd.weight");
    file.extend(1_u32.to_le_bytes());
    file.extend(6_u64.to_le_bytes());
    file.extend(0_u32.to_le_bytes());
    file.extend(0_u64.to_le_bytes());
    file.resize(file.len().next_multiple_of(32), 0);
    file.extend([0; 24]);
    file
}

/// A file of this header, which need not be true, and so many zero bytes.
pub(crate) fn with_header(json: &str, data_len: usize) -> Vec<u8> {
    let length = (json.len() as u64).to_le_bytes();
    [&length[..], json.as_bytes(), &vec![0; data_len]].concat()
}

/// Length field and header, and how many bytes of tensors come after.
fn header(tensors: &[(&str, &str, &[u64])]) -> (Vec<u8>, u64) {
    let (mut entries, mut start) = (Vec::new(), 0);
    for (name, dtype, shape) in tensors {
        let width = match *dtype {
            "F64" | "I64" => 8,
            "F32" | "I32" => 4,
            "F16" | "BF16" => 2,
            _ => 1,
        };
        let end = start + shape.iter().product::<u64>() * width;
        entries.push(format!(
            r#""{name}":{{"dtype":"{dtype}","shape":{shape:?},"data_offsets":[{start},{end}]}}"#
        ));
        start = end;
    }
    let json = format!("{{{}}}", entries.join(","));
    (with_header(&json, 0), start)
}
