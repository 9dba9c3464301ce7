//! What torch saves: zip archives, `TorchScript`, the pickles of before, and the metadata of
//! distributed checkpoints; other pickles too, as their readers are the same. Nothing is unpickled.

mod archive;
mod dcp;
mod dtypes;
mod placing;
mod stream;
mod tensors;
#[cfg(test)]
mod tests;
mod tree;

use super::{
    Format, Probe, Reader,
    gathering::Gathering,
    pickle::{self, Walk, is_opcode},
    within,
};
use crate::{
    facts::What,
    words::{FileKind, Place},
};

pub(super) const SCRIPT: Format = Format {
    name: "torchscript",
    kind: FileKind::Weights,
    recognizes: |probe| archive::is_script(probe) == Some(true),
    read: Reader::Tensors(|input| archive::read(input, SCRIPT.name)),
};

pub(super) const ZIP: Format = Format {
    name: "torch_zip",
    kind: FileKind::Weights,
    recognizes: |probe| archive::is_script(probe) == Some(false),
    read: Reader::Tensors(|input| archive::read(input, ZIP.name)),
};

pub(super) const LEGACY: Format = Format {
    name: "torch_legacy",
    kind: FileKind::Weights,
    recognizes: |probe| probe.head.starts_with(stream::MAGIC),
    read: Reader::Tensors(stream::legacy),
};

pub(super) const DCP: Format = Format {
    name: "torch_dcp",
    kind: FileKind::Weights,
    recognizes: dcp::recognizes,
    read: Reader::Tensors(|input| Ok(dcp::read(input))),
};

pub(super) const PIECES: Format = Format {
    name: "torch_distcp",
    kind: FileKind::Weights,
    recognizes: dcp::holds_pieces,
    read: Reader::Unopened("pieces of a distributed checkpoint, which its .metadata tells apart"),
};

pub(super) const PICKLE: Format = Format {
    name: "pickle",
    kind: FileKind::Other,
    recognizes: is_pickle,
    read: Reader::Tensors(|input| Ok(stream::plain(input))),
};

/// By content from protocol 2 on; the older ones begin with any letter, and need the name.
fn is_pickle(probe: &Probe) -> bool {
    match probe.head {
        [0x80, 2..=5, next, ..] => is_opcode(*next),
        [first, ..] => {
            let name = probe.name.to_ascii_lowercase();
            let end = name.rsplit('.').next().unwrap_or_default();
            let pickles = ["pkl", "pickle", "pck", "pt", "pth", "joblib", "dill"];
            pickles.contains(&end)
                && is_opcode(*first)
                && !within::is_packed(probe.head)
                && (end != "pth" || pickle::trial(probe.bytes, 0).is_one())
        }
        [] => false,
    }
}

/// What a walk stumbled on, as oddities.
fn tell(walk: &Walk, at: &Place, gathering: &mut Gathering) {
    for (byte, saying) in &walk.unusual {
        gathering.odd(What::PickleUnusual, at.clone().byte(*byte), saying);
    }
    if let Some((byte, why)) = &walk.stopped {
        gathering.odd(What::PickleStopped, at.clone().byte(*byte), why);
    }
    if walk.values.curtailed {
        let saying = "a pickle of more values than are kept: not all of its tensors are listed";
        gathering.odd(What::ReadInPart, at.clone().byte(walk.start), saying);
    }
}

/// What lies beside the tensors, as metadata; and what was not followed.
fn tell_tree(tree: &mut tree::Tree, gathering: &mut Gathering) {
    for (key, value) in std::mem::take(&mut tree.scalars) {
        gathering.note(key, value);
    }
    if let Some(cut) = tree.cut {
        let at = gathering.at();
        gathering.odd(What::ReadInPart, at, cut);
    }
}
