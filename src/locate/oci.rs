//! OCI image layouts, as `oras`, `modctl`, `kit`, `skopeo` and `podman` write them: `index.json` names
//! manifests, and those name the files, all of them blobs called by their digests.

use std::path::{Path, PathBuf};

use super::{
    manifest::{Descriptor, Manifest, Naming},
    name_of,
};
use crate::{
    facts::{Release, Scope},
    words::{FileKind, Origin},
};

/// Indexes may name indexes, so often.
const DEEPEST: usize = 4;

/// More images are not looked at.
const MOST: usize = 10_000;

/// One image of a layout.
pub(super) struct Image {
    /// How it was tagged.
    pub(super) tag: Option<String>,
    /// Where its manifest lies, relative to the layout.
    pub(super) place: PathBuf,
    descriptor: Descriptor,
}

pub(super) fn is_layout(folder: &Path) -> bool {
    folder.join("oci-layout").is_file() && folder.join("index.json").is_file()
}

/// The layout that a manifest's blob lies in.
pub(super) fn around(blob: &Path) -> Option<PathBuf> {
    let full = blob.canonicalize().ok()?;
    let blobs = full.parent()?.parent()?;
    (name_of(blobs) == "blobs").then_some(())?;
    blobs.parent().filter(|it| is_layout(it)).map(Path::to_owned)
}

/// The images of a layout, in the order of its index; signatures and attestations of them are none.
pub(super) fn images(layout: &Path) -> Vec<Image> {
    let mut images = Vec::new();
    collect(layout, &layout.join("index.json"), None, 0, &mut images);
    images
}

fn collect(layout: &Path, index: &Path, around: Option<&str>, depth: usize, to: &mut Vec<Image>) {
    let read = Manifest::read(index).and_then(|it| it.manifests);
    for descriptor in read.into_iter().flatten() {
        let Some(place) = place(&descriptor).filter(|_| to.len() < MOST) else {
            continue;
        };
        let tag = descriptor.annotation("org.opencontainers.image.ref.name").or(around);
        let tag = tag.map(str::to_owned);
        let inner = Manifest::read(&layout.join(&place));
        if inner.as_ref().is_some_and(|it| it.manifests.is_some()) && depth < DEEPEST {
            collect(layout, &layout.join(&place), tag.as_deref(), depth + 1, to);
        } else if inner.is_none_or(|it| it.subject.is_none())
            && !to.iter().any(|it| it.place == place && it.tag == tag)
        {
            to.push(Image { tag, place, descriptor });
        }
    }
}

fn place(descriptor: &Descriptor) -> Option<PathBuf> {
    let (algorithm, hex) = descriptor.parts()?;
    Some(PathBuf::from(format!("blobs/{algorithm}/{hex}")))
}

/// An image as a release: its manifest, its configuration, and its layers under the names that they
/// are to have.
pub(super) fn release(layout: &Path, image: &Image, alone: bool) -> Release {
    let mut naming = Naming::default();
    let (root, place_of) = (layout, place);
    let manifest = Manifest::read(&root.join(&image.place)).unwrap_or_default();
    for descriptor in manifest.layers.iter().flatten() {
        if let Some(place) = place_of(descriptor) {
            naming.add(root, place, descriptor);
        }
    }
    // After the layers, so that files keep the names that they were given.
    let kind = Some(FileKind::Record);
    naming.named("manifest.json", kind, image.place.clone(), &image.descriptor);
    if let Some(config) = &manifest.config
        && let Some(place) = place_of(config)
        && !config.media_type.contains("oci.empty")
    {
        naming.named("image-config.json", Some(FileKind::Config), place, config);
    }
    let folder = name_of(layout);
    let (_, digits) = image.descriptor.parts().unwrap_or_default();
    let short = digits.get(..12).unwrap_or(digits);
    // A tag may be a whole reference: registry, name and tag.
    let whole = image.tag.as_deref().filter(|it| it.contains('/'));
    let (name, revision) = match (whole.map(|it| it.rsplit_once(':').unwrap_or((it, ""))), alone) {
        (Some((name, tag)), _) => (name.to_owned(), Some(tag.to_owned())),
        (None, false) if image.tag.is_none() => (format!("{folder}@{short}"), None),
        (None, _) => (folder, image.tag.clone()),
    };
    Release {
        root: layout.to_owned(),
        name,
        origin: Origin::OciLayout,
        repo_id: None,
        revision: revision.filter(|it| !it.is_empty()),
        commit: None,
        bounds: vec![layout.to_owned()],
        scope: Scope::Named(naming.files()),
    }
}
