//! Taking the markup off: HTML pages to their text, and the inline tags and link targets of Markdown.
//!
//! Line ends stay where they are, so that line numbers still hold.

use std::borrow::Cow;

/// What is dropped with everything inside it: none of it is the page's text.
const DROPPED: [&str; 12] = [
    "script", "style", "nav", "footer", "head", "header", "noscript", "svg", "template", "aside",
    "form", "iframe",
];

/// Tags that may stand in plain text or Markdown. A license says `<year>` too, which is no tag.
#[rustfmt::skip]
const INLINE: [&str; 44] = [
    "a", "abbr", "b", "big", "blockquote", "body", "br", "center", "code", "dd", "details", "div",
    "dl", "dt", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "html", "i", "img", "li",
    "ol", "p", "picture", "pre", "s", "section", "small", "span", "strong", "sub", "summary", "sup",
    "table", "td", "tr", "u", "ul",
];

/// The longest entity name that is looked for.
const ENTITY: usize = 12;

/// The longest tag or link target that is looked for, so that a file of brackets stays cheap.
const LONGEST: usize = 2048;

/// The text without its markup.
pub(super) fn strip(text: &str) -> Cow<'_, str> {
    if is_html(text) {
        Cow::Owned(strip_tags(text, true))
    } else if text.contains("](") || text.contains("</") || text.contains("<br") {
        Cow::Owned(strip_tags(&strip_targets(text), false))
    } else {
        Cow::Borrowed(text)
    }
}

/// Whether a text is a page of HTML rather than text with a tag in it.
pub(super) fn is_html(text: &str) -> bool {
    let start = text.trim_start().get(..14).unwrap_or_default().to_ascii_lowercase();
    start.starts_with("<!doctype html") || start.starts_with("<html")
}

/// Every known tag becomes a space; in a page every tag does, and entities become their characters.
fn strip_tags(text: &str, page: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['<', '&']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let taken = match tag(rest) {
            Some((name, closing, len)) if page || INLINE.contains(&name.as_str()) => {
                let dropped = page && !closing && DROPPED.contains(&name.as_str());
                let len = if dropped { element(rest, &name) } else { len };
                out.push(' ');
                out.extend(rest[..len].matches('\n'));
                len
            }
            _ => {
                let (letter, len) = entity(rest).unwrap_or((char::from(rest.as_bytes()[0]), 1));
                out.push(letter);
                len
            }
        };
        rest = &rest[taken..];
    }
    out.push_str(rest);
    out
}

/// The name of the tag at the front, in lower case, whether it closes, and its length.
fn tag(text: &str) -> Option<(String, bool, usize)> {
    let inner = text.strip_prefix('<')?;
    if inner.starts_with("!--") {
        let len = text.find("-->").map_or(text.len(), |at| at + 3);
        return Some(("!".into(), false, len));
    }
    let name = inner.trim_start_matches(['/', '!']);
    let name_len = name.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let follows = name[name_len..].chars().next();
    if name_len == 0 || !follows.is_some_and(|c| c == '>' || c == '/' || c.is_whitespace()) {
        return None;
    }
    let len = text.bytes().take(LONGEST).position(|byte| byte == b'>')? + 1;
    Some((name[..name_len].to_ascii_lowercase(), inner.starts_with('/'), len))
}

/// The length of a whole element at the front; to the end where it is never closed.
fn element(text: &str, name: &str) -> usize {
    let mut at = 1;
    while let Some(next) = text[at..].find("</") {
        at += next;
        let closes = text[at + 2..].get(..name.len()).is_some_and(|n| n.eq_ignore_ascii_case(name));
        if closes {
            return text[at..].find('>').map_or(text.len(), |end| at + end + 1);
        }
        at += 2;
    }
    text.len()
}

/// The character that the entity at the front stands for, and the length of the entity.
fn entity(text: &str) -> Option<(char, usize)> {
    let name = text.strip_prefix('&')?;
    let len = name.bytes().take(ENTITY).position(|byte| byte == b';')?;
    let letter = match &name[..len] {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" | "ldquo" | "rdquo" => '"',
        "apos" | "lsquo" | "rsquo" => '\'',
        "nbsp" => ' ',
        "ndash" | "mdash" => '-',
        "copy" => '©',
        "reg" => '®',
        number => {
            let digits = number.strip_prefix('#')?;
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => digits.parse().ok()?,
            };
            char::from_u32(code)?
        }
    };
    Some((letter, len + 2))
}

/// Markdown without the targets of its links: `[the terms](https://…)` reads as `[the terms]`.
fn strip_targets(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("](") {
        out.push_str(&rest[..=at]);
        rest = &rest[at + 1..];
        let end = rest.bytes().take(LONGEST).position(|byte| matches!(byte, b')' | b'\n'));
        let closed = end.filter(|end| rest.as_bytes()[*end] == b')');
        rest = &rest[closed.map_or(1, |end| end + 1)..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn markup_is_taken_off() {
        check("plain <year> <name of author>", "plain <year> <name of author>");
        check("a <b>bold</b><br/>word", "a  bold  word");
        check("under [the\nterms](https://x.y) here", "under [the\nterms] here");
        check("<html><nav>MIT</nav><p>Gemma &amp; co&#46;</p></html>", "   Gemma & co.  ");
        check("<!DOCTYPE html>\n<script>\n<b>\n</script>x", " \n \n\nx");
        check("<html><style>never closed", "  ");
        check("<html>&nosuch; & a<b", " &nosuch; & a<b");
        check("](", "]");
    }

    #[track_caller]
    fn check(text: &str, stripped: &str) {
        assert_eq!(strip(text), stripped);
    }

    proptest! {
        #[test]
        fn any_text_keeps_its_lines(text in "(<html>)?([<>/!&;#x\\]\\(\\)a-c \n]|<nav|</nav|-->|<!--|é){0,60}") {
            prop_assert_eq!(strip(&text).matches('\n').count(), text.matches('\n').count());
        }
    }
}
