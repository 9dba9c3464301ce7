//! What texts give away or hide: keys and tokens, which are named by their kind and never shown, places on
//! someone's machine, tags that build Python objects, marks that change what is seen.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind, packed};

use crate::facts::What;

/// Longer files are not looked through: vocabularies and data.
pub(super) const LONGEST: u64 = 8 << 20;
/// Findings of one kind in one text.
const MOST: usize = 5;

/// Words in what stands for a key in examples; a key drawn by chance hardly has one.
const PLACEHOLDERS: &[&str] = &[
    "your",
    "xxxx",
    "fake",
    "dummy",
    "sample",
    "redacted",
    "replace",
    "insert",
    "placeholder",
    "secret",
    "1234567890",
];

/// Places that are looked at in one text.
const HITS: usize = 100_000;

/// Something in a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sign {
    pub(super) what: What,
    /// From 1.
    pub(super) line: u32,
    /// A clause.
    pub(super) saying: String,
}

/// How a secret begins, which characters it goes on with, and how many at least and at most.
struct Secret {
    begins: &'static str,
    kind: &'static str,
    least: usize,
    most: usize,
    extra: &'static [u8],
}

const fn secret(
    begins: &'static str,
    kind: &'static str,
    least: usize,
    most: usize,
    extra: &'static [u8],
) -> Secret {
    Secret { begins, kind, least, most, extra }
}

#[rustfmt::skip]
const SECRETS: &[Secret] = &[
    secret("hf_", "a token of the Hugging Face hub", 30, 40, b""),
    secret("api_org_", "a token of the Hugging Face hub", 30, 40, b""),
    secret("ghp_", "a token of GitHub", 36, 40, b""),
    secret("gho_", "a token of GitHub", 36, 40, b""),
    secret("ghs_", "a token of GitHub", 36, 40, b""),
    secret("github_pat_", "a token of GitHub", 60, 100, b"_"),
    secret("glpat-", "a token of GitLab", 20, 40, b"-_"),
    secret("AKIA", "a key id of AWS", 16, 16, b""),
    secret("ASIA", "a key id of AWS", 16, 16, b""),
    secret("AIza", "a key of Google", 35, 35, b"-_"),
    secret("ya29.", "a token of Google", 40, 400, b"-_"),
    secret("xoxb-", "a token of Slack", 24, 120, b"-"),
    secret("xoxp-", "a token of Slack", 24, 120, b"-"),
    secret("hooks.slack.com/services/T", "an address that posts to Slack", 30, 80, b"/"),
    secret("discord.com/api/webhooks/", "an address that posts to Discord", 60, 120, b"/-_"),
    secret("sk-proj-", "a key of OpenAI", 40, 200, b"-_"),
    secret("sk-ant-", "a key of Anthropic", 60, 200, b"-_"),
    secret("sk_live_", "a key of Stripe", 20, 120, b""),
    secret("npm_", "a token of npm", 36, 36, b""),
    secret("pypi-AgE", "a token of PyPI", 60, 300, b"-_"),
    secret("dop_v1_", "a token of DigitalOcean", 64, 64, b""),
    secret("SG.", "a key of SendGrid", 60, 80, b"-_."),
    secret("r8_", "a token of Replicate", 37, 37, b""),
    secret("nvapi-", "a key of NVIDIA", 60, 80, b"-_"),
    secret("gsk_", "a key of Groq", 50, 60, b""),
    secret("eyJhbGciOi", "a signed web token", 60, 2000, b"-_."),
];

/// What else is looked for, behind the secrets.
#[rustfmt::skip]
const OTHERS: &[&str] = &["-----BEGIN ", "!!python/", "tag:yaml.org,2002:python/", "/home/", "/Users/", "C:\\Users\\", "C:\\\\Users\\\\", "://", "<!ENTITY"];

/// Tags that build nothing but plain values.
const PLAIN_TAGS: &[&str] = &[
    "tuple", "none", "bool", "str", "unicode", "int", "long", "float", "complex", "list", "dict",
    "bytes",
];
/// Folders of users that are nobody in particular.
const NOBODY: &[&str] = &[
    "user",
    "username",
    "ubuntu",
    "runner",
    "root",
    "you",
    "me",
    "name",
    "yourname",
    "your_name",
    "Shared",
    "Public",
    "work",
    "app",
    "jovyan",
    "model",
    "ec2-user",
    "appuser",
];
/// What stands for a password in examples.
const MADE_UP: &[&str] = &["pass", "token", "pwd", "secret", "xxx", "key"];

/// What looks for all of them at once: sixteen or more bytes a step where the machine can, else one.
/// Both find the same.
enum Needles {
    Packed(packed::Searcher),
    Walked(AhoCorasick),
}

