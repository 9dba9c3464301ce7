//! What readers stumble on.

use crate::words::{Place, vocabulary};

/// Something in a release that is not as it should be, with its place and its numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Oddity {
    /// Which kind of thing.
    pub what: What,
    /// Where.
    pub at: Place,
    /// The particulars, with both numbers and their unit: a clause without a full stop.
    pub saying: String,
}

impl Oddity {
    /// An oddity at a place.
    pub fn new(what: What, at: Place, saying: impl Into<String>) -> Self {
        Self { what, at, saying: saying.into() }
    }
}

vocabulary! {
    /// The kinds of oddity, each by the id of the finding that it becomes: one row of the checks in
    /// `judge`, which say how bad it is.
    What {
        /// A header that its format's own rules refuse.
        HeaderInvalid = "header-invalid",
        /// A file that ends before its header says.
        ShardTruncated = "shard-truncated",
        /// Bytes after the last tensor, or between two.
        TrailingBytes = "trailing-bytes",
        /// Two tensors share bytes.
        TensorOverlap = "tensor-overlap",
        /// A tensor lies outside the file.
        TensorOutOfRange = "tensor-out-of-range",
        /// An element type that no table has, or whose size does not fit the shape.
        DtypeUnknown = "dtype-unknown",
        /// A name that stands twice.
        DuplicateName = "duplicate-name",
        /// An unusual header that loaders accept.
        HeaderUnusual = "header-unusual",
        /// A git-lfs pointer instead of the file.
        LfsPointer = "lfs-pointer",
        /// A web page instead of the file.
        HtmlPage = "html-page",
        /// A file that is not what its name says.
        NameDeceives = "name-deceives",
        /// A file that is cut short, empty, or left over from a download.
        DownloadIncomplete = "download-incomplete",
        /// A link or a name that leads out of the release.
        PathEscapes = "path-escapes",
        /// A link that leads nowhere, or in a circle.
        LinkBroken = "link-broken",
        /// No plain file: a socket, a pipe, a device, a program with raised rights.
        SpecialFile = "special-file",
        /// A file or folder that could not be opened or read.
        Unreadable = "unreadable",
        /// A file that changed while it was read.
        FileChanged = "file-changed",
        /// A JSON or YAML file that could not be parsed.
        ConfigInvalid = "config-invalid",
        /// Front matter that could not be parsed, or a key that stands twice in it.
        FrontMatterInvalid = "front-matter-invalid",
        /// A file, or a part of one, larger than what is read of its kind, or packed in a way that is
        /// not read.
        ReadInPart = "read-in-part",
        /// A file that a weight file stores its tensors in, and that is not here.
        ExternalDataMissing = "external-data-missing",
        /// An archive whose tables contradict each other, or leave bytes out.
        ArchiveInconsistent = "archive-inconsistent",
        /// An array of Python objects, which only a pickle can hold.
        ObjectArray = "object-array",
        /// A pickle that could not be read to its end.
        PickleStopped = "pickle-stopped",
        /// A pickle that loaders may read differently.
        PickleUnusual = "pickle-unusual",
        /// Machine code in an archive.
        ExecutableMember = "executable-member",
        /// A file that is two things at once, or has one of another kind behind its end.
        Polyglot = "polyglot",
        /// A key, a token or a password.
        Secret = "secret",
        /// A key that its place makes one to be seen: of a browser's page, of a test.
        SecretToBeSeen = "secret-to-be-seen",
        /// A path that names someone's own folder.
        PersonalPath = "personal-path",
        /// A list of paths for Python that has it run code.
        PathListImports = "path-list-imports",
        /// A YAML tag that builds a Python object.
        YamlPythonTag = "yaml-python-tag",
        /// An XML entity that is read from elsewhere.
        ExternalEntity = "external-entity",
        /// Marks that make a text read otherwise than it is.
        HiddenText = "hidden-text",
        /// A vocabulary that does more than spell, or that readers take differently.
        TokenizerOdd = "tokenizer-odd",
        /// Members of an archive that share bytes, or unpack to more than they may.
        ArchiveBomb = "archive-bomb",
    }
}
