//! What readers stumble on.

use crate::words::Place;

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

/// The kinds of oddity; each is one row of the checks in `judge`, which say how bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum What {
    /// A header that its format's own rules refuse.
    HeaderInvalid,
    /// A file that ends before its header says.
    ShardTruncated,
    /// Bytes after the last tensor, or between two.
    TrailingBytes,
    /// Two tensors share bytes.
    TensorOverlap,
    /// A tensor lies outside the file.
    TensorOutOfRange,
    /// An element type that no table has, or whose size does not fit the shape.
    DtypeUnknown,
    /// A name that stands twice.
    DuplicateName,
    /// An unusual header that loaders accept.
    HeaderUnusual,
    /// A git-lfs pointer instead of the file.
    LfsPointer,
    /// A web page instead of the file.
    HtmlPage,
    /// A file that is not what its name says.
    NameDeceives,
    /// A file that is cut short, empty, or left over from a download.
    DownloadIncomplete,
    /// A link or a name that leads out of the release.
    PathEscapes,
    /// A link that leads nowhere, or in a circle.
    LinkBroken,
    /// Neither a file nor a folder: a socket, a pipe, a device.
    SpecialFile,
    /// A file or folder that could not be opened or read.
    Unreadable,
    /// A file that changed while it was read.
    FileChanged,
    /// A JSON or YAML file that could not be parsed.
    ConfigInvalid,
    /// Front matter that could not be parsed, or a key that stands twice in it.
    FrontMatterInvalid,
    /// A file, or a part of one, larger than what is read of its kind, or packed in a way that is
    /// not read.
    ReadInPart,
    /// A file that a weight file stores its tensors in, and that is not here.
    ExternalDataMissing,
    /// An archive whose tables contradict each other, or leave bytes out.
    ArchiveInconsistent,
    /// Members of an archive that share bytes, or unpack to more than they may.
    ArchiveBomb,
}
