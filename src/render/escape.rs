//! Names, card text and paths are the release's, not ours. Here each medium is kept from taking
//! them for anything but text: one function a medium, and [`visible`] under all of them.

use std::{borrow::Cow, fmt::Write as _};

/// Characters that act on a terminal or a reader without being seen, as the escapes that Rust
/// writes (`\n`, `\u{1b}`, `\u{202e}`); everything else as it is. Never holds a line break.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unseen) {
        return Cow::Borrowed(text);
    }
    let mut seen = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\n' => seen.push_str("\\n"),
            '\r' => seen.push_str("\\r"),
            '\t' => seen.push_str("\\t"),
            c if is_unseen(c) => seen.extend(c.escape_unicode()),
            c => seen.push(c),
        }
    }
    Cow::Owned(seen)
}

/// Whether a character acts without being seen: controls (C0, DEL, C1), direction marks, joiners
/// and spaces of no width, breaks that Unicode knows, letters drawn as nothing, tags.
pub fn is_unseen(c: char) -> bool {
    match c {
        ' '..='~' => false,
        '\0'..='\u{9f}'
        | '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'..='\u{1160}'
        | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{2800}'
        | '\u{3164}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{fffe}'..='\u{ffff}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' => true,
        _ => false,
    }
}

/// A name that is too long for people, as its two ends and how long it is.
/// `most` counts characters of the name that stay, at least 2.
pub fn shortened(text: &str, most: usize) -> Cow<'_, str> {
    let Some((cut, _)) = text.char_indices().nth(most) else {
        return Cow::Borrowed(text);
    };
    let len = most + text[cut..].chars().count();
    let (front, back) = (most.div_ceil(2), most / 2);
    let front: String = text.chars().take(front).collect();
    let back: String = text.chars().skip(len - back).collect();
    Cow::Owned(format!("{front}…{back} ({} characters)", super::numbers::exact(len as u64)))
}

/// Prose inside GitHub-flavored Markdown: nothing in it is markup, a link, a mention, an issue,
/// a commit, an emoji code or a cell border. Where no escape stops GitHub from reading on (it
/// looks for mentions and addresses after escapes are gone), a space of no width does.
pub fn markdown(text: &str) -> String {
    let text = visible(text);
    let mut safe = String::with_capacity(text.len() + text.len() / 8);
    let mut before = ' ';
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let after = rest.as_str();
        match c {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '|' => safe.push_str("&#124;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '~' | '$' => safe.extend(['\\', c]),
            '#' | '+' | '-' | '=' | '!' if before == ' ' => safe.extend(['\\', c]),
            '.' | ')' if after.trim_start().len() < after.len() || after.is_empty() => {
                // `1. ` at the start would be a point of a list.
                let only_digits = !safe.is_empty() && safe.bytes().all(|b| b.is_ascii_digit());
                safe.push_str(if only_digits { "\\" } else { "" });
                safe.push(c);
            }
            c => safe.push(c),
        }
        if reads_on(before, c, after) {
            safe.push_str("&#8203;");
        }
        before = c;
    }
    safe
}

/// Whether GitHub would make something of `c` and what stands around it, escaped or not.
fn reads_on(before: char, c: char, after: &str) -> bool {
    let next = after.chars().next().unwrap_or(' ');
    match c {
        '@' => next.is_alphanumeric() || next == '_' || next == '-',
        '#' => next.is_ascii_digit(),
        '-' => next.is_ascii_digit() && matches!(before, 'H' | 'h'), // GH-123
        ':' => after.starts_with("//") || is_emoji_code(after),
        '.' => matches!(before, 'w' | 'W') && next.is_alphanumeric(), // www.example.org
        _ => false,
    }
}

/// Whether what follows a colon makes an emoji of it: `tada:`.
fn is_emoji_code(after: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '-');
    let end = after.char_indices().take(64).find(|(_, c)| !is_word(*c));
    end.is_some_and(|(at, c)| at > 0 && c == ':')
}

/// A name as code in GitHub-flavored Markdown, in a table or out of it. Within code GitHub makes
/// nothing of mentions, numbers and addresses.
pub fn markdown_code(text: &str) -> String {
    let text = visible(text);
    if text.trim().is_empty() || text.contains(['|', '`', '\\']) {
        // A border cuts a code span in a table, so the long way round; entities stay text.
        return format!("<code>{}</code>", markdown(&text));
    }
    format!("`{text}`")
}

