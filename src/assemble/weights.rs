//! Tensors and weight sets in the report.

use crate::{
    digest,
    digests::Digests,
    facts::{Contents, Facts, Tensor},
    report::{self, Number},
    sets::Sets,
    words::Role,
};

/// Every file of tensors. Takes the facts apart, since a release may list a million names.
pub(super) fn files(facts: Facts, sets: &Sets, digests: &Digests) -> Vec<report::Weights> {
    let artifacts = facts.artifacts.into_iter().enumerate();
    let weights = artifacts.filter_map(|(i, artifact)| match artifact.contents {
        Contents::Weights(file) => Some((i, artifact.path, file)),
        _ => None,
    });
    weights
        .map(|(i, path, file)| {
            let roles = sets.roles.get(&i);
            let role = |at: usize| roles.and_then(|it| it.get(at)).copied().unwrap_or(Role::Other);
            let tensors = file.tensors.into_iter().enumerate();
            report::Weights {
                path,
                format: file.format.to_owned(),
                metadata: file.metadata,
                operators: file.operators.into_iter().collect(),
                tensors: tensors.map(|(at, it)| tensor(it, role(at), i, at, digests)).collect(),
            }
        })
        .collect()
}

fn tensor(it: Tensor, role: Role, file: usize, at: usize, digests: &Digests) -> report::Tensor {
    let learned = digests.of_tensor(file, at);
    report::Tensor {
        elements: it.elements(),
        dtype: it.dtype.name().to_owned(),
        bytes: it.bytes.map(|bytes| (bytes.start, bytes.end)),
        name: it.name,
        shape: it.shape,
        role,
        sha256: learned.and_then(|it| it.sha256).map(|it| digest::hex(&it)),
        stats: learned.and_then(|it| it.statistics.as_ref()).map(statistics),
    }
}

fn statistics(it: &digest::Statistics) -> report::Statistics {
    report::Statistics {
        min: Number(it.min),
        max: Number(it.max),
        mean: Number(it.mean),
        std: Number(it.std),
        zeros: it.zeros,
        nan: it.nan,
        inf: it.inf,
    }
}

/// Which files are the same weights.
pub(super) fn sets(facts: &Facts, sets: &Sets) -> Vec<report::WeightSet> {
    let path = |&i: &usize| facts.artifacts.get(i).map(|it| it.path.clone());
    let set = |(at, it): (usize, &crate::sets::WeightSet)| report::WeightSet {
        id: it.id.clone(),
        primary: at == 0,
        paths: it.files.iter().filter_map(path).collect(),
        format: it.format.to_owned(),
        tensors: it.tensors,
        parameters: it.parameters,
        elements: it.elements,
        buffers: it.buffers,
        helpers: it.helpers,
        bytes: it.bytes,
    };
    sets.sets.iter().enumerate().map(set).collect()
}
