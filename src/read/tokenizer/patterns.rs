//! What a tokenizer does to texts: patterns that take for ever, and replacements that write marks which
//! only the runtime may set.

use serde_json::Value;

/// Looks through a normalizer, a pre-tokenizer or a decoder, called `name`. `special` are the marks.
pub(super) fn check(name: &str, part: &Value, special: &[&str], odd: &mut Vec<String>) {
    match part {
        Value::Object(entries) => {
            if let Some(pattern) = entries.get("Regex").and_then(Value::as_str)
                && hangs(pattern)
            {
                let shown: String = pattern.chars().take(80).collect();
                odd.push(format!(
                    "the {name} has the pattern `{shown}`, whose repeats repeat themselves"
                ));
            }
            let kind = entries.get("type").and_then(Value::as_str);
            if let (Some("Replace"), Some(content)) =
                (kind, entries.get("content").and_then(Value::as_str))
                && let Some(mark) = special.iter().find(|it| content.contains(**it))
            {
                let pattern = entries.get("pattern").map(Value::to_string).unwrap_or_default();
                let shown: String = pattern.chars().take(80).collect();
                odd.push(format!("the {name} makes the mark {mark:?} of {shown}"));
            }
            entries.values().for_each(|inner| check(name, inner, special, odd));
        }
        Value::Array(items) => items.iter().for_each(|inner| check(name, inner, special, odd)),
        _ => {}
    }
}

/// What a part of a pattern can match, as far as it matters here.
#[derive(Clone, Copy, Debug, Default)]
struct Atom {
    /// Whether it may match nothing.
    optional: bool,
    /// Whether it, on its own, matches one text in more than one number of steps.
    pumps: bool,
}

/// An open group: the atoms of the alternative that is read, and whether one before pumps.
#[derive(Default)]
struct Group {
    atoms: Vec<Atom>,
    pumps: bool,
    optional: bool,
    kind: Kind,
}

#[derive(Default, PartialEq)]
enum Kind {
    #[default]
    Plain,
    /// Looks on without taking anything.
    Looks,
    /// Gives nothing back once it has matched.
    Atomic,
}

impl Group {
    /// Ends an alternative: where all but one part may be nothing, that one repeats with the whole.
    fn alternative(&mut self) {
        let needed = self.atoms.iter().filter(|it| !it.optional).count();
        let pumps = |it: &Atom| it.pumps && needed == usize::from(!it.optional);
        self.pumps |= self.atoms.iter().any(pumps);
        self.optional |= needed == 0;
        self.atoms.clear();
    }
}

/// Whether a pattern repeats something that repeats itself, as `(a+)+` does: a matcher that goes back
/// tries each way to part a text.
pub(super) fn hangs(pattern: &str) -> bool {
    let mut groups = vec![Group::default()];
    let mut rest = pattern.chars().peekable();
    while let Some(c) = rest.next() {
        let mut atom = Atom::default();
        let mut of_group = false;
        match c {
            '\\' => {
                let escaped = rest.next();
                if matches!(escaped, Some('p' | 'P' | 'x' | 'u')) && rest.peek() == Some(&'{') {
                    rest.by_ref().find(|c| *c == '}');
                }
                atom.optional = matches!(escaped, Some('b' | 'B' | 'A' | 'z' | 'Z' | 'G'));
            }
            '[' => class(&mut rest),
            '(' => {
                let mut group = Group::default();
                if rest.next_if_eq(&'?').is_some() {
                    group.kind = match rest.peek() {
                        Some('=' | '!' | '<') => Kind::Looks,
                        Some('>') => Kind::Atomic,
                        _ => Kind::Plain,
                    };
                    while let Some(c) = rest.next_if(|c| !matches!(c, ')')) {
                        if matches!(c, ':' | '=' | '!' | '>') {
                            break;
                        }
                    }
                }
                groups.push(group);
                continue;
            }
            ')' => {
                let Some(mut group) = (groups.len() > 1).then(|| groups.pop()).flatten() else {
                    continue;
                };
                group.alternative();
                atom.optional = group.optional || group.kind == Kind::Looks;
                atom.pumps = group.pumps && group.kind == Kind::Plain;
                of_group = true;
            }
            '|' => {
                if let Some(group) = groups.last_mut() {
                    group.alternative();
                }
                continue;
            }
            '^' | '$' => atom.optional = true,
            _ => {}
        }
        let (least, endless) = quantifier(&mut rest);
        if endless && of_group && atom.pumps {
            return true;
        }
        atom.optional |= least == 0;
        atom.pumps |= endless;
        if let Some(group) = groups.last_mut() {
            group.atoms.push(atom);
        }
    }
    false
}

type Rest<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// Goes past a class, classes in it too.
fn class(rest: &mut Rest) {
    rest.next_if_eq(&'^');
    rest.next_if_eq(&']');
    let mut depth = 1u32;
    while let Some(c) = rest.next() {
        match c {
            '\\' => {
                rest.next();
            }
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return;
        }
    }
}

/// How often at least what stands before may be, and whether without end.
fn quantifier(rest: &mut Rest) -> (u32, bool) {
    let (least, endless) = match rest.peek() {
        Some('*') => (0, true),
        Some('+') => (1, true),
        Some('?') => (0, false),
        Some('{') => {
            let ahead: String = rest.clone().skip(1).take_while(|c| *c != '}').take(20).collect();
            let mut parts = ahead.split(',');
            let least = parts.next().and_then(|it| it.trim().parse().ok());
            let Some(least) = least else {
                return (1, false); // a brace that stands for itself
            };
            let endless = parts.next().is_some_and(|most| most.trim().is_empty());
            rest.by_ref().find(|c| *c == '}');
            return (least, endless && !possessive(rest));
        }
        _ => return (1, false),
    };
    rest.next();
    (least, endless && !possessive(rest))
}

/// Whether the quantifier gives nothing back; goes past the mark for that, and for taking little.
fn possessive(rest: &mut Rest) -> bool {
    rest.next_if_eq(&'?');
    rest.next_if_eq(&'+').is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeats_of_repeats_are_told() {
        for pattern in [
            "(a+)+",
            "(a*)*$",
            "(?:a+){2,}",
            r"(\w*\s?)*x",
            "((a+))+",
            "(x|a+)+",
            r"([a-z]+)*",
            r"(?:\p{L}+)+",
        ] {
            assert!(hangs(pattern), "{pattern}");
        }
    }

    #[test]
    fn patterns_of_real_tokenizers_are_quiet() {
        for pattern in [
            r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
            r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
            r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*",
            r"\p{N}{1,3}(?=(?:\p{N}{3})*(?:\P{N}|$))",
            r"(?:[A-Z][a-z]+)+",
            r"(?:\s+\S+)*",
            "(a++)+",
            "(?>a+)+",
            r"[(a+)+]",
            r"\(a+\)+",
            " {2,}",
            "a{x}+",
        ] {
            assert!(!hangs(pattern), "{pattern}");
        }
    }

    #[test]
    fn any_pattern_comes_to_an_end() {
        let runner =
            proptest::string::string_regex(r"[()\[\]{}|*+?\\a,0-9^$p:!<>=-]{0,60}").unwrap();
        proptest::proptest!(|(pattern in runner)| {
            hangs(&pattern);
        });
    }
}
