//! Manifests of stores that keep their content by digest: which blob is what. Ollama and OCI image
//! layouts write the same kind of JSON, with media types of their own.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::Read as _,
    path::{Component, Path, PathBuf},
};

use serde::Deserialize;

use crate::{facts::Blob, words::FileKind};

/// A manifest, or an index of manifests.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Manifest {
    #[serde(alias = "blobs")]
    pub(super) layers: Option<Vec<Descriptor>>,
    pub(super) config: Option<Descriptor>,
    pub(super) manifests: Option<Vec<Descriptor>>,
    /// What a signature or an attestation is of.
    pub(super) subject: Option<Descriptor>,
}

/// What is said of one blob.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Descriptor {
    #[serde(default, rename = "mediaType")]
    pub(super) media_type: String,
    pub(super) digest: String,
    pub(super) size: Option<u64>,
    /// Ollama names single tensors so.
    name: Option<String>,
    pub(super) annotations: Option<BTreeMap<String, String>>,
}

/// Manifests are a few kB; that of a model of a blob a tensor is some hundred.
const MOST: u64 = 16 << 20;

impl Manifest {
    /// The manifest at `path`; `None` where there is none that can be read.
    pub(super) fn read(path: &Path) -> Option<Self> {
        if !fs::metadata(path).ok()?.is_file() {
            return None; // opening a pipe would wait for its other end
        }
        let mut text = Vec::new();
        File::open(path).ok()?.take(MOST).read_to_end(&mut text).ok()?;
        serde_json::from_slice(&text).ok()
    }
}

impl Descriptor {
    /// The algorithm and the digits, where the digest is one that blobs are named by.
    pub(super) fn parts(&self) -> Option<(&str, &str)> {
        let (algorithm, hex) = self.digest.split_once(':')?;
        let digits = match algorithm {
            "sha256" => 64,
            "sha384" => 96,
            "sha512" => 128,
            _ => return None,
        };
        let plain = |it: u8| matches!(it, b'0'..=b'9' | b'a'..=b'f');
        (hex.len() == digits && hex.bytes().all(plain)).then_some((algorithm, hex))
    }

    pub(super) fn annotation(&self, key: &str) -> Option<&str> {
        self.annotations.as_ref()?.get(key).map(String::as_str).filter(|it| !it.is_empty())
    }
}

/// What a media type says of a blob: how it ends, what the blob is called here, and what it is for
/// where that name does not say it.
const ROLES: &[(&str, &str, Option<FileKind>)] = &[
    ("ollama.image.model", "model", Some(FileKind::Weights)),
    ("ollama.image.adapter", "adapter", Some(FileKind::Weights)),
    ("ollama.image.projector", "mmproj", Some(FileKind::Weights)),
    ("ollama.image.draft", "draft", Some(FileKind::Weights)),
    ("ollama.image.embed", "embed", None),
    ("ollama.image.tensor", "tensor", Some(FileKind::Weights)),
    ("ollama.image.json", "config.json", None),
    ("ollama.image.template", "template", Some(FileKind::Config)),
    ("ollama.image.system", "system", Some(FileKind::Config)),
    ("ollama.image.prompt", "prompt", Some(FileKind::Config)),
    ("ollama.image.params", "params.json", None),
    ("ollama.image.messages", "messages.json", Some(FileKind::Config)),
    ("ollama.image.license", "license", None),
    ("docker.ai.gguf.v3", "model", Some(FileKind::Weights)),
    ("docker.ai.gguf.v3.lora", "adapter", Some(FileKind::Weights)),
    ("docker.ai.mmproj", "mmproj", Some(FileKind::Weights)),
    ("docker.ai.license", "license", None),
    ("docker.ai.chat.template.jinja", "chat_template.jinja", None),
    ("docker.container.image.v1+json", "image-config.json", None),
    ("docker.ai.model.config.v0.1+json", "image-config.json", None),
    ("oci.image.config.v1+json", "image-config.json", None),
    ("cncf.model.config.v1+json", "image-config.json", None),
    ("kitops.modelkit.config.v1+json", "image-config.json", None),
];

/// Keys under which tools note the name that a file had.
const TITLES: &[&str] = &["org.cncf.model.filepath", "org.opencontainers.image.title"];

/// Collects the files of a release, each under a name of its own.
#[derive(Default)]
pub(super) struct Naming {
    taken: BTreeSet<PathBuf>,
    next: BTreeMap<PathBuf, u32>,
    files: Vec<Blob>,
}

impl Naming {
    /// The files, in the order of the manifest.
    pub(super) fn files(self) -> Vec<Blob> {
        self.files
    }

    /// Takes in a blob that lies at `place` below `root`, by what its descriptor says.
    pub(super) fn add(&mut self, root: &Path, place: PathBuf, descriptor: &Descriptor) {
        if descriptor.media_type == "application/vnd.oci.empty.v1+json" {
            return; // two bytes that stand for nothing
        }
        let role =
            ROLES.iter().find(|(media_type, ..)| descriptor.media_type.ends_with(media_type));
        let title = TITLES.iter().find_map(|key| descriptor.annotation(key));
        let (name, kind) = match (title, &descriptor.name, role) {
            (Some(title), ..) => (packed(title, &descriptor.media_type), None),
            (_, Some(name), role) if !name.is_empty() => (name.clone(), role.and_then(|it| it.2)),
            (.., Some((_, name, kind))) => ((*name).to_owned(), *kind),
            _ => (packed("layer", &descriptor.media_type), None),
        };
        let name = match kind {
            Some(FileKind::Weights) => with_ending(name, &root.join(&place)),
            _ => name,
        };
        self.named(&name, kind, place, descriptor);
    }