/// Text between tags or in a quoted attribute of HTML.
pub fn html(text: &str) -> String {
    let text = visible(text);
    let mut safe = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

/// Text or an attribute of XML 1.0, which knows no other controls than those [`visible`] shows.
pub fn xml(text: &str) -> String {
    html(text)
}

/// A cell of RFC 4180: quoted where it must be, and no formula to a spreadsheet.
pub fn csv(text: &str) -> String {
    let text = visible(text);
    let acts = |c: char| matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' | '\'');
    let first = text.trim_start().chars().next();
    let apostrophe = if first.is_some_and(acts) { "'" } else { "" };
    if text.contains([',', '"', '\n', ';']) || text.starts_with(' ') || text.ends_with(' ') {
        let mut quoted = String::with_capacity(text.len() + 4);
        let _ = write!(quoted, "\"{apostrophe}{}\"", text.replace('"', "\"\""));
        return quoted;
    }
    format!("{apostrophe}{text}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_acts_unseen_is_shown() {
        check("model.layers.0.weight", "model.layers.0.weight");
        check("a\nb\tc\r", "a\\nb\\tc\\r");
        check("\u{1b}[31mred\u{7}", "\\u{1b}[31mred\\u{7}");
        check("\u{9b}31m", "\\u{9b}31m");
        check("evil\u{202e}gpj.exe", "evil\\u{202e}gpj.exe");
        check("zero\u{200b}width\u{feff}", "zero\\u{200b}width\\u{feff}");
        check("line\u{2028}break\u{85}", "line\\u{2028}break\\u{85}");
        check("tag\u{e0041}", "tag\\u{e0041}");
        check("naïve 模型 emoji 🤗", "naïve 模型 emoji 🤗");
    }

    #[track_caller]
    fn check(text: &str, seen: &str) {
        assert_eq!(visible(text), seen);
    }

    #[test]
    fn long_names_keep_their_ends() {
        assert_eq!(shortened("abcdef", 6), "abcdef");
        assert_eq!(shortened("abcdefg", 4), "ab…fg (7 characters)");
        assert_eq!(shortened("模型模型模", 2), "模…模 (5 characters)");
    }

    #[test]
    fn markdown_makes_nothing_of_names() {
        check_markdown("plain words, 7 B", "plain words, 7 B");
        check_markdown("**bold** _x_", "\\*\\*bold\\*\\* \\_x\\_");
        check_markdown("<script>", "&lt;script&gt;");
        check_markdown("[a](b)", "\\[a\\](b)");
        check_markdown("a | b", "a &#124; b");
        check_markdown("@octocat", "@&#8203;octocat");
        check_markdown("me@example.org", "me@&#8203;example.org");
        check_markdown("see #123", "see \\#&#8203;123");
        check_markdown("o/r#1", "o/r#&#8203;1");
        check_markdown("GH-1", "GH-&#8203;1");
        check_markdown("https://e.org", "https:&#8203;//e.org");
        check_markdown("www.e.org", "www.&#8203;e.org");
        check_markdown(":tada: README.md:61 x", ":&#8203;tada: README.md:61 x");
        check_markdown("1. list", "1\\. list");
        check_markdown("- list", "\\- list");
        check_markdown("a\n# b", "a\\\\n# b");
    }

    #[track_caller]
    fn check_markdown(text: &str, safe: &str) {
        assert_eq!(markdown(text), safe);
    }

    #[test]
    fn code_stays_code() {
        assert_eq!(markdown_code("lm_head.weight"), "`lm_head.weight`");
        assert_eq!(markdown_code("a`b|c"), "<code>a\\`b&#124;c</code>");
        assert_eq!(markdown_code(""), "<code></code>");
    }

    #[test]
    fn cells_are_no_formulas() {
        check_csv("lm_head.weight", "lm_head.weight");
        check_csv("=1+1", "'=1+1");
        check_csv("  @SUM(A1)", "\"'  @SUM(A1)\"");
        check_csv("＝cmd", "'＝cmd");
        check_csv("-2,\"x\"", "\"'-2,\"\"x\"\"\"");
        check_csv("\t=1", "\\t=1");
    }

    #[track_caller]
    fn check_csv(text: &str, cell: &str) {
        assert_eq!(csv(text), cell);
    }

    proptest! {
        #[test]
        fn nothing_acts(text in any::<String>()) {
            prop_assert!(!visible(&text).chars().any(is_unseen));
            prop_assert!(!html(&text).contains(['<', '>', '"', '\'']));
            prop_assert!(!markdown(&text).contains(['<', '>', '|', '\n']));
            prop_assert!(!markdown_code(&text).contains(['|', '\n']));
            prop_assert!(!csv(&text).starts_with(['=', '+', '-', '@']));
        }
    }
}
