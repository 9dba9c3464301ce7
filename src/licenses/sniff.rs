//! What lies where a license text should be: often enough it is none.

use serde::Serialize;

use super::fold::Folded;
use super::{links, markup};

/// What a file that should hold a license text turned out to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ReadingKind {
    /// Text, whether or not a license was found in it.
    Text,
    /// No bytes, or nothing but white space.
    Empty,
    /// A Git LFS pointer: the text itself was not fetched.
    LfsPointer,
    /// What a server sent instead of the file.
    ErrorPage(ErrorPage),
    /// Nothing but an address of where the license is.
    Link(String),
    /// Nothing but a path: a symbolic link that was checked out as text.
    Path(String),
    /// A PDF; its text is not read.
    Pdf,
    /// No text.
    Binary,
}

/// What a server sent instead of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorPage {
    /// There is no such file: `Entry not found`, a page that says 404.
    NotFound,
    /// The repository is gated: `Access to model … is restricted`.
    Restricted,
    /// A form to sign in.
    SignIn,
    /// An error as JSON or XML.
    Error,
}

/// Longer texts than this, in words, are not taken for error pages.
const ERROR_PAGE: usize = 400;

/// How far into such a page, in characters, it says what the matter is.
const FRONT: usize = 400;

/// Longer texts than this, in words, are more than an address.
const LINK: usize = 20;

/// What can be told before the bytes are decoded.
pub(super) fn bytes(bytes: &[u8]) -> Option<ReadingKind> {
    let front = &bytes[..bytes.len().min(1024)];
    if bytes.is_empty() {
        Some(ReadingKind::Empty)
    } else if front.starts_with(b"version https://git-lfs.github.com/spec/") {
        Some(ReadingKind::LfsPointer)
    } else if front.windows(5).any(|window| window == b"%PDF-") {
        Some(ReadingKind::Pdf)
    } else {
        None
    }
}

/// What the text is, if not the text of a license; `folded` is its folded form.
pub(super) fn text(text: &str, folded: &Folded, words: usize) -> ReadingKind {
    if folded.text.is_empty() {
        return ReadingKind::Empty;
    }
    if let Some(page) = error_page(text, &folded.text, words) {
        return ReadingKind::ErrorPage(page);
    }
    if let Some(path) = path(text) {
        return ReadingKind::Path(path.to_owned());
    }
    match links::find(text).next() {
        Some((_, url)) if words <= LINK => ReadingKind::Link(url.to_owned()),
        _ => ReadingKind::Text,
    }
}

fn error_page(text: &str, folded: &str, words: usize) -> Option<ErrorPage> {
    if words > ERROR_PAGE {
        return None;
    }
    let has = |needle| folded.contains(needle);
    let restricted =
        folded.starts_with("access to model ") || folded.starts_with("access to dataset ");
    if restricted && has(" is restricted") {
        return Some(ErrorPage::Restricted);
    }
    let bare = matches!(
        folded,
        "entry not found"
            | "repository not found"
            | "revision not found"
            | "file not found"
            | "not found"
            | "404"
            | "404 not found"
            | "404 file not found"
    );
    if bare {
        return Some(ErrorPage::NotFound);
    }
    if folded == "invalid username or password"
        || folded == "unauthorized"
        || folded == "401 unauthorized"
    {
        return Some(ErrorPage::SignIn);
    }
    let trimmed = text.trim_start();
    if trimmed.starts_with("<?xml") && text.contains("<Error>") || is_error_object(trimmed) {
        return Some(ErrorPage::Error);
    }
    if !markup::is_html(text) {
        return None;
    }
    // a license may have the words further down
    let front = folded.char_indices().nth(FRONT).map_or(folded, |(end, _)| &folded[..end]);
    let says = ["404", "not found", "doesnt exist", "does not exist"];
    if says.iter().any(|needle| front.contains(needle)) {
        return Some(ErrorPage::NotFound);
    }
    let form =
        ["type=\"password\"", "type='password'", "type=password"].iter().any(|f| text.contains(f));
    (form || has("sign in to") || has("log in to")).then_some(ErrorPage::SignIn)
}

/// `{"error": …}`, as the hub answers.
fn is_error_object(text: &str) -> bool {
    text.starts_with('{')
        && serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text)
            .is_ok_and(|object| object.contains_key("error") || object.contains_key("errors"))
}

/// The one path that the whole text is.
fn path(text: &str) -> Option<&str> {
    let line = text.trim();
    let single = line.len() <= 255 && !line.contains(char::is_whitespace) && !line.contains("://");
    let file = line.rsplit('/').next()?.to_ascii_lowercase();
    let ends = [
        ".txt", ".md", ".rst", "license", "licence", "copying", "notice",
    ];
    let is_path = line.starts_with("../")
        || line.starts_with("./")
        || line.starts_with('/')
        || ends.iter().any(|end| file.ends_with(end));
    (single && is_path && !line.starts_with("www.")).then_some(line)
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    #[test]
    fn what_lies_where_a_license_should_be() {
        use ErrorPage::{Error, NotFound, Restricted, SignIn};
        check("", ReadingKind::Empty);
        check(" \r\n\u{feff}", ReadingKind::Empty);
        check(
            "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 7\n",
            ReadingKind::LfsPointer,
        );
        check("%PDF-1.7\n%\u{e2}", ReadingKind::Pdf);
        check("\u{1}\u{2}\u{3}\0\0\0abc", ReadingKind::Binary);
        check("Entry not found", ReadingKind::ErrorPage(NotFound));
        check(
            "Access to model a/b is restricted and you are not in the list.",
            ReadingKind::ErrorPage(Restricted),
        );
        check("{\"error\":\"Repository not found\"}", ReadingKind::ErrorPage(Error));
        check(
            "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>",
            ReadingKind::ErrorPage(Error),
        );
        check(
            "<!DOCTYPE html><html><body>404: page not found</body></html>",
            ReadingKind::ErrorPage(NotFound),
        );
        check(
            "<html><form><input type=\"password\"></form><p>Welcome</html>",
            ReadingKind::ErrorPage(SignIn),
        );
        check("Invalid username or password.", ReadingKind::ErrorPage(SignIn));
        check("../LICENSE", ReadingKind::Path("../LICENSE".into()));
        check("LICENSE.txt\n", ReadingKind::Path("LICENSE.txt".into()));
        check(
            "Please refer to license: https://a.b/LICENSE",
            ReadingKind::Link("https://a.b/LICENSE".into()),
        );
        check("All rights reserved.", ReadingKind::Text);
        check("MIT", ReadingKind::Text);
    }

    #[track_caller]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "rows read better without borrows"
    )]
    fn check(text: &str, kind: ReadingKind) {
        assert_eq!(read(text.as_bytes(), "LICENSE").kind, kind);
    }
}
