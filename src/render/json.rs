//! The report as it is, for programs: JSON that people and `diff` can read too.
//!
//! Deep objects (a tensor, a place) take a line each. What acts unseen on a screen is spelled
//! `\uXXXX`; the value is the same.

use std::io::{self, BufWriter, Write};

use serde::Serialize;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter};

use super::{Output, Style, escape::is_unseen};
use crate::report::{Release, Report, Weights};

pub(super) const OUTPUT: Output = Output {
    name: "json",
    about: "the whole report, for programs and for later",
    write,
};

pub(super) const TENSORS: Output = Output {
    name: "json",
    about: "every tensor, for programs",
    write: write_tensors,
};

/// The name of the listing of tensors.
const TENSORS_SCHEMA: &str = "weighbill-tensors/1";

/// From this depth on, objects and arrays take one line.
const INLINE: usize = 4;

/// A new line, and the deepest indent that one can have.
const BREAK: &[u8] = b"\n            ";

fn write(report: &Report, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    write_value(report, out)
}

/// `weighbill-tensors/1`.
#[derive(Serialize)]
struct Listing<'a> {
    schema: &'static str,
    release: &'a Release,
    weights: &'a [Weights],
}

fn write_tensors(report: &Report, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    let Report { release, weights, .. } = report;
    write_value(&Listing { schema: TENSORS_SCHEMA, release, weights }, out)
}

/// Any document of ours in this form, and a newline.
pub fn write_value(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    // many small writes: into memory here, not each through a pointer to whatever `out` is
    let mut out = BufWriter::new(out);
    let mut serializer = serde_json::Serializer::with_formatter(&mut out, Layout::default());
    value.serialize(&mut serializer)?;
    out.write_all(b"\n")?;
    out.flush()
}

/// Where line breaks go.
#[derive(Default)]
struct Layout {
    /// Containers that are open.
    depth: usize,
    /// The element of an array that is about to be written, where its separator is not out yet.
    element: Option<Element>,
    /// For each open container: whether it holds anything, and whether its last element broke the
    /// line.
    open: Vec<Open>,
}

/// Whether an element is the first of its array.
#[derive(Clone, Copy)]
enum Element {
    First,
    Later,
}

#[derive(Clone, Copy, Default)]
struct Open {
    any: bool,
    broke: bool,
}

impl Layout {
    /// Writes what goes before an array's scalar: it stays on the line.
    fn scalar<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        match self.element.take() {
            Some(Element::Later) => out.write_all(b", "),
            Some(Element::First) | None => Ok(()),
        }
    }

    /// Writes what goes before an array's object or array: a line of its own, unless deep.
    fn nested<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        let Some(element) = self.element.take() else {
            return Ok(());
        };
        if self.depth > INLINE {
            return out.write_all(if matches!(element, Element::Later) {
                b", "
            } else {
                b""
            });
        }
        if matches!(element, Element::Later) {
            out.write_all(b",")?;
        }
        if let Some(open) = self.open.last_mut() {
            open.broke = true;
        }
        self.line(out)
    }

    fn line<W: ?Sized + Write>(&self, out: &mut W) -> io::Result<()> {
        out.write_all(&BREAK[..BREAK.len().min(1 + 2 * self.depth)])
    }

    fn enter<W: ?Sized + Write>(&mut self, out: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.nested(out)?;
        self.depth += 1;
        self.open.push(Open::default());
        out.write_all(bracket)
    }

    fn leave(&mut self) -> Open {
        self.depth = self.depth.saturating_sub(1);
        self.open.pop().unwrap_or_default()
    }
}

/// Scalars, each with what goes before it.
macro_rules! scalars {
    ($($method:ident: $kind:ty,)+) => {
        $(fn $method<W: ?Sized + Write>(&mut self, out: &mut W, value: $kind) -> io::Result<()> {
            self.scalar(out)?;
            CompactFormatter.$method(out, value)
        })+
    };
}

impl Formatter for Layout {
    scalars! {
        write_bool: bool,
        write_u8: u8,
        write_u16: u16,
        write_u32: u32,
        write_u64: u64,
        write_i8: i8,
        write_i16: i16,
        write_i32: i32,
        write_i64: i64,
    }

    fn write_f64<W: ?Sized + Write>(&mut self, out: &mut W, value: f64) -> io::Result<()> {
        self.scalar(out)?;
        CompactFormatter.write_f64(out, value)
    }

