//! MLC and `WebLLM`: a JSON list of tensors, shard by shard, beside shards without names.

use serde::Deserialize;

use super::{
    Format, Input, Listing, Probe, ReadError, Reader, flax,
    gathering::{Gathering, RANK},
};
use crate::{
    facts::{Dtype, Tensor, What},
    words::FileKind,
};

pub(super) const FORMAT: Format = Format {
    name: "mlc",
    kind: FileKind::Index,
    recognizes,
    read: Reader::Tensors(read),
};

/// The most that is read of a list.
const LONGEST: u64 = 64 << 20;

#[derive(Deserialize)]
struct Cache {
    #[serde(default)]
    metadata: serde_json::Map<String, serde_json::Value>,
    records: Vec<Shard>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Shard {
    data_path: String,
    records: Vec<Record>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    name: String,
    shape: Vec<u64>,
    dtype: String,
    #[serde(default)]
    format: String,
    nbytes: u64,
    byte_offset: u64,
}

/// A list of records, or the sums that stand in front of one.
fn recognizes(probe: &Probe) -> bool {
    probe.is_object_with(&["ParamSize", "ParamBytes"])
        || probe.is_object_with(&["dataPath", "raw-shard"])
}

fn read(input: &Input) -> Result<Listing, ReadError> {
    let len = input.bytes.len();
    if len > LONGEST {
        return Err(ReadError::TooLarge {
            what: "a list of tensors",
            len,
            cap: LONGEST,
        });
    }
    let json = input.bytes.read(0..len)?;
    let cache: Cache = serde_json::from_slice(&json).map_err(|error| ReadError::Malformed {
        format: FORMAT.name,
        reason: error.to_string(),
    })?;
    let mut found = Gathering::new(input, FORMAT.name);
    for (key, value) in cache.metadata {
        found.note(key, value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    }
    for shard in cache.records {
        let held = (input.sibling)(&shard.data_path).map(|file| file.len());
        for record in shard.records {
            list(record, &shard.data_path, held, &mut found);
        }
    }
    Ok(found.listing())
}

fn list(record: Record, path: &str, held: Option<u64>, found: &mut Gathering) {
    let at = found.at().tensor(&record.name);
    if record.shape.len() > RANK {
        return found.odd(What::HeaderInvalid, at, format!("{} extents", record.shape.len()));
    }
    // stored as the upper halves of floats, whatever the type says
    let stored = if record.format == "f32-to-bf16" && record.dtype == "float32" {
        "bfloat16"
    } else {
        &record.dtype
    };
    let known = flax::dtype(stored);
    if known.is_none() {
        found.odd(What::DtypeUnknown, at, format!("element type `{stored}`"));
    }
    let tensor = Tensor {
        name: record.name,
        dtype: Dtype::named(known.unwrap_or(stored)),
        shape: record.shape,
        bytes: Some(record.byte_offset..record.byte_offset.saturating_add(record.nbytes)),
    };
    found.tensor_elsewhere(path, held, tensor);
}

#[cfg(test)]
mod tests {
    use super::{super::trial, *};

    fn cache(path: &str, dtype: &str, format: &str, len: u64, offset: u64) -> Vec<u8> {
        let record = format!(
            r#"{{"name":"w","shape":[2,3],"dtype":"{dtype}","format":"{format}","nbytes":{len},"byteOffset":{offset}}}"#
        );
        let shard = format!(
            r#"{{"dataPath":"{path}","format":"raw-shard","nbytes":9,"records":[{record}]}}"#
        );
        format!(r#"{{"metadata":{{"ParamSize":1,"ParamBytes":24.0}},"records":[{shard}]}}"#)
            .into_bytes()
    }

    #[test]
    fn records_lead_to_shards() {
        let plain = cache("params_shard_0.bin", "float16", "raw", 12, 4);
        trial::check(&FORMAT, &plain, &["params_shard_0.bin: w F16 [2, 3] 4..16"]);
        let halved = cache("params_shard_0.bin", "float32", "f32-to-bf16", 12, 4);
        trial::check(&FORMAT, &halved, &["params_shard_0.bin: w BF16 [2, 3] 4..16"]);
    }

    #[test]
    fn what_lies_is_told() {
        check(&cache("s", "float32", "raw", 12, 0), "F32 [2, 3] takes 24 bytes, 12 are stored");
        check(&cache("s", "e3", "raw", 12, 0), "element type `e3`");
        check(&cache(trial::SIBLING, "int8", "raw", 6, 95), "bytes 95 to 101, hundred has 100");
        check(
            &cache("../s", "int8", "raw", 6, 0),
            "its data is said to lie at `../s`, outside the folder",
        );
    }

    #[track_caller]
    fn check(bytes: &[u8], saying: &str) {
        let listing = trial::list(&FORMAT, bytes).unwrap();
        assert_eq!(trial::odd(&listing), [saying]);
    }

    #[test]
    fn no_bytes_are_too_strange() {
        trial::abuse(&FORMAT, &cache("s", "int8", "raw", 6, 0));
    }
}
