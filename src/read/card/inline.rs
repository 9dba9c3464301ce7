//! A stretch of Markdown or HTML as a reader sees it: its words, and where its links lead.

use std::collections::BTreeMap;

use super::tags::{TAGS, attribute};
use crate::read::yaml::head;

/// What a block says, without markup.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Inline {
    /// The words; line ends of the file have become spaces, `<br>` a line end.
    pub(super) words: String,
    /// Where each line of the file begins in `words`, and its number from 1.
    pub(super) starts: Vec<(usize, u32)>,
    /// Links and images, in order.
    pub(super) links: Vec<Link>,
}

/// A link or an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Link {
    /// Where its text begins in the words.
    pub(super) at: usize,
    /// Where its text ends in the words: nowhere else for an image, which has none.
    pub(super) end: usize,
    /// What it is called: its text, or the image's description.
    pub(super) text: String,
    /// Where it leads, as written.
    pub(super) target: String,
    /// Whether it shows a picture and leads nowhere.
    pub(super) image: bool,
    /// Whether the address itself is what one reads.
    pub(super) bare: bool,
}

/// Link definitions (`[name]: address`) by their names in lower case.
pub(super) type Definitions = BTreeMap<String, String>;

/// The most bytes of an address.
const MOST_TARGET: usize = 1024;
/// The most bytes of the name of a definition.
const MOST_NAME: usize = 200;
/// Links within links that are looked into.
const MOST_DEPTH: usize = 8;

impl Inline {
    /// The line that a place in the words stands on.
    pub(super) fn line_at(&self, at: usize) -> u32 {
        let after = self.starts.partition_point(|(start, _)| *start <= at);
        after.checked_sub(1).and_then(|i| self.starts.get(i)).map_or(1, |(_, line)| *line)
    }

    /// The first line.
    pub(super) fn line(&self) -> u32 {
        self.starts.first().map_or(1, |(_, line)| *line)
    }
}

/// Reads lines that belong together.
pub(super) fn read(lines: &[(u32, &str)], definitions: &Definitions) -> Inline {
    let len: usize = lines.iter().map(|(_, text)| text.len() + 1).sum();
    let mut joined = String::with_capacity(len);
    let mut starts = Vec::with_capacity(lines.len());
    for (line, text) in lines {
        if !joined.is_empty() {
            joined.push(' ');
        }
        starts.push((joined.len(), *line));
        joined.push_str(text.trim());
    }
    if !has_markup(&joined) {
        return Inline { words: joined, starts, links: Vec::new() };
    }
    let mut reader = Reader {
        partners: partners(&joined),
        raw: &joined,
        starts: &starts,
        definitions,
        inline: Inline {
            words: String::with_capacity(joined.len()),
            starts: Vec::with_capacity(starts.len()),
            links: Vec::new(),
        },
        open: Vec::new(),
        depth: 0,
    };
    reader.walk(0, joined.len());
    reader.inline
}

/// Bytes that may mean more than themselves: marks, the start of an address, a space.
const MARKS: [bool; 256] = {
    let mut marks = [false; 256];
    let of = b"\\![<&*`_~ h";
    let mut at = 0;
    while at < of.len() {
        marks[of[at] as usize] = true;
        at += 1;
    }
    marks
};

/// Whether a text may read otherwise than it is written.
fn has_markup(text: &str) -> bool {
    let mut before = b' ';
    text.bytes().enumerate().any(|(at, byte)| {
        let told = MARKS[usize::from(byte)]
            && match byte {
                b' ' => before == b' ',
                b'h' => text.as_bytes()[at..].starts_with(b"http"),
                _ => true,
            };
        before = byte;
        told
    })
}

/// Every bracket and the one that closes it, by their bytes; one pass, whatever the nesting.
fn partners(raw: &str) -> Vec<(usize, usize)> {
    let mut partners = Vec::new();
    let mut open = Vec::new();
    let mut escaped = false;
    for (at, byte) in raw.bytes().enumerate() {
        match byte {
            b'[' if !escaped => open.push(at),
            b']' if !escaped => partners.extend(open.pop().map(|start| (start, at))),
            _ => {}
        }
        escaped = byte == b'\\' && !escaped;
    }
    partners.sort_unstable();
    partners
}