    /// Takes in a blob under this name.
    pub(super) fn named(
        &mut self,
        name: &str,
        kind: Option<FileKind>,
        place: PathBuf,
        descriptor: &Descriptor,
    ) {
        let parts = Path::new(name).components();
        let inside: PathBuf =
            parts.clone().filter(|it| matches!(it, Component::Normal(_))).collect();
        let strays =
            parts.into_iter().any(|it| !matches!(it, Component::Normal(_) | Component::CurDir));
        let inside = if inside == Path::new("") {
            PathBuf::from("blob")
        } else {
            inside
        };
        if self.files.iter().any(|it| it.place == place && it.path == inside) {
            return;
        }
        let path = self.free(&inside);
        self.files.push(Blob {
            path,
            place,
            digest: descriptor.digest.clone(),
            len: descriptor.size,
            kind,
            strays: strays.then(|| name.to_owned()),
        });
    }

    /// The name, or, where another file has it, the name with a number: `license-2`.
    fn free(&mut self, path: &Path) -> PathBuf {
        let mut free = path.to_owned();
        while !self.taken.insert(free.clone()) {
            let number = self.next.entry(path.to_owned()).or_insert(1);
            *number = number.saturating_add(1);
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            let ending = path.extension().map(|it| format!(".{}", it.to_string_lossy()));
            free = path.with_file_name(format!("{stem}-{number}{}", ending.unwrap_or_default()));
        }
        free
    }
}

/// How media types of archives end, and how archives do.
const PACKED: &[(&str, &str)] = &[
    (".tar+gzip", ".tar.gz"),
    (".tar.gzip", ".tar.gz"),
    (".tar+zstd", ".tar.zst"),
    (".tar", ".tar"),
];

/// The name of a file, with the ending of the archive that the blob is of it.
fn packed(title: &str, media_type: &str) -> String {
    let row = PACKED.iter().find(|(ends, _)| media_type.ends_with(ends));
    let ending = row.map_or("", |(_, ending)| *ending);
    if title.ends_with(ending) {
        title.to_owned()
    } else {
        format!("{title}{ending}")
    }
}

/// Ollama does not say what the weights are written in; their first bytes do.
fn with_ending(name: String, blob: &Path) -> String {
    let mut head = Vec::new();
    if blob.is_file()
        && let Ok(file) = File::open(blob)
    {
        let _ = file.take(9).read_to_end(&mut head); // what could be read is what there is
    }
    let ending = match head.as_slice() {
        it if it.starts_with(b"GGUF") => ".gguf",
        it if it.get(8) == Some(&b'{') => ".safetensors",
        _ => "",
    };
    if name.ends_with(ending) {
        name
    } else {
        name + ending
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn descriptor(media_type: &str, title: Option<&str>) -> Descriptor {
        let noted = |it: &str| ("org.opencontainers.image.title".to_owned(), it.to_owned());
        Descriptor {
            media_type: media_type.to_owned(),
            digest: format!("sha256:{}", "0".repeat(64)),
            annotations: title.map(|it| BTreeMap::from([noted(it)])),
            ..Descriptor::default()
        }
    }

    #[track_caller]
    fn check(descriptors: &[(&str, Option<&str>)], expected: &[&str]) {
        let mut naming = Naming::default();
        for (number, (media_type, title)) in descriptors.iter().enumerate() {
            let place = PathBuf::from(format!("blobs/{number}"));
            naming.add(Path::new("/nowhere"), place, &descriptor(media_type, *title));
        }
        let files = naming.files();
        let names: Vec<&str> = files.iter().map(|it| it.path.to_str().unwrap()).collect();
        assert_eq!(names, expected);
    }

    #[test]
    fn blobs_are_called_by_their_title_or_their_role() {
        let license = "application/vnd.ollama.image.license";
        check(
            &[
                (license, None),
                (license, None),
                ("application/vnd.ollama.image.params", None),
                ("application/vnd.docker.container.image.v1+json", None),
            ],
            &["license", "license-2", "params.json", "image-config.json"],
        );
        check(
            &[
                ("x", Some("a/b.bin")),
                ("application/vnd.cncf.model.weight.v1.tar", Some("w.safetensors")),
                ("application/vnd.oci.image.layer.v1.tar+gzip", None),
                ("application/vnd.oci.empty.v1+json", None),
                ("x", Some("a/b.bin")),
            ],
            &["a/b.bin", "w.safetensors.tar", "layer.tar.gz", "a/b-2.bin"],
        );
    }

    #[test]
    fn names_that_lead_elsewhere_are_kept_inside_and_told() {
        let mut naming = Naming::default();
        for name in ["../../etc/passwd", "/abs", "..", "./fine"] {
            naming.named(name, None, PathBuf::from(name), &descriptor("x", None));
        }
        let files = naming.files();
        let told: Vec<_> =
            files.iter().map(|it| (it.path.to_str().unwrap(), it.strays.is_some())).collect();
        assert_eq!(
            told,
            [
                ("etc/passwd", true),
                ("abs", true),
                ("blob", true),
                ("fine", false)
            ]
        );
    }

    #[test]
    fn only_digests_of_the_right_length_name_blobs() {
        let of = |digest: &str| Descriptor {
            digest: digest.to_owned(),
            ..Descriptor::default()
        };
        assert!(of(&format!("sha256:{}", "a".repeat(64))).parts().is_some());
        assert!(of(&format!("sha512:{}", "0".repeat(128))).parts().is_some());
        for wrong in ["sha256:../../x", "sha256:", "md5:0", "", "sha256:AB"] {
            assert!(of(wrong).parts().is_none(), "{wrong}");
        }
    }
}