static NEEDLES: LazyLock<Option<Needles>> = LazyLock::new(|| {
    let all = || SECRETS.iter().map(|it| it.begins).chain(OTHERS.iter().copied());
    let packed = packed::Searcher::new(all()).map(Needles::Packed);
    packed.or_else(|| {
        let walked = AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(all());
        walked.ok().map(Needles::Walked)
    })
});

/// What a text gives away. `yaml` says whether tags mean anything in it, `code` whether marks that change
/// the order of what is seen do.
pub(super) fn signs(bytes: &[u8], yaml: bool, code: bool) -> Vec<Sign> {
    let mut signs = Signs { bytes, found: Vec::new() };
    let Some(needles) = NEEDLES.as_ref() else {
        return Vec::new();
    };
    let mut take = |hit: aho_corasick::Match| {
        signs.hit(hit.pattern().as_usize(), hit.start(), yaml);
    };
    match needles {
        Needles::Packed(packed) => packed.find_iter(bytes).take(HITS).for_each(&mut take),
        Needles::Walked(walked) => walked.find_iter(bytes).take(HITS).for_each(&mut take),
    }
    if code && let Some(at) = override_mark(bytes) {
        let saying = "a mark that changes the order in which the text is seen".to_owned();
        signs.told(What::HiddenText, at, saying);
    }
    signs.found
}

/// Whether a key is one to be seen where it stands: a page hands its key to every browser, and tests have
/// private keys of their own.
pub(super) fn is_to_be_seen(path: &str, saying: &str) -> bool {
    let path = path.to_ascii_lowercase();
    let page = [".html", ".htm", ".xhtml", ".mhtml"].iter().any(|end| path.ends_with(end));
    let tests = path.split('/').rev().skip(1).any(|folder| {
        matches!(folder, "test" | "tests" | "testing" | "testdata" | "test_data" | "fixtures")
    });
    (page && saying.starts_with("a key of Google"))
        || (tests && saying.starts_with("a private key"))
}

/// Whether a PDF names the action that starts a program.
pub(super) fn launches(bytes: &[u8]) -> bool {
    static LAUNCH: LazyLock<Option<AhoCorasick>> =
        LazyLock::new(|| AhoCorasick::new(["/Launch"]).ok());
    let mut hits = LAUNCH.iter().flat_map(|it| it.find_iter(bytes));
    hits.any(|hit| !bytes.get(hit.end()).is_some_and(u8::is_ascii_alphanumeric))
}

/// Tags by which `HyperPyYAML` has a name imported, or called as soon as the file is loaded, and the one by
/// which tasks of `lm-eval` name a function of a file beside them.
const CALLS: &[&str] = &[
    "!new:",
    "!apply:",
    "!applyref:",
    "!name:",
    "!module:",
    "!function ",
];

/// Names that the tags of a YAML file have its loader import or call: line from 1, tag, name.
pub(super) fn named(bytes: &[u8]) -> Vec<(u32, &'static str, String)> {
    let mut found = Vec::new();
    for (line, text) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
        let Some(at) = text.iter().position(|byte| *byte == b'!') else {
            continue;
        };
        let text = String::from_utf8_lossy(&text[at..]);
        if found.len() >= MOST_NAMED {
            break;
        }
        for tag in CALLS {
            let Some((_, rest)) = text.split_once(tag) else {
                continue;
            };
            let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '_')));
            let name = &rest[..end.unwrap_or(rest.len())];
            if !name.is_empty() && name.len() < 200 {
                found.push((line, *tag, name.to_owned()));
            }
        }
    }
    found
}

/// Names that are kept of one file.
const MOST_NAMED: usize = 1000;

struct Signs<'a> {
    bytes: &'a [u8],
    found: Vec<Sign>,
}