    fn write_null<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.scalar(out)?;
        out.write_all(b"null")
    }

    fn begin_string<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.scalar(out)?;
        out.write_all(b"\"")
    }

    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        // no early end: so it goes many bytes at a time
        if fragment.bytes().fold(0, u8::max) < 0x7f {
            return out.write_all(fragment.as_bytes());
        }
        let mut rest = fragment;
        while let Some(at) = rest.find(is_unseen) {
            out.write_all(&rest.as_bytes()[..at])?;
            let Some(c) = rest[at..].chars().next() else {
                break;
            };
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            rest = &rest[at + c.len_utf8()..];
        }
        out.write_all(rest.as_bytes())
    }

    fn write_char_escape<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        escape: CharEscape,
    ) -> io::Result<()> {
        CompactFormatter.write_char_escape(out, escape)
    }

    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.enter(out, b"[")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, _: &mut W, first: bool) -> io::Result<()> {
        self.element = Some(if first {
            Element::First
        } else {
            Element::Later
        });
        Ok(())
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.element = None;
        if self.leave().broke {
            self.line(out)?;
        }
        out.write_all(b"]")
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.enter(out, b"{")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        if !first {
            out.write_all(b",")?;
        }
        if let Some(open) = self.open.last_mut() {
            open.any = true;
        }
        if self.depth >= INLINE {
            return out.write_all(b" ");
        }
        self.line(out)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        let inline = self.depth >= INLINE;
        match (self.leave().any, inline) {
            (false, _) => {}
            (true, true) => out.write_all(b" ")?,
            (true, false) => self.line(out)?,
        }
        out.write_all(b"}")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;
    use crate::render::sample;

    fn json(value: &impl Serialize) -> String {
        let mut out = Vec::new();
        write_value(value, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_report_is_read_back() {
        for report in [sample::tiny(), sample::llama(), sample::hostile()] {
            let json = json(&report);
            assert!(serde_json::from_str::<Report>(&json).unwrap() == report);
            assert!(!json.chars().any(|c| c != '\n' && is_unseen(c)));
        }
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "the report is that long")]
    fn deep_things_take_a_line() {
        let mut report = sample::tiny();
        report.groups.clear();
        report.components.truncate(1);
        insta::assert_snapshot!(json(&report), @r###"
        {
          "schema": "weighbill-report/1",
          "tool": {
            "name": "weighbill",
            "version": "0.1.0"
          },
          "release": {
            "root": "model.safetensors",
            "origin": "weight_file",
            "repo_id": null,
            "revision": null,
            "commit": null,
            "digest": "dc1b77ae0bf34dad64f0eeb9026e60767b07ce91e5906136305f050c368dcc74"
          },
          "verdict": {
            "summary": "weights only",
            "highest_severity": null
          },
          "totals": {
            "files": 1,
            "bytes": 96,
            "weight_files": 1,
            "tensors": 1,
            "parameters": 6,
            "unread": 0
          },
          "groups": [],
          "components": [
            {
              "id": "final_parameters",
              "group": "weights",
              "presence": "present",
              "evidence": [0]
            }
          ],
          "evidence": [
            {
              "component": "final_parameters",
              "presence": "present",
              "at": { "path": "model.safetensors", "member": null, "line": null, "key": null, "tensor": null, "byte": null },
              "saying": "1 tensor, all of its bytes here"
            }
          ],
          "disclosures": [],
          "artifacts": [
            {
              "path": "model.safetensors",
              "bytes": 96,
              "kind": "weights",
              "format": "safetensors",
              "sha256": "b513b5de8a9882aeaaa637b531aed82b0dcfe65e35c8ef5ba1abe44176f9c845",
              "unreadable": null,
              "recorded": []
            }
          ],
          "weights": [
            {
              "path": "model.safetensors",
              "format": "safetensors",
              "metadata": {},
              "operators": {},
              "tensors": [
                { "name": "w", "dtype": "F32", "shape": [2, 3], "elements": 6, "bytes": [72, 96], "role": "parameter", "sha256": null, "stats": null }
              ]
            }
          ],
          "weight_sets": [
            {
              "id": "safetensors",
              "primary": true,
              "paths": ["model.safetensors"],
              "format": "safetensors",
              "tensors": 1,
              "parameters": 6,
              "elements": 6,
              "buffers": 0,
              "helpers": 0,
              "bytes": 24
            }
          ],
          "model": {
            "architectures": [],
            "model_type": null,
            "parameters": 6,
            "active_parameters": null,
            "parameters_claimed": [],
            "dtypes": {
              "F32": 6
            },
            "quantization": null,
            "config_check": "no_config",
            "base_model": [],
            "frameworks": [],
            "recognized": null,
            "adapter": null,
            "memory": null,
            "task": null,
            "datasets": [],
            "results": []
          },
          "configs": [],
          "licenses": [],
          "uses": [],
          "openness": null,
          "verification": null,
          "coverage": [],
          "policy": null,
          "findings": []
        }
        "###);
        let mut listing = Vec::new();
        write_tensors(&report, &Style::default(), &mut listing).unwrap();
        insta::assert_snapshot!(String::from_utf8(listing).unwrap(), @r###"
        {
          "schema": "weighbill-tensors/1",
          "release": {
            "root": "model.safetensors",
            "origin": "weight_file",
            "repo_id": null,
            "revision": null,
            "commit": null,
            "digest": "dc1b77ae0bf34dad64f0eeb9026e60767b07ce91e5906136305f050c368dcc74"
          },
          "weights": [
            {
              "path": "model.safetensors",
              "format": "safetensors",
              "metadata": {},
              "operators": {},
              "tensors": [
                { "name": "w", "dtype": "F32", "shape": [2, 3], "elements": 6, "bytes": [72, 96], "role": "parameter", "sha256": null, "stats": null }
              ]
            }
          ]
        }
        "###);
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(7, 60, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::btree_map(".{0,3}", inner, 0..5)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_value_is_read_back(value in any_json()) {
            let read: Value = serde_json::from_str(&json(&value)).unwrap();
            prop_assert_eq!(read.to_string(), value.to_string());
        }
    }
}