struct Reader<'a> {
    raw: &'a str,
    partners: Vec<(usize, usize)>,
    starts: &'a [(usize, u32)],
    definitions: &'a Definitions,
    inline: Inline,
    /// HTML anchors that are not closed: their address, where their text begins, and how many links
    /// stand before them.
    open: Vec<(String, usize, usize)>,
    depth: usize,
}

impl Reader<'_> {
    fn walk(&mut self, from: usize, to: usize) {
        let mut at = from;
        while at < to {
            self.mark(at);
            let rest = &self.raw[at..to];
            let step = match rest.as_bytes()[0] {
                b'\\' if rest.as_bytes().get(1).is_some_and(u8::is_ascii_punctuation) => {
                    self.inline.words.push(char::from(rest.as_bytes()[1]));
                    2
                }
                b'!' if rest[1..].starts_with('[') => {
                    self.bracket(at + 1, true).map_or(1, |n| n + 1)
                }
                b'[' => self.bracket(at, false).unwrap_or_else(|| self.keep("[")),
                b'<' => self.angle(rest).unwrap_or_else(|| self.keep("<")),
                b'&' => self.entity(rest).unwrap_or_else(|| self.keep("&")),
                b'*' | b'`' => 1,
                b'_' => self.underscore(at),
                b'~' if rest.starts_with("~~") => struck(rest),
                b'h' if self.at_word() => self.address(rest).unwrap_or_else(|| self.keep("h")),
                b' ' => {
                    if !self.inline.words.ends_with([' ', '\n']) {
                        self.inline.words.push(' ');
                    }
                    1
                }
                _ => {
                    let first = rest.chars().next().map_or(1, char::len_utf8);
                    let more =
                        rest.as_bytes()[first..].iter().position(|it| MARKS[usize::from(*it)]);
                    let more = more.unwrap_or(rest.len() - first);
                    self.keep(&rest[..first + more])
                }
            };
            at += step;
        }
    }

    /// Notes the lines that begin up to here.
    fn mark(&mut self, at: usize) {
        while let Some((start, line)) = self.starts.get(self.inline.starts.len()) {
            if *start > at {
                break;
            }
            self.inline.starts.push((self.inline.words.len(), *line));
        }
    }

    fn keep(&mut self, text: &str) -> usize {
        self.inline.words.push_str(text);
        text.len()
    }

    fn at_word(&self) -> bool {
        !self.inline.words.ends_with(char::is_alphanumeric)
    }

    /// `_` within a word stays: `snake_case`.
    fn underscore(&mut self, at: usize) -> usize {
        let after = self.raw[at + 1..].starts_with(|c: char| c.is_alphanumeric() || c == '_');
        if after && self.inline.words.ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            self.inline.words.push('_');
        }
        1
    }

    /// `[text](target)`, `[text][name]`, `[name]`; gives the bytes taken, from the bracket on.
    fn bracket(&mut self, open: usize, image: bool) -> Option<usize> {
        let known = self.partners.binary_search_by_key(&open, |(start, _)| *start).ok()?;
        let close = self.partners[known].1;
        let after = &self.raw[close + 1..];
        let (target, taken) = if let Some(rest) = after.strip_prefix('(') {
            let (target, taken) = target(rest)?;
            (target, taken + 1)
        } else {
            let named = after.strip_prefix('[').and_then(|rest| yielded(rest, ']'));
            let own = self.raw.get(open + 1..close).filter(|name| name.len() <= MOST_NAME);
            let name = named.filter(|name| !name.is_empty()).or(own)?;
            let target = self.definitions.get(&name.to_lowercase())?.clone();
            (target, named.map_or(0, |name| name.len() + 2))
        };
        if self.depth >= MOST_DEPTH {
            return None;
        }
        let at = self.inline.words.len();
        let inside = self.inline.links.len();
        if image {
            let text = self.raw[open + 1..close].to_owned();
            self.inline.links.push(Link {
                at,
                end: at,
                text,
                target,
                image,
                bare: false,
            });
        } else {
            self.depth += 1;
            self.walk(open + 1, close);
            self.depth -= 1;
            let text = self.text_of(at, inside);
            let end = self.inline.words.len();
            self.inline.links.push(Link {
                at,
                end,
                text,
                target,
                image,
                bare: false,
            });
        }
        Some(close + 1 + taken - open)
    }

    /// `<https://…>` and HTML tags; gives the bytes taken.
    fn angle(&mut self, rest: &str) -> Option<usize> {
        let inner = yielded(&rest[1..], '>')?;
        let taken = inner.len() + 2;
        if inner.starts_with("http://") || inner.starts_with("https://") {
            self.link_of(inner);
            return Some(taken);
        }
        let name_at = usize::from(inner.starts_with('/'));
        let name: String =
            inner[name_at..].chars().take_while(char::is_ascii_alphanumeric).collect();
        let lower = name.to_ascii_lowercase();
        if !TAGS.contains(&lower.as_str()) {
            return None; // `<TBD>` is words
        }
        let at = self.inline.words.len();
        match (lower.as_str(), name_at) {
            ("br" | "p" | "div" | "li", _) if !self.inline.words.is_empty() => {
                self.inline.words.push('\n');
            }
            ("a", 0) => {
                if let Some(href) = attribute(inner, "href") {
                    self.open.truncate(16);
                    self.open.push((href, at, self.inline.links.len()));
                }
            }
            ("a", _) => {
                if let Some((target, at, inside)) = self.open.pop() {
                    self.close_anchor(target, at, inside);
                }
            }
            ("img", _) => {
                let text = attribute(inner, "alt").unwrap_or_default();
                let target = attribute(inner, "src").unwrap_or_default();
                self.inline.links.push(Link {
                    at,
                    end: at,
                    text,
                    target,
                    image: true,
                    bare: false,
                });
            }
            _ => {}
        }
        Some(taken)
    }

    /// An image within an anchor gives the anchor its text and is none of its own.
    fn close_anchor(&mut self, target: String, at: usize, inside: usize) {
        let (at, end) = (at.min(self.inline.words.len()), self.inline.words.len());
        let text = self.text_of(at, inside);
        self.inline.links.push(Link {
            at,
            end,
            text,
            target,
            image: false,
            bare: false,
        });
    }

    /// The text of a link: its words, else what its images are called. Takes what is inside it.
    fn text_of(&mut self, at: usize, inside: usize) -> String {
        let words = self.inline.words[at..].trim().to_owned();
        let inside = inside.min(self.inline.links.len());
        let shown: Vec<String> = self.inline.links.drain(inside..).map(|link| link.text).collect();
        if words.is_empty() {
            shown.join(" ")
        } else {
            words
        }
    }

    fn entity(&mut self, rest: &str) -> Option<usize> {
        let entities = [
            ("&amp;", "&"),
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&quot;", "\""),
            ("&#39;", "'"),
            ("&nbsp;", " "),
        ];
        let (entity, text) = entities.into_iter().find(|(entity, _)| rest.starts_with(entity))?;
        self.inline.words.push_str(text);
        Some(entity.len())
    }

    /// An address without any markup.
    fn address(&mut self, rest: &str) -> Option<usize> {
        if !(rest.starts_with("http://") || rest.starts_with("https://")) {
            return None;
        }
        let ends = |c: char| {
            c.is_whitespace() || matches!(c, '<' | '>' | '"' | '`' | ']' | '|' | '，' | '。' | '）')
        };
        let whole = &rest[..rest.find(ends).unwrap_or(rest.len())];
        let opened = whole.matches('(').count();
        let mut address = whole.trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_', '\'']);
        if address.matches(')').count() > opened {
            address = address.rsplit_once(')').map_or(address, |(address, _)| address);
            address = address.trim_end_matches(['.', ',', ')']);
        }
        self.link_of(address);
        Some(address.len())
    }

    fn link_of(&mut self, address: &str) {
        let at = self.inline.words.len();
        self.inline.words.push_str(address);
        let end = self.inline.words.len();
        let target: String = address.chars().take(MOST_TARGET).collect();
        self.inline.links.push(Link {
            at,
            end,
            text: address.chars().take(MOST_TARGET).collect(),
            target,
            image: false,
            bare: true,
        });
    }
}