impl Signs<'_> {
    fn told(&mut self, what: What, at: usize, saying: String) {
        if self.found.iter().filter(|it| it.what == what).count() < MOST {
            let lines = self.bytes[..at].split(|byte| *byte == b'\n').count();
            let line = u32::try_from(lines).unwrap_or(u32::MAX);
            self.found.push(Sign { what, line, saying });
        }
    }

    fn hit(&mut self, needle: usize, at: usize, yaml: bool) {
        if let Some(secret) = SECRETS.get(needle) {
            return self.secret(secret, at);
        }
        let Some(other) = OTHERS.get(needle - SECRETS.len()).copied() else {
            return;
        };
        let rest = &self.bytes[at + other.len()..];
        match other {
            "-----BEGIN " => self.private_key(rest, at),
            "!!python/" | "tag:yaml.org,2002:python/" if yaml => self.tag(other, rest, at),
            "/home/" | "/Users/" | "C:\\Users\\" | "C:\\\\Users\\\\" => {
                self.folder(other, rest, at);
            }
            "://" => self.password(rest, at),
            "<!ENTITY" => {
                let near = rest.get(..200).unwrap_or(rest);
                if near.windows(6).any(|it| it == b"SYSTEM" || it == b"PUBLIC") {
                    let saying = "an entity that is read from elsewhere".to_owned();
                    self.told(What::ExternalEntity, at, saying);
                }
            }
            _ => {}
        }
    }

    fn private_key(&mut self, rest: &[u8], at: usize) {
        let head = rest.get(..40).unwrap_or(rest);
        let line = head.split(|byte| *byte == b'-').next().unwrap_or_default();
        // a key has its bytes behind it; a text about keys has not
        let body = rest.iter().skip(line.len()).take(200);
        if line.ends_with(b"PRIVATE KEY")
            && body.filter(|it| it.is_ascii_alphanumeric()).count() > 60
        {
            let saying = format!("a private key ({})", String::from_utf8_lossy(line));
            self.told(What::Secret, at, saying);
        }
    }

    fn tag(&mut self, front: &str, rest: &[u8], at: usize) {
        let tag = rest.split(u8::is_ascii_whitespace).next().unwrap_or_default();
        let tag = String::from_utf8_lossy(tag.get(..80).unwrap_or(tag)).into_owned();
        if !PLAIN_TAGS.contains(&tag.split([':', '/']).next().unwrap_or_default()) {
            self.told(What::YamlPythonTag, at, format!("the tag `{front}{tag}`"));
        }
    }

    fn folder(&mut self, front: &str, rest: &[u8], at: usize) {
        let end = |byte: &u8| !(byte.is_ascii_alphanumeric() || b"-_.".contains(byte));
        let len = rest.iter().position(end).unwrap_or(rest.len());
        let before = at.checked_sub(1).and_then(|at| self.bytes.get(at));
        let within = |byte: &u8| byte.is_ascii_alphanumeric() || b"/.".contains(byte);
        let goes_on = matches!(rest.get(len), Some(b'/' | b'\\'));
        let name = String::from_utf8_lossy(&rest[..len]).into_owned();
        let named = (2..40).contains(&len) && !NOBODY.contains(&name.as_str());
        if !before.is_some_and(within) && goes_on && named {
            let saying = format!("a path of someone's own, below {front}{name}");
            self.told(What::PersonalPath, at, saying);
        }
    }

    /// `user:password@host`
    fn password(&mut self, rest: &[u8], at: usize) {
        let ends = |byte: &u8| b"/ \t\r\n\"'<>)`".contains(byte);
        let authority = rest.split(ends).next().unwrap_or_default();
        let authority = std::str::from_utf8(authority.get(..200).unwrap_or(authority));
        let user = authority.ok().and_then(|it| it.split_once('@')).map(|(user, _)| user);
        let Some((name, password)) = user.and_then(|user| user.split_once(':')) else {
            return;
        };
        let lower = password.to_ascii_lowercase();
        let made_up = password.starts_with(['$', '{', '<', '%', '[', '*'])
            || MADE_UP.iter().any(|it| lower.contains(it));
        if !name.is_empty() && password.len() >= 6 && !made_up {
            self.told(What::Secret, at, "a password in an address".to_owned());
        }
    }

    fn secret(&mut self, secret: &Secret, at: usize) {
        let before = at.checked_sub(1).and_then(|at| self.bytes.get(at));
        if before.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_') {
            return;
        }
        let rest = &self.bytes[at + secret.begins.len()..];
        let of_it = |byte: &&u8| byte.is_ascii_alphanumeric() || secret.extra.contains(*byte);
        let value: Vec<u8> = rest.iter().take(secret.most + 1).take_while(of_it).copied().collect();
        if !(secret.least..=secret.most).contains(&value.len()) {
            return;
        }
        // a key is drawn by chance: it repeats little, and mixes digits and letters
        let distinct: std::collections::BTreeSet<u8> = value.iter().copied().collect();
        let digits = value.iter().any(u8::is_ascii_digit)
            || secret.begins == "hf_"
            || secret.begins.starts_with('A');
        let text = String::from_utf8_lossy(&value).to_ascii_lowercase();
        let example = text.contains("example") || PLACEHOLDERS.iter().any(|it| text.contains(it));
        if distinct.len() < 8 || !digits || example {
            return;
        }
        self.told(
            What::Secret,
            at,
            format!(
                "{}, `{}…`, {} characters",
                secret.kind,
                secret.begins,
                value.len() + secret.begins.len()
            ),
        );
    }
}

/// The first override or isolate of direction.
fn override_mark(bytes: &[u8]) -> Option<usize> {
    let mark = |at: &usize| {
        let bytes = &bytes[*at..];
        matches!(bytes, [_, 0x80, 0xAA..=0xAE, ..] | [_, 0x81, 0xA6..=0xA9, ..])
    };
    memchr::memchr_iter(0xE2, bytes).find(mark)
}

#[cfg(test)]
mod tests;
