//! Takes a Jinja template apart: the tokens of each `{{ … }}` and `{% … %}`; comments, raw blocks and plain
//! text are left out. Any text at all comes to an end.

/// A piece of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Name(String),
    /// With its escapes resolved.
    Text(String),
    Number(f64),
    /// One mark, or two that belong together: `**`, `//`, `==`.
    Mark(&'static str),
}

/// One `{{ … }}` or `{% … %}`.
#[derive(Debug)]
pub(super) struct Tag {
    /// From 1, in the template.
    pub(super) line: u32,
    /// Whether it is a statement.
    pub(super) statement: bool,
    pub(super) tokens: Vec<Token>,
}

const MARKS: &[&str] = &[
    "**", "//", "==", "!=", "<=", ">=", "(", ")", "[", "]", "{", "}", ".", ",", ":", "|", "~", "+",
    "-", "*", "/", "%", "=", "<", ">", ";",
];

/// The tags of a template, in order; and whether it breaks off inside one.
pub(super) fn tags(template: &str) -> (Vec<Tag>, bool) {
    let (mut tags, mut rest, mut line) = (Vec::new(), template, 1u32);
    while let Some(at) = rest.find('{').filter(|_| !rest.is_empty()) {
        line = line.saturating_add(lines(&rest[..at]));
        rest = &rest[at..];
        if let Some(comment) = rest.strip_prefix("{#") {
            let end = comment.find("#}").map_or(rest.len(), |end| end + 4);
            line = line.saturating_add(lines(&rest[..end]));
            rest = &rest[end..];
        } else if rest.starts_with("{{") || rest.starts_with("{%") {
            let statement = rest.starts_with("{%");
            let Some((tokens, len)) = tokens(&rest[2..], if statement { "%}" } else { "}}" })
            else {
                tags.push(Tag { line, statement, tokens: Vec::new() });
                return (tags, true);
            };
            let raw = tokens.first() == Some(&Token::Name("raw".to_owned())) && statement;
            tags.push(Tag { line, statement, tokens });
            line = line.saturating_add(lines(&rest[..len + 2]));
            rest = &rest[len + 2..];
            if raw {
                let end = rest.find("endraw").map_or(rest.len(), |end| end + "endraw".len());
                line = line.saturating_add(lines(&rest[..end]));
                rest = &rest[end..];
            }
        } else {
            rest = &rest[1..];
        }
    }
    (tags, false)
}

fn lines(text: &str) -> u32 {
    u32::try_from(text.matches('\n').count()).unwrap_or(u32::MAX)
}

/// The tokens up to `end`, and how many bytes they take with it; `None` where there is no end.
fn tokens(text: &str, end: &str) -> Option<(Vec<Token>, usize)> {
    let bytes = text.as_bytes();
    let trims = matches!(bytes.first(), Some(b'-' | b'+')); // white space around the tag
    let (mut tokens, mut at, mut depth) = (Vec::new(), usize::from(trims), 0u32);
    while at < bytes.len() {
        let rest = &text[at..];
        let byte = bytes[at];
        // `}}` closes an expression only outside the braces of a dict
        if rest.starts_with(end) && (depth == 0 || end == "%}") {
            return Some((tokens, at + 2));
        }
        if byte == b'-' && rest[1..].starts_with(end) && depth == 0 {
            return Some((tokens, at + 3));
        }
        if byte.is_ascii_whitespace() {
            at += 1;
        } else if byte == b'"' || byte == b'\'' {
            let (text, len) = string(rest)?;
            tokens.push(Token::Text(text));
            at += len;
        } else if byte.is_ascii_digit() {
            let digits = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '_'));
            let mut len = digits.unwrap_or(rest.len());
            let mut number = rest[..len].replace('_', "");
            if number.ends_with('.') || number.contains("..") {
                number = number.split('.').next().unwrap_or_default().to_owned();
                len = rest.find('.').unwrap_or(len);
            }
            tokens.push(Token::Number(number.parse().unwrap_or(f64::NAN)));
            at += len.max(1);
        } else if byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80 {
            let len = rest.find(|c: char| !(c.is_alphanumeric() || c == '_'));
            let first = rest.chars().next().map_or(1, char::len_utf8);
            let len = len.unwrap_or(rest.len()).max(first);
            tokens.push(Token::Name(rest[..len].to_owned()));
            at += len;
        } else if let Some(mark) = MARKS.iter().find(|mark| rest.starts_with(**mark)) {
            match *mark {
                "{" => depth += 1,
                "}" => depth = depth.saturating_sub(1),
                _ => {}
            }
            tokens.push(Token::Mark(mark));
            at += mark.len();
        } else {
            at += 1;
        }
    }
    None
}

/// The text in quotes at the front, and its length with them.
fn string(text: &str) -> Option<(String, usize)> {
    let mut chars = text.char_indices();
    let (_, quote) = chars.next()?;
    let mut out = String::new();
    while let Some((at, c)) = chars.next() {
        if c == quote {
            return Some((out, at + c.len_utf8()));
        }
        if c != '\\' {
            out.push(c);
            continue;
        }
        let (_, escaped) = chars.next()?;
        let digits = match escaped {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        if digits > 0 {
            let mut ahead = chars.clone();
            let hex: String = ahead.by_ref().take(digits).map(|(_, c)| c).collect();
            if let Some(c) = u32::from_str_radix(&hex, 16).ok().and_then(char::from_u32) {
                out.push(c);
                chars = ahead;
                continue;
            }
        }
        if let Some(first) = escaped.to_digit(8) {
            let mut ahead = chars.clone();
            let mut number = first;
            for _ in 0..2 {
                let Some(digit) = ahead.clone().next().and_then(|(_, c)| c.to_digit(8)) else {
                    break;
                };
                number = number * 8 + digit;
                ahead.next();
            }
            out.extend(char::from_u32(number));
            chars = ahead;
            continue;
        }
        match escaped {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' => out.push('\r'),
            'N' => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_expressions_are_taken_apart() {
        check("a {{ x.y }} b", "x . y");
        check("{# __class__ #}{% if a -%}t{%- endif %}", "if a; endif");
        check("{{ {'a': {'b': 1}} }}", "{ \"a\" : { \"b\" : 1 } }");
        check("{% raw %}{{ x }}{% endraw %}{{ y }}", "raw; y");
        check(r#"{{ '\x5f\u005fa\'' ~ "\137" }}"#, "\"__a'\" ~ \"_\"");
        check("{{ x[::-1] }}", "x [ : : - 1 ]");
        check("{{ a if b }} }} {", "a if b");
        assert!(tags("{{ never").1);
        assert!(tags("{{ 'never }}").1);
    }

    #[track_caller]
    fn check(template: &str, told: &str) {
        let spell = |token: &Token| match token {
            Token::Name(name) => name.clone(),
            Token::Text(text) => format!("{text:?}"),
            Token::Number(number) => number.to_string(),
            Token::Mark(mark) => (*mark).to_owned(),
        };
        let (tags, _) = tags(template);
        let tags: Vec<_> = tags
            .iter()
            .map(|tag| tag.tokens.iter().map(spell).collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(tags.join("; "), told);
    }

    #[test]
    fn any_text_is_survived() {
        let runner = proptest::collection::vec(
            proptest::sample::select(vec![
                "{", "}", "{{", "}}", "{%", "%}", "#", "'", "\"", "\\", "x", "_", "1", ".", "é",
                "\n", "-", "|",
            ]),
            0..60,
        );
        proptest::proptest!(|(parts in runner)| {
            tags(&parts.concat());
        });
    }
}
