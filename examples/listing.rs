//! Lists the tensors of files as their readers see them, a JSON document a line: what
//! `tests/compare_formats.py` holds against the formats' own libraries.

use std::{env, error::Error, io::Write as _, path::Path};

use serde_json::{Value, json};
use weighbill::{
    facts::Tensor,
    read::{FORMATS, Input, Probe, Reader},
    source::{Bytes, Source},
};

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stdout().lock();
    for path in env::args().skip(1) {
        writeln!(out, "{}", listing(Path::new(&path))?)?;
    }
    Ok(())
}

fn listing(path: &Path) -> Result<Value, Box<dyn Error>> {
    let source = Source::open(path)?;
    let head = source.read(0..source.len().min(4096))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let probe = Probe { head: &head, name: &name, bytes: &source };
    let Some(format) = FORMATS.iter().find(|format| (format.recognizes)(&probe)) else {
        return Ok(json!({ "path": path, "format": null }));
    };
    let Reader::Tensors(read) = format.read else {
        return Ok(json!({ "path": path, "format": format.name }));
    };
    let folder = path.parent().unwrap_or(Path::new(""));
    let sibling = |name: &str| {
        let source = Source::open(&folder.join(name)).ok()?;
        Some(Box::new(source) as Box<dyn Bytes>)
    };
    let input = Input {
        path: &name,
        bytes: &source,
        sibling: &sibling,
    };
    let listing = match read(&input) {
        Ok(listing) => listing,
        Err(error) => {
            return Ok(json!({ "path": path, "format": format.name, "error": error.to_string() }));
        }
    };
    let oddities: Vec<String> = listing
        .oddities
        .iter()
        .map(|odd| format!("{:?} {:?} {}", odd.what, odd.at, odd.saying))
        .collect();
    let file = listing.file;
    let apart: Vec<Value> = file
        .apart
        .iter()
        .map(
            |part| json!({ "key": part.key, "role": part.role, "tensors": tensors(&part.tensors) }),
        )
        .collect();
    let pickles: Vec<Value> = file
        .pickles
        .iter()
        .map(|pickle| {
            let globals: Vec<String> =
                pickle.globals.iter().map(weighbill::facts::Global::path).collect();
            json!({ "member": pickle.member, "start": pickle.start, "end": pickle.end,
                    "globals": globals, "stopped": pickle.stopped })
        })
        .collect();
    Ok(json!({
        "path": path, "format": format.name, "metadata": file.metadata,
        "tensors": tensors(&file.tensors), "apart": apart, "pickles": pickles,
        "elsewhere": file.elsewhere.iter().map(|(path, all)| json!([path, tensors(all)]))
            .collect::<Vec<_>>(),
        "oddities": oddities,
    }))
}

fn tensors(tensors: &[Tensor]) -> Vec<Value> {
    let one = |tensor: &Tensor| {
        let bytes = tensor.bytes.as_ref().map(|bytes| [bytes.start, bytes.end]);
        json!({ "name": tensor.name, "dtype": tensor.dtype.name(), "shape": tensor.shape,
                "bytes": bytes })
    };
    tensors.iter().map(one).collect()
}
