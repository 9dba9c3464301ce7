//! `npz`: a zip of `npy` files.

use super::npy;
use crate::{
    facts::What,
    read::{
        Format, Input, Listing, Probe, ReadError, Reader,
        gathering::Gathering,
        zip::{Packing, Zip},
    },
    words::{FileKind, Place},
};

pub(in crate::read) const FORMAT: Format = Format {
    name: "npz",
    kind: FileKind::Weights,
    recognizes,
    read: Reader::Tensors(read),
};

/// So much of a packed member is unpacked to read its header.
const UNPACKED: u64 = 1 << 12;

fn recognizes(probe: &Probe) -> bool {
    probe.head.starts_with(b"PK") && {
        let names = Zip::names(probe.bytes);
        let mut files = names.iter().filter(|name| !name.ends_with('/')).peekable();
        files.peek().is_some() && files.all(|name| name.strip_suffix(".npy").is_some())
    }
}

fn read(input: &Input) -> Result<Listing, ReadError> {
    let mut gathering = Gathering::new(input, FORMAT.name);
    let zip = Zip::read(input.path, input.bytes)?;
    for oddity in zip.oddities {
        gathering.odd(oddity.what, oddity.at, oddity.saying);
    }
    for member in &zip.members {
        let Some(name) = member.name.strip_suffix(".npy") else {
            continue;
        };
        let place = Place::file(input.path).member(&member.name);
        let (array, start) = match member.window(input.bytes) {
            Some(window) => (npy::array(&window), Some(window.start())),
            None if member.packing == Packing::Deflated => {
                let head = member.unpack_head(input.bytes, UNPACKED);
                (npy::array(&head), None)
            }
            None => continue, // told by the archive's reader
        };
        let mut array = match array {
            Ok(array) => array,
            Err(ReadError::Io(error)) => return Err(error.into()),
            Err(error) => {
                gathering.odd(What::HeaderInvalid, place, error.to_string());
                continue;
            }
        };
        if start.is_none() && array.odd.as_ref().is_some_and(|(what, _)| *what != What::ObjectArray)
        {
            array.odd = None; // only its head was unpacked
        }
        if let Some((what, saying)) = array.odd {
            gathering.odd(what, place.tensor(name), saying);
        }
        let range = array.bytes;
        let bytes = start.map(|start| start + range.start..start + range.end);
        let bytes = bytes.filter(|_| array.plain);
        gathering.tensor(name.to_owned(), array.dtype, array.shape, bytes);
    }
    Ok(gathering.listing())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{
        numpy::npy::tests::npy,
        trial,
        zip::made::{Lies, Made},
    };

    #[test]
    fn members_are_listed() {
        trial::check(&FORMAT, &good(), &["a F32 [2] 102..110", "layer/b F64 [3]"]);
    }

    fn good() -> Vec<u8> {
        let header = |descr, shape| {
            format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}")
        };
        let deflated = Lies { deflated: true, ..Lies::default() };
        Made::default()
            .with("a.npy", &npy(&header("<f4", "(2,)"), &[7; 8]))
            .lying("layer/b.npy", &npy(&header("<f8", "(3,)"), &[7; 24]), &deflated)
            .done()
    }

    #[test]
    fn any_bytes_are_survived() {
        trial::abuse(&FORMAT, &good());
    }
}
