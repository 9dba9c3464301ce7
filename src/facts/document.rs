//! Papers, citations, and lists of libraries.

/// A document that is not a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// What its bytes are.
    pub form: Form,
    /// Its own title, where one was found.
    pub title: Option<String>,
    /// Identifiers it gives for itself: `arXiv:2307.09288`, `doi:10.1000/182`, a URL; with the line,
    /// from 1.
    pub identifiers: Vec<(u32, String)>,
    /// What a `CITATION.cff` gives as the license of the work, with the line, from 1.
    pub licenses: Vec<(u32, String)>,
}

/// The forms of documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// Begins with `%PDF-`.
    Pdf,
    /// LaTeX with a document class, or an abstract.
    Tex,
    /// LaTeX without either: a chapter, a macro file.
    TexPart,
    /// `CITATION.cff` or BibTeX: how to cite, not the work itself.
    Citation,
    /// Named like one of these, and not one.
    None,
}

/// Libraries that a file names: requirements, a project file, an image recipe.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Libraries {
    /// Line from 1, name, and version as constrained, in the order written.
    pub named: Vec<(u32, String, Option<String>)>,
    /// Where else than the usual index its libraries are taken from: line from 1, and a clause.
    pub sources: Vec<(u32, String)>,
    /// What the file gives as the license of its own project: line from 1, and the name as written.
    pub licenses: Vec<(u32, String)>,
    /// Whether the file goes on after what was read.
    pub cut: bool,
}