/// The text before `end`, which must come within the bytes of an address.
fn yielded(text: &str, end: char) -> Option<&str> {
    let near = head(text, MOST_TARGET);
    near.find(end).map(|at| &near[..at])
}

/// The address in `(address "title")`, and the bytes up to and with the closing parenthesis.
fn target(rest: &str) -> Option<(String, usize)> {
    let near = head(rest, MOST_TARGET);
    near.contains(')').then_some(())?;
    let mut depth = 0_u32;
    let end = near.bytes().position(|byte| {
        match byte {
            b'(' => depth += 1,
            b')' if depth == 0 => return true,
            b')' => depth -= 1,
            _ => {}
        }
        false
    })?;
    let inner = near[..end].trim();
    let address = inner.split_once([' ', '\t']).map_or(inner, |(address, _)| address);
    Some((address.trim_matches(['<', '>']).to_owned(), end + 1))
}

/// The bytes of `~~struck out~~`, which is no longer said.
fn struck(rest: &str) -> usize {
    let near = head(&rest[2..], MOST_TARGET);
    near.find("~~").map_or(2, |len| len + 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_taken_off() {
        check("**Bold** _it_ `code` snake_case 2\\*3", "Bold it code snake_case 2*3", &[]);
        check("a <b>b</b> &amp; c<br/>d", "a b & c\nd", &[]);
        check("soon ~~Paper coming soon~~ now", "soon now", &[]);
        check("x < y [z] and 1 <2", "x < y [z] and 1 <2", &[]);
    }

    #[test]
    fn links_are_found() {
        check("our [paper](https://a.b/c(d) \"t\").", "our paper.", &["paper>https://a.b/c(d)"]);
        check("[x]() [y](https://)", "x y", &["x>", "y>https://"]);
        check("[x](<a b>) ![alt](p.png)", "x ", &["x>a", "!alt>p.png"]);
        check("[![arXiv](badge.svg)](https://a)", "", &["arXiv>https://a"]);
        check(
            "see https://a.b/c_d. And (https://e.f).",
            "see https://a.b/c_d. And (https://e.f).",
            &["https://a.b/c_d>https://a.b/c_d", "https://e.f>https://e.f"],
        );
        check("<https://a.b>", "https://a.b", &["https://a.b>https://a.b"]);
        check("<a class=x href='u'><img src=s alt=\"Paper\"></a>", "", &["Paper>u"]);
        check("<a href=\"u\">the code</a>", "the code", &["the code>u"]);
        check("[t][Ref] and [ref]", "t and ref", &["t>https://r", "ref>https://r"]);
    }

    #[track_caller]
    fn check(raw: &str, words: &str, links: &[&str]) {
        let definitions = Definitions::from([("ref".to_owned(), "https://r".to_owned())]);
        let inline = read(&[(1, raw)], &definitions);
        assert_eq!(inline.words, words);
        let shown: Vec<String> = inline
            .links
            .iter()
            .map(|link| {
                format!("{}{}>{}", if link.image { "!" } else { "" }, link.text, link.target)
            })
            .collect();
        assert_eq!(shown, links);
    }

    #[test]
    fn lines_are_kept() {
        let inline =
            read(&[(7, "one [two"), (8, "three](x) four"), (9, "five")], &Definitions::new());
        assert_eq!(inline.words, "one two three four five");
        let at = |word: &str| inline.line_at(inline.words.find(word).unwrap());
        assert_eq!([at("one"), at("two"), at("three"), at("four"), at("five")], [7, 7, 8, 8, 9]);
    }
}
