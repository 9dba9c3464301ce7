//! Which paths the user means: `*.safetensors`, `onnx/**`, `model-0000[12]-*`.

use regex::Regex;

/// A pattern over paths. One without a `/` is held against the last part of a path, as git does;
/// `*` and `?` stop at a `/`, `**` does not.
#[derive(Clone, Debug)]
pub struct Glob(Regex);

impl Glob {
    /// The pattern as the user wrote it; an error says what is wrong with it.
    pub fn new(pattern: &str) -> Result<Self, String> {
        let whole = pattern.contains('/');
        let body = translated(pattern.trim_start_matches("./").trim_start_matches('/'))?;
        let start = if whole { "" } else { "(?:.*/)?" };
        let regex = Regex::new(&format!("^(?s){start}{body}$"));
        regex.map(Self).map_err(|_| format!("`{pattern}` is no pattern of paths"))
    }

    /// Whether it fits a path, `/` between its parts.
    pub fn fits(&self, path: &str) -> bool {
        self.0.is_match(path)
    }
}

fn translated(pattern: &str) -> Result<String, String> {
    let mut regex = String::new();
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("**/") {
            regex.push_str("(?:.*/)?");
            rest = after;
        } else if let Some(after) = rest.strip_prefix("**") {
            regex.push_str(".*");
            rest = after;
        } else if let Some(after) = rest.strip_prefix('[') {
            let end = after.char_indices().skip(1).find(|(_, c)| *c == ']');
            let Some((end, _)) = end else {
                return Err(format!("`{pattern}` opens a `[` that nothing closes"));
            };
            let set = after[..end].replace('\\', r"\\").replace('[', r"\[");
            let set = set.strip_prefix('!').map_or(set.clone(), |rest| format!("^{rest}"));
            regex.extend(["[", &set, "&&[^/]]"]);
            rest = &after[end + 1..];
        } else {
            match c {
                '*' => regex.push_str("[^/]*"),
                '?' => regex.push_str("[^/]"),
                c => regex.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
            }
            rest = &rest[c.len_utf8()..];
        }
    }
    Ok(regex)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_as_people_expect() {
        check("*.safetensors", "model.safetensors", true);
        check("*.safetensors", "unet/model.safetensors", true);
        check("*.safetensors", "model.safetensors.index.json", false);
        check("onnx/*", "onnx/model.onnx", true);
        check("onnx/*", "onnx/a/model.onnx", false);
        check("onnx/**", "onnx/a/model.onnx", true);
        check("**/config.json", "config.json", true);
        check("**/config.json", "a/b/config.json", true);
        check("saved_model/**/*", "saved_model/a/b", true);
        check("./config.json", "config.json", true);
        check("model-0000[12].bin", "model-00002.bin", true);
        check("model-0000[!12].bin", "model-00002.bin", false);
        check("a?c", "abc", true);
        check("a?c", "a/c", false);
        check("a+(b", "a+(b", true);
        assert!(Glob::new("a[b").is_err());
        assert!(Glob::new("[]").is_err());
    }

    #[track_caller]
    fn check(pattern: &str, path: &str, fits: bool) {
        assert_eq!(Glob::new(pattern).unwrap().fits(path), fits, "{pattern} {path}");
    }
}
