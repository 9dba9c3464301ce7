//! Texts and documents, in a folder or in an archive: looked through for what they give away, and read where they
//! say what a loader is to do.

use base64ct::{Base64, Encoding};
use memchr::memmem;

use super::{LAYER, Look, Part, text};
use crate::{
    facts::{Make, Named, What},
    read::{json, reaches, yaml},
};

/// Files of code that are read of one archive.
const CODE: usize = 1 << 14;
/// Pickles in base64 that are read of one file.
const SERIALIZED: usize = 1 << 10;
/// Configurations that are read of one archive, and how long they may be.
const CONFIGS: usize = 64;
const CONFIG: u64 = 1 << 20;

impl Look<'_> {
    /// Looks through a text, and reads a configuration that lies in an archive.
    pub(super) fn text(&mut self, part: &Part, head: &[u8]) {
        let text = std::str::from_utf8(head).is_ok_and(|it| !it.contains('\0'))
            || std::str::from_utf8(head).is_err_and(|it| it.valid_up_to() + 4 > head.len());
        if !text || head.is_empty() || part.bytes.len() > text::LONGEST {
            return;
        }
        let Ok(bytes) = part.bytes.read(0..part.bytes.len()) else {
            return;
        };
        let name = part.name.to_ascii_lowercase();
        let ends = |all: &[&str]| all.iter().any(|end| name.ends_with(end));
        let yaml = ends(&[".yaml", ".yml"]);
        let code = ends(&[
            ".py", ".sh", ".js", ".json", ".jinja", ".toml", ".cfg", ".c", ".cpp", ".cu", ".rs",
        ]);
        for sign in text::signs(&bytes, yaml, code) {
            let at = self.place(part.member).line(sign.line);
            let place = part.member.unwrap_or(self.path);
            let seen = sign.what == What::Secret && text::is_to_be_seen(place, &sign.saying);
            let what = if seen {
                What::SecretToBeSeen
            } else {
                sign.what
            };
            self.notes.note(what, at, sign.saying);
        }
        if ends(&[".pth"]) {
            let lines = bytes.split(|byte| *byte == b'\n');
            let import =
                |line: &[u8]| line.starts_with(b"import ") || line.starts_with(b"import\t");
            if let Some((at, _)) = (1..).zip(lines).find(|(_, line)| import(line)) {
                let saying = "a list of paths whose `import` lines Python runs at every start";
                self.notes.note(What::PathListImports, self.place(part.member).line(at), saying);
            }
        }
        if yaml {
            for (line, tag, called) in text::named(&bytes) {
                let member = part.member.map(str::to_owned);
                self.found.named.push(Named { member, line, tag, name: called });
            }
        }
        let Some(member) = part.member else {
            return;
        };
        self.serialized(part, &bytes);
        let text = String::from_utf8_lossy(&bytes);
        if ends(&[".py"]) && self.found.code.len() < CODE {
            let script = self.script && !member.contains("/extra/");
            let reaches = if script {
                reaches::script(&text)
            } else {
                reaches::read(&text)
            };
            self.found.code.push((member.to_owned(), reaches));
        }
        if bytes.len() as u64 > CONFIG || self.found.configs.len() >= CONFIGS {
            return;
        }
        let read = if yaml || name == "mlmodel" {
            yaml::config(self.path, &text)
        } else if ends(&[".json"]) || name == "schema" {
            json::config(self.path, &text)
        } else {
            return;
        };
        self.found.configs.push((member.to_owned(), read.0));
    }

    /// Pickles in base64 that `stable-baselines3` keeps in the JSON of its archives, and loads with the model.
    fn serialized(&mut self, part: &Part, bytes: &[u8]) {
        const KEY: &[u8] = b"\":serialized:\"";
        let (mut line, mut counted) = (1, 0);
        for at in memmem::find_iter(bytes, KEY).take(SERIALIZED) {
            let rest = bytes[at + KEY.len()..].trim_ascii_start();
            let rest = rest.strip_prefix(b":").unwrap_or_default().trim_ascii_start();
            let value = rest.strip_prefix(b"\"").unwrap_or_default();
            let value = value.split(|byte| *byte == b'"').next().unwrap_or_default();
            let decoded = std::str::from_utf8(value).ok().map(Base64::decode_vec);
            if let Some(Ok(pickle)) = decoded {
                line += memchr::memchr_iter(b'\n', &bytes[counted..at]).count();
                counted = at;
                let member = format!("{}/line {line}, byte {at}", part.member.unwrap_or(part.name));
                self.pickles(
                    &Part {
                        bytes: &pickle,
                        member: Some(&member),
                        name: "",
                        depth: part.depth + 1,
                        told: false,
                    },
                    0,
                );
            }
        }
    }

    /// Notes a document that has its reader start a program, as far as it says so outside of what is packed.
    pub(super) fn document(&mut self, part: &Part, head: &[u8]) {
        if !head.starts_with(b"%PDF-") || part.bytes.len() > LAYER {
            return;
        }
        let bytes = part.bytes.read(0..part.bytes.len()).unwrap_or_default();
        if text::launches(&bytes) {
            self.found.makes.push((part.member.map(str::to_owned), Make::Launches));
        }
    }
}
