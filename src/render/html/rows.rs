//! Every tensor as one packed text inside the page: a row a line, tabs between, deflated, base64.

use std::io::{self, Write};

use flate2::{Compression, write::DeflateEncoder};

use crate::{
    render::{
        escape::{shortened, visible},
        numbers,
    },
    report::{Report, Tensor},
};

/// Characters that stay of a name: the page has to stay small, the JSON report has all.
const NAME: usize = 400;

/// The files' paths in the first row; then file, name, dtype, shape, bytes, min, max, std, start
/// and digest of each tensor. Digests do not pack, so they are there on request only.
pub(super) fn write(report: &Report, digests: bool, out: &mut dyn Write) -> io::Result<()> {
    let mut packed = DeflateEncoder::new(Base64::new(out), Compression::new(6));
    let paths: Vec<String> = report.weights.iter().map(|file| cell(&file.path)).collect();
    packed.write_all(paths.join("\t").as_bytes())?;
    for (file, weights) in report.weights.iter().enumerate() {
        for tensor in &weights.tensors {
            packed.write_all(row(file, tensor, digests).as_bytes())?;
        }
    }
    packed.finish()?.finish()
}

fn row(file: usize, tensor: &Tensor, digests: bool) -> String {
    let mut cells = vec![
        file.to_string(),
        cell(&tensor.name),
        cell(&tensor.dtype),
        numbers::shape(&tensor.shape),
        crate::render::tensors::len(tensor).map(|n| n.to_string()).unwrap_or_default(),
    ];
    match &tensor.stats {
        Some(stats) => {
            let real = [stats.min, stats.max, stats.std];
            cells.extend(real.map(|number| numbers::short(number.0)));
        }
        None => cells.extend([const { String::new() }; 3]),
    }
    cells.push(tensor.bytes.map(|(start, _)| start.to_string()).unwrap_or_default());
    if let Some(sha256) = tensor.sha256.as_ref().filter(|_| digests) {
        cells.push(cell(sha256));
    }
    format!("\n{}", cells.join("\t"))
}

/// Text without tabs and line breaks, as every output shows it.
fn cell(text: &str) -> String {
    visible(&shortened(text, NAME)).into_owned()
}

/// Writes what it is given as base64 (RFC 4648, padded).
struct Base64<'a> {
    out: &'a mut dyn Write,
    /// Bytes that wait for a third, and how many they are.
    rest: [u8; 3],
    waiting: usize,
}

impl<'a> Base64<'a> {
    fn new(out: &'a mut dyn Write) -> Self {
        Self { out, rest: [0; 3], waiting: 0 }
    }

    /// Writes what waits.
    fn finish(mut self) -> io::Result<()> {
        if self.waiting > 0 {
            self.rest[self.waiting..].fill(0);
            let mut four = four(self.rest);
            four[self.waiting + 1..].fill(b'=');
            self.out.write_all(&four)?;
            self.waiting = 0;
        }
        Ok(())
    }
}

impl Write for Base64<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut spelled = Vec::with_capacity(bytes.len() / 3 * 4 + 4);
        for byte in bytes {
            self.rest[self.waiting] = *byte;
            self.waiting += 1;
            if self.waiting == 3 {
                spelled.extend(four(self.rest));
                self.waiting = 0;
            }
        }
        self.out.write_all(&spelled)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn four([a, b, c]: [u8; 3]) -> [u8; 4] {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    [
        a >> 2,
        (a & 3) << 4 | b >> 4,
        (b & 15) << 2 | c >> 6,
        c & 63,
    ]
    .map(|six| LETTERS[usize::from(six)])
}

/// Bytes as base64, for the hashes of the page's policy.
#[cfg(test)]
pub(super) fn base64(bytes: &[u8]) -> String {
    let mut out = Vec::new();
    let mut base64 = Base64::new(&mut out);
    base64.write_all(bytes).unwrap();
    base64.finish().unwrap();
    String::from_utf8(out).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_as_in_rfc_4648() {
        let cases = ["", "f", "fo", "foo", "foob", "fooba", "foobar"];
        let spelled = [
            "", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy",
        ];
        assert_eq!(cases.map(|case| base64(case.as_bytes())), spelled);
    }
}
