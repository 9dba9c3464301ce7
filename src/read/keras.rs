//! Keras 3's `.keras`: an archive of the layers as JSON and the weights as HDF5.

use serde_json::Value;

use super::{Format, Input, Listing, ReadError, Reader, gathering::Gathering, hdf5, zip::Zip};
use crate::{facts::What, words::FileKind};

pub(super) const FORMAT: Format = Format {
    name: "keras",
    kind: FileKind::Weights,
    recognizes: |probe| {
        if !probe.head.starts_with(b"PK") {
            return false;
        }
        let names = Zip::names(probe.bytes);
        let has = |name: &str| names.iter().any(|it| it == name);
        has(CONFIG) && (has(WEIGHTS) || has(METADATA))
    },
    read: Reader::Tensors(read),
};

const CONFIG: &str = "config.json";
const METADATA: &str = "metadata.json";
const WEIGHTS: &str = "model.weights.h5";
/// The most that is read of a description of layers.
pub(super) const LONGEST: u64 = 16 << 20;
/// The most that is unpacked of weights that are packed.
const PACKED: u64 = 1 << 28;

fn read(input: &Input) -> Result<Listing, ReadError> {
    let mut found = Gathering::new(input, FORMAT.name);
    let archive = Zip::read(input.path, input.bytes)?;
    for oddity in archive.oddities {
        found.odd(oddity.what, oddity.at, oddity.saying);
    }
    for member in &archive.members {
        found.enter(Some(member.name.clone()));
        match member.name.as_str() {
            CONFIG | METADATA => match member.unpack(input.bytes, LONGEST) {
                Ok(unpacked) if member.name == CONFIG => layers(&unpacked.bytes, &mut found),
                Ok(unpacked) => versions(&unpacked.bytes, &mut found),
                Err(error) => found.odd(What::ReadInPart, found.at(), error.to_string()),
            },
            WEIGHTS => {
                let held = match member.window(input.bytes) {
                    Some(window) => found.adopt(&hdf5::FORMAT, &window, Some(window.start()), ""),
                    None => match member.unpack(input.bytes, PACKED) {
                        Ok(unpacked) => found.adopt(&hdf5::FORMAT, &unpacked.bytes, None, ""),
                        Err(error) => Err(error),
                    },
                };
                if let Err(error) = held {
                    found.odd(What::HeaderInvalid, found.at(), error.to_string());
                }
            }
            _ => {}
        }
    }
    found.enter(None);
    Ok(found.listing())
}

fn versions(json: &[u8], found: &mut Gathering) {
    if let Ok(Value::Object(entries)) = serde_json::from_slice(json) {
        for (key, value) in entries {
            if let Value::String(text) = value {
                found.note(key, text);
            }
        }
    }
}

/// Counts the layers that a description builds, each with the module that it comes from: a `Lambda`
/// holds code, and so may a class that is registered elsewhere.
pub(super) fn layers(json: &[u8], found: &mut Gathering) {
    match serde_json::from_slice::<Value>(json) {
        Ok(config) => walk(&config, found),
        Err(error) => {
            found.odd(
                What::ConfigInvalid,
                found.at(),
                format!("its layers are no valid JSON: {error}"),
            );
        }
    }
}

/// As deep as the parser goes, which is 128 levels.
fn walk(value: &Value, found: &mut Gathering) {
    match value {
        Value::Object(entries) => {
            let text =
                |key: &str| entries.get(key).and_then(Value::as_str).filter(|it| it.len() < 4096);
            if let Some(class) = text("class_name") {
                match text("module").filter(|module| !module.is_empty()) {
                    Some(module) => found.operator(&format!("{module}::{class}")),
                    None => found.operator(class),
                }
                if let Some(name) = text("registered_name").filter(|name| name.contains('>')) {
                    found.note(format!("registered.{name}"), class);
                }
            }
            entries.values().for_each(|held| walk(held, found));
        }
        Value::Array(items) => items.iter().for_each(|held| walk(held, found)),
        _ => {}
    }
}
