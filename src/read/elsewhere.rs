//! Tensors that one file names and another one stores: put where their bytes are.

use std::collections::BTreeMap;

use crate::{
    facts::{Artifact, Contents, Oddity, Tensor, WeightFile, What, path_in},
    words::{FileKind, Place},
};

/// Moves the tensors that weight files store elsewhere onto the files that hold their bytes.
pub(super) fn place(artifacts: &mut [Artifact]) {
    let mut wanted = Vec::new();
    for artifact in artifacts.iter_mut() {
        let folder = artifact.folder().to_owned();
        let path = artifact.path.clone();
        if let Contents::Weights(file) = &mut artifact.contents {
            for (name, tensors) in std::mem::take(&mut file.elsewhere) {
                wanted.push((path.clone(), path_in(&folder, &name), file.format, tensors));
            }
        }
    }
    let at: BTreeMap<String, usize> =
        artifacts.iter().enumerate().map(|(i, it)| (it.path.clone(), i)).collect();
    for (from, to, format, tensors) in wanted {
        if let Some(&i) = at.get(&to) {
            move_in(&mut artifacts[i], &from, format, tensors);
        } else {
            let count = tensors.len();
            let saying = format!("stores {count} of its tensors in {to}, which is not here");
            let i = at[&from];
            let oddity = Oddity::new(What::ExternalDataMissing, Place::file(from), saying);
            artifacts[i].oddities.push(oddity);
        }
    }
}

fn move_in(artifact: &mut Artifact, from: &str, format: &'static str, tensors: Vec<Tensor>) {
    let len = artifact.len;
    let outside: Vec<&Tensor> =
        tensors.iter().filter(|it| it.bytes.as_ref().is_some_and(|it| it.end > len)).collect();
    if let Some(first) = outside.first() {
        let end = first.bytes.as_ref().map_or(0, |bytes| bytes.end);
        let saying = format!(
            "ends at byte {end} by the word of {from}, the file at byte {len}: {} of {} tensors are not whole",
            outside.len(),
            tensors.len()
        );
        let at = Place::file(&artifact.path).tensor(&first.name);
        artifact.oddities.push(Oddity::new(What::TensorOutOfRange, at, saying));
    }
    if !matches!(artifact.contents, Contents::Weights(_)) {
        artifact.kind = FileKind::Weights;
        artifact.unreadable = None;
        artifact.contents = Contents::Weights(WeightFile { format, ..WeightFile::default() });
    }
    if let Contents::Weights(file) = &mut artifact.contents {
        file.tensors.extend(tensors);
        file.tensors.sort_by(|a, b| {
            let start = |tensor: &Tensor| tensor.bytes.as_ref().map(|bytes| bytes.start);
            (start(a), &a.name).cmp(&(start(b), &b.name))
        });
    }
}
